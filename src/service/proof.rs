//! The proof service: checkpoints, proofs between them, receipts.

use crate::ledger::{Reader, Tree};
use crate::proto::proof_service_server::ProofService;
use crate::proto::{
    GetCheckpointRequest, GetCheckpointResponse, GetConsistencyProofRequest, GetConsistencyProofResponse,
    GetInclusionProofRequest, GetInclusionProofResponse, GetLogKeysRequest, GetLogKeysResponse,
    GetReceiptRequest, GetReceiptResponse, ListKeptCheckpointsRequest, ListKeptCheckpointsResponse, LogKey,
    get_receipt_request,
};
use crate::published::{NewestPublished, Publisher};
use crate::service::kept::Kept;
use crate::service::page::Page;
use crate::service::{receipt, status};
use minutebook_log::{
    Position, ProveError, SignedCheckpoint, TreeHash, TreeSize, prove_consistency, prove_inclusion,
};
use minutebook_store::{Engine, SledEngine};
use std::sync::Arc;
use tokio::sync::watch;
use tonic::{Request, Response, Status};

/// The proof service over one ledger, and over what of it is published.
pub struct Proof<E: Engine = SledEngine> {
    reader: Arc<Reader<E>>,
    published: Option<watch::Receiver<NewestPublished>>,
    kept: Option<Arc<Kept<E>>>,
}

impl<E: Engine> Proof<E> {
    /// The service of a ledger, and of what `publisher` publishes of it, where it is published.
    pub fn new(reader: Arc<Reader<E>>, publisher: Option<&Publisher<E>>) -> Self {
        let published = publisher.map(Publisher::watch);
        let kept = publisher.map(|publisher| Arc::new(Kept::of(publisher.shown())));
        Self { reader, published, kept }
    }

    fn published(&self) -> NewestPublished {
        self.published.as_ref().and_then(|published| published.borrow().clone())
    }

    /// The size asked for, unless it is beyond what a checkpoint covers.
    fn check_size(&self, member: &str, size: u64) -> Result<TreeSize, Status> {
        let newest = self.reader.checkpoint().unverified().head.size;
        if TreeSize(size) <= newest {
            return Ok(TreeSize(size));
        }
        Err(status::argument(member, &size.to_string(), format!("at most {newest}, the newest checkpoint's")))
    }

    /// The published checkpoint where it covers `position`, else the newest; and whether it is published.
    fn checkpoint_for(&self, position: Position) -> (Arc<SignedCheckpoint>, bool) {
        let covers = |published: &Arc<SignedCheckpoint>| published.unverified().head.size.holds(position);
        match self.published().filter(covers) {
            Some(published) => (published, true),
            None => (self.reader.checkpoint(), false),
        }
    }
}

#[tonic::async_trait]
impl<E: Engine> ProofService for Proof<E> {
    async fn get_checkpoint(
        &self,
        _request: Request<GetCheckpointRequest>,
    ) -> Result<Response<GetCheckpointResponse>, Status> {
        // In this order: what is published may be older, and never newer.
        let published = self.published().map_or_else(Vec::new, |published| published.encode().into_bytes());
        let newest = self.reader.checkpoint().encode().into_bytes();
        Ok(Response::new(GetCheckpointResponse { newest, published }))
    }

    async fn get_inclusion_proof(
        &self,
        request: Request<GetInclusionProofRequest>,
    ) -> Result<Response<GetInclusionProofResponse>, Status> {
        let GetInclusionProofRequest { position, size } = request.into_inner();
        let size = self.check_size("size", size)?;
        let prove = move |tree: &Tree| prove_inclusion(Position(position), size, tree);
        let proof = self.reader.ask_tree(prove).await.map_err(status::internal)?;
        let hashes = bytes(&proof.map_err(|error| refusal(error, "position", position))?.0);
        Ok(Response::new(GetInclusionProofResponse { hashes }))
    }

    async fn get_consistency_proof(
        &self,
        request: Request<GetConsistencyProofRequest>,
    ) -> Result<Response<GetConsistencyProofResponse>, Status> {
        let GetConsistencyProofRequest { from_size, to_size } = request.into_inner();
        let new = self.check_size("to_size", to_size)?;
        let prove = move |tree: &Tree| prove_consistency(TreeSize(from_size), new, tree);
        let proof = self.reader.ask_tree(prove).await.map_err(status::internal)?;
        let hashes = bytes(&proof.map_err(|error| refusal(error, "from_size", from_size))?.0);
        Ok(Response::new(GetConsistencyProofResponse { hashes }))
    }

    async fn get_log_keys(
        &self,
        _request: Request<GetLogKeysRequest>,
    ) -> Result<Response<GetLogKeysResponse>, Status> {
        let notes = self.reader.hand_overs();
        let keys = self.reader.log_keys();
        let keys = keys.keys().iter().map(|(from, key)| {
            let note = notes.get(&TreeSize(from.0 + 1)).and_then(|hand_over| hand_over.note.as_ref());
            let hand_over = note.map_or_else(Vec::new, |note| note.encode().into_bytes());
            LogKey { vkey: key.to_string(), from: from.0, hand_over }
        });
        Ok(Response::new(GetLogKeysResponse { keys: keys.collect() }))
    }

    async fn list_kept_checkpoints(
        &self,
        request: Request<ListKeptCheckpointsRequest>,
    ) -> Result<Response<ListKeptCheckpointsResponse>, Status> {
        let page = Page::of(request.get_ref())?;
        let listed = match self.kept.clone() {
            Some(kept) => kept.list(page).await?,
            None => ListKeptCheckpointsResponse::default(),
        };
        Ok(Response::new(listed))
    }

    async fn get_receipt(
        &self,
        request: Request<GetReceiptRequest>,
    ) -> Result<Response<GetReceiptResponse>, Status> {
        let position = match request.into_inner().entry {
            Some(get_receipt_request::Entry::Position(position)) => Position(position),
            Some(get_receipt_request::Entry::EventId(id)) => receipt::position_of(&self.reader, &id).await?,
            None => return Err(status::argument("entry", "", "a position or an event_id")),
        };
        let (checkpoint, is_published) = self.checkpoint_for(position);
        if !checkpoint.unverified().head.size.holds(position) {
            return Err(status::not_found("entry", &position.to_string()));
        }
        let receipt = receipt::receipt(&self.reader, position, &checkpoint).await?;
        Ok(Response::new(GetReceiptResponse { receipt, is_published }))
    }
}

fn bytes(hashes: &[TreeHash]) -> Vec<Vec<u8>> {
    hashes.iter().map(|hash| hash.as_bytes().to_vec()).collect()
}

/// Why there is no such proof: what was asked for does not exist, or the tree is not what it should be.
fn refusal<X>(error: ProveError<X>, member: &str, found: u64) -> Status {
    match error {
        ProveError::Claim(error) => {
            status::argument(member, &found.to_string(), format!("what can be proved: {error}"))
        }
        ProveError::Read(_fault) => status::internal("the tree lacks a hash"),
    }
}
