//! People and offices.

use crate::said::{
    Said, appointed, decided, ended, id, merged, month, observed, person, says, up_to_approval,
};
use crate::story::{Story, given};
use minutebook_governance::Sealable;
use minutebook_governance::people::{Office, holdings, office_held, person_name};
use serde_json::{Value, json};

const OFFICE: &str = "accountable_officer";

fn held(story: &Story, day: &str) -> Vec<String> {
    story.officers("04K", Office::AccountableOfficer, story.at(day))
}

fn is_vacant(story: &Story, day: &str) -> bool {
    let id = "body/04K".parse().unwrap();
    office_held(story.record(), &id, Office::AccountableOfficer, story.at(day)).is_vacant
}

fn with(mut said: Said, member: &str, value: serde_json::Value) -> Said {
    said.facts[member] = value;
    said
}

#[test]
fn an_office_has_one_holder_at_a_time() {
    let first = || appointed("04K", OFFICE, "a", "2018-03-12");
    let second = |from: &str| appointed("04K", OFFICE, "b", from);
    given([]).when(first()).then_obeys("office.one-holder");
    given([first()]).when(second("2019-04-01")).then_refused("office.one-holder");
    given([first(), ended("04K", OFFICE, "a", "2019-04-01")])
        .when(second("2019-04-01"))
        .then_obeys("office.one-holder");
    given([first(), ended("04K", OFFICE, "a", "2019-04-02")])
        .when(second("2019-04-01"))
        .then_refused("office.one-holder");
    // Before the other starts, for a term that ends by then, or not.
    let term = |until: &str| with(second("2017-01-01"), "until", json!(until));
    given([first()]).when(term("2018-03-12")).then_obeys("office.one-holder");
    given([first()]).when(term("2018-03-13")).then_refused("office.one-holder");
    given([first()]).when(second("2017-01-01")).then_refused("office.one-holder");
    // Nobody can tell whether they were in office together.
    let leaves = with(ended("04K", OFFICE, "a", "2019-04-01"), "effective", month("2019-04", 30));
    given([first(), leaves]).when(second("2019-04-15")).then_found("office.one-holder");
}

#[test]
fn an_appointment_that_is_entered_twice_is_found() {
    let rule = "office.appointed-once";
    let first = || appointed("04K", OFFICE, "a", "2018-03-12");
    given([]).when(first()).then_obeys("office.appointed-once");
    given([first()]).when(first()).then_found("office.appointed-once");
    let lay = || appointed("04K", "lay_member", "a", "2018-03-12");
    given([lay()]).when(lay()).then_found(rule);
    // One act for several bodies has said it for each of them.
    let both = || with(first(), "also_for", json!(["body/04L"]));
    given([both()]).when(appointed("04L", OFFICE, "a", "2018-03-12")).then_found(rule);
    // Another day, office, body, term or tenure is another appointment; what a source says too confirms it.
    given([first()]).when(appointed("04K", OFFICE, "a", "2019-01-01")).then_obeys(rule);
    given([first()]).when(appointed("04L", OFFICE, "a", "2018-03-12")).then_obeys(rule);
    given([lay()]).when(with(lay(), "until", json!("2021-03-12"))).then_obeys(rule);
    given([first()]).when(first().in_the_press()).then_obeys(rule);
    given([first().in_the_press()]).when(first()).then_obeys(rule);
    // What was withdrawn as a duplicate was not said.
    let duplicate = json!({"target": id(7), "kind": "duplicate", "reason": "Recorded twice."});
    let duplicate = says("RecordCorrected", &format!("record/{}", id(7)), duplicate);
    let duplicate = duplicate.by(&[("nhs-england", "nhs_england", "")]);
    given([first().with_id(7), duplicate]).when(first()).then_obeys(rule);
}

#[test]
fn who_runs_a_body_does_not_watch_over_it() {
    let officer = || appointed("04K", OFFICE, "a", "2018-03-12");
    let lay = |body: &str, who: &str, from: &str| appointed(body, "lay_member", who, from);
    given([officer()]).when(lay("04K", "a", "2019-01-01")).then_found("office.kept-apart");
    given([officer()]).when(lay("04K", "b", "2019-01-01")).then_obeys("office.kept-apart");
    given([officer()]).when(lay("04L", "a", "2019-01-01")).then_obeys("office.kept-apart");
    given([lay("04K", "a", "2019-01-01")]).when(officer()).then_found("office.kept-apart");
    let gone = || ended("04K", OFFICE, "a", "2019-01-01");
    given([officer(), gone()]).when(lay("04K", "a", "2019-01-01")).then_obeys("office.kept-apart");
    given([officer()]).when(appointed("04K", "gp_member", "a", "2019-01-01")).then_obeys("office.kept-apart");
}

#[test]
fn an_office_is_abolished_once_nobody_holds_it() {
    let office = says(
        "OfficeDefined",
        "body/04K",
        json!({"office": OFFICE, "title": "Officer", "voting": true, "statutory": true, "seats": 1,
            "effective": "2013-04-01", "until": "2019-04-01"}),
    );
    let holds = || appointed("04K", OFFICE, "a", "2018-03-12");
    given([]).when(office.clone()).then_obeys("office.abolished-vacant");
    given([holds()]).when(office.clone()).then_refused("office.abolished-vacant");
    let goes = |day: &str| ended("04K", OFFICE, "a", day);
    given([holds(), goes("2019-04-01")]).when(office.clone()).then_obeys("office.abolished-vacant");
    given([holds(), goes("2019-04-02")]).when(office.clone()).then_refused("office.abolished-vacant");
    let comes_later = appointed("04K", OFFICE, "a", "2019-05-01");
    given([comes_later]).when(office.clone()).then_obeys("office.abolished-vacant");
    let leaves = with(goes("2019-04-01"), "effective", month("2019-04", 30));
    given([holds(), leaves]).when(office.clone()).then_found("office.abolished-vacant");
    // Whom somebody merely saw does not stand in the way.
    given([observed("04K", OFFICE, "b", "2018-01-01").reported()])
        .when(office)
        .then_obeys("office.abolished-vacant");
}

#[test]
fn who_else_may_stand_beside_a_holder() {
    let first = || appointed("04K", OFFICE, "a", "2018-03-12");
    let acting = with(appointed("04K", OFFICE, "b", "2019-01-01"), "tenure", json!("acting"));
    given([first()]).when(acting).then_obeys("office.one-holder");
    let interim = with(appointed("04K", OFFICE, "b", "2019-01-01"), "tenure", json!("interim"));
    given([first()]).when(interim).then_refused("office.one-holder");
    let lay = |who| appointed("04K", "lay_member", who, "2018-01-01");
    given([lay("a")]).when(lay("b")).then_obeys("office.one-holder");
    // Whom somebody merely saw does not stand in the way; the same person is no rival.
    let seen = observed("04K", OFFICE, "b", "2018-01-01").reported();
    given([seen]).when(first()).then_obeys("office.one-holder");
    given([first()]).when(appointed("04K", OFFICE, "a", "2019-01-01")).then_obeys("office.one-holder");
    given([appointed("04L", OFFICE, "a", "2018-03-12")]).when(first()).then_obeys("office.one-holder");
}

#[test]
fn what_ends_is_an_appointment_that_the_book_knows() {
    let rule = "office.holder";
    let end = || ended("04K", OFFICE, "a", "2019-04-01");
    given([appointed("04K", OFFICE, "a", "2018-03-12")]).when(end()).then_obeys("office.holder");
    given([observed("04K", OFFICE, "a", "2018-03-12")]).when(end()).then_obeys("office.holder");
    given([]).when(end()).then_refused("office.holder");
    given([appointed("04K", OFFICE, "b", "2018-03-12")]).when(end()).then_refused(rule);
    given([appointed("04L", OFFICE, "a", "2018-03-12")]).when(end()).then_refused(rule);
    given([appointed("04K", "chair", "a", "2018-03-12")]).when(end()).then_refused(rule);
    // Between two stretches there is nothing to end: it would draw the first beyond whoever came after it.
    let acting_later = with(appointed("04K", OFFICE, "a", "2019-06-01"), "tenure", json!("acting"));
    given([
        appointed("04K", OFFICE, "a", "2018-03-12"),
        ended("04K", OFFICE, "a", "2019-01-01"),
        appointed("04K", OFFICE, "b", "2019-01-01"),
        acting_later,
    ])
    .when(end())
    .then_refused(rule);
}

#[test]
fn an_appointment_ends_no_earlier_than_it_starts() {
    let started = || given([appointed("04K", OFFICE, "a", "2018-03-12")]);
    started().when(ended("04K", OFFICE, "a", "2018-03-12")).then_obeys("office.end-after-start");
    started().when(ended("04K", OFFICE, "a", "2018-03-11")).then_refused("office.end-after-start");
    let march = with(ended("04K", OFFICE, "a", "2018-03-01"), "effective", month("2018-03", 31));
    started().when(march).then_found("office.end-after-start");
    // Of two stretches, it ends the one that had begun.
    let twice = given([
        appointed("04K", OFFICE, "a", "2014-01-01"),
        ended("04K", OFFICE, "a", "2015-01-01"),
        appointed("04K", OFFICE, "a", "2018-03-12"),
    ]);
    twice.when(ended("04K", OFFICE, "a", "2014-06-01")).then_obeys("office.end-after-start");
}

#[test]
fn an_officer_is_a_person_whom_the_book_knows() {
    given([]).when(appointed("04K", OFFICE, "a", "2018-03-12")).then_obeys("person.known");
    given([]).when(appointed("04K", OFFICE, "c", "2018-03-12")).then_refused("person.known");
    // Reports are checked for their references, too.
    given([]).when(observed("04K", OFFICE, "c", "2018-03-12")).then_refused("person.known");
    let mut said = merged();
    said.facts["officers"][0]["person"] = json!("person/c");
    given(up_to_approval()).when(said).then_refused("person.known");
}

#[test]
fn who_holds_an_office_on_a_day() {
    let story = given([
        appointed("04K", OFFICE, "a", "2018-03-12"),
        ended("04K", OFFICE, "a", "2019-04-01"),
        appointed("04K", OFFICE, "b", "2019-06-01"),
    ]);
    assert_eq!((held(&story, "2018-03-11"), is_vacant(&story, "2018-03-11")), (vec![], false), "unknown");
    assert_eq!(held(&story, "2018-03-12"), ["a"]);
    assert_eq!(held(&story, "2019-03-31"), ["a"]);
    assert_eq!((held(&story, "2019-04-01"), is_vacant(&story, "2019-04-01")), (vec![], true));
    assert_eq!((held(&story, "2019-06-01"), is_vacant(&story, "2019-06-01")), (vec!["b".to_owned()], false));
}

#[test]
fn a_start_that_is_not_certain_leaves_the_office_unknown_and_not_vacant() {
    let story = given([
        appointed("04K", OFFICE, "a", "2018-03-12"),
        ended("04K", OFFICE, "a", "2019-04-01"),
        with(appointed("04K", OFFICE, "b", "2019-04-01"), "effective", month("2019-04", 30)),
    ]);
    assert_eq!((held(&story, "2019-04-10"), is_vacant(&story, "2019-04-10")), (vec![], false));
    assert_eq!(held(&story, "2019-04-30"), ["b"]);
}

/// Of whom it is not known whether they hold the office.
fn perhaps(story: &Story, day: &str) -> Vec<String> {
    story.perhaps_officers("04K", Office::AccountableOfficer, story.at(day))
}

#[test]
fn who_was_seen_holds_until_somebody_is_appointed_or_an_end_is_known() {
    let seen = observed("04K", OFFICE, "a", "2017-06-15").reported().on("2019-03-01");
    let story = given([seen.clone()]);
    assert_eq!((held(&story, "2017-06-14"), held(&story, "2017-06-15")), (vec![], vec!["a".to_owned()]));
    assert_eq!((held(&story, "2019-01-01"), perhaps(&story, "2019-01-01")), (vec![], vec!["a".to_owned()]));
    let replaced = given([appointed("04K", OFFICE, "b", "2018-11-01"), seen.clone()]);
    assert_eq!(
        (perhaps(&replaced, "2018-10-31"), perhaps(&replaced, "2018-11-01")),
        (vec!["a".into()], vec![])
    );
    assert_eq!(held(&replaced, "2018-11-01"), ["b"]);
    let left = given([seen.clone(), ended("04K", OFFICE, "a", "2018-11-01")]);
    assert_eq!((held(&left, "2018-11-01"), is_vacant(&left, "2018-11-01")), (vec![], true));
    // Seen first, and then appointed for good: both stretches are theirs.
    let kept = given([appointed("04K", OFFICE, "a", "2018-11-01"), seen]);
    assert_eq!(
        (perhaps(&kept, "2017-07-01"), held(&kept, "2018-11-01")),
        (vec!["a".into()], vec!["a".into()])
    );
}

#[test]
fn a_sighting_says_nothing_for_certain_of_days_after_it_nor_before_its_body() {
    let story = given([observed("04K", OFFICE, "a", "2017-06-15").reported().on("2019-03-01")]);
    assert_eq!((held(&story, "2017-06-15"), perhaps(&story, "2017-06-15")), (vec!["a".to_owned()], vec![]));
    assert_eq!((held(&story, "2017-06-16"), perhaps(&story, "2017-06-16")), (vec![], vec!["a".to_owned()]));
    assert!(!is_vacant(&story, "2017-06-16"), "not known is not vacant");
    let early = observed("04K", OFFICE, "a", "2012-06-15").reported().on("2019-03-01");
    let early = given([early]);
    assert_eq!((held(&early, "2012-07-01"), perhaps(&early, "2012-07-01")), (vec![], vec![]));
    assert_eq!(perhaps(&early, "2013-04-01"), ["a"], "the body is there");
    // Of a year nobody knows which day.
    let year = json!({"written": "2018", "earliest": "2018-01-01", "latest": "2018-12-31"});
    let vague = with(observed("04K", OFFICE, "a", "2018-01-01"), "observed_on", year);
    let vague = given([vague.reported().on("2019-03-01")]);
    let on = |day: &str| (held(&vague, day), perhaps(&vague, day));
    assert_eq!(on("2017-12-31"), (vec![], vec![]));
    assert_eq!(on("2018-06-01"), (vec![], vec!["a".to_owned()]));
    assert_eq!(on("2018-12-31"), (vec![], vec!["a".to_owned()]));
    // Written down within that month, it speaks of the day on which it was.
    let vague = with(observed("04K", OFFICE, "a", "2018-01-01"), "observed_on", month("2018-06", 30));
    let vague = given([vague.reported().on("2018-06-15")]);
    let on = |day: &str| (held(&vague, day), perhaps(&vague, day));
    assert_eq!(on("2018-06-14"), (vec![], vec!["a".to_owned()]));
    assert_eq!(on("2018-06-15"), (vec!["a".to_owned()], vec![]));
    assert_eq!(on("2018-06-16"), (vec![], vec!["a".to_owned()]));
}

#[test]
fn a_name_holds_from_its_day_on() {
    let named = |name: &str, from: Option<&str>| {
        let mut facts = json!({"name": name});
        from.into_iter().for_each(|from| facts["from"] = json!(from));
        says("PersonRecorded", "person/n", facts).by(&[("nhs-england", "nhs_england", "")])
    };
    let name = |story: &Story, day: &str| {
        let id = "person/n".parse().unwrap();
        minutebook_governance::people::person_name(story.record(), &id, story.at(day)).unwrap()
    };
    let clear = |text: &str| minutebook_governance::Sealable::Clear(text.to_owned());
    for said in [
        [named("Ann Smith", None), named("Ann Jones", Some("2018-05-01"))],
        [named("Ann Jones", Some("2018-05-01")), named("Ann Smith", None)],
    ] {
        let story = given(said);
        assert_eq!(name(&story, "2018-04-30"), clear("Ann Smith"));
        assert_eq!(name(&story, "2018-05-01"), clear("Ann Jones"));
    }
    // A name said anew without a day is the same name, corrected.
    let story = given([named("Ann Smyth", None), named("Ann Smith", None)]);
    assert_eq!(name(&story, "2018-05-01"), clear("Ann Smith"));
}

#[test]
fn what_two_sources_call_a_person_differently_is_told_with_both() {
    let named = |name: &str, paper: &str| {
        says("PersonRecorded", "person/n", json!({"name": name})).reported().printed_in(paper)
    };
    let name = |said: Vec<Said>| {
        let story = given(said);
        let id = "person/n".parse().unwrap();
        person_name(story.record(), &id, story.at("2018-05-01")).unwrap()
    };
    let (one, other) = (named("Ann Smith", "A list"), named("Anne Smyth", "A letter"));
    let both = Sealable::Clear("Ann Smith, or Anne Smyth (sources differ)".to_owned());
    assert_eq!(name(vec![one.clone(), other.clone()]), both);
    assert_eq!(name(vec![other.clone(), one.clone()]), both);
    // The same source revises, the same name in other letters is the same, and one that a source knows too is no other.
    let revised = name(vec![one.clone(), other.clone(), named("Ann Smith", "A letter")]);
    assert_eq!(revised, Sealable::Clear("Ann Smith".to_owned()));
    let capitals = name(vec![one.clone(), named("ANN  SMITH", "A letter")]);
    assert_eq!(capitals, Sealable::Clear("ANN  SMITH".to_owned()));
    let known_too = with(other, "aliases", json!(["Ann Smith"]));
    assert_eq!(name(vec![one.clone(), known_too]), Sealable::Clear("Anne Smyth".to_owned()));
    // An act stands above what is reported.
    let act = says("PersonRecorded", "person/n", json!({"name": "Annie Smith"})).by(&[(
        "nhs-england",
        "nhs_england",
        "",
    )]);
    assert_eq!(name(vec![act, one]), Sealable::Clear("Annie Smith".to_owned()));
}

#[test]
fn the_offices_of_a_person_are_told_over_all_bodies() {
    use minutebook_governance::people::{HoldingState, offices_of};
    let story = given([
        appointed("04K", OFFICE, "a", "2018-04-01"),
        ended("04K", OFFICE, "a", "2019-04-01"),
        appointed("04L", OFFICE, "a", "2019-04-01"),
        appointed("04L", "chair", "b", "2018-01-01"),
    ]);
    let on = |day: &str| {
        let offices = offices_of(story.record(), &"person/a".parse().unwrap(), story.at(day));
        offices.iter().map(|it| (it.body.to_string(), it.state)).collect::<Vec<_>>()
    };
    let of = |slug: &str, state| (format!("body/{slug}"), state);
    assert_eq!(on("2018-06-01"), [of("04K", HoldingState::Holds), of("04L", HoldingState::ToCome)]);
    assert_eq!(on("2019-06-01"), [of("04L", HoldingState::Holds), of("04K", HoldingState::Held)]);
}

#[test]
fn what_ends_with_the_body_ends() {
    let dissolved = says(
        "BodyDissolved",
        "body/04K",
        json!({"effective": "2020-04-01", "reason": "order",
        "successors": ["body/04L"]}),
    );
    let story = given([appointed("04K", OFFICE, "a", "2018-03-12"), dissolved]);
    assert_eq!((held(&story, "2020-03-31"), held(&story, "2020-04-01")), (vec!["a".to_owned()], vec![]));
    assert!(!is_vacant(&story, "2020-04-01"), "an office of a body that is no more is not vacant");
    // Who held it then held it until the body's end, as the entry that ends the body says; of a term that was over before,
    // or of what was merely seen, the body's end says nothing.
    use minutebook_governance::people::offices_of;
    let interim = with(appointed("04K", "chair", "a", "2019-04-01"), "tenure", json!("interim"));
    let term = with(appointed("04K", "deputy_chair", "a", "2018-04-01"), "until", json!("2019-04-01"));
    let story = story.and([
        interim.reported(),
        term.reported(),
        observed("04K", "lay_member", "a", "2019-05-01").reported(),
    ]);
    let on = |day: &str| {
        let mut told: Vec<_> = offices_of(story.record(), &"person/a".parse().unwrap(), story.at(day))
            .into_iter()
            .map(|it| (it.office, it.holding.until.map(|until| until.to_string()), it.ended_with.len()))
            .collect();
        told.sort();
        told
    };
    let row = |office, until: Option<&str>, ended_with| (office, until.map(ToOwned::to_owned), ended_with);
    let ended = |chair: Option<&str>, ended_with| {
        let mut rows = [
            row(Office::Chair, chair, ended_with),
            row(Office::AccountableOfficer, chair, ended_with),
            row(Office::DeputyChair, Some("2019-04-01"), 0),
            row(Office::LayMember, None, 0),
        ];
        rows.sort();
        rows
    };
    assert_eq!(on("2020-03-31"), ended(None, 0));
    assert_eq!(on("2020-04-01"), ended(Some("2020-04-01"), 1));
}

#[test]
fn the_stretches_of_one_person_do_not_hang_on_the_order_of_the_book() {
    let told = [
        appointed("04K", OFFICE, "a", "2014-01-01").reported(),
        ended("04K", OFFICE, "a", "2015-01-01").reported(),
        with(appointed("04K", OFFICE, "a", "2017-09-01"), "tenure", json!("interim")).reported(),
        appointed("04K", OFFICE, "a", "2018-11-01").reported(),
    ];
    let stretches = |order: [usize; 4]| {
        let story = given(order.map(|at| told[at].clone()));
        let all = holdings(
            story.record(),
            &"body/04K".parse().unwrap(),
            Office::AccountableOfficer,
            story.at("2020-01-01"),
        );
        let mut all: Vec<_> = all
            .iter()
            .map(|held| {
                (
                    held.from.clone().unwrap().to_string(),
                    held.until.as_ref().map(ToString::to_string),
                    held.tenure,
                )
            })
            .collect();
        all.sort_by(|a, b| a.0.cmp(&b.0));
        all
    };
    let expected = stretches([0, 1, 2, 3]);
    assert_eq!(expected.len(), 3);
    assert_eq!(expected[1].1.as_deref(), Some("2018-11-01"), "interim, until for good");
    for order in [[3, 2, 1, 0], [1, 0, 3, 2], [2, 3, 0, 1]] {
        assert_eq!(stretches(order), expected, "{order:?}");
    }
}

#[test]
fn who_is_appointed_again_on_the_day_of_an_end_goes_on() {
    let told = [
        appointed("04K", OFFICE, "a", "2014-01-01"),
        appointed("04K", OFFICE, "a", "2015-01-01"),
        ended("04K", OFFICE, "a", "2015-01-01"),
    ];
    let story = given(told.map(Said::reported));
    assert_eq!(
        (held(&story, "2014-06-01"), held(&story, "2015-06-01")),
        (vec!["a".into()], vec!["a".into()])
    );
}

#[test]
fn of_two_starts_of_one_appointment_the_higher_standing_holds() {
    let act = || appointed("04K", OFFICE, "a", "2018-03-12");
    let register = || appointed("04K", OFFICE, "a", "2018-03-01").reported();
    for order in [[act(), register()], [register(), act()]] {
        let story = given(order);
        assert_eq!((held(&story, "2018-03-11"), held(&story, "2018-03-12")), (vec![], vec!["a".to_owned()]));
    }
    let other = appointed("04K", OFFICE, "a", "2018-03-31").reported_by_another();
    let story = given([register(), other]);
    assert_eq!(held(&story, "2018-03-15"), Vec::<String>::new(), "neither holds: nobody can tell");
    assert_eq!(held(&story, "2018-03-31"), ["a"]);
}

#[test]
fn a_term_ends_when_it_says_unless_it_ends_before() {
    let term = || with(appointed("04K", OFFICE, "a", "2014-01-01"), "until", json!("2017-01-01"));
    let story = given([term()]);
    assert_eq!((held(&story, "2016-12-31"), held(&story, "2017-01-01")), (vec!["a".to_owned()], vec![]));
    let story = given([term(), ended("04K", OFFICE, "a", "2016-01-01")]);
    assert_eq!(held(&story, "2016-01-01"), Vec::<String>::new());
    let story = given([term(), appointed("04K", OFFICE, "a", "2017-01-01")]);
    assert_eq!(
        (held(&story, "2015-01-01"), held(&story, "2019-01-01")),
        (vec!["a".into()], vec!["a".into()])
    );
}

#[test]
fn names_hang_on_a_random_id() {
    let sealed = json!({"sealed": "ab".repeat(32)});
    let story = given([
        with(person("c"), "name", sealed),
        person("d"),
        with(person("d").in_the_press(), "name", json!("D?")),
    ]);
    let name = |who: &str| {
        person_name(story.record(), &format!("person/{who}").parse().unwrap(), story.at("2020-01-01"))
    };
    assert_eq!(name("c").unwrap().shown(), "(sealed)");
    assert_eq!(name("d"), Some(Sealable::Clear("d".to_owned())), "the higher standing holds");
    assert_eq!(name("nobody"), None);
}

#[test]
fn what_sources_call_a_person_differently_is_found() {
    let named =
        |facts: Value, paper: &str| says("PersonRecorded", "person/n", facts).reported().printed_in(paper);
    let found = |said: Vec<Said>| {
        let story = given(said);
        let all =
            minutebook_governance::register::findings(story.record(), story.at("2018-05-01")).into_iter();
        let of_names = all.filter(|it| it.rule.id == "joining.contradiction");
        of_names.map(|it| (it.id(), it.found)).collect::<Vec<_>>()
    };
    let at = given([]).record().len();
    let id = |first: u64| format!("joining.contradiction:person/n:{first}");
    let (one, other) = (json!({"name": "Ann Smith"}), json!({"name": "Anne Smyth"}));
    let differ = found(vec![named(one.clone(), "A list"), named(other.clone(), "A letter")]);
    let words = format!(
        "name: Ann Smith (entry {at}, A list) or Anne Smyth (entry {}, A letter): none of these sources \
        goes before the other, so it is not known",
        at + 1
    );
    assert_eq!(differ, [(id(at), words)]);
    // An act holds against a report, and that is found too.
    let act = says("PersonRecorded", "person/n", one.clone()).by(&[("nhs-england", "nhs_england", "")]);
    let words = format!("name: Ann Smith holds; also said: Anne Smyth (entry {}, A letter)", at + 1);
    assert_eq!(found(vec![act, named(other.clone(), "A letter")]), [(id(at), words)]);
    // Of another day it is a further name, in other letters the same, and what a source revises or knows too is no other.
    let later = json!({"name": "Anne Smyth", "from": "2018-01-01"});
    assert_eq!(found(vec![named(one.clone(), "A list"), named(later.clone(), "A letter")]), []);
    let (again, too) =
        (json!({"name": "ANN  SMITH"}), json!({"name": "Anne Smyth", "aliases": ["Ann Smith"]}));
    for said in [again, too] {
        assert_eq!(found(vec![named(one.clone(), "A list"), named(said, "A letter")]), []);
    }
    assert_eq!(found(vec![named(one.clone(), "A list"), named(other.clone(), "A list")]), []);
    let words = found(vec![
        named(later, "A list"),
        named(json!({"name": "A. Smith", "from": "2018-01-01"}), "A letter"),
    ]);
    assert_eq!(words.len(), 1);
    assert!(words[0].1.starts_with("name from 2018-01-01: Anne Smyth"), "{words:?}");
    // What is sealed can't be told from any name, and stays unsaid.
    assert_eq!(
        found(vec![named(one, "A list"), named(json!({"name": {"sealed": "ab".repeat(32)}}), "A letter")]),
        []
    );
}

#[test]
fn a_nomination_appoints_nobody() {
    let nominated =
        decided("04K", "2018-01-01", json!({"nominate": {"office": OFFICE, "person": "person/a"}}));
    let story = given([nominated]);
    assert_eq!((held(&story, "2019-01-01"), is_vacant(&story, "2019-01-01")), (vec![], false));
}

#[test]
fn an_office_has_no_more_holders_than_seats() {
    let rule = "office.seats";
    let defined = |title: &str, seats: u32, from: &str| {
        says(
            "OfficeDefined",
            "body/04K",
            json!({"office": "lay_member", "title": title, "voting": true, "statutory": true, "seats": seats,
                "effective": from}),
        )
    };
    let lay = |who: &str, on: &str| appointed("04K", "lay_member", who, on);
    let of_two = || given([person("c"), defined("Lay member", 2, "2013-04-01"), lay("a", "2014-01-01")]);
    let full = || of_two().and([lay("b", "2015-01-01")]);
    of_two().when(lay("b", "2015-01-01")).then_obeys("office.seats");
    full().when(lay("c", "2016-01-01")).then_refused("office.seats");
    full().when(lay("a", "2016-01-01")).then_obeys(rule);
    full().when(with(lay("c", "2016-01-01"), "tenure", json!("acting"))).then_obeys(rule);
    // A seat comes free, or another one is made.
    let leaves = ended("04K", "lay_member", "b", "2016-01-01");
    full().and([leaves]).when(lay("c", "2016-01-01")).then_obeys(rule);
    full()
        .and([defined("Lay member for audit", 1, "2015-01-01")])
        .when(lay("c", "2016-01-01"))
        .then_obeys(rule);
    full().and([defined("Lay member", 3, "2015-01-01")]).when(lay("c", "2016-01-01")).then_obeys(rule);
    full()
        .and([defined("Lay member for audit", 1, "2017-01-01")])
        .when(lay("c", "2016-01-01"))
        .then_refused(rule);
    // Who goes in that month may be gone.
    let leaves = with(ended("04K", "lay_member", "b", "2016-01-01"), "effective", month("2016-01", 31));
    full().and([leaves]).when(lay("c", "2016-01-15")).then_found("office.seats");
    // Where nobody says how many seats there are, and where somebody was only seen, nothing stands in the way.
    given([person("c"), lay("a", "2014-01-01"), lay("b", "2014-01-01")])
        .when(lay("c", "2016-01-01"))
        .then_obeys(rule);
    let seen = observed("04K", "lay_member", "b", "2015-01-01");
    of_two().and([seen]).when(lay("c", "2016-01-01")).then_obeys(rule);
}

#[test]
fn a_term_that_is_over_stays_over_whoever_comes_back() {
    let term = with(appointed("04K", OFFICE, "a", "2013-04-01"), "until", json!("2015-04-01"));
    let acting = with(appointed("04K", OFFICE, "a", "2019-04-01"), "tenure", json!("acting"));
    let story = given([term, appointed("04K", OFFICE, "b", "2016-04-01"), acting]);
    assert_eq!(held(&story, "2015-03-31"), ["a"]);
    assert!(held(&story, "2016-03-31").is_empty());
    assert_eq!(held(&story, "2018-04-01"), ["b"]);
}

#[test]
fn two_holders_whom_a_correction_brings_together_are_refused_and_of_reports_found() {
    let first = with(appointed("04K", OFFICE, "a", "2018-04-01"), "until", json!("2019-04-01")).with_id(1);
    let second = appointed("04K", OFFICE, "b", "2019-04-01");
    let until = |day: &str| {
        let corrected = json!({"target": id(1), "kind": "factual", "reason": "The minutes say so.",
            "fields": [{"path": "/until", "old": "2019-04-01", "new": day}]});
        says("RecordCorrected", &format!("record/{}", id(1)), corrected)
    };
    let england = [("nhs-england", "nhs_england", "")];
    let acts = || given([first.clone(), second.clone()]);
    acts().when(until("2020-04-01").by(&england)).then_refused("office.one-holder");
    acts().when(until("2019-03-01").by(&england)).then_obeys("office.one-holder");
    let story = given([first.reported(), second.reported()]);
    let story = story.finds_no("office.one-holder", "2019-05-01").and([until("2020-04-01").reported()]);
    let story = story.finds("office.one-holder", "2019-05-01").finds_no("office.one-holder", "2019-03-31");
    // It lasts until an entry resolves it, not until the one's term is over.
    story.finds("office.one-holder", "2020-04-01");
}

#[test]
fn two_who_are_seen_in_one_office_are_found_though_nobody_knows_whether_the_body_was_open() {
    let rule = "office.one-holder";
    let undated = |slug: &str| {
        let facts = json!({"kind": "ccg", "name": format!("{slug} of an undated list")});
        says("BodyRegistered", &format!("body/{slug}"), facts).reported()
    };
    let seen = |who: &str, on: &str| observed("13T", OFFICE, who, on);
    let story = || given([undated("13T")]);
    story().and([seen("a", "2018-03-12"), seen("b", "2018-03-12")]).finds(rule, "2018-06-01");
    // On two days one may have followed the other; nor was it found before the day.
    story().and([seen("a", "2018-03-12"), seen("b", "2018-03-13")]).finds_no(rule, "2018-06-01");
    story().and([seen("a", "2018-03-12"), seen("b", "2018-03-12")]).finds_no(rule, "2018-03-11");
    // Of a body that was no more then, nobody was in office.
    let ended =
        says("BodyRegistered", "body/13T", json!({"kind": "ccg", "name": "13T", "until": "2017-04-01"}));
    story()
        .and([ended.reported(), seen("a", "2018-03-12"), seen("b", "2018-03-12")])
        .finds_no(rule, "2018-06-01");
}
