//! docs/secretary.md, word for word: one meeting in common of six bodies, from its notice to its approved minutes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::{env, fs};

fn page() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/secretary.md")).unwrap()
}

/// The files that the page shows: ```jsonc NAME.
fn files(page: &str) -> Vec<(String, String)> {
    let blocks = page.split("\n```jsonc ").skip(1);
    let split = |block: &str| {
        let (name, rest) = block.split_once('\n').unwrap();
        (name.to_owned(), rest.split("\n```").next().unwrap().to_owned())
    };
    blocks.map(split).collect()
}

/// A command as a shell in this folder runs it, where `minutebook` is ours.
fn shell(folder: &Path, command: &str, server: Option<&str>) -> Command {
    let program = Path::new(env!("CARGO_BIN_EXE_minutebook")).parent().unwrap();
    let path = format!("{}:{}", program.display(), env::var("PATH").unwrap());
    let mut shell = Command::new("sh");
    shell.args(["-c", command]).current_dir(folder).env("PATH", path).stdin(Stdio::null());
    shell.env("MINUTEBOOK_STATE", folder.join("state")).env_remove("RUST_LOG");
    server.map(|server| shell.env("MINUTEBOOK_SERVER", server));
    shell
}

struct Served(Child, String);

impl Drop for Served {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

fn serve(folder: &Path, command: &str) -> Served {
    let command = format!("exec {command} --listen 127.0.0.1:0");
    let mut child =
        shell(folder, &command, None).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
    let address = lines
        .find_map(|line| line.split_whitespace().find(|word| word.starts_with("http://")).map(str::to_owned));
    let address = address.expect("the server says where it listens");
    // Somebody goes on listening, or the program would find its standard error closed.
    std::thread::spawn(move || lines.for_each(drop));
    Served(child, address)
}

#[test]
fn the_page_works_word_for_word() {
    let (folder, page) = (tempfile::tempdir().unwrap(), page());
    let folder = folder.path();
    for (name, text) in files(&page) {
        fs::write(folder.join(name), text).unwrap();
    }
    let commands: Vec<_> = page.lines().filter_map(|line| line.strip_prefix("$ ")).collect();
    assert!(commands.len() > 20, "{commands:?}");
    let (mut served, mut said) = (None, String::new());
    for command in commands {
        if command.starts_with("minutebook serve") {
            served = Some(serve(folder, command));
            continue;
        }
        let server = served.as_ref().map(|served: &Served| served.1.as_str());
        let output = shell(folder, command, server).output().unwrap();
        let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{command}:\n{err}");
        said.push_str(&format!("$ {command}\n{out}"));
    }
    // What the page promises of the answers.
    for promised in ["minutes approved", "quorate", "confirmed", "BEGIN:VCALENDAR"] {
        assert!(said.contains(promised), "{promised}:\n{said}");
    }
    let receipts = fs::read_dir(folder.join("meeting.receipts")).unwrap().count();
    assert_eq!(receipts, 20, "a receipt for each entry");
}
