use crate::Survey;
use minutebook_governance::Book;
use minutebook_log::{Chain, Continued, Head, Position};
use serde::Serialize;

/// What is asked of an entry, in the order in which it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Its bytes are an entry (spec/entry.md).
    Form,
    /// It continues the chain (spec/chain.md).
    Chain,
    /// The tree over the entries is the one that the log signed (spec/tree.md, spec/checkpoint.md).
    Tree,
    /// Its signatures hold, by `verify_strict`.
    Signatures,
    /// As many witnesses as the auditor asks for have signed the checkpoint (spec/witness.md).
    Witnesses,
    /// What its author said to have seen stands in this chain.
    Seen,
    /// Those who signed may, and the rules admit it.
    Rules,
}

impl Level {
    /// All of them, in order.
    pub const ALL: [Level; 7] = [
        Level::Form,
        Level::Chain,
        Level::Tree,
        Level::Signatures,
        Level::Witnesses,
        Level::Seen,
        Level::Rules,
    ];

    /// The word for it in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Form => "form",
            Level::Chain => "chain",
            Level::Tree => "tree",
            Level::Signatures => "signatures",
            Level::Witnesses => "witnesses",
            Level::Seen => "seen",
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
    /// The ids of the rules that it breaks, where it is rules that it breaks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<&'static str>,
    /// What was found, and what was needed.
    pub what: String,
}

/// Something in a published log that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// At which level.
    pub level: Level,
    /// The first entry that it concerns, where it concerns one and not the log as a whole.
    pub position: Option<Position>,
    /// The file that it was found in, where that says more than the position.
    pub file: Option<String>,
    /// The ids of the rules that an entry breaks, where it is rules that it breaks.
    pub rules: Vec<&'static str>,
    /// What was found, and what was needed.
    pub what: String,
}

impl Fault {
    /// A fault of the log as a whole.
    pub(crate) fn new(level: Level, what: impl Into<String>) -> Self {
        Self { level, position: None, file: None, rules: Vec::new(), what: what.into() }
    }

    /// A fault of a file.
    pub(crate) fn of_file(level: Level, file: &impl ToString, what: impl Into<String>) -> Self {
        Self { file: Some(file.to_string()), ..Self::new(level, what) }
    }
}

impl From<Exception> for Fault {
    fn from(Exception { position, level, rules, what }: Exception) -> Self {
        Self { position: Some(position), rules, ..Self::new(level, what) }
    }
}

/// What a verification comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditVerdict {
    /// Every entry passes every level.
    Verified,
    /// The chain and all signatures hold; a rule set or a type of event is not known to this software, so the
    /// rules were replayed only so far. Neither a pass nor a sign of tampering.
    RulesUnknown,
    /// Form and chain hold, and the signatures as far as a check of many at once tells. The rules were not replayed, because
    /// nobody asked for them: no verdict on the book.
    Authentic,
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
    pub verdict: AuditVerdict,
    /// The first entry that fails, or that the rules can't be replayed for.
    pub exception: Option<Exception>,
    /// Totals over the authentic entries.
    pub survey: Survey,
    /// The book as far as it was replayed: the register's questions can be asked of it.
    pub book: Book,
    pub(crate) chain_alone: Option<Chain>,
}

impl Report {
    /// The chain of all authentic entries, those among them that the rules were not replayed for.
    pub fn chain(&self) -> &Chain {
        self.chain_alone.as_ref().unwrap_or_else(|| self.book.chain())
    }
}

impl Report {
    /// What the ledger continues, in a sentence: another book, which has to be audited by itself.
    pub fn continues(&self) -> Option<String> {
        let opening = self.chain().opening()?;
        let Continued { origin, ledger, size, root, .. } = opening.continues.as_ref()?;
        let registrars: Vec<_> =
            opening.registrars.iter().map(|registrar| registrar.key.to_string()).collect();
        Some(format!(
            "This ledger says that it continues {origin} (which opens with {ledger}) at size {size}, root {root}. So say \
             those who opened it, with the keys {}; nothing in it shows that the registrars of {origin} agreed: compare \
             those keys with theirs, in its own book. This report does not cover that ledger.",
            registrars.join(", ")
        ))
    }
}
