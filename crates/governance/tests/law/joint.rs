//! One person for several bodies: each says what it chooses, and only who agrees is covered.

use crate::said::{Said, appointed, decided, says};
use crate::story::{Story, given};
use minutebook_governance::appointments::{JointAppointment, joint_appointment};
use serde_json::{Value, json};

fn joint(bodies: &[&str]) -> Said {
    let bodies: Vec<_> = bodies.iter().map(|slug| format!("body/{slug}")).collect();
    says(
        "JointAppointmentProposed",
        "appointment/j",
        json!({"office": "accountable_officer", "bodies": bodies, "proposed_on": "2018-01-01"}),
    )
}

fn leg(body: &str, leg: &str, on: &str) -> Said {
    let mut said = decided(body, on, json!({"joint_leg": {"appointment": "appointment/j", "leg": leg}}));
    match leg {
        "deferred" => said.facts["outcome"] = json!("deferred"),
        "declined" => said.facts["outcome"] = json!("rejected"),
        _ => {}
    }
    said
}

fn covering(body: &str, from: &str) -> Said {
    let mut said = appointed(body, "accountable_officer", "a", from);
    said.facts["joint"] = json!("appointment/j");
    said
}

fn story() -> Story {
    given([joint(&["04K", "04L"])])
}

fn on(story: &Story, day: &str) -> JointAppointment {
    joint_appointment(story.record(), &"appointment/j".parse().unwrap(), story.at(day)).unwrap()
}

fn stands(story: &Story, body: &str, day: &str) -> Option<&'static str> {
    let seen = on(story, day);
    Some(seen.legs[&format!("body/{body}").parse().unwrap()].current(&seen.id)?.as_str())
}

#[test]
fn a_joint_appointment_is_of_two_or_more() {
    given([]).when(joint(&["04K", "04L"])).then_obeys("joint.two-bodies");
    given([]).when(joint(&["04K"])).then_refused("joint.two-bodies");
    given([]).when(joint(&["04K", "04K"])).then_malformed("/data/facts/bodies");
}

#[test]
fn who_was_asked_decides_and_others_join_later() {
    story().when(leg("04K", "agreed", "2018-02-01")).then_obeys("joint.party");
    story().when(leg("04M", "agreed", "2018-02-01")).then_refused("joint.party");
    story().when(leg("04M", "joined_later", "2018-04-25")).then_obeys("joint.party");
    given([]).when(leg("04K", "agreed", "2018-02-01")).then_refused("joint.party");
}

#[test]
fn a_leg_goes_from_step_to_step() {
    let rule = "joint.leg-step";
    story().when(leg("04K", "agreed_in_principle", "2018-02-01")).then_obeys("joint.leg-step");
    story().when(leg("04K", "withdrawn", "2018-02-01")).then_refused("joint.leg-step");
    story().when(leg("04K", "stalled", "2018-02-01")).then_refused(rule);
    let agreed = || story().and([leg("04K", "agreed", "2018-02-01")]);
    agreed().when(leg("04K", "agreed", "2018-03-01")).then_refused(rule);
    agreed().when(leg("04K", "declined", "2018-03-01")).then_refused(rule);
    agreed().when(leg("04K", "withdrawn", "2018-03-01")).then_obeys(rule);
    // Leicestershire: in principle, no, yes. Thanet: no, yes.
    let story = story()
        .and([leg("04K", "agreed_in_principle", "2018-02-01"), leg("04K", "declined", "2018-06-01")])
        .when(leg("04K", "agreed", "2018-12-11"))
        .then_obeys(rule);
    let seen = ["2018-01-31", "2018-02-01", "2018-06-01", "2018-12-11"].map(|day| stands(&story, "04K", day));
    assert_eq!(seen, [None, Some("agreed_in_principle"), Some("declined"), Some("agreed")]);
}

#[test]
fn that_it_stalled_reports_alone_say() {
    let story = story().and([leg("04K", "stalled", "2018-06-01").in_the_press()]);
    assert_eq!(stands(&story, "04K", "2018-07-01"), None);
    let id = "appointment/j".parse().unwrap();
    let seen = joint_appointment(story.record(), &id, story.reported_at("2018-07-01")).unwrap();
    assert_eq!(seen.legs[&"body/04K".parse().unwrap()].current(&id).unwrap().as_str(), "stalled");
    story.when(leg("04K", "agreed", "2018-12-11")).then_obeys("joint.leg-step");
}

#[test]
fn an_outcome_fits_its_leg() {
    let outcome = |chosen: &str, outcome: Value| {
        let mut said = leg("04K", chosen, "2018-02-01");
        said.facts["outcome"] = outcome;
        story().when(said)
    };
    outcome("agreed", json!("rejected")).then_refused("decision.outcome-fits-effect");
    outcome("deferred", json!("approved")).then_refused("decision.outcome-fits-effect");
    outcome("declined", json!("approved")).then_obeys("decision.outcome-fits-effect");
    outcome("declined", json!("noted")).then_refused("decision.outcome-fits-effect");
}

#[test]
fn only_who_agreed_is_covered_and_a_later_leg_has_its_own_start() {
    let rule = "joint.covers-agreed";
    let story = || story().and([leg("04K", "agreed", "2018-02-01"), leg("04L", "declined", "2018-02-01")]);
    story().when(covering("04K", "2018-03-12")).then_obeys("joint.covers-agreed");
    story().when(covering("04L", "2018-03-12")).then_refused("joint.covers-agreed");
    story().when(covering("04M", "2018-03-12")).then_refused(rule);
    let mut chair = covering("04K", "2018-03-12").by(&[("secretary-04K", "secretary", "body/04K")]);
    chair.facts["office"] = json!("chair");
    story().when(chair).then_refused(rule);
    // Thanet and South Kent Coast come in six weeks later.
    let later = story()
        .and([covering("04K", "2018-03-12").on("2018-03-01"), leg("04L", "agreed", "2018-04-25")])
        .when(covering("04L", "2018-04-25").on("2018-04-25"))
        .then_obeys(rule);
    let covered = |day: &str| {
        let seen = on(&later, day);
        seen.legs.values().filter(|leg| leg.appointed.is_some()).count()
    };
    // From the day on which the act was made somebody is appointed, from the day that it says.
    let days = ["2018-02-28", "2018-03-01", "2018-03-11", "2018-03-12", "2018-04-24", "2018-04-25"];
    assert_eq!(days.map(covered), [0, 1, 1, 1, 1, 2]);
    let waits = |day: &str| on(&later, day).waits_for;
    assert_eq!(waits("2018-02-15"), ["an appointment for body/04K (OfficerAppointed)"]);
    assert!(waits("2018-03-01").is_empty());
    let from = on(&later, "2018-03-01").legs[&"body/04K".parse().unwrap()].appointed.clone().unwrap().1;
    assert_eq!(from.to_string(), "2018-03-12");
}
