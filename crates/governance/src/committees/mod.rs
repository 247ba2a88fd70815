//! Committees and delegations: who else than a governing body may decide, for whom, and by which law of which
//! day. The rules that admit them ask for decisions and schemes, and stand in [`crate::powers`].

mod events;
pub use events::{
    CommitteeChange, CommitteeDissolved, CommitteeEstablished, CommitteeKind, CommitteeMembershipChanged,
    CommitteeRole,
};
mod delegation_events;
pub use delegation_events::{
    Delegate, DelegationBasis, DelegationGranted, DelegationRevoked, OnSuccession, Onward,
};
mod law;
pub use law::JointLaw;
pub(crate) use law::{RULES, judge_partnership_holds_nothing};
mod lapse;
pub use lapse::{Lapse, LapsedWith};
mod state;
pub use state::{Committee, CommitteeMember, CommitteeState, committee, committees_from, committees_of};
mod delegations;
pub use delegations::{
    Cover, Delegation, DelegationState, covers, delegation, delegations_from, delegations_to,
};
