//! Proposals to merge: who takes part.

use crate::act::Facts;
use crate::{BodyId, MergerId, PDate, Record, View};
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
    let told: Vec<_> = record.saying::<MergerProposed>(id.subject(), view).collect();
    // The higher standing holds; of one standing, the last revision.
    let last = told.iter().max_by_key(|told| (told.standing, told.position))?;
    let proposed = last.says::<MergerProposed>()?.clone();
    Some(Proposal { proposed, why: told.iter().map(|told| told.position).collect() })
}

/// The proposals that name a body, live or not.
pub fn proposals_of(record: &Record, id: &BodyId, view: View) -> Vec<MergerId> {
    let told = record.saying::<MergerProposed>(id.subject(), view);
    let ids: BTreeSet<_> = told.filter_map(|told| MergerId::of(&told.subject)).collect();
    ids.into_iter().collect()
}
