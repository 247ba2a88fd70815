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
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Receipts that lie beside a file and say what it says, in its order.
pub(super) struct Already {
    receipts: Vec<(PathBuf, Receipt)>,
}

impl Already {
    /// The receipts beside `file` of events that say what `words` say; nothing where they lack one of them. Only the
    /// receipts are looked at, and no server is asked.
    pub(super) fn beside(file: &Path, words: &[Words]) -> Option<Self> {
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
            follow && alike(&told) == wanted
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
    words: &[Words],
) -> anyhow::Result<Option<(Already, Vec<AppendedEvent>)>> {
    let Some(already) = Already::beside(file, words) else { return Ok(None) };
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
}
