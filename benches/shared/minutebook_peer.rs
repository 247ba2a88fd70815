//! Minutebook itself, in a process of its own: signatures checked, acts judged, entries chained and published.

use crate::events::copy;
use crate::peer::{Error, Payload, Peer, Writer};
use crate::process;
use crate::support::key;
use minutebook::ledger::{Index, Ledger, Shelf, SystemClock};
use minutebook::proto::follow_entries_response::Step;
use minutebook::proto::log_service_client::LogServiceClient;
use minutebook::proto::{AppendEventRequest, AppendEventsRequest, FollowEntriesRequest};
use minutebook::published::Publisher;
use minutebook::server;
use minutebook_store::SledEngine;
use std::path::Path;
use tokio::net::TcpListener;
use tokio::process::Child;
use tonic::transport::Channel;

/// A server.
pub(crate) struct Minutebook {
    pub(crate) port: u16,
    child: Child,
}

/// What a large answer takes.
const MESSAGE_MAX: usize = 64 * 1024 * 1024;

/// Serves the ledger in a folder, on the port that is written there.
pub(crate) async fn serve(folder: &Path) {
    let port: u16 = std::fs::read_to_string(folder.join("port")).unwrap().parse().unwrap();
    let dir = folder.join("ledger");
    let index = Index { shelf: Some(Shelf::of(&dir)), ..Index::default() };
    let engine = SledEngine::open(&dir).unwrap();
    let ledger = Ledger::open_with(engine, SystemClock::new(), key(9), index).await.unwrap();
    let publisher = Publisher::open(&dir.join("published"), &ledger).await.unwrap();
    let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    let stop = async {
        let _told = tokio::signal::ctrl_c().await;
    };
    server::run(listener, ledger, Some(publisher), stop).await.unwrap();
}

impl Minutebook {
    /// A connection of one's own.
    pub(crate) async fn log(&self) -> Result<LogServiceClient<Channel>, Error> {
        let log = LogServiceClient::connect(format!("http://127.0.0.1:{}", self.port)).await?;
        Ok(log.max_decoding_message_size(MESSAGE_MAX))
    }
}

impl Peer for Minutebook {
    const NAME: &'static str = "Minutebook";
    const SAYS: &'static str =
        "signatures checked, acts judged, chained, fdatasync before each answer, publisher on";
    const IS_UNIQUE: bool = true;

    type Writer = LogServiceClient<Channel>;

    async fn start(folder: &Path, template: &Path) -> Result<Self, Error> {
        copy(template, &folder.join("ledger"));
        let port = process::port();
        std::fs::write(folder.join("port"), port.to_string())?;
        let command = process::itself(&["minutebook", &folder.display().to_string()])?;
        Ok(Self { port, child: process::start(command, port).await? })
    }

    async fn connect(&self) -> Result<Self::Writer, Error> {
        self.log().await
    }

    async fn read(&self, mut take: impl FnMut(&[u8]) + Send) -> Result<(), Error> {
        let mut steps = self.log().await?.follow_entries(FollowEntriesRequest::default()).await?.into_inner();
        while let Some(response) = steps.message().await? {
            match response.step {
                Some(Step::Batch(batch)) => {
                    for entry in batch.entries.iter().filter(|entry| is_decision(&entry.content)) {
                        take(event_of(&entry.content));
                    }
                }
                Some(Step::CaughtUp(_)) => return Ok(()),
                _other => {}
            }
        }
        Err("the stream ended".into())
    }

    async fn stop(self) -> Result<(), Error> {
        process::stop(self.child).await
    }
}

/// The event's bytes: the last line of an entry.
fn event_of(entry: &[u8]) -> &[u8] {
    let text = entry.strip_suffix(b"\n").unwrap_or(entry);
    let begins = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    &text[begins..]
}

/// Whether it is one of those that were sent, and not of those that let them be.
fn is_decision(entry: &[u8]) -> bool {
    event_of(entry).windows(16).any(|part| part == b"DecisionRecorded")
}

impl Writer for LogServiceClient<Channel> {
    async fn append(&mut self, mut events: Vec<Payload>) -> Result<(), Error> {
        if events.len() == 1 {
            let request = AppendEventRequest { signed_event: events.pop() };
            self.append_event(request).await?;
        } else {
            self.append_events(AppendEventsRequest {
                signed_events: events,
                ..AppendEventsRequest::default()
            })
            .await?;
        }
        Ok(())
    }
}
