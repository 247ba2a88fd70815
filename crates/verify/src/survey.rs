//! What a book holds, counted while it is read: totals to agree with other records, and how far authors
//! have pinned the history with their signatures.

use minutebook_log::{Entry, Position, PublicKey, Timestamp};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What one key did in a book.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyActivity {
    /// How many entries it signed.
    pub signed: u64,
    /// The highest position that a signature of it pins: what it said it had seen.
    pub pins: Option<Position>,
}

/// Totals over the authentic entries of a book.
#[derive(Debug, Default)]
pub struct Survey {
    /// How many entries there are of each type, by its full name.
    pub by_type: BTreeMap<String, u64>,
    /// How many entries each body is the subject of or signed for. One that concerns two counts for both.
    pub by_body: BTreeMap<String, u64>,
    /// How many entries concern no body.
    pub of_no_body: u64,
    /// What each key did.
    pub by_author: BTreeMap<PublicKey, KeyActivity>,
    /// The highest position whose entry a later signature by another key than its own signers' pins.
    /// Nothing at or before it can change without breaking that signature.
    pub pinned: Option<Position>,
    /// When the first and the last entry were recorded.
    pub recorded: Option<(Timestamp, Timestamp)>,
    signers: Signers,
}

/// Who signed each entry, so that two runs of one author count as one step.
#[derive(Debug, Default)]
struct Signers {
    sets: Vec<BTreeSet<PublicKey>>,
    numbers: HashMap<BTreeSet<PublicKey>, usize>,
    /// For each entry, the number of its set of signers, and where the run of that set began.
    runs: Vec<(usize, u64)>,
}

/// How many runs of the same signers are looked back over: who signs in turns with more than this pins
/// less than could be said, never more.
const RUNS_MAX: usize = 64;

impl Survey {
    /// Counts the next authentic entry.
    pub(crate) fn count(&mut self, entry: &Entry) {
        *self.by_type.entry(entry.event().event_type.to_string()).or_default() += 1;
        let bodies = bodies_of(entry);
        self.of_no_body += u64::from(bodies.is_empty());
        for body in bodies {
            *self.by_body.entry(body).or_default() += 1;
        }
        let first = self.recorded.map_or(entry.recorded, |(first, _last)| first);
        self.recorded = Some((first, entry.recorded));
        self.count_signatures(entry);
    }

    fn count_signatures(&mut self, entry: &Entry) {
        let keys: BTreeSet<_> = entry.signed.keys().collect();
        let seen = entry.event().seen.map(|seen| seen.position);
        for key in &keys {
            let author = self.by_author.entry(*key).or_default();
            author.signed += 1;
            author.pins = author.pins.max(seen);
        }
        if let Some(seen) = seen {
            self.pinned = self.pinned.max(self.signers.pinned_by(&keys, seen));
        }
        self.signers.push(keys);
    }
}

impl Signers {
    fn push(&mut self, keys: BTreeSet<PublicKey>) {
        let next = self.sets.len();
        let number = *self.numbers.entry(keys.clone()).or_insert(next);
        if number == next {
            self.sets.push(keys);
        }
        let begun = match self.runs.last() {
            Some((last, begun)) if *last == number => *begun,
            _ => self.runs.len() as u64,
        };
        self.runs.push((number, begun));
    }

    /// The last entry up to `seen` that lacks one of these keys.
    fn pinned_by(&self, keys: &BTreeSet<PublicKey>, seen: Position) -> Option<Position> {
        let mut at = seen.0;
        for _run in 0..RUNS_MAX {
            let (number, begun) = self.runs.get(usize::try_from(at).ok()?)?;
            if !keys.is_subset(self.sets.get(*number)?) {
                return Some(Position(at));
            }
            at = begun.checked_sub(1)?;
        }
        None
    }
}

/// The bodies that an entry is about or signed for.
fn bodies_of(entry: &Entry) -> BTreeSet<String> {
    let event = entry.event();
    let subject = (event.subject.kind() == "body").then(|| event.subject.to_string());
    let signatories = event.data.get("signatories").and_then(Value::as_array).into_iter().flatten();
    let signed_for = signatories.filter_map(|signatory| signatory.get("body")?.as_str().map(str::to_owned));
    signed_for.chain(subject).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(seeds: &[u8]) -> BTreeSet<PublicKey> {
        seeds.iter().map(|seed| PublicKey::from_bytes([*seed; 32])).collect()
    }

    #[test]
    fn an_author_pins_what_others_signed() {
        let mut signers = Signers::default();
        for signed in [&[1, 2][..], &[1], &[3], &[3], &[3]] {
            signers.push(keys(signed));
        }
        assert_eq!(signers.pinned_by(&keys(&[3]), Position(4)), Some(Position(1)), "not its own entries");
        assert_eq!(signers.pinned_by(&keys(&[1]), Position(4)), Some(Position(4)));
        assert_eq!(signers.pinned_by(&keys(&[1]), Position(1)), None, "it signed both");
        assert_eq!(signers.pinned_by(&keys(&[1]), Position(9)), None, "nothing stands there");
    }
}
