//! The specifications and their vectors, held against the code: what `spec/` shows, lists and refuses.

use crate::support::pages::{self, PAGES};
use crate::support::published::Log;
use crate::support::readers;
use crate::support::small_book::{self, Book};
use crate::support::vectors::{self, bytes_of};
use minutebook_log::{Chain, ChainError, Entry, Event, EventDraft, Unbound};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

const REMAKE: &str = "cargo run -p minutebook-log --example vectors";

#[test]
fn the_vectors_are_what_the_code_makes() {
    let made = vectors::files();
    let kept = files_under(&pages::spec().join("vectors"));
    assert_eq!(
        kept.keys().collect::<Vec<_>>(),
        made.keys().collect::<Vec<_>>(),
        "other files; if they changed on purpose: {REMAKE}"
    );
    for (name, bytes) in made {
        let same = kept[&name] == bytes;
        assert!(
            same,
            "{} differs; if it changed on purpose, and the prose with it: {REMAKE}",
            name.display()
        );
    }
}

fn files_under(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for item in fs::read_dir(folder).unwrap() {
        let path = item.unwrap().path();
        let name = PathBuf::from(path.file_name().unwrap());
        if path.is_dir() {
            files.extend(files_under(&path).into_iter().map(|(inner, bytes)| (name.join(inner), bytes)));
        } else {
            files.insert(name, fs::read(&path).unwrap());
        }
    }
    files
}

#[test]
fn every_vector_to_accept_is_accepted_and_written_again() {
    let vectors = list("accepted.json");
    assert!(vectors.len() >= 20);
    for vector in &vectors {
        let (id, bytes) = (&vector["id"], bytes_of(vector));
        match vector["reader"].as_str().unwrap() {
            "event" => assert_eq!(Event::parse(&bytes).unwrap().bytes(), bytes, "{id}"),
            reader => {
                let entry = Entry::parse(&bytes).unwrap();
                assert_eq!(entry.encode(), bytes, "{id}");
                assert!(reader != "signatures" || entry.signed.verify().is_ok(), "{id}");
            }
        }
    }
}

#[test]
fn every_vector_to_refuse_is_refused_for_its_own_reason() {
    let books = [small_book::live(), small_book::re_enactment()];
    let log = Log::of(&books[0]);
    let vectors = list("refused.json");
    assert!(vectors.len() >= 500, "{}", vectors.len());
    let wrong: Vec<String> =
        vectors.iter().filter_map(|vector| wrongly_refused(vector, &books, &log)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is wrong with a vector that is accepted, or refused for another reason than its own.
fn wrongly_refused(vector: &Value, books: &[Book], log: &Log) -> Option<String> {
    let at = refused_at(vector, books, log);
    let needed = vector["at"].as_str().unwrap();
    // Where a text is no JSON, which byte it was is the reader's affair.
    let same = at == needed || (needed.ends_with("byte") && at.starts_with(&format!("{needed} ")));
    (!same).then(|| format!("{}: refused at {at}, not {needed}: {}", vector["id"], vector["bytes"]))
}

/// Where the reader that a vector names says no, after all readers before it have said yes.
fn refused_at(vector: &Value, books: &[Book], log: &Log) -> String {
    let bytes = bytes_of(vector);
    match vector["reader"].as_str() {
        Some("event") => {
            Event::parse(&bytes).map_or_else(|malformed| malformed.at, |_event| "accepted".to_owned())
        }
        Some("entry") => {
            Entry::parse(&bytes).map_or_else(|malformed| malformed.at, |_entry| "accepted".to_owned())
        }
        Some("signatures") => {
            let entry = Entry::parse(&bytes).unwrap();
            entry.signed.verify().map_or_else(|_invalid| "signed".to_owned(), |()| "accepted".to_owned())
        }
        None if vector["reader"]["chain"].is_string() => {
            Entry::parse(&bytes).unwrap().signed.verify().unwrap();
            let book = books.iter().find(|book| vector["reader"]["chain"] == book.name).unwrap();
            let after = vector["reader"]["after"].as_u64().unwrap();
            refused_by(book.first(usize::try_from(after).unwrap()).chain, &bytes)
        }
        _of_the_log => readers::refused_at(&vector["reader"], &bytes, log),
    }
}

fn refused_by(mut chain: Chain, bytes: &[u8]) -> String {
    let before = chain.head();
    let refused = chain.extend(bytes).expect_err("not the next entry");
    assert_eq!(chain.head(), before, "a refusal leaves the chain as it was");
    match refused {
        ChainError::Malformed(malformed) => malformed.at,
        ChainError::Place { line, .. } => line.to_owned(),
        ChainError::Unbound(Unbound::Source { .. }) => "source".to_owned(),
        ChainError::Unbound(Unbound::Ledger { .. }) => "ledger".to_owned(),
        ChainError::Unbound(Unbound::Seen { .. }) => "seen".to_owned(),
        ChainError::Twice { .. } => "id".to_owned(),
        ChainError::Signature(_) | ChainError::OpeningNotSigned { .. } => "signed".to_owned(),
    }
}

#[test]
fn the_tables_and_the_vectors_carry_the_same_ids() {
    let listed: Vec<String> = PAGES
        .iter()
        .flat_map(|(name, prefixes)| {
            let ids = pages::ids(&pages::page(name), prefixes);
            assert!(!ids.is_empty(), "{name} lists what must be refused");
            ids
        })
        .collect();
    let distinct: BTreeSet<&String> = listed.iter().collect();
    assert_eq!(distinct.len(), listed.len(), "no row twice");
    let vectors = list("refused.json");
    let carried: BTreeSet<String> =
        vectors.iter().map(|vector| vector["id"].as_str().unwrap().to_owned()).collect();
    let lacking: Vec<_> = distinct.iter().filter(|id| !carried.contains(**id)).collect();
    let unlisted: Vec<_> = carried.iter().filter(|id| !distinct.contains(id)).collect();
    assert!(
        lacking.is_empty() && unlisted.is_empty(),
        "rows without vectors: {lacking:?}; vectors without a row: {unlisted:?}"
    );
}

#[test]
fn the_examples_are_the_vectors() {
    for (name, _prefixes) in PAGES {
        let mut examples = 0;
        for block in pages::blocks(&pages::page(name)) {
            let Some((_language, file)) = block.info.split_once(" vectors/") else {
                continue;
            };
            examples += 1;
            let bytes = fs::read_to_string(pages::spec().join("vectors").join(file)).unwrap();
            assert_eq!(
                block.text.trim_end_matches('\n'),
                bytes.trim_end_matches('\n'),
                "{name}, {file}: {REMAKE}"
            );
        }
        assert!(examples > 0, "{name} has an example");
    }
}

#[test]
fn the_index_names_every_page() {
    let index = pages::page("README.md");
    for (name, _prefixes) in PAGES {
        assert!(index.contains(&format!("]({name})")), "{name} is in spec/README.md");
    }
}

#[test]
fn the_books_are_what_is_read_back() {
    for book in [small_book::live(), small_book::re_enactment()] {
        let mut chain = Chain::new();
        for (at, entry) in book.entries.iter().enumerate() {
            let bytes =
                fs::read(pages::spec().join(format!("vectors/{}/entry-{at}.txt", book.name))).unwrap();
            assert_eq!(&chain.extend(&bytes).unwrap(), entry);
            let draft: &EventDraft = entry.event();
            assert_eq!(&draft.encode().unwrap(), entry.event(), "an event is its draft, encoded");
        }
        assert_eq!(chain.head(), book.chain.head());
    }
}

fn list(file: &str) -> Vec<Value> {
    let bytes = fs::read(pages::spec().join("vectors").join(file)).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}
