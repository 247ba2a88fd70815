//! What each body says to a joint appointment, step by step.

use super::events::{Effect, Leg};
use super::state::{Decision, decisions};
use crate::act::Case;
use crate::bodies::enacted;
use crate::people::joint_proposal;
use crate::rules::rules;
use crate::{AppointmentId, BodyId, PDate, Record, Verdict, View};
use std::collections::BTreeMap;

rules! {
    JOINT_PARTY: Hard =
        "joint.party",
        "A body decides on a joint appointment that was proposed for it, or joins it later.",
        "principle: step by step";
    LEG_STEP: Hard =
        "joint.leg-step",
        "What a body says to a joint appointment goes from step to step; that it stalled, reports alone say.",
        "principle: step by step; principle: hard and soft";
}

/// What each body has said to a joint appointment, oldest first.
pub fn legs(record: &Record, id: &AppointmentId, view: View) -> BTreeMap<BodyId, Vec<Decision>> {
    let mut legs: BTreeMap<BodyId, Vec<Decision>> = BTreeMap::new();
    let about = decisions(record, id.subject(), view).into_iter();
    for decision in about.filter(|decision| decision.leg_of(id).is_some()) {
        legs.entry(decision.body.clone()).or_default().push(decision);
    }
    legs.values_mut().for_each(|leg| leg.sort_by_key(Decision::order));
    legs
}

/// What a body says to a joint appointment on the view's day.
pub fn leg(record: &Record, id: &AppointmentId, body: &BodyId, view: View) -> Option<Leg> {
    legs(record, id, view).get(body)?.last()?.leg_of(id)
}

impl Decision {
    /// The step that it takes in this joint appointment, if it is about it.
    pub fn leg_of(&self, id: &AppointmentId) -> Option<Leg> {
        self.recorded.effects().find_map(|effect| match effect {
            Effect::JointLeg { appointment, leg, .. } if appointment == id => Some(*leg),
            _ => None,
        })
    }
}

/// The steps that a body can take from where it stands.
fn possible(current: Option<Leg>) -> &'static [Leg] {
    use Leg::{Agreed, AgreedInPrinciple, Declined, Deferred, JoinedLater, Withdrawn};
    match current {
        None | Some(Leg::Stalled) => &[AgreedInPrinciple, Agreed, Declined, Deferred, JoinedLater],
        Some(AgreedInPrinciple) => &[Agreed, Declined, Deferred, Withdrawn],
        Some(Agreed | JoinedLater) => &[Withdrawn],
        Some(Declined | Deferred | Withdrawn) => {
            &[AgreedInPrinciple, Agreed, Declined, Deferred, JoinedLater]
        }
    }
}

pub(super) fn judge_leg(
    case: &Case<'_>,
    verdict: &mut Verdict,
    id: &AppointmentId,
    chosen: Leg,
    decided_on: &PDate,
) {
    let Some(body) = BodyId::of(&case.act.subject) else { return };
    let view = enacted(case.record, case.last_day_of(decided_on));
    let proposal = joint_proposal(case.record, id, view);
    let legs = legs(case.record, id, view);
    let party = proposal.as_ref().is_some_and(|(proposed, _why)| {
        proposed.bodies.contains(&body) || legs.contains_key(&body) || chosen == Leg::JoinedLater
    });
    verdict.hard(party, &JOINT_PARTY, &case.act.subject, || {
        let found = match proposal {
            Some(_) => format!("{id} was not proposed for {body}"),
            None => format!("{id}, which no act proposes"),
        };
        (found, "a JointAppointmentProposed that names it, or the leg joined_later".to_owned())
    });
    let current = legs.get(&body).and_then(|leg| leg.last()).and_then(|last| last.leg_of(id));
    let possible = possible(current).iter().copied().filter(|leg| Some(*leg) != current);
    verdict.hard(possible.clone().any(|leg| leg == chosen), &LEG_STEP, &case.act.subject, || {
        let words: Vec<_> = possible.map(Leg::as_str).collect();
        let stands = current.map_or("not asked", Leg::as_str);
        (
            format!("{} while {body} is {stands}", chosen.as_str()),
            format!("possible now: {}", words.join(", ")),
        )
    });
}
