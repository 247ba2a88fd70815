//! The log's key has passed on after the backup: what the new key has signed is evidence of what the backup lacks,
//! though the backup does not know that key.

use crate::files::copy;
use crate::room::Room;
use minutebook_log::{LogKey, SignedCheckpoint, TreeHash, TreeHead, TreeSize};
use std::fs;

/// A backup of the opening entry alone; then the key passes on, and somebody is enrolled, who has a receipt.
fn handed_over() -> Room {
    let mut room = Room::with_server();
    room.ok(&["backup", "before"]);
    room.ok(&["key", "new", "book/log-key-2.pem"]);
    room.ok(&["key", "rotate-log", "--new", "book/log-key-2.pem", "--registrar", "one.pem", "--yes"]);
    room.ok(&["key", "new", "secretary.pem"]);
    let enrol = ["key", "enrol", "--key", "secretary.pem", "--label", "secretary", "--registrar", "one.pem"];
    room.ok(&[&enrol[..], &["--yes", "--receipt", "newer"]].concat());
    room.publish("mirror", 3);
    room.stop();
    // What this user remembers would be enough; whoever restores elsewhere has no such memory.
    fs::remove_dir_all(room.path("state")).unwrap();
    room
}

/// What a restore says that refuses, and makes nothing.
fn refused(room: &Room, args: &[&str]) -> String {
    let said = room.fails(4, args);
    assert!(!room.path("made").exists(), "{args:?}: {said}");
    said
}

#[test]
fn what_the_new_key_has_signed_is_never_overridden() {
    let room = handed_over();
    let restore = ["restore", "before", "--to", "made", "--as-newest"];
    let repair = ["repair", "--from", "before", "--to", "made", "--without-mark"];
    let unknown = ["3 entries", "and 1 were found", "a key that nothing here knows", "hand-over"];
    // The mark alone, a checkpoint alone, a receipt alone: nothing leads to their key.
    room.copy("book", "marked");
    fs::remove_dir_all(room.path("marked/published")).unwrap();
    fs::write(room.path("marked/store/db"), "").unwrap();
    fs::copy(room.path("mirror/checkpoint"), room.path("alone")).unwrap();
    let receipt = fs::read_dir(room.path("")).unwrap().map(|file| file.unwrap().file_name());
    let receipt = receipt.map(|name| name.into_string().unwrap()).find(|name| name.ends_with(".tlog-proof"));
    let receipt = receipt.unwrap();
    for (args, file) in [
        ([&restore[..], &["--newest", "marked"]].concat(), "marked/high-water"),
        ([&restore[..], &["--newest", "alone"]].concat(), "alone"),
        ([&restore[..], &["--receipts", &receipt]].concat(), receipt.as_str()),
        ([&repair[..], &["--dir", "marked"]].concat(), "marked/high-water"),
        ([&repair[..], &["--receipts", &receipt]].concat(), receipt.as_str()),
    ] {
        let said = refused(&room, &args);
        assert!(unknown.iter().all(|told| said.contains(told)) && said.contains(file), "{args:?}: {said}");
        assert!(!said.contains("not this ledger's: the"), "{said}");
    }
    // Where the folder leads from the old key to the new it is believed, and what is missing has a name.
    for newest in ["book", "book/published", "mirror", "mirror/checkpoint"] {
        let said = refused(&room, &[&restore[..], &["--newest", newest]].concat());
        assert!(said.contains("of 3 entries, entries 1 to 2 are missing"), "{newest}: {said}");
    }
    // What is no evidence at all is told as that.
    room.write("garbage", "no checkpoint\n");
    for (newest, told) in
        [("absent", "there is no such file or folder"), ("garbage", "the file is no checkpoint")]
    {
        let said = room.fails(2, &[&restore[..], &["--newest", newest]].concat());
        assert!(
            said.contains(told) && said.contains("name the folder of the ledger that was lost"),
            "{said}"
        );
    }
    copy(&room.path("mirror"), &room.path("notes"));
    fs::remove_dir_all(room.path("notes/tile")).unwrap();
    let said = refused(&room, &[&repair[..], &["--dir", "marked", "--from", "notes"]].concat());
    assert!(said.contains("can't be recovered: entries 1 to 2 of 3 entries"), "{said}");
}

#[test]
fn a_key_file_that_is_needed_no_more_stops_no_start() {
    let mut room = handed_over();
    let (old, next) = (room.path("book/log-key.pem"), room.path("book/log-key-2.pem"));
    let (old_key, next_key) = (fs::read_to_string(&old).unwrap(), fs::read_to_string(&next).unwrap());
    fs::write(&old, format!("{old_key}x\n")).unwrap();
    // Named or found, the key that signs is there; the other is told, and the doctor takes note of it.
    for more in [&[][..], &["--log-key", "book/log-key-2.pem"]] {
        let serve = ["serve", "--dir", "book", "--listen", "127.0.0.1:0"];
        let said = room.start_saying(room.command(&[&serve[..], more].concat()));
        let told = said.matches("log-key.pem is no private key of this program").count();
        assert!(told == 1 && said.contains("move it away"), "{said}");
        room.stop();
    }
    let said = room.json(&["doctor", "--dir", "book"]);
    let looked = said["looked"].as_array().unwrap().iter();
    let keys: Vec<_> =
        looked.filter(|looked| looked["what"] == "log key").map(|looked| &looked["is"]).collect();
    assert_eq!(keys, ["notice", "well"], "{said}");
    room.ok(&["restore", "mirror", "--to", "made", "--newest", "book", "--keys", "book"]);
    assert!(!room.path("made/log-key.pem").exists() && room.path("made/log-key-2.pem").exists());
    // The one that signs is not to be done without, and nobody is told to make another.
    fs::write(&old, old_key).unwrap();
    fs::write(&next, format!("{next_key}x\n")).unwrap();
    let said = room.fails(2, &["serve", "--dir", "book", "--listen", "127.0.0.1:0"]);
    assert!(
        said.contains("log-key-2.pem is no private key") && said.contains("bring it from its copy"),
        "{said}"
    );
    assert!(!said.contains("key new") && !said.contains("ASN.1"), "{said}");
    room.fails(1, &["doctor", "--dir", "book"]);
    // What is named has to be a key.
    let named = ["serve", "--dir", "book", "--listen", "127.0.0.1:0", "--log-key", "book/published/vkey"];
    fs::write(&next, next_key).unwrap();
    let said = room.fails(2, &named);
    assert!(said.contains("vkey"), "{said}");
}

#[test]
fn with_the_entries_themselves_a_ledger_is_made_anew_and_goes_on() {
    let mut room = handed_over();
    let made =
        room.json(&["restore", "before", "mirror", "--to", "made", "--newest", "book", "--keys", "book"]);
    assert_eq!(made["size"], 3, "{made}");
    room.serve("made");
    room.enrol("auditor");
    assert_eq!(room.json(&["verify"])["read"], 4);
}

#[test]
fn garbage_in_the_ledgers_name_is_told_by_its_file_and_may_be_moved_away() {
    let room = handed_over();
    copy(&room.path("before"), &room.path("garbled"));
    let name = "minutebook.example/story";
    room.ok(&["key", "new", "stranger.pem"]);
    let key = minutebook::keyfile::read(&room.path("stranger.pem")).unwrap();
    let head = TreeHead { size: TreeSize(900), root: TreeHash::leaf(b"other") };
    let note = LogKey::new(name.parse().unwrap(), key).sign(head).encode();
    let whole = SignedCheckpoint::parse(&fs::read(room.path("before/checkpoint")).unwrap()).unwrap();
    fs::create_dir(room.path("garbled/witnessed")).unwrap();
    let forged = whole.encode().replacen("\n1\n", "\n900\n", 1);
    for (text, told) in [(note, "a key that nothing here knows"), (forged, "damaged or forged")] {
        fs::write(room.path("garbled/witnessed/900"), text).unwrap();
        let said = refused(&room, &["repair", "--from", "garbled", "--to", "made", "--without-mark"]);
        assert!(said.contains("garbled: witnessed/900") && said.contains(told), "{said}");
        assert!(said.contains("900 entries") && said.contains("move it away"), "{said}");
    }
    fs::remove_dir_all(room.path("garbled/witnessed")).unwrap();
    let made = room.json(&["repair", "--from", "garbled", "--to", "made", "--without-mark"]);
    assert_eq!(made["size"], 1);
}
