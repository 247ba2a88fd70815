//! The rules that admit votes of members. A vote that is lost blocks nothing.

use super::state::Merger;
use super::steps::merger_in_progress;
use super::votes::{Figures, MemberVote, MemberVoteDeclared, MemberVoteOpened};
use crate::act::{Capacity, Case, Need, Statement};
use crate::bodies::judge_open;
use crate::rules::rules;
use crate::{BodyId, Malformed, PDate, Verdict};
use minutebook_log::Subject;
use std::collections::BTreeSet;

rules! {
    PARTICIPANTS: Hard =
        "member-vote.participants",
        "Members of a body vote on a merger that the body takes part in.",
        "NHS England's procedures for mergers of CCGs";
    NEXT_BALLOT: Hard =
        "member-vote.next-ballot",
        "A ballot has one result; a re-ballot has the next number, and follows the result of the one before.",
        "NHS England's procedures for mergers of CCGs";
    WINDOW: HardIfCertain =
        "member-vote.window",
        "Voting opens before it ends, and its result is declared no earlier than it ends.",
        "NHS England's procedures for mergers of CCGs";
    ARITHMETIC: Hard =
        "member-vote.arithmetic",
        "The outcome of a vote follows from its figures, where they can tell.",
        "NHS England's procedures for mergers of CCGs; principle: hard and soft";
    ELECTORATE: Hard =
        "member-vote.electorate",
        "No more votes are cast than there are voters.",
        "principle: good minutes";
}

pub(super) const WHO_COUNTS: &[Capacity] = &[Capacity::Scrutineer, Capacity::Secretary];

fn check_bodies(bodies: &[BodyId]) -> Result<(), Malformed> {
    let distinct: BTreeSet<_> = bodies.iter().collect();
    if bodies.is_empty() || distinct.len() != bodies.len() {
        let found = if bodies.is_empty() { "none" } else { "a body twice" };
        return Err(Malformed::new("/data/facts/bodies", found, "the bodies whose members vote, each once"));
    }
    Ok(())
}

pub(super) fn check_percent(at: &str, percent: Option<u32>) -> Result<(), Malformed> {
    match percent.filter(|percent| *percent > 100) {
        Some(percent) => Err(Malformed::new(at, percent.to_string(), "a percentage from 0 to 100")),
        None => Ok(()),
    }
}

fn judge_participants(case: &Case<'_>, verdict: &mut Verdict, merger: &Merger, bodies: &[BodyId]) {
    for body in bodies {
        let takes_part = merger.participants().any(|participant| participant == body);
        verdict.hard(takes_part, &PARTICIPANTS, &case.act.subject, || {
            let all: Vec<_> = merger.participants().map(ToString::to_string).collect();
            (format!("{body} takes no part in {}", merger.id), format!("one of {}", all.join(", ")))
        });
    }
}

fn ballots<'a>(merger: &'a Merger, bodies: &'a [BodyId]) -> impl Iterator<Item = &'a MemberVote> {
    merger.ballots.iter().filter(|ballot| ballot.is_of(bodies))
}

impl Statement for MemberVoteOpened {
    fn act_date(&self) -> Option<PDate> {
        Some(self.opens.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(WHO_COUNTS)]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        check_bodies(&self.bodies)?;
        check_percent("/data/facts/threshold/percent", self.threshold.map(|threshold| threshold.percent))
    }

    fn about(&self) -> Vec<Subject> {
        self.bodies.iter().map(|body| body.subject().clone()).collect()
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        verdict.hard_if_certain(
            self.closes.is_before(&self.opens).negated(),
            &WINDOW,
            &case.act.subject,
            || {
                (
                    format!("it opens {} and ends {}", self.opens, self.closes),
                    "an end after the start".to_owned(),
                )
            },
        );
        let Some(merger) = merger_in_progress(case, verdict, &self.opens) else { return };
        judge_participants(case, verdict, &merger, &self.bodies);
        for body in &self.bodies {
            judge_open(case, verdict, body, &self.opens);
        }
        let next = ballots(&merger, &self.bodies)
            .filter_map(|ballot| ballot.declared.as_ref())
            .map(|(_position, declared)| declared.ballot)
            .max()
            .unwrap_or_default()
            + 1;
        verdict.hard(self.ballot == next, &NEXT_BALLOT, &case.act.subject, || {
            (format!("ballot {}", self.ballot), format!("ballot {next}"))
        });
    }
}

impl Statement for MemberVoteDeclared {
    fn act_date(&self) -> Option<PDate> {
        Some(self.declared_on.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(WHO_COUNTS)]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        check_bodies(&self.bodies)?;
        check_percent("/data/facts/threshold/percent", self.threshold.map(|threshold| threshold.percent))?;
        check_percent("/data/facts/turnout_percent", self.turnout_percent)?;
        if let Figures::Percentages { in_favour, against } = &self.figures {
            let at = "/data/facts/figures/percentages";
            if in_favour.is_none() && against.is_none() {
                return Err(Malformed::new(at, "none", "at least one of for and against"));
            }
            check_percent(at, *in_favour)?;
            check_percent(at, *against)?;
        }
        Ok(())
    }

    fn about(&self) -> Vec<Subject> {
        self.bodies.iter().map(|body| body.subject().clone()).collect()
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let Some(merger) = merger_in_progress(case, verdict, &self.declared_on) else { return };
        judge_participants(case, verdict, &merger, &self.bodies);
        let of_these: Vec<_> = ballots(&merger, &self.bodies).collect();
        let declared = of_these.iter().filter_map(|ballot| ballot.declared.as_ref());
        let next = declared.map(|(_position, said)| said.ballot).max().unwrap_or_default() + 1;
        verdict.hard(self.ballot == next, &NEXT_BALLOT, &case.act.subject, || {
            (format!("a result of ballot {}", self.ballot), format!("the result of ballot {next}"))
        });
        let opened = of_these.iter().filter_map(|ballot| ballot.opened.as_ref());
        let opened = opened.map(|(_position, said)| said).find(|said| said.ballot == self.ballot);
        if let Some(opened) = opened {
            let early = self.declared_on.is_before(&opened.closes);
            verdict.hard_if_certain(early.negated(), &WINDOW, &case.act.subject, || {
                (format!("declared {}", self.declared_on), format!("{} or later", opened.closes))
            });
        }
        self.judge_figures(case, verdict, opened);
    }
}

impl MemberVoteDeclared {
    fn judge_figures(&self, case: &Case<'_>, verdict: &mut Verdict, opened: Option<&MemberVoteOpened>) {
        let electorate = self.electorate.or_else(|| opened?.electorate);
        if let Some((cast, electorate)) = self.cast().zip(electorate) {
            verdict.hard(cast <= electorate, &ELECTORATE, &case.act.subject, || {
                (format!("{cast} votes cast"), format!("at most {electorate}"))
            });
        }
        let Some(threshold) = self.threshold.or_else(|| opened?.threshold) else { return };
        let computed = self.computed(&threshold, electorate);
        let follows = computed.is_none_or(|outcome| outcome == self.outcome);
        verdict.hard(follows, &ARITHMETIC, &case.act.subject, || {
            let computed = computed.map_or("", |outcome| outcome.as_str());
            (
                format!("{}, by {}", self.outcome.as_str(), self.figures),
                format!("{computed}: {threshold} is needed"),
            )
        });
    }
}
