//! The auditor's library: a book checked from its stored bytes alone, trusting nobody who kept it.
//!
//! [`verify`] reads entries in order and asks of each, in graded levels: is it an entry; does it continue the
//! chain; do its signatures hold; would the rules have admitted it. It names the first entry that fails, and
//! leaves the book as replayed, so that the register's questions can be asked of what was verified.
//!
//! Deliberately lacks: input and output, a runtime, the store. It takes bytes from whoever has them.

// From the ground up: a module imports only from those listed before it.
mod report;
pub use report::{Exception, Level, Report, Verdict};
mod replay;
pub use replay::verify;
