//! Opening ledgers: a name and a log key are used once, and a ledger that can't go on is named by the one that does.

use crate::room::{Room, decision};
use minutebook_log::{LogKeys, SignedCheckpoint, TreeHash};
use minutebook_verify::{AuditVerdict, Published, Trust, audit};
use serde_json::json;
use std::fs;

const REGISTRARS: [&str; 4] = ["--registrar", "one.pem", "--registrar", "two.pem"];

/// An `init` of a folder under a name.
fn init<'a>(dir: &'a str, origin: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["init", "--dir", dir, "--origin", origin], &REGISTRARS[..], more].concat()
}

#[test]
fn a_name_and_a_log_key_are_used_once() {
    let mut room = Room::new();
    room.init("book");
    let refused = room.fails(3, &init("again", "minutebook.example/story", &[]));
    for said in ["the origin minutebook.example/story", "/book", "--origin", ".opened.json"] {
        assert!(refused.contains(said), "{said}: {refused}");
    }
    assert!(
        !room.path("again").exists() && !room.path("again.log-key.pem").exists(),
        "nothing is left behind"
    );
    // The key by its folder, and by what is remembered of it.
    let other = "minutebook.example/other";
    let refused = room.fails(3, &init("again", other, &["--log-key", "book/log-key.pem"]));
    assert!(refused.contains("the ledger in book"), "{refused}");
    fs::copy(room.path("book/log-key.pem"), room.path("copy.pem")).unwrap();
    let refused = room.fails(3, &init("again", other, &["--log-key", "copy.pem"]));
    assert!(refused.contains("the log key") && refused.contains("minutebook.example/story"), "{refused}");
    room.ok(&init("again", other, &[]));
    // Somebody else, who has only seen it served.
    room.serve("book");
    fs::remove_dir_all(room.path("state")).unwrap();
    room.ok(&["log"]);
    let refused = room.fails(3, &init("third", "minutebook.example/story", &[]));
    assert!(refused.contains("was seen at http://"), "{refused}");
}

/// A book that was closed: entry 11 is gone for good. Returns its newest checkpoint.
fn closed_room() -> (Room, SignedCheckpoint) {
    let mut room = Room::with_people();
    room.write("decision.json", &decision("2019-07-04", r#"{"none": {}}"#));
    for _decision in 0..3 {
        room.ok(&["record", "decision.json", "--key", "secretary.pem", "--yes", "--again"]);
    }
    room.stop();
    let checkpoint = fs::read(room.path("book/published/checkpoint")).unwrap();
    fs::remove_dir_all(room.path("book/published")).unwrap();
    let mut db = fs::read(room.path("book/store/db")).unwrap();
    let line = b"minutebook.entry/v1\nposition 11\n";
    let starts: Vec<_> = (0..db.len() - line.len()).filter(|at| db[*at..].starts_with(line)).collect();
    starts.iter().for_each(|at| db[at + 60] ^= 1);
    fs::write(room.path("book/store/db"), db).unwrap();
    (room, SignedCheckpoint::parse(&checkpoint).unwrap())
}

#[test]
fn a_ledger_that_cannot_be_repaired_is_named_by_the_one_that_goes_on() {
    let (mut room, newest) = closed_room();
    let closed = room.fails(4, &["repair", "--dir", "book", "--to", "again"]);
    assert!(closed.contains("entry 11 of 13 entries") && closed.contains("--continues book"), "{closed}");

    let name = "minutebook.example/story-2";
    let same = room.fails(3, &init("anew", "minutebook.example/story", &["--continues", "book"]));
    assert!(same.contains("the origin minutebook.example/story"), "{same}");
    fs::copy(room.path("book/log-key.pem"), room.path("copy.pem")).unwrap();
    // Also where nothing is remembered: the old checkpoint shows whose key it was.
    let _forgotten = fs::remove_dir_all(room.path("state"));
    let same = room.fails(3, &init("anew", "minutebook.example/story", &["--continues", "book"]));
    assert!(same.contains("/data/facts/continues/origin"), "{same}");
    let same = room.fails(3, &init("anew", name, &["--continues", "book", "--log-key", "copy.pem"]));
    assert!(same.contains("/data/facts/checkpoint_key"), "{same}");

    let said = room.json(&init("anew", name, &["--continues", "book"]));
    let head = newest.unverified().head;
    assert_eq!(said["continues"]["origin"], "minutebook.example/story");
    assert_eq!(said["continues"]["size"], json!(head.size.0));
    assert_eq!(said["continues"]["root"], json!(head.root.to_string()));
    room.serve("anew");
    let shown = room.ok(&["log", "--limit", "1"]);
    assert!(shown.contains("continues minutebook.example/story at size 13"), "{shown}");
    let shown = room.ok(&["show", "0"]);
    assert!(shown.contains("continues") && shown.contains(&head.root.to_string()), "{shown}");
    assert_eq!(room.json(&["verify"])["continues"]["size"], json!(13));
    let verified = room.ok(&["verify"]);
    assert!(verified.contains("which this does not cover"), "{verified}");
    assert!(verified.contains("so say") && verified.contains("only its own book can show"), "{verified}");
    room.ok(&["publish", "published"]);
    room.stop();
    check_report(&room, head.root);
}

/// The auditor's report says what it does not cover, and fails nothing for it.
fn check_report(room: &Room, root: TreeHash) {
    let keys = LogKeys::parse(&fs::read(room.path("published/vkey")).unwrap()).unwrap();
    let published = Published::open(&room.path("published")).unwrap();
    let trust = Trust { keys: keys.into(), policy: None, earlier: None };
    let audit = audit(&published, &trust, |_read, _of| {}).unwrap();
    assert_eq!(audit.verdict(), AuditVerdict::Verified, "{:?}", audit.faults);
    let said = |note: &&String| note.contains("says that it continues minutebook.example/story");
    let note = audit.notes.iter().find(said).unwrap();
    assert!(note.contains("nothing in it shows that the registrars"), "{note}");
    assert!(note.contains(&root.to_string()) && note.contains("does not cover"), "{note}");
}
