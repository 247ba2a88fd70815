//! Which entries somebody wants who follows a book: by subject, by whom they name, by type and by standing. It is told on the
//! index, so that nobody reads an entry in order to leave it out.
//!
//! An entry is about whom it names. What names no body (a meeting's close, the end of a grant) is about those that earlier
//! entries of the same meeting or grant name; what corrects an entry, or says something of it, is about whom that names.

use crate::named::{is_affair, named_as, named_nobody};
use crate::segment::{self, Segment};
use crate::spoken::Spoken;
use crate::tail::{Line, Tail};
use crate::{Act, Record, Standing};
use minutebook_log::{Position, Subject};
use std::any::TypeId;
use std::cell::OnceCell;
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
    /// It names one of these (bodies, people, meetings ...), whatever its own subject is; or it is of what does.
    pub about: BTreeSet<Subject>,
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
        self.about.is_empty() && self.types.is_empty() && self.standings.is_empty()
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
        let type_id = act.statement.type_of();
        let fits = |clause: &Clause| {
            clause.fits_subject(&act.subject)
                && clause.fits_type(type_id)
                && clause.fits_standing(act.standing)
                && (clause.about.is_empty() || may_be_about(act, &clause.about))
        };
        self.is_all() || self.clauses.iter().any(fits)
    }
}

/// Whether an act can be about one of these, as far as it tells by itself.
fn may_be_about(act: &Act, wanted: &BTreeSet<Subject>) -> bool {
    if act.subject.kind() == "record" {
        return true;
    }
    let spoken = Spoken::of(act.clone().into());
    let about: BTreeSet<_> = spoken.said.iter().flat_map(|said| &said.about).collect();
    let is_found = |subject: &Subject| about.contains(subject);
    let of_others = named_nobody().filter(is_found).is_some() && wanted.iter().any(is_body);
    of_others || wanted.iter().any(|subject| under(subject).iter().any(is_found))
}

fn is_body(subject: &Subject) -> bool {
    subject.kind() == "body"
}

/// The names under which what is about a subject is found.
fn under(subject: &Subject) -> Vec<Subject> {
    [Some(subject.clone()), named_as(subject)].into_iter().flatten().collect()
}

/// Every name under which what is about one of these is found.
fn under_all(wanted: &BTreeSet<Subject>) -> impl Iterator<Item = Subject> + '_ {
    wanted.iter().flat_map(under)
}

/// What entries are about by others: those that they correct or speak of, and earlier ones of the same thing.
struct ByOthers<'a> {
    wanted: &'a BTreeSet<Subject>,
    record: &'a Record,
    /// Where one of those that are wanted is named, sorted.
    named_at: OnceCell<Vec<Position>>,
    /// Where nobody is, sorted.
    nobody_at: OnceCell<Vec<Position>>,
}

impl<'a> ByOthers<'a> {
    fn of(wanted: &'a BTreeSet<Subject>, record: &'a Record) -> Self {
        Self { wanted, record, named_at: OnceCell::new(), nobody_at: OnceCell::new() }
    }

    /// Whether an entry with this subject is one to ask about here.
    fn may_speak(&self, subject: &Subject, names_nobody: bool) -> bool {
        subject.kind() == "record" || (names_nobody && self.may_inherit(subject))
    }

    fn may_inherit(&self, subject: &Subject) -> bool {
        is_affair(subject) && self.wanted.iter().any(is_body)
    }

    /// Whether the entry at `position` is about one of those that are wanted by what stands before it.
    fn is_about(&self, subject: &Subject, position: Position) -> bool {
        if subject.kind() == "record" {
            let id = subject.name().and_then(|name| name.parse().ok());
            let target = id.and_then(|id| self.record.find(id)).filter(|target| *target < position);
            return target.is_some_and(|target| self.is_target_about(target, position));
        }
        self.is_affair_of_one(subject, position, position.0)
    }

    /// Whether an entry of which the one at `position` speaks is about one of them, itself or by those before it.
    fn is_target_about(&self, target: Position, position: Position) -> bool {
        let known = position.next().0;
        let inherits = |subject: &&Subject| self.may_inherit(subject) && self.names_nobody(target);
        let subject = self.record.subject_of(target).filter(inherits);
        self.is_named_at(target, known)
            || subject.is_some_and(|subject| self.is_affair_of_one(subject, target, known))
    }

    /// Whether an entry of a thing that stands before `position` names one of them, as `known` entries tell.
    fn is_affair_of_one(&self, subject: &Subject, position: Position, known: u64) -> bool {
        let of_it = self.record.positions(subject, known, |_any| true).into_iter();
        let mut own = of_it.filter(|at| *at < position && self.record.subject_of(*at) == Some(subject));
        own.any(|at| self.is_named_at(at, known))
    }

    fn names_nobody(&self, position: Position) -> bool {
        let listed = || named_nobody().map_or_else(Vec::new, |nobody| self.positions(&nobody, u64::MAX));
        self.nobody_at.get_or_init(listed).binary_search(&position).is_ok()
    }

    /// Whether the entry at `position` names one of them, as `known` entries tell.
    fn is_named_at(&self, position: Position, known: u64) -> bool {
        let listed = || {
            let names = under_all(self.wanted);
            let all: BTreeSet<_> = names.flat_map(|name| self.positions(&name, u64::MAX)).collect();
            all.into_iter().collect()
        };
        if self.named_at.get_or_init(listed).binary_search(&position).is_err() {
            return false;
        }
        // Whom it names hangs on when it is asked only where it was corrected.
        let names_it = |name: Subject| self.positions(&name, known).binary_search(&position).is_ok();
        self.record.corrections_of(position, u64::MAX).is_empty() || under_all(self.wanted).any(names_it)
    }

    fn positions(&self, name: &Subject, known: u64) -> Vec<Position> {
        self.record.positions(name, known, |_any| true)
    }
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
            .map(|clause| {
                let named = named_in_tail(tail, under_all(&clause.about), from);
                (clause, named, ByOthers::of(&clause.about, self.record))
            })
            .collect();
        let nobody = named_in_tail(tail, named_nobody().into_iter(), from);
        self.over(end, |position| {
            let at = Position(position);
            let line = position.checked_sub(tail.first).and_then(|row| tail.lines.get(row as usize));
            let fits = |line: &Line| {
                clauses.iter().any(|(clause, named, others)| {
                    let by_others = || {
                        others.may_speak(&line.subject, nobody.contains(&at))
                            && others.is_about(&line.subject, at)
                    };
                    clause.fits_line(line) && (clause.about.is_empty() || named.contains(&at) || by_others())
                })
            };
            line.is_some_and(fits)
        });
    }
}

/// The entries at `from` or behind it that are found under these names.
fn named_in_tail(tail: &Tail, names: impl Iterator<Item = Subject>, from: u64) -> BTreeSet<Position> {
    let listed = names.flat_map(|name| tail.by_subject.get(&name).into_iter().flatten());
    let newest = listed.flat_map(|(_type_id, mentions)| {
        // In the order in which it became known: what is new stands at the end.
        mentions.iter().rev().map(|mention| mention.since).take_while(|since| since.0 >= from)
    });
    newest.collect()
}

/// A clause in the numbers of one segment.
struct InSegment<'a> {
    clause: &'a Clause,
    /// Which of its subjects fit, sorted, where the clause names some.
    subjects: Vec<Range<u32>>,
    /// Which of its types fit.
    kinds: Vec<bool>,
    /// Which entries name one of those that it is to be about, sorted, where the clause names some.
    named: Vec<u32>,
    /// Which name nobody, sorted.
    nobody: Vec<u32>,
    others: ByOthers<'a>,
}

impl<'a> InSegment<'a> {
    /// Nothing, where no entry of the segment can fit.
    fn of(clause: &'a Clause, segment: &Segment, record: &'a Record) -> Option<Self> {
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
        let said_since = |names: &mut dyn Iterator<Item = Subject>| {
            let mut since = BTreeSet::new();
            names.for_each(|name| since.extend(segment.said_since(&name, segment::hash_of(&name))));
            since.into_iter().collect::<Vec<_>>()
        };
        let named = said_since(&mut under_all(&clause.about));
        let nobody =
            if clause.about.is_empty() { Vec::new() } else { said_since(&mut named_nobody().into_iter()) };
        let is_of_entries = || segment.subjects("record", "record").next().is_some();
        let can_be_about =
            || clause.about.is_empty() || !named.is_empty() || !nobody.is_empty() || is_of_entries();
        let can_fit =
            kinds.contains(&true) && !(clause.names_subjects() && subjects.is_empty()) && can_be_about();
        let others = ByOthers::of(&clause.about, record);
        can_fit.then_some(Self { clause, subjects, kinds, named, nobody, others })
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
        let number = row as u32;
        if self.clause.about.is_empty() || self.named.binary_search(&number).is_ok() {
            return Some(true);
        }
        let subject = segment.subjects.get(*lines.subjects.get(row)? as usize)?;
        let may_speak = self.others.may_speak(subject, self.nobody.binary_search(&number).is_ok());
        Some(may_speak && self.others.is_about(subject, Position(segment.first + u64::from(number))))
    }
}
