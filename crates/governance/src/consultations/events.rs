//! What is stated of a consultation from its opening to its end.

use crate::act::Facts;
use crate::words::words;
use crate::{BodyId, Document, Instant, MergerId, PDate, Sealable};
use serde::{Deserialize, Serialize};

/// A consultation opens. Subject: the consultation.
/// Source: NHS Act 2006, section 14Z2 (public involvement).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ConsultationOpened {
    /// The bodies whose consultation it is.
    pub owners: Vec<BodyId>,
    /// The proposal that it is about, if it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merger: Option<MergerId>,
    /// What it is about.
    pub topic: String,
    /// When it opened, as precise as is known.
    pub opens: PDate,
    /// The instant at which it closes: a response at that very instant is on time.
    pub closes_at: Instant,
    /// What is asked.
    pub questions: Vec<String>,
    /// Who is asked.
    pub audiences: Vec<String>,
    /// What kind of change it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<ConsultationKind>,
    /// How answers are taken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<String>,
    /// The paper that is consulted on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Document>,
    /// The types of event that wait for its outcome: recruitment after a consultation of staff.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<String>,
}

/// What kind of change a consultation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ConsultationKind {
    /// A merger of bodies.
    Merger,
    /// The staff whom a change affects.
    Staff,
    /// Services to patients (NHS Act 2006, section 14Z2).
    Services,
    /// Something else.
    Other,
}

words!(ConsultationKind: Merger = "merger", Staff = "staff", Services = "services", Other = "other");

impl Facts for ConsultationOpened {
    const EXAMPLE: &'static str = r#"{
  "type": "ConsultationOpened",
  "subject": "consultation/nottinghamshire-2019",
  "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "consultation_lead", "body": "body/04K"}],
    "facts": {
      "owners": ["body/04K", "body/04N"],
      // If it is about one.
      "merger": "merger/nottinghamshire-2019",
      "topic": "Merging the clinical commissioning groups of Nottinghamshire",
      // A day, or {"written": "April 2019", "earliest": "2019-04-01", "latest": "2019-04-30"}.
      "opens": "2019-05-08",
      // An instant with its own offset.
      "closes_at": "2019-06-17T09:00:00+01:00",
      "questions": ["Do you agree that the CCGs should merge?"],
      "audiences": ["Patients and the public", "Member practices"],
      // All of the following may be left out. Kinds: merger, staff, services, other.
      "kind": "merger",
      "channels": ["Survey", "Letters", "Public meetings"],
      "document": {"title": "Future arrangements for commissioning", "held": false},
      // The types of event that wait for its outcome.
      "gates": ["ApplicationSubmitted"]
    }
  }
}"#;
}

/// What becomes of a consultation before its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ConsultationChange {
    /// It stays open for longer.
    Extended {
        /// The new instant at which it closes.
        closes_at: Instant,
        /// Why.
        reason: Sealable,
    },
    /// It ends without an outcome.
    Withdrawn {
        /// Why.
        reason: Sealable,
    },
}

/// A consultation is extended or withdrawn. Subject: the consultation.
/// Source: NHS Act 2006, section 14Z2 (public involvement).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ConsultationChanged {
    /// The day on which it was changed.
    pub changed_on: PDate,
    /// What became of it.
    pub change: ConsultationChange,
}

impl Facts for ConsultationChanged {
    const EXAMPLE: &'static str = r#"{
  "type": "ConsultationChanged",
  "subject": "consultation/nottinghamshire-2019",
  "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "consultation_lead", "body": "body/04K"}],
    "facts": {
      "changed_on": "2019-06-10",
      // Or {"withdrawn": {"reason": ".."}}
      "change": {"extended": {"closes_at": "2019-06-24T17:00:00+01:00", "reason": "Practices asked for another week."}}
    }
  }
}"#;
}

/// A consultation is closed. Subject: the consultation.
/// Source: NHS Act 2006, section 14Z2 (public involvement).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ConsultationClosed {
    /// When.
    pub closed_at: Instant,
    /// Responses on time, where the source counts them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_time: Option<u32>,
    /// Responses that came late and were kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late: Option<u32>,
}

impl Facts for ConsultationClosed {
    const EXAMPLE: &'static str = r#"{
  "type": "ConsultationClosed",
  "subject": "consultation/nottinghamshire-2019",
  "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "consultation_lead", "body": "body/04K"}],
    "facts": {
      "closed_at": "2019-06-17T09:00:00+01:00",
      // Responses, where they were counted.
      "on_time": 231,
      "late": 2
    }
  }
}"#;
}
