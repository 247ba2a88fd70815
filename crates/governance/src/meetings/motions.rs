//! What is moved, and voted on.

use crate::act::Facts;
use crate::constitutions::VoteMethod;
use crate::decisions::Votes;
use crate::words::words;
use crate::{BodyId, PersonId, Seal, Sealable};
use serde::{Deserialize, Serialize};

/// A motion or an amendment is moved, or withdrawn. Subject: the meeting. Source: standing orders (NHS Act 2006,
/// Schedule 1A).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MotionMoved {
    /// Under which item.
    pub item: String,
    /// In which body.
    pub body: BodyId,
    /// A short name for it, under which it is voted on.
    pub motion: String,
    /// Its text.
    pub text: Sealable,
    /// Who proposed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposer: Option<PersonId>,
    /// Who seconded it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconder: Option<PersonId>,
    /// The motion that it amends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amends: Option<String>,
    /// Why it was withdrawn, where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<Sealable>,
}

impl Facts for MotionMoved {
    const EXAMPLE: &'static str = r#"{
  "type": "MotionMoved",
  "subject": "meeting/notts-2019-07-04",
  "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}],
    "facts": {
      "item": "GB/19/076",
      "body": "body/04K",
      // A short name, under which it is voted on and decided.
      "motion": "amended",
      "text": "To apply, with a review after two years.",
      // All of the following may be left out.
      "proposer": "person/5e0a91c4d27f",
      "seconder": "person/77b2c1f0aa43",
      "amends": "original"
      // When it is withdrawn, repeat it with the reason: "withdrawn": ".."
    }
  }
}"#;
}

/// How somebody voted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Ballot {
    /// For the motion.
    For,
    /// Against it.
    Against,
    /// Neither.
    Abstained,
}

words!(Ballot: For = "for", Against = "against", Abstained = "abstained");

/// The vote of one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NamedVote {
    /// Who.
    pub person: PersonId,
    /// How.
    pub vote: Ballot,
}

/// Who voted how: in the clear, which rules read, or sealed, which they do not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(
    untagged,
    expecting = "found something else; needed a list of {\"person\": .., \"vote\": ..}, or {\"sealed\": \"..\"} with its digest"
)]
pub enum NamedVotes {
    /// Published for ever.
    Clear(Vec<NamedVote>),
    /// Only the digest is in the book.
    Sealed(Seal),
}

impl NamedVotes {
    /// Those in the clear.
    pub fn clear(&self) -> &[NamedVote] {
        match self {
            NamedVotes::Clear(votes) => votes,
            NamedVotes::Sealed(_seal) => &[],
        }
    }
}

/// A body votes on a motion. Subject: the meeting. Source: standing orders (NHS Act 2006, Schedule 1A for CCGs, Schedule
/// 1B for ICBs).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct VoteTaken {
    /// Under which item.
    pub item: String,
    /// Which body.
    pub body: BodyId,
    /// The motion, where there are several under the item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub motion: Option<String>,
    /// How.
    pub method: VoteMethod,
    /// What was counted; absent where nobody counted: a consensus.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub votes: Option<Votes>,
    /// Who voted how.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named: Option<NamedVotes>,
    /// Why the same motion is put again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub put_again: Option<Sealable>,
}

impl Facts for VoteTaken {
    const EXAMPLE: &'static str = r#"{
  "type": "VoteTaken",
  "subject": "meeting/notts-2019-07-04",
  "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}],
    "facts": {
      "item": "GB/19/076",
      // Each body votes for itself.
      "body": "body/04K",
      // consensus, show_of_hands, named, electronic, written.
      "method": "named",
      // "conflicted": who did not vote because of a conflict of interest. Leave votes out for a consensus.
      "votes": {"for": 1, "against": 0, "abstained": 1, "conflicted": 0},
      // May be left out, or be {"sealed": "<SHA-256 of the disclosure>"}.
      "named": [
        {"person": "person/5e0a91c4d27f", "vote": "for"},
        {"person": "person/77b2c1f0aa43", "vote": "abstained"}
      ]
      // If need be: "motion": "amended", "put_again": "The count was disputed."
    }
  }
}"#;
}
