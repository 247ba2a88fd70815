//! The rows of an answer for a spreadsheet: ids, words and numbers as they are, each in a cell of its own, by the names that
//! --json has. Nothing in a cell has to be taken apart but lists, whose items are parted by "; ".

use super::phrases::SEALED;
use crate::described::shown;
use crate::proto::{Answered, PDate, Text};
use prost::Name as _;
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, ReflectMessage as _, Value};
use std::collections::BTreeSet;

/// Between the items of a list.
const BETWEEN: &str = "; ";

/// How deep a message within a message has columns of its own.
const DEPTH_MAX: usize = 3;

/// The members of messages that say in which entries something stands.
const ENTRIES: [&str; 4] = ["why", "position", "entries", "votes_at"];

/// The members that name entries on which something rests in another way: who says otherwise, who gave and took authority, what
/// minutes leave out.
const ENTRIES_BESIDE: [&str; 10] = [
    "agenda_at",
    "answered_by",
    "contradicted_by",
    "reports",
    "granted_at",
    "revoked_at",
    "enrolled_at",
    "told_apart",
    "told_in_other_words",
    "withdrawn",
];

/// What the columns of entries are called, of one entry, and of the marks.
const ENTRIES_TITLE: &str = "entries";
const ENTRY_TITLE: &str = "entry";
const MARKS_TITLE: &str = "marks";

/// The titles, and a row for each of what an answer lists; of an answer that lists nothing, the one thing that it is about.
pub fn spreadsheet(answer: &DynamicMessage) -> Option<(Vec<String>, Vec<Vec<String>>)> {
    let fields: Vec<_> = answer.descriptor().fields().filter(|field| field.name() != "answered").collect();
    let is_list = |field: &&FieldDescriptor| field.is_list() && inner(field).is_some();
    let list = fields.iter().filter(is_list).find(|field| shown(field).is_some());
    let listed = list.or_else(|| fields.iter().find(is_list));
    let alone = || fields.iter().find(|field| !field.is_list() && inner(field).is_some());
    let (of, items): (MessageDescriptor, Vec<DynamicMessage>) = match listed {
        Some(list) => {
            let value = answer.get_field(list);
            let items = value.as_list().unwrap_or_default().iter().filter_map(Value::as_message);
            (inner(list)?, items.cloned().collect())
        }
        None => match alone() {
            Some(field) => {
                (inner(field)?, answer.get_field(field).as_message().cloned().into_iter().collect())
            }
            None => (answer.descriptor(), vec![answer.clone()]),
        },
    };
    let marks = Marks::of(answer);
    let mut titles = titles_of(&of, "", 0);
    titles.push(MARKS_TITLE.to_owned());
    let rows = items.iter().map(|item| {
        let mut row = cells_of(item, 0);
        row.push(marks.on(item));
        row
    });
    Some((titles, rows.collect()))
}

/// The message that a field holds, one or several; nothing of one that reads as a single value.
fn inner(field: &FieldDescriptor) -> Option<MessageDescriptor> {
    match field.kind() {
        Kind::Message(of) if !is_text(&of) && !is_date(&of) => Some(of),
        _ => None,
    }
}

fn is_date(of: &MessageDescriptor) -> bool {
    of.full_name() == PDate::full_name()
}

fn is_text(of: &MessageDescriptor) -> bool {
    of.full_name() == Text::full_name()
}

/// What the columns of a kind of message are called: those of a message within it behind its name; of a date, its bounds too.
fn titles_of(of: &MessageDescriptor, before: &str, depth: usize) -> Vec<String> {
    let of_field = |field: FieldDescriptor| {
        let name = match field.name() {
            "why" => ENTRIES_TITLE,
            "position" => ENTRY_TITLE,
            name => name,
        };
        let title = format!("{before}{name}");
        match field.kind() {
            _ if field.is_list() => vec![title],
            Kind::Message(of) if is_date(&of) => {
                vec![title.clone(), format!("{title}_earliest"), format!("{title}_latest")]
            }
            Kind::Message(of) if !is_text(&of) && depth < DEPTH_MAX => {
                titles_of(&of, &format!("{title}_"), depth + 1)
            }
            _ => vec![title],
        }
    };
    of.fields().flat_map(of_field).collect()
}

/// The cells of a message, as many as it has titles.
fn cells_of(message: &DynamicMessage, depth: usize) -> Vec<String> {
    let of_field = |field: FieldDescriptor| {
        let is_absent = !message.has_field(&field) && (field.supports_presence() || field.is_list());
        let value = message.get_field(&field);
        match (&*value, field.kind()) {
            (Value::List(items), _) => {
                vec![items.iter().map(|item| said(item, &field)).collect::<Vec<_>>().join(BETWEEN)]
            }
            (Value::Message(date), Kind::Message(of)) if is_date(&of) => {
                ["written", "earliest", "latest"].map(|name| text_of(date, name)).into()
            }
            // What nobody said is no 0.
            (Value::Message(_), Kind::Message(of)) if is_absent && !is_text(&of) && depth < DEPTH_MAX => {
                vec![String::new(); titles_of(&of, "", depth + 1).len()]
            }
            (Value::Message(inner), Kind::Message(of)) if !is_text(&of) && depth < DEPTH_MAX => {
                cells_of(inner, depth + 1)
            }
            _ if is_absent => vec![String::new()],
            (value, _) => vec![said(value, &field)],
        }
    };
    message.descriptor().fields().flat_map(of_field).collect()
}

fn text_of(message: &DynamicMessage, name: &str) -> String {
    let value = message.get_field_by_name(name);
    value.as_deref().and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// A value in one cell: of a message in a list what its members say, each behind its name.
fn said(value: &Value, field: &FieldDescriptor) -> String {
    match (value, field.kind()) {
        (Value::String(text), _) => text.clone(),
        (Value::Bool(holds), _) => if *holds { "yes" } else { "" }.to_owned(),
        (Value::U64(number), _) => number.to_string(),
        (Value::U32(number), _) => number.to_string(),
        (Value::I64(number), _) => number.to_string(),
        (Value::I32(number), _) => number.to_string(),
        (Value::EnumNumber(number), Kind::Enum(of)) => {
            of.get_value(*number).map(|value| value.name().to_owned()).unwrap_or_default()
        }
        (Value::Message(message), Kind::Message(of)) if is_date(&of) => text_of(message, "written"),
        (Value::Message(message), Kind::Message(of)) if is_text(&of) => text_in(message),
        (Value::Message(message), _) => {
            let of = message.descriptor();
            let named = of.fields().filter(|field| message.has_field(field)).map(|field| {
                let value = message.get_field(&field);
                let said = match &*value {
                    Value::List(items) => {
                        items.iter().map(|item| self::said(item, &field)).collect::<Vec<_>>().join(" ")
                    }
                    value => self::said(value, &field),
                };
                format!("{} {said}", field.name().replace('_', " "))
            });
            named.collect::<Vec<_>>().join(", ")
        }
        _ => String::new(),
    }
}

/// A text that may be sealed: what it says, or that it is.
fn text_in(message: &DynamicMessage) -> String {
    let clear = text_of(message, "clear");
    let sealed = text_of(message, "sealed");
    if clear.is_empty() && !sealed.is_empty() { SEALED.to_owned() } else { clear }
}

/// What an answer says of the entries that its rows rest on.
struct Marks(Vec<(u64, String)>);

impl Marks {
    fn of(answer: &DynamicMessage) -> Self {
        let answered = answer.get_field_by_name("answered");
        let answered = answered.as_deref().and_then(Value::as_message);
        let answered: Answered = answered.and_then(|it| it.transcode_to().ok()).unwrap_or_default();
        let contested = answered.contested.iter().map(|it| (it.position, "CONTESTED".to_owned()));
        let corrected = answered.corrections.iter().map(|it| {
            let how = if it.is_withdrawn { "WITHDRAWN" } else { "CORRECTED" };
            (it.position, format!("{how} by entry {}", it.corrected_at))
        });
        let inferred = answered.inferences.iter().map(|it| (it.position, "INFERRED".to_owned()));
        Self(contested.chain(corrected).chain(inferred).collect())
    }

    /// Those of a row, each once.
    fn on(&self, item: &DynamicMessage) -> String {
        let mut entries = BTreeSet::new();
        gather(item, &mut entries);
        let mut marks: Vec<&str> = Vec::new();
        for (_position, mark) in self.0.iter().filter(|(position, _mark)| entries.contains(position)) {
            if !marks.contains(&mark.as_str()) {
                marks.push(mark);
            }
        }
        marks.join(BETWEEN)
    }
}

/// The entries on which a row rests, whatever of it says so: a date that others contradict, an attendance among a meeting's.
fn gather(item: &DynamicMessage, entries: &mut BTreeSet<u64>) {
    for field in item.descriptor().fields() {
        let names_entries = is_of_entries(&field);
        match &*item.get_field(&field) {
            Value::List(values) if names_entries => entries.extend(values.iter().filter_map(Value::as_u64)),
            Value::U64(position)
                if names_entries && (item.has_field(&field) || field.name() == "position") =>
            {
                entries.insert(*position);
            }
            Value::List(values) => {
                values.iter().filter_map(Value::as_message).for_each(|inner| gather(inner, entries));
            }
            Value::Message(inner) if item.has_field(&field) => gather(inner, entries),
            _ => {}
        }
    }
}

fn is_of_entries(field: &FieldDescriptor) -> bool {
    ENTRIES.contains(&field.name()) || ENTRIES_BESIDE.contains(&field.name())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::described::{described, services};
    use crate::proto::{
        Contested, Correction, CountedVotes, Decision, GetMergerResponse, ListDecisionsResponse,
        ListMergersResponse, Merger, MergerChoice, MergerLeg,
    };

    fn cell(table: &(Vec<String>, Vec<Vec<String>>), row: usize, title: &str) -> String {
        let at =
            table.0.iter().position(|it| it == title).unwrap_or_else(|| panic!("{title}: {:?}", table.0));
        table.1[row][at].clone()
    }

    #[test]
    fn every_value_has_a_cell_of_its_own_and_nothing_is_json() {
        let choice = || MergerChoice { choice: "apply".to_owned(), ..MergerChoice::default() };
        let leg =
            |body: &str| MergerLeg { body: body.to_owned(), choices: vec![choice()], ..MergerLeg::default() };
        let merger = Merger {
            id: "merger/m".to_owned(),
            waits_for: vec!["body/04K".to_owned(), "body/04N".to_owned()],
            legs: vec![leg("body/04K"), leg("body/04N")],
            proposed_effective: Some(PDate {
                written: "April 2020".to_owned(),
                earliest: "2020-04-01".to_owned(),
                latest: "2020-04-30".to_owned(),
            }),
            why: vec![7, 9],
            ..Merger::default()
        };
        let list = ListMergersResponse { mergers: vec![merger.clone()], ..ListMergersResponse::default() };
        let table = spreadsheet(&described(&list).unwrap()).unwrap();
        assert!(table.1.iter().all(|row| row.len() == table.0.len()));
        assert!(table.1.iter().flatten().all(|cell| !cell.contains(['{', '"'])), "{table:?}");
        assert_eq!(cell(&table, 0, "waits_for"), "body/04K; body/04N");
        assert_eq!(cell(&table, 0, "entries"), "7; 9");
        assert_eq!(cell(&table, 0, "proposed_effective"), "April 2020");
        assert_eq!(cell(&table, 0, "proposed_effective_latest"), "2020-04-30");
        assert!(cell(&table, 0, "legs").starts_with("body body/04K, choices choice apply; body body/04N"));
        // Of one thing there is one row.
        let alone = GetMergerResponse { merger: Some(merger), ..GetMergerResponse::default() };
        let table = spreadsheet(&described(&alone).unwrap()).unwrap();
        assert_eq!((table.1.len(), cell(&table, 0, "id").as_str()), (1, "merger/m"));
    }

    /// Rows that rest on no entry of their own: sums over all bodies, which the whole answer names; and parts of one page of
    /// minutes, which says of itself what of it is in doubt.
    const OF_NO_ENTRY: [&str; 2] =
        ["CommissionerCount of CountCommissionersResponse", "MinutedBody of GetMinutesResponse"];

    /// Whether something of a kind of message names the entries on which it rests.
    fn names_entries(of: &MessageDescriptor, above: &mut Vec<String>) -> bool {
        if above.iter().any(|name| name == of.full_name()) {
            return false;
        }
        above.push(of.full_name().to_owned());
        of.fields().any(|field| {
            is_of_entries(&field) || inner(&field).is_some_and(|inner| names_entries(&inner, above))
        })
    }

    #[test]
    fn every_row_of_every_answer_names_the_entries_that_mark_it() {
        let answers = services().flat_map(|service| service.methods().collect::<Vec<_>>());
        let answers =
            answers.map(|method| method.output()).filter(|of| of.get_field_by_name("answered").is_some());
        let mut unmarked = BTreeSet::new();
        let mut rows = 0;
        for answer in answers {
            let lists = answer.fields().filter(|field| field.is_list() && field.name() != "answered");
            for of in lists.filter_map(|field| inner(&field)) {
                rows += 1;
                if !names_entries(&of, &mut Vec::new()) {
                    unmarked.insert(format!("{} of {}", of.name(), answer.name()));
                }
            }
        }
        assert!(rows > 40, "{rows} kinds of rows");
        assert_eq!(unmarked.into_iter().collect::<Vec<_>>(), OF_NO_ENTRY);
    }

    #[test]
    fn what_is_in_doubt_within_a_row_marks_the_row() {
        let answered = Answered {
            corrections: vec![Correction { position: 12, corrected_at: 15, ..Correction::default() }],
            ..Answered::default()
        };
        let choice = MergerChoice { position: 12, ..MergerChoice::default() };
        let leg = MergerLeg { choices: vec![choice], ..MergerLeg::default() };
        let merger = Merger { legs: vec![leg], why: vec![3], ..Merger::default() };
        let mergers = vec![merger, Merger { why: vec![4], ..Merger::default() }];
        let list =
            ListMergersResponse { answered: Some(answered), mergers, ..ListMergersResponse::default() };
        let table = spreadsheet(&described(&list).unwrap()).unwrap();
        assert_eq!([cell(&table, 0, "marks"), cell(&table, 1, "marks")], ["CORRECTED by entry 15", ""]);
    }

    #[test]
    fn what_is_in_doubt_or_known_otherwise_is_marked_in_its_row() {
        let decision = |position: u64| Decision {
            position,
            votes: Some(CountedVotes { in_favour: 3, ..CountedVotes::default() }),
            ..Decision::default()
        };
        let answered = Answered {
            contested: vec![Contested { position: 7, ..Contested::default() }],
            corrections: vec![Correction {
                position: 7,
                corrected_at: 9,
                is_withdrawn: true,
                ..Correction::default()
            }],
            ..Answered::default()
        };
        let list = ListDecisionsResponse {
            answered: Some(answered),
            decisions: vec![decision(7), Decision { votes: None, ..decision(8) }],
            ..ListDecisionsResponse::default()
        };
        let table = spreadsheet(&described(&list).unwrap()).unwrap();
        assert_eq!(
            (cell(&table, 0, "marks").as_str(), cell(&table, 1, "marks").as_str()),
            ("CONTESTED; WITHDRAWN by entry 9", "")
        );
        assert_eq!(
            (cell(&table, 0, "entry").as_str(), cell(&table, 0, "votes_in_favour").as_str()),
            ("7", "3")
        );
        assert_eq!(cell(&table, 1, "votes_in_favour"), "", "nobody counted");
    }
}
