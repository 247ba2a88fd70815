//! The event: a CloudEvents 1.0 JSON object, written and signed by an author (spec/event.md).

use crate::{EventId, EventType, Hash, Malformed, Origin, Position, Subject, Timestamp, json, text};
use serde_json::{Map, Value};
use std::{fmt, str::FromStr, sync::Arc};

/// The most bytes that an event may have: 48 KiB.
pub const EVENT_BYTES_MAX: usize = 48 * 1024;

/// An entry that the author's client had when the event was written, as `position:hash`. While the event
/// stays in the book, nothing at or before it can change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Where that entry stands.
    pub position: Position,
    /// The hash of its bytes.
    pub hash: Hash,
}

impl FromStr for Seen {
    type Err = Malformed;

    fn from_str(seen: &str) -> Result<Self, Malformed> {
        let needed = "an earlier entry as position:hash, such as 16:5d1f... (64 hexadecimal digits)";
        let refuse = || Malformed::quoting("/seen", seen, needed);
        let (position, hash) = seen.split_once(':').ok_or_else(refuse)?;
        let position = text::parse_number("/seen", position).map_err(|_malformed| refuse())?;
        Ok(Self { position: Position(position), hash: hash.parse().map_err(|_malformed| refuse())? })
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.position, self.hash)
    }
}

/// An event whose form is right: one statement about governance, with the bytes that its author signed. A clone shares
/// both.
///
/// What it says (`data`) is read by `minutebook-governance`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    text: Arc<str>,
    members: Arc<EventDraft>,
}

/// The members of an event before they are bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventDraft {
    /// The name under which an append is idempotent.
    pub id: EventId,
    /// The origin of the one ledger that this event is for.
    pub source: Origin,
    /// What kind of statement it is.
    pub event_type: EventType,
    /// What it is about.
    pub subject: Subject,
    /// When the author wrote it, by the author's clock.
    pub time: Timestamp,
    /// The hash of entry 0; absent in entry 0 alone.
    pub ledger: Option<Hash>,
    /// What the author had seen; absent in entry 0 alone.
    pub seen: Option<Seen>,
    /// Joins what was done together: the decisions of one sitting.
    pub correlation_id: Option<EventId>,
    /// The event that gave rise to this one.
    pub causation_id: Option<EventId>,
    /// What it says.
    pub data: Map<String, Value>,
}

/// The members that an event may have, required ones first.
const REQUIRED: [&str; 8] =
    ["specversion", "id", "source", "type", "subject", "time", "datacontenttype", "data"];
const OPTIONAL: [&str; 4] = ["ledger", "seen", "correlationid", "causationid"];

impl EventDraft {
    /// Writes the event's bytes: one line, members in the order of spec/event.
    ///
    /// # Errors
    /// [`Malformed`], if what is drafted would be refused on reading (text with a control character, more
    /// than 48 KiB ...): the writer's own reader is run before anything is signed.
    pub fn encode(&self) -> Result<Event, Malformed> {
        let mut line = String::from("{\"specversion\":\"1.0\"");
        let mut member = |name: &str, value: &Value| {
            line.push_str(&format!(",\"{name}\":{value}"));
        };
        let text = |value: &dyn fmt::Display| Value::String(value.to_string());
        member("id", &text(&self.id));
        member("source", &text(&self.source));
        member("type", &text(&self.event_type));
        member("subject", &text(&self.subject));
        member("time", &text(&self.time.to_string().replace(".000000Z", "Z")));
        member("datacontenttype", &text(&"application/json"));
        if let Some(ledger) = &self.ledger {
            member("ledger", &text(ledger));
        }
        if let Some(seen) = &self.seen {
            member("seen", &text(seen));
        }
        if let Some(id) = &self.correlation_id {
            member("correlationid", &text(id));
        }
        if let Some(id) = &self.causation_id {
            member("causationid", &text(id));
        }
        member("data", &Value::Object(self.data.clone()));
        line.push('}');
        Event::parse(line.as_bytes())
    }
}

impl Event {
    /// Reads an event, exactly as spec/event has it.
    ///
    /// # Errors
    /// [`Malformed`], with the path of the member, what stood there and what was needed.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        if bytes.len() > EVENT_BYTES_MAX {
            let found = format!("{} bytes", bytes.len());
            return Err(Malformed::new("event", found, format!("at most {EVENT_BYTES_MAX} bytes")));
        }
        let text = std::str::from_utf8(bytes).map_err(|error| {
            Malformed::new(format!("byte {}", error.valid_up_to()), "bytes that are not UTF-8", "UTF-8")
        })?;
        let mut members = Members(json::parse_object(text)?);
        members.check_names()?;
        members.expect("specversion", "1.0")?;
        members.expect("datacontenttype", "application/json")?;
        let draft = EventDraft {
            id: members.parsed("id")?,
            source: members.parsed("source")?,
            event_type: members.parsed("type")?,
            subject: members.parsed("subject")?,
            time: Timestamp::parse_event_time(&members.text("time")?)?,
            ledger: members.parsed_if_present("ledger")?,
            seen: members.parsed_if_present("seen")?,
            correlation_id: members.parsed_if_present("correlationid")?,
            causation_id: members.parsed_if_present("causationid")?,
            data: members.object("data")?,
        };
        if draft.ledger.is_some() != draft.seen.is_some() {
            let needed = "both `ledger` and `seen`, or (in the opening entry alone) neither";
            return Err(Malformed::new("/ledger", "one of `ledger` and `seen` without the other", needed));
        }
        Ok(Self { text: text.into(), members: Arc::new(draft) })
    }

    /// The bytes as signed.
    pub fn bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// The bytes as signed, which are always UTF-8.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its members, for whoever goes on without the bytes.
    pub fn members(&self) -> &Arc<EventDraft> {
        &self.members
    }
}

impl std::ops::Deref for Event {
    type Target = EventDraft;

    fn deref(&self) -> &EventDraft {
        &self.members
    }
}

/// The members of an event that are not read yet.
struct Members(Map<String, Value>);

impl Members {
    fn check_names(&self) -> Result<(), Malformed> {
        let known = |name: &&String| REQUIRED.contains(&name.as_str()) || OPTIONAL.contains(&name.as_str());
        match self.0.keys().find(|name| !known(name)) {
            Some(unknown) => {
                let needed = format!("no members but {} and {}", REQUIRED.join(", "), OPTIONAL.join(", "));
                Err(Malformed::quoting("event", unknown, needed))
            }
            None => Ok(()),
        }
    }

    fn text(&mut self, name: &str) -> Result<String, Malformed> {
        match self.0.remove(name) {
            Some(Value::String(text)) => Ok(text),
            Some(other) => Err(Malformed::quoting(format!("/{name}"), &other.to_string(), "a string")),
            None => Err(Malformed::new(format!("/{name}"), "nothing", "a string")),
        }
    }

    fn expect(&mut self, name: &str, value: &str) -> Result<(), Malformed> {
        let found = self.text(name)?;
        if found == value {
            return Ok(());
        }
        Err(Malformed::quoting(format!("/{name}"), &found, format!("\"{value}\"")))
    }

    fn parsed<T: FromStr<Err = Malformed>>(&mut self, name: &str) -> Result<T, Malformed> {
        self.text(name)?.parse().map_err(|malformed| Malformed { at: format!("/{name}"), ..malformed })
    }

    fn parsed_if_present<T: FromStr<Err = Malformed>>(&mut self, name: &str) -> Result<Option<T>, Malformed> {
        if self.0.contains_key(name) { self.parsed(name).map(Some) } else { Ok(None) }
    }

    fn object(&mut self, name: &str) -> Result<Map<String, Value>, Malformed> {
        match self.0.remove(name) {
            Some(Value::Object(object)) => Ok(object),
            Some(other) => Err(Malformed::quoting(format!("/{name}"), &other.to_string(), "an object")),
            None => Err(Malformed::new(format!("/{name}"), "nothing", "an object")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"specversion":"1.0","id":"016bbd59-0a60-7000-8000-000000000001","source":"minutebook.example/x","type":"uk.nhs.governance.DecisionRecorded.v1","subject":"body/04K","time":"2019-07-04T13:05:00Z","datacontenttype":"application/json","data":{"facts":{}}}"#;

    #[test]
    fn what_is_read_is_written_again() {
        let event = Event::parse(LINE.as_bytes()).unwrap();
        assert_eq!((event.text(), event.bytes()), (LINE, LINE.as_bytes()));
        assert_eq!(event.encode().unwrap(), event, "the members in the order of spec/event");
    }

    #[test]
    fn the_authors_own_spaces_and_order_are_kept() {
        let line = LINE
            .replace(r#"{"specversion":"1.0","#, "{ ")
            .replace(r#""data":{"facts":{}}"#, r#""data" : {"facts":{}}, "specversion":"1.0""#);
        let event = Event::parse(line.as_bytes()).unwrap();
        assert_eq!(event.text(), line);
        assert_eq!(event.encode().unwrap().text(), LINE);
    }

    #[test]
    fn a_draft_that_readers_would_refuse_is_not_written() {
        let mut draft = (*Event::parse(LINE.as_bytes()).unwrap()).clone();
        draft.data.insert("text".to_owned(), Value::from("two\rlines"));
        assert!(draft.encode().is_err());
        draft.data.insert("text".to_owned(), Value::from("x".repeat(EVENT_BYTES_MAX)));
        assert_eq!(draft.encode().unwrap_err().at, "event");
    }

    #[test]
    fn a_refusal_names_the_member() {
        for (from, to, at) in [
            (r#""subject":"body/04K""#, r#""subject":"04K""#, "/subject"),
            (r#""time":"2019-07-04T13:05:00Z""#, r#""time":7"#, "/time"),
            (r#""time":"2019-07-04T13:05:00Z","#, "", "/time"),
            (r#""data":{"facts":{}}"#, r#""data":[]"#, "/data"),
            (r#""data""#, r#""more":1,"data""#, "event"),
            (r#""data""#, r#""causationid":"x","data""#, "/causationid"),
        ] {
            let refused = Event::parse(LINE.replace(from, to).as_bytes()).unwrap_err();
            assert_eq!(refused.at, at, "{refused}");
        }
    }

    #[test]
    fn seen_is_a_position_and_a_hash() {
        let text = format!("16:{}", "5d".repeat(32));
        let seen: Seen = text.parse().unwrap();
        assert_eq!((seen.position, seen.to_string()), (Position(16), text));
        let hash = "5d".repeat(32);
        for refused in
            ["", "16", "16:", &hash, &format!("016:{hash}"), &format!("16:{hash}0"), &format!(" 16:{hash}")]
        {
            assert!(refused.parse::<Seen>().is_err(), "{refused:?}");
        }
    }
}
