//! How affairs that were made up come into a book.

use crate::affairs_made_up::{DAYS, Line};
use crate::heard::{heard, tell};
use crate::said::{Said, says};
use crate::story::{Story, given};
use serde_json::{Value, json};

/// Tells what can be told.
pub(crate) fn told(lines: &[Line]) -> Story {
    let mut story = given([]);
    let first = story.entries.len();
    for line in lines {
        if let Some(said) = said(&story, first, line) {
            tell(&mut story, &said);
        }
    }
    story
}

/// A correction cites what stands there, by whoever said it.
pub(crate) fn said(story: &Story, first: usize, line: &Line) -> Option<Said> {
    let (nth, on, to) = match line {
        Line::Said(said) => return Some(said.clone()),
        Line::Withdrawn { nth, on } => (nth, on, None),
        Line::Redated { nth, on, to } => (nth, on, Some(to)),
    };
    let target = heard(story, story.record().len()).into_iter().nth(first + nth)?;
    let mut facts = json!({"target": target.id, "kind": "withdrawn", "reason": "Wrong."});
    if let Some(to) = to {
        let dates = target.facts.as_object()?.iter();
        let (member, old) = dates
            .into_iter()
            .find(|(_member, value)| value.as_str().is_some_and(|text| DAYS.contains(&text)))?;
        facts["kind"] = json!("factual");
        facts["fields"] = json!([{"path": format!("/{member}"), "old": old, "new": to}]);
    }
    let mut said = says("RecordCorrected", &format!("record/{}", target.id), facts).on(on);
    said.signers = signers(&story.entries[first + nth].event().data["signatories"]);
    said.standing = if target.standing == "third_party" { "third_party" } else { "own_act" };
    Some(said)
}

fn signers(signatories: &Value) -> Vec<(String, &'static str, Option<String>)> {
    let of = |signatory: &Value| match (signatory["capacity"].as_str().unwrap(), signatory["body"].as_str()) {
        ("secretary", Some(body)) => {
            (body.replace("body/", "secretary-"), "secretary", Some(body.to_owned()))
        }
        ("importer", _) => ("importer".to_owned(), "importer", None),
        _ => ("nhs-england".to_owned(), "nhs_england", None),
    };
    let mut all: Vec<_> = signatories.as_array().unwrap().iter().map(of).collect();
    all.dedup();
    if signatories.as_array().unwrap().len() > 1 && all.len() == 1 {
        all.push(("nhs-england-two".to_owned(), "nhs_england", None));
    }
    all
}
