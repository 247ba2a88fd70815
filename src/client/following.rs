//! Following a log and verifying it while it comes: every entry in the chain or proved to be in the tree, every step with a
//! checkpoint that extends the last one that was seen of the ledger, or it is evidence.

use super::checkpoints::{parse_checkpoint, parse_hashes};
use super::evidence::{Checkpoints, Fork, Remembered};
use super::sparse::{CALL, Came, Sparse};
use super::wanted::{FollowFrom, Wanted};
use super::{Client, ClientError, KnownLedger};
use crate::proto::follow_entries_request::Start;
use crate::proto::follow_entries_response::Step;
use crate::proto::{self, Begun, EntryBatch, FollowEntriesResponse};
use crate::selections;
use minutebook_log::{
    Chain, ConsistencyProof, Entry, Frontier, Hash, Position, Seen, SignedCheckpoint, TreeHash, TreeHead,
    TreeSize, check_consistency,
};
use tonic::Streaming;

/// A log that is followed.
#[derive(Debug)]
pub struct Following {
    client: Client,
    known: KnownLedger,
    wanted: Wanted,
    steps: Streaming<FollowEntriesResponse>,
    progress: Progress,
    /// The tree that the next checkpoint has to extend; nothing where whatever it is of has no proof.
    anchor: Option<TreeHead>,
    last: Option<SignedCheckpoint>,
    /// Whether the server has ever said where it begins.
    is_begun: bool,
    /// Whether it has to say so now, before all else.
    begins: bool,
}

/// How far it has come.
#[derive(Debug)]
enum Progress {
    /// Of all entries from the first: whoever has those needs nobody's word for the tree.
    Whole { chain: Box<Chain>, tree: Frontier },
    /// Of others.
    Sparse(Sparse),
}

/// What comes of a log that is followed.
#[derive(Debug)]
pub enum Followed {
    /// Entries: in the chain or proved, and in a tree that the log has signed. Their signatures are not verified yet.
    Entries(Vec<(Entry, Vec<u8>)>),
    /// Everything that was durable has come, of so many entries; what follows is new.
    CaughtUp(u64),
    /// Everything that is wanted has come up to this position, of so many entries; more comes faster than it is taken.
    FellBehind(Position, u64),
    /// Nothing that is wanted has come for a while, up to this position.
    Heartbeat(Position),
}

impl Client {
    /// Follows all of a ledger from entry 0 on.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn follow(&mut self, known: &KnownLedger) -> Result<Following, ClientError> {
        self.follow_wanted(known, Wanted::default()).await
    }

    /// Follows what is wanted of a ledger.
    ///
    /// # Errors
    /// [`ClientError`]; [`ClientError::Unexpected`] where a selection is none.
    pub async fn follow_wanted(
        &mut self,
        known: &KnownLedger,
        wanted: Wanted,
    ) -> Result<Following, ClientError> {
        let selection = selections::read(&wanted.selections)
            .map_err(|malformed| ClientError::Unexpected(malformed.to_string()))?;
        let is_first = matches!(wanted.from, FollowFrom::First | FollowFrom::Position(Position::FIRST));
        let is_whole = selection.is_all() && is_first;
        let progress = if is_whole {
            Progress::Whole { chain: Box::default(), tree: Frontier::EMPTY }
        } else {
            Progress::Sparse(Sparse::from(selection, Position::FIRST))
        };
        let kept = match &wanted.from {
            FollowFrom::Kept(kept) => Some(self.check_kept(known, kept).await?),
            _ => None,
        };
        let anchor = if is_whole { None } else { Some(kept.unwrap_or(known.head)) };
        let steps = self.log.follow_entries(wanted.request(wanted.start(), anchor)).await?.into_inner();
        let (client, known) = (self.clone(), known.clone());
        Ok(Following {
            client,
            known,
            wanted,
            steps,
            progress,
            anchor,
            last: None,
            is_begun: false,
            begins: true,
        })
    }
}

impl Following {
    /// Up to which position everything that is wanted has come.
    pub fn size(&self) -> u64 {
        match &self.progress {
            Progress::Whole { chain, .. } => chain.head().size,
            Progress::Sparse(sparse) => sparse.next().0,
        }
    }

    /// The checkpoint that came last, which the log has to extend for ever.
    pub fn checkpoint(&self) -> Option<&SignedCheckpoint> {
        self.last.as_ref()
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
        // The last checkpoint may be beyond the entries that have come: the proof is from the one, they are from the other.
        let start = if self.is_begun { Some(Start::From(self.size())) } else { self.wanted.start() };
        let request = self.wanted.request(start, self.anchor);
        self.steps = self.client.log.follow_entries(request).await?.into_inner();
        (self.known, self.begins) = (known, true);
        Ok(())
    }

    /// What comes next; nothing where the server ends the stream. What has come is remembered.
    ///
    /// # Errors
    /// [`ClientError::Lies`] for an entry that does not continue the chain, or is not proved or not wanted, for one that
    /// was left out, and for a checkpoint that is not by the log; [`ClientError::Fork`] for a checkpoint by the log that
    /// the entries are not in, or that does not extend the last.
    pub async fn next(&mut self) -> Result<Option<Followed>, ClientError> {
        loop {
            let Some(step) = self.steps.message().await?.and_then(|response| response.step) else {
                return Ok(None);
            };
            if self.begins != matches!(step, Step::Begun(_)) {
                return Err(ClientError::lies(CALL, "where it begins, not once and before all else"));
            }
            return Ok(Some(match step {
                Step::Begun(begun) => {
                    self.begin(begun).await?;
                    continue;
                }
                Step::Batch(batch) => Followed::Entries(self.take(batch).await?),
                Step::CaughtUp(caught_up) => {
                    self.check_came(caught_up.size)?;
                    let head = self.checkpoint_of(&caught_up.checkpoint, &caught_up.extends_last).await?;
                    self.go_to(caught_up.size, head)?;
                    Followed::CaughtUp(caught_up.size)
                }
                Step::FellBehind(behind) => Followed::FellBehind(Position(behind.next), behind.size),
                Step::Heartbeat(beat) => {
                    let head = self.checkpoint_of(&beat.checkpoint, &beat.extends_last).await?;
                    self.go_to(beat.next, head)?;
                    Followed::Heartbeat(Position(beat.next))
                }
            }));
        }
    }

    async fn begin(&mut self, begun: Begun) -> Result<(), ClientError> {
        let head = self.checkpoint_of(&begun.checkpoint, &begun.extends_last).await?;
        let came = self.size();
        if let Some(asked) = match &self.wanted.from {
            _ if self.is_begun => Some(came),
            FollowFrom::First => Some(0),
            FollowFrom::Position(position) => Some(position.0),
            FollowFrom::Kept(kept) => Some(kept.unverified().head.size.0),
            FollowFrom::Time(_) | FollowFrom::Now => None,
        } && asked != begun.from
        {
            return Err(ClientError::lies(
                CALL,
                &format!("from {} on, and was asked for {asked}", begun.from),
            ));
        }
        (self.is_begun, self.begins) = (true, false);
        match &mut self.progress {
            Progress::Whole { .. } => Ok(()),
            Progress::Sparse(sparse) => sparse.begin(Position(begun.from), head, &begun.preceding),
        }
    }

    /// Whether everything has come that is said to have, and that the log has signed.
    fn check_came(&self, said: u64) -> Result<(), ClientError> {
        let signed = self.known.head.size.0;
        let came = match &self.progress {
            Progress::Whole { .. } => self.size(),
            Progress::Sparse(_) => said.max(self.size()),
        };
        if said != came || said < signed {
            let what =
                format!("that all {said} entries were sent: {came} came, and {signed} were signed for");
            return Err(ClientError::lies(CALL, &what));
        }
        Ok(())
    }

    fn go_to(&mut self, next: u64, head: TreeHead) -> Result<(), ClientError> {
        let came = self.size();
        match &mut self.progress {
            Progress::Whole { .. } if next == came => Ok(()),
            Progress::Whole { .. } => {
                Err(ClientError::lies(CALL, &format!("that all was sent up to {next}: {came} came")))
            }
            Progress::Sparse(sparse) => sparse.go_to(Position(next), head),
        }
    }

    async fn take(&mut self, batch: EntryBatch) -> Result<Vec<Came>, ClientError> {
        let EntryBatch { entries, checkpoint, extends_last, extends_entries, inclusions, next } = batch;
        if entries.is_empty() {
            return Err(ClientError::lies(CALL, "a batch without entries"));
        }
        let came = match &mut self.progress {
            Progress::Whole { chain, tree } => {
                let extend = |entry| extend(chain, tree, entry);
                let came = entries.into_iter().map(extend).collect::<Result<Vec<_>, _>>()?;
                let checkpoint = self.parse(&checkpoint).await?;
                self.check_holds_entries(&checkpoint, &extends_entries)?;
                self.advance(checkpoint, &extends_last).await?;
                came
            }
            Progress::Sparse(_) => {
                let head = self.checkpoint_of(&checkpoint, &extends_last).await?;
                let Progress::Sparse(sparse) = &mut self.progress else { return Ok(Vec::new()) };
                sparse.take(entries, &inclusions, Position(next), head)?
            }
        };
        if let Some((entry, bytes)) = came.last() {
            self.client.remember(&self.known, Seen { position: entry.position, hash: Hash::of(bytes) });
        }
        Ok(came)
    }

    /// Takes the checkpoint of a step.
    async fn checkpoint_of(
        &mut self,
        checkpoint: &[u8],
        extends_last: &[Vec<u8>],
    ) -> Result<TreeHead, ClientError> {
        let checkpoint = self.parse(checkpoint).await?;
        self.advance(checkpoint, extends_last).await
    }

    async fn parse(&mut self, checkpoint: &[u8]) -> Result<SignedCheckpoint, ClientError> {
        let shown = SignedCheckpoint::parse(checkpoint).map_err(|error| ClientError::lies(CALL, &error))?;
        // The log's key may pass on while somebody follows.
        self.known.keys = self.client.keys_of(&self.known, &shown).await?;
        parse_checkpoint(CALL, checkpoint, &self.known.keys)
    }

    /// Takes a checkpoint by the log as the last, if it extends the one before.
    async fn advance(
        &mut self,
        checkpoint: SignedCheckpoint,
        proof: &[Vec<u8>],
    ) -> Result<TreeHead, ClientError> {
        let head = checkpoint.unverified().head;
        if let Some(anchor) = self.anchor
            && let Some(why) = difference(anchor, head, proof)?
        {
            return Err(self.fork(&checkpoint, why)?);
        }
        if self.last.is_none() {
            // What was remembered of an earlier day has no proof in the stream: it is asked for.
            self.client.accept(&self.known, &checkpoint).await?;
        }
        self.client.memory.keep_checkpoint(self.known.reference.id, &checkpoint);
        (self.anchor, self.last) = (Some(head), Some(checkpoint));
        Ok(head)
    }

    /// Whether the tree of a checkpoint begins with the entries that have come.
    fn check_holds_entries(
        &self,
        checkpoint: &SignedCheckpoint,
        proof: &[Vec<u8>],
    ) -> Result<(), ClientError> {
        let Progress::Whole { tree, .. } = &self.progress else { return Ok(()) };
        let (held, signed) = (tree.head(), checkpoint.unverified().head);
        if signed.size < held.size {
            let what = format!("{} entries with a checkpoint of {}", held.size, signed.size);
            return Err(ClientError::lies(CALL, &what));
        }
        let Some(why) = difference(held, signed, proof)? else { return Ok(()) };
        let why = format!("the entries that were sent are not in the tree that was signed: {why}");
        Err(self.fork(checkpoint, why)?)
    }

    /// Two histories, where something is known that the log has signed before; else a lie.
    fn fork(&self, now: &SignedCheckpoint, why: String) -> Result<ClientError, ClientError> {
        let kept = match &self.wanted.from {
            FollowFrom::Kept(kept) => Some(kept.as_ref().clone()),
            _ => self.client.memory.recall_checkpoint(self.known.reference.id)?,
        };
        let Some(before) = self.last.clone().or(kept) else { return Ok(ClientError::lies(CALL, &why)) };
        let KnownLedger { ledger, reference, .. } = &self.known;
        let seen = Remembered::new(ledger, reference.id, reference.seen, &self.client.server);
        let fork = Fork::new(seen, None, ledger, &self.client.server);
        Ok(self.client.fork(fork.with(Checkpoints::new(&before, now, Some(why)))))
    }
}

fn extend(chain: &mut Chain, tree: &mut Frontier, entry: proto::Entry) -> Result<Came, ClientError> {
    let position = chain.head().next();
    let read = chain.extend(&entry.content);
    let read = read.map_err(|error| ClientError::lies(CALL, &format!("entry {position} fails: {error}")))?;
    tree.append(TreeHash::leaf(&entry.content));
    Ok((read, entry.content))
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
