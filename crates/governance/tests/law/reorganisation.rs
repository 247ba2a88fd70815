//! A reorganisation: one event, judged on the state after all its parts.

use crate::said::{
    Said, appointed, ccg, ccg_until, merged, month, regulator, says, up_to_application, up_to_approval,
    with_conditions,
};
use crate::story::{Outcome, Story, given};
use minutebook_governance::bodies::Life;
use minutebook_governance::people::Office;
use serde_json::{Value, json};

/// The merger with one of its members changed, after the approval.
fn changed(pointer: &str, value: Value) -> Outcome {
    given(up_to_approval()).when(with(merged(), pointer, value))
}

fn with(mut said: Said, pointer: &str, value: Value) -> Said {
    match said.facts.pointer_mut(pointer) {
        Some(member) => *member = value,
        None => {
            let (owner, name) = pointer.rsplit_once('/').unwrap();
            said.facts.pointer_mut(owner).unwrap()[name] = value;
        }
    }
    said
}

fn order(closing: Value, successions: Value) -> Said {
    let mut said = says(
        "ReorganisationEffected",
        "reorganisation/o",
        json!({"basis": "order",
        "effective": "2020-04-01"}),
    );
    for (name, value) in [("closing", closing), ("successions", successions)] {
        if value != json!([]) {
            said.facts[name] = value;
        }
    }
    said
}

fn succession(from: &str, to: &str, units: Option<Value>) -> Value {
    let mut said =
        json!({"predecessor": format!("body/{from}"), "successor": format!("body/{to}"), "kind": "split"});
    if let Some(units) = units {
        said["units"] = units;
    }
    said
}

#[test]
fn bodies_close_and_open_on_one_day() {
    let story = given(up_to_approval()).when(merged()).then_obeys("reorganisation.approved");
    let life = |slug: &str, day: &str| story.body(slug, story.at(day)).unwrap().life(story.at(day));
    assert_eq!((life("04K", "2020-03-31"), life("04K", "2020-04-01")), (Life::Open, Life::Closed));
    assert_eq!((life("52R", "2020-03-31"), life("52R", "2020-04-01")), (Life::NotYetOpen, Life::Open));
    assert_eq!(story.holder("04K", story.at("2020-03-31")).as_deref(), Some("04K"));
    assert_eq!(story.holder("04K", story.at("2020-04-01")).as_deref(), Some("52R"));
    assert_eq!(story.officers("52R", Office::AccountableOfficer, story.at("2020-04-01")), ["a"]);
    assert_eq!(story.body("52R", story.at("2020-04-01")).unwrap().predecessors.len(), 2);
}

#[test]
fn a_merger_takes_effect_once_it_is_approved() {
    let rule = "reorganisation.approved";
    given(up_to_application()).when(merged()).then_refused("reorganisation.approved");
    given([]).when(merged()).then_refused(rule);
    let conditional = |due: &str| {
        let said = regulator(1, "approved_with_conditions", "2019-10-21");
        given(up_to_application()).and([with_conditions(said, &[("c", due)])])
    };
    conditional("before_effect").when(merged()).then_refused(rule);
    conditional("continuing").when(merged()).then_obeys(rule);
    // Once, and signed before its day as well as after.
    given(up_to_approval()).and([merged()]).when(merged()).then_refused(rule);
    given(up_to_approval()).when(merged().on("2020-03-20")).then_obeys(rule);
    given(up_to_approval()).when(merged().on("2020-06-01")).then_obeys(rule);
}

#[test]
fn what_closes_is_what_applied() {
    changed("/closing", json!(["body/04K", "body/04L"])).then_obeys("reorganisation.as-applied-for");
    changed("/closing", json!(["body/04K"])).then_refused("reorganisation.as-applied-for");
    changed("/closing", json!(["body/04K", "body/04L", "body/04M"]))
        .then_refused("reorganisation.as-applied-for");
    // Where nobody has applied, the refusal says so.
    let mut unasked = given([crate::said::proposed("m", &["04K", "04L"], "2019-04-04")]);
    let refusal = unasked.tries(&merged()).unwrap_err().to_string();
    assert!(refusal.contains("closing those that applied: nobody has (ApplicationSubmitted)"), "{refusal}");
}

#[test]
fn it_takes_effect_no_earlier_than_it_was_approved() {
    let rule = "reorganisation.after-decision";
    let approved = |on: Value| {
        let said = with(regulator(1, "approved", "x"), "/decided_on", on);
        given(up_to_application()).and([said]).when(merged().on("2020-05-30"))
    };
    approved(json!("2020-04-01")).then_obeys("reorganisation.after-decision");
    approved(json!("2020-04-02")).then_refused("reorganisation.after-decision");
    approved(month("2020-04", 30)).then_found("reorganisation.after-decision");
    approved(json!({"written": "by 30 October", "latest": "2019-10-30"})).then_obeys(rule);
}

#[test]
fn what_closes_is_open_the_day_before() {
    let rule = "reorganisation.closing-open";
    let closes = |until: Value| {
        let listed = with(ccg("04N"), "/until", until);
        given([listed]).when(order(json!(["body/04N"]), json!([succession("04N", "04K", None)])))
    };
    closes(json!("2020-04-01")).then_obeys("reorganisation.closing-open");
    closes(json!("2020-03-31")).then_refused("reorganisation.closing-open");
    let spring = json!({"written": "spring 2020", "earliest": "2020-03-01", "latest": "2020-05-31"});
    closes(spring).then_found("reorganisation.closing-open");
    let unknown = order(json!(["body/none"]), json!([succession("none", "04K", None)]));
    given([]).when(unknown).then_refused(rule);
}

#[test]
fn every_unit_passes_to_exactly_one() {
    let rule = "reorganisation.succession-whole";
    let splits = |successions: Value| given([]).when(order(json!(["body/04K"]), successions));
    splits(json!([succession("04K", "04L", None)])).then_obeys("reorganisation.succession-whole");
    given([]).when(order(json!(["body/04K"]), json!([]))).then_refused("reorganisation.succession-whole");
    let parts = |one: Option<Value>, other: Option<Value>| {
        splits(json!([succession("04K", "04L", one), succession("04K", "04M", other)]))
    };
    let named = |units: &[&str]| Some(json!(units));
    parts(named(&["04K/north"]), named(&["04K/south"])).then_obeys(rule);
    parts(named(&["04K/north"]), None).then_obeys(rule);
    parts(named(&["04K"]), named(&["04K/south"])).then_refused(rule);
    parts(named(&["04K"]), named(&["04K"])).then_refused(rule);
    parts(named(&["04K/north"]), named(&["13T"])).then_refused(rule);
    parts(None, None).then_refused(rule);
    // What stays open does not pass everything on.
    given([]).when(order(json!([]), json!([succession("04K", "04L", None)]))).then_malformed("/data/facts");
    let staying = with(
        order(json!(["body/04M"]), json!([succession("04M", "04L", None), succession("04K", "04L", None)])),
        "/basis",
        json!("absorption"),
    );
    given([]).when(staying).then_refused(rule);
}

#[test]
fn a_successor_opens_or_is_open() {
    let rule = "reorganisation.successor-open";
    let to = |slug: &str, listed: Said| {
        given([listed]).when(order(json!(["body/04K"]), json!([succession("04K", slug, None)])))
    };
    to("04N", ccg("04N")).then_obeys("reorganisation.successor-open");
    to("04N", ccg_until("04N", Some("2020-04-01"))).then_refused("reorganisation.successor-open");
    to("none", ccg("04N")).then_refused(rule);
    to("04N", with(ccg("04N"), "/until", month("2020-04", 30))).then_found("reorganisation.successor-open");
    // What opens succeeds somebody.
    let mut heirless = merged();
    heirless.facts.as_object_mut().unwrap().remove("successions");
    given(up_to_approval()).when(heirless).then_refused(rule);
    // And it does not close with the same event.
    let circle = order(
        json!(["body/04K", "body/04L"]),
        json!([succession("04K", "04L", None), succession("04L", "04K", None)]),
    );
    given([]).when(circle).then_refused(rule);
}

#[test]
fn a_ccg_opens_with_an_accountable_officer() {
    changed("/opening/0/short_name", json!("NHS 52R")).then_obeys("reorganisation.accountable-officer");
    let mut alone = merged();
    alone.facts.as_object_mut().unwrap().remove("officers");
    given(up_to_approval()).when(alone).then_found("reorganisation.accountable-officer");
}

#[test]
fn one_person_starts_in_each_office() {
    let officer = |office: &str, who: &str| {
        json!({"body": "body/52R", "office": office,
        "person": format!("person/{who}"), "tenure": "substantive"})
    };
    let starts = |officers: Value| changed("/officers", officers);
    starts(json!([officer("accountable_officer", "a"), officer("chair", "b")]))
        .then_obeys("reorganisation.one-officer");
    starts(json!([officer("accountable_officer", "a"), officer("accountable_officer", "b")]))
        .then_refused("reorganisation.one-officer");
    starts(json!([officer("lay_member", "a"), officer("lay_member", "b")]))
        .then_obeys("reorganisation.one-officer");
    // In a body that stays, beside whoever holds the office.
    let elsewhere =
        json!([{"body": "body/04M", "office": "chair", "person": "person/b", "tenure": "substantive"}]);
    let story = given(up_to_approval()).and([appointed("04M", "chair", "a", "2018-01-01")]);
    story.when(with(merged(), "/officers", elsewhere)).then_refused("office.one-holder");
}

#[test]
fn continuing_conditions_pass_on() {
    let story = || {
        let said = regulator(1, "approved_with_conditions", "2019-10-21");
        given(up_to_application()).and([with_conditions(said, &[("directions", "continuing")])])
    };
    let passed = with(merged(), "/conditions_passed_on", json!(["directions"]));
    story().when(passed).then_obeys("reorganisation.conditions-pass-on");
    story().when(merged()).then_found("reorganisation.conditions-pass-on");
}

#[test]
fn bodies_that_stay_gain_and_lose() {
    let varied = |change: Value| {
        let mut said = order(json!([]), json!([]));
        (said.facts["basis"], said.facts["varied"]) = (json!("boundary"), json!([change]));
        given([]).when(said)
    };
    let gains = |unit: &str, from: &str| json!({"body": "body/04K", "gains": [{"unit": unit, "body": format!("body/{from}")}]});
    let story = varied(gains("04L", "04L")).then_obeys("area.held");
    assert_eq!(story.holder("04L", story.at("2020-04-01")).as_deref(), Some("04K"));
    varied(gains("04L", "04M")).then_refused("area.held");
    let to_nobody = json!({"body": "body/04K", "losses": [{"unit": "04K", "body": "body/none"}]});
    varied(to_nobody).then_refused("body.known");
}

#[test]
fn a_closing_body_may_give_units_to_one_that_stays() {
    // A third of 04K goes to 04M, which gains it; 04L takes the rest.
    let mut said = order(json!(["body/04K"]), json!([succession("04K", "04L", None)]));
    said.facts["varied"] = json!([{"body": "body/04M", "gains": [{"unit": "04K/east", "body": "body/04K"}]}]);
    let story = given([]).when(said).then_obeys("reorganisation.succession-whole");
    let holds = |unit: &str| story.holder(unit, story.at("2020-04-01"));
    assert_eq!((holds("04K").as_deref(), holds("04K/east").as_deref()), (Some("04L"), Some("04M")));
}

#[test]
fn a_register_may_tell_of_one_that_no_act_made() {
    let mut said = merged();
    (said.facts["basis"], said.facts["merger"]) = (json!("statute"), Value::Null);
    said.facts.as_object_mut().unwrap().remove("merger");
    let story: Story = given([]).when(said.clone().reported()).then_admitted();
    assert_eq!(story.holder("04L", story.at("2020-04-01")).as_deref(), Some("52R"));
    let story = given([]).when(said.in_the_press()).then_admitted();
    assert_eq!(
        story.holder("04L", story.at("2020-04-01")).as_deref(),
        Some("04L"),
        "the press enacts nothing"
    );
}

#[test]
fn directions_are_reviewed_before_a_body_ends() {
    let directed = |change: &str, on: &str| {
        let facts = json!({"id": "finance", "kind": "directions", "change": change, "effective": on, "text": "A plan."});
        says("DirectionsChanged", "body/04K", facts)
    };
    let under = || given(up_to_approval()).and([directed("imposed", "2018-01-01")]);
    under().when(merged()).then_found("ending.directions-reviewed");
    let lifted = under().and([directed("lifted", "2020-03-01")]);
    lifted.when(merged()).then_obeys("ending.directions-reviewed");
}
