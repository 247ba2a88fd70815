//! Bodies: how they come to be, what they are called, what they cover, how they end and who follows.

mod events;
pub use events::{
    AreaChange, AreaVaried, BodyDissolved, BodyEstablished, BodyKind, BodyRegistered, BodyRenamed, Code,
    DissolutionReason, Extent, IdentifierAssigned, LegalBasis, Renaming, Scheme, SuccessionKind,
    SuccessionRecorded,
};
mod state;
pub use state::{Body, CodeHeld, Life, Link, NameHeld, bodies_of_code, body, code_subject, unit_subject};
mod area;
pub use area::{Holder, holder, units_of};
mod rules;
pub(crate) use rules::{enacted, judge_codes, judge_name, judge_new, judge_open};
