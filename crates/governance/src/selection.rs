//! Which entries somebody wants who follows a book: by subject, by the body that they concern, by type and by standing. It
//! is told on the index, so that nobody reads an entry in order to leave it out.

use crate::segment::{self, Segment};
use crate::spoken::Spoken;
use crate::tail::{Line, Tail};
use crate::{Act, BodyId, Record, Standing};
use minutebook_log::{Position, Subject};
use std::any::TypeId;
use std::collections::BTreeSet;
use std::ops::Range;

/// Over how many entries one look goes at most: some milliseconds, after which others have their turn.
const LOOK_ENTRIES_MAX: u64 = 1 << 20;

/// What an entry has to be: everything that is said here, where something is. Of several values of one member any will do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Clause {
    /// It is about one of these subjects; they and `prefixes` are one member.
    pub subjects: BTreeSet<Subject>,
    /// It is about a subject that begins so: `merger/`, `body/Q`.
    pub prefixes: BTreeSet<String>,
    /// It says something of one of these bodies, whatever it is about; or it corrects what does.
    pub bodies: BTreeSet<BodyId>,
    /// It is of one of these types ([`crate::catalogue::CatalogueRow::type_id`]).
    pub types: BTreeSet<TypeId>,
    /// It has one of these standings.
    pub standings: BTreeSet<Standing>,
}

/// Which entries are wanted: those that fit one clause at least; all, where there is no clause.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Selection {
    clauses: BTreeSet<Clause>,
}

/// What was found of a selection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selected {
    /// Where it is, in order.
    pub positions: Vec<Position>,
    /// From where on nothing was looked at.
    pub next: Position,
}

impl Clause {
    /// Whether it names subjects, by themselves or by how they begin.
    fn names_subjects(&self) -> bool {
        !self.subjects.is_empty() || !self.prefixes.is_empty()
    }

    /// Whether nothing but the subject decides.
    fn takes_whole_streams(&self) -> bool {
        self.bodies.is_empty() && self.types.is_empty() && self.standings.is_empty()
    }

    fn fits_subject(&self, subject: &Subject) -> bool {
        let begins = |prefix: &String| subject.as_str().starts_with(prefix.as_str());
        !self.names_subjects() || self.subjects.contains(subject) || self.prefixes.iter().any(begins)
    }

    fn fits_type(&self, type_id: TypeId) -> bool {
        self.types.is_empty() || self.types.contains(&type_id)
    }

    fn fits_standing(&self, standing: Standing) -> bool {
        self.standings.is_empty() || self.standings.contains(&standing)
    }

    fn fits_line(&self, line: &Line) -> bool {
        self.fits_subject(&line.subject) && self.fits_type(line.type_id) && self.fits_standing(line.standing)
    }
}

impl Selection {
    /// What fits one of these at least. A clause that says nothing takes everything.
    pub fn any_of(clauses: impl IntoIterator<Item = Clause>) -> Self {
        let clauses: BTreeSet<_> = clauses.into_iter().collect();
        if clauses.contains(&Clause::default()) { Self::default() } else { Self { clauses } }
    }

    /// Whether it is everything.
    pub fn is_all(&self) -> bool {
        self.clauses.is_empty()
    }

    /// Whether every entry about this subject is wanted, whatever it says: the numbers in its stream then have no gap.
    pub fn takes_whole(&self, subject: &Subject) -> bool {
        let takes = |clause: &Clause| clause.takes_whole_streams() && clause.fits_subject(subject);
        self.is_all() || self.clauses.iter().any(takes)
    }

    /// The subjects that are named themselves and of which every entry is wanted.
    pub fn whole_subjects(&self) -> BTreeSet<&Subject> {
        let whole = self.clauses.iter().filter(|clause| clause.takes_whole_streams());
        whole.flat_map(|clause| &clause.subjects).collect()
    }

    /// Whether an act may be wanted, as far as it tells by itself: what the target of a correction concerns is said
    /// elsewhere.
    pub fn may_take(&self, act: &Act) -> bool {
        let (type_id, is_correction) = (act.statement.type_of(), act.name == "RecordCorrected");
        let fits = |clause: &Clause| {
            clause.fits_subject(&act.subject)
                && clause.fits_type(type_id)
                && clause.fits_standing(act.standing)
                && (clause.bodies.is_empty() || is_correction || concerns(act, &clause.bodies))
        };
        self.is_all() || self.clauses.iter().any(fits)
    }
}

/// Whether an act says something of one of these bodies.
fn concerns(act: &Act, bodies: &BTreeSet<BodyId>) -> bool {
    let spoken = Spoken::of(act.clone().into());
    let about: BTreeSet<_> = spoken.said.iter().flat_map(|said| &said.about).collect();
    bodies.iter().any(|body| about.contains(body.subject()))
}

impl Record {
    /// The entries from `from` on that are selected, of the first `known`: at most so many, and not further than one look
    /// goes.
    pub fn select(&self, selection: &Selection, from: Position, known: u64, entries_max: usize) -> Selected {
        let end = known.min(self.len()).min(from.0.saturating_add(LOOK_ENTRIES_MAX));
        let mut look = Look { found: Vec::new(), next: from.0, end, entries_max, record: self };
        if selection.is_all() {
            let last = look.next.saturating_add(entries_max as u64).min(end);
            return Selected {
                positions: (from.0..last).map(Position).collect(),
                next: Position(last.max(from.0)),
            };
        }
        for segment in self.segments() {
            if segment.end() > look.next {
                look.over_segment(segment, selection);
            }
        }
        look.over_tail(self.tail(), selection);
        Selected { positions: look.found, next: Position(look.next) }
    }
}

/// A look over the rows of entries.
struct Look<'a> {
    found: Vec<Position>,
    next: u64,
    end: u64,
    entries_max: usize,
    record: &'a Record,
}

impl Look<'_> {
    fn over(&mut self, end: u64, fits: impl Fn(u64) -> bool) {
        let end = end.min(self.end);
        while self.next < end && self.found.len() < self.entries_max {
            if fits(self.next) {
                self.found.push(Position(self.next));
            }
            self.next += 1;
        }
    }

    fn over_segment(&mut self, segment: &Segment, selection: &Selection) {
        let clauses: Vec<_> = selection
            .clauses
            .iter()
            .filter_map(|clause| InSegment::of(clause, segment, self.record))
            .collect();
        if clauses.is_empty() {
            // Nothing in it can fit, unless the look has as many as it wants and stays where it is.
            if self.found.len() < self.entries_max {
                self.next = self.next.max(segment.end().min(self.end));
            }
            return;
        }
        self.over(segment.end(), |position| {
            let row = (position - segment.first) as usize;
            clauses.iter().any(|clause| clause.fits(segment, row).unwrap_or_default())
        });
    }

    fn over_tail(&mut self, tail: &Tail, selection: &Selection) {
        let (from, end) = (self.next, tail.first.saturating_add(tail.len() as u64));
        let clauses: Vec<_> = selection
            .clauses
            .iter()
            .map(|clause| (clause, concerned_in_tail(tail, &clause.bodies, from, self.record)))
            .collect();
        self.over(end, |position| {
            let line = position.checked_sub(tail.first).and_then(|row| tail.lines.get(row as usize));
            let fits = |line: &Line| {
                clauses.iter().any(|(clause, concerned)| {
                    let concerns = || clause.bodies.is_empty() || concerned.contains(&Position(position));
                    clause.fits_line(line) && concerns()
                })
            };
            line.is_some_and(fits)
        });
    }
}

/// Whether a correction is of an entry that says something of one of these bodies, then or before.
fn is_of_concerned(
    record: &Record,
    bodies: &BTreeSet<BodyId>,
    correction: Position,
    target: Position,
) -> bool {
    let known = correction.next().0;
    bodies
        .iter()
        .any(|body| record.positions(body.subject(), known, |_any| true).binary_search(&target).is_ok())
}

/// The entries at `from` or behind it that say something of one of these bodies, or correct what does.
fn concerned_in_tail(
    tail: &Tail,
    bodies: &BTreeSet<BodyId>,
    from: u64,
    record: &Record,
) -> BTreeSet<Position> {
    let listed = bodies.iter().filter_map(|body| tail.by_subject.get(body.subject())).flatten();
    let newest = listed.flat_map(|(_type_id, mentions)| {
        // In the order in which it became known: what is new stands at the end.
        mentions.iter().rev().map(|mention| mention.since).take_while(|since| since.0 >= from)
    });
    let corrections = tail.corrections.iter().rev().take_while(|correction| correction.since.0 >= from);
    let corrections = corrections.filter(|of| is_of_concerned(record, bodies, of.since, of.position));
    newest.chain(corrections.map(|correction| correction.since)).collect()
}

/// A clause in the numbers of one segment.
struct InSegment<'a> {
    clause: &'a Clause,
    /// Which of its subjects fit, sorted, where the clause names some.
    subjects: Vec<Range<u32>>,
    /// Which of its types fit.
    kinds: Vec<bool>,
    /// Which entries say something of the bodies, sorted, where the clause names some.
    concerned: Vec<u32>,
}

impl<'a> InSegment<'a> {
    /// Nothing, where no entry of the segment can fit.
    fn of(clause: &'a Clause, segment: &Segment, record: &Record) -> Option<Self> {
        let kinds: Vec<_> = segment.lines.types.iter().map(|type_id| clause.fits_type(*type_id)).collect();
        let mut subjects: Vec<Range<u32>> = Vec::new();
        for subject in &clause.subjects {
            subjects.extend(segment.subjects.binary_search(subject).ok().map(|at| at as u32..at as u32 + 1));
        }
        for prefix in &clause.prefixes {
            let first = segment.subjects.partition_point(|subject| subject.as_str() < prefix.as_str());
            let behind = segment.subjects.get(first..).unwrap_or_default();
            let count = behind.partition_point(|subject| subject.as_str().starts_with(prefix.as_str()));
            subjects.extend((count > 0).then_some(first as u32..(first + count) as u32));
        }
        subjects.sort_unstable_by_key(|range| range.start);
        let mut concerned: Vec<u32> = clause
            .bodies
            .iter()
            .flat_map(|body| segment.said_since(body.subject(), segment::hash_of(body.subject())))
            .collect();
        let corrections = segment.corrections.iter().filter(|(entry, target)| {
            let correction = Position(segment.first + u64::from(*entry));
            is_of_concerned(record, &clause.bodies, correction, Position(*target))
        });
        concerned.extend(corrections.map(|(entry, _target)| *entry));
        concerned.sort_unstable();
        concerned.dedup();
        let can_fit = kinds.contains(&true)
            && !(clause.names_subjects() && subjects.is_empty())
            && (clause.bodies.is_empty() || !concerned.is_empty());
        can_fit.then_some(Self { clause, subjects, kinds, concerned })
    }

    /// Whether the entry of this row fits; nothing beyond the rows.
    fn fits(&self, segment: &Segment, row: usize) -> Option<bool> {
        let lines = &segment.lines;
        let kind = usize::from(*lines.kinds.get(row)?);
        if !*self.kinds.get(kind)? || !self.clause.fits_standing(*lines.standings.get(row)?) {
            return Some(false);
        }
        let is_subject = |subject: u32| self.subjects.iter().any(|range| range.contains(&subject));
        if self.clause.names_subjects() && !is_subject(*lines.subjects.get(row)?) {
            return Some(false);
        }
        Some(self.clause.bodies.is_empty() || self.concerned.binary_search(&(row as u32)).is_ok())
    }
}
