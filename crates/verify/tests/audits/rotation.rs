//! A log whose key the registrars passed on: what each auditor is told, and the attacks on it.

use crate::support::{
    Folder, Ledger, NHS_ENGLAND, REGISTRAR_ONE, REGISTRAR_TWO, REGISTRARS, SECRETARY, cosigned, policy,
    public, secret, trust,
};
use minutebook_log::{
    Frontier, LogKey, LogKeys, Position, PublishedPath, SignedCheckpoint, TreeHash, TreeHead, TreeSize,
    VerifierKey,
};
use minutebook_verify::{
    Audit, AuditVerdict, Brought, Level, Published, Questions, Review, State, Trust, audit, report_page,
    to_text,
};
use serde_json::json;

const NEXT: u8 = 10;

/// Which entry passes the key on, and how many entries there are then.
const ROTATION: usize = 7;
const HANDED_OVER: TreeSize = TreeSize(8);

/// The small book, whose key passes on with entry 7, and two decisions after.
fn rotated() -> Ledger {
    let mut ledger = Ledger::small();
    enrol(&mut ledger, NEXT, "log", &[REGISTRARS[0], REGISTRARS[1], (NEXT, "holder")]);
    ledger.decide("2020-04-03T10:00:00Z", SECRETARY);
    ledger.decide("2020-04-03T11:00:00Z", SECRETARY);
    ledger
}

fn enrol(ledger: &mut Ledger, key: u8, key_use: &str, signers: &[(u8, &str)]) {
    let facts = json!({"holder": format!("holder-{key}"), "use": key_use, "label": "The log"});
    ledger.write("KeyEnrolled", &format!("key/{}", public(key)), "2020-04-02T10:00:00Z", signers, facts);
}

fn revoke(ledger: &mut Ledger, reason: serde_json::Value) {
    let subject = format!("key/{}", public(crate::support::CHECKPOINTS));
    ledger.write("KeyRevoked", &subject, "2020-04-02T09:00:00Z", &REGISTRARS, reason);
}

fn log_key(seed: u8) -> LogKey {
    LogKey::new(Ledger::small().log_key().sign(TreeHead::EMPTY).unverified().origin.clone(), secret(seed))
}

fn old() -> LogKey {
    Ledger::small().log_key()
}

fn new() -> LogKey {
    log_key(NEXT)
}

fn head(entries: &[Vec<u8>]) -> TreeHead {
    let mut frontier = Frontier::EMPTY;
    for entry in entries {
        frontier.append(TreeHash::leaf(entry));
    }
    frontier.head()
}

/// What a log publishes that hands over with the entry at `rotation`, by this note, and then signs with the new key.
fn published(entries: &[Vec<u8>], rotation: usize, note: &SignedCheckpoint) -> Folder {
    let mut folder = Folder::of(entries, &new());
    let rotated = PublishedPath::Rotated(TreeSize(rotation as u64 + 1));
    folder.0.insert(rotated.to_string(), note.encode().into_bytes());
    let keys = LogKeys::new(vec![(Position::FIRST, old().verifier())]).unwrap();
    let keys = keys.with(Position(rotation as u64), new().verifier()).unwrap();
    folder.0.insert("vkey".to_owned(), keys.encode().into_bytes());
    folder
}

fn honest() -> Folder {
    let entries = rotated().entries;
    published(&entries, ROTATION, &old().hand_over(&new(), head(&entries[..=ROTATION])))
}

fn both() -> Brought {
    Brought::from(old().verifier()).and(new().verifier().into())
}

fn audited(folder: &Folder, keys: impl Into<Brought>) -> Audit {
    folder.audit_with(&Trust { keys: keys.into(), ..trust(&old().verifier()) })
}

/// What is said to an auditor who brings both keys, of the first fault.
fn refused(folder: &Folder) -> (Option<u64>, String) {
    let audit = audited(folder, both());
    assert_eq!(audit.verdict(), AuditVerdict::Failed);
    let fault = &audit.faults[0];
    assert!(matches!(fault.level, Level::Tree | Level::Rules), "{fault:?}");
    (audit.first_wrong().map(|position| position.0), fault.what.clone())
}

#[test]
fn who_brings_both_keys_is_satisfied() {
    let audit = audited(&honest(), both());
    assert_eq!(audit.faults, []);
    assert_eq!((audit.verdict(), audit.followed.as_ref()), (AuditVerdict::Verified, None));
    assert_eq!(
        audit.log_keys.iter().map(|(from, _, brought)| (from.0, *brought)).collect::<Vec<_>>(),
        [(0, true), (7, true)]
    );
    assert_eq!(audit.notes, Vec::<String>::new());
    // As a file with positions, which have to be the book's.
    let keys = String::from_utf8(honest().0["vkey"].clone()).unwrap();
    assert_eq!(audited(&honest(), Brought::parse(&keys).unwrap()).verdict(), AuditVerdict::Verified);
    let moved = Brought::parse(&keys.replace("7 ", "6 ")).unwrap();
    let audit = audited(&honest(), moved);
    assert_eq!((audit.verdict(), audit.first_wrong()), (AuditVerdict::Failed, Some(Position(7))));
}

#[test]
fn who_brings_the_new_key_is_told_of_the_old_one() {
    let audit = audited(&honest(), new().verifier());
    assert_eq!((audit.faults.as_slice(), audit.verdict()), (&[][..], AuditVerdict::Verified));
    assert!(audit.notes[0].contains("Checkpoints of up to 8 entries"), "{:?}", audit.notes);
}

#[test]
fn who_brings_the_old_key_is_told_how_far_it_goes_and_who_named_the_next() {
    let audit = audited(&honest(), old().verifier());
    assert_eq!((audit.faults.as_slice(), audit.verdict()), (&[][..], AuditVerdict::Verified));
    let followed = audit.followed.clone().unwrap();
    assert_eq!(
        (followed.size, &followed.brought, &followed.next),
        (HANDED_OVER, &old().verifier(), &new().verifier())
    );
    let review = Review::of(audit, &Questions::default()).unwrap();
    let tree = review.outcomes().into_iter().find(|outcome| outcome.level == Level::Tree).unwrap();
    assert_eq!(tree.state, State::HoldsSoFar);
    assert!(tree.extent.contains("signed 8 entries"), "{}", tree.extent);
    let text = to_text(&report_page(&review)).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("vouches for the first 8 entries"), "{text}");
    assert!(text.contains("In the last of them the registrars named the next key"), "{text}");
}

#[test]
fn the_folder_of_the_vectors_passes() {
    let folder = Published::open(&crate::support::vectors().join("published-rotated")).unwrap();
    for keys in [both(), old().verifier().into(), new().verifier().into()] {
        let audit = audit(&folder, &Trust { keys, ..trust(&old().verifier()) }, |_read, _of| {}).unwrap();
        assert_eq!((audit.faults.as_slice(), audit.report.replayed, audit.kept), (&[][..], 9, 1));
    }
}

#[test]
fn a_policy_may_name_the_log_by_either_key() {
    for key in [old(), new()] {
        let trust = Trust { policy: Some(policy(&key.verifier())), ..trust(&key.verifier()) };
        assert_eq!(honest().audit_with(&trust).faults, []);
    }
    let stranger = Trust { policy: Some(policy(&log_key(99).verifier())), ..trust(&old().verifier()) };
    assert_eq!(honest().audit_with(&stranger).verdict(), AuditVerdict::Failed);
}

#[test]
fn an_audit_goes_on_from_before_the_key_was_passed_on() {
    let entries = rotated().entries;
    let earlier = Some(cosigned(&old(), head(&entries[..6])));
    for keys in [both(), old().verifier().into(), new().verifier().into()] {
        let audit =
            honest().audit_with(&Trust { keys, earlier: earlier.clone(), ..trust(&old().verifier()) });
        assert_eq!((audit.faults.as_slice(), audit.earlier.unwrap().size), (&[][..], TreeSize(6)));
    }
    let by_the_new = Some(cosigned(&new(), head(&entries[..6])));
    let audit = honest().audit_with(&Trust { keys: both(), earlier: by_the_new, ..trust(&old().verifier()) });
    assert_eq!(audit.verdict(), AuditVerdict::Failed, "the new key had not come yet");
}

#[test]
fn a_kept_checkpoint_is_by_the_key_of_its_size() {
    let entries = rotated().entries;
    let with_kept = |key: &LogKey, size: usize| {
        let mut folder = honest();
        let kept = cosigned(key, head(&entries[..size])).encode().into_bytes();
        folder.0.insert(PublishedPath::Witnessed(TreeSize(size as u64)).to_string(), kept);
        folder
    };
    for keys in [both(), old().verifier().into(), new().verifier().into()] {
        assert_eq!(audited(&with_kept(&old(), 5), keys).faults, []);
    }
    let (_, early) = refused(&with_kept(&new(), 5));
    assert!(early.contains("was not the log's key at size 5"), "{early}");
    let (_, late) = refused(&with_kept(&old(), 9));
    assert!(late.contains("was not the log's key at size 9"), "{late}");
}

/// Somebody has the old key, and goes on where it was passed on.
#[test]
fn a_thief_of_the_old_key_is_noticed() {
    let mut folder = honest();
    let entries = rotated().entries;
    folder.0.insert("checkpoint".to_owned(), cosigned(&old(), head(&entries)).encode().into_bytes());
    let (_, what) = refused(&folder);
    assert!(what.contains("was not the log's key at size 10"), "{what}");
    // In a history of its own, which passes the key on nowhere: who knows the new key notices.
    let mut fork = Ledger::small();
    fork.decide("2020-04-02T10:00:00Z", SECRETARY);
    fork.decide("2020-04-03T10:00:00Z", SECRETARY);
    let (_, what) = refused(&fork.publish());
    assert!(what.contains("the book names the log's key"), "{what}");
    let known = Trust { earlier: Some(cosigned(&new(), head(&entries))), ..trust(&old().verifier()) };
    assert_eq!(fork.publish().audit_with(&known).verdict(), AuditVerdict::Failed);
}

#[test]
fn a_hand_over_that_is_missing_or_forged_is_noticed() {
    let entries = rotated().entries;
    let handed_over = head(&entries[..=ROTATION]);
    let mut missing = honest();
    missing.0.remove("rotated/008");
    let (position, what) = refused(&missing);
    assert!(position == Some(7) && what.contains("not there"), "{what}");
    let with = |note: &SignedCheckpoint| published(&entries, ROTATION, note);
    let (position, what) = refused(&with(&new().sign(handed_over)));
    assert!(position == Some(7) && what.contains("has not signed it"), "{what}");
    let (position, what) = refused(&with(&old().sign(handed_over)));
    assert!(position == Some(7) && what.contains("not signed by a known key"), "{what}");
    let honest_note = old().hand_over(&new(), handed_over);
    for line in [0, 1] {
        let mut lines = honest_note.note().signatures().to_vec();
        lines[line].bytes[9] ^= 1;
        let (position, what) = refused(&with(&honest_note.only_with(lines).unwrap()));
        assert!(position == Some(7) && what.contains("does not hold"), "{what}");
    }
    let other = TreeHead { root: TreeHash::leaf(b"other"), ..handed_over };
    let (position, what) = refused(&with(&old().hand_over(&new(), other)));
    assert!(position == Some(7) && what.contains("lead to the root"), "{what}");
    // One that the book does not have, and one under another name.
    let mut more = honest();
    more.0
        .insert("rotated/005".to_owned(), old().hand_over(&new(), head(&entries[..5])).encode().into_bytes());
    assert!(refused(&more).1.contains("nowhere there"));
    let mut renamed = honest();
    renamed.0.insert("rotated/009".to_owned(), honest_note.encode().into_bytes());
    assert!(refused(&renamed).1.contains("a checkpoint of size 8"));
    // Who brings the old key alone is led nowhere without the note.
    let audit = audited(&missing, old().verifier());
    assert_eq!((audit.verdict(), audit.followed), (AuditVerdict::Failed, None));
}

#[test]
fn a_list_of_keys_that_is_not_the_books_is_noticed() {
    for vkey in
        [format!("{}\n", new().verifier()), format!("0 {}\n6 {}\n", old().verifier(), new().verifier())]
    {
        let mut folder = honest();
        folder.0.insert("vkey".to_owned(), vkey.into_bytes());
        assert!(refused(&folder).1.contains("it lists other keys than the book names"));
    }
}

/// Where the key was lost or stolen the registrars revoke it first, and the next one signs alone.
#[test]
fn after_a_revocation_nothing_leads_over_but_the_new_key_itself() {
    let mut ledger = Ledger::small();
    revoke(&mut ledger, json!({"reason": "compromised", "from": 5}));
    enrol(&mut ledger, NEXT, "log", &[REGISTRARS[0], REGISTRARS[1], (NEXT, "holder")]);
    ledger.decide("2020-04-03T10:00:00Z", SECRETARY);
    let handed_over = head(&ledger.entries[..9]);
    let alone = published(&ledger.entries, 8, &new().sign(handed_over));
    for keys in [both(), new().verifier().into()] {
        let audit = audited(&alone, keys);
        assert_eq!((audit.faults.as_slice(), audit.verdict()), (&[][..], AuditVerdict::Verified));
        assert!(
            audit.notes.iter().any(|note| note.contains("in other hands since entry 5")),
            "{:?}",
            audit.notes
        );
    }
    // A thief may add the old key's line; it helps nobody who knows the old key alone.
    let with_thief = published(&ledger.entries, 8, &old().hand_over(&new(), handed_over));
    for folder in [&alone, &with_thief] {
        let audit = audited(folder, old().verifier());
        assert_eq!((audit.verdict(), audit.first_wrong()), (AuditVerdict::Failed, Some(Position(8))));
        assert!(audit.faults[0].what.contains("revoked at entry 7"), "{:?}", audit.faults);
        assert_eq!(audit.faults.len(), 1, "{:?}", audit.faults);
    }
}

#[test]
fn the_key_is_passed_on_by_all_whose_signature_it_needs() {
    let enrolled = |key: u8, key_use: &str, signers: &[(u8, &str)]| {
        let mut ledger = Ledger::small();
        enrol(&mut ledger, key, key_use, signers);
        refused(&ledger.publish())
    };
    let (one, two) = ((REGISTRAR_ONE, "registrar"), (REGISTRAR_TWO, "registrar"));
    let (position, few) = enrolled(NEXT, "log", &[one, (NEXT, "holder")]);
    assert!(position == Some(7) && few.contains("authority.registrars"), "{few}");
    let (position, unheld) = enrolled(NEXT, "log", &[one, two]);
    assert!(position == Some(7) && unheld.contains("authority.signatures-needed"), "{unheld}");
    let (position, others) = enrolled(NEXT, "log", &[one, two, (11, "holder")]);
    assert!(position == Some(7) && others.contains("key.possession"), "{others}");
    for (key, key_use) in
        [(SECRETARY, "log"), (NHS_ENGLAND, "witness"), (crate::support::CHECKPOINTS, "author")]
    {
        let (position, reused) = enrolled(key, key_use, &[one, two, (key, "holder")]);
        assert!(position == Some(7) && reused.contains("key.one-use"), "{reused}");
    }
}

#[test]
fn every_byte_of_the_hand_over_is_held() {
    let folder = honest();
    let note = folder.0["rotated/008"].clone();
    let key: VerifierKey = new().verifier();
    for at in 0..note.len() {
        let mut flipped = folder.clone();
        flipped.0.get_mut("rotated/008").unwrap()[at] ^= 1;
        assert_eq!(audited(&flipped, key.clone()).verdict(), AuditVerdict::Failed, "byte {at}");
    }
}
