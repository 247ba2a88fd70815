//! The record: every act in its order, found by what it is about, as known at any position.
//!
//! The register keeps no state beside it. A question folds the acts about its subject, as they were known;
//! so `known_at` needs no second copy of anything, a correction changes what is known from its position on
//! and nothing before, and a register that was rebuilt is the register that was live.

use crate::{Act, Certainty, Date, Speaker, Standing, Statement};
use minutebook_log::{EventId, Position, PublicKey, Subject, Timestamp};
use std::{
    any::TypeId,
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};

/// Which statements an answer rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Acts, own records and registers.
    Enacted,
    /// Everything, with papers and the press beside.
    Reported,
}

/// From where a question looks: at which day in the world, with what the ledger knew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    /// The day in the world.
    pub as_at: Date,
    /// How many entries are known: those at positions below.
    pub known: u64,
    /// Which statements count.
    pub scope: Scope,
}

impl View {
    /// Whether a date is on or before the view's day, for certain.
    pub fn is_past(&self, date: &crate::PDate) -> bool {
        date.is_by(self.as_at) == Certainty::Yes
    }

    /// The same view of another day.
    pub fn at(self, as_at: Date) -> Self {
        Self { as_at, ..self }
    }
}

/// An act as it stands in the record.
#[derive(Debug)]
pub struct Recorded {
    /// The act.
    pub act: Arc<Act>,
    /// When the ledger took it.
    pub recorded: Timestamp,
    /// The soft rules that it broke when it was admitted.
    pub findings: Vec<crate::Finding>,
    said: Vec<Said>,
    /// What it was corrected to, oldest first, each known from a position on.
    corrections: Vec<Correction>,
}

#[derive(Debug)]
struct Correction {
    at: Position,
    /// Nothing where the act was withdrawn.
    now: Option<Arc<Act>>,
    said: Vec<Said>,
}

/// One statement of an act: its own, or that of one of its parts.
#[derive(Debug)]
struct Said {
    subject: Subject,
    statement: Arc<dyn Statement>,
    /// Under which names it is found, its subject among them.
    about: Vec<Subject>,
    /// The intentions that it carries out.
    fulfils: Vec<Subject>,
}

/// Everything that an act says at once, worked out when it is taken and not at each question.
fn all_said(act: &Act) -> Vec<Said> {
    let fulfils = act.fulfils.iter().map(|intention| intention.subject().clone()).collect();
    let whole = (act.subject.clone(), act.statement.clone(), fulfils);
    let parts = act.statement.parts(&act.subject).into_iter();
    let parts = parts.map(|(subject, statement)| (subject, statement, Vec::new()));
    let said = [whole].into_iter().chain(parts).map(|(subject, statement, fulfils)| {
        let mut about = statement.about();
        about.push(subject.clone());
        about.extend(fulfils.iter().cloned());
        Said { subject, statement, about, fulfils }
    });
    said.collect()
}

/// A statement that a view can see: what it says, where, and with what standing.
#[derive(Debug, Clone)]
pub struct Told {
    /// The entry.
    pub position: Position,
    /// The entry of the last correction, if there was one.
    pub corrected_at: Option<Position>,
    /// With what right it speaks.
    pub standing: Standing,
    /// Who said it: a later statement of the same fact by the same speaker revises the earlier.
    pub speaker: Option<Speaker>,
    /// What it is about.
    pub subject: Subject,
    /// What it says.
    pub statement: Arc<dyn Statement>,
    /// Whether it carries out the intention that is asked about.
    pub fulfils: bool,
}

impl Told {
    /// What it says, if it is of this type.
    pub fn says<T: Statement>(&self) -> Option<&T> {
        self.statement.downcast()
    }
}

/// Where something is said about a subject: everywhere, and by type of statement, each sorted. A question that
/// rests on few types is as quick for a body with 50,000 decisions as for one with none.
#[derive(Debug, Default)]
struct Listed {
    all: Vec<Position>,
    by_type: Vec<(TypeId, Vec<Position>)>,
}

impl Listed {
    fn insert(&mut self, type_id: TypeId, position: Position) {
        insert_sorted(&mut self.all, position);
        match self.by_type.iter_mut().find(|(known, _positions)| *known == type_id) {
            Some((_known, positions)) => insert_sorted(positions, position),
            None => self.by_type.push((type_id, vec![position])),
        }
    }

    /// Where one of `types` is said, sorted.
    fn of_types(&self, types: &[TypeId]) -> Vec<Position> {
        let listed = self.by_type.iter().filter(|(type_id, _positions)| types.contains(type_id));
        let mut positions: Vec<_> = listed.flat_map(|(_type_id, positions)| positions).copied().collect();
        positions.sort_unstable();
        positions.dedup();
        positions
    }
}

/// A correction can bring an old position under a new subject: the list stays sorted.
fn insert_sorted(positions: &mut Vec<Position>, position: Position) {
    if let Err(at) = positions.binary_search(&position) {
        positions.insert(at, position);
    }
}

/// Every act, in order.
#[derive(Debug, Default)]
pub struct Record {
    acts: Vec<Recorded>,
    by_subject: BTreeMap<Subject, Listed>,
    by_key: BTreeMap<PublicKey, Vec<Position>>,
    by_id: BTreeMap<EventId, Position>,
    with_findings: Vec<Position>,
    /// Which entries are read, while that is noted.
    noted: Option<Mutex<BTreeSet<Position>>>,
}

impl Record {
    /// How many acts there are.
    pub fn len(&self) -> u64 {
        self.acts.len() as u64
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.acts.is_empty()
    }

    /// The act at `position`, as it was first recorded.
    pub fn at(&self, position: Position) -> Option<&Recorded> {
        self.acts.get(usize::try_from(position.0).ok()?)
    }

    /// When the last entry was recorded.
    pub fn last_recorded(&self) -> Timestamp {
        self.acts.last().map_or(Timestamp::EPOCH, |last| last.recorded)
    }

    /// The day against which the view tells what has lapsed or is overdue: its own, or the day on which the
    /// last entry that it knows was recorded, where that is earlier. Nobody can miss a day that has not come.
    pub fn today(&self, view: View) -> Date {
        let last_known = view.known.checked_sub(1).filter(|_last| view.known < self.len());
        let recorded =
            last_known.and_then(|last| self.at(Position(last))).map(|last| Date::of(last.recorded));
        recorded.map_or(view.as_at, |recorded| recorded.min(view.as_at))
    }

    /// Where the event with this id stands.
    pub fn find(&self, id: EventId) -> Option<Position> {
        let position = self.by_id.get(&id).copied();
        position.inspect(|position| self.note(*position))
    }

    /// Where `key` signed something, whatever its standing and whatever became of it, among the `known` entries.
    pub fn signed_by(&self, key: PublicKey, known: u64) -> &[Position] {
        let positions = self.by_key.get(&key).map_or(&[][..], Vec::as_slice);
        let end = positions.partition_point(|position| position.0 < known);
        positions.get(..end).unwrap_or_default()
    }

    /// Where the act at `position` was corrected last, as far as `known` entries tell.
    pub fn corrected_at(&self, position: Position, known: u64) -> Option<Position> {
        self.at(position)?.correction_as_known(known).map(|correction| correction.at)
    }

    /// The act at `position` as `known` entries leave it: corrected, or nothing where it was withdrawn.
    pub fn act_as_known(&self, position: Position, known: u64) -> Option<Arc<Act>> {
        let recorded = self.at(position).filter(|_recorded| position.0 < known)?;
        match recorded.correction_as_known(known) {
            Some(correction) => correction.now.clone(),
            None => Some(recorded.act.clone()),
        }
    }

    /// The statements about `subject` that the view can see, in the order of the book.
    pub fn about(&self, subject: &Subject, view: View) -> impl Iterator<Item = Told> + '_ {
        let positions = self.by_subject.get(subject).map_or(&[][..], |listed| &listed.all);
        self.told_at(positions.iter().copied(), subject.clone(), view)
    }

    /// Those of the statements about `subject` that are of one type; what others say of it costs nothing.
    pub fn saying<T: Statement>(&self, subject: &Subject, view: View) -> impl Iterator<Item = Told> + '_ {
        self.saying_any([TypeId::of::<T>()], subject, view)
    }

    /// Those of the statements about `subject` that are of one of `types`.
    pub fn saying_any<const N: usize>(
        &self,
        types: [TypeId; N],
        subject: &Subject,
        view: View,
    ) -> impl Iterator<Item = Told> + '_ {
        let positions = self.by_subject.get(subject).map(|listed| listed.of_types(&types));
        self.told_at(positions.unwrap_or_default().into_iter(), subject.clone(), view)
            .filter(move |told| types.contains(&told.statement.type_of()))
    }

    fn told_at(
        &self,
        positions: impl Iterator<Item = Position>,
        subject: Subject,
        view: View,
    ) -> impl Iterator<Item = Told> {
        positions
            .take_while(move |position| position.0 < view.known)
            .flat_map(move |position| self.told(position, view.known, &subject))
            .filter(move |told| view.scope == Scope::Reported || told.standing.is_enacted())
    }

    /// The subjects of which the entry at `position` says something, as `known` entries leave it.
    pub fn subjects_at(&self, position: Position, known: u64) -> BTreeSet<Subject> {
        let said = self.at(position).filter(|_recorded| position.0 < known).map(|recorded| {
            recorded.correction_as_known(known).map_or(&recorded.said, |correction| &correction.said)
        });
        said.into_iter().flatten().flat_map(|said| said.about.iter().cloned()).collect()
    }

    /// The subjects of one kind, sorted.
    pub fn subjects<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Subject> + 'a {
        self.by_subject.keys().filter(move |subject| subject.kind() == kind)
    }

    /// The findings raised on admission that the view knows of, in order; not those of what was withdrawn.
    pub fn findings(&self, view: View) -> impl Iterator<Item = &crate::Finding> + '_ {
        self.with_findings
            .iter()
            .take_while(move |position| position.0 < view.known)
            .filter_map(|position| self.at(*position))
            .filter(move |recorded| {
                !recorded.correction_as_known(view.known).is_some_and(Correction::withdraws)
            })
            .flat_map(|recorded| &recorded.findings)
    }

    /// From here on, notes which entries are read to answer a question.
    pub(crate) fn begin_noting(&mut self) {
        self.noted = Some(Mutex::default());
    }

    /// Which entries were read since [`Record::begin_noting`]; no more are noted.
    pub(crate) fn end_noting(&mut self) -> BTreeSet<Position> {
        let noted = self.noted.take().map(|noted| noted.into_inner().unwrap_or_else(PoisonError::into_inner));
        noted.unwrap_or_default()
    }

    fn note(&self, position: Position) {
        if let Some(noted) = &self.noted {
            noted.lock().unwrap_or_else(PoisonError::into_inner).insert(position);
        }
    }

    /// Adds an admitted act at the next position.
    pub(crate) fn append(&mut self, act: Arc<Act>, recorded: Timestamp, findings: Vec<crate::Finding>) {
        let position = Position(self.len());
        let said = all_said(&act);
        self.index(&said, position);
        self.by_id.insert(act.id, position);
        for signatory in &act.signatories {
            self.by_key.entry(signatory.key).or_default().push(position);
        }
        if !findings.is_empty() {
            self.with_findings.push(position);
        }
        self.acts.push(Recorded { act, recorded, findings, said, corrections: Vec::new() });
    }

    /// Notes that the act at `target` is, from the correction at `at` on, known as `now`.
    pub(crate) fn correct(&mut self, target: Position, at: Position, now: Option<Arc<Act>>) {
        let said = now.as_deref().map(all_said).unwrap_or_default();
        self.index(&said, target);
        let target = usize::try_from(target.0).ok();
        if let Some(recorded) = target.and_then(|target| self.acts.get_mut(target)) {
            recorded.corrections.push(Correction { at, now, said });
        }
    }

    /// Lists what is said under everything that it is about.
    fn index(&mut self, said: &[Said], position: Position) {
        for said in said {
            let type_id = said.statement.type_of();
            for subject in &said.about {
                let listed = match self.by_subject.get_mut(subject) {
                    Some(listed) => listed,
                    None => self.by_subject.entry(subject.clone()).or_default(),
                };
                listed.insert(type_id, position);
            }
        }
    }

    /// The statements at `position` that are about `subject`: the act itself, and its parts.
    fn told(&self, position: Position, known: u64, subject: &Subject) -> Vec<Told> {
        let Some(recorded) = self.at(position) else { return Vec::new() };
        self.note(position);
        let correction = recorded.correction_as_known(known);
        let said = correction.map_or(&recorded.said, |correction| &correction.said);
        let act = correction.and_then(|correction| correction.now.as_ref()).unwrap_or(&recorded.act);
        said.iter()
            .filter(|said| said.about.contains(subject))
            .map(|said| Told {
                position,
                corrected_at: correction.map(|correction| correction.at),
                standing: act.standing,
                speaker: act.speaker,
                subject: said.subject.clone(),
                statement: said.statement.clone(),
                fulfils: said.fulfils.contains(subject),
            })
            .collect()
    }
}

impl Recorded {
    fn correction_as_known(&self, known: u64) -> Option<&Correction> {
        self.corrections.iter().rev().find(|correction| correction.at.0 < known)
    }
}

impl Correction {
    fn withdraws(&self) -> bool {
        self.now.is_none()
    }
}
