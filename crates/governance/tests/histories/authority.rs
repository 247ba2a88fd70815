//! What is remembered of keys is what all entries tell of them: whoever enrols, revokes, grants or corrects, and whatever
//! is begun and dropped beside it.

use crate::heard::cases;
use crate::said::{Said, decided, says};
use crate::story::{Story, enrolled, given, granted, key_subject};
use minutebook_governance::Admission;
use minutebook_log::Timestamp;
use proptest::prelude::*;
use serde_json::json;

const ROLES: [&str; 4] = ["secretary-04K", "secretary-04L", "newcomer", "newcomer-two"];
const REGISTRARS: [&str; 3] = ["registrar-one", "registrar-two", "registrar-three"];

/// What somebody tries: most of it is refused, by and by.
#[derive(Debug, Clone)]
enum Step {
    Enrols(usize),
    Revokes(usize),
    Grants(usize, u8),
    Ends(u8),
    /// Withdraws an entry, counted from the last.
    Withdraws(usize),
    Decides(usize),
}

fn step() -> impl Strategy<Value = (Step, usize)> {
    let step = prop_oneof![
        2 => (2..4_usize).prop_map(Step::Enrols),
        2 => (0..7_usize).prop_map(Step::Revokes),
        3 => (0..4_usize, 0..4_u8).prop_map(|(role, grant)| Step::Grants(role, grant)),
        2 => (0..4_u8).prop_map(Step::Ends),
        3 => (0..4_usize).prop_map(Step::Withdraws),
        2 => (0..4_usize).prop_map(Step::Decides),
    ];
    (step, 0..3_usize)
}

/// It, signed by all registrars but one.
fn said(story: &Story, (step, absent): &(Step, usize)) -> Said {
    let acting = REGISTRARS.iter().enumerate().filter(|(index, _role)| index != absent);
    let mut signers: Vec<_> = acting.map(|(_index, role)| (*role, "registrar", "")).collect();
    match step {
        Step::Decides(role) => decision(ROLES[*role]),
        Step::Enrols(role) => {
            signers.push((ROLES[*role], "holder", ""));
            enrolled(ROLES[*role], ROLES[*role]).by(&signers)
        }
        Step::Revokes(role) => {
            let role = ROLES.iter().chain(&REGISTRARS).nth(*role).unwrap();
            says("KeyRevoked", &key_subject(role), json!({"reason": "lost"})).by(&signers)
        }
        Step::Grants(role, grant) => {
            let said = granted(ROLES[*role], "secretary", json!(["body/04K"]), json!(["own_act"]));
            Said { subject: format!("grant/made-up-{grant}"), ..said }.by(&signers)
        }
        Step::Ends(grant) => {
            says("AuthorityRevoked", &format!("grant/made-up-{grant}"), json!({"reason": "Left."}))
                .by(&signers)
        }
        Step::Withdraws(back) => {
            let entry = &story.entries[story.entries.len() - 1 - back];
            let id = entry.event().id;
            let facts = json!({"target": id, "kind": "withdrawn", "reason": "Not so."});
            says("RecordCorrected", &format!("record/{id}"), facts).by(&signers)
        }
    }
}

fn decision(role: &str) -> Said {
    decided("04K", "2019-07-04", json!({"none": {}})).by(&[(role, "secretary", "body/04K")])
}

/// What is answered to an act with what is remembered, and without.
fn answers(story: &Story, said: &Said) -> (String, String) {
    let mut story = story.clone();
    let signed = story.sign(said);
    let place = story.book.place(&signed, Timestamp::EPOCH);
    let words = |answer| match answer {
        Ok(Admission::New(admitted)) => format!("admitted: {:?}", admitted.findings()),
        Ok(Admission::Again(at)) => format!("again: {at}"),
        Err(refusal) => format!("{refusal}"),
    };
    let remembered = words(story.book.admit(&signed, place));
    // What is read is noted there, so that nothing is remembered.
    let (anew, _grounds) = story.book.admit_with_grounds(&signed, place);
    (remembered, words(anew))
}

/// Asks of everybody who could sign; how many are admitted.
fn compare(story: &Story) -> usize {
    let mut admitted = 0;
    for step in (0..4).map(Step::Decides).chain([Step::Grants(2, 9), Step::Revokes(3)]) {
        for absent in 0..3 {
            let (remembered, anew) = answers(story, &said(story, &(step.clone(), absent)));
            assert_eq!(remembered, anew, "{step:?} without registrar {absent}");
            admitted += usize::from(anew.starts_with("admitted"));
        }
    }
    admitted
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn what_is_remembered_of_keys_is_what_all_entries_tell(
        steps in prop::collection::vec((step(), step()), 1..12),
    ) {
        let mut story = given([]);
        prop_assert!(compare(&story) > 0);
        for (goes_on, is_dropped) in &steps {
            // A draft that comes to nothing leaves what others remember.
            let mut dropped = story.clone();
            let _refused = dropped.tell(&said(&dropped, is_dropped));
            compare(&dropped);
            compare(&story);
            let _refused = story.tell(&said(&story, goes_on));
            compare(&story);
        }
    }
}
