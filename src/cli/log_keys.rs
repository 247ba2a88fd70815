//! The log's private keys, where a ledger's keeper has them.

use super::context::Context;
use super::exit::{Usage, log_key_hint};
use crate::keyfile::Passphrases;
use crate::ledger::KeyRing;
use anyhow::Context as _;
use minutebook_log::SecretKey;
use std::fs;
use std::path::{Path, PathBuf};

/// The keys in these files, and in those named log-key*.pem in the ledger's folder, now and whenever another is asked
/// for.
///
/// # Errors
/// A file that is no key, or that others may read; no key at all.
pub(super) fn key_ring(context: &Context, dir: &Path, given: &[PathBuf]) -> anyhow::Result<KeyRing> {
    let files = [given.to_vec(), key_files(dir)].concat();
    let keys = files.iter().map(|file| context.key(file)).collect::<Result<Vec<_>, _>>();
    let keys = keys.with_context(|| log_key_hint(dir))?;
    if keys.is_empty() {
        return Err(
            Usage(format!("there is no log-key.pem in {}: {}", dir.display(), log_key_hint(dir))).into()
        );
    }
    let dir = dir.to_owned();
    let passphrases = context.passphrases.unattended();
    Ok(KeyRing::new(keys).searching(move || readable(&passphrases, &key_files(&dir))))
}

/// The files in a ledger's folder that hold keys of the log, by name.
pub(super) fn key_files(dir: &Path) -> Vec<PathBuf> {
    let listed = fs::read_dir(dir).into_iter().flatten().flatten();
    let is_key = |name: &str| name.starts_with("log-key") && name.ends_with(".pem");
    let mut files: Vec<_> = listed.filter(|file| file.file_name().to_str().is_some_and(is_key)).collect();
    files.sort_by_key(fs::DirEntry::file_name);
    files.iter().map(fs::DirEntry::path).collect()
}

fn readable(passphrases: &Passphrases, files: &[PathBuf]) -> Vec<SecretKey> {
    let read = |file: &PathBuf| match passphrases.open(file) {
        Ok(key) => Some(key),
        Err(error) => {
            tracing::warn!(%error, "a key of the log was not read");
            None
        }
    };
    files.iter().filter_map(read).collect()
}
