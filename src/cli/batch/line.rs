//! One line of a file: an event, or one for each of several bodies, or a decision with the vote that it rests on.

use super::heading::{Heading, SaidSoFar};
use super::placeholders;
use crate::cli::exit::Usage;
use crate::cli::new_ids::{NewIds, body_meant};
use crate::cli::sealed_texts::seal_all;
use crate::cli::writing::Words;
use crate::cli::written::Places;
use minutebook_governance::Malformed;
use minutebook_governance::catalogue::{CatalogueRow, row_of};
use minutebook_log::{EventId, Subject, Timestamp};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// One line: an event, or one event for each of several bodies.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    #[serde(rename = "type")]
    pub(super) type_name: String,
    #[serde(default)]
    subject: Option<String>,
    /// The bodies for each of which it is said; `$body` stands for the body, `$slug` for its id after the slash.
    #[serde(default)]
    each: Each,
    /// A name by which later lines mean the event: `@name` stands for its id.
    #[serde(default)]
    pub(super) label: Option<String>,
    /// The vote on which a decision rests, as `{"show_of_hands": {"for": 3, "against": 0}}` or `"consensus"`.
    #[serde(default)]
    vote: Option<Value>,
    /// The standing; else the heading's.
    #[serde(default)]
    standing: Option<String>,
    #[serde(default)]
    signatories: Option<Value>,
    #[serde(default)]
    evidence: Option<Value>,
    #[serde(default)]
    time: Option<String>,
    #[serde(default)]
    basis: Option<Value>,
    #[serde(default)]
    fulfils: Option<Value>,
    facts: Value,
}

/// Of which bodies a line is said, each for itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(
    untagged,
    expecting = "found something else; needed a list of bodies, or \"all\" for those of the heading"
)]
enum Each {
    Listed(Vec<String>),
    Word(String),
}

impl Default for Each {
    fn default() -> Self {
        Self::Listed(Vec::new())
    }
}

impl Line {
    /// The bodies of each of which it is said; nothing where it is said once.
    ///
    /// # Errors
    /// `all`, and the heading names none; or another word.
    pub(super) fn bodies(&self, heading: &Heading) -> Result<Vec<Option<String>>, Malformed> {
        let bodies = match &self.each {
            Each::Listed(bodies) if bodies.is_empty() => return Ok(vec![None]),
            Each::Listed(bodies) => bodies,
            Each::Word(word) if word == "all" && !heading.bodies.is_empty() => &heading.bodies,
            Each::Word(word) if word == "all" => {
                let needed = "the bodies in the heading (\"bodies\": [..]), or a list of them here";
                return Err(Malformed::quoting("/each", word, needed));
            }
            Each::Word(word) => {
                let needed = "a list of bodies, or \"all\" for those of the heading";
                return Err(Malformed::quoting("/each", word, needed));
            }
        };
        Ok(bodies.iter().cloned().map(Some).collect())
    }

    /// Whether it is said of several bodies, each for itself.
    pub(super) fn is_of_each(&self) -> bool {
        !matches!(&self.each, Each::Listed(bodies) if bodies.is_empty())
    }

    /// The line as one body says it, with all that the heading says for it; the vote that it rests on before it.
    ///
    /// # Errors
    /// What is wrong with the vote; or there is no randomness for new ids.
    pub(super) fn said_by<F: Fn() -> anyhow::Result<EventId>>(
        &self,
        body: Option<&String>,
        (heading, said): (&Heading, &mut SaidSoFar),
        (ids, places): (&mut NewIds<F>, &Places),
    ) -> anyhow::Result<Vec<Self>> {
        let mut line = body.map_or_else(|| self.clone(), |body| self.of_body(body));
        let row = row_of(&line.type_name);
        let subject = line.subject.clone().or_else(|| default_subject(row?, body, heading));
        line.subject = subject.map(|subject| ids.in_text(&subject)).transpose()?;
        line.facts = ids.in_value(&line.facts)?;
        let about = line.subject.clone().filter(|subject| subject.starts_with("body/"));
        let about = about.or_else(|| body.cloned()).or_else(|| heading.only_body().map(str::to_owned));
        heading.fill(&line.type_name, about.as_deref(), &mut line.facts, said);
        heading.check_times(&line.facts).map_err(|wrong| places.locate(&wrong))?;
        said.note(&line.type_name, line.subject.as_deref().unwrap_or_default(), &line.facts);
        let vote = line.vote.take().map(|vote| line.vote_of(&vote));
        let vote = vote.transpose().map_err(|wrong| places.locate(&wrong))?;
        Ok(vote.into_iter().chain([line]).collect())
    }

    fn of_body(&self, body: &str) -> Self {
        let mut line = self.clone();
        let slug = body.trim_start_matches("body/");
        let put = &|text: &str| text.replace("$body", body).replace("$slug", slug);
        line.facts = with_texts(&self.facts, put);
        line.subject = self.subject.as_deref().map(put);
        line.signatories = self.signatories.as_ref().map(|listed| with_texts(listed, put));
        line.evidence = self.evidence.as_ref().map(|listed| with_texts(listed, put));
        line
    }

    /// The vote on which a decision rests, as an event of its own: of the same body, under the same item.
    fn vote_of(&self, vote: &Value) -> Result<Self, Malformed> {
        let item = self.facts.get("item");
        let item = item.and_then(|item| item.as_str().or_else(|| item.get("reference")?.as_str()));
        let (Some(item), "DecisionRecorded") = (item, self.type_name.as_str()) else {
            let needed = "a vote beside a DecisionRecorded whose facts name the item that was voted on";
            return Err(Malformed::new("/vote", "a vote beside something else", needed));
        };
        let mut facts =
            Map::from_iter([("item".to_owned(), json!(item)), ("body".to_owned(), json!(self.subject))]);
        let motion = self.facts.get("motion").cloned();
        facts.extend(motion.map(|motion| ("motion".to_owned(), motion)));
        let counted =
            vote.as_object().filter(|members| members.len() == 1).and_then(|members| members.iter().next());
        match (vote, counted) {
            (Value::String(method), _) => {
                facts.insert("method".to_owned(), json!(method));
            }
            (_, Some((method, votes))) => {
                facts.insert("method".to_owned(), json!(method));
                facts.insert("votes".to_owned(), votes.clone());
            }
            _ => {
                let needed = "\"consensus\", or how it was taken with what was counted: {\"show_of_hands\": {\"for\": 3, \"against\": 0}}";
                return Err(Malformed::new("/vote", vote.to_string(), needed));
            }
        }
        Ok(Self {
            type_name: "VoteTaken".to_owned(),
            subject: None,
            label: None,
            evidence: None,
            fulfils: None,
            facts: Value::Object(facts),
            ..self.clone()
        })
    }

    /// The line as words that can be bound to a ledger.
    ///
    /// # Errors
    /// What is wrong with its type, its subject or its time.
    pub(super) fn into_words(
        self,
        heading: &Heading,
        labels: &BTreeMap<String, EventId>,
        id: EventId,
        together: Option<EventId>,
    ) -> anyhow::Result<Words> {
        let row = row_of(&self.type_name);
        let row = row.ok_or_else(|| Usage(format!("there is no type {}", self.type_name)))?;
        let subject = self.subject.clone().or_else(|| default_subject(row, None, heading));
        let subject = subject.ok_or_else(|| no_subject(row));
        let unknown = placeholders::unknown("/data/facts", &self.facts, self.is_of_each());
        unknown.map_or(Ok(()), Err)?;
        let subject = subject?;
        let wrong_subject = |wrong: Malformed| {
            let needed = if row.subject_kind == "body" { body_meant(&subject) } else { wrong.needed };
            Malformed { at: "/subject".to_owned(), needed, ..wrong }
        };
        let subject: Subject = subject.parse().map_err(wrong_subject)?;
        let cited = &|text: &str| labels.get(text).map_or_else(|| text.to_owned(), ToString::to_string);
        let facts = with_texts(&self.facts, cited);
        let mut data = Map::new();
        let standing = self.standing.as_deref().or(heading.standing.as_deref()).unwrap_or("own_act");
        data.insert("standing".to_owned(), json!(standing));
        data.insert("signatories".to_owned(), self.signed(heading, &subject, &facts));
        let basis = self.basis.or_else(|| heading.basis.clone());
        for (name, said) in [("evidence", self.evidence), ("basis", basis), ("fulfils", self.fulfils)] {
            data.extend(said.map(|said| (name.to_owned(), said)));
        }
        data.insert("facts".to_owned(), facts);
        let time = self.time.as_ref().or(heading.time.as_ref());
        let time = time.map(|time| Timestamp::parse_event_time(time)).transpose()?;
        let (type_name, correlation_id) = (self.type_name, together);
        let (places, disclosures) = (Places::default(), seal_all(&mut data)?);
        Ok(Words { type_name, subject, id: Some(id), time, correlation_id, data, places, disclosures })
    }

    /// The signatories: those that the line names, else the secretary of the body that it is about.
    fn signed(&self, heading: &Heading, subject: &Subject, facts: &Value) -> Value {
        let about = (subject.kind() == "body").then(|| subject.as_str());
        let body = about.or_else(|| facts.get("body").and_then(Value::as_str));
        let body = body.or(heading.secretary_of.as_deref());
        match (&self.signatories, body) {
            (Some(listed), _) => listed.clone(),
            (None, Some(body)) => json!([{"capacity": "secretary", "body": body}]),
            (None, None) => json!([{"capacity": "secretary"}]),
        }
    }
}

/// A line that says not what it is about, and which heading does not either.
fn no_subject(row: &CatalogueRow) -> Malformed {
    let needed = match row.subject_kind {
        "meeting" => {
            "the meeting that it is about (\"meeting\" in the heading, or \"subject\" here)".to_owned()
        }
        "action" if row.name == "ActionAssigned" => {
            "action/$new here, or the day of the sitting (\"on\" in the heading), which makes one".to_owned()
        }
        "body" => "the body that it is about (\"subject\": \"body/04K\"), or \"each\" with those that say it"
            .to_owned(),
        kind => format!("what it is about (\"subject\": \"{kind}/..\")"),
    };
    Malformed::new("/subject", "nothing", needed)
}

/// What a line is about that names nothing: the meeting, the body that says it, or an action that is new.
fn default_subject(row: &CatalogueRow, body: Option<&String>, heading: &Heading) -> Option<String> {
    match row.subject_kind {
        "meeting" => heading.meeting.clone(),
        "body" => body.cloned().or_else(|| heading.on.and(heading.only_body()).map(str::to_owned)),
        "action" if row.name == "ActionAssigned" => heading.on.map(|_day| "action/$new".to_owned()),
        _ => None,
    }
}

/// The value with every text in it changed.
fn with_texts(value: &Value, change: &impl Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => Value::String(change(text)),
        Value::Array(items) => items.iter().map(|item| with_texts(item, change)).collect(),
        Value::Object(members) => {
            let changed = members.iter().map(|(name, value)| (name.clone(), with_texts(value, change)));
            Value::Object(changed.collect())
        }
        other => other.clone(),
    }
}
