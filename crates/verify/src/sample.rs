//! A sample that anybody can draw again: entries in the order of a hash of seed and position.

use data_encoding::HEXLOWER;
use minutebook_log::Position;
use sha2::{Digest as _, Sha256};

/// Draws `count` of these entries, or all where there are fewer, sorted by position.
///
/// An entry's rank is SHA-256 of the line `SEED POSITION` with its line feed, in hexadecimal; those with the
/// lowest ranks are drawn. `printf 'SEED POSITION\n' | sha256sum` says the same.
pub fn sample(seed: &str, count: usize, population: impl IntoIterator<Item = Position>) -> Vec<Position> {
    let mut ranked: Vec<_> =
        population.into_iter().map(|position| (rank(seed, position), position)).collect();
    ranked.sort();
    let mut drawn: Vec<_> = ranked.into_iter().take(count).map(|(_rank, position)| position).collect();
    drawn.sort();
    drawn
}

/// The rank of an entry under a seed.
pub fn rank(seed: &str, position: Position) -> String {
    HEXLOWER.encode(&Sha256::digest(format!("{seed} {position}\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same_entries() {
        let all = || (0..1000).map(Position);
        assert_eq!(sample("2020", 25, all()), sample("2020", 25, all()));
        assert_ne!(sample("2020", 25, all()), sample("2021", 25, all()));
        assert_eq!(sample("2020", 25, all()).len(), 25);
        assert_eq!(sample("2020", 5, (0..3).map(Position)), [Position(0), Position(1), Position(2)]);
    }

    #[test]
    fn a_rank_is_what_sha256sum_prints() {
        // printf 'april 17\n' | sha256sum
        let printed = "d3bdc9f292f4dcfa6efe52b22384ae2081b54144181c7938af189dd605071f50";
        assert_eq!(rank("april", Position(17)), printed);
    }
}
