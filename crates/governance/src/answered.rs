//! By which entries a finding is answered: it stands, and whoever reads it sees what there is to say to it.

use crate::annotations::{answers_to, is_answered};
use crate::decisions::Decision;
use crate::meetings::{ALIKE, said_since, were_done_together};
use crate::{Finding, Record, Rule, View};
use minutebook_log::Position;
use std::collections::BTreeSet;
use std::iter;

/// The entries that answer a finding, as the view knows them, in order: what people say to it (RecordAnnotated), and of
/// what looked like one decision of several bodies also the corrections, or the correlation, by which they have said whether it
/// is one.
pub fn answered_by(record: &Record, finding: &Finding, view: View) -> Vec<Position> {
    let said = answers_to(record, finding, view).into_iter();
    said.chain(said_since(record, finding, view)).collect::<BTreeSet<_>>().into_iter().collect()
}

/// The decisions of other bodies that look like one with this, and of which nobody has said yet whether they are: those in
/// the same words, and those in others.
pub fn perhaps_one(record: &Record, decision: &Decision, view: View) -> [Vec<Decision>; 2] {
    ALIKE.map(|(rule, others)| {
        let mut alike = others(record, decision, view);
        alike.retain(|other| !is_said(record, rule, [decision, other], view));
        alike
    })
}

fn is_said(record: &Record, of_rule: &Rule, both: [&Decision; 2], view: View) -> bool {
    let [one, other] = both.map(|it| it.source.position);
    let is_answered_of = |it: &Decision| {
        let corrected =
            record.corrections_of(it.source.position, view.known).into_iter().map(|(at, _gone)| at);
        let mut found_at = iter::once(it.source.position).chain(corrected);
        found_at.any(|at| is_answered(record, of_rule, it.body.subject(), at, view))
    };
    were_done_together(record, one, other) || both.into_iter().any(is_answered_of)
}
