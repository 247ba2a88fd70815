//! What an entry changed, what differs between two answers, and who sits on a governing body, over the wire.

use crate::support::{Cast, House, PROLOGUE, Story, signs};
use minutebook::proto::view::KnownAt;
use minutebook::proto::{
    Difference, Fact, GetChangesRequest, GetGoverningBodyRequest, ListDifferencesRequest, Scope, View,
};
use serde_json::{Value, json};
use tonic::Code;

const SEEN: u64 = PROLOGUE + 1;
const CLOSED: u64 = PROLOGUE + 2;

/// A person, who was seen in the chair; and a register knows that the body closes.
async fn told_house() -> House {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    let events = told(&cast).map(|story| story.signed(&house.ledger));
    assert_eq!(house.append_all(&events).await.unwrap().last().unwrap().position, CLOSED);
    house
}

fn told(cast: &Cast) -> [Story<'_>; 3] {
    let tell = |type_name, subject: &str, standing, facts: Value| Story {
        type_name,
        subject: subject.to_owned(),
        time: "2019-07-06T09:00:00Z",
        standing,
        signs: vec![signs(&cast.register, "register")],
        facts,
    };
    let seen = json!({
        "office": "chair", "person": "person/a1", "observed_on": "2019-07-01", "title_as_written": "Chair",
    });
    [
        tell("PersonRecorded", "person/a1", "register", json!({"name": "Ms A"})),
        tell("OfficerObserved", "body/04K", "register", seen),
        tell("BodyDissolved", "body/04K", "register", json!({"effective": "2020-04-01", "reason": "merger"})),
    ]
}

fn line(difference: &Difference) -> (&str, &str, &str, &str) {
    let value = |missing: &str, found: &Option<Fact>| {
        found.as_ref().map_or_else(|| missing.to_owned(), |found| found.value.clone())
    };
    let leak = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
    let (before, after) = (value("-", &difference.before), value("-", &difference.after));
    (&difference.subject, &difference.fact, leak(before), leak(after))
}

#[tokio::test]
async fn an_entry_says_what_it_changed_and_for_which_days() {
    let mut house = told_house().await;
    let request = GetChangesRequest { position: CLOSED, scope: Scope::Enacted.into() };
    let changes = house.register.get_changes(request).await.unwrap().into_inner().changes;
    let lines: Vec<_> = changes
        .iter()
        .map(|change| (line(change.difference.as_ref().unwrap()), &*change.from, &*change.until))
        .collect();
    assert!(lines.contains(&(("body/04K", "life", "open", "closed"), "2020-04-01", "")), "{lines:?}");
    assert!(
        lines.contains(&(("body/04K", "chair", "perhaps person/a1", "-"), "2020-04-01", "")),
        "{lines:?}"
    );
    assert!(lines.contains(&(("unit/04K", "commissioner", "body/04K", "-"), "2020-04-01", "")), "{lines:?}");
    let beyond = GetChangesRequest { position: CLOSED + 1, ..Default::default() };
    assert_eq!(house.register.get_changes(beyond).await.unwrap_err().code(), Code::NotFound);
}

#[tokio::test]
async fn two_days_and_two_states_of_knowledge_are_compared() {
    let mut house = told_house().await;
    let day = |as_at: &str| View { as_at: as_at.to_owned(), ..Default::default() };
    let known = |position| Some(KnownAt::KnownAtPosition(position));
    let mut ask = async |before: View, after: View, page_size: i32, page_token: String| {
        let request = ListDifferencesRequest {
            page_size,
            page_token,
            subject: "body/04K".to_owned(),
            before: Some(before),
            after: Some(after),
        };
        house.register.list_differences(request).await.unwrap().into_inner()
    };
    for (as_at, chair) in [("2019-07-01", "person/a1"), ("2019-07-31", "perhaps person/a1")] {
        let before = View { known_at: known(SEEN - 1), ..day(as_at) };
        let learned = ask(before, day(as_at), 0, String::new()).await;
        let lines: Vec<_> = learned.differences.iter().map(line).collect();
        assert_eq!(lines, [("body/04K", "chair", "-", chair)]);
    }
    let june = View { known_at: known(SEEN - 1), ..day("2019-07-31") };
    let learned = ask(june, day("2019-07-31"), 0, String::new()).await;
    let coverage = learned.coverage.unwrap();
    assert!(
        coverage.compared.contains(&"meeting".to_owned()) && coverage.left_out.contains(&"key".to_owned())
    );
    assert_eq!(learned.differences[0].after.as_ref().unwrap().why, [SEEN]);
    assert_eq!(
        (learned.before.unwrap().known_entries, learned.after.unwrap().known_entries),
        (SEEN, CLOSED + 1)
    );

    let first = ask(day("2020-03-31"), day("2020-04-01"), 2, String::new()).await;
    assert_eq!(first.differences.len(), 2);
    let rest = ask(day("2020-03-31"), day("2020-04-01"), 2, first.next_page_token).await;
    assert!(rest.next_page_token.is_empty());
    let all: Vec<_> = first.differences.iter().chain(&rest.differences).map(line).collect();
    assert!(all.contains(&("body/04K", "life", "open", "closed")), "{all:?}");
}

#[tokio::test]
async fn a_governing_body_is_held_against_the_law_of_the_day() {
    let mut house = told_house().await;
    let mut ask = async |as_at: &str| {
        let view = Some(View { as_at: as_at.to_owned(), ..Default::default() });
        let request = GetGoverningBodyRequest { body: "04K".to_owned(), view };
        house.register.get_governing_body(request).await.unwrap().into_inner()
    };
    // Who was seen on 1 July, as somebody wrote on 6 July, perhaps still sits there at the end of the month.
    let later = ask("2019-07-31").await;
    assert_eq!((later.members.len(), later.perhaps.len(), later.seats_filled), (0, 1, 0));
    let found = ask("2019-07-01").await;
    assert_eq!((found.body.as_str(), found.members.len(), found.seats_filled), ("body/04K", 1, 1));
    assert_eq!(
        (found.members[0].name.as_str(), &*found.members[0].offices),
        ("Ms A", &["chair".to_owned()][..])
    );
    assert_eq!(found.law, "SI 2012/1631, regulation 11");
    assert_eq!(found.requirements.len(), 6);
    assert!(
        found
            .requirements
            .iter()
            .all(|requirement| requirement.met() == minutebook::proto::Certainty::Unknown)
    );
    assert_eq!(ask("2022-05-01").await.requirements.len(), 5);
    assert_eq!(ask("2022-08-01").await.law, "");
}
