//! A sitting of two bodies, as a generator makes it up: people come, go and declare; votes are taken, some of which
//! nobody could have cast.

use crate::said::{Said, appointed, decided, document, person, says};
use proptest::prelude::*;
use serde_json::{Value, json};

pub(crate) const BODIES: [&str; 2] = ["body/04K", "body/04L"];
pub(crate) const ITEMS: [&str; 3] = ["i1", "i2", "i3"];
const PEOPLE: [&str; 5] = ["person/a", "person/b", "person/c", "person/d", "person/e"];
const MEETING: &str = "meeting/m";

fn at(type_name: &'static str, facts: Value) -> Said {
    says(type_name, MEETING, facts)
}

/// What is absent is left out.
fn facts(mut all: Value) -> Value {
    all.as_object_mut().unwrap().retain(|_member, value| !value.is_null() && *value != json!([]));
    all
}

/// The members of 04K: chair, lay member, GP; a second lay member is wanted. Of 04L nothing is known.
pub(crate) fn members() -> Vec<Said> {
    let mut said: Vec<_> = ["c", "d", "e"].map(person).to_vec();
    said.push(appointed("04K", "chair", "a", "2013-04-01"));
    said.push(appointed("04K", "lay_member", "b", "2013-04-01"));
    said.push(appointed("04K", "gp_member", "c", "2013-04-01"));
    let lay = json!({"office": "lay_member", "title": "Lay", "voting": true, "statutory": true, "seats": 2, "effective": "2013-04-01"});
    said.push(says("OfficeDefined", "body/04K", lay));
    let constitution =
        json!({"version": "1", "document": document(), "effective": "2013-04-01", "basis": "establishment"});
    let signers = [("secretary-04K", "secretary", "body/04K"), ("nhs-england", "nhs_england", "")];
    said.push(says("ConstitutionAdopted", "body/04K", constitution).by(&signers));
    said
}

fn quorum() -> impl Strategy<Value = Value> {
    let minimum = prop_oneof![
        (1..4_u32).prop_map(|count| json!({"count": count})),
        (1..4_u32).prop_map(|parts| json!({"part": {"parts": parts, "of": 4}})),
    ];
    let include =
        prop::sample::select(vec![json!([]), json!([["lay_member"]]), json!([["gp_member", "chair"]])]);
    (minimum, any::<bool>(), include).prop_map(|(minimum, counts_vacancies, must_include)| {
        facts(json!({"minimum": minimum, "counts_vacancies": counts_vacancies, "must_include": must_include}))
    })
}

/// How the two bodies are called to sit, by which rules.
pub(crate) fn called() -> impl Strategy<Value = Vec<Said>> {
    let kind = prop::sample::select(vec!["in_common", "in_common", "joint_committee"]);
    let majority = prop::sample::select(vec!["simple", "two_thirds", "three_quarters"]);
    let rules =
        (prop::option::of(quorum()), prop::option::weighted(0.8, majority)).prop_map(|(quorum, majority)| {
            let voting = majority.map(|majority| json!({"majority": majority, "casting_vote": true}));
            says(
                "GoverningRulesSet",
                "body/04K",
                facts(
                    json!({"effective": "2014-01-01", "notice_days": 7, "quorum": quorum, "voting": voting}),
                ),
            )
        });
    let applies =
        prop::sample::select(vec![json!([]), json!([]), json!([]), json!(["body/04K"]), json!(["body/04L"])]);
    let items = prop::collection::vec((applies, prop::bool::weighted(0.1)), 2..=ITEMS.len());
    (kind, rules, prop::option::of(quorum()), items).prop_map(|(kind, rules, quorum, items)| {
        let items: Vec<_> = ITEMS.iter().zip(items).map(|(reference, (bodies, private))| {
            let part = if private { "private" } else { "public" };
            facts(json!({"reference": reference, "title": "An item", "part": part, "applies_to": bodies}))
        }).collect();
        let mut said = vec![rules];
        said.push(at("MeetingConvened", facts(json!({"kind": kind, "bodies": BODIES, "title": "A sitting",
            "starts_at": "2019-07-04T13:00:00+01:00", "parts": ["public", "private"], "called_on": "2019-06-26", "quorum": quorum}))));
        said.push(at("AgendaPublished", json!({"version": 1, "published_on": "2019-06-27", "items": items})));
        said.push(at("MeetingOpened", json!({"started_at": "2019-07-04T13:05:00+01:00", "chairs": [{"person": "person/a"}]})));
        said
    })
}

fn somebody() -> impl Strategy<Value = &'static str> {
    prop::sample::select(PEOPLE.to_vec())
}

fn item() -> impl Strategy<Value = &'static str> {
    prop::sample::select(ITEMS.to_vec())
}

fn body() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "body/04K", "body/04K", "body/04K", "body/04K", "body/04L", "body/04L", "body/04M",
    ])
}

fn bodies() -> impl Strategy<Value = Value> {
    prop::sample::select(vec![json!([]), json!([]), json!(["body/04K"]), json!(["body/04L"]), json!(BODIES)])
}

fn attended() -> impl Strategy<Value = Said> {
    let role = prop::sample::select(vec!["voting", "voting", "voting", "voting", "non_voting", "apologies"]);
    let stretch = (prop::option::of(item()), prop::option::of(item()));
    let stretches = prop_oneof![4 => Just(Vec::new()), 1 => prop::collection::vec(stretch, 1..3)];
    let office = prop::option::weighted(0.2, prop::sample::select(vec!["lay_member", "chair"]));
    let row = (somebody(), bodies(), role, stretches, office, prop::option::weighted(0.15, somebody())).prop_map(
        |(who, bodies, role, stretches, office, deputy_for)| {
            let present: Vec<_> =
                stretches.into_iter().map(|(from, until)| facts(json!({"from": from, "until": until}))).collect();
            facts(json!({"person": who, "bodies": bodies, "as": role, "present": present, "office": office, "deputy_for": deputy_for}))
        },
    );
    prop::collection::vec(row, 1..5).prop_map(|rows| at("AttendanceRecorded", json!({"attendees": rows})))
}

fn declared() -> impl Strategy<Value = Said> {
    let handling = prop::sample::select(vec!["note", "no_vote", "leave"]);
    (somebody(), prop::sample::subsequence(ITEMS.to_vec(), 1..3), bodies(), handling).prop_map(
        |(who, items, bodies, handling)| {
            at(
                "InterestDeclared",
                facts(json!({"person": who, "items": items, "bodies": bodies, "kind": "financial",
            "nature": "A practice.", "handling": [handling]})),
            )
        },
    )
}

fn moved() -> impl Strategy<Value = Said> {
    (item(), body(), somebody(), prop::option::weighted(0.3, somebody())).prop_map(
        |(item, body, proposer, seconder)| {
            at(
                "MotionMoved",
                facts(json!({"item": item, "body": body, "motion": "amended", "text": "As amended.",
            "proposer": proposer, "seconder": seconder})),
            )
        },
    )
}

fn counts() -> impl Strategy<Value = Value> {
    (
        0..3_u32,
        0..3_u32,
        prop::option::of(0..2_u32),
        prop::option::weighted(0.3, 0..2_u32),
        prop::option::weighted(0.2, Just(true)),
    )
        .prop_map(|(yes, no, abstained, conflicted, casting_vote)| {
            facts(json!({"for": yes, "against": no,
            "abstained": abstained, "conflicted": conflicted, "casting_vote": casting_vote}))
        })
}

/// The votes of some, by name, and the count, which is off at times.
fn named() -> impl Strategy<Value = (Value, Value)> {
    let ballots =
        prop::collection::vec(prop::sample::select(vec!["for", "against", "abstained"]), PEOPLE.len());
    let voters = prop::sample::subsequence(PEOPLE.to_vec(), 1..4);
    let off = prop::option::weighted(0.2, prop::sample::select(vec!["for", "abstained"]));
    (voters, ballots, off).prop_map(|(voters, ballots, off)| {
        let votes: Vec<_> = voters.iter().zip(&ballots).collect();
        let count = |ballot: &str| {
            let of_it = votes.iter().filter(|(_who, vote)| **vote == ballot).count();
            of_it + usize::from(off == Some(ballot))
        };
        let counted =
            json!({"for": count("for"), "against": count("against"), "abstained": count("abstained")});
        (votes.iter().map(|(who, vote)| json!({"person": who, "vote": vote})).collect(), counted)
    })
}

fn motion() -> impl Strategy<Value = Option<&'static str>> {
    prop::option::weighted(0.2, Just("amended"))
}

fn voted() -> impl Strategy<Value = Said> {
    let by_name = named().prop_map(|(named, votes)| (named, votes));
    let votes = prop_oneof![2 => counts().prop_map(|votes| (Value::Null, votes)), 1 => by_name];
    let again = prop::option::weighted(0.3, Just("The count was in doubt."));
    (item(), body(), motion(), votes, again).prop_map(|(item, body, motion, (named, votes), again)| {
        at(
            "VoteTaken",
            facts(json!({"item": item, "body": body, "motion": motion, "method": "named", "votes": votes,
            "named": named, "put_again": again})),
        )
    })
}

fn decides() -> impl Strategy<Value = Said> {
    let outcome = prop::sample::select(vec!["approved", "approved", "rejected", "deferred"]);
    let effect =
        prop::sample::select(vec![json!({"none": {}}), json!({"exclude_public": {"reason": "A lease."}})]);
    (item(), body(), motion(), outcome, prop::option::of(counts()), effect).prop_map(
        |(item, body, motion, outcome, votes, effect)| {
            let mut said = decided(body.trim_start_matches("body/"), "2019-07-04", effect);
            let more = json!({"meeting": MEETING, "item": {"reference": item}, "motion": motion, "outcome": outcome, "votes": votes});
            said.facts.as_object_mut().unwrap().extend(facts(more).as_object().unwrap().clone());
            said
        },
    )
}

/// Most are there from the start, and some deputies for others.
fn first_there() -> impl Strategy<Value = Said> {
    (prop::sample::subsequence(PEOPLE.to_vec(), 2..=4), prop::bool::weighted(0.2)).prop_map(
        |(there, has_deputy)| {
            let row = |who: &&str| json!({"person": who, "as": "voting"});
            let mut rows: Vec<_> = there.iter().map(row).collect();
            if has_deputy {
                rows[0]["deputy_for"] = json!(PEOPLE[4]);
            }
            at("AttendanceRecorded", json!({"attendees": rows}))
        },
    )
}

/// What happens while they sit, in whatever order.
pub(crate) fn proceedings() -> impl Strategy<Value = Vec<Said>> {
    let closed = Just(at("MeetingClosed", json!({"ended_at": "2019-07-04T16:00:00+01:00"})));
    let line = prop_oneof![
        6 => attended(), 3 => declared(), 2 => moved(), 12 => voted(), 6 => decides(), 1 => closed
    ];
    (first_there(), prop::collection::vec(line, 4..24)).prop_map(|(first, rest)| [vec![first], rest].concat())
}
