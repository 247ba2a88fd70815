//! Texts that are sealed for whoever writes them: the digest goes into the event, the disclosure into a file of its own beside it
//! (spec/event.md, Sealed fields).

use super::exit::RefusedHere;
use crate::private;
use anyhow::Context as _;
use data_encoding::HEXLOWER;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

/// What somebody writes around a text that is to be sealed: `{"seal": "A relative works for the landlord."}`.
const SEAL: &str = "seal";

/// The random bytes that keep others from guessing the text and comparing.
const SALT_BYTES: usize = 16;

/// The most bytes of a disclosure: a text of the size of an event, escaped.
const DISCLOSURE_BYTES_MAX: u64 = 256 * 1024;

/// What stands behind a sealed field: a salt, where the field is, and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Disclosure {
    pointer: String,
    value: Value,
    /// The exact bytes whose digest the event has.
    text: String,
}

impl Disclosure {
    /// Seals a value at a place of an event, a JSON pointer from its top.
    ///
    /// # Errors
    /// The operating system gives no randomness.
    pub(crate) fn new(pointer: &str, value: &Value) -> anyhow::Result<Self> {
        let mut salt = [0; SALT_BYTES];
        getrandom::fill(&mut salt)?;
        Ok(Self::salted(&HEXLOWER.encode(&salt), pointer, value))
    }

    fn salted(salt: &str, pointer: &str, value: &Value) -> Self {
        let text = json!([salt, pointer, value]).to_string();
        Self { pointer: pointer.to_owned(), value: value.clone(), text }
    }

    /// Reads a disclosure.
    ///
    /// # Errors
    /// It can't be read, or is none.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let name = path.display();
        let size = fs::metadata(path).with_context(|| format!("reading {name}"))?.len();
        anyhow::ensure!(size <= DISCLOSURE_BYTES_MAX, "{name} is larger than a disclosure can be");
        let text = fs::read_to_string(path).with_context(|| format!("reading {name}"))?;
        let needed = "a list of a salt, the place of the field and what it says (spec/event.md)";
        let read: Result<(String, String, Value), _> = serde_json::from_str(&text);
        // A parser's words say nothing to whoever opens the wrong file.
        let (_salt, pointer, value) =
            read.map_err(|_wrong| RefusedHere(format!("{name} is no disclosure; needed {needed}")))?;
        Ok(Self { pointer, value, text })
    }

    /// Where the field is, as a JSON pointer into the event.
    pub(crate) fn pointer(&self) -> &str {
        &self.pointer
    }

    /// What it says.
    pub(crate) fn value(&self) -> &Value {
        &self.value
    }

    /// What stands in the event: 64 hexadecimal digits.
    pub(crate) fn digest(&self) -> String {
        HEXLOWER.encode(&Sha256::digest(self.text.as_bytes()))
    }

    /// The sealed form of the field.
    pub(crate) fn sealed(&self) -> Value {
        json!({"sealed": self.digest()})
    }

    /// Writes it into a file that its owner alone may read, unless the same is there already.
    ///
    /// # Errors
    /// It can't be written.
    pub(crate) fn write(&self, path: &Path) -> anyhow::Result<()> {
        let name = path.display();
        match private::create_new(path) {
            Ok(mut file) => {
                let written = file.write_all(self.text.as_bytes()).and_then(|()| file.sync_all());
                written.with_context(|| format!("writing {name}"))
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                let there = Self::read(path)?;
                anyhow::ensure!(there == *self, "{name} holds something else: name another file");
                Ok(())
            }
            Err(error) => Err(error).with_context(|| format!("writing {name}")),
        }
    }
}

/// Seals every text of an event's data that asks for it.
///
/// # Errors
/// The operating system gives no randomness.
pub(crate) fn seal_all(data: &mut Map<String, Value>) -> anyhow::Result<Vec<Disclosure>> {
    let mut disclosures = Vec::new();
    for (name, value) in data.iter_mut() {
        seal(value, &format!("/data/{name}"), &mut disclosures)?;
    }
    Ok(disclosures)
}

fn seal(value: &mut Value, at: &str, disclosures: &mut Vec<Disclosure>) -> anyhow::Result<()> {
    match value {
        Value::Object(members) if members.len() == 1 && members.contains_key(SEAL) => {
            let disclosure = Disclosure::new(at, members.get(SEAL).unwrap_or(&Value::Null))?;
            *value = disclosure.sealed();
            disclosures.push(disclosure);
        }
        Value::Object(members) => {
            for (name, inner) in members.iter_mut() {
                let name = name.replace('~', "~0").replace('/', "~1");
                seal(inner, &format!("{at}/{name}"), disclosures)?;
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter_mut().enumerate() {
                seal(inner, &format!("{at}/{index}"), disclosures)?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// The folder in which the disclosures of a file lie.
pub(crate) fn folder_of(file: &Path) -> PathBuf {
    file.with_extension("disclosures")
}

/// Keeps disclosures in a folder, each under its digest, before what they belong to is signed.
///
/// # Errors
/// They can't be written.
pub(crate) fn keep(folder: &Path, disclosures: &[Disclosure]) -> anyhow::Result<()> {
    if disclosures.is_empty() {
        return Ok(());
    }
    fs::create_dir_all(folder).with_context(|| format!("making the folder {}", folder.display()))?;
    disclosures.iter().try_for_each(|one| one.write(&folder.join(format!("{}.json", one.digest()))))
}

/// What the disclosures of a folder say, by their digests; files that are none are passed by.
pub(crate) fn said_in(folder: &Path) -> BTreeMap<String, Value> {
    let files = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path());
    let read = files.filter_map(|file| Disclosure::read(&file).ok());
    read.map(|disclosure| (disclosure.digest(), disclosure.value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector of spec/event.md.
    #[test]
    fn a_disclosure_is_made_as_the_format_says() {
        let vector = include_str!("../../spec/vectors/book/disclosure-6.json").trim_end();
        let text = json!("To approve the settlement agreement in paper GB/20/014.");
        let made = Disclosure::salted("8f4a2c06d9b1e37550a7c3f2184e6d9b", "/data/facts/text", &text);
        assert_eq!(made.text, vector);
        assert_eq!(made.digest(), "22740a6475b52780694f8bd93f29081cba1f773c88df335a962a5511a3821c1c");
        let folder = tempfile::tempdir().unwrap();
        keep(folder.path(), std::slice::from_ref(&made)).unwrap();
        keep(folder.path(), std::slice::from_ref(&made)).unwrap();
        assert_eq!(said_in(folder.path()), BTreeMap::from([(made.digest(), text)]));
        let file = folder.path().join(format!("{}.json", made.digest()));
        assert_eq!(fs::read_to_string(&file).unwrap(), vector, "the exact bytes");
        let other = Disclosure::salted("00", "/data/facts/text", &json!("x"));
        assert!(other.write(&file).is_err(), "nothing is written over");
    }

    #[test]
    fn what_asks_for_it_is_sealed_wherever_it_stands_and_nothing_else() {
        let data = json!({"facts": {"nature": {"seal": "She is ill."}, "list": [{"a/b": {"seal": "x"}}], "text": "Clear.",
            "known": {"sealed": "ab"}, "both": {"seal": "x", "more": 1}}});
        let mut data = data.as_object().unwrap().clone();
        let disclosures = seal_all(&mut data).unwrap();
        let pointers: Vec<_> = disclosures.iter().map(Disclosure::pointer).collect();
        assert_eq!(pointers, ["/data/facts/list/0/a~1b", "/data/facts/nature"]);
        assert_eq!(data["facts"]["nature"], disclosures[1].sealed());
        assert_eq!(data["facts"]["text"], "Clear.");
        assert_eq!(
            (&data["facts"]["known"], &data["facts"]["both"]),
            (&json!({"sealed": "ab"}), &json!({"seal": "x", "more": 1}))
        );
        let again =
            seal_all(&mut json!({"facts": {"nature": {"seal": "She is ill."}}}).as_object().unwrap().clone())
                .unwrap();
        assert_ne!(again[0].digest(), disclosures[1].digest(), "nobody can guess the text and compare");
    }
}
