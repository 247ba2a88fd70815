//! What holds for every history, made up by a generator, of legal acts and illegal ones. One file for each idea: what is
//! made up, the property, and the deliberately dumb register that goes through everything said for each question.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod affairs;
mod affairs_made_up;
mod authority;
mod book;
mod book_of_mergers;
#[path = "../law/foreseen.rs"]
mod foreseen;
#[path = "../law/reported.rs"]
mod reported;
mod heard;
mod land;
mod land_made_up;
mod offices;
mod questions;
mod registers;
#[path = "../law/said.rs"]
#[allow(dead_code, reason = "the law says more than histories need")]
mod said;
mod sitting;
mod sitting_made_up;
#[path = "../law/story.rs"]
#[allow(dead_code, reason = "the law asks more than histories need")]
mod story;
mod telling;
mod units;
mod votes;
