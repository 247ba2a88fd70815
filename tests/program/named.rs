//! Whatever has a name is asked for by it: a meeting, a person, a unit, an office, a moment; and who mistypes one is told which was
//! meant.

use crate::room::Room;

/// Two sittings of 04K, and who sits.
const SITTINGS: &str = r#"{"on": "2019-06-20", "bodies": ["body/04K"], "secretary_of": "body/04K"}
{"type": "MeetingConvened", "subject": "meeting/june", "facts": {"title": "Governing body, June", "starts_at": "18:00", "parts": ["public"], "called_on": "2019-06-10"}}
{"type": "MeetingConvened", "subject": "meeting/july", "facts": {"title": "Governing body, July", "starts_at": "2019-07-18T18:00:00+01:00", "parts": ["public"], "called_on": "2019-07-08"}}
{"type": "PersonRecorded", "subject": "person/reed", "facts": {"name": "Tom Reed"}}
{"type": "OfficerAppointed", "subject": "body/04K", "facts": {"office": "lay_member", "person": "person/reed", "tenure": "substantive", "effective": "2018-04-01"}}"#;

/// The room, and the position of the first entry that says so.
fn room() -> (Room, u64) {
    let room = Room::with_people();
    room.write("sittings.jsonc", SITTINGS);
    let said = room.json(&["record", "sittings.jsonc", "--key", "secretary.pem", "--yes"]);
    let first = said["appended"][0]["position"].as_u64().unwrap();
    (room, first)
}

#[test]
fn a_meeting_is_asked_for_by_its_body_its_title_and_its_day() {
    let (room, first) = room();
    for (asked, title) in [
        (&["Nottingham", "City"][..], "Governing body, July"),
        (&["04k"], "Governing body, July"),
        (&["Nottingham", "--on", "2019-06-20"], "Governing body, June"),
        (&["04K", "--on", "20/06/2019"], "Governing body, June"),
        (&["governing", "body,", "June"], "Governing body, June"),
        (&["June"], "Governing body, June"),
        (&["july"], "Governing body, July"),
        (&["meeting/june"], "Governing body, June"),
    ] {
        for command in ["minutes", "meeting", "notice", "agenda"] {
            let said = room.run(&[&[command], asked].concat());
            assert!(
                said.code == 0 && said.out.contains(title),
                "{command} {asked:?}: {} {}",
                said.out,
                said.err
            );
        }
    }
    let several = room.fails(1, &["minutes", "Governing"]);
    for listed in
        ["names no single meeting", "meeting/june (2019-06-20, Governing body, June)", "meeting/july"]
    {
        assert!(several.contains(listed), "{several}");
    }
    let none = room.fails(1, &["minutes", "Westmarsh"]);
    assert!(
        none.contains("no meeting \"Westmarsh\" is known here") && none.contains("minutebook meetings BODY"),
        "{none}"
    );
    let slip = room.fails(1, &["minutes", "Notingham"]);
    assert!(slip.contains("did you mean Nottingham?"), "{slip}");
    let early = (first - 1).to_string();
    let since = room.fails(1, &["minutes", "june", "--known-at", &early]);
    assert!(
        since.contains(&format!("as known at entry {early}; it is known from entry {first} on")),
        "{since}"
    );
}

#[test]
fn bodies_people_and_units_are_found_by_what_they_are_called() {
    let (room, _first) = room();
    for asked in ["Notingham", "04J", "body/04J"] {
        let said = room.fails(1, &["body", asked]);
        assert!(said.contains("did you mean"), "{asked}: {said}");
    }
    assert_eq!(room.json(&["body", "body/04k"])["body"]["id"], "body/04K");
    let since = room.fails(1, &["body", "04K", "--known-at", "2"]);
    assert!(since.contains("as known at entry 2; it is known from entry"), "{since}");
    for asked in ["Tom Reed", "reed", "person/reed"] {
        assert!(room.run(&["interests", asked]).code == 0, "{asked}");
    }
    assert_eq!(room.json(&["votes", "june"])["subject"], "meeting/june");
    for asked in [&["04k"][..], &["unit/04K"], &["Nottingham", "City"]] {
        let said = room.ok(&[&["commissioner"], asked].concat());
        assert!(said.contains("NHS Nottingham City CCG"), "{asked:?}: {said}");
    }
}

#[test]
fn an_office_stands_behind_the_words_of_a_body_and_each_kind_has_its_own_head() {
    let (room, _first) = room();
    for asked in [
        &["04K", "lay_member"][..],
        &["nottingham", "city", "lay", "member"],
        &["04K", "--office", "lay member"],
        &["Nottingham", "Lay Member"],
    ] {
        let said = room.ok(&[&["officer"], asked].concat());
        assert!(
            said.starts_with("lay member of NHS Nottingham City CCG") && said.contains("Tom Reed"),
            "{asked:?}: {said}"
        );
    }
    let said = room.ok(&["officer", "nottingham", "city"]);
    assert!(said.starts_with("accountable officer of") && said.contains("known there"), "{said}");
    assert!(said.contains("lay member"), "{said}");
    let board = r#"{"type": "BodyRegistered", "subject": "body/QWM", "data": {"standing": "register",
        "signatories": [{"capacity": "register"}], "facts": {"kind": "icb", "name": "NHS Westmarsh Integrated Care Board",
        "from": "2022-07-01", "codes": [{"scheme": "ods", "value": "QWM"}]}}}"#;
    room.write("board.jsonc", board);
    room.ok(&["record", "board.jsonc", "--key", "ods.pem", "--yes"]);
    assert!(room.ok(&["officer", "Westmarsh"]).starts_with("chief executive of"));
    // With a body of one's own, another is asked about all the same.
    room.ok(&["context", "set", "mine", "--body", "04K"]);
    room.ok(&["context", "use", "mine"]);
    assert!(room.ok(&["officer"]).starts_with("accountable officer of NHS Nottingham City CCG"));
    assert!(room.ok(&["officer", "Westmarsh", "chair"]).starts_with("chair of NHS Westmarsh"));
}

/// What is printed is pasted back, and shows the entry that it was printed with.
#[test]
fn a_moment_that_is_printed_is_given_back() {
    let (room, first) = room();
    let shown = room.json(&["show", &first.to_string()]);
    let recorded = shown["recorded"].as_str().unwrap_or_else(|| panic!("{shown}")).to_owned();
    let second = format!("{}Z", recorded.split_once('.').unwrap().0);
    for known_at in [second.clone(), second.replace('T', " "), recorded.clone()] {
        let said = room.run(&["meeting", "meeting/june", "--known-at", &known_at]);
        assert!(said.code == 0 && said.out.contains("Governing body, June"), "{known_at}: {}", said.err);
    }
    let answer = room.ok(&["meeting", "meeting/june"]);
    let cited = answer.split("as known at ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap();
    assert!(!cited.contains('.'), "nobody reads decimals: {answer}");
    assert!(room.run(&["meeting", "meeting/june", "--known-at", cited]).code == 0, "{cited}");
}

/// What is said on a terminal goes on beneath where it begins, and no word is cut.
#[test]
fn errors_are_as_wide_as_there_is_room() {
    let (room, _first) = room();
    let mut command = room.command(&["minutes", "Westmarsh"]);
    let said = command.env("COLUMNS", "40").output().unwrap();
    let err = String::from_utf8(said.stderr).unwrap();
    assert!(err.lines().count() > 2 && err.lines().all(|line| line.chars().count() <= 40), "{err}");
    let whole = room.fails(1, &["minutes", "Westmarsh"]);
    assert_eq!(err.split_whitespace().collect::<Vec<_>>(), whole.split_whitespace().collect::<Vec<_>>());
    let none = room.run(&["record", "nofile.jsonc", "--key", "secretary.pem"]);
    assert!(
        none.err.contains("nofile.jsonc: No such file or directory") && !none.err.contains("os error"),
        "{}",
        none.err
    );
    let alone = room.run(&[]);
    assert!(alone.code == 0 && alone.out.contains("record"), "{} {}", alone.code, alone.err);
}
