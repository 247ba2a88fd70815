//! Actions: one id from the meeting that assigned it to whoever completes it, across successions.

use crate::said::{Said, decided, merged, month, says, up_to_approval};
use crate::story::{Story, given};
use minutebook_governance::actions::{Action, ActionState, action, action_log, actions_of};
use serde_json::{Value, json};

pub(crate) fn assigned(id: &str, body: &str, due: &str) -> Said {
    says(
        "ActionAssigned",
        &format!("action/{id}"),
        json!({"body": format!("body/{body}"), "text": "Bring the paper.", "owner": {"person": "person/a"},
            "assigned_on": "2019-07-04", "due": due}),
    )
}

fn updated(id: &str, change: Value, on: &str) -> Said {
    says("ActionUpdated", &format!("action/{id}"), json!({"change": change, "updated_on": on}))
}

fn seen(story: &Story, id: &str, day: &str) -> Action {
    action(story.record(), &format!("action/{id}").parse().unwrap(), story.at(day)).unwrap()
}

fn open_of(story: &Story, body: &str, day: &str) -> Vec<String> {
    let found = actions_of(story.record(), &format!("body/{body}").parse().unwrap(), story.at(day));
    let open = found.iter().filter(|action| action.state == ActionState::Open);
    open.map(|action| action.id.slug().to_owned()).collect()
}

#[test]
fn only_what_was_assigned_is_updated() {
    let done = || updated("x", json!("completed"), "2019-09-01");
    given([assigned("x", "04K", "2019-09-05")]).when(done()).then_obeys("action.assigned");
    given([]).when(done()).then_refused("action.assigned");
    given([assigned("x", "04K", "2019-09-05").in_the_press()]).when(done()).then_refused("action.assigned");
}

#[test]
fn what_is_done_is_reopened_before_it_goes_on() {
    let change = |change: Value| updated("x", change, "2019-09-01");
    let open = || given([assigned("x", "04K", "2019-09-05")]);
    let done = || open().and([change(json!("completed"))]);
    for possible in [
        json!("progressed"),
        json!("completed"),
        json!("cancelled"),
        json!({"postponed": {"due": "2019-12-01"}}),
        json!({"transferred": {"owner": {"office": "chair"}}}),
    ] {
        open().when(change(possible.clone())).then_obeys("action.step");
        done().when(change(possible)).then_refused("action.step");
    }
    done().when(change(json!("reopened"))).then_obeys("action.step");
    open().when(change(json!("reopened"))).then_refused("action.step");
    open().when(change(json!({"transferred": {}}))).then_malformed("/data/facts/change/transferred");
}

#[test]
fn an_action_is_its_bodys() {
    let by = |body: &str| {
        let signed = updated("x", json!("completed"), "2019-09-01");
        signed.by(&[(&format!("secretary-{body}"), "secretary", &format!("body/{body}"))])
    };
    given([assigned("x", "04K", "2019-09-05")]).when(by("04K")).then_obeys("action.signed-for");
    given([assigned("x", "04K", "2019-09-05")]).when(by("04L")).then_refused("action.signed-for");
    let passed = updated("x", json!({"transferred": {"body": "body/04L"}}), "2019-08-01");
    let story = given([assigned("x", "04K", "2019-09-05"), passed]);
    assert_eq!(
        (open_of(&story, "04K", "2019-08-01").len(), open_of(&story, "04L", "2019-08-01").len()),
        (0, 1)
    );
    assert_eq!(open_of(&story, "04K", "2019-07-31"), ["x"]);
    // The log of the body that had it keeps it, with the body that has it now.
    let log = action_log(story.record(), &"body/04K".parse().unwrap(), story.at("2019-08-01"));
    let kept: Vec<_> =
        log.iter().map(|it| (it.assigned_by.slug(), it.assigned.body.slug(), it.updates.len())).collect();
    assert_eq!(kept, [("04K", "04L", 1)]);
    story.when(by("04L")).then_obeys("action.signed-for");
}

#[test]
fn a_successor_inherits_what_is_open_under_the_same_id() {
    let assigned = [assigned("x", "04K", "2020-05-01"), assigned("y", "04L", "2019-09-05")];
    let story = given(up_to_approval()).and(assigned);
    let story = story.and([updated("y", json!("completed"), "2019-09-01").by(&[(
        "secretary-04L",
        "secretary",
        "body/04L",
    )])]);
    let story = story.and([merged()]);
    assert_eq!(open_of(&story, "52R", "2020-04-01"), ["x"]);
    assert!(open_of(&story, "52R", "2020-03-31").is_empty());
    let done = updated("x", json!("completed"), "2020-04-30");
    let story =
        story.when(done.by(&[("secretary-52R", "secretary", "body/52R")])).then_obeys("action.signed-for");
    assert_eq!(seen(&story, "x", "2020-04-29").state, ActionState::Open);
    assert_eq!(seen(&story, "x", "2020-04-30").state, ActionState::Completed);
}

#[test]
fn what_is_not_done_by_its_day_is_overdue() {
    let story = given([assigned("x", "04K", "2019-09-05")]);
    let story = story.finds_no("action.overdue", "2019-09-05").finds("action.overdue", "2019-09-06");
    let later = updated("x", json!({"postponed": {"due": month("2019-12", 31)}}), "2019-09-05");
    let story =
        story.and([later]).finds_no("action.overdue", "2019-12-31").finds("action.overdue", "2020-01-01");
    story.and([updated("x", json!("cancelled"), "2019-12-01")]).finds_no("action.overdue", "2020-01-01");
}

#[test]
fn what_is_due_is_due_no_earlier_than_it_is_assigned() {
    let rule = "action.due-after-assigned";
    given([]).when(assigned("x", "04K", "2019-07-04")).then_obeys("action.due-after-assigned");
    given([]).when(assigned("x", "04K", "2019-07-03")).then_found("action.due-after-assigned");
    let mut july = assigned("x", "04K", "2019-07-04");
    july.facts["due"] = month("2019-07", 31);
    given([]).when(july).then_obeys(rule);
    let condition = |due: &str| {
        let mut said = decided("04K", "2019-07-04", json!({"none": {}}));
        said.facts["outcome"] = json!("approved_with_conditions");
        said.facts["conditions"] =
            json!([{"action": "action/c", "text": "A plan.", "owner": {"office": "chair"}, "due": due}]);
        given([]).when(said)
    };
    condition("2019-09-05").then_obeys(rule);
    condition("2018-09-05").then_found(rule);
}

#[test]
fn repeating_it_revises_it() {
    let mut again = assigned("x", "04K", "2019-10-05");
    again.facts["owner"] = json!({"office": "chief_finance_officer"});
    let story = given([assigned("x", "04K", "2019-09-05"), again]);
    let action = seen(&story, "x", "2019-08-01");
    assert_eq!(action.assigned.due.unwrap().to_string(), "2019-10-05");
    assert_eq!(action.why.len(), 2);
}

#[test]
fn an_owner_is_a_person_whom_the_book_knows() {
    let mut said = assigned("x", "04K", "2019-09-05");
    said.facts["owner"] = json!({"person": "person/nobody"});
    given([]).when(said).then_refused("person.known");
    let mut blank = assigned("x", "04K", "2019-09-05");
    blank.facts["text"] = json!(" ");
    given([]).when(blank).then_malformed("/data/facts/text");
}

#[test]
fn an_action_told_by_an_imprecise_date_says_so() {
    let story = given([assigned("x", "04K", "2019-09-05")]);
    assert!(seen(&story, "x", "2019-08-10").is_sure);
    let mut done = updated("x", json!("completed"), "2019-08-31");
    done.facts["updated_on"] = month("2019-08", 31);
    let story = story.and([done]);
    assert!(!seen(&story, "x", "2019-08-10").is_sure, "it is perhaps not done yet");
    assert!(seen(&story, "x", "2019-07-31").is_sure && seen(&story, "x", "2019-08-31").is_sure);
    // Whether it is overdue is not known either, where its day is a month.
    let mut due = assigned("y", "04K", "2019-09-05");
    due.facts["due"] = month("2019-09", 30);
    let story = given([due]);
    let perhaps = |day: &str| seen(&story, "y", day).passed == minutebook_governance::loads::Passed::Perhaps;
    assert!(perhaps("2019-09-15") && !perhaps("2019-09-01") && !perhaps("2019-10-01"));
}
