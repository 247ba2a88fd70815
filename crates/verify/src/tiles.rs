//! The tree over the entries, made anew, and held against the tiles that were published.

use crate::{Fault, Level, Published, PublishedError};
use minutebook_log::{
    Frontier, HashIndex, Position, PublishedPath, Tile, TileIndex, TileLevel, TileRow, TileWidth, TreeHash,
    TreeHead, TreeSize, parse_bundle, parse_hash_tile,
};
use std::collections::{BTreeMap, BTreeSet};

/// How many faults of one kind are told apart: where a book is damaged from end to end, more say nothing.
const FAULTS_MAX: usize = 20;

/// The entries of a bundle, and what is wrong with it.
pub(crate) struct Bundle {
    path: PublishedPath,
    /// Its bytes.
    bytes: Vec<u8>,
    /// How many entries, from the first, can be told apart; all of them in a bundle that is right.
    whole: usize,
    fault: Option<Fault>,
}

/// The tree as it grows with the entries, and the rows of hashes that tiles are to hold.
pub(crate) struct TreeCheck<'a> {
    published: &'a Published,
    frontier: Frontier,
    rows: BTreeMap<u8, Vec<TreeHash>>,
    wanted: BTreeSet<u64>,
    heads: BTreeMap<u64, TreeHead>,
    faults: Vec<Fault>,
}

/// The bundle that holds the entries from `from` on, in a log of this size; nothing where there is no file.
///
/// # Errors
/// [`PublishedError`].
pub(crate) fn read_bundle(
    published: &Published,
    from: Position,
    size: TreeSize,
) -> Result<Option<Bundle>, PublishedError> {
    let Some(whole) = Tile::bundle_of(from, size) else { return Ok(None) };
    let Some(tile) = widest(published, whole) else { return Ok(None) };
    let path = PublishedPath::Tile(tile);
    let Some(bytes) = published.read(&path)? else { return Ok(None) };
    let Err(malformed) = parse_bundle(tile.width, &bytes) else {
        let fault = (tile != whole).then(|| missing(whole, tile.positions().end));
        return Ok(Some(Bundle { path, bytes, whole: tile.width.count(), fault }));
    };
    let leaves = Tile { row: TileRow::Hashes(TileLevel::LEAVES), ..tile };
    let leaves = published.read(&PublishedPath::Tile(leaves))?.unwrap_or_default();
    let leaves = parse_hash_tile(tile.width, &leaves).unwrap_or_default();
    let whole = undamaged(&bytes, &leaves);
    let fault = Fault {
        position: Some(Position(from.0.saturating_add(whole as u64))),
        file: Some(path.to_string()),
        ..Fault::new(Level::Form, malformed.to_string())
    };
    Ok(Some(Bundle { path, bytes, whole, fault: Some(fault) }))
}

/// A bundle, or what is there of it from when the log was smaller.
fn widest(published: &Published, bundle: Tile) -> Option<Tile> {
    let count = u16::try_from(bundle.width.count()).ok()?;
    let narrower = (1..=count).rev().filter_map(TileWidth::new).map(|width| Tile { width, ..bundle });
    narrower.into_iter().find(|tile| published.has(&PublishedPath::Tile(*tile)))
}

/// What is wrong where a bundle is not there, of which the entries before `position` are.
pub(crate) fn missing(bundle: Tile, position: u64) -> Fault {
    let what = "the file is not there, and the checkpoint speaks of its entries";
    let file = PublishedPath::Tile(bundle);
    Fault { position: Some(Position(position)), ..Fault::of_file(Level::Form, &file, what) }
}

/// How many entries of a damaged bundle are still those whose leaves stand in the tile.
fn undamaged(bundle: &[u8], leaves: &[TreeHash]) -> usize {
    split(bundle).zip(leaves).take_while(|(entry, leaf)| TreeHash::leaf(entry) == **leaf).count()
}

/// The entries of a bundle as far as its lengths lead.
fn split(bundle: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bundle;
    std::iter::from_fn(move || {
        let (length, after) = rest.split_first_chunk()?;
        let (entry, after) = after.split_at_checked(u16::from_be_bytes(*length).into())?;
        rest = after;
        Some(entry)
    })
}

impl Bundle {
    /// Its entries, up to the first that can't be told apart.
    pub(crate) fn entries(&self) -> Vec<&[u8]> {
        split(&self.bytes).take(self.whole).collect()
    }

    /// The file that it was read from.
    pub(crate) fn path(&self) -> &PublishedPath {
        &self.path
    }

    pub(crate) fn fault(&self) -> Option<&Fault> {
        self.fault.as_ref()
    }
}

impl<'a> TreeCheck<'a> {
    /// A tree without entries, which is to remember its heads at the sizes `wanted`.
    pub(crate) fn new(published: &'a Published, wanted: BTreeSet<u64>) -> Self {
        let (rows, heads, faults) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        Self { published, frontier: Frontier::EMPTY, rows, wanted, heads, faults }
    }

    /// Adds the next leaves; each tile that they fill is compared.
    ///
    /// # Errors
    /// [`PublishedError`].
    pub(crate) fn add(&mut self, leaves: &[TreeHash]) -> Result<(), PublishedError> {
        for leaf in leaves {
            for (index, hash) in self.frontier.append(*leaf) {
                if index.level.is_multiple_of(8) {
                    self.add_hash(index, hash)?;
                }
            }
            let size = self.frontier.size();
            if self.wanted.contains(&size.0) {
                self.heads.insert(size.0, self.frontier.head());
            }
        }
        Ok(())
    }

    /// The head of the tree so far.
    pub(crate) fn head(&self) -> TreeHead {
        self.frontier.head()
    }

    /// The head that the tree had at a size that was wanted.
    pub(crate) fn head_at(&self, size: TreeSize) -> Option<TreeHead> {
        self.heads.get(&size.0).copied()
    }

    /// Compares the tiles at the right edge, which are not full, and says what was wrong with any. Where
    /// the entries ended before the log's `size`, there are no such tiles.
    ///
    /// # Errors
    /// [`PublishedError`].
    pub(crate) fn finish(mut self, size: TreeSize) -> Result<Vec<Fault>, PublishedError> {
        if self.frontier.size() != size {
            return Ok(self.faults);
        }
        for (level, row) in std::mem::take(&mut self.rows) {
            let numbered = size.0.checked_shr(u32::from(level)).unwrap_or(0).saturating_sub(1);
            self.compare(HashIndex { level, number: numbered }, &row)?;
        }
        Ok(self.faults)
    }

    fn add_hash(&mut self, index: HashIndex, hash: TreeHash) -> Result<(), PublishedError> {
        let row = self.rows.entry(index.level).or_default();
        row.push(hash);
        if row.len() < TileWidth::FULL.count() {
            return Ok(());
        }
        let row = std::mem::take(row);
        self.compare(index, &row)
    }

    /// Compares the tile that ends with the hash at `last`.
    fn compare(&mut self, last: HashIndex, row: &[TreeHash]) -> Result<(), PublishedError> {
        let width = u16::try_from(row.len()).ok().and_then(TileWidth::new);
        let Some((level, width)) = TileLevel::new(last.level / 8).zip(width) else { return Ok(()) };
        let tile = Tile { row: TileRow::Hashes(level), index: TileIndex(last.number / 256), width };
        let path = PublishedPath::Tile(tile);
        let first = tile.index.0.saturating_mul(256);
        let found = match self.published.read(&path)? {
            None => Err((0, "the file is not there".to_owned())),
            Some(bytes) => match parse_hash_tile(width, &bytes) {
                Err(malformed) => {
                    Err((first_difference(row, bytes.as_chunks::<32>().0), malformed.to_string()))
                }
                Ok(hashes) => match hashes.iter().zip(row).position(|(found, made)| found != made) {
                    None => Ok(()),
                    Some(at) => Err((
                        at,
                        format!("hash {at} and the published entries do not agree: one of them is damaged"),
                    )),
                },
            },
        };
        if let Err((at, what)) = found {
            let number = first.saturating_add(at as u64);
            let position = self.first_wrong_beneath(last.level, number);
            self.add_fault(Fault { position, file: Some(path.to_string()), ..Fault::new(Level::Tree, what) });
        }
        Ok(())
    }

    /// The first entry beneath a hash that a tile of a lower level has named already: a tile further up is
    /// then wrong because of it. Otherwise all of them are in doubt, from the first on.
    fn first_wrong_beneath(&self, level: u8, number: u64) -> Option<Position> {
        let from = number.checked_shl(level.into())?;
        let until = number.saturating_add(1).checked_shl(level.into()).unwrap_or(u64::MAX);
        let named = self.faults.iter().filter_map(|fault| fault.position);
        let beneath = named.filter(|position| (from..until).contains(&position.0)).min();
        Some(beneath.unwrap_or(Position(from)))
    }

    fn add_fault(&mut self, fault: Fault) {
        if self.faults.len() < FAULTS_MAX {
            self.faults.push(fault);
        }
    }
}

fn first_difference(row: &[TreeHash], found: &[[u8; 32]]) -> usize {
    row.iter().zip(found).take_while(|(made, found)| made.as_bytes() == *found).count()
}

/// What is wrong with the tiles that are not those of the log's `size`, and begin where one of these does: one that was
/// left over from when the log was smaller must be the beginning of the tile that it grew into, and one that was
/// written when it was larger must go on from it. Any other is of another history.
///
/// # Errors
/// [`PublishedError`].
pub(crate) fn check_leftovers(published: &Published, size: TreeSize) -> Result<Vec<Fault>, PublishedError> {
    let mut faults = Vec::new();
    let tiles = published.paths().filter_map(|path| match path {
        PublishedPath::Tile(tile) => Some(*tile),
        _ => None,
    });
    for tile in tiles {
        let own = match tile.row {
            TileRow::Entries => Tile::bundle_of(Position(tile.positions().start), size),
            TileRow::Hashes(_level) => tile.hashes().first().and_then(|first| Tile::of_hash(*first, size)),
        };
        let Some(own) = own.filter(|own| *own != tile) else { continue };
        let is_earlier = tile.is_of(size);
        let (small, large) = if is_earlier { (tile, own) } else { (own, tile) };
        let read = |tile| published.read(&PublishedPath::Tile(tile));
        let (Some(small_bytes), Some(large_bytes)) = (read(small)?, read(large)?) else { continue };
        if !is_beginning(small, &small_bytes, &large_bytes) && faults.len() < FAULTS_MAX {
            let what = match is_earlier {
                true => format!("it is not the beginning of {own}, which it grew into"),
                false => {
                    format!("it does not go on from {own}: it is of another history of this log, or damaged")
                }
            };
            faults.push(Fault { file: Some(tile.to_string()), ..Fault::new(Level::Tree, what) });
        }
    }
    Ok(faults)
}

fn is_beginning(tile: Tile, small: &[u8], large: &[u8]) -> bool {
    let is_whole = match tile.row {
        TileRow::Entries => parse_bundle(tile.width, small).is_ok(),
        TileRow::Hashes(_level) => parse_hash_tile(tile.width, small).is_ok(),
    };
    is_whole && large.starts_with(small)
}
