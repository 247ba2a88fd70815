//! The entries of a published log in one pass: leaves of a tree, and replayed as deep as somebody asked.

use crate::again::BundlePlaces;
use crate::ahead::{More, in_order};
use crate::replay::{CheckedEntry, Replay, Signatures, check_all};
use crate::tiles::{Bundle, TreeCheck, missing, read_bundle};
use crate::{Fault, Published, PublishedError};
use minutebook_log::{Position, Tile, TreeHash, TreeHead, TreeSize};
use std::cell::Cell;
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
        let (mut next, mut is_cut, is_over) = (Position::FIRST, false, Cell::new(false));
        let (depth, published, places, earlier) = (self.depth, self.published, &self.places, self.earlier);
        let bundles = || {
            let Some(tile) = Tile::bundle_of(next, size).filter(|_tile| !is_cut) else { return Ok(None) };
            let Some(bundle) = read_bundle(published, next, size)? else {
                faults.push(missing(tile, next.0));
                is_cut = true;
                return Ok(None);
            };
            faults.extend(bundle.fault().cloned());
            is_cut = bundle.fault().is_some();
            let first = std::mem::replace(&mut next, Position(tile.positions().end));
            if depth == Depth::Rules {
                places.push(&bundle);
            }
            // Once an entry has failed, those that follow are leaves of the tree and no more.
            Ok(Some((first, bundle, if is_over.get() { Depth::Tree } else { depth })))
        };
        // What an earlier audit covered comes first; the entries after it have their signatures verified.
        let known_from =
            |first: Position| earlier.map_or(0, |earlier| earlier.size.0.saturating_sub(first.0));
        in_order(
            bundles,
            |(first, bundle, depth)| Read::of(&bundle, depth, known_from(first)),
            |read| {
                self.tree.add(&read.leaves)?;
                self.replay.take_checked(read.checked);
                is_over.set(self.replay.is_over());
                progress(self.tree.head().size.0, size.0);
                Ok::<_, PublishedError>(More::Wanted)
            },
        )?;
        self.replay.unread().map_or(Ok(()), |unread| Err(unread.into()))
    }
}

/// A bundle, read as far as that needs no order.
struct Read {
    leaves: Vec<TreeHash>,
    /// Its entries, where they are more than bytes.
    checked: Vec<CheckedEntry>,
}

impl Read {
    /// The first `known` entries had their signatures verified before.
    fn of(bundle: &Bundle, depth: Depth, known: u64) -> Self {
        let entries = bundle.entries();
        let leaves = entries.iter().map(|entry| TreeHash::leaf(entry)).collect();
        let how = match depth {
            Depth::Tree => return Self { leaves, checked: Vec::new() },
            Depth::Signatures => Signatures::Together,
            Depth::Rules => Signatures::Verified,
        };
        let known = usize::try_from(known).unwrap_or(usize::MAX).min(entries.len());
        let (known, new) = entries.split_at_checked(known).unwrap_or((&[], &entries));
        let mut checked = check_all(known, Signatures::KnownToHold);
        checked.extend(check_all(new, how));
        Self { leaves, checked }
    }
}
