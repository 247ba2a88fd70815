//! Histories that nobody had, made of the fuzzer's bytes by the generators of the tests: what is admitted of them is the same
//! for the register as for the dumb one, which goes through everything that was said for each question; and entries that
//! are read again make the same register.

#![no_main]
#![allow(dead_code, unused_imports, reason = "the tests make up more, and ask more, than is told here")]

#[path = "../../crates/governance/tests/histories/affairs_made_up.rs"]
mod affairs_made_up;
#[path = "../../crates/governance/tests/histories/book.rs"]
mod book;
#[path = "../../crates/governance/tests/histories/book_of_mergers.rs"]
mod book_of_mergers;
#[path = "../../crates/governance/tests/law/foreseen.rs"]
mod foreseen;
#[path = "../../crates/governance/tests/law/reported.rs"]
mod reported;
#[path = "../../crates/governance/tests/histories/heard.rs"]
mod heard;
#[path = "../../crates/governance/tests/histories/land.rs"]
mod land;
#[path = "../../crates/governance/tests/histories/land_made_up.rs"]
mod land_made_up;
#[path = "../../crates/governance/tests/histories/registers.rs"]
mod registers;
#[path = "../../crates/governance/tests/law/said.rs"]
mod said;
#[path = "../../crates/governance/tests/law/story.rs"]
mod story;
#[path = "../../crates/governance/tests/histories/telling.rs"]
mod telling;
#[path = "../../crates/governance/tests/histories/units.rs"]
mod units;

use libfuzzer_sys::fuzz_target;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// A generator whose choices the fuzzer's bytes decide, by their hash: the generators take more choices than anybody has bytes,
/// and do not end where those run out. The fuzzer keeps the bytes whose histories lead where none has led before.
fn runner(bytes: &[u8]) -> TestRunner {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, blake3::hash(bytes).as_bytes());
    TestRunner::new_with_rng(Config { failure_persistence: None, ..Config::default() }, rng)
}

fuzz_target!(|bytes: &[u8]| {
    let Some((which, bytes)) = bytes.split_first() else { return };
    let mut runner = runner(bytes);
    if which % 4 == 0 {
        if let Ok(plans) = land_made_up::plans().new_tree(&mut runner) {
            units::check_units(&plans.current()).unwrap();
        }
    } else if let Ok(lines) = affairs_made_up::affairs().new_tree(&mut runner) {
        registers::check_register(&telling::told(&lines.current()), u64::from(*which)).unwrap();
    }
});
