//! The commands of docs/auditor.md that are not the auditor's own: how the published log and the program are
//! made. The auditor's are run by `crates/verify/tests/auditor_page.rs`.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use minutebook_verify::{Brought, Published, Trust, Verdict, audit};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// The lines of the page's console blocks, in order.
fn commands() -> Vec<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/auditor.md");
    let page = std::fs::read_to_string(page).unwrap();
    let blocks: Vec<_> = page.split("```console\n").skip(1).collect();
    let lines = blocks.iter().flat_map(|block| block.split("```").next().unwrap().lines());
    lines.map(|line| line.strip_prefix("$ ").unwrap().to_owned()).collect()
}

fn minutebook(folder: &Path, line: &str) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_minutebook"));
    command.args(line.split_whitespace().skip(1)).current_dir(folder);
    let output = command.env("XDG_STATE_HOME", folder.join("state")).output().unwrap();
    assert!(output.status.success(), "{line}\n{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn what_is_published_as_the_page_says_verifies() {
    let folder = tempfile::tempdir().unwrap();
    let [publish, _build] = commands().try_into().unwrap();
    for line in [
        "minutebook key new one.pem",
        "minutebook key new two.pem",
        "minutebook init --dir book --origin minutebook.example/first --registrar one.pem --registrar two.pem",
        &publish,
    ] {
        minutebook(folder.path(), line);
    }
    let published = folder.path().join("published");
    let keys = std::fs::read_to_string(published.join("vkey")).unwrap();
    let trust = Trust { keys: Brought::parse(&keys).unwrap(), policy: None, earlier: None };
    let audit = audit(&Published::open(&published).unwrap(), &trust, |_read, _of| {}).unwrap();
    assert_eq!((audit.faults.as_slice(), audit.verdict()), (&[][..], Verdict::Verified));
    assert!(audit.report.replayed >= 1);
}

/// The build itself takes longer than a test may; that it builds the program is in the package's manifest.
#[test]
fn the_build_command_names_a_package_with_the_program() {
    let [_publish, build] = commands().try_into().unwrap();
    let package = build.strip_prefix("cargo build --release -p ").unwrap();
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|found| found["name"] == package).unwrap();
    let is_program = |target: &Value| target["kind"][0] == "bin" && target["name"] == "minutebook-verify";
    assert!(package["targets"].as_array().unwrap().iter().any(is_program));
}
