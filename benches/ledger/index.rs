//! What a ledger costs as it grows, asked without a server: memory, starts, questions, appends beside refusals and
//! questions.

use crate::support::{ccg, decision, enrolment, grant, key, known_of, opening, registrars};
use crate::table::Table;
use minutebook::author::LedgerRef;
use minutebook::ledger::{self, Index, Ledger, Shelf, SystemClock};
use minutebook_governance::bodies::body;
use minutebook_governance::changes::all_differences;
use minutebook_governance::decisions::decisions_from;
use minutebook_governance::due::due;
use minutebook_governance::register::{self, FoundAt};
use minutebook_governance::{BodyId, Date, Scope, View};
use minutebook_log::{Position, SecretKey, Signed, Subject, Timestamp};
use minutebook_store::SledEngine;
use serde_json::json;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const BODIES: usize = 200;
const BATCH: usize = 500;
const ASKED: usize = 50;

fn slug(number: usize) -> String {
    format!("B{number:03}")
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
        // One body has a twentieth of all decisions.
        let body = format!("body/{}", slug(if number.is_multiple_of(20) { 0 } else { number % BODIES }));
        let mut story = decision(secretary, &body, "2019-07-04");
        story.facts["text"] = json!(format!("Decision {number}: {}", "it is so agreed. ".repeat(6)));
        story.signed(ledger)
    };
    (from..from + BATCH).map(sign).collect()
}

/// Measures it with so many entries.
pub(crate) async fn measure(entries: usize, table: &mut Table) {
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
    table.figure("append, batches of 500", format!("{:.0}/s", written as f64 / appending.as_secs_f64()), "");
    let grown = resident_bytes() - started;
    table.figure("memory after writing them", mib(resident_bytes()), "700 MiB at 1,000,000");
    table.figure("  for each entry", format!("{} bytes", grown / entries as u64), "300 bytes of index");
    ask(&ledger, table).await;
    appends(&ledger, &secretary, &known, (written, table)).await;
    ledger.close().await;
    drop(ledger);

    let store = folder_bytes(&dir) as f64 / bytes as f64;
    table.figure("disk, beside the entries' bytes", format!("{store:.2} x"), "2.5 x");
    let begun = Instant::now();
    let engine = SledEngine::open(&dir).unwrap();
    table.figure("  of which sled opens in", format!("{:.2} s", begun.elapsed().as_secs_f64()), "");
    drop(engine);
    for (what, with_shelf, target) in [
        ("start from segments", true, "1 s at 1,000,000"),
        ("start without them", false, "100,000 entries/s"),
    ] {
        let begun = Instant::now();
        let ledger = open(&dir, with_shelf).await;
        let took = begun.elapsed().as_secs_f64();
        table.figure(what, format!("{took:.2} s, {:.0}/s", entries as f64 / took), target);
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

const QUESTIONS: [(&str, Question); 5] = [
    ("a body", |record, view, id| usize::from(body(record, id, view).is_some())),
    ("a page of its decisions", |record, view, id| {
        decisions_from(record, Position::FIRST, id.subject(), view).take(100).count()
    }),
    ("the last page of its decisions", |record, view, id| {
        let from = Position(record.len().saturating_sub(20_000));
        decisions_from(record, from, id.subject(), view).take(100).count()
    }),
    ("what is due for it", |record, view, id| due(record, id, view).len()),
    ("a body with a twentieth of all decisions", |record, view, _id| {
        let id = format!("body/{}", slug(0)).parse().unwrap();
        usize::from(body(record, &id, view).is_some()) + due(record, &id, view).len()
    }),
];

/// A page of a list ends after a hundred items, or after two thousand acts that were looked at.
fn page<K: Clone, T>(
    record: &minutebook_governance::Record,
    list: impl Iterator<Item = (K, Option<T>)>,
) -> Option<K> {
    let (looks, mut items) = (record.looks(), 0);
    for (at, (key, item)) in list.enumerate() {
        if items == 100 || at > 0 && record.looks() - looks > 2_000 {
            return Some(key);
        }
        items += usize::from(item.is_some());
    }
    None
}

async fn ask(ledger: &Ledger, table: &mut Table) {
    for (what, question) in QUESTIONS {
        let mut times = Vec::new();
        for number in 0..ASKED {
            let begun = Instant::now();
            ledger.reader().ask(move |known| answer(known.book(), question, number)).await.unwrap();
            times.push(begun.elapsed());
        }
        told(what, times, table);
    }
    let (mut at, mut times) = (Some(FoundAt::default()), Vec::new());
    while let Some(from) = at {
        let begun = Instant::now();
        at = ledger.reader().ask(move |known| findings_page(known.book(), &from)).await.unwrap();
        times.push(begun.elapsed());
    }
    told(&format!("a page of findings, of {}", times.len()), times, table);
    let (mut at, mut times, mut is_first) = (None, Vec::new(), true);
    while is_first || at.is_some() {
        let (begun, from) = (Instant::now(), at.take());
        at = ledger.reader().ask(move |known| differences_page(known.book(), from.as_ref())).await.unwrap();
        times.push(begun.elapsed());
        is_first = false;
    }
    told(&format!("a page of differences, of {}", times.len()), times, table);
}

fn told(what: &str, mut times: Vec<Duration>, table: &mut Table) {
    let (middle, last) = (percentile(&mut times, 50), percentile(&mut times, 99));
    table.figure(&format!("question: {what}"), format!("{middle:.1?}, {last:.1?}"), "p50, p99 <= 50 ms");
}

fn findings_page(book: &minutebook_governance::Book, from: &FoundAt) -> Option<FoundAt> {
    let record = book.record();
    page(record, register::findings_from(record, from, view(book, "2019-12-31")))
}

fn differences_page(book: &minutebook_governance::Book, from: Option<&Subject>) -> Option<Subject> {
    let record = book.record();
    let differing = all_differences(record, from, view(book, "2019-01-01"), view(book, "2019-12-31"));
    page(record, differing.map(|(subject, found)| (subject.clone(), (!found.is_empty()).then_some(()))))
}

fn view(book: &minutebook_governance::Book, day: &str) -> View {
    let day: Date = day.parse().unwrap();
    book.view(day, Scope::Enacted)
}

fn answer(book: &minutebook_governance::Book, question: Question, number: usize) -> usize {
    let id = format!("body/{}", slug((number * 37) % BODIES)).parse().unwrap();
    question(book.record(), view(book, "2019-12-31"), &id)
}

/// One append at a time: in quiet, each after a refusal, and beside eight who page through findings.
async fn appends(
    ledger: &Ledger,
    secretary: &SecretKey,
    known: &LedgerRef,
    (written, table): (usize, &mut Table),
) {
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
                let mut at = None;
                while !ends.load(Ordering::Relaxed) {
                    let from: FoundAt = at.take().unwrap_or_default();
                    at = reader.ask(move |known| findings_page(known.book(), &from)).await.unwrap();
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
    table.figure("append, one at a time, p50", format!("{quiet:.1?}"), "");
    table.figure("  after a refusal", times(refused), "2 x");
    table.figure("  beside eight who page through findings", times(beside), "2 x");
}
