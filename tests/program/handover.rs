//! A secretary leaves: what is handed over, and that the commands which are printed do hand it over.

use crate::room::{Room, decision};
use std::fs;

/// An action of 04K that is due in September.
const ACTION: &str = r#"{"type": "ActionAssigned", "subject": "action/letter", "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}],
    "facts": {"body": "body/04K", "text": "Write to NHS England.", "owner": {"office": "chair"},
              "assigned_on": "2019-07-04", "due": "2019-09-30"}}}"#;

fn record(room: &Room, file: &str, key: &str) -> crate::room::Said {
    room.run(&["record", file, "--key", key, "--yes"])
}

#[test]
fn a_secretary_hands_over_and_the_next_one_goes_on() {
    let room = Room::with_people();
    room.write("action.jsonc", ACTION);
    assert_eq!(record(&room, "action.jsonc", "secretary.pem").code, 0);
    room.write("decision.jsonc", &decision("2019-07-04", r#"{"none": {}}"#));
    fs::create_dir(room.path("drafts")).unwrap();
    room.write("drafts/notes.txt", "No draft.");
    let secretary = room.public("secretary");
    let kept = ["--key", &secretary, "--yes", "--draft", "drafts/decision.json"];
    room.ok(&[&["record", "decision.jsonc"], &kept[..]].concat());
    room.ok(&["key", "new", "next.pem"]);

    let asked = ["handover", "04K", "--from", "secretary.pem", "--to", "next.pem", "--drafts", "drafts"];
    let said = room.json(&asked);
    let item = &said["due"]["items"][0];
    assert_eq!((&item["kind"], &item["subject"]), (&"action".into(), &"action/letter".into()), "{said}");
    let draft = &said["drafts"][0];
    assert_eq!(
        (&draft["file"], said["drafts"].as_array().unwrap().len()),
        (&"drafts/decision.json".into(), 1)
    );
    assert_eq!(
        (&draft["type"], &draft["missing"][0]["key"]),
        (&"DecisionRecorded".into(), &secretary.into())
    );
    let grant = &said["grants"][0];
    assert_eq!((&grant["passes"], &grant["state"]), (&true.into(), &"in_force".into()));
    let known = said["due"]["answered"]["known_entries"].as_u64().unwrap();
    let shown = room.ok(&asked);
    for promised in ["Write to NHS England.", "drafts/decision.json", "1 signature is missing", "passes"] {
        assert!(shown.contains(promised), "{promised}: {shown}");
    }

    assert_eq!(grant["is_contested"], false);
    // As at a day before anybody was granted anything, nobody may sign.
    let earlier = room.json(&["handover", "04K", "--as-at", "2012-01-01"]);
    assert_eq!(earlier["grants"].as_array().unwrap().len(), 0, "{earlier}");

    let commands: Vec<_> =
        said["commands"].as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned()).collect();
    assert!(commands.iter().all(|command| shown.contains(command)), "{shown}");
    let verbs: Vec<_> = commands.iter().map(|command| command.split(' ').nth(1).unwrap()).collect();
    assert_eq!(verbs, ["key", "grant", "revoke"]);
    for command in &commands {
        let command =
            command.replace("REGISTRAR-1.pem", "one.pem").replace("\"Handed over.\"", "Handed-over");
        room.ok(&[&command.split(' ').skip(1).collect::<Vec<_>>()[..], &["--yes"]].concat());
    }
    assert_eq!(record(&room, "decision.jsonc", "next.pem").code, 0, "the next one goes on");
    room.write("decision.jsonc", &decision("2019-07-05", r#"{"none": {}}"#));
    let said = record(&room, "decision.jsonc", "secretary.pem");
    assert_eq!(said.code, 3, "who left signs no more: {}", said.err);
    let said = room.fails(3, &asked);
    assert!(said.contains("key list --body body/04K"), "nothing is left to pass: {said}");
    // A grant that was given later, for acts of an earlier day, was nobody's to hand over on that day.
    let key =
        ["--key", "next.pem", "--capacity", "secretary", "--body", "body/04K", "--acts-from", "2011-01-01"];
    let signed = ["--id", "later", "--evidence", "Letter", "--registrar", "one.pem", "--yes"];
    room.ok(&[&["grant"], &key[..], &signed[..]].concat());
    let earlier = room.json(&["handover", "04K", "--as-at", "2012-01-01"]);
    assert_eq!(earlier["grants"].as_array().unwrap().len(), 0, "{earlier}");
    // What was handed over since, as it was known before: it passed then, and nobody ends it a second time.
    let before = room.json(&["handover", "04K", "--known-at", &(known - 1).to_string()]);
    let states: Vec<_> = before["grants"].as_array().unwrap().iter().map(|it| &it["state"]).collect();
    assert_eq!(
        (states, &before["commands"]),
        (vec![&serde_json::json!("in_force")], &serde_json::json!([])),
        "{before}"
    );
    let said = room.json(&["handover", "04K"]);
    assert_eq!(said["grants"].as_array().unwrap().len(), 3, "the one that ended, and those that stand");
}
