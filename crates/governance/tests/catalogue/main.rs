//! The types of events: how each is read and admitted, its example and its schema, and their page.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod acts;
mod events;
#[path = "../../examples/events.rs"]
mod page;
mod written;
