//! What is stated on the way to an appointment: recruitment, nomination, the word of whoever determines it.

use crate::act::Facts;
use crate::people::Office;
use crate::words::words;
use crate::{AppointmentId, BodyId, ConsultationId, PDate, PersonId, Sealable};
use serde::{Deserialize, Serialize};

/// Recruitment for an office opens. Subject: the body. Repeating it revises it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RecruitmentOpened {
    /// For which office.
    pub office: Office,
    /// When it opens.
    pub opened_on: PDate,
    /// When it closes, where that is stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closes_on: Option<PDate>,
    /// Who chooses, by office or organisation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub panel: Vec<String>,
    /// The consultation whose outcome it waited for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_consultation: Option<ConsultationId>,
    /// The joint appointment that it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joint: Option<AppointmentId>,
}

impl Facts for RecruitmentOpened {
    const EXAMPLE: &'static str = r#"{
  "type": "RecruitmentOpened",
  "subject": "body/04K",
  "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}],
    "facts": {
      // chair, deputy_chair, accountable_officer, chief_finance_officer, registered_nurse, secondary_care_specialist,
      // lay_member, gp_member, chief_executive, managing_director, director, partnership_lead.
      "office": "accountable_officer",
      "opened_on": "2018-07-02",
      // All of the following may be left out.
      "closes_on": "2018-07-27",
      "panel": ["The chairs of the six bodies", "NHS England"],
      "after_consultation": "consultation/staff-2018",
      "joint": "appointment/nottinghamshire-2018"
    }
  }
}"#;
}

/// A nomination is put to whoever determines it. Subject: the body. Source: NHS Act 2006, section 14G(2)(b),
/// Schedule 1A, paragraph 12, and Schedule 1B, paragraph 8.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OfficerNominated {
    /// For which office.
    pub office: Office,
    /// Who.
    pub person: PersonId,
    /// When.
    pub nominated_on: PDate,
    /// The joint appointment that it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joint: Option<AppointmentId>,
    /// The other bodies of which this act says the same, at once: each lets the one person in as it would alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_for: Vec<BodyId>,
}

impl Facts for OfficerNominated {
    const EXAMPLE: &'static str = r#"{
  "type": "OfficerNominated",
  "subject": "body/04K",
  "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}],
    "facts": {
      // The governing body has decided so before: DecisionRecorded with the effect nominate.
      "office": "accountable_officer",
      "person": "person/5e0a91c4d27f",
      "nominated_on": "2018-09-20",
      // Where one person is to hold the office of several bodies.
      "joint": "appointment/nottinghamshire-2018"
    }
  }
}"#;
}

/// What becomes of a nomination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Determination {
    /// The person can be appointed.
    Approved,
    /// The person can't.
    Refused,
}

words!(Determination: Approved = "approved", Refused = "refused");

/// A nomination is determined: an accountable officer's by NHS England, another's by the body. Subject: the
/// body. Source: NHS Act 2006, Schedule 1A, paragraph 12.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AppointmentDetermined {
    /// For which office.
    pub office: Office,
    /// Whose nomination.
    pub person: PersonId,
    /// When.
    pub determined_on: PDate,
    /// What becomes of it.
    pub outcome: Determination,
    /// Why; a refusal gives its reasons.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasons: Option<Sealable>,
    /// On which conditions it is approved.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Sealable>,
    /// On which terms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<Sealable>,
    /// The other bodies of which this act says the same, at once: each lets the one person in as it would alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_for: Vec<BodyId>,
}

impl Facts for AppointmentDetermined {
    const EXAMPLE: &'static str = r#"{
  "type": "AppointmentDetermined",
  "subject": "body/04K",
  "data": {
    // NHS England for an accountable officer, the secretary of the body for others.
    "standing": "own_act",
    "signatories": [{"capacity": "nhs_england"}],
    "facts": {
      "office": "accountable_officer",
      "person": "person/5e0a91c4d27f",
      "determined_on": "2018-10-05",
      // approved, refused.
      "outcome": "approved",
      // A refusal gives them.
      "reasons": "The candidate meets the national description of the post.",
      "conditions": ["A deputy for each place is named within three months."],
      "terms": "Full time; permanent."
    }
  }
}"#;
}
