//! Why a ledger does not open, and why it does not append.

use minutebook_governance::Refusal;
use minutebook_log::{Malformed, Position, PublicKey};
use minutebook_store::{EngineError, OpenError};
use std::time::Duration;

/// Why a ledger was not created or opened. Each message says what is the matter and what to do.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The folder.
    #[error(transparent)]
    Folder(#[from] OpenError),
    /// The engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The opening event may not open a ledger. Nothing was written.
    #[error("this event opens no ledger: {0}")]
    Opening(Refusal),
    /// There is no opening entry.
    #[error(
        "the ledger has no entries: creating it was interrupted; remove the folder and create the ledger again"
    )]
    Empty,
    /// What is stored does not follow from what stands before it.
    #[error(
        "the ledger is damaged at position {position}: {what}; keep a copy of the folder as it is, run \
         `minutebook verify` on it, and make a new folder from it and the published log, a mirror or receipts: \
         minutebook repair --help"
    )]
    Damaged {
        /// The first entry that is wrong.
        position: Position,
        /// What is wrong with it.
        what: String,
    },
    /// The store has other entries than those that a checkpoint of this log speaks of.
    #[error(
        "the ledger is damaged, or of another history: {what}. It must not go on from here: keep a copy of the \
         folder as it is, and make a new one from it and the published log, a mirror or receipts: minutebook repair \
         --help"
    )]
    Contradicted {
        /// What was signed, and what is here.
        what: String,
    },
    /// The key by which the log signs is not among those given.
    #[error(
        "the log's key is {needed}, as entry {from} names it, and the keys that were given are {}: give its own key \
         file (--log-key FILE, or log-key*.pem in the ledger's folder); with another key nobody would believe its \
         checkpoints",
        listed(found)
    )]
    OtherLogKey {
        /// The public halves of what was given.
        found: Vec<PublicKey>,
        /// What the book names.
        needed: PublicKey,
        /// The entry that names it.
        from: Position,
    },
    /// The ledger is under rules that this software does not know.
    #[error(
        "the ledger is under version {found} of the rules, and this program knows version {known}: use the \
         version that made it, or a later one"
    )]
    UnknownRules {
        /// What the opening entry names.
        found: u64,
        /// What this software has.
        known: u64,
    },
}

/// Why the writer takes no entries. What was acknowledged is stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Stop {
    /// The clock was set, or is behind what was recorded last. It is read again and again.
    #[error("the machine's clock can't be believed: {0}")]
    Clock(String),
    /// The store failed: for a while, or because it is damaged.
    #[error("{}", of_store(.0))]
    Store(EngineError),
    /// Only another start of the program helps.
    #[error("{0}; start the server again, so that it reads the store anew")]
    Inconsistent(String),
    /// A witness shows what the log's own key has signed, and the log here does not extend it.
    #[error(
        "this log contradicts what its own key has signed, as after an old backup was restored: {0}\nNothing more is \
         acknowledged. Stop the server, keep a copy of its folder, and make a new one from it and every published copy or \
         mirror: minutebook repair --help"
    )]
    Contradicted(String),
    /// The program ends.
    #[error("the server is shutting down")]
    Closing,
}

/// What becomes of a ledger that takes no entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outlook {
    /// It looks again by itself, and goes on once the cause is gone.
    GoesOn,
    /// It goes on once the program is started again.
    Restart,
    /// Nothing but a repair helps: what is stored is not what was written. Readers are served meanwhile.
    Repair,
    /// The program ends.
    Ends,
}

impl Stop {
    /// What becomes of the ledger.
    pub fn outlook(&self) -> Outlook {
        match self {
            Self::Clock(_)
            | Self::Store(
                EngineError::Unknown { .. } | EngineError::Stopped { .. } | EngineError::Files { .. },
            ) => Outlook::GoesOn,
            Self::Store(EngineError::Corrupt { .. }) | Self::Contradicted(_) => Outlook::Repair,
            Self::Store(
                EngineError::Conflict { .. } | EngineError::Invalid(_) | EngineError::Beyond { .. },
            )
            | Self::Inconsistent(_) => Outlook::Restart,
            Self::Closing => Outlook::Ends,
        }
    }

    /// One word for the kind of it: `clock`, `store`, `damage`, `contradicted`, `restart`, `closing`.
    pub fn reason(&self) -> &'static str {
        match (self, self.outlook()) {
            (Self::Clock(_), _) => "clock",
            (Self::Contradicted(_), _) => "contradicted",
            (_, Outlook::GoesOn) => "store",
            (_, Outlook::Repair) => "damage",
            (_, Outlook::Restart) => "restart",
            (_, Outlook::Ends) => "closing",
        }
    }

    /// Whether somebody who knows the one has heard of the other.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.reason() == other.reason()
    }

    /// A write that has not ended in time.
    pub(super) fn stuck(after: Duration) -> Self {
        Self::Inconsistent(format!(
            "a write has not ended after {} seconds: the disk does not answer, or the database waits for ever",
            after.as_secs()
        ))
    }
}

fn of_store(error: &EngineError) -> String {
    match error {
        EngineError::Unknown { why } | EngineError::Stopped { why } | EngineError::Files { why, .. } => {
            format!(
                "the store could not be written to ({why}); everything that was acknowledged is stored, and the server \
                 goes on by itself once it can be: see that the disk has room and is well"
            )
        }
        other => other.to_string(),
    }
}

/// Why a request was not appended.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AppendError {
    /// The form of the request itself is wrong.
    #[error(transparent)]
    Request(Malformed),
    /// An event was refused, and with it all of its request.
    #[error("event {index} of the request is refused: {refusal}")]
    Refused {
        /// Which event of the request, from 0.
        index: usize,
        /// Why.
        refusal: Refusal,
    },
    /// The log's key is to pass on to one that this server can't sign with.
    #[error(
        "the server does not hold the new key of the log, {key}: put its key file into the ledger's folder as \
         log-key-2.pem (any name log-key*.pem), readable by the server alone, and send the event again; nothing was \
         stored"
    )]
    LogKeyNotHeld {
        /// Which event of the request, from 0.
        index: usize,
        /// The new key.
        key: PublicKey,
    },
    /// Too much waits already.
    #[error("too many requests wait to be written; nothing was stored: send it again a little later")]
    QueueFull,
    /// The writer has stopped.
    #[error("the ledger takes no entries: {0}; nothing of this request was stored")]
    Stopped(Stop),
    /// The write was begun, and its end is not known.
    #[error(
        "the request may or may not be stored: {why}; send the same events again later: what is stored is not \
         stored twice"
    )]
    Unknown {
        /// What failed.
        why: String,
    },
    /// Another writer kept coming first.
    #[error("others kept writing at the same time; nothing was stored: send it again")]
    Contended,
}

/// Why a group was not written.
pub(super) enum Failure {
    /// Somebody else wrote first: nothing is stored, and the group is to be judged anew.
    Conflict,
    /// It may be stored or not.
    Unknown { why: String },
    /// It has not ended in time, and may yet.
    Stuck { after: Duration },
    /// Nothing is stored, and nothing more will be.
    Stop(Stop),
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        Failure::Stop(error.into())
    }
}

impl Failure {
    pub(super) fn unknown(why: String) -> Self {
        Failure::Unknown { why }
    }
}

impl Stop {
    /// What is stored is not what was written.
    pub(super) fn damaged(what: String) -> Self {
        let repair =
            "stop the server, keep a copy of the folder, and run `minutebook verify` on it".to_owned();
        Stop::Store(EngineError::Corrupt { what, repair })
    }
}

impl From<LedgerError> for Stop {
    /// What a store that can't be read any more means for the writer.
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Engine(error) => Stop::Store(error),
            damaged @ (LedgerError::Damaged { .. } | LedgerError::Contradicted { .. }) => {
                Stop::damaged(damaged.to_string())
            }
            other => Stop::Inconsistent(other.to_string()),
        }
    }
}

fn listed(keys: &[PublicKey]) -> String {
    let keys: Vec<_> = keys.iter().map(PublicKey::to_string).collect();
    if keys.is_empty() { "none".to_owned() } else { keys.join(", ") }
}
