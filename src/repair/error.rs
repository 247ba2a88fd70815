use crate::published::PublishError;
use minutebook_store::{EngineError, OpenError};
use minutebook_verify::PublishedError;
use std::io;
use std::path::{Path, PathBuf};

/// Why a ledger was not made anew. Each message says what is the matter and what to do.
#[derive(Debug, thiserror::Error)]
pub enum RepairError {
    /// Nothing that could be read has the opening entry.
    #[error(
        "none of the sources has the ledger's opening entry (position 0), which says whose ledger it is: bring the \
         published log, or a receipt of entry 0"
    )]
    NoOpening,
    /// What was brought together is not of one ledger.
    #[error(
        "the sources are of several ledgers: {one}; and {other}. Bring only those of the one that is damaged"
    )]
    SeveralLedgers {
        /// The first ledger, and where it was found.
        one: String,
        /// Another.
        other: String,
    },
    /// Two things that this log signed or acknowledged can't both be true.
    #[error(
        "two histories of one ledger: {what}. Nothing was made. Keep copies of both: they are evidence, and nobody \
         but the log's operator can have made them"
    )]
    TwoHistories {
        /// What says what.
        what: String,
    },
    /// Something speaks of more entries than were found, and can't be verified.
    #[error(
        "{source_name} says that {origin} had {size} entries, and {here} were found; {why}. A log that goes on without what it \
         acknowledged tells two histories, so nothing was made. Only if you know that it is not this log's: move it away, \
         keep it, and begin again"
    )]
    Unverified {
        /// Which file or folder.
        source_name: String,
        /// The ledger's name.
        origin: String,
        /// Of how many entries it speaks.
        size: u64,
        /// How many were found.
        here: u64,
        /// Why it can't be verified, and what would help.
        why: String,
    },
    /// The entries that were found are no book.
    #[error("the entries that were found do not verify: {what}. Nothing was made")]
    NotVerified {
        /// The first that fails, and how.
        what: String,
    },
    /// A mirror did not answer.
    #[error("{url}: {why}")]
    Mirror {
        /// The address.
        url: String,
        /// What came of it.
        why: String,
    },
    /// A published log could not be read.
    #[error(transparent)]
    Published(#[from] PublishedError),
    /// The folder.
    #[error(transparent)]
    Folder(#[from] OpenError),
    /// What the new folder publishes could not be written.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// The new store.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The operating system refused.
    #[error("{what} {}: {why}", path.display())]
    Files {
        /// What was tried.
        what: &'static str,
        /// With which file or folder.
        path: PathBuf,
        /// What the operating system said.
        why: io::Error,
    },
}

impl RepairError {
    pub(super) fn files(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |why| Self::Files { what, path, why }
    }

    /// Whether what was found is itself wrong, and not the world around it.
    pub fn is_evidence(&self) -> bool {
        let damaged = |error: &OpenError| matches!(error, OpenError::Damaged { .. });
        match self {
            Self::NoOpening
            | Self::SeveralLedgers { .. }
            | Self::TwoHistories { .. }
            | Self::Unverified { .. }
            | Self::NotVerified { .. } => true,
            Self::Folder(error) => damaged(error),
            _ => false,
        }
    }
}
