//! Consultations: instants matter.

use crate::said::{Said, consultation_closed, consulted, month, says};
use crate::story::{Story, given};
use minutebook_governance::Instant;
use minutebook_governance::consultations::{Consultation, ConsultationState, consultation};
use serde_json::{Value, json};

const CLOSES: &str = "2019-06-17T09:00:00+01:00";

fn on(story: &Story, day: &str) -> Consultation {
    consultation(story.record(), &"consultation/c".parse().unwrap(), story.at(day)).unwrap()
}

fn opening(opens: Value) -> Said {
    let mut said = consulted();
    said.facts["opens"] = opens;
    said
}

fn at(moment: &str) -> Instant {
    moment.parse().unwrap()
}

#[test]
fn a_consultation_opens_before_it_closes() {
    let rule = "consultation.opens-before-it-closes";
    given([]).when(opening(json!("2019-06-17"))).then_obeys("consultation.opens-before-it-closes");
    given([]).when(opening(json!("2019-06-18"))).then_refused("consultation.opens-before-it-closes");
    given([]).when(opening(month("2019-06", 30))).then_found("consultation.opens-before-it-closes");
    given([]).when(opening(month("2019-07", 31))).then_refused(rule);
}

#[test]
fn only_an_open_consultation_is_closed() {
    given([consulted()]).when(consultation_closed(CLOSES)).then_obeys("consultation.opened");
    given([]).when(consultation_closed(CLOSES)).then_refused("consultation.opened");
    given([consulted(), consultation_closed(CLOSES)])
        .when(consultation_closed(CLOSES))
        .then_refused("consultation.opened");
    // What the press says is open is not what an act closes.
    given([consulted().in_the_press()]).when(consultation_closed(CLOSES)).then_refused("consultation.opened");
}

#[test]
fn it_is_closed_no_earlier_than_announced() {
    let rule = "consultation.closed-no-earlier";
    given([consulted()]).when(consultation_closed(CLOSES)).then_obeys("consultation.closed-no-earlier");
    given([consulted()])
        .when(consultation_closed("2019-06-17T08:59:59+01:00"))
        .then_refused("consultation.closed-no-earlier");
    // The same instant in another offset.
    given([consulted()]).when(consultation_closed("2019-06-17T08:00:00Z")).then_obeys(rule);
    given([consulted()]).when(consultation_closed("2019-06-17T07:59:59Z")).then_refused(rule);
}

#[test]
fn it_is_closed_for_a_body_whose_consultation_it_is() {
    let by_another = consultation_closed(CLOSES).by(&[("secretary-04L", "secretary", "body/04L")]);
    given([consulted()]).when(consultation_closed(CLOSES)).then_obeys("consultation.closed-by-owner");
    given([consulted()]).when(by_another).then_refused("consultation.closed-by-owner");
}

#[test]
fn nine_oclock_is_on_time_and_a_second_later_is_not() {
    let story = given([consulted()]);
    let opened = on(&story, "2019-06-01");
    assert!(opened.is_on_time(&at("2019-06-17T09:00:00+01:00")));
    assert!(!opened.is_on_time(&at("2019-06-17T09:00:01+01:00")));
    let stands = |moment: &str| on(&story, "2019-06-17").state_at(&at(moment));
    assert_eq!(stands("2019-04-30T12:00:00+01:00"), ConsultationState::NotYetOpen);
    assert_eq!(stands("2019-06-17T09:00:00+01:00"), ConsultationState::Open);
    assert_eq!(stands("2019-06-17T09:01:00+01:00"), ConsultationState::Overdue);
    let story = story.and([consultation_closed("2019-06-17T10:00:00+01:00")]);
    let stands = |moment: &str| on(&story, "2019-06-17").state_at(&at(moment));
    assert_eq!(stands("2019-06-17T09:59:59+01:00"), ConsultationState::Overdue);
    assert_eq!(stands("2019-06-17T10:00:00+01:00"), ConsultationState::Closed);
}

#[test]
fn an_end_that_passed_without_a_closing_is_found() {
    let story = given([consulted()]).finds_no("consultation.overdue", "2019-06-16");
    let story = story.finds("consultation.overdue", "2019-06-17").finds("consultation.overdue", "2019-08-01");
    assert_eq!(on(&story, "2019-04-30").state, ConsultationState::NotYetOpen);
    assert_eq!(on(&story, "2019-05-01").state, ConsultationState::Open);
    let story = story.and([consultation_closed(CLOSES)]).finds_no("consultation.overdue", "2019-06-17");
    assert_eq!(on(&story, "2019-06-17").state, ConsultationState::Closed);
}

#[test]
fn of_two_announcements_the_higher_standing_holds() {
    let mut said = consulted().in_the_press();
    said.facts["closes_at"] = json!("2019-06-30T09:00:00+01:00");
    let story = given([consulted(), said]);
    let seen =
        consultation(story.record(), &"consultation/c".parse().unwrap(), story.reported_at("2019-06-01"));
    assert_eq!(seen.unwrap().opened.closes_at.to_string(), CLOSES);
}

#[test]
fn it_closes_on_a_working_day_and_is_long_enough() {
    let closing = |at: &str| {
        let mut said = consulted();
        said.facts["closes_at"] = json!(at);
        said
    };
    given([]).when(consulted()).then_obeys("consultation.closes-on-working-day");
    let sunday = closing("2019-06-16T17:00:00+01:00");
    given([]).when(sunday).then_found("consultation.closes-on-working-day");
    let holiday = closing("2019-05-27T17:00:00+01:00");
    given([]).when(holiday).then_found("consultation.closes-on-working-day");
    given([]).when(opening(json!("2019-05-20"))).then_obeys("consultation.length");
    given([]).when(opening(json!("2019-05-21"))).then_found("consultation.length");
    given([]).when(opening(month("2019-05", 31))).then_obeys("consultation.length");
}

#[test]
fn what_waits_for_it_is_a_type_of_event() {
    let gated = |gate: &str| {
        let mut said = consulted();
        said.facts["gates"] = json!([gate]);
        said
    };
    given([]).when(gated("ApplicationSubmitted")).then_obeys("consultation.gates-known-types");
    given([]).when(gated("Recruiting")).then_refused("consultation.gates-known-types");
    given([]).when(gated("Recruiting").in_the_press()).then_refused("consultation.gates-known-types");
}

fn changed(change: Value) -> Said {
    says("ConsultationChanged", "consultation/c", json!({"changed_on": "2019-06-10", "change": change}))
}

fn extended(to: &str) -> Said {
    changed(json!({"extended": {"closes_at": to, "reason": "Asked for."}}))
}

#[test]
fn an_extension_ends_later_and_moves_the_end() {
    let later = "2019-06-24T17:00:00+01:00";
    given([consulted()]).when(extended(later)).then_obeys("consultation.extended-later");
    given([consulted()]).when(extended(CLOSES)).then_refused("consultation.extended-later");
    given([consulted(), extended(later)])
        .when(extended("2019-06-20T09:00:00+01:00"))
        .then_refused("consultation.extended-later");
    let story = given([consulted(), extended(later)]);
    assert!(on(&story, "2019-06-10").is_on_time(&at("2019-06-24T17:00:00+01:00")));
    assert!(!on(&story, "2019-06-09").is_on_time(&at("2019-06-24T17:00:00+01:00")), "not extended by then");
    assert_eq!(on(&story, "2019-06-18").state, ConsultationState::Open);
    story.when(consultation_closed(CLOSES)).then_refused("consultation.closed-no-earlier");
    given([consulted(), consultation_closed(CLOSES)])
        .when(extended(later))
        .then_refused("consultation.opened");
    let by_another = extended(later).by(&[("secretary-04L", "secretary", "body/04L")]);
    given([consulted()]).when(by_another).then_refused("consultation.closed-by-owner");
}

#[test]
fn what_is_withdrawn_is_over() {
    let withdrawn = || changed(json!({"withdrawn": {"reason": "The plan was given up."}}));
    let story = given([consulted(), withdrawn()]).finds_no("consultation.overdue", "2019-06-17");
    assert_eq!(on(&story, "2019-06-09").state, ConsultationState::Open);
    assert_eq!(on(&story, "2019-06-10").state, ConsultationState::Withdrawn);
    story.when(consultation_closed(CLOSES)).then_refused("consultation.opened");
    let silent = changed(json!({"withdrawn": {"reason": " "}}));
    given([consulted()]).when(silent).then_malformed("/data/facts/change");
}

#[test]
fn each_body_whose_consultation_it_is_signs_its_opening() {
    let mut of_two = consulted();
    of_two.facts["owners"] = json!(["body/04K", "body/04L"]);
    let (one, other) =
        (("secretary-04K", "secretary", "body/04K"), ("secretary-04L", "secretary", "body/04L"));
    given([]).when(of_two.clone().by(&[one, other])).then_obeys("consultation.every-owner-signs");
    given([]).when(of_two.by(&[one])).then_found("consultation.every-owner-signs");
}

#[test]
fn one_that_opened_some_day_is_open_for_certain_once_that_day_has_passed() {
    let some_day = json!({"written": "some day before 10 June", "latest": "2019-06-09"});
    let story = given([opening(some_day)]);
    let seen = |day: &str| (on(&story, day).state, on(&story, day).is_sure);
    assert_eq!(seen("2013-06-01"), (ConsultationState::PerhapsOpen, false));
    assert_eq!(seen("2019-06-09"), (ConsultationState::Open, true));
    let known = given([consulted()]);
    assert_eq!(on(&known, "2013-06-01").state, ConsultationState::NotYetOpen);
}

#[test]
fn beyond_what_is_known_no_consultation_is_overdue() {
    use minutebook_governance::{KnownUntil, View};
    let story = given([consulted()]);
    let id = "consultation/c".parse().unwrap();
    let state = |day: &str, until: &str| {
        let view = View { until: KnownUntil::Day(until.parse().unwrap()), ..story.at(day) };
        consultation(story.record(), &id, view).unwrap().state
    };
    assert_eq!(state("2019-06-18", "2019-06-18"), ConsultationState::Overdue);
    assert_eq!(state("2019-06-18", "2019-06-10"), ConsultationState::DuePassed);
    assert_eq!(state("2019-06-10", "2019-06-10"), ConsultationState::Open);
}
