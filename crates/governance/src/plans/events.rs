//! What is stated of plans, and what is merely said.

use crate::act::Facts;
use crate::figures::Quantity;
use crate::people::Office;
use crate::words::words;
use crate::{IntentionId, PDate, Sealable};
use minutebook_log::{EventId, Subject};
use serde::{Deserialize, Serialize};

/// How sure the source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Mood {
    /// It is proposed.
    Proposed,
    /// It is planned.
    Planned,
    /// It is expected.
    Expected,
    /// It depends on conditions.
    Conditional,
}

words!(Mood: Proposed = "proposed", Planned = "planned", Expected = "expected", Conditional = "conditional");

/// Something is intended. Subject: the intention.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct IntentionRecorded {
    /// The type of event that is intended (`ReorganisationEffected`), or `other`.
    pub intends: String,
    /// How sure the source is.
    pub mood: Mood,
    /// Whom and what it concerns.
    pub about: Vec<Subject>,
    /// When it is to happen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<PDate>,
    /// When it was stated: it is none before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stated_on: Option<PDate>,
    /// What it depends on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<String>,
    /// The words of the source, or of the body.
    pub wording: Sealable,
    /// The numbers that it names: -200 beds, around 20 networks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quantities: Vec<Quantity>,
    /// The posts that it would create.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub posts: Vec<PlannedPost>,
    /// The type of event that has to wait for it (`RecruitmentOpened`), or `other`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gates: Option<String>,
}

/// Posts that are planned: nobody holds them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PlannedPost {
    /// What the source calls it.
    pub title: String,
    /// How many, at least 1.
    pub count: u32,
    /// The office that it would be, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub office: Option<Office>,
    /// Whose post it would be, where it is not of those whom the intention is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Subject>,
}

impl Facts for IntentionRecorded {
    const EXAMPLE: &'static str = r#"{
  "type": "IntentionRecorded",
  "subject": "intention/nottinghamshire-merger-april-2020",
  "data": {
    // own_document for a body's own paper, third_party for the press; register with the capacity register.
    "standing": "own_document",
    "signatories": [{"capacity": "importer"}],
    "facts": {
      // The type of event that is intended, or other.
      "intends": "ReorganisationEffected",
      // proposed, planned, expected, conditional.
      "mood": "proposed",
      // Whom or what it concerns.
      "about": ["body/04K", "merger/nottinghamshire-2019"],
      "when": {"written": "April 2020", "earliest": "2020-04-01", "latest": "2020-04-30"},
      // The day from which it is one, where the source says.
      "stated_on": "2019-04-25",
      "conditions": ["NHS England approves"],
      "wording": "We are proposing to merge our CCGs in April 2020.",
      // All of the following may be left out.
      "quantities": [{"at_least": 330000, "at_most": 700000, "unit": "people", "approximate": true}],
      "posts": [{"title": "Managing director", "count": 2, "office": "managing_director"}],
      // The type of event that has to wait for it.
      "gates": "ApplicationSubmitted"
    }
  }
}"#;
}

/// Somebody said something. Subject: the statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StatementRecorded {
    /// Who, as the source names them.
    pub speaker: Sealable,
    /// What was said.
    pub text: Sealable,
    /// Whom and what it concerns.
    pub about: Vec<Subject>,
    /// As what they speak, as the source has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Sealable>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said_on: Option<PDate>,
    /// How sure they are, where it is not said as a fact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mood: Option<Mood>,
    /// The statements and intentions that it does not go together with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contradicts: Vec<Subject>,
}

impl Facts for StatementRecorded {
    const EXAMPLE: &'static str = r#"{
  "type": "StatementRecorded",
  "subject": "statement/nottinghamshire-2019-leadership",
  "data": {
    // own_document for a body's own paper, third_party for the press; register with the capacity register.
    "standing": "own_document",
    "signatories": [{"capacity": "importer"}],
    "facts": {
      // May be {"sealed": "<SHA-256 of the disclosure>"}, like the text.
      "speaker": "The six CCGs",
      "text": "We now have a single leadership team.",
      "about": ["body/04K", "body/04N"],
      // All of the following may be left out.
      "role": "the governing bodies, jointly",
      "said_on": {"written": "2019", "earliest": "2019-01-01", "latest": "2019-12-31"},
      // proposed, planned, expected, conditional: where it is not said as a fact.
      "mood": "planned",
      // The statements and intentions that it does not go together with.
      "contradicts": ["intention/nottinghamshire-leadership"]
    }
  }
}"#;
}

/// What became of an intention, where somebody says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// What was intended happened.
    Met,
    /// Nothing came of it.
    Lapsed,
    /// Something else happened, or was decided.
    Contradicted,
}

words!(Fate: Met = "met", Lapsed = "lapsed", Contradicted = "contradicted");

/// Somebody says what became of an intention. Subject: the intention.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct IntentionResolved {
    /// What became of it.
    pub fate: Fate,
    /// When.
    pub resolved_on: PDate,
    /// The event that met or contradicted it, where the book has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<EventId>,
    /// The intention that takes its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<IntentionId>,
    /// Why, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealable>,
}

impl Facts for IntentionResolved {
    const EXAMPLE: &'static str = r#"{
  "type": "IntentionResolved",
  "subject": "intention/nottinghamshire-merger-april-2020",
  "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}],
    "facts": {
      // met, lapsed, contradicted.
      "fate": "contradicted",
      "resolved_on": "2019-07-04",
      // All of the following may be left out.
      "by": "0197e3c2-0000-7000-8000-000000000001",
      "replaced_by": "intention/nottinghamshire-merger-april-2021",
      "reason": "The governing bodies decided to wait a year."
    }
  }
}"#;
}
