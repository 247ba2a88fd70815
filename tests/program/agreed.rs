//! What the doctor says of a published file is what a start does with it, and after the start nothing is left to say.

use crate::files::files;
use crate::room::{Room, Said};
use minutebook::keyfile;
use minutebook_log::{LogKey, SignedCheckpoint};
use serde_json::Value;
use std::fs;

const NAME: &str = "minutebook.example/story";

/// A book at rest whose key has passed on, and that keeps a checkpoint as if witnesses had signed it.
fn at_rest() -> Room {
    let mut room = Room::with_server();
    room.ok(&["key", "new", "book/log-key-2.pem"]);
    room.ok(&["key", "rotate-log", "--new", "book/log-key-2.pem", "--registrar", "one.pem", "--yes"]);
    // Each size is published by itself.
    room.publish("export", 2);
    room.enrol("secretary");
    room.publish("export", 3);
    room.enrol("auditor");
    room.publish("export", 4);
    room.stop();
    fs::remove_dir_all(room.path("export")).unwrap();
    let kept = room.path("book/published/witnessed");
    fs::create_dir(&kept).unwrap();
    fs::copy(room.path("book/published/checkpoint"), kept.join("004")).unwrap();
    room
}

fn doctor(room: &Room, dir: &str) -> (Said, String, String) {
    let said = room.run(&["doctor", "--dir", dir, "--json"]);
    let parsed: Value = serde_json::from_str(&said.out).unwrap();
    let is_bad = |looked: &&Value| ["wrong", "damaged"].contains(&looked["is"].as_str().unwrap());
    let bad: Vec<_> = parsed["looked"].as_array().unwrap().iter().filter(is_bad).collect();
    let all = |what: &str| bad.iter().map(|looked| looked[what].to_string()).collect::<Vec<_>>().join("; ");
    (said, all("found"), all("mends"))
}

/// Flips a bit in the middle of a file.
fn flip(room: &Room, file: &str) {
    let mut bytes = fs::read(room.path(file)).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(room.path(file), bytes).unwrap();
}

#[test]
fn a_published_file_is_made_anew_as_the_doctor_says() {
    let mut room = at_rest();
    let whole = files(&room.path("book/published"));
    assert_eq!(doctor(&room, "book").0.code, 0, "{}", doctor(&room, "book").0.out);
    let anew = "the next start makes it anew";
    for (file, is_removed, mends) in [
        ("tile/entries/000.p/4", false, anew),
        ("tile/entries/000.p/3", false, anew),
        ("tile/0/000.p/4", false, anew),
        ("tile/0/000.p/2", false, anew),
        ("tile/entries/000.p/4", true, anew),
        ("vkey", false, anew),
        ("vkey", true, anew),
        ("rotated/002", false, anew),
        ("rotated/002", true, anew),
        ("witnessed/004", false, "copy witnessed/004 from an export or a mirror"),
    ] {
        room.copy("book", "flipped");
        let path = format!("flipped/published/{file}");
        if is_removed {
            fs::remove_file(room.path(&path)).unwrap()
        } else {
            flip(&room, &path)
        }
        let (said, found, told) = doctor(&room, "flipped");
        assert_eq!(said.code, 1, "{file}: {}", said.out);
        assert!(found.contains(file) && told.contains(mends), "{file}: {found}: {told}");
        let started = room.tries("flipped");
        assert_eq!(started.code, 0, "{file}: {}", started.err);
        assert!(started.err.contains(file), "a start says what it does about {file}: {}", started.err);
        let (said, found, _told) = doctor(&room, "flipped");
        assert_eq!(said.code, 0, "{file}: {found}");
        let left = files(&room.path("flipped/published"));
        match mends == anew {
            true => assert_eq!(left, whole, "{file}"),
            false => assert!(
                !left.contains_key(file) && room.path("flipped/published.damaged").join(file).is_file()
            ),
        }
        assert!(!room.path("flipped/published.set-aside").exists(), "{file}: a bit is no other history");
        fs::remove_dir_all(room.path("flipped")).unwrap();
        let _none = fs::remove_dir_all(room.path("flipped.damaged"));
    }
}

#[test]
fn what_may_be_evidence_is_left_alone_as_the_doctor_says() {
    let mut room = at_rest();
    room.ok(&["key", "new", "other.pem"]);
    let ours = SignedCheckpoint::parse(&fs::read(room.path("book/published/checkpoint")).unwrap()).unwrap();
    let key =
        |file: &str, name: &str| LogKey::new(name.parse().unwrap(), keyfile::read(&room.path(file)).unwrap());
    let mut head = ours.unverified().head;
    let others = key("other.pem", "minutebook.example/other").sign(head).encode();
    head.root = minutebook_log::TreeHash::leaf(b"another");
    let fork = key("book/log-key-2.pem", NAME).sign(head).encode();
    for (file, text, told) in [
        ("checkpoint", None, "move flipped/published/checkpoint away"),
        ("checkpoint", Some(&others), "move flipped/published/checkpoint away"),
        ("checkpoint", Some(&fork), "it is evidence"),
        ("witnessed/004", Some(&fork), "it is evidence"),
    ] {
        room.copy("book", "flipped");
        let path = format!("flipped/published/{file}");
        match text {
            None => flip(&room, &path),
            Some(text) => fs::write(room.path(&path), text).unwrap(),
        }
        let before = files(&room.path("flipped/published"));
        let (said, _found, mends) = doctor(&room, "flipped");
        assert_eq!(said.code, 4, "{file}: {}", said.out);
        assert!(mends.contains(told), "{file}: {mends}");
        assert_eq!(room.tries("flipped").code, 4, "{file}");
        assert_eq!(files(&room.path("flipped/published")), before, "{file}");
        fs::remove_dir_all(room.path("flipped")).unwrap();
    }
    // What it says to do is enough.
    flip(&room, "book/published/checkpoint");
    fs::rename(room.path("book/published/checkpoint"), room.path("kept")).unwrap();
    assert_eq!(room.tries("book").code, 0);
    assert_eq!(fs::read(room.path("book/published/checkpoint")).unwrap(), ours.encode().as_bytes());
}

#[test]
fn a_mark_of_which_a_slot_is_lost_is_brought_forward() {
    let mut room = at_rest();
    let path = room.path("book/high-water");
    let mut bytes = fs::read(&path).unwrap();
    let turn = |slot: &[u8]| String::from_utf8_lossy(&slot[..60]).into_owned();
    let newest = (0..3).max_by_key(|slot| turn(&bytes[slot * 4096..])).unwrap();
    bytes[newest * 4096..(newest + 1) * 4096].fill(0);
    fs::write(&path, bytes).unwrap();
    let said = room.json(&["doctor", "--dir", "book"]);
    let mark = said["looked"].as_array().unwrap().iter().find(|looked| looked["what"] == "mark").unwrap();
    assert!(["well", "notice"].contains(&mark["is"].as_str().unwrap()), "{said}");
    assert_eq!(room.tries("book").code, 0);
    let said = room.json(&["doctor", "--dir", "book"]);
    assert!(said.to_string().contains("4 entries acknowledged\""), "{said}");
}
