//! One decision of several bodies that each has recorded for itself.

use crate::said::{Said, decided, id, says};
use crate::story::{Story, given};
use minutebook_governance::register::findings;
use minutebook_governance::{View, answered_by, perhaps_one};
use serde_json::{Value, json};

const RULE: &str = "decision.joint-once";

/// What a body recorded of the sitting, on so many pounds.
fn at_sitting(body: &str, text: &str, pounds: Value) -> Said {
    let mut said = decided(body, "2017-11-02", json!({"none": {}}));
    said.facts["meeting"] = json!("meeting/j");
    said.facts["item"] = json!({"reference": "J/1"});
    said.facts["text"] = json!(text);
    if pounds != Value::Null {
        said.facts["delegated_under"] = json!({"delegation": "delegation/d", "amount_pounds": pounds});
    }
    said.reported()
}

fn contract(body: &str) -> Said {
    at_sitting(body, "APPROVED the contract.", json!(8_100_000))
}

fn first() -> Story {
    given([contract("04K")])
}

#[test]
fn one_decision_that_each_body_records_looks_like_one() {
    first().when(contract("04L")).then_found("decision.joint-once");
    first().when(at_sitting("04L", "approved  the contract.", json!(8_100_000))).then_found(RULE);
    // What is told of the same body again, in other words, on another amount or on none, is not that.
    first().when(contract("04K")).then_obeys("decision.joint-once");
    first().when(at_sitting("04L", "APPROVED its contract.", json!(8_100_000))).then_obeys(RULE);
    first().when(at_sitting("04L", "APPROVED the contract.", json!(8_000_000))).then_obeys(RULE);
    first().when(at_sitting("04L", "APPROVED the contract.", Value::Null)).then_obeys(RULE);
    let mut later = contract("04L");
    later.facts["decided_on"] = json!("2017-11-03");
    first().when(later).then_obeys(RULE);
    let mut elsewhere = contract("04L");
    elsewhere.facts["meeting"] = json!("meeting/k");
    first().when(elsewhere).then_obeys(RULE);
    // Nobody sees what is sealed.
    let sealed = |body: &str| {
        let mut said = contract(body);
        said.facts["text"] = json!({"sealed": "ab".repeat(32)});
        said
    };
    given([sealed("04K")]).when(sealed("04L")).then_obeys(RULE);
}

#[test]
fn one_decision_in_each_bodys_own_words_is_perhaps_one() {
    const PERHAPS: &str = "decision.joint-perhaps";
    let own = |body: &str| at_sitting(body, &format!("{body} APPROVED its part."), json!(8_100_000));
    let first = || given([own("04K")]);
    let story = first().when(own("04L")).then_found("decision.joint-perhaps");
    // All of them are named.
    let found = story.and([own("04M")]);
    let (record, view) = (found.record(), found.reported_at("2020-01-01"));
    let all = findings(record, view);
    let last = all.iter().rfind(|finding| finding.rule.id == PERHAPS).unwrap();
    let met = minutebook_governance::decisions::decisions(record, &"meeting/j".parse().unwrap(), view);
    let at: Vec<_> = met.iter().map(|it| it.source.position).collect();
    let words = "the same meeting, item, day and 8100000 pounds as in";
    let others = format!("entry {} of body/04K, entry {} of body/04L", at[0], at[1]);
    assert_eq!(last.found, format!("{words} {others}, in other words"));
    // Under an item that is the same to a reader, and in words that nobody sees.
    let mut spaced = own("04L");
    spaced.facts["item"] = json!({"reference": "j/1"});
    first().when(spaced).then_found(PERHAPS);
    let mut sealed = own("04L");
    sealed.facts["text"] = json!({"sealed": "ab".repeat(32)});
    first().when(sealed).then_found(PERHAPS);
    // Another item, meeting, day or amount, or the same body, is another decision; the same words are the other rule's.
    let other = |member: &str, value: Value| {
        let mut said = own("04L");
        said.facts[member] = value;
        said
    };
    first().when(other("item", json!({"reference": "J/2"}))).then_obeys(PERHAPS);
    first().when(other("meeting", json!("meeting/k"))).then_obeys(PERHAPS);
    first().when(other("decided_on", json!("2017-11-03"))).then_obeys(PERHAPS);
    let delegated = json!({"delegation": "delegation/d", "amount_pounds": 8_000_000});
    first().when(other("delegated_under", delegated)).then_obeys(PERHAPS);
    // One decision is not carried and lost.
    first().when(other("outcome", json!("rejected"))).then_obeys(PERHAPS);
    first().when(own("04K")).then_obeys("decision.joint-perhaps");
    given([contract("04K")]).when(contract("04L")).then_obeys(PERHAPS);
}

#[test]
fn the_finding_names_the_others_and_lasts_until_they_are_withdrawn() {
    let story = first().and([contract("04L"), contract("04M").with_id(1)]);
    let found = |story: &Story| -> Vec<_> {
        let all = findings(story.record(), story.reported_at("2020-01-01"));
        all.into_iter()
            .filter(|finding| finding.rule.id == RULE)
            .map(|it| (it.subject.to_string(), it.found))
            .collect()
    };
    let at: Vec<_> = {
        let (record, view) = (story.record(), story.reported_at("2020-01-01"));
        let all = minutebook_governance::decisions::decisions(record, &"meeting/j".parse().unwrap(), view);
        all.into_iter().map(|it| it.source.position).collect()
    };
    let words = "the same day, words and 8100000 pounds as in";
    let second = ("body/04L".to_owned(), format!("{words} entry {} of body/04K", at[0]));
    let third = format!("{words} entry {} of body/04K, entry {} of body/04L", at[0], at[1]);
    assert_eq!(found(&story), [second.clone(), ("body/04M".to_owned(), third)]);
    let duplicate = json!({"target": id(1), "kind": "duplicate", "reason": "One decision."});
    let gone = says("RecordCorrected", &format!("record/{}", id(1)), duplicate).reported();
    assert_eq!(found(&story.and([gone])), [second]);
}

/// By which entries what looks like one decision is answered, as far as so many entries tell; each finding with its subject.
fn answers(story: &Story, known: u64) -> Vec<(String, Vec<u64>)> {
    let view = View { known, ..story.reported_at("2020-01-01") };
    let all = findings(story.record(), view).into_iter();
    let alike = all.filter(|finding| finding.rule.id.starts_with("decision.joint-"));
    alike
        .map(|it| (it.subject.to_string(), answered_by(story.record(), &it, view)))
        .map(|(subject, by)| (subject, by.into_iter().map(|at| at.0).collect()))
        .collect()
}

/// The others that are still perhaps one decision with each of those of the meeting.
fn open(story: &Story) -> Vec<Vec<u64>> {
    let (record, view) = (story.record(), story.reported_at("2020-01-01"));
    let met = minutebook_governance::decisions::decisions(record, &"meeting/j".parse().unwrap(), view);
    let of = |it| perhaps_one(record, it, view).into_iter().flatten().map(|other| other.source.position.0);
    met.iter().map(|it| of(it).collect()).collect()
}

#[test]
fn who_says_whether_it_is_one_answers_the_finding_and_it_stays() {
    let in_own = |body: &str| at_sitting(body, &format!("{body} APPROVED its part."), json!(8_100_000));
    for said in [contract, in_own as fn(&str) -> Said] {
        let at = given([]).record().len();
        let both = || given([said("04K").with_id(1), said("04L").with_id(2)]);
        let of_other = |by: Vec<u64>| vec![("body/04L".to_owned(), by)];
        assert_eq!(answers(&both(), at + 2), of_other(vec![]));
        assert_eq!(open(&both()), [[at + 1], [at]]);
        // They are several, somebody says.
        let raised = findings(both().record(), both().reported_at("2020-01-01"));
        let raised = raised.into_iter().find(|it| it.rule.id.starts_with("decision.joint-")).unwrap();
        let facts =
            json!({"target": id(2), "kind": "answer", "finding": raised.id(), "text": "Each pays its own."});
        let story = both().and([says("RecordAnnotated", &format!("record/{}", id(2)), facts)]);
        assert_eq!(answers(&story, at + 3), of_other(vec![at + 2]));
        assert_eq!(answers(&story, at + 2), of_other(vec![]), "nobody knew yet");
        assert_eq!(open(&story), [Vec::<u64>::new(), vec![]]);
        // It is one, and one of the two entries goes.
        let duplicate = |number: u8| {
            let facts = json!({"target": id(number), "kind": "duplicate", "reason": "One decision."});
            says("RecordCorrected", &format!("record/{}", id(number)), facts).reported()
        };
        let story = both().and([duplicate(1)]);
        assert_eq!(answers(&story, at + 3), of_other(vec![at + 2]));
        assert_eq!(open(&story), [Vec::<u64>::new()]);
        assert_eq!(answers(&both().and([duplicate(2)]), at + 3), []);
        // They were entered as taken together, each for itself.
        let together = given([said("04K").together(9), said("04L").together(9)]);
        assert_eq!(answers(&together, at + 2), of_other(vec![at + 1]));
        assert_eq!(open(&together), [Vec::<u64>::new(), vec![]]);
        let apart = given([said("04K").together(8), said("04L").together(9)]);
        assert_eq!(answers(&apart, at + 2), of_other(vec![]));
        // Of three, each is to be answered for: one that goes leaves the other.
        let three = given([said("04K").with_id(1), said("04L"), said("04M").with_id(3)]).and([duplicate(1)]);
        let told = [("body/04L".to_owned(), vec![at + 3]), ("body/04M".to_owned(), vec![])];
        assert_eq!(answers(&three, at + 4), told);
        assert_eq!(open(&three), [[at + 2], [at + 1]]);
    }
}

#[test]
fn what_one_committee_decides_under_several_delegations_looks_like_one() {
    let delegated = |body: &str, to: &str| {
        let facts = json!({"from": format!("body/{body}"), "to": {"committee": to}, "functions": ["contracts"],
            "basis": {"statute": "NHS Act 2006, section 14Z3"}, "effective": "2017-04-01", "onward": "forbidden",
            "on_succession": "lapses"});
        says("DelegationGranted", &format!("delegation/{body}"), facts).reported()
    };
    let decides = |body: &str| {
        let mut said = decided(body, "2017-11-02", json!({"none": {}}));
        said.facts["delegated_under"] = json!({"delegation": format!("delegation/{body}"), "function": "contracts", "amount_pounds": 500});
        said
    };
    let committee = |id: &str| {
        let facts = json!({"name": "A committee", "kind": "joint", "parents": ["body/04K", "body/04L"],
            "established_on": "2017-04-01", "binding": true});
        says("CommitteeEstablished", id, facts).reported()
    };
    let story = |of_other: &str| {
        let all = [
            committee("committee/c"),
            committee("committee/d"),
            delegated("04K", "committee/c"),
            delegated("04L", of_other),
        ];
        given(all).and([decides("04K")])
    };
    story("committee/c").when(decides("04L")).then_found(RULE);
    story("committee/d").when(decides("04L")).then_obeys(RULE);
}
