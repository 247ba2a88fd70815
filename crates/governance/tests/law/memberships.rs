//! Member practices, and what NHS England imposes on a body.

use crate::said::{Said, merged, says, up_to_approval};
use crate::story::{Story, given};
use minutebook_governance::Certainty;
use minutebook_governance::directions::imposed_on;
use minutebook_governance::memberships::{commissioners_of, practices};
use minutebook_governance::powers::who_may_decide;
use serde_json::json;

fn practice() -> Said {
    says("BodyRegistered", "body/C84001", json!({"kind": "practice", "name": "A practice"})).reported()
}

fn moved(body: &str, change: &str, on: &str) -> Said {
    let facts = json!({"practice": "body/C84001", "change": change, "effective": on});
    says("MembershipChanged", &format!("body/{body}"), facts)
}

fn of(story: &Story, day: &str) -> Option<String> {
    let practice = "body/C84001".parse().unwrap();
    let members = commissioners_of(story.record(), &practice, story.at(day));
    let mut certain = members.into_iter().filter(|member| member.holds == Certainty::Yes);
    let body = certain.next().map(|member| member.body.slug().to_owned());
    certain.next().is_none().then_some(body).flatten()
}

#[test]
fn a_practice_is_a_member_of_one_commissioner() {
    let story = || {
        given([practice()])
            .when(moved("04K", "admitted", "2013-04-01"))
            .then_obeys("membership.one-commissioner")
    };
    story().when(moved("04L", "admitted", "2014-04-01")).then_refused("membership.one-commissioner");
    story().when(moved("04L", "departed", "2014-04-01")).then_refused("membership.member");
    let story = story().when(moved("04K", "departed", "2014-04-01")).then_obeys("membership.member");
    let story = story.and([moved("04L", "admitted", "2014-04-01")]);
    assert_eq!(
        ["2013-03-31", "2014-03-31", "2014-04-01"].map(|day| of(&story, day)),
        [None, Some("04K".into()), Some("04L".into())]
    );
    given([]).when(moved("04K", "admitted", "2013-04-01")).then_refused("body.known");
}

#[test]
fn practices_become_members_of_the_successor() {
    let story =
        given([practice(), moved("04K", "admitted", "2013-04-01")]).and(up_to_approval()).and([merged()]);
    assert_eq!(
        (of(&story, "2020-03-31").unwrap(), of(&story, "2020-04-01").unwrap()),
        ("04K".to_owned(), "52R".to_owned())
    );
    let members = |slug: &str, day: &str| {
        practices(story.record(), &format!("body/{slug}").parse().unwrap(), story.at(day)).len()
    };
    assert_eq!(
        [members("04K", "2020-03-31"), members("04K", "2020-04-01"), members("52R", "2020-04-01")],
        [1, 0, 1]
    );
}

fn directed(change: &str, on: &str) -> Said {
    let facts =
        json!({"id": "finance", "kind": "directions", "change": change, "effective": on, "text": "A plan."});
    says("DirectionsChanged", "body/04K", facts)
}

#[test]
fn directions_are_imposed_once_and_lifted_once() {
    given([]).when(directed("lifted", "2018-01-01")).then_refused("directions.step");
    let story = given([]).when(directed("imposed", "2018-01-01")).then_obeys("directions.step");
    let story = story.when(directed("imposed", "2018-02-01")).then_refused("directions.step");
    let story = story.when(directed("lifted", "2019-01-01")).then_obeys("directions.step");
    let story = story.when(directed("lifted", "2019-02-01")).then_refused("directions.step");
    let on = |day: &str| {
        imposed_on(story.record(), &"body/04K".parse().unwrap(), story.at(day))
            .iter()
            .map(|it| it.lifted.is_none())
            .collect::<Vec<_>>()
    };
    assert_eq!((on("2017-12-31"), on("2018-06-01"), on("2019-01-01")), (vec![], vec![true], vec![false]));
    let decides = |day: &str| {
        let powers = who_may_decide(story.record(), &"body/04K".parse().unwrap(), story.at(day)).unwrap();
        powers.deciders.iter().filter(|it| it.because.starts_with("directions finance")).count()
    };
    assert_eq!((decides("2018-06-01"), decides("2019-01-01")), (1, 0));
    let mut blank = directed("imposed", "2018-01-01");
    blank.facts.as_object_mut().unwrap().remove("text");
    given([]).when(blank).then_malformed("/data/facts/text");
}
