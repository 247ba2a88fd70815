//! Areas are sets of units: each unit is held by exactly one open commissioner.

use super::events::AreaVaried;
use super::state::{Body, Life, Link, body, unit_subject};
use crate::{BodyId, Certainty, Date, PDate, Record, Unit, View};
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
    /// A change that names this very unit comes before one that names the whole, on the same day.
    names_unit: bool,
    why: Vec<Position>,
}

/// Who commissions for `unit` on the view's day.
pub fn holder(record: &Record, unit: &Unit, view: View) -> Holder {
    let mut why = BTreeSet::new();
    let first = first_holder(record, unit, view);
    let mut current = first.map(|(holder, positions)| {
        why.extend(positions);
        holder
    });
    let mut cursor = None;
    let mut visited = BTreeSet::new();
    while let Some(holder) = current.clone() {
        let next = passes_from(record, &holder, unit, view)
            .into_iter()
            .filter(|pass| pass.on <= view.as_at && cursor.is_none_or(|cursor| pass.on >= cursor))
            .min_by_key(|pass| (pass.on, !pass.names_unit));
        let Some(pass) = next.filter(|pass| visited.insert((pass.on, pass.to.clone()))) else { break };
        why.extend(pass.why);
        (current, cursor) = (Some(pass.to), Some(pass.on));
    }
    let body = current
        .and_then(|id| body(record, &id, view))
        .filter(|body| !matches!(body.life(view), Life::Closed | Life::NotYetOpen));
    if let Some(body) = &body {
        why.extend(body.opened.iter().flat_map(|opened| opened.why.iter().copied()));
    }
    let parts = parts_held_elsewhere(record, unit, body.as_ref(), view);
    Holder { body, why: why.into_iter().collect(), parts }
}

/// The units that a body holds on the view's day, of all that are known.
pub fn units_of(record: &Record, id: &BodyId, view: View) -> Vec<Unit> {
    let mut candidates = BTreeSet::new();
    let mut ancestors = vec![id.clone()];
    let mut visited = BTreeSet::new();
    while let Some(ancestor) = ancestors.pop() {
        if !visited.insert(ancestor.clone()) {
            continue;
        }
        let Some(body) = body(record, &ancestor, view) else { continue };
        candidates.extend(body.units.iter().map(|(_source, unit)| unit.clone()));
        candidates.extend(gains_of(record, &ancestor, view));
        ancestors.extend(body.predecessors.iter().map(|link| link.body.clone()));
    }
    let is_held = |unit: &Unit| holder(record, unit, view).body.is_some_and(|body| body.id == *id);
    candidates.into_iter().filter(is_held).collect()
}

fn first_holder(record: &Record, unit: &Unit, view: View) -> Option<(BodyId, Vec<Position>)> {
    let whole = unit.whole();
    [Some(unit), whole.as_ref()].into_iter().flatten().find_map(|unit| {
        let mut holders: Vec<(Option<Date>, BodyId, Vec<Position>)> = record
            .about(&unit_subject(unit)?, view)
            .filter_map(|told| BodyId::of(&told.subject))
            .filter_map(|id| {
                let body = body(record, &id, view)?;
                let says: Vec<_> = body
                    .units
                    .iter()
                    .filter(|(_source, held)| held == unit)
                    .map(|(source, _unit)| source.position)
                    .collect();
                let opened = body.opened.as_ref().and_then(|opened| opened.value.as_ref()?.earliest());
                (!says.is_empty()).then_some((opened, id, says))
            })
            .collect();
        holders.sort();
        holders.into_iter().next().map(|(_opened, id, says)| (id, says))
    })
}

/// Every change that takes `unit` from `from`, as far as its day is certain.
fn passes_from(record: &Record, from: &BodyId, unit: &Unit, view: View) -> Vec<Pass> {
    let mut passes = Vec::new();
    if let Some(body) = body(record, from, view) {
        passes.extend(
            body.successors.iter().filter(|link| link.takes(unit, &body.successors)).filter_map(pass_of),
        );
    }
    for told in record.about(from.subject(), view) {
        let Some(varied) = told.says::<AreaVaried>() else { continue };
        let Some(on) = varied.effective.exact() else { continue };
        let changes = if told.subject == *from.subject() {
            varied.losses.iter().map(|loss| (&loss.unit, Some(loss.body.clone()))).collect::<Vec<_>>()
        } else {
            let here = |body: &BodyId| body == from;
            let gains = varied.gains.iter().filter(|gain| here(&gain.body));
            gains.map(|gain| (&gain.unit, BodyId::of(&told.subject))).collect()
        };
        let moves = changes.into_iter().filter(|(moved, _to)| unit.is_within(moved));
        passes.extend(moves.filter_map(|(moved, to)| {
            Some(Pass { to: to?, on, names_unit: moved == unit, why: vec![told.position] })
        }));
    }
    passes
}

fn pass_of(link: &Link) -> Option<Pass> {
    let why = link.sources.iter().map(|source| source.position).collect();
    Some(Pass { to: link.body.clone(), on: link.effective.exact()?, names_unit: false, why })
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
        .about(id.subject(), view)
        .filter(|told| told.says::<AreaVaried>().is_some())
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
        if let Some(varied) = told.says::<AreaVaried>().filter(|varied| is_past(&varied.effective, view)) {
            let changes = varied.gains.iter().chain(&varied.losses);
            parts.extend(
                changes.map(|change| change.unit.clone()).filter(|part| part.whole().as_ref() == Some(unit)),
            );
        }
    }
    parts
        .into_iter()
        .filter_map(|part| {
            let holder = holder(record, &part, view).body?;
            (Some(&holder.id) != here.map(|body| &body.id)).then_some((part, holder.id))
        })
        .collect()
}

fn is_past(date: &PDate, view: View) -> bool {
    date.is_by(view.as_at) == Certainty::Yes
}
