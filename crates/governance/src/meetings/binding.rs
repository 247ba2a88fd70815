//! Whom a decision for several bodies binds: those that have a part in it.

use super::state::Meeting;
use crate::act::{Act, Case, Need, SECRETARY};
use crate::bodies::enacted;
use crate::committees::{CommitteeState, committee};
use crate::decisions::{DecidedWith, DecisionRecorded, decisions};
use crate::provisions::provisions;
use crate::rules::rules;
use crate::{BodyId, Certainty, Finding, Record, Verdict, View};

rules! {
    BINDS_EACH: HardIfCertain =
        "decision.binds-each",
        "What is decided for another body too is decided by a joint committee of theirs that binds it, under that body's delegation, or with the signature of its secretary.",
        concat!(provisions!(together), "; principle: each body for itself");
}

/// Asks of each other body for which it is decided that it has a part in that: nobody signs for a body that is not theirs.
/// The committee's secretary signs for those that have set it up, each of which has decided to.
pub(super) fn judge_binds_each(
    case: &Case<'_>,
    verdict: &mut Verdict,
    decision: &DecisionRecorded,
    known: Option<&Meeting>,
) {
    let view = enacted(case.record, case.last_day_of(&decision.decided_on));
    for with in &decision.decided_with {
        let bound = is_bound(case.record, case.act, with, known, view);
        verdict.hard_if_certain(bound, &BINDS_EACH, &case.act.subject, || explained(with, known));
    }
}

/// The same of what only reports say: it is not refused, and found.
pub(super) fn unbound_findings(record: &Record, meeting: &Meeting, view: View) -> Vec<Finding> {
    let reported = decisions(record, meeting.id.subject(), view).into_iter();
    let reported = reported.filter(|it| it.source.standing.is_report());
    let of_it = reported.filter(|it| it.recorded.meeting.as_ref() == Some(&meeting.id));
    let unbound = of_it.flat_map(|it| {
        let act = record.at(it.source.position).map(|entry| entry.act);
        let view = it.recorded.decided_on.latest().map_or(view, |day| view.at(day));
        let with = it.recorded.decided_with.into_iter().filter(move |with| {
            let bound = act.as_ref().map(|act| is_bound(record, act, with, Some(meeting), view));
            bound == Some(Certainty::No)
        });
        let position = it.source.position;
        with.map(move |with| (position, with))
    });
    let finding = |(position, with): (_, DecidedWith)| {
        let (found, needed) = explained(&with, Some(meeting));
        let subject = meeting.id.subject().clone();
        Finding { rule: &BINDS_EACH, subject, found, needed, why: vec![position] }
    };
    unbound.map(finding).collect()
}

/// Whether the body has a part in it: its committee, its delegation or its secretary.
fn is_bound(
    record: &Record,
    act: &Act,
    with: &DecidedWith,
    meeting: Option<&Meeting>,
    view: View,
) -> Certainty {
    let secretary = Need::of(SECRETARY, vec![with.body.clone()]);
    let signs = act.signatories.iter().any(|signatory| secretary.is_met_by(signatory));
    if signs || with.delegation.is_some() {
        return Certainty::Yes;
    }
    let sits = meeting.and_then(|it| it.convened.committee.as_ref());
    let Some(known) = sits.and_then(|id| committee(record, id, view)) else { return Certainty::No };
    let binds =
        known.state == CommitteeState::Live && known.is_binding() && known.parents.contains(&with.body);
    match (binds, known.is_sure) {
        (true, true) => Certainty::Yes,
        (false, true) => Certainty::No,
        (_, false) => Certainty::Unknown,
    }
}

fn explained(with: &DecidedWith, meeting: Option<&Meeting>) -> (String, String) {
    let body: &BodyId = &with.body;
    let found = match meeting.and_then(|it| it.convened.committee.as_ref()) {
        Some(id) => format!("{id}, which does not bind {body} on that day"),
        None => format!("a meeting of no committee that binds {body}"),
    };
    let needed = format!(
        "the joint committee of the meeting (MeetingConvened) as one that binds {body} (CommitteeEstablished), its delegation \
         under decided_with, the signature of its secretary, or a decision of its own"
    );
    (found, needed)
}
