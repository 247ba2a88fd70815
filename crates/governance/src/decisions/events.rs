//! The event of a decision.

use super::detail::{Circulation, DecidedWith, DecisionCondition, Delegated, Dissent, Urgency};
use crate::act::Facts;
use crate::people::Office;
use crate::words::words;
use crate::{AppointmentId, ConsultationId, MeetingId, MergerId, PDate, PersonId, Sealable};
use minutebook_log::Subject;
use serde::{Deserialize, Serialize};

/// What became of the motion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Carried.
    Approved,
    /// Carried, subject to conditions.
    ApprovedWithConditions,
    /// Lost.
    Rejected,
    /// Put off.
    Deferred,
    /// Taken notice of.
    Noted,
    /// Sent to somebody else.
    Referred,
}

words!(
    Outcome:
    Approved = "approved",
    ApprovedWithConditions = "approved_with_conditions",
    Rejected = "rejected",
    Deferred = "deferred",
    Noted = "noted",
    Referred = "referred",
);

/// How a decision came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// At a meeting.
    Meeting,
    /// Between meetings, by the chair with others.
    Urgent,
    /// By a written resolution.
    Written,
    /// The source does not say: reports alone have it.
    NotStated,
}

words!(Mode: Meeting = "meeting", Urgent = "urgent", Written = "written", NotStated = "not_stated");

/// What a body decides about a proposal to merge. A newer choice supersedes the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// It prefers to merge: not a decision to apply.
    Prefer,
    /// It will apply.
    Apply,
    /// It will not apply.
    DoNotApply,
    /// It puts the choice off.
    Defer,
    /// It joins the proposal.
    Join,
    /// It leaves the proposal.
    Withdraw,
}

words!(
    Choice:
    Prefer = "prefer",
    Apply = "apply",
    DoNotApply = "do_not_apply",
    Defer = "defer",
    Join = "join",
    Withdraw = "withdraw",
);

/// What a body decides about a proposal to appoint one person for several bodies. A newer choice supersedes
/// the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Leg {
    /// It agrees in principle.
    AgreedInPrinciple,
    /// It agrees.
    Agreed,
    /// It declines.
    Declined,
    /// It puts the choice off.
    Deferred,
    /// It takes its agreement back.
    Withdrawn,
    /// It agrees after the others did, or without having been asked with them.
    JoinedLater,
    /// Reports alone say so: nothing moves.
    Stalled,
}

words!(
    Leg:
    AgreedInPrinciple = "agreed_in_principle",
    Agreed = "agreed",
    Declined = "declined",
    Deferred = "deferred",
    Withdrawn = "withdrawn",
    JoinedLater = "joined_later",
    Stalled = "stalled",
);

impl Leg {
    /// Whether the body agrees, so that an appointment can cover it.
    pub fn is_agreed(self) -> bool {
        matches!(self, Leg::Agreed | Leg::JoinedLater)
    }
}

/// What a decision does beyond itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Effect {
    /// On a proposal to merge.
    Merger {
        /// Which.
        merger: MergerId,
        /// What the body chooses.
        choice: Choice,
    },
    /// To apply to vary its constitution, or to be dissolved (NHS Act 2006, sections 14E and 14H).
    Apply {
        /// The proceeding that the application will be in.
        application: MergerId,
    },
    /// On a proposal to appoint one person for several bodies.
    JointLeg {
        /// Which proposal.
        appointment: AppointmentId,
        /// What the body chooses.
        leg: Leg,
        /// Who decides, where the source leaves it open whether it is the body.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        decider_as_written: Option<String>,
    },
    /// Somebody is put forward for an office.
    Nominate {
        /// The office.
        office: Office,
        /// The person.
        person: PersonId,
    },
    /// The public is excluded from what follows (1960 Act, section 1(2)).
    ExcludePublic {
        /// The special reason, as the resolution states it.
        reason: Sealable,
    },
    /// What a consultation said was considered.
    FeedbackConsidered {
        /// Which consultation.
        consultation: ConsultationId,
    },
    /// It changes nothing; if it is minuted because a rule refuses it as an act, which rule.
    None {
        /// The id of the rule that refuses it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        refused_by: Option<String>,
    },
}

impl Effect {
    /// Of which kind it is, what it is about, and what is chosen of that; in words for answers.
    pub fn parts(&self) -> (&'static str, Option<&Subject>, Option<String>) {
        match self {
            Effect::Merger { merger, choice } => {
                ("merger", Some(merger.subject()), Some(choice.as_str().to_owned()))
            }
            Effect::Apply { application } => ("apply", Some(application.subject()), None),
            Effect::JointLeg { appointment, leg, .. } => {
                ("joint_leg", Some(appointment.subject()), Some(leg.as_str().to_owned()))
            }
            Effect::Nominate { office, person } => {
                ("nominate", Some(person.subject()), Some(office.as_str().to_owned()))
            }
            Effect::ExcludePublic { reason } => ("exclude_public", None, Some(reason.shown().to_owned())),
            Effect::FeedbackConsidered { consultation } => {
                ("feedback_considered", Some(consultation.subject()), None)
            }
            Effect::None { refused_by } => ("none", None, refused_by.clone()),
        }
    }

    /// What it settles for the body until a later decision, and how: its part in a merger, or in a joint appointment.
    pub(super) fn settles(&self) -> Option<(&Subject, &'static str)> {
        match self {
            Effect::Merger { merger, choice } => Some((merger.subject(), choice.as_str())),
            Effect::Apply { application } => Some((application.subject(), Choice::Apply.as_str())),
            Effect::JointLeg { appointment, leg, .. } => Some((appointment.subject(), leg.as_str())),
            Effect::Nominate { .. }
            | Effect::ExcludePublic { .. }
            | Effect::FeedbackConsidered { .. }
            | Effect::None { .. } => None,
        }
    }
}

/// Votes as counted; what the source does not give is absent, not zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub struct Votes {
    /// For the motion.
    #[serde(rename = "for")]
    pub in_favour: u32,
    /// Against it.
    pub against: u32,
    /// Present and not voting by choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abstained: Option<u32>,
    /// Present and not voting because of a conflict of interest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conflicted: Option<u32>,
    /// Whether the chair's casting vote carried it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub casting_vote: Option<bool>,
}

impl Votes {
    /// How many were cast, abstentions among them.
    pub fn cast(&self) -> u32 {
        self.in_favour.saturating_add(self.against).saturating_add(self.abstained.unwrap_or(0))
    }
}

/// The agenda item that a decision belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// The reference in the minutes (`GB/20/076`).
    pub reference: String,
    /// The title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Sealable>,
}

/// A body decides. Subject: the body. What several bodies decide at one sitting, each for itself, is one event each, with
/// one `correlationid`, so that one of them may differ; only what a joint committee decides for several at once is one
/// event, whose subject is one of them, with the others under `decided_with`. Source: the constitution's procedure for making decisions
/// (NHS Act 2006, Schedule 1A for CCGs, Schedule 1B for ICBs).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DecisionRecorded {
    /// The day of the decision.
    pub decided_on: PDate,
    /// The meeting at which it was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meeting: Option<MeetingId>,
    /// The agenda item; at a meeting a decision belongs to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<Item>,
    /// The motion that it rests on, where several were voted on under the item (VoteTaken).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub motion: Option<String>,
    /// How it came about.
    pub mode: Mode,
    /// What became of the motion.
    pub outcome: Outcome,
    /// The decision, in words for the minutes.
    pub text: Sealable,
    /// Why it was decided so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasons: Option<Sealable>,
    /// The votes, where they were counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub votes: Option<Votes>,
    /// The delegation under which it was taken, where not the body itself decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delegated_under: Option<Delegated>,
    /// The conditions of an approval, each an owned item.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<DecisionCondition>,
    /// Between meetings: who took it and why, and by when it is to be ratified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgent: Option<Urgency>,
    /// By a written resolution: how it went round.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written: Option<Circulation>,
    /// The meeting to which it is put off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deferred_to: Option<MeetingId>,
    /// Dissent that was recorded on request.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dissent: Vec<Dissent>,
    /// The other bodies for which a joint committee decides this, at once and as one: it counts once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decided_with: Vec<DecidedWith>,
    /// What it does beyond itself.
    pub effect: Effect,
    /// What else the same resolution does: one that agrees to a joint post can nominate somebody too. About one merger or
    /// one joint post it says one thing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Effect>,
}

impl DecisionRecorded {
    /// Everything that it does beyond itself.
    pub fn effects(&self) -> impl Iterator<Item = &Effect> {
        [&self.effect].into_iter().chain(&self.also)
    }
}

impl Facts for DecisionRecorded {
    const EXAMPLE: &'static str = r#"{
  "type": "DecisionRecorded",
  // The body that decides: what several decide at one sitting is one event each, unless a joint committee decides for
  // them at once (decided_with).
  "subject": "body/04K",
  "data": {
    // own_act, or own_record for an act of the past from signed minutes (then evidence must be held).
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}],
    // Documents that it rests on. Held: also sha256, bytes and media_type.
    "evidence": [{"title": "Minutes of the governing body, 4 July 2019", "held": false}],
    "facts": {
      // A day, or {"written": "April 2019", "earliest": "2019-04-01", "latest": "2019-04-30"}.
      "decided_on": "2019-07-04",
      // The meeting (MeetingConvened) and the item of its agenda; leave both out where there was none.
      "meeting": "meeting/notts-2019-07-04",
      "item": {"reference": "GB/19/076", "title": "Merger of the six CCGs"},
      // meeting, urgent, written; of a report also not_stated.
      "mode": "meeting",
      // approved, approved_with_conditions, rejected, deferred, noted, referred.
      "outcome": "approved",
      "text": "The governing body resolved to apply to NHS England to merge.",
      "reasons": "One organisation can plan for the whole county.",
      // Leave out what was not counted.
      "votes": {"for": 9, "against": 1, "abstained": 0, "conflicted": 2},
      // If need be also:
      //   "motion": "amended", the motion that was voted on,
      //   "delegated_under": {"delegation": "delegation/..", "function": "contracts", "amount_pounds": 120000},
      //   "conditions": [{"action": "action/..", "text": "..", "owner": {"office": ".."}, "due": "2019-09-05"}],
      //   "urgent": {"taken_by": ["person/.."], "consulted": ["person/.."], "grounds": "..", "ratify_by": ".."},
      //   "written": {"circulated_on": "..", "closed_on": "..", "entitled": 12},
      //   "deferred_to": "meeting/..", "dissent": [{"person": "person/..", "words": ".."}],
      //   "decided_with": [{"body": "body/..", "delegation": "delegation/.."}], where a joint committee decides for several
      // One of:
      //   {"merger": {"merger": "merger/..", "choice": "prefer|apply|do_not_apply|defer|join|withdraw"}}
      //   {"apply": {"application": "merger/.."}}   to vary a constitution, or to be dissolved
      //   {"joint_leg": {"appointment": "appointment/..",
      //     "leg": "agreed_in_principle|agreed|declined|deferred|withdrawn|joined_later"}}
      //   {"nominate": {"office": "accountable_officer", "person": "person/.."}}
      //   {"exclude_public": {"reason": ".."}}
      //   {"feedback_considered": {"consultation": "consultation/.."}}
      //   {"none": {}}   or, for what a rule refuses as an act, {"none": {"refused_by": "<rule>"}}
      // What else the same resolution does: "also": [{"nominate": ..}]
      "effect": {"merger": {"merger": "merger/nottinghamshire-2019", "choice": "apply"}}
    }
  }
}"#;
}
