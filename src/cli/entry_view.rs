//! An entry as the command line lists and parses it.

use super::show;
use crate::client::plain;
use crate::shown::phrases::with_moments;
use minutebook_governance::headlines::{NameOf, headline};
use minutebook_log::{Continued, Entry, Hash, Opening, Position};
use serde_json::{Value, json};

/// An entry's bytes, read; what is no entry keeps its text.
pub(crate) struct EntryView {
    /// Where it stands, as whoever gave it says.
    pub(crate) position: u64,
    /// The hash of its bytes.
    pub(crate) hash: Hash,
    /// The entry, or why it is none.
    pub(crate) entry: Result<Entry, String>,
    bytes: Vec<u8>,
}

impl EntryView {
    /// Reads the bytes of the entry at `position`.
    pub(crate) fn new(position: u64, bytes: Vec<u8>) -> Self {
        let entry = Entry::parse(&bytes).map_err(|malformed| malformed.to_string());
        Self { position, hash: Hash::of(&bytes), entry, bytes }
    }

    /// The entry's text, with nothing in it that a terminal would obey.
    pub(crate) fn text(&self) -> String {
        plain(&String::from_utf8_lossy(&self.bytes))
    }

    /// What it says in a line, people by their names as far as they are known; nothing for a type that is not known here, and for what is no entry.
    pub(crate) fn headline(&self, name_of: NameOf<'_>) -> String {
        let Ok(entry) = &self.entry else { return String::new() };
        let facts = entry.event().data.get("facts");
        plain(&facts.map_or_else(String::new, |facts| {
            with_moments(&headline(&entry.event().event_type.name, facts, name_of))
        }))
    }

    /// Its position, when it was recorded, its type, what it is about, its standing.
    pub(crate) fn row(&self) -> [String; 5] {
        match &self.entry {
            Ok(entry) => [
                entry.position.to_string(),
                show::moment(&entry.recorded.to_string()),
                entry.event().event_type.name.clone(),
                subject(entry),
                show::standing(standing(entry)),
            ],
            Err(why) => {
                [self.position.to_string(), String::new(), "no entry".to_owned(), String::new(), plain(why)]
            }
        }
    }

    /// As JSON: header, signatures and event, parsed.
    pub(crate) fn to_json(&self) -> Value {
        let entry = match &self.entry {
            Ok(entry) => entry,
            Err(why) => return json!({"position": self.position, "hash": self.hash, "no_entry": why}),
        };
        let signatures: Vec<_> = entry
            .signed
            .signatures()
            .iter()
            .map(|(key, signature)| json!({"key": key, "signature": signature.to_string()}))
            .collect();
        let event: Value = serde_json::from_str(entry.event().text()).unwrap_or_default();
        json!({
            "position": entry.position,
            "hash": self.hash,
            "previous": entry.previous,
            "subject": entry.event().subject,
            "stream_number": entry.stream_number,
            "recorded": entry.recorded.to_string(),
            "type": entry.event().event_type.name,
            "standing": standing(entry),
            "signatures": signatures,
            "event": event,
        })
    }
}

/// What an entry is about; of an opening, also what it continues.
fn subject(entry: &Entry) -> String {
    let event = entry.event();
    let opening = (entry.position == Position::FIRST).then(|| Opening::parse(event).ok()).flatten();
    match opening.and_then(|opening| opening.continues) {
        Some(Continued { origin, size, .. }) => {
            format!("ledger, by its own word continues {origin} at size {size}")
        }
        None => show::shortened(event.subject.as_str()),
    }
}

fn standing(entry: &Entry) -> &str {
    entry.event().data.get("standing").and_then(Value::as_str).unwrap_or_default()
}
