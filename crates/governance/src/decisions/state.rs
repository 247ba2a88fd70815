//! What was decided, as a view sees it.

use super::events::{Choice, DecisionRecorded, Effect};
use super::later::{DecisionRatified, DecisionRescinded, Ratification};
use crate::joined::Source;
use crate::proposals::proposal;
use crate::view::Told;
use crate::withdrawn::saying_from;
use crate::{BodyId, Certainty, Date, MergerId, Record, Standing, View};
use minutebook_log::{EventId, Position, Subject};

/// A decision, with where it is said.
#[derive(Debug, Clone)]
pub struct Decision {
    /// The id of its event, by which others cite it.
    pub id: Option<EventId>,
    /// The body.
    pub body: BodyId,
    /// What it decided.
    pub recorded: DecisionRecorded,
    /// Where it is said.
    pub source: Source,
}

/// The decisions about a subject (a body, a merger, a consultation) that the view knows of and that were
/// taken by its day, in the order of the book.
pub fn decisions(record: &Record, subject: &Subject, view: View) -> Vec<Decision> {
    decisions_from(record, Position::FIRST, subject, view).collect()
}

/// Those of them that stand at `from` or behind it, each read when its turn comes.
pub fn decisions_from<'a>(
    record: &'a Record,
    from: Position,
    subject: &'a Subject,
    view: View,
) -> impl Iterator<Item = Decision> + 'a {
    record
        .saying_from::<DecisionRecorded>(from, subject, view)
        .filter_map(|told| Decision::of(record, &told))
        .filter(move |decision| decision.recorded.decided_on.is_by(view.as_at) != Certainty::No)
}

/// As [`decisions_from`], those among them that were withdrawn, each with the entry that withdrew it.
pub fn decisions_recorded_from<'a>(
    record: &'a Record,
    from: Position,
    subject: &'a Subject,
    view: View,
) -> impl Iterator<Item = (Decision, Option<Position>)> + 'a {
    let told = saying_from::<DecisionRecorded>(record, from, subject, view);
    let recorded = told.filter_map(|(told, at)| Some((Decision::of(record, &told)?, at)));
    recorded.filter(move |(decision, _at)| decision.recorded.decided_on.is_by(view.as_at) != Certainty::No)
}

/// The decision whose event has this id, as the view knows it.
pub fn decision(record: &Record, id: EventId, view: View) -> Option<Decision> {
    let position = record.find(id)?;
    let subject = record.act_as_known(position, view.known)?.subject.clone();
    let mut told = record.saying::<DecisionRecorded>(&subject, view);
    Decision::of(record, &told.find(|told| told.position == position)?)
}

/// Under which name what becomes of a decision later is found: that of its event's record.
pub(super) fn later_subject(id: EventId) -> Option<Subject> {
    format!("record/{id}").parse().ok()
}

/// The name under which the urgent decisions of a body are listed: of a body with 50,000 decisions there may be none.
pub(super) fn to_be_ratified(body: &BodyId) -> Option<Subject> {
    format!("urgent/{}", body.slug()).parse().ok()
}

/// Whether the body has ratified an urgent decision by the view's day, and where that is said.
pub fn ratification(record: &Record, id: EventId, view: View) -> Option<(Ratification, Position)> {
    let told = record.saying::<DecisionRatified>(&later_subject(id)?, view);
    let said = told.filter_map(|told| Some((told.says::<DecisionRatified>()?.clone(), told.position)));
    let mut said = said.filter(|(said, _position)| said.ratified_on.is_by(view.as_at) != Certainty::No);
    said.next().map(|(said, position)| (said.outcome, position))
}

/// From when on a decision holds no more, and where that is said.
pub fn rescission(record: &Record, id: EventId, view: View) -> Option<(DecisionRescinded, Position)> {
    let told = record.saying::<DecisionRescinded>(&later_subject(id)?, view);
    let mut said = told.filter_map(|told| Some((told.says::<DecisionRescinded>()?.clone(), told.position)));
    said.find(|(said, _position)| said.effective.is_by(view.as_at) != Certainty::No)
}

/// Whether a body takes part in a proposal on the view's day: it was proposed with it or has joined it, and
/// has not left it since.
pub fn takes_part(record: &Record, merger: &MergerId, id: &BodyId, view: View) -> bool {
    let choices = decisions(record, merger.subject(), view).into_iter();
    let mut moves: Vec<_> = choices
        .filter(|decision| decision.body == *id)
        .filter_map(|decision| Some((decision.order(), decision.choice()?)))
        .filter(|(_order, choice)| matches!(choice, Choice::Join | Choice::Withdraw))
        .collect();
    moves.sort_by_key(|(order, _choice)| *order);
    match moves.last() {
        Some((_order, choice)) => *choice == Choice::Join,
        None => proposal(record, merger, view).is_some_and(|it| it.proposed.participants.contains(id)),
    }
}

impl Decision {
    pub(crate) fn of(record: &Record, told: &Told) -> Option<Self> {
        let recorded = told.says::<DecisionRecorded>()?.clone();
        let id = record.at(told.position).map(|entry| entry.act.id);
        Some(Self { id, body: BodyId::of(&told.subject)?, recorded, source: Source::from(told) })
    }

    /// Whether it is one of a body: its own, or that of a joint committee for it.
    pub fn is_of(&self, body: &BodyId) -> bool {
        self.body == *body || self.recorded.decided_with.iter().any(|with| with.body == *body)
    }

    /// The choice about a proposal to merge, if it is one.
    pub fn choice(&self) -> Option<Choice> {
        self.recorded.effects().find_map(|effect| match effect {
            Effect::Merger { choice, .. } => Some(*choice),
            Effect::Apply { .. } => Some(Choice::Apply),
            _ => None,
        })
    }

    /// A newer decision supersedes; of one day, the higher standing holds.
    pub(crate) fn order(&self) -> (Option<Date>, Standing, Position) {
        (self.recorded.decided_on.earliest(), self.source.standing, self.source.position)
    }
}
