//! docs/operator.md, word for word: a ledger's whole life, its end included.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// The lines of the page that somebody types, in their order.
fn typed() -> Vec<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operator.md");
    let page = std::fs::read_to_string(page).unwrap();
    let typed = page.lines().filter_map(|line| line.strip_prefix("$ ").or((line == "^C").then_some(line)));
    typed.map(str::to_owned).collect()
}

fn shell(folder: &Path, command: &str, server: &str) -> Command {
    let program = Path::new(env!("CARGO_BIN_EXE_minutebook")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let mut shell = Command::new("sh");
    shell.args(["-c", command]).current_dir(folder).stdin(Stdio::null()).env("PATH", path);
    shell
        .env("MINUTEBOOK_STATE", folder.join("state"))
        .env("MINUTEBOOK_SERVER", server)
        .env_remove("RUST_LOG");
    shell
}

/// Starts a server on a free port, and returns it with its address.
fn start(folder: &Path, command: &str) -> (Child, String) {
    let command = command.replace("127.0.0.1:7419", "127.0.0.1:0");
    let mut server = shell(folder, &format!("exec {command}"), "")
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut said = Vec::new();
    for line in BufReader::new(server.stderr.take().unwrap()).lines() {
        let line = line.unwrap();
        if let Some(address) = line.strip_prefix("listening") {
            return (server, address.trim().to_owned());
        }
        said.push(line);
    }
    let ended = server.wait().unwrap();
    panic!("{command} ended ({ended}): {said:?}");
}

#[test]
fn every_command_of_the_page_works() {
    let folder = tempfile::tempdir().unwrap();
    let (folder, mut server) = (folder.path(), None::<(Child, String)>);
    let typed = typed();
    assert!(typed.len() > 12, "{typed:?}");
    for command in typed {
        if command.contains("minutebook serve") {
            server = Some(start(folder, &command));
        } else if command == "^C" {
            let (mut child, _address) = server.take().unwrap();
            let interrupted = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
            assert!(interrupted.success() && child.wait().unwrap().success());
        } else {
            let address = server.as_ref().map_or("http://127.0.0.1:1", |(_child, address)| address);
            let done = shell(folder, &command, address).output().unwrap();
            assert!(done.status.success(), "{command}: {}", String::from_utf8_lossy(&done.stderr));
        }
    }
    assert!(folder.join("repaired/log-key.pem").is_file() && folder.join("anew/log-key.pem").is_file());
}
