//! What must be refused: each row says what came in, and asserts the code, the reason, the detail that names
//! what is wrong, and that the book is as it was.

use crate::support::{
    Cast, House, PROLOGUE, Story, decision, enrolment, key, message, metadata, refusal, signed_bytes,
};
use minutebook::author;
use minutebook::proto::{AppendEventsRequest, SignedEvent};
use minutebook_log::{EVENT_BYTES_MAX, PublicKey, SecretKey, Seen};
use serde_json::json;
use tonic::Code;
use tonic_types::ErrorDetails;

/// Sends what must be refused, and returns the details once code, reason and book are as they should be.
async fn refused(house: &mut House, event: SignedEvent, code: Code, reason: &str) -> ErrorDetails {
    let before = house.head().await;
    let status = house.append_message(event).await.unwrap_err();
    let (found, why, details) = refusal(&status);
    assert_eq!((found, why.as_str()), (code, reason), "{}", status.message());
    assert_eq!(house.head().await, before, "a refusal leaves the book as it was");
    details
}

async fn malformed(house: &mut House, event: SignedEvent, at: &str) {
    let details = refused(house, event, Code::InvalidArgument, "MALFORMED").await;
    let violations = &details.bad_request().unwrap().field_violations;
    assert_eq!(violations.iter().map(|violation| violation.field.as_str()).collect::<Vec<_>>(), [at]);
    assert!(violations[0].description.contains("needed"), "{violations:?}");
    assert_eq!(metadata(&details, "event_index"), "0");
}

/// A decision of 04K with its bytes changed, signed as changed.
fn changed(house: &House, cast: &Cast, from: &str, to: &str) -> SignedEvent {
    let event = decision(&cast.secretary, "body/04K", "2019-07-04").event(&house.ledger);
    assert!(event.text().contains(from), "{from} in {}", event.text());
    signed_bytes(event.text().replacen(from, to, 1).as_bytes(), &[&cast.secretary])
}

#[tokio::test]
async fn an_event_that_is_not_well_formed() {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    for (bytes, at) in [(&b"{"[..], "event"), (b"{]}", "byte 2"), (b"{\"a\":\xff}", "byte 5")] {
        malformed(&mut house, signed_bytes(bytes, &[&cast.secretary]), at).await;
    }
    for (from, to, at) in [
        // An unknown type, and a known type in an unknown version.
        ("DecisionRecorded.v1", "SomethingHappened.v1", "/type"),
        ("DecisionRecorded.v1", "DecisionRecorded.v2", "/type"),
        // An unknown member of the envelope, of data and of the facts.
        ("\"specversion\"", "\"extra\":1,\"specversion\"", "event"),
        ("\"standing\"", "\"extra\":1,\"standing\"", "/data/extra"),
        ("\"decided_on\"", "\"extra\":1,\"decided_on\"", "/data/facts/extra"),
        // Another kind of subject.
        ("\"subject\":\"body/04K\"", "\"subject\":\"merger/x\"", "/subject"),
        // A value that is none.
        ("2019-07-04\"", "4 July\"", "/data/facts/decided_on"),
        ("\"outcome\":\"approved\"", "\"outcome\":\"agreed\"", "/data/facts/outcome"),
    ] {
        let event = changed(&house, &cast, from, to);
        malformed(&mut house, event, at).await;
    }
    assert_eq!(house.stop_and_verify().await, PROLOGUE);
}

#[tokio::test]
async fn a_name_twice_in_one_object() {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    let event =
        changed(&house, &cast, "\"mode\":\"meeting\"", "\"mode\":\"meeting\",\"m\\u006fde\":\"urgent\"");
    let details = refused(&mut house, event, Code::InvalidArgument, "MALFORMED").await;
    let violation = &details.bad_request().unwrap().field_violations[0];
    assert!(violation.field.starts_with("byte "), "{violation:?}");
    assert!(violation.description.contains("a name twice"), "{violation:?}");
}

#[tokio::test]
async fn an_event_that_is_too_long() {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    let text = "x".repeat(EVENT_BYTES_MAX);
    let event = changed(&house, &cast, "The minutes are agreed.", &text);
    let details = refused(&mut house, event, Code::InvalidArgument, "MALFORMED").await;
    let violation = &details.bad_request().unwrap().field_violations[0];
    assert_eq!(violation.field, "event");
    assert!(violation.description.contains("at most 49152 bytes"), "{violation:?}");
}

#[tokio::test]
async fn a_signature_that_does_not_hold() {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    let event = decision(&cast.secretary, "body/04K", "2019-07-04").signed(&house.ledger);
    let mut wrong = message(&event);
    wrong.signatures[0].signature[0] ^= 1;
    let details = refused(&mut house, wrong, Code::InvalidArgument, "SIGNATURE_INVALID").await;
    assert_eq!(metadata(&details, "key"), cast.secretary.public().to_string());
    assert_eq!(details.bad_request().unwrap().field_violations[0].field, "signatures");

    let mut short = message(&event);
    short.signatures[0].public_key.pop();
    malformed(&mut house, short, "signatures/0/public_key").await;
    let unsigned = SignedEvent { signatures: Vec::new(), ..message(&event) };
    malformed(&mut house, unsigned, "signatures").await;
    let mut by_another = message(&event);
    by_another.signatures = signed_bytes(&by_another.event, &[&cast.register]).signatures;
    malformed(&mut house, by_another, "/data/signatories").await;
}

#[tokio::test]
async fn a_weak_key() {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    // The point of order one: a signature by it holds for anything, in laxer checks.
    let weak = PublicKey::from_bytes(std::array::from_fn(|index| u8::from(index == 0)));
    let new = key(20);
    let mut story = enrolment(&cast.registrars, &new);
    story.subject = format!("key/{weak}");
    story.signs.pop();
    let event = message(&story.signed(&house.ledger));
    malformed(&mut house, event, "/subject").await;
}

#[tokio::test]
async fn a_key_without_authority() {
    let (mut house, _cast) = House::with_cast("re-enactment").await;
    let stranger = key(77);
    let event = decision(&stranger, "body/04K", "2019-07-04").signed(&house.ledger);
    let details = refused(&mut house, message(&event), Code::PermissionDenied, "UNAUTHORISED").await;
    assert_eq!(metadata(&details, "rule"), "authority.key-enrolled");
    let violation = &details.precondition_failure().unwrap().violations[0];
    assert_eq!(
        (violation.r#type.as_str(), violation.subject.as_str()),
        ("authority.key-enrolled", "body/04K")
    );
    assert!(violation.description.contains(&stranger.public().to_string()));
}

#[tokio::test]
async fn an_act_outside_its_grant() {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    for (body, day, lack) in [
        (
            "body/04K",
            "2020-04-01",
            "covers acts from 2013-04-01 to 2020-03-31, the last day; this act is of 2020-04-01",
        ),
        ("body/04L", "2019-07-04", "is for body/04K"),
    ] {
        let event = decision(&cast.secretary, body, day).signed(&house.ledger);
        let details = refused(&mut house, message(&event), Code::PermissionDenied, "UNAUTHORISED").await;
        assert_eq!(metadata(&details, "rule"), "authority.grant");
        assert!(metadata(&details, "needed").contains("a grant to sign DecisionRecorded"), "{details:?}");
        let violation = &details.precondition_failure().unwrap().violations[0];
        assert!(violation.description.contains(lack), "{violation:?}");
    }
}

#[tokio::test]
async fn an_event_for_another_ledger() {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    let story = decision(&cast.secretary, "body/04K", "2019-07-04");
    let (size, hash) = house.head().await;
    let mut elsewhere = house.ledger.clone();
    elsewhere.id = minutebook_log::Hash::of(b"another");
    let mut renamed = house.ledger.clone();
    renamed.origin = "minutebook.example/other".parse().unwrap();
    for ledger in [elsewhere, renamed] {
        let event = message(&story.signed(&ledger));
        let details = refused(&mut house, event, Code::FailedPrecondition, "OTHER_LEDGER").await;
        assert_eq!(metadata(&details, "head_size"), size.to_string());
        assert_eq!(metadata(&details, "head_hash"), hash);
    }
}

#[tokio::test]
async fn an_author_who_saw_another_history() {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    let story = decision(&cast.secretary, "body/04K", "2019-07-04");
    let (size, hash) = house.head().await;
    let fork = Seen { position: minutebook_log::Position(2), hash: minutebook_log::Hash::of(b"a fork") };
    let ahead = Seen { position: minutebook_log::Position(size), ..fork };
    for seen in [fork, ahead] {
        let ledger = author::LedgerRef { seen, ..house.ledger.clone() };
        let event = message(&story.signed(&ledger));
        let details = refused(&mut house, event, Code::FailedPrecondition, "SEEN_NOT_IN_CHAIN").await;
        assert_eq!(metadata(&details, "found"), seen.to_string());
        assert_eq!(metadata(&details, "head_size"), size.to_string());
        assert_eq!(metadata(&details, "head_hash"), hash);
    }
}

#[tokio::test]
async fn an_id_that_stands_for_other_bytes() {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    let event = decision(&cast.secretary, "body/04K", "2019-07-04").event(&house.ledger);
    let first = author::sign(event.clone(), [&cast.secretary]).unwrap();
    let position = house.append(&first).await.unwrap().position;
    let other = event.text().replace("They are right.", "They are not right.");
    let other = signed_bytes(other.as_bytes(), &[&cast.secretary]);
    let details = refused(&mut house, other, Code::AlreadyExists, "ID_TAKEN").await;
    assert_eq!(metadata(&details, "position"), position.to_string());
    assert_eq!(house.stop_and_verify().await, PROLOGUE + 1);
}

#[tokio::test]
async fn a_refused_id_is_not_consumed() {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    let event = decision(&cast.secretary, "body/04K", "2019-07-04").event(&house.ledger);
    let refused_first =
        event.text().replace("\"reasons\"", "\"votes\":{\"for\":1,\"against\":2},\"reasons\"");
    let refused_first = signed_bytes(refused_first.as_bytes(), &[&cast.secretary]);
    refused(&mut house, refused_first, Code::FailedPrecondition, "RULE_BROKEN").await;
    let then = author::sign(event, [&cast.secretary]).unwrap();
    assert_eq!(house.append(&then).await.unwrap().position, PROLOGUE);
}

#[tokio::test]
async fn an_act_that_breaks_rules_is_told_every_one_and_how_to_minute_it() {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    let mut story = decision(&cast.secretary, "body/04K", "2012-07-04");
    story.facts["votes"] = json!({"for": 1, "against": 2});
    // 2012 lies before the grant's dates too: authority comes first.
    let event = message(&story.signed(&house.ledger));
    refused(&mut house, event, Code::PermissionDenied, "UNAUTHORISED").await;

    story.facts["decided_on"] = json!("2019-07-04");
    story.facts["effect"] = json!({"merger": {"merger": "merger/x", "choice": "apply"}});
    let event = message(&story.signed(&house.ledger));
    let details = refused(&mut house, event, Code::FailedPrecondition, "RULE_BROKEN").await;
    let violations = &details.precondition_failure().unwrap().violations;
    let rules: Vec<_> = violations.iter().map(|violation| violation.r#type.as_str()).collect();
    assert_eq!(rules, ["decision.participant", "decision.arithmetic"]);
    assert_eq!(metadata(&details, "violations"), "2");
    for violation in violations {
        assert_eq!(violation.subject, "body/04K");
        let description = &violation.description;
        assert!(description.starts_with("found ") && description.contains("; needed "), "{description}");
        assert!(description.contains(" What to do: ") && description.contains("refused_by"), "{description}");
    }

    // The way out works: minuted without effect, with a finding that stays.
    story.facts.as_object_mut().unwrap().remove("votes");
    story.facts["effect"] = json!({"none": {"refused_by": "decision.arithmetic"}});
    let minuted = house.append(&story.signed(&house.ledger)).await.unwrap();
    assert_eq!(
        minuted.findings.iter().map(|finding| finding.rule.as_str()).collect::<Vec<_>>(),
        ["decision.no-effect"]
    );
}

#[tokio::test]
async fn requests_that_are_no_requests() {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    let before = house.head().await;
    let event = message(&decision(&cast.secretary, "body/04K", "2019-07-04").signed(&house.ledger));
    for (count, needed) in [(0, "1 to 1000 events"), (1001, "1 to 1000 events")] {
        let signed_events = vec![event.clone(); count];
        let status = house
            .log
            .append_events(AppendEventsRequest { signed_events, validate_only: false })
            .await
            .unwrap_err();
        let (code, reason, details) = refusal(&status);
        assert_eq!((code, reason.as_str()), (Code::InvalidArgument, "INVALID_ARGUMENT"));
        let violation = &details.bad_request().unwrap().field_violations[0];
        assert_eq!(violation.field, "signed_events");
        assert!(violation.description.contains(needed), "{violation:?}");
    }
    let long = SignedEvent { event: vec![b'x'; 100_000], ..event };
    let signed_events = vec![long; 32];
    let status = house
        .log
        .append_events(AppendEventsRequest { signed_events, validate_only: false })
        .await
        .unwrap_err();
    assert_eq!(refusal(&status).1, "INVALID_ARGUMENT", "{}", status.message());
    assert_eq!(house.head().await, before);
}

#[tokio::test]
async fn of_several_events_the_refused_one_is_named_and_none_is_taken() {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    let before = house.head().await;
    let decide = |key: &SecretKey| -> minutebook_log::Signed {
        let story: Story<'_> = decision(key, "body/04K", "2019-07-04");
        story.signed(&house.ledger)
    };
    let events = [decide(&cast.secretary), decide(&key(77)), decide(&cast.secretary)];
    let status = house.append_all(&events).await.unwrap_err();
    let (code, _reason, details) = refusal(&status);
    assert_eq!((code, metadata(&details, "event_index").as_str()), (Code::PermissionDenied, "1"));
    assert_eq!(house.head().await, before);
    // What was refused with it is taken alone.
    assert_eq!(house.append(&events[0]).await.unwrap().position, PROLOGUE);
    assert_eq!(house.append(&events[2]).await.unwrap().position, PROLOGUE + 1);
    assert_eq!(house.stop_and_verify().await, PROLOGUE + 2);
}
