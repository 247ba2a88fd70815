//! Proposals to appoint one person for several bodies. What each body says to it is a decision of its own.

use super::office::Office;
use crate::act::{Capacity, Case, Facts, Need, Statement};
use crate::bodies::judge_open;
use crate::rules::rules;
use crate::{AppointmentId, BodyId, Malformed, PDate, Record, Verdict, View};
use minutebook_log::{Position, Subject};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

rules! {
    TWO_BODIES: Hard =
        "joint.two-bodies",
        "One person is proposed for two or more bodies.",
        "principle: step by step";
}

/// One person is to hold an office of several bodies. Subject: the joint appointment. Repeating it revises it.
/// Source: NHS Act 2006, section 14G(2)(b) and Schedule 1A, paragraph 12: each body nominates, and NHS England
/// appoints for each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct JointAppointmentProposed {
    /// Which office.
    pub office: Office,
    /// Of which bodies, at least two.
    pub bodies: Vec<BodyId>,
    /// When it was proposed.
    pub proposed_on: PDate,
    /// What the post would be called, as the source names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_as_written: Option<String>,
}

impl Facts for JointAppointmentProposed {
    const EXAMPLE: &'static str = r#"{
  "type": "JointAppointmentProposed",
  "subject": "appointment/nottinghamshire-2018",
  "data": {
    // A secretary of one of the bodies.
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}],
    "facts": {
      // chair, deputy_chair, accountable_officer, chief_finance_officer, registered_nurse, secondary_care_specialist,
      // lay_member, gp_member, chief_executive, managing_director, director, partnership_lead.
      "office": "accountable_officer",
      // Each then says what it chooses: DecisionRecorded with the effect joint_leg.
      "bodies": ["body/04K", "body/04N"],
      "proposed_on": "2018-06-01",
      "title_as_written": "Single accountable officer"
    }
  }
}"#;
}

/// The last revision of the proposal, and every entry that made it.
pub fn joint_proposal(
    record: &Record,
    id: &AppointmentId,
    view: View,
) -> Option<(JointAppointmentProposed, Vec<Position>)> {
    let told: Vec<_> = record.saying::<JointAppointmentProposed>(id.subject(), view).collect();
    let last = told.iter().max_by_key(|told| (told.standing, told.position))?;
    let proposed = last.says::<JointAppointmentProposed>()?.clone();
    Some((proposed, told.iter().map(|told| told.position).collect()))
}

impl Statement for JointAppointmentProposed {
    fn act_date(&self) -> Option<PDate> {
        Some(self.proposed_on.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::of(&[Capacity::Secretary], self.bodies.clone())]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        let distinct: BTreeSet<_> = self.bodies.iter().collect();
        if distinct.len() != self.bodies.len() {
            return Err(Malformed::new("/data/facts/bodies", "a body twice", "each body once"));
        }
        Ok(())
    }

    fn about(&self) -> Vec<Subject> {
        self.bodies.iter().map(|body| body.subject().clone()).collect()
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        verdict.hard(self.bodies.len() >= 2, &TWO_BODIES, &case.act.subject, || {
            (format!("{} bodies", self.bodies.len()), "two bodies or more under bodies".to_owned())
        });
        for body in &self.bodies {
            judge_open(case, verdict, body, &self.proposed_on);
        }
    }
}
