//! Committees and delegations fall with the bodies whose they are, and delegations with the committees that have them: on
//! which days that can be, and which of them a body takes with it.

use super::affairs::followed_by;
use super::turns::{act_days, turns};
use crate::bodies::{Body, body};
use crate::committees::{
    CommitteeMembershipChanged, Delegate, Delegation, committee, committees_of, delegation, delegations_from,
    delegations_to,
};
use crate::{BodyId, CommitteeId, Date, DelegationId, Record, View};
use minutebook_log::Subject;
use std::collections::BTreeSet;

/// The days on which what is told of a committee can change.
pub(super) fn committee_days(record: &Record, subject: &Subject, view: View) -> BTreeSet<Date> {
    let mut days = act_days(record, subject, view);
    let known = CommitteeId::of(subject).and_then(|id| committee(record, &id, view));
    let parents = known.into_iter().flat_map(|known| known.established.parents);
    let joined = record.saying::<CommitteeMembershipChanged>(subject, view);
    let joined = joined.filter_map(|told| Some(told.says::<CommitteeMembershipChanged>()?.body.clone()));
    let bodies: BTreeSet<_> = parents.chain(joined).collect();
    days.extend(bodies.into_iter().flat_map(|id| ends_of(record, id, view)));
    days
}

/// The days on which what is told of a delegation can change, with those of what it hangs on.
pub(super) fn delegation_days(record: &Record, subject: &Subject, view: View) -> BTreeSet<Date> {
    let (mut days, mut seen) = (BTreeSet::new(), BTreeSet::new());
    let mut ahead = DelegationId::of(subject);
    while let Some(id) = ahead.take().filter(|id| seen.insert(id.clone())) {
        days.extend(act_days(record, id.subject(), view));
        let Some(known) = delegation(record, &id, view) else { break };
        days.extend(ends_of(record, known.granted.from, view));
        match known.granted.to {
            Delegate::Committee(id) => days.extend(committee_days(record, id.subject(), view)),
            Delegate::Body(body) | Delegate::Officer { body, .. } => days.extend(ends_of(record, body, view)),
            Delegate::Partnership(_) => {}
        }
        ahead = known.granted.under;
    }
    days
}

/// On which days a body, and those that follow it, end or are followed.
fn ends_of(record: &Record, id: BodyId, view: View) -> Vec<Date> {
    let dates = |body: Body| {
        let closed = body.closed.and_then(|closed| closed.value);
        closed.into_iter().chain(body.successors.into_iter().map(|link| link.effective))
    };
    let followed = followed_by(record, id, view).into_iter();
    followed.flat_map(dates).flat_map(|date| turns(&date).collect::<Vec<_>>()).collect()
}

/// Whether two views know otherwise how a body ends, or who follows it.
pub(super) fn ends_otherwise(record: &Record, id: &BodyId, before: View, after: View) -> bool {
    let ends = |view: View| {
        let known = body(record, id, view)?;
        let closed = known.closed.and_then(|closed| closed.value);
        let followed: Vec<_> = known.successors.into_iter().map(|link| (link.body, link.effective)).collect();
        Some((closed, followed))
    };
    ends(before) != ends(after)
}

/// The committees of a body, what it delegates, what is delegated to it and to its committees, and what is delegated
/// onward under that.
pub(super) fn arrangements_of(record: &Record, id: &BodyId, view: View) -> BTreeSet<Subject> {
    let mut found = BTreeSet::new();
    let mut delegations = delegations_from(record, id, view);
    delegations.extend(delegations_to(record, id.subject(), view));
    for committee in committees_of(record, id, view) {
        delegations.extend(delegations_to(record, committee.id.subject(), view));
        found.insert(committee.id.subject().clone());
    }
    while let Some(known) = delegations.pop() {
        if found.insert(known.id.subject().clone()) {
            delegations.extend(onward(record, &known, view));
        }
    }
    found
}

/// What is delegated onward under a delegation.
fn onward(record: &Record, known: &Delegation, view: View) -> Vec<Delegation> {
    let (Delegate::Body(by) | Delegate::Officer { body: by, .. }) = &known.granted.to else {
        return Vec::new();
    };
    let mut from = delegations_from(record, by, view);
    from.retain(|it| it.granted.under.as_ref() == Some(&known.id));
    from
}
