//! What an auditor asks beyond the rules of the book: times that witnesses contradict, duties that one holder has
//! alone, references that are missing.

use crate::{Audit, Grade, Graded, duties, references};
use minutebook_governance::{Rule, View};
use minutebook_log::{Position, Purpose, Timestamp, TreeSize};

static AFTER_WITNESSED: Rule = Rule {
    id: "recorded.after-witnessed",
    says: "No entry is recorded later than a witness saw it.",
    source: "principle: two clocks, two periods",
};
static BEFORE_WITNESSED: Rule = Rule {
    id: "recorded.before-witnessed",
    says: "An entry that a witness had not seen yet is not recorded long before that moment.",
    source: "principle: two clocks, two periods",
};

/// The rules that an auditor asks beside those of the book, each with the grade of its findings.
pub(crate) static ASKED: [(&Rule, Grade); 5] = [
    (&AFTER_WITNESSED, Grade::Doubt),
    (&BEFORE_WITNESSED, Grade::Doubt),
    (&duties::SELF_APPROVAL, Grade::Doubt),
    (&duties::ONE_HOLDER, Grade::Remark),
    (&references::GAP, Grade::Remark),
];

/// How far a witness's clock and the ledger's may differ.
const CLOCKS_DIFFER_MICROS: i64 = 5 * 60 * 1_000_000;

/// How long an entry may wait for the next cosigned checkpoint.
const WAITS_MICROS: i64 = 60 * 60 * 1_000_000;

/// The findings of these rules.
pub(crate) fn judge(audit: &Audit, view: View) -> Vec<Graded> {
    let record = audit.report.book.record();
    let mut raised = duties::judge(record, view);
    raised.extend(references::judge(record, view));
    let opening = audit.report.chain().opening();
    if opening.is_some_and(|opening| opening.purpose == Purpose::Live) {
        raised.extend(audit.existed_by.iter().flat_map(|(size, time)| bracket(audit, *size, *time)));
    }
    raised
}

/// Whether the times beside a cosigned checkpoint agree with when it was cosigned.
fn bracket(audit: &Audit, size: TreeSize, time: Timestamp) -> Vec<Graded> {
    let chain = audit.report.chain();
    let doubt = |rule: &'static Rule, position: Position, recorded: Timestamp| Graded {
        grade: Grade::Doubt,
        rule: rule.id,
        subject: format!("entry {position}"),
        entries: vec![position],
        found: format!("recorded {recorded}; witnesses saw {size} entries at {time}"),
        needed: rule.says.to_owned(),
        answered_by: Vec::new(),
    };
    let (seen, next) = (size.last(), Position(size.0));
    let seen = seen.and_then(|last| Some((last, chain.recorded_at(last)?)));
    let seen =
        seen.filter(|(_last, recorded)| recorded.as_micros() > time.as_micros() + CLOCKS_DIFFER_MICROS);
    let next = chain.recorded_at(next).map(|recorded| (next, recorded));
    let next = next.filter(|(_next, recorded)| recorded.as_micros() < time.as_micros() - WAITS_MICROS);
    let seen = seen.map(|(last, recorded)| doubt(&AFTER_WITNESSED, last, recorded));
    let next = next.map(|(next, recorded)| doubt(&BEFORE_WITNESSED, next, recorded));
    seen.into_iter().chain(next).collect()
}
