//! What was said, read as JSON from the entries. The dumb register knows no more of the book than this list.

use crate::said::Said;
use crate::story::Story;
use proptest::test_runner::Config;
use serde_json::Value;

/// One event, as whoever reads the log sees it.
#[derive(Debug, Clone)]
pub(crate) struct Heard {
    pub(crate) position: u64,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) subject: String,
    pub(crate) standing: String,
    pub(crate) facts: Value,
    pub(crate) fulfils: Vec<String>,
}

/// Everything that was said in the first `known` entries, in order, uncorrected.
pub(crate) fn heard(story: &Story, known: u64) -> Vec<Heard> {
    let entries = story.entries.iter().take(usize::try_from(known).unwrap());
    entries
        .map(|entry| {
            let event = entry.event();
            Heard {
                position: entry.position.0,
                id: event.id.to_string(),
                name: event.event_type.name.clone(),
                subject: event.subject.to_string(),
                standing: event.data["standing"].as_str().unwrap().to_owned(),
                facts: event.data["facts"].clone(),
                fulfils: event
                    .data
                    .get("fulfils")
                    .map(|ids| serde_json::from_value(ids.clone()).unwrap())
                    .unwrap_or_default(),
            }
        })
        .collect()
}

/// A text of the facts; empty where it is absent.
pub(crate) fn text<'a>(facts: &'a Value, member: &str) -> &'a str {
    facts[member].as_str().unwrap_or_default()
}

/// A list of texts; empty where it is absent.
pub(crate) fn texts<'a>(facts: &'a Value, member: &str) -> Vec<&'a str> {
    facts[member].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// A list; empty where it is absent.
pub(crate) fn list<'a>(facts: &'a Value, member: &str) -> Vec<&'a Value> {
    facts[member].as_array().into_iter().flatten().collect()
}

/// A number; nought where it is absent.
pub(crate) fn number(facts: &Value, member: &str) -> u64 {
    facts[member].as_u64().unwrap_or_default()
}

/// Says it; what is refused leaves the book as it was. Whether it was admitted.
pub(crate) fn tell(story: &mut Story, said: &Said) -> bool {
    let before = (story.book.chain().head().hash, story.record().len());
    let admitted = story.tell(said).is_ok();
    let after = (story.book.chain().head().hash, story.record().len());
    assert_eq!(admitted, before != after, "{} of {}", said.type_name, said.subject);
    admitted
}

/// How many histories are made up for a property; `HISTORIES_TIMES=50` makes fifty times as many, for a night.
pub(crate) fn cases(cases: u32) -> Config {
    let times = std::env::var("HISTORIES_TIMES").ok().and_then(|times| times.parse::<u32>().ok());
    Config { cases: cases * times.unwrap_or(1), failure_persistence: None, ..Config::default() }
}
