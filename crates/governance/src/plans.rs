//! Plans are not facts: what is planned, proposed, expected or conditional, and what was merely said. The
//! register's state ignores both; trackers show them.

use crate::act::{ANYBODY, Case, Facts, Need, Statement};
use crate::joined::Source;
use crate::record::Told;
use crate::rules::rules;
use crate::{Certainty, IntentionId, Malformed, PDate, Record, Scope, Sealable, Verdict, View};
use minutebook_log::{Position, Subject};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

rules! {
    FULFILLED: Soft =
        "intention.fulfilled",
        "What carries out an intention is of the type that was intended, and the intention is recorded.",
        "domain 2.0, plans are not facts";
    KNOWN_TYPE: Hard =
        "intention.known-type",
        "An intention intends a type of event, or other with words.",
        "domain 0, must-hold lists, 000";
}

/// How sure the source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Mood {
    /// It is proposed.
    Proposed,
    /// It is planned.
    Planned,
    /// It is expected.
    Expected,
    /// It depends on conditions.
    Conditional,
}

impl Mood {
    /// The word for it in events and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Mood::Proposed => "proposed",
            Mood::Planned => "planned",
            Mood::Expected => "expected",
            Mood::Conditional => "conditional",
        }
    }
}

/// Something is intended. Subject: the intention.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct IntentionRecorded {
    /// The type of event that is intended (`ReorganisationEffected`), or `other`.
    pub intends: String,
    /// How sure the source is.
    pub mood: Mood,
    /// Whom and what it concerns.
    pub about: Vec<Subject>,
    /// When it is to happen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<PDate>,
    /// What it depends on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<String>,
    /// The words of the source, or of the body.
    pub wording: Sealable,
}

impl Facts for IntentionRecorded {
    const EXAMPLE: &'static str = r#"{
  "type": "IntentionRecorded",
  "subject": "intention/nottinghamshire-merger-april-2020",
  "data": {
    // own_document for a body's own paper, third_party for the press; register with the capacity register.
    "standing": "own_document",
    "signatories": [{"capacity": "importer"}],
    "facts": {
      // The type of event that is intended, or other.
      "intends": "ReorganisationEffected",
      // proposed, planned, expected, conditional.
      "mood": "proposed",
      // Whom or what it concerns.
      "about": ["body/04K", "merger/nottinghamshire-2019"],
      "when": {"written": "April 2020", "earliest": "2020-04-01", "latest": "2020-04-30"},
      "conditions": ["NHS England approves"],
      "wording": "We are proposing to merge our CCGs in April 2020."
    }
  }
}"#;
}

/// Somebody said something. Subject: the statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StatementRecorded {
    /// Who, as the source names them.
    pub speaker: Sealable,
    /// What was said.
    pub text: Sealable,
    /// Whom and what it concerns.
    pub about: Vec<Subject>,
}

impl Facts for StatementRecorded {
    const EXAMPLE: &'static str = r#"{
  "type": "StatementRecorded",
  "subject": "statement/nottinghamshire-2019-leadership",
  "data": {
    // own_document for a body's own paper, third_party for the press; register with the capacity register.
    "standing": "own_document",
    "signatories": [{"capacity": "importer"}],
    "facts": {
      // May be {"sealed": "<SHA-256 of the disclosure>"}, like the text.
      "speaker": "The six CCGs",
      "text": "We now have a single leadership team.",
      "about": ["body/04K", "body/04N"]
    }
  }
}"#;
}

/// What became of an intention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntentionState {
    /// It may still come.
    Open,
    /// An act carried it out.
    Met,
    /// Its day has passed.
    Lapsed,
}

impl IntentionState {
    /// The word for it in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            IntentionState::Open => "open",
            IntentionState::Met => "met",
            IntentionState::Lapsed => "lapsed",
        }
    }
}

/// An intention as a view sees it.
#[derive(Debug, Clone)]
pub struct Intention {
    /// Its id.
    pub id: IntentionId,
    /// What is intended.
    pub recorded: IntentionRecorded,
    /// What became of it.
    pub state: IntentionState,
    /// Where it is said.
    pub source: Source,
    /// The entries that it rests on: what was said, and what carried it out.
    pub why: Vec<Position>,
}

/// The intentions that concern a subject, in the order of the book. Plans are shown whatever the standing
/// of who reports them, since they never touch state.
pub fn intentions_about(record: &Record, subject: &Subject, view: View) -> Vec<Intention> {
    let view = View { scope: Scope::Reported, ..view };
    let ids =
        record.saying::<IntentionRecorded>(subject, view).filter_map(|told| IntentionId::of(&told.subject));
    let mut seen = BTreeSet::new();
    let ids: Vec<_> = ids.filter(|id| seen.insert(id.clone())).collect();
    ids.iter().filter_map(|id| intention(record, id, view)).collect()
}

/// The intention, if the view knows of it.
pub fn intention(record: &Record, id: &IntentionId, view: View) -> Option<Intention> {
    let view = View { scope: Scope::Reported, ..view };
    let told: Vec<_> = record.about(id.subject(), view).collect();
    let mut said = told.iter().rev().filter(|told| told.subject == *id.subject());
    let (source, recorded) =
        said.find_map(|told| Some((Source::from(told), told.says::<IntentionRecorded>()?.clone())))?;
    let carries_out = |told: &&Told| {
        let is_past = told.statement.act_date().is_none_or(|date| date.is_by(view.as_at) != Certainty::No);
        told.fulfils && told.standing.is_enacted() && is_past && is_intended(record, told, &recorded.intends)
    };
    let is_met = told.iter().any(|told| carries_out(&told));
    // On its own day it may still come.
    let eve = record.today(view).day_before();
    let is_over = recorded.when.as_ref().is_some_and(|when| when.is_by(eve) == Certainty::Yes);
    let state = match (is_met, is_over) {
        (true, _) => IntentionState::Met,
        (false, true) => IntentionState::Lapsed,
        (false, false) => IntentionState::Open,
    };
    let speaks = told.iter().filter(|told| told.fulfils || told.subject == *id.subject());
    let why = speaks.map(|told| told.position).collect();
    Some(Intention { id: id.clone(), recorded, state, source, why })
}

/// Whether a statement is of the type that was intended, which may be any where words say what.
fn is_intended(record: &Record, told: &Told, intends: &str) -> bool {
    let name = record.at(told.position).map(|entry| entry.act.name);
    name == Some(intends) || intends == OTHER
}

/// What an intention intends that is no type of event.
const OTHER: &str = "other";

/// Asks of what an act carries out that it was intended.
pub(crate) fn judge_fulfilled(case: &Case<'_>, verdict: &mut Verdict) {
    let view = crate::authority::now(case.record);
    for id in &case.act.fulfils {
        let known = intention(case.record, id, view);
        let fits = known.as_ref().is_some_and(|intention| {
            let intends = &intention.recorded.intends;
            intends == OTHER || intends == case.act.name
        });
        verdict.soft(fits, &FULFILLED, &case.act.subject, || {
            let found = known.map_or_else(
                || format!("{id}, which no entry records"),
                |known| format!("{id}, which intends {}", known.recorded.intends),
            );
            (found, format!("an intention of {}", case.act.name))
        });
    }
}

impl Statement for IntentionRecorded {
    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(ANYBODY)]
    }

    fn about(&self) -> Vec<Subject> {
        self.about.clone()
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        if self.about.is_empty() {
            return Err(Malformed::new("/data/facts/about", "nobody", "whom or what it concerns"));
        }
        Ok(())
    }

    fn judge_references(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let known = self.intends == OTHER || (case.is_type)(&self.intends);
        verdict.hard(known, &KNOWN_TYPE, &case.act.subject, || {
            (format!("\"{}\"", self.intends), "a type of the catalogue, or other".to_owned())
        });
    }
}

impl Statement for StatementRecorded {
    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(ANYBODY)]
    }

    fn about(&self) -> Vec<Subject> {
        self.about.clone()
    }
}
