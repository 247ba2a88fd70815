//! Receipts as files: beside what was recorded, whole or not at all, and never over another's.

use super::exit::Usage;
use crate::client::memory::write_whole;
use anyhow::Context as _;
use minutebook_log::{RECEIPT_BYTES_MAX, Receipt};
use std::ffi::OsString;
use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

/// What such files end in.
const ENDING: &str = ".tlog-proof";

/// Reads a receipt; nothing is verified.
///
/// # Errors
/// What is no receipt, and larger files than one can be.
pub(crate) fn read(path: &Path) -> anyhow::Result<Receipt> {
    let reading = || format!("reading {}", path.display());
    let mut bytes = Vec::new();
    let file = File::open(path).with_context(reading)?;
    file.take(RECEIPT_BYTES_MAX as u64 + 1).read_to_end(&mut bytes).with_context(reading)?;
    Receipt::parse(&bytes).with_context(|| format!("{} is no receipt", path.display()))
}

/// Saves a receipt as `file` with `.tlog-proof` behind it, unless it ends so; where another entry's receipt lies there, with the
/// position too. Returns where.
///
/// # Errors
/// It can't be written.
pub(crate) fn save_beside(file: &Path, receipt: &Receipt) -> anyhow::Result<PathBuf> {
    let is_ended = file.extension().is_some_and(|ending| ENDING.ends_with(&*ending.to_string_lossy()));
    let file = if is_ended { file.with_extension("") } else { file.to_owned() };
    let with = |ending: String| {
        let mut name = OsString::from(&file);
        name.push(ending);
        PathBuf::from(name)
    };
    let path = with(ENDING.to_owned());
    if is_free(&path, receipt) {
        return write(path, receipt);
    }
    save_as(&with(format!(".{}{ENDING}", receipt.position)), receipt)
}

/// Where the receipt of the one event of a file is saved.
pub(crate) fn beside(file: &Path) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(ENDING);
    PathBuf::from(name)
}

/// Saves a receipt in a file that does not exist, or has a receipt of the same entry.
///
/// # Errors
/// It has something else, or can't be written.
pub(crate) fn save_as(path: &Path, receipt: &Receipt) -> anyhow::Result<PathBuf> {
    if is_free(path, receipt) {
        return write(path.to_owned(), receipt);
    }
    let what = format!(
        "{} holds something else than a receipt of entry {}: name another file",
        path.display(),
        receipt.position
    );
    Err(Usage(what).into())
}

/// Whether nothing would be lost: there is no file, or one with a receipt of the very same entry.
fn is_free(path: &Path, receipt: &Receipt) -> bool {
    match File::open(path) {
        Err(error) => error.kind() == ErrorKind::NotFound,
        Ok(_there) => read(path).is_ok_and(|there| there.entry == receipt.entry),
    }
}

fn write(path: PathBuf, receipt: &Receipt) -> anyhow::Result<PathBuf> {
    write_whole(&path, &receipt.encode()).with_context(|| format!("writing {}", path.display()))?;
    Ok(path)
}
