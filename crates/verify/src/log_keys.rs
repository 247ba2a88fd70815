//! Which key signs a log's checkpoints, as the book itself names it.

use minutebook_governance::Record;
use minutebook_governance::authority::{KeyEnrolled, KeyUse};
use minutebook_log::{Algorithm, LogKeys, Opening, Origin, Position, PublicKey, VerifierKey};

/// The keys that the book names, each with the position from which it signs, in order: that of the opening
/// entry, and each that registrars enrolled for the log since.
pub(crate) fn in_record(record: &Record) -> Vec<(Position, PublicKey)> {
    let opening = record.at(Position::FIRST).and_then(|first| first.act.statement.downcast::<Opening>());
    let mut keys: Vec<_> =
        opening.map(|opening| (Position::FIRST, opening.checkpoint_key)).into_iter().collect();
    for position in (0..record.len()).map(Position) {
        let Some(recorded) = record.at(position) else { continue };
        let enrolled = recorded.act.statement.downcast::<KeyEnrolled>();
        let is_logs = enrolled.is_some_and(|enrolled| enrolled.key_use == KeyUse::Log);
        let key = recorded.act.subject.name().and_then(|name| name.parse().ok());
        keys.extend(key.filter(|_key| is_logs).map(|key| (position, key)));
    }
    keys
}

/// The same as verifier keys under the log's name; nothing where the book names none that could be.
pub(crate) fn verifiers(record: &Record, origin: &Origin) -> Option<LogKeys> {
    let verifier = |(from, key)| Some((from, VerifierKey::new(origin.into(), Algorithm::Ed25519, key).ok()?));
    LogKeys::new(in_record(record).into_iter().filter_map(verifier).collect()).ok()
}
