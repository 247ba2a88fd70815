//! `minutebook demo` as a newcomer runs it: the real program, a real ledger, the public API.
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::{Command, Output};

/// Open on each 1 April, 2013 to 2022.
const CCGS: [u64; 10] = [211, 211, 209, 209, 207, 195, 191, 135, 106, 106];

fn demo(folder: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_minutebook"))
        .args(["demo", "--once", "--listen", "127.0.0.1:0"])
        .args(more)
        .current_dir(folder)
        .env("MINUTEBOOK_STATE", folder.join("state"))
        .output()
        .unwrap()
}

fn demo_json(folder: &Path) -> Value {
    let output = demo(folder, &["--json", "--dir", "book"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert_eq!(said, "", "no progress bar where there is no terminal");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The types of the entries that an answer rests on.
fn why(answer: &Value) -> Vec<&str> {
    answer["why"].as_array().unwrap().iter().map(|entry| entry["type"].as_str().unwrap()).collect()
}

#[test]
fn the_demo_finds_what_really_happened() {
    let folder = tempfile::tempdir().unwrap();
    let found = demo_json(folder.path());

    let commissioners = found["commissioners"].as_array().unwrap();
    let counts =
        commissioners.iter().map(|count| (count["ccg"].as_u64().unwrap(), count["icb"].as_u64().unwrap()));
    let expected = CCGS.into_iter().map(|ccgs| (ccgs, 0)).chain([(0, 42), (0, 36)]);
    assert_eq!(counts.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
    assert_eq!(commissioners[7]["as_at"], "2020-04-01");
    assert_eq!(commissioners[10]["as_at"], "2022-07-01");
    assert_eq!(commissioners[11]["as_at"], "2026-04-01");

    let bracknell = &found["bracknell"];
    assert_eq!((&bracknell["unit"], &bracknell["before"]["body"]), (&"10G".into(), &"body/QNQ".into()));
    assert_eq!(bracknell["after"]["body"], "body/S0E4D");
    assert_eq!(bracknell["after"]["name"], "NHS Thames Valley Integrated Care Board");
    // No source names the units that went to it: the answer is inferred, and says so. What it was before is not.
    let inferred = bracknell["after"]["inferred"].as_array().unwrap();
    assert!(!inferred.is_empty() && found["rushcliffe"]["after"]["inferred"].as_array().unwrap().is_empty());

    let rushcliffe = &found["rushcliffe"];
    assert_eq!(
        (&rushcliffe["before"]["as_at"], &rushcliffe["before"]["body"]),
        (&"2020-03-31".into(), &"body/04N".into())
    );
    assert_eq!(
        (&rushcliffe["after"]["as_at"], &rushcliffe["after"]["body"]),
        (&"2020-04-01".into(), &"body/52R".into())
    );
    assert!(why(&rushcliffe["before"]).contains(&"BodyEstablished"));
    assert!(why(&rushcliffe["after"]).contains(&"ReorganisationEffected"));

    let known = &rushcliffe["known_in_june_2019"];
    assert_eq!(known["commissioner"]["body"], "body/04N", "52R was not known of");
    assert_eq!(known["merger"]["state"], "consulting");
    assert_eq!((&known["merger"]["prefer"], &known["merger"]["apply"]), (&6.into(), &0.into()));
    assert_eq!(known["merger"]["consultation_closes"], "2019-06-17T09:00:00+01:00");
    let intentions = known["intentions"].as_array().unwrap();
    assert_eq!(intentions.len(), 1);
    assert_eq!((&intentions[0]["state"], &intentions[0]["when"]), (&"open".into(), &"2020-04-01".into()));
    assert_eq!(intentions[0]["conditions"].as_array().unwrap().len(), 2);
    assert_eq!(why(&intentions[0]), ["IntentionRecorded"]);
    for entry in known["merger"]["why"].as_array().unwrap() {
        assert!(entry["recorded"].as_str().unwrap() < "2019-06-16", "{entry}");
    }

    let officer = &found["accountable_officer"];
    for side in ["before", "after"] {
        assert_eq!(officer[side]["name"], "Amanda Sullivan");
    }
    assert_eq!(
        (&officer["before"]["is_enacted"], &officer["after"]["is_enacted"]),
        (&false.into(), &true.into())
    );
    assert!(why(&officer["before"]).iter().all(|name| *name == "OfficerObserved"));
    assert_eq!(why(&officer["after"]), ["ReorganisationEffected"]);

    let handover = &found["handover"];
    let actions = handover["actions"].as_array().unwrap();
    let open = |day: usize| {
        let open = actions[day]["open"].as_array().unwrap().iter();
        open.map(|action| action["id"].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>()
    };
    assert_eq!([0, 1, 2].map(|day| open(day).len()), [3, 3, 2]);
    assert_eq!(open(0), open(1), "the successor finds what its predecessors left open");
    assert!(!open(2).contains("action/nottinghamshire-2020-01"), "done at the first meeting");
    assert_eq!(actions[0]["of"].as_array().unwrap().len(), 6);
    assert_eq!((&actions[1]["of"], &actions[1]["as_at"]), (&json!(["body/52R"]), &"2020-04-01".into()));
    let minutes = &handover["minutes"];
    let decided = |when: &str| {
        let decided = minutes[when]["decisions"].as_array().unwrap();
        assert_eq!(decided.len(), 6, "one for each body");
        decided.iter().map(|it| it["state"].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>()
    };
    assert_eq!(
        (decided("before"), decided("after")),
        (["stands".into()].into(), ["confirmed".into()].into())
    );
    assert_eq!(
        (&minutes["before"]["state"], &minutes["after"]["state"]),
        (&"minutes_drafted".into(), &"minutes_approved".into())
    );
    assert_eq!(minutes["approved_by"].as_array().unwrap().len(), 1, "one successor approves for six");
    assert_eq!(handover["first_meeting"][0]["item"], "GB/20/075");

    let entries = found["entries"].as_u64().unwrap();
    assert_eq!(found["head"]["position"], entries - 1);
    assert_eq!(found["head"]["hash"].as_str().unwrap().len(), 64);
    assert_eq!(
        (&found["verified"]["entries"], &found["verified"]["verdict"]),
        (&entries.into(), &"verified".into())
    );
    let counted =
        found["findings"]["by_rule"].as_array().unwrap().iter().map(|rule| rule["count"].as_u64().unwrap());
    assert_eq!(found["findings"]["total"], counted.sum::<u64>());

    let beside = fs::read_dir(folder.path().join("book.keys")).unwrap().map(Result::unwrap);
    let keys: Vec<_> = beside.filter(|file| file.path().extension().is_some_and(|it| it == "pem")).collect();
    assert_eq!(keys.len(), 16, "one for each role, and the log's");
    assert!(keys.iter().all(|key| key.metadata().unwrap().mode() & 0o777 == 0o600));
}

#[test]
fn the_demo_prints_a_page_and_takes_the_next_free_folder() {
    let folder = tempfile::tempdir().unwrap();
    for ledger in ["demo-ledger", "demo-ledger-2"] {
        let output = demo(folder.path(), &[]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let page = String::from_utf8(output.stdout).unwrap();
        for line in [
            "1 July 2022    42 ICB",
            "1 April 2020  NHS Nottingham and Nottinghamshire CCG 52R",
            "1 April 2020  3 actions open with 52R",
            "8 April 2020  minutes of 5 March 2020 approved; decisions: 6 confirmed",
            "verified",
        ] {
            assert!(page.contains(line), "{line} is missing in\n{page}");
        }
        assert!(page.lines().all(|line| line.chars().count() <= 80), "{page}");
        assert!(!page.contains('\u{1b}'), "colours are for terminals");
        assert!(folder.path().join(ledger).is_dir());
        assert!(folder.path().join(format!("{ledger}.keys")).is_dir());
    }
}

#[test]
fn a_folder_that_holds_something_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mine = folder.path().join("mine");
    fs::create_dir(&mine).unwrap();
    fs::write(mine.join("notes.txt"), "keep").unwrap();
    let output = demo(folder.path(), &["--dir", "mine"]);
    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("mine is not empty") && said.contains("--dir"), "{said}");
    assert_eq!(fs::read_dir(&mine).unwrap().count(), 1);
    assert!(!folder.path().join("mine.keys").exists());
}

#[test]
fn an_address_that_is_taken_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = Command::new(env!("CARGO_BIN_EXE_minutebook"))
        .args(["demo", "--once", "--listen", &address])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8(output.stderr).unwrap().contains("--listen"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
