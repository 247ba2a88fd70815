//! How a value reads, by the description of its member.

use super::cell::Cell;
use super::dates::{date, end, last_day};
use super::names::Names;
use super::phrases::{self, words};
use crate::described::shown;
use crate::proto::{
    Gift, Lapse, MergerCondition, MergerLeg, Observation, PDate, PlannedPost, Quantity, Reads, Shown, Text,
};
use prost::{Message, Name};
use prost_reflect::{
    DynamicMessage, EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor, ReflectMessage as _, Value,
};

/// How a member reads, with what stands behind it; empty where there is nothing to read.
pub(super) fn read(message: &DynamicMessage, field: &FieldDescriptor, how: &Shown, names: &Names) -> Cell {
    let first = first_said(message, field, how, names);
    let descriptor = message.descriptor();
    let joined = descriptor.fields().filter_map(|other| {
        let how = shown(&other).filter(|how| how.joins == field.name())?;
        Some(said(message, &other, &how, names))
    });
    joined.fold(first, Cell::and)
}

/// What it says, or what is said in its place.
fn first_said(message: &DynamicMessage, field: &FieldDescriptor, how: &Shown, names: &Names) -> Cell {
    let others = how.or.iter().filter_map(|name| message.descriptor().get_field_by_name(name));
    let mut all = std::iter::once(field.clone()).chain(others).map(|field| said(message, &field, how, names));
    all.find(|cell| !cell.is_empty()).unwrap_or_else(|| Cell::from(how.missing.as_str()))
}

/// What a member says, with what stands around it; empty where it says nothing.
pub(super) fn said(message: &DynamicMessage, field: &FieldDescriptor, how: &Shown, names: &Names) -> Cell {
    let at = Place { message, field, how, names };
    let is_absent = field.supports_presence() && !message.has_field(field);
    let cell = match &*message.get_field(field) {
        Value::List(values) => at.list(values),
        // What is absent is neither 0 nor an empty message.
        _ if is_absent => Cell::default(),
        value => at.one(value),
    };
    let around = |words: &str| Cell::from(words);
    if cell.is_empty() { cell } else { around(&how.before).and(cell).and(around(&how.after)) }
}

/// What each of several says, with what stands around it.
pub(super) fn each<'a>(
    values: &'a [Value],
    message: &'a DynamicMessage,
    field: &'a FieldDescriptor,
    how: &'a Shown,
    names: &'a Names,
) -> impl Iterator<Item = Cell> + 'a {
    let at = Place { message, field, how, names };
    let around = |cell: Cell| Cell::from(how.before.as_str()).and(cell).and(Cell::from(how.after.as_str()));
    values.iter().map(move |value| around(at.one(value))).filter(|cell| !cell.is_empty())
}

/// Where a value stands, and how it reads there.
struct Place<'a> {
    message: &'a DynamicMessage,
    field: &'a FieldDescriptor,
    how: &'a Shown,
    names: &'a Names,
}

impl Place<'_> {
    fn list(&self, values: &[Value]) -> Cell {
        let between = if self.how.between.is_empty() { ", " } else { &self.how.between };
        match (self.how.reads(), values) {
            (Reads::Count, _) => values.len().to_string().into(),
            (Reads::Entries, _) => Cell::entries(values.iter().filter_map(Value::as_u64).collect()),
            (Reads::First, [first, _, ..]) => {
                self.one(first).and(format!(", and {} more", values.len() - 1).into())
            }
            _ if is_of::<MergerLeg>(values) => {
                let legs = values.iter().filter_map(Value::as_message).filter_map(typed);
                phrases::choices(&legs.collect::<Vec<MergerLeg>>()).into()
            }
            _ => Cell::joined(values.iter().map(|value| self.one(value)), between),
        }
    }

    /// A value that is no list.
    fn one(&self, value: &Value) -> Cell {
        match (value, self.field.kind()) {
            (Value::Bool(holds), _) => if *holds { &self.how.says } else { "" }.into(),
            (Value::EnumNumber(number), Kind::Enum(of)) => enumerated(*number, &of).into(),
            (Value::String(text), _) => self.string(text),
            (Value::Message(inner), _) => match typed::<Lapse>(inner) {
                Some(found) => lapsed(found),
                None => self.described(inner).into(),
            },
            (Value::U64(position), _) if self.how.reads() == Reads::Entries => Cell::entries(vec![*position]),
            (Value::U64(number), _) => self.number(&number.to_string()).into(),
            (Value::U32(number), _) => self.number(&number.to_string()).into(),
            (Value::I64(number), _) => self.number(&number.to_string()).into(),
            (Value::I32(number), _) => self.number(&number.to_string()).into(),
            _ => Cell::default(),
        }
    }

    fn string(&self, text: &str) -> Cell {
        match self.how.reads() {
            Reads::Word => words(text).into(),
            Reads::Id if text.starts_with("person/") => Cell::thing(text, self.name_of(text)),
            Reads::Id if !text.is_empty() => Cell::thing(text, phrases::slug(text)),
            Reads::Moment => phrases::day_and_time(text).into(),
            Reads::State => phrases::state(text, &self.beside("known_to")).into(),
            Reads::Standing => phrases::mark(text).into(),
            Reads::End => last_day(text).into(),
            _ => text.into(),
        }
    }

    /// The name of somebody, as the message says it or the answer does; the id where neither does.
    fn name_of(&self, id: &str) -> String {
        let beside = [format!("{}_name", self.field.name()), "name".to_owned()];
        let said = beside.iter().map(|name| self.beside(name)).find(|name| !name.is_empty());
        said.or_else(|| self.names.get(id).map(str::to_owned)).unwrap_or_else(|| id.to_owned())
    }

    /// A text of the same message; empty where it has none of that name.
    fn beside(&self, name: &str) -> String {
        let value = self.message.get_field_by_name(name);
        value.as_deref().and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    fn number(&self, digits: &str) -> String {
        match self.how.reads() {
            Reads::Pounds => format!("{digits} pounds"),
            Reads::Percent => format!("{digits}%"),
            _ => digits.to_owned(),
        }
    }

    /// A message that reads as one value; nothing of others, which are lists and tables of their own.
    fn described(&self, message: &DynamicMessage) -> String {
        if let Some(found) = typed::<PDate>(message) {
            return if self.how.reads() == Reads::End { end(&found) } else { date(&found) };
        }
        if let Some(found) = typed::<Quantity>(message) {
            return phrases::quantity(&found);
        }
        if let Some(found) = typed::<Text>(message) {
            let is_quoted = self.how.reads() == Reads::Quoted;
            return if is_quoted { phrases::quoted(&found) } else { phrases::text(Some(&found)).to_owned() };
        }
        if let Some(found) = typed::<Observation>(message) {
            return phrases::observation(&found);
        }
        if let Some(found) = typed::<Gift>(message) {
            return phrases::gift(&found);
        }
        if let Some(found) = typed::<MergerCondition>(message) {
            return phrases::condition(&found);
        }
        typed::<PlannedPost>(message).map_or_else(String::new, |post| phrases::post(&post))
    }
}

/// Since when something has lapsed, and what it fell with, by which entries.
fn lapsed(lapse: Lapse) -> Cell {
    let words = Cell::from(phrases::lapsed(&lapse));
    if lapse.why.is_empty() {
        return words;
    }
    words.and(" (entries ".into()).and(Cell::entries(lapse.why)).and(")".into())
}

/// Whether messages of this kind read as one value.
pub(super) fn is_one_value(of: &MessageDescriptor) -> bool {
    let one = [
        PDate::full_name(),
        Quantity::full_name(),
        Lapse::full_name(),
        Text::full_name(),
        Observation::full_name(),
        Gift::full_name(),
        MergerCondition::full_name(),
        PlannedPost::full_name(),
    ];
    one.iter().any(|name| name == of.full_name())
}

fn enumerated(number: i32, of: &EnumDescriptor) -> String {
    let prefix = format!("{}_", of.name().to_uppercase());
    let value = of.get_value(number).map(|value| value.name().to_owned()).unwrap_or_default();
    let word = value.strip_prefix(&prefix).unwrap_or(&value).to_lowercase();
    if word == "unknown" { "not known".to_owned() } else { words(&word) }
}

fn is_of<M: Name>(values: &[Value]) -> bool {
    let first = values.first().and_then(Value::as_message);
    first.is_some_and(|message| message.descriptor().full_name() == M::full_name())
}

/// A message as what it is; nothing where it is another.
fn typed<M: Message + Name + Default>(message: &DynamicMessage) -> Option<M> {
    let is_it = message.descriptor().full_name() == M::full_name();
    is_it.then(|| message.transcode_to().ok()).flatten()
}
