//! The record: every act in its order, found by what it is about, as known at any position.
//!
//! The register keeps no state beside it. A question folds the acts about its subject, as they were known;
//! so `known_at` needs no second copy of anything, a correction changes what is known from its position on
//! and nothing before, and a register that was rebuilt is the register that was live.
//!
//! Places are listed in the order in which something became known there, and nothing is ever inserted among them:
//! what a number of entries say is a prefix of each list.

use crate::listed::{Listed, Mention};
use crate::noted::Noted;
use crate::{Act, Certainty, Date, Speaker, Standing, Statement};
use imbl::{HashMap, OrdMap, Vector};
use minutebook_log::{EventId, Position, PublicKey, Subject, Timestamp};
use std::{
    any::TypeId,
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
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
    /// Whether the knowledge is that of a moment, with its own today; otherwise whoever asks supposes that nothing
    /// more is to come.
    pub pinned: bool,
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

    /// The same day as it was known when there were so many entries.
    pub fn as_known(self, known: u64) -> Self {
        Self { known, pinned: true, ..self }
    }
}

/// An act as it stands in the record.
#[derive(Debug, Clone)]
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

#[derive(Debug, Clone)]
struct Correction {
    at: Position,
    /// Nothing where the act was withdrawn.
    now: Option<Arc<Act>>,
    said: Vec<Said>,
}

/// One statement of an act: its own, or that of one of its parts.
#[derive(Debug, Clone)]
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

/// Every act, in order. A value: a clone shares what the two have in common.
#[derive(Debug, Clone, Default)]
pub struct Record {
    acts: Vector<Arc<Recorded>>,
    by_subject: OrdMap<Subject, Listed>,
    by_key: HashMap<PublicKey, Vector<Position>>,
    by_id: HashMap<EventId, Position>,
    with_findings: Vector<Position>,
    /// What is read, while that is noted.
    noted: Option<Arc<Mutex<Noted>>>,
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
        self.acts.get(usize::try_from(position.0).ok()?).map(AsRef::as_ref)
    }

    /// When the last entry was recorded.
    pub fn last_recorded(&self) -> Timestamp {
        self.acts.back().map_or(Timestamp::EPOCH, |last| last.recorded)
    }

    /// The day against which the view tells what has lapsed or is overdue: its own; where its knowledge is that of a
    /// moment, the day on which the last entry that it knows was recorded, if that is earlier. Nobody can miss a day
    /// that has not come. What else the record has by now makes no difference.
    pub fn today(&self, view: View) -> Date {
        let last_known = view.known.checked_sub(1).filter(|_last| view.pinned);
        let recorded =
            last_known.and_then(|last| self.at(Position(last))).map(|last| Date::of(last.recorded));
        recorded.map_or(view.as_at, |recorded| recorded.min(view.as_at))
    }

    /// Where the event with this id stands.
    pub fn find(&self, id: EventId) -> Option<Position> {
        let position = self.by_id.get(&id).copied();
        position.inspect(|position| self.note(|noted| noted.entry(*position)))
    }

    /// Where `key` signed something, whatever its standing and whatever became of it, among the `known` entries.
    pub fn signed_by(&self, key: PublicKey, known: u64) -> Vec<Position> {
        let positions = self.by_key.get(&key).into_iter().flatten().copied();
        positions.take_while(|position| position.0 < known).collect()
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
        self.told_at(self.positions(subject, view, |_any| true), subject.clone(), view)
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
        let mut positions = self.positions(subject, view, |type_id| type_id == TypeId::of::<T>());
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
        let positions = self.positions(subject, view, |type_id| types.contains(&type_id));
        self.told_at(positions, subject.clone(), view)
            .filter(move |told| types.contains(&told.statement.type_of()))
    }

    fn positions(&self, subject: &Subject, view: View, wanted: impl Fn(TypeId) -> bool) -> Vec<Position> {
        self.note(Noted::subject);
        let listed = self.by_subject.get(subject);
        listed.map(|listed| listed.positions(view.known, wanted)).unwrap_or_default()
    }

    fn told_at(&self, positions: Vec<Position>, subject: Subject, view: View) -> impl Iterator<Item = Told> {
        positions
            .into_iter()
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
        self.subjects_from(kind, kind)
    }

    /// Those of them that stand at `from` or behind it.
    pub fn subjects_from<'a>(
        &'a self,
        kind: &'a str,
        from: &str,
    ) -> impl Iterator<Item = &'a Subject> + use<'a> {
        let from = from.max(kind).parse::<Subject>().ok();
        let from = from.into_iter().flat_map(|first| self.by_subject.range(first..));
        // In between lie the kinds that begin like this one: "key" and "key/...", with "key-x" among them.
        from.map(|(subject, _listed)| subject)
            .take_while(move |subject| subject.as_str().starts_with(kind))
            .filter(move |subject| subject.kind() == kind)
            .inspect(|_subject| self.note(Noted::subject))
    }

    /// The findings raised on admission that the view knows of, in order; not those of what was withdrawn.
    pub fn findings(&self, view: View) -> impl Iterator<Item = &crate::Finding> + '_ {
        self.findings_from(Position::FIRST, view).flat_map(|(_position, findings)| findings)
    }

    /// Those raised on the entry at `from` and on later ones, by entry.
    pub fn findings_from(
        &self,
        from: Position,
        view: View,
    ) -> impl Iterator<Item = (Position, &[crate::Finding])> + '_ {
        let raised = self.with_findings.iter().skip_while(move |position| **position < from);
        let known = raised.take_while(move |position| position.0 < view.known);
        known.map(move |position| (*position, self.findings_at(*position, view)))
    }

    /// Those raised on the entry at `position`, if the view knows it and it was not withdrawn.
    pub fn findings_at(&self, position: Position, view: View) -> &[crate::Finding] {
        self.note(|noted| noted.entry(position));
        let known = self.at(position).filter(|_recorded| position.0 < view.known);
        let stands = known
            .filter(|recorded| !recorded.correction_as_known(view.known).is_some_and(Correction::withdraws));
        stands.map_or(&[], |recorded| &recorded.findings)
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

    /// Adds an admitted act at the next position.
    pub(crate) fn append(&mut self, act: Arc<Act>, recorded: Timestamp, findings: Vec<crate::Finding>) {
        let position = Position(self.len());
        let said = all_said(&act);
        self.list(&said, Mention { since: position, position });
        self.by_id.insert(act.id, position);
        for signatory in &act.signatories {
            self.by_key.entry(signatory.key).or_default().push_back(position);
        }
        if !findings.is_empty() {
            self.with_findings.push_back(position);
        }
        self.acts.push_back(Arc::new(Recorded { act, recorded, findings, said, corrections: Vec::new() }));
    }

    /// Notes that the act at `target` is, from the correction at `at` on, known as `now`.
    pub(crate) fn correct(&mut self, target: Position, at: Position, now: Option<Arc<Act>>) {
        let said = now.as_deref().map(all_said).unwrap_or_default();
        self.list(&said, Mention { since: at, position: target });
        let target = usize::try_from(target.0).ok();
        if let Some(recorded) = target.and_then(|target| self.acts.get_mut(target)) {
            let mut corrected = Recorded::clone(recorded);
            corrected.corrections.push(Correction { at, now, said });
            *recorded = Arc::new(corrected);
        }
    }

    /// Lists what is said under everything that it is about.
    fn list(&mut self, said: &[Said], mention: Mention) {
        for said in said {
            let type_id = said.statement.type_of();
            for subject in &said.about {
                match self.by_subject.get_mut(subject) {
                    Some(listed) => listed.add(type_id, mention),
                    None => {
                        self.by_subject.insert(subject.clone(), Listed::of(type_id, mention));
                    }
                }
            }
        }
    }

    /// The statements at `position` that are about `subject`: the act itself, and its parts.
    fn told(&self, position: Position, known: u64, subject: &Subject) -> Vec<Told> {
        let Some(recorded) = self.at(position) else { return Vec::new() };
        self.note(|noted| noted.entry(position));
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

fn lock(noted: &Mutex<Noted>) -> MutexGuard<'_, Noted> {
    noted.lock().unwrap_or_else(PoisonError::into_inner)
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
