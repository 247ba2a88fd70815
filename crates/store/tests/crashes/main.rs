//! What a crash leaves behind, of the program and of the machine.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

#[path = "../common/mod.rs"]
mod common;
mod kill;
mod power_cut;
#[path = "../common/trace.rs"]
mod trace;
