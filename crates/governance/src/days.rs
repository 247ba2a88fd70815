//! Days of the world beside the day of the book: what has happened is not later than its record.
//!
//! Which of its dates a type tells of what has happened, and which of what is to come, stands here once for all types;
//! a test holds the table against the schemas, so that no date is forgotten.

use crate::act::Case;
use crate::rules::rules;
use crate::{Act, Certainty, Date, Instant, PDate, Record, Verdict};
use minutebook_log::{Opening, Purpose, Timestamp};
use serde::Deserialize;
use serde_json::Value;
use std::borrow::Cow;

rules! {
    HAPPENED: HardIfCertain =
        "act.happened",
        "In a live ledger, what an act says has happened is no later than its record; of a report it is found.",
        "principle: two clocks, two periods";
    CLOCK: Soft =
        "event.clock",
        "In a live ledger, an event's own time is not after its record, nor more than a month before it.",
        "principle: two clocks, two periods";
    OFFSET: Soft =
        "instant.offset",
        "An hour is written as English clocks show it on that day: +00:00 or Z in winter, +01:00 in summer.",
        "Summer Time Act 1972, section 1 and its orders; principle: two clocks, two periods";
}

/// The dates of one type, as JSON pointers into its facts; `*` stands for every item of a list.
pub(crate) struct Dates {
    /// The name of the type.
    pub(crate) of: &'static str,
    /// Those of what has happened.
    pub(crate) happened: &'static [&'static str],
    /// Those of what may be to come: terms, plans, first days.
    pub(crate) to_come: &'static [&'static str],
}

const fn dates(
    of: &'static str,
    happened: &'static [&'static str],
    to_come: &'static [&'static str],
) -> Dates {
    Dates { of, happened, to_come }
}

/// The dates of every type that has any, in the order of the catalogue.
pub(crate) static DATES: &[Dates] = &[
    dates("AuthorityGranted", &[], &["/acts_from", "/acts_until", "/signs_from", "/signs_until"]),
    dates("DocumentRegistered", &["/published", "/speaks_to"], &[]),
    dates("AuditReported", &["/audited_on"], &[]),
    dates("BodyRegistered", &[], &["/codes/*/from", "/codes/*/until", "/from", "/until"]),
    dates("BodyEstablished", &["/ordered_on"], &["/codes/*/from", "/codes/*/until", "/effective"]),
    dates("BodyRenamed", &[], &["/effective"]),
    dates("AreaVaried", &[], &["/effective"]),
    dates("IdentifierAssigned", &[], &["/from", "/until"]),
    dates("MembershipChanged", &[], &["/effective"]),
    dates("DirectionsChanged", &[], &["/due", "/effective"]),
    dates("BodyDissolved", &[], &["/effective"]),
    dates("SuccessionRecorded", &[], &["/effective"]),
    dates(
        "ReorganisationEffected",
        &["/ordered_on"],
        &["/effective", "/opening/*/codes/*/from", "/opening/*/codes/*/until"],
    ),
    dates("ConstitutionAdopted", &[], &["/effective"]),
    dates("GoverningRulesSet", &[], &["/effective"]),
    dates("PersonRecorded", &[], &["/from"]),
    dates("OfficeDefined", &[], &["/effective", "/until"]),
    dates("RecruitmentOpened", &["/opened_on"], &["/closes_on"]),
    dates("OfficerNominated", &["/nominated_on"], &[]),
    dates("AppointmentDetermined", &["/determined_on"], &[]),
    dates("OfficerAppointed", &[], &["/effective", "/until"]),
    dates("OfficerObserved", &["/observed_on"], &[]),
    dates("AppointmentEnded", &[], &["/effective"]),
    dates("JointAppointmentProposed", &["/proposed_on"], &[]),
    dates("MeetingConvened", &["/called_on"], &["/starts_at"]),
    dates("AgendaPublished", &["/published_on"], &[]),
    dates("MeetingRescheduled", &["/said_on"], &["/change/postponed/to"]),
    dates("MeetingOpened", &["/started_at"], &[]),
    dates("AttendanceRecorded", &["/attendees/*/present/*/came_at", "/attendees/*/present/*/left_at"], &[]),
    dates("MeetingClosed", &["/ended_at"], &[]),
    dates("MinutesDrafted", &["/drafted_on"], &[]),
    dates("MinutesApproved", &["/approved_on"], &[]),
    dates(
        "DecisionRecorded",
        &["/decided_on", "/written/circulated_on", "/written/closed_on"],
        &["/conditions/*/due", "/urgent/ratify_by"],
    ),
    dates("CommitteeEstablished", &[], &["/established_on"]),
    dates("CommitteeMembershipChanged", &[], &["/effective"]),
    dates("CommitteeDissolved", &[], &["/effective"]),
    dates("DelegationGranted", &[], &["/effective", "/until"]),
    dates("DelegationRevoked", &[], &["/effective"]),
    dates("PartnershipFormed", &["/formed_on"], &[]),
    dates("PartnershipChanged", &[], &["/effective"]),
    dates("PartnershipMembershipChanged", &[], &["/effective"]),
    dates("DecisionRatified", &["/ratified_on"], &[]),
    dates("DecisionRescinded", &[], &["/effective"]),
    dates("ActionAssigned", &["/assigned_on"], &["/due"]),
    dates("ActionUpdated", &["/updated_on"], &["/change/postponed/due"]),
    dates("SealUsed", &["/used_on"], &[]),
    dates("InterestRegistered", &["/arose_on", "/aware_on", "/declared_on"], &[]),
    dates("InterestCeased", &["/ceased_on"], &[]),
    dates("BreachRecorded", &["/published_on", "/recorded_on"], &[]),
    dates("MergerExplored", &["/explored_on"], &[]),
    dates("MergerProposed", &["/proposed_on"], &["/proposed_effective"]),
    dates("MemberVoteOpened", &[], &["/closes", "/opens"]),
    dates("MemberVoteDeclared", &["/declared_on"], &[]),
    dates("MembersVoted", &["/closed_on", "/declared_on"], &[]),
    dates("ApplicationSubmitted", &["/submitted_on"], &["/requested_effective"]),
    dates("ApplicationChanged", &["/changed_on"], &["/change/modified/requested_effective"]),
    dates("RegulatorDecisionRecorded", &["/decided_on"], &["/conditions/*/by", "/effective_if_met"]),
    dates("ConditionResolved", &["/resolved_on"], &[]),
    dates("MergerAbandoned", &["/abandoned_on"], &[]),
    dates("ConsultationOpened", &[], &["/closes_at", "/opens"]),
    dates("ConsultationChanged", &["/changed_on"], &["/change/extended/closes_at"]),
    dates("ResponseRecorded", &["/received_at"], &[]),
    dates("EngagementHeld", &["/held_on"], &[]),
    dates("ConsultationClosed", &["/closed_at"], &[]),
    dates("EvaluatorAppointed", &["/appointed_on"], &[]),
    dates("EvaluationPublished", &["/published_on"], &[]),
    dates("ConsultationAnswered", &["/answered_on"], &[]),
    dates("TargetSet", &[], &["/by"]),
    dates("TargetOutcomeRecorded", &["/known_on"], &[]),
    dates("AttributeReported", &["/stated_on"], &["/period"]),
    dates("IntentionRecorded", &["/stated_on"], &["/when"]),
    dates("IntentionResolved", &["/resolved_on"], &[]),
    dates("StatementRecorded", &["/said_on"], &[]),
];

/// How far two people's clocks may be apart.
const CLOCKS_APART: i64 = 5 * MINUTE;
const MINUTE: i64 = 60 * 1_000_000;
/// An English clock is an hour ahead of UTC in summer: a day has begun there before it has in UTC.
const AHEAD: i64 = 60 * MINUTE;
/// How long a draft may travel between its signers before somebody is told.
const TRAVELS: i64 = 31 * 24 * 60 * MINUTE;

/// The last day that can have begun in England when something was recorded.
pub(crate) fn today(recorded: Timestamp) -> Date {
    let ahead = recorded.as_micros().saturating_add(AHEAD);
    Date::of(Timestamp::from_micros(ahead).unwrap_or(recorded))
}

/// Whether the ledger records acts as they are made, and does not play the past again.
fn is_live(record: &Record) -> bool {
    let opening = record.first().and_then(|first| first.statement.downcast::<Opening>());
    opening.is_some_and(|opening| opening.purpose == Purpose::Live)
}

impl Case<'_> {
    /// The last day that `date` can mean; where the source bounds it not, the day on which the act is
    /// recorded.
    pub(crate) fn last_day_of(&self, date: &PDate) -> Date {
        date.latest().unwrap_or_else(|| Date::of(self.place.recorded))
    }
}

/// What the days say of an act: nothing has happened that the book could not know yet, clocks agree, hours are English.
pub(crate) fn judge_days(case: &Case<'_>, verdict: &mut Verdict) {
    judge_offsets(case, verdict);
    if is_live(case.record) {
        judge_clock(case, verdict);
        judge_happened(case, verdict);
    }
}

fn judge_happened(case: &Case<'_>, verdict: &mut Verdict) {
    let Some(row) = row_of(case.act.name) else { return };
    let told = row.happened.iter().flat_map(|path| found(&case.act.facts, path));
    for (at, value) in told {
        let holds = has_happened(value, case.place.recorded);
        let explain = || {
            let said = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
            let until = if instant(value).is_some() {
                in_english(case.place.recorded.as_micros())
            } else {
                today(case.place.recorded).to_string()
            };
            if holds == Certainty::Unknown {
                let found = format!("{at} is {said}: it can't be told whether it has come");
                return (
                    found,
                    format!("a time that ends on {until} or earlier: what is recorded has happened"),
                );
            }
            let needed = format!(
                "{until} or earlier: what is to come is an IntentionRecorded, and is recorded here once it has happened"
            );
            (format!("{at} is {said}, which has not come yet"), needed)
        };
        match (case.act.standing.is_report(), holds) {
            // What others say may well be as imprecise as that.
            (true, _) => verdict.soft(holds != Certainty::No, &HAPPENED, &case.act.subject, explain),
            (false, Certainty::Unknown) => verdict.soft(false, &HAPPENED, &case.act.subject, explain),
            (false, _) => verdict.hard(holds == Certainty::Yes, &HAPPENED, &case.act.subject, explain),
        }
    }
}

/// Whether a date has come by then; unknown where it may mean a later day too. Of words without an end the record says that
/// they have come.
fn has_happened(value: &Value, recorded: Timestamp) -> Certainty {
    if let Some(instant) = instant(value) {
        return (instant.as_micros() <= recorded.as_micros().saturating_add(CLOCKS_APART)).into();
    }
    let (day, today) = (day(value), today(recorded));
    let has_come = |day: Option<Date>| day.is_none_or(|day| day <= today);
    match &day {
        Some(day) if !has_come(day.earliest()) => Certainty::No,
        Some(day) if !has_come(day.latest()) => Certainty::Unknown,
        _ => Certainty::Yes,
    }
}

fn judge_clock(case: &Case<'_>, verdict: &mut Verdict) {
    let behind = case.place.recorded.as_micros().saturating_sub(case.act.time.as_micros());
    let near = (-CLOCKS_APART..=TRAVELS).contains(&behind);
    verdict.soft(near, &CLOCK, &case.act.subject, || {
        let found = format!("written at {}, recorded at {}", case.act.time, case.place.recorded);
        (found, "a time shortly before its record".to_owned())
    });
}

fn judge_offsets(case: &Case<'_>, verdict: &mut Verdict) {
    let Some(row) = row_of(case.act.name) else { return };
    let told = row.happened.iter().chain(row.to_come).flat_map(|path| found(&case.act.facts, path));
    for (at, instant) in told.filter_map(|(at, value)| Some((at, instant(value)?))) {
        verdict.soft(is_english(&instant), &OFFSET, &case.act.subject, || {
            (format!("{at} is {instant}"), format!("the same as {}", in_english(instant.as_micros())))
        });
    }
}

/// Every date that an act names, of what has happened and of what is to come; of a moment, its day.
pub(crate) fn dates_of(act: &Act) -> Vec<PDate> {
    let paths = row_of(act.name).into_iter().flat_map(|row| row.happened.iter().chain(row.to_come));
    let values = paths.flat_map(|path| found(&act.facts, path));
    values.filter_map(|(_at, value)| instant(value).map(|at| at.day()).or_else(|| day(value))).collect()
}

fn row_of(name: &str) -> Option<&'static Dates> {
    DATES.iter().find(|row| row.of == name)
}

fn instant(value: &Value) -> Option<Instant> {
    // Most dates are days, of which nobody asks what is wrong with them as an instant.
    value.as_str().filter(|text| text.contains('T'))?.parse().ok()
}

fn day(value: &Value) -> Option<PDate> {
    PDate::deserialize(value).ok()
}

/// The offset from UTC that English clocks show at that moment: +00:00 in winter, +01:00 in summer.
pub fn english_offset(moment: Timestamp) -> &'static str {
    offset(moment.as_micros())
}

/// Whether the offset is one that English clocks show then. `Z` is nobody's clock, and says UTC.
fn is_english(instant: &Instant) -> bool {
    let written = instant.to_string();
    written.ends_with('Z') || written.ends_with(offset(instant.as_micros()))
}

/// A moment as English clocks show it, to the second.
fn in_english(micros: i64) -> String {
    let ahead = if offset(micros) == "+01:00" { AHEAD } else { 0 };
    let clock = Timestamp::from_micros(micros.saturating_add(ahead))
        .map_or_else(String::new, |clock| clock.to_string());
    format!("{}{}", clock.split('.').next().unwrap_or_default(), offset(micros))
}

/// Summer time goes from one o'clock UTC on the last Sunday of March until then on the last of October.
fn offset(micros: i64) -> &'static str {
    let hour_less = Timestamp::from_micros(micros.saturating_sub(AHEAD));
    let Some(hour_less) = hour_less else { return "+00:00" };
    let day = Date::of(hour_less);
    let (_year, month, _day) = day.parts();
    let is_summer = match month {
        4..=9 => true,
        3 => day >= last_sunday(day),
        10 => day < last_sunday(day),
        _ => false,
    };
    if is_summer { "+01:00" } else { "+00:00" }
}

/// The last Sunday of a month of 31 days.
fn last_sunday(in_month: Date) -> Date {
    let (year, month, _day) = in_month.parts();
    let days = (25..=31).filter_map(|day| format!("{year:04}-{month:02}-{day:02}").parse::<Date>().ok());
    days.into_iter().find(|day| day.is_weekend() && day.day_before().is_weekend()).unwrap_or(in_month)
}

/// The values at a path, each with its pointer; `*` stands for every item.
fn found<'a>(facts: &'a Value, path: &'static str) -> Vec<(Cow<'static, str>, &'a Value)> {
    if !path.contains('*') {
        let value = path.split('/').skip(1).try_fold(facts, |value, part| value.get(part));
        return value.map(|value| (Cow::Borrowed(path), value)).into_iter().collect();
    }
    let mut found = vec![(String::new(), facts)];
    for part in path.split('/').skip(1) {
        found = found.into_iter().flat_map(|(at, value)| members(at, value, part)).collect();
    }
    found.into_iter().map(|(at, value)| (Cow::Owned(at), value)).collect()
}

fn members<'a>(at: String, value: &'a Value, part: &str) -> Vec<(String, &'a Value)> {
    match part {
        "*" => {
            let items = value.as_array().into_iter().flatten().enumerate();
            items.map(|(index, item)| (format!("{at}/{index}"), item)).collect()
        }
        name => value.get(name).map(|member| (format!("{at}/{name}"), member)).into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::CATALOGUE;
    use serde_json::json;
    use std::collections::BTreeSet;

    fn english(text: &str) -> String {
        in_english(text.parse::<Instant>().unwrap().as_micros())
    }

    #[test]
    fn english_clocks_go_forward_in_march_and_back_in_october() {
        for (utc, clock) in [
            ("2019-03-31T00:59:59Z", "2019-03-31T00:59:59+00:00"),
            ("2019-03-31T01:00:00Z", "2019-03-31T02:00:00+01:00"),
            ("2019-10-27T00:59:59Z", "2019-10-27T01:59:59+01:00"),
            ("2019-10-27T01:00:00Z", "2019-10-27T01:00:00+00:00"),
            ("2026-10-25T00:30:00Z", "2026-10-25T01:30:00+01:00"),
            ("2026-11-29T12:00:00+02:00", "2026-11-29T10:00:00+00:00"),
            ("2020-02-29T12:00:00Z", "2020-02-29T12:00:00+00:00"),
        ] {
            assert_eq!(english(utc), clock);
        }
    }

    #[test]
    fn a_path_finds_every_item() {
        let facts = json!({"list": [{"a": {"b": 1}}, {"c": 2}, {"a": {"b": 3}}]});
        let at: Vec<_> = found(&facts, "/list/*/a/b").into_iter().map(|(at, _value)| at).collect();
        assert_eq!(at, ["/list/0/a/b", "/list/2/a/b"]);
        assert!(found(&facts, "/none").is_empty());
    }

    /// The paths of a type's dates and instants, from its schema.
    fn dates_in(schema: &Value, node: &Value, path: &str, within: &[&str], dates: &mut BTreeSet<String>) {
        let reference = node["$ref"].as_str().map(|name| name.trim_start_matches("#/$defs/"));
        if matches!(reference, Some("PDate" | "Date" | "Instant")) {
            dates.insert(path.to_owned());
        } else if let Some(name) = reference.filter(|name| !within.contains(name)) {
            dates_in(schema, &schema["$defs"][name], path, &[within, &[name]].concat(), dates);
        }
        for (name, member) in node["properties"].as_object().into_iter().flatten() {
            dates_in(schema, member, &format!("{path}/{name}"), within, dates);
        }
        if let Some(items) = node.get("items") {
            dates_in(schema, items, &format!("{path}/*"), within, dates);
        }
        for choice in ["anyOf", "oneOf"].iter().filter_map(|name| node[*name].as_array()).flatten() {
            dates_in(schema, choice, path, within, dates);
        }
    }

    #[test]
    fn every_date_of_every_type_has_happened_or_is_to_come() {
        for row in &CATALOGUE {
            let schema: Value = row.schema().to_value();
            let mut dates = BTreeSet::new();
            dates_in(&schema, &schema["properties"]["facts"], "", &[], &mut dates);
            let listed: BTreeSet<String> = row_of(row.name)
                .map(|row| row.happened.iter().chain(row.to_come).map(|path| (*path).to_owned()).collect())
                .unwrap_or_default();
            assert_eq!(listed, dates, "{}", row.name);
        }
        assert_eq!(DATES.iter().map(|row| row.of).collect::<BTreeSet<_>>().len(), DATES.len());
    }
}
