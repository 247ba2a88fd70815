//! `verify.html`: in Node, its verdicts are those of the first implementation; in Chromium, it is used as readers use it.
//! Other processes are started here all the time, and so no ledger is opened.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

#[path = "../support/chromium.rs"]
mod chromium;
mod in_browser;
#[path = "../../crates/log/tests/support/programs.rs"]
mod programs;
mod verdicts;
