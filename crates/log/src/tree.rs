//! The tree: RFC 6962's Merkle tree hash with SHA-256, over the same entry bytes that the chain hashes
//! (spec/tree.md).

use crate::{Malformed, Position, text};
use sha2::{Digest as _, Sha256};
use std::{fmt, str::FromStr};

/// A hash of the tree (SHA-256, 32 bytes), written as padded base64 as in all C2SP formats. Another type
/// than [`crate::Hash`], so that a link of the chain never stands where a node of the tree belongs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TreeHash([u8; 32]);

/// What a leaf's and a node's bytes begin with (RFC 6962, section 2.1), so that neither passes for the other.
const LEAF: u8 = 0x00;
const NODE: u8 = 0x01;

impl TreeHash {
    /// The root of the tree without leaves: the SHA-256 of nothing.
    pub const EMPTY: TreeHash = TreeHash([
        0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27,
        0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
    ]);

    /// The hash of an entry's bytes as a leaf.
    pub fn leaf(entry: &[u8]) -> Self {
        Self(Sha256::new_with_prefix([LEAF]).chain_update(entry).finalize().into())
    }

    /// The hash of two subtrees, side by side.
    pub fn node(left: TreeHash, right: TreeHash) -> Self {
        Self(Sha256::new_with_prefix([NODE]).chain_update(left.0).chain_update(right.0).finalize().into())
    }

    /// The hash whose 32 bytes these are.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for TreeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text::encode_base64(&self.0))
    }
}

impl fmt::Debug for TreeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for TreeHash {
    type Err = Malformed;

    fn from_str(base64: &str) -> Result<Self, Malformed> {
        text::parse_base64("hash", base64).map(Self)
    }
}

/// How many entries a tree has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TreeSize(pub u64);

impl TreeSize {
    /// The size of a tree without entries.
    pub const EMPTY: TreeSize = TreeSize(0);

    /// Whether the tree has an entry at `position`.
    pub const fn holds(self, position: Position) -> bool {
        position.0 < self.0
    }

    /// Where the last entry stands; nothing in an empty tree.
    pub fn last(self) -> Option<Position> {
        self.0.checked_sub(1).map(Position)
    }
}

impl fmt::Display for TreeSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for TreeSize {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        text::parse_number("size", text).map(Self)
    }
}

/// What a checkpoint says about a tree, and what proofs are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TreeHead {
    /// How many entries it has.
    pub size: TreeSize,
    /// The hash over all of them.
    pub root: TreeHash,
}

impl TreeHead {
    /// The head of the tree without entries.
    pub const EMPTY: TreeHead = TreeHead { size: TreeSize::EMPTY, root: TreeHash::EMPTY };
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_encoding::HEXLOWER;

    #[test]
    fn the_hashes_are_those_of_certificate_transparency() {
        let hex = |hash: TreeHash| HEXLOWER.encode(hash.as_bytes());
        // The reference values of the Certificate Transparency test data (RFC 6962).
        let empty_leaf = TreeHash::leaf(b"");
        assert_eq!(hex(empty_leaf), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
        let node = TreeHash::node(empty_leaf, TreeHash::leaf(b"\x00"));
        assert_eq!(hex(node), "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125");
        assert_eq!(TreeHash::EMPTY.0, <[u8; 32]>::from(Sha256::digest([])));
    }

    #[test]
    fn a_hash_has_one_form() {
        let text = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        assert_eq!(TreeHash::EMPTY.to_string(), text);
        assert_eq!(text.parse(), Ok(TreeHash::EMPTY));
        for refused in [
            "",
            text.trim_end_matches('='),
            &text.replace('U', "V"),
            &text.replace('+', "-"),
            &format!("{text} "),
        ] {
            assert!(refused.parse::<TreeHash>().is_err(), "{refused}");
        }
    }

    #[test]
    fn a_size_holds_the_positions_below_it() {
        assert!(TreeSize(1).holds(Position(0)) && !TreeSize(1).holds(Position(1)));
        assert_eq!((TreeSize(1).last(), TreeSize::EMPTY.last()), (Some(Position(0)), None));
        assert!("01".parse::<TreeSize>().is_err());
    }
}
