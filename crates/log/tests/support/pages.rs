//! What the pages of spec/ hold that a test can read: examples, steps to run, tables of refusals.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The pages, with the prefixes of the refusals that each one lists.
pub(crate) const PAGES: [(&str, &[&str]); 8] = [
    ("event.md", &["event-", "signature-"]),
    ("entry.md", &["entry-"]),
    ("chain.md", &["chain-"]),
    ("tree.md", &["proof-"]),
    ("checkpoint.md", &["note-", "vkey-", "checkpoint-"]),
    ("receipt.md", &["receipt-"]),
    ("published-log.md", &["path-", "tile-", "bundle-", "keys-", "hand-over-"]),
    ("witness.md", &["cosignature-", "policy-", "witness-"]),
];

/// The folder of the specifications.
pub(crate) fn spec() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec")
}

/// The text of a page.
pub(crate) fn page(name: &str) -> String {
    fs::read_to_string(spec().join(name)).unwrap()
}

/// A fenced block.
pub(crate) struct Block {
    /// What stands behind the fence: a language, then, for an example, the file that it shows.
    pub(crate) info: String,
    /// The lines between the fences, each with its line feed.
    pub(crate) text: String,
}

/// The fenced blocks of a page, in order.
pub(crate) fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for line in page.lines() {
        match (line.strip_prefix("```"), open.as_mut()) {
            (Some(info), None) => open = Some(Block { info: info.to_owned(), text: String::new() }),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some(block)) => block.text.push_str(&format!("{line}\n")),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "every block is closed");
    blocks
}

/// The ids in the first column of a page's tables that start with one of `prefixes`, in order.
pub(crate) fn ids(page: &str, prefixes: &[&str]) -> Vec<String> {
    let id = |line: &str| line.strip_prefix("| `")?.split_once("` |").map(|(id, _rest)| id.to_owned());
    page.lines().filter_map(id).filter(|id| prefixes.iter().any(|prefix| id.starts_with(prefix))).collect()
}
