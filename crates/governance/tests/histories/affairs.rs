//! What holds of every answer of the register, whatever was said: it can be made anew from the entries, it stays as it was
//! known, and no plan touches it.

use crate::affairs_made_up::{Line, affairs, talk};
use crate::heard::{cases, tell};
use crate::questions::{answers, check_same, everything};
use crate::said::{Said, id, person};
use crate::story::{Story, given};
use crate::telling::{said, told};
use minutebook_governance::{Admission, Scope, View};
use minutebook_log::{Entry, Hash, Place};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::collections::BTreeMap;

fn asked() -> [&'static str; 4] {
    ["2019-06-17", "2019-10-30", "2020-04-01", "2020-09-01"]
}

/// Reads entries as whoever audits the log does, so many, and then again from there.
fn read_again(story: &Story, cuts: &[usize]) -> Story {
    let mut again = Story::default();
    let mut cuts = cuts.iter().cycle();
    let mut rest = &story.entries[..];
    while !rest.is_empty() {
        let (batch, later) = rest.split_at((*cuts.next().unwrap()).min(rest.len()));
        for entry in batch {
            let bytes = entry.encode();
            let entry = Entry::parse(&bytes).unwrap();
            let place = Place {
                position: entry.position,
                stream_number: entry.stream_number,
                recorded: entry.recorded,
            };
            let Admission::New(admitted) = again.book.admit(&entry.signed, place).unwrap() else {
                panic!("twice")
            };
            again.book.append(&entry, Hash::of(&bytes), admitted).unwrap();
            again.entries.push(entry);
        }
        // Somebody asks in between, which changes nothing.
        everything(again.record(), "2019-10-30", again.record().len());
        rest = later;
    }
    again
}

proptest! {
    #![proptest_config(cases(12))]

    #[test]
    fn entries_read_again_make_the_same_register(lines in affairs(), cuts in prop::collection::vec(1..60_usize, 1..4)) {
        let story = told(&lines);
        let again = read_again(&story, &cuts);
        prop_assert_eq!(again.book.chain().head(), story.book.chain().head());
        for day in asked() {
            let known = story.record().len();
            check_same(&everything(again.record(), day, known), &everything(story.record(), day, known), day)?;
        }
    }

    #[test]
    fn what_was_known_stays_answerable(lines in affairs(), cut in 0..40_usize) {
        let (mut before, mut after) = (told(&lines[..cut.min(lines.len())]), told(&lines));
        let known = before.record().len();
        // Time goes on: what is overdue is told by the day of the last entry that is known.
        let later = person("later").on("2021-01-01");
        prop_assert!(tell(&mut before, &later) && tell(&mut after, &later));
        for day in asked() {
            check_same(&everything(before.record(), day, known), &everything(after.record(), day, known), day)?;
        }
    }

    #[test]
    fn what_is_planned_or_reported_changes_nothing_enacted(lines in affairs(), talk in prop::collection::vec((0..40_usize, talk()), 1..12)) {
        let acts: Vec<_> = lines.into_iter().filter(|line| matches!(line, Line::Said(said) if !is_talk(said))).collect();
        let mut with = numbered(acts.clone());
        let without = told(&with);
        for (at, said) in talk {
            with.insert(at.min(with.len()), Line::Said(said));
        }
        let with = told(&with);
        for day in asked() {
            let enacted = |story: &Story| {
                let view = View { scope: Scope::Enacted, ..story.at(day) };
                answers(story.record(), view).iter().map(|answer| without_positions(answer)).collect::<Vec<_>>()
            };
            // What is merely spoken of is no body, merger or office.
            let (with, without) = (enacted(&with), enacted(&without));
            let missing: Vec<_> = without.iter().filter(|answer| !with.contains(answer)).collect();
            prop_assert!(missing.is_empty(), "on {}: {:#?}", day, missing);
        }
    }
}

fn is_talk(said: &Said) -> bool {
    said.standing == "third_party"
        || ["IntentionRecorded", "IntentionResolved", "StatementRecorded"].contains(&said.type_name)
}

/// Events that would have random ids get some that stay, whatever is said between them.
fn numbered(lines: Vec<Line>) -> Vec<Line> {
    let number = |(at, line): (usize, Line)| match line {
        Line::Said(said) if said.id.is_none() => Line::Said(said.with_id(u8::try_from(100 + at).unwrap())),
        other => other,
    };
    let numbered = lines.into_iter().enumerate().map(number).collect();
    assert_ne!(id(1), id(100), "decisions keep their numbers");
    numbered
}

/// An answer without the places in the book that it rests on, which talk shifts.
fn without_positions(answer: &str) -> String {
    let mut parts = answer.split("Position(");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push_str(part.split_once(')').map_or("", |(_number, rest)| rest));
    }
    text
}

#[test]
fn affairs_of_every_kind_are_admitted_and_refused() {
    let mut runner = TestRunner::deterministic();
    let mut told: BTreeMap<&str, [u32; 2]> = BTreeMap::new();
    for _history in 0..60 {
        let mut story = given([]);
        let first = story.entries.len();
        for line in affairs().new_tree(&mut runner).unwrap().current() {
            if let Some(said) = said(&story, first, &line) {
                told.entry(said.type_name).or_default()[usize::from(tell(&mut story, &said))] += 1;
            }
        }
    }
    let all = told.iter().filter(|(_name, [refused, admitted])| *refused > 0 && *admitted > 0);
    assert!(all.count() >= 18, "{told:#?}");
}
