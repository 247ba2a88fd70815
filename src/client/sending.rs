//! Appending many events over one stream: several requests are under way at once, and the answers come in their order.

use super::checkpoints::parse_checkpoint;
use super::{Client, ClientError, KnownLedger, harmless};
use crate::proto::{AppendStreamRequest, AppendStreamResponse, AppendedEvent, SignedEvent};
use minutebook_log::SignedCheckpoint;
use std::collections::VecDeque;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Streaming;

/// How many requests are under way at once, at most.
const AHEAD: usize = 8;

/// The call that is spoken of.
const CALL: &str = "AppendStream";

/// A stream of appends.
#[derive(Debug)]
pub struct AppendStream {
    client: Client,
    known: KnownLedger,
    requests: Option<mpsc::Sender<AppendStreamRequest>>,
    answers: Streaming<AppendStreamResponse>,
    /// How many events each request has that is not answered.
    under_way: VecDeque<usize>,
    checkpoint: Vec<u8>,
}

impl Client {
    /// Begins to append to a known ledger.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn append_stream(&mut self, known: &KnownLedger) -> Result<AppendStream, ClientError> {
        let (requests, sent) = mpsc::channel(AHEAD);
        let answers = self.log.append_stream(ReceiverStream::new(sent)).await?.into_inner();
        let (client, known) = (self.clone(), known.clone());
        let (under_way, checkpoint) = (VecDeque::new(), Vec::new());
        Ok(AppendStream { client, known, requests: Some(requests), answers, under_way, checkpoint })
    }
}

impl AppendStream {
    /// Sends events that are to be appended all or none, at least one. Once as many requests are under way as may be, it
    /// waits for the oldest, and returns where its events stand.
    ///
    /// # Errors
    /// [`ClientError`], for the oldest that was not answered yet. [`ClientError::Refused`] says in `request_index` which
    /// request of the stream it was: all before it are appended, and neither it nor any after it.
    pub async fn send(
        &mut self,
        events: Vec<SignedEvent>,
    ) -> Result<Option<Vec<AppendedEvent>>, ClientError> {
        let count = events.len();
        let request = AppendStreamRequest { signed_events: events };
        if let Some(requests) = &self.requests
            && requests.send(request).await.is_ok()
        {
            self.under_way.push_back(count);
            return if self.under_way.len() < AHEAD { Ok(None) } else { self.next().await };
        }
        // The server has ended the stream: the answers say why.
        while self.next().await?.is_some() {}
        Err(ClientError::lies(CALL, "an end, before it was answered"))
    }

    /// Where the events of the oldest request stand that was not answered yet; nothing once all are.
    ///
    /// # Errors
    /// As [`AppendStream::send`].
    pub async fn next(&mut self) -> Result<Option<Vec<AppendedEvent>>, ClientError> {
        let Some(answer) = self.answers.message().await? else {
            return match self.under_way.len() {
                0 => Ok(None),
                left => Err(ClientError::lies(CALL, &format!("an end, with {left} requests unanswered"))),
            };
        };
        let answer = harmless(answer)?;
        let expected = self.under_way.pop_front().unwrap_or_default();
        if answer.appended.len() != expected {
            let what = format!("{} positions for {expected} events", answer.appended.len());
            return Err(ClientError::lies(CALL, &what));
        }
        self.checkpoint = answer.checkpoint;
        Ok(Some(answer.appended))
    }

    /// Ends the stream: nothing more is sent, and [`AppendStream::next`] gives what is not answered yet.
    pub fn close(&mut self) {
        self.requests = None;
    }

    /// Checks the checkpoint of the last answer: it is the log's, and extends what was seen before.
    ///
    /// # Errors
    /// [`ClientError::Fork`] where it does not; [`ClientError`] else.
    pub async fn check(&mut self) -> Result<(), ClientError> {
        if self.checkpoint.is_empty() {
            return Ok(());
        }
        let shown =
            SignedCheckpoint::parse(&self.checkpoint).map_err(|error| ClientError::lies(CALL, &error))?;
        let keys = self.client.keys_of(&self.known, &shown).await?;
        let checkpoint = parse_checkpoint(CALL, &self.checkpoint, &keys)?;
        self.client.accept(&self.known, &checkpoint).await
    }
}
