//! The same work on Minutebook and on what people would pick instead: appends that are durable before they are answered, by
//! 1, 64 and 256 clients and in batches, and everything read as a stream; the same events of 781 bytes, client and server
//! on the same cores. What each has stored is held against what was sent, in its order where it promises one.
//!
//! `cargo run --release` in this folder; `-- --seconds 2 --json peers.json minutebook umadb` for some of it. It starts and
//! stops everything itself, in folders of its own. PostgreSQL and etcd are Debian's (`postgresql`, `etcd-server`); NATS is
//! any `nats-server` from 2.10 on, which is the first that can sync each message. What is not there is left out, and said.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a bench"
)]

#[path = "../../../tests/support/mod.rs"]
mod support;

#[path = "../../shared/events.rs"]
mod events;
#[path = "../../shared/peer.rs"]
mod peer;
#[path = "../../shared/process.rs"]
mod process;
#[path = "../../shared/work.rs"]
mod work;
#[path = "../../shared/minutebook_peer.rs"]
mod minutebook_peer;
#[path = "../../shared/following.rs"]
mod following;
mod installed;
mod etcd;
mod nats;
mod postgres;
mod umadb;

use events::Events;
use peer::{Error, Peer};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::Duration;
use work::{Figure, Plan, work};

/// As our program has it; whoever serves from this one has it too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How many events are signed for each second of a row: those that take an event once stop where there are no more.
const EVENTS_PER_SECOND: usize = 60_000;

/// What is asked for on the command line.
struct Asked {
    plan: Plan,
    json: Option<PathBuf>,
    only: Vec<String>,
}

fn asked() -> Asked {
    let (mut seconds, mut json, mut only) = (3, None, Vec::new());
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--seconds" => seconds = words.next().and_then(|word| word.parse().ok()).expect("a number"),
            "--json" => json = words.next().map(PathBuf::from),
            name => only.push(name.to_owned()),
        }
    }
    Asked { plan: Plan { time: Duration::from_secs(seconds) }, json, only }
}

fn main() {
    // A server of Rust is this program once more, so that nobody has to build another.
    let words: Vec<_> = std::env::args().skip(1).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["serve", "minutebook", folder] => runtime.block_on(minutebook_peer::serve(Path::new(folder))),
        ["serve", "umadb", folder, address] => runtime.block_on(umadb::serve(folder, address)),
        _measured => runtime.block_on(measure(asked())),
    }
}

async fn measure(asked: Asked) {
    let is_asked = |name: &str| asked.only.is_empty() || asked.only.iter().any(|only| only == name);
    let mut found: Vec<(&str, Result<Vec<Figure>, String>)> = Vec::new();
    let count = EVENTS_PER_SECOND * asked.plan.time.as_secs() as usize;
    println!("{count} events of {} bytes are signed", events::BYTES);
    let events = Events::new(count).await;
    if is_asked("minutebook") {
        found.push(("minutebook", run::<minutebook_peer::Minutebook>(&events, &asked.plan).await));
        found.push((
            "followers",
            following::measure(&events, &asked.plan).await.map_err(|error| error.to_string()),
        ));
    }
    if is_asked("umadb") {
        found.push(("umadb", run::<umadb::UmaDb>(&events, &asked.plan).await));
    }
    if is_asked("postgres") {
        found.push(("postgres", run::<postgres::Postgres>(&events, &asked.plan).await));
    }
    if is_asked("etcd") {
        found.push(("etcd", run::<etcd::Etcd>(&events, &asked.plan).await));
    }
    if is_asked("nats") {
        found.push(("nats", run::<nats::Nats>(&events, &asked.plan).await));
    }
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("\nload of the machine at the end: {load}");
    if let Some(path) = asked.json {
        let said = found.iter().map(|(name, figures)| ((*name).to_owned(), told(figures)));
        let said = json!({"load": load.trim(), "peers": said.collect::<serde_json::Map<_, _>>()});
        std::fs::write(path, format!("{said:#}\n")).unwrap();
    }
}

async fn run<P: Peer>(events: &Events, plan: &Plan) -> Result<Vec<Figure>, String> {
    println!("\n{}: {}", P::NAME, P::SAYS);
    match all::<P>(events, plan).await {
        Ok(figures) => Ok(figures),
        Err(error) => {
            println!("  left out: {error}");
            Err(error.to_string())
        }
    }
}

async fn all<P: Peer>(events: &Events, plan: &Plan) -> Result<Vec<Figure>, Error> {
    let (folder, mut figures) = (tempfile::tempdir()?, Vec::new());
    let peer = P::start(folder.path(), &events.template()).await?;
    let outcome = work(&peer, events, plan, |figure| {
        figure.show();
        figures.push(figure);
    });
    let outcome = outcome.await;
    peer.stop().await?;
    outcome.map(|()| figures)
}

fn told(figures: &Result<Vec<Figure>, String>) -> Value {
    match figures {
        Ok(figures) => figures.iter().map(one).collect(),
        Err(error) => json!({"left_out": error}),
    }
}

fn one(figure: &Figure) -> Value {
    let micros = figure.times.map(|times| times.map(|time| time.as_micros() as u64));
    json!({"name": figure.name, "per_second": figure.per_second.round(), "p50_p99_micros": micros})
}
