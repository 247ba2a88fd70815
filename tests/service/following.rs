//! Whoever follows a log verifies as it goes: each batch ends in a checkpoint that extends the last.

use crate::support::{Cast, House, ORIGIN, PROLOGUE, decision, key};
use minutebook::client::memory::Memory;
use minutebook::client::{Client, ClientError, Followed, Following};
use minutebook::ledger::{Ledger, SystemClock};
use minutebook::proto::follow_entries_request::Start;
use minutebook::proto::follow_entries_response::Step;
use minutebook::proto::log_service_client::LogServiceClient;
use minutebook::proto::log_service_server::{LogService, LogServiceServer};
use minutebook::proto::proof_service_server::ProofServiceServer;
use minutebook::proto::{
    AppendEventRequest, AppendEventResponse, AppendEventsRequest, AppendEventsResponse, AppendStreamRequest,
    EntryBatch, FollowEntriesRequest, FollowEntriesResponse, GetEntryRequest, GetEntryResponse,
    GetLedgerRequest, GetLedgerResponse, ListEntriesRequest, ListEntriesResponse,
};
use minutebook::service::{Log, Proof};
use minutebook_log::{
    Algorithm, ConsistencyProof, Frontier, LogKey, Origin, SignedCheckpoint, TreeHash, TreeHead, TreeSize,
    VerifierKey, check_consistency,
};
use minutebook_store::SledEngine;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_stream::{Stream, StreamExt as _};
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status, Streaming};

async fn decide(house: &mut House, cast: &Cast) {
    let event = decision(&cast.secretary, "body/04K", "2019-07-04").signed(&house.ledger);
    house.append(&event).await.unwrap();
}

fn proof(hashes: &[Vec<u8>]) -> ConsistencyProof {
    let hash = |bytes: &Vec<u8>| TreeHash::from_bytes(bytes.as_slice().try_into().unwrap());
    ConsistencyProof(hashes.iter().map(hash).collect())
}

pub(crate) fn head(checkpoint: &[u8]) -> TreeHead {
    let origin: Origin = ORIGIN.parse().unwrap();
    let checkpoint = SignedCheckpoint::parse(checkpoint).unwrap();
    checkpoint.verify(&[VerifierKey::of((&origin).into(), Algorithm::Ed25519, &key(9))]).unwrap();
    checkpoint.unverified().head
}

async fn next_batch(stream: &mut Streaming<FollowEntriesResponse>) -> EntryBatch {
    loop {
        if let Step::Batch(batch) = stream.message().await.unwrap().unwrap().step.unwrap() {
            return batch;
        }
    }
}

#[tokio::test]
async fn each_batch_ends_in_a_checkpoint_that_extends_the_last() {
    const RESUMED: u64 = 3;
    let (mut house, cast) = House::with_cast("re-enactment").await;
    let mut log = LogServiceClient::new(house.channel.clone());
    let mut whole = log.follow_entries(FollowEntriesRequest::default()).await.unwrap().into_inner();
    let mut tree = Frontier::EMPTY;
    let first = next_batch(&mut whole).await;
    let mut resumed_at = None;
    for entry in &first.entries {
        tree.append(TreeHash::leaf(&entry.content));
        resumed_at = resumed_at.or((tree.size() == TreeSize(RESUMED)).then(|| tree.head()));
    }
    assert_eq!(head(&first.checkpoint), tree.head());
    let request = FollowEntriesRequest { start: Some(Start::From(RESUMED)), ..Default::default() };
    let mut resumed = log.follow_entries(request).await.unwrap().into_inner();
    let Some(Step::Begun(begun)) = resumed.message().await.unwrap().unwrap().step else {
        panic!("where it begins")
    };
    check_consistency(resumed_at.unwrap(), head(&begun.checkpoint), &proof(&begun.extends_last)).unwrap();
    assert_eq!(next_batch(&mut resumed).await.entries[0].position, RESUMED);

    let mut last = head(&first.checkpoint);
    for _decision in 0..3 {
        decide(&mut house, &cast).await;
        let batch = next_batch(&mut whole).await;
        batch.entries.iter().for_each(|entry| drop(tree.append(TreeHash::leaf(&entry.content))));
        let now = head(&batch.checkpoint);
        check_consistency(last, now, &proof(&batch.extends_last)).unwrap();
        check_consistency(tree.head(), now, &proof(&batch.extends_entries)).unwrap();
        last = now;
    }
    assert_eq!(last.size, TreeSize(PROLOGUE + 3));
}

#[tokio::test]
async fn a_batch_of_a_longer_log_is_proved_to_be_in_it() {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    let events: Vec<_> = (0..700)
        .map(|_event| decision(&cast.secretary, "body/04K", "2019-07-04").signed(&house.ledger))
        .collect();
    house.append_all(&events).await.unwrap();
    let state = tempfile::tempdir().unwrap();
    let (_client, mut following) = follow(&format!("http://{}", house.address), &state).await.unwrap();
    let mut batches = 0;
    while following.size() < PROLOGUE + 700 {
        batches += u64::from(matches!(following.next().await.unwrap(), Some(Followed::Entries(_))));
    }
    assert!(batches > 1, "more than one step is needed");
}

async fn follow(server: &str, state: &TempDir) -> Result<(Client, Following), ClientError> {
    let mut client = Client::connect(server, Memory::at(state.path())).await?;
    let known = client.ledger().await?;
    let following = client.follow(&known).await?;
    Ok((client, following))
}

#[tokio::test]
async fn a_client_follows_and_remembers_what_it_verified() {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    let state = tempfile::tempdir().unwrap();
    let (_client, mut following) = follow(&format!("http://{}", house.address), &state).await.unwrap();
    let Some(Followed::Entries(entries)) = following.next().await.unwrap() else { panic!("history first") };
    assert_eq!(entries.len() as u64, PROLOGUE);
    assert!(matches!(following.next().await.unwrap(), Some(Followed::CaughtUp(PROLOGUE))));
    decide(&mut house, &cast).await;
    let Some(Followed::Entries(entries)) = following.next().await.unwrap() else {
        panic!("then what is new")
    };
    assert_eq!((entries[0].0.position.0, following.size()), (PROLOGUE, PROLOGUE + 1));
    let kept = Memory::at(state.path()).recall_checkpoint(house.ledger.id).unwrap().unwrap();
    assert_eq!(kept.unverified().head.size, TreeSize(PROLOGUE + 1));
}

#[tokio::test]
async fn who_follows_goes_on_after_a_restart_where_it_was() {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    let (state, address) = (tempfile::tempdir().unwrap(), house.address);
    let (_client, mut following) = follow(&format!("http://{address}"), &state).await.unwrap();
    assert!(matches!(following.next().await.unwrap(), Some(Followed::Entries(_))));
    assert!(matches!(following.next().await.unwrap(), Some(Followed::CaughtUp(PROLOGUE))));
    decide(&mut house, &cast).await;
    assert!(matches!(following.next().await.unwrap(), Some(Followed::Entries(_))));
    let dir = house.stop().await;
    let lost = following.next().await;
    assert!(lost.as_ref().is_err_and(ClientError::is_passing), "{lost:?}");
    assert!(following.resume().await.unwrap_err().is_passing(), "nobody is there");
    let mut house = House::serve_again(dir, address).await;
    decide(&mut house, &cast).await;
    while let Err(error) = following.resume().await {
        assert!(error.is_passing(), "{error}");
        tokio::task::yield_now().await;
    }
    let Some(Followed::Entries(entries)) = following.next().await.unwrap() else { panic!("what is new") };
    let positions: Vec<_> = entries.iter().map(|(entry, _bytes)| entry.position.0).collect();
    assert_eq!(positions, [PROLOGUE + 1], "no gap and no double");
    assert!(
        matches!(following.next().await.unwrap(), Some(Followed::CaughtUp(size)) if size == PROLOGUE + 2)
    );
    // Another ledger at the same address is no restart.
    drop(house.stop().await);
    let other = House::open("live").await.stop().await;
    let other = House::serve_again(other, address).await;
    let told = loop {
        match following.resume().await {
            Err(error) if error.is_passing() => tokio::task::yield_now().await,
            told => break told,
        }
    };
    assert!(told.as_ref().is_err_and(|error| !error.is_passing()), "{told:?}");
    other.stop().await;
}

/// Changes a batch, given its number.
type BatchLie = fn(usize, EntryBatch) -> EntryBatch;

/// Changes what follows: given the number of the step and the step; nothing where it is left out.
pub(crate) type Lie = fn(usize, Step) -> Option<Step>;

/// How a server lies.
enum Lies {
    Batches(BatchLie),
    Steps(Lie),
    /// It sends everything, whatever is asked for.
    Deaf,
}

/// A server that tells the truth but to those who follow.
struct Liar {
    log: Log,
    lies: Arc<Lies>,
}

#[tonic::async_trait]
impl LogService for Liar {
    async fn get_ledger(
        &self,
        request: Request<GetLedgerRequest>,
    ) -> Result<Response<GetLedgerResponse>, Status> {
        self.log.get_ledger(request).await
    }

    async fn append_event(
        &self,
        request: Request<AppendEventRequest>,
    ) -> Result<Response<AppendEventResponse>, Status> {
        self.log.append_event(request).await
    }

    async fn append_events(
        &self,
        request: Request<AppendEventsRequest>,
    ) -> Result<Response<AppendEventsResponse>, Status> {
        self.log.append_events(request).await
    }

    type AppendStreamStream = <Log as LogService>::AppendStreamStream;

    async fn append_stream(
        &self,
        request: Request<Streaming<AppendStreamRequest>>,
    ) -> Result<Response<Self::AppendStreamStream>, Status> {
        self.log.append_stream(request).await
    }

    async fn get_entry(
        &self,
        request: Request<GetEntryRequest>,
    ) -> Result<Response<GetEntryResponse>, Status> {
        self.log.get_entry(request).await
    }

    async fn list_entries(
        &self,
        request: Request<ListEntriesRequest>,
    ) -> Result<Response<ListEntriesResponse>, Status> {
        self.log.list_entries(request).await
    }

    type FollowEntriesStream =
        Pin<Box<dyn Stream<Item = Result<FollowEntriesResponse, Status>> + Send + 'static>>;

    async fn follow_entries(
        &self,
        request: Request<FollowEntriesRequest>,
    ) -> Result<Response<Self::FollowEntriesStream>, Status> {
        let (lies, mut number) = (Arc::clone(&self.lies), 0);
        let mut request = request.into_inner();
        if matches!(*lies, Lies::Deaf) {
            request.selections.clear();
        }
        let steps = self.log.follow_entries(Request::new(request)).await?.into_inner();
        let steps = steps.filter_map(move |step| {
            let Ok(FollowEntriesResponse { step: Some(step) }) = step else { return Some(step) };
            let step = match (&*lies, step) {
                (Lies::Batches(lie), Step::Batch(batch)) => {
                    number += 1;
                    Some(Step::Batch(lie(number, batch)))
                }
                (Lies::Steps(lie), step) => {
                    number += 1;
                    lie(number, step)
                }
                (_, step) => Some(step),
            };
            step.map(|step| Ok(FollowEntriesResponse { step: Some(step) }))
        });
        Ok(Response::new(Box::pin(steps)))
    }
}

/// What the log's own key signs over another tree of that size.
pub(crate) fn forged(size: u64) -> Vec<u8> {
    let log_key = LogKey::new(ORIGIN.parse().unwrap(), key(9));
    let root = TreeHash::leaf(b"another");
    log_key.sign(TreeHead { size: TreeSize(size), root }).encode().into_bytes()
}

/// A server that lies so.
pub(crate) async fn serve_lying(ledger: &Ledger, lie: Lie) -> SocketAddr {
    serve(ledger, Lies::Steps(lie)).await
}

/// A server that sends everything, whatever is asked for.
pub(crate) async fn serve_deaf(ledger: &Ledger) -> SocketAddr {
    serve(ledger, Lies::Deaf).await
}

async fn serve(ledger: &Ledger, lies: Lies) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let liar = Liar { log: Log::new(ledger.clone()), lies: Arc::new(lies) };
    let router = Server::builder()
        .add_service(LogServiceServer::new(liar))
        .add_service(ProofServiceServer::new(Proof::new(Arc::clone(ledger.reader()), None)));
    tokio::spawn(router.serve_with_incoming(TcpIncoming::from(listener)));
    address
}

/// What becomes of who follows a server that lies so: one batch, then a decision, then another.
async fn followed(
    ledger: &Ledger,
    house: &crate::support::Cast,
    lie: BatchLie,
) -> (Result<(), ClientError>, u64, TempDir) {
    let server = format!("http://{}", serve(ledger, Lies::Batches(lie)).await);
    let state = tempfile::tempdir().unwrap();
    let (_client, mut following) = follow(&server, &state).await.unwrap();
    let before = ledger.reader().head().size;
    let known = crate::support::known_of(ledger.reader().id());
    let mut verified = 0;
    let outcome = async {
        while following.size() < before {
            following.next().await?;
            verified = following.size();
        }
        let event = decision(&house.secretary, "body/04K", "2019-07-04").signed(&known);
        ledger.append(vec![event]).await.unwrap();
        while following.size() <= before {
            following.next().await?;
        }
        verified = following.size();
        Ok(())
    };
    let outcome = outcome.await;
    (outcome, verified, state)
}

pub(crate) async fn told() -> (Ledger, Cast, TempDir) {
    let (house, cast) = House::with_cast("re-enactment").await;
    let dir = house.stop().await;
    let engine = SledEngine::open(&dir.path().join("ledger")).unwrap();
    (Ledger::open(engine, SystemClock::new(), key(9)).await.unwrap(), cast, dir)
}

#[tokio::test]
async fn a_server_that_lies_to_followers_is_noticed_at_once() {
    let (ledger, cast, _dir) = told().await;
    let truth: BatchLie = |_number, batch| batch;
    assert!(followed(&ledger, &cast, truth).await.0.is_ok());
    let lies: [(&str, BatchLie); 5] = [
        ("no checkpoint", |_number, batch| EntryBatch { checkpoint: Vec::new(), ..batch }),
        ("by a stranger", |_number, batch| {
            let stranger = LogKey::new(ORIGIN.parse().unwrap(), key(99));
            let head = head(&batch.checkpoint);
            EntryBatch { checkpoint: stranger.sign(head).encode().into_bytes(), ..batch }
        }),
        ("a checkpoint that does not cover the entries", |_number, batch| EntryBatch {
            checkpoint: forged(1),
            extends_entries: Vec::new(),
            ..batch
        }),
        ("an entry that was changed", |_number, mut batch| {
            let at = batch.entries[1].content.len() - 40;
            batch.entries[1].content[at] ^= 1;
            batch
        }),
        ("an entry left out", |_number, mut batch| {
            batch.entries.remove(2.min(batch.entries.len() - 1));
            batch
        }),
    ];
    for (what, lie) in lies {
        let (outcome, verified, _state) = followed(&ledger, &cast, lie).await;
        assert!(matches!(outcome, Err(ClientError::Lies { .. })), "{what}: {outcome:?}");
        assert_eq!(verified, 0, "{what}");
    }
    ledger.close().await;
}

#[tokio::test]
async fn two_histories_in_one_stream_are_evidence() {
    let (ledger, cast, _dir) = told().await;
    let lies: [(&str, BatchLie); 3] = [
        ("another tree than that of the entries", |number, batch| match number {
            1 => batch,
            _ => EntryBatch { checkpoint: forged(head(&batch.checkpoint).size.0), ..batch },
        }),
        ("a larger tree, without a proof", |number, batch| match number {
            1 => batch,
            _ => EntryBatch { checkpoint: forged(1000), ..batch },
        }),
        ("no proof that it extends the last", |number, batch| match number {
            1 => batch,
            _ => EntryBatch { extends_last: Vec::new(), ..batch },
        }),
    ];
    for (what, lie) in lies {
        let before = ledger.reader().head().size;
        let (outcome, verified, state) = followed(&ledger, &cast, lie).await;
        let Err(ClientError::Fork { fork, saved }) = outcome else { panic!("{what}: {outcome:?}") };
        assert_eq!(verified, before, "{what}");
        assert!(fork.differs().contains("does not extend"), "{what}: {}", fork.differs());
        let kept: serde_json::Value =
            serde_json::from_slice(&std::fs::read(saved.unwrap()).unwrap()).unwrap();
        assert_eq!(head(kept["checkpoints"]["before"].as_str().unwrap().as_bytes()).size, TreeSize(before));
        let remembered = Memory::at(state.path()).recall_checkpoint(ledger.reader().id()).unwrap().unwrap();
        assert_eq!(remembered.unverified().head.size, TreeSize(before), "{what}: nothing of it is kept");
    }
    ledger.close().await;
}
