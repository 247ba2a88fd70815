//! What people say of entries, and what audits say of the book.

use crate::said::{Said, decided, id, says};
use crate::story::given;
use minutebook_governance::annotations::{annotations_of, audits};
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
    let story = story.and([annotated(1, "answer", json!("decision.reasons:body/04K:41"))]);
    let story =
        story.and([annotated(1, "contest", Value::Null).by(&[("secretary-04L", "secretary", "body/04L")])]);
    let said = annotations_of(story.record(), id(1), story.at("2019-08-01"));
    assert_eq!(
        said.iter().map(|it| it.said.kind.as_str()).collect::<Vec<_>>(),
        ["note", "answer", "contest"]
    );
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
