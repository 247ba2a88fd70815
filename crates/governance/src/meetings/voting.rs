//! The rules of votes, and of decisions that are taken at a meeting.

use super::alike::is_same_item;
use super::binding::judge_binds_each;
use super::calling::{judge_at_for, judge_step, known_meeting};
use super::convening::{MeetingKind, Part};
use super::decided::{is_minuted_as_unlawful, judge_day, judge_once};
use super::holding::{judge_item, judge_meets};
use super::motions::{Ballot, NamedVotes, VoteTaken};
use super::quorum::{day_of, quorum};
use super::state::{Meeting, is_same_motion};
use super::taking::{Taken, judge_quorum_known, judge_taken};
use crate::act::{Case, Need, SECRETARY, Statement};
use crate::bodies::{enacted, judge_past_softly};
use crate::constitutions::{Majority, governing_rules};
use crate::decisions::{DecisionRatified, DecisionRecorded, Effect, Outcome, Votes, decisions};
use crate::people::judge_person;
use crate::provisions::provisions;
use crate::rules::rules;
use crate::{BodyId, Date, Malformed, MeetingId, PDate, Verdict};
use minutebook_log::Subject;
use std::collections::BTreeSet;

rules! {
    ONCE: Hard =
        "vote.once",
        "A motion is voted on once, unless it is put again for a stated reason.",
        "principle: good minutes";
    CASTING: Soft =
        "vote.casting",
        "A casting vote decides a tie, where the body's rules give the chair one.",
        "standing orders; principle: good minutes";
    DECIDED_WITH: Hard =
        "decision.decided-with",
        "Only a joint committee decides for several bodies at once, at a meeting to which they were convened; what each says for itself to a merger or a joint post is a decision of its own.",
        concat!(provisions!(together), "; principle: each body for itself");
    ARITHMETIC: Hard =
        "decision.arithmetic",
        "Where votes are counted, an approval has the majority that the body's rules ask for, a rejection does not.",
        "principle: good minutes";
    VOTE_FITS: Hard =
        "decision.vote-fits",
        "A decision that was voted on has the outcome, and the votes, that were counted.",
        "principle: good minutes";
}

impl VoteTaken {
    fn judge_casting(&self, case: &Case<'_>, verdict: &mut Verdict, known: &Meeting) {
        let Some(votes) = self.votes else { return };
        let tied = votes.in_favour == votes.against;
        let day = enacted(case.record, day_of(known));
        let ruled =
            governing_rules(case.record, &self.body, day).voting.is_none_or(|it| it.value.casting_vote);
        let casting = votes.casting_vote == Some(true);
        verdict.soft(!casting || (tied && ruled), &CASTING, &case.act.subject, || {
            let found = format!("a casting vote with {} for and {} against", votes.in_favour, votes.against);
            (found, "a tie, and rules that give the chair a casting vote".to_owned())
        });
    }

    /// Whether the named votes are those that were counted.
    pub(super) fn adds_up(&self) -> bool {
        let named = self.named.as_ref().map_or(&[][..], NamedVotes::clear);
        let count = |ballot| named.iter().filter(|vote| vote.vote == ballot).count();
        named.is_empty()
            || self.votes.is_none_or(|votes| {
                count(Ballot::For) == votes.in_favour as usize
                    && count(Ballot::Against) == votes.against as usize
                    && count(Ballot::Abstained) == votes.abstained.unwrap_or(0) as usize
            })
    }

    /// Asks that what was decided on it already, whoever recorded that first, is what it was.
    fn judge_decided(&self, case: &Case<'_>, verdict: &mut Verdict, known: &Meeting) {
        let at = decisions(case.record, known.id.subject(), enacted(case.record, Date::LAST));
        let of_it = at.into_iter().filter(|it| {
            let item =
                it.recorded.item.as_ref().is_some_and(|item| is_same_item(&item.reference, &self.item));
            let motion = is_same_motion(it.recorded.motion.as_deref(), self.motion.as_deref());
            it.is_of(&self.body) && it.recorded.meeting.as_ref() == Some(&known.id) && item && motion
        });
        for decided in of_it.filter(|it| !is_minuted_as_unlawful(&it.recorded)) {
            let (outcome, day) = (decided.recorded.outcome, day_of(known));
            let carried =
                self.votes.is_none_or(|votes| carries_outcome(case, &self.body, day, &votes, outcome));
            let same =
                decided.recorded.votes.zip(self.votes).is_none_or(|(stated, counted)| stated == counted);
            judge_past_softly(case, verdict, carried && same, &VOTE_FITS, || {
                let found = format!("entry {} says {}", decided.source.position, outcome.as_str());
                (found, "the votes that it rests on; a decision that is wrong is corrected first".to_owned())
            });
        }
    }

    fn judge_once(&self, case: &Case<'_>, verdict: &mut Verdict, known: &Meeting) {
        let before = known.vote(&self.item, &self.body, self.motion.as_deref());
        verdict.hard(before.is_none() || self.put_again.is_some(), &ONCE, &case.act.subject, || {
            let position = before.map_or_else(String::new, |(position, _vote)| position.to_string());
            (
                format!("entry {position} has this vote"),
                "put_again with the reason, or another motion".to_owned(),
            )
        });
    }
}

impl Statement for VoteTaken {
    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::of(SECRETARY, vec![self.body.clone()])]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        let named = self.named.as_ref().map_or(&[][..], NamedVotes::clear);
        let people: BTreeSet<_> = named.iter().map(|vote| &vote.person).collect();
        if people.len() != named.len() {
            return Err(Malformed::new("/data/facts/named", "somebody twice", "each person once"));
        }
        Ok(())
    }

    fn about(&self) -> Vec<Subject> {
        let named = self.named.as_ref().map_or(&[][..], NamedVotes::clear);
        let people = named.iter().map(|vote| vote.person.subject());
        people.chain([self.body.subject()]).cloned().collect()
    }

    fn judge_references(&self, case: &Case<'_>, verdict: &mut Verdict) {
        for vote in self.named.as_ref().map_or(&[][..], NamedVotes::clear) {
            judge_person(case, verdict, &vote.person);
        }
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let Some(known) = judge_at_for(case, verdict, &self.item, &self.body) else { return };
        if !judge_item(case, verdict, &known, &self.item, Some(&self.body)) {
            return;
        }
        judge_taken(case, verdict, &known, &Taken::vote(self, case.place.position));
        let view = enacted(case.record, Date::LAST);
        let quorate = quorum(case.record, &known, &self.body, Some(&self.item), view).holds;
        judge_quorum_known(case, verdict, quorate);
        self.judge_casting(case, verdict, &known);
        self.judge_once(case, verdict, &known);
        self.judge_decided(case, verdict, &known);
    }
}

/// Whether the votes carry the motion, by the majority that the body's rules ask for.
fn carries(votes: &Votes, majority: Majority) -> bool {
    let (in_favour, cast) =
        (u64::from(votes.in_favour), u64::from(votes.in_favour) + u64::from(votes.against));
    match majority {
        Majority::Simple => {
            votes.in_favour > votes.against
                || (votes.in_favour == votes.against && votes.casting_vote == Some(true))
        }
        Majority::TwoThirds => cast > 0 && in_favour * 3 >= cast * 2,
        Majority::ThreeQuarters => cast > 0 && in_favour * 4 >= cast * 3,
    }
}

/// What the votes, and the rules of meetings, say of a decision, or of the ratification of one.
pub(crate) fn judge_decision(case: &Case<'_>, verdict: &mut Verdict) {
    if let Some(ratified) = case.act.statement.downcast::<DecisionRatified>() {
        judge_ratified(case, verdict, ratified);
    }
    let Some(decision) = case.act.statement.downcast::<DecisionRecorded>() else { return };
    let body = BodyId::of(&case.act.subject);
    if is_minuted_as_unlawful(decision) {
        return judge_unlawful(case, verdict, decision, body.as_ref());
    }
    if let Some((body, votes)) = body.as_ref().zip(decision.votes) {
        judge_arithmetic(case, verdict, decision, body, &votes);
    }
    let known = decision.meeting.as_ref().and_then(|id| known_meeting(case, id));
    judge_decided_with(case, verdict, decision, known.as_ref());
    let (Some(id), Some(item), Some(body)) = (&decision.meeting, &decision.item, body) else { return };
    let at = Sat { meeting: id, item: Some(&item.reference), on: &decision.decided_on, body: &body };
    let Some(known) = judge_sat(case, verdict, &at) else { return };
    judge_taken(case, verdict, &known, &Taken::decision(decision, &body, case.place.position));
    // Of what was voted on, the vote has told it.
    if decision.outcome != Outcome::Deferred && decision.vote_at(&known, &body).is_none() {
        let view = enacted(case.record, Date::LAST);
        let quorate = quorum(case.record, &known, &body, Some(&item.reference), view).holds;
        judge_quorum_known(case, verdict, quorate);
    }
    judge_vote_fits(case, verdict, &known, decision, &body);
    judge_once(case, verdict, &known, decision, &body);
}

/// Of a decision that is minuted because a rule refuses it nothing is asked here but that no more people voted than were
/// there, unless that is why it is refused.
fn judge_unlawful(
    case: &Case<'_>,
    verdict: &mut Verdict,
    decision: &DecisionRecorded,
    body: Option<&BodyId>,
) {
    let known = decision.meeting.as_ref().and_then(|id| known_meeting(case, id));
    let Some((known, body)) = known.zip(body) else { return };
    if known.convened.bodies.contains(body) {
        judge_taken(case, verdict, &known, &Taken::decision(decision, body, case.place.position));
    }
}

fn judge_ratified(case: &Case<'_>, verdict: &mut Verdict, ratified: &DecisionRatified) {
    let (Some(id), Some(body)) = (&ratified.meeting, BodyId::of(&case.act.subject)) else { return };
    let at = Sat { meeting: id, item: ratified.item.as_deref(), on: &ratified.ratified_on, body: &body };
    if let Some(known) = judge_sat(case, verdict, &at) {
        judge_taken(case, verdict, &known, &Taken::ratification(ratified, &body, case.place.position));
    }
}

/// Asks of what is decided for several bodies at once that a joint committee of theirs decides it, and that it is nothing
/// that each has to say for itself.
fn judge_decided_with(
    case: &Case<'_>,
    verdict: &mut Verdict,
    decision: &DecisionRecorded,
    known: Option<&Meeting>,
) {
    if decision.decided_with.is_empty() {
        return;
    }
    let alone = |effect: &Effect| {
        matches!(effect, Effect::Merger { .. } | Effect::Apply { .. } | Effect::JointLeg { .. })
    };
    let convened = known.map(|known| &known.convened).filter(|it| it.kind == MeetingKind::JointCommittee);
    let with = decision.decided_with.iter().map(|with| &with.body);
    let fits = convened.is_some_and(|it| with.clone().all(|body| it.bodies.contains(body)));
    verdict.hard(fits && !decision.effects().any(alone), &DECIDED_WITH, &case.act.subject, || {
        let bodies: Vec<_> = with.map(ToString::to_string).collect();
        let found = format!("one decision with {}", bodies.join(", "));
        let needed =
            "a meeting of the kind joint_committee of all of them, and no effect that each has for itself";
        (found, needed.to_owned())
    });
    judge_binds_each(case, verdict, decision, known);
}

/// Where and when something that is recorded about a body is said to have been done.
struct Sat<'a> {
    meeting: &'a MeetingId,
    item: Option<&'a str>,
    on: &'a PDate,
    body: &'a BodyId,
}

/// Asks that it was done at a meeting of the body that was convened and has sat, under an item of it, on its day.
fn judge_sat(case: &Case<'_>, verdict: &mut Verdict, at: &Sat<'_>) -> Option<Meeting> {
    let known = known_meeting(case, at.meeting);
    verdict.hard(known.is_some(), super::calling::convened(), &case.act.subject, || {
        let found = format!("{}, which no act convenes", at.meeting);
        (found, "a meeting convened first (MeetingConvened)".to_owned())
    });
    let known = known?;
    let view = enacted(case.record, Date::LAST);
    let part = at.item.map_or(Part::Public, |item| known.part_of(item));
    let may = known.is_on_record_for(case.record, part, at.body, view);
    judge_step(case, verdict, &known, may);
    let fits = match at.item {
        Some(item) => judge_item(case, verdict, &known, item, Some(at.body)),
        None => judge_meets(case, verdict, &known, at.body),
    };
    judge_day(case, verdict, &known, at.on);
    fits.then_some(known)
}

/// Whether the votes go with the outcome, by the body's rules of a day.
fn carries_outcome(case: &Case<'_>, body: &BodyId, day: Date, votes: &Votes, outcome: Outcome) -> bool {
    let ruled = governing_rules(case.record, body, enacted(case.record, day)).voting;
    let carried = carries(votes, ruled.map_or(Majority::Simple, |it| it.value.majority));
    match outcome {
        Outcome::Approved | Outcome::ApprovedWithConditions => carried,
        Outcome::Rejected => !carried,
        Outcome::Deferred | Outcome::Noted | Outcome::Referred => true,
    }
}

fn judge_arithmetic(
    case: &Case<'_>,
    verdict: &mut Verdict,
    decision: &DecisionRecorded,
    body: &BodyId,
    votes: &Votes,
) {
    let day = case.last_day_of(&decision.decided_on);
    let fits = carries_outcome(case, body, day, votes, decision.outcome);
    verdict.hard(fits, &ARITHMETIC, &case.act.subject, || {
        let outcome = decision.outcome.as_str();
        let found = format!("{outcome} with {} for and {} against", votes.in_favour, votes.against);
        (found, "votes that carry the outcome, or the outcome that they carry".to_owned())
    });
}

fn judge_vote_fits(
    case: &Case<'_>,
    verdict: &mut Verdict,
    known: &Meeting,
    decision: &DecisionRecorded,
    body: &BodyId,
) {
    let vote = decision.vote_at(known, body);
    let missing = decision.motion.is_some() && vote.is_none();
    let counted = vote.and_then(|vote| vote.votes);
    let carried =
        counted.is_none_or(|votes| carries_outcome(case, body, day_of(known), &votes, decision.outcome));
    let same = decision.votes.zip(counted).is_none_or(|(stated, counted)| stated == counted);
    verdict.hard(!missing && carried && same, &VOTE_FITS, &case.act.subject, || {
        let found = match (missing, counted) {
            (false, Some(votes)) => format!(
                "{} after a vote of {} for and {} against",
                decision.outcome.as_str(),
                votes.in_favour,
                votes.against
            ),
            _ => format!(
                "the motion \"{}\", on which no vote is recorded",
                decision.motion.as_deref().unwrap_or("")
            ),
        };
        (found, "the outcome and the votes of VoteTaken".to_owned())
    });
}
