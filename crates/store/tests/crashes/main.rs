//! What a crash leaves behind, of the program and of the machine; and what the operating system refuses.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/disk.rs"]
mod disk;
mod files;
mod kill;
mod limits;
mod power_cut;
#[path = "../common/trace.rs"]
mod trace;
