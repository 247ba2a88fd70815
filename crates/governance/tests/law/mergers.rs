//! Mergers: from proposal to the regulator's decision, leg by leg.

use crate::said::{
    Said, abandoned, applied, ccg_until, chose, consultation_closed, consulted_on_m, decided, explored,
    merged, month, proposed, regulator, resolved, says, up_to_application, up_to_approval, with_conditions,
};
use crate::story::{Story, date, given};
use minutebook_governance::decisions::Choice;
use minutebook_governance::mergers::{Merger, MergerState, merger, open_conditions};
use serde_json::{Value, json};

fn on(story: &Story, day: &str) -> Merger {
    merger(story.record(), &"merger/m".parse().unwrap(), story.at(day)).unwrap()
}

fn state(story: &Story, day: &str) -> MergerState {
    on(story, day).state
}

fn with(mut said: Said, member: &str, value: Value) -> Said {
    said.facts[member] = value;
    said
}

#[test]
fn what_was_decided_on_an_application_that_nobody_tells_of_is_known() {
    let reported = || regulator(1, "approved", "2019-10-30").reported();
    let story = given([proposed("m", &["04K", "04L"], "2019-04-04"), reported()]);
    assert_eq!(state(&story, "2019-10-29"), MergerState::Proposed);
    assert_eq!(state(&story, "2019-10-30"), MergerState::Approved);
    assert!(on(&story, "2019-10-30").applications.is_empty());
    // Its conditions are open for those who take part, as what the merger waits for says.
    let granted = regulator(1, "approved_with_conditions", "2019-10-30").reported();
    let granted = with_conditions(granted, &[("posts", "before_effect")]);
    let conditional = given([proposed("m", &["04K", "04L"], "2019-04-04"), granted]);
    let open = |slug: &str, day: &str| {
        let id = format!("body/{slug}").parse().unwrap();
        open_conditions(conditional.record(), &id, conditional.at(day)).len()
    };
    assert_eq!(on(&conditional, "2019-10-30").waits_for.len(), 1);
    assert_eq!(["04K", "04L", "04M"].map(|slug| open(slug, "2019-10-30")), [1, 1, 0]);
    assert_eq!(open("04K", "2019-10-29"), 0);
    // Where nobody tells of a proposal either.
    let alone = given([reported()]);
    assert_eq!(state(&alone, "2019-10-30"), MergerState::Approved);
    let before = merger(alone.record(), &"merger/m".parse().unwrap(), alone.at("2019-10-29"));
    assert!(before.is_none());
    // Of another application than the last it says nothing.
    let story = given(up_to_application()).and([regulator(2, "approved", "2019-10-30").reported()]);
    assert_eq!(state(&story, "2019-10-30"), MergerState::Submitted);
}

#[test]
fn two_open_bodies_of_one_kind_propose_to_merge() {
    let rule = "merger.two-open-bodies";
    given([]).when(proposed("m", &["04K", "04L"], "2019-04-04")).then_obeys("merger.two-open-bodies");
    given([]).when(proposed("m", &["04K"], "2019-04-04")).then_refused("merger.two-open-bodies");
    given([]).when(proposed("m", &["04K", "none"], "2019-04-04")).then_refused(rule);
    let closed = || ccg_until("04N", Some("2019-04-15"));
    given([closed()]).when(proposed("m", &["04K", "04N"], "2019-04-15")).then_refused(rule);
    given([closed()])
        .when(with(proposed("m", &["04K", "04N"], "x"), "proposed_on", month("2019-04", 30)))
        .then_found("merger.two-open-bodies");
    let trust =
        says("BodyRegistered", "body/T", json!({"kind": "trust", "name": "A trust", "from": "2013-04-01"}));
    given([trust.reported()]).when(proposed("m", &["04K", "T"], "2019-04-04")).then_refused(rule);
}

#[test]
fn a_body_takes_part_in_one_live_proposal_at_a_time() {
    let second = || proposed("n", &["04L", "04M"], "2019-06-01");
    let first = || proposed("m", &["04K", "04L"], "2019-04-04");
    given([]).when(second()).then_obeys("merger.another-proposal");
    given([first()]).when(second()).then_found("merger.another-proposal");
    given([first()])
        .when(proposed("m", &["04K", "04L", "04M"], "2019-06-01"))
        .then_obeys("merger.another-proposal");
    // One that has lapsed, or that the body has left, is not live.
    let lapsed = with(first(), "proposed_effective", json!("2019-05-01"));
    given([lapsed]).when(second()).then_obeys("merger.another-proposal");
    given([first(), chose("04L", "withdraw", "2019-05-01")])
        .when(second())
        .then_obeys("merger.another-proposal");
}

#[test]
fn steps_belong_to_a_merger_that_was_proposed() {
    given(up_to_application()).when(regulator(1, "approved", "2019-10-30")).then_obeys("merger.proposed");
    given([]).when(regulator(1, "approved", "2019-10-30")).then_refused("merger.proposed");
    given([]).when(applied(1, "2019-09-30")).then_refused("merger.proposed");
    given([]).when(resolved("c", "waived", "2019-12-01")).then_refused("merger.proposed");
    // A proposal that the press reports is none.
    given([proposed("m", &["04K", "04L"], "2019-04-04").in_the_press()])
        .when(regulator(1, "approved", "2019-10-30"))
        .then_refused("merger.proposed");
}

#[test]
fn the_regulator_decides_on_what_is_before_it() {
    let rule = "regulator.submitted";
    given(up_to_application()).when(regulator(1, "approved", "2019-10-30")).then_obeys("regulator.submitted");
    given([])
        .and(up_to_application().into_iter().take(3))
        .when(regulator(1, "approved", "2019-10-30"))
        .then_refused("regulator.submitted");
    given(up_to_application()).when(regulator(2, "approved", "2019-10-30")).then_refused(rule);
    given(up_to_approval()).when(regulator(1, "rejected", "2019-11-30")).then_refused(rule);
    // A deferral leaves it there.
    let deferred = given(up_to_application()).and([regulator(1, "deferred", "2019-10-30")]);
    assert_eq!(state(&deferred, "2019-10-30"), MergerState::Submitted);
    deferred.when(regulator(1, "approved", "2019-11-30")).then_obeys(rule);
}

#[test]
fn a_conditional_approval_lists_its_conditions() {
    let rule = "regulator.conditions-listed";
    let says = |outcome: &str, conditions: &[(&str, &str)]| {
        let said = regulator(1, outcome, "2019-10-21");
        let said = if conditions.is_empty() { said } else { with_conditions(said, conditions) };
        given(up_to_application()).when(said)
    };
    says("approved_with_conditions", &[("c", "before_effect")]).then_obeys("regulator.conditions-listed");
    says("approved_with_conditions", &[]).then_refused("regulator.conditions-listed");
    says("approved", &[("c", "continuing")]).then_refused(rule);
    says("approved_with_conditions", &[("c", "continuing"), ("c", "continuing")])
        .then_malformed("/data/facts/conditions");
}

fn conditional() -> Story {
    let conditions = [("posts", "before_effect"), ("plan", "before_effect"), ("directions", "continuing")];
    let said = with_conditions(regulator(1, "approved_with_conditions", "2019-10-21"), &conditions);
    given(up_to_application()).and([said])
}

#[test]
fn only_open_conditions_are_resolved() {
    conditional().when(resolved("posts", "discharged", "2020-01-10")).then_obeys("condition.open");
    conditional().when(resolved("none", "discharged", "2020-01-10")).then_refused("condition.open");
    conditional()
        .and([resolved("posts", "waived", "2020-01-10")])
        .when(resolved("posts", "failed", "2020-02-10"))
        .then_refused("condition.open");
}

fn with_day(by: Value) -> Story {
    let conditions = [("posts", "before_effect"), ("directions", "continuing")];
    let mut said = with_conditions(regulator(1, "approved_with_conditions", "2019-10-21"), &conditions);
    said.facts["conditions"][1]["by"] = by;
    given(up_to_application()).and([said])
}

#[test]
fn a_condition_is_met_by_its_day() {
    let rule = "condition.in-time";
    let by =
        |by: Value, resolution: &str, on: &str| with_day(by).when(resolved("directions", resolution, on));
    by(json!("2020-01-31"), "discharged", "2020-01-31").then_obeys("condition.in-time");
    by(json!("2020-01-31"), "discharged", "2020-02-01").then_found("condition.in-time");
    by(json!("2020-01-31"), "failed", "2020-02-01").then_obeys(rule);
    by(json!("2020-01-31"), "waived", "2020-02-01").then_obeys(rule);
    by(crate::said::month("2020-01", 31), "discharged", "2020-01-31").then_obeys(rule);
    with_day(json!("2020-01-31")).when(resolved("posts", "discharged", "2020-02-01")).then_obeys(rule);
}

#[test]
fn a_condition_whose_day_has_passed_says_so() {
    use minutebook_governance::KnownUntil;
    use minutebook_governance::mergers::ConditionStage;
    let stages = |story: &Story, view: minutebook_governance::View| {
        let seen = merger(story.record(), &"merger/m".parse().unwrap(), view).unwrap();
        let stage = |state| seen.condition_standing(story.record(), state, view).stage.as_str();
        seen.conditions.iter().map(stage).collect::<Vec<_>>()
    };
    let story = with_day(json!("2020-01-31"));
    let on = |story: &Story, day: &str| stages(story, story.at(day));
    assert_eq!(on(&story, "2020-01-31"), ["open", "open"]);
    assert_eq!(on(&story, "2020-02-01"), ["open", "overdue"]);
    // What blocks its effect is due before the day that was applied for.
    assert_eq!(on(&story, "2020-04-02"), ["overdue", "overdue"]);
    // Beyond what is known nobody can tell.
    let until: minutebook_governance::Date = "2020-02-10".parse().unwrap();
    let beyond = minutebook_governance::View { until: KnownUntil::Day(until), ..story.at("2020-06-01") };
    assert_eq!(stages(&story, beyond), ["due_passed", "overdue"]);
    let open = open_conditions(story.record(), &"body/04K".parse().unwrap(), beyond);
    let told: Vec<_> = open.iter().map(|it| (it.standing.stage, it.standing.known_to)).collect();
    assert_eq!(told, [(ConditionStage::DuePassed, until), (ConditionStage::Overdue, until)]);
    let story = story.and([resolved("directions", "discharged", "2020-02-05")]);
    assert_eq!(on(&story, "2020-06-01"), ["overdue", "discharged"]);
    let story = story.and([abandoned("m", "2020-03-01")]);
    assert_eq!(on(&story, "2020-06-01"), ["open", "discharged"], "nothing can come of it any more");
}

#[test]
fn only_conditions_due_before_block() {
    let story = conditional();
    assert_eq!(state(&story, "2019-10-21"), MergerState::ConditionallyApproved);
    assert_eq!(on(&story, "2019-10-21").waits_for.len(), 2);
    let story =
        story.and([resolved("posts", "discharged", "2020-01-10"), resolved("plan", "waived", "2020-02-10")]);
    assert_eq!(state(&story, "2020-02-09"), MergerState::ConditionallyApproved);
    assert_eq!(state(&story, "2020-02-10"), MergerState::Approved);
    let open: Vec<_> = on(&story, "2020-02-10").conditions.iter().map(|it| it.resolution.is_some()).collect();
    assert_eq!(open, [true, true, false], "the continuing one passes to the successor");
}

#[test]
fn a_condition_that_failed_brings_the_application_back() {
    let story = conditional().and([resolved("posts", "failed", "2020-01-10")]);
    assert_eq!(state(&story, "2020-01-10"), MergerState::Submitted);
    let story = story.when(regulator(1, "rejected", "2020-02-01")).then_obeys("regulator.submitted");
    assert_eq!(state(&story, "2020-02-01"), MergerState::Rejected);
}

#[test]
fn the_conditions_of_an_earlier_application_are_not_resolved_anew() {
    let said = |number, on| {
        with_conditions(regulator(number, "approved_with_conditions", on), &[("c", "before_effect")])
    };
    let story = given(up_to_application()).and([
        said(1, "2019-10-21"),
        resolved("c", "failed", "2020-01-10"),
        regulator(1, "rejected", "2020-02-01"),
        chose("04K", "apply", "2020-07-02"),
        chose("04L", "apply", "2020-07-02"),
        with(applied(2, "2020-09-30"), "requested_effective", json!("2021-04-01")),
        said(2, "2020-10-21"),
    ]);
    assert_eq!(state(&story, "2020-10-21"), MergerState::ConditionallyApproved);
}

#[test]
fn an_approval_that_nothing_came_of_is_found() {
    given(up_to_approval()).finds("merger.effected-in-time", "2020-04-02");
    given(up_to_approval()).finds_no("merger.effected-in-time", "2020-04-01");
    given(up_to_approval()).and([merged()]).finds_no("merger.effected-in-time", "2021-04-01");
}

#[test]
fn a_merger_goes_from_step_to_step() {
    let story = given(up_to_approval()).and([merged()]);
    for (day, expected) in [
        ("2019-04-04", MergerState::Proposed),
        ("2019-07-04", MergerState::ReadyToApply),
        ("2019-09-30", MergerState::Submitted),
        ("2019-10-30", MergerState::Approved),
        ("2020-04-01", MergerState::Effected),
    ] {
        assert_eq!(state(&story, day), expected, "{day}");
    }
    let story = given([proposed("m", &["04K", "04L"], "2019-04-04"), consulted_on_m()]);
    assert_eq!(state(&story, "2019-06-16"), MergerState::Consulting);
    let story = story.and([consultation_closed("2019-06-17T09:00:00+01:00")]);
    assert_eq!(state(&story, "2019-06-17"), MergerState::Consulted);
}

#[test]
fn a_proposal_lapses_with_its_day_or_with_a_participant() {
    let dated = with(proposed("m", &["04K", "04L"], "2019-04-04"), "proposed_effective", json!("2020-04-01"));
    let story = given([dated]);
    assert_eq!(state(&story, "2020-04-01"), MergerState::Proposed);
    assert_eq!(state(&story, "2020-04-02"), MergerState::Lapsed);
    let story = given([ccg_until("04N", Some("2020-04-01")), proposed("m", &["04K", "04N"], "2019-04-04")]);
    assert_eq!(state(&story, "2020-03-31"), MergerState::Proposed);
    assert_eq!(state(&story, "2020-04-01"), MergerState::BodiesEnded, "whether it came of this, nobody says");
}

#[test]
fn an_application_does_not_outlive_its_bodies() {
    let gone = ccg_until("04N", Some("2020-04-01"));
    let applied = || {
        with(crate::said::applied(1, "2019-09-30"), "applicants", json!(["body/04K", "body/04N"])).reported()
    };
    let story = given([gone, proposed("m", &["04K", "04N"], "2019-04-04"), applied()]);
    assert_eq!(state(&story, "2020-03-31"), MergerState::Submitted);
    assert_eq!(state(&story, "2020-04-01"), MergerState::BodiesEnded);
}

#[test]
fn a_merger_holds_from_the_day_on_which_it_was_proposed() {
    let story = given([proposed("m", &["04K", "04L"], "2019-04-04")]);
    let known = |day: &str| {
        minutebook_governance::mergers::merger(story.record(), &"merger/m".parse().unwrap(), story.at(day))
    };
    assert!(known("2019-04-03").is_none());
    assert!(known("2019-04-04").is_some_and(|found| found.is_sure));
    let year = json!({"written": "2019", "earliest": "2019-01-01", "latest": "2019-12-31"});
    let vague = given([with(proposed("m", &["04K", "04L"], "2019-04-04"), "proposed_on", year)]);
    let sure = |day: &str| {
        let id = "merger/m".parse().unwrap();
        minutebook_governance::mergers::merger(vague.record(), &id, vague.at(day)).map(|found| found.is_sure)
    };
    assert_eq!([sure("2018-12-31"), sure("2019-06-01"), sure("2019-12-31")], [None, Some(false), Some(true)]);
}

#[test]
fn beyond_what_is_known_nothing_lapses() {
    use minutebook_governance::{KnownUntil, View};
    let dated = with(proposed("m", &["04K", "04L"], "2019-04-04"), "proposed_effective", json!("2020-04-01"));
    let story = given([dated]);
    let view = View { until: KnownUntil::Day(date("2019-12-31")), ..story.at("2021-01-01") };
    let found = minutebook_governance::mergers::merger(story.record(), &"merger/m".parse().unwrap(), view);
    let found = found.unwrap();
    assert_eq!((found.state, found.known_to), (MergerState::DuePassed, date("2019-12-31")));
    // Of a report nothing is known after what was loaded speaks.
    let load = says("DocumentRegistered", "document/d", json!({"title": "D", "speaks_to": "2020-01-15"}));
    let dated = with(proposed("m", &["04K", "04L"], "2019-04-04"), "proposed_effective", json!("2020-04-01"));
    let story = given([load.reported(), dated.reported()]);
    assert_eq!(state(&story, "2020-04-01"), MergerState::Proposed);
    assert_eq!(state(&story, "2020-04-02"), MergerState::DuePassed);
}

#[test]
fn one_body_may_differ_join_or_come_round() {
    // Thanet: declined, then agreed.
    let story = given([
        proposed("m", &["04K", "04L"], "2018-01-01"),
        chose("04K", "apply", "2018-02-01"),
        chose("04L", "do_not_apply", "2018-02-01"),
        chose("04L", "apply", "2018-04-25"),
        chose("04M", "join", "2018-05-01"),
    ]);
    let choice = |slug: &str, day: &str| on(&story, day).choice(&format!("body/{slug}").parse().unwrap());
    assert_eq!(choice("04L", "2018-03-01"), Some(Choice::DoNotApply));
    assert_eq!(choice("04L", "2018-04-25"), Some(Choice::Apply));
    assert_eq!(state(&story, "2018-04-25"), MergerState::ReadyToApply);
    assert_eq!(on(&story, "2018-05-01").participants().count(), 3);
    assert_eq!(state(&story, "2018-05-01"), MergerState::Proposed, "who joins has yet to decide");
    assert_eq!(on(&story, "2018-05-01").waits_for, ["a decision to apply by body/04M"]);
}

#[test]
fn a_report_that_somebody_decided_makes_nobody_take_part() {
    let reported = chose("04M", "apply", "2019-07-04").in_the_press();
    let story = given([proposed("m", &["04K", "04L"], "2019-04-04"), reported]);
    let seen = merger(story.record(), &"merger/m".parse().unwrap(), story.reported_at("2019-08-01")).unwrap();
    assert_eq!((seen.legs.len(), seen.participants().count()), (3, 2));
}

#[test]
fn of_what_is_said_of_one_decision_the_higher_standing_holds() {
    let loose = regulator(1, "approved", "2019-10-21").in_the_press();
    let act =
        || with_conditions(regulator(1, "approved_with_conditions", "2019-10-21"), &[("c", "before_effect")]);
    for order in [[loose.clone(), act()], [act(), loose]] {
        let story = given(up_to_application()).and(order);
        let seen =
            merger(story.record(), &"merger/m".parse().unwrap(), story.reported_at("2019-11-01")).unwrap();
        assert_eq!(seen.state, MergerState::ConditionallyApproved);
    }
    let revised = proposed("m", &["04K", "04M"], "2019-05-01").in_the_press();
    let story = given([proposed("m", &["04K", "04L"], "2019-04-04"), revised]);
    let seen = merger(story.record(), &"merger/m".parse().unwrap(), story.reported_at("2019-06-01")).unwrap();
    assert_eq!(seen.proposed.unwrap().participants[1].slug(), "04L");
}

#[test]
fn other_decisions_are_no_leg() {
    let nominated =
        decided("04K", "2019-07-04", json!({"nominate": {"office": "chair", "person": "person/a"}}));
    let story = given([proposed("m", &["04K", "04L"], "2019-04-04"), nominated]);
    assert_eq!(on(&story, "2019-08-01").choice(&"body/04K".parse().unwrap()), None);
}

#[test]
fn what_is_looked_into_is_not_proposed() {
    given([]).when(explored("m", &["04K", "04L"], "2019-02-01")).then_obeys("merger.two-open-bodies");
    given([]).when(explored("m", &["04K"], "2019-02-01")).then_refused("merger.two-open-bodies");
    let story = given([explored("m", &["04K", "04L"], "2019-02-01")]);
    assert_eq!(state(&story, "2019-02-01"), MergerState::Exploring);
    assert_eq!(on(&story, "2019-02-01").participants().count(), 2);
    story.when(applied(1, "2019-09-30")).then_refused("merger.proposed");
    let story = given([explored("m", &["04K", "04L"], "2019-02-01")]).and([proposed(
        "m",
        &["04K", "04L", "04M"],
        "2019-04-04",
    )]);
    assert_eq!(state(&story, "2019-04-04"), MergerState::Proposed);
    assert_eq!(on(&story, "2019-04-04").participants().count(), 3);
}

#[test]
fn a_merger_is_given_up_by_those_in_it_and_for_good() {
    let story = || given([proposed("m", &["04K", "04L"], "2019-04-04")]);
    story().when(abandoned("m", "2019-08-01")).then_obeys("merger.abandoned-by-participant");
    let outsider = abandoned("m", "2019-08-01").by(&[("secretary-04M", "secretary", "body/04M")]);
    story().when(outsider).then_refused("merger.abandoned-by-participant");
    given([]).when(abandoned("m", "2019-08-01")).then_refused("merger.proposed");
    story().when(abandoned("m", "2019-08-01")).then_obeys("merger.in-progress");
    let story = || story().and([abandoned("m", "2019-08-01")]);
    assert_eq!(state(&story(), "2019-07-31"), MergerState::Proposed);
    assert_eq!(state(&story(), "2019-08-01"), MergerState::Abandoned);
    story().when(abandoned("m", "2019-08-02")).then_refused("merger.in-progress");
    let again = proposed("m", &["04K", "04L"], "2019-09-01");
    story().when(again).then_refused("merger.not-after-its-end");
    let another = proposed("n", &["04K", "04L"], "2019-09-01");
    story().when(another).then_obeys("merger.not-after-its-end");
    story().when(chose("04K", "apply", "2019-09-01")).then_refused("decision.proposal-live");
    story().when(chose("04K", "apply", "2019-07-01")).then_obeys("decision.proposal-live");
    given(up_to_approval())
        .and([merged()])
        .when(abandoned("m", "2020-05-01"))
        .then_refused("merger.in-progress");
}

#[test]
fn a_merger_of_fewer_than_two_is_none() {
    let story = given([
        proposed("m", &["04K", "04L"], "2019-04-04"),
        chose("04L", "withdraw", "2019-05-01"),
        chose("04M", "join", "2019-06-01"),
    ]);
    let states = ["2019-04-30", "2019-05-01", "2019-06-01"].map(|day| state(&story, day));
    assert_eq!(states, [MergerState::Proposed, MergerState::Abandoned, MergerState::Proposed]);
}

#[test]
fn continuing_conditions_pass_to_the_successor() {
    let conditions = [("posts", "before_effect"), ("directions", "continuing")];
    let granted = with_conditions(regulator(1, "approved_with_conditions", "2019-10-21"), &conditions);
    let story = given(up_to_application()).and([granted, resolved("posts", "discharged", "2020-01-10")]);
    let mut effected = merged();
    effected.facts["conditions_passed_on"] = json!(["directions"]);
    let story = story.and([effected]);
    let open = |slug: &str, day: &str| -> Vec<(String, usize)> {
        let id = format!("body/{slug}").parse().unwrap();
        let open = open_conditions(story.record(), &id, story.at(day)).into_iter();
        open.map(|it| (it.state.condition.id, it.inherited_from.len())).collect()
    };
    let one = |id: &str, from: usize| vec![(id.to_owned(), from)];
    assert_eq!(open("04K", "2019-12-01"), [one("posts", 0), one("directions", 0)].concat());
    assert_eq!(open("04K", "2020-03-31"), one("directions", 0));
    assert_eq!((open("04K", "2020-04-01"), open("52R", "2020-04-01")), (vec![], one("directions", 2)));
    assert_eq!((open("52R", "2020-03-31"), open("04M", "2020-04-01")), (vec![], vec![]));
    let story = story.and([resolved("directions", "discharged", "2020-12-01")]);
    let id = "body/52R".parse().unwrap();
    assert!(open_conditions(story.record(), &id, story.at("2020-12-01")).is_empty());
}

#[test]
fn bodies_choose_until_a_merger_is_determined() {
    let rule = "merger.choice-in-time";
    let leaves = |on: &str| chose("04L", "withdraw", on);
    given(up_to_application()).when(leaves("2019-10-01")).then_obeys("merger.choice-in-time");
    given(up_to_approval()).when(leaves("2019-11-01")).then_refused("merger.choice-in-time");
    given(up_to_approval()).when(chose("04M", "join", "2019-11-01")).then_refused(rule);
    // What was decided before, and is entered late, stands.
    given(up_to_approval()).when(leaves("2019-10-01")).then_obeys(rule);
    let rejected = regulator(1, "rejected", "2019-10-30");
    given(up_to_application()).and([rejected]).when(chose("04L", "apply", "2019-11-01")).then_obeys(rule);
}

#[test]
fn a_proposal_is_revised_until_it_is_applied_for() {
    let rule = "merger.revised-in-time";
    let with_m = |on: &str| proposed("m", &["04K", "04L", "04M"], on);
    given([proposed("m", &["04K", "04L"], "2019-04-04")])
        .when(with_m("2019-05-01"))
        .then_obeys("merger.revised-in-time");
    given(up_to_application()).when(with_m("2019-10-01")).then_refused("merger.revised-in-time");
    given(up_to_approval()).when(with_m("2019-11-01")).then_refused(rule);
    let rejected = regulator(1, "rejected", "2019-10-30");
    given(up_to_application()).and([rejected]).when(with_m("2019-11-01")).then_obeys(rule);
}

#[test]
fn a_consultation_on_a_merger_opens_before_it_is_determined() {
    let rule = "merger.consultation-in-time";
    let on = |day: &str| with(consulted_on_m(), "opens", json!(day));
    given([]).when(on("2019-05-01")).then_refused("merger.consultation-in-time");
    let looked_into = crate::said::explored("m", &["04K", "04L"], "2019-01-01");
    given([looked_into]).when(on("2019-05-01")).then_obeys("merger.consultation-in-time");
    let late = || with(on("2019-11-01"), "closes_at", json!("2020-01-17T09:00:00Z"));
    given(up_to_application()).when(late()).then_obeys(rule);
    given(up_to_approval()).when(late()).then_refused(rule);
    given([proposed("m", &["04K", "04L"], "2019-04-04"), abandoned("m", "2019-05-01")])
        .when(late())
        .then_refused(rule);
}
