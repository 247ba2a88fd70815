//! What a question costs is the number of acts about its subject. Counted, never timed: what the record is asked for
//! stays the same, however much is said of others.

use crate::meetings::{convened, sitting};
use crate::said::{Said, appointed, ccg, consulted, decided, explored, id, key, person, proposed, says};
use crate::story::{Story, date, enrolled, given, granted};
use minutebook_governance::actions::{action_log, action_log_from};
use minutebook_governance::appointments::appointment;
use minutebook_governance::authority::{
    compromises_of, contested_among, grants_for, key_state, log_key_terms,
};
use minutebook_governance::bodies::{Scheme, bodies_of_code, body, holder};
use minutebook_governance::changes::all_differences;
use minutebook_governance::committees::{
    committee, committees_from, committees_of, delegations_from, delegations_to,
};
use minutebook_governance::constitutions::{composition, governing_rules};
use minutebook_governance::consultations::consultation;
use minutebook_governance::decisions::{decisions, decisions_from};
use minutebook_governance::directions::imposed_on;
use minutebook_governance::due::due;
use minutebook_governance::figures::{figures_about, targets_about};
use minutebook_governance::interests::{interests_of_body, interests_of_person};
use minutebook_governance::loads::horizon;
use minutebook_governance::meetings::{attendance, meeting, meetings_of, meetings_of_person};
use minutebook_governance::memberships::{membership_changes, practices};
use minutebook_governance::mergers::{merger, mergers_from, open_conditions};
use minutebook_governance::people::{Office, office_held, person_name};
use minutebook_governance::plans::{intentions_about, statements_about};
use minutebook_governance::powers::who_may_decide;
use minutebook_governance::register::{FoundAt, bodies_from, findings, findings_from};
use minutebook_governance::{BodyId, Cost, Date, Record, View};
use minutebook_log::Position;
use serde_json::json;
use std::collections::BTreeSet;

/// A question, asked for what it reads alone.
type Question = fn(&Record, View);

fn k() -> BodyId {
    "body/04K".parse().unwrap()
}

/// One for each that is about something.
const QUESTIONS: [(&str, Question); 33] = [
    ("body", |record, view| drop(body(record, &k(), view))),
    ("code", |record, view| drop(bodies_of_code(record, Scheme::Ods, "04K", view))),
    ("holder", |record, view| drop(holder(record, &"04K".parse().unwrap(), view))),
    ("office", |record, view| drop(office_held(record, &k(), Office::Chair, view))),
    ("appointment", |record, view| drop(appointment(record, &k(), Office::Chair, view))),
    ("composition", |record, view| drop(composition(record, &k(), view))),
    ("governing rules", |record, view| drop(governing_rules(record, &k(), view))),
    ("powers", |record, view| drop(who_may_decide(record, &k(), view))),
    ("decisions", |record, view| drop(decisions(record, k().subject(), view))),
    ("actions", |record, view| drop(action_log(record, &k(), view))),
    ("interests", |record, view| drop(interests_of_body(record, &k(), view))),
    ("a person's interests", |record, view| {
        drop(interests_of_person(record, &"person/a".parse().unwrap(), view))
    }),
    ("a person's name", |record, view| drop(person_name(record, &"person/a".parse().unwrap(), view))),
    ("meetings", |record, view| drop(meetings_of(record, &k(), view))),
    ("a person's meetings", |record, view| {
        drop(meetings_of_person(record, &"person/a".parse().unwrap(), view))
    }),
    ("meeting", |record, view| drop(meeting(record, &"meeting/m".parse().unwrap(), view))),
    ("attendance", |record, view| drop(attendance(record, &k(), (Date::FIRST, view.as_at), view))),
    ("committees", |record, view| drop(committees_of(record, &k(), view))),
    ("committee", |record, view| drop(committee(record, &"committee/c".parse().unwrap(), view))),
    ("delegations", |record, view| drop(delegations_from(record, &k(), view))),
    ("delegations to it", |record, view| drop(delegations_to(record, k().subject(), view))),
    ("practices", |record, view| {
        drop((practices(record, &k(), view), membership_changes(record, &k(), view)))
    }),
    ("directions", |record, view| drop(imposed_on(record, &k(), view))),
    ("conditions", |record, view| drop(open_conditions(record, &k(), view))),
    ("merger", |record, view| drop(merger(record, &"merger/m".parse().unwrap(), view))),
    ("consultation", |record, view| drop(consultation(record, &"consultation/c".parse().unwrap(), view))),
    ("intentions", |record, view| drop(intentions_about(record, k().subject(), view))),
    ("stated", |record, view| {
        drop((
            figures_about(record, k().subject(), view),
            targets_about(record, k().subject(), view),
            statements_about(record, k().subject(), view),
        ))
    }),
    ("due", |record, view| drop(due(record, &k(), view))),
    ("grants", |record, view| drop(grants_for(record, &k(), view))),
    ("key", |record, view| {
        let key = key("secretary-04K").public();
        drop((key_state(record, key, view), compromises_of(record, key, view)));
    }),
    ("doubts", |record, view| {
        drop(contested_among(record, (0..40).map(Position), view));
    }),
    ("horizon", |record, view| {
        drop((horizon(record, view), log_key_terms(record, view.known)));
        let raised = (0..40).map(|position| record.findings_at(Position(position), view).len());
        assert!(raised.sum::<usize>() < usize::MAX);
    }),
];

/// What every question costs.
fn costs(story: &mut Story) -> Vec<(&'static str, Cost)> {
    let view = story.reported_at("2019-07-05");
    let cost = |(name, question): &(&'static str, Question)| {
        let ((), cost) = story.book.cost_of(|record| question(record, view));
        (*name, cost)
    };
    QUESTIONS.iter().map(cost).collect()
}

/// Of 04K something of most kinds is known.
fn told() -> Story {
    let action = json!({"body": "body/04K", "text": "Bring the paper.", "owner": {"person": "person/a"},
        "assigned_on": "2019-07-04", "due": "2019-08-01"});
    let interest = json!({"person": "person/a", "bodies": ["body/04K"], "kind": "financial",
        "description": "Partner in a practice.", "arose_on": "2019-05-01", "declared_on": "2019-05-14"});
    let loaded = json!({"title": "A register", "speaks_to": "2019-06-30"});
    sitting().and([
        decided("04K", "2019-07-04", json!({"none": {}})).with_id(1),
        says("ActionAssigned", "action/x", action),
        says("InterestRegistered", "interest/x", interest),
        says("DocumentRegistered", "document/load", loaded).reported(),
        says(
            "KeyRevoked",
            &crate::story::key_subject("register-two"),
            json!({"reason": "compromised", "from": 3}),
        ),
        proposed("m", &["04K", "04L"], "2019-06-01"),
        consulted(),
    ])
}

/// Much is said of others: bodies, people, papers, keys, and whatever 04M does.
fn of_others() -> Vec<Said> {
    let mut said = Vec::new();
    for number in 0..12_u8 {
        let slug = format!("F{number:02}");
        let (role, body) = (format!("secretary-{slug}"), format!("body/{slug}"));
        said.extend([ccg(&slug), person(&format!("of-{slug}"))]);
        said.extend([
            says("DocumentRegistered", &format!("document/{slug}"), json!({"title": "A paper"})).in_the_press(),
            enrolled(&role, &role),
            granted(&role, "secretary", json!([body]), json!(["own_act", "own_record"])),
            decided("04M", "2019-07-04", json!({"none": {}})).with_id(100 + number),
            says(
                "ActionAssigned",
                &format!("action/{slug}"),
                json!({"body": "body/04M", "text": "Wait.", "owner": {"office": "chair"}, "assigned_on": "2019-07-04"}),
            ),
            says(
                "CommitteeEstablished",
                &format!("committee/{slug}"),
                json!({"name": "Theirs", "kind": "committee", "parents": ["body/04M"],
                    "established_on": "2019-07-04", "functions": ["theirs"], "decisions": [id(100 + number)]}),
            ),
        ]);
        let mut meets = convened();
        meets.subject = format!("meeting/{slug}");
        meets.facts["bodies"] = json!(["body/04M"]);
        meets.facts["kind"] = json!("single");
        meets.signers = vec![("secretary-04M".to_owned(), "secretary", Some("body/04M".to_owned()))];
        said.push(meets);
    }
    said.push(appointed("04M", "chair", "of-F00", "2019-01-01"));
    said
}

#[test]
fn what_a_question_costs_is_the_number_of_acts_about_its_subject() {
    let mut story = told();
    let before = costs(&mut story);
    let mut story = story.and(of_others());
    let after = costs(&mut story);
    for ((name, before), (_name, after)) in before.iter().zip(&after) {
        assert_eq!(before, after, "{name}");
    }
    let read: Vec<_> =
        before.iter().filter(|(_name, cost)| cost.entries > 0).map(|(name, _cost)| name).collect();
    assert!(read.len() > 25, "only these read anything: {read:?}");
    // What is about it does cost: the count counts.
    let mut story = story.and([decided("04K", "2019-07-04", json!({"none": {}}))]);
    let cost_of = |costs: &[(&str, Cost)]| costs.iter().find(|(name, _cost)| *name == "decisions").unwrap().1;
    assert_eq!(cost_of(&costs(&mut story)).entries, cost_of(&after).entries + 1);
}

#[test]
fn a_page_costs_what_it_shows() {
    // Without reasons, so that each raises a finding.
    let decides = |_number: u8| {
        let mut decides = decided("04K", "2019-07-04", json!({"none": {}}));
        decides.facts.as_object_mut().unwrap().remove("reasons");
        decides
    };
    let mut story = given((0..30).map(decides));
    let view = story.at("2019-07-05");
    let first = Position(story.record().len() - 30);
    let k = k();
    for from in [first, Position(first.0 + 20)] {
        let (shown, cost) = story.book.cost_of(|record| {
            let shown = decisions_from(record, from, k.subject(), view).take(2);
            shown.map(|decision| decision.source.position.0).collect::<Vec<_>>()
        });
        assert_eq!((shown, cost.entries), (vec![from.0, from.0 + 1], 2));
    }
    // Of findings, those of the entries that are shown; of bodies, those that are shown.
    let (_shown, cost) = story.book.cost_of(|record| {
        findings_from(record, &FoundAt::default(), view)
            .filter_map(|(_at, found)| found)
            .take(2)
            .map(|found| found.id())
            .collect::<Vec<_>>()
    });
    assert!(cost.entries <= 2, "{cost:?}");
    let all = bodies_from(story.record(), "body", view).count();
    let of = |story: &mut Story, count: usize| {
        let (shown, cost) =
            story.book.cost_of(|record| bodies_from(record, "body", view).take(count).count());
        assert_eq!(shown, count);
        cost
    };
    assert!(of(&mut story, 1).entries * 2 <= of(&mut story, all).entries);
}

#[test]
fn a_list_goes_on_anywhere() {
    let story = told().and(of_others());
    let (record, view) = (story.record(), story.at("2019-12-31"));
    let all: Vec<_> = findings_from(record, &FoundAt::default(), view).collect();
    assert!(all.iter().map(|(at, _found)| at.part).collect::<BTreeSet<_>>().len() > 2, "of several kinds");
    assert!(
        all.is_sorted_by(
            |(one, _), (other, _)| one.part < other.part || one.part == other.part && one != other
        )
    );
    for (number, (at, _found)) in all.iter().enumerate() {
        let rest: Vec<_> = findings_from(record, at, view).collect();
        assert_eq!(rest, all[number..]);
    }
    let mut sorted: Vec<_> = all.iter().filter_map(|(_at, found)| found.clone()).collect();
    sorted.sort_by_key(|found| (found.why.first().copied(), found.rule.id));
    assert_eq!(sorted, findings(record, view));
    let earlier = View { as_at: date("2013-03-31"), ..view };
    let differing: Vec<_> = all_differences(record, None, earlier, view).collect();
    assert!(differing.iter().flat_map(|(_subject, found)| found).count() > 20);
    for (number, (subject, _of_one)) in differing.iter().enumerate() {
        let rest: Vec<_> = all_differences(record, Some(subject), earlier, view).collect();
        assert_eq!(rest, differing[number..]);
    }
    let others = k();
    let committees: Vec<_> =
        committees_from(record, &"body/04M".parse().unwrap(), None, view).map(|it| it.id).collect();
    assert_eq!((committees.len(), committees_from(record, &others, None, view).count()), (12, 0));
    let m = "body/04M".parse().unwrap();
    let rest: Vec<_> = committees_from(record, &m, Some(&committees[5]), view).map(|it| it.id).collect();
    assert_eq!(rest, committees[5..]);
    let line = [m];
    let actions: Vec<_> = action_log_from(record, &line, None, view).map(|(place, _action)| place).collect();
    assert_eq!(actions.len(), 12);
    let rest = action_log_from(record, &line, Some(&actions[5]), view).map(|(place, _action)| place);
    assert_eq!(rest.collect::<Vec<_>>(), actions[5..]);
}

#[test]
fn the_mergers_of_a_body_are_those_in_which_it_has_a_leg() {
    let joins = |body: &str| {
        let effect = json!({"merger": {"merger": "merger/m", "choice": "join"}});
        decided(body, "2019-06-03", effect).with_standing("own_record").with_minutes()
    };
    let story = given([
        proposed("m", &["04K", "04L"], "2019-06-01"),
        explored("x", &["04L", "04M"], "2019-06-02"),
        joins("04M"),
    ]);
    let ids = |bodies: Option<&[&str]>, day: &str| {
        let bodies: Option<Vec<BodyId>> =
            bodies.map(|bodies| bodies.iter().map(|slug| format!("body/{slug}").parse().unwrap()).collect());
        let found = mergers_from(story.record(), bodies.as_deref(), None, story.at(day));
        found.map(|merger| merger.id.slug().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids(None, "2019-07-01"), ["m", "x"]);
    assert_eq!(ids(Some(&["04K"]), "2019-07-01"), ["m"]);
    assert_eq!(ids(Some(&["04L"]), "2019-07-01"), ["m", "x"]);
    assert_eq!(ids(Some(&["04M"]), "2019-07-01"), ["m", "x"]);
    assert_eq!(ids(Some(&["04M"]), "2019-06-02"), ["x"]);
    assert_eq!(ids(Some(&["04K", "04M"]), "2019-07-01"), ["m", "x"]);
    assert_eq!(ids(Some(&["13T"]), "2019-07-01"), [""; 0]);
}

#[test]
fn only_what_registers_and_importers_load_states_a_horizon() {
    let speaks = |id: &str, to: &str| {
        says("DocumentRegistered", &format!("document/{id}"), json!({"title": "A paper", "speaks_to": to}))
    };
    let seen = |story: &Story| horizon(story.record(), story.at("2026-01-01"));
    let story = given([speaks("of-a-secretary", "2000-01-01")]);
    assert_eq!(seen(&story), None);
    let transcribed = speaks("minutes", "2030-01-01").with_standing("own_record").with_minutes();
    let story = story.and([transcribed]);
    assert_eq!(seen(&story), None);
    let story = story.and([speaks("paper", "2019-06-30").in_the_press()]);
    assert_eq!(seen(&story), Some(date("2019-06-30")));
    let story =
        story.and([speaks("register", "2019-12-31").reported(), speaks("older", "2018-12-31").reported()]);
    assert_eq!(seen(&story), Some(date("2019-12-31")));
    // Before it was loaded, nothing said so.
    let known = story.record().len() - 2;
    assert_eq!(horizon(story.record(), View { known, ..story.at("2026-01-01") }), Some(date("2019-06-30")));
}
