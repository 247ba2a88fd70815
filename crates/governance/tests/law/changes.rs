//! What changed: between two days, between two states of knowledge, by one entry.

use crate::history::{BODIES, UNITS, day_text, history, tell};
use crate::said::{appointed, ccg, chose, ended, merged, proposed, says, up_to_approval};
use crate::story::{Story, date, given, given_alone};
use minutebook_governance::changes::{Change, Difference, changes_of, differences};
use minutebook_governance::{Date, KnownUntil, Record, Scope, View};
use minutebook_log::{Position, Subject};
use proptest::prelude::*;
use serde_json::json;
use std::collections::BTreeMap;

/// Subject, fact, what it was, what it is.
type Line = (String, String, Option<String>, Option<String>);

fn line(difference: &Difference) -> Line {
    let value = |fact: &Option<minutebook_governance::changes::FactOnDay>| {
        fact.as_ref().map(|fact| fact.value.clone())
    };
    let (before, after) = (value(&difference.before), value(&difference.after));
    (difference.subject.to_string(), difference.fact.clone(), before, after)
}

/// What the last entry changed, each with its first day and its first day no more.
fn last_changes(story: &Story) -> Vec<(Line, Option<String>, Option<String>)> {
    let last = Position(story.record().len() - 1);
    let changes = changes_of(story.record(), last, story.at("2020-01-01"));
    let day = |date: Option<Date>| date.map(|date| date.to_string());
    let dates = |change: &Change| (day(change.from), day(change.until));
    changes
        .iter()
        .map(|change| {
            let (from, until) = dates(change);
            (line(&change.difference), from, until)
        })
        .collect()
}

fn changed(subject: &str, fact: &str, before: Option<&str>, after: Option<&str>) -> Line {
    let own = |text: Option<&str>| text.map(str::to_owned);
    (subject.to_owned(), fact.to_owned(), own(before), own(after))
}

#[test]
fn an_appointment_changes_who_holds_the_office_from_its_day() {
    let story = given([appointed("04K", "chair", "a", "2019-02-01")]);
    let chair = changed("body/04K", "chair", None, Some("person/a"));
    assert_eq!(last_changes(&story), [(chair, Some("2019-02-01".to_owned()), None)]);
    let story = story.and([ended("04K", "chair", "a", "2019-06-01")]);
    let vacant = changed("body/04K", "chair", Some("person/a"), Some("vacant"));
    assert_eq!(last_changes(&story), [(vacant, Some("2019-06-01".to_owned()), None)]);
}

#[test]
fn a_merger_passes_the_units_on_and_closes_who_held_them() {
    let story = given(up_to_approval()).and([merged()]);
    let changes = last_changes(&story);
    let on_the_day = |line: Line| {
        assert!(
            changes.contains(&(line.clone(), Some("2020-04-01".to_owned()), None)),
            "{line:?} in {changes:#?}"
        );
    };
    on_the_day(changed("unit/04K", "commissioner", Some("body/04K"), Some("body/52R")));
    on_the_day(changed("body/04K", "life", Some("open"), Some("closed")));
    on_the_day(changed("body/52R", "life", None, Some("open")));
    let before =
        (changed("body/52R", "life", None, Some("not_yet_open")), None, Some("2020-04-01".to_owned()));
    assert!(changes.contains(&before), "{changes:#?}");
    on_the_day(changed("body/52R", "accountable_officer", None, Some("person/a")));
    on_the_day(changed("body/04K", "code ods:04K", Some("held"), None));
    assert!(!changes.iter().any(|((subject, ..), ..)| subject == "body/04M"), "{changes:#?}");
}

#[test]
fn a_correction_changes_the_days_between_the_old_date_and_the_new() {
    let story = given([appointed("04K", "chair", "a", "2019-02-01").with_id(1)]);
    let corrected = says(
        "RecordCorrected",
        &format!("record/{}", crate::said::id(1)),
        json!({"target": crate::said::id(1).to_string(), "kind": "factual", "reason": "The letter says March.",
        "fields": [{"path": "/effective", "old": "2019-02-01", "new": "2019-03-01"}]}),
    );
    let story = story.and([corrected]);
    let gone = changed("body/04K", "chair", Some("person/a"), None);
    let told = changed(&format!("record/{}", crate::said::id(1)), "corrected", None, Some("factual"));
    let gone = (gone, Some("2019-02-01".to_owned()), Some("2019-03-01".to_owned()));
    let day = changed(
        &format!("record/{}", crate::said::id(1)),
        "effective",
        Some("\"2019-02-01\""),
        Some("\"2019-03-01\""),
    );
    assert_eq!(last_changes(&story), [gone, (told, None, None), (day.clone(), None, None)]);
    // Between what was known before and with it, the same; once it is known, nothing.
    let now = story.at("2020-01-01");
    let record: Subject = format!("record/{}", crate::said::id(1)).parse().unwrap();
    let between = |before: View, after: View| -> Vec<Line> {
        differences(story.record(), Some(&record), before, after).iter().map(line).collect()
    };
    assert!(between(now.as_known(now.known - 1), now).contains(&day));
    assert_eq!(between(now, now), []);
    assert!(
        between(now.as_known(now.known - 2), now.as_known(now.known - 1)).is_empty(),
        "not known by then"
    );
}

#[test]
fn a_choice_changes_the_merger_and_not_the_body() {
    let story = given([proposed("m", &["04K", "04L"], "2019-04-04")]);
    let story = story.and([chose("04K", "apply", "2019-07-04").on("2019-07-04")]);
    let changes = last_changes(&story);
    let choice = changed("merger/m", "choice of body/04K", None, Some("apply"));
    let of_body =
        |subject: &str, fact: &str| subject == "body/04K" && fact.starts_with("decision of 2019-07-04");
    let is_told = |(subject, fact, ..): &Line| subject == "merger/m" || of_body(subject, fact);
    assert!(changes.iter().all(|(line, ..)| is_told(line)), "{changes:?}");
    let last = story.record().len() - 1;
    let decided = format!("decision of 2019-07-04 (entry {last})");
    let decided = changed("body/04K", &decided, None, Some("approved: apply, merger/m"));
    assert!(changes.contains(&(decided, Some("2019-07-04".to_owned()), None)), "{changes:?}");
    assert!(changes.iter().any(|(line, ..)| *line == choice), "{changes:?}");
}

#[test]
fn two_days_and_two_states_of_knowledge_are_held_against_each_other() {
    let story = given([appointed("04K", "chair", "a", "2019-02-01")]);
    let body: Subject = "body/04K".parse().unwrap();
    let lines = |before: View, after: View| -> Vec<Line> {
        differences(story.record(), Some(&body), before, after).iter().map(line).collect()
    };
    let (january, march) = (story.at("2019-01-01"), story.at("2019-03-01"));
    let chair = vec![changed("body/04K", "chair", None, Some("person/a"))];
    assert_eq!(lines(january, march), chair);
    assert_eq!(lines(march.as_known(story.record().len() - 1), march), chair);
    assert_eq!(lines(march, march), []);
    let all = differences(story.record(), None, january, march);
    assert_eq!(all.iter().map(line).collect::<Vec<_>>(), chair);
    assert_eq!(all[0].after.as_ref().unwrap().why, [Position(story.record().len() - 1)]);
}

#[test]
fn what_the_press_says_changes_what_is_reported_alone() {
    let story = given_alone([ccg("04K"), crate::said::person("a")]);
    let story = story.and([crate::said::observed("04K", "chair", "a", "2019-02-01")]);
    assert_eq!(last_changes(&story), []);
    let last = Position(story.record().len() - 1);
    let reported = changes_of(story.record(), last, story.reported_at("2020-01-01"));
    let lines: Vec<_> = reported.iter().map(|change| (line(&change.difference), change.from)).collect();
    // It was told before: of later days it is not known any more.
    let chair = |value| changed("body/04K", "chair", None, Some(value));
    let told = [("person/a", "2019-02-01"), ("perhaps person/a", "2019-02-02")];
    assert_eq!(lines, told.map(|(value, from)| (chair(value), Some(date(from)))));
}

/// The facts of a day as the changes of every entry leave them.
fn summed_up(record: &Record, view: View) -> BTreeMap<(String, String), String> {
    let mut facts = BTreeMap::new();
    for position in (0..view.known).map(Position) {
        for change in changes_of(record, position, view) {
            let holds = change.from.is_none_or(|from| from <= view.as_at)
                && change.until.is_none_or(|until| view.as_at < until);
            let (subject, fact, before, after) = line(&change.difference);
            // What stood in an entry is told when it is corrected, not before.
            if holds && !subject.starts_with("record/") {
                let was = facts.remove(&(subject.clone(), fact.clone()));
                assert_eq!(was, before, "{subject} {fact} before entry {position}");
                facts.extend(after.map(|after| ((subject, fact), after)));
            }
        }
    }
    facts
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_changes_of_all_entries_add_up_to_the_register(lines in history(), day in 0..600_u16) {
        let told = tell(&lines);
        let record = told.story.record();
        let view = View { as_at: date(&day_text(day)), known: record.len(), scope: Scope::Enacted, until: KnownUntil::Onwards };
        let nothing = view.as_known(0);
        let mut expected = BTreeMap::new();
        let bodies = (0..BODIES).map(|body| format!("body/B{body}"));
        for subject in bodies.chain((0..UNITS).map(|unit| format!("unit/U{unit}"))) {
            for difference in differences(record, Some(&subject.parse().unwrap()), nothing, view) {
                let (subject, fact, _before, after) = line(&difference);
                expected.insert((subject, fact), after.unwrap());
            }
        }
        let mut summed = summed_up(record, view);
        summed.retain(|(subject, _fact), _value| subject.starts_with("body/B") || subject.starts_with("unit/U"));
        prop_assert_eq!(summed, expected);
    }
}

#[test]
fn decisions_meetings_actions_and_corrections_are_compared() {
    let chosen = chose("04K", "do_not_apply", "2019-07-04").with_id(1);
    let action = says(
        "ActionAssigned",
        "action/a1",
        json!({"body": "body/04K", "text": "Write to the others.", "owner": {"office": "chair"},
            "assigned_on": "2019-07-04", "due": "2019-08-01"}),
    );
    let withdrawn = says(
        "RecordCorrected",
        &format!("record/{}", crate::said::id(1)),
        json!({"target": crate::said::id(1).to_string(), "kind": "withdrawn", "reason": "It was not decided."}),
    );
    let story = given([proposed("m", &["04K", "04L"], "2019-04-04"), chosen, action, withdrawn]);
    let now = story.at("2019-09-01");
    let all = |before: View, after: View| -> Vec<Line> {
        differences(story.record(), None, before, after).iter().map(line).collect()
    };
    let decided = |facts: &[Line], before: Option<&str>, after: Option<&str>| {
        facts.iter().any(|(subject, fact, was, is)| {
            subject == "body/04K"
                && fact.starts_with("decision of")
                && was.as_deref() == before
                && is.as_deref() == after
        })
    };
    let since_june = all(story.at("2019-06-30").as_known(now.known - 1), now.as_known(now.known - 1));
    assert!(decided(&since_june, None, Some("approved: do_not_apply, merger/m")), "{since_june:?}");
    assert!(since_june.contains(&changed("action/a1", "state", None, Some("open"))), "{since_june:?}");
    let learned = all(now.as_known(now.known - 1), now);
    assert!(decided(&learned, Some("approved: do_not_apply, merger/m"), None), "{learned:?}");
    let corrected = changed(&format!("record/{}", crate::said::id(1)), "corrected", None, Some("withdrawn"));
    assert!(learned.contains(&corrected), "{learned:?}");
    let last = last_changes(&story);
    assert!(
        last.iter().any(|((subject, fact, ..), ..)| subject == "body/04K" && fact.starts_with("decision of"))
    );
    // What is not compared is said.
    assert!(minutebook_governance::changes::kinds_left_out(story.record()).contains("grant"));
    let left_out =
        |position: u64| minutebook_governance::changes::is_left_out(story.record(), Position(position));
    assert!(left_out(0) && !left_out(story.record().len() - 1));
}

/// A practice, a direction and a post of 04K: what they are on a day, and what each entry changed.
#[test]
fn practices_directions_and_posts_are_compared() {
    let moved = |change: &str, on: &str| {
        let facts = json!({"practice": "body/C84001", "change": change, "effective": on});
        says("MembershipChanged", "body/04K", facts).reported()
    };
    let imposed = |change: &str, on: &str| {
        let facts = json!({"id": "finance-2018", "kind": "directions", "change": change, "effective": on,
            "basis": "NHS Act 2006, section 14Z21", "scope": "finance", "text": "To agree its budget first."});
        says("DirectionsChanged", "body/04K", facts).reported()
    };
    let post = |seats: u32, on: &str| {
        let facts = json!({"office": "lay_member", "title": "Lay member", "voting": true, "statutory": true,
            "seats": seats, "effective": on});
        says("OfficeDefined", "body/04K", facts).reported()
    };
    let practice = json!({"kind": "practice", "name": "A practice", "from": "2013-04-01"});
    let practice = says("BodyRegistered", "body/C84001", practice).reported();
    let story = given([practice, moved("admitted", "2013-04-01"), imposed("imposed", "2018-07-01")]);
    let story = story.and([post(2, "2018-01-01"), imposed("lifted", "2019-04-01")]);
    let story = story.and([moved("departed", "2019-04-01"), post(3, "2019-04-01")]);
    let between = |before: &str, after: &str| -> Vec<Line> {
        let id = "body/04K".parse().unwrap();
        differences(story.record(), Some(&id), story.at(before), story.at(after)).iter().map(line).collect()
    };
    let seats = |count: &str| format!("Lay member, {count} seats, voting");
    let (two, three) = (seats("2"), seats("3"));
    assert_eq!(
        between("2019-03-31", "2019-04-01"),
        [
            changed("body/04K", "directions finance-2018", Some("in force"), Some("lifted")),
            changed("body/04K", "member practice body/C84001", Some("yes"), None),
            changed("body/04K", "post of lay_member", Some(&two), Some(&three)),
        ]
    );
    assert_eq!(between("2018-08-01", "2019-03-31"), [], "between them nothing was said");
    // An entry says what it changed, from which day on; the departure, of the practice.
    let of = |back: u64| changes_of_last(&story, back);
    assert_eq!(of(0), [changed("body/04K", "post of lay_member", Some(&two), Some(&three))]);
    assert_eq!(of(1), [changed("body/C84001", "member of body/04K", Some("yes"), None)]);
    assert_eq!(of(2), [changed("body/04K", "directions finance-2018", Some("in force"), Some("lifted"))]);
    for back in 0..3 {
        let position = Position(story.record().len() - 1 - back);
        assert!(!minutebook_governance::changes::is_left_out(story.record(), position), "{back}");
    }
}

/// What the last entry but so many changed, whenever.
fn changes_of_last(story: &Story, back: u64) -> Vec<Line> {
    let position = Position(story.record().len() - 1 - back);
    let changes = changes_of(story.record(), position, story.at("2019-09-01"));
    changes.iter().map(|change| line(&change.difference)).collect()
}
