//! The rules of votes, and of decisions that are taken at a meeting.

use super::calling::{judge_at, judge_step, known_meeting};
use super::convening::Part;
use super::holding::judge_item;
use super::motions::{Ballot, NamedVotes, VoteTaken};
use super::quorum::{conflicted, day_of, quorum, voters};
use super::state::{Meeting, MeetingState};
use crate::act::{Case, Need, SECRETARY, Statement};
use crate::bodies::{enacted, judge_past_softly};
use crate::constitutions::{Majority, governing_rules};
use crate::decisions::{DecisionRecorded, Effect, Outcome, Votes, decisions};
use crate::people::judge_person;
use crate::rules::rules;
use crate::{BodyId, Certainty, Date, Malformed, PDate, PersonId, Standing, Verdict};
use minutebook_log::Subject;
use std::collections::BTreeSet;

rules! {
    QUORATE: HardIfCertain =
        "vote.quorate",
        "A body votes on an item only while it is quorate for it.",
        "standing orders; principle: good minutes";
    TOTALS: Hard =
        "vote.totals",
        "No more votes are counted than voting members are there, and no more conflicts than were declared.",
        "principle: good minutes; principle: hard and soft";
    CONFLICTED: Hard =
        "vote.conflicted",
        "Nobody votes whom a conflict of interest keeps from it.",
        "NHS Act 2006, section 14O; principle: good minutes";
    NAMED: Hard =
        "vote.named",
        "Named votes are those of voting members who are there for the item, and add up to what was counted.",
        "principle: good minutes";
    ONCE: Hard =
        "vote.once",
        "A motion is voted on once, unless it is put again for a stated reason.",
        "principle: good minutes";
    CASTING: Soft =
        "vote.casting",
        "A casting vote decides a tie, where the body's rules give the chair one.",
        "standing orders; principle: good minutes";
    EXCLUDED: Hard =
        "meeting.public-excluded",
        "An item is taken in private only after the body has resolved, with its reason, to exclude the public.",
        "Public Bodies (Admission to Meetings) Act 1960, section 1(2)";
    ARITHMETIC: Hard =
        "decision.arithmetic",
        "Where votes are counted, an approval has the majority that the body's rules ask for, a rejection does not.",
        "principle: good minutes";
    AT_MEETING: Hard =
        "decision.at-meeting",
        "A decision at a meeting is taken on the day of the meeting.",
        "principle: good minutes";
    VOTE_FITS: Hard =
        "decision.vote-fits",
        "A decision that was voted on has the outcome, and the votes, that were counted.",
        "principle: good minutes";
}

/// Asks that the public was excluded before a private item is taken.
pub(super) fn judge_excluded(
    case: &Case<'_>,
    verdict: &mut Verdict,
    known: &Meeting,
    item: &str,
    body: &BodyId,
) {
    let is_private = known.item(item).is_some_and(|(_place, item)| item.part == Part::Private);
    let mixed = known.convened.parts.contains(&Part::Public);
    if !is_private || !mixed {
        return;
    }
    let at = decisions(case.record, known.id.subject(), enacted(case.record, Date::LAST));
    let resolved = at.iter().any(|decision| {
        decision.body == *body
            && decision.recorded.is_carried()
            && decision.recorded.meeting.as_ref() == Some(&known.id)
            && matches!(decision.recorded.effect, Effect::ExcludePublic { .. })
    });
    verdict.hard(resolved, &EXCLUDED, &case.act.subject, || {
        let needed =
            format!("a DecisionRecorded of {body} at {} with the effect exclude_public first", known.id);
        (format!("\"{item}\" in private, with the public not excluded"), needed)
    });
}

/// Asks that no more vote on an item for a body than are there to vote, and no more are kept from it than are.
fn judge_totals(
    case: &Case<'_>,
    verdict: &mut Verdict,
    known: &Meeting,
    (item, body): (&str, &BodyId),
    votes: &Votes,
) {
    let (there, kept) = voters(known, body, Some(item));
    let (cast, not_voting) =
        (votes.in_favour + votes.against + votes.abstained.unwrap_or(0), votes.conflicted.unwrap_or(0));
    let fits = cast as usize <= there.len() && not_voting as usize <= kept.len();
    judge_past_softly(case, verdict, fits, &TOTALS, || {
        let found = format!("{cast} votes and {not_voting} conflicts");
        (found, format!("at most {} and {} (AttendanceRecorded, InterestDeclared)", there.len(), kept.len()))
    });
}

impl VoteTaken {
    fn judge_counts(&self, case: &Case<'_>, verdict: &mut Verdict, known: &Meeting) {
        let Some(votes) = self.votes else { return };
        judge_totals(case, verdict, known, (&self.item, &self.body), &votes);
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

    fn judge_named(&self, case: &Case<'_>, verdict: &mut Verdict, known: &Meeting) {
        let Some(NamedVotes::Clear(named)) = &self.named else { return };
        let kept = conflicted(known, &self.body, Some(&self.item));
        let voted_despite = named.iter().find(|vote| kept.contains(&vote.person));
        verdict.hard(voted_despite.is_none(), &CONFLICTED, &case.act.subject, || {
            let person = voted_despite.map_or_else(String::new, |vote| vote.person.to_string());
            let needed = "the votes of those without a conflict; what was declared otherwise is corrected (RecordCorrected)";
            (format!("{person} votes on {}", self.item), needed.to_owned())
        });
        let (there, _kept) = voters(known, &self.body, Some(&self.item));
        let is_there =
            |person: &PersonId| there.iter().any(|it| it.person == *person) || kept.contains(person);
        let absent = named.iter().find(|vote| !is_there(&vote.person));
        let count = |ballot| named.iter().filter(|vote| vote.vote == ballot).count();
        let adds_up = self.votes.is_none_or(|votes| {
            count(Ballot::For) == votes.in_favour as usize
                && count(Ballot::Against) == votes.against as usize
                && count(Ballot::Abstained) == votes.abstained.unwrap_or(0) as usize
        });
        judge_past_softly(case, verdict, absent.is_none() && adds_up, &NAMED, || {
            let found = absent.map_or_else(
                || "named votes that do not add up to the count".to_owned(),
                |vote| format!("{}, who is no voting member there", vote.person),
            );
            (found, "one vote of each voting member who voted, as counted".to_owned())
        });
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
        let Some(known) = judge_at(case, verdict, |state| state == MeetingState::Open) else { return };
        if !judge_item(case, verdict, &known, &self.item, Some(&self.body)) {
            return;
        }
        judge_excluded(case, verdict, &known, &self.item, &self.body);
        let view = enacted(case.record, Date::LAST);
        let quorate = quorum(case.record, &known, &self.body, Some(&self.item), view);
        let holds = match (quorate.holds, case.act.standing) {
            (Certainty::No, Standing::OwnRecord) => Certainty::Unknown,
            (holds, _) => holds,
        };
        verdict.hard_if_certain(holds, &QUORATE, &case.act.subject, || {
            let found = format!("{} on {}: {}", self.body, self.item, quorate.reasons.join("; "));
            (found, "a quorum for this item (AttendanceRecorded), or an item that is deferred".to_owned())
        });
        self.judge_counts(case, verdict, &known);
        self.judge_named(case, verdict, &known);
        self.judge_once(case, verdict, &known);
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

/// What the votes, and the rules of meetings, say of a decision. A decision that is minuted because a rule refuses it
/// is asked nothing here.
pub(crate) fn judge_decision(case: &Case<'_>, verdict: &mut Verdict) {
    let Some(decision) = case.act.statement.downcast::<DecisionRecorded>() else { return };
    if matches!(decision.effect, Effect::None { refused_by: Some(_) }) {
        return;
    }
    let body = BodyId::of(&case.act.subject);
    if let Some((body, votes)) = body.as_ref().zip(decision.votes) {
        judge_arithmetic(case, verdict, decision, body, &votes);
    }
    let (Some(id), Some(item)) = (&decision.meeting, &decision.item) else { return };
    let known = known_meeting(case, id);
    verdict.hard(known.is_some(), super::calling::convened(), &case.act.subject, || {
        (format!("{id}, which no act convenes"), "a meeting convened first (MeetingConvened)".to_owned())
    });
    let (Some(known), Some(body)) = (known, body) else { return };
    let may = matches!(known.state, MeetingState::Open | MeetingState::Closed | MeetingState::MinutesDrafted);
    judge_step(case, verdict, &known, may);
    if !judge_item(case, verdict, &known, &item.reference, Some(&body)) {
        return;
    }
    if !matches!(decision.effect, Effect::ExcludePublic { .. }) {
        judge_excluded(case, verdict, &known, &item.reference, &body);
    }
    judge_day(case, verdict, &known, &decision.decided_on);
    judge_vote_fits(case, verdict, &known, decision, &body);
    // Where nobody noted who came, the count stands for itself.
    if let Some(votes) = decision.votes.filter(|_votes| !known.attendees.is_empty()) {
        judge_totals(case, verdict, &known, (&item.reference, &body), &votes);
    }
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

fn judge_day(case: &Case<'_>, verdict: &mut Verdict, known: &Meeting, decided_on: &PDate) {
    let fits = known.day().is_none_or(|day| day.agrees_with(decided_on));
    verdict.hard(fits, &AT_MEETING, &case.act.subject, || {
        let day = known.day().map_or_else(String::new, |day| day.to_string());
        (format!("decided on {decided_on}"), format!("{day}, when {} sat", known.id))
    });
}

fn judge_vote_fits(
    case: &Case<'_>,
    verdict: &mut Verdict,
    known: &Meeting,
    decision: &DecisionRecorded,
    body: &BodyId,
) {
    let item = decision.item.as_ref().map_or("", |item| item.reference.as_str());
    let vote = known.vote(item, body, decision.motion.as_deref());
    let missing = decision.motion.is_some() && vote.is_none();
    let counted = vote.and_then(|(_position, vote)| vote.votes);
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
