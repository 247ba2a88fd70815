//! Everything at once: floods of resets, pings, settings and connections, heads without an end, half bodies, silence, drips,
//! unread streams and strangers' signatures, from several tasks, while an honest secretary appends and an honest reader asks.
//!
//! The honest ones' times are compared with those of a quiet server in the same run. What is aimed at is three times the
//! quiet 99th percentile; how close it came is printed. The attackers stand for other machines: they live in the same process,
//! on threads that take only what nobody else wants. `MINUTEBOOK_HOSTILE_EACH=1` measures each attack alone first.

use crate::stranger::{PING, PREFACE, SETTINGS, Stranger, frame, http2};
use crate::support::{Cast, House, decision, key};
use minutebook::doors::{Limits, Room};
use minutebook::proto::log_service_client::LogServiceClient;
use minutebook::proto::{AppendEventsRequest, EventSignature, ListEntriesRequest, SignedEvent};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::task::AbortOnDropHandle;
use tonic::transport::Channel;

/// The most bytes that the server may hold of all of them.
const BYTES: usize = 16 * 1024 * 1024;

/// How much this process may grow meanwhile: what is held, what HTTP/2 keeps of streams that were reset, and the attackers
/// themselves.
const GROWTH: u64 = 256 * 1024 * 1024;

/// How often each of the honest ones asks.
const ASKED: usize = 40;

/// How many times slower the slowest of them may be in the best of three runs, and what no machine is asked to beat.
const SLOWER_MAX: u32 = 6;
const ALWAYS_FINE: Duration = Duration::from_millis(100);

/// Longer than anything here should take.
const TOO_LONG: Duration = Duration::from_secs(60);

fn limits() -> Limits {
    let second = Duration::from_secs(1);
    Limits {
        connections: 48,
        bytes_in_flight: BYTES,
        head: second,
        body: second,
        unread: second,
        ..Limits::default()
    }
}

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const CONTINUATION: u8 = 9;
const END_HEADERS: u8 = 4;

/// The head of a gRPC call, in HPACK without its dynamic table (RFC 7541).
fn head(path: &str) -> Vec<u8> {
    // POST and http are of the static table, as are the names of the others.
    let mut block = vec![0x83, 0x86];
    for (name, value) in [(&[0x04][..], path), (&[0x01], "stranger"), (&[0x0f, 0x10], "application/grpc")] {
        block.extend(name);
        block.push(u8::try_from(value.len()).unwrap());
        block.extend(value.bytes());
    }
    block
}

const GET_LEDGER: &str = "/minutebook.v1.LogService/GetLedger";
const APPEND: &str = "/minutebook.v1.LogService/AppendEvent";

/// What one connection after another is fed with, piece by piece, until it is closed.
#[derive(Debug, Clone, Copy)]
enum Flood {
    /// A call, and its reset; again.
    Resets,
    /// The same, without asking for anything that takes time.
    ResetsOfNothing,
    Pings,
    Settings,
    /// A head that never ends (CVE-2024-27316).
    Continuations,
    /// Frames without content.
    EmptyData,
    /// One byte of a head, then another.
    Drip,
}

impl Flood {
    fn begins(self) -> Vec<u8> {
        match self {
            Self::Drip => b"GET /checkpoint HTTP/1.1\r\nX: ".to_vec(),
            Self::Continuations => {
                [PREFACE, &http2(SETTINGS, 0, 0, &[]), &http2(HEADERS, 0, 1, &head(GET_LEDGER))].concat()
            }
            Self::EmptyData => {
                let call = http2(HEADERS, END_HEADERS, 1, &head(APPEND));
                [PREFACE, &http2(SETTINGS, 0, 0, &[]), &call].concat()
            }
            _ => [PREFACE, &http2(SETTINGS, 0, 0, &[])].concat(),
        }
    }

    fn piece(self, number: u32) -> Vec<u8> {
        const FRAMES: u32 = 200;
        let frames = number * FRAMES..(number + 1) * FRAMES;
        let resets = |path: &str| -> Vec<u8> {
            let stream = |frame: u32| frame * 2 + 1;
            let reset = |frame| {
                [
                    http2(HEADERS, END_HEADERS, stream(frame), &head(path)),
                    http2(RST_STREAM, 0, stream(frame), &8_u32.to_be_bytes()),
                ]
            };
            frames.clone().flat_map(reset).flatten().collect()
        };
        let many = |frame: Vec<u8>| frame.repeat(FRAMES as usize);
        match self {
            Self::Resets => resets(GET_LEDGER),
            Self::ResetsOfNothing => resets("/nothing"),
            Self::Pings => many(http2(PING, 0, 0, &[7; 8])),
            // The largest table that HPACK may keep: 4 KiB, as it is anyway.
            Self::Settings => many(http2(SETTINGS, 0, 0, &[0, 1, 0, 0, 16, 0])),
            Self::Continuations => many(http2(CONTINUATION, 0, 1, b"\x00\x01a\x01b")),
            Self::EmptyData => many(http2(DATA, 0, 1, &[])),
            Self::Drip => b"x".to_vec(),
        }
    }
}

/// Feeds one connection after another. Whoever is cut comes again; how often is counted. Half of them read what comes.
async fn flood(address: SocketAddr, flood: Flood, reads: bool, connections: Arc<AtomicU64>) {
    loop {
        let Ok(mut stream) = TcpStream::connect(address).await else { continue };
        connections.fetch_add(1, Ordering::Relaxed);
        let (mut from, mut to) = stream.split();
        let feed = async {
            to.write_all(&flood.begins()).await?;
            for number in 0..1_000_000 {
                to.write_all(&flood.piece(number)).await?;
                tokio::task::yield_now().await;
            }
            Ok::<_, std::io::Error>(())
        };
        let sink = async {
            let mut sink = [0; 4096];
            while !matches!(from.read(&mut sink).await, Ok(0) | Err(_)) {}
        };
        tokio::select! {
            _cut = feed => {}
            () = sink, if reads => {}
        }
    }
}

/// Connects and goes, or connects and stays silent.
async fn connections(address: SocketAddr, count: Arc<AtomicU64>) {
    let mut silent = Vec::new();
    loop {
        if let Ok(stream) = TcpStream::connect(address).await {
            count.fetch_add(1, Ordering::Relaxed);
            silent.push(stream);
        }
        if silent.len() > 30 {
            silent.clear();
        }
        tokio::task::yield_now().await;
    }
}

/// Sends the beginnings of requests of 4 MiB, and waits.
async fn half_bodies(address: SocketAddr, count: Arc<AtomicU64>) {
    loop {
        count.fetch_add(1, Ordering::Relaxed);
        // Whoever was cut learns of it by a panic of its own, and comes again.
        let bodies = AbortOnDropHandle::new(tokio::spawn(async move {
            let (stranger, mut calls) = (Stranger::connect(address).await, Vec::new());
            for _call in 0..20 {
                let call = stranger.call(APPEND).await;
                call.send(frame(4 * 1024 * 1024, 128 * 1024)).await;
                calls.push(call);
            }
            std::future::pending::<()>().await;
        }));
        let _cut_or_not = timeout(Duration::from_secs(2), bodies).await;
    }
}

/// Follows again and again, and reads nothing of what comes.
async fn unread(address: SocketAddr, count: Arc<AtomicU64>) {
    loop {
        count.fetch_add(1, Ordering::Relaxed);
        let following = AbortOnDropHandle::new(tokio::spawn(async move {
            let (stranger, mut calls) = (Stranger::connect(address).await, Vec::new());
            for _call in 0..50 {
                calls.push(stranger.follow_unread().await);
            }
            std::future::pending::<()>().await;
        }));
        let _cut_or_not = timeout(Duration::from_secs(2), following).await;
    }
}

async fn connect(address: SocketAddr) -> LogServiceClient<Channel> {
    let to = Channel::from_shared(format!("http://{address}")).unwrap();
    LogServiceClient::new(to.connect_lazy())
}

/// Events by the hundred with sixteen signatures of keys that nobody knows.
async fn strangers_signatures(address: SocketAddr, event: SignedEvent, count: Arc<AtomicU64>) {
    let mut log = connect(address).await;
    loop {
        count.fetch_add(1, Ordering::Relaxed);
        let signed_events = vec![event.clone(); 200];
        let refused = log.append_events(AppendEventsRequest { signed_events, validate_only: false }).await;
        assert!(refused.is_err(), "nobody knows these keys");
    }
}

fn by_strangers(house: &House, cast: &Cast) -> SignedEvent {
    let event = decision(&cast.secretary, "body/04K", "2019-07-04").event(&house.ledger);
    let signature = |seed: u8| EventSignature {
        public_key: key(seed).public().as_bytes().to_vec(),
        signature: key(seed).sign(event.bytes()).as_bytes().to_vec(),
    };
    SignedEvent { event: event.bytes().to_vec(), signatures: (100..116).map(signature).collect() }
}

/// What strangers do.
#[derive(Debug, Clone, Copy)]
enum Attack {
    Flood(Flood),
    Connections,
    HalfBodies,
    Unread,
    Signatures,
}

const ATTACKS: [Attack; 11] = [
    Attack::Flood(Flood::Resets),
    Attack::Flood(Flood::ResetsOfNothing),
    Attack::Flood(Flood::Pings),
    Attack::Flood(Flood::Settings),
    Attack::Flood(Flood::Continuations),
    Attack::Flood(Flood::EmptyData),
    Attack::Flood(Flood::Drip),
    Attack::Connections,
    Attack::HalfBodies,
    Attack::Unread,
    Attack::Signatures,
];

/// The attackers, on threads of their own.
struct Attackers {
    threads: Runtime,
    tasks: JoinSet<()>,
    /// How often one has connected.
    connected: Arc<AtomicU64>,
}

impl Attackers {
    /// Theirs are the processors that nobody else wants: they stand for other machines, and take none of this one's time
    /// but by what they make the server do.
    fn new() -> Self {
        let threads = Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .on_thread_start(|| rustix::process::setpriority_process(None, 19).unwrap())
            .build();
        Self { threads: threads.unwrap(), tasks: JoinSet::new(), connected: Arc::default() }
    }

    /// Begins this, and waits until as many connections were made as there are attackers.
    async fn begin(&mut self, attacks: &[Attack], house: &House, cast: &Cast) {
        let (address, before) = (house.address, self.connected.load(Ordering::Relaxed));
        let (threads, connected) = (self.threads.handle().clone(), Arc::clone(&self.connected));
        for attack in attacks {
            let count = Arc::clone(&connected);
            match attack {
                Attack::Flood(kind) => {
                    self.tasks.spawn_on(flood(address, *kind, true, Arc::clone(&count)), &threads);
                    self.tasks.spawn_on(flood(address, *kind, false, count), &threads)
                }
                Attack::Connections => self.tasks.spawn_on(connections(address, count), &threads),
                Attack::HalfBodies => self.tasks.spawn_on(half_bodies(address, count), &threads),
                Attack::Unread => self.tasks.spawn_on(unread(address, count), &threads),
                Attack::Signatures => {
                    let event = by_strangers(house, cast);
                    self.tasks.spawn_on(strangers_signatures(address, event, count), &threads)
                }
            };
        }
        let (begun, all) = (Instant::now(), before + self.tasks.len() as u64);
        while connected.load(Ordering::Relaxed) < all {
            assert!(begun.elapsed() < TOO_LONG, "{attacks:?} has come");
            tokio::task::yield_now().await;
        }
    }

    async fn end(&mut self) {
        self.tasks.shutdown().await;
    }
}

/// The times of the honest ones, sorted: of the secretary, who appends, and of the reader.
struct Times {
    appends: Vec<Duration>,
    reads: Vec<Duration>,
}

impl Times {
    /// What 99 of 100 of them took at most, of both.
    fn slow(&self) -> [Duration; 2] {
        [&self.appends, &self.reads].map(|times| times[times.len() * 99 / 100])
    }
}

/// Appends and asks, one after another. Whoever made place for a stranger asks again, and its time goes on.
async fn ask_honestly(house: &mut House, cast: &Cast, room: &Room, most: &mut usize) -> Times {
    let (mut appends, mut reads) = (Vec::new(), Vec::new());
    for _time in 0..ASKED {
        let event = decision(&cast.secretary, "body/04K", "2019-07-04").signed(&house.ledger);
        let begun = Instant::now();
        while let Err(status) =
            timeout(TOO_LONG, house.append(&event)).await.expect("an append waits for strangers")
        {
            assert!(again(&status), "{status:?}");
        }
        appends.push(begun.elapsed());
        let begun = Instant::now();
        let request = ListEntriesRequest { page_size: 20, ..Default::default() };
        while let Err(status) = timeout(TOO_LONG, house.log.list_entries(request.clone()))
            .await
            .expect("a question waits for strangers")
        {
            assert!(again(&status), "{status:?}");
        }
        reads.push(begun.elapsed());
        *most = (*most).max(room.held());
    }
    appends.sort();
    reads.sort();
    Times { appends, reads }
}

/// Whether a client sends it again: its connection was cut.
fn again(status: &tonic::Status) -> bool {
    matches!(status.code(), tonic::Code::Unavailable | tonic::Code::Unknown | tonic::Code::Cancelled)
}

/// The bytes that this process has in memory.
fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    statm.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4096
}

/// How many times slower than in quiet the slowest of the honest are beside these attacks, appending and reading.
async fn slowed(
    attacks: &[Attack],
    attackers: &mut Attackers,
    (house, cast, room): (&mut House, &Cast, &Room),
    most: &mut usize,
) -> [u32; 2] {
    let quiet = ask_honestly(house, cast, room, most).await.slow();
    attackers.begin(attacks, house, cast).await;
    let beside = ask_honestly(house, cast, room, most).await.slow();
    attackers.end().await;
    let times = [0, 1].map(|what| beside[what].as_secs_f64() / quiet[what].as_secs_f64());
    eprintln!(
        "{attacks:?}: append {:?} in quiet, {:?} beside it ({:.1} times); read {:?}, {:?} ({:.1} times)",
        quiet[0], beside[0], times[0], quiet[1], beside[1], times[1]
    );
    let begun = Instant::now();
    while room.held() > 0 || room.connections() > 2 {
        let (held, here) = (room.held(), room.connections());
        assert!(begun.elapsed() < TOO_LONG, "{held} bytes are held by {here} connections of who has gone");
        tokio::task::yield_now().await;
    }
    [0, 1].map(|what| if beside[what] < ALWAYS_FINE { 1 } else { times[what].ceil() as u32 })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_is_honest_is_answered_beside_everything_at_once() {
    let _alone = crate::ALONE.lock().await;
    let (mut house, cast, room, _ending) = House::behind(limits()).await;
    let (mut attackers, mut most, before) = (Attackers::new(), 0, resident());
    if std::env::var_os("MINUTEBOOK_HOSTILE_EACH").is_some() {
        for attack in ATTACKS {
            slowed(&[attack], &mut attackers, (&mut house, &cast, &room), &mut most).await;
        }
    }
    let mut best = [u32::MAX; 2];
    for _run in 0..3 {
        let slower = slowed(&ATTACKS, &mut attackers, (&mut house, &cast, &room), &mut most).await;
        best = [0, 1].map(|what| best[what].min(slower[what]));
        let grown = resident().saturating_sub(before);
        eprintln!("{most} bytes held, {} MiB more in memory", grown >> 20);
        assert!(grown < GROWTH, "this process grew by {grown} bytes");
        if best.iter().all(|times| *times <= 3) {
            break;
        }
    }
    attackers.threads.shutdown_background();
    assert!(most < 2 * BYTES, "{most} bytes were held, with a bound of {BYTES}");
    assert!(best.iter().all(|times| *times <= SLOWER_MAX), "the honest ones were {best:?} times slower");
    house.stop_and_verify().await;
}
