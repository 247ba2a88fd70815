//! A ledger's folder with an event that a later program wrote: `verify` says how far it is authentic and how
//! far its rules were replayed, with a code of its own.

use minutebook_log::{Chain, Entry, EventDraft, EventId, Hash, SecretKey, Seen, Signed};
use minutebook_store::{Batch, Engine as _, NewEntry, SledEngine};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn verify(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_minutebook"));
    command.args(["verify", "--dir", "book"]).args(arguments).current_dir(folder);
    command.env("XDG_STATE_HOME", folder.join("state")).output().unwrap()
}

/// The entries of the small book of spec/vectors.
fn small_book() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("spec/vectors/book");
    (0..).map_while(|position: usize| fs::read(folder.join(format!("entry-{position}.txt"))).ok()).collect()
}

/// The last entry of these, said again later as `change` has it, and signed by the secretary.
fn said_again(entries: &[Vec<u8>], change: impl FnOnce(&mut EventDraft)) -> Entry {
    let mut chain = Chain::new();
    for entry in entries {
        chain.extend(entry).unwrap();
    }
    let last = Entry::parse(entries.last().unwrap()).unwrap();
    let mut draft: EventDraft = (**last.event()).clone();
    draft.id = EventId::from_parts(1, &[1; 10]);
    draft.seen = Some(Seen { position: last.position, hash: chain.head().hash });
    change(&mut draft);
    let event = draft.encode().unwrap();
    let key = SecretKey::from_seed(&[4; 32]);
    let place = chain.place(&event, last.recorded);
    let signature = key.sign(event.bytes());
    chain.seal(Signed::new(event, vec![(key.public(), signature)]).unwrap(), place)
}

async fn store(folder: &Path, entries: &[Vec<u8>]) {
    let engine = SledEngine::create(&folder.join("book")).unwrap();
    let entries = entries.iter().map(|bytes| NewEntry::from(&Entry::parse(bytes).unwrap())).collect();
    engine.commit(engine.head().await.unwrap(), Batch::of(entries)).await.unwrap();
}

#[tokio::test]
async fn a_later_version_of_a_type_is_neither_a_pass_nor_a_failure() {
    let _alone = crate::ALONE.lock().await;
    let mut entries = small_book();
    entries.push(said_again(&entries, |draft| draft.event_type.version = 2).encode());
    // What comes after it is of a known type, and judged no more: the state before it is not known.
    let after = said_again(&entries, |draft| {
        draft.id = EventId::from_parts(2, &[2; 10]);
        draft.event_type.version = 1;
    });
    entries.push(after.encode());
    let folder = tempfile::tempdir().unwrap();
    store(folder.path(), &entries).await;
    let found = verify(folder.path(), &[]);
    let said = String::from_utf8(found.stderr).unwrap();
    assert_eq!(found.status.code(), Some(6), "{said}");
    assert!(said.contains("authentic to 9, rules replayed to 7"), "{said}");
    let shown = String::from_utf8(found.stdout).unwrap();
    assert!(shown.contains("AUTHENTIC, RULES NOT ALL KNOWN") && !shown.contains("NOT VERIFIED"), "{shown}");
    let found = verify(folder.path(), &["--json"]);
    let report: Value = serde_json::from_slice(&found.stdout).unwrap();
    assert_eq!(report["verdict"], "rules_unknown");
    assert_eq!((&report["authentic"], &report["replayed"]), (&json!(9), &json!(7)));
    assert_eq!(report["head"]["hash"], Hash::of(entries.last().unwrap()).to_string());
    assert_eq!(report["failure"], Value::Null);
}
