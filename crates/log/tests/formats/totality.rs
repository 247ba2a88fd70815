//! The parsers are total: no bytes make them panic, and what they accept is written again as it was read.

use crate::support::{
    accepted,
    published::Log,
    small_book::{self, Book},
};
use minutebook_log::{
    AddCheckpoint, Entry, Event, EventDraft, EventType, Hash, LogKeys, Note, Origin, Policy, PublishedPath,
    Receipt, Seen, Signature, SignedCheckpoint, Subject, TileWidth, Timestamp, TreeHash, VerifierKey,
    encode_bundle, encode_hash_tile, parse_bundle, parse_hash_tile,
};
use proptest::{collection::vec, prelude::*, sample::Index};

/// Checks what must hold of any bytes, whoever wrote them.
fn check(bytes: &[u8]) {
    if let Ok(event) = Event::parse(bytes) {
        assert_eq!(event.bytes(), bytes);
        let draft: &EventDraft = &event;
        let again = draft.encode().unwrap();
        assert_eq!(&*again, draft, "the same members, whatever their order and spaces were");
    }
    if let Ok(entry) = Entry::parse(bytes) {
        assert_eq!(entry.encode(), bytes);
    }
    check_log(bytes);
}

/// As [`check`], of what is read about tree and log.
fn check_log(bytes: &[u8]) {
    let same = |written: String| assert_eq!(written.as_bytes(), bytes);
    Note::parse(bytes).map(|note| same(note.encode())).ok();
    SignedCheckpoint::parse(bytes).map(|checkpoint| same(checkpoint.encode())).ok();
    Receipt::parse(bytes).map(|receipt| same(receipt.encode())).ok();
    AddCheckpoint::parse(bytes).map(|request| same(request.encode())).ok();
    LogKeys::parse(bytes).map(|keys| same(keys.encode())).ok();
    // A policy may be written in several ways; what it says is the same.
    if let Ok(policy) = Policy::parse(bytes) {
        assert_eq!(Policy::parse(&policy.encode()), Ok(policy));
    }
    for width in [1, 2, 7, 256] {
        let width = TileWidth::new(width).unwrap();
        if let Ok(hashes) = parse_hash_tile(width, bytes) {
            assert_eq!(encode_hash_tile(&hashes), bytes);
        }
        if let Ok(entries) = parse_bundle(width, bytes) {
            assert_eq!(encode_bundle(&entries).unwrap(), bytes);
        }
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        text.parse().map(|key: VerifierKey| same(key.to_string())).ok();
        text.parse().map(|path: PublishedPath| same(path.to_string())).ok();
    }
}

/// Something done to bytes.
#[derive(Debug, Clone)]
enum Mutation {
    Replace(Index, u8),
    Insert(Index, u8),
    Remove(Index, usize),
    Repeat(Index, usize),
    Move(Index, usize, Index),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    // Bytes that mean something in one of the formats come more often than chance would have it.
    let byte =
        prop_oneof![any::<u8>(), prop::sample::select(&b"\n\r \t\"\\{}[]:,=/+-.019aAzZ\x00\x7f\xc3"[..])];
    prop_oneof![
        (any::<Index>(), byte.clone()).prop_map(|(at, byte)| Mutation::Replace(at, byte)),
        (any::<Index>(), byte).prop_map(|(at, byte)| Mutation::Insert(at, byte)),
        (any::<Index>(), 1..80_usize).prop_map(|(at, length)| Mutation::Remove(at, length)),
        (any::<Index>(), 1..80_usize).prop_map(|(at, length)| Mutation::Repeat(at, length)),
        (any::<Index>(), 1..80_usize, any::<Index>())
            .prop_map(|(at, length, to)| Mutation::Move(at, length, to)),
    ]
}

impl Mutation {
    fn apply(&self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        let piece = |at: usize, length: usize, size: usize| at..(at + length).min(size);
        match self {
            Self::Replace(at, byte) => {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            Self::Insert(at, byte) => bytes.insert(at.index(bytes.len()), *byte),
            Self::Remove(at, length) => drop(bytes.drain(piece(at.index(bytes.len()), *length, bytes.len()))),
            Self::Repeat(at, length) => {
                let at = at.index(bytes.len());
                let copy = bytes[piece(at, *length, bytes.len())].to_vec();
                bytes.splice(at..at, copy);
            }
            Self::Move(at, length, to) => {
                let moved: Vec<u8> =
                    bytes.drain(piece(at.index(bytes.len()), *length, bytes.len())).collect();
                let to = to.index(bytes.len() + 1);
                bytes.splice(to..to, moved);
            }
        }
    }
}

/// Valid events and entries of every kind, short enough to be changed often.
fn seeds() -> Vec<Vec<u8>> {
    let books = [small_book::live(), small_book::re_enactment()];
    let events =
        books.iter().flat_map(|book| book.entries.iter().map(|entry| entry.event().bytes().to_vec()));
    let entries = books.iter().flat_map(Book::bytes);
    let edges = accepted::all(&books[0]).into_iter().map(|accepted| accepted.bytes);
    let log = Log::of(&books[0]);
    let paths = log.folder().into_keys().map(|path| path.to_string().into_bytes());
    let log = log.files().into_values();
    events.chain(entries).chain(edges).chain(log).chain(paths).filter(|bytes| bytes.len() < 8_000).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn any_bytes(bytes in vec(any::<u8>(), 0..2_000)) {
        check(&bytes);
    }

    #[test]
    fn any_text(text in "\\PC{0,400}") {
        check(text.as_bytes());
        check(format!("{{{text}}}").as_bytes());
        let _: (Result<Subject, _>, Result<Origin, _>, Result<EventType, _>) = (text.parse(), text.parse(), text.parse());
        let _: (Result<Hash, _>, Result<Seen, _>, Result<Signature, _>) = (text.parse(), text.parse(), text.parse());
        let _: Result<TreeHash, _> = text.parse();
    }

    #[test]
    fn what_was_valid_and_was_changed(
        (seed, mutations) in (prop::sample::select(seeds()), vec(mutation(), 1..4))
    ) {
        let mut bytes = seed;
        mutations.iter().for_each(|mutation| mutation.apply(&mut bytes));
        check(&bytes);
    }

    #[test]
    fn a_moment_is_read_as_it_was_written(micros in 0..=253_370_764_799_999_999_i64) {
        let moment = Timestamp::from_micros(micros).unwrap();
        prop_assert_eq!(Timestamp::parse_recorded(&moment.to_string()), Ok(moment));
        prop_assert_eq!(Timestamp::parse_event_time(&moment.to_string()), Ok(moment));
    }

    #[test]
    fn string_order_is_time_order(one in 0..=253_370_764_799_999_999_i64, two in 0..=253_370_764_799_999_999_i64) {
        let (one, two) = (Timestamp::from_micros(one).unwrap(), Timestamp::from_micros(two).unwrap());
        prop_assert_eq!(one.cmp(&two), one.to_string().cmp(&two.to_string()));
    }
}
