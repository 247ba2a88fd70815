//! Days as registers write them: a period's last day, where the book has the first that is no more.

use crate::proto::{JoinedDate, PDate};
use minutebook_governance::Date;
use serde_json::{Map, Value, json};

/// The day that a date means, where it can mean only one: a register's form has no room for more.
pub(super) fn day(date: Option<&PDate>) -> Option<Date> {
    let date = date.filter(|date| date.earliest == date.latest)?;
    date.earliest.parse().ok()
}

/// The day that statements of a date leave.
pub(super) fn joined_day(joined: Option<&JoinedDate>) -> Option<Date> {
    day(joined?.value.as_ref())
}

/// A period as ODS writes it: first and last day. Nothing without a first day.
pub(super) fn period(kind: &str, from: Option<Date>, until: Option<Date>) -> Option<Value> {
    let mut period = Map::new();
    period.insert("Type".to_owned(), json!(kind));
    period.insert("Start".to_owned(), json!(from?));
    period.extend(until.map(|until| ("End".to_owned(), json!(until.day_before()))));
    Some(Value::Object(period))
}

/// A date for a table: a day, or the bounds of what is not so precise (EDTF), `..` where there is none.
pub(super) fn in_a_cell(date: Option<&PDate>) -> String {
    if let Some(day) = day(date) {
        return day.to_string();
    }
    let Some(date) = date else { return String::new() };
    let bound = |day: &str| if day.is_empty() { "..".to_owned() } else { day.to_owned() };
    format!("{}/{}", bound(&date.earliest), bound(&date.latest))
}
