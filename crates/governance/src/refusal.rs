//! Why an event is not taken into the book, said in full.

use crate::{Malformed, Unread, Violation, ways_out};
use minutebook_log::{ChainError, Position, SignatureError, Unbound};

/// Why an event is not taken into the book.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Refusal {
    /// It is not of the form that it should have.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// A signature does not hold.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// Those who sign may not.
    #[error("{}", explain(.0))]
    Unauthorised(Vec<Violation>),
    /// What its judgement would rest on could not be read: nothing is said of the event itself.
    #[error("the event could not be judged: {0}")]
    Unread(#[from] Unread),
    /// It belongs to another ledger, or its author saw another history.
    #[error(transparent)]
    Unbound(#[from] Unbound),
    /// It would not follow in the chain: an opening that its registrars have not signed.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// Its id stands in the book already, with other bytes.
    #[error("the id stands at position {first} already, with other bytes; a new event needs a new id")]
    IdTaken {
        /// Where.
        first: Position,
    },
    /// It breaks hard rules: all of them are listed.
    #[error("{}{}", explain(.0), explain_ways(.0))]
    RulesBroken(Vec<Violation>),
}

fn explain(violations: &[Violation]) -> String {
    let each = violations.iter().map(|broken| {
        format!("{} ({}): found {}; needed {}", broken.rule.id, broken.subject, broken.found, broken.needed)
    });
    each.collect::<Vec<_>>().join("\n")
}

/// What can be done, a line for each way.
fn explain_ways(violations: &[Violation]) -> String {
    let ways = ways_out(violations.iter().map(|broken| broken.rule.id));
    ways.iter().map(|way| format!("\nWhat to do: {way}.")).collect()
}
