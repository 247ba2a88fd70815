//! Proposals to merge: who looks into it, who takes part, who gives it up.

use crate::act::Facts;
use crate::words::words;
use crate::{BodyId, Certainty, MergerId, PDate, Record, Sealable, View};
use minutebook_log::Position;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Bodies propose to become one. Subject: the merger. Repeating it revises it. Source: NHS Act 2006, section 14G.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MergerProposed {
    /// The bodies that take part, at least two.
    pub participants: Vec<BodyId>,
    /// When it was proposed.
    pub proposed_on: PDate,
    /// A name for the successor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed_name: Option<String>,
    /// The day on which it would take effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed_effective: Option<PDate>,
    /// The options under discussion, in the source's words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
}

impl Facts for MergerProposed {
    const EXAMPLE: &'static str = r#"{
  "type": "MergerProposed",
  "subject": "merger/nottinghamshire-2019",
  "data": {
    // A secretary of one of the participants.
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}],
    "facts": {
      "participants": ["body/04K", "body/04N"],
      // A day, or {"written": "April 2019", "earliest": "2019-04-01", "latest": "2019-04-30"}.
      "proposed_on": "2019-04-25",
      // All of the following may be left out.
      "proposed_name": "NHS Nottingham and Nottinghamshire CCG",
      "proposed_effective": "2020-04-01",
      "options": ["Stay as we are", "Merge into one"]
    }
  }
}"#;
}

/// How a merger is looked into before it is proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ExplorationKind {
    /// A review of its merits.
    Review,
    /// An appraisal of several options.
    OptionsAppraisal,
    /// Talks, or something else.
    Other,
}

words!(ExplorationKind: Review = "review", OptionsAppraisal = "options_appraisal", Other = "other");

/// Bodies look into a merger; nothing is proposed. Subject: the merger. Repeating it revises it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MergerExplored {
    /// The bodies that look into it, at least two.
    pub participants: Vec<BodyId>,
    /// How.
    pub kind: ExplorationKind,
    /// When.
    pub explored_on: PDate,
    /// By whom, as the source names them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The words of the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wording: Option<Sealable>,
}

impl Facts for MergerExplored {
    const EXAMPLE: &'static str = r#"{
  "type": "MergerExplored",
  "subject": "merger/nottinghamshire-2019",
  "data": {
    // A secretary of one of the participants.
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}],
    "facts": {
      "participants": ["body/04K", "body/04N"],
      // review, options_appraisal, other.
      "kind": "options_appraisal",
      // A day, or {"written": "early 2019", "earliest": "2019-01-01", "latest": "2019-04-30"}.
      "explored_on": {"written": "early 2019", "earliest": "2019-01-01", "latest": "2019-04-30"},
      "by": "The accountable officer",
      "wording": "To look into the merits of a merger."
    }
  }
}"#;
}

/// A merger is given up, for good: another one needs another id. Subject: the merger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MergerAbandoned {
    /// When.
    pub abandoned_on: PDate,
    /// Why.
    pub reason: Sealable,
}

impl Facts for MergerAbandoned {
    const EXAMPLE: &'static str = r#"{
  "type": "MergerAbandoned",
  "subject": "merger/nottinghamshire-2019",
  "data": {
    // A secretary of one of the participants.
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}],
    "facts": {
      "abandoned_on": "2019-08-01",
      "reason": "Member practices voted against it."
    }
  }
}"#;
}

/// The last word on how a merger was looked into, and every entry that says so.
pub fn exploration(record: &Record, id: &MergerId, view: View) -> Option<(MergerExplored, Vec<Position>)> {
    let told = record.saying::<MergerExplored>(id.subject(), view);
    let is_by = |said: &MergerExplored| view.may_be_past(Some(&said.explored_on));
    let told: Vec<_> = told.filter(|told| told.says().is_some_and(is_by)).collect();
    let last = told.iter().max_by_key(|told| (told.standing, told.position))?;
    let explored = last.says::<MergerExplored>()?.clone();
    Some((explored, told.iter().map(|told| told.position).collect()))
}

/// How a merger was given up by the view's day, and where that is said.
pub fn abandonment(record: &Record, id: &MergerId, view: View) -> Option<(Position, MergerAbandoned)> {
    let told = record.saying::<MergerAbandoned>(id.subject(), view);
    let said =
        told.filter_map(|told| Some((told.standing, told.position, told.says::<MergerAbandoned>()?.clone())));
    let past = said.filter(|(_, _, said)| said.abandoned_on.is_by(view.as_at) != Certainty::No);
    let last = past.max_by_key(|(standing, position, _)| (*standing, *position))?;
    Some((last.1, last.2))
}

/// A proposal as a view sees it: its last revision.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// What was proposed.
    pub proposed: MergerProposed,
    /// The entries that proposed and revised it.
    pub why: Vec<Position>,
}

/// The proposal, if the view knows of it.
pub fn proposal(record: &Record, id: &MergerId, view: View) -> Option<Proposal> {
    let told = record.saying::<MergerProposed>(id.subject(), view);
    let is_by = |said: &MergerProposed| view.may_be_past(Some(&said.proposed_on));
    let told: Vec<_> = told.filter(|told| told.says().is_some_and(is_by)).collect();
    // The higher standing holds; of one standing, the last revision.
    let last = told.iter().max_by_key(|told| (told.standing, told.position))?;
    let proposed = last.says::<MergerProposed>()?.clone();
    Some(Proposal { proposed, why: told.iter().map(|told| told.position).collect() })
}

/// The proposals that name a body by the view's day, live or not.
pub fn proposals_of(record: &Record, id: &BodyId, view: View) -> Vec<MergerId> {
    let told = record.saying::<MergerProposed>(id.subject(), view);
    let is_by = |said: &MergerProposed| view.may_be_past(Some(&said.proposed_on));
    let told = told.filter(|told| told.says().is_some_and(is_by));
    let ids: BTreeSet<_> = told.filter_map(|told| MergerId::of(&told.subject)).collect();
    ids.into_iter().collect()
}
