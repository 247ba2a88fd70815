//! Partnerships: who works together, under which name and within what. A partnership agrees and recommends;
//! in law it decides nothing, whatever it is called.

mod events;
pub use events::{
    MemberStatus, MembershipMove, PartnershipChange, PartnershipChanged, PartnershipFormed, PartnershipKind,
    PartnershipMember, PartnershipMembershipChanged,
};
mod state;
pub use state::{
    Designation, Lead, Membership, Partnership, PartnershipState, partnership, partnerships_of, within,
};
mod rules;

pub(crate) static RULES: crate::rules::RulePage = rules::RULES;
