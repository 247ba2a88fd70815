//! A fact that the register tells: a name and a value in words.

use minutebook_log::Position;
use std::collections::BTreeMap;

/// The value of a fact on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactOnDay {
    /// The value, in words or as an id.
    pub value: String,
    /// The entries that it rests on, in order.
    pub why: Vec<Position>,
}

pub(super) type Facts = BTreeMap<String, FactOnDay>;

pub(super) fn note(facts: &mut Facts, name: impl Into<String>, value: impl ToString, why: Vec<Position>) {
    facts.insert(name.into(), FactOnDay { value: value.to_string(), why });
}
