//! One evening of two boards in a live ledger, and one joint post of three groups: as they came, with what went wrong once.

use crate::said::{Said, id, says};
use crate::story::{Story, enrolled, given, given_live, granted};
use minutebook_governance::committees::DelegationState;
use minutebook_governance::decisions::decisions;
use minutebook_governance::meetings::{meeting, quorum};
use minutebook_governance::people::Office;
use minutebook_governance::{BodyId, Certainty};
use serde_json::{Value, json};

/// An evening of November 2026, after the meetings that were held.
const TONIGHT: &str = "2026-11-29T20:00:00Z";
const MEETING: &str = "meeting/east-2026-09-24";
const BOARDS: [(&str, &str, &str); 2] =
    [("QMM", "a", "Norfolk and Waveney"), ("QJG", "b", "Suffolk and North East Essex")];

fn by(said: Said, slug: &str) -> Said {
    said.by(&[(&format!("secretary-{slug}"), "secretary", &format!("body/{slug}"))])
}

/// Two boards of July 2022, each with a secretary, a chair and three members more; three make a quorum.
fn boards() -> Vec<Said> {
    BOARDS.into_iter().flat_map(|(slug, letter, name)| board(slug, letter, name)).collect()
}

fn board(slug: &str, letter: &str, name: &str) -> Vec<Said> {
    let (subject, secretary, chair) =
        (format!("body/{slug}"), format!("secretary-{slug}"), format!("chair-{slug}"));
    let own = || json!([subject]);
    let mut said = vec![
        enrolled(&secretary, &secretary),
        granted(&secretary, "secretary", own(), json!(["own_act", "own_record"])),
        enrolled(&chair, &chair),
        granted(&chair, "chair", own(), json!(["own_act"])),
        says(
            "BodyEstablished",
            &subject,
            json!({"kind": "icb", "name": format!("NHS {name} Integrated Care Board"), "legal_basis": "s14Z25",
                "effective": "2022-07-01", "codes": [{"scheme": "ods", "value": slug, "from": "2022-07-01"}],
                "constitution": {"title": "Constitution", "held": false}}),
        ),
    ];
    for (number, office) in (1..).zip(["chair", "finance_director", "non_executive", "nursing_director"]) {
        let who = format!("person/{letter}{number}");
        said.push(says("PersonRecorded", &who, json!({"name": format!("{office} of {slug}")})));
        let facts =
            json!({"office": office, "person": who, "tenure": "substantive", "effective": "2022-07-01"});
        let appointed = says("OfficerAppointed", &subject, facts);
        said.push(match office {
            "chair" => appointed.by(&[("nhs-england", "nhs_england", ""), ("minister", "minister", "")]),
            _ => appointed.by(&[(&secretary, "secretary", &subject), (&chair, "chair", &subject)]),
        });
    }
    let constitution = json!({"version": "1", "effective": "2022-07-01", "basis": "establishment",
        "document": {"title": "Constitution", "held": false}});
    said.push(says("ConstitutionAdopted", &subject, constitution).by(&[("nhs-england", "nhs_england", "")]));
    let rules = json!({"effective": "2022-07-01", "quorum": {"minimum": {"count": 3}, "counts_vacancies": false},
        "voting": {"majority": "simple", "casting_vote": true, "method": "show_of_hands"}, "notice_days": 7});
    said.push(by(says("GoverningRulesSet", &subject, rules), slug));
    said
}

fn convened() -> Vec<Said> {
    let called = json!({"kind": "in_common", "bodies": ["body/QMM", "body/QJG"], "title": "Boards, in common",
        "starts_at": "2026-09-24T18:00:00+01:00", "parts": ["public"], "called_on": "2026-09-16"});
    let item =
        |reference: &str, title: &str| json!({"reference": reference, "title": title, "part": "public"});
    let items = json!([
        item("EA/26/042", "Finance report"),
        item("EA/26/045", "A lease"),
        item("EA/26/046", "Winter plan")
    ]);
    vec![
        by(says("MeetingConvened", MEETING, called), "QMM"),
        by(
            says(
                "AgendaPublished",
                MEETING,
                json!({"version": 1, "published_on": "2026-09-17", "items": items}),
            ),
            "QMM",
        ),
    ]
}

/// What the secretary of QMM records, to the close.
fn held() -> Vec<Said> {
    let voting = |letter: &str, number: u8, body: &str| json!({"person": format!("person/{letter}{number}"), "as": "voting", "bodies": [body]});
    let mut there: Vec<Value> = (1..=3).map(|number| voting("a", number, "body/QMM")).collect();
    there
        .push(json!({"person": "person/a4", "as": "apologies", "bodies": ["body/QMM"], "reason": "Illness"}));
    there.extend((1..=4).map(|number| voting("b", number, "body/QJG")));
    let interest = json!({"person": "person/a2", "items": ["EA/26/045"], "kind": "financial",
        "nature": "Owns the company that lets the hall.", "handling": ["leave"]});
    let own = |said: Said| by(said, "QMM");
    vec![
        own(says(
            "MeetingOpened",
            MEETING,
            json!({"started_at": "2026-09-24T18:05:00+01:00", "chairs": [{"person": "person/a1"}]}),
        )),
        own(says("AttendanceRecorded", MEETING, json!({"public": 11, "attendees": there}))),
        own(says("InterestDeclared", MEETING, interest)),
        decides("QMM", "EA/26/042", "noted"),
        decides("QMM", "EA/26/045", "deferred"),
        own(says("MeetingClosed", MEETING, json!({"ended_at": "2026-09-24T20:40:00+01:00"}))),
    ]
}

fn decides(slug: &str, item: &str, outcome: &str) -> Said {
    let facts = json!({"decided_on": "2026-09-24", "meeting": MEETING, "item": {"reference": item}, "mode": "meeting",
        "outcome": outcome, "text": "The Board resolved so.", "reasons": "For assurance.", "effect": {"none": {}}});
    by(says("DecisionRecorded", &format!("body/{slug}"), facts), slug)
}

fn votes(slug: &str, item: &str, votes: Value) -> Said {
    let facts =
        json!({"item": item, "body": format!("body/{slug}"), "method": "show_of_hands", "votes": votes});
    by(says("VoteTaken", MEETING, facts), slug)
}

fn evening() -> Story {
    given_live(TONIGHT, boards()).and(convened()).and(held())
}

#[test]
fn the_other_boards_votes_are_entered_after_the_first_has_closed() {
    let story = evening().and([
        votes("QJG", "EA/26/045", json!({"for": 4, "against": 0})),
        decides("QJG", "EA/26/042", "noted"),
        decides("QJG", "EA/26/045", "approved"),
        decides("QJG", "EA/26/046", "deferred"),
    ]);
    let view = story.at("2026-09-24");
    let found = meeting(story.record(), &MEETING.parse().unwrap(), view).unwrap();
    let quorate = |slug: &str, item: &str| {
        let id: BodyId = format!("body/{slug}").parse().unwrap();
        quorum(story.record(), &found, &id, Some(item), view).holds
    };
    assert_eq!((quorate("QMM", "EA/26/045"), quorate("QJG", "EA/26/045")), (Certainty::No, Certainty::Yes));
    let of = |slug: &str| decisions(story.record(), &format!("body/{slug}").parse().unwrap(), view).len();
    assert_eq!((of("QMM"), of("QJG")), (2, 3));
}

#[test]
fn a_board_that_is_not_quorate_for_an_item_can_defer_it_alone() {
    evening().when(decides("QMM", "EA/26/045", "approved")).then_refused("vote.quorate");
    evening().when(votes("QMM", "EA/26/045", json!({"for": 2, "against": 0}))).then_refused("vote.quorate");
    evening().when(decides("QMM", "EA/26/045", "deferred")).then_admitted();
    evening().when(decides("QMM", "EA/26/046", "approved")).then_obeys("vote.quorate");
    let mut counted = decides("QMM", "EA/26/046", "approved");
    counted.facts["votes"] = json!({"for": 9, "against": 0});
    evening().when(counted).then_refused("vote.totals");
}

#[test]
fn a_meeting_of_next_may_is_called_and_not_held() {
    let at = "meeting/qmm-2027-05-27";
    let own = |said: Said| by(said, "QMM");
    let called = json!({"kind": "single", "bodies": ["body/QMM"], "title": "Board", "starts_at": "2027-05-27T18:00:00+01:00",
        "parts": ["public"], "called_on": "2026-11-26"});
    let story = || evening().and([own(says("MeetingConvened", at, called.clone()))]);
    let items = json!([{"reference": "Y/1", "title": "Budget", "part": "public"}]);
    let agenda = |on: &str| {
        own(says("AgendaPublished", at, json!({"version": 1, "published_on": on, "items": items})))
    };
    story().when(agenda("2027-05-20")).then_refused("act.happened");
    let opens = json!({"started_at": "2027-05-27T18:00:00+01:00", "chairs": [{"person": "person/a1"}]});
    let opens = own(says("MeetingOpened", at, opens));
    story().and([agenda("2026-11-27")]).when(opens).then_refused("act.happened");
    // A board of 2022 decided nothing before it was ordered, in whatever century.
    let alone = |on: &str| {
        let facts = json!({"decided_on": on, "mode": "meeting", "outcome": "approved", "text": "The Board APPROVED its seal.",
            "reasons": "It needs one.", "effect": {"none": {}}});
        own(says("DecisionRecorded", "body/QMM", facts))
    };
    evening().when(alone("2022-06-30")).then_refused("body.open");
    evening().when(alone("1026-11-20")).then_refused("body.open");
    evening().when(alone("2026-11-30")).then_refused("act.happened");
    evening().when(alone("2026-11-29")).then_admitted();
}

const GROUPS: [&str; 3] = ["04K", "04L", "04M"];

fn bodies() -> Value {
    json!(GROUPS.map(|slug| format!("body/{slug}")))
}

fn secretaries() -> Vec<(String, String)> {
    GROUPS.map(|slug| (format!("secretary-{slug}"), format!("body/{slug}"))).to_vec()
}

fn by_all(said: Said) -> Said {
    let all = secretaries();
    let signers: Vec<(&str, &'static str, &str)> =
        all.iter().map(|(role, body)| (role.as_str(), "secretary", body.as_str())).collect();
    said.by(&signers)
}

#[test]
fn an_interim_officer_of_three_groups_is_a_handful_of_events() {
    let proposed = json!({"office": "accountable_officer", "bodies": bodies(), "proposed_on": "2016-12-31"});
    let resolves = |slug: &str| {
        let leg = json!({"joint_leg": {"appointment": "appointment/j", "leg": "agreed"}});
        let mut said = crate::said::decided(slug, "2017-07-12", leg);
        said.facts["also"] = json!([{"nominate": {"office": "accountable_officer", "person": "person/a"}}]);
        said
    };
    let others = json!(["body/04L", "body/04M"]);
    let nominated = json!({"office": "accountable_officer", "person": "person/a", "nominated_on": "2017-07-12", "also_for": others});
    let determined = json!({"office": "accountable_officer", "person": "person/a", "determined_on": "2017-07-14",
        "outcome": "approved", "also_for": others});
    let appointed = json!({"office": "accountable_officer", "person": "person/a", "tenure": "interim",
        "effective": "2017-07-17", "joint": "appointment/j", "also_for": others});
    let before = || {
        given([says("JointAppointmentProposed", "appointment/j", proposed.clone())]).and(GROUPS.map(resolves))
    };
    let nominates = || by_all(says("OfficerNominated", "body/04K", nominated.clone()));
    let determines = || says("AppointmentDetermined", "body/04K", determined.clone());
    let appoints = || says("OfficerAppointed", "body/04K", appointed.clone());
    let story = before().and([nominates(), determines(), appoints()]);
    for slug in GROUPS {
        assert_eq!(story.officers(slug, Office::AccountableOfficer, story.at("2017-07-17")), ["a"], "{slug}");
        assert!(story.officers(slug, Office::AccountableOfficer, story.at("2017-07-16")).is_empty());
    }
    // Each body is asked as it would be alone: one that does not sign, or has not agreed, stops it.
    before()
        .when(says("OfficerNominated", "body/04K", nominated.clone()))
        .then_refused("authority.signatures-needed");
    let two = given([says("JointAppointmentProposed", "appointment/j", proposed.clone())])
        .and(["04K", "04L"].map(resolves));
    two.when(appoints()).then_refused("joint.covers-agreed");
    let mut twice = appoints();
    twice.facts["also_for"] = json!(["body/04K"]);
    before().when(twice).then_malformed("/data/facts/also_for");
}

#[test]
fn what_a_joint_committee_commits_counts_once() {
    let resolved = |(number, slug): (u8, &str)| {
        crate::said::decided(slug, "2017-04-01", json!({"none": {}})).with_id(number)
    };
    let function = "commissioning of mental health services";
    let set_up = json!({"name": "Health Commissioning Board", "kind": "joint", "parents": bodies(),
        "established_on": "2017-05-01", "functions": [function], "binding": true, "decisions": [id(1), id(2), id(3)]});
    let delegates = |(number, slug): (u8, &str)| {
        let facts = json!({"from": format!("body/{slug}"), "to": {"committee": "committee/hcb"}, "functions": [function],
            "onward": "forbidden", "basis": {"decision": id(number)}, "effective": "2017-05-01", "on_succession": "survives"});
        by(says("DelegationGranted", &format!("delegation/{slug}"), facts), slug)
    };
    let numbered = || [(1, "04K"), (2, "04L"), (3, "04M")];
    let called = json!({"kind": "joint_committee", "bodies": bodies(), "committee": "committee/hcb", "title": "Board",
        "starts_at": "2017-06-20T13:00:00+01:00", "parts": ["public"], "called_on": "2017-06-10"});
    let items = json!([{"reference": "HCB/1", "title": "Mental health beds", "part": "public"}]);
    let story = given(numbered().map(resolved))
        .and([by_all(says("CommitteeEstablished", "committee/hcb", set_up))])
        .and(numbered().map(delegates))
        .and([
            crate::said::appointed("04K", "chair", "a", "2013-04-01"),
            says("MeetingConvened", "meeting/hcb", called),
            says(
                "AgendaPublished",
                "meeting/hcb",
                json!({"version": 1, "published_on": "2017-06-13", "items": items}),
            ),
            says(
                "MeetingOpened",
                "meeting/hcb",
                json!({"started_at": "2017-06-20T13:00:00+01:00", "chairs": [{"person": "person/a"}]}),
            ),
        ]);
    let decides = |with: Value| {
        let mut said = crate::said::decided("04K", "2017-06-20", json!({"none": {}}));
        (said.facts["meeting"], said.facts["item"]) = (json!("meeting/hcb"), json!({"reference": "HCB/1"}));
        said.facts["delegated_under"] =
            json!({"delegation": "delegation/04K", "function": function, "amount_pounds": 8_100_000});
        said.facts["decided_with"] = with;
        said
    };
    let with = |slug: &str, under: &str| json!({"body": format!("body/{slug}"), "delegation": format!("delegation/{under}")});
    let story = story.and([decides(json!([with("04L", "04L"), with("04M", "04M")]))]);
    let view = story.at("2017-06-20");
    let committed = |slug: &str| {
        let found = decisions(story.record(), &format!("body/{slug}").parse().unwrap(), view).into_iter();
        let under =
            found.filter_map(|it| Some((it.source.position, it.recorded.delegated_under?.amount_pounds?)));
        under.collect::<Vec<_>>()
    };
    assert_eq!(committed("04K").len(), 1);
    assert_eq!(
        (committed("04L"), committed("04M")),
        (committed("04K"), committed("04K")),
        "one entry, one amount"
    );
    let held = minutebook_governance::committees::delegation(
        story.record(),
        &"delegation/04L".parse().unwrap(),
        view,
    );
    assert_eq!(held.unwrap().state, DelegationState::InForce);
    // Under another body's delegation the committee decides nothing for it.
    let mut elsewhere = decides(json!([with("04L", "none")]));
    elsewhere.facts["text"] = json!("Another.");
    story.when(elsewhere).then_refused("decision.delegation-covers");
}
