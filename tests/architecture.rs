//! The law book: what the map says of the house is true, and stays true.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "tests"
)]

#[path = "architecture/names.rs"]
mod names;
#[path = "architecture/order.rs"]
mod order;
#[path = "architecture/source.rs"]
mod source;

use source::{ARROWS, Crate, files, read, root, without_tests};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// A file holds one idea: without its tests it stays below this.
const LINES_MAX: usize = 400;

#[test]
fn crates_use_only_what_lies_beneath_them() {
    for (folder, allowed) in ARROWS {
        let manifest = read(format!("{folder}/Cargo.toml"));
        let manifest = manifest.rsplit("[package]").next().unwrap();
        let dependencies = manifest.split("[dependencies]").nth(1).unwrap().split("\n[").next().unwrap();
        let used = dependencies.lines().filter_map(|line| line.split('.').next());
        for used in used.filter(|name| name.starts_with("minutebook")) {
            assert!(allowed.contains(&used), "{folder} uses {used}");
        }
    }
}

#[test]
fn a_file_holds_one_idea() {
    let sources = files("src", ".rs").into_iter().chain(files("crates", ".rs"));
    let long: Vec<_> = sources
        .filter(|path| path.contains("src/"))
        .map(|path| (without_tests(&read(&path)).lines().count(), path))
        .filter(|(lines, _path)| *lines > LINES_MAX)
        .collect();
    assert_eq!(long, [], "split these where the ideas split");
}

#[test]
fn the_map_names_what_there_is() {
    let map = read("ARCHITECTURE.md");
    for (folder, _allowed) in ARROWS {
        let order = Crate::read(folder).listed(&[]);
        let folder = folder.trim_start_matches('.');
        for module in order {
            assert!(
                map.contains(&format!("`{module}`")),
                "ARCHITECTURE.md does not say what {folder} `{module}` is"
            );
        }
        assert!(map.contains(folder), "ARCHITECTURE.md does not name {folder}");
    }
}

#[test]
fn what_the_documents_point_at_exists() {
    let mut documents = vec!["README.md".to_owned(), "ARCHITECTURE.md".to_owned()];
    documents.extend(["spec", "docs", "data"].iter().flat_map(|folder| files(folder, ".md")));
    for document in documents {
        let folder = Path::new(&document).parent().unwrap().to_owned();
        for link in read(&document).split("](").skip(1) {
            let link = link.split([')', '#']).next().unwrap();
            if !link.is_empty() && !link.contains("://") {
                assert!(root().join(&folder).join(link).exists(), "{document} points at {link}");
            }
        }
    }
}

#[test]
fn what_shows_that_a_fault_is_met_exists() {
    let page = read("docs/reliability.md");
    let named: Vec<_> = page.split('`').filter_map(|word| word.split_once(".rs::")).collect();
    assert!(!named.is_empty());
    for (file, test) in named {
        let source = read(format!("{file}.rs"));
        assert!(source.contains(&format!("fn {test}(")), "docs/reliability.md names {file}.rs::{test}");
    }
    for row in page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| fault")) {
        assert!(row.contains(".rs::"), "nothing shows this: {row}");
    }
}

#[test]
fn nothing_cites_papers_that_are_not_here() {
    let folders = ["src", "crates", "docs", "spec", "data", "proto"];
    let sources = folders
        .iter()
        .flat_map(|folder| [".rs", ".md", ".proto"].into_iter().flat_map(|ending| files(folder, ending)));
    for path in sources {
        let text = read(&path);
        for paper in ["design", "domain"] {
            let cites = text
                .split(&format!("{paper} "))
                .skip(1)
                .any(|rest| rest.starts_with(|first: char| first.is_ascii_digit()));
            assert!(!cites, "{path} cites a section of {paper}: cite the law, or docs/principles.md");
        }
    }
}

#[test]
fn every_page_of_the_spec_is_listed() {
    let index = read("spec/README.md");
    for page in files("spec", ".md") {
        let name = Path::new(&page).file_name().unwrap().to_string_lossy().into_owned();
        assert!(
            name == "README.md" || index.contains(&format!("({name})")),
            "spec/README.md does not list {name}"
        );
    }
}

#[test]
fn boxed_errors_end_at_the_command_line() {
    let sources = files("src", ".rs").into_iter().chain(files("crates", ".rs"));
    for path in sources
        .filter(|path| !["src/cli", "src/demo", "src/main.rs"].iter().any(|binary| path.starts_with(binary)))
    {
        assert!(!without_tests(&read(&path)).contains("anyhow::"), "{path} uses anyhow");
    }
}

/// Linking the service takes longer than most tests do.
#[test]
fn tests_are_linked_in_groups() {
    let all = files("tests", ".rs").into_iter().chain(files("crates", ".rs"));
    let alone = |path: &String| Path::new(path).parent().is_some_and(|folder| folder.ends_with("tests"));
    let alone: Vec<_> = all.filter(alone).collect();
    assert_eq!(
        alone,
        ["tests/architecture.rs", "tests/histories.rs"],
        "a file of its own is a program of its own: put it into a group, such as tests/service or tests/program"
    );
}

#[test]
fn no_test_sleeps() {
    let tests = files("tests", ".rs").into_iter().chain(files("crates", ".rs")).chain(files("src", ".rs"));
    for path in tests.filter(|path| !path.starts_with("tests/architecture")) {
        let source = read(&path);
        let tests = if path.contains("src/") { &source[without_tests(&source).len()..] } else { &source };
        let sleeps = ["thread::sleep", "time::sleep"].iter().any(|sleep| tests.contains(sleep));
        assert!(!sleeps, "{path} sleeps; wait for what is to happen instead");
    }
}

/// What an auditor has to review beside our own code. A change of it is a change of tests/verify-tree.txt,
/// in the same commit.
#[test]
fn the_verifier_builds_from_what_is_listed() {
    let tree = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--locked",
            "--offline",
            "-p",
            "minutebook-verify",
            "-e",
            "normal,build",
            "--prefix",
            "none",
        ])
        .args(["--format", "{p}"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let names: BTreeSet<_> = String::from_utf8(tree.stdout)
        .unwrap()
        .lines()
        .filter_map(|line| Some(line.split(' ').next()?.to_owned()))
        .collect();
    let listed: BTreeSet<_> = read("tests/verify-tree.txt").lines().map(str::to_owned).collect();
    assert_eq!(names, listed);
    for never in ["tokio", "tonic", "sled", "serde_yaml", "schemars"] {
        assert!(!names.contains(never), "the verifier must do without {never}");
    }
}
