//! Histories that are made up, through the real ledger: whatever is written at once and however often it is opened anew,
//! the register answers as the book in memory does.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

#[path = "../crates/governance/tests/histories/affairs_made_up.rs"]
#[allow(dead_code, reason = "more is made up than is told here")]
mod affairs_made_up;
#[path = "../crates/governance/tests/histories/heard.rs"]
#[allow(dead_code, reason = "more is read than is told here")]
mod heard;
#[path = "../crates/governance/tests/histories/questions.rs"]
mod questions;
#[path = "../crates/governance/tests/law/said.rs"]
#[allow(dead_code, reason = "the law says more than histories need")]
mod said;
#[path = "../crates/governance/tests/law/story.rs"]
#[allow(dead_code, reason = "the law asks more than histories need")]
mod story;
#[path = "../crates/governance/tests/histories/telling.rs"]
mod telling;

use affairs_made_up::affairs;
use heard::cases;
use minutebook::ledger::{self, Ledger, SystemClock};
use minutebook_log::{Signed, Timestamp};
use minutebook_store::SledEngine;
use proptest::prelude::*;
use questions::{check_same, everything};
use said::key;
use std::path::Path;
use telling::told;

const DAYS: [&str; 3] = ["2019-06-17", "2019-10-30", "2020-04-01"];

/// Everything that the ledger in this folder answers, once it is opened anew.
async fn answered(dir: &Path) -> Vec<String> {
    let ledger = Ledger::open(SledEngine::open(dir).unwrap(), SystemClock::new(), key("log")).await.unwrap();
    let asked = ledger.reader().ask(|known| {
        let book = known.book();
        DAYS.into_iter().flat_map(|day| everything(book.record(), day, book.record().len())).collect()
    });
    let answers = asked.await.unwrap();
    ledger.close().await;
    answers
}

/// Writes events in portions; after each the ledger is closed, and opened anew.
async fn write(dir: &Path, events: &[Signed], portions: &[usize]) {
    ledger::create(dir, &events[0], Timestamp::EPOCH).await.unwrap();
    let (mut portions, mut rest) = (portions.iter().cycle(), &events[1..]);
    while !rest.is_empty() {
        let (portion, later) = rest.split_at((*portions.next().unwrap()).min(rest.len()));
        let engine = SledEngine::open(dir).unwrap();
        let ledger = Ledger::open(engine, SystemClock::new(), key("log")).await.unwrap();
        let appended = ledger.append(portion.to_vec()).await.unwrap();
        assert_eq!(appended.len(), portion.len());
        ledger.close().await;
        rest = later;
    }
}

proptest! {
    #![proptest_config(cases(4))]

    #[test]
    fn a_ledger_that_is_opened_anew_answers_as_the_book_in_memory(
        lines in affairs(),
        portions in prop::collection::vec(1..40_usize, 1..4),
    ) {
        let story = told(&lines);
        let events: Vec<_> = story.entries.iter().map(|entry| entry.signed.clone()).collect();
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("ledger");
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
        let found = runtime.block_on(async {
            write(&dir, &events, &portions).await;
            answered(&dir).await
        });
        let known = story.record().len();
        let expected: Vec<_> = DAYS.into_iter().flat_map(|day| everything(story.record(), day, known)).collect();
        check_same(&found, &expected, "all days")?;
    }
}
