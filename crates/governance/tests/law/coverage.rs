//! No rule without its cases: one that obeys, one that is refused or found wanting.

use minutebook_governance::Force;
use minutebook_governance::rulebook::{force_of, rules};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// All tests of this folder, as one text.
fn law() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/law");
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    files.filter(|path| !path.ends_with("story.rs")).map(|path| fs::read_to_string(path).unwrap()).collect()
}

#[test]
fn every_rule_is_tested_on_both_sides() {
    let law = law();
    let mut lacking = Vec::new();
    for rule in rules() {
        let tests = |ways: &[&str]| ways.iter().any(|way| law.contains(&format!("{way}(\"{}\"", rule.id)));
        let force = force_of(rule.id).unwrap();
        let refused = force == Force::Soft || tests(&["then_refused"]);
        let found = force == Force::Hard || tests(&["then_found", ".finds"]);
        let obeyed = tests(&["then_obeys", ".finds_no"]);
        if !(refused && found && obeyed) {
            lacking.push(format!("{}: refused {refused}, found {found}, obeyed {obeyed}", rule.id));
        }
    }
    assert!(lacking.is_empty(), "{lacking:#?}");
}

#[test]
fn a_rule_has_one_id_and_says_what_it_asks_and_where_it_comes_from() {
    let all: Vec<_> = rules().collect();
    assert_eq!(all.iter().map(|rule| rule.id).collect::<BTreeSet<_>>().len(), all.len());
    for rule in all {
        assert!(rule.says.ends_with('.') && !rule.source.is_empty(), "{}", rule.id);
        assert!(
            rule.id.split('.').count() == 2
                && rule.id.bytes().all(|b| b.is_ascii_lowercase() || b".-".contains(&b)),
            "{}",
            rule.id
        );
    }
}

/// Whether a rule cites what held for CCGs, and nothing that holds for ICBs.
pub(crate) fn cites_groups_alone(source: &str) -> bool {
    let of_groups = ["Schedule 1A", "14Z2 ", "14Z2;", "14Z3", "14Z21", "SI 2012/1631"];
    let section = |letter: char| source.contains(&format!("14{letter}"));
    let of_boards = ["ICB", "Schedule 1B", "14Z25", "65Z5"];
    (of_groups.iter().any(|it| source.contains(it)) || ('A'..='U').any(section))
        && !of_boards.iter().any(|it| source.contains(it))
}

#[test]
fn a_rule_that_is_asked_of_boards_cites_what_holds_for_them() {
    let alone: Vec<_> = rules().filter(|rule| cites_groups_alone(rule.source)).map(|rule| rule.id).collect();
    // The steps of a merger by application, an accountable officer's appointment and member practices are a CCG's alone.
    assert_eq!(
        alone,
        [
            "nomination.decided-by-body",
            "appointment.approved",
            "appointment.by-body",
            "appointment.nominated-by-body",
            "merger.two-open-bodies",
            "application.applicants-open",
            "application.attachments",
            "application.undecided",
            "application.changed-by-applicant",
            "regulator.submitted",
            "reorganisation.approved",
            "reorganisation.as-applied-for",
            "reorganisation.accountable-officer",
            "membership.one-commissioner",
        ]
    );
}

#[test]
fn every_rule_of_the_source_is_in_the_book() {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut declared = 0;
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let source = fs::read_to_string(&path).unwrap();
            let blocks = source.split("rules! {\n").skip(1).map(|rest| rest.split("\n}").next().unwrap());
            declared += blocks.map(|block| block.matches(" =\n").count()).sum::<usize>();
            assert!(!source.contains(": Rule = Rule"), "{}: declare it in rules!", path.display());
        }
    }
    assert_eq!(declared, rules().count());
}

#[test]
fn the_rules_whose_findings_are_worked_out_are_listed() {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let (mut made, mut listed) = (0, String::new());
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let source = fs::read_to_string(&path).unwrap();
            let made_here = source.split(" rule: &").skip(1);
            made += made_here.filter(|rest| rest.starts_with(|next: char| next.is_ascii_uppercase())).count();
            listed.extend(source.split("const WORKED_OUT").nth(1).and_then(|rest| rest.split("];").next()));
        }
    }
    let listed: BTreeSet<_> = listed.split('"').skip(1).step_by(2).collect();
    assert!(listed.iter().all(|id| force_of(id).is_some()), "{listed:?}");
    assert_eq!(listed.len(), made, "each place that makes a finding, and {listed:?}");
}
