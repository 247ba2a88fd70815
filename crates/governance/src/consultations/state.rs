//! What is known of a consultation: the fold of every statement about it that a view can see.

use super::events::{ConsultationChange, ConsultationChanged, ConsultationClosed, ConsultationOpened};
use super::feedback::{
    ConsultationAnswered, EngagementHeld, EvaluationPublished, EvaluatorAppointed, ResponseRecorded,
};
use crate::act::Statement;
use crate::decisions::{Effect, decisions};
use crate::loads::{Passed, known_to, passed};
use crate::provisions::provisions;
use crate::rules::rules;
use crate::view::Told;
use crate::words::words;
use crate::{BodyId, Certainty, ConsultationId, Date, Finding, Instant, PDate, Record, View};
use minutebook_log::Position;
use std::any::TypeId;
use std::collections::BTreeMap;

rules! {
    OVERDUE: Soft =
        "consultation.overdue",
        "A consultation whose end has passed is closed by an event.",
        "principle: hard and soft";
    CONSIDERED_AFTER: Soft =
        "consultation.considered-after-evaluation",
        "What a consultation said is considered once it is closed, and evaluated where somebody was to evaluate it.",
        concat!(provisions!(involvement), "; principle: step by step");
}

/// Where a consultation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsultationState {
    /// Announced, and not open yet.
    NotYetOpen,
    /// Announced or open: when it opened is not known well enough.
    PerhapsOpen,
    /// Open.
    Open,
    /// Its end has passed, and nothing closed it.
    Overdue,
    /// Closed.
    Closed,
    /// Closed, and somebody evaluates it.
    Evaluating,
    /// The evaluation is published.
    Evaluated,
    /// Every body whose consultation it is has considered it.
    Considered,
    /// Those who were consulted were told what became of it.
    Answered,
    /// It ended without an outcome.
    Withdrawn,
    /// Its end has passed, and the view knows nothing of the time since.
    DuePassed,
}

words!(
    ConsultationState:
    NotYetOpen = "not_yet_open",
    PerhapsOpen = "perhaps_open",
    Open = "open",
    Overdue = "overdue",
    Closed = "closed",
    Evaluating = "evaluating",
    Evaluated = "evaluated",
    Considered = "considered",
    Answered = "answered",
    Withdrawn = "withdrawn",
    DuePassed = "due_passed",
);

impl ConsultationState {
    /// Whether it was closed, and what was answered can be weighed.
    pub fn is_closed(self) -> bool {
        use ConsultationState::{Answered, Closed, Considered, Evaluated, Evaluating};
        matches!(self, Closed | Evaluating | Evaluated | Considered | Answered)
    }

    /// Whether it has ended, with an outcome or without.
    pub fn is_over(self) -> bool {
        self.is_closed() || self == ConsultationState::Withdrawn
    }

    /// The events that can come next.
    pub(super) fn possible(self) -> &'static str {
        use ConsultationState::{
            Answered, Considered, DuePassed, NotYetOpen, Open, Overdue, PerhapsOpen, Withdrawn,
        };
        match self {
            NotYetOpen | PerhapsOpen | Open => {
                "ConsultationChanged (extended, withdrawn), ResponseRecorded, EngagementHeld"
            }
            Overdue | DuePassed => {
                "ConsultationClosed, ConsultationChanged, ResponseRecorded, EngagementHeld"
            }
            Considered => "ConsultationAnswered",
            Answered | Withdrawn => "nothing more",
            _ => "EvaluatorAppointed, EvaluationPublished, DecisionRecorded (feedback_considered)",
        }
    }
}

/// Responses, counted by their moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Responses {
    /// Those that came no later than the end.
    pub on_time: u64,
    /// Those that came later and were kept.
    pub late: u64,
}

/// A body has considered what was answered.
#[derive(Debug, Clone)]
pub struct Considered {
    /// Which.
    pub body: BodyId,
    /// When.
    pub decided_on: PDate,
    /// The entry that says so.
    pub position: Position,
}

/// A consultation as a view sees it.
#[derive(Debug, Clone)]
pub struct Consultation {
    /// Its id.
    pub id: ConsultationId,
    /// How it opened.
    pub opened: ConsultationOpened,
    /// The instant at which it closes, as it was last extended.
    pub closes_at: Instant,
    /// How it was extended or withdrawn, in the order of the book.
    pub changes: Vec<ConsultationChanged>,
    /// How it was closed.
    pub closed: Option<ConsultationClosed>,
    /// The responses that are recorded one by one, or in batches.
    pub responses: Responses,
    /// Whom was met, in the order of the book.
    pub engagement: Vec<EngagementHeld>,
    /// Who evaluates, in the order of the book.
    pub evaluators: Vec<EvaluatorAppointed>,
    /// The evaluation.
    pub evaluation: Option<EvaluationPublished>,
    /// Who has considered it.
    pub considered: Vec<Considered>,
    /// What those who were consulted were told.
    pub answered: Option<ConsultationAnswered>,
    /// Where it stands at the end of the view's day; [`Consultation::state_at`] tells to the second.
    pub state: ConsultationState,
    /// Whether every date that it is told by has come for certain.
    pub is_sure: bool,
    /// The last day of which the view can know what became of it.
    pub known_to: Date,
    /// The entries that say so.
    pub why: Vec<Position>,
}

/// The types that say something of a consultation, but for the decisions about it.
const HEARD: [TypeId; 8] = [
    TypeId::of::<ConsultationOpened>(),
    TypeId::of::<ConsultationChanged>(),
    TypeId::of::<ResponseRecorded>(),
    TypeId::of::<EngagementHeld>(),
    TypeId::of::<ConsultationClosed>(),
    TypeId::of::<EvaluatorAppointed>(),
    TypeId::of::<EvaluationPublished>(),
    TypeId::of::<ConsultationAnswered>(),
];

/// The consultation, if the view knows of it.
pub fn consultation(record: &Record, id: &ConsultationId, view: View) -> Option<Consultation> {
    let told = record.saying_any(HEARD, id.subject(), view).filter(|told| told.subject == *id.subject());
    let told: Vec<_> = told.collect();
    let opened = holding::<ConsultationOpened>(&told)?;
    let standing = told.iter().map(|told| told.standing).max()?;
    let changes = past::<ConsultationChanged>(&told, view);
    let closes_at = closing(&opened, &changes);
    let considered = considered(record, id, view);
    let mut why: Vec<_> = told.iter().map(|told| told.position).collect();
    why.extend(considered.iter().map(|it| it.position));
    why.sort_unstable();
    let mut consultation = Consultation {
        id: id.clone(),
        responses: responses(&told, &closes_at, view),
        closes_at,
        changes,
        closed: holding(&told),
        engagement: past(&told, view),
        evaluators: past(&told, view),
        evaluation: past(&told, view).pop(),
        considered,
        answered: past(&told, view).pop(),
        state: ConsultationState::Open,
        is_sure: told.iter().all(|told| {
            let date = told.statement.act_date();
            date.is_none_or(|date| date.is_by(view.as_at) != Certainty::Unknown)
        }),
        known_to: known_to(record, view, standing),
        opened,
        why,
    };
    let is_over = |day: Date| consultation.closes_at.day().is_by(day);
    consultation.state = consultation.state_on(view, passed(record, view, standing, is_over));
    Some(consultation)
}

/// The statement that holds: of the highest standing, and of one standing what was said last.
fn holding<T: Statement + Clone>(told: &[Told]) -> Option<T> {
    let said = told.iter().filter_map(|told| Some(((told.standing, told.position), told.says::<T>()?)));
    said.max_by_key(|(order, _said)| *order).map(|(_order, said)| said.clone())
}

/// The statements of one type that may be past on the view's day, the one that holds last.
fn past<T: Statement + Clone>(told: &[Told], view: View) -> Vec<T> {
    let said = told.iter().filter_map(|told| Some(((told.standing, told.position), told.says::<T>()?)));
    let is_past = |said: &T| said.act_date().is_none_or(|date| date.is_by(view.as_at) != Certainty::No);
    let mut said: Vec<_> = said.filter(|(_order, said)| is_past(said)).collect();
    said.sort_by_key(|(order, _said)| *order);
    said.into_iter().map(|(_order, said)| said.clone()).collect()
}

/// When it closes, after the last extension.
fn closing(opened: &ConsultationOpened, changes: &[ConsultationChanged]) -> Instant {
    let extended = changes.iter().rev().find_map(|said| match &said.change {
        ConsultationChange::Extended { closes_at, .. } => Some(closes_at.clone()),
        ConsultationChange::Withdrawn { .. } => None,
    });
    extended.unwrap_or_else(|| opened.closes_at.clone())
}

/// Responses by their moment; the same reference again revises what it said.
fn responses(told: &[Told], closes_at: &Instant, view: View) -> Responses {
    let last: BTreeMap<_, _> =
        past::<ResponseRecorded>(told, view).into_iter().map(|said| (said.reference.clone(), said)).collect();
    last.values().fold(Responses::default(), |mut sum, said| {
        let count = u64::from(said.count.unwrap_or(1));
        let is_on_time = said.received_at.as_micros() <= closes_at.as_micros();
        *(if is_on_time { &mut sum.on_time } else { &mut sum.late }) += count;
        sum
    })
}

fn considered(record: &Record, id: &ConsultationId, view: View) -> Vec<Considered> {
    let about = decisions(record, id.subject(), view).into_iter();
    let considers = about.filter(|decision| {
        let is_of_it = |effect: &Effect| matches!(effect, Effect::FeedbackConsidered { consultation } if consultation == id);
        decision.recorded.effects().any(is_of_it)
    });
    let considered = considers.map(|decision| Considered {
        body: decision.body,
        decided_on: decision.recorded.decided_on,
        position: decision.source.position,
    });
    considered.collect()
}

impl Consultation {
    fn state_on(&self, view: View, passed: Passed) -> ConsultationState {
        let is_past = |instant: &Instant, day: Date| instant.day().is_by(day) == Certainty::Yes;
        if self.is_withdrawn() {
            ConsultationState::Withdrawn
        } else if self.closed.as_ref().is_some_and(|closed| is_past(&closed.closed_at, view.as_at)) {
            self.state_after_closing()
        } else if passed == Passed::Missed {
            ConsultationState::Overdue
        } else if matches!(passed, Passed::Unheard(_)) {
            ConsultationState::DuePassed
        } else {
            match self.opened.opens.is_by(view.as_at) {
                Certainty::Yes => ConsultationState::Open,
                Certainty::No => ConsultationState::NotYetOpen,
                Certainty::Unknown => ConsultationState::PerhapsOpen,
            }
        }
    }

    fn state_after_closing(&self) -> ConsultationState {
        if self.answered.is_some() {
            ConsultationState::Answered
        } else if self.yet_to_consider().next().is_none() {
            ConsultationState::Considered
        } else if self.evaluation.is_some() {
            ConsultationState::Evaluated
        } else if !self.evaluators.is_empty() {
            ConsultationState::Evaluating
        } else {
            ConsultationState::Closed
        }
    }

    fn is_withdrawn(&self) -> bool {
        self.changes.iter().any(|said| matches!(said.change, ConsultationChange::Withdrawn { .. }))
    }

    /// The bodies whose consultation it is that have not considered it.
    pub fn yet_to_consider(&self) -> impl Iterator<Item = &BodyId> {
        let has_considered = |owner: &BodyId| self.considered.iter().any(|it| it.body == *owner);
        self.opened.owners.iter().filter(move |owner| !has_considered(owner))
    }

    /// Whether a response that came at `instant` is on time: at 09:00:00 it is, a second later it is not.
    pub fn is_on_time(&self, instant: &Instant) -> bool {
        instant.as_micros() <= self.closes_at.as_micros()
    }

    /// Where it stands at an instant.
    pub fn state_at(&self, instant: &Instant) -> ConsultationState {
        let closed = self.closed.as_ref().is_some_and(|closed| closed.closed_at <= *instant);
        let opens = instant.day().earliest().map(|day| self.opened.opens.is_by(day));
        if self.is_withdrawn() {
            ConsultationState::Withdrawn
        } else if closed {
            self.state_after_closing()
        } else if !self.is_on_time(instant) {
            ConsultationState::Overdue
        } else if opens == Some(Certainty::No) {
            ConsultationState::NotYetOpen
        } else {
            ConsultationState::Open
        }
    }

    /// What is overdue about it on the view's day, and who considered it too early.
    pub fn findings(&self, view: View) -> Vec<Finding> {
        let overdue = (self.state == ConsultationState::Overdue).then(|| Finding {
            rule: &OVERDUE,
            subject: self.id.subject().clone(),
            found: format!("it was to close at {}; nothing has closed it by {}", self.closes_at, view.as_at),
            needed: "ConsultationClosed".to_owned(),
            why: self.why.clone(),
        });
        let early = self.considered.iter().filter(|it| self.is_considered_early(it));
        let early = early.map(|it| Finding {
            rule: &CONSIDERED_AFTER,
            subject: it.body.subject().clone(),
            found: format!("{} considered {} on {}", it.body, self.id, it.decided_on),
            needed: "ConsultationClosed before, and EvaluationPublished where an evaluator was appointed"
                .to_owned(),
            why: vec![it.position],
        });
        overdue.into_iter().chain(early).collect()
    }

    /// Before it closed, or, where somebody was to evaluate it, before the evaluation was published.
    fn is_considered_early(&self, considered: &Considered) -> bool {
        let closed = self.closed.as_ref().map(|closed| closed.closed_at.day());
        let evaluated = self.evaluation.as_ref().map(|evaluation| evaluation.published_on.clone());
        let is_before = |end: Option<PDate>| match end {
            // Of one day the order is not known: it may well be after.
            Some(end) if end == considered.decided_on => false,
            Some(end) => considered.decided_on.is_before(&end) == Certainty::Yes,
            None => true,
        };
        is_before(closed) || (!self.evaluators.is_empty() && is_before(evaluated))
    }
}
