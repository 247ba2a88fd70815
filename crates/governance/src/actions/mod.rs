//! Actions: who is to do what by when, across successions; a condition of a decision is one too.

mod events;
pub use events::{ActionAssigned, ActionChange, ActionUpdated, ConditionSet, Owner};
mod state;
pub use state::{Action, ActionState, action, action_log, action_log_from, actions_of};
mod rules;
pub(crate) use rules::judge_due;

pub(crate) static RULES: [crate::rules::RulePage; 2] = [rules::RULES, state::RULES];
