//! Decisions: one per item and body, never one per sitting.

mod events;
pub use events::{Choice, DecisionRecorded, Effect, Item, Leg, Mode, Outcome, Votes};
mod state;
pub use state::{Decision, decisions, takes_part};
mod rules;

pub(crate) static RULES: crate::rules::Page = rules::RULES;
