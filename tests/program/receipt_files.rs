//! Receipts and exports from the command line: saved beside what was recorded, checked offline, refused where
//! anything is not so; a server that is killed, one that shows another history, one with an old backup.

use crate::files::files;
use crate::room::Room;
use minutebook_log::{Algorithm, InclusionProof, LogKeys, Receipt, SecretKey, SignedCheckpoint, VerifierKey};
use serde_json::Value;
use std::fs;

const NAME: &str = "minutebook.example/story";

fn receipt(room: &Room, file: &str) -> Receipt {
    Receipt::parse(&fs::read(room.path(file)).unwrap()).unwrap()
}

/// A room in which an enrolment was kept as a draft, submitted, and answered with a receipt.
fn with_receipt() -> (Room, String) {
    let room = Room::with_server();
    room.ok(&["key", "new", "secretary.pem"]);
    let enrol = ["key", "enrol", "--key", "secretary.pem", "--label", "S", "--registrar", "one.pem"];
    room.ok(&[&enrol[..], &["--draft", "enrol.json", "--yes"]].concat());
    let said = room.json(&["submit", "enrol.json"]);
    assert_eq!((&said["position"], &said["receipt"]), (&1.into(), &"enrol.json.tlog-proof".into()));
    let vkey = room.ok(&["key", "show", "book/log-key.pem", "--log", NAME]).trim().to_owned();
    (room, vkey)
}

#[test]
fn a_receipt_is_saved_beside_the_event_and_checked_offline() {
    let (mut room, vkey) = with_receipt();
    room.stop();
    let check = ["receipt", "check", "enrol.json.tlog-proof"];
    let said = room.json(&[&check[..], &["--vkey", &vkey, "--position", "1"]].concat());
    assert_eq!((&said["holds"], &said["position"]), (&true.into(), &1.into()));
    assert_eq!(said["event"]["type"], "uk.nhs.governance.KeyEnrolled.v1");
    assert_eq!((&said["checkpoint"]["size"], &said["witnesses"]), (&2.into(), &Value::Array(Vec::new())));
    let shown = room.ok(&[&check[..], &["--vkey", "book/published/vkey"]].concat());
    assert!(shown.contains("the receipt holds") && shown.contains("on the log's word alone"), "{shown}");

    let id = said["event"]["id"].as_str().unwrap();
    room.ok(&[&check[..], &["--vkey", &vkey, "--id", id]].concat());
    let other_id = id.replace(|c: char| c.is_ascii_digit() && c != '7' && c != '8', "9");
    for (claim, says) in [
        (["--vkey", vkey.as_str(), "--position", "0"], "for the entry 1"),
        (["--vkey", vkey.as_str(), "--id", other_id.as_str()], "for the event"),
    ] {
        let said = room.fails(4, &[&check[..], &claim].concat());
        assert!(said.contains(says), "{said}");
    }
    let stranger = SecretKey::from_seed(&[77; 32]);
    let stranger = VerifierKey::of(NAME.parse().unwrap(), Algorithm::Ed25519, &stranger).to_string();
    let said = room.fails(4, &[&check[..], &["--vkey", &stranger]].concat());
    assert!(said.contains("not signed by a known key"), "{said}");
    room.fails(2, &check);
    room.fails(2, &[&check[..], &["--vkey", "nothing"]].concat());
}

#[test]
fn a_receipt_of_something_else_is_refused() {
    let (room, vkey) = with_receipt();
    room.enrol("other");
    let right = receipt(&room, "enrol.json.tlog-proof");
    room.ok(&["receipt", "fetch", "2", "-o", "two.tlog-proof"]);
    let two = receipt(&room, "two.tlog-proof");
    let with = |proof: Vec<_>| Receipt { proof: InclusionProof(proof), ..right.clone() };
    let hashes = right.proof.0.clone();
    let padded = [hashes.clone(), two.proof.0.clone()].concat();
    for (what, wrong) in [
        ("another entry", Receipt { entry: two.entry.clone(), ..right.clone() }),
        ("another position", Receipt { position: two.position, ..right.clone() }),
        ("another checkpoint", Receipt { checkpoint: two.checkpoint.clone(), ..right.clone() }),
        ("an empty proof", with(Vec::new())),
        ("a padded proof", with(padded)),
        ("another proof", with(vec![two.proof.0[0]; hashes.len()])),
    ] {
        room.write("wrong.tlog-proof", &wrong.encode());
        let said = room.fails(4, &["receipt", "check", "wrong.tlog-proof", "--vkey", &vkey]);
        assert!(said.contains("the receipt does not hold"), "{what}: {said}");
    }
    let text = right.encode();
    for (what, wrong) in [
        ("cut", text.chars().take(text.len() / 2).collect()),
        (
            "without its entry",
            text.lines().filter(|line| !line.starts_with("extra")).collect::<Vec<_>>().join("\n"),
        ),
        ("an extension line", text.replace(&format!("{NAME}\n"), &format!("{NAME}\nmore\n"))),
        ("nothing", String::new()),
    ] {
        room.write("wrong.tlog-proof", &wrong);
        let said = room.fails(4, &["receipt", "check", "wrong.tlog-proof", "--vkey", &vkey]);
        assert!(said.contains("is no receipt"), "{what}: {said}");
    }
    room.fails(1, &["receipt", "check", "absent.tlog-proof", "--vkey", &vkey]);
}

#[test]
fn a_policy_says_whether_it_is_witnessed() {
    let (room, vkey) = with_receipt();
    let witness = SecretKey::from_seed(&[40; 32]);
    let witness = VerifierKey::of("witness.example".parse().unwrap(), Algorithm::CosignatureV1, &witness);
    let check = ["receipt", "check", "enrol.json.tlog-proof", "--policy", "trusted.policy", "--json"];
    room.write("trusted.policy", &format!("log {vkey}\nwitness w {witness}\nquorum w\n"));
    let said = room.run(&check);
    assert_eq!(said.code, 4, "{}", said.err);
    let proved: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((&proved["holds"], &proved["policy_is_met"]), (&true.into(), &false.into()));
    assert!(said.err.contains("no quorum"), "{}", said.err);
    room.write("trusted.policy", &format!("log {vkey}\nwitness w {witness}\nquorum none\n"));
    assert_eq!(room.run(&check).code, 0);
    // A log's own policy names no log: whose it is, is said beside.
    room.write("trusted.policy", &format!("witness w {witness}\nquorum w\n"));
    let said = room.fails(2, &check);
    assert!(said.contains("names no log") && said.contains("--vkey"), "{said}");
    let with_key = [&check[..], &["--vkey", &vkey]].concat();
    let said = room.run(&with_key);
    assert!(said.code == 4 && said.err.contains("no quorum"), "{} {}", said.code, said.err);
    room.write("trusted.policy", &format!("witness w {witness}\nquorum none\n"));
    let said = room.run(&with_key);
    assert_eq!(said.code, 0, "{}", said.err);
    let other = vkey.replace("minutebook.example/story", "minutebook.example/other");
    assert_ne!(other, vkey);
    room.write("trusted.policy", &format!("log {vkey}\nwitness w {witness}\nquorum none\n"));
    assert_eq!(room.run(&[&check[..], &["--vkey", &other]].concat()).code, 2);
}

#[test]
fn a_receipt_is_never_written_over_anothers() {
    let room = Room::with_people();
    let ccg = fs::read_to_string(room.path("ccg.jsonc")).unwrap();
    let first = receipt(&room, "ccg.jsonc.tlog-proof");
    room.write("ccg.jsonc", &ccg.replace("04K", "04L"));
    let said = room.json(&["record", "ccg.jsonc", "--key", "ods.pem", "--yes"]);
    let named = format!("ccg.jsonc.{}.tlog-proof", said["position"]);
    assert_eq!(said["receipt"], named.as_str());
    assert_eq!(receipt(&room, "ccg.jsonc.tlog-proof"), first);
    let second = receipt(&room, &named);
    assert_ne!(second.entry, first.entry);
    let fetch = ["receipt", "fetch", &second.position.to_string(), "-o"];
    let said = room.fails(2, &[&fetch[..], &["ccg.jsonc.tlog-proof"]].concat());
    assert!(said.contains("name another file"), "{said}");
    room.fails(2, &[&fetch[..], &["one.pem"]].concat());
    // The published one takes the place of the first, for the same entry.
    loop {
        let said = room.json(&[&fetch[..], &[&named]].concat());
        if said["is_published"] == true {
            break;
        }
    }
    assert_eq!(receipt(&room, &named).entry, second.entry);
    assert_eq!(room.fails(1, &["receipt", "fetch", "99", "-o", "none"]).lines().count(), 1);
}

#[test]
fn two_histories_are_refused_and_both_checkpoints_kept() {
    let mut room = Room::with_server();
    room.stop();
    room.copy("book", "backup");
    room.serve("book");
    room.enrol("secretary");
    room.stop();
    room.serve("backup");
    let elsewhere = |args: &[&str]| {
        let output = room.command(args).env("MINUTEBOOK_STATE", room.path("elsewhere")).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    elsewhere(&["key", "new", "other.pem"]);
    let enrol = ["key", "enrol", "--key", "other.pem", "--label", "Other", "--registrar", "two.pem", "--yes"];
    elsewhere(&enrol);
    let error: Value = serde_json::from_str(&room.fails(4, &["log", "--json"])).unwrap();
    let kept = fs::read_to_string(room.path(error["error"]["saved"].as_str().unwrap())).unwrap();
    let kept: Value = serde_json::from_str(&kept).unwrap();
    let keys = LogKeys::parse(&fs::read(room.path("book/published/vkey")).unwrap()).unwrap();
    let heads: Vec<_> = ["before", "now"]
        .map(|which| {
            let note = kept["checkpoints"][which].as_str().unwrap();
            let checkpoint = SignedCheckpoint::parse(note.as_bytes()).unwrap();
            checkpoint.verify(&[keys.keys()[0].1.clone()]).unwrap();
            checkpoint.unverified().head
        })
        .into();
    assert!(
        heads[0].size == heads[1].size && heads[0].root != heads[1].root,
        "two trees of one size: {heads:?}"
    );
    assert!(kept["checkpoints"]["differ"].as_str().unwrap().contains("does not extend"));
    for refused in
        [&["receipt", "fetch", "0", "-o", "r"][..], &["publish", "export"], &["record", "--yes", "x"]]
    {
        assert!(matches!(room.run(refused).code, 1 | 4), "{refused:?}");
    }
    assert!(!room.path("r").exists());
}

#[test]
fn an_old_backup_under_a_newer_published_log_is_not_served() {
    let mut room = Room::with_server();
    room.stop();
    room.copy("book", "backup");
    room.serve("book");
    room.enrol("secretary");
    room.stop();
    fs::remove_dir_all(room.path("backup/published")).unwrap();
    room.copy("book/published", "backup/published");
    let said = room.fails(4, &["serve", "--dir", "backup", "--listen", "127.0.0.1:0"]);
    assert!(said.contains("restoring an old backup"), "{said}");
    // In the ledger's folder it would be found.
    fs::rename(room.path("book/log-key.pem"), room.path("elsewhere.pem")).unwrap();
    let key = ["--log-key", "one.pem"];
    let said = room.fails(2, &[&["serve", "--dir", "book", "--listen", "127.0.0.1:0"], &key[..]].concat());
    assert!(said.contains("as entry 0 names it"), "{said}");
}

#[test]
fn an_export_is_the_published_log_and_grows_with_it() {
    let mut room = Room::with_people();
    let said = room.json(&["publish", "export"]);
    assert!(said["size"].as_u64().unwrap() >= 1, "{said}");
    room.enrol("latecomer");
    loop {
        if room.json(&["publish", "export"])["size"] == 11 {
            break;
        }
    }
    room.stop();
    room.ok(&["publish", "whole", "--dir", "book"]);
    let (whole, export) = (files(&room.path("whole")), files(&room.path("export")));
    for (path, bytes) in &whole {
        assert_eq!(export.get(path), Some(bytes), "{path}");
    }
    assert_eq!(files(&room.path("book/published"))["checkpoint"], whole["checkpoint"]);
    room.ok(&["publish", "whole", "--dir", "book"]);
    assert_eq!(files(&room.path("whole")), whole, "nothing is new");
    // What was exported and is no longer whole is not added to.
    fs::write(room.path("export/tile/0/000.p/11"), [7; 352]).unwrap();
    room.serve("book");
    let said = room.fails(1, &["publish", "export"]);
    assert!(said.contains("is no whole export"), "{said}");
}

#[test]
fn a_server_that_is_killed_has_published_what_its_checkpoint_says() {
    let mut room = Room::with_server();
    let vkey = room.ok(&["key", "show", "book/log-key.pem", "--log", NAME]);
    for round in 0..4 {
        for number in 0..3 {
            room.enrol(&format!("key-{round}-{number}"));
        }
        // As kill -9 does, wherever the publisher is.
        room.kill();
        let published = files(&room.path("book/published"));
        let checkpoint = SignedCheckpoint::parse(&published["checkpoint"]).unwrap();
        checkpoint.verify(&[vkey.trim().parse().unwrap()]).unwrap();
        room.copy("book", &format!("copy-{round}"));
        let whole = format!("whole-{round}");
        room.ok(&["publish", &whole, "--dir", &format!("copy-{round}")]);
        let whole = files(&room.path(&whole));
        for (path, bytes) in &published {
            let is_beginning = |(other, whole): (&String, &Vec<u8>)| {
                path.split(".p/").next() == other.split(".p/").next() && whole.starts_with(bytes)
            };
            let is_tile = path.starts_with("tile/");
            assert!(!is_tile || whole.iter().any(is_beginning), "round {round}: {path}");
        }
        room.serve("book");
    }
    room.stop();
    room.ok(&["publish", "whole", "--dir", "book"]);
    let (published, whole) = (files(&room.path("book/published")), files(&room.path("whole")));
    for (path, bytes) in &whole {
        assert_eq!(published.get(path), Some(bytes), "{path}");
    }
    assert!(!published.contains_key(".new"));
}
