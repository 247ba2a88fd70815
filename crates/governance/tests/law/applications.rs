//! Applications to the regulator: who makes them, when, and what becomes of them.

use crate::said::{
    Said, applied, chose, consultation_closed, consulted_on_m, decided, document, month, proposed, regulator,
    says, up_to_application, up_to_approval, voted,
};
use crate::story::{Story, given};
use minutebook_governance::mergers::{Merger, MergerState, merger};
use serde_json::{Value, json};

fn on(story: &Story, day: &str) -> Merger {
    merger(story.record(), &"merger/m".parse().unwrap(), story.at(day)).unwrap()
}

fn state(story: &Story, day: &str) -> MergerState {
    on(story, day).state
}

fn with(mut said: Said, member: &str, value: Value) -> Said {
    said.facts[member] = value;
    said
}

fn without(mut said: Said, member: &str) -> Said {
    said.facts.as_object_mut().unwrap().remove(member);
    said
}

#[test]
fn two_or_more_open_bodies_apply() {
    let rule = "application.applicants-open";
    let story = || given([]).and(up_to_application().into_iter().take(3));
    story().when(applied(1, "2019-09-30")).then_obeys("application.applicants-open");
    let alone = with(applied(1, "2019-09-30"), "applicants", json!(["body/04K"]));
    story().when(alone).then_refused("application.applicants-open");
    let closes = |on: &str| {
        let said = says(
            "BodyDissolved",
            "body/04L",
            json!({"effective": on, "reason": "order",
            "successors": ["body/04M"]}),
        );
        story().and([said])
    };
    closes("2019-09-30").when(applied(1, "2019-09-30")).then_refused(rule);
    closes("2019-09-15")
        .when(with(applied(1, "x"), "submitted_on", month("2019-09", 30)))
        .then_found("application.applicants-open");
}

#[test]
fn each_applicants_own_body_has_decided_to_apply() {
    let rule = "application.each-applicant-decided";
    let after = |choices: &[(&'static str, &'static str, &'static str)]| {
        let choices = choices.iter().map(|(body, choice, day)| chose(body, choice, day));
        given([proposed("m", &["04K", "04L"], "2019-04-04")]).and(choices).when(applied(1, "2019-09-30"))
    };
    let both = [("04K", "apply", "2019-07-04"), ("04L", "apply", "2019-07-04")];
    after(&both).then_obeys("application.each-applicant-decided");
    after(&both[..1]).then_refused("application.each-applicant-decided");
    after(&[both[0], ("04L", "prefer", "2019-07-04")]).then_refused(rule);
    // The newest decision counts, whichever was recorded last; and none of after the application.
    after(&[both[0], both[1], ("04L", "do_not_apply", "2019-08-01")]).then_refused(rule);
    after(&[both[0], both[1], ("04L", "do_not_apply", "2019-06-01")]).then_obeys(rule);
    after(&[both[0], ("04L", "apply", "2019-10-01")]).then_refused(rule);
    // What a paper says of a decision is none.
    let reported = chose("04L", "apply", "2019-07-04").in_the_press();
    given([proposed("m", &["04K", "04L"], "2019-04-04"), chose("04K", "apply", "2019-07-04"), reported])
        .when(applied(1, "2019-09-30"))
        .then_refused(rule);
}

#[test]
fn a_lost_member_vote_or_a_declining_neighbour_does_not_block() {
    // West London applied with the others; a participant that declines is simply no applicant.
    let story = given([
        proposed("m", &["04K", "04L", "04M"], "2019-04-04"),
        chose("04K", "apply", "2019-07-04"),
        chose("04L", "apply", "2019-07-04"),
        chose("04M", "do_not_apply", "2019-07-04"),
    ]);
    story.when(applied(1, "2019-09-30")).then_admitted();
}

#[test]
fn an_application_is_made_once_and_again_after_a_rejection() {
    let rule = "application.step";
    let story = || given([]).and(up_to_application().into_iter().take(3));
    story().when(applied(1, "2019-09-30")).then_obeys("application.step");
    story().when(applied(2, "2019-09-30")).then_refused("application.step");
    given(up_to_application()).when(applied(2, "2019-10-01")).then_refused(rule);
    given(up_to_approval()).when(applied(2, "2019-11-01")).then_refused(rule);
    let both = ["04K", "04L"].map(|body| chose(body, "apply", "2019-11-01"));
    given(up_to_application()).and(both).when(applied(2, "2019-11-02")).then_refused(rule);
    // Shropshire: rejected, decided anew, applied again, approved.
    let rejected = || given(up_to_application()).and([regulator(1, "rejected", "2019-10-30")]);
    assert_eq!(state(&rejected(), "2019-11-01"), MergerState::Rejected);
    rejected().when(applied(2, "2020-09-30")).then_refused(rule);
    let anew = rejected().and([chose("04K", "apply", "2020-07-02"), chose("04L", "apply", "2020-07-02")]);
    let story = anew
        .when(with(applied(2, "2020-09-30"), "requested_effective", json!("2021-04-01")))
        .then_obeys(rule);
    assert_eq!(state(&story, "2020-09-30"), MergerState::Submitted);
    let story = story.and([regulator(2, "approved", "2020-10-30")]);
    assert_eq!(state(&story, "2020-10-30"), MergerState::Approved);
}

#[test]
fn each_applicant_countersigns() {
    let story = || given([]).and(up_to_application().into_iter().take(3));
    story().when(applied(1, "2019-09-30")).then_obeys("application.every-applicant-signs");
    let lead_alone = applied(1, "2019-09-30").by(&[("secretary-04K", "secretary", "body/04K")]);
    story().when(lead_alone).then_found("application.every-applicant-signs");
}

#[test]
fn what_was_consulted_on_is_applied_for_afterwards() {
    let story = || given([]).and(up_to_application().into_iter().take(3)).and([consulted_on_m()]);
    story().when(applied(1, "2019-09-30")).then_found("application.consultation-closed");
    let closed = story().and([consultation_closed("2019-06-17T09:00:00+01:00")]);
    closed.when(applied(1, "2019-09-30")).then_obeys("application.consultation-closed");
}

#[test]
fn an_application_for_april_is_made_by_the_end_of_september() {
    let story = || given([]).and(up_to_application().into_iter().take(3));
    let submitted = |day: Value| with(applied(1, "x"), "submitted_on", day);
    story().when(submitted(json!("2019-09-30"))).then_obeys("application.deadline");
    story().when(submitted(json!("2019-10-01"))).then_found("application.deadline");
    let autumn = json!({"written": "autumn 2019", "earliest": "2019-09-01", "latest": "2019-11-30"});
    story().when(submitted(autumn)).then_obeys("application.deadline");
    // Another day than 1 April, or an earlier edition of the procedures: not judged by this one.
    let summer = with(submitted(json!("2019-12-01")), "requested_effective", json!("2020-07-01"));
    story().when(summer).then_obeys("application.deadline");
}

#[test]
fn an_application_brings_what_the_act_asks_for() {
    let story = || given([]).and(up_to_application().into_iter().take(3));
    story().when(applied(1, "2019-09-30")).then_obeys("application.attachments");
    for part in ["constitution", "accountable_officer", "proposed_name"] {
        story().when(without(applied(1, "2019-09-30"), part)).then_refused("application.attachments");
        story().when(without(applied(1, "2019-09-30"), part).in_the_press()).then_admitted();
    }
}

#[test]
fn a_vote_that_was_lost_is_found_and_blocks_nothing() {
    let rule = "application.members-agree";
    let against = json!({"percentages": {"for": 35}});
    let story = || given([]).and(up_to_application().into_iter().take(3));
    story().when(applied(1, "2019-09-30")).then_obeys("application.members-agree");
    let lost = || story().and([voted("04K", 1, "2019-09-15", against.clone(), "lost")]);
    lost().when(applied(1, "2019-09-30")).then_found("application.members-agree");
    // West London: carried at the second ballot, after the application.
    let story = lost().and([applied(1, "2019-09-30")]);
    let again = voted("04K", 2, "2019-10-15", json!({"percentages": {"for": 60}}), "carried");
    let story = story.when(again).then_obeys("member-vote.next-ballot");
    let last = on(&story, "2019-10-15").last_vote(&"body/04K".parse().unwrap()).unwrap().outcome;
    assert_eq!((last.as_str(), state(&story, "2019-10-15")), ("carried", MergerState::Submitted));
    lost()
        .and([voted("04K", 2, "2019-09-20", json!({"percentages": {"for": 60}}), "carried")])
        .when(applied(1, "2019-09-30"))
        .then_obeys(rule);
}

#[test]
fn deadlines_are_those_of_the_procedures_of_the_time() {
    let early = |on: &str| {
        let decided = ["04K", "04L"].map(|body| chose(body, "apply", "2014-05-01"));
        let story = given([proposed("m", &["04K", "04L"], "2014-01-04")]).and(decided);
        story.when(with(applied(1, on), "requested_effective", json!("2015-04-01")))
    };
    early("2014-06-01").then_obeys("application.deadline");
    early("2014-06-02").then_found("application.deadline");
    let varied = |on: &str, effective: &str| {
        let facts = json!({"kind": "variation", "number": 1, "applicants": ["body/04K"], "to": "NHS England",
            "submitted_on": on, "requested_effective": effective, "constitution": document()});
        let decided = decided("04K", "2014-05-01", json!({"apply": {"application": "merger/v"}}));
        given([decided]).when(says("ApplicationSubmitted", "merger/v", facts))
    };
    varied("2014-06-01", "2014-06-01").then_obeys("application.deadline");
    varied("2014-06-02", "2014-07-01").then_found("application.deadline");
    varied("2014-06-02", "2014-11-01").then_obeys("application.deadline");
}

#[test]
fn one_body_alone_applies_to_vary_or_to_be_dissolved() {
    let facts = |kind: &str| {
        json!({"kind": kind, "number": 1, "applicants": ["body/04K"], "to": "NHS England",
            "submitted_on": "2016-06-01", "requested_effective": "2016-10-01"})
    };
    let said = |kind: &str| says("ApplicationSubmitted", "merger/v", facts(kind));
    let decided = || given([decided("04K", "2016-05-01", json!({"apply": {"application": "merger/v"}}))]);
    decided().when(said("dissolution")).then_obeys("application.attachments");
    decided().when(said("variation")).then_refused("application.attachments");
    decided().when(said("merger")).then_refused("merger.proposed");
    given([]).when(said("dissolution")).then_refused("application.each-applicant-decided");
    let story = decided().and([said("dissolution")]);
    let granted = Said { subject: "merger/v".to_owned(), ..regulator(1, "approved", "2016-08-01") };
    let story = story.when(granted).then_obeys("regulator.submitted");
    let seen = merger(story.record(), &"merger/v".parse().unwrap(), story.at("2018-01-01")).unwrap();
    assert_eq!(
        (seen.state, seen.waits_for.len(), seen.kind().as_str()),
        (MergerState::Approved, 0, "dissolution")
    );
}

fn changed(change: Value) -> Said {
    says("ApplicationChanged", "merger/m", json!({"number": 1, "changed_on": "2019-10-10", "change": change}))
}

#[test]
fn an_application_changes_until_it_is_decided() {
    let modified = || changed(json!({"modified": {"changes": "Another name."}}));
    given(up_to_application()).when(modified()).then_obeys("application.undecided");
    given([])
        .and(up_to_application().into_iter().take(3))
        .when(modified())
        .then_refused("application.undecided");
    given(up_to_application())
        .and([regulator(1, "approved", "2019-10-09")])
        .when(modified())
        .then_refused("application.undecided");
    given(up_to_application())
        .when(with(modified(), "number", json!(2)))
        .then_refused("application.undecided");
    given(up_to_application()).when(modified()).then_obeys("application.changed-by-applicant");
    let outsider =
        modified().by(&[("secretary-04M", "secretary", "body/04M"), ("nhs-england", "nhs_england", "")]);
    given(up_to_application()).when(outsider).then_refused("application.changed-by-applicant");
    let alone = modified().by(&[("secretary-04K", "secretary", "body/04K")]);
    given(up_to_application()).when(alone).then_refused("authority.signatures-needed");
    let silent = changed(json!({"withdrawn": {"reason": ""}}));
    given(up_to_application()).when(silent).then_malformed("/data/facts/change");
    // It may ask for another day.
    let later =
        changed(json!({"modified": {"changes": "A year later.", "requested_effective": "2021-04-01"}}));
    let story = given(up_to_application()).and([later, regulator(1, "approved", "2019-10-30")]);
    story.finds_no("merger.effected-in-time", "2020-05-01").finds("merger.effected-in-time", "2021-05-01");
}

#[test]
fn what_was_withdrawn_is_applied_for_again_after_new_decisions() {
    let withdrawn = changed(json!({"withdrawn": {"reason": "One board thinks again."}}));
    let story = || given(up_to_application()).and([withdrawn.clone()]);
    assert_eq!(state(&story(), "2019-10-10"), MergerState::Withdrawn);
    story().when(regulator(1, "approved", "2019-10-30")).then_refused("regulator.submitted");
    let again = || with(applied(2, "2020-09-30"), "requested_effective", json!("2021-04-01"));
    story().when(again()).then_refused("application.step");
    let anew = story().and(["04K", "04L"].map(|body| chose(body, "apply", "2020-07-02")));
    anew.when(again()).then_obeys("application.step");
}
