//! Minutes: drafted, approved at a later sitting, also by a successor; and held against the book.

use crate::meetings::{MEETING, at, closed, convened, decides, sitting};
use crate::said::{Said, merged, says, up_to_approval};
use crate::story::Story;
use minutebook_governance::meetings::{Meeting, MeetingState, meeting};
use serde_json::{Value, json};

fn drafted(part: &str, decisions: Value) -> Said {
    let mut facts = json!({"part": part, "document": {"title": "Draft minutes", "held": false}, "drafted_on": "2019-07-10"});
    if decisions != json!([]) {
        facts["decisions"] = decisions;
    }
    at("MinutesDrafted", facts)
}

fn approved(part: &str, body: &str, at_meeting: &str) -> Said {
    let facts = json!({"part": part, "body": format!("body/{body}"), "at_meeting": at_meeting,
        "approved_on": "2019-09-05", "document": {"title": "Minutes", "held": false}});
    at("MinutesApproved", facts)
}

/// The next meeting in common.
fn next() -> Said {
    let mut said = convened();
    said.subject = "meeting/n".to_owned();
    said.facts["starts_at"] = json!("2019-09-05T13:00:00+01:00");
    said
}

fn over() -> Story {
    sitting().and([closed(), next()])
}

fn draft_of_one() -> Said {
    drafted("public", json!([{"item": "i1", "body": "body/04K"}]))
}

fn seen(story: &Story, day: &str) -> Meeting {
    meeting(story.record(), &MEETING.parse().unwrap(), story.at(day)).unwrap()
}

#[test]
fn minutes_are_drafted_then_approved_by_each_body() {
    over().and([draft_of_one()]).when(approved("public", "04K", "meeting/n")).then_obeys("minutes.drafted");
    over().when(approved("public", "04K", "meeting/n")).then_refused("minutes.drafted");
    let story = over().and([draft_of_one(), approved("public", "04K", "meeting/n")]);
    assert_eq!(seen(&story, "2019-09-05").state, MeetingState::MinutesDrafted);
    let story = story.when(approved("private", "04K", "meeting/n")).then_refused("minutes.drafted");
    let story = story.when(approved("public", "04K", "meeting/n")).then_refused("minutes.drafted");
    let story = story.and([approved("public", "04L", "meeting/n")]);
    assert_eq!(seen(&story, "2019-09-05").state, MeetingState::MinutesApproved);
    assert_eq!(seen(&story, "2019-09-04").state, MeetingState::MinutesDrafted);
}

#[test]
fn a_later_sitting_approves_them() {
    let story = || over().and([draft_of_one()]);
    story().when(approved("public", "04K", "meeting/n")).then_obeys("minutes.later-sitting");
    story().when(approved("public", "04K", MEETING)).then_refused("minutes.later-sitting");
    story().when(approved("public", "04K", "meeting/none")).then_refused("minutes.later-sitting");
    let mut earlier = next();
    earlier.facts["starts_at"] = json!("2019-06-30T13:00:00+01:00");
    earlier.subject = "meeting/e".to_owned();
    story().and([earlier]).when(approved("public", "04K", "meeting/e")).then_refused("minutes.later-sitting");
}

#[test]
fn a_successor_approves_what_its_predecessors_left() {
    let story = over().and([draft_of_one()]).and(up_to_approval()).and([merged()]);
    let first = says(
        "MeetingConvened",
        "meeting/first",
        json!({"kind": "single", "bodies": ["body/52R"], "title": "First meeting",
            "starts_at": "2020-04-08T09:00:00+01:00", "parts": ["public"], "called_on": "2020-04-01"}),
    );
    let mut approval = approved("public", "52R", "meeting/first");
    approval.facts["approved_on"] = json!("2020-04-08");
    let story = story.and([first]).when(approval).then_obeys("minutes.later-sitting");
    assert_eq!(seen(&story, "2020-04-08").state, MeetingState::MinutesApproved);
    assert_eq!(seen(&story, "2020-04-07").state, MeetingState::MinutesDrafted);
}

#[test]
fn approved_minutes_change_only_by_a_later_meeting() {
    let approved = || over().and([draft_of_one(), approved("public", "04K", "meeting/n")]);
    let changed = |at: &str| {
        let mut said = draft_of_one();
        said.facts["changed_at"] = json!(at);
        said
    };
    over().and([draft_of_one()]).when(draft_of_one()).then_obeys("minutes.changed");
    approved().when(draft_of_one()).then_refused("minutes.changed");
    approved().when(changed(MEETING)).then_refused("minutes.changed");
    let story = approved().when(changed("meeting/n")).then_obeys("minutes.changed");
    assert!(seen(&story, "2019-09-05").approvals.is_empty(), "what was changed is approved anew");
    // Other minutes are not touched by it.
    approved().when(drafted("private", json!([]))).then_obeys("minutes.changed");
}

#[test]
fn after_approval_nothing_more_was_decided() {
    let story = over().and([draft_of_one()]);
    let story = story.and([approved("public", "04K", "meeting/n"), approved("public", "04L", "meeting/n")]);
    story.when(decides("i1", "04K", json!({"none": {}}))).then_refused("meeting.step");
}

#[test]
fn the_chair_signs() {
    let by_both = || {
        let said = approved("public", "04K", "meeting/n");
        said.by(&[("secretary-04K", "secretary", "body/04K"), ("chair-04K", "chair", "body/04K")])
    };
    let chair = [
        crate::story::enrolled("chair-04K", "chair-04K"),
        crate::story::granted("chair-04K", "chair", json!(["body/04K"]), json!(["own_act"])),
    ];
    let story = || over().and([draft_of_one()]);
    story().and(chair).when(by_both()).then_obeys("minutes.chair-signs");
    story().when(approved("public", "04K", "meeting/n")).then_found("minutes.chair-signs");
}

#[test]
fn minutes_and_book_hold_the_same_decisions() {
    let story = sitting().and([decides("i1", "04K", json!({"none": {}})), closed()]);
    let story = story.finds_no("minutes.decisions", "2019-07-31").and([draft_of_one()]);
    let story = story.finds_no("minutes.decisions", "2019-07-31");
    // In the minutes alone.
    let both = json!([{"item": "i1", "body": "body/04K"}, {"item": "i2", "body": "body/04L"}]);
    let story = story.and([drafted("public", both)]).finds("minutes.decisions", "2019-07-31");
    // In the book alone.
    let story = story.and([drafted("public", json!([]))]).finds("minutes.decisions", "2019-07-31");
    let twice = json!([{"item": "i1", "body": "body/04K"}, {"item": "i1", "body": "body/04K"}]);
    story.when(drafted("public", twice)).then_malformed("/data/facts/decisions");
}
