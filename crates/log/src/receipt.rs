//! The receipt: an entry, its proof and a checkpoint in one file, checked offline, years later (C2SP
//! tlog-proof, spec/receipt.md).

use crate::{
    ENTRY_BYTES_MAX, Entry, Included, InclusionProof, Malformed, NOTE_BYTES_MAX, Opened, Origin,
    PROOF_HASHES_MAX, Policy, Position, ProofError, SignatureError, SignedCheckpoint, TrustError,
    check_inclusion, proof_lines, text,
};

/// What every such file starts with.
const MAGIC: &str = "c2sp.org/tlog-proof@v1";

/// The most bytes that a receipt may have: the largest entry as base64, the longest proof, the largest
/// note, and what stands between.
pub const RECEIPT_BYTES_MAX: usize =
    ENTRY_BYTES_MAX.div_ceil(3) * 4 + PROOF_HASHES_MAX * 45 + NOTE_BYTES_MAX + 100;

/// A receipt whose form is right; nothing is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The entry's bytes.
    pub entry: Vec<u8>,
    /// Where it is said to stand.
    pub position: Position,
    /// Why it stands there.
    pub proof: InclusionProof,
    /// In whose tree.
    pub checkpoint: SignedCheckpoint,
}

/// What a receipt has proved; only [`Receipt::check`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    entry: Entry,
    included: Included,
    opened: Opened,
}

/// Why a receipt proves nothing, or less than was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// The checkpoint is not trusted.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// What is in `extra` is no entry.
    #[error("extra holds no entry: {0}")]
    Entry(#[from] Malformed),
    /// The entry says that it stands elsewhere.
    #[error("the entry says position {found}, the receipt {needed}")]
    Position {
        /// The entry's own.
        found: Position,
        /// The receipt's.
        needed: Position,
    },
    /// The entry's event is for another ledger.
    #[error("the event is for \"{found}\", the checkpoint of \"{needed}\"")]
    Source {
        /// The event's source.
        found: Origin,
        /// The checkpoint's origin.
        needed: Origin,
    },
    /// The entry is not in the tree.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// An author's signature does not hold.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// The receipt is for another event than the one asked about.
    #[error("the receipt is for the event {found}, with other bytes than the one asked about")]
    OtherEvent {
        /// The event that it is for.
        found: crate::EventId,
    },
    /// All of it holds, and too few known witnesses have signed the checkpoint.
    #[error("not yet witnessed: {found} of the known witnesses have signed, which is no quorum")]
    NotWitnessed {
        /// How many known witnesses did.
        found: usize,
        /// What is proved nevertheless, on the log's word alone.
        received: Box<Received>,
    },
}

impl Receipt {
    /// The file's bytes.
    pub fn encode(&self) -> String {
        format!(
            "{MAGIC}\nextra {}\nindex {}\n{}\n{}",
            text::encode_base64(&self.entry),
            self.position,
            proof_lines::encode(&self.proof.0),
            self.checkpoint.encode()
        )
    }

    /// Reads a receipt. C2SP allows files without `extra`; a receipt without its entry is none.
    ///
    /// # Errors
    /// [`Malformed`], naming the line: `receipt` for the first, `extra`, `index`, `proof`; in the
    /// checkpoint, `checkpoint: size` and the like.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let refuse = |found: &str| Malformed::new("receipt", found, "a tlog-proof with the entry in extra");
        if bytes.len() > RECEIPT_BYTES_MAX {
            return Err(refuse(&format!("{} bytes", bytes.len())));
        }
        let text = std::str::from_utf8(bytes).map_err(|_not_utf8| refuse("bytes that are not UTF-8"))?;
        let (head, checkpoint) = text.split_once("\n\n").ok_or_else(|| refuse("no empty line"))?;
        let mut lines = head.split('\n');
        if lines.next() != Some(MAGIC) {
            return Err(refuse("another first line"));
        }
        let entry = parse_extra(lines.next().unwrap_or_default())?;
        let index = lines.next().unwrap_or_default();
        let needed = "index, a space and a position";
        let index = index.strip_prefix("index ").ok_or_else(|| Malformed::quoting("index", index, needed))?;
        Ok(Self {
            entry,
            position: Position(text::parse_number("index", index)?),
            proof: InclusionProof(proof_lines::parse(lines, PROOF_HASHES_MAX)?),
            checkpoint: SignedCheckpoint::parse(checkpoint.as_bytes())
                .map_err(|malformed| malformed.within("checkpoint: "))?,
        })
    }

    /// Checks all that can be checked without the book: that a log which the policy believes has this
    /// entry at this position, that witnesses saw the same tree, and that the authors' signatures hold.
    /// Whether the keys had the authority is what replaying the book answers.
    ///
    /// # Errors
    /// [`ReceiptError`]; [`ReceiptError::NotWitnessed`] says what is proved without a quorum.
    pub fn check(&self, policy: &Policy) -> Result<Received, ReceiptError> {
        let opened = policy.open(&self.checkpoint)?;
        let entry = Entry::parse(&self.entry)?;
        if entry.position != self.position {
            return Err(ReceiptError::Position { found: entry.position, needed: self.position });
        }
        let (found, needed) = (&entry.event().source, &opened.checkpoint().origin);
        if found != needed {
            return Err(ReceiptError::Source { found: found.clone(), needed: needed.clone() });
        }
        let included = check_inclusion(&self.entry, self.position, opened.checkpoint().head, &self.proof)?;
        entry.signed.verify()?;
        let received = Received { entry, included, opened };
        let witnesses = received.opened.cosigned();
        if policy.is_met_by(witnesses.iter().map(|cosigned| &cosigned.witness)) {
            return Ok(received);
        }
        Err(ReceiptError::NotWitnessed { found: witnesses.len(), received: Box::new(received) })
    }

    /// As [`Receipt::check`], for the event that the author keeps: its bytes as signed.
    ///
    /// # Errors
    /// [`ReceiptError`]; [`ReceiptError::OtherEvent`] for a receipt that is right and for something else.
    pub fn check_for(&self, event: &[u8], policy: &Policy) -> Result<Received, ReceiptError> {
        let checked = self.check(policy);
        let received = match &checked {
            Ok(received) => received,
            Err(ReceiptError::NotWitnessed { received, .. }) => received,
            Err(_refused) => return checked,
        };
        let found = received.entry.event();
        if found.bytes() == event { checked } else { Err(ReceiptError::OtherEvent { found: found.id }) }
    }
}

fn parse_extra(line: &str) -> Result<Vec<u8>, Malformed> {
    let needed = format!("extra, a space and an entry of at most {ENTRY_BYTES_MAX} bytes as padded base64");
    line.strip_prefix("extra ")
        .and_then(text::decode_base64)
        .filter(|entry| entry.len() <= ENTRY_BYTES_MAX)
        .ok_or_else(|| Malformed::quoting("extra", line, needed))
}

impl Received {
    /// The entry.
    pub fn entry(&self) -> &Entry {
        &self.entry
    }

    /// Its place in the tree.
    pub fn included(&self) -> Included {
        self.included
    }

    /// The checkpoint, by whose key it is signed, and who witnessed it.
    pub fn opened(&self) -> &Opened {
        &self.opened
    }
}
