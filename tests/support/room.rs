//! A room of its own for each test: a folder, keys, a server on a free port, and the real program.

use serde_json::Value;
use std::fs;
use std::io::{BufRead as _, BufReader, Lines};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Output, Stdio};

/// The program.
const MINUTEBOOK: &str = env!("CARGO_BIN_EXE_minutebook");

/// A folder in which a story is told.
pub(crate) struct Room {
    folder: tempfile::TempDir,
    server: Option<Server>,
}

/// What a command said.
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// A page of the documentation: the files that it shows, and what its reader types.
pub(crate) struct Page {
    pub(crate) files: Vec<(String, String)>,
    pub(crate) typed: Vec<String>,
}

struct Server {
    child: Child,
    address: String,
    stderr: Lines<BufReader<ChildStderr>>,
}

impl Room {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), server: None }
    }

    /// A room with a ledger of two registrars, of whom one signs, and a server.
    pub(crate) fn with_server() -> Self {
        let mut room = Self::new();
        room.init("book");
        room.serve("book");
        room
    }

    /// A room whose book knows NHS England (two people), a register and a secretary, and a CCG, 04K.
    pub(crate) fn with_people() -> Self {
        let room = Self::with_server();
        for (name, capacity) in [
            ("nhse", "nhs_england"),
            ("nhse-two", "nhs_england"),
            ("ods", "register"),
            ("secretary", "secretary"),
        ] {
            room.enrol(name);
            let body: &[&str] = if name == "secretary" { &["--body", "body/04K"] } else { &[] };
            let grant =
                ["grant", "--key", &pem(name), "--capacity", capacity, "--registrar", "one.pem", "--yes"];
            room.ok(&[&grant[..], body].concat());
        }
        room.write("ccg.jsonc", CCG);
        room.ok(&["record", "ccg.jsonc", "--key", "ods.pem", "--yes"]);
        room
    }

    pub(crate) fn enrol(&self, name: &str) {
        self.ok(&["key", "new", &pem(name)]);
        let enrol = ["key", "enrol", "--key", &pem(name), "--label", name, "--registrar", "one.pem", "--yes"];
        self.ok(&enrol);
    }

    pub(crate) fn init(&self, dir: &str) {
        for registrar in ["one.pem", "two.pem"] {
            if !self.path(registrar).exists() {
                self.ok(&["key", "new", registrar]);
            }
        }
        let origin = "minutebook.example/story";
        self.ok(&[
            "init",
            "--dir",
            dir,
            "--origin",
            origin,
            "--registrar",
            "one.pem",
            "--registrar",
            "two.pem",
        ]);
    }

    /// Starts a server, and waits until it says where it listens.
    pub(crate) fn serve(&mut self, dir: &str) {
        self.serve_with(dir, &[]);
    }

    /// Starts a server with more arguments.
    pub(crate) fn serve_with(&mut self, dir: &str, more: &[&str]) {
        let mut command = self.command(&["serve", "--dir", dir, "--listen", "127.0.0.1:0"]);
        command.args(more);
        self.start(command);
    }

    pub(crate) fn start(&mut self, command: Command) {
        self.start_saying(command);
    }

    /// Starts a server, and returns what it says until it listens.
    pub(crate) fn start_saying(&mut self, mut command: Command) -> String {
        let mut child = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut said = String::new();
        let address = loop {
            let line = stderr.next().unwrap_or_else(|| panic!("the server ended: {said}")).unwrap();
            // A log as JSON has no other lines.
            let told = serde_json::from_str::<Value>(&line).ok();
            let told = told.as_ref().and_then(|line| line["message"].as_str()).unwrap_or(&line);
            if let Some(address) = told.strip_prefix("listening") {
                break address.trim().to_owned();
            }
            said.push_str(&line);
            said.push('\n');
        };
        self.server = Some(Server { child, address, stderr });
        said
    }

    /// Whether a server starts on a folder: what it said until it listened, after which it is stopped again; or how it
    /// ended.
    pub(crate) fn tries(&mut self, dir: &str) -> Said {
        let mut command = self.command(&["serve", "--dir", dir, "--listen", "127.0.0.1:0"]);
        let mut child = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut err = String::new();
        let mut is_up = false;
        while let Some(line) = stderr.next().map(Result::unwrap) {
            err.push_str(&line);
            err.push('\n');
            if line.starts_with("listening") && !std::mem::replace(&mut is_up, true) {
                let told = Command::new("kill").arg(child.id().to_string()).status().unwrap();
                assert!(told.success());
            }
        }
        Said { code: child.wait().unwrap().code().unwrap(), out: String::new(), err }
    }

    /// Where the server listens.
    pub(crate) fn address(&self) -> &str {
        &self.server.as_ref().unwrap().address
    }

    /// Tells the server to stop, as `kill` does, and returns what it says at the end.
    pub(crate) fn stop(&mut self) -> String {
        self.signal("-TERM")
    }

    fn signal(&mut self, signal: &str) -> String {
        let mut server = self.server.take().unwrap();
        let status = Command::new("kill").args([signal, &server.child.id().to_string()]).status().unwrap();
        assert!(status.success());
        assert!(server.child.wait().unwrap().success(), "a server that is told to stop ends well");
        server.stderr.by_ref().map(Result::unwrap).collect::<Vec<_>>().join("\n")
    }

    /// Kills the server, as a crash of the program does.
    pub(crate) fn kill(&mut self) {
        let mut server = self.server.take().unwrap();
        server.child.kill().unwrap();
        server.child.wait().unwrap();
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(MINUTEBOOK);
        command.args(args).current_dir(self.folder.path()).stdin(Stdio::null());
        // What the tests themselves are told by variables is nothing to the program.
        let told = std::env::vars_os().map(|(name, _value)| name);
        for name in told.filter(|name| name.to_string_lossy().starts_with("MINUTEBOOK_")) {
            command.env_remove(name);
        }
        command.env("MINUTEBOOK_STATE", self.path("state")).env_remove("RUST_LOG").env_remove("COLUMNS");
        // Without a server of its own, a room must not find one that happens to run.
        let address = self.server.as_ref().map_or("http://127.0.0.1:1", |server| server.address.as_str());
        command.env("MINUTEBOOK_SERVER", address);
        command
    }

    /// A line as a shell in the room's folder runs it, where `minutebook` is ours.
    pub(crate) fn shell(&self, line: &str) -> Command {
        let program = Path::new(MINUTEBOOK).parent().unwrap();
        let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
        let ours = self.command(&[]);
        let mut shell = Command::new("sh");
        shell.args(["-c", line]).current_dir(self.folder.path()).stdin(Stdio::null()).env("PATH", path);
        shell.envs(ours.get_envs().filter_map(|(name, value)| Some((name, value?)))).env_remove("RUST_LOG");
        shell
    }

    /// Plays a page: its files are written, its lines typed, a server goes on on a free port until the page says ^C.
    /// What each command said, in order; all of them have to succeed.
    pub(crate) fn play(&mut self, page: &Page) -> Vec<(String, Said)> {
        for (name, text) in &page.files {
            self.write(name, text);
        }
        let mut said = Vec::new();
        for line in &page.typed {
            if line == "^C" {
                self.signal("-INT");
            } else if line.starts_with("minutebook serve") {
                let line = line.replace(" --listen 127.0.0.1:7419", "");
                self.start(self.shell(&format!("exec {line} --listen 127.0.0.1:0")));
            } else {
                let answer = Said::from(self.shell(line).output().unwrap());
                assert_eq!(answer.code, 0, "{line}: {}{}", answer.out, answer.err);
                said.push((line.clone(), answer));
            }
        }
        said
    }

    pub(crate) fn run(&self, args: &[&str]) -> Said {
        Said::from(self.command(args).output().unwrap())
    }

    /// Runs a command that has to succeed, and returns its data.
    pub(crate) fn ok(&self, args: &[&str]) -> String {
        let said = self.run(args);
        assert_eq!(said.code, 0, "{args:?}: {}{}", said.out, said.err);
        said.out
    }

    /// Exports until the server has published so many entries.
    pub(crate) fn publish(&self, out: &str, size: u64) {
        while self.json(&["publish", out])["size"] != size {}
    }

    /// Runs a command that has to succeed with `--json`, and parses its data.
    pub(crate) fn json(&self, args: &[&str]) -> Value {
        let out = self.ok(&[args, &["--json"]].concat());
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("{args:?}: {error}: {out}"))
    }

    /// Runs a command that has to end with `code`, and returns what it says about it.
    pub(crate) fn fails(&self, code: i32, args: &[&str]) -> String {
        let said = self.run(args);
        assert_eq!(said.code, code, "{args:?}: {}{}", said.out, said.err);
        said.err
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn public(&self, name: &str) -> String {
        self.run(&["key", "show", &pem(name)]).out.lines().next().unwrap().to_owned()
    }

    /// Copies a folder, as a backup does.
    pub(crate) fn copy(&self, from: &str, to: &str) {
        crate::files::copy(&self.path(from), &self.path(to));
    }
}

impl Page {
    /// Reads a page by its path in the project: its files are the blocks whose first line is a language and a name.
    pub(crate) fn read(path: &str) -> Self {
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
        let blocks = text.split("\n```").skip(1).step_by(2).filter_map(|block| block.split_once('\n'));
        let files = blocks.filter_map(|(info, text)| {
            let (_language, name) = info.split_once(' ')?;
            Some((name.to_owned(), format!("{text}\n")))
        });
        let files = files.collect();
        let typed =
            text.lines().filter_map(|line| line.strip_prefix("$ ").or((line == "^C").then_some(line)));
        Self { files, typed: typed.map(str::to_owned).collect() }
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        if let Some(server) = &mut self.server {
            let _ended = server.child.kill();
            let _reaped = server.child.wait();
        }
    }
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
    }
}

fn pem(name: &str) -> String {
    format!("{name}.pem")
}

const CCG: &str = r#"{
  // What the register says.
  "type": "BodyRegistered",
  "subject": "body/04K",
  "data": {
    "standing": "register",
    "signatories": [{"capacity": "register"}],
    "facts": {"kind": "ccg", "name": "NHS Nottingham City CCG", "from": "2013-04-01",
              "codes": [{"scheme": "ods", "value": "04K"}], "units": ["04K"]}
  }
}"#;

/// A decision of 04K, on a day, with an effect.
pub(crate) fn decision(day: &str, effect: &str) -> String {
    format!(
        r#"{{"type": "DecisionRecorded", "subject": "body/04K", "data": {{
            "standing": "own_act",
            "signatories": [{{"capacity": "secretary", "body": "body/04K"}}],
            "facts": {{"decided_on": "{day}", "mode": "meeting", "outcome": "approved",
                       "text": "To approve the minutes.", "reasons": "They are right.", "effect": {effect}}}}}}}"#
    )
}
