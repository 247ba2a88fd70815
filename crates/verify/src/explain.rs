//! One entry, taken apart: what went into the verdict on it, so that somebody else can come to it again.

use crate::page::{Block, Page, Section};
use crate::replay::{Replay, Signatures};
use crate::tiles::read_bundle;
use crate::{Published, PublishedError, Review, lead};
use minutebook_governance::{Admission, Book, RULES_VERSION, authority, catalogue};
use minutebook_log::{Entry, Hash, Place, Position, TreeHash, TreeSize};

/// Explains the entry at `position` of the log that was reviewed; nothing where it was not read.
///
/// # Errors
/// [`PublishedError`].
pub fn explain(
    published: &Published,
    review: &Review,
    position: Position,
) -> Result<Option<Page>, PublishedError> {
    let Some((before, bytes)) = read_up_to(published, review.audit.tree.size, position)? else {
        return Ok(None);
    };
    let (tone, lead) = lead(review);
    let title = format!("Entry {position}");
    let inputs = vec![
        Block::facts(vec![
            ("BLAKE3, the chain", Hash::of(&bytes).to_string()),
            ("SHA-256, the tree", TreeHash::leaf(&bytes).to_string()),
            ("bytes", bytes.len().to_string()),
            ("rule set", before.chain().opening().map_or(RULES_VERSION, |opening| opening.rules).to_string()),
        ]),
        Block::Verbatim(String::from_utf8_lossy(&bytes).into_owned()),
    ];
    let mut sections = vec![Section::new("Inputs", inputs)];
    match Entry::parse(&bytes) {
        Err(malformed) => {
            sections.push(Section::new("Result", vec![Block::words(malformed.to_string())]));
        }
        Ok(entry) => {
            sections.push(Section::new("Signatures", vec![signatures(&before, &entry)]));
            sections.push(Section::new("Entries that it rests on", vec![rests_on(&before, &entry)]));
            sections.push(Section::new("Result", result(&before, &entry)));
        }
    }
    Ok(Some(Page { title, lead, tone, sections }))
}

/// The book before an entry, and the entry's bytes.
fn read_up_to(
    published: &Published,
    size: TreeSize,
    position: Position,
) -> Result<Option<(Book, Vec<u8>)>, PublishedError> {
    let mut replay = Replay::default();
    let mut next = Position::FIRST;
    while size.holds(next) && size.holds(position) {
        let Some(bundle) = read_bundle(published, next, size)? else { return Ok(None) };
        let entries = bundle.entries();
        let at = usize::try_from(position.0.saturating_sub(next.0)).unwrap_or(usize::MAX);
        let before = entries.get(..at).unwrap_or(&entries);
        replay.take(before, Signatures::KnownToHold);
        if let Some(entry) = entries.get(at) {
            return Ok(Some((replay.report().book, entry.to_vec())));
        }
        if entries.is_empty() || replay.is_over() {
            return Ok(None);
        }
        next = Position(next.0.saturating_add(entries.len() as u64));
    }
    Ok(None)
}

fn signatures(before: &Book, entry: &Entry) -> Block {
    let act = catalogue::read(&entry.signed).ok();
    let rows = entry.signed.signatures().iter().map(|(key, signature)| {
        let holds = key.verify(entry.event().bytes(), signature).is_ok();
        let listed = act.iter().flat_map(|act| &act.signatories).find(|signatory| signatory.key == *key);
        let capacity = listed.map_or_else(
            || "-".to_owned(),
            |signatory| {
                let body = signatory.body.as_ref().map_or_else(String::new, |body| format!(" of {body}"));
                format!("{}{body}", signatory.capacity.as_str())
            },
        );
        let grants = authority::grants_of(before.record(), *key, authority::now(before.record()));
        let grants: Vec<_> = grants.iter().map(|(id, _grant)| id.to_string()).collect();
        let grants = if grants.is_empty() { "no grant".to_owned() } else { grants.join(", ") };
        let verdict = if holds { "holds" } else { "FAILS" };
        vec![verdict.to_owned(), capacity, grants, key.to_string()]
    });
    Block::table(&["signature", "as", "grants in force", "key"], rows.collect(), "None.")
}

fn rests_on(before: &Book, entry: &Entry) -> Block {
    let record = before.record();
    let mut rows = Vec::new();
    if let Some(seen) = entry.event().seen {
        let found = before.chain().hash_at(seen.position);
        let verdict = if found == Some(seen.hash) { "stands in the chain" } else { "is not in the chain" };
        rows.push(vec![seen.position.to_string(), format!("what its author had seen; it {verdict}")]);
    }
    for key in entry.signed.keys() {
        if let Some(state) = authority::key_state(record, key, authority::now(record)) {
            rows.push(vec![state.enrolled.to_string(), format!("enrols the key of {}", state.label.shown())]);
        }
        for (id, _grant) in authority::grants_of(record, key, authority::now(record)) {
            let view = before.view(
                minutebook_governance::Date::of(entry.recorded),
                minutebook_governance::Scope::Reported,
            );
            let granted = record.about(id.subject(), view).next();
            rows.extend(granted.map(|told| vec![told.position.to_string(), format!("grants {id}")]));
        }
    }
    let view =
        before.view(minutebook_governance::Date::of(entry.recorded), minutebook_governance::Scope::Reported);
    for told in record.about(&entry.event().subject, view) {
        let name = record.at(told.position).map_or("", |recorded| recorded.act.name);
        rows.push(vec![told.position.to_string(), format!("{name}, about {}", entry.event().subject)]);
    }
    rows.sort_by_key(|row| row.first().and_then(|position| position.parse::<u64>().ok()));
    rows.dedup();
    Block::table(&["entry", "what it is to this one"], rows, "None: it opens the record.")
}

fn result(before: &Book, entry: &Entry) -> Vec<Block> {
    let Entry { position, stream_number, recorded, .. } = *entry;
    if let Err(error) = before.chain().check(entry) {
        return vec![Block::words(format!("It does not continue the chain: {error}"))];
    }
    if let Err(error) = entry.signed.verify() {
        return vec![Block::words(error.to_string())];
    }
    match before.admit(&entry.signed, Place { position, stream_number, recorded }) {
        Err(refusal) => vec![Block::words(format!("Refused by rule set {RULES_VERSION}: {refusal}"))],
        Ok(Admission::Again(first)) => {
            vec![Block::words(format!("The same event stands at {first} already."))]
        }
        Ok(Admission::New(admitted)) => {
            let findings = admitted.findings().iter().map(|finding| {
                vec![
                    finding.rule.id.to_owned(),
                    format!("found {}; needed {}", finding.found, finding.needed),
                ]
            });
            vec![
                Block::words(format!("Admitted under rule set {RULES_VERSION}.")),
                Block::table(&["rule", "finding"], findings.collect(), "It raises no finding."),
            ]
        }
    }
}
