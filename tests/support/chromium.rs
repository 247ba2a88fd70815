//! Chromium, driven by its DevTools protocol through two pipes: nothing listens, and nothing else is needed. What every engine can
//! do is tried through WebDriver (`webdriver.rs`); this stays for what WebDriver has no word for: a network that is off, requests that
//! are stopped, a script before the page's own, files that are dropped, forced colours, exact widths from 320 pixels on, what the console
//! said, and what a screen reader is told.

use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long anything on a page may take. The machine of a test may be busy.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Browser {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    session: Option<String>,
    calls: u64,
    /// What the browser said without being asked, in order.
    pub(crate) said: Vec<Value>,
    _profile: TempDir,
}

impl Browser {
    /// A browser with an empty profile and one page. A name that ends in `.test` is this machine.
    pub(crate) fn open() -> Self {
        let profile = tempfile::tempdir().unwrap();
        // The browser reads its descriptor 3 and writes to 4.
        let script = "exec chromium --headless=new --no-sandbox --disable-gpu --no-first-run --disable-dev-shm-usage \
            --remote-debugging-pipe --host-resolver-rules='MAP *.test 127.0.0.1' --user-data-dir=\"$0\" about:blank \
            3<&0 4>&1 </dev/null >/dev/null 2>&1";
        let mut child = Command::new("sh")
            .args(["-c", script])
            .arg(profile.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (to, from) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let mut browser =
            Self { child, to, from, session: None, calls: 0, said: Vec::new(), _profile: profile };
        let target = browser.call("Target.createTarget", json!({"url": "about:blank"}))["targetId"].clone();
        let attached = browser.call("Target.attachToTarget", json!({"targetId": target, "flatten": true}));
        browser.session = Some(attached["sessionId"].as_str().unwrap().to_owned());
        for domain in ["Page", "Runtime", "Log", "DOM"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        browser
    }

    /// Calls a method of the protocol and waits for its answer.
    pub(crate) fn call(&mut self, method: &str, params: Value) -> Value {
        self.calls += 1;
        let mut message = json!({"id": self.calls, "method": method, "params": params});
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        self.to.write_all(format!("{message}\0").as_bytes()).unwrap();
        self.to.flush().unwrap();
        loop {
            let mut bytes = Vec::new();
            self.from.read_until(0, &mut bytes).unwrap();
            let text = bytes.strip_suffix(b"\0").expect("the browser is still there");
            let message: Value = serde_json::from_slice(text).unwrap();
            if message["id"] == self.calls {
                assert_eq!(message["error"], Value::Null, "{method}: {message}");
                return message["result"].clone();
            }
            self.said.push(message);
        }
    }

    /// The value of an expression on the page.
    pub(crate) fn evaluate(&mut self, expression: &str) -> Value {
        let params = json!({"expression": expression, "awaitPromise": true, "returnByValue": true});
        let answer = self.call("Runtime.evaluate", params);
        assert_eq!(answer["exceptionDetails"], Value::Null, "{expression}");
        answer["result"]["value"].clone()
    }

    pub(crate) fn text(&mut self, selector: &str) -> String {
        let shown = self.evaluate(&format!("document.querySelector({}).innerText", json!(selector)));
        shown.as_str().unwrap().to_owned()
    }

    /// Waits until the page says so itself, looking once for each frame that it draws.
    pub(crate) fn wait_for(&mut self, condition: &str) {
        let begun = Instant::now();
        let frame = "new Promise((next) => setTimeout(next, 20))";
        while self.evaluate(condition) != json!(true) {
            assert!(begun.elapsed() < PATIENCE, "never: {condition}");
            self.evaluate(frame);
        }
    }

    pub(crate) fn visit(&mut self, address: &str) {
        self.call("Page.navigate", json!({"url": address}));
        self.wait_for(&format!("location.href === {} && document.readyState === 'complete'", json!(address)));
    }

    /// Chooses files, or a folder, in a field.
    pub(crate) fn choose(&mut self, selector: &str, paths: &[&Path]) {
        let root = self.call("DOM.getDocument", json!({}))["root"]["nodeId"].clone();
        let found = self.call("DOM.querySelector", json!({"nodeId": root, "selector": selector}));
        self.call("DOM.setFileInputFiles", json!({"nodeId": found["nodeId"], "files": paths}));
    }

    /// Drops files or a folder on the page.
    pub(crate) fn drop_files(&mut self, paths: &[&Path]) {
        let data = json!({"items": [], "files": paths, "dragOperationsMask": 1});
        for kind in ["dragEnter", "dragOver", "drop"] {
            self.call("Input.dispatchDragEvent", json!({"type": kind, "x": 100, "y": 300, "data": data}));
        }
    }

    /// Presses a key.
    pub(crate) fn press(&mut self, key: &str, code: u32) {
        let text = if key == "Enter" { "\r" } else { "" };
        for (kind, text) in [("keyDown", text), ("keyUp", "")] {
            let params =
                json!({"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code, "text": text});
            self.call("Input.dispatchKeyEvent", params);
        }
    }

    /// What went wrong on the page, in the browser's words.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let is_complaint = |said: &&Value| match said["method"].as_str() {
            Some("Log.entryAdded") => said["params"]["entry"]["level"] == "error",
            Some("Runtime.exceptionThrown") => true,
            _ => false,
        };
        self.said.iter().filter(is_complaint).map(|said| said["params"].to_string()).collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It has ended already where the pipe is broken.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
