//! Consultations: when they are open, what was answered, what was made of it, and what moves them on.

mod events;
pub use events::{
    ConsultationChange, ConsultationChanged, ConsultationClosed, ConsultationKind, ConsultationOpened,
};
mod feedback;
pub use feedback::{
    ConsultationAnswered, EngagementHeld, EvaluationPublished, EvaluatorAppointed, QuestionAnswer,
    QuestionResult, ResponseRecorded,
};
mod calendar;
mod state;
pub use state::{Considered, Consultation, ConsultationState, Responses, consultation};
mod rules;
mod feedback_rules;
pub(crate) use feedback_rules::judge_considered;

pub(crate) static RULES: [crate::rules::RulePage; 3] = [state::RULES, rules::RULES, feedback_rules::RULES];
