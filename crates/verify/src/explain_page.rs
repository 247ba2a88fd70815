//! An entry taken apart, as a page and as JSON.

use crate::explain::{ExplainedSignature, Explanation};
use crate::page::{Block, ReportPage, Section};
use crate::{Review, lead};
use serde_json::{Value, json};

/// The explanation as a page.
pub fn explanation_page(review: &Review, explained: &Explanation) -> ReportPage {
    let (tone, mut lead) = lead(review);
    if let Some(first) = lead.first_mut() {
        first.insert_str(0, "The record as a whole: ");
    }
    let sections = vec![
        Section::new("Result", vec![Block::words(explained.result.what.clone())]),
        Section::new("Inputs", inputs(explained)),
        Section::new("Signatures", vec![signatures(explained)]),
        Section::new("Entries that the verdict rests on", vec![why(explained)]),
        Section::new("Rules that were asked", rules(explained)),
    ];
    ReportPage {
        title: format!("Entry {}", explained.position),
        lead,
        tone,
        sections,
        foot: "minutebook-verify".to_owned(),
    }
}

/// The explanation as one JSON object, with the verdict on the whole record beside it.
pub fn explanation_json(review: &Review, explained: &Explanation) -> Value {
    json!({
        "verdict": review.audit.verdict(),
        "first_wrong": review.audit.first_wrong(),
        "explained": explained,
        "program": format!("minutebook-verify {}", env!("CARGO_PKG_VERSION")),
    })
}

fn inputs(explained: &Explanation) -> Vec<Block> {
    let inputs = &explained.inputs;
    let mut facts = vec![
        ("BLAKE3, the chain", inputs.blake3.to_string()),
        ("SHA-256, the tree", inputs.leaf.clone()),
        ("bytes", inputs.bytes.to_string()),
        ("rule set", explained.rules_version.to_string()),
    ];
    facts.extend(inputs.event_type.clone().map(|event_type| ("type", event_type)));
    facts.extend(inputs.subject.clone().map(|subject| ("about", subject)));
    facts.extend(inputs.recorded.clone().map(|recorded| ("recorded", recorded)));
    let evidence = inputs.evidence.as_array().map_or(&[][..], Vec::as_slice);
    facts.extend(evidence.iter().map(|document| ("evidence", document.to_string())));
    vec![Block::facts(facts), Block::Verbatim(inputs.entry.clone())]
}

fn signatures(explained: &Explanation) -> Block {
    let row = |signature: &ExplainedSignature| {
        let body = signature.body.as_ref().map_or_else(String::new, |body| format!(" of {body}"));
        let capacity = signature.capacity.map_or_else(|| "-".to_owned(), |it| format!("{it}{body}"));
        let grants = &signature.grants;
        let grants = if grants.is_empty() { "no grant".to_owned() } else { grants.join(", ") };
        let verdict = if signature.holds { "holds" } else { "FAILS" };
        vec![verdict.to_owned(), capacity, grants, signature.key.to_string()]
    };
    let rows = explained.inputs.signatories.iter().map(row).collect();
    Block::table(&["signature", "as", "grants in force", "key"], rows, "None that can be read.")
}

fn why(explained: &Explanation) -> Block {
    let rows = explained.why.iter().map(|why| vec![why.position.to_string(), why.what.clone()]);
    Block::table(&["entry", "what it is"], rows.collect(), "None.")
}

fn rules(explained: &Explanation) -> Vec<Block> {
    let rows = explained.rules.iter().map(|rule| {
        let mut what = format!("{} ({})", rule.says, rule.source);
        rule.found.iter().for_each(|found| what.push_str(&format!("\n{found}")));
        vec![rule.result.to_owned(), rule.force.to_owned(), rule.id.to_owned(), what]
    });
    let table = Block::table(&["result", "force", "rule", "what it asks"], rows.collect(), "None.");
    let words = "In the order in which they were asked. A rule that is not listed does not speak of such an act, or was not reached.";
    vec![Block::words(words), table]
}
