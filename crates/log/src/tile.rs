//! The tree and the entries as files that are written once (C2SP tlog-tiles, spec/published-log.md).

use crate::{ENTRY_BYTES_MAX, HashIndex, HashReader, Malformed, Position, TreeHash, TreeSize};
use std::{collections::BTreeMap, fmt, ops::Range, str::FromStr};

/// How many hashes, or entries, a full tile has.
const WIDTH_MAX: u16 = 256;

/// How many levels of the tree a level of tiles spans.
const HEIGHT: u32 = 8;

/// The number of a tile in its row, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileIndex(pub u64);

/// How many hashes or entries a tile has: 1 to 256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileWidth(u16);

impl TileWidth {
    /// The width of a tile that never changes.
    pub const FULL: TileWidth = TileWidth(WIDTH_MAX);

    /// A width of 1 to 256.
    pub fn new(width: u16) -> Option<Self> {
        (1..=WIDTH_MAX).contains(&width).then_some(Self(width))
    }

    /// As a number.
    pub fn count(self) -> usize {
        usize::from(self.0)
    }
}

/// A level of tiles: level L holds the hashes at level 8·L of the tree. 0 to 63, of which a tree of fewer
/// than 2^64 entries has those up to 7.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileLevel(u8);

impl TileLevel {
    /// The level of the leaves.
    pub const LEAVES: TileLevel = TileLevel(0);

    /// The highest level that a path can name.
    const LAST: u8 = 63;

    /// A level of 0 to 63.
    pub fn new(level: u8) -> Option<Self> {
        (level <= Self::LAST).then_some(Self(level))
    }

    fn height(self) -> u32 {
        u32::from(self.0) * HEIGHT
    }
}

/// What a row of tiles holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TileRow {
    /// The hashes of one level.
    Hashes(TileLevel),
    /// The entries themselves, in bundles.
    Entries,
}

/// Names a file of the published log: `tile/0/x001/234`, `tile/entries/000.p/7`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    /// What it holds.
    pub row: TileRow,
    /// Which one of its row.
    pub index: TileIndex,
    /// How many it holds: fewer than 256 only where the log ended when it was written.
    pub width: TileWidth,
}

impl Tile {
    /// The tiles of a tree of size `new` that one of size `old` does not have, bundles before hashes and
    /// lower rows before higher: what to write when the log has grown.
    pub fn grown(old: TreeSize, new: TreeSize) -> Vec<Tile> {
        let mut tiles = Vec::new();
        tiles.extend(grown_row(TileRow::Entries, old.0, new.0));
        for level in (0..=TileLevel::LAST).map(TileLevel) {
            let (old, new) = (in_level(old, level), in_level(new, level));
            if new == 0 {
                break;
            }
            tiles.extend(grown_row(TileRow::Hashes(level), old, new));
        }
        tiles
    }

    /// Whether the published log of this size has this very tile, or had it when its end was there.
    pub fn is_of(&self, size: TreeSize) -> bool {
        let level = match self.row {
            TileRow::Hashes(level) => level,
            TileRow::Entries => TileLevel::LEAVES,
        };
        self.end().is_some_and(|end| end <= in_level(size, level))
    }

    /// The stored hashes that it holds, in its order; none for a bundle.
    pub fn hashes(&self) -> Vec<HashIndex> {
        let (TileRow::Hashes(level), Some(end)) = (self.row, self.end()) else {
            return Vec::new();
        };
        let Some(level) = u8::try_from(level.height()).ok().filter(|level| *level < 64) else {
            return Vec::new();
        };
        (self.start()..end).map(|number| HashIndex { level, number }).collect()
    }

    /// The positions of the entries that a bundle holds; none for a tile of hashes.
    pub fn positions(&self) -> Range<u64> {
        match (self.row, self.end()) {
            (TileRow::Entries, Some(end)) => self.start()..end,
            _ => 0..0,
        }
    }

    /// The bundle with the entry at `position` in the published log of this size.
    pub fn bundle_of(position: Position, size: TreeSize) -> Option<Tile> {
        tile_at(TileRow::Entries, position.0, size.0)
    }

    /// The tile from which a stored hash follows, in the published log of this size.
    pub fn of_hash(index: HashIndex, size: TreeSize) -> Option<Tile> {
        let level = TileLevel(u8::try_from(u32::from(index.level) / HEIGHT).ok()?);
        index.is_in(size).then_some(())?;
        let first = index.number.checked_shl(u32::from(index.level) % HEIGHT)?;
        tile_at(TileRow::Hashes(level), first, in_level(size, level))
    }

    fn start(&self) -> u64 {
        self.index.0.saturating_mul(u64::from(WIDTH_MAX))
    }

    fn end(&self) -> Option<u64> {
        self.index.0.checked_mul(u64::from(WIDTH_MAX))?.checked_add(u64::from(self.width.0))
    }
}

/// How many hashes a level of tiles has.
fn in_level(size: TreeSize, level: TileLevel) -> u64 {
    size.0.checked_shr(level.height()).unwrap_or(0)
}

/// The tiles with which a row of `old` hashes becomes one of `new`.
fn grown_row(row: TileRow, old: u64, new: u64) -> impl Iterator<Item = Tile> {
    let width = u64::from(WIDTH_MAX);
    let first = if old < new { old / width } else { new.div_ceil(width) };
    (first..new.div_ceil(width)).filter_map(move |index| tile_at(row, index * width, new))
}

/// The tile with number `at` of a row that has `count`.
fn tile_at(row: TileRow, at: u64, count: u64) -> Option<Tile> {
    let index = at / u64::from(WIDTH_MAX);
    let width = count.checked_sub(index * u64::from(WIDTH_MAX))?.min(u64::from(WIDTH_MAX));
    let width = TileWidth::new(u16::try_from(width).ok()?)?;
    (at < count).then_some(Tile { row, index: TileIndex(index), width })
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.row {
            TileRow::Hashes(level) => write!(f, "tile/{}/", level.0)?,
            TileRow::Entries => f.write_str("tile/entries/")?,
        }
        f.write_str(&encode_number(self.index.0))?;
        match self.width {
            TileWidth::FULL => Ok(()),
            width => write!(f, ".p/{}", width.0),
        }
    }
}

impl FromStr for Tile {
    type Err = Malformed;

    fn from_str(path: &str) -> Result<Self, Malformed> {
        let needed = "a path such as tile/0/x001/234, tile/1/000.p/17 or tile/entries/000";
        let parse = || {
            let (row, rest) = path.strip_prefix("tile/")?.split_once('/')?;
            let row = match row {
                "entries" => TileRow::Entries,
                level => TileRow::Hashes(TileLevel::new(level.parse().ok()?)?),
            };
            let (number, width) = match rest.split_once(".p/") {
                Some((number, width)) => (number, TileWidth::new(width.parse().ok()?)?),
                None => (rest, TileWidth::FULL),
            };
            Some(Tile { row, index: TileIndex(decode_number(number)?), width })
        };
        // A leading zero, a sign, `.p/256`: what is written in another way is another path.
        parse()
            .filter(|tile| tile.to_string() == path)
            .ok_or_else(|| Malformed::quoting("path", path, needed))
    }
}

/// A number as path elements of three digits, all but the last begun with `x`: `x001/x234/067`.
pub(crate) fn encode_number(number: u64) -> String {
    let mut path = format!("{:03}", number % 1000);
    let mut rest = number / 1000;
    while rest > 0 {
        path = format!("x{:03}/{path}", rest % 1000);
        rest /= 1000;
    }
    path
}

/// The number that a path of such elements stands for; other spellings of it are not told apart here.
pub(crate) fn decode_number(path: &str) -> Option<u64> {
    path.split('/').try_fold(0_u64, |number, element| {
        let digits = element.strip_prefix('x').unwrap_or(element);
        number.checked_mul(1000)?.checked_add(digits.parse().ok()?)
    })
}

/// Writes a tile of hashes: 32 bytes each, nothing between.
pub fn encode_hash_tile(hashes: &[TreeHash]) -> Vec<u8> {
    hashes.iter().flat_map(TreeHash::as_bytes).copied().collect()
}

/// Reads a tile of hashes of this width.
///
/// # Errors
/// [`Malformed`] for another number of bytes.
pub fn parse_hash_tile(width: TileWidth, bytes: &[u8]) -> Result<Vec<TreeHash>, Malformed> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    if !rest.is_empty() || hashes.len() != width.count() {
        let needed = format!("{} hashes of 32 bytes", width.0);
        return Err(Malformed::new("tile", format!("{} bytes", bytes.len()), needed));
    }
    Ok(hashes.iter().map(|hash| TreeHash::from_bytes(*hash)).collect())
}

/// Writes a bundle: each entry after its length in two bytes, the higher first.
///
/// # Errors
/// [`Malformed`] for none, more than 256, or one of more than 65,535 bytes.
pub fn encode_bundle<B: AsRef<[u8]>>(entries: &[B]) -> Result<Vec<u8>, Malformed> {
    if entries.is_empty() || entries.len() > usize::from(WIDTH_MAX) {
        return Err(Malformed::new("bundle", format!("{} entries", entries.len()), "1 to 256 entries"));
    }
    let mut bundle = Vec::new();
    for entry in entries.iter().map(AsRef::as_ref) {
        let length = u16::try_from(entry.len()).map_err(|_over_long| {
            let needed = format!("entries of at most {ENTRY_BYTES_MAX} bytes");
            Malformed::new("bundle", format!("one of {} bytes", entry.len()), needed)
        })?;
        bundle.extend_from_slice(&length.to_be_bytes());
        bundle.extend_from_slice(entry);
    }
    Ok(bundle)
}

/// Reads a bundle of this width: the bytes of its entries, which are not read further.
///
/// # Errors
/// [`Malformed`] for fewer entries, a length beyond the end, or bytes after the last entry.
pub fn parse_bundle(width: TileWidth, bytes: &[u8]) -> Result<Vec<&[u8]>, Malformed> {
    let needed = || format!("{} entries, each after its length in two bytes, and nothing else", width.0);
    let mut rest = bytes;
    let mut entries = Vec::with_capacity(width.count());
    for number in 0..width.count() {
        let cut = || Malformed::new("bundle", format!("an end within entry {number}"), needed());
        let (length, after) = rest.split_first_chunk().ok_or_else(cut)?;
        let (entry, after) = after.split_at_checked(u16::from_be_bytes(*length).into()).ok_or_else(cut)?;
        entries.push(entry);
        rest = after;
    }
    if rest.is_empty() {
        return Ok(entries);
    }
    Err(Malformed::new("bundle", format!("{} bytes after the last entry", rest.len()), needed()))
}

/// The stored hashes of a tree, read from its tiles. They are worth what the tiles are: compare
/// [`crate::read_head`] with a checkpoint first.
#[derive(Debug, Clone)]
pub struct TileHashes {
    size: TreeSize,
    tiles: BTreeMap<Tile, Vec<TreeHash>>,
}

impl TileHashes {
    /// No tiles yet, of a published log of this size.
    pub fn new(size: TreeSize) -> Self {
        Self { size, tiles: BTreeMap::new() }
    }

    /// Adds the bytes of a tile of hashes.
    ///
    /// # Errors
    /// [`Malformed`] for another number of bytes than its name says.
    pub fn add(&mut self, tile: Tile, bytes: &[u8]) -> Result<(), Malformed> {
        self.tiles.insert(tile, parse_hash_tile(tile.width, bytes)?);
        Ok(())
    }

    fn hash(&self, index: HashIndex) -> Option<TreeHash> {
        let tile = Tile::of_hash(index, self.size)?;
        let height = u32::from(index.level) % HEIGHT;
        let first = (index.number << height).checked_sub(tile.start())?;
        let first = usize::try_from(first).ok()?;
        let mut row = self.tiles.get(&tile)?.get(first..first + (1 << height))?.to_vec();
        while row.len() > 1 {
            let (pairs, _none) = row.as_chunks::<2>();
            row = pairs.iter().map(|[left, right]| TreeHash::node(*left, *right)).collect();
        }
        row.first().copied()
    }
}

/// A hash that no tile holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no tile with hash {number} of level {level}", number = .0.number, level = .0.level)]
pub struct TileMissing(pub HashIndex);

impl HashReader for TileHashes {
    type Error = TileMissing;

    fn read_hashes(&self, at: &[HashIndex]) -> Result<Vec<TreeHash>, TileMissing> {
        at.iter().map(|index| self.hash(*index).ok_or(TileMissing(*index))).collect()
    }
}
