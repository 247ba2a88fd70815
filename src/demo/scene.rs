//! A scene: one event of the re-enactment as it stands in the script, before keys, ids and a ledger.

use anyhow::Context as _;
use minutebook_governance::{Basis, Document, IntentionId, Standing};
use minutebook_log::{Malformed, Subject, Timestamp};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};

/// One event of the script. A line of `data/nottinghamshire.jsonl` is one, with the same members.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scene {
    /// When it became known, which a re-enactment records as its time.
    #[serde(deserialize_with = "event_time")]
    pub time: Timestamp,
    /// The type of event, by name.
    #[serde(rename = "type")]
    pub type_name: String,
    /// What it is about.
    pub subject: Subject,
    /// The roles that sign it, the first being the one who speaks.
    pub signers: Vec<String>,
    /// With what right it speaks.
    pub standing: Standing,
    /// Whether it stands in a source, or was filled in between sources.
    pub basis: Basis,
    /// The documents that it rests on.
    #[serde(default)]
    pub evidence: Vec<Document>,
    /// The intentions that it carries out.
    #[serde(default)]
    pub fulfils: Vec<IntentionId>,
    /// A name that scenes share which were done together.
    #[serde(default)]
    pub correlation: Option<String>,
    /// What it says.
    pub facts: Value,
}

fn event_time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let written = String::deserialize(deserializer)?;
    Timestamp::parse_event_time(&written).map_err(serde::de::Error::custom)
}

impl Scene {
    /// The event's `data`, signed by these.
    pub(super) fn data(&self, signatories: &[minutebook_governance::Signatory]) -> Map<String, Value> {
        let mut data = Map::new();
        data.insert("standing".to_owned(), json!(self.standing));
        data.insert("signatories".to_owned(), json!(signatories));
        data.insert("basis".to_owned(), json!(self.basis));
        if !self.evidence.is_empty() {
            data.insert("evidence".to_owned(), json!(self.evidence));
        }
        if !self.fulfils.is_empty() {
            data.insert("fulfils".to_owned(), json!(self.fulfils));
        }
        data.insert("facts".to_owned(), self.facts.clone());
        data
    }
}

/// A file of `data/`, by its name there, as it is compiled into the program: an event a line.
pub(super) type File = (&'static str, &'static str);

/// The scenes of a file, in its order.
///
/// # Errors
/// A line is not as data/README.md describes it.
pub(super) fn read((file, text): File) -> anyhow::Result<Vec<Scene>> {
    let scene =
        |(line, text)| serde_json::from_str(text).with_context(|| format!("data/{file}, line {}", line + 1));
    text.lines().enumerate().map(scene).collect()
}

/// The first moment of a day, `YYYY-MM-DD`, in UTC.
pub(super) fn midnight(day: impl std::fmt::Display) -> Result<Timestamp, Malformed> {
    Timestamp::parse_event_time(&format!("{day}T00:00:00Z"))
}
