//! What the operating system refuses: a child process has few files or little room, and opens a ledger or appends.
//! Whatever fails is told as what it is, and never as damage; and without the limit all is there.
//!
//! The child is this test binary, told by a variable what to do; its shell sets the limit.

use crate::common::{ALL, batch, check_ledger, grow};
use minutebook_log::Position;
use minutebook_store::{Engine as _, EngineError, OpenError, SledEngine};
use rustix::process::{Resource, getrlimit, setrlimit};
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tokio::time::timeout;

/// Says in the child which folder.
const CHILD: &str = "MINUTEBOOK_TEST_LIMITS";

/// What the child's one line starts with, among those of the test harness.
const SAID: &str = "the child said: ";

/// The size of an entry.
const SIZE: usize = 600;

/// How many entries the ledger has.
const LENGTH: u64 = 20;

/// Opens the ledger and appends an entry. In the parent, where the variable is absent, there is nothing to do.
#[test]
fn child() {
    let Ok(dir) = env::var(CHILD) else { return };
    let said = match SledEngine::open(Path::new(&dir)) {
        Ok(engine) => appended(&engine),
        Err(error @ OpenError::Files { .. }) => format!("not opened: {error}"),
        Err(other) => format!("WRONG: {other}"),
    };
    println!("{SAID}{}", said.replace('\n', " "));
}

/// Says in the other child which folder.
const FILLED: &str = "MINUTEBOOK_TEST_FILLED";

/// How long a commit is waited for: one that hangs is worse than one that fails.
const COMMIT_MAX: Duration = Duration::from_secs(60);

/// Appends until there is no room, is told so, reads on, is given room, and goes on, all in one process.
#[test]
fn filled_child() {
    let Ok(dir) = env::var(FILLED) else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    println!("{SAID}{}", runtime.block_on(filled(Path::new(&dir))));
}

/// Sets how long a file may get; nothing sets no limit.
fn limit_files(bytes: Option<u64>) {
    let mut limit = getrlimit(Resource::Fsize);
    limit.current = bytes.or(limit.maximum);
    setrlimit(Resource::Fsize, limit).unwrap();
}

async fn filled(dir: &Path) -> String {
    let engine = SledEngine::open(dir).unwrap();
    let mut head = engine.head().await.unwrap();
    let length = std::fs::metadata(dir.join("store/db")).unwrap().len();
    limit_files(Some(length + 100 * 1024));
    let failed = loop {
        match timeout(COMMIT_MAX, engine.commit(head, batch(head.size, 5, SIZE))).await {
            Err(_late) => return "a commit hung".to_owned(),
            Ok(Ok(next)) if next.size < 100_000 => head = next,
            Ok(other) => break other,
        }
    };
    if !matches!(&failed, Err(EngineError::Unknown { .. })) {
        return format!("not told: {failed:?}");
    }
    // What sled has in memory is read on; after its first error it reads nothing more from its file, and says why.
    match engine.entries(Position::FIRST, ALL).await.map(|read| read.len() as u64) {
        Ok(read) if read == head.size => {}
        Err(EngineError::Files { why, .. }) if why.contains("too large") => {}
        other => return format!("not read on: {other:?}"),
    }
    let without_room = timeout(COMMIT_MAX, engine.reopen()).await;
    if !matches!(&without_room, Ok(Err(EngineError::Files { why, .. })) if why.contains("too large")) {
        return format!("opened without room: {without_room:?}");
    }
    let stopped = engine.commit(head, batch(head.size, 1, SIZE)).await;
    if !matches!(&stopped, Err(EngineError::Stopped { .. })) {
        return format!("not stopped: {stopped:?}");
    }
    limit_files(None);
    let opened = match timeout(COMMIT_MAX, engine.reopen()).await {
        Ok(Ok(opened)) if opened == head || opened == batch(head.size, 5, SIZE).head_after(head) => opened,
        other => return format!("not opened anew: {other:?}"),
    };
    grow(&engine, opened.size + 500, 5, SIZE).await;
    check_ledger(&engine, opened.size + 500, SIZE).await;
    "went on".to_owned()
}

fn appended(engine: &SledEngine) -> String {
    let end = *engine.watch().borrow();
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().build() else {
        return "no runtime".to_owned();
    };
    match runtime.block_on(engine.commit(end, batch(end.size, 1, SIZE))) {
        Ok(_head) => "appended".to_owned(),
        Err(error @ (EngineError::Unknown { .. } | EngineError::Files { .. })) => {
            format!("not appended: {error}")
        }
        Err(other) => format!("WRONG: {other}"),
    }
}

/// What the child says under a limit of the shell's.
fn said_under(limit: &str, dir: &Path) -> String {
    // A file that grows beyond its limit fails a write, as a full disk does, where the signal for it is ignored.
    let script = format!(
        "trap '' XFSZ; ulimit {limit}; exec \"$0\" --exact limits::child --nocapture --test-threads 1"
    );
    let program = env::current_exe().unwrap();
    let output = Command::new("sh").args(["-c", &script]).arg(program).env(CHILD, dir).output().unwrap();
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    // Where the limit leaves the test harness itself no room, the child does not get as far.
    let said = lines.lines().find_map(|line| line.split_once(SAID)).map(|(_before, said)| said.to_owned());
    said.unwrap_or_else(|| "nothing".to_owned())
}

async fn ledger(dir: &Path) -> PathBuf {
    let dir = dir.join("ledger");
    grow(&SledEngine::create(&dir).unwrap(), LENGTH, 5, SIZE).await;
    drop(SledEngine::open(&dir).unwrap());
    dir
}

/// Tries each limit, and gives what was said.
async fn said_under_all(limits: impl Iterator<Item = String>) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    let dir = ledger(dir.path()).await;
    let mut said = Vec::new();
    for limit in limits {
        let line = said_under(&limit, &dir);
        assert!(!line.contains("WRONG") && !line.contains("repair"), "{limit}: {line}");
        said.push(line);
    }
    let engine = SledEngine::open(&dir).unwrap();
    let length = engine.head().await.unwrap().size;
    let appended = said.iter().filter(|line| *line == "appended").count() as u64;
    assert!(length >= LENGTH + appended, "{length} entries, {appended} appended: {said:?}");
    check_ledger(&engine, length, SIZE).await;
    said
}

#[tokio::test]
async fn too_few_files_are_told_as_that() {
    let said = said_under_all((5..24).map(|files| format!("-n {files}"))).await;
    let told = said.iter().filter(|line| line.contains("Too many open files")).count();
    assert!(told >= 3, "{said:#?}");
    assert_eq!(said.last().unwrap(), "appended", "{said:#?}");
}

#[tokio::test]
async fn too_little_room_is_told_as_that() {
    // In blocks of 512 or 1,024 bytes: from less than the mark to more than the store.
    let limits = [0, 1, 4, 64, 700, 1000, 1100, 8000].map(|blocks| format!("-f {blocks}"));
    let said = said_under_all(limits.into_iter()).await;
    let told = said.iter().filter(|line| line.contains("File too large")).count();
    assert!(told >= 1, "{said:#?}");
    assert_eq!(said.last().unwrap(), "appended", "{said:#?}");
}

#[tokio::test]
async fn with_room_again_a_store_that_was_full_goes_on_in_the_same_process() {
    let dir = tempfile::tempdir().unwrap();
    let dir = ledger(dir.path()).await;
    let program = env::current_exe().unwrap();
    let script = "trap '' XFSZ; exec \"$0\" --exact limits::filled_child --nocapture --test-threads 1";
    for _once_more in 0..3 {
        let output =
            Command::new("sh").args(["-c", script]).arg(&program).env(FILLED, &dir).output().unwrap();
        let lines = String::from_utf8_lossy(&output.stdout).into_owned();
        let said = lines.lines().find_map(|line| line.split_once(SAID)).map(|(_before, said)| said);
        assert_eq!(said, Some("went on"), "{lines}{}", String::from_utf8_lossy(&output.stderr));
    }
    let engine = SledEngine::open(&dir).unwrap();
    let length = engine.head().await.unwrap().size;
    check_ledger(&engine, length, SIZE).await;
}
