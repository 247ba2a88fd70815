use crate::ledger::Scrubbed;
use crate::published::{Cosigner, Growth, Publication};
use crate::witnessing::WitnessStanding;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// What a server is told of what is around it, beside its ledger: for those who look from outside.
#[derive(Debug, Default)]
pub struct Surroundings {
    /// The ledger's folder: its room on the disk is looked at, and how much it takes.
    pub dir: Option<PathBuf>,
    /// How far the scrub is.
    pub scrub: Option<watch::Receiver<Scrubbed>>,
    /// What witnesses said last.
    pub witnessed: Option<WitnessedWatch>,
    /// Where health and figures are shown beside the server's own address; then figures are shown there alone.
    pub metrics: Option<TcpListener>,
}

/// What became of the checkpoint that witnesses were asked about last.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum QuorumState {
    /// They were not asked yet.
    #[default]
    NotAsked,
    /// A quorum of them has signed it.
    Quorum,
    /// There has been no quorum since then; why, where it is known.
    Missing {
        /// Since when.
        since: Instant,
        /// Whether checkpoints wait for one.
        holds: bool,
        /// What they said.
        why: String,
    },
}

/// Who is asked, and what became of it.
#[derive(Debug, Clone)]
pub struct WitnessedWatch {
    /// How each witness stands.
    pub witnesses: Vec<Arc<WitnessStanding>>,
    /// What became of it.
    pub state: watch::Receiver<QuorumState>,
}

/// A cosigner of which others see what it says.
pub struct SeenCosigner {
    inner: Arc<dyn Cosigner>,
    state: watch::Sender<QuorumState>,
}

impl SeenCosigner {
    /// `inner`, seen, and where it is seen.
    pub fn of(inner: Arc<dyn Cosigner>, witnesses: Vec<Arc<WitnessStanding>>) -> (Self, WitnessedWatch) {
        let (sender, state) = watch::channel(QuorumState::NotAsked);
        (Self { inner, state: sender }, WitnessedWatch { witnesses, state })
    }

    fn take_note(&self, verdict: &Publication) {
        self.state.send_if_modified(|state| {
            let since = match state {
                QuorumState::Missing { since, .. } => *since,
                QuorumState::NotAsked | QuorumState::Quorum => Instant::now(),
            };
            let new = match verdict {
                Publication::Publish(_) | Publication::Enough(_) => QuorumState::Quorum,
                Publication::Meanwhile { why, .. } => {
                    QuorumState::Missing { since, holds: false, why: why.clone() }
                }
                Publication::Hold { why } | Publication::Contradicted { why } => {
                    QuorumState::Missing { since, holds: true, why: why.clone() }
                }
            };
            let is_new = *state != new;
            *state = new;
            is_new
        });
    }
}

impl Cosigner for SeenCosigner {
    fn cosign<'a>(&'a self, growth: &'a Growth) -> Pin<Box<dyn Future<Output = Publication> + Send + 'a>> {
        Box::pin(async move {
            let verdict = self.inner.cosign(growth).await;
            self.take_note(&verdict);
            verdict
        })
    }
}
