//! The parts of which pages are made: facts beside their names, tables that become lists where there is no room, what comes next.

use super::linked::{self, words_of};
use super::viewed::Viewed;
use super::visit::Visit;
use crate::shown::phrases::capitalised;
use crate::shown::{Sheet, SheetPart};
use maud::{Markup, html};
use minutebook_verify::page::{Block, ReportPage};

/// Values beside their names.
pub(super) fn facts(rows: &[(&str, Markup)]) -> Markup {
    html! {
        dl.facts {
            @for (name, value) in rows {
                div { dt { (capitalised(name)) } dd { (value) } }
            }
        }
    }
}

/// A table; on a narrow screen each row is a list, whose names are told beside the values.
pub(super) fn table(caption: &str, titles: &[String], rows: &[Vec<Markup>]) -> Markup {
    html! {
        table.rows role="table" {
            @if !caption.is_empty() { caption { (caption) } }
            thead role="rowgroup" { tr role="row" { @for title in titles { th scope="col" role="columnheader" { (capitalised(title)) } } } }
            tbody role="rowgroup" {
                @for row in rows {
                    tr role="row" {
                        @for (title, cell) in titles.iter().zip(row) {
                            td role="cell" class=[is_short(cell).then_some("short")] { span.label aria-hidden="true" { (capitalised(title)) " " } span { (cell) } }
                        }
                    }
                }
            }
        }
    }
}

/// Whether a cell is kept on its line: a day, a number, a word.
fn is_short(cell: &Markup) -> bool {
    cell.0.len() <= SHORT_MAX && !cell.0.contains('<')
}

/// The longest cell that is kept on its line.
const SHORT_MAX: usize = 16;

/// How many columns a table may have: what has more is told row by row.
const COLUMNS_MAX: usize = 7;

/// Everything that a sheet says.
pub(super) fn sheet(viewed: &Viewed, sheet: &Sheet, none: &str) -> Markup {
    let values: Vec<_> =
        sheet.values.iter().map(|(name, value)| (name.as_str(), linked::cell(viewed, value))).collect();
    let is_alone = sheet.parts.len() == 1;
    html! {
        @if !values.is_empty() { (facts(&values)) }
        @for part in &sheet.parts { (self::part(viewed, part, is_alone, none)) }
        @if !sheet.legend.is_empty() {
            section {
                h2 { "What is meant" }
                dl.facts {
                    @for (id, name) in &sheet.legend {
                        div { dt { (linked::thing(viewed, &format!("body/{id}"), id)) } dd { bdi { (name) } } }
                    }
                }
            }
        }
    }
}

fn part(viewed: &Viewed, part: &SheetPart, is_alone: bool, none: &str) -> Markup {
    let title = capitalised(&part.title);
    html! {
        @if part.rows.is_empty() {
            @if is_alone { p { (none) } }
        } @else if part.is_in_paragraphs || part.titles.len() > COLUMNS_MAX {
            h2 { @if title.is_empty() { "Found" } @else { (title) } ", " (part.rows.len()) }
            @for row in &part.rows { (paragraph(viewed, &part.titles, row)) }
        } @else {
            @let rows: Vec<Vec<_>> = part.rows.iter().map(|row| row.iter().map(|cell| linked::cell(viewed, cell)).collect()).collect();
            (table(&title, &part.titles, &rows))
        }
    }
}

/// A row as a paragraph: what it is called, and what is known of it.
fn paragraph(viewed: &Viewed, titles: &[String], row: &[crate::shown::Cell]) -> Markup {
    let mut cells = titles.iter().zip(row);
    let first = cells.next();
    let rest: Vec<_> = cells
        .filter(|(_title, cell)| !cell.is_empty())
        .map(|(title, cell)| (title.as_str(), linked::cell(viewed, cell)))
        .collect();
    html! {
        section.card {
            @if let Some((_title, name)) = first { h3 { (linked::cell(viewed, name)) } }
            (facts(&rest))
        }
    }
}

/// The way to what did not fit on the page.
pub(super) fn next_page(visit: &Visit, token: &str) -> Markup {
    html! {
        @if !token.is_empty() {
            @let kept: Vec<_> = super::said::others(visit).into_iter().filter(|(name, _value)| *name != "page").collect();
            @let values: Vec<_> = kept.into_iter().chain([("page", token)]).collect();
            p.next { a href=(visit.viewed.link_with(&visit.path, &values)) { "There is more: next page" } }
        }
    }
}

/// A page that was made for paper, within a page: what it says, section by section.
pub(super) fn report(viewed: &Viewed, page: &ReportPage) -> Markup {
    html! {
        div.lead { @for sentence in &page.lead { p { (words_of(viewed, sentence)) } } }
        @for section in &page.sections {
            section {
                @if !section.title.is_empty() { h2 { (section.title) } }
                @for block in &section.blocks { (self::block(viewed, block)) }
            }
        }
    }
}

fn block(viewed: &Viewed, block: &Block) -> Markup {
    html! {
        @match block {
            Block::Words(words) => { p.text { (words_of(viewed, words)) } }
            Block::Facts(rows) => {
                @let rows: Vec<_> = rows.iter().map(|(name, value)| (name.as_str(), html! { span.text { (words_of(viewed, value)) } })).collect();
                (facts(&rows))
            }
            Block::List(items) => { ul { @for item in items { li { (words_of(viewed, item)) } } } }
            Block::Table { heads, rows } => {
                @let rows: Vec<Vec<_>> = rows.iter().map(|row| row.iter().map(|cell| words_of(viewed, cell)).collect()).collect();
                (table("", heads, &rows))
            }
            Block::Verbatim(text) => { pre { (text) } }
        }
    }
}
