//! How what several say of a body becomes one answer: names, codes, successions, and where they contradict
//! each other.

use super::events::{BodyKind, Code};
use super::held::{CodeHeld, Link, NameHeld, WholeHeld};
use super::passing::SuccessionKind;
use crate::joined::{Fact, Joined, Source, any_or_joined, join, latest_by_speaker, together_if_equal};
use crate::rules::rules;
use crate::{Basis, BodyId, Certainty, Date, Finding, PDate, Record, Unit, View};
use minutebook_log::{Position, Subject};

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

impl Fact for SuccessionKind {
    fn together(said: &[&Self]) -> Option<Self> {
        together_if_equal(said)
    }
}

/// A name as a fact: registers write the same name in capitals.
#[derive(Clone)]
pub(super) struct Name(pub(super) String);

impl Fact for Name {
    fn together(said: &[&Self]) -> Option<Self> {
        let (first, rest) = said.split_first()?;
        rest.iter().all(|other| other.0.eq_ignore_ascii_case(&first.0)).then(|| (*first).clone())
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

/// Each code once for each period in which it means the body, as all who state that period leave it.
pub(super) fn join_codes(said: &[(Source, Code)], findings: &mut Contradictions<'_>) -> Vec<CodeHeld> {
    let mut held = Vec::new();
    for (scheme, value) in distinct(said.iter().map(|(_source, code)| (code.scheme, &code.value))) {
        let same = said.iter().filter(|(_, code)| (code.scheme, &code.value) == (scheme, value));
        for period in periods(same) {
            held.extend(join_period(&period, findings));
        }
    }
    held
}

/// Statements of one code, together as far as they can speak of one period: what begins after the end of another does
/// not.
fn periods<'a>(same: impl Iterator<Item = &'a (Source, Code)>) -> Vec<Vec<&'a (Source, Code)>> {
    let mut same: Vec<_> = same.collect();
    same.sort_by_key(|(source, code)| (code.from.as_ref().and_then(PDate::earliest), source.position));
    let mut periods: Vec<Vec<&(Source, Code)>> = Vec::new();
    for said in same {
        let can_be = |period: &&mut Vec<&(Source, Code)>| {
            period
                .iter()
                .all(|other| !is_over_before(&other.1, &said.1) && !is_over_before(&said.1, &other.1))
        };
        match periods.iter_mut().find(can_be) {
            Some(period) => period.push(said),
            None => periods.push(vec![said]),
        }
    }
    periods
}

/// Whether the one's period is over before the other's begins.
fn is_over_before(one: &Code, other: &Code) -> bool {
    let ends_and_starts = one.until.as_ref().zip(other.from.as_ref());
    ends_and_starts.is_some_and(|(until, from)| from.is_before(until) == Certainty::No)
}

fn join_period(same: &[&(Source, Code)], findings: &mut Contradictions<'_>) -> Option<CodeHeld> {
    let dates = |date: fn(&Code) -> Option<&PDate>| -> Vec<(Source, PDate)> {
        same.iter().filter_map(|(source, code)| Some((*source, date(code)?.clone()))).collect()
    };
    let from = join(&dates(|code| code.from.as_ref()));
    let until = join(&dates(|code| code.until.as_ref()));
    let (source, code) =
        same.iter().min_by_key(|(source, _)| (std::cmp::Reverse(source.standing), source.position))?;
    findings.note(&format!("code {} from", code.value), from.as_ref(), PDate::to_string);
    findings.note(&format!("code {} until", code.value), until.as_ref(), PDate::to_string);
    let role = same.iter().find_map(|(_source, code)| code.role.clone());
    let (from, until) = (from.and_then(|from| from.value), until.and_then(|until| until.value));
    let code = Code { scheme: code.scheme, value: code.value.clone(), role, from, until };
    Some(CodeHeld { code, source: *source })
}

/// What is said of one succession is one link: on agreeing dates it is confirmed; on others the higher standing holds,
/// and of equal standing neither, so that it is on one day or the other.
pub(super) fn join_links(mut said: Vec<Link>, what: &str, findings: &mut Contradictions<'_>) -> Vec<Link> {
    said.sort_by_key(|link| (std::cmp::Reverse(link.standing()), link.first_position()));
    let mut alike: Vec<Vec<Link>> = Vec::new();
    for link in said {
        match alike.iter_mut().find(|links| links.iter().all(|known| known.is_like(&link))) {
            Some(links) => links.push(link),
            None => alike.push(vec![link]),
        }
    }
    let mut links: Vec<_> = alike.into_iter().filter_map(|links| join_alike(links, what, findings)).collect();
    links.sort_by_key(Link::first_position);
    links
}

fn join_alike(mut links: Vec<Link>, what: &str, findings: &mut Contradictions<'_>) -> Option<Link> {
    // What a speaker states later stands in the order of the book.
    links.sort_by_key(Link::first_position);
    let of_source = |link: &Link| link.sources.first().copied();
    let dates: Vec<_> =
        links.iter().filter_map(|link| Some((of_source(link)?, link.effective.clone()))).collect();
    let kinds: Vec<_> = links.iter().filter_map(|link| Some((of_source(link)?, link.kind))).collect();
    let (date, kind) = (join(&dates)?, join(&kinds)?);
    let body = links.first()?.body.clone();
    findings.note(&format!("{what} {body}"), Some(&date), PDate::to_string);
    findings
        .note(&format!("kind of succession, {what} {body}"), Some(&kind), |kind| kind.as_str().to_owned());
    let is_of = |source: &Source| {
        date.why.contains(&source.position)
            || (date.value.is_none() && date.contradicted_by.iter().any(|(at, _date)| *at == source.position))
    };
    Some(Link {
        kind: kind.value.or(links.iter().max_by_key(|link| link.standing()).map(|link| link.kind))?,
        units: links.iter().find_map(|link| link.units.clone()),
        sources: links
            .iter()
            .flat_map(|link| &link.sources)
            .filter(|source| is_of(source))
            .copied()
            .collect(),
        effective: any_or_joined(&date)?,
        body,
    })
}

/// The units with which a body opened. What a speaker states later stands in place of what it stated before.
pub(super) fn opening_units(said: &[(Source, Vec<Unit>)]) -> Vec<(Source, Unit)> {
    let said = latest_by_speaker(said).into_iter();
    said.flat_map(|(source, units)| units.iter().map(|unit| (*source, unit.clone()))).collect()
}

/// Something that holds from a day on, until something else does.
pub(super) trait Lasting {
    /// What is compared.
    type Value: Fact;

    /// The first day; nothing where it has been so since the body opened.
    fn from(&self) -> Option<&PDate>;

    /// Where it is said.
    fn source(&self) -> Source;

    /// What is said.
    fn value(&self) -> Self::Value;
}

impl Lasting for NameHeld {
    type Value = Name;

    fn from(&self) -> Option<&PDate> {
        self.from.as_ref()
    }

    fn source(&self) -> Source {
        self.source
    }

    fn value(&self) -> Name {
        Name(self.name.clone())
    }
}

impl Lasting for WholeHeld {
    type Value = BodyId;

    fn from(&self) -> Option<&PDate> {
        self.from.as_ref()
    }

    fn source(&self) -> Source {
        self.source
    }

    fn value(&self) -> BodyId {
        self.body.clone()
    }
}

/// Notes what contradicts each other of one period.
pub(super) fn note_periods<T: Lasting>(
    held: &[T],
    what: &str,
    show: impl Fn(&T::Value) -> String,
    findings: &mut Contradictions<'_>,
) {
    for starts in distinct(held.iter().map(bounds)) {
        let joined = join(&starting(held, starts));
        findings.note(what, joined.as_ref(), &show);
    }
}

/// The latest and the earliest day on which something began; nothing where the body opened with it.
type Bounds = (Option<Date>, Option<Date>);

fn bounds(held: &impl Lasting) -> Bounds {
    held.from().map_or((None, None), |from| (from.latest(), from.earliest()))
}

fn starting<T: Lasting>(held: &[T], starts: Bounds) -> Vec<(Source, T::Value)> {
    held.iter().filter(|held| bounds(*held) == starts).map(|held| (held.source(), held.value())).collect()
}

/// What began last by the view's day, joined; with the days on which it began.
fn last_on<T: Lasting>(held: &[T], view: View) -> Option<(Bounds, Joined<T::Value>)> {
    let past = |held: &&T| held.from().is_none_or(|from| view.is_past(from));
    let starts = held.iter().filter(past).map(bounds).max()?;
    Some((starts, join(&starting(held, starts))?))
}

/// The name that was taken last by the view's day, of the highest standing; where equals say different names each of them, in the
/// order of letters, so that the order of loading plays no part.
pub(super) fn names_on(names: &[NameHeld], view: View) -> Vec<&NameHeld> {
    last_on(names, view).map_or_else(Vec::new, |(starts, joined)| said_of(names, starts, joined))
}

/// The names that a body opens with.
pub(super) fn first_names(names: &[NameHeld]) -> Vec<&NameHeld> {
    let starts = names.iter().map(bounds).min();
    let joined = starts.and_then(|starts| Some((starts, join(&starting(names, starts))?)));
    joined.map_or_else(Vec::new, |(starts, joined)| said_of(names, starts, joined))
}

fn said_of(names: &[NameHeld], starts: Bounds, joined: Joined<Name>) -> Vec<&NameHeld> {
    let mut candidates: Vec<_> = names.iter().filter(|held| bounds(*held) == starts).collect();
    if let Some(Name(name)) = joined.value {
        candidates.retain(|held| held.name.eq_ignore_ascii_case(&name));
        let first = candidates
            .into_iter()
            .min_by_key(|held| (std::cmp::Reverse(held.source.standing), held.source.position));
        return first.into_iter().collect();
    }
    let differs = |held: &&NameHeld| {
        joined.contradicted_by.iter().any(|(position, _name)| *position == held.source.position)
    };
    candidates.retain(differs);
    candidates.sort_by_key(|held| (held.name.to_ascii_lowercase(), held.source.position));
    candidates.dedup_by_key(|held| held.name.to_ascii_lowercase());
    candidates
}

/// The body that it is a part of on the view's day; nothing where equals contradict each other.
pub(super) fn whole_on(wholes: &[WholeHeld], view: View) -> Option<BodyId> {
    last_on(wholes, view)?.1.value
}

/// Collects the findings about one thing.
pub(crate) struct Contradictions<'a> {
    record: &'a Record,
    subject: &'a Subject,
    known: u64,
    pub(crate) findings: Vec<Finding>,
}

impl<'a> Contradictions<'a> {
    pub(crate) fn about(record: &'a Record, subject: &'a Subject, view: View) -> Self {
        Self { record, subject, known: view.known, findings: Vec::new() }
    }

    pub(crate) fn note<T>(&mut self, what: &str, fact: Option<&Joined<T>>, show: impl Fn(&T) -> String) {
        let Some(fact) = fact.filter(|fact| !fact.contradicted_by.is_empty()) else { return };
        let others = fact.contradicted_by.iter();
        let others: Vec<_> =
            others.map(|(position, other)| format!("{} ({})", show(other), self.cite(*position))).collect();
        let found = match &fact.value {
            Some(holds) => format!("{what}: {} holds; also said: {}", show(holds), others.join(", ")),
            None => format!(
                "{what}: {}: none of these sources goes before the other, so it is not known",
                others.join(" or ")
            ),
        };
        let contrary = fact.contradicted_by.iter().map(|(position, _value)| *position);
        let mut why: Vec<_> = fact.why.iter().copied().chain(contrary).collect();
        why.sort_unstable();
        why.dedup();
        let (subject, needed) = (self.subject.clone(), "statements that agree".to_owned());
        self.findings.push(Finding { rule: &JOINING, subject, found, needed, why });
    }

    /// An entry with its source, where a report names one.
    fn cite(&self, position: Position) -> String {
        let act = self.record.act_as_known(position, self.known);
        let source = act.filter(|act| act.standing.is_report()).and_then(|act| {
            let titles: Vec<_> = act.evidence.iter().map(|document| document.title.shown()).collect();
            match &act.basis {
                _ if !titles.is_empty() => Some(titles.join("; ")),
                Some(Basis::Sourced(source)) => Some(source.clone()),
                Some(Basis::Inferred(inferred)) => Some(format!("inferred from {}", inferred.from)),
                _ => None,
            }
        });
        source.map_or_else(|| format!("entry {position}"), |source| format!("entry {position}, {source}"))
    }
}
