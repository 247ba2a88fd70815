//! What an answer must not leave out: the whole of a decision, what became of an entry, whom a code means, who perhaps
//! holds an office; and what can be listed.

use crate::support::{Cast, House, PROLOGUE, Signs, Story, ccg, decision, signs, signs_for};
use minutebook::proto::view::KnownAt;
use minutebook::proto::{self, Scope, View};
use minutebook::shown::phrases::text as shown;
use minutebook_log::EventId;
use serde_json::{Value, json};

fn told<'a>(type_name: &'a str, subject: &str, standing: &'a str, by: Signs<'a>, facts: Value) -> Story<'a> {
    let (subject, time) = (subject.to_owned(), "2019-07-06T09:00:00Z");
    Story { type_name, subject, time, standing, signs: vec![by], facts }
}

async fn house_with(tell: impl FnOnce(&Cast) -> Vec<Story<'_>>) -> (House, Cast) {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    let events: Vec<_> = tell(&cast).iter().map(|story| story.signed(&house.ledger)).collect();
    house.append_all(&events).await.unwrap();
    (house, cast)
}

fn as_at(day: &str) -> Option<View> {
    Some(View { as_at: day.to_owned(), ..Default::default() })
}

async fn decisions(house: &mut House, topic: &str) -> Vec<proto::Decision> {
    let (subject, topic) = ("04K".to_owned(), topic.to_owned());
    let request = proto::ListDecisionsRequest { subject, topic, ..Default::default() };
    house.register.list_decisions(request).await.unwrap().into_inner().decisions
}

#[tokio::test]
async fn a_ledger_says_which_program_serves_it_in_which_format() {
    let mut house = House::with_cast("live").await.0;
    let ledger = house.log.get_ledger(proto::GetLedgerRequest {}).await.unwrap().into_inner().ledger.unwrap();
    assert_eq!(ledger.software, format!("minutebook {}", env!("CARGO_PKG_VERSION")));
    let request = proto::GetEntryRequest { entry: Some(proto::get_entry_request::Entry::Position(0)) };
    let entry = house.log.get_entry(request).await.unwrap().into_inner().entry.unwrap();
    assert_eq!(entry.content.split(|byte| *byte == b'\n').next(), Some(ledger.entry_format.as_bytes()));
}

#[tokio::test]
async fn a_decision_says_what_was_chosen_and_under_which_item() {
    let (mut house, _cast) = house_with(|cast| {
        let merger = json!({
            "participants": ["body/04K", "body/04L"], "proposed_on": "2019-04-25", "proposed_name": "NHS K and L",
        });
        let mut chosen = decision(&cast.secretary, "body/04K", "2019-07-04");
        chosen.time = "2019-07-06T09:00:00Z";
        chosen.facts["effect"] = json!({"merger": {"merger": "merger/kl", "choice": "do_not_apply"}});
        chosen.facts["text"] = json!("RESOLVED not to apply.");
        vec![
            ccg(&cast.register, "04L"),
            told("MergerProposed", "merger/kl", "own_act", signs_for(&cast.secretary, "secretary", "body/04K"), merger),
            chosen,
        ]
    })
    .await;
    let [decision] = &decisions(&mut house, "").await[..] else { panic!("one decision") };
    assert_eq!(
        (decision.outcome.as_str(), shown(decision.text.as_ref())),
        ("approved", "RESOLVED not to apply.")
    );
    assert_eq!(shown(decision.reasons.as_ref()), "They are right.");
    let [effect] = &decision.effects[..] else { panic!("one effect") };
    let said = [&effect.kind, &effect.about, &effect.choice].map(String::as_str);
    assert_eq!(said, ["merger", "merger/kl", "do_not_apply"]);
    assert_eq!(
        (decisions(&mut house, "do_not_apply").await.len(), decisions(&mut house, "defer").await.len()),
        (1, 0)
    );
}

/// Two bodies whose joint committee commits 8.1 million once; beside it what was lost, and what is told twice.
#[tokio::test]
async fn a_decision_says_how_much_it_commits_and_for_several_bodies_it_does_so_once() {
    let (mut house, _cast) = house_with(|cast| {
        let decided = |item: &str, outcome: &str, pounds: Value, with: Value| {
            let mut facts = decision(&cast.secretary, "body/04K", "2019-07-03").facts;
            facts["outcome"] = json!(outcome);
            facts["meeting"] = json!("meeting/joint-2019-07");
            facts["item"] = json!({"reference": item});
            if with != Value::Null {
                facts["decided_with"] = with;
            }
            facts["delegated_under"] =
                json!({"delegation": "delegation/04k", "function": "mental health", "amount_pounds": pounds});
            told("DecisionRecorded", "body/04K", "register", signs(&cast.register, "register"), facts)
        };
        let with = json!([{"body": "body/04L", "delegation": "delegation/04l"}]);
        let again = decided("J/1", "approved", json!(8_100_000), with.clone());
        vec![
            ccg(&cast.register, "04L"),
            decided("J/1", "approved", json!(8_100_000), with.clone()),
            again,
            decided("J/2", "rejected", json!(5_000), Value::Null),
            decided("J/3", "approved", json!(250), Value::Null),
        ]
    })
    .await;
    for (subject, total) in [("04K", 8_100_250), ("04L", 8_100_000), ("meeting/joint-2019-07", 8_100_250)] {
        let request = proto::ListDecisionsRequest { subject: subject.to_owned(), ..Default::default() };
        let found = house.register.list_decisions(request).await.unwrap().into_inner();
        assert_eq!((found.total_pounds, found.perhaps_pounds), (Some(total), 0), "{subject}");
        let joint = &found.decisions[0];
        assert_eq!((joint.amount_pounds, joint.function.as_str()), (Some(8_100_000), "mental health"));
        let under = |body: &str, delegation: &str| proto::DecidedUnder {
            body: body.to_owned(),
            delegation: delegation.to_owned(),
        };
        assert_eq!(
            joint.decided_under,
            [under("body/04K", "delegation/04k"), under("body/04L", "delegation/04l")]
        );
    }
    // Pages of one are put together to what one page would say.
    let mut all = proto::ListDecisionsResponse::default();
    loop {
        let request = proto::ListDecisionsRequest {
            subject: "04K".to_owned(),
            page_size: 1,
            page_token: std::mem::take(&mut all.next_page_token),
            ..Default::default()
        };
        let page = house.register.list_decisions(request).await.unwrap().into_inner();
        all.decisions.extend(page.decisions);
        all.next_page_token = page.next_page_token;
        if all.next_page_token.is_empty() {
            break;
        }
    }
    all.add_up();
    assert_eq!((all.decisions.len(), all.total_pounds), (4, Some(8_100_250)));
    // What states no amount has no total, not one of nothing.
    assert!(
        house
            .register
            .list_decisions(proto::ListDecisionsRequest {
                subject: "04K".to_owned(),
                topic: "nothing like it".to_owned(),
                ..Default::default()
            })
            .await
            .unwrap()
            .into_inner()
            .total_pounds
            .is_none()
    );
}

/// Three bodies, each of which records what their joint committee decided once; a fourth record is of other words.
#[tokio::test]
async fn what_each_body_recorded_of_one_decision_is_not_counted_for_each_for_certain() {
    let (mut house, _cast) = house_with(|cast| {
        let decided = |body: &str, item: &str, text: &str, pounds: u64| {
            let mut facts = decision(&cast.secretary, body, "2017-11-02").facts;
            facts["outcome"] = json!("approved");
            facts["meeting"] = json!("meeting/joint-2017-11");
            facts["item"] = json!({"reference": item});
            facts["text"] = json!(text);
            facts["delegated_under"] = json!({"delegation": "delegation/d", "amount_pounds": pounds});
            told("DecisionRecorded", body, "register", signs(&cast.register, "register"), facts)
        };
        vec![
            ccg(&cast.register, "04L"),
            ccg(&cast.register, "04M"),
            decided("body/04K", "J/1", "APPROVED the contract.", 8_100_000),
            decided("body/04L", "J/1", "Approved the  contract.", 8_100_000),
            decided("body/04M", "J/1", "APPROVED the contract.", 8_100_000),
            decided("body/04M", "J/2", "APPROVED a lease.", 250),
        ]
    })
    .await;
    let mut asked = async |subject: &str| {
        let request = proto::ListDecisionsRequest { subject: subject.to_owned(), ..Default::default() };
        house.register.list_decisions(request).await.unwrap().into_inner()
    };
    let met = asked("meeting/joint-2017-11").await;
    assert_eq!((met.total_pounds, met.apart_pounds), (Some(8_100_250), 16_200_000));
    let at: Vec<_> = met.decisions.iter().map(|it| it.position).collect();
    let apart: Vec<_> = met.decisions.iter().map(|it| it.told_apart.clone()).collect();
    assert_eq!(apart, [vec![at[1], at[2]], vec![at[0], at[2]], vec![at[0], at[1]], vec![]]);
    // Of one body alone nothing is counted twice, and it says all the same that it may be a part of something.
    let own = asked("04M").await;
    assert_eq!((own.total_pounds, own.apart_pounds), (Some(8_100_250), 0));
    assert_eq!(own.decisions[0].told_apart, [at[0], at[1]]);
}

/// In words of their own it is counted for each body, and the total says that it is perhaps one.
#[tokio::test]
async fn what_each_body_recorded_in_its_own_words_is_perhaps_counted_more_than_once() {
    let (mut house, cast) = house_with(|cast| {
        let decided = |body: &str, item: &str, pounds: u64| {
            let mut facts = decision(&cast.secretary, body, "2017-11-02").facts;
            facts["outcome"] = json!("approved");
            facts["meeting"] = json!("meeting/joint-2017-11");
            facts["item"] = json!({"reference": item});
            facts["text"] = json!(format!("{body} APPROVED it."));
            facts["delegated_under"] = json!({"delegation": "delegation/d", "amount_pounds": pounds});
            told("DecisionRecorded", body, "register", signs(&cast.register, "register"), facts)
        };
        vec![
            ccg(&cast.register, "04L"),
            decided("body/04K", "J/1", 500),
            decided("body/04L", "J/1", 500),
            decided("body/04K", "J/2", 30),
            decided("body/04L", "J/2", 31),
        ]
    })
    .await;
    let request =
        proto::ListDecisionsRequest { subject: "meeting/joint-2017-11".to_owned(), ..Default::default() };
    let met = house.register.list_decisions(request).await.unwrap().into_inner();
    assert_eq!((met.total_pounds, met.perhaps_again_pounds, met.apart_pounds), (Some(1061), 500, 0));
    let at: Vec<_> = met.decisions.iter().map(|it| it.position).collect();
    let perhaps: Vec<_> = met.decisions.iter().map(|it| it.told_in_other_words.clone()).collect();
    assert_eq!(perhaps, [vec![at[1]], vec![at[0]], vec![], vec![]]);
    // Of one body alone it is counted once.
    let request = proto::ListDecisionsRequest { subject: "04K".to_owned(), ..Default::default() };
    let own = house.register.list_decisions(request).await.unwrap().into_inner();
    assert_eq!((own.total_pounds, own.perhaps_again_pounds), (Some(530), 0));
    // Once somebody has said that they are two the total doubts no more, and the finding stays, and says by which entry.
    let findings = async |house: &mut House| {
        let request =
            proto::ListFindingsRequest { rule: "decision.joint-perhaps".to_owned(), ..Default::default() };
        house.register.list_findings(request).await.unwrap().into_inner().findings
    };
    let found = findings(&mut house).await;
    assert_eq!((found.len(), &found[0].answered_by), (1, &vec![]));
    let target = met.decisions[1].id.clone();
    let answer =
        json!({"target": target, "kind": "answer", "finding": found[0].id, "text": "Each pays for itself."});
    let answer = told(
        "RecordAnnotated",
        &format!("record/{target}"),
        "register",
        signs(&cast.register, "register"),
        answer,
    );
    let answered = house.append_all(&[answer.signed(&house.ledger)]).await.unwrap()[0].position;
    let found = findings(&mut house).await;
    assert_eq!((found.len(), &found[0].answered_by), (1, &vec![answered]));
    let request =
        proto::ListDecisionsRequest { subject: "meeting/joint-2017-11".to_owned(), ..Default::default() };
    let met = house.register.list_decisions(request).await.unwrap().into_inner();
    assert_eq!((met.total_pounds, met.perhaps_again_pounds), (Some(1061), 0));
    assert!(met.decisions.iter().all(|it| it.told_in_other_words.is_empty()), "{met:?}");
}

/// Who dissents, to when something is put off, what a committee decides, and who is to do what: by name.
#[tokio::test]
async fn a_decision_says_who_dissents_and_to_when_it_is_deferred_and_is_found_by_its_committee() {
    let (mut house, _cast) = house_with(|cast| {
        let by = || signs(&cast.register, "register");
        let committee = json!({"name": "A committee", "kind": "committee", "parents": ["body/04K"],
            "established_on": "2018-04-01", "functions": ["audit"]});
        let convened = json!({"kind": "single", "bodies": ["body/04K"], "committee": "committee/c",
            "title": "The committee", "starts_at": "2019-07-03T13:00:00+01:00", "parts": ["public"],
            "called_on": "2019-06-01"});
        let mut deferred = decision(&cast.secretary, "body/04K", "2019-07-03").facts;
        deferred["meeting"] = json!("meeting/c");
        deferred["item"] = json!({"reference": "C/1"});
        deferred["outcome"] = json!("deferred");
        deferred["deferred_to"] = json!("meeting/later");
        deferred["dissent"] = json!([{"person": "person/a", "words": "Too late."}, {"person": "person/b"}]);
        let other = decision(&cast.secretary, "body/04K", "2019-07-04").facts;
        let action = |owner: Value| {
            json!({"body": "body/04K", "text": "Bring it.", "owner": owner, "assigned_on": "2019-07-04"})
        };
        vec![
            told("PersonRecorded", "person/a", "register", by(), json!({"name": "Ms A"})),
            told("CommitteeEstablished", "committee/c", "register", by(), committee),
            told("MeetingConvened", "meeting/c", "register", by(), convened),
            told("DecisionRecorded", "body/04K", "register", by(), deferred),
            told("DecisionRecorded", "body/04K", "register", by(), other),
            told("ActionAssigned", "action/a", "register", by(), action(json!({"person": "person/a"}))),
            told("ActionAssigned", "action/b", "register", by(), action(json!({"office": "chair"}))),
        ]
    })
    .await;
    let mut ask = async |subject: &str| {
        let request = proto::ListDecisionsRequest { subject: subject.to_owned(), ..Default::default() };
        house.register.list_decisions(request).await.map(|answer| answer.into_inner().decisions)
    };
    let [first, second] = &ask("04K").await.unwrap()[..] else { panic!("two decisions") };
    assert_eq!((first.deferred_to.as_str(), second.deferred_to.as_str()), ("meeting/later", ""));
    let dissent: Vec<_> = first.dissent.iter().map(|it| (it.person.as_str(), it.words.is_some())).collect();
    assert_eq!(dissent, [("Ms A", true), ("person/b", false)]);
    assert!(second.dissent.is_empty());
    assert_eq!(ask("committee/c").await.unwrap(), std::slice::from_ref(first));
    assert_eq!(ask("committee/none").await.unwrap_err().code(), tonic::Code::NotFound);
    assert_eq!(ask("action/a").await.unwrap_err().code(), tonic::Code::InvalidArgument);
    let request = proto::ListActionsRequest { body: "04K".to_owned(), ..Default::default() };
    let actions = house.register.list_actions(request).await.unwrap().into_inner().actions;
    let owners: Vec<_> =
        actions.iter().map(|action| (action.owner.as_str(), action.owner_name.as_str())).collect();
    assert_eq!(owners, [("person/a", "Ms A"), ("chair", "")]);
}

#[tokio::test]
async fn what_was_decided_on_an_application_that_nobody_tells_of_is_shown() {
    let (mut house, _cast) = house_with(|cast| {
        let merger = json!({"participants": ["body/04K", "body/04L"], "proposed_on": "2019-04-25"});
        let decided =
            json!({"number": 1, "outcome": "approved", "decided_on": "2019-07-01", "reasons": "They fit."});
        let by = || signs(&cast.register, "register");
        vec![
            ccg(&cast.register, "04L"),
            told("MergerProposed", "merger/kl", "register", by(), merger),
            told("RegulatorDecisionRecorded", "merger/kl", "register", by(), decided),
        ]
    })
    .await;
    let request = proto::GetMergerRequest { merger: "merger/kl".to_owned(), view: None };
    let found = house.register.get_merger(request).await.unwrap().into_inner().merger.unwrap();
    assert_eq!((found.state.as_str(), found.application_number), ("approved", 0));
    let [only] = &found.applications[..] else { panic!("one: {:?}", found.applications) };
    assert_eq!(
        (only.number, only.outcome.as_str(), shown(only.reasons.as_ref())),
        (1, "approved", "They fit.")
    );
    assert!(only.applicants.is_empty() && only.submitted_on.is_none() && only.decided_on.is_some());
}

/// A board's partner member sits for a term: it is told with the member, and nobody sits behind its end.
#[tokio::test]
async fn a_governing_body_says_for_which_term_each_member_sits() {
    let (mut house, _cast) = house_with(|cast| {
        let by = || signs(&cast.register, "register");
        let told = |type_name, subject, facts| {
            let mut story = told(type_name, subject, "register", by(), facts);
            story.time = "2026-07-06T09:00:00Z";
            story
        };
        let board = json!({"kind": "icb", "name": "NHS Norfolk and Waveney Integrated Care Board", "from": "2022-07-01",
            "codes": [{"scheme": "ods", "value": "QMM", "from": "2022-07-01"}]});
        let sits = |office: &str, person: &str, until: Option<&str>| {
            let mut facts = json!({"office": office, "person": person, "tenure": "substantive", "effective": "2022-07-01"});
            until.into_iter().for_each(|until| facts["until"] = json!(until));
            told("OfficerAppointed", "body/QMM", facts)
        };
        vec![
            told("BodyRegistered", "body/QMM", board),
            told("PersonRecorded", "person/p", json!({"name": "Ms P"})),
            told("PersonRecorded", "person/q", json!({"name": "Mr Q"})),
            sits("partner_trust", "person/p", Some("2025-07-01")),
            sits("chair", "person/q", None),
        ]
    })
    .await;
    let mut ask = async |day: &str| {
        let request = proto::GetGoverningBodyRequest { body: "QMM".to_owned(), view: as_at(day) };
        let found = house.register.get_governing_body(request).await.unwrap().into_inner();
        let day = |date: &Option<proto::PDate>| date.as_ref().map(|date| date.earliest.clone());
        let terms =
            found.members.iter().flat_map(|member| member.terms.iter().map(move |term| (member, term)));
        let terms = terms.map(|(member, term)| {
            assert!(!term.why.is_empty() && term.standing == "register", "{term:?}");
            (member.name.clone(), term.office.clone(), day(&term.from), day(&term.until))
        });
        terms.collect::<Vec<_>>()
    };
    let term = |name: &str, office: &str, until: Option<&str>| {
        let from = Some("2022-07-01".to_owned());
        (name.to_owned(), office.to_owned(), from, until.map(str::to_owned))
    };
    let (partner, chair) = (term("Ms P", "partner_trust", Some("2025-07-01")), term("Mr Q", "chair", None));
    assert_eq!(ask("2025-06-30").await, [partner, chair.clone()]);
    assert_eq!(ask("2025-07-01").await, [chair]);
}

#[tokio::test]
async fn an_entry_says_that_it_was_corrected_or_withdrawn() {
    let (mut house, cast) =
        house_with(|cast| vec![decision(&cast.secretary, "body/04K", "2019-07-03")]).await;
    let position = PROLOGUE;
    let id: EventId = {
        let request =
            proto::GetEntryRequest { entry: Some(proto::get_entry_request::Entry::Position(position)) };
        let entry = house.log.get_entry(request).await.unwrap().into_inner();
        assert!(entry.corrections.is_empty());
        minutebook_log::Entry::parse(&entry.entry.unwrap().content).unwrap().event().id
    };
    let correct = |kind: &'static str, fields: Value| {
        let mut facts = json!({"target": id, "kind": kind, "reason": "The minutes say so."});
        if fields != Value::Null {
            facts["fields"] = fields;
        }
        let by = signs_for(&cast.secretary, "secretary", "body/04K");
        told("RecordCorrected", &format!("record/{id}"), "own_act", by, facts)
    };
    let day = json!([{"path": "/decided_on", "old": "2019-07-03", "new": "2019-07-04"}]);
    for story in [correct("factual", day), correct("withdrawn", Value::Null)] {
        let event = story.signed(&house.ledger);
        house.append(&event).await.unwrap();
    }
    let request = proto::GetEntryRequest { entry: Some(proto::get_entry_request::Entry::Position(position)) };
    let [first, second] = &house.log.get_entry(request).await.unwrap().into_inner().corrections[..] else {
        panic!("two corrections")
    };
    assert_eq!(
        (first.corrected_at, first.kind.as_str(), first.is_withdrawn),
        (position + 1, "factual", false)
    );
    assert_eq!(
        (first.fields[0].path.as_str(), first.fields[0].new.as_str()),
        ("/decided_on", "\"2019-07-04\"")
    );
    assert_eq!((second.corrected_at, second.is_withdrawn), (position + 2, true));
    let request = proto::ListEntriesRequest { from: position, ..Default::default() };
    let listed = house.log.list_entries(request).await.unwrap().into_inner().corrections;
    assert_eq!(
        listed.iter().map(|it| (it.position, it.corrected_at)).collect::<Vec<_>>(),
        [(position, position + 1), (position, position + 2)]
    );
}

#[tokio::test]
async fn a_code_that_changed_its_meaning_names_whom_it_means() {
    let (mut house, _cast) = house_with(|cast| {
        let register = || signs(&cast.register, "register");
        let gone = json!({"effective": "2019-04-01", "reason": "merger"});
        let code = json!({"scheme": "ods", "value": "04K", "from": "2013-04-01", "until": "2019-04-01"});
        let mut again = ccg(&cast.register, "04K");
        again.subject = "body/04K-2".to_owned();
        again.facts = json!({"kind": "icb", "name": "NHS New Integrated Care Board", "from": "2019-04-01",
            "codes": [{"scheme": "ods", "value": "04K", "from": "2019-04-01"}]});
        vec![
            told("BodyDissolved", "body/04K", "register", register(), gone),
            told("IdentifierAssigned", "body/04K", "register", register(), code),
            again,
        ]
    })
    .await;
    for (day, body, other) in
        [("2018-01-01", "body/04K", "body/04K-2"), ("2019-07-01", "body/04K-2", "body/04K")]
    {
        let request =
            proto::ListMeetingsRequest { body: "04K".to_owned(), view: as_at(day), ..Default::default() };
        let answer = house.register.list_meetings(request).await.unwrap().into_inner();
        assert!(answer.meetings.is_empty(), "empty answers say so too");
        let [meaning] = &answer.answered.unwrap().meanings[..] else { panic!("one code") };
        assert_eq!((meaning.asked.as_str(), meaning.body.as_str()), ("04K", body), "{day}");
        assert_eq!(meaning.also, [other], "{day}");
        let request =
            proto::ListMergersRequest { body: "04K".to_owned(), view: as_at(day), ..Default::default() };
        let answer = house.register.list_mergers(request).await.unwrap().into_inner();
        assert_eq!(answer.answered.unwrap().meanings[0].body, body);
    }
}

#[tokio::test]
async fn a_moment_given_back_is_the_same_answer() {
    let (mut house, _cast) =
        house_with(|cast| vec![ccg(&cast.register, "04L"), ccg(&cast.register, "04M")]).await;
    let ask = async |house: &mut House, known_at: Option<KnownAt>| {
        let view = Some(View { known_at, as_at: "2019-08-01".to_owned(), ..Default::default() });
        let request = proto::ListBodiesRequest { view, ..Default::default() };
        house.register.list_bodies(request).await.unwrap().into_inner()
    };
    let now = ask(&mut house, None).await;
    let moment = now.answered.as_ref().unwrap().known_at.clone();
    assert_eq!(ask(&mut house, Some(KnownAt::KnownAtTime(moment))).await, now);
    // Entries that share their moment with later ones are known by their position alone.
    let earlier = ask(&mut house, Some(KnownAt::KnownAtPosition(PROLOGUE))).await;
    assert_eq!((earlier.bodies.len(), now.bodies.len()), (2, 3));
    assert_eq!(earlier.answered.unwrap().known_at, "");
}

#[tokio::test]
async fn people_documents_and_lineages_are_listed() {
    let (mut house, _cast) = house_with(|cast| {
        let register = || signs(&cast.register, "register");
        let seen = json!({"office": "chair", "person": "person/a1", "observed_on": "2019-07-01", "title_as_written": "Chair"});
        let follows = |successor: &str, on: &str| json!({"successor": successor, "kind": "merger", "effective": on});
        let document = json!({"title": "Minutes", "publisher": "04K", "published": "2019-07-01"});
        vec![
            told("PersonRecorded", "person/a1", "register", register(), json!({"name": "Ms A"})),
            told("OfficerObserved", "body/04K", "register", register(), seen),
            ccg(&cast.register, "04L"),
            ccg(&cast.register, "04M"),
            told("SuccessionRecorded", "body/04K", "register", register(), follows("body/04L", "2020-04-01")),
            told("SuccessionRecorded", "body/04L", "register", register(), follows("body/04M", "2021-04-01")),
            told("DocumentRegistered", "document/m", "register", register(), document),
        ]
    })
    .await;
    let ask = async |house: &mut House, who: &str| {
        let request =
            proto::ListPeopleRequest { who: who.to_owned(), view: as_at("2019-07-06"), ..Default::default() };
        house.register.list_people(request).await.unwrap().into_inner().people
    };
    let [person] = &ask(&mut house, "").await[..] else { panic!("one person") };
    let [office] = &person.offices[..] else { panic!("one office") };
    assert_eq!((shown(person.name.as_ref()), office.office.as_str()), ("Ms A", "chair"));
    assert_eq!((office.body.as_str(), office.state.as_str()), ("body/04K", "perhaps"));
    assert_eq!((ask(&mut house, "ms a").await.len(), ask(&mut house, "nobody").await.len()), (1, 0));

    // Whose word the succession is can be asked.
    let request = proto::GetBodyRequest { body: "04K".to_owned(), view: None };
    let body = house.register.get_body(request).await.unwrap().into_inner().body.unwrap();
    assert_eq!(body.successors[0].sources, Vec::<String>::new(), "this register names no source");

    let request = proto::GetLineageRequest { body: "04K".to_owned(), view: None };
    let steps = house.register.get_lineage(request).await.unwrap().into_inner().steps;
    let line: Vec<_> = steps.iter().map(|step| (step.distance, step.successor.as_str())).collect();
    assert_eq!(line, [(1, "body/04L"), (2, "body/04M")]);

    let request = proto::ListDocumentsRequest::default();
    let documents = house.register.list_documents(request).await.unwrap().into_inner().documents;
    assert_eq!(documents.iter().map(|it| shown(it.title.as_ref())).collect::<Vec<_>>(), ["Minutes"]);
    for (words, found) in [("MINUT", 1), ("agenda", 0)] {
        let request = proto::ListDocumentsRequest { words: words.to_owned(), ..Default::default() };
        let documents = house.register.list_documents(request).await.unwrap().into_inner().documents;
        assert_eq!(documents.len(), found, "{words}");
    }
    let request = proto::ListPartnershipsRequest {
        view: Some(View { scope: Scope::Reported.into(), ..Default::default() }),
        ..Default::default()
    };
    assert!(house.register.list_partnerships(request).await.unwrap().into_inner().partnerships.is_empty());
}

#[tokio::test]
async fn an_office_of_a_body_that_has_ended_is_held_by_nobody() {
    let (mut house, _cast) = house_with(|cast| {
        let gone = json!({"effective": "2019-04-01", "reason": "merger"});
        vec![told("BodyDissolved", "body/04K", "register", signs(&cast.register, "register"), gone)]
    })
    .await;
    for (day, life) in [("2019-03-31", proto::Life::Open), ("2019-04-01", proto::Life::Closed)] {
        let (body, office) = ("body/04K".to_owned(), "chair".to_owned());
        let request = proto::GetOfficeRequest { body, office, view: as_at(day) };
        let answer = house.register.get_office(request).await.unwrap().into_inner();
        assert_eq!((answer.life(), answer.holders.len(), answer.is_vacant), (life, 0, false));
    }
}

#[tokio::test]
async fn numbers_are_answered_as_numbers() {
    let (mut house, _cast) = house_with(|cast| {
        let register = || signs(&cast.register, "register");
        let beds = json!({"number": -200, "unit": "beds", "approximate": true, "written": "around 200"});
        let figure = json!({"about": ["body/04K"], "attribute": "other", "value": {"quantity": beds.clone()}});
        let plan = json!({
            "intends": "other", "mood": "planned", "about": ["body/04K"], "wording": "Fewer beds.", "quantities": [beds],
            "posts": [{"title": "Managing director", "count": 2, "office": "managing_director"}], "gates": "RecruitmentOpened",
        });
        vec![
            told("AttributeReported", "figure/beds", "register", register(), figure),
            told("IntentionRecorded", "intention/beds", "register", register(), plan),
        ]
    })
    .await;
    let request = proto::ListStatedRequest { subject: "04K".to_owned(), ..Default::default() };
    let stated = house.register.list_stated(request).await.unwrap().into_inner().stated;
    let quantity = stated[0].quantity.as_ref().unwrap();
    assert_eq!(
        (quantity.number, quantity.unit.as_str(), quantity.is_approximate),
        (Some(-200), "beds", true)
    );
    let request = proto::ListIntentionsRequest { subject: "body/04K".to_owned(), ..Default::default() };
    let plan = house.register.list_intentions(request).await.unwrap().into_inner().intentions.remove(0);
    assert_eq!((plan.quantities[0].number, plan.gates.as_str()), (Some(-200), "RecruitmentOpened"));
    assert_eq!((plan.posts[0].count, plan.posts[0].office.as_str()), (2, "managing_director"));
}
