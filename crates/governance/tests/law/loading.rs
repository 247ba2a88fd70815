//! Loading reports before or after the acts that they report gives the same answers.

use crate::said::{
    Said, appointed, ccg_name, ccg_until, chose, merged, observed, proposed, says, up_to_approval,
};
use crate::story::{Story, given};
use minutebook_governance::bodies::{Scheme, bodies_of_code};
use minutebook_governance::mergers::merger;
use minutebook_governance::people::Office;
use minutebook_governance::register::all_bodies;
use serde_json::json;

/// What a register says of the merger, and more: what is loaded for all of England.
fn reports() -> Vec<Said> {
    let mut group = says(
        "BodyRegistered",
        "body/52R",
        json!({"kind": "ccg", "name": ccg_name("52R"),
        "short_name": "NHS 52R CCG", "from": "2020-04-01", "until": "2022-07-01",
        "codes": [{"scheme": "ods", "value": "52R", "until": "2022-07-01"}]}),
    );
    group = group.reported();
    let place = says(
        "BodyRegistered",
        "body/52R-location",
        json!({"kind": "location", "name": "A place",
        "from": "2022-07-01", "codes": [{"scheme": "ods", "value": "52R", "from": "2022-07-01"}]}),
    );
    let follows = |slug: &str| {
        says(
            "SuccessionRecorded",
            &format!("body/{slug}"),
            json!({"successor": "body/52R",
        "kind": "merger", "effective": "2020-04-01"}),
        )
        .reported()
    };
    vec![
        group,
        place.reported(),
        ccg_until("04K", Some("2020-04-01")),
        ccg_until("04L", Some("2020-04-01")),
        follows("04K"),
        follows("04L"),
        observed("04K", "accountable_officer", "b", "2017-06-15").reported(),
        proposed("m", &["04K", "04M"], "2019-04-02").in_the_press(),
        chose("04L", "do_not_apply", "2019-07-04").in_the_press(),
    ]
}

fn acts() -> Vec<Said> {
    let mut acts = up_to_approval();
    acts.extend([merged(), appointed("52R", "chair", "b", "2020-04-01")]);
    acts
}

/// Everything that the register answers, without the positions that it rests on.
fn answers(story: &Story) -> Vec<String> {
    let mut answers = Vec::new();
    for day in [
        "2013-03-31",
        "2013-04-01",
        "2019-07-03",
        "2019-10-30",
        "2020-03-31",
        "2020-04-01",
        "2022-06-30",
        "2022-07-01",
    ] {
        let view = story.at(day);
        for body in all_bodies(story.record(), view) {
            let value =
                |fact: &Option<minutebook_governance::joined::Joined<minutebook_governance::PDate>>| {
                    fact.as_ref().and_then(|fact| fact.value.as_ref()).map(ToString::to_string)
                };
            let (opened, closed) = (value(&body.opened), value(&body.closed));
            answers.push(format!(
                "{day} {} {:?} {:?} {opened:?} {closed:?}",
                body.id,
                body.kind(),
                body.life(view)
            ));
            answers.push(format!("{day} {} {:?}", body.id, body.called(view)));
            answers.push(format!("{day} {} {}", body.id, body.findings().len()));
            for office in [Office::AccountableOfficer, Office::Chair] {
                answers.push(format!("{day} {:?}", story.officers(body.id.slug(), office, view)));
            }
        }
        for unit in ["04K", "04L", "04M"] {
            answers.push(format!("{day} {unit} {:?}", story.holder(unit, view)));
        }
        let coded = bodies_of_code(story.record(), Scheme::Ods, "52R", view);
        answers.push(format!("{day} 52R {:?}", coded.first().map(|body| &body.id)));
        for view in [view, story.reported_at(day)] {
            let state = merger(story.record(), &"merger/m".parse().unwrap(), view);
            answers.push(format!(
                "{day} {:?}",
                state.map(|it| (it.state, it.participants().count(), it.waits_for))
            ));
        }
    }
    answers
}

#[test]
fn england_before_or_after_the_story() {
    let before = given(reports()).and(acts());
    let after = given(acts()).and(reports());
    let (before, after) = (answers(&before), answers(&after));
    assert!(before.iter().any(|line| line.contains("Effected")));
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before, after);
    }
    assert_eq!(before.len(), after.len());
}

#[test]
fn reports_in_any_order() {
    let forward = given(reports()).and(acts());
    let backward = given(reports().into_iter().rev()).and(acts());
    assert_eq!(answers(&forward), answers(&backward));
}
