//! Loading what others have written: CSV and JSON Lines, of events or of bodies and successions.
//!
//! A file is read row by row and never as a whole; a row becomes an event, signed by whoever loads it. The event's id is
//! made of what the row says, so that the same row, loaded again, is known to be there: after a crash, after a row beside it
//! was mended, or from a longer copy of the file.
//!
//! Deliberately lacks a server: whoever calls brings the book that rows are judged by, and sends what is new.

// From the ground up: a module imports only from those listed before it.
mod row;
pub use row::{Problem, Row, RowFault, RowPlace};
mod lines;
mod cells;
mod events;
mod tables;
mod fields;
mod columns;
pub mod register;
mod files;
pub use files::{File, ImportError, Load};
mod loader;
pub use loader::{Loader, RowSigner};
mod judge;
pub use judge::{Judge, Judged};
