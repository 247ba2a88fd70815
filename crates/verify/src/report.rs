use minutebook_governance::Book;
use minutebook_log::{Head, Position};
use serde::Serialize;

/// What is asked of an entry, in the order in which it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Its bytes are an entry (spec/entry.md).
    Form,
    /// It continues the chain (spec/chain.md).
    Chain,
    /// Its signatures hold, by `verify_strict`.
    Signatures,
    /// Those who signed may, and the rules admit it.
    Rules,
}

impl Level {
    /// The word for it in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Form => "form",
            Level::Chain => "chain",
            Level::Signatures => "signatures",
            Level::Rules => "rules",
        }
    }
}

/// The first entry that fails, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exception {
    /// Where it stands, or would stand.
    pub position: Position,
    /// At which level it fails.
    pub level: Level,
    /// What was found, and what was needed.
    pub what: String,
}

/// What a verification comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Every entry passes every level.
    Verified,
    /// The chain and all signatures hold; a rule set or a type of event is not known to this software, so the
    /// rules were replayed only so far. Neither a pass nor a sign of tampering.
    RulesUnknown,
    /// An entry fails.
    Failed,
}

/// What was checked, how far, and what was found.
#[derive(Debug)]
pub struct Report {
    /// How many entries are authentic: form, chain and signatures hold for all before this position.
    pub authentic: u64,
    /// How many entries the rules were replayed for, and admitted.
    pub replayed: u64,
    /// Where the chain of authentic entries ends.
    pub head: Head,
    /// How many entries were read.
    pub read: u64,
    /// What it comes to.
    pub verdict: Verdict,
    /// The first entry that fails, or that the rules can't be replayed for.
    pub exception: Option<Exception>,
    /// The book as far as it was replayed: the register's questions can be asked of it.
    pub book: Book,
}
