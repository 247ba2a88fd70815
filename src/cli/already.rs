//! What a file says may be in the book already: its receipts lie beside it. What is the same but for the id is noticed before
//! somebody signs it a second time.

use super::context::Context;
use super::receipt_file;
use super::sealed_texts;
use super::writing::Words;
use crate::client::{Client, KnownLedger};
use crate::proto::AppendedEvent;
use minutebook_log::{Entry, Hash, Receipt};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Receipts that lie beside a file and say what it says, in its order.
pub(super) struct Already {
    receipts: Vec<(PathBuf, Receipt)>,
}

impl Already {
    /// The receipts beside `file` of events that say what `words` say; nothing where they lack one of them. `new` are the digits
    /// of the ids that were made up as the file was read: it had others when it was recorded. Only the receipts are looked at,
    /// and no server is asked.
    pub(super) fn beside(file: &Path, words: &[Words], new: &BTreeSet<String>) -> Option<Self> {
        // What is sealed is compared by what it says: its digest is another each time.
        let mut opened = sealed_texts::said_in(&sealed_texts::folder_of(file));
        let sealed_now = words.iter().flat_map(|words| &words.disclosures);
        opened.extend(sealed_now.map(|it| (it.digest(), it.value().clone())));
        let told: Vec<_> = words.iter().map(|words| Told::of_words(words, &opened)).collect();
        let wanted = alike(&told);
        let receipts = receipts_beside(file);
        let entries: Vec<_> =
            receipts.iter().filter_map(|(_path, receipt)| Entry::parse(&receipt.entry).ok()).collect();
        if entries.len() != receipts.len() || wanted.is_empty() {
            return None;
        }
        let at = entries.windows(wanted.len()).position(|run| {
            let follow = run
                .windows(2)
                .all(|pair| matches!(pair, [one, next] if one.position.0 + 1 == next.position.0));
            let told: Vec<_> = run.iter().map(|entry| Told::of_entry(entry, &opened)).collect();
            follow && Meant::new(new).is_all_said(&wanted, &alike(&told))
        })?;
        let receipts = receipts.into_iter().skip(at).take(wanted.len()).collect();
        Some(Self { receipts })
    }

    /// Where they stand, where the book has every one of them and none was withdrawn.
    ///
    /// # Errors
    /// The server can't be asked.
    pub(super) async fn standing(
        &self,
        client: &mut Client,
        known: &KnownLedger,
    ) -> anyhow::Result<Option<Vec<AppendedEvent>>> {
        let mut standing = Vec::new();
        for (_path, receipt) in &self.receipts {
            if receipt.position.0 >= known.ledger.size {
                return Ok(None);
            }
            let held = client.entry(receipt.position).await?;
            if held.hash != Hash::of(&receipt.entry) || held.corrections.iter().any(|it| it.is_withdrawn) {
                return Ok(None);
            }
            let recorded =
                Entry::parse(&held.bytes).map(|entry| entry.recorded.to_string()).unwrap_or_default();
            standing.push(AppendedEvent {
                position: receipt.position.0,
                hash: held.hash.to_string(),
                recorded,
                again: true,
                findings: held.findings,
            });
        }
        Ok(Some(standing))
    }

    /// The files of the receipts.
    pub(super) fn files(&self) -> impl Iterator<Item = &Path> {
        self.receipts.iter().map(|(path, _receipt)| path.as_path())
    }
}

/// Connects, and asks where they stand.
///
/// # Errors
/// The server can't be asked.
pub(super) async fn recorded_already(
    context: &Context,
    file: &Path,
    (words, new): (&[Words], &BTreeSet<String>),
) -> anyhow::Result<Option<(Already, Vec<AppendedEvent>)>> {
    let Some(already) = Already::beside(file, words, new) else { return Ok(None) };
    let (mut client, known) = context.connect().await?;
    let standing = already.standing(&mut client, &known).await?;
    Ok(standing.map(|standing| (already, standing)))
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

/// What several events say together: each that cites another of them cites it by its number.
fn alike(told: &[Told]) -> Vec<Value> {
    let ids = told
        .iter()
        .enumerate()
        .filter_map(|(index, told)| Some((told.id.clone()?, format!("event {index}"))));
    let numbers: BTreeMap<_, _> = ids.collect();
    told.iter().map(|told| by_number(&told.said, &numbers)).collect()
}

fn by_number(value: &Value, numbers: &BTreeMap<String, String>) -> Value {
    match value {
        Value::String(text) => json!(numbers.get(text).unwrap_or(text)),
        Value::Array(items) => items.iter().map(|item| by_number(item, numbers)).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), by_number(value, numbers))).collect()
        }
        other => other.clone(),
    }
}

/// The ids that entries have where a file asks for new ones: for each another, and the same wherever it is meant again.
struct Meant<'a> {
    new: &'a BTreeSet<String>,
    recorded: BTreeMap<String, String>,
}

impl<'a> Meant<'a> {
    fn new(new: &'a BTreeSet<String>) -> Self {
        Self { new, recorded: BTreeMap::new() }
    }

    fn is_all_said(&mut self, file: &[Value], entries: &[Value]) -> bool {
        file.len() == entries.len() && file.iter().zip(entries).all(|(file, entry)| self.is_said(file, entry))
    }

    fn is_said(&mut self, file: &Value, entry: &Value) -> bool {
        match (file, entry) {
            (Value::String(file), Value::String(entry)) => self.is_same(file, entry),
            (Value::Array(file), Value::Array(entry)) => self.is_all_said(file, entry),
            (Value::Object(file), Value::Object(entry)) => {
                let mut each = file.iter().map(|(name, value)| (value, entry.get(name)));
                file.len() == entry.len()
                    && each.all(|(value, there)| there.is_some_and(|there| self.is_said(value, there)))
            }
            (file, entry) => file == entry,
        }
    }

    fn is_same(&mut self, file: &str, entry: &str) -> bool {
        let new = file.split_once('/').filter(|(_kind, digits)| self.new.contains(*digits));
        let Some((kind, _digits)) = new else { return file == entry };
        if let Some(known) = self.recorded.get(file) {
            return known == entry;
        }
        let is_of_kind = entry.split_once('/').is_some_and(|(other, _digits)| other == kind);
        let is_free = is_of_kind && self.recorded.values().all(|taken| taken != entry);
        if is_free {
            self.recorded.insert(file.to_owned(), entry.to_owned());
        }
        is_free
    }
}

/// The receipts beside a file, as one event and as several leave them, by position.
fn receipts_beside(file: &Path) -> Vec<(PathBuf, Receipt)> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let beside = files_in(folder).filter(|path| {
        path.file_name().is_some_and(|it| it.to_string_lossy().starts_with(&format!("{name}.")))
    });
    let within = files_in(&file.with_extension("receipts"));
    let receipts = beside.chain(within).filter(|path| path.extension().is_some_and(|it| it == "tlog-proof"));
    let mut receipts: Vec<_> = receipts
        .filter_map(|path| Some((receipt_file::read(&path).ok()?, path)))
        .map(|(receipt, path)| (path, receipt))
        .collect();
    receipts.sort_by_key(|(_path, receipt)| receipt.position);
    receipts.dedup_by_key(|(_path, receipt)| receipt.position);
    receipts
}

fn files_in(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(id: &str, cites: &str, key: &str) -> Told {
        let data =
            json!({"signatories": [{"capacity": "secretary", "key": key}], "facts": {"decision": cites}});
        let data = data.as_object().unwrap();
        Told { id: Some(id.to_owned()), said: said("DecisionRescinded", "body/04K", data, &BTreeMap::new()) }
    }

    #[test]
    fn ids_and_keys_make_no_difference_and_what_is_cited_does() {
        let first = [told("a", "x", "k"), told("b", "a", "k")];
        let again = [told("c", "x", "other"), told("d", "c", "other")];
        assert_eq!(alike(&first), alike(&again));
        let others = [told("c", "x", "k"), told("d", "d", "k")];
        assert_ne!(alike(&first), alike(&others));
    }

    #[test]
    fn new_ids_are_those_of_the_entries_and_no_others() {
        let new = BTreeSet::from(["aa".to_owned(), "bb".to_owned()]);
        let is_said = |file: Value, entry: Value| Meant::new(&new).is_all_said(&[file], &[entry]);
        let file = || json!([{"owner": "person/aa", "of": "action/bb"}, "person/aa", 3]);
        assert!(is_said(file(), json!([{"owner": "person/11", "of": "action/22"}, "person/11", 3])));
        for other in [
            json!([{"owner": "person/11", "of": "action/22"}, "person/33", 3]),
            json!([{"owner": "person/11", "of": "person/22"}, "person/11", 3]),
            json!([{"owner": "person/11", "of": "action/22"}, "person/11", 4]),
            json!([{"owner": "person/11"}, "person/11", 3]),
        ] {
            assert!(!is_said(file(), other.clone()), "{other}");
        }
        assert!(
            !is_said(json!(["person/aa", "person/bb"]), json!(["person/11", "person/11"])),
            "two, not one"
        );
        assert!(!is_said(json!("person/cc"), json!("person/11")), "an id that the file names itself");
    }
}
