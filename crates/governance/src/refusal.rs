//! Why an event is not taken into the book, said in full.

use crate::days::HAPPENED;
use crate::{Malformed, Unread, Violation};
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
    #[error("{}{}", explain(.0), if may_be_minuted(.0) { MINUTE_IT } else { "" })]
    RulesBroken(Vec<Violation>),
}

/// What a rule refuses may have happened all the same, and a book has to be able to say so.
const MINUTE_IT: &str = "\nIf it happened all the same, minute it as a DecisionRecorded with the effect \
    {\"none\":{\"refused_by\":\"<rule>\"}}: it changes nothing, and stays marked.";

/// Whether what was refused can have happened all the same: not what has not come yet.
pub fn may_be_minuted(violations: &[Violation]) -> bool {
    violations.iter().any(|broken| broken.rule.id != HAPPENED.id)
}

fn explain(violations: &[Violation]) -> String {
    let each = violations.iter().map(|broken| {
        format!("{} ({}): found {}; needed {}", broken.rule.id, broken.subject, broken.found, broken.needed)
    });
    each.collect::<Vec<_>>().join("\n")
}
