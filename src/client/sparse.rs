//! What is sent of a log that is not followed from its first entry, or not whole: each entry is in the tree that the log
//! has signed, in its order, of what was asked for; and of a subject that is wanted whole, none was left out.

use super::ClientError;
use super::checkpoints::parse_hashes;
use crate::proto::{self, Inclusion, ProvedEntry};
use minutebook_governance::{Selection, catalogue};
use minutebook_log::{Entry, Hash, InclusionProof, Position, Subject, TreeHead, check_inclusion};
use std::collections::BTreeMap;

/// The call that is spoken of.
pub(super) const CALL: &str = "FollowEntries";

/// An entry that came, and its bytes.
pub(super) type Came = (Entry, Vec<u8>);

/// How far a selection has come.
#[derive(Debug, Clone)]
pub(super) struct Sparse {
    selection: Selection,
    next: Position,
    /// Where it began. From the first position on, each subject begins with its number 1.
    began: Option<Position>,
    /// The last number that came of each subject that is wanted whole.
    numbers: BTreeMap<Subject, u64>,
}

impl Sparse {
    /// Nothing has come yet of what is selected from `next` on.
    pub(super) fn from(selection: Selection, next: Position) -> Self {
        Self { selection, next, began: None, numbers: BTreeMap::new() }
    }

    /// Up to where everything has come.
    pub(super) fn next(&self) -> Position {
        self.next
    }

    /// Takes where the server begins, and the entries before it, in the tree `head`.
    ///
    /// # Errors
    /// [`ClientError::Lies`] where that is not where it was asked to, and where an entry is missing in between.
    pub(super) fn begin(
        &mut self,
        from: Position,
        head: TreeHead,
        preceding: &[ProvedEntry],
    ) -> Result<(), ClientError> {
        self.next = from;
        self.began.get_or_insert(from);
        let mut found = BTreeMap::new();
        for proved in preceding {
            let (Some(entry), Some(inclusion)) = (&proved.entry, &proved.inclusion) else {
                return Err(lies("an entry that is not there"));
            };
            let read = read(entry)?;
            if read.position >= from {
                return Err(lies(&format!("entry {} as one before {from}", read.position)));
            }
            check_included(&entry.content, read.position, head, inclusion)?;
            found.insert(read.event().subject.clone(), read.stream_number);
        }
        for subject in self.selection.whole_subjects() {
            let shown = found.get(subject).copied().unwrap_or_default();
            // Where it goes on, what has come is known.
            let known = self.numbers.entry(subject.clone()).or_insert(shown);
            if *known != shown {
                return Err(lies(&format!(
                    "that entry {shown} of {subject} is the last before {from}: {known} came"
                )));
            }
        }
        Ok(())
    }

    /// Takes entries up to `next`, in the tree `head`.
    ///
    /// # Errors
    /// [`ClientError::Lies`] for what is not in the tree, not wanted or out of order, and where one is missing.
    pub(super) fn take(
        &mut self,
        entries: Vec<proto::Entry>,
        inclusions: &[Inclusion],
        next: Position,
        head: TreeHead,
    ) -> Result<Vec<Came>, ClientError> {
        let came = entries.into_iter().map(|entry| Ok((read(&entry)?, entry.content)));
        let came = came.collect::<Result<Vec<Came>, ClientError>>()?;
        let mut inclusions = inclusions.iter();
        for (at, (entry, bytes)) in came.iter().enumerate() {
            self.check_order(entry, next)?;
            match came.get(at + 1) {
                Some((behind, _bytes)) if behind.position == entry.position.next() => {
                    let (found, hash) = (behind.previous, Hash::of(bytes));
                    if found != hash {
                        let (position, behind) = (entry.position, behind.position);
                        return Err(lies(&format!(
                            "entry {behind} follows {found}, and entry {position} has the hash {hash}"
                        )));
                    }
                }
                _end_of_run => {
                    let inclusion = inclusions.next().ok_or_else(|| lies("an entry without a proof"))?;
                    check_included(bytes, entry.position, head, inclusion)?;
                }
            }
        }
        if inclusions.next().is_some() {
            return Err(lies("a proof without an entry"));
        }
        self.go_to(next, head)?;
        Ok(came)
    }

    /// Takes that nothing more is selected up to `next`.
    ///
    /// # Errors
    /// [`ClientError::Lies`] where the log does not go so far, or it was looked further before.
    pub(super) fn go_to(&mut self, next: Position, head: TreeHead) -> Result<(), ClientError> {
        if next < self.next || next.0 > head.size.0 {
            let what =
                format!("that it was looked up to {next}, after {}, in a log of {}", self.next, head.size);
            return Err(lies(&what));
        }
        self.next = next;
        Ok(())
    }

    /// Whether an entry comes where it may, is wanted, and has the number that follows in its subject's stream.
    fn check_order(&mut self, entry: &Entry, next: Position) -> Result<(), ClientError> {
        let (position, subject) = (entry.position, &entry.event().subject);
        if position < self.next || position >= next {
            return Err(lies(&format!("entry {position} between {} and {next}", self.next)));
        }
        self.next = position.next();
        // What this program does not know the type of it can't judge.
        if let Ok(act) = catalogue::read_event(entry.event())
            && !self.selection.may_take(&act)
        {
            return Err(lies(&format!("entry {position}, which was not asked for")));
        }
        if !self.selection.takes_whole(subject) {
            return Ok(());
        }
        let number = entry.stream_number;
        let before = self.numbers.insert(subject.clone(), number);
        let expected = match before {
            Some(before) => before.saturating_add(1),
            None if self.began == Some(Position::FIRST) => 1,
            // Where it begins in the middle, the first that comes of a subject has any number.
            None => number,
        };
        if number == expected {
            return Ok(());
        }
        Err(lies(&format!("entry {position}, number {number} of {subject}, where number {expected} is next")))
    }
}

fn read(entry: &proto::Entry) -> Result<Entry, ClientError> {
    let fails = |why: &dyn ToString| lies(&format!("entry {} fails: {}", entry.position, why.to_string()));
    let read = Entry::parse(&entry.content).map_err(|malformed| fails(&malformed))?;
    if read.position.0 != entry.position {
        return Err(fails(&format!("its bytes say that it is entry {}", read.position)));
    }
    Ok(read)
}

fn check_included(
    bytes: &[u8],
    position: Position,
    head: TreeHead,
    inclusion: &Inclusion,
) -> Result<(), ClientError> {
    let proof = InclusionProof(parse_hashes(CALL, &inclusion.hashes)?);
    let checked = check_inclusion(bytes, position, head, &proof);
    checked.map(|_included| ()).map_err(|error| lies(&format!("entry {position}: {error}")))
}

fn lies(what: &str) -> ClientError {
    ClientError::lies(CALL, &what)
}
