//! What the machine gives for the work that nobody can leave out, measured in the same run.

use crate::echo;
use crate::events::Events;
use crate::peer::Error;
use crate::process;
use crate::table::Table;
use futures_util::future::try_join_all;
use minutebook::proto::follow_entries_response::Step;
use minutebook::proto::{
    AppendEventRequest, EventSignature, FollowEntriesRequest, FollowEntriesResponse, SignedEvent,
};
use minutebook_log::{Event, PublicKey, Signature, Signed};
use rayon::prelude::*;
use std::fs::File;
use std::io::Write as _;
use std::time::{Duration, Instant};
use tonic::client::Grpc;
use tonic::transport::Channel;
use tonic_prost::ProstCodec;

/// Each for a second of the machine's time.
pub(crate) struct Limits {
    /// 1,200 bytes written behind others and made durable, one after the other.
    pub(crate) durable: f64,
    /// Signatures checked by `verify_strict`, on one core and on all.
    pub(crate) verified_by_one: f64,
    pub(crate) verified: f64,
    /// Calls that are answered with what was sent, by so many clients.
    pub(crate) calls: [(usize, f64); 3],
    /// Entries of a stream that nobody does anything for.
    pub(crate) streamed: f64,
}

const TIME: Duration = Duration::from_secs(1);

/// Work that is done one after the other, on the same processors.
fn together(rates: &[f64]) -> f64 {
    1.0 / rates.iter().map(|rate| 1.0 / rate).sum::<f64>()
}

impl Limits {
    /// Measures them.
    pub(crate) async fn measure(events: &Events, table: &mut Table) -> Result<Self, Error> {
        let signed: Vec<Signed> = events.all.iter().take(4096).map(read).collect();
        let durable = durable()?;
        let one = Signed::verify;
        let verified_by_one = rate(|| {
            signed.iter().take(256).map(|signed| one(signed).map(|()| 1)).sum::<Result<u64, _>>().unwrap()
        });
        let verified =
            rate(|| signed.par_iter().map(|signed| one(signed).map(|()| 1)).sum::<Result<u64, _>>().unwrap());
        let port = process::port();
        let server = process::start(process::itself(&["echo", &port.to_string()])?, port).await?;
        let mut calls = [(1, 0.0), (64, 0.0), (256, 0.0)];
        for (clients, found) in &mut calls {
            *found = called(port, *clients, &events.all[0]).await?;
        }
        let streamed = streamed(port).await?;
        process::stop(server).await?;
        let limits = Self { durable, verified_by_one, verified, calls, streamed };
        limits.show(table);
        Ok(limits)
    }

    fn show(&self, table: &mut Table) {
        let mut row = |what: &str, found: f64| table.figure(what, format!("{found:.0}/s"), "");
        row("limit: 1,200 bytes appended and fdatasync", self.durable);
        row("limit: verify_strict, one core", self.verified_by_one);
        row("limit: verify_strict, all cores", self.verified);
        for (clients, found) in self.calls {
            row(&format!("limit: unary calls that echo, {clients} clients"), found);
        }
        row("limit: a stream of entries that nobody works for", self.streamed);
    }

    /// What appends by so many clients can be at most: a call and a signature each; and where one waits for the other, its
    /// own way to the disk.
    pub(crate) fn appends(&self, clients: usize) -> f64 {
        let calls =
            self.calls.iter().find(|(of, _rate)| *of == clients).map_or(f64::INFINITY, |(_of, rate)| *rate);
        if clients == 1 {
            together(&[calls, self.verified_by_one, self.durable])
        } else {
            together(&[calls, self.verified])
        }
    }
}

/// An event as it is sent, read again.
fn read(sent: &SignedEvent) -> Signed {
    let signature = |one: &EventSignature| {
        let key = PublicKey::from_bytes(one.public_key.as_slice().try_into().unwrap());
        (key, Signature::from_bytes(one.signature.as_slice().try_into().unwrap()))
    };
    let event = Event::parse(&sent.event).unwrap();
    Signed::new(event, sent.signatures.iter().map(signature).collect()).unwrap()
}

/// How often something is done a second, by something that says how often it did it.
fn rate(mut once: impl FnMut() -> u64) -> f64 {
    let (mut done, begun) = (0, Instant::now());
    while begun.elapsed() < TIME {
        done += once();
    }
    done as f64 / begun.elapsed().as_secs_f64()
}

fn durable() -> Result<f64, Error> {
    let folder = tempfile::tempdir()?;
    let mut file = File::create(folder.path().join("log"))?;
    let (mut done, begun) = (0_u32, Instant::now());
    while begun.elapsed() < TIME {
        file.write_all(&[b'e'; 1200])?;
        file.sync_data()?;
        done += 1;
    }
    Ok(f64::from(done) / begun.elapsed().as_secs_f64())
}

async fn channel(port: u16) -> Result<Grpc<Channel>, Error> {
    let channel = Channel::from_shared(format!("http://127.0.0.1:{port}"))?.connect().await?;
    Ok(Grpc::new(channel).max_decoding_message_size(64 * 1024 * 1024))
}

async fn called(port: u16, clients: usize, event: &SignedEvent) -> Result<f64, Error> {
    let mut channels = Vec::new();
    for _client in 0..clients {
        channels.push(channel(port).await?);
    }
    let begun = Instant::now();
    let each = channels.into_iter().map(|mut client| async move {
        let mut done = 0_u32;
        while begun.elapsed() < TIME {
            client.ready().await?;
            let request = tonic::Request::new(AppendEventRequest { signed_event: Some(event.clone()) });
            let codec = ProstCodec::<AppendEventRequest, AppendEventRequest>::default();
            client.unary(request, echo::ECHO.parse()?, codec).await?;
            done += 1;
        }
        Ok::<_, Error>(done)
    });
    let done: u32 = try_join_all(each).await?.into_iter().sum();
    Ok(f64::from(done) / begun.elapsed().as_secs_f64())
}

async fn streamed(port: u16) -> Result<f64, Error> {
    let mut client = channel(port).await?;
    client.ready().await?;
    let begun = Instant::now();
    let request = tonic::Request::new(FollowEntriesRequest::default());
    let codec = ProstCodec::<FollowEntriesRequest, FollowEntriesResponse>::default();
    let mut steps = client.server_streaming(request, echo::STREAM.parse()?, codec).await?.into_inner();
    let mut count = 0;
    while let Some(response) = steps.message().await? {
        if let Some(Step::Batch(batch)) = response.step {
            count += batch.entries.len();
        }
    }
    if count != echo::BATCHES * echo::ENTRIES {
        return Err(format!("{count} entries came of {}", echo::BATCHES * echo::ENTRIES).into());
    }
    Ok(count as f64 / begun.elapsed().as_secs_f64())
}
