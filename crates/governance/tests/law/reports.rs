//! Reports are judged, too: what an act is refused for is found of a report, and the finding lasts until something
//! resolves it. Their author is their source.

use crate::said::{
    Said, abandoned, appointed, ccg, ccg_name, ccg_until, decided, ended, observed, proposed, says,
};
use crate::story::{Story, given, given_alone};
use minutebook_governance::bodies::{Doubt, Life, area_of, holder};
use minutebook_governance::memberships::{commissioners_of, practices};
use minutebook_governance::{Certainty, View};
use serde_json::{Value, json};

fn listed(slug: &str, facts: Value) -> Said {
    let mut all = json!({"kind": "icb", "name": format!("NHS {slug} Integrated Care Board")});
    all.as_object_mut().unwrap().extend(facts.as_object().unwrap().clone());
    says("BodyRegistered", &format!("body/{slug}"), all).reported()
}

fn follows(slug: &str, successor: &str, kind: &str, on: &str) -> Said {
    let facts = json!({"successor": format!("body/{successor}"), "kind": kind, "effective": on});
    says("SuccessionRecorded", &format!("body/{slug}"), facts).reported()
}

fn taking(mut said: Said, units: &[&str]) -> Said {
    said.facts["units"] = json!(units);
    said
}

/// A board that holds two units and is split on 1 April 2026, as a list without units has it.
fn split() -> Vec<Said> {
    let mut said: Vec<_> =
        ["1AA", "2BB"].into_iter().map(|slug| ccg_until(slug, Some("2022-07-01"))).collect();
    said.push(listed("OLD", json!({"from": "2022-07-01", "until": "2026-04-01"})));
    said.extend(["ZNW", "ANW"].map(|slug| listed(slug, json!({"from": "2026-04-01"}))));
    said.extend(["1AA", "2BB"].map(|slug| follows(slug, "OLD", "transformation", "2022-07-01")));
    said.extend(["ZNW", "ANW"].map(|slug| follows("OLD", slug, "split", "2026-04-01")));
    said
}

fn units(story: &Story, slug: &str, day: &str) -> (Vec<String>, Vec<String>) {
    let (held, perhaps) = area_of(story.record(), &format!("body/{slug}").parse().unwrap(), story.at(day));
    let named = |units: Vec<minutebook_governance::Unit>| units.iter().map(ToString::to_string).collect();
    (named(held), named(perhaps))
}

#[test]
fn a_split_that_names_no_units_leaves_each_with_one_of_those_who_follow() {
    let mut backwards = split();
    backwards.reverse();
    for said in [split(), backwards] {
        let story = given_alone(said).finds("succession.units-said", "2026-04-01");
        assert_eq!(story.holder("1AA", story.at("2026-03-31")).as_deref(), Some("OLD"));
        for unit in ["1AA", "2BB"] {
            assert_eq!(story.holder(unit, story.at("2026-04-01")), None);
            assert_eq!(story.perhaps(unit, "2026-04-01"), ["ANW", "ZNW"]);
            let held = holder(story.record(), &unit.parse().unwrap(), story.at("2026-04-01"));
            assert_eq!(held.doubt, Some(Doubt::UnitsNotSaid("body/OLD".parse().unwrap())));
        }
        assert_eq!(units(&story, "ANW", "2026-04-01"), (vec![], vec!["1AA".to_owned(), "2BB".to_owned()]));
        assert_eq!(units(&story, "OLD", "2026-03-31").0.len(), 2);
    }
    // A list that names them resolves it, whoever loads it and when.
    let named = [("ZNW", "1AA"), ("ANW", "2BB")];
    let named = named.map(|(slug, unit)| taking(follows("OLD", slug, "split", "2026-04-01"), &[unit]));
    let named = named.map(|said| said.reported_by_another().printed_in("A table of units"));
    for said in [
        split().into_iter().chain(named.clone()).collect::<Vec<_>>(),
        named.into_iter().chain(split()).collect(),
    ] {
        let story = given_alone(said).finds_no("succession.units-said", "2026-04-01");
        let holds = |unit: &str| story.holder(unit, story.at("2026-04-01")).unwrap();
        assert_eq!((holds("1AA"), holds("2BB")), ("ZNW".to_owned(), "ANW".to_owned()));
    }
}

#[test]
fn a_unit_that_two_say_they_opened_with_is_held_by_one_of_them() {
    let mut second = ccg("00Q");
    second.facts["units"] = json!(["04K"]);
    let story = given([second.clone()]).finds("body.area-overlap", "2019-04-01");
    assert_eq!(story.perhaps("04K", "2019-04-01"), ["00Q", "04K"]);
    // What the register says anew of its own stands in place of what it said before.
    second.facts["units"] = json!(["00Q"]);
    let mut wrong = second.clone();
    wrong.facts["units"] = json!(["04K"]);
    let story = given([wrong, second]).finds_no("body.area-overlap", "2019-04-01");
    assert_eq!(story.holder("04K", story.at("2019-04-01")).as_deref(), Some("04K"));
}

#[test]
fn a_unit_that_passes_twice_is_with_one_of_those_who_took_it() {
    let to = |slug: &str| taking(follows("04K", slug, "absorption", "2019-04-01"), &["04K"]);
    let story = given([to("04L"), to("04M")]).finds("succession.passes-once", "2019-04-01");
    assert_eq!(story.perhaps("04K", "2019-04-01"), ["04L", "04M"]);
    given([to("04L")]).finds_no("succession.passes-once", "2019-04-01");
}

#[test]
fn what_a_body_held_passes_to_somebody_when_it_ends() {
    let gone = ccg_until("04N", Some("2019-04-01"));
    let story = given([gone.clone()]).finds("succession.area-passes", "2018-01-01");
    assert_eq!(
        (story.holder("04N", story.at("2019-04-01")), story.perhaps("04N", "2019-04-01")),
        (None, vec![])
    );
    given([gone, follows("04N", "04L", "merger", "2019-04-01")])
        .finds_no("succession.area-passes", "2019-04-01");
}

#[test]
fn neighbours_of_which_nothing_is_said_are_found() {
    let story = given([follows("04K", "16C", "merger", "2020-04-01")]).finds("body.known", "2020-04-01");
    assert_eq!(story.perhaps("04K", "2020-04-01"), ["16C"]);
    given([follows("04k", "04L", "merger", "2020-04-01")]).finds("body.known", "2020-04-01");
    let place = |whole: &str| {
        let facts = json!({"kind": "location", "name": "A place", "from": "2022-07-01", "part_of": whole});
        says("BodyRegistered", "body/p", facts).reported()
    };
    given([place("body/QT1")]).finds("body.known", "2022-07-01");
    given([place("body/04K")]).finds_no("body.known", "2022-07-01");
    // The order plays no part: once the body is known, nothing is found.
    given([follows("04K", "16C", "merger", "2020-04-01"), ccg("16C")]).finds_no("body.known", "2020-04-01");
}

#[test]
fn nobody_follows_itself_through_others() {
    let round =
        [follows("04K", "04L", "merger", "2020-04-01"), follows("04L", "04K", "merger", "2020-04-01")];
    let story = given(round).finds("succession.no-circle", "2020-04-01");
    assert_eq!(story.perhaps("04K", "2020-04-01"), ["04K", "04L"]);
    let line = [follows("04K", "04L", "merger", "2020-04-01"), follows("04L", "04M", "merger", "2021-04-01")];
    given(line).finds_no("succession.no-circle", "2021-04-01");
}

#[test]
fn what_others_have_followed_is_not_open_for_certain() {
    let story = given([follows("04K", "04L", "merger", "2020-04-01")])
        .finds("succession.followed-ends", "2020-06-19");
    let life = |day: &str| story.body("04K", story.at(day)).unwrap().life(story.at(day));
    assert_eq!((life("2020-03-31"), life("2020-04-01")), (Life::Open, Life::Unknown));
    given([follows("04K", "04L", "merger", "2020-04-01"), ccg_until("04K", Some("2020-04-01"))])
        .finds_no("succession.followed-ends", "2020-06-19");
    // What is absorbed in parts goes on.
    let part = taking(follows("04K", "04L", "absorption", "2019-04-01"), &["04K/bulwell"]);
    let story = given([part]).finds_no("succession.followed-ends", "2020-06-19");
    assert_eq!(story.body("04K", story.at("2020-04-01")).unwrap().life(story.at("2020-04-01")), Life::Open);
}

#[test]
fn what_is_said_to_end_before_it_begins_is_found() {
    given([ccg_until("00Q", Some("2012-04-01"))]).finds("body.begins-first", "2019-04-01");
    given([ccg_until("00Q", Some("2013-04-01"))]).finds("body.begins-first", "2019-04-01");
    given([ccg_until("00Q", Some("2013-04-02"))]).finds_no("body.begins-first", "2019-04-01");
    given([ccg("00Q")]).finds_no("body.begins-first", "2019-04-01");
}

#[test]
fn codes_that_differ_by_capital_letters_are_found_and_codes_in_use_twice() {
    given([ccg("04k")]).finds("identifier.case", "2019-04-01");
    given([ccg("04N")]).finds_no("identifier.case", "2019-04-01");
    let mut twice = ccg("00Q");
    twice.facts["codes"] = json!([{"scheme": "ods", "value": "04K"}]);
    given([twice]).finds("identifier.free", "2019-04-01");
    given([ccg("00Q")]).finds_no("identifier.free", "2019-04-01");
    let mut later = ccg("00Q");
    later.facts["from"] = json!("2020-04-01");
    later.facts["codes"] = json!([{"scheme": "ods", "value": "04N"}]);
    given([ccg_until("04N", Some("2020-04-01")), later]).finds_no("identifier.free", "2020-04-01");
}

#[test]
fn a_report_of_a_day_after_the_horizon_is_found_until_a_load_speaks_of_it() {
    let document = |slug: &str, to: &str| {
        says("DocumentRegistered", &format!("document/{slug}"), json!({"title": "A list", "speaks_to": to}))
            .reported()
    };
    let future = || listed("QZZ", json!({"from": "2030-04-01"}));
    given([future(), document("one", "2026-11-01")]).finds("report.within-horizon", "2026-11-29");
    given([future(), document("one", "2026-11-01"), document("two", "2030-04-01")])
        .finds_no("report.within-horizon", "2026-11-29");
}

#[test]
fn the_author_of_a_report_is_its_source() {
    let opened = |paper: &str, from: &str| listed("QZZ", json!({"from": from})).printed_in(paper);
    let opens = |story: &Story| story.body("QZZ", story.at("2019-01-01")).unwrap().opened.unwrap();
    // One source revises itself, whatever key loads it.
    let revised = [opened("List", "2013-04-01"), opened("List", "2014-10-01").reported_by_another()];
    let story = given(revised.clone()).finds_no("joining.contradiction", "2019-01-01");
    assert_eq!(opens(&story).value.unwrap().to_string(), "2014-10-01");
    // Two sources stand side by side, in whatever order they were loaded, and by whatever key.
    let (one, two) = (opened("Paper one", "2013-04-01"), opened("Paper two", "2014-10-01"));
    for said in [[one.clone(), two.clone()], [two.clone(), one.clone()], [one.reported_by_another(), two]] {
        let story = given(said).finds("joining.contradiction", "2019-01-01");
        let opened = opens(&story);
        assert_eq!((opened.value, opened.contradicted_by.len()), (None, 2));
        let found = story.body("QZZ", story.at("2019-01-01")).unwrap().findings();
        assert!(found[0].found.contains("Paper one") && found[0].found.contains("Paper two"), "{found:?}");
    }
}

#[test]
fn of_sources_that_contradict_each_other_about_a_day_neither_is_chosen() {
    let on = |paper: &str, day: &str| follows("04K", "04L", "absorption", day).printed_in(paper);
    for said in [
        [on("Paper one", "2019-04-01"), on("Paper two", "2019-06-01")],
        [on("Paper two", "2019-06-01"), on("Paper one", "2019-04-01")],
    ] {
        let story = given(said).finds("joining.contradiction", "2019-05-01");
        let holds = |day: &str| story.holder("04K", story.at(day));
        assert_eq!(
            (holds("2019-03-31").as_deref(), holds("2019-06-01").as_deref()),
            (Some("04K"), Some("04L"))
        );
        assert_eq!(story.perhaps("04K", "2019-05-01"), ["04K", "04L"]);
    }
}

#[test]
fn a_place_that_is_listed_under_another_board_gains_a_period() {
    let place = |whole: &str, from: &str, paper: &str| {
        let facts = json!({"kind": "location", "short_name": format!("{whole} - 06K"), "from": from,
            "part_of": format!("body/{whole}"), "codes": [{"scheme": "ods", "value": "06K", "from": from}]});
        says("BodyRegistered", "body/06K-location", facts).reported().printed_in(paper)
    };
    let boards = [("QM7", "2022-07-01"), ("S1Y", "2026-04-01")]
        .map(|(slug, from)| listed(slug, json!({"from": from})));
    for papers in [["List", "List"], ["List", "Another list"]] {
        let [first, second] = [("QM7", "2022-07-01", papers[0]), ("S1Y", "2026-04-01", papers[1])];
        let (first, second) = (place(first.0, first.1, first.2), place(second.0, second.1, second.2));
        for said in [[first.clone(), second.clone()], [second, first]] {
            let story =
                given(boards.clone().into_iter().chain(said)).finds_no("joining.contradiction", "2026-05-01");
            let on = |day: &str| {
                let (view, body) = (story.at(day), story.body("06K-location", story.at(day)).unwrap());
                let name = body.called(view).unwrap();
                (body.life(view), body.part_of(view).map(|whole| whole.slug().to_owned()), name)
            };
            assert_eq!(on("2025-05-01"), (Life::Open, Some("QM7".to_owned()), "QM7 - 06K".to_owned()));
            assert_eq!(on("2026-05-01"), (Life::Open, Some("S1Y".to_owned()), "S1Y - 06K".to_owned()));
            let body = story.body("06K-location", story.at("2026-05-01")).unwrap();
            let opened = body.opened.unwrap();
            assert_eq!((opened.value.unwrap().to_string(), opened.why.len()), ("2022-07-01".to_owned(), 1));
            assert_eq!(story.codes("06K", "2025-05-01"), ["06K-location"]);
        }
    }
}

#[test]
fn a_code_can_come_back_to_a_body() {
    let code = |from: &str, until: Option<&str>| {
        let facts = json!({"scheme": "ods", "value": "XYZ", "from": from, "until": until});
        let facts: serde_json::Map<_, _> =
            facts.as_object().unwrap().clone().into_iter().filter(|(_name, it)| !it.is_null()).collect();
        says("IdentifierAssigned", "body/04K", Value::Object(facts)).reported()
    };
    let story = given([code("2013-04-01", Some("2015-04-01")), code("2018-04-01", None)])
        .finds_no("joining.contradiction", "2019-01-01");
    let body = story.body("04K", story.at("2019-01-01")).unwrap();
    let held: Vec<_> = body
        .codes
        .iter()
        .filter(|held| held.code.value == "XYZ")
        .map(|held| held.code.until.is_some())
        .collect();
    assert_eq!(held, [true, false]);
}

fn moved(body: &str, change: &str, on: Value) -> Said {
    let facts = json!({"practice": "body/Y1", "change": change, "effective": on});
    says("MembershipChanged", &format!("body/{body}"), facts).reported()
}

fn practice() -> Said {
    says("BodyRegistered", "body/Y1", json!({"kind": "practice", "name": "A practice"})).reported()
}

/// The bodies that the practice is a member of for certain, and those of which it perhaps is.
fn members(story: &Story, view: View) -> (Vec<String>, Vec<String>) {
    let all = commissioners_of(story.record(), &"body/Y1".parse().unwrap(), view);
    let of = |holds: Certainty| {
        let held = all.iter().filter(|member| member.holds == holds);
        held.map(|member| member.body.slug().to_owned()).collect()
    };
    (of(Certainty::Yes), of(Certainty::Unknown))
}

#[test]
fn a_departure_ends_the_membership_of_the_body_that_it_names() {
    let here = || moved("04K", "admitted", json!("2013-04-01"));
    let elsewhere = || moved("04L", "departed", json!("2015-04-01"));
    let story = given([practice(), here(), elsewhere()]).finds("membership.member", "2016-01-01");
    assert_eq!(members(&story, story.at("2016-06-01")).0, ["04K"]);
    given([practice(), here()]).finds_no("membership.member", "2016-01-01");
    // Two at a time are found, and after the one ends the other holds.
    let both = [practice(), here(), moved("04L", "admitted", json!("2014-04-01"))];
    let story = given(both).finds("membership.one-commissioner", "2016-01-01");
    assert_eq!(members(&story, story.at("2014-06-01")).0, ["04K", "04L"]);
    let story = story.and([elsewhere()]);
    assert_eq!(members(&story, story.at("2016-06-01")).0, ["04K"]);
    given([
        practice(),
        here(),
        moved("04K", "departed", json!("2014-04-01")),
        moved("04L", "admitted", json!("2014-04-01")),
    ])
    .finds_no("membership.one-commissioner", "2016-01-01");
}

#[test]
fn within_a_year_in_which_it_departed_it_is_not_known_whether_a_practice_is_a_member() {
    let in_2016 = json!({"written": "2016", "earliest": "2016-01-01", "latest": "2016-12-31"});
    let story =
        given([practice(), moved("04K", "admitted", json!("2013-04-01")), moved("04K", "departed", in_2016)]);
    assert_eq!(members(&story, story.at("2015-12-31")), (vec!["04K".to_owned()], vec![]));
    assert_eq!(members(&story, story.at("2016-06-01")), (vec![], vec!["04K".to_owned()]));
    assert_eq!(members(&story, story.at("2017-01-01")), (vec![], vec![]));
    let listed = practices(story.record(), &"body/04K".parse().unwrap(), story.at("2016-06-01"));
    assert_eq!((listed.len(), listed[0].holds), (1, Certainty::Unknown));
}

#[test]
fn sources_agree_on_when_a_practice_came() {
    let came = |paper: &str, on: &str| moved("04K", "admitted", json!(on)).printed_in(paper);
    let story = given([practice(), came("One", "2013-04-01"), came("Two", "2014-04-01")])
        .finds("membership.admission", "2015-01-01");
    assert_eq!(members(&story, story.at("2013-06-01")), (vec![], vec!["04K".to_owned()]));
    assert_eq!(members(&story, story.at("2014-04-01")).0, ["04K"]);
    given([practice(), came("One", "2013-04-01"), came("Two", "2013-04-01")])
        .finds_no("membership.admission", "2015-01-01");
}

#[test]
fn a_membership_that_an_imprecise_departure_may_have_ended_is_accepted_with_a_finding() {
    let in_2016 = json!({"written": "2016", "earliest": "2016-01-01", "latest": "2016-12-31"});
    let before =
        [practice(), moved("04K", "admitted", json!("2013-04-01")), moved("04K", "departed", in_2016)];
    let act = |body: &str, change: &str| {
        let facts = json!({"practice": "body/Y1", "change": change, "effective": "2016-06-01"});
        says("MembershipChanged", &format!("body/{body}"), facts)
    };
    given(before.clone()).when(act("04L", "admitted")).then_found("membership.one-commissioner");
    given(before).when(act("04K", "departed")).then_found("membership.member");
}

#[test]
fn two_who_hold_one_office_on_a_day_are_found_whatever_day_is_asked() {
    let two = [
        appointed("04K", "chair", "a", "2014-04-01").reported(),
        appointed("04K", "chair", "b", "2014-04-01").reported().printed_in("Another list"),
    ];
    given(two).finds("office.one-holder", "2022-01-01");
    let seen = [
        observed("04K", "chair", "a", "2017-06-15").reported(),
        observed("04K", "chair", "b", "2017-06-15").reported(),
    ];
    given(seen).finds("office.one-holder", "2022-01-01");
    let in_turn = [
        observed("04K", "chair", "a", "2017-06-15").reported(),
        observed("04K", "chair", "b", "2018-06-15").reported(),
    ];
    given(in_turn).finds_no("office.one-holder", "2022-01-01");
}

#[test]
fn a_name_that_is_wanting_is_not_a_body() {
    // What a register says of a merger, and nothing of the body itself, opens nothing.
    let story =
        given_alone([follows("00D", "00E", "merger", "2020-04-01")]).finds("body.known", "2020-04-01");
    assert!(story.body("00D", story.at("2020-01-01")).is_none());
    assert_eq!(ccg_name("00D"), "NHS 00D Clinical Commissioning Group");
}

#[test]
fn what_was_inferred_is_marked_until_a_source_says_it() {
    let rule = "report.inferred";
    let listed = |basis: serde_json::Value| {
        let mut said = crate::said::ccg("13T");
        said.more.push(("basis", basis));
        said
    };
    let inferred = || listed(json!({"inferred": {"from": "the map", "why": "the border is a river"}}));
    given([]).when(inferred()).then_found("report.inferred");
    given([]).when(listed(json!({"sourced": "the list"}))).then_obeys("report.inferred");
    let gone =
        json!({"target": crate::said::id(1), "kind": "withdrawn", "reason": "A source says otherwise."});
    let gone =
        crate::said::says("RecordCorrected", &format!("record/{}", crate::said::id(1)), gone).reported();
    let story = given([inferred().with_id(1)]).finds(rule, "2015-01-01");
    story.and([gone]).finds_no(rule, "2015-01-01");
    // From which sources and why belong to it.
    given([])
        .when(listed(json!({"inferred": {"from": "the map"}})))
        .then_malformed("/data/basis/inferred/why");
}

/// What is found of the last entry, of what anybody reports.
fn found_of_last(story: &Story) -> Vec<&'static str> {
    let last = minutebook_log::Position(story.record().len() - 1);
    let found = minutebook_governance::found_of(story.record(), last, story.reported_at("2030-01-01"));
    found.iter().map(|finding| finding.rule.id).collect()
}

#[test]
fn what_no_act_may_say_is_found_of_a_paper_that_says_it() {
    let approval = says(
        "RegulatorDecisionRecorded",
        "merger/nowhere",
        json!({"number": 1, "outcome": "approved",
        "decided_on": "2019-10-30", "reasons": "In writing."}),
    );
    let updated =
        says("ActionUpdated", "action/none", json!({"change": "completed", "updated_on": "2019-09-01"}));
    let ceased = says("InterestCeased", "interest/none", json!({"ceased_on": "2019-01-01"}));
    let adopted = says(
        "ConstitutionAdopted",
        "body/04K",
        json!({"version": "1", "effective": "2009-04-01",
        "document": {"title": "Constitution", "held": false}, "basis": "establishment"}),
    );
    let renamed = says(
        "BodyRenamed",
        "body/04K",
        json!({"effective": "2019-01-01",
        "name": {"was": "NHS Never Clinical Commissioning Group", "now": "NHS New Clinical Commissioning Group"}}),
    );
    for (said, rule) in [
        (approval, "merger.proposed"),
        (updated, "action.assigned"),
        (ended("04K", "chair", "a", "2019-01-01"), "office.holder"),
        (ceased, "interest.registered"),
        (adopted, "body.open"),
        (renamed, "body.old-name"),
        (decided("04K", "2012-01-01", json!({"none": {}})), "body.open"),
        (abandoned("never", "2019-01-01"), "merger.proposed"),
    ] {
        let name = said.type_name;
        for said in [said.clone().in_the_press(), said.reported()] {
            let story = given([said]);
            assert!(found_of_last(&story).contains(&rule), "{name}: {:?}", found_of_last(&story));
            story.finds(rule, "2026-11-30");
        }
    }
}

#[test]
fn what_was_found_of_a_report_is_resolved_by_what_is_told_later() {
    let done = says("ActionUpdated", "action/x", json!({"change": "completed", "updated_on": "2019-09-01"}));
    let assigned = crate::actions::assigned("x", "04K", "2019-09-05");
    // Whoever tells of it, in whatever order.
    let story = given([done.clone().in_the_press()]).finds("action.assigned", "2020-01-01");
    let heard = story.clone().and([assigned.clone().in_the_press()]);
    heard.finds_no("action.assigned", "2020-01-01");
    given([assigned.in_the_press(), done.in_the_press()]).finds_no("action.assigned", "2020-01-01");
    // What was known before is answered as it was known.
    let known = story.record().len();
    let view = story.reported_at("2020-01-01").as_known(known);
    let found = minutebook_governance::register::findings(story.record(), view);
    assert!(found.iter().any(|it| it.rule.id == "action.assigned"));
}

#[test]
fn a_report_that_agrees_with_an_act_breaks_nothing() {
    let said = || {
        [
            crate::said::established("52R", "2019-04-01"),
            appointed("04K", "chair", "a", "2018-05-01"),
            ended("04K", "chair", "a", "2019-05-01"),
            proposed("m", &["04K", "04L"], "2019-01-01"),
        ]
    };
    let story = given(said());
    for said in said() {
        for again in [said.clone().reported(), said.in_the_press()] {
            let story = story.clone().and([again]);
            let found = found_of_last(&story);
            assert!(
                found.iter().all(|rule| minutebook_governance::rulebook::force_of(rule)
                    == Some(minutebook_governance::Force::Soft)),
                "{found:?}"
            );
        }
    }
}

#[test]
fn what_a_source_need_not_say_is_not_asked_of_it() {
    let bare = || {
        let mut said = decided("04K", "2019-07-04", json!({"none": {}}));
        said.facts["mode"] = json!("not_stated");
        said
    };
    given([]).when(bare()).then_refused("decision.mode-stated");
    given([bare().in_the_press()]).finds_no("decision.mode-stated", "2020-01-01");
}
