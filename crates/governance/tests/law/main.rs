//! The rules as law: given what stands in the book, when somebody says something, then it is admitted,
//! found wanting or refused. One file for each part of the register; `coverage` asks that no rule lacks its
//! cases on both sides.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod actions;
mod applications;
mod appointments;
mod annotations;
mod areas;
mod authority;
mod bodies;
mod book;
mod constitutions;
mod changes;
mod committees;
mod consultations;
mod contested;
mod corrections;
mod coverage;
mod decisions;
mod memberships;
mod delegations;
mod decisions_later;
mod due;
mod dumb;
mod ends;
mod feedback;
mod figures;
mod ending;
mod form;
mod history;
mod interests;
mod joint;
mod known_at;
mod loading;
mod machine;
mod machine_body;
mod machine_consultation;
mod machine_meeting;
mod machine_merger;
mod machine_office;
mod meetings;
mod mergers;
mod minutes;
mod page;
mod partnerships;
mod people;
mod plans;
mod properties;
mod registrars;
mod reorganisation;
mod room;
mod said;
mod sittings;
mod stories;
mod story;
mod votes;
