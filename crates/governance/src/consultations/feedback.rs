//! What is stated of what people answer, what is made of it, and what they are told.

use crate::act::Facts;
use crate::{BodyId, Document, Instant, PDate, Sealable};
use serde::{Deserialize, Serialize};

/// An answer to one of the questions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct QuestionAnswer {
    /// The number of the question, from 1.
    pub question: u32,
    /// What was answered.
    pub answer: Sealable,
}

/// A response arrives, or a batch of them that is counted as one. Subject: the consultation. Source: NHS Act
/// 2006, section 14Z2 (public involvement). One that is late is kept; that it is late follows from its moment.
/// The same reference again revises it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ResponseRecorded {
    /// A reference within the consultation, for the response or the batch.
    pub reference: String,
    /// When it was received; for a batch, when the last of it was.
    pub received_at: Instant,
    /// How many responses a batch holds, at least 1; absent: it is a single one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// Who answers, by kind: a member practice, a council, a patient.
    pub respondent_kind: String,
    /// Who answers, if they are named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub respondent: Option<Sealable>,
    /// What is answered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<QuestionAnswer>,
}

impl Facts for ResponseRecorded {
    const EXAMPLE: &'static str = r#"{
  "type": "ResponseRecorded",
  "subject": "consultation/nottinghamshire-2019",
  "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "consultation_lead", "body": "body/04K"}],
    "facts": {
      "reference": "letters-2",
      // The moment decides whether it is on time: it is kept in any case. For a batch, that of the last.
      "received_at": "2019-06-17T08:59:59+01:00",
      // Leave count out for a single response.
      "count": 14,
      "respondent_kind": "member practice",
      // The answers of a single response; each may be {"sealed": "<SHA-256 of the disclosure>"}, like its respondent.
      "answers": [{"question": 1, "answer": "Yes."}]
    }
  }
}"#;
}

/// People were met about what is consulted on. Subject: the consultation.
/// Source: NHS Act 2006, section 14Z2 (public involvement).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EngagementHeld {
    /// When.
    pub held_on: PDate,
    /// With whom.
    pub audience: String,
    /// In which form, or where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    /// How many came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attendees: Option<u32>,
}

impl Facts for EngagementHeld {
    const EXAMPLE: &'static str = r#"{
  "type": "EngagementHeld",
  "subject": "consultation/nottinghamshire-2019",
  "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "consultation_lead", "body": "body/04K"}],
    "facts": {
      "held_on": "2019-05-21",
      "audience": "Member practices",
      "form": "Public meeting",
      "attendees": 32
    }
  }
}"#;
}

/// Somebody independent is to evaluate the responses. Subject: the consultation.
/// Source: NHS Act 2006, section 14Z2 (public involvement).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EvaluatorAppointed {
    /// When.
    pub appointed_on: PDate,
    /// Who, where it is stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Sealable>,
    /// The body that evaluates, if it is one that the book knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<BodyId>,
    /// What the evaluator says of conflicts of interest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conflicts: Option<Sealable>,
}

impl Facts for EvaluatorAppointed {
    const EXAMPLE: &'static str = r#"{
  "type": "EvaluatorAppointed",
  "subject": "consultation/nottinghamshire-2019",
  "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "consultation_lead", "body": "body/04K"}],
    "facts": {
      // A day, or {"written": "April 2019", "earliest": "2019-04-01", "latest": "2019-04-30"}.
      "appointed_on": "2019-05-15",
      // Where it is stated; body instead of it, or beside it, if the book knows the evaluator as a body.
      "name": "A university",
      "conflicts": "None declared."
    }
  }
}"#;
}

/// What was answered to one question, as the evaluation counts it. A share is a whole percentage of those who
/// answered, as the source rounds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct QuestionResult {
    /// The number of the question, from 1.
    pub question: u32,
    /// The share that supports it, in percent.
    pub support_percent: u32,
    /// The share that opposes it, in percent, where it is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oppose_percent: Option<u32>,
    /// How many answered, where it is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<u32>,
}

/// The evaluation of the responses is published. Subject: the consultation.
/// Source: NHS Act 2006, section 14Z2 (public involvement).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EvaluationPublished {
    /// When.
    pub published_on: PDate,
    /// The report.
    pub report: Document,
    /// Question by question.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub results: Vec<QuestionResult>,
}

impl Facts for EvaluationPublished {
    const EXAMPLE: &'static str = r#"{
  "type": "EvaluationPublished",
  "subject": "consultation/nottinghamshire-2019",
  "data": {
    // The evaluator signs, or whoever leads the consultation.
    "standing": "own_act",
    "signatories": [{"capacity": "evaluator"}],
    "facts": {
      "published_on": "2019-06-28",
      "report": {"title": "Evaluation of the responses", "held": false},
      // Whole percentages of those who answered the question.
      "results": [{"question": 1, "support_percent": 68, "answered": 245}, {"question": 2, "support_percent": 16}]
    }
  }
}"#;
}

/// Those who were consulted are told what became of it. Subject: the consultation.
/// Source: NHS Act 2006, section 14Z2 (public involvement).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ConsultationAnswered {
    /// When.
    pub answered_on: PDate,
    /// The answer.
    pub document: Document,
}

impl Facts for ConsultationAnswered {
    const EXAMPLE: &'static str = r#"{
  "type": "ConsultationAnswered",
  "subject": "consultation/nottinghamshire-2019",
  "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "consultation_lead", "body": "body/04K"}],
    "facts": {
      "answered_on": "2019-07-12",
      "document": {"title": "You said, we did", "held": false}
    }
  }
}"#;
}
