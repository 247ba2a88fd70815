//! Corrections, which never edit the book.

use crate::act::{ANYBODY, Act, Case, Facts, Need, Signatory, Statement};
use crate::bodies::{body, enacted};
use crate::rules::rules;
use crate::words::words;
use crate::{Basis, BodyId, Date, Malformed, Record, Sealable, Verdict, View};
use minutebook_log::{EventId, Position, Subject};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;

rules! {
    TARGET: Hard =
        "correction.target",
        "A correction names an event in this book that can be corrected; authority is revoked, not corrected.",
        "principle: nothing is edited";
    BY_WHOM: Hard =
        "correction.by-whom",
        "Who signed as an office corrects as that office, or as that of the successor.",
        "principle: nothing is edited";
    BY_ALL: Hard =
        "correction.by-all",
        "What several signed together is withdrawn by all of them, or by those that follow them.",
        "principle: nothing is edited; principle: each body for itself";
    OLD_VALUE: Hard =
        "correction.old-value",
        "A correction cites the value that stands.",
        "principle: nothing is edited";
    CHANGES: Hard =
        "correction.changes",
        "A correction changes every value that it names.",
        "principle: nothing is edited";
    CORRECTED_FORM: Hard =
        "correction.form",
        "What a correction leaves is still an event of its type.",
        "principle: nothing is edited";
    INFERRED: Soft =
        "report.inferred",
        "What somebody inferred from sources that do not say it is marked as that.",
        "principle: what is not known is said so";
    OWN_RECORD_DOCUMENT: Hard =
        "own-record.document",
        "An own record names the signed minutes that it was transcribed from, by their digest.",
        "principle: acts and reports";
}

/// Why an entry is corrected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CorrectionKind {
    /// A slip of the pen in words, and nothing that is so.
    Clerical,
    /// What was recorded is not what was so.
    Factual,
    /// It should not have been recorded.
    Withdrawn,
    /// It was recorded twice.
    Duplicate,
}

words!(
    CorrectionKind:
    Clerical = "clerical",
    Factual = "factual",
    Withdrawn = "withdrawn",
    Duplicate = "duplicate",
);

/// One value that changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FieldCorrection {
    /// Which: a JSON pointer (RFC 6901) into the event's `facts`.
    pub path: String,
    /// The value that stands.
    pub old: Value,
    /// The value that is right.
    pub new: Value,
}

/// An entry is known otherwise from here on; the entry itself stays. Subject: `record/<event id>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RecordCorrected {
    /// The event that is corrected.
    pub target: EventId,
    /// Why.
    pub kind: CorrectionKind,
    /// The values that change; none where it is withdrawn or a duplicate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldCorrection>,
    /// The reason in words.
    pub reason: Sealable,
}

impl Facts for RecordCorrected {
    const EXAMPLE: &'static str = r#"{
  "type": "RecordCorrected",
  "subject": "record/0197e3c2-5c00-7000-8000-000000000001",
  "data": {
    // Who signed as an office corrects as that office, with the same standing.
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}],
    "facts": {
      // The id of the event that is corrected, the same as in the subject.
      "target": "0197e3c2-5c00-7000-8000-000000000001",
      // clerical or factual, with fields; withdrawn or duplicate, without.
      // A clerical one mends slips of the pen in words; an outcome, a number, a date, a name, a person or a body, a "not", and
      // words in place of others, are factual.
      "kind": "factual",
      // JSON pointers into the facts of the target; old is the value that stands.
      "fields": [{"path": "/decided_on", "old": "2019-07-03", "new": "2019-07-04"}],
      "reason": "The minutes say 4 July."
    }
  }
}"#;
}

impl RecordCorrected {
    /// Whether the event is taken out of the state altogether.
    pub fn withdraws(&self) -> bool {
        matches!(self.kind, CorrectionKind::Withdrawn | CorrectionKind::Duplicate)
    }

    /// The facts with the right values in place; nothing if a path leads nowhere.
    pub fn corrected(&self, facts: &Value) -> Option<Value> {
        let mut facts = facts.clone();
        for field in &self.fields {
            *facts.pointer_mut(&field.path)? = field.new.clone();
        }
        Some(facts)
    }

    /// The act that is corrected, as it stands by now.
    pub fn target(&self, record: &Record) -> Option<(Position, Arc<Act>)> {
        let position = record.find(self.target)?;
        Some((position, record.act_as_known(position, record.len())?))
    }
}

/// Types whose entries are never corrected: authority is revoked, and a correction is corrected by another
/// correction of the same target.
const NEVER_CORRECTED: [&str; 6] =
    ["LedgerOpened", "KeyEnrolled", "KeyRevoked", "AuthorityGranted", "AuthorityRevoked", "RecordCorrected"];

/// Asks that what a correction leaves can be read.
pub(crate) fn judge_corrected_form<T>(
    subject: &Subject,
    verdict: &mut Verdict,
    corrected: Result<T, Malformed>,
) -> Option<T> {
    let found = corrected.as_ref().err().map(ToString::to_string);
    verdict.hard(corrected.is_ok(), &CORRECTED_FORM, subject, || {
        (found.unwrap_or_default(), "facts of the same type as before".to_owned())
    });
    corrected.ok()
}

/// Finds what was inferred, whoever says it: every answer that rests on it says so too.
pub(crate) fn judge_inferred(case: &Case<'_>, verdict: &mut Verdict) {
    let Some(Basis::Inferred(inferred)) = &case.act.basis else { return };
    verdict.soft(false, &INFERRED, &case.act.subject, || {
        let found = format!("inferred from {}: {}", inferred.from, inferred.why);
        (found, "a source that says it (basis sourced)".to_owned())
    });
}

/// Why the entry at `position` is inferred, as its finding has it; nothing where it is not, or was withdrawn.
pub fn inferred_at(record: &Record, position: Position, view: View) -> Option<&str> {
    let raised = record.findings_at(position, view).iter();
    raised.filter(|finding| finding.rule.id == INFERRED.id).map(|finding| finding.found.as_str()).next()
}

/// Asks of an own record that it names the minutes it comes from.
pub(crate) fn judge_own_record(case: &Case<'_>, verdict: &mut Verdict) {
    let held = case.act.evidence.iter().any(|document| document.held);
    verdict.hard(held, &OWN_RECORD_DOCUMENT, &case.act.subject, || {
        (
            "no document that is held".to_owned(),
            "the minutes under evidence, with sha256, bytes and media_type".to_owned(),
        )
    });
}

impl Statement for RecordCorrected {
    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(ANYBODY)]
    }

    fn check_form(&self, subject: &Subject) -> Result<(), Malformed> {
        if subject.name() != Some(&self.target.to_string()) {
            let needed = format!("record/{}, the event that is corrected", self.target);
            return Err(Malformed::quoting("/subject", subject.as_str(), needed));
        }
        if self.withdraws() != self.fields.is_empty() {
            let needed = "fields for clerical and factual; none for withdrawn and duplicate";
            return Err(Malformed::new(
                "/data/facts/fields",
                format!("{} of them", self.fields.len()),
                needed,
            ));
        }
        Ok(())
    }

    fn about(&self) -> Vec<Subject> {
        Vec::new()
    }

    fn needs_two_people(&self, record: &Record) -> bool {
        self.target(record).is_some_and(|(_position, act)| act.statement.needs_two_people(record))
    }

    fn judge_references(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let target = self.target(case.record).filter(|(_position, act)| !NEVER_CORRECTED.contains(&act.name));
        verdict.hard(target.is_some(), &TARGET, &case.act.subject, || {
            (
                format!("event {}", self.target),
                "the id of an event that stands in this book; keys and grants are revoked instead (minutebook revoke)".to_owned(),
            )
        });
        let Some((_position, target)) = target else { return };
        self.judge_signer(case, verdict, &target);
        for field in &self.fields {
            let stands = target.facts.pointer(&field.path);
            verdict.hard(stands == Some(&field.old), &OLD_VALUE, &case.act.subject, || {
                let stands = stands.map_or_else(|| "nothing".to_owned(), Value::to_string);
                let needed = format!("old: {stands}, which stands there now");
                (format!("{} at {}", field.old, field.path), needed)
            });
            verdict.hard(field.old != field.new, &CHANGES, &case.act.subject, || {
                let needed = "new: the value that is right; where the old one is, leave the field out, or write a note \
                              (RecordAnnotated)";
                (format!("{} as old and as new at {}", field.new, field.path), needed.to_owned())
            });
        }
    }
}

impl RecordCorrected {
    fn judge_signer(&self, case: &Case<'_>, verdict: &mut Verdict, target: &Act) {
        let signs_for = |signed: &Signatory| {
            case.act.signatories.iter().any(|signs| {
                let heir = || signed.body.as_ref().zip(signs.body.as_ref());
                signed.capacity == signs.capacity
                    && (signed.body == signs.body || heir().is_some_and(|(of, heir)| is_heir(case, of, heir)))
            })
        };
        let same_office = target.signatories.iter().any(signs_for);
        verdict.hard(same_office, &BY_WHOM, &case.act.subject, || {
            let offices: Vec<_> = target.signatories.iter().map(office).collect();
            let needed = format!("a signature as {}, or of a body that follows it", offices.join(" or "));
            ("a signature in another office".to_owned(), needed)
        });
        // What several did together, none of them undoes alone: of a slip of the pen each can tell.
        let missing: Vec<_> =
            target.signatories.iter().filter(|signed| !signs_for(signed)).map(office).collect();
        if same_office && self.withdraws() && !case.act.standing.is_report() {
            verdict.hard(missing.is_empty(), &BY_ALL, &case.act.subject, || {
                let needed =
                    format!("a signature as {} too, or of a body that follows it", missing.join(" and as "));
                (format!("{} withdrawn by some of those who signed it", target.name), needed)
            });
        }
    }
}

/// In which office somebody signed, and of which body.
pub fn office(signed: &Signatory) -> String {
    let body = signed.body.as_ref().map(|body| format!(" of {body}")).unwrap_or_default();
    format!("{}{body}", signed.capacity.as_str())
}

/// Whether `heir` follows `of`, at whatever remove: it holds its records.
fn is_heir(case: &Case<'_>, of: &BodyId, heir: &BodyId) -> bool {
    let view = enacted(case.record, Date::of(case.place.recorded));
    let (mut next, mut seen) = (vec![of.clone()], std::collections::BTreeSet::new());
    while let Some(id) = next.pop() {
        if id == *heir {
            return true;
        }
        if seen.insert(id.clone()) {
            let successors = body(case.record, &id, view).map_or_else(Vec::new, |body| body.successors);
            next.extend(successors.into_iter().map(|link| link.body));
        }
    }
    false
}
