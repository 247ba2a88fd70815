//! Votes add up: whoever comes, goes and declares, and whatever is said to have been voted.

use crate::heard::{cases, heard, tell};
use crate::sitting::Sitting;
use crate::sitting_made_up::{BODIES, ITEMS, called, members, proceedings};
use crate::story::{Story, given};
use minutebook_governance::meetings::{meeting, quorum, voters};
use minutebook_governance::{BodyId, Certainty};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::LazyLock;

static MEMBERS: LazyLock<Vec<crate::said::Said>> = LazyLock::new(members);

fn sitting(story: &Story) -> Sitting {
    Sitting { said: heard(story, story.record().len()) }
}

fn certainty(holds: Option<bool>) -> Certainty {
    holds.map_or(Certainty::Unknown, Certainty::from)
}

/// Who votes, who is kept from it and whether there is a quorum, for each item and body.
fn check_quorum(story: &Story) -> Result<(), TestCaseError> {
    let (dumb, view) = (sitting(story), story.at("2019-07-04"));
    let known = meeting(story.record(), &"meeting/m".parse().unwrap(), view).unwrap();
    for item in ITEMS.into_iter().take(dumb.items().len()) {
        for body in BODIES {
            let id: BodyId = body.parse().unwrap();
            let (there, kept) = voters(&known, &id, Some(item));
            let (expected, expected_kept) = dumb.voters(item, body);
            let mut people: Vec<_> = there.iter().map(|it| it.person.to_string()).collect();
            people.sort();
            prop_assert_eq!(people, expected.into_keys().collect::<Vec<_>>(), "{} for {}", item, body);
            let kept: BTreeSet<_> = kept.iter().map(ToString::to_string).collect();
            prop_assert_eq!(
                kept,
                expected_kept.into_iter().map(str::to_owned).collect(),
                "{} for {}",
                item,
                body
            );
            let holds = quorum(story.record(), &known, &id, Some(item), view).holds;
            prop_assert_eq!(holds, certainty(dumb.is_quorate(item, body)), "{} for {}", item, body);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn what_is_voted_is_what_those_in_the_room_can_have_voted(called in called(), said in proceedings()) {
        let mut story = given(MEMBERS.iter().cloned().chain(called));
        for said in said {
            let dumb = sitting(&story);
            let expected = match said.type_name {
                "AttendanceRecorded" => Some(dumb.may_attend(&said)),
                "InterestDeclared" => Some(dumb.may_declare(&said)),
                "VoteTaken" => Some(dumb.may_vote(&said.facts)),
                "MotionMoved" => Some(dumb.may_move(&said.facts)),
                "DecisionRecorded" => Some(dumb.may_decide(&said.subject, &said.facts)),
                _ => None,
            };
            let admitted = tell(&mut story, &said);
            prop_assert_eq!(admitted, expected.unwrap_or(admitted), "{:#?}", said);
            if ["AttendanceRecorded", "InterestDeclared"].contains(&said.type_name) {
                check_quorum(&story)?;
            }
        }
    }
}
