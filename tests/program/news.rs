//! What is new: for bodies, since somebody looked last or since a day; the log by what it says.

use crate::room::{Room, decision};
use serde_json::Value;

/// A room with one decision.
fn room() -> Room {
    let room = Room::with_people();
    record(&room, "first.json", "To approve the minutes.");
    room
}

fn record(room: &Room, file: &str, text: &str) {
    let decision = decision("2019-07-04", r#"{"none": {}}"#);
    let (before, rest) = decision.split_once("\"text\": \"").unwrap();
    let (_old, after) = rest.split_once('"').unwrap();
    room.write(file, &format!("{before}\"text\": \"{text}\"{after}"));
    room.ok(&["record", file, "--key", "secretary.pem", "--yes"]);
}

/// What an answer lists, by type.
fn types(answer: &Value) -> Vec<&str> {
    answer["news"].as_array().unwrap().iter().map(|news| news["type"].as_str().unwrap()).collect()
}

#[test]
fn news_are_what_was_recorded_since_one_looked_last() {
    let room = room();
    let first = room.ok(&["news", "04K"]);
    assert!(first.contains("approved, 2019-07-04: To approve the minutes."), "{first}");
    assert!(first.contains("the last that was recorded of 04K"), "{first}");
    let none = room.ok(&["news", "04K"]);
    assert!(
        none.contains("new of 04K since entry") && none.contains("None, by acts and registers."),
        "{none}"
    );
    record(&room, "second.json", "To note the report.");
    let second = room.json(&["news", "04K"]);
    assert_eq!(types(&second), ["DecisionRecorded"]);
    assert_eq!(second["news"][0]["says"], "approved, 2019-07-04: To note the report.");
    // Another reader of other bodies has looked at nothing yet; and --since leaves no trace.
    assert!(types(&room.json(&["news"])).len() > 2);
    record(&room, "third.json", "To close.");
    let since = room.json(&["news", "04K", "--since", "0", "--type", "DecisionRecorded"]);
    assert_eq!(types(&since), ["DecisionRecorded"; 3]);
    assert_eq!(types(&room.json(&["news", "04K"])), ["DecisionRecorded"]);
    assert_eq!(types(&room.json(&["news", "04K", "--since", "2999-01-01"])), [""; 0]);
    let refused = room.fails(2, &["news", "04K", "--since", "yesterday"]);
    assert!(refused.contains("a position (812), a moment") && refused.contains("yesterday"), "{refused}");
    let refused = room.fails(2, &["news", "--type", "DecisionRecord"]);
    assert!(refused.contains("docs/events.md"), "{refused}");
    room.fails(1, &["news", "99Z"]);
}

#[test]
fn what_was_withdrawn_stays_news_and_is_marked() {
    let room = room();
    let position =
        room.json(&["news", "04K", "--since", "0", "--type", "DecisionRecorded"])["news"][0]["position"]
            .to_string();
    let withdraw = ["--reason", "It was never decided.", "--key", "secretary.pem", "--yes"];
    room.ok(&[&["withdraw", position.as_str()], &withdraw[..]].concat());
    let text = room.ok(&["news", "04K", "--since", &position]);
    assert!(text.contains("To approve the minutes.") && text.contains("WITHDRAWN"), "{text}");
    assert!(text.contains("entry ") && !text.contains("event 0"), "{text}");
    let cited = format!("entry {position} (approved, 2019-07-04: To approve the minutes.)");
    let says = format!("{cited} is known otherwise (withdrawn): It was never decided.");
    assert!(text.contains(&says), "{text}");
    // The log says the same, and the entry itself cites it, with the event's id behind.
    let (log, shown) = (room.ok(&["log", "--csv"]), room.ok(&["show", "head"]));
    assert!(log.contains(&says), "{log}");
    assert!(shown.contains(&cited), "{shown}");
}

#[test]
fn the_log_is_selected_by_time_body_and_type_and_says_each_entry_in_a_line() {
    let room = room();
    let said = room.run(&["log", "--about", "04K", "--type", "DecisionRecorded"]);
    assert!(said.out.contains("approved, 2019-07-04: To approve the minutes."), "{}", said.out);
    assert!(said.err.contains("each checked") && said.err.contains("the server's word"), "{}", said.err);
    let of = |args: &[&str]| room.json(&[&["log"], args].concat())["entries"].as_array().unwrap().len();
    assert_eq!(of(&["--type", "DecisionRecorded"]), 1);
    assert_eq!(of(&["--type", "DecisionRecorded", "--type", "KeyEnrolled", "--limit", "2"]), 2);
    assert_eq!(of(&["--type", "DecisionRecorded", "--subject", "body/04N"]), 0);
    // An entry is about whom it names: a grant about its body, and its end, which names nobody, too.
    assert_eq!(of(&["--about", "04K", "--type", "AuthorityGranted"]), 1);
    let grant = room.json(&["key", "list", "--body", "body/04K"])["keys"][0]["grants"][0]["id"].clone();
    assert_eq!(of(&["--about", grant.as_str().unwrap()]), 1);
    assert_eq!(of(&["--since", "2999-01-01"]), 0);
    assert_eq!(of(&["--since", "2000-01-01", "--limit", "3"]), 3);
    // What is listed is what the log has, whichever way it is asked for.
    let (all, selected) = (room.json(&["log"]), room.json(&["log", "--since", "2000-01-01"]));
    assert_eq!(all["entries"], selected["entries"]);
    room.fails(2, &["log", "--from", "1", "--since", "2000-01-01"]);
}
