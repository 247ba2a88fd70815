//! Constitutions, the rules that bodies give themselves, and who sits on a governing body.

use crate::said::{Said, appointed, decided, document, ended, id, person, says};
use crate::story::{Story, date, given};
use minutebook_governance::constitutions::{
    CompositionLaw, Minimum, RequirementMet, composition, constitutions, governing_rules,
};
use minutebook_governance::people::Office;
use serde_json::{Value, json};

fn adopted(version: &str, from: &str) -> Said {
    let signers = [("secretary-04K", "secretary", "body/04K"), ("nhs-england", "nhs_england", "")];
    says(
        "ConstitutionAdopted",
        "body/04K",
        json!({"version": version, "document": document(), "effective": from, "basis": "establishment"}),
    )
    .by(&signers)
}

fn varied(version: &str, from: &str, decision: u8) -> Said {
    let mut said = adopted(version, from);
    (said.facts["basis"], said.facts["decision"]) = (json!("variation"), json!(id(decision).to_string()));
    said
}

fn set(mut facts: Value, from: &str) -> Said {
    facts["effective"] = json!(from);
    says("GoverningRulesSet", "body/04K", facts)
}

fn scheme(decision: Option<u8>) -> Said {
    let mut facts = json!({"scheme": {"document": document()}});
    if let Some(decision) = decision {
        facts["decision"] = json!(id(decision).to_string());
    }
    set(facts, "2019-08-01")
}

fn with_constitution() -> Story {
    given([adopted("1.0", "2013-04-01"), decided("04K", "2019-07-04", json!({"none": {}})).with_id(1)])
}

#[test]
fn a_version_is_adopted_once() {
    let story = given([]).when(adopted("1.0", "2013-04-01")).then_obeys("constitution.version-new");
    let story = story.when(adopted("1.0", "2013-04-01")).then_refused("constitution.version-new");
    let story = story.and([decided("04K", "2019-07-04", json!({"none": {}})).with_id(1)]);
    story.when(varied("1.1", "2019-08-01", 1)).then_obeys("constitution.version-new");
}

#[test]
fn a_body_opens_with_its_constitution() {
    given([]).when(adopted("1.0", "2013-04-01")).then_obeys("constitution.with-opening");
    given([]).when(adopted("1.0", "2014-04-01")).then_refused("constitution.with-opening");
    let mut imprecise = adopted("1.0", "2013-04-01");
    imprecise.facts["effective"] =
        json!({"written": "2013/14", "earliest": "2013-04-01", "latest": "2014-03-31"});
    given([]).when(imprecise).then_found("constitution.with-opening");
}

#[test]
fn a_variation_rests_on_a_decision_of_the_body() {
    with_constitution().when(varied("1.1", "2019-08-01", 1)).then_obeys("constitution.variation-decided");
    with_constitution().when(varied("1.1", "2019-08-01", 2)).then_refused("constitution.variation-decided");
    let elsewhere = with_constitution().and([decided("04L", "2019-07-04", json!({"none": {}})).with_id(3)]);
    elsewhere.when(varied("1.1", "2019-08-01", 3)).then_refused("constitution.variation-decided");
    let mut lost = decided("04K", "2019-07-04", json!({"none": {}})).with_id(4);
    lost.facts["outcome"] = json!("rejected");
    with_constitution()
        .and([lost])
        .when(varied("1.1", "2019-08-01", 4))
        .then_refused("constitution.variation-decided");
}

#[test]
fn rules_follow_from_a_constitution() {
    with_constitution()
        .when(set(json!({"notice_days": 7}), "2019-08-01"))
        .then_obeys("governing-rules.constitution");
    given([]).when(set(json!({"notice_days": 7}), "2019-08-01")).then_refused("governing-rules.constitution");
    with_constitution().when(scheme(Some(1))).then_obeys("governing-rules.decision");
    with_constitution().when(scheme(Some(2))).then_refused("governing-rules.decision");
    with_constitution().when(scheme(None)).then_refused("governing-rules.decision");
}

#[test]
fn rules_that_make_no_sense_are_refused_for_their_form() {
    let check = |facts: Value, at: &str| {
        with_constitution().when(set(facts, "2019-08-01")).then_malformed(at);
    };
    let quorum = |minimum: Value, must: Value| json!({"quorum": {"minimum": minimum, "counts_vacancies": true, "must_include": must}});
    check(json!({}), "/data/facts");
    check(quorum(json!({"count": 0}), json!([["lay_member"]])), "/data/facts/quorum/minimum");
    check(
        quorum(json!({"part": {"parts": 3, "of": 2}}), json!([["lay_member"]])),
        "/data/facts/quorum/minimum",
    );
    check(quorum(json!({"count": 4}), json!([["lay_member"], []])), "/data/facts/quorum/must_include/1");
    check(
        json!({"merger_ballot": {"basis": "votes_cast", "percent": 101}}),
        "/data/facts/merger_ballot/percent",
    );
}

#[test]
fn what_is_set_holds_from_its_day_and_what_is_not_set_stays() {
    let quorum = |count: u32| json!({"quorum": {"minimum": {"count": count}, "counts_vacancies": true}});
    let story = with_constitution().and([
        set(quorum(5), "2013-04-01"),
        set(json!({"notice_days": 7}), "2013-04-01"),
        set(quorum(6), "2019-08-01"),
    ]);
    let rules = |day: &str| governing_rules(story.record(), &"body/04K".parse().unwrap(), story.at(day));
    let minimum = |day: &str| rules(day).quorum.map(|quorum| quorum.value.minimum);
    assert_eq!(minimum("2013-03-31"), None);
    assert_eq!(minimum("2019-07-31"), Some(Minimum::Count(5)));
    assert_eq!(minimum("2019-08-01"), Some(Minimum::Count(6)));
    assert_eq!(rules("2019-08-01").notice_days.map(|days| days.value), Some(7));
    assert_eq!(rules("2019-08-01").why.len(), 3);
    let known = story.at("2019-08-01").as_known(story.record().len() - 1);
    let before = governing_rules(story.record(), &"body/04K".parse().unwrap(), known);
    assert_eq!(before.quorum.map(|quorum| quorum.value.minimum), Some(Minimum::Count(5)));
}

#[test]
fn the_version_in_force_is_that_of_the_day() {
    let story = with_constitution().and([varied("1.1", "2019-08-01", 1)]);
    let version = |day: &str| {
        let held = constitutions(story.record(), &"body/04K".parse().unwrap(), story.at(day));
        held.last().map(|held| held.adopted.version.clone())
    };
    assert_eq!(version("2013-03-31"), None);
    assert_eq!(version("2019-07-31").as_deref(), Some("1.0"));
    assert_eq!(version("2019-08-01").as_deref(), Some("1.1"));
}

#[test]
fn a_ledger_adopts_rules_that_are_known() {
    let adopts = |rules: u64| {
        let registrars = [("registrar-one", "registrar", ""), ("registrar-two", "registrar", "")];
        says("RulesAdopted", "ledger", json!({"rules": rules})).by(&registrars)
    };
    given([]).when(adopts(1)).then_obeys("rule-set.known");
    given([]).when(adopts(2)).then_refused("rule-set.known");
    let one_alone = adopts(1).by(&[("registrar-one", "registrar", "")]);
    given([]).when(one_alone).then_refused("authority.registrars");
    given([]).when(adopts(1).by(&[("nhs-england", "nhs_england", "")])).then_refused("authority.registrars");
}

const SEATS: [(&str, &str); 5] = [
    ("accountable_officer", "a"),
    ("chief_finance_officer", "b"),
    ("registered_nurse", "c"),
    ("lay_member", "d"),
    ("chair", "e"),
];

/// A governing body of five: a nurse and no specialist, one lay member.
fn sitting() -> Story {
    let people = ["c", "d", "e"].map(person);
    let seats = SEATS.map(|(office, who)| appointed("04K", office, who, "2020-01-01"));
    given(people).and(seats.map(Said::reported))
}

fn met(story: &Story, day: &str) -> Vec<(String, RequirementMet)> {
    let composition = composition(story.record(), &"body/04K".parse().unwrap(), story.at(day)).unwrap();
    composition.requirements.into_iter().map(|requirement| (requirement.says, requirement.met)).collect()
}

#[test]
fn march_2022_is_held_against_the_law_of_march_2022() {
    let story = sitting();
    let march = met(&story, "2022-03-31");
    assert_eq!(march.len(), 6, "six members, officer, finance, nurse, specialist, lay members: {march:?}");
    assert_eq!(march[0], ("at least 6 members".to_owned(), RequirementMet::Unknown));
    assert_eq!(march[3].1, RequirementMet::Met, "a nurse");
    assert_eq!(march[4].1, RequirementMet::Unknown, "whether there is a specialist is not said");
    assert_eq!(march[5].1, RequirementMet::Unknown, "whether there is a second lay member is not said");
    let may = met(&story, "2022-05-01");
    assert_eq!(may.len(), 5, "{may:?}");
    assert_eq!(may[0], ("at least 4 members".to_owned(), RequirementMet::Met));
    assert!(may.iter().all(|(_says, met)| *met == RequirementMet::Met), "{may:?}");
    let ends = CompositionLaw::all().map(|law| law.until);
    assert_eq!(ends[..2], [date("2022-04-14"), date("2022-07-01")], "and boards to this day");
}

#[test]
fn a_seat_that_the_book_knows_to_be_empty_is_found() {
    let story = sitting().finds_no("composition.law", "2021-01-01");
    let story = story.and([ended("04K", "registered_nurse", "c", "2021-06-01").reported()]);
    let story = story.finds_no("composition.law", "2021-05-31").finds("composition.law", "2021-06-01");
    // With a specialist, the amended law is content without a nurse; the law as made is not.
    let specialist = appointed("04K", "secondary_care_specialist", "c", "2021-07-01").reported();
    let story = story.and([specialist]);
    story.finds("composition.law", "2022-04-13").finds_no("composition.law", "2022-04-14");
}

#[test]
fn members_and_seats_are_counted_as_defined() {
    let defined = |office: &str, voting: bool, seats: u32| {
        says(
            "OfficeDefined",
            "body/04K",
            json!({"office": office, "title": office, "voting": voting, "statutory": true, "seats": seats,
            "effective": "2013-04-01"}),
        )
    };
    let story = sitting().and([defined("lay_member", true, 3), defined("registered_nurse", false, 1)]);
    let sits = composition(story.record(), &"body/04K".parse().unwrap(), story.at("2021-01-01")).unwrap();
    assert_eq!((sits.seats.filled, sits.seats.vacant), (4, 2));
    assert_eq!(sits.members[&"person/d".parse().unwrap()], [Office::LayMember]);
    assert!(!sits.members.contains_key(&"person/c".parse().unwrap()), "the nurse does not vote");
    // An office that is no more has no vacant seat.
    let mut abolished = defined("gp_member", true, 2);
    abolished.facts["until"] = json!("2020-06-01");
    let before = story.and([abolished]);
    let vacant = |day: &str| {
        let id = "body/04K".parse().unwrap();
        composition(before.record(), &id, before.at(day)).unwrap().seats.vacant
    };
    assert_eq!((vacant("2020-05-31"), vacant("2020-06-01")), (4, 2));
}

#[test]
fn a_rule_told_by_an_imprecise_date_says_so() {
    let mut said = set(json!({"notice_days": 5}), "2018-01-01").reported();
    said.facts["effective"] = json!({"written": "2018", "earliest": "2018-01-01", "latest": "2018-12-31"});
    let story = given([said]);
    let sure = |day: &str| {
        let rules = governing_rules(story.record(), &"body/04K".parse().unwrap(), story.at(day));
        rules.notice_days.map(|ruled| ruled.is_sure)
    };
    assert_eq!(["2017-12-31", "2018-06-01", "2018-12-31"].map(sure), [None, Some(false), Some(true)]);
}

#[test]
fn the_constitution_that_a_body_is_established_with_is_in_force_from_its_first_day() {
    use crate::said::established;
    use minutebook_governance::constitutions::constitutions;
    let versions = |story: &Story, day: &str| {
        let found = constitutions(story.record(), &"body/52R".parse().unwrap(), story.at(day));
        found.into_iter().map(|held| held.adopted.version).collect::<Vec<_>>()
    };
    let rules = || {
        let quorum = json!({"minimum": {"count": 2}, "counts_vacancies": false});
        says("GoverningRulesSet", "body/52R", json!({"effective": "2020-04-01", "quorum": quorum}))
    };
    let story = || given([established("52R", "2020-04-01")]);
    story().when(rules()).then_obeys("governing-rules.constitution");
    assert!(versions(&story(), "2020-03-31").is_empty());
    assert_eq!(versions(&story(), "2020-04-01"), ["as established"]);
    // Adopted by an entry of its own beside, it is one constitution.
    let adopted = says(
        "ConstitutionAdopted",
        "body/52R",
        json!({"version": "1.0", "effective": "2020-04-01",
        "document": {"title": "Constitution", "held": false}, "basis": "establishment"}),
    );
    let adopted = adopted.by(&[("nhs-england", "nhs_england", "")]);
    let story = story().when(adopted).then_obeys("constitution.with-opening");
    assert_eq!(versions(&story, "2020-04-01"), ["1.0"]);
    // A body of which nobody states one has none.
    let mut of_another = rules();
    (of_another.subject, of_another.facts["effective"]) = ("body/04K".to_owned(), json!("2018-04-01"));
    given([])
        .when(of_another.by(&[("secretary-04K", "secretary", "body/04K")]))
        .then_refused("governing-rules.constitution");
}
