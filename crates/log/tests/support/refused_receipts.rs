//! Receipts that are none, or prove nothing.

use super::published::{Log, cosignature};
use super::refused_events::replaced;
use super::roles::{NHS_ENGLAND, SECRETARY, WITNESS_ONE};
use super::small_book::{self, Book};
use super::vectors::{Reader, Refused};
use minutebook_log::{Entry, Position, Receipt, Signature, Signed, TreeHash, TreeSize};

/// In the order of the table of receipt.md.
pub(crate) fn all(book: &Book, log: &Log) -> Vec<Refused> {
    let mut all = forms(log);
    all.extend(claims(log));
    all.extend(others(book, log));
    all
}

fn forms(log: &Log) -> Vec<Refused> {
    let text = log.receipt(2, log.cosigned(7)).encode();
    let change = |id, at, from: &str, to: &str| Refused {
        id,
        reader: Reader::Named("receipt"),
        bytes: replaced(&text, from, to).into_bytes(),
        at,
    };
    let extra = text.lines().nth(1).unwrap();
    let first_hash = text.lines().nth(3).unwrap();
    let many = format!("{first_hash}\n").repeat(70);
    vec![
        change("receipt-first-line", "receipt", "@v1", "@v2"),
        change("receipt-first-line", "receipt", "c2sp", "\nc2sp"),
        change("receipt-extra", "extra", &format!("{extra}\n"), ""),
        change("receipt-extra", "extra", extra, &extra.replace("extra ", "extra  ")),
        change("receipt-extra", "extra", extra, &format!("{extra}=")),
        change("receipt-extra", "extra", extra, "extra AAECAx=="),
        change("receipt-index", "index", "index 2\n", ""),
        change("receipt-index", "index", "index 2", "index 02"),
        change("receipt-index", "index", "index 2", "index -2"),
        change("receipt-index", "index", "index 2", "Index 2"),
        change("receipt-index", "index", "index 2", "index 18446744073709551616"),
        change("receipt-proof-form", "proof", first_hash, "AAECAw=="),
        change("receipt-proof-form", "proof", first_hash, &format!("{first_hash} ")),
        change("receipt-proof-form", "proof", &format!("{first_hash}\n"), &many),
        change("receipt-empty-line", "proof", "\n\nminutebook", "\nminutebook"),
        change("receipt-checkpoint", "checkpoint: size", "small-book\n7", "small-book\n07"),
        change("receipt-checkpoint", "checkpoint: origin", "\n\nminutebook", "\n\n\nminutebook"),
    ]
}

fn received(id: &'static str, at: &'static str, receipt: &Receipt) -> Refused {
    Refused { id, reader: Reader::Named("received"), bytes: receipt.encode().into_bytes(), at }
}

fn claims(log: &Log) -> Vec<Refused> {
    let right = log.receipt(2, log.cosigned(7));
    let change = |id, at, change: &dyn Fn(&mut Receipt)| {
        let mut receipt = right.clone();
        change(&mut receipt);
        received(id, at, &receipt)
    };
    let mut all = vec![
        change("receipt-entry", "entry: entry", &|receipt| receipt.entry.clear()),
        change("receipt-entry", "entry: event: event", &|receipt| receipt.entry.push(b'\n')),
        change("receipt-other-position", "position", &|receipt| receipt.position = Position(3)),
        change("receipt-other-position", "position", &|receipt| receipt.entry = log.entries[3].clone()),
        change("receipt-other-entry", "root", &|receipt| {
            let text = String::from_utf8(receipt.entry.clone()).unwrap();
            receipt.entry = replaced(&text, "recorded 2020-03-16", "recorded 2020-03-17").into_bytes();
        }),
        change("receipt-proof", "short", &|receipt| receipt.proof.0.clear()),
        change("receipt-proof", "short", &|receipt| receipt.proof.0.truncate(2)),
        change("receipt-proof", "long", &|receipt| receipt.proof.0.push(TreeHash::EMPTY)),
        change("receipt-proof", "root", &|receipt| receipt.proof = log.inclusion(3, 7)),
        change("receipt-proof", "root", &|receipt| receipt.proof = log.inclusion(2, 6)),
    ];
    for at in 0..right.proof.0.len() {
        all.push(change("receipt-proof", "root", &|receipt| receipt.proof.0[at] = TreeHash::EMPTY));
    }
    all
}

fn others(book: &Book, log: &Log) -> Vec<Refused> {
    let (checkpoint, cosigned) = (log.checkpoint(7), log.cosigned(7));
    let mut forged = cosignature(&checkpoint, WITNESS_ONE, 2);
    forged.bytes[20] ^= 1;
    let forged = checkpoint.with_signatures([forged]).unwrap();
    let one = checkpoint.with_signatures([cosignature(&checkpoint, WITNESS_ONE, 2)]).unwrap();
    // A book of another name, and the small book with a signature that does not hold, in trees of their
    // own that the same log has signed.
    let other = Log::over(log.origin.clone(), small_book::re_enactment().bytes());
    let spoilt = Log::of(&with_forged_signature(book));
    let unsigned = log.cosigned(7).only_with(vec![cosigned.note().signatures()[1].clone()]).unwrap();
    assert_eq!(cosigned.unverified().head.size, TreeSize(7));
    vec![
        received("receipt-source", "source", &other.receipt(1, other.cosigned(3))),
        received("receipt-signature", "signed", &spoilt.receipt(3, spoilt.cosigned(7))),
        received("receipt-unsigned", "unsigned", &log.receipt(2, unsigned)),
        received("receipt-witness", "cosignature", &log.receipt(2, forged)),
        received("receipt-not-witnessed", "quorum", &log.receipt(2, checkpoint)),
        received("receipt-not-witnessed", "quorum", &log.receipt(2, one)),
    ]
}

/// The small book in whose entry 3 another key's signature stands.
fn with_forged_signature(book: &Book) -> Book {
    let mut book = book.first(book.entries.len());
    let event = book.entries[3].event().clone();
    let forged: Signature = SECRETARY.secret().sign(event.bytes());
    let signed = Signed::new(event, vec![(NHS_ENGLAND.key(), forged)]).unwrap();
    book.entries[3] = Entry { signed, ..book.entries[3].clone() };
    book
}
