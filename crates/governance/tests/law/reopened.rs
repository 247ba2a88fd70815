//! A book is the same however it came to be: judged as it went, applied from its entries, or started from files of segments,
//! of whatever length, with what is read again read again.

use crate::committees::{joint, resolved};
use crate::said::{Said, decided, id, says};
use crate::story::{Story, given};
use minutebook_governance::{Act, Book, Entries, Finding, Keeping, Unread, catalogue, found_of, register};
use minutebook_log::{Entry, EventId, Hash, Position};
use serde_json::json;
use std::sync::Arc;

/// The entries of a story, as a store gives them back.
#[derive(Debug)]
struct Stored(Vec<Entry>);

impl Entries for Stored {
    fn act(&self, position: Position) -> Result<Arc<Act>, Unread> {
        let none = || Unread::Failed { position, what: "there is none".to_owned() };
        let entry = usize::try_from(position.0).ok().and_then(|at| self.0.get(at)).ok_or_else(none)?;
        Ok(Arc::new(catalogue::read(&entry.signed).unwrap()))
    }

    fn find(&self, id: EventId) -> Result<Option<Position>, Unread> {
        Ok(self.0.iter().find(|entry| entry.event().id == id).map(|entry| entry.position))
    }
}

/// A book without entries, of a ledger that has these.
fn empty(entries: &[Entry]) -> Book {
    let keeping = Keeping { recent: 0, cache_bytes: 1, segment_entries: usize::MAX };
    Book::kept_by(Arc::new(Stored(entries.to_vec())), keeping)
}

fn apply(book: &mut Book, entry: &Entry) {
    let act = catalogue::read(&entry.signed).map(Arc::new);
    book.apply(entry, Hash::of(&entry.encode()), act).unwrap();
}

/// The book of these entries that was applied, a segment of it sealed after so many each; and the one that starts from the
/// segments' files, and goes on with what is behind them.
fn applied_and_started(entries: &[Entry], segment_entries: usize) -> [Book; 2] {
    let mut applied = empty(entries);
    for entry in entries {
        apply(&mut applied, entry);
        applied.seal_from(segment_entries);
    }
    let (mut started, ledger) = (empty(entries), Hash::of(&entries[0].encode()));
    let (segments, sealed) = applied.segments();
    assert_eq!(segments, entries.len() / segment_entries);
    for number in 0..segments {
        let (_first, _end, bytes) = applied.segment_file(number).unwrap();
        started.load_segment(ledger, &bytes).unwrap();
        assert_eq!(started.segment_file(number).unwrap().2, bytes, "what is read is what would be written");
    }
    entries.iter().filter(|entry| entry.position.0 >= sealed).for_each(|entry| apply(&mut started, entry));
    [applied, started]
}

/// What is found by a day: of everything, of each entry, and when each was admitted.
fn found(book: &Book, story: &Story) -> Vec<Vec<Finding>> {
    let (record, view) = (book.record(), story.at("2020-01-01"));
    assert_eq!(record.len(), view.known);
    let entries = || (0..record.len()).map(Position);
    let of_each = entries().map(|at| found_of(record, at, view));
    let raised = entries().map(|at| record.at(at).unwrap().findings);
    [register::findings(record, view)].into_iter().chain(of_each).chain(raised).collect()
}

/// The findings of a story, which are those of every book of its entries.
fn found_however_it_came_to_be(story: &Story) -> Vec<Finding> {
    let live = found(&story.book, story);
    let all = story.entries.len();
    for segment_entries in [1, 2, 3, 7, all - 2, all - 1, all, all + 1] {
        let [applied, started] = applied_and_started(&story.entries, segment_entries);
        assert_eq!(found(&applied, story), live, "applied, segments of {segment_entries}");
        assert_eq!(found(&started, story), live, "started, segments of {segment_entries}");
    }
    live.into_iter().next().unwrap()
}

fn redated(from: &str, to: &str) -> Said {
    let fields = json!([{"path": "/decided_on", "old": from, "new": to}]);
    let facts = json!({"target": id(1), "kind": "factual", "fields": fields, "reason": "The minutes' date."});
    says("RecordCorrected", &format!("record/{}", id(1)), facts)
}

fn withdrawn() -> Said {
    let facts = json!({"target": id(1), "kind": "withdrawn", "reason": "Not so."});
    says("RecordCorrected", &format!("record/{}", id(1)), facts)
}

/// A joint committee of 2018-04-01, which cites the decisions of its parents.
fn set_up() -> Story {
    given(resolved("2018-01-01")).and([joint("2018-04-01")])
}

#[test]
fn what_a_correction_takes_from_under_a_committee_is_found_in_every_book() {
    let story = set_up();
    let committee = Position(story.record().len() - 1);
    let story = story.and([redated("2018-01-01", "2018-04-02")]);
    let found = found_however_it_came_to_be(&story);
    let rested: Vec<_> = found.iter().filter(|it| it.rule.id == "committee.each-parent-decided").collect();
    let [rested] = rested.as_slice() else { panic!("{rested:?}") };
    let correction = Position(story.record().len() - 1);
    assert_eq!(rested.why, [committee, correction]);
    let begins = format!("it rested on entry {}, which entry {correction} corrects: ", committee.0 - 3);
    assert!(rested.found.starts_with(&begins), "{}", rested.found);

    // Until the date is what it was.
    let story = story.and([redated("2018-04-02", "2018-01-01")]);
    let found = found_however_it_came_to_be(&story);
    assert!(found.iter().all(|it| it.rule.id != "committee.each-parent-decided"), "{found:?}");
}

#[test]
fn what_a_withdrawal_takes_from_under_a_committee_is_found_in_every_book() {
    let story = set_up().and([withdrawn(), decided("04K", "2018-01-01", json!({"none": {}}))]);
    let found = found_however_it_came_to_be(&story);
    let rested = found.iter().find(|it| it.rule.id == "committee.each-parent-decided").unwrap();
    let withdrawal = story.record().len() - 2;
    assert_eq!(rested.why, [Position(withdrawal - 1), Position(withdrawal)]);
}

#[test]
fn a_file_whose_finding_is_not_of_its_entry_is_no_segment() {
    let story = set_up().and([withdrawn()]);
    let entries = &story.entries;
    let [applied, _started] = applied_and_started(entries, entries.len());
    let (_first, _end, bytes) = applied.segment_file(0).unwrap();
    let last = story.record().len() - 1;
    // The two entries of the finding, as one column: sixteen bytes.
    let column: Vec<u8> = [16, last - 1, last].into_iter().flat_map(u64::to_le_bytes).collect();
    let at = bytes.windows(column.len()).position(|window| window == column).unwrap();
    for (one, other) in [(last, last - 1), (last - 1, last - 1), (last - 1, last + 1)] {
        let mut content = bytes[..bytes.len() - 32].to_vec();
        content[at + 8..at + 16].copy_from_slice(&one.to_le_bytes());
        content[at + 16..at + 24].copy_from_slice(&other.to_le_bytes());
        let digest = Hash::of(&content);
        content.extend(digest.as_bytes());
        let loaded = empty(entries).load_segment(Hash::of(&entries[0].encode()), &content);
        assert_eq!(loaded, Err(minutebook_governance::Unshelved::Damaged), "{one} {other}");
    }
}
