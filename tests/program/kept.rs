//! The checkpoints that a published log keeps beside the newest, cosigned ones and those at which the log's key passed
//! on: whoever exports from a running server has them too, and whoever repairs from one.

use crate::room::Room;
use minutebook_log::SignedCheckpoint;
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

const NAME: &str = "minutebook.example/story";

/// A witness that runs until the test ends.
struct Witness(Child);

impl Drop for Witness {
    fn drop(&mut self) {
        let _ended = self.0.kill();
        let _reaped = self.0.wait();
    }
}

/// A room whose log a neighbour has to witness before anything is published, and whose next key is ready.
fn witnessed_room() -> (Room, Witness) {
    let mut room = Room::new();
    room.init("book");
    room.ok(&["key", "new", "book/log-key-2.pem"]);
    room.ok(&["key", "new", "witness.pem"]);
    let log = room.ok(&["key", "show", "book/log-key.pem", "--log", NAME]);
    let next = room.ok(&["key", "show", "book/log-key-2.pem", "--log", NAME]);
    let begin = ["witness", "--new", "--dir", "witness", "--key", "witness.pem", "--name", "derby.example/w"];
    let logs = ["--listen", "127.0.0.1:0", "--log", log.trim(), "--log", next.trim()];
    let mut child = room.command(&[&begin[..], &logs].concat()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    let address = lines
        .find_map(|line| line.split_whitespace().find(|word| word.starts_with("http://")).map(str::to_owned))
        .unwrap();
    // Somebody goes on listening, or the program would find its standard error closed.
    std::thread::spawn(move || lines.for_each(drop));
    let witness = room.ok(&["key", "show", "witness.pem", "--witness", "derby.example/w"]);
    room.write("policy", &format!("witness derby {} {address}\nquorum derby\n", witness.trim()));
    room.serve_with("book", &["--witness-policy", "policy", "--on-no-quorum", "hold"]);
    (room, Witness(child))
}

/// Every text below a folder, by its path.
fn texts(root: &Path) -> BTreeMap<String, String> {
    let (mut found, mut folders) = (BTreeMap::new(), vec![root.to_owned()]);
    while let Some(folder) = folders.pop() {
        for file in fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
                found.extend(fs::read_to_string(path).ok().map(|text| (name, text)));
            }
        }
    }
    found
}

/// Those that are kept beside the newest checkpoint.
fn kept(root: &Path) -> BTreeMap<String, String> {
    let is_kept = |path: &str| path.starts_with("witnessed/") || path.starts_with("rotated/");
    texts(root).into_iter().filter(|(path, _text)| is_kept(path)).collect()
}

fn cosignatures(note: &str) -> usize {
    let note = SignedCheckpoint::parse(note.as_bytes()).unwrap();
    note.note().signatures().iter().filter(|line| line.bytes.len() > 64).count()
}

#[test]
fn an_export_and_a_repair_from_a_server_bring_what_it_keeps() {
    let (mut room, _witness) = witnessed_room();
    room.ok(&["key", "rotate-log", "--new", "book/log-key-2.pem", "--registrar", "one.pem", "--yes"]);
    room.enrol("secretary");
    room.publish("export", 3);
    let published = kept(&room.path("book/published"));
    assert!(published.keys().any(|path| path.starts_with("witnessed/")), "{:?}", published.keys());
    assert_eq!(cosignatures(&published["rotated/002"]), 1, "both keys and the witness signed it");
    assert_eq!(kept(&room.path("export")), published);

    // What was exported before they were brought gets them, though the log has not grown.
    fs::remove_dir_all(room.path("export/witnessed")).unwrap();
    fs::remove_dir_all(room.path("export/rotated")).unwrap();
    room.publish("export", 3);
    assert_eq!(kept(&room.path("export")), published);

    let url = room.address().to_owned();
    room.ok(&["repair", "--from", &url, "--to", "again", "--without-mark"]);
    assert_eq!(kept(&room.path("again/published")), published);
    room.stop();
    room.ok(&["publish", "whole", "--dir", "book"]);
    let (whole, export) = (texts(&room.path("whole")), texts(&room.path("export")));
    for path in published.keys().map(String::as_str).chain(["checkpoint", "vkey"]) {
        assert_eq!(export[path], whole[path], "{path}, in the one export and the other");
    }
    for key in ["log-key.pem", "log-key-2.pem"] {
        fs::copy(room.path("book").join(key), room.path("again").join(key)).unwrap();
    }
    // All that its checkpoint speaks of is there: neither the doctor nor the first start has anything to say.
    let said = room.json(&["doctor", "--dir", "again"]);
    let looked = said["looked"].as_array().unwrap().iter();
    let published: Vec<_> = looked.filter(|looked| looked["what"] == "published").collect();
    assert!(published.len() == 1 && published[0]["is"] == "well", "{said}");
    let started = room.start_saying(room.command(&["serve", "--dir", "again", "--listen", "127.0.0.1:0"]));
    assert!(!started.contains("ERROR") && !started.contains("WARN"), "{started}");
    assert_eq!(room.json(&["verify"])["verdict"], "verified");
}
