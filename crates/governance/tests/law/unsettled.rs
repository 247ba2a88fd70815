//! What rests on an act that is withdrawn or corrected later is found, and says so to whoever is about to sign that.

use crate::meetings::{agenda, both_attend, closed, convened, decides, opened, voted};
use crate::said::{Said, appointed, decided, id, says};
use crate::story::{Story, given};
use minutebook_governance::{Finding, found_of, register};
use minutebook_log::Position;
use serde_json::{Value, json};

fn withdrawn(number: u8, by: &str) -> Said {
    let facts = json!({"target": id(number), "kind": "withdrawn", "reason": "Not so."});
    says("RecordCorrected", &format!("record/{}", id(number)), facts).by(&[(
        &format!("secretary-{by}"),
        "secretary",
        &format!("body/{by}"),
    )])
}

fn last(story: &Story) -> Position {
    Position(story.record().len() - 1)
}

/// What is found of the entry at a position.
fn found(story: &Story, position: Position) -> Vec<Finding> {
    found_of(story.record(), position, story.at("2020-01-01"))
}

fn rules(story: &Story, position: Position) -> Vec<&'static str> {
    found(story, position).iter().map(|finding| finding.rule.id).collect()
}

fn none() -> Value {
    json!({"none": {}})
}

/// `a` and `b` sit; 04K votes on i1, and decides.
fn sat(attendance: Said) -> Story {
    given([
        appointed("04K", "chair", "a", "2013-04-01"),
        convened().with_id(1),
        agenda().with_id(2),
        opened(),
        attendance.with_id(3),
        voted("i1", "04K", json!({"for": 2, "against": 0})),
        decides("i1", "04K", none()).with_id(4),
        closed(),
    ])
}

#[test]
fn a_vote_whose_attendance_is_withdrawn_is_found_until_it_is_recorded_anew() {
    let story = sat(both_attend());
    let vote = Position(last(&story).0 - 2);
    assert!(!rules(&story, vote).contains(&"vote.quorate"));
    let story = story.and([withdrawn(3, "04K")]).finds("vote.quorate", "2020-01-01");
    let raised = found(&story, vote);
    let quorate = raised.iter().find(|finding| finding.rule.id == "vote.quorate").unwrap();
    assert_eq!(quorate.why, [vote, last(&story)], "{quorate:?}");
    // Whoever signs the withdrawal is told of it before: it is found of that entry.
    assert!(rules(&story, last(&story)).contains(&"vote.quorate"));
    story.and([both_attend()]).finds_no("vote.quorate", "2020-01-01");
}

#[test]
fn what_was_done_at_a_sitting_that_is_withdrawn_is_found() {
    let story = sat(both_attend());
    let decision = Position(last(&story).0 - 1);
    let story = story.finds_no("meeting.convened", "2020-01-01").and([withdrawn(1, "04K")]);
    assert!(rules(&story, decision).contains(&"meeting.convened"), "{:?}", found(&story, decision));
    // What is withdrawn itself rests on nothing any more.
    let story = story.finds("meeting.convened", "2020-01-01").and([withdrawn(4, "04K")]);
    assert!(rules(&story, decision).is_empty());
    let again = found_of(story.record(), Position(last(&story).0 - 1), story.at("2020-01-01"));
    assert!(again.iter().all(|finding| finding.why[0] != decision), "{again:?}");
}

fn granted() -> Said {
    let facts = json!({"from": "body/04K", "to": {"officer": {"body": "body/04K", "office": "accountable_officer"}},
        "functions": ["Contracts"], "onward": "forbidden", "basis": {"decision": id(1)}, "effective": "2018-04-01",
        "on_succession": "lapses"});
    says("DelegationGranted", "delegation/d", facts)
}

/// A decision of 04K's officer under the delegation.
fn under() -> Said {
    let mut said = decided("04K", "2019-07-04", none());
    said.facts["delegated_under"] = json!({"delegation": "delegation/d", "function": "Contracts"});
    said
}

#[test]
fn a_decision_under_a_delegation_that_is_withdrawn_is_found_until_it_is_granted_anew() {
    let resolved = decided("04K", "2018-01-01", none()).with_id(1);
    let story = given([resolved, granted().with_id(2), under()]);
    let decision = last(&story);
    let story = story.finds_no("decision.delegation-covers", "2020-01-01").and([withdrawn(2, "04K")]);
    let raised = found(&story, decision);
    assert_eq!(raised[0].rule.id, "decision.delegation-covers");
    assert!(raised[0].found.contains(&format!("which entry {} withdraws", last(&story))), "{raised:?}");
    let before = story.at("2020-01-01").as_known(last(&story).0);
    assert!(register::findings(story.record(), before).iter().all(|it| it.why[0] != decision));
    story.and([granted()]).finds_no("decision.delegation-covers", "2020-01-01");
}

#[test]
fn a_grant_of_functions_whose_decision_is_withdrawn_is_found() {
    let resolved = decided("04K", "2018-01-01", none()).with_id(1);
    let story = given([resolved, granted()]);
    let grant = last(&story);
    let story = story.and([withdrawn(1, "04K")]);
    assert_eq!(rules(&story, grant), ["delegation.permitted"]);
}

#[test]
fn what_does_not_rest_on_it_is_not_found() {
    let story = sat(both_attend())
        .and([decided("04K", "2019-07-05", none()).with_id(6), decided("04K", "2019-07-06", none())]);
    let before = register::findings(story.record(), story.at("2020-01-01")).len();
    let story = story.and([withdrawn(6, "04K")]);
    let found = register::findings(story.record(), story.at("2020-01-01"));
    assert_eq!(found.len(), before, "{found:?}");
}

#[test]
fn a_finding_of_a_withdrawal_can_be_answered() {
    let resolved = decided("04K", "2018-01-01", none()).with_id(1);
    let story = given([resolved, granted().with_id(2), under().with_id(3), withdrawn(2, "04K")]);
    let found = register::findings(story.record(), story.at("2020-01-01"));
    let covers = found.iter().find(|it| it.rule.id == "decision.delegation-covers").unwrap().id();
    let answer = |finding: &str| {
        let facts =
            json!({"target": id(3), "kind": "answer", "finding": finding, "text": "It was granted orally."});
        says("RecordAnnotated", &format!("record/{}", id(3)), facts)
    };
    let story = story.when(answer(&covers)).then_obeys("annotation.finding");
    story.when(answer("decision.delegation-covers:body/04L:3")).then_refused("annotation.finding");
}

/// How many acts are read to judge a correction of a delegation under which so many decisions were made, none of which it
/// takes anything from; and to judge one of them alone.
fn looks_of_correcting(decisions: u8) -> (u64, u64) {
    let resolved = decided("04K", "2018-01-01", none()).with_id(1);
    let mut story = given([resolved, granted().with_id(2)]).and((0..decisions).map(|_one| under()));
    let fields = json!([{"path": "/effective", "old": "2018-04-01", "new": "2018-05-01"}]);
    let facts = json!({"target": id(2), "kind": "factual", "fields": fields, "reason": "Wrong."});
    let correction = says("RecordCorrected", &format!("record/{}", id(2)), facts);
    let mut looks_of = |said: &Said| {
        let before = story.record().looks();
        story.tries(said).unwrap();
        story.record().looks() - before
    };
    (looks_of(&correction), looks_of(&under()))
}

#[test]
fn a_correction_asks_once_of_each_act_from_which_it_takes_nothing() {
    let [(some, _one), (more, of_one)] = [10, 20].map(looks_of_correcting);
    // It reads each, and judges it as if it were recorded now.
    assert!(more - some <= 10 * (1 + of_one), "{some} and {more}, and {of_one} for one alone");
}
