//! Checkpoints of whatever log, as those see them who are no part of it: a witness signs for logs of others, which may say
//! more than ours (C2SP tlog-checkpoint).

use crate::checkpoint::line_holds;
use crate::{
    Algorithm, Checkpoint, CosignatureError, Cosigned, Malformed, Note, NoteSignature, SignedBy,
    SignedCheckpoint, TreeHead, VerifierKey,
};

/// A checkpoint with the signatures beneath it: an origin, which is any text, a tree head, and perhaps extension lines, which
/// are kept and mean nothing here. Its form is right; nothing is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnyCheckpoint {
    origin: String,
    head: TreeHead,
    note: Note,
}

/// A log that is known by what it calls itself, and by the keys that it has had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownLog {
    origin: String,
    keys: Vec<VerifierKey>,
}

impl KnownLog {
    /// The log with this key, which calls itself `origin`: the name of the key, for most.
    ///
    /// # Errors
    /// [`Malformed`] for the key of a witness, and for an origin that no checkpoint can begin with.
    pub fn new(origin: &str, key: VerifierKey) -> Result<Self, Malformed> {
        if key.algorithm() != Algorithm::Ed25519 {
            return Err(Malformed::quoting("vkey: algorithm", &key.to_string(), "the key of a log (0x01)"));
        }
        if origin.is_empty() || origin.contains(char::is_control) {
            return Err(Malformed::quoting("origin", origin, "a line of text, not empty"));
        }
        Ok(Self { origin: origin.to_owned(), keys: vec![key] })
    }

    /// What it calls itself.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Its keys.
    pub fn keys(&self) -> &[VerifierKey] {
        &self.keys
    }

    /// The same log with those keys of the other that it has not.
    #[must_use]
    pub fn with_keys_of(mut self, other: &Self) -> Self {
        for key in &other.keys {
            if !self.keys.contains(key) {
                self.keys.push(key.clone());
            }
        }
        self
    }
}

impl AnyCheckpoint {
    /// Reads a checkpoint with its signatures.
    ///
    /// # Errors
    /// [`Malformed`], as [`Note::parse`], and naming `origin`, `size`, `root` or `extension`.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let note = Note::parse(bytes)?;
        let at =
            |name: &'static str| move |malformed: Malformed| Malformed { at: name.to_owned(), ..malformed };
        // A note's text ends with a line feed: what the last piece would be is none.
        let mut lines = note.text().split_terminator('\n');
        let mut line = || lines.next().unwrap_or_default();
        let (origin, size, root) = (line().to_owned(), line(), line());
        if origin.is_empty() {
            return Err(Malformed::quoting("origin", &origin, "a line of text, not empty"));
        }
        let size = size.parse().map_err(at("size"))?;
        let root = root.parse().map_err(at("root"))?;
        if let Some(extension) = lines.find(|extension| extension.is_empty()) {
            return Err(Malformed::quoting("extension", extension, "lines that are not empty"));
        }
        Ok(Self { origin, head: TreeHead { size, root }, note })
    }

    /// The bytes that are published.
    pub fn encode(&self) -> String {
        self.note.encode()
    }

    /// What the log is said to call itself, on nobody's word so far.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The head of its tree, on nobody's word so far.
    pub fn head(&self) -> TreeHead {
        self.head
    }

    /// The note.
    pub fn note(&self) -> &Note {
        &self.note
    }

    /// The checkpoint with these signatures and no others, such as those that were found to hold.
    ///
    /// # Errors
    /// [`Malformed`], as [`Note::new`].
    pub fn only_with(&self, signatures: Vec<NoteSignature>) -> Result<Self, Malformed> {
        let note = Note::new(self.note.text().to_owned(), signatures)?;
        Ok(Self { note, ..self.clone() })
    }

    /// Finds which of the log's keys signed it, whatever they are called; nothing where none did. Lines of other keys are
    /// left alone.
    ///
    /// # Errors
    /// The line of one of these keys that does not hold.
    pub(crate) fn signed_by(&self, keys: &[VerifierKey]) -> Result<Option<SignedBy>, NoteSignature> {
        let mut by = None;
        for key in keys {
            for line in self.note.signatures().iter().filter(|line| line.is_by(key)) {
                if !line_holds(self.note.text(), key, line) {
                    return Err(line.clone());
                }
                by = by.or_else(|| Some(SignedBy { key: key.clone(), line: line.clone() }));
            }
        }
        Ok(by)
    }

    /// The cosignatures of these witnesses, as [`Note::cosignatures`].
    ///
    /// # Errors
    /// [`CosignatureError`] if any line of one of these keys does not hold.
    pub fn cosignatures<'k>(
        &self,
        witnesses: impl IntoIterator<Item = &'k VerifierKey>,
    ) -> Result<Vec<Cosigned>, CosignatureError> {
        self.note.cosignatures(witnesses)
    }
}

impl AsRef<Note> for AnyCheckpoint {
    fn as_ref(&self) -> &Note {
        &self.note
    }
}

impl From<SignedCheckpoint> for AnyCheckpoint {
    fn from(ours: SignedCheckpoint) -> Self {
        let Checkpoint { origin, head } = ours.unverified();
        Self { origin: origin.as_str().to_owned(), head: *head, note: ours.note().clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A checkpoint of Go's checksum database, as it was published: a name with spaces, and a key of another name.
    const GO: &str = "go.sum database tree\n6353345\nd5kp6/RTbWj/e9AMga1hdcHZHcLdFKA2fjHfKJ8FfR4=\n\n\
        \u{2014} sum.golang.org Az3grhfKc0hf9eAH1x5p0VjY99pEe8l9JKKLGyf9F0m4JTrJjcsr9rUDh6kvNIl7vdzWqULpk3+azvpfJo9aOMZaYQE=\n";
    const GO_KEY: &str = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";

    #[test]
    fn a_checkpoint_of_somebody_else_is_read_and_its_signature_checked() {
        let checkpoint = AnyCheckpoint::parse(GO.as_bytes()).unwrap();
        assert_eq!((checkpoint.origin(), checkpoint.head().size.0), ("go.sum database tree", 6_353_345));
        assert_eq!(checkpoint.encode(), GO);
        let key: VerifierKey = GO_KEY.parse().unwrap();
        let by = checkpoint.signed_by(std::slice::from_ref(&key)).unwrap().unwrap();
        assert_eq!((by.key, checkpoint.signed_by(&[]).unwrap()), (key.clone(), None));
        let changed = AnyCheckpoint::parse(GO.replace("6353345", "6353346").as_bytes()).unwrap();
        assert_eq!(changed.signed_by(&[key]).unwrap_err(), changed.note().signatures()[0]);
        assert!(SignedCheckpoint::parse(GO.as_bytes()).is_err(), "none of ours is called so");
    }

    #[test]
    fn extension_lines_are_kept_and_empty_ones_refused() {
        let with = |lines: &str| GO.replacen("\n\n", &format!("\n{lines}\n"), 1);
        let extended = with("Timestamp: 1679349379012118479\nx\n");
        assert_eq!(AnyCheckpoint::parse(extended.as_bytes()).unwrap().encode(), extended);
        for (refused, at) in [
            (with("x\n\ny\n"), "extension"),
            (GO.replacen("go.sum database tree", "", 1), "origin"),
            (GO.replacen("6353345", "06353345", 1), "size"),
            (GO.replacen("d5kp6", "d5kp6=", 1), "root"),
        ] {
            assert_eq!(AnyCheckpoint::parse(refused.as_bytes()).unwrap_err().at, at, "{refused}");
        }
    }

    #[test]
    fn a_log_is_known_by_a_line_and_a_key_of_its_kind() {
        let key: VerifierKey = GO_KEY.parse().unwrap();
        assert!(KnownLog::new("go.sum database tree", key.clone()).is_ok());
        assert!(KnownLog::new("", key.clone()).is_err() && KnownLog::new("a\nb", key.clone()).is_err());
        let witness = VerifierKey::new(key.name().clone(), Algorithm::CosignatureV1, key.key()).unwrap();
        assert!(KnownLog::new("go.sum database tree", witness).is_err());
    }
}
