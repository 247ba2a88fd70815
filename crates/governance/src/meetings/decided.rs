//! What is asked of a decision wherever it is told, with votes or as one act of a sitting.

use super::alike::is_same_item;
use super::motions::VoteTaken;
use super::state::{Meeting, is_same_motion};
use crate::act::Case;
use crate::bodies::enacted;
use crate::decisions::{Decision, DecisionRecorded, Effect, Outcome, decisions};
use crate::rules::rules;
use crate::{BodyId, Date, PDate, Rule, Verdict};

rules! {
    AT_MEETING: Hard =
        "decision.at-meeting",
        "A decision at a meeting is taken on the day of the meeting.",
        "principle: good minutes";
    ONCE: Soft =
        "decision.once",
        "A body carries or rejects the same under an item once; another motion has its name, and one that is put again its vote.",
        "principle: good minutes";
}

/// Whether it is minuted because a rule refuses it.
pub(super) fn is_minuted_as_unlawful(decision: &DecisionRecorded) -> bool {
    matches!(decision.effect, Effect::None { refused_by: Some(_) })
}

/// Whether it is minuted because this rule refuses it.
pub(super) fn is_refused_by(decision: &DecisionRecorded, refuses: &Rule) -> bool {
    matches!(&decision.effect, Effect::None { refused_by: Some(by) } if by == refuses.id)
}

/// Asks that it is done on the day of the meeting.
pub(super) fn judge_day(case: &Case<'_>, verdict: &mut Verdict, known: &Meeting, decided_on: &PDate) {
    let fits = known.day().is_none_or(|day| day.agrees_with(decided_on));
    verdict.hard(fits, &AT_MEETING, &case.act.subject, || {
        let day = known.day().map_or_else(String::new, |day| day.to_string());
        (format!("decided on {decided_on}"), format!("{day}, when {} sat", known.id))
    });
}

impl DecisionRecorded {
    /// The vote on which it rests, at the meeting at which it was taken.
    pub(super) fn vote_at<'a>(&self, known: &'a Meeting, body: &BodyId) -> Option<&'a VoteTaken> {
        let item = self.item.as_ref().map_or("", |item| item.reference.as_str());
        known.vote(item, body, self.motion.as_deref()).map(|(_position, vote)| vote)
    }

    /// Whether it settles a motion, so that the same can't be settled again: what is noted, deferred or referred is not.
    fn is_settled(&self) -> bool {
        let settles = self.is_carried() || self.outcome == Outcome::Rejected;
        settles && !is_minuted_as_unlawful(self)
    }

    /// Whether another decision of the same meeting is on the same motion under the same item, with the same effects.
    fn repeats(&self, other: &DecisionRecorded) -> bool {
        let items = self.item.as_ref().zip(other.item.as_ref());
        self.meeting == other.meeting
            && items.is_some_and(|(one, other)| is_same_item(&one.reference, &other.reference))
            && is_same_motion(self.motion.as_deref(), other.motion.as_deref())
            && (&self.effect, &self.also) == (&other.effect, &other.also)
    }
}

/// Finds that the body, or one of several that decide as one, has settled the same at this meeting before. A vote that was
/// put again says why; what rescinds or changes an earlier decision is another motion, or comes at another meeting.
pub(super) fn judge_once(
    case: &Case<'_>,
    verdict: &mut Verdict,
    known: &Meeting,
    decision: &DecisionRecorded,
    body: &BodyId,
) {
    if !decision.is_settled() || decision.vote_at(known, body).is_some_and(|vote| vote.put_again.is_some()) {
        return;
    }
    let with = decision.decided_with.iter().map(|with| &with.body);
    let bodies: Vec<_> = [body].into_iter().chain(with).collect();
    let of_one = |it: &Decision| bodies.iter().copied().find(|body| it.is_of(body)).cloned();
    let told = decisions(case.record, known.id.subject(), enacted(case.record, Date::LAST)).into_iter();
    let mut before = told.filter(|it| it.recorded.is_settled() && decision.repeats(&it.recorded));
    let again = before.find_map(|it| Some((of_one(&it)?, it.source.position)));
    verdict.soft(again.is_none(), &ONCE, &case.act.subject, || {
        let found = again.map_or_else(String::new, |(body, position)| {
            format!("entry {position} has this decision of {body} already")
        });
        let needed = "one decision; what was recorded twice is withdrawn (RecordCorrected, duplicate), another motion is \
            named (motion, with its VoteTaken), and one that is put again says why (put_again in VoteTaken)";
        (found, needed.to_owned())
    });
}
