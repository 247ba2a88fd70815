//! Histories that are made up, through the real ledger: whatever is written at once and however often it is opened anew,
//! and however little of it is kept in memory, the register answers as the book in memory does.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

#[path = "../crates/governance/tests/histories/affairs_made_up.rs"]
#[allow(dead_code, reason = "more is made up than is told here")]
mod affairs_made_up;
#[path = "../crates/governance/tests/law/foreseen.rs"]
mod foreseen;
#[path = "../crates/governance/tests/law/reported.rs"]
mod reported;
#[path = "../crates/governance/tests/histories/heard.rs"]
#[allow(dead_code, reason = "more is read than is told here")]
mod heard;
#[path = "../crates/governance/tests/histories/questions.rs"]
mod questions;
#[path = "../crates/governance/tests/law/said.rs"]
#[allow(dead_code, reason = "the law says more than histories need")]
mod said;
#[path = "../crates/governance/tests/law/story.rs"]
#[allow(dead_code, reason = "the law asks more than histories need")]
mod story;
#[path = "support/mod.rs"]
mod support;
#[path = "../crates/governance/tests/histories/telling.rs"]
mod telling;

use affairs_made_up::affairs;
use heard::cases;
use minutebook::ledger::{self, Index, Ledger, Shelf, SystemClock};
use minutebook_governance::{Act, Clause, Keeping, Record, Selection, Standing, catalogue};
use minutebook_log::{Hash, Position, Signed, Subject, Timestamp};
use minutebook_store::SledEngine;
use proptest::prelude::*;
use questions::{check_same, everything};
use said::key;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use support::engines::FaultyEngine;
use telling::told;

const DAYS: [&str; 3] = ["2019-06-17", "2019-10-30", "2020-04-01"];

async fn open(dir: &Path, keeping: Keeping) -> Ledger {
    let index = Index { keeping, shelf: Some(Shelf::of(dir)) };
    Ledger::open_with(SledEngine::open(dir).unwrap(), SystemClock::new(), key("log"), index).await.unwrap()
}

/// The files of the index, each with its bytes.
fn segments(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let files = fs::read_dir(dir.join("segments")).into_iter().flatten().map(|file| file.unwrap().path());
    let mut files: Vec<_> = files.map(|path| (path.clone(), fs::read(path).unwrap())).collect();
    files.sort();
    files
}

/// What can become of an index: nothing of it is believed.
#[derive(Debug, Clone)]
enum Damage {
    Flipped(prop::sample::Index, prop::sample::Index),
    Cut(prop::sample::Index, prop::sample::Index),
    Gone(prop::sample::Index),
    Exchanged(prop::sample::Index, prop::sample::Index),
    /// A kill before the rename.
    Unfinished(prop::sample::Index),
    /// Written again with another digest over it, as a program that lies would.
    Forged(prop::sample::Index, prop::sample::Index),
    AllGone,
}

fn damage() -> impl Strategy<Value = Damage> {
    use prop::sample::Index;
    prop_oneof![
        any::<(Index, Index)>().prop_map(|(file, at)| Damage::Flipped(file, at)),
        any::<(Index, Index)>().prop_map(|(file, at)| Damage::Cut(file, at)),
        any::<Index>().prop_map(Damage::Gone),
        any::<(Index, Index)>().prop_map(|(one, other)| Damage::Exchanged(one, other)),
        any::<Index>().prop_map(Damage::Unfinished),
        any::<(Index, Index)>().prop_map(|(file, at)| Damage::Forged(file, at)),
        Just(Damage::AllGone),
    ]
}

fn strike(dir: &Path, damage: &Damage) {
    let files = segments(dir);
    let file = |index: &prop::sample::Index| &files[index.index(files.len())];
    match damage {
        Damage::Flipped(of, at) => {
            let (path, mut bytes) = file(of).clone();
            let at = at.index(bytes.len());
            bytes[at] ^= 1;
            fs::write(path, bytes).unwrap();
        }
        Damage::Cut(of, at) => {
            let (path, bytes) = file(of);
            fs::write(path, &bytes[..at.index(bytes.len())]).unwrap();
        }
        Damage::Gone(of) => fs::remove_file(&file(of).0).unwrap(),
        Damage::Exchanged(one, other) => {
            let ((one, first), (other, second)) = (file(one), file(other));
            fs::write(one, second).unwrap();
            fs::write(other, first).unwrap();
        }
        Damage::Unfinished(of) => {
            let path = &file(of).0;
            fs::rename(path, path.with_extension("new")).unwrap();
        }
        Damage::Forged(of, at) => {
            // The digests agree with what they cover; the last hash does not with the store.
            let (path, bytes) = file(of);
            let end = 8 + u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize - 32;
            let name = path.file_stem().unwrap().to_str().unwrap();
            let (first, last) = name.split_once('-').unwrap();
            let entries = last.parse::<usize>().unwrap() - first.parse::<usize>().unwrap();
            let mut forged = bytes[..bytes.len() - 32].to_vec();
            // After the hashes come the times, eight bytes each and the column's length before them.
            forged[end - 8 * entries - 8 - 1 - at.index(32)] ^= 1;
            let inner = Hash::of(&forged[8..end]);
            forged[end..end + 32].copy_from_slice(inner.as_bytes());
            let outer = Hash::of(&forged);
            forged.extend(outer.as_bytes());
            fs::write(path, forged).unwrap();
        }
        Damage::AllGone => fs::remove_dir_all(dir.join("segments")).unwrap(),
    }
}

/// Everything that the ledger in this folder answers, once it is opened anew.
async fn answered(dir: &Path, keeping: Keeping) -> Vec<String> {
    let ledger = open(dir, keeping).await;
    let asked = ledger.reader().ask(|known| {
        let book = known.book();
        DAYS.into_iter().flat_map(|day| everything(book.record(), day, book.record().len())).collect()
    });
    let answers = asked.await.unwrap();
    ledger.close().await;
    answers
}

/// What can be selected of a book that says this, each with where it is, told by going through every entry.
fn selections(story: &story::Story) -> Vec<(Selection, Vec<Position>)> {
    let acts: Vec<_> = story.entries.iter().map(|entry| catalogue::read(&entry.signed).unwrap()).collect();
    let concerned: Vec<_> = (0..acts.len()).map(|at| about_at(story.record(), &acts, at)).collect();
    let mut selected = Vec::new();
    let mut select = |clauses: Vec<Clause>, fits: &dyn Fn(usize) -> bool| {
        let positions = (0..acts.len()).filter(|at| fits(*at)).map(|at| Position(at as u64)).collect();
        selected.push((Selection::any_of(clauses), positions));
    };
    let subjects: BTreeSet<_> = acts.iter().map(|act| act.subject.clone()).collect();
    let types: BTreeSet<_> = acts.iter().map(|act| act.name).collect();
    let named: BTreeSet<Subject> =
        concerned.iter().flatten().filter(|it| it.name().is_some()).cloned().collect();
    let type_id = |name: &str| catalogue::row_of(name).unwrap().type_id();
    for subject in &subjects {
        let clause = Clause { subjects: [subject.clone()].into(), ..Clause::default() };
        select(vec![clause], &|at| acts[at].subject == *subject);
        let begins: String = subject.as_str().chars().take(subject.as_str().len() - 1).collect();
        let clause = Clause { prefixes: [begins.clone()].into(), ..Clause::default() };
        select(vec![clause], &|at| acts[at].subject.as_str().starts_with(&begins));
    }
    for whom in &named {
        let clause = Clause { about: [whom.clone()].into(), ..Clause::default() };
        let acts_alone = Clause { standings: [Standing::OwnAct].into(), ..clause.clone() };
        select(vec![clause], &|at| concerned[at].contains(whom));
        select(vec![acts_alone], &|at| acts[at].standing == Standing::OwnAct && concerned[at].contains(whom));
    }
    for name in &types {
        let clause = Clause { types: [type_id(name)].into(), ..Clause::default() };
        let reports =
            Clause { standings: [Standing::Register, Standing::ThirdParty].into(), ..Clause::default() };
        select(vec![clause.clone(), reports], &|at| {
            acts[at].name == *name || [Standing::Register, Standing::ThirdParty].contains(&acts[at].standing)
        });
        select(vec![clause], &|at| acts[at].name == *name);
    }
    select(Vec::new(), &|_every| true);
    selected
}

/// Whom the entry at a place is about: whom it names; of a thing whose entry names no body, the bodies that earlier entries of it
/// name; of what speaks of another entry, whom that is about.
fn about_at(record: &Record, acts: &[Act], at: usize) -> BTreeSet<Subject> {
    let target = acts[at].subject.as_str().strip_prefix("record/");
    let target = target.and_then(|id| acts.iter().position(|act| act.id.to_string() == id));
    let of_target = target.filter(|of| *of < at).map(|of| {
        let known = at as u64 + 1;
        [named_by(record, of, known), by_others(record, acts, of, known)].concat()
    });
    let own = [named_by(record, at, at as u64 + 1), by_others(record, acts, at, at as u64)].concat();
    own.into_iter().chain(of_target.into_iter().flatten()).collect()
}

/// Whom an entry names, as it stood at any time until so many entries were known.
fn named_by(record: &Record, at: usize, known: u64) -> Vec<Subject> {
    let position = Position(at as u64);
    let mut named = BTreeSet::new();
    for known in position.0 + 1..=known {
        named.extend(record.subjects_at(position, known));
        let act = record.act_as_known(position, known);
        act.iter().for_each(|act| names(&act.facts, &mut named));
    }
    named.into_iter().collect()
}

fn by_others(record: &Record, acts: &[Act], at: usize, known: u64) -> Vec<Subject> {
    let is_body = |subject: &Subject| subject.kind() == "body";
    let subject = &acts[at].subject;
    let alone = ["body", "person", "document", "audit", "ledger", "key", "record", "reorganisation"];
    if alone.contains(&subject.kind()) || named_by(record, at, at as u64 + 1).iter().any(is_body) {
        return Vec::new();
    }
    let before = (0..at).filter(|before| acts[*before].subject == *subject);
    before.flat_map(|before| named_by(record, before, known)).filter(is_body).collect()
}

/// The ids that facts name, wherever they stand.
fn names(facts: &Value, named: &mut BTreeSet<Subject>) {
    const KINDS: [&str; 18] = [
        "action",
        "appointment",
        "audit",
        "body",
        "committee",
        "consultation",
        "delegation",
        "document",
        "figure",
        "grant",
        "intention",
        "interest",
        "meeting",
        "merger",
        "partnership",
        "person",
        "statement",
        "target",
    ];
    match facts {
        Value::String(text) => {
            let subject: Option<Subject> = text.parse().ok();
            named.extend(subject.filter(|it| KINDS.contains(&it.kind()) && it.name().is_some()));
        }
        Value::Array(items) => items.iter().for_each(|item| names(item, named)),
        Value::Object(members) => members.values().for_each(|member| names(member, named)),
        _ => {}
    }
}

/// Where a selection is, in portions.
fn found(record: &Record, selection: &Selection, portion: usize) -> Vec<Position> {
    let (mut found, mut next) = (Vec::new(), Position::FIRST);
    while next.0 < record.len() {
        let selected = record.select(selection, next, record.len(), portion);
        assert!(selected.next > next && selected.positions.len() <= portion);
        (next, found) = (selected.next, [found, selected.positions].concat());
    }
    found
}

/// Writes events in portions; after each the ledger is closed, and opened anew, with segments of so many entries.
async fn write(dir: &Path, events: &[Signed], portions: &[usize], segment_entries: usize) {
    ledger::create(dir, &events[0], Timestamp::EPOCH).await.unwrap();
    let (mut portions, mut rest) = (portions.iter().cycle(), &events[1..]);
    while !rest.is_empty() {
        let (portion, later) = rest.split_at((*portions.next().unwrap()).min(rest.len()));
        // What waits to become durable has to be in memory, and nothing else.
        let ledger = open(dir, Keeping { recent: portion.len(), cache_bytes: 1, segment_entries }).await;
        let appended = ledger.append(portion.to_vec()).await.unwrap();
        assert_eq!(appended.len(), portion.len());
        ledger.close().await;
        rest = later;
    }
}

/// What every question of the register is answered by now, and once more as known when there were so many entries.
async fn told_by_now(ledger: &Ledger<FaultyEngine>, known: u64) -> Vec<Vec<String>> {
    let asked = ledger.reader().ask(move |now| {
        let record = now.book().record();
        DAYS.map(|day| everything(record, day, known)).to_vec()
    });
    asked.await.unwrap()
}

/// Plays a history into a ledger whose commits can be held up, and asks everything beside what is not durable.
async fn ask_beside_commits(events: &[Signed], step: usize) {
    let engine = FaultyEngine::with_opening(&events[0]).await;
    let ledger = Ledger::open(engine.clone(), SystemClock::new(), key("log")).await.unwrap();
    let mut next = 1;
    while next < events.len() {
        let portion = events[next..(next + step).min(events.len())].to_vec();
        let size = ledger.reader().head().size;
        let quiet = told_by_now(&ledger, size).await;

        // One is good, and the last has seen what is not there yet: neither leaves a trace.
        let refused = vec![portion[0].clone(), events[events.len() - 1].clone()];
        if next + 2 < events.len() {
            ledger.append(refused).await.unwrap_err();
            assert_eq!(told_by_now(&ledger, size).await, quiet, "after a refusal behind entry {next}");
        }

        // Judged, sealed and handed to the store, which holds it back.
        engine.shut_gate();
        let (writer, sent) = (ledger.clone(), portion.clone());
        let appending = tokio::spawn(async move { writer.append(sent).await });
        engine.commit_asked().await;
        assert_eq!(ledger.reader().head().size, size);
        assert_eq!(told_by_now(&ledger, size).await, quiet, "beside a commit behind entry {next}");
        engine.open_gate();
        appending.await.unwrap().unwrap();

        // It is known now; and what was known is as it was.
        assert_eq!(ledger.reader().head().size, size + portion.len() as u64);
        assert_eq!(told_by_now(&ledger, size).await, quiet, "as known before entry {next}");
        next += portion.len();
    }
    ledger.close().await;
}

proptest! {
    #![proptest_config(cases(2))]

    #[test]
    fn every_answer_beside_a_commit_or_a_refusal_is_that_of_the_quiet(
        lines in affairs(),
        step in 1..12_usize,
    ) {
        let story = told(&lines);
        let events: Vec<_> = story.entries.iter().map(|entry| entry.signed.clone()).collect();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(ask_beside_commits(&events, step));
    }
}

proptest! {
    #![proptest_config(cases(4))]

    #[test]
    fn a_ledger_that_is_opened_anew_answers_as_the_book_in_memory(
        lines in affairs(),
        portions in prop::collection::vec(1..40_usize, 1..4),
        segment_entries in 1..50_usize,
        damages in prop::collection::vec(damage(), 3),
    ) {
        let story = told(&lines);
        let events: Vec<_> = story.entries.iter().map(|entry| entry.signed.clone()).collect();
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("ledger");
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let found = runtime.block_on(async {
            write(&dir, &events, &portions, segment_entries).await;
            let ledger = open(&dir, Keeping { recent: 0, cache_bytes: 1, segment_entries }).await;
            let known = ledger.reader().known();
            for (selection, expected) in selections(&story) {
                let found = found(known.book().record(), &selection, portions[0]);
                assert_eq!(found, expected, "{selection:?}");
            }
            drop(known);
            ledger.close().await;
            drop(ledger);
            let little = answered(&dir, Keeping { recent: 0, cache_bytes: 1, segment_entries }).await;
            assert_eq!(little, answered(&dir, Keeping::default()).await, "segments of {segment_entries}");
            for damage in damages.iter().filter(|_damage| events.len() >= segment_entries) {
                assert!(!segments(&dir).is_empty(), "{} entries, segments of {segment_entries}", events.len());
                strike(&dir, damage);
                let keeping = Keeping { recent: 0, cache_bytes: 1, segment_entries };
                assert_eq!(little, answered(&dir, keeping).await, "{damage:?}");
            }
            little
        });
        let known = story.record().len();
        let expected: Vec<_> = DAYS.into_iter().flat_map(|day| everything(story.record(), day, known)).collect();
        check_same(&found, &expected, "all days")?;
    }
}
