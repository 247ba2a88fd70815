//! What a correction leaves is judged as if it were recorded so: what `record` refuses, `correct` does too.

use crate::meetings::{at, closed, convened, decides, opened, sitting, voted, with};
use crate::said::{Said, appointed, ended, id, says};
use crate::story::{Story, given};
use serde_json::{Value, json};

/// The vote and the decision of 04K on the first item, and the end of the sitting.
fn told() -> [Said; 3] {
    let votes = voted("i1", "04K", json!({"for": 2, "against": 0})).with_id(2);
    let decision = decides("i1", "04K", json!({"none": {}})).with_id(1);
    [votes, with(decision, "votes", json!({"for": 2, "against": 0})), closed().with_id(3)]
}

fn over() -> Story {
    sitting().and(told())
}

#[test]
fn what_only_came_too_late_since_does_not_speak_against_a_correction_that_the_rule_repeats() {
    let office = "accountable_officer";
    let story = || {
        given([
            appointed("04K", office, "a", "2018-03-12"),
            ended("04K", office, "a", "2019-04-01").with_id(7),
            appointed("04K", office, "a", "2020-04-01"),
        ])
    };
    let corrected = |to: &str| {
        corrects(7, "/effective", &json!("2019-04-01"), json!(to)).by(&[("nhs-england", "nhs_england", "")])
    };
    // Of two appointments the rule knows the later one: "an end on 2019-04-01", and now "an end on 2019-04-02".
    story().when(corrected("2019-04-02")).then_obeys("office.end-after-start");
    story().when(corrected("2018-03-11")).then_refused("office.end-after-start");
}

/// A correction of one member of the entry with this id among those of [`told`], `old` being what stands there.
fn corrects(number: u8, path: &str, old: &Value, new: Value) -> Said {
    let fields = json!([{"path": path, "old": old, "new": new}]);
    let facts = json!({"target": id(number), "kind": "factual", "fields": fields, "reason": "Wrong."});
    says("RecordCorrected", &format!("record/{}", id(number)), facts)
}

fn of_told(number: u8, path: &str, new: Value) -> Said {
    let target = told().into_iter().find(|said| said.id == Some(id(number))).unwrap();
    corrects(number, path, target.facts.pointer(path).unwrap(), new)
}

fn withdraws(number: u8, kind: &str) -> Said {
    let facts = json!({"target": id(number), "kind": kind, "reason": "Not so."});
    says("RecordCorrected", &format!("record/{}", id(number)), facts)
}

#[test]
fn what_record_refuses_is_not_corrected_to() {
    for (number, path, new, rule) in [
        (1, "/decided_on", json!("2019-07-05"), "decision.at-meeting"),
        (1, "/outcome", json!("rejected"), "decision.vote-fits"),
        (1, "/votes/for", json!(20), "vote.totals"),
        (1, "/item/reference", json!("9"), "agenda.item"),
        (1, "/meeting", json!("meeting/nosuch"), "meeting.convened"),
        (2, "/votes/for", json!(20), "vote.totals"),
        (2, "/item", json!("9"), "agenda.item"),
        (3, "/ended_at", json!("2019-07-04T12:00:00+01:00"), "meeting.ends-after-it-starts"),
    ] {
        over().when(of_told(number, path, new)).then_refused(rule);
    }
}

#[test]
fn what_record_takes_is_corrected_to() {
    // The sitting is over, and so nobody would open or close it any more: that speaks against neither.
    let later = || {
        corrects(4, "/started_at", &json!("2019-07-04T13:05:00+01:00"), json!("2019-07-04T13:10:00+01:00"))
    };
    let others = [convened(), crate::meetings::agenda(), opened().with_id(4), crate::meetings::both_attend()];
    let called = [crate::said::appointed("04K", "chair", "a", "2013-04-01")];
    let story = || crate::story::given(called.clone()).and(others.clone()).and(told());
    story().when(later()).then_obeys("meeting.step");
    story().when(of_told(3, "/ended_at", json!("2019-07-04T16:30:00+01:00"))).then_obeys("meeting.step");
    over().when(of_told(1, "/text", json!("As the paper says."))).then_obeys("decision.at-meeting");
    // It is found of what is corrected as of what is recorded.
    over().when(of_told(1, "/item/reference", json!("i3"))).then_found("meeting.public-excluded");
    over().when(of_told(1, "", Value::Null)).then_refused("correction.form");
    let (old, mut new) = (told()[1].facts.clone(), told()[1].facts.clone());
    new.as_object_mut().unwrap().remove("reasons");
    over().when(corrects(1, "", &old, new)).then_found("decision.reasons");
    over().when(of_told(1, "/reasons", json!("Another."))).then_obeys("decision.reasons");
}

/// The draft, and its approval by 04K at the next sitting.
fn minuted() -> [Said; 3] {
    let next = Said { subject: "meeting/n".to_owned(), ..convened() };
    let next = with(next, "starts_at", json!("2019-09-05T13:00:00+01:00"));
    let document = json!({"title": "Minutes", "held": false});
    let draft = at(
        "MinutesDrafted",
        json!({"part": "public", "document": document, "drafted_on": "2019-07-10",
            "decisions": [{"item": "i1", "body": "body/04K"}]}),
    );
    let approval = at(
        "MinutesApproved",
        json!({"part": "public", "body": "body/04K", "at_meeting": "meeting/n", "approved_on": "2019-09-05",
            "document": document}),
    );
    [next, draft, approval.with_id(7)]
}

#[test]
fn what_approved_minutes_hold_is_corrected_once_a_later_meeting_changes_them() {
    let rule = "correction.approved-minutes";
    let approved = || over().and(minuted());
    let reasons = || of_told(1, "/reasons", json!("Another."));
    over().when(reasons()).then_obeys("correction.approved-minutes");
    approved().when(reasons()).then_refused("correction.approved-minutes");
    approved().when(of_told(2, "/method", json!("ballot"))).then_refused(rule);
    approved().when(of_told(3, "/ended_at", json!("2019-07-04T16:30:00+01:00"))).then_refused(rule);
    approved().when(withdraws(1, "withdrawn")).then_refused(rule);
    // Whoever reads both sees that it stands there twice.
    approved().when(withdraws(1, "duplicate")).then_found(rule);
    // A slip of the pen is one whatever was approved.
    let slip = of_told(1, "/reasons", json!(told()[1].facts["reasons"].as_str().unwrap().to_uppercase()));
    let slip = with(slip, "kind", json!("clerical"));
    approved().when(slip).then_obeys(rule);
    // The later meeting opens them again.
    let changed = with(minuted()[1].clone(), "changed_at", json!("meeting/n"));
    approved().and([changed]).when(reasons()).then_obeys(rule);
    // Those of another body, or of the other part, are their own.
    let of_another = [decides("i1", "04L", json!({"none": {}})).with_id(5)];
    let by = [("secretary-04L", "secretary", "body/04L")];
    let text = decides("i1", "04L", json!({"none": {}})).facts["text"].clone();
    let corrects_another = || corrects(5, "/text", &text, json!("As it was.")).by(&by);
    sitting().and(of_another).and(told()).and(minuted()).when(corrects_another()).then_obeys(rule);
}

#[test]
fn nobody_corrects_to_an_act_that_is_not_theirs() {
    let rule = "authority.signatures-needed";
    let story = || over().and(minuted());
    story().when(corrects(7, "/body", &json!("body/04K"), json!("body/04L"))).then_refused(rule);
    story().when(corrects(7, "/document/title", &json!("Minutes"), json!("The minutes"))).then_obeys(rule);
}
