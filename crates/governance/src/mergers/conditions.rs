//! The conditions that a body is under: its own, and those that its predecessors passed on.

use super::events::{ApplicationSubmitted, Condition, ConditionDue, Resolution};
use super::listed::named_by;
use super::stage::MergerState;
use super::state::{ConditionState, Merger, merger};
use crate::bodies::inherited;
use crate::loads::{Passed, highest_standing, known_to, passed_by};
use crate::{BodyId, Date, MergerId, PDate, Record, Standing, View};
use minutebook_log::Position;
use std::collections::BTreeSet;

/// Where a condition stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConditionStage {
    /// It is to be met.
    Open,
    /// Its day has passed, and it is open.
    Overdue,
    /// Its day has passed, and the view knows nothing of the time since.
    DuePassed,
    /// Something became of it.
    Resolved(Resolution),
}

impl ConditionStage {
    /// The word for it in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            ConditionStage::Open => "open",
            ConditionStage::Overdue => "overdue",
            ConditionStage::DuePassed => "due_passed",
            ConditionStage::Resolved(resolution) => resolution.as_str(),
        }
    }
}

/// Where a condition stands on a day, by when it is to be met, and of how much time the view knows.
#[derive(Debug, Clone)]
pub struct ConditionStanding {
    /// Where it stands.
    pub stage: ConditionStage,
    /// By when it is to be met; nothing where no day is set.
    pub due: Option<PDate>,
    /// The last day of which the view can know what became of it.
    pub known_to: Date,
}

/// A condition that is open, for the body that has to meet it.
#[derive(Debug, Clone)]
pub struct OpenCondition {
    /// The merger that was approved under it.
    pub merger: MergerId,
    /// The condition.
    pub state: ConditionState,
    /// Where it stands.
    pub standing: ConditionStanding,
    /// The predecessors that applied, if it was passed on.
    pub inherited_from: Vec<BodyId>,
    /// The entries by which it was passed on to the body; none of its own.
    pub passed_on_by: Vec<Position>,
}

/// The conditions that a body has to meet on the view's day: of applications of its own that have not taken
/// effect, and of those of its predecessors that have. Where no entry says who applied, those who take part in the merger did.
pub fn open_conditions(record: &Record, id: &BodyId, view: View) -> Vec<OpenCondition> {
    let family = inherited(record, id, view);
    let applied = family
        .iter()
        .flat_map(|(member, _why)| record.saying::<ApplicationSubmitted>(member.subject(), view))
        .filter_map(|told| MergerId::of(&told.subject));
    let named = family.iter().flat_map(|(member, _why)| named_by(record, member, view));
    let mergers: BTreeSet<_> = applied.chain(named).collect();
    mergers.iter().flat_map(|merger| of_merger(record, merger, id, &family, view)).collect()
}

fn of_merger(
    record: &Record,
    id: &MergerId,
    holder: &BodyId,
    family: &[(BodyId, BTreeSet<Position>)],
    view: View,
) -> Vec<OpenCondition> {
    let Some(merger) = merger(record, id, view) else { return Vec::new() };
    let applied = merger.applications.last().map(|(_at, said)| said.applicants.clone());
    let applicants: Vec<_> = applied.unwrap_or_else(|| merger.participants().cloned().collect());
    let ancestors = || family.iter().filter(|(body, _why)| body != holder && applicants.contains(body));
    let passed: Vec<_> =
        applicants.iter().filter(|body| ancestors().any(|(id, _why)| id == *body)).cloned().collect();
    let is_held = if merger.effected.is_some() { !passed.is_empty() } else { applicants.contains(holder) };
    let open = merger.conditions.iter().filter(|state| is_held && state.resolution.is_none());
    let inherited_from = if merger.effected.is_some() { passed } else { Vec::new() };
    let passed_on_by: BTreeSet<_> = ancestors()
        .filter(|(body, _why)| inherited_from.contains(body))
        .flat_map(|(_body, why)| why.iter().copied())
        .collect();
    open.map(|state| OpenCondition {
        merger: id.clone(),
        state: state.clone(),
        standing: merger.condition_standing(record, state, view),
        inherited_from: inherited_from.clone(),
        passed_on_by: passed_on_by.iter().copied().collect(),
    })
    .collect()
}

impl Merger {
    /// By when a condition is to be met: by the day that is set for it, or else before the merger is to take effect, where
    /// it blocks that.
    fn condition_due<'a>(&'a self, condition: &'a Condition) -> Option<&'a PDate> {
        let before_effect =
            || self.requested_effective().filter(|_day| condition.due == ConditionDue::BeforeEffect);
        condition.by.as_ref().or_else(before_effect)
    }

    /// Where one of its conditions stands on the view's day. Of a merger that nothing can come of, time tells nothing; else
    /// it tells what it can of a decision of that standing, whoever speaks of the merger beside.
    pub fn condition_standing(
        &self,
        record: &Record,
        state: &ConditionState,
        view: View,
    ) -> ConditionStanding {
        let due = self.condition_due(&state.condition);
        let is_asked = self.state.is_granted() || self.state == MergerState::Effected;
        let standing = highest_standing(record, &state.why, view).unwrap_or(Standing::OwnAct);
        let stage = match (state.resolution, passed_by(record, view, standing, due.filter(|_due| is_asked))) {
            (Some(resolution), _) => ConditionStage::Resolved(resolution),
            (None, Passed::Missed) => ConditionStage::Overdue,
            (None, Passed::Unheard(_known_to)) => ConditionStage::DuePassed,
            (None, Passed::NotYet | Passed::Perhaps) => ConditionStage::Open,
        };
        ConditionStanding { stage, due: due.cloned(), known_to: known_to(record, view, standing) }
    }
}
