//! How a ledger's ways grow with it: an append, a proof, a receipt and an entry that follows at the head, at each size.

use crate::audits;
use crate::events::Events;
use crate::limits::Limits;
use crate::minutebook_peer::Minutebook;
use crate::pages;
use crate::peer::{Error, Peer as _, Writer as _};
use crate::picture::{Point, WAYS, picture};
use crate::table::Table;
use minutebook::proto::follow_entries_request::Start;
use minutebook::proto::follow_entries_response::Step;
use minutebook::proto::get_receipt_request::Entry;
use minutebook::proto::log_service_client::LogServiceClient;
use minutebook::proto::proof_service_client::ProofServiceClient;
use minutebook::proto::{FollowEntriesRequest, GetInclusionProofRequest, GetReceiptRequest};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};
use tonic::transport::Channel;

/// How often each is asked at each size.
const ASKED: usize = 200;

const BATCH: usize = 500;

/// Measures at 10,000 entries, and at each size three times or so that of the one before, up to `entries`; then audits all.
pub(crate) async fn measure(
    events: &Events,
    entries: usize,
    limits: &Limits,
    (table, svg): (&mut Table, Option<&Path>),
) -> Result<(), Error> {
    let folder = tempfile::tempdir()?;
    let peer = Minutebook::start(folder.path(), &events.template()).await?;
    let outcome = async {
        let points = points(&peer, events, entries, table).await?;
        pages::measure(&peer, entries, table).await?;
        Ok::<_, Error>(points)
    };
    let outcome = outcome.await;
    let begun = Instant::now();
    peer.stop().await?;
    let points = outcome?;
    let took = begun.elapsed().as_secs_f64();
    table.figure(&format!("the server stops in, at {entries}"), format!("{took:.2} s"), "1 s");
    if let Some(path) = svg {
        fs::write(path, picture(&points))?;
    }
    audits::measure(&folder.path().join("ledger"), limits, table).await
}

/// The sizes at which it is measured.
fn sizes(entries: usize) -> Vec<usize> {
    let steps = [10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000, 10_000_000];
    let mut sizes: Vec<_> = steps.into_iter().filter(|size| *size < entries).collect();
    sizes.push(entries);
    sizes
}

async fn points(
    peer: &Minutebook,
    events: &Events,
    entries: usize,
    table: &mut Table,
) -> Result<Vec<Point>, Error> {
    let (mut writer, mut written, mut points) = (peer.connect().await?, 0, Vec::new());
    let begun = Instant::now();
    for size in sizes(entries) {
        while written < size {
            writer.append((written..written + BATCH).map(|number| events.one(number)).collect()).await?;
            written += BATCH;
        }
        let point = point(peer, events, (&mut writer, &mut written)).await?;
        let first = points.first().map_or(point.times, |first: &Point| first.times);
        for (at, way) in WAYS.into_iter().enumerate() {
            let ratio = point.times[at].as_secs_f64() / first[at].as_secs_f64();
            let what = format!("{way}, at {size}, p50");
            table.figure(&what, format!("{:.1?}, {ratio:.2} x", point.times[at]), "1.5 x");
        }
        points.push(Point { size, ..point });
    }
    let took = begun.elapsed().as_secs_f64();
    table.figure("all of that signed and written in", format!("{took:.0} s"), "");
    Ok(points)
}

async fn point(
    peer: &Minutebook,
    events: &Events,
    (writer, written): (&mut LogServiceClient<Channel>, &mut usize),
) -> Result<Point, Error> {
    let size = *written;
    let mut proofs = ProofServiceClient::connect(format!("http://127.0.0.1:{}", peer.port)).await?;
    let request =
        FollowEntriesRequest { start: Some(Start::FromNow(true)), ..FollowEntriesRequest::default() };
    let mut steps = peer.log().await?.follow_entries(request).await?.into_inner();
    while !matches!(steps.message().await?.and_then(|response| response.step), Some(Step::CaughtUp(_))) {}
    let mut times: [Vec<Duration>; WAYS.len()] = Default::default();
    for asked in 0..ASKED {
        let event = events.one(*written);
        *written += 1;
        let begun = Instant::now();
        writer.append(vec![event]).await?;
        times[0].push(begun.elapsed());
        while !matches!(steps.message().await?.and_then(|response| response.step), Some(Step::Batch(_))) {}
        times[3].push(begun.elapsed());
        // Somewhere in the book, each time elsewhere.
        let position = (asked * 7919 * 613 % size) as u64;
        let begun = Instant::now();
        proofs.get_inclusion_proof(GetInclusionProofRequest { position, size: size as u64 }).await?;
        times[1].push(begun.elapsed());
        let begun = Instant::now();
        proofs.get_receipt(GetReceiptRequest { entry: Some(Entry::Position(position)) }).await?;
        times[2].push(begun.elapsed());
    }
    let middle = |mut times: Vec<Duration>| {
        times.sort_unstable();
        times[times.len() / 2]
    };
    Ok(Point { size, times: times.map(middle) })
}
