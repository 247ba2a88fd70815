//! What wants a process to itself, and one test at a time: a killed server's port is only free while nobody else takes
//! one, and a store that was made here is only free for the program while no other child is being started.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

#[path = "../../crates/store/tests/common/disk.rs"]
mod disk;
mod hostile;
mod kill;
mod mirror;
mod rules_unknown;
mod soak;
#[path = "../service/stranger.rs"]
#[allow(dead_code, reason = "the doors' own tests say more")]
mod stranger;
#[path = "../support/mod.rs"]
mod support;
mod under_load;

use tokio::sync::Mutex;

/// Held by the test that runs.
static ALONE: Mutex<()> = Mutex::const_new(());
