//! Constitutions and what follows from them: quorum, voting, the scheme of delegation; and the law on who sits
//! on a governing body, by its dates.

mod events;
pub use events::{
    ConstitutionAdopted, ConstitutionBasis, GoverningRulesSet, Majority, Minimum, Quorum, RulesAdopted,
    SchemeEntry, SchemeHolder, SchemeOfDelegation, Threshold, ThresholdBasis, VoteMethod, Voting,
};
mod quorum;
pub use quorum::{Shortfall, VotingSeats};
mod state;
pub use state::{ConstitutionHeld, GoverningRules, Ruled, constitutions, governing_rules};
mod composition;
pub(crate) use composition::composition_findings;
pub use composition::{Composition, CompositionLaw, Requirement, RequirementMet, Seat, composition};
mod rules;

pub(crate) static RULES: [crate::rules::RulePage; 2] = [rules::RULES, composition::RULES];
