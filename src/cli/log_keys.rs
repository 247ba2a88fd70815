//! The log's private keys, where a ledger's keeper has them.

use super::context::Context;
use super::exit::{Usage, log_key_hint};
use crate::keyfile::{KeyFileError, Passphrases};
use crate::ledger::{KeyRing, Ledger, LedgerError};
use anyhow::Context as _;
use minutebook_log::SecretKey;
use minutebook_store::Engine;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Opens a ledger with the keys in these files, and with those named log-key*.pem in its folder, now and whenever another is
/// asked for. One that was found there and can't be read is told in the log: it stops nobody unless it is the key that
/// signs, which the book alone says.
///
/// # Errors
/// A file that was named and is no key, or that others may read; no key at all; what `open` says.
pub(super) async fn open_with_keys<E: Engine>(
    context: &Context,
    dir: &Path,
    given: &[PathBuf],
    open: impl AsyncFnOnce(KeyRing) -> Result<Ledger<E>, LedgerError>,
) -> anyhow::Result<Ledger<E>> {
    let named = given.iter().map(|file| context.key(file)).collect::<Result<Vec<_>, _>>();
    let mut keys = named.with_context(|| log_key_hint(dir))?;
    let mut unread = Vec::new();
    for file in key_files(dir) {
        match context.key(&file) {
            Ok(key) => keys.push(key),
            Err(error) => unread.push(error),
        }
    }
    if keys.is_empty() {
        return Err(match unread.into_iter().next() {
            Some(error) => anyhow::Error::new(error).context(log_key_hint(dir)),
            None => {
                Usage(format!("there is no log-key.pem in {}: {}", dir.display(), log_key_hint(dir))).into()
            }
        });
    }
    let (told, passphrases) = (Arc::new(Unread::default()), context.passphrases.unattended());
    let (search, folder) = (Arc::clone(&told), dir.to_owned());
    let ring = KeyRing::new(keys).searching(move || readable(&passphrases, &key_files(&folder), &search));
    match open(ring).await {
        Ok(ledger) => {
            unread.iter().for_each(|error| told.tell(error));
            Ok(ledger)
        }
        // It may be the one.
        Err(error @ LedgerError::OtherLogKey { .. }) => Err(match unread.into_iter().next() {
            Some(unread) => anyhow::Error::new(unread).context(error.to_string()),
            None => error.into(),
        }),
        Err(error) => Err(error.into()),
    }
}

/// What was told of files that can't be read: each is told once.
#[derive(Debug, Default)]
struct Unread(Mutex<BTreeSet<String>>);

impl Unread {
    fn tell(&self, error: &KeyFileError) {
        let why = error.to_string();
        if self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(why.clone()) {
            tracing::warn!(
                why,
                "a key file in the ledger's folder was not read; if it is no key of the log, or is needed no more, move it \
                 away, and keep it"
            );
        }
    }
}

/// The files in a ledger's folder that hold keys of the log, by name.
pub(super) fn key_files(dir: &Path) -> Vec<PathBuf> {
    let listed = fs::read_dir(dir).into_iter().flatten().flatten();
    let is_key = |name: &str| name.starts_with("log-key") && name.ends_with(".pem");
    let mut files: Vec<_> = listed.filter(|file| file.file_name().to_str().is_some_and(is_key)).collect();
    files.sort_by_key(fs::DirEntry::file_name);
    files.iter().map(fs::DirEntry::path).collect()
}

fn readable(passphrases: &Passphrases, files: &[PathBuf], unread: &Unread) -> Vec<SecretKey> {
    let read = |file: &PathBuf| passphrases.open(file).inspect_err(|error| unread.tell(error)).ok();
    files.iter().filter_map(read).collect()
}
