//! A long book does not stand in memory: what a rule asks for is read again, and held against what was verified.

use crate::support::large::large;
use crate::support::{Ledger, trust};
use minutebook_governance::{BodyId, Scope, Unread, bodies, decisions};
use minutebook_log::Position;
use minutebook_verify::{
    AuditVerdict, EntryBytes, Published, Questions, Report, Review, audit, verify, verify_from,
};
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::sync::{Arc, LazyLock, Mutex};

/// More than an auditor's book keeps of its newest.
const ENTRIES: usize = 4_500;

static LEDGER: LazyLock<Ledger> = LazyLock::new(|| large(20, ENTRIES));

/// Entries in memory, which of them were asked for, and one that is changed once it is asked for again.
#[derive(Debug)]
struct Kept {
    entries: Vec<Vec<u8>>,
    changes: Option<usize>,
    asked: Mutex<BTreeSet<u64>>,
}

impl EntryBytes for Kept {
    fn bytes(&self, position: Position) -> io::Result<Vec<u8>> {
        self.asked.lock().unwrap().insert(position.0);
        let index = usize::try_from(position.0).unwrap();
        let mut bytes = self.entries[index].clone();
        if self.changes == Some(index) {
            let last = bytes.len() - 3;
            bytes[last] ^= 1;
        }
        Ok(bytes)
    }
}

fn kept(entries: &[Vec<u8>], changes: Option<usize>) -> Arc<Kept> {
    Arc::new(Kept { entries: entries.to_vec(), changes, asked: Mutex::default() })
}

fn from(source: &Arc<Kept>) -> Result<Report, Unread> {
    let entries = source.entries.iter().cloned().map(Ok::<_, Unread>);
    verify_from(Arc::clone(source) as _, entries, |_read| {})
}

#[test]
fn a_book_that_is_read_again_says_what_one_in_memory_says() {
    let ledger = &LEDGER;
    let source = kept(&ledger.entries, None);
    let again = from(&source).unwrap();
    let whole = verify(ledger.entries.iter().cloned().map(Ok::<_, Unread>), |_read| {}).unwrap();
    assert_eq!((again.verdict, again.head), (AuditVerdict::Verified, whole.head));
    assert_eq!(again.replayed, whole.replayed);
    for number in 0..20 {
        let id: BodyId = format!("body/Z{number:04}").parse().unwrap();
        let ask = |report: &Report| {
            let (record, view) =
                (report.book.record(), report.book.view("2020-12-31".parse().unwrap(), Scope::Enacted));
            let decided = decisions::decisions(record, id.subject(), view);
            (format!("{:?}", bodies::body(record, &id, view)), format!("{decided:?}"))
        };
        assert_eq!(ask(&again), ask(&whole), "{id}");
    }
    again.book.fault().unwrap();
    let asked = source.asked.lock().unwrap();
    assert!(asked.len() > 100, "{} were read again", asked.len());
    assert!(asked.iter().all(|position| *position < ENTRIES as u64), "nothing else was");
}

#[test]
fn what_is_other_when_it_is_read_again_is_no_verdict() {
    let ledger = &LEDGER;
    let source = kept(&ledger.entries, None);
    from(&source).unwrap();
    let read = source.asked.lock().unwrap().first().copied().unwrap();
    let changed = usize::try_from(read).unwrap();
    let error = from(&kept(&ledger.entries, Some(changed))).unwrap_err();
    let Unread::Failed { position, what } = &error else { panic!("{error}") };
    assert_eq!(*position, Position(read));
    assert!(what.contains("others than those that were verified"), "{what}");
}

#[test]
fn a_published_log_is_read_again_from_its_files_and_from_a_tar() {
    let ledger = &LEDGER;
    let published = ledger.publish();
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    published.write(&log);
    fs::write(folder.path().join("log.tar"), crate::support::tar(&published.0)).unwrap();
    let key = ledger.log_key().verifier();
    for place in ["log", "log.tar"] {
        let opened = Published::open(&folder.path().join(place)).unwrap();
        let found = audit(&opened, &trust(&key), |_read, _of| {}).unwrap();
        assert_eq!(
            (found.verdict(), found.report.replayed),
            (AuditVerdict::Verified, ENTRIES as u64),
            "{place}"
        );
        let review = Review::of(found, &Questions::default()).unwrap();
        review.check_read().unwrap();
        // Somebody exchanges the first bundle after it was verified.
        let file = if place == "log" { log.join("tile/entries/000") } else { folder.path().join("log.tar") };
        let bytes = fs::read(&file).unwrap();
        fs::write(&file, bytes.iter().map(|byte| byte ^ 1).collect::<Vec<_>>()).unwrap();
        // What was read again before is in memory still.
        let record = review.audit.report.book.record();
        let refused = (0..256).map(Position).find(|position| record.at(*position).is_none());
        let refused = refused.expect("not all of them were read while they were judged");
        let error = review.check_read().unwrap_err().to_string();
        assert!(error.contains(&format!("entry {refused} could not be read")), "{place}: {error}");
        fs::write(&file, bytes).unwrap();
    }
}
