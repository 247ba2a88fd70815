//! Reorganisations as a generator makes them up. What a body holds is looked up in the dumb map when it is said, so that
//! most of them are whole; some leave a unit behind, name one twice, or a body that is no more.

use crate::land::Land;
use crate::said::{Said, ccg_name, document, says};
use proptest::prelude::*;
use serde_json::{Value, json};

pub(crate) const OLD: [&str; 4] = ["body/A", "body/B", "body/C", "body/D"];
const NEW: [&str; 6] = ["body/E", "body/F", "body/G", "body/H", "body/I", "body/J"];
pub(crate) const DAYS: u16 = 24 * 28;

/// Days count from 2015-01-01, 28 to a month.
pub(crate) fn day(number: u16) -> String {
    format!("{}-{:02}-{:02}", 2015 + number / 336, number % 336 / 28 + 1, number % 28 + 1)
}

/// Which of the bodies that are open is meant: a lot, and now and then any at all.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lot(u8, bool);

/// What goes wrong, or is said in fewer words, where a body is split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slip {
    None,
    ForgetsAUnit,
    NamesAnothers,
    NamesTwice,
    /// The last heir takes what is not named.
    LeavesTheRest,
}

#[derive(Debug, Clone)]
pub(crate) enum Plan {
    Merge { these: Vec<Lot>, into: u8 },
    Absorb { this: Lot, into: Lot },
    Split { this: Lot, into: Vec<u8>, shares: Vec<u8>, slip: Slip },
    Pass { from: Vec<Lot>, to: Lot, unit: u8, part: bool, alone: bool },
    Dissolve { this: Lot, into: Lot },
}

/// Four bodies of April 2013, with six units.
pub(crate) fn at_first() -> Vec<Said> {
    let units = [json!(["U1", "U2"]), json!(["U3"]), json!(["U4"]), json!(["U5", "U6"])];
    let listed = |(body, units): (&str, &Value)| {
        let facts = json!({"kind": "ccg", "name": ccg_name(body.trim_start_matches("body/")), "from": "2013-04-01", "units": units});
        says("BodyRegistered", body, facts).reported()
    };
    OLD.into_iter().zip(&units).map(listed).collect()
}

fn lot() -> impl Strategy<Value = Lot> {
    (any::<u8>(), prop::bool::weighted(0.1)).prop_map(|(lot, any)| Lot(lot, any))
}

pub(crate) fn plans() -> impl Strategy<Value = Vec<(u16, Plan)>> {
    let new = || 0..NEW.len() as u8;
    let slips =
        vec![Slip::None, Slip::ForgetsAUnit, Slip::NamesAnothers, Slip::NamesTwice, Slip::LeavesTheRest];
    let plan = prop_oneof![
        2 => (prop::collection::vec(lot(), 1..4), new()).prop_map(|(these, into)| Plan::Merge { these, into }),
        2 => (lot(), lot()).prop_map(|(this, into)| Plan::Absorb { this, into }),
        2 => (lot(), prop::collection::vec(new(), 2..4), prop::collection::vec(any::<u8>(), 6), prop::sample::select(slips))
            .prop_map(|(this, into, shares, slip)| Plan::Split { this, into, shares, slip }),
        3 => (prop::collection::vec(lot(), 1..3), lot(), any::<u8>(), prop::bool::weighted(0.3), any::<bool>())
            .prop_map(|(from, to, unit, part, alone)| Plan::Pass { from, to, unit, part, alone }),
        1 => (lot(), lot()).prop_map(|(this, into)| Plan::Dissolve { this, into }),
    ];
    // Most are told in the order of their days, some later.
    (prop::collection::vec(((0..24_u16).prop_map(|month| month * 28), plan), 1..8), prop::bool::weighted(0.7))
        .prop_map(|(mut plans, in_order)| {
            if in_order {
                plans.sort_by_key(|(day, _plan)| *day);
            }
            plans
        })
}

impl Lot {
    fn of(self, land: &Land, eve: &str) -> String {
        let all: Vec<_> =
            OLD.into_iter().chain(NEW).filter(|body| self.1 || land.is_open(body, eve)).collect();
        all.get(usize::from(self.0) % all.len().max(1)).map_or("body/A", |body| body).to_owned()
    }
}

fn reorganises(basis: &str, on: &str, facts: Value) -> Said {
    let mut all = json!({"basis": basis, "effective": on});
    all.as_object_mut().unwrap().extend(facts.as_object().unwrap().clone());
    says("ReorganisationEffected", &format!("reorganisation/on-{on}"), all)
}

fn opens(body: &str) -> Value {
    json!({"body": body, "kind": "ccg", "name": ccg_name(body.trim_start_matches("body/")), "legal_basis": "order", "constitution": document()})
}

impl Plan {
    /// What is said, one after the other; `eve` is the day before.
    pub(crate) fn said(&self, land: &Land, eve: &str, on: &str) -> Vec<Said> {
        let follows =
            |from: &str, to: &str, kind: &str| json!({"predecessor": from, "successor": to, "kind": kind});
        match self {
            Plan::Merge { these, into } => {
                let mut closing: Vec<_> = these.iter().map(|lot| lot.of(land, eve)).collect();
                closing.sort();
                closing.dedup();
                let into = NEW[usize::from(*into)];
                let successions: Vec<_> = closing.iter().map(|from| follows(from, into, "merger")).collect();
                vec![reorganises(
                    "order",
                    on,
                    json!({"closing": closing, "opening": [opens(into)], "successions": successions}),
                )]
            }
            Plan::Absorb { this, into } => {
                let (this, into) = (this.of(land, eve), into.of(land, eve));
                let successions = [follows(&this, &into, "absorption")];
                vec![reorganises("absorption", on, json!({"closing": [this], "successions": successions}))]
            }
            Plan::Split { this, into, shares, slip } => {
                let this = this.of(land, eve);
                let mut into: Vec<_> = into.iter().map(|new| NEW[usize::from(*new)]).collect();
                into.sort_unstable();
                into.dedup();
                let mut units = land.held_by(&this, eve);
                match slip {
                    Slip::ForgetsAUnit => drop(units.pop()),
                    Slip::NamesAnothers => units.push("U3".to_owned()),
                    Slip::NamesTwice => units.extend(units.first().cloned()),
                    Slip::None | Slip::LeavesTheRest => {}
                }
                let share = |heir: usize| {
                    let of_it = units
                        .iter()
                        .zip(shares)
                        .filter(|(_unit, share)| usize::from(**share) % into.len() == heir);
                    of_it.map(|(unit, _share)| unit).collect::<Vec<_>>()
                };
                let successions = into.iter().enumerate().map(|(heir, to)| {
                    let mut succession = follows(&this, to, "split");
                    if *slip != Slip::LeavesTheRest || heir + 1 < into.len() {
                        succession["units"] = json!(share(heir));
                    }
                    succession
                });
                let successions: Vec<_> = successions.collect();
                let opening: Vec<_> = into.iter().map(|body| opens(body)).collect();
                vec![reorganises(
                    "split",
                    on,
                    json!({"closing": [this], "opening": opening, "successions": successions}),
                )]
            }
            Plan::Pass { from, to, unit, part, alone } => {
                let to = to.of(land, eve);
                let gains = from.iter().map(|from| {
                    let from = from.of(land, eve);
                    let held = land.held_by(&from, eve);
                    let unit = held.get(usize::from(*unit) % held.len().max(1)).map_or("U1", String::as_str);
                    let part = *part && !unit.contains('/');
                    json!({"unit": if part { format!("{unit}/north") } else { unit.to_owned() }, "body": from})
                });
                let gains: Vec<_> = gains.collect();
                if *alone {
                    vec![says(
                        "AreaVaried",
                        &to,
                        json!({"extent": "stated", "effective": on, "basis": "order", "gains": gains}),
                    )]
                } else {
                    vec![reorganises("boundary", on, json!({"varied": [{"body": to, "gains": gains}]}))]
                }
            }
            Plan::Dissolve { this, into } => {
                let (this, into) = (this.of(land, eve), into.of(land, eve));
                let ends = json!({"effective": on, "reason": "order", "successors": [into]});
                let follows = json!({"successor": into, "kind": "absorption", "effective": on});
                vec![says("SuccessionRecorded", &this, follows), says("BodyDissolved", &this, ends)]
            }
        }
    }
}
