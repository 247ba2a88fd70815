//! What was known when: the two clocks, on the traps of the real data.

use crate::said::{Said, ccg, ccg_until, id, merged, says, up_to_approval};
use crate::story::{Story, given};
use minutebook_governance::View;
use minutebook_governance::bodies::Life;
use minutebook_governance::mergers::{MergerState, merger};
use minutebook_log::Timestamp;
use serde_json::json;

/// As at a day, as known at the end of another.
fn known(story: &Story, as_at: &str, known_at: &str) -> View {
    let moment = Timestamp::parse_event_time(&format!("{known_at}T23:59:59Z")).unwrap();
    story.at(as_at).as_known(story.book.chain().size_at(moment))
}

/// The register listed 13T on 26 November 2014 as open from then on; the law opened it on 1 April 2015.
fn newcastle_gateshead() -> Story {
    let mut listed = ccg("13T").with_id(1).on("2014-11-26");
    listed.facts["from"] = json!("2014-11-26");
    let corrected = says("RecordCorrected", &format!("record/{}", id(1)), json!({"target": id(1), "kind": "factual",
        "fields": [{"path": "/from", "old": "2014-11-26", "new": "2015-04-01"}], "reason": "The record's date."}))
    .reported()
    .on("2015-06-01");
    given([listed, corrected])
}

#[test]
fn a_correction_leaves_what_was_known_before() {
    let story = newcastle_gateshead();
    let life = |as_at: &str, known_at: &str| {
        let view = known(&story, as_at, known_at);
        story.body("13T", view).map(|body| body.life(view))
    };
    assert_eq!(life("2015-01-01", "2014-11-25"), None);
    assert_eq!(life("2015-01-01", "2014-11-26"), Some(Life::Open));
    assert_eq!(life("2015-01-01", "2015-05-31"), Some(Life::Open));
    assert_eq!(life("2015-01-01", "2015-06-01"), Some(Life::NotYetOpen));
    assert_eq!(life("2015-04-01", "2015-06-01"), Some(Life::Open));
}

#[test]
fn every_answer_names_the_correction_it_rests_on() {
    let story = newcastle_gateshead();
    let subject = "body/13T".parse().unwrap();
    let told: Vec<_> = story.record().about(&subject, story.at("2015-01-01")).collect();
    assert_eq!(told[0].corrected_at.map(|at| at.0), Some(story.record().len() - 1));
    let before = known(&story, "2015-01-01", "2015-05-31");
    assert_eq!(story.record().about(&subject, before).next().unwrap().corrected_at, None);
}

#[test]
fn what_is_to_come_is_known_before_it_comes() {
    // Signed on 20 March, to take effect on 1 April.
    let mut all: Vec<Said> = up_to_approval();
    all.iter_mut().for_each(|said| said.time = None);
    let story = given(all.into_iter().map(|said| said.on("2019-10-30"))).and([merged().on("2020-03-20")]);
    let holds = |as_at: &str, known_at: &str| story.holder("04K", known(&story, as_at, known_at));
    assert_eq!(holds("2020-04-01", "2020-03-19").as_deref(), Some("04K"));
    assert_eq!(holds("2020-04-01", "2020-03-20").as_deref(), Some("52R"));
    assert_eq!(holds("2020-03-31", "2020-03-20").as_deref(), Some("04K"));
    let state = |as_at: &str, known_at: &str| {
        let view = known(&story, as_at, known_at);
        merger(story.record(), &"merger/m".parse().unwrap(), view).map(|merger| merger.state)
    };
    assert_eq!(state("2020-04-01", "2019-10-29"), None);
    assert_eq!(state("2020-04-01", "2019-10-30"), Some(MergerState::Approved));
    assert_eq!(state("2020-04-01", "2020-03-20"), Some(MergerState::Effected));
}

#[test]
fn one_code_two_things_and_what_was_known_of_them() {
    let mut group = ccg_until("52R", Some("2022-07-01")).on("2020-04-01");
    group.facts["from"] = json!("2020-04-01");
    let place = says(
        "BodyRegistered",
        "body/52R-location",
        json!({"kind": "location", "name": "A place",
        "from": "2022-07-01", "codes": [{"scheme": "ods", "value": "52R", "from": "2022-07-01"}]}),
    )
    .reported()
    .on("2022-06-15");
    let story = given([group, place]);
    let first = |as_at: &str, known_at: &str| {
        let bodies = minutebook_governance::bodies::bodies_of_code(
            story.record(),
            minutebook_governance::bodies::Scheme::Ods,
            "52R",
            known(&story, as_at, known_at),
        );
        bodies.first().map(|body| body.id.slug().to_owned())
    };
    assert_eq!(first("2022-07-01", "2020-03-31"), None);
    assert_eq!(first("2022-07-01", "2022-06-14").as_deref(), Some("52R"));
    assert_eq!(first("2022-07-01", "2022-06-15").as_deref(), Some("52R-location"));
    assert_eq!(first("2022-06-30", "2022-06-15").as_deref(), Some("52R"));
}

#[test]
fn a_body_left_open_by_the_register_is_closed_once_it_says_so() {
    // June 2020: several merged CCGs had no closing date yet.
    let closed = says("BodyDissolved", "body/04N", json!({"effective": "2020-04-01", "reason": "merger"}))
        .reported()
        .on("2020-07-01");
    let story = given([ccg("04N").on("2013-04-01"), closed]);
    let life = |known_at: &str| {
        let view = known(&story, "2020-06-01", known_at);
        story.body("04N", view).unwrap().life(view)
    };
    assert_eq!((life("2020-06-30"), life("2020-07-01")), (Life::Open, Life::Closed));
}
