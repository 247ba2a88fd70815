//! Foreign bytes, one kind for each run: `MINUTEBOOK_FUZZ` names it. With `MINUTEBOOK_FUZZ_SEEDS` it writes what mutations
//! start from into that folder, and ends.

#![no_main]

#[path = "../../tests/support/mod.rs"]
mod support;
#[path = "../targets/mod.rs"]
mod targets;

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use std::{env, fs, process};

static TARGET: LazyLock<&targets::Target> = LazyLock::new(|| {
    let name = env::var("MINUTEBOOK_FUZZ").unwrap_or_default();
    targets::target(&name).unwrap_or_else(|| {
        let names: Vec<_> = targets::TARGETS.iter().map(|target| target.name).collect();
        eprintln!("MINUTEBOOK_FUZZ names no target, but \"{name}\": one of {}", names.join(" "));
        process::exit(2);
    })
});

fuzz_target!(
    init: {
        if let Ok(folder) = env::var("MINUTEBOOK_FUZZ_SEEDS") {
            for target in targets::TARGETS {
                let folder = std::path::Path::new(&folder).join(target.name);
                fs::create_dir_all(&folder).unwrap();
                for (number, seed) in (target.seeds)().into_iter().chain(target.kept()).enumerate() {
                    fs::write(folder.join(format!("seed-{number:03}")), seed).unwrap();
                }
                println!("{}", target.name);
            }
            process::exit(0);
        }
    },
    |bytes: &[u8]| (TARGET.check)(bytes)
);
