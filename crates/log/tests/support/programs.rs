//! Programs that we did not write, and whether they are here.

use std::{io::Write as _, path::Path, process::Command};

/// Where Debian's golang-golang-x-mod-dev puts its sources, and Go finds them without modules.
pub(crate) const GOPATH: &str = "/usr/share/gocode";

/// Whether all these programs can be run; says aloud what is not checked without them.
///
/// # Panics
/// If one is missing and `MINUTEBOOK_TEST_ALL=1` asks that everything be installed.
pub(crate) fn all_installed(programs: &[&str], what: &str) -> bool {
    let missing: Vec<_> = programs.iter().filter(|program| !is_installed(program)).collect();
    if missing.is_empty() {
        return true;
    }
    let asked = std::env::var("MINUTEBOOK_TEST_ALL").is_ok_and(|value| value == "1");
    assert!(!asked, "MINUTEBOOK_TEST_ALL=1, and not installed: {missing:?}");
    let skipped = format!("SKIPPED: {what}: not checked, since these are not installed: {missing:?}\n");
    // Not by eprintln, which the test harness keeps to itself where a test passes.
    std::io::stderr().write_all(skipped.as_bytes()).unwrap();
    false
}

fn is_installed(program: &str) -> bool {
    let (program, arguments): (&str, &[&str]) = match program {
        "sh" => ("sh", &["-c", ":"]),
        "openssl" | "go" => (program, &["version"]),
        "pdftotext" => (program, &["-v"]),
        "Xvfb" => (program, &["-help"]),
        "WebKitWebDriver" => (program, &["--help"]),
        "golang.org/x/mod" => return Path::new(GOPATH).join("src/golang.org/x/mod/sumdb/note").is_dir(),
        "python3 with blake3 and cryptography" => ("python3", &["-c", "import blake3, cryptography"]),
        _ => (program, &["--version"]),
    };
    Command::new(program).args(arguments).output().is_ok_and(|output| output.status.success())
}
