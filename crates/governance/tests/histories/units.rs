//! Each unit is held by exactly one open commissioner, at every instant, whatever was reorganised; a successor opens when
//! its predecessors close.

use crate::heard::{cases, heard, tell};
use crate::land::Land;
use crate::land_made_up::{DAYS, OLD, Plan, at_first, day, plans};
use crate::said::Said;
use crate::story::{Story, given_alone};
use minutebook_governance::bodies::{Life, SuccessionKind, units_of};
use minutebook_governance::register::all_bodies;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn land(story: &Story) -> Land {
    Land { said: heard(story, story.record().len()) }
}

/// Tells what is planned, as far as the rules admit it; says how much was admitted.
fn reorganised(plans: &[(u16, Plan)]) -> (Story, usize) {
    let (mut story, mut admitted) = (given_alone(at_first()), 0);
    for (on, plan) in plans {
        let said = plan.said(&land(&story), &eve_of(*on), &day(*on));
        admitted += said.iter().take_while(|said| tell(&mut story, said)).count();
    }
    (story, admitted)
}

fn eve_of(on: u16) -> String {
    on.checked_sub(1).map_or_else(|| "2014-12-31".to_owned(), day)
}

/// The days before and on which something happens, and a few others.
fn asked(plans: &[(u16, Plan)]) -> Vec<String> {
    let mut days: Vec<_> = plans.iter().flat_map(|(on, _plan)| [eve_of(*on), day(*on)]).collect();
    days.extend(["2013-03-31".to_owned(), "2013-04-01".to_owned(), day(DAYS)]);
    days
}

/// The units, and those parts that somebody else holds than their whole.
fn apart(holders: &BTreeMap<String, String>) -> BTreeMap<&str, &str> {
    let with_whole = |unit: &str, holder: &str| {
        let whole = unit.split_once('/').map(|(whole, _part)| whole);
        whole.and_then(|whole| holders.get(whole)).is_some_and(|of_whole| of_whole == holder)
    };
    let all = holders.iter().map(|(unit, holder)| (unit.as_str(), holder.as_str()));
    all.filter(|(unit, holder)| !with_whole(unit, holder)).collect()
}

/// Holds what the register says of every unit, on the days that matter, against the dumb map.
pub(crate) fn check_units(plans: &[(u16, Plan)]) -> Result<(), TestCaseError> {
    let (story, _admitted) = reorganised(plans);
    let land = land(&story);
    for day in asked(plans) {
        let view = story.at(&day);
        let expected = land.holders(&day);
        prop_assert!(day.as_str() < "2013-04-01" || expected.len() >= 6);
        for (unit, holder) in &expected {
            let found = story.holder(unit, view).map(|body| format!("body/{body}"));
            prop_assert_eq!(found.as_ref(), Some(holder), "{} on {}", unit, day);
            prop_assert!(land.is_open(holder, &day), "{} of {} on {}", unit, holder, day);
            let life = story.body(holder.trim_start_matches("body/"), view).unwrap().life(view);
            prop_assert_eq!(life, Life::Open, "{} on {}", holder, day);
        }
        // The other way round: what the bodies hold is everything, once.
        let mut held = BTreeMap::new();
        for body in all_bodies(story.record(), view) {
            for unit in units_of(story.record(), &body.id, view) {
                let before = held.insert(unit.to_string(), body.id.to_string());
                prop_assert_eq!(before, None, "{} on {}", unit, day);
            }
        }
        prop_assert_eq!(apart(&held), apart(&expected), "on {}", day);
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn each_unit_is_held_by_exactly_one_open_commissioner(plans in plans()) {
        check_units(&plans)?;
    }

    #[test]
    fn a_successor_opens_when_its_predecessors_close(plans in plans()) {
        let (story, _admitted) = reorganised(&plans);
        let view = story.at(&day(DAYS));
        for body in all_bodies(story.record(), view) {
            let closes = body.closed.as_ref().map(|closed| closed.value.clone());
            for link in &body.successors {
                let heir = story.body(link.body.slug(), view).unwrap();
                let opens = heir.opened.as_ref().and_then(|opened| opened.value.clone());
                // What is absorbed may go on, with what is left of it.
                let goes_on = link.kind == SuccessionKind::Absorption && closes.clone().flatten().and_then(|ends| ends.exact()) > link.effective.exact();
                if closes.is_some() && !goes_on {
                    prop_assert_eq!(closes.clone(), Some(Some(link.effective.clone())), "{} to {}", body.id, heir.id);
                }
                if link.kind != SuccessionKind::Absorption {
                    prop_assert_eq!(opens, Some(link.effective.clone()), "{} to {}", body.id, heir.id);
                }
            }
            // Who closes is followed by somebody who is there.
            let ends = closes.flatten();
            let followed = body.successors.iter().any(|link| {
                let on = story.at(&link.effective.to_string());
                story.body(link.body.slug(), on).unwrap().life(on) == Life::Open
            });
            prop_assert!(ends.is_none() || followed, "nobody follows {}", body.id);
        }
    }
}

#[test]
fn plans_are_carried_out_and_refused() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let made: Vec<_> = (0..40).map(|_time| plans().new_tree(&mut runner).unwrap().current()).collect();
    let told = made.iter().map(|plans| (plans.len(), reorganised(plans).1));
    let (planned, admitted) =
        told.fold((0, 0), |sum, (planned, admitted)| (sum.0 + planned, sum.1 + admitted));
    assert!(admitted * 3 > planned && admitted < planned, "{admitted} of {planned}");
    let first: Vec<Said> = at_first();
    assert_eq!(first.len(), OLD.len());
}
