//! Every attack on a published log is noticed, and the first wrong position is named.

use crate::support::{
    CHECKPOINTS, Folder, Ledger, NHS_ENGLAND, REGISTRARS, SECRETARY, cosigned, public, secret, small_book,
    tar, tar_below, trust,
};
use minutebook_log::{Entry, Frontier, LogKey, Position, SignedCheckpoint, TreeHash, TreeHead, TreeSize};
use minutebook_verify::{Audit, AuditVerdict, Grade, Level, Published, Trust, Witnessed, audit, findings};
use serde_json::json;

/// What an auditor of the small book finds in a folder.
fn found(folder: &Folder) -> Audit {
    folder.audit(&Ledger::small().log_key().verifier())
}

/// The first wrong position, and the level of the fault that names it.
fn named(folder: &Folder) -> (Option<u64>, Level) {
    let audit = found(folder);
    assert_eq!(audit.verdict(), AuditVerdict::Failed);
    (audit.first_wrong().map(|position| position.0), audit.faults[0].level)
}

fn at(position: u64, level: Level) -> (Option<u64>, Level) {
    (Some(position), level)
}

#[test]
fn an_honest_log_passes_every_level() {
    for folder in [Ledger::small().publish(), grown(300).publish()] {
        let audit = found(&folder);
        assert_eq!(audit.faults, []);
        assert_eq!(audit.verdict(), AuditVerdict::Verified);
        assert!(audit.is_whole() && audit.kept == 1 && audit.notes.is_empty(), "{audit:?}");
        let Witnessed::Quorum(witnesses) = &audit.witnessed else { panic!("no quorum") };
        assert_eq!(witnesses.len(), 2);
    }
}

/// The small book, with decisions up to `size` entries.
fn grown(size: usize) -> Ledger {
    let mut ledger = Ledger::small();
    let facts = json!({"decided_on": "2020-04-02", "effect": {"none": {}}, "mode": "meeting", "outcome": "approved", "text": "x"});
    while ledger.entries.len() < size {
        let at = ledger.entries.len();
        let time = format!("2020-04-02T{:02}:{:02}:00Z", at / 60, at % 60);
        let signer = [(SECRETARY, "secretary")];
        ledger.write("DecisionRecorded", "body/52R", &time, &signer, facts.clone());
    }
    ledger
}

#[test]
fn tiles_beyond_the_checkpoint_are_of_this_history_or_named() {
    let (small, larger) = (Ledger::small(), grown(9));
    let newer = larger.publish();
    for path in ["tile/entries/000.p/9", "tile/0/000.p/9"] {
        // A folder that was copied while the log grew, or whose checkpoint is of an older copy.
        let mut folder = small.publish();
        folder.0.insert(path.to_owned(), newer.0[path].clone());
        let audit = found(&folder);
        assert_eq!((audit.verdict(), audit.faults.as_slice()), (AuditVerdict::Verified, &[][..]), "{path}");
        assert!(audit.notes.iter().any(|note| note.contains("beyond the checkpoint")), "{:?}", audit.notes);
        // What does not go on from the log is of another history.
        let mut strange = newer.0[path].clone();
        strange[40] ^= 1;
        folder.0.insert(path.to_owned(), strange);
        let audit = found(&folder);
        assert_eq!(audit.verdict(), AuditVerdict::Failed, "{path}");
        let fault = &audit.faults[0];
        assert_eq!((fault.file.as_deref(), fault.level), (Some(path), Level::Tree));
        assert!(fault.what.contains("another history"), "{}", fault.what);
    }
}

#[test]
fn the_folder_of_the_vectors_passes() {
    let published = Published::open(&crate::support::vectors().join("published")).unwrap();
    let trust = Trust { policy: None, ..trust(&Ledger::small().log_key().verifier()) };
    let audit = audit(&published, &trust, |_read, _of| {}).unwrap();
    assert_eq!((audit.faults.as_slice(), audit.report.authentic), (&[][..], 7));
    assert_eq!(audit.witnessed, Witnessed::NotAsked { lines: 2 });
}

#[test]
fn a_tar_is_read_as_its_folder_is() {
    let folder = Ledger::small().publish();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, tar(&folder.0)).unwrap();
    let key = Ledger::small().log_key().verifier();
    let audit = audit(&Published::open(file.path()).unwrap(), &trust(&key), |_read, _of| {}).unwrap();
    assert_eq!((audit.faults.as_slice(), audit.report.replayed, audit.kept), (&[][..], 7, 1));
}

#[test]
fn a_tar_with_two_logs_is_refused_and_names_them() {
    let folder = Ledger::small().publish();
    let file = tempfile::NamedTempFile::new().unwrap();
    for (folders, named) in [(["ours/", "theirs/"], "ours/, theirs/"), (["", "old/"], "./, old/")] {
        std::fs::write(file.path(), tar_below(&folders, &folder.0)).unwrap();
        let refused = Published::open(file.path()).unwrap_err().to_string();
        assert!(refused.contains("several published logs") && refused.contains(named), "{refused}");
    }
}

#[test]
fn every_flipped_byte_of_every_file_is_noticed() {
    let entries = small_book("re-enactment");
    let origin = Entry::parse(&entries[0]).unwrap().event().source.clone();
    let log = LogKey::new(origin, secret(CHECKPOINTS));
    let (folder, key) = (Folder::of(&entries, &log), log.verifier());
    let place = tempfile::tempdir().unwrap();
    folder.write(place.path());
    let published = Published::open(place.path()).unwrap();
    for (name, bytes) in &folder.0 {
        let mut ends = entries.iter().scan(0, |end, entry| {
            *end += entry.len() + 2;
            Some(*end)
        });
        let mut end = ends.next().unwrap();
        let mut position = 0;
        for byte in 0..bytes.len() {
            let mut flipped = bytes.clone();
            flipped[byte] ^= 1;
            std::fs::write(place.path().join(name), flipped).unwrap();
            let audit = audit(&published, &trust(&key), |_read, _of| {}).unwrap();
            assert_eq!(audit.verdict(), AuditVerdict::Failed, "{name} byte {byte}");
            let first = audit.first_wrong().map(|position| position.0);
            if name.starts_with("tile/0") {
                assert_eq!(first, Some(byte as u64 / 32), "{name} byte {byte}");
            } else if name.starts_with("tile/entries") {
                while byte >= end {
                    end = ends.next().unwrap();
                    position += 1;
                }
                assert_eq!(first, Some(position), "{name} byte {byte}: {:?}", audit.faults);
            } else {
                assert_eq!(first, None, "{name} byte {byte}");
            }
        }
        std::fs::write(place.path().join(name), bytes).unwrap();
    }
}

#[test]
fn every_file_that_is_cut_or_missing_is_noticed() {
    let folder = Ledger::small().publish();
    for name in folder.0.keys().filter(|name| *name != "vkey" && !name.starts_with("witnessed")) {
        let mut missing = folder.clone();
        missing.0.remove(name);
        assert_eq!(found(&missing).verdict(), AuditVerdict::Failed, "{name}");
    }
    for (name, bytes) in &folder.0 {
        for end in [0, 1, bytes.len() / 2, bytes.len() - 1] {
            let mut cut = folder.clone();
            cut.0.insert(name.clone(), bytes[..end].to_vec());
            assert_eq!(found(&cut).verdict(), AuditVerdict::Failed, "{name} cut to {end}");
        }
    }
}

#[test]
fn entries_dropped_swapped_or_repeated_are_named_though_the_log_signs_anew() {
    let book = small_book("book");
    let key = Ledger::small().log_key();
    for position in 0..book.len() - 1 {
        let mut dropped = book.clone();
        dropped.remove(position);
        assert_eq!(named(&Folder::of(&dropped, &key)), at(position as u64, Level::Chain), "dropped");
        let mut swapped = book.clone();
        swapped.swap(position, position + 1);
        assert_eq!(named(&Folder::of(&swapped, &key)), at(position as u64, Level::Chain), "swapped");
        let mut repeated = book.clone();
        repeated.insert(position, book[position].clone());
        assert_eq!(named(&Folder::of(&repeated, &key)), at(position as u64 + 1, Level::Chain), "repeated");
    }
}

/// The head of the tree over these entries.
fn head(entries: &[Vec<u8>]) -> TreeHead {
    let mut frontier = Frontier::EMPTY;
    for entry in entries {
        frontier.append(TreeHash::leaf(entry));
    }
    frontier.head()
}

#[test]
fn an_end_that_was_cut_off_is_noticed_by_who_has_an_earlier_checkpoint() {
    let ledger = Ledger::small();
    let key = ledger.log_key();
    let earlier = cosigned(&key, head(&ledger.entries));
    let cut = Folder::of(&ledger.entries[..5], &key);
    assert_eq!(found(&cut).verdict(), AuditVerdict::Verified, "nothing in the folder tells of it");
    let trust = Trust { earlier: Some(earlier), ..trust(&key.verifier()) };
    let audit = cut.audit_with(&trust);
    assert_eq!((audit.verdict(), audit.first_wrong()), (AuditVerdict::Failed, Some(Position(5))));
}

/// The small book with the entry at `position` changed and everything after it chained anew, as an operator
/// with the log's key can.
fn rechained(position: usize, change: impl Fn(&mut Entry)) -> Vec<Vec<u8>> {
    let mut entries = small_book("book");
    for at in position..entries.len() {
        let mut entry = Entry::parse(&entries[at]).unwrap();
        if at == position {
            change(&mut entry);
        } else {
            entry.previous = minutebook_log::Hash::of(&entries[at - 1]);
        }
        entries[at] = entry.encode();
    }
    entries
}

#[test]
fn history_rewritten_and_chained_anew_breaks_what_its_authors_saw() {
    let later = |entry: &mut Entry| {
        let micros = entry.recorded.as_micros() + 1;
        entry.recorded = minutebook_log::Timestamp::from_micros(micros).unwrap();
    };
    for position in 0..6 {
        let folder = Folder::of(&rechained(position, later), &Ledger::small().log_key());
        let (first, level) = named(&folder);
        assert_eq!(first, Some(position as u64 + 1), "the author of the next entry saw another");
        assert!(matches!(level, Level::Seen | Level::Chain), "{level:?}");
    }
    // The last entry's time is bound by nobody's signature: who has a checkpoint notices.
    let ledger = Ledger::small();
    let earlier = cosigned(&ledger.log_key(), head(&ledger.entries));
    let folder = Folder::of(&rechained(6, later), &ledger.log_key());
    let trust = Trust { earlier: Some(earlier), ..trust(&ledger.log_key().verifier()) };
    let audit = folder.audit_with(&trust);
    assert_eq!(audit.verdict(), AuditVerdict::Failed);
    assert!(audit.faults[0].what.contains("history was rewritten"), "{:?}", audit.faults);
}

#[test]
fn words_put_into_an_authors_mouth_are_named() {
    let forge = |entry: &mut Entry| {
        let text = entry.event().text().replace("\"approved\"", "\"rejected\"");
        let event = minutebook_log::Event::parse(text.as_bytes()).unwrap();
        entry.signed = minutebook_log::Signed::new(event, entry.signed.signatures().to_vec()).unwrap();
    };
    let folder = Folder::of(&rechained(6, forge), &Ledger::small().log_key());
    assert_eq!(named(&folder), at(6, Level::Signatures));
}

#[test]
fn a_log_that_another_key_signs_is_not_this_one() {
    let ledger = Ledger::small();
    let origin = ledger.chain().opening().unwrap().origin.clone();
    let other = LogKey::new(origin, secret(77));
    assert_eq!(named(&Folder::of(&ledger.entries, &other)), (None, Level::Tree));
    // Even if the other key is the one that the auditor was given: the book names another.
    let audit = Folder::of(&ledger.entries, &other).audit(&other.verifier());
    assert_eq!(audit.faults[0].level, Level::Tree);
    assert_eq!(audit.first_wrong(), Some(Position::FIRST));
}

#[test]
fn another_ledger_in_its_place_is_not_this_one() {
    let entries = small_book("re-enactment");
    let origin = Entry::parse(&entries[0]).unwrap().event().source.clone();
    assert_eq!(named(&Folder::of(&entries, &LogKey::new(origin, secret(CHECKPOINTS)))), (None, Level::Tree));
}

#[test]
fn an_entry_of_another_ledger_is_named() {
    let mut entries = small_book("book");
    let other = Entry::parse(&small_book("re-enactment")[1]).unwrap();
    let ledger = Ledger::small();
    let place = ledger.chain().place(other.event(), ledger.entry(6).recorded);
    entries.push(ledger.chain().seal(other.signed, place).encode());
    assert_eq!(named(&Folder::of(&entries, &ledger.log_key())), at(7, Level::Chain));
}

#[test]
fn an_event_that_is_played_twice_is_named() {
    let ledger = Ledger::small();
    let last = ledger.entry(6);
    let place = ledger.chain().place(last.event(), last.recorded);
    let mut entries = ledger.entries.clone();
    entries.push(ledger.chain().seal(last.signed, place).encode());
    assert_eq!(named(&Folder::of(&entries, &ledger.log_key())), at(7, Level::Chain));
}

/// The rules that the entry at position `at` breaks.
fn broken(ledger: &Ledger, at: u64) -> Vec<&'static str> {
    let audit = found(&ledger.publish());
    assert_eq!(audit.first_wrong(), Some(Position(at)), "{:?}", audit.faults);
    assert_eq!(audit.faults[0].level, Level::Rules);
    audit.faults[0].rules.clone()
}

#[test]
fn a_revoked_key_signs_no_more() {
    let mut ledger = Ledger::small();
    let subject = format!("key/{}", public(SECRETARY));
    ledger.write("KeyRevoked", &subject, "2020-05-01T10:00:00Z", &REGISTRARS, json!({"reason": "lost"}));
    ledger.decide("2020-05-02T10:00:00Z", SECRETARY);
    assert_eq!(broken(&ledger, 8), ["authority.key-enrolled"]);
}

#[test]
fn a_key_that_nobody_enrolled_signs_nothing() {
    let mut ledger = Ledger::small();
    ledger.decide("2020-05-02T10:00:00Z", 42);
    assert_eq!(broken(&ledger, 7), ["authority.key-enrolled"]);
}

#[test]
fn a_weak_key_is_not_enrolled() {
    let mut ledger = Ledger::small();
    let weak = "0100000000000000000000000000000000000000000000000000000000000000";
    let facts = json!({"holder": "nobody", "use": "author", "label": "weak"});
    ledger.write("KeyEnrolled", &format!("key/{weak}"), "2020-05-01T10:00:00Z", &REGISTRARS, facts);
    assert_eq!(named(&ledger.publish()), at(7, Level::Rules));
}

#[test]
fn the_key_of_one_body_does_not_sign_for_another() {
    let mut ledger = Ledger::small();
    let facts = json!({"decided_on": "2020-05-01", "effect": {"none": {}}, "mode": "meeting", "outcome": "approved", "text": "x"});
    let signatory = json!({"key": public(SECRETARY), "capacity": "secretary", "body": "body/04K"});
    let data = json!({"standing": "own_act", "signatories": [signatory], "facts": facts});
    ledger.write_data("DecisionRecorded", "body/04K", "2020-05-01T10:00:00Z", &[SECRETARY], data);
    assert!(broken(&ledger, 7).contains(&"authority.grant"));
}

#[test]
fn a_grant_does_not_cover_an_act_after_its_end() {
    let mut ledger = Ledger::small();
    let subject = format!("key/{}", public(5));
    let mut signers = REGISTRARS.to_vec();
    signers.push((5, "holder"));
    let facts = json!({"holder": "deputy", "use": "author", "label": "deputy"});
    ledger.write("KeyEnrolled", &subject, "2020-04-02T10:00:00Z", &signers, facts);
    let facts = json!({"key": public(5), "capacity": "secretary", "bodies": ["body/52R"], "types": "any",
        "standings": ["own_act"], "acts_from": "2020-04-01", "acts_until": "2020-04-30"});
    ledger.write("AuthorityGranted", "grant/deputy", "2020-04-02T11:00:00Z", &REGISTRARS, facts);
    ledger.decide("2020-04-29T10:00:00Z", 5);
    assert_eq!(found(&ledger.publish()).verdict(), AuditVerdict::Verified);
    ledger.decide("2020-04-30T10:00:00Z", 5);
    assert_eq!(broken(&ledger, 10), ["authority.grant"]);
    assert_eq!(ledger.entry(10).signed.keys().count(), 1);
    assert_ne!(public(5), public(NHS_ENGLAND));
}

/// The small book's folder with another checkpoint.
fn with_checkpoint(checkpoint: &str) -> Folder {
    let mut folder = Ledger::small().publish();
    folder.0.insert("checkpoint".to_owned(), checkpoint.as_bytes().to_vec());
    folder
}

#[test]
fn a_checkpoint_of_another_tree_is_noticed_though_the_log_signed_it() {
    let ledger = Ledger::small();
    let other = TreeHead { root: TreeHash::leaf(b"other"), ..head(&ledger.entries) };
    assert_eq!(named(&with_checkpoint(&cosigned(&ledger.log_key(), other).encode())), (None, Level::Tree));
    let larger = TreeHead { size: TreeSize(8), ..head(&ledger.entries) };
    assert_eq!(named(&with_checkpoint(&cosigned(&ledger.log_key(), larger).encode())), at(7, Level::Form));
    let huge = TreeHead { size: TreeSize(u64::MAX), ..head(&ledger.entries) };
    assert_eq!(named(&with_checkpoint(&cosigned(&ledger.log_key(), huge).encode())), at(7, Level::Form));
}

#[test]
fn a_checkpoint_of_size_0_vouches_for_nothing() {
    let empty = cosigned(&Ledger::small().log_key(), TreeHead::EMPTY).encode();
    assert_eq!(found(&with_checkpoint(&empty)).verdict(), AuditVerdict::Failed);
}

#[test]
fn forged_and_confusing_lines_are_noticed() {
    let honest = cosigned(&Ledger::small().log_key(), head(&small_book("book"))).encode();
    let lines: Vec<&str> = honest.lines().collect();
    let replace = |at: usize, with: String| {
        let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        lines[at] = with;
        lines.join("\n") + "\n"
    };
    // The second witness's signature under the first witness's name and id.
    let (one, two) = (lines[5].rsplit_once(' ').unwrap(), lines[6].rsplit_once(' ').unwrap());
    let bytes = |base64: &str| data_encoding::BASE64.decode(base64.as_bytes()).unwrap();
    let forged = [&bytes(one.1)[..4], &bytes(two.1)[4..]].concat();
    let forged = replace(5, format!("{} {}", one.0, data_encoding::BASE64.encode(&forged)));
    assert_eq!(named(&with_checkpoint(&forged)), (None, Level::Witnesses), "a forged witness line");
    // The log's name with another id, and no other line of the log's.
    let log = lines[4].rsplit_once(' ').unwrap();
    let collision = [&[1, 2, 3, 4], &bytes(log.1)[4..]].concat();
    let collision = replace(4, format!("{} {}", log.0, data_encoding::BASE64.encode(&collision)));
    assert_eq!(named(&with_checkpoint(&collision)), (None, Level::Tree), "a name collision");
    let extension = replace(2, format!("{}\nan extension", lines[2]));
    assert_eq!(named(&with_checkpoint(&extension)), (None, Level::Tree), "an extension line");
    let unwitnessed = lines[..5].join("\n") + "\n";
    assert_eq!(named(&with_checkpoint(&unwitnessed)), (None, Level::Witnesses), "too few witnesses");
}

#[test]
fn times_that_witnesses_contradict_are_in_doubt() {
    let mut ledger = Ledger::small();
    let rules = |ledger: &Ledger, hours: i64| {
        let entry = Entry::parse(&ledger.entries[6]).unwrap();
        let seen = entry.recorded.as_micros() + hours * 3_600_000_000;
        let mut folder = ledger.publish();
        let kept = crate::support::cosigned_at(&ledger.log_key(), head(&ledger.entries[..7]), seen);
        folder.0.insert("witnessed/007".to_owned(), kept.encode().into_bytes());
        let audit = found(&folder);
        assert_eq!(audit.faults, []);
        let found = findings(&audit);
        found
            .into_iter()
            .filter(|finding| finding.grade == Grade::Doubt)
            .map(|finding| (finding.rule, finding.entries))
            .collect::<Vec<_>>()
    };
    ledger.decide("2020-04-02T10:00:00Z", SECRETARY);
    assert_eq!(rules(&ledger, 1), []);
    assert_eq!(
        rules(&ledger, -1),
        [("recorded.after-witnessed", vec![Position(6)])],
        "the ledger's clock ran ahead"
    );
    assert_eq!(
        rules(&ledger, 48),
        [("recorded.before-witnessed", vec![Position(7)])],
        "entry 7 was backdated"
    );
}

#[test]
fn an_audit_goes_on_from_an_earlier_one() {
    let ledger = grown(12);
    let earlier = cosigned(&ledger.log_key(), head(&ledger.entries[..9]));
    let trust = Trust { earlier: Some(earlier.clone()), ..trust(&ledger.log_key().verifier()) };
    let audit = ledger.publish().audit_with(&trust);
    assert_eq!((audit.verdict(), audit.earlier), (AuditVerdict::Verified, Some(earlier.unverified().head)));
    let mut unsigned: SignedCheckpoint =
        LogKey::new(earlier.unverified().origin.clone(), secret(7)).sign(earlier.unverified().head);
    unsigned = SignedCheckpoint::parse(unsigned.encode().as_bytes()).unwrap();
    let audit = ledger.publish().audit_with(&Trust { earlier: Some(unsigned), ..trust });
    assert_eq!((audit.verdict(), audit.earlier), (AuditVerdict::Failed, None));
}
