//! An office of a body has one holder at a time, substantive or interim, whoever was appointed, ended, corrected or passed
//! over to a successor; where corrections leave two, they are found.

use crate::affairs_made_up::{DAYS, Line, offices_alone};
use crate::heard::{cases, heard, text};
use crate::story::Story;
use crate::telling::told;
use minutebook_governance::people::{Office, Tenure, office_held};
use minutebook_governance::register::findings;
use minutebook_governance::{BodyId, Scope};
use proptest::prelude::*;
use std::collections::BTreeSet;

const BODIES: [&str; 4] = ["body/04K", "body/04L", "body/04M", "body/52R"];

/// Who holds the office for good or for the time being, beside whom nobody else can.
fn sole_holders(story: &Story, body: &BodyId, day: &str) -> BTreeSet<String> {
    let held = office_held(story.record(), body, Office::AccountableOfficer, story.at(day));
    let sole = held
        .holders
        .into_iter()
        .filter(|it| matches!(it.tenure, Some(Tenure::Substantive | Tenure::Interim)));
    sole.map(|it| it.person.to_string()).collect()
}

fn is_found(story: &Story, body: &BodyId, day: &str) -> bool {
    let found =
        findings(story.record(), minutebook_governance::View { scope: Scope::Enacted, ..story.at(day) });
    found.iter().any(|it| {
        it.rule.id == "office.one-holder" && it.subject == *body.subject() && it.found.contains(" and ")
    })
}

/// Whether the two bodies that became one are no more.
fn is_closed(story: &Story, body: &str, day: &str) -> bool {
    let merged =
        heard(story, story.record().len()).into_iter().rfind(|heard| heard.name == "ReorganisationEffected");
    merged.is_some_and(|heard| {
        body != "body/04M" && body != "body/52R" && text(&heard.facts, "effective") <= day
    })
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn an_office_has_one_holder_at_a_time(lines in offices_alone(false)) {
        let story = told(&lines);
        for day in DAYS {
            for body in BODIES {
                let holders = sole_holders(&story, &body.parse().unwrap(), day);
                prop_assert!(holders.len() <= 1, "{:?} of {} on {}", holders, body, day);
                prop_assert!(holders.is_empty() || !is_closed(&story, body, day), "{} is no more on {}", body, day);
            }
        }
    }

    #[test]
    fn two_holders_that_corrections_leave_are_found(lines in offices_alone(true)) {
        let story = told(&lines);
        for day in DAYS {
            for body in BODIES {
                let id = body.parse().unwrap();
                let several = sole_holders(&story, &id, day).len() > 1;
                prop_assert_eq!(is_found(&story, &id, day), several, "{} on {}", body, day);
            }
        }
    }
}

#[test]
fn appointments_are_corrected_into_each_other() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut overlaps = 0;
    for _history in 0..150 {
        let lines: Vec<Line> = offices_alone(true).new_tree(&mut runner).unwrap().current();
        let story = told(&lines);
        let is_double = |day: &&str| sole_holders(&story, &"body/04K".parse().unwrap(), day).len() > 1;
        overlaps += usize::from(DAYS.iter().any(is_double));
    }
    assert!(overlaps > 0, "no correction ever made two holders");
}
