//! What is held against bytes that somebody else has made, one function for each kind: it reads them as the product does, and
//! asks more than that nothing panics. What is read is what would be written; a second, deliberately dumb reader agrees.
//!
//! The functions are shared by the fuzzers of `fuzz/` and by `tests/service/fuzzed.rs`, which feeds them with the same
//! corpora and some thousand mutations in each run of the tests.

#![allow(unreachable_pub, reason = "shared by two crates, each of which sees all of it")]

mod files;
mod formats;
mod proofs;
mod service;
mod written;

use std::fs;
use std::path::{Path, PathBuf};

/// One kind of foreign bytes.
pub struct Target {
    /// Its name, which is that of its folder in `fuzz/corpus`.
    pub name: &'static str,
    /// Panics where a property does not hold.
    pub check: fn(&[u8]),
    /// What mutations start from: good examples.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// All of them.
pub const TARGETS: &[Target] = &[
    Target { name: "event", check: formats::event, seeds: formats::events },
    Target { name: "entry", check: formats::entry, seeds: formats::entries },
    Target { name: "note", check: formats::note, seeds: formats::notes },
    Target { name: "checkpoint", check: formats::checkpoint, seeds: formats::notes },
    Target { name: "cosignature", check: formats::cosignature, seeds: formats::notes },
    Target { name: "add-checkpoint", check: formats::add_checkpoint, seeds: formats::requests },
    Target { name: "receipt", check: formats::receipt, seeds: formats::receipts },
    Target { name: "policy", check: formats::policy, seeds: formats::policies },
    Target { name: "vkey", check: formats::vkey, seeds: formats::vkeys },
    Target { name: "log-keys", check: formats::log_keys, seeds: formats::key_files },
    Target { name: "published-path", check: formats::published_path, seeds: formats::paths },
    Target { name: "tile", check: formats::tile, seeds: formats::tiles },
    Target { name: "inclusion", check: proofs::inclusion, seeds: proofs::seeds },
    Target { name: "consistency", check: proofs::consistency, seeds: proofs::seeds },
    Target { name: "tar", check: files::tar, seeds: files::tars },
    Target { name: "segment", check: files::segment, seeds: files::segments },
    Target { name: "high-water", check: files::high_water, seeds: files::marks },
    Target { name: "key-file", check: files::key_file, seeds: files::key_files },
    Target { name: "import", check: files::import, seeds: files::imports },
    Target { name: "recorded", check: written::recorded, seeds: written::examples },
    Target { name: "config", check: written::config, seeds: written::configs },
    Target { name: "draft", check: files::draft, seeds: files::drafts },
    Target { name: "page-token", check: service::page_token, seeds: service::page_tokens },
    Target { name: "message", check: service::message, seeds: service::messages },
];

/// The target of this name.
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}

impl Target {
    /// The inputs that are kept for it beside its seeds: what was found, and had to be mended.
    pub fn kept(&self) -> Vec<Vec<u8>> {
        read_all(&root().join("fuzz/corpus").join(self.name))
    }
}

/// The project's folder, from wherever this is compiled.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().find(|folder| folder.join("spec/vectors").is_dir()).unwrap().to_owned()
}

/// A file of the project.
fn read(path: &str) -> Vec<u8> {
    fs::read(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every file beneath a folder, in the order of their paths; none where there is no folder.
fn read_all(folder: &Path) -> Vec<Vec<u8>> {
    let (mut paths, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { paths.push(path) }
        }
    }
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

/// Every file beneath a folder of the project.
fn read_below(folder: &str) -> Vec<Vec<u8>> {
    read_all(&root().join(folder))
}
