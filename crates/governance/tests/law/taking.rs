//! A sitting is one: its conditions hold for every act of it, whatever records it and in whatever order.

use crate::meetings::{
    MEETING, agenda, at, attended, both_attend, closed, convened, decides, declared, opened, sitting, voted,
    with,
};
use crate::said::{Said, appointed, decided, id, says};
use crate::story::{Story, given};
use minutebook_governance::meetings::meeting;
use serde_json::{Value, json};

fn none() -> Value {
    json!({"none": {}})
}

/// Two make a quorum, and `a` alone is there.
fn inquorate() -> Story {
    let alone = attended(json!([{"person": "person/a", "as": "voting"}]));
    given([appointed("04K", "chair", "a", "2013-04-01"), convened(), agenda(), opened(), alone])
}

fn urgent() -> Said {
    let mut said = decided("04K", "2019-06-04", none()).with_id(7);
    said.facts["mode"] = json!("urgent");
    said.facts["urgent"] = json!({"taken_by": ["person/a"], "consulted": ["person/a", "person/b"],
        "grounds": "It could not wait.", "ratify_by": "2019-07-04"});
    said
}

fn ratified(at: Value) -> Said {
    let mut facts = json!({"decision": id(7), "outcome": "ratified", "ratified_on": "2019-07-04"});
    facts.as_object_mut().unwrap().extend(at.as_object().unwrap().clone());
    says("DecisionRatified", "body/04K", facts)
}

/// The minutes of an earlier meeting of 04K, which are drafted.
fn earlier() -> Vec<Said> {
    let of = |said: Said| Said { subject: "meeting/e".to_owned(), ..said };
    vec![
        of(with(convened(), "starts_at", json!("2019-05-02T13:00:00+01:00"))),
        of(with(opened(), "started_at", json!("2019-05-02T13:00:00+01:00"))),
        of(with(closed(), "ended_at", json!("2019-05-02T14:00:00+01:00"))),
        of(at(
            "MinutesDrafted",
            json!({"part": "public", "document": {"title": "Draft", "held": false}, "drafted_on": "2019-05-10"}),
        )),
    ]
}

fn approved(on: &str) -> Said {
    let facts = json!({"part": "public", "body": "body/04K", "at_meeting": MEETING, "approved_on": on,
        "document": {"title": "Minutes", "held": false}});
    says("MinutesApproved", "meeting/e", facts)
}

#[test]
fn whatever_a_body_decides_it_decides_with_a_quorum() {
    let rule = "vote.quorate";
    let counted = |votes: Value| with(decides("i1", "04K", none()), "votes", votes);
    for said in [
        decides("i1", "04K", none()),
        counted(json!({"for": 1, "against": 0})),
        with(decides("i1", "04K", none()), "outcome", json!("noted")),
        with(decides("i1", "04K", none()), "outcome", json!("rejected")),
        decides("i1", "04K", json!({"exclude_public": {"reason": "A lease."}})),
    ] {
        inquorate().when(said.clone()).then_refused("vote.quorate");
        sitting().when(said.clone()).then_obeys("vote.quorate");
        // Records of the past stand, with a finding.
        inquorate().when(said.with_standing("own_record").with_minutes()).then_found("vote.quorate");
    }
    // Deferring is always possible; so is minuting what happened against the rule.
    inquorate().when(with(decides("i1", "04K", none()), "outcome", json!("deferred"))).then_obeys(rule);
    inquorate().when(decides("i1", "04K", json!({"none": {"refused_by": rule}}))).then_obeys(rule);
    // Counts above those present never pass.
    inquorate().when(counted(json!({"for": 9, "against": 0}))).then_refused("vote.totals");
    // Where nobody noted who came the book can't tell, and says so of the vote, or of a decision without one.
    unnoted().when(decides("i1", "04K", none())).then_found(rule);
    unnoted().when(counted(json!({"for": 1, "against": 0}))).then_found(rule);
    let deferred = with(decides("i1", "04K", none()), "outcome", json!("deferred"));
    unnoted().when(deferred).then_obeys(rule);
    let story = unnoted().when(voted("i1", "04K", json!({"for": 1, "against": 0}))).then_found(rule);
    story.when(decides("i1", "04K", none())).then_obeys(rule);
}

/// A meeting of which nobody noted who came.
fn unnoted() -> Story {
    given([appointed("04K", "chair", "a", "2013-04-01"), convened(), agenda(), opened()])
}

#[test]
fn what_is_minuted_as_unlawful_has_no_more_votes_than_voters() {
    let rule = "vote.totals";
    let refused_by = |rule: &str, votes: Value| {
        with(decides("i1", "04K", json!({"none": {"refused_by": rule}})), "votes", votes)
    };
    let one = || json!({"for": 1, "against": 0});
    let nine = || json!({"for": 9, "against": 0});
    inquorate().when(refused_by("vote.quorate", one())).then_obeys(rule);
    inquorate().when(refused_by("vote.quorate", nine())).then_refused("vote.totals");
    let past = refused_by("vote.quorate", nine()).with_standing("own_record").with_minutes();
    inquorate().when(past).then_found("vote.totals");
    // A count that is itself what the rules refuse can be minuted, as all that they refuse.
    inquorate().when(refused_by("vote.totals", nine())).then_obeys(rule);
    // What was no meeting of the body says nothing of who voted.
    let elsewhere = with(refused_by("agenda.item", nine()), "meeting", json!("meeting/none"));
    inquorate().when(elsewhere).then_obeys(rule);
    // Who was there is held against it later too.
    let alone = || attended(json!([{"person": "person/a", "as": "voting"}]));
    let story = || unnoted().and([refused_by("body.open", json!({"for": 2, "against": 0}))]);
    story().when(both_attend()).then_obeys("meeting.what-rests-on-it");
    story().when(alone()).then_refused("meeting.what-rests-on-it");
}

#[test]
fn more_votes_than_members_are_found_where_nobody_noted_who_came() {
    let rule = "vote.totals";
    let counted = |body: &str, votes: Value| with(decides("i1", body, none()), "votes", votes);
    let two = || unnoted().and([appointed("04K", "lay_member", "b", "2013-04-01")]);
    two().when(counted("04K", json!({"for": 1, "against": 0, "abstained": 1}))).then_obeys(rule);
    two().when(counted("04K", json!({"for": 2, "against": 0, "abstained": 1}))).then_found(rule);
    two().when(voted("i1", "04K", json!({"for": 40, "against": 0}))).then_found(rule);
    two().when(voted("i1", "04K", json!({"for": 2, "against": 0}))).then_obeys(rule);
    // A seat that nobody is known to hold may be held.
    let seats = json!({"office": "gp_member", "title": "GP", "voting": true, "statutory": false, "seats": 3,
        "effective": "2013-04-01"});
    let seats = || says("OfficeDefined", "body/04K", seats.clone());
    two().and([seats()]).when(counted("04K", json!({"for": 5, "against": 0}))).then_obeys(rule);
    two().and([seats()]).when(counted("04K", json!({"for": 6, "against": 0}))).then_found(rule);
    // Of 04L the book knows no member, and so can't tell. Several who decide as one count together.
    two().when(counted("04L", json!({"for": 40, "against": 0}))).then_obeys(rule);
    let joint = with(convened(), "kind", json!("joint_committee"));
    let one_of_each =
        [("04K", "a"), ("04L", "b")].map(|(body, who)| appointed(body, "chair", who, "2013-04-01"));
    let as_one = || given(one_of_each.clone()).and([joint.clone(), agenda(), opened()]);
    as_one().when(counted("04K", json!({"for": 2, "against": 0}))).then_obeys(rule);
    as_one().when(counted("04K", json!({"for": 3, "against": 0}))).then_found(rule);
}

#[test]
fn a_ratification_is_an_act_of_the_sitting() {
    let there = || sitting().and([urgent()]);
    let under = |item: &str| ratified(json!({"meeting": MEETING, "item": item}));
    there().when(under("i1")).then_obeys("vote.quorate");
    inquorate().and([urgent()]).when(under("i1")).then_refused("vote.quorate");
    there().when(under("i1")).then_obeys("agenda.item");
    there().when(under("i9")).then_refused("agenda.item");
    there().when(under("i2")).then_refused("agenda.item");
    there().when(under("i3")).then_found("meeting.public-excluded");
    let elsewhere = ratified(json!({"meeting": "meeting/none", "item": "i1"}));
    there().when(elsewhere).then_refused("meeting.convened");
    let another_day = with(under("i1"), "ratified_on", json!("2019-07-03"));
    there().when(another_day).then_refused("decision.at-meeting");
    let unopened = given([urgent(), convened(), agenda()]);
    unopened.when(under("i1")).then_refused("meeting.step");
    // Where it is not said at which meeting, there is none to hold it against.
    there().when(ratified(json!({}))).then_obeys("vote.quorate");
}

#[test]
fn minutes_are_approved_by_a_sitting_that_can_decide() {
    let there = || sitting().and(earlier());
    there().when(approved("2019-07-04")).then_obeys("vote.quorate");
    inquorate().and(earlier()).when(approved("2019-07-04")).then_refused("vote.quorate");
    there().when(approved("2019-07-04")).then_obeys("decision.at-meeting");
    there().when(approved("2019-07-05")).then_refused("decision.at-meeting");
}

#[test]
fn what_is_revised_later_is_held_against_what_rests_on_it() {
    let rule = "meeting.what-rests-on-it";
    let b_left = || attended(json!([{"person": "person/b", "as": "apologies"}]));
    let b_leaves = || declared("person/b", json!(["leave"]));
    let after_vote = || sitting().and([voted("i1", "04K", json!({"for": 2, "against": 0}))]);
    let minuted = || sitting().and([decides("i1", "04K", none())]);
    sitting().when(b_left()).then_obeys(rule);
    sitting().when(b_leaves()).then_obeys(rule);
    after_vote().when(b_left()).then_refused("meeting.what-rests-on-it");
    minuted().when(b_left()).then_refused(rule);
    after_vote().when(b_leaves()).then_refused(rule);
    minuted().when(b_leaves()).then_refused(rule);
    minuted().when(b_left().with_standing("own_record").with_minutes()).then_found(rule);
    // What does not touch it is taken.
    minuted().when(declared("person/b", json!(["note"]))).then_obeys(rule);
    minuted().when(both_attend()).then_obeys("meeting.what-rests-on-it");
    // A decision that was deferred needed no quorum.
    let deferred = sitting().and([with(decides("i1", "04K", none()), "outcome", json!("deferred"))]);
    deferred.when(b_left()).then_obeys(rule);
    // The decision corrected first, the attendance follows.
    let decision = decides("i1", "04K", none()).with_id(1);
    let withdrawn = json!({"target": id(1), "kind": "withdrawn", "reason": "The board was not quorate."});
    let withdrawn = says("RecordCorrected", &format!("record/{}", id(1)), withdrawn);
    sitting().and([decision, withdrawn]).when(b_left()).then_obeys(rule);
}

#[test]
fn attendance_that_is_recorded_after_the_votes_is_held_against_them_too() {
    let rule = "meeting.what-rests-on-it";
    let story = || {
        let said = [appointed("04K", "chair", "a", "2013-04-01"), convened(), agenda(), opened()];
        given(said).and([with(decides("i1", "04K", none()), "votes", json!({"for": 2, "against": 0}))])
    };
    story().when(both_attend()).then_obeys(rule);
    story().when(attended(json!([{"person": "person/a", "as": "voting"}]))).then_refused(rule);
}

#[test]
fn a_vote_that_is_recorded_after_its_decision_fits_it() {
    let votes = |votes: Value| voted("i1", "04K", votes);
    let story = || sitting().and([decides("i1", "04K", none())]);
    story().when(votes(json!({"for": 2, "against": 0}))).then_obeys("decision.vote-fits");
    story().when(votes(json!({"for": 1, "against": 1}))).then_refused("decision.vote-fits");
}

#[test]
fn one_board_closes_and_approves_for_itself() {
    let votes = |body: &str| voted("i1", body, json!({"for": 2, "against": 0}));
    let over = || sitting().and([closed()]);
    over().when(votes("04L")).then_obeys("meeting.step");
    let drafted = at(
        "MinutesDrafted",
        json!({"part": "public", "document": {"title": "Draft", "held": false}, "drafted_on": "2019-07-10"}),
    );
    let next = Said {
        subject: "meeting/n".to_owned(),
        ..with(convened(), "starts_at", json!("2019-09-05T13:00:00+01:00"))
    };
    let approval = at(
        "MinutesApproved",
        json!({"part": "public", "body": "body/04K", "at_meeting": "meeting/n", "approved_on": "2019-09-05",
            "document": {"title": "Minutes", "held": false}}),
    );
    let approved = || over().and([next.clone(), drafted.clone(), approval.clone()]);
    approved().when(votes("04L")).then_obeys("meeting.step");
    approved().when(votes("04K")).then_refused("meeting.step");
    approved().when(decides("i1", "04L", none())).then_obeys("meeting.step");
    approved().when(decides("i1", "04K", none())).then_refused("meeting.step");
}

fn joint_committee() -> Story {
    let joint = with(convened(), "kind", json!("joint_committee"));
    let both = || both_attend();
    given([appointed("04K", "chair", "a", "2013-04-01"), joint, agenda(), opened(), both()])
}

#[test]
fn a_joint_committee_decides_once_for_its_bodies() {
    let rule = "decision.decided-with";
    let jointly = |effect: Value| {
        let said = with(decides("i1", "04K", effect), "decided_with", json!([{"body": "body/04L"}]));
        said.by(&BOTH_SECRETARIES)
    };
    let story = joint_committee().when(jointly(none())).then_obeys("decision.decided-with");
    let of = |body: &str| {
        let subject = format!("body/{body}").parse().unwrap();
        let found =
            minutebook_governance::decisions::decisions(story.record(), &subject, story.at("2019-07-04"));
        found.iter().map(|it| it.source.position).collect::<Vec<_>>()
    };
    assert_eq!((of("04K").len(), of("04K")), (1, of("04L")), "one decision, found under each body");
    // Boards in common each decide for themselves, and so does each body on its own part in a merger.
    sitting().when(jointly(none())).then_refused("decision.decided-with");
    let merger = json!({"merger": {"merger": "merger/m", "choice": "apply"}});
    let proposed = crate::said::proposed("m", &["04K", "04L"], "2019-04-04");
    joint_committee().and([proposed]).when(jointly(merger)).then_refused(rule);
    let other = with(decides("i1", "04K", none()), "decided_with", json!([{"body": "body/04M"}]));
    joint_committee().when(other).then_refused(rule);
    let own = with(decides("i1", "04K", none()), "decided_with", json!([{"body": "body/04K"}]));
    joint_committee().when(own).then_malformed("/data/facts/decided_with");
}

/// Who signs for both bodies of a joint committee that the book does not know.
const BOTH_SECRETARIES: [(&str, &str, &str); 2] =
    [("secretary-04K", "secretary", "body/04K"), ("secretary-04L", "secretary", "body/04L")];

#[test]
fn nobody_decides_for_a_body_that_has_no_part_in_it() {
    let rule = "decision.binds-each";
    let for_l = |other: Value| with(decides("i1", "04K", none()), "decided_with", json!([other]));
    let jointly = || for_l(json!({"body": "body/04L"}));
    // One secretary alone, where nothing says that the other body lets a committee decide for it.
    joint_committee().when(jointly()).then_refused("decision.binds-each");
    joint_committee().when(jointly().by(&BOTH_SECRETARIES)).then_obeys("decision.binds-each");
    // What was decided so all the same can be reported: it stands, and is found.
    let told = joint_committee().and([jointly().in_the_press()]);
    told.finds("decision.binds-each", "2019-09-01");
    joint_committee().and([jointly().by(&BOTH_SECRETARIES)]).finds_no(rule, "2019-09-01");
    let own = says(
        "DelegationGranted",
        "delegation/l",
        json!({"from": "body/04L", "to": {"officer": {"body": "body/04L", "office": "accountable_officer"}},
            "functions": ["contracts"], "onward": "forbidden", "basis": {"statute": "section 14Z3"},
            "effective": "2018-04-01", "on_succession": "lapses"}),
    );
    let own = own.by(&[("secretary-04L", "secretary", "body/04L")]);
    let under = for_l(json!({"body": "body/04L", "delegation": "delegation/l"}));
    joint_committee().and([own]).when(under).then_obeys(rule);

    // The committee of the meeting, where it is theirs and binds them on that day.
    let sits = |kind: &str, effective: Value| {
        let bodies = json!(["body/04K", "body/04L"]);
        let agrees = |slug: &str, number: u8| decided(slug, "2018-01-01", none()).with_id(number);
        let set_up = says(
            "CommitteeEstablished",
            "committee/j",
            json!({"name": "Together", "kind": kind, "parents": bodies, "established_on": effective,
                "binding": kind == "joint", "decisions": [id(21), id(22)]}),
        );
        let joint =
            with(with(convened(), "kind", json!("joint_committee")), "committee", json!("committee/j"));
        let told = [agrees("04K", 21), agrees("04L", 22), set_up.by(&BOTH_SECRETARIES)];
        given(told).and([
            appointed("04K", "chair", "a", "2013-04-01"),
            joint,
            agenda(),
            opened(),
            both_attend(),
        ])
    };
    sits("joint", json!("2018-04-01")).when(jointly()).then_obeys(rule);
    sits("in_common", json!("2018-04-01")).when(jointly()).then_refused(rule);
    sits("joint", json!("2019-07-05")).when(jointly()).then_refused(rule);
    // Of one that was set up in the month of the meeting nobody can tell.
    let july = crate::said::month("2019-07", 31);
    sits("joint", july).when(jointly()).then_found("decision.binds-each");
}

#[test]
fn a_body_decides_the_same_under_an_item_once() {
    let rule = "decision.once";
    let approves = || decides("i1", "04K", none()).with_id(1);
    let story = || sitting().and([approves()]);
    sitting().when(approves()).then_obeys("decision.once");
    story().when(decides("I1", "04K", none())).then_found("decision.once");
    story().when(with(decides("i1", "04K", none()), "outcome", json!("rejected"))).then_found(rule);
    story().when(decides("i1", "04K", none()).with_standing("own_record").with_minutes()).then_found(rule);
    // Another body, another item, another effect, another meeting, what is put off or minuted as unlawful.
    story().when(decides("i1", "04L", none())).then_obeys(rule);
    sitting().and([decides("i1", "04L", none())]).when(decides("i2", "04L", none())).then_obeys(rule);
    story().when(decides("i1", "04K", json!({"exclude_public": {"reason": "A lease."}}))).then_obeys(rule);
    story().when(decided("04K", "2019-09-05", none())).then_obeys(rule);
    for outcome in ["deferred", "noted", "referred"] {
        let other = || with(decides("i1", "04K", none()), "outcome", json!(outcome));
        story().when(other()).then_obeys(rule);
        sitting().and([other()]).when(approves()).then_obeys(rule);
    }
    let unlawful = || decides("i1", "04K", json!({"none": {"refused_by": "body.open"}}));
    story().when(unlawful()).then_obeys(rule);
    sitting().and([unlawful()]).when(approves()).then_obeys(rule);
    // A motion of another name, which was voted on; and the same, put again for a stated reason.
    let votes =
        |member: &str, value: Value| with(voted("i1", "04K", json!({"for": 2, "against": 0})), member, value);
    let amended = with(decides("i1", "04K", none()), "motion", json!("amended"));
    story().and([votes("motion", json!("amended"))]).when(amended).then_obeys(rule);
    let again = || votes("put_again", json!("The count was in doubt."));
    story().and([again()]).when(decides("i1", "04K", none())).then_obeys(rule);
    // What was recorded twice is withdrawn; then it stands there once.
    let duplicate = json!({"target": id(1), "kind": "duplicate", "reason": "Recorded twice."});
    let duplicate = says("RecordCorrected", &format!("record/{}", id(1)), duplicate);
    story().and([duplicate]).when(decides("i1", "04K", none())).then_obeys(rule);
    // A joint committee decides for all of its bodies at once, whoever of them records it.
    let jointly = |body: &str, with_body: &str| {
        let other = json!([{"body": format!("body/{with_body}")}]);
        with(decides("i1", body, none()), "decided_with", other).by(&BOTH_SECRETARIES)
    };
    joint_committee().and([jointly("04K", "04L")]).when(jointly("04L", "04K")).then_found(rule);
    joint_committee().and([jointly("04K", "04L")]).when(decides("i1", "04L", none())).then_found(rule);
    joint_committee().when(jointly("04K", "04L")).then_obeys(rule);
}

#[test]
fn one_resolution_has_several_effects() {
    let post = says(
        "JointAppointmentProposed",
        "appointment/j",
        json!({"office": "chief_finance_officer", "bodies": ["body/04K", "body/04L"], "proposed_on": "2019-05-01"}),
    );
    let leg = json!({"joint_leg": {"appointment": "appointment/j", "leg": "agreed"}});
    let nominate = json!({"nominate": {"office": "chief_finance_officer", "person": "person/b"}});
    let resolves = |also: Value| with(decided("04K", "2019-07-04", leg.clone()), "also", also);
    let story = given([post.clone()]).and([resolves(json!([nominate]))]);
    let appointment: minutebook_governance::AppointmentId = "appointment/j".parse().unwrap();
    let (body, view) = ("body/04K".parse().unwrap(), story.at("2019-07-04"));
    let agreed = minutebook_governance::decisions::leg(story.record(), &appointment, &body, view);
    assert_eq!(agreed, Some(minutebook_governance::decisions::Leg::Agreed));
    let nominated = says(
        "OfficerNominated",
        "body/04K",
        json!({"office": "chief_finance_officer", "person": "person/b", "nominated_on": "2019-07-04"}),
    );
    story.when(nominated).then_obeys("nomination.decided-by-body");
    // Each further effect obeys its own rules.
    let unknown = json!([{"joint_leg": {"appointment": "appointment/none", "leg": "agreed"}}]);
    given([post.clone()]).when(resolves(unknown)).then_refused("joint.party");
    given([post.clone()]).when(resolves(json!([leg.clone()]))).then_malformed("/data/facts/also");
    given([post]).when(resolves(json!([none()]))).then_malformed("/data/facts/also");
}

#[test]
fn one_resolution_says_one_thing_about_a_merger_or_a_joint_post() {
    let merger =
        |slug: &str, choice: &str| json!({"merger": {"merger": format!("merger/{slug}"), "choice": choice}});
    let leg = |slug: &str, leg: &str| json!({"joint_leg": {"appointment": format!("appointment/{slug}"), "leg": leg}});
    let resolves = |effect: Value, also: Value| with(decided("04K", "2019-07-04", effect), "also", also);
    let post = |slug: &str, office: &str| {
        let facts =
            json!({"office": office, "bodies": ["body/04K", "body/04L"], "proposed_on": "2019-05-01"});
        says("JointAppointmentProposed", &format!("appointment/{slug}"), facts)
    };
    let story = || {
        let merger = |slug: &str| crate::said::proposed(slug, &["04K", "04L"], "2019-04-04");
        given([
            merger("m"),
            merger("n"),
            post("j", "chief_finance_officer"),
            post("k", "accountable_officer"),
        ])
    };
    for (one, other, found) in [
        (leg("j", "agreed"), leg("j", "declined"), "agreed and declined on appointment/j"),
        (merger("m", "apply"), merger("m", "withdraw"), "apply and withdraw on merger/m"),
        (
            merger("m", "prefer"),
            json!({"apply": {"application": "merger/m"}}),
            "prefer and apply on merger/m",
        ),
    ] {
        let both = resolves(one, json!([other]));
        let mut story = story().when(both.clone()).then_malformed("/data/facts/also");
        let refusal = story.tries(&both).unwrap_err().to_string();
        assert!(refusal.contains(found), "{refusal}");
    }
    // About two mergers, two posts, or one of each, it can say both.
    for (one, other) in [
        (leg("j", "agreed"), leg("k", "agreed")),
        (merger("m", "apply"), merger("n", "withdraw")),
        (merger("m", "apply"), leg("j", "agreed")),
    ] {
        story().when(resolves(one, json!([other]))).then_admitted();
    }
}

#[test]
fn who_votes_has_a_vote() {
    let rule = "attendance.voting-members";
    let lay = || appointed("04K", "lay_member", "b", "2013-04-01");
    let both = || {
        attended(json!([{"person": "person/a", "as": "voting", "bodies": ["body/04K"]},
        {"person": "person/b", "as": "voting", "bodies": ["body/04K"]}]))
    };
    let called = || given([appointed("04K", "chair", "a", "2013-04-01"), convened(), agenda(), opened()]);
    called().and([both()]).finds("attendance.voting-members", "2019-07-04");
    called().and([lay(), both()]).finds_no("attendance.voting-members", "2019-07-04");
    // An appointment that is recorded later answers it.
    called().and([both(), lay()]).finds_no(rule, "2019-07-04");
    let deputy = attended(json!([{"person": "person/a", "as": "apologies", "bodies": ["body/04K"]},
        {"person": "person/b", "as": "voting", "bodies": ["body/04K"], "deputy_for": "person/a"}]));
    called().and([deputy]).finds_no(rule, "2019-07-04");
    let listens = attended(json!([{"person": "person/b", "as": "non_voting", "bodies": ["body/04K"]}]));
    called().and([listens]).finds_no(rule, "2019-07-04");
    // Of 04L the book knows no member, and so can't tell.
    let other = attended(json!([{"person": "person/b", "as": "voting", "bodies": ["body/04L"]}]));
    called().and([other]).finds_no(rule, "2019-07-04");
}

#[test]
fn a_correction_that_undoes_a_quorum_is_refused_and_of_the_past_found() {
    let story = |there: &Said| {
        let said =
            [appointed("04K", "chair", "a", "2013-04-01"), convened(), agenda(), opened(), there.clone()];
        given(said).and([decides("i1", "04K", none())]).finds_no("vote.quorate", "2019-07-04")
    };
    let gone = |said_as: &str| {
        let gone = json!({"target": id(9), "kind": "factual", "reason": "She had left.",
            "fields": [{"path": "/attendees/1/as", "old": "voting", "new": said_as}]});
        says("RecordCorrected", &format!("record/{}", id(9)), gone)
    };
    let there = both_attend().with_id(9);
    story(&there).when(gone("apologies")).then_refused("meeting.what-rests-on-it");
    let past = there.with_standing("own_record").with_minutes();
    let gone = gone("apologies").with_standing("own_record").with_minutes();
    let story = story(&past).when(gone).then_found("meeting.what-rests-on-it");
    story.finds("vote.quorate", "2019-07-04");
}

#[test]
fn a_meeting_that_was_put_off_shows_its_old_day_and_why() {
    let put_off = at(
        "MeetingRescheduled",
        json!({"change": {"postponed": {"to": "2019-07-11T13:00:00+01:00"}}, "said_on": "2019-07-02", "reason": "No papers."}),
    );
    let story = given([convened(), put_off]);
    let seen = |day: &str| meeting(story.record(), &MEETING.parse().unwrap(), story.at(day)).unwrap();
    let rescheduled = seen("2019-07-02").rescheduled;
    assert_eq!(rescheduled.len(), 1);
    assert_eq!(rescheduled[0].from.as_ref().unwrap().to_string(), "2019-07-04T13:00:00+01:00");
    assert_eq!(rescheduled[0].said.reason.shown(), "No papers.");
    assert!(seen("2019-07-01").rescheduled.is_empty());
}

#[test]
fn references_that_look_alike_are_one() {
    let items = |second: &str| {
        let item = |reference: &str| json!({"reference": reference, "title": "An item", "part": "public"});
        with(agenda(), "items", json!([item("GB/19/076"), item(second)]))
    };
    given([convened()]).when(items("GB/19/077")).then_admitted();
    for twin in ["gb/19/076", "GB/19/076 ", "G\u{0412}/19/076", "\u{FF27}B/19/076", "GB/19/076\u{A0}"] {
        given([convened()]).when(items(twin)).then_malformed("/data/facts/items");
    }
    // A decision under it is one of the item, however it is written.
    let story = || {
        given([
            appointed("04K", "chair", "a", "2013-04-01"),
            convened(),
            items("GB/19/077"),
            opened(),
            both_attend(),
        ])
    };
    story().when(decides("gb/19/076", "04K", none())).then_obeys("agenda.item");
    let vote = |item: &str| voted(item, "04K", json!({"for": 2, "against": 0}));
    story().and([vote("GB/19/076")]).when(vote("gb/19/076")).then_refused("vote.once");
}
