//! What people are called: a name holds from its day on, so that nobody was ever called what came later.

use super::events::PersonRecorded;
use crate::bodies::Contradictions;
use crate::joined::{Fact, Source, in_words, join, latest_by_speaker};
use crate::{Certainty, Finding, PDate, PersonId, Record, Scope, Sealable, Standing, View};
use minutebook_log::Position;

/// A name of a person.
#[derive(Debug, Clone)]
pub struct PersonNamed {
    /// The name, and what else is said of the person with it.
    pub recorded: PersonRecorded,
    /// With which standing.
    pub standing: Standing,
    /// The entry that says so.
    pub position: Position,
}

/// The names of a person, the first one first: of those without a day, and of those from one day on, what is said with the
/// highest standing, by each speaker last. Several of one day contradict each other. Names show whatever the view's scope.
pub fn person_names(record: &Record, person: &PersonId, view: View) -> Vec<PersonNamed> {
    let mut names: Vec<_> =
        names_by_day(record, person, view).iter().flat_map(|said| names_of_day(said)).collect();
    names.sort_by_key(|named| (named.recorded.from.as_ref().map(PDate::earliest), named.position));
    names
}

/// What is found of the names of a person: where it is told who is meant, several say it differently of one day.
pub fn name_findings(record: &Record, person: &PersonId, view: View) -> Vec<Finding> {
    let mut found = Contradictions::about(record, person.subject(), view);
    for said in names_by_day(record, person, view) {
        let from = said.first().and_then(|(_source, named)| named.recorded.from.as_ref());
        let what = from.map_or_else(|| "name".to_owned(), |from| format!("name from {from}"));
        found.note(&what, join(&said).as_ref(), |named| named.recorded.name.shown().to_owned());
    }
    found.findings
}

/// What is said of the names of a person: all that is said without a day together, and all of one day.
fn names_by_day(record: &Record, person: &PersonId, view: View) -> Vec<Vec<(Source, PersonNamed)>> {
    let view = View { scope: Scope::Reported, ..view };
    let told = record.saying::<PersonRecorded>(person.subject(), view);
    let named = told.filter_map(|told| {
        let recorded = told.says::<PersonRecorded>()?.clone();
        let named = PersonNamed { recorded, standing: told.standing, position: told.position };
        Some((Source::from(&told), named))
    });
    let mut of_days: Vec<Vec<(Source, PersonNamed)>> = Vec::new();
    for said in named {
        let is_of_day = |others: &&mut Vec<(Source, PersonNamed)>| {
            others.first().is_some_and(|(_source, other)| other.recorded.from == said.1.recorded.from)
        };
        match of_days.iter_mut().find(is_of_day) {
            Some(others) => others.push(said),
            None => of_days.push(vec![said]),
        }
    }
    of_days
}

impl Fact for PersonNamed {
    fn together(said: &[&Self]) -> Option<Self> {
        let (first, rest) = said.split_first()?;
        let agree = rest
            .iter()
            .enumerate()
            .all(|(at, named)| said.iter().take(at + 1).all(|it| is_same_name(it, named)));
        agree.then(|| (*first).clone())
    }
}

/// What is said with the highest standing, each name once, as it was said last.
fn names_of_day(said: &[(Source, PersonNamed)]) -> Vec<PersonNamed> {
    let highest = said.iter().map(|(source, _named)| source.standing).max();
    let latest = latest_by_speaker(said).into_iter();
    let mut names: Vec<PersonNamed> = Vec::new();
    for (_source, named) in latest.filter(|(source, _named)| Some(source.standing) == highest) {
        match names.iter_mut().find(|known| is_same_name(known, named)) {
            Some(known) => *known = named.clone(),
            None => names.push(named.clone()),
        }
    }
    names
}

/// Whether two statements give one name, or one of them says that the other is one too. What is sealed can't be told from
/// any.
fn is_same_name(one: &PersonNamed, other: &PersonNamed) -> bool {
    let (one, other) = (&one.recorded, &other.recorded);
    let (Sealable::Clear(first), Sealable::Clear(second)) = (&one.name, &other.name) else { return true };
    let has = |recorded: &PersonRecorded, name: &str| {
        recorded.aliases.iter().any(|alias| matches!(alias, Sealable::Clear(alias) if is_alike(alias, name)))
    };
    is_alike(first, second) || has(one, second) || has(other, first)
}

/// Whether names differ in case and spaces alone.
fn is_alike(one: &str, other: &str) -> bool {
    let words = |name: &str| name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    words(one) == words(other)
}

/// The name of a person on the view's day, as far as it is known and not sealed: the last that has come for certain; where
/// sources of equal standing give several, each of them, and that. Before the first, it is that one.
pub fn person_name(record: &Record, person: &PersonId, view: View) -> Option<Sealable> {
    let names = person_names(record, person, view);
    let has_come = |named: &&PersonNamed| {
        named.recorded.from.as_ref().map_or(Certainty::Yes, |from| from.is_by(view.as_at)) == Certainty::Yes
    };
    let named = names.iter().rfind(has_come).or(names.first())?;
    let of_day = names.iter().filter(|other| other.recorded.from == named.recorded.from);
    let clear = of_day.filter_map(|other| match &other.recorded.name {
        Sealable::Clear(name) => Some(name.as_str()),
        Sealable::Sealed(_seal) => None,
    });
    Some(in_words(&clear.collect()).map_or_else(|| named.recorded.name.clone(), Sealable::Clear))
}
