//! What a client remembers of each ledger: the last entry that it saw, the last checkpoint, the log's keys once
//! they have passed on, the grants of the bodies whose keys it looked at, and whether it was opened from here. A
//! few small files for each ledger, in
//! `$MINUTEBOOK_STATE`, `$XDG_STATE_HOME/minutebook` or `~/.local/state/minutebook`.

use super::{ClientError, Fork, KeyChange, Remembered};
use minutebook_log::{Hash, LogKeys, SignedCheckpoint};
use minutebook_store::Files;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Where ends of ledgers are remembered; nowhere, where there is no home.
#[derive(Debug, Clone)]
pub struct Memory {
    folder: Option<PathBuf>,
    files: Files,
}

impl Memory {
    /// The memory of whoever runs this program.
    pub fn of_user() -> Self {
        let folder = |name: &str| env::var_os(name).filter(|path| !path.is_empty()).map(PathBuf::from);
        let own = folder("MINUTEBOOK_STATE");
        let state = || folder("XDG_STATE_HOME").map(|path| path.join("minutebook"));
        let home = || folder("HOME").map(|path| path.join(".local/state/minutebook"));
        Self { folder: own.or_else(state).or_else(home), files: Files::default() }
    }

    pub(super) fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// A memory in this folder.
    pub fn at(folder: &Path) -> Self {
        Self::on(Files::default(), folder)
    }

    /// The same, on these files.
    pub fn on(files: Files, folder: &Path) -> Self {
        Self { folder: Some(folder.to_owned()), files }
    }

    /// What was seen last of a ledger.
    ///
    /// # Errors
    /// [`ClientError::Unexpected`] if it was written down and can't be read: going on would forget it.
    pub fn recall(&self, ledger: Hash) -> Result<Option<Remembered>, ClientError> {
        let Some(path) = self.path_of(ledger) else { return Ok(None) };
        let refuse = |why: &dyn ToString| not_readable(&path, why);
        match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|error| refuse(&error)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(refuse(&error)),
        }
    }

    /// Remembers an entry, unless a later one is remembered already. Best effort: where nothing can be
    /// written (a read-only home), commands still work, and the next one starts from nothing.
    pub fn keep(&self, seen: &Remembered) {
        let later = |known: &Remembered| known.position >= seen.position;
        let known = self.recall(seen.ledger).ok().flatten();
        if let Some(path) = self.path_of(seen.ledger).filter(|_path| !known.as_ref().is_some_and(later)) {
            let _best_effort = self.write_json(&path, seen);
        }
    }

    /// The checkpoint that was seen last of a ledger.
    ///
    /// # Errors
    /// [`ClientError::Unexpected`] if it was written down and can't be read: going on would forget it.
    pub fn recall_checkpoint(&self, ledger: Hash) -> Result<Option<SignedCheckpoint>, ClientError> {
        let Some(path) = self.checkpoint_of(ledger) else { return Ok(None) };
        let refuse = |why: &dyn ToString| not_readable(&path, why);
        match fs::read(&path) {
            Ok(bytes) => SignedCheckpoint::parse(&bytes).map(Some).map_err(|error| refuse(&error)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(refuse(&error)),
        }
    }

    /// Remembers a checkpoint, unless a larger one is remembered already. Best effort, as [`Memory::keep`].
    pub fn keep_checkpoint(&self, ledger: Hash, checkpoint: &SignedCheckpoint) {
        let size = |checkpoint: &SignedCheckpoint| checkpoint.unverified().head.size;
        let known = self.recall_checkpoint(ledger).ok().flatten();
        let is_later = known.is_none_or(|known| size(&known) < size(checkpoint));
        if let Some(path) = self.checkpoint_of(ledger).filter(|_path| is_later) {
            let _best_effort = put_whole(&self.files, &path, &checkpoint.encode());
        }
    }

    /// The grants for a body that were seen last; nothing where nobody looked yet.
    ///
    /// # Errors
    /// [`ClientError::Unexpected`] if they were written down and can't be read: going on would forget them.
    pub fn recall_grants(&self, ledger: Hash, body: &str) -> Result<Option<BTreeSet<String>>, ClientError> {
        Ok(self.recall_all_grants(ledger)?.remove(body))
    }

    /// Remembers the grants for a body. Best effort, as [`Memory::keep`].
    pub fn keep_grants(&self, ledger: Hash, body: &str, grants: &BTreeSet<String>) {
        let (Some(path), Ok(mut all)) = (self.grants_of(ledger), self.recall_all_grants(ledger)) else {
            return;
        };
        if all.insert(body.to_owned(), grants.clone()).as_ref() != Some(grants) {
            let _best_effort = self.write_json(&path, &all);
        }
    }

    fn recall_all_grants(&self, ledger: Hash) -> Result<BTreeMap<String, BTreeSet<String>>, ClientError> {
        self.grants_of(ledger).map_or_else(|| Ok(BTreeMap::new()), |path| read_map(&path))
    }

    /// Up to how many entries somebody has read the news of these bodies; nothing where nobody looked yet.
    ///
    /// # Errors
    /// [`ClientError::Unexpected`] if it was written down and can't be read.
    pub fn recall_news(&self, ledger: Hash, bodies: &str) -> Result<Option<u64>, ClientError> {
        Ok(self.recall_all_news(ledger)?.remove(bodies))
    }

    /// Remembers that. Best effort, as [`Memory::keep`].
    pub fn keep_news(&self, ledger: Hash, bodies: &str, entries: u64) {
        let (Some(path), Ok(mut all)) = (self.news_of(ledger), self.recall_all_news(ledger)) else { return };
        if all.insert(bodies.to_owned(), entries) != Some(entries) {
            let _best_effort = self.write_json(&path, &all);
        }
    }

    fn recall_all_news(&self, ledger: Hash) -> Result<BTreeMap<String, u64>, ClientError> {
        self.news_of(ledger).map_or_else(|| Ok(BTreeMap::new()), |path| read_map(&path))
    }

    /// The log's keys, where they are more than the opening entry's.
    ///
    /// # Errors
    /// [`ClientError::Unexpected`] if they were written down and can't be read: going on would forget them.
    pub fn recall_keys(&self, ledger: Hash) -> Result<Option<LogKeys>, ClientError> {
        let Some(path) = self.keys_of(ledger) else { return Ok(None) };
        match fs::read(&path) {
            Ok(bytes) => LogKeys::parse(&bytes).map(Some).map_err(|error| not_readable(&path, &error)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(not_readable(&path, &error)),
        }
    }

    /// Remembers the log's keys. Best effort, as [`Memory::keep`].
    pub fn keep_keys(&self, ledger: Hash, keys: &LogKeys) {
        if let Some(path) = self.keys_of(ledger) {
            let _best_effort = put_whole(&self.files, &path, &keys.encode());
        }
    }

    /// Saves what is known of a log's key, and what is shown instead; returns where.
    pub(super) fn save_key_change(&self, ledger: Hash, change: &KeyChange) -> Option<PathBuf> {
        let path = self.folder.as_ref()?.join(format!("{ledger}.log-key.json"));
        self.write_json(&path, change).ok().map(|()| path)
    }

    /// Saves both histories; returns where, unless nothing can be written.
    pub fn save_fork(&self, fork: &Fork) -> Option<PathBuf> {
        let shown: String = fork.head_hash.chars().filter(char::is_ascii_hexdigit).take(16).collect();
        let path = self.folder.as_ref()?.join(format!("{}.fork-{shown}.json", fork.seen_before.ledger));
        self.write_json(&path, fork).ok().map(|()| path)
    }

    /// Where a signed event is kept whose outcome is not known.
    pub fn unsent(&self, event_id: &str) -> PathBuf {
        self.unsent_folder().join(format!("{event_id}.json"))
    }

    /// The folder of all that is kept so.
    pub fn unsent_folder(&self) -> PathBuf {
        self.folder.clone().unwrap_or_default().join("unsent")
    }

    pub(super) fn write_json(&self, path: &Path, value: &impl Serialize) -> io::Result<()> {
        let text = serde_json::to_string_pretty(value)?;
        put_whole(&self.files, path, &format!("{text}\n"))
    }

    fn path_of(&self, ledger: Hash) -> Option<PathBuf> {
        Some(self.folder.as_ref()?.join(format!("{ledger}.json")))
    }

    fn keys_of(&self, ledger: Hash) -> Option<PathBuf> {
        Some(self.folder.as_ref()?.join(format!("{ledger}.vkey")))
    }

    /// Where the checkpoint that was seen last of a ledger is remembered; nothing where nothing is.
    pub fn checkpoint_of(&self, ledger: Hash) -> Option<PathBuf> {
        Some(self.folder.as_ref()?.join(format!("{ledger}.checkpoint")))
    }

    fn news_of(&self, ledger: Hash) -> Option<PathBuf> {
        Some(self.folder.as_ref()?.join(format!("{ledger}.news.json")))
    }

    fn grants_of(&self, ledger: Hash) -> Option<PathBuf> {
        Some(self.folder.as_ref()?.join(format!("{ledger}.grants.json")))
    }
}

/// What a file has by name; nothing where there is none.
fn read_map<V: DeserializeOwned>(path: &Path) -> Result<BTreeMap<String, V>, ClientError> {
    match fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| not_readable(path, &error)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(BTreeMap::new()),
        Err(error) => Err(not_readable(path, &error)),
    }
}

fn not_readable(path: &Path, why: &dyn ToString) -> ClientError {
    ClientError::Unexpected(format!(
        "what this client remembers of the ledger is not readable: {}: {}. Look why, then remove the file if its \
         history is to be trusted anew",
        path.display(),
        why.to_string()
    ))
}

/// Writes a file whole or not at all: beside its place, durably, then renamed into it. Folders are made.
///
/// # Errors
/// What the operating system says; the file that was there is then as it was.
pub fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    put_whole(&Files::default(), path, text)
}

fn put_whole(files: &Files, path: &Path, text: &str) -> io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    files.make_folders(parent)?;
    let name = path.file_name().ok_or(io::ErrorKind::InvalidFilename)?.to_string_lossy();
    let beside = parent.join(format!(".{name}.{}.new", std::process::id()));
    files.replace(&beside, path, text.as_bytes()).inspect_err(|_error| {
        let _gone = fs::remove_file(&beside);
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use minutebook_log::Position;

    fn remembered(position: u64) -> Remembered {
        Remembered {
            origin: "minutebook.example/small-book".to_owned(),
            ledger: Hash::of(b"entry 0"),
            position: Position(position),
            hash: Hash::of(&position.to_le_bytes()),
            server: "http://127.0.0.1:7419".to_owned(),
            is_re_enactment: false,
        }
    }

    #[test]
    fn the_latest_entry_is_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let memory = Memory::at(folder.path());
        assert_eq!(memory.recall(Hash::of(b"entry 0")).unwrap(), None);
        for (seen, known) in [(3, 3), (7, 7), (5, 7)] {
            memory.keep(&remembered(seen));
            assert_eq!(memory.recall(Hash::of(b"entry 0")).unwrap(), Some(remembered(known)));
        }
    }

    #[test]
    fn the_grants_of_each_body_are_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let (memory, ledger) = (Memory::at(folder.path()), Hash::of(b"entry 0"));
        let grants = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        assert_eq!(memory.recall_grants(ledger, "body/04K").unwrap(), None);
        memory.keep_grants(ledger, "body/04K", &grants(&["grant/a"]));
        memory.keep_grants(ledger, "body/04L", &grants(&[]));
        memory.keep_grants(ledger, "body/04K", &grants(&["grant/a", "grant/b"]));
        assert_eq!(memory.recall_grants(ledger, "body/04K").unwrap(), Some(grants(&["grant/a", "grant/b"])));
        assert_eq!(memory.recall_grants(ledger, "body/04L").unwrap(), Some(grants(&[])));
        fs::write(folder.path().join(format!("{ledger}.grants.json")), "{").unwrap();
        memory.keep_grants(ledger, "body/04K", &grants(&[]));
        assert!(memory.recall_grants(ledger, "body/04K").unwrap_err().to_string().contains("not readable"));
    }

    #[test]
    fn what_is_not_readable_is_not_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let memory = Memory::at(folder.path());
        memory.keep(&remembered(3));
        let file = folder.path().join(format!("{}.json", Hash::of(b"entry 0")));
        fs::write(file, "{").unwrap();
        assert!(memory.recall(Hash::of(b"entry 0")).unwrap_err().to_string().contains("not readable"));
    }

    #[test]
    fn a_file_is_written_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep").join("draft.json");
        write_whole(&path, "one").unwrap();
        write_whole(&path, "two").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        assert!(write_whole(&path.join("under-a-file"), "three").is_err());
        assert_eq!(fs::read_dir(folder.path().join("deep")).unwrap().count(), 1, "nothing is left beside");
    }
}
