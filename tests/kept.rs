//! The checkpoints that a published log keeps beside the newest, cosigned ones and those at which the log's key passed
//! on: whoever exports from a running server has them too, and whoever repairs from one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    dead_code,
    reason = "tests"
)]

#[path = "cli/bench.rs"]
mod bench;
mod support;

use bench::Room;
use minutebook::keyfile;
use minutebook::ledger::{Ledger, SystemClock};
use minutebook::proto::proof_service_client::ProofServiceClient;
use minutebook::proto::{ListKeptCheckpointsRequest, ListKeptCheckpointsResponse};
use minutebook::published::Publisher;
use minutebook_log::{LogKey, SignedCheckpoint, TreeHash, TreeHead, TreeSize};
use minutebook_store::SledEngine;
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use support::House;
use tonic::Code;
use tonic::transport::Channel;

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

/// Exports until the server has published so many entries.
fn publish(room: &Room, out: &str, size: u64) {
    while room.json(&["publish", out])["size"] != size {}
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
    publish(&room, "export", 3);
    let published = kept(&room.path("book/published"));
    assert!(published.keys().any(|path| path.starts_with("witnessed/")), "{:?}", published.keys());
    assert_eq!(cosignatures(&published["rotated/002"]), 1, "both keys and the witness signed it");
    assert_eq!(kept(&room.path("export")), published);

    // What was exported before they were brought gets them, though the log has not grown.
    fs::remove_dir_all(room.path("export/witnessed")).unwrap();
    fs::remove_dir_all(room.path("export/rotated")).unwrap();
    publish(&room, "export", 3);
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
    room.serve("again");
    assert_eq!(room.json(&["verify"])["verdict"], "verified");
}

#[test]
fn a_kept_checkpoint_of_another_history_is_not_taken() {
    let room = Room::with_server();
    room.enrol("secretary");
    let key = LogKey::new(NAME.parse().unwrap(), keyfile::read(&room.path("book/log-key.pem")).unwrap());
    let other = key.sign(TreeHead { size: TreeSize(1), root: TreeHash::leaf(b"another") });
    let folder = room.path("book/published/witnessed");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("001"), other.encode()).unwrap();
    let said = room.fails(4, &["publish", "export"]);
    assert!(said.contains("witnessed/001: the entries lead to the root"), "{said}");
    assert!(said.contains(other.encode().lines().last().unwrap()), "the evidence is shown: {said}");
    assert!(!room.path("export/witnessed").exists() && !room.path("export/checkpoint").exists());
}

/// A house whose folder keeps these checkpoints.
async fn keeping(paths: &[(&str, u64)]) -> (House, ProofServiceClient<Channel>) {
    let (house, _cast) = House::with_cast("re-enactment").await;
    let dir = house.stop().await;
    let (folder, key) = (dir.path().join("ledger"), support::key(9));
    let log = LogKey::new(support::ORIGIN.parse().unwrap(), key);
    for (path, size) in paths {
        let note = log.sign(TreeHead { size: TreeSize(*size), root: TreeHash::leaf(path.as_bytes()) });
        let place = folder.join("published").join(path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, note.encode()).unwrap();
    }
    let ring = minutebook::ledger::KeyRing::new(vec![support::key(9)]);
    let opened = Ledger::open(SledEngine::open(&folder).unwrap(), SystemClock::new(), ring).await.unwrap();
    let publisher = Publisher::open(&folder.join("published"), &opened).await.unwrap();
    let house = House::serve_with(dir, opened, publisher).await;
    let proof = ProofServiceClient::new(house.channel.clone());
    (house, proof)
}

fn paths(page: &ListKeptCheckpointsResponse) -> Vec<&str> {
    page.checkpoints.iter().map(|kept| kept.path.as_str()).collect()
}

#[tokio::test]
async fn what_is_kept_is_listed_in_pages_by_size() {
    let (house, mut proof) = keeping(&[
        ("witnessed/x001/002", 1002),
        ("witnessed/003", 3),
        ("rotated/003", 3),
        ("rotated/002", 2),
    ])
    .await;
    let mut list = async |page_size, page_token: &str| {
        let request = ListKeptCheckpointsRequest { page_size, page_token: page_token.to_owned() };
        proof.list_kept_checkpoints(request).await.map(tonic::Response::into_inner)
    };
    let all = ["rotated/002", "rotated/003", "witnessed/003", "witnessed/x001/002"];
    let whole = list(0, "").await.unwrap();
    assert_eq!((paths(&whole), whole.next_page_token.as_str()), (all.to_vec(), ""));
    let first = list(3, "").await.unwrap();
    assert_eq!(paths(&first), all[..3]);
    let second = list(3, &first.next_page_token).await.unwrap();
    assert_eq!((paths(&second), second.next_page_token.as_str()), (all[3..].to_vec(), ""));
    assert_eq!(list(4, "").await.unwrap().next_page_token, "", "a full page can be the last");
    for (page_size, token) in [(-1, ""), (0, "2")] {
        assert_eq!(list(page_size, token).await.unwrap_err().code(), Code::InvalidArgument);
    }
    drop(house.stop().await);
}
