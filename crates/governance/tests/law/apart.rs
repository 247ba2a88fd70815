//! One decision of several bodies that each has recorded for itself.

use crate::said::{Said, decided, says};
use crate::story::{Story, given};
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
    let all = minutebook_governance::register::findings(record, view);
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
        let all = minutebook_governance::register::findings(story.record(), story.reported_at("2020-01-01"));
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
    let duplicate = json!({"target": crate::said::id(1), "kind": "duplicate", "reason": "One decision."});
    let gone = says("RecordCorrected", &format!("record/{}", crate::said::id(1)), duplicate).reported();
    assert_eq!(found(&story.and([gone])), [second]);
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
