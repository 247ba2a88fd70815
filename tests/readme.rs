//! The README's walk-through, word for word: what a newcomer types works, and prints what it is meant to.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "tests"
)]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// The fenced blocks of README.md whose info string starts so: the rest of that line, and the block.
fn blocks(info: &str) -> Vec<(String, String)> {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let fenced = readme.split("\n```").skip(1).step_by(2).filter_map(|block| block.split_once('\n'));
    let chosen = fenced.filter(|(line, _text)| line.starts_with(info));
    chosen.map(|(line, text)| (line[info.len()..].trim().to_owned(), text.to_owned())).collect()
}

/// A command of ours, in a folder and with a state of its own.
fn minutebook(folder: &Path, line: &str) -> Command {
    let words = split(line);
    assert_eq!(words[0], "minutebook", "{line}");
    let mut command = Command::new(env!("CARGO_BIN_EXE_minutebook"));
    command.args(&words[1..]).current_dir(folder).env("XDG_STATE_HOME", folder.join("state"));
    command
}

/// Splits as a shell does, as far as the README needs: spaces, and double quotes around them.
fn split(line: &str) -> Vec<String> {
    let parts = line.split('"').enumerate();
    parts.fold(Vec::new(), |mut words, (at, part)| {
        if at % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
        words
    })
}

struct Served {
    child: Child,
    url: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to stop.
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

/// Starts the README's `serve`, on a free port, and waits until it says where it listens.
fn serve(folder: &Path, line: &str) -> Served {
    let mut child =
        minutebook(folder, line).args(["--listen", "127.0.0.1:0"]).stderr(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
    let mut url = None;
    for line in lines {
        url = line.split_whitespace().find(|word| word.starts_with("http://")).map(str::to_owned);
        if url.is_some() {
            break;
        }
    }
    Served { child, url: url.expect("serve says where it listens") }
}

#[test]
fn the_walk_through_works_word_for_word() {
    let folder = tempfile::tempdir().unwrap();
    for (file, text) in blocks("json file=") {
        std::fs::write(folder.path().join(file), text).unwrap();
    }
    let lines = blocks("console");
    let lines =
        lines.iter().flat_map(|(_info, text)| text.lines().filter_map(|line| line.strip_prefix("$ ")));
    let mut served = None;
    let mut printed = String::new();
    for line in lines {
        if line.starts_with("minutebook serve") {
            served = Some(serve(folder.path(), line));
            continue;
        }
        let mut command = minutebook(folder.path(), line);
        if let Some(Served { url, .. }) = &served {
            command.env("MINUTEBOOK_SERVER", url);
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "{line}\n{}", String::from_utf8_lossy(&output.stderr));
        printed.push_str(&String::from_utf8_lossy(&output.stdout));
    }
    for expected in [
        "DecisionRecorded",
        "NHS Nottingham and Nottinghamshire Integrated Care Board",
        "The Board APPROVED its standing orders.",
    ] {
        assert!(printed.contains(expected), "{expected} is not in\n{printed}");
    }
}

#[test]
fn the_two_commands_stand_alone_in_their_blocks() {
    let commands: Vec<_> = blocks("sh").into_iter().map(|(_info, text)| text.trim().to_owned()).collect();
    assert_eq!(commands, ["cargo run --release -- demo", "cargo test --workspace"]);
}
