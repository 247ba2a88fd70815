//! The arithmetic of a quorum: who is there, held against what the rules ask for.

use super::events::{Minimum, Quorum};
use crate::people::Office;
use std::fmt;

/// The voting seats of a governing body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VotingSeats {
    /// Seats that somebody holds.
    pub filled: u32,
    /// Seats that nobody holds.
    pub vacant: u32,
}

/// What a sitting lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shortfall {
    /// Voting members.
    Members {
        /// How many are there.
        present: u32,
        /// How many have to be.
        needed: u32,
    },
    /// Somebody in one of these offices.
    Office(Vec<Office>),
}

impl fmt::Display for Minimum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Minimum::Count(count) => write!(f, "{count} members"),
            Minimum::Part { parts, of } => write!(f, "{parts} of {of} members"),
        }
    }
}

impl Quorum {
    /// How many voting members have to be there, of so many seats.
    pub fn needed(&self, seats: VotingSeats) -> u32 {
        match self.minimum {
            Minimum::Count(count) => count,
            Minimum::Part { parts, of } => {
                let vacant = if self.counts_vacancies { seats.vacant } else { 0 };
                let whole = u64::from(seats.filled) + u64::from(vacant);
                let needed = (whole * u64::from(parts)).div_ceil(u64::from(of.max(1)));
                u32::try_from(needed).unwrap_or(u32::MAX)
            }
        }
    }

    /// What is lacking where `present` are the offices of those voting members who are there and may vote, one
    /// list for each of them. Nothing: the sitting is quorate.
    pub fn lacks(&self, seats: VotingSeats, present: &[Vec<Office>]) -> Vec<Shortfall> {
        let needed = self.needed(seats);
        let there = u32::try_from(present.len()).unwrap_or(u32::MAX);
        let members = (there < needed).then_some(Shortfall::Members { present: there, needed });
        let is_there = |office: &Office| present.iter().any(|offices| offices.contains(office));
        let absent = self.must_include.iter().filter(|one_of| !one_of.iter().any(is_there));
        members.into_iter().chain(absent.cloned().map(Shortfall::Office)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quorum(minimum: Minimum, counts_vacancies: bool) -> Quorum {
        let must_include = vec![vec![Office::LayMember], vec![Office::GpMember, Office::Chair]];
        Quorum { minimum, counts_vacancies, must_include }
    }

    #[test]
    fn a_part_is_rounded_up_and_may_count_vacancies() {
        let third = Minimum::Part { parts: 1, of: 3 };
        let seats = |filled, vacant| VotingSeats { filled, vacant };
        for (filled, vacant, counting, not_counting) in
            [(9, 0, 3, 3), (10, 0, 4, 4), (9, 4, 5, 3), (0, 3, 1, 0)]
        {
            assert_eq!(quorum(third, true).needed(seats(filled, vacant)), counting);
            assert_eq!(quorum(third, false).needed(seats(filled, vacant)), not_counting);
        }
        assert_eq!(quorum(Minimum::Count(5), true).needed(seats(2, 0)), 5);
    }

    #[test]
    fn it_says_who_is_lacking() {
        let rule = quorum(Minimum::Count(2), false);
        let seats = VotingSeats { filled: 6, vacant: 0 };
        let lay = vec![Office::LayMember];
        assert_eq!(rule.lacks(seats, &[lay.clone(), vec![Office::DeputyChair, Office::GpMember]]), []);
        assert_eq!(
            rule.lacks(seats, std::slice::from_ref(&lay)),
            [
                Shortfall::Members { present: 1, needed: 2 },
                Shortfall::Office(vec![Office::GpMember, Office::Chair])
            ]
        );
        assert_eq!(
            rule.lacks(seats, &[vec![Office::Chair], vec![Office::Chair]]),
            [Shortfall::Office(vec![Office::LayMember])]
        );
    }
}
