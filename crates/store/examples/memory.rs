//! How much memory the sled engine takes while a log grows, and after it was opened again:
//! `cargo run -p minutebook-store --example memory [ENTRIES] [DIR]`. The figures are those of the whole process.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement, run by hand")]

use minutebook_log::{EventId, Hash, Position};
use minutebook_store::{Batch, Engine as _, NewEntry, ReadLimits, SledEngine};
use std::path::Path;
use std::time::Instant;

/// The bytes of an entry.
const SIZE: usize = 781;

/// How many entries a commit has.
const EACH: u64 = 256;

/// In how many subjects the entries are.
const SUBJECTS: u64 = 200;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let mut told = std::env::args().skip(1);
    let length = told.next().map_or(300_000, |length| length.parse().unwrap());
    let dir = tempfile::tempdir_in(told.next().unwrap_or_else(|| ".".to_owned())).unwrap();
    let ledger = dir.path().join("ledger");
    grow(&SledEngine::create(&ledger).unwrap(), length).await;
    println!("closed: {} MiB resident", resident_mib());

    let start = Instant::now();
    let engine = SledEngine::open(&ledger).unwrap();
    let bytes = ledger.join("store/db").metadata().unwrap().len() as f64;
    let times = bytes / (length as f64 * SIZE as f64);
    println!("opened in {:.2?}: {} MiB resident, disk {times:.2} x", start.elapsed(), resident_mib());
    let start = Instant::now();
    let mut next = Position::FIRST;
    while next.0 < length {
        let limits = ReadLimits { entries: 1000, bytes: 1 << 20 };
        next = engine.read_range(next, limits).unwrap().last().unwrap().position.next();
    }
    println!("read whole in {:.2?}: {} MiB resident", start.elapsed(), resident_mib());
}

async fn grow(engine: &SledEngine, length: u64) {
    let (mut head, start) = (engine.head().await.unwrap(), Instant::now());
    while head.size < length {
        let count = EACH.min(length - head.size);
        let batch = Batch::of((head.size..head.size + count).map(entry).collect());
        head = engine.commit(head, batch).await.unwrap();
        if (head.size / EACH).is_multiple_of(200) || head.size == length {
            println!("{} entries: {} MiB resident after {:.1?}", head.size, resident_mib(), start.elapsed());
        }
    }
}

fn resident_mib() -> u64 {
    let status = std::fs::read_to_string(Path::new("/proc/self/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.split_whitespace().next().unwrap().parse::<u64>().unwrap() / 1024
}

fn entry(position: u64) -> NewEntry {
    let mut bytes = format!("entry {position}\n").into_bytes();
    let mut state = position.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    bytes.resize_with(SIZE, || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[0]
    });
    let mut random = [0; 10];
    random[2..].copy_from_slice(&position.to_be_bytes());
    let subject = format!("body/{}", position % SUBJECTS).parse().unwrap();
    NewEntry {
        hash: Hash::of(&bytes),
        bytes,
        id: EventId::from_parts(position, &random),
        subject,
        stream_number: position / SUBJECTS + 1,
    }
}
