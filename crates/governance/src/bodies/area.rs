//! Areas are sets of units: each unit is held by exactly one open commissioner. Where what is known does not say by
//! which, those are named of which it is one.

use super::codes::unit_subject;
use super::events::BodyKind;
use super::passing::{AreaVaried, SuccessionRecorded};
use super::state::{Body, Life, body, heard_of};
use super::walk::{Doubt, Walk, passes_from, walk};
use crate::{BodyId, Date, PDate, Record, Standing, Unit, View};
use minutebook_log::Position;
use std::collections::BTreeSet;

/// Who holds a unit on a day.
#[derive(Debug, Clone, Default)]
pub struct Holder {
    /// The body that holds it for certain; nothing where nobody does, or it can't be told.
    pub body: Option<Body>,
    /// Where it can't be told, those of which one holds it; where there is only one, perhaps nobody does.
    pub perhaps: Vec<BodyId>,
    /// Why it can't be told.
    pub doubt: Option<Doubt>,
    /// The entries that say so, in order.
    pub why: Vec<Position>,
    /// Parts of the unit that somebody else holds, with their holder.
    pub parts: Vec<(Unit, BodyId)>,
}

/// Who commissions for `unit` on the view's day.
pub fn holder(record: &Record, unit: &Unit, view: View) -> Holder {
    let mut found = Found::default();
    let first = first_holders(record, unit, view);
    for peers in first.chunk_by(|a, b| a.standing == b.standing) {
        for claim in peers {
            found.hear(record, walk(record, unit, (claim.body.clone(), claim.says.clone()), view), view);
        }
        if !found.holders.is_empty() {
            break;
        }
    }
    let mut holder = found.into_holder();
    holder.parts = parts_held_elsewhere(record, unit, &holder, view);
    holder
}

/// What was found by following a unit from whoever opened with it.
#[derive(Default)]
struct Found {
    /// Who can hold it; nothing but its id is known of some.
    holders: Vec<(BodyId, Option<Body>)>,
    /// Whether somebody's way leads to one body alone, which is open for certain.
    is_certain: bool,
    doubts: BTreeSet<Doubt>,
    why: BTreeSet<Position>,
    /// What was said of ways that lead to nobody.
    nobody: BTreeSet<Position>,
}

impl Found {
    fn hear(&mut self, record: &Record, walk: Walk, view: View) {
        let is_only = walk.ends.len() == 1;
        let before = self.holders.len();
        for (id, why) in walk.ends {
            let known = body(record, &id, view);
            let life = known.as_ref().map(|body| body.life(view));
            if matches!(life, Some(Life::Closed | Life::NotYetOpen)) {
                self.nobody.extend(why);
                continue;
            }
            if life.is_none() {
                self.doubts.insert(Doubt::HolderNotKnown);
            } else if life == Some(Life::Unknown) {
                self.doubts.insert(Doubt::DateNotKnown);
            }
            self.is_certain |= is_only && life == Some(Life::Open);
            self.why.extend(why);
            if self.holders.iter().all(|(holder, _known)| *holder != id) {
                self.holders.push((id, known));
            }
        }
        if self.holders.len() > before {
            self.doubts.extend(walk.doubts);
        }
    }

    fn into_holder(self) -> Holder {
        let Found { mut holders, is_certain, mut doubts, mut why, nobody } = self;
        if holders.is_empty() {
            return Holder { why: nobody.into_iter().collect(), ..Holder::default() };
        }
        if holders.len() == 1 && is_certain {
            let body = holders.pop().and_then(|(_id, known)| known);
            let opened = body.iter().filter_map(|body| body.opened.as_ref());
            why.extend(opened.flat_map(|opened| opened.why.iter().copied()));
            return Holder { body, why: why.into_iter().collect(), ..Holder::default() };
        }
        let mut perhaps: Vec<_> = holders.into_iter().map(|(id, _known)| id).collect();
        perhaps.sort_unstable();
        let doubt = doubts.pop_first().unwrap_or(Doubt::HeldTwice);
        Holder { perhaps, doubt: Some(doubt), why: why.into_iter().collect(), ..Holder::default() }
    }
}

/// The units that a body holds on the view's day for certain, of all that are known.
pub fn units_of(record: &Record, id: &BodyId, view: View) -> Vec<Unit> {
    area_of(record, id, view).0
}

/// The units that a body holds on the view's day for certain, and those that it perhaps holds.
pub fn area_of(record: &Record, id: &BodyId, view: View) -> (Vec<Unit>, Vec<Unit>) {
    let (mut held, mut perhaps) = (Vec::new(), Vec::new());
    for unit in units_in_reach(record, id, view) {
        let holder = holder(record, &unit, view);
        if holder.body.is_some_and(|body| body.id == *id) {
            held.push(unit);
        } else if holder.perhaps.contains(id) {
            perhaps.push(unit);
        }
    }
    (held, perhaps)
}

/// The units that can have come to a body, through whoever came before it, on whatever day.
pub(crate) fn units_in_reach(record: &Record, id: &BodyId, view: View) -> BTreeSet<Unit> {
    let mut candidates = BTreeSet::new();
    let mut ancestors = vec![id.clone()];
    let mut visited = BTreeSet::new();
    while let Some(ancestor) = ancestors.pop() {
        if !visited.insert(ancestor.clone()) {
            continue;
        }
        let body = heard_of(record, &ancestor, view);
        candidates.extend(body.units.iter().map(|(_source, unit)| unit.clone()));
        candidates.extend(gains_of(record, &ancestor, view));
        candidates.extend(body.predecessors.iter().flat_map(|link| link.units.iter().flatten().cloned()));
        ancestors.extend(body.predecessors.iter().map(|link| link.body.clone()));
    }
    candidates
}

/// A body that is said to have opened with a unit.
pub(super) struct Claim {
    pub(super) body: BodyId,
    pub(super) standing: Standing,
    opened: Option<Date>,
    pub(super) says: Vec<Position>,
}

/// The commissioners that opened with the unit, or with the whole that it is a part of: those of the highest standing
/// first, and of these those that opened first.
pub(super) fn first_holders(record: &Record, unit: &Unit, view: View) -> Vec<Claim> {
    let whole = unit.whole();
    let mut claims = Vec::new();
    for listed in [Some(unit), whole.as_ref()].into_iter().flatten() {
        let Some(subject) = unit_subject(listed) else { continue };
        let ids: BTreeSet<_> =
            record.about(&subject, view).filter_map(|told| BodyId::of(&told.subject)).collect();
        let bodies = ids.iter().filter_map(|id| body(record, id, view));
        for body in bodies.filter(|body| body.kind().is_some_and(BodyKind::is_commissioner)) {
            let says =
                || body.units.iter().filter(|(_source, held)| held == listed).map(|(source, _unit)| source);
            let Some(standing) = says().map(|source| source.standing).max() else { continue };
            let opened = body.opened.as_ref().and_then(|opened| opened.value.as_ref()?.earliest());
            let says = says().map(|source| source.position).collect();
            claims.push(Claim { body: body.id.clone(), standing, opened, says });
        }
        if !claims.is_empty() {
            break;
        }
    }
    claims.sort_by_key(|claim| {
        (std::cmp::Reverse(claim.standing), claim.opened.is_none(), claim.opened, claim.body.clone())
    });
    claims
}

/// Every body that a unit can come to from those that opened with it, on whatever day.
pub(super) fn holders_ever(record: &Record, unit: &Unit, view: View) -> BTreeSet<BodyId> {
    let mut ahead: Vec<_> = first_holders(record, unit, view).into_iter().map(|claim| claim.body).collect();
    let mut holders = BTreeSet::new();
    while let Some(id) = ahead.pop() {
        if holders.insert(id.clone()) {
            ahead.extend(passes_from(record, &id, unit, view).into_iter().map(|pass| pass.to));
        }
    }
    holders
}

/// Every date that who holds a unit hangs on: when those that it can come to open, close, are followed, or pass it on.
pub(crate) fn holder_dates(record: &Record, unit: &Unit, view: View) -> Vec<PDate> {
    let of = |id: BodyId| {
        let heard = heard_of(record, &id, view);
        let spans = [heard.opened, heard.closed].into_iter().flatten().filter_map(|joined| joined.value);
        let links = heard.predecessors.into_iter().chain(heard.successors).map(|link| link.effective);
        let passes = passes_from(record, &id, unit, view).into_iter().map(|pass| pass.on);
        spans.chain(links).chain(passes).collect::<Vec<_>>()
    };
    holders_ever(record, unit, view).into_iter().flat_map(of).collect()
}

fn gains_of(record: &Record, id: &BodyId, view: View) -> Vec<Unit> {
    record
        .saying::<AreaVaried>(id.subject(), view)
        .flat_map(|told| {
            let varied = told.says::<AreaVaried>().cloned();
            varied.into_iter().flat_map(|varied| varied.gains.into_iter().chain(varied.losses))
        })
        .map(|change| change.unit)
        .collect()
}

/// Parts of `unit` that were divided from it and that another body holds.
fn parts_held_elsewhere(record: &Record, unit: &Unit, here: &Holder, view: View) -> Vec<(Unit, BodyId)> {
    let Some(subject) = unit_subject(unit) else { return Vec::new() };
    let here = here.body.as_ref().map(|body| &body.id);
    let mut parts = BTreeSet::new();
    for told in record.about(&subject, view) {
        let varied = told.says::<AreaVaried>().filter(|varied| view.is_past(&varied.effective));
        let changes = varied.into_iter().flat_map(|varied| varied.gains.iter().chain(&varied.losses));
        let succession = told.says::<SuccessionRecorded>().filter(|said| view.is_past(&said.effective));
        let named = succession.into_iter().flat_map(|said| said.units.iter().flatten());
        let units = changes.map(|change| &change.unit).chain(named);
        parts.extend(units.filter(|part| part.whole().as_ref() == Some(unit)).cloned());
    }
    parts
        .into_iter()
        .filter_map(|part| {
            let holder = holder(record, &part, view).body?;
            (Some(&holder.id) != here).then_some((part, holder.id))
        })
        .collect()
}
