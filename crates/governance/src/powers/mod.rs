//! Who may decide what: the rules that admit committees and delegations, and the question who may decide for a
//! body on a day, with the reasons.

mod committee_rules;
mod arrangement_rules;
mod delegation_rules;
mod question;
pub use question::{Decider, Powers, Reach, who_may_decide};

pub(crate) static RULES: [crate::rules::RulePage; 3] =
    [committee_rules::RULES, arrangement_rules::RULES, delegation_rules::RULES];
