//! What is due, as a calendar that others subscribe to (iCalendar, RFC 5545).

use crate::proto::{Answered, DueItem, ListDueResponse};

/// The longest line that a calendar may have, in bytes, without its end (RFC 5545, section 3.1).
const LINE_BYTES_MAX: usize = 75;

/// What has a day, as a calendar: one all-day event for each.
pub fn due_calendar(due: &ListDueResponse) -> String {
    let stamp = due.answered.as_ref().map(|answered| answered.as_at.replace('-', "")).unwrap_or_default();
    let mut text = String::new();
    let mut put = |line: &str| text.push_str(&fold(line));
    put("BEGIN:VCALENDAR");
    put("VERSION:2.0");
    put("PRODID:-//Minutebook//due//EN");
    for item in &due.items {
        let day = item.due_on.as_ref().map(|on| on.latest.replace('-', "")).unwrap_or_default();
        if day.is_empty() {
            continue;
        }
        put("BEGIN:VEVENT");
        put(&format!("UID:{}", escape(&uid(&due.body, item))));
        put(&format!("DTSTAMP:{stamp}T000000Z"));
        put(&format!("DTSTART;VALUE=DATE:{day}"));
        put(&format!("SUMMARY:{}{}", doubt(item, due.answered.as_ref()), escape(&item.what)));
        put(&format!("CATEGORIES:{}", escape(&item.kind)));
        put("END:VEVENT");
    }
    put("END:VCALENDAR");
    text
}

/// The mark of what rests on an entry in doubt: a calendar has no other place for it.
fn doubt(item: &DueItem, answered: Option<&Answered>) -> &'static str {
    let mut contested = answered.iter().flat_map(|answered| &answered.contested);
    if contested.any(|doubt| item.why.contains(&doubt.position)) { "CONTESTED: " } else { "" }
}

/// A name that stays the same however often the calendar is made.
fn uid(body: &str, item: &DueItem) -> String {
    let first = item.why.first().copied().unwrap_or_default();
    format!("{body}-{}-{}-{first}@minutebook", item.kind, item.subject)
}

/// Text as a calendar has it (RFC 5545, section 3.3.11).
fn escape(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,");
    escaped.replace("\r\n", "\\n").replace('\n', "\\n")
}

/// A line with its end; what is too long goes on in the next, after a space (RFC 5545, section 3.1).
fn fold(line: &str) -> String {
    let (mut folded, mut taken) = (String::new(), 0);
    for character in line.chars() {
        if taken + character.len_utf8() > LINE_BYTES_MAX {
            folded.push_str("\r\n ");
            taken = 1;
        }
        folded.push(character);
        taken += character.len_utf8();
    }
    folded.push_str("\r\n");
    folded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::{Contested, PDate};

    #[test]
    fn a_calendar_folds_and_escapes_and_leaves_out_what_has_no_day() {
        let item = |what: &str, day: &str| DueItem {
            kind: "action".to_owned(),
            subject: "action/x".to_owned(),
            what: what.to_owned(),
            due_on: (!day.is_empty()).then(|| PDate { latest: day.to_owned(), ..PDate::default() }),
            why: vec![7],
            ..DueItem::default()
        };
        let answered = Some(Answered { as_at: "2019-07-05".to_owned(), ..Answered::default() });
        let long = format!("Überprüfen, dass; alles stimmt: {}", "é".repeat(60));
        let items = vec![item(&long, "2019-09-05"), item("no day", "")];
        let body = "body/04K".to_owned();
        let text = due_calendar(&ListDueResponse { answered, body, items, ..ListDueResponse::default() });
        assert!(text.ends_with("END:VCALENDAR\r\n") && !text.replace("\r\n", "").contains('\n'));
        assert!(text.split("\r\n").all(|line| line.len() <= LINE_BYTES_MAX), "{text}");
        let unfolded = text.replace("\r\n ", "");
        assert!(
            unfolded.contains(&format!("SUMMARY:Überprüfen\\, dass\\; alles stimmt: {}\r\n", "é".repeat(60)))
        );
        assert!(unfolded.contains("DTSTART;VALUE=DATE:20190905\r\n"));
        assert_eq!(unfolded.matches("BEGIN:VEVENT").count(), 1);
        assert!(unfolded.contains("UID:body/04K-action-action/x-7@minutebook\r\n"));
        assert!(!unfolded.contains("CONTESTED"));
    }

    #[test]
    fn a_calendar_marks_what_rests_on_an_entry_in_doubt() {
        let item = |what: &str, at: u64| DueItem {
            what: what.to_owned(),
            due_on: Some(PDate { latest: "2019-09-05".to_owned(), ..PDate::default() }),
            why: vec![at],
            ..DueItem::default()
        };
        let contested = vec![Contested { position: 7, ..Contested::default() }];
        let answered = Some(Answered { contested, ..Answered::default() });
        let items = vec![item("one", 7), item("other", 8)];
        let text = due_calendar(&ListDueResponse { answered, items, ..ListDueResponse::default() });
        assert!(text.contains("SUMMARY:CONTESTED: one\r\n") && text.contains("SUMMARY:other\r\n"), "{text}");
    }
}
