//! The questions of a secretary and of the public about one story, through the real program: interests, committees,
//! delegations, practices, directions, votes, attendance, actions, lists of mergers and consultations, what people say.

use crate::room::Room;
use minutebook::pages::{PageAnswer, PageRequest};
use minutebook::proto::register_service_client::RegisterServiceClient;
use minutebook::proto::{self, View};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// One server for all the tests that run at once: nobody who asks it records anything after the story.
pub(crate) fn room() -> Arc<Room> {
    static SHARED: Mutex<Weak<Room>> = Mutex::new(Weak::new());
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    shared.upgrade().unwrap_or_else(|| {
        let room = Arc::new(told());
        *shared = Arc::downgrade(&room);
        room
    })
}

fn told() -> Room {
    let room = Room::with_server();
    room.enrol("ods");
    let grant = ["grant", "--key", "ods.pem", "--capacity", "register", "--registrar", "one.pem", "--yes"];
    room.ok(&[&grant[..], &["--standing", "register", "--standing", "third_party"]].concat());
    room.write("story.jsonc", include_str!("register/story.jsonc"));
    room.ok(&["record", "story.jsonc", "--key", "ods.pem", "--yes"]);
    let press = json!({"type": "InterestRegistered", "subject": "interest/press", "data": {
        "standing": "third_party", "signatories": [{"capacity": "register"}],
        "facts": {"person": "person/ada", "bodies": ["body/04K"], "kind": "indirect", "description": "A cousin's firm.",
            "declared_on": "2019-06-01"}}});
    room.write("press.json", &press.to_string());
    room.ok(&["record", "press.json", "--key", "ods.pem", "--yes"]);
    let entry = room.json(&["show", "5"]);
    let id = &entry["event"]["id"];
    let said = json!({"type": "RecordAnnotated", "subject": format!("record/{}", id.as_str().unwrap()), "data": {
        "standing": "register", "signatories": [{"capacity": "register"}],
        "facts": {"target": id, "kind": "contest", "text": "It opened a day later."}}});
    room.write("contest.json", &said.to_string());
    room.ok(&["record", "contest.json", "--key", "ods.pem", "--yes"]);
    room
}

/// Asks for people and for programs: what is printed, and the same as JSON.
fn ask(room: &Room, args: &[&str]) -> (String, Value) {
    (room.ok(args), room.json(args))
}

/// What every answer says of itself: from where it looked, and that it rests on entries of the book.
fn assert_answered(answer: &Value, as_at: &str) {
    let answered = &answer["answered"];
    assert_eq!(answered["as_at"], as_at, "{answer}");
    assert!(answered["known_entries"].as_u64().unwrap() > 60 && answered["horizon"] == "", "{answered}");
    let text = answer.to_string();
    let named = ["\"why\":[", "\"position\":"].iter().any(|member| text.contains(member));
    assert!(named && !text.contains("\"why\":[]"), "an answer names the entries that it rests on: {text}");
    assert!(!text.contains("\"standing\":\"\""), "and with which standing they speak: {text}");
}

/// Members of each object of a list, as rows.
fn each(list: &Value, members: &[&str]) -> Value {
    let objects = list.as_array().unwrap_or_else(|| panic!("a list: {list}"));
    // A text that is in the clear stands for itself.
    let said = |value: &Value| value.get("clear").unwrap_or(value).clone();
    objects
        .iter()
        .map(|object| members.iter().map(|member| said(&object[*member])).collect::<Value>())
        .collect()
}

#[test]
fn a_register_of_interests_is_public_until_six_months_after() {
    let room = room();
    let (text, answer) = ask(&room, &["interests", "04K", "--as-at", "2020-01-01"]);
    assert_answered(&answer, "2020-01-01");
    let found = each(&answer["interests"], &["id", "name", "state", "is_public", "public_until"]);
    assert_eq!(found[0], json!(["interest/practice", "Ben Okoro", "ceased", true, "2020-03-30"]));
    assert_eq!(found[1], json!(["interest/watch", "Ada Lovell", "held", true, ""]));
    let gift = &answer["interests"][1]["gift"];
    assert_eq!(json!([gift["value_pence"], gift["outcome"]]), json!([4505, "declined"]));
    let declared = each(&answer["declarations"], &["person", "meeting", "items", "handling", "interest"]);
    assert_eq!(declared, json!([["person/ben", "meeting/july", ["GB/2"], ["leave"], ""]]));
    assert_eq!(answer["breaches"][0]["published_on"]["earliest"], "2019-10-01");
    assert!(
        text.contains("public to 2020-03-29") && text.contains("declined, 45.05 pounds, from A supplier")
    );

    let (_text, later) = ask(&room, &["interests", "04K", "--as-at", "2020-03-30"]);
    assert_eq!(later["interests"][0]["is_public"], false);
    let (_text, public) = ask(&room, &["interests", "04K", "--as-at", "2020-03-30", "--public"]);
    assert_eq!(each(&public["interests"], &["id"]), json!([["interest/watch"]]));
    // The successor has the registers of those that it follows; a person, what they declared anywhere.
    let (_text, successor) = ask(&room, &["interests", "52R", "--as-at", "2020-04-01"]);
    assert_eq!(successor["interests"].as_array().unwrap().len(), 2);
    let (_text, person) = ask(&room, &["interests", "person/ben", "--as-at", "2020-01-01"]);
    assert_eq!(
        each(&person["interests"], &["id", "bodies"]),
        json!([["interest/practice", ["body/04K", "body/04N"]]])
    );
    assert_eq!(
        (person["declarations"].as_array().unwrap().len(), person["breaches"].as_array().unwrap().len()),
        (1, 0)
    );
    // Before it was declared there was none; and nobody has an unknown body's.
    let (text, before) = ask(&room, &["interests", "04K", "--as-at", "2018-05-13"]);
    assert_eq!(before["interests"], json!([]));
    assert!(text.contains("None, by acts and registers."));
    room.fails(1, &["interests", "99Z"]);
}

#[test]
fn a_question_looks_from_what_was_known_and_counts_reports_where_it_is_asked_to() {
    let room = room();
    let (_text, now) = ask(&room, &["interests", "04K", "--as-at", "2020-01-01"]);
    let ceased_at = now["interests"][0]["why"][1].as_u64().unwrap();
    let before = (ceased_at - 1).to_string();
    let known = room.json(&["interests", "04K", "--as-at", "2020-01-01", "--known-at", &before]);
    assert_eq!(each(&known["interests"], &["id", "state"]), json!([["interest/practice", "held"]]));
    assert_eq!((&known["answered"]["known_entries"], &known["breaches"]), (&json!(ceased_at), &json!([])));
    assert_eq!(room.json(&["actions", "04K", "--known-at", &before])["actions"], json!([]));
    assert_eq!(room.json(&["mergers", "--known-at", &before])["mergers"], json!([]));
    // What the press reports is no interest in the register until somebody asks for reports.
    assert_eq!(now["interests"].as_array().unwrap().len(), 2);
    let (text, reported) = ask(&room, &["interests", "04K", "--as-at", "2020-01-01", "--reported"]);
    let press = json!(["interest/press", "third_party"]);
    assert_eq!(each(&reported["interests"], &["id", "standing"])[2], press);
    assert!(text.contains("[reported: third party]"), "{text}");
}

#[test]
fn a_committee_has_terms_members_a_quorum_and_an_end() {
    let room = room();
    let (text, answer) = ask(&room, &["committees", "04K", "--as-at", "2018-06-01"]);
    assert_answered(&answer, "2018-06-01");
    let found = each(&answer["committees"], &["id", "kind", "state", "quorum", "is_binding", "terms"]);
    let terms = "Terms of reference, 2018";
    assert_eq!(found, json!([["committee/primary-care", "joint", "live", 4, true, terms]]));
    assert!(text.contains("primary-care") && text.contains("04K, 04N") && text.contains("live"), "{text}");

    let (text, one) = ask(&room, &["committee", "primary-care", "--as-at", "2019-06-01"]);
    assert_answered(&one, "2019-06-01");
    let committee = &one["committee"];
    assert_eq!(
        json!([committee["quorum"], committee["terms"]]),
        json!([3, {"clear": "Terms of reference, 2019"}])
    );
    assert_eq!(
        each(&committee["members"], &["name", "role", "body"]),
        json!([["Ada Lovell", "chair", "body/04K"]])
    );
    assert_eq!(each(&one["delegations"], &["id", "state"]), json!([["delegation/contracts", "in_force"]]));
    assert_eq!((&committee["standing"], &one["findings"]), (&json!("register"), &json!([])));
    assert!(text.contains("3 voting") && text.contains("in force") && text.contains("Ada Lovell"), "{text}");

    let (text, ended) = ask(&room, &["committee", "committee/primary-care", "--as-at", "2020-04-01"]);
    let committee = &ended["committee"];
    assert_eq!(
        json!([committee["state"], committee["dissolved_because"]]),
        json!(["dissolved", {"clear": "The bodies merge."}])
    );
    assert_eq!(committee["dissolved_on"]["earliest"], "2020-04-01");
    assert!(text.contains("dissolved 2020-04-01") && text.contains("04K, 04N"), "{text}");
    room.fails(1, &["committee", "none"]);
}

#[test]
fn a_delegation_says_how_far_and_how_long_and_what_was_decided_under_it() {
    let room = room();
    let (text, answer) = ask(&room, &["delegations", "04K", "--as-at", "2019-09-30"]);
    assert_answered(&answer, "2019-09-30");
    let found = each(&answer["delegations"], &["id", "of", "to", "state", "revoked_on"]);
    assert_eq!(
        found,
        json!([["delegation/contracts", "body/04K", "committee/primary-care", "in_force", null]])
    );
    assert!(text.contains("up to 250000") && text.contains("in force"), "{text}");
    let (_text, to_it) = ask(&room, &["delegations", "committee/primary-care", "--as-at", "2019-09-30"]);
    assert_eq!(each(&to_it["delegations"], &["id"]), json!([["delegation/contracts"]]));

    let (text, one) = ask(&room, &["delegation", "contracts", "--as-at", "2019-10-01"]);
    assert_answered(&one, "2019-10-01");
    let delegation = &one["delegation"];
    assert_eq!(json!([delegation["state"], delegation["limit_pounds"]]), json!(["revoked", &json!(250_000)]));
    assert_eq!(
        json!([delegation["until"]["earliest"], delegation["conditions"]]),
        json!(["2021-04-01", ["Reported to the next meeting"]])
    );
    for said in [
        "2019-10-01: The governing body decides itself.",
        "up to 250000 pounds",
        "2018-05-03",
        "to 2021-03-31",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let (text, decided) = ask(&room, &["decisions", "delegation/contracts", "--as-at", "2019-10-01"]);
    let under = json!([{"body": "body/04K", "delegation": "delegation/contracts"}]);
    assert_eq!(
        each(&decided["decisions"], &["text", "amount_pounds", "decided_under", "function"]),
        json!([["To award the contract.", 120_000, under, "contracts"]])
    );
    assert_eq!(json!([decided["total_pounds"], decided["perhaps_pounds"]]), json!([120_000, 0]));
    for said in ["120000 pounds", "delegation/contracts: contracts", "committed in all  120000 pounds"] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let lost = room.json(&["decisions", "meeting/july", "--as-at", "2020-01-01"]);
    assert_eq!(lost["total_pounds"], json!(null), "none of these states an amount: {lost}");
}

#[test]
fn what_has_lapsed_says_since_when_and_with_what() {
    let room = room();
    // The story's committee was dissolved with its bodies; its delegation was taken back before. One that was not:
    let (text, answer) = ask(&room, &["delegations", "04N", "--as-at", "2020-05-01"]);
    assert_eq!(answer["delegations"][0]["state"], "lapsed", "{answer}");
    let lapse = &answer["delegations"][0]["lapse"];
    assert_eq!(
        json!([lapse["because"], lapse["about"], lapse["since"]["earliest"]]),
        json!(["body_ended", "body/04N", "2020-04-01"])
    );
    let ends = lapse["why"][0].as_u64().unwrap();
    assert!(room.json(&["show", &ends.to_string()]).to_string().contains("BodyDissolved"));
    assert!(text.contains("lapsed 2020-04-01: body/04N is no more"), "{text}");
    let (text, before) = ask(&room, &["delegations", "04N", "--as-at", "2020-03-31"]);
    assert_eq!(
        json!([before["delegations"][0]["state"], before["delegations"][0]["lapse"]]),
        json!(["in_force", null])
    );
    assert!(!text.contains("lapsed"), "{text}");
    // A committee of which nobody said that it ends, once its body has.
    let (text, answer) = ask(&room, &["committees", "04N", "--as-at", "2020-05-01"]);
    let audit =
        answer["committees"].as_array().unwrap().iter().find(|it| it["id"] == "committee/audit-04n").unwrap();
    assert_eq!(json!([audit["state"], audit["lapse"]["about"]]), json!(["lapsed", "body/04N"]));
    assert!(text.contains("lapsed 2020-04-01: body/04N is no more"), "{text}");
    let text = room.ok(&["committee", "audit-04n", "--as-at", "2020-05-01"]);
    assert!(
        text.contains("lapsed 2020-04-01: body/04N is no more") && text.contains(&ends.to_string()),
        "{text}"
    );
}

#[test]
fn bodies_are_found_by_words_and_what_finds_none_says_what_would() {
    let room = room();
    let named = |args: &[&str]| {
        let (text, answer) = ask(&room, &[&["bodies"], args].concat());
        (text, each(&answer["bodies"], &["id"]))
    };
    assert_eq!(named(&["nottinghamshire", "--as-at", "2020-04-01"]).1, json!([["body/52R"]]));
    assert_eq!(named(&["04k", "--as-at", "2019-04-01"]).1, json!([["body/04K"]]));
    let (text, none) = named(&["04k", "--as-at", "2020-04-01"]);
    assert_eq!(none, json!([]));
    for said in [
        "no body called \"04k\" that is open, or perhaps",
        "--all",
        "NHS 04K Clinical Commissioning Group",
        "to 2020-03-31",
        "As at 2020-04-01",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let (text, _none) = named(&["practise", "--kind", "ccg", "--as-at", "2019-04-01"]);
    assert!(text.contains("Did you mean Practice?"), "{text}");
    let (text, _none) = named(&["C84001", "--kind", "ccg", "--as-at", "2019-04-01"]);
    assert!(text.contains("Of another kind") && text.contains("Practice C84001"), "{text}");
    // Nobody is suggested where nothing is near; and who is found needs no advice.
    let (text, _none) = named(&["zzzzzzzz", "--as-at", "2019-04-01"]);
    assert!(!text.contains("Did you mean") && text.contains("minutebook bodies --all"), "{text}");
    assert!(!named(&["04k", "--as-at", "2019-04-01"]).0.contains("--all"));
}

#[test]
fn a_body_is_meant_by_words_of_its_name_where_they_mean_one() {
    let room = room();
    let meant = |named: &str| {
        let (text, answer) = ask(&room, &["meetings", named, "--as-at", "2019-07-04"]);
        let meaning = &answer["answered"]["meanings"][0];
        assert!(
            text.contains(&format!("{named} is body/04K, NHS 04K Clinical Commissioning Group")),
            "{text}"
        );
        (answer["body"].clone(), meaning["body"].clone())
    };
    for named in ["04K", "04k", "nhs 04K clinical", "NHS 04K Clinical Commissioning Group"] {
        assert_eq!(meant(named), (json!("body/04K"), json!("body/04K")), "{named}");
    }
    let said = room.fails(1, &["meetings", "clinical commissioning", "--as-at", "2019-07-04"]);
    for named in ["names no single body", "body/04K (NHS 04K Clinical Commissioning Group)", "body/04N"] {
        assert!(said.contains(named), "{named}: {said}");
    }
    // Of two that are called alike, the one that is open on the day is meant.
    let (_text, open) = ask(&room, &["meetings", "nottinghamshire", "--as-at", "2020-05-01"]);
    assert_eq!(open["body"], "body/52R");
    let said = room.fails(1, &["meetings", "nobody is called so"]);
    assert!(said.contains("no body \"nobody is called so\" is known here"), "{said}");
    room.fails(1, &["meetings", " "]);
}

#[test]
fn practices_come_and_go_and_pass_with_the_body() {
    let room = room();
    let (text, answer) = ask(&room, &["practices", "04K", "--as-at", "2019-03-31"]);
    assert_answered(&answer, "2019-03-31");
    let members = each(&answer["practices"], &["practice", "name", "place"]);
    assert_eq!(
        members,
        json!([["body/C84001", "Practice C84001", "Bulwell"], ["body/C84002", "Practice C84002", "Bulwell"]])
    );
    assert_eq!(answer["changes"].as_array().unwrap().len(), 2);
    assert!(text.contains("Practice C84001") && text.contains("admitted"), "{text}");
    let (text, successor) = ask(&room, &["practices", "52R", "--as-at", "2020-04-01"]);
    assert_eq!(
        each(&successor["practices"], &["practice", "admitted_by"]),
        json!([["body/C84001", "body/04K"]])
    );
    assert_eq!(each(&successor["changes"], &["change"]), json!([["admitted"], ["admitted"], ["departed"]]));
    assert!(text.contains("It closed."), "{text}");
}

#[test]
fn directions_stand_until_they_are_lifted() {
    let room = room();
    let (text, answer) = ask(&room, &["directions", "04K", "--as-at", "2019-03-31"]);
    assert_answered(&answer, "2019-03-31");
    assert_eq!(
        each(&answer["directions"], &["id", "scope", "lifted_on"]),
        json!([["finance-2018", "finance", null]])
    );
    assert!(text.contains("in force") && text.contains("NHS Act 2006, section 14Z21"), "{text}");
    let (text, lifted) = ask(&room, &["directions", "04K", "--as-at", "2019-04-01"]);
    assert_eq!(lifted["directions"][0]["lifted_on"]["earliest"], "2019-04-01");
    assert!(text.contains("lifted 2019-04-01"), "{text}");
    let (none, _answer) = ask(&room, &["directions", "04N", "--as-at", "2019-03-31"]);
    assert!(none.contains("None, by acts and registers.") && none.contains("--reported"), "{none}");
}

#[test]
fn who_voted_how_is_one_table() {
    let room = room();
    let (text, answer) = ask(&room, &["votes", "04K", "--as-at", "2020-01-01"]);
    assert_answered(&answer, "2020-01-01");
    let cast = each(&answer["votes"], &["item", "person", "vote"]);
    let expected = [
        ["GB/1", "person/ada", "for"],
        ["GB/1", "person/ben", "against"],
        ["GB/1", "person/cyd", "for"],
        ["GB/2", "person/ben", ""],
    ];
    assert_eq!(cast, json!(expected));
    assert_eq!(json!([answer["votes"][3]["conflict"], answer["votes_without_names"]]), json!([["leave"], 1]));
    assert!(
        text.contains("did not vote") && text.contains("taken without names, or with sealed ones  1\n"),
        "{text}"
    );

    let csv = room.ok(&["votes", "meeting/july", "--csv"]);
    let lines: Vec<_> = csv.lines().collect();
    assert_eq!(
        lines[0],
        "date,date_earliest,date_latest,meeting,item,motion,body,person,name,vote,conflict,was_put_again,entry,standing,marks"
    );
    assert!(
        lines[1].starts_with(
            "2019-07-04,2019-07-04,2019-07-04,meeting/july,GB/1,,body/04K,person/ada,Ada Lovell,for,,,"
        ),
        "{csv}"
    );
    assert!(
        lines[4].starts_with(
            "2019-07-04,2019-07-04,2019-07-04,meeting/july,GB/2,,body/04K,person/ben,Ben Okoro,,leave,,"
        ),
        "{csv}"
    );
    assert_eq!(lines.len(), 5);

    let of_person = room.json(&["votes", "person/ben", "--from", "2019-07-04", "--until", "2019-07-04"]);
    assert_eq!(each(&of_person["votes"], &["vote"]), json!([["against"], [""]]));
    let none = room.json(&["votes", "person/ben", "--from", "2019-07-05"]);
    assert_eq!(none["votes"], json!([]));
    room.fails(2, &["votes", "merger/notts-2019"]);
}

#[test]
fn sittings_that_were_called_off_count_for_nobody() {
    let room = room();
    let (text, answer) = ask(
        &room,
        &["attendance", "04K", "--from", "2019-04-01", "--until", "2019-12-31", "--as-at", "2020-01-01"],
    );
    assert_eq!(json!([answer["answered"]["as_at"], answer["sittings"]]), json!(["2020-01-01", 2]));
    let members = ["name", "sittings", "attended", "apologies", "unaccounted"];
    let expected = json!([["Ada Lovell", 2, 2, 0, 0], ["Ben Okoro", 2, 1, 0, 1], ["", 2, 1, 1, 0]]);
    assert_eq!(each(&answer["attendance"], &members), expected);
    assert!(text.contains("sittings        2") && text.contains("50%"), "{text}");
    // Each count names what says who came: two sittings of Ada, and one that says nothing of Ben.
    let told: Vec<_> = answer["attendance"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["why"].as_array().unwrap().len())
        .collect();
    assert_eq!(told, [2, 1, 2]);
    let july = room.json(&["attendance", "04K", "--until", "2019-07-31", "--as-at", "2020-01-01"]);
    assert_eq!(july["sittings"], 1);
    let csv = room.ok(&["attendance", "04K", "--csv", "--as-at", "2020-01-01"]);
    assert!(csv.contains("person/ben,Ben Okoro,2,1,0,0,1,50"), "{csv}");
    assert_eq!(
        each(&room.json(&["meetings", "04K"])["meetings"], &["id", "state"])[1],
        json!(["meeting/august", "cancelled"])
    );
}

#[test]
fn an_action_log_keeps_what_is_done_and_what_was_inherited() {
    let room = room();
    let (text, answer) = ask(&room, &["actions", "04K", "--as-at", "2019-12-31"]);
    assert_answered(&answer, "2019-12-31");
    let log = each(&answer["actions"], &["id", "state", "owner", "meeting"]);
    assert_eq!(answer["actions"][0]["note"]["clear"], "The letter went out.");
    let expected = [
        ["action/a1", "completed", "person/ada", "meeting/july"],
        ["action/a2", "open", "chief_finance_officer", ""],
        ["action/a3", "transferred", "person/ben", ""],
    ];
    assert_eq!(log, json!(expected));
    assert!(
        text.contains("completed") && text.contains("2019-09-05") && text.contains("transferred"),
        "{text}"
    );
    let (text, heir) = ask(&room, &["actions", "52R", "--as-at", "2020-06-01", "--state", "open"]);
    let open = each(&heir["actions"], &["id", "is_inherited", "is_overdue", "assigned_by"]);
    assert_eq!(open, json!([["action/a2", true, false, "body/04K"], ["action/a3", true, false, "body/04K"]]));
    // A register alone says it: that its day has passed tells nothing of what became of it.
    assert!(text.contains("due date passed") && !text.contains("overdue"), "{text}");
    room.fails(2, &["actions", "04K", "--state", "done"]);
}

#[test]
fn consultations_are_listed_by_their_closing_and_mergers_by_where_they_stand() {
    let room = room();
    let (text, answer) = ask(&room, &["consultations", "--as-at", "2019-06-17"]);
    assert_answered(&answer, "2019-06-17");
    let found = each(&answer["consultations"], &["id", "state", "responses_on_time", "responses_late"]);
    assert_eq!(found[0], json!(["consultation/hospital-2018", "due_passed", 0, 0]));
    assert_eq!(
        json!([found[1][2], found[1][3]]),
        json!([14, 1]),
        "at 09:00:00 it is on time, a second later it is not"
    );
    assert!(
        text.find("2018-06-17 09:00+01:00").unwrap() < text.find("2019-06-17 09:00+01:00").unwrap(),
        "{text}"
    );
    let of = |args: &[&str]| room.json(args)["consultations"].as_array().unwrap().len();
    assert_eq!(
        (of(&["consultations", "04K"]), of(&["consultations", "04N"]), of(&["consultations", "52R"])),
        (1, 2, 2)
    );
    assert_eq!(of(&["consultations", "--state", "open", "--as-at", "2019-06-01"]), 1);

    let (text, answer) = ask(&room, &["mergers", "--as-at", "2019-12-01"]);
    assert_answered(&answer, "2019-12-01");
    assert_eq!(each(&answer["mergers"], &["id", "state"]), json!([["merger/notts-2019", "approved"]]));
    assert!(text.contains("notts-2019") && text.contains("2020-04-01"), "{text}");
    let of = |args: &[&str]| room.json(args)["mergers"].as_array().unwrap().len();
    assert_eq!(
        (of(&["mergers", "04N"]), of(&["mergers", "52R"]), of(&["mergers", "body/C84001"])),
        (1, 1, 0)
    );
    assert_eq!(of(&["mergers", "--state", "rejected"]), 0);
}

#[test]
fn an_office_stands_somewhere_on_its_way_from_a_vacancy_to_a_holder() {
    let room = room();
    let (text, answer) = ask(&room, &["appointment", "04K", "--as-at", "2018-07-02"]);
    assert_answered(&answer, "2018-07-02");
    assert_eq!(json!([answer["stage"], answer["candidate"]]), json!(["recruiting", ""]));
    assert!(text.contains("recruiting") && text.contains("DecisionRecorded (nominate)"), "{text}");
    let (text, answer) = ask(&room, &["appointment", "04K", "accountable_officer", "--as-at", "2018-09-20"]);
    assert_eq!(json!([answer["stage"], answer["candidate_name"]]), json!(["nominated", "Ada Lovell"]));
    assert!(text.contains("nominated") && text.contains("Ada Lovell"), "{text}");
    let (_text, chair) = ask(&room, &["appointment", "04K", "chair", "--as-at", "2018-09-20"]);
    assert_eq!(json!([chair["stage"], chair["holders"][0]["person"]]), json!(["in_post", "person/ada"]));
    room.fails(2, &["appointment", "04K", "king"]);
}

#[test]
fn a_joint_appointment_stands_body_by_body() {
    let room = room();
    let (text, answer) = ask(&room, &["joint-appointment", "notts-2018", "--as-at", "2018-06-07"]);
    assert_answered(&answer, "2018-06-07");
    let legs = each(&answer["legs"], &["body", "person"]);
    assert_eq!(legs, json!([["body/04K", ""], ["body/04N", ""]]));
    assert_eq!(each(&answer["legs"][0]["steps"], &["leg"]), json!([["agreed"]]));
    assert_eq!(answer["legs"][1]["steps"], json!([]));
    assert!(text.contains("body/04K: agreed") && text.contains("a decision by body/04N"), "{text}");
    let (_text, before) =
        ask(&room, &["joint-appointment", "appointment/notts-2018", "--as-at", "2018-06-06"]);
    assert_eq!(before["legs"][0]["steps"], json!([]));
    room.fails(1, &["joint-appointment", "none"]);
}

#[test]
fn a_condition_of_an_approval_is_open_until_it_is_resolved() {
    let room = room();
    let (text, answer) = ask(&room, &["conditions", "04K", "--as-at", "2019-10-30"]);
    assert_answered(&answer, "2019-10-30");
    let condition = &answer["conditions"][0];
    assert_eq!(condition["merger"], "merger/notts-2019");
    assert_eq!(
        json!([condition["condition"]["id"], condition["condition"]["resolution"]]),
        json!(["engagement-plan", ""])
    );
    assert!(
        text.contains("A plan for engagement with practices.") && text.contains("by 2020-12-31"),
        "{text}"
    );
    let (text, before) = ask(&room, &["conditions", "04K", "--as-at", "2019-10-29"]);
    assert_eq!(before["conditions"], json!([]));
    assert!(text.contains("None, by acts"), "{text}");
}

#[test]
fn what_became_of_a_plan_is_told_with_its_reason() {
    let room = room();
    let (text, answer) = ask(&room, &["intentions", "body/04K", "--as-at", "2019-12-05"]);
    assert_answered(&answer, "2019-12-05");
    let plan = &answer["intentions"][0];
    assert_eq!(
        json!([plan["state"], plan["reason"]]),
        json!(["contradicted", {"clear": "They decided to wait."}])
    );
    assert_eq!(
        json!([plan["resolved_on"]["earliest"], plan["replaced_by"]]),
        json!(["2019-12-05", "intention/april-2021"])
    );
    assert!(text.contains("They decided to wait.") && text.contains("intention/april-2021"), "{text}");
    let (_text, before) = ask(&room, &["intentions", "body/04K", "--as-at", "2019-12-04"]);
    assert_eq!(
        json!([before["intentions"][0]["state"], before["intentions"][0]["reason"]]),
        json!(["open", null])
    );
}

#[test]
fn what_people_say_of_an_entry_and_of_the_book_is_shown() {
    let room = room();
    let (text, entry) = ask(&room, &["show", "5"]);
    assert_eq!(
        each(&entry["annotations"], &["kind", "text", "capacity"]),
        json!([["contest", "It opened a day later.", "register"]])
    );
    assert!(text.contains("What people say of it") && text.contains("It opened a day later."), "{text}");
    assert_eq!(room.json(&["show", "4"])["annotations"], json!([]));
    let (text, answer) = ask(&room, &["audits", "--as-at", "2020-05-31"]);
    assert_answered(&answer, "2020-05-31");
    assert_eq!(
        each(&answer["audits"], &["id", "size", "outcome"]),
        json!([["audit/2019-20", 5, "verified"]])
    );
    assert!(text.contains("The external auditor") && text.contains("verified"), "{text}");
    assert!(ask(&room, &["audits", "--as-at", "2020-05-30"]).0.contains("None, by acts"));
    let came_to = |outcome: &str| {
        let answer = room.json(&["audits", "--outcome", outcome, "--as-at", "2020-05-31"]);
        each(&answer["audits"], &["id"])
    };
    assert_eq!((came_to("verified"), came_to("failed")), (json!([["audit/2019-20"]]), json!([])));
    room.fails(2, &["audits", "--outcome", "fine"]);
}

type Client = RegisterServiceClient<tonic::transport::Channel>;

/// Asserts that pages of one item each make up the whole answer, and that a page goes on with no other question.
async fn assert_paged<Q: PageRequest, A: PageAnswer + PartialEq + std::fmt::Debug>(
    client: &mut Client,
    ask: impl AsyncFn(&mut Client, Q) -> Result<tonic::Response<A>, tonic::Status>,
    (question, other): (Q, Q),
) {
    let whole = ask(client, question.clone()).await.unwrap().into_inner();
    let (mut together, mut token, mut pages) = (A::default(), String::new(), 0);
    loop {
        let page = ask(client, question.clone().with_page(1, token.clone())).await.unwrap().into_inner();
        together.merge(page.encode_to_vec().as_slice()).unwrap();
        (token, pages) = (together.take_next_page_token(), pages + 1);
        if token.is_empty() {
            break;
        }
        let refused = ask(client, other.clone().with_page(1, token.clone())).await.unwrap_err();
        assert_eq!(refused.code(), tonic::Code::InvalidArgument, "{}", A::NAME);
    }
    together.say_once();
    assert!(pages > 1, "{} has several items", A::NAME);
    let answers = [format!("{together:?}"), format!("{whole:?}")].map(|text| without_moment(&text));
    assert_eq!(answers[0], answers[1]);
}

/// An answer in words but for the moment of asking, up to which a live book is known.
fn without_moment(text: &str) -> String {
    match text.split_once("known_at: \"") {
        Some((before, rest)) => {
            format!("{before}{}", rest.split_once('"').map_or(rest, |(_moment, after)| after))
        }
        None => text.to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_list_comes_in_pages() {
    let room = tokio::task::spawn_blocking(room).await.unwrap();
    let mut client = Client::connect(room.address().to_owned()).await.unwrap();
    let view = |as_at: &str| Some(View { as_at: as_at.to_owned(), ..View::default() });
    macro_rules! assert_all_paged {
        ($($method:ident($request:ident { $member:ident: $value:expr });)*) => {
            $({
                let of = |day: &str| proto::$request {
                    $member: $value.to_owned(), view: view(day), ..proto::$request::default()
                };
                let both = (of("2020-01-01"), of("2019-12-31"));
                assert_paged(&mut client, Client::$method, both).await;
            })*
        };
    }
    assert_all_paged! {
        list_meetings(ListMeetingsRequest { body: "04K" });
        list_decisions(ListDecisionsRequest { subject: "04K" });
        list_due(ListDueRequest { body: "04K" });
        list_interests(ListInterestsRequest { subject: "04K" });
        list_practices(ListPracticesRequest { body: "04K" });
        list_actions(ListActionsRequest { body: "04K" });
        list_votes(ListVotesRequest { subject: "04K" });
        list_attendance(ListAttendanceRequest { body: "04K" });
        list_consultations(ListConsultationsRequest { body: "" });
    }
}
