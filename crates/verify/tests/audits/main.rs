//! Audits: of books as they should be, and of books that somebody changed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod attacks;
mod auditor_page;
mod cli;
mod flips;
mod incremental;
mod questions;
mod quick;
mod replay;
mod reread;
mod rotation;
#[path = "../support/mod.rs"]
mod support;
