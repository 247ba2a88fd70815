//! The one table that turns what went wrong into a gRPC status: code, reason, and details that a program can
//! read (AIP-193). `google.rpc.ErrorInfo` is always there, with the domain `minutebook`.

use crate::doors::DOMAIN;
use crate::ledger::{AppendError, Stop};
use crate::proto;
use minutebook_governance::{Refusal, Unread, Violation, way_out};
use minutebook_log::{Hash, Head, Malformed, Unbound};
use minutebook_store::EngineError;
use std::collections::HashMap;
use std::time::Duration;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

/// After what time a client that came too fast may come again.
const RETRY_AFTER: Duration = Duration::from_millis(200);

/// The most bytes of a message. A status travels in headers, of which HTTP/2 clients take 16 KiB.
const STATUS_BYTES_MAX: usize = 1000;

/// The most bytes of one description.
const DESCRIPTION_BYTES_MAX: usize = 1200;

/// The most bytes of a value in the metadata.
const METADATA_BYTES_MAX: usize = 600;

/// The most bytes that all descriptions have together; how many there are stands in the metadata.
const DESCRIPTIONS_BYTES_MAX: usize = 5000;

/// What becomes of an append that failed. `head` is where the ledger ends, for authors who saw another.
pub(super) fn of_append(error: &AppendError, head: Head) -> Status {
    let message = error.to_string();
    match error {
        AppendError::Request(malformed) => of_malformed(malformed).build(),
        AppendError::Refused { index, refusal } => {
            of_refusal(refusal, head).with("event_index", index).build()
        }
        AppendError::LogKeyNotHeld { index, key } => {
            let row = StatusDraft::new(Code::FailedPrecondition, "LOG_KEY_NOT_HELD", message);
            row.with("event_index", index).with("key", key).build()
        }
        AppendError::QueueFull => {
            let mut row = StatusDraft::new(Code::ResourceExhausted, "QUEUE_FULL", message);
            row.details.set_retry_info(Some(RETRY_AFTER));
            row.build()
        }
        AppendError::Stopped(stop) => of_stop(stop, message),
        AppendError::Unknown { .. } => {
            StatusDraft::new(Code::Unavailable, "OUTCOME_UNKNOWN", message).build()
        }
        AppendError::Contended => StatusDraft::new(Code::Unavailable, "CONTENDED", message).build(),
    }
}

fn of_stop(stop: &Stop, message: String) -> Status {
    match stop {
        Stop::Store(error @ EngineError::Corrupt { .. }) => of_engine(error),
        Stop::Store(_) | Stop::Clock(_) | Stop::Inconsistent(_) => {
            StatusDraft::new(Code::Unavailable, "WRITER_STOPPED", message).build()
        }
        Stop::Contradicted(_) => StatusDraft::new(Code::DataLoss, "LOG_CONTRADICTED", message).build(),
        Stop::Closing => StatusDraft::new(Code::Unavailable, "SHUTTING_DOWN", message).build(),
    }
}

fn of_refusal(refusal: &Refusal, head: Head) -> StatusDraft {
    let message = refusal.to_string();
    match refusal {
        Refusal::Malformed(malformed) => of_malformed(malformed),
        Refusal::Signature(error) => {
            let mut row = StatusDraft::new(Code::InvalidArgument, "SIGNATURE_INVALID", message.clone());
            row.details.add_bad_request_violation("signatures", message);
            row.with("key", error.key)
        }
        Refusal::Unauthorised(violations) => {
            StatusDraft::new(Code::PermissionDenied, "UNAUTHORISED", message).with_violations(violations)
        }
        Refusal::Unread(_) => StatusDraft::new(Code::Unavailable, "UNREAD", message),
        Refusal::Chain(_) => StatusDraft::new(Code::InvalidArgument, "MALFORMED", message),
        Refusal::Unbound(unbound) => of_unbound(unbound, message, head),
        Refusal::IdTaken { first } => {
            StatusDraft::new(Code::AlreadyExists, "ID_TAKEN", message).with("position", first)
        }
        Refusal::RulesBroken(violations) => {
            StatusDraft::new(Code::FailedPrecondition, "RULE_BROKEN", message).with_violations(violations)
        }
    }
}

fn of_unbound(unbound: &Unbound, message: String, head: Head) -> StatusDraft {
    let (reason, found) = match unbound {
        Unbound::Source { found, .. } => ("OTHER_LEDGER", found.clone()),
        Unbound::Ledger { found, .. } => ("OTHER_LEDGER", found.clone()),
        Unbound::Seen { found, .. } => ("SEEN_NOT_IN_CHAIN", found.to_string()),
    };
    StatusDraft::new(Code::FailedPrecondition, reason, message)
        .with("found", found)
        .with("head_size", head.size)
        .with("head_hash", head.hash)
}

fn of_malformed(malformed: &Malformed) -> StatusDraft {
    let Malformed { at, found, needed } = malformed;
    let mut row = StatusDraft::new(Code::InvalidArgument, "MALFORMED", malformed.to_string());
    row.details.add_bad_request_violation(
        at,
        shortened(format!("found {found}; needed {needed}"), DESCRIPTION_BYTES_MAX),
    );
    row.with("at", at)
}

/// A request whose own member is wrong, at `member`.
pub(super) fn argument(member: &str, found: &str, needed: impl Into<String>) -> Status {
    let malformed = Malformed::quoting(member, found, needed);
    StatusDraft { reason: "INVALID_ARGUMENT", ..of_malformed(&malformed) }.build()
}

/// The same, of what was read already.
pub(super) fn member(malformed: &Malformed) -> Status {
    StatusDraft { reason: "INVALID_ARGUMENT", ..of_malformed(malformed) }.build()
}

/// A position that there is not yet, at `member`, of a ledger that has so many entries.
pub(super) fn beyond(member: &str, found: u64, size: u64, ledger: Hash) -> Status {
    let message = format!(
        "{member}: found {found}; needed at most {size}, where the ledger ends; is it the same ledger?"
    );
    let row = StatusDraft::new(Code::OutOfRange, "OUT_OF_RANGE", message).with("member", member);
    row.with("found", found).with("size", size).with("ledger", ledger).build()
}

/// The same refusal, of the `index`th request of a stream.
pub(super) fn of_request(status: &Status, index: u64) -> Status {
    let mut details = status.get_error_details();
    if let Some(mut info) = details.error_info().cloned() {
        info.metadata.insert("request_index".to_owned(), index.to_string());
        details.set_error_info(info.reason, info.domain, info.metadata);
    }
    let message = shortened(format!("request {index} of the stream: {}", status.message()), STATUS_BYTES_MAX);
    Status::with_error_details(status.code(), message, details)
}

/// An event that is not of the form that it should have: the `index`th of its request.
pub(super) fn malformed(malformed: &Malformed, index: usize) -> Status {
    of_malformed(malformed).with("event_index", index).build()
}

/// Nothing is known under a name, of a `what` (body, merger ...).
pub(super) fn not_found(what: &str, name: &str) -> Status {
    not_found_but(what, name, "")
}

/// The same, and what could be asked instead: `; did you mean ..?`.
pub(super) fn not_found_but(what: &str, name: &str, but: &str) -> Status {
    let message = format!("no {what} \"{name}\" is known here{but}");
    StatusDraft::new(Code::NotFound, "NOT_FOUND", message).with("what", what).with("name", name).build()
}

/// Something was known under a name, and was withdrawn.
pub(super) fn withdrawn(what: &str, name: &str, it: &proto::Correction) -> Status {
    let (day, by) = (it.recorded.get(..10).unwrap_or_default(), it.by.join(", "));
    let why = match it.reason.as_ref().and_then(|reason| reason.text.as_ref()) {
        Some(proto::text::Text::Clear(reason)) => reason,
        Some(proto::text::Text::Sealed(_)) | None => "the reason is sealed",
    };
    let message = format!(
        "{what} \"{name}\" (entry {}) was withdrawn by entry {}, on {day}, by {by} ({}): {why}",
        it.position, it.corrected_at, it.kind
    );
    let status = StatusDraft::new(Code::NotFound, "NOT_FOUND", message).with("what", what).with("name", name);
    status.with("withdrawn_by", it.corrected_at).build()
}

/// The reason of an answer that a name means several things.
const AMBIGUOUS: &str = "AMBIGUOUS";

/// A name that several things have.
pub(super) fn ambiguous(what: &str, name: &str, which: &str) -> Status {
    let message = format!("\"{name}\" names no single {what}, but {which}: name one of them");
    StatusDraft::new(Code::NotFound, AMBIGUOUS, message).with("what", what).with("name", name).build()
}

/// Whether a name means several things, and not none.
pub(super) fn is_ambiguous(status: &Status) -> bool {
    status.get_error_details().error_info().is_some_and(|info| info.reason == AMBIGUOUS)
}

/// A read that the store could not do.
pub(super) fn of_engine(error: &EngineError) -> Status {
    let message = error.to_string();
    match error {
        EngineError::Corrupt { what, repair } => StatusDraft::new(Code::DataLoss, "STORE_DAMAGED", message)
            .with("what", what)
            .with("repair", repair)
            .build(),
        EngineError::Conflict { .. }
        | EngineError::Unknown { .. }
        | EngineError::Stopped { .. }
        | EngineError::Files { .. } => {
            StatusDraft::new(Code::Unavailable, "STORE_NOT_READY", message).build()
        }
        EngineError::Invalid(_) | EngineError::Beyond { .. } => {
            StatusDraft::new(Code::Internal, "INTERNAL", message).build()
        }
    }
}

/// Who writes has to show a certificate, and has shown none.
pub(super) fn certificate_needed() -> Status {
    let message = "whoever writes here shows a certificate (minutebook --certificate FILE --certificate-key FILE); the operator says by which authority";
    StatusDraft::new(Code::PermissionDenied, "CERTIFICATE_NEEDED", message).build()
}

/// The reason of a refusal, by which it is counted.
pub(super) fn reason(status: &Status) -> String {
    status.get_details_error_info().map_or_else(String::new, |info| info.reason)
}

/// The server ends.
pub(super) fn closing() -> Status {
    of_stop(&Stop::Closing, "the server is shutting down: go on from where you are later".to_owned())
}

/// A question's time was over before it was answered.
pub(super) fn too_late(time: Duration) -> Status {
    let message = format!(
        "not answered within {} ms: give it more time, ask for a smaller page, or ask again later",
        time.as_millis()
    );
    StatusDraft::new(Code::DeadlineExceeded, "TOO_LATE", message).with("time_ms", time.as_millis()).build()
}

/// Nobody waits for the answer any more.
pub(super) fn left() -> Status {
    StatusDraft::new(Code::Cancelled, "CALLER_LEFT", "whoever asked has left").build()
}

/// What an answer rests on could not be read.
pub(super) fn unread(unread: &Unread) -> Status {
    StatusDraft::new(Code::Unavailable, "UNREAD", unread.to_string()).build()
}

/// A fault of this program, which its own log tells of.
pub(super) fn internal<E>(_error: E) -> Status {
    StatusDraft::new(Code::Internal, "INTERNAL", "the server failed in the middle of this; its log says more")
        .build()
}

/// A status in the making.
struct StatusDraft {
    code: Code,
    reason: &'static str,
    message: String,
    metadata: HashMap<String, String>,
    details: ErrorDetails,
}

impl StatusDraft {
    fn new(code: Code, reason: &'static str, message: impl Into<String>) -> Self {
        let (metadata, details) = (HashMap::new(), ErrorDetails::new());
        Self { code, reason, message: message.into(), metadata, details }
    }

    fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.metadata.insert(name.to_owned(), shortened(value.to_string(), METADATA_BYTES_MAX));
        self
    }

    /// Every violation, each with the rule that it is of, and after it what else can be done.
    fn with_violations(mut self, violations: &[Violation]) -> Self {
        let mut room = DESCRIPTIONS_BYTES_MAX;
        for Violation { rule, subject, found, needed, source } in violations {
            let way = way_out(rule.id).map_or_else(String::new, |way| format!(" What to do: {way}."));
            let description = format!("found {found}; needed {needed}. {} ({source}){way}", rule.says);
            let description = shortened(description, DESCRIPTION_BYTES_MAX);
            room = room.saturating_sub(rule.id.len() + subject.as_str().len() + description.len());
            if room == 0 {
                break;
            }
            self.details.add_precondition_failure_violation(rule.id, subject.as_str(), description);
        }
        let row = self.with("violations", violations.len());
        match violations.first() {
            Some(first) => row.with("rule", first.rule.id).with("needed", &first.needed),
            None => row,
        }
    }

    fn build(mut self) -> Status {
        self.message = shortened(self.message, STATUS_BYTES_MAX);
        tracing::debug!(code = ?self.code, reason = self.reason, "refused");
        self.details.set_error_info(self.reason, DOMAIN, self.metadata);
        Status::with_error_details(self.code, self.message, self.details)
    }
}

fn shortened(mut text: String, bytes_max: usize) -> String {
    if text.len() > bytes_max {
        text.truncate(text.floor_char_boundary(bytes_max));
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use minutebook_governance::Rule;

    fn check(error: AppendError, code: Code, reason: &str) -> ErrorDetails {
        let status = of_append(&error, Head::EMPTY);
        let details = status.get_error_details();
        let info = details.error_info().unwrap();
        assert_eq!((status.code(), info.reason.as_str(), info.domain.as_str()), (code, reason, DOMAIN));
        details
    }

    #[test]
    fn what_can_be_sent_again_says_so() {
        let details = check(AppendError::QueueFull, Code::ResourceExhausted, "QUEUE_FULL");
        assert_eq!(details.retry_info().unwrap().retry_delay, Some(RETRY_AFTER));
        check(AppendError::Contended, Code::Unavailable, "CONTENDED");
        check(AppendError::Unknown { why: String::new() }, Code::Unavailable, "OUTCOME_UNKNOWN");
        let stopped = AppendError::Stopped;
        check(stopped(Stop::Closing), Code::Unavailable, "SHUTTING_DOWN");
        check(stopped(Stop::Clock(String::new())), Code::Unavailable, "WRITER_STOPPED");
        check(stopped(Stop::Inconsistent(String::new())), Code::Unavailable, "WRITER_STOPPED");
        check(stopped(Stop::Contradicted(String::new())), Code::DataLoss, "LOG_CONTRADICTED");
        let (what, repair) = (String::new(), String::new());
        check(stopped(Stop::Store(EngineError::Corrupt { what, repair })), Code::DataLoss, "STORE_DAMAGED");
    }

    #[test]
    fn a_question_that_is_not_answered_says_why() {
        for (status, code, reason) in [
            (too_late(Duration::from_secs(2)), Code::DeadlineExceeded, "TOO_LATE"),
            (left(), Code::Cancelled, "CALLER_LEFT"),
        ] {
            let details = status.get_error_details();
            assert_eq!((status.code(), details.error_info().unwrap().reason.as_str()), (code, reason));
        }
    }

    #[test]
    fn a_status_fits_into_the_headers_that_clients_take() {
        static RULE: Rule = Rule { id: "rule.id", says: "It says so.", source: "here" };
        let violation = Violation {
            rule: &RULE,
            subject: "body/04K".parse().unwrap(),
            found: "é".repeat(3000),
            needed: "ü".repeat(3000),
            source: RULE.source.into(),
        };
        let refusal = Refusal::RulesBroken(vec![violation; 200]);
        let status = of_append(&AppendError::Refused { index: 0, refusal }, Head::EMPTY);
        let details = status.get_error_details();
        assert_eq!(details.error_info().unwrap().metadata["violations"], "200");
        assert!(!details.precondition_failure().unwrap().violations.is_empty());
        // In the headers, details are base64, and each byte of a message beyond ASCII takes three.
        let bytes = status.details().len() * 4 / 3 + status.message().len() * 3;
        assert!(bytes < 15 * 1024, "{bytes} bytes");
    }
}
