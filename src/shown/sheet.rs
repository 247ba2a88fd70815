//! A whole answer as people see it, apart from whether that is on a terminal or on paper.

use super::cell::Cell;
use super::columns::Columns;
use super::names::Names;
use super::phrases::{capitalised, slug};
use super::values::read;
use crate::described::shown;
use crate::proto::{Layout, Reads};
use anstream::adapter::strip_str;
use minutebook_verify::page::{Block, ReportPage, Section, Tone};
use prost_reflect::{DynamicMessage, Kind, ReflectMessage as _, Value};
use std::collections::BTreeMap;

/// What an answer says: what it is about, single values, lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// What stands above it; empty where it needs nothing.
    pub title: String,
    /// Values with their names.
    pub values: Vec<(String, Cell)>,
    /// The lists, in the order of the answer.
    pub parts: Vec<SheetPart>,
    /// What ids in it mean, where a column has no room for it: 04K, and its name.
    pub legend: Vec<(String, String)>,
}

/// A list of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetPart {
    /// What it is called; empty where it is all there is.
    pub title: String,
    /// What its columns are called.
    pub titles: Vec<String>,
    /// Its rows, as people read them.
    pub rows: Vec<Vec<Cell>>,
    /// Whether each is a paragraph of its own.
    pub is_in_paragraphs: bool,
}

impl Sheet {
    /// What an answer shows, beneath this title.
    pub fn of(answer: &DynamicMessage, title: &str, names: &Names) -> Self {
        let title = titled(title, answer, names);
        let mut sheet = Self { title, values: Vec::new(), parts: Vec::new(), legend: Vec::new() };
        let mut mentioned = BTreeMap::new();
        for field in answer.descriptor().fields() {
            let Some(how) = shown(&field).filter(|how| how.joins.is_empty()) else { continue };
            let value = answer.get_field(&field);
            match (&*value, field.kind()) {
                (Value::List(items), Kind::Message(of)) => {
                    let columns = Columns::of(&of);
                    let items: Vec<_> = items.iter().filter_map(Value::as_message).collect();
                    items.iter().for_each(|item| mention(item, names, &mut mentioned));
                    sheet.parts.push(SheetPart {
                        title: how.label.clone(),
                        titles: columns.titles(),
                        rows: items.iter().map(|item| columns.row(item, names)).collect(),
                        is_in_paragraphs: how.layout() == Layout::Paragraphs,
                    });
                }
                _ => {
                    let value = read(answer, &field, &how, names);
                    if !value.is_empty() && value.to_string() != "0" {
                        sheet.values.push((how.label.clone(), value));
                    }
                }
            }
        }
        sheet.legend = mentioned.into_iter().collect();
        sheet
    }

    /// The same on a page, with what the answer says of itself.
    pub fn to_page(&self, said: Vec<String>) -> ReportPage {
        let values = self.values.iter().map(|(name, value)| (name.clone(), plain(value)));
        let mut sections = Vec::new();
        if !self.values.is_empty() {
            sections.push(Section { title: String::new(), blocks: vec![Block::Facts(values.collect())] });
        }
        sections.extend(self.parts.iter().map(|part| part.to_section(self.parts.len() > 1)));
        if !self.legend.is_empty() {
            sections.push(Section {
                title: "What is meant".to_owned(),
                blocks: vec![Block::Facts(self.legend.clone())],
            });
        }
        let title = capitalised(&self.title);
        ReportPage {
            foot: format!("{title}. {}", said.last().cloned().unwrap_or_default()),
            title,
            lead: said,
            tone: Tone::Plain,
            sections,
        }
    }
}

impl SheetPart {
    /// Its rows as text.
    pub fn texts(&self) -> Vec<Vec<String>> {
        self.rows.iter().map(|row| row.iter().map(Cell::to_string).collect()).collect()
    }

    /// As a section of a page, by its name where it is not all there is.
    fn to_section(&self, is_named: bool) -> Section {
        let cells = |row: &Vec<Cell>| row.iter().map(plain).collect::<Vec<_>>();
        let mut blocks = Vec::new();
        if self.rows.is_empty() {
            blocks.push(Block::Words("None.".to_owned()));
        } else if self.is_in_paragraphs {
            for row in &self.rows {
                let named =
                    self.titles.iter().cloned().zip(cells(row)).filter(|(_title, cell)| !cell.is_empty());
                blocks.push(Block::Facts(named.collect()));
            }
        } else {
            let rows = self.rows.iter().map(cells).collect();
            blocks.push(Block::Table { heads: self.titles.clone(), rows });
        }
        let title = if is_named { capitalised(&self.title) } else { String::new() };
        Section { title, blocks }
    }
}

fn plain(cell: &Cell) -> String {
    strip_str(&cell.to_string()).to_string()
}

/// A title, with members of the answer where it has their names in braces: what has a name, by it and its id.
fn titled(title: &str, answer: &DynamicMessage, names: &Names) -> String {
    let mut text = title.to_owned();
    for field in answer.descriptor().fields() {
        let member = format!("{{{}}}", field.name());
        if text.contains(&member) {
            let value = answer.get_field(&field);
            let id = value.as_str().unwrap_or_default();
            let named = names.get(id).map(|name| format!("{name} ({})", slug(id)));
            text = text.replace(&member, &named.unwrap_or_else(|| id.to_owned()));
        }
    }
    text
}

/// What the ids in columns of bodies mean; people stand by their names.
fn mention(item: &DynamicMessage, names: &Names, mentioned: &mut BTreeMap<String, String>) {
    for (field, value) in item.fields() {
        let is_shown = shown(&field).is_some_and(|how| how.reads() == Reads::Id && how.column > 0);
        if !is_shown {
            continue;
        }
        let mut note = |value: &Value| {
            let id = value.as_str().unwrap_or_default();
            if let Some(name) = names.get(id).filter(|_name| id.starts_with("body/")) {
                mentioned.insert(slug(id), name.to_owned());
            }
        };
        match value {
            Value::List(values) => values.iter().for_each(note),
            value => note(value),
        }
    }
}
