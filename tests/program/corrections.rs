//! An entry that is wrong: corrected as what it is, or withdrawn, in the office in which it was signed.

use crate::room::{Room, decision};

/// A room with a decision at the position that is returned.
fn room() -> (Room, String) {
    let room = Room::with_people();
    room.write(
        "decision.json",
        &decision("2019-07-04", r#"{"none": {}}"#).replace("To approve", "To aprove"),
    );
    let recorded = room.json(&["record", "decision.json", "--key", "secretary.pem", "--yes"]);
    let position = recorded["position"].to_string();
    (room, position)
}

#[test]
fn a_slip_is_corrected_as_clerical_and_what_was_so_as_factual() {
    let (room, position) = room();
    let correct = |more: &[&str]| {
        room.run(&[&["correct", position.as_str(), "--key", "secretary.pem", "--yes"], more].concat())
    };
    let said = correct(&["--field", "text", "--to", "To approve the minutes."]);
    assert_eq!(said.code, 0, "{}", said.err);
    for shown in [
        "stands  To aprove the minutes.",
        "right   To approve the minutes.",
        "clerical",
        "A slip of the pen.",
    ] {
        assert!(said.err.contains(shown), "{shown}: {}", said.err);
    }
    // What was so asks for a reason; and which of the two it is can be asked for.
    let said = correct(&["--field", "decided_on", "--to", "2019-07-05"]);
    assert!(said.code == 2 && said.err.contains("say why (--reason TEXT)"), "{}", said.err);
    let said = correct(&["--field", "decided_on", "--to", "2019-07-05", "--kind", "clerical"]);
    assert!(said.code == 3 && said.err.contains("correction.clerical"), "{}", said.err);
    let because = ["--reason", "The minutes say the 5th.", "--evidence", "Minutes, 5 July 2019"];
    let said = correct(&[&["--field", "decided_on", "--to", "2019-07-05"], &because[..]].concat());
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains("factual") && said.err.contains("The minutes say the 5th."), "{}", said.err);
    let shown = room.json(&["show", &position]);
    let kinds: Vec<_> =
        shown["corrections"].as_array().unwrap().iter().map(|it| it["kind"].clone()).collect();
    assert_eq!(kinds, ["clerical", "factual"]);
    let decided = room.json(&["decisions", "04K"]);
    assert_eq!(decided["decisions"][0]["text"]["clear"], "To approve the minutes.");
    assert_eq!(decided["decisions"][0]["decided_on"]["written"], "2019-07-05");
    // What stands now is what the next correction cites.
    let said = correct(&["--field", "text", "--to", "To approve the minutes."]);
    assert!(said.code == 2 && said.err.contains("says that already"), "{}", said.err);
    let said = correct(&["--field", "txt", "--to", "x"]);
    assert!(said.code == 2 && said.err.contains("did you mean `text`?"), "{}", said.err);
    let said = correct(&["--field", "text"]);
    assert_eq!(said.code, 2, "{}", said.err);
    // In another office nobody corrects it, and nothing is signed.
    let by_other = ["--field", "text", "--to", "x", "--reason", "y", "--key", "nhse.pem", "--yes"];
    let said = room.fails(3, &[&["correct", position.as_str()], &by_other[..]].concat());
    assert!(said.contains("authority.grant"), "{said}");
}

#[test]
fn what_should_not_have_been_recorded_is_withdrawn() {
    let (room, position) = room();
    assert_eq!(room.json(&["decisions", "04K"])["decisions"].as_array().unwrap().len(), 1);
    let withdraw = ["withdraw", position.as_str(), "--reason", "Of another body.", "--key", "secretary.pem"];
    room.ok(&[&withdraw[..], &["--dry-run"]].concat());
    assert_eq!(
        room.json(&["decisions", "04K"])["decisions"].as_array().unwrap().len(),
        1,
        "a dry run does nothing"
    );
    let said = room.run(&[&withdraw[..], &["--yes"]].concat());
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(
        said.err.contains("DecisionRecorded of body/04K: approved, 2019-07-04: To aprove the minutes."),
        "{}",
        said.err
    );
    assert_eq!(room.json(&["decisions", "04K"])["decisions"][0]["state"], "withdrawn");
    let said = room.fails(2, &[&withdraw[..], &["--yes"]].concat());
    assert!(said.contains("was withdrawn by entry"), "{said}");
    // What was withdrawn may be recorded again: it stands nowhere.
    let again = room.json(&["record", "decision.json", "--key", "secretary.pem", "--yes"]);
    assert_eq!(again["again"], false);
    let first = again["position"].to_string();
    room.ok(&["withdraw", &first, "--duplicate", "--reason", "Twice.", "--key", "secretary.pem", "--yes"]);
    assert_eq!(room.json(&["show", &first])["corrections"][0]["kind"], "duplicate");
}

/// An evening of 04K, with one decision, in one file.
const EVENING: &str = r#"{"meeting": "meeting/e", "on": "2019-07-04", "secretary_of": "body/04K", "bodies": ["body/04K"]}
{"type": "PersonRecorded", "subject": "person/e", "facts": {"name": "Eve Lay"}}
{"type": "OfficerAppointed", "subject": "body/04K", "facts": {"office": "chair", "person": "person/e", "tenure": "substantive", "effective": "2018-04-01"}}
{"type": "MeetingConvened", "facts": {"title": "Governing body", "starts_at": "18:00", "parts": ["public"], "called_on": "2019-06-26",
  "quorum": {"minimum": {"count": 1}, "counts_vacancies": false}}}
{"type": "AgendaPublished", "facts": {"published_on": "2019-06-27", "items": [{"reference": "1", "title": "Lease", "action_sought": "approve", "part": "public"}]}}
{"type": "MeetingOpened", "facts": {"started_at": "18:00", "chairs": [{"person": "person/e"}]}}
{"type": "AttendanceRecorded", "facts": {"attendees": [{"person": "person/e", "as": "voting"}]}}
{"type": "DecisionRecorded", "subject": "body/04K", "vote": {"show_of_hands": {"for": 1, "against": 0}},
  "facts": {"item": "1", "outcome": "approved", "text": "APPROVED the lease.", "reasons": "It is cheap."}}
{"type": "MeetingClosed", "facts": {"ended_at": "19:00"}}
"#;

/// Where the first entry of a type stands.
fn position_of(room: &Room, type_name: &str) -> String {
    room.json(&["log", "--type", type_name])["entries"][0]["position"].to_string()
}

#[test]
fn what_rests_on_an_entry_is_told_before_it_is_taken_back() {
    let room = Room::with_people();
    room.write("evening.jsonc", EVENING);
    room.ok(&["record", "evening.jsonc", "--key", "secretary.pem", "--yes"]);
    let told = |position: &str| {
        let asked = ["withdraw", position, "--reason", "Wrong.", "--key", "secretary.pem", "--dry-run"];
        room.run(&asked).err
    };
    let of_meeting = told(&position_of(&room, "MeetingConvened"));
    for shown in
        ["resting on it", "1 decision of 04K", "1 vote of 04K", "1 attendance list", "1 MeetingClosed"]
    {
        assert!(of_meeting.contains(shown), "{shown}: {of_meeting}");
    }
    assert!(!of_meeting.contains("OfficerAppointed"), "it stood there before: {of_meeting}");
    let of_decision = told(&position_of(&room, "DecisionRecorded"));
    assert!(of_decision.contains("Nothing that was recorded since speaks of it."), "{of_decision}");
    // A correction of what was so says it too, and that of a slip of the pen does not.
    let meeting = position_of(&room, "MeetingConvened");
    let correct =
        ["correct", meeting.as_str(), "--key", "secretary.pem", "--dry-run", "--field", "title", "--to"];
    let factual = room.run(&[&correct[..], &["The board", "--reason", "So it says."]].concat()).err;
    assert!(factual.contains("1 decision of 04K"), "{factual}");
    let clerical = room.run(&[&correct[..], &["Governing Body"]].concat()).err;
    assert!(!clerical.contains("resting on it") && !clerical.contains("speaks of it"), "{clerical}");
    // What record refuses, correct does too, and says what to do in this case.
    let decision = position_of(&room, "DecisionRecorded");
    let correct =
        ["correct", decision.as_str(), "--key", "secretary.pem", "--yes", "--reason", "r", "--field"];
    let said = room.fails(3, &[&correct[..], &["decided_on", "--to", "2019-07-05"]].concat());
    assert!(said.contains("decision.at-meeting") && said.contains("What to do: mend the day"), "{said}");
    assert!(!said.contains("refused_by"), "{said}");
}
