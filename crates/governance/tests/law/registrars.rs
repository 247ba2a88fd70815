//! Registrars come and go, and there are always enough of them.

use crate::authority::revoked;
use crate::said::{Said, key, says};
use crate::story::{Story, enrolled, given, opened};
use minutebook_governance::authority::{now, registrars};
use serde_json::{Value, json};

/// Makes a role a registrar: `grant/registrar-<role>`.
fn promoted(role: &str) -> Said {
    let facts = json!({"key": key(role).public(), "capacity": "registrar", "bodies": "any", "types": "any",
        "standings": ["own_act"]});
    says("AuthorityGranted", &format!("grant/registrar-{role}"), facts)
}

fn demoted(role: &str) -> Said {
    says("AuthorityRevoked", &format!("grant/registrar-{role}"), json!({"reason": "Retired."}))
}

fn by(said: Said, one: &str, two: &str) -> Said {
    said.by(&[(one, "registrar", ""), (two, "registrar", "")])
}

/// Two registrars, of whom both must sign.
fn two_of_two() -> Story {
    let mut opening = opened();
    opening.facts["registrars"].as_array_mut().unwrap().pop();
    Story::default().and([opening, enrolled("four", "holder-four")])
}

fn in_force(story: &Story) -> Vec<String> {
    let registrars = registrars(story.record(), now(story.record())).unwrap();
    registrars.keys.into_iter().map(|registrar| registrar.holder).collect()
}

#[test]
fn a_key_that_registrars_grant_it_is_a_registrars() {
    let story = two_of_two();
    let act = || by(revoked("importer", "lost"), "registrar-one", "four");
    let importer = || enrolled("importer", "importer");
    let story = story.and([importer()]).when(act()).then_refused("authority.registrars");
    let story =
        story.when(by(promoted("four"), "registrar-one", "four")).then_refused("authority.registrars");
    let story = story.and([promoted("four")]);
    assert_eq!(in_force(&story), ["holder-registrar-one", "holder-registrar-two", "holder-four"]);
    let story = story.when(act()).then_obeys("authority.registrars");
    // And no longer than it is granted.
    let story = story.and([demoted("four")]);
    story.when(by(promoted("four"), "registrar-one", "four")).then_refused("authority.registrars");
}

#[test]
fn a_lost_registrar_is_replaced_by_those_who_remain() {
    let story = given([enrolled("four", "holder-four"), promoted("four")]);
    let story = story.when(revoked("registrar-three", "lost")).then_obeys("registrars.to-spare");
    assert_eq!(in_force(&story), ["holder-registrar-one", "holder-registrar-two", "holder-four"]);
    let story = story.when(by(revoked("importer", "lost"), "registrar-one", "registrar-three"));
    story.then_refused("authority.registrars");
}

#[test]
fn there_are_never_fewer_registrars_than_must_sign() {
    let story = two_of_two().when(revoked("registrar-two", "lost")).then_refused("registrars.enough");
    // The way out: another first, then the revocation.
    let story = story.and([promoted("four")]);
    let story = story.when(revoked("registrar-two", "lost")).then_obeys("registrars.enough");
    let left = |said| by(said, "registrar-one", "four");
    let story = story.when(left(demoted("four"))).then_refused("registrars.enough");
    let story = story.when(left(revoked("four", "rotated"))).then_refused("registrars.enough");
    // What is no registrar's goes as it likes.
    let story = story.and([left(says(
        "AuthorityGranted",
        "grant/x",
        json!({"key": key("four").public(),
        "capacity": "chair", "bodies": "any", "types": "any", "standings": ["own_act"]}),
    ))]);
    let end = says("AuthorityRevoked", "grant/x", json!({"reason": "Done."}));
    story.when(left(end)).then_obeys("registrars.enough");
}

#[test]
fn a_ledger_opens_with_as_many_people_as_must_sign() {
    let mut opening = opened();
    opening.facts["registrars"].as_array_mut().unwrap().pop();
    Story::default().when(opening.clone()).then_obeys("registrars.enough");
    opening.facts["registrars"][1]["holder"] = opening.facts["registrars"][0]["holder"].clone();
    Story::default().when(opening).then_refused("registrars.enough");
}

#[test]
fn a_second_key_of_a_registrar_is_no_second_registrar() {
    let spare = enrolled("spare", "holder-registrar-one");
    let story = two_of_two().and([spare, promoted("spare")]);
    let both = by(promoted("four"), "registrar-one", "spare");
    let story = story.when(both).then_refused("authority.registrars");
    // Either of the two signs for their holder, and either may go.
    let story = story.when(revoked("registrar-two", "lost")).then_refused("registrars.enough");
    let story = story.when(revoked("registrar-one", "rotated")).then_obeys("registrars.enough");
    story.when(by(promoted("four"), "spare", "registrar-two")).then_obeys("authority.registrars");
}

#[test]
fn who_goes_leaves_one_to_spare_or_a_finding() {
    let story = given([]).when(revoked("registrar-three", "lost")).then_found("registrars.to-spare");
    let story = story.and([enrolled("four", "holder-four")]).when(promoted("four"));
    story.then_obeys("registrars.to-spare");
}

#[test]
fn a_registrar_is_one_without_limits() {
    let limited = |member: &str, value: Value| {
        let mut grant = promoted("four");
        grant.facts[member] = value;
        two_of_two().when(grant).then_malformed(&format!("/data/facts/{member}"));
    };
    limited("bodies", json!(["body/04K"]));
    limited("types", json!(["KeyEnrolled"]));
    limited("standings", json!(["own_act", "own_record"]));
    for period in ["signs_from", "signs_until"] {
        limited(period, json!("2019-07-01T00:00:00Z"));
    }
    for period in ["acts_from", "acts_until"] {
        limited(period, json!("2019-07-01"));
    }
}

#[test]
fn who_the_registrars_were_stays_answerable() {
    let story = two_of_two();
    let before = now(story.record());
    let story = story.and([promoted("four"), revoked("registrar-two", "lost")]);
    let known = registrars(story.record(), before).unwrap();
    assert_eq!((known.people(), known.threshold), (2, 2));
    assert!(known.find(key("registrar-two").public()).is_some());
    let known = registrars(story.record(), now(story.record())).unwrap();
    assert!(known.find(key("registrar-two").public()).is_none());
    assert_eq!(known.find(key("four").public()).unwrap().grant.as_ref().unwrap().slug(), "registrar-four");
}
