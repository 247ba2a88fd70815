//! The vectors of `spec/vectors`, made from the code: every file, with its bytes.

use super::published::Log;
use super::roles::{ROLES, Role};
use super::small_book::{self, Book, DISCLOSURE};
use super::{
    accepted, refused_chains, refused_entries, refused_events, refused_notes, refused_openings,
    refused_policies, refused_proofs, refused_receipts, refused_signatures,
};
use data_encoding::HEXLOWER;
use minutebook_log::{Hash, PAYLOAD_TYPE, pae};
use serde_json::{Value, json};
use std::{collections::BTreeMap, path::PathBuf};

/// What reads the bytes of a vector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    /// They are read as an event.
    Event,
    /// They are read as an entry.
    Entry,
    /// They are an entry, whose signatures are checked.
    Signatures,
    /// They are an entry with signatures that hold, offered to `book` after its first `after` entries.
    Chain { book: &'static str, after: usize },
    /// They are what a reader without further circumstances reads: a `note`, a `vkey`, a `policy` ...
    Named(&'static str),
    /// They are the hashes of a proof that an entry of the small book stands at a position of its tree.
    Inclusion { entry: usize, position: u64, size: u64 },
    /// They are the hashes of a proof that one tree of the small book extends another.
    Consistency { old: u64, new: u64 },
    /// They are a tile of so many hashes.
    HashTile { width: u16 },
    /// They are a bundle of so many entries.
    Bundle { width: u16 },
    /// They are a request to a witness which cosigned that size of the small book last.
    Witness { latest: u64 },
}

/// Bytes that must be refused.
pub(crate) struct Refused {
    /// The row of the table in spec/, which the vector carries too.
    pub(crate) id: &'static str,
    /// Who must refuse them; all readers before it accept them.
    pub(crate) reader: Reader,
    /// The bytes.
    pub(crate) bytes: Vec<u8>,
    /// Where this code says that they are wrong.
    pub(crate) at: &'static str,
}

/// Bytes that must be accepted, at the very edge of the rules.
pub(crate) struct Accepted {
    pub(crate) id: &'static str,
    pub(crate) reader: Reader,
    pub(crate) bytes: Vec<u8>,
}

/// Every refusal, in the order of the tables.
pub(crate) fn refused() -> Vec<Refused> {
    let (live, re_enactment) = (small_book::live(), small_book::re_enactment());
    let mut refused = refused_events::all(&live);
    refused.extend(refused_signatures::all(&live));
    refused.extend(refused_entries::all(&live));
    refused.extend(refused_openings::all());
    refused.extend(refused_chains::all(&live, &re_enactment));
    let log = Log::of(&live);
    refused.extend(refused_proofs::all(&log));
    refused.extend(refused_notes::all(&log));
    refused.extend(refused_receipts::all(&live, &log));
    refused.extend(refused_policies::all(&log));
    refused
}

/// The file of every vector under `spec/vectors`, with its bytes.
pub(crate) fn files() -> BTreeMap<PathBuf, Vec<u8>> {
    let books = [small_book::live(), small_book::re_enactment()];
    let mut files = Log::of(&books[0]).files();
    for book in &books {
        for (at, entry) in book.entries.iter().enumerate() {
            files.insert(format!("{}/entry-{at}.txt", book.name).into(), entry.encode());
            files.insert(format!("{}/event-{at}.json", book.name).into(), entry.event().bytes().to_vec());
        }
    }
    files.insert("book/disclosure-6.json".into(), DISCLOSURE.as_bytes().to_vec());
    files.insert(
        "books.json".into(),
        pretty(&json!({"keys": keys(), "books": books.map(|book| described(&book))})),
    );
    files.insert(
        "accepted.json".into(),
        pretty(&accepted::all(&small_book::live()).iter().map(Accepted::json).collect()),
    );
    files.insert("refused.json".into(), pretty(&refused().iter().map(Refused::json).collect()));
    files
}

fn keys() -> Value {
    let key = |role: Role| json!({"role": role.name, "seed": format!("{:02x}", role.seed).repeat(32), "public": role.key()});
    ROLES.map(key).to_vec().into()
}

fn described(book: &Book) -> Value {
    let entries = book.entries.iter().enumerate().map(|(at, entry)| {
        let event = entry.event();
        json!({
            "file": format!("{}/entry-{at}.txt", book.name),
            "blake3": Hash::of(&entry.encode()),
            "id": event.id,
            "pae": String::from_utf8(pae(PAYLOAD_TYPE, event.bytes())).unwrap(),
        })
    });
    json!({"name": book.name, "entries": entries.collect::<Vec<_>>()})
}

impl Refused {
    fn json(&self) -> Value {
        json!({"id": self.id, "reader": self.reader.json(), "bytes": legible(&self.bytes), "at": self.at})
    }
}

impl Accepted {
    fn json(&self) -> Value {
        json!({"id": self.id, "reader": self.reader.json(), "bytes": legible(&self.bytes)})
    }
}

impl Reader {
    fn json(self) -> Value {
        match self {
            Self::Event => json!("event"),
            Self::Entry => json!("entry"),
            Self::Signatures => json!("signatures"),
            Self::Chain { book, after } => json!({"chain": book, "after": after}),
            Self::Named(name) => json!(name),
            Self::Inclusion { entry, position, size } => {
                json!({"inclusion": {"entry": entry, "position": position, "size": size}})
            }
            Self::Consistency { old, new } => json!({"consistency": {"old": old, "new": new}}),
            Self::HashTile { width } => json!({"hash_tile": width}),
            Self::Bundle { width } => json!({"bundle": width}),
            Self::Witness { latest } => json!({"witness": latest}),
        }
    }
}

/// Bytes as a string where they are printable ASCII on lines, or the dash of a signature line; as
/// hexadecimal where they are not.
fn legible(bytes: &[u8]) -> Value {
    let is_legible = |c: char| matches!(c, '\n' | ' '..='~' | '\u{2014}');
    match std::str::from_utf8(bytes) {
        Ok(text) if text.chars().all(is_legible) => json!({"text": text}),
        _ => json!({"hex": HEXLOWER.encode(bytes)}),
    }
}

/// The bytes that [`legible`] wrote.
pub(crate) fn bytes_of(value: &Value) -> Vec<u8> {
    let value = &value["bytes"];
    if let Some(text) = value["text"].as_str() {
        return text.as_bytes().to_vec();
    }
    HEXLOWER.decode(value["hex"].as_str().unwrap().as_bytes()).unwrap()
}

fn pretty(value: &Value) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(value).unwrap();
    bytes.push(b'\n');
    bytes
}
