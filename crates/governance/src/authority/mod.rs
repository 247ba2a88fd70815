//! Authority is in the book: which key may sign what, for which bodies, from when to when. Nothing about a
//! key is known from elsewhere.

mod events;
pub use events::{
    Any, AuthorityGranted, AuthorityRevoked, Extent, KeyEnrolled, KeyRevoked, KeyUse, Revocation,
};
mod state;
pub(crate) use state::now;
pub use state::{KeyState, grants_of, key_state, subject_of};
mod rules;
pub(crate) use rules::REGISTRAR_ALONE;
mod authorise;
pub use authorise::authorise;

pub(crate) static RULES: [crate::rules::Page; 2] = [authorise::RULES, rules::RULES];
