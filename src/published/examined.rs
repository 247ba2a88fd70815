//! What stands in a folder that was published before, held against the log as a start does. Nothing is written here: a
//! start acts on it, and whoever only looks says it.

use crate::published::kept::{DamagedNote, damaged_notes, note_sizes};
use crate::published::newest::{check, signed_before_cut};
use crate::published::tiles::content;
use crate::published::{Folder, LogSource, PublishError};
use minutebook_log::{
    Entry, LogKeys, PublishedPath, SignedCheckpoint, Tile, TileIndex, TileLevel, TileRow, TileWidth,
    TreeHash, TreeSize, parse_bundle, parse_hash_tile,
};
use std::collections::{BTreeMap, BTreeSet};

/// A published folder, as a start finds it.
#[derive(Debug)]
pub struct Examined {
    /// What was published last, if anything.
    pub published: Option<SignedCheckpoint>,
    /// Whether a full disk has left a checkpoint of which nothing can be read: it is made anew.
    pub is_cut_short: bool,
    /// Partial tiles of another history, which are put aside.
    pub strange: Vec<Tile>,
    /// Tiles and bundles that are missing or damaged, as far as this is seen without reading all of them: they are made
    /// anew.
    pub wrong: Vec<Tile>,
    /// Cosigned checkpoints that are damaged, which are put aside.
    pub damaged: Vec<DamagedNote>,
}

impl Examined {
    /// How many entries were published.
    pub fn size(&self) -> TreeSize {
        self.published.as_ref().map_or(TreeSize::EMPTY, |published| published.unverified().head.size)
    }
}

/// Holds every cosigned checkpoint against the tree, of which a start takes the newest alone.
///
/// # Errors
/// [`PublishError`] for one that the log's own key has signed, and that the log does not extend.
pub fn check_notes<S: LogSource>(
    folder: &Folder,
    source: &S,
    keys: &LogKeys,
    log: TreeSize,
) -> Result<(), PublishError> {
    damaged_notes(folder, source, (keys, log), (&note_sizes(folder)?, |_size| true)).map(drop)
}

/// Holds the folder against the log, which has these keys and `log` entries.
///
/// # Errors
/// [`PublishError`] where the published checkpoint is another log's, ahead of the log or of another history, and where
/// there are tiles beyond the log's end: they are evidence as good as a checkpoint.
pub async fn examine<S: LogSource>(
    folder: &Folder,
    source: &S,
    keys: &LogKeys,
    log: TreeSize,
) -> Result<Examined, PublishError> {
    let origin = keys.newest().map_or("", |key| key.name().as_str());
    let (published, is_cut_short) = match folder.read(PublishedPath::Checkpoint)? {
        None => (None, false),
        Some(bytes) => match signed_before_cut(&bytes, origin) {
            None => (Some(check(folder, source, &bytes, keys, log)?), false),
            Some(signed) if signed.is_empty() => (None, true),
            // A last signature alone is cut, or its end: what is signed speaks for the log as any other does.
            Some(signed) => check(folder, source, &signed, keys, log).map(|_ours| (None, true))?,
        },
    };
    let found = folder.tiles()?;
    if let Some(beyond) = found.iter().find(|tile| !tile.is_of(log)) {
        let (root, file) = (folder.root().to_owned(), folder.place(PublishedPath::Tile(*beyond)));
        return Err(PublishError::Beyond { root, file, log });
    }
    // Where a history is another, its newest note is; to hold all of them against the tree takes as long as a scrub.
    let sizes = note_sizes(folder)?;
    let is_newest = |size| sizes.last() == Some(&size);
    let damaged = damaged_notes(folder, source, (keys, log), (&sizes, is_newest))?;
    let mut examined = Examined { published, is_cut_short, strange: Vec::new(), wrong: Vec::new(), damaged };
    let needed = Tile::grown(TreeSize::EMPTY, examined.size());
    let mut wrong: BTreeSet<Tile> = BTreeSet::new();
    for (right, tiles) in partial(&found, &needed) {
        look_at_partial(folder, source, (right, tiles), (&mut examined.strange, &mut wrong)).await?;
    }
    wrong.extend(seen_wrong(folder, source, examined.size(), &needed).await?);
    // Bundles before hashes and lower rows before higher, as they are always written.
    let mut wrong: Vec<_> = wrong.into_iter().collect();
    wrong.sort_by_key(|tile| (tile.row != TileRow::Entries, *tile));
    examined.wrong = wrong;
    Ok(examined)
}

/// The partial tiles that are there, by the widest of their place; without those that go since there is a full one.
fn partial(found: &[Tile], needed: &[Tile]) -> Vec<(Tile, Vec<Tile>)> {
    let mut places: BTreeMap<(TileRow, TileIndex), Vec<Tile>> = BTreeMap::new();
    for tile in found.iter().filter(|tile| tile.width != TileWidth::FULL) {
        if !needed.contains(&Tile { width: TileWidth::FULL, ..*tile }) {
            places.entry((tile.row, tile.index)).or_default().push(*tile);
        }
    }
    let widest = |tiles: &[Tile]| tiles.iter().max_by_key(|tile| tile.width).copied();
    places.into_values().filter_map(|tiles| Some((widest(&tiles)?, tiles))).collect()
}

async fn look_at_partial<S: LogSource>(
    folder: &Folder,
    source: &S,
    (widest, tiles): (Tile, Vec<Tile>),
    (strange, wrong): (&mut Vec<Tile>, &mut BTreeSet<Tile>),
) -> Result<(), PublishError> {
    let right = content(source, widest).await?;
    for tile in tiles {
        match folder.read_whole(PublishedPath::Tile(tile)) {
            Ok(None) => {}
            Ok(Some(bytes)) if right.starts_with(&bytes) => {}
            Ok(Some(_)) | Err(PublishError::Damaged { .. }) => {
                if is_of_another_history(folder, source, tile).await? {
                    strange.push(tile);
                } else {
                    wrong.insert(tile);
                }
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Whether a partial tile that is not the log's is another history's, which somebody has seen; or only damaged. Hashes are
/// signed by nobody: what counts is the bundle beside them. An entry in it that is another than the log's in its place,
/// and is signed by its authors, has been somewhere else. Where only its header differs, which they do not sign, it has to
/// stand among the leaves beside it, too: a bit that flips on a disk does not flip in both.
async fn is_of_another_history<S: LogSource>(
    folder: &Folder,
    source: &S,
    tile: Tile,
) -> Result<bool, PublishError> {
    if !matches!(tile.row, TileRow::Entries | TileRow::Hashes(TileLevel::LEAVES)) {
        return Ok(false);
    }
    let bundle = Tile { row: TileRow::Entries, ..tile };
    let beside = Tile { row: TileRow::Hashes(TileLevel::LEAVES), ..tile };
    let whole = |tile| match folder.read_whole(PublishedPath::Tile(tile)) {
        Err(PublishError::Damaged { .. }) => Ok(None),
        read => read,
    };
    let (Some(bundle_bytes), hashes) = (whole(bundle)?, whole(beside)?) else { return Ok(false) };
    let Ok(found) = parse_bundle(tile.width, &bundle_bytes) else { return Ok(false) };
    let leaves = hashes.and_then(|hashes| parse_hash_tile(tile.width, &hashes).ok()).unwrap_or_default();
    let ours = source.entries(bundle.positions()).await?;
    Ok(found.iter().zip(&ours).enumerate().any(|(at, (found, ours))| {
        let is_leaf = || leaves.get(at) == Some(&TreeHash::leaf(found));
        *found != ours.as_slice()
            && signed_event(found).is_some_and(|event| Some(event) != signed_event(ours) || is_leaf())
    }))
}

/// The event of an entry whose signatures hold.
fn signed_event(entry: &[u8]) -> Option<Vec<u8>> {
    let entry = Entry::parse(entry).ok()?;
    entry.signed.verify().is_ok().then(|| entry.event().bytes().to_vec())
}

/// What is missing of a published log of this size, and what is seen to be wrong: by its length, and at the right edge
/// and above the leaves by its content.
async fn seen_wrong<S: LogSource>(
    folder: &Folder,
    source: &S,
    size: TreeSize,
    needed: &[Tile],
) -> Result<Vec<Tile>, PublishError> {
    let edge = Tile::grown(TreeSize(size.0.saturating_sub(1)), size);
    let mut wrong = Vec::new();
    for tile in needed {
        let is_low = matches!(tile.row, TileRow::Entries | TileRow::Hashes(TileLevel::LEAVES));
        let is_right = folder.has_length(*tile)?
            && ((is_low && !edge.contains(tile)) || is_right(folder, source, *tile).await?);
        if !is_right {
            wrong.push(*tile);
        }
    }
    Ok(wrong)
}

/// Whether a published file is there and is what the log has.
///
/// # Errors
/// [`PublishError`] where it or the log can't be read.
pub async fn is_right<S: LogSource>(folder: &Folder, source: &S, tile: Tile) -> Result<bool, PublishError> {
    Ok(folder.read(PublishedPath::Tile(tile))? == Some(content(source, tile).await?))
}
