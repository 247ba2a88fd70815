//! The entries of a published log in one pass: leaves of a tree, and replayed as deep as somebody asked.

use crate::again::BundlePlaces;
use crate::replay::{Replay, Signatures};
use crate::tiles::{TreeCheck, missing, read_bundle};
use crate::{Fault, Published, PublishedError};
use minutebook_log::{Position, Tile, TreeHash, TreeHead, TreeSize};
use rayon::prelude::*;
use std::sync::Arc;

/// How deep an audit goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    /// Entries are bytes, the leaves of a tree.
    Tree,
    /// Entries are read, and their signatures checked together.
    Signatures,
    /// Entries are read, and replayed.
    Rules,
}

/// What is held while the entries are read.
pub(crate) struct Pass<'a> {
    depth: Depth,
    published: &'a Published,
    pub(crate) tree: TreeCheck<'a>,
    pub(crate) replay: Replay,
    places: Arc<BundlePlaces>,
    pub(crate) earlier: Option<TreeHead>,
}

/// How many bundles are read and checked at once, on all cores.
const BUNDLES: usize = 16;

impl<'a> Pass<'a> {
    /// Nothing has been read yet. `earlier` is up to where signatures were verified before.
    pub(crate) fn new(
        depth: Depth,
        published: &'a Published,
        tree: TreeCheck<'a>,
        earlier: Option<TreeHead>,
    ) -> Self {
        let places = Arc::new(BundlePlaces::of(published));
        let replay = match depth {
            Depth::Rules => Replay::rereading(Arc::clone(&places) as _),
            Depth::Signatures | Depth::Tree => Replay::without_rules(),
        };
        Self { depth, published, tree, replay, places, earlier }
    }

    /// Reads every entry of a log of this size, as far as files are there and nothing ends it.
    ///
    /// # Errors
    /// [`PublishedError`].
    pub(crate) fn read_entries(
        &mut self,
        size: TreeSize,
        faults: &mut Vec<Fault>,
        progress: &mut impl FnMut(u64, u64),
    ) -> Result<(), PublishedError> {
        let mut next = Position::FIRST;
        while size.holds(next) {
            let mut bundles = Vec::with_capacity(BUNDLES);
            let mut is_cut = false;
            for _bundle in 0..BUNDLES {
                let Some(tile) = Tile::bundle_of(next, size).filter(|_tile| !is_cut) else { break };
                let Some(bundle) = read_bundle(self.published, next, size)? else {
                    faults.push(missing(tile, next.0));
                    is_cut = true;
                    break;
                };
                faults.extend(bundle.fault().cloned());
                is_cut = bundle.fault().is_some();
                next = Position(tile.positions().end);
                if self.depth == Depth::Rules {
                    self.places.push(&bundle);
                }
                bundles.push(bundle);
            }
            let entries: Vec<&[u8]> = bundles.iter().flat_map(|bundle| bundle.entries()).collect();
            self.take(&entries)?;
            progress(self.tree.head().size.0, size.0);
            if is_cut {
                break;
            }
        }
        self.replay.unread().map_or(Ok(()), |unread| Err(unread.into()))
    }

    fn take(&mut self, entries: &[&[u8]]) -> Result<(), PublishedError> {
        let leaves: Vec<TreeHash> = entries.par_iter().map(|entry| TreeHash::leaf(entry)).collect();
        let begun = self.tree.head().size.0;
        self.tree.add(&leaves)?;
        if self.depth == Depth::Tree || self.replay.is_over() {
            return Ok(());
        }
        // What an earlier audit covered comes first; the entries after it have their signatures verified.
        let known = self.earlier.map_or(0, |earlier| earlier.size.0.saturating_sub(begun));
        let known = usize::try_from(known).unwrap_or(usize::MAX).min(entries.len());
        let (known, new) = entries.split_at_checked(known).unwrap_or((&[], entries));
        self.replay.take(known, Signatures::KnownToHold);
        if !self.replay.is_over() {
            let how = if self.depth == Depth::Rules { Signatures::Verified } else { Signatures::Together };
            self.replay.take(new, how);
        }
        Ok(())
    }
}
