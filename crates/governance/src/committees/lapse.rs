//! Since when a committee or a delegation is in force no more without anybody having ended it, and what it fell with.

use super::delegation_events::Delegate;
use crate::bodies::{Body, BodyKind, Life, body};
use crate::words::words;
use crate::{BodyId, DelegationId, PDate, Record, View};
use minutebook_log::{Position, Subject};
use std::collections::BTreeSet;

/// What a committee or a delegation fell with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LapsedWith {
    /// A body whose it was, or who had it, is no more, and nobody has it in its place.
    BodyEnded,
    /// The last of a committee's bodies left it.
    BodyLeft,
    /// The committee that had it meets no more.
    CommitteeEnded,
    /// The delegation under which it was delegated onward is in force no more.
    DelegationEnded,
    /// The delegation under which it was delegated onward is not known, or hangs on this one.
    Groundless,
}

words!(
    LapsedWith:
    BodyEnded = "body_ended",
    BodyLeft = "body_left",
    CommitteeEnded = "committee_ended",
    DelegationEnded = "delegation_ended",
    Groundless = "groundless",
);

/// Since when something is in force no more without anybody having ended it, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lapse {
    /// The first day on which it is no more; nothing where no entry gives it.
    pub since: Option<PDate>,
    /// What it fell with.
    pub with: LapsedWith,
    /// Which body, committee or delegation that is.
    pub about: Subject,
    /// The entries that end that, in order.
    pub why: Vec<Position>,
}

impl Lapse {
    /// What fell with a body that has ended by the view's day.
    pub(super) fn with_body(body: &Body, view: View) -> Option<Self> {
        let (since, why) = body.ended(view)?;
        let (about, with) = (body.id.subject().clone(), LapsedWith::BodyEnded);
        Some(Self { since: Some(since.clone()), with, about, why: why.to_vec() })
    }

    /// What hangs on a delegation that is not known, or on itself.
    pub(super) fn groundless(on: &DelegationId) -> Self {
        let (about, with) = (on.subject().clone(), LapsedWith::Groundless);
        Self { since: None, with, about, why: Vec::new() }
    }

    /// The first of several, each of which is enough; where two came on one day, the one that is named first.
    pub(super) fn first(lapses: impl IntoIterator<Item = Self>) -> Option<Self> {
        let day = |lapse: &Self| lapse.since.as_ref().and_then(PDate::earliest);
        lapses.into_iter().min_by_key(|lapse| (day(lapse).is_none(), day(lapse)))
    }

    /// The last of several, all of which had to come.
    pub(super) fn last(lapses: impl IntoIterator<Item = Self>) -> Option<Self> {
        lapses.into_iter().max_by_key(|lapse| lapse.since.as_ref().and_then(PDate::earliest))
    }
}

/// Who has on the view's day what a body had: that body, or its only successor where it passes on.
///
/// # Errors
/// What it fell with, where nobody has it: the body after which it went no further.
pub(super) fn held_by(record: &Record, id: &BodyId, survives: bool, view: View) -> Result<BodyId, Lapse> {
    let (mut at, mut seen) = (id.clone(), BTreeSet::from([id.clone()]));
    loop {
        let Some(known) = body(record, &at, view) else { return Ok(at) };
        if known.life(view) != Life::Closed {
            return Ok(at);
        }
        let followed: BTreeSet<_> = known.successors.iter().map(|link| &link.body).collect();
        let only = if followed.len() == 1 { followed.first().copied() } else { None };
        let passes = |next: &&BodyId| survives || passes_by_statute(record, id, next, view);
        match only.filter(passes).filter(|next| seen.insert((*next).clone())) {
            Some(next) => at = next.clone(),
            None => return Lapse::with_body(&known, view).map_or(Ok(at), Err),
        }
    }
}

/// The same of a delegate that is a body, or an officer of one; nothing of others, which have no successors.
pub(super) fn delegate_held_by(
    record: &Record,
    delegate: &Delegate,
    survives: bool,
    view: View,
) -> Option<Result<Delegate, Lapse>> {
    match delegate {
        Delegate::Body(id) => Some(held_by(record, id, survives, view).map(Delegate::Body)),
        Delegate::Officer { body, office } => {
            let held = held_by(record, body, survives, view);
            Some(held.map(|body| Delegate::Officer { body, office: *office }))
        }
        Delegate::Committee(_) | Delegate::Partnership(_) => None,
    }
}

/// Whether what a body granted goes on by statute under the body that follows: what a CCG did in a function that is the
/// ICB's since 1 July 2022 counts as done by the ICB, whatever the grant said (SI 2022/734, regulation 29).
fn passes_by_statute(record: &Record, id: &BodyId, heir: &BodyId, view: View) -> bool {
    let kind = |id: &BodyId| body(record, id, view).and_then(|body| body.kind());
    kind(id) == Some(BodyKind::Ccg) && kind(heir) == Some(BodyKind::Icb)
}
