//! People at meetings: who voted how, who declared what, who was there how often.

use crate::meetings::{at, attended, convened, declared, opened, sitting, voted, with};
use crate::said::{Said, appointed, person, says};
use crate::story::{Story, given};
use minutebook_governance::meetings::{
    Attendance, Ballot, Handling, MeetingKind, PersonVote, attendance, declarations, meeting, meetings_of,
    meetings_of_person,
};
use minutebook_governance::{BodyId, Date, PersonId};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const DAY: &str = "2019-07-04";

fn votes(story: &Story) -> Vec<PersonVote> {
    let found = meeting(story.record(), &"meeting/m".parse().unwrap(), story.at(DAY)).unwrap();
    assert_eq!(found.convened.kind, MeetingKind::InCommon);
    found.votes_by_person()
}

fn named(votes: &[(&str, &str)]) -> Value {
    let vote = |(person, vote): &(&str, &str)| json!({"person": format!("person/{person}"), "vote": vote});
    votes.iter().map(vote).collect()
}

fn counted(story: &Story, body: &str, from: &str, until: &str) -> BTreeMap<String, Attendance> {
    let day = |text: &str| text.parse::<Date>().unwrap();
    let body: BodyId = format!("body/{body}").parse().unwrap();
    let period = (day(from), day(until));
    let (_sat, counts) = attendance(story.record(), &body, period, story.at("2020-01-01"));
    counts.into_iter().map(|(person, counted)| (person.slug().to_owned(), counted)).collect()
}

#[test]
fn votes_are_of_people_and_bodies_and_a_vote_that_was_put_again_says_so() {
    let first = with(
        voted("i1", "04K", json!({"for": 1, "against": 1})),
        "named",
        named(&[("a", "for"), ("b", "against")]),
    );
    let again = with(
        voted("i1", "04K", json!({"for": 2, "against": 0})),
        "named",
        named(&[("a", "for"), ("b", "for")]),
    );
    let again = with(again, "put_again", json!("The count was disputed."));
    let other = voted("i1", "04L", json!({"for": 2, "against": 0}));
    let story = sitting().and([first, again, other]);
    let cast: Vec<_> = votes(&story)
        .iter()
        .map(|vote| (vote.person.slug().to_owned(), vote.vote, vote.was_put_again))
        .collect();
    let row = |person: &str, vote, again| (person.to_owned(), Some(vote), again);
    let expected = [
        row("a", Ballot::For, true),
        row("b", Ballot::Against, true),
        row("a", Ballot::For, false),
        row("b", Ballot::For, false),
    ];
    assert_eq!(cast, expected);
    // The other body voted without names.
    let found = meeting(story.record(), &"meeting/m".parse().unwrap(), story.at(DAY)).unwrap();
    let without: Vec<_> = found.votes_without_names().map(|vote| vote.body.to_string()).collect();
    assert_eq!(without, ["body/04L"]);
}

#[test]
fn who_may_not_vote_is_named_with_the_conflict_and_a_note_keeps_nobody_from_voting() {
    let attended =
        attended(json!([{"person": "person/a", "as": "voting"}, {"person": "person/b", "as": "voting"},
        {"person": "person/c", "as": "voting"}]));
    let vote = with(
        voted("i1", "04K", json!({"for": 2, "against": 0})),
        "named",
        named(&[("a", "for"), ("c", "for")]),
    );
    let story = sitting().and([
        person("c"),
        attended,
        declared("person/b", json!(["leave"])),
        declared("person/c", json!(["note"])),
        vote,
    ]);
    let found: Vec<_> = votes(&story)
        .into_iter()
        .map(|vote| (vote.person.slug().to_owned(), vote.vote, vote.conflict))
        .collect();
    let row = |person: &str, vote, conflict: &[Handling]| (person.to_owned(), vote, conflict.to_vec());
    assert_eq!(
        found,
        [
            row("a", Some(Ballot::For), &[]),
            row("c", Some(Ballot::For), &[Handling::Note]),
            row("b", None, &[Handling::Leave])
        ]
    );
    // Each declaration is found by its body and by its person, and not before the day of the meeting.
    let body: BodyId = "body/04K".parse().unwrap();
    let person: PersonId = "person/b".parse().unwrap();
    let of = |day: &str| declarations(&meetings_of(story.record(), &body, story.at(day)));
    assert_eq!((of(DAY).len(), of("2019-07-03").len()), (2, 0));
    let of_person = meetings_of_person(story.record(), &person, story.at(DAY));
    assert_eq!(of_person.len(), 1);
}

fn another(slug: &'static str, day: &str, attendees: Value) -> Vec<Said> {
    let at = |type_name, facts| says(type_name, &format!("meeting/{slug}"), facts);
    let starts = format!("{day}T13:00:00+01:00");
    let notice = json!({"kind": "single", "bodies": ["body/04K"], "title": "Alone", "starts_at": starts,
        "parts": ["public"], "called_on": "2019-07-05"});
    vec![
        at("MeetingConvened", notice),
        at(
            "AgendaPublished",
            json!({"version": 1, "published_on": "2019-07-06", "items":
            [{"reference": "x", "title": "An item", "part": "public"}]}),
        ),
        at("MeetingOpened", json!({"started_at": starts, "chairs": [{"person": "person/a"}]})),
        at("AttendanceRecorded", json!({"attendees": attendees})),
    ]
}

#[test]
fn a_sitting_that_was_called_off_counts_for_nobody_and_a_member_who_is_not_listed_is_unaccounted_for() {
    let deputy = json!([{"person": "person/d", "as": "voting", "deputy_for": "person/b"}, {"person": "person/b", "as": "apologies"},
        {"person": "person/s", "as": "in_attendance"}]);
    let called_off = another("off", "2019-10-03", json!([])).into_iter().take(1);
    let cancelled = says(
        "MeetingRescheduled",
        "meeting/off",
        json!({"said_on": "2019-10-01", "change": "cancelled", "reason": "No business."}),
    );
    let story = sitting()
        .and([
            person("c"),
            appointed("04K", "lay_member", "b", "2013-04-01"),
            appointed("04K", "chief_finance_officer", "c", "2013-04-01"),
            person("d"),
            person("s"),
        ])
        .and(another("september", "2019-09-05", deputy))
        .and(called_off)
        .and([cancelled]);
    let counts = counted(&story, "04K", "2019-01-01", "2019-12-31");
    assert_eq!(
        counts.keys().collect::<Vec<_>>(),
        ["a", "b", "c"],
        "neither who is in attendance nor a deputy"
    );
    // Who chairs was there; the finance officer is a member by the book, and nothing is said of them.
    let a = Attendance { sittings: 2, attended: 2, ..Attendance::default() };
    let c = Attendance { sittings: 2, unaccounted: 2, ..Attendance::default() };
    let b = Attendance { sittings: 2, attended: 1, apologies: 1, deputised: 1, unaccounted: 0 };
    assert_eq!((counts["a"], counts["b"], counts["c"]), (a, b, c));
    // Only the sittings within the period count, its last day among them.
    assert_eq!(counted(&story, "04K", "2019-07-04", "2019-07-04")["b"].sittings, 1);
    assert!(counted(&story, "04K", "2019-07-05", "2019-09-04").is_empty());
    // Of the other body that met in common the book knows no members: those whom the meeting lists count.
    assert_eq!(counted(&story, "04L", "2019-01-01", "2019-12-31").len(), 2);
}

#[test]
fn a_meeting_that_has_not_sat_counts_nobody() {
    let story = given([appointed("04K", "chair", "a", "2013-04-01"), convened()]);
    assert!(counted(&story, "04K", "2019-01-01", "2019-12-31").is_empty());
    let story = story.and([
        at(
            "AgendaPublished",
            json!({"version": 1, "published_on": "2019-06-27", "items":
        [{"reference": "i1", "title": "An item", "part": "public"}]}),
        ),
        opened(),
    ]);
    let a = Attendance { sittings: 1, attended: 1, ..Attendance::default() };
    assert_eq!(counted(&story, "04K", "2019-01-01", "2019-12-31")["a"], a, "who opened it in the chair");
}

#[test]
fn the_last_word_on_who_came_for_a_body_is_counted_and_shown_alike() {
    use minutebook_governance::meetings::attendees;
    let came = |who: &str, what: &str, bodies: &[&str]| {
        let bodies: Vec<_> = bodies.iter().map(|slug| format!("body/{slug}")).collect();
        let mut row = json!({"person": format!("person/{who}"), "as": what});
        if !bodies.is_empty() {
            row["bodies"] = json!(bodies);
        }
        row
    };
    let at_all = || given([appointed("04K", "chair", "a", "2013-04-01"), person("b"), convened(), opened()]);
    let shown = |story: &Story| -> Vec<(String, String, Vec<String>)> {
        let found = meeting(story.record(), &"meeting/m".parse().unwrap(), story.at(DAY)).unwrap();
        let row = |it: &minutebook_governance::meetings::Attendee| {
            let bodies = it.bodies.iter().map(|body| body.slug().to_owned()).collect();
            (it.person.slug().to_owned(), it.attending_as.as_str().to_owned(), bodies)
        };
        attendees(&found).iter().map(row).collect()
    };
    let of = |story: &Story, body: &str, who: &str| {
        let counted = counted(story, body, "2019-07-01", "2019-07-31").remove(who).unwrap();
        (counted.attended, counted.apologies)
    };
    let row = |who: &str, what: &str, bodies: &[&str]| {
        (who.to_owned(), what.to_owned(), bodies.iter().map(|slug| (*slug).to_owned()).collect::<Vec<_>>())
    };
    // b came for both; then apologies for one of them were found.
    let both = json!([came("b", "voting", &[])]);
    let story = at_all().and([attended(both.clone())]);
    assert_eq!(shown(&story), [row("b", "voting", &[])]);
    assert_eq!((of(&story, "04K", "b"), of(&story, "04L", "b")), ((1, 0), (1, 0)));
    let story = story.and([attended(json!([came("b", "apologies", &["04L"])]))]);
    assert_eq!(shown(&story), [row("b", "voting", &["04K"]), row("b", "apologies", &["04L"])]);
    assert_eq!((of(&story, "04K", "b"), of(&story, "04L", "b")), ((1, 0), (0, 1)));
    // What is said of all that met comes after it.
    let story = story.and([attended(both)]);
    assert_eq!(shown(&story), [row("b", "voting", &[])]);
    assert_eq!(of(&story, "04L", "b"), (1, 0));
    // Whoever opened it in the chair was there, unless the attendance says otherwise.
    assert_eq!(of(&story, "04K", "a"), (1, 0));
    let story = story.and([attended(json!([came("a", "apologies", &[])]))]);
    assert_eq!(shown(&story), [row("b", "voting", &[]), row("a", "apologies", &[])]);
    assert_eq!(of(&story, "04K", "a"), (0, 1));
}
