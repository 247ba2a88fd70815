//! Days: what has happened is not later than its record; clocks agree; a body acts from when it is named.

use crate::meetings::{agenda, closed, convened, opened, with};
use crate::said::{Said, appointed, ccg, decided, established, id, month, says};
use crate::story::{Story, given, given_live};
use serde_json::{Value, json};

const NOON: &str = "2019-07-04T12:00:00Z";

fn decides(on: Value) -> Said {
    with(decided("04K", "2019-07-04", json!({"none": {}})), "decided_on", on)
}

/// At noon of 4 July 2019, in a ledger of acts as they are made.
fn at_noon() -> Story {
    given_live(NOON, [])
}

#[test]
fn what_has_happened_is_no_later_than_its_record() {
    let rule = "act.happened";
    at_noon().when(decides(json!("2019-07-04"))).then_obeys(rule);
    at_noon().when(decides(json!("2019-07-05"))).then_refused("act.happened");
    at_noon().when(decides(json!("2028-07-04"))).then_refused(rule);
    // Words that may mean a later day too are taken, and found: what is recorded has happened, and the words can say so.
    at_noon().when(decides(month("2019-07", 31))).then_found("act.happened");
    at_noon().when(decides(month("2019-07", 31)).with_standing("own_record").with_minutes()).then_found(rule);
    at_noon().when(decides(month("2019-07", 31)).in_the_press()).then_obeys(rule);
    let early = json!({"written": "early July 2019", "earliest": "2019-07-01", "latest": "2019-07-04"});
    at_noon().when(decides(early)).then_obeys("act.happened");
    at_noon().when(decides(json!({"written": "lately", "earliest": "2019-06-01"}))).then_obeys(rule);
    at_noon().when(decides(month("2019-08", 31))).then_refused(rule);
    at_noon().when(decides(month("2019-08", 31)).in_the_press()).then_found(rule);
    // Half past midnight by an English clock is yesterday in UTC.
    let late = || given_live("2019-07-04T23:30:00Z", []);
    late().when(decides(json!("2019-07-05"))).then_obeys(rule);
    late().when(decides(json!("2019-07-06"))).then_refused(rule);
    // Past acts from minutes are not of tomorrow either; of what others say it is found.
    let past = decides(json!("2019-07-05")).with_standing("own_record").with_minutes();
    at_noon().when(past).then_refused(rule);
    let reported = decides(json!("2019-07-05")).in_the_press();
    at_noon().when(reported).then_found(rule);
    // A ledger that plays the past again goes by the events' own times.
    given([]).when(decides(json!("2028-07-04"))).then_obeys(rule);
}

#[test]
fn a_meeting_that_has_not_sat_is_not_recorded_as_held() {
    let called = || given_live(NOON, [appointed("04K", "chair", "a", "2013-04-01"), convened(), agenda()]);
    // Noon in UTC is one o'clock in England: it opens at five past.
    let rule = "act.happened";
    called().when(opened()).then_obeys(rule);
    let evening = with(opened(), "started_at", json!("2019-07-04T18:00:00+01:00"));
    called().when(evening).then_refused(rule);
    let mut sits = called().and([opened()]).when(closed()).then_refused(rule);
    // The refusal says until which moment it could be.
    let refusal = sits.tries(&closed()).unwrap_err().to_string();
    assert!(refusal.contains("needed 2019-07-04T13:00:00+01:00 or earlier"), "{refusal}");
    let later = given_live("2019-07-04T15:00:00Z", [appointed("04K", "chair", "a", "2013-04-01")]);
    later.and([convened(), agenda(), opened()]).when(closed()).then_obeys(rule);
}

#[test]
fn what_is_planned_may_be_to_come() {
    at_noon().when(established("13T", "2020-04-01")).then_obeys("act.happened");
    at_noon()
        .when(with(convened(), "starts_at", json!("2019-09-04T13:00:00+01:00")))
        .then_obeys("act.happened");
    let action = |assigned: &str| {
        says(
            "ActionAssigned",
            "action/a",
            json!({"body": "body/04K", "text": "Bring the paper.", "owner": {"office": "chair"},
                "assigned_on": assigned, "due": "2019-12-01"}),
        )
    };
    at_noon().when(action("2019-07-04")).then_obeys("act.happened");
    at_noon().when(action("2019-09-04")).then_refused("act.happened");
}

#[test]
fn a_correction_brings_nothing_into_the_future() {
    let fix = |day: &str| {
        let field = json!({"path": "/decided_on", "old": "2019-07-04", "new": day});
        let facts = json!({"target": id(1), "kind": "factual", "fields": [field], "reason": "Wrong."});
        says("RecordCorrected", &format!("record/{}", id(1)), facts)
    };
    let minuted = || at_noon().and([decides(json!("2019-07-04")).with_id(1)]);
    minuted().when(fix("2019-07-03")).then_obeys("act.happened");
    minuted().when(fix("2019-07-05")).then_refused("act.happened");
}

#[test]
fn an_event_is_recorded_soon_after_it_is_written() {
    let rule = "event.clock";
    let written = |at: &str| Said { time: Some(at.to_owned()), ..decides(json!("2019-07-01")) };
    at_noon().when(written("2019-07-04T12:04:00Z")).then_obeys("event.clock");
    at_noon().when(written("2019-06-10T12:00:00Z")).then_obeys(rule);
    at_noon().when(written("2019-07-04T13:00:00Z")).then_found("event.clock");
    at_noon().when(written("2019-05-01T12:00:00Z")).then_found(rule);
    given([]).when(written("2019-05-01T12:00:00Z")).then_obeys(rule);
}

#[test]
fn an_hour_is_written_as_english_clocks_show_it() {
    let starts = |at: &str| with(convened(), "starts_at", json!(at));
    given([]).when(starts("2019-07-04T13:00:00+01:00")).then_obeys("instant.offset");
    given([]).when(starts("2019-12-04T13:00:00+00:00")).then_obeys("instant.offset");
    given([]).when(starts("2019-07-04T12:00:00Z")).then_obeys("instant.offset");
    for at in ["2019-07-04T14:00:00+02:00", "2019-12-04T13:00:00+01:00", "2019-07-04T13:00:00+00:00"] {
        given([]).when(starts(at)).then_found("instant.offset");
    }
}

#[test]
fn a_designate_acts_from_the_day_on_which_it_is_named() {
    let rule = "body.open";
    let decides = |on: &str| decided("13T", on, json!({"none": {}}));
    let named = |ordered: Option<&str>| {
        let mut said = established("13T", "2019-10-01");
        if let Some(day) = ordered {
            said.facts["ordered_on"] = json!(day);
        }
        given_live(NOON, [said])
    };
    // The order was recorded on 4 July, and nothing says that it was made before.
    named(None).when(decides("2019-07-04")).then_obeys(rule);
    named(None).when(decides("2019-07-03")).then_refused(rule);
    named(None).when(decides("1026-07-03")).then_refused(rule);
    named(Some("2019-06-20")).when(decides("2019-06-20")).then_obeys(rule);
    named(Some("2019-06-20")).when(decides("2019-06-19")).then_refused(rule);
    named(Some("2019-06-20")).when(decides("1026-07-03")).then_refused(rule);
    // Somewhere in June: a day of that month may be before or after.
    let mut june = established("13T", "2019-10-01");
    june.facts["ordered_on"] = month("2019-06", 30);
    given_live(NOON, [june]).when(decides("2019-06-20")).then_found(rule);
}

#[test]
fn a_first_meeting_is_called_before_the_body_opens() {
    let first = |starts: &str| {
        says(
            "MeetingConvened",
            "meeting/first",
            json!({"kind": "single", "bodies": ["body/13T"], "title": "First meeting", "starts_at": starts,
                "parts": ["public"], "called_on": "2019-07-04"}),
        )
    };
    // Its secretary may sign for acts from its first day on.
    let mut grant =
        crate::story::granted("register-two", "secretary", json!(["body/13T"]), json!(["own_act"]));
    (grant.subject, grant.facts["acts_from"]) = ("grant/first".to_owned(), json!("2019-10-01"));
    let by = |said: Said| said.by(&[("register-two", "secretary", "body/13T")]);
    let story = || given_live(NOON, [established("13T", "2019-10-01"), grant.clone()]);
    story().when(by(first("2019-10-01T09:00:00+01:00"))).then_obeys("authority.grant");
    let notice = with(agenda(), "items", json!([{"reference": "1", "title": "Chair", "part": "public"}]));
    let notice =
        Said { subject: "meeting/first".to_owned(), ..with(notice, "published_on", json!("2019-07-04")) };
    story().and([by(first("2019-10-01T09:00:00+01:00"))]).when(by(notice)).then_obeys("authority.grant");
    story().when(by(first("2019-09-30T09:00:00+01:00"))).then_refused("authority.grant");
}

#[test]
fn a_registered_body_acts_from_its_first_day() {
    let mut listed = ccg("13T");
    listed.facts["from"] = json!("2015-04-01");
    given([listed]).when(decided("13T", "2015-03-31", json!({"none": {}}))).then_refused("body.open");
}
