//! Browsers of three engines, driven as the W3C's WebDriver says: Chromium by chromedriver, Firefox by geckodriver, and WebKit by
//! WebKitWebDriver, on a screen of its own that nobody looks at. What is pressed, chosen and filled in is counted.

use crate::programs;
use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::error::CmdError;
use fantoccini::key::Key;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::fmt;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// How long anything on a page may take. The machine of a test may be busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often Tab is pressed at most, to come to something on a page.
const TABS_MAX: usize = 150;

/// Which browser, by what it is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BrowserEngine {
    Chromium,
    Firefox,
    WebKit,
}

/// With what the browser is used: all that can be done with one can be done with the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hand {
    Pointer,
    Keyboard,
}

/// A browser with an empty profile and one page.
pub(crate) struct DrivenBrowser {
    pub(crate) engine: BrowserEngine,
    hand: Hand,
    is_scripted: bool,
    steps: usize,
    runtime: Runtime,
    client: Option<Client>,
    /// The driver, and the screen if it needs one; each leads a group of processes.
    children: Vec<Child>,
    folder: TempDir,
}

impl BrowserEngine {
    pub(crate) const ALL: [Self; 3] = [Self::Chromium, Self::Firefox, Self::WebKit];

    /// Whether the browser and its driver can be run; says aloud what is not tried without them.
    ///
    /// # Panics
    /// If one is missing and `MINUTEBOOK_TEST_ALL=1` asks that everything be installed.
    pub(crate) fn is_installed(self, what: &str) -> bool {
        let programs: &[&str] = match self {
            Self::Chromium => &["chromium", "chromedriver"],
            Self::Firefox => &["firefox-esr", "geckodriver"],
            Self::WebKit => &["WebKitWebDriver", "Xvfb"],
        };
        programs::all_installed(programs, &format!("{what}, in {self}"))
    }

    /// What a session is asked for; what is saved from pages comes into the folder.
    fn capabilities(self, downloads: &Path, is_scripted: bool) -> Value {
        // What a page does is waited for by us, a little at a time.
        let timeouts = json!({"script": 10_000, "pageLoad": PATIENCE.as_millis()});
        match self {
            Self::Chromium => json!({"timeouts": timeouts, "goog:chromeOptions": {
                "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
                "prefs": {
                    "download.default_directory": downloads,
                    "profile.default_content_setting_values.automatic_downloads": 1,
                    "profile.managed_default_content_settings.javascript": if is_scripted { 1 } else { 2 },
                },
            }}),
            Self::Firefox => json!({"timeouts": timeouts, "moz:firefoxOptions": {
                "binary": "/usr/bin/firefox-esr",
                "args": ["-headless"],
                "prefs": {
                    "browser.download.folderList": 2,
                    "browser.download.dir": downloads,
                    "javascript.enabled": is_scripted,
                },
            }}),
            Self::WebKit => json!({"timeouts": timeouts}),
        }
    }
}

impl fmt::Display for BrowserEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Chromium => "Chromium",
            Self::Firefox => "Firefox",
            Self::WebKit => "WebKit",
        })
    }
}

impl DrivenBrowser {
    pub(crate) fn open(engine: BrowserEngine, hand: Hand) -> Self {
        Self::begin(engine, hand, true)
    }

    /// A browser that runs no page's script. What is asked by a script of ours is not known there either.
    pub(crate) fn without_script(engine: BrowserEngine) -> Self {
        Self::begin(engine, Hand::Pointer, false)
    }

    fn begin(engine: BrowserEngine, hand: Hand, is_scripted: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut browser =
            Self { engine, hand, is_scripted, steps: 0, runtime, client: None, children: Vec::new(), folder };
        let downloads = browser.downloads();
        fs::create_dir_all(&downloads).unwrap();
        // Where WebKit's browser looks up where what is saved comes to lie.
        let told = format!("XDG_DOWNLOAD_DIR=\"{}\"\n", downloads.display());
        fs::write(browser.folder.path().join("user-dirs.dirs"), told).unwrap();
        let port = match engine {
            BrowserEngine::Chromium => browser.drive("chromedriver", &["--port=0"]),
            BrowserEngine::Firefox => browser.drive("geckodriver", &["--port", "0"]),
            BrowserEngine::WebKit => browser.drive_webkit(),
        };
        let Value::Object(capabilities) = engine.capabilities(&downloads, is_scripted) else {
            unreachable!()
        };
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities);
        let address = format!("http://127.0.0.1:{port}");
        browser.client = Some(browser.runtime.block_on(builder.connect(&address)).unwrap());
        browser
    }

    /// Where what is saved comes to lie.
    fn downloads(&self) -> PathBuf {
        self.folder.path().join("Downloads")
    }

    /// A program that leaves nothing outside of the folder, and whose whole group ends with us.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("HOME", self.folder.path()).stdin(Stdio::null()).stderr(Stdio::null()).process_group(0);
        for folder in ["XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"] {
            command.env(folder, self.folder.path());
        }
        command
    }

    /// Starts a driver that says on which port it listens, and returns that.
    fn drive(&mut self, program: &str, arguments: &[&str]) -> u16 {
        let mut child = self.command(program).args(arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let port = lines.find_map(|line| {
            let rest = line.split_once("on port ").or_else(|| line.split_once("Listening on 127.0.0.1:"))?.1;
            rest.trim_end_matches('.').parse().ok().filter(|&port| port != 0)
        });
        self.children.push(child);
        // What it says later is read, so that it never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        port.unwrap_or_else(|| panic!("{program} ended before it listened"))
    }

    /// Starts a screen, and on it the driver, which is told its port and says nothing.
    fn drive_webkit(&mut self) -> u16 {
        let mut screen = self
            .command("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let display = BufReader::new(screen.stdout.take().unwrap()).lines().next().unwrap().unwrap();
        self.children.push(screen);
        loop {
            // Another program may take the port before the driver does: then the driver ends, and has another.
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let mut child = self
                .command("WebKitWebDriver")
                .arg(format!("--port={port}"))
                .env("DISPLAY", format!(":{display}"))
                .stdout(Stdio::null())
                .spawn()
                .unwrap();
            let begun = Instant::now();
            let is_up = loop {
                if child.try_wait().unwrap().is_some() {
                    break false;
                }
                if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                    break true;
                }
                assert!(begun.elapsed() < PATIENCE, "WebKitWebDriver never listened");
                std::thread::yield_now();
            };
            self.children.push(child);
            if is_up {
                return port;
            }
        }
    }

    /// What a command of the driver comes to.
    fn done<T>(&self, command: impl AsyncFnOnce(Client) -> Result<T, CmdError>) -> T {
        let client = self.client.clone().unwrap();
        self.runtime.block_on(command(client)).unwrap_or_else(|error| panic!("{}: {error:?}", self.engine))
    }

    pub(crate) fn visit(&self, address: &str) {
        self.done(async |client| client.goto(address).await);
    }

    /// The value of an expression on the page, once it is known.
    pub(crate) fn evaluate(&self, expression: &str) -> Value {
        let script = format!(
            "const done = arguments[arguments.length - 1];
             (async () => ({expression}))().then((value) => done({{ value }}), (error) => done({{ error: String(error) }}));"
        );
        let answer = self.done(async |client| client.execute_async(&script, Vec::new()).await);
        assert_eq!(answer.get("error"), None, "{}: {expression}", self.engine);
        answer["value"].clone()
    }

    /// Waits until the page says so itself. It may become another page meanwhile.
    pub(crate) fn wait_for(&self, condition: &str) {
        let script = format!(
            "const done = arguments[arguments.length - 1];
             const until = Date.now() + 2000;
             const look = () => {{
                 let found = null;
                 try {{ found = ({condition}) }} catch (error) {{ found = String(error) }}
                 if (found === true || Date.now() > until) done(found); else setTimeout(look, 20);
             }};
             look();"
        );
        let begun = Instant::now();
        let client = self.client.as_ref().unwrap();
        loop {
            let found = self.runtime.block_on(client.execute_async(&script, Vec::new()));
            if matches!(found, Ok(Value::Bool(true))) {
                return;
            }
            if begun.elapsed() > PATIENCE {
                let page = self.evaluate("[document.hasFocus(), document.activeElement.outerHTML, document.body.innerText].join(' ')");
                panic!("{}: never {condition}: {found:?}\n{page}", self.engine);
            }
        }
    }

    /// Waits until the browser is at a path of its server. Needs no script on the page.
    pub(crate) fn wait_for_address(&self, path: &str) {
        let begun = Instant::now();
        loop {
            let address = self.done(async |client| client.current_url().await);
            let at = address
                .query()
                .map_or_else(|| address.path().to_owned(), |query| format!("{}?{query}", address.path()));
            if at == path {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "{}: at {at}, not at {path}", self.engine);
        }
    }

    /// What a reader sees of an element.
    pub(crate) fn text(&self, selector: &str) -> String {
        self.evaluate(&format!("document.querySelector({}).innerText", json!(selector)))
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// The same, where no script runs.
    pub(crate) fn text_without_script(&self, selector: &str) -> String {
        self.done(async |client| client.find(Locator::Css(selector)).await?.text().await)
    }

    /// Whether an element is there to be seen.
    pub(crate) fn shows(&self, id: &str) -> bool {
        self.evaluate(&format!("document.getElementById({}).offsetParent !== null", json!(id))) == json!(true)
    }

    /// How many steps were taken since this was last asked: what was pressed, chosen, filled in or opened.
    pub(crate) fn steps(&mut self) -> usize {
        std::mem::take(&mut self.steps)
    }

    /// Opens an address that somebody sent: a step.
    pub(crate) fn follow(&mut self, address: &str) {
        self.steps += 1;
        self.visit(address);
    }

    /// Presses a button or a link: a step.
    pub(crate) fn press(&mut self, selector: &str) {
        self.steps += 1;
        match self.hand {
            Hand::Pointer => {
                if self.is_scripted {
                    self.settle(selector);
                }
                self.done(async |client| client.find(Locator::Css(selector)).await?.click().await);
            }
            Hand::Keyboard => {
                self.tab_to(selector);
                self.type_keys(&[Key::Enter.into()]);
            }
        }
    }

    /// Waits until an element stays where it is, so that a press meets it.
    fn settle(&self, selector: &str) {
        let script = format!(
            "new Promise((settled) => {{
                 let before = null;
                 const look = () => {{
                     const box = document.querySelector({}).getBoundingClientRect();
                     const now = JSON.stringify([box.x, box.y + scrollY]);
                     if (now === before) settled(true); else setTimeout(look, 100);
                     before = now;
                 }};
                 look();
             }})",
            json!(selector)
        );
        self.evaluate(&script);
    }

    /// Fills in a field: a step.
    pub(crate) fn fill(&mut self, selector: &str, text: &str) {
        self.steps += 1;
        match self.hand {
            Hand::Pointer => {
                self.done(async |client| client.find(Locator::Css(selector)).await?.send_keys(text).await);
            }
            Hand::Keyboard => {
                self.tab_to(selector);
                self.type_keys(&text.chars().collect::<Vec<_>>());
            }
        }
    }

    /// Chooses files in a field: a step. The dialog is the system's, and nobody sees it here.
    pub(crate) fn choose(&mut self, selector: &str, paths: &[&Path]) {
        self.steps += 1;
        if self.hand == Hand::Keyboard {
            self.tab_to(selector);
        }
        let paths: Vec<_> = paths.iter().map(|path| path.to_str().unwrap()).collect();
        let paths = paths.join("\n");
        self.done(async |client| client.find(Locator::Css(selector)).await?.send_keys(&paths).await);
    }

    /// Goes to an element, as whoever has no pointer does: on, or back where it lies before. Never past the end of the page,
    /// where Firefox goes on around what surrounds it.
    fn tab_to(&self, selector: &str) {
        let where_it_is = format!(
            "((here, there) => here === there ? 'here' : here.compareDocumentPosition(there) & 2 ? 'before' : 'after')
                 (document.activeElement, document.querySelector({}))",
            json!(selector)
        );
        let (shift, tab) = (Key::Shift.into(), Key::Tab.into());
        for _tab in 0..TABS_MAX {
            match self.evaluate(&where_it_is).as_str().unwrap() {
                "here" => return,
                "before" => self.act(&[
                    KeyAction::Down { value: shift },
                    KeyAction::Down { value: tab },
                    KeyAction::Up { value: tab },
                    KeyAction::Up { value: shift },
                ]),
                _after => self.type_keys(&[tab]),
            }
        }
        panic!("{}: no Tab leads to {selector}", self.engine);
    }

    fn type_keys(&self, keys: &[char]) {
        let pressed = keys.iter().flat_map(|&value| [KeyAction::Down { value }, KeyAction::Up { value }]);
        self.act(&pressed.collect::<Vec<_>>());
    }

    fn act(&self, keys: &[KeyAction]) {
        let keyboard = KeyActions::new("keyboard".to_owned());
        let actions = keys.iter().fold(keyboard, |actions, key| actions.then(key.clone()));
        self.done(async |client| client.perform_actions(actions).await);
    }

    /// What was saved under a name, once all of it is there.
    pub(crate) fn saved(&self, name: &str) -> PathBuf {
        let path = self.downloads().join(name);
        let begun = Instant::now();
        // A browser writes beside it first, and names it once it is whole.
        while !fs::metadata(&path).is_ok_and(|file| file.len() > 0) {
            assert!(begun.elapsed() < PATIENCE, "{}: {name} is not saved", self.engine);
            self.evaluate("new Promise((next) => setTimeout(next, 20))");
        }
        path
    }

    /// The page on paper, as the text that stands on its sheets. WebKit's driver prints nothing.
    pub(crate) fn on_paper(&self) -> String {
        let paper =
            self.done(async |client| client.print(fantoccini::wd::PrintConfiguration::default()).await);
        let file = self.folder.path().join("paper.pdf");
        fs::write(&file, paper).unwrap();
        let text = Command::new("pdftotext").args(["-layout"]).arg(&file).arg("-").output().unwrap();
        assert!(text.status.success());
        // Some fonts have one sign for two letters.
        let letters = [("ﬀ", "ff"), ("ﬁ", "fi"), ("ﬂ", "fl"), ("ﬃ", "ffi"), ("ﬄ", "ffl")];
        let text = String::from_utf8(text.stdout).unwrap();
        letters.iter().fold(text, |text, (one, two)| text.replace(one, two))
    }
}

impl Drop for DrivenBrowser {
    fn drop(&mut self) {
        if let Some(client) = self.client.take() {
            // Whether it could still be told or not, its whole group ends below.
            drop(self.runtime.block_on(client.close()));
        }
        for child in self.children.iter_mut().rev() {
            let group = format!("-{}", child.id());
            drop(Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status());
            drop(child.wait());
        }
    }
}
