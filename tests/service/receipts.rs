//! Receipts and proofs: every entry in every later tree, and nothing that is not so.

use crate::support::{Cast, House, ORIGIN, PROLOGUE, decision, enrolment, key, message, refusal};
use minutebook::client::memory::Memory;
use minutebook::client::{Client, ClientError};
use minutebook::ledger::{Ledger, SystemClock};
use minutebook::proto::log_service_server::LogServiceServer;
use minutebook::proto::proof_service_client::ProofServiceClient;
use minutebook::proto::proof_service_server::{ProofService, ProofServiceServer};
use minutebook::proto::{
    AppendEventRequest, AppendEventsRequest, GetCheckpointRequest, GetCheckpointResponse,
    GetConsistencyProofRequest, GetConsistencyProofResponse, GetEntryRequest, GetInclusionProofRequest,
    GetInclusionProofResponse, GetLogKeysRequest, GetLogKeysResponse, GetReceiptRequest, GetReceiptResponse,
    ListKeptCheckpointsRequest, ListKeptCheckpointsResponse, get_entry_request, get_receipt_request,
};
use minutebook::service::Log;
use minutebook_log::{
    Algorithm, ConsistencyProof, InclusionProof, LogKey, Origin, Policy, Position, Receipt, ReceiptError,
    SignedCheckpoint, TreeHash, TreeHead, TreeSize, VerifierKey, check_consistency,
};
use minutebook_store::SledEngine;
use std::fs;
use tokio::net::TcpListener;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Server};
use tonic::{Code, Request, Response, Status};

fn vkey() -> VerifierKey {
    let origin: Origin = ORIGIN.parse().unwrap();
    VerifierKey::of((&origin).into(), Algorithm::Ed25519, &key(9))
}

fn policy() -> Policy {
    Policy::of_log(vkey()).unwrap()
}

fn checkpoint(bytes: &[u8]) -> SignedCheckpoint {
    let checkpoint = SignedCheckpoint::parse(bytes).unwrap();
    checkpoint.verify(&[vkey()]).unwrap();
    checkpoint
}

fn head(checkpoint: &SignedCheckpoint) -> TreeHead {
    checkpoint.unverified().head
}

fn hashes(hashes: Vec<Vec<u8>>) -> Vec<TreeHash> {
    hashes.into_iter().map(|hash| TreeHash::from_bytes(hash.try_into().unwrap())).collect()
}

/// Whoever asks for proofs.
struct Prover(ProofServiceClient<Channel>);

impl Prover {
    fn of(house: &House) -> Self {
        Self(ProofServiceClient::new(house.channel.clone()))
    }

    async fn newest(&mut self) -> SignedCheckpoint {
        checkpoint(&self.0.get_checkpoint(GetCheckpointRequest {}).await.unwrap().into_inner().newest)
    }

    async fn inclusion(&mut self, position: u64, size: u64) -> Result<InclusionProof, Status> {
        let request = GetInclusionProofRequest { position, size };
        Ok(InclusionProof(hashes(self.0.get_inclusion_proof(request).await?.into_inner().hashes)))
    }

    async fn consistency(&mut self, from_size: u64, to_size: u64) -> Result<ConsistencyProof, Status> {
        let request = GetConsistencyProofRequest { from_size, to_size };
        Ok(ConsistencyProof(hashes(self.0.get_consistency_proof(request).await?.into_inner().hashes)))
    }

    async fn receipt(&mut self, entry: get_receipt_request::Entry) -> Result<Receipt, Status> {
        let request = GetReceiptRequest { entry: Some(entry) };
        Ok(Receipt::parse(&self.0.get_receipt(request).await?.into_inner().receipt).unwrap())
    }
}

/// A house told entry by entry: its entries and the checkpoint at each size from 1 on.
async fn told() -> (House, Vec<Vec<u8>>, Vec<SignedCheckpoint>) {
    let (mut house, cast) = (House::open("re-enactment").await, Cast::new());
    let mut prover = Prover::of(&house);
    let mut checkpoints = vec![prover.newest().await];
    for signed in cast.prologue(&house.ledger) {
        let request = AppendEventRequest { signed_event: Some(message(&signed)) };
        let answer = house.log.append_event(request).await.unwrap().into_inner();
        let receipt = Receipt::parse(&answer.receipt).unwrap();
        let received = receipt.check_for(signed.event().bytes(), &policy()).unwrap();
        assert_eq!(received.included().position().0, answer.appended.unwrap().position);
        checkpoints.push(receipt.checkpoint);
    }
    let mut entries = Vec::new();
    for position in 0..PROLOGUE {
        let entry = Some(get_entry_request::Entry::Position(position));
        let answer = house.log.get_entry(GetEntryRequest { entry }).await.unwrap().into_inner();
        entries.push(answer.entry.unwrap().content);
    }
    (house, entries, checkpoints)
}

#[tokio::test]
async fn every_entry_has_a_receipt_in_every_later_tree() {
    let (house, entries, checkpoints) = told().await;
    let mut prover = Prover::of(&house);
    assert_eq!(checkpoints.iter().map(|signed| head(signed).size.0).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
    for signed in &checkpoints {
        let size = head(signed).size.0;
        for (position, entry) in (0..size).zip(&entries) {
            let proof = prover.inclusion(position, size).await.unwrap();
            let (entry, position) = (entry.clone(), Position(position));
            let receipt = Receipt { entry, position, proof, checkpoint: signed.clone() };
            let read = Receipt::parse(receipt.encode().as_bytes()).unwrap();
            assert_eq!(read.check(&policy()).unwrap().included().head(), head(signed));
            refuse_what_is_not_so(&receipt, &entries, &checkpoints);
        }
    }
    house.stop_and_verify().await;
}

/// Every receipt near a right one that would prove something else.
fn refuse_what_is_not_so(right: &Receipt, entries: &[Vec<u8>], checkpoints: &[SignedCheckpoint]) {
    let refused = |receipt: Receipt, what: &str| {
        let checked = receipt.check(&policy());
        assert!(checked.is_err(), "{what}: {} under {:?}", receipt.position, receipt.checkpoint);
    };
    for other in entries.iter().filter(|entry| **entry != right.entry) {
        refused(Receipt { entry: other.clone(), ..right.clone() }, "another entry");
    }
    for other in checkpoints.iter().filter(|other| **other != right.checkpoint) {
        refused(Receipt { checkpoint: other.clone(), ..right.clone() }, "another size");
    }
    let with = |proof: Vec<TreeHash>| Receipt { proof: InclusionProof(proof), ..right.clone() };
    let hashes = right.proof.0.clone();
    let stranger = TreeHash::leaf(b"nothing");
    for at in 0..=hashes.len() {
        let mut padded = hashes.clone();
        padded.insert(at, stranger);
        refused(with(padded), "padded");
    }
    for at in 0..hashes.len() {
        let mut shortened = hashes.clone();
        shortened.remove(at);
        refused(with(shortened), "shortened");
        let mut other = hashes.clone();
        other[at] = stranger;
        refused(with(other), "another hash");
    }
    if !hashes.is_empty() {
        refused(with(Vec::new()), "empty");
    }
    refused(Receipt { position: Position(right.position.0 + 1), ..right.clone() }, "another position");
}

#[tokio::test]
async fn each_checkpoint_extends_those_before() {
    let (house, _entries, checkpoints) = told().await;
    let mut prover = Prover::of(&house);
    for (index, old) in checkpoints.iter().enumerate() {
        for new in &checkpoints[index..] {
            let (old, new) = (head(old), head(new));
            let proof = prover.consistency(old.size.0, new.size.0).await.unwrap();
            assert_eq!(check_consistency(old, new, &proof).unwrap().later(), new);
        }
    }
    // A server that is started again signs the same tree.
    let last = checkpoints.last().unwrap().clone();
    let house = house.restart().await;
    assert_eq!(Prover::of(&house).newest().await, last);
}

#[tokio::test]
async fn a_batch_is_answered_with_one_checkpoint_of_all() {
    let (mut house, cast) = (House::open("re-enactment").await, Cast::new());
    let signed_events = cast.prologue(&house.ledger).iter().map(message).collect();
    let answer = house
        .log
        .append_events(AppendEventsRequest { signed_events, validate_only: false })
        .await
        .unwrap()
        .into_inner();
    assert_eq!(head(&checkpoint(&answer.checkpoint)).size.0, PROLOGUE);
    let mut prover = Prover::of(&house);
    for appended in answer.appended {
        let by_position =
            prover.receipt(get_receipt_request::Entry::Position(appended.position)).await.unwrap();
        let received = by_position.check(&policy()).unwrap();
        assert_eq!(received.included().position().0, appended.position);
        let id = received.entry().event().id.to_string();
        let by_id = prover.receipt(get_receipt_request::Entry::EventId(id)).await.unwrap();
        assert_eq!((by_id.entry, by_id.position), (by_position.entry, by_position.position));
    }
}

#[tokio::test]
async fn the_same_event_again_gets_a_receipt_for_the_first() {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    let signed = decision(&cast.secretary, "body/04K", "2019-07-04").signed(&house.ledger);
    for again in [false, true] {
        let request = AppendEventRequest { signed_event: Some(message(&signed)) };
        let answer = house.log.append_event(request).await.unwrap().into_inner();
        let receipt = Receipt::parse(&answer.receipt).unwrap();
        assert_eq!(answer.appended.unwrap().again, again);
        assert_eq!(
            receipt.check_for(signed.event().bytes(), &policy()).unwrap().entry().position.0,
            PROLOGUE
        );
    }
    let other = decision(&cast.secretary, "body/04K", "2019-07-05").signed(&house.ledger);
    let answer = Prover::of(&house).receipt(get_receipt_request::Entry::Position(PROLOGUE)).await.unwrap();
    let refused = answer.check_for(other.event().bytes(), &policy()).unwrap_err();
    assert!(matches!(refused, ReceiptError::OtherEvent { .. }), "{refused}");
}

#[tokio::test]
async fn what_can_not_be_proved_is_refused() {
    let (house, _cast) = House::with_cast("re-enactment").await;
    let mut prover = Prover::of(&house);
    let mut refusals = Vec::new();
    for (position, size) in [(0, 0), (6, 6), (0, 7), (3, 3), (u64::MAX, u64::MAX)] {
        refusals.push(prover.inclusion(position, size).await.unwrap_err());
    }
    for (from, to) in [(0, 6), (6, 5), (1, 7), (u64::MAX, u64::MAX)] {
        refusals.push(prover.consistency(from, to).await.unwrap_err());
    }
    for status in refusals {
        let (code, reason, _details) = refusal(&status);
        assert_eq!((code, reason.as_str()), (Code::InvalidArgument, "INVALID_ARGUMENT"), "{status}");
    }
    let none = prover.receipt(get_receipt_request::Entry::Position(6)).await.unwrap_err();
    assert_eq!(refusal(&none).0, Code::NotFound);
}

/// An operator who holds the log's key, shows the true entries, and signs another tree.
struct Forger {
    checkpoint: SignedCheckpoint,
    /// What it gives as proofs; nothing where it refuses them.
    hashes: Option<Vec<Vec<u8>>>,
}

impl Forger {
    fn hashes(&self) -> Result<Vec<Vec<u8>>, Status> {
        self.hashes.clone().ok_or_else(|| Status::invalid_argument("ask for something else"))
    }
}

#[tonic::async_trait]
impl ProofService for Forger {
    async fn get_checkpoint(
        &self,
        _request: Request<GetCheckpointRequest>,
    ) -> Result<Response<GetCheckpointResponse>, Status> {
        let newest = self.checkpoint.encode().into_bytes();
        Ok(Response::new(GetCheckpointResponse { newest, published: Vec::new() }))
    }

    async fn get_inclusion_proof(
        &self,
        _request: Request<GetInclusionProofRequest>,
    ) -> Result<Response<GetInclusionProofResponse>, Status> {
        Ok(Response::new(GetInclusionProofResponse { hashes: self.hashes()? }))
    }

    async fn get_consistency_proof(
        &self,
        _request: Request<GetConsistencyProofRequest>,
    ) -> Result<Response<GetConsistencyProofResponse>, Status> {
        Ok(Response::new(GetConsistencyProofResponse { hashes: self.hashes()? }))
    }

    async fn get_receipt(
        &self,
        _request: Request<GetReceiptRequest>,
    ) -> Result<Response<GetReceiptResponse>, Status> {
        Err(Status::not_found("no receipt"))
    }

    async fn get_log_keys(
        &self,
        _request: Request<GetLogKeysRequest>,
    ) -> Result<Response<GetLogKeysResponse>, Status> {
        Ok(Response::new(GetLogKeysResponse::default()))
    }

    async fn list_kept_checkpoints(
        &self,
        _request: Request<ListKeptCheckpointsRequest>,
    ) -> Result<Response<ListKeptCheckpointsResponse>, Status> {
        Ok(Response::new(ListKeptCheckpointsResponse::default()))
    }
}

async fn forge(ledger: &Ledger, forger: Forger) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Server::builder()
        .add_service(LogServiceServer::new(Log::new(ledger.clone())))
        .add_service(ProofServiceServer::new(forger));
    tokio::spawn(router.serve_with_incoming(TcpIncoming::from(listener)));
    format!("http://{address}")
}

#[tokio::test]
async fn another_tree_over_the_same_entries_is_evidence() {
    let (house, _cast) = House::with_cast("re-enactment").await;
    let state = tempfile::tempdir().unwrap();
    let memory = Memory::at(state.path());
    let server = format!("http://{}", house.address);
    let known = Client::connect(&server, memory.clone()).await.unwrap().ledger().await.unwrap();
    let before = memory.recall_checkpoint(known.reference.id).unwrap().unwrap();
    assert_eq!((head(&before).size.0, &known.key), (PROLOGUE, &vkey()));

    let dir = house.stop().await;
    let engine = SledEngine::open(&dir.path().join("ledger")).unwrap();
    let ledger = Ledger::open(engine, SystemClock::new(), key(9)).await.unwrap();
    let log_key = LogKey::new(ORIGIN.parse().unwrap(), key(9));
    let stranger = TreeHash::leaf(b"another");
    for size in [1, PROLOGUE - 1, PROLOGUE, PROLOGUE + 1, PROLOGUE + 2] {
        for count in [None, Some(0), Some(1), Some(3)] {
            let checkpoint = log_key.sign(TreeHead { size: TreeSize(size), root: stranger });
            let hashes = count.map(|count| vec![stranger.as_bytes().to_vec(); count]);
            let server = forge(&ledger, Forger { checkpoint: checkpoint.clone(), hashes }).await;
            let refused = Client::connect(&server, memory.clone()).await.unwrap().ledger().await.unwrap_err();
            let ClientError::Fork { fork, saved } = refused else { panic!("size {size}: {refused}") };
            let kept = fs::read_to_string(saved.unwrap()).unwrap();
            let kept: serde_json::Value = serde_json::from_str(&kept).unwrap();
            assert_eq!(kept["checkpoints"]["before"], before.encode(), "{fork:?}");
            assert_eq!(kept["checkpoints"]["now"], checkpoint.encode());
            assert!(fork.differs().contains("checkpoint"), "{}", fork.differs());
            // Whoever comes for the first time has nothing to compare, and is not taken in either.
            let new = Memory::at(&state.path().join("new"));
            let refused = Client::connect(&server, new.clone()).await.unwrap().ledger().await.unwrap_err();
            assert!(matches!(refused, ClientError::Lies { .. } | ClientError::Refused(_)), "{refused}");
            assert!(new.recall_checkpoint(known.reference.id).unwrap().is_none());
        }
    }
    assert_eq!(memory.recall_checkpoint(known.reference.id).unwrap(), Some(before), "nothing of it is kept");
    ledger.close().await;
}

#[tokio::test]
async fn the_logs_key_is_not_passed_on_to_one_that_does_not_sign() {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    let new = key(60);
    let mut story = enrolment(&cast.registrars, &new);
    story.facts["use"] = "log".into();
    let refused = house.append(&story.signed(&house.ledger)).await.unwrap_err();
    let (code, reason, _details) = refusal(&refused);
    assert_eq!((code, reason.as_str()), (Code::FailedPrecondition, "LOG_KEY_NOT_HELD"));
    assert!(refused.message().contains("put its key file into the ledger's folder"), "{refused}");
    assert_eq!(house.stop_and_verify().await, PROLOGUE);
}
