//! docs/auditor.md, walked: every command is run in order, in one folder, and prints what the page says.
//! `WRITE_EXPECTED=1` writes what they print into the page.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(|entry| entry.unwrap()) {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// What `script` prints; it may end with any code.
fn run(script: &str, folder: &Path) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_minutebook-verify")).parent().unwrap();
    let path = format!("{}:{}", program.display(), env::var("PATH").unwrap());
    let output =
        Command::new("sh").args(["-euc", script]).current_dir(folder).env("PATH", path).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.is_empty() && output.status.success(), "{script}\n{stderr}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_command_prints_what_the_page_says() {
    let page_path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/auditor.md");
    let page = fs::read_to_string(&page_path).unwrap();
    let folder = tempfile::tempdir().unwrap();
    copy(&crate::support::vectors(), &folder.path().join("vectors"));
    let (mut walked, mut commands) = (String::new(), 0);
    let mut rest = page.as_str();
    while let Some((before, after)) = rest.split_once("```sh\n") {
        let (script, after) = after.split_once("```\n").unwrap();
        let after = after.strip_prefix("\n```text output\n").unwrap();
        let (_expected, after) = after.split_once("```\n").unwrap();
        let printed = run(script, folder.path());
        walked.push_str(&format!("{before}```sh\n{script}```\n\n```text output\n{printed}```\n"));
        commands += 1;
        rest = after;
    }
    walked.push_str(rest);
    assert!(commands >= 10, "the page has its commands");
    if env::var_os("WRITE_EXPECTED").is_some() {
        fs::write(&page_path, &walked).unwrap();
    }
    let page = fs::read_to_string(&page_path).unwrap();
    for (line, (found, says)) in walked.lines().zip(page.lines()).enumerate() {
        assert_eq!(found, says, "docs/auditor.md, line {}", line + 1);
    }
    assert_eq!(walked, page);
}
