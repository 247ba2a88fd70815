//! How a meeting is called: for whom, when, with what on the agenda.

use crate::act::Facts;
use crate::constitutions::Quorum;
use crate::words::words;
use crate::{BodyId, CommitteeId, Document, Instant, PDate, PersonId, Sealable};
use serde::{Deserialize, Serialize};

/// Who sits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MeetingKind {
    /// One body.
    Single,
    /// Several bodies at one sitting, of which each decides for itself.
    InCommon,
    /// A joint committee of several bodies, which decides as one.
    JointCommittee,
    /// The members of one body.
    Members,
}

words!(
    MeetingKind:
    Single = "single",
    InCommon = "in_common",
    JointCommittee = "joint_committee",
    Members = "members",
);

/// Whether the public may be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// It may.
    Public,
    /// It is excluded.
    Private,
}

words!(Part: Public = "public", Private = "private");

/// A meeting is called. Subject: the meeting. Repeating it before the meeting opens revises it. Source: Public Bodies
/// (Admission to Meetings) Act 1960, section 1; NHS Act 2006, Schedule 1A, paragraph 8.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MeetingConvened {
    /// Who sits.
    pub kind: MeetingKind,
    /// The bodies that meet.
    pub bodies: Vec<BodyId>,
    /// The committee that meets for them, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub committee: Option<CommitteeId>,
    /// What it is called.
    pub title: String,
    /// When it starts.
    pub starts_at: Instant,
    /// Where, or under which link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Sealable>,
    /// Its parts: public, private, or both.
    pub parts: Vec<Part>,
    /// When notice of it was given.
    pub called_on: PDate,
    /// The quorum, where no rules of the body or terms of the committee that are in the book say one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quorum: Option<Quorum>,
}

impl Facts for MeetingConvened {
    const EXAMPLE: &'static str = r#"{
  "type": "MeetingConvened",
  "subject": "meeting/notts-2019-07-04",
  "data": {
    // A secretary of one of the bodies.
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}],
    "facts": {
      // single, in_common, joint_committee, members.
      "kind": "in_common",
      "bodies": ["body/04K", "body/04N"],
      "title": "Governing bodies of Nottinghamshire, in common",
      // An instant with its own offset.
      "starts_at": "2019-07-04T13:00:00+01:00",
      "place": "Civic Centre, Arnold",
      // "public", "private", or both.
      "parts": ["public", "private"],
      "called_on": "2019-06-26"
      // Where neither GoverningRulesSet nor the committee's terms say it:
      //   "quorum": {"minimum": {"count": 4}, "counts_vacancies": false, "must_include": [["lay_member"]]}
      // For a committee: "committee": "committee/.."
    }
  }
}"#;
}

/// What is wanted of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ActionSought {
    /// A decision.
    Approve,
    /// That it is noted.
    Note,
    /// That it is looked at.
    Review,
    /// That it reassures.
    Assurance,
    /// That it is talked about.
    Discuss,
    /// Nothing: it informs.
    Information,
}

words!(
    ActionSought:
    Approve = "approve",
    Note = "note",
    Review = "review",
    Assurance = "assurance",
    Discuss = "discuss",
    Information = "information",
);

/// An item of an agenda: a row of the matrix of items and bodies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AgendaItem {
    /// The reference in agenda and minutes (`GB/19/076`).
    pub reference: String,
    /// What it is called.
    pub title: Sealable,
    /// What is wanted of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action_sought: Option<ActionSought>,
    /// Who presents it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presenter: Option<Sealable>,
    /// Its papers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub papers: Vec<Document>,
    /// The bodies that it concerns; absent: all that meet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub applies_to: Vec<BodyId>,
    /// In which part it is taken.
    pub part: Part,
    /// Who chairs it, where that is not the meeting's chair.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chair: Option<PersonId>,
    /// Why it is taken although the agenda was published without it (1960 Act, section 1(4)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub added_because: Option<Sealable>,
}

impl AgendaItem {
    /// Whether it concerns a body of the meeting.
    pub fn applies_to(&self, body: &BodyId) -> bool {
        self.applies_to.is_empty() || self.applies_to.contains(body)
    }
}

/// The agenda of a meeting is published. Subject: the meeting. Repeating it revises it, until the meeting opens; then
/// items are only added, each with its reason. Source: Public Bodies (Admission to Meetings) Act 1960, section 1(4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AgendaPublished {
    /// Its version, from 1.
    pub version: u32,
    /// When it was published.
    pub published_on: PDate,
    /// All its items, in order.
    pub items: Vec<AgendaItem>,
}

impl Facts for AgendaPublished {
    const EXAMPLE: &'static str = r#"{
  "type": "AgendaPublished",
  "subject": "meeting/notts-2019-07-04",
  "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}],
    "facts": {
      "version": 1,
      "published_on": "2019-06-27",
      "items": [
        // applies_to: the bodies that the item concerns; left out, it concerns all.
        // action_sought: approve, note, review, assurance, discuss, information.
        {"reference": "GB/19/076", "title": "Merger of the six CCGs", "action_sought": "approve", "part": "public"},
        {"reference": "GB/19/077", "title": "A lease", "part": "private", "applies_to": ["body/04N"],
          "presenter": "Chief finance officer", "papers": [{"title": "Lease", "held": false}]}
      ]
    }
  }
}"#;
}

/// How a meeting comes to another day, or to none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Rescheduling {
    /// To another day.
    Postponed {
        /// The day, where it is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<Instant>,
    },
    /// To none.
    Cancelled,
}

/// A meeting is postponed or cancelled before it opens. Subject: the meeting. Source: standing orders (NHS Act 2006,
/// Schedule 1A).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MeetingRescheduled {
    /// To when.
    pub change: Rescheduling,
    /// When that was said.
    pub said_on: PDate,
    /// Why.
    pub reason: Sealable,
}

impl Facts for MeetingRescheduled {
    const EXAMPLE: &'static str = r#"{
  "type": "MeetingRescheduled",
  "subject": "meeting/notts-2019-07-04",
  "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}],
    "facts": {
      // {"postponed": {"to": ".."}}, {"postponed": {}} where the day is not known yet, or "cancelled".
      "change": {"postponed": {"to": "2019-07-11T13:00:00+01:00"}},
      "said_on": "2019-07-02",
      "reason": "The papers are not ready."
    }
  }
}"#;
}
