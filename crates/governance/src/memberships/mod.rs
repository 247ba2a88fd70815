//! Member practices: which commissioner a practice is a member of. They pass to the successor with the body.

mod events;
pub use events::{MembershipChanged, PracticeMove};
mod state;
pub use state::{Member, PracticeMembership, commissioners_of, membership_changes, practices};
mod rules;
pub(crate) use rules::RULES;
pub use rules::membership_findings;
