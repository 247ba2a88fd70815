//! How quickly a long book is audited, beside the bare rate of its signatures on all cores:
//! `cargo run --release -p minutebook-verify --example audit_rate -- 50000 200 FOLDER`.
//!
//! The book is written to FOLDER/log, with its key as FOLDER/vkey, unless it is there already.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a tool")]

#[path = "../tests/support/mod.rs"]
mod support;

use minutebook_log::{Entry, Position, PublishedPath, Tile, TreeSize, parse_bundle};
use minutebook_verify::{
    Brought, Published, Questions, Review, Trust, audit, report_json, report_page, to_html, to_text,
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
    let keys = Brought::parse(&fs::read_to_string(folder.join("vkey")).unwrap()).unwrap();
    let trust = Trust { keys, policy: None, earlier: None };

    let bare = signatures_alone(&published, TreeSize(entries as u64));
    let begun = begin();
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
    let begun = begin();
    entries.par_iter().for_each(|entry| entry.signed.verify().unwrap());
    rate("signatures alone", entries.len() as u64, begun)
}

/// When something began: by the clock, and by what this process had used of all processors. On a machine that
/// others use too, only the second says much.
struct Begun(Instant, f64);

fn begin() -> Begun {
    Begun(Instant::now(), processor_seconds())
}

/// Prints how quick something was, and returns how many entries it took a second of one processor.
fn rate(what: &str, entries: u64, Begun(clock, processors): Begun) -> f64 {
    let by_clock = entries as f64 / clock.elapsed().as_secs_f64();
    let by_processor = entries as f64 / (processor_seconds() - processors);
    println!("{what}: {entries} entries, {by_clock:.0}/s, {by_processor:.0} for each second of a processor");
    by_processor
}

/// What this process has used so far, in seconds of one processor; in ticks of a hundredth.
fn processor_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit_once(')').map_or("", |(_name, after)| after);
    let ticks = after_name.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok());
    ticks.sum::<u64>() as f64 / 100.0
}

/// The most memory that this process has had, in MiB; nothing where the system does not say.
fn memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or_default() / 1024
}
