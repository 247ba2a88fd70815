//! Decisions between meetings, their conditions, and what becomes of decisions later.

use crate::said::{Said, decided, id, merged, says, up_to_approval};
use crate::story::{Story, given};
use minutebook_governance::actions::{ActionState, actions_of};
use minutebook_governance::decisions::{Ratification, ratification, rescission};
use serde_json::{Value, json};

fn plain(on: &str) -> Said {
    decided("04K", on, json!({"none": {}}))
}

fn with(mut said: Said, member: &str, value: Value) -> Said {
    said.facts[member] = value;
    said
}

/// Chair's action of 1 August, to be ratified by 5 September.
pub(crate) fn urgent() -> Said {
    let urgency = json!({"taken_by": ["person/a"], "consulted": ["person/a", "person/b"],
        "grounds": "The offer ends today.", "ratify_by": "2019-09-05"});
    with(with(plain("2019-08-01"), "mode", json!("urgent")), "urgent", urgency).with_id(1)
}

fn ratified(by: &str, on: &str) -> Said {
    says(
        "DecisionRatified",
        &format!("body/{by}"),
        json!({"decision": id(1), "outcome": "ratified", "ratified_on": on}),
    )
}

#[test]
fn who_decides_between_meetings_answers_for_it() {
    given([]).when(urgent()).then_obeys("decision.urgent");
    given([]).when(with(plain("2019-08-01"), "mode", json!("urgent"))).then_refused("decision.urgent");
    given([]).when(with(urgent(), "mode", json!("meeting"))).then_refused("decision.urgent");
    // What the minutes of the past do not say, nobody can tell.
    let past = with(plain("2019-08-01"), "mode", json!("urgent")).with_standing("own_record").with_minutes();
    given([]).when(past).then_found("decision.urgent");
}

#[test]
fn two_others_are_consulted() {
    let mut alone = urgent();
    alone.facts["urgent"]["consulted"] = json!(["person/b"]);
    given([]).when(urgent()).then_obeys("decision.consulted");
    given([]).when(alone).then_found("decision.consulted");
}

#[test]
fn an_urgent_decision_is_ratified_once_by_its_body() {
    let story = || given([urgent(), plain("2019-08-01").with_id(2)]);
    story().when(ratified("04K", "2019-09-05")).then_obeys("ratification.urgent-decision");
    story().when(ratified("04L", "2019-09-05")).then_refused("ratification.urgent-decision");
    let mut other = ratified("04K", "2019-09-05");
    other.facts["decision"] = json!(id(2));
    story().when(other).then_refused("ratification.urgent-decision");
    let again = story().and([ratified("04K", "2019-09-05")]);
    let known =
        |day: &str| ratification(again.record(), id(1), again.at(day)).map(|(outcome, _position)| outcome);
    assert_eq!((known("2019-09-04"), known("2019-09-05")), (None, Some(Ratification::Ratified)));
    again.when(ratified("04K", "2019-09-06")).then_refused("ratification.urgent-decision");
}

#[test]
fn it_is_ratified_in_time() {
    given([urgent()]).when(ratified("04K", "2019-09-05")).then_obeys("ratification.in-time");
    given([urgent()]).when(ratified("04K", "2019-09-06")).then_found("ratification.in-time");
    let story = given([urgent()]).finds_no("decision.ratified", "2019-09-05");
    let story = story.finds("decision.ratified", "2019-09-06");
    story.and([ratified("04K", "2019-10-01")]).finds_no("decision.ratified", "2019-10-01");
}

#[test]
fn a_successor_ratifies_for_its_predecessor() {
    let mut late = urgent();
    late.facts["urgent"]["ratify_by"] = json!("2020-04-30");
    let story = given(up_to_approval()).and([late, merged()]);
    story.when(ratified("52R", "2020-04-08")).then_obeys("ratification.urgent-decision");
}

fn rescinds(by: &str, old: u8, new: u8) -> Said {
    says(
        "DecisionRescinded",
        &format!("body/{by}"),
        json!({"decision": id(old), "by_decision": id(new), "effective": "2019-10-03"}),
    )
}

fn two_decisions() -> Story {
    given([plain("2019-07-04").with_id(1), plain("2019-10-03").with_id(2)])
}

#[test]
fn what_stands_is_rescinded_once() {
    let story = two_decisions().when(rescinds("04K", 1, 2)).then_obeys("rescission.standing");
    let known = |day: &str| rescission(story.record(), id(1), story.at(day)).is_some();
    assert!(!known("2019-10-02") && known("2019-10-03"));
    story.when(rescinds("04K", 1, 2)).then_refused("rescission.standing");
    two_decisions().when(rescinds("04L", 1, 2)).then_refused("rescission.standing");
    two_decisions().when(rescinds("04K", 7, 2)).then_refused("rescission.standing");
}

#[test]
fn a_newer_decision_rescinds_and_nothing_else() {
    two_decisions().when(rescinds("04K", 1, 2)).then_obeys("rescission.new-decision");
    two_decisions().when(rescinds("04K", 2, 1)).then_refused("rescission.new-decision");
    two_decisions().when(rescinds("04K", 1, 1)).then_refused("rescission.new-decision");
    let lost = with(plain("2019-10-03"), "outcome", json!("rejected")).with_id(2);
    given([plain("2019-07-04").with_id(1), lost])
        .when(rescinds("04K", 1, 2))
        .then_refused("rescission.new-decision");
}

#[test]
fn a_written_resolution_has_no_more_votes_than_voters() {
    let resolution = |in_favour: u32| {
        let round = json!({"circulated_on": "2019-08-01", "closed_on": "2019-08-08", "entitled": 12});
        let said = with(with(plain("2019-08-08"), "mode", json!("written")), "written", round);
        with(said, "votes", json!({"for": in_favour, "against": 2, "abstained": 1}))
    };
    given([]).when(resolution(9)).then_obeys("decision.written-votes");
    given([]).when(resolution(10)).then_refused("decision.written-votes");
}

#[test]
fn a_condition_is_an_action_that_somebody_owns() {
    let conditions = json!([{"action": "action/c", "text": "A plan for staff.", "owner": {"office": "accountable_officer"},
        "due": "2019-09-30"}]);
    let conditional = with(plain("2019-07-04"), "outcome", json!("approved_with_conditions"));
    given([]).when(conditional.clone()).then_found("decision.conditions-listed");
    given([])
        .when(with(plain("2019-07-04"), "conditions", conditions.clone()))
        .then_found("decision.conditions-listed");
    let conditional = with(conditional, "conditions", conditions);
    let story = given([]).when(conditional.clone()).then_obeys("decision.conditions-listed");
    let story = story.finds("action.overdue", "2019-10-01");
    let met = says("ActionUpdated", "action/c", json!({"change": "completed", "updated_on": "2019-09-20"}));
    let story = story.and([met]).finds_no("action.overdue", "2019-10-01");
    let found = actions_of(story.record(), &"body/04K".parse().unwrap(), story.at("2019-10-01"));
    assert_eq!((found.len(), found[0].is_condition, found[0].state), (1, true, ActionState::Completed));
    let mut twice = conditional;
    let condition = twice.facts["conditions"][0].clone();
    twice.facts["conditions"].as_array_mut().unwrap().push(condition);
    given([]).when(twice).then_malformed("/data/facts/conditions");
}

fn sealed(attested: Value, decision: u8) -> Said {
    says(
        "SealUsed",
        "body/04K",
        json!({"used_on": "2019-09-06", "document": {"title": "Lease", "held": false}, "attested_by": attested,
            "decision": id(decision)}),
    )
}

#[test]
fn the_seal_carries_out_a_decision_before_two_people() {
    let story = || {
        given([plain("2019-07-04").with_id(1), decided("04L", "2019-07-04", json!({"none": {}})).with_id(2)])
    };
    let two = || json!(["person/a", "person/b"]);
    story().when(sealed(two(), 1)).then_obeys("seal.attested");
    story().when(sealed(json!(["person/a"]), 1)).then_found("seal.attested");
    story().when(sealed(json!(["person/a", "person/a"]), 1)).then_found("seal.attested");
    story().when(sealed(two(), 1)).then_obeys("seal.decision");
    story().when(sealed(two(), 2)).then_refused("seal.decision");
    story().when(sealed(two(), 3)).then_refused("seal.decision");
}

#[test]
fn a_decision_at_a_meeting_belongs_to_an_item() {
    let at = with(plain("2019-07-04"), "meeting", json!("meeting/x"));
    given([]).when(at).then_malformed("/data/facts/item");
}
