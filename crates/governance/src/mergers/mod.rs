//! Mergers: from proposal to effect, leg by leg (domain 2.9).

mod events;
pub use events::{
    ApplicationSubmitted, Condition, ConditionResolved, Due, MergerEffected, RegulatorDecisionRecorded,
    RegulatorOutcome, Resolution,
};
mod state;
pub use state::{ConditionState, Merger, MergerState, merger};
mod rules;

pub(crate) static RULES: [crate::rules::Page; 2] = [rules::RULES, state::RULES];
