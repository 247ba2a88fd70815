//! The members of an entry that corrections name: what stood there, and what stands there now.

use super::Difference;
use super::facts::FactOnDay;
use crate::documents::RecordCorrected;
use crate::{Record, Scope, View};
use minutebook_log::{EventId, Position, Subject};
use serde_json::Value;
use std::collections::BTreeSet;

/// What differs of an entry, which is named as `record/` with its id: each member that a correction names which one of the
/// views knows, with its value in both, as JSON.
pub(super) fn corrected_members(
    record: &Record,
    subject: &Subject,
    before: View,
    after: View,
) -> Vec<Difference> {
    let id = subject.name().and_then(|name| name.parse::<EventId>().ok());
    let Some(target) = id.and_then(|id| record.find(id)) else { return Vec::new() };
    let known = before.known.max(after.known);
    let paths: BTreeSet<String> = record
        .corrections_of(target, known)
        .into_iter()
        .filter_map(|(at, _is_withdrawn)| record.act_as_known(at, known))
        .filter_map(|act| Some(act.statement.downcast::<RecordCorrected>()?.fields.clone()))
        .flat_map(|fields| fields.into_iter().map(|field| field.path))
        .collect();
    let of = |path: String| {
        let (before, after) = (member(record, target, &path, before), member(record, target, &path, after));
        let is_same = before.as_ref().map(|it| &it.value) == after.as_ref().map(|it| &it.value);
        (!is_same).then(|| Difference { subject: subject.clone(), fact: name_of(&path), before, after })
    };
    paths.into_iter().filter_map(of).collect()
}

/// The same of every entry about a subject that both views know: whoever asks about a body asks about the words of what it
/// decided too. What one of them does not know yet is told as new, and not by its words.
pub(super) fn words_about(record: &Record, subject: &Subject, before: View, after: View) -> Vec<Difference> {
    let known = before.known.max(after.known);
    let all = View { known, scope: Scope::Reported, ..after };
    let corrected = record.about(subject, all).map(|told| told.position);
    let corrected = corrected.filter(|position| record.corrected_at(*position, known).is_some());
    let entries: BTreeSet<Position> = corrected.collect();
    let of = |position: Position| {
        let id = record.at(position)?.act.id;
        let entry: Subject = format!("record/{id}").parse().ok()?;
        Some(corrected_members(record, &entry, before, after))
    };
    let is_known_to_both = |it: &Difference| it.before.is_some() && it.after.is_some();
    entries.into_iter().filter_map(of).flatten().filter(is_known_to_both).collect()
}

/// A member of an entry as a view knows it; nothing where the view does not know of the entry, or of nothing there.
fn member(record: &Record, target: Position, path: &str, view: View) -> Option<FactOnDay> {
    let act = record.act_as_known(target, view.known)?;
    let is_seen = view.scope == Scope::Reported || act.standing.is_enacted();
    let value = act.facts.pointer(path).filter(|_value| is_seen).map(Value::to_string)?;
    let why = [target].into_iter().chain(record.corrected_at(target, view.known)).collect();
    Some(FactOnDay { value, why })
}

/// A JSON pointer as people read it; of the facts as a whole, that they are the whole.
fn name_of(path: &str) -> String {
    if path.is_empty() { "all of it".to_owned() } else { path.trim_start_matches('/').replace('/', " ") }
}
