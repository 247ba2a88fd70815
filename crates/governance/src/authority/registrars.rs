//! The registrars in force: those that the opening entry names and those granted the capacity since, less
//! those whose key or grant was revoked. Two keys of one holder are one registrar.

use super::state::{GrantHeld, grants_for_any, key_as_registrar, now, opening};
use crate::act::{Capacity, Case};
use crate::rules::rules;
use crate::{GrantId, Record, Verdict, View};
use minutebook_log::{Opening, Position, PublicKey};
use std::collections::BTreeSet;

rules! {
    ENOUGH: Hard =
        "registrars.enough",
        "There are always as many registrars in force as must sign.",
        "principle: authority is in the book";
    TO_SPARE: Soft =
        "registrars.to-spare",
        "There is a registrar more than must sign, so that a lost key does not close the ledger.",
        "principle: authority is in the book";
}

/// A key that registrars' acts are signed with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrarInForce {
    /// The key.
    pub key: PublicKey,
    /// Who holds it.
    pub holder: String,
    /// The entry that makes it one: the opening, or a grant.
    pub position: Position,
    /// The grant; nothing for those that the opening entry names.
    pub grant: Option<GrantId>,
}

/// The registrars in force, and how many of them must sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registrars {
    /// Their keys, in the order of the book.
    pub keys: Vec<RegistrarInForce>,
    /// How many people among them must sign what registrars do.
    pub threshold: u64,
}

impl Registrars {
    /// The registrar with that key.
    pub fn find(&self, key: PublicKey) -> Option<&RegistrarInForce> {
        self.keys.iter().find(|registrar| registrar.key == key)
    }

    /// How many people they are.
    pub fn people(&self) -> u64 {
        self.people_of(self.keys.iter().map(|registrar| registrar.key))
    }

    /// How many registrars hold these keys; keys that are no registrar's do not count.
    pub(super) fn people_of(&self, keys: impl Iterator<Item = PublicKey>) -> u64 {
        let holders = keys.filter_map(|key| Some(&self.find(key)?.holder));
        holders.collect::<BTreeSet<_>>().len() as u64
    }

    fn of_opening(opening: &Opening) -> Self {
        let named = opening.registrars.iter().map(|registrar| RegistrarInForce {
            key: registrar.key,
            holder: registrar.holder.clone(),
            position: Position::FIRST,
            grant: None,
        });
        Self { keys: named.collect(), threshold: opening.threshold }
    }
}

/// The registrars that the view knows to be in force; nothing where no ledger was opened.
pub fn registrars(record: &Record, view: View) -> Option<Registrars> {
    let mut registrars = Registrars::of_opening(opening(record).filter(|_opening| view.known > 0)?);
    let revoked = |key| key_as_registrar(record, key, view).is_some_and(|state| state.revoked.is_some());
    let granted = grants_for_any(record, view)
        .into_iter()
        .filter(|held| held.granted.capacity == Capacity::Registrar && held.revoked.is_none());
    let granted: Vec<_> = granted.filter_map(|held| of_grant(record, held, view)).collect();
    registrars.keys.extend(granted);
    registrars.keys.retain(|registrar| !revoked(registrar.key));
    Some(registrars)
}

fn of_grant(record: &Record, held: GrantHeld, view: View) -> Option<RegistrarInForce> {
    let holder = key_as_registrar(record, held.granted.key, view)?.holder;
    Some(RegistrarInForce { key: held.granted.key, holder, position: held.position, grant: Some(held.id) })
}

/// Asks of an opening that those whom it names can act.
pub(super) fn judge_opening(opening: &Opening, case: &Case<'_>, verdict: &mut Verdict) {
    judge_enough(&Registrars::of_opening(opening), case, verdict);
}

/// Asks what is left of the registrars without those whom `goes` is true of.
pub(super) fn judge_left(case: &Case<'_>, verdict: &mut Verdict, goes: impl Fn(&RegistrarInForce) -> bool) {
    let Some(registrars) = registrars(case.record, now(case.record)) else { return };
    let before = registrars.keys.len();
    let keys = registrars.keys.into_iter().filter(|registrar| !goes(registrar)).collect();
    let left = Registrars { keys, ..registrars };
    if left.keys.len() == before {
        return;
    }
    judge_enough(&left, case, verdict);
    let spare = left.people() > left.threshold;
    verdict.soft(spare, &TO_SPARE, &case.act.subject, || {
        let found = format!("{} registrars left, of whom {} must sign", left.people(), left.threshold);
        (found, "one more: enrol a key of another person, and grant it the capacity registrar".to_owned())
    });
}

fn judge_enough(left: &Registrars, case: &Case<'_>, verdict: &mut Verdict) {
    let (people, threshold) = (left.people(), left.threshold);
    verdict.hard(people >= threshold, &ENOUGH, &case.act.subject, || {
        let found = format!("{people} registrars would be in force, and {threshold} must sign");
        let needed = format!(
            "{threshold} people at least: first enrol a key of another person, and grant it the capacity registrar"
        );
        (found, needed)
    });
}
