use crate::{KeyId, KeyName, Malformed, VerifierKey, text};
use std::fmt;

/// The most signatures that a note may have; C2SP signed-note asks for 16 at least.
pub const NOTE_SIGNATURES_MAX: usize = 100;

/// The most bytes that a note may have: room for as many signatures of 5,000 bytes, as base64.
pub const NOTE_BYTES_MAX: usize = 1_000_000;

/// A text with signatures beneath it (C2SP signed-note). Its form is right; whether a signature holds is
/// for those to say who know what the text is, and whose keys they trust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

/// A signature line: who is said to have signed, and the bytes of the signature.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NoteSignature {
    /// The name of the key.
    pub name: KeyName,
    /// The id of the key.
    pub id: KeyId,
    /// The signature, at least one byte.
    pub bytes: Vec<u8>,
}

/// What a signature line begins with: an em dash and a space.
const DASH: &str = "\u{2014} ";

impl Note {
    /// Joins a text and its signatures.
    ///
    /// # Errors
    /// [`Malformed`] for a text that does not end with a line feed or has another control character, for
    /// no signature, more than 100, or more than 1,000,000 bytes in all.
    pub fn new(text: String, signatures: Vec<NoteSignature>) -> Result<Self, Malformed> {
        check_text(&text)?;
        let (found, needed) = (signatures.len(), format!("1 to {NOTE_SIGNATURES_MAX} signatures"));
        if found == 0 || found > NOTE_SIGNATURES_MAX {
            return Err(Malformed::new("signatures", format!("{found} of them"), needed));
        }
        let note = Self { text, signatures };
        check_length(note.encode().len())?;
        Ok(note)
    }

    /// A text that is a note's beyond doubt, with the one or two signatures of its log.
    pub(crate) fn signed(text: String, signatures: Vec<NoteSignature>) -> Self {
        Self { text, signatures }
    }

    /// The text, with its last line feed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signatures, in their order.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// The note with more signatures. A line that stands there already is not added again.
    ///
    /// # Errors
    /// [`Malformed`], as [`Note::new`].
    pub fn with_signatures(&self, more: impl IntoIterator<Item = NoteSignature>) -> Result<Self, Malformed> {
        let mut signatures = self.signatures.clone();
        for signature in more {
            if !signatures.contains(&signature) {
                signatures.push(signature);
            }
        }
        Self::new(self.text.clone(), signatures)
    }

    /// The note's bytes.
    pub fn encode(&self) -> String {
        let mut note = format!("{}\n", self.text);
        for signature in &self.signatures {
            note.push_str(&format!("{signature}\n"));
        }
        note
    }

    /// Reads a note; only the bytes that [`Note::encode`] writes are accepted.
    ///
    /// # Errors
    /// [`Malformed`], naming `note`, `text`, `signatures` or `signature`.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        check_length(bytes.len())?;
        let refuse = |found: &str| Malformed::new("note", found, "a text, an empty line, signature lines");
        let note = std::str::from_utf8(bytes).map_err(|_not_utf8| refuse("bytes that are not UTF-8"))?;
        // The text may have empty lines: the last one ends it.
        let (text, lines) = note.rsplit_once("\n\n").ok_or_else(|| refuse("no empty line"))?;
        Self::new(format!("{text}\n"), parse_signature_lines(lines)?)
    }
}

/// Reads signature lines, each ended by a line feed: the end of a note, and what a witness answers.
///
/// # Errors
/// [`Malformed`] for more than 100 lines, and for one in another form.
pub fn parse_signature_lines(lines: &str) -> Result<Vec<NoteSignature>, Malformed> {
    let needed = "lines of an em dash, a name and a base64 signature, each ended by a line feed";
    if lines.is_empty() {
        return Ok(Vec::new());
    }
    let lines = lines.strip_suffix('\n').ok_or_else(|| Malformed::new("signatures", "no end", needed))?;
    if lines.split('\n').count() > NOTE_SIGNATURES_MAX {
        let needed = format!("at most {NOTE_SIGNATURES_MAX} lines");
        return Err(Malformed::new("signatures", "more lines", needed));
    }
    lines.split('\n').map(parse_signature).collect()
}

fn parse_signature(line: &str) -> Result<NoteSignature, Malformed> {
    let refuse = || Malformed::quoting("signature", line, "an em dash, a name, a base64 signature");
    let (name, base64) = line.strip_prefix(DASH).and_then(|rest| rest.split_once(' ')).ok_or_else(refuse)?;
    let bytes = text::decode_base64(base64).ok_or_else(refuse)?;
    let (id, bytes) = bytes.split_first_chunk().filter(|(_id, rest)| !rest.is_empty()).ok_or_else(refuse)?;
    Ok(NoteSignature {
        name: name.parse().map_err(|_malformed| refuse())?,
        id: KeyId(*id),
        bytes: bytes.to_vec(),
    })
}

impl NoteSignature {
    /// Whether it says that it is by this key: by name and id, of which one alone says nothing.
    pub fn is_by(&self, key: &VerifierKey) -> bool {
        self.name == *key.name() && self.id == key.id()
    }
}

impl fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let signature = [self.id.0.as_slice(), &self.bytes].concat();
        write!(f, "{DASH}{} {}", self.name, text::encode_base64(&signature))
    }
}

fn check_text(text: &str) -> Result<(), Malformed> {
    let needed = "lines of text, each ended by a line feed, without other control characters";
    if !text.ends_with('\n') || text.contains(|c: char| c < ' ' && c != '\n') {
        return Err(Malformed::quoting("text", text, needed));
    }
    Ok(())
}

fn check_length(bytes: usize) -> Result<(), Malformed> {
    if bytes <= NOTE_BYTES_MAX {
        return Ok(());
    }
    Err(Malformed::new("note", format!("{bytes} bytes"), format!("at most {NOTE_BYTES_MAX} bytes")))
}
