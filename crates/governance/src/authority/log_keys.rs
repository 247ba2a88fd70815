//! The keys of the log itself: that of the opening entry, and each that registrars enrolled since.

use super::events::{KeyEnrolled, KeyRevoked};
use super::state::{key_named, keys_of_log, opening};
use crate::{Date, KnownUntil, Record, Scope, View};
use minutebook_log::{Algorithm, LogKeys, Position, PublicKey, VerifierKey};

/// A key that signs the log's checkpoints, from the size on whose last entry brought it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogKeyTerm {
    /// The entry that brought it.
    pub from: Position,
    /// The key.
    pub key: PublicKey,
    /// Where registrars had revoked the key before it, if they had by then. It is lost or in other hands, and its
    /// signature is not asked for where this key begins.
    pub waived: Option<Position>,
}

/// The keys of the log as the first `known` entries name them, in the order in which they signed; none without
/// an opening entry. A key that is revoked signs on until the next one comes: a log has to speak.
pub fn log_key_terms(record: &Record, known: u64) -> Vec<LogKeyTerm> {
    let Some(opening) = opening(record).filter(|_opening| known > 0) else { return Vec::new() };
    let view = View {
        as_at: Date::of(record.last_recorded()),
        known,
        scope: Scope::Enacted,
        until: KnownUntil::LastEntry,
    };
    let Some(listed) = keys_of_log() else { return Vec::new() };
    let enrolled = record.saying::<KeyEnrolled>(&listed, view);
    let mut brought: Vec<_> =
        enrolled.filter_map(|told| Some((told.position, key_named(&told.subject)?))).collect();
    brought.push((Position::FIRST, opening.checkpoint_key));
    brought.sort_unstable();
    let mut before = None;
    brought
        .into_iter()
        .map(|(from, key)| {
            let waived = before.replace(key).and_then(|before| revoked(record, before, from));
            LogKeyTerm { from, key, waived }
        })
        .collect()
}

/// The same as verifier keys under the log's name. Nothing without an opening entry.
pub fn log_keys(record: &Record, known: u64) -> Option<LogKeys> {
    let origin = &opening(record)?.origin;
    let verifier = |term: LogKeyTerm| {
        Some((term.from, VerifierKey::new(origin.into(), Algorithm::Ed25519, term.key).ok()?))
    };
    LogKeys::new(log_key_terms(record, known).into_iter().filter_map(verifier).collect()).ok()
}

/// Where a key was revoked, before `position`.
fn revoked(record: &Record, key: PublicKey, position: Position) -> Option<Position> {
    let view = View {
        as_at: Date::of(record.last_recorded()),
        known: position.0,
        scope: Scope::Enacted,
        until: KnownUntil::LastEntry,
    };
    let subject = super::subject_of(&key)?;
    record.saying::<KeyRevoked>(&subject, view).map(|told| told.position).next()
}
