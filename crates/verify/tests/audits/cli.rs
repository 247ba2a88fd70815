//! The program as an auditor uses it: what it prints is compared with the files in `tests/expected`, which
//! `WRITE_EXPECTED=1 cargo test -p minutebook-verify --test audits` writes anew.

use crate::support::{Folder, Ledger, REGISTRARS, SECRETARY, public, secret, small_book, vectors};
use minutebook_governance::rulebook;
use minutebook_log::{Entry, Event, LogKey, Signed};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

const FAILED: i32 = 4;

const AUTHENTIC: i32 = 6;

/// Runs the program in a folder of its own that holds the small book as `log`, its key and a policy.
struct Desk(tempfile::TempDir);

impl Desk {
    fn with(folder: &Folder) -> Self {
        let desk = tempfile::tempdir().unwrap();
        folder.write(&desk.path().join("log"));
        let key = Ledger::small().log_key().verifier();
        fs::write(desk.path().join("vkey"), format!("{key}\n")).unwrap();
        fs::write(desk.path().join("policy"), crate::support::policy(&key).encode()).unwrap();
        Self(desk)
    }

    fn run(&self, line: &str) -> Output {
        Command::new(env!("CARGO_BIN_EXE_minutebook-verify"))
            .args(line.split_whitespace())
            .current_dir(self.0.path())
            .output()
            .unwrap()
    }

    /// What a run prints, which must end with `code`.
    fn prints(&self, line: &str, code: i32) -> String {
        let output = self.run(line);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{line}\n{stderr}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

/// A report without the rules of annex A, or those that were asked of an entry, which grow with every type of
/// event; annex A is held against the rule book.
fn without_rules(report: &str) -> String {
    if let Some((before, _asked)) = report.split_once("Rules that were asked") {
        return format!("{before}Rules that were asked\n\n(all of them)\n");
    }
    let Some((before, rules)) = report.split_once("Annex A: the rules") else { return report.to_owned() };
    let (rules, after) = rules.split_once("Annex B").unwrap();
    assert!(rulebook::rules().all(|rule| rules.contains(rule.id)), "every rule stands in annex A");
    format!("{before}Annex A: the rules\n\n(all of them)\n\nAnnex B{after}")
}

/// Holds `found` against `tests/expected/<name>`.
fn expect(name: &str, found: &str) {
    let found = without_rules(found);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expected").join(name);
    if env::var_os("WRITE_EXPECTED").is_some() {
        fs::write(&path, &found).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap();
    assert_eq!(found, expected, "{} is another", path.display());
}

fn small() -> Desk {
    Desk::with(&Ledger::small().publish())
}

#[test]
fn a_verified_log_is_reported_in_every_form() {
    let desk = small();
    let asked = "log --vkey vkey --policy policy --period 2020-04-01..2020-04-30 --recorded-by 2020-04-01 --seed april --n 3";
    expect("verified.txt", &desk.prints(asked, 0));
    let mut report: Value =
        serde_json::from_str(&desk.prints(&format!("{asked} --json --html page.html"), 0)).unwrap();
    let rules = report["annex_a"].as_object_mut().unwrap().remove("rules").unwrap();
    let ids: Vec<_> = rules.as_array().unwrap().iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    assert_eq!(ids, rulebook::rules().map(|rule| rule.id).collect::<Vec<_>>());
    expect("verified.json", &format!("{report:#}\n"));
    let page = fs::read_to_string(desk.path("page.html")).unwrap();
    expect("verified.html", &page);
    assert!(!page.contains("<script") && !page.contains("src=") && !page.contains("http"), "self-contained");
}

#[test]
fn without_a_policy_the_report_says_that_witnesses_were_not_asked() {
    let found = small().prints("log --vkey vkey", 0);
    assert!(found.contains("witnesses   not checked"), "{found}");
}

#[test]
fn a_quick_look_is_no_verdict() {
    let desk = small();
    let found = desk.prints("log --vkey vkey --policy policy --quick", AUTHENTIC);
    assert!(found.contains("AUTHENTIC, 7 ENTRIES; THE RULES WERE NOT ASKED."), "{found}");
    let report: Value =
        serde_json::from_str(&desk.prints("log --vkey vkey --quick --json --seed april --n 3", AUTHENTIC))
            .unwrap();
    assert_eq!((&report["verdict"], &report["replayed"]), (&json!("authentic"), &json!(0)));
    assert_eq!(report["sample"]["entries"].as_array().unwrap().len(), 3);
}

#[test]
fn a_failed_log_names_the_first_wrong_position() {
    let mut entries = small_book("book");
    let mut last = Entry::parse(&entries.pop().unwrap()).unwrap();
    let text = last.event().text().replace("\"approved\"", "\"rejected\"");
    let event = Event::parse(text.as_bytes()).unwrap();
    last.signed = Signed::new(event, last.signed.signatures().to_vec()).unwrap();
    entries.push(last.encode());
    let desk = Desk::with(&Folder::of(&entries, &Ledger::small().log_key()));
    expect("forged.txt", &desk.prints("log --vkey vkey --policy policy", FAILED));
    expect("forged-explained.txt", &desk.prints("explain 6 log --vkey vkey --policy policy", FAILED));
}

#[test]
fn a_broken_rule_is_named_with_its_entry() {
    let mut ledger = Ledger::small();
    let subject = format!("key/{}", public(SECRETARY));
    ledger.write("KeyRevoked", &subject, "2020-05-01T10:00:00Z", &REGISTRARS, json!({"reason": "lost"}));
    ledger.decide("2020-05-02T10:00:00Z", SECRETARY);
    let found = Desk::with(&ledger.publish()).prints("log --vkey vkey --json", FAILED);
    let found: Value = serde_json::from_str(&found).unwrap();
    assert_eq!(found["first_wrong"], 8);
    assert_eq!(found["exceptions"][0]["rules"], json!(["authority.key-enrolled"]));
}

#[test]
fn a_compromise_leaves_entries_in_doubt() {
    let mut ledger = Ledger::small();
    let subject = format!("key/{}", public(SECRETARY));
    let facts = json!({"reason": "compromised", "from": 6});
    ledger.write("KeyRevoked", &subject, "2020-05-01T10:00:00Z", &REGISTRARS, facts);
    let found = Desk::with(&ledger.publish()).prints("log --vkey vkey", 0);
    assert!(found.contains("doubt   6, 7   key.compromised"), "{found}");
}

#[test]
fn rules_that_are_not_known_are_neither_a_pass_nor_a_failure() {
    let mut ledger = Ledger::small();
    let data = json!({"standing": "own_act", "signatories": [{"key": public(SECRETARY), "capacity": "secretary"}], "facts": {}});
    ledger.write_data("SomethingElseDone", "body/52R", "2020-05-01T10:00:00Z", &[SECRETARY], data);
    let found = Desk::with(&ledger.publish()).prints("log --vkey vkey --policy policy", 6);
    assert!(found.contains("AUTHENTIC TO 8, RULES REPLAYED TO 7."), "{found}");
    expect("rules-unknown.txt", &found);
}

#[test]
fn a_re_enactment_says_that_it_is_one() {
    let entries = small_book("re-enactment");
    let origin = Entry::parse(&entries[0]).unwrap().event().source.clone();
    let key = LogKey::new(origin, secret(crate::support::CHECKPOINTS));
    let desk = Desk::with(&Folder::of(&entries, &key));
    let found = desk.prints(&format!("log --vkey {}", key.verifier()), 0);
    assert!(found.contains("THIS IS A RE-ENACTMENT"), "{found}");
}

#[test]
fn an_entry_is_explained() {
    let desk = small();
    expect("explained.txt", &desk.prints("explain 6 log --vkey vkey --policy policy", 0));
    assert_eq!(desk.run("explain 7 log --vkey vkey").status.code(), Some(1));
}

/// What `explain --json` says of an entry.
fn explained(desk: &Desk, position: usize, code: i32) -> Value {
    let found = desk.prints(&format!("explain {position} log --vkey vkey --json"), code);
    serde_json::from_str::<Value>(&found).unwrap()["explained"].clone()
}

/// The answer of a rule that was asked.
fn answer(explained: &Value, rule: &str) -> String {
    let mut rules = explained["rules"].as_array().unwrap().iter();
    let rule = rules.find(|asked| asked["id"] == rule).unwrap();
    rule["result"].as_str().unwrap().to_owned()
}

#[test]
fn an_explanation_has_all_that_somebody_needs_to_come_to_the_verdict_again() {
    let ledger = Ledger::small();
    let found = explained(&small(), 6, 0);
    let inputs = &found["inputs"];
    assert_eq!(inputs["entry"], String::from_utf8(ledger.entries[6].clone()).unwrap());
    assert_eq!(inputs["blake3"], minutebook_log::Hash::of(&ledger.entries[6]).to_string());
    assert_eq!(inputs["data"]["facts"]["outcome"], "approved");
    let signatory = &inputs["signatories"][0];
    assert_eq!((&signatory["capacity"], &signatory["body"]), (&json!("secretary"), &json!("body/52R")));
    assert_eq!((&signatory["holds"], &signatory["grants"]), (&json!(true), &json!(["grant/secretary-52R"])));
    assert_eq!((&found["rules_version"], &found["result"]["state"]), (&json!(1), &json!("admitted")));
    let why: Vec<_> = found["why"].as_array().unwrap().iter().map(|why| why["position"].as_u64()).collect();
    assert_eq!(why, [Some(3), Some(4), Some(5), Some(5)], "the body, the key, the grant, what was seen");
    let expected =
        [("authority.key-enrolled", "holds"), ("authority.grant", "holds"), ("decision.reasons", "broken")];
    for (rule, result) in expected {
        assert_eq!(answer(&found, rule), result, "{rule}");
    }
}

#[test]
fn what_was_refused_is_explained_with_the_rules_that_refuse_it() {
    let mut ledger = Ledger::small();
    ledger.decide("2020-05-02T10:00:00Z", 42);
    let found = explained(&Desk::with(&ledger.publish()), 7, FAILED);
    assert_eq!(found["result"]["state"], "refused");
    assert_eq!(answer(&found, "authority.key-enrolled"), "broken");
    assert_eq!(found["inputs"]["signatories"][0]["label"], Value::Null, "the book does not know the key");
}

#[test]
fn evidence_stands_among_the_inputs() {
    let mut ledger = Ledger::small();
    let evidence = json!([{"title": "minutes", "held": false}]);
    let signatory = json!({"key": public(SECRETARY), "capacity": "secretary", "body": "body/52R"});
    let facts = json!({"decided_on": "2020-05-01", "effect": {"none": {}}, "mode": "meeting", "outcome": "approved", "text": "x"});
    let data =
        json!({"standing": "own_act", "signatories": [signatory], "evidence": evidence, "facts": facts});
    ledger.write_data("DecisionRecorded", "body/52R", "2020-05-02T10:00:00Z", &[SECRETARY], data);
    let desk = Desk::with(&ledger.publish());
    assert_eq!(explained(&desk, 7, 0)["inputs"]["evidence"], evidence);
    assert!(desk.prints("explain 7 log --vkey vkey", 0).contains("evidence           {\"held\":false"));
}

#[test]
fn what_comes_after_rules_that_are_not_known_is_not_judged() {
    let mut ledger = Ledger::small();
    let data = json!({"standing": "own_act", "signatories": [{"key": public(SECRETARY), "capacity": "secretary"}], "facts": {}});
    ledger.write_data("SomethingElseDone", "body/52R", "2020-05-01T10:00:00Z", &[SECRETARY], data);
    ledger.decide("2020-05-02T10:00:00Z", SECRETARY);
    let desk = Desk::with(&ledger.publish());
    for position in [7, 8] {
        let found = explained(&desk, position, 6);
        assert_eq!(found["result"]["state"], "rules_unknown", "{found}");
        assert_eq!(found["rules"], json!([]));
    }
}

#[test]
fn documents_are_held_missing_or_differ() {
    let mut ledger = Ledger::small();
    let digest = |bytes: &[u8]| {
        use sha2::Digest as _;
        data_encoding::HEXLOWER.encode(&sha2::Sha256::digest(bytes))
    };
    let evidence = |title: &str, bytes: &[u8]| json!({"title": title, "held": true, "sha256": digest(bytes), "bytes": bytes.len(), "media_type": "text/plain"});
    let signatory = json!({"key": public(SECRETARY), "capacity": "secretary", "body": "body/52R"});
    let facts = json!({"decided_on": "2020-05-01", "effect": {"none": {}}, "mode": "meeting", "outcome": "approved", "text": "x"});
    let evidence = json!([
        evidence("minutes", b"as held"),
        evidence("paper", b"as it was"),
        evidence("letter", b"gone")
    ]);
    let data =
        json!({"standing": "own_act", "signatories": [signatory], "evidence": evidence, "facts": facts});
    ledger.write_data("DecisionRecorded", "body/52R", "2020-05-02T10:00:00Z", &[SECRETARY], data);
    let desk = Desk::with(&ledger.publish());
    fs::create_dir_all(desk.path("documents/2020")).unwrap();
    fs::write(desk.path("documents/2020/scan.txt"), "as held").unwrap();
    fs::write(desk.path("documents/paper.txt"), "as it is now").unwrap();
    let found = desk.prints("log --vkey vkey --documents documents --json", 0);
    let found: Value = serde_json::from_str(&found).unwrap();
    let states: Vec<_> = found["documents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|document| (document["title"].as_str().unwrap(), document["held"]["state"].as_str().unwrap()))
        .collect();
    let expected = [
        ("Constitution, version 1.0", "not_in_the_book"),
        ("letter", "missing"),
        ("minutes", "held"),
        ("paper", "differs"),
    ];
    assert_eq!(states, expected);
}

#[test]
fn acts_that_were_recorded_late_are_listed() {
    let mut ledger = Ledger::small();
    let facts = json!({"decided_on": "2020-04-20", "effect": {"none": {}}, "mode": "meeting", "outcome": "approved", "text": "x"});
    ledger.write("DecisionRecorded", "body/52R", "2020-06-01T10:00:00Z", &[(SECRETARY, "secretary")], facts);
    let desk = Desk::with(&ledger.publish());
    let found =
        desk.prints("log --vkey vkey --json --period 2020-04-01..2020-04-30 --recorded-by 2020-05-15", 0);
    let found: Value = serde_json::from_str(&found).unwrap();
    assert_eq!(found["period"]["acts"]["late"][0]["position"], 7);
    assert_eq!(found["period"]["acts"]["in_time"].as_array().unwrap().len(), 4);
}

#[test]
fn working_papers_hold_all_that_is_filed_and_are_never_written_over() {
    let desk = small();
    desk.prints("log --vkey vkey --policy policy --working-papers papers", 0);
    let mut names: Vec<_> = fs::read_dir(desk.path("papers"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(
        names,
        ["SHA256SUMS", "checkpoint", "policy", "report.html", "report.json", "report.txt", "run.txt", "vkey"]
    );
    let run = fs::read_to_string(desk.path("papers/run.txt")).unwrap();
    assert!(
        run.contains("command   minutebook-verify log --vkey vkey --policy policy --working-papers papers"),
        "{run}"
    );
    assert_eq!(desk.run("log --vkey vkey --working-papers papers").status.code(), Some(1));
}

#[test]
fn an_earlier_checkpoint_is_continued_from() {
    let mut ledger = Ledger::small();
    let earlier = ledger.publish().0["checkpoint"].clone();
    ledger.decide("2020-05-02T10:00:00Z", SECRETARY);
    let desk = Desk::with(&ledger.publish());
    fs::write(desk.path("earlier"), earlier).unwrap();
    let found = desk.prints("log --vkey vkey --from-checkpoint earlier", 0);
    assert!(found.contains("1 entry verified now; those before were verified with the earlier"), "{found}");
}

#[test]
fn wrong_usage_and_what_is_no_log_have_codes_of_their_own() {
    let desk = small();
    for (line, code) in [
        ("", 2),
        ("log", 2),
        ("log --vkey nonsense", 2),
        ("log --vkey vkey --policy vkey", 2),
        ("log --vkey vkey --from-checkpoint vkey", 2),
        ("nowhere --vkey vkey", 1),
        ("policy --vkey vkey", 1),
        ("--help", 0),
        ("--version", 0),
    ] {
        let output = desk.run(line);
        assert_eq!(output.status.code(), Some(code), "{line}");
        assert_eq!(output.stderr.is_empty(), code == 0, "{line}");
    }
}

#[test]
fn the_report_never_says_that_something_is_within_the_law() {
    // The word is not in the program at all; so no report can have it, but where a book says it.
    let word = ["law", "ful"].concat();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut read = 0;
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else {
                read += 1;
                assert!(
                    !fs::read_to_string(&path).unwrap().to_lowercase().contains(&word),
                    "{}",
                    path.display()
                );
            }
        }
    }
    assert!(read > 10, "the sources were there to be read");
    let found = small().prints("log --vkey vkey --policy policy", 0);
    assert!(!found.to_lowercase().contains(&word) && found.contains("admitted under rule set 1"));
    assert!(vectors().is_dir());
}
