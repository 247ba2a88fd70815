//! The way out of a refusal leads out: who minutes what a rule refused is not refused by the same rule for it.

use crate::meetings::{agenda, attended, closed, convened, decides, opened, sitting, with};
use crate::said::{Said, appointed, decided};
use crate::story::{Story, given};
use minutebook_governance::{Refusal, way_out};
use serde_json::json;

/// The rules that refuse it.
fn refused(story: Story, said: &Said) -> Vec<&'static str> {
    let mut story = story;
    match story.tell(said) {
        Err(Refusal::RulesBroken(broken)) => broken.into_iter().map(|it| it.rule.id).collect(),
        Err(other) => panic!("refused otherwise: {other}"),
        Ok(_findings) => Vec::new(),
    }
}

/// One of two is there, so that there is no quorum.
fn alone() -> Story {
    let there = attended(json!([{"person": "person/a", "as": "voting"}]));
    given([appointed("04K", "chair", "a", "2013-04-01"), convened(), agenda(), opened(), there])
}

#[test]
fn what_is_said_to_be_minuted_is_taken_and_what_would_go_in_a_circle_is_not_said() {
    let none = || json!({"none": {}});
    let votes = |said: Said, votes| with(said, "votes", votes);
    let of_none = |effect| decided("04K", "2019-07-04", effect);
    let mut mistakes: Vec<(fn() -> Story, Said)> = vec![
        (alone, decides("i1", "04K", none())),
        (sitting, votes(decides("i1", "04K", none()), json!({"for": 20, "against": 0}))),
        (sitting, votes(decides("i1", "04K", none()), json!({"for": 0, "against": 2}))),
        (sitting, decides("i9", "04K", none())),
        (sitting, with(decides("i1", "04K", none()), "decided_on", json!("2019-07-05"))),
        (sitting, with(decides("i1", "04K", none()), "meeting", json!("meeting/none"))),
        (sitting, with(of_none(none()), "decided_on", json!("2012-07-04"))),
        (sitting, of_none(json!({"merger": {"merger": "merger/none", "choice": "apply"}}))),
        (sitting, with(of_none(none()), "mode", json!("not_stated"))),
        (sitting, with(of_none(none()), "mode", json!("urgent"))),
        (|| sitting().and([closed()]), with(decides("i1", "04K", none()), "decided_on", json!("2019-07-03"))),
    ];
    mistakes.push((
        sitting,
        with(of_none(json!({"none": {"refused_by": "no.rule"}})), "votes", json!({"for": 1, "against": 0})),
    ));
    let (mut minuted, mut mended) = (0, 0);
    for (story, said) in mistakes {
        let rules = refused(story(), &said);
        assert!(!rules.is_empty(), "{said:?}");
        for rule in rules {
            let way = way_out(rule).unwrap_or_else(|| panic!("{rule} has no way out"));
            let mut unlawful = said.clone();
            unlawful.facts["effect"] = json!({"none": {"refused_by": rule}});
            let is_circle = refused(story(), &unlawful).contains(&rule);
            let is_to_be_minuted = way.contains("\"refused_by\"");
            assert!(!(is_to_be_minuted && is_circle), "{rule} refuses what its way out says: {way}");
            if is_to_be_minuted { minuted += 1 } else { mended += 1 }
        }
    }
    assert!(minuted >= 3 && mended >= 6, "{minuted} to be minuted, {mended} to be mended");
}
