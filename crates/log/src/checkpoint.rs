use crate::{
    Algorithm, KeyId, KeyName, Malformed, Note, NoteSignature, Origin, SecretKey, Signature, TreeHead,
    VerifierKey,
};
use std::sync::Arc;

/// What a log says about itself (C2SP tlog-checkpoint): its name, and the head of its tree. Three lines,
/// never more: the tree commits to the chain already, and what else a log would say nobody could check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name.
    pub origin: Origin,
    /// The head of its tree.
    pub head: TreeHead,
}

impl Checkpoint {
    /// The three lines, which are the text of the note.
    pub fn encode(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.head.size, self.head.root)
    }

    /// Reads the text of a note.
    ///
    /// # Errors
    /// [`Malformed`], naming the line: `origin`, `size`, `root`, or `extension` for a fourth.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let at =
            |name: &'static str| move |malformed: Malformed| Malformed { at: name.to_owned(), ..malformed };
        let mut lines = text.split_terminator('\n');
        let mut line = || lines.next().unwrap_or_default();
        let (origin, size, root) = (line(), line(), line());
        let origin = origin.parse().map_err(at("origin"))?;
        let size = size.parse().map_err(at("size"))?;
        let root = root.parse().map_err(at("root"))?;
        if let Some(extension) = lines.next() {
            return Err(Malformed::quoting("extension", extension, "three lines"));
        }
        let checkpoint = Self { origin, head: TreeHead { size, root } };
        // What is left is the line feed after the last line, which a note's text has.
        if checkpoint.encode() != text {
            return Err(Malformed::new("root", "no line feed after it", "three lines, each with its end"));
        }
        Ok(checkpoint)
    }
}

/// A checkpoint with the signatures beneath it. Its form is right; nothing is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: Note,
}

/// Why a checkpoint is not its log's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// No line is by a key that is known for the origin.
    #[error("not signed by a known key of the log \"{origin}\"")]
    Unsigned {
        /// Whose checkpoint it claims to be.
        origin: Origin,
    },
    /// A line says that it is by a known key, and its signature does not hold.
    #[error("the signature of \"{name}\" ({id}) does not hold")]
    Signature {
        /// The name of the key.
        name: KeyName,
        /// The id of the key.
        id: KeyId,
    },
}

impl SignedCheckpoint {
    /// Reads a checkpoint with its signatures.
    ///
    /// # Errors
    /// [`Malformed`], as [`Note::parse`] and [`Checkpoint::parse`].
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let note = Note::parse(bytes)?;
        Ok(Self { checkpoint: Checkpoint::parse(note.text())?, note })
    }

    /// The bytes that are published.
    pub fn encode(&self) -> String {
        self.note.encode()
    }

    /// What it says, on nobody's word so far.
    pub fn unverified(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The note.
    pub fn note(&self) -> &Note {
        &self.note
    }

    /// The checkpoint with more signatures, such as a witness answers.
    ///
    /// # Errors
    /// [`Malformed`], as [`Note::with_signatures`].
    pub fn with_signatures(&self, more: impl IntoIterator<Item = NoteSignature>) -> Result<Self, Malformed> {
        Ok(Self { checkpoint: self.checkpoint.clone(), note: self.note.with_signatures(more)? })
    }

    /// The checkpoint with these signatures and no others, such as those that were found to hold.
    ///
    /// # Errors
    /// [`Malformed`], as [`Note::new`].
    pub fn only_with(&self, signatures: Vec<NoteSignature>) -> Result<Self, Malformed> {
        let note = Note::new(self.note.text().to_owned(), signatures)?;
        Ok(Self { checkpoint: self.checkpoint.clone(), note })
    }

    /// Finds which of the log's keys signed it. Keys under another name than the origin, and keys of
    /// witnesses, are none of the log's; lines of other keys are left alone.
    ///
    /// # Errors
    /// [`CheckpointError`] if none did, or if any line of one of these keys does not hold.
    pub fn verify(&self, keys: &[VerifierKey]) -> Result<SignedBy, CheckpointError> {
        let mut by = None;
        for key in keys.iter().filter(|key| self.is_of(key)) {
            for line in self.note.signatures().iter().filter(|line| line.is_by(key)) {
                let refused = CheckpointError::Signature { name: line.name.clone(), id: line.id };
                if !line_holds(self.note.text(), key, line) {
                    return Err(refused);
                }
                by = by.or_else(|| Some(SignedBy { key: key.clone(), line: line.clone() }));
            }
        }
        by.ok_or_else(|| CheckpointError::Unsigned { origin: self.checkpoint.origin.clone() })
    }

    fn is_of(&self, key: &VerifierKey) -> bool {
        key.algorithm() == Algorithm::Ed25519 && key.name().as_str() == self.checkpoint.origin.as_str()
    }
}

impl AsRef<Note> for SignedCheckpoint {
    fn as_ref(&self) -> &Note {
        &self.note
    }
}

/// By which key of the log a checkpoint is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedBy {
    /// The key.
    pub key: VerifierKey,
    /// Its line.
    pub line: NoteSignature,
}

/// Whether the line is the signature of a log's key over the text.
pub(crate) fn line_holds(text: &str, key: &VerifierKey, line: &NoteSignature) -> bool {
    let signature = line.bytes.as_array().map(|bytes| Signature::from_bytes(*bytes));
    signature.is_some_and(|signature| key.key().verify_message(text.as_bytes(), &signature).is_ok())
}

/// A log's private key. It signs checkpoints and nothing else, so that no event passes for one, and no
/// checkpoint for an event.
#[derive(Debug, Clone)]
pub struct LogKey {
    origin: Origin,
    secret: Arc<SecretKey>,
}

impl LogKey {
    /// The key of the log with this name.
    pub fn new(origin: Origin, secret: impl Into<Arc<SecretKey>>) -> Self {
        Self { origin, secret: secret.into() }
    }

    /// The public half, under the log's name.
    pub fn verifier(&self) -> VerifierKey {
        VerifierKey::of((&self.origin).into(), Algorithm::Ed25519, &self.secret)
    }

    /// Signs the head of the log's tree. Whoever signs two heads of which neither extends the other has
    /// proved own misbehaviour, for good: ask the high-water mark first.
    pub fn sign(&self, head: TreeHead) -> SignedCheckpoint {
        let checkpoint = Checkpoint { origin: self.origin.clone(), head };
        let text = checkpoint.encode();
        let lines = vec![self.line(&text)];
        SignedCheckpoint { checkpoint, note: Note::signed(text, lines) }
    }

    /// Signs, together with the key that takes over, the head of the tree whose last entry brings that key:
    /// one note with the lines of both. It is the last that this key signs.
    pub fn hand_over(&self, next: &LogKey, head: TreeHead) -> SignedCheckpoint {
        let checkpoint = Checkpoint { origin: self.origin.clone(), head };
        let text = checkpoint.encode();
        let lines = vec![self.line(&text), next.line(&text)];
        SignedCheckpoint { checkpoint, note: Note::signed(text, lines) }
    }

    fn line(&self, text: &str) -> NoteSignature {
        let key = self.verifier();
        let bytes = self.secret.sign_message(text.as_bytes()).as_bytes().to_vec();
        NoteSignature { name: key.name().clone(), id: key.id(), bytes }
    }
}
