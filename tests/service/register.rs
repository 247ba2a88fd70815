//! Questions to the register: each names the entries that it rests on, as at a day and as known at a position.

use crate::support::{Cast, House, PROLOGUE, Signs, Story, ccg, decision, refusal, signs, signs_for};
use minutebook::proto::view::KnownAt;
use minutebook::proto::{
    Body, CountCommissionersRequest, GetBodyRequest, GetBodyResponse, GetCommissionerRequest,
    GetCommissionerResponse, GetConsultationRequest, GetMergerRequest, GetOfficeRequest, Life,
    ListBodiesRequest, ListBodiesResponse, ListFindingsRequest, ListIntentionsRequest, Scope, View,
};
use minutebook::shown::phrases::text;
use serde_json::{Value, json};
use tokio_stream::StreamExt as _;
use tonic::{Code, Status};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;

/// What is told after the prologue, with the position that each statement gets.
const SECOND_BODY: u64 = PROLOGUE;
const PERSON: u64 = PROLOGUE + 1;
const OBSERVED: u64 = PROLOGUE + 2;
const PROPOSED: u64 = PROLOGUE + 3;
const CONSULTATION: u64 = PROLOGUE + 4;
const DECIDED: u64 = PROLOGUE + 5;
const INTENDED: u64 = PROLOGUE + 6;
const DISSOLVED: u64 = PROLOGUE + 8;
const SIZE: u64 = PROLOGUE + 9;

fn told<'a>(
    type_name: &'a str,
    subject: &str,
    time: &'a str,
    standing: &'a str,
    by: Signs<'a>,
    facts: Value,
) -> Story<'a> {
    Story { type_name, subject: subject.to_owned(), time, standing, signs: vec![by], facts }
}

/// Two CCGs, an officer whom somebody saw, a merger on its way, and an end that a register knows.
fn stories(cast: &Cast) -> Vec<Story<'_>> {
    let secretary = signs_for(&cast.secretary, "secretary", "body/04K");
    let register = signs(&cast.register, "register");
    let merger = "merger/two-ccgs-2019";
    let mut second_body = ccg(&cast.register, "04L");
    second_body.time = "2019-07-05T09:00:00Z";
    let mut decided = decision(&cast.secretary, "body/04K", "2019-08-01");
    decided.time = "2019-08-02T09:00:00Z";
    decided.facts["effect"] = json!({"merger": {"merger": merger, "choice": "apply"}});
    vec![
        second_body,
        told(
            "PersonRecorded",
            "person/a1",
            "2019-07-06T09:00:00Z",
            "third_party",
            register,
            json!({"name": "Ms A"}),
        ),
        told(
            "OfficerObserved",
            "body/04K",
            "2019-07-06T09:00:00Z",
            "third_party",
            register,
            json!({
                "office": "chair", "person": "person/a1", "observed_on": "2019-07-01", "title_as_written": "Chair",
            }),
        ),
        told(
            "MergerProposed",
            merger,
            "2019-07-07T09:00:00Z",
            "own_act",
            secretary,
            json!({
                "participants": ["body/04K", "body/04L"], "proposed_on": "2019-07-07", "proposed_name": "NHS K and L",
            }),
        ),
        told(
            "ConsultationOpened",
            "consultation/two-ccgs",
            "2019-07-08T09:00:00Z",
            "own_act",
            secretary,
            json!({
                "owners": ["body/04K"], "merger": merger, "topic": "one CCG", "opens": "2019-07-08",
                "closes_at": "2019-09-30T09:00:00+01:00", "questions": ["Do you agree?"], "audiences": ["everybody"],
            }),
        ),
        decided,
        told(
            "IntentionRecorded",
            "intention/one-ccg",
            "2019-08-03T09:00:00Z",
            "third_party",
            register,
            json!({
                "intends": "ReorganisationEffected", "mood": "planned", "about": ["body/04K", merger],
                "when": {"written": "April 2020", "earliest": "2020-04-01", "latest": "2020-04-30"},
                "wording": {"sealed": "ab".repeat(32)},
            }),
        ),
        told(
            "DocumentRegistered",
            "document/loaded",
            "2019-08-04T09:00:00Z",
            "register",
            register,
            json!({
                "title": "What was loaded", "speaks_to": "2019-12-31",
            }),
        ),
        told(
            "BodyDissolved",
            "body/04L",
            "2019-08-05T09:00:00Z",
            "register",
            register,
            json!({
                "effective": "2021-04-01", "reason": "merger",
            }),
        ),
    ]
}

async fn told_house() -> (House, Cast) {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    let events: Vec<_> = stories(&cast).iter().map(|story| story.signed(&house.ledger)).collect();
    let appended = house.append_all(&events).await.unwrap();
    assert_eq!(appended.last().unwrap().position, SIZE - 1);
    (house, cast)
}

fn as_at(day: &str) -> Option<View> {
    Some(View { as_at: day.to_owned(), ..Default::default() })
}

fn known_at(known_at: KnownAt) -> Option<View> {
    Some(View { known_at: Some(known_at), ..Default::default() })
}

async fn get_body(house: &mut House, body: &str, view: Option<View>) -> Result<GetBodyResponse, Status> {
    let request = GetBodyRequest { body: body.to_owned(), view };
    Ok(house.register.get_body(request).await?.into_inner())
}

/// Asserts that a question is refused for one member of it.
fn assert_argument<T: std::fmt::Debug>(answer: Result<T, Status>, member: &str) {
    let (code, reason, details) = refusal(&answer.unwrap_err());
    assert_eq!((code, reason.as_str()), (Code::InvalidArgument, "INVALID_ARGUMENT"));
    assert_eq!(details.bad_request().unwrap().field_violations[0].field, member);
}

fn assert_not_found<T: std::fmt::Debug>(answer: Result<T, Status>, what: &str) {
    let (code, reason, details) = refusal(&answer.unwrap_err());
    assert_eq!((code, reason.as_str()), (Code::NotFound, "NOT_FOUND"));
    assert_eq!(crate::support::metadata(&details, "what"), what);
}

#[tokio::test]
async fn a_body_by_id_and_by_code() {
    let (mut house, _cast) = told_house().await;
    let by_id = get_body(&mut house, "body/04K", None).await.unwrap();
    for code in ["04K", "ods:04K"] {
        let mut by_code = get_body(&mut house, code, None).await.unwrap();
        let answered = by_code.answered.as_mut().unwrap();
        let [meaning] = &std::mem::take(&mut answered.meanings)[..] else { panic!("one code") };
        assert_eq!((meaning.asked.as_str(), meaning.body.as_str()), (code, "body/04K"));
        assert_eq!((meaning.name.as_str(), meaning.also.len()), ("NHS 04K Clinical Commissioning Group", 0));
        assert_eq!(by_code, by_id);
    }
    let Body { id, kind, name, units, why, opened, .. } = by_id.body.unwrap();
    assert_eq!((id.as_str(), kind.as_str()), ("body/04K", "ccg"));
    assert_eq!(name, "NHS 04K Clinical Commissioning Group");
    assert_eq!(units, ["04K"]);
    assert_eq!(why[0], PROLOGUE - 1);
    let opened = opened.unwrap();
    assert_eq!(
        (opened.value.unwrap().earliest.as_str(), opened.standing.as_str()),
        ("2013-04-01", "register")
    );

    assert_not_found(get_body(&mut house, "99Z", None).await, "body");
    assert_not_found(get_body(&mut house, "body/99Z", None).await, "body");
    assert_not_found(get_body(&mut house, "ons:04K", None).await, "body");
    assert_argument(get_body(&mut house, "body/", None).await, "body");
}

#[tokio::test]
async fn an_answer_says_from_where_it_looked() {
    let (mut house, _cast) = told_house().await;
    let answered = get_body(&mut house, "04K", None).await.unwrap().answered.unwrap();
    // A re-enactment answers for the day of its last entry, not for today.
    assert_eq!((answered.as_at.as_str(), answered.known_entries), ("2019-08-05", SIZE));
    assert_eq!(answered.known_at, "2019-08-05T09:00:00Z");
    assert_eq!((answered.scope(), answered.re_enactment), (Scope::Enacted, true));
    // What was loaded speaks to the end of 2019; a day after that is told so.
    assert_eq!(answered.horizon, "");
    for (day, horizon) in [("2019-12-31", ""), ("2020-01-01", "2019-12-31")] {
        let answered = get_body(&mut house, "04K", as_at(day)).await.unwrap().answered.unwrap();
        assert_eq!((answered.as_at.as_str(), answered.horizon.as_str()), (day, horizon));
    }
}

#[tokio::test]
async fn a_body_as_at_a_day() {
    let (mut house, _cast) = told_house().await;
    for (day, life) in [
        ("2013-03-31", Life::NotYetOpen),
        ("2013-04-01", Life::Open),
        ("2021-03-31", Life::Open),
        ("2021-04-01", Life::Closed),
    ] {
        let body = get_body(&mut house, "04L", as_at(day)).await.unwrap().body.unwrap();
        assert_eq!(body.life(), life, "on {day}");
    }
    assert_argument(get_body(&mut house, "04L", as_at("1 April 2013")).await, "view.as_at");
}

#[tokio::test]
async fn a_body_as_known_at_a_position_or_a_time() {
    let (mut house, _cast) = told_house().await;
    let closes = |known: GetBodyResponse| known.body.unwrap().closed.is_some();
    for (at, known) in [
        (KnownAt::KnownAtPosition(DISSOLVED - 1), false),
        (KnownAt::KnownAtPosition(DISSOLVED), true),
        (KnownAt::KnownAtTime("2019-08-05T10:59:59+02:00".to_owned()), false),
        (KnownAt::KnownAtTime("2019-08-05T09:00:00Z".to_owned()), true),
        (KnownAt::KnownAtTime("2019-08-04".to_owned()), false),
        (KnownAt::KnownAtTime("2019-08-05".to_owned()), true),
    ] {
        let answer = get_body(&mut house, "04L", known_at(at.clone())).await.unwrap();
        assert_eq!(closes(answer), known, "{at:?}");
    }
    let before = known_at(KnownAt::KnownAtPosition(SECOND_BODY - 1));
    assert_not_found(get_body(&mut house, "04L", before).await, "body");
    let ahead = known_at(KnownAt::KnownAtPosition(SIZE));
    assert_argument(get_body(&mut house, "04L", ahead).await, "view.known_at_position");
    let no_time = known_at(KnownAt::KnownAtTime("last summer".to_owned()));
    assert_argument(get_body(&mut house, "04L", no_time).await, "view.known_at_time");
}

async fn list_bodies(house: &mut House, request: ListBodiesRequest) -> Result<ListBodiesResponse, Status> {
    Ok(house.register.list_bodies(request).await?.into_inner())
}

#[tokio::test]
async fn all_pages_of_an_answer_look_from_one_place() {
    let (mut house, cast) = told_house().await;
    let first = ListBodiesRequest { page_size: 1, kind: "ccg".to_owned(), ..Default::default() };
    let page = list_bodies(&mut house, first.clone()).await.unwrap();
    assert_eq!(page.bodies.iter().map(|body| body.id.as_str()).collect::<Vec<_>>(), ["body/04K"]);

    // A body that comes in between is not in this answer; it is in the next.
    let event = ccg(&cast.register, "04KA").signed(&house.ledger);
    house.append(&event).await.unwrap();
    let next = ListBodiesRequest { page_token: page.next_page_token.clone(), ..first.clone() };
    let page = list_bodies(&mut house, next.clone()).await.unwrap();
    assert_eq!(page.bodies.iter().map(|body| body.id.as_str()).collect::<Vec<_>>(), ["body/04L"]);
    assert_eq!((page.next_page_token.as_str(), page.answered.unwrap().known_entries), ("", SIZE));
    let all = list_bodies(&mut house, ListBodiesRequest::default()).await.unwrap();
    assert_eq!(all.bodies.len(), 3);

    let other_kind = ListBodiesRequest { kind: "icb".to_owned(), ..next };
    assert_argument(list_bodies(&mut house, other_kind).await, "page_token");
    let no_kind = ListBodiesRequest { kind: "group".to_owned(), ..Default::default() };
    assert_argument(list_bodies(&mut house, no_kind).await, "kind");
}

#[tokio::test]
async fn commissioners_are_counted_on_each_day() {
    let (mut house, _cast) = told_house().await;
    let days = ["2013-03-31", "2013-04-01", "2021-04-01"].map(str::to_owned).to_vec();
    let request = CountCommissionersRequest { as_at: days.clone(), view: None };
    let answer = house.register.count_commissioners(request).await.unwrap().into_inner();
    let counts: Vec<_> =
        answer.counts.iter().map(|count| (count.as_at.as_str(), count.ccg, count.icb)).collect();
    assert_eq!(counts, [("2013-03-31", 0, 0), ("2013-04-01", 2, 0), ("2021-04-01", 1, 0)]);
    assert_eq!(answer.answered.unwrap().as_at, "2021-04-01");
    for as_at in [Vec::new(), vec![days[0].clone(); 101], vec!["never".to_owned(), days[0].clone()]] {
        let request = CountCommissionersRequest { as_at, view: None };
        assert_argument(house.register.count_commissioners(request).await, "as_at");
    }
}

async fn commissioner(house: &mut House, unit: &str) -> Result<GetCommissionerResponse, Status> {
    let request = GetCommissionerRequest { unit: unit.to_owned(), view: None };
    Ok(house.register.get_commissioner(request).await?.into_inner())
}

#[tokio::test]
async fn who_commissions_for_a_unit_and_what_is_intended_there() {
    let (mut house, _cast) = told_house().await;
    let answer = commissioner(&mut house, "04K").await.unwrap();
    assert_eq!(answer.body.unwrap().id, "body/04K");
    assert_eq!(answer.why, [PROLOGUE - 1]);
    let [intention] = &answer.intentions[..] else { panic!("one intention") };
    assert_eq!((intention.id.as_str(), intention.state.as_str()), ("intention/one-ccg", "open"));
    assert_eq!(intention.when.as_ref().unwrap().written, "April 2020");
    assert_eq!(
        (text(intention.wording.as_ref()), &intention.why[..]),
        ("(sealed)", &[INTENDED][..]),
        "what is sealed stays so"
    );
    assert_not_found(commissioner(&mut house, "99Z").await, "unit");
    assert_not_found(commissioner(&mut house, "no unit").await, "unit");
}

#[tokio::test]
async fn who_holds_an_office_is_a_report_beside_what_was_enacted() {
    let (mut house, _cast) = told_house().await;
    let mut ask = async |office: &str, scope: Scope| {
        let view = Some(View { scope: scope.into(), ..Default::default() });
        let request = GetOfficeRequest { body: "04K".to_owned(), office: office.to_owned(), view };
        house.register.get_office(request).await.map(tonic::Response::into_inner)
    };
    let enacted = ask("chair", Scope::Enacted).await.unwrap();
    assert!(enacted.holders.is_empty() && !enacted.is_vacant, "not known, which is not vacant");
    assert_eq!((enacted.reports, enacted.life), (vec![OBSERVED], Life::Open.into()), "reports say who");
    let reported = ask("chair", Scope::Reported).await.unwrap();
    assert_eq!((reported.holders.len(), reported.reports.len()), (0, 0), "seen a month before");
    let [holder] = &reported.perhaps[..] else { panic!("one holder") };
    assert_eq!((holder.person.as_str(), holder.name.as_str()), ("person/a1", "Ms A"));
    let titles: Vec<_> = holder.observations.iter().map(|seen| seen.title_as_written.as_str()).collect();
    assert_eq!((holder.tenure.as_str(), titles), ("", vec!["Chair"]));
    assert_eq!((holder.standing.as_str(), &holder.why[..]), ("third_party", &[OBSERVED][..]));
    assert_ne!(holder.why[0], PERSON, "the name is no part of the holding");
    assert_argument(ask("king", Scope::Enacted).await, "office");
}

#[tokio::test]
async fn a_merger_shows_every_leg_and_what_it_waits_for() {
    let (mut house, _cast) = told_house().await;
    let request = GetMergerRequest { merger: "merger/two-ccgs-2019".to_owned(), view: None };
    let merger = house.register.get_merger(request).await.unwrap().into_inner().merger.unwrap();
    assert_eq!((merger.state.as_str(), merger.proposed_name.as_str()), ("consulting", "NHS K and L"));
    let legs: Vec<_> = merger.legs.iter().map(|leg| (leg.body.as_str(), leg.choices.len())).collect();
    assert_eq!(legs, [("body/04K", 1), ("body/04L", 0)]);
    assert_eq!(
        (merger.legs[0].choices[0].choice.as_str(), merger.legs[0].choices[0].position),
        ("apply", DECIDED)
    );
    assert_eq!(merger.consultations[0].id, "consultation/two-ccgs");
    assert_eq!(merger.waits_for, ["the end of the consultation"]);
    assert!([PROPOSED, CONSULTATION, DECIDED].iter().all(|position| merger.why.contains(position)));

    let unknown = GetMergerRequest { merger: "merger/none".to_owned(), view: None };
    assert_not_found(house.register.get_merger(unknown).await, "merger");
    // By a body that is in one alone it is found too.
    let by_body = GetMergerRequest { merger: "body/04K".to_owned(), view: None };
    let found = house.register.get_merger(by_body).await.unwrap().into_inner().merger.unwrap();
    assert_eq!(found.id, merger.id);
}

#[tokio::test]
async fn a_consultation_becomes_overdue_and_that_is_a_finding() {
    let (mut house, _cast) = told_house().await;
    let known = |day: &str| {
        let known_at = Some(KnownAt::KnownAtTime(day.to_owned()));
        Some(View { as_at: day.to_owned(), known_at, ..Default::default() })
    };
    for (day, state, view) in [
        ("2019-07-07", "not_yet_open", as_at("2019-07-07")),
        ("2019-09-29", "open", as_at("2019-09-29")),
        // The book ends in August: whether anything closed it, nobody knows, unless October knows of no more.
        ("2019-09-30", "due_passed", as_at("2019-09-30")),
        ("2019-09-30", "overdue", known("2019-09-30")),
    ] {
        let consultation = "consultation/two-ccgs".to_owned();
        let request = GetConsultationRequest { consultation, view: view.clone() };
        let answer = house.register.get_consultation(request).await.unwrap().into_inner();
        let consultation = answer.consultation.unwrap();
        assert_eq!(consultation.state, state, "on {day}");
        assert_eq!(
            (consultation.closes_at.as_str(), consultation.closed_at.as_str()),
            ("2019-09-30T09:00:00+01:00", "")
        );

        let mut found = async |rule: &str, subject: &str| {
            let (rule, subject, view) = (rule.to_owned(), subject.to_owned(), view.clone());
            let request = ListFindingsRequest { rule, subject, view, ..Default::default() };
            let findings = house.register.list_findings(request).await.unwrap().into_inner().findings;
            findings.into_iter().map(|finding| finding.rule).collect::<Vec<_>>()
        };
        let rules = found("", "").await;
        assert_eq!(rules.contains(&"consultation.overdue".to_owned()), state == "overdue", "{rules:?}");
        // Those of a rule, of a family of rules, about something.
        let overdue: Vec<_> = rules.iter().filter(|rule| *rule == "consultation.overdue").cloned().collect();
        assert_eq!(found("consultation.overdue", "").await, overdue);
        assert_eq!(found("consultation", "").await, overdue);
        assert_eq!(found("consult", "").await, Vec::<String>::new());
        assert_eq!(found("consultation", "consultation/two-ccgs").await, overdue);
        assert_eq!(found("", "meeting/none").await, Vec::<String>::new());
    }
    let unknown = GetConsultationRequest { consultation: "consultation/none".to_owned(), view: None };
    assert_not_found(house.register.get_consultation(unknown).await, "consultation");
}

#[tokio::test]
async fn intentions_of_all_and_about_one_subject() {
    let (mut house, _cast) = told_house().await;
    for (subject, count) in [("", 1), ("merger/two-ccgs-2019", 1), ("body/04L", 0)] {
        let request = ListIntentionsRequest { subject: subject.to_owned(), ..Default::default() };
        let answer = house.register.list_intentions(request).await.unwrap().into_inner();
        assert_eq!(answer.intentions.len(), count, "{subject}");
    }
    let request = ListIntentionsRequest { subject: "no subject".to_owned(), ..Default::default() };
    assert_not_found(house.register.list_intentions(request).await, "body");
}

/// How many entries in doubt each kind of answer flags, with so many entries known.
async fn contested(house: &mut House, known: u64) -> Vec<(&'static str, usize)> {
    let view = known_at(KnownAt::KnownAtPosition(known - 1));
    let body = || "04K".to_owned();
    let (merger, unit, office) = ("merger/two-ccgs-2019".to_owned(), body(), "chair".to_owned());
    let consultation = "consultation/two-ccgs".to_owned();
    let as_at = vec!["2019-09-01".to_owned()];
    let reported = view.clone().map(|view| View { scope: Scope::Reported.into(), ..view });
    macro_rules! ask {
        ($method:ident, $request:ident { $($member:ident: $value:expr),* }) => {{
            let request = $request { $($member: $value,)* view: reported.clone() };
            let answered = house.register.$method(request).await.unwrap().into_inner().answered.unwrap();
            (stringify!($method), answered.contested.len())
        }};
    }
    vec![
        ask!(get_body, GetBodyRequest { body: body() }),
        ask!(
            list_bodies,
            ListBodiesRequest {
                page_size: 0,
                words: String::new(),
                page_token: String::new(),
                kind: String::new(),
                include_closed: false
            }
        ),
        ask!(count_commissioners, CountCommissionersRequest { as_at: as_at }),
        ask!(get_commissioner, GetCommissionerRequest { unit: unit }),
        ask!(get_office, GetOfficeRequest { body: body(), office: office }),
        ask!(get_merger, GetMergerRequest { merger: merger }),
        ask!(get_consultation, GetConsultationRequest { consultation: consultation }),
        ask!(
            list_intentions,
            ListIntentionsRequest { page_size: 0, page_token: String::new(), subject: String::new() }
        ),
    ]
}

#[tokio::test]
async fn every_answer_flags_what_it_rests_on_that_is_contested() {
    let (mut house, cast) = told_house().await;
    let [one, two] = &cast.registrars;
    for key in [&cast.register, &cast.secretary] {
        let subject = format!("key/{}", key.public());
        let facts = json!({"reason": "compromised", "from": 0});
        let mut declared =
            told("KeyRevoked", &subject, "2019-08-06T09:00:00Z", "own_act", signs(one, "registrar"), facts);
        declared.signs.push(signs(two, "registrar"));
        house.append(&declared.signed(&house.ledger)).await.unwrap();
    }
    for (question, flagged) in contested(&mut house, SIZE).await {
        assert_eq!(flagged, 0, "{question}, before it was known");
    }
    for (question, flagged) in contested(&mut house, SIZE + 2).await {
        assert!(flagged > 0, "{question}");
    }
}

#[tokio::test]
async fn a_live_ledger_answers_for_today() {
    let (mut house, _cast) = House::with_cast("live").await;
    let answered = get_body(&mut house, "04K", None).await.unwrap().answered.unwrap();
    assert!(!answered.re_enactment);
    let recorded_on = answered.known_at.split('T').next().unwrap();
    assert!(answered.as_at.as_str() >= recorded_on, "{} and {recorded_on}", answered.as_at);
    assert!(recorded_on > "2026", "by the clock, whatever the events say");
}

#[tokio::test]
async fn health_and_reflection_are_served() {
    let (house, _cast) = told_house().await;
    let mut health = HealthClient::new(house.channel.clone());
    for service in ["", "minutebook.v1.LogService", "minutebook.v1.RegisterService"] {
        let request = HealthCheckRequest { service: service.to_owned() };
        assert_eq!(health.check(request).await.unwrap().into_inner().status(), ServingStatus::Serving);
    }
    let list = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let mut reflection = ServerReflectionClient::new(house.channel.clone());
    let answers = reflection.server_reflection_info(tokio_stream::once(list)).await.unwrap();
    let answer = answers.into_inner().next().await.unwrap().unwrap();
    let Some(MessageResponse::ListServicesResponse(services)) = answer.message_response else {
        panic!("a list of services")
    };
    let names: Vec<_> = services.service.into_iter().map(|service| service.name).collect();
    for served in ["minutebook.v1.LogService", "minutebook.v1.RegisterService", "grpc.health.v1.Health"] {
        assert!(names.iter().any(|name| name == served), "{names:?}");
    }
}
