//! Meetings: called, held, voted at; quorum for each item and body.

use crate::said::{Said, appointed, decided, ended, says};
use crate::story::{Story, given};
use minutebook_governance::meetings::{Meeting, MeetingState, chair, meeting, meetings_of, quorum};
use minutebook_governance::{BodyId, Certainty};
use serde_json::{Value, json};

pub(crate) const MEETING: &str = "meeting/m";

pub(crate) fn at(type_name: &'static str, facts: Value) -> Said {
    says(type_name, MEETING, facts)
}

/// 04K and 04L meet in common on 4 July; two voting members make a quorum.
pub(crate) fn convened() -> Said {
    at(
        "MeetingConvened",
        json!({"kind": "in_common", "bodies": ["body/04K", "body/04L"], "title": "In common",
            "starts_at": "2019-07-04T13:00:00+01:00", "parts": ["public", "private"], "called_on": "2019-06-26",
            "quorum": {"minimum": {"count": 2}, "counts_vacancies": false}}),
    )
}

fn item(reference: &str, bodies: &[&str], part: &str) -> Value {
    let mut item = json!({"reference": reference, "title": "An item", "part": part});
    if !bodies.is_empty() {
        item["applies_to"] = json!(bodies);
    }
    item
}

pub(crate) fn agenda() -> Said {
    let items = [item("i1", &[], "public"), item("i2", &["body/04L"], "public"), item("i3", &[], "private")];
    at("AgendaPublished", json!({"version": 1, "published_on": "2019-06-27", "items": items}))
}

pub(crate) fn opened() -> Said {
    at(
        "MeetingOpened",
        json!({"started_at": "2019-07-04T13:05:00+01:00", "chairs": [{"person": "person/a"}]}),
    )
}

pub(crate) fn attended(attendees: Value) -> Said {
    at("AttendanceRecorded", json!({"attendees": attendees}))
}

pub(crate) fn both_attend() -> Said {
    attended(json!([{"person": "person/a", "as": "voting"}, {"person": "person/b", "as": "voting"}]))
}

pub(crate) fn closed() -> Said {
    at("MeetingClosed", json!({"ended_at": "2019-07-04T16:00:00+01:00"}))
}

/// It sits: `a`, who chairs, and `b` are there.
pub(crate) fn sitting() -> Story {
    given([appointed("04K", "chair", "a", "2013-04-01"), convened(), agenda(), opened(), both_attend()])
}

pub(crate) fn declared(person: &str, handling: Value) -> Said {
    let mut facts = json!({"person": person, "items": ["i1"], "kind": "financial", "nature": "A practice.",
        "handling": handling});
    if facts["handling"][0] == "chair_hands_over" {
        facts["chair"] = json!("person/b");
    }
    at("InterestDeclared", facts)
}

pub(crate) fn voted(item: &str, body: &str, votes: Value) -> Said {
    at(
        "VoteTaken",
        json!({"item": item, "body": format!("body/{body}"), "method": "show_of_hands", "votes": votes}),
    )
}

fn two_for() -> Value {
    json!({"for": 2, "against": 0})
}

pub(crate) fn decides(item: &str, body: &str, effect: Value) -> Said {
    let mut said = decided(body, "2019-07-04", effect);
    (said.facts["meeting"], said.facts["item"]) = (json!(MEETING), json!({"reference": item}));
    said
}

pub(crate) fn with(mut said: Said, member: &str, value: Value) -> Said {
    said.facts[member] = value;
    said
}

fn seen(story: &Story, day: &str) -> Meeting {
    meeting(story.record(), &MEETING.parse().unwrap(), story.at(day)).unwrap()
}

pub(crate) fn quorate(story: &Story, item: &str, body: &str) -> Certainty {
    let (id, view): (BodyId, _) = (format!("body/{body}").parse().unwrap(), story.at("2019-07-04"));
    quorum(story.record(), &seen(story, "2019-07-04"), &id, Some(item), view).holds
}

#[test]
fn what_happens_belongs_to_a_meeting_that_was_convened() {
    given([convened()]).when(agenda()).then_obeys("meeting.convened");
    given([]).when(agenda()).then_refused("meeting.convened");
    given([]).when(decides("i1", "04K", json!({"none": {}}))).then_refused("meeting.convened");
}

#[test]
fn a_meeting_goes_its_way() {
    let called = || given([appointed("04K", "chair", "a", "2013-04-01"), convened(), agenda()]);
    called().when(opened()).then_obeys("meeting.step");
    called().when(both_attend()).then_refused("meeting.step");
    called().when(closed()).then_refused("meeting.step");
    called().when(decides("i1", "04K", json!({"none": {}}))).then_refused("meeting.step");
    let story = sitting();
    assert_eq!(seen(&story, "2019-07-04").state, MeetingState::Open);
    assert_eq!(seen(&story, "2019-07-03").state, MeetingState::AgendaPublished);
    assert_eq!(seen(&story, "2019-06-26").state, MeetingState::Convened);
    story.when(convened()).then_refused("meeting.step");
    sitting().when(opened()).then_refused("meeting.step");
    let over = sitting().and([closed()]);
    assert_eq!(seen(&over, "2019-07-04").state, MeetingState::Closed);
    // Whoever closed it, each body's votes can be entered until it has approved its minutes.
    over.when(voted("i1", "04L", two_for())).then_obeys("meeting.step");
}

#[test]
fn a_meeting_told_by_an_imprecise_date_says_so() {
    let called = || given([appointed("04K", "chair", "a", "2013-04-01"), convened()]);
    let story = called().and([agenda()]);
    assert!(seen(&story, "2019-06-27").is_sure && seen(&story, "2019-06-26").is_sure);
    let june = crate::said::month("2019-06", 30);
    let story = called().and([with(agenda(), "published_on", june)]);
    assert!(!seen(&story, "2019-06-28").is_sure, "its agenda is perhaps not published yet");
    assert!(seen(&story, "2019-06-30").is_sure);
}

#[test]
fn a_meeting_is_put_off_or_called_off() {
    let put_off = |change: Value| {
        at("MeetingRescheduled", json!({"change": change, "said_on": "2019-07-02", "reason": "No papers."}))
    };
    let called = || given([appointed("04K", "chair", "a", "2013-04-01"), convened(), agenda()]);
    let later = called().and([put_off(json!({"postponed": {"to": "2019-07-11T13:00:00+01:00"}}))]);
    assert_eq!(seen(&later, "2019-07-03").day().unwrap().to_string(), "2019-07-11");
    let unknown = called().and([put_off(json!({"postponed": {}}))]);
    assert_eq!(seen(&unknown, "2019-07-03").state, MeetingState::Postponed);
    unknown.when(convened()).then_obeys("meeting.step");
    let cancelled = called().and([put_off(json!("cancelled"))]);
    assert_eq!(seen(&cancelled, "2019-07-03").state, MeetingState::Cancelled);
    cancelled.when(opened()).then_refused("meeting.step");
}

#[test]
fn a_body_that_meets_says_what_happened() {
    let by_another = agenda().by(&[("secretary-04M", "secretary", "body/04M")]);
    given([convened()]).when(agenda()).then_obeys("meeting.signed-for");
    given([convened()]).when(by_another).then_refused("meeting.signed-for");
    // Nor does another body make the meeting its own by calling it anew.
    let anew = with(with(convened(), "bodies", json!(["body/04M"])), "kind", json!("single"));
    let taken = anew.by(&[("secretary-04M", "secretary", "body/04M")]);
    given([convened()]).when(taken).then_refused("meeting.signed-for");
    given([convened()]).when(with(convened(), "title", json!("Moved"))).then_obeys("meeting.signed-for");
}

#[test]
fn one_meets_alone_and_several_in_common() {
    given([]).when(convened()).then_obeys("meeting.kind");
    given([]).when(with(convened(), "kind", json!("single"))).then_refused("meeting.kind");
    given([]).when(with(convened(), "bodies", json!(["body/04K"]))).then_refused("meeting.kind");
    given([]).when(with(convened(), "bodies", json!([]))).then_malformed("/data/facts/bodies");
    given([]).when(with(convened(), "parts", json!([]))).then_malformed("/data/facts/parts");
}

#[test]
fn notice_is_given_three_clear_days_before() {
    given([]).when(with(convened(), "called_on", json!("2019-06-30"))).then_obeys("meeting.notice");
    given([]).when(with(convened(), "called_on", json!("2019-07-01"))).then_found("meeting.notice");
}

#[test]
fn a_governing_body_meets_in_public() {
    given([]).when(convened()).then_obeys("meeting.in-public");
    given([]).when(with(convened(), "parts", json!(["private"]))).then_found("meeting.in-public");
    let members = with(with(convened(), "kind", json!("members")), "bodies", json!(["body/04K"]));
    given([]).when(with(members, "parts", json!(["private"]))).then_obeys("meeting.in-public");
}

#[test]
fn an_item_concerns_bodies_that_meet() {
    let foreign = with(agenda(), "items", json!([item("i1", &["body/04M"], "public")]));
    given([convened()]).when(agenda()).then_obeys("agenda.applies-to");
    given([convened()]).when(foreign).then_refused("agenda.applies-to");
    let twice = json!([item("i1", &[], "public"), item("i1", &[], "public")]);
    given([convened()]).when(with(agenda(), "items", twice)).then_malformed("/data/facts/items");
}

#[test]
fn an_open_meeting_adds_items_with_their_reason() {
    let mut urgent = agenda();
    let mut new = item("i4", &[], "public");
    urgent.facts["items"].as_array_mut().unwrap().push(new.clone());
    sitting().when(urgent.clone()).then_found("agenda.added");
    new["added_because"] = json!("The offer ends today.");
    urgent.facts["items"][3] = new;
    sitting().when(urgent).then_obeys("agenda.added");
    sitting().when(with(agenda(), "items", json!([item("i1", &[], "public")]))).then_found("agenda.added");
}

#[test]
fn an_officer_of_a_body_that_meets_chairs() {
    let rule = "meeting.chair-eligible";
    let chaired = |body: &str| given([appointed(body, "chair", "a", "2013-04-01"), convened(), agenda()]);
    chaired("04K").when(opened()).then_obeys("meeting.chair-eligible");
    chaired("04L").when(opened()).then_obeys(rule);
    let other = given([appointed("04K", "chair", "b", "2013-04-01"), convened(), agenda()]);
    other.when(opened()).then_refused("meeting.chair-eligible");
    // Where the book knows nobody it can't tell.
    given([convened(), agenda()]).when(opened()).then_found("meeting.chair-eligible");
    let gone = chaired("04K").and([ended("04K", "chair", "a", "2019-07-01")]);
    gone.when(opened()).then_refused(rule);
}

#[test]
fn a_meeting_ends_after_it_started() {
    sitting().when(closed()).then_obeys("meeting.ends-after-it-starts");
    let early = with(closed(), "ended_at", json!("2019-07-04T13:04:59+01:00"));
    sitting().when(early).then_refused("meeting.ends-after-it-starts");
}

#[test]
fn who_attends_attends_for_bodies_that_meet() {
    let for_body = |body: &str| attended(json!([{"person": "person/a", "as": "voting", "bodies": [body]}]));
    sitting().when(for_body("body/04L")).then_obeys("attendance.bodies");
    sitting().when(for_body("body/04M")).then_refused("attendance.bodies");
    let until = attended(json!([{"person": "person/a", "as": "voting", "present": [{"until": "i9"}]}]));
    sitting().when(until).then_refused("attendance.bodies");
    let past = for_body("body/04M").with_standing("own_record").with_minutes();
    sitting().when(past).then_found("attendance.bodies");
    let twice = json!([{"person": "person/a", "as": "voting"}, {"person": "person/a", "as": "apologies"}]);
    sitting().when(attended(twice)).then_malformed("/data/facts/attendees");
}

#[test]
fn a_deputy_votes_instead_of_a_member() {
    let pair = |of_member: &str| {
        attended(json!([{"person": "person/a", "as": "voting", "deputy_for": "person/b"},
            {"person": "person/b", "as": of_member}]))
    };
    sitting().when(pair("apologies")).then_obeys("attendance.deputy");
    sitting().when(pair("voting")).then_refused("attendance.deputy");
}

#[test]
fn who_declares_is_there_or_sent_apologies() {
    sitting().when(declared("person/b", json!(["no_vote"]))).then_obeys("declaration.present");
    let alone = attended(json!([{"person": "person/a", "as": "voting"}]));
    let story = given([appointed("04K", "chair", "a", "2013-04-01"), convened(), agenda(), opened(), alone]);
    story.when(declared("person/b", json!(["no_vote"]))).then_refused("declaration.present");
    sitting().when(declared("person/b", json!([]))).then_malformed("/data/facts");
    let no_heir = with(declared("person/a", json!(["leave"])), "chair", json!("person/b"));
    sitting().when(no_heir).then_malformed("/data/facts/chair");
}

#[test]
fn what_is_decided_is_an_item_that_concerns_the_body() {
    let none = || json!({"none": {}});
    sitting().when(decides("i1", "04K", none())).then_obeys("agenda.item");
    sitting().when(decides("i2", "04L", none())).then_obeys("agenda.item");
    sitting().when(decides("i2", "04K", none())).then_refused("agenda.item");
    sitting().when(decides("i9", "04K", none())).then_refused("agenda.item");
    sitting().when(decides("i1", "04M", none())).then_refused("agenda.item");
    sitting().when(voted("i2", "04K", two_for())).then_refused("agenda.item");
    sitting()
        .when(with(declared("person/b", json!(["note"])), "items", json!(["i9"])))
        .then_refused("agenda.item");
    sitting()
        .when(decides("i9", "04K", none()))
        .then_needed("agenda.item", "an item of the agenda of meeting/m: i1, i3");
    sitting()
        .when(decides("i1", "04M", none()))
        .then_needed("agenda.item", "one of the bodies of meeting/m: body/04K, body/04L");
    let unpublished = "an agenda of meeting/m with that item: publish one (AgendaPublished)";
    given([convened(), opened()]).when(decides("i1", "04K", none())).then_needed("agenda.item", unpublished);
}

#[test]
fn members_who_vote_move_motions() {
    let moved = |person: &str| {
        at(
            "MotionMoved",
            json!({"item": "i1", "body": "body/04K", "motion": "m", "text": "To agree.", "proposer": person}),
        )
    };
    sitting().when(moved("person/a")).then_obeys("motion.mover");
    let quorate_of_one =
        with(convened(), "quorum", json!({"minimum": {"count": 1}, "counts_vacancies": false}));
    let chair = appointed("04K", "chair", "a", "2013-04-01");
    let conflicted = given([chair, quorate_of_one, agenda(), opened(), both_attend()]);
    let conflicted = conflicted.and([declared("person/b", json!(["leave"]))]);
    conflicted.when(moved("person/b")).then_refused("motion.mover");
    sitting().when(with(moved("person/a"), "motion", json!(" "))).then_malformed("/data/facts/motion");
}

#[test]
fn a_body_votes_while_it_is_quorate() {
    let vote = || voted("i1", "04K", json!({"for": 1, "against": 0}));
    sitting().when(vote()).then_obeys("vote.quorate");
    assert_eq!(quorate(&sitting(), "i1", "04K"), Certainty::Yes);
    // A conflict that keeps one of the two from voting breaks the quorum for that item alone.
    let story = sitting().and([declared("person/b", json!(["no_vote"]))]);
    assert_eq!((quorate(&story, "i1", "04K"), quorate(&story, "i2", "04L")), (Certainty::No, Certainty::Yes));
    story.when(vote()).then_refused("vote.quorate");
    sitting().and([declared("person/b", json!(["note"]))]).when(vote()).then_obeys("vote.quorate");
    // Nobody knows what the rule is.
    let mut without = convened();
    without.facts.as_object_mut().unwrap().remove("quorum");
    let story =
        given([appointed("04K", "chair", "a", "2013-04-01"), without, agenda(), opened(), both_attend()]);
    assert_eq!(quorate(&story, "i1", "04K"), Certainty::Unknown);
    story.when(vote()).then_found("vote.quorate");
}

#[test]
fn who_comes_and_goes_is_there_for_some_items() {
    let leaves = attended(json!([{"person": "person/b", "as": "voting", "present": [{"until": "i2"}]}]));
    let story = sitting().and([leaves]);
    assert_eq!((quorate(&story, "i1", "04L"), quorate(&story, "i2", "04L")), (Certainty::Yes, Certainty::No));
    let returns =
        json!([{"person": "person/b", "as": "voting", "present": [{"until": "i2"}, {"from": "i3"}]}]);
    let story = story.and([attended(returns)]);
    assert_eq!((quorate(&story, "i2", "04L"), quorate(&story, "i3", "04L")), (Certainty::No, Certainty::Yes));
}

#[test]
fn a_quorum_asks_for_offices_too() {
    let rule = json!({"minimum": {"count": 1}, "counts_vacancies": false, "must_include": [["lay_member"]]});
    let called = with(convened(), "quorum", rule);
    let story = given([
        appointed("04K", "chair", "a", "2013-04-01"),
        appointed("04K", "lay_member", "b", "2013-04-01"),
    ]);
    let story = story.and([called, agenda(), opened(), both_attend()]);
    assert_eq!((quorate(&story, "i1", "04K"), quorate(&story, "i1", "04L")), (Certainty::Yes, Certainty::No));
    let deputy = json!([{"person": "person/a", "as": "voting", "deputy_for": "person/b"}, {"person": "person/b", "as": "apologies"}]);
    let story = story.and([attended(deputy)]);
    assert_eq!(quorate(&story, "i1", "04K"), Certainty::Yes, "a deputy fills the member's place");
}

#[test]
fn the_rules_of_the_body_come_before_the_notice() {
    let constitution = says(
        "ConstitutionAdopted",
        "body/04K",
        json!({"version": "1", "document": {"title": "Constitution", "held": false}, "effective": "2013-04-01",
            "basis": "establishment"}),
    );
    let constitution =
        constitution.by(&[("secretary-04K", "secretary", "body/04K"), ("nhs-england", "nhs_england", "")]);
    let rules = says(
        "GoverningRulesSet",
        "body/04K",
        json!({"effective": "2013-04-01", "quorum": {"minimum": {"count": 3}, "counts_vacancies": false}}),
    );
    let story = sitting().and([constitution, rules]);
    assert_eq!((quorate(&story, "i1", "04K"), quorate(&story, "i1", "04L")), (Certainty::No, Certainty::Yes));
}

#[test]
fn the_chair_of_an_item_is_whoever_has_it() {
    let of = |story: &Story, item: &str| {
        let found = chair(&seen(story, "2019-07-04"), &"body/04K".parse().unwrap(), Some(item));
        found.unwrap().slug().to_owned()
    };
    let story = sitting().and([declared("person/a", json!(["chair_hands_over"]))]);
    assert_eq!((of(&story, "i1"), of(&story, "i3")), ("b".to_owned(), "a".to_owned()));
}

#[test]
fn no_more_votes_than_voters() {
    let counts = |votes: Value| voted("i1", "04K", votes);
    sitting().when(counts(two_for())).then_obeys("vote.totals");
    sitting().when(counts(json!({"for": 2, "against": 1}))).then_refused("vote.totals");
    sitting().when(counts(json!({"for": 1, "against": 0, "conflicted": 1}))).then_refused("vote.totals");
    let past = counts(json!({"for": 2, "against": 1})).with_standing("own_record").with_minutes();
    sitting().when(past).then_found("vote.totals");
}

#[test]
fn named_votes_are_of_those_who_may_vote() {
    let named = |votes: Value| with(voted("i1", "04K", json!({"for": 1, "against": 1})), "named", votes);
    let vote = |person: &str, vote: &str| json!({"person": person, "vote": vote});
    let both = || named(json!([vote("person/a", "for"), vote("person/b", "against")]));
    sitting().when(both()).then_obeys("vote.named");
    sitting().when(both()).then_obeys("vote.conflicted");
    sitting().and([declared("person/b", json!(["no_vote"]))]).when(both()).then_refused("vote.conflicted");
    sitting().when(named(json!([vote("person/a", "for")]))).then_refused("vote.named");
    let gone = attended(json!([{"person": "person/b", "as": "in_attendance"}]));
    sitting().and([gone]).when(both()).then_refused("vote.named");
    sitting().when(named(json!({"sealed": "ab".repeat(32)}))).then_obeys("vote.named");
    sitting()
        .when(named(json!([vote("person/a", "for"), vote("person/a", "for")])))
        .then_malformed("/data/facts/named");
}

#[test]
fn a_motion_is_voted_on_once() {
    let vote = || voted("i1", "04K", two_for());
    let story = sitting().when(vote()).then_obeys("vote.once");
    let story = story.when(vote()).then_refused("vote.once");
    let story = story.when(with(vote(), "motion", json!("other"))).then_obeys("vote.once");
    story.when(with(vote(), "put_again", json!("The count was disputed."))).then_obeys("vote.once");
}

#[test]
fn a_casting_vote_decides_a_tie() {
    let casting =
        |against: u32| voted("i1", "04K", json!({"for": 1, "against": against, "casting_vote": true}));
    sitting().when(casting(1)).then_obeys("vote.casting");
    sitting().when(casting(0)).then_found("vote.casting");
}

#[test]
fn nothing_is_taken_in_private_before_the_public_is_excluded() {
    let excluded = decides("i1", "04K", json!({"exclude_public": {"reason": "A commercial matter."}}));
    // The Act binds boards; of the groups before them it is found.
    sitting().when(voted("i3", "04K", two_for())).then_found("meeting.public-excluded");
    sitting().when(decides("i3", "04K", json!({"none": {}}))).then_found("meeting.public-excluded");
    let story = sitting().and([excluded]);
    let story = story.when(voted("i3", "04K", two_for())).then_obeys("meeting.public-excluded");
    // What one body resolved, the other has not.
    story.when(voted("i3", "04L", two_for())).then_found("meeting.public-excluded");
}

#[test]
fn a_decision_at_a_meeting_is_of_its_day() {
    sitting().when(decides("i1", "04K", json!({"none": {}}))).then_obeys("decision.at-meeting");
    let later = with(decides("i1", "04K", json!({"none": {}})), "decided_on", json!("2019-07-05"));
    sitting().when(later).then_refused("decision.at-meeting");
}

#[test]
fn a_decision_fits_its_vote() {
    let none = || json!({"none": {}});
    let after = |votes: Value| sitting().and([voted("i1", "04K", votes)]);
    after(two_for()).when(decides("i1", "04K", none())).then_obeys("decision.vote-fits");
    after(json!({"for": 1, "against": 1}))
        .when(decides("i1", "04K", none()))
        .then_refused("decision.vote-fits");
    let lost = with(decides("i1", "04K", none()), "outcome", json!("rejected"));
    after(two_for()).when(lost.clone()).then_refused("decision.vote-fits");
    after(json!({"for": 0, "against": 2})).when(lost).then_obeys("decision.vote-fits");
    let other = with(decides("i1", "04K", none()), "votes", json!({"for": 1, "against": 0}));
    after(two_for()).when(other).then_refused("decision.vote-fits");
    let unvoted = with(decides("i1", "04K", none()), "motion", json!("amended"));
    after(two_for()).when(unvoted).then_refused("decision.vote-fits");
    // The other body may differ.
    after(two_for()).when(with(decides("i1", "04L", none()), "outcome", json!("deferred"))).then_admitted();
}

#[test]
fn the_meetings_of_a_body_come_by_their_start() {
    let mut earlier = convened();
    earlier.subject = "meeting/e".to_owned();
    earlier.facts["starts_at"] = json!("2019-07-01T13:00:00+01:00");
    let story = given([convened(), earlier]);
    let found = meetings_of(story.record(), &"body/04L".parse().unwrap(), story.at("2019-07-04"));
    assert_eq!(found.iter().map(|it| it.id.slug()).collect::<Vec<_>>(), ["e", "m"]);
    assert!(meetings_of(story.record(), &"body/04M".parse().unwrap(), story.at("2019-07-04")).is_empty());
}
