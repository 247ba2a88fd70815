//! What becomes of a decision later: an urgent one is ratified, any may be rescinded; and the seal.

use crate::act::Facts;
use crate::words::words;
use crate::{Document, MeetingId, PDate, PersonId, Sealable};
use minutebook_log::EventId;
use serde::{Deserialize, Serialize};

/// What a body says of a decision that was taken for it between meetings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Ratification {
    /// It stands.
    Ratified,
    /// It does not.
    Refused,
}

words!(Ratification: Ratified = "ratified", Refused = "refused");

/// A body ratifies an urgent decision, or refuses to. Subject: the body, or its successor. Source: the urgent powers of
/// the scheme of delegation (NHS Act 2006, Schedule 1A for CCGs, Schedule 1B for ICBs).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DecisionRatified {
    /// The urgent decision, by the id of its event.
    pub decision: EventId,
    /// What the body says of it.
    pub outcome: Ratification,
    /// When.
    pub ratified_on: PDate,
    /// At which meeting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meeting: Option<MeetingId>,
    /// Under which item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
}

impl Facts for DecisionRatified {
    const EXAMPLE: &'static str = r#"{
  "type": "DecisionRatified",
  "subject": "body/04K",
  "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}],
    "facts": {
      // The id of the DecisionRecorded with the mode urgent (minutebook decisions body/04K --json).
      "decision": "0197e3c2-0000-7000-8000-000000000001",
      // ratified, refused.
      "outcome": "ratified",
      // A day, or {"written": "April 2019", "earliest": "2019-04-01", "latest": "2019-04-30"}.
      "ratified_on": "2019-09-05",
      // May be left out.
      "meeting": "meeting/notts-2019-09-05",
      "item": "GB/19/090"
    }
  }
}"#;
}

/// A decision holds no more: a newer one of the same body, or of its successor, rescinds it. Subject: the body that
/// rescinds. Source: standing orders (NHS Act 2006, Schedule 1A for CCGs, Schedule 1B for ICBs).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DecisionRescinded {
    /// The decision that holds no more, by the id of its event.
    pub decision: EventId,
    /// The decision by which, by the id of its event.
    pub by_decision: EventId,
    /// The first day on which it holds no more.
    pub effective: PDate,
}

impl Facts for DecisionRescinded {
    const EXAMPLE: &'static str = r#"{
  "type": "DecisionRescinded",
  "subject": "body/04K",
  "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}],
    "facts": {
      // The ids of two DecisionRecorded: the old one, and the new one that rescinds it.
      "decision": "0197e3c2-0000-7000-8000-000000000001",
      "by_decision": "0197e3c2-0000-7000-8000-000000000002",
      // A day, or {"written": "April 2019", "earliest": "2019-04-01", "latest": "2019-04-30"}.
      "effective": "2019-09-05"
    }
  }
}"#;
}

/// The seal of a body is put to a document. Subject: the body. Source: standing orders (NHS Act 2006, Schedule 1A for
/// CCGs, Schedule 1B for ICBs).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SealUsed {
    /// When.
    pub used_on: PDate,
    /// The number in the register of sealings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u32>,
    /// The document.
    pub document: Document,
    /// Who attested it.
    pub attested_by: Vec<PersonId>,
    /// The decision that it carries out, by the id of its event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<EventId>,
    /// What for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Sealable>,
}

impl Facts for SealUsed {
    const EXAMPLE: &'static str = r#"{
  "type": "SealUsed",
  "subject": "body/04K",
  "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}],
    "facts": {
      // A day, or {"written": "April 2019", "earliest": "2019-04-01", "latest": "2019-04-30"}.
      "used_on": "2019-09-06",
      "number": 14,
      "document": {"title": "Lease of the third floor", "held": false},
      // Two people.
      "attested_by": ["person/5e0a91c4d27f", "person/77b2c1f0aa43"],
      // The id of a DecisionRecorded. May be left out, as number and purpose may.
      "decision": "0197e3c2-0000-7000-8000-000000000001",
      "purpose": "The lease that the governing body approved."
    }
  }
}"#;
}
