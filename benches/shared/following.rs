//! What those who follow cost a commit, and what a stream of appends gives: Minutebook alone.

use crate::events::{Events, subject};
use crate::minutebook_peer::Minutebook;
use crate::peer::{Error, Peer};
use crate::work::{Figure, Plan, Sum, Work, appends};
use minutebook::proto::follow_entries_request::Start;
use minutebook::proto::follow_entries_response::Step;
use minutebook::proto::{AppendStreamRequest, FollowEntriesRequest, Selection};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use tokio::task::JoinSet;

/// Who follows: how many, on how many connections, and how many selections they have between them, if any.
const ROWS: [(&str, usize, usize); 4] = [
    ("append, 1 client, nobody follows", 0, 0),
    ("append, 1 client, 1 follows all", 1, 0),
    ("append, 1 client, 50 follow all", 50, 0),
    ("append, 1 client, 1,000 with 20 selections", 1000, 20),
];

/// How many follow on one connection.
const TOGETHER: usize = 50;

/// How many events a request of the stream has.
const REQUEST: usize = 500;

/// Measures all of it, on a ledger of its own.
pub(crate) async fn measure(events: &Events, plan: &Plan) -> Result<Vec<Figure>, Error> {
    println!("\nMinutebook, followed and streamed to");
    let folder = tempfile::tempdir()?;
    let peer = Minutebook::start(folder.path(), &events.template()).await?;
    let outcome = rows(&peer, events, plan).await;
    peer.stop().await?;
    outcome
}

async fn rows(peer: &Minutebook, events: &Events, plan: &Plan) -> Result<Vec<Figure>, Error> {
    let (mut figures, sent, each) = (Vec::new(), Arc::new(Sum::default()), events.all.len() / 8);
    for (row, (name, followers, selections)) in ROWS.into_iter().enumerate() {
        let (mut following, received) = (JoinSet::new(), Arc::new(AtomicU64::new(0)));
        follow(peer, (followers, selections), &mut following, &received).await?;
        let figure =
            appends(peer, events, (row * each, (row + 1) * each), (name, 1, 1), (plan, &sent)).await?;
        figure.show();
        if followers > 0 {
            let per = received.load(Ordering::Relaxed) as f64 / followers as f64;
            println!("    {per:.0} entries came to each in that time");
        }
        figures.push(figure);
        following.shutdown().await;
    }
    let begins = ROWS.len() * each;
    let figure = stream(peer, events, begins, plan).await?;
    figure.show();
    figures.push(figure);
    Ok(figures)
}

/// Lets so many follow, each on a connection with others, and waits until all have begun.
async fn follow(
    peer: &Minutebook,
    (followers, selections): (usize, usize),
    following: &mut JoinSet<()>,
    received: &Arc<AtomicU64>,
) -> Result<(), Error> {
    let mut log = peer.log().await?;
    for follower in 0..followers {
        if follower % TOGETHER == 0 {
            log = peer.log().await?;
        }
        let selected = follower
            .checked_rem(selections)
            .map(|at| Selection { subjects: vec![subject(at)], ..Selection::default() });
        let request = FollowEntriesRequest {
            start: Some(Start::FromNow(true)),
            selections: selected.into_iter().collect(),
            ..FollowEntriesRequest::default()
        };
        let (mut log, received) = (log.clone(), Arc::clone(received));
        let mut steps = log.follow_entries(request).await?.into_inner();
        steps.message().await?.ok_or("no beginning")?;
        following.spawn(async move {
            while let Ok(Some(response)) = steps.message().await {
                if let Some(Step::Batch(batch)) = response.step {
                    received.fetch_add(batch.entries.len() as u64, Ordering::Relaxed);
                }
            }
        });
    }
    Ok(())
}

/// Sends events as one stream until the time is over.
async fn stream(peer: &Minutebook, events: &Events, begins: usize, plan: &Plan) -> Result<Figure, Error> {
    let mut log = peer.log().await?;
    let (requests, sent) = tokio::sync::mpsc::channel(8);
    let begun = Instant::now();
    let send = async {
        for chunk in events.all[begins..].chunks_exact(REQUEST) {
            let request = AppendStreamRequest { signed_events: chunk.to_vec() };
            if begun.elapsed() > plan.time || requests.send(request).await.is_err() {
                break;
            }
        }
        drop(requests);
        Ok::<_, Error>(())
    };
    let receive = async {
        let sent = tokio_stream::wrappers::ReceiverStream::new(sent);
        let mut answers = log.append_stream(sent).await?.into_inner();
        let mut count = 0;
        while let Some(answer) = answers.message().await? {
            count += answer.appended.len();
        }
        Ok::<_, Error>(count)
    };
    let (_sent, count) = tokio::try_join!(send, receive)?;
    let per_second = count as f64 / begun.elapsed().as_secs_f64();
    let work = Work::Append { clients: 1, batch: REQUEST };
    Ok(Figure { name: "append, one stream of 500s".to_owned(), work, per_second, times: None })
}
