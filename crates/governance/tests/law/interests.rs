//! The register of interests: declared in time, public for a while, kept for longer.

use crate::said::{Said, merged, month, says, up_to_approval};
use crate::story::{Story, given};
use minutebook_governance::interests::{
    Interest, InterestState, interest, interests_of_body, interests_of_person,
};
use serde_json::{Value, json};

fn registered(arose: Value, declared: &str) -> Said {
    says(
        "InterestRegistered",
        "interest/x",
        json!({"person": "person/a", "bodies": ["body/04K", "body/04L"], "kind": "financial",
            "description": "Partner in a practice.", "arose_on": arose, "declared_on": declared}),
    )
}

fn ceased(on: &str) -> Said {
    says("InterestCeased", "interest/x", json!({"ceased_on": on}))
}

fn lasting() -> Story {
    given([registered(json!("2019-05-01"), "2019-05-14")])
}

fn seen(story: &Story, day: &str) -> Interest {
    interest(story.record(), &"interest/x".parse().unwrap(), story.at(day)).unwrap()
}

#[test]
fn an_interest_is_declared_within_28_days() {
    let aware = |since: Value, on: &str| {
        let mut said = registered(json!("2019-01-01"), on);
        said.facts["aware_on"] = since;
        given([]).when(said)
    };
    aware(json!("2019-05-01"), "2019-05-29").then_obeys("interest.in-time");
    aware(json!("2019-05-01"), "2019-05-30").then_found("interest.in-time");
    // Where a month is all that is known, its last day counts.
    aware(month("2019-05", 31), "2019-06-28").then_obeys("interest.in-time");
    aware(month("2019-05", 31), "2019-06-29").then_found("interest.in-time");
    // Whose holder knew since when nobody says has broken nothing: it arose before, and was not known.
    given([]).when(registered(json!("2019-01-01"), "2019-12-01")).then_obeys("interest.in-time");
}

#[test]
fn only_what_lasts_ceases() {
    lasting().when(ceased("2020-02-01")).then_obeys("interest.registered");
    given([]).when(ceased("2020-02-01")).then_refused("interest.registered");
    lasting().and([ceased("2020-02-01")]).when(ceased("2020-03-01")).then_refused("interest.registered");
}

#[test]
fn it_ceases_after_it_arose() {
    lasting().when(ceased("2019-05-01")).then_obeys("interest.ceases-after-it-arose");
    lasting().when(ceased("2019-04-30")).then_refused("interest.ceases-after-it-arose");
    let vague = given([registered(month("2019-05", 31), "2019-06-14")]);
    vague.when(ceased("2019-05-10")).then_found("interest.ceases-after-it-arose");
}

#[test]
fn a_body_in_whose_register_it_is_says_that_it_ceased() {
    let by = |body: &str| {
        ceased("2020-05-01").by(&[(&format!("secretary-{body}"), "secretary", &format!("body/{body}"))])
    };
    lasting().when(by("04L")).then_obeys("interest.signed-for");
    lasting().when(by("04M")).then_refused("interest.signed-for");
    let story = given(up_to_approval()).and([registered(json!("2019-05-01"), "2019-05-14"), merged()]);
    assert_eq!(
        interests_of_body(story.record(), &"body/52R".parse().unwrap(), story.at("2020-04-01")).len(),
        1
    );
    story.when(by("52R")).then_obeys("interest.signed-for");
}

#[test]
fn it_is_public_for_six_months_more_and_kept_for_six_years() {
    let story = lasting().and([ceased("2020-02-01")]);
    for (day, state) in [
        ("2020-01-31", InterestState::Held),
        ("2020-02-01", InterestState::Ceased),
        ("2020-07-31", InterestState::Ceased),
        ("2020-08-01", InterestState::Kept),
        ("2026-01-31", InterestState::Kept),
        ("2026-02-01", InterestState::Expired),
    ] {
        assert_eq!(seen(&story, day).state, state, "{day}");
    }
    assert!(seen(&story, "2020-07-31").state.is_public() && !seen(&story, "2020-08-01").state.is_public());
    let of_person =
        |day: &str| interests_of_person(story.record(), &"person/a".parse().unwrap(), story.at(day));
    assert_eq!((of_person("2019-05-13").len(), of_person("2019-05-14").len()), (0, 1));
}

#[test]
fn a_gift_is_one_and_nothing_else_is() {
    let mut gift = registered(json!("2019-05-01"), "2019-05-14");
    gift.facts["kind"] = json!("gift");
    given([]).when(gift.clone()).then_malformed("/data/facts/gift");
    gift.facts["gift"] = json!({"from": "A supplier", "value_pence": 4500, "outcome": "declined"});
    given([]).when(gift.clone()).then_admitted();
    gift.facts["kind"] = json!("indirect");
    given([]).when(gift).then_malformed("/data/facts/gift");
    let mut twice = registered(json!("2019-05-01"), "2019-05-14");
    twice.facts["bodies"] = json!(["body/04K", "body/04K"]);
    given([]).when(twice).then_malformed("/data/facts/bodies");
}

#[test]
fn a_breach_is_recorded_of_a_body_that_the_book_knows() {
    let breach = |summary: &str| {
        let facts = json!({"recorded_on": "2019-09-05", "summary": summary, "action": "Training was given."});
        says("BreachRecorded", "body/04K", facts)
    };
    given([]).when(breach("Declared only after the award.")).then_obeys("body.known");
    given([]).when(breach("")).then_malformed("/data/facts/summary");
}

#[test]
fn an_interest_that_is_revised_is_in_the_registers_that_it_names_now() {
    let mut revised = registered(json!("2019-05-01"), "2019-05-14");
    (revised.facts["bodies"], revised.facts["person"]) = (json!(["body/04K"]), json!("person/b"));
    let story = lasting().and([revised]);
    let of =
        |body: &str| interests_of_body(story.record(), &body.parse().unwrap(), story.at("2019-06-01")).len();
    assert_eq!((of("body/04K"), of("body/04L")), (1, 0));
    let of =
        |who: &str| interests_of_person(story.record(), &who.parse().unwrap(), story.at("2019-06-01")).len();
    assert_eq!((of("person/a"), of("person/b")), (0, 1));
}

#[test]
fn an_interest_told_by_an_imprecise_date_says_so() {
    let sure = |story: &Story, day: &str| seen(story, day).is_sure;
    assert!(sure(&lasting(), "2019-06-01"));
    let ends = says("InterestCeased", "interest/x", json!({"ceased_on": month("2020-02", 29)}));
    let story = lasting().and([ends]);
    assert!(sure(&story, "2020-01-31") && sure(&story, "2020-02-29"));
    assert!(!sure(&story, "2020-02-10"), "it has perhaps not ceased yet");
}
