//! A ledger that outlives its disk: damaged, cut, restored from an old backup, it is made anew from what others
//! have; where that is not enough, or contradicts itself, it is not.

use crate::files::files;
use crate::room::{Room, decision};
use minutebook_log::Receipt;
use serde_json::{Value, json};
use std::fs;

/// The entries before the decisions: an opening, four enrolments and grants, a body.
const PROLOGUE: u64 = 10;
/// And with them.
const SIZE: u64 = PROLOGUE + 4;

fn record(room: &Room, name: &str, day: &str) {
    // Each says something of its own: what stands in the book already is not recorded again.
    let text = decision(day, r#"{"none": {}}"#).replacen("the minutes", &format!("the minutes, {name}"), 1);
    room.write(&format!("{name}.json"), &text);
    room.ok(&["record", &format!("{name}.json"), "--key", "secretary.pem", "--yes"]);
}

/// Exports what the server has published, once it has come that far.
fn publish(room: &Room, out: &str, size: u64) {
    while room.json(&["publish", out])["size"] != json!(size) {}
}

/// A book with decisions at positions 10 to 13, whose receipts are in `receipts/`, and whose server was killed.
fn damaged_room() -> Room {
    let mut room = Room::with_people();
    for number in 0..4 {
        record(&room, &format!("d{number}"), "2019-07-04");
    }
    publish(&room, "mirror", SIZE);
    fs::create_dir(room.path("receipts")).unwrap();
    for number in 0..4 {
        let name = format!("d{number}.json.tlog-proof");
        fs::rename(room.path(&name), room.path("receipts").join(name)).unwrap();
    }
    room.kill();
    room
}

/// Flips a bit in every copy of an entry in the store's file.
fn flip(room: &Room, dir: &str, position: u64) {
    let path = room.path(dir).join("store/db");
    let mut db = fs::read(&path).unwrap();
    let line = format!("minutebook.entry/v1\nposition {position}\n");
    let found = db.windows(line.len()).enumerate().filter(|(_at, text)| *text == line.as_bytes());
    let starts: Vec<usize> = found.map(|(at, _text)| at).collect();
    assert!(!starts.is_empty(), "entry {position} lies in the file as text");
    starts.iter().for_each(|start| db[start + 60] ^= 1);
    fs::write(path, db).unwrap();
}

fn positions(said: &Value, source: &str) -> Value {
    let of = said["from"].as_array().unwrap().iter().find(|from| from["source"] == source);
    of.unwrap_or_else(|| panic!("{source}: {said}"))["positions"].clone()
}

/// Serves the repaired folder, and has the book go on.
fn check_serves(room: &mut Room, dir: &str) {
    room.serve(dir);
    record(room, "later", "2019-08-01");
    let verified = room.json(&["verify"]);
    assert_eq!((&verified["verdict"], &verified["read"]), (&json!("verified"), &json!(SIZE + 1)));
    room.stop();
    let verified = room.json(&["verify", "--dir", dir]);
    assert_eq!(verified["verdict"], "verified");
}

#[test]
fn a_damaged_entry_comes_from_what_was_published_and_the_book_goes_on() {
    let mut room = damaged_room();
    flip(&room, "book", 11);
    // A start on a copy: it lets sled write to what it opens.
    room.copy("book", "started");
    let said = room.fails(4, &["serve", "--dir", "started", "--listen", "127.0.0.1:0"]);
    assert!(said.contains("minutebook repair"), "{said}");
    let before = files(&room.path("book"));
    let said = room.json(&["repair", "--dir", "book", "--receipts", "receipts", "--to", "again"]);
    assert_eq!(files(&room.path("book")), before, "the damaged folder is as it was");
    assert_eq!((&said["size"], &said["lost"]), (&json!(SIZE), &json!([])), "{said}");
    assert_eq!(positions(&said, "book (the store)"), json!([[0, 10], [12, 13]]));
    assert_eq!(positions(&said, "book/published"), json!([[11, 11]]));
    assert!(said["extends"].as_u64().unwrap() >= 6, "the mark, the checkpoint, four receipts: {said}");
    check_serves(&mut room, "again");
    let vkey = room.ok(&["key", "show", "again/log-key.pem", "--log", "minutebook.example/story"]);
    for number in 0..4 {
        let receipt = format!("receipts/d{number}.json.tlog-proof");
        room.ok(&["receipt", "check", &receipt, "--vkey", vkey.trim()]);
    }
}

#[test]
fn a_receipt_and_a_mirror_bring_back_what_the_disk_has_lost() {
    let mut room = damaged_room();
    // A mirror that serves: another machine with a copy of the folder.
    room.copy("book", "copy");
    flip(&room, "book", 12);
    fs::remove_dir_all(room.path("book/published")).unwrap();
    let said = room.json(&["repair", "--dir", "book", "--receipts", "receipts", "--to", "again"]);
    assert_eq!(positions(&said, "receipts/d2.json.tlog-proof"), json!([[12, 12]]));

    room.serve("copy");
    let url = room.address().to_owned();
    let said = room.json(&["repair", "--dir", "book", "--from", &url, "--to", "from-mirror"]);
    assert_eq!(positions(&said, &url), json!([[12, 12]]));
    // The disk is gone, and with it the mark: the operator has to say that nothing came after.
    let refused = room.fails(4, &["repair", "--from", &url, "--to", "from-nothing"]);
    assert!(refused.contains("--without-mark") && !room.path("from-nothing").exists(), "{refused}");
    let said = room.json(&["repair", "--from", &url, "--to", "from-nothing", "--without-mark"]);
    assert_eq!((&said["size"], positions(&said, &url)), (&json!(SIZE), json!([[0, SIZE - 1]])));
    room.stop();
    fs::copy(room.path("book/log-key.pem"), room.path("from-nothing/log-key.pem")).unwrap();
    check_serves(&mut room, "from-nothing");
    let refused = room.fails(5, &["repair", "--from", "http://127.0.0.1:1", "--to", "never"]);
    assert!(refused.contains("127.0.0.1:1"), "{refused}");
}

#[test]
fn yesterdays_store_under_todays_mark_is_refused_and_repaired_or_closed() {
    let mut room = Room::with_people();
    record(&room, "d0", "2019-07-04");
    room.stop();
    room.copy("book/store", "yesterday");
    room.serve("book");
    (1..4).for_each(|number| record(&room, &format!("d{number}"), "2019-07-04"));
    publish(&room, "mirror", SIZE);
    room.kill();
    fs::remove_dir_all(room.path("book/store")).unwrap();
    fs::rename(room.path("yesterday"), room.path("book/store")).unwrap();
    let said = room.fails(4, &["serve", "--dir", "book", "--listen", "127.0.0.1:0"]);
    assert!(said.contains("position 11 is the first that is missing"), "{said}");

    // What was published leads on; a published log that was cut, with one receipt, does not.
    fs::rename(room.path("book/published"), room.path("published")).unwrap();
    let said = room.json(&["repair", "--dir", "book", "--from", "mirror", "--to", "again"]);
    assert_eq!(positions(&said, "mirror"), json!([[11, 13]]));
    let bundles = room.path("mirror/tile/entries/000.p");
    let bytes = fs::read(bundles.join("14")).unwrap();
    fs::remove_dir_all(&bundles).unwrap();
    fs::create_dir(&bundles).unwrap();
    fs::write(bundles.join("14"), &bytes[..bytes.len() - 3000]).unwrap();
    let repair =
        ["repair", "--dir", "book", "--from", "mirror", "--receipts", "d3.json.tlog-proof", "--to", "not"];
    let closed = room.run(&[&repair[..], &["--json"]].concat());
    assert_eq!((closed.code, room.path("not").exists()), (4, false), "{}", closed.err);
    let said: Value = serde_json::from_str(&closed.out).unwrap();
    let lost: Vec<u64> = serde_json::from_value(said["lost"].clone()).unwrap();
    assert!(lost.contains(&12) && !lost.contains(&10) && !lost.contains(&13), "{said}");
    assert!(
        said["newest_checkpoint"].as_str().unwrap().starts_with("minutebook.example/story\n14\n"),
        "{said}"
    );
    assert!(closed.err.contains("closed") && closed.err.contains("--continues book"), "{}", closed.err);
    check_serves(&mut room, "again");
}

#[test]
fn a_mark_that_is_gone_or_another_ledgers_is_noticed() {
    let room = damaged_room();
    let mark = room.path("book/high-water");
    let own = fs::read(&mark).unwrap();
    let origin = ["--origin", "minutebook.example/other", "--registrar", "one.pem", "--registrar", "two.pem"];
    room.ok(&[&["init", "--dir", "other"], &origin[..]].concat());
    // Opened once, so that a checkpoint stands beside its mark.
    room.ok(&["publish", "other-published", "--dir", "other"]);
    let other = fs::read(room.path("other/high-water")).unwrap();
    for (bytes, said) in [(None, "is missing"), (Some(other), "it is not this ledger's")] {
        match &bytes {
            None => fs::remove_file(&mark).unwrap(),
            Some(bytes) => fs::write(&mark, bytes).unwrap(),
        }
        let refused = room.fails(4, &["serve", "--dir", "book", "--listen", "127.0.0.1:0"]);
        assert!(refused.contains("minutebook repair"), "{refused}");
        let refused = room.fails(4, &["repair", "--dir", "book", "--to", "again"]);
        assert!(refused.contains(said) && refused.contains("--without-mark"), "{refused}");
        let repaired = room.json(&["repair", "--dir", "book", "--to", "again", "--without-mark"]);
        assert_eq!(repaired["size"], json!(SIZE));
        fs::remove_dir_all(room.path("again")).unwrap();
    }
    fs::write(&mark, own).unwrap();
    room.ok(&["repair", "--dir", "book", "--to", "again"]);
}

#[test]
fn another_history_is_evidence_and_a_forged_receipt_is_put_aside() {
    let mut room = damaged_room();
    room.copy("book", "fork");
    for (dir, name) in [("book", "ours"), ("fork", "theirs")] {
        room.serve(dir);
        // Each server is somebody else's to these clients: what they remember would give it away.
        let _forgotten = fs::remove_dir_all(room.path("state"));
        record(&room, name, "2019-09-05");
        publish(&room, &format!("{name}-published"), SIZE + 1);
        room.kill();
    }
    let refused = room.fails(4, &["repair", "--dir", "book", "--from", "theirs-published", "--to", "again"]);
    assert!(refused.contains("two histories") && !room.path("again").exists(), "{refused}");
    let refused =
        room.fails(4, &["repair", "--dir", "book", "--receipts", "theirs.json.tlog-proof", "--to", "again"]);
    assert!(refused.contains("two histories"), "{refused}");

    let _forgotten = fs::remove_dir_all(room.path("state"));
    let path = room.path("receipts/d1.json.tlog-proof");
    let mut forged = Receipt::parse(&fs::read(&path).unwrap()).unwrap();
    let text = String::from_utf8(forged.entry).unwrap().replacen("recorded 2", "recorded 3", 1);
    forged.entry = text.into_bytes();
    fs::write(&path, forged.encode()).unwrap();
    let said = room.json(&["repair", "--dir", "book", "--receipts", "receipts", "--to", "again"]);
    let aside = said["aside"].as_array().unwrap();
    assert_eq!(aside.len(), 1, "{said}");
    assert_eq!(aside[0]["source"], "receipts/d1.json.tlog-proof");
    assert_eq!(said["size"], json!(SIZE + 1));
}

#[test]
fn a_ledger_in_use_and_one_of_another_name_are_not_taken() {
    let mut room = damaged_room();
    room.serve("book");
    let refused = room.fails(1, &["repair", "--dir", "book", "--to", "again"]);
    assert!(refused.contains("in use"), "{refused}");
    room.stop();
    let origin = ["--origin", "minutebook.example/other", "--registrar", "one.pem", "--registrar", "two.pem"];
    room.ok(&[&["init", "--dir", "other"], &origin[..]].concat());
    room.ok(&["publish", "other-published", "--dir", "other"]);
    let refused = room.fails(4, &["repair", "--dir", "book", "--from", "other-published", "--to", "again"]);
    assert!(refused.contains("several ledgers") && refused.contains("minutebook.example/other"), "{refused}");
    let taken = room.fails(1, &["repair", "--dir", "book", "--to", "other"]);
    assert!(taken.contains("not empty"), "{taken}");
}
