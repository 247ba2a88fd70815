//! The events of constitutions and of the rules that a body gives itself.

use crate::act::Facts;
use crate::people::Office;
use crate::words::words;
use crate::{Document, PDate, Sealable};
use minutebook_log::EventId;
use serde::{Deserialize, Serialize};

/// By what a constitution comes into force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ConstitutionBasis {
    /// The body opens with it (NHS Act 2006, sections 14C, 14G, 14Z25).
    Establishment,
    /// It varies an earlier one (sections 14E, 14F).
    Variation,
}

/// A constitution, or a new version of it, comes into force (NHS Act 2006, Schedule 1A for CCGs, Schedule 1B for ICBs).
/// Subject: the body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ConstitutionAdopted {
    /// The version, as the document names it.
    pub version: String,
    /// The constitution.
    pub document: Document,
    /// The first day in force.
    pub effective: PDate,
    /// By what it comes into force.
    pub basis: ConstitutionBasis,
    /// The decision of the governing body that adopts a variation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<EventId>,
    /// What it changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<Sealable>,
}

impl Facts for ConstitutionAdopted {
    const EXAMPLE: &'static str = r#"{
  "type": "ConstitutionAdopted",
  "subject": "body/04K",
  "data": {
    // The secretary of the body, and NHS England.
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}, {"capacity": "nhs_england"}],
    "facts": {
      "version": "1.0",
      "document": {"title": "Constitution", "held": false},
      "effective": "2013-04-01",
      // establishment; or variation, with the decision of the governing body that adopts it.
      "basis": "establishment",
      "summary": "The first constitution."
    }
  }
}"#;
}

/// How many voting members have to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Minimum {
    /// This many.
    Count(u32),
    /// This part of the voting members, rounded up: 1 of 3, 1 of 2.
    Part {
        /// So many ...
        parts: u32,
        /// ... of so many.
        of: u32,
    },
}

/// When a governing body can decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Quorum {
    /// How many voting members.
    pub minimum: Minimum,
    /// Whether seats that nobody holds count as voting members where a part of them is asked for.
    pub counts_vacancies: bool,
    /// Who has to be among them: of each list, somebody in one of its offices.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub must_include: Vec<Vec<Office>>,
}

/// How votes are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum VoteMethod {
    /// Nobody disagrees.
    Consensus,
    /// Hands are counted.
    ShowOfHands,
    /// Each member's vote is minuted.
    Named,
    /// By a device.
    Electronic,
    /// By writing, between meetings.
    Written,
}

words!(
    VoteMethod:
    Consensus = "consensus",
    ShowOfHands = "show_of_hands",
    Named = "named",
    Electronic = "electronic",
    Written = "written",
);

/// What carries a motion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Majority {
    /// More for than against.
    Simple,
    /// Two thirds of the votes cast, or more.
    TwoThirds,
    /// Three quarters of the votes cast, or more.
    ThreeQuarters,
}

/// How a governing body votes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Voting {
    /// What carries a motion.
    pub majority: Majority,
    /// Whether the chair has a casting vote.
    pub casting_vote: bool,
    /// How votes are usually taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<VoteMethod>,
}

/// What a threshold is a part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ThresholdBasis {
    /// Of those who voted.
    VotesCast,
    /// Of all who could have.
    AllMembers,
}

/// What a ballot of the members has to reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// Of what it is a part.
    pub basis: ThresholdBasis,
    /// So many of a hundred have to be for it, 1 to 100.
    pub percent: u8,
}

/// Who decides on a function under a scheme of reservation and delegation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum SchemeHolder {
    /// It is reserved to the members.
    Members,
    /// The governing body.
    GoverningBody,
    /// A committee, by the slug of its id.
    Committee(String),
    /// Whoever holds an office.
    Office(Office),
}

/// A line of a scheme of reservation and delegation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SchemeEntry {
    /// The function, as the scheme words it.
    pub function: String,
    /// Who decides on it.
    pub holder: SchemeHolder,
    /// Up to how many pounds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_pounds: Option<u64>,
    /// Whether the holder may delegate it onward.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub may_delegate_onward: Option<bool>,
}

/// A scheme of reservation and delegation: what the members keep, and who decides on the rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SchemeOfDelegation {
    /// The scheme.
    pub document: Document,
    /// Its lines, as far as they are entered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<SchemeEntry>,
}

/// A body gives itself rules under its constitution: standing orders, scheme of delegation, standing financial
/// instructions (NHS Act 2006, Schedule 1A, paragraphs 3 to 8). What is not set stays as it was. Subject: the body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct GoverningRulesSet {
    /// The first day on which they hold.
    pub effective: PDate,
    /// When the governing body can decide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quorum: Option<Quorum>,
    /// How it votes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voting: Option<Voting>,
    /// Whether it meets in public (Public Bodies (Admission to Meetings) Act 1960, section 1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meets_in_public: Option<bool>,
    /// How many days before a meeting notice is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice_days: Option<u32>,
    /// What a ballot of the members on a merger has to reach.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merger_ballot: Option<Threshold>,
    /// The scheme of reservation and delegation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheme: Option<SchemeOfDelegation>,
    /// The standing financial instructions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub financial_instructions: Option<Document>,
    /// The decision of the governing body that adopts a scheme or instructions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<EventId>,
}

impl Facts for GoverningRulesSet {
    const EXAMPLE: &'static str = r#"{
  "type": "GoverningRulesSet",
  "subject": "body/04K",
  "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}],
    "facts": {
      "effective": "2013-04-01",
      // Any of the following may be left out, and stays as it was.
      "quorum": {
        // {"count": 5}; or a part of the voting members: a third is {"parts": 1, "of": 3}.
        "minimum": {"part": {"parts": 1, "of": 3}},
        "counts_vacancies": true,
        // Of each list somebody has to be there.
        "must_include": [["lay_member"], ["gp_member", "chair"], ["accountable_officer", "chief_finance_officer"]]
      },
      "voting": {"majority": "simple", "casting_vote": true, "method": "show_of_hands"},
      "meets_in_public": true,
      "notice_days": 7,
      "merger_ballot": {"basis": "votes_cast", "percent": 50},
      // A scheme or instructions need the decision that adopts them: "decision": "<id of its event>".
      "scheme": {
        "document": {"title": "Scheme of reservation and delegation", "held": false},
        "entries": [
          {"function": "Changes to the constitution", "holder": "members"},
          {"function": "Contracts", "holder": {"office": "accountable_officer"}, "limit_pounds": 250000}
        ]
      },
      "decision": "0197e3c2-0000-7000-8000-000000000001"
    }
  }
}"#;
}

/// The registrars adopt a version of the rules of this software for the ledger. Subject: the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RulesAdopted {
    /// The version, from the next entry on.
    pub rules: u64,
}

impl Facts for RulesAdopted {
    const EXAMPLE: &'static str = r#"{
  "type": "RulesAdopted",
  "subject": "ledger",
  "data": {
    // As many registrars as the opening entry asks for.
    "standing": "own_act",
    "signatories": [{"capacity": "registrar"}],
    "facts": {
      "rules": 1
    }
  }
}"#;
}
