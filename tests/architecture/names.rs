//! One name, one thing: a type that others than its own folder see has a name that no other has.

use crate::source::{files, read, without_tests};
use std::collections::BTreeMap;

/// Names that several types have, with the reason.
const SHARED: [(&str, &str); 2] = [
    ("Args", "the arguments of one command each, which its own module and the list of commands name alone"),
    ("Command", "the commands beneath one command each, likewise"),
];

/// The types that a source declares for others: `pub`, or for the whole crate. What is for the folder above alone is
/// a matter of that folder, and what is there for tests alone of those tests.
fn declared(source: &str) -> impl Iterator<Item = &str> {
    let mut is_for_tests = false;
    without_tests(source).lines().map(str::trim_start).filter_map(move |line| {
        if line.starts_with("#[") || line.starts_with("//") {
            is_for_tests |= line == "#[cfg(test)]";
            return None;
        }
        if std::mem::take(&mut is_for_tests) {
            return None;
        }
        let line = line.strip_prefix("pub ").or(line.strip_prefix("pub(crate) "))?;
        let (kind, name) = line.split_once(' ')?;
        let is_type = ["struct", "enum", "union", "trait", "type"].contains(&kind);
        is_type.then(|| name.split(|c: char| !c.is_alphanumeric() && c != '_').next()).flatten()
    })
}

#[test]
fn a_name_means_one_type() {
    let mut at: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for path in files("src", ".rs").into_iter().chain(files("crates", ".rs")) {
        if path.starts_with("src/") || path.contains("/src/") {
            for name in declared(&read(&path)) {
                at.entry(name.to_owned()).or_default().push(path.clone());
            }
        }
    }
    let is_shared = |name: &str| SHARED.iter().any(|(shared, _reason)| *shared == name);
    let twice: Vec<_> = at.iter().filter(|(name, paths)| paths.len() > 1 && !is_shared(name)).collect();
    assert!(twice.is_empty(), "one name, several types: {twice:#?}");
    for (name, reason) in SHARED {
        assert!(at.get(name).is_some_and(|paths| paths.len() > 1), "{name} is shared no more: {reason}");
    }
}

#[test]
fn types_are_seen_however_they_are_declared() {
    let source = "pub struct One<T>(T);\npub(crate) enum Two {}\n    pub trait Three: Clone {}\npub type Four = u8;\n\
                  #[cfg(test)]\n#[derive(Clone)]\npub(crate) enum Feigned {}\nstruct Own;\npub(super) struct Ours;\n\
                  pub fn five() {}\n#[cfg(test)]\nmod tests {\n    pub struct Six;\n}";
    assert_eq!(declared(source).collect::<Vec<_>>(), ["One", "Two", "Three", "Four"]);
}
