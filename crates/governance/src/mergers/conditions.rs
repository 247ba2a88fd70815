//! The conditions that a body is under: its own, and those that its predecessors passed on.

use super::events::ApplicationSubmitted;
use super::state::{ConditionState, merger};
use crate::bodies::body;
use crate::{BodyId, Certainty, MergerId, Record, View};
use std::collections::BTreeSet;

/// A condition that is open, for the body that has to meet it.
#[derive(Debug, Clone)]
pub struct OpenCondition {
    /// The merger that was approved under it.
    pub merger: MergerId,
    /// The condition.
    pub state: ConditionState,
    /// The predecessors that applied, if it was passed on.
    pub inherited_from: Vec<BodyId>,
}

/// The conditions that a body has to meet on the view's day: of applications of its own that have not taken
/// effect, and of those of its predecessors that have.
pub fn open_conditions(record: &Record, id: &BodyId, view: View) -> Vec<OpenCondition> {
    let ancestors = ancestors(record, id, view);
    let family: Vec<_> = [id].into_iter().chain(&ancestors).collect();
    let mergers: BTreeSet<_> = family
        .iter()
        .flat_map(|member| record.saying::<ApplicationSubmitted>(member.subject(), view))
        .filter_map(|told| MergerId::of(&told.subject))
        .collect();
    mergers.iter().flat_map(|merger| of_merger(record, merger, id, &ancestors, view)).collect()
}

fn of_merger(
    record: &Record,
    id: &MergerId,
    holder: &BodyId,
    ancestors: &BTreeSet<BodyId>,
    view: View,
) -> Vec<OpenCondition> {
    let Some(merger) = merger(record, id, view) else { return Vec::new() };
    let applicants =
        merger.applications.last().map(|(_at, said)| said.applicants.clone()).unwrap_or_default();
    let passed: Vec<_> = applicants.iter().filter(|body| ancestors.contains(body)).cloned().collect();
    let is_held = if merger.effected.is_some() { !passed.is_empty() } else { applicants.contains(holder) };
    let open = merger.conditions.into_iter().filter(|state| is_held && state.resolution.is_none());
    let inherited_from = if merger.effected.is_some() { passed } else { Vec::new() };
    open.map(|state| OpenCondition { merger: id.clone(), state, inherited_from: inherited_from.clone() })
        .collect()
}

/// Everybody whom a body follows by the view's day, over any number of reorganisations.
fn ancestors(record: &Record, id: &BodyId, view: View) -> BTreeSet<BodyId> {
    let (mut found, mut to_visit) = (BTreeSet::new(), vec![id.clone()]);
    while let Some(next) = to_visit.pop() {
        let Some(body) = body(record, &next, view) else { continue };
        let links = body.predecessors.iter();
        let past = links.filter(|link| link.effective.is_by(view.as_at) != Certainty::No);
        to_visit.extend(past.map(|link| link.body.clone()).filter(|before| found.insert(before.clone())));
    }
    found
}
