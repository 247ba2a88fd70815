//! The desk as people use it: its pages over HTTP, of a server that the real program runs, and in the browsers of three engines.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

#[expect(dead_code, reason = "nothing is dropped on these pages")]
#[path = "../support/chromium.rs"]
mod chromium;
mod in_browser;
mod pages;
#[path = "../../crates/log/tests/support/programs.rs"]
mod programs;
mod served;
#[expect(dead_code, reason = "the parts of a room that no page asks for")]
#[path = "../support/room.rs"]
mod room;
mod reading;
mod signing;
mod signing_in_browser;
mod tasks;
#[path = "../support/webdriver.rs"]
mod webdriver;
#[expect(dead_code, reason = "a room's own")]
#[path = "../support/files.rs"]
mod files;
