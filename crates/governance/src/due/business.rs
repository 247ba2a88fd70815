//! What is left to be done: actions, conditions, ratifications, minutes, interests.

use super::{Due, DueKind, body_called, called};
use crate::actions::{ActionState, actions_of};
use crate::decisions::awaiting_ratification;
use crate::interests::{DECLARED_DAYS, interests_of_person};
use crate::meetings::{InterestDeclared, Meeting, MeetingState, meetings_of};
use crate::mergers::open_conditions;
use crate::{BodyId, PDate, Record, View};
use minutebook_log::Position;
use std::collections::BTreeSet;

/// The open actions of a body, its own and those of the `line` that it follows.
pub(super) fn actions(
    record: &Record,
    id: &BodyId,
    line: &[(BodyId, BTreeSet<Position>)],
    view: View,
) -> Vec<Due> {
    let open = actions_of(record, id, view).into_iter().filter(|it| it.state == ActionState::Open);
    let passed_on_by = |of: &BodyId| {
        let from = line.iter().filter(|(body, _why)| body == of);
        from.flat_map(|(_body, why)| why).copied().collect::<Vec<_>>()
    };
    open.map(|action| {
        let kind = if action.is_condition { DueKind::Condition } else { DueKind::Action };
        let what = action.assigned.text.shown().to_owned();
        let due = Due::of(record, (kind, action.id.subject()), what, action.why, view);
        due.by(action.assigned.due).passed_on_by(passed_on_by(&action.assigned.body))
    })
    .collect()
}

/// The conditions of approvals: the body's own, and those that its predecessors passed on.
pub(super) fn conditions(record: &Record, id: &BodyId, view: View) -> Vec<Due> {
    let open = open_conditions(record, id, view).into_iter();
    open.map(|open| {
        let condition = &open.state.condition;
        let from = open.inherited_from.iter().map(|body| body_called(record, body, view));
        let from = from.collect::<Vec<_>>().join(", ");
        let passed_on = if from.is_empty() { String::new() } else { format!(" (passed on by {from})") };
        let what = format!("{}: {}{passed_on}", condition.id, condition.text.shown());
        let of = (DueKind::Condition, open.merger.subject());
        let due = Due::of(record, of, what, open.state.why.clone(), view);
        due.by(open.standing.due.clone()).passed_on_by(open.passed_on_by)
    })
    .collect()
}

pub(super) fn ratifications(record: &Record, id: &BodyId, view: View) -> Vec<Due> {
    let awaiting = awaiting_ratification(record, id, view).into_iter();
    awaiting
        .map(|(decision, by)| {
            let what = format!("ratify: {}", decision.recorded.text.shown());
            let why = vec![decision.source.position];
            Due::of(record, (DueKind::Ratification, id.subject()), what, why, view).by(Some(by))
        })
        .collect()
}

pub(super) fn minutes(record: &Record, id: &BodyId, view: View) -> Vec<Due> {
    meetings_of(record, id, view).iter().flat_map(|meeting| minutes_of(record, meeting, id, view)).collect()
}

fn minutes_of(record: &Record, meeting: &Meeting, id: &BodyId, view: View) -> Vec<Due> {
    let due =
        |kind, what: String| Due::of(record, (kind, meeting.id.subject()), what, meeting.why.clone(), view);
    let sitting = format!("{} ({})", meeting.convened.title, meeting.id);
    if meeting.state == MeetingState::Closed {
        return vec![due(DueKind::Draft, format!("draft the minutes of {sitting}"))];
    }
    let awaiting = meeting.awaiting_approval(record, view).into_iter().filter(|(_part, body)| body == id);
    let body = body_called(record, id, view);
    let what = |part: &str| format!("approve the {part} minutes of {sitting} for {body}");
    awaiting.map(|(part, _body)| due(DueKind::Approval, what(part.as_str()))).collect()
}

/// What was declared at a meeting goes into the register within 28 days.
pub(super) fn interests(record: &Record, id: &BodyId, view: View) -> Vec<Due> {
    let meetings = meetings_of(record, id, view).into_iter();
    let declared = meetings.flat_map(|meeting| {
        let day = meeting.day();
        let of_it = meeting.declared.iter().filter(|(_at, said)| meeting.is_declared_for(said, id));
        let of_it: Vec<_> = of_it.cloned().collect();
        of_it.into_iter().map(move |(at, said)| (said, day.clone(), vec![at]))
    });
    let registered = |said: &InterestDeclared| {
        let of_person = interests_of_person(record, &said.person, view);
        said.interest.is_some() || of_person.iter().any(|it| it.registered.bodies.contains(id))
    };
    declared
        .filter(|(said, _day, _why)| !registered(said))
        .map(|(said, day, why)| {
            let what = format!("register the interest that {} declared", called(record, &said.person, view));
            let on = day.and_then(|day| day.latest()).map(|day| PDate::day(day.plus_days(DECLARED_DAYS)));
            Due::of(record, (DueKind::Interest, said.person.subject()), what, why, view).by(on)
        })
        .collect()
}
