//! Bytes that are no entry: each differs in one thing from entry 3 of the small book, which one key
//! signed, or from entry 2, which two signed.

use super::refused_events::replaced;
use super::small_book::Book;
use super::vectors::{Reader, Refused};
use minutebook_log::{ENTRY_BYTES_MAX, Entry, SIGNATURES_MAX, SecretKey};

/// An id, where this code says that the bytes are wrong, and what is put in the place of what.
type Row = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const ROWS: &[Row] = &[
    (
        "entry-first-line",
        "entry",
        &[
            ("entry/v1", "entry/v2"),
            ("entry/v1", "entry/v1 "),
            ("entry/v1\n", "entry/v1\r\n"),
            ("minutebook.e", "\nminutebook.e"),
        ],
    ),
    ("entry-empty-line", "entry", &[("\n\n{", "\n{"), ("\n\n{", "\n \n{"), ("\n\n{", "\n\r\n{")]),
    ("entry-empty-line", "event: event", &[("\n\n{", "\n\n\n{")]),
    ("entry-last-line-feed", "entry", &[("}\n", "}"), ("}\n", "}\r")]),
    (
        "entry-last-line-feed",
        "event: event",
        &[("}\n", "}\n\n"), ("}\n", "}\r\n"), ("}\n", "} \n"), ("}\n", "}\nx\n")],
    ),
    (
        "entry-lines",
        "position",
        &[("position 3\n", ""), ("position 3", "Position 3"), ("position 3\n", "\nposition 3\n")],
    ),
    ("entry-lines", "previous", &[("position 3\n", "position 3\nposition 3\n"), ("previous ", "previous:")]),
    ("entry-lines", "stream", &[("stream ", "comment x\nstream ")]),
    ("entry-lines", "recorded", &[("recorded ", "Recorded ")]),
    ("entry-lines", "signed", &[("signed ", "comment x\nsigned ")]),
    (
        "entry-position",
        "position",
        &[
            ("position 3", "position 03"),
            ("position 3", "position +3"),
            ("position 3", "position  3"),
            ("position 3\n", "position 3 \n"),
            ("position 3", "position 3.0"),
            ("position 3", "position "),
            ("position 3", "position 18446744073709551616"),
        ],
    ),
    (
        "entry-previous",
        "previous",
        &[("previous ", "previous 0"), ("previous ", "previous A"), ("previous ", "previous  ")],
    ),
    (
        "entry-stream",
        "stream",
        &[
            ("52R 1\n", "52R 0\n"),
            ("52R 1\n", "52R 01\n"),
            ("52R 1\n", "52R\n"),
            ("52R 1\n", "52R  1\n"),
            ("52R 1\n", "52R 1 \n"),
            ("body/52R 1\n", "body/ 1\n"),
        ],
    ),
    ("entry-other-subject", "stream", &[("body/52R 1\n", "body/52r 1\n"), ("body/52R 1\n", "body 1\n")]),
    ("entry-event", "event: /subject", &[(r#""subject":"body/52R""#, r#""subject":"52R""#)]),
    ("entry-event", "event: byte", &[(r#""datacontenttype":"#, "\"datacontenttype\":\t")]),
];

/// In the place of `recorded 2020-...Z`.
const MOMENTS: [&str; 11] = [
    "2020-03-30T15:00:01Z",
    "2020-03-30T15:00:01.123Z",
    "2020-03-30T15:00:01.1234567Z",
    "2020-03-30T15:00:01.123456+00:00",
    "2020-03-30T15:00:01.123456z",
    "2020-03-30 15:00:01.123456Z",
    "2016-12-31T23:59:60.000000Z",
    "2020-03-30T24:00:00.000000Z",
    "2020-02-30T15:00:01.123456Z",
    "1969-12-31T23:59:59.999999Z",
    "9999-01-01T00:00:00.000000Z",
];

/// Every vector whose bytes are no entry.
pub(crate) fn all(book: &Book) -> Vec<Refused> {
    let (one, two) = (text(&book.entries[3]), text(&book.entries[2]));
    let mut all = vec![over_long(&one)];
    for (id, at, changes) in ROWS {
        all.extend(changes.iter().map(|(from, to)| refused(id, at, replaced_last(&one, from, to))));
    }
    let recorded = format!("recorded {}", book.entries[3].recorded);
    for moment in MOMENTS {
        all.push(refused(
            "entry-recorded",
            "recorded",
            replaced(&one, &recorded, &format!("recorded {moment}")),
        ));
    }
    all.push(upper_case_previous(&one, &book.entries[3]));
    all.extend(signed_lines(&one));
    all.extend(signatures(&one, &two, &book.entries[3]));
    all
}

fn text(entry: &Entry) -> String {
    String::from_utf8(entry.encode()).unwrap()
}

fn refused(id: &'static str, at: &'static str, text: String) -> Refused {
    Refused { id, reader: Reader::Entry, bytes: text.into_bytes(), at }
}

/// The event's last bytes are the entry's: what stands there is found from behind.
fn replaced_last(entry: &str, from: &str, to: &str) -> String {
    if from != "}\n" {
        return replaced(entry, from, to);
    }
    format!("{}{to}", entry.strip_suffix(from).unwrap())
}

fn over_long(entry: &str) -> Refused {
    let more = "n".repeat(ENTRY_BYTES_MAX + 1 - entry.len());
    refused("entry-over-long", "entry", replaced(entry, "NHS Nottingham", &format!("{more}NHS Nottingham")))
}

fn upper_case_previous(entry: &str, of: &Entry) -> Refused {
    let hash = of.previous.to_string();
    refused("entry-previous", "previous", replaced(entry, &hash, &hash.to_uppercase()))
}

/// The one `signed` line, written in ways that mean the same and are refused.
fn signed_lines(entry: &str) -> Vec<Refused> {
    let line = entry.lines().find(|line| line.starts_with("signed ")).unwrap();
    let (start, signature) = line.rsplit_once(' ').unwrap();
    let key = start.rsplit_once(' ').unwrap().1;
    let padless = signature.trim_end_matches('=');
    let (front, last) = padless.split_at(padless.len() - 1);
    let last = char::from(last.as_bytes()[0] + 1);
    [
        line.replace("ed25519", "Ed25519"),
        line.replace("ed25519", "rsa"),
        line.replace("ed25519 ", "ed25519  "),
        line.replace(key, &key.to_uppercase()),
        line.replacen(key, key.split_at(1).1, 1),
        format!("{line} "),
        format!("{start}  {signature}"),
        format!("{start} {padless}"),
        format!("{start} {front}{last}=="),
        format!("{start} {}", in_two_encodings(signature)),
        format!("{start} {}", signature.replace('+', "-").replace('/', "_").replacen(|_: char| true, "-", 1)),
        start.to_owned(),
    ]
    .map(|other| refused("entry-signed-form", "signed", replaced(entry, line, &other)))
    .into()
}

/// The same 64 bytes as two padded encodings, of 1 and 63 bytes: as long as one encoding of 64.
fn in_two_encodings(signature: &str) -> String {
    let bytes = data_encoding::BASE64.decode(signature.as_bytes()).unwrap();
    let (one, rest) = bytes.split_at(1);
    let both = data_encoding::BASE64.encode(one) + &data_encoding::BASE64.encode(rest);
    assert_eq!(both.len(), signature.len());
    both
}

fn signatures(one: &str, two: &str, entry: &Entry) -> Vec<Refused> {
    let line = |entry: &str, at: usize| {
        let line = entry.lines().filter(|line| line.starts_with("signed ")).nth(at).unwrap();
        format!("{line}\n")
    };
    let (only, first, second) = (line(one, 0), line(two, 0), line(two, 1));
    vec![
        refused("entry-unsigned", "signatures", replaced(one, &only, "")),
        refused("entry-unsorted", "signed", replaced(two, &(first.clone() + &second), &(second + &first))),
        refused("entry-signed-twice", "signed", replaced(one, &only, &(only.clone() + &only))),
        refused("entry-signatures", "signatures", with_signatures(one, entry, SIGNATURES_MAX + 1)),
    ]
}

/// Entry 3 as so many keys would have signed it, none of them weak and all in order.
pub(crate) fn with_signatures(text: &str, entry: &Entry, count: usize) -> String {
    let sign = |seed: u8| {
        let key = SecretKey::from_seed(&[seed; 32]);
        (key.public(), key.sign(entry.event().bytes()))
    };
    let mut signatures: Vec<_> = (101..).take(count).map(sign).collect();
    signatures.sort_by_key(|(key, _signature)| *key);
    let lines = signatures.iter().map(|(key, signature)| format!("signed ed25519 {key} {signature}\n"));
    let (header, event) = text.split_once("\n\n").unwrap();
    let header: Vec<&str> = header.lines().filter(|line| !line.starts_with("signed ")).collect();
    format!("{}\n{}\n{event}", header.join("\n"), lines.collect::<String>())
}
