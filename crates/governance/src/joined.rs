//! Joining statements of one fact: agreement confirms, contradiction is a finding, and the higher standing
//! holds. The order in which they were loaded plays no part.

use crate::{PDate, Speaker, Standing, view::Told};
use minutebook_log::Position;
use std::collections::BTreeSet;

/// Where a value was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// The entry.
    pub position: Position,
    /// With what right.
    pub standing: Standing,
    /// By whom; nothing where a report names no source.
    pub speaker: Option<Speaker>,
}

impl From<&Told> for Source {
    fn from(told: &Told) -> Self {
        Self { position: told.position, standing: told.standing, speaker: told.speaker }
    }
}

/// A fact as all who stated it leave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined<T> {
    /// What holds; nothing where statements of equal, highest standing contradict each other.
    pub value: Option<T>,
    /// The highest standing with which something was said.
    pub standing: Standing,
    /// The entries that say so, in order; where nothing holds, those of the highest standing.
    pub why: Vec<Position>,
    /// The statements that say otherwise, in order; where nothing holds, all of the highest standing.
    pub contradicted_by: Vec<(Position, T)>,
}

/// What can be compared as one fact.
pub trait Fact: Clone {
    /// What all of these say together, most precisely; nothing where they can't all be true. There is at
    /// least one.
    fn together(said: &[&Self]) -> Option<Self>;
}

impl Fact for PDate {
    fn together(said: &[&Self]) -> Option<Self> {
        PDate::together(said)
    }
}

/// A fact that agrees with nothing but itself.
pub(crate) fn together_if_equal<T: Clone + PartialEq>(said: &[&T]) -> Option<T> {
    let (first, rest) = said.split_first()?;
    rest.iter().all(|other| other == first).then(|| (*first).clone())
}

/// The date that holds; where equals contradict each other, one that leaves it open.
pub(crate) fn any_or_joined(joined: &Joined<PDate>) -> Option<PDate> {
    let contrary = || joined.contradicted_by.iter().map(|(_position, date)| date).collect::<Vec<_>>();
    joined.value.clone().or_else(|| PDate::any_of(&contrary()))
}

/// Joins statements of one fact, in the order of the book. Of each standing in turn, the highest first, what
/// agrees with what holds so far makes it more precise.
pub fn join<T: Fact>(told: &[(Source, T)]) -> Option<Joined<T>> {
    let mut said = latest_by_speaker(told);
    said.sort_by_key(|(source, _value)| (std::cmp::Reverse(source.standing), source.position));
    let standing = said.first()?.0.standing;
    let mut joined = Joined { value: None, standing, why: Vec::new(), contradicted_by: Vec::new() };
    for peers in said.chunk_by(|(a, _), (b, _)| a.standing == b.standing) {
        joined.hear(peers);
        if joined.value.is_none() {
            break;
        }
    }
    joined.why.sort_unstable();
    joined.contradicted_by.sort_unstable_by_key(|(position, _value)| *position);
    Some(joined)
}

impl<T: Fact> Joined<T> {
    /// What statements of one standing add. Where they agree with what holds, but not with each other,
    /// neither is heard.
    fn hear(&mut self, peers: &[&(Source, T)]) {
        let held = self.value.clone();
        let fits =
            |said: &&(Source, T)| held.as_ref().is_none_or(|held| T::together(&[held, &said.1]).is_some());
        let (fitting, contrary): (Vec<&(Source, T)>, Vec<_>) = peers.iter().copied().partition(fits);
        let values: Vec<_> = held.iter().chain(fitting.iter().map(|(_source, value)| value)).collect();
        let positions = fitting.iter().map(|(source, _value)| source.position);
        let together = if values.is_empty() { None } else { T::together(&values) };
        let contradict_each_other = together.is_none() && !fitting.is_empty();
        if !contradict_each_other || held.is_none() {
            self.why.extend(positions);
        }
        if contradict_each_other {
            self.contradict(&fitting);
        }
        self.value = together.or(held);
        self.contradict(&contrary);
    }

    fn contradict(&mut self, said: &[&(Source, T)]) {
        self.contradicted_by.extend(said.iter().map(|(source, value)| (source.position, value.clone())));
    }
}

/// What equals call differently, as everybody reads it: each of the names, in the order of letters, so that the order of loading
/// plays no part. One name is that name.
pub fn in_words(names: &BTreeSet<&str>) -> Option<String> {
    let named: Vec<_> = names.iter().copied().collect();
    match named.as_slice() {
        [] => None,
        [one] => Some((*one).to_owned()),
        several => Some(format!("{} (sources differ)", several.join(", or "))),
    }
}

/// A later statement of the same fact by the same speaker revises the earlier. Who names no source revises nothing.
pub(crate) fn latest_by_speaker<T>(told: &[(Source, T)]) -> Vec<&(Source, T)> {
    let revised = |at: usize, source: &Source| {
        let mut later = told.iter().skip(at + 1);
        source.speaker.is_some()
            && later
                .any(|(other, _value)| other.speaker == source.speaker && other.standing == source.standing)
    };
    told.iter()
        .enumerate()
        .filter(|(at, (source, _value))| !revised(*at, source))
        .map(|(_at, said)| said)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(position: u64, standing: Standing, source: u8, date: &str) -> (Source, PDate) {
        let speaker = (source > 0).then(|| Speaker::of_named(&format!("source {source}")));
        let date = date.parse().map_or_else(
            |_| PDate::words(date, "2013-01-01".parse().ok(), "2013-12-31".parse().ok()).unwrap(),
            PDate::day,
        );
        (Source { position: Position(position), standing, speaker }, date)
    }

    #[test]
    fn agreement_confirms_and_the_more_precise_date_holds() {
        let told = [said(1, Standing::OwnAct, 1, "2013"), said(2, Standing::Register, 2, "2013-04-01")];
        let joined = join(&told).unwrap();
        assert_eq!(joined.value, Some(told[1].1.clone()));
        assert_eq!(joined.why, [Position(1), Position(2)]);
        assert_eq!(joined.contradicted_by, []);
    }

    #[test]
    fn the_higher_standing_holds_in_either_order() {
        let act = said(1, Standing::OwnAct, 1, "2013-04-01");
        let register = said(2, Standing::Register, 2, "2014-11-26");
        for told in [[act.clone(), register.clone()], [register.clone(), act.clone()]] {
            let joined = join(&told).unwrap();
            assert_eq!(joined.value, Some(act.1.clone()));
            assert_eq!(joined.contradicted_by, [(Position(2), register.1.clone())]);
        }
    }

    #[test]
    fn of_equal_standing_neither_wins() {
        let told =
            [said(1, Standing::Register, 1, "2014-11-26"), said(2, Standing::Register, 2, "2015-04-01")];
        let joined = join(&told).unwrap();
        assert_eq!(joined.value, None);
        assert_eq!(joined.contradicted_by.len(), 2);
    }

    #[test]
    fn of_equal_standing_neither_makes_the_higher_more_precise() {
        let act = said(3, Standing::OwnAct, 1, "2013");
        let (one, other) =
            (said(1, Standing::Register, 2, "2013-04-01"), said(2, Standing::Register, 3, "2013-05-01"));
        for told in [[one.clone(), other.clone(), act.clone()], [other, one, act.clone()]] {
            let joined = join(&told).unwrap();
            assert_eq!(joined.value, Some(act.1.clone()));
            assert_eq!((joined.why.len(), joined.contradicted_by.len()), (1, 2));
        }
    }

    #[test]
    fn the_same_source_revises() {
        let told =
            [said(1, Standing::Register, 1, "2014-11-26"), said(2, Standing::Register, 1, "2015-04-01")];
        let joined = join(&told).unwrap();
        assert_eq!(joined.value, Some(told[1].1.clone()));
        assert_eq!(joined.why, [Position(2)]);
    }

    #[test]
    fn who_names_no_source_revises_nothing() {
        let told =
            [said(1, Standing::ThirdParty, 0, "2014-11-26"), said(2, Standing::ThirdParty, 0, "2015-04-01")];
        let joined = join(&told).unwrap();
        assert_eq!((joined.value, joined.contradicted_by.len()), (None, 2));
    }
}
