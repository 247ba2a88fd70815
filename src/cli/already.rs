//! What a file says may be in the book already. Each of its events is held against the entries before somebody signs it: what
//! stands there is not signed again, and what is new cites what stands there.

use super::context::Context;
use super::sealed_texts;
use super::writing::Words;
use crate::client::{Client, ClientError, KnownLedger, RegisterClient};
use crate::proto::{AppendedEvent, Correction, ListNewsRequest, Scope, View};
use minutebook_log::{Entry, Hash, Malformed, Position};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::Path;

/// How the ids of persons begin: a name alone tells nobody from a namesake.
const PERSON: &str = "person/";

/// What of a file's events stands in the book.
pub(super) struct Already {
    /// Of each event the entry that says the same and was not withdrawn, in the order of the file.
    pub(super) of_each: Vec<Option<AppendedEvent>>,
    /// The ids that entries have where the file asks for new ones, and those of the events that stand there.
    recorded: BTreeMap<String, String>,
}

impl Already {
    /// Holds the words of a file against the book. `new` are the digits of the ids that were made up as it was read: its entries
    /// have others.
    ///
    /// # Errors
    /// The server can't be asked, or lies.
    pub(super) async fn ask(
        context: &Context,
        file: &Path,
        (words, new): (&[Words], &BTreeSet<String>),
    ) -> anyhow::Result<Self> {
        let (mut client, known) = context.connect().await?;
        // What is sealed is compared by what it says: its digest is another each time.
        let mut opened = sealed_texts::said_in(&sealed_texts::folder_of(file));
        let sealed_now = words.iter().flat_map(|words| &words.disclosures);
        opened.extend(sealed_now.map(|it| (it.digest(), it.value().clone())));
        let entries = candidates(context, (&mut client, &known), (words, new)).await?;
        let told: Vec<_> = words.iter().map(|words| Told::of_words(words, &opened)).collect();
        let there: Vec<_> =
            entries.iter().map(|it| (Told::of_entry(&it.entry, &opened), it.is_withdrawn)).collect();
        let matched = Matched::of(&told, new, &there);
        let mut of_each = Vec::new();
        for found in matched.standing(&there) {
            let entry = found.and_then(|index| entries.get(index));
            of_each.push(match entry {
                Some(entry) => Some(appended(&mut client, &known, entry).await?),
                None => None,
            });
        }
        Ok(Self { of_each, recorded: matched.recorded })
    }

    /// The entries that stand there, in the order of the file.
    pub(super) fn standing(&self) -> Vec<AppendedEvent> {
        self.of_each.iter().flatten().cloned().collect()
    }

    /// Those of the words that do not stand there; what they cite of the others, they cite as it is recorded.
    ///
    /// # Errors
    /// A subject that is none, which can't be.
    pub(super) fn rest(&self, words: Vec<Words>) -> Result<Vec<Words>, Malformed> {
        let rest = words.into_iter().zip(&self.of_each).filter(|(_words, there)| there.is_none());
        let rest = rest.map(|(words, _none)| {
            let data = as_recorded(&Value::Object(words.data), &self.recorded);
            let subject = self.recorded.get(words.subject.as_str());
            let subject = subject.map_or_else(|| Ok(words.subject.clone()), |known| known.parse())?;
            let data = data.as_object().cloned().unwrap_or_default();
            Ok(Words { data, subject, ..words })
        });
        rest.collect()
    }
}

/// An entry that may say what an event of the file says.
struct Candidate {
    entry: Entry,
    bytes: Vec<u8>,
    is_withdrawn: bool,
}

/// The entries that may say the same: of what is known by its id, those about it; of what has a new one, those of the same type,
/// where they name a body, of that body.
async fn candidates(
    context: &Context,
    (client, known): (&mut Client, &KnownLedger),
    (words, new): (&[Words], &BTreeSet<String>),
) -> anyhow::Result<Vec<Candidate>> {
    let is_new = |words: &&Words| words.subject.name().is_some_and(|name| new.contains(name));
    let (made_up, given): (Vec<_>, Vec<_>) = words.iter().partition(is_new);
    let mut found: BTreeMap<u64, (Vec<u8>, bool)> = BTreeMap::new();
    let subjects: BTreeSet<_> = given.iter().map(|words| words.subject.as_str()).collect();
    for subject in subjects {
        let mut of_subject = Vec::new();
        let said = client.each_entry(subject, 1, |entry| {
            of_subject.push(entry);
            ControlFlow::Continue(())
        });
        let withdrawn = withdrawn(&said.await?.corrections);
        let of_subject =
            of_subject.into_iter().map(|it| (it.position, (it.content, withdrawn.contains(&it.position))));
        found.extend(of_subject);
    }
    let kinds: BTreeSet<_> =
        made_up.iter().map(|words| (words.type_name.as_str(), body_named(&words.data))).collect();
    for (type_name, body) in kinds {
        let request = ListNewsRequest {
            bodies: body.into_iter().collect(),
            types: vec![type_name.to_owned()],
            view: Some(View { scope: Scope::Reported.into(), ..View::default() }),
            ..ListNewsRequest::default()
        };
        let news = context.all(client, known, RegisterClient::list_news, request).await?;
        let positions = news.news.iter().map(|it| Position(it.position)).collect();
        let withdrawn = withdrawn(&news.answered.unwrap_or_default().corrections);
        let read = client.entries_at(known, &positions).await?;
        found.extend(read.into_iter().map(|(entry, bytes)| {
            let at = entry.position.0;
            (at, (bytes, withdrawn.contains(&at)))
        }));
    }
    let found = found.into_values().map(|(bytes, is_withdrawn)| {
        let entry = Entry::parse(&bytes).map_err(|found| ClientError::lies("ListEntries", &found))?;
        Ok(Candidate { entry, bytes, is_withdrawn })
    });
    found.collect()
}

fn withdrawn(corrections: &[Correction]) -> BTreeSet<u64> {
    corrections.iter().filter(|it| it.is_withdrawn).map(|it| it.position).collect()
}

/// The first body that what is said names as its own.
fn body_named(data: &Map<String, Value>) -> Option<String> {
    let facts = data.get("facts")?;
    let listed = || facts.get("bodies")?.get(0)?.as_str();
    facts.get("body").and_then(Value::as_str).or_else(listed).map(str::to_owned)
}

/// Where an entry stands, once it is checked.
async fn appended(client: &mut Client, known: &KnownLedger, it: &Candidate) -> anyhow::Result<AppendedEvent> {
    let position = it.entry.position;
    let checked = client.entries_at(known, &BTreeSet::from([position])).await?;
    if checked.first().is_none_or(|(_entry, bytes)| *bytes != it.bytes) {
        return Err(ClientError::lies("ListEntries", &format!("another entry {position} than before")).into());
    }
    let held = client.entry(position).await?;
    Ok(AppendedEvent {
        position: position.0,
        hash: Hash::of(&it.bytes).to_string(),
        recorded: it.entry.recorded.to_string(),
        again: true,
        findings: held.findings,
    })
}

/// Which entry says what each event says.
struct Matched {
    /// The index of the entry, of each event.
    of_each: Vec<Option<usize>>,
    recorded: BTreeMap<String, String>,
}

impl Matched {
    /// Goes through the events in their order. Each entry says one of them; one that was withdrawn tells which ids are meant, and
    /// no more.
    fn of(told: &[Told], new: &BTreeSet<String>, entries: &[(Told, bool)]) -> Self {
        let mut order: Vec<_> = (0..entries.len()).collect();
        order.sort_by_key(|index| entries.get(*index).is_some_and(|(_told, is_withdrawn)| *is_withdrawn));
        let mut meant = Meant { new: new.clone(), ..Meant::default() };
        let (mut of_each, mut taken) = (Vec::new(), BTreeSet::new());
        for event in told {
            let found = order.iter().copied().filter(|index| !taken.contains(index)).find_map(|index| {
                let (entry, _is_withdrawn) = entries.get(index)?;
                // What is of another type needs no closer look.
                let is_it = event.said.get("type") == entry.said.get("type")
                    && meant.is_all(&event.said, &entry.said);
                is_it.then(|| {
                    meant.recorded.extend(event.id.clone().zip(entry.id.clone()));
                    index
                })
            });
            taken.extend(found);
            if found.is_none() {
                meant.fix(&event.said);
            }
            of_each.push(found);
        }
        let mut matched = Self { of_each, recorded: meant.recorded };
        matched.release_namesakes(told);
        let is_gone = |found: &Option<usize>| {
            found.and_then(|index| entries.get(index)).is_some_and(|(_told, is_withdrawn)| *is_withdrawn)
        };
        let gone = told.iter().zip(&matched.of_each).filter(|(_told, found)| is_gone(found));
        let gone: Vec<_> = gone.filter_map(|(told, _found)| told.id.as_ref()).collect();
        gone.into_iter().for_each(|id| {
            matched.recorded.remove(id);
        });
        matched
    }

    /// Whoever is known by a name alone is another person of that name, where what is said of them here is new.
    fn release_namesakes(&mut self, told: &[Told]) {
        let mentioning = |id: &str| -> Vec<usize> {
            let each = told.iter().enumerate();
            each.filter(|(_index, told)| texts(&told.said).contains(id)).map(|(index, _told)| index).collect()
        };
        let persons: Vec<_> = self.recorded.keys().filter(|id| id.starts_with(PERSON)).cloned().collect();
        for id in persons {
            let of_person = mentioning(&id);
            let (held, unheard): (Vec<_>, Vec<_>) = of_person
                .into_iter()
                .partition(|index| self.of_each.get(*index).is_some_and(Option::is_some));
            if let ([only], false) = (held.as_slice(), unheard.is_empty()) {
                self.recorded.remove(&id);
                if let Some(event) = told.get(*only).and_then(|told| told.id.as_ref()) {
                    self.recorded.remove(event);
                }
                if let Some(found) = self.of_each.get_mut(*only) {
                    *found = None;
                }
            }
        }
    }

    /// Of each event the entry that still stands.
    fn standing(&self, entries: &[(Told, bool)]) -> Vec<Option<usize>> {
        let stands = |index: &usize| entries.get(*index).is_some_and(|(_told, is_withdrawn)| !is_withdrawn);
        self.of_each.iter().map(|found| found.filter(stands)).collect()
    }
}

/// What an event says, apart from its id, its time and its keys.
struct Told {
    id: Option<String>,
    said: Value,
}

impl Told {
    fn of_words(words: &Words, opened: &BTreeMap<String, Value>) -> Self {
        let id = words.id.map(|id| id.to_string());
        Self { id, said: said(&words.type_name, words.subject.as_str(), &words.data, opened) }
    }

    fn of_entry(entry: &Entry, opened: &BTreeMap<String, Value>) -> Self {
        let event = entry.event();
        Self {
            id: Some(event.id.to_string()),
            said: said(&event.event_type.name, event.subject.as_str(), &event.data, opened),
        }
    }
}

fn said(
    type_name: &str,
    subject: &str,
    data: &Map<String, Value>,
    opened: &BTreeMap<String, Value>,
) -> Value {
    let mut data = data.clone();
    let signatories = data.get_mut("signatories").and_then(Value::as_array_mut);
    for signatory in signatories.into_iter().flatten().filter_map(Value::as_object_mut) {
        signatory.remove("key");
    }
    json!({"type": type_name, "subject": subject, "data": in_the_clear(&Value::Object(data), opened)})
}

/// A value in which what is sealed stands as it says, where its disclosure is at hand.
fn in_the_clear(value: &Value, opened: &BTreeMap<String, Value>) -> Value {
    match value {
        Value::Object(members) => {
            let sealed = members.get("sealed").and_then(Value::as_str).filter(|_one| members.len() == 1);
            let inside =
                || members.iter().map(|(name, value)| (name.clone(), in_the_clear(value, opened))).collect();
            sealed
                .and_then(|digest| opened.get(digest).cloned())
                .map_or_else(inside, |says| json!({"seal": says}))
        }
        Value::Array(items) => items.iter().map(|item| in_the_clear(item, opened)).collect(),
        other => other.clone(),
    }
}

/// A value in which each text that has another in the book is that.
fn as_recorded(value: &Value, recorded: &BTreeMap<String, String>) -> Value {
    match value {
        Value::String(text) => json!(recorded.get(text).unwrap_or(text)),
        Value::Array(items) => items.iter().map(|item| as_recorded(item, recorded)).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), as_recorded(value, recorded))).collect()
        }
        other => other.clone(),
    }
}

/// Every text in a value.
fn texts(value: &Value) -> BTreeSet<&str> {
    match value {
        Value::String(text) => BTreeSet::from([text.as_str()]),
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(members) => members.values().flat_map(texts).collect(),
        _ => BTreeSet::new(),
    }
}

/// The ids that entries have where a file asks for new ones: for each another, and the same wherever it is meant again.
#[derive(Default)]
struct Meant {
    /// The digits of the ids that were made up, of which it is not known yet which the book has.
    new: BTreeSet<String>,
    recorded: BTreeMap<String, String>,
    /// Those of them that the event brings which is looked at.
    brought: Vec<String>,
}

impl Meant {
    /// Whether an entry says what the file says, in all of it. Where it does not, no id of it is meant.
    fn is_all(&mut self, file: &Value, entry: &Value) -> bool {
        self.brought.clear();
        let is_said = self.is_said(file, entry);
        if !is_said {
            for id in self.brought.drain(..) {
                self.recorded.remove(&id);
            }
        }
        is_said
    }

    fn is_said(&mut self, file: &Value, entry: &Value) -> bool {
        match (file, entry) {
            (Value::String(file), Value::String(entry)) => self.is_same(file, entry),
            (Value::Array(file), Value::Array(entry)) => {
                file.len() == entry.len()
                    && file.iter().zip(entry).all(|(file, entry)| self.is_said(file, entry))
            }
            (Value::Object(file), Value::Object(entry)) => {
                let mut each = file.iter().map(|(name, value)| (value, entry.get(name)));
                file.len() == entry.len()
                    && each.all(|(value, there)| there.is_some_and(|there| self.is_said(value, there)))
            }
            (file, entry) => file == entry,
        }
    }

    fn is_same(&mut self, file: &str, entry: &str) -> bool {
        if let Some(known) = self.recorded.get(file) {
            return known == entry;
        }
        let new = file.split_once('/').filter(|(_kind, digits)| self.new.contains(*digits));
        let Some((kind, _digits)) = new else { return file == entry };
        let is_of_kind = entry.split_once('/').is_some_and(|(other, _digits)| other == kind);
        let is_free = is_of_kind && self.recorded.values().all(|taken| taken != entry);
        if is_free {
            self.recorded.insert(file.to_owned(), entry.to_owned());
            self.brought.push(file.to_owned());
        }
        is_free
    }

    /// What is new itself is about new things: the ids of it that the book has not shown so far are no other's.
    fn fix(&mut self, said: &Value) {
        let unknown = texts(said).into_iter().filter(|text| !self.recorded.contains_key(*text));
        let digits: Vec<_> =
            unknown.filter_map(|text| text.split_once('/')).map(|(_kind, digits)| digits).collect();
        self.new.retain(|new| !digits.contains(&new.as_str()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(id: &str, type_name: &str, subject: &str, facts: Value) -> Told {
        let data = json!({"signatories": [{"capacity": "secretary", "key": id}], "facts": facts});
        Told {
            id: Some(id.to_owned()),
            said: said(type_name, subject, data.as_object().unwrap(), &BTreeMap::new()),
        }
    }

    fn decided(id: &str, text: &str) -> Told {
        told(id, "DecisionRecorded", "body/04K", json!({"text": text}))
    }

    fn rescinded(id: &str, decision: &str) -> Told {
        told(id, "DecisionRescinded", "body/04K", json!({"decision": decision}))
    }

    fn matched(
        file: &[Told],
        new: &[&str],
        entries: Vec<(Told, bool)>,
    ) -> (Vec<Option<usize>>, BTreeMap<String, String>) {
        let new = new.iter().map(|digits| (*digits).to_owned()).collect();
        let matched = Matched::of(file, &new, &entries);
        (matched.standing(&entries), matched.recorded)
    }

    #[test]
    fn ids_and_keys_make_no_difference_and_what_is_cited_does() {
        let file = [decided("a", "one"), rescinded("b", "a")];
        let entries = |cites: &str| vec![(decided("11", "one"), false), (rescinded("12", cites), false)];
        assert_eq!(matched(&file, &[], entries("11")).0, [Some(0), Some(1)]);
        assert_eq!(matched(&file, &[], entries("12")).0, [Some(0), None]);
    }

    #[test]
    fn what_was_withdrawn_is_new_and_each_entry_says_one() {
        let file = [decided("a", "one"), rescinded("b", "a"), decided("c", "one")];
        let entries = vec![(decided("11", "one"), true), (rescinded("12", "11"), false)];
        let (found, recorded) = matched(&file, &[], entries);
        assert_eq!(found, [None, Some(1), None], "and of two that say the same, one stands there");
        assert!(!recorded.contains_key("a"), "what is new cites none that was withdrawn: {recorded:?}");
        let twice = vec![(decided("11", "one"), true), (decided("12", "one"), false)];
        assert_eq!(matched(&file[..1], &[], twice).0, [Some(1)], "what stands comes first");
    }

    #[test]
    fn new_ids_are_those_of_the_entries_and_no_others() {
        let assigned =
            |id: &str, action: &str, text: &str| told(id, "ActionAssigned", action, json!({"text": text}));
        let updated =
            |id: &str, action: &str| told(id, "ActionUpdated", action, json!({"change": "completed"}));
        let book =
            || vec![(assigned("11", "action/11", "Write."), false), (updated("12", "action/11"), false)];
        let file = [assigned("a", "action/aa", "Write."), updated("b", "action/aa")];
        let (found, recorded) = matched(&file, &["aa", "bb"], book());
        assert_eq!(found, [Some(0), Some(1)]);
        assert_eq!(recorded["action/aa"], "action/11");
        let other = [assigned("a", "action/aa", "Read."), updated("b", "action/aa")];
        let (found, recorded) = matched(&other, &["aa"], book());
        assert!(found == [None, None] && recorded.is_empty(), "another action's: {recorded:?}");
        assert_eq!(matched(&file, &[], book()).0, [None, None], "an id that the file names itself");
    }

    #[test]
    fn a_namesake_is_another_and_whoever_holds_an_office_there_is_the_same() {
        let person = |id: &str, who: &str| told(id, "PersonRecorded", who, json!({"name": "Tom Reed"}));
        let office = |id: &str, who: &str, office: &str| {
            told(id, "OfficerAppointed", "body/04K", json!({"office": office, "person": who}))
        };
        let book = || vec![(person("11", "person/11"), false), (office("12", "person/11", "chair"), false)];
        let file = |other| [person("a", "person/aa"), office("b", "person/aa", other)];
        assert_eq!(matched(&file("lay_member"), &["aa"], book()).0, [None, None]);
        assert_eq!(matched(&file("chair"), &["aa"], book()).0, [Some(0), Some(1)]);
        let [one, two] = file("chair");
        let more = [one, two, office("c", "person/aa", "lay_member")];
        let (found, recorded) = matched(&more, &["aa"], book());
        assert_eq!(found, [Some(0), Some(1), None]);
        assert_eq!(as_recorded(&more[2].said, &recorded)["data"]["facts"]["person"], "person/11");
    }
}
