//! A meeting as it is called: its notice, and the agenda of one of its parts, as pages.

use super::phrases;
use super::said::in_words;
use crate::proto::text::Text as Said;
use crate::proto::{Correction, GetMinutesResponse, MinutedItem, Text};
use minutebook_log::Entry;
use minutebook_verify::page::{Block, ReportPage, Section, Tone};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What the entries that call a meeting say beside what its minutes do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calling {
    /// When notice of it was given; empty where nobody says.
    pub called_on: String,
    /// Its parts: public, private.
    pub parts: Vec<String>,
    /// When the agenda was published, and in which version; empty where it was not.
    pub published_on: String,
    /// The version of the agenda.
    pub version: u64,
    /// What is sought under an item, by its reference.
    pub sought: BTreeMap<String, String>,
    /// The bodies that an item concerns, by its reference; of the others it concerns all.
    pub of_bodies: BTreeMap<String, Vec<String>>,
}

impl Calling {
    /// Hears an entry, as it is known since these corrections; nothing where it was withdrawn.
    pub(crate) fn hear_entry(&mut self, entry: &Entry, corrections: &[Correction]) {
        let event = entry.event();
        let facts = event.data.get("facts").cloned().unwrap_or_default();
        if let Some(facts) = as_known(facts, entry.position.0, corrections) {
            self.hear(&event.event_type.name, &facts);
        }
    }

    /// Takes note of what an entry says, in the order of the book: of what is said again, the last counts.
    pub fn hear(&mut self, type_name: &str, facts: &Value) {
        let text = |value: &Value, name: &str| {
            value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        let date = |value: &Value, name: &str| {
            let said = value.get(name).unwrap_or(&Value::Null);
            said.as_str().map_or_else(|| text(said, "written"), ToOwned::to_owned)
        };
        let list = |value: &Value, name: &str| {
            value.get(name).and_then(Value::as_array).cloned().unwrap_or_default()
        };
        let texts = |values: Vec<Value>| {
            values.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect::<Vec<_>>()
        };
        match type_name {
            "MeetingConvened" => {
                self.called_on = date(facts, "called_on");
                self.parts = texts(list(facts, "parts"));
            }
            "AgendaPublished" => {
                self.published_on = date(facts, "published_on");
                self.version = facts.get("version").and_then(Value::as_u64).unwrap_or(1);
                self.sought.clear();
                self.of_bodies.clear();
                for item in list(facts, "items") {
                    let (reference, sought) = (text(&item, "reference"), text(&item, "action_sought"));
                    let bodies = texts(list(&item, "applies_to"));
                    if !bodies.is_empty() {
                        self.of_bodies.insert(reference.clone(), bodies);
                    }
                    if !sought.is_empty() {
                        self.sought.insert(reference, sought);
                    }
                }
            }
            _ => {}
        }
    }

    /// As data: of the items that are shown alone, since another part is none of theirs who read this one.
    pub fn to_json(&self, found: &GetMinutesResponse) -> Value {
        let items = found.items.iter().map(|item| {
            json!({
                "reference": item.reference,
                "action_sought": self.sought.get(&item.reference),
                "applies_to": self.of_bodies.get(&item.reference),
            })
        });
        json!({
            "called_on": self.called_on, "parts": self.parts, "published_on": self.published_on, "version": self.version,
            "items": items.collect::<Vec<_>>(),
        })
    }
}

/// The notice of a meeting, with what is on the agenda of its public part.
pub fn notice_page(found: &GetMinutesResponse, calling: &Calling) -> ReportPage {
    let mut lead = vec![format!("{} {}.", names(found), meets(found))];
    let open = match (
        calling.parts.iter().any(|it| it == "public"),
        calling.parts.iter().any(|it| it == "private"),
    ) {
        (true, true) => {
            "The public may attend. They are asked to leave for what is taken in private, once that is resolved."
        }
        (true, false) => "The public may attend.",
        (false, true) => "It is held in private.",
        (false, false) => "Whether the public may attend is not said.",
    };
    lead.push(open.to_owned());
    let mut sections = vec![section("When and where", vec![Block::Facts(when_and_where(found, calling))])];
    if !found.items.is_empty() {
        sections.push(section("Agenda", vec![Block::Facts(items(found, calling))]));
    }
    sections.push(about(found));
    ReportPage {
        title: format!("Notice of a meeting: {}", found.title),
        lead,
        tone: Tone::Plain,
        sections,
        foot: foot(found, "notice"),
    }
}

/// The agenda of a part of a meeting.
pub fn agenda_page(found: &GetMinutesResponse, calling: &Calling) -> ReportPage {
    let mut lead = vec![format!("{} {}.", names(found), meets(found))];
    if !calling.published_on.is_empty() {
        lead.push(format!("Published on {}, version {}.", calling.published_on, calling.version));
    }
    let listed = match found.items.is_empty() {
        true => Block::Words("No item of this part is published, as far as this view sees.".to_owned()),
        false => Block::Facts(items(found, calling)),
    };
    let sections = vec![
        section("When and where", vec![Block::Facts(when_and_where(found, calling))]),
        section("Items", vec![listed]),
        about(found),
    ];
    ReportPage {
        title: format!("Agenda, {} part: {}", found.part, found.title),
        lead,
        tone: Tone::Plain,
        sections,
        foot: foot(found, &format!("agenda of the {} part", found.part)),
    }
}

fn section(title: &str, blocks: Vec<Block>) -> Section {
    Section { title: title.to_owned(), blocks }
}

fn foot(found: &GetMinutesResponse, what: &str) -> String {
    let known = found.answered.as_ref().map_or(0, |answered| answered.known_entries);
    format!("{}, {what}; from the first {known} entries of the book", found.meeting)
}

fn about(found: &GetMinutesResponse) -> Section {
    let mut words: Vec<_> =
        found.gaps.iter().map(|gap| format!("FILLED IN (entry {}): {}", gap.position, gap.why)).collect();
    words.extend(found.answered.as_ref().map(in_words).unwrap_or_default());
    section("What this is", words.into_iter().map(Block::Words).collect())
}

fn names(found: &GetMinutesResponse) -> String {
    let names =
        found.bodies.iter().map(|it| if it.name.is_empty() { it.body.clone() } else { it.name.clone() });
    let names: Vec<_> = names.collect();
    match names.as_slice() {
        [before @ .., last] if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        all => all.concat(),
    }
}

/// What the bodies do: they meet, have met, or do not.
fn meets(found: &GetMinutesResponse) -> String {
    let several = found.bodies.len() > 1;
    match found.state.as_str() {
        "cancelled" => {
            if several { "do not meet: it was called off" } else { "does not meet: it was called off" }
                .to_owned()
        }
        "postponed" => if several {
            "meet later: it was put off, and no day is set"
        } else {
            "meets later: it was put off, and no day is set"
        }
        .to_owned(),
        "convened" | "agenda_published" => {
            if several { "meet, each deciding for itself" } else { "meets" }.to_owned()
        }
        _ => if several { "have met, each deciding for itself" } else { "has met" }.to_owned(),
    }
}

fn when_and_where(found: &GetMinutesResponse, calling: &Calling) -> Vec<(String, String)> {
    let mut facts = Vec::new();
    let mut fact = |name: &str, value: String| {
        if !value.is_empty() {
            facts.push((name.to_owned(), value));
        }
    };
    fact("starts", in_full(&found.starts_at).unwrap_or_else(|| phrases::starts(&found.starts_at)));
    fact("place", found.place.as_ref().map_or_else(String::new, words));
    for change in &found.rescheduled {
        fact("changed", change.clone());
    }
    fact("notice given", calling.called_on.clone());
    facts
}

/// A moment as a notice has it, by its own clock: `Thursday 4 July 2019, 13:00`.
fn in_full(rfc3339: &str) -> Option<String> {
    let clock: jiff::civil::DateTime = rfc3339.get(..19)?.parse().ok()?;
    Some(clock.strftime("%A %-d %B %Y, %H:%M").to_string())
}

fn items(found: &GetMinutesResponse, calling: &Calling) -> Vec<(String, String)> {
    found.items.iter().map(|item| (item.reference.clone(), item_in_words(item, calling))).collect()
}

fn item_in_words(item: &MinutedItem, calling: &Calling) -> String {
    let mut beneath = Vec::new();
    if let Some(sought) = calling.sought.get(&item.reference) {
        beneath.push(format!("to {}", phrases::words(sought)));
    }
    beneath.extend(
        item.presenter.as_ref().map(|who| format!("presented by {}", words(who).trim_end_matches('.'))),
    );
    if let Some(bodies) = calling.of_bodies.get(&item.reference) {
        beneath.push(format!("for {}", phrases::slugs(bodies)));
    }
    if !item.papers.is_empty() {
        beneath.push(format!("papers: {}", item.papers.iter().map(words).collect::<Vec<_>>().join(", ")));
    }
    beneath.extend(
        item.added_because.as_ref().map(|why| format!("added since: {}", words(why).trim_end_matches('.'))),
    );
    let title = item.title.as_ref().map(words).unwrap_or_default();
    if beneath.is_empty() { title } else { format!("{title}\n{}", beneath.join("; ")) }
}

fn words(text: &Text) -> String {
    match &text.text {
        Some(Said::Clear(text)) => text.clone(),
        Some(Said::Sealed(digest)) => format!("[sealed, digest {}...]", digest.get(..8).unwrap_or(digest)),
        None => String::new(),
    }
}

/// What an entry says since it was corrected; nothing where it was withdrawn.
fn as_known(mut facts: Value, position: u64, corrections: &[Correction]) -> Option<Value> {
    for correction in corrections.iter().filter(|it| it.position == position) {
        if correction.is_withdrawn {
            return None;
        }
        for field in &correction.fields {
            if let (Some(value), Ok(new)) = (facts.pointer_mut(&field.path), serde_json::from_str(&field.new))
            {
                *value = new;
            }
        }
    }
    Some(facts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::MinutedBody;
    use minutebook_verify::to_text;

    fn clear(text: &str) -> Option<Text> {
        Some(Text { text: Some(Said::Clear(text.to_owned())) })
    }

    fn called(part: &str, references: &[&str]) -> (GetMinutesResponse, Calling) {
        let items = references.iter().map(|it| MinutedItem {
            reference: (*it).to_owned(),
            title: clear(&format!("Title of {it}")),
            ..MinutedItem::default()
        });
        let bodies =
            ["06W", "06Y"].map(|it| MinutedBody { body: format!("body/{it}"), ..MinutedBody::default() });
        let found = GetMinutesResponse {
            meeting: "meeting/m".to_owned(),
            part: part.to_owned(),
            title: "In common".to_owned(),
            state: "agenda_published".to_owned(),
            starts_at: "2019-07-04T13:00:00+01:00".to_owned(),
            place: clear("Civic Centre"),
            bodies: bodies.into(),
            items: items.collect(),
            ..GetMinutesResponse::default()
        };
        let mut calling = Calling::default();
        calling.hear("MeetingConvened", &json!({"called_on": "2019-06-26", "parts": ["public", "private"]}));
        let items = json!([
            {"reference": "1", "title": "Title of 1", "part": "public", "action_sought": "approve"},
            {"reference": "2", "title": "The secret lease", "part": "private", "applies_to": ["body/06W"], "action_sought": "note"}]);
        calling.hear(
            "AgendaPublished",
            &json!({"published_on": {"written": "27 June 2019"}, "version": 2, "items": items}),
        );
        (found, calling)
    }

    fn text(page: &ReportPage) -> String {
        to_text(page).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_notice_says_who_meets_when_and_where_and_what_the_public_may_hear() {
        let (found, calling) = called("public", &["1"]);
        let said = text(&notice_page(&found, &calling));
        for told in [
            "Notice of a meeting: In common",
            "body/06W and body/06Y meet, each deciding for itself.",
            "starts Thursday 4 July 2019, 13:00",
            "place Civic Centre",
            "notice given 2019-06-26",
            "1 Title of 1 to approve",
            "asked to leave",
        ] {
            assert!(said.contains(told), "{told}: {said}");
        }
        let off = GetMinutesResponse { state: "cancelled".to_owned(), ..found };
        assert!(text(&notice_page(&off, &calling)).contains("do not meet: it was called off"));
    }

    #[test]
    fn the_agenda_of_a_part_says_nothing_of_the_other() {
        let (public, calling) = called("public", &["1"]);
        let said = text(&agenda_page(&public, &calling));
        assert!(
            said.contains("Agenda, public part: In common")
                && said.contains("Published on 27 June 2019, version 2."),
            "{said}"
        );
        let data = calling.to_json(&public).to_string();
        for told in [&said, &data] {
            assert!(
                !told.contains("lease") && !told.contains("for 06W") && !told.contains("\"2\""),
                "{told}"
            );
        }
        let (private, calling) = called("private", &["2"]);
        let said = text(&agenda_page(&private, &calling));
        assert!(said.contains("2 Title of 2 to note; for 06W") && !said.contains("Title of 1"), "{said}");
        let (none, calling) = called("public", &[]);
        assert!(text(&agenda_page(&none, &calling)).contains("No item of this part is published"));
    }
}
