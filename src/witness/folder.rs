//! The folder of a witness: `FORMAT` (what it is), `lock` (who has it), `<origin hash>.checkpoint` (what was
//! cosigned last of each log, beneath its BLAKE3 hash), `signed` (of which logs there is one, so that none is lost without
//! a word) and `refused/` (requests that may prove that a log misbehaved).

use super::WitnessError;
use minutebook_log::{AddCheckpoint, AnyCheckpoint, Hash, Malformed};
use minutebook_store::{FileLock, Files};
use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// What `FORMAT` holds.
const FORMAT: &str = "minutebook.witness/v2\n";

/// What it held before there was a list of the logs that were signed.
const FORMAT_BEFORE: &str = "minutebook.witness/v1\n";

/// The list of the origin hashes of all logs that were ever signed, a line each, beneath the BLAKE3 hash of the lines.
const SIGNED: &str = "signed";

/// The ending of what was cosigned last of a log.
const CHECKPOINT: &str = ".checkpoint";

/// The most bytes that are read of a stored checkpoint; one has a few hundred.
const CHECKPOINT_BYTES_MAX: u64 = 64 * 1024;

/// The most requests that are kept under `refused/`: whoever holds a log's key could fill the disk.
const REFUSED_MAX: usize = 100;

/// A witness's folder that this process alone has open.
#[derive(Debug)]
pub(super) struct WitnessFolder {
    dir: PathBuf,
    files: Files,
    /// The origin hashes of all logs that were ever signed.
    signed: Mutex<BTreeSet<String>>,
    _lock: FileLock,
}

impl WitnessFolder {
    /// Makes the folder, or takes an empty one. A crash before `FORMAT` is durable leaves a folder that is
    /// neither begun nor resumed, and that has signed nothing.
    pub(super) fn begin(dir: &Path, files: Files) -> Result<Self, WitnessError> {
        match files.make_folder(dir) {
            Err(why) if why.kind() == ErrorKind::AlreadyExists => check_empty(dir)?,
            made => made.map_err(WitnessError::files("creating the folder", dir))?,
        }
        let above = parent_of(dir);
        files.sync_folder(&above).map_err(WitnessError::files("syncing", &above))?;
        let folder = Self::lock(dir, files)?;
        folder.keep_signed(&BTreeSet::new())?;
        folder.replace("FORMAT", FORMAT)?;
        Ok(folder)
    }

    /// Opens the folder of a witness that has run before.
    pub(super) fn resume(dir: &Path, files: Files) -> Result<Self, WitnessError> {
        let path = dir.join("FORMAT");
        match fs::read(&path) {
            Ok(found) if found == FORMAT.as_bytes() => {
                let mut folder = Self::lock(dir, files)?;
                let mut signed = folder.read_signed()?;
                for origin_hash in &signed {
                    let path = folder.path_of(origin_hash);
                    if !path.try_exists().map_err(WitnessError::files("reading", &path))? {
                        return Err(WitnessError::Lost { path });
                    }
                }
                // One that was stored right before a crash may not be listed yet.
                signed.extend(folder.stored()?);
                folder.signed = Mutex::new(signed);
                Ok(folder)
            }
            Ok(found) if found == FORMAT_BEFORE.as_bytes() => {
                let mut folder = Self::lock(dir, files)?;
                let signed = folder.stored()?;
                folder.keep_signed(&signed)?;
                folder.replace("FORMAT", FORMAT)?;
                folder.signed = Mutex::new(signed);
                Ok(folder)
            }
            Ok(_other) => Err(WitnessError::damaged(&path, "it names another format")),
            Err(why) if matches!(why.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                Err(WitnessError::NoState { dir: dir.to_owned() })
            }
            Err(why) => Err(WitnessError::files("reading", &path)(why)),
        }
    }

    /// The stored checkpoint of the log with this origin hash, if there is one. Its form is right.
    pub(super) fn read(&self, origin_hash: &str) -> Result<Option<AnyCheckpoint>, WitnessError> {
        let path = self.path_of(origin_hash);
        let mut bytes = Vec::new();
        match File::open(&path).and_then(|file| file.take(CHECKPOINT_BYTES_MAX).read_to_end(&mut bytes)) {
            Ok(_read) => {}
            Err(why) if why.kind() == ErrorKind::NotFound => return Ok(None),
            Err(why) => return Err(WitnessError::files("reading", &path)(why)),
        }
        decode(&bytes).map(Some).map_err(|why| WitnessError::damaged(&path, why))
    }

    /// Stores what was cosigned last, durably, in place of what was there.
    pub(super) fn store(&self, origin_hash: &str, cosigned: &AnyCheckpoint) -> Result<(), WitnessError> {
        self.replace(&format!("{origin_hash}{CHECKPOINT}"), &encode(cosigned))?;
        let mut signed = self.signed.lock().unwrap_or_else(PoisonError::into_inner);
        if signed.contains(origin_hash) {
            return Ok(());
        }
        let with_it = signed.iter().cloned().chain([origin_hash.to_owned()]).collect();
        self.keep_signed(&with_it)?;
        *signed = with_it;
        Ok(())
    }

    fn keep_signed(&self, signed: &BTreeSet<String>) -> Result<(), WitnessError> {
        let lines: String = signed.iter().map(|origin_hash| format!("{origin_hash}\n")).collect();
        self.replace(SIGNED, &checked(&lines))
    }

    /// The list of the logs that were signed, as it was kept.
    fn read_signed(&self) -> Result<BTreeSet<String>, WitnessError> {
        let path = self.dir.join(SIGNED);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(why) if why.kind() == ErrorKind::NotFound => return Err(WitnessError::Lost { path }),
            Err(why) => return Err(WitnessError::files("reading", &path)(why)),
        };
        match text.split_once("\n\n").filter(|(_check, lines)| checked(lines) == text) {
            Some((_check, lines)) => Ok(lines.lines().map(str::to_owned).collect()),
            None => Err(WitnessError::damaged(&path, "its first line is not the hash of the others")),
        }
    }

    /// The origin hashes of the logs of which something is stored.
    fn stored(&self) -> Result<BTreeSet<String>, WitnessError> {
        let reading = || WitnessError::files("reading", &self.dir);
        let mut stored = BTreeSet::new();
        for entry in fs::read_dir(&self.dir).map_err(reading())? {
            let name = entry.map_err(reading())?.file_name();
            stored.extend(name.to_str().and_then(|name| name.strip_suffix(CHECKPOINT)).map(str::to_owned));
        }
        Ok(stored)
    }

    /// Where the checkpoint of a log is stored.
    pub(super) fn path_of(&self, origin_hash: &str) -> PathBuf {
        self.dir.join(format!("{origin_hash}{CHECKPOINT}"))
    }

    /// Keeps a request whose checkpoint the log has signed and that does not extend `latest`, both in one file,
    /// once for each checkpoint: anybody can send a signed checkpoint with a false proof, again and again. It is
    /// for people to look into: nothing waits for it, and after a power cut it may be gone.
    pub(super) fn keep_refused(&self, origin_hash: &str, latest: &str, request: &AddCheckpoint) {
        let folder = self.dir.join("refused");
        let checkpoint = Hash::of(request.checkpoint.note().text().as_bytes());
        let path = folder.join(format!("{origin_hash}-{checkpoint}"));
        let keep = || {
            fs::create_dir_all(&folder)?;
            if fs::read_dir(&folder)?.count() >= REFUSED_MAX {
                return Err(io::Error::other("enough of them are kept already"));
            }
            File::create_new(&path)?.write_all(format!("{latest}\n{}", request.encode()).as_bytes())
        };
        match keep() {
            Ok(()) => tracing::warn!(kept = %path.display(), "a log shows another history, or a false proof"),
            Err(why) if why.kind() == ErrorKind::AlreadyExists => {}
            Err(why) => {
                tracing::warn!(%why, "a log shows another history, or a false proof; it was not kept")
            }
        }
    }

    /// Puts a file in place of another, durably. A crash leaves the old one or the new one, whole, and perhaps
    /// a `.new` beside it that nobody reads.
    fn replace(&self, name: &str, text: &str) -> Result<(), WitnessError> {
        let (new, path) = (self.dir.join(format!("{name}.new")), self.dir.join(name));
        let replaced = self.files.replace(&new, &path, text.as_bytes());
        replaced.map_err(WitnessError::files("writing", &path))
    }

    fn lock(dir: &Path, files: Files) -> Result<Self, WitnessError> {
        let path = dir.join("lock");
        let open = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let file = open.map_err(WitnessError::files("opening", &path))?;
        match FileLock::take(file) {
            Ok(lock) => Ok(Self { dir: dir.to_owned(), files, signed: Mutex::default(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(WitnessError::InUse { dir: dir.to_owned() }),
            Err(TryLockError::Error(why)) => Err(WitnessError::files("locking", &path)(why)),
        }
    }
}

/// A checkpoint as it is stored: beneath the BLAKE3 hash of its bytes.
fn encode(cosigned: &AnyCheckpoint) -> String {
    checked(&cosigned.encode())
}

/// A text beneath the BLAKE3 hash of its bytes.
fn checked(text: &str) -> String {
    format!("check {}\n\n{text}", Hash::of(text.as_bytes()))
}

/// Only what [`encode`] writes is accepted.
fn decode(bytes: &[u8]) -> Result<AnyCheckpoint, Malformed> {
    let note = bytes.windows(2).position(|two| two == b"\n\n").and_then(|at| bytes.get(at + 2..));
    let cosigned = AnyCheckpoint::parse(note.unwrap_or_default())?;
    if encode(&cosigned).as_bytes() == bytes {
        return Ok(cosigned);
    }
    Err(Malformed::new("check", "another hash", "the BLAKE3 hash of what follows"))
}

fn check_empty(dir: &Path) -> Result<(), WitnessError> {
    match fs::read_dir(dir).map_err(WitnessError::files("reading the folder", dir))?.next() {
        Some(_file) => Err(WitnessError::NotEmpty { dir: dir.to_owned() }),
        None => Ok(()),
    }
}

fn parent_of(dir: &Path) -> PathBuf {
    match dir.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}
