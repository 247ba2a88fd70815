//! What is judged before it is signed: the dry run, drafts of several events, and what is recorded already.

use crate::room::{Room, decision};
use serde_json::Value;
use std::fs;

/// Four events of 04K in a file, of which the second and the fourth can't be taken.
const MIXED: &str = r#"{"secretary_of": "body/04K"}
{"type": "DecisionRecorded", "subject": "body/04K",
  "facts": {"decided_on": "2019-07-04", "mode": "meeting", "outcome": "approved", "text": "To write.",
    "reasons": "It is due.", "effect": {"none": {}}}}
{"type": "DecisionRecorded", "subject": "body/04K",
  "facts": {"decided_on": "2012-07-04", "mode": "meeting", "outcome": "approved", "text": "Too early.",
    "reasons": "It is due.", "effect": {"none": {}}}}
{"type": "ActionAssigned", "subject": "action/letter",
  "facts": {"body": "body/04K", "text": "Write.", "owner": {"office": "chair"}, "assigned_on": "2019-07-04"}}
{"type": "DecisionRecorded", "subject": "body/04L",
  "facts": {"decided_on": "2019-07-04", "mode": "meeting", "outcome": "approved", "text": "Not ours.",
    "reasons": "It is due.", "effect": {"none": {}}}}"#;

fn size(room: &Room) -> u64 {
    room.json(&["log"])["size"].as_u64().unwrap()
}

/// The two of them that would be taken.
fn good() -> String {
    let lines: Vec<_> = MIXED.split("\n{").collect();
    format!("{}\n{{{}\n{{{}", lines[0], lines[1], lines[3])
}

#[test]
fn a_dry_run_tells_every_violation_of_every_event_and_records_nothing() {
    let room = Room::with_people();
    let before = size(&room);
    room.write("mixed.jsonc", MIXED);
    let said = room.run(&["record", "mixed.jsonc", "--key", "secretary.pem", "--dry-run"]);
    assert_eq!(said.code, 3, "{}{}", said.out, said.err);
    for told in ["Dry run", "1 of 4", &format!("would be entry {before}"), "2 of 4"] {
        assert!(said.out.contains(told), "{told}: {}", said.out);
    }
    for told in [
        "2 of 4 events are refused",
        "event 2 of 4, DecisionRecorded of body/04K: mixed.jsonc, line 5, /subject; line 6, /facts/decided_on",
        "found body/04K is not open on 2012-07-04",
        "event 4 of 4, DecisionRecorded of body/04L: mixed.jsonc, line 10",
        "[authority.grant]",
        "[body.known]",
    ] {
        assert!(said.err.contains(told), "{told}: {}", said.err);
    }
    assert!(!said.err.contains("event 1 of 4") && !said.err.contains("event 3 of 4"), "{}", said.err);

    let said = room.run(&["record", "mixed.jsonc", "--key", "secretary.pem", "--dry-run", "--json"]);
    let foreseen: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(foreseen["would_be_recorded"], false);
    let refused: Vec<_> = foreseen["foreseen"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| !it["objections"].as_array().unwrap().is_empty())
        .collect();
    assert_eq!(refused, [false, true, false, true]);
    let error: Value = serde_json::from_str(&said.err).unwrap();
    assert_eq!((&error["error"]["kind"], &error["error"]["exit_code"]), (&"refused".into(), &3.into()));
    assert_eq!(error["error"]["refused"][1]["event_index"], 3);
    assert_eq!(size(&room), before);

    // What would be taken is told so, with the finding that it would leave; nobody is asked, and nothing is kept.
    room.write("good.jsonc", &good());
    let said = room.run(&["record", "good.jsonc", "--key", "secretary.pem", "--dry-run"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains(&format!("would be entry {}", before + 1)), "{}", said.out);
    // A public key is enough to be told.
    let said = room.run(&["record", "good.jsonc", "--key", &room.public("secretary"), "--dry-run"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(size(&room), before);
    assert!(!room.path("good.receipts").exists());
}

#[test]
fn nobody_signs_what_would_be_refused() {
    let room = Room::with_people();
    let before = size(&room);
    room.write("early.json", &decision("2012-07-04", r#"{"none": {}}"#));
    for more in [&["--yes"][..], &["--draft", "early.draft.json", "--yes"]] {
        let said = room.fails(3, &[&["record", "early.json", "--key", "secretary.pem"], more].concat());
        assert!(said.contains("is not open on 2012-07-04") && !said.contains("To be signed"), "{said}");
    }
    assert!(!room.path("early.draft.json").exists());
    room.write("mixed.jsonc", MIXED);
    let said = room.fails(3, &["record", "mixed.jsonc", "--key", "secretary.pem", "--yes"]);
    assert!(said.contains("2 of 4 events are refused") && !said.contains("To be signed"), "{said}");
    // A draft that was right when it was made, and is not any more, is not signed either.
    let secretary = room.public("secretary");
    room.write("late.json", &decision("2019-07-04", r#"{"none": {}}"#));
    room.ok(&["record", "late.json", "--key", &secretary, "--draft", "late.draft.json"]);
    let draft = fs::read_to_string(room.path("late.draft.json")).unwrap();
    let entry = room.json(&["key", "show", "secretary.pem"]);
    let grant = entry["key"]["grants"][0]["id"].as_str().unwrap().to_owned();
    room.ok(&["revoke", &grant, "--reason", "Left.", "--registrar", "one.pem", "--yes"]);
    let said = room.fails(3, &["sign", "late.draft.json", "--key", "secretary.pem", "--yes"]);
    assert!(said.contains("authority.grant"), "{said}");
    assert_eq!(fs::read_to_string(room.path("late.draft.json")).unwrap(), draft);
    assert_eq!(size(&room), before + 1, "the revocation alone");
}

#[test]
fn a_file_of_several_events_is_drafted_and_signed_once_by_each() {
    let room = Room::with_people();
    room.enrol("chair");
    room.ok(&[
        "grant",
        "--key",
        "chair.pem",
        "--capacity",
        "chair",
        "--body",
        "body/04K",
        "--registrar",
        "one.pem",
        "--yes",
    ]);
    let both = r#""signatories": [{"capacity": "secretary", "body": "body/04K"}, {"capacity": "chair", "body": "body/04K"}],"#;
    let file = good().replace("\"subject\":", &format!("{both} \"subject\":"));
    room.write("july.jsonc", &file);
    let before = size(&room);
    let chair = room.public("chair");
    let said = room.run(&[
        "record",
        "july.jsonc",
        "--key",
        "secretary.pem",
        "--key",
        &chair,
        "--draft",
        "july.draft.json",
        "--yes",
    ]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains(&format!("chair of body/04K, key {chair}, 2 of them")), "{}", said.err);
    // Without a draft somebody is missing.
    let said = room.fails(2, &["record", "july.jsonc", "--key", "secretary.pem", "--key", &chair, "--yes"]);
    assert!(said.contains("there is no key file for"), "{said}");
    let said = room.fails(3, &["submit", "july.draft.json"]);
    assert!(said.contains("signatures are missing"), "{said}");
    let said = room.fails(3, &["sign", "july.draft.json", "--key", "nhse.pem", "--yes"]);
    assert!(said.contains("is not among those who are to sign"), "{said}");
    let handed = room.json(&["handover", "04K"]);
    assert_eq!(handed["drafts"].as_array().unwrap().len(), 2);
    let said = room.run(&["sign", "july.draft.json", "--key", "chair.pem", "--yes"]);
    assert!(
        said.code == 0 && said.err.contains("To be signed: 2 events") && said.err.contains("To write."),
        "{}",
        said.err
    );
    assert!(
        said.err.contains("Everybody has signed") && !said.err.contains("\"specversion\""),
        "{}",
        said.err
    );
    let said = room.fails(3, &["sign", "july.draft.json", "--key", "chair.pem", "--yes"]);
    assert!(said.contains("has signed this draft already"), "{said}");
    let submitted = room.json(&["submit", "july.draft.json"]);
    assert_eq!(submitted["appended"].as_array().unwrap().len(), 2);
    assert_eq!(size(&room), before + 2);
    for position in [before, before + 1] {
        assert!(room.path(&format!("july.draft.receipts/{position}.tlog-proof")).is_file());
        let entry = room.json(&["show", &position.to_string()]);
        assert_eq!(entry["signatures"].as_array().unwrap().len(), 2);
    }
    // Submitted again it is recorded once.
    let again = room.json(&["submit", "july.draft.json"]);
    assert!(again["appended"].as_array().unwrap().iter().all(|one| one["again"] == true), "{again}");
    assert_eq!(size(&room), before + 2);
}

#[test]
fn a_file_that_is_recorded_already_is_not_recorded_twice() {
    let room = Room::with_people();
    let before = size(&room);
    for (name, text, receipt) in [
        ("one.json", decision("2019-07-04", r#"{"none": {}}"#), "one.json.tlog-proof"),
        ("several.jsonc", good(), "several.receipts"),
    ] {
        room.write(name, &text);
        let first = room.json(&["record", name, "--key", "secretary.pem", "--yes"]);
        let after = size(&room);
        let said = room.run(&["record", name, "--key", "secretary.pem", "--yes"]);
        assert_eq!(said.code, 0, "{}", said.err);
        assert!(said.err.contains(&format!("{name} is recorded already")), "{}", said.err);
        let again = room.json(&["record", name, "--key", "secretary.pem", "--yes"]);
        let position = |said: &Value| said["position"].as_u64().or(said["appended"][0]["position"].as_u64());
        assert_eq!(position(&again), position(&first));
        assert!(again["again"] == true || again["appended"][1]["again"] == true, "{again}");
        assert_eq!(size(&room), after, "{name}");
        // Whoever means it says so; and what says something else is something else.
        room.ok(&["record", name, "--key", "secretary.pem", "--yes", "--again"]);
        assert!(size(&room) > after);
        room.write(name, &text.replace("2019-07-04", "2019-07-05"));
        let after = size(&room);
        room.ok(&["record", name, "--key", "secretary.pem", "--yes"]);
        assert!(size(&room) > after);
        assert!(room.path(receipt).exists());
    }
    assert!(size(&room) > before);
}

/// Of the ids that the lines of this file are about, each is made up as it is read.
const NEW: &str = r#"{"secretary_of": "body/04K", "on": "2019-07-04"}
{"type": "ActionAssigned", "facts": {"text": "Write.", "owner": {"office": "chair"}}}
{"type": "ActionAssigned", "subject": "action/$new:it", "facts": {"text": "Read.", "owner": {"office": "chair"}}}
{"type": "ActionUpdated", "subject": "action/$new:it", "facts": {"change": "completed", "updated_on": "2019-07-10"}}"#;

#[test]
fn a_file_whose_ids_are_made_up_is_not_recorded_twice_either() {
    let room = Room::with_people();
    room.write("new.jsonc", NEW);
    let record = ["record", "new.jsonc", "--key", "secretary.pem", "--yes"];
    let before = size(&room);
    room.ok(&record);
    let said = room.run(&record);
    assert_eq!((said.code, size(&room)), (0, before + 3), "{}", said.err);
    let there = format!("entries {before} to {} (recorded already)", before + 2);
    assert!(said.out.contains(&there) && said.err.contains("is recorded already"), "{}", said.out);
    // Whoever means it says so; and what says something else is something else.
    room.ok(&[&record[..], &["--again"]].concat());
    room.write("new.jsonc", &NEW.replace("Read.", "Read it."));
    room.ok(&record);
    assert_eq!(size(&room), before + 8, "the letter is there already");
}

/// Whether a line says of an event at which entry it stands.
fn is_named(said: &str, position: u64, event: &str) -> bool {
    let entry = format!("entry {position} ");
    said.lines().any(|line| line.trim_start().starts_with(&entry) && line.ends_with(event))
}

/// What stands in the book is not signed again, whatever file says it, and what is new beside it is.
#[test]
fn each_event_of_a_file_is_held_against_the_book() {
    let room = Room::with_people();
    let decided =
        |text: &str| decision("2019-07-04", r#"{"none": {}}"#).replace("To approve the minutes.", text);
    assert_ne!(decided("first"), decided("second"));
    let two = format!("{}\n{}", decided("first"), decided("second"));
    room.write("two.jsonc", &two);
    let record = |name: &'static str| ["record", name, "--key", "secretary.pem", "--yes"];
    let first = room.json(&record("two.jsonc"))["appended"][0]["position"].as_u64().unwrap();
    let size_of_two = size(&room);

    // Another file, in another folder, that others would sign: the book knows it all the same.
    std::fs::create_dir(room.path("elsewhere")).unwrap();
    room.write("elsewhere/copy.jsonc", &two);
    for more in [&[][..], &["--receipt", "here"], &["--draft", "copy.draft.json"], &["--dry-run"]] {
        let said = room.run(&[&record("elsewhere/copy.jsonc")[..], more].concat());
        let told = format!("elsewhere/copy.jsonc is recorded already (entries {first}, {})", first + 1);
        assert!(said.code == 0 && said.err.contains(&told), "{more:?}: {} {}", said.code, said.err);
        assert_eq!(size(&room), size_of_two);
    }
    assert!(!room.path("copy.draft.json").exists());

    // A word is mended in one of them: the other is not signed a second time.
    room.write("two.jsonc", &two.replace("second", "third"));
    let said = room.run(&record("two.jsonc"));
    assert!(
        said.err.contains("1 of 2 events of two.jsonc is recorded already, and is not signed again"),
        "{}",
        said.err
    );
    assert!(is_named(&said.err, first, "event 1, DecisionRecorded of body/04K"), "{}", said.err);
    assert_eq!(size(&room), size_of_two + 1);

    // What was withdrawn is recorded anew, and nothing beside it.
    room.ok(&["withdraw", &first.to_string(), "--reason", "A slip.", "--key", "secretary.pem", "--yes"]);
    let before = size(&room);
    room.write("two.jsonc", &two);
    let said = room.run(&record("two.jsonc"));
    let is_told = is_named(&said.err, first + 1, "event 2, DecisionRecorded of body/04K");
    assert!(said.code == 0 && is_told, "{}", said.err);
    assert_eq!(size(&room), before + 1);
    let newest = room.ok(&["show", &before.to_string(), "--raw"]);
    assert!(newest.contains("first") && !newest.contains("second"), "{newest}");
}
