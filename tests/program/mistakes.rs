//! An ordinary evening's mistakes in a file that a secretary records: each is refused by its line, with what would be right, and
//! leaves nothing behind; and what is no mistake is taken.

use crate::room::Room;
use std::fs;

const DECISION: &str = r#"{
  "type": "DecisionRecorded",
  "subject": "body/04K",
  "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}],
    "facts": {
      "decided_on": "2019-07-04",
      "mode": "meeting",
      "outcome": "approved",
      "text": "The governing body agreed its seal.",
      "reasons": "It needs one.",
      "effect": {"none": {}}
    }
  }
}
"#;

fn size(room: &Room) -> u64 {
    room.json(&["log"])["size"].as_u64().unwrap()
}

#[test]
fn a_mistake_is_named_by_its_line_and_leaves_nothing_behind() {
    let room = Room::with_people();
    let before = size(&room);
    for (written, mistaken, told) in [
        (
            "\"2019-07-04\"",
            "\"04/07/2019\"",
            "line 8, /data/facts/decided_on: found \"04/07/2019\"; needed \"2019-07-04\"",
        ),
        // What the rules refuse is on a line of the file too.
        ("\"2019-07-04\"", "\"2012-07-04\"", "line 8, /data/facts/decided_on: refused"),
        ("\"2019-07-04\"", "\"2199-07-04\"", "line 8, /data/facts/decided_on: refused"),
        (
            "\"body/04K\"}",
            "\"body/04L\"}",
            "line 6, /data/signatories/0/capacity and /data/signatories/0/key: refused",
        ),
        ("\"The governing body agreed its seal.\"", "5", "found the number 5; needed a text in quotes"),
        ("\"2019-07-04\"", "\"4th July 2019\"", "needed \"2019-07-04\", if that day is meant"),
        ("\"2019-07-04\"", "\"2019-06-31\"", "that month has 30"),
        ("\"2019-07-04\"", "\"2019-13-01\"", "a month from 01 to 12"),
        ("\"outcome\"", "\"outcom\"", "line 10, /data/facts/outcom: found a member `outcom`"),
        ("\"outcome\"", "\"outcom\"", "did you mean `outcome`?"),
        ("\"approved\"", "\"aproved\"", "did you mean `approved`?"),
        ("DecisionRecorded", "DecisonRecorded", "line 2, /type: found \"DecisonRecorded\""),
        ("DecisionRecorded", "DecisonRecorded", "did you mean DecisionRecorded?"),
        ("\"secretary\"", "\"Secretary\"", "did you mean `secretary`?"),
        ("\"own_act\"", "\"ownact\"", "did you mean `own_act`?"),
        (
            "      \"text\": \"The governing body agreed its seal.\",\n",
            "",
            "line 7, /data/facts/text: found nothing; needed a text in quotes",
        ),
        (
            "\"It needs one.\"",
            "null",
            "line 12, /data/facts/reasons: found null; needed a value, or the member left out",
        ),
        (
            "\"The governing body agreed its seal.\"",
            "12",
            "line 11, /data/facts/text: found the number 12; needed a text in quotes",
        ),
        (
            "\"mode\": \"meeting\",",
            "\"mode\": \"meeting\", \"mode\": \"urgent\",",
            "line 9, column 26: found the name \"mode\" a second time",
        ),
        ("{\"none\": {}}", "{\"none\": {}},", "line 13, column 29: found a comma with nothing after it"),
        ("\"meeting\",", "\"meeting\"", "line 9, column 24: found the end of the line; needed a comma here"),
        ("\"mode\"", "\u{201c}mode\u{201d}", "line 9, column 7: found the typographic quote \u{201c}"),
        ("its seal.", "its\nseal.", "within a text a new line is written \\n"),
        ("its seal.", "its\\u202eseal.", "a character that turns the direction of writing (U+202E)"),
        (
            "[{\"capacity\": \"secretary\", \"body\": \"body/04K\"}]",
            "\"me\"",
            "line 6, /data/signatories: found something else; needed a list",
        ),
        ("{\n  \"type\"", "[\n  \"type\"", "line 1, column 1: found [; needed an object"),
    ] {
        let mistaken = DECISION.replacen(written, mistaken, 1);
        assert_ne!(mistaken, DECISION);
        room.write("decision.json", &mistaken);
        let said = room.run(&["record", "decision.json", "--key", "secretary.pem", "--yes"]);
        assert_eq!(said.code, 3, "{told}: {}", said.err);
        assert!(said.err.contains(told), "{told}: {}", said.err);
    }
    for (written, mistaken, told) in [
        ("body/04K", "body/04k", "write body/04K, if that is meant"),
        ("body/04K", "body/O4K", "write body/04K, if that is meant"),
        ("\"2019-07-04\"", "\"2999-07-04\"", "which has not come yet"),
        ("\"2019-07-04\"", "\"1019-07-04\"", "needed a date from 2013-04-01 on"),
    ] {
        room.write("decision.json", &DECISION.replace(written, mistaken));
        let said = room.run(&["record", "decision.json", "--key", "secretary.pem", "--yes"]);
        assert!(said.code == 3 && said.err.contains(told), "{told}: {} {}", said.code, said.err);
        let is_to_come = mistaken.contains("2999");
        assert!(
            !(is_to_come && said.err.contains("refused_by")),
            "what has not come can't be minuted: {}",
            said.err
        );
    }
    assert_eq!(size(&room), before);
}

#[test]
fn what_editors_and_typographers_do_is_no_mistake() {
    let room = Room::with_people();
    let before = size(&room);
    let taken = [
        format!("\u{feff}{DECISION}"),
        DECISION.replace('\n', "\r\n"),
        DECISION.replace("its seal.", "its \u{201c}seal\u{201d}\\n\\nand a stamp."),
        DECISION.replacen("{\n", "{\n  \"$schema\": \"decision.schema.json\",\n", 1),
        format!("// Read before it is signed.\n{DECISION}// The end.\n"),
    ];
    for text in &taken {
        room.write("decision.json", text);
        room.ok(&["record", "decision.json", "--key", "secretary.pem", "--yes", "--again"]);
    }
    assert_eq!(size(&room), before + taken.len() as u64);
    let utf16: Vec<u8> = DECISION.encode_utf16().flat_map(u16::to_le_bytes).collect();
    fs::write(room.path("decision.json"), utf16).unwrap();
    let said = room.run(&["record", "decision.json", "--key", "secretary.pem", "--yes"]);
    assert!(said.code == 3 && said.err.contains("save it as UTF-8"), "{} {}", said.code, said.err);
}
