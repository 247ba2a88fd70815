//! A Python script that was written from the pages of spec/ alone verifies whole published logs
//! (`tests/foreign/verify_published.py`).

use crate::support::{
    pages, programs,
    published::{self, Log, witness_keys},
    small_book,
};
use minutebook_log::{Hash, PublishedPath};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/foreign/verify_published.py")
}

fn is_installed(what: &str) -> bool {
    programs::all_installed(&["python3 with blake3 and cryptography"], what)
}

fn run(folder: &Path, log: &Log) -> Output {
    let witnesses = witness_keys().into_iter().map(|key| key.to_string());
    let key = log.keys().newest().unwrap().to_string();
    Command::new("python3").arg(script()).arg(folder).arg(key).args(witnesses).output().unwrap()
}

/// Writes the files to a folder of that name and verifies it.
fn verify(name: &str, files: &BTreeMap<PublishedPath, Vec<u8>>, log: &Log) -> Output {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("foreign-python-{name}"));
    published::write(files, &folder);
    run(&folder, log)
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn the_script_is_short_enough_to_be_read() {
    assert!(fs::read_to_string(script()).unwrap().lines().count() <= 170);
}

#[test]
fn the_vectors_verify() {
    if !is_installed("the small book's published log, by Python") {
        return;
    }
    let log = Log::of(&small_book::live());
    let needed = format!(
        "minutebook.example/small-book: 7 entries, 14 signatures, 1 tiles, 2 witnesses\nroot {}\nhead {}\n",
        log.head(7).root,
        Hash::of(&log.entries[6])
    );
    assert_eq!(said(&run(&pages::spec().join("vectors/published"), &log)), needed);
}

#[test]
fn a_log_of_many_tiles_and_a_re_enactment_verify() {
    if !is_installed("a published log of 600 entries, by Python") {
        return;
    }
    let long = Log::of(&small_book::long(600));
    let output = said(&verify("long", &long.folder(), &long));
    assert!(output.contains("600 entries, 607 signatures, 4 tiles, 2 witnesses"), "{output}");
    let played = Log::of(&small_book::re_enactment());
    assert!(said(&verify("re-enactment", &played.folder(), &played)).contains("3 entries"));
    let rotated = Log::rotated();
    let output = said(&run(&pages::spec().join("vectors/published-rotated"), &rotated));
    assert!(output.contains("9 entries, 18 signatures, 1 tiles, 2 witnesses"), "{output}");
    // The key that was given up has not signed the newest checkpoint.
    let old = Command::new("python3")
        .arg(script())
        .arg(pages::spec().join("vectors/published-rotated"))
        .arg(rotated.key().verifier().to_string())
        .output()
        .unwrap();
    assert!(!old.status.success(), "{old:?}");
}

/// What an operator could do who holds the log's key and none of the authors': the tree is then right, and
/// the chain or a signature is not.
#[test]
fn a_book_that_its_operator_has_rewritten_is_refused() {
    if !is_installed("rewritten books, by Python") {
        return;
    }
    let book = small_book::live();
    let entries = book.bytes();
    let rewritten = |name: &str, change: &dyn Fn(&mut Vec<Vec<u8>>)| {
        let mut changed = entries.clone();
        change(&mut changed);
        let log = Log::over(book.entries[0].event().source.clone(), changed);
        let output = verify(name, &log.folder(), &log);
        assert!(!output.status.success(), "{name}: {output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    let replace = |entry: &[u8], from: &str, to: &str| {
        String::from_utf8(entry.to_vec()).unwrap().replace(from, to).into_bytes()
    };
    let dropped = rewritten("dropped", &|entries| drop(entries.remove(3)));
    assert!(dropped.contains("FAILED: 3 begins"), "{dropped}");
    let swapped = rewritten("swapped", &|entries| entries.swap(4, 5));
    assert!(swapped.contains("FAILED: 4 begins"), "{swapped}");
    let changed =
        rewritten("changed", &|entries| entries[3] = replace(&entries[3], "2020-04-01", "2020-05-01"));
    assert!(changed.contains("does not hold") && changed.contains("in entry 3"), "{changed}");
    let later = rewritten("later", &|entries| {
        entries[3] = replace(&entries[3], "recorded 2020-03-30", "recorded 2020-03-31")
    });
    assert!(later.contains("FAILED: 4 begins"), "{later}");
}

#[test]
fn a_file_that_was_changed_is_noticed() {
    if !is_installed("changed files, by Python") {
        return;
    }
    let log = Log::of(&small_book::live());
    let files = log.folder();
    for path in ["checkpoint", "tile/0/000.p/7", "tile/entries/000.p/7"] {
        let path: PublishedPath = path.parse().unwrap();
        let length = files[&path].len();
        for at in [0, length / 3, length / 2, length - 2] {
            let mut files = files.clone();
            files.get_mut(&path).unwrap()[at] ^= 1;
            let output = verify("file", &files, &log);
            // A witness's line under another name or id is a stranger's, and not counted.
            let is_fewer = String::from_utf8_lossy(&output.stdout).contains(" 1 witnesses");
            assert!(!output.status.success() || is_fewer, "{path}, byte {at}: {output:?}");
        }
        let mut files = files.clone();
        files.remove(&path);
        assert!(!verify("file", &files, &log).status.success(), "{path} gone");
    }
}
