//! What was decided, as a view sees it.

use super::events::{Choice, DecisionRecorded, Effect};
use crate::joined::Source;
use crate::proposals::proposal;
use crate::{BodyId, Date, MergerId, Record, Standing, View};
use minutebook_log::{Position, Subject};

/// A decision, with where it is said.
#[derive(Debug, Clone)]
pub struct Decision {
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
    record
        .saying::<DecisionRecorded>(subject, view)
        .filter_map(|told| {
            let recorded = told.says::<DecisionRecorded>()?.clone();
            Some(Decision { body: BodyId::of(&told.subject)?, recorded, source: Source::from(&told) })
        })
        .filter(|decision| decision.recorded.decided_on.is_by(view.as_at) != crate::Certainty::No)
        .collect()
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
    /// The choice about a proposal to merge, if it is one.
    pub fn choice(&self) -> Option<Choice> {
        match self.recorded.effect {
            Effect::Merger { choice, .. } => Some(choice),
            Effect::Apply { .. } => Some(Choice::Apply),
            _ => None,
        }
    }

    /// A newer decision supersedes; of one day, the higher standing holds.
    pub(crate) fn order(&self) -> (Option<Date>, Standing, Position) {
        (self.recorded.decided_on.earliest(), self.source.standing, self.source.position)
    }
}
