//! What is due for a body: derived from what is open, for whoever keeps its book and for whoever takes it over.

mod business;
mod ends;

use crate::bodies::{body, inherited};
use crate::loads::{Passed, highest_standing, passed_by};
use crate::people::person_name;
use crate::words::words;
use crate::{BodyId, PDate, PersonId, Record, Sealable, Standing, View};
use minutebook_log::{Position, Subject};
use std::collections::BTreeSet;

/// What kind of thing is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DueKind {
    /// An action is to be done.
    Action,
    /// A condition of a decision or of an approval is to be met.
    Condition,
    /// An urgent decision is to be ratified.
    Ratification,
    /// Minutes are to be drafted.
    Draft,
    /// Minutes are to be approved.
    Approval,
    /// A consultation closes.
    Closing,
    /// A vote of members closes.
    Vote,
    /// A term of office ends.
    Term,
    /// A grant to sign for the body ends.
    Grant,
    /// An interest that was declared at a meeting is to be registered.
    Interest,
}

words!(
    DueKind:
    Action = "action",
    Condition = "condition",
    Ratification = "ratification",
    Draft = "draft_minutes",
    Approval = "approve_minutes",
    Closing = "consultation_closes",
    Vote = "vote_closes",
    Term = "term_ends",
    Grant = "grant_ends",
    Interest = "register_interest",
);

/// Something that is due.
#[derive(Debug, Clone)]
pub struct Due {
    /// What kind of thing.
    pub kind: DueKind,
    /// What it is about.
    pub subject: Subject,
    /// What is to be done, in words.
    pub what: String,
    /// By when, of what has a period its last day; nothing where nobody said.
    pub on: Option<PDate>,
    /// The highest standing with which that is said.
    pub standing: Standing,
    /// What time alone tells of that day.
    pub passed: Passed,
    /// The entries that say so, and those by which it was passed on to the body.
    pub why: Vec<Position>,
}

/// What is due for a body, and for those that it follows, on the view's day: the earliest first, and last what has no
/// day. It is also what a secretary who leaves hands over.
pub fn due(record: &Record, id: &BodyId, view: View) -> Vec<Due> {
    let line = inherited(record, id, view);
    let mut found = business::actions(record, id, &line, view);
    found.extend(business::conditions(record, id, view));
    found.extend(business::interests(record, id, view));
    for (body, passed_on_by) in &line {
        let mut of_it = business::ratifications(record, body, view);
        of_it.extend(business::minutes(record, body, view));
        of_it.extend(ends::closings(record, body, view));
        of_it.extend(ends::votes(record, body, view));
        of_it.iter_mut().for_each(|due| due.why.extend(passed_on_by));
        found.extend(of_it);
    }
    found.extend(ends::terms(record, id, view));
    found.extend(ends::grants(record, id, view));
    for due in &mut found {
        due.passed = passed_by(record, view, due.standing, due.on.as_ref());
    }
    let mut told = BTreeSet::new();
    // What several predecessors owned together is due once.
    found.retain(|due| told.insert((due.kind, due.subject.clone(), due.what.clone())));
    found.sort_by_key(|due| (due.on.is_none(), due.on.as_ref().and_then(PDate::latest), due.kind));
    found
}

impl Due {
    /// Something of that kind, said by the entries at `why`: of no day yet.
    fn of(
        record: &Record,
        (kind, subject): (DueKind, &Subject),
        what: String,
        why: Vec<Position>,
        view: View,
    ) -> Self {
        let standing = highest_standing(record, &why, view).unwrap_or(Standing::OwnAct);
        Self { kind, subject: subject.clone(), what, on: None, standing, passed: Passed::NotYet, why }
    }

    /// The same, by that day.
    fn by(self, on: Option<PDate>) -> Self {
        Self { on, ..self }
    }

    /// The same, passed on to the body by those entries.
    fn passed_on_by(mut self, by: impl IntoIterator<Item = Position>) -> Self {
        self.why.extend(by);
        self
    }
}

/// A person by name and id; by the id alone where the name is sealed or not known.
fn called(record: &Record, id: &PersonId, view: View) -> String {
    match person_name(record, id, view) {
        Some(Sealable::Clear(name)) => format!("{name} ({id})"),
        Some(Sealable::Sealed(_)) | None => id.to_string(),
    }
}

/// A body by name and id; by the id alone where the name is not known.
fn body_called(record: &Record, id: &BodyId, view: View) -> String {
    let known = body(record, id, view);
    let name = known.as_ref().and_then(|known| known.called(view));
    name.map_or_else(|| id.to_string(), |name| format!("{name} ({id})"))
}
