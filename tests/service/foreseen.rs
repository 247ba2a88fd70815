//! What would become of an append, told before anybody signs.

use crate::support::{House, decision, message};
use minutebook::proto::{AppendEventsRequest, AppendEventsResponse, SignedEvent};
use serde_json::json;

async fn foresee(house: &mut House, events: Vec<SignedEvent>) -> AppendEventsResponse {
    let request = AppendEventsRequest { signed_events: events, validate_only: true };
    house.log.append_events(request).await.unwrap().into_inner()
}

fn unsigned(event: SignedEvent) -> SignedEvent {
    SignedEvent { signatures: Vec::new(), ..event }
}

#[tokio::test]
async fn every_mistake_of_every_draft_is_told_beside_its_member() {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    let before = house.head().await;
    let early = decision(&cast.secretary, "body/04K", "2012-07-04");
    let mut sealed = decision(&cast.secretary, "body/04K", "2019-07-04");
    sealed.facts["text"] = json!({"sealed": "5d1f".repeat(16)});

    let events = [&early, &sealed].map(|story| unsigned(message(&story.signed(&house.ledger))));
    let broken = SignedEvent { event: b"{]}".to_vec(), signatures: Vec::new() };
    let answer = foresee(&mut house, [events.to_vec(), vec![broken]].concat()).await;

    assert!(answer.appended.is_empty() && answer.checkpoint.is_empty());
    assert_eq!(answer.foreseen.iter().map(|it| it.event_index).collect::<Vec<_>>(), [0, 1, 2]);
    let open = answer.foreseen[0].objections.iter().find(|it| it.rule == "body.open").unwrap();
    assert_eq!((open.reason.as_str(), answer.foreseen[0].position), ("RULE_BROKEN", None));
    assert_eq!(open.members, ["/data/facts/decided_on", "/subject"]);
    assert!(open.found.contains("2012-07-04") && open.needed.contains("2013"), "{open:?}");
    // What is sealed is judged like anything; the refused draft before it counts as said.
    assert_eq!((answer.foreseen[1].objections.len(), answer.foreseen[1].position), (0, Some(before.0 + 1)));
    assert_eq!(
        (answer.foreseen[2].objections[0].reason.as_str(), answer.foreseen[2].position),
        ("MALFORMED", None)
    );
    assert_eq!(answer.foreseen[2].objections[0].members, ["byte 2"]);
    assert_eq!(house.head().await, before, "nothing is appended");

    // What was foreseen comes once it is signed; then it is there already.
    let signed = sealed.signed(&house.ledger);
    house.append(&signed).await.unwrap();
    let answer = foresee(&mut house, vec![unsigned(message(&signed))]).await;
    assert!(answer.foreseen[0].again);
    assert_eq!(answer.foreseen[0].position, Some(before.0));
}
