//! A book's segments as files: what it is started from without reading its entries.
//!
//! A file is derived, and dropped without loss. It is taken only where it continues the book, was made by a program that
//! finds the same things under the same names, and has its digest; its last hash is to be held against the store, and its
//! tree against a checkpoint, by whoever reads it.

use crate::book::Book;
use crate::catalogue::{CATALOGUE, name_of_type, type_of_name};
use crate::columns::{ColumnReader, ColumnWriter};
use crate::correcting::correct_again;
use crate::rulebook::{rule_of, rules};
use crate::segment::Segment;
use crate::segment_file::Vocabulary;
use crate::{Unread, spoken::Spoken};
use minutebook_log::{Hash, Position, Subject, Timestamp};
use serde_json::Value;
use std::sync::{Arc, LazyLock};

/// What every file begins with. Another number with another form, and wherever something is found under another name that
/// no example shows.
const MAGIC: &[u8] = b"minutebook.segment/v4\n";

const VOCABULARY: Vocabulary = Vocabulary { name_of: name_of_type, type_of: type_of_name, rule_of };

/// Why a file is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unshelved {
    /// Its bytes are not a segment's, or not those that were written.
    #[error("it is no segment, or damaged")]
    Damaged,
    /// Another program made it, which finds other things under the names.
    #[error("another version of the program made it")]
    OtherProgram,
    /// It is another ledger's.
    #[error("it is of another ledger")]
    OtherLedger,
    /// It does not begin where the book ends.
    #[error("it begins at entry {found}, and the book ends before {needed}")]
    Elsewhere {
        /// Where it begins.
        found: u64,
        /// Where the book ends.
        needed: u64,
    },
    /// An entry that it speaks of could not be read.
    #[error(transparent)]
    Unread(#[from] Unread),
}

/// What a program finds, and under which names: two with the same digest make the same index of the same entries. It
/// covers every type's example, with what it is about, and every rule.
static FINDS: LazyLock<Hash> = LazyLock::new(|| {
    let mut finds = ColumnWriter::default();
    for row in &CATALOGUE {
        finds.texts([row.name].into_iter());
        let lines = row.example.lines().filter(|line| !line.trim_start().starts_with("//"));
        let example: Value = serde_json::from_str(&lines.collect::<Vec<_>>().join("\n")).unwrap_or_default();
        let subject = example.get("subject").and_then(Value::as_str).and_then(|text| text.parse().ok());
        let facts = example.pointer("/data/facts").and_then(|facts| row.parse(facts).ok());
        let Some((statement, subject)) = facts.zip::<Subject>(subject) else { continue };
        let whole = [(subject.clone(), Arc::clone(&statement))].into_iter();
        for (subject, said) in whole.chain(statement.parts(&subject)) {
            let mut names = vec![name_of_type(said.type_of()).unwrap_or("").to_owned(), subject.to_string()];
            names.extend(said.about().iter().chain(&said.listed(&subject)).map(Subject::to_string));
            finds.texts(names.iter().map(String::as_str));
        }
    }
    finds.texts(rules().map(|rule| rule.id).collect::<Vec<_>>().into_iter());
    Hash::of(&finds.0)
});

impl Book {
    /// How many segments it has, and how many entries these cover.
    pub fn segments(&self) -> (usize, u64) {
        (self.record().segments().len(), self.record().sealed())
    }

    /// The `number`th segment as a file, and where it begins and ends. Nothing where there is none.
    pub fn segment_file(&self, number: usize) -> Option<(Position, Position, Vec<u8>)> {
        let segment = self.record().segments().get(number)?;
        let (first, end) = (Position(segment.first), Position(segment.first + segment.len()));
        let mut to = ColumnWriter(MAGIC.to_vec());
        to.bytes(FINDS.as_bytes());
        to.bytes(self.chain().hash_at(Position::FIRST)?.as_bytes());
        segment.encode(VOCABULARY, &mut to)?;
        let positions = || (first.0..end.0).map(Position);
        let hashes: Option<Vec<_>> = positions().map(|at| self.chain().hash_at(at)).collect();
        to.items(hashes?.iter().map(|hash| *hash.as_bytes()));
        let times: Option<Vec<_>> = positions().map(|at| self.record().recorded_at(at)).collect();
        to.items(times?.iter().map(|time| time.as_micros().to_le_bytes()));
        let digest = Hash::of(&to.0);
        to.0.extend(digest.as_bytes());
        Some((first, end, to.0))
    }

    /// Takes a segment's file on top of what the book has. `ledger` is the ledger's id. Nothing is believed of it but
    /// that this program wrote it: hold the new head against the store.
    ///
    /// # Errors
    /// [`Unshelved`]; the book is then as it was.
    pub fn load_segment(&mut self, ledger: Hash, bytes: &[u8]) -> Result<(), Unshelved> {
        let (segment, hashes, times) = parse(ledger, bytes)?;
        let needed = self.record().len();
        if segment.first != needed || self.record().sealed() != needed {
            return Err(Unshelved::Elsewhere { found: segment.first, needed });
        }
        let mut book = self.for_question();
        book.take_segment(segment, &hashes, &times)?;
        *self = book;
        Ok(())
    }

    fn take_segment(&mut self, segment: Segment, hashes: &[Hash], times: &[Timestamp]) -> Result<(), Unread> {
        let corrections = segment.corrections.clone();
        let first = segment.first;
        let streams =
            segment.streams().into_iter().map(|(subject, count)| (subject.clone(), count)).collect();
        self.record_mut().take_segment(segment, times)?;
        self.extend_chain(hashes, times, &streams)?;
        for (since, target) in corrections {
            let since = Position(first + u64::from(since));
            let now = correct_again(self.record(), since, Position(target))?;
            self.record_mut().know_correction(Position(target), since, now.map(Spoken::of).map(Arc::new));
        }
        self.fault()
    }
}

fn parse(ledger: Hash, bytes: &[u8]) -> Result<(Segment, Vec<Hash>, Vec<Timestamp>), Unshelved> {
    let (content, digest) = bytes.split_last_chunk::<32>().ok_or(Unshelved::Damaged)?;
    let columns = content.strip_prefix(MAGIC).ok_or(Unshelved::Damaged)?;
    if Hash::of(content).as_bytes() != digest {
        return Err(Unshelved::Damaged);
    }
    let mut from = ColumnReader::of(columns);
    if from.bytes().ok_or(Unshelved::Damaged)? != FINDS.as_bytes() {
        return Err(Unshelved::OtherProgram);
    }
    if from.bytes().ok_or(Unshelved::Damaged)? != ledger.as_bytes() {
        return Err(Unshelved::OtherLedger);
    }
    parse_columns(&mut from).filter(|_parsed| from.is_at_end()).ok_or(Unshelved::Damaged)
}

fn parse_columns(from: &mut ColumnReader<'_>) -> Option<(Segment, Vec<Hash>, Vec<Timestamp>)> {
    let segment = Segment::parse(VOCABULARY, from)?;
    let hashes: Vec<_> = from.items()?.iter().map(|hash| Hash::from_bytes(*hash)).collect();
    let times = from.items()?.iter().map(|time| Timestamp::from_micros(i64::from_le_bytes(*time)));
    let times: Vec<_> = times.collect::<Option<_>>()?;
    let is_whole = [hashes.len(), times.len(), segment.lines.subjects.len(), segment.lines.standings.len()]
        .iter()
        .all(|length| *length as u64 == segment.len() && *length > 0);
    is_whole.then_some((segment, hashes, times))
}
