//! Joining statements of one fact: agreement confirms, contradiction is a finding, and the higher standing
//! holds. The order in which they were loaded plays no part.

use crate::{PDate, Standing, record::Told};
use minutebook_log::{Position, PublicKey};

/// Where a value was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// The entry.
    pub position: Position,
    /// With what right.
    pub standing: Standing,
    /// By which key.
    pub author: Option<PublicKey>,
}

impl From<&Told> for Source {
    fn from(told: &Told) -> Self {
        Self { position: told.position, standing: told.standing, author: told.author }
    }
}

/// A fact as all who stated it leave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined<T> {
    /// What holds; nothing where statements of equal, highest standing contradict each other.
    pub value: Option<T>,
    /// The standing of the statement that holds.
    pub standing: Standing,
    /// The entries that say so, in order.
    pub why: Vec<Position>,
    /// The statements that say otherwise.
    pub contradicted_by: Vec<(Position, T)>,
}

/// What can be compared as one fact.
pub trait Fact: Clone {
    /// Whether both can be true.
    fn agrees_with(&self, other: &Self) -> bool;

    /// Whether this says more precisely what `other` says.
    fn refines(&self, other: &Self) -> bool;
}

impl Fact for PDate {
    fn agrees_with(&self, other: &Self) -> bool {
        PDate::agrees_with(self, other)
    }

    fn refines(&self, other: &Self) -> bool {
        other.contains(self) && !self.contains(other)
    }
}

/// Joins statements of one fact, oldest first.
pub fn join<T: Fact>(told: &[(Source, T)]) -> Option<Joined<T>> {
    let mut standing_first = latest_by_author(told);
    standing_first.sort_by_key(|(source, _value)| (std::cmp::Reverse(source.standing), source.position));
    let ((leader, first), rest) = standing_first.split_first()?;
    let mut joined = Joined {
        value: None,
        standing: leader.standing,
        why: vec![leader.position],
        contradicted_by: Vec::new(),
    };
    let (mut value, mut tied) = ((*first).clone(), false);
    for (source, other) in rest {
        if other.agrees_with(&value) {
            joined.why.push(source.position);
            if other.refines(&value) {
                value = (*other).clone();
            }
        } else {
            tied |= source.standing == leader.standing;
            joined.contradicted_by.push((source.position, (*other).clone()));
        }
    }
    joined.why.sort_unstable();
    joined.contradicted_by.sort_unstable_by_key(|(position, _value)| *position);
    joined.value = (!tied).then_some(value);
    Some(joined)
}

/// A later statement of the same fact by the same key revises the earlier.
fn latest_by_author<T>(told: &[(Source, T)]) -> Vec<&(Source, T)> {
    let revised = |at: usize, source: &Source| {
        let mut later = told.iter().skip(at + 1);
        source.author.is_some()
            && later.any(|(other, _value)| other.author == source.author && other.standing == source.standing)
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

    fn said(position: u64, standing: Standing, author: u8, date: &str) -> (Source, PDate) {
        let author = Some(PublicKey::from_bytes([author; 32]));
        let date = date.parse().map_or_else(
            |_| PDate::words(date, "2013-01-01".parse().ok(), "2013-12-31".parse().ok()).unwrap(),
            PDate::day,
        );
        (Source { position: Position(position), standing, author }, date)
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
        assert_eq!(joined.contradicted_by.len(), 1);
    }

    #[test]
    fn the_same_author_revises() {
        let told =
            [said(1, Standing::Register, 1, "2014-11-26"), said(2, Standing::Register, 1, "2015-04-01")];
        let joined = join(&told).unwrap();
        assert_eq!(joined.value, Some(told[1].1.clone()));
        assert_eq!(joined.why, [Position(2)]);
    }
}
