//! The book itself: opening, ids, binding.

use crate::said::{decided, key, says};
use crate::story::{Story, enrolled, given, opened};
use minutebook_governance::{Admission, Refusal};
use minutebook_log::{Hash, Position, Seen, Signed, Timestamp};
use serde_json::json;

#[test]
fn a_book_opens_with_its_opening_and_with_nothing_else() {
    Story::default().when(opened()).then_admitted();
    let registrars = [("registrar-one", "registrar", ""), ("registrar-two", "registrar", "")];
    let document = says("DocumentRegistered", "document/d", json!({"title": "A paper"})).by(&registrars);
    Story::default().when(document).then_malformed("/type");
    Story::default().when(enrolled("importer", "i")).then_malformed("/type");
    let weak = |pointer: &str| {
        let mut opening = opened();
        *opening.facts.pointer_mut(pointer).unwrap() = json!("00".repeat(32));
        Story::default().when(opening)
    };
    weak("/checkpoint_key").then_malformed("/data/facts/checkpoint_key");
    weak("/registrars/2/key").then_malformed("/data/facts/registrars/2/key");
}

#[test]
fn a_ledger_is_opened_once() {
    given([]).when(opened()).then_malformed("/type");
}

#[test]
fn the_same_event_again_is_no_second_entry_and_its_id_is_taken() {
    let mut story = given([]);
    let said = decided("04K", "2019-07-04", json!({"none": {}})).with_id(1);
    let signed = story.sign(&said);
    let position = Position(story.book.record().len());
    story.take(signed.clone()).unwrap();
    let judge =
        |story: &Story, signed: &Signed| story.book.admit(signed, story.book.place(signed, Timestamp::EPOCH));
    assert!(matches!(judge(&story, &signed), Ok(Admission::Again(at)) if at == position));
    let mut other = said.clone();
    other.facts["text"] = json!("Another text.");
    let other = story.sign(&other);
    assert!(matches!(judge(&story, &other), Err(Refusal::IdTaken { first }) if first == position));
    // Whether an id is taken is said to those alone who may sign.
    let stranger = story.sign(&said.by(&[("stranger", "secretary", "body/04K")]));
    assert!(matches!(judge(&story, &stranger), Err(Refusal::Unauthorised(_broken))));
}

#[test]
fn a_refused_id_is_not_consumed() {
    let mut unlawful = decided("04K", "2019-07-04", json!({"none": {}})).with_id(1);
    unlawful.facts["votes"] = json!({"for": 1, "against": 2});
    let story = given([]).when(unlawful).then_refused("decision.arithmetic");
    story.when(decided("04K", "2019-07-04", json!({"none": {}})).with_id(1)).then_admitted();
}

#[test]
fn an_event_is_bound_to_its_ledger_and_to_what_its_author_saw() {
    let mut story = given([]);
    let said = decided("04K", "2019-07-04", json!({"none": {}}));
    let mut refused = |change: &dyn Fn(&mut minutebook_log::EventDraft)| {
        let mut draft = story.draft(&said);
        change(&mut draft);
        let event = draft.encode().unwrap();
        let signature = key("secretary-04K").sign(event.bytes());
        let signed = Signed::new(event, vec![(key("secretary-04K").public(), signature)]).unwrap();
        matches!(story.take(signed), Err(Refusal::Unbound(_why)))
    };
    assert!(refused(&|draft| draft.source = "minutebook.example/other".parse().unwrap()));
    assert!(refused(&|draft| draft.ledger = Some(Hash::ZERO)));
    assert!(refused(&|draft| draft.seen = Some(Seen { position: Position(3), hash: Hash::ZERO })));
    assert!(!refused(&|_draft| ()));
}

#[test]
fn a_refusal_says_what_would_have_been_accepted_and_the_other_way() {
    let mut unlawful = decided("04K", "2019-07-04", json!({"none": {}}));
    unlawful.facts["votes"] = json!({"for": 1, "against": 2});
    let refusal = given([]).tell(&unlawful).unwrap_err().to_string();
    for part in ["decision.arithmetic", "1 for and 2 against", "needed votes", "\"refused_by\""] {
        assert!(refusal.contains(part), "{refusal}");
    }
}
