//! What was said and withdrawn since: it counts for nothing, and is named where it would have been.

use crate::{Certainty, Record, Scope, Statement, Told, View};
use minutebook_log::{Position, Subject};
use std::any::TypeId;

/// A statement that was withdrawn.
#[derive(Debug, Clone)]
pub struct Withdrawn {
    /// What it said until then, and where.
    pub told: Told,
    /// The entry that withdrew it.
    pub withdrawn_at: Position,
}

/// The statements about a subject that the view knows to be withdrawn, in the order of the book: those that it would see
/// otherwise, and whose day may have come.
pub fn withdrawn(record: &Record, subject: &Subject, view: View) -> Vec<Withdrawn> {
    let positions = record.positions(subject, view.known, |_any| true).into_iter();
    let withdrawn = positions.filter_map(|position| Some((position, withdrawn_at(record, position, view)?)));
    let told = withdrawn.flat_map(|(position, at)| {
        let told = record.told(position, at.0, subject).into_iter();
        told.map(move |told| Withdrawn { told, withdrawn_at: at })
    });
    told.filter(|it| is_seen(&it.told, view)).collect()
}

/// Those of all subjects of one kind.
pub fn withdrawn_of_kind(record: &Record, kind: &str, view: View) -> Vec<Withdrawn> {
    let told = record.all_withdrawn(view.known).flat_map(|(position, at)| {
        let subjects =
            record.subjects_at(position, at.0).into_iter().filter(|subject| subject.kind() == kind);
        subjects.flat_map(move |subject| record.told(position, at.0, &subject)).map(move |told| (told, at))
    });
    let own = told.filter(|(told, _at)| told.subject.kind() == kind && is_seen(told, view));
    own.map(|(told, withdrawn_at)| Withdrawn { told, withdrawn_at }).collect()
}

/// The statements of one type about a subject that stand at `from` or behind it, in the order of the book, those that were
/// withdrawn among them, each with the entry that withdrew it. They are read one after the other.
pub(crate) fn saying_from<'a, T: Statement>(
    record: &'a Record,
    from: Position,
    subject: &'a Subject,
    view: View,
) -> impl Iterator<Item = (Told, Option<Position>)> + 'a {
    let mut positions = record.positions(subject, view.known, |type_id| type_id == TypeId::of::<T>());
    positions.retain(|position| *position >= from);
    let told = positions.into_iter().flat_map(move |position| {
        let at = withdrawn_at(record, position, view);
        let known = at.map_or(view.known, |at| at.0);
        record.told(position, known, subject).into_iter().map(move |told| (told, at))
    });
    told.filter(move |(told, _at)| told.says::<T>().is_some() && is_in_scope(told, view))
}

/// Where the entry at `position` was withdrawn, as the view knows.
fn withdrawn_at(record: &Record, position: Position, view: View) -> Option<Position> {
    let corrections = record.corrections_of(position, view.known);
    corrections.into_iter().find_map(|(at, is_withdrawn)| is_withdrawn.then_some(at))
}

fn is_in_scope(told: &Told, view: View) -> bool {
    view.scope == Scope::Reported || told.standing.is_enacted()
}

fn is_seen(told: &Told, view: View) -> bool {
    let day = told.statement.act_date();
    is_in_scope(told, view) && day.is_none_or(|day| day.is_by(view.as_at) != Certainty::No)
}
