//! What a ledger says of events before anybody signs them: that each would be taken, and with which findings; or everything for
//! which it would be refused, with its line in the file.

use super::context::Context;
use super::draft_file::SigningDraft;
use super::show;
use super::written::Places;
use crate::client::{Client, ClientError, RefusedEvent, WouldBeRefused};
use crate::proto::ForeseenEvent;
use minutebook_log::Event;
use serde_json::{Value, json};
use std::path::PathBuf;

/// The judgement of events that are to be recorded together.
pub(crate) struct Judgement {
    foreseen: Vec<ForeseenEvent>,
    refused: Vec<RefusedEvent>,
}

impl Judgement {
    /// Asks the ledger about events, each with where it stands in a file, as they would be recorded after those of `before`,
    /// which others are to record first. No signature and no private key travels.
    ///
    /// # Errors
    /// [`ClientError`]: the ledger gave no judgement.
    pub(crate) async fn ask(
        client: &mut Client,
        before: &[Event],
        events: &[(&Event, &Places)],
    ) -> Result<Self, ClientError> {
        let alone = events.iter().map(|(event, _places)| *event);
        let all: Vec<_> = before.iter().chain(alone).collect();
        let mut foreseen = client.foresee(&all).await?.split_off(before.len());
        foreseen.iter_mut().zip(0..).for_each(|(one, index)| one.event_index = index);
        let refused = foreseen.iter().zip(events).filter_map(|(foreseen, (event, places))| {
            let refused = RefusedEvent::of(event, foreseen)?;
            Some(RefusedEvent { place: places.of(&refused.members), ..refused })
        });
        let refused = refused.collect();
        Ok(Self { foreseen, refused })
    }

    /// What would become of each, where all would be taken.
    ///
    /// # Errors
    /// Everything that speaks against any of them.
    pub(crate) fn taken(self) -> Result<Vec<ForeseenEvent>, WouldBeRefused> {
        if self.refused.is_empty() {
            return Ok(self.foreseen);
        }
        Err(WouldBeRefused { judged: self.foreseen.len(), events: self.refused })
    }

    /// Shows the whole judgement, for which nothing was signed.
    ///
    /// # Errors
    /// [`WouldBeRefused`], once all of it is shown.
    pub(crate) fn show(self, context: &Context, events: &[(&Event, &Places)]) -> anyhow::Result<()> {
        let named = |event: &Event| format!("{} of {}", event.event_type.name, event.subject);
        if context.json {
            let each = self.foreseen.iter().zip(events).map(|(foreseen, (event, _places))| {
                let mut said = show::to_json(foreseen)?;
                if let Value::Object(members) = &mut said {
                    members.insert("type".to_owned(), json!(event.event_type.name));
                    members.insert("subject".to_owned(), json!(event.subject));
                    members.insert("event_id".to_owned(), json!(event.id));
                }
                Ok(said)
            });
            let each = each.collect::<anyhow::Result<Vec<_>>>()?;
            show::json(&json!({"foreseen": each, "would_be_recorded": self.refused.is_empty()}))?;
        } else {
            show::sentence(show::title("Dry run: nothing was signed, and nothing is recorded"))?;
            for (foreseen, (event, _places)) in self.foreseen.iter().zip(events) {
                let number = format!("{} of {}", foreseen.event_index + 1, events.len());
                show::field(&number, format!("{}: {}", named(event), fate(foreseen)))?;
            }
            show::findings(self.foreseen.iter().flat_map(|foreseen| &foreseen.findings))?;
        }
        self.taken()?;
        Ok(())
    }
}

/// What would become of an event, in words.
fn fate(foreseen: &ForeseenEvent) -> String {
    match (foreseen.position, foreseen.again, foreseen.objections.len()) {
        (Some(position), true, _) => format!("stands in the book already, as entry {position}"),
        (Some(position), false, _) => format!("would be entry {position}"),
        (None, _, 1) => "would be refused, for 1 reason".to_owned(),
        (None, _, several) => format!("would be refused, for {several} reasons"),
    }
}

/// The events of drafts in files, which others are to record first.
///
/// # Errors
/// A file that is no draft.
pub(crate) fn events_of(files: &[PathBuf]) -> anyhow::Result<Vec<Event>> {
    let drafts = files.iter().map(|file| SigningDraft::read_all(file)).collect::<anyhow::Result<Vec<_>>>()?;
    Ok(drafts.into_iter().flatten().map(|draft| draft.event).collect())
}

/// Says which soft rules the events would break, before they are signed: each finding once, with the events beside which it
/// would stay.
pub(crate) fn say_findings(foreseen: &[ForeseenEvent]) {
    for (finding, events) in by_finding(foreseen) {
        let it = match (events.as_slice(), foreseen.len()) {
            (_, 1) => "it".to_owned(),
            ([one], all) => format!("event {one} of {all}"),
            (several, all) => format!("events {} of {all}", several.join(", ")),
        };
        show::say(format!("If it is signed, a finding stays beside {it}: {finding}"));
    }
}

/// Every finding in words, with the numbers of the events that it is of.
fn by_finding(foreseen: &[ForeseenEvent]) -> Vec<(String, Vec<String>)> {
    let mut all: Vec<(String, Vec<String>)> = Vec::new();
    for (one, number) in foreseen.iter().zip(1_usize..) {
        for finding in &one.findings {
            let said = format!("{} Found {}. [{}]", finding.says, finding.found, finding.rule);
            let number = number.to_string();
            match all.iter_mut().find(|(known, _events)| *known == said) {
                Some((_known, events)) if events.contains(&number) => {}
                Some((_known, events)) => events.push(number),
                None => all.push((said, vec![number])),
            }
        }
    }
    all
}
