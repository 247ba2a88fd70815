//! The service and the register within this process, story by story: what is asked over gRPC, or of the book that the
//! demo's stories make. Nothing here starts another process: a child that is being started holds the files of its
//! parent for a moment, and with them the lock of a ledger that is about to be opened again.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod append;
mod appending;
mod asked;
mod changes;
#[path = "../../crates/store/tests/common/disk.rs"]
mod disk;
mod doors;
mod doubt;
mod england;
mod fake;
mod faults;
#[path = "../support/files.rs"]
mod files;
mod follow;
mod following;
mod foreseen;
mod fuzzed;
mod kept;
mod keys;
#[path = "../support/log.rs"]
mod log;
mod paging;
mod parts;
mod published;
mod receipts;
mod refusals;
mod register;
mod rotation;
mod round_trip;
mod seeds;
mod seeds_asked;
mod seen;
mod selection;
#[path = "../support/mod.rs"]
mod support;
mod stranger;
mod tables;
mod tls;
mod tokens;
mod withdrawn;
mod witnessing;
