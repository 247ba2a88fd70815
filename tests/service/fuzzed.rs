//! The short form of `fuzz/`: every kind of foreign bytes, as it is kept there and changed at random some hundred times, read by
//! the very functions that the fuzzers feed. `MINUTEBOOK_FUZZ_CASES` says how often, `MINUTEBOOK_FUZZ`
//! names one kind alone; `MINUTEBOOK_SEED` repeats a run.

#[path = "../../fuzz/targets/mod.rs"]
mod targets;

use std::env;
use std::panic::{self, AssertUnwindSafe};
use std::time::{SystemTime, UNIX_EPOCH};
use targets::TARGETS;

/// How many changed inputs each kind is given where nobody says.
const CASES: u64 = 200;

/// Numbers that a seed repeats.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % (end.max(1) as u64)).unwrap()
    }
}

/// One of the inputs, changed in a few places: as much as a text's digit, and as little as another's half.
fn changed(random: &mut Random, inputs: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = inputs[random.below(inputs.len())].clone();
    for _change in 0..=random.below(3) {
        let (from, length) = (random.below(bytes.len()), random.below(16) + 1);
        let to = (from + length).min(bytes.len());
        match random.below(9) {
            0 if !bytes.is_empty() => bytes[from] ^= 1 << random.below(8),
            1 if !bytes.is_empty() => {
                bytes[from] = [0, 1, 0x7f, 0x80, 0xff, b'\n', b' ', b'"', b'+'][random.below(9)]
            }
            2 => drop(bytes.drain(from..to)),
            3 => {
                let part = bytes[from..to].to_vec();
                bytes.splice(from..from, part);
            }
            4 => bytes.truncate(from),
            5 => {
                let other = &inputs[random.below(inputs.len())];
                let tail = other[random.below(other.len()).min(other.len())..].to_vec();
                bytes.truncate(from);
                bytes.extend(tail);
            }
            6 => {
                let digits: Vec<_> = (0..bytes.len()).filter(|at| bytes[*at].is_ascii_digit()).collect();
                if !digits.is_empty() {
                    bytes[digits[random.below(digits.len())]] =
                        b'0' + u8::try_from(random.below(10)).unwrap();
                }
            }
            7 => {
                let mut lines: Vec<_> = bytes.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
                let (one, other) = (random.below(lines.len()), random.below(lines.len()));
                lines.swap(one, other);
                bytes = lines.join(&b'\n');
            }
            _ => bytes.insert(from, u8::try_from(random.below(256)).unwrap()),
        }
    }
    bytes
}

#[test]
fn what_others_wrote_is_refused_or_read_as_it_would_be_written() {
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos().into();
    let seed: u64 = env::var("MINUTEBOOK_SEED").map_or_else(|_| now(), |seed| seed.parse().unwrap());
    let cases: u64 = env::var("MINUTEBOOK_FUZZ_CASES").map_or(CASES, |cases| cases.parse().unwrap());
    eprintln!("foreign bytes: MINUTEBOOK_SEED={seed}");
    let only = env::var("MINUTEBOOK_FUZZ").ok();
    for target in TARGETS.iter().filter(|target| only.as_deref().is_none_or(|only| only == target.name)) {
        let mut random = Random(seed ^ 0x9E37_79B9_7F4A_7C15);
        let inputs = [(target.seeds)(), target.kept()].concat();
        assert!(!inputs.is_empty(), "{} has no examples", target.name);
        let check = |bytes: &[u8]| {
            let held = panic::catch_unwind(AssertUnwindSafe(|| (target.check)(bytes)));
            assert!(
                held.is_ok(),
                "{} (MINUTEBOOK_SEED={seed}): {:?}",
                target.name,
                bytes.escape_ascii().to_string()
            );
        };
        inputs.iter().for_each(|input| check(input));
        (0..cases).for_each(|_case| check(&changed(&mut random, &inputs)));
    }
}

#[test]
fn every_kind_has_a_name_of_its_own_and_its_corpus_is_known() {
    let mut names: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
    for folder in std::fs::read_dir(targets::root().join("fuzz/corpus")).into_iter().flatten() {
        let name = folder.unwrap().file_name().into_string().unwrap();
        assert!(targets::target(&name).is_some(), "fuzz/corpus/{name} is nobody's");
    }
}
