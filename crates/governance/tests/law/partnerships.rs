//! Partnerships: they have members, a name, a place within another; and no say in law.

use crate::said::{Said, month, says};
use crate::story::{Story, given};
use minutebook_governance::View;
use minutebook_governance::partnerships::{
    Partnership, PartnershipKind, PartnershipState, partnership, partnerships_of,
};
use serde_json::{Value, json};

fn formed(slug: &str) -> Said {
    let facts = json!({"name": format!("The {slug} partnership"), "kind": "acs", "formed_on": "2016-04-01"});
    says("PartnershipFormed", &format!("partnership/{slug}"), facts)
}

fn changed(slug: &str, change: Value, on: &str) -> Said {
    says("PartnershipChanged", &format!("partnership/{slug}"), json!({"change": change, "effective": on}))
}

fn moved(slug: &str, change: &str, status: &str, on: &str) -> Said {
    let facts = json!({"body": "body/04K", "change": change, "status": status, "effective": on});
    says("PartnershipMembershipChanged", &format!("partnership/{slug}"), facts)
}

fn nested(inner: &str, outer: &str) -> Said {
    changed(inner, json!({"nested": {"within": format!("partnership/{outer}")}}), "2017-04-01")
}

fn known(story: &Story, slug: &str, view: View) -> Partnership {
    partnership(story.record(), &format!("partnership/{slug}").parse().unwrap(), view).unwrap()
}

#[test]
fn a_partnership_changes_while_it_lives() {
    let rule = "partnership.live";
    let renamed = |was: &str, on: &str| changed("p", json!({"renamed": {"was": was, "now": "New"}}), on);
    given([]).when(renamed("The p partnership", "2017-04-01")).then_refused("partnership.live");
    given([formed("p")]).when(renamed("The p partnership", "2016-03-31")).then_refused(rule);
    let story =
        given([formed("p")]).when(renamed("The p partnership", "2017-04-01")).then_obeys("partnership.live");
    let (before, after) = (story.at("2017-03-31"), story.at("2017-04-01"));
    assert_eq!(
        (known(&story, "p", before).name.as_str(), known(&story, "p", after).name.as_str()),
        ("The p partnership", "New")
    );
    let story = story.and([changed("p", json!({"dissolved": {}}), "2018-04-01")]);
    let state = |day: &str| known(&story, "p", story.at(day)).state;
    let states = ["2016-03-31", "2018-03-31", "2018-04-01"].map(state);
    assert_eq!(states, [PartnershipState::Forming, PartnershipState::Live, PartnershipState::Dissolved]);
    story.when(moved("p", "joined", "full", "2018-05-01")).then_refused(rule);
}

#[test]
fn who_changes_a_name_or_a_kind_cites_what_was() {
    let renamed = |was: &str| changed("p", json!({"renamed": {"was": was, "now": "New"}}), "2017-04-01");
    given([formed("p")]).when(renamed("The p partnership")).then_obeys("partnership.was");
    given([formed("p")]).when(renamed("Another")).then_refused("partnership.was");
    let transformed =
        |was: &str| changed("p", json!({"transformed": {"was": was, "now": "ics"}}), "2018-04-01");
    given([formed("p")]).when(transformed("stp")).then_refused("partnership.was");
    let story = given([formed("p")]).when(transformed("acs")).then_obeys("partnership.was");
    let kind = |day: &str| known(&story, "p", story.at(day)).kind;
    assert_eq!(
        (kind("2018-03-31"), kind("2018-04-01")),
        (Some(PartnershipKind::Acs), Some(PartnershipKind::Ics))
    );
}

#[test]
fn no_partnership_is_part_of_its_own_part() {
    let three = || given([formed("a"), formed("b"), formed("c"), nested("a", "b"), nested("b", "c")]);
    three().when(nested("c", "a")).then_refused("partnership.no-cycle");
    given([formed("a")]).when(nested("a", "a")).then_refused("partnership.no-cycle");
    let mut larger = formed("d");
    larger.facts["components"] = json!(["partnership/c"]);
    let story = three().when(larger).then_obeys("partnership.no-cycle");
    let view = story.at("2018-01-01");
    assert_eq!(known(&story, "c", view).parts[0].slug(), "b");
    assert_eq!(known(&story, "c", view).within.unwrap().slug(), "d");
    assert_eq!(known(&story, "d", view).parts[0].slug(), "c");
    let mut smaller = formed("a");
    smaller.facts["components"] = json!(["partnership/d"]);
    story.when(smaller).then_refused("partnership.no-cycle");
    // The press may say what it likes; an answer still ends.
    let story = given([nested("a", "b").in_the_press(), nested("b", "a").in_the_press()]);
    let view = story.reported_at("2018-01-01");
    assert_eq!(known(&story, "a", view).within.unwrap().slug(), "b");
}

#[test]
fn a_body_is_a_member_once_with_each_status() {
    let rule = "partnership.member-once";
    given([formed("p")])
        .when(moved("p", "left", "full", "2017-01-01"))
        .then_refused("partnership.member-once");
    let story = given([formed("p")])
        .when(moved("p", "joined", "full", "2017-01-01"))
        .then_obeys("partnership.member-once");
    let story = story.when(moved("p", "joined", "full", "2017-02-01")).then_refused(rule);
    let story = story.when(moved("p", "joined", "observer", "2017-02-01")).then_obeys(rule);
    let story = story.when(moved("p", "left", "full", "2018-01-01")).then_obeys(rule);
    let members = |day: &str| {
        let known = known(&story, "p", story.at(day));
        known.members.iter().map(|member| member.status.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(
        (members("2016-12-31"), members("2017-02-01"), members("2018-01-01")),
        (vec![], vec!["full", "observer"], vec!["observer"])
    );
    let former = &known(&story, "p", story.at("2018-01-01")).former_members;
    assert_eq!(former[0].until.as_ref().unwrap().to_string(), "2018-01-01");
    story.when(moved("p", "joined", "full", "2019-01-01")).then_obeys(rule);
}

#[test]
fn members_are_listed_at_the_beginning_or_one_by_one() {
    let mut said = formed("p");
    said.facts["members"] =
        json!([{"body": "body/04K", "status": "full"}, {"body": "body/04L", "status": "associate"}]);
    let story = given([said.clone(), formed("q")]);
    let of = |slug: &str| {
        let all =
            partnerships_of(story.record(), &format!("body/{slug}").parse().unwrap(), story.at("2017-01-01"));
        all.iter().map(|known| known.id.slug().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((of("04K"), of("04L"), of("04M")), (vec!["p".to_owned()], vec!["p".to_owned()], vec![]));
    said.facts["members"][1] = said.facts["members"][0].clone();
    given([]).when(said.clone()).then_malformed("/data/facts/members");
    said.facts["members"] = json!([{"body": "body/nobody", "status": "full"}]);
    given([]).when(said.clone()).then_refused("body.known");
    // What the press lists is joined in the reported view, and not in the enacted one.
    let story = given([said.in_the_press()]);
    assert_eq!(known(&story, "p", story.reported_at("2017-01-01")).members.len(), 1);
    assert!(partnership(story.record(), &"partnership/p".parse().unwrap(), story.at("2017-01-01")).is_none());
}

#[test]
fn a_designation_and_a_lead_are_kept_as_the_source_has_them() {
    let designated = |on: Value| {
        let mut said =
            changed("p", json!({"designated": {"designation": "accountable care system", "cohort": 8}}), "");
        said.facts["effective"] = on;
        said
    };
    let story = given([formed("p"), designated(month("2017-06", 30))]);
    let story = story.and([changed(
        "p",
        json!({"lead_named": {"person": "person/a", "title_as_written": "STP lead"}}),
        "2017-01-01",
    )]);
    let known = known(&story, "p", story.at("2017-06-15"));
    assert_eq!((known.designations.len(), known.designations[0].cohort), (1, Some(8)));
    assert_eq!(known.lead.unwrap().title_as_written, "STP lead");
    let nobody = changed(
        "p",
        json!({"lead_named": {"person": "person/nobody", "title_as_written": "lead"}}),
        "2017-01-01",
    );
    given([formed("p")]).when(nobody.in_the_press()).then_refused("person.known");
    let by_secretary = designated(json!("2017-06-15")).by(&[("partnership", "partnership_secretary", "")]);
    given([formed("p")]).when(by_secretary).then_refused("authority.signatures-needed");
}
