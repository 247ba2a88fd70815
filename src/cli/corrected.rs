//! An entry that is to be known otherwise: found, read as it stands by now, and corrected in the office in which it was signed.

use super::context::Context;
use super::exit::Usage;
use super::show;
use super::writing::{Signer, Words};
use super::written::{Places, nearer};
use crate::client::{Client, ClientError, KnownLedger, RegisterClient};
use crate::proto::GetKeyRequest;
use anyhow::Context as _;
use minutebook_governance::headlines::headline;
use minutebook_log::{Entry, EventId, Position};
use serde_json::{Map, Value, json};

/// The entry that a correction is about, as it stands by now.
pub(super) struct Target {
    position: u64,
    id: EventId,
    type_name: String,
    subject: String,
    named: String,
    /// What it says, in a line.
    says: String,
    standing: Value,
    signatories: Vec<Value>,
    facts: Value,
}

/// A value that changes.
pub(super) struct Change {
    pointer: String,
    old: Value,
    new: Value,
}

impl Target {
    /// Finds an entry by its position or its event's id, checks that it stands in the log, and applies what corrected it since.
    ///
    /// # Errors
    /// There is none; or it was withdrawn.
    pub(super) async fn find(client: &mut Client, known: &KnownLedger, entry: &str) -> anyhow::Result<Self> {
        let held = match entry.parse() {
            Ok(position) => client.entry(Position(position)).await?,
            Err(_no_number) => client.entry_of(entry).await?,
        };
        client.check_entries("GetEntry", known, &[(held.position, &held.bytes)]).await?;
        let read = Entry::parse(&held.bytes).context("what stands there can't be read")?;
        let event = read.event();
        let position = held.position.0;
        if let Some(withdrawn) = held.corrections.iter().find(|it| it.is_withdrawn) {
            let by = withdrawn.corrected_at;
            return Err(Usage(format!(
                "entry {position} was withdrawn by entry {by}: nothing of it is known any more"
            ))
            .into());
        }
        let mut facts = event.data.get("facts").cloned().unwrap_or_default();
        for field in held.corrections.iter().flat_map(|it| &it.fields) {
            if let (Some(value), Ok(new)) = (facts.pointer_mut(&field.path), serde_json::from_str(&field.new))
            {
                *value = new;
            }
        }
        let signatories =
            event.data.get("signatories").and_then(Value::as_array).cloned().unwrap_or_default();
        Ok(Self {
            position,
            id: event.id,
            type_name: event.event_type.name.clone(),
            subject: event.subject.to_string(),
            named: format!("entry {position}, {} of {}", event.event_type.name, event.subject),
            says: headline(&event.event_type.name, &facts, &|_id| None),
            standing: event.data.get("standing").cloned().unwrap_or_default(),
            signatories,
            facts,
        })
    }

    /// The change of a member of what it says, which is named by its way there: `text`, `conditions/0/text`.
    ///
    /// # Errors
    /// It says no such thing, and what it says; or the new value is not of the kind of the old one.
    pub(super) fn change(&self, field: &str, to: &str) -> Result<Change, Usage> {
        let path = field.trim_start_matches('/').trim_start_matches("data/facts/");
        let pointer = format!("/{path}");
        let dotted = format!("/{}", path.replace('.', "/"));
        let found = [pointer, dotted].into_iter().find_map(|it| Some((self.facts.pointer(&it)?.clone(), it)));
        let Some((old, pointer)) = found else {
            let listed = members(&self.facts, "").join(", ");
            let needed = nearer(&format!("`{path}`"), &format!("one of {listed}"));
            return Err(Usage(format!("{} says no `{path}`; needed {needed}", self.named)));
        };
        let new = value_like(&old, to).map_err(|needed| {
            Usage(format!("`{path}` of {} is {old}: found {to:?}; needed {needed}", self.named))
        })?;
        if new == old {
            return Err(Usage(format!("`{path}` of {} says that already: {old}", self.named)));
        }
        Ok(Change { pointer, old, new })
    }

    /// The words of the correction, in the offices in which the entry was signed: of those, for each signer one that its grants
    /// fit; the first that are left where none is known to.
    ///
    /// # Errors
    /// More signers than offices; or the server can't be asked.
    pub(super) async fn words(
        &self,
        (context, client, known): (&Context, &mut Client, &KnownLedger),
        signers: &[Signer],
        (body, evidence): (Option<&str>, &[String]),
        facts: Map<String, Value>,
    ) -> anyhow::Result<Words> {
        let mut offices = self.signatories.clone();
        let mut signatories = Vec::new();
        for signer in signers {
            let request = GetKeyRequest { key: signer.public().to_string(), view: None };
            let grants = match context.one(client, known, RegisterClient::get_key, request).await {
                Ok(found) => found.key.map(|key| key.grants).unwrap_or_default(),
                Err(ClientError::NotFound(_)) => Vec::new(),
                Err(other) => return Err(other.into()),
            };
            let is_granted = |office: &Value| {
                let (capacity, of) = (text(office, "capacity"), text(office, "body"));
                grants
                    .iter()
                    .filter(|grant| grant.state != "revoked" && grant.capacity == capacity)
                    .any(|grant| of.is_empty() || grant.bodies.iter().any(|it| it == "any" || it == of))
            };
            let at = offices.iter().position(is_granted).unwrap_or_default();
            if offices.is_empty() {
                let what = format!("{} was signed in fewer offices than --key gives keys", self.named);
                return Err(Usage(what).into());
            }
            let mut office = offices.remove(at);
            if let Some(members) = office.as_object_mut() {
                members.insert("key".to_owned(), json!(signer.public()));
                members.extend(body.map(|body| ("body".to_owned(), json!(body))));
            }
            signatories.push(office);
        }
        let mut data = Map::new();
        data.insert("standing".to_owned(), self.standing.clone());
        data.insert("signatories".to_owned(), Value::Array(signatories));
        if !evidence.is_empty() {
            let listed = evidence.iter().map(|title| json!({"title": title, "held": false}));
            data.insert("evidence".to_owned(), listed.collect());
        }
        let mut told = Map::from_iter([("target".to_owned(), json!(self.id))]);
        told.extend(facts);
        data.insert("facts".to_owned(), Value::Object(told));
        Ok(Words {
            type_name: "RecordCorrected".to_owned(),
            subject: format!("record/{}", self.id).parse()?,
            id: None,
            time: None,
            correlation_id: None,
            data,
            places: Places::default(),
            disclosures: Vec::new(),
        })
    }

    /// Says what is to be known otherwise, in words.
    pub(super) fn say(&self, changes: &[Change]) {
        show::say(show::title(format!("{}: {}", self.named, self.says)));
        for Change { pointer, old, new } in changes {
            let name = pointer.trim_start_matches('/').replace('_', " ");
            show::say(format!("  {name}\n    stands  {}\n    right   {}", plainly(old), plainly(new)));
        }
        show::say("");
    }

    /// Its event's id.
    pub(super) fn id(&self) -> EventId {
        self.id
    }

    /// Its type.
    pub(super) fn type_name(&self) -> &str {
        &self.type_name
    }

    /// What it is about.
    pub(super) fn subject(&self) -> &str {
        &self.subject
    }

    /// Who has signed it, as what.
    pub(super) fn signatories(&self) -> &[Value] {
        &self.signatories
    }

    /// What it says, as it stands by now.
    pub(super) fn facts(&self) -> &Value {
        &self.facts
    }

    /// Where it stands.
    pub(super) fn position(&self) -> u64 {
        self.position
    }
}

impl Change {
    /// As a correction has it.
    pub(super) fn to_json(&self) -> Value {
        json!({"path": self.pointer, "old": self.old, "new": self.new})
    }
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn plainly(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(members) if members.contains_key("sealed") => "(sealed)".to_owned(),
        other => other.to_string(),
    }
}

/// The ways to everything that an entry says, each in backquotes.
fn members(value: &Value, at: &str) -> Vec<String> {
    let beneath = |name: String, inner: &Value| {
        members(inner, &format!("{at}{}{name}", if at.is_empty() { "" } else { "/" }))
    };
    match value {
        Value::Object(all) if !all.contains_key("sealed") => {
            all.iter().flat_map(|(name, inner)| beneath(name.clone(), inner)).collect()
        }
        Value::Array(all) => {
            all.iter().enumerate().flat_map(|(index, inner)| beneath(index.to_string(), inner)).collect()
        }
        _ => vec![format!("`{at}`")],
    }
}

/// A value as somebody types it, of the kind of the one that stands.
///
/// # Errors
/// What would be right.
fn value_like(old: &Value, to: &str) -> Result<Value, String> {
    let as_json = || serde_json::from_str::<Value>(to);
    match old {
        Value::String(_) => Ok(json!(to)),
        Value::Number(_) => to.parse::<i64>().map(Value::from).map_err(|_no| "a whole number".to_owned()),
        Value::Bool(_) => to.parse::<bool>().map(Value::from).map_err(|_no| "true or false".to_owned()),
        Value::Object(members) if members.contains_key("sealed") => as_json().ok().filter(Value::is_object).ok_or_else(|| {
            "{\"sealed\": \"..\"}, the digest that minutebook seal prints: in the clear it would be published for ever".to_owned()
        }),
        Value::Object(members) if members.contains_key("written") => Ok(as_json().unwrap_or_else(|_a_date| json!(to))),
        _ => as_json().map_err(|error| format!("JSON, like what stands there ({error})")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target() -> Target {
        Target {
            position: 17,
            id: "0197e3c2-0000-7000-8000-000000000001".parse().unwrap(),
            type_name: "DecisionRecorded".to_owned(),
            subject: "body/04K".to_owned(),
            named: "entry 17, DecisionRecorded of body/04K".to_owned(),
            says: String::new(),
            standing: json!("own_act"),
            signatories: Vec::new(),
            facts: json!({"text": "To aprove.", "votes": {"for": 3}, "decided_on": {"written": "July 2019"},
                "conditions": [{"text": "A survey."}], "nature": {"sealed": "ab"}}),
        }
    }

    #[test]
    fn a_value_is_of_the_kind_of_the_one_that_stands() {
        let target = target();
        for (field, to, path, new) in [
            ("text", "To approve.", "/text", json!("To approve.")),
            ("/data/facts/text", "12", "/text", json!("12")),
            ("votes/for", "4", "/votes/for", json!(4)),
            ("votes.for", "4", "/votes/for", json!(4)),
            ("conditions/0/text", "Two.", "/conditions/0/text", json!("Two.")),
            ("decided_on", "2019-07-04", "/decided_on", json!("2019-07-04")),
            ("nature", "{\"sealed\": \"cd\"}", "/nature", json!({"sealed": "cd"})),
        ] {
            let change = target.change(field, to).unwrap_or_else(|why| panic!("{field}: {why}"));
            assert_eq!((change.pointer.as_str(), &change.new), (path, &new));
        }
        for (field, to, told) in [
            ("txt", "x", "did you mean `text`?"),
            ("votes/for", "four", "needed a whole number"),
            ("text", "To aprove.", "says that already"),
            ("nature", "A relative works there.", "minutebook seal"),
        ] {
            let said = target.change(field, to).err().unwrap().to_string();
            assert!(said.contains(told), "{said}");
        }
    }
}
