//! The key that signs the log's checkpoints: the one that the ledger opened with.

use crate::ledger::{AppendError, LedgerError};
use minutebook_governance::authority::{KeyEnrolled, KeyUse};
use minutebook_log::{LogKey, Malformed, Opening, SecretKey, Signed};

/// The key for checkpoints, if it is the one that the ledger opened with.
pub(super) fn of_opening(opening: &Opening, given: SecretKey) -> Result<LogKey, LedgerError> {
    let (found, needed) = (given.public(), opening.checkpoint_key);
    if found != needed {
        return Err(LedgerError::OtherLogKey { found, needed });
    }
    Ok(LogKey::new(opening.origin.clone(), given))
}

/// Refuses to bring a new key of the log into the book: from there on checkpoints would have to bear its
/// signature, and this software signs with the key that the ledger opened with. Once it could not keep its
/// word the entry could not be unsaid.
pub(super) fn check_not_passed_on(events: &[Signed]) -> Result<(), AppendError> {
    for signed in events {
        let facts = signed.event().data.get("facts").cloned().unwrap_or_default();
        let enrols = signed.event().event_type.name == "KeyEnrolled";
        let enrolled = enrols.then(|| serde_json::from_value::<KeyEnrolled>(facts).ok()).flatten();
        if enrolled.is_some_and(|enrolled| enrolled.key_use == KeyUse::Log) {
            let needed =
                "author or witness: this server can't pass on the key that signs its checkpoints yet";
            return Err(AppendError::Request(Malformed::new("/data/facts/use", "log", needed)));
        }
    }
    Ok(())
}
