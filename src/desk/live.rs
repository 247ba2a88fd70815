//! The book as it grows: each entry, in words, once it is durable, for the page that shows the newest. Server-sent events, whose ids
//! are positions: a browser that lost its connection goes on behind the last one it has.

use super::linked::path_of;
use super::news::from_on;
use super::trouble::Trouble;
use super::visit::Visit;
use crate::proto::follow_entries_request::Start;
use crate::proto::follow_entries_response::Step;
use crate::proto::{FollowEntriesRequest, FollowEntriesResponse, News};
use crate::shown::Names;
use crate::shown::phrases::{day_and_time, mark};
use anstream::adapter::strip_str;
use axum::http::HeaderMap;
use axum::http::header::HeaderName;
use axum::response::sse::{Event, Sse};
use serde_json::json;
use std::convert::Infallible;
use tokio::sync::mpsc::{Sender, channel};
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Streaming;

/// The position of the last entry that a browser has.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// How many entries wait for a browser that does not take them.
const WAITING_MAX: usize = 64;

/// How many entries are told one after the other to a page that was away: it is to be loaded again then.
const CAUGHT_UP_MAX: u64 = 50;

/// How many are asked for in words at once.
const AT_ONCE: u32 = 64;

pub(super) async fn follow(
    visit: Visit,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Trouble> {
    let size = visit.ledger().await?.size;
    let last = headers.get(LAST_EVENT_ID).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let asked = visit.query.get("since");
    let since = match (last, asked) {
        (Some(last), _) => last.saturating_add(1),
        (None, "") => size,
        (None, text) => text
            .parse()
            .map_err(|_no_number| Trouble::wrong("since", format!("“{text}” is no number of an entry.")))?,
    };
    let (sender, events) = channel(WAITING_MAX);
    // There is room for one.
    if since > size {
        let _told = sender.try_send(Ok(Event::default().event("other").data(size.to_string())));
    } else if size - since > CAUGHT_UP_MAX {
        let _told = sender.try_send(Ok(Event::default().event("beyond").data((size - since).to_string())));
    } else {
        let request = FollowEntriesRequest {
            start: Some(Start::From(since)),
            batch_entries: AT_ONCE,
            ..FollowEntriesRequest::default()
        };
        let stream = visit.log().follow_entries(visit.request(request)).await?.into_inner();
        tokio::spawn(tell(visit, stream, sender));
    }
    Ok(Sse::new(ReceiverStream::new(events)))
}

/// Tells what comes, until the browser has gone or the stream ends. A browser asks again by itself.
async fn tell(
    visit: Visit,
    mut stream: Streaming<FollowEntriesResponse>,
    sender: Sender<Result<Event, Infallible>>,
) {
    loop {
        let step = tokio::select! {
            () = sender.closed() => return,
            step = stream.message() => step,
        };
        let Ok(Some(step)) = step else { return };
        let events = match step.step {
            Some(Step::Batch(batch)) => {
                let count = batch.entries.len() as u64;
                match from_on(&visit, batch.next.saturating_sub(count), count).await {
                    Ok((answered, news)) => {
                        let names = Names::of(answered.as_ref());
                        news.iter().map(|it| told(it, &names)).collect()
                    }
                    Err(why) => {
                        tracing::debug!(?why, "what came is not told to a page");
                        return;
                    }
                }
            }
            // So that whoever stands between does not take the connection for dead.
            Some(Step::Heartbeat(_)) => vec![Event::default().comment("")],
            _ => Vec::new(),
        };
        for event in events {
            if sender.send(Ok(event)).await.is_err() {
                return;
            }
        }
    }
}

fn told(it: &News, names: &Names) -> Event {
    let says = format!("{}{}", it.says, strip_str(&mark(&it.standing)));
    let line = json!({
        "position": it.position,
        "recorded": day_and_time(&it.recorded),
        "says": says,
        "about": names.get(&it.subject).unwrap_or(&it.subject),
        "path": path_of(&it.subject),
    });
    Event::default().event("entry").id(it.position.to_string()).data(line.to_string())
}
