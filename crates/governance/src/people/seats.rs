//! Offices with several seats, as bodies define them: no more holders at a time than seats.

use super::events::{OfficeDefined, OfficerAppointed, Tenure};
use super::holdings::{Holding, holdings};
use crate::act::Case;
use crate::bodies::enacted;
use crate::rules::rules;
use crate::{BodyId, Certainty, PDate, Verdict, View};
use std::collections::{BTreeMap, BTreeSet};

rules! {
    SEATS: HardIfCertain =
        "office.seats",
        "An office with several seats has no more holders at a time than seats, where its body has defined it.",
        "principle: step by step";
}

impl OfficerAppointed {
    /// Asks for a free seat on the first day in post. Where the body has not defined the office, nobody knows how many
    /// there are; who was only observed takes none.
    pub(super) fn judge_seats(&self, case: &Case<'_>, verdict: &mut Verdict, id: &BodyId) {
        let view = enacted(case.record, case.last_day_of(&self.effective));
        let Some(seats) = self.seats(case, id, view) else { return };
        let others = holdings(case.record, id, self.office, view).into_iter();
        let others: Vec<_> = others
            .filter(|held| held.person != self.person)
            .map(|held| (is_held_on(&held, &self.effective), held.person))
            .collect();
        let people = |least: &[Certainty]| {
            let held = others.iter().filter(|(holds, _person)| least.contains(holds));
            held.map(|(_holds, person)| person).collect::<BTreeSet<_>>()
        };
        let (sure, perhaps) = (people(&[Certainty::Yes]), people(&[Certainty::Yes, Certainty::Unknown]));
        let fits = match (sure.len() < seats, perhaps.len() < seats) {
            (false, _) => Certainty::No,
            (true, false) => Certainty::Unknown,
            (true, true) => Certainty::Yes,
        };
        verdict.hard_if_certain(fits, &SEATS, &case.act.subject, || {
            let people: Vec<_> = sure.iter().map(ToString::to_string).collect();
            let office = self.office.as_str().replace('_', " ");
            let needed = "an end of one of those appointments first (AppointmentEnded), or another seat (OfficeDefined)";
            (format!("{seats} seats as {office}, held by {}", people.join(", ")), needed.to_owned())
        });
    }

    /// How many seats the office may have then, over all its titles; nothing where none is defined.
    fn seats(&self, case: &Case<'_>, id: &BodyId, view: View) -> Option<usize> {
        let told = case.record.saying::<OfficeDefined>(id.subject(), view);
        let told = told.filter(|told| told.subject == *id.subject());
        let mut last = BTreeMap::new();
        for (order, said) in
            told.filter_map(|told| Some(((told.standing, told.position), told.says().cloned()?)))
        {
            let said: OfficeDefined = said;
            let known = last.entry(said.title.clone()).or_insert((order, said.clone()));
            if known.0 < order {
                *known = (order, said);
            }
        }
        let defined = last.into_values().map(|(_order, said)| said).filter(|said| said.office == self.office);
        let in_force = defined.filter(|said| {
            let is_over = said.until.as_ref().map_or(Certainty::No, |until| until.is_by(view.as_at));
            said.effective.is_by(view.as_at) != Certainty::No && is_over != Certainty::Yes
        });
        let seats = in_force.map(|said| usize::try_from(said.seats).unwrap_or(usize::MAX));
        seats.reduce(usize::saturating_add)
    }
}

/// Whether somebody holds a seat of their own on whatever day the date means.
fn is_held_on(held: &Holding, on: &PDate) -> Certainty {
    let starts = held.from.as_ref().filter(|_from| held.tenure.is_some_and(Tenure::is_sole));
    let Some(starts) = starts else { return Certainty::No };
    let lasts = held.until.as_ref().map_or(Certainty::Yes, |until| on.is_before(until));
    on.is_before(starts).negated().and(lasts)
}
