//! The state machines of an office and of a joint appointment's legs, as tables (see `machine`).

use crate::machine::{Row, check};
use crate::said::{Said, appointed, decided, ended, says};
use crate::story::given;
use serde_json::{Value, json};

const OFFICE: &str = "accountable_officer";

fn of_the_office(type_name: &'static str, who: &str, more: Value) -> Said {
    let mut facts = json!({"office": OFFICE});
    if !who.is_empty() {
        facts["person"] = json!(format!("person/{who}"));
    }
    facts.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    says(type_name, "body/04K", facts)
}

fn nominates(who: &str, on: &str) -> Said {
    decided("04K", on, json!({"nominate": {"office": OFFICE, "person": format!("person/{who}")}}))
}

fn determined(outcome: &str, on: &str) -> Said {
    let facts = json!({"determined_on": on, "outcome": outcome, "reasons": "In writing."});
    of_the_office("AppointmentDetermined", "a", facts)
}

fn by_the_body(said: Said) -> Said {
    said.by(&[("secretary-04K", "secretary", "body/04K")])
}

fn acts_of_an_office(day: &str) -> Vec<(&'static str, Said)> {
    vec![
        ("recruit", of_the_office("RecruitmentOpened", "", json!({"opened_on": day}))),
        ("nominate", nominates("a", day)),
        ("put-forward", of_the_office("OfficerNominated", "a", json!({"nominated_on": day}))),
        ("approve", determined("approved", day)),
        ("refuse", determined("refused", day)),
        ("appoint", by_the_body(appointed("04K", OFFICE, "a", day))),
        ("nhs-england-appoints", appointed("04K", OFFICE, "a", day)),
        ("end", ended("04K", OFFICE, "b", day)),
    ]
}

#[test]
fn an_accountable_officer_comes_and_goes_by_steps() {
    let recruits = || of_the_office("RecruitmentOpened", "", json!({"opened_on": "2018-07-01"}));
    let vacant =
        || vec![appointed("04K", OFFICE, "b", "2014-01-01"), ended("04K", OFFICE, "b", "2018-06-01")];
    let nominated = || vec![recruits(), nominates("a", "2018-08-01")];
    let row = |state, said: Vec<Said>, admits| Row {
        state,
        story: given(said),
        acts: acts_of_an_office("2018-10-01"),
        admits,
    };
    let anew = "recruit nominate nhs-england-appoints";
    check(vec![
        row("not known", vec![], anew),
        row("in post", vec![appointed("04K", OFFICE, "b", "2014-01-01")], "recruit nominate end"),
        row("vacant", vacant(), anew),
        row("recruiting", [vacant(), vec![recruits()]].concat(), anew),
        row(
            "nominated",
            [vacant(), nominated()].concat(),
            "recruit nominate put-forward approve refuse nhs-england-appoints",
        ),
        row(
            "refused",
            [vacant(), nominated(), vec![determined("refused", "2018-09-01")]].concat(),
            "recruit nominate put-forward nhs-england-appoints",
        ),
        row(
            "approved",
            [vacant(), nominated(), vec![determined("approved", "2018-09-01")]].concat(),
            "recruit nominate put-forward appoint nhs-england-appoints",
        ),
        row(
            "approved beside a holder",
            [
                vec![appointed("04K", OFFICE, "b", "2014-01-01")],
                nominated(),
                vec![determined("approved", "2018-09-01")],
            ]
            .concat(),
            "recruit nominate put-forward end",
        ),
    ]);
}

/// The steps that a body can take, by the word for each.
const LEGS: [&str; 6] =
    ["agreed_in_principle", "agreed", "declined", "deferred", "withdrawn", "joined_later"];

fn leg(leg: &str, on: &str) -> Said {
    let mut said = decided("04K", on, json!({"joint_leg": {"appointment": "appointment/j", "leg": leg}}));
    match leg {
        "deferred" => said.facts["outcome"] = json!("deferred"),
        "declined" => said.facts["outcome"] = json!("rejected"),
        _ => {}
    }
    said
}

#[test]
fn a_joint_leg_takes_its_steps_and_no_others() {
    let proposed = says(
        "JointAppointmentProposed",
        "appointment/j",
        json!({"office": OFFICE, "bodies": ["body/04K", "body/04L"], "proposed_on": "2018-01-01"}),
    );
    let covered = |joint: &str| {
        let mut said = appointed("04K", OFFICE, "a", "2018-07-01");
        said.facts["joint"] = json!(joint);
        said
    };
    let row = |state, steps: &[&str], admits| {
        let days = ["2018-02-01", "2018-03-01", "2018-04-01"];
        let said = steps.iter().zip(days).map(|(step, on)| leg(step, on));
        let story = given([proposed.clone()].into_iter().chain(said));
        let mut acts: Vec<_> = LEGS.into_iter().map(|step| (step, leg(step, "2018-06-01"))).collect();
        acts.push(("cover", covered("appointment/j")));
        Row { state, story, acts, admits }
    };
    let any = "agreed_in_principle agreed declined deferred joined_later";
    check(vec![
        row("not asked", &[], any),
        row("agreed in principle", &["agreed_in_principle"], "agreed declined deferred withdrawn"),
        row("agreed", &["agreed"], "withdrawn cover"),
        row("joined later", &["joined_later"], "withdrawn cover"),
        row("declined", &["declined"], "agreed_in_principle agreed deferred joined_later"),
        row("deferred", &["deferred"], "agreed_in_principle agreed declined joined_later"),
        row("withdrawn", &["agreed", "withdrawn"], any),
        // Leicestershire, and Thanet.
        row("came round", &["agreed_in_principle", "declined", "agreed"], "withdrawn cover"),
    ]);
}
