//! One witness that is asked, and what is remembered of it.

use super::http::{Answer, Http};
use super::{AskError, WitnessStanding, WitnessingError};
use crate::published::Growth;
use data_encoding::HEXLOWER;
use hyper::Uri;
use minutebook_log::{
    AddCheckpoint, Checkpoint, Cosigned, PolicyWitness, SignedCheckpoint, TreeSize, VerifierKey,
    check_consistency, parse_signature_lines,
};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use tokio::sync::Mutex;

/// How often a witness may name another size in answer to one question. Once is usual after a start.
const CONFLICTS_MAX: usize = 3;

/// How much of what a refusing witness says is repeated, in characters.
const SAID_CHARS_MAX: usize = 200;

/// A witness of the policy.
pub(super) struct Asked {
    /// How it stands, for those who look.
    pub(super) standing: Arc<WitnessStanding>,
    key: VerifierKey,
    add_checkpoint: Uri,
    monitoring: Uri,
    /// Held while a question is open.
    memory: Mutex<Memory>,
}

/// What was learnt from earlier answers.
struct Memory {
    /// The size that it signed last, as far as is known here: 0 at first, and it will say if that is wrong.
    latest: TreeSize,
    /// What it signed last, and its signature.
    signed: Option<(Checkpoint, Cosigned)>,
}

/// What an answer comes to.
enum Step {
    Signed(Cosigned),
    /// It names another size, and is asked again from there.
    From(TreeSize),
}

impl Asked {
    /// A witness of the policy, for the log with this origin.
    pub(super) fn new(witness: &PolicyWitness, origin: &str) -> Result<Self, WitnessingError> {
        let name = witness.name.to_string();
        let found = witness.url.clone().unwrap_or_else(|| "none".to_owned());
        let address = |path: &str| {
            let address: Option<Uri> = format!("{}/{path}", found.trim_end_matches('/')).parse().ok();
            let address = address.filter(|address| matches!(address.scheme_str(), Some("http" | "https")));
            address.ok_or_else(|| WitnessingError::Url { name: name.clone(), found: found.clone() })
        };
        Ok(Self {
            add_checkpoint: address("add-checkpoint")?,
            monitoring: address(&format!("{}/checkpoint", HEXLOWER.encode(&Sha256::digest(origin))))?,
            key: witness.key.clone(),
            memory: Mutex::new(Memory { latest: TreeSize::EMPTY, signed: None }),
            standing: Arc::new(WitnessStanding::new(name)),
        })
    }

    /// What the policy calls it.
    pub(super) fn name(&self) -> &str {
        self.standing.name()
    }

    /// Where it is asked.
    pub(super) fn address(&self) -> &Uri {
        &self.add_checkpoint
    }

    /// Asks it to sign the checkpoint that the log, whose keys these are, has grown to.
    pub(super) async fn ask(
        &self,
        http: &Http,
        logs: &[VerifierKey],
        growth: &Growth,
    ) -> Result<Cosigned, AskError> {
        let mut memory = self.memory.try_lock().map_err(|_open| AskError::Busy)?;
        let checkpoint = growth.checkpoint().unverified();
        if let Some((_of, cosigned)) = memory.signed.as_ref().filter(|(of, _)| of == checkpoint) {
            return Ok(cosigned.clone());
        }
        for _conflict in 0..=CONFLICTS_MAX {
            let answer = self.post(http, growth, memory.latest).await?;
            let step = match self.read(growth, &answer) {
                Err(AskError::Ahead { latest }) => {
                    memory.latest = latest;
                    Err(AskError::Ahead { latest })
                }
                step => step,
            };
            match step {
                Ok(Step::Signed(cosigned)) => {
                    memory.latest = checkpoint.head.size;
                    memory.signed = Some((checkpoint.clone(), cosigned.clone()));
                    return Ok(cosigned);
                }
                Ok(Step::From(size)) => memory.latest = size,
                Err(refusal @ (AskError::Ahead { .. } | AskError::Refused { status: 422, .. })) => {
                    return Err(self.contradiction(http, logs, growth).await.unwrap_or(refusal));
                }
                Err(refusal) => return Err(refusal),
            }
        }
        Err(AskError::Unsteady { latest: memory.latest })
    }

    async fn post(&self, http: &Http, growth: &Growth, latest: TreeSize) -> Result<Answer, AskError> {
        let checkpoint = growth.checkpoint().clone();
        // A witness that was ahead is asked from the log's end, and says where it stands now.
        let old = latest.min(checkpoint.unverified().head.size);
        let request =
            AddCheckpoint { old, proof: growth.prove(old)?, checkpoint: checkpoint.into() }.encode();
        match http.post(&self.add_checkpoint, request.clone()).await {
            // Once more: the witness may have been starting, or may have closed what was kept open.
            Err(AskError::Unreachable(_)) => http.post(&self.add_checkpoint, request).await,
            answered => answered,
        }
    }

    fn read(&self, growth: &Growth, answer: &Answer) -> Result<Step, AskError> {
        match answer.status {
            200 => self.check(growth.checkpoint(), &answer.text).map(Step::Signed),
            409 => {
                let latest = answer.text.strip_suffix('\n').unwrap_or(&answer.text).parse()?;
                let is_ahead = latest > growth.checkpoint().unverified().head.size;
                if is_ahead { Err(AskError::Ahead { latest }) } else { Ok(Step::From(latest)) }
            }
            status => {
                let said = answer.text.trim().chars().take(SAID_CHARS_MAX);
                Err(AskError::Refused { status, said: said.flat_map(char::escape_debug).collect() })
            }
        }
    }

    /// The witness's signature in what it answered. Lines of other keys are not looked at.
    fn check(&self, checkpoint: &SignedCheckpoint, answer: &str) -> Result<Cosigned, AskError> {
        let mut lines = parse_signature_lines(answer)?;
        lines.retain(|line| line.is_by(&self.key));
        if lines.is_empty() {
            return Err(AskError::Unsigned);
        }
        let cosigned = checkpoint.only_with(lines)?.cosignatures([&self.key]);
        cosigned.map_err(|_forged| AskError::Forged)?.pop().ok_or(AskError::Unsigned)
    }

    /// What the witness shows that the log contradicts, if the log has signed that: a witness's word alone is no
    /// reason to stop.
    async fn contradiction(&self, http: &Http, logs: &[VerifierKey], growth: &Growth) -> Option<AskError> {
        let answer = http.get(&self.monitoring).await.ok().filter(|answer| answer.status == 200)?;
        let theirs = SignedCheckpoint::parse(answer.text.as_bytes()).ok()?;
        theirs.verify(logs).ok()?;
        let (old, new) = (theirs.unverified(), growth.checkpoint().unverified());
        if old.origin != new.origin || old.head.size == TreeSize::EMPTY {
            return None;
        }
        let extends =
            growth.prove(old.head.size).and_then(|proof| check_consistency(old.head, new.head, &proof));
        extends.is_err().then(|| AskError::Contradicted { theirs: Box::new(theirs) })
    }
}
