//! Plans are not facts: what is planned, proposed, expected or conditional, and what was merely said. The
//! register's state ignores both; trackers show them.

mod events;
pub use events::{Fate, IntentionRecorded, IntentionResolved, Mood, PlannedPost, StatementRecorded};
mod state;
pub use state::{
    Intention, IntentionState, Saying, intention, intentions_about, intentions_listed, statements_about,
};
mod rules;
pub(crate) use rules::{RULES, judge_fulfilled};
