//! What a ledger costs: each figure beside the limit of the same machine in the same run, or beside its target.
//!
//! `cargo bench --bench ledger` measures with 100,000 entries, `-- 1000000` with a million; `--json FILE` and `--svg FILE`
//! write what was found, and how it grew. `-- --short` takes half a minute a try, and ends with an error where the best of three
//! is below half of what was committed in ratios.json: it is to notice a cliff. `--commit` writes that file, with the middle
//! of three.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a bench"
)]

#[path = "../../tests/support/mod.rs"]
mod support;

#[path = "../shared/events.rs"]
mod events;
#[path = "../shared/peer.rs"]
mod peer;
#[path = "../shared/process.rs"]
mod process;
#[path = "../shared/work.rs"]
mod work;
#[path = "../shared/minutebook_peer.rs"]
mod minutebook_peer;
#[path = "../shared/following.rs"]
mod following;
mod table;
mod echo;
mod limits;
mod audits;
mod served;
mod picture;
mod pages;
mod growth;
mod index;

use events::Events;
use limits::Limits;
use peer::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use table::{Table, fallen, of_tries};
use work::Plan;

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How many events are signed for each second of a row.
const EVENTS_PER_SECOND: usize = 60_000;

/// How often the short form is tried, where it falls short.
const TRIES: usize = 3;

/// The ratios that were committed.
const RATIOS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/ledger/ratios.json");

/// What is asked for on the command line.
struct Asked {
    entries: usize,
    short: bool,
    commit: bool,
    json: Option<PathBuf>,
    svg: Option<PathBuf>,
}

fn asked() -> Asked {
    let mut asked = Asked { entries: 100_000, short: false, commit: false, json: None, svg: None };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--short" => asked.short = true,
            "--commit" => asked.commit = true,
            "--json" => asked.json = words.next().map(PathBuf::from),
            "--svg" => asked.svg = words.next().map(PathBuf::from),
            // Cargo says so of itself.
            "--bench" => {}
            number => {
                asked.entries =
                    number.parse().expect("a number of entries, --short, --commit, --json or --svg")
            }
        }
    }
    asked
}

fn main() -> ExitCode {
    let words: Vec<_> = std::env::args().skip(1).collect();
    if let ["serve", "audit", how, published] =
        words.iter().map(String::as_str).collect::<Vec<_>>().as_slice()
    {
        audits::run(how, Path::new(published));
        return ExitCode::SUCCESS;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["serve", "minutebook", folder] => runtime.block_on(minutebook_peer::serve(Path::new(folder))),
        ["serve", "echo", port] => runtime.block_on(echo::serve(port.parse().unwrap())),
        _measured => return runtime.block_on(measure(&asked())),
    }
    ExitCode::SUCCESS
}

async fn measure(asked: &Asked) -> ExitCode {
    let outcome = if asked.short { short(asked).await } else { whole(asked).await };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            println!("not measured: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn whole(asked: &Asked) -> Result<ExitCode, Error> {
    let (mut table, plan) = (Table::default(), Plan { time: Duration::from_secs(3) });
    let events = Events::new(EVENTS_PER_SECOND * 3).await;
    let limits = Limits::measure(&events, &mut table).await?;
    served::measure(&events, &plan, &limits, &mut table).await?;
    following::measure(&events, &plan).await?;
    growth::measure(&events, asked.entries, &limits, (&mut table, asked.svg.as_deref())).await?;
    index::measure(asked.entries, &mut table).await;
    write(asked, &table)?;
    Ok(ExitCode::SUCCESS)
}

async fn short(asked: &Asked) -> Result<ExitCode, Error> {
    let (mut tries, plan) = (Vec::new(), Plan { time: Duration::from_secs(2) });
    let mut below = Vec::new();
    for _try in 0..TRIES {
        let mut table = Table::default();
        let events = Events::new(EVENTS_PER_SECOND).await;
        let limits = Limits::measure(&events, &mut table).await?;
        served::measure(&events, &plan, &limits, &mut table).await?;
        write(asked, &table)?;
        tries.push(table.ratios());
        if asked.commit {
            continue;
        }
        below = fallen(&of_tries(&tries, |found| found.last().copied()), Path::new(RATIOS))?;
        if below.is_empty() {
            return Ok(ExitCode::SUCCESS);
        }
    }
    if asked.commit {
        let middle = of_tries(&tries, |found| found.get(found.len() / 2).copied());
        std::fs::write(RATIOS, format!("{}\n", serde_json::to_string_pretty(&middle)?))?;
    }
    for what in &below {
        println!("below half of what was committed: {what}");
    }
    Ok(if below.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn write(asked: &Asked, table: &Table) -> Result<(), Error> {
    match &asked.json {
        Some(path) => Ok(std::fs::write(path, format!("{:#}\n", table.to_json()))?),
        None => Ok(()),
    }
}
