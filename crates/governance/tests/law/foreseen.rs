//! What becomes of events is foreseen before they are said.

use minutebook_governance::{Finding, Foreseen, Objection, Refusal, Step};
use minutebook_log::Event;
use serde_json::Value;

/// Every event that any story tells is foreseen first: what was foreseen is what came.
pub(crate) fn agrees(event: &Event, foreseen: &Foreseen, came: &Result<Vec<Finding>, Refusal>) {
    for objection in &foreseen.objections {
        points_somewhere(event, objection);
    }
    let told = |step: Step| {
        let of_step = foreseen.objections.iter().filter(move |objection| objection.step == step);
        of_step
            .map(|it| (it.rule.map(|rule| rule.id), it.found.clone(), it.needed.clone()))
            .collect::<Vec<_>>()
    };
    match came {
        Ok(findings) => {
            assert_eq!(foreseen.objections, [], "it was taken");
            assert!(foreseen.position.is_some() && !foreseen.again);
            assert_eq!(&foreseen.findings, findings);
            return;
        }
        Err(Refusal::RulesBroken(broken) | Refusal::Unauthorised(broken)) => {
            let step =
                if matches!(came, Err(Refusal::RulesBroken(_))) { Step::Rules } else { Step::Authority };
            let broken = broken.iter().map(|it| (Some(it.rule.id), it.found.clone(), it.needed.clone()));
            assert_eq!(told(step), broken.collect::<Vec<_>>());
        }
        // Nobody has signed yet, and so nobody else has.
        Err(Refusal::Malformed(malformed)) if malformed.at == "/data/signatories" => return,
        Err(Refusal::Malformed(malformed)) => {
            assert_eq!(told(Step::Form), [(None, malformed.found.clone(), malformed.needed.clone())]);
        }
        Err(Refusal::IdTaken { .. }) => assert_eq!(told(Step::Id).len(), 1),
        Err(Refusal::Unbound(_)) => assert_eq!(told(Step::Ledger).len() + told(Step::Seen).len(), 1),
        Err(other) => panic!("{other}"),
    }
    assert_eq!(foreseen.position, None);
}

fn points_somewhere(event: &Event, objection: &Objection) {
    assert!(!objection.members.is_empty());
    let value: Value = serde_json::from_slice(event.bytes()).unwrap();
    // What is missing can't be pointed at, nor can what an event of this type does not have.
    for member in objection.members.iter().filter(|_member| objection.step != Step::Form) {
        assert!(value.pointer(member).is_some(), "{member} of {value}, for {objection:?}");
    }
}
