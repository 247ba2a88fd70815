//! What ends on a day: consultations, votes, terms of office, grants.

use super::{Due, DueKind, called};
use crate::authority::{Extent, GrantState, grants_for};
use crate::consultations::{ConsultationOpened, consultation};
use crate::mergers::{self, MemberVoteOpened};
use crate::people::{Office, office_held};
use crate::{BodyId, ConsultationId, MergerId, PDate, Record, View};
use std::collections::BTreeSet;

pub(super) fn closings(record: &Record, id: &BodyId, view: View) -> Vec<Due> {
    let told = record.saying::<ConsultationOpened>(id.subject(), view);
    let ids: BTreeSet<_> = told.filter_map(|told| ConsultationId::of(&told.subject)).collect();
    let found = ids.iter().filter_map(|id| consultation(record, id, view));
    found
        .filter(|it| !it.state.is_over())
        .map(|it| {
            let what = format!("the consultation closes: {}", it.opened.topic);
            let due = Due::of(record, (DueKind::Closing, it.id.subject()), what, it.why, view);
            due.by(Some(it.closes_at.day()))
        })
        .collect()
}

pub(super) fn terms(record: &Record, id: &BodyId, view: View) -> Vec<Due> {
    let held = Office::ALL.into_iter().flat_map(|office| {
        let held = office_held(record, id, office, view);
        held.holders.into_iter().map(move |holder| (office, holder))
    });
    let ending = held.filter_map(|(office, holder)| Some((office, holder.until.clone()?, holder)));
    ending
        .map(|(office, until, holder)| {
            let (who, office) = (called(record, &holder.person, view), office.as_str().replace('_', " "));
            let why = holder.sources.iter().map(|source| source.position).collect();
            let due = Due::of(record, (DueKind::Term, id.subject()), format!("{who} as {office}"), why, view);
            due.by(Some(until.as_end()))
        })
        .collect()
}

/// Votes of members whose result is not declared.
pub(super) fn votes(record: &Record, id: &BodyId, view: View) -> Vec<Due> {
    let told = record.saying::<MemberVoteOpened>(id.subject(), view);
    let ids: BTreeSet<_> = told.filter_map(|told| MergerId::of(&told.subject)).collect();
    let ballots = ids.iter().filter_map(|merger| mergers::merger(record, merger, view)).flat_map(|merger| {
        let of_it = merger.ballots.into_iter().filter(|ballot| ballot.bodies.contains(id));
        let open = of_it.filter(|ballot| ballot.declared.is_none()).filter_map(|ballot| ballot.opened);
        open.map(move |opened| (merger.id.clone(), opened))
    });
    ballots
        .map(|(merger, (position, opened))| {
            let what = format!("ballot {} closes, and its result is declared", opened.ballot);
            let due = Due::of(record, (DueKind::Vote, merger.subject()), what, vec![position], view);
            due.by(Some(opened.closes))
        })
        .collect()
}

/// Grants that name the body and end on a day that is known. Those for any body are not its own.
pub(super) fn grants(record: &Record, id: &BodyId, view: View) -> Vec<Due> {
    let held = grants_for(record, id, view).into_iter();
    let given = held.filter(|held| held.is_given(record, view));
    let own = given.filter(|held| matches!(held.granted.bodies, Extent::Listed(_)));
    let lasting =
        own.filter(|held| matches!(held.state(record, view), GrantState::InForce | GrantState::NotYet));
    let ending = lasting.filter_map(|held| Some((held.ends()?, held)));
    ending
        .map(|(ends, held)| {
            let capacity = held.granted.capacity.as_str().replace('_', " ");
            let (what, why) = (format!("the grant to sign as {capacity} ends"), vec![held.position]);
            let due = Due::of(record, (DueKind::Grant, held.id.subject()), what, why, view);
            due.by(Some(PDate::day(ends.day_before())))
        })
        .collect()
}
