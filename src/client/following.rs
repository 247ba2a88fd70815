//! Following a log and verifying it while it comes: every entry in the chain, every batch in a checkpoint that
//! extends the last one that was seen of the ledger, or it is evidence.

use super::checkpoints::{parse_checkpoint, parse_hashes};
use super::evidence::{Checkpoints, Fork, Remembered};
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
    /// Whether the stream was begun anew since the last batch: its first proof is from the entries that there are.
    is_resumed: bool,
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
        let (client, known) = (self.clone(), known.clone());
        Ok(Following { client, known, steps, chain, tree, last: None, is_resumed: false })
    }
}

impl Following {
    /// How many entries have come.
    pub fn size(&self) -> u64 {
        self.chain.head().size
    }

    /// Goes on after a connection was lost, from the entries that have come, on a log that still extends what was seen.
    ///
    /// # Errors
    /// [`ClientError`]: after [`ClientError::is_passing`] it can be tried again.
    pub async fn resume(&mut self) -> Result<(), ClientError> {
        let known = self.client.ledger().await?;
        if known.reference.id != self.known.reference.id {
            let what =
                format!("the ledger {}, and was followed as {}", known.reference.id, self.known.reference.id);
            return Err(ClientError::lies("GetLedger", &what));
        }
        if let Some(last) = &self.last
            && let Some(why) = self.client.difference(last.unverified().head, known.head).await?
        {
            return Err(ClientError::lies("GetCheckpoint", &why));
        }
        let request = FollowEntriesRequest { from: self.size() };
        self.steps = self.client.log.follow_entries(request).await?.into_inner();
        (self.known, self.is_resumed) = (known, true);
        Ok(())
    }

    /// What comes next; nothing where the server ends the stream. What has come is remembered.
    ///
    /// # Errors
    /// [`ClientError::Lies`] for an entry that does not continue the chain and a checkpoint that is not by the log;
    /// [`ClientError::Fork`] for a checkpoint by the log that the entries are not in, or that does not extend the last.
    pub async fn next(&mut self) -> Result<Option<Followed>, ClientError> {
        match self.steps.message().await?.and_then(|response| response.step) {
            None => Ok(None),
            Some(Step::CaughtUp(caught_up)) => self.caught_up(caught_up.size).map(Some),
            Some(Step::Batch(batch)) => Ok(Some(Followed::Entries(self.take(batch).await?))),
        }
    }

    /// Whether everything has come that is said to have, and that the log has signed.
    fn caught_up(&self, said: u64) -> Result<Followed, ClientError> {
        let (came, signed) = (self.size(), self.known.head.size.0);
        if said != came || came < signed {
            let what =
                format!("that all {said} entries were sent: {came} came, and {signed} were signed for");
            return Err(ClientError::lies(CALL, &what));
        }
        Ok(Followed::CaughtUp(came))
    }

    async fn take(&mut self, batch: EntryBatch) -> Result<Vec<(Entry, Vec<u8>)>, ClientError> {
        let EntryBatch { entries, checkpoint, extends_last, extends_entries } = batch;
        let before = self.tree.head();
        let entries = entries.into_iter().map(|entry| self.extend(entry)).collect::<Result<Vec<_>, _>>()?;
        let shown = SignedCheckpoint::parse(&checkpoint).map_err(|error| ClientError::lies(CALL, &error))?;
        // The log's key may pass on while somebody follows.
        self.known.keys = self.client.keys_of(&self.known, &shown).await?;
        let checkpoint = parse_checkpoint(CALL, &checkpoint, &self.known.keys)?;
        self.check_holds_entries(&checkpoint, &extends_entries)?;
        match self.last.take() {
            // What was remembered of an earlier day has no proof in the stream: it is asked for.
            None => self.client.accept(&self.known, &checkpoint).await?,
            Some(last) if std::mem::take(&mut self.is_resumed) => {
                self.check_resumed(&last, before, &checkpoint, &extends_last).await?;
            }
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

    /// The same, where the stream was begun anew at the tree `entries`, which the last checkpoint may be beyond.
    async fn check_resumed(
        &mut self,
        last: &SignedCheckpoint,
        entries: TreeHead,
        checkpoint: &SignedCheckpoint,
        proof: &[Vec<u8>],
    ) -> Result<(), ClientError> {
        let (old, new) = (last.unverified().head, checkpoint.unverified().head);
        let why = match difference(entries, new, proof)? {
            Some(why) => Some(why),
            None => self.client.difference(old, new).await?,
        };
        why.map_or(Ok(()), |why| Err(self.fork(last, checkpoint, why)))
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
