//! The steps to verify on the pages of `spec/`, run word for word with programs that we did not write.
//!
//! Where `b3sum` or `openssl` is missing the test says so on stderr and checks nothing, unless
//! `MINUTEBOOK_TEST_ALL=1` asks that everything be installed.

use crate::support::programs::all_installed;
use crate::support::small_book::{self, Book};
use crate::support::{pages, vectors};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

#[test]
fn the_steps_on_every_page_print_what_the_page_says() {
    for (name, _prefixes) in pages::PAGES {
        if !all_installed(&["sh", "b3sum", "openssl"], name) {
            return;
        }
        let (steps, needed) = (joined(name, "sh"), joined(name, "text output"));
        assert!(!steps.is_empty() && !needed.is_empty(), "{name} has steps to run");
        let output = run(name, &steps);
        assert!(output.status.success(), "{name}: {output:?}");
        assert_eq!(String::from_utf8(output.stdout).unwrap(), needed, "{name}");
    }
}

#[test]
fn openssl_accepts_every_signature_of_both_books() {
    if !all_installed(&["sh", "openssl"], "the signatures of both books") {
        return;
    }
    for book in [small_book::live(), small_book::re_enactment()] {
        for (at, entry) in book.entries.iter().enumerate() {
            let output = check_signatures(&format!("accepts-{}-{at}", book.name), &file(&book, at));
            let needed = "Signature Verified Successfully\n".repeat(entry.signed.signatures().len());
            assert!(output.status.success(), "{} {at}: {output:?}", book.name);
            assert_eq!(String::from_utf8(output.stdout).unwrap(), needed);
        }
    }
}

#[test]
fn openssl_refuses_a_signature_for_other_bytes() {
    if !all_installed(&["sh", "openssl"], "a signature that does not hold") {
        return;
    }
    let refused: Vec<_> = vectors::refused()
        .into_iter()
        .filter(|refused| refused.id.starts_with("signature-") && refused.id != "signature-weak-key")
        .collect();
    assert!(refused.len() >= 5);
    for (at, refused) in refused.iter().enumerate() {
        let output = check_signatures(&format!("refuses-{at}"), &refused.bytes);
        assert!(!output.status.success(), "{}: {output:?}", refused.id);
    }
}

#[test]
fn what_openssl_is_given_is_what_the_vectors_say() {
    if !all_installed(&["sh", "openssl"], "the bytes that are signed") {
        return;
    }
    let books: serde_json::Value =
        serde_json::from_slice(&fs::read(pages::spec().join("vectors/books.json")).unwrap()).unwrap();
    let book = small_book::live();
    check_signatures("pae", &file(&book, 6));
    let made = fs::read_to_string(folder("pae").join("pae")).unwrap();
    assert_eq!(books["books"][0]["entries"][6]["pae"], made);
}

fn file(book: &Book, at: usize) -> Vec<u8> {
    fs::read(pages::spec().join(format!("vectors/{}/entry-{at}.txt", book.name))).unwrap()
}

/// Runs the steps of event.md with these bytes as entry 6.
fn check_signatures(name: &str, entry: &[u8]) -> Output {
    let steps: String = joined("event.md", "sh")
        .lines()
        .filter(|line| !line.contains("dgst"))
        .fold(String::new(), |steps, line| steps + line + "\n");
    fs::write(folder(name).join("vectors/book/entry-6.txt"), entry).unwrap();
    run_in(&folder_as_it_is(name), &steps)
}

/// The blocks of a page with this info string, one after the other.
fn joined(name: &str, info: &str) -> String {
    pages::blocks(&pages::page(name))
        .into_iter()
        .filter(|block| block.info == info)
        .map(|block| block.text)
        .collect()
}

fn run(name: &str, steps: &str) -> Output {
    run_in(&folder(name), steps)
}

fn run_in(folder: &PathBuf, steps: &str) -> Output {
    Command::new("sh").args(["-eu", "-c", steps]).current_dir(folder).output().unwrap()
}

/// A folder of the test's own with a copy of `vectors` in it.
fn folder(name: &str) -> PathBuf {
    let folder = folder_as_it_is(name);
    copy(&pages::spec().join("vectors"), &folder.join("vectors"));
    folder
}

fn copy(from: &Path, to: &Path) {
    if from.is_file() {
        fs::copy(from, to).unwrap();
        return;
    }
    fs::create_dir_all(to).unwrap();
    for item in fs::read_dir(from).unwrap() {
        let path = item.unwrap().path();
        copy(&path, &to.join(path.file_name().unwrap()));
    }
}

fn folder_as_it_is(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("foreign-{name}"))
}
