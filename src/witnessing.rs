//! The log's side of witnessing: asks the witnesses of a policy about each checkpoint that is about to be
//! published, and publishes it with the signatures that hold (spec/witness.md).
//!
//! What a witness answers is believed as far as its signature holds. A witness that is slow, silent or wrong
//! costs the published log a bounded wait, and appends nothing: only the publisher waits.
//!
//! Deliberately lacks: any memory on disk. Where a witness stands, it says itself (status 409).

// From the ground up: a module imports only from those listed before it.
mod error;
pub use error::{AskError, WitnessingError};
mod http;
pub(crate) use http::Http;
mod standing;
pub use standing::WitnessStanding;
mod asked;
mod round;
pub use round::{OnNoQuorum, Patience, Witnesses};
