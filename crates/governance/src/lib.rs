//! What entries mean: the events of governance, the rules that admit them, and the register that they make.
//!
//! A [`Draft`] goes on from a [`Book`] and may refuse ([`Book::admit`]); [`Book::apply`] takes what stands in a ledger;
//! questions
//! ([`bodies::body`], [`bodies::holder`], [`mergers::merger`] ...) take a [`View`]: a day in the world, and how
//! much of the book is known. Same entries, same question, same answer.
//!
//! Deliberately lacks: input and output, a clock, randomness, threads, time zones, floats. It reads no
//! disclosure: what is sealed never feeds a rule.

// From the ground up: a module imports only from those listed before it, but for the two lines that
// `act` needs of the record that it stands in.
pub use minutebook_log::Malformed;
mod dates;
pub use dates::{Certainty, Date, Instant, PDate, read_day};
mod words;
pub use words::ClosedList;
mod sealed;
pub use sealed::{Digest, Seal, Sealable};
mod ids;
pub use ids::{
    ActionId, AppointmentId, AuditId, BodyId, CommitteeId, ConsultationId, DelegationId, DocumentId,
    FigureId, GrantId, IntentionId, InterestId, MeetingId, MergerId, PartnershipId, PersonId, StatementId,
    TargetId, Unit,
};
mod provisions;
mod rules;
pub use rules::{Asked, Finding, Force, RULES_VERSION, Rule, RuleSet, Verdict, Violation};
mod seen;
mod written;
mod form;
pub use form::{Described, read_members};
mod speaker;
pub use speaker::Speaker;
mod evidence;
pub use evidence::{Basis, Document, Inferred};
mod as_written;
pub use as_written::FactsAsWritten;
mod act;
pub use act::{Act, Capacity, Case, Facts, Need, Signatory, Standing, Statement};
mod noted;
pub use noted::Cost;
mod entries;
pub use entries::{Entries, Unread};
mod view;
pub use view::{KnownUntil, Recorded, Scope, Told, View};
mod merged;
mod named;
mod spoken;
mod kept;
pub use kept::Keeping;
mod tail;
mod segment;
mod columns;
mod segment_file;
mod corrections;
mod remembered;
mod record;
pub use record::Record;
mod withdrawn;
pub use withdrawn::{Withdrawn, withdrawn, withdrawn_of_kind};
mod selection;
pub use selection::{Clause, Selected, Selection};
pub mod authority;
pub mod joined;
pub mod loads;
pub mod bodies;
pub mod memberships;
pub mod directions;
pub mod people;
pub mod partnerships;
pub mod actions;
pub mod interests;
pub mod committees;
pub mod proposals;
pub mod decisions;
pub mod constitutions;
pub mod powers;
pub mod meetings;
pub mod consultations;
pub mod appointments;
pub mod mergers;
pub mod reorganisation;
mod commissioners;
pub mod figures;
pub mod plans;
pub mod documents;
mod slips;
mod clerical;
mod minuted;
pub mod annotations;
mod answered;
pub use answered::{answered_by, perhaps_one};
mod days;
pub use days::english_offset;
pub mod due;
#[cfg(feature = "schema")]
mod schema;
pub mod catalogue;
pub mod headlines;
pub mod rulebook;
pub mod reporting;
mod ways_out;
pub use ways_out::{way_out, ways_out};
mod judging;
mod correcting;
mod unsettled;
pub use unsettled::found_of;
pub mod register;
pub mod changes;
mod refusal;
pub use refusal::Refusal;
mod book;
pub use book::{Admission, Admitted, ApplyError, Book, Grounds};
mod shelf;
pub use shelf::Unshelved;
mod draft;
pub use draft::{Draft, ReadEvent, Sealed, Taken};
mod pointers;
mod dry_run;
pub use dry_run::{Foreseen, Objection, Step, foresee, members_concerned};
