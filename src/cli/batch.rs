//! A meeting as one file: what is recorded line by line is shown, asked about and appended at once, all of it or
//! nothing.

use super::exit::Usage;
use super::sealed_texts::seal_all;
use super::templates::check_type;
use super::writing::Words;
use super::written::{Places, Written};
use anyhow::Context as _;
use minutebook_governance::catalogue::row_of;
use minutebook_governance::{Malformed, read_members};
use minutebook_log::{EventId, Subject, Timestamp};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

mod choosing;
pub(super) use choosing::choose;
mod sending;
pub(super) use sending::{show_appended, write};

/// The first line of a batch: what holds for all lines that do not say otherwise.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Heading {
    /// The subject of what is about a meeting.
    #[serde(default)]
    meeting: Option<String>,
    /// The body for which the secretary signs what names none.
    #[serde(default)]
    secretary_of: Option<String>,
    /// The standing; else own_act.
    #[serde(default)]
    standing: Option<String>,
    /// When it was written, for re-enactments.
    #[serde(default)]
    time: Option<String>,
    /// Whether it stands in a source, was filled in or inferred: `{"sourced": ".."}`, `{"reconstructed": ".."}`,
    /// `{"inferred": {"from": "..", "why": ".."}}`.
    #[serde(default)]
    basis: Option<Value>,
}

/// One line: an event, or one event for each of several bodies.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    #[serde(rename = "type")]
    type_name: String,
    #[serde(default)]
    subject: Option<String>,
    /// The bodies for each of which it is said; `$body` stands for the body, `$slug` for its id after the slash.
    #[serde(default)]
    each: Vec<String>,
    /// A name by which later lines mean the event: `@name` stands for its id.
    #[serde(default)]
    label: Option<String>,
    /// The standing; else the heading's.
    #[serde(default)]
    standing: Option<String>,
    #[serde(default)]
    signatories: Option<Value>,
    #[serde(default)]
    evidence: Option<Value>,
    #[serde(default)]
    time: Option<String>,
    #[serde(default)]
    basis: Option<Value>,
    #[serde(default)]
    fulfils: Option<Value>,
    facts: Value,
}

/// Whether a file is a batch: its first object is a heading or has its facts without `data` around them, or there are
/// several.
pub(super) fn is_batch(objects: &[Written]) -> bool {
    let is_line =
        |first: &Written| !first.members.contains_key("type") || first.members.contains_key("facts");
    objects.len() > 1 || objects.first().is_some_and(is_line)
}

/// Reads a batch. Signatories without a key get theirs when it is written ([`write`]).
///
/// # Errors
/// What is wrong with it, and on which line of the file.
pub(super) fn read(
    objects: Vec<Written>,
    new_id: impl Fn() -> anyhow::Result<EventId>,
) -> anyhow::Result<Vec<Words>> {
    let (mut heading, mut labels, mut words) = (Heading::default(), BTreeMap::new(), Vec::new());
    for (index, Written { members, places }) in objects.into_iter().enumerate() {
        let number = index + 1;
        let is_heading = index == 0 && !members.contains_key("type");
        let object = Value::Object(members);
        if is_heading {
            let needed =
                "a heading, which says what holds for the rest: meeting, secretary_of, standing, time, basis";
            heading = read_members("", &object, needed).map_err(|wrong| places.locate(&wrong))?;
            continue;
        }
        let needed = "an event: type, subject, facts";
        let (object, within) = unfolded(object);
        let line: Result<Line, _> = read_members("", &object, needed);
        let line = line.map_err(|wrong| places.locate(&in_data(wrong, within)))?;
        check_type(&places, &line.type_name)?;
        let places = if within.is_empty() { places.of_data() } else { places };
        let together = if line.each.is_empty() { None } else { Some(new_id()?) };
        let bodies: Vec<_> =
            if line.each.is_empty() { vec![None] } else { line.each.iter().map(Some).collect() };
        for body in bodies {
            let one = line.of_body(body);
            let id = new_id()?;
            let event = one.into_words(&heading, &labels, id, together);
            let event = event.with_context(|| format!("object {number} of the file"))?;
            words.push(Words { places: places.clone(), ..event });
            let label = line.label.as_ref().map(|label| match body {
                Some(body) => format!("{label}/{}", body.trim_start_matches("body/")),
                None => label.clone(),
            });
            labels.extend(label.map(|label| (format!("@{label}"), id)));
        }
    }
    Ok(words)
}

/// An object whose `data` holds what it says, as a template does, with all of that beside its type; and where that stood.
fn unfolded(object: Value) -> (Value, &'static str) {
    let Value::Object(mut members) = object else { return (object, "") };
    match members.remove("data") {
        Some(Value::Object(data)) if data.keys().all(|name| !members.contains_key(name)) => {
            members.extend(data);
            (Value::Object(members), "/data")
        }
        other => {
            members.extend(other.map(|data| ("data".to_owned(), data)));
            (Value::Object(members), "")
        }
    }
}

/// What is wrong with a member, as the file has it: what an event says stands within its data.
fn in_data(wrong: Malformed, within: &str) -> Malformed {
    let is_outside = ["/type", "/subject", "/time", "/each", "/label"].contains(&wrong.at.as_str());
    if is_outside { wrong } else { Malformed { at: format!("{within}{}", wrong.at), ..wrong } }
}

impl Line {
    /// The line as one body says it.
    fn of_body(&self, body: Option<&String>) -> Self {
        let Some(body) = body else { return self.clone() };
        let mut line = self.clone();
        let slug = body.trim_start_matches("body/");
        let put = &|text: &str| text.replace("$body", body).replace("$slug", slug);
        line.facts = with_texts(&self.facts, put);
        line.subject = self.subject.as_deref().map(put);
        line.signatories = self.signatories.as_ref().map(|listed| with_texts(listed, put));
        line.evidence = self.evidence.as_ref().map(|listed| with_texts(listed, put));
        line
    }

    fn into_words(
        self,
        heading: &Heading,
        labels: &BTreeMap<String, EventId>,
        id: EventId,
        together: Option<EventId>,
    ) -> anyhow::Result<Words> {
        let row = row_of(&self.type_name);
        let row = row.ok_or_else(|| Usage(format!("there is no type {}", self.type_name)))?;
        let of_meeting = || heading.meeting.clone().filter(|_meeting| row.subject_kind == "meeting");
        let subject = self.subject.clone().or_else(of_meeting);
        let subject: Subject = subject.with_context(|| format!("{} needs a subject", row.name))?.parse()?;
        let cited = &|text: &str| labels.get(text).map_or_else(|| text.to_owned(), ToString::to_string);
        let facts = with_texts(&self.facts, cited);
        let mut data = Map::new();
        let standing = self.standing.as_deref().or(heading.standing.as_deref()).unwrap_or("own_act");
        data.insert("standing".to_owned(), json!(standing));
        data.insert("signatories".to_owned(), self.signed(heading, &subject, &facts));
        let basis = self.basis.or_else(|| heading.basis.clone());
        for (name, said) in [("evidence", self.evidence), ("basis", basis), ("fulfils", self.fulfils)] {
            data.extend(said.map(|said| (name.to_owned(), said)));
        }
        data.insert("facts".to_owned(), facts);
        let time = self.time.as_ref().or(heading.time.as_ref());
        let time = time.map(|time| Timestamp::parse_event_time(time)).transpose()?;
        let (type_name, correlation_id) = (self.type_name, together);
        let (places, disclosures) = (Places::default(), seal_all(&mut data)?);
        Ok(Words { type_name, subject, id: Some(id), time, correlation_id, data, places, disclosures })
    }

    /// The signatories: those that the line names, else the secretary of the body that it is about.
    fn signed(&self, heading: &Heading, subject: &Subject, facts: &Value) -> Value {
        let about = (subject.kind() == "body").then(|| subject.as_str());
        let body = about.or_else(|| facts.get("body").and_then(Value::as_str));
        let body = body.or(heading.secretary_of.as_deref());
        match (&self.signatories, body) {
            (Some(listed), _) => listed.clone(),
            (None, Some(body)) => json!([{"capacity": "secretary", "body": body}]),
            (None, None) => json!([{"capacity": "secretary"}]),
        }
    }
}

/// The value with every text in it changed.
fn with_texts(value: &Value, change: &impl Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => Value::String(change(text)),
        Value::Array(items) => items.iter().map(|item| with_texts(item, change)).collect(),
        Value::Object(members) => {
            let changed = members.iter().map(|(name, value)| (name.clone(), with_texts(value, change)));
            Value::Object(changed.collect())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    fn objects(text: &str) -> Vec<Written> {
        crate::cli::written::read("meeting.jsonc", text.as_bytes()).unwrap()
    }

    fn numbered() -> impl Fn() -> anyhow::Result<EventId> {
        let next = Cell::new(0_u8);
        move || {
            next.set(next.get() + 1);
            Ok(EventId::from_parts(1_577_836_800_000, &[next.get(), 0, 0, 0, 0, 0, 0, 0, 0, 0]))
        }
    }

    #[test]
    fn one_line_is_an_event_for_each_body() {
        let text = r#"// A meeting.
            {"meeting": "meeting/m", "secretary_of": "body/04K"}
            {"type": "MeetingClosed", "facts": {"ended_at": "2019-07-04T16:00:00+01:00"}}
            {"type": "DecisionRecorded", "each": ["body/04K", "body/04L"], "subject": "$body", "label": "d",
             "facts": {"text": "$body agrees."}}
            {"type": "DecisionRatified", "subject": "body/04L", "facts": {"decision": "@d/04L"}}"#;
        assert!(is_batch(&objects(text)));
        let words = read(objects(text), numbered()).unwrap();
        let subjects: Vec<_> = words.iter().map(|words| words.subject.as_str()).collect();
        assert_eq!(subjects, ["meeting/m", "body/04K", "body/04L", "body/04L"]);
        assert_eq!(words[2].data["facts"]["text"], "body/04L agrees.");
        assert_eq!(words[2].data["signatories"][0]["body"], "body/04L");
        assert_eq!(words[0].data["signatories"][0]["body"], "body/04K");
        assert_eq!(words[3].data["facts"]["decision"], words[2].id.unwrap().to_string());
        assert!(words[1].correlation_id.is_some() && words[1].correlation_id == words[2].correlation_id);
    }

    #[test]
    fn what_is_wrong_says_where() {
        for (text, says) in [
            ("{\"meeting\": \"m\",\n\"x\": 1}", "line 2, /x: found a member `x`"),
            ("{\"type\": \"MeetingClosed\", \"facts\": {},\n\"x\": 1}", "line 2, /x"),
            ("{\"secretary_of\": \"body/04K\"}\n{\"type\": \"MeetingClosed\", \"facts\": {}}", "object 2"),
            (
                "{\"secretary_of\": \"body/04K\"}\n{\"type\": \"MeetingClose\", \"subject\": \"x/y\", \"facts\": {}}",
                "line 2, /type: found \"MeetingClose\"",
            ),
        ] {
            let error = format!("{:#}", read(objects(text), numbered()).unwrap_err());
            assert!(error.contains(says), "{error}");
        }
        assert!(is_batch(&objects(r#"{"type": "MeetingClosed", "facts": {}}"#)), "a batch of one");
        assert!(!is_batch(&objects(r#"{"type": "MeetingClosed", "data": {"facts": {}}}"#)), "a template");
    }
}
