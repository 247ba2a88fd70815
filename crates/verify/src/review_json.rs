//! The report as JSON, with every row that a page would leave out.

use crate::Witnessed;
use crate::annexes::{NOT_COVERED, rules_json};
use crate::review::Review;
use minutebook_log::{Cosigned, Position, TreeHead, VerifierKey};
use serde_json::{Value, json};

/// The report as one JSON object.
pub fn report_json(review: &Review) -> Value {
    let audit = &review.audit;
    let report = &audit.report;
    let chain = report.chain();
    let opening = chain.opening();
    let period = review.period.as_ref().map(|(period, acts)| {
        let recorded_by = period.recorded_by.map(|day| day.to_string());
        json!({
            "from": period.from.to_string(),
            "to": period.to.to_string(),
            "recorded_by": recorded_by,
            "acts": acts,
        })
    });
    json!({
        "verdict": audit.verdict(),
        "first_wrong": audit.first_wrong(),
        "ledger": opening.map(|opening| opening.origin.as_str()),
        "opens_with": chain.hash_at(Position::FIRST),
        "purpose": opening.map(|opening| opening.purpose),
        "rules_version": review.rules_version(),
        "checkpoint": audit.checkpoint.as_ref().map(|signed| head(signed.unverified().head)),
        "log_keys": audit.log_keys.iter().map(log_key).collect::<Vec<_>>(),
        "followed": audit.followed.as_ref().map(|followed| json!({
            "brought": followed.brought.to_string(),
            "size": followed.size.0,
            "next": followed.next.to_string(),
        })),
        "witnesses": witnesses(&audit.witnessed),
        "continues_from": audit.earlier.map(head),
        "read": audit.tree.size.0,
        "authentic": report.authentic,
        "replayed": report.replayed,
        "head": {"position": report.head.size.checked_sub(1), "hash": report.head.hash},
        "levels": review.outcomes(),
        "exceptions": audit.faults,
        "rules_unknown": report.exception.as_ref().filter(|_exception| audit.faults.is_empty()),
        "findings": review.findings,
        "pinned": report.survey.pinned,
        "authors": authors(review),
        "totals": {
            "by_type": report.survey.by_type,
            "by_body": report.survey.by_body,
            "of_no_body": report.survey.of_no_body,
        },
        "period": period,
        "sample": review.sample.as_ref().map(|(seed, drawn)| json!({"seed": seed, "entries": drawn})),
        "documents": review.documents,
        "notes": audit.notes,
        "annex_a": rules_json(),
        "annex_b": NOT_COVERED,
        "program": format!("minutebook-verify {}", env!("CARGO_PKG_VERSION")),
    })
}

fn log_key((from, key, is_brought): &(Position, VerifierKey, bool)) -> Value {
    json!({"from": from, "vkey": key.to_string(), "is_brought": is_brought})
}

fn head(head: TreeHead) -> Value {
    json!({"size": head.size.0, "root": head.root.to_string()})
}

fn witnesses(witnessed: &Witnessed) -> Value {
    let list = |cosigned: &[Cosigned]| -> Vec<Value> {
        let one = |one: &Cosigned| json!({"name": one.witness.name().as_str(), "time": one.time.to_string()});
        cosigned.iter().map(one).collect()
    };
    match witnessed {
        Witnessed::NotAsked { lines } => json!({"asked": false, "lines": lines}),
        Witnessed::NotChecked => json!({"asked": true, "quorum": false, "signed": []}),
        Witnessed::TooFew(cosigned) => json!({"asked": true, "quorum": false, "signed": list(cosigned)}),
        Witnessed::Quorum(cosigned) => json!({"asked": true, "quorum": true, "signed": list(cosigned)}),
    }
}

fn authors(review: &Review) -> Vec<Value> {
    let authors = review.audit.report.survey.by_author.iter();
    let author = |(key, author): (&minutebook_log::PublicKey, &crate::KeyActivity)| json!({"key": key, "label": review.label(*key), "signed": author.signed, "pins": author.pins});
    authors.map(author).collect()
}
