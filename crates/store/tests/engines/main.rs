//! What every engine does, what opening refuses, and what a flipped bit does. No child is started here: it would hold
//! the lock of a ledger for a moment after its parent let it go.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod bit_flips;
#[path = "../common/mod.rs"]
mod common;
mod conformance;
mod opening;
