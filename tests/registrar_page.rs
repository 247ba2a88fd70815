//! docs/registrar.md, word for word: the real program, a server and a shell.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

#[allow(dead_code, reason = "each of the tests that share the room uses a part of it")]
#[path = "cli/bench.rs"]
mod bench;

use bench::{Room, Said};
use std::path::Path;
use std::process::Command;

/// The commands of the page, in their order.
fn commands() -> Vec<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/registrar.md");
    let page = std::fs::read_to_string(page).unwrap();
    let commands: Vec<_> =
        page.lines().filter_map(|line| line.strip_prefix("$ ")).map(str::to_owned).collect();
    assert!(commands.len() > 20, "{commands:?}");
    commands
}

/// Runs a command as a shell does, where `minutebook` is ours.
fn run(room: &Room, command: &str) -> Said {
    let program = Path::new(env!("CARGO_BIN_EXE_minutebook")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let ours = room.command(&[]);
    let mut shell = Command::new("sh");
    shell.args(["-c", command]).current_dir(room.path("")).env("PATH", path);
    shell.envs(ours.get_envs().filter_map(|(name, value)| Some((name, value?))));
    Said::from(shell.stdin(std::process::Stdio::null()).output().unwrap())
}

#[test]
fn the_page_works_word_for_word() {
    let mut room = Room::new();
    let mut said = Vec::new();
    for command in commands() {
        if command == "minutebook serve --dir book --listen 127.0.0.1:7419" {
            room.serve("book");
            continue;
        }
        let answer = run(&room, &command);
        assert_eq!(answer.code, 0, "{command}: {}{}", answer.out, answer.err);
        said.push((command, answer));
    }
    let answer = |start: &str| &said.iter().rfind(|(command, _said)| command.starts_with(start)).unwrap().1;
    let signed = &answer("minutebook key signed secretary-2.pem").out;
    assert!(signed.contains("KeyEnrolled") && signed.contains("CONTESTED"), "{signed}");
    assert!(!answer("minutebook key signed secretary.pem").out.contains("CONTESTED"));
    assert!(answer("minutebook findings").out.contains("key.compromised"));
    let watched = &answer("minutebook watch").out;
    assert!(watched.contains("may sign for body/04K as secretary"), "{watched}");
    // What the page says of the order is so.
    let three = "minutebook key revoke four.pem --reason lost --registrar one.pem --registrar two.pem --yes";
    assert_eq!(run(&room, three).code, 0, "one to spare was left");
    let two = "minutebook key revoke two.pem --reason lost --registrar one.pem --registrar two.pem --yes";
    let refused = run(&room, two);
    assert_eq!(refused.code, 3, "{}", refused.err);
    assert!(
        refused.err.contains("registrars.enough") && refused.err.contains("first enrol"),
        "{}",
        refused.err
    );
}

#[test]
fn a_body_notices_whom_registrars_let_in_to_sign_for_it() {
    let room = Room::with_people();
    let list = ["key", "list", "--body", "body/04K"];
    let first = room.run(&list);
    assert!(!first.err.contains("have changed"), "nothing is new on the first look: {}", first.err);
    room.enrol("false");
    let mut grant = vec!["grant", "--key", "false.pem", "--capacity", "secretary", "--body", "body/04K"];
    grant.extend(["--id", "false", "--registrar", "one.pem", "--yes"]);
    room.ok(&grant);
    // The true secretary hears of it when she records, and goes on hearing until she looks.
    room.write("decision.jsonc", &bench::decision("2019-07-04", r#"{"none": {}}"#));
    let record = ["record", "decision.jsonc", "--key", "secretary.pem", "--yes"];
    let recorded = room.run(&record);
    assert_eq!(recorded.code, 0, "it blocks nothing");
    assert!(recorded.err.contains("The keys of body/04K have changed"), "{}", recorded.err);
    assert_eq!(room.json(&record)["key_news"][0]["new_grants"][0], "grant/false");
    let looked = room.run(&list);
    assert!(looked.err.contains("new secretary: key"), "{}", looked.err);
    assert!(!room.run(&record).err.contains("have changed"));
    room.ok(&[
        "revoke",
        "grant/false",
        "--reason",
        "It was no secretary.",
        "--registrar",
        "one.pem",
        "--yes",
    ]);
    assert_eq!(room.json(&list)["news"]["ended_grants"][0], "grant/false");
    // What was known once is no news.
    assert!(room.json(&[&list[..], &["--known-at", "3"]].concat())["news"].is_null());
}
