//! A batch as it travels, written once from what is stored, without a message in between: the fields of
//! `minutebook.v1.EntryBatch`, in the order of their numbers but for the one that each follower has of his own.

use crate::proto::{EntryBatch, Inclusion};
use minutebook_log::{Hash, Position, TreeHash};
use minutebook_store::Stored;
use prost::Message as _;
use prost::bytes::{BufMut, Bytes};
use prost::encoding::{WireType, encode_key, encode_varint, encoded_len_varint, key_len};

/// The fields of a batch.
const ENTRIES: u32 = 1;

/// The fields of an entry.
const POSITION: u32 = 1;
const HASH: u32 = 2;
const CONTENT: u32 = 3;

/// How many digits a hash has.
const HASH_DIGITS: usize = 64;

/// How many bytes an entry has in a batch beside its own, at most.
const ENTRY_BESIDE: usize = 96;

/// A batch but for `extends_last`.
pub(super) fn batch(entries: &[Raw<'_>], proved: Proved) -> Bytes {
    let content: usize = entries.iter().map(|entry| entry.bytes.len() + ENTRY_BESIDE).sum();
    let rest = EntryBatch {
        checkpoint: proved.checkpoint,
        extends_entries: hashes(&proved.extends_entries),
        inclusions: proved.inclusions.iter().map(|proof| inclusion(proof)).collect(),
        next: proved.next,
        ..Default::default()
    };
    let mut batch = Vec::with_capacity(content + rest.encoded_len());
    entries.iter().for_each(|raw| entry(raw, &mut batch));
    // What is written into a vector has room.
    let _fits = rest.encode(&mut batch);
    batch.into()
}

/// An entry where it was read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Raw<'a> {
    pub(super) position: Position,
    pub(super) hash: Hash,
    pub(super) bytes: &'a [u8],
}

impl<'a> From<&'a Stored> for Raw<'a> {
    fn from(stored: &'a Stored) -> Self {
        Self { position: stored.position, hash: stored.hash, bytes: &stored.bytes }
    }
}

/// What a batch has beside its entries.
pub(super) struct Proved {
    pub(super) checkpoint: Vec<u8>,
    pub(super) extends_entries: Vec<TreeHash>,
    pub(super) inclusions: Vec<Vec<TreeHash>>,
    pub(super) next: u64,
}

/// The field `extends_last` of a batch.
pub(super) fn extends_last(proof: Vec<Vec<u8>>) -> Bytes {
    EntryBatch { extends_last: proof, ..Default::default() }.encode_to_vec().into()
}

/// Hashes as they travel.
pub(super) fn hashes(hashes: &[TreeHash]) -> Vec<Vec<u8>> {
    hashes.iter().map(|hash| hash.as_bytes().to_vec()).collect()
}

/// A proof as it travels.
pub(super) fn inclusion(proof: &[TreeHash]) -> Inclusion {
    Inclusion { hashes: hashes(proof) }
}

fn entry(stored: &Raw<'_>, batch: &mut Vec<u8>) {
    let position = match stored.position.0 {
        // A default is not written.
        0 => 0,
        position => key_len(POSITION) + encoded_len_varint(position),
    };
    let of = |field, bytes: usize| key_len(field) + encoded_len_varint(bytes as u64) + bytes;
    let length = position + of(HASH, HASH_DIGITS) + of(CONTENT, stored.bytes.len());
    delimited(ENTRIES, length, batch);
    if position > 0 {
        encode_key(POSITION, WireType::Varint, batch);
        encode_varint(stored.position.0, batch);
    }
    delimited(HASH, HASH_DIGITS, batch);
    hexadecimal(stored.hash.as_bytes(), batch);
    delimited(CONTENT, stored.bytes.len(), batch);
    batch.put_slice(stored.bytes);
}

/// The head of a field that has its length before it.
pub(super) fn delimited(field: u32, length: usize, to: &mut impl BufMut) {
    encode_key(field, WireType::LengthDelimited, to);
    encode_varint(length as u64, to);
}

fn hexadecimal(bytes: &[u8; HASH_DIGITS / 2], to: &mut Vec<u8>) {
    let mut digits = [0; HASH_DIGITS];
    data_encoding::HEXLOWER.encode_mut(bytes, &mut digits);
    to.put_slice(&digits);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::convert;

    #[test]
    fn what_is_written_at_once_is_what_the_message_would_be() {
        let stored = |position, bytes: usize| {
            let bytes = vec![b'x'; bytes];
            Stored { position: Position(position), hash: Hash::of(&bytes), bytes }
        };
        let entries = [stored(0, 1), stored(1, 3), stored(300, 700), stored(1 << 40, 60_000)];
        let leaf = TreeHash::leaf(b"a leaf");
        let proved = Proved {
            checkpoint: b"a note".to_vec(),
            extends_entries: vec![leaf],
            inclusions: vec![vec![leaf, leaf], vec![]],
            next: 7,
        };
        let own = extends_last(hashes(&[leaf]));
        let raw: Vec<_> = entries.iter().map(Raw::from).collect();
        let mut written = batch(&raw, proved).to_vec();
        written.extend_from_slice(&own);
        let message = EntryBatch {
            entries: entries.iter().cloned().map(convert::entry).collect(),
            checkpoint: b"a note".to_vec(),
            extends_last: hashes(&[leaf]),
            extends_entries: hashes(&[leaf]),
            inclusions: vec![inclusion(&[leaf, leaf]), inclusion(&[])],
            next: 7,
        };
        assert_eq!(EntryBatch::decode(written.as_slice()).unwrap(), message);
        assert_eq!(written.len(), message.encoded_len());
    }
}
