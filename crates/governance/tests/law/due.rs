//! What is due for a body: everything that is open and has a day, and what has none.

use crate::said::{
    Said, appointed, chose, consulted, merged, person, proposed, regulator, says, with_conditions,
};
use crate::said::{key, resolved, up_to_application};
use crate::story::{Story, given};
use minutebook_governance::due::{Due, due};
use minutebook_governance::loads::Passed;
use serde_json::{Value, json};

fn due_for(story: &Story, body: &str, day: &str) -> Vec<Due> {
    due(story.record(), &format!("body/{body}").parse().unwrap(), story.at(day))
}

/// Kind, subject, day, and whether the day has passed.
fn rows(story: &Story, body: &str, day: &str) -> Vec<(&'static str, String, String, bool)> {
    let on = |due: &Due| due.on.as_ref().map_or_else(String::new, ToString::to_string);
    let row = |due: &Due| (due.kind.as_str(), due.subject.to_string(), on(due), due.passed == Passed::Missed);
    due_for(story, body, day).iter().map(row).collect()
}

fn row(
    kind: &'static str,
    subject: &str,
    on: &str,
    is_overdue: bool,
) -> (&'static str, String, String, bool) {
    (kind, subject.to_owned(), on.to_owned(), is_overdue)
}

#[test]
fn a_grant_that_ends_is_due_until_it_has_ended_or_is_taken_back() {
    let limited = |role: &str, limits: Value| {
        let mut facts = json!({"key": key("secretary-04L").public(), "capacity": "secretary",
            "bodies": ["body/04K"], "types": "any", "standings": ["own_act"]});
        facts.as_object_mut().unwrap().extend(limits.as_object().unwrap().clone());
        says("AuthorityGranted", &format!("grant/{role}"), facts)
    };
    let story = given([
        limited("acts", json!({"acts_until": "2020-04-01"})),
        limited("signs", json!({"signs_until": "2020-02-01T12:00:00Z"})),
    ]);
    let both = [
        row("grant_ends", "grant/signs", "2020-02-01", false),
        row("grant_ends", "grant/acts", "2020-03-31", false),
    ];
    assert_eq!(rows(&story, "04K", "2020-01-01"), both);
    assert_eq!(rows(&story, "04K", "2020-02-02"), both[1..]);
    // Nothing is due where no end is known, nor for a body that a grant does not name.
    assert!(rows(&story, "04L", "2020-01-01").is_empty());
    let revoked = says("AuthorityRevoked", "grant/acts", json!({"reason": "Left."}));
    assert_eq!(rows(&story.and([revoked]), "04K", "2020-01-01"), both[..1]);
}

#[test]
fn a_condition_is_due_for_who_applied_and_then_for_the_successor() {
    let conditions = [("plan", "before_effect"), ("care", "continuing")];
    let mut approved = with_conditions(regulator(1, "approved_with_conditions", "2019-10-30"), &conditions);
    approved.facts["conditions"][1]["by"] = json!("2020-12-31");
    let story = given(up_to_application()).and([approved]);
    let of_k = [
        row("condition", "merger/m", "2020-04-01", false),
        row("condition", "merger/m", "2020-12-31", false),
    ];
    assert_eq!(rows(&story, "04K", "2019-11-01"), of_k, "due before its effect, where no other day is set");
    let mut merged = merged();
    merged.facts["conditions_passed_on"] = json!(["care"]);
    let story = story.and([resolved("plan", "discharged", "2020-03-01"), merged]);
    assert_eq!(rows(&story, "52R", "2021-01-01"), [row("condition", "merger/m", "2020-12-31", true)]);
    let what = &due_for(&story, "52R", "2021-01-01")[0].what;
    let of = |slug: &str| format!("{} (body/{slug})", crate::said::ccg_name(slug));
    assert_eq!(what, &format!("care: To be met. (passed on by {}, {})", of("04K"), of("04L")));
    assert!(rows(&story, "04K", "2021-01-01").is_empty(), "passed on");
    let story = story.and([resolved("care", "discharged", "2021-01-02")]);
    assert!(rows(&story, "52R", "2021-01-02").is_empty());
}

#[test]
fn consultations_and_votes_are_due_when_they_close() {
    let opened = says(
        "MemberVoteOpened",
        "merger/m",
        json!({"bodies": ["body/04K", "body/04L"], "ballot": 1, "opens": "2019-06-19", "closes": "2019-06-30"}),
    );
    let story = given([proposed("m", &["04K", "04L"], "2019-04-04"), consulted(), opened]);
    let closing = |on: &str, over: bool| row("consultation_closes", "consultation/c", on, over);
    let vote = |over: bool| row("vote_closes", "merger/m", "2019-06-30", over);
    assert_eq!(rows(&story, "04K", "2019-06-20"), [closing("2019-06-17", true), vote(false)]);
    assert_eq!(rows(&story, "04K", "2019-04-20"), [closing("2019-06-17", false)], "before it opens too");
    let extended = says(
        "ConsultationChanged",
        "consultation/c",
        json!({"changed_on": "2019-06-10", "change": {"extended": {"closes_at": "2019-07-01T09:00:00+01:00", "reason": "Practices asked."}}}),
    );
    let story = story.and([extended]);
    assert_eq!(rows(&story, "04K", "2019-06-20"), [vote(false), closing("2019-07-01", false)]);
    let mut declared = crate::said::voted("04K", 1, "2019-07-01", json!({"for": 3, "against": 1}), "carried");
    declared.facts["bodies"] = json!(["body/04K", "body/04L"]);
    declared.facts["figures"] = json!({"counts": {"for": 3, "against": 1}});
    let story = story.and([declared]);
    assert_eq!(rows(&story, "04K", "2019-07-01"), [closing("2019-07-01", false)]);
}

#[test]
fn what_the_predecessors_left_is_due_for_the_successor_once() {
    let term = |body: &str| {
        let mut said = appointed(body, "chair", "a", "2019-01-01");
        said.facts["until"] = json!("2020-01-01");
        said
    };
    let mut urgent: Said = chose("04K", "apply", "2019-07-04");
    urgent.facts["mode"] = json!("urgent");
    urgent.facts["urgent"] = json!({"taken_by": ["person/a"], "consulted": ["person/b", "person/c"],
        "grounds": "It could not wait.", "ratify_by": "2019-09-05"});
    let story = given([person("a"), person("b"), person("c"), proposed("m", &["04K", "04L"], "2019-04-04")])
        .and([term("04K"), urgent, chose("04L", "apply", "2019-07-04")]);
    let ratify = |over: bool| row("ratification", "body/04K", "2019-09-05", over);
    assert_eq!(
        rows(&story, "04K", "2019-08-01"),
        [ratify(false), row("term_ends", "body/04K", "2019-12-31", false)]
    );
    let story = story.and([crate::said::applied(1, "2019-09-30"), regulator(1, "approved", "2019-10-30")]);
    let story = story.and([merged()]);
    assert_eq!(rows(&story, "52R", "2020-05-01"), [ratify(true)], "its terms ended with it");
}

#[test]
fn an_interest_is_registered_by_the_bodies_for_which_its_holder_attends() {
    use crate::meetings::{attended, convened, declared, opened, with};
    use minutebook_governance::meetings::{declarations, meetings_of};
    let of_l = json!([{"person": "person/a", "as": "voting", "bodies": ["body/04K"]},
        {"person": "person/b", "as": "voting", "bodies": ["body/04L"]}]);
    let story = |attendees: Value, declares: Said| {
        let joint = with(convened(), "kind", json!("joint_committee"));
        given([appointed("04K", "chair", "a", "2013-04-01"), joint, crate::meetings::agenda(), opened()])
            .and([attended(attendees), declares])
    };
    let registers = |story: &Story| {
        let is_due = |body: &str| {
            let due = due_for(story, body, "2019-07-04");
            due.iter().any(|due| due.subject.as_str() == "person/b")
        };
        let of = |body: &str| {
            let view = story.at("2019-07-04");
            let meetings = meetings_of(story.record(), &format!("body/{body}").parse().unwrap(), view);
            let bodies: Vec<_> = declarations(&meetings).into_iter().flat_map(|it| it.bodies).collect();
            bodies.iter().any(|id| id.slug() == body)
        };
        assert_eq!(["04K", "04L"].map(is_due), ["04K", "04L"].map(of));
        ["04K", "04L"].map(is_due)
    };
    let declares = || declared("person/b", json!(["note"]));
    assert_eq!(registers(&story(of_l.clone(), declares())), [false, true]);
    // Who attends for all that meet declares for all of them; who names a body declares for it.
    let for_all = json!([{"person": "person/b", "as": "voting"}]);
    assert_eq!(registers(&story(for_all, declares())), [true, true]);
    let named = with(declares(), "bodies", json!(["body/04K"]));
    assert_eq!(registers(&story(of_l, named)), [true, false]);
}
