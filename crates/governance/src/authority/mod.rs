//! Authority is in the book: which key may sign what, for which bodies, from when to when. Nothing about a
//! key is known from elsewhere.

mod events;
pub use events::{
    Any, AuthorityGranted, AuthorityRevoked, Custody, Extent, KeyEnrolled, KeyRevoked, KeyUse, Revocation,
};
mod state;
pub use state::{
    GrantHeld, GrantState, KeyState, enrolled_keys, grants_for, grants_held, grants_of, is_recorded_by,
    key_state, now, subject_of,
};
mod contested;
pub(crate) use contested::contested_findings;
pub use contested::{Compromise, Contested, Doubts, compromises_of, contested, contested_among};
mod registrars;
pub use registrars::{RegistrarInForce, Registrars, registrars};
mod log_keys;
pub use log_keys::{LogKeyTerm, log_key_terms, log_keys};
mod rules;
pub(crate) use rules::REGISTRAR_ALONE;
mod authorise;
pub use authorise::{authorise, check_known, describe_grant};

pub(crate) static RULES: [crate::rules::RulePage; 4] =
    [authorise::RULES, registrars::RULES, rules::RULES, contested::RULES];
