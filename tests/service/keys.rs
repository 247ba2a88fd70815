//! Keys over gRPC: what each may sign and has signed, who may sign for a body, what is contested.

use crate::support::{Cast, House, PROLOGUE, Story, decision, enrolment, grant, key, refusal, signs};
use minutebook::proto::view::KnownAt;
use minutebook::proto::{
    Answered, Contested, GetEntryRequest, GetKeyRequest, GetLedgerRequest, Key, ListEntriesRequest,
    ListFindingsRequest, ListKeysRequest, ListSignedEntriesRequest, View, get_entry_request,
};
use minutebook_log::SecretKey;
use serde_json::json;
use tonic::Code;

/// Where the prologue enrols the secretary, grants it authority, and lists the body.
const ENROLLED: u64 = 1;
const GRANTED: u64 = 3;

fn known_at(position: u64) -> View {
    View { known_at: Some(KnownAt::KnownAtPosition(position)), ..View::default() }
}

async fn get_key(house: &mut House, of: &SecretKey, view: View) -> Key {
    let request = GetKeyRequest { key: of.public().to_string(), view: Some(view) };
    house.register.get_key(request).await.unwrap().into_inner().key.unwrap()
}

async fn keys(house: &mut House, body: &str, view: View) -> Vec<Key> {
    let (mut keys, mut page_token) = (Vec::new(), String::new());
    loop {
        let (body, view) = (body.to_owned(), Some(view.clone()));
        let request = ListKeysRequest { page_size: 1, page_token, body, view };
        let page = house.register.list_keys(request).await.unwrap().into_inner();
        keys.extend(page.keys);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return keys;
        }
    }
}

/// Both registrars say something of authority.
async fn registrars_say(
    house: &mut House,
    cast: &Cast,
    type_name: &str,
    subject: &str,
    facts: serde_json::Value,
) {
    let [one, two] = &cast.registrars;
    let story = Story {
        type_name,
        subject: subject.to_owned(),
        time: "2019-08-06T09:00:00Z",
        standing: "own_act",
        signs: vec![signs(one, "registrar"), signs(two, "registrar")],
        facts,
    };
    house.append(&story.signed(&house.ledger)).await.unwrap();
}

async fn compromise(house: &mut House, cast: &Cast, from: u64) {
    let subject = format!("key/{}", cast.secretary.public());
    let facts = json!({"reason": "compromised", "from": from});
    registrars_say(house, cast, "KeyRevoked", &subject, facts).await;
}

async fn decide(house: &mut House, cast: &Cast) {
    let event = decision(&cast.secretary, "body/04K", "2019-07-04").signed(&house.ledger);
    house.append(&event).await.unwrap();
}

#[tokio::test]
async fn a_key_and_what_it_may_sign() {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    let known = get_key(&mut house, &cast.secretary, View::default()).await;
    assert!(known.is_enrolled && !known.is_revoked && !known.is_registrar);
    assert_eq!((known.r#use.as_str(), known.enrolled_at), ("author", Some(ENROLLED)));
    let [grant] = &known.grants[..] else { panic!("one grant") };
    assert_eq!((grant.id.as_str(), grant.capacity.as_str()), ("grant/secretary-04K", "secretary"));
    assert_eq!(
        (&grant.bodies[..], &grant.types[..]),
        (&["body/04K".to_owned()][..], &["any".to_owned()][..])
    );
    assert_eq!((grant.acts_from.as_str(), grant.acts_until.as_str()), ("2013-04-01", "2020-04-01"));
    let mut registrars: Vec<_> = cast.registrars.iter().map(|key| key.public().to_string()).collect();
    registrars.sort();
    let mut granted_by = grant.granted_by.clone();
    granted_by.sort();
    assert_eq!((grant.granted_at, granted_by), (GRANTED, registrars));
    assert_eq!(known.why, [ENROLLED, GRANTED]);
    let unknown = get_key(&mut house, &key(77), View::default()).await;
    assert!(!unknown.is_enrolled && unknown.grants.is_empty() && unknown.why.is_empty());
    let registrar = get_key(&mut house, &cast.registrars[0], View::default()).await;
    assert!(registrar.is_registrar && !registrar.is_enrolled);

    let no_key = GetKeyRequest { key: "04K".to_owned(), view: None };
    let status = house.register.get_key(no_key).await.unwrap_err();
    assert_eq!(refusal(&status).0, Code::InvalidArgument);
}

#[tokio::test]
async fn a_key_is_asked_about_as_at_a_day_and_as_known() {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    registrars_say(&mut house, &cast, "AuthorityRevoked", "grant/secretary-04K", json!({"reason": "left"}))
        .await;
    let now = get_key(&mut house, &cast.secretary, View::default()).await;
    assert_eq!((now.grants[0].state.as_str(), now.grants[0].revoked_at), ("revoked", Some(PROLOGUE)));
    let before = get_key(&mut house, &cast.secretary, known_at(PROLOGUE - 1)).await;
    assert_eq!((before.grants[0].state.as_str(), before.grants[0].revoked_at), ("in_force", None));
    for (day, state) in [
        ("2013-03-31", "not_yet"),
        ("2013-04-01", "in_force"),
        ("2020-03-31", "in_force"),
        ("2020-04-01", "ended"),
    ] {
        let view = View { as_at: day.to_owned(), ..known_at(PROLOGUE - 1) };
        assert_eq!(get_key(&mut house, &cast.secretary, view).await.grants[0].state, state, "{day}");
    }
    let unborn = get_key(&mut house, &cast.secretary, known_at(0)).await;
    assert!(!unborn.is_enrolled && unborn.grants.is_empty());
    let granted_nothing = get_key(&mut house, &cast.secretary, known_at(ENROLLED)).await;
    assert!(granted_nothing.is_enrolled && granted_nothing.grants.is_empty());
}

#[tokio::test]
async fn the_keys_of_a_body_and_all_keys() {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    let names = |keys: Vec<Key>| keys.into_iter().map(|key| key.key).collect::<Vec<_>>();
    let (secretary, register) = (cast.secretary.public().to_string(), cast.register.public().to_string());
    // A register reports about every body.
    let of_body = keys(&mut house, "body/04K", View::default()).await;
    assert_eq!(names(of_body), [secretary.clone(), register.clone()]);
    assert_eq!(names(keys(&mut house, "body/04L", View::default()).await), std::slice::from_ref(&register));
    assert_eq!(names(keys(&mut house, "body/04K", known_at(ENROLLED)).await), Vec::<String>::new());
    let all = names(keys(&mut house, "", View::default()).await);
    assert_eq!(all[2..], [secretary, register]);

    // A false secretary is let in: it is there for the body to see.
    let false_secretary = key(33);
    let stories = [
        enrolment(&cast.registrars, &false_secretary),
        grant(&cast.registrars, "false", &false_secretary, "secretary", json!({"bodies": ["body/04K"]})),
    ];
    let events: Vec<_> = stories.iter().map(|story| story.signed(&house.ledger)).collect();
    house.append_all(&events).await.unwrap();
    let of_body = keys(&mut house, "body/04K", View::default()).await;
    assert_eq!(of_body.last().unwrap().grants[0].id, "grant/false");
    assert_eq!(of_body.len(), 3);

    let no_body = ListKeysRequest { body: "meeting/04K".to_owned(), ..Default::default() };
    let status = house.register.list_keys(no_body).await.unwrap_err();
    assert_eq!(refusal(&status).0, Code::InvalidArgument);
}

#[tokio::test]
async fn registrars_in_force_are_told() {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    let registrar = key(44);
    let story = enrolment(&cast.registrars, &registrar);
    house.append(&story.signed(&house.ledger)).await.unwrap();
    let facts = json!({"key": registrar.public(), "capacity": "registrar", "bodies": "any", "types": "any",
        "standings": ["own_act"]});
    registrars_say(&mut house, &cast, "AuthorityGranted", "grant/third", facts).await;
    let lost = format!("key/{}", cast.registrars[0].public());
    let [_one, two] = &cast.registrars;
    let ledger = house.log.get_ledger(GetLedgerRequest {}).await.unwrap().into_inner().ledger.unwrap();
    assert_eq!(ledger.registrar_keys.len(), 3);
    let revocation = Story {
        type_name: "KeyRevoked",
        subject: lost,
        time: "2019-08-06T09:00:00Z",
        standing: "own_act",
        signs: vec![signs(two, "registrar"), signs(&registrar, "registrar")],
        facts: json!({"reason": "lost"}),
    };
    house.append(&revocation.signed(&house.ledger)).await.unwrap();
    let ledger = house.log.get_ledger(GetLedgerRequest {}).await.unwrap().into_inner().ledger.unwrap();
    assert_eq!(ledger.registrar_keys, [two.public().to_string(), registrar.public().to_string()]);
    assert!(get_key(&mut house, &registrar, View::default()).await.is_registrar);
    assert!(!get_key(&mut house, &cast.registrars[0], View::default()).await.is_registrar);
    house.stop_and_verify().await;
}

#[tokio::test]
async fn what_a_key_signed_is_listed_page_by_page() {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    for _decision in 0..3 {
        decide(&mut house, &cast).await;
    }
    compromise(&mut house, &cast, PROLOGUE + 1).await;
    let ask = async |house: &mut House, page_token: String, view: Option<View>| {
        let key = cast.secretary.public().to_string();
        let request = ListSignedEntriesRequest { page_size: 2, page_token, key, view };
        house.register.list_signed_entries(request).await.unwrap().into_inner()
    };
    let first = ask(&mut house, String::new(), None).await;
    let second = ask(&mut house, first.next_page_token.clone(), None).await;
    assert!(second.next_page_token.is_empty());
    let signed: Vec<_> = first.entries.iter().chain(&second.entries).collect();
    let said: Vec<_> = signed
        .iter()
        .map(|entry| (entry.position, entry.capacity.as_str(), entry.body.as_str(), entry.is_contested))
        .collect();
    let decided = |position, is_contested| (position, "secretary", "body/04K", is_contested);
    assert_eq!(
        said,
        [
            (ENROLLED, "holder", "", false),
            decided(PROLOGUE, false),
            decided(PROLOGUE + 1, true),
            decided(PROLOGUE + 2, true),
        ]
    );
    assert_eq!((signed[1].r#type.as_str(), signed[1].subject.as_str()), ("DecisionRecorded", "body/04K"));
    let before = ask(&mut house, String::new(), Some(known_at(PROLOGUE + 1))).await;
    assert_eq!(before.entries.len(), 2, "and one more on the next page");
    let last = ask(&mut house, before.next_page_token, Some(known_at(PROLOGUE + 1))).await;
    assert!(!last.entries[0].is_contested, "nobody had declared it yet");
}

#[tokio::test]
async fn what_is_contested_is_found_and_flagged_once_it_is_known() {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    decide(&mut house, &cast).await;
    let declared = PROLOGUE + 1;
    compromise(&mut house, &cast, PROLOGUE).await;
    let doubt = Contested {
        through: None,
        position: PROLOGUE,
        key: cast.secretary.public().to_string(),
        from: PROLOGUE,
        declared_at: declared,
    };
    let findings = async |house: &mut House, view: View| {
        let request = ListFindingsRequest { view: Some(view), ..Default::default() };
        house.register.list_findings(request).await.unwrap().into_inner()
    };
    let contested = |answered: Option<Answered>| answered.unwrap().contested;
    let now = findings(&mut house, View::default()).await;
    let finding = now.findings.iter().find(|finding| finding.rule == "key.compromised").unwrap();
    assert_eq!(finding.id, format!("key.compromised:body/04K:{PROLOGUE}"));
    assert_eq!(finding.why, [PROLOGUE, declared]);
    assert_eq!(contested(now.answered), std::slice::from_ref(&doubt));
    let before = findings(&mut house, known_at(PROLOGUE)).await;
    assert!(before.findings.iter().all(|finding| finding.rule != "key.compromised"));
    assert_eq!(contested(before.answered), []);

    let entry = Some(get_entry_request::Entry::Position(PROLOGUE));
    let held = house.log.get_entry(GetEntryRequest { entry }).await.unwrap().into_inner();
    assert_eq!(held.contested, std::slice::from_ref(&doubt));
    let request = ListEntriesRequest { subject: "body/04K".to_owned(), ..Default::default() };
    let listed = house.log.list_entries(request).await.unwrap().into_inner();
    assert_eq!((listed.entries.len(), listed.contested), (2, vec![doubt]));
    house.stop_and_verify().await;
}
