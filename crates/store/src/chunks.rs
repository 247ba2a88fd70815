//! How an entry lies in the database: its hash and its first 4,096 bytes under its own key, and what is longer
//! in chunks under keys of their own that follow. So no value is so large that sled puts it elsewhere.
//!
//! A chunk after the first says of which entry and which number it is, and has a check of its own: so an entry
//! can be put together again from a file that sled does not read any more.
//!
//! | bytes | of a chunk after the first |
//! |---|---|
//! | 16 | `minutebook.chunk` |
//! | 32 | the hash of the whole entry |
//! | 32 | the hash of this chunk's bytes |
//! | 1 | its number, from 1 |
//! | 2 | how many bytes follow, big-endian |

use crate::keys;
use minutebook_log::{ENTRY_BYTES_MAX, Hash, Position};

/// The most bytes of an entry that one value holds: 4 KiB.
pub(crate) const CHUNK_BYTES: usize = 4096;

/// What a chunk after the first starts with.
pub(crate) const CHUNK_MARK: &[u8] = b"minutebook.chunk";

/// What stands before the bytes of the first chunk: the hash of the entry.
pub(crate) const HASH_BYTES: usize = 32;

/// Every chunk has a number that fits into a byte.
const _: () = assert!(ENTRY_BYTES_MAX.div_ceil(CHUNK_BYTES) <= u8::MAX as usize);

/// A chunk after the first, as it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Chunk<'a> {
    /// The hash of the whole entry.
    pub(crate) entry: Hash,
    /// Which chunk it is, from 1.
    pub(crate) number: u8,
    /// Its bytes of the entry.
    pub(crate) bytes: &'a [u8],
}

/// The keys and values under which an entry lies.
pub(crate) fn encode(
    position: Position,
    hash: Hash,
    bytes: &[u8],
) -> impl Iterator<Item = (Vec<u8>, Vec<u8>)> {
    let (first, rest) = bytes.split_at(bytes.len().min(CHUNK_BYTES));
    let first = (keys::entry(position), [hash.as_bytes(), first].concat());
    let rest = (1..=u8::MAX).zip(rest.chunks(CHUNK_BYTES)).map(move |(number, bytes)| {
        (keys::chunk(position, number), encode_chunk(&Chunk { entry: hash, number, bytes }))
    });
    std::iter::once(first).chain(rest)
}

/// The hash of an entry, and the bytes of its first chunk. If these are 4,096, others may follow.
pub(crate) fn parse_first(value: &[u8]) -> Option<(Hash, &[u8])> {
    let (hash, bytes) = value.split_first_chunk()?;
    Some((Hash::from_bytes(*hash), bytes))
}

fn encode_chunk(chunk: &Chunk<'_>) -> Vec<u8> {
    let length = u16::try_from(chunk.bytes.len()).unwrap_or(u16::MAX).to_be_bytes();
    let check = Hash::of(chunk.bytes);
    let parts: [&[u8]; 6] =
        [CHUNK_MARK, chunk.entry.as_bytes(), check.as_bytes(), &[chunk.number], &length, chunk.bytes];
    parts.concat()
}

/// The chunk at the start of `bytes`, if all of it is there and its check holds; what follows it is not read.
pub(crate) fn parse_chunk(bytes: &[u8]) -> Option<Chunk<'_>> {
    let rest = bytes.strip_prefix(CHUNK_MARK)?;
    let (entry, rest) = rest.split_first_chunk()?;
    let (check, rest) = rest.split_first_chunk()?;
    let (number, rest) = rest.split_first()?;
    let (length, rest) = rest.split_first_chunk()?;
    let bytes = rest.get(..usize::from(u16::from_be_bytes(*length)))?;
    let chunk = Chunk { entry: Hash::from_bytes(*entry), number: *number, bytes };
    (Hash::of(bytes) == Hash::from_bytes(*check)).then_some(chunk)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_cut_at_every_four_kibibytes_and_comes_together_again() {
        for (length, values) in
            [(0, 1), (1, 1), (4096, 1), (4097, 2), (8192, 2), (8193, 3), (ENTRY_BYTES_MAX, 16)]
        {
            let bytes: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
            let hash = Hash::of(&bytes);
            let written: Vec<_> = encode(Position(7), hash, &bytes).collect();
            assert_eq!(written.len(), values, "{length} bytes");
            assert!(written.is_sorted(), "the order of the keys is the order of the bytes");
            assert!(written.iter().all(|(_key, value)| value.len() <= CHUNK_BYTES + 83));
            let (found, first) = parse_first(&written[0].1).unwrap();
            let mut joined = first.to_vec();
            for (number, (key, value)) in (1..).zip(&written[1..]) {
                let chunk = parse_chunk(value).unwrap();
                assert_eq!((chunk.entry, chunk.number), (hash, number));
                assert_eq!(key, &keys::chunk(Position(7), number));
                joined.extend_from_slice(chunk.bytes);
            }
            assert_eq!((found, joined), (hash, bytes));
        }
    }

    #[test]
    fn a_chunk_that_is_damaged_or_cut_short_is_none() {
        let chunk = Chunk { entry: Hash::of(b"entry"), number: 3, bytes: b"some bytes" };
        let value = encode_chunk(&chunk);
        assert_eq!(parse_chunk(&[&value[..], b"others"].concat()), Some(chunk));
        assert_eq!(parse_chunk(&value[..value.len() - 1]), None);
        for at in [0, 15, 50, 79, 82, 83, value.len() - 1] {
            let mut damaged = value.clone();
            damaged[at] ^= 1;
            assert_eq!(parse_chunk(&damaged), None, "byte {at}");
        }
    }
}
