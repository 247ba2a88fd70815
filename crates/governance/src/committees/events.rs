//! What is stated of a committee.

use crate::act::Facts;
use crate::words::words;
use crate::{BodyId, Document, PDate, PersonId, Sealable};
use minutebook_log::EventId;
use serde::{Deserialize, Serialize};

/// What a committee is to the bodies that set it up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CommitteeKind {
    /// The governing body itself (NHS Act 2006, section 14L).
    GoverningBody,
    /// A committee of one body: audit, remuneration, primary care commissioning.
    Committee,
    /// A sub-committee of one body.
    Sub,
    /// It advises.
    Advisory,
    /// One committee of several bodies, which exercises their functions (section 14Z3(2A)).
    Joint,
    /// Committees of several bodies at one sitting: each decides for its own body alone.
    InCommon,
}

words!(
    CommitteeKind:
    GoverningBody = "governing_body",
    Committee = "committee",
    Sub = "sub",
    Advisory = "advisory",
    Joint = "joint",
    InCommon = "in_common",
);

impl CommitteeKind {
    /// Whether several bodies set it up.
    pub fn is_of_several(self) -> bool {
        matches!(self, CommitteeKind::Joint | CommitteeKind::InCommon)
    }
}

/// A committee is set up. Subject: `committee/<slug>`. Source: NHS Act 2006, Schedule 1A, paragraph 3 (committees
/// of a body) and section 14Z3 (joint committees, from 1 October 2014).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CommitteeEstablished {
    /// The name.
    pub name: String,
    /// What it is to its parents.
    pub kind: CommitteeKind,
    /// The bodies whose committee it is.
    pub parents: Vec<BodyId>,
    /// The first day.
    pub established_on: PDate,
    /// What it decides on, in the words of its terms of reference.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub functions: Vec<String>,
    /// Whether what it decides binds its parents; absent where the source does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub binding: Option<bool>,
    /// How many voting members make a quorum.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quorum: Option<u32>,
    /// The terms of reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<Document>,
    /// The decisions that set it up, one of each parent: the ids of their events.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decisions: Vec<EventId>,
}

impl Facts for CommitteeEstablished {
    const EXAMPLE: &'static str = r#"{
  "type": "CommitteeEstablished",
  "subject": "committee/nottinghamshire-primary-care",
  "data": {
    // A secretary of each parent.
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}, {"capacity": "secretary", "body": "body/04N"}],
    "facts": {
      "name": "Joint primary care commissioning committee",
      // governing_body, committee, sub, advisory: of one body. joint, in_common: of several.
      "kind": "joint",
      "parents": ["body/04K", "body/04N"],
      "established_on": "2018-04-01",
      // What it decides on, and whether that binds its parents. in_common never binds jointly.
      "functions": ["commissioning primary medical services"],
      "binding": true,
      // The following may be left out.
      "quorum": 4,
      "terms": {"title": "Terms of reference", "held": false},
      // One decision of each parent, by the id of its event.
      "decisions": ["0197e3c2-0000-7000-8000-000000000001", "0197e3c2-0000-7000-8000-000000000002"]
    }
  }
}"#;
}

/// As what somebody sits on a committee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CommitteeRole {
    /// In the chair.
    Chair,
    /// In the chair's place.
    DeputyChair,
    /// As a member who votes.
    Member,
    /// As a member who does not vote.
    NonVoting,
}

words!(
    CommitteeRole:
    Chair = "chair",
    DeputyChair = "deputy_chair",
    Member = "member",
    NonVoting = "non_voting",
);

/// What changes about a committee.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum CommitteeChange {
    /// The body joins it.
    BodyJoined,
    /// The body leaves it.
    BodyLeft,
    /// Somebody sits on it for the body.
    MemberAppointed {
        /// Who.
        person: PersonId,
        /// As what.
        role: CommitteeRole,
    },
    /// Somebody sits on it no more.
    MemberRemoved {
        /// Who.
        person: PersonId,
    },
    /// It has other terms of reference; what is absent stays.
    TermsVaried {
        /// What it decides on.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        functions: Vec<String>,
        /// How many voting members make a quorum.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        quorum: Option<u32>,
        /// The terms of reference.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        terms: Option<Document>,
    },
}

impl CommitteeChange {
    /// The word for it in events and answers.
    pub fn as_str(&self) -> &'static str {
        match self {
            CommitteeChange::BodyJoined => "body_joined",
            CommitteeChange::BodyLeft => "body_left",
            CommitteeChange::MemberAppointed { .. } => "member_appointed",
            CommitteeChange::MemberRemoved { .. } => "member_removed",
            CommitteeChange::TermsVaried { .. } => "terms_varied",
        }
    }
}

/// Who is on a committee changes, or its terms do. Subject: `committee/<slug>`. Source: the committee's terms of
/// reference; NHS Act 2006, Schedule 1A, paragraph 3, and Schedule 1B, paragraph 11.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CommitteeMembershipChanged {
    /// The body that joins or leaves, or for which somebody sits, or that varies the terms.
    pub body: BodyId,
    /// What changes.
    pub change: CommitteeChange,
    /// The first day on which it holds.
    pub effective: PDate,
    /// The decision of the body, by the id of its event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<EventId>,
}

impl Facts for CommitteeMembershipChanged {
    const EXAMPLE: &'static str = r#"{
  "type": "CommitteeMembershipChanged",
  "subject": "committee/nottinghamshire-primary-care",
  "data": {
    // The secretary of the body that is named.
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04M"}],
    "facts": {
      // The body that joins or leaves, or for which somebody sits.
      "body": "body/04M",
      // One of "body_joined", "body_left", or:
      //   {"member_appointed": {"person": "person/..", "role": "chair|deputy_chair|member|non_voting"}}
      //   {"member_removed": {"person": "person/.."}}
      //   {"terms_varied": {"functions": [".."], "quorum": 4, "terms": {"title": "..", "held": false}}}
      "change": "body_joined",
      "effective": "2018-10-01",
      // The decision of the body, by the id of its event: needed where a body joins or leaves.
      "decision": "0197e3c2-0000-7000-8000-000000000003"
    }
  }
}"#;
}

/// A committee ends. Subject: `committee/<slug>`. Source: NHS Act 2006, Schedule 1A, paragraph 3, and Schedule 1B, paragraph 11; the committee's
/// terms of reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CommitteeDissolved {
    /// The bodies that end it: all whose committee it is.
    pub parents: Vec<BodyId>,
    /// The first day on which it is no more.
    pub effective: PDate,
    /// Why, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealable>,
    /// The decisions that end it, by the ids of their events.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decisions: Vec<EventId>,
}

impl Facts for CommitteeDissolved {
    const EXAMPLE: &'static str = r#"{
  "type": "CommitteeDissolved",
  "subject": "committee/nottinghamshire-primary-care",
  "data": {
    // A secretary of each parent.
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}, {"capacity": "secretary", "body": "body/04N"}],
    "facts": {
      "parents": ["body/04K", "body/04N"],
      "effective": "2020-04-01",
      // The following may be left out.
      "reason": "The bodies merge.",
      "decisions": ["0197e3c2-0000-7000-8000-000000000004"]
    }
  }
}"#;
}
