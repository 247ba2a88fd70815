//! The state machine of a merger, as a table (see `machine`).

use crate::machine::{Row, check};
use crate::said::{
    Said, abandoned, applied, chose, consultation_closed, consulted, explored, merged, proposed, regulator,
    resolved, says, voted, with_conditions,
};
use crate::story::given;
use serde_json::json;

fn with(mut said: Said, member: &str, value: serde_json::Value) -> Said {
    said.facts[member] = value;
    said
}

fn on_m() -> Said {
    with(consulted(), "merger", json!("merger/m"))
}

fn evaluated(on: &str) -> Said {
    let facts = json!({"report": {"title": "Report", "held": false}, "published_on": on});
    says("EvaluationPublished", "consultation/c", facts).by(&[("secretary-04K", "secretary", "body/04K")])
}

/// Every act about a merger of 04K, 04L and 04M on a day; 04K and 04L apply.
fn acts_about_a_merger(day: &str, number: u32) -> Vec<(&'static str, Said)> {
    let all = ["04K", "04L", "04M"];
    let conditions = [("late", "before_effect")];
    let changed = |change| {
        says(
            "ApplicationChanged",
            "merger/m",
            json!({"number": number.max(2) - 1, "change": change, "changed_on": day}),
        )
    };
    let modified = changed(json!({"modified": {"changes": "Another name."}}))
        .by(&[("secretary-04K", "secretary", "body/04K"), ("nhs-england", "nhs_england", "")]);
    let withdrawn = changed(json!({"withdrawn": {"reason": "To apply later."}}));
    let opened = json!({"bodies": ["body/04M"], "ballot": 1, "opens": day, "closes": day});
    let consulting = Said { subject: "consultation/d".to_owned(), ..with(on_m(), "opens", json!(day)) };
    let consulting = with(consulting, "closes_at", json!("2021-06-17T09:00:00+01:00"));
    vec![
        ("explore", explored("m", &all, day)),
        ("propose", proposed("m", &all, day)),
        ("consult", consulting),
        ("prefer", chose("04M", "prefer", day)),
        ("apply", chose("04M", "apply", day)),
        ("not-apply", chose("04M", "do_not_apply", day)),
        ("defer", chose("04M", "defer", day)),
        ("withdraw", chose("04M", "withdraw", day)),
        ("open-vote", says("MemberVoteOpened", "merger/m", opened)),
        ("vote", voted("04M", 1, day, json!({"counts": {"for": 3, "against": 1}}), "carried")),
        ("submit", applied(number, day)),
        ("modify", modified),
        ("take-back", withdrawn),
        ("approve", regulator(number.max(2) - 1, "approved", day)),
        (
            "conditionally",
            with_conditions(regulator(number.max(2) - 1, "approved_with_conditions", day), &conditions),
        ),
        ("put-off", regulator(number.max(2) - 1, "deferred", day)),
        ("reject", regulator(number.max(2) - 1, "rejected", day)),
        ("discharge", resolved("first", "discharged", day)),
        ("fail", resolved("first", "failed", day)),
        ("discharge-later", resolved("continuing", "discharged", day)),
        ("effect", merged()),
        ("abandon", abandoned("m", day)),
    ]
}

#[test]
fn a_merger_takes_its_steps_and_no_others() {
    let start = || vec![proposed("m", &["04K", "04L", "04M"], "2019-04-04")];
    let decided = || [chose("04K", "apply", "2019-07-04"), chose("04L", "apply", "2019-07-04")];
    let then = |said: &[Said]| start().into_iter().chain(said.iter().cloned()).collect::<Vec<_>>();
    let applied_and = |said: &[Said]| {
        let submitted = start().into_iter().chain(decided()).chain([applied(1, "2019-09-30")]);
        submitted.chain(said.iter().cloned()).collect::<Vec<_>>()
    };
    let closed = consultation_closed("2019-06-17T09:00:00+01:00");
    let conditions = [("first", "before_effect"), ("continuing", "continuing")];
    let conditional = || with_conditions(regulator(1, "approved_with_conditions", "2019-10-21"), &conditions);
    let anew = || [chose("04K", "apply", "2019-12-01"), chose("04L", "apply", "2019-12-01")];
    let rejected = || [regulator(1, "rejected", "2019-10-30")].into_iter().chain(anew()).collect::<Vec<_>>();
    let take_back = || {
        let facts =
            json!({"number": 1, "change": {"withdrawn": {"reason": "Later."}}, "changed_on": "2019-10-10"});
        [says("ApplicationChanged", "merger/m", facts)].into_iter().chain(anew()).collect::<Vec<_>>()
    };
    let row = |state, said: Vec<Said>, day, number, admits| Row {
        state,
        story: given(said),
        acts: acts_about_a_merger(day, number),
        admits,
    };
    let early = "propose explore consult prefer apply not-apply defer withdraw open-vote vote abandon";
    let deciding =
        "propose explore consult prefer apply not-apply defer withdraw open-vote vote submit abandon";
    check(vec![
        row("nothing", vec![], "2019-07-05", 1, "explore propose"),
        row(
            "exploring",
            vec![explored("m", &["04K", "04L"], "2019-01-01")],
            "2019-07-05",
            1,
            "explore propose consult abandon",
        ),
        row("proposed, nobody decided", start(), "2019-07-05", 1, early),
        row("proposed", then(&decided()), "2019-07-05", 1, deciding),
        row("consulting", then(&[on_m()]), "2019-06-10", 1, early),
        row(
            "consulted",
            then(&[vec![on_m(), closed.clone()], decided().to_vec()].concat()),
            "2019-07-05",
            1,
            deciding,
        ),
        row(
            "evaluated",
            then(&[vec![on_m(), closed, evaluated("2019-07-01")], decided().to_vec()].concat()),
            "2019-07-05",
            1,
            deciding,
        ),
        row(
            "ready to apply",
            then(&[decided().to_vec(), vec![chose("04M", "apply", "2019-07-04")]].concat()),
            "2019-07-05",
            1,
            deciding,
        ),
        row(
            "submitted",
            applied_and(&[]),
            "2019-10-10",
            2,
            "explore consult prefer apply not-apply defer withdraw open-vote vote modify take-back approve conditionally put-off \
             reject abandon",
        ),
        row(
            "deferred",
            applied_and(&[regulator(1, "deferred", "2019-10-05")]),
            "2019-10-10",
            2,
            "explore consult prefer apply not-apply defer withdraw open-vote vote modify take-back approve conditionally put-off \
             reject abandon",
        ),
        row(
            "conditionally approved",
            applied_and(&[conditional()]),
            "2019-12-10",
            2,
            "explore open-vote vote discharge fail discharge-later abandon",
        ),
        row(
            "a condition failed",
            applied_and(&[conditional(), resolved("first", "failed", "2019-12-01")]),
            "2019-12-10",
            2,
            "explore consult prefer apply not-apply defer withdraw open-vote vote modify take-back approve conditionally put-off \
             reject discharge-later abandon",
        ),
        row(
            "approved",
            applied_and(&[conditional(), resolved("first", "discharged", "2019-12-01")]),
            "2019-12-10",
            2,
            "explore open-vote vote discharge-later effect abandon",
        ),
        row("rejected", applied_and(&rejected()), "2019-12-10", 2, deciding),
        row("withdrawn", applied_and(&take_back()), "2019-12-10", 2, deciding),
        row(
            "given up after its approval",
            applied_and(&[
                conditional(),
                resolved("first", "discharged", "2019-12-01"),
                abandoned("m", "2019-12-05"),
            ]),
            "2019-12-10",
            2,
            "",
        ),
        row("abandoned", then(&[abandoned("m", "2019-08-01")]), "2019-09-10", 1, ""),
        row(
            "effected",
            applied_and(&[conditional(), resolved("first", "discharged", "2019-12-01"), merged()]),
            "2020-06-10",
            2,
            "discharge-later",
        ),
    ]);
}
