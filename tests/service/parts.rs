//! Public and private minutes are apart: the public ones name nothing of what concerns the private part alone, by whatever way.

use crate::support::{Cast, House, Signs, Story, decision, signs};
use minutebook::proto::{self, GetMinutesResponse};
use minutebook::shown::phrases::text as shown;
use minutebook_log::Signed;
use serde_json::{Value, json};

fn told<'a>(type_name: &'a str, subject: &str, by: Signs<'a>, facts: Value) -> Story<'a> {
    let (subject, time) = (subject.to_owned(), "2019-07-06T09:00:00Z");
    Story { type_name, subject, time, standing: "register", signs: vec![by], facts }
}

fn corrected<'a>(target: &Signed, kind: &str, reason: &str, fields: Value, by: Signs<'a>) -> Story<'a> {
    let id = target.event().id.to_string();
    let mut facts = json!({"target": id, "kind": kind, "reason": reason});
    if fields != Value::Null {
        facts["fields"] = fields;
    }
    told("RecordCorrected", &format!("record/{id}"), by, facts)
}

/// What was done at a meeting of two parts: a decision of each that stays, and one of each that is withdrawn.
async fn held() -> (House, Cast, Vec<Signed>) {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    let by = || signs(&cast.register, "register");
    let said = |type_name, facts| told(type_name, "meeting/parts", by(), facts);
    let decided = |item: &str, text: &str| {
        let mut facts = decision(&cast.secretary, "body/04K", "2019-07-04").facts;
        facts["meeting"] = json!("meeting/parts");
        facts["item"] = json!({"reference": item});
        facts["text"] = json!(text);
        told("DecisionRecorded", "body/04K", by(), facts)
    };
    let draft = |part: &str, decisions: Value| {
        said(
            "MinutesDrafted",
            json!({"part": part, "document": {"title": part, "held": false},
            "drafted_on": "2019-07-05", "decisions": decisions}),
        )
    };
    let item =
        |reference: &str, part: &str| json!({"reference": reference, "title": reference, "part": part});
    let items = json!([
        item("OPEN/1", "public"),
        item("OPEN/2", "public"),
        item("SHUT/1", "private"),
        item("SHUT/2", "private")
    ]);
    let of = |item: &str| json!({"item": item, "body": "body/04K"});
    let stories = [
        said(
            "MeetingConvened",
            json!({"kind": "single", "bodies": ["body/04K"], "title": "Governing body",
            "starts_at": "2019-07-04T13:00:00+01:00", "parts": ["public", "private"], "called_on": "2019-06-01"}),
        ),
        said("AgendaPublished", json!({"version": 1, "published_on": "2019-06-27", "items": items})),
        said(
            "MeetingOpened",
            json!({"started_at": "2019-07-04T13:00:00+01:00", "chairs": [{"person": "person/a"}]}),
        ),
        said("MeetingClosed", json!({"ended_at": "2019-07-04T16:00:00+01:00"})),
        decided("OPEN/1", "It opens."),
        decided("OPEN/2", "It opens too."),
        decided("SHUT/1", "It shuts."),
        decided("SHUT/2", "It shuts too."),
        draft("public", json!([of("OPEN/2")])),
        draft("private", json!([of("SHUT/2")])),
    ];
    let person = told("PersonRecorded", "person/a", by(), json!({"name": "Ms A"})).signed(&house.ledger);
    house.append(&person).await.unwrap();
    let events: Vec<_> = stories.iter().map(|story| story.signed(&house.ledger)).collect();
    house.append_all(&events).await.unwrap();
    (house, cast, events)
}

async fn minutes(house: &mut House, part: &str) -> GetMinutesResponse {
    let (meeting, part) = ("meeting/parts".to_owned(), part.to_owned());
    let request = proto::GetMinutesRequest { meeting, part, ..Default::default() };
    house.register.get_minutes(request).await.unwrap().into_inner()
}

/// The reasons of the corrections that the minutes name.
fn reasons(found: &GetMinutesResponse) -> Vec<&str> {
    found.answered.as_ref().unwrap().corrections.iter().map(|it| shown(it.reason.as_ref())).collect()
}

#[tokio::test]
async fn public_minutes_say_nothing_of_the_private_part() {
    let (mut house, cast, events) = held().await;
    let by = || signs(&cast.register, "register");
    let text = |old: &str, new: &str| json!([{"path": "/text", "old": old, "new": new}]);
    let title =
        |old: &str| json!([{"path": "/document/title", "old": old, "new": format!("{old}, amended")}]);
    let agenda = json!([{"path": "/items/2/title", "old": "SHUT/1", "new": "SHUT/1, a lease"}]);
    let corrections = [
        corrected(&events[1], "factual", "SHUT why of the agenda", agenda, by()),
        corrected(&events[4], "factual", "OPEN why", text("It opens.", "It opened."), by()),
        corrected(&events[6], "factual", "SHUT why", text("It shuts.", "It was shut."), by()),
        corrected(&events[8], "factual", "OPEN draft", title("public"), by()),
        corrected(&events[9], "factual", "SHUT draft", title("private"), by()),
    ];
    let corrections: Vec<_> = corrections.iter().map(|story| story.signed(&house.ledger)).collect();
    house.append_all(&corrections).await.unwrap();
    let public = minutes(&mut house, "public").await;
    assert!(!format!("{public:?}").contains("SHUT"), "{public:#?}");
    let kept = "why is told with the entry, which speaks of both parts";
    assert_eq!(reasons(&public), [kept, "OPEN why", "OPEN draft"]);
    let found: Vec<_> = public.findings.iter().map(|it| it.found.as_str()).collect();
    assert!(found.contains(&"OPEN/1 of body/04K is not in the minutes"), "{found:?}");
    let private = minutes(&mut house, "private").await;
    assert!(!format!("{private:?}").contains("OPEN"), "{private:#?}");
    assert_eq!(reasons(&private), ["SHUT why of the agenda", "SHUT why", "SHUT draft"]);
    let found: Vec<_> = private.findings.iter().map(|it| it.found.as_str()).collect();
    assert!(found.contains(&"SHUT/1 of body/04K is not in the minutes"), "{found:?}");
}

#[tokio::test]
async fn minutes_name_what_was_withdrawn_of_their_part() {
    let (mut house, cast, events) = held().await;
    let by = || signs(&cast.register, "register");
    assert!(reasons(&minutes(&mut house, "public").await).is_empty());
    let gone = |at: usize, reason: &str| corrected(&events[at], "withdrawn", reason, Value::Null, by());
    let gone =
        [gone(3, "It went on."), gone(5, "OPEN gone"), gone(7, "SHUT gone"), gone(9, "SHUT draft gone")];
    let gone: Vec<_> = gone.iter().map(|story| story.signed(&house.ledger)).collect();
    house.append_all(&gone).await.unwrap();
    let public = minutes(&mut house, "public").await;
    assert_eq!(reasons(&public), ["It went on.", "OPEN gone"]);
    assert!(!format!("{public:?}").contains("SHUT"), "{public:#?}");
    let private = minutes(&mut house, "private").await;
    assert_eq!(reasons(&private), ["It went on.", "SHUT gone", "SHUT draft gone"]);
    let named = private.answered.unwrap().corrections;
    assert!(named.iter().all(|it| it.is_withdrawn && it.by == ["register"]), "{named:?}");
}

#[tokio::test]
async fn each_row_of_minutes_names_its_entry() {
    let (mut house, cast, _events) = held().await;
    let by = || signs(&cast.register, "register");
    let said = |type_name, facts| told(type_name, "meeting/parts", by(), facts);
    let attends = json!({"person": "person/a", "as": "voting", "bodies": ["body/04K"]});
    let asked = json!([{"question": "Why now?", "answer": "The law."}]);
    let stories = [
        said("AttendanceRecorded", json!({"attendees": [attends]})),
        said(
            "InterestDeclared",
            json!({"person": "person/a", "items": ["OPEN/1"], "kind": "financial", "nature": "A practice.",
            "handling": ["note"]}),
        ),
        said(
            "MotionMoved",
            json!({"body": "body/04K", "item": "OPEN/1", "motion": "A", "text": "That it opens."}),
        ),
        said(
            "VoteTaken",
            json!({"body": "body/04K", "item": "OPEN/1", "method": "show_of_hands",
            "votes": {"for": 1, "against": 0}}),
        ),
        said("MeetingClosed", json!({"ended_at": "2019-07-04T16:00:00+01:00", "questions": asked})),
        said(
            "MinutesApproved",
            json!({"part": "public", "body": "body/04K", "at_meeting": "meeting/next", "approved_on": "2019-07-05",
            "document": {"title": "Minutes", "held": false}}),
        ),
    ];
    let events: Vec<_> = stories.iter().map(|story| story.signed(&house.ledger)).collect();
    let at: Vec<_> = house.append_all(&events).await.unwrap().iter().map(|it| it.position).collect();
    let found = minutes(&mut house, "public").await;
    let item = &found.items[0];
    assert_eq!(found.people[0].why, [at[0]]);
    assert_eq!((found.interests[0].position, item.motions[0].position), (at[1], at[2]));
    assert_eq!((item.votes[0].position, found.questions[0].position), (at[3], at[4]));
    assert_eq!(found.approvals[0].position, at[5]);
    let agenda = item.agenda_at.unwrap();
    let request = proto::GetEntryRequest { entry: Some(proto::get_entry_request::Entry::Position(agenda)) };
    let entry = house.log.get_entry(request).await.unwrap().into_inner().entry.unwrap();
    assert!(String::from_utf8_lossy(&entry.content).contains("AgendaPublished"), "entry {agenda}");
}
