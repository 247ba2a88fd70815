//! Plans are not facts: what is planned, proposed, expected or conditional, and what was merely said. The
//! register's state ignores both; trackers show them.

use crate::act::{ANYBODY, Case, Need, Statement};
use crate::joined::Source;
use crate::{Certainty, IntentionId, Malformed, PDate, Record, Rule, Scope, Sealable, Verdict, View};
use minutebook_log::{Position, Subject};
use serde::{Deserialize, Serialize};

static KNOWN_TYPE: Rule = Rule {
    id: "intention.known-type",
    says: "An intention intends a type of event, or other with words.",
    source: "domain 0, must-hold lists, 000",
};

/// How sure the source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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

/// Somebody said something. Subject: the statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatementRecorded {
    /// Who, as the source names them.
    pub speaker: Sealable,
    /// What was said.
    pub text: Sealable,
    /// Whom and what it concerns.
    pub about: Vec<Subject>,
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
    let mut ids: Vec<IntentionId> = record
        .about(subject, view)
        .filter(|told| told.says::<IntentionRecorded>().is_some())
        .filter_map(|told| IntentionId::of(&told.subject))
        .collect();
    ids.dedup();
    ids.iter().filter_map(|id| intention(record, id, view)).collect()
}

/// The intention, if the view knows of it.
pub fn intention(record: &Record, id: &IntentionId, view: View) -> Option<Intention> {
    let view = View { scope: Scope::Reported, ..view };
    let (mut recorded, mut met, mut why) = (None, false, Vec::new());
    for told in record.about(id.subject(), view) {
        if let Some(said) = told.says::<IntentionRecorded>() {
            recorded = Some((said.clone(), Source::from(&told)));
        } else if told.standing.is_enacted() {
            met |= told.statement.act_date().is_none_or(|date| date.is_by(view.as_at) != Certainty::No);
        }
        why.push(told.position);
    }
    let (recorded, source): (IntentionRecorded, _) = recorded?;
    let today = record.today(view);
    let passed = recorded.when.as_ref().is_some_and(|when| when.is_by(today) == Certainty::Yes);
    let state = match (met, passed) {
        (true, _) => IntentionState::Met,
        (false, true) => IntentionState::Lapsed,
        (false, false) => IntentionState::Open,
    };
    Some(Intention { id: id.clone(), recorded, state, source, why })
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
        let known = self.intends == "other" || (case.is_type)(&self.intends);
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
