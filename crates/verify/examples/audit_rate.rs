//! How quickly a long book is audited, beside the bare rate of its signatures on all cores:
//! `cargo run --release -p minutebook-verify --example audit_rate -- 50000 200 FOLDER`.
//!
//! The book is written to FOLDER/log, with its key as FOLDER/vkey, unless it is there already.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a tool")]

#[path = "../tests/support/mod.rs"]
mod support;

use minutebook_log::{Entry, Position, PublishedPath, Tile, TreeSize, parse_bundle};
use minutebook_verify::{
    Published, Questions, Review, Trust, audit, parse_keys, report_json, report_page, to_html, to_text,
};
use rayon::prelude::*;
use std::path::Path;
use std::time::Instant;
use std::{env, fs};

fn main() {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let [entries, bodies, folder] = arguments.as_slice() else { panic!("ENTRIES BODIES FOLDER") };
    let (entries, bodies, folder) = (entries.parse().unwrap(), bodies.parse().unwrap(), Path::new(folder));
    if !folder.exists() {
        let ledger = support::large::large(bodies, entries);
        ledger.publish().write(&folder.join("log"));
        fs::write(folder.join("vkey"), format!("{}\n", ledger.log_key().verifier())).unwrap();
    }
    let published = Published::open(&folder.join("log")).unwrap();
    let keys = parse_keys(&fs::read_to_string(folder.join("vkey")).unwrap()).unwrap();
    let trust = Trust { keys, policy: None, earlier: None };

    let bare = signatures_alone(&published, TreeSize(entries as u64));
    let begun = Instant::now();
    let audited = audit(&published, &trust, |_read, _of| {}).unwrap();
    let whole = rate("audit", audited.report.replayed, begun);
    println!("{:.0} % of the signatures' rate; {:?}", 100.0 * whole / bare, audited.verdict());
    let begun = Instant::now();
    let review = Review::of(audited, &Questions::default()).unwrap();
    println!("{} findings in {:.2} s", review.findings.len(), begun.elapsed().as_secs_f64());
    let begun = Instant::now();
    let (page, json) = (report_page(&review), report_json(&review));
    let bytes = [to_text(&page).len(), to_html(&page).len(), format!("{json:#}").len()];
    println!("text, HTML, JSON of {bytes:?} bytes in {:.2} s", begun.elapsed().as_secs_f64());
    println!("memory at most {} MiB", memory());
}

fn signatures_alone(published: &Published, size: TreeSize) -> f64 {
    let mut entries = Vec::new();
    while let Some(tile) = Tile::bundle_of(Position(entries.len() as u64), size) {
        let bytes = published.read(&PublishedPath::Tile(tile)).unwrap().unwrap();
        let texts = parse_bundle(tile.width, &bytes).unwrap();
        entries.extend(texts.iter().map(|text| Entry::parse(text).unwrap()));
    }
    let begun = Instant::now();
    entries.par_iter().for_each(|entry| entry.signed.verify().unwrap());
    rate("signatures alone", entries.len() as u64, begun)
}

fn rate(what: &str, entries: u64, begun: Instant) -> f64 {
    let rate = entries as f64 / begun.elapsed().as_secs_f64();
    println!("{what}: {entries} entries, {rate:.0}/s");
    rate
}

/// The most memory that this process has had, in MiB; nothing where the system does not say.
fn memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or_default() / 1024
}
