//! A meeting as one file: what is recorded line by line is shown, asked about and appended at once, all of it or
//! nothing.

use super::exit::Mistake;
use super::new_ids::NewIds;
use super::templates::check_type;
use super::writing::Words;
use super::written::{Places, Written};
use minutebook_governance::{Malformed, read_day, read_members};
use minutebook_log::EventId;
use serde_json::Value;
use std::collections::BTreeMap;

mod heading;
use heading::{Heading, SaidSoFar};
mod placeholders;
mod line;
use line::Line;
mod choosing;
pub(super) use choosing::choose;
mod sending;
pub(super) use sending::{show_appended, write};

/// Whether a file is a batch: its first object is a heading or has its facts without `data` around them, or there are
/// several.
pub(super) fn is_batch(objects: &[Written]) -> bool {
    let is_line =
        |first: &Written| !first.members.contains_key("type") || first.members.contains_key("facts");
    objects.len() > 1 || objects.first().is_some_and(is_line)
}

/// Reads a batch, as far as it can be read: the events of its lines, and what is wrong with the others. Signatories without a key
/// get theirs when it is written ([`write`]).
///
/// # Errors
/// There is no randomness for new ids.
pub(super) fn read_as_far(
    objects: Vec<Written>,
    new_id: impl Fn() -> anyhow::Result<EventId>,
) -> anyhow::Result<(Vec<Words>, Vec<Mistake>)> {
    let (mut heading, mut said, mut ids) = (Heading::default(), SaidSoFar::default(), NewIds::new(new_id));
    let (mut labels, mut words, mut mistakes) = (BTreeMap::new(), Vec::new(), Vec::new());
    for (index, Written { members, places }) in objects.into_iter().enumerate() {
        if index == 0 && !members.contains_key("type") {
            match read_heading(Value::Object(members), &places) {
                Ok(read) => heading = read,
                // Without it nothing of the rest would be as it is meant.
                Err(wrong) => return Ok((Vec::new(), vec![wrong])),
            }
            heading.meeting = heading.meeting.map(|meeting| ids.in_text(&meeting)).transpose()?;
            continue;
        }
        let line = read_line(Value::Object(members), places, (&heading, &mut said), (&mut labels, &mut ids));
        match line.map_err(anyhow::Error::downcast::<Mistake>) {
            Ok(events) => words.extend(events),
            Err(Ok(wrong)) => mistakes.push(wrong),
            Err(Err(other)) => return Err(other.context(format!("object {} of the file", index + 1))),
        }
    }
    Ok((words, mistakes))
}

/// The heading of a file.
///
/// # Errors
/// Everything that is wrong with it.
fn read_heading(object: Value, places: &Places) -> Result<Heading, Mistake> {
    let needed = "a heading, which says what holds for the rest: meeting, on, bodies, secretary_of, standing, time, basis";
    let heading: Result<Heading, _> = read_members("", &object, needed);
    let heading = heading.map_err(|wrong| places.locate(&day_meant(&object, wrong)))?;
    let wrong = heading.wrong_bodies().map(|wrong| places.locate(&wrong));
    Mistake::of_all(wrong.collect::<Vec<_>>()).map_or(Ok(heading), Err)
}

/// What is wrong with a heading: of a day that is written as people write it, which day is meant.
fn day_meant(object: &Value, wrong: Malformed) -> Malformed {
    let day = object.get("on").and_then(Value::as_str).filter(|_on| wrong.at == "/on");
    match day.map(read_day) {
        Some(Ok(day)) => Malformed { needed: format!("\"{day}\", if that day is meant"), ..wrong },
        Some(Err(needed)) => Malformed { needed, ..wrong },
        None => wrong,
    }
}

/// What is wrong with a line that has no type.
fn no_type(object: &Value) -> Option<Malformed> {
    let members = object.as_object().filter(|members| !members.contains_key("type"))?;
    let is_heading =
        ["meeting", "on", "bodies", "secretary_of"].iter().any(|name| members.contains_key(*name));
    Some(match is_heading && !members.contains_key("facts") {
        true => Malformed::new("", "a heading", "an event: a heading stands first in a file, and once"),
        false => {
            let needed = "what is said, such as \"DecisionRecorded\" (docs/events.md lists the types)";
            Malformed::new("/type", "nothing", needed)
        }
    })
}

/// The events of a line, in their order.
fn read_line<F: Fn() -> anyhow::Result<EventId>>(
    object: Value,
    places: Places,
    (heading, said): (&Heading, &mut SaidSoFar),
    (labels, ids): (&mut BTreeMap<String, EventId>, &mut NewIds<F>),
) -> anyhow::Result<Vec<Words>> {
    let needed = "an event: type, subject, facts";
    let (object, within) = unfolded(object);
    no_type(&object).map_or(Ok(()), |wrong| Err(places.locate(&wrong)))?;
    let line: Result<Line, _> = read_members("", &object, needed);
    let line = line.map_err(|wrong| places.locate(&in_data(wrong, within)))?;
    check_type(&places, &line.type_name)?;
    let places = if within.is_empty() { places.of_data() } else { places };
    let bodies = line.bodies(heading).map_err(|wrong| places.locate(&wrong))?;
    let together = if line.is_of_each() { Some(ids.event()?) } else { None };
    let mut words = Vec::new();
    for body in bodies {
        for one in line.said_by(body.as_ref(), (heading, said), (ids, &places))? {
            let (id, is_vote) = (ids.event()?, one.type_name != line.type_name);
            let event = one.into_words(heading, labels, id, together.filter(|_id| !is_vote));
            let event = event.map_err(|error| match error.downcast::<Malformed>() {
                Ok(wrong) => places.locate(&wrong).into(),
                Err(other) => other,
            })?;
            words.push(Words { places: places.clone(), ..event });
            let label = line.label.as_ref().filter(|_label| !is_vote).map(|label| match &body {
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
    let is_outside = ["/type", "/subject", "/time", "/each", "/label", "/vote"].contains(&wrong.at.as_str());
    if is_outside { wrong } else { Malformed { at: format!("{within}{}", wrong.at), ..wrong } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    fn objects(text: &str) -> Vec<Written> {
        crate::cli::written::read("meeting.jsonc", text.as_bytes()).unwrap()
    }

    /// The words of a file; everything that is wrong with it, where something is.
    fn read(
        objects: Vec<Written>,
        new_id: impl Fn() -> anyhow::Result<EventId>,
    ) -> anyhow::Result<Vec<Words>> {
        let (words, mistakes) = read_as_far(objects, new_id)?;
        Mistake::of_all(mistakes).map_or(Ok(words), |all| Err(all.into()))
    }

    fn numbered() -> impl Fn() -> anyhow::Result<EventId> {
        let next = Cell::new(0_u8);
        move || {
            next.set(next.get() + 1);
            Ok(EventId::from_parts(1_577_836_800_000, &[0, 0, 0, 0, 0, 0, 0, 0, 0, next.get()]))
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

    /// An evening of two boards, in as few words as it takes.
    #[test]
    fn a_sitting_is_said_once_in_its_heading() {
        let text = r#"{"meeting": "meeting/$new", "on": "2026-09-24", "secretary_of": "body/QMM", "bodies": ["body/QMM", "body/QJG"]}
            {"type": "MeetingConvened", "facts": {"title": "Boards", "starts_at": "18:00", "parts": ["public"], "called_on": "2026-09-16"}}
            {"type": "AgendaPublished", "facts": {"published_on": "2026-09-17", "items": [{"reference": "1", "title": "Merger", "part": "public"}]}}
            {"type": "DecisionRecorded", "each": "all", "vote": {"show_of_hands": {"for": 3, "against": 0}}, "label": "d",
             "facts": {"item": "1", "outcome": "approved", "text": "$slug agrees.", "effect": {"merger": {"merger": "merger/$new:it", "choice": "apply"}}}}
            {"type": "ActionAssigned", "facts": {"text": "Write.", "owner": {"office": "chair"}}}
            {"type": "MinutesDrafted", "facts": {"part": "public", "decisions": "all", "drafted_on": "2026-10-02"}}
            {"type": "MergerWithdrawn", "subject": "merger/$new:it", "facts": {"decision": "@d/QJG"}}"#;
        let words = read(objects(&text.replace("MergerWithdrawn", "MergerProposed")), numbered()).unwrap();
        let types: Vec<_> = words.iter().map(|words| words.type_name.as_str()).collect();
        let votes_and_decisions = ["VoteTaken", "DecisionRecorded", "VoteTaken", "DecisionRecorded"];
        assert_eq!(types[2..6], votes_and_decisions);
        let meeting = words[0].subject.to_string();
        assert!(meeting.starts_with("meeting/0") && words[2].subject.to_string() == meeting);
        assert_eq!(words[4].data["facts"]["body"], "body/QJG");
        assert_eq!(words[4].data["signatories"][0]["body"], "body/QJG");
        assert_eq!(words[5].data["facts"]["meeting"], meeting);
        assert_eq!(words[5].data["facts"]["text"], "QJG agrees.");
        assert_eq!(words[5].correlation_id, words[3].correlation_id);
        assert!(words[5].correlation_id.is_some() && words[4].correlation_id.is_none());
        assert!(words[6].subject.as_str().starts_with("action/0"));
        assert_eq!(words[7].data["facts"]["decisions"][1]["body"], "body/QJG");
        assert_eq!(
            words[8].subject,
            words[3].data["facts"]["effect"]["merger"]["merger"].as_str().unwrap().parse().unwrap()
        );
        assert_eq!(words[8].data["facts"]["decision"], words[5].id.unwrap().to_string());
    }

    #[test]
    fn what_is_wrong_says_where() {
        for (text, says) in [
            ("{\"meeting\": \"m\",\n\"x\": 1}", "line 2, /x: found a member `x`"),
            ("{\"type\": \"MeetingClosed\", \"facts\": {},\n\"x\": 1}", "line 2, /x"),
            (
                "{\"secretary_of\": \"body/04K\"}\n{\"type\": \"MeetingClosed\", \"facts\": {}}",
                "line 2, /subject: found nothing; needed the meeting that it is about (\"meeting\" in the heading",
            ),
            (
                "{\"secretary_of\": \"body/04K\"}\n{\"type\": \"ActionAssigned\", \"facts\": {}}",
                "line 2, /subject: found nothing; needed action/$new here, or the day of the sitting (\"on\" in the heading",
            ),
            (
                "{\"on\": \"2019-07-04\", \"meeting\": \"meeting/m\"}\n{\"type\": \"MeetingClosd\", \"facts\": {}}\n{\"type\": \"MeetingClosed\"}",
                "2 mistakes\n  meeting.jsonc, line 2, /type: found \"MeetingClosd\"",
            ),
            (
                "{\"meeting\": \"meeting/m\"}\n{\"type\": \"DecisionRecorded\",\n\"each\": \"all\", \"facts\": {}}",
                "line 3, /each: found \"all\"; needed the bodies in the heading",
            ),
            (
                "{\"on\": \"28/11/2026\"}",
                "/on: found \"28/11/2026\"; needed \"2026-11-28\", if that day is meant",
            ),
            (
                "{\"secretary_of\": \"body/04K\"}\n{\"subject\": \"body/04K\", \"facts\": {}}",
                "line 2, /type: found nothing; needed what is said, such as \"DecisionRecorded\"",
            ),
            (
                "{\"secretary_of\": \"body/04K\"}\n{\"meeting\": \"meeting/m\"}",
                "found a heading; needed an event: a heading stands first",
            ),
            (
                "{\"secretary_of\": \"body/04K\"}\n{\"type\": \"DecisionRecorded\", \"subject\": \"04K\", \"facts\": {}}",
                "/subject: found \"04K\"; needed body/04K",
            ),
            (
                "{\"secretary_of\": \"body/04K\"}\n{\"type\": \"DecisionRecorded\", \"each\": [\"body/04K\"], \"facts\": {\"text\": \"The $slog agreed.\"}}",
                "/facts/text: found $slog; needed $body, the body's id, or $slug, what stands behind its slash; did you mean $slug?",
            ),
            (
                "{\"secretary_of\": \"body/04K\"}\n{\"type\": \"DecisionRecorded\", \"subject\": \"body/04K\", \"facts\": {\"text\": \"The board of $slug agreed.\"}}",
                "/facts/text: found $slug; needed the body itself, or \"each\" with the bodies that say it",
            ),
            (
                "{\"on\": \"2019-07-04\",\n\"bodies\": [\"06W\"]}",
                "line 2, column 12, /bodies/0: found \"06W\"; needed body/06W",
            ),
            (
                "{\"on\": \"2019-07-04\"}\n{\"type\": \"MeetingClosed\",\n\"subject\": \"Tuesday\", \"facts\": {}}",
                "meeting.jsonc, line 3, /subject: found \"Tuesday\"",
            ),
            ("{\"on\": \"2019-07-04\",\n\"secretary_of\": \"06W\"}", "line 2, /secretary_of: found \"06W\""),
            (
                "{\"on\": \"2019-07-04\", \"meeting\": \"meeting/m\"}\n{\"type\": \"MeetingClosed\", \"facts\": {\n\"ended_at\": \"6pm\"}}",
                "line 3, /facts/ended_at: found \"6pm\"; needed a time of the clock, such as \"18:00\"",
            ),
            (
                "{\"meeting\": \"meeting/m\"}\n{\"type\": \"DecisionRecorded\", \"each\": 3, \"facts\": {}}",
                "line 2, column 30, /each: found the number 3; needed a list of bodies",
            ),
            (
                "{\"meeting\": \"meeting/m\"}\n{\"type\": \"MeetingClosed\",\n\"vote\": \"consensus\", \"facts\": {}}",
                "line 3, /vote: found a vote beside something else",
            ),
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
