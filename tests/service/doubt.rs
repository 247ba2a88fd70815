//! Whatever an answer rests on, it says whether that is in doubt: each question is asked of a book in which everything was
//! said by a key that was in other hands, and each entry that the answer names must be among those in doubt.

use crate::paging::one_more;
use crate::support::{House, PROLOGUE, Story, signs};
use minutebook::client::named_entries;
use minutebook::pages::Answer;
use minutebook::proto::{self, Contested, Scope, View};
use minutebook_log::SecretKey;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::ops::Range;

/// What a register says beside [`one_more`]: of things of which there is one.
fn beside(register: &SecretKey) -> Vec<Story<'_>> {
    let says = |type_name: &'static str, subject: &str, facts: Value| Story {
        type_name,
        subject: subject.to_owned(),
        time: "2019-12-01T09:00:00Z",
        standing: "register",
        signs: vec![signs(register, "register")],
        facts,
    };
    let document = json!({"title": "Constitution", "held": false});
    let appointed = |office: &str| json!({"office": office, "person": "person/p1", "tenure": "substantive", "effective": "2018-04-01"});
    vec![
        says(
            "ConstitutionAdopted",
            "body/04K",
            json!({"version": "1", "document": document, "effective": "2013-04-01", "basis": "establishment"}),
        ),
        says("GoverningRulesSet", "body/04K", json!({"effective": "2013-04-01", "notice_days": 5})),
        says(
            "OfficeDefined",
            "body/04K",
            json!({"office": "chair", "title": "Chair", "voting": true, "statutory": true, "seats": 1, "effective": "2013-04-01"}),
        ),
        says("OfficerAppointed", "body/04K", appointed("chair")),
        says("OfficerAppointed", "body/04K", appointed("accountable_officer")),
        says(
            "PartnershipFormed",
            "partnership/p",
            json!({"name": "P", "kind": "stp", "members": [{"body": "body/04K", "status": "full"}]}),
        ),
        says(
            "DocumentRegistered",
            "document/d",
            json!({"title": "D", "publisher": "P", "published": "2019-07-01"}),
        ),
        says(
            "SuccessionRecorded",
            "body/04K",
            json!({"successor": "body/B1", "kind": "merger", "effective": "2020-04-01"}),
        ),
        says(
            "JointAppointmentProposed",
            "appointment/j",
            json!({"office": "accountable_officer", "bodies": ["body/04K", "body/B1"], "proposed_on": "2018-01-01"}),
        ),
    ]
}

/// Asks that everything which an answer names of what was told is in doubt; gives how much that is.
fn check(name: &str, named: BTreeSet<u64>, contested: &[Contested], told: &Range<u64>) -> usize {
    let doubted: BTreeSet<_> = contested.iter().map(|contested| contested.position).collect();
    let named: BTreeSet<_> = named.into_iter().filter(|position| told.contains(position)).collect();
    let unmarked: Vec<_> = named.difference(&doubted).collect();
    assert!(unmarked.is_empty(), "{name}: entries {unmarked:?} are named and not said to be in doubt");
    named.len()
}

fn named<A: Answer>(answer: &A) -> BTreeSet<u64> {
    named_entries(answer).unwrap().into_iter().map(|position| position.0).collect()
}

#[tokio::test]
async fn every_answer_says_of_all_that_it_rests_on_whether_it_is_in_doubt() {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    let stories: Vec<_> = one_more(&cast.register, 1).into_iter().chain(beside(&cast.register)).collect();
    let mut events: Vec<_> = stories.iter().map(|story| story.signed(&house.ledger)).collect();
    let annotated = events[0].event().id.to_string();
    let annotation = Story {
        type_name: "RecordAnnotated",
        subject: format!("record/{annotated}"),
        facts: json!({"target": annotated, "kind": "contest", "text": "No."}),
        time: "2019-12-01T09:00:00Z",
        standing: "register",
        signs: vec![signs(&cast.register, "register")],
    };
    events.push(annotation.signed(&house.ledger));
    let told = PROLOGUE..PROLOGUE + events.len() as u64;
    house.append_all(&events).await.unwrap();
    let [one, two] = &cast.registrars;
    let revoked = Story {
        type_name: "KeyRevoked",
        subject: format!("key/{}", cast.register.public()),
        time: "2020-01-02T09:00:00Z",
        standing: "own_act",
        signs: vec![signs(one, "registrar"), signs(two, "registrar")],
        facts: json!({"reason": "compromised", "from": told.start}),
    };
    let revoked = revoked.signed(&house.ledger);
    house.append(&revoked).await.unwrap();
    let view =
        || Some(View { scope: Scope::Reported.into(), as_at: "2020-01-02".to_owned(), ..View::default() });
    let body = || "04K".to_owned();
    macro_rules! ask {
        ($($method:ident($request:ident { $($member:ident: $value:expr),* });)*) => {
            $({
                #[allow(clippy::needless_update, reason = "what asks of one thing has no page")]
                let request = proto::$request { $($member: $value,)* ..proto::$request::default() };
                let answer = house.register.$method(request).await.unwrap().into_inner();
                let contested = &answer.answered().unwrap().contested;
                assert!(check(stringify!($method), named(&answer), contested, &told) > 0, stringify!($method));
            })*
        };
    }
    ask! {
        get_body(GetBodyRequest { body: "body/B1".to_owned(), view: view() });
        list_bodies(ListBodiesRequest { include_closed: true, view: view() });
        get_office(GetOfficeRequest { body: body(), office: "chair".to_owned(), view: view() });
        get_appointment(GetAppointmentRequest { body: body(), office: "chair".to_owned(), view: view() });
        get_merger(GetMergerRequest { merger: "merger/n1".to_owned(), view: view() });
        list_mergers(ListMergersRequest { view: view() });
        get_consultation(GetConsultationRequest { consultation: "consultation/n1".to_owned(), view: view() });
        list_consultations(ListConsultationsRequest { view: view() });
        list_intentions(ListIntentionsRequest { view: view() });
        list_findings(ListFindingsRequest { view: view() });
        get_meeting(GetMeetingRequest { meeting: "meeting/n1".to_owned(), view: view() });
        get_minutes(GetMinutesRequest { meeting: "meeting/n1".to_owned(), view: view() });
        list_meetings(ListMeetingsRequest { body: body(), view: view() });
        list_decisions(ListDecisionsRequest { subject: body(), view: view() });
        list_due(ListDueRequest { body: body(), view: view() });
        list_conditions(ListConditionsRequest { body: body(), view: view() });
        get_powers(GetPowersRequest { body: body(), view: view() });
        get_partnership(GetPartnershipRequest { partnership: "partnership/p".to_owned(), view: view() });
        list_partnerships(ListPartnershipsRequest { view: view() });
        list_documents(ListDocumentsRequest { view: view() });
        list_people(ListPeopleRequest { view: view() });
        get_lineage(GetLineageRequest { body: body(), view: view() });
        list_stated(ListStatedRequest { subject: body(), view: view() });
        get_governing_body(GetGoverningBodyRequest { body: body(), view: view() });
        list_interests(ListInterestsRequest { subject: body(), view: view() });
        list_committees(ListCommitteesRequest { body: body(), view: view() });
        get_committee(GetCommitteeRequest { committee: "committee/n1".to_owned(), view: view() });
        list_delegations(ListDelegationsRequest { subject: body(), view: view() });
        get_delegation(GetDelegationRequest { delegation: "delegation/n1".to_owned(), view: view() });
        list_practices(ListPracticesRequest { body: body(), view: view() });
        list_directions(ListDirectionsRequest { body: body(), view: view() });
        list_actions(ListActionsRequest { body: body(), view: view() });
        list_votes(ListVotesRequest { subject: body(), view: view() });
        list_audits(ListAuditsRequest { view: view() });
        get_joint_appointment(GetJointAppointmentRequest { appointment: "appointment/j".to_owned(), view: view() });
        count_commissioners(CountCommissionersRequest { as_at: vec!["2020-01-02".to_owned()], view: view() });
        list_annotations(ListAnnotationsRequest { position: told.start, view: view() });
        list_attendance(ListAttendanceRequest { body: body(), view: view() });
        list_signed_entries(ListSignedEntriesRequest { key: cast.register.public().to_string(), view: view() });
    }
    // Those that compare two answers, or say what an entry changed, name no view of their own.
    let before = Some(View { as_at: "2013-01-01".to_owned(), ..View::default() });
    let request =
        proto::ListDifferencesRequest { before, after: view(), page_size: 1000, ..Default::default() };
    let answer = house.register.list_differences(request).await.unwrap().into_inner();
    assert!(check("list_differences", named(&answer), &answer.after.as_ref().unwrap().contested, &told) > 0);
    let request = proto::GetChangesRequest { position: told.start, scope: Scope::Reported.into() };
    let answer = house.register.get_changes(request).await.unwrap().into_inner();
    assert!(check("get_changes", named(&answer), &answer.contested, &told) > 0);
    // What was said before the key was in other hands is not in doubt.
    let request = proto::GetBodyRequest { body: body(), view: view() };
    let answer = house.register.get_body(request).await.unwrap().into_inner();
    let contested = &answer.answered.as_ref().unwrap().contested;
    assert!(!contested.is_empty() && contested.iter().all(|it| it.position >= told.start), "{contested:?}");
}

/// The positions that an answer says to be in doubt.
fn doubted<A: Answer>(answer: &A) -> BTreeSet<u64> {
    answer.answered().unwrap().contested.iter().map(|contested| contested.position).collect()
}

#[tokio::test]
async fn keys_say_whether_their_enrolments_and_grants_are_in_doubt() {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    let [one, two] = &cast.registrars;
    let revoked = Story {
        type_name: "KeyRevoked",
        subject: format!("key/{}", cast.register.public()),
        time: "2020-01-02T09:00:00Z",
        standing: "own_act",
        signs: vec![signs(one, "registrar"), signs(two, "registrar")],
        facts: json!({"reason": "compromised", "from": 0}),
    };
    let revoked = revoked.signed(&house.ledger);
    house.append(&revoked).await.unwrap();
    let mut of = async |key: &SecretKey| {
        let request = proto::GetKeyRequest { key: key.public().to_string(), ..Default::default() };
        let found = house.register.get_key(request).await.unwrap().into_inner();
        let enrolled = found.key.as_ref().unwrap().enrolled_at.unwrap();
        (doubted(&found).contains(&enrolled), enrolled)
    };
    // It signed its own enrolment, which nobody can trust any more; the secretary's stands.
    let (is_doubted, enrolled) = of(&cast.register).await;
    assert!(is_doubted);
    assert!(!of(&cast.secretary).await.0);
    let listed = house.register.list_keys(proto::ListKeysRequest::default()).await.unwrap().into_inner();
    assert!(doubted(&listed).contains(&enrolled));
}

/// A body has one of everything, and an entry in doubt says that another follows it.
#[tokio::test]
async fn what_an_entry_in_doubt_passes_on_is_in_doubt() {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    let says = |type_name: &'static str, facts: Value| Story {
        type_name,
        subject: "body/04K".to_owned(),
        time: "2020-04-02T09:00:00Z",
        standing: "register",
        signs: vec![signs(&cast.register, "register")],
        facts,
    };
    let stories = one_more(&cast.register, 1).into_iter().chain([
        says(
            "SuccessionRecorded",
            json!({"successor": "body/B1", "kind": "merger", "effective": "2020-04-01"}),
        ),
        says("BodyDissolved", json!({"effective": "2020-04-01", "reason": "merger"})),
    ]);
    let events: Vec<_> = stories.map(|story| story.signed(&house.ledger)).collect();
    let end = PROLOGUE + events.len() as u64;
    let (follows, ends) = (end - 2, end - 1);
    house.append_all(&events).await.unwrap();
    let [one, two] = &cast.registrars;
    let revoked = Story {
        type_name: "KeyRevoked",
        subject: format!("key/{}", cast.register.public()),
        time: "2020-04-03T09:00:00Z",
        standing: "own_act",
        signs: vec![signs(one, "registrar"), signs(two, "registrar")],
        facts: json!({"reason": "compromised", "from": follows}),
    };
    let revoked = revoked.signed(&house.ledger);
    house.append(&revoked).await.unwrap();
    let on =
        |day: &str| Some(View { scope: Scope::Reported.into(), as_at: day.to_owned(), ..View::default() });
    macro_rules! ask {
        ($($method:ident($request:ident { $($member:ident: $value:expr),* });)*) => {
            $({
                let mut asked = async |view: Option<View>| {
                    let request = proto::$request { view, $($member: $value,)* ..proto::$request::default() };
                    doubted(&house.register.$method(request).await.unwrap().into_inner())
                };
                let name = stringify!($method);
                assert!(asked(on("2020-04-02")).await.contains(&follows), "{name}");
                // Before it took effect, nothing had been passed on.
                assert!(asked(on("2020-03-31")).await.is_empty(), "{name}, before");
            })*
        };
    }
    let heir = || "body/B1".to_owned();
    ask! {
        list_due(ListDueRequest { body: heir() });
        list_actions(ListActionsRequest { body: heir() });
        list_conditions(ListConditionsRequest { body: heir() });
        list_interests(ListInterestsRequest { subject: heir() });
        list_consultations(ListConsultationsRequest { body: heir() });
        list_mergers(ListMergersRequest { body: heir() });
        list_practices(ListPracticesRequest { body: heir() });
    }
    let due = proto::ListDueRequest { body: heir(), view: on("2020-04-02"), ..Default::default() };
    let due = house.register.list_due(due).await.unwrap().into_inner();
    let action = due.items.iter().find(|item| item.kind == "action").unwrap();
    assert!(action.why.contains(&follows), "{action:?}");
    // The delegation fell with the body, as an entry in doubt says.
    let request = proto::ListDifferencesRequest {
        subject: "delegation/n1".to_owned(),
        before: on("2020-03-31"),
        after: on("2020-04-02"),
        ..Default::default()
    };
    let found = house.register.list_differences(request).await.unwrap().into_inner();
    let of = |answered: Option<proto::Answered>| -> Vec<_> {
        answered.unwrap().contested.iter().map(|contested| contested.position).collect()
    };
    assert_eq!(found.differences.len(), 1, "{:?}", found.differences);
    assert_eq!(of(found.after), [ends]);
    // What is exported says it in its own columns.
    let request =
        proto::ListBodiesRequest { include_closed: true, view: on("2020-04-02"), ..Default::default() };
    let listed = house.register.list_bodies(request).await.unwrap().into_inner();
    let answered = listed.answered.unwrap();
    let table = minutebook::export::successions(&listed.bodies, "book", &answered).unwrap();
    assert!(table.contains(&format!("book entries {follows}; CONTESTED: entry {follows}")), "{table}");
    let table = minutebook::export::bodies(&listed.bodies, "book", &answered).unwrap();
    let marked: Vec<_> = table.lines().filter(|line| line.contains("CONTESTED")).collect();
    assert!(!marked.is_empty() && marked.iter().all(|line| line.contains(&ends.to_string())), "{table}");
    let record = minutebook::export::organisation(&listed.bodies, "04K", &answered, None).unwrap();
    let contested = record["minutebook"]["contested"].as_array().unwrap();
    assert!(contested.iter().any(|it| it["entry"] == ends), "{contested:?}");
}
