//! What people say of entries, and what audits say of the book.

use crate::said::{Said, decided, id, says};
use crate::story::{Story, given};
use minutebook_governance::annotations::{annotations_of, audits};
use minutebook_governance::register::findings;
use minutebook_governance::{View, answered_by};
use serde_json::{Value, json};

fn annotated(number: u8, kind: &str, finding: Value) -> Said {
    let target = id(number);
    let mut facts = json!({"target": target, "kind": kind, "text": "Something to know."});
    if finding != Value::Null {
        facts["finding"] = finding;
    }
    says("RecordAnnotated", &format!("record/{target}"), facts)
}

#[test]
fn a_note_is_about_an_entry_of_the_book() {
    let decision = || decided("04K", "2019-07-04", json!({"none": {}})).with_id(1);
    given([]).when(annotated(1, "note", Value::Null)).then_refused("annotation.target");
    let story = given([decision()]).when(annotated(1, "note", Value::Null)).then_obeys("annotation.target");
    let story =
        story.and([annotated(1, "contest", Value::Null).by(&[("secretary-04L", "secretary", "body/04L")])]);
    let said = annotations_of(story.record(), id(1), story.at("2019-08-01"));
    assert_eq!(said.iter().map(|it| it.said.kind.as_str()).collect::<Vec<_>>(), ["note", "contest"]);
    given([decision()]).when(annotated(1, "answer", Value::Null)).then_malformed("/data/facts/finding");
    let mut other = annotated(1, "note", Value::Null);
    other.subject = format!("record/{}", id(2));
    given([decision()]).when(other).then_malformed("/subject");
}

fn audited(size: u64) -> Said {
    says(
        "AuditReported",
        "audit/2019",
        json!({"auditor": "The auditor", "audited_on": "2019-08-01", "size": size,
        "root": "ab".repeat(32), "outcome": "verified", "exceptions": 0, "rules": 1, "report": {"title": "Report", "held": false}}),
    )
}

#[test]
fn an_audit_is_of_entries_that_there_are() {
    given([]).when(audited(1_000_000)).then_refused("audit.size");
    let story = given([]).when(audited(3)).then_obeys("audit.size");
    assert_eq!(audits(story.record(), story.at("2019-08-01")).len(), 1);
    let by_secretary = audited(3).by(&[("secretary-04K", "secretary", "body/04K")]);
    given([]).when(by_secretary).then_refused("authority.signatures-needed");
}

#[test]
fn an_answer_is_to_a_finding_of_the_book() {
    let rule = "annotation.finding";
    let mut silent = decided("04K", "2019-07-04", json!({"none": {}})).with_id(1);
    silent.facts.as_object_mut().unwrap().remove("reasons");
    let story = given([]).when(silent.clone()).then_found("decision.reasons");
    let raised = story.record().findings(story.at("2019-07-04")).last().unwrap().id();
    let at = story.record().len() - 1;
    let answer = |finding: &str| annotated(1, "answer", json!(finding));
    story.when(answer(&raised)).then_obeys("annotation.finding");
    let story = || given([silent.clone()]);
    let of_other_rule = raised.replace("decision.reasons", "decision.consulted");
    story().when(answer(&of_other_rule)).then_refused("annotation.finding");
    let of_later_entry = raised.rsplit_once(':').map(|(start, _first)| format!("{start}:9000")).unwrap();
    for other in
        [&of_later_entry, "decision.reasons:body/04K", "decision.reasons", &format!("{raised}:1"), " "]
    {
        story().when(answer(other)).then_refused(rule);
    }
    story().when(answer(&raised.replace("04K", "04L"))).then_refused(rule);
    // It is said of the entry on which the finding rests first, and of no other.
    let elsewhere = given([silent.clone(), decided("04K", "2019-07-04", json!({"none": {}})).with_id(2)]);
    elsewhere.when(annotated(2, "answer", json!(raised.clone()))).then_refused(rule);
    // What is worked out of a day is answered too, where it is about something that the book tells of.
    let overdue = |subject: &str| answer(&format!("action.overdue:{subject}:{at}"));
    story().when(overdue("action/none")).then_refused(rule);
    let action = says(
        "ActionAssigned",
        "action/x",
        json!({"body": "body/04K", "text": "Write.", "owner": {"office": "chair"}, "assigned_on": "2019-07-04"}),
    );
    story().and([action]).when(overdue("action/x")).then_obeys(rule);
}

#[test]
fn a_finding_that_is_answered_stands_and_says_by_which_entries() {
    let mut silent = decided("04K", "2019-07-04", json!({"none": {}})).with_id(1);
    silent.facts.as_object_mut().unwrap().remove("reasons");
    let story = given([silent]);
    let raised = |story: &Story| {
        let found = findings(story.record(), story.at("2019-07-04"));
        found.into_iter().find(|finding| finding.rule.id == "decision.reasons").unwrap()
    };
    let answers = |story: &Story, known: u64| {
        let view = View { known, ..story.at("2019-07-04") };
        answered_by(story.record(), &raised(story), view).into_iter().map(|at| at.0).collect::<Vec<_>>()
    };
    let first = story.record().len();
    assert_eq!(answers(&story, first), Vec::<u64>::new());
    let finding = json!(raised(&story).id());
    let story = story.and([
        annotated(1, "answer", finding.clone()).with_id(2),
        annotated(1, "note", Value::Null),
        annotated(1, "answer", finding),
    ]);
    assert_eq!(answers(&story, first), Vec::<u64>::new(), "nobody knew yet");
    assert_eq!(answers(&story, first + 3), [first, first + 2]);
    // An answer that is withdrawn is none.
    let gone = json!({"target": id(2), "kind": "withdrawn", "reason": "It was of another."});
    let gone = says("RecordCorrected", &format!("record/{}", id(2)), gone);
    let story = story.and([gone.by(&[("auditor", "auditor", "")])]);
    assert_eq!(answers(&story, first + 4), [first + 2]);
}
