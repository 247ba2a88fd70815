//! Areas are sets of units: each unit is held by exactly one open commissioner.

use super::codes::unit_subject;
use super::events::BodyKind;
use super::passing::{AreaVaried, SuccessionRecorded};
use super::state::{Body, Life, Link, body, heard_of};
use crate::{BodyId, Date, Record, Unit, View};
use minutebook_log::Position;
use std::collections::BTreeSet;

/// Who holds a unit on a day.
#[derive(Debug, Clone)]
pub struct Holder {
    /// The body; nothing where nobody does, or it can't be told.
    pub body: Option<Body>,
    /// The entries that say so, in order.
    pub why: Vec<Position>,
    /// Parts of the unit that somebody else holds, with their holder.
    pub parts: Vec<(Unit, BodyId)>,
}

/// A unit passes from one body to another.
struct Pass {
    to: BodyId,
    on: Date,
    is_enacted: bool,
    /// A change that names this very unit comes before one that names the whole, on the same day.
    names_unit: bool,
    why: Vec<Position>,
}

/// Who commissions for `unit` on the view's day.
pub fn holder(record: &Record, unit: &Unit, view: View) -> Holder {
    let mut nobody = BTreeSet::new();
    let mut found = None;
    for (first, says) in first_holders(record, unit, view) {
        let (last, why) = walk(record, unit, (first, says), view);
        let open = body(record, &last, view)
            .filter(|body| !matches!(body.life(view), Life::Closed | Life::NotYetOpen));
        if let Some(body) = open {
            found = Some((body, why));
            break;
        }
        nobody.extend(why);
    }
    let (body, mut why) = found.map_or((None, nobody), |(body, why)| (Some(body), why));
    if let Some(body) = &body {
        why.extend(body.opened.iter().flat_map(|opened| opened.why.iter().copied()));
    }
    let parts = parts_held_elsewhere(record, unit, body.as_ref(), view);
    Holder { body, why: why.into_iter().collect(), parts }
}

/// Follows a unit from a body that opened with it, from pass to pass, up to the view's day.
fn walk(
    record: &Record,
    unit: &Unit,
    (mut holder, says): (BodyId, Vec<Position>),
    view: View,
) -> (BodyId, BTreeSet<Position>) {
    let mut why: BTreeSet<_> = says.into_iter().collect();
    let (mut cursor, mut visited) = (None, BTreeSet::new());
    loop {
        let passes = passes_from(record, &holder, unit, view).into_iter();
        let next = passes
            .filter(|pass| pass.on <= view.as_at && cursor.is_none_or(|cursor| pass.on >= cursor))
            .filter(|pass| !visited.contains(&(pass.on, pass.to.clone())))
            .min_by_key(|pass| (!pass.is_enacted, pass.on, !pass.names_unit, pass.to.clone()));
        let Some(pass) = next else { return (holder, why) };
        visited.insert((pass.on, pass.to.clone()));
        why.extend(pass.why);
        (holder, cursor) = (pass.to, Some(pass.on));
    }
}

/// The units that a body holds on the view's day, of all that are known.
pub fn units_of(record: &Record, id: &BodyId, view: View) -> Vec<Unit> {
    let is_held = |unit: &Unit| holder(record, unit, view).body.is_some_and(|body| body.id == *id);
    units_in_reach(record, id, view).into_iter().filter(is_held).collect()
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

/// The commissioners that opened with the unit, or with the whole that it is a part of: those that are
/// enacted first, then those that opened first.
fn first_holders(record: &Record, unit: &Unit, view: View) -> Vec<(BodyId, Vec<Position>)> {
    let whole = unit.whole();
    let mut holders = Vec::new();
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
            let order = (!standing.is_enacted(), opened.is_none(), opened, body.id.clone());
            holders.push((order, says().map(|source| source.position).collect()));
        }
        if !holders.is_empty() {
            break;
        }
    }
    holders.sort();
    holders.into_iter().map(|((_enacted, _known, _opened, id), says)| (id, says)).collect()
}

/// Every change that takes `unit` from `from`, as far as its day is certain.
fn passes_from(record: &Record, from: &BodyId, unit: &Unit, view: View) -> Vec<Pass> {
    let links = heard_of(record, from, view).successors;
    let taking = links.iter().filter(|link| link.takes(unit, &links));
    let mut passes: Vec<_> = taking.filter_map(|link| pass_of(link, unit)).collect();
    for told in record.saying::<AreaVaried>(from.subject(), view) {
        let Some(varied) = told.says::<AreaVaried>() else { continue };
        let Some(on) = varied.effective.exact() else { continue };
        let changes = if told.subject == *from.subject() {
            varied.losses.iter().map(|loss| (&loss.unit, Some(loss.body.clone()))).collect::<Vec<_>>()
        } else {
            let gains = varied.gains.iter().filter(|gain| gain.body == *from);
            gains.map(|gain| (&gain.unit, BodyId::of(&told.subject))).collect()
        };
        let moves = changes.into_iter().filter(|(moved, _to)| unit.is_within(moved));
        passes.extend(moves.filter_map(|(moved, to)| {
            let (is_enacted, names_unit) = (told.standing.is_enacted(), moved == unit);
            Some(Pass { to: to?, on, is_enacted, names_unit, why: vec![told.position] })
        }));
    }
    passes
}

fn pass_of(link: &Link, unit: &Unit) -> Option<Pass> {
    let why = link.sources.iter().map(|source| source.position).collect();
    let names_unit = link.units.as_ref().is_some_and(|units| units.contains(unit));
    let is_enacted = link.standing().is_some_and(crate::Standing::is_enacted);
    Some(Pass { to: link.body.clone(), on: link.effective.exact()?, is_enacted, names_unit, why })
}

impl Link {
    /// Whether this succession takes the unit: it names it, or it names none and no other does.
    fn takes(&self, unit: &Unit, all: &[Link]) -> bool {
        let names = |link: &Link| {
            link.units.as_ref().is_some_and(|units| units.iter().any(|named| unit.is_within(named)))
        };
        names(self) || (self.units.is_none() && !all.iter().any(names))
    }
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
fn parts_held_elsewhere(
    record: &Record,
    unit: &Unit,
    here: Option<&Body>,
    view: View,
) -> Vec<(Unit, BodyId)> {
    let Some(subject) = unit_subject(unit) else { return Vec::new() };
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
            (Some(&holder.id) != here.map(|body| &body.id)).then_some((part, holder.id))
        })
        .collect()
}
