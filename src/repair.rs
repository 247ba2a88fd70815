//! A ledger made anew from what is left of it: the readable texts in a damaged store, a published log, and
//! receipts in people's hands.
//!
//! What is found is believed as far as it is pinned: by the high-water mark, by a published tree that the log
//! signed, by receipts. What speaks of more in the ledger's name, and can't be verified, is a reason to stop. The result is the very book that was acknowledged, or there is no result: it continues
//! every checkpoint that is known, since signing one of those sizes again over other entries would be two histories.
//!
//! Deliberately lacks: any way to write to what is damaged, and any way to go on without an entry.

// From the ground up: a module imports only from those listed before it.
mod error;
pub use error::RepairError;
mod unverified;
mod found;
pub use found::{Aside, Claim, Found, Identity, Text};
mod mirror;
pub use mirror::fetch;
mod gather;
pub use gather::{Sources, gather, hear};
mod assemble;
pub use assemble::{Assembled, Lost, assemble};
mod prove;
pub use prove::{Proved, prove};
mod published;
mod build;
pub use build::build;
