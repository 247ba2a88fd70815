//! The end of a body, and what it leaves.

use crate::meetings::{agenda, closed, convened, opened};
use crate::said::{Said, appointed, merged, says, up_to_approval};
use crate::story::given;
use serde_json::{Value, json};

/// 04K ends after 31 March 2020.
fn dissolved(successors: &[&str]) -> Said {
    let successors: Vec<_> = successors.iter().map(|slug| format!("body/{slug}")).collect();
    says(
        "BodyDissolved",
        "body/04K",
        json!({"effective": "2020-04-01", "reason": "order", "successors": successors}),
    )
}

fn chair() -> Said {
    appointed("04K", "chair", "a", "2013-04-01")
}

#[test]
fn a_meeting_that_nobody_closed_stops_no_end_and_is_found() {
    let sits = || vec![chair(), convened(), agenda(), opened()];
    let closed = || [sits(), vec![closed()]].concat();
    given(sits()).when(dissolved(&["04L"])).then_found("ending.no-meeting-sits");
    given(closed()).when(dissolved(&["04L"])).then_obeys("ending.no-meeting-sits");
    given([convened()]).when(dissolved(&["04L"])).then_obeys("ending.no-meeting-sits");
    // A reorganisation ends bodies too.
    given(up_to_approval()).and(closed()).when(merged()).then_obeys("ending.no-meeting-sits");
    given(up_to_approval()).and(sits()).when(merged()).then_found("ending.no-meeting-sits");
}

#[test]
fn open_actions_of_a_body_that_is_divided_have_an_heir() {
    let action = || {
        let owner = json!({"office": "chair"});
        says(
            "ActionAssigned",
            "action/a",
            json!({"body": "body/04K", "text": "Bring the paper.", "owner": owner, "assigned_on": "2019-07-04"}),
        )
    };
    let updated = |change: Value| {
        says("ActionUpdated", "action/a", json!({"change": change, "updated_on": "2020-03-01"}))
    };
    let ends = |change: Option<Value>, successors: &[&str]| {
        given([action()]).and(change.map(updated)).when(dissolved(successors))
    };
    ends(None, &["04L", "04M"]).then_found("ending.actions-have-heirs");
    ends(None, &["04L"]).then_obeys("ending.actions-have-heirs");
    ends(Some(json!("completed")), &["04L", "04M"]).then_obeys("ending.actions-have-heirs");
    let transferred = json!({"transferred": {"body": "body/04L"}});
    ends(Some(transferred), &["04L", "04M"]).then_obeys("ending.actions-have-heirs");
}

/// The merger, with transfer schemes from these.
fn with_schemes(from: &[&str]) -> Said {
    let mut said = merged();
    let scheme = |slug: &&str| json!({"kinds": ["property", "staff"], "from": format!("body/{slug}"), "to": "body/52R"});
    if !from.is_empty() {
        said.facts["transfers"] = from.iter().map(scheme).collect();
    }
    said
}

#[test]
fn what_a_body_owns_passes_by_a_scheme() {
    let effected = |from: &[&str]| given(up_to_approval()).when(with_schemes(from));
    effected(&["04K", "04L"]).then_obeys("reorganisation.transfer-schemes");
    effected(&["04K"]).then_found("reorganisation.transfer-schemes");
    effected(&[]).then_found("reorganisation.transfer-schemes");
}

#[test]
fn a_scheme_passes_to_whom_the_law_lets_it() {
    let kind =
        |kind: &str| says("BodyRegistered", "body/RX1", json!({"kind": kind, "name": "NHS RX1"})).reported();
    let mut elsewhere = with_schemes(&["04K", "04L"]);
    elsewhere.facts["transfers"][0]["to"] = json!("body/RX1");
    let to = |of: &str| given(up_to_approval()).and([kind(of)]).when(elsewhere.clone());
    to("national").then_obeys("reorganisation.transfer-parties");
    to("trust").then_refused("reorganisation.transfer-parties");
    to("council").then_refused("reorganisation.transfer-parties");
}

#[test]
fn a_scheme_passes_something_to_somebody_else() {
    let malformed = |member: &str, value: Value, at: &str| {
        let mut said = with_schemes(&["04K", "04L"]);
        said.facts["transfers"][1][member] = value;
        given(up_to_approval()).when(said).then_malformed(at);
    };
    malformed("kinds", json!([]), "/data/facts/transfers/1/kinds");
    malformed("to", json!("body/04L"), "/data/facts/transfers/1/to");
    malformed("schedule", json!({"title": "Scheme", "held": true}), "/data/facts/transfers/1/schedule");
}
