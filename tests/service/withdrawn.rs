//! What was withdrawn counts for nothing and is never passed over in silence: each list names it, with who withdrew it, why
//! and when; before it was withdrawn, and of days before it came, none does.

use crate::paging::one_more;
use crate::support::{House, PROLOGUE, Story, signs};
use minutebook::pages::Answer;
use minutebook::proto::view::KnownAt;
use minutebook::proto::{self, Scope, View};
use minutebook::shown::phrases::text as shown;
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
        let said = (it.kind.as_str(), shown(it.reason.as_ref()), it.by.join(", "));
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
                #[allow(clippy::needless_update, reason = "most of the requests have more members")]
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
        list_due(ListDueRequest { body: body() }) =>
            ["ActionAssigned", "ApplicationSubmitted", "ConsultationOpened", "MeetingConvened"];
        get_powers(GetPowersRequest { body: body() }) => ["CommitteeEstablished", "DelegationGranted"];
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
            .map(|it| (shown(it.text.as_ref()), it.state.as_str(), it.amount_pounds))
            .collect();
        let (lease, van) = ("APPROVED a lease.", "APPROVED a van.");
        assert_eq!(listed, [(lease, "withdrawn", Some(250)), (van, "stands", Some(7))]);
        assert_eq!(found.total_pounds, Some(7));
    }
}

#[tokio::test]
async fn a_thing_that_was_withdrawn_says_by_whom_and_why_and_one_that_never_was_does_not() {
    let (mut house, _before) = withdrawn().await;
    let view =
        || Some(View { scope: Scope::Reported.into(), as_at: "2019-12-05".to_owned(), known_at: None });
    macro_rules! refused {
        ($($method:ident($request:ident { $member:ident: $kind:literal });)*) => {
            $({
                #[allow(clippy::needless_update, reason = "some of the requests have more members")]
                let mut asked = async |id: &str| {
                    let request = proto::$request { view: view(), $member: id.to_owned(), ..proto::$request::default() };
                    house.register.$method(request).await.unwrap_err()
                };
                let gone = asked(concat!($kind, "/n1")).await;
                assert_eq!(gone.code(), tonic::Code::NotFound);
                let says = gone.message();
                assert!(says.contains("was withdrawn by entry") && says.contains("on 2019-12-02, by register"), "{says}");
                assert!(says.ends_with("It was another body's."), "{says}");
                let never = asked(concat!($kind, "/never")).await;
                assert!(never.message().contains("is known here"), "{never}");
            })*
        };
    }
    refused! {
        get_meeting(GetMeetingRequest { meeting: "meeting" });
        get_minutes(GetMinutesRequest { meeting: "meeting" });
        get_merger(GetMergerRequest { merger: "merger" });
        get_consultation(GetConsultationRequest { consultation: "consultation" });
        get_committee(GetCommitteeRequest { committee: "committee" });
        get_delegation(GetDelegationRequest { delegation: "delegation" });
        list_votes(ListVotesRequest { subject: "meeting" });
    }
    // A list of what nobody has heard of is no empty list.
    let decisions = |subject: &str| proto::ListDecisionsRequest {
        subject: subject.to_owned(),
        view: view(),
        ..Default::default()
    };
    assert!(house.register.list_decisions(decisions("meeting/n1")).await.is_ok(), "it was there");
    assert_eq!(
        house.register.list_decisions(decisions("meeting/typo")).await.unwrap_err().code(),
        tonic::Code::NotFound
    );
    let intentions = proto::ListIntentionsRequest {
        subject: "merger/nope".to_owned(),
        view: view(),
        ..Default::default()
    };
    assert_eq!(house.register.list_intentions(intentions).await.unwrap_err().code(), tonic::Code::NotFound);
    let interests =
        proto::ListInterestsRequest { subject: "person/nope".to_owned(), view: view(), ..Default::default() };
    assert_eq!(house.register.list_interests(interests).await.unwrap_err().code(), tonic::Code::NotFound);
}

#[tokio::test]
async fn what_was_withdrawn_of_offices_interests_and_an_agenda_is_named_where_it_would_be() {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    let says = |type_name: &'static str, subject: &str, facts: serde_json::Value| Story {
        type_name,
        subject: subject.to_owned(),
        time: "2019-12-01T09:00:00Z",
        standing: "register",
        signs: vec![signs(&cast.register, "register")],
        facts,
    };
    let none = json!({"none": {}});
    let stories = [
        says("PersonRecorded", "person/gp", json!({"name": "G P"})),
        says(
            "MeetingConvened",
            "meeting/x",
            json!({"kind": "single", "bodies": ["body/04K"], "title": "Board",
            "starts_at": "2019-07-04T13:00:00+01:00", "parts": ["public"], "called_on": "2019-06-01"}),
        ),
        says(
            "DecisionRecorded",
            "body/04K",
            json!({"decided_on": "2019-07-04", "mode": "meeting", "outcome": "approved",
            "text": "Agreed to lease.", "reasons": "It is right.", "effect": none, "meeting": "meeting/x",
            "item": {"reference": "GB/1"}}),
        ),
        says(
            "OfficerAppointed",
            "body/04K",
            json!({"office": "gp_member", "person": "person/gp", "tenure": "substantive",
            "effective": "2018-05-01"}),
        ),
        says(
            "AgendaPublished",
            "meeting/x",
            json!({"version": 1, "published_on": "2019-06-02",
            "items": [{"reference": "GB/1", "title": "Lease", "part": "public"}]}),
        ),
        says(
            "InterestDeclared",
            "meeting/x",
            json!({"person": "person/gp", "items": ["GB/1"], "kind": "financial",
            "nature": "A practice.", "handling": ["note"]}),
        ),
    ];
    let events: Vec<_> = stories.iter().map(|story| story.signed(&house.ledger)).collect();
    house.append_all(&events).await.unwrap();
    let gone: Vec<_> = events[3..]
        .iter()
        .map(|event| {
            let id = event.event().id.to_string();
            let facts = json!({"target": id, "kind": "withdrawn", "reason": "It was another body's."});
            let mut story = says("RecordCorrected", &format!("record/{id}"), facts);
            story.time = "2019-12-02T09:00:00Z";
            story.signed(&house.ledger)
        })
        .collect();
    house.append_all(&gone).await.unwrap();
    let view =
        || Some(View { scope: Scope::Reported.into(), as_at: "2019-12-05".to_owned(), known_at: None });
    let is = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    let body = || "04K".to_owned();
    let asked = proto::GetGoverningBodyRequest { body: body(), view: view() };
    let found = house.register.get_governing_body(asked).await.unwrap().into_inner();
    assert_eq!(named(&found), is(&["OfficerAppointed"]));
    for (who, expected) in [("", &["OfficerAppointed"][..]), ("g p", &["OfficerAppointed"]), ("nobody", &[])]
    {
        let asked = proto::ListPeopleRequest { who: who.to_owned(), view: view(), ..Default::default() };
        let found = house.register.list_people(asked).await.unwrap().into_inner();
        assert_eq!(named(&found), is(expected), "{who}");
    }
    let asked = proto::ListInterestsRequest { subject: body(), view: view(), ..Default::default() };
    let found = house.register.list_interests(asked).await.unwrap().into_inner();
    assert_eq!(named(&found), is(&["InterestDeclared"]));
    // Without its agenda a meeting has what was decided at it, under no item that is listed.
    let asked = proto::GetMeetingRequest { meeting: "meeting/x".to_owned(), view: view() };
    let found = house.register.get_meeting(asked).await.unwrap().into_inner();
    let told: Vec<_> =
        found.items.iter().map(|item| (item.reference.as_str(), shown(item.title.as_ref()))).collect();
    assert_eq!(told, [("GB/1", "(under no agenda item that this view sees)")]);
    assert_eq!(shown(found.items[0].cells[0].decisions[0].text.as_ref()), "Agreed to lease.");
    let asked =
        proto::GetMinutesRequest { meeting: "meeting/x".to_owned(), part: "public".to_owned(), view: view() };
    let found = house.register.get_minutes(asked).await.unwrap().into_inner();
    assert_eq!((found.items.len(), found.items[0].decisions.len()), (1, 1));
    // With it, an item whose decision is gone says so.
    let decision = events[2].event().id.to_string();
    let again = says(
        "AgendaPublished",
        "meeting/x",
        json!({"version": 2, "published_on": "2019-06-03",
        "items": [{"reference": "GB/1", "title": "Lease", "part": "public"}, {"reference": "GB/2", "title": "Van", "part": "public"}]}),
    );
    let facts = json!({"target": decision, "kind": "withdrawn", "reason": "It was another body's."});
    let mut withdrawal = says("RecordCorrected", &format!("record/{decision}"), facts);
    withdrawal.time = "2019-12-02T09:00:00Z";
    let more = [again.signed(&house.ledger), withdrawal.signed(&house.ledger)];
    house.append_all(&more).await.unwrap();
    let asked =
        proto::GetMinutesRequest { meeting: "meeting/x".to_owned(), part: "public".to_owned(), view: view() };
    let found = house.register.get_minutes(asked).await.unwrap().into_inner();
    let gone: Vec<_> =
        found.items.iter().map(|item| (item.reference.as_str(), item.withdrawn.len())).collect();
    assert_eq!(gone, [("GB/1", 1), ("GB/2", 0)]);
}
