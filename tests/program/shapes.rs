//! One answer in every shape: as wide as there is room, in colours or without, as CSV, as a page, as Markdown.

use crate::register_story::room;
use std::path::Path;

const QUESTION: [&str; 4] = ["committees", "04K", "--as-at", "2018-06-01"];

/// What is printed where a line has room for so many characters, without what the answer says of itself.
fn at(columns: &str) -> String {
    let output = room().command(&QUESTION).env("COLUMNS", columns).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let (answer, _said) = text.split_once("\n\n").unwrap();
    answer.to_owned()
}

#[test]
fn a_table_fits_where_it_is_read_and_breaks_no_word() {
    for columns in [40, 80, 120] {
        let shown = at(&columns.to_string());
        assert!(shown.lines().skip(1).all(|line| line.chars().count() <= columns), "{shown}");
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/program/shapes/{columns}.txt"));
        if std::env::var_os("MINUTEBOOK_REMAKE_DOCS").is_some() {
            std::fs::write(&path, format!("{shown}\n")).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap();
        assert_eq!(shown, kept.trim_end(), "{} is made anew with MINUTEBOOK_REMAKE_DOCS=1", path.display());
    }
}

#[test]
fn colours_are_where_they_are_asked_for() {
    let with = |colour: &str| room().ok(&[&QUESTION[..], &["--color", colour]].concat());
    assert!(with("always").contains("\u{1b}[1m"), "a title is bold");
    assert!(!with("never").contains('\u{1b}') && !with("auto").contains('\u{1b}'));
    room().fails(2, &[&QUESTION[..], &["--color", "sometimes"]].concat());
}

#[test]
fn a_spreadsheet_has_every_member_by_the_name_that_json_has() {
    let csv = room().ok(&[&QUESTION[..], &["--csv"]].concat());
    let mut lines = csv.lines();
    let json = room().json(&QUESTION);
    let committee = json["committees"][0].as_object().unwrap();
    let titles: Vec<_> = lines.next().unwrap().split(',').collect();
    // What has members of its own has a column for each of them, and entries are called what they are.
    let has_columns = |member: &str| {
        let name = if member == "why" { "entries" } else { member };
        titles.iter().any(|title| *title == name || title.starts_with(&format!("{name}_")))
    };
    assert!(committee.keys().all(|member| has_columns(member)), "{titles:?} of {committee:?}");
    assert_eq!(titles.last(), Some(&"marks"));
    assert!(!csv.contains(['{', '[']), "{csv}");
    assert!(lines.next().unwrap().starts_with("committee/primary-care,"), "{csv}");
    room().fails(2, &[&QUESTION[..], &["--csv", "--json"]].concat());
    room().fails(2, &[&QUESTION[..], &["--csv", "--html"]].concat());
}

#[test]
fn a_page_says_what_the_terminal_says() {
    let html = room().ok(&[&QUESTION[..], &["--html"]].concat());
    let markdown = room().ok(&[&QUESTION[..], &["--md"]].concat());
    for said in [
        "Committees of NHS 04K",
        "primary-care",
        "04K, 04N",
        "NHS 04N Clinical Commissioning Group",
        "live",
        "As at 2018-06-01",
    ] {
        assert!(html.contains(said) && markdown.contains(said), "{said}: {html}\n{markdown}");
    }
    assert!(html.starts_with("<!DOCTYPE html>") && !html.contains("<script"), "{html}");
    assert!(markdown.starts_with("# Committees of"), "{markdown}");
}
