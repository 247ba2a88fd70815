//! What is stated of a partnership.

use crate::act::Facts;
use crate::words::words;
use crate::{BodyId, PDate, PartnershipId, PersonId, Sealable};
use serde::{Deserialize, Serialize};

/// What a partnership is called by those who invented its kind. None of them is a body in law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PartnershipKind {
    /// Sustainability and transformation partnership.
    Stp,
    /// Integrated care system, before July 2022.
    Ics,
    /// Accountable care system.
    Acs,
    /// Integrated care provider: an alliance of providers for a place.
    IcpProvider,
    /// Integrated care partnership.
    IcpPartnership,
    /// Primary care network.
    Pcn,
    /// Transformation partnership.
    Transformation,
    /// Alliance.
    Alliance,
    /// Bodies that work jointly without a name for it.
    JointWorking,
    /// ICBs under shared leaders, from 2025.
    Cluster,
}

words!(
    PartnershipKind:
    Stp = "stp",
    Ics = "ics",
    Acs = "acs",
    IcpProvider = "icp_provider",
    IcpPartnership = "icp_partnership",
    Pcn = "pcn",
    Transformation = "transformation",
    Alliance = "alliance",
    JointWorking = "joint_working",
    Cluster = "cluster",
);

/// As what a body belongs to a partnership.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MemberStatus {
    /// As a member like any other.
    Full,
    /// Beside the members.
    Associate,
    /// Without a say.
    Observer,
}

words!(MemberStatus: Full = "full", Associate = "associate", Observer = "observer");

/// A body in a partnership from its beginning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PartnershipMember {
    /// The body.
    pub body: BodyId,
    /// As what it belongs to it.
    pub status: MemberStatus,
}

/// Bodies agree to work together. Subject: `partnership/<slug>`. Repeating it revises it. It has no legal
/// effect: a partnership can hold no statutory function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PartnershipFormed {
    /// The name.
    pub name: String,
    /// What it is called.
    pub kind: PartnershipKind,
    /// Since when; absent where the source does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub formed_on: Option<PDate>,
    /// What it is for, in the words of the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Sealable>,
    /// The area that it covers, in the words of the source: not a unit of area.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub footprint: Option<String>,
    /// How many such partnerships there are in the country, where the source counts them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub one_of: Option<u32>,
    /// The bodies in it from the beginning, where they are named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<PartnershipMember>,
    /// The partnerships that together are this one, where they are named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<PartnershipId>,
}

impl Facts for PartnershipFormed {
    const EXAMPLE: &'static str = r#"{
  "type": "PartnershipFormed",
  "subject": "partnership/greater-nottingham-commissioning",
  "data": {
    // own_act by the partnership's secretary; own_document or third_party with the capacity importer.
    "standing": "own_act",
    "signatories": [{"capacity": "partnership_secretary"}],
    "facts": {
      "name": "Greater Nottingham Clinical Commissioning Partnership",
      // stp, ics, acs, icp_provider, icp_partnership, pcn, transformation, alliance, joint_working, cluster.
      "kind": "joint_working",
      // All of the following may be left out.
      "formed_on": {"written": "April 2018", "earliest": "2018-04-01", "latest": "2018-04-30"},
      "purpose": "To commission together.",
      "footprint": "Greater Nottingham",
      "one_of": 44,
      // full, associate, observer.
      "members": [{"body": "body/04K", "status": "full"}, {"body": "body/04N", "status": "full"}],
      "components": ["partnership/nottingham-city-alliance"]
    }
  }
}"#;
}

/// What changes about a partnership.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum PartnershipChange {
    /// It has another name.
    Renamed {
        /// The name that it had.
        was: String,
        /// The name that it has.
        now: String,
    },
    /// It is of another kind: an accountable care system becomes an integrated care system.
    Transformed {
        /// The kind that it was of.
        was: PartnershipKind,
        /// The kind that it is of.
        now: PartnershipKind,
    },
    /// NHS England names it for a scheme.
    Designated {
        /// The scheme or title, in the words of the source.
        designation: String,
        /// How many were named with it, itself counted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cohort: Option<u32>,
        /// The wave, in the words of the source (`first`).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        wave: Option<String>,
        /// Who named it, in the words of the source.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<Sealable>,
    },
    /// It is part of another partnership.
    Nested {
        /// The other.
        within: PartnershipId,
    },
    /// Somebody leads it.
    LeadNamed {
        /// Who.
        person: PersonId,
        /// As what, in the words of the source.
        title_as_written: String,
    },
    /// It ends.
    Dissolved {
        /// Why, in words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Sealable>,
    },
}

impl PartnershipChange {
    /// The word for it in events and answers.
    pub fn as_str(&self) -> &'static str {
        match self {
            PartnershipChange::Renamed { .. } => "renamed",
            PartnershipChange::Transformed { .. } => "transformed",
            PartnershipChange::Designated { .. } => "designated",
            PartnershipChange::Nested { .. } => "nested",
            PartnershipChange::LeadNamed { .. } => "lead_named",
            PartnershipChange::Dissolved { .. } => "dissolved",
        }
    }
}

/// Something changes about a partnership. Subject: `partnership/<slug>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PartnershipChanged {
    /// What changes.
    pub change: PartnershipChange,
    /// Since when; for a lead, the day on which the source saw them. Absent where the source does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<PDate>,
}

impl Facts for PartnershipChanged {
    const EXAMPLE: &'static str = r#"{
  "type": "PartnershipChanged",
  "subject": "partnership/greater-nottingham",
  "data": {
    // A designation is NHS England's act, all others are the partnership's secretary's.
    "standing": "own_act",
    "signatories": [{"capacity": "nhs_england"}],
    "facts": {
      // One of:
      //   {"renamed": {"was": "..", "now": ".."}}
      //   {"transformed": {"was": "acs", "now": "ics"}}
      //   {"designated": {"designation": "..", "cohort": 8, "wave": "first", "by": ".."}}
      //   {"nested": {"within": "partnership/.."}}
      //   {"lead_named": {"person": "person/..", "title_as_written": ".."}}
      //   {"dissolved": {"reason": ".."}}
      "change": {"designated": {"designation": "accountable care system", "cohort": 8}},
      // May be left out where the source does not say.
      "effective": {"written": "15 June (year not stated)"}
    }
  }
}"#;
}

/// Whether a body comes or goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MembershipMove {
    /// It comes.
    Joined,
    /// It goes.
    Left,
}

words!(MembershipMove: Joined = "joined", Left = "left");

/// A body joins a partnership, or leaves it. Subject: `partnership/<slug>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PartnershipMembershipChanged {
    /// The body.
    pub body: BodyId,
    /// Whether it comes or goes.
    pub change: MembershipMove,
    /// As what it belongs to it.
    pub status: MemberStatus,
    /// Since when; absent where the source only lists it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<PDate>,
}

impl Facts for PartnershipMembershipChanged {
    const EXAMPLE: &'static str = r#"{
  "type": "PartnershipMembershipChanged",
  "subject": "partnership/nottinghamshire-stp",
  "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "partnership_secretary"}],
    "facts": {
      "body": "body/02Q",
      // joined, left.
      "change": "joined",
      // full, associate, observer.
      "status": "associate",
      // May be left out where a source only lists the members.
      "effective": "2016-04-01"
    }
  }
}"#;
}
