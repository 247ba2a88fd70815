use minutebook_log::{Malformed, ProofError, SignedCheckpoint, TreeSize, VerifierKey};
use std::io;

/// Why the witnesses of a policy can't be asked at all. Each is to be put right before the server starts.
#[derive(Debug, thiserror::Error)]
pub enum WitnessingError {
    /// The policy has another form.
    #[error("the policy: {0}")]
    Policy(#[from] Malformed),
    /// The policy is another log's.
    #[error("the policy's logs do not include this one, {key}")]
    AnotherLog {
        /// The key of the log.
        key: Box<VerifierKey>,
    },
    /// A witness that nobody could ask.
    #[error("the witness {name} needs an http or https URL to be asked at; the policy has {found}")]
    Url {
        /// What the policy calls it.
        name: String,
        /// What stands there.
        found: String,
    },
    /// A note does not hold as many signatures.
    #[error("{count} witnesses; a checkpoint has room for {max}")]
    TooMany {
        /// How many there are.
        count: usize,
        /// How many there may be.
        max: usize,
    },
    /// There are no certificates to check an https witness by.
    #[error("the system's certificates can't be read, which https needs: {0}")]
    Certificates(io::Error),
}

/// Why a witness has not signed.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The question of the round before is still open.
    #[error("it has not answered the question before")]
    Busy,
    /// It does not answer, or breaks off.
    #[error("it can't be reached: {0}")]
    Unreachable(String),
    /// It has not answered in time.
    #[error("it has not answered in time")]
    Late,
    /// It answers in a form that is no witness's.
    #[error("it answered in another form: {0}")]
    Malformed(#[from] Malformed),
    /// It refuses.
    #[error("it refuses with status {status}: {said}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// What it said, shortened.
        said: String,
    },
    /// It answers without a signature by the key that the policy has.
    #[error("it answered without a signature by its key")]
    Unsigned,
    /// Its signature does not hold.
    #[error("its signature does not hold")]
    Forged,
    /// It keeps naming other sizes.
    #[error(
        "it names other sizes again and again, {latest} at last: does somebody else ask it for this log?"
    )]
    Unsteady {
        /// The last.
        latest: TreeSize,
    },
    /// It says that it has signed more of this log than there is, and can't show it.
    #[error("it claims to have signed this log at size {latest}, beyond its end, and does not show it")]
    Ahead {
        /// The size that it names.
        latest: TreeSize,
    },
    /// The log can't prove that it extends what the witness names.
    #[error("no proof from the size that it names: {0}")]
    Unproved(#[from] ProofError),
    /// It shows a checkpoint that this log's key has signed and that the log does not extend. One of them is
    /// false, whoever made it: the log lost its end, was changed, or its key is in other hands.
    #[error(
        "it shows a checkpoint of this log, signed by the log's own key, that the log does not extend:\n{}",
        theirs.encode()
    )]
    Contradicted {
        /// What it shows.
        theirs: Box<SignedCheckpoint>,
    },
}
