//! The clever register answers as the dumb one, which goes through everything that was said for each question.

use crate::affairs_made_up::{DAYS, affairs};
use crate::book::Book;
use crate::heard::cases;
use crate::story::Story;
use crate::telling::told;
use minutebook_governance::actions::{action, actions_of};
use minutebook_governance::committees::{committee, delegation};
use minutebook_governance::consultations::consultation;
use minutebook_governance::decisions::{
    Ratification, awaiting_ratification, decisions, ratification, rescission,
};
use minutebook_governance::interests::{interest, interests_of_body};
use minutebook_governance::loads::Passed;
use minutebook_governance::mergers::merger;
use minutebook_governance::plans::intention;
use minutebook_governance::powers::{Reach, who_may_decide};
use minutebook_governance::{BodyId, View};
use proptest::prelude::*;
use std::collections::BTreeSet;

const BODIES: [&str; 4] = ["body/04K", "body/04L", "body/04M", "body/52R"];

fn check_actions(story: &Story, book: &Book, view: View) -> Result<(), TestCaseError> {
    for id in book.all_about("action/") {
        let found = action(story.record(), &id.parse().unwrap(), view).map(|it| {
            let due = it.assigned.due.as_ref().map(ToString::to_string).unwrap_or_default();
            (
                it.assigned.body.to_string(),
                it.state.as_str(),
                due,
                it.is_condition,
                it.passed == Passed::Missed,
            )
        });
        prop_assert_eq!(found, book.action(&id), "{} on {}", id, book.day);
    }
    for body in BODIES {
        let found = actions_of(story.record(), &body.parse().unwrap(), view);
        let found: BTreeSet<_> = found.iter().map(|it| it.id.to_string()).collect();
        prop_assert_eq!(found, book.actions_of(body), "actions of {} on {}", body, book.day);
    }
    Ok(())
}

fn check_decisions(story: &Story, book: &Book, view: View) -> Result<(), TestCaseError> {
    for body in BODIES {
        let id: BodyId = body.parse().unwrap();
        let waiting = awaiting_ratification(story.record(), &id, view);
        let found =
            decisions(story.record(), id.subject(), view).into_iter().filter(|it| it.body == id).map(|it| {
                let event = it.id.unwrap();
                let ratified =
                    ratification(story.record(), event, view).map(|(outcome, _at)| match outcome {
                        Ratification::Ratified => "ratified".to_owned(),
                        Ratification::Refused => "refused".to_owned(),
                    });
                let waits = waiting.iter().any(|(waits, _by)| waits.id == it.id);
                (event.to_string(), ratified, rescission(story.record(), event, view).is_some(), waits)
            });
        prop_assert_eq!(found.collect::<Vec<_>>(), book.decisions(body), "{} on {}", body, book.day);
    }
    Ok(())
}

fn check_interests(story: &Story, book: &Book, view: View) -> Result<(), TestCaseError> {
    for id in book.all_about("interest/") {
        let found = interest(story.record(), &id.parse().unwrap(), view).map(|it| it.state.as_str());
        prop_assert_eq!(found, book.interest(&id), "{} on {}", id, book.day);
    }
    for body in BODIES {
        let found = interests_of_body(story.record(), &body.parse().unwrap(), view);
        let found: BTreeSet<_> = found.iter().map(|it| it.id.to_string()).collect();
        prop_assert_eq!(found, book.interests_of(body), "interests of {} on {}", body, book.day);
    }
    Ok(())
}

fn check_powers(story: &Story, book: &Book, view: View) -> Result<(), TestCaseError> {
    for id in book.all_about("committee/") {
        let found = committee(story.record(), &id.parse().unwrap(), view).map(|it| {
            let members: BTreeSet<_> = it.members.iter().map(|member| member.person.to_string()).collect();
            (members, it.functions, u64::from(it.quorum.unwrap_or(0)), it.state.as_str())
        });
        let expected = book.committee(&id).map(|(members, functions, quorum, state)| {
            let owned = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect::<Vec<_>>();
            (members.into_iter().map(str::to_owned).collect(), owned(functions), quorum, state)
        });
        prop_assert_eq!(found, expected, "{} on {}", id, book.day);
    }
    for id in book.all_about("delegation/") {
        let found = delegation(story.record(), &id.parse().unwrap(), view).map(|it| it.state.as_str());
        prop_assert_eq!(found, book.delegation(&id), "{} on {}", id, book.day);
    }
    for body in BODIES {
        let powers = who_may_decide(story.record(), &body.parse().unwrap(), view);
        let decide =
            powers.iter().flat_map(|powers| &powers.deciders).filter(|it| it.reach == Reach::Decides);
        let mut found: Vec<_> = decide.map(|it| it.who.clone()).collect();
        found.sort();
        prop_assert_eq!(found, book.deciders(body), "for {} on {}", body, book.day);
    }
    Ok(())
}

fn check_consultation(story: &Story, book: &Book, view: View) -> Result<(), TestCaseError> {
    let found = consultation(story.record(), &"consultation/c".parse().unwrap(), view);
    let found = found.map(|it| (it.responses.on_time, it.responses.late, it.state.as_str()));
    prop_assert_eq!(found, book.consultation("consultation/c"), "on {}", book.day);
    Ok(())
}

fn check_merger(story: &Story, book: &Book, view: View) -> Result<(), TestCaseError> {
    let Some(found) = merger(story.record(), &"merger/m".parse().unwrap(), view) else {
        prop_assert_eq!(book.merger(), None);
        return Ok(());
    };
    for body in BODIES {
        let choice = found.choice(&body.parse().unwrap()).map(|choice| choice.as_str().to_owned());
        prop_assert_eq!(choice, book.choice(body), "{} on {}", body, book.day);
    }
    let participants: BTreeSet<_> = found.participants().map(ToString::to_string).collect();
    prop_assert_eq!(
        participants,
        book.participants().into_iter().map(str::to_owned).collect(),
        "on {}",
        book.day
    );
    let conditions = found.conditions.iter().map(|it| {
        let fate = it.resolution.map(|fate| format!("{fate:?}").to_lowercase());
        (it.condition.id.clone(), fate)
    });
    let expected: Vec<_> = book
        .conditions()
        .iter()
        .map(|(id, _due, fate)| ((*id).to_owned(), fate.map(str::to_owned)))
        .collect();
    prop_assert_eq!(conditions.collect::<Vec<_>>(), expected, "on {}", book.day);
    prop_assert_eq!(Some(found.state.as_str()), book.merger(), "on {}", book.day);
    Ok(())
}

fn check_intentions(story: &Story, book: &Book, view: View) -> Result<(), TestCaseError> {
    for id in book.all_about("intention/") {
        let found = intention(story.record(), &id.parse().unwrap(), view).map(|it| it.state.as_str());
        prop_assert_eq!(found, book.intention(&id), "{} on {}", id, book.day);
    }
    Ok(())
}

/// Asks both on every day, as known now and some entries ago.
pub(crate) fn check_register(story: &Story, unknown: u64) -> Result<(), TestCaseError> {
    let known = story.record().len() - unknown % (story.record().len() - 34);
    for day in DAYS {
        for known in [known, story.record().len()] {
            let (book, view) = (Book::new(story, day, known), story.at(day).as_known(known));
            check_actions(story, &book, view)?;
            check_decisions(story, &book, view)?;
            check_interests(story, &book, view)?;
            check_powers(story, &book, view)?;
            check_consultation(story, &book, view)?;
            check_merger(story, &book, view)?;
            check_intentions(story, &book, view)?;
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn the_clever_register_answers_as_the_dumb_one(lines in affairs(), unknown in 0..20_u64) {
        check_register(&told(&lines), unknown)?;
    }
}
