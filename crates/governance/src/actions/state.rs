//! What is to be done, as a view sees it. A successor inherits what its predecessors left open.

use super::events::{ActionAssigned, ActionChange, ActionUpdated, ConditionSet, Owner};
use crate::bodies::lineage;
use crate::loads::{Passed, passed_by};
use crate::rules::rules;
use crate::view::Told;
use crate::words::words;
use crate::{ActionId, BodyId, Certainty, Finding, Record, Standing, View};
use minutebook_log::{Position, Subject};
use std::any::TypeId;
use std::collections::BTreeSet;

rules! {
    OVERDUE: Soft =
        "action.overdue",
        "An action is done by its day.",
        "principle: good minutes";
}

/// Where an action stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActionState {
    /// It is to be done.
    Open,
    /// It is done.
    Completed,
    /// It is not to be done any more.
    Cancelled,
}

words!(ActionState: Open = "open", Completed = "completed", Cancelled = "cancelled");

/// An action as a view sees it.
#[derive(Debug, Clone)]
pub struct Action {
    /// Its id.
    pub id: ActionId,
    /// What is to be done, by whom, by when, as revised, postponed and transferred.
    pub assigned: ActionAssigned,
    /// The body whose action it was at first.
    pub assigned_by: BodyId,
    /// What became of it, in the order of the book.
    pub updates: Vec<ActionUpdated>,
    /// Whether it is a condition of a decision.
    pub is_condition: bool,
    /// Where it stands.
    pub state: ActionState,
    /// Whether the dates on which it was assigned and on which anything became of it have come for certain.
    pub is_sure: bool,
    /// What time alone tells of the day by which it was to be done, while it is open.
    pub passed: Passed,
    /// The entries that say so.
    pub why: Vec<Position>,
}

const HEARD: [TypeId; 3] =
    [TypeId::of::<ActionAssigned>(), TypeId::of::<ConditionSet>(), TypeId::of::<ActionUpdated>()];

/// The action, if the view knows of it.
pub fn action(record: &Record, id: &ActionId, view: View) -> Option<Action> {
    let mut told: Vec<_> = record
        .saying_any(HEARD, id.subject(), view)
        .filter(|told| told.subject == *id.subject())
        .filter(|told| said_on(told).is_none_or(|on| on.is_by(view.as_at) != Certainty::No))
        .collect();
    // What was said with the higher standing, or later, holds.
    told.sort_by_key(|told| (told.says::<ActionUpdated>().is_some(), told.standing, told.position));
    let is_sure = told.iter().filter_map(said_on).all(|on| on.is_by(view.as_at) == Certainty::Yes);
    let mut found: Option<Action> = None;
    for told in &told {
        if let Some((assigned, is_condition)) = assigned(told) {
            let mut why = found.map(|action| action.why).unwrap_or_default();
            why.push(told.position);
            found = Some(Action {
                id: id.clone(),
                assigned: assigned.clone(),
                assigned_by: assigned.body.clone(),
                updates: Vec::new(),
                is_condition,
                state: ActionState::Open,
                is_sure,
                passed: Passed::NotYet,
                why,
            });
        } else if let Some((action, updated)) = found.as_mut().zip(told.says::<ActionUpdated>()) {
            action.hear(updated, told.position);
        }
    }
    let highest = told.iter().map(|told| told.standing).max()?;
    let mut action = found?;
    action.passed = action.passed_on(record, view, highest);
    Some(action)
}

fn assigned(told: &Told) -> Option<(&ActionAssigned, bool)> {
    let plain = told.says::<ActionAssigned>().map(|assigned| (assigned, false));
    plain.or_else(|| told.says::<ConditionSet>().map(|set| (&set.action, true)))
}

fn said_on(told: &Told) -> Option<&crate::PDate> {
    let updated = told.says::<ActionUpdated>().map(|updated| &updated.updated_on);
    updated.or_else(|| assigned(told).map(|(assigned, _is_condition)| &assigned.assigned_on))
}

/// The actions of a body and those that it inherits from its predecessors, in the order of the book. One that
/// was transferred to another body is that body's.
pub fn actions_of(record: &Record, id: &BodyId, view: View) -> Vec<Action> {
    let line = lineage(record, id, view);
    let mut found = action_log(record, id, view);
    found.retain(|action| line.contains(&action.assigned.body));
    found
}

/// Every action that a body, or one that it follows, has or has ever had, in the order of the book: those too that were
/// transferred to another body since.
pub fn action_log(record: &Record, id: &BodyId, view: View) -> Vec<Action> {
    let line = lineage(record, id, view);
    action_log_from(record, &line, None, view).map(|(_place, action)| action).collect()
}

/// The action log of a line of bodies from one of its actions on, each with its place: the entry that tells of it
/// first, and its id. Each is worked out when its turn comes.
pub fn action_log_from<'a>(
    record: &'a Record,
    line: &'a [BodyId],
    from: Option<&(Position, ActionId)>,
    view: View,
) -> impl Iterator<Item = ((Position, ActionId), Action)> + use<'a> {
    let subjects = line.iter().flat_map(|id| listed(record, id.subject(), view));
    let ids: BTreeSet<_> = subjects.filter_map(|subject| ActionId::of(&subject)).collect();
    let first = |id: &ActionId| listed_at(record, id, view).next();
    let mut places: Vec<_> = ids.into_iter().filter_map(|id| Some((first(&id)?, id))).collect();
    places.sort_unstable();
    places.retain(|place| from.is_none_or(|from| place >= from));
    let found = places.into_iter().filter_map(move |place| {
        let action = action(record, &place.1, view)?;
        Some((place, action))
    });
    found
        .filter(|(_place, action)| line.contains(&action.assigned.body) || line.contains(&action.assigned_by))
}

/// The entries that tell of an action.
fn listed_at<'a>(record: &'a Record, id: &ActionId, view: View) -> impl Iterator<Item = Position> + 'a {
    let of = id.subject().clone();
    record
        .saying_any(HEARD, id.subject(), view)
        .filter(move |told| told.subject == of)
        .map(|told| told.position)
}

/// The actions about a subject: a body, a person, a meeting.
fn listed<'a>(record: &'a Record, subject: &Subject, view: View) -> impl Iterator<Item = Subject> + 'a {
    record.saying_any(HEARD, subject, view).map(|told| told.subject)
}

impl Action {
    fn hear(&mut self, updated: &ActionUpdated, position: Position) {
        match &updated.change {
            ActionChange::Progressed => {}
            ActionChange::Completed => self.state = ActionState::Completed,
            ActionChange::Cancelled => self.state = ActionState::Cancelled,
            ActionChange::Reopened => self.state = ActionState::Open,
            ActionChange::Postponed { due } => self.assigned.due = Some(due.clone()),
            ActionChange::Transferred { body, owner } => self.pass_to(body.as_ref(), owner.as_ref()),
        }
        self.updates.push(updated.clone());
        self.why.push(position);
    }

    fn pass_to(&mut self, body: Option<&BodyId>, owner: Option<&Owner>) {
        if let Some(body) = body {
            self.assigned.body = body.clone();
        }
        if let Some(owner) = owner {
            self.assigned.owner = owner.clone();
        }
    }

    fn passed_on(&self, record: &Record, view: View, standing: Standing) -> Passed {
        let due = self.assigned.due.as_ref().filter(|_due| self.state == ActionState::Open);
        passed_by(record, view, standing, due)
    }

    /// What is overdue about it.
    pub fn findings(&self, record: &Record, view: View) -> Vec<Finding> {
        let Some(due) = self.assigned.due.as_ref().filter(|_due| self.passed == Passed::Missed) else {
            return Vec::new();
        };
        vec![Finding {
            rule: &OVERDUE,
            subject: self.id.subject().clone(),
            found: format!("it was due on {due}, and is open on {}", record.today(view)),
            needed: "ActionUpdated: completed, cancelled or postponed".to_owned(),
            why: self.why.clone(),
        }]
    }
}
