//! Following a log and verifying it while it comes: every entry in the chain, every batch in a checkpoint that
//! extends the last one that was seen of the ledger, or it is evidence.

use super::checkpoints::{parse_checkpoint, parse_hashes};
use super::memory::{Checkpoints, Fork, Remembered};
use super::{Client, ClientError, KnownLedger};
use crate::proto::follow_entries_response::Step;
use crate::proto::{self, EntryBatch, FollowEntriesRequest, FollowEntriesResponse};
use minutebook_log::{
    Chain, ConsistencyProof, Entry, Frontier, Position, Seen, SignedCheckpoint, TreeHash, TreeHead, TreeSize,
    check_consistency,
};
use tonic::Streaming;

/// The call that is spoken of.
const CALL: &str = "FollowEntries";

/// A log that is followed from entry 0 on: whoever has all entries needs nobody's word for the tree.
#[derive(Debug)]
pub struct Following {
    client: Client,
    known: KnownLedger,
    steps: Streaming<FollowEntriesResponse>,
    chain: Chain,
    tree: Frontier,
    last: Option<SignedCheckpoint>,
}

/// What comes of a log that is followed.
#[derive(Debug)]
pub enum Followed {
    /// Entries, contiguous with those before: in the chain, and in a tree that the log has signed. Their signatures
    /// are not verified yet.
    Entries(Vec<(Entry, Vec<u8>)>),
    /// Everything that was durable has come, so many entries; what follows is new.
    CaughtUp(u64),
}

impl Client {
    /// Follows a ledger from entry 0 on.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn follow(&mut self, known: &KnownLedger) -> Result<Following, ClientError> {
        let request = FollowEntriesRequest { from: 0 };
        let steps = self.log.follow_entries(request).await?.into_inner();
        let (chain, tree) = (Chain::new(), Frontier::EMPTY);
        Ok(Following { client: self.clone(), known: known.clone(), steps, chain, tree, last: None })
    }
}

impl Following {
    /// How many entries have come.
    pub fn size(&self) -> u64 {
        self.chain.head().size
    }

    /// What comes next; nothing where the server ends the stream. What has come is remembered.
    ///
    /// # Errors
    /// [`ClientError::Lies`] for an entry that does not continue the chain and a checkpoint that is not by the log;
    /// [`ClientError::Fork`] for a checkpoint by the log that the entries are not in, or that does not extend the last.
    pub async fn next(&mut self) -> Result<Option<Followed>, ClientError> {
        match self.steps.message().await?.and_then(|response| response.step) {
            None => Ok(None),
            Some(Step::CaughtUp(caught_up)) => Ok(Some(Followed::CaughtUp(caught_up.size))),
            Some(Step::Batch(batch)) => Ok(Some(Followed::Entries(self.take(batch).await?))),
        }
    }

    async fn take(&mut self, batch: EntryBatch) -> Result<Vec<(Entry, Vec<u8>)>, ClientError> {
        let EntryBatch { entries, checkpoint, extends_last, extends_entries } = batch;
        let entries = entries.into_iter().map(|entry| self.extend(entry)).collect::<Result<Vec<_>, _>>()?;
        let shown = SignedCheckpoint::parse(&checkpoint).map_err(|error| ClientError::lies(CALL, &error))?;
        // The log's key may pass on while somebody follows.
        self.known.keys = self.client.keys_of(&self.known, &shown).await?;
        let checkpoint = parse_checkpoint(CALL, &checkpoint, &self.known.keys)?;
        self.check_holds_entries(&checkpoint, &extends_entries)?;
        match self.last.take() {
            // What was remembered of an earlier day has no proof in the stream: it is asked for.
            None => self.client.accept(&self.known, &checkpoint).await?,
            Some(last) => self.check_extends(&last, &checkpoint, &extends_last)?,
        }
        let head = self.chain.head();
        let seen = Seen { position: Position(head.size.saturating_sub(1)), hash: head.hash };
        self.client.memory.keep_checkpoint(self.known.reference.id, &checkpoint);
        self.client.remember(&self.known, seen);
        self.last = Some(checkpoint);
        Ok(entries)
    }

    fn extend(&mut self, entry: proto::Entry) -> Result<(Entry, Vec<u8>), ClientError> {
        let position = self.chain.head().next();
        let read = self.chain.extend(&entry.content);
        let read =
            read.map_err(|error| ClientError::lies(CALL, &format!("entry {position} fails: {}", error)))?;
        self.tree.append(TreeHash::leaf(&entry.content));
        Ok((read, entry.content))
    }

    /// Whether the tree of a checkpoint begins with the entries that have come.
    fn check_holds_entries(
        &self,
        checkpoint: &SignedCheckpoint,
        proof: &[Vec<u8>],
    ) -> Result<(), ClientError> {
        let (held, signed) = (self.tree.head(), checkpoint.unverified().head);
        if signed.size < held.size {
            let what = format!("{} entries with a checkpoint of {}", held.size, signed.size);
            return Err(ClientError::lies(CALL, &what));
        }
        let Some(why) = difference(held, signed, proof)? else { return Ok(()) };
        let before = match &self.last {
            Some(last) => Some(last.clone()),
            None => self.client.memory.recall_checkpoint(self.known.reference.id)?,
        };
        let why = format!("the entries that were sent are not in the tree that was signed: {why}");
        Err(match before {
            Some(before) => self.fork(&before, checkpoint, why),
            None => ClientError::lies(CALL, &why),
        })
    }

    /// Whether a checkpoint extends the one before.
    fn check_extends(
        &self,
        last: &SignedCheckpoint,
        checkpoint: &SignedCheckpoint,
        proof: &[Vec<u8>],
    ) -> Result<(), ClientError> {
        let (old, new) = (last.unverified().head, checkpoint.unverified().head);
        match difference(old, new, proof)? {
            None => Ok(()),
            Some(why) => Err(self.fork(last, checkpoint, why)),
        }
    }

    fn fork(&self, before: &SignedCheckpoint, now: &SignedCheckpoint, why: String) -> ClientError {
        let KnownLedger { ledger, reference, .. } = &self.known;
        let seen = Remembered::new(ledger, reference.id, reference.seen, &self.client.server);
        let fork = Fork::new(seen, None, ledger, &self.client.server);
        self.client.fork(fork.with(Checkpoints::new(before, now, Some(why))))
    }
}

/// Why a tree does not extend another by the proof that came with it; nothing where it does.
fn difference(old: TreeHead, new: TreeHead, proof: &[Vec<u8>]) -> Result<Option<String>, ClientError> {
    if old.size == TreeSize::EMPTY {
        return Ok(None);
    }
    let proof = ConsistencyProof(parse_hashes(CALL, proof)?);
    let why = check_consistency(old, new, &proof).err();
    Ok(why.map(|error| {
        format!(
            "the checkpoint of size {} with the root {} does not extend the tree of size {} with the root {}: {error}",
            new.size, new.root, old.size, old.root
        )
    }))
}
