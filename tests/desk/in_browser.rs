//! The pages in Chromium: narrow and wide, by keyboard, in forced colours, on paper.

use crate::chromium::Browser;
use crate::programs;
use crate::room::{Room, decision};
use crate::served::demo;
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::PathBuf;
use std::{env, fs};

pub(crate) fn is_installed(what: &str) -> bool {
    programs::all_installed(&["chromium"], &format!("the desk in a browser, {what}"))
}

/// A page of each kind.
const PAGES: [(&str, &str); 20] = [
    ("first", "/"),
    ("search", "/search?q=nottingham&at=2020-03-31"),
    ("body", "/body/52R?at=2020-04-02"),
    ("ended", "/body/04N"),
    ("person", "/person/9d41c7e02b6f4a58"),
    ("meeting", "/meeting/nottinghamshire-2020-03-05"),
    ("document", "/document/ods-2025-12-29"),
    ("office", "/office/52R/accountable_officer?at=2020-04-02"),
    ("compare", "/compare?subject=body%2F52R&with_at=2020-03-31&at=2020-04-01"),
    ("book", "/book"),
    ("minutes", "/minutes/nottinghamshire-2020-03-05"),
    ("notice", "/notice/nottinghamshire-2020-03-05"),
    ("agenda", "/agenda/nottinghamshire-2020-03-05"),
    ("merger", "/merger/nottinghamshire-2019"),
    ("consultation", "/consultation/nottinghamshire-2019"),
    ("decisions", "/decisions?subject=body%2F04K"),
    ("entry", "/entry/583"),
    ("lineage", "/lineage?body=body%2F52R"),
    ("list", "/list/actions?body=body%2F52R"),
    ("change", "/change?of=%2Fbody%2F52R&at=2020-04-01"),
];

/// Pages that say what is wrong.
const TROUBLE: [(&str, &str); 2] =
    [("trouble", "/body/XYZ"), ("wrong", "/list/meetings?body=body%2F04K&at=31%2F2%2F2020")];

fn visit(browser: &mut Browser, path: &str) {
    browser.visit(&format!("http://{}{path}", demo().host));
}

pub(crate) fn as_wide_as(browser: &mut Browser, width: u32) {
    let params = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false});
    browser.call("Emulation.setDeviceMetricsOverride", params);
}

/// Where a picture of a page lies for whoever reviews: beneath target.
fn picture(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("desk");
    fs::create_dir_all(&folder).unwrap();
    folder.join(format!("{name}.png"))
}

pub(crate) fn photograph(browser: &mut Browser, name: &str) {
    let params = json!({"format": "png", "captureBeyondViewport": true});
    let shot = browser.call("Page.captureScreenshot", params);
    let bytes = data_encoding::BASE64.decode(shot["data"].as_str().unwrap().as_bytes()).unwrap();
    fs::write(picture(name), bytes).unwrap();
}

#[test]
fn every_page_fits_from_320_pixels_on_and_complains_of_nothing() {
    if !is_installed("at every width") {
        return;
    }
    let mut browser = Browser::open();
    for (name, path) in PAGES {
        for width in [320, 768, 1280] {
            as_wide_as(&mut browser, width);
            visit(&mut browser, path);
            // What the bar at the side leaves is all there is.
            let room = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
            assert_eq!(browser.evaluate(room), json!(0), "{path} at {width} pixels scrolls to the side");
            photograph(&mut browser, &format!("{name}-{width}"));
        }
    }
    let unexpected = browser.complaints();
    for (name, path) in TROUBLE {
        as_wide_as(&mut browser, 320);
        visit(&mut browser, path);
        photograph(&mut browser, name);
    }
    let forced = json!({"features": [{"name": "forced-colors", "value": "active"}]});
    browser.call("Emulation.setEmulatedMedia", forced);
    visit(&mut browser, "/body/52R?at=2020-04-02");
    photograph(&mut browser, "body-forced-colours");
    assert_eq!(unexpected, Vec::<String>::new());
}

#[test]
fn everything_that_is_pressed_is_large_enough_and_has_a_name() {
    if !is_installed("what is pressed") {
        return;
    }
    let mut browser = Browser::open();
    as_wide_as(&mut browser, 320);
    for (_name, path) in PAGES {
        visit(&mut browser, path);
        // WCAG 2.2, 2.5.8: 24 pixels, but for links within a sentence; ours of buttons and fields is 44.
        let small = browser.evaluate(
            "[...document.querySelectorAll('button, input:not([type=hidden]):not([type=checkbox])')]
                .filter((it) => it.getBoundingClientRect().height < 44).map((it) => it.outerHTML)",
        );
        assert_eq!(small, json!([]), "{path}");
        let nameless = browser.evaluate(
            "[...document.querySelectorAll('input:not([type=hidden])')].filter((it) => !it.labels.length).map((it) => it.outerHTML)",
        );
        assert_eq!(nameless, json!([]), "{path}");
        let twice = browser.evaluate(
            "(() => { const ids = [...document.querySelectorAll('[id]')].map((it) => it.id);
                return ids.filter((id, i) => ids.indexOf(id) !== i); })()",
        );
        assert_eq!(twice, json!([]), "{path}");
    }
}

/// The file of axe-core, which `MINUTEBOOK_AXE` names; says aloud what is not checked without it.
///
/// # Panics
/// If it is not named and `MINUTEBOOK_TEST_ALL=1` asks that everything be there.
pub(crate) fn axe() -> Option<String> {
    if let Some(path) = env::var_os("MINUTEBOOK_AXE") {
        return Some(fs::read_to_string(path).unwrap());
    }
    let is_asked = env::var("MINUTEBOOK_TEST_ALL").is_ok_and(|value| value == "1");
    assert!(!is_asked, "MINUTEBOOK_TEST_ALL=1, and MINUTEBOOK_AXE names no file of axe-core");
    let skipped = b"SKIPPED: barriers on the desk's pages: not checked, since MINUTEBOOK_AXE names no file of axe-core\n";
    std::io::stderr().write_all(skipped).unwrap();
    None
}

/// What axe-core finds on the page as it stands, if anything.
pub(crate) fn barriers_on(browser: &mut Browser, axe: &str) -> Option<Value> {
    browser.evaluate(&format!("{axe}; true"));
    let found = browser.evaluate(
        "axe.run(document, { resultTypes: ['violations'] }).then((found) => found.violations.map((it) =>
            [it.id, it.help, it.nodes.slice(0, 3).map((node) => node.html)]))",
    );
    (found != json!([])).then_some(found)
}

#[test]
fn no_page_has_a_barrier_that_axe_knows() {
    if !is_installed("for barriers") {
        return;
    }
    let Some(axe) = axe() else { return };
    let (mut browser, mut barriers) = (Browser::open(), Vec::new());
    for width in [320, 1280] {
        as_wide_as(&mut browser, width);
        for (_name, path) in PAGES.into_iter().chain(TROUBLE) {
            visit(&mut browser, path);
            barriers
                .extend(barriers_on(&mut browser, &axe).map(|found| format!("{path} at {width}: {found}")));
        }
    }
    assert!(barriers.is_empty(), "{barriers:#?}");
}

#[test]
fn what_is_recorded_comes_onto_the_page_of_the_book() {
    if !is_installed("what is recorded while somebody looks") {
        return;
    }
    let room = Room::with_people();
    let mut browser = Browser::open();
    browser.visit(&format!("{}/book", room.address()));
    let before = browser.evaluate("document.querySelectorAll('ol.news li').length");
    let record = |day: &str| {
        room.write("one.json", &decision(day, r#"{"none": {}}"#));
        room.ok(&["record", "one.json", "--key", "secretary.pem", "--yes"]);
    };
    record("2019-08-01");
    browser.wait_for("document.getElementById('came').textContent.startsWith('1 entry came')");
    record("2019-08-02");
    browser.wait_for("document.getElementById('came').textContent.startsWith('2 entries came')");
    let newest = browser.text("ol.news li:first-child");
    assert!(newest.contains("approved, 2019-08-02: To approve the minutes."), "{newest}");
    assert_eq!(
        browser.evaluate("document.querySelectorAll('ol.news li').length").as_u64(),
        before.as_u64().map(|count| count + 2)
    );
    let size = room.json(&["log", "--limit", "1"])["size"].as_u64().unwrap();
    let link = browser.evaluate("document.querySelector('ol.news li:first-child a').pathname");
    assert_eq!(link, json!(format!("/entry/{}", size - 1)));
    // A page that nobody sees holds no connection; it goes on from where it was.
    let hidden = |browser: &mut Browser, hides: bool| {
        let state = if hides { "hidden" } else { "visible" };
        browser.evaluate(&format!("Object.defineProperty(document, 'visibilityState', {{ value: '{state}', configurable: true }}); document.dispatchEvent(new Event('visibilitychange'))"));
    };
    hidden(&mut browser, true);
    record("2019-08-03");
    assert_eq!(browser.text("#came"), "2 entries came since this page was opened.");
    hidden(&mut browser, false);
    browser.wait_for("document.getElementById('came').textContent.startsWith('3 entries came')");
    let size = size + 1;
    // Whoever looks at a fixed state of the book is shown that.
    browser.visit(&format!("{}/book?known={}", room.address(), size - 1));
    assert_eq!(browser.evaluate("document.querySelector('script')"), json!(null));
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn the_keyboard_is_enough() {
    if !is_installed("by keyboard") {
        return;
    }
    let mut browser = Browser::open();
    as_wide_as(&mut browser, 1280);
    visit(&mut browser, "/");
    browser.press("Tab", 9);
    assert_eq!(browser.text(":focus"), "Skip to main content");
    browser.press("Enter", 13);
    browser.wait_for("location.hash === '#main'");
    // From there: past the sentence of the view, to the first field.
    for _link in 0..12 {
        browser.press("Tab", 9);
        if browser.evaluate("document.activeElement.id") == json!("look") {
            break;
        }
    }
    assert_eq!(browser.evaluate("document.activeElement.id"), json!("look"));
    browser.call("Input.insertText", json!({"text": "Nottingham and Nottinghamshire Clinical"}));
    browser.press("Tab", 9);
    browser.call("Input.insertText", json!({"text": "2 April 2020"}));
    browser.press("Enter", 13);
    browser.wait_for("location.pathname === '/body/52R' && document.readyState === 'complete'");
    assert!(browser.text("main").contains("Amanda Sullivan"));
    let outline = browser.evaluate("getComputedStyle(document.querySelector('a')).outlineStyle");
    assert_ne!(outline, Value::Null);
}

#[test]
fn a_printed_page_says_of_which_day_and_which_knowledge_it_is() {
    if !is_installed("on paper") {
        return;
    }
    let mut browser = Browser::open();
    browser.call("Emulation.setEmulatedMedia", json!({"media": "print"}));
    visit(&mut browser, "/commissioner?unit=04N&at=2020-03-31");
    let seen = browser.text("body");
    assert!(seen.contains("As at 31 March 2020, with what the book knows up to entry 1114"), "{seen}");
    for screen_only in ["Search", "Skip to main content", "A day later"] {
        assert!(!seen.contains(screen_only), "{screen_only} is on paper: {seen}");
    }
    for (name, path) in [
        ("commissioner", "/commissioner?unit=04N&at=2020-03-31"),
        ("minutes", "/minutes/nottinghamshire-2020-03-05"),
        ("body", "/body/52R?at=2020-04-02"),
    ] {
        visit(&mut browser, path);
        let pdf = browser.call("Page.printToPDF", json!({"preferCSSPageSize": true}));
        let bytes = data_encoding::BASE64.decode(pdf["data"].as_str().unwrap().as_bytes()).unwrap();
        assert!(bytes.starts_with(b"%PDF-"));
        fs::write(picture(name).with_extension("pdf"), bytes).unwrap();
    }
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

/// What a screen reader is told of each page, one line for each thing that it can go to, kept beside this file.
const HEARD: [(&str, &str); 6] = [
    ("first", "/"),
    ("body", "/body/52R?at=2020-04-02"),
    ("commissioner", "/commissioner?unit=04N&at=2020-03-31"),
    ("meeting", "/meeting/nottinghamshire-2020-03-05"),
    ("sign", "/sign"),
    ("verify", "/verify.html"),
];

/// What a reader goes to by role: not the prose, and not what has no name or number of its own.
const ROLES: [&str; 24] = [
    "RootWebArea",
    "banner",
    "navigation",
    "main",
    "contentinfo",
    "search",
    "region",
    "form",
    "heading",
    "link",
    "button",
    "textbox",
    "searchbox",
    "radio",
    "checkbox",
    "combobox",
    "group",
    "list",
    "table",
    "columnheader",
    "image",
    "status",
    "alert",
    "figure",
];

/// The accessible tree beneath a node, of these roles, each line as deep as it lies.
fn heard(nodes: &[Value], id: &Value, depth: usize, lines: &mut Vec<String>) {
    let node = nodes.iter().find(|node| node["nodeId"] == *id).unwrap();
    let role = node["role"]["value"].as_str().unwrap_or_default();
    let is_told = node["ignored"] != json!(true) && ROLES.contains(&role);
    let children: Vec<_> = node["childIds"].as_array().into_iter().flatten().collect();
    if is_told {
        let property = |name: &str| {
            let found = node["properties"].as_array()?.iter().find(|one| one["name"] == name)?;
            Some(format!(" {name} {}", found["value"]["value"]))
        };
        let name = node["name"]["value"].as_str().filter(|name| !name.is_empty());
        let name = name.map(|name| format!(" {}", json!(name))).unwrap_or_default();
        let more: String = ["level", "required", "expanded", "checked", "invalid"]
            .into_iter()
            .filter_map(property)
            .filter(|said| !said.ends_with(" \"false\"") && !said.ends_with("false"))
            .collect();
        lines.push(format!("{}{role}{name}{more}", "  ".repeat(depth)));
    }
    for child in children {
        heard(nodes, child, depth + usize::from(is_told), lines);
    }
}

/// The same without what differs from run to run: ports, and hashes.
fn masked(line: &str, host: &str) -> String {
    let words = line.replace(host, "HOST");
    let is_hash = |word: &str| word.len() >= 16 && word.chars().all(|c| c.is_ascii_hexdigit() || c == '…');
    let parts = words.split_inclusive([' ', '"', '/', '.', ',']);
    parts
        .map(|part| {
            let word = part.trim_end_matches([' ', '"', '/', '.', ',']);
            if is_hash(word) { part.replace(word, "HASH") } else { part.to_owned() }
        })
        .collect()
}

#[test]
fn a_screen_reader_is_told_what_it_was() {
    if !is_installed("what is heard") {
        return;
    }
    let mut browser = Browser::open();
    as_wide_as(&mut browser, 1280);
    browser.call("Accessibility.enable", json!({}));
    let mut differ = Vec::new();
    for (name, path) in HEARD {
        visit(&mut browser, path);
        if ["sign", "verify"].contains(&name) {
            let form = if name == "sign" { "all" } else { "form" };
            browser.wait_for(&format!("!document.getElementById('{form}').hidden"));
        }
        let tree = browser.call("Accessibility.getFullAXTree", json!({}));
        let nodes = tree["nodes"].as_array().unwrap();
        let mut lines = Vec::new();
        heard(nodes, &nodes[0]["nodeId"], 0, &mut lines);
        let said: String = lines.iter().map(|line| masked(line, &demo().host) + "\n").collect();
        let kept = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/desk/heard/{name}.txt"));
        if env::var_os("MINUTEBOOK_REMAKE_DOCS").is_some() {
            fs::write(&kept, &said).unwrap();
        }
        let needed = fs::read_to_string(&kept).unwrap();
        let changed = said.lines().zip(needed.lines()).find(|(said, needed)| said != needed);
        if said != needed {
            differ.push(format!(
                "{}: {} lines, and {} were kept: {changed:?}",
                kept.display(),
                said.lines().count(),
                needed.lines().count()
            ));
        }
    }
    assert!(differ.is_empty(), "MINUTEBOOK_REMAKE_DOCS=1 keeps what is told now: {differ:#?}");
}
