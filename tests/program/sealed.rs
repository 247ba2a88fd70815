//! Private texts: sealed for whoever writes them, kept beside the file, never in the book; and opened by whom they are given to.

use crate::room::Room;
use std::fs;

const PRIVATE: &str = "The director is on long-term sick leave.";

fn file() -> String {
    format!(
        r#"{{"secretary_of": "body/04K"}}
{{"type": "DecisionRecorded", "subject": "body/04K",
  "facts": {{"decided_on": "2019-07-04", "mode": "meeting", "outcome": "approved", "text": "To appoint an interim director.",
    "reasons": {{"seal": "{PRIVATE}"}}, "effect": {{"none": {{}}}}}}}}"#
    )
}

#[test]
fn a_text_is_sealed_when_it_is_recorded_and_kept_by_its_author_alone() {
    let room = Room::with_people();
    room.write("private.jsonc", &file());
    // A dry run keeps nothing, and sends the digest alone.
    room.ok(&["record", "private.jsonc", "--key", "secretary.pem", "--dry-run"]);
    assert!(!room.path("private.disclosures").exists());
    let said = room.run(&["record", "private.jsonc", "--key", "secretary.pem", "--yes"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(
        said.err.contains(PRIVATE) && said.err.contains("/data/facts/reasons"),
        "its author reads it: {}",
        said.err
    );
    assert!(
        said.err.contains("1 text is sealed") && said.err.contains("private.disclosures"),
        "{}",
        said.err
    );
    let kept: Vec<_> =
        fs::read_dir(room.path("private.disclosures")).unwrap().map(|file| file.unwrap().path()).collect();
    assert_eq!(kept.len(), 1);
    let entry = room.ok(&["show", "head", "--raw"]);
    let digest = kept[0].file_stem().unwrap().to_str().unwrap().to_owned();
    assert!(entry.contains(&digest) && !entry.contains("sick leave"), "{entry}");
    let head = (room.json(&["log"])["size"].as_u64().unwrap() - 1).to_string();

    let file = kept[0].to_str().unwrap();
    let opened = room.json(&["seal", "open", file, "--entry", &head]);
    assert_eq!(
        (&opened["says"], &opened["position"]),
        (&PRIVATE.into(), &head.parse::<u64>().unwrap().into())
    );
    assert!(room.ok(&["seal", "open", file]).contains(PRIVATE));
    let said = room.fails(3, &["seal", "open", file, "--entry", "1"]);
    assert!(said.contains("/data/facts/reasons of entry 1: found null"), "{said}");
    // One letter of it is another text.
    fs::write(room.path("changed.json"), fs::read_to_string(file).unwrap().replace("sick", "sack")).unwrap();
    room.fails(3, &["seal", "open", "changed.json", "--entry", &head]);
    let said = room.fails(3, &["seal", "open", "private.jsonc"]);
    assert!(said.contains("private.jsonc is no disclosure"), "{said}");

    // The same file is the same, though its digest would be another; what is sealed otherwise is something else.
    let again = room.run(&["record", "private.jsonc", "--key", "secretary.pem", "--yes"]);
    assert!(again.err.contains("is recorded already"), "{}", again.err);
    room.write("private.jsonc", &self::file().replace("sick", "unpaid"));
    let other = room.json(&["record", "private.jsonc", "--key", "secretary.pem", "--yes"]);
    assert_eq!(other["appended"][0]["again"], false);
    assert_eq!(fs::read_dir(room.path("private.disclosures")).unwrap().count(), 2);

    // What is sealed is corrected by another seal, and never in the clear by mistake.
    let correct = [
        "correct",
        head.as_str(),
        "--field",
        "reasons",
        "--reason",
        "Of the paper.",
        "--key",
        "secretary.pem",
        "--yes",
        "--to",
    ];
    let said = room.fails(2, &[&correct[..], &["In the clear."]].concat());
    assert!(said.contains("minutebook seal"), "{said}");
    let sealed =
        room.ok(&["seal", "text", "/data/facts/reasons", "She is well again.", "-o", "reasons.json"]);
    room.ok(&[&correct[..], &[sealed.trim()]].concat());
    assert!(
        room.fails(1, &["seal", "text", "/data/facts/reasons", "Other.", "-o", "reasons.json"])
            .contains("something else")
    );
}
