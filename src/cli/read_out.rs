//! An event as it is read before somebody signs it: what it says first, the rest beneath in few lines, people by their names.
//! Everything that is said is there; the exact bytes are shown to whoever asks for them.

use super::columns::labelled;
use super::context::Context;
use super::show;
use crate::client::{Client, KnownLedger, RegisterClient};
use crate::proto::ListPeopleRequest;
use crate::shown::phrases::{ids_in, texts_in, with_moments};
use minutebook_governance::headlines::{cited, headline as says};
use minutebook_log::{Event, EventId};
use owo_colors::OwoColorize as _;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// How many people are asked about by name, and how many entries by the id of their event; whoever is more keeps the id alone.
const PEOPLE_MAX: usize = 100;

/// Members that say what an event is about, in whose order the first is read out first.
const FIRST: [&str; 6] = ["text", "title", "name", "nature", "question", "reason"];

/// How long items of a list are that stand on one line.
const SHORT: usize = 32;

/// People's names, by id; and entries by where they stand, with what they say, by the id of their event.
#[derive(Debug, Default)]
pub(crate) struct Called(BTreeMap<String, String>);

impl Called {
    /// Asks for the names of those whom events speak of, and for the entries that they cite; those whom the events themselves name are known by that. Who has no
    /// name in the book keeps the id, and so does everybody where the ledger gives no answer: a name is a help to whoever
    /// reads, and not what is signed.
    pub(crate) async fn ask(
        context: &Context,
        (client, known): (&mut Client, &KnownLedger),
        events: &[&Event],
    ) -> Self {
        let mut called = BTreeMap::new();
        let mut spoken_of = BTreeSet::new();
        for event in events {
            ids_in(&Value::Object(event.data.clone()), &["person"], &mut spoken_of);
            let name = event.data.get("facts").and_then(|facts| facts.get("name")?.as_str());
            let named = name.filter(|_name| event.subject.kind() == "person");
            called.extend(named.map(|name| (event.subject.to_string(), name.to_owned())));
        }
        let unknown: Vec<_> =
            spoken_of.into_iter().filter(|id| !called.contains_key(id)).take(PEOPLE_MAX).collect();
        for who in unknown {
            let request =
                ListPeopleRequest { who: who.clone(), page_size: 1, ..ListPeopleRequest::default() };
            let Ok(found) = context.one(client, known, RegisterClient::list_people, request).await else {
                break;
            };
            let person = found.people.into_iter().find(|person| person.id == who);
            let name = person.and_then(|person| show::clear(person.name.as_ref()).map(str::to_owned));
            called.extend(name.map(|name| (who, name)));
        }
        let mut called = Self(called);
        called.cite((client, known), events).await;
        called
    }

    /// Looks up the entries that events cite: each is checked, and stands where it says.
    async fn cite(&mut self, (client, known): (&mut Client, &KnownLedger), events: &[&Event]) {
        let mut ids = BTreeSet::new();
        for event in events {
            event
                .data
                .get("facts")
                .into_iter()
                .for_each(|facts| texts_in(facts, &|text| text.parse::<EventId>().is_ok(), &mut ids));
        }
        let mut given = BTreeMap::new();
        for id in ids.into_iter().take(PEOPLE_MAX) {
            let Ok(held) = client.entry_of(&id).await else { continue };
            given.insert(held.position, held.bytes);
        }
        let given: Vec<_> = given.iter().map(|(position, bytes)| (*position, bytes.as_slice())).collect();
        let Ok(checked) = client.check_entries("GetEntry", known, &given).await else { return };
        for entry in checked {
            let event = entry.event();
            let facts = event.data.get("facts").unwrap_or(&Value::Null);
            let says = says(&event.event_type.name, facts, &|id| self.name(id));
            self.0.insert(event.id.to_string(), cited(entry.position, &with_moments(&says)));
        }
    }

    /// Somebody's name, where the book has one.
    pub(crate) fn name(&self, id: &str) -> Option<String> {
        self.0.get(id).cloned()
    }

    /// Somebody by name, with the id after it, which is what is signed.
    fn by_name(&self, id: &str) -> String {
        self.0.get(id).map_or_else(|| id.to_owned(), |name| format!("{name} ({id})"))
    }
}

/// What an event says: its type and what it is about; who signs it, unless the same sign as the one `above`; what it says first;
/// then the rest.
pub(crate) fn read_out(event: &Event, above: Option<&Event>, called: &Called) -> String {
    let data = &event.data;
    let mut lines = vec![headline(event)];
    let signed = signed_by(event);
    if above.is_none_or(|above| signed_by(above) != signed) {
        lines.push(labelled(1, "signed by", &signed));
    }
    let facts = data.get("facts").and_then(Value::as_object).cloned().unwrap_or_default();
    let first = FIRST.iter().find(|name| facts.get(**name).is_some_and(Value::is_string));
    if let Some(text) = first.and_then(|name| facts.get(*name)?.as_str()) {
        lines.push(labelled(1, "", &text.bold().to_string()));
    }
    let rest = facts.iter().filter(|(name, _value)| first.is_none_or(|first| *first != name.as_str()));
    let (long, short): (Vec<_>, Vec<_>) = rest.partition(|(_name, value)| is_long(value, called));
    let short: Vec<_> = short.iter().map(|(name, value)| named(name, &inline(value, called))).collect();
    if !short.is_empty() {
        lines.push(labelled(1, "", &short.join("; ")));
    }
    for (name, value) in long {
        lines.push(labelled(1, &words(name), &spread(value, called)));
    }
    for (name, value) in
        data.iter().filter(|(name, _value)| !["facts", "signatories", "standing"].contains(&name.as_str()))
    {
        lines.push(labelled(1, &words(name), &spread(value, called)));
    }
    lines.join("\n")
}

fn headline(event: &Event) -> String {
    let version = event.event_type.version;
    let version = if version == 1 { String::new() } else { format!(" v{version}") };
    format!("  {} of {}", format!("{}{version}", event.event_type.name).bold(), event.subject)
}

/// In which offices it is signed, by which keys, and with what right.
fn signed_by(event: &Event) -> String {
    let text =
        |value: &Value, name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let signatories = event.data.get("signatories").and_then(Value::as_array).into_iter().flatten();
    let offices = signatories.map(|signatory| {
        let body = text(signatory, "body");
        let of = if body.is_empty() { String::new() } else { format!(" of {body}") };
        let key: String = text(signatory, "key").chars().take(8).collect();
        format!("{}{of} (key {key}…)", show::words(&text(signatory, "capacity")))
    });
    let offices = offices.collect::<Vec<_>>().join(", ");
    let standing = event.data.get("standing").and_then(Value::as_str).unwrap_or_default();
    format!("{offices}, as {}", show::standing(standing))
}

/// Whether a value wants lines of its own.
fn is_long(value: &Value, called: &Called) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| item.is_object()) && !inline(value, called).is_empty(),
        Value::Object(members) => members.values().any(|inner| matches!(inner, Value::Array(_))),
        Value::String(text) => text.contains('\n'),
        _ => false,
    }
}

/// A value over several lines: each item of a list on its own, unless they are short.
fn spread(value: &Value, called: &Called) -> String {
    let Value::Array(items) = value else { return inline(value, called) };
    let each: Vec<_> = items.iter().map(|item| inline(item, called)).collect();
    let between = if each.iter().all(|item| item.chars().count() <= SHORT) { "; " } else { "\n" };
    each.join(between)
}

/// A value within a line.
fn inline(value: &Value, called: &Called) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) if text.starts_with("person/") => called.by_name(text),
        Value::String(text) if is_word(text) => show::words(text),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.is_empty() => "none".to_owned(),
        Value::Array(items) => items.iter().map(|item| inline(item, called)).collect::<Vec<_>>().join(", "),
        Value::Object(members) => object(members, called),
    }
}

fn object(members: &Map<String, Value>, called: &Called) -> String {
    match members.get("sealed").and_then(Value::as_str) {
        Some(digest) if members.len() == 1 => return format!("(sealed {digest})"),
        _ => {}
    }
    // Who or what comes first, then how.
    let is_first = |name: &str| ["person", "reference", "item", "title", "text", "written"].contains(&name);
    let (first, rest): (Vec<_>, Vec<_>) = members.iter().partition(|(name, _value)| is_first(name));
    let bare = first.iter().map(|(_name, value)| inline(value, called));
    let named = rest.iter().map(|(name, value)| named(name, &inline(value, called)));
    bare.chain(named).collect::<Vec<_>>().join(", ")
}

/// A value by its name; an id has its kind with it, and needs no name beside that.
fn named(name: &str, value: &str) -> String {
    match value.strip_prefix(name) {
        Some(rest) if rest.starts_with('/') => value.to_owned(),
        _ if value.is_empty() => words(name),
        _ => format!("{} {value}", words(name).dimmed()),
    }
}

/// Whether it is a word of a closed list: `show_of_hands`.
fn is_word(text: &str) -> bool {
    text.contains('_') && text.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_')
}

fn words(name: &str) -> String {
    name.replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use anstream::adapter::strip_str;
    use minutebook_log::EventDraft;
    use serde_json::json;

    fn read(type_name: &str, facts: &Value) -> String {
        let key = "ab".repeat(32);
        let data = json!({"standing": "own_act", "signatories": [{"key": key, "capacity": "secretary", "body": "body/04K"}],
            "evidence": [{"title": "Minutes", "held": false}], "facts": facts});
        let draft = EventDraft {
            id: "0197e3c2-0000-7000-8000-000000000001".parse().unwrap(),
            source: "minutebook.example/test".parse().unwrap(),
            event_type: format!("uk.nhs.governance.{type_name}.v1").parse().unwrap(),
            subject: "body/04K".parse().unwrap(),
            time: minutebook_log::Timestamp::parse_event_time("2019-07-04T13:05:00Z").unwrap(),
            ledger: None,
            seen: None,
            correlation_id: None,
            causation_id: None,
            data: data.as_object().unwrap().clone(),
        };
        let called = Called(BTreeMap::from([("person/a".to_owned(), "Ms A".to_owned())]));
        let event = draft.encode().unwrap();
        assert!(!read_out(&event, Some(&event), &called).contains("signed by"), "the same sign");
        strip_str(&read_out(&event, None, &called)).to_string()
    }

    #[test]
    fn a_decision_says_its_text_first_and_nothing_is_left_out() {
        let facts = json!({"text": "The Board APPROVED the lease.", "outcome": "approved", "item": {"reference": "4"},
            "votes": {"for": 3, "against": 0}, "reasons": {"sealed": "cd"}, "effect": {"none": {}},
            "dissent": [{"person": "person/a", "words": "It is dear, and it is far from where people live."}, {"person": "person/b", "words": "No."}]});
        let said = read("DecisionRecorded", &facts);
        let lines: Vec<_> = said.lines().map(str::trim).collect();
        let first = [
            "DecisionRecorded of body/04K",
            "signed by       secretary of body/04K (key abababab…), as act",
            "The Board APPROVED the lease.",
        ];
        assert_eq!(lines[..3], first, "{said}");
        assert_eq!(
            lines[3],
            "effect none; item 4; outcome approved; reasons (sealed cd); votes against 0, for 3"
        );
        let dissent = [
            "dissent         Ms A (person/a), words It is dear, and it is far from where people live.",
            "person/b, words No.",
        ];
        assert_eq!(lines[4..6], dissent);
        assert_eq!(lines[6], "evidence        Minutes, held no");
    }

    #[test]
    fn short_items_stand_on_one_line() {
        let facts = json!({"method": "show_of_hands", "decisions": [{"item": "1", "body": "body/04K"}, {"item": "2", "body": "body/04N"}], "part": "public"});
        let said = read("MinutesDrafted", &facts);
        assert!(said.contains("method show of hands; part public"), "{said}");
        assert!(said.contains("decisions       1, body/04K; 2, body/04N"), "{said}");
    }
}
