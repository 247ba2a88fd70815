//! What was withdrawn counts for nothing and is never passed over in silence: each list names it, with who withdrew it, why
//! and when; before it was withdrawn, and of days before it came, none does.

use crate::paging::one_more;
use crate::support::{House, PROLOGUE, Story, signs};
use minutebook::pages::Answer;
use minutebook::proto::view::KnownAt;
use minutebook::proto::{self, Scope, View};
use serde_json::json;
use std::collections::BTreeSet;

/// A book in which one of everything was reported and then withdrawn, and how many entries it had before.
async fn withdrawn() -> (House, u64) {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    let stories = one_more(&cast.register, 1);
    let events: Vec<_> = stories.iter().map(|story| story.signed(&house.ledger)).collect();
    house.append_all(&events).await.unwrap();
    // The practice and the person stay: the others speak of them.
    let gone = events.iter().zip(&stories);
    let gone =
        gone.filter(|(_event, story)| !["BodyRegistered", "PersonRecorded"].contains(&story.type_name));
    let withdrawals = gone.map(|(event, _story)| {
        let id = event.event().id.to_string();
        Story {
            type_name: "RecordCorrected",
            subject: format!("record/{id}"),
            time: "2019-12-02T09:00:00Z",
            standing: "register",
            signs: vec![signs(&cast.register, "register")],
            facts: json!({"target": id, "kind": "withdrawn", "reason": "It was another body's."}),
        }
    });
    let withdrawals: Vec<_> = withdrawals.map(|story| story.signed(&house.ledger)).collect();
    house.append_all(&withdrawals).await.unwrap();
    (house, PROLOGUE + events.len() as u64)
}

/// The types of what an answer says was withdrawn.
fn named<A: Answer>(answer: &A) -> BTreeSet<String> {
    let corrections = answer.answered().unwrap().corrections.iter();
    let withdrawn = corrections.filter(|it| it.is_withdrawn).map(|it| {
        let said = (it.kind.as_str(), it.reason.as_str(), it.by.join(", "));
        assert_eq!(said, ("withdrawn", "It was another body's.", "register".to_owned()));
        assert!(it.corrected_at > it.position && it.recorded.starts_with("2019-12-02"), "{it:?}");
        it.r#type.clone()
    });
    withdrawn.collect()
}

#[tokio::test]
async fn every_list_names_what_was_withdrawn() {
    let (mut house, before) = withdrawn().await;
    let view = |day: &str, known_at: Option<u64>| {
        let known_at = known_at.map(|known| KnownAt::KnownAtPosition(known - 1));
        Some(View { scope: Scope::Reported.into(), as_at: day.to_owned(), known_at })
    };
    let body = || "04K".to_owned();
    macro_rules! ask {
        ($($method:ident($request:ident { $($member:ident: $value:expr),* }) => $expected:expr;)*) => {
            $({
                let mut asked = async |view: Option<View>| {
                    let request = proto::$request { view, $($member: $value,)* ..proto::$request::default() };
                    named(&house.register.$method(request).await.unwrap().into_inner())
                };
                let expected = $expected.iter().map(|name: &&str| (*name).to_owned()).collect::<BTreeSet<_>>();
                let name = stringify!($method);
                assert_eq!(asked(view("2019-12-05", None)).await, expected, "{name}");
                assert!(asked(view("2019-12-05", Some(before))).await.is_empty(), "{name}, before");
            })*
        };
    }
    ask! {
        list_decisions(ListDecisionsRequest { subject: body() }) => ["DecisionRecorded"];
        list_actions(ListActionsRequest { body: body() }) => ["ActionAssigned"];
        list_interests(ListInterestsRequest { subject: body() }) => ["BreachRecorded", "InterestRegistered"];
        list_interests(ListInterestsRequest { subject: "person/p1".to_owned() }) => ["InterestRegistered"];
        list_meetings(ListMeetingsRequest { body: body() }) => ["MeetingConvened"];
        list_committees(ListCommitteesRequest { body: body() }) => ["CommitteeEstablished"];
        list_delegations(ListDelegationsRequest { subject: body() }) => ["DelegationGranted"];
        list_practices(ListPracticesRequest { body: body() }) => ["MembershipChanged"];
        list_directions(ListDirectionsRequest { body: body() }) => ["DirectionsChanged"];
        list_mergers(ListMergersRequest { body: body() }) => ["ApplicationSubmitted", "MergerProposed"];
        list_mergers(ListMergersRequest { }) => ["ApplicationSubmitted", "MergerProposed", "RegulatorDecisionRecorded"];
        list_conditions(ListConditionsRequest { body: body() }) => ["ApplicationSubmitted"];
        list_consultations(ListConsultationsRequest { body: body() }) => ["ConsultationOpened"];
        list_consultations(ListConsultationsRequest { }) => ["ConsultationOpened"];
        list_intentions(ListIntentionsRequest { subject: "body/04K".to_owned() }) => ["IntentionRecorded"];
        list_intentions(ListIntentionsRequest { }) => ["IntentionRecorded"];
        list_stated(ListStatedRequest { subject: body() }) => ["AttributeReported", "StatementRecorded"];
        list_audits(ListAuditsRequest { }) => ["AuditReported"];
    }
    // Of a day before it was decided it would not be in the answer either.
    let request =
        proto::ListDecisionsRequest { subject: body(), view: view("2019-07-03", None), ..Default::default() };
    let answer = house.register.list_decisions(request).await.unwrap().into_inner();
    assert!(answer.decisions.is_empty() && named(&answer).is_empty());
}

#[tokio::test]
async fn a_decision_that_was_withdrawn_is_listed_as_that_and_adds_nothing_up() {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    let decided = |text: &str, pounds: u64| {
        let mut story = crate::support::decision(&cast.secretary, "body/04K", "2019-07-03");
        story.time = "2019-07-06T09:00:00Z";
        (story.standing, story.signs) = ("register", vec![signs(&cast.register, "register")]);
        (story.facts["outcome"], story.facts["text"]) = (json!("approved"), json!(text));
        story.facts["delegated_under"] = json!({"delegation": "delegation/d", "amount_pounds": pounds});
        story.signed(&house.ledger)
    };
    let events = [decided("APPROVED a lease.", 250), decided("APPROVED a van.", 7)];
    house.append_all(&events).await.unwrap();
    let target = events[0].event().id.to_string();
    let correction = Story {
        type_name: "RecordCorrected",
        subject: format!("record/{target}"),
        time: "2019-07-07T09:00:00Z",
        standing: "register",
        signs: vec![signs(&cast.register, "register")],
        facts: json!({"target": target, "kind": "duplicate", "reason": "It stands twice."}),
    };
    let correction = correction.signed(&house.ledger);
    house.append(&correction).await.unwrap();
    let mut found = proto::ListDecisionsResponse::default();
    // In pages too: the withdrawn one keeps its place.
    for size in [1000, 1] {
        let mut token = String::new();
        found.decisions.clear();
        loop {
            let request = proto::ListDecisionsRequest {
                subject: "04K".to_owned(),
                page_size: size,
                page_token: token,
                ..Default::default()
            };
            let page = house.register.list_decisions(request).await.unwrap().into_inner();
            found.decisions.extend(page.decisions);
            token = page.next_page_token;
            if token.is_empty() {
                break;
            }
        }
        found.add_up();
        let listed: Vec<_> = found
            .decisions
            .iter()
            .map(|it| (it.text.as_str(), it.state.as_str(), it.amount_pounds))
            .collect();
        let (lease, van) = ("APPROVED a lease.", "APPROVED a van.");
        assert_eq!(listed, [(lease, "withdrawn", Some(250)), (van, "stands", Some(7))]);
        assert_eq!(found.total_pounds, Some(7));
    }
}
