//! What the book says in the shapes that others read: NHS ODS's organisation records, and bodies and successions as tables. A
//! field that the book does not hold is absent, never made up.
//!
//! Deliberately lacks questions: it is given bodies as a view sees them, and shapes them.

// From the ground up: a module imports only from those listed before it.
mod days;
mod doubts;
mod roles;
mod ods;
pub use ods::organisation;
mod bodies;
pub use bodies::bodies;
mod successions;
pub use successions::successions;
