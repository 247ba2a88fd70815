//! The documents that entries rest on, held against a folder of files by their SHA-256.

use data_encoding::HEXLOWER;
use minutebook_governance::Record;
use minutebook_log::Position;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io;
use std::path::Path;

/// What became of a document that an entry names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state", content = "file")]
pub enum Held {
    /// The folder has a file with its digest.
    Held(String),
    /// The folder has a file of its name, whose digest is another.
    Differs(String),
    /// The folder has neither.
    Missing,
    /// The book gives no digest: whoever signed did not hold it.
    NotInTheBook,
}

impl Held {
    /// The word for it in reports.
    pub fn as_str(&self) -> &'static str {
        match self {
            Held::Held(_file) => "held",
            Held::Differs(_file) => "DIFFERS",
            Held::Missing => "missing",
            Held::NotInTheBook => "no digest in the book",
        }
    }
}

/// A document that an entry names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// The entry.
    pub position: Position,
    /// What it is called there.
    pub title: String,
    /// Its SHA-256, if the book has one.
    pub sha256: Option<String>,
    /// What became of it.
    pub held: Held,
}

/// How deep folders of documents are looked into.
const DEPTH_MAX: usize = 16;

/// Looks for every document that the entries of a record name in a folder, and in the folders below it.
///
/// A file is of a document's name if it is called as its title, or as its digest, with or without an ending.
///
/// # Errors
/// The system's own, with the path in its words.
pub fn check_documents(record: &Record, folder: &Path) -> io::Result<Vec<Evidence>> {
    let mut files = BTreeMap::new();
    read_folder(folder, 0, &mut files)?;
    let by_digest: BTreeMap<&str, &str> =
        files.iter().map(|(name, digest)| (digest.as_str(), name.as_str())).collect();
    let mut found = Vec::new();
    for position in (0..record.len()).map(Position) {
        let Some(recorded) = record.at(position) else { continue };
        let mut named = BTreeSet::new();
        for document in &recorded.act.evidence {
            named.insert((
                document.title.shown().to_owned(),
                document.sha256.as_ref().map(ToString::to_string),
            ));
        }
        collect(&recorded.act.facts, &mut named);
        for (title, sha256) in named {
            let held = match &sha256 {
                None => Held::NotInTheBook,
                Some(digest) => look_for(digest, &title, &by_digest, &files),
            };
            found.push(Evidence { position, title, sha256, held });
        }
    }
    Ok(found)
}

fn look_for(
    digest: &str,
    title: &str,
    by_digest: &BTreeMap<&str, &str>,
    files: &BTreeMap<String, String>,
) -> Held {
    if let Some(name) = by_digest.get(digest) {
        return Held::Held((*name).to_owned());
    }
    let is_called = |path: &&String| {
        let name = Path::new(path.as_str());
        [name.file_name(), name.file_stem()].into_iter().flatten().any(|name| name == title || name == digest)
    };
    files.keys().find(is_called).map_or(Held::Missing, |name| Held::Differs(name.clone()))
}

/// The documents within facts: whatever has a title beside `held` or `sha256`.
fn collect(facts: &Value, named: &mut BTreeSet<(String, Option<String>)>) {
    match facts {
        Value::Array(items) => items.iter().for_each(|item| collect(item, named)),
        Value::Object(members) => {
            let sha256 = members.get("sha256").and_then(Value::as_str).map(str::to_owned);
            if let Some(title) =
                members.get("title").filter(|_title| sha256.is_some() || members.contains_key("held"))
            {
                named.insert((title.as_str().unwrap_or("(sealed)").to_owned(), sha256));
            }
            members.values().for_each(|member| collect(member, named));
        }
        _ => {}
    }
}

/// The files of a folder, by their paths in it, with their digests.
fn read_folder(folder: &Path, depth: usize, files: &mut BTreeMap<String, String>) -> io::Result<()> {
    let within =
        |path: &Path, error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    for entry in fs::read_dir(folder).map_err(|error| within(folder, error))? {
        let path = entry.map_err(|error| within(folder, error))?.path();
        let kind = fs::symlink_metadata(&path).map_err(|error| within(&path, error))?;
        if kind.is_dir() && depth < DEPTH_MAX {
            read_folder(&path, depth + 1, files)?;
        } else if kind.is_file() {
            let digest = sha256_of(&path).map_err(|error| within(&path, error))?;
            files.insert(path.to_string_lossy().into_owned(), digest);
        }
    }
    Ok(())
}

/// The SHA-256 of a file, in hexadecimal, without reading it whole.
pub(crate) fn sha256_of(path: &Path) -> io::Result<String> {
    let mut digest = Sha256::new();
    let mut file = File::open(path)?;
    let mut buffer = vec![0_u8; 64 * 1024];
    loop {
        let read = io::Read::read(&mut file, &mut buffer)?;
        if read == 0 {
            return Ok(HEXLOWER.encode(&digest.finalize()));
        }
        digest.update(buffer.get(..read).unwrap_or_default());
    }
}
