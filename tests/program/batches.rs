//! Files of several events: shown exactly, recorded as a whole, and kept as signed where the answer is lost.

use crate::room::{Room, decision};
use serde_json::Value;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};

/// Three events of 04K that cite each other, in their order.
const BATCH: &str = r#"{"secretary_of": "body/04K"}
{"type": "DecisionRecorded", "subject": "body/04K", "label": "agreed",
  "facts": {"decided_on": "2019-07-04", "mode": "meeting", "outcome": "approved", "text": "To write.",
    "reasons": "It is due.", "effect": {"none": {}}}}
{"type": "ActionAssigned", "subject": "action/letter",
  "facts": {"body": "body/04K", "text": "Write.", "owner": {"office": "chair"}, "assigned_on": "2019-07-04"}}
{"type": "DecisionRescinded", "subject": "body/04K",
  "facts": {"decision": "@agreed", "by_decision": "@agreed", "effective": "2019-07-05"}}"#;

/// The first two of them.
fn batch() -> String {
    BATCH.split("\n{\"type\": \"DecisionRescinded\"").next().unwrap().to_owned()
}

fn record(room: &Room, more: &[&str]) -> crate::room::Said {
    room.run(&[&["record", "batch.jsonc", "--key", "secretary.pem", "--yes"], more].concat())
}

fn size(room: &Room) -> u64 {
    room.json(&["log"])["size"].as_u64().unwrap()
}

/// The requests as large as a batch that are made of one: the dry run first, then the batch with its signatures.
const DRY_RUN_AND_BATCH: usize = 2;

/// A way to the server over which requests go as they are. Once a batch has gone over it no answer comes back, until
/// somebody says that the way is cut.
fn wire_that_loses_the_answer(address: &str) -> (String, Sender<()>) {
    let server = TcpStream::connect(address.trim_start_matches("http://")).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let here = format!("http://{}", listener.local_addr().unwrap());
    let (cut, is_cut) = channel();
    let (sent, is_sent) = channel();
    std::thread::spawn(move || {
        let (client, _from) = listener.accept().unwrap();
        let (answers, to_client) = (server.try_clone().unwrap(), client.try_clone().unwrap());
        std::thread::spawn(move || forward_answers(answers, to_client, &is_sent));
        let closing = client.try_clone().unwrap();
        std::thread::spawn(move || {
            let _somebody = is_cut.recv();
            let _cut = closing.shutdown(Shutdown::Both);
        });
        forward_requests(client, server, &sent);
    });
    (here, cut)
}

fn forward_requests(mut client: TcpStream, mut to_server: TcpStream, sent: &Sender<()>) {
    let (mut bytes, mut large) = ([0; 16 * 1024], 0);
    while let Ok(count @ 1..) = client.read(&mut bytes) {
        large += usize::from(count >= 500);
        if count >= 500 && large == DRY_RUN_AND_BATCH {
            sent.send(()).unwrap();
        }
        if to_server.write_all(&bytes[..count]).is_err() {
            return;
        }
    }
}

fn forward_answers(mut answers: TcpStream, mut to_client: TcpStream, is_sent: &Receiver<()>) {
    let (mut bytes, mut is_lost) = ([0; 16 * 1024], false);
    while let Ok(count @ 1..) = answers.read(&mut bytes) {
        is_lost |= is_sent.try_recv().is_ok();
        if !is_lost && to_client.write_all(&bytes[..count]).is_err() {
            return;
        }
    }
}

#[test]
fn what_is_signed_is_shown_exactly_and_recorded_as_a_whole() {
    let room = Room::with_people();
    room.write("batch.jsonc", &batch());
    let before = size(&room);
    let said = record(&room, &["--bytes"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.starts_with(&format!("entries {before} to {}", before + 1)), "{}", said.out);
    for position in [before, before + 1] {
        let entry = room.ok(&["show", &position.to_string(), "--raw"]);
        assert!(said.err.contains(entry.lines().last().unwrap()), "the very bytes: {}", said.err);
        assert!(room.path(&format!("batch.receipts/{position}.tlog-proof")).is_file());
    }
    for shown in ["To be signed: 2 events", "minutebook.example/story", "entry 9,", "1 of 2", "BLAKE3"] {
        assert!(said.err.contains(shown), "{shown}: {}", said.err);
    }
    // Without it the outline and the digest of the bytes are shown.
    let said = record(&room, &["--again"]);
    assert!(said.err.contains("DecisionRecorded") && !said.err.contains("\"specversion\""), "{}", said.err);
    let said: Value = serde_json::from_str(&record(&room, &["--json", "--again"]).out).unwrap();
    assert_eq!(
        (&said["receipts"], said["appended"].as_array().unwrap().len()),
        (&"batch.receipts".into(), 2)
    );
}

#[test]
fn one_that_is_refused_is_named_and_none_is_recorded() {
    let room = Room::with_people();
    room.write("batch.jsonc", BATCH);
    let before = size(&room);
    let said = record(&room, &[]);
    assert_eq!(said.code, 3, "{}", said.err);
    let named =
        "event 3 of 3, DecisionRescinded of body/04K, is refused, and so none of the 3 events is recorded";
    assert!(said.err.contains(named), "{}", said.err);
    assert_eq!(size(&room), before);
    assert!(
        !room.path("batch.receipts").exists() && !room.path("state/unsent").exists(),
        "nothing is left behind"
    );
}

/// The command that is advised, as a shell runs it.
fn advised(said: &str) -> String {
    let advice = said.split("minutebook submit ").nth(1).unwrap_or_else(|| panic!("{said}"));
    let files = advice.split(".json").next().unwrap();
    format!("minutebook submit {files}.json --json")
}

fn submit(room: &Room, command: &str) -> Value {
    let output = room.shell(command).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn where_the_server_dies_before_it_answers_everything_is_kept_and_recorded_once() {
    let mut room = Room::with_people();
    room.write("batch.jsonc", &batch());
    let before = size(&room);
    let (wire, cut) = wire_that_loses_the_answer(room.address());
    let mut recording = room.command(&[
        "record",
        "batch.jsonc",
        "--key",
        "secretary.pem",
        "--yes",
        "--again",
        "--server",
        &wire,
    ]);
    let recording = recording.stderr(std::process::Stdio::piped()).spawn().unwrap();
    // It is durable, and whoever sent it does not know.
    while size(&room) < before + 2 {
        std::thread::yield_now();
    }
    room.kill();
    cut.send(()).unwrap();
    let output = recording.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(5), "{said}");
    assert!(said.contains("all or none") && !room.path("batch.receipts").exists(), "{said}");
    let folder = fs::read_dir(room.path("state/unsent")).unwrap().next().unwrap().unwrap().path();
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 2);

    room.serve("book");
    let handover = room.json(&["handover", "04K"]);
    assert_eq!(handover["drafts"].as_array().unwrap().len(), 2, "they are handed over too");
    let again = submit(&room, &advised(&said));
    for (at, one) in again["appended"].as_array().unwrap().iter().enumerate() {
        assert_eq!(
            (&one["again"], &one["position"]),
            (&true.into(), &(before + at as u64).into()),
            "{again}"
        );
    }
    assert_eq!(size(&room), before + 2, "nothing stands twice");
    assert!(!folder.exists(), "what was kept goes once the book has it");
    for one in again["appended"].as_array().unwrap() {
        let receipt = one["receipt"].as_str().unwrap();
        assert!(!receipt.contains('/') && room.path(receipt).is_file(), "where the person stands: {receipt}");
    }
}

#[test]
fn where_the_server_dies_before_it_hears_everything_is_kept_and_recorded_once() {
    let mut room = Room::with_people();
    room.write("batch.jsonc", &batch());
    let before = size(&room);
    let server = TcpStream::connect(room.address().trim_start_matches("http://")).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let wire = format!("http://{}", listener.local_addr().unwrap());
    let forwarding = std::thread::spawn(move || {
        let (mut client, _from) = listener.accept().unwrap();
        let (mut answers, mut to_client) = (server.try_clone().unwrap(), client.try_clone().unwrap());
        std::thread::spawn(move || std::io::copy(&mut answers, &mut to_client));
        let (mut to_server, mut bytes, mut large) = (server, [0; 16 * 1024], 0);
        while let Ok(count @ 1..) = client.read(&mut bytes) {
            large += usize::from(count >= 500);
            if large == DRY_RUN_AND_BATCH {
                break;
            }
            to_server.write_all(&bytes[..count]).unwrap();
        }
        client.shutdown(Shutdown::Both).unwrap();
    });
    let said = room.fails(
        5,
        &["record", "batch.jsonc", "--key", "secretary.pem", "--yes", "--again", "--server", &wire],
    );
    forwarding.join().unwrap();
    room.kill();
    room.serve("book");
    assert_eq!(size(&room), before);
    let sent = submit(&room, &advised(&said));
    let appended = sent["appended"].as_array().unwrap();
    assert!(appended.len() == 2 && appended.iter().all(|one| one["again"] == false), "{sent}");
    assert_eq!(size(&room), before + 2);
}

/// A file of two bodies, each of which has a secretary of its own, and neither signs for the other.
#[test]
fn each_event_of_a_file_is_signed_with_the_key_whose_grant_fits() {
    let room = Room::with_people();
    room.write(
        "other.jsonc",
        &std::fs::read_to_string(room.path("ccg.jsonc")).unwrap().replace("04K", "04L"),
    );
    room.ok(&["record", "other.jsonc", "--key", "ods.pem", "--yes"]);
    room.enrol("other");
    let grant = ["grant", "--key", "other.pem", "--capacity", "secretary", "--body", "body/04L"];
    room.ok(&[&grant[..], &["--registrar", "one.pem", "--acts-until", "2020-04-01", "--yes"]].concat());
    let decided = |body: &str, day: &str| {
        format!(
            r#"{{"type": "DecisionRecorded", "subject": "body/{body}", "facts": {{"decided_on": "{day}", "mode": "meeting",
            "outcome": "approved", "text": "To write.", "reasons": "It is due.", "effect": {{"none": {{}}}}}}}}"#
        )
    };
    let both = [decided("04L", "2019-07-04"), decided("04K", "2019-07-04"), decided("04L", "2019-07-05")];
    room.write("both.jsonc", &both.join("\n"));
    let keys = ["--key", "secretary.pem", "--key", "other.pem", "--yes"];
    let before = size(&room);
    let said = room.run(&[&["record", "both.jsonc"], &keys[..]].concat());
    assert_eq!(said.code, 0, "{}", said.err);
    // What is shown before anything is signed says which key signs what, and by which grant.
    for shown in
        ["other.pem as secretary of body/04L: grant/", "secretary.pem as secretary of body/04K: grant/"]
    {
        assert!(said.err.contains(shown), "{shown}: {}", said.err);
    }
    let [one, other] = ["secretary", "other"].map(|name| room.public(name));
    for (position, key) in [(before, &other), (before + 1, &one), (before + 2, &other)] {
        let entry = room.json(&["show", &position.to_string()]);
        assert_eq!(entry["event"]["data"]["signatories"][0]["key"], key.as_str(), "entry {position}");
    }

    // Nobody's grant fits: which is missing is said, nothing is signed, and nothing is recorded.
    let size_before = size(&room);
    for (file, needed) in [
        (decided("04M", "2019-07-04"), "standing own_act as secretary of body/04M"),
        (decided("04L", "2020-04-01"), "as secretary of body/04L, for acts of 2020-04-01"),
    ] {
        room.write("neither.jsonc", &[decided("04K", "2019-08-01"), file].join("\n"));
        let said = room.fails(3, &[&["record", "neither.jsonc"], &keys[..]].concat());
        for word in [needed, "event 2 of 2", "secretary.pem: grant/", "other.pem: grant/", "minutebook grant"]
        {
            assert!(said.contains(word), "{word}: {said}");
        }
        assert!(!said.contains("To be signed"), "{said}");
    }
    assert_eq!(size(&room), size_before);
}

/// Templates as they are printed, each with its `data`: of one event, and of several in one file.
#[test]
fn what_templates_hold_is_signed_by_the_keys_that_fit_in_whatever_order_they_are_given() {
    let room = Room::with_people();
    let adopted = r#"{
  "type": "ConstitutionAdopted",
  "subject": "body/04K",
  "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}, {"capacity": "nhs_england"}],
    "facts": {"version": "1", "document": {"title": "Constitution", "held": false}, "effective": "2013-04-01",
      "basis": "establishment"}
  }
}"#;
    let keys = ["--key", "nhse.pem", "--key", "secretary.pem", "--yes"];
    room.write("one.jsonc", adopted);
    let said = room.run(&[&["record", "one.jsonc"], &keys[..]].concat());
    assert_eq!(said.code, 0, "{}", said.err);
    let head = size(&room) - 1;
    let signed = |position: u64| -> Vec<String> {
        let entry = room.json(&["show", &position.to_string()]);
        let signatories = entry["event"]["data"]["signatories"].as_array().unwrap().clone();
        signatories.iter().map(|one| one["key"].as_str().unwrap().to_owned()).collect()
    };
    let [nhse, secretary] = ["nhse", "secretary"].map(|name| room.public(name));
    assert_eq!(signed(head), [secretary.clone(), nhse.clone()]);

    // More keys than signatories: those sign whose grants fit.
    room.write("more.jsonc", &adopted.replace("\"version\": \"1\"", "\"version\": \"1a\""));
    let all = ["--key", "ods.pem", "--key", "nhse.pem", "--key", "secretary.pem", "--yes"];
    let said = room.run(&[&["record", "more.jsonc"], &all[..]].concat());
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(signed(size(&room) - 1), [secretary.clone(), nhse.clone()]);
    let head = head + 1;

    let several = [
        adopted.replace("\"version\": \"1\"", "\"version\": \"2\""),
        decision("2019-07-04", r#"{"none": {}}"#),
    ];
    room.write("several.jsonc", &several.join("\n"));
    let said = room.run(&[&["record", "several.jsonc"], &keys[..]].concat());
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(signed(head + 1), [secretary.clone(), nhse.clone()]);
    assert_eq!(signed(head + 2), [secretary]);

    // What is wrong is told by its place in the file.
    let mistaken = several.join("\n").replace("\"outcome\"", "\"outcom\"");
    room.write("several.jsonc", &mistaken);
    let said = room.fails(3, &[&["record", "several.jsonc"], &keys[..]].concat());
    assert!(said.contains("/facts/outcom") && said.contains("did you mean `outcome`?"), "{said}");
    // Where no key fits, that is said, and nothing is recorded.
    let before = size(&room);
    let keys = ["--key", "nhse.pem", "--key", "nhse-two.pem", "--yes", "--again"];
    let said = room.fails(3, &[&["record", "one.jsonc"], &keys[..]].concat());
    assert!(said.contains("as secretary of body/04K") && said.contains("nhse-two.pem: grant/"), "{said}");
    assert_eq!(size(&room), before);
}
