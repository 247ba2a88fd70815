//! An office on its way from a vacancy to a holder.

use crate::said::{Said, appointed, consultation_closed, consulted, decided, ended, person, says};
use crate::story::{Story, given};
use minutebook_governance::appointments::{Appointment, Stage, appointment};
use minutebook_governance::people::Office;
use serde_json::{Value, json};

const OFFICE: &str = "accountable_officer";

fn on(story: &Story, day: &str) -> Appointment {
    let body = "body/04K".parse().unwrap();
    appointment(story.record(), &body, Office::AccountableOfficer, story.at(day))
}

fn with(mut said: Said, member: &str, value: Value) -> Said {
    said.facts[member] = value;
    said
}

fn recruiting(on: &str) -> Said {
    says("RecruitmentOpened", "body/04K", json!({"office": OFFICE, "opened_on": on}))
}

fn nominated(who: &str, on: &str) -> Said {
    decided("04K", on, json!({"nominate": {"office": OFFICE, "person": format!("person/{who}")}}))
}

fn put_forward(who: &str, on: &str) -> Said {
    says(
        "OfficerNominated",
        "body/04K",
        json!({"office": OFFICE, "person": format!("person/{who}"), "nominated_on": on}),
    )
}

fn determined(who: &str, outcome: &str, on: &str) -> Said {
    says(
        "AppointmentDetermined",
        "body/04K",
        json!({"office": OFFICE, "person": format!("person/{who}"), "determined_on": on, "outcome": outcome,
        "reasons": "In writing."}),
    )
}

fn by_the_body(said: Said) -> Said {
    said.by(&[("secretary-04K", "secretary", "body/04K")])
}

#[test]
fn recruitment_follows_the_consultation_that_it_was_to_wait_for() {
    let mut gate = consulted();
    gate.facts["gates"] = json!(["RecruitmentOpened"]);
    given([]).when(recruiting("2019-06-20")).then_obeys("recruitment.consulted");
    given([gate.clone()]).when(recruiting("2019-06-20")).then_found("recruitment.consulted");
    let closed = consultation_closed("2019-06-17T09:00:00+01:00");
    given([gate, closed]).when(recruiting("2019-06-20")).then_obeys("recruitment.consulted");
    let named = with(recruiting("2019-06-20"), "after_consultation", json!("consultation/c"));
    given([]).when(named).then_found("recruitment.consulted");
}

#[test]
fn who_is_nominated_is_nominated_by_that_body() {
    let decided = || given([nominated("a", "2018-09-13")]);
    decided().when(put_forward("a", "2018-09-20")).then_obeys("nomination.decided-by-body");
    decided().when(put_forward("b", "2018-09-20")).then_refused("nomination.decided-by-body");
    decided().when(put_forward("a", "2018-09-12")).then_refused("nomination.decided-by-body");
    given([]).when(put_forward("a", "2018-09-20")).then_refused("nomination.decided-by-body");
    let elsewhere = Said { subject: "body/04L".to_owned(), ..put_forward("a", "2018-09-20") };
    let elsewhere = elsewhere.by(&[("secretary-04L", "secretary", "body/04L")]);
    decided().when(elsewhere).then_refused("nomination.decided-by-body");
}

#[test]
fn who_is_nominated_is_recorded_first() {
    let rule = "person.known";
    given([]).when(nominated("a", "2018-09-13")).then_obeys(rule);
    given([]).when(nominated("nobody", "2018-09-13")).then_refused(rule);
    given([]).when(nominated("nobody", "2018-09-13").in_the_press()).then_refused(rule);
    let mut resolved = decided("04K", "2018-09-13", json!({"exclude_public": {"reason": "A person."}}));
    resolved.facts["also"] = json!([{"nominate": {"office": OFFICE, "person": "person/nobody"}}]);
    given([]).when(resolved).then_refused(rule);
    given([person("c"), nominated("c", "2018-09-13")]).finds_no(rule, "2018-09-14");
}

#[test]
fn what_is_determined_is_nominated_and_undetermined() {
    let rule = "appointment.nominated";
    let nominated = || given([nominated("a", "2018-09-13")]);
    nominated().when(determined("a", "approved", "2018-10-05")).then_obeys("appointment.nominated");
    nominated().when(determined("b", "approved", "2018-10-05")).then_refused("appointment.nominated");
    given([]).when(determined("a", "approved", "2018-10-05")).then_refused(rule);
    nominated()
        .and([determined("a", "approved", "2018-10-05")])
        .when(determined("a", "refused", "2018-10-06"))
        .then_refused(rule);
    let silent = || {
        let mut said = determined("a", "refused", "2018-10-05");
        said.facts.as_object_mut().unwrap().remove("reasons");
        said
    };
    nominated().when(determined("a", "refused", "2018-10-05")).then_obeys("appointment.refusal-reasons");
    nominated().when(silent()).then_refused("appointment.refusal-reasons");
    nominated().when(silent().in_the_press()).then_admitted();
}

#[test]
fn nhs_england_appoints_or_the_body_once_it_has_approved() {
    let rule = "appointment.approved";
    let appointed = || appointed("04K", OFFICE, "a", "2018-11-01");
    given([]).when(appointed()).then_obeys("appointment.approved");
    given([]).when(by_the_body(appointed())).then_refused("appointment.approved");
    let nominated = || given([nominated("a", "2018-09-13")]);
    nominated().when(by_the_body(appointed())).then_refused(rule);
    let approved = || nominated().and([determined("a", "approved", "2018-10-05")]);
    approved().when(by_the_body(appointed())).then_obeys(rule);
    nominated()
        .and([determined("a", "refused", "2018-10-05")])
        .when(by_the_body(appointed()))
        .then_refused(rule);
    let outsider = appointed().by(&[("secretary-04L", "secretary", "body/04L")]);
    approved().when(outsider).then_refused("authority.signatures-needed");
    given([]).when(appointed()).then_found("appointment.nominated-by-body");
    nominated().when(appointed()).then_obeys("appointment.nominated-by-body");
}

#[test]
fn who_acts_stands_in_for_a_vacancy_or_for_somebody_away() {
    let acting = || with(appointed("04K", OFFICE, "b", "2019-01-01"), "tenure", json!("acting"));
    let held = || given([appointed("04K", OFFICE, "a", "2018-03-12")]);
    given([]).when(acting()).then_obeys("office.acting-cover");
    given([]).when(by_the_body(acting())).then_obeys("office.acting-cover");
    held().when(acting()).then_found("office.acting-cover");
    held().when(with(acting(), "covers", json!("person/a"))).then_obeys("office.acting-cover");
    held().and([ended("04K", OFFICE, "a", "2018-12-31")]).when(acting()).then_obeys("office.acting-cover");
}

#[test]
fn an_office_goes_from_stage_to_stage() {
    let story = given([
        appointed("04K", OFFICE, "b", "2014-01-01"),
        ended("04K", OFFICE, "b", "2018-06-01"),
        recruiting("2018-07-01"),
        nominated("b", "2018-08-01"),
        determined("b", "refused", "2018-08-20"),
        nominated("a", "2018-09-13"),
        put_forward("a", "2018-09-20"),
        with(determined("a", "approved", "2018-10-05"), "conditions", json!(["A deputy for each place."])),
        by_the_body(appointed("04K", OFFICE, "a", "2018-11-01")),
    ]);
    for (day, stage, candidate, refused) in [
        ("2013-12-31", Stage::NotKnown, None, 0),
        ("2014-01-01", Stage::InPost, None, 0),
        ("2018-06-01", Stage::Vacant, None, 0),
        ("2018-07-01", Stage::Recruiting, None, 0),
        ("2018-08-01", Stage::Nominated, Some("b"), 0),
        ("2018-08-20", Stage::Recruiting, None, 1),
        ("2018-09-20", Stage::Nominated, Some("a"), 1),
        ("2018-10-05", Stage::Approved, Some("a"), 1),
        ("2018-11-01", Stage::InPost, None, 0),
    ] {
        let seen = on(&story, day);
        let who = seen.candidate.as_ref().map(|who| who.slug().to_owned());
        assert_eq!((seen.stage, who.as_deref(), seen.refused.len()), (stage, candidate, refused), "{day}");
    }
    assert_eq!(on(&story, "2018-10-05").conditions.len(), 1);
    assert_eq!(on(&story, "2018-10-05").held.holders.len(), 0);
}

#[test]
fn an_office_ends_with_its_body_whatever_search_there_was() {
    let ends = json!({"effective": "2020-04-01", "reason": "order", "successors": ["body/04L"]});
    let story = given([
        recruiting("2019-07-01"),
        nominated("b", "2019-08-01"),
        says("BodyDissolved", "body/04K", ends),
    ]);
    let before = on(&story, "2020-03-31");
    assert_eq!((before.stage, before.candidate.is_some(), before.why.len()), (Stage::Nominated, true, 2));
    let after = on(&story, "2020-04-01");
    assert_eq!((after.stage, after.candidate.is_some(), after.why.len()), (Stage::BodyEnded, false, 3));
    assert_eq!(after.possible(), "nothing: the body has ended");
    assert_eq!(on(&given([]), "2020-04-01").possible(), "RecruitmentOpened, DecisionRecorded (nominate)");
}
