//! The log's private keys, copied beside a backup or into a restored ledger: never another log's alone, and never none.

use super::context::Context;
use super::exit::Usage;
use super::log_keys::key_files;
use super::show;
use crate::keyfile::{self, KeyFileError};
use crate::private;
use anyhow::Context as _;
use minutebook_log::PublicKey;
use std::fs::{self, DirBuilder};
use std::io::ErrorKind;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

/// Key files of which one signs the log, and where they are to lie. Nothing has been written.
#[derive(Debug)]
pub(super) struct KeyCopies {
    to: PathBuf,
    /// Each file, and its copy.
    files: Vec<(PathBuf, PathBuf)>,
}

/// Looks whether there is a folder from which keys can be copied.
///
/// # Errors
/// [`Usage`] where there is none, or a file in its place.
pub(super) fn check_key_folder(from: &Path) -> anyhow::Result<()> {
    let wanted = "name the folder that has the log's key (log-key*.pem)";
    match fs::metadata(from) {
        Ok(found) if found.is_dir() => Ok(()),
        Ok(_file) => Err(Usage(format!("{} is no folder: {wanted}", from.display())).into()),
        Err(why) if why.kind() == ErrorKind::NotFound => {
            Err(Usage(format!("there is no folder {}: {wanted}", from.display())).into())
        }
        Err(why) => Err(why).with_context(|| format!("reading {}", from.display())),
    }
}

impl KeyCopies {
    /// Finds the keys in the folder `from` that are to be copied to the folder `to`, for a log that is signed by `signs`.
    /// That key is the one without which the copies are worth nothing; those that signed before it come along.
    ///
    /// # Errors
    /// [`Usage`] where the key is not there, with what is, or with the file that is no key; a key that others may read; one under a passphrase that nobody
    /// says, where it could be that one; a file of that name in `to` with another key.
    pub(super) fn find(context: &Context, from: &Path, to: &Path, signs: PublicKey) -> anyhow::Result<Self> {
        check_key_folder(from)?;
        let mut files = key_files(from);
        let (mut held, mut locked, mut unopened, mut damaged) = (Vec::new(), Vec::new(), None, Vec::new());
        for file in &files {
            match keyfile::read(file) {
                Ok(key) => held.push(key.public()),
                Err(KeyFileError::Encrypted { .. } | KeyFileError::OlderEncrypted { .. }) => {
                    locked.push(file)
                }
                Err(error @ KeyFileError::NoKey { .. }) => damaged.push((file.clone(), error)),
                Err(error) => return Err(error.into()),
            }
        }
        for file in locked {
            if held.contains(&signs) {
                break;
            }
            match context.key(file) {
                Ok(key) => held.push(key.public()),
                Err(error) => unopened = Some(error),
            }
        }
        match unopened {
            _ if held.contains(&signs) => {}
            Some(error) => {
                return Err(error).with_context(|| format!("looking for {signs}, which signs this log"));
            }
            None => {
                let not_there = not_there(from, &held, signs);
                return Err(match damaged.into_iter().next() {
                    Some((_file, error)) => anyhow::Error::new(error).context(not_there.0),
                    None => not_there.into(),
                });
            }
        }
        // The key that signs is there: what is damaged beside it is no copy of anything.
        for (file, error) in &damaged {
            show::say(format!("{} is not copied: {error}", file.display()));
        }
        files.retain(|file| !damaged.iter().any(|(damaged, _error)| damaged == file));
        let files = files.into_iter().map(|file| {
            let place = to.join(file.file_name().unwrap_or_default());
            if place.exists() && fs::read(&place)? != fs::read(&file)? {
                anyhow::bail!("{} has another key: move it away, and keep it", place.display());
            }
            Ok((file, place))
        });
        Ok(Self { to: to.to_owned(), files: files.collect::<anyhow::Result<_>>()? })
    }

    /// Copies them, into a folder for its owner alone; returns the copies. Those that are there already stay.
    ///
    /// A crash on the way leaves some of them: done again, the rest follows.
    ///
    /// # Errors
    /// What the operating system refuses.
    pub(super) fn copy(&self) -> anyhow::Result<Vec<PathBuf>> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&self.to);
        made.with_context(|| format!("making the folder {}", self.to.display()))?;
        let copies = self.files.iter().map(|(file, place)| {
            let copying = || format!("copying {} to {}", file.display(), place.display());
            if !place.exists() {
                fs::copy(file, place).and_then(|_bytes| private::sync_parent(place)).with_context(copying)?;
            }
            Ok(place.clone())
        });
        copies.collect()
    }
}

/// What was found instead of the log's key.
fn not_there(from: &Path, held: &[PublicKey], signs: PublicKey) -> Usage {
    let found = match held {
        [] => "no log-key*.pem".to_owned(),
        held => held.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    };
    Usage(format!(
        "{} has {found}, and this log is signed by {signs}: name the folder that has this key as log-key*.pem. With another \
         nobody would believe the log",
        from.display()
    ))
}
