//! The command line, told as stories: the real program against a real server.

use crate::room::{Room, decision};
use serde_json::Value;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Stdio;

fn mode_of(room: &Room, name: &str) -> u32 {
    fs::metadata(room.path(name)).unwrap().permissions().mode() & 0o7777
}

#[test]
fn a_key_is_made_once_and_is_its_owners_alone() {
    let room = Room::new();
    let public = room.ok(&["key", "new", "secretary.pem"]);
    assert_eq!(mode_of(&room, "secretary.pem"), 0o600);
    assert_eq!(public.trim().len(), 64);
    let before = fs::read(room.path("secretary.pem")).unwrap();
    let said = room.fails(2, &["key", "new", "secretary.pem"]);
    assert!(said.contains("never overwritten"), "{said}");
    assert_eq!(fs::read(room.path("secretary.pem")).unwrap(), before);
    // Without a server the public half is still shown, and the exit code says that the rest is missing.
    let shown = room.run(&["key", "show", "secretary.pem"]);
    assert_eq!((shown.code, shown.out), (5, public));
    fs::set_permissions(room.path("secretary.pem"), fs::Permissions::from_mode(0o644)).unwrap();
    let said = room.fails(1, &["key", "show", "secretary.pem"]);
    assert!(said.contains("chmod 600 secretary.pem"), "{said}");
}

#[test]
fn a_ledger_is_opened_once_and_has_its_own_key() {
    let room = Room::new();
    room.init("book");
    assert_eq!(mode_of(&room, "book/log-key.pem"), 0o600);
    let origin = ["--origin", "minutebook.example/other", "--registrar", "one.pem", "--registrar", "two.pem"];
    let said = room.fails(1, &[&["init", "--dir", "book"], &origin[..]].concat());
    assert!(said.contains("is a ledger already"), "{said}");
    let said =
        room.fails(3, &["init", "--dir", "lone", "--origin", "lone.example", "--registrar", "one.pem"]);
    assert!(said.contains("at least two"), "{said}");
    assert!(!room.path("lone").exists() && !room.path("lone.log-key.pem").exists(), "nothing is left behind");
    room.write("a-file", "");
    let said = room.fails(1, &["serve", "--dir", "state"]);
    assert!(said.contains("is no ledger"), "{said}");
}

#[test]
fn a_secretary_records_a_decision_and_an_auditor_verifies_it() {
    let mut room = Room::with_people();
    room.write("decision.jsonc", &decision("2019-07-04", r#"{"none": {}}"#));
    let recorded = room.run(&["record", "decision.jsonc", "--key", "secretary.pem", "--yes", "--bytes"]);
    assert_eq!(recorded.code, 0, "{}", recorded.err);
    assert!(recorded.out.starts_with("entry 10\n"), "{}", recorded.out);
    // What is signed is shown first: for people, and the very bytes where they are asked for.
    let entry = room.ok(&["show", "10", "--raw"]);
    let event = entry.lines().last().unwrap();
    assert!(recorded.err.contains(event), "{}", recorded.err);
    for shown in
        ["DecisionRecorded", "secretary of body/04K", "minutebook.example/story", "entry 9,", "BLAKE3"]
    {
        assert!(recorded.err.contains(shown), "{shown}: {}", recorded.err);
    }

    let log = room.ok(&["log"]);
    assert!(log.lines().last().unwrap().contains("DecisionRecorded"), "{log}");
    let listed = room.json(&["log", "--subject", "body/04K"]);
    assert_eq!(listed["entries"].as_array().unwrap().len(), 2);
    assert_eq!(listed["entries"][1]["event"]["data"]["facts"]["decided_on"], "2019-07-04");
    assert!(room.ok(&["show", "10", "--bytes"]).contains(event));
    let by_id = room.json(&["show", listed["entries"][1]["event"]["id"].as_str().unwrap()]);
    assert_eq!((&by_id["position"], &by_id["findings"]), (&Value::from(10), &Value::Array(Vec::new())));

    let body = room.json(&["body", "04K", "--as-at", "2019-07-04"]);
    assert_eq!((&body["body"]["id"], &body["body"]["life"]), (&"body/04K".into(), &"LIFE_OPEN".into()));
    assert!(room.ok(&["body", "04K"]).contains("NHS Nottingham City CCG"));
    let counts = room.json(&["commissioners", "--as-at", "2013-03-31", "--as-at", "2013-04-01"]);
    assert_eq!((&counts["counts"][0]["ccg"], &counts["counts"][1]["ccg"]), (&0.into(), &1.into()));

    let report = room.json(&["verify"]);
    assert_eq!((&report["verdict"], &report["read"]), (&"verified".into(), &11.into()));
    let pages = report["pages"]["files"].as_array().unwrap();
    let paths: Vec<_> = pages.iter().map(|page| page["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["/verify.html", "/sign", "/sign.html"]);
    for page in pages {
        assert!(page["sha256"].as_str().is_some_and(|digest| digest.len() == 64), "{page}");
        assert_eq!(page["served_sha256"], page["sha256"]);
    }
    assert!(room.ok(&["verify"]).contains("as the server has it"));
    let said = room.fails(1, &["verify", "--dir", "book"]);
    assert!(said.contains("in use"), "{said}");
    assert!(room.stop().contains("everything that was acknowledged is stored"));
    let again = room.json(&["verify", "--dir", "book"]);
    assert_eq!(again["pages"]["files"][0]["served_sha256"], Value::Null, "no server was asked");
    assert_eq!(again["head"], report["head"]);
}

/// A registrar's draft that enrols a new key, and one that grants it something.
fn drafts(room: &Room, name: &str) -> [String; 2] {
    let [pem, enrolled, granted] =
        [format!("{name}.pem"), format!("{name}-key.json"), format!("{name}-grant.json")];
    room.ok(&["key", "new", &pem]);
    let by = ["--registrar", "one.pem", "--yes", "--draft"];
    room.ok(&[&["key", "enrol", "--key", &pem, "--label", name], &by[..], &[&enrolled]].concat());
    let grant = [&["grant", "--key", &pem, "--capacity", "register"], &by[..], &[&granted]].concat();
    // By itself nobody would sign it: the key is not in the book yet.
    let said = room.fails(3, &grant);
    assert!(said.contains("key.known") && !room.path(&granted).exists(), "{said}");
    room.ok(&[&grant[..], &["--after", &enrolled]].concat());
    [enrolled, granted]
}

#[test]
fn several_drafts_are_submitted_together_or_not_at_all() {
    let room = Room::with_server();
    let [enrolled, granted] = drafts(&room, "ods");
    let said = room.json(&["submit", &enrolled, &granted]);
    for (at, file) in [&enrolled, &granted].into_iter().enumerate() {
        let one = &said["appended"][at];
        assert_eq!((&one["file"], &one["position"]), (&file.as_str().into(), &(at + 1).into()), "{said}");
        let receipt = format!("{file}.tlog-proof");
        assert_eq!(one["receipt"], receipt.as_str());
        let position = (at + 1).to_string();
        room.ok(&["receipt", "check", &receipt, "--vkey", "book/published/vkey", "--position", &position]);
    }
    let again = room.json(&["submit", &granted, &enrolled]);
    for (at, position) in [2, 1].into_iter().enumerate() {
        let one = &again["appended"][at];
        assert_eq!((&one["again"], &one["position"]), (&true.into(), &position.into()), "{again}");
    }

    let [enrolled, granted] = drafts(&room, "other");
    let said = room.fails(3, &["submit", &granted, &enrolled]);
    assert!(said.contains(&format!("{granted} is refused, and so none of the 2 events")), "{said}");
    assert_eq!(room.json(&["log"])["size"], 3, "nothing of it is recorded");
    assert!(!room.path(&format!("{enrolled}.tlog-proof")).exists());
    room.fails(1, &["submit", &enrolled, "absent.json"]);
    room.fails(2, &["submit"]);
    let shown = room.ok(&["submit", &enrolled, &granted]);
    assert!(shown.contains("entry 3") && shown.contains(&format!("{granted}.tlog-proof")), "{shown}");
}

/// A room whose book knows the body that follows 04K too.
fn with_heir() -> Room {
    let room = Room::with_people();
    let heir = r#"{"type": "BodyRegistered", "subject": "body/52R", "data": {"standing": "register",
        "signatories": [{"capacity": "register"}],
        "facts": {"kind": "ccg", "name": "NHS Nottingham and Nottinghamshire CCG", "from": "2020-04-01"}}}"#;
    room.write("heir.json", heir);
    room.ok(&["record", "heir.json", "--key", "ods.pem", "--yes"]);
    room
}

#[test]
fn two_people_sign_a_draft_and_somebody_submits_it() {
    let room = with_heir();
    let template = room.ok(&["record", "--template", "BodyDissolved"]);
    room.write("end.jsonc", &template);
    let second = room.public("nhse-two");
    let draft = ["record", "end.jsonc", "--draft", "end.json", "--key", "nhse.pem"];
    let said = room.fails(2, &[&draft[..], &["--yes"]].concat());
    assert!(said.contains("2 signatories have no key yet"), "{said}");
    let without_draft = ["record", "end.jsonc", "--key", "nhse.pem", "--key", &second, "--yes"];
    let said = room.fails(2, &without_draft);
    assert!(said.contains("there is no key file for"), "{said}");
    let made = room.json(&[&draft[..], &["--signatory", &second, "--yes"]].concat());
    assert_eq!(made["missing"][0]["key"], second.as_str());

    let said = room.fails(3, &["submit", "end.json"]);
    assert!(said.contains("signatures are missing") && said.contains(&second), "{said}");
    let said = room.fails(3, &["sign", "end.json", "--key", "secretary.pem", "--yes"]);
    assert!(said.contains("is not among those who are to sign"), "{said}");
    let said = room.fails(3, &["sign", "end.json", "--key", "nhse.pem", "--yes"]);
    assert!(said.contains("has signed this draft already"), "{said}");
    let said = room.fails(2, &["sign", "end.json", "--key", "nhse-two.pem"]);
    assert!(said.contains("--yes"), "without a terminal nobody can be asked: {said}");
    // Time passes, others record: an old `seen` is fine.
    room.enrol("latecomer");
    room.ok(&["sign", "end.json", "--key", "nhse-two.pem", "--yes"]);
    // Made again it would lose the signature of the second: it is left as it is, and so is a file that is no draft.
    let signed = fs::read_to_string(room.path("end.json")).unwrap();
    let said = room.fails(2, &[&draft[..], &["--signatory", &second, "--yes"]].concat());
    assert!(said.contains("end.json is there already") && said.contains(&second), "{said}");
    assert!(said.contains("a draft, BodyDissolved of "), "{said}");
    assert_eq!(fs::read_to_string(room.path("end.json")).unwrap(), signed);
    let over =
        ["record", "end.jsonc", "--draft", "end.jsonc", "--key", "nhse.pem", "--key", &second, "--yes"];
    assert!(room.fails(2, &over).contains("It holds no draft"));
    assert_eq!(fs::read_to_string(room.path("end.jsonc")).unwrap(), template);
    let first = room.json(&["submit", "end.json"]);
    let again = room.json(&["submit", "end.json"]);
    assert_eq!((&first["again"], &again["again"]), (&false.into(), &true.into()));
    assert_eq!(first["position"], again["position"]);
    assert_eq!(room.json(&["body", "04K", "--as-at", "2020-04-01"])["body"]["life"], "LIFE_CLOSED");
}

#[test]
fn a_draft_that_was_changed_on_its_way_is_refused() {
    let room = with_heir();
    room.write("end.jsonc", &room.ok(&["record", "--template", "BodyDissolved"]));
    let second = room.public("nhse-two");
    room.ok(&["record", "end.jsonc", "--draft", "end.json", "--key", "nhse.pem", "--key", &second, "--yes"]);
    let draft = fs::read_to_string(room.path("end.json")).unwrap();
    for (was, now, says) in [
        ("2020-04-01", "2020-05-01", "does not hold"),
        ("\"event\"", "\"evnet\"", "is no draft"),
        ("minutebook.example/story", "minutebook.example/other", "does not hold"),
        (second.as_str(), &"0".repeat(64), "does not hold"),
    ] {
        room.write("changed.json", &draft.replace(was, now));
        let said = room.fails(3, &["sign", "changed.json", "--key", "nhse-two.pem", "--yes"]);
        assert!(said.contains(says), "{said}");
    }
    assert_eq!(fs::read_to_string(room.path("end.json")).unwrap(), draft);
}

#[test]
fn refusals_say_what_is_wrong_and_what_to_do() {
    let room = Room::with_people();
    let merger = r#"{"merger": {"merger": "merger/none-2019", "choice": "apply"}}"#;
    room.write("merger.jsonc", &decision("2019-07-04", merger));
    let record = ["record", "merger.jsonc", "--key", "secretary.pem", "--yes"];
    let said = room.fails(3, &record);
    for shown in ["[decision.participant]", "found merger/none-2019", "needed a proposal", "What to do: "] {
        assert!(said.contains(shown), "{shown}: {said}");
    }
    let said = room.fails(3, &[&record[..], &["--json"]].concat());
    let error: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(error["error"]["violations"][0]["rule"], "decision.participant");
    assert_eq!(
        (&error["error"]["status"], &error["error"]["exit_code"]),
        (&"FAILED_PRECONDITION".into(), &3.into())
    );

    let said = room.fails(3, &["record", "merger.jsonc", "--key", "nhse.pem", "--yes"]);
    assert!(said.contains("[authority.grant]") && said.contains("minutebook grant --help"), "{said}");
    room.write("unknown.jsonc", &decision("2019-07-04", "{\"nothing\": {}}"));
    let said = room.fails(3, &["record", "unknown.jsonc", "--key", "secretary.pem", "--yes"]);
    assert!(
        said.contains("/data/facts/effect") && !said.contains("To be signed"),
        "before anything is shown: {said}"
    );
    room.write("good.jsonc", &decision("2019-07-04", r#"{"none": {}}"#));
    let said = room.fails(2, &["record", "good.jsonc", "--key", "secretary.pem"]);
    assert!(said.contains("nothing was signed"), "{said}");
    assert_eq!(room.json(&["log"])["size"], 10, "the book is as it was");

    assert!(room.fails(1, &["body", "99Z"]).contains("99Z"));
    assert!(room.fails(1, &["show", "999"]).contains("the log has 10 entries"));
    assert!(
        room.fails(2, &["body", "04K", "--as-at", "April 2019"]).contains("needed a day, such as 2019-07-04")
    );
}

#[test]
fn without_a_server_it_says_how_to_start_one() {
    let room = Room::new();
    let said = room.fails(5, &["log"]);
    assert!(said.contains("minutebook serve --dir DIR"), "{said}");
    let error: Value = serde_json::from_str(&room.fails(5, &["log", "--json"])).unwrap();
    assert_eq!(error["error"]["kind"], "unreachable");
}

#[test]
fn whoever_watches_sees_each_entry_as_it_comes() {
    let room = Room::with_server();
    let mut watch = room.command(&["watch", "--from", "0", "--json"]);
    let mut watch = watch.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(watch.stdout.take().unwrap()).lines();
    let mut next = || serde_json::from_str::<Value>(&lines.next().unwrap().unwrap()).unwrap();
    assert_eq!(next()["type"], "LedgerOpened");
    room.enrol("secretary");
    let entry = next();
    assert_eq!((&entry["type"], &entry["position"]), (&"KeyEnrolled".into(), &1.into()));
    assert_eq!(entry["hash"], room.json(&["show", "head"])["hash"]);
    watch.kill().unwrap();
    watch.wait().unwrap();
    let all = room.ok(&["watch", "--from", "0", "--once", "--json"]);
    assert_eq!(all.lines().count(), 2);
}

#[test]
fn whoever_watches_a_selection_goes_on_from_what_was_kept() {
    let mut room = Room::with_people();
    let positions = |out: String| -> Vec<u64> {
        let entries = out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        entries.map(|entry| entry["position"].as_u64().unwrap()).collect()
    };
    let bodies = ["watch", "--from", "0", "--once", "--json", "--type", "BodyRegistered"];
    let shown = positions(room.ok(&bodies));
    let all = positions(room.ok(&["watch", "--from", "0", "--once", "--json"]));
    assert_eq!(all, (0..10).collect::<Vec<u64>>());
    assert!(!shown.is_empty() && shown.len() < all.len(), "{shown:?}");
    assert_eq!(positions(room.ok(&["watch", "--from", "7", "--once", "--json"])), [7, 8, 9]);

    let keep = ["watch", "--keep", "seen", "--once", "--json", "--subject", "body/04K"];
    let before = positions(room.ok(&[&keep[..], &["--from", "0"]].concat()));
    assert!(positions(room.ok(&keep)).is_empty(), "all of it was shown");
    room.write("decision.jsonc", &decision("2019-07-04", r#"{"none": {}}"#));
    room.ok(&["record", "decision.jsonc", "--key", "secretary.pem", "--yes"]);
    assert_eq!(positions(room.ok(&keep)), [10]);
    let whole = positions(room.ok(&["watch", "--from", "0", "--once", "--json", "--subject", "body/04K"]));
    assert_eq!(whole, [&before[..], &[10]].concat());
    let acts = ["watch", "--from", "0", "--once", "--json", "--about", "body/04K", "--standing", "own_act"];
    assert_eq!(positions(room.ok(&acts)).last(), Some(&10));

    let said = room.fails(2, &["watch", "--once", "--type", "Decided"]);
    assert!(said.contains("selections/0/types") && said.contains("DecisionRecorded"), "{said}");
    let said = room.fails(3, &["watch", "--once", "--from", "99"]);
    assert!(said.contains("needed at most 11, where the ledger ends"), "{said}");

    // A store that lost its end does not extend what was kept, whatever else is forgotten.
    room.stop();
    fs::copy(room.path("seen"), room.path("kept")).unwrap();
    fs::remove_dir_all(room.path("state")).unwrap();
    fs::create_dir(room.path("state")).unwrap();
    room.init("elsewhere");
    room.serve("elsewhere");
    let said = room.fails(1, &["watch", "--keep", "kept", "--once"]);
    assert!(said.contains("is not signed by the log of"), "{said}");
}

#[test]
fn a_server_that_lost_entries_is_noticed() {
    let mut room = Room::with_server();
    room.stop();
    room.copy("book", "backup");
    room.serve("book");
    room.enrol("secretary");
    room.stop();
    room.serve("backup");
    let said = room.fails(4, &["log"]);
    assert!(said.contains("TWO HISTORIES") && said.contains("now the log has 1 entries"), "{said}");
    // Other entries in the place of those that are gone are another history, and both are kept.
    let elsewhere = |room: &Room, args: &[&str]| {
        let output = room.command(args).env("MINUTEBOOK_STATE", room.path("elsewhere")).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    elsewhere(&room, &["key", "new", "other.pem"]);
    let enrol = ["key", "enrol", "--key", "other.pem", "--label", "Other", "--registrar", "two.pem", "--yes"];
    elsewhere(&room, &enrol);
    let said = room.fails(4, &["show", "head"]);
    assert!(said.contains("entry 1 had the hash"), "{said}");
    let error: Value = serde_json::from_str(&room.fails(4, &["log", "--json"])).unwrap();
    let saved = error["error"]["saved"].as_str().unwrap();
    let kept: Value = serde_json::from_str(&fs::read_to_string(room.path(saved)).unwrap()).unwrap();
    assert!(kept["entry_shown"].as_str().unwrap().contains("KeyEnrolled"));
    room.stop();
    let said = room.fails(4, &["verify", "--dir", "backup"]);
    assert!(said.contains("verification failed at entry 1"), "{said}");
    room.ok(&["verify", "--dir", "book"]);
}

#[test]
fn a_draft_stays_as_it_is_where_nobody_answers() {
    let room = Room::with_server();
    room.ok(&["key", "new", "secretary.pem"]);
    let enrol = ["key", "enrol", "--key", "secretary.pem", "--label", "S", "--registrar", "one.pem"];
    room.ok(&[&enrol[..], &["--draft", "enrol.json", "--yes"]].concat());
    let draft = fs::read(room.path("enrol.json")).unwrap();
    room.fails(5, &["submit", "enrol.json", "--server", "http://127.0.0.1:1"]);
    assert_eq!(fs::read(room.path("enrol.json")).unwrap(), draft);
    assert_eq!(room.json(&["submit", "enrol.json"])["again"], false);
}

#[test]
fn an_event_whose_fate_is_not_known_is_kept_to_be_sent_again() {
    let room = Room::with_server();
    room.ok(&["key", "new", "secretary.pem"]);
    let cut = wire_that_is_cut(room.address());
    let enrol = ["key", "enrol", "--key", "secretary.pem", "--label", "S", "--registrar", "one.pem", "--yes"];
    let said = room.fails(5, &[&enrol[..], &["--server", &cut]].concat());
    let advice = said.split("minutebook submit ").nth(1).unwrap_or_else(|| panic!("{said}"));
    let kept = advice.split(':').next().unwrap();
    fs::copy(kept, room.path("copy.json")).unwrap();
    assert_eq!(room.json(&["submit", kept])["again"], false);
    assert!(!Path::new(kept).exists(), "what was kept goes once the book has it");
    assert_eq!(room.json(&["submit", "copy.json"])["again"], true);
    assert!(room.path("copy.json").is_file() && room.path("copy.json.tlog-proof").is_file());
}

/// A way to the server that is cut as soon as something as large as an event goes over it for the second time: first it is
/// asked what would become of it.
fn wire_that_is_cut(address: &str) -> String {
    let server = TcpStream::connect(address.trim_start_matches("http://")).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let here = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let (client, _from) = listener.accept().unwrap();
        let (mut answers, mut to_client) = (server.try_clone().unwrap(), client.try_clone().unwrap());
        std::thread::spawn(move || std::io::copy(&mut answers, &mut to_client));
        let (mut client, mut to_server, mut bytes, mut large) = (client, server, [0; 16 * 1024], 0);
        while let Ok(count @ 1..) = client.read(&mut bytes) {
            large += usize::from(count >= 500);
            if large == 2 {
                break;
            }
            to_server.write_all(&bytes[..count]).unwrap();
        }
        let _cut = (client.shutdown(Shutdown::Both), to_server.shutdown(Shutdown::Both));
    });
    here
}

#[test]
fn a_schema_is_printed_for_other_programs() {
    let room = Room::new();
    let schema = room.json(&["record", "--schema", "DecisionRecorded"]);
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(schema["title"], "uk.nhs.governance.DecisionRecorded.v1");
    assert_eq!(schema["properties"]["facts"]["$ref"], "#/$defs/DecisionRecorded");
    assert!(room.json(&["record", "--schema", "LedgerOpened"])["$defs"]["Registrar"].is_object());
    let said = room.fails(2, &["record", "--schema", "Decided"]);
    assert!(said.contains("DecisionRecorded"), "{said}");
}

#[test]
fn every_template_is_printed_and_a_reader_that_leaves_is_no_failure() {
    let room = Room::new();
    for name in ["DecisionRecorded", "ReorganisationEffected", "KeyEnrolled", "StatementRecorded"] {
        let template = room.ok(&["record", "--template", name]);
        assert!(template.contains(&format!("\"type\": \"{name}\"")), "{template}");
    }
    let said = room.fails(2, &["record", "--template", "LedgerOpened"]);
    assert!(said.contains("DecisionRecorded"), "it names the types that there are: {said}");
    let output = unheard(&room, &["record", "--template", "DecisionRecorded"]);
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
}

/// What came of a command whose reader has gone before it says anything.
fn unheard(room: &Room, args: &[&str]) -> std::process::Output {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = room.command(args);
    command.stdout(writer).stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap()
}

#[test]
fn what_a_command_found_out_counts_though_nobody_reads_on() {
    let mut room = Room::with_server();
    room.write("bad.toml", "lissen = 'here'\n");
    // Who watches sees no end to it, and stops.
    for (code, args) in [
        (0, &["watch", "--from", "0"][..]),
        (0, &["watch", "--from", "0", "--json"]),
        (0, &["log"]),
        (1, &["show", "900"]),
        (2, &["config", "check", "bad.toml"]),
        (2, &["config", "check", "bad.toml", "--json"]),
    ] {
        let output = unheard(&room, args);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {output:?}");
    }
    room.stop();
    fs::write(room.path("book/published/checkpoint"), "").unwrap();
    assert_eq!(unheard(&room, &["doctor", "--dir", "book"]).status.code(), Some(1));
    fs::write(room.path("book/store/db"), "").unwrap();
    assert_eq!(unheard(&room, &["doctor", "--dir", "book"]).status.code(), Some(4));
    // Both are closed: nobody is told, and the code says it.
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut check = room.command(&["config", "check", "bad.toml"]);
    let ended = check.stdout(writer.try_clone().unwrap()).stderr(writer).status().unwrap();
    assert_eq!(ended.code(), Some(2));
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
    room.write("decision.jsonc", &decision("2019-07-04", r#"{"none": {}}"#));
    let record = ["record", "decision.jsonc", "--key", "secretary.pem", "--yes", "--again"];
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

#[test]
fn an_empty_variable_counts_as_one_that_is_not_set_and_an_empty_flag_is_a_mistake() {
    let mut room = Room::new();
    room.init("book");
    let flags = ["--token-file", "--ca", "--passphrase-file"];
    let variables =
        ["MINUTEBOOK_TOKEN_FILE", "MINUTEBOOK_CA", "MINUTEBOOK_PASSPHRASE_FILE", "MINUTEBOOK_TOKEN"];
    let keys =
        ["MINUTEBOOK_CONFIG", "MINUTEBOOK_TOKENS_FILE", "MINUTEBOOK_LOG_KEY", "MINUTEBOOK_LIMITS_HEAD"];
    let emptied = |arguments: &[&str]| {
        let mut command = room.command(arguments);
        for name in variables.iter().chain(&keys) {
            command.env(name, "");
        }
        command
    };
    let checked = emptied(&["config", "check", "--set", "dir=book"]).output().unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    let serving = emptied(&["serve", "--dir", "book", "--listen", "127.0.0.1:0"]);
    let mut asking = emptied(&["log"]);
    room.start(serving);
    let asked = asking.env("MINUTEBOOK_SERVER", room.address()).output().unwrap();
    assert!(asked.status.success(), "{}", String::from_utf8_lossy(&asked.stderr));
    for flag in flags {
        let said = room.fails(2, &["log", flag, ""]);
        assert!(said.contains(flag), "{said}");
    }
}
