//! A reorganisation is one event: bodies close and open, areas pass, officers start, all at once. It is
//! judged on the state after all its parts.

mod events;
pub use events::{
    OpeningBody, ReorganisationBasis, ReorganisationEffected, StartingOfficer, Succession, VariedBody,
};
mod rules;
pub(crate) use rules::RULES;
