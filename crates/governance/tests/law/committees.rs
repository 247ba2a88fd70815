//! Committees: whose they are, whom they bind by the law of the day, and who sits on them.

use crate::said::{Said, ccg, decided, id, month, says};
use crate::story::{Story, given};
use minutebook_governance::committees::{Committee, CommitteeState, LapsedWith, committee, committees_of};
use minutebook_governance::powers::{Reach, who_may_decide};
use serde_json::{Value, json};

/// The decisions to set one up: of 04K with the id 1, of 04L with the id 2, of 04M with the id 3.
pub(crate) fn resolved(on: &str) -> Vec<Said> {
    let of = |(number, body): (u8, &str)| decided(body, on, json!({"none": {}})).with_id(number);
    [(1, "04K"), (2, "04L"), (3, "04M")].into_iter().map(of).collect()
}

fn set_up(kind: &str, parents: &[(&str, u8)], on: Value) -> Said {
    let bodies: Vec<_> = parents.iter().map(|(slug, _id)| format!("body/{slug}")).collect();
    let decisions: Vec<_> = parents.iter().map(|(_slug, number)| id(*number)).collect();
    let facts = json!({"name": "A committee", "kind": kind, "parents": bodies, "established_on": on,
        "functions": ["primary care"], "binding": kind == "joint", "decisions": decisions});
    says("CommitteeEstablished", "committee/c", facts)
}

pub(crate) fn joint(on: &str) -> Said {
    set_up("joint", &[("04K", 1), ("04L", 2)], json!(on))
}

fn changed(body: &str, change: Value, on: &str) -> Said {
    let facts = json!({"body": format!("body/{body}"), "change": change, "effective": on});
    says("CommitteeMembershipChanged", "committee/c", facts)
}

fn moved(body: &str, change: &str, number: u8, on: &str) -> Said {
    let mut said = changed(body, json!(change), on);
    said.facts["decision"] = json!(id(number));
    said
}

fn dissolved(on: &str) -> Said {
    let facts = json!({"parents": ["body/04K", "body/04L"], "effective": on, "decisions": [id(1), id(2)]});
    says("CommitteeDissolved", "committee/c", facts)
}

fn known(story: &Story, day: &str) -> Committee {
    committee(story.record(), &"committee/c".parse().unwrap(), story.at(day)).unwrap()
}

#[test]
fn a_joint_committee_binds_from_october_2014_on() {
    let rule = "committee.joint-law";
    let on = |day: &str| given(resolved("2014-09-01")).when(joint(day));
    on("2014-09-30").then_refused("committee.joint-law");
    let story = on("2014-10-01").then_obeys("committee.joint-law");
    assert!(known(&story, "2014-10-01").is_binding());
    // A month in which the law changes is not certain either way; one before it is.
    let in_month =
        |date: Value| given(resolved("2014-08-01")).when(set_up("joint", &[("04K", 1), ("04L", 2)], date));
    let around = json!({"written": "autumn 2014", "earliest": "2014-09-01", "latest": "2014-11-30"});
    in_month(around).then_found("committee.joint-law");
    in_month(month("2014-09", 30)).then_refused(rule);
    // One that binds nobody was always possible.
    let mut advising = joint("2014-09-30");
    advising.facts["binding"] = json!(false);
    let story = given(resolved("2014-09-01")).when(advising).then_obeys(rule);
    assert!(!known(&story, "2014-10-01").is_binding());
}

#[test]
fn only_bodies_that_the_law_names_form_a_joint_committee() {
    let rule = "committee.joint-law";
    let other = |kind: &str| {
        let facts = json!({"kind": kind, "name": "Another body", "from": "2013-04-01"});
        says("BodyRegistered", "body/13T", facts).reported()
    };
    let with = |kind: &str| {
        let decision = decided("13T", "2018-01-01", json!({"none": {}})).with_id(9);
        let story = given([other(kind)]).and(resolved("2018-01-01")).and([decision]);
        story.when(set_up("joint", &[("04K", 1), ("13T", 9)], json!("2018-04-01")))
    };
    with("national").then_obeys(rule);
    with("council").then_refused(rule);
    with("trust").then_refused(rule);
    // Who joins later is held against the law as who began.
    let decision = decided("13T", "2018-01-01", json!({"none": {}})).with_id(9);
    let story = given([other("council")]).and(resolved("2018-01-01")).and([decision, joint("2018-04-01")]);
    story.when(moved("13T", "body_joined", 9, "2018-05-01")).then_refused(rule);
}

#[test]
fn committees_in_common_never_bind_jointly() {
    let rule = "committee.in-common-binds-each-alone";
    let mut said = set_up("in_common", &[("04K", 1), ("04L", 2)], json!("2018-04-01"));
    let story =
        given(resolved("2018-01-01")).when(said.clone()).then_obeys("committee.in-common-binds-each-alone");
    let powers =
        who_may_decide(story.record(), &"body/04K".parse().unwrap(), story.at("2018-05-01")).unwrap();
    let committee = powers.deciders.iter().find(|decider| decider.who == "committee/c").unwrap();
    assert_eq!(committee.reach, Reach::Recommends);
    said.facts["binding"] = json!(true);
    given(resolved("2018-01-01")).when(said).then_refused("committee.in-common-binds-each-alone");
    let mut advisory = set_up("advisory", &[("04K", 1)], json!("2018-04-01"));
    advisory.facts["binding"] = json!(true);
    given(resolved("2018-01-01")).when(advisory).then_refused(rule);
}

#[test]
fn each_parent_has_decided() {
    let rule = "committee.each-parent-decided";
    given(resolved("2018-01-01")).when(joint("2018-04-01")).then_obeys("committee.each-parent-decided");
    given(resolved("2018-04-02")).when(joint("2018-04-01")).then_refused("committee.each-parent-decided");
    given([]).when(joint("2018-04-01")).then_refused(rule);
    // A decision of another body, or one that was rejected, is not its decision.
    let story = || given(resolved("2018-01-01"));
    story().when(set_up("joint", &[("04K", 1), ("04L", 1)], json!("2018-04-01"))).then_refused(rule);
    let mut lost = decided("04L", "2018-01-01", json!({"none": {}})).with_id(7);
    lost.facts["outcome"] = json!("rejected");
    story()
        .and([lost])
        .when(set_up("joint", &[("04K", 1), ("04L", 7)], json!("2018-04-01")))
        .then_refused(rule);
    story()
        .and([joint("2018-04-01")])
        .when(changed("04M", json!("body_joined"), "2018-05-01"))
        .then_refused(rule);
}

#[test]
fn several_bodies_have_joint_committees_and_one_has_its_own() {
    let rule = "committee.parents";
    let story = || given(resolved("2018-01-01"));
    story().when(set_up("joint", &[("04K", 1)], json!("2018-04-01"))).then_refused("committee.parents");
    story().when(set_up("committee", &[("04K", 1), ("04L", 2)], json!("2018-04-01"))).then_refused(rule);
    story().when(set_up("committee", &[("04K", 1)], json!("2018-04-01"))).then_obeys("committee.parents");
    let twice = set_up("joint", &[("04K", 1), ("04K", 1)], json!("2018-04-01"));
    let twice = twice.by(&[("secretary-04K", "secretary", "body/04K")]);
    story().when(twice).then_malformed("/data/facts/parents");
}

#[test]
fn a_committee_changes_while_it_is_live() {
    let rule = "committee.step";
    let story = || given(resolved("2018-01-01")).and([joint("2018-04-01")]);
    story().when(joint("2018-05-01")).then_refused("committee.step");
    story().when(moved("04M", "body_joined", 3, "2018-03-31")).then_refused(rule);
    story().when(moved("04M", "body_joined", 3, "2018-04-01")).then_obeys("committee.step");
    given(resolved("2018-01-01")).when(dissolved("2018-05-01")).then_refused(rule);
    let ended = story().when(dissolved("2019-04-01")).then_obeys(rule);
    let state = |day: &str| known(&ended, day).state;
    assert_eq!(
        [state("2018-03-31"), state("2019-03-31"), state("2019-04-01")],
        [CommitteeState::NotYet, CommitteeState::Live, CommitteeState::Dissolved]
    );
    ended.when(dissolved("2019-05-01")).then_refused(rule);
}

#[test]
fn bodies_join_leave_and_send_people() {
    let rule = "committee.belongs";
    let story = || given(resolved("2018-01-01")).and([joint("2018-04-01")]);
    let sent = |body: &str| {
        changed(body, json!({"member_appointed": {"person": "person/a", "role": "chair"}}), "2018-04-01")
    };
    story().when(sent("04M")).then_refused("committee.belongs");
    story().when(moved("04M", "body_left", 3, "2018-05-01")).then_refused(rule);
    story().when(moved("04K", "body_joined", 1, "2018-05-01")).then_refused(rule);
    let mut half = dissolved("2018-05-01");
    half.facts["parents"] = json!(["body/04K"]);
    story().when(half.by(&[("secretary-04K", "secretary", "body/04K")])).then_refused(rule);
    let story = story().and([moved("04M", "body_joined", 3, "2018-05-01"), sent("04K")]);
    let varied = json!({"terms_varied": {"functions": ["mental health"], "quorum": 5}});
    let story = story.when(changed("04M", varied, "2018-06-01")).then_obeys("committee.belongs");
    let story = story.and([moved("04K", "body_left", 1, "2018-07-01")]);
    let parents = |day: &str| known(&story, day).parents.len();
    assert_eq!([parents("2018-04-30"), parents("2018-05-01"), parents("2018-07-01")], [2, 3, 2]);
    let members = |day: &str| known(&story, day).members.len();
    assert_eq!([members("2018-03-31"), members("2018-06-30"), members("2018-07-01")], [0, 1, 0]);
    let now = known(&story, "2018-06-01");
    assert_eq!((now.functions, now.quorum), (vec!["mental health".to_owned()], Some(5)));
    let nothing = changed("04L", json!({"terms_varied": {}}), "2018-08-01");
    story.when(nothing).then_malformed("/data/facts/change");
}

#[test]
fn a_committee_ends_with_the_last_of_its_bodies() {
    let closed = |slug: &str| {
        says(
            "BodyDissolved",
            &format!("body/{slug}"),
            json!({"effective": "2020-04-01", "reason": "order",
            "successors": ["body/04M"]}),
        )
    };
    let story = given(resolved("2018-01-01")).and([joint("2018-04-01"), closed("04K")]);
    assert_eq!(
        (known(&story, "2020-04-01").state, known(&story, "2020-04-01").parents.len()),
        (CommitteeState::Live, 1)
    );
    assert_eq!(known(&story, "2020-04-01").lapse, None, "one of its bodies is still there");
    let story = story.and([closed("04L")]);
    let lapsed = known(&story, "2020-04-01");
    assert_eq!(lapsed.state, CommitteeState::Lapsed);
    // Since the day, and by the entry, of the last that ended.
    let lapse = lapsed.lapse.unwrap();
    assert_eq!(
        (lapse.since.unwrap().to_string().as_str(), lapse.with),
        ("2020-04-01", LapsedWith::BodyEnded)
    );
    assert_eq!((lapse.about.as_str(), lapse.why.len()), ("body/04L", 1));
    assert!(!lapsed.why.contains(&lapse.why[0]), "what ended the body says nothing of the committee itself");
    let of = |day: &str| committees_of(story.record(), &"body/04K".parse().unwrap(), story.at(day));
    assert_eq!((of("2020-03-31").len(), of("2020-04-01")[0].state), (1, CommitteeState::Lapsed));
}

#[test]
fn what_the_press_says_of_a_committee_is_not_enacted() {
    let story = given([ccg("04N"), joint("2013-05-01").in_the_press()]);
    assert!(committee(story.record(), &"committee/c".parse().unwrap(), story.at("2014-01-01")).is_none());
    let reported =
        committee(story.record(), &"committee/c".parse().unwrap(), story.reported_at("2014-01-01"));
    assert_eq!(reported.unwrap().parents.len(), 2);
}

#[test]
fn a_committee_told_by_an_imprecise_date_says_so() {
    let year = json!({"written": "2018", "earliest": "2018-01-01", "latest": "2018-12-31"});
    let story = given([set_up("joint", &[("04K", 1), ("04L", 2)], year).reported()]);
    let sure = |day: &str| {
        committee(story.record(), &"committee/c".parse().unwrap(), story.at(day)).unwrap().is_sure
    };
    assert_eq!(["2017-12-31", "2018-06-01", "2018-12-31"].map(sure), [true, false, true]);
}
