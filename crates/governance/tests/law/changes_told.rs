//! What differences must not leave out: what falls with a body, every body of a joint decision, each step of a search for
//! an officer, the seal, breaches; and that a date is imprecise.

use crate::said::{Said, appointed, chose, decided, merged, month, says, up_to_approval};
use crate::story::{Story, given};
use minutebook_governance::changes::{Change, changes_of, differences, is_left_out};
use minutebook_governance::{Date, View};
use minutebook_log::{Position, Subject};
use serde_json::json;

/// Subject, fact, first day, what it was, what it is.
type Line = [String; 5];

fn line(change: &Change) -> Line {
    let difference = &change.difference;
    let day = change.from.map_or_else(|| "ever".to_owned(), |day: Date| day.to_string());
    let value = |fact: &Option<minutebook_governance::changes::FactOnDay>| {
        fact.as_ref().map_or_else(|| "-".to_owned(), |fact| fact.value.clone())
    };
    let (was, is) = (value(&difference.before), value(&difference.after));
    [difference.subject.to_string(), difference.fact.clone(), day, was, is]
}

/// What the last entry changed.
fn last_changes(story: &Story) -> Vec<Line> {
    let last = Position(story.record().len() - 1);
    assert!(!is_left_out(story.record(), last));
    changes_of(story.record(), last, story.at("2020-01-01")).iter().map(line).collect()
}

/// What differs for a subject between two views.
fn between(story: &Story, subject: &str, before: View, after: View) -> Vec<[String; 3]> {
    let subject: Subject = subject.parse().unwrap();
    let found = differences(story.record(), Some(&subject), before, after);
    let change = |difference| line(&Change { difference, from: None, until: None });
    found.into_iter().map(change).map(|[_subject, fact, _day, was, is]| [fact, was, is]).collect()
}

fn has(lines: &[Line], expected: [&str; 5]) {
    assert!(lines.iter().any(|line| *line == expected), "{expected:?} in {lines:#?}");
}

fn committee(slug: &str, parents: &[&str]) -> Said {
    let parents: Vec<_> = parents.iter().map(|slug| format!("body/{slug}")).collect();
    let facts = json!({"name": "Audit", "kind": "committee", "parents": parents, "established_on": "2018-04-01",
        "functions": ["audit"]});
    says("CommitteeEstablished", &format!("committee/{slug}"), facts).reported()
}

fn delegated(slug: &str, from: &str, to: serde_json::Value) -> Said {
    let facts = json!({"from": format!("body/{from}"), "to": to, "functions": ["audit"], "onward": "allowed",
        "basis": {"scheme": "4.2"}, "effective": "2018-04-01", "on_succession": "lapses"});
    says("DelegationGranted", &format!("delegation/{slug}"), facts).reported()
}

#[test]
fn a_reorganisation_changes_the_merger_the_committees_and_the_delegations_that_it_ends() {
    let mut onward = delegated("onward", "04M", json!({"committee": "committee/m"}));
    onward.facts["under"] = json!("delegation/to-m");
    let before = [
        committee("k", &["04K"]),
        committee("m", &["04M"]),
        delegated("k", "04K", json!({"committee": "committee/k"})),
        delegated("to-m", "04K", json!({"body": "body/04M"})),
        onward,
        delegated("own-m", "04M", json!({"committee": "committee/m"})),
    ];
    let story = given(up_to_approval()).and(before).and([merged()]);
    let changes = last_changes(&story);
    for fallen in ["committee/k", "delegation/k", "delegation/to-m", "delegation/onward"] {
        let was = if fallen.starts_with("committee") { "live" } else { "in_force" };
        has(&changes, [fallen, "state", "2020-04-01", was, "lapsed"]);
    }
    let merger: Vec<_> = changes.iter().filter(|line| line[0] == "merger/m" && line[1] == "state").collect();
    assert!(merger.iter().any(|line| line[2] == "2020-04-01" && line[4] == "effected"), "{merger:?}");
    // What the other body has of its own stays.
    for stays in ["committee/m", "delegation/own-m"] {
        assert!(!changes.iter().any(|line| line[0] == stays), "{stays} in {changes:#?}");
    }
    // An entry that ends nobody changes none of it.
    let story = given([committee("k", &["04K"]), appointed("04K", "chair", "a", "2019-02-01")]);
    assert!(last_changes(&story).iter().all(|line| line[0] == "body/04K"));
}

#[test]
fn a_joint_decision_is_told_of_each_of_its_bodies() {
    let mut joint = decided("04K", "2019-07-04", json!({"none": {}})).reported();
    joint.facts["decided_with"] = json!([{"body": "body/04L"}]);
    let story = given([joint]);
    let changes = last_changes(&story);
    let last = story.record().len() - 1;
    let (fact, value) =
        (format!("decision of 2019-07-04 (entry {last})"), "approved (of body/04K, body/04L together)");
    assert_eq!(changes.len(), 2, "{changes:?}");
    for body in ["body/04K", "body/04L"] {
        has(&changes, [body, &fact, "2019-07-04", "-", value]);
        let (before, after) = (story.at("2019-07-03"), story.at("2019-07-04"));
        assert_eq!(between(&story, body, before, after), [[fact.clone(), "-".to_owned(), value.to_owned()]]);
    }
    // One of a single body names that alone.
    let story = given([decided("04K", "2019-07-04", json!({"none": {}}))]);
    assert_eq!(last_changes(&story).iter().map(|line| &*line[0]).collect::<Vec<_>>(), ["body/04K"]);
}

#[test]
fn each_step_of_a_search_the_seal_and_breaches_are_compared() {
    let office = "accountable_officer";
    let steps = [
        says("RecruitmentOpened", "body/04K", json!({"office": office, "opened_on": "2019-06-20"})),
        says(
            "OfficerNominated",
            "body/04K",
            json!({"office": office, "person": "person/a", "nominated_on": "2019-06-21",
            "also_for": ["body/04L"]}),
        ),
        says(
            "AppointmentDetermined",
            "body/04K",
            json!({"office": office, "person": "person/a",
            "determined_on": "2019-06-22", "outcome": "refused", "reasons": "In writing."}),
        ),
        says(
            "SealUsed",
            "body/04K",
            json!({"used_on": "2019-06-23", "number": 12,
            "document": {"title": "Lease", "held": false}, "attested_by": ["person/a"]}),
        ),
        says(
            "BreachRecorded",
            "body/04K",
            json!({"recorded_on": "2019-06-24", "summary": "A gift was not declared.",
            "action": "It was returned."}),
        ),
    ];
    let expected = [
        ("recruitment of 2019-06-20 for accountable_officer", "2019-06-20", "opened"),
        ("nomination of 2019-06-21 for accountable_officer", "2019-06-21", "person/a"),
        ("determination of 2019-06-22 for accountable_officer", "2019-06-22", "refused: person/a"),
        ("seal used on 2019-06-23, number 12", "2019-06-23", "Lease"),
        ("breach of 2019-06-24", "2019-06-24", "A gift was not declared."),
    ];
    for (step, (fact, day, value)) in steps.into_iter().zip(expected) {
        let story = given([step.reported()]);
        let fact = format!("{fact} (entry {})", story.record().len() - 1);
        let changes = last_changes(&story);
        has(&changes, ["body/04K", &fact, day, "-", value]);
        let of_the_other = changes.iter().any(|line| line[0] == "body/04L");
        assert_eq!(of_the_other, fact.starts_with("nomination"), "{changes:?}");
        let (before, on) = (story.at("2019-06-19"), story.at(day));
        assert_eq!(between(&story, "body/04K", before, on), [[fact, "-".to_owned(), value.to_owned()]]);
        assert!(between(&story, "body/04K", on, story.at("2019-06-30")).is_empty());
    }
}

#[test]
fn what_an_imprecise_date_tells_is_told_as_perhaps() {
    let july = month("2019-07", 31);
    let mut imprecise = decided("04K", "2019-07-04", json!({"none": {}})).reported();
    imprecise.facts["decided_on"] = july.clone();
    let mut called = says(
        "MeetingConvened",
        "meeting/m",
        json!({"kind": "single", "bodies": ["body/04K"], "title": "Governing body",
            "starts_at": "2019-08-20T13:00:00+01:00", "parts": ["public"], "called_on": "2019-06-01"}),
    )
    .reported();
    called.facts["called_on"] = july.clone();
    let mut audit = committee("k", &["04K"]);
    audit.facts["established_on"] = july;
    let story = given([imprecise, called, audit]);
    let value = |subject: &str, fact: &str, day: &str| {
        let nothing = story.at(day).as_known(0);
        let found = between(&story, subject, nothing, story.at(day));
        found.into_iter().find(|line| line[0].starts_with(fact)).map(|line| line[2].clone())
    };
    for (subject, fact, sure) in [
        ("body/04K", "decision", "approved"),
        ("meeting/m", "state", "convened"),
        ("committee/k", "state", "live"),
    ] {
        let perhaps = format!("perhaps {sure}");
        assert_eq!(value(subject, fact, "2019-07-15").as_deref(), Some(&*perhaps), "{subject}");
        assert_eq!(value(subject, fact, "2019-07-31").as_deref(), Some(sure), "{subject}");
    }
    assert_eq!(value("body/04K", "decision", "2019-06-30"), None);
    // An entry says from when on it is perhaps so, and from when on for certain.
    let story = story.and([{
        let mut said = chose("04K", "apply", "2019-07-04").reported();
        said.facts["decided_on"] = month("2019-07", 31);
        said
    }]);
    let lines: Vec<_> = last_changes(&story).into_iter().filter(|line| line[0] == "body/04K").collect();
    let days: Vec<_> = lines.iter().map(|line| (line[2].as_str(), line[4].starts_with("perhaps "))).collect();
    assert_eq!(days, [("2019-07-01", true), ("2019-07-31", false)], "{lines:?}");
}
