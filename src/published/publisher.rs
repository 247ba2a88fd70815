use crate::ledger::{Ledger, Reader, Stop};
use crate::published::hourly::{Hourly, cosignatures};
use crate::published::recover::recover_hand_overs;
use crate::published::tiles::write;
use crate::published::{
    Compared, Cosigner, Folder, Growth, NewestPublished, Publication, PublishError, Repeated, Shown,
    publish_checkpoint, recover, write_keys, write_tiles,
};
use minutebook_log::{ProofError, ProveError, PublishedPath, SignedCheckpoint, TreeSize, prove_consistency};
use minutebook_store::{Engine, SledEngine};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// How long the publisher rests after each checkpoint, so that a busy log is published in few steps, and
/// none later than a second.
const REST: Duration = Duration::from_millis(200);

/// After what time it tries again what did not succeed.
const RETRY: Duration = Duration::from_secs(1);

/// After what time witnesses are asked again about a checkpoint that was published without a quorum, unless
/// the log has grown.
const ASK_AGAIN: Duration = Duration::from_secs(5);

/// The same, where a quorum has signed and somebody has not: so it is noticed that a witness is back, and what it signs then is
/// published.
const ASK_MISSING: Duration = Duration::from_secs(30);

/// Publishes one ledger into one folder. There is one at a time for each folder.
pub struct Publisher<E: Engine = SledEngine> {
    reader: Arc<Reader<E>>,
    folder: Folder,
    cosigner: Option<Arc<dyn Cosigner>>,
    published: watch::Sender<NewestPublished>,
    hourly: Hourly,
    /// Whether what was published last has all the signatures that it is to have.
    is_settled: bool,
}

impl<E: Engine> Publisher<E> {
    /// Opens the folder `root` for `ledger`, comparing what was published there with the log.
    ///
    /// # Errors
    /// [`PublishError`]; see [`PublishError::is_contradiction`].
    pub async fn open(root: &Path, ledger: &Ledger<E>) -> Result<Self, PublishError> {
        Self::over(Folder::open(root)?, ledger).await
    }

    /// The same, in a folder that is open.
    ///
    /// # Errors
    /// [`PublishError`]; see [`PublishError::is_contradiction`].
    pub async fn over(folder: Folder, ledger: &Ledger<E>) -> Result<Self, PublishError> {
        let reader = Arc::clone(ledger.reader());
        let newest = reader.checkpoint();
        let published = recover(&folder, &reader, &reader.log_keys(), &newest).await?;
        let size = published.as_ref().map_or(TreeSize::EMPTY, |published| published.unverified().head.size);
        recover_hand_overs(&folder, &reader, size).await?;
        let hourly = Hourly::of(&folder)?;
        let published = watch::Sender::new(published.map(Arc::new));
        Ok(Self { reader, folder, cosigner: None, published, hourly, is_settled: true })
    }

    /// Has each checkpoint cosigned before it is published, and the one that is published now, unless it is.
    pub fn with_cosigner(self, cosigner: Arc<dyn Cosigner>) -> Self {
        let is_settled = self.published.borrow().as_ref().is_none_or(|last| cosignatures(last).count() > 0);
        Self { cosigner: Some(cosigner), is_settled, ..self }
    }

    /// Asks the witnesses about what there is, before anybody is served: an old backup is to be found out before it
    /// acknowledges anything. Witnesses that are silent cost their patience, and no more.
    ///
    /// # Errors
    /// [`PublishError::Contradicted`] where one of them shows that others were given another history; [`PublishError`] else.
    pub async fn ask_first(&mut self) -> Result<(), PublishError> {
        if self.cosigner.is_none() {
            return Ok(());
        }
        // What was published last may be settled: the question is not about it.
        self.is_settled = false;
        match self.publish_newest().await? {
            Publication::Contradicted { why } => Err(PublishError::Contradicted(why)),
            Publication::Publish(_)
            | Publication::Enough(_)
            | Publication::Meanwhile { .. }
            | Publication::Hold { .. } => Ok(()),
        }
    }

    /// Where it publishes.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// What was published last, and each time that it changes.
    pub fn watch(&self) -> watch::Receiver<NewestPublished> {
        self.published.subscribe()
    }

    /// What it publishes, to be held against the store ([`Ledger::scrub_with`]).
    pub fn compared(&self) -> Compared<E> {
        Compared::of(self.folder.clone(), Arc::clone(&self.reader), self.published.subscribe())
    }

    /// What it publishes, to be shown over HTTP.
    pub fn shown(&self) -> Shown<E> {
        Shown::of(self.folder.clone(), Arc::clone(&self.reader), self.published.subscribe())
    }

    /// Publishes whatever there is until `closing` is cancelled, and once more then. What fails is said in
    /// the log and tried again: the ledger goes on without it.
    pub async fn run(mut self, closing: CancellationToken) {
        let mut known = self.reader.watch();
        let mut held = Repeated::default();
        loop {
            let is_last = closing.is_cancelled();
            known.mark_unchanged();
            let outcome = self.publish_newest().await;
            let (rest, ask_again) = match &outcome {
                Ok(Publication::Publish(_)) => (REST, None),
                Ok(Publication::Enough(_)) => (REST, Some(ASK_MISSING)),
                Ok(Publication::Meanwhile { .. }) => (REST, Some(ASK_AGAIN)),
                Ok(Publication::Hold { why }) => {
                    if let Some(times) = held.news(why, Instant::now()) {
                        tracing::warn!(why, times, "the checkpoint is not published yet");
                    }
                    (RETRY, Some(Duration::ZERO))
                }
                Ok(Publication::Contradicted { why }) => {
                    self.reader.stop(Stop::Contradicted(why.clone()));
                    (RETRY, None)
                }
                Err(error) => {
                    if let Some(times) = held.news(&error.to_string(), Instant::now()) {
                        tracing::error!(%error, times, "publishing failed");
                    }
                    (RETRY, Some(Duration::ZERO))
                }
            };
            if is_last {
                return;
            }
            let _closing = timeout(rest, closing.cancelled()).await;
            let growth = async {
                tokio::select! {
                    _more = known.changed() => {}
                    () = closing.cancelled() => {}
                }
            };
            match ask_again {
                None => growth.await,
                Some(limit) => drop(timeout(limit, growth).await),
            }
        }
    }

    /// Publishes the newest checkpoint, unless it is published already with all that it needs; and before it each at
    /// which the log's key has passed on since the last.
    ///
    /// # Errors
    /// [`PublishError`]; what was published before still is.
    pub async fn publish_newest(&mut self) -> Result<Publication, PublishError> {
        let newest = self.reader.checkpoint();
        for hand_over in self.hand_overs_before(&newest) {
            let verdict = self.publish_next(hand_over).await?;
            if matches!(verdict, Publication::Hold { .. } | Publication::Contradicted { .. }) {
                return Ok(verdict);
            }
        }
        self.publish_next(newest).await
    }

    /// The notes at which the log's key passed on between what is published and `newest`, but for those that the
    /// folder has already.
    fn hand_overs_before(&self, newest: &SignedCheckpoint) -> Vec<Arc<SignedCheckpoint>> {
        let published = self.published.borrow().as_ref().map(|last| last.unverified().head.size);
        let is_next = |size: TreeSize| {
            let is_kept = self.folder.place(PublishedPath::Rotated(size)).is_file();
            published < Some(size) && size < newest.unverified().head.size && !is_kept
        };
        let notes = self.reader.hand_overs().into_iter().filter(|(size, _note)| is_next(*size));
        notes.filter_map(|(_size, hand_over)| hand_over.note.map(Arc::new)).collect()
    }

    async fn publish_next(&mut self, newest: Arc<SignedCheckpoint>) -> Result<Publication, PublishError> {
        let last = self.published.borrow().clone();
        let same = last.as_deref().filter(|last| last.unverified() == newest.unverified());
        if let Some(last) = same.filter(|_last| self.is_settled) {
            return Ok(Publication::Publish(last.clone()));
        }
        let old = last.as_ref().map_or(TreeSize::EMPTY, |last| last.unverified().head.size);
        // Where somebody has removed the folder, what is published has to be there for what follows.
        let is_there = self.folder.place(PublishedPath::Checkpoint).is_file();
        let written = if is_there { old } else { TreeSize::EMPTY };
        write_tiles(&self.folder, &self.reader, written, newest.unverified().head.size).await?;
        let verdict = self.cosign(&newest, old).await;
        match &verdict {
            // What bears more signatures already is not replaced.
            Publication::Publish(cosigned)
                if same.is_none_or(|last| signatures(last) <= signatures(cosigned)) =>
            {
                self.publish(cosigned, old).await?;
            }
            Publication::Publish(_) => {}
            Publication::Enough(cosigned) | Publication::Meanwhile { checkpoint: cosigned, .. }
                if same.is_none_or(|last| signatures(last) < signatures(cosigned)) =>
            {
                self.publish(cosigned, old).await?;
            }
            Publication::Enough(_)
            | Publication::Meanwhile { .. }
            | Publication::Hold { .. }
            | Publication::Contradicted { .. } => {}
        }
        self.is_settled = matches!(verdict, Publication::Publish(_));
        Ok(verdict)
    }

    async fn publish(&mut self, cosigned: &SignedCheckpoint, old: TreeSize) -> Result<(), PublishError> {
        // Before the checkpoint: a crash in between keeps one that was not published, which is true all the same.
        if let Some(path) = self.hourly.keep(cosigned) {
            write(&self.folder, vec![(path, cosigned.encode().into_bytes())]).await?;
        }
        let size = cosigned.unverified().head.size;
        let rotated = PublishedPath::Rotated(size);
        if self.reader.hand_overs().contains_key(&size) && !self.folder.place(rotated).is_file() {
            write(&self.folder, vec![(rotated, cosigned.encode().into_bytes())]).await?;
        }
        // The key that this checkpoint is to be checked with; a crash in between leaves one key too many for the last.
        write_keys(&self.folder, &self.reader.log_keys().up_to(size)).await?;
        publish_checkpoint(&self.folder, cosigned, old).await?;
        self.published.send_replace(Some(Arc::new(cosigned.clone())));
        Ok(())
    }

    async fn cosign(&self, newest: &SignedCheckpoint, old: TreeSize) -> Publication {
        let Some(cosigner) = &self.cosigner else { return Publication::Publish(newest.clone()) };
        let (reader, size) = (Arc::clone(&self.reader), newest.unverified().head.size);
        let prove = move |old| {
            prove_consistency(old, size, reader.known().tree()).map_err(|error| match error {
                ProveError::Claim(error) => error,
                // The tree has every hash up to its size, which the checkpoint's never exceeds: the store is at fault.
                ProveError::Read(missing) => {
                    tracing::error!(%missing, "a proof for a witness could not be made");
                    ProofError::Shrunk { old, new: size }
                }
            })
        };
        match cosigner.cosign(&Growth::new(newest.clone(), old, prove)).await {
            Publication::Publish(other)
            | Publication::Enough(other)
            | Publication::Meanwhile { checkpoint: other, .. }
                if other.unverified() != newest.unverified() =>
            {
                Publication::Hold {
                    why: "another checkpoint was cosigned than the one asked about".to_owned(),
                }
            }
            verdict => verdict,
        }
    }
}

/// How many lines stand beneath a checkpoint.
fn signatures(checkpoint: &SignedCheckpoint) -> usize {
    checkpoint.note().signatures().len()
}
