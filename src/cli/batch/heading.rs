//! The first object of a file, and what the lines of a sitting leave out because it says it: on which day, at which meeting, of
//! which bodies.

use crate::cli::new_ids::body_meant;
use minutebook_governance::{BodyId, Date, Instant, Malformed, english_offset};
use minutebook_log::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What lines say by the clock.
const TIMES: [&str; 3] = ["starts_at", "started_at", "ended_at"];

/// The first line of a batch: what holds for all lines that do not say otherwise.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Heading {
    /// The subject of what is about a meeting.
    #[serde(default)]
    pub(super) meeting: Option<String>,
    /// The day of the sitting: its decisions were taken on it, at the meeting, and times of its clock need no date.
    #[serde(default)]
    pub(super) on: Option<Date>,
    /// The bodies that sit: those that a line means which is said of `"each": "all"`.
    #[serde(default)]
    pub(super) bodies: Vec<String>,
    /// The body for which the secretary signs what names none.
    #[serde(default)]
    pub(super) secretary_of: Option<String>,
    /// The standing; else own_act.
    #[serde(default)]
    pub(super) standing: Option<String>,
    /// When it was written, for re-enactments.
    #[serde(default)]
    pub(super) time: Option<String>,
    /// Whether it stands in a source, was filled in or inferred: `{"sourced": ".."}`, `{"reconstructed": ".."}`,
    /// `{"inferred": {"from": "..", "why": ".."}}`.
    #[serde(default)]
    pub(super) basis: Option<Value>,
}

/// What the lines of a file have said so far: what minutes hold that hold all of it.
#[derive(Debug, Default)]
pub(super) struct SaidSoFar {
    /// The part of each item of the agenda, by reference.
    parts: BTreeMap<String, String>,
    /// The decisions, by item and body.
    decisions: Vec<(String, String)>,
    /// By the clock, when it began.
    started: Option<String>,
}

impl Heading {
    /// The body that a line is about which names none: where one alone sits.
    pub(super) fn only_body(&self) -> Option<&str> {
        match self.bodies.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }

    /// Which of its bodies are no ids of bodies, and what would be right.
    pub(super) fn wrong_bodies(&self) -> impl Iterator<Item = Malformed> + '_ {
        let listed = self.bodies.iter().enumerate().map(|(index, body)| (format!("/bodies/{index}"), body));
        let secretary = self.secretary_of.iter().map(|body| ("/secretary_of".to_owned(), body));
        listed.chain(secretary).filter_map(|(at, body)| check_body(&at, body).err())
    }

    /// Whether the times of a line that [`Heading::fill`] has filled in are times.
    ///
    /// # Errors
    /// Which is none: a time of the clock is enough where the heading says the day.
    pub(super) fn check_times(&self, facts: &Value) -> Result<(), Malformed> {
        let Some(on) = self.on else { return Ok(()) };
        let said = TIMES.iter().filter_map(|name| Some((name, facts.get(name)?.as_str()?)));
        // What nobody has filled in yet is told as such, with all else.
        for (name, time) in said.filter(|(_name, time)| !time.is_empty()) {
            if time.parse::<Instant>().is_err() {
                let whole = moment(on, "18:00").unwrap_or_default();
                let needed = format!("a time of the clock, such as \"18:00\", or {whole}");
                return Err(Malformed::quoting(format!("/data/facts/{name}"), time, needed));
            }
        }
        Ok(())
    }

    /// Fills in what a line leaves out: what the heading says of the bodies and the meeting; and of a sitting, whose day it names,
    /// days and times.
    pub(super) fn fill(&self, type_name: &str, body: Option<&str>, facts: &mut Value, said: &SaidSoFar) {
        let Value::Object(facts) = facts else { return };
        self.fill_always(type_name, body, facts);
        let Some(on) = self.on else { return };
        let meeting = self.meeting.as_ref().map(|meeting| json!(meeting));
        let body = body.map(|body| json!(body));
        match type_name {
            "DecisionRecorded" => {
                if facts.get("mode").is_none_or(|mode| mode == "meeting") {
                    put(facts, "mode", Some(json!("meeting")));
                    put(facts, "meeting", meeting);
                }
                put(facts, "decided_on", Some(json!(on)));
            }
            "ActionAssigned" => {
                put(facts, "body", body.or_else(|| self.secretary_of.as_ref().map(|body| json!(body))));
                put(facts, "assigned_on", Some(json!(on)));
                put(facts, "meeting", meeting);
            }
            "MinutesDrafted" => said.fill_minutes(facts),
            _ => {}
        }
        for name in TIMES {
            if let Some(time) = facts.get(name).and_then(Value::as_str) {
                let day = if name == "ended_at" && said.is_past_midnight(time) {
                    Some(on.day_after())
                } else {
                    Some(on)
                };
                let clock = day.and_then(|day| moment(day, time));
                facts.extend(clock.map(|clock| (name.to_owned(), json!(clock))));
            }
        }
    }

    /// What needs no day.
    fn fill_always(&self, type_name: &str, body: Option<&str>, facts: &mut Map<String, Value>) {
        match type_name {
            "MeetingConvened" if !self.bodies.is_empty() => {
                let kind = if self.bodies.len() == 1 { "single" } else { "in_common" };
                put(facts, "kind", Some(json!(kind)));
                put(facts, "bodies", Some(json!(self.bodies)));
            }
            "AgendaPublished" => put(facts, "version", Some(json!(1))),
            "VoteTaken" => put(facts, "body", body.map(|body| json!(body))),
            "DecisionRecorded" => {
                refer(facts);
                put(facts, "effect", Some(json!({"none": {}})));
            }
            _ => {}
        }
    }
}

impl SaidSoFar {
    /// Takes note of what a line says of the agenda, and of what was decided.
    pub(super) fn note(&mut self, type_name: &str, subject: &str, facts: &Value) {
        match type_name {
            "AgendaPublished" => {
                let items = facts.get("items").and_then(Value::as_array).into_iter().flatten();
                let text = |item: &Value, name: &str| item.get(name)?.as_str().map(str::to_owned);
                self.parts
                    .extend(items.filter_map(|item| Some((text(item, "reference")?, text(item, "part")?))));
            }
            "MeetingOpened" => {
                let at = facts.get("started_at").and_then(Value::as_str).and_then(|at| at.get(11..16));
                self.started = at.map(str::to_owned);
            }
            "DecisionRecorded" => {
                let item = facts.get("item").and_then(|item| item.get("reference")?.as_str());
                self.decisions.extend(item.map(|item| (item.to_owned(), subject.to_owned())));
            }
            _ => {}
        }
    }

    /// Whether a time of the clock is that of the night after the day: it began in the afternoon or later, and this is before six.
    fn is_past_midnight(&self, clock: &str) -> bool {
        clock < "06:00" && self.started.as_deref().is_some_and(|started| started >= "12:00")
    }

    /// The decisions of their part, where minutes are said to hold all of them. An item that is not on the agenda in this file
    /// is held by none: which part it belongs to is not known here.
    fn fill_minutes(&self, facts: &mut Map<String, Value>) {
        if facts.get("decisions").is_none_or(|decisions| decisions != "all") {
            return;
        }
        let part = facts.get("part").and_then(Value::as_str).unwrap_or_default();
        let held =
            self.decisions.iter().filter(|(item, _body)| self.parts.get(item).is_some_and(|it| it == part));
        let held: Vec<_> = held.map(|(item, body)| json!({"item": item, "body": body})).collect();
        facts.insert("decisions".to_owned(), Value::Array(held));
    }
}

/// Whether a text is a body's id.
///
/// # Errors
/// What would be right.
fn check_body(at: &str, text: &str) -> Result<(), Malformed> {
    if text.parse::<BodyId>().is_ok() {
        return Ok(());
    }
    Err(Malformed::quoting(at, text, body_meant(text)))
}

/// An item that is named by its reference alone, as events have it.
fn refer(facts: &mut Map<String, Value>) {
    if let Some(Value::String(reference)) = facts.get("item") {
        let item = json!({"reference": reference});
        facts.insert("item".to_owned(), item);
    }
}

fn put(facts: &mut Map<String, Value>, name: &str, value: Option<Value>) {
    if let (Some(value), false) = (value, facts.contains_key(name)) {
        facts.insert(name.to_owned(), value);
    }
}

/// A time of the clock, such as 18:05, on the day, with the offset that English clocks have then; nothing for what is no such
/// time.
fn moment(on: Date, time: &str) -> Option<String> {
    let is_clock = matches!(time.as_bytes(), [_, _, b':', _, _]);
    let utc = Timestamp::parse_event_time(&format!("{on}T{time}:00Z")).ok();
    let utc = utc.filter(|_moment| is_clock)?;
    Some(format!("{on}T{time}:00{}", english_offset(utc)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heading() -> Heading {
        let heading = json!({"meeting": "meeting/m", "on": "2026-09-24", "bodies": ["body/QMM", "body/QJG"], "secretary_of": "body/QMM"});
        serde_json::from_value(heading).unwrap()
    }

    fn filled(heading: &Heading, type_name: &str, body: Option<&str>, mut facts: Value) -> Value {
        heading.fill(type_name, body, &mut facts, &SaidSoFar::default());
        facts
    }

    #[test]
    fn a_line_says_only_what_the_heading_does_not() {
        let heading = heading();
        let decided =
            filled(&heading, "DecisionRecorded", Some("body/QMM"), json!({"item": "1", "outcome": "noted"}));
        let expected = json!({"item": {"reference": "1"}, "outcome": "noted", "mode": "meeting", "decided_on": "2026-09-24",
            "meeting": "meeting/m", "effect": {"none": {}}});
        assert_eq!(decided, expected);
        // What it says stands.
        let said = json!({"mode": "urgent", "decided_on": "2026-09-20", "effect": {"exclude_public": {}}});
        assert_eq!(filled(&heading, "DecisionRecorded", None, said.clone()), said);
        let convened = filled(&heading, "MeetingConvened", None, json!({"starts_at": "18:00"}));
        assert_eq!(
            convened,
            json!({"starts_at": "2026-09-24T18:00:00+01:00", "kind": "in_common", "bodies": ["body/QMM", "body/QJG"]})
        );
        let action = filled(&heading, "ActionAssigned", None, json!({}));
        assert_eq!(action, json!({"body": "body/QMM", "assigned_on": "2026-09-24", "meeting": "meeting/m"}));
        for other in ["18.05", "2026-09-24T18:05:00Z", "25:00", "9:00"] {
            assert_eq!(
                filled(&heading, "MeetingOpened", None, json!({"started_at": other}))["started_at"],
                other
            );
        }
        let winter = Heading { on: "2026-11-26".parse().ok(), ..heading };
        let opened = filled(&winter, "MeetingOpened", None, json!({"started_at": "18:05"}));
        assert_eq!(opened["started_at"], "2026-11-26T18:05:00+00:00");
        let mut said = SaidSoFar::default();
        said.note("MeetingOpened", "meeting/m", &json!({"started_at": "2026-11-26T23:30:00+00:00"}));
        let ended = |clock: &str| {
            let mut facts = json!({"ended_at": clock});
            winter.fill("MeetingClosed", None, &mut facts, &said);
            facts["ended_at"].as_str().unwrap().to_owned()
        };
        assert_eq!(ended("00:20"), "2026-11-27T00:20:00+00:00");
        assert_eq!(ended("23:50"), "2026-11-26T23:50:00+00:00");
        assert_eq!(ended("09:00"), "2026-11-26T09:00:00+00:00", "which is refused: it began later");
        // On that day, but not at the meeting.
        let written = filled(&winter, "DecisionRecorded", None, json!({"mode": "written"}));
        assert_eq!(written, json!({"mode": "written", "decided_on": "2026-11-26", "effect": {"none": {}}}));
        // Without a day no day is filled in.
        let none = Heading { on: None, ..winter };
        let decided = json!({"item": {"reference": "1"}, "effect": {"none": {}}});
        assert_eq!(filled(&none, "DecisionRecorded", None, json!({"item": "1"})), decided);
        let convened = json!({"kind": "in_common", "bodies": ["body/QMM", "body/QJG"]});
        assert_eq!(filled(&none, "MeetingConvened", None, json!({})), convened);
    }

    #[test]
    fn minutes_hold_all_that_was_decided_in_their_part() {
        let mut said = SaidSoFar::default();
        let items =
            json!({"items": [{"reference": "1", "part": "public"}, {"reference": "2", "part": "private"}]});
        said.note("AgendaPublished", "meeting/m", &items);
        for item in ["1", "2", "9"] {
            said.note("DecisionRecorded", "body/QMM", &json!({"item": {"reference": item}}));
        }
        let mut facts = json!({"part": "private", "decisions": "all"});
        heading().fill("MinutesDrafted", None, &mut facts, &said);
        assert_eq!(facts["decisions"], json!([{"item": "2", "body": "body/QMM"}]));
    }
}
