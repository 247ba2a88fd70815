//! Checkpoints and receipts as a client takes them: each verified with the key that the ledger opened with,
//! and each extending the last one that was seen of the ledger, or it is evidence.

use super::memory::{Checkpoints, Fork, Remembered};
use super::{Client, ClientError, KnownLedger, plain, wire_event};
use crate::proto::{self, get_receipt_request};
use minutebook_log::{
    ConsistencyProof, Entry, Hash, InclusionProof, Opening, Policy, Position, Receipt, ReceiptError,
    Received, Signed, SignedCheckpoint, TreeHash, TreeHead, TreeSize, VerifierKey, check_consistency,
    check_inclusion,
};
use tonic::{Code, Status};

/// How a server refuses a proof, other than by being out of reach.
const REFUSED: [Code; 5] =
    [Code::InvalidArgument, Code::NotFound, Code::FailedPrecondition, Code::OutOfRange, Code::Unimplemented];

/// What was asked for: an entry by its position or by its event's id.
pub use crate::proto::get_receipt_request::Entry as ReceiptKey;

/// The key that signs a ledger's checkpoints, from its opening entry, whose hash is the ledger's id.
pub(super) fn key_of_opening(opening: &[u8], id: Hash) -> Result<VerifierKey, ClientError> {
    let found = Hash::of(opening);
    if found != id {
        let what = format!("the ledger's id is {id}, and its entry 0 has the hash {found}");
        return Err(ClientError::lies("GetLedger", &what));
    }
    let opening = Entry::parse(opening).and_then(|entry| Opening::parse(entry.event()));
    let key = opening.and_then(|opening| {
        VerifierKey::new((&opening.origin).into(), minutebook_log::Algorithm::Ed25519, opening.checkpoint_key)
    });
    key.map_err(|malformed| ClientError::lies("GetEntry", &malformed))
}

impl Client {
    /// The newest checkpoint and the newest published one, both by `key`, the one covering the other.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn checkpoints(
        &mut self,
        key: &VerifierKey,
    ) -> Result<(SignedCheckpoint, Option<SignedCheckpoint>), ClientError> {
        let response = self.proof.get_checkpoint(proto::GetCheckpointRequest {}).await?.into_inner();
        let newest = parse_checkpoint("GetCheckpoint", &response.newest, key)?;
        if response.published.is_empty() {
            return Ok((newest, None));
        }
        let published = parse_checkpoint("GetCheckpoint", &response.published, key)?;
        self.check_covers(&newest, &published).await?;
        Ok((newest, Some(published)))
    }

    /// Whether `newest` extends an earlier checkpoint of the same answer.
    async fn check_covers(
        &mut self,
        newest: &SignedCheckpoint,
        earlier: &SignedCheckpoint,
    ) -> Result<(), ClientError> {
        match self.difference(earlier.unverified().head, newest.unverified().head).await? {
            None => Ok(()),
            Some(why) => Err(ClientError::lies("GetCheckpoint", &why)),
        }
    }

    /// Why the tree `new` does not extend the tree `old`, after asking for the proof that it does; nothing
    /// where it does.
    pub(super) async fn difference(
        &mut self,
        old: TreeHead,
        new: TreeHead,
    ) -> Result<Option<String>, ClientError> {
        if new.size < old.size {
            return Ok(Some(format!(
                "a checkpoint of {} entries was signed, and now one of {}",
                old.size, new.size
            )));
        }
        let hashes = match self.consistency(old.size, new.size).await {
            Ok(hashes) => hashes,
            // Who has signed both can prove it. Who is busy or gone may come back; who refuses has said enough.
            Err(status) if REFUSED.contains(&status.code()) => {
                return Ok(Some(format!(
                    "the checkpoint of size {} is not proved to extend that of size {}: the server refuses to ({})",
                    new.size,
                    old.size,
                    plain(status.message())
                )));
            }
            Err(status) => return Err(status.into()),
        };
        let proof = ConsistencyProof(parse_hashes("GetConsistencyProof", &hashes)?);
        let why = check_consistency(old, new, &proof).err().map(|error| {
            format!(
                "the checkpoint of size {} with the root {} does not extend that of size {} with the root {}: {error}",
                new.size, new.root, old.size, old.root
            )
        });
        Ok(why)
    }

    async fn consistency(&mut self, old: TreeSize, new: TreeSize) -> Result<Vec<Vec<u8>>, Status> {
        if old == new {
            return Ok(Vec::new());
        }
        let request = proto::GetConsistencyProofRequest { from_size: old.0, to_size: new.0 };
        Ok(self.proof.get_consistency_proof(request).await?.into_inner().hashes)
    }

    /// Takes a checkpoint of a known ledger, unless it contradicts the last one that was remembered.
    pub(super) async fn accept(
        &mut self,
        known: &KnownLedger,
        checkpoint: &SignedCheckpoint,
    ) -> Result<(), ClientError> {
        let id = known.reference.id;
        let Some(before) = self.memory.recall_checkpoint(id)? else {
            self.memory.keep_checkpoint(id, checkpoint);
            return Ok(());
        };
        let (old, new) = (before.unverified().head, checkpoint.unverified().head);
        // An answer may be older than what another command on this machine has seen since.
        let (first, last) = if new.size < old.size { (new, old) } else { (old, new) };
        match self.difference(first, last).await? {
            None => {
                self.memory.keep_checkpoint(id, checkpoint);
                Ok(())
            }
            Some(why) => {
                let seen = Remembered::new(&known.ledger, id, known.reference.seen, &self.server);
                let seen = self.memory.recall(id)?.unwrap_or(seen);
                let fork = Fork::new(seen, None, &known.ledger, &self.server);
                Err(self.fork(fork.with(Checkpoints::new(&before, checkpoint, Some(why)))))
            }
        }
    }

    /// Checks that the entry's bytes are in the tree of a checkpoint.
    pub(super) async fn check_included(
        &mut self,
        bytes: &[u8],
        position: Position,
        head: TreeHead,
    ) -> Result<(), ClientError> {
        let request = proto::GetInclusionProofRequest { position: position.0, size: head.size.0 };
        let hashes = self.proof.get_inclusion_proof(request).await?.into_inner().hashes;
        let proof = InclusionProof(parse_hashes("GetInclusionProof", &hashes)?);
        check_inclusion(bytes, position, head, &proof)
            .map(|_included| ())
            .map_err(|error| ClientError::lies("GetInclusionProof", &error))
    }

    /// Appends one signed event, and checks the receipt that comes back: that this very event is in a tree
    /// which extends what was seen before.
    ///
    /// # Errors
    /// [`ClientError`]; see [`ClientError::leaves_outcome_open`].
    pub async fn append_for_receipt(
        &mut self,
        known: &KnownLedger,
        signed: &Signed,
    ) -> Result<(proto::AppendedEvent, Receipt), ClientError> {
        let request = proto::AppendEventRequest { signed_event: Some(wire_event(signed)) };
        let response = self.log.append_event(request).await?.into_inner();
        let appended = response.appended.ok_or_else(|| ClientError::lies("AppendEvent", "no position"))?;
        let receipt = parse_receipt("AppendEvent", &response.receipt)?;
        let received = check_receipt("AppendEvent", &receipt, known, |receipt, policy| {
            receipt.check_for(signed.event().bytes(), policy)
        })?;
        if received.included().position().0 != appended.position {
            return Err(ClientError::lies("AppendEvent", "the receipt is for another position"));
        }
        self.accept(known, &receipt.checkpoint).await?;
        Ok((appended, receipt))
    }

    /// The receipt of an entry, checked, and whether its checkpoint is the published one.
    ///
    /// # Errors
    /// [`ClientError::NotFound`] for an entry that there is not.
    pub async fn receipt(
        &mut self,
        known: &KnownLedger,
        key: get_receipt_request::Entry,
    ) -> Result<(Receipt, bool), ClientError> {
        let request = proto::GetReceiptRequest { entry: Some(key.clone()) };
        let response = self.proof.get_receipt(request).await?.into_inner();
        let receipt = parse_receipt("GetReceipt", &response.receipt)?;
        let received = check_receipt("GetReceipt", &receipt, known, Receipt::check)?;
        let is_asked_for = match key {
            ReceiptKey::Position(position) => received.included().position() == Position(position),
            ReceiptKey::EventId(id) => received.entry().event().id.to_string() == id,
        };
        if !is_asked_for {
            return Err(ClientError::lies("GetReceipt", "the receipt is for another entry"));
        }
        self.accept(known, &receipt.checkpoint).await?;
        Ok((receipt, response.is_published))
    }
}

fn check_receipt(
    call: &'static str,
    receipt: &Receipt,
    known: &KnownLedger,
    check: impl FnOnce(&Receipt, &Policy) -> Result<Received, ReceiptError>,
) -> Result<Received, ClientError> {
    let lies = |error: &dyn ToString| ClientError::lies(call, &error.to_string());
    let policy = Policy::of_log(known.key.clone()).map_err(|malformed| lies(&malformed))?;
    check(receipt, &policy).map_err(|error| lies(&error))
}

fn parse_receipt(call: &'static str, bytes: &[u8]) -> Result<Receipt, ClientError> {
    Receipt::parse(bytes).map_err(|malformed| ClientError::lies(call, &malformed))
}

pub(super) fn parse_checkpoint(
    call: &'static str,
    bytes: &[u8],
    key: &VerifierKey,
) -> Result<SignedCheckpoint, ClientError> {
    let checkpoint = SignedCheckpoint::parse(bytes).map_err(|error| ClientError::lies(call, &error))?;
    checkpoint.verify(std::slice::from_ref(key)).map_err(|error| ClientError::lies(call, &error))?;
    if checkpoint.unverified().head.size == TreeSize::EMPTY {
        return Err(ClientError::lies(call, "a checkpoint of size 0"));
    }
    Ok(checkpoint)
}

pub(super) fn parse_hashes(call: &'static str, hashes: &[Vec<u8>]) -> Result<Vec<TreeHash>, ClientError> {
    let parse = |hash: &Vec<u8>| {
        let bytes = hash.as_slice().try_into();
        bytes.map(TreeHash::from_bytes).map_err(|_| ClientError::lies(call, "a hash that has not 32 bytes"))
    };
    hashes.iter().map(parse).collect()
}
