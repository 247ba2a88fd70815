//! Appointments: from a vacancy to a holder, for one body or for several at once.

mod events;
pub use events::{AppointmentDetermined, Determination, OfficerNominated, RecruitmentOpened};
mod state;
pub use state::{Appointment, Stage, appointment};
mod joint;
pub use joint::{JointAppointment, JointLeg, joint_appointment};
mod boards;
mod rules;

pub(crate) static RULES: [crate::rules::RulePage; 2] = [rules::RULES, boards::RULES];
