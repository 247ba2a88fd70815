//! Where a merger stands.

use crate::words::words;

/// Where a merger stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MergerState {
    /// Looked into; nothing is proposed.
    Exploring,
    /// Proposed.
    Proposed,
    /// A consultation is open.
    Consulting,
    /// The consultation is closed.
    Consulted,
    /// What was answered is evaluated.
    Evaluated,
    /// Every participant has decided to apply.
    ReadyToApply,
    /// An application is with the regulator.
    Submitted,
    /// Granted, with conditions open that must be met before.
    ConditionallyApproved,
    /// Granted.
    Approved,
    /// Refused.
    Rejected,
    /// The application was withdrawn.
    Withdrawn,
    /// Given up, or fewer than two bodies are left in it.
    Abandoned,
    /// Done.
    Effected,
    /// Its day has passed, and nothing came of it.
    Lapsed,
    /// Its day has passed, and nothing that the view knows says what became of it.
    DuePassed,
    /// A body that takes part is no more, and no act says that it took effect.
    BodiesEnded,
}

words!(
    MergerState:
    Exploring = "exploring",
    Proposed = "proposed",
    Consulting = "consulting",
    Consulted = "consulted",
    Evaluated = "evaluated",
    ReadyToApply = "ready_to_apply",
    Submitted = "submitted",
    ConditionallyApproved = "conditionally_approved",
    Approved = "approved",
    Rejected = "rejected",
    Withdrawn = "withdrawn",
    Abandoned = "abandoned",
    Effected = "effected",
    Lapsed = "lapsed",
    DuePassed = "due_passed",
    BodiesEnded = "bodies_ended",
);

impl MergerState {
    /// Whether nothing can come of it any more.
    pub fn is_over(self) -> bool {
        matches!(
            self,
            MergerState::Effected
                | MergerState::Lapsed
                | MergerState::Abandoned
                | MergerState::DuePassed
                | MergerState::BodiesEnded
        )
    }

    /// Whether the last application was granted, and has not taken effect.
    pub fn is_granted(self) -> bool {
        matches!(self, MergerState::ConditionallyApproved | MergerState::Approved)
    }

    /// The events that can come next, beside votes of members and a new application.
    pub(super) fn possible(self) -> &'static str {
        use MergerState::{
            Abandoned, Approved, ConditionallyApproved, Effected, Exploring, Rejected, Submitted, Withdrawn,
        };
        match self {
            Exploring => "MergerProposed, ConsultationOpened, MergerAbandoned",
            Submitted => "RegulatorDecisionRecorded, ApplicationChanged, DecisionRecorded, MergerAbandoned",
            ConditionallyApproved => "ConditionResolved, MergerAbandoned",
            Approved => "ReorganisationEffected, MergerAbandoned, ConditionResolved where one is open",
            Rejected | Withdrawn => "MergerProposed anew, DecisionRecorded anew, MergerAbandoned",
            Effected => "ConditionResolved where one is open; another proposal has another id",
            Abandoned => "nothing more; another proposal has another id",
            _ => "MergerProposed anew, ConsultationOpened, DecisionRecorded, MergerAbandoned",
        }
    }
}
