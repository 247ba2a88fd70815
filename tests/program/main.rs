//! The real program, story by story: its commands, its servers, its pages. Nothing here opens again what it had open
//! itself: that is in `tests/service`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "tests"
)]

mod agreed;
mod answers;
mod auditor_page;
mod batches;
mod cli;
mod config;
mod corrections;
mod damage;
mod demo;
mod doors;
mod export;
#[path = "../support/files.rs"]
mod files;
mod foreseen;
mod handed_over;
mod handover;
mod helped;
mod import;
mod init;
mod keeping;
mod kept;
mod kept_contexts;
mod liar;
#[path = "../support/log.rs"]
mod log;
mod packaging;
mod mistakes;
mod named;
mod news;
mod pages;
mod powers;
mod receipt_files;
mod register_story;
mod repair;
#[path = "../support/room.rs"]
mod room;
mod sealed;
mod shapes;
mod stories;
mod stories_imported;
#[path = "../support/mod.rs"]
mod support;
mod told;
mod witness;
mod witness_page;
