//! The rules that admit statements about bodies. They judge acts; reports pass them by.

use super::area::holder;
use super::events::{
    AreaVaried, BodyDissolved, BodyEstablished, BodyKind, BodyRegistered, BodyRenamed, Code,
    IdentifierAssigned, SuccessionKind, SuccessionRecorded,
};
use super::state::{Body, Life, bodies_of_code, body, code_subject, unit_subject};
use crate::act::{Capacity, Case, Need, Statement};
use crate::authority::now;
use crate::{BodyId, Date, Malformed, PDate, Record, Rule, Scope, Unit, Verdict, View};
use minutebook_log::Subject;

static BODY_NEW: Rule = Rule {
    id: "body.new",
    says: "A body is established once; an act may adopt what a register listed before.",
    source: "domain 0, joining statements",
};
static BODY_NAME: Rule = Rule {
    id: "body.name",
    says: "A CCG's name starts with NHS and ends with Clinical Commissioning Group; an ICB's ends with Integrated Care Board.",
    source: "NHS (CCG) Regulations 2012 (SI 2012/1631), regulations 3 to 6; NHS Act 2006, section 14Z25",
};
static AREA_OVERLAP: Rule = Rule {
    id: "body.area-overlap",
    says: "The areas of commissioners do not coincide or overlap: a unit has one holder.",
    source: "NHS Act 2006, section 14A(2)(b)",
};
static BODY_KNOWN: Rule =
    Rule { id: "body.known", says: "An act names bodies that the book knows.", source: "domain 2.1" };
static BODY_OPEN: Rule = Rule {
    id: "body.open",
    says: "A body acts, and is acted upon, between its first and its last day.",
    source: "domain 2.1; 2.9, body",
};
static OLD_NAME: Rule =
    Rule { id: "body.old-name", says: "A renaming cites the name that the body has.", source: "domain 2.1" };
static CODE_FREE: Rule = Rule {
    id: "identifier.free",
    says: "A code means one body at a time.",
    source: "domain 2.1; ODS identifiers are never in use twice",
};
static AREA_HELD: Rule = Rule {
    id: "area.held",
    says: "A unit passes only from the body that holds it.",
    source: "NHS Act 2006, section 14A(2): areas cover England and do not overlap",
};
static SUCCESSOR_NAMED: Rule = Rule {
    id: "dissolution.successor",
    says: "A dissolution names who takes over the functions.",
    source: "domain 2.1; NHS Act 2006, section 14H",
};
static SUCCESSION_DATES: Rule = Rule {
    id: "succession.dates",
    says: "A predecessor's last day is the day before the successor's first, absorption apart.",
    source: "domain 2.10, invariant 3",
};

const NHS_ENGLAND_OR_MINISTER: &[Capacity] = &[Capacity::NhsEngland, Capacity::Minister];
const NHS_ENGLAND: &[Capacity] = &[Capacity::NhsEngland];
const SECRETARY: &[Capacity] = &[Capacity::Secretary];
const REGISTER: &[Capacity] = &[Capacity::Register];

/// Everything enacted by now, on the day of an act.
pub(crate) fn enacted(record: &Record, as_at: Date) -> View {
    View { as_at, scope: Scope::Enacted, ..now(record) }
}

/// Asks that a body can act on `date`: it is open then, or named by then as the successor that opens later
/// (a *designate*). A date that is not certain passes with a finding.
pub(crate) fn judge_open(case: &Case<'_>, verdict: &mut Verdict, id: &BodyId, date: &PDate) {
    let at = |day: Option<Date>| day.map(|day| enacted(case.record, day));
    let life = |view: Option<View>| -> Option<Life> {
        let view = view?;
        body(case.record, id, view).map(|body| body.life(view))
    };
    let (first, last) = (life(at(date.earliest())), life(at(date.latest())));
    let known = body(case.record, id, enacted(case.record, Date::of(case.place.recorded))).is_some();
    verdict.hard(known, &BODY_KNOWN, &case.act.subject, || {
        (format!("{id}, which no act or register establishes"), "a body that is established first".to_owned())
    });
    let closed = known && first == Some(Life::Closed);
    let not_open = known && last == Some(Life::NotYetOpen) && !is_designate(case.record, id);
    verdict.hard(!closed && !not_open, &BODY_OPEN, &case.act.subject, || {
        let state = if closed { "closed" } else { "not yet open" };
        (format!("{id} is {state} on {date}"), "a date between its first and its last day".to_owned())
    });
    let certain = [first, last].iter().all(|life| life.is_some_and(|life| life != Life::Unknown));
    verdict.soft(!known || certain, &BODY_OPEN, &case.act.subject, || {
        (
            format!("whether {id} is open on {date} can't be told"),
            "a date, and a life, precise enough to tell".to_owned(),
        )
    });
}

/// Whether an act has named the body that is to open: it acts beforehand as a designate.
fn is_designate(record: &Record, id: &BodyId) -> bool {
    let view = View { scope: Scope::Enacted, ..now(record) };
    record.about(id.subject(), view).any(|told| !told.standing.is_report())
}

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
}

impl Statement for BodyEstablished {
    fn act_date(&self) -> Option<PDate> {
        Some(self.effective.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(NHS_ENGLAND_OR_MINISTER)]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        self.constitution.check()?;
        check_codes(&self.codes)
    }

    fn about(&self) -> Vec<Subject> {
        listed_under(&self.codes, &self.units)
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        judge_new(case, verdict, &case.act.subject);
        judge_name(case, verdict, self.kind, &self.name);
        let Some(day) = self.effective.earliest() else { return };
        let view = enacted(case.record, day);
        for unit in &self.units {
            let holder = holder(case.record, unit, view).body;
            let other = holder.filter(|holder| holder.id.subject() != &case.act.subject);
            verdict.hard(other.is_none(), &AREA_OVERLAP, &case.act.subject, || {
                let id = other.map(|body| body.id.to_string()).unwrap_or_default();
                (
                    format!("unit {unit} is held by {id} on {day}"),
                    "units that no open commissioner holds".to_owned(),
                )
            });
        }
        judge_codes(case, verdict, &case.act.subject, &self.codes);
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
        if let Some(renaming) = &self.name {
            let current = body.name(view).map(|held| held.name.clone()).unwrap_or_default();
            verdict.hard(current == renaming.was, &OLD_NAME, &case.act.subject, || {
                (format!("\"{}\"", renaming.was), format!("\"{current}\", its name on {day}"))
            });
            judge_name(case, verdict, body.kind().unwrap_or(BodyKind::Company), &renaming.now);
        }
    }
}

impl Statement for AreaVaried {
    fn act_date(&self) -> Option<PDate> {
        Some(self.effective.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(NHS_ENGLAND_OR_MINISTER)]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        let changes = self.gains.len() + self.losses.len();
        if (self.extent == super::Extent::Stated) == (changes > 0) {
            return Ok(());
        }
        let needed = "gains or losses if the extent is stated; none if it is not_stated";
        Err(Malformed::new("/data/facts/extent", format!("{:?} with {changes} changes", self.extent), needed))
    }

    fn about(&self) -> Vec<Subject> {
        let changes = self.gains.iter().chain(&self.losses);
        changes
            .flat_map(|change| {
                let whole = change.unit.whole().as_ref().and_then(unit_subject);
                [Some(change.body.subject().clone()), unit_subject(&change.unit), whole]
            })
            .flatten()
            .collect()
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let Some((id, day)) = BodyId::of(&case.act.subject).zip(self.effective.earliest()) else { return };
        judge_open(case, verdict, &id, &self.effective);
        let view = enacted(case.record, day.day_before());
        let gains = self.gains.iter().map(|gain| (&gain.unit, &gain.body));
        let losses = self.losses.iter().map(|loss| (&loss.unit, &id));
        for (unit, from) in gains.chain(losses) {
            let holds = holder(case.record, unit, view).body.map(|body| body.id);
            verdict.hard(holds.as_ref() == Some(from), &AREA_HELD, &case.act.subject, || {
                let held = holds.map_or_else(|| "nobody".to_owned(), |id| id.to_string());
                (format!("unit {unit} is held by {held}"), format!("a unit that {from} holds the day before"))
            });
        }
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

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        judge_codes(case, verdict, &case.act.subject, std::slice::from_ref(&self.0));
    }
}

impl Statement for BodyDissolved {
    fn act_date(&self) -> Option<PDate> {
        Some(self.effective.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(NHS_ENGLAND_OR_MINISTER)]
    }

    fn needs_two_people(&self) -> bool {
        true
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let Some(id) = BodyId::of(&case.act.subject) else { return };
        judge_open(case, verdict, &id, &last_day(&self.effective));
        verdict.hard(!self.successors.is_empty(), &SUCCESSOR_NAMED, &case.act.subject, || {
            ("no successor".to_owned(), "at least one successor for its functions".to_owned())
        });
    }
}

impl Statement for SuccessionRecorded {
    fn act_date(&self) -> Option<PDate> {
        Some(self.effective.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(NHS_ENGLAND_OR_MINISTER)]
    }

    fn about(&self) -> Vec<Subject> {
        vec![self.successor.subject().clone()]
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let Some((id, day)) = BodyId::of(&case.act.subject).zip(self.effective.earliest()) else { return };
        let view = enacted(case.record, day);
        let predecessor = body(case.record, &id, view);
        verdict.hard(predecessor.is_some(), &BODY_KNOWN, &case.act.subject, || {
            (
                format!("{id}, which no act or register establishes"),
                "a predecessor that the book knows".to_owned(),
            )
        });
        let closes = predecessor.and_then(|body| body.closed?.value);
        let fits = self.kind == SuccessionKind::Absorption
            || closes.as_ref().is_none_or(|closes| closes.agrees_with(&self.effective));
        verdict.hard(fits, &SUCCESSION_DATES, &case.act.subject, || {
            let closes = closes.map_or_else(String::new, |closes| closes.to_string());
            (
                format!("{id} is no more from {closes}, the succession is of {}", self.effective),
                "the same day".to_owned(),
            )
        });
    }
}

/// The day before, as precise as the date is.
fn last_day(date: &PDate) -> PDate {
    match date.exact() {
        Some(day) => PDate::day(day.day_before()),
        None => date.clone(),
    }
}

/// Asks that no act has established the body before.
pub(crate) fn judge_new(case: &Case<'_>, verdict: &mut Verdict, subject: &Subject) {
    let view = View { scope: Scope::Enacted, ..now(case.record) };
    let earlier = case.record.about(subject, view).find(|told| {
        told.subject == *subject && !told.standing.is_report() && told.says::<BodyEstablished>().is_some()
    });
    verdict.hard(earlier.is_none(), &BODY_NEW, subject, || {
        let position = earlier.map_or_else(String::new, |told| told.position.to_string());
        (format!("entry {position} established it"), "an id that no act has established".to_owned())
    });
}

/// Asks that the full legal name has the form that the law gives it.
pub(crate) fn judge_name(case: &Case<'_>, verdict: &mut Verdict, kind: BodyKind, name: &str) {
    let ending = match kind {
        BodyKind::Ccg => "Clinical Commissioning Group",
        BodyKind::Icb => "Integrated Care Board",
        _ => return,
    };
    let place = name.strip_prefix("NHS ").and_then(|rest| rest.strip_suffix(ending)).map(str::trim);
    verdict.hard(place.is_some_and(|place| !place.is_empty()), &BODY_NAME, &case.act.subject, || {
        (format!("\"{name}\""), format!("\"NHS <place> {ending}\""))
    });
}

/// Asks that no other body has the codes of `owner` at that time.
pub(crate) fn judge_codes(case: &Case<'_>, verdict: &mut Verdict, owner: &Subject, codes: &[Code]) {
    for code in codes {
        let from = code.from.as_ref().and_then(PDate::earliest);
        let view = enacted(case.record, from.unwrap_or_else(|| Date::of(case.place.recorded)));
        let other = bodies_of_code(case.record, code.scheme, &code.value, view)
            .into_iter()
            .find(|body| body.id.subject() != owner && holds_code(body, code, view));
        verdict.hard(other.is_none(), &CODE_FREE, &case.act.subject, || {
            let id = other.map(|body| body.id.to_string()).unwrap_or_default();
            let found = format!("{} {} means {id} on {}", code.scheme.as_str(), code.value, view.as_at);
            (found, "a code that no other body has at that time".to_owned())
        });
    }
}

fn holds_code(body: &Body, code: &Code, view: View) -> bool {
    let same = |held: &&super::CodeHeld| held.code.scheme == code.scheme && held.code.value == code.value;
    body.life(view) == Life::Open
        && body.codes.iter().filter(same).any(|held| {
            let from = held.code.from.as_ref().is_none_or(|from| view.is_past(from));
            from && held.code.until.as_ref().is_none_or(|until| !view.is_past(until))
        })
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
