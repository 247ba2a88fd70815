//! Attacks on a small book, each noticed, and at which entry.
//!
//! Whoever checks reads every entry with `Chain::extend`, checks its signatures, and compares the head
//! with one known from elsewhere.

use crate::support::small_book::{self, Book};
use minutebook_log::{Chain, Entry, Head, Position, Timestamp};

/// The head, or the first entry that is not right: its index among those offered.
fn verify(entries: &[Vec<u8>]) -> Result<Head, usize> {
    verify_from(Chain::new(), entries)
}

fn verify_from(mut chain: Chain, entries: &[Vec<u8>]) -> Result<Head, usize> {
    for (at, bytes) in entries.iter().enumerate() {
        let entry = chain.extend(bytes).map_err(|_refused| at)?;
        entry.signed.verify().map_err(|_invalid| at)?;
    }
    Ok(chain.head())
}

fn books() -> [Book; 2] {
    [small_book::live(), small_book::re_enactment()]
}

#[test]
fn a_book_that_nobody_touched_verifies() {
    for book in books() {
        assert_eq!(verify(&book.bytes()), Ok(book.chain.head()));
    }
}

/// In every entry every byte is changed in two ways. In a re-enactment each change is noticed at that
/// very entry. In a live ledger one line alone can be changed into another that follows: `recorded`, to
/// a later moment. That is noticed at the next entry, which names the hash; and at the last entry only by
/// who knows the head.
#[test]
fn every_byte_flipped_is_noticed() {
    let books = books();
    std::thread::scope(|scope| {
        for book in &books {
            for at in 0..book.entries.len() {
                scope.spawn(move || flip_every_byte(book, at));
            }
        }
    });
}

fn flip_every_byte(book: &Book, at: usize) {
    let (before, entries) = (book.first(at).chain, book.bytes());
    for byte in 0..entries[at].len() {
        for change in [0x01, 0x20] {
            let mut flipped = entries[at..].to_vec();
            flipped[0][byte] ^= change;
            let noticed = verify_from(before.clone(), &flipped);
            let needed = where_noticed(book, at, &flipped[0]);
            assert_eq!(noticed.err(), needed, "{} {at}, byte {byte} ^ {change:#x}", book.name);
            assert_ne!(noticed, Ok(book.chain.head()), "{} {at}, byte {byte} ^ {change:#x}", book.name);
        }
    }
}

/// How many entries after entry `at` the change in it is noticed; nothing if only the head shows it.
fn where_noticed(book: &Book, at: usize, flipped: &[u8]) -> Option<usize> {
    let original = &book.entries[at];
    let follows = Entry::parse(flipped).is_ok_and(|entry| {
        let not_before = |last: &Entry| entry.recorded >= last.recorded;
        let only_recorded = Entry { recorded: original.recorded, ..entry.clone() } == *original;
        only_recorded && book.name == "book" && book.entries[..at].last().is_none_or(not_before)
    });
    let is_last = at + 1 == book.entries.len();
    match (follows, is_last) {
        (false, _) => Some(0),
        (true, false) => Some(1),
        (true, true) => None,
    }
}

#[test]
fn one_line_alone_of_a_live_entry_is_fixed_by_the_next() {
    let book = small_book::live();
    let later = |at: usize| {
        let micros = book.entries[at].recorded.as_micros() + 1;
        Entry { recorded: Timestamp::from_micros(micros).unwrap(), ..book.entries[at].clone() }.encode()
    };
    let mut entries = book.bytes();
    entries[2] = later(2);
    assert_eq!(verify(&entries), Err(3));
    let mut entries = book.bytes();
    entries[6] = later(6);
    assert_ne!(verify(&entries).unwrap(), book.chain.head());
}

#[test]
fn an_entry_dropped_is_noticed_at_the_next() {
    for book in books() {
        let last = book.entries.len() - 1;
        for at in 0..=last {
            let mut entries = book.bytes();
            entries.remove(at);
            let needed = if at == last { Ok(book.first(last).chain.head()) } else { Err(at) };
            assert_eq!(verify(&entries), needed, "{} without {at}", book.name);
        }
    }
}

#[test]
fn entries_cut_off_at_the_end_leave_a_shorter_chain_with_another_head() {
    let book = small_book::live();
    for size in 0..book.entries.len() {
        let head = verify(&book.bytes()[..size]).unwrap();
        assert_eq!(head.size, size as u64);
        assert_ne!(head, book.chain.head());
    }
    assert_eq!(verify(&[]), Ok(Head::EMPTY));
}

#[test]
fn entries_swapped_are_noticed_at_the_first_of_them() {
    for book in books() {
        for first in 0..book.entries.len() {
            for second in first + 1..book.entries.len() {
                let mut entries = book.bytes();
                entries.swap(first, second);
                assert_eq!(verify(&entries), Err(first), "{}: {first} and {second}", book.name);
            }
        }
    }
}

#[test]
fn an_entry_repeated_is_noticed_where_it_stands_again() {
    for book in books() {
        for at in 0..book.entries.len() {
            for again in at + 1..=book.entries.len() {
                let mut entries = book.bytes();
                entries.insert(again, entries[at].clone());
                assert_eq!(verify(&entries), Err(again), "{}: {at} at {again}", book.name);
            }
        }
    }
}

#[test]
fn an_entry_cut_short_is_noticed_there() {
    for book in books() {
        for (at, bytes) in book.bytes().iter().enumerate() {
            let before = book.first(at).chain;
            for length in 0..bytes.len() {
                let cut = verify_from(before.clone(), &[bytes[..length].to_vec()]);
                assert_eq!(cut, Err(0), "{} {at}, {length} bytes", book.name);
            }
        }
    }
}

/// The operator, who can write headers, drops an entry and chains the rest anew. What remains is signed,
/// but the event after the gap names what its author had seen.
#[test]
fn a_chain_written_anew_breaks_at_what_an_author_had_seen() {
    let book = small_book::live();
    let mut anew = book.first(3).chain;
    let moved = book.entries[4].signed.clone();
    let place = anew.place(moved.event(), book.entries[4].recorded);
    let bytes = anew.seal(moved, place).encode();
    let refused = anew.extend(&bytes).unwrap_err();
    assert!(refused.to_string().contains("the author saw 3:"), "{refused}");
}

#[test]
fn an_entry_of_another_ledger_is_refused() {
    let [live, re_enactment] = books();
    for at in 0..re_enactment.entries.len() {
        let mut entries = live.bytes();
        entries[at] = re_enactment.entries[at].encode();
        // Another opening is right in itself; the entry after it belongs to the one that it replaced.
        assert_eq!(verify(&entries), Err(at.max(1)), "{at}");
    }
}

#[test]
fn in_a_re_enactment_recorded_follows_the_events_and_never_goes_back() {
    let book = small_book::re_enactment();
    let recorded = |at: u64| book.chain.recorded_at(Position(at)).unwrap().to_string();
    assert_eq!(recorded(0), "2013-04-01T00:00:00.000000Z", "the opening too");
    assert_eq!(recorded(1), "2013-04-01T09:30:00.500000Z");
    assert_eq!(recorded(2), recorded(1), "written before the entry that it follows");
    let at = |text| Timestamp::parse_event_time(text).unwrap();
    assert_eq!(book.chain.size_at(at("2013-03-31T23:59:59Z")), 0);
    assert_eq!(book.chain.size_at(at("2013-04-01T09:00:00Z")), 1);
    assert_eq!(book.chain.size_at(at("2013-04-01T09:30:00.5Z")), 3);
}

#[test]
fn in_a_live_ledger_a_clock_that_goes_back_stands_still() {
    let book = small_book::live();
    let last = book.entries[6].recorded;
    let early = Timestamp::from_micros(last.as_micros() - 1).unwrap();
    let late = Timestamp::from_micros(last.as_micros() + 1).unwrap();
    let event = book.entries[6].event();
    assert_eq!(book.chain.place(event, early).recorded, last);
    assert_eq!(book.chain.place(event, late).recorded, late);
    assert_eq!(book.chain.place(event, late).stream_number, 3);
}
