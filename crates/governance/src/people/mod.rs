//! People and offices: who holds which office of which body, since when, and how it is known.

mod office;
pub use office::Office;
mod events;
pub use events::{
    AppointmentEnded, EndReason, OfficeDefined, OfficerAppointed, OfficerObserved, PersonRecorded, Tenure,
};
mod holdings;
pub use holdings::{Holding, OfficeHeld, Sighting, holdings, office_held};
mod names;
pub use names::{PersonNamed, name_findings, person_name, person_names};
mod offices_of;
pub use offices_of::{HoldingState, OfficeOf, holder_named, offices_of, says_who_holds};
mod joint;
pub use joint::{JointAppointmentProposed, joint_proposal};
mod kept_apart;
mod seats;
mod rules;
pub(crate) use rules::judge_person;
pub use rules::office_findings;

pub(crate) static RULES: [crate::rules::RulePage; 4] =
    [rules::RULES, joint::RULES, kept_apart::RULES, seats::RULES];
