//! How a ledger comes to be.

use crate::ledger::LedgerError;
use minutebook_governance::{Book, Draft, RULES_VERSION, ReadEvent, Refusal, Sealed};
use minutebook_log::{Head, Malformed, Opening, Signed, Timestamp};
use minutebook_store::{Batch, Engine, NewEntry, SledEngine};
use std::path::Path;

/// Makes a new ledger folder at `dir` with its opening entry, an explicit act. A live ledger's opening is
/// recorded at `clock`, a re-enactment's at the event's own time. The opening is checked whole (form,
/// signatures, registrars) before anything is written.
///
/// # Errors
/// [`LedgerError`]: an event that opens no ledger, a folder that is not empty, what the store can't do. A
/// crash on the way leaves a folder that is refused on opening, with what to do.
pub async fn create(dir: &Path, opening: &Signed, clock: Timestamp) -> Result<(), LedgerError> {
    let entry = opening_entry(opening, clock).map_err(LedgerError::Opening)?;
    let engine = SledEngine::create(dir)?;
    engine.commit(Head::EMPTY, Batch::of(vec![entry])).await?;
    Ok(())
}

fn opening_entry(opening: &Signed, clock: Timestamp) -> Result<NewEntry, Refusal> {
    opening.verify()?;
    let facts = Opening::parse(opening.event())?;
    if facts.rules != RULES_VERSION {
        let needed = format!("{RULES_VERSION}, the version that this program has");
        return Err(Malformed::new("/data/facts/rules", facts.rules.to_string(), needed).into());
    }
    let mut draft = Draft::on(&Book::new());
    draft.take(&ReadEvent::of(opening.clone()), clock)?;
    let sealed = draft.into_parts().1.into_iter().next();
    let nothing = || Malformed::new("/type", "nothing that opens a ledger", "LedgerOpened");
    Ok(sealed.map(new_entry).ok_or_else(nothing)?)
}

/// What a draft has sealed, as the store takes it.
pub(super) fn new_entry(sealed: Sealed) -> NewEntry {
    let Sealed { entry, bytes, hash, findings: _ } = sealed;
    NewEntry {
        bytes,
        hash,
        id: entry.event().id,
        subject: entry.event().subject.clone(),
        stream_number: entry.stream_number,
    }
}
