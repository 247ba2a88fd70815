//! What a stranger asks the pages, in the browsers of three engines, with the number of steps that it may take; on paper; and where
//! no script runs.

use crate::programs;
use crate::served::demo;
use crate::webdriver::{BrowserEngine, DrivenBrowser, Hand};
use std::process::Command;

const FIND: &str = "form.panel[action='/search']";
const WHO: &str = "form.panel[action='/commissioner']";
const A_DAY_LATER: &str = ".view .actions li:nth-child(2) a";

/// What is read on a page: by a script of ours where there may be one.
type Read = fn(&DrivenBrowser, &str) -> String;

fn address(path: &str) -> String {
    format!("http://{}{path}", demo().host)
}

/// Who was accountable officer of a named body on a day, since when the book knows it, and on what that rests.
fn who_held_an_office(browser: &mut DrivenBrowser, read: Read) {
    browser.visit(&address("/"));
    browser.steps();
    browser.fill("#look", "Nottingham and Nottinghamshire Clinical");
    browser.fill("#look-at", "2 April 2020");
    browser.press(&format!("{FIND} button"));
    browser.wait_for_address("/body/52R?at=2020-04-02");
    let said = read(browser, "main");
    for needed in ["accountable officer", "Amanda Sullivan", "1 April 2020 (entry 583)", "As at 2 April 2020"]
    {
        assert!(said.contains(needed), "{}: {needed} is not in {said}", browser.engine);
    }
    let steps = browser.steps();
    assert!(steps <= 3, "{}: {steps} steps", browser.engine);
}

/// Who commissions for Rushcliffe the day before and the day; what a sheet of either says, where the driver prints.
fn who_commissions(browser: &mut DrivenBrowser, read: Read) {
    browser.visit(&address("/"));
    browser.steps();
    browser.fill("#unit", "Rushcliffe");
    browser.fill("#unit-at", "31/3/2020");
    browser.press(&format!("{WHO} button"));
    for (day, at, holder) in [
        ("31 March 2020", "31%2F3%2F2020", "NHS Rushcliffe Clinical Commissioning Group"),
        ("1 April 2020", "2020-04-01", "NHS Nottingham and Nottinghamshire Clinical Commissioning Group"),
    ] {
        if day == "1 April 2020" {
            browser.press(A_DAY_LATER);
        }
        browser.wait_for_address(&format!("/commissioner?unit=Rushcliffe&at={at}"));
        let view = format!("As at {day}, with what the book knows up to entry 1114");
        let mut pages = vec![read(browser, "main")];
        if browser.engine != BrowserEngine::WebKit {
            pages.push(browser.on_paper());
        }
        for page in pages {
            let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(page.contains(&view), "{}: {view} is not in {page}", browser.engine);
            assert!(page.contains(&format!("Commissions {holder} (entries")), "{}: {page}", browser.engine);
        }
    }
    let steps = browser.steps();
    // With the two prints, which are the browser's own, it is six.
    assert!(steps <= 4, "{}: {steps} steps", browser.engine);
}

/// What is installed besides the browser.
fn is_installed(engine: BrowserEngine, what: &str) -> bool {
    engine.is_installed(what) && programs::all_installed(&["pdftotext"], &format!("{what}, on paper"))
}

#[test]
fn a_stranger_finds_who_held_an_office_and_who_commissions_in_every_engine() {
    for engine in BrowserEngine::ALL {
        // By keyboard in one: the pages are the same.
        let hand = if engine == BrowserEngine::Chromium { Hand::Keyboard } else { Hand::Pointer };
        if is_installed(engine, "what a stranger asks") {
            let mut browser = DrivenBrowser::open(engine, hand);
            who_held_an_office(&mut browser, DrivenBrowser::text);
            who_commissions(&mut browser, DrivenBrowser::text);
        }
    }
}

#[test]
fn a_stranger_finds_the_same_where_no_script_runs() {
    for engine in [BrowserEngine::Chromium, BrowserEngine::Firefox] {
        if is_installed(engine, "what a stranger asks without script") {
            let mut browser = DrivenBrowser::without_script(engine);
            browser.visit(&address("/sign"));
            let told = browser.text_without_script("#without-script");
            assert!(told.starts_with("This page signs with JavaScript"), "{engine}: {told}");
            who_held_an_office(&mut browser, DrivenBrowser::text_without_script);
            who_commissions(&mut browser, DrivenBrowser::text_without_script);
        }
    }
}

/// The cells of a CSV, which may be quoted and then have commas and lines of their own.
fn cells(csv: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut is_quoted) = (Vec::new(), Vec::new(), String::new(), false);
    for c in csv.chars() {
        match c {
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !is_quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            '\r' => {}
            _ => cell.push(c),
        }
    }
    rows
}

#[test]
fn a_page_its_paper_and_the_csv_have_the_same_numbers() {
    let what = "numbers on paper";
    if !is_installed(BrowserEngine::Firefox, what) {
        return;
    }
    let browser = DrivenBrowser::open(BrowserEngine::Firefox, Hand::Pointer);
    // How many there are, and each day and entry of each.
    for (path, heading, question, columns) in [
        (
            "/list/actions?body=body%2F52R",
            "Actions",
            ["actions", "body/52R"],
            &["due", "updated_on", "entries"][..],
        ),
        ("/decisions?subject=body%2F04K", "Decisions", ["decisions", "body/04K"], &["entry"]),
    ] {
        let mut asked = Command::new(env!("CARGO_BIN_EXE_minutebook"));
        let folder = tempfile::tempdir().unwrap();
        asked.args(question).args(["--csv", "--server", &address("")]).env("MINUTEBOOK_STATE", folder.path());
        let asked = asked.output().unwrap();
        assert!(asked.status.success(), "{question:?}: {}", String::from_utf8_lossy(&asked.stderr));
        let csv = cells(std::str::from_utf8(&asked.stdout).unwrap());
        let (names, rows) = csv.split_first().unwrap();
        assert!(rows.len() > 1, "{rows:?}");
        browser.visit(&address(path));
        for (medium, text) in [("page", browser.text("main")), ("paper", browser.on_paper())] {
            let said: Vec<_> = text.split_whitespace().collect();
            let all = said.join(" ");
            assert!(all.contains(&format!("{heading}, {} ", rows.len())), "{medium} of {path}: {all}");
            for column in columns {
                let at = names.iter().position(|name| name == column).unwrap();
                for cell in rows.iter().map(|row| &row[at]) {
                    let numbers: Vec<_> = cell.split("; ").collect();
                    let is_there = all.contains(&format!(" {}", numbers.join(", ")));
                    assert!(is_there && !cell.is_empty(), "{column} {cell} on {medium} of {path}: {all}");
                }
            }
        }
    }
}
