//! Delegations: what permits them, how far they reach, and what ends them.

use crate::meetings::{agenda, both_attend, convened, decides, opened, with};
use crate::said::{Said, appointed, decided, id, merged, says, up_to_approval};
use crate::story::{Story, given};
use minutebook_governance::committees::{
    Delegate, DelegationState, LapsedWith, covers, delegation, delegations_from, delegations_to,
};
use minutebook_governance::powers::{Reach, who_may_decide};
use minutebook_governance::{Certainty, PDate};
use serde_json::{Value, json};

fn resolved() -> Said {
    decided("04K", "2018-01-01", json!({"none": {}})).with_id(1)
}

/// 04K lets its accountable officer decide on contracts.
fn granted(slug: &str) -> Said {
    let facts = json!({"from": "body/04K", "to": {"officer": {"body": "body/04K", "office": "accountable_officer"}},
        "functions": ["Contracts"], "onward": "forbidden", "basis": {"decision": id(1)}, "effective": "2018-04-01",
        "on_succession": "lapses"});
    says("DelegationGranted", &format!("delegation/{slug}"), facts)
}

fn to(delegate: Value) -> Said {
    let mut said = granted("d");
    said.facts["to"] = delegate;
    said
}

fn revoked(by: &str, on: &str) -> Said {
    says("DelegationRevoked", "delegation/d", json!({"by": format!("body/{by}"), "effective": on}))
}

fn ruled(entries: Value) -> Said {
    let scheme = json!({"document": {"title": "Scheme", "held": false}, "entries": entries});
    says(
        "GoverningRulesSet",
        "body/04K",
        json!({"effective": "2018-02-01", "scheme": scheme, "decision": id(1)}),
    )
}

fn constituted() -> Said {
    let facts = json!({"version": "1", "document": {"title": "Constitution", "held": false},
        "effective": "2013-04-01", "basis": "establishment"});
    says("ConstitutionAdopted", "body/04K", facts)
        .by(&[("secretary-04K", "secretary", "body/04K"), ("nhs-england", "nhs_england", "")])
}

fn state(story: &Story, day: &str) -> DelegationState {
    delegation(story.record(), &"delegation/d".parse().unwrap(), story.at(day)).unwrap().state
}

/// Since when a delegation has lapsed, and with what.
fn fell(story: &Story, slug: &str, day: &str) -> Option<(String, LapsedWith, String)> {
    let id = format!("delegation/{slug}").parse().unwrap();
    let lapse = delegation(story.record(), &id, story.at(day)).unwrap().lapse?;
    assert!(!lapse.why.is_empty(), "it names the entries that ended that");
    Some((lapse.since.unwrap().to_string(), lapse.with, lapse.about.to_string()))
}

fn cover(story: &Story, body: &str, function: Option<&str>, on: &PDate) -> Certainty {
    let id = "delegation/d".parse().unwrap();
    let body = format!("body/{body}").parse().unwrap();
    covers(story.record(), &id, &body, function, on, story.at("2030-01-01")).covers
}

fn day(day: &str) -> PDate {
    PDate::day(day.parse().unwrap())
}

#[test]
fn a_delegation_rests_on_a_decision_a_scheme_or_a_statute() {
    let rule = "delegation.permitted";
    given([resolved()]).when(granted("d")).then_obeys("delegation.permitted");
    given([]).when(granted("d")).then_refused("delegation.permitted");
    let on = |basis: Value| {
        let mut said = granted("d");
        said.facts["basis"] = basis;
        said
    };
    given([]).when(on(json!({"statute": "NHS Act 2006, section 13Z"}))).then_obeys(rule);
    let scheme = || on(json!({"scheme": "paragraph 4"}));
    given([]).when(scheme()).then_refused(rule);
    let with = |holder: Value| {
        given([constituted(), resolved(), ruled(json!([{"function": "contracts", "holder": holder}]))])
    };
    with(json!("governing_body")).when(scheme()).then_obeys(rule);
    with(json!("members")).when(scheme()).then_refused(rule);
    with(json!("members")).when(granted("d")).then_refused(rule);
}

#[test]
fn a_limit_stays_within_the_scheme() {
    let story = || {
        given([
            constituted(),
            resolved(),
            ruled(json!([{"function": "Contracts", "holder": "governing_body", "limit_pounds": 1000}])),
        ])
    };
    let limited = |pounds: u64| {
        let mut said = granted("d");
        said.facts["limit_pounds"] = json!(pounds);
        said
    };
    story().when(limited(1000)).then_obeys("delegation.limit");
    story().when(limited(1001)).then_found("delegation.limit");
    story().when(granted("d")).then_found("delegation.limit");
}

#[test]
fn a_partnership_can_hold_no_statutory_function() {
    let rule = "delegation.not-to-partnership";
    let to_partnership = || to(json!({"partnership": "partnership/p"}));
    let story = given([resolved()]).when(to_partnership()).then_found("delegation.not-to-partnership");
    assert_eq!(state(&story, "2018-05-01"), DelegationState::NoEffect);
    assert_eq!(cover(&story, "04K", None, &day("2018-05-01")), Certainty::No);
    let powers =
        who_may_decide(story.record(), &"body/04K".parse().unwrap(), story.at("2018-05-01")).unwrap();
    let partnership = powers.deciders.iter().find(|decider| decider.who == "partnership/p").unwrap();
    assert_eq!(partnership.reach, Reach::Nothing);
    story.when(revoked("04K", "2018-06-01")).then_obeys("delegation.step");
    given([]).when(to_partnership().in_the_press()).then_found(rule);
    given([resolved()]).when(granted("d")).then_obeys("delegation.not-to-partnership");
}

#[test]
fn functions_go_to_somebody_who_is_there() {
    let rule = "delegation.delegate";
    let story = || given([resolved()]);
    story().when(to(json!({"committee": "committee/c"}))).then_refused("delegation.delegate");
    let set_up = says(
        "CommitteeEstablished",
        "committee/c",
        json!({"name": "c", "kind": "committee",
        "parents": ["body/04K"], "established_on": "2018-01-01", "decisions": [id(1)]}),
    );
    let story =
        story().and([set_up]).when(to(json!({"committee": "committee/c"}))).then_obeys("delegation.delegate");
    assert_eq!(cover(&story, "04K", Some("contracts"), &day("2018-05-01")), Certainty::Yes);
    let ended = says(
        "CommitteeDissolved",
        "committee/c",
        json!({"parents": ["body/04K"], "effective": "2019-01-01",
        "decisions": [id(1)]}),
    );
    let story = story.and([ended]);
    assert_eq!(
        (state(&story, "2018-12-31"), state(&story, "2019-01-01")),
        (DelegationState::InForce, DelegationState::Lapsed)
    );
    assert_eq!(
        fell(&story, "d", "2019-06-01"),
        Some(("2019-01-01".to_owned(), LapsedWith::CommitteeEnded, "committee/c".to_owned()))
    );
    assert_eq!(fell(&story, "d", "2018-12-31"), None);
    given([resolved()]).when(to(json!({"body": "body/nobody"}))).then_refused("body.known");
    given([resolved()]).when(to(json!({"body": "body/04K"}))).then_malformed("/data/facts/to");
    given([resolved()]).when(to(json!({"body": "body/04L"}))).then_obeys(rule);
}

#[test]
fn nobody_delegates_onward_what_they_may_not() {
    let rule = "delegation.onward";
    let first = |onward: &str| {
        let mut said = to(json!({"body": "body/04L"}));
        said.facts["onward"] = json!(onward);
        said
    };
    let second = |functions: Value| {
        let mut said = granted("e");
        said.facts["from"] = json!("body/04L");
        said.facts["to"] = json!({"body": "body/04M"});
        said.facts["functions"] = functions;
        said.facts["under"] = json!("delegation/d");
        said.facts["basis"] = json!({"statute": "section 14Z3"});
        said.by(&[("secretary-04L", "secretary", "body/04L")])
    };
    let story = |onward: &str| given([resolved(), first(onward)]);
    story("forbidden").when(second(json!(["contracts"]))).then_refused("delegation.onward");
    story("allowed").when(second(json!(["mergers"]))).then_refused(rule);
    given([]).when(second(json!(["contracts"]))).then_refused(rule);
    let story = story("allowed").when(second(json!(["contracts"]))).then_obeys("delegation.onward");
    let held = |day: &str| {
        delegation(story.record(), &"delegation/e".parse().unwrap(), story.at(day)).unwrap().state
    };
    assert_eq!(held("2019-01-01"), DelegationState::InForce);
    let story = story.and([revoked("04K", "2019-04-01")]);
    let held = |day: &str| {
        delegation(story.record(), &"delegation/e".parse().unwrap(), story.at(day)).unwrap().state
    };
    assert_eq!(held("2019-04-01"), DelegationState::Lapsed, "what hangs on it falls with it");
    assert_eq!(
        fell(&story, "e", "2019-06-01"),
        Some(("2019-04-01".to_owned(), LapsedWith::DelegationEnded, "delegation/d".to_owned()))
    );
    assert_eq!(fell(&story, "d", "2019-06-01"), None, "what was taken back has not lapsed");
    let to_m = delegations_to(story.record(), &"body/04M".parse().unwrap(), story.at("2019-01-01"));
    assert_eq!((to_m.len(), to_m[0].id.slug()), (1, "e"));
}

#[test]
fn a_delegation_is_granted_once_and_taken_back_once() {
    let rule = "delegation.step";
    let story = || given([resolved(), granted("d")]);
    story().when(granted("d")).then_refused("delegation.step");
    story().when(revoked("04K", "2018-03-31")).then_refused(rule);
    story().when(revoked("04L", "2019-04-01")).then_refused(rule);
    given([]).when(revoked("04K", "2019-04-01")).then_refused(rule);
    let story = story().when(revoked("04K", "2019-04-01")).then_obeys("delegation.step");
    let states = ["2018-03-31", "2018-04-01", "2019-03-31", "2019-04-01"].map(|day| state(&story, day));
    assert_eq!(
        states,
        [
            DelegationState::NotYet,
            DelegationState::InForce,
            DelegationState::InForce,
            DelegationState::Revoked
        ]
    );
    story.when(revoked("04K", "2019-05-01")).then_refused(rule);
    let mut until = granted("d");
    until.facts["until"] = json!("2018-06-01");
    let story = given([resolved(), until]);
    assert_eq!(
        (state(&story, "2018-05-31"), state(&story, "2018-06-01")),
        (DelegationState::InForce, DelegationState::Expired)
    );
}

#[test]
fn what_a_delegation_covers() {
    let story = given([resolved(), granted("d"), revoked("04K", "2019-04-01")]);
    let on = |function: Option<&str>, on: &str| cover(&story, "04K", function, &day(on));
    assert_eq!(on(Some("contracts"), "2018-04-01"), Certainty::Yes);
    assert_eq!(on(None, "2018-04-01"), Certainty::Yes);
    assert_eq!(on(Some("mergers"), "2018-04-01"), Certainty::No);
    assert_eq!(on(Some("contracts"), "2019-04-01"), Certainty::No);
    assert_eq!(cover(&story, "04L", Some("contracts"), &day("2018-05-01")), Certainty::No);
    let spring = PDate::words("spring 2019", "2019-03-01".parse().ok(), "2019-05-31".parse().ok()).unwrap();
    assert_eq!(cover(&story, "04K", Some("contracts"), &spring), Certainty::Unknown);
    let why_not = covers(
        story.record(),
        &"delegation/d".parse().unwrap(),
        &"body/04K".parse().unwrap(),
        None,
        &day("2019-05-01"),
        story.at("2030-01-01"),
    );
    assert_eq!((why_not.found.as_str(), why_not.why.len()), ("delegation/d is revoked on 2019-05-01", 2));
}

#[test]
fn a_delegation_lapses_with_its_body_or_goes_on_with_the_successor() {
    let story = |on_succession: &str| {
        let mut said = granted("d");
        said.facts["on_succession"] = json!(on_succession);
        given([resolved(), said]).and(up_to_approval()).and([merged()])
    };
    let lapsing = story("lapses");
    assert_eq!(
        (state(&lapsing, "2020-03-31"), state(&lapsing, "2020-04-01")),
        (DelegationState::InForce, DelegationState::Lapsed)
    );
    assert_eq!(
        fell(&lapsing, "d", "2021-01-01"),
        Some(("2020-04-01".to_owned(), LapsedWith::BodyEnded, "body/04K".to_owned()))
    );
    let surviving = story("survives");
    assert_eq!(fell(&surviving, "d", "2021-01-01"), None);
    let now =
        delegation(surviving.record(), &"delegation/d".parse().unwrap(), surviving.at("2020-04-01")).unwrap();
    assert_eq!((now.state, now.grantor.slug()), (DelegationState::InForce, "52R"));
    assert!(matches!(now.delegate, Delegate::Officer { body, .. } if body.slug() == "52R"));
    assert_eq!(cover(&surviving, "52R", Some("contracts"), &day("2020-05-01")), Certainty::Yes);
    let of = delegations_from(surviving.record(), &"body/52R".parse().unwrap(), surviving.at("2020-05-01"));
    assert_eq!(of.len(), 1);
    surviving.when(revoked("52R", "2020-06-01")).then_obeys("delegation.step");
}

#[test]
fn who_may_decide_says_why() {
    let story = given([
        constituted(),
        resolved(),
        ruled(json!([{"function": "The constitution", "holder": "members"}])),
        granted("d"),
    ]);
    let on = |day: &str| who_may_decide(story.record(), &"body/04K".parse().unwrap(), story.at(day)).unwrap();
    let who = |day: &str| on(day).deciders.into_iter().map(|it| (it.who, it.reach)).collect::<Vec<_>>();
    let names = |day: &str| who(day).into_iter().map(|(who, _reach)| who).collect::<Vec<_>>();
    assert_eq!(
        names("2018-05-01"),
        ["the governing body", "the members", "accountable_officer of body/04K", "NHS England"]
    );
    assert_eq!(names("2018-01-01"), ["the governing body", "NHS England"]);
    assert_eq!(who("2012-01-01"), [("nobody".to_owned(), Reach::Nothing)]);
    assert!(on("2018-05-01").deciders.iter().all(|decider| !decider.because.is_empty()));
    assert!(
        who_may_decide(story.record(), &"body/nobody".parse().unwrap(), story.at("2018-01-01")).is_none()
    );
}

/// 04K decides under `delegation/d`, on contracts.
fn under(on: Value, amount: Option<u64>) -> Said {
    let mut said = decided("04K", "2018-05-01", json!({"none": {}}));
    said.facts["decided_on"] = on;
    said.facts["delegated_under"] = json!({"delegation": "delegation/d", "function": "contracts"});
    if let Some(amount) = amount {
        said.facts["delegated_under"]["amount_pounds"] = json!(amount);
    }
    said
}

#[test]
fn a_decision_under_a_delegation_is_covered_by_it() {
    let rule = "decision.delegation-covers";
    let story = || given([resolved(), granted("d")]);
    let on = |day: &str| under(json!(day), None);
    story().when(on("2018-04-01")).then_obeys("decision.delegation-covers");
    story().when(on("2018-03-31")).then_refused("decision.delegation-covers");
    given([resolved()]).when(on("2018-05-01")).then_refused(rule);
    let mut another = on("2018-05-01");
    another.facts["delegated_under"]["function"] = json!("mergers");
    story().when(another).then_refused(rule);
    let mut stranger = decided("04L", "2018-05-01", json!({"none": {}}));
    stranger.facts["delegated_under"] = json!({"delegation": "delegation/d"});
    story().when(stranger).then_refused(rule);
    // Nobody delegates to a partnership with effect.
    given([resolved(), to(json!({"partnership": "partnership/p"}))])
        .when(on("2018-05-01"))
        .then_refused(rule);
    // What is refused can be minuted all the same, and a report of it is kept.
    let mut minuted = on("2018-03-31");
    minuted.facts["effect"] = json!({"none": {"refused_by": rule}});
    story().when(minuted).then_found("decision.no-effect");
    story().when(on("2018-03-31").in_the_press()).then_admitted();
}

#[test]
fn a_delegate_decides_no_more_once_the_delegation_is_taken_back() {
    let rule = "decision.delegation-covers";
    let to_l = || given([resolved(), to(json!({"body": "body/04L"}))]);
    let of_l = |day: &str| {
        let mut said = decided("04L", day, json!({"none": {}}));
        said.facts["delegated_under"] = json!({"delegation": "delegation/d", "function": "contracts"});
        said
    };
    let story = to_l().and([of_l("2019-03-31"), revoked("04K", "2019-04-01")]);
    let story = story.when(of_l("2019-03-31")).then_obeys(rule);
    story.when(of_l("2019-04-01")).then_refused(rule);
    // Where the day of the end is not certain, the decision stands with a finding.
    let mut spring = revoked("04K", "2019-04-01");
    spring.facts["effective"] =
        json!({"written": "spring 2019", "earliest": "2019-03-01", "latest": "2019-05-31"});
    let story = || to_l().and([spring.clone()]);
    story().when(of_l("2019-02-28")).then_obeys(rule);
    story().when(of_l("2019-04-01")).then_found("decision.delegation-covers");
    story().when(of_l("2019-05-31")).then_refused(rule);
    // What is taken back later than the decision is recorded changes nothing of it.
    let story = to_l().and([of_l("2019-06-01")]).and([revoked("04K", "2019-04-01")]);
    story.when(of_l("2019-06-01")).then_refused(rule);
}

#[test]
fn a_delegate_commits_no_more_than_the_limit_and_says_what_for() {
    let limited = || {
        let mut said = granted("d");
        said.facts["limit_pounds"] = json!(250_000);
        given([resolved(), said])
    };
    let of = |amount: u64| under(json!("2018-05-01"), Some(amount));
    limited().when(of(250_000)).then_obeys("decision.delegation-limit");
    limited().when(of(250_001)).then_refused("decision.delegation-limit");
    given([resolved(), granted("d")]).when(of(250_001)).then_obeys("decision.delegation-limit");
    limited().when(of(1)).then_obeys("decision.delegation-stated");
    limited().when(under(json!("2018-05-01"), None)).then_found("decision.delegation-stated");
    let mut unnamed = under(json!("2018-05-01"), None);
    unnamed.facts["delegated_under"] = json!({"delegation": "delegation/d"});
    given([resolved(), granted("d")]).when(unnamed.clone()).then_found("decision.delegation-stated");
    unnamed.facts["delegated_under"]["function"] = json!(" ");
    given([]).when(unnamed).then_malformed("/data/facts/delegated_under/function");
}

#[test]
fn a_joint_committee_commits_no_more_than_any_of_its_bodies_lets_it() {
    let rule = "decision.delegation-limit";
    let limited = |slug: &str, body: &str, pounds: u64| {
        let officer = json!({"officer": {"body": format!("body/{body}"), "office": "accountable_officer"}});
        let said = with(with(granted(slug), "from", json!(format!("body/{body}"))), "to", officer);
        let said = with(said, "basis", json!({"statute": "NHS Act 2006, section 14Z3"}));
        let role = format!("secretary-{body}");
        let said = said.by(&[(&role, "secretary", &format!("body/{body}"))]);
        with(said, "limit_pounds", json!(pounds))
    };
    let story = || {
        let joint = with(convened(), "kind", json!("joint_committee"));
        let sits = [appointed("04K", "chair", "a", "2013-04-01"), joint, agenda(), opened(), both_attend()];
        given(sits).and([limited("d", "04K", 10_000_000), limited("e", "04L", 5_000_000)])
    };
    let jointly = |under: Value| {
        let with_l = json!([{"body": "body/04L", "delegation": "delegation/e"}]);
        let said = with(decides("i1", "04K", json!({"none": {}})), "decided_with", with_l);
        with(said, "delegated_under", under)
    };
    let of = |pounds: u64| {
        jointly(json!({"delegation": "delegation/d", "function": "contracts", "amount_pounds": pounds}))
    };
    story().when(of(5_000_000)).then_obeys(rule);
    story().when(of(8_100_000)).then_refused("decision.delegation-limit");
    story().when(of(10_000_001)).then_refused("decision.delegation-limit");
    // What it does not say is found, of the other body too.
    let stated = "decision.delegation-stated";
    story().when(of(1)).then_obeys(stated);
    let unsaid = json!({"delegation": "delegation/d", "function": "contracts"});
    story().when(jointly(unsaid)).then_found(stated);
    let mut own = of(1);
    own.facts.as_object_mut().unwrap().remove("delegated_under");
    story().when(own).then_found(stated);
}
