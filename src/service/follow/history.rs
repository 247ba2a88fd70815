//! History: what is selected of the entries that have been durable for a while, read from the store, or from the bundles of
//! the published log, which are read as a whole and held against the chain's hashes as the store's entries are.

use super::encoded::Raw;
use super::part::{Part, PartError};
use crate::ledger::{Known, Reader};
use crate::published::Folder;
use crate::service::status;
use minutebook_governance::{Selected, Selection};
use minutebook_log::{Hash, Position, PublishedPath, Tile, TreeSize, parse_bundle};
use minutebook_store::{Engine, EngineError, ReadLimits, Stored};
use std::sync::Arc;
use tonic::Status;

/// How many entries a bundle has.
const BUNDLE: u64 = 256;

/// Whoever reads history.
pub(in crate::service) struct History<E: Engine> {
    reader: Arc<Reader<E>>,
    published: Option<Folder>,
}

/// What is read of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) entries: usize,
    pub(super) bytes: usize,
    /// Whether whoever receives it has all entries, and so the tree that ends with each.
    pub(super) is_whole: bool,
}

/// A part, unless nothing is selected; and up to where it was looked for.
pub(super) type Found = (Option<Part>, Position);

impl<E: Engine> History<E> {
    /// The history of a ledger, and where it is published, if it is.
    pub(in crate::service) fn of(reader: Arc<Reader<E>>, published: Option<Folder>) -> Self {
        Self { reader, published }
    }

    /// The entries of the ledger.
    pub(super) fn reader(&self) -> &Arc<Reader<E>> {
        &self.reader
    }

    /// Reads what is selected from `from` on, where that may take its time.
    pub(super) async fn read(
        self: Arc<Self>,
        known: Arc<Known>,
        selection: Arc<Selection>,
        from: Position,
        limits: Limits,
    ) -> Result<Found, Status> {
        let read = move || {
            if selection.is_all() {
                self.read_all(&known, &selection, from, limits)
            } else {
                self.read_selected(&known, &selection, from, limits)
            }
        };
        Ok(tokio::task::spawn_blocking(read).await.map_err(status::internal)??)
    }

    /// All entries, as far as possible up to the end of a bundle: there the tree is proved by what is in memory.
    fn read_all(
        &self,
        known: &Arc<Known>,
        selection: &Selection,
        from: Position,
        limits: Limits,
    ) -> Result<Found, PartError> {
        let size = known.head().size;
        let bundles = self.bundles(known, from, limits);
        if !bundles.is_empty() {
            let entries = bundles.iter().flat_map(|bundle| bundle.entries());
            let raw: Vec<_> = (from.0..)
                .map(Position)
                .zip(entries)
                .filter_map(|(position, bytes)| {
                    Some(Raw { position, hash: known.book().chain().hash_at(position)?, bytes })
                })
                .collect();
            let next = Position(from.0 + raw.len() as u64);
            return Ok((Some(Part::of(known, selection, &raw, (from, next), limits.is_whole)?), next));
        }
        let end = aligned(from, from.0.saturating_add(limits.entries as u64).min(size));
        let entries = usize::try_from(end.saturating_sub(from.0)).unwrap_or(usize::MAX);
        let mut stored = self.reader.read_range(from, ReadLimits { entries, bytes: limits.bytes })?;
        let read = aligned(from, from.0 + stored.len() as u64);
        stored.truncate(usize::try_from(read - from.0).unwrap_or(usize::MAX));
        let next = Position(from.0 + stored.len() as u64);
        if stored.is_empty() {
            return Ok((None, next));
        }
        let raw: Vec<_> = stored.iter().map(Raw::from).collect();
        Ok((Some(Part::of(known, selection, &raw, (from, next), limits.is_whole)?), next))
    }

    /// The whole bundles from `from` on, if it begins one, as far as they are published and have room.
    fn bundles(&self, known: &Known, from: Position, limits: Limits) -> Vec<Bundle> {
        let Some(folder) = self.published.as_ref().filter(|_folder| from.0.is_multiple_of(BUNDLE)) else {
            return Vec::new();
        };
        let (mut bundles, mut bytes) = (Vec::new(), 0);
        for first in (from.0..).step_by(BUNDLE as usize) {
            let count = (bundles.len() as u64 + 1) * BUNDLE;
            if first + BUNDLE > known.head().size || count > limits.entries as u64 {
                break;
            }
            let room = limits.bytes.saturating_sub(bytes);
            let Some(bundle) = Bundle::read(folder, known, Position(first), room) else { break };
            bytes += bundle.bytes.len();
            bundles.push(bundle);
        }
        bundles
    }

    fn read_selected(
        &self,
        known: &Arc<Known>,
        selection: &Selection,
        from: Position,
        limits: Limits,
    ) -> Result<Found, PartError> {
        let record = known.book().record();
        let Selected { positions, next } = record.select(selection, from, known.head().size, limits.entries);
        let stored = read_at(&self.reader, &positions, limits.bytes)?;
        // What had no room comes with the next part.
        let next = if stored.len() < positions.len() {
            stored.last().map_or(from, |last| last.position.next())
        } else {
            next
        };
        if stored.is_empty() {
            return Ok((None, next));
        }
        let raw: Vec<_> = stored.iter().map(Raw::from).collect();
        Ok((Some(Part::of(known, selection, &raw, (from, next), false)?), next))
    }
}

/// The last end of a bundle that is not behind `end`, unless that is not beyond `from`.
fn aligned(from: Position, end: u64) -> u64 {
    let aligned = end - end % BUNDLE;
    if aligned > from.0 { aligned } else { end }
}

/// A published bundle, each of whose entries has the hash that the chain has of it.
struct Bundle {
    bytes: Vec<u8>,
    tile: Tile,
}

impl Bundle {
    /// Nothing where it is not published yet, has more bytes, or is not what it should be: then the store is read.
    fn read(folder: &Folder, known: &Known, first: Position, bytes_max: usize) -> Option<Self> {
        let tile = Tile::bundle_of(first, TreeSize(first.0 + BUNDLE))?;
        let place = std::fs::metadata(folder.place(PublishedPath::Tile(tile))).ok()?;
        if place.len() > bytes_max as u64 {
            return None;
        }
        let read = folder.read(PublishedPath::Tile(tile));
        let bytes = read.inspect_err(|error| say(first, error)).ok()??;
        let bundle = Self { bytes, tile };
        let entries = bundle.entries();
        let is_whole = entries.len() as u64 == BUNDLE;
        let holds = |(position, entry): (u64, &&[u8])| {
            known.book().chain().hash_at(Position(position)) == Some(Hash::of(entry))
        };
        if is_whole && (first.0..).zip(&entries).all(holds) {
            drop(entries);
            return Some(bundle);
        }
        say(first, &"its entries do not have the chain's hashes");
        None
    }

    /// Its entries; none where it has another form.
    fn entries(&self) -> Vec<&[u8]> {
        parse_bundle(self.tile.width, &self.bytes).unwrap_or_default()
    }
}

fn say(first: Position, why: &dyn std::fmt::Display) {
    tracing::error!(%first, %why, "a published bundle is not what it should be, and the store is read instead");
}

/// Reads entries by their positions, as far as these bytes go; the first comes whatever its size.
fn read_at<E: Engine>(
    reader: &Reader<E>,
    positions: &[Position],
    bytes_max: usize,
) -> Result<Vec<Stored>, EngineError> {
    let (mut read, mut bytes) = (Vec::with_capacity(positions.len()), 0);
    for run in positions.chunk_by(|one, other| one.next() == *other) {
        let Some(first) = run.first() else { continue };
        let room = bytes_max.saturating_sub(bytes);
        let mut stored = reader.read_range(*first, ReadLimits { entries: run.len(), bytes: room })?;
        let is_first_too_large = !read.is_empty() && stored.first().is_some_and(|one| one.bytes.len() > room);
        if is_first_too_large {
            break;
        }
        bytes += stored.iter().map(|stored| stored.bytes.len()).sum::<usize>();
        let is_cut = stored.len() < run.len();
        read.append(&mut stored);
        if is_cut {
            break;
        }
    }
    Ok(read)
}
