//! Ids that nobody has to invent: twelve random digits after the kind, of which nothing can be read.

use super::exit::Usage;
use crate::meant::nearest;
use minutebook_governance::BodyId;
use minutebook_governance::catalogue::CATALOGUE;
use minutebook_log::{EventId, Subject};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What stands for a new id in a file, after its kind: `action/$new`; `person/$new:lay` for one that is meant again.
const NEW: &str = "/$new";

/// How many digits an id has.
const DIGITS: usize = 12;

/// Kinds of which nobody makes up an id: it is a code, a key, or another entry's.
const GIVEN: [&str; 4] = ["body", "key", "ledger", "record"];

/// The digits of a new id, from the random end of a new event's.
pub(super) fn digits_of(id: &EventId) -> String {
    let digits: Vec<_> = id.to_string().chars().filter(|digit| *digit != '-').collect();
    digits.iter().skip(digits.len().saturating_sub(DIGITS)).collect()
}

/// The kinds of which ids are made up.
pub(super) fn kinds() -> BTreeSet<&'static str> {
    let all = CATALOGUE.iter().map(|row| row.subject_kind);
    all.filter(|kind| !GIVEN.contains(kind)).collect()
}

/// The kind, if ids of it are made up.
///
/// # Errors
/// Which kinds there are, and which was probably meant.
pub(super) fn check_kind(kind: &str) -> Result<&str, Usage> {
    let known = kinds();
    if known.contains(kind) {
        return Ok(kind);
    }
    let meant =
        nearest(kind, known.iter().copied()).map_or_else(String::new, |it| format!("; did you mean {it}?"));
    let listed = known.into_iter().collect::<Vec<_>>().join(", ");
    Err(Usage(format!("found the kind {kind:?}; needed one of {listed}{meant}")))
}

/// A body's id, as an argument or a heading has it.
///
/// # Errors
/// What would be right, where its code alone is given.
pub(super) fn body_of(text: &str) -> Result<BodyId, Usage> {
    text.parse().map_err(|_wrong| Usage(format!("found {text:?}; needed {}", body_meant(text))))
}

/// The id of anything that has one, as it was given.
///
/// # Errors
/// As [`body_of`], of a text that is no id.
pub(super) fn id_of(text: &str) -> Result<String, Usage> {
    let subject = text.parse().ok().filter(|subject: &Subject| subject.name().is_some());
    subject.map_or_else(|| body_of(text).map(|body| body.to_string()), |subject| Ok(subject.to_string()))
}

/// What would be right in the place of a text that is no body's id: the id, where its code alone was given.
pub(super) fn body_meant(text: &str) -> String {
    let whole = format!("body/{text}");
    let is_code = whole.parse::<BodyId>().is_ok();
    if is_code { whole } else { "an id such as body/04K".to_owned() }
}

/// The new ids of one file.
pub(super) struct NewIds<F> {
    make: F,
    named: BTreeMap<String, String>,
}

impl<F: Fn() -> anyhow::Result<EventId>> NewIds<F> {
    /// Those that `make` gives the random digits for.
    pub(super) fn new(make: F) -> Self {
        Self { make, named: BTreeMap::new() }
    }

    /// A new event's id.
    ///
    /// # Errors
    /// The operating system gives no randomness.
    pub(super) fn event(&self) -> anyhow::Result<EventId> {
        (self.make)()
    }

    /// A value in which every new id has its digits.
    ///
    /// # Errors
    /// As [`NewIds::event`].
    pub(super) fn in_value(&mut self, value: &Value) -> anyhow::Result<Value> {
        Ok(match value {
            Value::String(text) => Value::String(self.in_text(text)?),
            Value::Array(items) => {
                items.iter().map(|item| self.in_value(item)).collect::<anyhow::Result<Vec<_>>>()?.into()
            }
            Value::Object(members) => {
                let each = members.iter().map(|(name, value)| Ok((name.clone(), self.in_value(value)?)));
                Value::Object(each.collect::<anyhow::Result<_>>()?)
            }
            other => other.clone(),
        })
    }

    /// A text that is an id and wants digits, with them; any other as it is.
    ///
    /// # Errors
    /// As [`NewIds::event`].
    pub(super) fn in_text(&mut self, text: &str) -> anyhow::Result<String> {
        let Some((kind, name)) = text.split_once(NEW) else { return Ok(text.to_owned()) };
        let is_kind = !kind.is_empty() && kind.bytes().all(|letter| letter.is_ascii_lowercase());
        match name.strip_prefix(':') {
            _ if !is_kind => Ok(text.to_owned()),
            None if name.is_empty() => Ok(format!("{kind}/{}", digits_of(&self.event()?))),
            Some(name) if !name.is_empty() => {
                let known = self.named.get(name).cloned();
                let digits = known.map_or_else(|| Ok(digits_of(&self.event()?)), anyhow::Ok)?;
                self.named.insert(name.to_owned(), digits.clone());
                Ok(format!("{kind}/{digits}"))
            }
            _ => Ok(text.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::cell::Cell;

    #[test]
    fn new_ids_differ_unless_they_have_one_name() {
        let next = Cell::new(0_u8);
        let mut ids = NewIds::new(|| {
            next.set(next.get() + 1);
            Ok(EventId::from_parts(1_577_836_800_000, &[0, 0, 0, 0, 0, 0, 0, 0, 0, next.get()]))
        });
        let value = json!(["action/$new", "action/$new", "person/$new:lay", {"p": "person/$new:lay"}, "The $new plan"]);
        let new = ids.in_value(&value).unwrap();
        assert_ne!(new[0], new[1]);
        assert_eq!(new[2], new[3]["p"]);
        assert_eq!(new[4], "The $new plan");
        assert_eq!(new[0], "action/000000000001");
        assert_eq!(ids.in_text("person/$newly").unwrap(), "person/$newly");
        assert_eq!(check_kind("meeting").unwrap(), "meeting");
        assert!(check_kind("meting").unwrap_err().0.ends_with("did you mean meeting?"));
        assert!(check_kind("body").is_err());
        assert_eq!(body_of("body/QJG").unwrap().to_string(), "body/QJG");
        assert!(body_of("QJG").unwrap_err().0.ends_with("needed body/QJG"));
        assert!(body_of("the board").unwrap_err().0.ends_with("needed an id such as body/04K"));
    }
}
