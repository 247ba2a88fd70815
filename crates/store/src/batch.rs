use minutebook_log::{ENTRY_BYTES_MAX, Entry, EventId, Hash, Head, Position, Subject};
use std::collections::HashSet;

/// The most entries that one commit may take.
pub const BATCH_ENTRIES_MAX: usize = 4096;

/// The most bytes that the entries of one commit may have together: 4 MiB.
pub const BATCH_BYTES_MAX: usize = 4 * 1024 * 1024;

/// The most bytes that the note beside the mark may have: 3 KiB.
pub const MARK_NOTE_BYTES_MAX: usize = 3 * 1024;

/// An entry as an engine takes it: its bytes, and what they are found by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    /// The entry's bytes, at most 65,535.
    pub bytes: Vec<u8>,
    /// The hash of these bytes.
    pub hash: Hash,
    /// The id of its event, never stored before.
    pub id: EventId,
    /// The stream that it is in.
    pub subject: Subject,
    /// Its number in that stream, from 1, never stored before.
    pub stream_number: u64,
}

impl From<&Entry> for NewEntry {
    fn from(entry: &Entry) -> Self {
        let bytes = entry.encode();
        Self {
            hash: Hash::of(&bytes),
            bytes,
            id: entry.event().id,
            subject: entry.event().subject.clone(),
            stream_number: entry.stream_number,
        }
    }
}

/// What an entry is found by, besides its position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundBy {
    /// The id of its event.
    pub id: EventId,
    /// The stream that it is in.
    pub subject: Subject,
    /// Its number in that stream, from 1.
    pub stream_number: u64,
}

impl From<&NewEntry> for FoundBy {
    fn from(entry: &NewEntry) -> Self {
        let (id, stream_number) = (entry.id, entry.stream_number);
        Self { id, subject: entry.subject.clone(), stream_number }
    }
}

impl FoundBy {
    /// What an entry says of itself, if its bytes are one (spec/entry.md).
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let entry = Entry::parse(bytes).ok()?;
        let event = entry.event();
        Some(Self { id: event.id, subject: event.subject.clone(), stream_number: entry.stream_number })
    }
}

/// What one commit appends: all of it or nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Batch {
    /// The entries in the order of their positions, which follow on from the expected head.
    pub entries: Vec<NewEntry>,
    /// What is kept beside the mark once the entries are durable, in the one write that moves it: text that
    /// the store does not read, at most 3 KiB. An empty one leaves the note that is there.
    pub note: Vec<u8>,
}

/// A batch that no engine takes: the caller's mistake, found before anything was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the batch was refused and nothing was stored: {what}")]
pub struct InvalidBatch {
    /// What is wrong with it, and what would have been right.
    pub what: String,
}

impl InvalidBatch {
    pub(crate) fn id_stored(entry: &NewEntry, first: Position) -> Self {
        refuse(format!("the event id {} stands at position {first} already; needed a new one", entry.id))
    }

    pub(crate) fn number_stored(entry: &NewEntry, first: Position) -> Self {
        let (subject, number) = (&entry.subject, entry.stream_number);
        refuse(format!(
            "number {number} of {subject} stands at position {first} already; needed the next one"
        ))
    }
}

impl Batch {
    /// A batch of these entries, without a note.
    pub fn of(entries: Vec<NewEntry>) -> Self {
        Self { entries, note: Vec::new() }
    }

    /// The head that `before` becomes when this batch is appended.
    pub fn head_after(&self, before: Head) -> Head {
        let size = before.size + self.entries.len() as u64;
        Head { size, hash: self.entries.last().map_or(before.hash, |last| last.hash) }
    }

    /// Whether it may be handed to an engine: 1 to 4,096 entries, 4 MiB in all, each within the limit of an
    /// entry and with the hash of its bytes, no id and no stream number twice, and a note that fits.
    ///
    /// # Errors
    /// [`InvalidBatch`], with the entry (counted from 0 within the batch) that is wrong.
    pub fn check(&self) -> Result<(), InvalidBatch> {
        let count = self.entries.len();
        if count == 0 || count > BATCH_ENTRIES_MAX {
            return Err(refuse(format!("{count} entries; needed 1 to {BATCH_ENTRIES_MAX}")));
        }
        let bytes: usize = self.entries.iter().map(|entry| entry.bytes.len()).sum();
        if bytes > BATCH_BYTES_MAX {
            return Err(refuse(format!("{bytes} bytes; needed at most {BATCH_BYTES_MAX}")));
        }
        check_note(&self.note)?;
        self.entries.iter().enumerate().try_for_each(|(index, entry)| check_entry(index, entry))?;
        self.check_distinct()
    }

    fn check_distinct(&self) -> Result<(), InvalidBatch> {
        let (mut ids, mut numbers) = (HashSet::new(), HashSet::new());
        for entry in &self.entries {
            if !ids.insert(entry.id) {
                return Err(refuse(format!("the event id {} twice; needed once", entry.id)));
            }
            if !numbers.insert((&entry.subject, entry.stream_number)) {
                let (subject, number) = (&entry.subject, entry.stream_number);
                return Err(refuse(format!("number {number} of {subject} twice; needed once")));
            }
        }
        Ok(())
    }
}

/// Whether a note fits beside the mark.
pub(crate) fn check_note(note: &[u8]) -> Result<(), InvalidBatch> {
    match note.len() {
        0..=MARK_NOTE_BYTES_MAX => Ok(()),
        length => Err(refuse(format!("a note of {length} bytes; needed at most {MARK_NOTE_BYTES_MAX}"))),
    }
}

fn check_entry(index: usize, entry: &NewEntry) -> Result<(), InvalidBatch> {
    let length = entry.bytes.len();
    if length > ENTRY_BYTES_MAX {
        return Err(refuse(format!("entry {index} has {length} bytes; needed at most {ENTRY_BYTES_MAX}")));
    }
    if entry.stream_number == 0 {
        return Err(refuse(format!("entry {index} has the stream number 0; needed 1 or more")));
    }
    let needed = Hash::of(&entry.bytes);
    if entry.hash != needed {
        let found = entry.hash;
        return Err(refuse(format!("entry {index} comes with the hash {found}; its bytes have {needed}")));
    }
    Ok(())
}

fn refuse(what: String) -> InvalidBatch {
    InvalidBatch { what }
}
