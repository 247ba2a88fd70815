//! A joint appointment, body by body.

use crate::decisions::{Decision, Leg, legs};
use crate::people::{JointAppointmentProposed, OfficerAppointed, joint_proposal};
use crate::{AppointmentId, BodyId, Certainty, Date, PDate, PersonId, Record, View};
use minutebook_log::Position;
use std::collections::BTreeMap;

/// A body's part in a joint appointment.
#[derive(Debug, Clone, Default)]
pub struct JointLeg {
    /// What it said, oldest first; the last is current.
    pub decisions: Vec<Decision>,
    /// Who was appointed for it, from when, and where that is said: from the day on which the act was made, though the first
    /// day in post is still to come.
    pub appointed: Option<(PersonId, PDate, Position)>,
}

/// A joint appointment as a view sees it.
#[derive(Debug, Clone)]
pub struct JointAppointment {
    /// Its id.
    pub id: AppointmentId,
    /// What was proposed.
    pub proposed: JointAppointmentProposed,
    /// Body by body.
    pub legs: BTreeMap<BodyId, JointLeg>,
    /// What it waits for, in words.
    pub waits_for: Vec<String>,
    /// The entries that say so, in order.
    pub why: Vec<Position>,
}

/// The joint appointment, if the view knows that it was proposed.
pub fn joint_appointment(record: &Record, id: &AppointmentId, view: View) -> Option<JointAppointment> {
    let (proposed, mut why) = joint_proposal(record, id, view)?;
    let mut all: BTreeMap<BodyId, JointLeg> =
        proposed.bodies.iter().map(|body| (body.clone(), JointLeg::default())).collect();
    for (body, decisions) in legs(record, id, view) {
        why.extend(decisions.iter().map(|decision| decision.source.position));
        all.entry(body).or_default().decisions = decisions;
    }
    for told in record.saying::<OfficerAppointed>(id.subject(), view) {
        let Some((said, body)) = told.says::<OfficerAppointed>().zip(BodyId::of(&told.subject)) else {
            continue;
        };
        let has_begun = said.effective.is_by(view.as_at) != Certainty::No;
        let is_made = record.at(told.position).is_some_and(|entry| Date::of(entry.act.time) <= view.as_at);
        if has_begun || is_made {
            why.push(told.position);
            let appointed = (said.person.clone(), said.effective.clone(), told.position);
            all.entry(body).or_default().appointed = Some(appointed);
        }
    }
    why.sort_unstable();
    why.dedup();
    let waits_for = all.iter().filter_map(|(body, leg)| leg.waits_for(id, body)).collect();
    Some(JointAppointment { id: id.clone(), proposed, legs: all, waits_for, why })
}

impl JointLeg {
    /// What the body says.
    pub fn current(&self, id: &AppointmentId) -> Option<Leg> {
        self.decisions.last()?.leg_of(id)
    }

    fn waits_for(&self, id: &AppointmentId, body: &BodyId) -> Option<String> {
        match self.current(id) {
            Some(leg) if leg.is_agreed() && self.appointed.is_none() => {
                Some(format!("an appointment for {body} (OfficerAppointed)"))
            }
            None | Some(Leg::AgreedInPrinciple | Leg::Deferred | Leg::Stalled) => {
                Some(format!("a decision by {body}"))
            }
            _ => None,
        }
    }
}
