//! The events: signed beforehand, each of 781 bytes, over 200 bodies in turn, for one ledger that all runs begin with.

use crate::peer::Payload;
use crate::support::{ccg, decision, enrolment, grant, key, known_of, message, opening, registrars};
use minutebook::author::LedgerRef;
use minutebook::ledger::{self, Ledger, SystemClock};
use minutebook_log::{SecretKey, Timestamp};
use minutebook_store::SledEngine;
use serde_json::json;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// How many bodies decide.
const BODIES: usize = 200;

/// How many bytes each event has.
pub(crate) const BYTES: usize = 781;

/// Events, and the ledger that takes them.
pub(crate) struct Events {
    /// In the order in which they are sent.
    pub(crate) all: Vec<Payload>,
    known: LedgerRef,
    template: TempDir,
}

/// The subject of which every 200th event is.
pub(crate) fn subject(number: usize) -> String {
    format!("body/{}", slug(number % BODIES))
}

fn slug(number: usize) -> String {
    format!("B{number:03}")
}

impl Events {
    /// So many events.
    pub(crate) async fn new(count: usize) -> Self {
        let template = tempfile::tempdir().unwrap();
        let dir = template.path().join("ledger");
        ledger::create(&dir, &opening("re-enactment"), Timestamp::EPOCH).await.unwrap();
        let ledger = Ledger::open(SledEngine::open(&dir).unwrap(), SystemClock::new(), key(9)).await.unwrap();
        let (secretary, known) = (key(10), known_of(ledger.reader().id()));
        let (registrars, list) = (registrars(), key(11));
        let mut stories = vec![
            enrolment(&registrars, &secretary),
            enrolment(&registrars, &list),
            grant(&registrars, "secretary", &secretary, "secretary", json!({})),
            grant(&registrars, "register", &list, "register", json!({})),
        ];
        stories.extend((0..BODIES).map(|number| ccg(&list, &slug(number))));
        let prologue = stories.iter().map(|story| story.signed(&known)).collect();
        ledger.append(prologue).await.unwrap();
        ledger.close().await;
        drop(ledger);
        let all = (0..count).map(|number| event(&secretary, &known, number)).collect();
        Self { all, known, template }
    }

    /// One more that is like them, signed now; of another text than all whose numbers differ.
    pub(crate) fn one(&self, number: usize) -> Payload {
        event(&key(10), &self.known, number)
    }

    /// The ledger's folder, to be copied.
    pub(crate) fn template(&self) -> PathBuf {
        self.template.path().join("ledger")
    }
}

fn event(secretary: &SecretKey, known: &LedgerRef, number: usize) -> Payload {
    let body = subject(number);
    let mut story = decision(secretary, &body, "2019-07-04");
    let text = |fill: usize| json!(format!("Decision {number:07}: {}", "x".repeat(fill)));
    story.facts["text"] = text(1);
    let short = story.event(known).bytes().len();
    story.facts["text"] = text(1 + BYTES.saturating_sub(short));
    message(&story.signed(known))
}

/// Copies a folder.
pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for file in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let place = to.join(file.file_name());
        if file.path().is_dir() {
            copy(&file.path(), &place);
        } else {
            std::fs::copy(file.path(), place).unwrap();
        }
    }
}
