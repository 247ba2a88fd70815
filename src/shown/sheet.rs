//! A whole answer as people see it, apart from whether that is on a terminal or on paper.

use super::cell::Cell;
use super::columns::Columns;
use super::names::Names;
use super::phrases::{capitalised, slug};
use super::values::{each, is_one_value, read};
use crate::described::shown;
use crate::proto::{Layout, Reads, Shown};
use anstream::adapter::strip_str;
use minutebook_verify::page::{Block, ReportPage, Section, Tone};
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, ReflectMessage as _, Value};
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
        sheet.take(answer, names, &mut mentioned);
        sheet.legend = mentioned.into_iter().collect();
        sheet
    }

    /// What a message shows: values, lists, and what the one thing that it is about shows.
    fn take(&mut self, message: &DynamicMessage, names: &Names, mentioned: &mut BTreeMap<String, String>) {
        for (field, how) in in_order(message) {
            let value = message.get_field(&field);
            match (&*value, field.kind()) {
                (Value::List(items), _) if how.layout() == Layout::Lines => {
                    let lines = each(items, message, &field, &how, names);
                    self.values.extend(lines.map(|line| (how.label.clone(), line)));
                }
                (Value::List(items), Kind::Message(of)) if !is_one_value(&of) => {
                    let columns = Columns::of(&of);
                    let items: Vec<_> = items.iter().filter_map(Value::as_message).collect();
                    items.iter().for_each(|item| mention(item, names, mentioned));
                    self.parts.push(SheetPart {
                        title: how.label.clone(),
                        titles: columns.titles(),
                        rows: items.iter().map(|item| columns.row(item, names)).collect(),
                        is_in_paragraphs: how.layout() == Layout::Paragraphs,
                    });
                }
                (Value::Message(thing), Kind::Message(of)) if !is_one_value(&of) => {
                    if message.has_field(&field) {
                        self.take(thing, names, mentioned);
                    }
                }
                _ => {
                    let value = read(message, &field, &how, names);
                    if !value.is_empty() && value.to_string() != "0" {
                        self.values.push((how.label.clone(), value));
                    }
                }
            }
        }
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

/// The members that are shown by themselves: as their columns are where they have some, then the others.
fn in_order(message: &DynamicMessage) -> Vec<(FieldDescriptor, Shown)> {
    let fields = message.descriptor().fields().collect::<Vec<_>>();
    let mut shown: Vec<_> = fields.into_iter().filter_map(|field| Some((shown(&field)?, field))).collect();
    shown.retain(|(how, _field)| how.joins.is_empty());
    shown.sort_by_key(|(how, _field)| if how.column == 0 { u32::MAX } else { how.column });
    shown.into_iter().map(|(how, field)| (field, how)).collect()
}

fn plain(cell: &Cell) -> String {
    strip_str(&cell.to_string()).to_string()
}

/// A title, with members where it has their names in braces, those of the answer or of the one thing that it is about: what has a
/// name, by it and its id.
fn titled(title: &str, answer: &DynamicMessage, names: &Names) -> String {
    let mut text = title.to_owned();
    for field in answer.descriptor().fields() {
        let value = answer.get_field(&field);
        if let (Some(thing), true) = (value.as_message(), shown(&field).is_some()) {
            text = titled(&text, thing, names);
        }
        let member = format!("{{{}}}", field.name());
        if text.contains(&member) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::described::described;
    use crate::proto::{
        Committee, CommitteeMember, GetAppointmentResponse, GetCommitteeResponse, Lapse, OfficeHolder, Text,
        text,
    };

    fn lines(sheet: &Sheet) -> Vec<String> {
        sheet.values.iter().map(|(name, value)| format!("{name}: {value}")).collect()
    }

    #[test]
    fn the_one_thing_that_an_answer_is_about_stands_in_its_values_and_lists() {
        let sealed = Some(Text { text: Some(text::Text::Sealed("ab".repeat(32))) });
        let committee = Committee {
            id: "committee/audit".to_owned(),
            name: "Audit".to_owned(),
            kind: "committee".to_owned(),
            state: "lapsed".to_owned(),
            quorum: Some(3),
            terms: sealed,
            why: vec![4],
            members: vec![CommitteeMember {
                person: "person/a".to_owned(),
                role: "chair".to_owned(),
                ..Default::default()
            }],
            lapse: Some(Lapse { about: "body/04N".to_owned(), why: vec![9], ..Lapse::default() }),
            ..Committee::default()
        };
        let answer = GetCommitteeResponse { committee: Some(committee), ..GetCommitteeResponse::default() };
        let sheet = Sheet::of(&described(&answer).unwrap(), "committee {id}", &Names::default());
        assert_eq!(sheet.title, "committee committee/audit");
        assert_eq!(
            lines(&sheet),
            [
                "committee: audit",
                "name: Audit",
                "kind: committee",
                "binds: no",
                "since: not stated",
                "state: lapsed, and nothing says since when: body/04N is no more (entries 9)",
                "entries: 4",
                "quorum: 3 voting",
                "terms: (sealed)",
            ]
        );
        let [members, delegations, findings] = sheet.parts.as_slice() else { panic!("{sheet:?}") };
        assert_eq!(members.texts(), [["person/a", "chair", "", "not stated", "0"]]);
        assert!(delegations.rows.is_empty() && findings.is_in_paragraphs);
        let nothing = Sheet::of(&described(&GetCommitteeResponse::default()).unwrap(), "", &Names::default());
        assert!(nothing.values.is_empty(), "{nothing:?}");
    }

    #[test]
    fn what_is_listed_line_by_line_has_a_line_for_each() {
        let answer = GetAppointmentResponse {
            conditions: vec!["one".to_owned(), "two".to_owned()],
            holders: vec![OfficeHolder {
                person: "person/a".to_owned(),
                name: "Ms A".to_owned(),
                ..Default::default()
            }],
            ..GetAppointmentResponse::default()
        };
        let sheet = Sheet::of(&described(&answer).unwrap(), "", &Names::default());
        assert_eq!(lines(&sheet), ["on condition: one", "on condition: two"]);
        assert_eq!(sheet.parts[0].texts(), [["Ms A", "", "not stated", "", ""]]);
    }
}
