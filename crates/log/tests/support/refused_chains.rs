//! Entries that are well formed and signed, and do not stand where they are offered.

use super::roles::{REGISTRARS, SECRETARY};
use super::small_book::{self, Act, Book, sign};
use super::vectors::{Reader, Refused};
use minutebook_log::{Entry, EventDraft, Hash, Position, Seen, Signed, Timestamp};

/// Every vector that is refused after position 0.
pub(crate) fn all(live: &Book, re_enactment: &Book) -> Vec<Refused> {
    let mut all = moved(live);
    all.extend(headers(live));
    all.extend(moments(live, re_enactment));
    all.extend(bindings(live, re_enactment));
    all.extend(seen(live));
    all.extend(twice(live));
    all
}

fn refused(id: &'static str, at: &'static str, book: &Book, after: usize, entry: &Entry) -> Refused {
    Refused { id, reader: Reader::Chain { book: book.name, after }, bytes: entry.encode(), at }
}

/// The book's own entries, elsewhere: one dropped, two swapped, one repeated, one of another ledger.
fn moved(book: &Book) -> Vec<Refused> {
    [(1, 2), (2, 4), (3, 2), (5, 0), (0, 1)]
        .map(|(after, entry)| refused("chain-position", "position", book, after, &book.entries[entry]))
        .into()
}

/// Header lines, which no signature covers, that say other than what follows from the entries before.
fn headers(book: &Book) -> Vec<Refused> {
    let next = &book.entries[6];
    let with_previous = |previous| Entry { previous, ..next.clone() };
    let with_number = |stream_number| Entry { stream_number, ..next.clone() };
    let opening = Entry { previous: Hash::of(b""), ..book.entries[0].clone() };
    vec![
        refused("chain-previous", "previous", book, 6, &with_previous(next.event().ledger.unwrap())),
        refused("chain-previous", "previous", book, 6, &with_previous(Hash::ZERO)),
        refused("chain-previous", "previous", book, 0, &opening),
        refused("chain-stream-number", "stream", book, 6, &with_number(1)),
        refused("chain-stream-number", "stream", book, 6, &with_number(3)),
        refused(
            "chain-stream-number",
            "stream",
            book,
            0,
            &Entry { stream_number: 2, ..book.entries[0].clone() },
        ),
    ]
}

fn moments(live: &Book, re_enactment: &Book) -> Vec<Refused> {
    let after = |entry: &Entry, micros: i64| {
        let recorded = Timestamp::from_micros(entry.recorded.as_micros() + micros).unwrap();
        Entry { recorded, ..entry.clone() }
    };
    let before_last = Timestamp::from_micros(live.entries[5].recorded.as_micros() - 1).unwrap();
    let backwards = Entry { recorded: before_last, ..live.entries[6].clone() };
    let own_time = |entry: &Entry| Entry { recorded: entry.event().time, ..entry.clone() };
    let (id, entries) = ("chain-recorded-re-enactment", &re_enactment.entries);
    vec![
        refused("chain-recorded-backwards", "recorded", live, 6, &backwards),
        refused(id, "recorded", re_enactment, 0, &after(&entries[0], 1)),
        refused(id, "recorded", re_enactment, 1, &after(&entries[1], 1)),
        refused(id, "recorded", re_enactment, 1, &after(&entries[1], -1)),
        refused(id, "recorded", re_enactment, 2, &after(&entries[2], 1)),
        refused(id, "recorded", re_enactment, 2, &own_time(&entries[2])),
    ]
}

/// Events for another ledger: of another name; of the same name, opened otherwise; of none.
fn bindings(live: &Book, re_enactment: &Book) -> Vec<Refused> {
    let elsewhere = re_enactment.chain.hash_at(Position::FIRST);
    let unbound = |draft: &mut EventDraft| (draft.ledger, draft.seen) = (None, None);
    let moved = re_enactment.entries[1].event().clone();
    let place = live.first(1).place(&moved, live_gap(live, &moved));
    let moved = live.first(1).chain.seal(sign(moved, &[REGISTRARS.as_slice(), &[SECRETARY]].concat()), place);
    vec![
        refused("chain-source", "source", live, 1, &moved),
        with(live, "chain-source", "source", |draft| {
            draft.source = "minutebook.example/small".parse().unwrap()
        }),
        with(live, "chain-ledger", "ledger", |draft| draft.ledger = elsewhere),
        with(live, "chain-unbound", "ledger", unbound),
    ]
}

/// From an event of 2013 to the moment at which the live ledger ends.
fn live_gap(live: &Book, event: &EventDraft) -> i64 {
    live.entries[1].recorded.as_micros() - event.time.as_micros()
}

fn seen(live: &Book) -> Vec<Refused> {
    let at = |position: u64, hash: Hash| {
        move |draft: &mut EventDraft| draft.seen = Some(Seen { position: Position(position), hash })
    };
    let hash = |position| live.chain.hash_at(Position(position)).unwrap();
    vec![
        with(live, "chain-seen", "seen", at(5, hash(4))),
        with(live, "chain-seen", "seen", at(6, hash(5))),
        with(live, "chain-seen", "seen", at(u64::MAX, hash(5))),
        with(live, "chain-seen", "seen", at(0, Hash::ZERO)),
    ]
}

/// The same event once more, with the same signature and with another; another event of the same id.
fn twice(live: &Book) -> Vec<Refused> {
    let (id, at) = ("chain-id-twice", "id");
    let decided = &live.entries[6];
    let again = |signed: Signed| {
        let place = live.place(signed.event(), 3_600_000_000);
        refused(id, at, live, 7, &live.chain.seal(signed, place))
    };
    let mut otherwise = small_book::decision();
    otherwise.draft.time = Timestamp::parse_event_time("2020-04-01T14:00:00Z").unwrap();
    vec![
        again(decided.signed.clone()),
        again(sign(decided.event().clone(), &REGISTRARS)),
        refused(id, at, live, 7, &live.next(&otherwise)),
    ]
}

/// The decision of entry 6, changed after it was bound and before it was signed.
fn with(live: &Book, id: &'static str, at: &'static str, change: impl FnOnce(&mut EventDraft)) -> Refused {
    let Act { draft, signers, arrives_after_micros } = small_book::decision();
    let book = live.first(6);
    let mut draft = book.bind(draft);
    change(&mut draft);
    let event = draft.encode().unwrap();
    let place = book.place(&event, arrives_after_micros);
    refused(id, at, live, 6, &book.chain.seal(sign(event, &signers), place))
}
