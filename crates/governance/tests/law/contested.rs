//! What a key signed since it was in other hands stands, and is flagged.

use crate::authority::revoked;
use crate::said::{Said, decided, id, key, says};
use crate::story::{Story, given, key_subject};
use minutebook_governance::authority::{Contested, contested, contested_among, now};
use minutebook_governance::register;
use minutebook_log::Position;
use serde_json::json;

fn compromised(role: &str, from: u64) -> Said {
    says("KeyRevoked", &key_subject(role), json!({"reason": "compromised", "from": from}))
}

fn minuted(slug: &str) -> Said {
    decided(slug, "2019-07-04", json!({"none": {}}))
}

/// Four decisions, of which 04K's secretary signed all but the third; the positions of all.
fn four_decisions() -> (Story, [u64; 4]) {
    let story = given([minuted("04K").with_id(1), minuted("04K"), minuted("04L"), minuted("04K")]);
    let end = story.record().len();
    (story, [end - 4, end - 3, end - 2, end - 1])
}

fn positions(contested: Vec<Contested>) -> Vec<u64> {
    contested.into_iter().map(|contested| contested.position.0).collect()
}

#[test]
fn what_a_key_signed_since_it_was_in_other_hands_is_contested() {
    let (story, [_first, second, _other, last]) = four_decisions();
    let story = story.finds_no("key.compromised", "2019-07-05").and([compromised("secretary-04K", second)]);
    let declared = Position(story.record().len() - 1);
    let all = contested(story.record(), now(story.record()));
    assert!(all.iter().all(|contested| contested.compromise.declared == declared));
    assert_eq!(positions(all), [second, last]);
    story.finds("key.compromised", "2019-07-05");
}

#[test]
fn nothing_is_contested_before_the_declaration_was_known() {
    let (story, [first, ..]) = four_decisions();
    let story = story.and([compromised("secretary-04K", first)]);
    let declared = story.record().len() - 1;
    let view = |known| now(story.record()).as_known(known);
    assert_eq!(contested(story.record(), view(declared)), []);
    assert_eq!(contested_among(story.record(), [Position(first)], view(declared)), []);
    assert_eq!(contested(story.record(), view(declared + 1)).len(), 3);
    let raised = |view| register::findings(story.record(), view).len();
    assert_eq!(raised(view(declared)) + 3, raised(view(declared + 1)));
}

#[test]
fn a_finding_has_a_name_that_stays() {
    let (story, [.., last]) = four_decisions();
    let ids = |story: &Story| -> Vec<_> {
        let findings = register::findings(story.record(), now(story.record()));
        let findings = findings.iter().filter(|finding| finding.rule.id == "key.compromised");
        findings.map(minutebook_governance::Finding::id).collect()
    };
    let story = story.and([compromised("secretary-04K", last)]);
    let before = ids(&story);
    assert_eq!(before, [format!("key.compromised:body/04K:{last}")]);
    let story = story.and([compromised("importer", 0)]);
    assert!(ids(&story).contains(&before[0]));
}

#[test]
fn an_answer_rests_on_what_is_contested_among_its_entries() {
    let (story, [first, second, other, _last]) = four_decisions();
    let story = story.and([compromised("secretary-04K", second)]);
    let among = |entries: &[u64]| {
        let entries = entries.iter().copied().map(Position);
        positions(contested_among(story.record(), entries, now(story.record())))
    };
    assert!(among(&[first, other]).is_empty());
    assert_eq!(among(&[other, second, first, second]), [second]);
    assert!(among(&[u64::MAX]).is_empty());
}

#[test]
fn who_rests_on_a_corrected_entry_rests_on_its_correction() {
    let (story, [first, ..]) = four_decisions();
    let correction = says(
        "RecordCorrected",
        &format!("record/{}", id(1)),
        json!({"target": id(1), "kind": "factual", "reason": "Other words.",
            "fields": [{"path": "/text", "old": minuted("04K").facts["text"], "new": "Other words."}]}),
    );
    let story = story.and([correction]);
    let corrected = story.record().len() - 1;
    let story = story.and([compromised("secretary-04K", corrected)]);
    let among = contested_among(story.record(), [Position(first)], now(story.record()));
    assert_eq!(positions(among), [corrected]);
}

#[test]
fn a_compromise_starts_where_the_book_has_entries_and_reaches_back_alone() {
    let rule = "key.compromised-from";
    let (story, [first, second, ..]) = four_decisions();
    let next = story.record().len();
    let story = story.when(compromised("secretary-04K", next + 1)).then_refused("key.compromised-from");
    let story = story.when(compromised("secretary-04K", second)).then_obeys("key.compromised-from");
    let story = story.when(compromised("secretary-04K", second)).then_refused(rule);
    let story = story.when(compromised("secretary-04K", first)).then_obeys("key.compromised-from");
    let all = contested(story.record(), now(story.record()));
    let declared: Vec<_> = all.iter().map(|contested| contested.compromise.declared.0).collect();
    assert_eq!(declared, [next + 1, next, next], "by the first that reaches it");
}

#[test]
fn a_key_that_was_lost_can_turn_out_compromised() {
    let (story, [first, ..]) = four_decisions();
    let story = story.and([revoked("secretary-04K", "lost")]);
    let story = story.when(compromised("secretary-04K", first)).then_obeys("key.known");
    assert_eq!(contested(story.record(), now(story.record())).len(), 3);
    let story = story.when(revoked("secretary-04K", "lost")).then_refused("key.known");
    story.when(compromised("stranger", 0)).then_refused("key.known");
}

#[test]
fn what_a_key_signed_is_listed_as_it_was_known() {
    let (story, [first, second, _other, last]) = four_decisions();
    let signed = |known| story.record().signed_by(key("secretary-04K").public(), known);
    let enrolled = signed(u64::MAX)[0];
    let decisions = [first, second, last].map(Position);
    assert_eq!(signed(u64::MAX), [&[enrolled][..], &decisions].concat());
    assert_eq!(signed(last), [enrolled, Position(first), Position(second)]);
    assert!(story.record().signed_by(key("stranger").public(), u64::MAX).is_empty());
}

/// A key that `registrar-one` and another enrolled and granted, and what it signed since; the positions of enrolment, grant
/// and decision.
fn let_in() -> (Story, [u64; 3]) {
    let grant = crate::story::granted("newcomer", "secretary", json!(["body/04K"]), json!(["own_act"]));
    let said = minuted("04K").by(&[("newcomer", "secretary", "body/04K")]);
    let story = given([crate::story::enrolled("newcomer", "newcomer"), grant, said]);
    let end = story.record().len();
    (story, [end - 3, end - 2, end - 1])
}

fn all_contested(story: &Story) -> Vec<(u64, Option<u64>)> {
    let all = contested(story.record(), now(story.record())).into_iter();
    all.map(|it| (it.position.0, it.through.map(|through| through.0))).collect()
}

#[test]
fn what_rests_on_a_contested_enrolment_or_grant_is_contested_too() {
    let by_two = |from: u64| {
        compromised("registrar-one", from)
            .by(&[("registrar-two", "registrar", ""), ("registrar-three", "registrar", "")])
    };
    let (story, [enrolled, granted, decided]) = let_in();
    let story = story.and([by_two(enrolled)]);
    assert_eq!(all_contested(&story), [(enrolled, None), (granted, None), (decided, Some(enrolled))]);
    let among = contested_among(story.record(), [Position(decided)], now(story.record()));
    assert_eq!(positions(among), [decided]);
    // The grant alone: the enrolment was before.
    let (story, [_enrolled, granted, decided]) = let_in();
    let story = story.and([by_two(granted)]);
    assert_eq!(all_contested(&story), [(granted, None), (decided, Some(granted))]);
    // Neither: what was let in before stands.
    let (story, [.., decided]) = let_in();
    let story = story.and([by_two(decided)]);
    assert_eq!(all_contested(&story), []);
}

#[test]
fn a_grant_that_nobody_doubts_is_enough() {
    let by_two = |from: u64| {
        compromised("registrar-one", from)
            .by(&[("registrar-two", "registrar", ""), ("registrar-three", "registrar", "")])
    };
    let grant = |slug: &str| {
        let said = crate::story::granted("newcomer", "secretary", json!(["body/04K"]), json!(["own_act"]));
        Said { subject: format!("grant/{slug}"), ..said }
    };
    let sound =
        grant("sound").by(&[("registrar-two", "registrar", ""), ("registrar-three", "registrar", "")]);
    let enrolled = crate::story::enrolled("newcomer", "newcomer").by(&[
        ("registrar-two", "registrar", ""),
        ("registrar-three", "registrar", ""),
        ("newcomer", "holder", ""),
    ]);
    let said = minuted("04K").by(&[("newcomer", "secretary", "body/04K")]);
    let story = given([enrolled, grant("doubtful"), sound, said]);
    let doubtful = story.record().len() - 3;
    let story = story.and([by_two(0)]);
    let found = all_contested(&story);
    assert!(found.contains(&(doubtful, None)));
    assert!(!found.iter().any(|(position, _through)| *position == doubtful + 2), "{found:?}");
}

#[test]
fn what_cites_a_contested_decision_is_contested_too() {
    let facts = json!({"name": "A committee", "kind": "committee", "parents": ["body/04K"],
        "established_on": "2019-08-01", "functions": ["audit"], "decisions": [id(1)]});
    let committee = says("CommitteeEstablished", "committee/c", facts);
    let annotated = says(
        "RecordAnnotated",
        &format!("record/{}", id(1)),
        json!({"target": id(1), "kind": "note", "text": "It is in doubt."}),
    );
    let story = given([minuted("04K").with_id(1)]);
    let decided = story.record().len() - 1;
    // The key comes back into good hands: another one signs what rests on the decision.
    let story = story.and([committee.by(&[("nhs-england", "nhs_england", "")]).reported(), annotated]);
    let story = story.and([compromised("secretary-04K", decided)]);
    assert_eq!(all_contested(&story), [(decided, None), (decided + 1, Some(decided))]);
}
