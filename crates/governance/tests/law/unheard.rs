//! Past the end of what is known nothing is overdue, vacant or lapsed; of what sources alone report time never tells.

use crate::actions::assigned;
use crate::decisions_later::urgent;
use crate::said::{Said, appointed, consulted, ended, observed, regulator, says, up_to_application};
use crate::story::{Story, date, given};
use minutebook_governance::View;
use minutebook_governance::actions::{ActionState, action};
use minutebook_governance::consultations::{ConsultationState, consultation};
use minutebook_governance::due::due;
use minutebook_governance::loads::Passed;
use minutebook_governance::mergers::{ConditionStage, merger};
use minutebook_governance::people::{Office, OfficeHeld, office_held, offices_of};
use serde_json::json;

/// A paper that speaks to that day was loaded.
fn loaded_to(day: &str) -> Said {
    says("DocumentRegistered", "document/paper", json!({"title": "A paper", "speaks_to": day})).reported()
}

/// What is due for 04K: kind, what time tells of it.
fn due_for(story: &Story, view: View) -> Vec<(&'static str, Passed)> {
    let found = due(story.record(), &"body/04K".parse().unwrap(), view);
    found.iter().map(|due| (due.kind.as_str(), due.passed)).collect()
}

#[test]
fn an_action_that_a_paper_reports_is_never_overdue() {
    let passed = |story: &Story, day: &str| {
        let found = action(story.record(), &"action/x".parse().unwrap(), story.reported_at(day)).unwrap();
        assert_eq!(found.state, ActionState::Open);
        found.passed
    };
    let by_paper = given([assigned("x", "04K", "2019-09-05").in_the_press(), loaded_to("2019-11-01")]);
    assert_eq!(passed(&by_paper, "2019-09-05"), Passed::NotYet);
    assert_eq!(passed(&by_paper, "2019-09-06"), Passed::Unheard(date("2019-09-06")));
    assert_eq!(passed(&by_paper, "2026-11-30"), Passed::Unheard(date("2019-11-01")));
    let told = due_for(&by_paper, by_paper.reported_at("2026-11-30"));
    assert_eq!(told, [("action", Passed::Unheard(date("2019-11-01")))]);
    by_paper.finds_no("action.overdue", "2026-11-30");
    // Of an act the book would know, whatever papers say beside it.
    let by_act = given([
        assigned("x", "04K", "2019-09-05"),
        assigned("x", "04K", "2019-09-05").in_the_press(),
        loaded_to("2019-11-01"),
    ]);
    assert_eq!(passed(&by_act, "2026-11-30"), Passed::Missed);
    assert_eq!(due_for(&by_act, by_act.reported_at("2026-11-30")), [("action", Passed::Missed)]);
    by_act.finds("action.overdue", "2026-11-30");
}

#[test]
fn a_consultation_that_a_paper_reports_is_never_overdue() {
    let state = |story: &Story, day: &str| {
        let view = story.reported_at(day);
        let found = consultation(story.record(), &"consultation/c".parse().unwrap(), view).unwrap();
        (found.state, found.known_to)
    };
    let by_paper = given([consulted().in_the_press(), loaded_to("2019-06-15")]);
    let unheard = (ConsultationState::DuePassed, date("2019-06-15"));
    assert_eq!(state(&by_paper, "2026-11-30"), unheard);
    assert_eq!(state(&by_paper, "2019-06-10").0, ConsultationState::Open);
    let told = due_for(&by_paper, by_paper.reported_at("2026-11-30"));
    assert_eq!(told, [("consultation_closes", Passed::Unheard(date("2019-06-15")))]);
    by_paper.finds_no("consultation.overdue", "2026-11-30");
    let by_act = given([consulted(), loaded_to("2019-06-15")]);
    assert_eq!(state(&by_act, "2026-11-30").0, ConsultationState::Overdue);
    by_act.finds("consultation.overdue", "2026-11-30");
}

#[test]
fn a_condition_is_told_by_the_decision_that_sets_it() {
    let mut approved = regulator(1, "approved_with_conditions", "2019-10-30");
    approved.facts["conditions"] =
        json!([{"id": "plan", "text": "A plan.", "due": "continuing", "by": "2020-02-28"}]);
    let stage = |story: &Story| {
        let view = story.reported_at("2020-12-01");
        let found = merger(story.record(), &"merger/m".parse().unwrap(), view).unwrap();
        let standing = found.condition_standing(story.record(), &found.conditions[0], view);
        (standing.stage, standing.known_to)
    };
    // Whatever acts there are of the merger beside: the approval is what a paper says.
    let by_paper = given(up_to_application()).and([approved.clone().in_the_press(), loaded_to("2019-11-01")]);
    assert_eq!(stage(&by_paper), (ConditionStage::DuePassed, date("2019-11-01")));
    by_paper.finds_no("merger.effected-in-time", "2020-12-01");
    let by_act = given(up_to_application()).and([approved, loaded_to("2019-11-01")]);
    assert_eq!(stage(&by_act).0, ConditionStage::Overdue);
    by_act.finds("merger.effected-in-time", "2020-12-01");
}

#[test]
fn an_urgent_decision_that_a_paper_reports_is_not_overdue_for_ratification() {
    given([urgent()]).finds("decision.ratified", "2020-01-01");
    given([urgent().in_the_press()]).finds_no("decision.ratified", "2020-01-01");
}

fn chair(story: &Story, day: &str) -> OfficeHeld {
    office_held(story.record(), &"body/04K".parse().unwrap(), Office::Chair, story.reported_at(day))
}

/// Who holds it, who perhaps does, and whether it is vacant.
fn holders(story: &Story, day: &str) -> (usize, usize, bool) {
    let held = chair(story, day);
    (held.holders.len(), held.perhaps.len(), held.is_vacant)
}

#[test]
fn a_term_that_a_paper_reports_leaves_nobody_out_of_office_past_what_is_known() {
    let term = || {
        let mut said = appointed("04K", "chair", "a", "2018-05-01");
        said.facts["until"] = json!("2020-05-01");
        said
    };
    let by_paper = given([term().in_the_press(), loaded_to("2019-11-01")]);
    assert_eq!(holders(&by_paper, "2020-04-30"), (1, 0, false));
    assert_eq!(holders(&by_paper, "2021-04-01"), (0, 1, false));
    // Where what is loaded reaches past the term, it was over, and nothing tells who came; an act tells on whatever day.
    let known = given([term().in_the_press(), loaded_to("2020-12-01")]);
    assert_eq!(holders(&known, "2020-11-01"), (0, 0, true));
    assert_eq!(holders(&known, "2021-04-01"), (0, 0, false));
    let by_act = given([term(), loaded_to("2019-11-01")]);
    assert_eq!(holders(&by_act, "2021-04-01"), (0, 0, true));
}

#[test]
fn an_end_that_a_paper_reports_leaves_an_office_vacant_as_long_as_it_is_known() {
    let said = [appointed("04K", "chair", "a", "2018-05-01"), ended("04K", "chair", "a", "2019-05-01")];
    let papers = said.clone().map(Said::in_the_press);
    let story = given(papers).and([loaded_to("2019-11-01")]);
    assert_eq!(holders(&story, "2019-10-01"), (0, 0, true));
    assert_eq!(holders(&story, "2021-04-01"), (0, 0, false));
    assert_eq!(holders(&given(said).and([loaded_to("2019-11-01")]), "2021-04-01"), (0, 0, true));
}

#[test]
fn a_sighting_speaks_for_its_own_day_on_whatever_day_it_was_written_down() {
    let seen = || observed("04K", "chair", "a", "2019-01-05").on("2026-11-01");
    let state = |story: &Story, day: &str| {
        let offices = offices_of(story.record(), &"person/a".parse().unwrap(), story.reported_at(day));
        offices[0].state.as_str()
    };
    let story = given([seen().in_the_press()]);
    for (day, told, word) in [
        ("2019-01-04", (0, 0, false), "to_come"),
        ("2019-01-05", (1, 0, false), "holds"),
        ("2019-01-06", (0, 1, false), "perhaps"),
        ("2026-11-30", (0, 1, false), "perhaps"),
    ] {
        assert_eq!((holders(&story, day), state(&story, day)), (told, word), "{day}");
    }
}

#[test]
fn what_a_governing_body_lacks_is_not_met_by_who_was_once_seen() {
    use minutebook_governance::constitutions::{RequirementMet, composition};
    let met = |day: &str| {
        let story = given([observed("04K", "accountable_officer", "a", "2019-01-05").in_the_press()]);
        let found =
            composition(story.record(), &"body/04K".parse().unwrap(), story.reported_at(day)).unwrap();
        found.requirements.into_iter().find(|it| it.says.contains("accountable officer")).unwrap().met
    };
    assert_eq!((met("2019-01-05"), met("2020-04-15")), (RequirementMet::Met, RequirementMet::Unknown));
}
