//! Acts of which there are many, each told as a fact of its own: decisions, the steps of a search for an officer, uses of
//! the seal, breaches. A fact of them is named by its day and its entry.

use super::facts::{Facts, held};
use super::{Change, stretches};
use crate::appointments::{AppointmentDetermined, Determination, OfficerNominated, RecruitmentOpened};
use crate::decisions::{DecisionRecorded, Effect, SealUsed};
use crate::documents::RecordCorrected;
use crate::interests::BreachRecorded;
use crate::{BodyId, PDate, Record, Scope, Statement, View};
use minutebook_log::{Position, Subject};
use std::any::TypeId;
use std::collections::BTreeSet;

/// The types of which each act is told.
const TOLD: [TypeId; 6] = [
    TypeId::of::<DecisionRecorded>(),
    TypeId::of::<RecruitmentOpened>(),
    TypeId::of::<OfficerNominated>(),
    TypeId::of::<AppointmentDetermined>(),
    TypeId::of::<SealUsed>(),
    TypeId::of::<BreachRecorded>(),
];

/// An act, as it is told of each of its bodies.
struct Told {
    bodies: Vec<BodyId>,
    on: PDate,
    what: String,
    value: String,
}

impl Told {
    fn of(subject: &Subject, statement: &dyn Statement) -> Option<Self> {
        let own = BodyId::of(subject)?;
        let and = |others: &[BodyId]| [std::slice::from_ref(&own), others].concat();
        let told = |bodies, on: &PDate, what, value| Some(Self { bodies, on: on.clone(), what, value });
        if let Some(said) = statement.downcast::<DecisionRecorded>() {
            let with: Vec<_> = said.decided_with.iter().map(|with| with.body.clone()).collect();
            let item = said.item.as_ref().map_or_else(String::new, |item| format!(", {}", item.reference));
            let what = format!("decision of {}{item}", said.decided_on);
            told(and(&with), &said.decided_on, what, decided(said, &own))
        } else if let Some(said) = statement.downcast::<RecruitmentOpened>() {
            let what = format!("recruitment of {} for {}", said.opened_on, said.office.as_str());
            told(vec![own], &said.opened_on, what, "opened".to_owned())
        } else if let Some(said) = statement.downcast::<OfficerNominated>() {
            let what = format!("nomination of {} for {}", said.nominated_on, said.office.as_str());
            told(and(&said.also_for), &said.nominated_on, what, said.person.to_string())
        } else if let Some(said) = statement.downcast::<AppointmentDetermined>() {
            let what = format!("determination of {} for {}", said.determined_on, said.office.as_str());
            let outcome = match said.outcome {
                Determination::Approved => "approved",
                Determination::Refused => "refused",
            };
            told(and(&said.also_for), &said.determined_on, what, format!("{outcome}: {}", said.person))
        } else if let Some(said) = statement.downcast::<SealUsed>() {
            let number = said.number.map_or_else(String::new, |number| format!(", number {number}"));
            let what = format!("seal used on {}{number}", said.used_on);
            told(vec![own], &said.used_on, what, said.document.title.shown().to_owned())
        } else {
            let said = statement.downcast::<BreachRecorded>()?;
            let what = format!("breach of {}", said.recorded_on);
            told(vec![own], &said.recorded_on, what, said.summary.shown().to_owned())
        }
    }

    fn note(&self, position: Position, view: View, facts: &mut Facts) {
        let name = format!("{} (entry {position})", self.what);
        let value = held(&self.value, self.on.is_by(view.as_at));
        super::facts::note(facts, name, value, vec![position]);
    }
}

/// What was decided, what that does, and together with whom.
fn decided(said: &DecisionRecorded, own: &BodyId) -> String {
    let effects: Vec<_> = said.effects().filter_map(chosen).collect();
    let effects = if effects.is_empty() { String::new() } else { format!(": {}", effects.join("; ")) };
    let with: Vec<_> = said.decided_with.iter().map(|with| with.body.to_string()).collect();
    let together = match with.as_slice() {
        [] => String::new(),
        with => format!(" (of {own}, {} together)", with.join(", ")),
    };
    format!("{}{effects}{together}", said.outcome.as_str())
}

fn chosen(effect: &Effect) -> Option<String> {
    let (_kind, about, choice) = effect.parts();
    match (about, choice) {
        (Some(about), Some(choice)) => Some(format!("{choice}, {about}")),
        (Some(about), None) => Some(about.to_string()),
        (None, _) => None,
    }
}

/// The acts of a body that the view knows of, and that may have been done by its day.
pub(super) fn act_facts(record: &Record, id: &BodyId, view: View, facts: &mut Facts) {
    for said in record.saying_any(TOLD, id.subject(), view) {
        let told = Told::of(&said.subject, said.statement.as_ref());
        let of_it = told.filter(|told| told.bodies.contains(id) && view.may_be_past(Some(&told.on)));
        of_it.into_iter().for_each(|told| told.note(said.position, view, facts));
    }
}

/// What an entry changed of an act: itself, where it is one, or that which it corrects. Told of each of its bodies.
pub(super) fn acts_changed(record: &Record, position: Position, before: View, after: View) -> Vec<Change> {
    let act = record.at(position).map(|entry| entry.act);
    let correction = act.as_ref().and_then(|act| act.statement.downcast::<RecordCorrected>());
    let Some(target) = correction.map_or(Some(position), |correction| record.find(correction.target)) else {
        return Vec::new();
    };
    let told = |view: View| {
        let act = record.act_as_known(target, view.known)?;
        let is_seen = view.scope == Scope::Reported || act.standing.is_enacted();
        Told::of(&act.subject, act.statement.as_ref()).filter(|_told| is_seen)
    };
    let (old, new) = (told(before), told(after));
    let both = || old.iter().chain(&new);
    let days: BTreeSet<_> =
        both().flat_map(|told| [told.on.earliest(), told.on.latest()]).flatten().collect();
    let bodies: BTreeSet<_> = both().flat_map(|told| &told.bodies).collect();
    let of = |body: &BodyId| {
        let facts_on = |told: Option<&Told>, view: View| {
            let mut facts = Facts::new();
            let told = told.filter(|told| told.bodies.contains(body) && view.may_be_past(Some(&told.on)));
            told.into_iter().for_each(|told| told.note(target, view, &mut facts));
            facts
        };
        stretches(body.subject(), days.clone(), |day| {
            (facts_on(old.as_ref(), before.at(day)), facts_on(new.as_ref(), after.at(day)))
        })
    };
    bodies.into_iter().flat_map(of).collect()
}
