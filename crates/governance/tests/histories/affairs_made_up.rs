//! The affairs of a few bodies as a generator makes them up: what they decide, register, consult on, delegate and intend,
//! while two of them become one; corrections in between.

use crate::said::{
    Said, abandoned, applied, appointed, chose, consultation_closed, consulted_on_m, decided, document,
    ended, id, merged, observed, proposed, regulator, resolved, says, voted, with_conditions,
};
use proptest::prelude::*;
use serde_json::{Value, json};

pub(crate) const DAYS: [&str; 12] = [
    "2019-04-04",
    "2019-05-01",
    "2019-06-17",
    "2019-07-04",
    "2019-08-01",
    "2019-09-30",
    "2019-10-30",
    "2020-01-15",
    "2020-03-31",
    "2020-04-01",
    "2020-05-01",
    "2020-09-01",
];

/// What is said; or of the n-th entry of the affairs, that it should not have been, or was on another day.
#[derive(Debug, Clone)]
pub(crate) enum Line {
    Said(Said),
    Withdrawn { nth: usize, on: &'static str },
    Redated { nth: usize, on: &'static str, to: &'static str },
}

pub(crate) fn day() -> impl Strategy<Value = &'static str> + Clone {
    prop::sample::select(DAYS.to_vec())
}

fn body() -> impl Strategy<Value = &'static str> + Clone {
    prop::sample::select(vec!["04K", "04K", "04K", "04K", "04L", "04M", "52R"])
}

fn secretary(said: Said, body: &str) -> Said {
    said.by(&[(&format!("secretary-{body}"), "secretary", &format!("body/{body}"))])
}

fn with(mut said: Said, more: Value) -> Said {
    let more = more.as_object().unwrap().clone().into_iter().filter(|(_member, value)| !value.is_null());
    said.facts.as_object_mut().unwrap().extend(more);
    said
}

fn actions() -> impl Strategy<Value = Said> {
    let action = || (0..2_u8).prop_map(|number| format!("action/a{number}"));
    let assigned = (action(), body(), day(), prop::option::of(day()), any::<bool>()).prop_map(|(action, body, on, due, person)| {
        let owner = if person { json!({"person": "person/a"}) } else { json!({"office": "chair"}) };
        let facts = json!({"body": format!("body/{body}"), "text": "To write.", "owner": owner, "assigned_on": on});
        with(says("ActionAssigned", &action, facts), json!({"due": due})).on(on)
    });
    let change = prop_oneof![
        3 => prop::sample::select(vec!["progressed", "completed", "cancelled", "reopened"]).prop_map(|word| json!(word)),
        1 => day().prop_map(|due| json!({"postponed": {"due": due}})),
        2 => body().prop_map(|body| json!({"transferred": {"body": format!("body/{body}")}})),
    ];
    let updated = (action(), change, body(), day()).prop_map(|(action, change, body, on)| {
        secretary(says("ActionUpdated", &action, json!({"change": change, "updated_on": on})), body).on(on)
    });
    let conditional = (action(), body(), day()).prop_map(|(action, body, on)| {
        let condition =
            json!({"action": action, "text": "First to be met.", "owner": {"office": "chair"}, "due": on});
        let said = decided(body, on, json!({"none": {}}));
        with(said, json!({"outcome": "approved_with_conditions", "conditions": [condition]})).on(on)
    });
    prop_oneof![3 => assigned, 4 => updated, 1 => conditional]
}

/// Decisions have the ids 1 to 4, by which others cite them.
fn decisions() -> impl Strategy<Value = Said> {
    let plain = (1..5_u8, body(), day(), prop::option::weighted(0.4, day()), any::<bool>()).prop_map(
        |(number, body, on, by, lost)| {
            let urgent = by.map(
                |by| json!({"taken_by": ["person/a"], "grounds": "It could not wait.", "ratify_by": by}),
            );
            let mode = if urgent.is_some() { "urgent" } else { "meeting" };
            let outcome = if lost { "rejected" } else { "approved" };
            let said = decided(body, on, json!({"none": {}})).with_id(number);
            with(said, json!({"mode": mode, "outcome": outcome, "urgent": urgent})).on(on)
        },
    );
    let ratified = (prop::sample::select(vec![1_u8, 2, 2, 3, 4]), body(), day(), any::<bool>()).prop_map(
        |(number, body, on, refused)| {
            let outcome = if refused { "refused" } else { "ratified" };
            let facts = json!({"decision": id(number), "outcome": outcome, "ratified_on": on});
            says("DecisionRatified", &format!("body/{body}"), facts).on(on)
        },
    );
    let rescinded = (1..3_u8, 1..5_u8, body(), day()).prop_map(|(old, new, body, on)| {
        let facts = json!({"decision": id(old), "by_decision": id(new), "effective": on});
        says("DecisionRescinded", &format!("body/{body}"), facts).on(on)
    });
    prop_oneof![4 => plain, 3 => ratified, 3 => rescinded]
}

fn interests() -> impl Strategy<Value = Said> {
    let interest = || (0..2_u8).prop_map(|number| format!("interest/i{number}"));
    let bodies =
        prop::sample::select(vec![json!(["body/04K"]), json!(["body/04L"]), json!(["body/04K", "body/04L"])]);
    let registered = (interest(), bodies, day(), prop::option::of(day())).prop_map(|(interest, bodies, on, arose)| {
        let facts = json!({"person": "person/a", "bodies": bodies, "kind": "financial", "description": "A practice.", "declared_on": on});
        with(says("InterestRegistered", &interest, facts), json!({"arose_on": arose})).on(on)
    });
    let ceased = (interest(), body(), day()).prop_map(|(interest, body, on)| {
        secretary(says("InterestCeased", &interest, json!({"ceased_on": on})), body).on(on)
    });
    prop_oneof![registered, ceased]
}

fn consultations() -> impl Strategy<Value = Said> {
    let at = || {
        (day(), prop::sample::select(vec!["08:59:59", "09:00:00", "09:00:01"]))
            .prop_map(|(on, time)| (on, format!("{on}T{time}+01:00")))
    };
    let about = |name: &'static str, facts: Value| says(name, "consultation/c", facts);
    let opened = any::<bool>().prop_map(|both| {
        let owners = if both { json!(["body/04K", "body/04L"]) } else { json!(["body/04K"]) };
        with(consulted_on_m(), json!({"owners": owners})).on("2019-05-01")
    });
    let changed = (at(), any::<bool>(), day()).prop_map(move |((_on, closes), withdrawn, on)| {
        let change = if withdrawn {
            json!({"withdrawn": {"reason": "Over."}})
        } else {
            json!({"extended": {"closes_at": closes, "reason": "More time."}})
        };
        about("ConsultationChanged", json!({"change": change, "changed_on": on})).on(on)
    });
    let response = (at(), 0..4_u8, prop::option::of(1..5_u32)).prop_map(move |((on, received), number, count)| {
        let facts = json!({"reference": format!("r{number}"), "received_at": received, "respondent_kind": "practice"});
        with(about("ResponseRecorded", facts), json!({"count": count})).on(on)
    });
    let closed = at().prop_map(|(on, closed)| consultation_closed(&closed).on(on));
    let evaluator = day().prop_map(move |on| about("EvaluatorAppointed", json!({"appointed_on": on})).on(on));
    let evaluated = day().prop_map(move |on| {
        about("EvaluationPublished", json!({"published_on": on, "report": document()})).on(on)
    });
    let considered = (body(), day()).prop_map(|(body, on)| {
        decided(body, on, json!({"feedback_considered": {"consultation": "consultation/c"}})).on(on)
    });
    let answered = day().prop_map(move |on| {
        about("ConsultationAnswered", json!({"answered_on": on, "document": document()})).on(on)
    });
    prop_oneof![3 => opened, 2 => changed, 5 => response, 3 => closed, 1 => evaluator, 1 => evaluated, 3 => considered, 1 => answered]
}

fn powers() -> impl Strategy<Value = Said> {
    let established = (0..2_u8, 1..5_u8, day(), prop::sample::select(vec!["committee", "advisory"])).prop_map(|(number, decision, on, kind)| {
        let facts = json!({"name": "A committee", "kind": kind, "parents": ["body/04K"], "established_on": on,
            "functions": ["Primary care"], "decisions": [id(decision)], "quorum": 2});
        says("CommitteeEstablished", &format!("committee/x{number}"), facts).on(on)
    });
    let change = prop_oneof![
        2 => prop::sample::select(vec!["person/a", "person/a", "person/b"]).prop_map(|who| json!({"member_appointed": {"person": who, "role": "member"}})),
        2 => prop::sample::select(vec!["person/a", "person/a", "person/b"]).prop_map(|who| json!({"member_removed": {"person": who}})),
        1 => Just(json!({"terms_varied": {"functions": ["Quality"], "quorum": 3}})),
    ];
    let changed = (Just(0_u8), change, 1..3_u8, day()).prop_map(|(number, change, decision, on)| {
        let facts = json!({"body": "body/04K", "change": change, "effective": on, "decision": id(decision)});
        says("CommitteeMembershipChanged", &format!("committee/x{number}"), facts).on(on)
    });
    let dissolved = (0..2_u8, 1..5_u8, day()).prop_map(|(number, decision, on)| {
        let facts = json!({"parents": ["body/04K"], "effective": on, "decisions": [id(decision)]});
        says("CommitteeDissolved", &format!("committee/x{number}"), facts).on(on)
    });
    let delegate = prop::sample::select(vec![
        json!({"officer": {"body": "body/04K", "office": "accountable_officer"}}),
        json!({"committee": "committee/x0"}),
        json!({"body": "body/04M"}),
    ]);
    let granted = (0..3_u8, delegate, day(), prop::option::of(day()), any::<bool>()).prop_map(|(number, to, on, until, survives)| {
        let facts = json!({"from": "body/04K", "to": to, "functions": ["Contracts"], "onward": "forbidden",
            "basis": {"statute": "NHS Act 2006, section 13Z"}, "effective": on,
            "on_succession": if survives { "survives" } else { "lapses" }});
        with(says("DelegationGranted", &format!("delegation/d{number}"), facts), json!({"until": until})).on(on)
    });
    let revoked = (0..3_u8, body(), day()).prop_map(|(number, body, on)| {
        let facts = json!({"by": format!("body/{body}"), "effective": on});
        says("DelegationRevoked", &format!("delegation/d{number}"), facts).on(on)
    });
    prop_oneof![3 => established, 3 => changed, 1 => dissolved, 3 => granted, 2 => revoked]
}

fn officers() -> impl Strategy<Value = Said> {
    let who = || prop::sample::select(vec!["a", "b"]);
    let tenure = prop::sample::select(vec!["substantive", "substantive", "interim", "acting", "designate"]);
    let starts = (body(), who(), tenure, day(), prop::option::weighted(0.3, day())).prop_map(
        |(body, who, tenure, on, until)| {
            with(appointed(body, "accountable_officer", who, on), json!({"tenure": tenure, "until": until}))
                .on(on)
        },
    );
    let ends =
        (body(), who(), day()).prop_map(|(body, who, on)| ended(body, "accountable_officer", who, on).on(on));
    prop_oneof![2 => starts, 1 => ends]
}

/// Steps of the merger of 04K and 04L, in whatever order.
fn mergers() -> impl Strategy<Value = Said> {
    let choice =
        prop::sample::select(vec!["prefer", "apply", "apply", "do_not_apply", "defer", "join", "withdraw"]);
    let chooses = (body(), choice, day()).prop_map(|(body, choice, on)| chose(body, choice, on).on(on));
    let applies = (1..3_u32, day()).prop_map(|(number, on)| applied(number, on).on(on));
    let outcome = prop::sample::select(vec!["approved", "approved_with_conditions", "deferred", "rejected"]);
    let decides = (1..3_u32, outcome, day()).prop_map(|(number, outcome, on)| {
        let said = regulator(number, outcome, on).on(on);
        if outcome == "approved_with_conditions" {
            with_conditions(said, &[("q", "before_effect"), ("p", "continuing")])
        } else {
            said
        }
    });
    let resolution = prop::sample::select(vec!["discharged", "waived", "failed"]);
    let resolves = (prop::sample::select(vec!["q", "p"]), resolution, day())
        .prop_map(|(condition, resolution, on)| resolved(condition, resolution, on).on(on));
    let ballot = (body(), 1..2_u32, day(), any::<bool>()).prop_map(|(body, number, on, lost)| {
        let (yes, no, outcome) = if lost { (4, 9, "lost") } else { (9, 4, "carried") };
        voted(body, number, on, json!({"counts": {"for": yes, "against": no}}), outcome).on(on)
    });
    let gives_up = day().prop_map(|on| abandoned("m", on).on(on));
    prop_oneof![4 => chooses, 2 => applies, 3 => decides, 3 => resolves, 1 => ballot, 1 => gives_up]
}

/// What is planned, said and seen: it never touches what is enacted.
pub(crate) fn talk() -> impl Strategy<Value = Said> {
    let intends =
        prop::sample::select(vec!["ReorganisationEffected", "DecisionRecorded", "BodyDissolved", "other"]);
    let intended = (0..2_u8, intends, prop::option::of(day()), day(), any::<bool>()).prop_map(|(number, intends, when, on, press)| {
        let facts = json!({"intends": intends, "mood": "planned", "about": ["body/04K", "merger/m"], "wording": "It is planned."});
        let said = with(says("IntentionRecorded", &format!("intention/n{number}"), facts), json!({"when": when})).on(on);
        if press { said.in_the_press() } else { said }
    });
    let resolved = (0..2_u8, prop::sample::select(vec!["met", "lapsed", "contradicted"]), day()).prop_map(
        |(number, fate, on)| {
            says(
                "IntentionResolved",
                &format!("intention/n{number}"),
                json!({"fate": fate, "resolved_on": on}),
            )
            .on(on)
        },
    );
    let statement = day().prop_map(|on| {
        let facts = json!({"speaker": "A chair", "text": "We are one.", "about": ["body/04K"]});
        says("StatementRecorded", "statement/s", facts).on(on)
    });
    let seen = (body(), day()).prop_map(|(body, on)| observed(body, "accountable_officer", "b", on).on(on));
    let told = (body(), day()).prop_map(|(body, on)| chose(body, "apply", on).in_the_press().on(on));
    let listed = day().prop_map(|on| {
        let facts = json!({"kind": "ccg", "name": "NHS 04K Clinical Commissioning Group", "until": on, "units": ["04M"]});
        says("BodyRegistered", "body/04K", facts).in_the_press().on(on)
    });
    prop_oneof![4 => intended, 2 => resolved, 1 => statement, 1 => seen, 1 => told, 1 => listed]
}

fn corrections() -> impl Strategy<Value = Line> {
    prop_oneof![
        (0..30_usize, day()).prop_map(|(nth, on)| Line::Withdrawn { nth, on }),
        (0..30_usize, day(), day()).prop_map(|(nth, on, to)| Line::Redated { nth, on, to }),
    ]
}

/// What stands in the book before: a proposal, two decisions, one of them urgent, a committee, a consultation, an action.
fn beginning() -> Vec<Said> {
    let urgent = json!({"mode": "urgent", "urgent": {"taken_by": ["person/a"], "grounds": "It could not wait.",
        "ratify_by": "2019-07-04"}});
    let committee = json!({"name": "A committee", "kind": "committee", "parents": ["body/04K"], "established_on": "2019-04-04",
        "functions": ["Primary care"], "decisions": [id(1)], "quorum": 2});
    let action = json!({"body": "body/04K", "text": "To write.", "owner": {"office": "chair"}, "assigned_on": "2019-04-04"});
    let said = vec![
        proposed("m", &["04K", "04L"], "2019-04-04"),
        decided("04K", "2019-04-04", json!({"none": {}})).with_id(1),
        with(decided("04K", "2019-04-04", json!({"none": {}})).with_id(2), urgent),
        says("CommitteeEstablished", "committee/x0", committee),
        consulted_on_m(),
        says("ActionAssigned", "action/a0", action),
    ];
    said.into_iter().map(|said| said.on("2019-04-04")).collect()
}

/// 04K and 04L become 52R on 1 April 2020, as far as it is not given up before.
fn becomes_one() -> Vec<Said> {
    vec![
        chose("04K", "apply", "2019-07-04").on("2019-07-04"),
        chose("04L", "apply", "2019-07-04").on("2019-07-04"),
        applied(1, "2019-09-30").on("2019-09-30"),
        with_conditions(regulator(1, "approved_with_conditions", "2019-10-30"), &[("p", "continuing")])
            .on("2019-10-30"),
        merged().fulfilling("intention/n0").on("2020-03-31"),
    ]
}

fn line() -> impl Strategy<Value = Said> {
    prop_oneof![
        3 => actions(), 3 => decisions(), 2 => interests(), 3 => consultations(), 3 => powers(), 2 => officers(), 2 => mergers(),
        2 => talk(),
    ]
}

/// Most affairs are told in the order of their days, some as they come.
pub(crate) fn affairs() -> impl Strategy<Value = Vec<Line>> {
    let lines =
        prop::collection::vec(prop_oneof![6 => line().prop_map(Line::Said), 1 => corrections()], 5..40);
    (lines, any::<bool>(), prop::bool::weighted(0.8)).prop_map(|(mut lines, one, in_order)| {
        if one {
            lines.extend(becomes_one().into_iter().map(Line::Said));
        }
        if in_order {
            lines.sort_by_key(Line::day);
        }
        beginning().into_iter().map(Line::Said).chain(lines).collect()
    })
}

/// Appointments and their ends, with corrections or without.
pub(crate) fn offices_alone(corrected: bool) -> impl Strategy<Value = Vec<Line>> {
    let corrections = (0..12_usize, day(), day()).prop_map(|(nth, on, to)| Line::Redated { nth, on, to });
    let line = prop_oneof![4 => officers().prop_map(Line::Said), u32::from(corrected) => corrections];
    (prop::collection::vec(line, 3..14), any::<bool>(), any::<bool>()).prop_map(
        |(mut lines, one, in_order)| {
            if one {
                lines.extend(becomes_one().into_iter().map(Line::Said));
            }
            if in_order {
                lines.sort_by_key(Line::day);
            }
            let proposed = proposed("m", &["04K", "04L"], "2019-04-04").on("2019-04-04");
            [Line::Said(proposed)].into_iter().chain(lines).collect()
        },
    )
}

impl Line {
    fn day(&self) -> String {
        match self {
            Line::Said(said) => said.time.clone().unwrap_or_default(),
            Line::Withdrawn { on, .. } | Line::Redated { on, .. } => (*on).to_owned(),
        }
    }
}
