//! The work: appends by one client and by many, in batches, and everything read back and held against what was sent.

use crate::events::Events;
use crate::peer::{Error, Peer, Writer};
use std::hash::{DefaultHasher, Hasher as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// How long each row takes, at most.
pub(crate) struct Plan {
    pub(crate) time: Duration,
}

/// A row: its name, clients, events for each call, and its share of the events in hundredths.
const ROWS: [(&str, usize, usize, usize); 4] = [
    ("append, 1 client", 1, 1, 8),
    ("append, 64 clients", 64, 1, 27),
    ("append, 256 clients", 256, 1, 27),
    ("append, batches of 500, 2 clients", 2, 500, 38),
];

/// What was done.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Work {
    /// Appends by so many clients, so many events for each call.
    Append { clients: usize, batch: usize },
    /// So many events were read.
    Read { count: u64 },
}

/// What was measured.
pub(crate) struct Figure {
    pub(crate) name: String,
    pub(crate) work: Work,
    pub(crate) per_second: f64,
    pub(crate) times: Option<[Duration; 2]>,
}

impl Figure {
    /// Prints it.
    pub(crate) fn show(&self) {
        println!("  {:<40} {:>12.0}/s   {}", self.name, self.per_second, self.beside());
    }

    /// How long each call took, or how much it was, in words.
    pub(crate) fn beside(&self) -> String {
        let millis = |time: Duration| format!("{:.2} ms", time.as_secs_f64() * 1000.0);
        match (self.work, self.times) {
            (Work::Read { count }, _) => format!("{count} events, all as they were sent"),
            (_append, Some([half, most])) => format!("p50 {}, p99 {}", millis(half), millis(most)),
            (_append, None) => String::new(),
        }
    }
}

/// How many events there are, and what they come to, whatever their order.
#[derive(Default)]
pub(crate) struct Sum {
    count: AtomicU64,
    sum: AtomicU64,
}

impl Sum {
    pub(crate) fn add(&self, bytes: &[u8]) {
        let mut hasher = DefaultHasher::new();
        hasher.write(bytes);
        self.count.fetch_add(1, Ordering::Relaxed);
        self.sum.fetch_add(hasher.finish(), Ordering::Relaxed);
    }

    pub(crate) fn total(&self) -> (u64, u64) {
        (self.count.load(Ordering::Relaxed), self.sum.load(Ordering::Relaxed))
    }
}

/// Does all of the work on one of them, and says each figure as it comes.
pub(crate) async fn work<P: Peer>(
    peer: &P,
    events: &Events,
    plan: &Plan,
    mut each: impl FnMut(Figure),
) -> Result<(), Error> {
    let (sent, mut begins) = (Arc::new(Sum::default()), 0);
    for (name, clients, batch, share) in ROWS {
        let ends = begins + events.all.len() * share / 100;
        each(appends(peer, events, (begins, ends), (name, clients, batch), (plan, &sent)).await?);
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
    each(Figure {
        name: "read everything as one stream".to_owned(),
        work: Work::Read { count },
        per_second: count as f64 / took.as_secs_f64(),
        times: None,
    });
    Ok(())
}

/// Appends by so many clients at once, until the time is over or there are no more events.
pub(crate) async fn appends<P: Peer>(
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
    let mut times: Vec<Duration> = futures_util::future::try_join_all(each).await?.concat();
    let took = begun.elapsed();
    times.sort_unstable();
    if times.is_empty() {
        return Err("nothing was appended in time".into());
    }
    let at = |hundredths: usize| times[(times.len() * hundredths / 100).min(times.len() - 1)];
    let per_second = (times.len() * batch) as f64 / took.as_secs_f64();
    Ok(Figure {
        name: name.to_owned(),
        work: Work::Append { clients, batch },
        per_second,
        times: Some([at(50), at(99)]),
    })
}
