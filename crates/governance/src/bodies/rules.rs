//! The rules that admit statements about bodies. They judge acts; what they would refuse in a report is found of it.

use super::codes::{code_subject, unit_subject};
use super::events::{BodyEstablished, BodyRegistered, BodyRenamed, Code, IdentifierAssigned, Renaming};
use super::held::NameHeld;
use super::judge::{
    BODY_OPEN, enacted, is_held_by, is_there, judge_codes, judge_known, judge_name, judge_new,
    judge_not_ended, judge_open, judge_passing, judge_there,
};
use super::law::judge_law_of_day;
use super::passing::{AreaVaried, SuccessionKind, SuccessionRecorded};
use super::state::{Body, body};
use crate::act::{Capacity, Case, NHS_ENGLAND, Need, REGULATOR, SECRETARY, Statement};
use crate::provisions::provisions;
use crate::rules::rules;
use crate::{BodyId, Certainty, Date, Malformed, PDate, Standing, Unit, Verdict, Violation};
use minutebook_log::Subject;
use std::collections::BTreeSet;

rules! {
    AREA_OVERLAP: HardIfCertain =
        "body.area-overlap",
        "The areas of commissioners do not coincide or overlap: a unit has one holder.",
        provisions!(areas);
    OLD_NAME: Hard =
        "body.old-name",
        "A renaming cites the name that the body has.",
        "principle: step by step";
    PASSES_ONCE: Hard =
        "succession.passes-once",
        "What a body leaves passes to one successor: all of it once, or each unit once.",
        concat!(provisions!(areas), ": areas cover England and do not overlap");
    SUCCESSION_DATES: Hard =
        "succession.dates",
        "A predecessor's last day is the day before the successor's first, absorption apart.",
        provisions!(areas);
}

const REGISTER: &[Capacity] = &[Capacity::Register];

impl Statement for BodyRegistered {
    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(&[Capacity::Register, Capacity::Importer])]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        if self.name.is_none() && self.short_name.is_none() {
            return Err(Malformed::new("/data/facts/name", "no name", "a name or a short_name"));
        }
        check_codes(&self.codes)
    }

    fn about(&self) -> Vec<Subject> {
        listed_under(&self.codes, &self.units)
    }

    fn judge_references(&self, case: &Case<'_>, verdict: &mut Verdict) {
        if let Some(from) = &self.from {
            judge_law_of_day(case, verdict, &case.act.subject, (self.kind, None), from);
        }
    }
}

impl Statement for BodyEstablished {
    fn act_date(&self) -> Option<PDate> {
        Some(self.effective.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        // NHS England alone makes commissioners; a minister may make others.
        vec![Need::any(if self.kind.is_commissioner() { NHS_ENGLAND } else { REGULATOR })]
    }

    fn judge_references(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let kind = (self.kind, Some(self.legal_basis));
        judge_law_of_day(case, verdict, &case.act.subject, kind, &self.effective);
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        self.constitution.check("/data/facts/constitution")?;
        check_codes(&self.codes)
    }

    fn about(&self) -> Vec<Subject> {
        listed_under(&self.codes, &self.units)
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        judge_new(case, verdict, &case.act.subject);
        judge_name(case, verdict, self.kind, &self.name);
        judge_codes(case, verdict, &case.act.subject, &self.codes, &self.effective, &[]);
        if self.kind.is_commissioner() {
            self.judge_area(case, verdict);
        }
    }
}

impl BodyEstablished {
    fn judge_area(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let day_after = day_after(&self.effective);
        for unit in &self.units {
            let free = is_held_by(case.record, unit, &day_after, |holder| {
                holder.is_none_or(|holder| holder.subject() == &case.act.subject)
            });
            verdict.hard_if_certain(free, &AREA_OVERLAP, &case.act.subject, || {
                let found = format!("unit {unit} is held by another body on {}", self.effective);
                (found, "units that no open commissioner holds, or that pass to it (AreaVaried, ReorganisationEffected)".to_owned())
            });
        }
    }
}

impl Statement for BodyRenamed {
    fn act_date(&self) -> Option<PDate> {
        Some(self.effective.clone())
    }

    fn needs(&self, subject: &Subject) -> Vec<Need> {
        vec![Need::any(NHS_ENGLAND), Need::of(SECRETARY, BodyId::of(subject).into_iter().collect())]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        if self.name.is_none() && self.short_name.is_none() {
            return Err(Malformed::new(
                "/data/facts/name",
                "no name",
                "a name or a short_name, each with was and now",
            ));
        }
        Ok(())
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let Some(id) = BodyId::of(&case.act.subject) else { return };
        judge_open(case, verdict, &id, &self.effective);
        let day = self.effective.earliest().map_or_else(|| Date::of(case.place.recorded), Date::day_before);
        let view = enacted(case.record, day);
        let Some(body) = body(case.record, &id, view) else { return };
        let cites = |renaming: &Option<Renaming>, current: Vec<&NameHeld>, verdict: &mut Verdict| {
            let Some(renaming) = renaming.as_ref().filter(|_renaming| !current.is_empty()) else { return };
            let is_cited = current.iter().any(|held| held.name.eq_ignore_ascii_case(&renaming.was));
            verdict.hard(is_cited, &OLD_NAME, &case.act.subject, || {
                let names: Vec<_> = current.iter().map(|held| format!("\"{}\"", held.name)).collect();
                (format!("\"{}\"", renaming.was), format!("{}, its name on {day}", names.join(" or ")))
            });
        };
        cites(&self.name, body.names_on(view), verdict);
        cites(&self.short_name, body.short_names_on(view), verdict);
        if let Some((kind, renaming)) = body.kind().zip(self.name.as_ref()) {
            judge_name(case, verdict, kind, &renaming.now);
        }
    }
}

impl Statement for AreaVaried {
    fn act_date(&self) -> Option<PDate> {
        Some(self.effective.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(REGULATOR)]
    }

    fn check_form(&self, subject: &Subject) -> Result<(), Malformed> {
        check_others(
            "/data/facts",
            subject,
            self.gains.iter().chain(&self.losses).map(|change| &change.body),
        )?;
        let changes = self.gains.len() + self.losses.len();
        if (self.extent == super::AreaExtent::Stated) == (changes > 0) {
            return Ok(());
        }
        let needed = "gains or losses if the extent is stated; none if it is not_stated";
        let extent = if changes > 0 { "not_stated" } else { "stated" };
        Err(Malformed::new("/data/facts/extent", format!("{extent} with {changes} changes"), needed))
    }

    fn about(&self) -> Vec<Subject> {
        let changes = self.gains.iter().chain(&self.losses);
        changes.flat_map(|change| listed_unit(&change.unit).chain([change.body.subject().clone()])).collect()
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let Some(id) = BodyId::of(&case.act.subject) else { return };
        let others = self.gains.iter().chain(&self.losses).map(|change| &change.body);
        let parties: BTreeSet<_> = others.chain([&id]).collect();
        for party in parties {
            judge_there(case, verdict, party, &self.effective);
            judge_not_ended(case, verdict, party);
        }
        judge_passing(case, verdict, &id, (&self.gains, &self.losses), &self.effective);
    }

    /// What a body gave passed with its end: on the morrow of its last day, as registers write it. An act is asked otherwise: what
    /// a body gives it gives before.
    fn agrees(&self, case: &Case<'_>, broken: &Violation) -> bool {
        let Some(id) = BodyId::of(&case.act.subject) else { return false };
        let others = self.gains.iter().chain(&self.losses).map(|change| &change.body);
        let gives = |party: &BodyId| match *party == id {
            true => !self.losses.is_empty(),
            false => self.gains.iter().any(|it| it.body == *party),
        };
        let mut parties = others.chain([&id]);
        broken.rule.id == BODY_OPEN.id
            && parties.all(|party| {
                let known = body(case.record, party, enacted(case.record, Date::of(case.place.recorded)));
                let Some(known) = known else { return false };
                let closed = known.closed.as_ref().and_then(|closed| closed.value.as_ref());
                let ends_then =
                    closed.is_some_and(|day| day.exact().is_some() && day.exact() == self.effective.exact());
                is_there(case.record, &known, &self.effective) != Certainty::No || (ends_then && gives(party))
            })
    }
}

impl Statement for IdentifierAssigned {
    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(REGISTER)]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        check_codes(std::slice::from_ref(&self.0))
    }

    fn about(&self) -> Vec<Subject> {
        listed_under(std::slice::from_ref(&self.0), &[])
    }
}

impl Statement for SuccessionRecorded {
    fn act_date(&self) -> Option<PDate> {
        Some(self.effective.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(REGULATOR)]
    }

    fn check_form(&self, subject: &Subject) -> Result<(), Malformed> {
        check_others("/data/facts/successor", subject, [&self.successor])
    }

    fn about(&self) -> Vec<Subject> {
        let units = self.units.iter().flatten().flat_map(listed_unit);
        units.chain([self.successor.subject().clone()]).collect()
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let Some(id) = BodyId::of(&case.act.subject) else { return };
        judge_there(case, verdict, &self.successor, &self.effective);
        judge_not_ended(case, verdict, &self.successor);
        let Some(predecessor) = judge_known(case, verdict, &id) else { return };
        judge_passes_once(case, verdict, &predecessor, (&self.successor, self.units.as_ref()));
        let closes = predecessor.closed.and_then(|closed| closed.value);
        // What is absorbed in parts may go on for a while.
        let fits = closes.as_ref().is_none_or(|closes| match self.kind {
            SuccessionKind::Absorption => closes.is_before(&self.effective) != Certainty::Yes,
            _ => closes.agrees_with(&self.effective),
        });
        verdict.hard(fits, &SUCCESSION_DATES, &case.act.subject, || {
            let closes = closes.map_or_else(String::new, |closes| closes.to_string());
            (
                format!("{id} is no more from {closes}, the succession is of {}", self.effective),
                "that first day on which it is no more; or the kind absorption".to_owned(),
            )
        });
    }
}

/// Asks that no other body takes from the predecessor what `successor` is to take: these units, or all that no other
/// succession names.
pub(crate) fn judge_passes_once(
    case: &Case<'_>,
    verdict: &mut Verdict,
    predecessor: &Body,
    (successor, units): (&BodyId, Option<&Vec<Unit>>),
) {
    let others = predecessor.successors.iter().filter(|link| link.body != *successor);
    for other in others.filter(|link| link.standing().is_some_and(Standing::is_enacted)) {
        let taken = match (units, &other.units) {
            (None, None) => vec!["everything".to_owned()],
            (Some(these), Some(theirs)) => {
                let is_taken =
                    |unit: &&Unit| theirs.iter().any(|it| unit.is_within(it) || it.is_within(unit));
                these.iter().filter(is_taken).map(ToString::to_string).collect()
            }
            // One of them takes what the other does not name.
            _ => Vec::new(),
        };
        verdict.hard(taken.is_empty(), &PASSES_ONCE, &case.act.subject, || {
            let found =
                format!("{} of {} passes to {} already", taken.join(", "), predecessor.id, other.body);
            let needed =
                "units that no other succession names, or a correction of the other first (RecordCorrected)";
            (found, needed.to_owned())
        });
    }
}

/// The day before, as precise as the date is.
pub(crate) fn last_day(date: &PDate) -> PDate {
    match date.exact() {
        Some(day) => PDate::day(day.day_before()),
        None => date.clone(),
    }
}

/// The day after, for a question about the day before it.
fn day_after(date: &PDate) -> PDate {
    match date.exact() {
        Some(day) => PDate::day(day.day_after()),
        None => date.clone(),
    }
}

/// Nobody follows itself, or gives something to itself.
pub(crate) fn check_others<'a>(
    at: &str,
    subject: &Subject,
    others: impl IntoIterator<Item = &'a BodyId>,
) -> Result<(), Malformed> {
    match others.into_iter().find(|other| other.subject() == subject) {
        Some(itself) => Err(Malformed::new(at, format!("{itself} itself"), "another body")),
        None => Ok(()),
    }
}

fn check_codes(codes: &[Code]) -> Result<(), Malformed> {
    match codes.iter().find(|code| code_subject(code.scheme, &code.value).is_none()) {
        Some(code) => {
            Err(Malformed::quoting("/data/facts/codes/value", &code.value, "a code of [A-Za-z0-9._-]+"))
        }
        None => Ok(()),
    }
}

fn listed_under(codes: &[Code], units: &[Unit]) -> Vec<Subject> {
    let codes = codes.iter().filter_map(|code| code_subject(code.scheme, &code.value));
    codes.chain(units.iter().filter_map(unit_subject)).collect()
}

/// A part is found under the whole, too.
fn listed_unit(unit: &Unit) -> impl Iterator<Item = Subject> + use<> {
    let whole = unit.whole().as_ref().and_then(unit_subject);
    unit_subject(unit).into_iter().chain(whole)
}
