//! The commands of docs/auditor.md that are not the auditor's own: how the published log and the program are
//! made. The auditor's are run by `crates/verify/tests/audits/auditor_page.rs`.

use crate::room::{Page, Room};
use minutebook_verify::{AuditVerdict, Brought, Published, Trust, audit};
use serde_json::Value;
use std::process::Command;

/// The lines of the page that are typed at a shell, which are two.
fn typed() -> [String; 2] {
    Page::read("docs/auditor.md").typed.try_into().unwrap()
}

#[test]
fn what_is_published_as_the_page_says_verifies() {
    let (mut room, [publish, _build]) = (Room::new(), typed());
    room.init("book");
    room.play(&Page { files: Vec::new(), typed: vec![publish] });
    let published = room.path("published");
    let keys = std::fs::read_to_string(published.join("vkey")).unwrap();
    let trust = Trust { keys: Brought::parse(&keys).unwrap(), policy: None, earlier: None };
    let audit = audit(&Published::open(&published).unwrap(), &trust, |_read, _of| {}).unwrap();
    assert_eq!((audit.faults.as_slice(), audit.verdict()), (&[][..], AuditVerdict::Verified));
    assert!(audit.report.replayed >= 1);
}

/// The build itself takes longer than a test may; that it builds the program is in the package's manifest.
#[test]
fn the_build_command_names_a_package_with_the_program() {
    let [_publish, build] = typed();
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
