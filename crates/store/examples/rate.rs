//! How fast the sled engine commits and opens here, beside the bare limit in the same run: an append to a plain
//! file and its `fdatasync`. Run it in release: `cargo run --release -p minutebook-store --example rate [DIR]`.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement, run by hand")]

use minutebook_log::{EventId, Hash, Position};
use minutebook_store::{Batch, Engine as _, NewEntry, ReadLimits, SledEngine};
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

/// The bytes of an entry.
const SIZE: usize = 600;

/// How long each line is measured.
const SPAN: Duration = Duration::from_secs(8);

/// How many commits, and then as many bare appends, make a turn.
const TURN: u32 = 20;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let dir = tempfile::tempdir_in(std::env::args().nth(1).unwrap_or_else(|| ".".to_owned())).unwrap();
    for each in [1, 64] {
        let ledger = dir.path().join(format!("ledger-{each}"));
        let (commits, bare, length) = measure(&ledger, &dir.path().join(format!("bare-{each}")), each).await;
        println!("{each} entries to a commit: {commits:.0}/s, {:.0} entries/s", commits * each as f64);
        println!("  append and fdatasync: {bare:.0}/s; ratio {:.2}", commits / bare);
        reopen(&ledger, length).await;
    }
}

/// Rates of commits and of bare appends, one at a time, and the length of the log at the end. The two take
/// turns, so that both meet the same disk.
async fn measure(ledger: &Path, bare: &Path, each: u64) -> (f64, f64, u64) {
    let engine = SledEngine::create(ledger).unwrap();
    let mut head = engine.head().await.unwrap();
    let mut file = File::create(bare).unwrap();
    let bytes = vec![b'x'; SIZE * each as usize];
    let (mut committing, mut appending, mut turns) = (Duration::ZERO, Duration::ZERO, 0);
    while committing + appending < SPAN {
        let start = Instant::now();
        for _commit in 0..TURN {
            let batch = Batch::of((head.size..head.size + each).map(entry).collect());
            head = engine.commit(head, batch).await.unwrap();
        }
        committing += start.elapsed();
        let start = Instant::now();
        for _append in 0..TURN {
            file.write_all(&bytes).unwrap();
            file.sync_data().unwrap();
        }
        appending += start.elapsed();
        turns += 1;
    }
    let rate = |span: Duration| f64::from(turns * TURN) / span.as_secs_f64();
    (rate(committing), rate(appending), head.size)
}

async fn reopen(dir: &Path, length: u64) {
    let bytes: u64 =
        ["store/db", "high-water"].iter().map(|name| dir.join(name).metadata().unwrap().len()).sum();
    let start = Instant::now();
    let engine = SledEngine::open(dir).unwrap();
    let opened = start.elapsed();
    let start = Instant::now();
    let mut next = Position::FIRST;
    while next.0 < length {
        let limits = ReadLimits { entries: 1000, bytes: 1 << 20 };
        next = engine.entries(next, limits).await.unwrap().last().unwrap().position.next();
    }
    let read = start.elapsed();
    let rate = |span: Duration| length as f64 / span.as_secs_f64();
    println!(
        "  {length} entries: opened in {opened:.2?} ({:.0} entries/s), read in {read:.2?} ({:.0} entries/s), disk {:.2} x",
        rate(opened),
        rate(read),
        bytes as f64 / (length as f64 * SIZE as f64)
    );
}

fn entry(position: u64) -> NewEntry {
    let mut bytes = format!("entry {position}\n").into_bytes();
    bytes.resize(SIZE, b'.');
    let mut random = [0; 10];
    random[2..].copy_from_slice(&position.to_be_bytes());
    let subject = format!("body/{}", position % 300).parse().unwrap();
    NewEntry {
        hash: Hash::of(&bytes),
        bytes,
        id: EventId::from_parts(position, &random),
        subject,
        stream_number: position / 300 + 1,
    }
}
