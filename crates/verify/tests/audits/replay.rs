//! Books replayed from their bytes: the small books of spec/vectors whole, and after every kind of attack.

use minutebook_governance::{BodyId, Scope, bodies};
use minutebook_log::{Entry, EventDraft, Hash, Position, SecretKey, Signed};
use minutebook_verify::{AuditVerdict, Level, Report, verify};
use serde_json::json;
use std::{convert::Infallible, fs, path::Path};

fn book(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/vectors").join(name);
    let entry = |position| fs::read(folder.join(format!("entry-{position}.txt")));
    (0..).map_while(|position: usize| entry(position).ok()).collect()
}

fn replay(entries: &[Vec<u8>]) -> Report {
    let Ok(report) = verify(entries.iter().cloned().map(Ok::<_, Infallible>), |_read| {});
    report
}

/// The position and level of the first entry that fails.
fn exception(entries: &[Vec<u8>]) -> (u64, Level) {
    let report = replay(entries);
    assert_eq!(report.verdict, AuditVerdict::Failed);
    let exception = report.exception.unwrap();
    (exception.position.0, exception.level)
}

#[test]
fn the_small_books_are_verified_whole() {
    for (name, size) in [("book", 7), ("re-enactment", 3)] {
        let entries = book(name);
        let report = replay(&entries);
        assert_eq!(report.exception, None, "{name}");
        assert_eq!(report.verdict, AuditVerdict::Verified);
        assert_eq!((report.read, report.authentic, report.replayed), (size, size, size));
        assert_eq!(report.head.hash, Hash::of(entries.last().unwrap()));
    }
}

#[test]
fn questions_can_be_asked_of_what_was_verified() {
    let report = replay(&book("book"));
    let id: BodyId = "body/52R".parse().unwrap();
    let view = report.book.view("2020-04-01".parse().unwrap(), Scope::Enacted);
    let body = bodies::body(report.book.record(), &id, view).unwrap();
    assert_eq!(body.life(view), bodies::Life::Open);
    assert_eq!(body.why, [Position(3)]);
}

#[test]
fn a_flipped_byte_names_its_entry() {
    for name in ["book", "re-enactment"] {
        let entries = book(name);
        for position in 0..entries.len() {
            for at in 0..entries[position].len() {
                let mut flipped = entries.clone();
                flipped[position][at] ^= 1;
                let report = replay(&flipped);
                match report.exception {
                    Some(exception) => assert_eq!(exception.position.0, position as u64, "{name} byte {at}"),
                    // The time at which a live ledger took its last entry is bound by nothing that follows:
                    // only who knows the head notices.
                    None => {
                        assert_eq!((name, position), ("book", entries.len() - 1), "byte {at}");
                        assert_ne!(report.head.hash, Hash::of(&entries[position]));
                    }
                }
            }
        }
    }
}

#[test]
fn entries_dropped_swapped_or_repeated_are_named() {
    let entries = book("book");
    for position in 0..entries.len() - 1 {
        let mut dropped = entries.clone();
        dropped.remove(position);
        assert_eq!(exception(&dropped), (position as u64, Level::Chain), "dropped");
        let mut swapped = entries.clone();
        swapped.swap(position, position + 1);
        assert_eq!(exception(&swapped), (position as u64, Level::Chain), "swapped");
        let mut repeated = entries.clone();
        repeated.insert(position, entries[position].clone());
        assert_eq!(exception(&repeated), (position as u64 + 1, Level::Chain), "repeated");
    }
}

/// The last entry of the small book, with another event of the same signers in its place.
fn with_last(change: impl FnOnce(&mut EventDraft), seed: u8) -> Vec<Vec<u8>> {
    let mut entries = book("book");
    let last = Entry::parse(&entries.pop().unwrap()).unwrap();
    let mut draft: EventDraft = (**last.event()).clone();
    change(&mut draft);
    let event = draft.encode().unwrap();
    let key = SecretKey::from_seed(&[seed; 32]);
    let signature = key.sign(event.bytes());
    let signed = Signed::new(event, vec![(key.public(), signature)]).unwrap();
    entries.push(Entry { signed, ..last }.encode());
    entries
}

#[test]
fn an_act_without_authority_is_named_though_its_signature_holds() {
    let stranger = SecretKey::from_seed(&[42; 32]).public();
    let entries = with_last(|draft| draft.data["signatories"][0]["key"] = stranger.to_string().into(), 42);
    assert_eq!(exception(&entries), (6, Level::Rules));
}

#[test]
fn a_broken_rule_is_named() {
    let lost = |draft: &mut EventDraft| draft.data["facts"]["votes"] = json!({"for": 3, "against": 4});
    assert_eq!(exception(&with_last(lost, 4)), (6, Level::Rules));
}

#[test]
fn an_unknown_type_is_neither_a_pass_nor_tampering() {
    let later = |draft: &mut EventDraft| draft.event_type.version = 2;
    let report = replay(&with_last(later, 4));
    assert_eq!(report.verdict, AuditVerdict::RulesUnknown);
    assert_eq!((report.authentic, report.replayed), (7, 6));
    assert_eq!(report.exception.unwrap().position, Position(6));
}

#[test]
fn rules_that_a_later_software_adopted_end_the_replay_and_not_the_check() {
    let adopts = |draft: &mut EventDraft| {
        draft.event_type.name = "RulesAdopted".to_owned();
        draft.subject = "ledger".parse().unwrap();
        draft.data["facts"] = json!({"rules": 2});
    };
    let report = replay(&with_last(adopts, 4));
    assert_eq!(report.verdict, AuditVerdict::RulesUnknown);
    assert_eq!((report.authentic, report.replayed), (7, 6));
    assert!(report.exception.unwrap().what.contains("rules version 2"));
}
