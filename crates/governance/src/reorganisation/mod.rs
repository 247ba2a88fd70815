//! A reorganisation is one event: bodies close and open, areas pass, officers start, all at once. It is
//! judged on the state after all its parts.

mod events;
pub use events::{
    OpeningBody, ReorganisationBasis, ReorganisationEffected, StartingOfficer, Succession, Transfer,
    TransferKind, VariedBody,
};
mod ending;
mod consulting;
mod rules;

pub(crate) static RULES: [crate::rules::RulePage; 3] = [rules::RULES, ending::RULES, consulting::RULES];
