//! The README and the pages of docs/, word for word: what a reader types works, and prints what the page promises.

use crate::room::{Page, Room, Said};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// All that a page's commands printed.
fn printed(said: &[(String, Said)]) -> String {
    said.iter().map(|(_line, said)| said.out.as_str()).collect()
}

/// What the last command that starts so said.
fn last<'a>(said: &'a [(String, Said)], start: &str) -> &'a str {
    &said.iter().rfind(|(line, _said)| line.starts_with(start)).unwrap().1.out
}

#[test]
fn a_newcomer_opens_a_first_book() {
    let said = Room::new().play(&Page::read("README.md"));
    let printed = printed(&said);
    for promised in [
        "DecisionRecorded",
        "NHS Nottingham and Nottinghamshire Integrated Care Board",
        "The Board APPROVED its standing orders.",
    ] {
        assert!(printed.contains(promised), "{promised} is not in\n{printed}");
    }
}

#[test]
fn the_two_commands_of_the_readme_stand_alone_in_their_blocks() {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let blocks = readme.split("\n```sh\n").skip(1).map(|block| block.split("\n```").next().unwrap());
    assert_eq!(blocks.collect::<Vec<_>>(), ["cargo run --release -- demo", "cargo test --workspace"]);
}

#[test]
fn a_secretary_records_one_meeting_in_common_of_six_bodies() {
    let mut room = Room::new();
    let said = room.play(&Page::read("docs/secretary.md"));
    assert!(said.len() > 20);
    let printed = printed(&said);
    let of_the_meeting = ["minutes approved", "approved with conditions", "3:0 ✓"];
    for promised in of_the_meeting.into_iter().chain(["BEGIN:VCALENDAR", "minutebook revoke grant/"]) {
        assert!(printed.contains(promised), "{promised}:\n{printed}");
    }
    let receipts = fs::read_dir(room.path("meeting.receipts")).unwrap().count();
    assert_eq!(receipts, 20, "a receipt for each entry");
}

/// What an ordinary sitting of two boards takes: it was 57 lines in four files, 7.9 KB and 13 ids made by hand.
#[test]
fn an_ordinary_evening_of_two_boards_takes_few_lines_and_three_commands() {
    let page = Page::read("docs/secretary.md");
    let (_name, evening) = page.files.iter().find(|(name, _text)| name == "june.jsonc").unwrap();
    let lines = evening.lines().filter(|line| !line.trim_start().starts_with("//")).count();
    assert!(lines <= 35, "{lines} lines");
    assert!(evening.len() < 7_900, "{} bytes", evening.len());
    let typed =
        page.typed.iter().filter(|line| line.starts_with("minutebook record") && line.contains("june."));
    assert_eq!(typed.count(), 3);
    let mut room = Room::new();
    let said = room.play(&page);
    // What the template printed knows who sits, and reads as a file: what is empty is told by its line.
    let template = fs::read_to_string(room.path("june.template.jsonc")).unwrap();
    for known in [
        "\"person/nurse-04N\"",
        "// Nurse of 04N, registered nurse",
        "\"bodies\": [\"body/04K\", \"body/04N\"]",
    ] {
        assert!(template.contains(known), "{known}: {template}");
    }
    let of_both = template.lines().find(|line| line.contains("person/finance")).unwrap();
    assert!(!of_both.contains("bodies"), "who sits on both needs to say it of neither: {of_both}");
    let refused = room.fails(3, &["record", "june.template.jsonc", "--key", "secretary.pem", "--dry-run"]);
    assert!(refused.contains("june.template.jsonc, line 5"), "{refused}");
    let foreseen = last(&said, "minutebook record june.jsonc --key secretary.pem --dry-run");
    assert!(foreseen.contains("21 of 21") && foreseen.contains("would be entry"), "{foreseen}");
    // What was signed could be read: people by their names, what was decided first, on few lines and without its bytes.
    let signed =
        said.iter().find(|(line, _said)| line == "minutebook record june.jsonc --key secretary.pem --yes");
    let shown = &signed.unwrap().1.err;
    for read in [
        "21 of 21",
        "Chief finance officer of the six (person/finance)",
        "The governing body APPROVED the lease.",
        "BLAKE3",
    ] {
        assert!(shown.contains(read), "{read}: {shown}");
    }
    assert!(
        shown.lines().count() <= 110 && !shown.contains("specversion"),
        "{} lines: {shown}",
        shown.lines().count()
    );
    // The template of a meeting that is called has its agenda.
    let called = room.ok(&["record", "--template", "meeting", "meeting/notts-2019-09-05"]);
    assert!(
        called.contains("\"on\":\"2019-09-05\"") || called.contains("\"on\": \"2019-09-05\""),
        "{called}"
    );
    let refused = room.fails(2, &["record", "--template", "DecisionRecorded", "04K"]);
    assert!(refused.contains("needs no 04K"), "{refused}");
    room.fails(2, &["record", "--template", "meeting"]);
    room.fails(1, &["record", "--template", "meeting", "99Z"]);
    let ids = room.json(&["id", "new", "person", "--count", "2"]);
    assert!(ids["ids"][0].as_str().unwrap().starts_with("person/") && ids["ids"][0] != ids["ids"][1]);
    assert!(room.fails(2, &["id", "new", "persn"]).contains("did you mean person?"));
}

#[test]
fn a_story_is_played_again_from_the_command_line_alone() {
    let mut room = Room::new();
    let said = room.play(&Page::read("docs/re-enactment.md"));
    let states: Vec<_> = said.iter().filter(|(line, _said)| line.starts_with("minutebook merger")).collect();
    let states: Vec<_> = states.iter().map(|(_line, said)| said.out.lines().next().unwrap()).collect();
    let stood = ["submitted", "rejected", "rejected", "effected"];
    assert_eq!(states, stood.map(|state| format!("merger/shropshire  {state}")));
    let refused = last(&said, "minutebook record 2020.jsonc --key secretary.pem --yes ||");
    assert_eq!(refused, "refused, with exit code 3\n");
    let holders = ["2021-03-31", "2021-04-01"].map(|day| {
        let asked = format!("minutebook commissioner 05X --as-at {day}");
        last(&said, &asked).split_whitespace().next().unwrap().to_owned()
    });
    assert_eq!(holders, ["body/05X", "body/M2L0M"]);
    assert!(last(&said, "minutebook findings").contains("Each applicant countersigns"));
    assert!(last(&said, "minutebook verify").starts_with("verified"));
    // What says no time is written when the last entry was, and nothing is recorded before what stands there.
    room.enrol("latecomer");
    let recorded = room.json(&["show", "20"])["recorded"].as_str().unwrap().to_owned();
    assert!(recorded.starts_with("2021-04-01T00:00:00"), "{recorded}");
}

#[test]
fn an_operator_runs_a_ledger_to_its_end() {
    let mut room = Room::new();
    let said = room.play(&Page::read("docs/operator.md"));
    assert!(said.len() > 10);
    assert!(room.path("repaired/log-key.pem").is_file() && room.path("anew/log-key.pem").is_file());
}

#[test]
fn a_book_is_followed_as_the_page_says() {
    let mut room = Room::with_people();
    let said = room.play(&Page::read("docs/follow.md"));
    assert!(said.len() >= 7);
    assert!(said.iter().any(|(_command, said)| said.err.contains("10 entries, each in the chain")));
}

#[test]
fn registrars_let_keys_in_and_out() {
    let mut room = Room::new();
    let said = room.play(&Page::read("docs/registrar.md"));
    assert!(said.len() > 20);
    let signed = last(&said, "minutebook key signed secretary-2.pem");
    assert!(signed.contains("KeyEnrolled") && signed.contains("CONTESTED"), "{signed}");
    assert!(!last(&said, "minutebook key signed secretary.pem").contains("CONTESTED"));
    assert!(last(&said, "minutebook findings").contains("key.compromised"));
    let watched = last(&said, "minutebook watch");
    assert!(watched.contains("may sign for body/04K as secretary"), "{watched}");
    // What the page says of the order is so: one to spare was left.
    let revoke = |key| {
        [
            "key",
            "revoke",
            key,
            "--reason",
            "lost",
            "--registrar",
            "one.pem",
            "--registrar",
            "two.pem",
            "--yes",
        ]
    };
    room.ok(&revoke("four.pem"));
    let refused = room.fails(3, &revoke("two.pem"));
    assert!(refused.contains("registrars.enough") && refused.contains("first enrol"), "{refused}");
}

#[test]
fn an_importer_loads_a_register_and_events() {
    let mut room = Room::with_server();
    room.enrol("ods");
    room.ok(&["grant", "--key", "ods.pem", "--capacity", "register", "--registrar", "one.pem", "--yes"]);
    for table in ["bodies.csv", "successions.csv"] {
        fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("data/england").join(table), room.path(table))
            .unwrap();
    }
    let said = room.play(&Page::read("docs/import.md"));
    let counts: Vec<_> = said.iter().map(|(_line, said)| said.out.contains("appended")).collect();
    assert_eq!(counts, [true, true, true, true]);
    assert!(!room.path("bodies.csv.tlog-proof").exists());
    assert_eq!(room.json(&["commissioner", "04N", "--as-at", "2021-04-01"])["body"]["id"], "body/52R");
    assert_eq!(room.json(&["body", "RX1"])["body"]["codes"][0]["value"], "RX1");
}

#[test]
fn whoever_hands_on_gets_the_two_shapes() {
    let mut room = Room::new();
    room.ok(&["demo", "--once", "--dir", "book", "--listen", "127.0.0.1:0"]);
    room.serve_with("book", &["--log-key", "book.keys/log.pem"]);
    let said = room.play(&Page::read("docs/export.md"));
    let record: Value = serde_json::from_str(last(&said, "minutebook export ods 52R")).unwrap();
    assert_eq!(record["Organisation"]["OrgId"]["extension"], "52R");
    let bodies = last(&said, "minutebook export bodies");
    assert!(bodies.starts_with("code,kind,name,from,until,registered,unit,ons,source\n"), "{bodies}");
    let table = last(&said, "minutebook export successions");
    assert!(
        table.starts_with("predecessor,successor,effective,kind,units,source,inferred\n")
            && table.contains("2015-04-01"),
        "{table}"
    );
}
