//! What the book knows of keys and grants.

use super::events::{
    AuthorityGranted, AuthorityRevoked, Custody, KeyEnrolled, KeyRevoked, KeyUse, Revocation,
};
use crate::words::words;
use crate::{BodyId, Date, GrantId, Instant, KnownUntil, Record, Scope, Sealable, View};
use minutebook_log::{Opening, Position, PublicKey, Subject, Timestamp};
use std::{ops::Deref, sync::Arc};

/// What the book knows of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyState {
    /// Who holds it.
    pub holder: String,
    /// What people call it.
    pub label: Sealable,
    /// What it is for.
    pub key_use: KeyUse,
    /// In what it is kept, if that was said.
    pub custody: Option<Custody>,
    /// Where it was enrolled.
    pub enrolled: Position,
    /// Where it was revoked, and why; a compromise that was declared afterwards changes neither.
    pub revoked: Option<(Position, Revocation)>,
}

/// A grant as the book knows it, in force or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantHeld {
    /// Its id.
    pub id: GrantId,
    /// What it allows.
    pub granted: AuthorityGranted,
    /// The entry that gives it.
    pub position: Position,
    /// The entry that ends it.
    pub revoked: Option<Position>,
}

/// What a grant is worth on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantState {
    /// Its key signs under it.
    InForce,
    /// Its periods begin later.
    NotYet,
    /// Its periods are over.
    Ended,
    /// It was revoked, or its key was.
    Revoked,
}

words!(GrantState: InForce = "in_force", NotYet = "not_yet", Ended = "ended", Revoked = "revoked");

/// The subject under which a key is found: `key/<64 hex digits>`.
pub fn subject_of(key: &PublicKey) -> Option<Subject> {
    format!("key/{key}").parse().ok()
}

/// The key whose subject this is.
pub(super) fn key_named(subject: &Subject) -> Option<PublicKey> {
    subject.name().filter(|_name| subject.kind() == "key")?.parse().ok()
}

/// Everything that is recorded by now, as at the day of the last entry: authority is judged at an act's
/// position.
pub fn now(record: &Record) -> View {
    View {
        as_at: Date::of(record.last_recorded()),
        known: record.len(),
        scope: Scope::Reported,
        until: KnownUntil::Onwards,
    }
}

/// What the opening entry says.
pub(crate) fn opening(record: &Record) -> Option<&Opening> {
    record.first()?.statement.downcast()
}

/// What the view knows of `key`, if it was enrolled. A registrar's key that the opening entry names needs no
/// enrolment, and has no state here.
pub fn key_state(record: &Record, key: PublicKey, view: View) -> Option<KeyState> {
    key_events(record, key, view, None)
}

/// What the book knows of a key by now: with its grants that are not revoked.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct KnownKey {
    state: KeyState,
    pub(super) grants: Vec<(GrantId, AuthorityGranted)>,
}

impl Deref for KnownKey {
    type Target = KeyState;

    fn deref(&self) -> &KeyState {
        &self.state
    }
}

/// As [`key_state`] by now, with the registrars' keys and the log's own as the opening entry names them; worked out once
/// until somebody's authority changes.
pub(super) fn known_key(record: &Record, key: PublicKey) -> Option<Arc<KnownKey>> {
    record.of_key(key, || known_key_anew(record, key))
}

fn known_key_anew(record: &Record, key: PublicKey) -> Option<KnownKey> {
    let view = now(record);
    let state = key_as_registrar(record, key, view).or_else(|| key_as_logs(record, key, view))?;
    Some(KnownKey { state, grants: grants_of(record, key, view) })
}

/// The key of the log that the opening entry names, if it is this one.
fn key_as_logs(record: &Record, key: PublicKey, view: View) -> Option<KeyState> {
    let opening = opening(record).filter(|opening| opening.checkpoint_key == key)?;
    let named = KeyState {
        holder: opening.origin.to_string(),
        label: Sealable::Clear("the log".to_owned()),
        key_use: KeyUse::Log,
        custody: None,
        enrolled: Position::FIRST,
        revoked: None,
    };
    key_events(record, key, view, Some(named))
}

/// As [`key_state`], with registrars' keys as the opening entry names them.
pub(super) fn key_as_registrar(record: &Record, key: PublicKey, view: View) -> Option<KeyState> {
    let mut registrars = opening(record)?.registrars.iter();
    let named = registrars.find(|registrar| registrar.key == key).map(|registrar| KeyState {
        holder: registrar.holder.clone(),
        label: Sealable::Clear("registrar".to_owned()),
        key_use: KeyUse::Author,
        custody: None,
        enrolled: Position::FIRST,
        revoked: None,
    });
    key_events(record, key, view, named)
}

fn key_events(record: &Record, key: PublicKey, view: View, mut state: Option<KeyState>) -> Option<KeyState> {
    for told in record.about(&subject_of(&key)?, view) {
        if let Some(enrolled) = told.says::<KeyEnrolled>() {
            let (holder, label) = (enrolled.holder.clone(), enrolled.label.clone());
            let (key_use, custody) = (enrolled.key_use, enrolled.custody);
            state =
                Some(KeyState { holder, label, key_use, custody, enrolled: told.position, revoked: None });
        } else if let Some(revoked) = told.says::<KeyRevoked>() {
            state = state.map(|state| {
                let first = state.revoked.or(Some((told.position, revoked.reason)));
                KeyState { revoked: first, ..state }
            });
        }
    }
    state
}

/// Every key that the view knows to be enrolled, in the order of the book.
pub fn enrolled_keys(record: &Record, view: View) -> Vec<PublicKey> {
    let keys = record.subjects("key").filter_map(key_named);
    let mut keys: Vec<_> =
        keys.filter_map(|key| Some((key_state(record, key, view)?.enrolled, key))).collect();
    keys.sort();
    keys.into_iter().map(|(_enrolled, key)| key).collect()
}

/// Whether a grant was given under this id and not revoked since.
pub(super) fn grant_in_force(record: &Record, grant: &Subject, view: View) -> bool {
    let about = record.about(grant, view).filter(|told| told.subject == *grant);
    about.fold(false, |in_force, told| {
        let (granted, revoked) = (told.says::<AuthorityGranted>(), told.says::<AuthorityRevoked>());
        granted.is_some() || (in_force && revoked.is_none())
    })
}

/// The grants of `key` that the view knows and that are not revoked.
pub fn grants_of(record: &Record, key: PublicKey, view: View) -> Vec<(GrantId, AuthorityGranted)> {
    let held = grants_held(record, key, view).into_iter();
    held.filter(|held| held.revoked.is_none()).map(|held| (held.id, held.granted)).collect()
}

/// Every grant of `key` that the view knows, those revoked among them, in the order of the book.
pub fn grants_held(record: &Record, key: PublicKey, view: View) -> Vec<GrantHeld> {
    let Some(subject) = subject_of(&key) else { return Vec::new() };
    grants_about(record, &subject, view)
}

/// The grants that cover a body, by name or with every other, in the order of the book: who may sign for it
/// or about it.
pub fn grants_for(record: &Record, body: &BodyId, view: View) -> Vec<GrantHeld> {
    let named = signers_of(Some(body));
    let mut held = named.map_or_else(Vec::new, |named| grants_about(record, &named, view));
    held.extend(grants_for_any(record, view));
    held.sort_by_key(|held| held.position);
    held
}

/// The grants that cover any body.
pub(super) fn grants_for_any(record: &Record, view: View) -> Vec<GrantHeld> {
    signers_of(None).map_or_else(Vec::new, |any| grants_about(record, &any, view))
}

/// The name under which the grants for a body are listed; without one, those for any. It is nobody's subject, so
/// that what is said about a body stays what is said about it.
pub(super) fn signers_of(body: Option<&BodyId>) -> Option<Subject> {
    let name = body.map_or_else(|| "signers".to_owned(), |body| format!("signers/{}", body.slug()));
    name.parse().ok()
}

/// The name under which compromises are listed, whosever keys they are of. It is nobody's subject.
pub(super) fn compromises() -> Option<Subject> {
    "compromises".parse().ok()
}

/// The name under which keys of the log itself are listed. It is nobody's subject.
pub(super) fn keys_of_log() -> Option<Subject> {
    "logkeys".parse().ok()
}

/// The grants that are listed under a key's subject or a name of [`signers_of`].
fn grants_about(record: &Record, subject: &Subject, view: View) -> Vec<GrantHeld> {
    let told = record.saying::<AuthorityGranted>(subject, view);
    let held = told.filter_map(|told| {
        let id = GrantId::of(&told.subject)?;
        let ends = record.saying::<AuthorityRevoked>(id.subject(), view);
        let revoked = ends.map(|ends| ends.position).next();
        Some(GrantHeld {
            granted: told.says::<AuthorityGranted>()?.clone(),
            id,
            position: told.position,
            revoked,
        })
    });
    held.collect()
}

impl GrantHeld {
    /// Whether it speaks of the view's day or an earlier one: it was given by then, or covers acts from then on.
    pub fn is_given(&self, record: &Record, view: View) -> bool {
        is_recorded_by(record, self.position, view)
            || self.granted.acts_from.is_some_and(|from| from <= view.as_at)
    }

    /// The entry that had revoked it by the view's day.
    pub fn revoked_by(&self, record: &Record, view: View) -> Option<Position> {
        self.revoked.filter(|position| is_recorded_by(record, *position, view))
    }

    /// What it is worth on the view's day, with what the view knows. What states no first day begins with its entry, and
    /// nothing is revoked before the entry that revokes it.
    pub fn state(&self, record: &Record, view: View) -> GrantState {
        let key_revoked = key_as_registrar(record, self.granted.key, view).and_then(|key| key.revoked);
        let key_revoked = key_revoked.filter(|(position, _why)| is_recorded_by(record, *position, view));
        let signs_from = self.granted.signs_from.as_ref().and_then(day_of);
        let begins = [self.granted.acts_from, signs_from].into_iter().flatten().max();
        if !self.is_given(record, view) {
            GrantState::NotYet
        } else if self.revoked_by(record, view).is_some() || key_revoked.is_some() {
            GrantState::Revoked
        } else if self.ends().is_some_and(|ends| ends <= view.as_at) {
            GrantState::Ended
        } else if begins.is_some_and(|begins| begins > view.as_at) {
            GrantState::NotYet
        } else {
            GrantState::InForce
        }
    }

    /// The first day on which it is over, where its periods have an end.
    pub fn ends(&self) -> Option<Date> {
        let signs_until = self.granted.signs_until.as_ref().and_then(day_of);
        // Where it ends in the middle of a day, that day is still one of its own.
        [self.granted.acts_until, signs_until.map(Date::day_after)].into_iter().flatten().min()
    }
}

/// Whether an entry was recorded by the view's day.
pub fn is_recorded_by(record: &Record, position: Position, view: View) -> bool {
    record.recorded_at(position).is_some_and(|recorded| Date::of(recorded) <= view.as_at)
}

/// The day of a moment, in UTC.
fn day_of(moment: &Instant) -> Option<Date> {
    Timestamp::from_micros(moment.as_micros()).map(Date::of)
}
