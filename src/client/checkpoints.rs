//! Checkpoints and receipts as a client takes them: each verified with the key of its size,
//! and each extending the last one that was seen of the ledger, or it is evidence.

use super::evidence::{Checkpoints, Fork, Remembered};
use super::{Client, ClientError, HeldEntry, KnownLedger, harmless, plain};
use crate::author::wire_event;
use crate::proto::{self, get_receipt_request};
use minutebook_log::{
    ConsistencyProof, Hash, InclusionProof, LogKeys, Policy, Position, Receipt, ReceiptError, Received,
    Signed, SignedCheckpoint, TreeHash, TreeHead, TreeSize, check_consistency, check_inclusion,
};
use tonic::{Code, Status};

/// How a server refuses a proof, other than by being out of reach.
const REFUSED: [Code; 5] =
    [Code::InvalidArgument, Code::NotFound, Code::FailedPrecondition, Code::OutOfRange, Code::Unimplemented];

/// What was asked for: an entry by its position or by its event's id.
pub use crate::proto::get_receipt_request::Entry as ReceiptKey;

impl Client {
    /// The newest checkpoint and the newest published one of a known ledger, the one covering the other.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn checkpoints(
        &mut self,
        known: &KnownLedger,
    ) -> Result<(SignedCheckpoint, Option<SignedCheckpoint>), ClientError> {
        let shown = self.shown_checkpoints(&known.opening, known.reference.id, &known.keys).await;
        shown.map(|(newest, published, _keys)| (newest, published))
    }

    /// The same, each by the key of its size, with the keys to which those that are known have led.
    pub(super) async fn shown_checkpoints(
        &mut self,
        opening: &HeldEntry,
        id: Hash,
        known: &LogKeys,
    ) -> Result<(SignedCheckpoint, Option<SignedCheckpoint>, LogKeys), ClientError> {
        let response = self.proof.get_checkpoint(proto::GetCheckpointRequest {}).await?.into_inner();
        let lies = |error: &dyn ToString| ClientError::lies("GetCheckpoint", &error.to_string());
        let newest = SignedCheckpoint::parse(&response.newest).map_err(|error| lies(&error))?;
        let keys = self.follow_keys(opening, id, known, &newest).await?;
        let newest = parse_checkpoint("GetCheckpoint", &response.newest, &keys)?;
        if response.published.is_empty() {
            return Ok((newest, None, keys));
        }
        let published = parse_checkpoint("GetCheckpoint", &response.published, &keys)?;
        self.check_covers(&newest, &published).await?;
        Ok((newest, Some(published), keys))
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

    /// Why the server's log of `new` does not go on from the tree `old`, which was had from elsewhere; nothing where it
    /// does, as a proof shows.
    ///
    /// # Errors
    /// [`ClientError`] where nothing can be told: the server is out of reach, or busy.
    pub async fn goes_on_from(
        &mut self,
        old: TreeHead,
        new: TreeHead,
    ) -> Result<Option<String>, ClientError> {
        self.difference(old, new).await
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
        let answered = self.log.append_event(request).await.map_err(ClientError::of_append)?;
        let response = harmless(answered.into_inner())?;
        let appended = response.appended.ok_or_else(|| ClientError::lies("AppendEvent", "no position"))?;
        let receipt = parse_receipt("AppendEvent", &response.receipt)?;
        let keys = match self.keys_of(known, &receipt.checkpoint).await {
            Err(refused @ ClientError::LogKey { .. }) => {
                self.own_rotation(known, signed, appended.position).ok_or(refused)?
            }
            keys => keys?,
        };
        let received = check_receipt("AppendEvent", &receipt, &keys, |receipt, policy| {
            receipt.check_for(signed.event().bytes(), policy)
        })?;
        if received.included().position().0 != appended.position {
            return Err(ClientError::lies("AppendEvent", "the receipt is for another position"));
        }
        self.accept(known, &receipt.checkpoint).await?;
        Ok((appended, receipt))
    }

    /// Appends signed events in their order, all of them or none, and checks the checkpoint that comes back: it
    /// extends what was seen before. [`Client::receipts_of`] proves that the events are in it.
    ///
    /// # Errors
    /// [`ClientError`]; see [`ClientError::leaves_outcome_open`].
    pub async fn append_all(
        &mut self,
        known: &KnownLedger,
        events: &[Signed],
    ) -> Result<Vec<proto::AppendedEvent>, ClientError> {
        let signed_events = events.iter().map(wire_event).collect();
        let request = proto::AppendEventsRequest { signed_events, validate_only: false };
        let answered = self.log.append_events(request).await.map_err(ClientError::of_append)?;
        let response = harmless(answered.into_inner())?;
        if response.appended.len() != events.len() {
            let what = format!("{} positions for {} events", response.appended.len(), events.len());
            return Err(ClientError::lies("AppendEvents", &what));
        }
        let checkpoint = SignedCheckpoint::parse(&response.checkpoint)
            .map_err(|malformed| ClientError::lies("AppendEvents", &malformed))?;
        let rotates = events.last().zip(response.appended.last());
        let keys = match self.keys_of(known, &checkpoint).await {
            Err(refused @ ClientError::LogKey { .. }) => rotates
                .and_then(|(signed, appended)| self.own_rotation(known, signed, appended.position))
                .ok_or(refused)?,
            keys => keys?,
        };
        parse_checkpoint("AppendEvents", &response.checkpoint, &keys)?;
        self.accept(known, &checkpoint).await?;
        Ok(response.appended)
    }

    /// The receipts of events that were appended, in their order, each checked to be for that very event.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn receipts_of(
        &mut self,
        known: &KnownLedger,
        events: &[Signed],
        appended: &[proto::AppendedEvent],
    ) -> Result<Vec<Receipt>, ClientError> {
        let mut receipts = Vec::with_capacity(events.len());
        for (signed, appended) in events.iter().zip(appended) {
            let (receipt, _is_published) =
                self.receipt(known, ReceiptKey::Position(appended.position)).await?;
            let keys = self.keys_of(known, &receipt.checkpoint).await?;
            check_receipt("GetReceipt", &receipt, &keys, |receipt, policy| {
                receipt.check_for(signed.event().bytes(), policy)
            })?;
            receipts.push(receipt);
        }
        Ok(receipts)
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
        let keys = self.keys_of(known, &receipt.checkpoint).await?;
        let received = check_receipt("GetReceipt", &receipt, &keys, Receipt::check)?;
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
    keys: &LogKeys,
    check: impl FnOnce(&Receipt, &Policy) -> Result<Received, ReceiptError>,
) -> Result<Received, ClientError> {
    let lies = |error: &dyn ToString| ClientError::lies(call, &error.to_string());
    let key = keys.at(receipt.checkpoint.unverified().head.size).ok_or_else(|| lies(&"no key"))?;
    let policy = Policy::of_log(key.clone()).map_err(|malformed| lies(&malformed))?;
    check(receipt, &policy).map_err(|error| lies(&error))
}

fn parse_receipt(call: &'static str, bytes: &[u8]) -> Result<Receipt, ClientError> {
    Receipt::parse(bytes).map_err(|malformed| ClientError::lies(call, &malformed))
}

pub(super) fn parse_checkpoint(
    call: &'static str,
    bytes: &[u8],
    keys: &LogKeys,
) -> Result<SignedCheckpoint, ClientError> {
    let checkpoint = SignedCheckpoint::parse(bytes).map_err(|error| ClientError::lies(call, &error))?;
    let key: Vec<_> = keys.at(checkpoint.unverified().head.size).into_iter().cloned().collect();
    checkpoint.verify(&key).map_err(|error| ClientError::lies(call, &error))?;
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
