//! What the published log's folder holds, and who signed it when (spec/published-log.md).

use crate::{
    Algorithm, CheckpointError, Malformed, Position, SignedCheckpoint, Tile, TreeSize, VerifierKey, text,
    tile,
};
use std::{fmt, str::FromStr};

/// A file of the published log, by its path in the folder, which is also its path on the web.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PublishedPath {
    /// `checkpoint`: the newest one; the only file that changes, but for `vkey` when the log's key does.
    Checkpoint,
    /// `vkey`: the log's keys.
    Keys,
    /// `tile/...`: written once.
    Tile(Tile),
    /// `witnessed/x001/234`: a cosigned checkpoint of that size that is kept. Written once.
    Witnessed(TreeSize),
    /// `rotated/x001/234`: the checkpoint of that size, at which one key of the log handed over to the next.
    /// Written once.
    Rotated(TreeSize),
}

impl fmt::Display for PublishedPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Checkpoint => f.write_str("checkpoint"),
            Self::Keys => f.write_str("vkey"),
            Self::Tile(tile) => tile.fmt(f),
            Self::Witnessed(size) => write!(f, "witnessed/{}", tile::encode_number(size.0)),
            Self::Rotated(size) => write!(f, "rotated/{}", tile::encode_number(size.0)),
        }
    }
}

impl FromStr for PublishedPath {
    type Err = Malformed;

    fn from_str(path: &str) -> Result<Self, Malformed> {
        match path {
            "checkpoint" => Ok(Self::Checkpoint),
            "vkey" => Ok(Self::Keys),
            path if path.starts_with("tile/") => path.parse().map(Self::Tile),
            path => parse_sized(path).filter(|parsed| parsed.to_string() == path).ok_or_else(|| {
                let needed = "checkpoint, vkey, a path below tile/, or a size below witnessed/ or rotated/";
                Malformed::quoting("path", path, needed)
            }),
        }
    }
}

fn parse_sized(path: &str) -> Option<PublishedPath> {
    let (folder, number) = path.split_once('/')?;
    let size = TreeSize(tile::decode_number(number)?);
    match folder {
        "witnessed" => Some(PublishedPath::Witnessed(size)),
        "rotated" => Some(PublishedPath::Rotated(size)),
        _ => None,
    }
}

/// The most keys that a log may have had.
const LOG_KEYS_MAX: usize = 1000;

/// A log's keys in the order in which they held, each with the position from which on: it signs the
/// checkpoints whose last entry stands there or later, until the next key holds.
///
/// Published beside the log, this is a convenience: whoever trusts the file trusts the operator. The keys
/// are in the book, and an auditor brings one that was got from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogKeys(Vec<(Position, VerifierKey)>);

impl LogKeys {
    /// Joins keys and the positions from which they held.
    ///
    /// # Errors
    /// [`Malformed`] unless the first holds from 0 on, each later one from a later position, all are keys
    /// of one log, and none stands there twice.
    pub fn new(keys: Vec<(Position, VerifierKey)>) -> Result<Self, Malformed> {
        let refuse = |found: &str, needed| Malformed::new("vkey", found, needed);
        let Some((from, first)) = keys.first() else {
            return Err(refuse("no key", "at least one"));
        };
        if *from != Position::FIRST {
            return Err(refuse("a first key from later on", "one from position 0 on"));
        }
        if keys.len() > LOG_KEYS_MAX {
            return Err(refuse("more keys", "at most 1000"));
        }
        if keys.array_windows().any(|[(one, _), (two, _)]| one >= two) {
            return Err(refuse("keys in another order", "each from a later position than the one before"));
        }
        let is_logs = |key: &VerifierKey| key.algorithm() == Algorithm::Ed25519 && key.name() == first.name();
        if !keys.iter().all(|(_from, key)| is_logs(key)) {
            return Err(refuse("another's key", "keys of one log (0x01), under one name"));
        }
        let twice = |(at, (_from, key)): (usize, &(Position, VerifierKey))| {
            keys.iter().take(at).any(|(_from, before)| before == key)
        };
        if keys.iter().enumerate().any(twice) {
            return Err(refuse("a key twice", "each key once: what was given up stays so"));
        }
        Ok(Self(keys))
    }

    /// The keys with the positions from which they held, in order.
    pub fn keys(&self) -> &[(Position, VerifierKey)] {
        &self.0
    }

    /// The key that signs a checkpoint of this size; for an empty tree, the first.
    pub fn at(&self, size: TreeSize) -> Option<&VerifierKey> {
        let last = size.last().unwrap_or(Position::FIRST);
        self.0.iter().rev().find(|(from, _key)| *from <= last).map(|(_from, key)| key)
    }

    /// The key that signs now, and until the next.
    pub fn newest(&self) -> Option<&VerifierKey> {
        self.0.last().map(|(_from, key)| key)
    }

    /// The keys with one more, which signs from this position on.
    ///
    /// # Errors
    /// [`Malformed`], as [`LogKeys::new`].
    pub fn with(&self, from: Position, key: VerifierKey) -> Result<Self, Malformed> {
        Self::new(self.0.iter().cloned().chain([(from, key)]).collect())
    }

    /// The keys that a log of this size has had: those that come with later entries are not among them.
    pub fn up_to(&self, size: TreeSize) -> Self {
        let held = |(from, _key): &&(Position, VerifierKey)| *from == Position::FIRST || size.holds(*from);
        Self(self.0.iter().filter(held).cloned().collect())
    }

    /// The sizes at which a key hands over to the next: each that of the log whose last entry brings the new
    /// one.
    pub fn hand_overs(&self) -> impl Iterator<Item = TreeSize> + '_ {
        self.0.iter().skip(1).map(|(from, _key)| TreeSize(from.0.saturating_add(1)))
    }

    /// Checks the checkpoint at which one of these keys hands over to the next: signed by the new key and,
    /// unless registrars had revoked it before, by the old. Whether they had is in the book.
    ///
    /// # Errors
    /// [`HandOverError`]; a line of the old key that does not hold is one, too.
    pub fn check_hand_over(&self, signed: &SignedCheckpoint) -> Result<HandOver, HandOverError> {
        let size = signed.unverified().head.size;
        let [old, new] = self
            .0
            .array_windows()
            .find(|[_old, (from, _new)]| Some(*from) == size.last())
            .map(|[(_since, old), (_from, new)]| [old.clone(), new.clone()])
            .ok_or(HandOverError::NoRotation { size })?;
        signed.verify(std::slice::from_ref(&new))?;
        let is_signed_by_old = match signed.verify(std::slice::from_ref(&old)) {
            Ok(_by) => true,
            Err(CheckpointError::Unsigned { .. }) => false,
            Err(forged) => return Err(forged.into()),
        };
        Ok(HandOver { old, new, is_signed_by_old })
    }

    /// The file: the vkey alone where there has been one; otherwise each with its position, newest last.
    pub fn encode(&self) -> String {
        match self.0.as_slice() {
            [(_from, only)] => format!("{only}\n"),
            keys => keys.iter().map(|(from, key)| format!("{from} {key}\n")).collect(),
        }
    }

    /// Reads the file; only what [`LogKeys::encode`] writes is accepted.
    ///
    /// # Errors
    /// [`Malformed`], as [`LogKeys::new`], or naming what is no key.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let refuse = |found| Malformed::new("vkey", found, "verifier keys on lines, each with its end");
        let text = std::str::from_utf8(bytes).map_err(|_not_utf8| refuse("bytes that are not UTF-8"))?;
        let lines = text.strip_suffix('\n').ok_or_else(|| refuse("no line feed at the end"))?;
        let keys = if lines.contains(['\n', ' ']) {
            lines.split('\n').take(LOG_KEYS_MAX + 1).map(parse_line).collect::<Result<_, _>>()?
        } else {
            vec![(Position::FIRST, lines.parse()?)]
        };
        let keys = Self::new(keys)?;
        if keys.encode() == text { Ok(keys) } else { Err(refuse("a position beside the only key")) }
    }
}

/// How one key of a log hands over to the next; only [`LogKeys::check_hand_over`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOver {
    /// The key that signed until here.
    pub old: VerifierKey,
    /// The key that signs from here on, and has signed this checkpoint.
    pub new: VerifierKey,
    /// Whether the old key has signed it too: then whoever knows the old one alone may go on with the new.
    pub is_signed_by_old: bool,
}

/// Why a checkpoint is not the one at which a key of the log hands over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HandOverError {
    /// No key begins there.
    #[error("no key of the log begins with the last entry of size {size}")]
    NoRotation {
        /// The checkpoint's size.
        size: TreeSize,
    },
    /// The new key has not signed it, or a line of the old or the new does not hold.
    #[error(transparent)]
    Signature(#[from] CheckpointError),
}

fn parse_line(line: &str) -> Result<(Position, VerifierKey), Malformed> {
    let needed = "the position from which it held, a space, a verifier key";
    let (from, key) = line.split_once(' ').ok_or_else(|| Malformed::quoting("vkey", line, needed))?;
    Ok((Position(text::parse_number("vkey", from)?), key.parse()?))
}
