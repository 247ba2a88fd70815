//! The folder itself: its shape, who may do what with it, keys, leftovers, room.

use super::looked::Looked;
use crate::cli::backup::beside;
use crate::cli::log_keys::key_files;
use crate::keyfile::{self, KeyFileError};
use crate::ledger::Shelf;
use crate::server::{ROOM_BYTES_DOUBTFUL, ROOM_BYTES_MIN};
use minutebook_log::{PublicKey, PublishedPath};
use minutebook_store::{LastOpened, OpenError};
use rustix::fs::{StatVfsMountFlags, statvfs};
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// Whether it is a ledger's folder of a format that this program knows; and whether it is one at all.
pub(super) fn format(dir: &Path) -> (Looked, bool) {
    let at = "format";
    match minutebook_store::check_format(dir) {
        Ok(()) => (Looked::well(at, "a ledger's folder"), true),
        Err(error @ (OpenError::OlderFormat { .. } | OpenError::FormatLost { .. })) => {
            let mends = format!("minutebook repair --dir {} --to NEWDIR", dir.display());
            (Looked::wrong(at, error.to_string(), mends), true)
        }
        Err(error) => (Looked::wrong(at, error.to_string(), "name a ledger's folder"), false),
    }
}

/// Whether a server has it open, or had when it was copied.
pub(super) fn lock(dir: &Path) -> (Looked, bool) {
    let at = "in use";
    let held = minutebook_store::hold(dir);
    if matches!(held, Err(OpenError::InUse { .. })) {
        let found = "a program has the ledger open: what it is writing is not looked at";
        return (Looked::notice(at, found, "stop the server to have everything looked at"), true);
    }
    let looked = match held.and_then(|_held| minutebook_store::last_opened(dir)) {
        Err(error) => Looked::wrong(at, error.to_string(), "let who runs the server read the folder"),
        Ok(LastOpened::OpenWhenCopied) => Looked::notice(
            at,
            "this folder was copied while a program had it open: its files need not be of one moment",
            format!(
                "a start reads all of it first; better: minutebook restore BACKUP --to NEWDIR --newest {}",
                dir.display()
            ),
        ),
        Ok(LastOpened::Open) => Looked::notice(
            at,
            "no program has the ledger open, and the last one did not end in order",
            "nothing: a start sees to it",
        ),
        Ok(LastOpened::Closed) => Looked::well(at, "no program has the ledger open"),
    };
    (looked, false)
}

/// The files that a start needs of the store.
pub(super) fn store(dir: &Path) -> Looked {
    let at = "store";
    let missing = minutebook_store::missing_files(dir);
    if missing.is_empty() {
        return Looked::well(at, "its files are there");
    }
    let files: Vec<_> = missing.iter().map(|file| file.display().to_string()).collect();
    let mends = format!("minutebook repair --dir {} --to NEWDIR", dir.display());
    Looked::damaged(at, format!("missing: {}; a server does not start without", files.join(", ")), mends)
}

/// Who may write to it.
pub(super) fn permissions(dir: &Path) -> Vec<Looked> {
    let at = "permissions";
    let owner = rustix::process::geteuid().as_raw();
    let mut looked = Vec::new();
    for path in [
        dir.to_owned(),
        dir.join("store"),
        dir.join("store/db"),
        dir.join("high-water"),
        dir.join("published"),
    ] {
        let Ok(metadata) = fs::metadata(&path) else { continue };
        let mode = metadata.mode() & 0o7777;
        if mode & 0o022 != 0 {
            let found = format!("others may write to {} (mode {mode:04o})", path.display());
            looked.push(Looked::wrong(at, found, format!("chmod go-w {}", path.display())));
        }
        if owner != 0 && metadata.uid() != owner {
            let found = format!("{} belongs to another user ({})", path.display(), metadata.uid());
            looked.push(Looked::notice(at, found, "run the server, and this, as the folder's owner"));
        }
    }
    if looked.is_empty() {
        looked.push(Looked::well(at, "its owner alone may write to it"));
    }
    looked
}

/// The private keys of the log, held against those that it has published.
pub(super) fn keys(dir: &Path, given: &[PathBuf], signs: Option<PublicKey>) -> Vec<Looked> {
    let at = "log key";
    let files = [given.to_vec(), key_files(dir)].concat();
    let (mut held, mut are_locked, mut unread) = (Vec::new(), false, Vec::new());
    for file in &files {
        match keyfile::read(file) {
            Ok(key) => held.push(key.public()),
            Err(KeyFileError::Encrypted { .. } | KeyFileError::OlderEncrypted { .. }) => are_locked = true,
            Err(error) => unread.push((file, error)),
        }
    }
    let is_signed_here = signs.is_some_and(|signs| held.contains(&signs));
    let is_told = !unread.is_empty();
    let mut looked: Vec<_> = unread
        .into_iter()
        .map(|(file, error)| {
            let is_needed = !is_signed_here || given.contains(file);
            unread_key(file, &error, is_needed)
        })
        .collect();
    match signs {
        _ if files.is_empty() => looked.push(Looked::notice(
            at,
            format!("there is no log-key.pem in {}", dir.display()),
            "name its file wherever the folder is opened: --log-key FILE",
        )),
        // What was not read may be the one: its own fault is the one to mend.
        Some(signs) if is_told && !held.contains(&signs) => {}
        None if is_told => {}
        Some(signs) if are_locked && !held.contains(&signs) => looked.push(Looked::notice(
            at,
            format!(
                "the log is signed by {signs}, and a key is under a passphrase, which is not asked for here"
            ),
            "nothing: a start says whether it is that one",
        )),
        Some(signs) if !held.contains(&signs) => {
            let found = match files.len() {
                1 => format!("the key is not {signs}, which signs the log"),
                count => format!("none of the {count} keys is {signs}, which signs the log"),
            };
            looked.push(Looked::wrong(at, found, "bring the log's own key: --log-key FILE"));
        }
        Some(_signs) => {
            looked.push(Looked::well(at, "the key that signs the log is there, for its owner alone"))
        }
        None => looked.push(Looked::notice(
            at,
            format!("{} keys are there; nothing that is published says which signs", held.len()),
            "nothing: a start says it",
        )),
    }
    looked
}

/// What starts, writes and makings that were killed have left.
pub(super) fn leftovers(dir: &Path) -> Vec<Looked> {
    let at = "leftovers";
    let mut looked = Vec::new();
    let start = |name: &str| name.starts_with("snap.") && name.ends_with(".generating");
    let named = |folder: PathBuf, is_left: &dyn Fn(&str) -> bool| {
        let list = fs::read_dir(&folder).into_iter().flatten().flatten();
        let mut found: Vec<_> = list
            .filter(|file| is_left(&file.file_name().to_string_lossy()))
            .map(|file| file.path())
            .collect();
        found.sort();
        found
    };
    let by_themselves = [
        named(dir.join("store"), &start),
        named(dir.join("segments"), &|name| name.ends_with(".new")),
        named(dir.to_owned(), &|name| name == "trial" || name == "FORMAT.new"),
        named(dir.join("published"), &|name| name == ".new"),
    ];
    for file in by_themselves.concat() {
        let found = format!("{}: a start or a write was cut short", file.display());
        looked.push(Looked::notice(at, found, "nothing: the next start sees to it"));
    }
    for file in named(dir.join("store/set-aside"), &|_any| true) {
        let found = format!("{}: set aside by a start", file.display());
        looked.push(Looked::notice(at, found, format!("rm {}", file.display())));
    }
    let aside = beside(&dir.join("published"), "set-aside");
    if aside.is_dir() {
        let found = format!("{}: published files of another history were set aside", aside.display());
        looked.push(Looked::damaged(at, found, "keep it, it is evidence; find out who wrote it"));
    }
    let damaged = beside(&dir.join("published"), "damaged");
    if damaged.is_dir() {
        let found = format!("{}: published files that were damaged were put aside", damaged.display());
        let mends = format!(
            "bring what is not in {} from an export or a mirror, if there is one; then rm -r {}",
            dir.join("published").display(),
            damaged.display()
        );
        looked.push(Looked::notice(at, found, mends));
    }
    let unfinished = beside(dir, "unfinished");
    if unfinished.exists() {
        let found = format!("{}: a repair or a restore was cut short", unfinished.display());
        looked.push(Looked::notice(at, found, format!("rm -r {}, and begin it again", unfinished.display())));
    }
    let key = beside(dir, "log-key.pem");
    if key.exists() {
        let found =
            format!("{}: an init was cut short, and its key is of no ledger or of this one", key.display());
        let mends = format!("if {} has no log-key.pem, move it there; else remove it", dir.display());
        looked.push(Looked::notice(at, found, mends));
    }
    if looked.is_empty() {
        looked.push(Looked::well(at, "none"));
    }
    looked
}

/// A file that is no key, or that others may read: it stops a start where it is named, or may be the key that signs.
fn unread_key(file: &Path, error: &KeyFileError, is_needed: bool) -> Looked {
    let (at, found) = ("log key", error.to_string());
    match (error, is_needed) {
        (KeyFileError::Exposed { .. }, true) => {
            Looked::wrong(at, found, format!("chmod 600 {}", file.display()))
        }
        (_, true) => Looked::wrong(at, found, "bring the key's file from its copy"),
        (KeyFileError::Exposed { .. }, false) => {
            Looked::notice(at, found, format!("chmod 600 {}", file.display()))
        }
        (_, false) => {
            let mends = format!(
                "nothing has to: the log signs with another key. Bring the file from its copy, or move {} away, and keep it",
                file.display()
            );
            Looked::notice(at, found, mends)
        }
    }
}

/// The segments of the index.
pub(super) fn segments(dir: &Path) -> Looked {
    let (at, shelf) = ("segments", Shelf::of(dir));
    match shelf.damaged() {
        Ok(damaged) if damaged.is_empty() => {
            Looked::well(at, format!("{} files, as they were written", shelf.files()))
        }
        Ok(damaged) => {
            let found = format!("{} of {} files are damaged", damaged.len(), shelf.files());
            Looked::notice(at, found, "nothing: the next start makes them anew")
        }
        Err(error) => {
            Looked::wrong(at, error.to_string(), "let who runs the server read the folder segments")
        }
    }
}

/// The disk: how much room it has, and whether it can be written to.
pub(super) fn room(dir: &Path, is_open: bool) -> Looked {
    let at = "disk";
    let disk = match statvfs(dir) {
        Ok(disk) => disk,
        Err(error) => return Looked::wrong(at, error.to_string(), "see to the disk"),
    };
    if disk.f_flag.contains(StatVfsMountFlags::RDONLY) {
        let found = "it can only be read: a server does not start here";
        return Looked::notice(
            at,
            found,
            "mount it for writing, or copy the folder elsewhere while it is stopped",
        );
    }
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    // Some file systems do not count files.
    let has_no_names = disk.f_files > 0 && disk.f_favail < 100;
    let found = format!("{} MiB are free, and {} files", free / (1024 * 1024), disk.f_favail);
    room_told(found, if has_no_names { 0 } else { free }, is_open)
}

/// What so much room is for a server that has the folder open, and for one that is to be started.
fn room_told(found: String, free: u64, is_open: bool) -> Looked {
    let at = "disk";
    let more = match is_open {
        true => "make room: the server goes on by itself once there is some",
        false => "make room, then start the server",
    };
    match free {
        free if free < ROOM_BYTES_MIN => Looked::wrong(at, found, more),
        free if free < ROOM_BYTES_DOUBTFUL => Looked::notice(at, found, more),
        _ => Looked::well(at, found),
    }
}

/// Where the published checkpoint is.
pub(super) fn checkpoint_file(dir: &Path) -> PathBuf {
    dir.join("published").join(PublishedPath::Checkpoint.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_does_not_run_is_to_be_started_once_there_is_room() {
        let told = |free, is_open| room_told(String::new(), free, is_open);
        assert!(told(0, true).mends.contains("goes on by itself"));
        assert_eq!(told(0, false).mends, "make room, then start the server");
        assert!(told(ROOM_BYTES_DOUBTFUL, false).mends.is_empty());
    }
}
