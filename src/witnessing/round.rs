use super::asked::Asked;
use super::http::Http;
use super::{AskError, WitnessStanding, WitnessingError};
use crate::published::{Cosigner, Growth, Publication, Repeated};
use minutebook_log::{Cosigned, NOTE_SIGNATURES_MAX, Policy, VerifierKey};
use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

/// What becomes of a checkpoint for which there is no quorum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnNoQuorum {
    /// It is published with the signatures that there are (fail open).
    Publish,
    /// It is not published until there is one (fail closed). Appends go on, and get their receipts.
    Hold,
}

/// How long a checkpoint waits for its witnesses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For a quorum.
    pub quorum: Duration,
    /// For the others, once there is one.
    pub others: Duration,
}

impl From<OnNoQuorum> for Patience {
    /// Who fails open stays less than a second behind, whatever the witnesses do.
    fn from(on_no_quorum: OnNoQuorum) -> Self {
        let quorum = match on_no_quorum {
            OnNoQuorum::Publish => Duration::from_millis(600),
            OnNoQuorum::Hold => Duration::from_secs(5),
        };
        Self { quorum, others: Duration::from_millis(100) }
    }
}

/// The witnesses of a policy, and what to do without a quorum of them.
pub struct Witnesses {
    policy: Policy,
    /// The keys by which the log signs, or has signed.
    logs: Arc<Vec<VerifierKey>>,
    witnesses: Vec<Arc<Asked>>,
    http: Arc<Http>,
    on_no_quorum: OnNoQuorum,
    patience: Patience,
    /// What was said last of a quorum that there is not.
    said: Mutex<Repeated>,
    /// Who showed that the log has signed two histories, and how.
    contradiction: Arc<OnceLock<String>>,
}

/// What came of asking one witness.
type Outcome = (Arc<Asked>, Result<Cosigned, AskError>);

impl Witnesses {
    /// The witnesses of `policy`, for the log that signs with `log`.
    ///
    /// # Errors
    /// [`WitnessingError`].
    pub fn new(
        policy: Policy,
        log: VerifierKey,
        on_no_quorum: OnNoQuorum,
        patience: Patience,
    ) -> Result<Self, WitnessingError> {
        let origin = log.name().clone();
        let mut logs: Vec<VerifierKey> = policy.logs().iter().map(|log| log.key.clone()).collect();
        if logs.is_empty() {
            logs.push(log);
        } else if !logs.contains(&log) {
            return Err(WitnessingError::AnotherLog { key: Box::new(log) });
        }
        let (count, max) = (policy.witnesses().len(), NOTE_SIGNATURES_MAX - 1);
        if count > max {
            return Err(WitnessingError::TooMany { count, max });
        }
        let asked = |witness| Asked::new(witness, origin.as_str()).map(Arc::new);
        let witnesses = policy.witnesses().iter().map(asked).collect::<Result<Vec<_>, _>>()?;
        let http = Arc::new(Http::new(witnesses.iter().map(|witness| witness.address()))?);
        let (logs, contradiction) = (Arc::new(logs), Arc::default());
        let said = Mutex::default();
        Ok(Self { policy, logs, witnesses, http, on_no_quorum, patience, said, contradiction })
    }

    /// How each of them stands, for those who look.
    pub fn standings(&self) -> Vec<Arc<WitnessStanding>> {
        self.witnesses.iter().map(|witness| Arc::clone(&witness.standing)).collect()
    }

    /// Asks all of them at once, and waits no longer than patience has it. Who has not answered by then may
    /// still do so, and is not asked anything else until it has.
    async fn round(&self, growth: &Growth) -> Publication {
        // A log that has signed two histories publishes neither, whatever the setting: somebody has to look.
        if let Some(why) = self.contradiction.get() {
            return Publication::Contradicted { why: why.clone() };
        }
        let mut answers = self.ask_all(growth);
        let mut deadline = Instant::now() + self.patience.quorum;
        let (mut cosigned, mut missing, mut is_met) = (Vec::new(), Vec::new(), false);
        let mut silent: BTreeSet<&str> = self.witnesses.iter().map(|witness| witness.name()).collect();
        loop {
            if !is_met && self.is_met(&cosigned) {
                is_met = true;
                deadline = deadline.min(Instant::now() + self.patience.others);
            }
            let Ok(Some((witness, outcome))) = timeout_at(deadline, answers.recv()).await else { break };
            match outcome {
                // It is still silent about the question before.
                Err(AskError::Busy) => continue,
                Ok(line) => cosigned.push(line),
                Err(error) => missing.push(format!("{}: {error}", witness.name())),
            }
            silent.remove(witness.name());
        }
        missing.extend(silent.iter().map(|name| format!("{name}: {}", AskError::Late)));
        // In one order, so that the same is seen to be the same.
        missing.sort();
        self.verdict(growth, &cosigned, &missing)
    }

    /// Puts the question to each witness in a task of its own, which ends by itself.
    fn ask_all(&self, growth: &Growth) -> mpsc::Receiver<Outcome> {
        let (answered, answers) = mpsc::channel(self.witnesses.len().max(1));
        for witness in &self.witnesses {
            let (witness, http, logs) = (witness.clone(), self.http.clone(), self.logs.clone());
            let (growth, answered) = (growth.clone(), answered.clone());
            let contradiction = self.contradiction.clone();
            tokio::spawn(async move {
                let outcome = witness.ask(&http, &logs, &growth).await;
                witness.standing.take_note(&outcome);
                if let Err(error @ AskError::Contradicted { .. }) = &outcome {
                    let why = contradiction.get_or_init(|| format!("{}: {error}", witness.name()));
                    tracing::error!(
                        why,
                        "this log's key has signed two histories: nothing more is published or acknowledged"
                    );
                }
                // Where nobody waits any more, the witness's memory has it for the next round.
                let _late = answered.send((witness, outcome)).await;
            });
        }
        answers
    }

    fn is_met(&self, cosigned: &[Cosigned]) -> bool {
        self.policy.is_met_by(cosigned.iter().map(|cosigned| &cosigned.witness))
    }

    fn verdict(&self, growth: &Growth, cosigned: &[Cosigned], missing: &[String]) -> Publication {
        if let Some(why) = self.contradiction.get() {
            return Publication::Contradicted { why: why.clone() };
        }
        let mut lines: Vec<_> = cosigned.iter().map(|cosigned| cosigned.line.clone()).collect();
        lines.sort();
        let checkpoint = match growth.checkpoint().with_signatures(lines) {
            Ok(checkpoint) => checkpoint,
            Err(why) => return Publication::Hold { why: why.to_string() },
        };
        let (signed, of) = (cosigned.len(), self.witnesses.len());
        let missing = missing.join("; ");
        if self.is_met(cosigned) {
            if signed < of {
                tracing::debug!(signed, of, missing, "a quorum has signed, not every witness");
                return Publication::Enough(checkpoint);
            }
            return Publication::Publish(checkpoint);
        }
        let why = format!("{signed} of {of} witnesses have signed, which is no quorum ({missing})");
        match self.on_no_quorum {
            OnNoQuorum::Hold => Publication::Hold { why },
            OnNoQuorum::Publish => {
                let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(times) = said.news(&why, Instant::now().into_std()) {
                    tracing::warn!(why, times, "a checkpoint is published all the same");
                }
                Publication::Meanwhile { checkpoint, why }
            }
        }
    }
}

impl Cosigner for Witnesses {
    fn cosign<'a>(&'a self, growth: &'a Growth) -> Pin<Box<dyn Future<Output = Publication> + Send + 'a>> {
        Box::pin(self.round(growth))
    }
}
