//! Files that their owner alone may read, from the moment they exist: keys, passphrases, tokens.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// Who may read such a file: its owner.
pub(crate) const MODE: u32 = 0o600;

/// Why such a file is not read.
#[derive(Debug)]
pub(crate) enum PrivateError {
    /// Others may read it; its permissions.
    Exposed(u32),
    /// What the operating system says, also of a folder.
    Files(io::Error),
}

impl From<io::Error> for PrivateError {
    fn from(why: io::Error) -> Self {
        Self::Files(why)
    }
}

/// Reads a file that nobody but its owner may read, or that the service manager has handed over; up to `most` bytes of it,
/// into `room`, which is never made larger: a buffer that grows would leave copies behind.
pub(crate) fn read(path: &Path, most: usize, room: &mut Vec<u8>) -> Result<(), PrivateError> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(PrivateError::Files(io::ErrorKind::IsADirectory.into()));
    }
    let mode = metadata.mode() & 0o7777;
    if mode & 0o077 != 0 && !is_credential(path) {
        return Err(PrivateError::Exposed(mode));
    }
    room.reserve_exact(most.saturating_add(1));
    file.take(most as u64).read_to_end(room)?;
    Ok(())
}

/// Makes such a file, where there is none.
pub(crate) fn create_new(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(MODE).open(path)
}

/// Writes such a file beside its place and renames it, durably: whoever reads it meanwhile meets the whole of one or of the
/// other.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(MODE).open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    sync_parent(path)
}

/// Makes the name of `path` durable.
pub(crate) fn sync_parent(path: &Path) -> io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    File::open(parent.unwrap_or(Path::new("."))).and_then(|folder| folder.sync_all())
}

/// Whether the service manager has handed over this file (`LoadCredential=`): then it lies in a folder that this service
/// alone can enter, and its permissions may show an access list instead of its owner.
fn is_credential(path: &Path) -> bool {
    let folder = std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from);
    folder.is_some_and(|folder| folder.is_absolute() && path.parent() == Some(folder.as_path()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn what_others_may_read_is_not_read_and_nothing_is_read_without_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        create_new(&path).unwrap().write_all(b"0123456789").unwrap();
        let read = |most| {
            let mut room = Vec::new();
            read(&path, most, &mut room).map(|()| room)
        };
        assert_eq!(read(100).unwrap(), b"0123456789");
        assert_eq!(read(4).unwrap(), b"0123");
        assert!(create_new(&path).is_err(), "it is there already");
        for mode in [0o640, 0o604, 0o660, 0o601] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            assert!(matches!(read(100), Err(PrivateError::Exposed(found)) if found == mode));
        }
        replace(&path, b"new").unwrap();
        assert_eq!(read(100).unwrap(), b"new", "it is its owner's again");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_is_no_such_file() {
        let folder = tempfile::tempdir().unwrap();
        let read = read(folder.path(), 10, &mut Vec::new());
        assert!(matches!(read, Err(PrivateError::Files(why)) if why.kind() == io::ErrorKind::IsADirectory));
    }
}
