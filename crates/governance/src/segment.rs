//! The index of a range of entries that never changes: the same as a [`Tail`], in a tenth of its memory.
//!
//! It says *where* something is said and never what holds. It is derived from the entries, can be dropped at any time,
//! and comes back by reading them again.

use crate::tail::{Mention, Tail};
use crate::{Finding, Standing};
use minutebook_log::{Position, PublicKey, Subject};
use std::any::TypeId;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Set in a mention that is one of its entry's target: the entry is a correction.
const OF_TARGET: u32 = 1 << 31;

/// The index of the entries from `first` on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Segment {
    pub(crate) first: u64,
    pub(crate) lines: Lines,
    /// Sorted, each once.
    pub(crate) subjects: Vec<Subject>,
    /// Where in `runs` those of each subject begin; one more for the end.
    pub(crate) run_starts: Vec<u32>,
    pub(crate) runs: Vec<Run>,
    /// Entries since which something is said, counted from `first`.
    pub(crate) mentions: Vec<u32>,
    /// The corrections, counted from `first`, sorted, each with its target.
    pub(crate) corrections: Vec<(u32, u64)>,
    /// Sorted, each once.
    pub(crate) keys: Vec<PublicKey>,
    /// Where in `signed` those of each key begin; one more for the end.
    pub(crate) signed_starts: Vec<u32>,
    /// What each key signed, counted from `first`.
    pub(crate) signed: Vec<u32>,
    pub(crate) findings: Vec<(u32, Vec<Finding>)>,
    /// The subjects by their hash: one more than a subject's index, or 0.
    pub(crate) slots: Vec<u32>,
}

/// One row for each entry, column by column.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Lines {
    /// The types that the segment speaks of.
    pub(crate) types: Vec<TypeId>,
    /// Which of `types`.
    pub(crate) kinds: Vec<u16>,
    pub(crate) standings: Vec<Standing>,
    /// Which of the segment's subjects.
    pub(crate) subjects: Vec<u32>,
}

/// The mentions of one type about one subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Run {
    /// Which of the types.
    pub(crate) kind: u16,
    /// Its first mention.
    pub(crate) start: u32,
    pub(crate) len: u32,
}

impl Segment {
    /// The index of everything that a tail has.
    pub(crate) fn of(tail: &Tail) -> Self {
        let relative = |position: Position| u32::try_from(position.0 - tail.first).unwrap_or(OF_TARGET - 1);
        let mut types = Types::default();
        let subjects: Vec<Subject> = tail.by_subject.keys().cloned().collect();
        let (mut run_starts, mut runs, mut mentions) = (vec![0], Vec::new(), Vec::new());
        for listed in tail.by_subject.values() {
            for (type_id, listed) in listed {
                let start = count(&mentions);
                mentions.extend(listed.iter().map(|mention| {
                    let flag = if mention.since == mention.position { 0 } else { OF_TARGET };
                    relative(mention.since) | flag
                }));
                runs.push(Run { kind: types.number(*type_id), start, len: count(&mentions) - start });
            }
            run_starts.push(count(&runs));
        }
        let (mut keys, mut signed_starts, mut signed) = (Vec::new(), vec![0], Vec::new());
        for (key, positions) in &tail.by_key {
            keys.push(*key);
            signed.extend(positions.iter().map(|position| relative(*position)));
            signed_starts.push(count(&signed));
        }
        let index_of = |subject: &Subject| subjects.binary_search(subject).map_or(0, |at| at as u32);
        let mut lines = Lines::default();
        for line in &tail.lines {
            lines.kinds.push(types.number(line.type_id));
            lines.standings.push(line.standing);
            lines.subjects.push(index_of(&line.subject));
        }
        lines.types = types.known;
        let corrections =
            tail.corrections.iter().map(|Mention { since, position }| (relative(*since), position.0));
        let findings = tail.findings.iter().map(|(position, found)| (relative(*position), found.to_vec()));
        Self {
            first: tail.first,
            lines,
            slots: slots_of(&subjects),
            subjects,
            run_starts,
            runs,
            mentions,
            corrections: corrections.collect(),
            keys,
            signed_starts,
            signed,
            findings: findings.collect(),
        }
    }

    /// How many entries it has.
    pub(crate) fn len(&self) -> u64 {
        self.lines.kinds.len() as u64
    }

    /// The position after its last entry.
    pub(crate) fn end(&self) -> u64 {
        self.first.saturating_add(self.len())
    }

    /// Where a type that is `wanted` is said about `subject`, as `known` entries tell. `hash` is the subject's.
    pub(crate) fn positions(
        &self,
        (subject, hash): (&Subject, u64),
        known: u64,
        wanted: &impl Fn(TypeId) -> bool,
        found: &mut Vec<Position>,
    ) {
        let Some(known) = known.checked_sub(self.first) else { return };
        for run in self.runs_of(subject, hash) {
            let is_wanted = self.lines.types.get(usize::from(run.kind)).is_some_and(|id| wanted(*id));
            if !is_wanted {
                continue;
            }
            let mentions = self.mentions.get(run.start as usize..).unwrap_or_default();
            let mentions = mentions.get(..run.len as usize).unwrap_or_default();
            let known_mentions =
                mentions.iter().take_while(|mention| u64::from(**mention & !OF_TARGET) < known);
            found.extend(known_mentions.filter_map(|mention| self.position(*mention)));
        }
    }

    fn position(&self, mention: u32) -> Option<Position> {
        if mention & OF_TARGET == 0 {
            return Some(Position(self.first + u64::from(mention)));
        }
        self.target(mention & !OF_TARGET)
    }

    /// What the correction at this entry, counted from the first, corrects.
    fn target(&self, correction: u32) -> Option<Position> {
        let at = self.corrections.binary_search_by_key(&correction, |(since, _target)| *since).ok()?;
        self.corrections.get(at).map(|(_since, target)| Position(*target))
    }

    fn runs_of(&self, subject: &Subject, hash: u64) -> &[Run] {
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        loop {
            let Some(index) = self.slots.get(slot).and_then(|slot| slot.checked_sub(1)) else { return &[] };
            let index = index as usize;
            if self.subjects.get(index) == Some(subject) {
                return within(&self.run_starts, index, &self.runs);
            }
            slot = (slot + 1) & mask;
        }
    }

    /// The entries, counted from the first, since which something is said about `subject`. `hash` is the subject's.
    pub(crate) fn said_since(&self, subject: &Subject, hash: u64) -> impl Iterator<Item = u32> + '_ {
        let mentions = self.runs_of(subject, hash).iter().flat_map(|run| {
            let mentions = self.mentions.get(run.start as usize..).unwrap_or_default();
            mentions.get(..run.len as usize).unwrap_or_default()
        });
        mentions.map(|mention| mention & !OF_TARGET)
    }

    /// The subjects of one kind that stand at `from` or behind it, sorted.
    pub(crate) fn subjects<'a>(
        &'a self,
        kind: &'a str,
        from: &str,
    ) -> Box<dyn Iterator<Item = &'a Subject> + 'a> {
        let from = self.subjects.partition_point(|subject| subject.as_str() < from);
        let subjects = self.subjects.get(from..).unwrap_or_default().iter();
        let of_kind = subjects.take_while(move |subject| subject.as_str().starts_with(kind));
        Box::new(of_kind.filter(move |subject| subject.kind() == kind))
    }

    /// Where `key` signed something.
    pub(crate) fn signed_by(&self, key: PublicKey) -> impl Iterator<Item = Position> + '_ {
        let at = self.keys.binary_search(&key).ok();
        let signed = at.map(|at| within(&self.signed_starts, at, &self.signed)).unwrap_or_default();
        signed.iter().map(|entry| Position(self.first + u64::from(*entry)))
    }

    /// How many entries each subject has of its own.
    pub(crate) fn streams(&self) -> BTreeMap<&Subject, u64> {
        let mut counts = vec![0; self.subjects.len()];
        for subject in &self.lines.subjects {
            if let Some(count) = counts.get_mut(*subject as usize) {
                *count += 1;
            }
        }
        self.subjects.iter().zip(counts).filter(|(_subject, count)| *count > 0).collect()
    }
}

/// What stands between the start at `at` and the next.
fn within<'a, T>(starts: &[u32], at: usize, of: &'a [T]) -> &'a [T] {
    let bounds = starts.get(at).zip(starts.get(at + 1));
    bounds.and_then(|(start, end)| of.get(*start as usize..*end as usize)).unwrap_or_default()
}

fn count<T>(items: &[T]) -> u32 {
    u32::try_from(items.len()).unwrap_or(u32::MAX)
}

/// The hash by which segments find a subject: computed once for a question, whatever their number.
pub(crate) fn hash_of(subject: &Subject) -> u64 {
    let mut hasher = DefaultHasher::new();
    subject.as_str().hash(&mut hasher);
    hasher.finish()
}

/// Open addressing, at most half full, so that there always is a free slot to end at.
pub(crate) fn slots_of(subjects: &[Subject]) -> Vec<u32> {
    let mut slots = vec![0_u32; (subjects.len() * 2).next_power_of_two().max(2)];
    let mask = slots.len() - 1;
    for (number, subject) in (1..).zip(subjects) {
        let mut slot = hash_of(subject) as usize & mask;
        while slots.get(slot).is_some_and(|taken| *taken != 0) {
            slot = (slot + 1) & mask;
        }
        if let Some(free) = slots.get_mut(slot) {
            *free = number;
        }
    }
    slots
}

/// Types, numbered as they come.
#[derive(Default)]
struct Types {
    known: Vec<TypeId>,
}

impl Types {
    fn number(&mut self, type_id: TypeId) -> u16 {
        let at = self.known.iter().position(|known| *known == type_id).unwrap_or_else(|| {
            self.known.push(type_id);
            self.known.len() - 1
        });
        u16::try_from(at).unwrap_or(u16::MAX)
    }
}
