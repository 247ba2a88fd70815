//! A ledger with its registrars, a server on a free port and a client: what the stories are told with.

#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]

pub mod engines;
pub mod played;

use minutebook::author::{self, LedgerRef, UnboundEvent};
use minutebook::doors::{Doors, Ending, Limits, Room};
use minutebook::ledger::{self, Ledger, SystemClock};
use minutebook::proto::log_service_client::LogServiceClient;
use minutebook::proto::register_service_client::RegisterServiceClient;
use minutebook::proto::{
    AppendEventRequest, AppendEventsRequest, AppendedEvent, EventSignature, GetLedgerRequest, SignedEvent,
};
use minutebook::published::Publisher;
use minutebook::server;
use minutebook_log::{
    Event, EventDraft, EventId, EventType, Hash, PublicKey, SecretKey, Seen, Signed, Subject, Timestamp,
};
use minutebook_store::{Engine, ReadLimits, SledEngine};
use minutebook_verify::AuditVerdict;
use serde_json::{Map, Value, json};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::transport::Channel;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

/// The name of every ledger here.
pub const ORIGIN: &str = "minutebook.example/tests";

/// A moment as events have it.
pub fn moment(text: &str) -> Timestamp {
    Timestamp::parse_event_time(text).unwrap()
}

/// The key of a seed.
pub fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed(&[seed; 32])
}

/// The two registrars who must both sign.
pub fn registrars() -> [SecretKey; 2] {
    [key(1), key(2)]
}

/// A new id, in the order of the calls.
pub fn new_id() -> EventId {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let count = NEXT.fetch_add(1, Ordering::Relaxed);
    let mut random = [0; 10];
    random[2..].copy_from_slice(&count.to_be_bytes());
    EventId::from_parts(1_562_245_500_000, &random)
}

/// Who signs as what, for which body.
#[derive(Clone, Copy)]
pub struct Signs<'a> {
    pub key: &'a SecretKey,
    pub capacity: &'a str,
    pub body: Option<&'a str>,
}

/// A signature for no body.
pub fn signs<'a>(key: &'a SecretKey, capacity: &'a str) -> Signs<'a> {
    Signs { key, capacity, body: None }
}

/// A signature for a body.
pub fn signs_for<'a>(key: &'a SecretKey, capacity: &'a str, body: &'a str) -> Signs<'a> {
    Signs { key, capacity, body: Some(body) }
}

/// The `data` of an event.
pub fn data(standing: &str, signatories: &[Signs<'_>], facts: Value) -> Map<String, Value> {
    let signatory = |signs: &Signs<'_>| match signs.body {
        Some(body) => json!({"key": signs.key.public(), "capacity": signs.capacity, "body": body}),
        None => json!({"key": signs.key.public(), "capacity": signs.capacity}),
    };
    let signatories: Vec<_> = signatories.iter().map(signatory).collect();
    let data = json!({"standing": standing, "signatories": signatories, "facts": facts});
    data.as_object().unwrap().clone()
}

/// The opening event of a ledger for `purpose`.
pub fn opening(purpose: &str) -> Signed {
    let [one, two] = registrars();
    let facts = json!({
        "origin": ORIGIN,
        "purpose": purpose,
        "checkpoint_key": key(9).public(),
        "registrars": [{"key": one.public(), "holder": "one"}, {"key": two.public(), "holder": "two"}],
        "threshold": 2,
        "rules": 1,
    });
    let signatories = [signs(&one, "registrar"), signs(&two, "registrar")];
    let draft = EventDraft {
        id: new_id(),
        source: ORIGIN.parse().unwrap(),
        event_type: EventType { name: "LedgerOpened".to_owned(), version: 1 },
        subject: "ledger".parse().unwrap(),
        time: moment("2019-01-01T00:00:00Z"),
        ledger: None,
        seen: None,
        correlation_id: None,
        causation_id: None,
        data: data("own_act", &signatories, facts),
    };
    author::sign(draft.encode().unwrap(), [&one, &two]).unwrap()
}

/// What authors know of a ledger once they have its opening entry.
pub fn known_of(id: Hash) -> LedgerRef {
    LedgerRef {
        origin: ORIGIN.parse().unwrap(),
        id,
        seen: Seen { position: minutebook_log::Position(0), hash: id },
    }
}

/// An event that is drafted and can still be changed.
#[derive(Clone)]
pub struct Story<'a> {
    pub type_name: &'a str,
    pub subject: String,
    pub time: &'a str,
    pub standing: &'a str,
    pub signs: Vec<Signs<'a>>,
    pub facts: Value,
}

impl Story<'_> {
    /// Its event, bound to a ledger.
    pub fn event(&self, ledger: &LedgerRef) -> Event {
        let draft = UnboundEvent {
            id: new_id(),
            type_name: self.type_name.to_owned(),
            subject: self.subject.parse::<Subject>().unwrap(),
            time: moment(self.time),
            correlation_id: None,
            data: data(self.standing, &self.signs, self.facts.clone()),
        };
        draft.bind(ledger).unwrap()
    }

    /// Its event, signed by everybody who is to sign.
    pub fn signed(&self, ledger: &LedgerRef) -> Signed {
        author::sign(self.event(ledger), self.signs.iter().map(|signs| signs.key)).unwrap()
    }
}

const TIME: &str = "2019-07-04T13:05:00Z";

/// Both registrars enrol `new`, which signs beside them.
pub fn enrolment<'a>(registrars: &'a [SecretKey; 2], new: &'a SecretKey) -> Story<'a> {
    let [one, two] = registrars;
    Story {
        type_name: "KeyEnrolled",
        subject: format!("key/{}", new.public()),
        time: TIME,
        standing: "own_act",
        signs: vec![signs(one, "registrar"), signs(two, "registrar"), signs(new, "holder")],
        facts: json!({"holder": format!("holder-{}", new.public()), "use": "author", "label": "a role"}),
    }
}

/// Both registrars grant: facts beyond key and capacity are `limits`, over any body and type.
pub fn grant<'a>(
    registrars: &'a [SecretKey; 2],
    slug: &str,
    to: &SecretKey,
    capacity: &str,
    limits: Value,
) -> Story<'a> {
    let [one, two] = registrars;
    let reports = matches!(capacity, "register" | "importer");
    let standings = if reports { json!(["register", "third_party"]) } else { json!(["own_act"]) };
    let mut facts = json!({
        "key": to.public(), "capacity": capacity, "bodies": "any", "types": "any", "standings": standings,
    });
    facts.as_object_mut().unwrap().extend(limits.as_object().unwrap().clone());
    Story {
        type_name: "AuthorityGranted",
        subject: format!("grant/{slug}"),
        time: TIME,
        standing: "own_act",
        signs: vec![signs(one, "registrar"), signs(two, "registrar")],
        facts,
    }
}

/// A register lists a CCG, open from 1 April 2013, that covers the unit of its own code.
pub fn ccg<'a>(register: &'a SecretKey, code: &str) -> Story<'a> {
    Story {
        type_name: "BodyRegistered",
        subject: format!("body/{code}"),
        time: TIME,
        standing: "register",
        signs: vec![signs(register, "register")],
        facts: json!({
            "kind": "ccg", "name": format!("NHS {code} Clinical Commissioning Group"), "from": "2013-04-01",
            "codes": [{"scheme": "ods", "value": code, "from": "2013-04-01"}], "units": [code],
        }),
    }
}

/// A governing body decides something that changes nothing.
pub fn decision<'a>(secretary: &'a SecretKey, body: &'a str, decided_on: &str) -> Story<'a> {
    Story {
        type_name: "DecisionRecorded",
        subject: body.to_owned(),
        time: TIME,
        standing: "own_act",
        signs: vec![signs_for(secretary, "secretary", body)],
        facts: json!({
            "decided_on": decided_on, "mode": "meeting", "outcome": "approved", "text": "The minutes are agreed.",
            "reasons": "They are right.", "effect": {"none": {}},
        }),
    }
}

/// An event as it goes over the wire.
pub fn message(signed: &Signed) -> SignedEvent {
    let signature = |(key, signature): &(PublicKey, minutebook_log::Signature)| EventSignature {
        public_key: key.as_bytes().to_vec(),
        signature: signature.as_bytes().to_vec(),
    };
    SignedEvent {
        event: signed.event().bytes().to_vec(),
        signatures: signed.signatures().iter().map(signature).collect(),
    }
}

/// Any bytes, signed.
pub fn signed_bytes(bytes: &[u8], keys: &[&SecretKey]) -> SignedEvent {
    let signature = |key: &&SecretKey| EventSignature {
        public_key: key.public().as_bytes().to_vec(),
        signature: key.sign(bytes).as_bytes().to_vec(),
    };
    SignedEvent { event: bytes.to_vec(), signatures: keys.iter().map(signature).collect() }
}

/// A ledger that is served, with a client.
pub struct House {
    pub log: LogServiceClient<Channel>,
    pub register: RegisterServiceClient<Channel>,
    pub channel: Channel,
    pub address: SocketAddr,
    pub ledger: LedgerRef,
    dir: TempDir,
    shutdown: oneshot::Sender<()>,
    server: JoinHandle<Result<(), server::ServerError>>,
}

/// A secretary of body/04K and a register, both enrolled and granted, and the body itself.
pub struct Cast {
    pub registrars: [SecretKey; 2],
    pub secretary: SecretKey,
    pub register: SecretKey,
}

impl Cast {
    pub fn new() -> Self {
        Self { registrars: registrars(), secretary: key(10), register: key(11) }
    }

    /// What comes before any decision of 04K, in order.
    pub fn prologue(&self, ledger: &LedgerRef) -> Vec<Signed> {
        let Self { registrars, secretary, register } = self;
        let limits = json!({"bodies": ["body/04K"], "acts_from": "2013-04-01", "acts_until": "2020-04-01"});
        let stories = [
            enrolment(registrars, secretary),
            enrolment(registrars, register),
            grant(registrars, "secretary-04K", secretary, "secretary", limits),
            grant(registrars, "register", register, "register", json!({})),
            ccg(register, "04K"),
        ];
        stories.iter().map(|story| story.signed(ledger)).collect()
    }
}

/// How many entries there are once [`Cast::prologue`] is told.
pub const PROLOGUE: u64 = 6;

impl House {
    /// Makes a ledger in a folder of its own, and serves it.
    pub async fn open(purpose: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = moment("2020-01-01T00:00:00Z");
        ledger::create(&dir.path().join("ledger"), &opening(purpose), clock).await.unwrap();
        Self::serve(dir).await
    }

    /// A house with a cast behind doors with these limits, what is held there, and the order to stop it.
    pub async fn behind(limits: Limits) -> (Self, Cast, Arc<Room>, Ending) {
        Self::behind_doors(|listener| Doors::new(listener, limits)).await
    }

    /// The same, behind doors of one's own.
    pub async fn behind_doors(doors: impl FnOnce(TcpListener) -> Doors) -> (Self, Cast, Arc<Room>, Ending) {
        let (house, cast) = Self::with_cast("re-enactment").await;
        let dir = house.stop().await;
        let engine = SledEngine::open(&dir.path().join("ledger")).unwrap();
        let opened = Ledger::open(engine, SystemClock::new(), key(9)).await.unwrap();
        let publisher = Publisher::open(&dir.path().join("ledger/published"), &opened).await.unwrap();
        let ledger = known_of(opened.reader().id());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (doors, ending) = (doors(listener), Ending::default());
        let (room, (shutdown, asked), told) = (doors.room(), oneshot::channel::<()>(), ending.clone());
        tokio::spawn(async move {
            if asked.await.is_ok() {
                told.stop();
            }
        });
        let server = tokio::spawn(server::serve(doors, opened, Some(publisher), ending.clone()));
        let channel = Channel::from_shared(format!("http://{address}")).unwrap().connect_lazy();
        let (log, register) =
            (LogServiceClient::new(channel.clone()), RegisterServiceClient::new(channel.clone()));
        (Self { log, register, channel, address, ledger, dir, shutdown, server }, cast, room, ending)
    }

    /// Waits until the server has ended by itself.
    pub async fn ended(self) {
        self.server.await.unwrap().unwrap();
    }

    /// A house in which the cast has been introduced.
    pub async fn with_cast(purpose: &str) -> (Self, Cast) {
        let (mut house, cast) = (Self::open(purpose).await, Cast::new());
        house.append_all(&cast.prologue(&house.ledger)).await.unwrap();
        (house, cast)
    }

    /// Serves the ledger in a folder.
    pub async fn serve(dir: TempDir) -> Self {
        let engine = SledEngine::open(&dir.path().join("ledger")).unwrap();
        let opened = Ledger::open(engine, SystemClock::new(), key(9)).await.unwrap();
        let publisher = Publisher::open(&dir.path().join("ledger/published"), &opened).await.unwrap();
        Self::serve_with(dir, opened, publisher).await
    }

    /// Serves a ledger that is open.
    pub async fn serve_with(dir: TempDir, opened: Ledger, publisher: Publisher) -> Self {
        let ledger = known_of(opened.reader().id());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (channel, shutdown, server) = serve_on(listener, opened, Some(publisher)).await;
        let (log, register) =
            (LogServiceClient::new(channel.clone()), RegisterServiceClient::new(channel.clone()));
        Self { log, register, channel, address, ledger, dir, shutdown, server }
    }

    /// The folder of the ledger.
    pub fn folder(&self) -> PathBuf {
        self.dir.path().join("ledger")
    }

    /// Sends one event.
    pub async fn append(&mut self, signed: &Signed) -> Result<AppendedEvent, Status> {
        self.append_message(message(signed)).await
    }

    /// Sends whatever goes over the wire.
    pub async fn append_message(&mut self, event: SignedEvent) -> Result<AppendedEvent, Status> {
        let response = self.log.append_event(AppendEventRequest { signed_event: Some(event) }).await?;
        Ok(response.into_inner().appended.unwrap())
    }

    /// Sends several events at once.
    pub async fn append_all(&mut self, signed: &[Signed]) -> Result<Vec<AppendedEvent>, Status> {
        let signed_events = signed.iter().map(message).collect();
        let response =
            self.log.append_events(AppendEventsRequest { signed_events, validate_only: false }).await?;
        Ok(response.into_inner().appended)
    }

    /// How many entries there are, and the hash of the last.
    pub async fn head(&mut self) -> (u64, String) {
        let ledger = self.log.get_ledger(GetLedgerRequest {}).await.unwrap().into_inner().ledger.unwrap();
        (ledger.size, ledger.head_hash)
    }

    /// Stops the server and waits for it.
    pub async fn stop(self) -> TempDir {
        self.shutdown.send(()).unwrap();
        self.server.await.unwrap().unwrap();
        self.dir
    }

    /// Starts a server on the folder of one that was stopped, where that was.
    pub async fn serve_again(dir: TempDir, address: SocketAddr) -> Self {
        let engine = SledEngine::open(&dir.path().join("ledger")).unwrap();
        let opened = Ledger::open(engine, SystemClock::new(), key(9)).await.unwrap();
        let ledger = known_of(opened.reader().id());
        let listener = TcpListener::bind(address).await.unwrap();
        let (channel, shutdown, server) = serve_on(listener, opened, None).await;
        let (log, register) =
            (LogServiceClient::new(channel.clone()), RegisterServiceClient::new(channel.clone()));
        Self { log, register, channel, address, ledger, dir, shutdown, server }
    }

    /// Stops the server and starts another on the same folder.
    pub async fn restart(self) -> Self {
        Self::serve(self.stop().await).await
    }

    /// Stops the server, and verifies the whole book from its bytes: returns how many entries there are.
    pub async fn stop_and_verify(self) -> u64 {
        let dir = self.stop().await;
        check_ledger(&dir.path().join("ledger")).await
    }
}

/// Serves a ledger on a free port, and connects.
pub async fn serve<E: Engine>(
    ledger: Ledger<E>,
    publisher: Option<Publisher<E>>,
) -> (Channel, oneshot::Sender<()>, JoinHandle<Result<(), server::ServerError>>) {
    serve_on(TcpListener::bind("127.0.0.1:0").await.unwrap(), ledger, publisher).await
}

async fn serve_on<E: Engine>(
    listener: TcpListener,
    ledger: Ledger<E>,
    publisher: Option<Publisher<E>>,
) -> (Channel, oneshot::Sender<()>, JoinHandle<Result<(), server::ServerError>>) {
    let address = listener.local_addr().unwrap();
    let (shutdown, asked) = oneshot::channel::<()>();
    let server = tokio::spawn(server::run(listener, ledger, publisher, async {
        let _asked = asked.await;
    }));
    let channel = Channel::from_shared(format!("http://{address}")).unwrap().connect().await.unwrap();
    (channel, shutdown, server)
}

/// The whole invariant of a ledger at rest: every entry, from its bytes alone.
pub async fn check_ledger(folder: &Path) -> u64 {
    let engine = SledEngine::open(folder).unwrap();
    check_entries(&engine).await
}

/// The same, of any engine.
pub async fn check_entries<E: Engine>(engine: &E) -> u64 {
    let limits = ReadLimits { entries: usize::MAX, bytes: usize::MAX };
    let stored = engine.entries(minutebook_log::Position(0), limits).await.unwrap();
    let bytes = stored.into_iter().map(|stored| Ok::<_, std::convert::Infallible>(stored.bytes));
    let report = minutebook_verify::verify(bytes, |_read| {}).unwrap();
    assert_eq!(report.verdict, AuditVerdict::Verified, "{:?}", report.exception);
    assert_eq!(report.head, engine.head().await.unwrap());
    report.head.size
}

/// What a refusal says: its code, the reason of its ErrorInfo, and all details.
pub fn refusal(status: &Status) -> (Code, String, ErrorDetails) {
    let details = status.get_error_details();
    let info = details.error_info().expect("every status has an ErrorInfo").clone();
    assert_eq!(info.domain, "minutebook");
    (status.code(), info.reason, details)
}

/// A value of the ErrorInfo's metadata.
pub fn metadata(details: &ErrorDetails, name: &str) -> String {
    details.error_info().unwrap().metadata.get(name).cloned().unwrap_or_default()
}
