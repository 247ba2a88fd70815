//! The state machines of a meeting and of a decision, as tables (see `machine`).

use crate::machine::{Row, check};
use crate::meetings::{agenda, at, both_attend, closed, convened, decides, declared, opened, voted};
use crate::said::{Said, appointed, decided, id, says};
use crate::story::given;
use serde_json::{Value, json};

fn put_off(change: Value) -> Said {
    at("MeetingRescheduled", json!({"change": change, "said_on": "2019-07-02", "reason": "No papers."}))
}

fn drafted(changed_at: Option<&str>) -> Said {
    let mut facts =
        json!({"part": "public", "document": {"title": "Draft", "held": false}, "drafted_on": "2019-07-10"});
    if let Some(meeting) = changed_at {
        facts["changed_at"] = json!(meeting);
    }
    at("MinutesDrafted", facts)
}

fn approved(body: &str) -> Said {
    let facts = json!({"part": "public", "body": format!("body/{body}"), "at_meeting": "meeting/n",
        "approved_on": "2019-09-05", "document": {"title": "Minutes", "held": false}});
    at("MinutesApproved", facts)
}

/// The sitting at which minutes are approved.
fn next() -> Said {
    let mut said = Said { subject: "meeting/n".to_owned(), ..convened() };
    said.facts["starts_at"] = json!("2019-09-05T13:00:00+01:00");
    said
}

fn moved() -> Said {
    at("MotionMoved", json!({"item": "i1", "body": "body/04K", "motion": "main", "text": "To agree."}))
}

fn acts_at_a_meeting() -> Vec<(&'static str, Said)> {
    let mut added = agenda();
    let item =
        json!({"reference": "i4", "title": "Urgent", "part": "public", "added_because": "It can't wait."});
    added.facts["items"].as_array_mut().unwrap().push(item);
    vec![
        ("convene", convened()),
        ("agenda", added),
        ("postpone", put_off(json!({"postponed": {}}))),
        ("cancel", put_off(json!("cancelled"))),
        ("open", opened()),
        ("attend", both_attend()),
        ("declare", declared("person/a", json!(["note"]))),
        ("move", moved()),
        ("vote", voted("i1", "04K", json!({"for": 2, "against": 0}))),
        ("decide", decides("i1", "04K", json!({"none": {}}))),
        ("close", closed()),
        ("draft", drafted(None)),
        ("change", drafted(Some("meeting/n"))),
        ("approve", approved("04K")),
    ]
}

#[test]
fn a_meeting_takes_its_steps_and_no_others() {
    let officer = || appointed("04K", "chair", "a", "2013-04-01");
    let row = |state, said: &[Said], admits| {
        let story = given([officer(), next()].into_iter().chain(said.iter().cloned()));
        Row { state, story, acts: acts_at_a_meeting(), admits }
    };
    let sits = || vec![convened(), agenda(), opened(), both_attend()];
    let then = |more: &[Said]| [sits(), more.to_vec()].concat();
    let called = "convene agenda postpone cancel open";
    check(vec![
        row("nothing", &[], "convene"),
        row("convened", &[convened()], called),
        row("agenda published", &[convened(), agenda()], called),
        row("postponed", &[convened(), agenda(), put_off(json!({"postponed": {}}))], called),
        row("cancelled", &[convened(), agenda(), put_off(json!("cancelled"))], ""),
        row("open", &sits(), "agenda attend declare move vote decide close"),
        row("closed", &then(&[closed()]), "attend declare move vote decide draft change"),
        row(
            "minutes drafted",
            &then(&[closed(), drafted(None)]),
            "attend declare move vote decide draft change approve",
        ),
        row(
            "minutes approved",
            &then(&[closed(), drafted(None), approved("04K"), approved("04L")]),
            "change",
        ),
    ]);
}

fn resolved(number: u8, on: &str) -> Said {
    decided("04K", on, json!({"none": {}})).with_id(number)
}

fn urgent() -> Said {
    let mut said = resolved(1, "2019-07-04");
    said.facts["mode"] = json!("urgent");
    said.facts["urgent"] = json!({"taken_by": ["person/a"], "consulted": ["person/a", "person/b"],
        "grounds": "It could not wait.", "ratify_by": "2019-09-05"});
    said
}

fn ratified(outcome: &str) -> Said {
    says(
        "DecisionRatified",
        "body/04K",
        json!({"decision": id(1), "outcome": outcome, "ratified_on": "2019-09-05"}),
    )
}

fn rescinded() -> Said {
    says(
        "DecisionRescinded",
        "body/04K",
        json!({"decision": id(1), "by_decision": id(2), "effective": "2019-10-01"}),
    )
}

#[test]
fn a_decision_takes_its_steps_and_no_others() {
    let newer = || resolved(2, "2019-09-01");
    let row = |state, said: &[Said], admits| {
        let acts = vec![
            ("ratify", ratified("ratified")),
            ("refuse", ratified("refused")),
            ("rescind", rescinded()),
            ("decide", decided("04K", "2019-10-01", json!({"none": {}}))),
        ];
        Row { state, story: given(said.iter().cloned()), acts, admits }
    };
    let stands = || resolved(1, "2019-07-04");
    check(vec![
        row("nothing", &[newer()], "decide"),
        row("recorded", &[stands(), newer()], "rescind decide"),
        row("recorded, nothing newer", &[stands()], "decide"),
        row("rescinded", &[stands(), newer(), rescinded()], "decide"),
        row("urgent", &[urgent(), newer()], "ratify refuse rescind decide"),
        row("ratified", &[urgent(), newer(), ratified("ratified")], "rescind decide"),
        row("ratification refused", &[urgent(), newer(), ratified("refused")], "rescind decide"),
        row("urgent, rescinded", &[urgent(), newer(), rescinded()], "decide"),
    ]);
}
