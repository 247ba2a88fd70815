//! What is stated of the votes of member practices on a merger.

use crate::act::Facts;
use crate::words::words;
use crate::{BodyId, PDate, Sealable};
use minutebook_log::Position;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, fmt};

/// Of what a threshold is a share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum VoteBasis {
    /// Of the valid votes cast.
    VotesCast,
    /// Of all who may vote.
    All,
}

/// Whether the share itself is enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ThresholdReach {
    /// More than the share is needed: a majority is over 50 percent.
    Over,
    /// The share is enough.
    AtLeast,
}

/// What carries a vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct VoteThreshold {
    /// Of what it is a share.
    pub basis: VoteBasis,
    /// Whether the share itself is enough.
    pub reach: ThresholdReach,
    /// The share, in whole percent.
    pub percent: u32,
}

/// The members of a body are asked about a merger. Subject: the merger. Source: NHS England's procedures, 2019
/// (members' views and the level of their support are recorded); the body's own constitution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MemberVoteOpened {
    /// The bodies whose members vote; several, where they vote as one.
    pub bodies: Vec<BodyId>,
    /// The number of the ballot of these bodies on this merger, from 1: a second is a re-ballot.
    pub ballot: u32,
    /// When it opens.
    pub opens: PDate,
    /// The last day of voting.
    pub closes: PDate,
    /// What carries it, where a rule says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<VoteThreshold>,
    /// How many may vote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub electorate: Option<u32>,
    /// What is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    /// Who counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scrutineer: Option<Sealable>,
}

impl Facts for MemberVoteOpened {
    const EXAMPLE: &'static str = r#"{
  "type": "MemberVoteOpened",
  "subject": "merger/nottinghamshire-2019",
  "data": {
    // The returning officer or scrutineer signs, or a secretary of one of the bodies.
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}],
    "facts": {
      // Whose members vote; several bodies where they vote as one.
      "bodies": ["body/04K"],
      // 1 for the first ballot, 2 for a re-ballot.
      "ballot": 1,
      "opens": "2019-06-19",
      "closes": "2019-06-30",
      // basis: votes_cast, all. reach: over (a majority is over 50), at_least.
      "threshold": {"basis": "votes_cast", "reach": "over", "percent": 50},
      // Leave out what is not known.
      "electorate": 55,
      "question": "Approve or reject the merger?",
      "scrutineer": "The local medical committee"
    }
  }
}"#;
}

/// The figures of a vote, as the source gives them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Figures {
    /// Votes, counted.
    Counts {
        /// For the merger.
        #[serde(rename = "for")]
        in_favour: u32,
        /// Against it.
        against: u32,
        /// Spoiled, where they are counted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        spoiled: Option<u32>,
    },
    /// Shares of the valid votes cast, in whole percent, as the source rounds them.
    Percentages {
        /// For the merger, where it is given.
        #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
        in_favour: Option<u32>,
        /// Against it, where it is given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        against: Option<u32>,
    },
    /// Words alone.
    Stated {
        /// The words of the source.
        words: String,
    },
}

/// What became of a vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum VoteOutcome {
    /// The members agree.
    Carried,
    /// They do not. It blocks no application: members are heard, not obeyed (NHS England's procedures, 2019).
    Lost,
}

words!(VoteOutcome: Carried = "carried", Lost = "lost");

/// The result of a vote of members. Subject: the merger. Source: NHS England's procedures and the body's constitution, as
/// for [`MemberVoteOpened`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MemberVoteDeclared {
    /// The bodies whose members voted; several, where the figures are of all of them together.
    pub bodies: Vec<BodyId>,
    /// The number of the ballot, from 1.
    pub ballot: u32,
    /// When the result was declared.
    pub declared_on: PDate,
    /// The figures.
    pub figures: Figures,
    /// What became of it.
    pub outcome: VoteOutcome,
    /// What carries it, where the opening did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<VoteThreshold>,
    /// How many might vote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub electorate: Option<u32>,
    /// How many of those voted, in whole percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turnout_percent: Option<u32>,
    /// Who counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scrutineer: Option<Sealable>,
}

impl Facts for MemberVoteDeclared {
    const EXAMPLE: &'static str = r#"{
  "type": "MemberVoteDeclared",
  "subject": "merger/nottinghamshire-2019",
  "data": {
    // The returning officer or scrutineer signs, or a secretary of one of the bodies.
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}],
    "facts": {
      // Whose members voted; several where the figures are of all of them together.
      "bodies": ["body/04K"],
      "ballot": 1,
      "declared_on": "2019-07-01",
      // One of:
      //   {"counts": {"for": 28, "against": 4, "spoiled": 0}}
      //   {"percentages": {"for": 86, "against": 14}}   whole percent of the valid votes cast
      //   {"stated": {"words": "a majority in favour"}}
      "figures": {"counts": {"for": 28, "against": 4}},
      // carried, lost.
      "outcome": "carried",
      // Where the opening did not say, or there was none. basis: votes_cast, all. reach: over, at_least.
      "threshold": {"basis": "votes_cast", "reach": "over", "percent": 50},
      "electorate": 55,
      "turnout_percent": 58
    }
  }
}"#;
}

/// A vote of members: how it was opened, and its result.
#[derive(Debug, Clone)]
pub struct MemberVote {
    /// The bodies whose members vote; several, where the figures are of all of them together.
    pub bodies: BTreeSet<BodyId>,
    /// Its number, from 1.
    pub number: u32,
    /// How it was opened.
    pub opened: Option<(Position, MemberVoteOpened)>,
    /// Its result.
    pub declared: Option<(Position, MemberVoteDeclared)>,
}

impl MemberVote {
    /// Whether it is one of the members of these bodies, and of no others.
    pub fn is_of(&self, bodies: &[BodyId]) -> bool {
        self.bodies.len() == bodies.len() && bodies.iter().all(|body| self.bodies.contains(body))
    }

    /// What became of it.
    pub fn outcome(&self) -> Option<VoteOutcome> {
        self.declared.as_ref().map(|(_position, declared)| declared.outcome)
    }
}

impl fmt::Display for VoteThreshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reach = match self.reach {
            ThresholdReach::Over => "over",
            ThresholdReach::AtLeast => "at least",
        };
        let basis = match self.basis {
            VoteBasis::VotesCast => "the votes cast",
            VoteBasis::All => "all who may vote",
        };
        write!(f, "{reach} {} percent of {basis}", self.percent)
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Figures::Counts { in_favour, against, .. } => write!(f, "{in_favour} for and {against} against"),
            Figures::Percentages { in_favour, against } => {
                let share = |percent: &Option<u32>, word| percent.map(|percent| format!("{percent}% {word}"));
                let shares = [share(in_favour, "for"), share(against, "against")];
                f.write_str(&shares.into_iter().flatten().collect::<Vec<_>>().join(" and "))
            }
            Figures::Stated { words } => f.write_str(words),
        }
    }
}

impl VoteThreshold {
    /// Whether `part` of `whole` reaches it.
    pub fn is_reached(&self, part: u32, whole: u32) -> bool {
        let (part, share) = (u64::from(part) * 100, u64::from(whole) * u64::from(self.percent));
        match self.reach {
            ThresholdReach::Over => part > share,
            ThresholdReach::AtLeast => part >= share && whole > 0,
        }
    }

    /// Whether a rounded percentage reaches it: nothing where the rounding decides.
    fn is_reached_by_percent(&self, percent: u32) -> Option<bool> {
        (percent != self.percent).then_some(percent > self.percent)
    }
}

impl MemberVoteDeclared {
    /// The outcome that the figures give under `threshold`, where they can tell.
    pub fn computed(&self, threshold: &VoteThreshold, electorate: Option<u32>) -> Option<VoteOutcome> {
        let carried = match (&self.figures, threshold.basis) {
            (Figures::Counts { in_favour, against, .. }, VoteBasis::VotesCast) => {
                Some(threshold.is_reached(*in_favour, in_favour.saturating_add(*against)))
            }
            (Figures::Counts { in_favour, .. }, VoteBasis::All) => {
                Some(threshold.is_reached(*in_favour, electorate?))
            }
            (Figures::Percentages { in_favour, against }, VoteBasis::VotesCast) => {
                let percent = in_favour.or_else(|| Some(100_u32.saturating_sub((*against)?)))?;
                threshold.is_reached_by_percent(percent)
            }
            (Figures::Percentages { .. }, VoteBasis::All) | (Figures::Stated { .. }, _) => None,
        }?;
        Some(if carried { VoteOutcome::Carried } else { VoteOutcome::Lost })
    }

    /// How many votes were cast, where they are counted.
    pub fn cast(&self) -> Option<u32> {
        match &self.figures {
            Figures::Counts { in_favour, against, spoiled } => {
                Some(in_favour.saturating_add(*against).saturating_add(spoiled.unwrap_or_default()))
            }
            Figures::Percentages { .. } | Figures::Stated { .. } => None,
        }
    }
}
