//! Entries as a server gives them, checked before anybody sees them: their bytes, their place in the chain and in the
//! tree that the log has signed, and the signatures of their authors.

use super::{Client, ClientError, KnownLedger};
use minutebook_log::{Entry, Hash, Position, TreeHead};

/// An entry as it was given: where it is said to stand, and its bytes.
pub type Given<'a> = (Position, &'a [u8]);

impl Client {
    /// Reads entries that were given in the order of the log, once each is known to be in a tree that extends what was seen
    /// before, at the place where it is said to stand, and once the signatures of its authors hold. Of entries side by side,
    /// the chain proves all by the last.
    ///
    /// # Errors
    /// [`ClientError::Lies`] for the first that fails.
    pub async fn check_entries(
        &mut self,
        call: &'static str,
        known: &KnownLedger,
        given: &[Given<'_>],
    ) -> Result<Vec<Entry>, ClientError> {
        let head = self.covering(known, given.last().map(|(position, _bytes)| *position)).await?;
        let mut entries = Vec::with_capacity(given.len());
        for (position, bytes) in given {
            entries.push(read(call, *position, bytes)?);
        }
        for (at, (position, bytes)) in given.iter().enumerate() {
            let next = given.get(at + 1).zip(entries.get(at + 1));
            match next {
                Some(((of, _bytes), entry)) if *of == position.next() => {
                    let (found, hash) = (entry.previous, Hash::of(bytes));
                    if found != hash {
                        let what =
                            format!("entry {of} follows {found}, and entry {position} has the hash {hash}");
                        return Err(ClientError::lies(call, &what));
                    }
                }
                Some(((of, _bytes), _entry)) if of <= position => {
                    return Err(ClientError::lies(call, &format!("entry {of} after entry {position}")));
                }
                _ => self.check_included(bytes, *position, head).await?,
            }
        }
        Ok(entries)
    }

    /// The tree that is known, or where the log has grown since, one that extends it, as far as this entry at least.
    async fn covering(
        &mut self,
        known: &KnownLedger,
        last: Option<Position>,
    ) -> Result<TreeHead, ClientError> {
        if last.is_none_or(|last| last.0 < known.head.size.0) {
            return Ok(known.head);
        }
        let (newest, _published) = self.checkpoints(known).await?;
        self.accept(known, &newest).await?;
        let newest = newest.unverified().head;
        match self.difference(known.head, newest).await? {
            None => Ok(newest),
            Some(why) => Err(ClientError::lies("GetCheckpoint", &why)),
        }
    }
}

fn read(call: &'static str, position: Position, bytes: &[u8]) -> Result<Entry, ClientError> {
    let fails =
        |why: &dyn ToString| ClientError::lies(call, &format!("entry {position} fails: {}", why.to_string()));
    let entry = Entry::parse(bytes).map_err(|malformed| fails(&malformed))?;
    if entry.position != position {
        return Err(fails(&format!("its bytes say that it is entry {}", entry.position)));
    }
    entry.signed.verify().map_err(|error| fails(&error))?;
    Ok(entry)
}
