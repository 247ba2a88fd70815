//! What is stated about actions.

use crate::act::{Facts, Need, Statement};
use crate::people::Office;
use crate::{BodyId, MeetingId, PDate, PersonId, Sealable};
use minutebook_log::Subject;
use serde::{Deserialize, Serialize};

/// Who is to do it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// A person.
    Person(PersonId),
    /// Whoever holds an office.
    Office(Office),
}

/// Somebody is to do something, as the minutes' action log has it (proceedings under NHS Act 2006, Schedule 1A).
/// Subject: the action. Repeating it revises it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ActionAssigned {
    /// The body whose action it is.
    pub body: BodyId,
    /// What is to be done.
    pub text: Sealable,
    /// Who is to do it.
    pub owner: Owner,
    /// When it was assigned.
    pub assigned_on: PDate,
    /// By when it is to be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<PDate>,
    /// The meeting that assigned it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meeting: Option<MeetingId>,
    /// The reference of the agenda item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
}

impl Facts for ActionAssigned {
    const EXAMPLE: &'static str = r#"{
  "type": "ActionAssigned",
  "subject": "action/04K-2019-031",
  "data": {
    // own_act, or own_record for an act of the past from signed minutes (then evidence must be held).
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}],
    "facts": {
      "body": "body/04K",
      "text": "Bring the constitution of the new body to the next meeting.",
      // {"person": "person/.."} or {"office": "accountable_officer"}.
      "owner": {"office": "accountable_officer"},
      "assigned_on": "2019-07-04",
      // All of the following may be left out.
      "due": "2019-09-05",
      "meeting": "meeting/notts-2019-07-04",
      "item": "GB/19/076"
    }
  }
}"#;
}

/// What becomes of an action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ActionChange {
    /// It goes on.
    Progressed,
    /// It is done; a condition is met.
    Completed,
    /// It is not to be done any more.
    Cancelled,
    /// It was not done after all.
    Reopened,
    /// It is to be done by another day.
    Postponed {
        /// The new day.
        due: PDate,
    },
    /// Another body or another owner has it from now on, under the same id.
    Transferred {
        /// The body, where it passes to another: an heir, on succession.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<BodyId>,
        /// The owner, where it is another.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        owner: Option<Owner>,
    },
}

/// Something becomes of an action, or of a condition of a decision (proceedings under NHS Act 2006, Schedule 1A).
/// Subject: the action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ActionUpdated {
    /// What.
    pub change: ActionChange,
    /// When.
    pub updated_on: PDate,
    /// In words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Sealable>,
}

impl Facts for ActionUpdated {
    const EXAMPLE: &'static str = r#"{
  "type": "ActionUpdated",
  "subject": "action/04K-2019-031",
  "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}],
    "facts": {
      // "progressed", "completed", "cancelled", "reopened", {"postponed": {"due": ".."}}, or
      // {"transferred": {"body": "body/..", "owner": {"office": ".."}}} with body, owner or both.
      "change": "completed",
      // A day, or {"written": "April 2019", "earliest": "2019-04-01", "latest": "2019-04-30"}.
      "updated_on": "2019-09-05",
      // May be left out.
      "note": "Presented on 5 September."
    }
  }
}"#;
}

/// A condition of a decision: an action by another name, opened by the decision itself. No event of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConditionSet {
    /// The condition as an action of the body.
    pub action: ActionAssigned,
}

impl Statement for ConditionSet {
    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        Vec::new()
    }

    fn about(&self) -> Vec<Subject> {
        self.action.about()
    }
}
