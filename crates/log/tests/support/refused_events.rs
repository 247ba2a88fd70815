//! Bytes that are no event: each differs in one thing from the plain event that `accepted.json` starts
//! with.

use super::small_book::Book;
use super::vectors::{Reader, Refused};
use minutebook_log::EVENT_BYTES_MAX;
use serde_json::{Map, Value};

/// An id, where this code says that the bytes are wrong, and texts to put in the place of others.
type Row = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const HASH: &str = "4242424242424242424242424242424242424242424242424242424242424242";

/// Each is an event whose facts have a member `x`; the text is that member's value.
const VALUES: [(&str, &str, &[&str]); 6] = [
    (
        "event-not-json",
        "byte",
        &["", "01", "+1", ".5", "NaN", "'x'", "/**/1", r#""\x""#, "[1,]", "1}}}{\"x\":{\"x\":{\"x\":1"],
    ),
    ("event-name-twice", "byte", &[r#"1,"x":2"#, r#"1,"\u0078":2"#, r#"{"y":1,"y":1}"#]),
    ("event-surrogate", "byte", &[r#""\ud800""#, r#""\udc00\ud800""#, r#"{"\ud800":1}"#]),
    (
        "event-character",
        "byte",
        &[
            r#""\u0000""#,
            r#""\u000d""#,
            r#""\t""#,
            r#"{"\n":1}"#,
            r#""\u007f""#,
            "\"\u{7f}\"",
            r#""\u0085""#,
            r#""\u2028""#,
            r#""\u2029""#,
            r#""\u202a""#,
            r#""\u202e""#,
            "\"\u{202e}\"",
            r#""\u2066""#,
            r#""\u2069""#,
            r#""\ufdd0""#,
            r#""\ufffe""#,
            r#""\udbff\udfff""#,
            r#"{"\u202e":1}"#,
        ],
    ),
    (
        "event-number",
        "byte",
        &[
            "1.0",
            "1e3",
            "1E3",
            "-0",
            "9007199254740992",
            "-9007199254740992",
            "99999999999999999999",
            "1e999",
        ],
    ),
    ("event-control", "byte", &["\n1", "\r1", "\t1", "\"a\tb\"", "\"a\nb\"", "\"\0\""]),
];

const ROWS: &[Row] = &[
    (
        "event-unknown-member",
        "event",
        &[(r#","data":"#, r#","dataschema":"x","data":"#), (r#","data":"#, r#","Data":{},"data":"#)],
    ),
    ("event-missing-member", "/specversion", &[(r#""specversion":"1.0","#, "")]),
    ("event-missing-member", "/datacontenttype", &[(r#""datacontenttype":"application/json","#, "")]),
    ("event-missing-member", "/subject", &[(r#""subject":"body/52R","#, "")]),
    ("event-missing-member", "/time", &[(r#""time":"2020-04-01T13:05:00Z","#, "")]),
    ("event-member-kind", "/subject", &[(r#""body/52R","time""#, r#"null,"time""#)]),
    ("event-member-kind", "/time", &[(r#""2020-04-01T13:05:00Z""#, "1585746300")]),
    ("event-member-kind", "/specversion", &[(r#""1.0""#, r#"["1.0"]"#)]),
    ("event-specversion", "/specversion", &[(r#""1.0""#, r#""1.0.2""#), (r#""1.0""#, r#""0.3""#)]),
    (
        "event-id",
        "/id",
        &[
            (r#""id":""#, r#""id":"{"#),
            (r#""id":""#, r#""id":"urn:uuid:"#),
            (r#""id":"0171"#, r#""id":"017F"#),
            (r#"-7000-8"#, r#"-4000-8"#),
            (r#"-7000-8"#, r#"-7000-c"#),
            (r#"-7000-8"#, r#"70008"#),
        ],
    ),
    (
        "event-source",
        "/source",
        &[
            ("minutebook.example/small-book", ""),
            ("minutebook.example/small-book", "minutebook.example/small book"),
            ("minutebook.example/small-book", "minutebook.example+small-book"),
            ("minutebook.example/small-book", "minutebook.example/caf\u{e9}"),
        ],
    ),
    (
        "event-type",
        "/type",
        &[
            ("uk.nhs.governance.Dec", "uk.nhs.Dec"),
            ("DecisionRecorded.v1", "DecisionRecorded"),
            ("DecisionRecorded.v1", "DecisionRecorded.v0"),
            ("DecisionRecorded.v1", "DecisionRecorded.v01"),
            ("DecisionRecorded.v1", "decisionRecorded.v1"),
            ("DecisionRecorded.v1", "Decision Recorded.v1"),
            ("DecisionRecorded.v1", "DecisionRecorded.v4294967296"),
        ],
    ),
    (
        "event-subject",
        "/subject",
        &[
            ("body/52R\",\"time", "\",\"time"),
            ("body/52R\",\"time", "body/\",\"time"),
            ("body/52R\",\"time", "/52R\",\"time"),
            ("body/52R\",\"time", "Body/52R\",\"time"),
            ("body/52R\",\"time", "body/52R/x\",\"time"),
            ("body/52R\",\"time", "body/52 R\",\"time"),
        ],
    ),
    (
        "event-time",
        "/time",
        &[
            ("2020-04-01T13:05:00Z", "2020-04-01T14:05:00+01:00"),
            ("2020-04-01T13:05:00Z", "2020-04-01T13:05:00+00:00"),
            ("2020-04-01T13:05:00Z", "2020-04-01T13:05:00"),
            ("2020-04-01T13:05:00Z", "2020-04-01t13:05:00z"),
            ("2020-04-01T13:05:00Z", "2020-04-01 13:05:00Z"),
            ("2020-04-01T13:05:00Z", "2020-04-01T13:05Z"),
            ("2020-04-01T13:05:00Z", "2020-04-01T13:05:00.Z"),
            ("2020-04-01T13:05:00Z", "2020-04-01T13:05:00.1234567Z"),
            ("2020-04-01T13:05:00Z", "2020-04-01T24:00:00Z"),
            ("2020-04-01T13:05:00Z", "2020-04-31T13:05:00Z"),
            ("2020-04-01T13:05:00Z", "2016-12-31T23:59:60Z"),
            ("2020-04-01T13:05:00Z", "1969-12-31T23:59:59Z"),
            ("2020-04-01T13:05:00Z", "9999-01-01T00:00:00Z"),
        ],
    ),
    ("event-datacontenttype", "/datacontenttype", &[("application/json", "application/json; charset=utf-8")]),
    (
        "event-ledger",
        "/ledger",
        &[(r#""ledger":""#, r#""ledger":"0"#), (r#""ledger":""#, r#""ledger":"sha256:"#)],
    ),
    (
        "event-seen",
        "/seen",
        &[
            (r#""seen":"5:"#, r#""seen":"5"#),
            (r#""seen":"5:"#, r#""seen":"05:"#),
            (r#""seen":"5:"#, r#""seen":"+5:"#),
            (r#""seen":"5:"#, r#""seen":"18446744073709551616:"#),
            (r#""seen":"5:"#, r#""seen":"5:0"#),
        ],
    ),
    ("event-joining-ids", "/correlationid", &[(r#""correlationid":""#, r#""correlationid":"x"#)]),
    ("event-joining-ids", "/causationid", &[(r#""correlationid":"#, r#""causationid":"","correlationid":"#)]),
];

/// Every vector whose bytes are no event.
pub(crate) fn all(book: &Book) -> Vec<Refused> {
    let line = plain(book);
    let mut all = around(&line);
    for (id, at, values) in VALUES {
        all.extend(values.iter().map(|value| refused(id, at, with_value(&line, value))));
    }
    all.push(refused("event-too-deep", "byte", with_value(&line, &nested(30))));
    let empty_object = nested(29).replacen("[]", "[{}]", 1);
    all.push(refused("event-too-deep", "byte", with_value(&line, &empty_object)));
    for (id, at, changes) in ROWS {
        all.extend(changes.iter().map(|(from, to)| refused(id, at, replaced(&line, from, to))));
    }
    all.extend(by_hand(&line));
    all
}

/// An event as short as they get: the seventh of the small book, without its data.
pub(crate) fn plain(book: &Book) -> String {
    let mut draft = (**book.entries[6].event()).clone();
    draft.data = [("facts".to_owned(), Value::Object(Map::new()))].into_iter().collect();
    draft.encode().unwrap().text().to_owned()
}

/// Brackets in each other, `levels` deep.
pub(crate) fn nested(levels: usize) -> String {
    "[".repeat(levels) + &"]".repeat(levels)
}

/// The plain event with a text in its facts, so that it is `bytes` long.
pub(crate) fn as_long_as(line: &str, bytes: usize) -> String {
    let empty = with_value(line, "\"\"");
    with_value(line, &format!("\"{}\"", "n".repeat(bytes - empty.len())))
}

/// The plain event with `"x":value` in its facts.
pub(crate) fn with_value(line: &str, value: &str) -> String {
    replaced(line, r#""facts":{"#, &format!(r#""facts":{{"x":{value}"#))
}

/// `line` with the first `from` in it replaced.
pub(crate) fn replaced(line: &str, from: &str, to: &str) -> String {
    assert!(line.contains(from), "{from} is in {line}");
    line.replacen(from, to, 1)
}

fn refused(id: &'static str, at: &'static str, text: impl Into<Vec<u8>>) -> Refused {
    Refused { id, reader: Reader::Event, bytes: text.into(), at }
}

fn around(line: &str) -> Vec<Refused> {
    let mut latin = line.as_bytes().to_vec();
    let at = line.find("facts").unwrap();
    latin[at] = 0xe9;
    let mut all = vec![
        refused("event-over-long", "event", as_long_as(line, EVENT_BYTES_MAX + 1)),
        refused("event-utf8", "byte", latin),
    ];
    for (before, after) in [(" ", ""), ("", " "), ("", "\n"), ("\u{feff}", ""), ("[", "]"), ("", ",")] {
        all.push(refused("event-around", "event", format!("{before}{line}{after}")));
    }
    all.extend(["", "[]", "null", "\"{}\""].map(|text| refused("event-around", "event", text)));
    all
}

fn by_hand(line: &str) -> Vec<Refused> {
    let (start, data) = line.split_once(r#","data":"#).unwrap();
    let before_ledger = start.split_once(r#","ledger""#).unwrap().0;
    let mut all = vec![
        refused("event-missing-member", "/data", format!("{start}}}")),
        refused(
            "event-ledger",
            "/ledger",
            format!(r#"{before_ledger},"ledger":"{}","seen":"5:{HASH}","data":{data}"#, "AB".repeat(32)),
        ),
        refused(
            "event-seen",
            "/seen",
            format!(r#"{before_ledger},"ledger":"{HASH}","seen":"5:{}","data":{data}"#, "AB".repeat(32)),
        ),
        refused("event-half-bound", "/ledger", format!(r#"{before_ledger},"ledger":"{HASH}","data":{data}"#)),
        refused("event-half-bound", "/ledger", format!(r#"{before_ledger},"seen":"5:{HASH}","data":{data}"#)),
    ];
    let long = "n".repeat(200);
    all.push(refused("event-source", "/source", replaced(line, "small-book", &long)));
    all.push(refused(
        "event-subject",
        "/subject",
        replaced(line, "body/52R\",\"time", &format!("body/{long}\",\"time")),
    ));
    for data in ["[]", "null", "\"{}\"", "1"] {
        all.push(refused("event-data", "/data", format!(r#"{start},"data":{data}}}"#)));
    }
    all
}
