//! The formats from all sides: their pages and vectors, other programs, attacks, twins, and whatever else comes as bytes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod attacks;
mod foreign;
mod foreign_go;
mod foreign_python;
mod oracles;
mod spec;
#[path = "../support/mod.rs"]
mod support;
mod totality;
mod tree;
mod trust;
