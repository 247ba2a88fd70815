//! Every list in pages: whatever their size and whatever is recorded in between, together they are the one answer; a
//! token goes on with its own question alone, and no page is larger than clients take.

use crate::support::{Cast, House, Story, ccg, decision, enrolment, key, refusal, registrars, signs};
use minutebook::pages::{PageAnswer, PageRequest};
use minutebook::proto::register_service_client::RegisterServiceClient;
use minutebook::proto::{self, View};
use minutebook_log::{SecretKey, Signed};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::Barrier;
use tokio::task::LocalSet;
use tonic::{Code, Response, Status};

type Client = RegisterServiceClient<tonic::transport::Channel>;

/// After what time a list has failed.
const TIME_MAX: Duration = Duration::from_secs(300);

/// How many of each thing there are at first.
const OF_EACH: u32 = 5;

/// What a register says of one more of each thing: whatever it numbers comes once.
pub(crate) fn one_more(register: &SecretKey, number: u32) -> Vec<Story<'_>> {
    let says = |type_name: &'static str, subject: &str, facts: Value| Story {
        type_name,
        subject: subject.to_owned(),
        time: "2019-12-01T09:00:00Z",
        standing: "register",
        signs: vec![signs(register, "register")],
        facts,
    };
    let (ccg_id, person) = (format!("body/B{number}"), format!("person/p{number}"));
    let named = |kind: &str| format!("{kind}/n{number}");
    let decided = |effect: Value| {
        json!({"decided_on": "2019-07-04", "mode": "meeting", "outcome": "approved", "text": "Agreed.",
            "reasons": "It is right.", "effect": effect})
    };
    vec![
        ccg(register, &format!("B{number}")),
        says("PersonRecorded", &person, json!({"name": format!("P {number}")})),
        says("DecisionRecorded", "body/04K", decided(json!({"none": {}}))),
        says(
            "ActionAssigned",
            &named("action"),
            json!({"body": "body/04K", "text": "Bring it.", "owner": {"person": person}, "assigned_on": "2019-07-04",
                "due": "2019-09-30"}),
        ),
        says(
            "InterestRegistered",
            &named("interest"),
            json!({"person": person, "bodies": ["body/04K"], "kind": "financial", "description": "A partner.",
                "arose_on": "2018-05-01", "declared_on": "2018-05-14"}),
        ),
        says(
            "BreachRecorded",
            "body/04K",
            json!({"recorded_on": "2019-09-05", "summary": format!("Breach {number}"), "action": "It was looked at."}),
        ),
        says(
            "MeetingConvened",
            &named("meeting"),
            json!({"kind": "single", "bodies": ["body/04K"], "title": "Governing body",
                "starts_at": format!("2019-07-{:02}T13:00:00+01:00", 28 - number), "parts": ["public"],
                "called_on": "2019-06-01"}),
        ),
        says(
            "AgendaPublished",
            &named("meeting"),
            json!({"version": 1, "published_on": "2019-06-02",
                "items": [{"reference": "GB/1", "title": "Merger", "part": "public"}]}),
        ),
        says(
            "MeetingOpened",
            &named("meeting"),
            json!({"started_at": format!("2019-07-{:02}T13:05:00+01:00", 28 - number), "chairs": [{"person": person}]}),
        ),
        says(
            "AttendanceRecorded",
            &named("meeting"),
            json!({"attendees": [{"person": person, "as": "voting"}]}),
        ),
        says(
            "VoteTaken",
            &named("meeting"),
            json!({"item": "GB/1", "body": "body/04K", "method": "named", "votes": {"for": 1, "against": 0},
                "named": [{"person": person, "vote": "for"}]}),
        ),
        says(
            "CommitteeEstablished",
            &named("committee"),
            json!({"name": "A committee", "kind": "committee", "parents": ["body/04K"], "established_on": "2018-04-01",
                "functions": ["audit"]}),
        ),
        says(
            "DelegationGranted",
            &named("delegation"),
            json!({"from": "body/04K", "to": {"committee": named("committee")}, "functions": ["contracts"],
                "onward": "forbidden", "basis": {"scheme": "Scheme, 4.2"}, "effective": "2018-04-01",
                "on_succession": "lapses"}),
        ),
        says(
            "MembershipChanged",
            "body/04K",
            json!({"practice": ccg_id, "change": "admitted", "effective": "2013-04-01"}),
        ),
        says(
            "DirectionsChanged",
            "body/04K",
            json!({"id": format!("d{number}"), "kind": "directions", "change": "imposed", "effective": "2018-09-01",
                "text": "A plan."}),
        ),
        says(
            "MergerProposed",
            &named("merger"),
            json!({"participants": ["body/04K", ccg_id], "proposed_on": "2019-04-25"}),
        ),
        says(
            "ApplicationSubmitted",
            &named("merger"),
            json!({"number": 1, "applicants": ["body/04K", ccg_id], "to": "NHS England", "submitted_on": "2019-09-30",
                "requested_effective": "2020-04-01", "proposed_name": "NHS K and B",
                "constitution": {"title": "Proposed", "held": false}}),
        ),
        says(
            "RegulatorDecisionRecorded",
            &named("merger"),
            json!({"number": 1, "outcome": "approved_with_conditions", "decided_on": "2019-10-30",
                "reasons": "The criteria are met.",
                "conditions": [{"id": "plan", "text": "A plan.", "due": "continuing", "by": "2020-12-31"}]}),
        ),
        says(
            "ConsultationOpened",
            &named("consultation"),
            json!({"owners": ["body/04K"], "topic": "One body?", "opens": "2019-05-01",
                "closes_at": format!("2019-06-{:02}T09:00:00+01:00", 28 - number), "questions": [], "audiences": []}),
        ),
        says(
            "IntentionRecorded",
            &named("intention"),
            json!({"intends": "ReorganisationEffected", "mood": "planned", "about": ["body/04K"], "wording": "Soon."}),
        ),
        says(
            "AttributeReported",
            &named("figure"),
            json!({"about": ["body/04K"], "attribute": "other", "value": {"text": format!("Figure {number}")}}),
        ),
        says(
            "StatementRecorded",
            &named("statement"),
            json!({"speaker": "The chair", "text": "We are one team.", "about": ["body/04K"]}),
        ),
        says(
            "AuditReported",
            &named("audit"),
            json!({"auditor": "The auditor", "audited_on": "2019-11-30", "size": number + 1, "root": "ab".repeat(32),
                "outcome": "verified", "exceptions": 0, "rules": 1, "report": {"title": "Report", "held": false}}),
        ),
    ]
}

/// All of one round, with a key that is enrolled and what somebody says of an entry.
fn round(house: &House, cast: &Cast, annotated: &str, number: u32) -> Vec<Signed> {
    let registrars = registrars();
    let new = key(u8::try_from(100 + number).unwrap());
    let annotation = Story {
        type_name: "RecordAnnotated",
        subject: format!("record/{annotated}"),
        time: "2019-12-01T09:00:00Z",
        standing: "register",
        signs: vec![signs(&cast.register, "register")],
        facts: json!({"target": annotated, "kind": "contest", "text": format!("No {number}.")}),
    };
    let stories = one_more(&cast.register, number).into_iter().chain([annotation]);
    let stories: Vec<_> = stories.chain([enrolment(&registrars, &new)]).collect();
    stories.iter().map(|story| story.signed(&house.ledger)).collect()
}

/// The tokens of every list, each by the list's number.
type Tokens = Rc<RefCell<Vec<(usize, String)>>>;

/// An answer but for the moment of asking, up to which a live book is known.
fn at_no_moment(answer: &impl std::fmt::Debug) -> String {
    let text = format!("{answer:?}");
    let mut parts = text.split("known_at: \"");
    let first = parts.next().unwrap_or_default().to_owned();
    let rest = parts.map(|part| part.split_once('"').map_or(part, |(_moment, rest)| rest));
    [first].into_iter().chain(rest.map(str::to_owned)).collect::<Vec<_>>().join("known_at: ")
}

/// A list, as one answer and in pages of three sizes, between whose first and second something is recorded.
async fn paged<Q: PageRequest + Clone, A: PageAnswer + PartialEq + std::fmt::Debug>(
    mut client: Client,
    ask: impl AsyncFn(&mut Client, Q) -> Result<Response<A>, Status>,
    question: Q,
    (number, barrier, tokens): (usize, Rc<Barrier>, Tokens),
) {
    let mut whole =
        ask(&mut client, question.clone().with_page(1000, String::new())).await.unwrap().into_inner();
    assert_eq!(whole.take_next_page_token(), "", "{} fits into one page", A::NAME);
    let mut started = Vec::new();
    for size in [1, 2, 7] {
        let first = question.clone().with_page(size, String::new());
        let mut page = ask(&mut client, first).await.unwrap().into_inner();
        let token = page.take_next_page_token();
        assert!(!token.is_empty() || size == 7, "{} has several items", A::NAME);
        if size == 1 {
            tokens.borrow_mut().push((number, token.clone()));
        }
        started.push((size, page, token));
    }
    barrier.wait().await;
    // Something of everything is recorded here.
    barrier.wait().await;
    for (size, mut together, mut token) in started {
        let mut pages = 1;
        while !token.is_empty() {
            let next = question.clone().with_page(size, token);
            let page = ask(&mut client, next).await.unwrap().into_inner();
            // Two encodings in a row are the encoding of both messages put together.
            together.merge(page.encode_to_vec().as_slice()).unwrap();
            token = together.take_next_page_token();
            pages += 1;
        }
        together.say_once();
        assert!(pages > 2 || size > 1, "{} in {pages} pages", A::NAME);
        assert_eq!(at_no_moment(&together), at_no_moment(&whole), "{} in pages of {size}", A::NAME);
    }
    let all = tokens.borrow().clone();
    for (of, token) in all {
        let asked = ask(&mut client, question.clone().with_page(1, token.clone())).await;
        if of == number {
            asked.unwrap();
            let all_but_last = token.get(..token.len() - 1).unwrap();
            let last = if token.ends_with('A') { 'B' } else { 'A' };
            let altered = format!("{all_but_last}{last}");
            assert_refused(ask(&mut client, question.clone().with_page(1, altered)).await);
        } else {
            assert_refused(asked);
        }
    }
}

fn assert_refused<A: std::fmt::Debug>(answer: Result<Response<A>, Status>) {
    let (code, reason, details) = refusal(&answer.unwrap_err());
    assert_eq!((code, reason.as_str()), (Code::InvalidArgument, "INVALID_ARGUMENT"));
    assert_eq!(details.bad_request().unwrap().field_violations[0].field, "page_token");
}

#[tokio::test]
async fn pages_of_any_size_are_one_answer_whatever_is_recorded_in_between() {
    let (mut house, cast) = House::with_cast("live").await;
    let annotated = decision(&cast.secretary, "body/04K", "2019-07-04").signed(&house.ledger);
    let at = house.append(&annotated).await.unwrap().position;
    let annotated = annotated.event().id.to_string();
    for number in 0..OF_EACH {
        let told = round(&house, &cast, &annotated, number);
        house.append_all(&told).await.unwrap();
    }
    let later = round(&house, &cast, &annotated, OF_EACH);
    let view = |as_at: &str| Some(View { as_at: as_at.to_owned(), ..View::default() });
    let (body, subject, day) = ("04K".to_owned(), "04K".to_owned(), view("2020-01-01"));
    let register_key = cast.register.public().to_string();
    let tokens = Rc::new(RefCell::new(Vec::new()));
    let mut lists: Vec<std::pin::Pin<Box<dyn Future<Output = ()>>>> = Vec::new();
    let barrier = Rc::new(Barrier::new(25));
    macro_rules! list {
        ($($method:ident($request:ident { $($member:ident: $value:expr),* });)*) => {
            $(lists.push(Box::pin(paged(
                house.register.clone(),
                Client::$method,
                proto::$request { $($member: $value,)* ..proto::$request::default() },
                (lists.len(), Rc::clone(&barrier), Rc::clone(&tokens)),
            )));)*
        };
    }
    list! {
        list_bodies(ListBodiesRequest { include_closed: true, view: day.clone() });
        list_findings(ListFindingsRequest { view: day.clone() });
        list_intentions(ListIntentionsRequest { view: day.clone() });
        list_mergers(ListMergersRequest { body: body.clone(), view: day.clone() });
        list_consultations(ListConsultationsRequest { body: body.clone(), view: day.clone() });
        list_meetings(ListMeetingsRequest { body: body.clone(), view: day.clone() });
        list_decisions(ListDecisionsRequest { subject: subject.clone(), view: day.clone() });
        list_due(ListDueRequest { body: body.clone(), view: day.clone() });
        list_interests(ListInterestsRequest { subject: subject.clone(), view: day.clone() });
        list_committees(ListCommitteesRequest { body: body.clone(), view: day.clone() });
        list_delegations(ListDelegationsRequest { subject: subject.clone(), view: day.clone() });
        list_practices(ListPracticesRequest { body: body.clone(), view: day.clone() });
        list_directions(ListDirectionsRequest { body: body.clone(), view: day.clone() });
        list_actions(ListActionsRequest { body: body.clone(), view: day.clone() });
        list_votes(ListVotesRequest { subject: subject.clone(), view: day.clone() });
        list_attendance(ListAttendanceRequest { body: body.clone(), view: day.clone() });
        list_annotations(ListAnnotationsRequest { position: at, view: day.clone() });
        list_audits(ListAuditsRequest { view: day.clone() });
        list_keys(ListKeysRequest { view: day.clone() });
        list_signed_entries(ListSignedEntriesRequest { key: register_key.clone(), view: day.clone() });
        list_conditions(ListConditionsRequest { body: body.clone(), view: day.clone() });
        list_stated(ListStatedRequest { subject: subject.clone(), view: day.clone() });
        list_differences(ListDifferencesRequest { before: view("2013-01-01"), after: day.clone() });
        // Where both views are of today, both stay where the first page looked from.
        list_differences(ListDifferencesRequest { before: view("2013-01-01"), subject: "body/04K".to_owned() });
    }
    assert_eq!(lists.len() + 1, 25, "one waits for each list, and one records in between");
    let local = LocalSet::new();
    let asked: Vec<_> = lists.into_iter().map(|list| local.spawn_local(list)).collect();
    let all = local.run_until(async {
        barrier.wait().await;
        house.append_all(&later).await.unwrap();
        barrier.wait().await;
        for list in asked {
            list.await.unwrap();
        }
    });
    tokio::time::timeout(TIME_MAX, all).await.expect("one of them failed and lets the others wait");
}

#[tokio::test]
async fn a_page_of_long_decisions_fits_into_a_message() {
    let (mut house, cast) = House::with_cast("live").await;
    let draft = |number: usize| {
        let mut said = decision(&cast.secretary, "body/04K", "2019-07-04");
        said.facts["text"] = json!(format!("{number} {}", "x".repeat(40_000)));
        said.signed(&house.ledger)
    };
    let decisions: Vec<_> = (0..110).map(draft).collect();
    for batch in decisions.chunks(37) {
        house.append_all(batch).await.unwrap();
    }
    let (mut found, mut token, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let question = proto::ListDecisionsRequest { subject: "04K".to_owned(), ..Default::default() };
        // A client as it comes refuses messages of more than 4 MiB.
        let page = house.register.list_decisions(question.with_page(1000, token)).await.unwrap().into_inner();
        let bytes = prost::Message::encoded_len(&page);
        assert!(bytes <= 2 * 1024 * 1024 + 4096, "{bytes} bytes");
        found.extend(page.decisions);
        (token, pages) = (page.next_page_token, pages + 1);
        if token.is_empty() {
            break;
        }
    }
    assert_eq!((found.len(), pages), (110, 3));
    let numbers = found.iter().map(|it| {
        minutebook::shown::phrases::text(it.text.as_ref())
            .split(' ')
            .next()
            .unwrap()
            .parse::<usize>()
            .unwrap()
    });
    assert_eq!(numbers.collect::<Vec<_>>(), (0..110).collect::<Vec<_>>());
}
