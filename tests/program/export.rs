//! What the book says in the shapes that others read: each record checked against the published shape, by a validator
//! that is not ours.

use crate::room::Room;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

const SHAPE: &str = include_str!("export/ods-ord.schema.json");

/// A room whose register has been loaded: Nottinghamshire's bodies, 13T and its predecessors, and what became of them.
fn room() -> Room {
    let room = Room::with_server();
    room.enrol("ods");
    room.ok(&["grant", "--key", "ods.pem", "--capacity", "register", "--registrar", "one.pem", "--yes"]);
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/england");
    let tables = ["bodies.csv", "successions.csv", "renames.csv", "areas.csv", "locations.csv"];
    for table in tables {
        fs::copy(data.join(table), room.path(table)).unwrap();
    }
    let args = ["--key", "ods.pem", "--speaks-to", "2025-12-29", "--yes"];
    room.ok(&[&["import"], &tables[..], &args[..]].concat());
    room
}

/// A record, which has the published shape.
fn record(room: &Room, args: &[&str]) -> Value {
    let printed = room.ok(&[&["export", "ods"], args].concat());
    let record: Value = serde_json::from_str(&printed).unwrap();
    let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
    compiler.enable_format_assertions();
    compiler.add_resource("mem:/shape", serde_json::from_str(SHAPE).unwrap()).unwrap();
    let shape = compiler.compile("mem:/shape", &mut schemas).unwrap();
    let valid = schemas.validate(&record, shape);
    assert!(valid.is_ok(), "{args:?}: {}", valid.unwrap_err());
    record
}

fn successors(record: &Value, kind: &str) -> Vec<String> {
    let list = record["Organisation"]["Succs"]["Succ"].as_array().cloned().unwrap_or_default();
    let of_kind = list.iter().filter(|succ| succ["Type"] == kind);
    of_kind.map(|succ| succ["Target"]["OrgId"]["extension"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_code_has_the_record_that_the_register_publishes() {
    let room = room();
    let merged = record(&room, &["52R", "--as-at", "2021-04-01"]);
    let organisation = &merged["Organisation"];
    assert_eq!(organisation["OrgId"]["extension"], "52R");
    assert_eq!(successors(&merged, "Predecessor"), ["04E", "04H", "04K", "04L", "04M", "04N"]);
    assert_eq!(successors(&merged, "Successor"), ["QT1"]);
    assert_eq!(organisation["Succs"]["Succ"][0]["Date"], json!([{"Type": "Legal", "Start": "2020-04-01"}]));
    assert_eq!(organisation["Succs"]["Succ"][6]["Target"]["PrimaryRoleId"]["id"], "RO261");
    // A group in law until the last day of June 2022; in the register its code lives on as a place.
    let dates = json!([{"Type": "Operational", "Start": "2020-04-01"}, {"Type": "Legal", "Start": "2020-04-01", "End": "2022-06-30"}]);
    assert_eq!(organisation["Date"], dates);
    let roles = organisation["Roles"]["Role"].as_array().unwrap();
    let roles: Vec<_> =
        roles.iter().map(|role| (role["id"].as_str().unwrap(), role["primaryRole"] == true)).collect();
    assert_eq!(roles, [("RO98", true), ("RO319", false)]);
    assert_eq!(organisation["Rels"]["Rel"][0]["Target"]["OrgId"]["extension"], "QT1");
    assert!(organisation.get("GeoLoc").is_none(), "the book holds no addresses");
    assert!(organisation["LastChangeDate"].is_string());
    assert_eq!(merged["minutebook"]["as_at"], "2021-04-01");
    assert_eq!(merged["minutebook"]["successions"][0]["kind"], "merger");

    let board = record(&room, &["body/QT1"]);
    let roles: Vec<_> =
        board["Organisation"]["Roles"]["Role"].as_array().unwrap().iter().map(|role| &role["id"]).collect();
    assert_eq!(roles, ["RO261", "RO318"]);
    assert_eq!(successors(&board, "Predecessor"), ["02Q", "52R"]);
}

#[test]
fn the_lives_in_law_and_in_the_register_differ() {
    let room = room();
    let early = record(&room, &["ods:13T", "--as-at", "2016-01-01"]);
    let dates = json!([{"Type": "Operational", "Start": "2014-11-26"}, {"Type": "Legal", "Start": "2015-04-01", "End": "2021-03-31"}]);
    assert_eq!(early["Organisation"]["Date"][1]["Start"], dates[1]["Start"]);
    assert_eq!(early["Organisation"]["Date"][0]["Start"], dates[0]["Start"]);
    assert_eq!(early["Organisation"]["Status"], "Active");
    let closed = record(&room, &["04K", "--as-at", "2021-01-01"]);
    assert_eq!(closed["Organisation"]["Status"], "Inactive");
    assert_eq!(record(&room, &["04K", "--as-at", "2019-01-01"])["Organisation"]["Status"], "Active");
    // Before the load the book knew nothing of it.
    let said = room.fails(1, &["export", "ods", "04K", "--known-at", "2"]);
    assert!(said.contains("no body with the ODS code 04K"), "{said}");
    let said = room.fails(2, &["export", "ods", "body/none"]);
    assert!(said.contains("body/none"), "{said}");
}

#[test]
fn successions_come_out_as_they_went_in() {
    let room = room();
    let table = room.ok(&["export", "successions"]);
    let columns = |text: &str| {
        let mut lines: Vec<_> =
            text.lines().skip(1).map(|line| line.split(',').take(5).collect::<Vec<_>>().join(",")).collect();
        lines.sort();
        lines
    };
    let went_in = fs::read_to_string(room.path("successions.csv")).unwrap();
    assert_eq!(columns(&table), columns(&went_in));
    assert!(table.lines().nth(1).unwrap().contains("minutebook.example/story entries "), "{table}");
    room.write("again.csv", &table);
    let again = room.ok(&[
        "import",
        "again.csv",
        "--key",
        "ods.pem",
        "--speaks-to",
        "2025-12-29",
        "--dry-run",
        "--json",
    ]);
    let counts: Value = serde_json::from_str(again.lines().next().unwrap()).unwrap();
    // Each succession and an end, but for the part of a body that passed to another; and the file.
    assert_eq!((&counts["events"], &counts["refused"]), (&json!(2 * 264 - 1 + 1), &json!(0)));
}

/// Twelve groups of 2013 that become boards, which merge and are split: with units, or so that nobody can tell.
fn made_up() -> (String, String) {
    let mut bodies = String::from("code,kind,name,from,unit\n");
    let mut successions = String::from("predecessor,successor,effective,kind,units\n");
    for number in 0..12 {
        bodies.push_str(&format!("C{number:02},ccg,NHS Group {number} CCG,2013-04-01,C{number:02}\n"));
        let board = ["QAA", "QBB", "QCC"][number % 3];
        successions.push_str(&format!("C{number:02},{board},2022-07-01,transformation,\n"));
    }
    for board in ["QAA", "QBB", "QCC"] {
        bodies.push_str(&format!("{board},icb,NHS {board} Integrated Care Board,2022-07-01,\n"));
    }
    for board in ["QDD", "QEE", "QFF", "QGG"] {
        bodies.push_str(&format!("{board},icb,NHS {board} Integrated Care Board,2026-04-01,\n"));
    }
    successions.push_str("QAA,QDD,2026-04-01,split,C00 C03\nQAA,QEE,2026-04-01,split,C06 C09/north\n");
    successions.push_str("QAA,QBB,2026-04-01,absorption,C09/south\n");
    successions.push_str("QCC,QFF,2026-04-01,split,\nQCC,QGG,2026-04-01,split,\n");
    (bodies, successions)
}

/// Who holds each unit on some days: the body, or those of which one does.
fn holders(room: &Room) -> Vec<String> {
    let mut held = Vec::new();
    for unit in
        (0..12).map(|number| format!("C{number:02}")).chain(["C09/north".to_owned(), "C09/south".to_owned()])
    {
        for day in ["2013-03-31", "2020-01-01", "2022-07-01", "2026-03-31", "2026-04-01"] {
            let said = room.ok(&["commissioner", &unit, "--as-at", day, "--json"]);
            let said: Value = serde_json::from_str(&said).unwrap();
            // Which entries say so differs from book to book.
            let parts = said["parts"].as_array().unwrap().iter();
            let parts: Vec<_> = parts.map(|part| format!("{}: {}", part["unit"], part["body"])).collect();
            held.push(format!("{unit} {day} {} {} {parts:?}", said["body"]["id"], said["perhaps"]));
        }
    }
    held
}

#[test]
fn what_is_exported_is_imported_to_the_same_answers() {
    let load = |bodies: &str, successions: &str| {
        let room = Room::with_server();
        room.enrol("ods");
        room.ok(&["grant", "--key", "ods.pem", "--capacity", "register", "--registrar", "one.pem", "--yes"]);
        room.write("bodies.csv", bodies);
        room.write("successions.csv", successions);
        let args = [
            "import",
            "bodies.csv",
            "successions.csv",
            "--key",
            "ods.pem",
            "--speaks-to",
            "2026-11-01",
            "--yes",
        ];
        room.ok(&args);
        room
    };
    let (bodies, successions) = made_up();
    let first = load(&bodies, &successions);
    let (bodies, successions) = (first.ok(&["export", "bodies"]), first.ok(&["export", "successions"]));
    assert!(successions.contains("QAA,QDD,2026-04-01,split,C00 C03,"), "{successions}");
    assert!(bodies.contains("QAA,icb,NHS QAA Integrated Care Board,2022-07-01,2026-04-01,"), "{bodies}");
    let second = load(&bodies, &successions);
    let (told, again) = (holders(&first), holders(&second));
    assert_eq!(told, again);
    assert!(told.contains(&"C00 2026-04-01 \"body/QDD\" [] []".to_owned()), "{told:#?}");
    assert!(told.contains(&"C02 2026-04-01 null [\"body/QFF\",\"body/QGG\"] []".to_owned()), "{told:#?}");
    let counts = |room: &Room| room.ok(&["commissioners"]).split("\n\n").next().unwrap().to_owned();
    assert_eq!(counts(&first), counts(&second));
}
