//! What an entry says in a line: a template for each type of event, filled from its facts.
//!
//! In a template a member stands in braces, deeper ones after a slash; what stands in brackets is left out where one of its
//! members is not stated.

use minutebook_log::{EventId, Position};
use serde_json::{Map, Value};

/// A template for each type, by name.
const TEMPLATES: &[(&str, &str)] = &[
    ("LedgerOpened", "the ledger opens as {origin}"),
    ("KeyEnrolled", "a key comes into the book: {label}"),
    ("KeyRevoked", "the key signs no more: {reason}"),
    ("AuthorityGranted", "a key may sign as {capacity}[ of {bodies}][, for acts from {acts_from}]"),
    ("AuthorityRevoked", "the grant ends: {reason}"),
    ("RecordCorrected", "{target} is known otherwise ({kind}): {reason}"),
    ("RecordAnnotated", "said of {target} ({kind}): {text}"),
    ("DocumentRegistered", "{title}[, by {publisher}][, {published}]"),
    ("AuditReported", "audited {audited_on} by {auditor}: {outcome}, {exceptions} exceptions"),
    ("BodyRegistered", "{kind}[ {name}][, from {from}][, no more from {until}]"),
    ("BodyEstablished", "{name} is established as {kind} from {effective}"),
    ("BodyRenamed", "is called[ {name}][, in short {short_name},] from {effective}"),
    ("AreaVaried", "its area changes from {effective}, by {basis}"),
    ("IdentifierAssigned", "{scheme} code {value}[, from {from}][, no more from {until}]"),
    ("MembershipChanged", "practice {practice} {change}, {effective}[: {reason}]"),
    ("DirectionsChanged", "{kind} {change}, {effective}[: {text}]"),
    ("BodyDissolved", "is no more from {effective} ({reason})[, followed by {successors}]"),
    ("SuccessionRecorded", "is followed by {successor} ({kind}) from {effective}"),
    ("ReorganisationEffected", "takes effect {effective}[: {closing} close][; {opening} open]"),
    ("ConstitutionAdopted", "constitution {version}, from {effective}"),
    ("GoverningRulesSet", "sets rules of its own from {effective}[, notice of {notice_days} days]"),
    ("RulesAdopted", "version {rules} of the rules holds from here on"),
    ("PersonRecorded", "{name}"),
    ("OfficeDefined", "office of {title}, {seats} seats, from {effective}"),
    ("RecruitmentOpened", "looks for a {office} from {opened_on}[, to {closes_on}]"),
    ("OfficerNominated", "nominates {person} as {office}, {nominated_on}[, with {also_for}]"),
    ("AppointmentDetermined", "{person} as {office}: {outcome}, {determined_on}"),
    ("OfficerAppointed", "{person} is {office} ({tenure}) from {effective}[, of {also_for} too]"),
    ("OfficerObserved", "{person} is named as {title_as_written}, {observed_on}"),
    ("AppointmentEnded", "{person} is {office} no more from {effective} ({reason})"),
    ("JointAppointmentProposed", "one {office} for {bodies}, proposed {proposed_on}"),
    ("MeetingConvened", "{title}, {starts_at}"),
    ("AgendaPublished", "agenda, version {version}, {published_on}"),
    ("MeetingRescheduled", "{change}: {reason}"),
    ("MeetingOpened", "opened {started_at}"),
    ("AttendanceRecorded", "who was there[, with {public} of the public]"),
    ("InterestDeclared", "{person} declares an interest under {items}: {nature}"),
    ("MotionMoved", "a motion of {body} under {item}: {text}"),
    ("VoteTaken", "{body} votes under {item}[: {votes}]"),
    ("MeetingClosed", "closed {ended_at}"),
    ("MinutesDrafted", "minutes of the {part} part drafted, {drafted_on}"),
    ("MinutesApproved", "minutes of the {part} part approved by {body}, {approved_on}"),
    ("DecisionRecorded", "{outcome}, {decided_on}[, item {item/reference}]: {text}"),
    ("CommitteeEstablished", "{name} ({kind}) of {parents}, from {established_on}"),
    ("CommitteeMembershipChanged", "{change} for {body}, {effective}"),
    ("CommitteeDissolved", "is no more from {effective}[: {reason}]"),
    (
        "DelegationGranted",
        "{from} delegates {functions} to {to}[, up to {limit_pounds} pounds], from {effective}",
    ),
    ("DelegationRevoked", "{by} takes it back from {effective}[: {reason}]"),
    ("PartnershipFormed", "{name} ({kind})[, formed {formed_on}]"),
    ("PartnershipChanged", "{change}[, {effective}]"),
    ("PartnershipMembershipChanged", "{body} {change} as {status}[, {effective}]"),
    ("DecisionRatified", "what was decided urgently, {decision}, is {outcome}, {ratified_on}[, item {item}]"),
    ("DecisionRescinded", "{decision} is taken back from {effective}"),
    ("ActionAssigned", "{owner} is to act for {body}[ by {due}]: {text}"),
    ("ActionUpdated", "{change}, {updated_on}[: {note}]"),
    ("SealUsed", "the seal is put to {document}, {used_on}"),
    ("InterestRegistered", "{person} has an interest ({kind}), declared {declared_on}: {description}"),
    ("InterestCeased", "the interest has ceased, {ceased_on}"),
    ("BreachRecorded", "a breach, {recorded_on}: {summary}"),
    ("MergerExplored", "{participants} look into it ({kind}), {explored_on}"),
    ("MergerProposed", "{participants} propose to merge[ from {proposed_effective}][ as {proposed_name}]"),
    ("MemberVoteOpened", "members of {bodies} vote, {opens} to {closes}"),
    ("MemberVoteDeclared", "members of {bodies} have voted, {declared_on}: {outcome}"),
    ("MembersVoted", "members have voted, {declared_on}: {outcome}. {question}"),
    ("ApplicationSubmitted", "{applicants} apply to {to}, {submitted_on}, for {requested_effective}"),
    ("ApplicationChanged", "the application is changed, {changed_on}: {change}"),
    ("RegulatorDecisionRecorded", "{outcome}, {decided_on}[, by {decided_by}]: {reasons}"),
    ("ConditionResolved", "condition {condition} {resolution}, {resolved_on}"),
    ("MergerAbandoned", "given up {abandoned_on}: {reason}"),
    ("ConsultationOpened", "{owners} consult on {topic}, from {opens} to {closes_at}"),
    ("ConsultationChanged", "changed {changed_on}: {change}"),
    ("ResponseRecorded", "a response of {respondent_kind} came {received_at}[, for {count}]"),
    ("EngagementHeld", "met {audience}, {held_on}"),
    ("ConsultationClosed", "closed {closed_at}[, {on_time} on time][, {late} late]"),
    ("EvaluatorAppointed", "[{name} ][{body} ]evaluates what is answered, from {appointed_on}"),
    ("EvaluationPublished", "evaluated, {published_on}: {report}"),
    ("ConsultationAnswered", "answered {answered_on}: {document}"),
    ("TargetSet", "{measure} of {about}: {value}[ by {by}][, set by {set_by}]"),
    ("TargetOutcomeRecorded", "{outcome}, as known {known_on}[: {comment}]"),
    ("AttributeReported", "{attribute} of {about}: {value}[, {stated_on}]"),
    ("IntentionRecorded", "{mood}: {intends}[ for {when}]. {wording}"),
    ("IntentionResolved", "{fate}, {resolved_on}[: {reason}]"),
    ("StatementRecorded", "{speaker}[, {said_on}]: {text}"),
];

/// How long a line is at most, in characters: what is longer ends in three dots.
const LINE_MAX: usize = 280;

/// How long what an entry says is at most where another cites it, in characters.
const CITED_MAX: usize = 90;

/// The names of people by their ids, as far as whoever asks knows them.
pub type NameOf<'a> = &'a dyn Fn(&str) -> Option<String>;

/// What an event of this type says in a line, by its facts: people by their names, where they are known, bodies by what comes
/// after their kind; of a type that is not known, nothing.
pub fn headline(name: &str, facts: &Value, name_of: NameOf<'_>) -> String {
    let template = TEMPLATES.iter().find(|(of, _template)| *of == name);
    let line = template.map_or_else(String::new, |(_of, template)| filled(template, facts, name_of));
    cut(line, LINE_MAX)
}

/// How another entry cites one: by where it stands and what it says.
pub fn cited(position: Position, says: &str) -> String {
    match cut(says.to_owned(), CITED_MAX) {
        says if says.is_empty() => format!("entry {position}"),
        says => format!("entry {position} ({says})"),
    }
}

fn cut(line: String, max: usize) -> String {
    if line.chars().count() <= max {
        return line;
    }
    let kept: String = line.chars().take(max - 3).collect();
    format!("{}...", kept.trim_end())
}

/// A template with the members of the facts.
fn filled(template: &str, facts: &Value, name_of: NameOf<'_>) -> String {
    let mut line = String::new();
    let mut rest = template;
    while let Some(start) = rest.find('[') {
        let (before, optional) = rest.split_at(start);
        let (optional, after) = optional.split_once(']').unwrap_or((optional, ""));
        let optional = optional.trim_start_matches('[');
        line.push_str(&with_members(before, facts, name_of).0);
        let (part, is_whole) = with_members(optional, facts, name_of);
        line.push_str(if is_whole { &part } else { "" });
        rest = after;
    }
    line.push_str(&with_members(rest, facts, name_of).0);
    line.trim().to_owned()
}

/// Text with its members, and whether all of them are stated.
fn with_members(text: &str, facts: &Value, name_of: NameOf<'_>) -> (String, bool) {
    let (mut filled, mut is_whole, mut rest) = (String::new(), true, text);
    while let Some((before, member)) = rest.split_once('{') {
        let (path, after) = member.split_once('}').unwrap_or((member, ""));
        let value = path.split('/').try_fold(facts, |value, name| value.get(name));
        let words = value.map(|value| words(value, name_of)).filter(|words| !words.is_empty());
        filled.push_str(before);
        filled.push_str(words.as_deref().unwrap_or_default());
        is_whole &= words.is_some();
        rest = after;
    }
    filled.push_str(rest);
    (filled, is_whole)
}

/// A value as people read it, on one line.
fn words(value: &Value, name_of: NameOf<'_>) -> String {
    match value {
        Value::String(text) if is_word(text) => text.replace("nhs_england", "NHS England").replace('_', " "),
        Value::String(text) if text.starts_with("person/") => name_of(text).unwrap_or_else(|| text.clone()),
        // An entry is named by where it stands, as far as whoever asks knows that.
        Value::String(text) if text.parse::<EventId>().is_ok() => {
            name_of(text).unwrap_or_else(|| format!("event {text}"))
        }
        Value::String(text) if text.starts_with("body/") => text.replacen("body/", "", 1),
        Value::String(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        Value::Number(number) => number.to_string(),
        Value::Bool(holds) => if *holds { "yes" } else { "no" }.to_owned(),
        Value::Array(values) => {
            values.iter().map(|value| words(value, name_of)).collect::<Vec<_>>().join(", ")
        }
        Value::Object(members) => object(members, name_of),
        Value::Null => String::new(),
    }
}

/// Whether it is a word of a closed list, and no id or sentence.
fn is_word(text: &str) -> bool {
    text.contains('_') && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

/// An object by what it is called, or where it is one choice of several, by what was chosen.
fn object(members: &Map<String, Value>, name_of: NameOf<'_>) -> String {
    if members.contains_key("sealed") {
        return "(sealed)".to_owned();
    }
    let called =
        ["written", "title", "name", "body", "id", "text"].iter().find_map(|name| members.get(*name));
    match (called, members.len()) {
        (Some(called), _) => words(called, name_of),
        (None, 1) => members.iter().map(|(choice, of)| chosen(choice, &words(of, name_of))).collect(),
        (None, _) => {
            let members =
                members.iter().map(|(name, value)| format!("{} {}", named(name), words(value, name_of)));
            members.collect::<Vec<_>>().join(", ")
        }
    }
}

/// The one choice of several: what it is of, where that says more than its name.
fn chosen(choice: &str, of: &str) -> String {
    match (choice, of.is_empty()) {
        ("only" | "quantity" | "names" | "person" | "office", false) => of.to_owned(),
        (_, true) => named(choice),
        (_, false) => format!("{} {of}", named(choice)),
    }
}

fn named(name: &str) -> String {
    name.replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::CATALOGUE;
    use serde_json::json;

    fn line(name: &str, facts: &Value) -> String {
        headline(name, facts, &|id| (id == "person/ada").then(|| "Ada Lovell".to_owned()))
    }

    #[test]
    fn every_type_has_a_line_whose_members_its_example_has() {
        let types: Vec<_> = CATALOGUE.iter().map(|row| row.name).collect();
        let templates: Vec<_> = TEMPLATES.iter().map(|(name, _template)| *name).collect();
        assert_eq!(templates, types);
        for (row, (name, template)) in CATALOGUE.iter().zip(TEMPLATES) {
            let lines = row.example.lines().filter(|line| !line.trim_start().starts_with("//"));
            let example: Value = serde_json::from_str(&lines.collect::<String>()).unwrap();
            let facts = example["data"]["facts"].clone();
            // What is not in brackets is stated by every event of the type.
            let outside = template.split(']').map(|part| part.split('[').next().unwrap());
            for part in outside {
                assert!(with_members(part, &facts, &|_id| None).1, "{name}: {part} of {facts}");
            }
            let line = line(name, &facts);
            assert!(!line.is_empty() && !line.contains(['{', '}', '[', ']']), "{name}: {line}");
            assert!(!line.contains("  ") && !line.contains(" ,"), "{name}: {line}");
        }
    }

    #[test]
    fn what_is_not_stated_is_left_out_with_its_words() {
        let decision = |item: Value| {
            json!({"decided_on": "2019-07-04", "outcome": "approved_with_conditions", "item": item,
                   "text": "RESOLVED\nto merge."})
        };
        assert_eq!(
            line("DecisionRecorded", &decision(json!({"reference": "GB/1"}))),
            "approved with conditions, 2019-07-04, item GB/1: RESOLVED to merge."
        );
        assert_eq!(
            line("DecisionRecorded", &decision(Value::Null)),
            "approved with conditions, 2019-07-04: RESOLVED to merge."
        );
        assert_eq!(line("NoSuchType", &json!({})), "");
    }

    #[test]
    fn people_stand_by_their_names_and_bodies_by_their_codes() {
        let facts = |person: &str| {
            json!({"office": "accountable_officer", "person": person, "tenure": "interim", "effective": "2019-07-04",
                   "also_for": ["body/04N", "body/04L"]})
        };
        assert_eq!(
            line("OfficerAppointed", &facts("person/ada")),
            "Ada Lovell is accountable officer (interim) from 2019-07-04, of 04N, 04L too"
        );
        assert!(line("OfficerAppointed", &facts("person/x")).starts_with("person/x is accountable officer"));
    }

    #[test]
    fn an_entry_is_cited_by_where_it_stands_and_what_it_says() {
        assert_eq!(cited(Position(17), "approved: a lease"), "entry 17 (approved: a lease)");
        assert_eq!(cited(Position(17), ""), "entry 17");
        let long = cited(Position(1), &"x".repeat(91));
        assert_eq!(long, format!("entry 1 ({}...)", "x".repeat(CITED_MAX - 3)));
        let corrected = json!({"target": "0197e3c2-5c00-7000-8000-000000000001", "kind": "factual", "reason": "So said."});
        let name_of = |id: &str| id.ends_with('1').then(|| cited(Position(4), "it was so"));
        assert_eq!(
            headline("RecordCorrected", &corrected, &name_of),
            "entry 4 (it was so) is known otherwise (factual): So said."
        );
    }

    #[test]
    fn what_is_sealed_says_so_and_what_is_long_is_cut() {
        let facts = |text: Value| json!({"decided_on": "2019-07-04", "outcome": "approved", "text": text});
        assert_eq!(
            line("DecisionRecorded", &facts(json!({"sealed": "ab"}))),
            "approved, 2019-07-04: (sealed)"
        );
        let long = line("DecisionRecorded", &facts(json!("é".repeat(400))));
        assert!(long.ends_with("é...") && long.chars().count() == LINE_MAX, "{long}");
    }
}
