//! What would become of events is told before anybody signs them.

use crate::said::{Said, decided, established, says};
use crate::story::{Story, given};
use minutebook_governance::{Foreseen, Step, foresee};
use minutebook_log::{Event, Timestamp};
use serde_json::json;

fn drafts(story: &mut Story, said: impl IntoIterator<Item = Said>) -> Vec<Event> {
    said.into_iter().map(|said| story.draft(&said).encode().unwrap()).collect()
}

fn rules_of(foreseen: &Foreseen) -> Vec<&str> {
    foreseen.objections.iter().filter_map(|objection| objection.rule).map(|rule| rule.id).collect()
}

#[test]
fn everything_that_speaks_against_any_of_several_is_told_at_once() {
    let mut story = given([]);
    let late =
        decided("04K", "2012-04-01", json!({"none": {}})).by(&[("secretary-04L", "secretary", "body/04L")]);
    let events = drafts(
        &mut story,
        [
            late,
            decided("04K", "2014-04-01", json!({"none": {}})),
            decided("04X", "2014-04-01", json!({"none": {}})),
        ],
    );
    let before = story.book.record().len();
    let foreseen = foresee(&story.book, &events, Timestamp::EPOCH).unwrap();

    // Who signs may not, and the day is too early as well.
    let steps: Vec<_> = foreseen[0].objections.iter().map(|objection| objection.step).collect();
    assert!(steps.contains(&Step::Authority) && steps.contains(&Step::Rules), "{:?}", foreseen[0]);
    let open = foreseen[0].objections.iter().find(|it| it.rule.is_some_and(|rule| rule.id == "body.open"));
    assert_eq!(open.unwrap().members, ["/data/facts/decided_on", "/subject"]);
    assert_eq!(
        (foreseen[1].position, rules_of(&foreseen[1])),
        (Some(minutebook_log::Position(before + 1)), vec![])
    );
    assert!(rules_of(&foreseen[2]).contains(&"body.known"), "{:?}", foreseen[2]);
    assert_eq!(story.book.record().len(), before, "nothing is appended");
}

#[test]
fn one_mistake_is_told_once_and_not_again_of_what_follows_it() {
    let mut story = given([]);
    // The name is wrong; that the body decides is not.
    let mut misnamed = established("04X", "2013-04-01");
    misnamed.facts["name"] = json!("Nottingham");
    let events = drafts(
        &mut story,
        [
            misnamed,
            decided("04X", "2014-04-01", json!({"none": {}})).by(&[("nhs-england", "nhs_england", "")]),
        ],
    );
    let foreseen = foresee(&story.book, &events, Timestamp::EPOCH).unwrap();
    assert_eq!(rules_of(&foreseen[0]), ["body.name"]);
    assert_eq!(foreseen[0].objections[0].members, ["/data/facts/name"]);
    assert!(!rules_of(&foreseen[1]).contains(&"body.known"), "{:?}", foreseen[1]);
}

#[test]
fn what_stands_already_and_what_is_not_of_this_ledger_say_so() {
    let mut story = given([]);
    let again = story.entries.last().unwrap().event().clone();
    let mut elsewhere = story.draft(&decided("04K", "2014-04-01", json!({"none": {}})));
    elsewhere.source = "minutebook.example/elsewhere".parse().unwrap();
    let mut other = story.draft(&decided("04K", "2014-04-01", json!({"none": {}})));
    other.id = again.id;
    let mut unformed = story.draft(&says("DecisionRecorded", "body/04K", json!({"outcome": "approved"})));
    unformed.id = "0197e3c2-0000-7000-8000-000000000009".parse().unwrap();
    let events = [again, elsewhere.encode().unwrap(), other.encode().unwrap(), unformed.encode().unwrap()];
    let foreseen = foresee(&story.book, &events, Timestamp::EPOCH).unwrap();
    let last = story.entries.last().unwrap().position;
    assert!(foreseen[0].again && foreseen[0].position == Some(last) && foreseen[0].objections.is_empty());
    for (foreseen, step, member) in [
        (&foreseen[1], Step::Ledger, "/source"),
        (&foreseen[2], Step::Id, "/id"),
        (&foreseen[3], Step::Form, "/data/facts"),
    ] {
        let objection = foreseen.objections.iter().find(|it| it.step == step).unwrap();
        assert!(objection.members[0].starts_with(member), "{objection:?}");
        assert_eq!(foreseen.position, None);
    }
}
