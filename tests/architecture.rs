//! The law book: what the map says of the house is true, and stays true.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "tests"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{fs, process::Command};

/// The crates from the ground up, each with those that it may use.
const ARROWS: [(&str, &[&str]); 5] = [
    ("crates/log", &[]),
    ("crates/governance", &["minutebook-log"]),
    ("crates/store", &["minutebook-log"]),
    ("crates/verify", &["minutebook-log", "minutebook-governance"]),
    (".", &["minutebook-log", "minutebook-governance", "minutebook-store", "minutebook-verify"]),
];

/// Modules that need each other: a rule is asked about an act with the record before it, and the record
/// is made of acts.
const MUTUAL: [(&str, &str, &str); 1] = [("crates/governance", "act", "record")];

/// A file holds one idea: without its tests it stays below this.
const LINES_MAX: usize = 400;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The files below `folder` that end so, sorted, as paths from the root.
fn files(folder: &str, ending: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                found.push(path.strip_prefix(root()).unwrap().to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    found
}

/// Rust source without the tests beneath it.
fn without_tests(source: &str) -> &str {
    source.split("\n#[cfg(test)]\nmod ").next().unwrap_or_default()
}

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

/// The modules of a crate in the order of its lib.rs, and which module each name at the crate's root is of.
fn modules(folder: &str) -> (Vec<String>, BTreeMap<String, usize>) {
    let (mut order, mut names) = (Vec::new(), BTreeMap::new());
    let lib = read(format!("{folder}/src/lib.rs")).replace("pub(crate) ", "pub ");
    for statement in lib.split(';') {
        let statement =
            statement.lines().map(str::trim).filter(|line| !line.starts_with("//") && !line.starts_with('#'));
        let statement = statement.collect::<Vec<_>>().join(" ");
        let statement = statement.trim().trim_start_matches("pub ");
        if let Some(module) = statement.strip_prefix("mod ") {
            let module = module.split_whitespace().next().unwrap().to_owned();
            names.insert(module.clone(), order.len());
            order.push(module);
        } else if let Some((module, items)) =
            statement.strip_prefix("use ").and_then(|used| used.split_once("::"))
        {
            let Some(at) = order.iter().position(|known| known == module) else { continue };
            let items = items.trim_matches(|c| c == '{' || c == '}').split(',').map(str::trim);
            let items = items.filter(|item| !item.is_empty());
            names.extend(items.map(|item| (item.to_owned(), at)));
        }
    }
    (order, names)
}

/// The names that a source takes from its crate's root.
fn taken_from_root(source: &str) -> BTreeSet<String> {
    let code: String = source.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let mut names = BTreeSet::new();
    for used in code.split("crate::").skip(1) {
        let first = |path: &str| {
            path.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>()
        };
        match used.strip_prefix('{') {
            None => drop(names.insert(first(used))),
            Some(list) => {
                let mut depth = 0;
                let mut start = 0;
                for (at, c) in list.char_indices() {
                    match c {
                        '{' => depth += 1,
                        '}' if depth == 0 => {
                            names.insert(first(&list[start..at]));
                            break;
                        }
                        '}' => depth -= 1,
                        ',' if depth == 0 => {
                            names.insert(first(&list[start..at]));
                            start = at + 1;
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    names
}

#[test]
fn a_module_imports_only_from_those_listed_before_it() {
    for (folder, _allowed) in ARROWS {
        let (order, names) = modules(folder);
        for (at, module) in order.iter().enumerate() {
            let mut sources = files(&format!("{folder}/src/{module}"), ".rs");
            sources.extend(
                root()
                    .join(format!("{folder}/src/{module}.rs"))
                    .exists()
                    .then(|| format!("{folder}/src/{module}.rs")),
            );
            for path in sources {
                for name in taken_from_root(without_tests(&read(&path))) {
                    let Some(of) = names.get(&name) else { continue };
                    let mutual = MUTUAL.contains(&(folder, module, &order[*of]));
                    assert!(
                        *of <= at || mutual,
                        "{path} takes {name} of {}, which stands above it",
                        order[*of]
                    );
                }
            }
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
        let (order, _names) = modules(folder);
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

#[test]
fn no_test_sleeps() {
    let tests = files("tests", ".rs").into_iter().chain(files("crates", ".rs")).chain(files("src", ".rs"));
    for path in tests.filter(|path| !path.ends_with("architecture.rs")) {
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
