//! The record: every act in its order, found by what it is about, as known at any position.
//!
//! The register keeps no state beside it. A question folds the acts about its subject, as they were known;
//! so `known_at` needs no second copy of anything, a correction changes what is known from its position on
//! and nothing before, and a register that was rebuilt is the register that was live.
//!
//! What is kept in memory is an index and not the acts: where something is said, in the order in which it became known
//! there, so that what a number of entries say is a prefix of each list. The newest entries are in a [`Tail`], those before
//! in segments that never change, and acts are read again as they are asked for.

use crate::corrections::Corrections;
use crate::kept::{Acts, Keeping};
use crate::merged::Merged;
use crate::named::is_name;
use crate::noted::{Noted, lock};
use crate::remembered::KeyAnswers;
use crate::segment::{self, Segment};
use crate::spoken::Spoken;
use crate::tail::Tail;
use crate::{Act, Date, Entries, Finding, KnownUntil, Recorded, Statement, Told, Unread, View};
use imbl::Vector;
use minutebook_log::{EventId, Opening, Position, PublicKey, Subject, Timestamp};
use std::{
    any::TypeId,
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

mod of_key;
mod raised;
mod supposed;
use supposed::Supposed;

/// Every act, in order. A value: a clone shares what the two have in common.
#[derive(Debug, Clone, Default)]
pub struct Record {
    acts: Acts,
    /// The act of the first entry, which everything else is asked of.
    first: Option<Arc<Act>>,
    times: Vector<Timestamp>,
    segments: Vector<Arc<Segment>>,
    tail: Tail,
    corrections: Corrections,
    /// What is read, while that is noted.
    noted: Option<Arc<Mutex<Noted>>>,
    /// Which entries it is supposed to have, where that is not all of them.
    supposed: Supposed,
    /// What was worked out of keys, as all of its entries tell.
    remembered: KeyAnswers,
}

impl Record {
    /// How many acts there are.
    pub fn len(&self) -> u64 {
        self.supposed.len(self.times.len() as u64)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The act at `position`, as it was first recorded.
    pub fn at(&self, position: Position) -> Option<Recorded> {
        let act = Arc::clone(&self.acts.get(position)?.act);
        Some(Recorded {
            act,
            recorded: self.recorded_at(position)?,
            findings: self.raised_at(position).to_vec(),
        })
    }

    /// The act of the first entry.
    pub fn first(&self) -> Option<&Arc<Act>> {
        self.first.as_ref()
    }

    /// When the entry at `position` was recorded.
    pub fn recorded_at(&self, position: Position) -> Option<Timestamp> {
        self.times.get(usize::try_from(position.0).ok()?).copied()
    }

    /// When the last entry was recorded.
    pub fn last_recorded(&self) -> Timestamp {
        let last = self.len().checked_sub(1).map(Position);
        last.and_then(|last| self.recorded_at(last)).unwrap_or(Timestamp::EPOCH)
    }

    /// The day against which the view tells what has lapsed or is overdue: its own, or the last that it knows of, if that
    /// is earlier. Nobody can miss a day that has not come. What else the record has by now makes no difference.
    pub fn today(&self, view: View) -> Date {
        let last = view.known.checked_sub(1).map(Position);
        let until = match view.until {
            KnownUntil::Onwards => None,
            KnownUntil::LastEntry => last.and_then(|last| self.recorded_at(last)).map(Date::of),
            KnownUntil::Day(day) => Some(day),
        };
        until.map_or(view.as_at, |until| until.min(view.as_at))
    }

    /// Where the event with this id stands.
    pub fn find(&self, id: EventId) -> Option<Position> {
        let position = self.tail.find(id).or_else(|| self.acts.find_before(self.tail.first, id));
        let position = position.filter(|position| self.supposed.has(*position));
        position.inspect(|position| self.note(|noted| noted.entry(*position)))
    }

    /// Where `key` signed something, whatever its standing and whatever became of it, among the `known` entries.
    pub fn signed_by(&self, key: PublicKey, known: u64) -> Vec<Position> {
        let sealed = self.segments.iter().flat_map(|segment| segment.signed_by(key));
        let newest = self.tail.by_key.get(&key).into_iter().flatten().copied();
        sealed.chain(newest).take_while(|position| position.0 < known).collect()
    }

    /// Where the act at `position` was corrected last, as far as `known` entries tell.
    pub fn corrected_at(&self, position: Position, known: u64) -> Option<Position> {
        self.correction(position, known).map(|(at, _now)| at)
    }

    /// The corrections of the act at `position` that `known` entries tell of, oldest first, and whether each withdraws it.
    pub fn corrections_of(&self, position: Position, known: u64) -> Vec<(Position, bool)> {
        self.corrections.of(position, known).map(|(at, now)| (at, now.is_none())).collect()
    }

    /// What was withdrawn, as `known` entries tell, each with the entry that withdrew it.
    pub(crate) fn all_withdrawn(&self, known: u64) -> impl Iterator<Item = (Position, Position)> {
        self.corrections.withdrawn(known)
    }

    /// The last correction of the act at `position`, as far as `known` entries tell.
    fn correction(&self, position: Position, known: u64) -> Option<(Position, Option<&Arc<Spoken>>)> {
        self.corrections.of(position, known).next_back()
    }

    /// The act at `position` as `known` entries leave it: corrected, or nothing where it was withdrawn.
    pub fn act_as_known(&self, position: Position, known: u64) -> Option<Arc<Act>> {
        self.spoken(position, known).map(|spoken| Arc::clone(&spoken.act))
    }

    fn spoken(&self, position: Position, known: u64) -> Option<Arc<Spoken>> {
        if position.0 >= known || !self.supposed.has(position) {
            return None;
        }
        match self.correction(position, known) {
            Some((_at, now)) => now.cloned(),
            None => self.acts.get(position),
        }
    }

    /// The statements about `subject` that the view can see, in the order of the book.
    pub fn about(&self, subject: &Subject, view: View) -> impl Iterator<Item = Told> + '_ {
        self.told_at(self.positions(subject, view.known, |_any| true), subject.clone(), view)
    }

    /// Those of the statements about `subject` that are of one type; what others say of it costs nothing.
    pub fn saying<T: Statement>(&self, subject: &Subject, view: View) -> impl Iterator<Item = Told> + '_ {
        self.saying_any([TypeId::of::<T>()], subject, view)
    }

    /// Those of them that stand at `from` or behind it; those before are not read.
    pub fn saying_from<T: Statement>(
        &self,
        from: Position,
        subject: &Subject,
        view: View,
    ) -> impl Iterator<Item = Told> + '_ {
        let mut positions = self.positions(subject, view.known, |type_id| type_id == TypeId::of::<T>());
        positions.retain(|position| *position >= from);
        self.told_at(positions, subject.clone(), view).filter(|told| told.says::<T>().is_some())
    }

    /// Those of the statements about `subject` that are of one of `types`.
    pub fn saying_any<const N: usize>(
        &self,
        types: [TypeId; N],
        subject: &Subject,
        view: View,
    ) -> impl Iterator<Item = Told> + '_ {
        let positions = self.positions(subject, view.known, |type_id| types.contains(&type_id));
        self.told_at(positions, subject.clone(), view)
            .filter(move |told| types.contains(&told.statement.type_of()))
    }

    /// Where a type that is `wanted` is said about `subject`, as `known` entries tell, in the order of the book.
    pub(crate) fn positions(
        &self,
        subject: &Subject,
        known: u64,
        wanted: impl Fn(TypeId) -> bool,
    ) -> Vec<Position> {
        self.note(Noted::subject);
        let (mut positions, hash) = (Vec::new(), segment::hash_of(subject));
        for segment in &self.segments {
            segment.positions((subject, hash), known, &wanted, &mut positions);
        }
        self.tail.positions(subject, known, &wanted, &mut positions);
        positions.retain(|position| self.supposed.has(*position));
        positions.sort_unstable();
        positions.dedup();
        positions
    }

    fn told_at(
        &self,
        positions: Vec<Position>,
        subject: Subject,
        view: View,
    ) -> impl Iterator<Item = Told> + '_ {
        positions
            .into_iter()
            .flat_map(move |position| self.told(position, view.known, &subject))
            .filter(move |told| self.supposed.hears(told, view))
    }

    /// The subjects of which the entry at `position` says something, as `known` entries leave it.
    pub fn subjects_at(&self, position: Position, known: u64) -> BTreeSet<Subject> {
        let spoken = self.spoken(position, known);
        let said = spoken.iter().flat_map(|spoken| &spoken.said);
        let about = said.flat_map(|said| &said.about).filter(|subject| !is_name(subject));
        about.cloned().collect()
    }

    /// The subject of the entry at `position`, without reading it.
    pub(crate) fn subject_of(&self, position: Position) -> Option<&Subject> {
        if let Some(row) = position.0.checked_sub(self.tail.first) {
            return self.tail.lines.get(usize::try_from(row).ok()?).map(|line| &line.subject);
        }
        let segment = self.segment_of(position)?;
        let row = usize::try_from(position.0 - segment.first).ok()?;
        segment.subjects.get(*segment.lines.subjects.get(row)? as usize)
    }

    /// The subjects of one kind, sorted.
    pub fn subjects<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Subject> + 'a {
        self.subjects_from(kind, kind)
    }

    /// Those of them that stand at `from` or behind it.
    pub fn subjects_from<'a>(
        &'a self,
        kind: &'a str,
        from: &str,
    ) -> impl Iterator<Item = &'a Subject> + use<'a> {
        let from = from.max(kind);
        let newest = self.tail.subjects(kind, from);
        let mut lists: Vec<_> = self.segments.iter().map(|segment| segment.subjects(kind, from)).collect();
        lists.push(Box::new(newest));
        Merged::of(lists).inspect(|_subject| self.note(Noted::subject))
    }

    /// From here on, notes what is read to answer a question.
    pub(crate) fn begin_noting(&mut self) {
        self.noted = Some(Arc::default());
    }

    /// What was read since [`Record::begin_noting`]; no more is noted.
    pub(crate) fn end_noting(&mut self) -> Noted {
        let noted = self.noted.take();
        noted.map(|noted| std::mem::take(&mut *lock(&noted))).unwrap_or_default()
    }

    fn note(&self, note: impl FnOnce(&mut Noted)) {
        if let Some(noted) = &self.noted {
            note(&mut lock(noted));
        }
    }

    /// The same record for somebody else who asks: what he can't read is his own affair.
    pub(crate) fn for_somebody(&self) -> Self {
        Self { acts: self.acts.for_somebody(), ..self.clone() }
    }

    /// What could not be read again since somebody began to ask, if anything: what was answered then is no answer.
    pub fn fault(&self) -> Option<&Unread> {
        self.acts.fault()
    }

    /// How many acts were read since somebody began to ask: what an answer has cost so far.
    pub fn looks(&self) -> u64 {
        self.acts.looks()
    }

    /// A record without acts, whose acts `entries` will keep.
    pub(crate) fn kept_by(entries: Arc<dyn Entries>, keeping: Keeping) -> Self {
        Self { acts: Acts::kept_by(entries, 0, keeping), ..Self::default() }
    }

    /// Adds an admitted act at the next position.
    pub(crate) fn append(&mut self, act: Arc<Act>, recorded: Timestamp, findings: Vec<Finding>) {
        self.first.get_or_insert_with(|| Arc::clone(&act));
        let spoken = Arc::new(Spoken::of(act));
        if spoken.said.iter().any(|said| said.statement.changes_authority()) {
            self.remembered = KeyAnswers::default();
        }
        self.tail.push(&spoken.act, &spoken.said, findings);
        self.acts.push(spoken);
        self.times.push_back(recorded);
    }

    /// Notes that the act at `target` is, from the correction at `at` on, known as `now`.
    pub(crate) fn correct(&mut self, target: Position, at: Position, now: Option<Arc<Act>>) {
        let now = now.map(|now| Arc::new(Spoken::of(now)));
        self.remembered = KeyAnswers::default();
        self.tail.correct(target, at, now.as_ref().map(|now| now.said.as_slice()).unwrap_or_default());
        self.corrections.insert(target, at, now);
    }

    /// The segments, oldest first.
    pub(crate) fn segments(&self) -> &Vector<Arc<Segment>> {
        &self.segments
    }

    /// The index of the entries behind the segments.
    pub(crate) fn tail(&self) -> &Tail {
        &self.tail
    }

    /// How many entries the segments cover.
    pub(crate) fn sealed(&self) -> u64 {
        self.tail.first
    }

    /// Takes a segment that begins where this ends, with the times of its entries. Its acts are read as they are asked
    /// for, the very first at once.
    pub(crate) fn take_segment(&mut self, segment: Segment, times: &[Timestamp]) -> Result<(), Unread> {
        self.remembered = KeyAnswers::default();
        self.times.extend(times.iter().copied());
        self.segments.push_back(Arc::new(segment));
        self.tail = Tail::from(self.len());
        self.acts.skip_to(self.len());
        if self.first.is_none() {
            self.first = self.acts.get(Position::FIRST).map(|spoken| Arc::clone(&spoken.act));
        }
        self.fault().map_or(Ok(()), |unread| Err(unread.clone()))
    }

    /// What the first entry says of the ledger, read again.
    pub(crate) fn read_opening(&self) -> Result<Opening, Unread> {
        let failed = |what: &str| Unread::Failed { position: Position::FIRST, what: what.to_owned() };
        let act = self.acts.get(Position::FIRST).map(|spoken| Arc::clone(&spoken.act));
        let act = act.ok_or_else(|| self.fault().cloned().unwrap_or_else(|| failed("no entry")))?;
        act.statement.downcast().cloned().ok_or_else(|| failed("it opens no ledger"))
    }

    /// Knows again what an act says since it was corrected, or that it was withdrawn.
    pub(crate) fn know_correction(&mut self, target: Position, at: Position, now: Option<Arc<Spoken>>) {
        self.remembered = KeyAnswers::default();
        self.corrections.insert(target, at, now);
    }

    /// How much is kept in memory, where entries can be read again.
    pub(crate) fn keeping(&self) -> Option<Keeping> {
        self.acts.keeping()
    }

    /// Whether the tail has so many entries.
    pub(crate) fn is_to_be_sealed(&self, entries: usize) -> bool {
        self.tail.len() >= entries.max(1)
    }

    /// Makes the tail a segment, once it has so many entries; whether it did.
    pub(crate) fn seal(&mut self, entries: usize) -> bool {
        let is_long = self.is_to_be_sealed(entries);
        if is_long {
            self.segments.push_back(Arc::new(Segment::of(&self.tail)));
            self.tail = Tail::from(self.len());
        }
        is_long
    }

    /// The statements at `position` that are about `subject`: the act itself, and its parts.
    pub(crate) fn told(&self, position: Position, known: u64, subject: &Subject) -> Vec<Told> {
        self.note(|noted| noted.entry(position));
        let Some(spoken) = self.spoken(position, known) else { return Vec::new() };
        let corrected_at = self.corrected_at(position, known);
        let said = spoken.said.iter().filter(|said| said.about.contains(subject));
        said.map(|said| Told {
            position,
            corrected_at,
            standing: spoken.act.standing,
            speaker: spoken.act.speaker,
            subject: said.subject.clone(),
            statement: said.statement.clone(),
            fulfils: said.fulfils.contains(subject),
        })
        .collect()
    }
}
