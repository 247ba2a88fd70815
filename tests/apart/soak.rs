//! A soak: one ledger after another is written to, followed, asked, published and started again, while its store says
//! of some commits that it does not know, and steps on files fail at random. Each ends with the whole invariant; and the
//! memory of this process, which has all of it, stays where it is.
//!
//! `MINUTEBOOK_SOAK=3600` goes on for an hour, with the slope of the memory tested; without it the test takes a few seconds, and
//! shows that the program works. `MINUTEBOOK_SEED` repeats the choices of a run.

use crate::disk::{Way, fail};
use crate::support::{check_ledger, key};
use crate::under_load::{Outside, Random};
use minutebook::doors::{Doors, Ending, Limits};
use minutebook::ledger::{Index, Ledger, Shelf, SystemClock};
use minutebook::proto::register_service_client::RegisterServiceClient;
use minutebook::proto::{GetBodyRequest, ListBodiesRequest, ListDecisionsRequest};
use minutebook::published::{Folder, Publisher};
use minutebook::server;
use minutebook_governance::Keeping;
use minutebook_log::{EventId, Head, Position, Subject};
use minutebook_store::{
    Batch, Engine, EngineError, FileFaults, FileStep, Files, OpenError, ReadLimits, SledEngine, Stored,
};
use std::env;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tonic::transport::Channel;

/// How long the test goes on where nobody says, in seconds.
const SECONDS: u64 = 4;

/// How long one life of a server lasts in a soak, and where nobody asks for one; and how many a ledger has.
const LIFE: Duration = Duration::from_secs(3);
const SHORT: Duration = Duration::from_millis(400);
const LIVES: usize = 3;

/// The longest that work goes on which nobody waits for any more: a question's own limit.
const FREED_MAX: Duration = Duration::from_secs(60);

/// From how many ledgers on the slope of the memory says something, without those in which it warms up.
const LEDGERS_MIN: usize = 8;
const WARM: usize = 3;

/// How much the memory may grow from the first to the last of them, by the line through all of them.
const GROWTH_MAX_MIB: f64 = 48.0;

/// One of so many commits is said to have an unknown end; one of so many steps on files fails.
const COMMITS: u64 = 60;
const STEPS: u64 = 80;

/// Where faults are drawn.
type Dice = Arc<Mutex<Random>>;

/// An engine of whose commits some end in an error that says nothing of whether they are stored.
struct Doubtful {
    engine: SledEngine,
    dice: Dice,
}

impl Engine for Doubtful {
    async fn head(&self) -> Result<Head, EngineError> {
        self.engine.head().await
    }

    async fn commit(&self, expected: Head, batch: Batch) -> Result<Head, EngineError> {
        let fault = self.dice.lock().unwrap().below(COMMITS);
        let unknown = || EngineError::Unknown { why: "as planned".to_owned() };
        match fault {
            0 => Err(unknown()),
            1 => {
                self.engine.commit(expected, batch).await?;
                Err(unknown())
            }
            _ => self.engine.commit(expected, batch).await,
        }
    }

    async fn entries(&self, from: Position, limits: ReadLimits) -> Result<Vec<Stored>, EngineError> {
        self.engine.entries(from, limits).await
    }

    async fn stream(
        &self,
        subject: &Subject,
        from: u64,
        limits: ReadLimits,
    ) -> Result<Vec<Stored>, EngineError> {
        self.engine.stream(subject, from, limits).await
    }

    async fn find(&self, id: EventId) -> Result<Option<Position>, EngineError> {
        self.engine.find(id).await
    }

    fn read(&self, position: Position) -> Result<Stored, EngineError> {
        self.engine.read(position)
    }

    fn read_range(&self, from: Position, limits: ReadLimits) -> Result<Vec<Stored>, EngineError> {
        self.engine.read_range(from, limits)
    }

    fn find_now(&self, id: EventId) -> Result<Option<Position>, EngineError> {
        self.engine.find_now(id)
    }

    fn watch(&self) -> watch::Receiver<Head> {
        self.engine.watch()
    }

    async fn note(&self) -> Result<Vec<u8>, EngineError> {
        self.engine.note().await
    }

    async fn keep_note(&self, note: Vec<u8>) -> Result<(), EngineError> {
        self.engine.keep_note(note).await
    }
}

/// Files of whose steps some fail.
struct Unreliable(Dice);

impl FileFaults for Unreliable {
    fn strike(&self, step: FileStep<'_>, act: &mut dyn FnMut() -> io::Result<()>) -> io::Result<()> {
        let fault = self.0.lock().unwrap().below(STEPS);
        match fault {
            0 => fail(step, Way::NotDone, act),
            1 => fail(step, Way::Half, act),
            2 => fail(step, Way::Done, act),
            _ => act(),
        }
    }
}

/// A server in this process.
struct Life {
    ledger: Ledger<Doubtful>,
    channel: Channel,
    ending: Ending,
    served: JoinHandle<()>,
}

impl Life {
    async fn begin(dir: &Path, dice: &Dice) -> Self {
        let files = Files::with_faults(Arc::new(Unreliable(Arc::clone(dice))));
        let engine = Doubtful { engine: SledEngine::open(dir).unwrap(), dice: Arc::clone(dice) };
        let keeping = Keeping { segment_entries: 256, ..Keeping::default() };
        let index = Index { keeping, shelf: Some(Shelf::on(files.clone(), dir)) };
        let ledger = Ledger::open_with(engine, SystemClock::new(), key(9), index).await.unwrap();
        let publisher = loop {
            let opened = match Folder::open_on(files.clone(), &dir.join("published")) {
                Ok(folder) => Publisher::over(folder, &ledger).await,
                Err(error) => Err(error),
            };
            match opened {
                Ok(publisher) => break publisher,
                // The disk fails; what was published is never said to be of another history.
                Err(error) => assert!(!error.is_contradiction(), "{error}"),
            }
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (doors, ending) = (Doors::new(listener, Limits::default()), Ending::default());
        let serving = server::serve(doors, ledger.clone(), Some(publisher), ending.clone());
        let served = tokio::spawn(async { serving.await.unwrap() });
        let channel = Channel::from_shared(format!("http://{address}")).unwrap().connect_lazy();
        Self { ledger, channel, ending, served }
    }

    async fn end(self) {
        let Self { ledger, channel, ending, served } = self;
        drop(channel);
        ending.stop();
        served.await.unwrap();
        drop(ledger);
    }
}

/// Asks the register until it is told to stop; everything it asks is answered.
async fn ask(channel: Channel, asked: Arc<Mutex<u64>>) {
    let mut register = RegisterServiceClient::new(channel);
    loop {
        let body = "body/04K".to_owned();
        register.list_bodies(ListBodiesRequest::default()).await.unwrap();
        register.get_body(GetBodyRequest { body: body.clone(), ..Default::default() }).await.unwrap();
        let request = ListDecisionsRequest { subject: body, page_size: 20, ..Default::default() };
        register.list_decisions(request).await.unwrap();
        *asked.lock().unwrap() += 3;
    }
}

/// One ledger, from its first entry to the whole invariant. How many acknowledgements there were, and questions.
async fn one_ledger(dice: &Dice, lasts: Duration) -> (usize, u64) {
    let mut outside = Outside::new().await;
    let asked = Arc::new(Mutex::new(0));
    for _life in 0..LIVES {
        let (life, begun) = (Life::begin(&outside.dir(), dice).await, Instant::now());
        let mut asking = None;
        while begun.elapsed() < lasts && life.ledger.reader().watch_stop().borrow().is_none() {
            outside.catch_up(&life.channel).await;
            if !outside.send_again(&life.channel).await {
                continue;
            }
            outside.catch_up(&life.channel).await;
            asking.get_or_insert_with(|| tokio::spawn(ask(life.channel.clone(), Arc::clone(&asked))));
            let (mut writers, told) = outside.append_until_it_is_gone(&life.channel);
            let written = async { while writers.join_next().await.is_some() {} };
            let _all_or_enough = timeout(lasts.saturating_sub(begun.elapsed()), written).await;
            // What is under way is answered, or the writer sees that it stops.
            while writers.join_next().await.is_some() {}
            outside.hear(&told);
        }
        if let Some(asking) = asking {
            asking.abort();
            let ended = asking.await;
            assert!(ended.is_err_and(|error| error.is_cancelled()), "every question is answered");
        }
        life.end().await;
        freed(&outside.dir()).await;
    }
    // And once more, on a disk that works.
    let dir = outside.dir();
    let files = Files::default();
    let index = Index { keeping: Keeping::default(), shelf: Some(Shelf::on(files, &dir)) };
    let engine = SledEngine::open(&dir).unwrap();
    let ledger = Ledger::open_with(engine, SystemClock::new(), key(9), index).await.unwrap();
    let publisher = Publisher::open(&dir.join("published"), &ledger).await.unwrap();
    let (channel, shutdown, served) = crate::support::serve(ledger.clone(), Some(publisher)).await;
    outside.catch_up(&channel).await;
    assert!(outside.send_again(&channel).await);
    outside.catch_up(&channel).await;
    drop(channel);
    shutdown.send(()).unwrap();
    served.await.unwrap().unwrap();
    drop(ledger);
    freed(&dir).await;
    let published = fs::read(dir.join("published/checkpoint")).unwrap();
    assert_eq!(outside.mirror.check_checkpoint(&published), outside.mirror.size(), "all of it is published");
    assert_eq!(check_ledger(&dir).await, outside.mirror.size());
    (outside.acknowledgements(), *asked.lock().unwrap())
}

/// Waits until nobody has the ledger open: a question is worked on to its end though its asker has gone, and holds the
/// store until then.
async fn freed(dir: &Path) {
    let begun = Instant::now();
    while let Err(OpenError::InUse { .. }) = minutebook_store::hold(dir) {
        assert!(begun.elapsed() < FREED_MAX, "the ledger is in use, and nobody asks any more");
        tokio::task::yield_now().await;
    }
}

/// The MiB that this process has in memory.
fn resident() -> f64 {
    let statm = fs::read_to_string("/proc/self/statm").unwrap();
    statm.split(' ').nth(1).unwrap().parse::<f64>().unwrap() * 4096.0 / f64::from(1 << 20)
}

/// How much the line through the points rises from the first to the last of them (least squares).
fn rise(points: &[f64]) -> f64 {
    let count = points.len() as f64;
    let middle = (count - 1.0) / 2.0;
    let mean = points.iter().sum::<f64>() / count;
    let along = |at: usize| at as f64 - middle;
    let together: f64 = points.iter().enumerate().map(|(at, point)| along(at) * (point - mean)).sum();
    let squares: f64 = (0..points.len()).map(|at| along(at) * along(at)).sum();
    together / squares * (count - 1.0)
}

#[test]
fn a_line_rises_by_what_it_rises() {
    assert!((rise(&[1.0, 2.0, 3.0, 4.0]) - 3.0).abs() < 1e-9);
    assert!(rise(&[5.0, 7.0, 5.0, 7.0, 5.0]).abs() < 1e-9);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ledger_holds_among_faults_and_takes_no_more_memory() {
    let _alone = crate::ALONE.lock().await;
    let seconds = env::var("MINUTEBOOK_SOAK").map_or(SECONDS, |seconds| seconds.parse().unwrap());
    let dice: Dice = Arc::new(Mutex::new(Random::told("soak")));
    let (begun, mut memory, mut acknowledged, mut asked) = (Instant::now(), Vec::new(), 0, 0);
    while begun.elapsed() < Duration::from_secs(seconds) {
        let (more, questions) = one_ledger(&dice, if seconds > SECONDS { LIFE } else { SHORT }).await;
        (acknowledged, asked) = (acknowledged + more, asked + questions);
        memory.push(resident());
        eprintln!(
            "{} s: {} ledgers, {acknowledged} acknowledgements, {asked} questions, {:.1} MiB",
            begun.elapsed().as_secs(),
            memory.len(),
            memory[memory.len() - 1]
        );
    }
    assert!(
        acknowledged > 100 && asked > 0,
        "{acknowledged} acknowledgements, {asked} questions: it has worked"
    );
    let warm = memory.get(WARM..).unwrap_or_default();
    if warm.len() >= LEDGERS_MIN {
        let rise = rise(warm);
        eprintln!("memory rose by {rise:.1} MiB over {} ledgers", warm.len());
        assert!(rise < GROWTH_MAX_MIB, "memory rose by {rise:.1} MiB: {warm:?}");
    }
}
