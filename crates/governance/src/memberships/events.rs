//! What is stated about member practices.

use crate::act::Facts;
use crate::words::words;
use crate::{BodyId, PDate, Sealable};
use serde::{Deserialize, Serialize};

/// Whether a practice comes or goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PracticeMove {
    /// It comes.
    Admitted,
    /// It goes.
    Departed,
}

words!(PracticeMove: Admitted = "admitted", Departed = "departed");

/// A practice becomes a member of a commissioner, or is one no more. Subject: the commissioner. Source: NHS Act
/// 2006, section 14A(1), and the body's constitution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MembershipChanged {
    /// The practice.
    pub practice: BodyId,
    /// Whether it comes or goes.
    pub change: PracticeMove,
    /// The first day on which it holds.
    pub effective: PDate,
    /// Where it practises, in words: a ward, an area.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Why, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealable>,
}

impl Facts for MembershipChanged {
    const EXAMPLE: &'static str = r#"{
  "type": "MembershipChanged",
  // The commissioner.
  "subject": "body/04K",
  "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}],
    "facts": {
      "practice": "body/C84001",
      // admitted, departed.
      "change": "admitted",
      "effective": "2013-04-01",
      // The following may be left out.
      "place": "Bulwell",
      "reason": "A new practice."
    }
  }
}"#;
}
