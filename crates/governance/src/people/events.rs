//! What is stated about people and offices.

use super::office::Office;
use crate::act::Facts;
use crate::words::words;
use crate::{AppointmentId, BodyId, PDate, PersonId, Sealable};
use serde::{Deserialize, Serialize};

/// How an officer holds an office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Tenure {
    /// For good, or for a term.
    Substantive,
    /// Until somebody is found.
    Interim,
    /// Beside a holder who is away.
    Acting,
    /// For a body that is still to open.
    Designate,
}

words!(Tenure: Substantive = "substantive", Interim = "interim", Acting = "acting", Designate = "designate");

impl Tenure {
    /// Whether no other such holder can be beside: an acting one stands beside anybody.
    pub(super) fn is_sole(self) -> bool {
        matches!(self, Tenure::Substantive | Tenure::Interim)
    }
}

/// A person is known under a random id. Subject: the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PersonRecorded {
    /// The name; holders of public office may stay clear.
    pub name: Sealable,
    /// The first day of this name, where the person had another before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<PDate>,
    /// Title before the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub honorific: Option<Sealable>,
    /// Other names by which sources know the same person.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<Sealable>,
    /// What others call the person by: a register and the id that it gives.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub external_ids: Vec<ExternalId>,
}

/// An id that somebody else gives a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ExternalId {
    /// Who gives it: the General Medical Council, a staff register.
    pub scheme: String,
    /// The id.
    pub value: Sealable,
}

impl Facts for PersonRecorded {
    const EXAMPLE: &'static str = r#"{
  "type": "PersonRecorded",
  // A random id: minutebook never reads anything from it.
  "subject": "person/5e0a91c4d27f",
  "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "nhs_england"}],
    "facts": {
      // Names hang on a random id; a name may be {"sealed": "<SHA-256 of the disclosure>"}.
      "name": "The accountable officer of an example",
      // All of the following may be left out.
      // The first day of this name, where the person had another before.
      "from": "2019-04-01",
      "honorific": "Dr",
      "aliases": ["Single leader of an example"],
      "external_ids": [{"scheme": "gmc", "value": "0000000"}]
    }
  }
}"#;
}

/// A body has an office. Subject: the body. Source: SI 2012/1631, regulation 11; from 14 April 2022 SI 2022/316.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OfficeDefined {
    /// The type of office.
    pub office: Office,
    /// Its working title in this body.
    pub title: String,
    /// Whether its holder votes.
    pub voting: bool,
    /// Whether statute asks for it.
    pub statutory: bool,
    /// How many can hold it, at least 1.
    pub seats: u32,
    /// The first day.
    pub effective: PDate,
    /// The first day on which there is no such office any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<PDate>,
}

impl Facts for OfficeDefined {
    const EXAMPLE: &'static str = r#"{
  "type": "OfficeDefined",
  "subject": "body/04K",
  "data": {
    // own_act, or own_record for an act of the past from signed minutes (then evidence must be held).
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}],
    "facts": {
      // chair, deputy_chair, accountable_officer, chief_finance_officer, registered_nurse, secondary_care_specialist,
      // lay_member, gp_member, chief_executive, managing_director, director, partnership_lead; of an ICB also
      // partner_trust, partner_primary_care, partner_council, non_executive, senior_non_executive, medical_director,
      // nursing_director, finance_director.
      "office": "lay_member",
      "title": "Lay member for patient and public involvement",
      "voting": true,
      "statutory": true,
      "seats": 1,
      // A day, or {"written": "April 2019", "earliest": "2019-04-01", "latest": "2019-04-30"}.
      "effective": "2013-04-01",
      // The first day on which there is no such office any more: only once nobody holds it.
      "until": "2022-07-01"
    }
  }
}"#;
}

/// A person is appointed. Subject: the body. An accountable officer is appointed by NHS England
/// (NHS Act 2006, Schedule 1A, paragraph 12).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OfficerAppointed {
    /// To which office.
    pub office: Office,
    /// Who.
    pub person: PersonId,
    /// How.
    pub tenure: Tenure,
    /// The first day in post.
    pub effective: PDate,
    /// The first day no more in post, for a term.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<PDate>,
    /// The joint appointment that it is a part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joint: Option<AppointmentId>,
    /// The holder who is away, for whom an acting officer stands in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub covers: Option<PersonId>,
    /// The terms, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<Sealable>,
    /// The other bodies of which this act says the same, at once: each lets the one person in as it would alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_for: Vec<BodyId>,
}

impl Facts for OfficerAppointed {
    const EXAMPLE: &'static str = r#"{
  "type": "OfficerAppointed",
  "subject": "body/04K",
  "data": {
    // For an accountable officer NHS England signs, or, once it has approved the person, the secretary of the
    // body; for other offices of a CCG its secretary: {"capacity": "secretary", "body": "body/04K"}.
    // Of an ICB: the chair by NHS England, with the approval of the minister; the chief executive by the chair, with
    // that of NHS England; every other member with that of the chair: {"capacity": "chair", "body": "body/QMM"}.
    "standing": "own_act",
    "signatories": [{"capacity": "nhs_england"}],
    "facts": {
      // chair, deputy_chair, accountable_officer, chief_finance_officer, registered_nurse, secondary_care_specialist,
      // lay_member, gp_member, chief_executive, managing_director, director, partnership_lead; of an ICB also
      // partner_trust, partner_primary_care, partner_council, non_executive, senior_non_executive, medical_director,
      // nursing_director, finance_director.
      "office": "accountable_officer",
      // Recorded first (PersonRecorded).
      "person": "person/5e0a91c4d27f",
      // substantive, interim, acting, designate.
      "tenure": "substantive",
      // A day, or {"written": "April 2019", "earliest": "2019-04-01", "latest": "2019-04-30"}.
      "effective": "2019-02-01",
      // The first day no more in post, where a term is fixed.
      "until": "2022-02-01",
      // One person for several bodies: only where this body has agreed to it.
      "joint": "appointment/nottinghamshire-2018",
      "terms": "As approved by the remuneration committee"
      // The same person for other bodies too, each of which agreed: "also_for": ["body/04L", "body/04M"]
    }
  }
}"#;
}

/// A person is seen to hold an office, since when is not stated. Subject: the body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OfficerObserved {
    /// Which office.
    pub office: Office,
    /// Who.
    pub person: PersonId,
    /// The day of the source.
    pub observed_on: PDate,
    /// The title that the source gives.
    pub title_as_written: String,
}

impl Facts for OfficerObserved {
    const EXAMPLE: &'static str = r#"{
  "type": "OfficerObserved",
  "subject": "body/04K",
  "data": {
    // own_document for a body's own paper, third_party for the press; register with the capacity register.
    "standing": "own_document",
    "signatories": [{"capacity": "importer"}],
    "evidence": [{"title": "Consultation document, 2019", "held": false}],
    "facts": {
      // chair, deputy_chair, accountable_officer, chief_finance_officer, registered_nurse, secondary_care_specialist,
      // lay_member, gp_member, chief_executive, managing_director, director, partnership_lead; of an ICB also
      // partner_trust, partner_primary_care, partner_council, non_executive, senior_non_executive, medical_director,
      // nursing_director, finance_director.
      "office": "accountable_officer",
      "person": "person/5e0a91c4d27f",
      // A day, or {"written": "April 2019", "earliest": "2019-04-01", "latest": "2019-04-30"}.
      "observed_on": {"written": "2019", "earliest": "2019-01-01", "latest": "2019-12-31"},
      "title_as_written": "Accountable Officer"
    }
  }
}"#;
}

/// Why an appointment ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// The officer resigned.
    Resignation,
    /// The term ended.
    Term,
    /// The officer was removed.
    Removal,
    /// The body ended.
    Dissolution,
    /// The officer went to another office.
    Transfer,
}

/// A person holds an office no more. Subject: the body. Source: SI 2012/1631, regulation 11 (terms of office).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AppointmentEnded {
    /// Which office.
    pub office: Office,
    /// Who.
    pub person: PersonId,
    /// The first day no more in post.
    pub effective: PDate,
    /// Why.
    pub reason: EndReason,
}

impl Facts for AppointmentEnded {
    const EXAMPLE: &'static str = r#"{
  "type": "AppointmentEnded",
  "subject": "body/04K",
  "data": {
    // own_act, or own_record for an act of the past from signed minutes (then evidence must be held).
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}],
    "facts": {
      // chair, deputy_chair, accountable_officer, chief_finance_officer, registered_nurse, secondary_care_specialist,
      // lay_member, gp_member, chief_executive, managing_director, director, partnership_lead; of an ICB also
      // partner_trust, partner_primary_care, partner_council, non_executive, senior_non_executive, medical_director,
      // nursing_director, finance_director.
      "office": "chair",
      "person": "person/5e0a91c4d27f",
      // The first day no more in post.
      "effective": "2020-04-01",
      // resignation, term, removal, dissolution, transfer.
      "reason": "dissolution"
    }
  }
}"#;
}
