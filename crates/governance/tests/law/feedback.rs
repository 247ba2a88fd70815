//! What people answer to a consultation, and what is made of it.

use crate::said::{Said, consultation_closed, consulted, decided, document, says};
use crate::story::{Story, given};
use minutebook_governance::consultations::{Consultation, ConsultationState, Responses, consultation};
use serde_json::json;

const CLOSES: &str = "2019-06-17T09:00:00+01:00";

fn on(story: &Story, day: &str) -> Consultation {
    consultation(story.record(), &"consultation/c".parse().unwrap(), story.at(day)).unwrap()
}

fn response(reference: &str, at: &str, count: Option<u32>) -> Said {
    let mut facts = json!({"reference": reference, "received_at": at, "respondent_kind": "practice"});
    if let Some(count) = count {
        facts["count"] = json!(count);
    }
    says("ResponseRecorded", "consultation/c", facts)
}

fn evaluator(body: &str) -> Said {
    says("EvaluatorAppointed", "consultation/c", json!({"appointed_on": "2019-05-15", "body": body}))
}

fn evaluated(on: &str) -> Said {
    let results = json!([{"question": 1, "support_percent": 68}, {"question": 2, "support_percent": 16}]);
    says(
        "EvaluationPublished",
        "consultation/c",
        json!({"published_on": on, "report": document(), "results": results}),
    )
}

fn considered(body: &str, on: &str) -> Said {
    decided(body, on, json!({"feedback_considered": {"consultation": "consultation/c"}}))
}

fn answered() -> Said {
    says(
        "ConsultationAnswered",
        "consultation/c",
        json!({"answered_on": "2019-07-12", "document": document()}),
    )
}

fn held() -> Said {
    says(
        "EngagementHeld",
        "consultation/c",
        json!({"held_on": "2019-05-21", "audience": "practices", "attendees": 32}),
    )
}

#[test]
fn what_is_answered_belongs_to_a_consultation() {
    given([consulted()]).when(held()).then_obeys("consultation.known");
    given([]).when(held()).then_refused("consultation.known");
    given([]).when(response("r1", CLOSES, None)).then_refused("consultation.known");
    given([]).when(evaluated("2019-06-28")).then_refused("consultation.known");
    given([]).when(answered()).then_refused("consultation.known");
}

#[test]
fn a_late_response_is_kept_and_counted_as_late() {
    let story = given([
        consulted(),
        response("r1", "2019-06-17T08:59:59+01:00", None),
        response("r2", CLOSES, Some(14)),
        response("r3", "2019-06-17T09:00:01+01:00", None),
    ]);
    let counts = |day: &str| on(&story, day).responses;
    assert_eq!(counts("2019-06-17"), Responses { on_time: 15, late: 1 });
    assert_eq!(counts("2019-06-16"), Responses::default());
    // The same reference again revises it.
    let story = story.and([response("r2", CLOSES, Some(12))]);
    assert_eq!(on(&story, "2019-06-17").responses, Responses { on_time: 13, late: 1 });
    given([consulted()]).when(response("r1", CLOSES, Some(0))).then_malformed("/data/facts/count");
    given([consulted()]).when(response(" ", CLOSES, None)).then_malformed("/data/facts/reference");
}

#[test]
fn a_closing_counts_what_was_recorded() {
    let closed = |on_time: u32| {
        let mut said = consultation_closed(CLOSES);
        said.facts["on_time"] = json!(on_time);
        said
    };
    let story = || given([consulted(), response("letters", CLOSES, Some(14))]);
    story().when(closed(14)).then_obeys("consultation.totals");
    story().when(closed(15)).then_found("consultation.totals");
    given([consulted()]).when(closed(15)).then_obeys("consultation.totals");
}

#[test]
fn an_owner_does_not_evaluate_its_own_consultation() {
    given([consulted()]).when(evaluator("body/04M")).then_obeys("consultation.evaluator-independent");
    given([consulted()]).when(evaluator("body/04K")).then_refused("consultation.evaluator-independent");
}

#[test]
fn an_evaluation_follows_the_closing() {
    let closed = || given([consulted(), consultation_closed(CLOSES)]);
    closed()
        .when(evaluated("2019-06-28").on("2019-06-28"))
        .then_obeys("consultation.evaluated-after-closing");
    given([consulted()])
        .when(evaluated("2019-06-28").on("2019-06-28"))
        .then_refused("consultation.evaluated-after-closing");
    let mut too_much = evaluated("2019-06-28");
    too_much.facts["results"] = json!([{"question": 1, "support_percent": 68, "oppose_percent": 40}]);
    given([]).when(too_much).then_malformed("/data/facts/results/0");
}

#[test]
fn each_owner_considers_it_before_it_is_answered() {
    let story = || {
        let mut opened = consulted();
        opened.facts["owners"] = json!(["body/04K", "body/04L"]);
        let closed = consultation_closed(CLOSES).on("2019-06-18");
        given([opened, closed]).and([considered("04K", "2019-07-04").on("2019-07-05")])
    };
    story().when(answered()).then_refused("consultation.answered-after-considering");
    let all = story().and([considered("04L", "2019-07-04").on("2019-07-06")]);
    let all = all.when(answered().on("2019-07-12")).then_obeys("consultation.answered-after-considering");
    assert_eq!(on(&all, "2019-07-04").state, ConsultationState::Considered);
    assert_eq!(on(&all, "2019-07-12").state, ConsultationState::Answered);
}

#[test]
fn what_was_answered_is_considered_once_it_is_known() {
    let rule = "consultation.considered-after-evaluation";
    let closed = || given([consulted(), consultation_closed(CLOSES).on("2019-06-18")]);
    given([consulted(), considered("04K", "2019-06-01")]).finds(rule, "2019-06-01");
    closed()
        .and([considered("04K", "2019-06-16")])
        .finds("consultation.considered-after-evaluation", "2019-07-01");
    closed()
        .and([considered("04K", "2019-06-17")])
        .finds_no("consultation.considered-after-evaluation", "2019-07-01");
    let evaluating = || closed().and([evaluator("body/04M")]);
    evaluating().and([considered("04K", "2019-07-04")]).finds(rule, "2019-07-04");
    let story = evaluating().and([evaluated("2019-06-28").on("2019-06-28"), considered("04K", "2019-07-04")]);
    let story = story.finds_no(rule, "2019-07-04");
    let states = ["2019-06-17", "2019-06-28", "2019-07-04"].map(|day| on(&story, day).state);
    assert_eq!(
        states,
        [ConsultationState::Evaluating, ConsultationState::Evaluated, ConsultationState::Considered]
    );
}

#[test]
fn the_bodies_whose_consultation_it_is_consider_it() {
    let rule = "consultation.considered-by-owner";
    let withdrawn = says(
        "ConsultationChanged",
        "consultation/c",
        json!({"changed_on": "2019-06-01", "change": {"withdrawn": {"reason": "Given up."}}}),
    );
    given([consulted()]).when(considered("04K", "2019-07-04")).then_obeys("consultation.considered-by-owner");
    given([consulted()])
        .when(considered("04L", "2019-07-04"))
        .then_refused("consultation.considered-by-owner");
    given([]).when(considered("04K", "2019-07-04")).then_refused(rule);
    given([consulted(), withdrawn]).when(considered("04K", "2019-07-04")).then_refused(rule);
}

#[test]
fn nothing_is_evaluated_once_those_who_were_consulted_are_answered() {
    let rule = "consultation.evaluated-before-answer";
    let considered = || given([consulted(), consultation_closed(CLOSES), considered("04K", "2019-07-04")]);
    considered().when(evaluated("2019-07-11")).then_obeys("consultation.evaluated-before-answer");
    considered()
        .and([answered()])
        .when(evaluated("2019-07-13"))
        .then_refused("consultation.evaluated-before-answer");
    let mut late = evaluator("body/04M");
    late.facts["appointed_on"] = json!("2019-07-13");
    considered().and([answered()]).when(late).then_refused(rule);
}

#[test]
fn what_was_closed_is_not_opened_again() {
    given([consulted()]).when(consulted()).then_obeys("consultation.not-again");
    given([consulted(), consultation_closed(CLOSES)])
        .when(consulted())
        .then_refused("consultation.not-again");
}
