//! What an auditor is to look at, graded: what fails, what is in doubt, what the rules remark on.

use crate::graded::{Grade, Graded};
use crate::{Audit, own_rules};
use minutebook_governance::{Date, Finding, KnownUntil, Record, Rule, Scope, View, answered_by, register};

/// Rules whose findings are of entries that contradict others, or of power used where it may have ended or been
/// stolen.
const DOUBTFUL: [&str; 8] = [
    "joining.contradiction",
    "body.open",
    "body.area-overlap",
    "key.compromised",
    "succession.passes-once",
    "succession.no-circle",
    "identifier.free",
    "membership.one-commissioner",
];

/// The rules that an auditor asks beside those of the book, each with the grade of what it finds.
pub fn auditors_rules() -> impl Iterator<Item = (&'static Rule, Grade)> {
    own_rules::ASKED.iter().copied()
}

/// The findings of the register as at the day of the last entry, and those of the auditor's own rules; the
/// gravest first.
pub fn findings(audit: &Audit) -> Vec<Graded> {
    let record = audit.report.book.record();
    let as_at = Date::of(record.last_recorded());
    let view = View { as_at, known: record.len(), scope: Scope::Reported, until: KnownUntil::Onwards };
    let raised = register::findings(record, view);
    let own = own_rules::judge(audit, view);
    let mut graded: Vec<_> = raised.iter().map(|it| grade(record, it, view)).chain(own).collect();
    graded.sort_by(|a, b| (a.grade, &a.entries, a.rule).cmp(&(b.grade, &b.entries, b.rule)));
    graded
}

fn grade(record: &Record, finding: &Finding, view: View) -> Graded {
    let grade = if DOUBTFUL.contains(&finding.rule.id) { Grade::Doubt } else { Grade::Remark };
    Graded {
        grade,
        rule: finding.rule.id,
        subject: finding.subject.to_string(),
        entries: finding.why.clone(),
        found: finding.found.clone(),
        needed: finding.needed.clone(),
        answered_by: answered_by(record, finding, view),
    }
}
