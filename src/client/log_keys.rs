//! The log's keys as a client follows them: from the opening entry, or from what it remembers, over each note at which
//! one handed over to the next (spec/published-log.md, Rotation).

use super::checkpoints::parse_checkpoint;
use super::{Client, ClientError, HeldEntry, KeyChange, KnownLedger};
use crate::proto;
use minutebook_governance::{Admission, Book, authority, catalogue};
use minutebook_log::{
    Algorithm, Entry, Hash, LogKeys, Opening, Place, Position, PublicKey, Signed, SignedCheckpoint,
    VerifierKey,
};

/// A key that a server offers as the log's, and the note at which the one before handed over to it.
struct Offered {
    from: Position,
    key: VerifierKey,
    hand_over: Vec<u8>,
}

/// The key that signs a ledger's first checkpoints, from its opening entry, whose hash is the ledger's id.
pub(super) fn of_opening(opening: &[u8], id: Hash) -> Result<LogKeys, ClientError> {
    let found = Hash::of(opening);
    if found != id {
        let what = format!("the ledger's id is {id}, and its entry 0 has the hash {found}");
        return Err(ClientError::lies("GetLedger", &what));
    }
    let opening = Entry::parse(opening).and_then(|entry| Opening::parse(entry.event()));
    let key = opening.and_then(|opening| {
        VerifierKey::new((&opening.origin).into(), Algorithm::Ed25519, opening.checkpoint_key)
    });
    let keys = key.and_then(|key| LogKeys::new(vec![(Position::FIRST, key)]));
    keys.map_err(|malformed| ClientError::lies("GetEntry", &malformed))
}

/// Whether a checkpoint is by the key of its size.
pub(super) fn is_by(keys: &LogKeys, checkpoint: &SignedCheckpoint) -> bool {
    let key = keys.at(checkpoint.unverified().head.size);
    key.is_some_and(|key| checkpoint.verify(std::slice::from_ref(key)).is_ok())
}

/// Whether another key than those signs a checkpoint under the log's name, too: where the log's key passes on, both sign,
/// and the old one alone is not all that is to be known. A line that somebody else has added costs a question, and no more.
fn may_hand_over(keys: &LogKeys, checkpoint: &SignedCheckpoint) -> bool {
    let Some(newest) = keys.newest() else { return false };
    let is_known = |id| keys.keys().iter().any(|(_from, key)| key.id() == id);
    let lines = checkpoint.note().signatures();
    lines.iter().any(|line| line.name == *newest.name() && !is_known(line.id))
}

impl Client {
    /// The keys that are known of a ledger with this opening: those remembered, or that of the opening.
    pub(super) fn known_keys(&self, opening: &HeldEntry, id: Hash) -> Result<LogKeys, ClientError> {
        let first = of_opening(&opening.bytes, id)?;
        let remembered =
            self.memory.recall_keys(id)?.filter(|keys| keys.keys().first() == first.keys().first());
        Ok(remembered.unwrap_or(first))
    }

    /// The keys by which a checkpoint is to be verified: those that are known, and those to which they lead.
    ///
    /// # Errors
    /// [`ClientError::LogKey`] where nothing leads to the key of the checkpoint; both are kept.
    pub(super) async fn follow_keys(
        &mut self,
        opening: &HeldEntry,
        id: Hash,
        known: &LogKeys,
        now: &SignedCheckpoint,
    ) -> Result<LogKeys, ClientError> {
        if is_by(known, now) && !may_hand_over(known, now) {
            return Ok(known.clone());
        }
        let mut keys = known.clone();
        for offered in self.offered_keys().await? {
            // One that takes over after this checkpoint is for the next.
            if offered.from.0 >= now.unverified().head.size.0 {
                continue;
            }
            if keys.keys().iter().any(|known| *known == (offered.from, offered.key.clone())) {
                continue;
            }
            match self.follow_one(opening, &keys, &offered, now).await? {
                Ok(followed) => keys = followed,
                Err(why) => return Err(self.key_change(id, known, &offered, now, why)?),
            }
        }
        if !is_by(&keys, now) {
            let what = format!("a checkpoint that the log's key has not signed:\n{}", now.encode());
            return Err(ClientError::lies("GetCheckpoint", &what));
        }
        self.memory.keep_keys(id, &keys);
        Ok(keys)
    }

    async fn offered_keys(&mut self) -> Result<Vec<Offered>, ClientError> {
        let response = self.proof.get_log_keys(proto::GetLogKeysRequest {}).await?.into_inner();
        let offered = response.keys.into_iter().map(|key| {
            let verifier = key.vkey.parse().map_err(|error| ClientError::lies("GetLogKeys", &error))?;
            Ok(Offered { from: Position(key.from), key: verifier, hand_over: key.hand_over })
        });
        offered.collect()
    }

    /// The keys with the one that is offered; or why nothing leads to it.
    async fn follow_one(
        &mut self,
        opening: &HeldEntry,
        keys: &LogKeys,
        offered: &Offered,
        now: &SignedCheckpoint,
    ) -> Result<Result<LogKeys, String>, ClientError> {
        let lies = |error: &dyn ToString| ClientError::lies("GetLogKeys", &error.to_string());
        let followed = keys.with(offered.from, offered.key.clone()).map_err(|error| lies(&error))?;
        if offered.hand_over.is_empty() {
            return Ok(Err("the server does not have the note at which the old key handed over".to_owned()));
        }
        let note = SignedCheckpoint::parse(&offered.hand_over).map_err(|error| lies(&error))?;
        match followed.check_hand_over(&note) {
            Err(error) => return Ok(Err(error.to_string())),
            Ok(hand_over) if !hand_over.is_signed_by_old => {
                return Ok(Err(format!("the old key, {}, has not signed over to it", hand_over.old)));
            }
            Ok(_by_both) => {}
        }
        let head = note.unverified().head;
        if let Some(why) = self.difference(head, now.unverified().head).await? {
            return Ok(Err(why));
        }
        let entry = self.entry(offered.from).await?;
        self.check_included(&entry.bytes, offered.from, head).await?;
        Ok(check_entry(&opening.bytes, &entry.bytes, offered.key.key()).map(|()| followed))
    }

    /// Keeps what was known and what is shown.
    fn key_change(
        &self,
        id: Hash,
        known: &LogKeys,
        offered: &Offered,
        now: &SignedCheckpoint,
        why: String,
    ) -> Result<ClientError, ClientError> {
        let change = KeyChange {
            origin: now.unverified().origin.to_string(),
            known: known.encode(),
            offered: offered.key.to_string(),
            before: self.memory.recall_checkpoint(id)?.map(|before| before.encode()),
            now: now.encode(),
            hand_over: String::from_utf8_lossy(&offered.hand_over).into_owned(),
            why,
        };
        let saved = self.memory.save_key_change(id, &change);
        Ok(ClientError::LogKey { change: Box::new(change), saved })
    }

    /// Takes this key as the log's from now on, on the word of whoever calls, who has it from elsewhere. The log still
    /// has to extend what was seen of it.
    ///
    /// # Errors
    /// [`ClientError`]: the server shows no checkpoint by this key, or one of another history.
    pub async fn trust_log_key(&mut self, key: &VerifierKey) -> Result<LogKeys, ClientError> {
        let (ledger, id, before) = self.shown_beside_memory().await?;
        let opening = self.entry(Position::FIRST).await?;
        let mut keys = of_opening(&opening.bytes, id)?;
        for offered in
            self.offered_keys().await?.into_iter().filter(|offered| offered.from != Position::FIRST)
        {
            keys = keys
                .with(offered.from, offered.key)
                .map_err(|error| ClientError::lies("GetLogKeys", &error))?;
        }
        let response = self.proof.get_checkpoint(proto::GetCheckpointRequest {}).await?.into_inner();
        let newest = parse_checkpoint("GetCheckpoint", &response.newest, &keys)?;
        if keys.newest() != Some(key) {
            let offered = keys.newest().map(ToString::to_string).unwrap_or_default();
            return Err(ClientError::lies(
                "GetLogKeys",
                &format!("the key {offered}, not the one that you trust"),
            ));
        }
        self.check_memory(&ledger, before, &newest).await?;
        self.memory.keep_keys(id, &keys);
        Ok(keys)
    }

    /// The keys with the one that this very event brings, which whoever sends it has signed for.
    pub(super) fn own_rotation(
        &self,
        known: &KnownLedger,
        signed: &Signed,
        position: u64,
    ) -> Option<LogKeys> {
        let act = catalogue::read(signed).ok()?;
        let enrolled = act.statement.downcast::<authority::KeyEnrolled>()?;
        let key =
            act.subject.name()?.parse().ok().filter(|_key| enrolled.key_use == authority::KeyUse::Log)?;
        let key = VerifierKey::new(known.key.name().clone(), Algorithm::Ed25519, key).ok()?;
        let keys = known.keys.with(Position(position), key).ok()?;
        self.memory.keep_keys(known.reference.id, &keys);
        Some(keys)
    }

    /// The keys that a known ledger's checkpoint is to be verified by.
    pub(super) async fn keys_of(
        &mut self,
        known: &KnownLedger,
        checkpoint: &SignedCheckpoint,
    ) -> Result<LogKeys, ClientError> {
        self.follow_keys(&known.opening, known.reference.id, &known.keys, checkpoint).await
    }

    /// The keys of a known ledger, each with its position, and the notes at which they handed over, as published.
    ///
    /// # Errors
    /// [`ClientError`]; a note that does not hold is a lie.
    pub async fn hand_overs(&mut self, known: &KnownLedger) -> Result<Vec<SignedCheckpoint>, ClientError> {
        let mut notes = Vec::new();
        for offered in self.offered_keys().await? {
            let is_known =
                known.keys.keys().iter().any(|known| *known == (offered.from, offered.key.clone()));
            if !is_known || offered.from == Position::FIRST {
                continue;
            }
            let lies = |error: &dyn ToString| ClientError::lies("GetLogKeys", &error.to_string());
            let note = SignedCheckpoint::parse(&offered.hand_over).map_err(|error| lies(&error))?;
            known.keys.check_hand_over(&note).map_err(|error| lies(&error))?;
            notes.push(note);
        }
        Ok(notes)
    }
}

/// Whether the registrars that the opening entry names, as many as it asks for, and the key itself have signed that it
/// signs for the log. Registrars who came later are not known here.
fn check_entry(opening: &[u8], entry: &[u8], key: PublicKey) -> Result<(), String> {
    let said = |error: &dyn ToString| error.to_string();
    let book = book_of(opening)?;
    let entry = Entry::parse(entry).map_err(|error| said(&error))?;
    entry.signed.verify().map_err(|error| said(&error))?;
    let act = catalogue::read(&entry.signed).map_err(|error| said(&error))?;
    let enrolled = act.statement.downcast::<authority::KeyEnrolled>();
    let is_logs = enrolled.is_some_and(|enrolled| enrolled.key_use == authority::KeyUse::Log);
    if !is_logs || authority::subject_of(&key).as_ref() != Some(&act.subject) {
        return Err(format!("entry {} does not enrol that key for the log", entry.position));
    }
    if !entry.signed.keys().any(|signer| signer == key) {
        return Err(format!("the new key has not signed entry {}", entry.position));
    }
    let place = place_of(&entry);
    let broken = authority::authorise(book.record(), &act, place).violations;
    let broken: Vec<_> = broken.iter().map(|one| format!("{}: found {}", one.rule.id, one.found)).collect();
    if broken.is_empty() {
        return Ok(());
    }
    let (position, broken) = (entry.position, broken.join("; "));
    Err(format!("entry {position} is not signed by the registrars that the opening entry names ({broken})"))
}

/// The book of the opening entry alone.
fn book_of(opening: &[u8]) -> Result<Book, String> {
    let entry = Entry::parse(opening).map_err(|error| error.to_string())?;
    let mut book = Book::new();
    let admitted = book.admit(&entry.signed, place_of(&entry)).map_err(|refusal| refusal.to_string())?;
    if let Admission::New(admitted) = admitted {
        book.append(&entry, Hash::of(opening), admitted).map_err(|error| error.to_string())?;
    }
    Ok(book)
}

fn place_of(entry: &Entry) -> Place {
    Place { position: entry.position, stream_number: entry.stream_number, recorded: entry.recorded }
}
