//! Integrated care boards: the law of today's boards, beside that of the groups before them.

use crate::meetings::{agenda, at, attended, opened, with};
use crate::said::{Said, appointed, decided, document, established, says};
use crate::story::{Story, enrolled, given, granted};
use serde_json::{Value, json};

/// A board since 1 July 2022, with a chair who signs.
fn board() -> Vec<Said> {
    vec![
        established_board("2022-07-01", "s14Z25"),
        enrolled("chair-13T", "chair-13T"),
        granted("chair-13T", "chair", json!(["body/13T"]), json!(["own_act", "own_record"])),
    ]
}

fn established_board(from: &str, basis: &str) -> Said {
    let mut said = established("13T", from);
    said.facts["kind"] = json!("icb");
    said.facts["name"] = json!("NHS Norfolk and Waveney Integrated Care Board");
    said.facts["legal_basis"] = json!(basis);
    said
}

const ENGLAND: (&str, &str, &str) = ("nhs-england", "nhs_england", "");
const MINISTER: (&str, &str, &str) = ("minister", "minister", "");
const CHAIR: (&str, &str, &str) = ("chair-13T", "chair", "body/13T");
const SECRETARY: (&str, &str, &str) = ("secretary-13T", "secretary", "body/13T");

fn officer(office: &str) -> Said {
    appointed("13T", office, "a", "2022-07-01")
}

fn determined(office: &str, by: (&str, &'static str, &str)) -> Said {
    let facts =
        json!({"office": office, "person": "person/a", "determined_on": "2022-06-01", "outcome": "approved"});
    says("AppointmentDetermined", "body/13T", facts).by(&[by])
}

fn with_letter(mut said: Said) -> Said {
    said.more.push(("evidence", json!([{"title": "Letter of the Secretary of State", "held": false}])));
    said
}

#[test]
fn a_body_is_of_the_law_of_its_day() {
    let rule = "body.law-of-its-day";
    given([]).when(established_board("2022-07-01", "s14Z25")).then_obeys("body.law-of-its-day");
    given([]).when(established_board("2019-04-01", "s14Z25")).then_refused("body.law-of-its-day");
    given([]).when(established_board("2022-07-01", "s14D")).then_refused(rule);
    given([]).when(established("13T", "2022-06-30")).then_obeys(rule);
    given([]).when(established("13T", "2022-07-01")).then_refused(rule);
    given([]).when(established("13T", "2026-04-01")).then_refused(rule);
    given([]).when(established("13T", "2013-03-31")).then_refused(rule);
    // Of a report it is found.
    let listed = |kind: &str, from: &str| {
        says("BodyRegistered", "body/13T", json!({"kind": kind, "name": "NHS 13T", "from": from})).reported()
    };
    given([]).when(listed("ccg", "2026-04-01")).then_found("body.law-of-its-day");
    given([]).when(listed("icb", "2019-04-01")).then_found(rule);
    given([]).when(listed("icb", "2022-07-01")).then_obeys(rule);
    given([]).when(listed("trust", "2026-04-01")).then_obeys(rule);
}

#[test]
fn nhs_england_makes_a_board_and_no_minister_does() {
    let rule = "authority.signatures-needed";
    given([]).when(established_board("2022-07-01", "s14Z25")).then_obeys(rule);
    given([]).when(established_board("2022-07-01", "s14Z25").by(&[MINISTER])).then_refused(rule);
}

#[test]
fn a_board_has_a_name_that_its_constitution_states() {
    let named = |name: &str| with(established_board("2022-07-01", "s14Z25"), "name", json!(name));
    given([]).when(named("NHS Sussex Integrated Care Board")).then_obeys("body.name");
    given([]).when(named("NHS Sussex")).then_found("body.name");
}

#[test]
fn a_board_ends_by_order_and_groups_ended_with_their_statute() {
    let ends = |body: &str, on: &str, reason: &str| {
        let successors = if body == "13T" { json!(["body/QJG"]) } else { json!(["body/13T"]) };
        says(
            "BodyDissolved",
            &format!("body/{body}"),
            json!({"effective": on, "reason": reason, "successors": successors}),
        )
    };
    let rule = "dissolution.law-of-its-day";
    let mut other = established_board("2022-07-01", "s14Z25");
    other.subject = "body/QJG".to_owned();
    other.facts.as_object_mut().unwrap().retain(|member, _value| member != "codes" && member != "units");
    let two = || given(board()).and([other.clone()]);
    two().when(ends("13T", "2026-04-01", "order")).then_obeys("dissolution.law-of-its-day");
    two().when(ends("13T", "2026-04-01", "application")).then_refused("dissolution.law-of-its-day");
    two().when(ends("13T", "2026-04-01", "merger")).then_refused(rule);
    two().when(ends("04K", "2022-07-01", "abolition")).then_obeys(rule);
    two().when(ends("04K", "2022-08-01", "abolition")).then_refused(rule);
    let mut july = ends("04K", "2022-07-01", "abolition");
    july.facts["effective"] = crate::said::month("2022-07", 31);
    two().when(july).then_found("dissolution.law-of-its-day");
}

#[test]
fn a_board_has_no_member_practices() {
    let joins = |body: &str, on: &str| {
        let facts = json!({"practice": "body/C84001", "change": "admitted", "effective": on});
        says("MembershipChanged", &format!("body/{body}"), facts)
    };
    let practice =
        says("BodyRegistered", "body/C84001", json!({"kind": "practice", "name": "A practice"})).reported();
    given(board()).and([practice.clone()]).when(joins("13T", "2023-01-01")).then_refused("membership.of-ccg");
    let listed = joins("13T", "2023-01-01").reported();
    given(board()).and([practice.clone()]).when(listed).then_found("membership.of-ccg");
    given([practice]).when(joins("04K", "2019-01-01")).then_obeys("membership.of-ccg");
}

#[test]
fn nhs_england_appoints_the_chair_of_a_board_with_the_ministers_approval() {
    let rule = "appointment.board-chair";
    given(board()).when(officer("chair").by(&[ENGLAND, MINISTER])).then_obeys("appointment.board-chair");
    given(board()).when(with_letter(officer("chair").by(&[ENGLAND]))).then_obeys(rule);
    given(board())
        .and([determined("chair", MINISTER)])
        .when(officer("chair").by(&[ENGLAND]))
        .then_obeys(rule);
    given(board()).when(officer("chair").by(&[ENGLAND])).then_refused("appointment.board-chair");
    given(board()).when(officer("chair").by(&[SECRETARY])).then_refused(rule);
    let past = officer("chair").by(&[SECRETARY]).with_standing("own_record").with_minutes();
    given(board()).when(past).then_found(rule);
}

#[test]
fn the_chair_appoints_the_chief_executive_with_nhs_englands_approval() {
    let rule = "appointment.board-chief-executive";
    let chief = || officer("chief_executive");
    given(board()).when(chief().by(&[CHAIR, ENGLAND])).then_obeys("appointment.board-chief-executive");
    let approved = || given(board()).and([determined("chief_executive", ENGLAND)]);
    approved().when(chief().by(&[CHAIR])).then_obeys(rule);
    given(board()).when(chief().by(&[CHAIR])).then_refused("appointment.board-chief-executive");
    given(board()).when(chief().by(&[SECRETARY])).then_refused(rule);
    // On failure NHS England ends and replaces one itself, by a direction.
    given(board()).when(with_letter(chief().by(&[ENGLAND]))).then_obeys(rule);
}

#[test]
fn the_chair_approves_every_other_member_of_a_board() {
    let rule = "appointment.board-member";
    let partner = || officer("partner_trust");
    given(board()).when(partner().by(&[SECRETARY, CHAIR])).then_obeys("appointment.board-member");
    given(board())
        .and([determined("partner_trust", CHAIR)])
        .when(partner().by(&[SECRETARY]))
        .then_obeys(rule);
    given(board()).when(partner().by(&[SECRETARY])).then_refused("appointment.board-member");
    // A group's body appointed itself.
    let lay = || appointed("04K", "lay_member", "a", "2019-01-01");
    given([]).when(lay()).then_obeys("appointment.by-body");
    given([]).when(lay().by(&[ENGLAND])).then_refused("appointment.by-body");
    // Partner members are nominated by others than the board.
    let nominated = says(
        "OfficerNominated",
        "body/13T",
        json!({"office": "partner_trust", "person": "person/a", "nominated_on": "2022-07-01"}),
    );
    given(board()).when(nominated).then_obeys("nomination.decided-by-body");
}

#[test]
fn only_nhs_england_removes_the_chair_of_a_board() {
    let chair = || given(board()).and([officer("chair").by(&[ENGLAND, MINISTER])]);
    let ended = |reason: &str| {
        let facts =
            json!({"office": "chair", "person": "person/a", "effective": "2024-01-01", "reason": reason});
        says("AppointmentEnded", "body/13T", facts)
    };
    chair().when(ended("removal").by(&[ENGLAND, MINISTER])).then_obeys("office.board-chair-removed");
    chair().when(with_letter(ended("removal").by(&[ENGLAND]))).then_obeys("office.board-chair-removed");
    chair().when(ended("removal").by(&[ENGLAND])).then_refused("office.board-chair-removed");
    chair().when(ended("removal").by(&[SECRETARY])).then_refused("office.board-chair-removed");
    chair().when(ended("resignation").by(&[SECRETARY])).then_obeys("office.board-chair-removed");
}

#[test]
fn a_board_is_composed_as_the_law_of_today_says() {
    let ends = says(
        "AppointmentEnded",
        "body/13T",
        json!({"office": "chair", "person": "person/a", "effective": "2024-01-01", "reason": "term"}),
    );
    let story = given(board()).and([officer("chair").by(&[ENGLAND, MINISTER])]);
    let story = story.finds_no("composition.law", "2023-01-01");
    story.and([ends]).finds("composition.law", "2024-01-01");
}

#[test]
fn nhs_england_varies_a_constitution_alone() {
    let varied = |by: &[(&str, &'static str, &str)]| {
        let facts =
            json!({"version": "2", "document": document(), "effective": "2023-01-01", "basis": "variation"});
        says("ConstitutionAdopted", "body/13T", facts).by(by)
    };
    given(board()).when(varied(&[ENGLAND])).then_obeys("constitution.variation-decided");
    given(board()).when(varied(&[SECRETARY, ENGLAND])).then_refused("constitution.variation-decided");
    given(board()).when(varied(&[SECRETARY])).then_refused("authority.signatures-needed");
}

/// A meeting of the board with a private item, which `a` alone attends; the notice asks for one.
fn sitting() -> Story {
    let called = says(
        "MeetingConvened",
        "meeting/m",
        json!({"kind": "single", "bodies": ["body/13T"], "title": "Board", "starts_at": "2023-07-06T13:00:00+01:00",
            "parts": ["public", "private"], "called_on": "2023-06-28",
            "quorum": {"minimum": {"count": 1}, "counts_vacancies": false}}),
    );
    let by = |said: Said| said.by(&[SECRETARY]);
    let items = json!([{"reference": "1", "title": "Open", "part": "public"}, {"reference": "2", "title": "A lease", "part": "private"}]);
    let listed = with(with(agenda(), "items", items), "published_on", json!("2023-06-29"));
    let opens = with(opened(), "started_at", json!("2023-07-06T13:00:00+01:00"));
    let there = attended(json!([{"person": "person/a", "as": "voting"}]));
    let chair = officer("chair").by(&[ENGLAND, MINISTER]);
    given(board()).and([chair, by(called), by(listed), by(opens), by(there)])
}

#[test]
fn a_board_excludes_the_public_by_a_resolution() {
    let decides = |item: &str, effect: Value| {
        let mut said = decided("13T", "2023-07-06", effect);
        (said.facts["meeting"], said.facts["item"]) = (json!("meeting/m"), json!({"reference": item}));
        said
    };
    let none = || json!({"none": {}});
    sitting().when(decides("2", none())).then_refused("meeting.public-excluded");
    let excluded = decides("1", json!({"exclude_public": {"reason": "Terms are negotiated."}}));
    sitting().and([excluded]).when(decides("2", none())).then_obeys("meeting.public-excluded");
    let vote = at(
        "VoteTaken",
        json!({"item": "2", "body": "body/13T", "method": "show_of_hands", "votes": {"for": 1, "against": 0}}),
    );
    sitting().when(vote).then_refused("meeting.public-excluded");
}

#[test]
fn the_chair_approves_who_commissions_for_a_board() {
    let decision = decided("13T", "2022-07-01", json!({"none": {}})).with_id(1);
    let set_up = |functions: Value| {
        let mut facts = json!({"name": "A committee", "kind": "committee", "parents": ["body/13T"],
            "established_on": "2022-07-02", "binding": false, "decisions": [crate::said::id(1)]});
        if functions != json!([]) {
            facts["functions"] = functions;
        }
        says("CommitteeEstablished", "committee/c", facts)
    };
    let sits = |by: &[(&str, &'static str, &str)]| {
        let change = json!({"member_appointed": {"person": "person/a", "role": "member"}});
        let facts = json!({"body": "body/13T", "change": change, "effective": "2022-09-01"});
        says("CommitteeMembershipChanged", "committee/c", facts).by(by)
    };
    let of = |functions: Value| given(board()).and([decision.clone(), set_up(functions)]);
    let commissions = || of(json!(["commissioning of mental health services"]));
    commissions().when(sits(&[SECRETARY, CHAIR])).then_obeys("committee.board-chair-approves");
    commissions().when(sits(&[SECRETARY])).then_refused("committee.board-chair-approves");
    of(json!([])).when(sits(&[SECRETARY])).then_found("committee.board-chair-approves");
    of(json!(["audit"])).when(sits(&[SECRETARY])).then_obeys("committee.board-chair-approves");
}

#[test]
fn what_a_group_let_others_decide_goes_on_under_its_board() {
    let decision = decided("04K", "2018-01-01", json!({"none": {}})).with_id(1);
    let granted = says(
        "DelegationGranted",
        "delegation/d",
        json!({"from": "body/04K", "to": {"officer": {"body": "body/04K", "office": "chief_finance_officer"}},
            "functions": ["Contracts"], "onward": "forbidden", "basis": {"decision": crate::said::id(1)},
            "effective": "2018-04-01", "on_succession": "lapses"}),
    );
    let follows = json!({"successor": "body/13T", "kind": "transformation", "effective": "2022-07-01"});
    let follows = says("SuccessionRecorded", "body/04K", follows);
    let ends = json!({"effective": "2022-07-01", "reason": "abolition", "successors": ["body/13T"]});
    let ends = says("BodyDissolved", "body/04K", ends);
    let story = given(board()).and([decision, granted, ends, follows]);
    let id = "delegation/d".parse().unwrap();
    let held =
        minutebook_governance::committees::delegation(story.record(), &id, story.at("2022-07-01")).unwrap();
    assert_eq!(held.state, minutebook_governance::committees::DelegationState::InForce);
    assert_eq!(held.grantor.to_string(), "body/13T");
}

fn listed(slug: &str, kind: &str) -> Said {
    let facts = json!({"kind": kind, "name": format!("{slug} of the list"), "from": "2013-04-01"});
    says("BodyRegistered", &format!("body/{slug}"), facts).reported()
}

#[test]
fn a_board_arranges_with_an_nhs_body_or_a_council_and_both_sign() {
    let rule = "delegation.arrangement";
    let to = |slug: &str| {
        says(
            "DelegationGranted",
            "delegation/d",
            json!({"from": "body/13T", "to": {"body": format!("body/{slug}")}, "functions": ["community services"],
                "basis": {"statute": "NHS Act 2006, section 65Z5"}, "effective": "2023-04-01", "onward": "forbidden",
                "on_succession": "lapses"}),
        )
    };
    let story = || {
        let bodies = [
            listed("RX1", "trust"),
            listed("E10", "council"),
            listed("X1", "company"),
            listed("X24", "national"),
        ];
        let keys = [
            enrolled("secretary-RX1", "secretary-RX1"),
            granted("secretary-RX1", "secretary", json!(["body/RX1"]), json!(["own_act", "own_record"])),
        ];
        given(board()).and(bodies).and(keys)
    };
    let trust = ("secretary-RX1", "secretary", "body/RX1");
    story().when(to("RX1").by(&[SECRETARY, trust])).then_obeys("delegation.arrangement");
    story().when(to("RX1").by(&[SECRETARY])).then_refused("delegation.arrangement");
    story().when(to("E10").by(&[SECRETARY])).then_refused(rule);
    story().when(to("X24").by(&[SECRETARY, ENGLAND])).then_obeys(rule);
    story().when(to("X1").by(&[SECRETARY, ENGLAND])).then_refused(rule);
    let past = |slug: &str| to(slug).by(&[SECRETARY]).with_standing("own_record").with_minutes();
    story().when(past("RX1")).then_found("delegation.arrangement");
    // Before the boards a group delegated by its own law.
    let group = says(
        "DelegationGranted",
        "delegation/g",
        json!({"from": "body/04K", "to": {"body": "body/X1"}, "functions": ["contracts"], "effective": "2018-04-01",
            "basis": {"statute": "NHS Act 2006, section 14Z3"}, "onward": "forbidden", "on_succession": "lapses"}),
    );
    story().when(group).then_obeys(rule);
}

#[test]
fn nhs_england_hears_the_boards_before_it_changes_its_order() {
    let rule = "reorganisation.boards-consulted";
    let other = || {
        let mut other = established_board("2022-07-01", "s14Z25");
        other.subject = "body/QJG".to_owned();
        other.facts.as_object_mut().unwrap().retain(|member, _value| member != "codes" && member != "units");
        other
    };
    let order = || {
        says(
            "ReorganisationEffected",
            "reorganisation/r",
            json!({"basis": "order", "effective": "2026-04-01", "closing": ["body/13T"],
                "successions": [{"predecessor": "body/13T", "successor": "body/QJG", "kind": "absorption"}],
                "transfers": [{"kinds": ["property", "liabilities", "staff"], "from": "body/13T", "to": "body/QJG"}]}),
        )
        .by(&[ENGLAND, MINISTER])
    };
    let story = || given(board()).and([other()]);
    story().when(order()).then_found("reorganisation.boards-consulted");
    story().when(with_letter(order())).then_obeys("reorganisation.boards-consulted");
    let said = decided("13T", "2025-07-23", json!({"none": {}})).by(&[SECRETARY]);
    story().and([said]).when(order()).then_obeys(rule);
}

#[test]
fn an_integrated_care_partnership_is_a_joint_committee_of_a_board_and_its_councils() {
    use minutebook_governance::partnerships::partnership;
    let formed = |members: &[&str], on: &str| {
        let members: Vec<_> =
            members.iter().map(|slug| json!({"body": format!("body/{slug}"), "status": "full"})).collect();
        let facts = json!({"name": "The partnership", "kind": "icp_partnership", "formed_on": on, "members": members});
        says("PartnershipFormed", "partnership/p", facts).by(&[SECRETARY])
    };
    let story = || given(board()).and([listed("E10", "council")]);
    let rule = "partnership.statutory-joint";
    let whole = story().when(formed(&["13T", "E10"], "2022-07-01")).then_obeys("partnership.statutory-joint");
    story().when(formed(&["13T"], "2022-07-01")).then_found("partnership.statutory-joint");
    story().when(formed(&["E10"], "2022-06-30")).then_obeys(rule);
    let may_decide = |day: &str| {
        let view = whole.at(day);
        let known = partnership(whole.record(), &"partnership/p".parse().unwrap(), view).unwrap();
        known.may_decide(view)
    };
    assert!(may_decide("2022-07-01").contains("integrated care strategy"));
    assert_eq!(may_decide("2022-06-30"), "nothing in law");
}

#[test]
fn a_board_has_no_members_who_vote() {
    let rule = "member-vote.of-a-group";
    let voted = says(
        "MembersVoted",
        "body/13T",
        json!({"question": "Adopt the constitution?", "declared_on": "2023-04-01", "outcome": "carried",
            "figures": {"counts": {"for": 28, "against": 4}}}),
    );
    given(board()).when(voted.clone().by(&[SECRETARY])).then_refused("member-vote.of-a-group");
    given(board()).when(voted.reported()).then_found("member-vote.of-a-group");
    let ballot =
        crate::said::voted("13T", 1, "2023-04-01", json!({"counts": {"for": 28, "against": 4}}), "carried");
    given(board()).when(ballot.clone().by(&[SECRETARY])).then_refused(rule);
    given(board()).when(ballot.reported()).then_found(rule);
    // A board reserves nothing to members in its rules, and has no ballot of theirs.
    let sets = |member: &str, value: Value| {
        let adopted = json!({"version": "1", "document": document(), "effective": "2022-07-01", "basis": "establishment"});
        let adopted = says("ConstitutionAdopted", "body/13T", adopted).by(&[ENGLAND]);
        let decision = decided("13T", "2022-07-01", json!({"none": {}})).with_id(1);
        let mut facts = json!({"effective": "2022-07-01", "decision": crate::said::id(1)});
        facts[member] = value;
        given(board()).and([adopted, decision]).when(says("GoverningRulesSet", "body/13T", facts))
    };
    let scheme = |holder: &str| json!({"document": document(), "entries": [{"function": "the constitution", "holder": holder}]});
    sets("merger_ballot", json!({"basis": "votes_cast", "percent": 50})).then_refused(rule);
    sets("scheme", scheme("members")).then_refused(rule);
    sets("scheme", scheme("governing_body")).then_obeys(rule);
}

/// A second board, with a key of its secretary.
fn another_board() -> Vec<Said> {
    let mut other = established_board("2022-07-01", "s14Z25");
    other.subject = "body/QJG".to_owned();
    other.facts.as_object_mut().unwrap().retain(|member, _value| member != "codes" && member != "units");
    vec![
        other,
        enrolled("secretary-QJG", "secretary-QJG"),
        granted("secretary-QJG", "secretary", json!(["body/QJG"]), json!(["own_act", "own_record"])),
    ]
}

#[test]
fn a_refusal_cites_what_holds_for_the_kind_of_body() {
    let loses = |slug: &str, on: &str| {
        let losses = json!([{"unit": "04L", "body": "body/04M"}]);
        let facts = json!({"effective": on, "extent": "stated", "basis": "order", "losses": losses});
        says("AreaVaried", &format!("body/{slug}"), facts)
    };
    let ending = ": areas cover England and do not overlap";
    let group = format!("NHS Act 2006, section 14A(2){ending}");
    given([]).when(loses("04K", "2019-04-01")).then_cites("area.held", &group);
    let board_cites = format!("NHS Act 2006, section 14Z25(3) and (4){ending}");
    given(board()).when(loses("13T", "2023-04-01")).then_cites("area.held", &board_cites);
}

#[test]
fn boards_merge_by_nhs_englands_order_and_by_no_application() {
    use crate::said::{applied, chose, explored, proposed};
    let rule = "merger.of-groups";
    let story = || given(board()).and(another_board());
    let two = ["13T", "QJG"];
    story().when(proposed("m", &two, "2025-07-23")).then_refused("merger.of-groups");
    story().when(proposed("m", &two, "2025-07-23").reported()).then_found("merger.of-groups");
    story().when(explored("m", &two, "2025-07-23")).then_refused(rule);
    given([]).when(proposed("m", &["04K", "04L"], "2019-04-04")).then_obeys("merger.of-groups");
    story().when(chose("13T", "prefer", "2025-07-23")).then_refused(rule);
    story()
        .when(decided("13T", "2025-07-23", json!({"apply": {"application": "merger/v"}})))
        .then_refused(rule);
    let applies = || {
        let said = with(applied(1, "2025-09-30"), "applicants", json!(["body/13T", "body/QJG"]));
        said.by(&[SECRETARY, ("secretary-QJG", "secretary", "body/QJG")])
    };
    story().when(applies()).then_refused(rule);
    story().when(applies().reported()).then_found(rule);
    // What is said of the way out holds: what a board thinks of it, and the order.
    story().when(decided("13T", "2025-07-23", json!({"none": {}}))).then_obeys(rule);
    let order = says(
        "ReorganisationEffected",
        "reorganisation/r",
        json!({"basis": "order", "effective": "2026-04-01", "closing": ["body/13T"],
            "successions": [{"predecessor": "body/13T", "successor": "body/QJG", "kind": "absorption"}],
            "transfers": [{"kinds": ["property", "liabilities", "staff"], "from": "body/13T", "to": "body/QJG"}]}),
    );
    story().when(order.clone().by(&[ENGLAND, MINISTER])).then_obeys("commissioner.decided-by-nhs-england");
    let ministers = [
        enrolled("minister-two", "minister-two"),
        granted("minister-two", "minister", json!("any"), json!(["own_act"])),
    ];
    let by_ministers = order.by(&[MINISTER, ("minister-two", "minister", "")]);
    story().and(ministers).when(by_ministers).then_refused("commissioner.decided-by-nhs-england");
}

#[test]
fn what_nhs_england_decides_no_minister_signs_alone() {
    let rule = "commissioner.decided-by-nhs-england";
    let varied = |by: &[(&str, &'static str, &str)]| {
        let facts =
            json!({"version": "2", "document": document(), "effective": "2023-01-01", "basis": "variation"});
        says("ConstitutionAdopted", "body/13T", facts).by(by)
    };
    given(board()).when(varied(&[MINISTER])).then_refused(rule);
    given(board()).when(varied(&[ENGLAND])).then_obeys(rule);
    let regulates = crate::said::regulator(1, "approved", "2019-10-30");
    let applied = || given(crate::said::up_to_application());
    applied().when(regulates.clone().by(&[MINISTER])).then_refused("authority.signatures-needed");
    applied().when(regulates).then_obeys("authority.signatures-needed");
    // A statute ended the groups, and a minister may sign what it did.
    let follows = |effective: &str| {
        let facts = json!({"successor": "body/13T", "kind": "transformation", "effective": effective});
        says("SuccessionRecorded", "body/04K", facts).by(&[MINISTER])
    };
    given(board()).when(follows("2022-07-01")).then_obeys(rule);
    given(board()).when(follows("2022-08-01")).then_refused(rule);
    // Of other bodies than commissioners a minister decides.
    let trust = listed("RX1", "trust");
    let area = says(
        "AreaVaried",
        "body/RX1",
        json!({"effective": "2023-04-01", "extent": "not_stated", "basis": "An order"}),
    );
    given(board()).and([trust]).when(area.by(&[MINISTER])).then_obeys(rule);
}

#[test]
fn a_commissioner_signs_for_what_it_arranges_itself() {
    let grants = |from: &str| {
        says(
            "DelegationGranted",
            "delegation/d",
            json!({"from": from, "to": {"officer": {"body": from, "office": "finance_director"}},
                "functions": ["contracts"], "basis": {"statute": "NHS Act 2006, Schedule 1B, paragraph 11"},
                "effective": "2023-04-01", "onward": "forbidden", "on_succession": "lapses"}),
        )
    };
    let story = || given(board()).and([listed("X24", "national")]);
    story().when(grants("body/13T").by(&[SECRETARY])).then_obeys("commissioner.signs-for-itself");
    story().when(grants("body/13T").by(&[ENGLAND])).then_refused("commissioner.signs-for-itself");
    story().when(grants("body/13T").by(&[MINISTER])).then_refused("commissioner.signs-for-itself");
    // NHS England signs for itself.
    story().when(grants("body/X24").by(&[ENGLAND])).then_obeys("commissioner.signs-for-itself");
}

#[test]
fn who_decides_for_a_board_is_said_by_the_law_of_boards() {
    use minutebook_governance::powers::{Reach, who_may_decide};
    let story = given(board());
    let of = |body: &str, day: &str| {
        let powers =
            who_may_decide(story.record(), &format!("body/{body}").parse().unwrap(), story.at(day)).unwrap();
        let told = powers.deciders.into_iter().map(|it| (it.who, it.reach, it.what.join("; "), it.because));
        told.collect::<Vec<_>>()
    };
    let board = of("13T", "2023-01-01");
    assert!(board.iter().all(|(_who, _reach, what, because)| {
        !what.contains("its members") && !because.contains("Schedule 1A") && !because.contains("14L")
    }));
    let has = |who: &str, reach: Reach, words: &str, cited: &str| {
        let fits = |it: &&(String, Reach, String, String)| {
            it.0 == who && it.1 == reach && it.2.contains(words) && it.3.contains(cited)
        };
        assert!(board.iter().any(|it| fits(&it)), "{who} {words} ({cited}): {board:#?}");
    };
    has("the board", Reach::Decides, "not delegated", "Schedule 1B, paragraph 11");
    has("its chair", Reach::Decides, "chief executive, with NHS England's approval", "paragraphs 7, 8");
    for (words, cited) in [
        ("approval of its chief executive", "Schedule 1B"),
        ("the chair's removal", "Schedule 1B"),
        ("approval of its constitution", "paragraph 15"),
        ("schemes for what passes", "14Z28"),
        ("merger and end, by order", "14Z25"),
        ("directions", "14Z61"),
    ] {
        has("NHS England", Reach::DecidesAbout, words, cited);
    }
    has("the Secretary of State", Reach::DecidesAbout, "approval of its chair", "paragraphs 5 and 6");
    // What a group's members decide is theirs, and its accountable officer is NHS England's to appoint.
    let group = of("04K", "2018-01-01");
    assert!(
        group
            .iter()
            .any(|(who, _, what, _)| who == "the governing body" && what.contains("reserved to its members"))
    );
    assert!(group.iter().all(|(who, ..)| who != "the Secretary of State"));
}
