//! What is due for a body: derived from what is open, for whoever keeps its book and for whoever takes it over.

use crate::actions::{ActionState, actions_of};
use crate::bodies::lineage;
use crate::consultations::{ConsultationOpened, ConsultationState, consultation};
use crate::decisions::awaiting_ratification;
use crate::interests::{DECLARED_DAYS, interests_of_person};
use crate::meetings::{InterestDeclared, Meeting, MeetingState, meetings_of};
use crate::people::{Office, office_held};
use crate::{BodyId, Certainty, ConsultationId, PDate, Record, View};
use minutebook_log::{Position, Subject};
use std::collections::BTreeSet;

/// What kind of thing is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DueKind {
    /// An action is to be done.
    Action,
    /// A condition is to be met.
    Condition,
    /// An urgent decision is to be ratified.
    Ratification,
    /// Minutes are to be drafted.
    Draft,
    /// Minutes are to be approved.
    Approval,
    /// A consultation closes.
    Closing,
    /// A term of office ends.
    Term,
    /// An interest that was declared at a meeting is to be registered.
    Interest,
}

impl DueKind {
    /// The word for it in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            DueKind::Action => "action",
            DueKind::Condition => "condition",
            DueKind::Ratification => "ratification",
            DueKind::Draft => "draft_minutes",
            DueKind::Approval => "approve_minutes",
            DueKind::Closing => "consultation_closes",
            DueKind::Term => "term_ends",
            DueKind::Interest => "register_interest",
        }
    }
}

/// Something that is due.
#[derive(Debug, Clone)]
pub struct Due {
    /// What kind of thing.
    pub kind: DueKind,
    /// What it is about.
    pub subject: Subject,
    /// What is to be done, in words.
    pub what: String,
    /// By when; nothing where nobody said.
    pub on: Option<PDate>,
    /// Whether the day has passed.
    pub is_overdue: bool,
    /// The entries that say so.
    pub why: Vec<Position>,
}

/// What is due for a body, and for those that it follows, on the view's day: the earliest first, and last what has no
/// day. It is also what a secretary who leaves hands over.
pub fn due(record: &Record, id: &BodyId, view: View) -> Vec<Due> {
    let line = lineage(record, id, view);
    let mut found = actions(record, id, view);
    found.extend(line.iter().flat_map(|body| ratifications(record, body, view)));
    found.extend(line.iter().flat_map(|body| minutes(record, body, view)));
    found.extend(line.iter().flat_map(|body| closings(record, body, view)));
    found.extend(terms(record, id, view));
    found.extend(interests(record, id, view));
    let today = record.today(view);
    for due in &mut found {
        let is_over = |on: &PDate| on.is_by(today.day_before()) == Certainty::Yes;
        due.is_overdue = due.on.as_ref().is_some_and(is_over);
    }
    found.sort_by_key(|due| (due.on.is_none(), due.on.as_ref().and_then(PDate::latest), due.kind));
    found
}

fn actions(record: &Record, id: &BodyId, view: View) -> Vec<Due> {
    let open = actions_of(record, id, view).into_iter().filter(|it| it.state == ActionState::Open);
    open.map(|action| Due {
        kind: if action.is_condition { DueKind::Condition } else { DueKind::Action },
        subject: action.id.subject().clone(),
        what: action.assigned.text.shown().to_owned(),
        on: action.assigned.due,
        is_overdue: false,
        why: action.why,
    })
    .collect()
}

fn ratifications(record: &Record, id: &BodyId, view: View) -> Vec<Due> {
    let awaiting = awaiting_ratification(record, id, view).into_iter();
    awaiting
        .map(|(decision, by)| Due {
            kind: DueKind::Ratification,
            subject: id.subject().clone(),
            what: format!("ratify: {}", decision.recorded.text.shown()),
            on: Some(by),
            is_overdue: false,
            why: vec![decision.source.position],
        })
        .collect()
}

fn minutes(record: &Record, id: &BodyId, view: View) -> Vec<Due> {
    meetings_of(record, id, view).iter().flat_map(|meeting| minutes_of(record, meeting, id, view)).collect()
}

fn minutes_of(record: &Record, meeting: &Meeting, id: &BodyId, view: View) -> Vec<Due> {
    let due = |kind, what: String| Due {
        kind,
        subject: meeting.id.subject().clone(),
        what,
        on: None,
        is_overdue: false,
        why: meeting.why.clone(),
    };
    if meeting.state == MeetingState::Closed {
        return vec![due(DueKind::Draft, format!("draft the minutes of {}", meeting.id))];
    }
    let awaiting = meeting.awaiting_approval(record, view).into_iter().filter(|(_part, body)| body == id);
    let what = |part: &str| format!("approve the {part} minutes of {} for {id}", meeting.id);
    awaiting.map(|(part, _body)| due(DueKind::Approval, what(part.as_str()))).collect()
}

fn closings(record: &Record, id: &BodyId, view: View) -> Vec<Due> {
    let told = record.saying::<ConsultationOpened>(id.subject(), view);
    let ids: BTreeSet<_> = told.filter_map(|told| ConsultationId::of(&told.subject)).collect();
    let found = ids.iter().filter_map(|id| consultation(record, id, view));
    let open = found.filter(|it| matches!(it.state, ConsultationState::Open | ConsultationState::Overdue));
    open.map(|it| Due {
        kind: DueKind::Closing,
        subject: it.id.subject().clone(),
        what: format!("the consultation closes: {}", it.opened.topic),
        on: Some(it.opened.closes_at.day()),
        is_overdue: false,
        why: it.why,
    })
    .collect()
}

fn terms(record: &Record, id: &BodyId, view: View) -> Vec<Due> {
    let held = Office::ALL.into_iter().flat_map(|office| {
        let held = office_held(record, id, office, view);
        held.holders.into_iter().map(move |holder| (office, holder))
    });
    let ending = held.filter_map(|(office, holder)| Some((office, holder.until.clone()?, holder)));
    ending
        .map(|(office, until, holder)| Due {
            kind: DueKind::Term,
            subject: id.subject().clone(),
            what: format!("{} as {}", holder.person, office.as_str().replace('_', " ")),
            on: Some(until),
            is_overdue: false,
            why: holder.sources.iter().map(|source| source.position).collect(),
        })
        .collect()
}

/// What was declared at a meeting goes into the register within 28 days.
fn interests(record: &Record, id: &BodyId, view: View) -> Vec<Due> {
    let meetings = meetings_of(record, id, view).into_iter();
    let declared = meetings.flat_map(|meeting| {
        let (day, why) = (meeting.day(), meeting.why.clone());
        meeting.declared.into_iter().map(move |said| (said, day.clone(), why.clone()))
    });
    let registered = |said: &InterestDeclared| {
        let of_person = interests_of_person(record, &said.person, view);
        said.interest.is_some() || of_person.iter().any(|it| it.registered.bodies.contains(id))
    };
    let concerns = |said: &InterestDeclared| said.bodies.is_empty() || said.bodies.contains(id);
    declared
        .filter(|(said, _day, _why)| concerns(said) && !registered(said))
        .map(|(said, day, why)| Due {
            kind: DueKind::Interest,
            subject: said.person.subject().clone(),
            what: format!("register the interest that {} declared", said.person),
            on: day.and_then(|day| day.latest()).map(|day| PDate::day(day.plus_days(DECLARED_DAYS))),
            is_overdue: false,
            why,
        })
        .collect()
}
