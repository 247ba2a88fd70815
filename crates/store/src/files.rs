//! The one way in which small files become durable, for whoever keeps something beside the log: step by step, each of
//! which a test can break, both ways: it fails and nothing happened, or it fails and it did happen.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;
use std::sync::Arc;

/// One durable step on files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileStep<'a> {
    /// A folder is made; the one above it is there.
    MakeFolder(&'a Path),
    /// A file is made, or emptied.
    Create(&'a Path),
    /// The file that was made gets all its bytes.
    Write(&'a Path, &'a [u8]),
    /// A file's bytes are synced.
    Sync(&'a Path),
    /// A file moves into its place, over whatever was there.
    Rename(&'a Path, &'a Path),
    /// The names in a folder are synced.
    SyncFolder(&'a Path),
    /// A file is removed.
    Remove(&'a Path),
    /// A folder is removed with all that is in it.
    RemoveFolder(&'a Path),
}

/// Whoever strikes at steps.
pub trait FileFaults: Send + Sync + 'static {
    /// Does a step by `act`, or fails it before, after, or half-way.
    ///
    /// # Errors
    /// Those of `act`, or others.
    fn strike(&self, step: FileStep<'_>, act: &mut dyn FnMut() -> io::Result<()>) -> io::Result<()>;
}

/// The files of the machine. By default nothing strikes, and each step is what it says.
#[derive(Clone, Default)]
pub struct Files {
    faults: Option<Arc<dyn FileFaults>>,
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.faults.is_some() { "Files(with faults)" } else { "Files" })
    }
}

impl Files {
    /// Files whose steps `faults` may strike.
    pub fn with_faults(faults: Arc<dyn FileFaults>) -> Self {
        Self { faults: Some(faults) }
    }

    /// Writes a file whole or not at all: under the name `beside` in the same file system, synced, and renamed into its
    /// place. The name is durable once its folder was synced ([`Files::sync_folder`]).
    ///
    /// A crash before the rename leaves what was there before, and perhaps a file `beside` that nobody reads, which the next
    /// writing empties. After it, the new file or the old one is there, whole.
    ///
    /// # Errors
    /// What the operating system says. The place has what was there before or all of the new, and it can't be said which.
    pub fn put(&self, beside: &Path, place: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = None;
        self.step(FileStep::Create(beside), &mut || {
            file = Some(File::create(beside)?);
            Ok(())
        })?;
        let mut file = file.ok_or(ErrorKind::NotFound)?;
        self.step(FileStep::Write(beside, bytes), &mut || file.write_all(bytes))?;
        self.step(FileStep::Sync(beside), &mut || file.sync_all())?;
        self.rename(beside, place)
    }

    /// The same, and its name is durable too.
    ///
    /// # Errors
    /// As for [`Files::put`].
    pub fn replace(&self, beside: &Path, place: &Path, bytes: &[u8]) -> io::Result<()> {
        self.put(beside, place, bytes)?;
        self.sync_folder(above(place))
    }

    /// Makes the names in a folder durable.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        self.step(FileStep::SyncFolder(folder), &mut || File::open(folder)?.sync_all())
    }

    /// Makes the bytes of a file durable that somebody else has written.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn sync(&self, file: &Path) -> io::Result<()> {
        self.step(FileStep::Sync(file), &mut || File::open(file)?.sync_all())
    }

    /// Moves a file into its place. The name is durable once its folder was synced.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step(FileStep::Rename(from, to), &mut || fs::rename(from, to))
    }

    /// Makes one folder.
    ///
    /// # Errors
    /// What the operating system says, [`ErrorKind::AlreadyExists`] among it.
    pub fn make_folder(&self, folder: &Path) -> io::Result<()> {
        self.step(FileStep::MakeFolder(folder), &mut || fs::create_dir(folder))
    }

    /// Makes a folder and those above it, unless they are there, each durable in the one that names it.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn make_folders(&self, folder: &Path) -> io::Result<()> {
        if folder.as_os_str().is_empty() || folder.is_dir() {
            return Ok(());
        }
        self.make_folders(above(folder))?;
        match self.make_folder(folder) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
            made => made.and_then(|()| self.sync_folder(above(folder))),
        }
    }

    /// Removes a file.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn remove(&self, file: &Path) -> io::Result<()> {
        self.step(FileStep::Remove(file), &mut || fs::remove_file(file))
    }

    /// Removes a folder and all that is in it.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn remove_folder(&self, folder: &Path) -> io::Result<()> {
        self.step(FileStep::RemoveFolder(folder), &mut || fs::remove_dir_all(folder))
    }

    fn step(&self, step: FileStep<'_>, act: &mut dyn FnMut() -> io::Result<()>) -> io::Result<()> {
        match &self.faults {
            None => act(),
            Some(faults) => faults.strike(step, act),
        }
    }
}

/// The folder that names a file or folder.
pub(crate) fn above(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    /// Notes each step, and fails the one with this number.
    #[derive(Default)]
    struct Told {
        steps: Mutex<Vec<String>>,
        fails: usize,
    }

    impl FileFaults for Told {
        fn strike(&self, step: FileStep<'_>, act: &mut dyn FnMut() -> io::Result<()>) -> io::Result<()> {
            let mut steps = self.steps.lock().unwrap();
            steps.push(format!("{step:?}").split('(').next().unwrap().to_owned());
            if steps.len() == self.fails { Err(io::Error::other("as planned")) } else { act() }
        }
    }

    #[test]
    fn a_file_is_synced_before_it_has_its_name_and_the_name_after_that() {
        let folder = tempfile::tempdir().unwrap();
        let told = Arc::new(Told::default());
        let files = Files::with_faults(Arc::clone(&told) as Arc<dyn FileFaults>);
        files.make_folders(&folder.path().join("a/b")).unwrap();
        let (beside, place) = (folder.path().join("a/b/.new"), folder.path().join("a/b/file"));
        files.replace(&beside, &place, b"one").unwrap();
        files.remove(&place).unwrap();
        files.remove_folder(&folder.path().join("a")).unwrap();
        let steps = told.steps.lock().unwrap().join(" ");
        let expected = "MakeFolder SyncFolder MakeFolder SyncFolder Create Write Sync Rename SyncFolder Remove \
                        RemoveFolder";
        assert_eq!(steps, expected);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_step_that_fails_ends_it_and_leaves_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let (beside, place) = (folder.path().join(".new"), folder.path().join("file"));
        for fails in 1..=5 {
            Files::default().replace(&beside, &place, b"one").unwrap();
            let faults = Arc::new(Told { fails, ..Told::default() });
            let files = Files::with_faults(faults as Arc<dyn FileFaults>);
            assert!(files.replace(&beside, &place, b"two").is_err(), "step {fails}");
            let left = fs::read(&place).unwrap();
            assert_eq!(left, if fails == 5 { b"two" } else { b"one" }, "step {fails}");
        }
    }
}
