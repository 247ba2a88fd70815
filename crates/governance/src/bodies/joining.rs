//! How what several say of a body becomes one answer: names, codes, successions, and where they contradict
//! each other.

use super::events::{BodyKind, Code};
use super::passing::SuccessionRecorded;
use super::state::{CodeHeld, Link, NameHeld};
use crate::joined::{Fact, Joined, Source, join, together_if_equal};
use crate::rules::rules;
use crate::{BodyId, Date, Finding, PDate, View};
use minutebook_log::Position;

rules! {
    JOINING: Soft =
        "joining.contradiction",
        "Statements of one fact agree; where they do not, the higher standing holds.",
        "principle: one fact, several statements";
}

impl Fact for BodyKind {
    fn together(said: &[&Self]) -> Option<Self> {
        together_if_equal(said)
    }
}

impl Fact for BodyId {
    fn together(said: &[&Self]) -> Option<Self> {
        together_if_equal(said)
    }
}

/// A name as a fact: registers write the same name in capitals.
#[derive(Clone)]
struct Name(String);

impl Fact for Name {
    fn together(said: &[&Self]) -> Option<Self> {
        let (first, rest) = said.split_first()?;
        rest.iter().all(|other| other.0.eq_ignore_ascii_case(&first.0)).then(|| (*first).clone())
    }
}

impl Link {
    pub(super) fn new(body: BodyId, said: &SuccessionRecorded, source: Source) -> Self {
        let (kind, effective, units) = (said.kind, said.effective.clone(), said.units.clone());
        Self { body, kind, effective, units, sources: vec![source] }
    }

    /// The highest standing with which it is said.
    pub fn standing(&self) -> Option<crate::Standing> {
        self.sources.iter().map(|source| source.standing).max()
    }

    fn first_position(&self) -> Option<Position> {
        self.sources.iter().map(|source| source.position).min()
    }

    /// Whether the other can be the same succession, whatever its date.
    fn is_like(&self, other: &Link) -> bool {
        let same_units = self.units.is_none() || other.units.is_none() || self.units == other.units;
        self.body == other.body && same_units
    }

    /// Takes in what the other says of the same succession, if the dates agree.
    fn confirm(&mut self, other: &Link) -> bool {
        let Some(effective) = PDate::together(&[&self.effective, &other.effective]) else { return false };
        self.effective = effective;
        self.units = self.units.take().or(other.units.clone());
        self.sources.extend(&other.sources);
        true
    }
}

fn distinct<T: PartialEq + Clone>(items: impl Iterator<Item = T>) -> Vec<T> {
    items.fold(Vec::new(), |mut distinct, item| {
        if !distinct.contains(&item) {
            distinct.push(item);
        }
        distinct
    })
}

/// Each code once: its period as all who state it leave it.
pub(super) fn join_codes(said: &[(Source, Code)], findings: &mut Contradictions<'_>) -> Vec<CodeHeld> {
    let mut held = Vec::new();
    for (scheme, value) in distinct(said.iter().map(|(_source, code)| (code.scheme, &code.value))) {
        let same: Vec<_> =
            said.iter().filter(|(_, code)| (code.scheme, &code.value) == (scheme, value)).collect();
        let dates = |date: fn(&Code) -> Option<&PDate>| -> Vec<(Source, PDate)> {
            same.iter().filter_map(|(source, code)| Some((*source, date(code)?.clone()))).collect()
        };
        let from = join(&dates(|code| code.from.as_ref()));
        let until = join(&dates(|code| code.until.as_ref()));
        findings.note(&format!("code {value} from"), from.as_ref(), PDate::to_string);
        findings.note(&format!("code {value} until"), until.as_ref(), PDate::to_string);
        let highest =
            same.iter().min_by_key(|(source, _)| (std::cmp::Reverse(source.standing), source.position));
        let role = same.iter().find_map(|(_source, code)| code.role.clone());
        held.extend(highest.map(|(source, _code)| CodeHeld {
            code: Code {
                scheme,
                value: value.clone(),
                role,
                from: from.and_then(|from| from.value),
                until: until.and_then(|until| until.value),
            },
            source: *source,
        }));
    }
    held
}

/// The same two bodies on an agreeing date are one succession, confirmed. On another date it is the same
/// one with a contradiction, if a higher standing says so.
pub(super) fn join_links(mut said: Vec<Link>, what: &str, findings: &mut Contradictions<'_>) -> Vec<Link> {
    said.sort_by_key(|link| (std::cmp::Reverse(link.standing()), link.first_position()));
    let mut links: Vec<Link> = Vec::new();
    for link in said {
        if links.iter_mut().any(|known| known.is_like(&link) && known.confirm(&link)) {
            continue;
        }
        let higher = links.iter().find(|known| known.is_like(&link) && known.standing() > link.standing());
        match higher {
            Some(known) => findings.note_succession(what, known, &link),
            None => links.push(link),
        }
    }
    links.sort_by_key(Link::first_position);
    links
}

/// Notes names for one period that contradict each other.
pub(super) fn note_names(names: &[NameHeld], findings: &mut Contradictions<'_>) {
    for starts in distinct(names.iter().map(bounds)) {
        let name = join(&names_from(names, starts));
        findings.note("name", name.as_ref(), |name| name.0.clone());
    }
}

/// The latest and the earliest day on which a name was taken; nothing where the body opened with it.
type Bounds = (Option<Date>, Option<Date>);

fn bounds(held: &NameHeld) -> Bounds {
    held.from.as_ref().map_or((None, None), |from| (from.latest(), from.earliest()))
}

fn names_from(names: &[NameHeld], starts: Bounds) -> Vec<(Source, Name)> {
    let same = names.iter().filter(|held| bounds(held) == starts);
    same.map(|held| (held.source, Name(held.name.clone()))).collect()
}

/// The name that was taken last by the view's day, of the highest standing; where equals say different
/// names, the first in the order of letters, so that the order of loading plays no part.
pub(super) fn name_on(names: &[NameHeld], view: View) -> Option<&NameHeld> {
    let past = |held: &&NameHeld| held.from.as_ref().is_none_or(|from| view.is_past(from));
    let starts = names.iter().filter(past).map(bounds).max()?;
    let joined = join(&names_from(names, starts))?;
    let candidates = names.iter().filter(past).filter(|held| bounds(held) == starts);
    match joined.value {
        Some(Name(name)) => candidates
            .filter(|held| held.name.eq_ignore_ascii_case(&name))
            .min_by_key(|held| (std::cmp::Reverse(held.source.standing), held.source.position)),
        None => candidates
            .filter(|held| held.source.standing == joined.standing)
            .min_by_key(|held| (&held.name, held.source.position)),
    }
}

/// Collects the findings about one body.
pub(super) struct Contradictions<'a> {
    id: &'a BodyId,
    pub(super) findings: Vec<Finding>,
}

impl<'a> Contradictions<'a> {
    pub(super) fn about(id: &'a BodyId) -> Self {
        Self { id, findings: Vec::new() }
    }

    pub(super) fn note<T>(&mut self, what: &str, fact: Option<&Joined<T>>, show: impl Fn(&T) -> String) {
        let Some(fact) = fact.filter(|fact| !fact.contradicted_by.is_empty()) else { return };
        let others = fact.contradicted_by.iter();
        let others: Vec<_> =
            others.map(|(position, other)| format!("{} (entry {position})", show(other))).collect();
        let holds = fact
            .value
            .as_ref()
            .map_or_else(|| "neither holds".to_owned(), |it| format!("{} holds", show(it)));
        let found = format!("{what}: {holds}; also said: {}", others.join(", "));
        let contrary = fact.contradicted_by.iter().map(|(position, _value)| *position);
        self.push(found, fact.why.iter().copied().chain(contrary).collect());
    }

    fn note_succession(&mut self, what: &str, known: &Link, contrary: &Link) {
        let found =
            format!("{what} {}: {} holds; also said: {}", known.body, known.effective, contrary.effective);
        let sources = known.sources.iter().chain(&contrary.sources);
        self.push(found, sources.map(|source| source.position).collect());
    }

    fn push(&mut self, found: String, mut why: Vec<Position>) {
        why.sort_unstable();
        why.dedup();
        let (subject, needed) = (self.id.subject().clone(), "statements that agree".to_owned());
        self.findings.push(Finding { rule: &JOINING, subject, found, needed, why });
    }
}
