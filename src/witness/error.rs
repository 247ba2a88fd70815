use minutebook_log::{Malformed, WitnessRefusal};
use std::io;
use std::path::{Path, PathBuf};

/// Why a witness does not start, or can't go on.
#[derive(Debug, thiserror::Error)]
pub enum WitnessError {
    /// A first start was not asked for, and there is nothing to resume.
    #[error(
        "{} is no witness's state. If this witness has never run, begin it with --new; if it has, its state is \
         lost or somewhere else: beginning anew under the same key could sign a second history",
        dir.display()
    )]
    NoState {
        /// The folder.
        dir: PathBuf,
    },
    /// A first start was asked for where something is already.
    #[error("{} is not empty: a witness begins in a folder of its own (without --new it resumes)", dir.display())]
    NotEmpty {
        /// The folder.
        dir: PathBuf,
    },
    /// Another process has the folder open.
    #[error("{} is in use by another witness", dir.display())]
    InUse {
        /// The folder.
        dir: PathBuf,
    },
    /// What was stored is not what this witness stored.
    #[error(
        "{} is damaged, or another key's: {why}. Don't delete it: the witness would forget what it has signed. \
         Restore the file, or begin a witness with a new key in a new folder",
        path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is the matter.
        why: String,
    },
    /// Something is gone that this witness has stored.
    #[error(
        "{} is not there, and this witness has stored it: without it, it would forget what it has signed of a log, and could \
         sign a second history. Restore the file, or begin a witness with a new key in a new folder",
        path.display()
    )]
    Lost {
        /// The file.
        path: PathBuf,
    },
    /// The operating system refused.
    #[error("{what} {} failed: {why}", path.display())]
    Files {
        /// What was tried.
        what: &'static str,
        /// With which file or folder.
        path: PathBuf,
        /// What the operating system said.
        why: io::Error,
    },
}

impl WitnessError {
    pub(super) fn files(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |why| Self::Files { what, path, why }
    }

    pub(super) fn damaged(path: &Path, why: impl ToString) -> Self {
        Self::Damaged { path: path.to_owned(), why: why.to_string() }
    }
}

/// Why a checkpoint was not cosigned.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    /// The request has another form.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// The checkpoint is not to be cosigned.
    #[error(transparent)]
    Refused(#[from] WitnessRefusal),
    /// The clock stands before 1970-01-01T00:00:01Z, and a cosignature needs a time.
    #[error("the clock of this witness is not set")]
    Clock,
    /// Storing failed, now or earlier: what is on the disk is not known, so nothing more is signed for this log
    /// until the witness has been started anew.
    #[error("the state of this log could not be stored; start the witness anew")]
    NotStored,
}

impl AddError {
    /// The HTTP status that stands for it.
    pub fn status(&self) -> u16 {
        match self {
            Self::Malformed(_) => 400,
            Self::Refused(refusal) => refusal.status(),
            Self::Clock | Self::NotStored => 500,
        }
    }
}
