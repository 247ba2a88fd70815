//! Plans are not facts.

use crate::said::{Said, decided, merged, says, up_to_approval};
use crate::story::{Story, date, given};
use minutebook_governance::plans::{IntentionState, intention, intentions_about, statements_about};
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

fn resolved(fate: &str, on: &str) -> Said {
    says("IntentionResolved", "intention/i", json!({"fate": fate, "resolved_on": on}))
}

#[test]
fn what_became_of_an_intention_is_said_once() {
    let story = || given([intended("DecisionRecorded", json!("2019-07-04"))]);
    given([]).when(resolved("lapsed", "2019-08-01")).then_refused("intention.open");
    let told = story().when(resolved("contradicted", "2019-06-01")).then_obeys("intention.open");
    assert_eq!(
        (state(&told, "2019-05-31"), state(&told, "2019-06-01")),
        (IntentionState::Open, IntentionState::Contradicted)
    );
    told.when(resolved("met", "2019-07-04")).then_refused("intention.open");
    // Whose day has passed may still be said to be met.
    let late = story().when(resolved("met", "2019-08-01")).then_obeys("intention.open");
    assert_eq!(
        (state(&late, "2019-07-05"), state(&late, "2019-08-01")),
        (IntentionState::Lapsed, IntentionState::Met)
    );
    // What the press says became of it resolves nothing.
    let story = story().and([resolved("lapsed", "2019-06-01").in_the_press()]);
    assert_eq!(state(&story, "2019-06-02"), IntentionState::Open);
}

#[test]
fn a_plan_keeps_its_numbers_posts_and_what_waits_for_it() {
    let mut said =
        intended("OfficeDefined", json!({"written": "no earlier than April 2019", "earliest": "2019-04-01"}));
    said.facts["posts"] = json!([{"title": "Managing director", "count": 2}]);
    said.facts["quantities"] =
        json!([{"at_least": 330000, "at_most": 700000, "unit": "people", "approximate": true}]);
    said.facts["gates"] = json!("OfficerAppointed");
    let story = given([]).when(said.clone()).then_obeys("intention.known-type");
    assert_eq!(state(&story, "2030-01-01"), IntentionState::Open, "a lower bound never lapses");
    said.facts["gates"] = json!("SomethingElse");
    given([]).when(said.clone()).then_refused("intention.known-type");
    said.facts["posts"][0]["count"] = json!(0);
    given([]).when(said.clone()).then_malformed("/data/facts/posts");
    said.facts["posts"][0]["count"] = json!(1);
    said.facts["quantities"][0]["at_least"] = json!(800_000);
    given([]).when(said).then_malformed("/data/facts/quantities/0");
}

#[test]
fn a_plan_to_delegate_to_a_partnership_is_found() {
    let mut said = intended("DelegationGranted", Value::Null);
    said.facts["about"] = json!(["partnership/p"]);
    given([]).when(said.clone().in_the_press()).then_found("delegation.not-to-partnership");
    said.facts["about"] = json!(["body/04K"]);
    given([]).when(said).then_obeys("delegation.not-to-partnership");
}

#[test]
fn what_does_not_go_together_is_found() {
    let mut said = says(
        "StatementRecorded",
        "statement/s",
        json!({"speaker": "They", "role": "the six CCGs",
        "text": "We now have one team.", "about": ["body/04K"], "said_on": "2019-05-01"}),
    );
    let said_by_press = said.clone().in_the_press();
    let story = given([]).when(said_by_press).then_obeys("statement.contradiction");
    said.facts["contradicts"] = json!(["intention/i"]);
    let story = story.when(said.in_the_press()).then_found("statement.contradiction");
    let listed = statements_about(story.record(), &"body/04K".parse().unwrap(), story.at("2019-06-01"));
    assert_eq!((listed.len(), listed[0].recorded.contradicts.len()), (1, 1), "the last revision");
}

#[test]
fn what_was_to_come_of_a_merger_that_was_given_up_is_contradicted() {
    let of_m = |intends: &str| {
        let mut said = intended(intends, json!("2020-04-01"));
        said.facts["about"] = json!(["body/04K", "merger/m"]);
        said
    };
    let story = |said: Said| {
        given([crate::said::proposed("m", &["04K", "04L"], "2019-04-04"), said])
            .and([crate::said::abandoned("m", "2019-09-01")])
    };
    let merges = story(of_m("ReorganisationEffected"));
    let states = ["2019-08-31", "2019-09-01", "2021-01-01"].map(|day| state(&merges, day));
    assert_eq!(states, [IntentionState::Open, IntentionState::Contradicted, IntentionState::Contradicted]);
    let seen = intention(merges.record(), &"intention/i".parse().unwrap(), merges.at("2019-09-01")).unwrap();
    assert_eq!(seen.why.len(), 2, "the intention, and what gave the merger up");
    // What may come without it, and what somebody says of it, are not touched.
    assert_eq!(state(&story(of_m("StatementRecorded")), "2019-09-01"), IntentionState::Open);
    let told = merges.when(resolved("lapsed", "2019-10-01")).then_obeys("intention.open");
    assert_eq!(state(&told, "2019-10-01"), IntentionState::Lapsed);
}

#[test]
fn beyond_what_is_known_no_intention_lapses() {
    use minutebook_governance::{KnownUntil, View};
    let said = intended("DecisionRecorded", json!("2019-07-04"));
    let story = given([said.clone()]);
    let found = |day: &str, until: KnownUntil| {
        let view = View { until, ..story.at(day) };
        intention(story.record(), &"intention/i".parse().unwrap(), view).unwrap()
    };
    let june = KnownUntil::Day(date("2019-06-30"));
    let beyond = found("2020-01-01", june);
    assert_eq!((beyond.state, beyond.known_to), (IntentionState::DuePassed, date("2019-06-30")));
    assert_eq!(found("2019-07-04", june).state, IntentionState::Open, "its day has not passed");
    assert_eq!(found("2020-01-01", KnownUntil::Day(date("2019-07-05"))).state, IntentionState::Lapsed);
    // What a source reports is known to no later than the loads speak.
    let load = says("DocumentRegistered", "document/d", json!({"title": "D", "speaks_to": "2019-06-15"}));
    let reported = given([load.reported(), said.clone().in_the_press()]);
    assert_eq!(state(&reported, "2020-01-01"), IntentionState::DuePassed);
    let enacted = given([
        says("DocumentRegistered", "document/d", json!({"title": "D", "speaks_to": "2019-06-15"})).reported(),
        said,
    ]);
    assert_eq!(state(&enacted, "2020-01-01"), IntentionState::Lapsed, "an act stands in a book that goes on");
}

#[test]
fn an_intention_and_a_statement_hold_from_the_day_on_which_they_were_said() {
    let mut said = intended("other", Value::Null);
    said.facts["stated_on"] = json!("2019-05-10");
    let story = given([said.clone()]);
    let about = |story: &Story, day: &str| {
        let known = intentions_about(story.record(), &"body/04K".parse().unwrap(), story.at(day));
        known.iter().map(|it| it.is_sure).collect::<Vec<_>>()
    };
    assert_eq!((about(&story, "2019-05-09"), about(&story, "2019-05-10")), (vec![], vec![true]));
    said.facts["stated_on"] = json!({"written": "2019", "earliest": "2019-01-01", "latest": "2019-12-31"});
    let vague = given([said]);
    let sure = ["2018-12-31", "2019-06-01", "2019-12-31"].map(|day| about(&vague, day));
    assert_eq!(sure, [vec![], vec![false], vec![true]]);
    let statement = says(
        "StatementRecorded",
        "statement/s",
        json!({"speaker": "They", "text": "We have one team.", "about": ["body/04K"], "said_on": "2019-05-01"}),
    );
    let story = given([statement.in_the_press()]);
    let said_by =
        |day: &str| statements_about(story.record(), &"body/04K".parse().unwrap(), story.at(day)).len();
    assert_eq!((said_by("2019-04-30"), said_by("2019-05-01")), (0, 1));
}

#[test]
fn what_has_no_date_was_said_by_the_day_on_which_it_was_written_down() {
    let story = given([intended("other", Value::Null).on("2019-05-10")]);
    let sure = |day: &str| {
        let id = "intention/i".parse().unwrap();
        intention(story.record(), &id, story.at(day)).unwrap().is_sure
    };
    assert_eq!((sure("2019-05-09"), sure("2019-05-10")), (false, true));
}
