//! The names of what an answer mentions: looked up once, for every answer, whatever its kind.

use crate::described::described;
use crate::pages::Answer;
use crate::proto::Named;
use crate::service::convert::{body_name, name_of};
use crate::service::question::Question;
use minutebook_governance::committees::committee;
use minutebook_governance::partnerships::partnership;
use minutebook_governance::{BodyId, CommitteeId, PartnershipId, PersonId, Record, View};
use minutebook_log::Subject;
use prost_reflect::{DynamicMessage, FieldDescriptor, Value};
use std::collections::BTreeSet;

/// How many names an answer tells at most: each costs as much as a question for it.
const NAMES_MAX: usize = 1_000;

/// The answer with the names of what it mentions by its id alone.
pub(super) fn named<A: Answer>(question: &Question<'_>, mut answer: A) -> A {
    let Some(view) = question.looked() else { return answer };
    let mut mentioned = BTreeSet::new();
    // An answer of ours is described: a test goes through all of them. What it says of itself has its names already.
    if let Ok(mut described) = described(&answer) {
        described.clear_field_by_name("answered");
        mention(&described, &mut mentioned);
    }
    if let Some(answered) = answer.answered_mut() {
        let record = question.record();
        let told = mentioned.into_iter().take(NAMES_MAX).filter_map(|id| {
            let name = name(record, &id, view)?;
            Some(Named { id, name })
        });
        answered.names = told.collect();
    }
    answer
}

/// Goes through a message, and takes note of each id beside which it does not say the name.
fn mention(message: &DynamicMessage, mentioned: &mut BTreeSet<String>) {
    for (field, value) in message.fields() {
        if !says_name(message, &field) {
            mention_value(value, mentioned);
        }
    }
}

fn mention_value(value: &Value, mentioned: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if is_named(text) => {
            mentioned.insert(text.clone());
        }
        Value::List(values) => values.iter().for_each(|value| mention_value(value, mentioned)),
        Value::Message(message) => mention(message, mentioned),
        _ => {}
    }
}

/// Whether a text is the id of something that has a name. What is told in words has none, or other characters too.
fn is_named(text: &str) -> bool {
    text.split_once('/').is_some_and(|(kind, _name)| {
        matches!(kind, "body" | "person" | "committee" | "partnership") && text.parse::<Subject>().is_ok()
    })
}

/// Whether a message says the name of what a member of it has the id of.
fn says_name(message: &DynamicMessage, field: &FieldDescriptor) -> bool {
    let beside = ["name".to_owned(), format!("{}_name", field.name())];
    // A message with one name has that of what it is about.
    let is_about = matches!(field.name(), "id" | "person" | "practice");
    let says = |name: &String| {
        message.get_field_by_name(name).is_some_and(|name| name.as_str().is_some_and(|name| !name.is_empty()))
    };
    beside.iter().skip(usize::from(!is_about)).any(says)
}

fn name(record: &Record, id: &str, view: View) -> Option<String> {
    let subject: Subject = id.parse().ok()?;
    let name = if let Some(body) = BodyId::of(&subject) {
        body_name(record, &body, view)
    } else if let Some(person) = PersonId::of(&subject) {
        name_of(record, &person, view)
    } else if let Some(id) = CommitteeId::of(&subject) {
        committee(record, &id, view)?.established.name
    } else {
        partnership(record, &PartnershipId::of(&subject)?, view)?.name.clone()
    };
    Some(name).filter(|name| !name.is_empty())
}
