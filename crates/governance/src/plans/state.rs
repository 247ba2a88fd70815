//! What became of plans, as a view sees it, and what was said.

use super::events::{Fate, IntentionRecorded, IntentionResolved, StatementRecorded};
use crate::joined::Source;
use crate::loads::{Passed, is_stated, known_to, passed_by};
use crate::proposals::abandonment;
use crate::view::Told;
use crate::words::words;
use crate::{Certainty, Date, IntentionId, MergerId, Record, Scope, StatementId, View};
use minutebook_log::{Position, Subject};
use std::collections::{BTreeMap, BTreeSet};

/// What became of an intention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntentionState {
    /// It may still come.
    Open,
    /// An act carried it out.
    Met,
    /// Its day has passed, or somebody said that nothing came of it.
    Lapsed,
    /// Something else happened, or was decided.
    Contradicted,
    /// Its day has passed, and nothing that the view knows says what became of it.
    DuePassed,
}

words!(
    IntentionState:
    Open = "open",
    Met = "met",
    Lapsed = "lapsed",
    Contradicted = "contradicted",
    DuePassed = "due_passed",
);

/// An intention as a view sees it.
#[derive(Debug, Clone)]
pub struct Intention {
    /// Its id.
    pub id: IntentionId,
    /// What is intended.
    pub recorded: IntentionRecorded,
    /// What became of it.
    pub state: IntentionState,
    /// Who says so, where somebody does.
    pub resolved: Option<IntentionResolved>,
    /// Where it is said.
    pub source: Source,
    /// The last day of which the view can know what became of it.
    pub known_to: Date,
    /// Whether it is certain that it was stated by the view's day.
    pub is_sure: bool,
    /// The entries that it rests on: what was said, and what carried it out.
    pub why: Vec<Position>,
}

/// The intentions that concern a subject, in the order of the book. Plans are shown whatever the standing
/// of who reports them, since they never touch state.
pub fn intentions_about(record: &Record, subject: &Subject, view: View) -> Vec<Intention> {
    let listed = intentions_listed(record, Some(subject), view);
    listed.iter().filter_map(|(_position, id)| intention(record, id, view)).collect()
}

/// The ids of the intentions that concern a subject, or of all, each with the entry that names it first, in the order
/// of the book: what a list is cut by, before any of them is worked out.
pub fn intentions_listed(
    record: &Record,
    subject: Option<&Subject>,
    view: View,
) -> Vec<(Position, IntentionId)> {
    let view = View { scope: Scope::Reported, ..view };
    let told = |subject: &Subject| -> Vec<(Position, IntentionId)> {
        let told = record.saying::<IntentionRecorded>(subject, view);
        let told = told.filter(|told| {
            let said = told.says::<IntentionRecorded>();
            said.is_some_and(|said| view.may_be_past(said.stated_on.as_ref()))
        });
        told.filter_map(|told| Some((told.position, IntentionId::of(&told.subject)?))).collect()
    };
    let mut listed = match subject {
        Some(subject) => told(subject),
        None => record.subjects(IntentionId::KIND).flat_map(told).collect(),
    };
    listed.sort_unstable();
    let mut seen = BTreeSet::new();
    listed.retain(|(_position, id)| seen.insert(id.clone()));
    listed
}

/// The intention, if the view knows of it.
pub fn intention(record: &Record, id: &IntentionId, view: View) -> Option<Intention> {
    let view = View { scope: Scope::Reported, ..view };
    let told: Vec<_> = record.about(id.subject(), view).collect();
    let mut said = told.iter().rev().filter(|told| told.subject == *id.subject());
    let (source, recorded) = said.find_map(|told| {
        let recorded = told.says::<IntentionRecorded>()?;
        view.may_be_past(recorded.stated_on.as_ref()).then(|| (Source::from(told), recorded.clone()))
    })?;
    let stated = is_stated(record, source.position, recorded.stated_on.as_ref(), view);
    let is_sure = stated == Certainty::Yes;
    let carries_out = |told: &&Told| {
        let is_past = told.statement.act_date().is_none_or(|date| date.is_by(view.as_at) != Certainty::No);
        told.fulfils && told.standing.is_enacted() && is_past && is_intended(record, told, &recorded.intends)
    };
    let is_met = told.iter().any(|told| carries_out(&told));
    // On its own day it may still come.
    let known_to = known_to(record, view, source.standing);
    let passed = passed_by(record, view, source.standing, recorded.when.as_ref());
    let resolved = resolution(&told, id, view);
    let given_up = given_up(record, &recorded, view);
    let state = match (is_met, resolved.as_ref().map(|resolved| resolved.fate)) {
        (true, _) | (_, Some(Fate::Met)) => IntentionState::Met,
        (_, Some(Fate::Contradicted)) => IntentionState::Contradicted,
        (_, Some(Fate::Lapsed)) => IntentionState::Lapsed,
        (_, None) if given_up.is_some() => IntentionState::Contradicted,
        (_, None) => match passed {
            Passed::Missed => IntentionState::Lapsed,
            Passed::Unheard(_known_to) => IntentionState::DuePassed,
            Passed::NotYet | Passed::Perhaps => IntentionState::Open,
        },
    };
    let speaks = told.iter().filter(|told| told.fulfils || told.subject == *id.subject());
    let mut why: Vec<_> = speaks.map(|told| told.position).chain(given_up).collect();
    why.sort_unstable();
    Some(Intention { id: id.clone(), recorded, state, resolved, source, known_to, is_sure, why })
}

/// What comes of a merger alone, and so never where it was given up.
const OF_A_MERGER: [&str; 3] =
    ["ApplicationSubmitted", "RegulatorDecisionRecorded", "ReorganisationEffected"];

/// The entry that gives up the one merger of which something was intended, by the view's day.
fn given_up(record: &Record, recorded: &IntentionRecorded, view: View) -> Option<Position> {
    let mut mergers = recorded.about.iter().filter_map(MergerId::of);
    let (merger, None) = (mergers.next()?, mergers.next()) else { return None };
    let is_of_it = OF_A_MERGER.contains(&recorded.intends.as_str());
    let abandoned = abandonment(record, &merger, View { scope: Scope::Enacted, ..view });
    abandoned.filter(|_abandoned| is_of_it).map(|(position, _said)| position)
}

/// What those who could say so said became of it by the view's day: the last of the highest standing.
fn resolution(told: &[Told], id: &IntentionId, view: View) -> Option<IntentionResolved> {
    let said = told.iter().filter(|told| told.subject == *id.subject() && told.standing.is_enacted());
    let by_then = |said: &&IntentionResolved| said.resolved_on.is_by(view.as_at) != Certainty::No;
    let known = said.filter(|told| told.says().filter(by_then).is_some());
    known.max_by_key(|told| (told.standing, told.position)).and_then(|told| told.says().cloned())
}

/// Whether a statement is of the type that was intended, which may be any where words say what.
fn is_intended(record: &Record, told: &Told, intends: &str) -> bool {
    let name = record.at(told.position).map(|entry| entry.act.name);
    name == Some(intends) || intends == OTHER
}

/// What an intention intends that is no type of event.
pub(super) const OTHER: &str = "other";

/// Something that was said.
#[derive(Debug, Clone)]
pub struct Saying {
    /// Its id.
    pub id: StatementId,
    /// What was said.
    pub recorded: StatementRecorded,
    /// Whether it is certain that it was said by the view's day.
    pub is_sure: bool,
    /// Where it is said.
    pub source: Source,
}

/// What was said about a subject, in the order of the book, whatever the standing of who reports it.
pub fn statements_about(record: &Record, subject: &Subject, view: View) -> Vec<Saying> {
    let view = View { scope: Scope::Reported, ..view };
    let told = record.saying::<StatementRecorded>(subject, view);
    let said = told.filter_map(|told| {
        let (id, recorded) = (StatementId::of(&told.subject)?, told.says::<StatementRecorded>()?.clone());
        view.may_be_past(recorded.said_on.as_ref()).then_some(())?;
        let said = is_stated(record, told.position, recorded.said_on.as_ref(), view);
        let is_sure = said == Certainty::Yes;
        Some(Saying { id, recorded, is_sure, source: Source::from(&told) })
    });
    // A statement that is repeated is revised.
    let mut last: BTreeMap<StatementId, Saying> = BTreeMap::new();
    said.for_each(|said| drop(last.insert(said.id.clone(), said)));
    let mut said: Vec<_> = last.into_values().collect();
    said.sort_by_key(|said| said.source.position);
    said
}
