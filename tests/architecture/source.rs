//! Reading our own source: its crates, their modules in the order of their lists, and what each takes of others.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

/// The crates from the ground up, each with those that it may use.
pub(crate) const ARROWS: [(&str, &[&str]); 5] = [
    ("crates/log", &[]),
    ("crates/governance", &["minutebook-log"]),
    ("crates/store", &["minutebook-log"]),
    ("crates/verify", &["minutebook-log", "minutebook-governance"]),
    (".", &["minutebook-log", "minutebook-governance", "minutebook-store", "minutebook-verify"]),
];

/// A path of names: of a module from its crate's root, or as it is written.
pub(crate) type Path = Vec<String>;

/// A crate's source: each module's text without its tests, and what the lists of each say.
pub(crate) struct Crate {
    sources: BTreeMap<Path, String>,
    /// Names that a module has of others, by where they come from.
    taken_in: BTreeMap<Path, BTreeMap<String, Path>>,
}

/// What a module takes of another: the module that has it, and the path as it is written.
pub(crate) struct Taken {
    pub(crate) module: Path,
    pub(crate) path: Path,
}

pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn read(path: impl AsRef<std::path::Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The files below `folder` that end so, sorted, as paths from the root.
pub(crate) fn files(folder: &str, ending: &str) -> Vec<String> {
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
pub(crate) fn without_tests(source: &str) -> &str {
    source.split("\n#[cfg(test)]\nmod ").next().unwrap_or_default()
}

/// A path as Rust writes it.
pub(crate) fn show(path: &[String]) -> String {
    path.join("::")
}

impl Crate {
    /// Reads a crate's folder from its lib.rs down.
    pub(crate) fn read(folder: &str) -> Self {
        let folder = format!("{folder}/src");
        let mut found = vec![(Path::new(), read(format!("{folder}/lib.rs")))];
        let mut next = 0;
        while let Some((module, source)) = found.get(next).cloned() {
            next += 1;
            for name in listed(&source) {
                let module: Path = module.iter().cloned().chain([name]).collect();
                let (file, inner) = (
                    format!("{folder}/{}.rs", module.join("/")),
                    format!("{folder}/{}/mod.rs", module.join("/")),
                );
                found.push((module, read(if root().join(&file).exists() { file } else { inner })));
            }
        }
        Self::of(found)
    }

    /// A crate of these modules.
    pub(crate) fn of(sources: impl IntoIterator<Item = (Path, String)>) -> Self {
        let sources =
            sources.into_iter().map(|(module, source)| (module, without_comments(without_tests(&source))));
        let mut house = Self { sources: sources.collect(), taken_in: BTreeMap::new() };
        // A name may be handed on twice: the second round knows what the first found.
        for _round in 0..2 {
            for (module, source) in &house.sources.clone() {
                for (path, name) in uses(source) {
                    let from = house.resolve(module, &path).filter(|from| from != module);
                    if let Some(from) = from {
                        house.taken_in.entry(module.clone()).or_default().insert(name, from);
                    }
                }
            }
        }
        house
    }

    /// The modules that a module lists, in order.
    pub(crate) fn listed(&self, module: &[String]) -> Vec<String> {
        self.sources.get(module).map(|source| listed(source)).unwrap_or_default()
    }

    /// Each module with each thing that it takes of this crate.
    pub(crate) fn taken(&self) -> impl Iterator<Item = (Path, Taken)> + '_ {
        self.sources.iter().flat_map(|(at, source)| {
            let used = uses(source).into_iter().map(|(path, _name)| path);
            let all: Vec<_> = used.chain(named_in_passing(source)).collect();
            all.into_iter()
                .filter_map(|path| Some((at.clone(), Taken { module: self.resolve(at, &path)?, path })))
        })
    }

    /// The module that has what `path` names, as seen from the module `at`; nothing for what is no module's of ours.
    fn resolve(&self, at: &[String], path: &[String]) -> Option<Path> {
        let mut module = at.to_vec();
        let mut rest = path.iter().peekable();
        match path.first()?.as_str() {
            "crate" => {
                module.clear();
                rest.next();
            }
            "super" => {
                while rest.next_if(|name| *name == "super").is_some() {
                    module.pop()?;
                }
            }
            own if self.listed(at).iter().any(|listed| listed == own) => {}
            _foreign => return None,
        }
        for name in rest {
            let inner: Path = module.iter().chain([name]).cloned().collect();
            if self.sources.contains_key(&inner) {
                module = inner;
            } else if let Some(from) = self.taken_in.get(&module).and_then(|names| names.get(name)) {
                // A module that was taken in by its name is entered; anything else is where it comes from.
                module.clone_from(from);
            } else {
                break;
            }
        }
        Some(module)
    }
}

/// The modules that a source lists, in order.
fn listed(source: &str) -> Vec<String> {
    let lines = without_tests(source).lines().map(str::trim);
    let modules = lines.filter_map(|line| {
        let line = line.strip_prefix("pub ").or(line.strip_prefix("pub(crate) ")).unwrap_or(line);
        line.strip_prefix("mod ")?.strip_suffix(';').map(str::to_owned)
    });
    modules.collect()
}

fn without_comments(source: &str) -> String {
    let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.collect::<Vec<_>>().join("\n")
}

/// Every path that a source's `use` statements name, with the name that it has here.
fn uses(source: &str) -> Vec<(Path, String)> {
    let mut found = Vec::new();
    for statement in source.split(';') {
        let start = statement.rfind("use ").filter(|at| {
            let before = statement[..*at].trim_end_matches(' ');
            before.is_empty() || before.ends_with('\n') || before.ends_with("pub") || before.ends_with(')')
        });
        if let Some(start) = start {
            branches(&Path::new(), &statement[start + "use ".len()..], &mut found);
        }
    }
    found
}

/// The leaves of a tree of names: `a::{b, c::d as e}`.
fn branches(before: &Path, tree: &str, found: &mut Vec<(Path, String)>) {
    let tree = tree.trim();
    let Some((head, list)) = tree.split_once('{') else {
        let (path, name) = tree.split_once(" as ").unwrap_or((tree, ""));
        let path: Path = before.iter().cloned().chain(names(path)).collect();
        let Some(last) = path.last().cloned() else { return };
        let name = if name.is_empty() { last } else { name.trim().to_owned() };
        return found.push((path, name));
    };
    let before: Path = before.iter().cloned().chain(names(head)).collect();
    let list = list.trim_end().strip_suffix('}').unwrap_or(list);
    let (mut depth, mut start) = (0, 0);
    for (at, c) in list.char_indices().chain([(list.len(), ',')]) {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                if !list[start..at].trim().is_empty() {
                    branches(&before, &list[start..at], found);
                }
                start = at + 1;
            }
            _ => {}
        }
    }
}

fn names(path: &str) -> impl Iterator<Item = String> + '_ {
    path.split("::").map(str::trim).filter(|name| !name.is_empty() && *name != "self").map(str::to_owned)
}

/// Paths that start at a known module in the midst of code: `crate::a::b`, `super::c`.
fn named_in_passing(source: &str) -> Vec<Path> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let mut found = Vec::new();
    for start in ["crate::", "super::"] {
        for (at, _start) in source.match_indices(start) {
            let before = source[..at].chars().next_back();
            if before.is_some_and(|c| is_name(c) || c == ':') {
                continue;
            }
            let end = source[at..].find(|c| !is_name(c) && c != ':').map_or(source.len(), |end| at + end);
            found.push(names(&source[at..end]).collect());
        }
    }
    found
}
