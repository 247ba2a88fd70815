//! The rules that admit statements about people and offices.

use super::events::{
    AppointmentEnded, EndReason, OfficeDefined, OfficerAppointed, OfficerObserved, PersonRecorded,
};
use super::holdings::{Holding, holdings, office_held};
use super::office::Office;
use crate::act::{Capacity, Case, Need, SECRETARY, Statement, body_of};
use crate::bodies::{BodyKind, body, enacted, judge_open};
use crate::provisions::provisions;
use crate::rules::rules;
use crate::{BodyId, Certainty, Date, Finding, Malformed, PDate, PersonId, Record, Scope, Verdict, View};
use minutebook_log::{Position, Subject};
use std::collections::{BTreeMap, BTreeSet};

rules! {
    ONE_HOLDER: HardIfCertain =
        "office.one-holder",
        "An office of a body has one holder at a time, substantive or interim.",
        concat!(provisions!(leaders), "; principle: step by step");
    APPOINTED_ONCE: Soft =
        "office.appointed-once",
        "A body appoints a person to an office from a day once, in the same way and for the same term.",
        "principle: good minutes";
    HOLDER: Hard =
        "office.holder",
        "An appointment that ends is one that the book knows, and that has not ended before.",
        "principle: step by step";
    END_AFTER_START: HardIfCertain =
        "office.end-after-start",
        "An appointment ends no earlier than it starts.",
        "principle: step by step";
    ABOLISHED_VACANT: HardIfCertain =
        "office.abolished-vacant",
        "An office is abolished only once nobody holds it.",
        "principle: step by step";
    CHAIR_REMOVED: Hard =
        "office.board-chair-removed",
        "Only NHS England removes the chair of an ICB, with the approval of the Secretary of State.",
        "NHS Act 2006, Schedule 1B, paragraph 6";
    PERSON_KNOWN: Hard =
        "person.known",
        "An officer is a person whom the book knows.",
        "principle: people behind random ids";
}

const WHO_KNOWS_PEOPLE: &[Capacity] = &[Capacity::Secretary, Capacity::NhsEngland];

/// Asks that the person is recorded: names hang on the id.
pub(crate) fn judge_person(case: &Case<'_>, verdict: &mut Verdict, person: &PersonId) {
    let view = crate::authority::now(case.record);
    let known = case.record.saying::<PersonRecorded>(person.subject(), view).next().is_some();
    verdict.hard(known, &PERSON_KNOWN, &case.act.subject, || {
        (format!("{person}, whom no entry records"), "a person recorded first (PersonRecorded)".to_owned())
    });
}

/// The offices of a body that two people held on a day by the view's, substantive or interim, or in which two were seen: each was
/// admitted, and a correction, or reports, brought them together.
pub fn office_findings(record: &Record, id: &BodyId, view: View) -> Vec<Finding> {
    let sole = Office::ALL.into_iter().filter(|office| !office.has_several_seats());
    sole.flat_map(|office| held_together(record, id, office, view)).collect()
}

/// Those who hold an office together, on the first day on which they do.
fn held_together(record: &Record, id: &BodyId, office: Office, view: View) -> Vec<Finding> {
    let all = holdings(record, id, office, view);
    let starts =
        all.iter().flat_map(|held| held.from.iter().chain(held.observed.iter().map(|seen| &seen.on)));
    let mut found: BTreeMap<BTreeSet<PersonId>, (Date, BTreeSet<Position>)> = BTreeMap::new();
    let days = starts.filter_map(PDate::latest).filter(|day| *day <= view.as_at);
    for day in days.collect::<BTreeSet<_>>() {
        let held = office_held(record, id, office, view.at(day));
        // Whether the body is open then may be unknown: who was seen in its office that very day was seen there all the same.
        let seen = held.perhaps.iter().filter(|it| it.tenure.is_none());
        let together: Vec<_> = held.holders.iter().chain(seen).filter(|it| it.is_there_on(day)).collect();
        let people: BTreeSet<_> = together.iter().map(|it| it.person.clone()).collect();
        if people.len() > 1 {
            let why = together.iter().flat_map(|it| &it.sources).map(|source| source.position).collect();
            found.entry(people).or_insert((day, why));
        }
    }
    let finding = |(people, (day, why)): (BTreeSet<PersonId>, (Date, BTreeSet<Position>))| Finding {
        rule: &ONE_HOLDER,
        subject: id.subject().clone(),
        found: format!(
            "{} are {} on {day}",
            people.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and "),
            office.as_str().replace('_', " ")
        ),
        needed: "an end of all but one (AppointmentEnded), or a correction".to_owned(),
        why: why.into_iter().collect(),
    };
    found.into_iter().map(finding).collect()
}

impl Statement for PersonRecorded {
    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(WHO_KNOWS_PEOPLE)]
    }
}

impl Statement for OfficeDefined {
    fn act_date(&self) -> Option<PDate> {
        Some(self.effective.clone())
    }

    fn needs(&self, subject: &Subject) -> Vec<Need> {
        vec![Need::of(SECRETARY, body_of(subject))]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        if self.seats == 0 {
            return Err(Malformed::new("/data/facts/seats", "0", "at least 1"));
        }
        match self.until.as_ref().filter(|until| self.effective.is_before(until) == Certainty::No) {
            Some(until) => {
                let needed = format!("a day after {}, the first of the office", self.effective);
                Err(Malformed::new("/data/facts/until", until.to_string(), needed))
            }
            None => Ok(()),
        }
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        for id in body_of(&case.act.subject) {
            judge_open(case, verdict, &id, &self.effective);
            self.judge_abolition(case, verdict, &id);
        }
    }
}

impl OfficeDefined {
    /// Whoever holds an office goes before it does; one who was only observed does not stand in the way.
    fn judge_abolition(&self, case: &Case<'_>, verdict: &mut Verdict, id: &BodyId) {
        let Some(until) = &self.until else { return };
        let view = enacted(case.record, case.last_day_of(until));
        for held in holdings(case.record, id, self.office, view) {
            let Some(from) = &held.from else { continue };
            let goes_on = held.until.as_ref().map_or(Certainty::Yes, |end| until.is_before(end));
            let held_then = from.is_before(until).and(goes_on);
            verdict.hard_if_certain(held_then.negated(), &ABOLISHED_VACANT, &case.act.subject, || {
                let found = format!("{} holds it from {from} on", held.person);
                (found, format!("an end of that appointment by {until} (AppointmentEnded)"))
            });
        }
    }
}

impl OfficerAppointed {
    /// Two people can't hold one seat: a holder whose own dates are known stands in the way, one who was
    /// only observed does not.
    pub(crate) fn judge_one_holder(&self, case: &Case<'_>, verdict: &mut Verdict, id: &BodyId) {
        if !self.tenure.is_sole() {
            return;
        }
        if self.office.has_several_seats() {
            return self.judge_seats(case, verdict, id);
        }
        let view = enacted(case.record, case.last_day_of(&self.effective));
        let others = holdings(case.record, id, self.office, view).into_iter();
        for rival in others.filter(|other| other.person != self.person) {
            let Some(together) = rival.overlaps(&self.effective, self.until.as_ref()) else { continue };
            let starts = rival.from.as_ref().map_or_else(String::new, ToString::to_string);
            verdict.hard_if_certain(together.negated(), &ONE_HOLDER, &case.act.subject, || {
                let found = format!("{} holds it from {starts} on", rival.person);
                (found, "an end of that appointment first (AppointmentEnded)".to_owned())
            });
        }
    }
}

impl OfficerAppointed {
    /// Finds that an act has said the same before: one appointment that was entered twice. What reports say again
    /// confirms it, and another term or another tenure is another appointment.
    pub(crate) fn judge_appointed_once(&self, case: &Case<'_>, verdict: &mut Verdict, id: &BodyId) {
        if case.act.standing.is_report() {
            return;
        }
        let told = case.record.saying::<OfficerAppointed>(id.subject(), enacted(case.record, Date::LAST));
        let mut told = told.filter(|told| told.subject == *id.subject() && !told.standing.is_report());
        let again = told.find(|told| told.says::<OfficerAppointed>().is_some_and(|said| self.repeats(said)));
        verdict.soft(again.is_none(), &APPOINTED_ONCE, &case.act.subject, || {
            let at = again.map_or_else(String::new, |told| told.position.to_string());
            let office = self.office.as_str().replace('_', " ");
            let found = format!(
                "entry {at} appoints {} {office} of {id} from {} on already",
                self.person, self.effective
            );
            let needed = "one appointment; what was recorded twice is withdrawn (RecordCorrected, duplicate)";
            (found, needed.to_owned())
        });
    }

    fn repeats(&self, other: &Self) -> bool {
        let key =
            |it: &Self| (it.office, it.person.clone(), it.tenure, it.effective.clone(), it.until.clone());
        key(self) == key(other)
    }
}

impl Statement for OfficerObserved {
    fn needs(&self, subject: &Subject) -> Vec<Need> {
        vec![Need::of(WHO_KNOWS_PEOPLE, body_of(subject))]
    }

    fn about(&self) -> Vec<Subject> {
        vec![self.person.subject().clone()]
    }

    fn judge_references(&self, case: &Case<'_>, verdict: &mut Verdict) {
        judge_person(case, verdict, &self.person);
    }
}

impl AppointmentEnded {
    fn judge_removal(&self, case: &Case<'_>, verdict: &mut Verdict, id: &BodyId) {
        let known = body(case.record, id, enacted(case.record, case.last_day_of(&self.effective)));
        let is_board = known.is_some_and(|body| body.kind() == Some(BodyKind::Icb));
        if !is_board || self.office != Office::Chair || self.reason != EndReason::Removal {
            return;
        }
        let signed = |capacity| case.act.signatories.iter().any(|it| it.capacity == capacity);
        let approved = signed(Capacity::Minister) || !case.act.evidence.is_empty();
        let removed = signed(Capacity::NhsEngland) && approved;
        verdict.hard(removed, &CHAIR_REMOVED, &case.act.subject, || {
            let found = match signed(Capacity::NhsEngland) {
                true => "a removal without the Secretary of State's approval",
                false => "a removal that NHS England does not sign",
            };
            let needed = "NHS England's signature, and the approval of the minister: a signature, or the letter as evidence";
            (found.to_owned(), needed.to_owned())
        });
    }
}

impl Statement for AppointmentEnded {
    fn act_date(&self) -> Option<PDate> {
        Some(self.effective.clone())
    }

    fn needs(&self, subject: &Subject) -> Vec<Need> {
        match self.office {
            Office::AccountableOfficer | Office::ChiefExecutive | Office::Chair => {
                vec![Need::of(WHO_KNOWS_PEOPLE, body_of(subject))]
            }
            _ => vec![Need::of(SECRETARY, body_of(subject))],
        }
    }

    fn about(&self) -> Vec<Subject> {
        vec![self.person.subject().clone()]
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let view = View { scope: Scope::Reported, ..enacted(case.record, case.last_day_of(&self.effective)) };
        for id in body_of(&case.act.subject) {
            self.judge_removal(case, verdict, &id);
            let held = holdings(case.record, &id, self.office, view);
            let theirs = || held.iter().filter(|held| held.person == self.person);
            let lasts = |held: &Holding| {
                held.until.as_ref().is_none_or(|until| until.is_before(&self.effective) != Certainty::Yes)
            };
            let is_in_order = |held: &Holding| {
                let from = held.from.as_ref();
                from.map_or(Certainty::Yes, |from| self.effective.is_before(from).negated())
            };
            // What is only reported to have ended can be ended by an act. Who holds it again later had left it in between.
            let enacted = holdings(case.record, &id, self.office, View { scope: Scope::Enacted, ..view });
            let own = || enacted.iter().filter(|held| held.person == self.person);
            let mut begun = own().filter(|held| is_in_order(held) != Certainty::No).peekable();
            let is_over = begun.peek().is_some() && !begun.any(lasts);
            verdict.hard(theirs().next().is_some() && !is_over, &HOLDER, &case.act.subject, || {
                let office = self.office.as_str().replace('_', " ");
                let found = match is_over {
                    true => format!("{} is {office} of {id} no more on {}", self.person, self.effective),
                    false => format!("nothing says that {} is {office} of {id}", self.person),
                };
                (found, "the holder of the office then (OfficerAppointed, OfficerObserved)".to_owned())
            });
            // Of several stretches, the end belongs to one that had begun.
            let ordered = theirs().map(is_in_order).reduce(Certainty::or).unwrap_or(Certainty::Yes);
            verdict.hard_if_certain(ordered, &END_AFTER_START, &case.act.subject, || {
                let first = theirs().find_map(|held| held.from.as_ref());
                let needed = first.map_or_else(String::new, |from| format!("{from} or later"));
                (format!("an end on {}", self.effective), needed)
            });
        }
    }
}
