//! A copy of a ledger with a byte flipped, wherever it lies in the store's file: `verify` names the entry.

use crate::files::copy;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn minutebook(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_minutebook"));
    command.args(arguments).current_dir(folder).env("XDG_STATE_HOME", folder.join("state")).output().unwrap()
}

/// Where every copy of the text lies in the file.
fn places(file: &[u8], text: &[u8]) -> Vec<usize> {
    file.windows(text.len())
        .enumerate()
        .filter(|(_at, found)| *found == text)
        .map(|(at, _found)| at)
        .collect()
}

#[test]
fn verify_names_the_entry_whose_byte_was_flipped() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let demo = minutebook(folder, &["demo", "--once", "--json", "--dir", "book", "--listen", "127.0.0.1:0"]);
    assert!(demo.status.success(), "{}", String::from_utf8_lossy(&demo.stderr));
    let whole = minutebook(folder, &["verify", "--dir", "book"]);
    assert!(whole.status.success(), "{}", String::from_utf8_lossy(&whole.stderr));

    let db = fs::read(folder.join("book/store/db")).unwrap();
    for position in [0, 552, 1000] {
        let line = format!("minutebook.entry/v1\nposition {position}\n");
        let starts = places(&db, line.as_bytes());
        assert!(!starts.is_empty(), "entry {position} lies in the file as text");
        // In the header, in a signature, and in the event.
        for at in [25, 200, 700] {
            copy(&folder.join("book"), &folder.join("flipped"));
            let mut flipped = db.clone();
            starts.iter().for_each(|start| flipped[start + at] ^= 0x01);
            fs::write(folder.join("flipped/store/db"), flipped).unwrap();
            let verified = minutebook(folder, &["verify", "--dir", "flipped"]);
            let said = String::from_utf8_lossy(&verified.stderr).into_owned();
            assert_eq!(verified.status.code(), Some(4), "entry {position}, byte {at}: {said}");
            assert!(said.contains(&format!("entry {position}")), "entry {position}, byte {at}: {said}");
            fs::remove_dir_all(folder.join("flipped")).unwrap();
        }
    }

    // A full tile that no start reads: the doctor says who mends it.
    copy(&folder.join("book"), &folder.join("flipped"));
    let tile = folder.join("flipped/published/tile/entries/000");
    let mut bytes = fs::read(&tile).unwrap();
    bytes[1000] ^= 1;
    fs::write(&tile, bytes).unwrap();
    let said = minutebook(folder, &["doctor", "--dir", "flipped"]);
    let out = String::from_utf8_lossy(&said.stdout).into_owned();
    assert_eq!(said.status.code(), Some(1), "{out}");
    assert!(out.contains("tile/entries/000 is damaged") && out.contains("scrub makes it anew"), "{out}");
}
