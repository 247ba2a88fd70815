//! The page in a real browser: from a file and from a server, with the mouse and by keyboard, narrow and on paper.

use super::chromium::Browser;
use super::programs;
use minutebook::verify_page::verify_page;
use minutebook_log::{LogKey, SecretKey, TreeHash, TreeHead, TreeSize};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn is_installed(what: &str) -> bool {
    programs::all_installed(&["chromium"], &format!("verify.html in a browser, {what}"))
}

fn vector(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("spec/vectors").join(name)
}

fn log_vkey() -> String {
    fs::read_to_string(vector("published/vkey")).unwrap().trim_end().to_owned()
}

/// The page as a file, and a browser that shows it.
struct Saved {
    browser: Browser,
    folder: TempDir,
}

impl Saved {
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("verify.html"), &verify_page().html).unwrap();
        let mut saved = Self { browser: Browser::open(), folder };
        saved.again();
        saved
    }

    /// Visits the page anew, as on another day.
    fn again(&mut self) {
        let address = format!("file://{}", self.folder.path().join("verify.html").display());
        self.browser.visit("about:blank");
        self.browser.visit(&address);
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }
}

/// Waits for the verdict, and returns its title and its sentence.
fn verdict(browser: &mut Browser) -> (String, String) {
    browser.wait_for(
        "!document.getElementById('result-section').hidden || !document.getElementById('problems').hidden",
    );
    assert_eq!(
        browser.evaluate("document.getElementById('problems').hidden"),
        json!(true),
        "{}",
        browser.text("#problems")
    );
    let title = browser.text("#verdict");
    assert!(
        browser.evaluate("document.title").as_str().unwrap().starts_with(&title),
        "the window says the same"
    );
    assert_eq!(
        browser.evaluate("document.querySelectorAll('.verdict').length"),
        json!(1),
        "one verdict at a time"
    );
    let sentence = browser.evaluate("document.getElementById('status').textContent");
    (title, sentence.as_str().unwrap().to_owned())
}

const HOLDS: &str = "What was checked holds";
const FAILS: &str = "It does not hold";
const OPEN: &str = "Something is left open";

#[test]
fn a_receipt_that_is_dropped_on_a_saved_page_gets_its_verdict() {
    if !is_installed("from a file") {
        return;
    }
    let mut saved = Saved::open();
    let (receipt, policy) = (vector("receipt-6.tlog-proof"), vector("policy.txt"));

    saved.browser.drop_files(&[&receipt]);
    let (title, sentence) = verdict(&mut saved.browser);
    assert_eq!(title, OPEN);
    assert!(sentence.contains("The log's signature"), "{sentence}");

    saved.browser.drop_files(&[&policy]);
    saved.browser.wait_for("document.title.startsWith('What was checked holds')");
    let (title, sentence) = verdict(&mut saved.browser);
    assert_eq!(title, HOLDS);
    let needed = "Entry 6 of the book minutebook.example/small-book, DecisionRecorded about body/52R, stands in the tree of 7 \
        entries that its log has signed, with its authors' signatures. Rules and authority were not checked here.";
    assert_eq!(sentence, needed);
    let report = saved.browser.text("#result");
    for said in [
        "the browser's own Ed25519",
        "Rules and authority. Whether",
        "Nothing to compare with on this device yet",
        "secretary of body/52R",
    ] {
        assert!(report.contains(said), "{said}: {report}");
    }

    let whole = fs::read(&receipt).unwrap();
    let at = whole.windows(6).position(|six| six == b"index ").unwrap();
    let mut changed = whole.clone();
    changed[at - 200] ^= 1;
    let changed = saved.file("changed.tlog-proof", &changed);
    saved.again();
    saved.browser.drop_files(&[&changed, &policy]);
    let (title, sentence) = verdict(&mut saved.browser);
    assert_eq!(title, FAILS);
    assert!(
        sentence.starts_with("Do not rely on it.") && sentence.contains("changed.tlog-proof"),
        "{sentence}"
    );
    assert!(!saved.browser.text("#result").contains(HOLDS));
    assert_eq!(saved.browser.complaints(), Vec::<String>::new());
}

#[test]
fn a_folder_is_checked_by_keyboard_and_printed() {
    if !is_installed("by keyboard and on paper") {
        return;
    }
    let mut saved = Saved::open();
    let browser = &mut saved.browser;
    let mut reached = Vec::new();
    for _key in 0..6 {
        browser.press("Tab", 9);
        let focused =
            browser.evaluate("document.activeElement.id || document.activeElement.textContent.trim()");
        reached.push(focused.as_str().unwrap().to_owned());
    }
    assert_eq!(reached, ["Skip to the form", "files", "folder", "keys", "Check", "again"]);
    let unnamed = "[...document.querySelectorAll('input, textarea')].filter((field) => field.labels.length !== 1).length";
    assert_eq!(browser.evaluate(unnamed), json!(0), "every field has its label");

    // A system dialog is not the page's: the folder is set, and the rest is keys.
    browser.choose("#folder", &[&vector("published")]);
    assert_eq!(verdict(browser).0, OPEN, "nobody has said whose key it is");
    browser.evaluate("document.getElementById('keys').focus()");
    browser.call("Input.insertText", json!({"text": log_vkey()}));
    browser.press("Tab", 9);
    browser.press("Enter", 13);
    browser.wait_for("document.title.startsWith('What was checked holds')");
    let (title, sentence) = verdict(browser);
    assert_eq!(title, HOLDS);
    assert!(sentence.contains("each of its 7 entries is signed"), "{sentence}");
    assert_eq!(
        browser.evaluate("document.activeElement.id"),
        json!("verdict"),
        "who asked is led to the answer"
    );

    browser.evaluate("document.getElementById('digits').focus()");
    browser.call("Input.insertText", json!({"text": "fcc8 b558 5700"}));
    browser.press("Enter", 13);
    assert!(
        browser.text("#digits-result").starts_with("These are the first 12 characters"),
        "{}",
        browser.text("#digits-result")
    );

    let paper = browser.call("Page.printToPDF", json!({"preferCSSPageSize": true}));
    let paper = data_encoding::BASE64.decode(paper["data"].as_str().unwrap().as_bytes()).unwrap();
    assert!(paper.starts_with(b"%PDF") && paper.len() > 10_000, "{} bytes", paper.len());
    browser.call("Emulation.setEmulatedMedia", json!({"media": "print"}));
    let printed = browser.text("main");
    for kept in [HOLDS, "What was not checked here", "nXRIOtlQ7zvaSEDpF/tdSLRzPtBPAoieKwfbv0hMq2A="] {
        assert!(printed.contains(kept), "{kept} is on paper");
    }
    assert!(!printed.contains("Choose") && !printed.contains("Drop files"), "{printed}");
}

#[test]
fn it_fits_where_there_is_little_room() {
    if !is_installed("narrow") {
        return;
    }
    let mut saved = Saved::open();
    let (receipt, policy) = (vector("receipt-6.tlog-proof"), vector("policy.txt"));
    let narrow = json!({"width": 320, "height": 640, "deviceScaleFactor": 1, "mobile": false});
    saved.browser.call("Emulation.setDeviceMetricsOverride", narrow);
    let overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
    assert_eq!(saved.browser.evaluate(overflow), json!(0));
    saved.browser.drop_files(&[&receipt, &policy]);
    assert_eq!(verdict(&mut saved.browser).0, HOLDS);
    assert_eq!(saved.browser.evaluate(overflow), json!(0), "nothing stands beyond the edge");
    let small = "[...document.querySelectorAll('button, input:not([type=file])')].filter((one) => one.offsetParent && one.offsetHeight < 44).length";
    assert_eq!(saved.browser.evaluate(small), json!(0), "targets are large enough");
    let colours = json!({"features": [{"name": "forced-colors", "value": "active"}]});
    saved.browser.call("Emulation.setEmulatedMedia", colours);
    assert_eq!(saved.browser.text(".state strong"), "Holds", "a result is a word");
}

/// A checkpoint of the small book's log, of a history that is not its own.
fn other_history() -> String {
    let books: Value = serde_json::from_slice(&fs::read(vector("books.json")).unwrap()).unwrap();
    let keys = books["keys"].as_array().unwrap();
    let log = keys.iter().find(|key| key["role"] == "the log's checkpoints").unwrap();
    let seed = data_encoding::HEXLOWER.decode(log["seed"].as_str().unwrap().as_bytes()).unwrap();
    let key = LogKey::new(
        "minutebook.example/small-book".parse().unwrap(),
        SecretKey::from_seed(&seed.try_into().unwrap()),
    );
    key.sign(TreeHead { size: TreeSize(7), root: TreeHash::leaf(b"another history") }).encode()
}

#[test]
fn a_device_remembers_what_it_saw() {
    if !is_installed("on another day") {
        return;
    }
    let mut saved = Saved::open();
    let key = saved.file("vkey", log_vkey().as_bytes());
    saved.browser.drop_files(&[&vector("checkpoint-3.txt"), &key]);
    assert_eq!(verdict(&mut saved.browser).0, HOLDS);
    assert!(saved.browser.text(".device").contains("Nothing to compare with on this device yet"));

    // The key was brought once; the device knows it from then on.
    saved.again();
    saved.browser.drop_files(&[&vector("published")]);
    assert_eq!(verdict(&mut saved.browser).0, HOLDS);
    let device = saved.browser.text(".device");
    assert!(
        device.contains("It extends what this device saw")
            && device.contains("the first 3 of these 7 entries"),
        "{device}"
    );

    saved.again();
    let forged = saved.file("checkpoint-forged", other_history().as_bytes());
    saved.browser.drop_files(&[&forged]);
    let (title, sentence) = verdict(&mut saved.browser);
    assert_eq!(
        (title.as_str(), sentence.contains("two histories of minutebook.example/small-book")),
        (FAILS, true),
        "{sentence}"
    );
    let kept = saved.browser.evaluate("localStorage.getItem('minutebook.verify.checkpoints')");
    let kept: Vec<Value> = serde_json::from_str(kept.as_str().unwrap()).unwrap();
    assert_eq!(kept.len(), 2, "both sides are kept");
    assert!(saved.browser.text(".device").contains("Save both checkpoints"));
}

#[test]
fn the_page_works_where_the_browser_does_not_help() {
    if !is_installed("without a worker") {
        return;
    }
    let mut saved = Saved::open();
    let without = "delete window.Worker; Object.defineProperty(window, 'localStorage', { get() { throw new Error('none'); } });";
    saved.browser.call("Page.addScriptToEvaluateOnNewDocument", json!({"source": without}));
    saved.again();
    saved.browser.drop_files(&[&vector("receipt-6.tlog-proof"), &vector("policy.txt")]);
    assert_eq!(verdict(&mut saved.browser).0, HOLDS);
    assert!(saved.browser.text(".device").contains("keeps nothing for this page"));
}

/// Gives the page as the server does (`tests/service/published.rs`), to whoever asks for it; returns the port.
fn serve() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
            let asked = lines.next().unwrap_or_default();
            lines.by_ref().take_while(|line| !line.is_empty()).for_each(drop);
            let page = verify_page();
            let (status, body) = match asked.split(' ').nth(1) {
                Some("/verify.html") => ("200 OK", page.html.as_str()),
                _ => ("404 Not Found", ""),
            };
            let head = format!(
                "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Security-Policy: {}\r\n\
                 Content-Length: {}\r\nConnection: close\r\n\r\n",
                page.policy,
                body.len()
            );
            // A browser that has gone away is not waited for.
            drop(stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())));
        }
    });
    port
}

#[test]
fn the_page_that_a_server_gives_works_under_its_policy() {
    if !is_installed("from a server") {
        return;
    }
    let (port, mut browser) = (serve(), Browser::open());
    let (receipt, policy) = (vector("receipt-6.tlog-proof"), vector("policy.txt"));
    // The second name is no safe context, and the browser's own Ed25519 is not there.
    for (host, by) in
        [("localhost", "by the browser's own Ed25519"), ("minutebook.test", "by this page's own Ed25519")]
    {
        browser.visit(&format!("http://{host}:{port}/verify.html"));
        browser.choose("#files", &[&receipt, &policy]);
        assert_eq!(verdict(&mut browser).0, HOLDS);
        let report = browser.text("#result");
        assert!(report.contains(by), "{host}: {report}");
        assert_eq!(browser.evaluate("document.getElementById('save-page').hidden"), json!(false));
    }
    let complaints: Vec<_> =
        browser.complaints().into_iter().filter(|said| !said.contains("favicon")).collect();
    assert_eq!(complaints, Vec::<String>::new());
    let refused = browser.evaluate("fetch('/checkpoint').then(() => 'sent', () => 'refused')");
    assert_eq!(refused, json!("refused"), "the page can ask nobody");
}
