//! Bytes at the very edge of the rules, on the inner side.

use super::refused_entries::with_signatures;
use super::refused_events::{as_long_as, nested, plain, replaced, with_value};
use super::small_book::Book;
use super::vectors::{Accepted, Reader};
use minutebook_log::{EVENT_BYTES_MAX, SIGNATURES_MAX};

/// The plain event first, then what is changed in it, then entries.
pub(crate) fn all(book: &Book) -> Vec<Accepted> {
    let line = plain(book);
    let value = |value: &str| with_value(&line, value);
    let change = |from: &str, to: &str| replaced(&line, from, to);
    let long = "n".repeat(195);
    let mut all = vec![
        event("plain", line.clone()),
        event("longest", as_long_as(&line, EVENT_BYTES_MAX)),
        event("deepest", value(&nested(29))),
        event("largest-number", value("9007199254740991")),
        event("smallest-number", value("-9007199254740991")),
        event("zero", value("0")),
        event("spaces", change(r#"{"specversion":"1.0","#, r#"{ "specversion" : "1.0" , "#)),
        event(
            "another-order",
            change(r#"{"specversion":"1.0","#, "{").replace("}}}", r#"}},"specversion":"1.0"}"#),
        ),
        event("escapes", value(r#""\"\\\/\u00e9\ud83d\ude00""#)),
        event("not-ascii", value("\"Caf\u{e9} \u{1f600}\"")),
        event("paragraphs", value(r#""To agree:\n- the lease\u000a- the plan""#)),
        event("escaped-name", change(r#""subject""#, r#""subj\u0065ct""#)),
        event("same-name-elsewhere", value(r#"[{"x":1},{"x":1}]"#)),
        event("six-decimals", change("13:05:00Z", "13:05:00.000001Z")),
        event("one-decimal", change("13:05:00Z", "13:05:00.5Z")),
        event("leap-day", change("2020-04-01T", "2020-02-29T")),
        event("last-moment", change("2020-04-01T13:05:00Z", "9998-12-31T23:59:59.999999Z")),
        event("longest-subject", change("body/52R\",\"time", &format!("body/{long}\",\"time"))),
        event("unknown-type", change("DecisionRecorded.v1", "SomethingHappened.v4294967295")),
        event("causation", change(r#""correlationid""#, r#""causationid""#)),
    ];
    all.extend(entries(book));
    all
}

fn entries(book: &Book) -> Vec<Accepted> {
    let entry = &book.entries[3];
    let text = String::from_utf8(entry.encode()).unwrap();
    let most = text.replacen("position 3\n", "position 18446744073709551615\n", 1);
    let most = most.replacen("52R 1\n", "52R 18446744073709551615\n", 1);
    vec![
        Accepted { id: "largest-position", reader: Reader::Entry, bytes: most.into_bytes() },
        Accepted {
            id: "sixteen-signatures",
            reader: Reader::Signatures,
            bytes: with_signatures(&text, entry, SIGNATURES_MAX).into_bytes(),
        },
    ]
}

fn event(id: &'static str, text: String) -> Accepted {
    Accepted { id, reader: Reader::Event, bytes: text.into_bytes() }
}
