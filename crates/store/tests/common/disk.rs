//! Disks that fail: one step struck in one way, and what a power cut leaves at any moment.

#![allow(dead_code, reason = "each test file takes what it needs")]

use minutebook_store::{FileFaults, FileStep, Files};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// How a step fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Nothing of it happened.
    NotDone,
    /// Half of the bytes were written, or half of the files removed.
    Half,
    /// All of it happened, and it is said to have failed.
    Done,
}

const WAYS: [Way; 3] = [Way::NotDone, Way::Half, Way::Done];

/// Strikes at one step, in one way; every other step is done.
#[derive(Debug)]
pub(crate) struct OneFault {
    at: usize,
    way: Way,
    steps: AtomicUsize,
}

impl OneFault {
    fn files(at: usize, way: Way) -> (Arc<Self>, Files) {
        let fault = Arc::new(Self { at, way, steps: AtomicUsize::new(0) });
        (Arc::clone(&fault), Files::with_faults(fault))
    }

    fn has_struck(&self) -> bool {
        self.steps.load(Ordering::SeqCst) > self.at
    }
}

impl FileFaults for OneFault {
    fn strike(&self, step: FileStep<'_>, act: &mut dyn FnMut() -> io::Result<()>) -> io::Result<()> {
        if self.steps.fetch_add(1, Ordering::SeqCst) != self.at {
            return unsynced(step, act);
        }
        fail(step, self.way, act)
    }
}

/// Does a step, but for syncs: no power is cut here but by [`Disk`], which knows what a sync would have done.
fn unsynced(step: FileStep<'_>, act: &mut dyn FnMut() -> io::Result<()>) -> io::Result<()> {
    match step {
        FileStep::Sync(_) | FileStep::SyncFolder(_) => Ok(()),
        _ => act(),
    }
}

/// Files that do not wait for the machine's disk.
#[derive(Debug)]
pub(crate) struct Unsynced;

impl FileFaults for Unsynced {
    fn strike(&self, step: FileStep<'_>, act: &mut dyn FnMut() -> io::Result<()>) -> io::Result<()> {
        unsynced(step, act)
    }
}

impl Unsynced {
    pub(crate) fn files() -> Files {
        Files::with_faults(Arc::new(Self))
    }
}

/// Fails a step in one way, with what the operating system says of such a step.
pub(crate) fn fail(step: FileStep<'_>, way: Way, act: &mut dyn FnMut() -> io::Result<()>) -> io::Result<()> {
    match (way, step) {
        (Way::NotDone, _) => {}
        (Way::Half, FileStep::Write(path, bytes)) => fs::write(path, &bytes[..bytes.len() / 2])?,
        (Way::Half, FileStep::RemoveFolder(folder)) => {
            // One of its files has gone.
            if let Some(file) = fs::read_dir(folder).ok().and_then(|mut files| files.next()) {
                fs::remove_file(file?.path())?;
            }
        }
        (Way::Half | Way::Done, _) => unsynced(step, act)?,
    }
    // No input or output, too many open files, no room.
    const EIO: i32 = 5;
    const EMFILE: i32 = 24;
    const ENOSPC: i32 = 28;
    let said = match step {
        FileStep::Create(_) | FileStep::SyncFolder(_) => EMFILE,
        FileStep::MakeFolder(_) | FileStep::Write(..) | FileStep::Rename(..) => ENOSPC,
        FileStep::Sync(_) | FileStep::Remove(_) | FileStep::RemoveFolder(_) => EIO,
    };
    Err(io::Error::from_raw_os_error(said))
}

/// Runs a scenario once for each step that it takes and each way in which that step can fail, and returns how often.
/// The scenario is told what is struck, for its messages.
pub(crate) async fn at_every_step(scenario: impl AsyncFn(Files, String)) -> usize {
    let mut times = 0;
    for way in WAYS {
        for at in 0.. {
            let (fault, files) = OneFault::files(at, way);
            scenario(files, format!("step {at}, {way:?}")).await;
            if !fault.has_struck() {
                break;
            }
            times += 1;
        }
    }
    times
}

/// What becomes of names whose folder was not synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Names {
    Lost,
    Kept,
}

/// What becomes of bytes that were not synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bytes {
    Lost,
    Torn,
}

const CUTS: [(Names, Bytes); 4] = [
    (Names::Lost, Bytes::Lost),
    (Names::Lost, Bytes::Torn),
    (Names::Kept, Bytes::Lost),
    (Names::Kept, Bytes::Torn),
];

/// One thing that happened.
#[derive(Debug, Clone)]
enum Happened {
    MakeFolder(PathBuf),
    Create(PathBuf),
    Write(PathBuf, Vec<u8>),
    Sync(PathBuf),
    Rename(PathBuf, PathBuf),
    SyncFolder(PathBuf),
    Remove(PathBuf),
    RemoveFolder(PathBuf),
    /// Somebody was told something, who will hold it against us.
    Said(u64),
}

/// A disk that notes what is done to it, and can be laid out as a power cut would have left it at any moment.
#[derive(Debug, Default)]
pub(crate) struct Disk {
    happened: Mutex<Vec<Happened>>,
    /// Whether syncs count for nothing: what a test uses to show that it would notice.
    forgets_syncs: bool,
}

impl Happened {
    fn name(&self) -> String {
        match self {
            Self::Write(path, bytes) => format!("Write({}, {} bytes)", path.display(), bytes.len()),
            other => format!("{other:?}"),
        }
    }
}

impl FileFaults for Disk {
    fn strike(&self, step: FileStep<'_>, act: &mut dyn FnMut() -> io::Result<()>) -> io::Result<()> {
        unsynced(step, act)?;
        let happened = match step {
            FileStep::MakeFolder(path) => Happened::MakeFolder(path.to_owned()),
            FileStep::Create(path) => Happened::Create(path.to_owned()),
            FileStep::Write(path, bytes) => Happened::Write(path.to_owned(), bytes.to_owned()),
            FileStep::Sync(path) => Happened::Sync(path.to_owned()),
            FileStep::Rename(from, to) => Happened::Rename(from.to_owned(), to.to_owned()),
            FileStep::SyncFolder(path) => Happened::SyncFolder(path.to_owned()),
            FileStep::Remove(path) => Happened::Remove(path.to_owned()),
            FileStep::RemoveFolder(path) => Happened::RemoveFolder(path.to_owned()),
        };
        self.happened.lock().unwrap().push(happened);
        Ok(())
    }
}

/// The bytes of a file, as everybody sees them and as the disk has them.
#[derive(Debug, Clone, Default)]
struct Inode {
    seen: Vec<u8>,
    durable: Vec<u8>,
}

/// Files and folders by their names, as everybody sees them and as the disk has them.
#[derive(Debug, Default)]
struct State {
    inodes: Vec<Inode>,
    names: BTreeMap<PathBuf, usize>,
    durable_names: BTreeMap<PathBuf, usize>,
    folders: BTreeSet<PathBuf>,
    durable_folders: BTreeSet<PathBuf>,
}

impl State {
    fn take(&mut self, happened: &Happened, forgets_syncs: bool) {
        match happened {
            Happened::MakeFolder(path) => drop(self.folders.insert(path.clone())),
            Happened::Create(path) => match self.names.get(path) {
                Some(at) => self.inodes[*at].seen.clear(),
                None => {
                    self.names.insert(path.clone(), self.inodes.len());
                    self.inodes.push(Inode::default());
                }
            },
            Happened::Write(path, bytes) => self.inodes[self.names[path]].seen.extend(bytes),
            Happened::Sync(path) => {
                if let Some(at) = self.names.get(path).filter(|_at| !forgets_syncs) {
                    self.inodes[*at].durable = self.inodes[*at].seen.clone();
                }
            }
            Happened::Rename(from, to) => {
                let at = self.names.remove(from).unwrap();
                self.names.insert(to.clone(), at);
            }
            Happened::SyncFolder(folder) => {
                let is_in = |path: &Path| path.parent() == Some(folder);
                self.durable_names.retain(|path, _at| !is_in(path));
                let names = self.names.iter().filter(|(path, _at)| is_in(path));
                self.durable_names.extend(names.map(|(path, at)| (path.clone(), *at)));
                self.durable_folders.retain(|path| !is_in(path));
                self.durable_folders.extend(self.folders.iter().filter(|path| is_in(path)).cloned());
            }
            Happened::Remove(path) => drop(self.names.remove(path)),
            Happened::RemoveFolder(folder) => {
                self.names.retain(|path, _at| !path.starts_with(folder));
                self.folders.retain(|path| !path.starts_with(folder));
            }
            Happened::Said(_) => {}
        }
    }

    /// Makes `to` what a power cut leaves of `root`, on top of what `root` had before anything was noted.
    fn lay_out(&self, (root, before): (&Path, &Path), to: &Path, (names, bytes): (Names, Bytes)) {
        let _none_yet = fs::remove_dir_all(to);
        copy(before, to);
        let (files, folders) = match names {
            Names::Lost => (&self.durable_names, &self.durable_folders),
            Names::Kept => (&self.names, &self.folders),
        };
        let is_there = |path: &Path| {
            let above = path.ancestors().skip(1).take_while(|above| *above != root);
            above.filter(|above| self.folders.contains(*above)).all(|above| folders.contains(above))
        };
        for folder in folders.iter().filter(|folder| is_there(folder)) {
            if let Ok(within) = folder.strip_prefix(root) {
                fs::create_dir_all(to.join(within)).unwrap();
            }
        }
        for (path, at) in files.iter().filter(|(path, _at)| is_there(path)) {
            let Inode { seen, durable } = &self.inodes[*at];
            let content = match bytes {
                Bytes::Torn if seen != durable => &seen[..seen.len() / 2],
                Bytes::Lost | Bytes::Torn => durable,
            };
            let place = to.join(path.strip_prefix(root).unwrap());
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            fs::write(place, content).unwrap();
        }
    }
}

impl Disk {
    /// A disk, and files on it.
    pub(crate) fn new() -> (Arc<Self>, Files) {
        let disk = Arc::new(Self::default());
        (Arc::clone(&disk), Files::with_faults(disk))
    }

    /// A disk that forgets what was synced.
    pub(crate) fn forgetful() -> (Arc<Self>, Files) {
        let disk = Arc::new(Self { forgets_syncs: true, ..Self::default() });
        (Arc::clone(&disk), Files::with_faults(disk))
    }

    /// Notes that somebody was told a number.
    pub(crate) fn say(&self, number: u64) {
        self.happened.lock().unwrap().push(Happened::Said(number));
    }

    /// Cuts the power after each thing that happened, in four ways each: names whose folders were not synced are there
    /// or not, bytes that were not synced are gone or torn. `cut` is handed the image, what was said last until then,
    /// and words for its messages. `root` had `before` in it when the notes began. Returns how many images there were.
    pub(crate) async fn cut_everywhere(
        &self,
        root: &Path,
        before: &Path,
        cut: impl AsyncFn(&Path, u64, String),
    ) -> usize {
        let (happened, image) = (self.happened.lock().unwrap().clone(), tempfile::tempdir().unwrap());
        let (mut state, mut said, mut images) = (State::default(), 0, 0);
        for (step, now) in happened.iter().enumerate() {
            state.take(now, self.forgets_syncs);
            if let Happened::Said(number) = now {
                said = *number;
            }
            for how in CUTS {
                let to = image.path().join("image");
                state.lay_out((root, before), &to, how);
                cut(&to, said, format!("after {step}, {}: {how:?}", now.name())).await;
                images += 1;
            }
        }
        images
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let place = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &place);
        } else {
            fs::copy(entry.path(), &place).unwrap();
        }
    }
}
