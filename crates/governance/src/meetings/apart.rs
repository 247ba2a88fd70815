//! One decision of several bodies that each of them has recorded for itself: it then counts once for each.

use super::alike::{drawn, is_same_item};
use super::convening::MeetingConvened;
use super::state::meeting;
use crate::act::{Act, Case};
use crate::bodies::enacted;
use crate::committees::{Delegate, delegation, delegations_to};
use crate::decisions::{Decision, DecisionRecorded, decisions};
use crate::joined::Source;
use crate::provisions::provisions;
use crate::rules::rules;
use crate::{BodyId, CommitteeId, Date, Finding, Record, Rule, Scope, Sealable, Verdict, View};
use minutebook_log::{Position, Subject};
use std::collections::{BTreeMap, BTreeSet};

rules! {
    ONCE_FOR_ALL: Soft =
        "decision.joint-once",
        "What a joint committee decides for several bodies is recorded once: separate decisions of theirs, of one day and outcome, at one sitting or committee, in the same words and on the same amount, look like one.",
        concat!(provisions!(together), "; principle: each body for itself");
    PERHAPS_ONE: Soft =
        "decision.joint-perhaps",
        "Decisions of several bodies under one item of one meeting, of one day and outcome and on the same amount are perhaps one decision that each recorded in its own words: it then counts once for each of them until somebody says.",
        concat!(provisions!(together), "; principle: what is not known is said so");
}

/// Finds that other bodies have recorded what looks like the same decision: of acts as of reports.
pub(crate) fn judge_told_apart(case: &Case<'_>, verdict: &mut Verdict) {
    let Some(decision) = recorded_by(case.act, case.place.position) else { return };
    if amount(&decision.recorded).is_none() {
        return;
    }
    let view = as_told(case.record, case.record.len());
    let others = told_apart(case.record, &decision, view);
    verdict.soft(others.is_empty(), &ONCE_FOR_ALL, &case.act.subject, || {
        let told = others.iter().map(|it| format!("entry {} of {}", it.source.position, it.body));
        let pounds = amount(&decision.recorded).unwrap_or_default();
        let told: Vec<_> = told.collect();
        let found = format!("the same day, words and {pounds} pounds as in {}", told.join(", "));
        let needed = "one decision with the other bodies under decided_with, and the others withdrawn as duplicates \
                      (RecordCorrected); or an answer that each body commits the amount for itself";
        (found, needed.to_owned())
    });
    let others = told_in_other_words(case.record, &decision, view);
    verdict.soft(others.is_empty(), &PERHAPS_ONE, &case.act.subject, || {
        let told = others.iter().map(|it| format!("entry {} of {}", it.source.position, it.body));
        let (told, pounds) = (told.collect::<Vec<_>>(), amount(&decision.recorded).unwrap_or_default());
        let found = format!(
            "the same meeting, item, day and {pounds} pounds as in {}, in other words",
            told.join(", ")
        );
        let needed = "one decision with the other bodies under decided_with, and the others withdrawn as duplicates \
                      (RecordCorrected), where it is one; or an answer that each body commits the amount for itself";
        (found, needed.to_owned())
    });
}

/// The decisions of other bodies that are perhaps this one in other words, or in words that are sealed: under the same item
/// of the same meeting, of the same day and outcome and on the same amount. None for one that states no amount.
fn told_in_other_words(record: &Record, decision: &Decision, view: View) -> Vec<Decision> {
    let said = &decision.recorded;
    let Some((meeting, item)) = said.meeting.as_ref().zip(said.item.as_ref()) else { return Vec::new() };
    if amount(said).is_none() {
        return Vec::new();
    }
    let told = decisions(record, meeting.subject(), view).into_iter();
    let perhaps = told.filter(|other| {
        let other_said = &other.recorded;
        let same_item =
            other_said.item.as_ref().is_some_and(|it| is_same_item(&it.reference, &item.reference));
        other_said.meeting.as_ref() == Some(meeting)
            && same_item
            && could_be_one(decision, other)
            && !in_same_words(said, other_said)
    });
    perhaps.collect()
}

/// Whether two bodies have each recorded something of one day and outcome on one amount.
fn could_be_one(decision: &Decision, other: &Decision) -> bool {
    let (one, other_said) = (&decision.recorded, &other.recorded);
    other.body != decision.body
        && one.outcome == other_said.outcome
        && amount(one).is_some()
        && amount(one) == amount(other_said)
        && one.decided_on.agrees_with(&other_said.decided_on)
}

fn in_same_words(one: &DecisionRecorded, other: &DecisionRecorded) -> bool {
    words(one).is_some_and(|words_of_one| Some(words_of_one) == words(other))
}

/// The decisions of other bodies, recorded separately, that look like this one: of the same day and outcome, at the same
/// sitting or committee, in the same words and on the same amount. None for one that states no amount.
fn told_apart(record: &Record, decision: &Decision, view: View) -> Vec<Decision> {
    if amount(&decision.recorded).is_none() {
        return Vec::new();
    }
    let told = places(record, decision, view).into_iter().flat_map(|place| decisions(record, &place, view));
    let alike = told
        .filter(|other| could_be_one(decision, other) && in_same_words(&decision.recorded, &other.recorded));
    let by_place: BTreeMap<_, _> = alike.map(|other| (other.source.position, other)).collect();
    by_place.into_values().collect()
}

/// Everything that `known` entries tell, whatever its day and standing.
fn as_told(record: &Record, known: u64) -> View {
    View { known, scope: Scope::Reported, ..enacted(record, Date::LAST) }
}

/// The decisions of other bodies that are, or perhaps are, one with a decision.
type Others = fn(&Record, &Decision, View) -> Vec<Decision>;

/// What finds them, each with its rule: in the same words, and in others.
pub(crate) static ALIKE: [(&Rule, Others); 2] =
    [(&ONCE_FOR_ALL, told_apart as Others), (&PERHAPS_ONE, told_in_other_words)];

/// The entries by which bodies have said since whether what looked like one decision is one, where they have said it of all
/// that was found to be: corrections that leave one of two, or one `correlationid` of decisions that each body took for
/// itself. Nothing of another finding.
pub(crate) fn said_since(record: &Record, finding: &Finding, view: View) -> BTreeSet<Position> {
    let of = |position: Position, known: u64| {
        let act = if known <= position.0 {
            record.at(position).map(|entry| entry.act)
        } else {
            record.act_as_known(position, known)
        };
        act.and_then(|act| recorded_by(&act, position))
    };
    let first = finding.why.first().copied();
    let others =
        ALIKE.iter().find(|(rule, _others)| rule.id == finding.rule.id).map(|(_rule, others)| others);
    let said = others.zip(first).and_then(|(others, at)| {
        let named = others(record, &of(at, at.0)?, as_told(record, at.0));
        let now =
            of(at, view.known).map_or_else(Vec::new, |now| others(record, &now, as_told(record, view.known)));
        let is_open = |it: &Decision| now.iter().any(|other| other.source.position == it.source.position);
        let says = |it: &Decision| {
            if !is_open(it) {
                let corrected = [it.source.position, at].map(|of| record.corrected_at(of, view.known));
                return corrected.into_iter().flatten().max();
            }
            were_done_together(record, it.source.position, at).then_some(at)
        };
        named.iter().map(says).collect::<Option<BTreeSet<_>>>()
    });
    said.unwrap_or_default()
}

/// Whether two bodies have said that they decided together, each for itself.
pub(crate) fn were_done_together(record: &Record, one: Position, other: Position) -> bool {
    let correlation = |at: Position| record.at(at)?.act.correlation_id;
    correlation(one).is_some_and(|id| correlation(other) == Some(id))
}

fn amount(decision: &DecisionRecorded) -> Option<u64> {
    decision.delegated_under.as_ref()?.amount_pounds
}

/// What it says, as a reader compares it; nothing where that is sealed.
fn words(decision: &DecisionRecorded) -> Option<String> {
    match &decision.text {
        Sealable::Clear(text) => Some(drawn(text)),
        Sealable::Sealed(_) => None,
    }
}

/// Where decisions are told that could be the same: at its sitting, at others of the same committee, and under what was
/// delegated to that.
fn places(record: &Record, decision: &Decision, view: View) -> BTreeSet<Subject> {
    let said = &decision.recorded;
    let sat = said.meeting.as_ref().and_then(|id| meeting(record, id, view));
    let sits = sat.and_then(|sat| sat.convened.committee);
    let under = said.delegated_under.as_ref().and_then(|under| delegation(record, &under.delegation, view));
    let delegate = under.and_then(|held| match held.delegate {
        Delegate::Committee(id) => Some(id),
        _ => None,
    });
    let mut places: BTreeSet<_> = said.meeting.iter().map(|id| id.subject().clone()).collect();
    for id in sits.into_iter().chain(delegate) {
        places.extend(where_it_decides(record, &id, view));
    }
    places
}

/// Where a committee's decisions are told: at its sittings, and under what is delegated to it.
pub fn where_it_decides(record: &Record, id: &CommitteeId, view: View) -> Vec<Subject> {
    let met = record.saying::<MeetingConvened>(id.subject(), view).map(|told| told.subject);
    let under = delegations_to(record, id.subject(), view).into_iter().map(|held| held.id.subject().clone());
    met.chain(under).collect()
}

/// The decision that an act records, as it stands, or would stand, at `position`.
fn recorded_by(act: &Act, position: Position) -> Option<Decision> {
    let recorded = act.statement.downcast::<DecisionRecorded>()?.clone();
    let source = Source { position, standing: act.standing, speaker: act.speaker };
    Some(Decision { id: Some(act.id), body: BodyId::of(&act.subject)?, recorded, source })
}
