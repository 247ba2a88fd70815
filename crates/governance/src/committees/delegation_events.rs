//! What is stated of a delegation.

use crate::act::Facts;
use crate::people::Office;
use crate::words::words;
use crate::{BodyId, CommitteeId, DelegationId, PDate, PartnershipId, Sealable};
use minutebook_log::{EventId, Subject};
use serde::{Deserialize, Serialize};
use std::fmt;

/// To whom functions are delegated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Delegate {
    /// To a committee.
    Committee(CommitteeId),
    /// To whoever holds an office.
    Officer {
        /// Of which body.
        body: BodyId,
        /// The office.
        office: Office,
    },
    /// To another body.
    Body(BodyId),
    /// To a partnership, which in law can hold nothing: it is kept as stated, and has no effect.
    Partnership(PartnershipId),
}

impl Delegate {
    /// Under which name it is found.
    pub fn subject(&self) -> &Subject {
        match self {
            Delegate::Committee(id) => id.subject(),
            Delegate::Officer { body, .. } | Delegate::Body(body) => body.subject(),
            Delegate::Partnership(id) => id.subject(),
        }
    }

    /// The body that it is, or whose officer.
    pub fn body(&self) -> Option<&BodyId> {
        match self {
            Delegate::Officer { body, .. } | Delegate::Body(body) => Some(body),
            Delegate::Committee(_) | Delegate::Partnership(_) => None,
        }
    }
}

impl fmt::Display for Delegate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Delegate::Officer { body, office } => write!(f, "{} of {body}", office.as_str()),
            other => other.subject().fmt(f),
        }
    }
}

/// What permits a delegation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DelegationBasis {
    /// A decision of the body that delegates, by the id of its event.
    Decision(EventId),
    /// Its scheme of reservation and delegation; which version or paragraph.
    Scheme(String),
    /// A statute; which provision.
    Statute(String),
}

/// Whether the delegate may delegate further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Onward {
    /// It may.
    Allowed,
    /// It may not.
    Forbidden,
}

/// What becomes of a delegation when the body that granted it, or the body that has it, is succeeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OnSuccession {
    /// It ends with the body.
    Lapses,
    /// It goes on with the successor, if there is only one.
    Survives,
}

words!(OnSuccession: Lapses = "lapses", Survives = "survives");

/// A body lets another decide on some of its functions. Subject: `delegation/<slug>`. Source: NHS Act 2006,
/// Schedule 1A, paragraph 3, sections 13Z and 14Z3, and 65Z5 from July 2022; the body's scheme of delegation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DelegationGranted {
    /// The body that delegates.
    pub from: BodyId,
    /// To whom.
    pub to: Delegate,
    /// Which functions, in the words of the scheme or the agreement.
    pub functions: Vec<String>,
    /// Up to how many pounds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_pounds: Option<u64>,
    /// Under which conditions, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<String>,
    /// Whether the delegate may delegate further.
    pub onward: Onward,
    /// What permits it.
    pub basis: DelegationBasis,
    /// The delegation under which the body has these functions itself, where it delegates onward.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub under: Option<DelegationId>,
    /// The first day.
    pub effective: PDate,
    /// The first day on which it is over, where that is agreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<PDate>,
    /// What becomes of it when a body is succeeded.
    pub on_succession: OnSuccession,
}

impl Facts for DelegationGranted {
    const EXAMPLE: &'static str = r#"{
  "type": "DelegationGranted",
  "subject": "delegation/04K-primary-care",
  "data": {
    // The secretary of the body that delegates; nhs_england with its body for a delegation of NHS England.
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}],
    "facts": {
      "from": "body/04K",
      // {"committee": "committee/.."}, {"body": "body/.."}, {"officer": {"body": "body/..", "office": ".."}}.
      "to": {"officer": {"body": "body/04K", "office": "accountable_officer"}},
      "functions": ["contracts"],
      // The following may be left out.
      "limit_pounds": 250000,
      "conditions": ["Reported to the next meeting"],
      // allowed, forbidden.
      "onward": "forbidden",
      // {"decision": "<id of its event>"}, {"scheme": "<paragraph>"}, {"statute": "<provision>"}.
      "basis": {"scheme": "Scheme of reservation and delegation, paragraph 4.2"},
      // The delegation under which the body has the function itself, if it delegates onward.
      "under": "delegation/primary-care-04K",
      "effective": "2018-04-01",
      "until": "2020-04-01",
      // When a body is succeeded: lapses, survives.
      "on_succession": "lapses"
    }
  }
}"#;
}

/// A delegation is taken back. Subject: `delegation/<slug>`. Source: the body's scheme of delegation; NHS Act 2006,
/// Schedule 1A, paragraph 3.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DelegationRevoked {
    /// The body that takes it back: the one that granted it, or its successor.
    pub by: BodyId,
    /// The first day on which it is over.
    pub effective: PDate,
    /// Why, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealable>,
}

impl Facts for DelegationRevoked {
    const EXAMPLE: &'static str = r#"{
  "type": "DelegationRevoked",
  "subject": "delegation/04K-primary-care",
  "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}],
    "facts": {
      "by": "body/04K",
      "effective": "2019-04-01",
      // May be left out.
      "reason": "The joint committee decides from now on."
    }
  }
}"#;
}
