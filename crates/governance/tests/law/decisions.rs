//! Decisions: one per item and body.

use crate::said::{Said, applied, chose, decided, document, proposed, says};
use crate::story::{Story, given};
use minutebook_governance::decisions::{decisions, takes_part};
use serde_json::{Value, json};

fn voted(outcome: &str, votes: Value) -> Said {
    let mut said = decided("04K", "2019-07-04", json!({"none": {}}));
    (said.facts["outcome"], said.facts["votes"]) = (json!(outcome), votes);
    said
}

fn with_proposal() -> Story {
    given([proposed("m", &["04K", "04L"], "2019-04-04")])
}

#[test]
fn counted_votes_carry_the_outcome() {
    let rule = "decision.arithmetic";
    let votes = |outcome: &str, votes: Value| given([]).when(voted(outcome, votes));
    votes("approved", json!({"for": 5, "against": 4})).then_obeys("decision.arithmetic");
    votes("approved", json!({"for": 4, "against": 5})).then_refused("decision.arithmetic");
    votes("approved", json!({"for": 4, "against": 4})).then_refused(rule);
    votes("approved", json!({"for": 4, "against": 4, "casting_vote": true})).then_obeys(rule);
    votes("approved_with_conditions", json!({"for": 3, "against": 4})).then_refused(rule);
    votes("rejected", json!({"for": 5, "against": 4})).then_refused(rule);
    votes("rejected", json!({"for": 4, "against": 4})).then_obeys(rule);
    votes("deferred", json!({"for": 4, "against": 5})).then_obeys(rule);
}

#[test]
fn counted_votes_carry_the_outcome_by_the_rules_of_the_body() {
    let constitution = says(
        "ConstitutionAdopted",
        "body/04K",
        json!({"version": "1", "document": document(), "effective": "2013-04-01", "basis": "establishment"}),
    );
    let signers = [("secretary-04K", "secretary", "body/04K"), ("nhs-england", "nhs_england", "")];
    let voting =
        json!({"effective": "2019-01-01", "voting": {"majority": "three_quarters", "casting_vote": true}});
    let ruled =
        || given([constitution.clone().by(&signers), says("GoverningRulesSet", "body/04K", voting.clone())]);
    let two_to_one = |outcome: &str| voted(outcome, json!({"for": 2, "against": 1}));
    ruled().when(two_to_one("approved")).then_refused("decision.arithmetic");
    ruled().when(two_to_one("rejected")).then_obeys("decision.arithmetic");
    let mut before = two_to_one("approved");
    before.facts["decided_on"] = json!("2018-12-31");
    ruled().when(before).then_obeys("decision.arithmetic");
}

#[test]
fn only_who_takes_part_decides_on_a_proposal() {
    with_proposal().when(chose("04K", "apply", "2019-07-04")).then_obeys("decision.participant");
    with_proposal().when(chose("04M", "apply", "2019-07-04")).then_refused("decision.participant");
    given([]).when(chose("04K", "apply", "2019-07-04")).then_refused("decision.participant");
    given([]).when(chose("04M", "join", "2019-07-04")).then_refused("decision.participant");
}

#[test]
fn who_joins_takes_part_and_who_leaves_does_not() {
    let story = with_proposal().when(chose("04M", "join", "2019-05-01")).then_obeys("decision.participant");
    let story = story.when(chose("04M", "apply", "2019-07-04")).then_obeys("decision.participant");
    let story = story.when(chose("04M", "withdraw", "2019-08-01")).then_obeys("decision.participant");
    let part = |day: &str| {
        takes_part(story.record(), &"merger/m".parse().unwrap(), &"body/04M".parse().unwrap(), story.at(day))
    };
    assert_eq!([part("2019-04-30"), part("2019-05-01"), part("2019-08-01")], [false, true, false]);
    story.when(chose("04M", "apply", "2019-09-01")).then_refused("decision.participant");
}

#[test]
fn only_what_was_carried_has_an_effect() {
    let outcome = |choice: &str, outcome: &str| {
        let mut said = chose("04K", choice, "2019-07-04");
        said.facts["outcome"] = json!(outcome);
        with_proposal().when(said)
    };
    outcome("apply", "approved").then_obeys("decision.outcome-fits-effect");
    outcome("apply", "approved_with_conditions").then_obeys("decision.outcome-fits-effect");
    outcome("apply", "rejected").then_refused("decision.outcome-fits-effect");
    outcome("apply", "noted").then_refused("decision.outcome-fits-effect");
    outcome("defer", "deferred").then_obeys("decision.outcome-fits-effect");
    outcome("defer", "approved").then_refused("decision.outcome-fits-effect");
}

#[test]
fn a_decision_gives_its_reasons() {
    let with_reasons = decided("04K", "2019-07-04", json!({"none": {}}));
    let mut without = with_reasons.clone();
    without.facts.as_object_mut().unwrap().remove("reasons");
    given([]).when(with_reasons).then_obeys("decision.reasons");
    given([]).when(without).then_found("decision.reasons");
}

#[test]
fn what_a_rule_refuses_can_be_minuted_and_stays_marked() {
    let minuted = |rule: &str| decided("04K", "2019-07-04", json!({"none": {"refused_by": rule}}));
    given([]).when(minuted("body.open")).then_found("decision.no-effect");
    given([]).when(decided("04K", "2019-07-04", json!({"none": {}}))).then_obeys("decision.no-effect");
    given([]).when(minuted("decision.arithmetic")).then_obeys("decision.refused-by");
    given([]).when(minuted("no.rule")).then_refused("decision.refused-by");
    // Even where the body is closed, or the votes do not carry it.
    let mut unlawful = voted("approved", json!({"for": 1, "against": 2}));
    given([]).when(unlawful.clone()).then_refused("decision.arithmetic");
    unlawful.facts["effect"] = json!({"none": {"refused_by": "decision.arithmetic"}});
    given([]).when(unlawful).then_admitted().finds("decision.no-effect", "2025-01-01");
    let closed = says(
        "BodyDissolved",
        "body/04K",
        json!({"effective": "2018-04-01", "reason": "order",
        "successors": ["body/04L"]}),
    );
    given([closed.clone()]).when(decided("04K", "2019-07-04", json!({"none": {}}))).then_refused("body.open");
    given([closed]).when(minuted("body.open")).then_admitted();
    // Not before there was a body to do it: it opened on 1 April 2013.
    let on = |day: &str| decided("04K", day, json!({"none": {"refused_by": "decision.arithmetic"}}));
    given([]).when(on("1026-07-04")).then_refused("body.open");
    given([]).when(on("2013-03-31")).then_refused("body.open");
    given([]).when(on("2013-04-01")).then_obeys("body.open");
}

#[test]
fn an_own_record_names_its_minutes() {
    let transcribed = || decided("04K", "2014-07-04", json!({"none": {}})).with_standing("own_record");
    given([]).when(transcribed().with_minutes()).then_obeys("own-record.document");
    given([]).when(transcribed()).then_refused("own-record.document");
    let mut not_held = transcribed();
    not_held.more.push(("evidence", json!([{"title": "Minutes", "held": false}])));
    given([]).when(not_held).then_refused("own-record.document");
    // It satisfies hard rules: each applicant has decided.
    let own = |said: Said| said.with_standing("own_record").with_minutes();
    let story = with_proposal()
        .and([own(chose("04K", "apply", "2019-07-04")), own(chose("04L", "apply", "2019-07-04"))]);
    story.when(applied(1, "2019-09-30")).then_admitted();
}

#[test]
fn one_sitting_is_as_many_decisions_as_bodies() {
    let story =
        with_proposal().and([chose("04K", "apply", "2019-07-04"), chose("04L", "defer", "2019-07-04")]);
    let of = |subject: &str| decisions(story.record(), &subject.parse().unwrap(), story.at("2019-07-04"));
    assert_eq!((of("body/04K").len(), of("body/04L").len(), of("merger/m").len()), (1, 1, 2));
    assert!(decisions(story.record(), &"merger/m".parse().unwrap(), story.at("2019-07-03")).is_empty());
}

#[test]
fn a_report_may_not_know_how_it_was_decided() {
    let not_stated = || {
        let mut said = decided("04K", "2019-07-04", json!({"none": {}}));
        said.facts["mode"] = json!("not_stated");
        said
    };
    given([]).when(not_stated()).then_refused("decision.mode-stated");
    given([])
        .when(not_stated().with_standing("own_record").with_minutes())
        .then_found("decision.mode-stated");
    given([]).when(decided("04K", "2019-07-04", json!({"none": {}}))).then_obeys("decision.mode-stated");
    let story = given([not_stated().in_the_press()]);
    assert_eq!(story.record().at(minutebook_log::Position(story.record().len() - 1)).unwrap().findings, []);
}
