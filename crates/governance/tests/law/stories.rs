//! What really happened to some mergers, as tables of events: each row is told, and the state that it leaves
//! is the one beside it. Days that no source gives are bounded, or made up where a comment says so.

use crate::said::{Said, ccg_name, ccg_until, decided, document, says};
use crate::story::{Story, enrolled, given_alone, granted};
use minutebook_governance::appointments::joint_appointment;
use minutebook_governance::bodies::Life;
use minutebook_governance::mergers::{Merger, merger};
use serde_json::{Value, json};

const M: &str = "merger/m";

/// CCGs of 2013 that close on `until`, each with a secretary who signs, and a person.
fn ccgs(slugs: &[&str], until: Option<&str>) -> Story {
    let people = ["a"].map(|who| says("PersonRecorded", &format!("person/{who}"), json!({"name": who})));
    let cast = slugs.iter().flat_map(|slug| {
        let (role, body) = (format!("secretary-{slug}"), json!([format!("body/{slug}")]));
        [
            ccg_until(slug, until),
            enrolled(&role, &role),
            granted(&role, "secretary", body, json!(["own_act", "own_record"])),
        ]
    });
    given_alone(people.into_iter().chain(cast))
}

fn bodies(slugs: &[&str]) -> Vec<String> {
    slugs.iter().map(|slug| format!("body/{slug}")).collect()
}

fn about_m(type_name: &'static str, facts: Value, slug: &str) -> Said {
    let (role, body) = (format!("secretary-{slug}"), format!("body/{slug}"));
    says(type_name, M, facts).by(&[(&role, "secretary", &body)])
}

fn proposed(slugs: &[&str], on: Value, effective: &str) -> Said {
    let facts = json!({"participants": bodies(slugs), "proposed_on": on, "proposed_effective": effective});
    about_m("MergerProposed", facts, slugs[0])
}

fn vote(slugs: &[&str], on: &str, figures: Value, outcome: &str) -> Said {
    let facts = json!({"bodies": bodies(slugs), "ballot": 1, "declared_on": on, "figures": figures,
        "outcome": outcome});
    about_m("MemberVoteDeclared", facts, slugs[0])
}

fn chose(slug: &str, choice: &str, on: Value) -> Said {
    decided(slug, "2000-01-01", json!({"merger": {"merger": M, "choice": choice}})).decided_on(on)
}

impl Said {
    fn decided_on(mut self, on: Value) -> Self {
        self.facts["decided_on"] = on;
        self
    }
}

fn words(written: &str, earliest: &str, latest: &str) -> Value {
    json!({"written": written, "earliest": earliest, "latest": latest})
}

fn on(story: &Story, day: &str) -> Merger {
    merger(story.record(), &M.parse().unwrap(), story.at(day)).unwrap()
}

/// Tells each row, and finds the merger in that state on that day.
fn play(mut story: Story, table: Vec<(Said, &str, &str)>) -> Story {
    for (said, day, state) in table {
        let what = format!("{} on {day}", said.type_name);
        story = story.and([said]);
        assert_eq!(on(&story, day).state.as_str(), state, "{what}");
    }
    story
}

#[test]
fn leicestershire_agrees_in_principle_declines_agrees_and_never_merges() {
    let three = ["04C", "03W", "04V"];
    let joint = json!({"office": "accountable_officer", "bodies": bodies(&three),
        "proposed_on": words("early 2018", "2018-01-01", "2018-04-30")});
    let mut story =
        ccgs(&three, Some("2022-07-01")).and([says("JointAppointmentProposed", "appointment/llr", joint)
            .by(&[("secretary-04C", "secretary", "body/04C")])]);
    let leg = |slug: &str, leg: &str, on: Value| {
        let mut said =
            decided(slug, "x", json!({"joint_leg": {"appointment": "appointment/llr", "leg": leg}}));
        if leg == "declined" {
            said.facts["outcome"] = json!("rejected");
        }
        said.decided_on(on)
    };
    let june = || words("June 2018", "2018-06-01", "2018-06-30");
    let spring = || words("spring 2018", "2018-03-01", "2018-05-31");
    let december = || json!("2018-12-11");
    for (said, day, stand) in [
        (leg("04C", "agreed_in_principle", spring()), "2018-05-31", ["agreed_in_principle", "", ""]),
        (
            leg("03W", "agreed_in_principle", spring()),
            "2018-05-31",
            ["agreed_in_principle", "agreed_in_principle", ""],
        ),
        (leg("04V", "agreed_in_principle", spring()), "2018-05-31", ["agreed_in_principle"; 3]),
        (
            leg("03W", "declined", june()),
            "2018-06-30",
            ["agreed_in_principle", "declined", "agreed_in_principle"],
        ),
        (leg("04C", "agreed", december()), "2018-12-11", ["agreed", "declined", "agreed_in_principle"]),
        (leg("03W", "agreed", december()), "2018-12-11", ["agreed", "agreed", "agreed_in_principle"]),
        (leg("04V", "agreed", december()), "2018-12-11", ["agreed"; 3]),
    ] {
        story = story.and([said]);
        let id = "appointment/llr".parse().unwrap();
        let seen = joint_appointment(story.record(), &id, story.at(day)).unwrap();
        let current = three.map(|slug| {
            let leg = &seen.legs[&format!("body/{slug}").parse().unwrap()];
            leg.current(&id).map_or("", |leg| leg.as_str())
        });
        assert_eq!(current, stand, "{day}");
    }
    let explored = about_m(
        "MergerExplored",
        json!({"participants": bodies(&three), "kind": "review",
            "explored_on": words("early 2019", "2019-01-01", "2019-04-30")}),
        "04C",
    );
    let story = play(story, vec![(explored, "2019-04-30", "exploring")]);
    assert_eq!(on(&story, "2022-06-30").state.as_str(), "exploring");
    assert_eq!(
        on(&story, "2022-07-01").state.as_str(),
        "bodies_ended",
        "the bodies are closed, and no act says that it took effect"
    );
}

#[test]
fn chorley_and_greater_preston_give_up_after_their_members_voted() {
    let two = ["00X", "01E"];
    let against = |percent: u32| json!({"percentages": {"against": percent}});
    // Which of the two figures is whose, and the days, are made up: the source gives July 2019, 63 and 95.
    let given_up = json!({"abandoned_on": "2019-08-01", "reason": "Member practices voted against it."});
    let story = play(
        ccgs(&two, Some("2022-07-01")),
        vec![
            (
                proposed(&two, words("2019", "2019-01-01", "2019-06-30"), "2020-04-01"),
                "2019-06-30",
                "proposed",
            ),
            (vote(&["00X"], "2019-07-31", against(63), "lost"), "2019-07-31", "proposed"),
            (vote(&["01E"], "2019-07-31", against(95), "lost"), "2019-07-31", "proposed"),
            (about_m("MergerAbandoned", given_up, "00X"), "2019-08-01", "abandoned"),
        ],
    );
    assert_eq!(on(&story, "2022-01-01").state.as_str(), "abandoned");
    story.when(chose("00X", "apply", json!("2019-09-01"))).then_refused("decision.proposal-live");
}

#[test]
fn cheshire_votes_body_by_body_and_over_all() {
    let four = ["01C", "01R", "02D", "02F"];
    // Which figure is of which of the four is made up: the source lists them without names.
    let counts = |in_favour: u32, against: u32| json!({"counts": {"for": in_favour, "against": against}});
    let mut overall = vote(&four, "2019-07-31", json!({"percentages": {"for": 86}}), "carried");
    overall.facts["turnout_percent"] = json!(95);
    let majority = json!({"basis": "votes_cast", "reach": "over", "percent": 50});
    let with = |mut said: Said| {
        said.facts["threshold"] = majority.clone();
        said
    };
    let one_against = json!({"stated": {"words": "95 percent, one against"}});
    let story = play(
        ccgs(&four, None),
        vec![
            (
                proposed(&four, words("2019", "2019-01-01", "2019-06-30"), "2020-04-01"),
                "2019-06-30",
                "proposed",
            ),
            (with(vote(&["01C"], "2019-07-31", one_against, "carried")), "2019-07-31", "proposed"),
            (with(vote(&["01R"], "2019-07-31", counts(13, 1), "carried")), "2019-07-31", "proposed"),
            (with(vote(&["02D"], "2019-07-31", counts(7, 4), "carried")), "2019-07-31", "proposed"),
            (with(vote(&["02F"], "2019-07-31", counts(28, 4), "carried")), "2019-07-31", "proposed"),
            (with(overall), "2019-07-31", "proposed"),
        ],
    );
    let seen = on(&story, "2019-08-01");
    assert_eq!((seen.ballots.len(), seen.ballots.iter().filter(|it| it.bodies.len() == 4).count()), (5, 1));
    let own = seen.last_vote(&"body/02D".parse().unwrap()).unwrap();
    assert_eq!(own.figures.to_string(), "7 for and 4 against", "a body's own vote before the one over all");
}

fn applied(slugs: &[&str], number: u32, on: Value, effective: &str) -> Said {
    let facts = json!({"number": number, "applicants": bodies(slugs), "to": "NHS England", "submitted_on": on,
        "requested_effective": effective, "proposed_name": ccg_name("one"), "constitution": document(),
        "accountable_officer": "person/a"});
    says("ApplicationSubmitted", M, facts)
}

fn regulator(outcome: &str, on: Value) -> Said {
    let facts = json!({"number": 1, "outcome": outcome, "decided_on": on, "reasons": "In writing."});
    says("RegulatorDecisionRecorded", M, facts)
}

fn effected(slugs: &[&str], successor: &str, on: &str) -> Said {
    let successor = format!("body/{successor}");
    let succession = |slug: &&str| json!({"predecessor": format!("body/{slug}"), "successor": successor, "kind": "merger"});
    let successions: Vec<_> = slugs.iter().map(succession).collect();
    says(
        "ReorganisationEffected",
        "reorganisation/r",
        json!({"basis": "merger", "merger": M, "effective": on, "closing": bodies(slugs), "successions": successions,
        "opening": [{"body": successor, "kind": "ccg", "name": ccg_name("one"), "legal_basis": "s14G",
            "constitution": document()}],
        "officers": [{"body": successor, "office": "accountable_officer", "person": "person/a",
            "tenure": "substantive"}]}),
    )
}

#[test]
fn newcastle_gateshead_has_two_dates_and_the_law_has_the_last_word() {
    let three = ["00F", "00G", "00H"];
    let listed = json!({"kind": "ccg", "short_name": "NHS NEWCASTLE GATESHEAD CCG", "from": "2014-11-26"});
    let spring = || words("spring 2014", "2014-04-01", "2014-05-31");
    let summer = words("July-August 2014", "2014-07-01", "2014-08-31");
    let story = play(
        ccgs(&three, None),
        vec![
            (proposed(&three, spring(), "2015-04-01"), "2014-05-31", "proposed"),
            (chose("00F", "apply", spring()), "2014-05-31", "proposed"),
            (chose("00G", "apply", spring()), "2014-05-31", "proposed"),
            (chose("00H", "apply", spring()), "2014-05-31", "ready_to_apply"),
            // Made up: by the deadline of the edition of 2013.
            (applied(&three, 1, json!("2014-05-31"), "2015-04-01"), "2014-05-31", "submitted"),
            (regulator("approved", summer), "2014-08-31", "approved"),
            (says("BodyRegistered", "body/13T", listed).reported(), "2014-11-26", "approved"),
            (effected(&three, "13T", "2015-04-01"), "2015-04-01", "effected"),
        ],
    );
    let life = |day: &str| story.body("13T", story.at(day)).unwrap().life(story.at(day));
    assert_eq!(
        [life("2014-11-26"), life("2015-03-31"), life("2015-04-01")],
        [Life::NotYetOpen, Life::NotYetOpen, Life::Open]
    );
    let opened = story.body("13T", story.at("2015-04-01")).unwrap().opened.unwrap();
    assert_eq!(opened.value.unwrap().to_string(), "2015-04-01");
    assert_eq!(opened.contradicted_by.len(), 1, "the register's own date stays to be seen");
}

#[test]
fn ashford_and_canterbury_decide_to_merge_and_it_lapses() {
    let two = ["09C", "09E"];
    let year = || words("2014", "2014-01-01", "2014-12-31");
    let story = play(
        ccgs(&two, Some("2020-04-01")),
        vec![
            // The day on which it was to take effect is made up: the next for which such an application is made.
            (proposed(&two, year(), "2015-04-01"), "2014-12-31", "proposed"),
            (chose("09C", "apply", year()), "2014-12-31", "proposed"),
            (chose("09E", "apply", year()), "2014-12-31", "ready_to_apply"),
        ],
    );
    let states = ["2015-04-01", "2015-04-02", "2020-04-01"].map(|day| on(&story, day).state.as_str());
    assert_eq!(states, ["ready_to_apply", "lapsed", "lapsed"]);
}

#[test]
fn one_body_is_split_between_three() {
    // Synthetic: no CCG was. ICBs were on 1 April 2026.
    let parts = [("04L", "04K/north"), ("04M", "04K/middle"), ("04N", "04K/south")];
    let successions = parts.map(|(heir, unit)| {
        json!({"predecessor": "body/04K", "successor": format!("body/{heir}"), "kind": "split", "units": [unit]})
    });
    let said = says(
        "ReorganisationEffected",
        "reorganisation/split",
        json!({"basis": "split", "effective": "2020-04-01", "closing": ["body/04K"], "successions": successions}),
    );
    let four = ["04K", "04L", "04M", "04N"].map(|slug| ccg_until(slug, None));
    let story = given_alone(four).and([said]);
    for (heir, unit) in parts {
        assert_eq!(story.holder(unit, story.at("2020-03-31")).as_deref(), Some("04K"), "{unit}");
        assert_eq!(story.holder(unit, story.at("2020-04-01")).as_deref(), Some(heir), "{unit}");
    }
    let closed = story.body("04K", story.at("2020-04-01")).unwrap();
    assert_eq!((closed.life(story.at("2020-04-01")), closed.successors.len()), (Life::Closed, 3));
}
