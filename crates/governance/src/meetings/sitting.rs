//! What happens while a meeting sits: who chairs, who is there, who has an interest.

use crate::act::Facts;
use crate::interests::InterestKind;
use crate::people::Office;
use crate::words::words;
use crate::{BodyId, Instant, InterestId, PersonId, Sealable};
use serde::{Deserialize, Serialize};

/// Who chairs, and for which bodies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Chairing {
    /// Who.
    pub person: PersonId,
    /// For which bodies; absent: for all that meet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bodies: Vec<BodyId>,
}

/// A meeting opens. Subject: the meeting. Source: standing orders (NHS Act 2006, Schedule 1A for CCGs, Schedule 1B for
/// ICBs).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MeetingOpened {
    /// When it really started.
    pub started_at: Instant,
    /// Who chairs.
    pub chairs: Vec<Chairing>,
}

impl Facts for MeetingOpened {
    const EXAMPLE: &'static str = r#"{
  "type": "MeetingOpened",
  "subject": "meeting/notts-2019-07-04",
  "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}],
    "facts": {
      "started_at": "2019-07-04T13:05:00+01:00",
      // Who chairs; "bodies" where several chair, each for their own.
      "chairs": [{"person": "person/5e0a91c4d27f"}]
    }
  }
}"#;
}

/// As what somebody attends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AttendingAs {
    /// A member who votes, or a deputy who votes for one.
    Voting,
    /// A member who does not vote.
    NonVoting,
    /// Not a member.
    InAttendance,
    /// Not there, and sent apologies.
    Apologies,
}

words!(
    AttendingAs:
    Voting = "voting",
    NonVoting = "non_voting",
    InAttendance = "in_attendance",
    Apologies = "apologies",
);

/// A stretch of the agenda: from an item on, until before another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Stretch {
    /// The first item; absent: from the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The first item that is not within it; absent: to the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// When they came, as the minutes have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub came_at: Option<Instant>,
    /// When they left, as the minutes have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_at: Option<Instant>,
}

/// Somebody who was there, or sent apologies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Attendee {
    /// Who.
    pub person: PersonId,
    /// For which bodies; absent: for all that meet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bodies: Vec<BodyId>,
    /// As what.
    #[serde(rename = "as")]
    pub attending_as: AttendingAs,
    /// In which office, where the book does not say it otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub office: Option<Office>,
    /// The member for whom a deputy votes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deputy_for: Option<PersonId>,
    /// For which parts of the agenda; absent: all of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub present: Vec<Stretch>,
    /// Whether they took part from elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<bool>,
    /// Why they could not come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealable>,
}

/// Who was at a meeting. Subject: the meeting. Repeating it revises those whom it names; it can be said until the
/// minutes are approved. Source: standing orders (NHS Act 2006, Schedule 1A for CCGs, Schedule 1B for ICBs).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AttendanceRecorded {
    /// Who.
    pub attendees: Vec<Attendee>,
    /// How many of the public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public: Option<u32>,
}

impl Facts for AttendanceRecorded {
    const EXAMPLE: &'static str = r#"{
  "type": "AttendanceRecorded",
  "subject": "meeting/notts-2019-07-04",
  "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}],
    "facts": {
      "attendees": [
        // as: voting, non_voting, in_attendance, apologies. Leave out bodies for all that meet.
        {"person": "person/5e0a91c4d27f", "as": "voting"},
        // From an item on, until before another: who came late, left early, or left for an item.
        {"person": "person/77b2c1f0aa43", "as": "voting", "bodies": ["body/04K"], "office": "lay_member",
          "present": [{"from": "GB/19/076", "until": "GB/19/077"}], "remote": true},
        // A deputy who votes for a member.
        {"person": "person/90aa12fe4410", "as": "voting", "bodies": ["body/04N"], "deputy_for": "person/c3d41b7702ee"},
        {"person": "person/c3d41b7702ee", "as": "apologies", "bodies": ["body/04N"], "reason": "Illness"}
      ],
      "public": 6
    }
  }
}"#;
}

/// How a conflict of interest is handled (NHS England's statutory guidance, 2017).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Handling {
    /// It is noted, and nothing follows.
    Note,
    /// They stay for the debate, and do not vote.
    NoVote,
    /// They stay, without debate and vote.
    NoDebate,
    /// They leave for the item.
    Leave,
    /// They do not get the papers.
    NoPapers,
    /// The chair hands over to somebody else.
    ChairHandsOver,
    /// A panel looks at the item, since the conflict would break the quorum.
    Panel,
}

words!(
    Handling:
    Note = "note",
    NoVote = "no_vote",
    NoDebate = "no_debate",
    Leave = "leave",
    NoPapers = "no_papers",
    ChairHandsOver = "chair_hands_over",
    Panel = "panel",
);

impl Handling {
    /// Whether it keeps them from voting, and so from counting towards the quorum of the item.
    pub fn excludes_from_vote(self) -> bool {
        !matches!(self, Handling::Note | Handling::ChairHandsOver)
    }
}

/// Somebody declares an interest in items of a meeting. Subject: the meeting. Source: NHS Act 2006, section 14O.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct InterestDeclared {
    /// Who.
    pub person: PersonId,
    /// In which items, by reference.
    pub items: Vec<String>,
    /// As a member of which bodies; absent: of all that meet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bodies: Vec<BodyId>,
    /// Of which type it is.
    pub kind: InterestKind,
    /// What it is.
    pub nature: Sealable,
    /// How it is handled: one way or several.
    pub handling: Vec<Handling>,
    /// To whom the chair is handed over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chair: Option<PersonId>,
    /// The interest in the register (InterestRegistered).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interest: Option<InterestId>,
}

impl Facts for InterestDeclared {
    const EXAMPLE: &'static str = r#"{
  "type": "InterestDeclared",
  "subject": "meeting/notts-2019-07-04",
  "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}],
    "facts": {
      "person": "person/77b2c1f0aa43",
      "items": ["GB/19/076"],
      // financial, non_financial_professional, non_financial_personal, indirect.
      "kind": "financial",
      "nature": "Partner in a practice that the decision concerns.",
      // note, no_vote, no_debate, leave, no_papers, chair_hands_over (with "chair": "person/.."), panel.
      "handling": ["no_vote"]
      // May be left out: "bodies": [..], "interest": "interest/.."
    }
  }
}"#;
}

/// A question of somebody from the public.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PublicQuestion {
    /// What was asked.
    pub question: Sealable,
    /// What was answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Sealable>,
}

/// A meeting closes. Subject: the meeting. Source: standing orders (NHS Act 2006, Schedule 1A for CCGs, Schedule 1B for
/// ICBs).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MeetingClosed {
    /// When it ended.
    pub ended_at: Instant,
    /// What the public asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<PublicQuestion>,
}

impl Facts for MeetingClosed {
    const EXAMPLE: &'static str = r#"{
  "type": "MeetingClosed",
  "subject": "meeting/notts-2019-07-04",
  "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}],
    "facts": {
      "ended_at": "2019-07-04T16:10:00+01:00",
      // May be left out.
      "questions": [{"question": "Will the practices be heard?", "answer": "They will."}]
    }
  }
}"#;
}
