//! What a witness signs: that at a moment it knew no larger tree of this log, and none that contradicts it
//! (C2SP tlog-cosignature, `cosignature/v1`).

use crate::{
    Algorithm, KeyId, KeyName, Note, NoteSignature, SecretKey, Signature, SignedCheckpoint, Timestamp,
    VerifierKey,
};

/// A witness's signature that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosigned {
    /// Whose it is.
    pub witness: VerifierKey,
    /// When the witness signed, by its own clock, in whole seconds.
    pub time: Timestamp,
    /// The line beneath the checkpoint.
    pub line: NoteSignature,
}

/// A line that says that it is by a known witness, and does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the cosignature of \"{name}\" ({id}) does not hold")]
pub struct CosignatureError {
    /// The name of the key.
    pub name: KeyName,
    /// The id of the key.
    pub id: KeyId,
}

const MICROS: u64 = 1_000_000;

impl SignedCheckpoint {
    /// The cosignatures of these witnesses, as [`Note::cosignatures`].
    ///
    /// # Errors
    /// [`CosignatureError`] if any line of one of these keys does not hold.
    pub fn cosignatures<'k>(
        &self,
        witnesses: impl IntoIterator<Item = &'k VerifierKey>,
    ) -> Result<Vec<Cosigned>, CosignatureError> {
        self.note().cosignatures(witnesses)
    }
}

impl Note {
    /// The cosignatures of these witnesses beneath a checkpoint, each witness's latest. Keys of logs are no witnesses; lines of
    /// other keys are left alone.
    ///
    /// # Errors
    /// [`CosignatureError`] if any line of one of these keys does not hold: the whole checkpoint is then
    /// worth nothing (C2SP signed-note).
    pub fn cosignatures<'k>(
        &self,
        witnesses: impl IntoIterator<Item = &'k VerifierKey>,
    ) -> Result<Vec<Cosigned>, CosignatureError> {
        let mut cosigned = Vec::new();
        let is_witness = |key: &&VerifierKey| key.algorithm() == Algorithm::CosignatureV1;
        for witness in witnesses.into_iter().filter(is_witness) {
            let lines = self.signatures().iter().filter(|line| line.is_by(witness));
            let checked = lines.map(|line| check(self.text(), witness, line));
            let checked = checked.collect::<Result<Vec<_>, _>>()?;
            cosigned.extend(checked.into_iter().max_by_key(|cosigned| cosigned.time));
        }
        Ok(cosigned)
    }
}

fn check(text: &str, witness: &VerifierKey, line: &NoteSignature) -> Result<Cosigned, CosignatureError> {
    let parse = || {
        let (seconds, signature) = line.bytes.split_first_chunk()?;
        let seconds = u64::from_be_bytes(*seconds);
        let signature = Signature::from_bytes(*signature.as_array()?);
        let time = moment(seconds)?;
        witness.key().verify_message(message(seconds, text).as_bytes(), &signature).ok()?;
        Some(Cosigned { witness: witness.clone(), time, line: line.clone() })
    };
    parse().ok_or_else(|| CosignatureError { name: line.name.clone(), id: line.id })
}

/// A time that a witness may state: not 0, which stands for none, nor beyond the calendar.
fn moment(seconds: u64) -> Option<Timestamp> {
    let micros = i64::try_from(seconds.checked_mul(MICROS)?).ok()?;
    Timestamp::from_micros(micros).filter(|moment| *moment != Timestamp::EPOCH)
}

/// What is signed. No event or checkpoint begins with this line.
fn message(seconds: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {seconds}\n{text}")
}

/// A witness's private key. It signs cosignatures and nothing else.
#[derive(Debug)]
pub struct WitnessKey {
    name: KeyName,
    secret: SecretKey,
}

impl WitnessKey {
    /// The key of the witness with this name.
    pub fn new(name: KeyName, secret: SecretKey) -> Self {
        Self { name, secret }
    }

    /// The public half, under the witness's name.
    pub fn verifier(&self) -> VerifierKey {
        VerifierKey::of(self.name.clone(), Algorithm::CosignatureV1, &self.secret)
    }

    /// Signs that at `time`, whose parts of a second are dropped, this was the largest tree known of its
    /// log. It is for the caller to have seen to that ([`crate::AddCheckpoint::judge`]). A time within the
    /// first second of 1970 makes a signature that nobody accepts.
    pub fn cosign(&self, checkpoint: &impl AsRef<Note>, time: Timestamp) -> NoteSignature {
        let seconds = time.as_micros().unsigned_abs() / MICROS;
        let signature = self.secret.sign_message(message(seconds, checkpoint.as_ref().text()).as_bytes());
        let bytes = [seconds.to_be_bytes().as_slice(), signature.as_bytes()].concat();
        NoteSignature { name: self.name.clone(), id: self.verifier().id(), bytes }
    }
}
