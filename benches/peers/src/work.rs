//! The work: appends by one client and by many, in batches, and everything read back and held against what was sent.

use crate::events::Events;
use crate::peer::{Error, Peer, Writer};
use serde_json::{Value, json};
use std::hash::{DefaultHasher, Hasher as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// How long each row takes, at most.
pub struct Plan {
    pub time: Duration,
}

/// A row: its name, clients, events for each call, and its share of the events in hundredths.
const ROWS: [(&str, usize, usize, usize); 4] = [
    ("append, 1 client", 1, 1, 8),
    ("append, 64 clients", 64, 1, 27),
    ("append, 256 clients", 256, 1, 27),
    ("append, batches of 500, 2 clients", 2, 500, 38),
];

/// What was measured.
pub struct Figure {
    pub name: String,
    pub per_second: f64,
    pub times: Option<[Duration; 2]>,
}

impl Figure {
    /// Prints it.
    pub fn show(&self) {
        let millis = |time: Duration| format!("{:.2} ms", time.as_secs_f64() * 1000.0);
        let times = self.times.map(|[half, most]| format!("p50 {}, p99 {}", millis(half), millis(most)));
        println!("  {:<40} {:>12.0}/s   {}", self.name, self.per_second, times.unwrap_or_default());
    }

    /// As data.
    pub fn to_json(&self) -> Value {
        let micros = self.times.map(|times| times.map(|time| time.as_micros() as u64));
        json!({"name": self.name, "per_second": self.per_second.round(), "p50_p99_micros": micros})
    }
}

/// How many events there are, and what they come to, whatever their order.
#[derive(Default)]
pub struct Sum {
    count: AtomicU64,
    sum: AtomicU64,
}

impl Sum {
    pub fn add(&self, bytes: &[u8]) {
        let mut hasher = DefaultHasher::new();
        hasher.write(bytes);
        self.count.fetch_add(1, Ordering::Relaxed);
        self.sum.fetch_add(hasher.finish(), Ordering::Relaxed);
    }

    pub fn total(&self) -> (u64, u64) {
        (self.count.load(Ordering::Relaxed), self.sum.load(Ordering::Relaxed))
    }
}

/// Does all of the work on one of them.
pub async fn run<P: Peer>(events: &Events, plan: &Plan) -> Result<Vec<Figure>, Error> {
    let folder = tempfile::tempdir()?;
    let peer = P::start(folder.path(), &events.template()).await?;
    let outcome = work(&peer, events, plan).await;
    peer.stop().await?;
    outcome
}

async fn work<P: Peer>(peer: &P, events: &Events, plan: &Plan) -> Result<Vec<Figure>, Error> {
    let (mut figures, sent, mut begins) = (Vec::new(), Arc::new(Sum::default()), 0);
    for (name, clients, batch, share) in ROWS {
        let ends = begins + events.all.len() * share / 100;
        let figure = appends(peer, events, (begins, ends), (name, clients, batch), (plan, &sent)).await?;
        figure.show();
        figures.push(figure);
        begins = ends;
    }
    let (found, begun) = (Sum::default(), Instant::now());
    peer.read(|bytes| found.add(bytes)).await?;
    let took = begun.elapsed();
    let (count, sum) = found.total();
    if (count, sum) != sent.total() {
        return Err(
            format!("{count} events were read back of {} that it said are stored", sent.total().0).into()
        );
    }
    let figure = Figure {
        name: format!("read {count} as one stream"),
        per_second: count as f64 / took.as_secs_f64(),
        times: None,
    };
    figure.show();
    figures.push(figure);
    println!("  all {count} events are there, as they were sent");
    Ok(figures)
}

/// Appends by so many clients at once, until the time is over or there are no more events.
pub async fn appends<P: Peer>(
    peer: &P,
    events: &Events,
    (begins, ends): (usize, usize),
    (name, clients, batch): (&str, usize, usize),
    (plan, sent): (&Plan, &Arc<Sum>),
) -> Result<Figure, Error> {
    let mut writers = Vec::new();
    for _client in 0..clients {
        writers.push(peer.connect().await?);
    }
    let (next, begun) = (AtomicUsize::new(begins), Instant::now());
    let each = writers.into_iter().map(|mut writer| {
        let next = &next;
        async move {
            let mut times = Vec::new();
            while begun.elapsed() < plan.time {
                let first = next.fetch_add(batch, Ordering::Relaxed);
                if P::IS_UNIQUE && first + batch > ends {
                    break;
                }
                let numbers = (first..first + batch).map(|number| number % events.all.len());
                let taken: Vec<_> = numbers.map(|number| events.all[number].clone()).collect();
                taken.iter().for_each(|event| sent.add(&event.event));
                let asked = Instant::now();
                writer.append(taken).await?;
                times.push(asked.elapsed());
            }
            Ok::<_, Error>(times)
        }
    });
    let mut times: Vec<Duration> = futures::future::try_join_all(each).await?.concat();
    let took = begun.elapsed();
    times.sort_unstable();
    if times.is_empty() {
        return Err("nothing was appended in time".into());
    }
    let at = |hundredths: usize| times[(times.len() * hundredths / 100).min(times.len() - 1)];
    let per_second = (times.len() * batch) as f64 / took.as_secs_f64();
    Ok(Figure { name: name.to_owned(), per_second, times: Some([at(50), at(99)]) })
}
