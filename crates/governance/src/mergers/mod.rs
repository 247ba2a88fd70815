//! Mergers: from the first look to effect, leg by leg.

mod events;
pub use events::{
    ApplicationChange, ApplicationChanged, ApplicationKind, ApplicationSubmitted, Condition, ConditionDue,
    ConditionResolved, MergerEffected, RegulatorDecisionRecorded, RegulatorOutcome, Resolution,
};
mod votes;
pub use votes::{
    Figures, MemberVote, MemberVoteDeclared, MemberVoteOpened, ThresholdReach, VoteBasis, VoteOutcome,
    VoteThreshold,
};
mod stage;
pub use stage::MergerState;
mod state;
mod stands;
pub use state::{ConditionState, Merger, merger};
mod listed;
pub use listed::mergers_from;
mod conditions;
pub use conditions::{ConditionStage, ConditionStanding, OpenCondition, open_conditions};
mod deadlines;
mod steps;
pub(crate) use steps::judge_about_merger;
mod proposal_rules;
mod vote_rules;
mod members_voted;
pub use members_voted::{MembersVoteHeld, MembersVoted, members_votes};
mod application_rules;
mod regulator_rules;

pub(crate) static RULES: [crate::rules::RulePage; 6] = [
    steps::RULES,
    proposal_rules::RULES,
    vote_rules::RULES,
    application_rules::RULES,
    regulator_rules::RULES,
    state::RULES,
];
