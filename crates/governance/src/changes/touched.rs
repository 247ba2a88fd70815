//! Which subjects an entry can have changed.

use super::arrangements::{arrangements_of, ends_otherwise};
use super::told;
use crate::bodies::{unit_subject, units_in_reach};
use crate::documents::RecordCorrected;
use crate::{BodyId, Record, View};
use minutebook_log::{Position, Subject};
use std::collections::BTreeSet;

/// The subjects of which the entry says something, itself or through what it corrects, and what hangs on when the bodies
/// among them open and close: the units that can have come to them, their committees and delegations.
pub(super) fn touched(record: &Record, position: Position, before: View, after: View) -> BTreeSet<Subject> {
    let mut said = record.subjects_at(position, after.known);
    let act = record.at(position).map(|entry| entry.act);
    let correction = act.as_ref().and_then(|act| act.statement.downcast::<RecordCorrected>());
    if let Some(target) = correction.and_then(|correction| record.find(correction.target)) {
        said.extend(record.subjects_at(target, before.known));
        said.extend(record.subjects_at(target, after.known));
    }
    let bodies: Vec<_> = said.iter().filter_map(BodyId::of).collect();
    for (id, view) in bodies.iter().flat_map(|id| [(id, before), (id, after)]) {
        said.extend(units_in_reach(record, id, view).iter().filter_map(unit_subject));
    }
    // What falls with a body that ends falls by the entry that ends it.
    for id in bodies.iter().filter(|id| ends_otherwise(record, id, before, after)) {
        said.extend([before, after].iter().flat_map(|view| arrangements_of(record, id, *view)));
    }
    said.retain(|subject| told::KINDS.contains(&subject.kind()));
    said
}
