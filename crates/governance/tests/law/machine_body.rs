//! The state machines of a body, a committee, a delegation, an action and an intention, as tables (see `machine`).

use crate::machine::{Row, check};
use crate::said::{Said, appointed, decided, established, id, says};
use crate::story::given;
use serde_json::{Value, json};

fn about(subject: &str, type_name: &'static str, facts: Value) -> Said {
    says(type_name, subject, facts)
}

fn directions(change: &str, on: &str) -> Said {
    let facts =
        json!({"id": "finance", "kind": "directions", "change": change, "effective": on, "text": "A plan."});
    about("body/13T", "DirectionsChanged", facts)
}

fn dissolved(on: &str) -> Said {
    let facts = json!({"effective": on, "reason": "order", "successors": ["body/04K"]});
    about("body/13T", "BodyDissolved", facts)
}

fn succeeded(on: &str) -> Said {
    let facts = json!({"successor": "body/04K", "kind": "absorption", "effective": on});
    about("body/13T", "SuccessionRecorded", facts)
}

fn left_open(change: Value, on: &str) -> Said {
    about("action/x", "ActionUpdated", json!({"change": change, "updated_on": on}))
}

fn assigned(body: &str, on: &str) -> Said {
    let facts = json!({"body": format!("body/{body}"), "text": "Write.", "owner": {"office": "chair"}, "assigned_on": on});
    about("action/x", "ActionAssigned", facts)
}

fn acts_of_a_body(day: &str) -> Vec<(&'static str, Said)> {
    let renamed = json!({"name": {"was": "NHS 13T Clinical Commissioning Group", "now": "NHS Tyne Clinical Commissioning Group"},
        "effective": day});
    vec![
        ("establish", established("13T", day)),
        ("rename", about("body/13T", "BodyRenamed", renamed)),
        ("impose", directions("imposed", day)),
        ("lift", directions("lifted", day)),
        ("dissolve", dissolved(day)),
        ("appoint", appointed("13T", "chair", "b", day)),
        ("decide", decided("13T", day, json!({"none": {}}))),
        ("decide-before", decided("13T", "2016-01-01", json!({"none": {}}))),
        ("heir-goes-on", left_open(json!("progressed"), day)),
    ]
}

#[test]
fn a_body_opens_acts_and_closes() {
    let row = |state, said: &[Said], admits| {
        let story = given(said.iter().cloned());
        Row { state, story, acts: acts_of_a_body("2018-01-01"), admits }
    };
    let open = || established("13T", "2015-04-01");
    let action = || assigned("13T", "2016-01-01");
    check(vec![
        row("nothing", &[], "establish"),
        row("open", &[open()], "rename impose dissolve appoint decide decide-before"),
        row(
            "under directions",
            &[open(), directions("imposed", "2017-01-01")],
            "rename lift dissolve appoint decide decide-before",
        ),
        // A designate acts before its first day, and not on what is before.
        row(
            "designate",
            &[established("13T", "2019-04-01")],
            "rename impose dissolve appoint decide decide-before",
        ),
        row(
            "closed",
            &[open(), action(), dissolved("2017-04-01"), succeeded("2017-04-01")],
            "decide-before heir-goes-on",
        ),
    ]);
}

/// The decisions of 04K, 04L and 04M under the ids 1 to 3.
fn resolved() -> Vec<Said> {
    let of = |(number, body): (u8, &str)| decided(body, "2018-01-01", json!({"none": {}})).with_id(number);
    [(1, "04K"), (2, "04L"), (3, "04M")].into_iter().map(of).collect()
}

fn set_up(on: &str) -> Said {
    let facts = json!({"name": "A committee", "kind": "joint", "parents": ["body/04K", "body/04L"], "established_on": on,
        "functions": ["primary care"], "binding": true, "decisions": [id(1), id(2)]});
    about("committee/c", "CommitteeEstablished", facts)
}

fn changed(body: &str, change: Value, number: u8) -> Said {
    let facts = json!({"body": format!("body/{body}"), "change": change, "effective": "2018-06-01", "decision": id(number)});
    about("committee/c", "CommitteeMembershipChanged", facts)
}

fn wound_up(on: &str) -> Said {
    let facts = json!({"parents": ["body/04K", "body/04L"], "effective": on, "decisions": [id(1), id(2)]});
    about("committee/c", "CommitteeDissolved", facts)
}

#[test]
fn a_committee_takes_its_steps_and_no_others() {
    let row = |state, said: &[Said], admits| {
        let story = given(resolved().into_iter().chain(said.iter().cloned()));
        let acts = vec![
            ("establish", set_up("2018-06-01")),
            ("join", changed("04M", json!("body_joined"), 3)),
            ("leave", changed("04K", json!("body_left"), 1)),
            ("join-again", changed("04K", json!("body_joined"), 1)),
            ("leave-never-joined", changed("04M", json!("body_left"), 3)),
            ("send", changed("04K", json!({"member_appointed": {"person": "person/a", "role": "chair"}}), 1)),
            ("vary", changed("04K", json!({"terms_varied": {"functions": ["mental health"]}}), 1)),
            ("dissolve", wound_up("2018-06-01")),
        ];
        Row { state, story, acts, admits }
    };
    check(vec![
        row("nothing", &[], "establish"),
        row("not yet", &[set_up("2018-09-01")], ""),
        row("live", &[set_up("2018-04-01")], "join leave send vary dissolve"),
        row("dissolved", &[set_up("2018-04-01"), wound_up("2018-05-01")], ""),
    ]);
}

fn granted(until: Option<&str>) -> Said {
    let mut facts = json!({"from": "body/04K", "to": {"body": "body/04L"}, "functions": ["contracts"], "onward": "forbidden",
        "basis": {"decision": id(1)}, "effective": "2018-04-01", "on_succession": "lapses"});
    if let Some(until) = until {
        facts["until"] = json!(until);
    }
    about("delegation/d", "DelegationGranted", facts)
}

fn revoked(by: &str, on: &str) -> Said {
    about("delegation/d", "DelegationRevoked", json!({"by": format!("body/{by}"), "effective": on}))
}

#[test]
fn a_delegation_takes_its_steps_and_no_others() {
    let row = |state, said: &[Said], day, admits| {
        let story = given(resolved().into_iter().chain(said.iter().cloned()));
        let mut under = decided("04L", day, json!({"none": {}}));
        under.facts["delegated_under"] = json!({"delegation": "delegation/d", "function": "contracts"});
        let mut granting = granted(None);
        granting.facts["effective"] = json!(day);
        let acts = vec![
            ("grant", granting),
            ("revoke", revoked("04K", day)),
            ("revoke-others", revoked("04L", day)),
            ("decide-under", under),
        ];
        Row { state, story, acts, admits }
    };
    check(vec![
        row("nothing", &[], "2018-06-01", "grant"),
        row("not yet", &[granted(None)], "2018-03-01", ""),
        row("in force", &[granted(None)], "2018-06-01", "revoke decide-under"),
        row("revoked", &[granted(None), revoked("04K", "2018-05-01")], "2018-06-01", ""),
        row("expired", &[granted(Some("2018-05-01"))], "2018-06-01", ""),
    ]);
}

#[test]
fn an_action_takes_its_steps_and_no_others() {
    let row = |state, said: &[Said], admits| {
        let change = |change| left_open(change, "2019-08-01");
        let acts = vec![
            ("assign", assigned("04K", "2019-07-10")),
            ("assign-another", assigned("04L", "2019-07-10")),
            ("go-on", change(json!("progressed"))),
            ("complete", change(json!("completed"))),
            ("cancel", change(json!("cancelled"))),
            ("postpone", change(json!({"postponed": {"due": "2019-12-01"}}))),
            ("transfer", change(json!({"transferred": {"body": "body/04L"}}))),
            ("reopen", change(json!("reopened"))),
        ];
        Row { state, story: given(said.iter().cloned()), acts, admits }
    };
    let open = || assigned("04K", "2019-07-04");
    let then = |change| left_open(change, "2019-07-20");
    let running = "assign go-on complete cancel postpone transfer";
    check(vec![
        row("nothing", &[], "assign assign-another"),
        row("open", &[open()], running),
        row("completed", &[open(), then(json!("completed"))], "reopen"),
        row("cancelled", &[open(), then(json!("cancelled"))], "reopen"),
        row("reopened", &[open(), then(json!("completed")), then(json!("reopened"))], running),
    ]);
}

#[test]
fn an_intention_takes_its_steps_and_no_others() {
    let intended = |when: Value| {
        let mut facts = json!({"intends": "DecisionRecorded", "mood": "planned", "about": ["body/04K"], "wording": "Planned."});
        facts["when"] = when;
        about("intention/i", "IntentionRecorded", facts)
    };
    let fate = |fate: &str, on: &str| {
        about("intention/i", "IntentionResolved", json!({"fate": fate, "resolved_on": on}))
    };
    let row = |state, said: &[Said], admits| {
        let acts = ["met", "lapsed", "contradicted"].map(|word| (word, fate(word, "2019-08-01"))).to_vec();
        Row { state, story: given(said.iter().cloned()), acts, admits }
    };
    let open = || intended(json!("2019-12-01"));
    let meets = decided("04K", "2019-07-04", json!({"none": {}})).fulfilling("intention/i");
    check(vec![
        row("nothing", &[], ""),
        row("open", &[open()], "met lapsed contradicted"),
        row("its day has passed", &[intended(json!("2019-07-01"))], "met lapsed contradicted"),
        row("met", &[open(), meets], ""),
        row("said to be met", &[open(), fate("met", "2019-07-01")], ""),
        row("lapsed", &[open(), fate("lapsed", "2019-07-01")], ""),
        row("contradicted", &[open(), fate("contradicted", "2019-07-01")], ""),
    ]);
}
