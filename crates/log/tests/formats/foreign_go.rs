//! Go's own sumdb/note and sumdb/tlog open our checkpoints, recompute the root from our tiles, and check our
//! proofs (`tests/foreign/go`). Nothing of theirs knows of Minutebook.

use crate::support::{
    pages,
    programs::{self, GOPATH},
    published::{self, Log, witness_keys},
    small_book,
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
};

/// What every test here needs.
fn is_installed(what: &str) -> bool {
    programs::all_installed(&["go", "golang.org/x/mod"], what)
}

fn temporary() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
}

/// The Go program, compiled once, without modules and without the network.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let program = temporary().join("foreign-go");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/foreign/go/main.go");
        let output = Command::new("go")
            .args(["build", "-o"])
            .args([&program, &source])
            .env("GO111MODULE", "off")
            .env("GOPATH", GOPATH)
            .env("GOCACHE", temporary().join("go-cache"))
            .env("GOPROXY", "off")
            .env_remove("GOFLAGS")
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        program
    })
}

/// Runs it over a folder, with the keys of the log and of the two witnesses that have signed.
fn run(name: &str, folder: &Path, log: &Log, proofs: &Path) -> Output {
    let keys = temporary().join(format!("foreign-go-{name}-keys"));
    let witnesses = witness_keys();
    let key = log.keys().newest().unwrap().clone();
    fs::write(&keys, format!("{key}\n{}\n{}\n", witnesses[0], witnesses[1])).unwrap();
    Command::new(program()).arg(folder).arg(keys).arg(proofs).output().unwrap()
}

#[test]
fn go_reads_the_vectors() {
    if !is_installed("the small book's published log, by Go") {
        return;
    }
    let log = Log::of(&small_book::live());
    let vectors = pages::spec().join("vectors");
    let output = run("vectors", &vectors.join("published"), &log, &vectors.join("tree.json"));
    assert!(output.status.success(), "{output:?}");
    let root = log.head(7).root;
    let needed = format!("checkpoint 7 {root}\nroot from tiles {root}\nentries 7\nproofs 28 28\n");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), needed);
}

/// After a rotation the newest checkpoint opens with the new key; that of the hand-over with either of both.
#[test]
fn go_reads_a_log_whose_key_was_passed_on() {
    if !is_installed("a log whose key was passed on, by Go") {
        return;
    }
    let log = Log::rotated();
    let proofs = temporary().join("foreign-go-rotated.json");
    fs::write(&proofs, serde_json::to_vec(&log.tree()).unwrap()).unwrap();
    let output = run("rotated", &pages::spec().join("vectors/published-rotated"), &log, &proofs);
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("entries 9\n"), "{said}");
    let folder = temporary().join("foreign-go-hand-over");
    let at_hand_over = Log::over(log.origin.clone(), log.entries[..8].to_vec());
    let mut files = at_hand_over.folder();
    files.insert(minutebook_log::PublishedPath::Checkpoint, log.cosigned(8).encode().into_bytes());
    published::write(&files, &folder);
    fs::write(&proofs, serde_json::to_vec(&at_hand_over.tree()).unwrap()).unwrap();
    for log in [&log, &at_hand_over] {
        let output = run("hand-over", &folder, log, &proofs);
        assert!(output.status.success(), "{output:?}");
    }
}

/// Three rows of entries and two levels of hashes, with full tiles and partial ones.
#[test]
fn go_reads_a_log_of_many_tiles_and_notices_what_is_changed() {
    if !is_installed("a published log of 600 entries, by Go") {
        return;
    }
    let log = Log::of(&small_book::long(600));
    let folder = temporary().join("foreign-go-long");
    let files = log.folder();
    published::write(&files, &folder);
    let proofs = temporary().join("foreign-go-long.json");
    let edges = [1, 2, 255, 256, 257, 511, 512, 513, 599, 600];
    let inclusion = edges.iter().flat_map(|size| {
        [0, 1, 254, 255, 256, 511, 512, 598, 599].into_iter().filter(|at| at < size).map(|at| (at, *size))
    });
    let consistency =
        edges.iter().flat_map(|new| edges.iter().filter(|old| *old <= new).map(|old| (*old, *new)));
    let given = log.proofs(inclusion, consistency);
    fs::write(&proofs, serde_json::to_vec(&given).unwrap()).unwrap();
    let output = run("long", &folder, &log, &proofs);
    assert!(output.status.success(), "{output:?}");
    let root = log.head(600).root;
    let needed = format!("checkpoint 600 {root}\nroot from tiles {root}\nentries 600\nproofs 50 55\n");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), needed);

    for path in files.keys().map(ToString::to_string).filter(|path| path != "vkey" && !path.starts_with('w'))
    {
        let file = folder.join(&path);
        let bytes = fs::read(&file).unwrap();
        let mut changed = bytes.clone();
        // In the middle of a hash, of an entry, of the checkpoint's root.
        changed[bytes.len() / 2 - 20] ^= 1;
        fs::write(&file, changed).unwrap();
        let output = run("long", &folder, &log, &proofs);
        assert!(!output.status.success(), "{path}: {output:?}");
        fs::write(&file, bytes).unwrap();
    }
}
