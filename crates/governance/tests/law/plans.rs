//! Plans are not facts.

use crate::said::{Said, decided, merged, says, up_to_approval};
use crate::story::{Story, given};
use minutebook_governance::plans::{IntentionState, intention, intentions_about};
use serde_json::{Value, json};

fn intended(intends: &str, when: Value) -> Said {
    let mut facts =
        json!({"intends": intends, "mood": "planned", "about": ["body/04K"], "wording": "It is planned."});
    if when != Value::Null {
        facts["when"] = when;
    }
    says("IntentionRecorded", "intention/i", facts)
}

fn state(story: &Story, day: &str) -> IntentionState {
    intention(story.record(), &"intention/i".parse().unwrap(), story.at(day)).unwrap().state
}

#[test]
fn an_intention_intends_a_type_or_other() {
    given([]).when(intended("ReorganisationEffected", Value::Null)).then_obeys("intention.known-type");
    given([]).when(intended("other", Value::Null)).then_obeys("intention.known-type");
    given([]).when(intended("SomethingElse", Value::Null)).then_refused("intention.known-type");
    given([])
        .when(intended("SomethingElse", Value::Null).in_the_press())
        .then_refused("intention.known-type");
}

#[test]
fn what_carries_out_an_intention_is_what_was_intended() {
    let story = || given(up_to_approval()).and([intended("ReorganisationEffected", Value::Null)]);
    let done = story().when(merged().fulfilling("intention/i")).then_obeys("intention.fulfilled");
    assert_eq!(
        (state(&done, "2020-03-31"), state(&done, "2020-04-01")),
        (IntentionState::Open, IntentionState::Met)
    );
    let other = decided("04K", "2019-07-04", json!({"none": {}})).fulfilling("intention/i");
    let story = story().when(other.clone()).then_found("intention.fulfilled");
    assert_eq!(state(&story, "2020-01-01"), IntentionState::Open);
    given([]).when(other.clone()).then_found("intention.fulfilled");
    let story = given([intended("other", Value::Null)]).when(other).then_obeys("intention.fulfilled");
    assert_eq!(state(&story, "2019-07-04"), IntentionState::Met);
}

#[test]
fn talk_of_an_intention_does_not_carry_it_out() {
    let about = says(
        "IntentionRecorded",
        "intention/j",
        json!({"intends": "other", "mood": "expected",
        "about": ["intention/i"], "wording": "They still mean it."}),
    );
    let story = given([intended("other", Value::Null), about]);
    assert_eq!(state(&story, "2020-01-01"), IntentionState::Open);
    // Nor does what the press says of it.
    let reported = decided("04K", "2019-07-04", json!({"none": {}})).in_the_press().fulfilling("intention/i");
    let story = given([intended("DecisionRecorded", Value::Null), reported]);
    assert_eq!(state(&story, "2020-01-01"), IntentionState::Open);
}

#[test]
fn an_intention_lapses_after_its_day() {
    let story = given([intended("DecisionRecorded", json!("2019-07-04"))]);
    assert_eq!(state(&story, "2019-07-04"), IntentionState::Open, "it may still come");
    assert_eq!(state(&story, "2019-07-05"), IntentionState::Lapsed);
    let vague = given([intended("DecisionRecorded", json!({"written": "next Wednesday"}))]);
    assert_eq!(state(&vague, "2030-01-01"), IntentionState::Open);
}

#[test]
fn intentions_are_listed_once_each_with_whatever_standing() {
    let story =
        given([intended("other", Value::Null), intended("other", json!("2019-07-04")).in_the_press()]);
    let listed = intentions_about(story.record(), &"body/04K".parse().unwrap(), story.at("2019-01-01"));
    assert_eq!(listed.len(), 1);
    assert_eq!((listed[0].why.len(), listed[0].recorded.when.is_some()), (2, true));
}
