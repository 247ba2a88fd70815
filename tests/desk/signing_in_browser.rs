//! Signing in Chromium, as a secretary and a chair do it: a key is made and enrolled, twenty events are signed on two devices and sent;
//! and what the page does where something is wrong.

use crate::chromium::Browser;
use crate::in_browser::{as_wide_as, axe, barriers_on, is_installed, photograph};
use crate::room::{Room, decision};
use crate::signing::{OF_TWO, public_under, room};
use minutebook::sign_page::sign_file;
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;

/// Opens the page of a room's server and waits until it can be used.
fn open(browser: &mut Browser, room: &Room, rest: &str) {
    browser.visit(&format!("{}/sign{rest}", room.address()));
    browser.wait_for("!document.getElementById('all').hidden");
}

fn press(browser: &mut Browser, id: &str) {
    browser.evaluate(&format!("document.getElementById('{id}').click()"));
}

/// Presses a button by what it says.
fn press_words(browser: &mut Browser, words: &str) {
    let button = format!(
        "[...document.querySelectorAll('button')].find((it) => it.textContent.includes({}))",
        json!(words)
    );
    browser.wait_for(&format!("{button} !== undefined"));
    browser.evaluate(&format!("{button}.click()"));
}

fn draft(browser: &mut Browser, room: &Room, name: &str) {
    browser.evaluate("document.activeElement.blur()");
    browser.choose("#draft", &[&room.path(name)]);
    browser.wait_for("['shown-title', 'problems'].includes(document.activeElement.id)");
    let is_well = browser.evaluate("document.getElementById('problems').hidden");
    assert_eq!(is_well, json!(true), "{}", browser.text("#problems"));
}

fn sign(browser: &mut Browser) {
    press(browser, "do-sign");
    browser
        .wait_for("document.activeElement.id === 'signed-title' || document.activeElement.id === 'problems'");
}

/// Twenty decisions in a file, each signed by the secretary and the chair.
pub(crate) fn twenty(room: &Room, secretary: &str, chair: &str) {
    let events: Vec<_> =
        (1..=20).map(|day| OF_TWO.replace("2019-07-04", &format!("2019-07-{day:02}"))).collect();
    room.write("twenty.json", &events.join("\n"));
    let keys = ["--key", secretary, "--key", chair];
    room.ok(&[&["record", "twenty.json", "--draft", "twenty.draft.json", "--yes"], &keys[..]].concat());
}

#[test]
fn a_key_is_made_enrolled_and_signs_twenty_events_that_a_chair_countersigns_elsewhere() {
    if !is_installed("from a new key to twenty events in the book") {
        return;
    }
    let (room, axe) = (room(), axe());
    let mut secretary = Browser::open();
    let mut barriers = Vec::new();
    let mut look = |browser: &mut Browser, state: &str| {
        for width in [320, 1280] {
            as_wide_as(browser, width);
            let beyond = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
            assert_eq!(browser.evaluate(beyond), json!(0), "{state} at {width} pixels scrolls to the side");
            photograph(browser, &format!("sign-{state}-{width}"));
            let found = axe.as_deref().and_then(|axe| barriers_on(browser, axe));
            barriers.extend(found.map(|found| format!("{state} at {width}: {found}")));
        }
    };
    open(&mut secretary, &room, "");
    look(&mut secretary, "begin");

    // A key of the browser's, which nobody can read.
    secretary.evaluate("document.getElementById('label').focus()");
    secretary.call("Input.insertText", json!({"text": "Secretary, 04K"}));
    secretary.press("Enter", 13);
    secretary.wait_for("document.querySelector('.code') !== null");
    look(&mut secretary, "key");
    let code = secretary.text(".code");
    let key = secretary.text("#own-keys-list dd");
    assert_eq!((code.len(), key.len()), (24, 64), "{code} {key}");
    let kept = "indexedDB.databases().then((all) => all.map((one) => one.name))";
    assert_eq!(secretary.evaluate(kept), json!(["minutebook.sign"]));

    // The registrar compares the code; with another nothing is made.
    let enrol = ["key", "enrol", "--key", &key, "--label", "Secretary, 04K", "--registrar", "one.pem"];
    let rest = ["--draft", "enrol.draft.json", "--yes"];
    let wrong = room.fails(3, &[&enrol[..], &["--code", "0000-0000-0000-0000-0000"], &rest].concat());
    assert!(wrong.contains("Another key may have been sent"), "{wrong}");
    assert!(!room.path("enrol.draft.json").exists());
    room.ok(&[&enrol[..], &["--code", &code.to_lowercase().replace('-', " ")], &rest].concat());
    draft(&mut secretary, &room, "enrol.draft.json");
    assert!(secretary.text("#device-keys").contains("Secretary, 04K"));
    sign(&mut secretary);
    press(&mut secretary, "send");
    secretary.wait_for("!document.getElementById('recorded').hidden");
    assert!(secretary.text("#recorded").contains("Recorded as entry"), "{}", secretary.text("#recorded"));
    let grant = ["grant", "--key", &key, "--capacity", "secretary", "--body", "body/04K"];
    room.ok(&[&grant[..], &["--registrar", "one.pem", "--yes"]].concat());

    // Twenty events, shown from their bytes, signed once.
    twenty(&room, &key, &room.public("chair"));
    draft(&mut secretary, &room, "twenty.draft.json");
    let shown = secretary.text("#shown");
    for day in 1..=20 {
        assert!(shown.contains(&format!("{day} July 2019")), "{shown}");
    }
    assert!(
        secretary.text("#checks").contains("The ledger says that it would take it."),
        "{}",
        secretary.text("#checks")
    );
    sign(&mut secretary);
    let extended = secretary.text("#checks");
    assert!(extended.contains("It extends what this device saw"), "{extended}");
    look(&mut secretary, "signed");
    press(&mut secretary, "to-shelf");
    secretary.wait_for("document.querySelector('#shelf-words a') !== null");
    let address = secretary.text("#shelf-words a");

    // Whoever holds the key is told what lies there.
    press_words(&mut secretary, "What waits for");
    secretary.wait_for("document.activeElement.id === 'waiting'");
    let waiting = secretary.text("#waiting");
    assert!(
        waiting.contains("Signed by you, and on their way: 1\nOpen Decision recorded, body/04K and 19 more"),
        "{waiting}"
    );
    assert!(waiting.contains("1 other signatory still to sign"), "{waiting}");
    look(&mut secretary, "waiting");
    press_words(&mut secretary, "Open Decision recorded, body/04K and 19 more");
    secretary.wait_for("document.activeElement.id === 'shown-title'");

    // The chair, elsewhere: opens the address, signs with a key file, sends.
    let mut chair = Browser::open();
    chair.visit(&address);
    chair.wait_for("!document.getElementById('checked').hidden");
    assert!(chair.text("#signed").contains("Not signed yet\nChair of body/04K"), "{}", chair.text("#signed"));
    chair.choose("#key-file", &[&room.path("secretary.pem")]);
    sign(&mut chair);
    assert!(
        chair.text("#problems").contains("not among those who are to sign"),
        "{}",
        chair.text("#problems")
    );
    look(&mut chair, "problem");
    chair.choose("#key-file", &[&room.path("chair.pem")]);
    sign(&mut chair);
    let size = || room.json(&["log", "--limit", "1"]);
    let before = size();

    // Without a network nothing is lost; a draft that is reopened has both signatures.
    let network = |offline: bool| json!({"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1});
    chair.call("Network.enable", json!({}));
    chair.call("Network.emulateNetworkConditions", network(true));
    press(&mut chair, "send");
    chair.wait_for("!document.getElementById('problems').hidden");
    assert!(chair.text("#problems").contains("Nothing is lost"), "{}", chair.text("#problems"));
    chair.call("Network.emulateNetworkConditions", network(false));
    chair.visit(&format!("{}/sign", room.address()));
    chair.wait_for("!document.getElementById('kept-section').hidden");
    press_words(&mut chair, "Open Decision recorded");
    chair.wait_for("!document.getElementById('send').hidden");
    press(&mut chair, "send");
    chair.wait_for("!document.getElementById('recorded').hidden");
    let recorded = chair.text("#recorded");
    assert!(recorded.contains("Recorded as entries") && recorded.contains("Event 20"), "{recorded}");
    assert_ne!(size(), before);
    look(&mut chair, "recorded");
    assert_eq!(
        chair.evaluate("document.getElementById('kept-drafts').children.length"),
        json!(0),
        "it is let go of"
    );
    let listed = room.ok(&["decisions", "body/04K", "--as-at", "2019-12-31"]);
    assert!(listed.contains("20 July 2019") || listed.contains("2019-07-20"), "{listed}");
    room.ok(&["verify"]);

    // Nothing waits for the secretary any more; and the book knows the key.
    open(&mut secretary, &room, "");
    press_words(&mut secretary, "What waits for");
    secretary.wait_for("document.activeElement.id === 'waiting'");
    let waiting = secretary.text("#waiting");
    assert_eq!(waiting, "The book knows this key as Secretary, 04K.\n\nNothing waits for it.");

    // A page that is opened at the address now says what became of it; and whoever signed first gets the receipts too.
    secretary.visit(&address);
    secretary.wait_for("!document.getElementById('problems').hidden");
    assert!(secretary.text("#problems").contains("it may be in the book"), "{}", secretary.text("#problems"));
    secretary.wait_for("!document.getElementById('kept-section').hidden");
    press_words(&mut secretary, "Open Decision recorded");
    secretary.wait_for("document.activeElement.id === 'recorded-title'");
    assert!(secretary.text("#recorded").contains("Recorded as entries"), "{}", secretary.text("#recorded"));
    assert_eq!(secretary.evaluate("document.getElementById('kept-drafts').children.length"), json!(0));
    assert!(barriers.is_empty(), "{barriers:#?}");
    let unexpected = |said: &String| !said.contains("404") && !said.contains("ERR_INTERNET_DISCONNECTED");
    for browser in [&secretary, &chair] {
        assert_eq!(
            browser.complaints().into_iter().filter(unexpected).collect::<Vec<_>>(),
            Vec::<String>::new()
        );
    }
}

#[test]
fn nothing_is_signed_that_is_for_another_ledger_or_saw_another_history() {
    if !is_installed("what is not signed") {
        return;
    }
    let (room, other) = (room(), room());
    for room in [&room, &other] {
        room.write("one.json", &decision("2019-08-01", r#"{"none": {}}"#));
        room.ok(&[
            "record",
            "one.json",
            "--key",
            &room.public("secretary"),
            "--draft",
            "one.draft.json",
            "--yes",
        ]);
    }
    let mut browser = Browser::open();
    let mut refused = |file: PathBuf, needed: &str| {
        open(&mut browser, &room, "");
        browser.choose("#draft", &[&file]);
        browser.wait_for(
            "!document.getElementById('checked').hidden || !document.getElementById('problems').hidden",
        );
        let said = browser.text("#main");
        assert!(said.contains(needed), "{needed}: {said}");
        assert_eq!(browser.evaluate("document.getElementById('sign').hidden"), json!(true), "{needed}");
        assert_eq!(browser.evaluate("document.getElementById('send').hidden"), json!(true), "{needed}");
    };
    refused(other.path("one.draft.json"), "another ledger of the same name");
    let text = fs::read_to_string(room.path("one.draft.json")).unwrap();
    let written: Value = serde_json::from_str(&text).unwrap();
    let event = written["event"].as_str().unwrap();
    let seen = serde_json::from_str::<Value>(event).unwrap()["seen"].as_str().unwrap().to_owned();
    let (position, hash) = seen.split_once(':').unwrap();
    let elsewhere = format!("{position}:{}", hash.chars().rev().collect::<String>());
    for (seen_there, needed) in [(elsewhere, "proof of a fork"), (format!("9999:{hash}"), "does not have")] {
        let changed = json!({"event": event.replace(&seen, &seen_there), "signatures": []});
        room.write("changed.draft.json", &changed.to_string());
        refused(room.path("changed.draft.json"), needed);
    }
    let unruly = event.replace("2019-08-01", "2007-08-01");
    room.write("unruly.draft.json", &json!({"event": unruly, "signatures": []}).to_string());
    refused(room.path("unruly.draft.json"), "The ledger would refuse it");
    room.write(
        "broken.draft.json",
        &json!({"event": event.replace("{", "{ \t"), "signatures": []}).to_string(),
    );
    refused(room.path("broken.draft.json"), "There is a problem");
}

#[test]
fn nothing_is_signed_before_the_server_has_answered_nor_where_it_answers_wrongly() {
    if !is_installed("a server that does not answer") {
        return;
    }
    let room = room();
    room.write("one.json", &decision("2019-08-01", r#"{"none": {}}"#));
    room.ok(&[
        "record",
        "one.json",
        "--key",
        &room.public("secretary"),
        "--draft",
        "one.draft.json",
        "--yes",
    ]);
    let mut browser = Browser::open();
    browser.call("Network.enable", json!({}));
    let shown = |browser: &mut Browser, id: &str| {
        browser.evaluate(&format!("!document.getElementById('{id}').hidden"))
    };
    for unreached in ["*/sign/foresee", "*/tile/entries/*", "*/checkpoint"] {
        browser.call("Network.setBlockedURLs", json!({"urls": [unreached]}));
        open(&mut browser, &room, "");
        draft(&mut browser, &room, "one.draft.json");
        assert_eq!(
            (shown(&mut browser, "sign"), shown(&mut browser, "again")),
            (json!(false), json!(true)),
            "{unreached}"
        );
        browser.call("Network.setBlockedURLs", json!({"urls": []}));
        press(&mut browser, "again");
        browser.wait_for("!document.getElementById('sign').hidden");
        assert_eq!(shown(&mut browser, "again"), json!(false));
    }
    // What the page asks is answered otherwise by a script in the place of the network.
    for (path, answer, needed) in [
        ("/sign/foresee", r#"{"events": [], "called": {}}"#, "does not say something of each event"),
        (
            "/sign/foresee",
            r#"{"events": [{"again": true, "objections": [], "findings": [], "position": "3"}], "called": {}}"#,
            "does not hold",
        ),
        ("/tile/entries/", "x", "Fails"),
    ] {
        open(&mut browser, &room, "");
        browser.evaluate(&format!(
            "(() => {{ const asked = fetch; fetch = (path, options) => path.includes({}) ? Promise.resolve(new Response({})) : asked(path, options); }})()",
            json!(path), json!(answer)
        ));
        draft(&mut browser, &room, "one.draft.json");
        let said = browser.text("#main");
        assert!(said.contains(needed), "{needed}: {said}");
        let offered = ["sign", "send", "to-shelf"].map(|id| shown(&mut browser, id));
        assert_eq!(offered, [json!(false), json!(false), json!(false)], "{answer}");
        let is_recorded = said.contains("Recorded as");
        assert!(!is_recorded, "{said}");
    }
    // A draft that lies under another name than the address has is not opened.
    open(&mut browser, &room, "");
    let text = fs::read_to_string(room.path("one.draft.json")).unwrap();
    let named = "ab".repeat(32);
    browser.call("Page.addScriptToEvaluateOnNewDocument", json!({"source": format!(
        "const asked = fetch; fetch = (path, options) => path.includes('/shelf/') ? Promise.resolve(new Response({})) : asked(path, options);", json!(text)
    )}));
    browser.visit(&format!("{}/sign?draft={named}", room.address()));
    browser.wait_for("!document.getElementById('problems').hidden");
    assert!(
        browser.text("#problems").contains("another draft than the address names"),
        "{}",
        browser.text("#problems")
    );
    assert_eq!(shown(&mut browser, "shown"), json!(false));
}

#[test]
fn a_server_with_another_history_than_this_device_saw_is_not_signed_for() {
    if !is_installed("two histories") {
        return;
    }
    let mut room = room();
    room.stop();
    room.copy("book", "other");
    room.serve("book");
    room.write("one.json", &decision("2019-08-01", r#"{"none": {}}"#));
    room.ok(&["record", "one.json", "--key", "secretary.pem", "--yes"]);
    let mut browser = Browser::open();
    let draft_now = |room: &Room, name: &str| {
        room.write("next.json", &decision("2019-09-01", r#"{"none": {}}"#));
        room.ok(&["record", "next.json", "--key", &room.public("secretary"), "--draft", name, "--yes"]);
    };
    draft_now(&room, "first.draft.json");
    let address = room.address().to_owned();
    open(&mut browser, &room, "");
    draft(&mut browser, &room, "first.draft.json");
    assert_eq!(browser.evaluate("document.getElementById('sign').hidden"), json!(false));
    let kept = browser.evaluate("localStorage.getItem('minutebook.verify.checkpoints')");
    assert!(kept.as_str().is_some_and(|kept| kept.contains("minutebook.example/story")), "{kept}");
    room.stop();
    // Whoever runs it goes on from a copy as if that had never been recorded.
    let port = address.rsplit(':').next().unwrap().to_owned();
    fs::remove_dir_all(room.path("state")).unwrap();
    let mut command = room.command(&["serve", "--dir", "other", "--listen", &format!("127.0.0.1:{port}")]);
    command.stdin(std::process::Stdio::null());
    room.start(command);
    room.write("another.json", &decision("2019-08-02", r#"{"none": {}}"#));
    room.ok(&["record", "another.json", "--key", "secretary.pem", "--yes"]);
    draft_now(&room, "second.draft.json");
    open(&mut browser, &room, "");
    draft(&mut browser, &room, "second.draft.json");
    let said = browser.text("#checks");
    assert!(said.contains("On this device") && said.contains("Fails"), "{said}");
    assert_eq!(browser.evaluate("document.getElementById('sign').hidden"), json!(true), "{said}");
    let after = browser.evaluate("localStorage.getItem('minutebook.verify.checkpoints')");
    assert_eq!(after, kept, "what was seen before is kept");
}

#[test]
fn where_writing_needs_a_token_the_page_asks_for_it() {
    if !is_installed("a token for writing") {
        return;
    }
    let mut room = room();
    room.write("one.json", &decision("2019-08-01", r#"{"none": {}}"#));
    room.ok(&[
        "record",
        "one.json",
        "--key",
        &room.public("secretary"),
        "--draft",
        "one.draft.json",
        "--yes",
    ]);
    room.stop();
    let token = room.ok(&["token", "new", "secretary", "--file", "tokens", "--allows", "write"]);
    let reads = room.ok(&["token", "new", "reader", "--file", "tokens", "--allows", "read"]);
    room.serve_with("book", &["--tokens", "tokens"]);
    let mut browser = Browser::open();
    open(&mut browser, &room, "");
    browser.choose("#draft", &[&room.path("one.draft.json")]);
    browser.wait_for("document.activeElement.id === 'problems'");
    let said = browser.text("#main");
    assert!(said.contains("bring a token for writing") && said.contains("Left open"), "{said}");
    assert_eq!(browser.evaluate("document.querySelector('#problems a').hash"), json!("#token"));
    let written = |browser: &mut Browser, token: &str| {
        browser.evaluate(
            "document.getElementById('token').value = ''; document.getElementById('token').focus()",
        );
        browser.call("Input.insertText", json!({"text": token}));
        press(browser, "again");
    };
    written(&mut browser, "mbt_wrong");
    browser.wait_for("document.getElementById('problems').textContent.includes('does not know this token')");
    written(&mut browser, reads.trim());
    browser.wait_for("document.getElementById('problems').textContent.includes('may not write')");
    assert_eq!(browser.evaluate("document.getElementById('sign').hidden"), json!(true), "{said}");
    written(&mut browser, token.trim());
    browser.wait_for("!document.getElementById('sign').hidden");
    browser.choose("#key-file", &[&room.path("secretary.pem")]);
    sign(&mut browser);
    press(&mut browser, "send");
    browser.wait_for("!document.getElementById('recorded').hidden");
    assert!(browser.text("#recorded").contains("Recorded as entry"), "{}", browser.text("#recorded"));
    let kept =
        browser.evaluate("JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + document.cookie");
    assert!(!kept.as_str().unwrap().contains("mbt_"), "{kept}");
}

#[test]
fn the_saved_page_signs_from_a_file_and_asks_nobody() {
    if !is_installed("sign.html from a file") {
        return;
    }
    let room = room();
    room.write("said", "correct horse\n");
    fs::set_permissions(room.path("said"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    room.ok(&["key", "new", "offline.pem", "--encrypt", "--passphrase-file", "said"]);
    let key = public_under(&room, "offline.pem", "said");
    room.ok(&[
        "key",
        "enrol",
        "--key",
        "offline.pem",
        "--label",
        "offline",
        "--registrar",
        "one.pem",
        "--passphrase-file",
        "said",
        "--yes",
    ]);
    room.ok(&[
        "grant",
        "--key",
        &key,
        "--capacity",
        "secretary",
        "--body",
        "body/04K",
        "--registrar",
        "one.pem",
        "--yes",
    ]);
    room.write("one.json", &decision("2019-08-01", r#"{"none": {}}"#));
    room.ok(&["record", "one.json", "--key", &key, "--draft", "one.draft.json", "--yes"]);
    room.write("sign.html", &sign_file().html);
    let mut browser = Browser::open();
    browser.visit(&format!("file://{}", room.path("sign.html").display()));
    browser.wait_for("!document.getElementById('all').hidden");
    draft(&mut browser, &room, "one.draft.json");
    assert!(browser.text("#checks").contains("asks nobody"), "{}", browser.text("#checks"));
    browser.choose("#key-file", &[&room.path("offline.pem")]);
    sign(&mut browser);
    assert!(browser.text("#problems").contains("under a passphrase"), "{}", browser.text("#problems"));
    assert_eq!(
        browser.evaluate("document.querySelector('.problems a').getAttribute('href')"),
        json!("#passphrase")
    );
    browser.evaluate("document.getElementById('passphrase').focus()");
    browser.call("Input.insertText", json!({"text": "correct horse"}));
    browser.press("Enter", 13);
    browser.wait_for("document.activeElement.id === 'signed-title'");
    assert_eq!(browser.evaluate("document.getElementById('passphrase').value"), json!(""));
    assert_eq!(browser.evaluate("document.getElementById('send').hidden"), json!(true));
    let saved =
        browser.evaluate("fetch(document.getElementById('save').href).then(() => 'sent', () => 'refused')");
    assert_eq!(saved, json!("refused"), "it can ask nobody");
    let folder = room.path("came");
    browser.call("Page.setDownloadBehavior", json!({"behavior": "allow", "downloadPath": folder}));
    press(&mut browser, "save");
    let came = folder.join("signed.draft.json");
    while !came.exists() {
        browser.evaluate("new Promise((next) => setTimeout(next, 20))");
    }
    room.ok(&["submit", "came/signed.draft.json"]);
    assert_eq!(browser.complaints().iter().filter(|said| !said.contains("blob:")).count(), 0);
}
