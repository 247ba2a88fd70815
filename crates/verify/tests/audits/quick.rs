//! What is checked when the rules are left out: everything that bytes tell, and no more is said than that.

use crate::support::{Folder, Ledger, REGISTRAR_ONE, SECRETARY, small_book, trust};
use minutebook_log::{Entry, Position, Signature, Signed};
use minutebook_verify::{
    Audit, AuditVerdict, Level, Published, Questions, Review, State, audit_quickly, report_page, to_text,
    verify, verify_quickly,
};
use std::convert::Infallible;

fn quickly(folder: &Folder) -> Audit {
    let place = tempfile::tempdir().unwrap();
    folder.write(place.path());
    let log = Ledger::small().log_key().verifier();
    audit_quickly(&Published::open(place.path()).unwrap(), &trust(&log), |_read, _of| {}).unwrap()
}

#[test]
fn a_log_as_it_should_be_is_authentic_and_not_verified() {
    let audit = quickly(&Ledger::small().publish());
    assert_eq!((audit.verdict(), audit.faults.as_slice()), (AuditVerdict::Authentic, &[][..]));
    assert_eq!((audit.report.authentic, audit.report.replayed), (7, 0));
    let review = Review::of(audit, &Questions::default()).unwrap();
    let state = |level| review.outcomes().into_iter().find(|outcome| outcome.level == level).unwrap().state;
    for level in [Level::Form, Level::Chain, Level::Tree, Level::Witnesses, Level::Seen] {
        assert_eq!(state(level), State::Holds, "{level:?}");
    }
    assert_eq!(state(Level::Signatures), State::HoldsSoFar);
    assert_eq!(state(Level::Rules), State::NotChecked);
    let page = to_text(&report_page(&review));
    assert!(page.contains("AUTHENTIC, 7 ENTRIES; THE RULES WERE NOT ASKED."), "{page}");
    assert!(page.contains("minutebook.example/small-book") && !page.contains("VERIFIED"), "{page}");
}

#[test]
fn what_only_the_rules_refuse_passes() {
    let mut ledger = Ledger::small();
    ledger.decide("2020-04-05T10:00:00.000Z", REGISTRAR_ONE);
    let published = ledger.publish();
    let whole = published.audit(&ledger.log_key().verifier());
    assert_eq!((whole.verdict(), whole.first_wrong()), (AuditVerdict::Failed, Some(Position(7))));
    assert_eq!(whole.faults[0].level, Level::Rules);
    assert_eq!(quickly(&published).verdict(), AuditVerdict::Authentic);
}

#[test]
fn a_flipped_byte_is_named_as_a_whole_audit_names_it() {
    let entries = small_book("book");
    for position in 0..entries.len() {
        // A prime, so that every line and member is hit in one entry or another.
        for at in (position..entries[position].len()).step_by(13) {
            let mut flipped = entries.clone();
            flipped[position][at] ^= 1;
            let flipped = || flipped.iter().cloned().map(Ok::<_, Infallible>);
            let (Ok(whole), Ok(quick)) =
                (verify(flipped(), |_read| {}), verify_quickly(flipped(), |_read| {}));
            let named = |report: &minutebook_verify::Report| {
                let exception = report.exception.as_ref()?;
                Some((exception.position, exception.level))
            };
            // What a registrar's entry says is also asked by the rules, where nothing that is signed shows it.
            let whole = named(&whole).filter(|(_position, level)| *level != Level::Rules);
            assert_eq!(named(&quick), whole, "entry {position} byte {at}");
        }
    }
}

#[test]
fn one_bad_signature_among_many_is_named() {
    let mut ledger = Ledger::small();
    for minute in 0..150 {
        ledger.decide(&format!("2020-04-05T{:02}:{:02}:00.000Z", 10 + minute / 60, minute % 60), SECRETARY);
    }
    let key = ledger.log_key();
    assert_eq!(quickly(&ledger.publish()).verdict(), AuditVerdict::Authentic);
    for bad in [7, 70, 156] {
        let mut entries = ledger.entries.clone();
        let mut entry = Entry::parse(&entries[bad]).unwrap();
        let [(signer, signature)] = entry.signed.signatures() else { panic!("one signs") };
        let mut bytes = *signature.as_bytes();
        bytes[3] ^= 1;
        let signatures = vec![(*signer, Signature::from_bytes(bytes))];
        entry.signed = Signed::new(entry.event().clone(), signatures).unwrap();
        entries[bad] = entry.encode();
        let audit = quickly(&Folder::of(&entries, &key));
        assert_eq!(
            (audit.verdict(), audit.first_wrong()),
            (AuditVerdict::Failed, Some(Position(bad as u64)))
        );
        assert_eq!(audit.faults[0].level, Level::Signatures);
    }
}

#[test]
fn an_entry_that_others_signed_than_those_whom_it_names_is_not_authentic() {
    let mut entries = small_book("book");
    let mut last = Entry::parse(&entries.pop().unwrap()).unwrap();
    let stranger = minutebook_log::SecretKey::from_seed(&[99; 32]);
    let signatures = vec![(stranger.public(), stranger.sign(last.event().bytes()))];
    last.signed = Signed::new(last.event().clone(), signatures).unwrap();
    entries.push(last.encode());
    let audit = quickly(&Folder::of(&entries, &Ledger::small().log_key()));
    assert_eq!((audit.verdict(), audit.first_wrong()), (AuditVerdict::Failed, Some(Position(6))));
    assert_eq!(audit.faults[0].level, Level::Signatures);
    assert!(audit.faults[0].what.contains("other keys than those that signed"), "{:?}", audit.faults);
}
