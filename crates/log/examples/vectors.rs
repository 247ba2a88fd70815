//! Writes `spec/vectors` anew, and the examples in `spec/*.md` that show them:
//! `cargo run -p minutebook-log --example vectors`.
//!
//! Bytes change only on purpose, together with the prose; the test `spec` fails while they differ.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a tool"
)]

#[path = "../tests/support/mod.rs"]
mod support;

use minutebook_log::Hash;
use std::{collections::BTreeMap, fs, path::PathBuf};
use support::{pages, vectors};

type Files = BTreeMap<PathBuf, Vec<u8>>;

fn main() {
    let files = vectors::files();
    let folder = pages::spec().join("vectors");
    let before: Files =
        files.keys().filter_map(|name| Some((name.clone(), fs::read(folder.join(name)).ok()?))).collect();
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    for (name, bytes) in &files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    for (name, _prefixes) in pages::PAGES {
        let page = with_hashes(with_examples(&pages::page(name), &files), &before, &files);
        fs::write(pages::spec().join(name), with_roots(page, &before, &files)).unwrap();
    }
}

/// The page with the bytes of the vectors in the blocks that show them.
fn with_examples(page: &str, files: &Files) -> String {
    pages::blocks(page).iter().fold(page.to_owned(), |page, block| {
        let Some((_language, file)) = block.info.split_once(" vectors/") else {
            return page;
        };
        let text = String::from_utf8(files[&PathBuf::from(file)].clone()).unwrap();
        let text = text.strip_suffix('\n').unwrap_or(&text);
        let fence = |text: &str| format!("```{}\n{text}```\n", block.info);
        page.replacen(&fence(&block.text), &fence(&format!("{text}\n")), 1)
    })
}

/// The page with the hash of each file as it is now, where that of the file as it was stands: in what the
/// steps to verify print.
fn with_hashes(page: String, before: &Files, files: &Files) -> String {
    before.iter().fold(page, |page, (name, old)| {
        page.replace(&Hash::of(old).to_string(), &Hash::of(&files[name]).to_string())
    })
}

/// The page with the roots of the tree as it is now, where those of the tree as it was stand.
fn with_roots(page: String, before: &Files, files: &Files) -> String {
    let roots = |files: &Files| {
        let file = files.get(&PathBuf::from("roots.txt")).cloned().unwrap_or_default();
        let file = String::from_utf8(file).unwrap();
        file.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    roots(before).iter().zip(roots(files)).fold(page, |page, (old, new)| match old.len() {
        44 => page.replace(old.as_str(), &new),
        _size => page,
    })
}
