use crate::ledger::HashMissing;
use minutebook_log::{Malformed, TreeHash, TreeSize};
use minutebook_store::EngineError;
use std::io;
use std::path::{Path, PathBuf};

/// Why the log is not published. Each message says what is the matter and what to do.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The operating system refused.
    #[error("{what} {} failed: {why}", path.display())]
    Files {
        /// What was tried.
        what: &'static str,
        /// With which file.
        path: PathBuf,
        /// What the operating system said.
        why: io::Error,
    },
    /// The log could not be read.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A server that is asked for the log did not give it.
    #[error("the log could not be had: {0}")]
    Source(String),
    /// What was published is no checkpoint of this log.
    #[error(
        "{} was not published by this log: {why}. Name another folder, or move this one away and keep it",
        path.display()
    )]
    NotOurs {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// More was published than the log has.
    #[error(
        "{} was published with {published} entries, and the log here has {log}: entries that others may hold \
         receipts for are missing, as after restoring an old backup. Nothing was written, and this book must not go on \
         without them. Keep both as they are, and make a new folder from both: minutebook repair --dir {} --from {} --to \
         NEWDIR",
        path.display(), ledger_of(path), path.display()
    )]
    Ahead {
        /// The published folder.
        path: PathBuf,
        /// How many entries it speaks of.
        published: TreeSize,
        /// How many the log has.
        log: TreeSize,
    },
    /// Entries were published that the log does not have.
    #[error(
        "{} was published, and the log here has only {log} entries: others may have read what is missing, as after an \
         old backup that was copied over a newer folder. Nothing was written, and nothing must be recorded here. Keep \
         both as they are, and make a new folder from both: minutebook repair --dir {} --from {} --to NEWDIR",
        file.display(), ledger_of(root), root.display()
    )]
    Beyond {
        /// The published folder.
        root: PathBuf,
        /// A file in it of entries beyond the log's end.
        file: PathBuf,
        /// How many entries the log has.
        log: TreeSize,
    },
    /// A published file is not what its name says.
    #[error(
        "{} is damaged: it is not what its name promises, or not what the log has. The server makes it anew when its scrub \
         comes there, or puts it aside where it can't",
        path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// Another history was published.
    #[error(
        "{} was published with the root {published} at size {size}, and the log here has {log} there: two histories of \
         one ledger. Nothing was written. Stop, keep a copy of both, and find out which one others have seen",
        path.display()
    )]
    OtherHistory {
        /// The published folder.
        path: PathBuf,
        /// The size at which they differ.
        size: TreeSize,
        /// The published root.
        published: TreeHash,
        /// The log's.
        log: TreeHash,
    },
    /// A witness shows what the log's own key has signed, and the log here does not extend it.
    #[error(
        "this log contradicts what its own key has signed, as after an old backup was restored: {0}\nNothing was published or \
         acknowledged. Keep a copy of the folder as it is, and make a new one from it and every published copy or mirror: \
         minutebook repair --help"
    )]
    Contradicted(String),
    /// The note at which the log's key passed on is nowhere.
    #[error(
        "{} is missing or damaged: the checkpoint of size {size}, at which the log's key passed on, signed by the old \
         key and the new. Without it nothing leads from the one to the other. Copy it from wherever the log was \
         published or mirrored, or give the old key once more (--log-key FILE)",
        path.display()
    )]
    HandOver {
        /// Where it should be.
        path: PathBuf,
        /// Its size.
        size: TreeSize,
    },
    /// The tree lacks a hash that its size promises.
    #[error("{0}: this is a fault of the program; nothing more is published")]
    Hash(#[from] HashMissing),
    /// An entry or a note does not have the form that files have.
    #[error("what is to be published is malformed: {0}")]
    Form(#[from] Malformed),
}

/// The ledger's folder whose own `published/` this is, for a command; a word for it where it is another.
fn ledger_of(published: &Path) -> String {
    let is_own = published.file_name().is_some_and(|name| name == "published");
    let ledger = published.parent().filter(|ledger| is_own && !ledger.as_os_str().is_empty());
    ledger.map_or_else(|| "LEDGER".to_owned(), |ledger| ledger.display().to_string())
}

impl PublishError {
    /// Says what was tried with which file.
    pub(super) fn files(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |why| Self::Files { what, path, why }
    }

    /// Whether the folder and the log contradict each other, which is evidence and no accident of the disk.
    pub fn is_contradiction(&self) -> bool {
        matches!(
            self,
            Self::Ahead { .. }
                | Self::Beyond { .. }
                | Self::OtherHistory { .. }
                | Self::NotOurs { .. }
                | Self::Contradicted(_)
        )
    }
}
