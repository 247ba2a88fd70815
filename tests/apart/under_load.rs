//! The server, killed with SIGKILL at random moments, again and again, while several clients append and one follows: in
//! the middle of a commit, of a publication, of a start.
//!
//! After each kill it is started again. Every receipt that was ever given verifies against what is there then; what was
//! not answered is sent again and stands once; whoever follows goes on without a gap and without a double; what was published
//! is of the same history.
//!
//! `MINUTEBOOK_KILLS` says how often (a few times without it), `MINUTEBOOK_SEED` repeats the choices of a run, which each run
//! prints. When a kill strikes is left to the machine: no seed repeats that.

use crate::mirror::{Mirror, read_receipt};
use crate::support::{Cast, decision, key, known_of, message, moment, opening};
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{EncodePrivateKey as _, KeypairBytes};
use minutebook::author::LedgerRef;
use minutebook::ledger;
use minutebook::proto::follow_entries_request::Start;
use minutebook::proto::follow_entries_response::Step;
use minutebook::proto::log_service_client::LogServiceClient;
use minutebook::proto::{AppendEventRequest, AppendEventsRequest, FollowEntriesRequest};
use minutebook_log::{EventId, Hash, LogKey, Position, Receipt, Signed, VerifierKey};
use std::env;
use std::fs::{self, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tonic::transport::Channel;

/// How often the server is killed where nobody says.
const KILLS: usize = 20;

/// After how many kills another ledger is begun, so that none becomes long.
const KILLS_A_LEDGER: usize = 40;

/// How many clients append at once.
const WRITERS: usize = 4;

/// How many events each of them has ready.
const EVENTS: usize = 60;

/// The latest moment of a kill, after the server says that it listens; and after its process was started.
const LATEST: Duration = Duration::from_millis(150);

/// How long a start may take before the test has failed.
const TOO_LONG: Duration = Duration::from_secs(60);

/// Numbers that a seed repeats.
pub(crate) struct Random(u64);

impl Random {
    /// Those of `MINUTEBOOK_SEED`, or new ones; says which.
    pub(crate) fn told(what: &str) -> Self {
        let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos().into();
        let seed: u64 = env::var("MINUTEBOOK_SEED").map_or_else(|_| now(), |seed| seed.parse().unwrap());
        eprintln!("{what}: MINUTEBOOK_SEED={seed}");
        Self(seed ^ 0x9E37_79B9_7F4A_7C15)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

/// A ledger in a folder, and what those outside hold of it.
pub(crate) struct Outside {
    folder: tempfile::TempDir,
    ledger: LedgerRef,
    log: VerifierKey,
    cast: Cast,
    pub(crate) mirror: Mirror,
    receipts: Vec<Receipt>,
    /// What was acknowledged without a receipt of its own: an event, and where it stands.
    acknowledged: Vec<(EventId, Position, Hash)>,
    /// What was sent and not answered.
    pub(crate) unanswered: Vec<Vec<Signed>>,
}

/// What the clients of one start were told.
#[derive(Default)]
pub(crate) struct Told {
    receipts: Vec<Vec<u8>>,
    acknowledged: Vec<(EventId, Position, Hash)>,
    unanswered: Vec<Vec<Signed>>,
}

impl Outside {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("book");
        let opening = opening("re-enactment");
        ledger::create(&dir, &opening, moment("2020-01-01T00:00:00Z")).await.unwrap();
        let pair = KeypairBytes { secret_key: [9; 32], public_key: None };
        let pem = pair.to_pkcs8_pem(LineEnding::LF).unwrap();
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(dir.join("log-key.pem"));
        file.unwrap().write_all(pem.as_bytes()).unwrap();
        let origin = opening.event().source.clone();
        let log = LogKey::new(origin, key(9)).verifier();
        let stored = minutebook_store::SledEngine::open(&dir).unwrap();
        let id = minutebook_store::Engine::read(&stored, Position(0)).unwrap().hash;
        drop(stored);
        let ledger = known_of(id);
        let cast = Cast::new();
        let unanswered = vec![cast.prologue(&ledger)];
        let mirror = Mirror::of(log.clone());
        let (receipts, acknowledged) = (Vec::new(), Vec::new());
        Self { folder, ledger, log, cast, mirror, receipts, acknowledged, unanswered }
    }

    pub(crate) fn dir(&self) -> std::path::PathBuf {
        self.folder.path().join("book")
    }

    /// How many acknowledgements it holds.
    pub(crate) fn acknowledgements(&self) -> usize {
        self.receipts.len() + self.acknowledged.len()
    }

    fn decision(&self) -> Signed {
        decision(&self.cast.secretary, "body/04K", "2019-07-04").signed(&self.ledger)
    }

    /// Follows from where it is until everything is there, and holds what it was given before against that.
    pub(crate) async fn catch_up(&mut self, channel: &Channel) {
        let mut log = LogServiceClient::new(channel.clone());
        let request =
            FollowEntriesRequest { start: Some(Start::From(self.mirror.size())), ..Default::default() };
        let mut steps = log.follow_entries(request).await.unwrap().into_inner();
        // A batch's checkpoint may speak of more than has come yet.
        let mut shown = Vec::new();
        loop {
            match steps.message().await.unwrap().unwrap().step.unwrap() {
                Step::Batch(batch) => {
                    batch.entries.into_iter().for_each(|entry| self.mirror.take(entry.content));
                    shown.push(batch.checkpoint);
                }
                Step::CaughtUp(end) => {
                    assert_eq!(self.mirror.check_checkpoint(&end.checkpoint), self.mirror.size());
                    break;
                }
                _other => {}
            }
        }
        for checkpoint in shown {
            self.mirror.check_checkpoint(&checkpoint);
        }
        self.check();
    }

    /// Everything that anybody was told is so, and what is published is of this history.
    fn check(&mut self) {
        for receipt in &self.receipts {
            self.mirror.check_receipt(receipt);
        }
        for (id, position, hash) in &self.acknowledged {
            assert_eq!(self.mirror.hash_at(*position), *hash);
            assert_eq!(
                self.mirror.place(*id),
                Some(*position),
                "what was acknowledged is where it was said to be"
            );
        }
        if let Ok(published) = fs::read(self.dir().join("published/checkpoint")) {
            self.mirror.check_checkpoint(&published);
        }
    }

    /// Sends again what was not answered: each stands once, wherever it was stored by then. Whether all of it was
    /// answered now; what was not waits for the next time.
    pub(crate) async fn send_again(&mut self, channel: &Channel) -> bool {
        let mut log = LogServiceClient::new(channel.clone());
        for events in std::mem::take(&mut self.unanswered) {
            let known: Vec<_> = events.iter().map(|event| self.mirror.place(event.event().id)).collect();
            let signed_events = events.iter().map(message).collect();
            let request = AppendEventsRequest { signed_events, validate_only: false };
            let Ok(answer) = log.append_events(request).await else {
                self.unanswered.push(events);
                continue;
            };
            for ((event, known), appended) in events.iter().zip(&known).zip(answer.into_inner().appended) {
                let position = Position(appended.position);
                assert_eq!(appended.again, known.is_some());
                assert!(
                    known.is_none_or(|known| known == position),
                    "it stands at {known:?}, said {position}"
                );
                self.acknowledged.push((event.event().id, position, appended.hash.parse().unwrap()));
            }
            let there = known.iter().filter(|known| known.is_some()).count();
            assert!(there == 0 || there == events.len(), "all of it or nothing: {there} of {}", events.len());
        }
        self.unanswered.is_empty()
    }

    /// Appends from several connections until the server is gone, and returns what they were told.
    pub(crate) fn append_until_it_is_gone(&self, channel: &Channel) -> (JoinSet<()>, Arc<Mutex<Told>>) {
        let (mut writers, told) = (JoinSet::new(), Arc::new(Mutex::new(Told::default())));
        for writer in 0..WRITERS {
            let (told, mut log) = (Arc::clone(&told), LogServiceClient::new(channel.clone()));
            let events: Vec<_> = (0..EVENTS).map(|_event| self.decision()).collect();
            writers.spawn(async move {
                // Half of them send several at once.
                for events in events.chunks(if writer % 2 == 0 { 1 } else { 5 }) {
                    if !append(&mut log, events, &told).await {
                        return;
                    }
                }
            });
        }
        (writers, told)
    }

    pub(crate) fn hear(&mut self, told: &Mutex<Told>) {
        let told = std::mem::take(&mut *told.lock().unwrap());
        self.receipts.extend(told.receipts.iter().map(|receipt| read_receipt(receipt, &self.log)));
        self.acknowledged.extend(told.acknowledged);
        self.unanswered.extend(told.unanswered);
    }
}

/// Appends these, and notes what was said. Whether the server is still there.
async fn append(log: &mut LogServiceClient<Channel>, events: &[Signed], told: &Mutex<Told>) -> bool {
    let mut noted = Told::default();
    let is_there = match events {
        [alone] => {
            let request = AppendEventRequest { signed_event: Some(message(alone)) };
            let answer = log.append_event(request).await.map(tonic::Response::into_inner);
            noted.receipts.extend(answer.iter().map(|answer| answer.receipt.clone()));
            answer.is_ok()
        }
        several => {
            let signed_events = several.iter().map(message).collect();
            let request = AppendEventsRequest { signed_events, validate_only: false };
            let answer = log.append_events(request).await;
            let appended = answer.as_ref().map_or(&[][..], |answer| &answer.get_ref().appended);
            noted.acknowledged.extend(several.iter().zip(appended).map(|(event, appended)| {
                (event.event().id, Position(appended.position), appended.hash.parse().unwrap())
            }));
            answer.is_ok()
        }
    };
    if !is_there {
        noted.unanswered.push(events.to_vec());
    }
    let mut told = told.lock().unwrap();
    told.receipts.append(&mut noted.receipts);
    told.acknowledged.append(&mut noted.acknowledged);
    told.unanswered.append(&mut noted.unanswered);
    is_there
}

/// Starts the server; the address comes once it listens, or what it said instead.
fn start(dir: &Path) -> (Child, oneshot::Receiver<Result<String, String>>) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_minutebook"))
        .args(["serve", "--listen", "127.0.0.1:0", "--dir"])
        .arg(dir)
        .env("MINUTEBOOK_STATE", dir.with_extension("state"))
        .env_remove("RUST_LOG")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (told, address) = oneshot::channel();
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    std::thread::spawn(move || {
        let (mut told, mut said) = (Some(told), String::new());
        // Read to the end, so that the server is never held up by who listens to it.
        for line in lines.map_while(Result::ok) {
            if let Some(address) = line.strip_prefix("listening") {
                // Whoever killed it meanwhile does not ask.
                drop(told.take().map(|told| told.send(Ok(address.trim().to_owned()))));
            }
            said = format!("{said}{line}\n");
        }
        drop(told.map(|told| told.send(Err(said))));
    });
    (child, address)
}

/// Kills it: nothing of the program runs after this.
fn kill(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Starts the server and waits until it listens.
async fn started(dir: &Path) -> (Child, Channel) {
    let (child, address) = start(dir);
    let address = timeout(TOO_LONG, address).await.expect("a start ends").expect("it says something");
    let address = address.unwrap_or_else(|said| panic!("it does not start after a kill: {said}"));
    (child, Channel::from_shared(address).unwrap().connect().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_kills_at_random_moments_under_load() {
    let _alone = crate::ALONE.lock().await;
    let kills = env::var("MINUTEBOOK_KILLS").map_or(KILLS, |kills| kills.parse().unwrap());
    let mut random = Random::told("kills under load");
    let (mut outside, mut receipts, mut entries) = (Outside::new().await, 0, 0);
    for round in 1..=kills {
        let moment = Duration::from_micros(random.below(LATEST.as_micros() as u64));
        if random.below(5) == 0 {
            // In the middle of a start, before anybody can ask it anything.
            let (child, address) = start(&outside.dir());
            let _listens_or_not = timeout(moment, address).await;
            kill(child);
        } else {
            let (child, channel) = started(&outside.dir()).await;
            outside.catch_up(&channel).await;
            assert!(outside.send_again(&channel).await);
            let (mut writers, told) = outside.append_until_it_is_gone(&channel);
            let written = async { while writers.join_next().await.is_some() {} };
            let _all_of_it_was_written = timeout(moment, written).await;
            kill(child);
            while writers.join_next().await.is_some() {}
            outside.hear(&told);
        }
        // Whatever the last kill hit, what the ledger has is held against what was acknowledged.
        if round % KILLS_A_LEDGER == 0 || round == kills {
            let ended = end(&mut outside).await;
            (receipts, entries) = (receipts + ended.0, entries + ended.1);
            eprintln!("{round} kills, {entries} entries, {receipts} acknowledgements so far");
            if round < kills {
                outside = Outside::new().await;
            }
        }
    }
    eprintln!("{kills} kills, {entries} entries, {receipts} acknowledgements: all of them hold");
    assert!(receipts > kills, "{receipts} acknowledgements: the load has come");
}

/// Starts once more, stops in good order, and verifies the whole book from its bytes. How much was acknowledged, and how
/// many entries there are.
async fn end(outside: &mut Outside) -> (usize, u64) {
    let (mut child, channel) = started(&outside.dir()).await;
    outside.catch_up(&channel).await;
    assert!(outside.send_again(&channel).await);
    outside.catch_up(&channel).await;
    drop(channel);
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    assert!(child.wait().unwrap().success());
    assert!(outside.unanswered.is_empty());
    let published = fs::read(outside.dir().join("published/checkpoint")).unwrap();
    assert_eq!(outside.mirror.check_checkpoint(&published), outside.mirror.size(), "all of it is published");
    assert_eq!(crate::support::check_ledger(&outside.dir()).await, outside.mirror.size());
    (outside.acknowledgements(), outside.mirror.size())
}
