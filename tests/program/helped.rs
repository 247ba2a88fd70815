//! What helps somebody at a terminal and in an editor: the help by groups, completions, manual pages, schemas of whole files;
//! and mistakes in arguments, told to programs as data.

use crate::room::Room;
use serde_json::Value;
use std::fs;

#[test]
fn help_is_by_what_people_want_to_do() {
    let room = Room::new();
    for args in [&["--help"][..], &["help"], &["-h"], &[]] {
        let help = room.ok(args);
        for line in [
            "What a body is:",
            "Writing:",
            "Keeping a ledger:",
            "Prints the minutes of a meeting",
            "--server <URL>",
        ] {
            assert!(help.contains(line), "{args:?}: {line}: {help}");
        }
        assert!(!help.contains('\u{1b}') && !help.contains("Others:"), "{help}");
    }
    // A command's own help is its own.
    let help = room.ok(&["help", "withdraw"]);
    assert!(help.contains("--reason <TEXT>") && !help.contains("Keeping a ledger:"), "{help}");
}

#[test]
fn shells_and_manuals_are_told_of_every_command() {
    let room = Room::new();
    for shell in ["bash", "zsh", "fish"] {
        let script = room.ok(&["completions", shell]);
        for known in ["withdraw", "dry-run", "governing-body"] {
            assert!(script.contains(known), "{shell}: {known}");
        }
    }
    room.fails(2, &["completions", "tcsh"]);
    assert!(room.ok(&["man"]).contains(".TH minutebook 1"));
    room.ok(&["man", "--out", "man/man1"]);
    let page = fs::read_to_string(room.path("man/man1/minutebook-record.1")).unwrap();
    assert!(page.contains("dry\\-run"), "{page}");
    assert!(room.path("man/man1/minutebook-key-enrol.1").is_file());
}

#[test]
fn a_mistake_in_the_arguments_is_data_where_that_is_asked_for() {
    let room = Room::new();
    for (args, told) in [
        (&["decisons", "04K", "--json"][..], "unrecognized subcommand 'decisons'"),
        (&["--json", "body"], "required arguments"),
        (&["body", "04K", "--as-at", "soon", "--json"], "needed a day, such as 2019-07-04"),
    ] {
        let said: Value = serde_json::from_str(&room.fails(2, args)).unwrap();
        let error = &said["error"];
        assert_eq!((&error["kind"], &error["exit_code"]), (&"usage".into(), &2.into()), "{said}");
        assert!(error["message"].as_str().unwrap().contains(told), "{said}");
    }
    let said = room.fails(2, &["decisons", "04K"]);
    assert!(said.starts_with("error: ") && said.contains("'decisions'"), "{said}");
    // Help is help, whoever asks.
    assert!(room.ok(&["body", "--help", "--json"]).contains("Usage:"));
    assert!(room.ok(&["--version"]).starts_with("minutebook "));
}

#[test]
fn an_editor_gets_the_schema_of_a_whole_file() {
    let room = Room::with_people();
    let schema = room.json(&["record", "--schema", "DecisionRecorded", "--whole-file"]);
    assert_eq!(schema["properties"]["type"]["const"], "DecisionRecorded");
    assert_eq!(schema["properties"]["data"]["properties"]["facts"]["$ref"], "#/$defs/DecisionRecorded");
    assert_eq!(schema["$defs"]["Signatory"]["required"], serde_json::json!(["capacity"]));
    // Of the data alone, as programs write it, nothing is left out.
    let data = room.json(&["record", "--schema", "DecisionRecorded"]);
    assert_eq!(data["$defs"]["Signatory"]["required"], serde_json::json!(["key", "capacity"]));
    room.fails(2, &["record", "--whole-file"]);
    let decision = crate::room::decision("2019-07-04", r#"{"none": {}}"#);
    room.write("decision.json", &decision.replacen('{', r#"{"$schema": "decision.schema.json", "#, 1));
    room.ok(&["record", "decision.json", "--key", "secretary.pem", "--dry-run"]);
}
