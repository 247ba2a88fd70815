//! Loads through the real program: registers' tables and events, dry run and go, mended, interrupted, in the wrong
//! encoding.

use crate::room::Room;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Stdio;

const TABLES: [&str; 5] = ["successions.csv", "bodies.csv", "renames.csv", "areas.csv", "locations.csv"];

/// A room whose book knows a register and an importer.
fn room() -> Room {
    let room = Room::with_server();
    for (name, capacity) in [("ods", "register"), ("importer", "importer")] {
        room.enrol(name);
        let key = format!("{name}.pem");
        room.ok(&["grant", "--key", &key, "--capacity", capacity, "--registrar", "one.pem", "--yes"]);
    }
    room
}

fn size(room: &Room) -> u64 {
    let listed = room.ok(&["log", "--json", "--limit", "100000"]);
    serde_json::from_str::<Value>(&listed).unwrap()["entries"].as_array().unwrap().len() as u64
}

fn lines(room: &Room, args: &[&str], code: i32) -> Vec<Value> {
    let said = room.run(&[&["import"], args, &["--json"]].concat());
    assert_eq!(said.code, code, "{}{}", said.out, said.err);
    said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn registered(number: usize) -> String {
    let facts = json!({"kind": "trust", "short_name": format!("Trust {number}"), "from": "2013-04-01"});
    json!({"type": "BodyRegistered", "subject": format!("body/T{number}"), "facts": facts}).to_string()
}

fn file_of(room: &Room, name: &str, rows: impl Iterator<Item = String>) {
    room.write(name, &rows.map(|row| row + "\n").collect::<String>());
}

#[test]
fn a_register_is_loaded_once_whatever_the_order_of_its_files() {
    let room = room();
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/england");
    for table in TABLES {
        fs::copy(data.join(table), room.path(table)).unwrap();
    }
    let args = [&TABLES[..], &["--key", "ods.pem", "--speaks-to", "2025-12-29"]].concat();
    let before = size(&room);
    let tried = lines(&room, &[&args[..], &["--dry-run"]].concat(), 0);
    assert_eq!((&tried[0]["would_be_appended"], &tried[0]["refused"]), (&json!(982), &json!(0)));
    assert_eq!(size(&room), before, "a dry run writes nothing");
    let said = room.fails(2, &[&["import"], &args[..]].concat());
    assert!(said.contains("no terminal to ask on"), "{said}");

    let loaded = lines(&room, &[&args[..], &["--yes", "--receipt", "load.tlog-proof"]].concat(), 0);
    assert_eq!(loaded[1]["appended"], 982);
    assert_eq!(loaded[2]["last_position"], before + 981);
    assert_eq!(size(&room), before + 982);
    let vkey = room.ok(&["key", "show", "book/log-key.pem", "--log", "minutebook.example/story"]);
    room.ok(&["receipt", "check", "load.tlog-proof", "--vkey", vkey.trim()]);

    assert!(!room.path("successions.csv.tlog-proof").exists(), "nothing is written beside what was read");

    let rushcliffe = room.ok(&["commissioner", "04N", "--as-at", "2021-04-01"]);
    assert!(rushcliffe.contains("body/52R"), "{rushcliffe}");
    assert!(
        rushcliffe.contains("As loaded to 2025-12-29") || !rushcliffe.contains("As loaded"),
        "{rushcliffe}"
    );
    let later = room.ok(&["body", "QT1", "--as-at", "2026-01-01"]);
    assert!(later.contains("As loaded to 2025-12-29"), "{later}");

    let again = lines(&room, &[&args[..], &["--yes"]].concat(), 0);
    assert_eq!((&again[0]["would_be_appended"], &again[0]["there_already"]), (&json!(0), &json!(982)));
    assert_eq!(size(&room), before + 982);
}

#[test]
fn a_row_that_would_be_refused_stops_the_load_until_it_is_mended() {
    let room = room();
    let before = size(&room);
    let mut rows: Vec<_> = (0..5).map(registered).collect();
    rows[1] = r#"{"type": "BodyRegistered", "subject": "body/T1", "facts": {"kind": "trust", "nmae": "x"}}"#
        .to_owned();
    rows[2] = r#"{"type": "BodyRegistered", "subject": "body/T2", "standing": "own_act", "facts": {"kind": "trust", "short_name": "Trust 2"}}"#.to_owned();
    rows.insert(3, registered(0));
    file_of(&room, "trusts.jsonl", rows.clone().into_iter());
    let args = ["trusts.jsonl", "--key", "ods.pem", "--speaks-to", "2025-12-29", "--yes"];

    let refused = lines(&room, &args, 3);
    let told: Vec<_> =
        refused.iter().filter_map(|line| line.get("refused")).filter(|row| row.is_object()).collect();
    assert_eq!((&told[0]["file"], &told[0]["line"]), (&json!("trusts.jsonl"), &json!(2)));
    assert!(told[0]["found"].as_str().unwrap().contains("/data/facts"), "{}", told[0]);
    assert_eq!(told[1]["line"], 3);
    assert_eq!(told[1]["rule"], "authority.grant");
    let counts = refused.last().unwrap();
    assert_eq!((&counts["refused"], &counts["repeated"]), (&json!(2), &json!(1)));
    assert_eq!(size(&room), before);
    let said = room.run(&[&["import"], &args[..]].concat());
    assert!(said.out.contains("trusts.jsonl, line 3  [authority.grant]\n    found"), "{}", said.out);
    assert!(said.err.contains("2 rows would be refused; nothing was appended"), "{}", said.err);

    let others = lines(&room, &[&args[..], &["--leave-out-refused"]].concat(), 0);
    assert_eq!(others[others.len() - 2]["appended"], 4, "three trusts and the file");
    rows[1] = registered(1);
    rows[2] = registered(2);
    file_of(&room, "trusts.jsonl", rows.into_iter());
    let mended = lines(&room, &args, 0);
    assert_eq!(
        (&mended[1]["appended"], &mended[1]["there_already"]),
        (&json!(3), &json!(4)),
        "two trusts, and the new file"
    );
    assert_eq!(size(&room), before + 7);
}

#[test]
fn a_load_that_is_killed_goes_on_where_it_was() {
    let room = room();
    let before = size(&room);
    file_of(&room, "trusts.jsonl", (0..1500).map(registered));
    let args = ["import", "trusts.jsonl", "--key", "ods.pem", "--speaks-to", "2025-12-29", "--yes"];
    let mut loading = room.command(&args).stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let mut said = BufReader::new(loading.stderr.take().unwrap()).lines();
    assert_eq!(said.next().unwrap().unwrap(), "appended 500 of 1501");
    loading.kill().unwrap();
    loading.wait().unwrap();
    let interrupted = size(&room) - before;
    assert!((500..1501).contains(&interrupted), "{interrupted}");

    let rest = lines(&room, &args[1..], 0);
    // What was on its way when the load was killed may have been appended since.
    let there = rest[0]["there_already"].as_u64().unwrap();
    assert!((interrupted..=1501).contains(&there), "{there} of {interrupted} at least");
    assert_eq!(rest.get(1).map_or(0, |told| told["appended"].as_u64().unwrap_or_default()), 1501 - there);
    assert_eq!(size(&room), before + 1501);
    let listed = room.json(&["log", "--limit", "100000"]);
    let entries = listed["entries"].as_array().unwrap();
    let subjects: BTreeSet<_> = entries.iter().map(|entry| entry["event"]["subject"].to_string()).collect();
    assert_eq!(
        entries.iter().filter(|entry| entry["event"]["subject"].to_string().contains("body/T")).count(),
        1500
    );
    assert_eq!(subjects.iter().filter(|subject| subject.contains("body/T")).count(), 1500, "none twice");
}

#[test]
fn a_load_goes_on_though_nobody_reads_what_it_prints() {
    let room = room();
    let before = size(&room);
    file_of(&room, "trusts.jsonl", (0..3).map(registered));
    let args = ["import", "trusts.jsonl", "--key", "ods.pem", "--speaks-to", "2025-12-29", "--yes"];
    let mut loading = room.command(&args).stderr(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    drop(loading.stdout.take());
    loading.wait().unwrap();
    assert_eq!(size(&room), before + 4);
}

#[test]
fn a_table_of_events_comes_as_spreadsheets_save_it() {
    let room = room();
    let table = "\u{feff}type,subject,kind,short_name,from,codes.0.scheme,codes.0.value,source\r\n\
        BodyRegistered,body/RX1,trust,\"Nottingham University Hospitals, NHS Trust\",2006-04-01,ods,RX1,ods\r\n\
        BodyRegistered,body/RHA,trust,Nottinghamshire Healthcare,,ods,01,\r\n";
    room.write("trusts.csv", table);
    let args = ["trusts.csv", "--key", "importer.pem", "--speaks-to", "2019-07-31", "--yes"];
    let said = room.fails(2, &[&["import"], &args[..]].concat());
    assert!(said.contains("--standing own_document"), "{said}");
    let args = [&args[..], &["--standing", "third_party", "--title", "Trusts"]].concat();
    assert_eq!(lines(&room, &args, 0)[1]["appended"], 3);
    let shown = room.json(&["log", "--subject", "body/RHA"]);
    let data = &shown["entries"][0]["event"]["data"];
    assert_eq!(
        data["facts"],
        json!({"kind": "trust", "short_name": "Nottinghamshire Healthcare", "codes": [{"scheme": "ods", "value": "01"}]})
    );
    assert_eq!(
        (&data["standing"], &data["signatories"][0]["capacity"]),
        (&json!("third_party"), &json!("importer"))
    );

    let mut latin: Vec<u8> = b"type,subject,kind,short_name\nBodyRegistered,body/A,trust,Caf".to_vec();
    latin.extend(b"\xe9\nBodyRegistered,body/B,trust,Plain\n");
    fs::write(room.path("latin.csv"), latin).unwrap();
    let refused = lines(&room, &["latin.csv", "--key", "ods.pem", "--speaks-to", "2019-07-31", "--yes"], 3);
    assert_eq!(refused[0]["refused"]["line"], 2);
    let told = refused[0]["refused"].to_string();
    assert!(told.contains("0xe9") && told.contains("iconv -f WINDOWS-1252"), "{told}");

    room.write("strange.csv", "a,b\n1,2\n");
    let said = room.fails(3, &["import", "strange.csv", "--key", "ods.pem", "--speaks-to", "2019-07-31"]);
    assert!(said.contains("strange.csv: the columns a, b; needed: JSON Lines, or CSV"), "{said}");
}

#[test]
fn events_of_one_book_are_taken_into_another() {
    let room = room();
    file_of(&room, "trusts.jsonl", (0..3).map(registered));
    let args = ["trusts.jsonl", "--key", "ods.pem", "--speaks-to", "2025-12-29", "--yes"];
    lines(&room, &args, 0);
    let listed = room.json(&["log", "--subject", "body/T1"]);
    let entry = listed["entries"][0].to_string();
    room.write("copied.jsonl", &entry);
    // The register that loads it again says what it has said; somebody else says it anew.
    let again =
        lines(&room, &["copied.jsonl", "--key", "ods.pem", "--speaks-to", "2025-12-29", "--dry-run"], 0);
    assert_eq!((&again[0]["events"], &again[0]["refused"]), (&json!(2), &json!(0)), "{again:?}");
    let args = [
        "copied.jsonl",
        "--key",
        "importer.pem",
        "--standing",
        "third_party",
        "--speaks-to",
        "2025-12-29",
        "--yes",
    ];
    let said = lines(&room, &args, 3);
    assert_eq!(
        said[0]["refused"]["rule"], "authority.grant",
        "the event says of itself that it is a register's"
    );
}
