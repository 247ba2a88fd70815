//! The keys of the one tree, told apart by their first byte, numbers big-endian so that their order is the
//! order of the bytes; and what stands under them.
//!
//! | key | value |
//! |---|---|
//! | `e` position (8 bytes) | hash (32 bytes), the entry, or its first 4,096 bytes |
//! | `e` position, number of the chunk (1 byte, from 1) | the next 4,096 bytes, or fewer, as `chunks` says |
//! | `i` event id (16 bytes) | position |
//! | `s` subject `0x00` number (8 bytes) | position |
//! | `mhead` | size (8 bytes), hash of the last entry |
//! | `mledger` | the ledger's id: the hash of entry 0 |

use minutebook_log::{EventId, Hash, Head, Position, Subject};

/// What the keys of entries start with, and those of ids and streams.
const ENTRIES: &[u8] = b"e";
const IDS: &[u8] = b"i";
const STREAMS: &[u8] = b"s";

/// What follows on all keys of entries.
pub(crate) const AFTER_ENTRIES: &[u8] = b"f";

/// The key of the head.
pub(crate) const HEAD: &[u8] = b"mhead";

/// The key of the ledger's id.
pub(crate) const LEDGER: &[u8] = b"mledger";

pub(crate) fn entry(position: Position) -> Vec<u8> {
    [ENTRIES, &encode_position(position)].concat()
}

pub(crate) fn chunk(position: Position, number: u8) -> Vec<u8> {
    [ENTRIES, &encode_position(position), &[number]].concat()
}

pub(crate) fn id(id: EventId) -> Vec<u8> {
    [IDS, id.as_bytes()].concat()
}

// A subject has no zero byte, so no subject's keys lie among another's.
pub(crate) fn stream(subject: &Subject, number: u64) -> Vec<u8> {
    [STREAMS, subject.as_str().as_bytes(), &[0], &number.to_be_bytes()].concat()
}

pub(crate) fn encode_position(position: Position) -> [u8; 8] {
    position.0.to_be_bytes()
}

pub(crate) fn parse_position(value: &[u8]) -> Option<Position> {
    Some(Position(u64::from_be_bytes(value.try_into().ok()?)))
}

/// The number at the end of a stream's key.
pub(crate) fn parse_number(key: &[u8]) -> Option<u64> {
    Some(u64::from_be_bytes(*key.last_chunk()?))
}

pub(crate) fn encode_head(head: Head) -> Vec<u8> {
    [&head.size.to_be_bytes()[..], head.hash.as_bytes()].concat()
}

pub(crate) fn parse_head(value: &[u8]) -> Option<Head> {
    let (size, hash) = value.split_first_chunk()?;
    Some(Head { size: u64::from_be_bytes(*size), hash: parse_hash(hash)? })
}

pub(crate) fn parse_hash(value: &[u8]) -> Option<Hash> {
    Some(Hash::from_bytes(value.try_into().ok()?))
}
