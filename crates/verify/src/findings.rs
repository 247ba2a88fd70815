//! What an auditor is to look at, graded: what fails, what is in doubt, what the rules remark on.

use crate::Audit;
use minutebook_governance::authority::KeyRevoked;
use minutebook_governance::{Date, Finding, Record, Rule, Scope, View, register};
use minutebook_log::{Position, PublicKey};
use serde::Serialize;

/// How grave something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// The record is not what it must be, or an entry should not stand in it.
    Failure,
    /// An entry stands, and there is reason to doubt who signed it, or what it says against other entries.
    Doubt,
    /// An entry stands, and a soft rule remarks on it.
    Remark,
}

impl Grade {
    /// The word for it in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Grade::Failure => "failure",
            Grade::Doubt => "doubt",
            Grade::Remark => "remark",
        }
    }
}

/// Something that an auditor is to look at, beside what fails.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Graded {
    /// How grave.
    pub grade: Grade,
    /// The id of the rule that it rests on.
    pub rule: &'static str,
    /// What it is about.
    pub subject: String,
    /// The entries that it rests on.
    pub entries: Vec<Position>,
    /// What was found.
    pub found: String,
    /// What would have raised nothing.
    pub needed: String,
}

static CONTESTED: Rule = Rule {
    id: "key.compromised",
    says: "Entries signed since a key was in other hands are contested.",
    source: "design 3.4",
};

/// Rules whose findings are of entries that contradict others, or of power used where it may have ended.
const DOUBTFUL: [&str; 3] = ["joining.contradiction", "body.open", "body.area-overlap"];

/// The findings of the register as at the day of the last entry, and the entries that a compromise leaves in
/// doubt; the gravest first. Beside them the rules that they cite, each once.
pub fn findings(audit: &Audit) -> (Vec<Graded>, Vec<&'static Rule>) {
    let record = audit.report.book.record();
    let as_at = Date::of(record.last_recorded());
    let view = View { as_at, known: record.len(), scope: Scope::Reported };
    let raised = register::findings(record, view);
    let contested = contested(record, view);
    let mut rules: Vec<&'static Rule> = raised.iter().map(|finding| finding.rule).collect();
    rules.extend(contested.first().map(|_some| &CONTESTED));
    rules.sort_by_key(|rule| rule.id);
    rules.dedup_by_key(|rule| rule.id);
    let mut graded: Vec<_> = raised.iter().map(grade).chain(contested).collect();
    graded.sort_by(|a, b| (a.grade, &a.entries, a.rule).cmp(&(b.grade, &b.entries, b.rule)));
    (graded, rules)
}

fn grade(finding: &Finding) -> Graded {
    let grade = if DOUBTFUL.contains(&finding.rule.id) { Grade::Doubt } else { Grade::Remark };
    Graded {
        grade,
        rule: finding.rule.id,
        subject: finding.subject.to_string(),
        entries: finding.why.clone(),
        found: finding.found.clone(),
        needed: finding.needed.clone(),
    }
}

/// Entries signed by a key since the position from which registrars declared it compromised.
fn contested(record: &Record, view: View) -> Vec<Graded> {
    let mut contested = Vec::new();
    for subject in record.subjects("key") {
        let key = subject.name().and_then(|name| name.parse::<PublicKey>().ok());
        let declared = record
            .about(subject, view)
            .find_map(|told| Some((told.position, told.says::<KeyRevoked>()?.from?)));
        let Some((key, (revoked, from))) = key.zip(declared) else { continue };
        for position in (from.0..record.len()).map(Position) {
            let Some(recorded) = record.at(position) else { continue };
            if recorded.act.signatories.iter().any(|signatory| signatory.key == key) {
                contested.push(Graded {
                    grade: Grade::Doubt,
                    rule: CONTESTED.id,
                    subject: recorded.act.subject.to_string(),
                    entries: vec![position, revoked],
                    found: format!("signed by {key}, declared compromised from entry {from} on"),
                    needed: "a key that nobody else held".to_owned(),
                });
            }
        }
    }
    contested
}
