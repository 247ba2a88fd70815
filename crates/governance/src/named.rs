//! Whom an entry names, whatever it is about: what somebody looks for who wants all that is said of a body, a person or a
//! meeting. It is found under names of its own, so that what is said *about* a body stays what its folds read.

use crate::ids::KINDS;
use minutebook_log::{Hash, Subject};
use serde_json::Value;
use std::collections::BTreeSet;

/// The kind of the names under which entries are found by whom they name. It is nobody's.
const NAMED: &str = "named";

/// Kinds that are nobody's affair but their own: what is said of a body or a person without a word of another body is not
/// about one that some other entry of theirs names.
const OF_THEMSELVES: [&str; 4] = ["body", "person", "document", "audit"];

/// The name under which an entry is found that names this; nobody's subject.
pub(crate) fn named_as(subject: &Subject) -> Option<Subject> {
    let whole = subject.as_str().replace('/', ".");
    let digest = || Hash::of(subject.as_str().as_bytes()).to_string();
    format!("{NAMED}/{whole}").parse().or_else(|_too_long| format!("{NAMED}/{}", digest()).parse()).ok()
}

/// The name under which entries are found that name no body and are of something that may be one's affair: a meeting's close,
/// a condition that was met, the end of a grant.
pub(crate) fn named_nobody() -> Option<Subject> {
    NAMED.parse().ok()
}

/// Whether a name is one of these, and nobody's subject.
pub(crate) fn is_name(subject: &Subject) -> bool {
    subject.kind() == NAMED
}

/// Whether something of this kind may be the affair of bodies that another of its entries names.
pub(crate) fn is_affair(subject: &Subject) -> bool {
    KINDS.contains(&subject.kind()) && subject.name().is_some() && !OF_THEMSELVES.contains(&subject.kind())
}

/// The subjects that facts name, at whatever depth.
pub(crate) fn names(facts: &Value) -> BTreeSet<Subject> {
    let mut found = BTreeSet::new();
    gather(facts, &mut found);
    found
}

fn gather(value: &Value, found: &mut BTreeSet<Subject>) {
    match value {
        Value::String(text) => found.extend(subject(text)),
        Value::Array(items) => items.iter().for_each(|item| gather(item, found)),
        Value::Object(members) => members.values().for_each(|member| gather(member, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn subject(text: &str) -> Option<Subject> {
    let (kind, _name) = text.split_once('/')?;
    KINDS.contains(&kind).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn facts_name_subjects_of_known_kinds_and_texts_name_none() {
        let facts = json!({"attendees": [{"person": "person/a", "bodies": ["body/04K"]}], "at_meeting": "meeting/x.1",
            "text": "body/04K was there", "unit": "01Y/glossop", "ledger": "ledger/x"});
        let named: Vec<_> = names(&facts).iter().map(Subject::to_string).collect();
        assert_eq!(named, ["body/04K", "meeting/x.1", "person/a"]);
    }

    #[test]
    fn no_two_subjects_have_one_name() {
        let of = |text: &str| named_as(&text.parse().unwrap()).unwrap();
        assert_eq!(of("body/04K").as_str(), "named/body.04K");
        let long = |end: &str| of(&format!("body/{}{end}", "x".repeat(194)));
        assert!(is_name(&long("a")) && long("a") != long("b"));
    }
}
