//! One demo for all tests: England 2013 to 2026 with one real merger, served by the real program.

use std::io::{BufRead as _, BufReader, Lines, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::LazyLock;
use tempfile::TempDir;

/// The demo, which is told once.
static DEMO: LazyLock<Demo> = LazyLock::new(Demo::start);

pub(crate) fn demo() -> &'static Demo {
    &DEMO
}

/// A demo that serves until the tests end.
pub(crate) struct Demo {
    /// Its standard input, which is ours: it ends when we do.
    _child: Child,
    /// Host and port.
    pub(crate) host: String,
    _lines: Lines<BufReader<ChildStdout>>,
    _folder: TempDir,
}

/// An answer over HTTP.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Demo {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        // Nobody drops what is static. The shell ends the demo once nothing can come from these tests any more.
        let script = "\"$0\" \"$@\" </dev/null & pid=$!; read -r _; kill $pid";
        let mut child = Command::new("sh")
            .args(["-c", script, env!("CARGO_BIN_EXE_minutebook")])
            .args(["demo", "--listen", "127.0.0.1:0", "--dir", "book"])
            .current_dir(folder.path())
            .env("MINUTEBOOK_STATE", folder.path().join("state"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let host = lines.by_ref().map(Result::unwrap).find_map(|line| {
            let (_before, at) = line.split_once("http://").filter(|_found| line.contains("Still serving"))?;
            at.split([' ', '/']).next().map(str::to_owned)
        });
        Self { _child: child, host: host.unwrap(), _lines: lines, _folder: folder }
    }

    /// Asks for a page, as a program does.
    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask(path, "")
    }

    /// The same, as a browser does.
    pub(crate) fn asked_by_a_browser(&self, path: &str) -> Answer {
        self.ask(path, "Accept: text/html,*/*;q=0.8\r\n")
    }

    fn ask(&self, path: &str, header: &str) -> Answer {
        send(&self.host, path, header, None)
    }

    /// A page that is there.
    pub(crate) fn page(&self, path: &str) -> String {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{path}\n{}", answer.body);
        answer.body
    }
}

/// Asks a server for a page, or sends it something, with these lines in the head.
pub(crate) fn send(host: &str, path: &str, header: &str, body: Option<&str>) -> Answer {
    let text = String::from_utf8(answered(host, path, header, body)).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head: head.to_lowercase(), body: body.to_owned() }
}

/// How many bytes come as the answer to these lines in the head.
pub(crate) fn sent_bytes(host: &str, path: &str, header: &str) -> usize {
    answered(host, path, header, None).len()
}

fn answered(host: &str, path: &str, header: &str, body: Option<&str>) -> Vec<u8> {
    assert!(path.starts_with('/') && !path.contains([' ', '\n']), "{path}");
    let mut stream = TcpStream::connect(host).unwrap();
    let method = if body.is_some() { "POST" } else { "GET" };
    let length = body.map_or_else(String::new, |body| format!("Content-Length: {}\r\n", body.len()));
    let body = body.unwrap_or_default();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\n{header}{length}Connection: close\r\n\r\n{body}"
    )
    .unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    bytes
}

/// The text of a page, as somebody reads it.
pub(crate) fn read(page: &str) -> String {
    let main = page.split("<main").nth(1).unwrap().split("</main>").next().unwrap();
    let mut text = String::new();
    for part in main.split('<') {
        text.push_str(part.split_once('>').map_or("", |(_tag, text)| text));
        let is_inline = ["a ", "/a", "bdi", "/bdi", "strong", "/strong", "span", "/span"]
            .iter()
            .any(|tag| part.starts_with(tag));
        if !is_inline {
            text.push(' ');
        }
    }
    unescaped(&text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The addresses to which a page leads, within this server.
pub(crate) fn links(page: &str) -> Vec<String> {
    let found = page.split(" href=\"").skip(1).map(|rest| unescaped(rest.split('"').next().unwrap()));
    found.filter(|address| address.starts_with('/')).collect()
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}
