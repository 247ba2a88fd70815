//! Where the demo's ledger and its keys go: two folders of their own, side by side. The keys are never in
//! the ledger's folder, which may be published whole.

use anyhow::{Context as _, bail};
use std::fs::{self, DirBuilder};
use std::io::ErrorKind;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

/// The folder in which the ledger goes when none is named.
const DEFAULT: &str = "demo-ledger";
/// How many ledgers of earlier demos may lie side by side.
const NUMBERS_MAX: u32 = 1000;

/// The two folders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Folders {
    /// The ledger's.
    pub(super) ledger: PathBuf,
    /// The keys', beside it.
    pub(super) keys: PathBuf,
}

impl Folders {
    /// The folders that were asked for, or `./demo-ledger`, or the next number that is free. Makes the one for
    /// keys, which its owner alone may read.
    ///
    /// # Errors
    /// A folder that was asked for holds something; every number is taken; the operating system refuses.
    pub(super) fn make(asked: Option<&Path>) -> anyhow::Result<Self> {
        let folders = match asked {
            Some(dir) => Self::named(dir)?,
            None => Self::free()?,
        };
        let keys = folders.keys.display();
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&folders.keys);
        made.with_context(|| format!("making the folder {keys} for the keys"))?;
        Ok(folders)
    }

    fn named(dir: &Path) -> anyhow::Result<Self> {
        let folders = Self::at(dir.to_owned());
        for taken in [&folders.ledger, &folders.keys] {
            if !is_free(taken)? {
                bail!(
                    "{} is not empty, and the demo opens a ledger of its own: name a new folder with --dir, or leave --dir out",
                    taken.display()
                );
            }
        }
        Ok(folders)
    }

    fn free() -> anyhow::Result<Self> {
        for number in 1..=NUMBERS_MAX {
            let name = if number == 1 { DEFAULT.to_owned() } else { format!("{DEFAULT}-{number}") };
            let folders = Self::at(PathBuf::from(name));
            if !folders.ledger.exists() && !folders.keys.exists() {
                return Ok(folders);
            }
        }
        bail!("{DEFAULT} to {DEFAULT}-{NUMBERS_MAX} are all taken: remove some, or name a folder with --dir")
    }

    fn at(ledger: PathBuf) -> Self {
        let mut keys = ledger.components().collect::<PathBuf>().into_os_string();
        keys.push(".keys");
        Self { ledger, keys: keys.into() }
    }
}

/// Whether there is nothing, or an empty folder.
fn is_free(path: &Path) -> anyhow::Result<bool> {
    match fs::read_dir(path) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error).with_context(|| format!("reading {}", path.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::MetadataExt as _;

    #[test]
    fn keys_lie_beside_the_ledger_for_their_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let asked = folder.path().join("book/");
        let folders = Folders::make(Some(&asked)).unwrap();
        assert_eq!(folders.keys, folder.path().join("book.keys"));
        assert_eq!(fs::metadata(&folders.keys).unwrap().mode() & 0o777, 0o700);
    }

    #[test]
    fn a_folder_that_holds_something_is_refused_with_the_way_out() {
        let folder = tempfile::tempdir().unwrap();
        for taken in ["book", "book.keys"] {
            let taken = folder.path().join(taken);
            fs::create_dir(&taken).unwrap();
            fs::write(taken.join("mine"), "").unwrap();
            let said = Folders::make(Some(&folder.path().join("book"))).unwrap_err().to_string();
            assert!(said.contains("--dir"), "{said}");
            fs::remove_dir_all(&taken).unwrap();
        }
        assert!(Folders::make(Some(&folder.path().join("book"))).is_ok());
    }
}
