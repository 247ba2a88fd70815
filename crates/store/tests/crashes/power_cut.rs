//! Power cuts: a child process appends under strace; then its writes are replayed onto a copy of the ledger as
//! a disk might have them that lost its power at each moment: what a sync had covered, and of the rest
//! nothing, or the first half. Everything that was acknowledged by then is there.

use crate::common::{SIZES, batch, check_ledger, copy, names};
use crate::trace::{self, Happened};
use minutebook_store::{Engine as _, SledEngine};
use std::collections::BTreeMap;
use std::env;
use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Says in the child which folder, which size of entry and how many to a batch.
const CHILD: &str = "MINUTEBOOK_TEST_POWER_CUT";

/// How many commits the child makes.
const COMMITS: u64 = 5;

/// What the child says when it has copied the ledger as it was opened: the replay starts there.
const COPIED: &str = "\ncopied\n";

/// What the child's lines of acknowledgement start with.
const ACKNOWLEDGED: &str = "\nacknowledged ";

/// Appends a few batches. In the parent, where the variable is absent, there is nothing to do.
#[tokio::test]
async fn child() {
    let Ok(told) = env::var(CHILD) else { return };
    let [dir, size, each] = told.split('|').collect::<Vec<_>>().try_into().unwrap();
    let (dir, size, each) = (Path::new(dir), size.parse().unwrap(), each.parse().unwrap());
    let engine = SledEngine::open(&dir.join("ledger")).unwrap();
    copy(&dir.join("ledger"), &dir.join("copy"));
    say(COPIED);
    let mut head = engine.head().await.unwrap();
    for _commit in 0..COMMITS {
        head = engine.commit(head, batch(head.size, each, size)).await.unwrap();
        say(&format!("{ACKNOWLEDGED}{}\n", head.size));
    }
}

// In one write, which the trace shows as one.
fn say(line: &str) {
    std::io::stdout().write_all(line.as_bytes()).unwrap();
    std::io::stdout().flush().unwrap();
}

/// Whether strace is there and may trace; without it the tests here are skipped aloud, or fail if all are to run.
fn can_trace() -> bool {
    let tried = Command::new("strace").args(["-o", "/dev/null", "true"]).stderr(Stdio::null()).status();
    let can = tried.is_ok_and(|status| status.success());
    if !can {
        assert!(
            env::var_os("MINUTEBOOK_TEST_ALL").is_none(),
            "strace is needed, and may not trace or is not there"
        );
        eprintln!("SKIPPED: power cuts are not simulated, since strace may not trace or is not there");
    }
    can
}

/// Runs the child and gives what happened after it had copied the ledger.
fn trace_child(dir: &Path, size: usize, each: u64) -> Vec<Happened> {
    let lines = dir.join("trace");
    let status = Command::new("strace")
        .args(["-f", "-y", "-xx", "-s", "99999999", "-e", "signal=none"])
        .args(["-e", "trace=pwrite64,write,fdatasync,fsync,ftruncate,fallocate,rename,unlink", "-o"])
        .arg(&lines)
        .arg(env::current_exe().unwrap())
        .args(["--exact", "power_cut::child", "--nocapture"])
        .env(CHILD, format!("{}|{size}|{each}", dir.display()))
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
    let lines = fs::read_to_string(lines).unwrap();
    // What opening does is not replayed: it ends with everything synced, which is the copy.
    let marker: String = COPIED.bytes().map(|byte| format!("\\x{byte:02x}")).collect();
    let (_opening, after) = lines.split_once(&marker).unwrap();
    trace::parse(after.split_once('\n').unwrap().1)
}

/// The files as a power cut leaves them, told event by event.
#[derive(Default)]
struct Disk {
    /// Writes that have begun, in their order, each with the number of its call and whether it has ended.
    pending: Vec<(usize, bool, PathBuf, u64, Vec<u8>)>,
    /// Syncs that have begun, and the calls whose writes each will cover.
    syncs: BTreeMap<usize, Vec<usize>>,
    /// Writes that a power cut can't take, in the order of their syncs.
    durable: Vec<(PathBuf, u64, Vec<u8>)>,
    acknowledged: u64,
}

impl Disk {
    fn take(&mut self, happened: &Happened) {
        match happened {
            Happened::Wrote { call, path, at, bytes } => {
                self.pending.push((*call, false, path.clone(), *at, bytes.clone()));
            }
            Happened::SyncBegun { call, path } => {
                let covered = self.pending.iter().filter(|(_call, ended, to, ..)| *ended && to == path);
                self.syncs.insert(*call, covered.map(|(call, ..)| *call).collect());
            }
            Happened::Ended { call } => match self.syncs.remove(call) {
                Some(covered) => self.settle(&covered),
                None => {
                    self.pending.iter_mut().filter(|write| write.0 == *call).for_each(|write| write.1 = true)
                }
            },
            Happened::Said(line) => {
                let length = line.strip_prefix(ACKNOWLEDGED).map(|length| length.trim_end().parse().unwrap());
                self.acknowledged = length.unwrap_or(self.acknowledged);
            }
        }
    }

    fn settle(&mut self, covered: &[usize]) {
        let (durable, pending) =
            std::mem::take(&mut self.pending).into_iter().partition(|(call, ..)| covered.contains(call));
        self.pending = pending;
        self.durable
            .extend(Vec::into_iter(durable).map(|(_call, _ended, path, at, bytes)| (path, at, bytes)));
    }

    /// Makes `dir` a copy of `copy` with what is durable, and with half of what is not if it is `torn`.
    fn lay_out(&self, copy_of: &Path, dir: &Path, pending: Pending) {
        copy(copy_of, dir);
        let name = |path: &Path| path.strip_prefix(copy_of.with_file_name("ledger")).unwrap().to_owned();
        for (path, at, bytes) in &self.durable {
            write_at(&dir.join(name(path)), *at, bytes);
        }
        for (_call, _ended, path, at, bytes) in self.pending.iter().filter(|_| pending == Pending::Torn) {
            write_at(&dir.join(name(path)), *at, &bytes[..bytes.len() / 2]);
        }
    }
}

/// What becomes of writes that no sync has covered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pending {
    Lost,
    Torn,
}

fn write_at(path: &Path, at: u64, bytes: &[u8]) {
    File::options().write(true).open(path).unwrap().write_all_at(bytes, at).unwrap();
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_power_cut_at_every_moment() {
    if !can_trace() {
        return;
    }
    for (size, each) in SIZES.into_iter().zip([1, 3, 2]) {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().canonicalize().unwrap();
        drop(SledEngine::create(&dir.join("ledger")).unwrap());
        let mut disk = Disk::default();
        for happened in trace_child(&dir, size, each) {
            disk.take(&happened);
            // Only the moments at which a cut would leave something else than the moment before.
            let pendings = match happened {
                Happened::SyncBegun { .. } => &[][..],
                Happened::Wrote { .. } => &[Pending::Torn],
                Happened::Ended { .. } | Happened::Said(_) => &[Pending::Lost, Pending::Torn],
            };
            for pending in pendings {
                check_cut(&disk, &dir, size, each, *pending).await;
            }
        }
        assert_eq!(disk.acknowledged, COMMITS * each, "the whole trace was replayed");
    }
}

/// Cuts the power now: the ledger opens, has what was acknowledged, and at most the commit that was under way.
async fn check_cut(disk: &Disk, dir: &Path, size: usize, each: u64, pending: Pending) {
    let cut = dir.join("cut");
    disk.lay_out(&dir.join("copy"), &cut, pending);
    let engine = SledEngine::open(&cut).unwrap();
    let length = engine.head().await.unwrap().size;
    let acknowledged = disk.acknowledged;
    assert!(length >= acknowledged, "{acknowledged} were acknowledged, {length} are there, {pending:?}");
    assert!(length <= acknowledged + each && length % each == 0, "{length} after {acknowledged}");
    check_ledger(&engine, length, size).await;
    drop(engine);
    fs::remove_dir_all(&cut).unwrap();
}

/// The replay would notice: with the syncs of sled's file left out, as if `flush` were enough, what was
/// acknowledged is gone, and opening says so.
#[tokio::test]
async fn without_our_own_sync_a_power_cut_takes_what_was_acknowledged() {
    if !can_trace() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().canonicalize().unwrap();
    drop(SledEngine::create(&dir.join("ledger")).unwrap());
    let mut disk = Disk::default();
    let is_sync_of_db =
        |happened: &Happened| matches!(happened, Happened::SyncBegun { path, .. } if path.ends_with("db"));
    trace_child(&dir, 600, 1)
        .iter()
        .filter(|happened| !is_sync_of_db(happened))
        .for_each(|happened| disk.take(happened));

    disk.lay_out(&dir.join("copy"), &dir.join("cut"), Pending::Lost);
    assert_eq!(names(&dir.join("cut")), names(&dir.join("ledger")));
    let refused = SledEngine::open(&dir.join("cut")).unwrap_err().to_string();
    assert!(refused.contains("position 0 is the first that is missing"), "{refused}");
}
