//! The folders that commands write to: an export's is never among other files, and nobody's is within a ledger's own, or
//! within what is only read.

use super::exit::Usage;
use crate::published::is_cut_short;
use anyhow::Context as _;
use minutebook_log::{LogKeys, PublishedPath, SignedCheckpoint};
use minutebook_store::OpenError;
use std::fs;
use std::io::ErrorKind;
use std::path::{self, Path, PathBuf};

/// What an export consists of, and what one leaves that was broken off: its checkpoint comes last.
const OF_AN_EXPORT: [&str; 6] = ["checkpoint", "vkey", "tile", "witnessed", "rotated", ".new"];

/// How many files are named that stand where an export was to go.
const NAMED_MAX: usize = 5;

/// Looks whether the log with these keys may be exported to `out`: a folder that is new or empty, or one of an earlier
/// export of the same log, be it whole or broken off. Nothing is written.
///
/// # Errors
/// [`Usage`], naming what stands there.
pub(super) fn check_out(out: &Path, keys: &LogKeys) -> anyhow::Result<()> {
    let refuse = |found: String| {
        Err(Usage(format!(
            "{found}. Name a folder that is new or empty, or one of an earlier export of this log"
        ))
        .into())
    };
    let (place, reading) = (out.display(), || format!("reading {}", out.display()));
    if let Some(found) = in_a_ledger(out) {
        return refuse(found);
    }
    match fs::metadata(out) {
        Err(why) if why.kind() == ErrorKind::NotFound => return Ok(()),
        Ok(found) if !found.is_dir() => return refuse(format!("{place} is no folder")),
        Ok(_folder) => {}
        Err(why) => return Err(why).with_context(reading),
    }
    let listed =
        fs::read_dir(out).and_then(|list| list.collect::<Result<Vec<_>, _>>()).with_context(reading)?;
    let mut names: Vec<_> =
        listed.iter().map(|file| file.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    let origin = keys.newest().map_or("", |key| key.name().as_str());
    match read(&out.join(PublishedPath::Checkpoint.to_string()))? {
        Some(bytes) if !is_cut_short(&bytes, origin) => {
            return match SignedCheckpoint::parse(&bytes) {
                Ok(ours) if ours.unverified().origin.as_str() == origin => Ok(()),
                Ok(other) => {
                    let whose = &other.unverified().origin;
                    refuse(format!("{place} has the log {whose}, and this one is {origin}"))
                }
                Err(malformed) => {
                    refuse(format!("{place} has a file checkpoint, which is none ({malformed})"))
                }
            };
        }
        _ => {}
    }
    let vkey = read(&out.join(PublishedPath::Keys.to_string()))?;
    let is_anothers = vkey.is_some_and(|bytes| {
        LogKeys::parse(&bytes)
            .map_or(true, |keys| keys.newest().is_none_or(|key| key.name().as_str() != origin))
    });
    if is_anothers || !names.iter().all(|name| OF_AN_EXPORT.contains(&name.as_str())) {
        let more = names.len().saturating_sub(NAMED_MAX);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        let named = names.iter().take(NAMED_MAX).cloned().collect::<Vec<_>>().join(", ");
        return refuse(format!("in {place} stand {named}{more}, and no checkpoint of {origin}"));
    }
    Ok(())
}

/// Looks whether a new folder may be made at `new` of what is read in `reads`: it is not in a ledger's folder, which is its
/// server's alone, nor in one of those. What is no folder, an address for one, is never written into. Nothing is written.
///
/// # Errors
/// [`Usage`], naming the folder that it would be in.
pub(super) fn check_new<'a>(new: &Path, reads: impl IntoIterator<Item = &'a Path>) -> Result<(), Usage> {
    let place = existing(new);
    let is_around = |read: &&Path| {
        read.canonicalize().is_ok_and(|read| place.as_ref().is_some_and(|place| place.starts_with(read)))
    };
    let within = || {
        let read = reads.into_iter().find(is_around)?;
        Some(format!("{} is in {}, which is only read", new.display(), read.display()))
    };
    match in_a_ledger(new).or_else(within) {
        Some(found) => Err(Usage(format!("{found}. Name a folder elsewhere"))),
        None => Ok(()),
    }
}

/// What is said of a place that is a ledger's folder, or is in one.
fn in_a_ledger(place: &Path) -> Option<String> {
    let ledger = ledger_around(place)?;
    Some(format!(
        "{} is in the ledger's folder {}, and its server's alone",
        place.display(),
        ledger.display()
    ))
}

/// The nearest folder around a place that exists, or it itself.
fn existing(place: &Path) -> Option<PathBuf> {
    let whole = path::absolute(place).ok()?;
    whole.ancestors().find_map(|place| place.canonicalize().ok())
}

/// The ledger's folder that this place is, or is in, whether or not it exists.
fn ledger_around(out: &Path) -> Option<PathBuf> {
    let there = existing(out)?;
    let is_ledger = |place: &&Path| {
        let format = minutebook_store::check_format(place);
        matches!(format, Ok(()) | Err(OpenError::OlderFormat { .. } | OpenError::NewerFormat { .. }))
    };
    there.ancestors().find(is_ledger).map(Path::to_owned)
}

fn read(file: &Path) -> anyhow::Result<Option<Vec<u8>>> {
    match fs::read(file) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(why) if why.kind() == ErrorKind::NotFound => Ok(None),
        Err(why) => Err(why).with_context(|| format!("reading {}", file.display())),
    }
}
