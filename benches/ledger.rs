//! What a ledger costs as it grows: memory, starts, appends beside refusals and questions. Each figure is printed beside
//! its target; nothing here passes or fails.
//!
//! `cargo bench --bench ledger -- 1000000` measures at that many entries; 100,000 without a number.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a bench"
)]

#[path = "../tests/support/mod.rs"]
mod support;

use minutebook::author::LedgerRef;
use minutebook::ledger::{self, Index, Ledger, Shelf, SystemClock};
use minutebook_governance::bodies::body;
use minutebook_governance::decisions::decisions_from;
use minutebook_governance::{BodyId, Date, Scope, View, register};
use minutebook_log::{Position, SecretKey, Signed, Timestamp};
use minutebook_store::SledEngine;
use serde_json::json;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use support::{ccg, decision, enrolment, grant, key, known_of, opening, registrars};

const BODIES: usize = 200;
const BATCH: usize = 500;
const ASKED: usize = 50;

fn slug(number: usize) -> String {
    format!("B{number:03}")
}

/// A figure beside its target.
fn row(what: &str, found: String, target: &str) {
    println!("{what:<52} {found:>18}   {target}");
}

/// What this process holds in memory.
fn resident_bytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}

fn folder_bytes(folder: &Path) -> u64 {
    let files = fs::read_dir(folder).into_iter().flatten().map(|file| file.unwrap().path());
    files
        .map(|path| if path.is_dir() { folder_bytes(&path) } else { fs::metadata(path).unwrap().len() })
        .sum()
}

fn mib(bytes: u64) -> String {
    format!("{:.0} MiB", bytes as f64 / 1024.0 / 1024.0)
}

fn percentile(times: &mut [Duration], hundredths: usize) -> Duration {
    times.sort_unstable();
    times[(times.len() * hundredths / 100).min(times.len() - 1)]
}

async fn open(dir: &Path, with_shelf: bool) -> Ledger {
    let index = Index { shelf: with_shelf.then(|| Shelf::of(dir)), ..Index::default() };
    Ledger::open_with(SledEngine::open(dir).unwrap(), SystemClock::new(), key(9), index).await.unwrap()
}

/// The decisions of one batch, 781 bytes each, over all bodies in turn.
fn decisions(secretary: &SecretKey, ledger: &LedgerRef, from: usize) -> Vec<Signed> {
    let sign = |number: usize| {
        let body = format!("body/{}", slug(number % BODIES));
        let mut story = decision(secretary, &body, "2019-07-04");
        story.facts["text"] = json!(format!("Decision {number}: {}", "it is so agreed. ".repeat(6)));
        story.signed(ledger)
    };
    (from..from + BATCH).map(sign).collect()
}

fn main() {
    let entries = std::env::args().filter_map(|word| word.parse().ok()).next().unwrap_or(100_000);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(measure(entries));
}

async fn measure(entries: usize) {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("ledger");
    let opened = opening("re-enactment");
    ledger::create(&dir, &opened, Timestamp::EPOCH).await.unwrap();
    let started = resident_bytes();
    let ledger = open(&dir, true).await;
    let (secretary, known) = (key(10), known_of(ledger.reader().id()));
    prologue(&ledger, &secretary, &known).await;

    let (mut written, mut bytes, mut appending) = (0, 0, Duration::ZERO);
    while written < entries {
        let batch = decisions(&secretary, &known, written);
        bytes += batch.iter().map(|signed| signed.event().bytes().len() as u64 + 400).sum::<u64>();
        let begun = Instant::now();
        ledger.append(batch).await.unwrap();
        appending += begun.elapsed();
        written += BATCH;
    }
    println!("{entries} decisions of {} bytes over {BODIES} bodies\n", bytes / written as u64 - 400);
    row("append, batches of 500", format!("{:.0}/s", written as f64 / appending.as_secs_f64()), "");
    let grown = resident_bytes() - started;
    row("memory after writing them", mib(resident_bytes()), "700 MiB at 1,000,000");
    row("  for each entry", format!("{} bytes", grown / entries as u64), "300 bytes of index");
    ask(&ledger).await;
    appends(&ledger, &secretary, &known, written).await;
    ledger.close().await;
    drop(ledger);

    let store = folder_bytes(&dir) as f64 / bytes as f64;
    row("disk, beside the entries' bytes", format!("{store:.2} x"), "2.5 x");
    let begun = Instant::now();
    let engine = SledEngine::open(&dir).unwrap();
    row("  of which sled opens in", format!("{:.2} s", begun.elapsed().as_secs_f64()), "");
    drop(engine);
    for (what, with_shelf, target) in [
        ("start from segments", true, "1 s at 1,000,000"),
        ("start without them", false, "100,000 entries/s"),
    ] {
        let begun = Instant::now();
        let ledger = open(&dir, with_shelf).await;
        let took = begun.elapsed().as_secs_f64();
        row(what, format!("{took:.2} s, {:.0}/s", entries as f64 / took), target);
        ledger.close().await;
    }
}

/// The keys, grants and bodies that decisions need.
async fn prologue(ledger: &Ledger, secretary: &SecretKey, known: &LedgerRef) {
    let (registrars, list) = (registrars(), key(11));
    let mut stories = vec![
        enrolment(&registrars, secretary),
        enrolment(&registrars, &list),
        grant(&registrars, "secretary", secretary, "secretary", json!({})),
        grant(&registrars, "register", &list, "register", json!({})),
    ];
    stories.extend((0..BODIES).map(|number| ccg(&list, &slug(number))));
    let events = stories.iter().map(|story| story.signed(known)).collect();
    ledger.append(events).await.unwrap();
}

type Question = fn(&minutebook_governance::Record, View, &BodyId) -> usize;

const QUESTIONS: [(&str, Question); 4] = [
    ("a body", |record, view, id| usize::from(body(record, id, view).is_some())),
    ("a page of its decisions", |record, view, id| {
        decisions_from(record, Position::FIRST, id.subject(), view).take(100).count()
    }),
    ("the last page of its decisions", |record, view, id| {
        let from = Position(record.len().saturating_sub(20_000));
        decisions_from(record, from, id.subject(), view).take(100).count()
    }),
    ("every finding", |record, view, _id| register::findings(record, view).len()),
];

async fn ask(ledger: &Ledger) {
    for (what, question) in QUESTIONS {
        let (mut times, asked) = (Vec::new(), if what == "every finding" { 3 } else { ASKED });
        for number in 0..asked {
            let begun = Instant::now();
            ledger.reader().ask(move |known| answer(known.book(), question, number)).await.unwrap();
            times.push(begun.elapsed());
        }
        let (middle, last) = (percentile(&mut times, 50), percentile(&mut times, 99));
        row(&format!("question: {what}"), format!("{middle:.1?}, {last:.1?}"), "p50, p99 <= 50 ms");
    }
}

fn answer(book: &minutebook_governance::Book, question: Question, number: usize) -> usize {
    let id = format!("body/{}", slug((number * 37) % BODIES)).parse().unwrap();
    let day: Date = "2019-12-31".parse().unwrap();
    question(book.record(), book.view(day, Scope::Enacted), &id)
}

/// One append at a time: in quiet, each after a refusal, and beside eight who ask for every finding.
async fn appends(ledger: &Ledger, secretary: &SecretKey, known: &LedgerRef, written: usize) {
    let batch = decisions(secretary, known, written + 10 * BATCH);
    let mut events = batch.into_iter();
    let unknown = key(77);
    let stranger = decision(&unknown, "body/B000", "2019-07-04");
    let mut one = async |refuse: bool| {
        let event = events.next().unwrap();
        if refuse {
            let good = decision(secretary, "body/B001", "2019-07-04").signed(known);
            ledger.append(vec![good, stranger.signed(known)]).await.unwrap_err();
        }
        let begun = Instant::now();
        ledger.append(vec![event]).await.unwrap();
        begun.elapsed()
    };
    let mut quiet = Vec::new();
    for _append in 0..ASKED {
        quiet.push(one(false).await);
    }
    let quiet = percentile(&mut quiet, 50);
    let mut refused = Vec::new();
    for _append in 0..ASKED {
        refused.push(one(true).await);
    }
    let refused = percentile(&mut refused, 50);
    let ends = Arc::new(AtomicBool::new(false));
    let askers: Vec<_> = (0..8)
        .map(|_asker| {
            let (reader, ends) = (Arc::clone(ledger.reader()), Arc::clone(&ends));
            tokio::spawn(async move {
                while !ends.load(Ordering::Relaxed) {
                    reader.ask(|known| answer(known.book(), QUESTIONS[3].1, 0)).await.unwrap();
                }
            })
        })
        .collect();
    let mut beside = Vec::new();
    for _append in 0..ASKED {
        beside.push(one(false).await);
    }
    ends.store(true, Ordering::Relaxed);
    for asker in askers {
        asker.await.unwrap();
    }
    let beside = percentile(&mut beside, 50);
    let times = |it: Duration| format!("{:.1?}, {:.1} x", it, it.as_secs_f64() / quiet.as_secs_f64());
    row("append, one at a time, p50", format!("{quiet:.1?}"), "");
    row("  after a refusal", times(refused), "2 x");
    row("  beside eight who ask for every finding", times(beside), "2 x");
}
