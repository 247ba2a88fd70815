//! The gRPC services of `proto/minutebook/v1`: what comes in is parsed, what goes out is converted, and nothing
//! is decided here.
//!
//! Deliberately lacks: rules, storage, and any private content in a log line. A span names the method alone.

// From the ground up: a module imports only from those listed before it.
mod convert;
mod status;
mod follow;
mod page;
mod parsed;
mod called;
mod question;
mod unknown;
mod found;
mod named;
mod listing;
mod spoken;
pub use spoken::spoken;
mod receipt;
mod appending;
mod foreseeing;
mod log;
pub use log::{Log, LogGauges, MESSAGE_BYTES_MAX};
mod followed;
pub use followed::FollowedLog;
mod asking;
mod keys;
mod kept;
mod proof;
pub use proof::Proof;
mod changes;
mod bodies;
mod appointments;
mod mergers;
mod consultations;
mod intentions;
mod findings;
mod decisions;
mod meetings;
mod minutes;
mod people;
mod lineage;
mod partnerships;
mod stated;
mod votes;
mod actions;
mod interests;
mod memberships;
mod committees;
mod governing_body;
mod powers;
mod news;
mod register;
pub use register::Register;
