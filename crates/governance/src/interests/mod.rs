//! The register of interests and gifts, and breaches of its rules.

mod events;
pub use events::{BreachRecorded, Gift, GiftOutcome, InterestCeased, InterestKind, InterestRegistered};
mod state;
pub use state::{Interest, InterestState, interest, interests_of_body, interests_of_person};
mod rules;
pub(crate) use rules::{DECLARED_DAYS, RULES};
