//! What some decisions hold beside their outcome: a delegation, conditions, urgency, a written resolution, dissent.

use crate::actions::Owner;
use crate::{ActionId, BodyId, DelegationId, PDate, PersonId, Sealable};
use serde::{Deserialize, Serialize};

/// Under what somebody else than the body itself decides for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Delegated {
    /// The delegation.
    pub delegation: DelegationId,
    /// Which of its functions, in the words of the delegation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
    /// How many pounds the decision commits, to be held against the delegation's limit; where it is one for several
    /// bodies, against that of each of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_pounds: Option<u64>,
}

/// Another body for which a joint committee decides at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DecidedWith {
    /// The body.
    pub body: BodyId,
    /// The delegation under which the committee decides for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delegation: Option<DelegationId>,
}

/// A condition of an approval: an action under its own id, which somebody owns. ActionUpdated says that it is met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DecisionCondition {
    /// The id under which it is followed up.
    pub action: ActionId,
    /// What is to be so.
    pub text: Sealable,
    /// Who sees to it.
    pub owner: Owner,
    /// By when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<PDate>,
}

/// A decision between meetings: chair's action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Urgency {
    /// Who took it.
    pub taken_by: Vec<PersonId>,
    /// Whom they consulted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consulted: Vec<PersonId>,
    /// Why it could not wait.
    pub grounds: Sealable,
    /// By when the body is to ratify it: usually its next meeting.
    pub ratify_by: PDate,
}

/// How a written resolution went round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Circulation {
    /// When it was sent.
    pub circulated_on: PDate,
    /// By when answers were to come.
    pub closed_on: PDate,
    /// How many could vote.
    pub entitled: u32,
}

/// Dissent that a member asked to have recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Dissent {
    /// Who.
    pub person: PersonId,
    /// In which words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<Sealable>,
}
