//! What a secretary and a chair do, in the browsers of three engines, with the number of steps that it may take them: a step is
//! something opened, pressed, chosen or filled in.

use crate::room::{Room, decision};
use crate::signing::room;
use crate::signing_in_browser::twenty;
use crate::webdriver::{BrowserEngine, DrivenBrowser, Hand};
use minutebook::verify_page::verify_page;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const HOLDS: &str = "What was checked holds";
const FAILS: &str = "It does not hold";

/// Opens the page that signs, which is where each task begins.
fn open(browser: &DrivenBrowser, room: &Room) {
    browser.visit(&format!("{}/sign", room.address()));
    browser.wait_for("!document.getElementById('all').hidden");
}

/// Chooses a draft, and waits until it was checked and may be signed.
fn choose_draft(browser: &mut DrivenBrowser, room: &Room, name: &str) {
    browser.choose("#draft", &[&room.path(name)]);
    browser.wait_for("['shown-title', 'problems'].includes(document.activeElement.id)");
    assert!(!browser.shows("problems"), "{}: {}", browser.engine, browser.text("#main"));
    assert!(browser.shows("sign"), "{}: {}", browser.engine, browser.text("#main"));
}

/// Waits until the book has a draft and its receipts were checked, or something is in the way.
fn recorded(browser: &DrivenBrowser) -> String {
    browser.wait_for("['recorded-title', 'problems'].includes(document.activeElement.id)");
    assert!(!browser.shows("problems"), "{}: {}", browser.engine, browser.text("#problems"));
    let said = browser.text("#recorded");
    assert!(said.contains("Recorded as") && !said.contains("Fails"), "{}: {said}", browser.engine);
    said
}

/// Makes a key in a browser, has it enrolled, and returns it: four steps of its holder's, one command of the registrar's; and
/// another that says what it may sign.
fn enrol(browser: &mut DrivenBrowser, room: &Room, capacity: &str) -> String {
    open(browser, room);
    browser.steps();
    let label = format!("{capacity} of 04K");
    browser.fill("#label", &label);
    browser.press("#make button");
    browser.wait_for("document.querySelector('.code') !== null");
    let (key, code) = (browser.text("#own-keys-list dd"), browser.text(".code"));
    let draft = format!("{capacity}.enrol.json");
    let enrol = ["key", "enrol", "--key", &key, "--label", &label, "--custody", "browser", "--code", &code];
    room.ok(&[&enrol[..], &["--registrar", "one.pem", "--draft", &draft, "--yes"]].concat());
    choose_draft(browser, room, &draft);
    browser.press("#sign-and-send");
    recorded(browser);
    assert_eq!(browser.steps(), 4, "{}: a key is made and enrolled", browser.engine);
    let grant = ["grant", "--key", &key, "--capacity", capacity, "--body", "body/04K"];
    room.ok(&[&grant[..], &["--registrar", "one.pem", "--yes"]].concat());
    key
}

/// Twenty decisions go from a secretary in one browser to a chair in another and into the book; the chair keeps a receipt and
/// verifies it without a server; and the secretary's key is lost.
fn from_a_secretary_to_a_chair(
    (secretarys, hand): (BrowserEngine, Hand),
    (chairs, chairs_hand): (BrowserEngine, Hand),
) {
    let what = format!("twenty events signed in {secretarys} and countersigned in {chairs}");
    if !(secretarys.is_installed(&what) && chairs.is_installed(&what)) {
        return;
    }
    let room = room();
    let mut secretary = DrivenBrowser::open(secretarys, hand);
    let mut chair = DrivenBrowser::open(chairs, chairs_hand);
    let key = enrol(&mut secretary, &room, "secretary");
    let chairs_key = enrol(&mut chair, &room, "chair");

    twenty(&room, &key, &chairs_key);
    open(&secretary, &room);
    choose_draft(&mut secretary, &room, "twenty.draft.json");
    let shown = secretary.text("#shown");
    for day in 1..=20 {
        assert!(shown.contains(&format!("{day} July 2019")), "{day}: {shown}");
    }
    assert!(!secretary.shows("sign-and-send"), "the chair has to sign too");
    secretary.press("#do-sign");
    secretary.wait_for("document.activeElement.id === 'signed-title'");
    secretary.press("#to-shelf");
    secretary.wait_for("document.querySelector('#shelf-words a') !== null");
    let address = secretary.text("#shelf-words a");

    // Whoever countersigns has an address and a key on the device, and nothing to remember.
    chair.steps();
    chair.follow(&address);
    chair.wait_for("document.activeElement.id === 'shown-title'");
    assert!(chair.text("#signed").contains("Not signed yet\nChair of body/04K"), "{}", chair.text("#signed"));
    let words = |shown: String| shown.split_whitespace().collect::<Vec<_>>().join(" ");
    let signed = shown.replace("To be signed by\nSecretary", "Signed by\nSecretary");
    assert_eq!(words(chair.text("#shown")), words(signed), "both see the same");
    chair.press("#sign-and-send");
    let said = recorded(&chair);
    assert!(said.contains("Recorded as entries"), "{said}");
    let steps = chair.steps();
    assert!(steps <= 3, "{chairs}: {steps} steps to countersign");
    room.ok(&["verify"]);

    let name = chair.evaluate("document.querySelector('#recorded a[download]').download");
    chair.press("#recorded a[download]");
    let receipt = chair.saved(name.as_str().unwrap());
    verified_without_a_server(&mut chair, &room, &receipt);
    lost(secretarys, hand, &room, &key);
}

/// The saved page says of a receipt and of a book whether they are good, and of copies with one byte changed that they are not.
fn verified_without_a_server(browser: &mut DrivenBrowser, room: &Room, receipt: &Path) {
    let size = room.json(&["log", "--limit", "1"])["size"].as_u64().unwrap();
    room.publish("out", size);
    let packed =
        Command::new("tar").args(["-cf", "out.tar", "out"]).current_dir(room.path("")).status().unwrap();
    assert!(packed.success());
    room.write("verify.html", &verify_page().html);
    let (key, book) = (room.path("out/vkey"), room.path("out.tar"));
    let said_of_book = format!("each of its {size} entries is signed");
    for (file, says) in [(receipt, "stands in the tree of"), (&book, &said_of_book)] {
        browser.visit(&format!("file://{}", room.path("verify.html").display()));
        browser.wait_for("!document.getElementById('form').hidden");
        browser.steps();
        browser.choose("#files", &[file, &key]);
        let said = verdict(browser, HOLDS);
        assert!(said.contains(says), "{}: {said}", browser.engine);
        let report = browser.text("#result");
        assert!(report.contains("What was not checked here\nRules and authority"), "{report}");
        let first = browser.steps();
        browser.press("#again");
        browser.choose("#files", &[&changed(room, file), &key]);
        assert!(verdict(browser, FAILS).starts_with("Do not rely on it."));
        assert!(!browser.text("#result").contains(HOLDS), "one verdict at a time");
        let second = browser.steps();
        assert!(first <= 2 && second <= 2, "{}: {first} and {second} steps", browser.engine);
    }
}

/// The sentence of the verdict, which has to be this one.
fn verdict(browser: &DrivenBrowser, title: &str) -> String {
    browser.wait_for(
        "!document.getElementById('result-section').hidden || !document.getElementById('problems').hidden",
    );
    assert!(!browser.shows("problems"), "{}: {}", browser.engine, browser.text("#problems"));
    let said = browser.text(".verdict");
    assert_eq!(browser.text("#verdict"), title, "{}: {said}", browser.engine);
    browser.text(".verdict p")
}

/// A copy of a file of which one byte in an entry is another.
fn changed(room: &Room, file: &Path) -> PathBuf {
    let mut bytes = fs::read(file).unwrap();
    let said = b"To approve the minutes.";
    let at = match bytes.windows(said.len()).position(|some| some == said) {
        Some(at) => at,
        // A receipt carries its entry in base64.
        None => bytes.windows(6).position(|six| six == b"index ").unwrap() - 200,
    };
    bytes[at] ^= 1;
    let path = room.path(&format!("changed-{}", file.file_name().unwrap().to_str().unwrap()));
    fs::write(&path, bytes).unwrap();
    path
}

/// The device has forgotten its key. It makes no other by itself; a registrar revokes the key, and its holder signs with another
/// that is in a file. What names the lost key is not taken any more.
fn lost(engine: BrowserEngine, hand: Hand, room: &Room, key: &str) {
    let mut browser = DrivenBrowser::open(engine, hand);
    open(&browser, room);
    browser.wait_for("document.getElementById('own-keys-words').textContent !== ''");
    assert!(browser.text("#own-keys").contains("This device keeps no key."), "{}", browser.text("#own-keys"));
    room.write("next.json", &decision("2019-09-01", r#"{"none": {}}"#));
    room.ok(&["record", "next.json", "--key", key, "--draft", "lost.draft.json", "--yes"]);
    room.ok(&["key", "revoke", key, "--reason", "lost", "--registrar", "one.pem", "--yes"]);
    let second = room.public("secretary");
    room.ok(&["record", "next.json", "--key", &second, "--draft", "next.draft.json", "--yes"]);
    let commands = 2;

    browser.steps();
    choose_draft(&mut browser, room, "next.draft.json");
    browser.choose("#key-file", &[&room.path("secretary.pem")]);
    browser.press("#sign-and-send");
    recorded(&browser);
    let steps = browser.steps() + commands;
    assert!(steps <= 8, "{engine}: {steps} steps after a key was lost");

    browser.choose("#draft", &[&room.path("lost.draft.json")]);
    browser.wait_for("document.getElementById('checks').textContent.includes('The ledger would refuse it')");
    assert!(browser.text("#checks").contains("revoked"), "{engine}: {}", browser.text("#checks"));
    assert!(!browser.shows("sign"), "{engine}");
}

#[test]
fn what_firefox_signs_is_countersigned_in_webkit() {
    from_a_secretary_to_a_chair(
        (BrowserEngine::Firefox, Hand::Pointer),
        (BrowserEngine::WebKit, Hand::Keyboard),
    );
}

#[test]
fn what_webkit_signs_is_countersigned_in_chromium() {
    from_a_secretary_to_a_chair(
        (BrowserEngine::WebKit, Hand::Pointer),
        (BrowserEngine::Chromium, Hand::Pointer),
    );
}

#[test]
fn what_chromium_signs_is_countersigned_in_firefox() {
    from_a_secretary_to_a_chair(
        (BrowserEngine::Chromium, Hand::Keyboard),
        (BrowserEngine::Firefox, Hand::Pointer),
    );
}
