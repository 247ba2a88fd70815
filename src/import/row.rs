//! What a row of a file says, before keys, ids and a ledger; and what is wrong with one.

use minutebook_governance::{Basis, Document, IntentionId, Malformed, Refusal, Standing, Violation};
use minutebook_log::{Subject, Timestamp};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::fmt;

/// One event as a file says it. A line of JSON has these members.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// When it became known, which a re-enactment records as its time.
    #[serde(default, deserialize_with = "event_time")]
    pub time: Option<Timestamp>,
    /// The type of event, by name.
    #[serde(rename = "type")]
    pub type_name: String,
    /// What it is about.
    pub subject: Subject,
    /// The names of the keys that sign it; none: the first key of the load.
    #[serde(default)]
    pub signers: Vec<String>,
    /// With what right it speaks; absent: as the load says.
    #[serde(default)]
    pub standing: Option<Standing>,
    /// For examples: whether it stands in a source, or was filled in between sources.
    #[serde(default)]
    pub basis: Option<Basis>,
    /// The documents that it rests on.
    #[serde(default)]
    pub evidence: Vec<Document>,
    /// The intentions that it carries out.
    #[serde(default)]
    pub fulfils: Vec<IntentionId>,
    /// A name that rows share which were done together.
    #[serde(default)]
    pub correlation: Option<String>,
    /// What it says.
    pub facts: Value,
}

fn event_time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    let written = String::deserialize(deserializer)?;
    Timestamp::parse_event_time(&written).map(Some).map_err(serde::de::Error::custom)
}

/// Where a row stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowPlace {
    /// The file, as it was named.
    pub file: String,
    /// The line that the row begins on, from 1; 0 for what is said of the file as a whole.
    pub line: u64,
}

impl fmt::Display for RowPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}, the file itself", self.file),
            line => write!(f, "{}, line {line}", self.file),
        }
    }
}

/// One thing that is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The rule that refuses it; nothing where it is the form.
    pub rule: Option<&'static str>,
    /// What was found.
    pub found: String,
    /// What would have been right.
    pub needed: String,
}

impl Problem {
    /// Something wrong with the form.
    pub fn of_form(found: impl Into<String>, needed: impl Into<String>) -> Self {
        Self { rule: None, found: found.into(), needed: needed.into() }
    }
}

impl From<Malformed> for Problem {
    fn from(malformed: Malformed) -> Self {
        Self::of_form(format!("{}: {}", malformed.at, malformed.found), malformed.needed)
    }
}

impl From<&Violation> for Problem {
    fn from(broken: &Violation) -> Self {
        let found = format!("{} ({})", broken.found, broken.subject);
        Self { rule: Some(broken.rule.id), found, needed: broken.needed.clone() }
    }
}

/// A row that is refused, and everything that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFault {
    /// Where it stands.
    pub place: RowPlace,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

/// A file that says nothing.
pub(super) fn no_rows() -> Problem {
    Problem::of_form("no row", "a file with at least one row")
}

/// Everything that a refusal names.
pub(super) fn problems(refusal: &Refusal) -> Vec<Problem> {
    match refusal {
        Refusal::Malformed(malformed) => vec![malformed.clone().into()],
        Refusal::Unauthorised(broken) | Refusal::RulesBroken(broken) => {
            broken.iter().map(Into::into).collect()
        }
        other => vec![Problem::of_form(other.to_string(), "an event that continues this ledger")],
    }
}
