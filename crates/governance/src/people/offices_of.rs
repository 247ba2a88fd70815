//! Which offices somebody holds or held, of every body.

use super::events::{AppointmentEnded, OfficerAppointed, OfficerObserved};
use super::holdings::{Holding, holdings, office_held};
use super::office::Office;
use crate::bodies;
use crate::words::words;
use crate::{BodyId, Certainty, PersonId, Record, Told, View};
use minutebook_log::Position;
use std::any::TypeId;
use std::collections::BTreeSet;

/// Whether somebody holds an office on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HoldingState {
    /// For certain.
    Holds,
    /// It is not known.
    Perhaps,
    /// Later.
    ToCome,
    /// Before.
    Held,
}

words!(HoldingState: Holds = "holds", Perhaps = "perhaps", ToCome = "to_come", Held = "held");

/// An office that somebody holds, or held.
#[derive(Debug, Clone)]
pub struct OfficeOf {
    /// Of which body.
    pub body: BodyId,
    /// Which.
    pub office: Office,
    /// How and since when; until the body's end, where that comes first.
    pub holding: Holding,
    /// The entries that end the body, where it ended with it.
    pub ended_with: Vec<Position>,
    /// Whether on the view's day.
    pub state: HoldingState,
}

/// The types that name the holder of an office.
const HEARD: [TypeId; 3] =
    [TypeId::of::<OfficerAppointed>(), TypeId::of::<OfficerObserved>(), TypeId::of::<AppointmentEnded>()];

/// The offices of a person, those held on the view's day first.
pub fn offices_of(record: &Record, person: &PersonId, view: View) -> Vec<OfficeOf> {
    let told = record.saying_any(HEARD, person.subject(), view);
    let named = told.filter_map(|told| {
        let appointed = told.says::<OfficerAppointed>().map(|said| said.office);
        let seen = told.says::<OfficerObserved>().map(|said| said.office);
        let ended = told.says::<AppointmentEnded>().map(|said| said.office);
        Some((BodyId::of(&told.subject)?, appointed.or(seen).or(ended)?))
    });
    let named: BTreeSet<_> = named.collect();
    let mut offices: Vec<_> =
        named.iter().flat_map(|(body, office)| of_one(record, person, (body, *office), view)).collect();
    offices.sort_by_key(|it| it.state);
    offices
}

fn of_one(
    record: &Record,
    person: &PersonId,
    (body, office): (&BodyId, Office),
    view: View,
) -> Vec<OfficeOf> {
    let held = office_held(record, body, office, view);
    let is_among = |holding: &Holding, those: &[Holding]| {
        those.iter().any(|other| other.person == holding.person && other.sources == holding.sources)
    };
    let all = holdings(record, body, office, view).into_iter().filter(|it| it.person == *person);
    let known = bodies::body(record, body, view);
    let end = known.as_ref().and_then(|known| known.ended(view));
    let ended = |holding: Holding| match end {
        Some((day, why)) if holding.outlasts(day) => {
            (Holding { until: Some(day.clone()), ..holding }, why.to_vec())
        }
        _ => (holding, Vec::new()),
    };
    let of = all.map(|holding| {
        let starts = holding.from.iter().chain(holding.observed.iter().map(|seen| &seen.on));
        let is_to_come = starts.clone().next().is_some()
            && starts.map(|from| from.is_by(view.as_at)).all(|begun| begun == Certainty::No);
        let state = if is_among(&holding, &held.holders) {
            HoldingState::Holds
        } else if is_among(&holding, &held.perhaps) {
            HoldingState::Perhaps
        } else if is_to_come {
            HoldingState::ToCome
        } else {
            HoldingState::Held
        };
        let (holding, ended_with) = ended(holding);
        OfficeOf { body: body.clone(), office, holding, ended_with, state }
    });
    of.collect()
}

/// Whether a statement is one of those that say who holds an office.
pub fn says_who_holds(told: &Told) -> bool {
    HEARD.contains(&told.statement.type_of())
}

/// The person of whom a statement says that they hold an office, or held it.
pub fn holder_named(told: &Told) -> Option<&PersonId> {
    let appointed = told.says::<OfficerAppointed>().map(|said| &said.person);
    let seen = told.says::<OfficerObserved>().map(|said| &said.person);
    appointed.or(seen).or_else(|| told.says::<AppointmentEnded>().map(|said| &said.person))
}
