use super::folder::WitnessFolder;
use super::{AddError, WitnessError};
use crate::ledger::Clock;
use data_encoding::HEXLOWER;
use minutebook_log::{
    AddCheckpoint, AnyCheckpoint, KnownLog, NoteSignature, Timestamp, TreeHead, VerifierKey, WitnessKey,
    WitnessRefusal,
};
use minutebook_store::Files;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A time within the first second of 1970 stands for none.
const TIME_MICROS_MIN: i64 = 1_000_000;

/// Whether a witness begins or goes on. Beginning is an explicit act: a witness that has forgotten what it has
/// signed would sign a second history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begin {
    /// It has never run: its folder is made, or is empty.
    New,
    /// It has run before: its folder is there.
    Resume,
}

/// A witness: its key, its clock, the logs that it knows and what it cosigned last of each.
pub struct Witness {
    key: WitnessKey,
    clock: Arc<dyn Clock>,
    folder: WitnessFolder,
    /// By the log's origin.
    logs: BTreeMap<String, Log>,
    /// The latest time that was ever signed.
    signed_last: Mutex<Timestamp>,
}

struct Log {
    origin_hash: String,
    known: KnownLog,
    /// Held from the check until what was checked is stored: two requests can't both extend one checkpoint.
    latest: Mutex<Latest>,
}

/// What was cosigned last of a log.
enum Latest {
    /// This, which is on the disk; or nothing so far.
    Known(Option<AnyCheckpoint>),
    /// Storing failed, and what is on the disk is not known.
    Unknown,
}

impl Witness {
    /// Opens the witness with this key in the folder `dir`, for these logs (those of one origin are one, with the keys of
    /// all).
    ///
    /// # Errors
    /// [`WitnessError`], also where a stored checkpoint is not cosigned by this very key.
    pub fn open(
        dir: &Path,
        begin: Begin,
        key: WitnessKey,
        logs: &[KnownLog],
        clock: Arc<dyn Clock>,
    ) -> Result<Self, WitnessError> {
        Self::open_on(Files::default(), dir, begin, key, logs, clock)
    }

    /// The same, on these files.
    ///
    /// # Errors
    /// As [`Witness::open`].
    pub fn open_on(
        files: Files,
        dir: &Path,
        begin: Begin,
        key: WitnessKey,
        logs: &[KnownLog],
        clock: Arc<dyn Clock>,
    ) -> Result<Self, WitnessError> {
        let folder = match begin {
            Begin::New => WitnessFolder::begin(dir, files)?,
            Begin::Resume => WitnessFolder::resume(dir, files)?,
        };
        let mut witness =
            Self { key, clock, folder, logs: BTreeMap::new(), signed_last: Mutex::new(Timestamp::EPOCH) };
        for log in logs {
            witness.know(log)?;
        }
        Ok(witness)
    }

    /// The witness's public key, for whoever is to trust it.
    pub fn verifier(&self) -> VerifierKey {
        self.key.verifier()
    }

    /// Origin and size cosigned last of every log that is known here; nothing where none was cosigned.
    pub fn logs(&self) -> Vec<(String, Option<TreeHead>)> {
        let head = |log: &Log| match &*lock(&log.latest) {
            Latest::Known(latest) => latest.as_ref().map(AnyCheckpoint::head),
            Latest::Unknown => None,
        };
        self.logs.iter().map(|(origin, log)| (origin.clone(), head(log))).collect()
    }

    /// Cosigns the checkpoint of an add-checkpoint request, if it extends what was cosigned last of its log. What
    /// is returned is stored. Blocks on the disk.
    ///
    /// # Errors
    /// [`AddError`]; nothing was signed.
    pub fn add(&self, request: &[u8]) -> Result<NoteSignature, AddError> {
        let parsed = AddCheckpoint::parse(request)?;
        let origin = parsed.checkpoint.origin();
        let log =
            self.logs.get(origin).ok_or_else(|| WitnessRefusal::UnknownLog { origin: origin.to_owned() })?;
        let mut latest = lock(&log.latest);
        let Latest::Known(known) = &*latest else { return Err(AddError::NotStored) };
        let head = known.as_ref().map(AnyCheckpoint::head);
        let signed = parsed.judge(std::slice::from_ref(&log.known), head).inspect_err(|refusal| {
            if matches!(refusal, WitnessRefusal::Inconsistent(_)) {
                let known = known.as_ref().map(AnyCheckpoint::encode).unwrap_or_default();
                self.folder.keep_refused(&log.origin_hash, &known, &parsed);
            }
        })?;
        let line = self.key.cosign(&parsed.checkpoint, self.time()?);
        // Lines of strangers are not kept: nobody has verified them.
        let cosigned = parsed.checkpoint.only_with(vec![signed.line, line.clone()])?;
        self.store(log, &mut latest, cosigned)?;
        Ok(line)
    }

    /// The checkpoint that was cosigned last, of the log whose origin has this SHA-256 in hexadecimal digits.
    pub fn latest(&self, origin_hash: &str) -> Option<AnyCheckpoint> {
        let log = self.logs.values().find(|log| log.origin_hash == origin_hash)?;
        match &*lock(&log.latest) {
            Latest::Known(latest) => latest.clone(),
            Latest::Unknown => None,
        }
    }

    /// A failed write leaves the old checkpoint or the new one on the disk, and it can't be said which. The line
    /// has not been given out, so either is safe to resume from; to go on without looking is not.
    fn store(&self, log: &Log, latest: &mut Latest, cosigned: AnyCheckpoint) -> Result<(), AddError> {
        match self.folder.store(&log.origin_hash, &cosigned) {
            Ok(()) => {
                *latest = Latest::Known(Some(cosigned));
                Ok(())
            }
            Err(why) => {
                tracing::error!(%why, "nothing more is cosigned for this log until the witness is started anew");
                *latest = Latest::Unknown;
                Err(AddError::NotStored)
            }
        }
    }

    /// The time to sign: the clock's, but never before one that was signed.
    fn time(&self) -> Result<Timestamp, AddError> {
        let mut last = lock(&self.signed_last);
        let now = self.clock.now().max(*last);
        if now.as_micros() < TIME_MICROS_MIN {
            return Err(AddError::Clock);
        }
        *last = now;
        Ok(now)
    }

    /// Takes a log, and reads what was cosigned last of it.
    fn know(&mut self, known: &KnownLog) -> Result<(), WitnessError> {
        let origin = known.origin();
        if let Some(log) = self.logs.get_mut(origin) {
            log.known = log.known.clone().with_keys_of(known);
            return Ok(());
        }
        let origin_hash = HEXLOWER.encode(&Sha256::digest(origin));
        let stored = self.folder.read(&origin_hash)?;
        if let Some(stored) = &stored {
            let time = self.check_own(origin, &origin_hash, stored)?;
            let mut last = lock(&self.signed_last);
            *last = time.max(*last);
        }
        let log = Log { origin_hash, known: known.clone(), latest: Mutex::new(Latest::Known(stored)) };
        self.logs.insert(origin.to_owned(), log);
        Ok(())
    }

    /// Whether this key has cosigned the stored checkpoint, and when. That is all the proof that it needs: the
    /// log's key may have been replaced since.
    fn check_own(
        &self,
        origin: &str,
        origin_hash: &str,
        stored: &AnyCheckpoint,
    ) -> Result<Timestamp, WitnessError> {
        let damaged = |why: &str| WitnessError::damaged(&self.folder.path_of(origin_hash), why);
        if stored.origin() != origin {
            return Err(damaged("it is another log's"));
        }
        let cosigned = stored.cosignatures([&self.verifier()]).map_err(|why| damaged(&why.to_string()))?;
        let own = cosigned.first().ok_or_else(|| damaged("this witness's key has not signed it"))?;
        Ok(own.time)
    }
}

/// What a panic elsewhere left behind is still whole: each of these is changed in one assignment.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
