//! The auditor's library: a book checked from its bytes alone, trusting nobody who kept it.
//!
//! [`verify`] reads entries in order and asks of each, in graded levels: is it an entry; does it continue the
//! chain; do its signatures hold; would the rules have admitted it. It names the first entry that fails, and
//! leaves the book as replayed, so that the register's questions can be asked of what was verified. [`audit`]
//! does the same for a published log, with its tree, its checkpoints and its witnesses.
//!
//! Deliberately lacks: a runtime, the store, the network. It takes bytes from whoever has them, and reads no
//! file but those that it is pointed at.

// From the ground up: a module imports only from those listed before it.
mod survey;
pub use survey::{KeyActivity, Survey};
mod report;
pub use report::{AuditVerdict, Exception, Fault, Level, Report};
mod tar;
mod published;
pub use published::{Published, PublishedError};
mod tiles;
mod again;
pub use again::EntryBytes;
mod ahead;
mod replay;
pub use replay::{verify, verify_from, verify_quickly};
mod trust;
pub use trust::{Brought, Trust, Witnessed};
mod log_keys;
pub use log_keys::KeyPath;
mod pass;
mod audit;
pub use audit::{Audit, audit, audit_quickly, check_files};
mod graded;
pub use graded::{Grade, Graded};
mod duties;
mod references;
mod own_rules;
mod findings;
pub use findings::{auditors_rules, findings};
mod period;
pub use period::{DatedAct, Period, PeriodActs};
mod sample;
pub use sample::{rank, sample};
mod documents;
pub use documents::{Evidence, Held, check_documents};
pub mod page;
mod text;
pub use text::{to_text, to_text_within};
mod html;
pub use html::{css_string, to_html};
mod markdown;
pub use markdown::to_markdown;
pub mod review;
pub use review::{LevelOutcome, Questions, Review, State};
mod annexes;
mod review_page;
pub(crate) use review_page::lead;
pub use review_page::report_page;
mod review_json;
pub use review_json::report_json;
mod explain;
pub use explain::{
    EntryResult, EntryState, ExplainedSignature, Explanation, Inputs, RestsOn, RuleResult, explain,
};
mod explain_page;
pub use explain_page::{explanation_json, explanation_page};
pub mod cli;
