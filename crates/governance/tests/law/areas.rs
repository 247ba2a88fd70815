//! Areas: who holds a unit, and how units pass.

use crate::said::{Said, ccg, ccg_name, ccg_until, established, month, says};
use crate::story::{Story, given};
use serde_json::{Value, json};

fn varied(slug: &str, effective: Value, gains: Value, losses: Value) -> Said {
    let mut facts = json!({"effective": effective, "extent": "stated", "basis": "section 14E"});
    for (name, changes) in [("gains", gains), ("losses", losses)] {
        if changes != json!([]) {
            facts[name] = changes;
        }
    }
    says("AreaVaried", &format!("body/{slug}"), facts)
}

fn follows(slug: &str, successor: &str, kind: &str, on: &str, units: Option<Value>) -> Said {
    let mut facts = json!({"successor": format!("body/{successor}"), "kind": kind, "effective": on});
    if let Some(units) = units {
        facts["units"] = units;
    }
    says("SuccessionRecorded", &format!("body/{slug}"), facts).reported()
}

/// A CCG that opens later, without units of its own: they come to it.
fn successor(slug: &str, from: &str) -> Said {
    says(
        "BodyRegistered",
        &format!("body/{slug}"),
        json!({"kind": "ccg", "name": ccg_name(slug), "from": from}),
    )
    .reported()
}

#[test]
fn areas_of_commissioners_do_not_overlap() {
    let taking = |unit: &str, from: Value, kind: &str| {
        let mut said = established("13T", "2020-04-01");
        (said.facts["units"], said.facts["effective"]) = (json!([unit]), from);
        (said.facts["kind"], said.facts["name"]) = (json!(kind), json!(ccg_name("13T")));
        said
    };
    given([]).when(taking("13T", json!("2020-04-01"), "ccg")).then_obeys("body.area-overlap");
    given([]).when(taking("04K", json!("2020-04-01"), "ccg")).then_refused("body.area-overlap");
    given([]).when(taking("04K", json!("2020-04-01"), "trust")).then_obeys("body.area-overlap");
    let gone = || [ccg_until("04N", Some("2020-04-01"))];
    given(gone()).when(taking("04N", json!("2020-04-01"), "ccg")).then_obeys("body.area-overlap");
    given(gone()).when(taking("04N", json!("2020-03-31"), "ccg")).then_refused("body.area-overlap");
    given([ccg_until("04N", Some("2020-04-15"))])
        .when(taking("04N", month("2020-04", 30), "ccg"))
        .then_found("body.area-overlap");
}

#[test]
fn a_unit_passes_from_the_body_that_holds_it() {
    let change = |unit: &str, body: &str| json!([{"unit": unit, "body": format!("body/{body}")}]);
    let on = || json!("2019-04-01");
    given([]).when(varied("04K", on(), change("04L", "04L"), json!([]))).then_obeys("area.held");
    given([]).when(varied("04K", on(), change("04M", "04L"), json!([]))).then_refused("area.held");
    given([]).when(varied("04K", on(), change("13T", "04L"), json!([]))).then_refused("area.held");
    given([]).when(varied("04K", on(), json!([]), change("04K", "04L"))).then_obeys("area.held");
    given([]).when(varied("04K", on(), json!([]), change("04L", "04M"))).then_refused("area.held");
    // A month in which the unit had passed already, or had not.
    let earlier = varied("04L", json!("2019-04-15"), json!([]), change("04L", "04M"));
    given([earlier])
        .when(varied("04K", month("2019-04", 30), change("04L", "04L"), json!([])))
        .then_found("area.held");
    // On one day it goes to one body, whoever says so, and that body as often as one likes.
    let to_m = varied("04M", on(), change("04L", "04L"), json!([]));
    let lost = |to: &str| varied("04L", on(), json!([]), change("04L", to));
    given([to_m.clone()])
        .when(varied("04K", on(), change("04L", "04L"), json!([])))
        .then_refused("area.held");
    given([to_m.clone()]).when(lost("04K")).then_refused("area.held");
    given([to_m]).when(lost("04M")).then_obeys("area.held");
    // Who receives it is open, too.
    let closed = given([ccg_until("04N", Some("2018-04-01"))]);
    closed.when(varied("04K", on(), json!([]), change("04K", "04N"))).then_refused("body.open");
}

#[test]
fn a_unit_that_passed_is_held_by_the_other_from_that_day_on() {
    let gains = json!([{"unit": "04L", "body": "body/04L"}]);
    // Either body, or both, may say so; saying it twice changes nothing.
    let losses = json!([{"unit": "04L", "body": "body/04K"}]);
    let gained = varied("04K", json!("2019-04-01"), gains, json!([]));
    let lost = varied("04L", json!("2019-04-01"), json!([]), losses);
    for told in [vec![gained.clone()], vec![lost.clone()], vec![gained, lost]] {
        let story = given(told);
        assert_eq!(story.holder("04L", story.at("2019-03-31")).as_deref(), Some("04L"));
        assert_eq!(story.holder("04L", story.at("2019-04-01")).as_deref(), Some("04K"));
        assert_eq!(story.holder("04K", story.at("2019-04-01")).as_deref(), Some("04K"));
    }
    // And it may come back.
    let there = varied("04K", json!("2016-04-01"), json!([{"unit": "04L", "body": "body/04L"}]), json!([]));
    let back = varied("04L", json!("2018-04-01"), json!([{"unit": "04L", "body": "body/04K"}]), json!([]));
    let story = given([there, back]);
    let holds = |day: &str| story.holder("04L", story.at(day)).unwrap();
    assert_eq!(
        (holds("2016-03-31"), holds("2017-01-01"), holds("2018-04-01")),
        ("04L".into(), "04K".into(), "04L".into())
    );
}

/// 01Y is divided on 1 July 2022: Glossop to QJ2, the rest to QOP.
fn divided(glossop: Option<Value>, rest: Option<Value>) -> Story {
    given([
        ccg_until("01Y", Some("2022-07-01")),
        successor("QJ2", "2022-07-01"),
        successor("QOP", "2022-07-01"),
        follows("01Y", "QJ2", "split", "2022-07-01", glossop),
        follows("01Y", "QOP", "split", "2022-07-01", rest),
    ])
}

#[test]
fn a_split_divides_a_unit() {
    let story = divided(Some(json!(["01Y/glossop"])), None);
    let holds = |unit: &str, day: &str| story.holder(unit, story.at(day));
    assert_eq!(holds("01Y/glossop", "2022-06-30").as_deref(), Some("01Y"));
    assert_eq!(holds("01Y/glossop", "2022-07-01").as_deref(), Some("QJ2"));
    assert_eq!(holds("01Y", "2022-07-01").as_deref(), Some("QOP"));
    let whole = minutebook_governance::bodies::holder(
        story.record(),
        &"01Y".parse().unwrap(),
        story.at("2022-07-01"),
    );
    let parts: Vec<_> = whole.parts.iter().map(|(unit, body)| (unit.as_str(), body.slug())).collect();
    assert_eq!(
        parts,
        [("01Y/glossop", "QJ2")],
        "the answer for the whole names the part that went elsewhere"
    );
}

#[test]
fn a_unit_that_passed_in_parts_alone_is_held_by_nobody_as_a_whole() {
    let story = divided(Some(json!(["01Y/glossop"])), Some(json!(["01Y/rest"])));
    let whole = minutebook_governance::bodies::holder(
        story.record(),
        &"01Y".parse().unwrap(),
        story.at("2022-07-01"),
    );
    assert!(whole.body.is_none());
    assert_eq!(whole.parts.len(), 2);
    assert_eq!(story.holder("01Y/rest", story.at("2022-07-01")).as_deref(), Some("QOP"));
}

#[test]
fn absorption_leaves_the_other_open() {
    // Bassetlaw goes to a body that is open; its own successor takes the rest.
    let story = given([follows("04K", "04L", "absorption", "2019-04-01", Some(json!(["04K"])))]);
    assert_eq!(story.holder("04K", story.at("2019-03-31")).as_deref(), Some("04K"));
    assert_eq!(story.holder("04K", story.at("2019-04-01")).as_deref(), Some("04L"));
    let units = |slug: &str| {
        let id = format!("body/{slug}").parse().unwrap();
        let units = minutebook_governance::bodies::units_of(story.record(), &id, story.at("2019-04-01"));
        units.iter().map(|unit| unit.as_str().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((units("04K"), units("04L")), (vec![], vec!["04K".to_owned(), "04L".to_owned()]));
}

#[test]
fn a_unit_goes_on_from_successor_to_successor() {
    let story = given([
        ccg_until("10G", Some("2018-04-01")),
        says(
            "BodyRegistered",
            "body/15D",
            json!({"kind": "ccg", "name": "D", "from": "2018-04-01",
            "until": "2021-04-01"}),
        )
        .reported(),
        successor("D4U1Y", "2021-04-01"),
        follows("15D", "D4U1Y", "merger", "2021-04-01", None),
        follows("10G", "15D", "merger", "2018-04-01", None),
    ]);
    let holds = |day: &str| story.holder("10G", story.at(day));
    assert_eq!(holds("2018-03-31").as_deref(), Some("10G"));
    assert_eq!(holds("2021-03-31").as_deref(), Some("15D"));
    assert_eq!(holds("2021-04-01").as_deref(), Some("D4U1Y"));
    assert_eq!(holds("2013-03-31"), None);
}

#[test]
fn a_unit_may_pass_twice_on_one_day() {
    // 04K goes to 04L, which is taken into 04M that very day.
    let story = given([
        follows("04K", "04L", "absorption", "2019-04-01", Some(json!(["04K"]))),
        follows("04L", "04M", "merger", "2019-04-01", None),
    ]);
    assert_eq!(story.holder("04K", story.at("2019-03-31")).as_deref(), Some("04K"));
    assert_eq!(story.holder("04K", story.at("2019-04-01")).as_deref(), Some("04M"));
}

#[test]
fn within_a_change_without_a_certain_day_it_is_not_known_who_holds_a_unit() {
    let gains = json!([{"unit": "04L", "body": "body/04L"}]);
    let story = given([varied("04K", month("2019-04", 30), gains, json!([]))]);
    assert_eq!(story.holder("04L", story.at("2019-03-31")).as_deref(), Some("04L"));
    assert_eq!(story.holder("04L", story.at("2019-04-01")), None);
    assert_eq!(story.perhaps("04L", "2019-04-29"), ["04K", "04L"]);
    assert_eq!(story.holder("04L", story.at("2019-04-30")).as_deref(), Some("04K"));
    // A change of which nothing is said moves nothing.
    let unstated = says(
        "AreaVaried",
        "body/04K",
        json!({"effective": "2019-04-01", "extent": "not_stated",
        "basis": "the register"}),
    );
    assert_eq!(given([unstated]).holder("04K", story.at("2019-06-01")).as_deref(), Some("04K"));
}

#[test]
fn the_press_moves_a_unit_in_the_reported_view_alone() {
    let claimed = || follows("04K", "04M", "merger", "2019-04-01", None).in_the_press();
    let story = given([claimed()]);
    assert_eq!(story.holder("04K", story.at("2019-04-01")).as_deref(), Some("04K"));
    assert_eq!(story.holder("04K", story.reported_at("2019-04-01")).as_deref(), Some("04M"));
    // What a register says of the same unit holds beside it.
    let real = follows("04K", "04L", "merger", "2020-04-01", None);
    for order in [[claimed(), real.clone()], [real, claimed()]] {
        let story = given(order);
        assert_eq!(story.holder("04K", story.reported_at("2020-04-01")).as_deref(), Some("04L"));
    }
}

#[test]
fn a_location_that_lists_a_unit_does_not_commission_for_it() {
    let mut place = ccg("04K");
    (place.subject, place.facts["kind"]) = ("body/a-place".to_owned(), json!("location"));
    place.facts["from"] = json!("2012-04-01");
    let story = given([place]);
    assert_eq!(story.holder("04K", story.at("2019-04-01")).as_deref(), Some("04K"));
}
