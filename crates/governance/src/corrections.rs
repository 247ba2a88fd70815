//! What became of acts that were corrected or withdrawn, in the order in which it became known.

use crate::spoken::Spoken;
use imbl::OrdMap;
use minutebook_log::Position;
use std::sync::Arc;

/// What the acts that were corrected say since, by target and correction; nothing where they were withdrawn.
#[derive(Debug, Clone, Default)]
pub(crate) struct Corrections(OrdMap<(Position, Position), Option<Arc<Spoken>>>);

impl Corrections {
    /// Notes what the act at `target` says from the correction at `at` on.
    pub(crate) fn insert(&mut self, target: Position, at: Position, now: Option<Arc<Spoken>>) {
        self.0.insert((target, at), now);
    }

    /// Those of the act at `position` that `known` entries tell of, oldest first.
    pub(crate) fn of(
        &self,
        position: Position,
        known: u64,
    ) -> impl DoubleEndedIterator<Item = (Position, Option<&Arc<Spoken>>)> {
        let of_it = self.0.range((position, Position::FIRST)..(position, Position(known)));
        of_it.map(|((_target, at), now)| (*at, now.as_ref()))
    }

    /// The entries that correct another, as `known` entries tell.
    pub(crate) fn all(&self, known: u64) -> impl Iterator<Item = Position> {
        self.0.keys().map(|(_target, at)| *at).filter(move |at| at.0 < known)
    }

    /// What was withdrawn, as `known` entries tell, each with the entry that withdrew it, in the order of what was
    /// withdrawn.
    pub(crate) fn withdrawn(&self, known: u64) -> impl Iterator<Item = (Position, Position)> {
        let withdrawn = self.0.iter().filter(|(_at, now)| now.is_none()).map(|(at, _now)| *at);
        withdrawn.filter(move |(_target, at)| at.0 < known)
    }
}
