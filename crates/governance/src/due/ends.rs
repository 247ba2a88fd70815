//! What ends on a day: consultations, votes, terms of office, grants.

use super::{Due, DueKind, called};
use crate::authority::{Extent, GrantState, grants_for};
use crate::consultations::{ConsultationOpened, ConsultationState, consultation};
use crate::mergers::{self, MemberVoteOpened};
use crate::people::{Office, office_held};
use crate::{BodyId, ConsultationId, MergerId, PDate, Record, View};
use std::collections::BTreeSet;

pub(super) fn closings(record: &Record, id: &BodyId, view: View) -> Vec<Due> {
    let told = record.saying::<ConsultationOpened>(id.subject(), view);
    let ids: BTreeSet<_> = told.filter_map(|told| ConsultationId::of(&told.subject)).collect();
    let found = ids.iter().filter_map(|id| consultation(record, id, view));
    let runs = |state| {
        matches!(state, ConsultationState::NotYetOpen | ConsultationState::Open | ConsultationState::Overdue)
    };
    let open = found.filter(|it| runs(it.state));
    open.map(|it| Due {
        kind: DueKind::Closing,
        subject: it.id.subject().clone(),
        what: format!("the consultation closes: {}", it.opened.topic),
        on: Some(it.closes_at.day()),
        is_overdue: false,
        why: it.why,
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
        .map(|(office, until, holder)| Due {
            kind: DueKind::Term,
            subject: id.subject().clone(),
            what: format!(
                "{} as {}",
                called(record, &holder.person, view),
                office.as_str().replace('_', " ")
            ),
            on: Some(until.as_end()),
            is_overdue: false,
            why: holder.sources.iter().map(|source| source.position).collect(),
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
        .map(|(merger, (position, opened))| Due {
            kind: DueKind::Vote,
            subject: merger.subject().clone(),
            what: format!("ballot {} closes, and its result is declared", opened.ballot),
            on: Some(opened.closes),
            is_overdue: false,
            why: vec![position],
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
        .map(|(ends, held)| Due {
            kind: DueKind::Grant,
            subject: held.id.subject().clone(),
            what: format!("the grant to sign as {} ends", held.granted.capacity.as_str().replace('_', " ")),
            on: Some(PDate::day(ends.day_before())),
            is_overdue: false,
            why: vec![held.position],
        })
        .collect()
}
