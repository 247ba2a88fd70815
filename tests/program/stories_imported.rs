//! Every story from the command line alone: a ledger of one's own, a key for each role, and the story's file.

use crate::room::Room;
use minutebook::demo::story::Story;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A re-enactment that is served, with the registrars' keys.
fn opened(day: &str) -> Room {
    let mut room = Room::new();
    for registrar in ["one.pem", "two.pem"] {
        room.ok(&["key", "new", registrar]);
    }
    let time = format!("{day}T00:00:00Z");
    let origin = ["--origin", "minutebook.example/imported", "--purpose", "re-enactment", "--time", &time];
    let registrars = ["--registrar", "one.pem", "--registrar", "two.pem"];
    room.ok(&[&["init", "--dir", "book"], &origin[..], &registrars].concat());
    room.serve("book");
    room
}

/// Enrols a role by its name (`secretary-04K`), and grants it what the name says.
fn let_in(room: &Room, role: &str) {
    room.enrol(role);
    let of_body = |slug: &str| vec!["--body".to_owned(), format!("body/{slug}")];
    let (capacity, body) = match role.split_once('-') {
        Some((capacity @ ("secretary" | "chair"), slug)) => (capacity, of_body(slug)),
        Some(_) => ("nhs_england", Vec::new()),
        None => (role, Vec::new()),
    };
    let body: Vec<_> = body.iter().map(String::as_str).collect();
    let key = format!("{role}.pem");
    let grant = ["grant", "--key", &key, "--capacity", capacity, "--registrar", "one.pem", "--yes"];
    room.ok(&[&grant[..], &["--evidence", "A role of the story"], &body].concat());
}

fn import(room: &Room, files: &[&str], roles: &BTreeSet<String>, speaks_to: &str) {
    // The first key signs for the files themselves, and so reports.
    let mut roles: Vec<_> = roles.iter().collect();
    roles.sort_by_key(|role| *role != "importer");
    let keys = roles.iter().flat_map(|role| ["--key".to_owned(), format!("{role}={role}.pem")]);
    let keys: Vec<_> = keys.collect();
    let keys: Vec<_> = keys.iter().map(String::as_str).collect();
    let standing = ["--standing", "third_party", "--speaks-to", speaks_to, "--yes"];
    room.ok(&[&["import"], files, &standing, &keys].concat());
}

fn data(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(file)
}

/// The rows of a register that open these bodies.
fn rows(slugs: &[String]) -> String {
    let table = fs::read_to_string(data("england/bodies.csv")).unwrap();
    let wanted = |line: &&str| slugs.iter().any(|slug| line.starts_with(&format!("{slug},")));
    let rows = table.lines().take(1).chain(table.lines().filter(wanted));
    rows.map(|row| format!("{row}\n")).collect()
}

/// Plays a merger's file, with the register's rows of the bodies that it closes; returns the room.
fn played(name: &str) -> Room {
    let scenes = Story::named(name).unwrap().scenes().unwrap();
    let roles: BTreeSet<_> = scenes.iter().flat_map(|scene| scene.signers.clone()).collect();
    let room = opened("2013-03-31");
    roles.iter().for_each(|role| let_in(&room, role));
    let effected = scenes.iter().find(|scene| scene.type_name == "ReorganisationEffected").unwrap();
    let closing = effected.facts["closing"].as_array().unwrap().iter();
    let closing: Vec<_> =
        closing.map(|body| body.as_str().unwrap().trim_start_matches("body/").to_owned()).collect();
    if !scenes.iter().any(|scene| scene.type_name == "BodyEstablished") {
        let_in(&room, "register");
        room.write("bodies.csv", &rows(&closing));
        room.ok(&["import", "bodies.csv", "--key", "register.pem", "--speaks-to", "2013-04-01", "--yes"]);
    }
    let file = format!("{name}.jsonl");
    fs::copy(data(&file), room.path(&file)).unwrap();
    let last = scenes.last().unwrap().time.to_string();
    import(&room, &[&file], &roles, &last.chars().take(10).collect::<String>());
    let verified = room.ok(&["verify"]);
    assert!(verified.starts_with("verified"), "{verified}");
    room
}

/// Where a merger stood on a day, as it was known then.
fn state(room: &Room, merger: &str, day: &str) -> String {
    let found = room.json(&["merger", merger, "--as-at", day, "--known-at", day]);
    found["merger"]["state"].as_str().unwrap().to_owned()
}

#[test]
fn shropshire() {
    let room = played("shropshire");
    let days = ["2019-11-01", "2020-10-01", "2021-04-01"];
    let stood = days.map(|day| state(&room, "shropshire-telford-and-wrekin", day));
    assert_eq!(stood, ["rejected", "submitted", "effected"]);
}

#[test]
fn north_west_london() {
    let room = played("north-west-london");
    let days = ["2020-09-30", "2020-12-01", "2021-04-01"];
    assert_eq!(
        days.map(|day| state(&room, "north-west-london-2020", day)),
        ["submitted", "approved", "effected"]
    );
    assert!(room.ok(&["findings"]).contains("application.members-agree"));
}

#[test]
fn kent_and_medway() {
    let room = played("kent-and-medway");
    let days = ["2019-11-01", "2020-03-31", "2020-04-01"];
    let stood = days.map(|day| state(&room, "kent-and-medway-2019", day));
    assert_eq!(stood, ["conditionally_approved", "approved", "effected"]);
    let conditions = room.json(&["conditions", "91Q", "--as-at", "2020-04-01"]);
    assert_eq!(conditions["conditions"].as_array().unwrap().len(), 2, "passed on");
}

#[test]
fn nottinghamshire() {
    let room = played("nottinghamshire");
    let days = ["2019-06-15", "2019-11-01", "2020-04-01"];
    let stood = days.map(|day| state(&room, "nottinghamshire-2019", day));
    assert_eq!(stood, ["consulting", "approved", "effected"]);
    let decided = room.json(&["decisions", "meeting/nottinghamshire-2020-03-05", "--as-at", "2020-04-08"]);
    let states = decided["decisions"].as_array().unwrap().iter().map(|it| it["state"].as_str().unwrap());
    assert_eq!(states.collect::<Vec<_>>(), ["confirmed"; 6]);
}

#[test]
fn the_five_documents() {
    let room = opened("2017-05-01");
    let_in(&room, "importer");
    let mut files: Vec<_> = fs::read_dir(data("seeds")).unwrap().map(|file| file.unwrap().path()).collect();
    // In the order in which they became known, which the first line of each says.
    files.sort_by_key(|file| {
        let text = fs::read_to_string(file).unwrap();
        text.split("\"time\": \"").nth(1).unwrap().chars().take(20).collect::<String>()
    });
    for file in &files {
        fs::copy(file, room.path(file.file_name().unwrap().to_str().unwrap())).unwrap();
    }
    let names: Vec<_> = files.iter().map(|file| file.file_name().unwrap().to_str().unwrap()).collect();
    import(&room, &names, &["importer".to_owned()].into(), "2019-06-17");
    let day = "2019-06-18";
    let found = room.json(&["merger", "nottinghamshire-2019", "--reported", "--as-at", "2019-06-16"]);
    let applications = found["merger"]["applications"].as_array().unwrap();
    assert_eq!((&found["merger"]["state"], applications.len()), (&"consulting".into(), 0));
    let found = room.json(&["consultation", "nottinghamshire-2019", "--reported", "--as-at", day]);
    let found = &found["consultation"];
    assert_eq!((&found["responses_on_time"], &found["responses_late"]), (&1.into(), &1.into()));
    let nobody = room.json(&["officer", "04V", "chair", "--reported", "--as-at", "2018-12-31"]);
    assert_eq!(nobody["holders"].as_array().map_or(0, Vec::len), 0, "{nobody}");
    assert!(room.ok(&["verify"]).starts_with("verified"));
}
