//! A fact that the register tells: a name and a value in words.

use crate::{Certainty, PDate, View};
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

/// A value, marked where it holds perhaps.
pub(super) fn held(value: impl ToString, holds: Certainty) -> String {
    if holds == Certainty::Yes { value.to_string() } else { format!("perhaps {}", value.to_string()) }
}

/// A value that is told by dates of which some are perhaps too imprecise.
pub(super) fn if_sure(value: impl ToString, is_sure: bool) -> String {
    held(value, if is_sure { Certainty::Yes } else { Certainty::Unknown })
}

/// Whether what has a period holds on the view's day. Without a first day it has begun, without an end it goes on.
pub(super) fn holds_on(from: Option<&PDate>, until: Option<&PDate>, view: View) -> Certainty {
    let begun = from.map_or(Certainty::Yes, |from| from.is_by(view.as_at));
    let over = until.map_or(Certainty::No, |until| until.is_by(view.as_at));
    begun.and(over.negated())
}
