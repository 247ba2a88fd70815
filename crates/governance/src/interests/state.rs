//! The register of interests as a view sees it: for how long an interest is public, and how long it is kept.

use super::events::{InterestCeased, InterestRegistered};
use crate::bodies::lineage;
use crate::words::words;
use crate::{BodyId, Certainty, Date, InterestId, PDate, PersonId, Record, View};
use minutebook_log::{Position, Subject};
use std::any::TypeId;
use std::collections::BTreeSet;

/// How many months after it ceased an interest stays public (statutory guidance, 2017).
const PUBLIC_MONTHS: u32 = 6;
/// How many months after it ceased it is kept: six years.
const KEPT_MONTHS: u32 = 72;

/// Where an interest stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InterestState {
    /// It lasts, and is public.
    Held,
    /// It has ceased, and is public still.
    Ceased,
    /// It is public no more, and kept.
    Kept,
    /// It need not be kept any more.
    Expired,
}

words!(InterestState: Held = "held", Ceased = "ceased", Kept = "kept", Expired = "expired");

impl InterestState {
    /// Whether the public register shows it.
    pub fn is_public(self) -> bool {
        matches!(self, InterestState::Held | InterestState::Ceased)
    }
}

/// An interest as a view sees it.
#[derive(Debug, Clone)]
pub struct Interest {
    /// Its id.
    pub id: InterestId,
    /// What was declared, as revised last.
    pub registered: InterestRegistered,
    /// The first day on which it was none.
    pub ceased: Option<PDate>,
    /// The first day on which it is not public.
    pub public_until: Option<Date>,
    /// The first day on which it need not be kept.
    pub kept_until: Option<Date>,
    /// Where it stands.
    pub state: InterestState,
    /// Whether it is declared, and has ceased or lasts, for certain.
    pub is_sure: bool,
    /// The entries that say so.
    pub why: Vec<Position>,
}

const HEARD: [TypeId; 2] = [TypeId::of::<InterestRegistered>(), TypeId::of::<InterestCeased>()];

/// The interest, if the view knows of it.
pub fn interest(record: &Record, id: &InterestId, view: View) -> Option<Interest> {
    let told: Vec<_> = record.saying_any(HEARD, id.subject(), view).collect();
    let registered = told.iter().filter(|told| told.says::<InterestRegistered>().is_some());
    let registered = registered.max_by_key(|told| (told.standing, told.position))?;
    let registered = registered.says::<InterestRegistered>()?.clone();
    let ceased = told.iter().filter_map(|told| Some((told, told.says::<InterestCeased>()?)));
    let ceased = ceased.filter(|(_told, said)| said.ceased_on.is_by(view.as_at) != Certainty::No);
    let ceased = ceased.max_by_key(|(told, _said)| (told.standing, told.position));
    let ceased = ceased.map(|(_told, said)| said.ceased_on.clone());
    let end = ceased.as_ref().and_then(PDate::latest);
    let (public_until, kept_until) =
        (end.map(|end| end.plus_months(PUBLIC_MONTHS)), end.map(|end| end.plus_months(KEPT_MONTHS)));
    let is_past = |end: Option<Date>| end.is_some_and(|end| end <= view.as_at);
    let state = match (&ceased, is_past(public_until), is_past(kept_until)) {
        (None, ..) => InterestState::Held,
        (Some(_), false, _) => InterestState::Ceased,
        (Some(_), true, false) => InterestState::Kept,
        (Some(_), true, true) => InterestState::Expired,
    };
    let why = told.iter().map(|told| told.position).collect();
    let has_come = |day: &PDate| day.is_by(view.as_at) == Certainty::Yes;
    let is_sure = has_come(&registered.declared_on) && ceased.as_ref().is_none_or(has_come);
    Some(Interest { id: id.clone(), registered, ceased, public_until, kept_until, state, is_sure, why })
}

/// The interests in the registers of a body and its predecessors, declared by the view's day, in the order of
/// the book.
pub fn interests_of_body(record: &Record, id: &BodyId, view: View) -> Vec<Interest> {
    let line = lineage(record, id, view);
    let subjects: Vec<_> = line.iter().map(|id| id.subject().clone()).collect();
    interests_about(record, &subjects, view, |said| said.bodies.iter().any(|body| line.contains(body)))
}

/// The interests that a person declared by the view's day, in the order of the book.
pub fn interests_of_person(record: &Record, id: &PersonId, view: View) -> Vec<Interest> {
    interests_about(record, &[id.subject().clone()], view, |said| said.person == *id)
}

/// Those that are still about it, as they were revised last.
fn interests_about(
    record: &Record,
    subjects: &[Subject],
    view: View,
    is_theirs: impl Fn(&InterestRegistered) -> bool,
) -> Vec<Interest> {
    let told = subjects.iter().flat_map(|subject| record.saying::<InterestRegistered>(subject, view));
    let ids: BTreeSet<_> = told.filter_map(|told| InterestId::of(&told.subject)).collect();
    let mut found: Vec<_> = ids.iter().filter_map(|id| interest(record, id, view)).collect();
    found.retain(|found| is_theirs(&found.registered));
    found.retain(|found| found.registered.declared_on.is_by(view.as_at) != Certainty::No);
    found.sort_by_key(|found| found.why.first().copied());
    found
}
