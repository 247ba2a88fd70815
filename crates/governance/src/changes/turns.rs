//! On which days something can change.

use crate::days::dates_of;
use crate::{Date, PDate, Record, View};
use minutebook_log::Subject;
use std::collections::BTreeSet;

/// The first day from which a date counts for certain, and the first on which it can have come.
pub(super) fn turns(date: &PDate) -> impl Iterator<Item = Date> + use<> {
    [date.earliest(), date.latest()].into_iter().flatten()
}

/// Every day that acts about a subject name: when something happened, begins or ends.
pub(super) fn act_days(record: &Record, subject: &Subject, view: View) -> BTreeSet<Date> {
    let about = record.about(subject, view).flat_map(|told| {
        let act = record.act_as_known(told.position, view.known);
        act.iter().flat_map(|act| dates_of(act)).chain(told.statement.act_date()).collect::<Vec<_>>()
    });
    about.flat_map(|date| turns(&date)).collect()
}
