//! kill -9: a child process appends and says what was acknowledged; the parent kills it in the middle, opens
//! the ledger, and everything that was acknowledged is there.
//!
//! The child is this test binary, told by a variable what to do.

use crate::common::{SIZES, batch, check_ledger};
use minutebook_store::{Engine as _, SledEngine};
use std::env;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Says in the child which folder, which size of entry and how many to a batch.
const CHILD: &str = "MINUTEBOOK_TEST_KILL";

/// What the child's lines start with, among those of the test harness.
const ACKNOWLEDGED: &str = "acknowledged ";

/// Appends until it is killed. In the parent, where the variable is absent, there is nothing to do.
#[tokio::test]
async fn child() {
    let Ok(told) = env::var(CHILD) else { return };
    let [dir, size, each] = told.split('|').collect::<Vec<_>>().try_into().unwrap();
    let (size, each) = (size.parse().unwrap(), each.parse().unwrap());
    let engine = SledEngine::open(Path::new(dir)).unwrap();
    let mut head = engine.head().await.unwrap();
    let mut out = std::io::stdout();
    loop {
        head = engine.commit(head, batch(head.size, each, size)).await.unwrap();
        // One write, so that a kill leaves a whole line or none.
        out.write_all(format!("\n{ACKNOWLEDGED}{}\n", head.size).as_bytes()).unwrap();
        out.flush().unwrap();
    }
}

fn start_child(dir: &Path, size: usize, each: u64) -> Child {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", "kill::child", "--nocapture"])
        .env(CHILD, format!("{}|{size}|{each}", dir.display()))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Kills the child once it has acknowledged `lines` commits, and gives the last length that it said.
fn kill_after(mut child: Child, lines: usize) -> u64 {
    let mut acknowledged = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok)
        .filter_map(|line| line.strip_prefix(ACKNOWLEDGED)?.parse::<u64>().ok());
    let seen = acknowledged.nth(lines - 1).expect("the child went on until it was killed");
    child.kill().unwrap();
    let unseen = acknowledged.last();
    assert!(!child.wait().unwrap().success());
    unseen.unwrap_or(seen)
}

async fn check_kills(each: u64) {
    for size in SIZES {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().join("ledger");
        drop(SledEngine::create(&dir).unwrap());
        for lines in [1, 2, 7, 25] {
            let acknowledged = kill_after(start_child(&dir, size, each), lines);
            let engine = SledEngine::open(&dir).unwrap();
            let length = engine.head().await.unwrap().size;
            assert!(length >= acknowledged, "{acknowledged} were acknowledged, {length} are there");
            assert!(length <= acknowledged + each, "one commit at most was under way");
            assert_eq!(length % each, 0, "a batch is whole or absent");
            check_ledger(&engine, length, size).await;
        }
    }
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill_one_entry_to_a_commit() {
    check_kills(1).await;
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill_nine_entries_to_a_commit() {
    check_kills(9).await;
}
