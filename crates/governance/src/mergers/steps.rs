//! Which step of a merger an act can take.

use super::events::ApplicationKind;
use super::stage::MergerState;
use super::state::{Merger, merger};
use crate::act::Case;
use crate::bodies::enacted;
use crate::consultations::ConsultationOpened;
use crate::decisions::{Choice, Decision, DecisionRecorded, Effect};
use crate::rules::rules;
use crate::{BodyId, MergerId, PDate, Rule, Verdict};

rules! {
    PROPOSED: Hard =
        "merger.proposed",
        "An application, a vote, a decision or a condition belongs to a merger that was proposed; what is given up was proposed or looked into.",
        "principle: step by step";
    IN_PROGRESS: Hard =
        "merger.in-progress",
        "Members vote on a merger, and it is given up, until it has taken effect or was given up.",
        "principle: step by step; principle: hard and soft";
    CHOSEN_IN_TIME: Hard =
        "merger.choice-in-time",
        "Bodies choose about a merger, join it and leave it before it is determined, and anew after a rejection or a withdrawal.",
        "NHS England's procedures for mergers of CCGs; principle: step by step";
    CONSULTED_IN_TIME: Hard =
        "merger.consultation-in-time",
        "A consultation on a merger opens once it is looked into or proposed, and before it is determined.",
        "NHS England's procedures for mergers of CCGs; principle: step by step";
}

/// The merger that an act is about, as enacted by the day of the act; proposed, or applied for otherwise.
pub(super) fn merger_of(case: &Case<'_>, verdict: &mut Verdict, date: &PDate) -> Option<Merger> {
    let known = known(case, date);
    let proposed = known
        .as_ref()
        .is_some_and(|merger| merger.proposed.is_some() || merger.kind() != ApplicationKind::Merger);
    verdict.hard(proposed, &PROPOSED, &case.act.subject, || {
        let found = if known.is_some() { "only looked into" } else { "a merger that no act proposes" };
        (found.to_owned(), "a proposal first (MergerProposed)".to_owned())
    });
    known.filter(|_merger| proposed)
}

/// As [`merger_of`], for acts that come too late once it has taken effect or was given up.
pub(super) fn merger_in_progress(case: &Case<'_>, verdict: &mut Verdict, date: &PDate) -> Option<Merger> {
    let merger = merger_of(case, verdict, date)?;
    judge_in_progress(case, verdict, &merger);
    Some(merger)
}

pub(super) fn judge_in_progress(case: &Case<'_>, verdict: &mut Verdict, merger: &Merger) {
    let open = !matches!(merger.state, MergerState::Effected | MergerState::Abandoned);
    verdict.hard(open, &IN_PROGRESS, &case.act.subject, || {
        let found = format!("{} is {}", merger.id, merger.state.as_str());
        (found, format!("a merger that may still come; possible now: {}", merger.possible()))
    });
}

/// What the state of a merger says of acts about other subjects: of what bodies choose, and of consultations.
pub(crate) fn judge_about_merger(case: &Case<'_>, verdict: &mut Verdict) {
    let statement = &case.act.statement;
    if let Some(decision) = statement.downcast::<DecisionRecorded>() {
        for effect in decision.effects() {
            let Effect::Merger { merger: id, .. } = effect else { continue };
            // Where nobody proposes it, or it was given up, the rules of decisions say so.
            if let Some(merger) = of(case, id, &decision.decided_on).filter(|it| it.abandoned.is_none()) {
                judge_in_time(case, verdict, &CHOSEN_IN_TIME, &merger);
            }
        }
    } else if let Some(opened) = statement.downcast::<ConsultationOpened>() {
        let Some(id) = &opened.merger else { return };
        let merger = of(case, id, &opened.opens);
        verdict.hard(merger.is_some(), &CONSULTED_IN_TIME, &case.act.subject, || {
            let needed = "what is consulted on first (MergerExplored, MergerProposed), or no merger";
            (format!("{id}, which no act proposes or looks into"), needed.to_owned())
        });
        merger.iter().for_each(|merger| judge_in_time(case, verdict, &CONSULTED_IN_TIME, merger));
    }
}

fn judge_in_time(case: &Case<'_>, verdict: &mut Verdict, rule: &'static Rule, merger: &Merger) {
    let is_determined = merger.state.is_granted()
        || matches!(merger.state, MergerState::Effected)
        || merger.abandoned.is_some();
    verdict.hard(!is_determined, rule, &case.act.subject, || {
        let found = format!("{} is {}", merger.id, merger.state.as_str().replace('_', " "));
        (found, format!("a merger that is not determined; possible now: {}", merger.possible()))
    });
}

fn of(case: &Case<'_>, id: &MergerId, date: &PDate) -> Option<Merger> {
    merger(case.record, id, enacted(case.record, case.last_day_of(date)))
}

impl Merger {
    /// The events that can come next, beside votes of members.
    pub fn possible(&self) -> String {
        let possible = self.state.possible();
        let ready: Vec<_> = self.ready().map(ToString::to_string).collect();
        let applies =
            !self.state.is_granted() && !self.state.is_over() && self.state != MergerState::Submitted;
        match ready.len() >= 2 && applies {
            true => format!("{possible}, ApplicationSubmitted by {}", ready.join(" and ")),
            false => possible.to_owned(),
        }
    }

    /// The bodies that have decided to apply since the last application.
    fn ready(&self) -> impl Iterator<Item = &BodyId> {
        let last = self.applications.last().map(|(position, _said)| *position);
        let is_ready = move |leg: &Vec<Decision>| {
            leg.last().is_some_and(|said| {
                said.choice() == Some(Choice::Apply) && last.is_none_or(|last| said.source.position > last)
            })
        };
        self.legs.iter().filter(move |(_body, leg)| is_ready(leg)).map(|(body, _leg)| body)
    }
}

pub(super) fn known(case: &Case<'_>, date: &PDate) -> Option<Merger> {
    of(case, &MergerId::of(&case.act.subject)?, date)
}
