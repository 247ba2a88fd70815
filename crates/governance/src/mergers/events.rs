//! What is stated of a merger after it was proposed.

use crate::act::{Facts, Need, Statement};
use crate::decisions::{Choice, DecisionRecorded, Effect};
use crate::words::words;
use crate::{BodyId, Document, MergerId, PDate, PersonId, Sealable};
use minutebook_log::Subject;
use serde::{Deserialize, Serialize};

/// What is applied for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ApplicationKind {
    /// To be dissolved and become one (section 14G).
    Merger,
    /// To vary a constitution, with it a name, members or an area (section 14E).
    Variation,
    /// To be dissolved (section 14H).
    Dissolution,
}

words!(ApplicationKind: Merger = "merger", Variation = "variation", Dissolution = "dissolution");

/// An application to NHS England. Subject: the merger; an application to vary a constitution or to be dissolved
/// has a subject of that kind to itself. Source: NHS Act 2006, sections 14E, 14G and 14H.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ApplicationSubmitted {
    /// What is applied for; absent: a merger.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<ApplicationKind>,
    /// The number of the application on this proposal, from 1.
    pub number: u32,
    /// The bodies that apply.
    pub applicants: Vec<BodyId>,
    /// To whom.
    pub to: String,
    /// When.
    pub submitted_on: PDate,
    /// The day on which it is to take effect.
    pub requested_effective: PDate,
    /// The name that the successor is to have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed_name: Option<String>,
    /// The proposed constitution (section 14G(2)(a)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub constitution: Option<Document>,
    /// The person whom NHS England is asked to appoint as accountable officer (section 14G(2)(b)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accountable_officer: Option<PersonId>,
}

impl ApplicationSubmitted {
    /// What is applied for.
    pub fn kind(&self) -> ApplicationKind {
        self.kind.unwrap_or(ApplicationKind::Merger)
    }
}

impl Facts for ApplicationSubmitted {
    const EXAMPLE: &'static str = r#"{
  "type": "ApplicationSubmitted",
  "subject": "merger/nottinghamshire-2019",
  "data": {
    // A secretary of each applicant; a lead may submit before all have countersigned, with a finding.
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}, {"capacity": "secretary", "body": "body/04N"}],
    "facts": {
      // merger, variation, dissolution; leave it out for a merger.
      "kind": "merger",
      // 1 for the first application.
      "number": 1,
      "applicants": ["body/04K", "body/04N"],
      "to": "NHS England",
      "submitted_on": "2019-09-30",
      "requested_effective": "2020-04-01",
      // An application to merge comes with all of the following, one to vary with a constitution.
      "proposed_name": "NHS Nottingham and Nottinghamshire CCG",
      "constitution": {"title": "Proposed constitution", "held": false},
      "accountable_officer": "person/5e0a91c4d27f"
    }
  }
}"#;
}

/// What becomes of an application that is not decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ApplicationChange {
    /// It is modified; the regulator agrees (section 14G(3)).
    Modified {
        /// What is modified.
        changes: Sealable,
        /// Another day on which it is to take effect, if that is modified.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        requested_effective: Option<PDate>,
    },
    /// It is withdrawn.
    Withdrawn {
        /// Why.
        reason: Sealable,
    },
}

/// An application is modified or withdrawn. Subject: the merger. Source: NHS Act 2006, section 14G(3) for mergers, 14B(5) for
/// the first CCGs; a withdrawal: NHS England's procedures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ApplicationChanged {
    /// The number of the application.
    pub number: u32,
    /// When.
    pub changed_on: PDate,
    /// What becomes of it.
    pub change: ApplicationChange,
}

impl Facts for ApplicationChanged {
    const EXAMPLE: &'static str = r#"{
  "type": "ApplicationChanged",
  "subject": "merger/nottinghamshire-2019",
  "data": {
    // To withdraw, a secretary of an applicant alone; to modify, NHS England too.
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}, {"capacity": "nhs_england"}],
    "facts": {
      "number": 1,
      "changed_on": "2019-10-10",
      // Or {"withdrawn": {"reason": ".."}}
      "change": {"modified": {"changes": "Another name for the successor."}}
    }
  }
}"#;
}

/// What the regulator says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RegulatorOutcome {
    /// Granted.
    Approved,
    /// Granted, subject to conditions.
    ApprovedWithConditions,
    /// Put off.
    Deferred,
    /// Refused.
    Rejected,
}

words!(
    RegulatorOutcome:
    Approved = "approved",
    ApprovedWithConditions = "approved_with_conditions",
    Deferred = "deferred",
    Rejected = "rejected",
);

/// When a condition must be met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ConditionDue {
    /// Before the merger takes effect, which it blocks until then.
    BeforeEffect,
    /// Afterwards too: it passes to the successor.
    Continuing,
}

/// A condition of an approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Its id within the merger.
    pub id: String,
    /// What is asked.
    pub text: Sealable,
    /// When it must be met.
    pub due: ConditionDue,
    /// The day by which it is to be met, or looked at again, where one is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PDate>,
}

/// The regulator decides on an application. Subject: the merger. Source: NHS Act 2006, sections 14C and 14G.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RegulatorDecisionRecorded {
    /// The number of the application.
    pub number: u32,
    /// What it says.
    pub outcome: RegulatorOutcome,
    /// When.
    pub decided_on: PDate,
    /// Why: the decision is in writing with reasons (NHS England's procedures, section 14E onwards).
    pub reasons: Sealable,
    /// The conditions, if it is conditional.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
    /// Who decides on its behalf.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// The day on which it takes effect once the conditions are met.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_if_met: Option<PDate>,
}

impl Facts for RegulatorDecisionRecorded {
    const EXAMPLE: &'static str = r#"{
  "type": "RegulatorDecisionRecorded",
  "subject": "merger/nottinghamshire-2019",
  "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "nhs_england"}],
    "facts": {
      // The number of the application.
      "number": 1,
      // approved, approved_with_conditions, deferred, rejected.
      "outcome": "approved_with_conditions",
      "decided_on": "2019-10-30",
      "reasons": "The criteria of regulation 7(2) and Schedule 1 are met.",
      // due: before_effect blocks the merger while it is open; continuing passes to the successor.
      "conditions": [{"id": "engagement-plan", "text": "A plan for engagement with practices.", "due": "continuing", "by": "2020-12-31"}],
      // Where they are stated.
      "decided_by": "The regional director",
      "effective_if_met": "2020-04-01"
    }
  }
}"#;
}

/// What became of a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Resolution {
    /// It was met.
    Discharged,
    /// It was given up.
    Waived,
    /// It was not met.
    Failed,
}

words!(Resolution: Discharged = "discharged", Waived = "waived", Failed = "failed");

/// A condition is resolved. Subject: the merger. Source: NHS England's procedures for applying to merge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ConditionResolved {
    /// The condition's id.
    pub condition: String,
    /// What became of it.
    pub resolution: Resolution,
    /// When.
    pub resolved_on: PDate,
}

impl Facts for ConditionResolved {
    const EXAMPLE: &'static str = r#"{
  "type": "ConditionResolved",
  "subject": "merger/nottinghamshire-2019",
  "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "nhs_england"}],
    "facts": {
      "condition": "engagement-plan",
      // discharged, waived, failed.
      "resolution": "discharged",
      "resolved_on": "2020-03-01"
    }
  }
}"#;
}

/// The part of a reorganisation that ends a merger; no event of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergerEffected {
    /// The first day of the successors.
    pub effective: PDate,
    /// The successors.
    pub successors: Vec<BodyId>,
}

impl DecisionRecorded {
    /// Whether this is the choice `choice` about `merger`.
    pub fn chooses(&self, merger: &MergerId, choice: Choice) -> bool {
        let is_it = |effect: &Effect| matches!(effect, Effect::Merger { merger: about, choice: chosen } if about == merger && *chosen == choice);
        self.effects().any(is_it)
    }
}

impl Statement for MergerEffected {
    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        Vec::new()
    }
}
