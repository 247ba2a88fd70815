//! Figures and targets, as their sources state them: with whom they are shared, how precise they are, and under
//! which conditions. They never touch state.

mod events;
pub use events::{
    Applies, Attribute, AttributeReported, Measure, Quantity, Stated, TargetOutcome, TargetOutcomeRecorded,
    TargetSet,
};
mod state;
pub use state::{Figure, Target, figure_findings, figures_about, target, targets_about};
mod rules;

pub(crate) static RULES: [crate::rules::RulePage; 2] = [rules::RULES, state::RULES];
