//! A record as it would be without some of its entries: what a rule is asked of to learn on what its answer rested.

use super::Record;
use crate::{Act, Scope, Told, View};
use minutebook_log::Position;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Which entries a record is supposed to have, and how it hears them: all of them and each as its view asks, unless it says
/// otherwise.
#[derive(Debug, Clone, Default)]
pub(super) struct Supposed {
    /// How many entries are known, where it is not all.
    known: Option<u64>,
    /// Entries from this one on are not there ...
    before: Option<Position>,
    /// ... but for these.
    beside: Arc<BTreeSet<Position>>,
    /// These are not there.
    without: Arc<BTreeSet<Position>>,
    /// Whether papers and the press are heard as acts are.
    hears_all: bool,
}

impl Supposed {
    pub(super) fn len(&self, entries: u64) -> u64 {
        self.known.map_or(entries, |known| known.min(entries))
    }

    /// Whether nothing is supposed.
    pub(super) fn is_as_it_is(&self) -> bool {
        let has_all = self.known.is_none() && self.before.is_none() && self.without.is_empty();
        has_all && !self.hears_all
    }

    pub(super) fn has(&self, position: Position) -> bool {
        let is_before = self.before.is_none_or(|before| position < before);
        !self.without.contains(&position) && (is_before || self.beside.contains(&position))
    }

    pub(super) fn hears(&self, told: &Told, view: View) -> bool {
        self.hears_all || view.scope == Scope::Reported || told.standing.is_enacted()
    }
}

impl Record {
    /// The record of which a report is asked: of papers and the press too, where it is one of those.
    pub(crate) fn as_heard_by(&self, act: &Act) -> Self {
        let hears_all = act.standing.is_report() && !act.standing.is_enacted();
        Self { supposed: Supposed { hears_all, ..self.supposed.clone() }, ..self.clone() }
    }

    /// What `known` entries tell, as it would have been before the entry at `before`: with the corrections that are known
    /// since, and beside it those entries that are named.
    pub(crate) fn supposed_before(&self, known: u64, before: Position, beside: BTreeSet<Position>) -> Self {
        let (known, before, beside) = (Some(known), Some(before), Arc::new(beside));
        self.supposing(Supposed { known, before, beside, ..Supposed::default() })
    }

    /// What `known` entries tell without some of them, and without those that are not there already.
    pub(crate) fn supposed_without(&self, known: u64, positions: impl IntoIterator<Item = Position>) -> Self {
        let without = positions.into_iter().chain(self.supposed.without.iter().copied()).collect();
        let (known, without) = (Some(known), Arc::new(without));
        self.supposing(Supposed { known, without, ..self.supposed.clone() })
    }

    /// The entries that say of the same subject what an act says, of a day that can be the same.
    pub(crate) fn agreeing(&self, act: &Act) -> BTreeSet<Position> {
        let (type_id, on) = (act.statement.type_of(), act.statement.act_date());
        let said = self.positions(&act.subject, self.len(), |other| other == type_id).into_iter();
        let told = said.flat_map(|position| self.told(position, self.len(), &act.subject));
        let agrees = told.filter(|told| {
            let is_same = told.subject == act.subject && told.statement.type_of() == type_id;
            let days = told.statement.act_date().zip(on.clone());
            is_same && days.is_none_or(|(one, other)| one.agrees_with(&other))
        });
        agrees.map(|told| told.position).collect()
    }

    /// The record as it would be if the act at `target` had been known as `now` by this time.
    pub(crate) fn supposed_corrected(&self, target: Position, now: Option<Arc<Act>>) -> Self {
        let mut corrected = self.clone();
        corrected.correct(target, Position(self.len().saturating_sub(1)), now);
        corrected
    }

    fn supposing(&self, supposed: Supposed) -> Self {
        Self { supposed, noted: None, ..self.clone() }
    }

    /// The entries behind the one at `position` that say the same kind of thing of the same subject: what may stand in
    /// its place.
    pub(crate) fn in_its_place(&self, position: Position, known: u64) -> BTreeSet<Position> {
        let Some(recorded) = self.at(position) else { return BTreeSet::new() };
        let type_id = recorded.act.statement.type_of();
        let said = self.positions(&recorded.act.subject, known, |other| other == type_id);
        said.into_iter().filter(|other| *other > position).collect()
    }

    /// The entries that correct another, as `known` entries tell, in order.
    pub(crate) fn all_corrections(&self, known: u64) -> BTreeSet<Position> {
        self.corrections.all(known).collect()
    }
}
