//! Every type of event beside every kind of commissioner: whose thing it is, and who signs it alone.

use crate::coverage::cites_groups_alone;
use crate::said::{Said, says};
use crate::story::{Story, enrolled, given, granted};
use minutebook_governance::catalogue::{CATALOGUE, CatalogueRow};
use minutebook_governance::rulebook::rule_of;
use minutebook_governance::{Step, foresee};
use minutebook_log::Timestamp;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// A type is asked of groups and boards alike.
const ANYBODYS: &str = "";

/// A type, who signs it alone for a commissioner of either kind, as the example has it (E for NHS England, M for the minister,
/// S for its secretary, C for its chair), and the rule that keeps it from boards. Where nobody does, several sign, or only
/// registers, scrutineers and auditors.
const TABLE: [(&str, &str, &str); 77] = [
    ("RecordCorrected", "EMSC", ANYBODYS),
    ("RecordAnnotated", "EMSC", ANYBODYS),
    ("DocumentRegistered", "EMSC", ANYBODYS),
    ("AuditReported", "", ANYBODYS),
    ("BodyRegistered", "", ANYBODYS),
    ("BodyEstablished", "E", ANYBODYS),
    ("BodyRenamed", "", ANYBODYS),
    ("AreaVaried", "E", ANYBODYS),
    ("IdentifierAssigned", "", ANYBODYS),
    ("MembershipChanged", "S", "membership.of-ccg"),
    ("DirectionsChanged", "E", ANYBODYS),
    ("BodyDissolved", "E", ANYBODYS),
    ("SuccessionRecorded", "E", ANYBODYS),
    ("ReorganisationEffected", "E", ANYBODYS),
    ("ConstitutionAdopted", "E", ANYBODYS),
    ("GoverningRulesSet", "S", "member-vote.of-a-group"),
    ("PersonRecorded", "ES", ANYBODYS),
    ("OfficeDefined", "S", ANYBODYS),
    ("RecruitmentOpened", "S", ANYBODYS),
    ("OfficerNominated", "S", ANYBODYS),
    ("AppointmentDetermined", "E", ANYBODYS),
    ("OfficerAppointed", "ES", ANYBODYS),
    ("OfficerObserved", "ES", ANYBODYS),
    ("AppointmentEnded", "ES", ANYBODYS),
    ("JointAppointmentProposed", "S", ANYBODYS),
    ("MeetingConvened", "S", ANYBODYS),
    ("AgendaPublished", "S", ANYBODYS),
    ("MeetingRescheduled", "S", ANYBODYS),
    ("MeetingOpened", "S", ANYBODYS),
    ("AttendanceRecorded", "S", ANYBODYS),
    ("InterestDeclared", "S", ANYBODYS),
    ("MotionMoved", "S", ANYBODYS),
    ("VoteTaken", "S", ANYBODYS),
    ("MeetingClosed", "S", ANYBODYS),
    ("MinutesDrafted", "S", ANYBODYS),
    ("MinutesApproved", "S", ANYBODYS),
    ("DecisionRecorded", "S", "merger.of-groups"),
    ("CommitteeEstablished", "", ANYBODYS),
    ("CommitteeMembershipChanged", "S", ANYBODYS),
    ("CommitteeDissolved", "", ANYBODYS),
    ("DelegationGranted", "S", ANYBODYS),
    ("DelegationRevoked", "S", ANYBODYS),
    ("PartnershipFormed", "S", ANYBODYS),
    ("PartnershipChanged", "E", ANYBODYS),
    ("PartnershipMembershipChanged", "S", ANYBODYS),
    ("DecisionRatified", "S", ANYBODYS),
    ("DecisionRescinded", "S", ANYBODYS),
    ("ActionAssigned", "S", ANYBODYS),
    ("ActionUpdated", "S", ANYBODYS),
    ("SealUsed", "S", ANYBODYS),
    ("InterestRegistered", "S", ANYBODYS),
    ("InterestCeased", "S", ANYBODYS),
    ("BreachRecorded", "S", ANYBODYS),
    ("MergerExplored", "S", "merger.of-groups"),
    ("MergerProposed", "S", "merger.of-groups"),
    ("MemberVoteOpened", "S", "member-vote.of-a-group"),
    ("MemberVoteDeclared", "S", "member-vote.of-a-group"),
    ("MembersVoted", "S", "member-vote.of-a-group"),
    ("ApplicationSubmitted", "S", "merger.of-groups"),
    ("ApplicationChanged", "", ANYBODYS),
    ("RegulatorDecisionRecorded", "E", ANYBODYS),
    ("ConditionResolved", "E", ANYBODYS),
    ("MergerAbandoned", "S", ANYBODYS),
    ("ConsultationOpened", "S", ANYBODYS),
    ("ConsultationChanged", "S", ANYBODYS),
    ("ResponseRecorded", "S", ANYBODYS),
    ("EngagementHeld", "S", ANYBODYS),
    ("ConsultationClosed", "S", ANYBODYS),
    ("EvaluatorAppointed", "S", ANYBODYS),
    ("EvaluationPublished", "S", ANYBODYS),
    ("ConsultationAnswered", "S", ANYBODYS),
    ("TargetSet", "EMS", ANYBODYS),
    ("TargetOutcomeRecorded", "EMS", ANYBODYS),
    ("AttributeReported", "EMSC", ANYBODYS),
    ("IntentionRecorded", "EMSC", ANYBODYS),
    ("IntentionResolved", "EMSC", ANYBODYS),
    ("StatementRecorded", "EMSC", ANYBODYS),
];

const SIGNERS: [(char, &str, &str, bool); 4] = [
    ('E', "nhs-england", "nhs_england", false),
    ('M', "minister", "minister", false),
    ('S', "secretary", "secretary", true),
    ('C', "chair", "chair", true),
];

/// Rules that keep something for groups.
const GROUPS_ALONE: [&str; 3] = ["merger.of-groups", "member-vote.of-a-group", "membership.of-ccg"];

/// Rules that say who signs.
const WHO_SIGNS: [&str; 3] =
    ["authority.signatures-needed", "commissioner.decided-by-nhs-england", "commissioner.signs-for-itself"];

/// The example of a type, of other bodies: the first that it names becomes the first of these, and so on.
fn example(row: &'static CatalogueRow, bodies: [&str; 6]) -> Said {
    let lines = row.example.lines().filter(|line| !line.trim_start().starts_with("//"));
    let mut example: Value = serde_json::from_str(&lines.collect::<String>()).unwrap();
    let mut named = BTreeMap::new();
    retarget(&mut example, &mut |name| {
        if bodies.iter().any(|body| name == format!("body/{body}")) {
            return name.to_owned();
        }
        let next = named.len();
        named.entry(name.to_owned()).or_insert_with(|| format!("body/{}", bodies[next])).clone()
    });
    let subject = example["subject"].as_str().unwrap().to_owned();
    says(row.name, &subject, example["data"]["facts"].clone())
}

fn retarget(value: &mut Value, to: &mut impl FnMut(&str) -> String) {
    match value {
        Value::String(text) if text.starts_with("body/") => *text = to(text),
        Value::Array(items) => items.iter_mut().for_each(|item| retarget(item, to)),
        Value::Object(members) => {
            // The subject first: it is the body that acts.
            if let Some(subject) = members.get_mut("subject") {
                retarget(subject, to);
            }
            members.values_mut().for_each(|member| retarget(member, to));
        }
        _ => {}
    }
}

/// The types that speak of bodies, or may: not those of the book itself.
fn of_bodies() -> impl Iterator<Item = &'static CatalogueRow> {
    CATALOGUE.iter().filter(|row| !["ledger", "key", "grant"].contains(&row.subject_kind))
}

/// The rules for which it would be refused.
fn refused_by(story: &mut Story, said: &Said) -> BTreeSet<&'static str> {
    let event = story.draft(said).encode().unwrap();
    let foreseen = foresee(&story.book, &[event], Timestamp::EPOCH).unwrap().remove(0);
    let malformed = foreseen.objections.iter().find(|it| it.step == Step::Form);
    assert!(malformed.is_none(), "{said:?}: {malformed:?}");
    foreseen.objections.iter().filter_map(|it| it.rule).map(|rule| rule.id).collect()
}

/// Six commissioners of a kind; the first has a secretary and a chair.
fn six(kind: &str, bodies: [&str; 6]) -> Story {
    let listed = |slug: &&str| {
        let from = if kind == "icb" { "2022-07-01" } else { "2013-04-01" };
        let facts = json!({"kind": kind, "name": format!("{slug} of the list"), "from": from});
        says("BodyRegistered", &format!("body/{slug}"), facts).reported()
    };
    let chair = format!("chair-{}", bodies[0]);
    let of = json!([format!("body/{}", bodies[0])]);
    let keys = [enrolled(&chair, &chair), granted(&chair, "chair", of, json!(["own_act", "own_record"]))];
    given(bodies.iter().map(listed)).and(keys)
}

/// For each type: who signs it alone, and the rule that keeps it from such a commissioner.
fn asked_of(
    kind: &str,
    bodies: [&str; 6],
    mut seen: impl FnMut(&'static str, &BTreeSet<&'static str>),
) -> Vec<(&'static str, String, &'static str)> {
    let mut story = six(kind, bodies);
    let asked = of_bodies().map(|row| {
        let (mut alone, mut whose) = (String::new(), ANYBODYS);
        for (letter, role, capacity, of_body) in SIGNERS {
            let (role, body) = match of_body {
                true => (format!("{role}-{}", bodies[0]), format!("body/{}", bodies[0])),
                false => (role.to_owned(), String::new()),
            };
            let refused = refused_by(&mut story, &example(row, bodies).by(&[(&role, capacity, &body)]));
            if WHO_SIGNS.iter().all(|rule| !refused.contains(rule)) {
                alone.push(letter);
            }
            seen(row.name, &refused);
            whose = GROUPS_ALONE.into_iter().find(|rule| refused.contains(rule)).unwrap_or(whose);
        }
        (row.name, alone, whose)
    });
    asked.collect()
}

#[test]
fn every_type_is_asked_of_a_board_and_of_a_group_as_the_law_says() {
    let bodies = ["13T", "Q1", "Q2", "Q3", "Q4", "Q5"];
    let boards: Vec<_> =
        TABLE.iter().map(|(name, alone, whose)| (*name, (*alone).to_owned(), *whose)).collect();
    assert_eq!(asked_of("icb", bodies, |_name, _refused| {}), boards);
    let groups: Vec<_> =
        TABLE.iter().map(|(name, alone, _)| (*name, (*alone).to_owned(), ANYBODYS)).collect();
    assert_eq!(asked_of("ccg", bodies, |_name, _refused| {}), groups);
}

#[test]
fn what_a_board_is_refused_for_cites_what_holds_for_boards() {
    let mut wrong = BTreeSet::new();
    asked_of("icb", ["13T", "Q1", "Q2", "Q3", "Q4", "Q5"], |name, refused| {
        let cited = refused.iter().filter(|id| cites_groups_alone(rule_of(id).unwrap().source));
        wrong.extend(cited.map(|id| (name, *id)));
    });
    // These are steps of a merger by application, which a board is refused as a whole.
    let steps = [
        ("ApplicationSubmitted", "application.applicants-open"),
        ("MergerExplored", "merger.two-open-bodies"),
        ("MergerProposed", "merger.two-open-bodies"),
        ("ReorganisationEffected", "reorganisation.approved"),
    ];
    assert_eq!(wrong, BTreeSet::from(steps));
}
