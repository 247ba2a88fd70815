//! What the book knows of keys and grants.

use super::events::{AuthorityGranted, AuthorityRevoked, KeyEnrolled, KeyRevoked, KeyUse};
use crate::{Date, GrantId, Record, Scope, Sealable, View};
use minutebook_log::{Opening, Position, PublicKey, Subject};

/// What the book knows of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyState {
    /// Who holds it.
    pub holder: String,
    /// What people call it.
    pub label: Sealable,
    /// What it is for.
    pub key_use: KeyUse,
    /// Where it was enrolled.
    pub enrolled: Position,
    /// Where it was revoked.
    pub revoked: Option<Position>,
}

/// The subject under which a key is found: `key/<64 hex digits>`.
pub fn subject_of(key: &PublicKey) -> Option<Subject> {
    format!("key/{key}").parse().ok()
}

/// Everything that is recorded by now: authority is judged at an act's position.
pub(crate) fn now(record: &Record) -> View {
    View { as_at: Date::of(record.last_recorded()), known: record.len(), scope: Scope::Reported }
}

/// What the opening entry says.
pub(crate) fn opening(record: &Record) -> Option<&Opening> {
    record.at(Position::FIRST)?.act.statement.downcast()
}

/// What the book knows of `key` by now, if it was enrolled. A registrar's key needs no enrolment: the opening
/// entry names it.
pub fn key_state(record: &Record, key: PublicKey) -> Option<KeyState> {
    key_events(record, key, None)
}

/// As [`key_state`], with registrars' keys as the opening entry names them.
pub(super) fn known_key(record: &Record, key: PublicKey) -> Option<KeyState> {
    let mut registrars = opening(record)?.registrars.iter();
    let named = registrars.find(|registrar| registrar.key == key).map(|registrar| KeyState {
        holder: registrar.holder.clone(),
        label: Sealable::Clear("registrar".to_owned()),
        key_use: KeyUse::Author,
        enrolled: Position::FIRST,
        revoked: None,
    });
    key_events(record, key, named)
}

fn key_events(record: &Record, key: PublicKey, mut state: Option<KeyState>) -> Option<KeyState> {
    for told in record.about(&subject_of(&key)?, now(record)) {
        if let Some(enrolled) = told.says::<KeyEnrolled>() {
            let (holder, label) = (enrolled.holder.clone(), enrolled.label.clone());
            let (key_use, enrolled) = (enrolled.key_use, told.position);
            state = Some(KeyState { holder, label, key_use, enrolled, revoked: None });
        } else if told.says::<KeyRevoked>().is_some() {
            state = state.map(|state| KeyState { revoked: Some(told.position), ..state });
        }
    }
    state
}

/// Whether a grant was given under this id and not revoked since.
pub(super) fn grant_in_force(record: &Record, grant: &Subject) -> bool {
    let about = record.about(grant, now(record)).filter(|told| told.subject == *grant);
    about.fold(false, |in_force, told| {
        let (granted, revoked) = (told.says::<AuthorityGranted>(), told.says::<AuthorityRevoked>());
        granted.is_some() || (in_force && revoked.is_none())
    })
}

/// The grants of `key` that are in force by now.
pub fn grants_of(record: &Record, key: PublicKey) -> Vec<(GrantId, AuthorityGranted)> {
    let Some(subject) = subject_of(&key) else { return Vec::new() };
    record
        .about(&subject, now(record))
        .filter_map(|told| Some((GrantId::of(&told.subject)?, told.says::<AuthorityGranted>()?.clone())))
        .filter(|(id, _grant)| grant_in_force(record, id.subject()))
        .collect()
}
