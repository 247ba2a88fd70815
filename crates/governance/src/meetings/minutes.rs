//! Minutes: drafted, and approved by a later sitting.

use super::convening::Part;
use crate::act::Facts;
use crate::{BodyId, Document, MeetingId, PDate, Sealable};
use serde::{Deserialize, Serialize};

/// A decision as minutes name it: what a body decided under an item.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Minuted {
    /// The reference of the item.
    pub item: String,
    /// The body that decided.
    pub body: BodyId,
}

/// Minutes of a meeting are drafted. Subject: the meeting. Repeating it revises the draft; approved minutes change only
/// by a later meeting's decision. Source: standing orders (NHS Act 2006, Schedule 1A for CCGs, Schedule 1B for ICBs).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MinutesDrafted {
    /// Of which part: public and private minutes are apart.
    pub part: Part,
    /// The draft.
    pub document: Document,
    /// When it was drafted.
    pub drafted_on: PDate,
    /// Every decision that it holds; the book is held against them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decisions: Vec<Minuted>,
    /// For minutes that were approved: the later meeting that decided to change them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<MeetingId>,
}

impl Facts for MinutesDrafted {
    const EXAMPLE: &'static str = r#"{
  "type": "MinutesDrafted",
  "subject": "meeting/notts-2019-07-04",
  "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}],
    "facts": {
      // public, private: each part has minutes of its own.
      "part": "public",
      // Held: also sha256, bytes and media_type.
      "document": {"title": "Draft minutes, 4 July 2019, public part", "held": false},
      "drafted_on": "2019-07-10",
      // Every decision that the minutes hold.
      "decisions": [{"item": "GB/19/076", "body": "body/04K"}, {"item": "GB/19/076", "body": "body/04N"}]
      // For approved minutes that a later meeting decided to change: "changed_at": "meeting/.."
    }
  }
}"#;
}

/// A body, or its successor, approves minutes at a later sitting. Subject: the meeting whose minutes they are. The chair
/// signs. Source: standing orders (NHS Act 2006, Schedule 1A for CCGs, Schedule 1B for ICBs).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MinutesApproved {
    /// Of which part.
    pub part: Part,
    /// The body that approves: one that met, or its successor.
    pub body: BodyId,
    /// The sitting at which it does.
    pub at_meeting: MeetingId,
    /// When.
    pub approved_on: PDate,
    /// The minutes as approved and signed.
    pub document: Document,
    /// What was corrected in the draft.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<Sealable>,
}

impl Facts for MinutesApproved {
    const EXAMPLE: &'static str = r#"{
  "type": "MinutesApproved",
  // The meeting whose minutes are approved.
  "subject": "meeting/notts-2019-07-04",
  "data": {
    // The secretary; the chair countersigns: add {"capacity": "chair", "body": "body/04K"}.
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}],
    "facts": {
      "part": "public",
      // Each body approves for itself; a successor approves for its predecessors.
      "body": "body/04K",
      "at_meeting": "meeting/notts-2019-09-05",
      "approved_on": "2019-09-05",
      "document": {"title": "Minutes, 4 July 2019, public part", "held": false},
      // May be left out.
      "corrections": ["Page 3: the vote was nine to one."]
    }
  }
}"#;
}
