//! Decisions: one per item and body, never one per sitting; and what becomes of them later.

mod detail;
pub use detail::{Circulation, DecidedWith, DecisionCondition, Delegated, Dissent, Urgency};
mod events;
pub use events::{Choice, DecisionRecorded, Effect, Item, Leg, Mode, Outcome, Votes};
mod later;
pub use later::{DecisionRatified, DecisionRescinded, Ratification, SealUsed};
mod state;
pub use state::{
    Decision, decision, decisions, decisions_from, decisions_recorded_from, ratification, rescission,
    takes_part,
};
mod legs;
pub use legs::{leg, legs};
mod later_rules;
pub use later_rules::{awaiting_ratification, ratification_findings};
mod delegated;
mod rules;

pub(crate) static RULES: [crate::rules::RulePage; 4] =
    [rules::RULES, delegated::RULES, legs::RULES, later_rules::RULES];
