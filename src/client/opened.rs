//! Which ledgers were opened from here: a name and a log key belong to one ledger for good, since whoever knows the
//! one would take the other for a second history of it.

use super::ClientError;
use super::evidence::Remembered;
use super::memory::Memory;
use minutebook_log::{Hash, Origin, PublicKey};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// What the name of such a file ends in, behind the ledger's id.
const ENDING: &str = ".opened.json";

/// A ledger that was opened from here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenedLedger {
    /// Its name.
    pub origin: Origin,
    /// The hash of its opening entry.
    pub ledger: Hash,
    /// The key that signs its checkpoints.
    pub log_key: PublicKey,
    /// The folder in which it was opened.
    pub dir: PathBuf,
}

/// Where a name or a key was used before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Used {
    /// What was used: `the origin ...` or `the log key ...`.
    pub what: String,
    /// By which ledger, and where that was met.
    pub by: String,
    /// The file that remembers it.
    pub file: PathBuf,
}

impl Memory {
    /// Remembers a ledger that has been opened.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn keep_opened(&self, opened: &OpenedLedger) -> io::Result<()> {
        let Some(folder) = self.folder() else { return Ok(()) };
        self.write_json(&folder.join(format!("{}{ENDING}", opened.ledger)), opened)
    }

    /// The ledgers that were opened from here, each with the file that remembers it.
    ///
    /// # Errors
    /// [`ClientError::Unexpected`] if what is remembered can't be read.
    pub fn opened(&self) -> Result<Vec<(PathBuf, OpenedLedger)>, ClientError> {
        let is_opened = |file: &PathBuf| file.to_string_lossy().ends_with(ENDING);
        self.files()?.into_iter().filter(is_opened).map(|file| Ok((file.clone(), read(&file)?))).collect()
    }

    /// Where this name or this log key was used before, by a ledger that was opened or seen from here.
    ///
    /// # Errors
    /// [`ClientError::Unexpected`] if what is remembered can't be read: going on would forget it.
    pub fn used(&self, origin: &Origin, log_key: PublicKey) -> Result<Option<Used>, ClientError> {
        for file in self.files()? {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            let used = if name.ends_with(ENDING) {
                used_by_opened(read(&file)?, origin, log_key)
            } else if name.strip_suffix(".json").is_some_and(|id| id.parse::<Hash>().is_ok()) {
                used_by_seen(&read(&file)?, origin)
            } else {
                None
            };
            if let Some((what, by)) = used {
                return Ok(Some(Used { what, by, file }));
            }
        }
        Ok(None)
    }

    /// Where a ledger of this name is remembered that is another than this one, and no re-enactment.
    ///
    /// # Errors
    /// [`ClientError::Unexpected`] if what is remembered can't be read: going on would forget it.
    pub(crate) fn namesake(&self, origin: &str, ledger: Hash) -> Result<Option<Used>, ClientError> {
        for file in self.files()? {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            if name.strip_suffix(".json").is_none_or(|id| id.parse::<Hash>().is_err()) {
                continue;
            }
            let seen: Remembered = read(&file)?;
            if seen.origin == origin && seen.ledger != ledger && !seen.is_re_enactment {
                let by = format!("the ledger that opens with {}, at {}", seen.ledger, seen.server);
                return Ok(Some(Used { what: format!("the origin {origin}"), by, file }));
            }
        }
        Ok(None)
    }

    fn files(&self) -> Result<Vec<PathBuf>, ClientError> {
        let Some(folder) = self.folder() else { return Ok(Vec::new()) };
        let list = fs::read_dir(folder).and_then(|list| list.collect::<Result<Vec<_>, _>>());
        match list {
            Ok(list) => Ok(list.iter().map(fs::DirEntry::path).collect()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(unreadable(folder, &error)),
        }
    }
}

fn used_by_opened(opened: OpenedLedger, origin: &Origin, log_key: PublicKey) -> Option<(String, String)> {
    let what = if opened.origin == *origin {
        format!("the origin {origin}")
    } else if opened.log_key == log_key {
        format!("the log key {log_key}")
    } else {
        return None;
    };
    let OpenedLedger { origin, ledger, dir, .. } = opened;
    Some((what, format!("{origin} (opens with {ledger}), which was opened in {}", dir.display())))
}

fn used_by_seen(seen: &Remembered, origin: &Origin) -> Option<(String, String)> {
    (seen.origin == origin.as_str()).then(|| {
        let by = format!("the ledger that opens with {}, which was seen at {}", seen.ledger, seen.server);
        (format!("the origin {origin}"), by)
    })
}

fn read<T: DeserializeOwned>(file: &Path) -> Result<T, ClientError> {
    let bytes = fs::read(file).map_err(|error| unreadable(file, &error))?;
    serde_json::from_slice(&bytes).map_err(|error| unreadable(file, &error))
}

fn unreadable(path: &Path, why: &dyn ToString) -> ClientError {
    ClientError::Unexpected(format!(
        "what is remembered of ledgers that were opened is not readable: {}: {}",
        path.display(),
        why.to_string()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use minutebook_log::SecretKey;

    #[test]
    fn a_name_and_a_key_are_used_once() {
        let folder = tempfile::tempdir().unwrap();
        let memory = Memory::at(folder.path());
        let key = |seed: u8| SecretKey::from_seed(&[seed; 32]).public();
        let origin = |name: &str| format!("minutebook.example/{name}").parse::<Origin>().unwrap();
        assert_eq!(memory.used(&origin("one"), key(1)).unwrap(), None);
        let ledger = Hash::of(b"one");
        let opened = OpenedLedger { origin: origin("one"), ledger, log_key: key(1), dir: "book".into() };
        memory.keep_opened(&opened).unwrap();
        for (name, seed, said) in [("one", 2, "the origin"), ("two", 1, "the log key")] {
            let used = memory.used(&origin(name), key(seed)).unwrap().unwrap();
            assert!(used.what.starts_with(said) && used.by.contains("opened in book"), "{used:?}");
            assert!(used.file.is_file());
        }
        assert_eq!(memory.used(&origin("two"), key(2)).unwrap(), None);
        fs::write(folder.path().join(format!("{ledger}.opened.json")), "{").unwrap();
        assert!(memory.used(&origin("two"), key(2)).is_err(), "what is not readable is not forgotten");
    }
}
