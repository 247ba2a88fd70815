//! Bodies: how they come to be, what they are called, what they cover, how they end and who follows.

mod events;
pub use events::{
    BodyEstablished, BodyKind, BodyRegistered, BodyRenamed, Code, IdentifierAssigned, LegalBasis, Renaming,
    Scheme,
};
mod passing;
pub use passing::{
    AreaChange, AreaExtent, AreaVaried, BodyDissolved, DissolutionReason, SuccessionKind, SuccessionRecorded,
};
mod held;
pub use held::{CodeHeld, Link, NameHeld, WholeHeld};
mod joining;
pub(crate) use joining::Contradictions;
mod state;
pub use state::{Body, Life, body};
mod codes;
pub(crate) use codes::unit_of_subject;
pub use codes::{bodies_of_code, code_subject, unit_subject};
mod walk;
pub use walk::Doubt;
mod area;
pub use area::{Holder, area_of, holder, units_of};
pub(crate) use area::{holder_dates, units_in_reach};
mod lineage;
pub use lineage::{LineageStep, heir, heirs, inherited, is_or_follows, lineage, lineage_steps, passed_on_by};
mod law;
pub(crate) use law::{groups_ended, judge_end_of_law, judge_law_of_day};
mod judge;
pub(crate) use judge::{
    enacted, is_open, is_there, judge_begun, judge_codes, judge_ends, judge_known, judge_name, judge_new,
    judge_not_ended, judge_open, judge_passing, judge_past_softly, judge_there,
};
mod rules;
pub(crate) use rules::{check_others, judge_passes_once, last_day};
mod found;
pub use found::{area_findings, code_findings, late_findings, neighbour_findings};

pub(crate) static RULES: [crate::rules::RulePage; 5] =
    [rules::RULES, law::RULES, judge::RULES, joining::RULES, found::RULES];
