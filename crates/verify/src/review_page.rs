//! The report that an auditor files, as a page.

use crate::annexes::{annex_a, annex_b};
use crate::page::{Block, ReportPage, Section, Tone};
use crate::review::{Review, so_many_entries};
use crate::{AuditVerdict, Evidence, KeyPath, Level, Witnessed};
use minutebook_log::{Position, TreeSize, VerifierKey};
use std::collections::BTreeMap;

/// How many rows of a list a page shows; the JSON has them all.
const ROWS_MAX: usize = 500;

/// How many entries of a finding a page names; the JSON has them all.
const ENTRIES_MAX: usize = 4;

/// What each level asks, in a sentence.
fn question(level: Level) -> &'static str {
    match level {
        Level::Form => "Every entry can be read, in the one form that it may have.",
        Level::Chain => "Every entry holds the hash of the one before it.",
        Level::Tree => "The entries lead to the root that the log has signed.",
        Level::Signatures => "Every signature beneath every entry holds.",
        Level::Witnesses => "Others have signed the checkpoint, as many as the policy asks for.",
        Level::Seen => "What each author said to have seen stands in this record.",
        Level::Rules => "Who signed had the authority, and the rules admit the act.",
    }
}

/// The report as a page.
pub fn report_page(review: &Review) -> ReportPage {
    let (tone, mut lead) = lead(review);
    lead.push(match review.rules_version() {
        Some(version) if review.audit.report.replayed > 0 && review.audit.verdict() != AuditVerdict::Failed => format!(
            "{} {} admitted under rule set {version}. The rules are in annex A; what is not covered is in annex B.",
            so_many_entries(review.audit.report.replayed),
            if review.audit.report.replayed == 1 { "was" } else { "were" }
        ),
        _ => "What is not covered is in annex B.".to_owned(),
    });
    let mut sections = vec![
        Section::new("Which record", vec![Block::facts(record_facts(review))]),
        Section::new("What was checked", vec![levels(review)]),
        Section::new("Exceptions", vec![exceptions(review)]),
        Section::new("Findings", findings(review)),
        Section::new("How far signatures pin the history", pins(review)),
        Section::new("Control totals", totals(review)),
    ];
    sections.extend(period(review));
    sections.extend(sample(review));
    sections.extend(review.documents.as_deref().map(documents));
    if !review.audit.notes.is_empty() {
        sections.push(Section::new("Notes", vec![Block::List(review.audit.notes.clone())]));
    }
    sections.push(annex_a());
    sections.push(annex_b());
    let title = "Verification of a minute book".to_owned();
    ReportPage { title, lead, tone, sections, foot: "minutebook-verify".to_owned() }
}

/// The result for the whole record, in a sentence or three.
pub(crate) fn lead(review: &Review) -> (Tone, Vec<String>) {
    let audit = &review.audit;
    let report = &audit.report;
    let (tone, mut lead) = match audit.verdict() {
        AuditVerdict::Verified => {
            let result = "VERIFIED. Every entry up to the checkpoint passes every level that was checked.";
            (Tone::Pass, vec![result.to_owned()])
        }
        AuditVerdict::RulesUnknown => {
            let what = report.exception.as_ref().map_or("", |exception| exception.what.as_str());
            let result = format!("AUTHENTIC TO {}, RULES REPLAYED TO {}.", report.authentic, report.replayed);
            let why = format!(
                "This is neither a pass nor a sign of tampering: {what}. Ask for a later version of this program."
            );
            (Tone::Open, vec![result, why])
        }
        AuditVerdict::Authentic => {
            let result = format!(
                "AUTHENTIC, {}; THE RULES WERE NOT ASKED.",
                so_many_entries(report.authentic).to_uppercase()
            );
            let why = "This is no verdict on the book: signatures were checked many as one, and whether those who signed might, and \
                 the rules admit it, was not asked. Without --quick it is.";
            (Tone::Open, vec![result, why.to_owned()])
        }
        AuditVerdict::Failed => {
            let first = audit.first_wrong();
            let at = first.map_or_else(
                || "The entries are in order; the log as a whole is not.".to_owned(),
                |position| format!("The first wrong position is {position}."),
            );
            (Tone::Fail, vec![format!("NOT VERIFIED. {at}"), "The exceptions say what is wrong.".to_owned()])
        }
    };
    if let Some(KeyPath { brought, size, next }) = audit.followed.as_ref().filter(|_| tone != Tone::Fail) {
        lead.push(format!(
            "The log's key that was brought, {brought}, vouches for the first {size} entries. In the last of them the registrars \
             named the next key, {next}, and the old key signed that too. What comes after rests on their word: bring the new \
             key from a source that you trust, and it does not."
        ));
    }
    if matches!(audit.witnessed, Witnessed::NotAsked { .. }) {
        lead.push("Witnesses were not asked: no policy was given.".to_owned());
    }
    if review.is_re_enactment() {
        let notice = "THIS IS A RE-ENACTMENT: the past played again from sources. Recorded times are those of the events played, not those of a clock.";
        lead.push(notice.to_owned());
    }
    (tone, lead)
}

fn record_facts(review: &Review) -> Vec<(&'static str, String)> {
    let audit = &review.audit;
    let chain = audit.report.chain();
    let mut facts = Vec::new();
    if let Some(opening) = chain.opening() {
        facts.push(("ledger", opening.origin.to_string()));
        facts.push((
            "opens with",
            chain.hash_at(Position::FIRST).map_or_else(String::new, |id| id.to_string()),
        ));
        facts.push(("purpose", if review.is_re_enactment() { "re-enactment" } else { "live" }.to_owned()));
        facts.push(("rule set", opening.rules.to_string()));
    }
    match &audit.checkpoint {
        None => facts.push(("checkpoint", "none that can be read".to_owned())),
        Some(signed) => {
            let head = signed.unverified().head;
            facts.push(("checkpoint size", so_many_entries(head.size.0)));
            facts.push(("checkpoint root", head.root.to_string()));
            facts.extend(audit.log_keys.iter().map(log_key));
        }
    }
    if let Some((first, last)) = audit.report.survey.recorded {
        facts.push(("first recorded", first.to_string()));
        facts.push(("last recorded", last.to_string()));
    }
    if let Some(last) = TreeSize(audit.report.head.size).last() {
        facts.push(("last authentic", format!("entry {last}, BLAKE3 {}", audit.report.head.hash)));
    }
    if let Witnessed::Quorum(cosigned) | Witnessed::TooFew(cosigned) = &audit.witnessed {
        for witness in cosigned {
            facts.push(("witnessed by", format!("{} at {}", witness.witness.name(), witness.time)));
        }
    }
    if let Some(earlier) = audit.earlier {
        facts.push(("continues from", format!("{}, root {}", so_many_entries(earlier.size.0), earlier.root)));
    }
    facts.push(("verified by", format!("minutebook-verify {}", env!("CARGO_PKG_VERSION"))));
    facts
}

fn log_key((from, key, is_brought): &(Position, VerifierKey, bool)) -> (&'static str, String) {
    let name = if *is_brought { "log's key, brought" } else { "log's key, by the book" };
    let since = if *from == Position::FIRST { String::new() } else { format!(", from entry {from} on") };
    (name, format!("{key}{since}"))
}

fn levels(review: &Review) -> Block {
    let row = |outcome: crate::LevelOutcome| {
        vec![
            outcome.level.as_str().to_owned(),
            outcome.state.as_str().to_owned(),
            format!("{}\n{}", question(outcome.level), sentence(&outcome.extent)),
        ]
    };
    let rows = review.outcomes().into_iter().map(row).collect();
    Block::table(&["level", "result", "what it asks, and how far"], rows, "")
}

fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).chain(['.']).collect()
}

fn exceptions(review: &Review) -> Block {
    let row = |fault: &crate::Fault| {
        let entry = fault.position.map_or_else(|| "whole".to_owned(), |position| position.to_string());
        let rules = if fault.rules.is_empty() { "-".to_owned() } else { fault.rules.join(", ") };
        let file = fault.file.as_ref().map_or_else(String::new, |file| format!("{file}: "));
        vec![entry, fault.level.as_str().to_owned(), rules, format!("{file}{}", fault.what)]
    };
    let rows = review.audit.faults.iter().map(row).collect();
    Block::table(&["entry", "level", "rule", "what"], rows, "None.")
}

fn findings(review: &Review) -> Vec<Block> {
    let mut counts: BTreeMap<_, usize> = BTreeMap::new();
    for finding in &review.findings {
        *counts.entry((finding.grade, finding.rule)).or_default() += 1;
    }
    if counts.is_empty() {
        return vec![Block::words("None.")];
    }
    let counted = counts
        .iter()
        .map(|((grade, rule), count)| vec![count.to_string(), grade.as_str().to_owned(), (*rule).to_owned()]);
    let rows = review.findings.iter().map(|finding| {
        let answered = match finding.answered_by.as_slice() {
            [] => String::new(),
            by => format!("; answered by {}", some(by)),
        };
        vec![
            finding.grade.as_str().to_owned(),
            some(&finding.entries),
            finding.rule.to_owned(),
            format!("{}: found {}; needed {}{answered}", finding.subject, finding.found, finding.needed),
        ]
    });
    let mut blocks = vec![Block::table(&["findings", "grade", "rule"], counted.collect(), "")];
    blocks.extend(shown(&["grade", "entry", "rule", "what"], rows));
    blocks
}

/// As many rows as a page shows, and how many there are if that is more.
fn shown(heads: &[&'static str], rows: impl ExactSizeIterator<Item = Vec<String>>) -> Vec<Block> {
    let all = rows.len();
    let mut blocks = vec![Block::table(heads, rows.take(ROWS_MAX).collect(), "None.")];
    if all > ROWS_MAX {
        blocks.push(Block::words(format!("The first {ROWS_MAX} of {all}; report.json (--json) has all.")));
    }
    blocks
}

/// The first few of these entries.
fn some(entries: &[Position]) -> String {
    let mut first: Vec<_> = entries.iter().take(ENTRIES_MAX).map(ToString::to_string).collect();
    if entries.len() > ENTRIES_MAX {
        first.push(format!("+{}", entries.len() - ENTRIES_MAX));
    }
    first.join(", ")
}

fn pins(review: &Review) -> Vec<Block> {
    let survey = &review.audit.report.survey;
    let words = match survey.pinned {
        Some(pinned) => format!(
            "Entries up to {pinned} can't be changed without breaking a later signature by somebody else than those who signed entry {pinned}. What comes after rests on the checkpoint, and on who has witnessed it."
        ),
        None => "No entry is pinned by a later signature of somebody else.".to_owned(),
    };
    let rows = survey.by_author.iter().map(|(key, author)| {
        let label = review.label(*key).unwrap_or_else(|| "not known to the book".to_owned());
        let pins = author.pins.map_or_else(|| "-".to_owned(), |position| position.to_string());
        vec![author.signed.to_string(), pins, label, key.to_string()]
    });
    vec![
        Block::words(words),
        Block::table(&["signed", "pins up to", "author", "key"], rows.collect(), "No author."),
    ]
}

fn totals(review: &Review) -> Vec<Block> {
    let survey = &review.audit.report.survey;
    let rows = |counts: &BTreeMap<String, u64>| {
        counts.iter().map(|(name, count)| vec![count.to_string(), name.clone()]).collect::<Vec<_>>()
    };
    let mut by_type = rows(&survey.by_type);
    by_type.push(vec![review.audit.report.authentic.to_string(), "all authentic entries".to_owned()]);
    let mut by_body = rows(&survey.by_body);
    by_body.push(vec![survey.of_no_body.to_string(), "of no body".to_owned()]);
    vec![
        Block::table(&["entries", "type"], by_type, ""),
        Block::table(&["entries", "body"], by_body, ""),
        Block::words("An entry that concerns two bodies counts for both."),
    ]
}

fn period(review: &Review) -> Option<Section> {
    let (period, acts) = review.period.as_ref()?;
    let cut_off = period.recorded_by.map_or_else(String::new, |day| format!(", recorded by {day}"));
    let list = |acts: &[crate::DatedAct]| {
        let row = |act: &crate::DatedAct| {
            let what = format!("{} {}", act.name, act.subject);
            vec![act.position.to_string(), act.dated.clone(), act.recorded.clone(), what]
        };
        shown(&["entry", "dated", "recorded", "act"], acts.iter().map(row))
    };
    let mut blocks = vec![Block::words(format!(
        "{} acts in time, {} late, {} whose date does not tell.",
        acts.in_time.len(),
        acts.late.len(),
        acts.unclear.len()
    ))];
    let lists =
        [("In time:", &acts.in_time), ("Late:", &acts.late), ("Whose date does not tell:", &acts.unclear)];
    for (words, acts) in lists {
        blocks.push(Block::words(words));
        blocks.extend(list(acts));
    }
    Some(Section::new(format!("Acts from {} to {}{cut_off}", period.from, period.to), blocks))
}

fn sample(review: &Review) -> Option<Section> {
    let (seed, drawn) = review.sample.as_ref()?;
    let record = review.audit.report.book.record();
    let rows = drawn.iter().map(|position| {
        let act = record.at(*position);
        let what = act.map_or_else(
            || "not replayed".to_owned(),
            |recorded| format!("{} {}", recorded.act.name, recorded.act.subject),
        );
        vec![position.to_string(), what]
    });
    let words = format!(
        "{} entries, drawn with the seed \"{seed}\": those with the lowest SHA-256 of the line \"{seed} POSITION\". The same seed draws the same entries from the same record.",
        drawn.len()
    );
    let table = Block::table(&["entry", "act"], rows.collect(), "None.");
    Some(Section::new("Sample", vec![Block::words(words), table]))
}

fn documents(documents: &[Evidence]) -> Section {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for document in documents {
        *counts.entry(document.held.as_str()).or_default() += 1;
    }
    let counts: Vec<_> = counts.iter().map(|(state, count)| format!("{count} {state}")).collect();
    let row = |document: &Evidence| {
        vec![
            document.held.as_str().to_owned(),
            document.position.to_string(),
            document.title.clone(),
            document.sha256.clone().unwrap_or_else(|| "-".to_owned()),
        ]
    };
    if counts.is_empty() {
        return Section::new("Documents", vec![Block::words("No entry names a document.")]);
    }
    let mut blocks = vec![Block::words(sentence(&counts.join(", ")))];
    blocks.extend(shown(&["state", "entry", "title", "SHA-256"], documents.iter().map(row)));
    Section::new("Documents", blocks)
}
