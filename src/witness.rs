//! A witness over HTTP (C2SP tlog-witness, spec/witness.md): it signs a log's checkpoint after checking that it
//! extends the last one that it signed, so that whoever trusts it knows that the log shows one history.
//!
//! [`Witness`] judges, stores and signs; [`serve`] is its door. It knows logs by their verifier keys alone, and
//! keeps nothing of what they say.
//!
//! Deliberately lacks: a ledger, entries, and any means of going back: a state folder that is damaged, or
//! another key's, is not opened.

mod error;
mod folder;
mod judge;
mod door;

pub use door::{REQUEST_BYTES_MAX, limits, serve, serve_behind};
pub use error::{AddError, WitnessError};
pub use judge::{Begin, Witness};
