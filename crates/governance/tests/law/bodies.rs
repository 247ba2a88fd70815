//! Bodies: how they come to be, what they are called, which codes they have, how they end.

use crate::said::{Said, ccg, ccg_until, decided, established, merged, month, says, up_to_approval};
use crate::story::{date, given};
use minutebook_governance::bodies::{BodyKind, Life};
use serde_json::{Value, json};

fn renamed(was: &str, now: &str) -> crate::said::Said {
    says("BodyRenamed", "body/04K", json!({"name": {"was": was, "now": now}, "effective": "2018-04-01"}))
}

fn with_code(slug: &str, value: &str, from: &str) -> crate::said::Said {
    let code = json!({"scheme": "ods", "value": value, "from": from});
    let mut said = established(slug, from);
    (said.facts["codes"], said.facts["units"]) = (json!([code]), Value::Null);
    said.facts.as_object_mut().unwrap().remove("units");
    said
}

fn dissolved(slug: &str, on: Value) -> crate::said::Said {
    says(
        "BodyDissolved",
        &format!("body/{slug}"),
        json!({"effective": on, "reason": "order",
        "successors": ["body/04L"]}),
    )
}

#[test]
fn a_body_is_established_once_and_may_have_been_listed() {
    given([]).when(established("13T", "2015-04-01")).then_obeys("body.new");
    given([ccg("13T")]).when(established("13T", "2013-04-01")).then_obeys("body.new");
    let story = given([established("13T", "2015-04-01")]);
    story.when(established("13T", "2015-04-01")).then_refused("body.new");
    given(up_to_approval()).and([merged()]).when(established("52R", "2020-04-01")).then_refused("body.new");
}

#[test]
fn a_ccg_is_named_as_the_regulations_have_it() {
    let named = |kind: &str, name: &str| {
        let mut said = established("13T", "2015-04-01");
        (said.facts["kind"], said.facts["name"]) = (json!(kind), json!(name));
        given([]).when(said)
    };
    named("ccg", "NHS Newcastle Gateshead Clinical Commissioning Group").then_obeys("body.name");
    named("trust", "Anything").then_obeys("body.name");
    named("ccg", "Newcastle Gateshead Clinical Commissioning Group").then_refused("body.name");
    named("ccg", "NHS Newcastle Gateshead CCG").then_refused("body.name");
    named("ccg", "NHS Clinical Commissioning Group").then_refused("body.name");
    given([]).when(renamed("NHS 04K Clinical Commissioning Group", "NHS 04K")).then_refused("body.name");
}

#[test]
fn an_act_names_bodies_that_an_act_or_a_register_has_named() {
    given([]).when(decided("04K", "2019-07-04", json!({"none": {}}))).then_obeys("body.known");
    given([]).when(decided("13T", "2019-07-04", json!({"none": {}}))).then_refused("body.known");
    // What the press says of a body does not make it known.
    let in_the_press = ccg("13T").in_the_press();
    given([in_the_press]).when(decided("13T", "2019-07-04", json!({"none": {}}))).then_refused("body.known");
    let succession = says(
        "SuccessionRecorded",
        "body/13T",
        json!({"successor": "body/04L", "kind": "merger",
        "effective": "2020-04-01"}),
    );
    given([]).when(succession).then_refused("body.known");
}

#[test]
fn a_body_acts_between_its_first_and_its_last_day() {
    let on = |day: Value| {
        let mut said = decided("13T", "2015-04-01", json!({"none": {}}));
        said.facts["decided_on"] = day;
        given([ccg_until("13T", Some("2019-04-15"))]).when(said)
    };
    on(json!("2013-03-31")).then_refused("body.open");
    on(json!("2013-04-01")).then_obeys("body.open");
    on(json!("2019-04-14")).then_obeys("body.open");
    on(json!("2019-04-15")).then_refused("body.open");
    // A month that the last day divides: nobody can tell, so it stands and is found.
    on(month("2019-03", 31)).then_obeys("body.open");
    on(month("2019-04", 30)).then_found("body.open");
    on(month("2019-05", 31)).then_refused("body.open");
    on(json!({"written": "next Wednesday"})).then_found("body.open");
    // Late, but not outside: what counts is the day of the act.
    let late = decided("13T", "2019-04-14", json!({"none": {}})).on("2021-01-01");
    given([ccg_until("13T", Some("2019-04-15"))]).when(late).then_obeys("body.open");
}

#[test]
fn a_body_with_an_imprecise_life_is_doubted_and_not_refused() {
    let mut listed = ccg("13T");
    listed.facts["from"] = month("2015-04", 30);
    let story = given([listed]);
    assert_eq!(
        story.body("13T", story.at("2015-04-10")).unwrap().life(story.at("2015-04-10")),
        Life::Unknown
    );
    story.when(decided("13T", "2015-04-10", json!({"none": {}}))).then_found("body.open");
}

#[test]
fn a_designate_acts_before_its_body_opens_if_an_act_has_named_it() {
    let early = || decided("13T", "2015-03-01", json!({"none": {}}));
    given([established("13T", "2015-04-01")]).when(early()).then_obeys("body.open");
    let mut listed = ccg("13T");
    listed.facts["from"] = json!("2015-04-01");
    given([listed.clone()]).when(early()).then_refused("body.open");
    // That somebody intends something for it names nobody.
    let plan = says(
        "IntentionRecorded",
        "intention/i",
        json!({"intends": "BodyEstablished", "mood": "planned",
        "about": ["body/13T"], "wording": "It is to open."}),
    );
    given([listed, plan]).when(early()).then_refused("body.open");
}

#[test]
fn a_renaming_cites_the_name_that_the_body_has() {
    let right = renamed("NHS 04K Clinical Commissioning Group", "NHS K Clinical Commissioning Group");
    let story = given([]).when(right).then_obeys("body.old-name");
    let name = |day: &str| story.body("04K", story.at(day)).unwrap().called(story.at(day)).unwrap();
    assert_eq!(name("2018-03-31"), "NHS 04K Clinical Commissioning Group");
    assert_eq!(name("2018-04-01"), "NHS K Clinical Commissioning Group");
    let wrong = renamed("NHS X Clinical Commissioning Group", "NHS K Clinical Commissioning Group");
    given([]).when(wrong).then_refused("body.old-name");
    let mut short = ccg("13T");
    short.facts["short_name"] = json!("NHS 13T CCG");
    let said = |was: &str| {
        says(
            "BodyRenamed",
            "body/13T",
            json!({"short_name": {"was": was, "now": "NHS T CCG"},
        "effective": "2018-04-01"}),
        )
    };
    given([short.clone()]).when(said("nhs 13t ccg")).then_obeys("body.old-name");
    given([short]).when(said("NHS X CCG")).then_refused("body.old-name");
}

#[test]
fn a_code_means_one_body_at_a_time() {
    let taken = |until: Option<&str>| given([ccg_until("13T", until)]);
    taken(None).when(with_code("52R", "52R", "2020-04-01")).then_obeys("identifier.free");
    taken(None).when(with_code("52R", "13T", "2020-04-01")).then_refused("identifier.free");
    taken(Some("2020-04-01")).when(with_code("52R", "13T", "2020-04-01")).then_obeys("identifier.free");
    taken(Some("2020-04-02")).when(with_code("52R", "13T", "2020-04-01")).then_refused("identifier.free");
    // The other's code has ended, though the body goes on.
    let ended = says(
        "IdentifierAssigned",
        "body/13T",
        json!({"scheme": "ods", "value": "13T",
        "until": "2019-04-01"}),
    )
    .reported();
    taken(None).and([ended]).when(with_code("52R", "13T", "2020-04-01")).then_obeys("identifier.free");
    let mut imprecise = ccg("13T");
    imprecise.facts["until"] = month("2020-04", 30);
    given([imprecise]).when(with_code("52R", "13T", "2020-04-10")).then_found("identifier.free");
}

#[test]
fn a_code_passes_to_what_opens_when_its_body_closes() {
    let mut said = merged();
    said.facts["opening"][0]["codes"] = json!([{"scheme": "ods", "value": "04K"}]);
    let story = given(up_to_approval()).when(said.clone()).then_obeys("identifier.free");
    assert_eq!(story.codes("04K", "2020-03-31"), ["04K", "52R"]);
    assert_eq!(story.codes("04K", "2020-04-01"), ["52R", "04K"]);
    said.facts["opening"][0]["codes"] = json!([{"scheme": "ods", "value": "04M"}]);
    given(up_to_approval()).when(said).then_refused("identifier.free");
}

#[test]
fn one_code_means_two_things_in_turn() {
    // 52R is a CCG until 30 June 2022, and a sub-ICB location from 1 July on.
    let place = says(
        "BodyRegistered",
        "body/52R-location",
        json!({"kind": "location", "name": "A place",
        "from": "2022-07-01", "codes": [{"scheme": "ods", "value": "52R"}]}),
    )
    .reported();
    let mut group = ccg_until("52R", Some("2022-07-01"));
    group.facts["from"] = json!("2020-04-01");
    for order in [[place.clone(), group.clone()], [group, place]] {
        let story = given(order);
        assert_eq!(story.codes("52R", "2022-06-30"), ["52R", "52R-location"]);
        assert_eq!(story.codes("52R", "2022-07-01"), ["52R-location", "52R"]);
    }
    // And an act that opens the CCG is not held up by what the code is to mean later.
    let later = says(
        "BodyRegistered",
        "body/52R-location",
        json!({"kind": "location", "name": "A place",
        "from": "2022-07-01", "codes": [{"scheme": "ods", "value": "52R"}]}),
    )
    .reported();
    given(up_to_approval()).and([later]).when(merged()).then_obeys("identifier.free");
}

#[test]
fn a_code_whose_period_is_over_means_its_next_body() {
    let coded = |slug: &str, opened: &str, period: (&str, &str)| {
        let mut said = ccg(slug);
        said.facts["from"] = json!(opened);
        said.facts["codes"] = json!([{"scheme": "ods", "value": "X1"}]);
        said.facts["codes"][0][period.0] = json!(period.1);
        said
    };
    let story = given([
        coded("old", "2013-04-01", ("from", "2019-04-01")),
        coded("new", "2015-04-01", ("until", "2018-04-01")),
    ]);
    assert_eq!(story.codes("X1", "2017-04-01"), ["new", "old"]);
    assert_eq!(story.codes("X1", "2020-04-01"), ["old", "new"]);
}

#[test]
fn newcastle_gateshead_is_listed_before_it_opens() {
    let mut listed = ccg("13T");
    listed.facts["from"] = json!("2015-04-01");
    listed.facts["codes"][0]["from"] = json!("2014-11-26");
    let story = given([listed]);
    let view = story.at("2015-03-31");
    let body = story.body("13T", view).unwrap();
    assert_eq!(body.life(view), Life::NotYetOpen);
    assert_eq!(body.codes[0].code.from.as_ref().unwrap().exact(), Some(date("2014-11-26")));
    assert_eq!(body.life(story.at("2015-04-01")), Life::Open);
}

#[test]
fn a_dissolution_names_who_takes_over() {
    let story = given([]).when(dissolved("04K", json!("2020-04-01"))).then_obeys("dissolution.successor");
    let life = |day: &str| story.body("04K", story.at(day)).unwrap().life(story.at(day));
    assert_eq!((life("2020-03-31"), life("2020-04-01")), (Life::Open, Life::Closed));
    let mut alone = dissolved("04K", json!("2020-04-01"));
    alone.facts.as_object_mut().unwrap().remove("successors");
    given([]).when(alone).then_refused("dissolution.successor");
    given([dissolved("04K", json!("2019-04-01"))])
        .when(dissolved("04K", json!("2020-04-01")))
        .then_refused("body.open");
}

#[test]
fn a_succession_follows_on_the_day_after_the_last() {
    let follows = |kind: &str, effective: Value| {
        let said = says(
            "SuccessionRecorded",
            "body/04K",
            json!({"successor": "body/04L", "kind": kind,
            "effective": effective}),
        );
        given([dissolved("04K", json!("2020-04-01"))]).when(said)
    };
    follows("merger", json!("2020-04-01")).then_obeys("succession.dates");
    follows("merger", json!("2020-04-02")).then_refused("succession.dates");
    follows("merger", month("2020-04", 30)).then_obeys("succession.dates");
    follows("absorption", json!("2019-04-01")).then_obeys("succession.dates");
}

#[test]
fn what_registers_say_of_one_body_is_joined() {
    let early = || {
        let mut said = ccg("13T").reported_by_another();
        said.facts["from"] = json!("2014-11-26");
        said
    };
    let story = given([ccg("13T"), early()]).finds("joining.contradiction", "2015-01-01");
    let view = story.at("2015-01-01");
    let body = story.body("13T", view).unwrap();
    assert_eq!((body.opened.as_ref().unwrap().value.clone(), body.life(view)), (None, Life::Unknown));
    // An act settles it, before or after.
    for order in [
        [early(), ccg("13T"), established("13T", "2015-04-01")],
        [established("13T", "2015-04-01"), ccg("13T"), early()],
    ] {
        let story = given(order).finds("joining.contradiction", "2015-04-01");
        let opened = story.body("13T", story.at("2015-04-01")).unwrap().opened.unwrap();
        assert_eq!(opened.value.unwrap().exact(), Some(date("2015-04-01")));
        assert_eq!(opened.contradicted_by.len(), 2);
    }
    let mut agreeing = ccg("13T").reported_by_another();
    agreeing.facts["from"] = json!({"written": "2013", "earliest": "2013-01-01", "latest": "2013-12-31"});
    let story = given([ccg("13T"), agreeing]).finds_no("joining.contradiction", "2015-04-01");
    assert_eq!(story.body("13T", story.at("2015-04-01")).unwrap().opened.unwrap().why.len(), 2, "confirmed");
}

#[test]
fn what_two_registers_call_a_body_does_not_hang_on_who_spoke_first() {
    let named = |name: &str| {
        let mut said = ccg("13T");
        said.facts["name"] = json!(name);
        said
    };
    let told = |story: &crate::story::Story| {
        let view = story.at("2015-04-01");
        story.body("13T", view).unwrap().called(view).unwrap()
    };
    let one = given([named("NHS A"), named("NHS B").reported_by_another()])
        .finds("joining.contradiction", "2015-04-01");
    let other = given([named("NHS B").reported_by_another(), named("NHS A")]);
    let both = "NHS A, or NHS B (sources differ)".to_owned();
    assert_eq!((told(&one), told(&other)), (both.clone(), both.clone()));
    // Before its first day too; and who renames it cites either.
    let before = one.body("13T", one.at("2012-01-01")).unwrap();
    assert_eq!(before.called(one.at("2012-01-01")), Some(both));
    for was in ["NHS A", "NHS B"] {
        let facts = json!({"name": {"was": was, "now": "NHS C Clinical Commissioning Group"}, "effective": "2015-05-01"});
        let renamed = says("BodyRenamed", "body/13T", facts)
            .by(&[("secretary-13T", "secretary", "body/13T"), ("nhs-england", "nhs_england", "")]);
        given([named("NHS A"), named("NHS B").reported_by_another()])
            .when(renamed)
            .then_obeys("body.old-name");
    }
    // The same name in capitals is the same name; and one who says it anew revises what was said.
    given([named("NHS A"), named("nhs a").reported_by_another()])
        .finds_no("joining.contradiction", "2015-04-01");
    let revised = given([named("NHS A"), named("NHS B")]).finds_no("joining.contradiction", "2015-04-01");
    assert_eq!(told(&revised), "NHS B");
}

#[test]
fn kinds_and_wholes_are_joined_by_standing() {
    let place = |whole: &str| {
        says(
            "BodyRegistered",
            "body/p",
            json!({"kind": "location", "name": "A place",
        "from": "2022-07-01", "part_of": whole}),
        )
    };
    for order in [
        [place("body/QT1").reported(), place("body/QF7").in_the_press()],
        [place("body/QF7").in_the_press(), place("body/QT1").reported()],
    ] {
        let story = given(order).finds("joining.contradiction", "2022-07-01");
        let body = story.body("p", story.reported_at("2022-07-01")).unwrap();
        assert_eq!(body.part_of(story.reported_at("2022-07-01")).unwrap().slug(), "QT1");
        assert_eq!(body.kind.unwrap().value, Some(BodyKind::Location));
    }
}

#[test]
fn what_a_body_leaves_passes_once() {
    let follows = |to: &str, units: Option<&[&str]>| {
        let mut facts =
            json!({"successor": format!("body/{to}"), "kind": "absorption", "effective": "2020-04-01"});
        units.into_iter().for_each(|units| facts["units"] = json!(units));
        says("SuccessionRecorded", "body/04K", facts)
    };
    let after = |first: Said, then: Said| given([first]).when(then);
    after(follows("04L", None), follows("04M", None)).then_refused("succession.passes-once");
    after(follows("04L", Some(&["04K/north"])), follows("04M", Some(&["04K"])))
        .then_refused("succession.passes-once");
    after(follows("04L", Some(&["04K/north"])), follows("04M", Some(&["04K/south"])))
        .then_obeys("succession.passes-once");
    // The rest, and the same again.
    after(follows("04L", Some(&["04K/north"])), follows("04M", None)).then_obeys("succession.passes-once");
    after(follows("04L", None), follows("04L", None)).then_obeys("succession.passes-once");
    // A reorganisation passes nothing twice either.
    given(up_to_approval()).and([follows("04M", None)]).when(merged()).then_refused("succession.passes-once");
    given(up_to_approval()).when(merged()).then_obeys("succession.passes-once");
}

#[test]
fn a_lineage_is_told_over_all_its_steps() {
    use minutebook_governance::bodies::lineage_steps;
    let follows = |slug: &str, successor: &str, on: &str| {
        let facts = json!({"successor": format!("body/{successor}"), "kind": "merger", "effective": on});
        says("SuccessionRecorded", &format!("body/{slug}"), facts).reported()
    };
    let story = given([
        follows("04K", "52R", "2020-04-01"),
        follows("04L", "52R", "2020-04-01"),
        follows("52R", "QT1", "2022-07-01"),
        follows("02Q", "QT1", "2022-07-01"),
    ]);
    let steps = |slug: &str| {
        let id = format!("body/{slug}").parse().unwrap();
        let steps = lineage_steps(story.record(), &id, story.at("2019-01-01"));
        let told = |it: &minutebook_governance::bodies::LineageStep| {
            format!("{:+} {}>{}", it.distance, it.predecessor.slug(), it.successor.slug())
        };
        steps.iter().map(told).collect::<Vec<_>>()
    };
    assert_eq!(steps("04K"), ["+1 04K>52R", "+2 52R>QT1"]);
    let of_last = steps("QT1");
    assert_eq!(of_last.len(), 4);
    assert!(of_last[..2].iter().all(|step| step.starts_with("-2")), "{of_last:?}");
    assert_eq!(steps("04M"), Vec::<String>::new());
}
