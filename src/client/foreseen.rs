//! The dry run of an append, from the client's side: what a ledger would say of events, asked before anybody signs them.

use super::{Broken, Client, ClientError, ServerRefusal, harmless};
use crate::proto::{self, ForeseenEvent};
use minutebook_log::Event;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Events that a ledger would refuse, each with everything that speaks against it. Nobody has signed them.
#[derive(Debug, thiserror::Error)]
pub struct WouldBeRefused {
    /// How many were judged together: all of them are recorded or none.
    pub judged: usize,
    /// Those that would be refused, in their order.
    pub events: Vec<RefusedEvent>,
}

/// An event that would be refused.
#[derive(Debug, Clone)]
pub struct RefusedEvent {
    /// Its index among those that were judged, from 0.
    pub index: usize,
    /// Its type, by name.
    pub type_name: String,
    /// What it is about.
    pub subject: String,
    /// The members that are spoken of, as JSON pointers into the event, sorted.
    pub members: Vec<String>,
    /// Where those stand in a file, where it comes from one.
    pub place: Option<String>,
    /// What the ledger would say.
    pub refusal: ServerRefusal,
}

impl Client {
    /// What would become of each of the events, were they appended in this order. No signature travels.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn foresee(&mut self, events: &[&Event]) -> Result<Vec<ForeseenEvent>, ClientError> {
        let unsigned = events
            .iter()
            .map(|event| proto::SignedEvent { event: event.bytes().to_vec(), signatures: Vec::new() });
        let request = proto::AppendEventsRequest { signed_events: unsigned.collect(), validate_only: true };
        let response = harmless(self.log.append_events(request).await?.into_inner())?;
        if !response.appended.is_empty() {
            return Err(ClientError::lies("AppendEvents", "that it appended what it was only asked about"));
        }
        let indices = response.foreseen.iter().map(|foreseen| foreseen.event_index as usize);
        if !indices.eq(0..events.len()) {
            let what = format!("{} judgements for {} events", response.foreseen.len(), events.len());
            return Err(ClientError::lies("AppendEvents", &what));
        }
        Ok(response.foreseen)
    }
}

impl RefusedEvent {
    /// What speaks against the event; nothing where it would be taken.
    pub(crate) fn of(event: &Event, foreseen: &ForeseenEvent) -> Option<Self> {
        let first = foreseen.objections.first()?;
        let status = match first.reason.as_str() {
            "MALFORMED" => "INVALID_ARGUMENT",
            "UNAUTHORISED" => "PERMISSION_DENIED",
            "ID_TAKEN" => "ALREADY_EXISTS",
            _ => "FAILED_PRECONDITION",
        };
        let members: BTreeSet<_> = foreseen.objections.iter().flat_map(|it| it.members.clone()).collect();
        let index = foreseen.event_index;
        let metadata = BTreeMap::from([("event_index".to_owned(), index.to_string())]);
        let refusal = ServerRefusal {
            status: status.to_owned(),
            reason: first.reason.clone(),
            message: format!("found {}; needed {}", first.found, first.needed),
            metadata,
            broken: foreseen.objections.iter().map(|it| broken(event, it)).collect(),
        };
        Some(Self {
            index: index as usize,
            type_name: event.event_type.name.clone(),
            subject: event.subject.to_string(),
            members: members.into_iter().collect(),
            place: None,
            refusal,
        })
    }
}

/// What a server says of a broken rule, and of a member of the wrong form.
fn broken(event: &Event, objection: &proto::Objection) -> Broken {
    let proto::Objection { rule, says, source, found, needed, members, .. } = objection;
    let is_rule = !rule.is_empty();
    let about =
        if is_rule { event.subject.to_string() } else { members.first().cloned().unwrap_or_default() };
    Broken {
        rule: is_rule.then(|| rule.clone()),
        about,
        says: if is_rule { format!("{says} ({source})") } else { String::new() },
        found: found.clone(),
        needed: needed.clone(),
    }
}

impl WouldBeRefused {
    /// As data, for `--json`: the first as any refusal is told, and all of them.
    pub(crate) fn to_json(&self) -> Value {
        let all = self.events.iter().map(RefusedEvent::to_json).collect::<Vec<_>>();
        let first = self.events.first().map_or(Value::Null, |first| first.refusal.to_json());
        let mut told = if first.is_object() { first } else { json!({"kind": "refused"}) };
        if let Value::Object(members) = &mut told {
            members.insert("message".to_owned(), json!(self.to_string()));
            members.insert("refused".to_owned(), json!(all));
        }
        told
    }
}

impl RefusedEvent {
    fn to_json(&self) -> Value {
        let Self { index, type_name, subject, members, place, refusal } = self;
        json!({
            "event_index": index,
            "type": type_name,
            "subject": subject,
            "members": members,
            "place": place,
            "violations": refusal.violations(),
            "way_out": refusal.way_out(),
        })
    }

    /// Where it stands and what speaks against it.
    fn told(&self) -> String {
        match &self.place {
            Some(place) => format!("{place}: {}", self.refusal),
            None => self.refusal.to_string(),
        }
    }
}

impl fmt::Display for WouldBeRefused {
    /// One that is alone as any refusal; of several each with its number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = self.judged;
        let named =
            |it: &RefusedEvent| format!("event {} of {of}, {} of {}", it.index + 1, it.type_name, it.subject);
        match self.events.as_slice() {
            [alone] if of == 1 => f.write_str(&alone.told()),
            [one] => {
                let named = named(one);
                write!(f, "{named}, is refused, and so none of the {of} events is recorded: {}", one.told())
            }
            several => {
                write!(f, "{} of {of} events are refused, and so none of them is recorded", several.len())?;
                several.iter().try_for_each(|it| write!(f, "\n{}: {}", named(it), it.told()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(index: usize) -> RefusedEvent {
        let broken = Broken {
            rule: Some("body.open".to_owned()),
            about: "body/04K".to_owned(),
            says: "A body decides while it is open. (principle: step by step)".to_owned(),
            found: "closed".to_owned(),
            needed: "open".to_owned(),
        };
        RefusedEvent {
            index,
            type_name: "DecisionRecorded".to_owned(),
            subject: "body/04K".to_owned(),
            members: vec!["/data/facts/decided_on".to_owned()],
            place: Some("july.jsonc, line 3, /data/facts/decided_on".to_owned()),
            refusal: ServerRefusal {
                status: "FAILED_PRECONDITION".to_owned(),
                reason: "RULE_BROKEN".to_owned(),
                message: "found closed; needed open".to_owned(),
                metadata: BTreeMap::new(),
                broken: vec![broken],
            },
        }
    }

    #[test]
    fn every_event_is_told_with_its_number_and_its_line() {
        let alone = WouldBeRefused { judged: 1, events: vec![refused(0)] }.to_string();
        assert!(
            alone.starts_with("july.jsonc, line 3, /data/facts/decided_on: refused\n  body/04K"),
            "{alone}"
        );
        assert!(!alone.contains("event 1"), "{alone}");
        let one = WouldBeRefused { judged: 3, events: vec![refused(2)] }.to_string();
        let named = "event 3 of 3, DecisionRecorded of body/04K, is refused, and so none of the 3 events is recorded: july";
        assert!(one.starts_with(named), "{one}");
        let two = WouldBeRefused { judged: 3, events: vec![refused(0), refused(2)] };
        let said = two.to_string();
        assert!(
            said.starts_with("2 of 3 events are refused, and so none of them is recorded\nevent 1 of 3"),
            "{said}"
        );
        assert_eq!(said.matches("found closed").count(), 2, "{said}");
        let told = two.to_json();
        assert_eq!(
            (told["kind"].as_str(), told["refused"][1]["event_index"].as_u64()),
            (Some("refused"), Some(2))
        );
        assert_eq!(told["refused"][0]["violations"][0]["needed"], "open");
    }
}
