use std::path::{Path, PathBuf};

/// What to do about a damaged store, whatever is damaged in it.
pub(crate) const REPAIR: &str = "keep a copy of the folder as it is, write nothing more to it, and make a new \
                                 ledger folder from it and the published log, a mirror or receipts: minutebook \
                                 repair --help";

/// Why a ledger folder was not created or opened. Each message says what is the matter and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// There is no ledger in the folder.
    #[error(
        "{} is no ledger: it has no file FORMAT that says minutebook.ledger/v2; give the folder of a ledger, \
         or create one in a new folder (if creating one was interrupted here, remove the folder first)",
        dir.display()
    )]
    NotALedger {
        /// The folder.
        dir: PathBuf,
    },
    /// The rest of a ledger is in the folder, without the file that says what it is.
    #[error(
        "{} has a ledger's files (store/ or high-water), and its file FORMAT, which says minutebook.ledger/v2, is {left}. Keep the folder as it is, and make it anew, with the same entries, in another: minutebook repair --dir {} \
         --to NEWDIR (where creating one was interrupted here there are no entries, and it says so: create the ledger in \
         another folder)",
        dir.display(), dir.display()
    )]
    FormatLost {
        /// The folder.
        dir: PathBuf,
        /// What is left of the file: lost, or damaged.
        left: &'static str,
    },
    /// A ledger was to be created where one is.
    #[error("{} is a ledger already: open it, or create the new one in another folder", dir.display())]
    AlreadyExists {
        /// The folder.
        dir: PathBuf,
    },
    /// A ledger was to be created among other files.
    #[error("{} is not empty: name a folder that is empty or does not exist yet", dir.display())]
    NotEmpty {
        /// The folder.
        dir: PathBuf,
    },
    /// Another process, or another engine of this one, has the ledger open.
    #[error("the ledger in {} is in use: stop the program that has it open, then try again", dir.display())]
    InUse {
        /// The folder.
        dir: PathBuf,
    },
    /// A later version of this software made the ledger.
    #[error(
        "the ledger in {} has the format {found}, and this program knows minutebook.ledger/v2: open it with \
         the version that made it, or a later one",
        dir.display()
    )]
    NewerFormat {
        /// The folder.
        dir: PathBuf,
        /// The format that it names.
        found: String,
    },
    /// The ledger was made before its layout was changed, which was before the first release.
    #[error(
        "the ledger in {} has the format {found}, and this program knows minutebook.ledger/v2: make it anew, \
         with the same entries, in another folder: minutebook repair --dir {} --to NEWDIR",
        dir.display(), dir.display()
    )]
    OlderFormat {
        /// The folder.
        dir: PathBuf,
        /// The format that it names.
        found: String,
    },
    /// What is stored is not what was committed.
    #[error("the store is damaged: {what}; {repair}")]
    Damaged {
        /// What is wrong, naming the file or the position.
        what: String,
        /// What to do about it.
        repair: String,
    },
    /// The operating system refused: no room, no right to write, too many open files. It is no sign of damage.
    #[error(
        "{what} {} failed: {why}; this is no sign of damage: see that the disk has room, that the folder may be \
         written to, and that the program may open enough files, then try again",
        path.display()
    )]
    Files {
        /// What was tried.
        what: &'static str,
        /// With which file or folder.
        path: PathBuf,
        /// What the operating system said.
        why: String,
    },
}

impl OpenError {
    pub(crate) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged { what: what.into(), repair: REPAIR.to_owned() }
    }

    /// Makes an error of the operating system one of this kind.
    pub(crate) fn files(what: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::Files { what, path, why: error.to_string() }
    }
}
