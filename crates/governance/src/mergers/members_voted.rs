//! Members vote on something else than a merger: their constitution, a chair, whether to be dissolved.

use super::vote_rules::{ARITHMETIC, ELECTORATE, WHO_COUNTS, WINDOW, check_percent};
use super::votes::{Figures, MemberVoteDeclared, VoteOutcome, VoteThreshold};
use crate::act::{Case, Facts, Need, Statement, body_of};
use crate::bodies::judge_open;
use crate::joined::Source;
use crate::{BodyId, Malformed, PDate, Record, Sealable, Verdict, View};
use minutebook_log::Subject;
use serde::{Deserialize, Serialize};

/// The members of a body voted on something else than a merger. Subject: the body. Source: the body's own constitution
/// (NHS Act 2006, Schedule 1A).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MembersVoted {
    /// What was asked.
    pub question: String,
    /// When the result was declared.
    pub declared_on: PDate,
    /// The figures.
    pub figures: Figures,
    /// What became of it.
    pub outcome: VoteOutcome,
    /// The last day of voting, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_on: Option<PDate>,
    /// What carries it, where a rule says so.
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

impl Facts for MembersVoted {
    const EXAMPLE: &'static str = r#"{
  "type": "MembersVoted",
  // The body whose members voted.
  "subject": "body/04K",
  "data": {
    // The returning officer or scrutineer signs, or the secretary.
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}],
    "facts": {
      "question": "Adopt the varied constitution?",
      "declared_on": "2018-11-30",
      // One of:
      //   {"counts": {"for": 28, "against": 4, "spoiled": 0}}
      //   {"percentages": {"for": 86, "against": 14}}   whole percent of the valid votes cast
      //   {"stated": {"words": "a majority in favour"}}
      "figures": {"counts": {"for": 28, "against": 4}},
      // carried, lost.
      "outcome": "carried",
      // All of the following may be left out.
      "closed_on": "2018-11-29",
      // basis: votes_cast, all. reach: over (a majority is over 50), at_least.
      "threshold": {"basis": "votes_cast", "reach": "over", "percent": 50},
      "electorate": 55,
      "turnout_percent": 58,
      "scrutineer": "The local medical committee"
    }
  }
}"#;
}

/// A vote of members with where it is said.
#[derive(Debug, Clone)]
pub struct MembersVoteHeld {
    /// What was asked, and the result.
    pub voted: MembersVoted,
    /// Where it is said.
    pub source: Source,
}

/// The votes of a body's members on something else than a merger, by the view's day, in the order of the book.
pub fn members_votes(record: &Record, id: &BodyId, view: View) -> Vec<MembersVoteHeld> {
    let told = record.saying::<MembersVoted>(id.subject(), view);
    let said = told.filter_map(|told| {
        let voted = told.says::<MembersVoted>()?.clone();
        Some(MembersVoteHeld { voted, source: Source::from(&told) })
    });
    said.filter(|held| view.may_be_past(Some(&held.voted.declared_on))).collect()
}

impl MembersVoted {
    /// The same as a result of one ballot, which the arithmetic of votes is asked of.
    fn result(&self, id: &BodyId) -> MemberVoteDeclared {
        MemberVoteDeclared {
            bodies: vec![id.clone()],
            ballot: 1,
            declared_on: self.declared_on.clone(),
            figures: self.figures.clone(),
            outcome: self.outcome,
            threshold: self.threshold,
            electorate: self.electorate,
            turnout_percent: self.turnout_percent,
            scrutineer: self.scrutineer.clone(),
        }
    }

    fn judge_figures(&self, case: &Case<'_>, verdict: &mut Verdict, result: &MemberVoteDeclared) {
        if let Some((cast, electorate)) = result.cast().zip(self.electorate) {
            verdict.hard(cast <= electorate, &ELECTORATE, &case.act.subject, || {
                (format!("{cast} votes cast"), format!("at most {electorate}"))
            });
        }
        let Some(threshold) = self.threshold else { return };
        let computed = result.computed(&threshold, self.electorate);
        verdict.hard(computed.is_none_or(|it| it == self.outcome), &ARITHMETIC, &case.act.subject, || {
            let computed = computed.map_or("", VoteOutcome::as_str);
            let found = format!("{}, by {}", self.outcome.as_str(), self.figures);
            (found, format!("{computed}: {threshold} is needed"))
        });
    }
}

impl Statement for MembersVoted {
    fn act_date(&self) -> Option<PDate> {
        Some(self.declared_on.clone())
    }

    fn needs(&self, subject: &Subject) -> Vec<Need> {
        vec![Need::of(WHO_COUNTS, body_of(subject))]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        if self.question.trim().is_empty() {
            return Err(Malformed::new("/data/facts/question", "nothing", "what was asked"));
        }
        check_percent("/data/facts/threshold/percent", self.threshold.map(|threshold| threshold.percent))?;
        check_percent("/data/facts/turnout_percent", self.turnout_percent)?;
        match &self.figures {
            Figures::Percentages { in_favour: None, against: None } => {
                let at = "/data/facts/figures/percentages";
                Err(Malformed::new(at, "none", "at least one of for and against"))
            }
            Figures::Percentages { in_favour, against } => {
                check_percent("/data/facts/figures/percentages", *in_favour)?;
                check_percent("/data/facts/figures/percentages", *against)
            }
            Figures::Counts { .. } | Figures::Stated { .. } => Ok(()),
        }
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        if let Some(closed) = &self.closed_on {
            let early = self.declared_on.is_before(closed);
            verdict.hard_if_certain(early.negated(), &WINDOW, &case.act.subject, || {
                (format!("declared {}", self.declared_on), format!("{closed} or later"))
            });
        }
        for id in body_of(&case.act.subject) {
            judge_open(case, verdict, &id, &self.declared_on);
            self.judge_figures(case, verdict, &self.result(&id));
        }
    }
}
