//! What the tests of this crate and `examples/vectors.rs` share: the small book, and the vectors made
//! from it.

#![allow(dead_code, reason = "every test program uses a part of this")]

// From the ground up: a module imports only from those listed before it.
pub(crate) mod accepted;
pub(crate) mod dumb_tree;
pub(crate) mod pages;
pub(crate) mod programs;
pub(crate) mod published;
pub(crate) mod readers;
pub(crate) mod refused_chains;
pub(crate) mod refused_entries;
pub(crate) mod refused_events;
pub(crate) mod refused_notes;
pub(crate) mod refused_openings;
pub(crate) mod refused_policies;
pub(crate) mod refused_proofs;
pub(crate) mod refused_receipts;
pub(crate) mod refused_signatures;
pub(crate) mod roles;
pub(crate) mod small_book;
pub(crate) mod vectors;
