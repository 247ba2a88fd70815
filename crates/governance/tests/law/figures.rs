//! Figures and targets: as their sources state them, and never more than that.

use crate::said::{Said, says};
use crate::story::{Story, given};
use minutebook_governance::figures::{TargetOutcome, figures_about, target, targets_about};
use serde_json::{Value, json};

fn figure(slug: &str, about: Value, attribute: &str, value: Value) -> Said {
    says(
        "AttributeReported",
        &format!("figure/{slug}"),
        json!({"about": about, "attribute": attribute, "value": value}),
    )
    .in_the_press()
}

fn places(body: &str, names: &[&str]) -> Said {
    figure(&format!("places-{body}"), json!([format!("body/{body}")]), "places", json!({"names": names}))
}

fn count(number: i64, approximate: bool) -> Value {
    json!({"quantity": {"number": number, "unit": "people", "approximate": approximate}})
}

fn about(story: &Story, body: &str) -> Vec<String> {
    let figures = figures_about(
        story.record(),
        &format!("body/{body}").parse().unwrap(),
        story.reported_at("2019-01-01"),
    );
    figures.into_iter().map(|figure| format!("{} {}", figure.id.slug(), figure.is_of_one())).collect()
}

#[test]
fn what_several_share_is_the_money_of_none_alone() {
    let mut shared = figure("f", json!(["body/04K"]), "funding", count(450, true));
    shared.facts["shared_by"] = json!(8);
    let together = figure("t", json!(["body/04K", "body/04L"]), "funding", count(9, false));
    let own = figure("o", json!(["body/04K"]), "funding", count(7, false));
    let story = given([shared, together, own]);
    assert_eq!(about(&story, "04K"), ["f false", "t false", "o true"]);
    assert_eq!(about(&story, "04L"), ["t false"]);
    let enacted = figures_about(story.record(), &"body/04K".parse().unwrap(), story.at("2019-01-01"));
    assert!(enacted.is_empty(), "the press enacts nothing");
}

#[test]
fn a_place_that_two_commissioners_claim_may_be_an_overlap() {
    let rule = "area.possible-overlap";
    let two = || given([places("04L", &["Gedling", "Eastwood"]), places("04M", &["Broxtowe", "eastwood"])]);
    two().finds("area.possible-overlap", "2019-01-01");
    two().finds_no(rule, "2012-01-01");
    given([places("04L", &["Gedling"]), places("04M", &["Broxtowe"])])
        .finds_no("area.possible-overlap", "2019-01-01");
    // The same body may say it twice.
    let again = figure("again", json!(["body/04L"]), "places", json!({"names": ["Gedling"]}));
    given([places("04L", &["Gedling"]), again]).finds_no(rule, "2019-01-01");
}

#[test]
fn exact_figures_agree() {
    let two = |first: Value, second: Value| {
        given([
            figure("f", json!(["body/04K"]), "population", first),
            figure("g", json!(["body/04K"]), "population", second),
        ])
    };
    two(count(1, false), count(2, false)).finds("figure.contradiction", "2019-01-01");
    two(count(1, false), count(1, false)).finds_no("figure.contradiction", "2019-01-01");
    two(count(1, false), count(2, true)).finds_no("figure.contradiction", "2019-01-01");
    let revised = given([
        figure("f", json!(["body/04K"]), "population", count(1, false)),
        figure("f", json!(["body/04K"]), "population", count(2, false)),
    ]);
    revised.finds_no("figure.contradiction", "2019-01-01");
}

#[test]
fn a_figure_says_something_of_somebody() {
    let refused = |about: Value, value: Value, at: &str| {
        given([]).when(figure("f", about, "population", value)).then_malformed(at);
    };
    refused(json!([]), count(1, false), "/data/facts/about");
    refused(json!(["body/04K"]), json!({"names": []}), "/data/facts/value/names");
    refused(json!(["body/04K"]), json!({"text": " "}), "/data/facts/value/text");
    let none = json!({"quantity": {"unit": "people", "approximate": true}});
    refused(json!(["body/04K"]), none, "/data/facts/value/quantity");
    let bounds = json!({"quantity": {"at_least": 2, "at_most": 1, "unit": "people", "approximate": true}});
    refused(json!(["body/04K"]), bounds, "/data/facts/value/quantity");
}

fn set() -> Said {
    let percent = json!({"number": -20, "unit": "percent", "approximate": false});
    says(
        "TargetSet",
        "target/t",
        json!({"about": ["body/04K", "body/04L"], "measure": "running_costs", "value": percent,
        "applies": "to_each", "by": {"written": "2020/21", "earliest": "2020-04-01", "latest": "2021-03-31"}}),
    )
}

fn reached(outcome: &str, on: &str) -> Said {
    says("TargetOutcomeRecorded", "target/t", json!({"outcome": outcome, "known_on": on}))
}

#[test]
fn a_target_says_what_it_is_measured_from() {
    given([]).when(set()).then_found("target.baseline");
    let mut said = set();
    said.facts["baseline"] = json!({"number": 1000, "unit": "pounds", "approximate": true});
    given([]).when(said).then_obeys("target.baseline");
}

#[test]
fn what_became_of_a_target_is_said_of_one_that_was_set() {
    given([]).when(reached("met", "2021-05-01")).then_refused("target.set");
    let story = given([set()]).when(reached("missed", "2021-05-01")).then_obeys("target.set");
    let story = story.and([reached("met", "2021-06-01")]);
    let outcome = |day: &str| {
        target(story.record(), &"target/t".parse().unwrap(), story.at(day))
            .unwrap()
            .outcome
            .map(|it| it.outcome)
    };
    assert_eq!(
        [outcome("2021-04-30"), outcome("2021-05-01"), outcome("2021-06-01")],
        [None, Some(TargetOutcome::Missed), Some(TargetOutcome::Met)]
    );
    let listed = targets_about(story.record(), &"body/04L".parse().unwrap(), story.at("2019-01-01"));
    assert_eq!(listed.len(), 1);
}

#[test]
fn a_figure_holds_from_the_day_on_which_it_was_stated() {
    let mut said = figure("f", json!(["body/04K"]), "population", count(7, false));
    said.facts["stated_on"] = json!("2019-05-10");
    let story = given([said]);
    let known =
        |day: &str| figures_about(story.record(), &"body/04K".parse().unwrap(), story.reported_at(day)).len();
    assert_eq!((known("2019-05-09"), known("2019-05-10")), (0, 1));
}
