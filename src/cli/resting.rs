//! What was recorded since of what an entry says: whoever takes it back, or changes it, is told before anything is signed.

use super::columns::labelled;
use super::context::Context;
use super::corrected::Target;
use super::show;
use crate::client::{Client, ClientError, KnownLedger, RegisterClient};
use crate::proto::{ListNewsRequest, Scope, View};
use crate::shown::phrases::why as entries_of;
use minutebook_log::{Entry, Event, Position};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// How many entries are read at most to find those that rest on another.
const READ_MAX: usize = 2_000;

/// How many bodies a question about what is new takes.
const BODIES_MAX: usize = 16;

/// What a type is called where several are counted: of one, and of more.
const CALLED: [(&str, &str, &str); 11] = [
    ("DecisionRecorded", "decision", "decisions"),
    ("VoteTaken", "vote", "votes"),
    ("AttendanceRecorded", "attendance list", "attendance lists"),
    ("InterestDeclared", "declaration of interest", "declarations of interest"),
    ("MotionMoved", "motion", "motions"),
    ("AgendaPublished", "agenda", "agendas"),
    ("MinutesDrafted", "draft of minutes", "drafts of minutes"),
    ("MinutesApproved", "approval of minutes", "approvals of minutes"),
    ("ActionAssigned", "action", "actions"),
    ("ActionUpdated", "news of an action", "news of actions"),
    ("DecisionRatified", "ratification", "ratifications"),
];

/// What was recorded after an entry and speaks of the same.
#[derive(Debug, Default)]
pub(super) struct Resting {
    /// By type, in the order of the book: the bodies that it is of, and the entries.
    of_type: BTreeMap<String, (BTreeSet<String>, Vec<u64>)>,
    /// Whether there is more than was read.
    goes_on: bool,
}

/// What of an entry others can rest on.
struct Spoken {
    /// Ids that stand for what it makes or is about, apart from a body or a person, of whom all else speaks too.
    names: BTreeSet<String>,
    /// The decisions in minutes: item and body, at which meeting.
    minuted: Option<(String, String, String)>,
}

impl Spoken {
    fn of(target: &Target) -> Self {
        let facts = target.facts();
        let subject = target.subject();
        let kind = subject.split('/').next().unwrap_or_default();
        // Of a body and a person nearly everything speaks: what is meant is the entry that brings them into the book.
        let brings = ["BodyEstablished", "BodyRegistered", "PersonRecorded"].contains(&target.type_name());
        let is_its_own = brings || !["body", "person", "key"].contains(&kind);
        let mut names: BTreeSet<_> = [target.id().to_string()].into();
        names.extend(is_its_own.then(|| subject.to_owned()));
        let conditions = facts.get("conditions").and_then(Value::as_array).into_iter().flatten();
        names.extend(conditions.filter_map(|condition| text(condition, "action")).map(ToOwned::to_owned));
        let effect = facts.get("effect").and_then(Value::as_object).into_iter().flatten();
        let made = effect.filter_map(|(kind, what)| text(what, kind).or_else(|| text(what, "application")));
        names.extend(made.map(ToOwned::to_owned));
        let item = facts.pointer("/item/reference").and_then(Value::as_str);
        let minuted = item.zip(text(facts, "meeting")).filter(|_at| kind == "body");
        let minuted =
            minuted.map(|(item, meeting)| (meeting.to_owned(), item.to_owned(), subject.to_owned()));
        Self { names, minuted }
    }

    /// Whether an event speaks of it.
    fn is_spoken_of(&self, event: &Event) -> bool {
        // Votes on a merger are no more undone by a decision on it than the decisions of others.
        let is_alike = event.event_type.name == "DecisionRecorded" && event.subject.kind() == "body";
        let names = |value: &str| self.names.contains(value) && !(is_alike && value.starts_with("merger/"));
        let data = Value::Object(event.data.clone());
        names(event.subject.as_str()) || mentions(&data, &names) || self.is_minuted_by(event)
    }

    fn is_minuted_by(&self, event: &Event) -> bool {
        let Some((meeting, item, body)) = &self.minuted else { return false };
        let facts = event.data.get("facts").unwrap_or(&Value::Null);
        if event.subject.as_str() != meeting {
            return false;
        }
        let decisions = facts.get("decisions").and_then(Value::as_array).into_iter().flatten();
        let mut listed =
            decisions.filter(|it| text(it, "item") == Some(item) && text(it, "body") == Some(body));
        let approves = event.event_type.name == "MinutesApproved" && text(facts, "body") == Some(body);
        approves || listed.next().is_some()
    }
}

fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value.get(name).and_then(Value::as_str)
}

fn mentions(value: &Value, is_named: &impl Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => is_named(text),
        Value::Array(items) => items.iter().any(|item| mentions(item, is_named)),
        Value::Object(members) => members.values().any(|member| mentions(member, is_named)),
        _ => false,
    }
}

/// The bodies that an entry speaks of, those for which it was signed among them.
fn bodies_of(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if text.starts_with("body/") => {
            found.insert(text.clone());
        }
        Value::Array(items) => items.iter().for_each(|item| bodies_of(item, found)),
        Value::Object(members) => members.values().for_each(|member| bodies_of(member, found)),
        _ => {}
    }
}

impl Resting {
    /// Looks for what was recorded after an entry, stands, and speaks of what the entry says.
    ///
    /// # Errors
    /// The server can't be asked.
    pub(super) async fn on(
        context: &Context,
        (client, known): (&mut Client, &KnownLedger),
        target: &Target,
    ) -> Result<Self, ClientError> {
        let spoken = Spoken::of(target);
        let mut bodies = BTreeSet::new();
        bodies_of(target.facts(), &mut bodies);
        bodies_of(&Value::String(target.subject().to_owned()), &mut bodies);
        target.signatories().iter().for_each(|signed| bodies_of(signed, &mut bodies));
        let of_bodies = bodies.into_iter().take(BODIES_MAX).collect::<Vec<_>>();
        let mut asked: Vec<_> = spoken
            .names
            .iter()
            .filter(|name| name.contains('/'))
            .map(|name| (name.clone(), Vec::new()))
            .collect();
        if !of_bodies.is_empty() {
            asked.push((String::new(), of_bodies));
        }
        let (mut positions, mut withdrawn) = (BTreeSet::new(), BTreeSet::new());
        for (subject, bodies) in asked {
            let request = ListNewsRequest {
                subject,
                bodies,
                since: (target.position() + 1).to_string(),
                view: Some(View { scope: Scope::Reported.into(), ..View::default() }),
                ..ListNewsRequest::default()
            };
            // Of what nobody has spoken, there is nothing.
            let found = match context.all(client, known, RegisterClient::list_news, request).await {
                Err(ClientError::NotFound(_)) => continue,
                found => found?,
            };
            positions.extend(found.news.iter().map(|news| Position(news.position)));
            let corrections = found.answered.iter().flat_map(|answered| &answered.corrections);
            withdrawn.extend(corrections.filter(|it| it.is_withdrawn).map(|it| Position(it.position)));
        }
        let standing: BTreeSet<_> = positions.difference(&withdrawn).copied().collect();
        let read: BTreeSet<_> = standing.iter().copied().take(READ_MAX).collect();
        let entries = client.entries_at(known, &read).await?;
        let resting =
            entries.iter().map(|(entry, _bytes)| entry).filter(|it| spoken.is_spoken_of(it.event()));
        Ok(Self { goes_on: read.len() < standing.len(), ..Self::of(resting) })
    }

    fn of<'a>(entries: impl Iterator<Item = &'a Entry>) -> Self {
        let mut of_type: BTreeMap<String, (BTreeSet<String>, Vec<u64>)> = BTreeMap::new();
        for entry in entries {
            let event = entry.event();
            let facts = event.data.get("facts").unwrap_or(&Value::Null);
            let own = Some(event.subject.as_str()).filter(|subject| subject.starts_with("body/"));
            let body = own.or_else(|| text(facts, "body"));
            let (bodies, positions) = of_type.entry(event.event_type.name.clone()).or_default();
            bodies.extend(body.map(|body| body.trim_start_matches("body/").to_owned()));
            positions.push(entry.position.0);
        }
        Self { of_type, goes_on: false }
    }

    /// What it is, in a line for each type.
    fn lines(&self) -> Vec<String> {
        let mut all: Vec<_> = self.of_type.iter().collect();
        all.sort_by_key(|(_type_name, (_bodies, entries))| entries.first().copied());
        let lines = all.into_iter().map(|(type_name, (bodies, entries))| {
            let of = if bodies.is_empty() { String::new() } else { format!(" of {}", listed(bodies)) };
            format!("{}{of} {}", counted(type_name, entries.len()), entries_of(entries))
        });
        lines.collect()
    }

    /// Says what rests on the entry.
    pub(super) fn say(&self) {
        let lines = self.lines();
        if lines.is_empty() {
            show::say("Nothing that was recorded since speaks of it.");
        } else {
            show::say(show::title("Recorded since, and resting on it or speaking of the same:"));
            lines.iter().for_each(|line| show::say(labelled(1, "", line)));
        }
        if self.goes_on {
            show::say(format!("That is of the next {READ_MAX} entries; there may be more behind them."));
        }
        show::say("");
    }
}

/// So many of a type, in words.
fn counted(type_name: &str, count: usize) -> String {
    match CALLED.iter().find(|(name, ..)| *name == type_name) {
        Some((_name, one, _several)) if count == 1 => format!("1 {one}"),
        Some((_name, _one, several)) => format!("{count} {several}"),
        None => format!("{count} {type_name}"),
    }
}

fn listed(names: &BTreeSet<String>) -> String {
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    match names.as_slice() {
        [before @ .., last] if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        all => all.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_counted_by_what_they_are_and_of_whom() {
        let of = |bodies: &[&str], entries: &[u64]| {
            (bodies.iter().map(|it| (*it).to_owned()).collect(), entries.to_vec())
        };
        let of_type = [
            ("VoteTaken".to_owned(), of(&["06W", "06Y"], &[30, 32])),
            ("DecisionRecorded".to_owned(), of(&["06W", "06X", "06Y"], &[31, 33, 34])),
            ("MeetingClosed".to_owned(), of(&[], &[40])),
            ("MinutesApproved".to_owned(), of(&["06W"], &[51])),
        ];
        let lines = Resting { of_type: of_type.into(), goes_on: false }.lines();
        let without_entries: Vec<_> =
            lines.iter().map(|line| line.split(" \u{1b}").next().unwrap_or_default()).collect();
        let expected = [
            "2 votes of 06W and 06Y",
            "3 decisions of 06W, 06X and 06Y",
            "1 MeetingClosed",
            "1 approval of minutes of 06W",
        ];
        assert_eq!(without_entries, expected);
        assert!(lines[0].contains("30") && lines[0].contains("32"), "{lines:?}");
    }
}
