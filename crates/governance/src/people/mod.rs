//! People and offices: who holds which office of which body, since when, and how it is known.

mod events;
pub use events::{
    AppointmentEnded, EndReason, Office, OfficeDefined, OfficerAppointed, OfficerObserved, PersonRecorded,
    Tenure,
};
mod holdings;
pub use holdings::{Holding, OfficeHeld, holdings, office_held, person_name};
mod rules;
pub(crate) use rules::{RULES, judge_person};
