//! What a server refuses, as data and as words for people.

use super::causes::{bottom, insecure};
use super::no_answer::{NoAnswer, WhyNone};
use super::{Broken, Fork, KeyChange, plain};
use crate::doors::code_name;
use crate::meant::nearest;
use minutebook_governance::{Date, ways_out};
use minutebook_log::Hash;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

/// The reasons for which a server takes no append, so that nothing of it was stored (docs/reliability.md).
const NOTHING_STORED: [&str; 6] =
    ["WRITER_STOPPED", "SHUTTING_DOWN", "QUEUE_FULL", "CONTENDED", "TOO_FAST", "TOO_MANY_CALLS"];

/// Why a command that talks to a server did not get what it asked for.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// No server answers there.
    #[error(
        "no Minutebook server answers at {server} ({why}). Start one (minutebook serve --dir DIR), or name \
         another with --server URL or MINUTEBOOK_SERVER"
    )]
    Unreachable {
        /// The server's address.
        server: String,
        /// What the connection said.
        why: String,
    },
    /// Somebody answers there, and no secure connection comes of it.
    #[error("no secure connection to {server}: {why}")]
    Insecure {
        /// The server's address.
        server: String,
        /// What is the matter, and what would be right.
        why: &'static str,
    },
    /// An address that is not spoken, or how it is to be reached.
    #[error("{server}: {why}")]
    Address {
        /// The address, or a file that it needs.
        server: String,
        /// What is the matter with it.
        why: String,
    },
    /// The server does not answer in time.
    #[error(
        "the server did not answer: {0}. It may be stopped, overloaded or cut off, and what was asked may still be \
         done; --timeout SECONDS waits longer"
    )]
    Late(String),
    /// A server answers, and can't do this now.
    #[error("the server is not ready: {0}. What was acknowledged stays; try again later")]
    NotReady(String),
    /// A server can't take what is appended now, and says that nothing of it was stored.
    #[error("the server does not take it now: {0}. Send the same again later")]
    NotTaken(String),
    /// The form, the authority or the rules say no.
    #[error("{0}")]
    Refused(Box<ServerRefusal>),
    /// There is no such thing.
    #[error("{0}")]
    NotFound(String),
    /// The server's store is damaged.
    #[error("the server's book is damaged: {0}")]
    Damaged(String),
    /// The server contradicts itself.
    #[error("the server at fault: {call} says what can't be: {what}. Trust no answer of it")]
    Lies {
        /// Which call.
        call: String,
        /// What does not fit.
        what: String,
    },
    /// The server shows another history than the one that was seen before.
    #[error("{}", explain_fork(fork, saved.as_ref()))]
    Fork {
        /// Both histories.
        fork: Box<Fork>,
        /// Where they were saved.
        saved: Option<PathBuf>,
    },
    /// The server shows another ledger of a name that is known here.
    #[error(
        "ANOTHER LEDGER of the name {}\n  known here  {}\n  now shown   the ledger that opens with {offered}, at {}\n\
         A name belongs to one ledger for good. This one may pretend to be the other, or somebody began anew under the old name. \
         Nothing was sent. Ask whoever runs the ledger, by a way that you trust; if this is the one, and the other is over, \
         move {} away",
        plain(origin), plain(known), plain(server), file.display()
    )]
    Namesake {
        /// The name.
        origin: String,
        /// The hash of the opening entry that is shown.
        offered: Box<Hash>,
        /// By which server.
        server: String,
        /// What is known here under that name.
        known: String,
        /// The file that remembers it.
        file: PathBuf,
    },
    /// The log's key is another than the one that is known, and nothing leads from it to that.
    #[error("{}", explain_key(change, saved.as_ref()))]
    LogKey {
        /// Both keys.
        change: Box<KeyChange>,
        /// Where they were saved.
        saved: Option<PathBuf>,
    },
    /// Anything else.
    #[error("{0}")]
    Unexpected(String),
}

/// What a server said when it refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerRefusal {
    /// The gRPC status, by name: `FAILED_PRECONDITION`.
    pub status: String,
    /// The reason of its `google.rpc.ErrorInfo`.
    pub reason: String,
    /// What it said.
    pub message: String,
    /// What it said beside, by name.
    pub metadata: BTreeMap<String, String>,
    /// Every rule or member that was broken.
    pub broken: Vec<Broken>,
}

fn explain_key(change: &KeyChange, saved: Option<&PathBuf>) -> String {
    let kept = match saved {
        Some(path) => format!("Both are kept in {}.", path.display()),
        None => "They could not be saved: keep this text.".to_owned(),
    };
    format!(
        "ANOTHER KEY signs the checkpoints of {}, and nothing leads to it from the key that is known here\n  \
         known    {}\n  offered  {}\n  why not  {}\n{kept} Ask the registrars, by a way that you trust, \
         whether they named the new key. If they did: minutebook key trust-log '{}'",
        change.origin,
        change.known.trim_end().replace('\n', "\n           "),
        plain(&change.offered),
        plain(&change.why),
        plain(&change.offered)
    )
}

fn explain_fork(fork: &Fork, saved: Option<&PathBuf>) -> String {
    let kept = match saved {
        Some(path) => format!("Both are kept in {}.", path.display()),
        None => "They could not be saved: keep this text.".to_owned(),
    };
    format!(
        "TWO HISTORIES of the ledger {}\n  {}\n  then shown by  {}\n  now shown by   {}\n\
         This is the evidence of a fork, of a restored backup or of entries cut off. {kept}\n\
         Nothing was sent. Ask whoever runs the ledger, and others who know it, before you trust it again.",
        fork.seen_before.origin,
        fork.differs(),
        fork.seen_before.server,
        fork.server
    )
}

impl ClientError {
    pub(super) fn unreachable(server: &str, error: &tonic::transport::Error) -> Self {
        if let Some(why) = insecure(error) {
            return Self::Insecure { server: plain(server), why };
        }
        // The transport's own message is "transport error"; what happened is at the bottom.
        Self::Unreachable { server: plain(server), why: plain(&bottom(error)) }
    }

    pub(crate) fn lies(call: &str, what: &(impl ToString + ?Sized)) -> Self {
        Self::Lies { call: call.to_owned(), what: plain(&what.to_string()) }
    }

    /// What became of an append, by its own status alone: what is asked after it may fail for the same reasons.
    pub(super) fn of_append(status: Status) -> Self {
        let reason = status.get_details_error_info().map(|info| info.reason).unwrap_or_default();
        match Self::from(status) {
            Self::NotReady(said) if NOTHING_STORED.contains(&reason.as_str()) => Self::NotTaken(said),
            other => other,
        }
    }

    /// Whether an append that ended so may have been stored all the same: then only the very same event may
    /// be sent again.
    pub fn leaves_outcome_open(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. }
                | Self::Insecure { .. }
                | Self::Late(_)
                | Self::NotReady(_)
                | Self::Unexpected(_)
        )
    }

    /// Whether it may pass by itself: the server is out of reach, silent, or can't do it now.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::Late(_) | Self::NotReady(_) | Self::NotTaken(_))
    }

    /// As data, for `--json`.
    pub fn to_json(&self) -> Value {
        let message = self.to_string();
        match self {
            Self::Refused(refusal) => refusal.to_json(),
            Self::Fork { fork, saved } => {
                json!({"kind": "fork", "message": message, "fork": fork, "saved": saved})
            }
            Self::LogKey { change, saved } => {
                json!({"kind": "log_key", "message": message, "change": change, "saved": saved})
            }
            Self::Namesake { origin, offered, file, .. } => {
                json!({"kind": "namesake", "message": message, "origin": origin, "offered": offered, "remembered": file})
            }
            Self::Unreachable { .. } => json!({"kind": "unreachable", "message": message}),
            Self::Insecure { .. } => json!({"kind": "insecure", "message": message}),
            Self::Address { .. } => json!({"kind": "usage", "message": message}),
            Self::Late(_) => json!({"kind": "late", "message": message}),
            Self::NotReady(_) => json!({"kind": "not_ready", "message": message}),
            Self::NotTaken(_) => json!({"kind": "not_taken", "message": message}),
            Self::NotFound(_) => json!({"kind": "not_found", "message": message}),
            Self::Damaged(_) => json!({"kind": "damaged", "message": message}),
            Self::Lies { .. } => json!({"kind": "server_contradicts_itself", "message": message}),
            Self::Unexpected(_) => json!({"kind": "unexpected", "message": message}),
        }
    }
}

impl From<&NoAnswer> for ClientError {
    fn from(none: &NoAnswer) -> Self {
        let server = none.server.clone();
        match &none.why {
            WhyNone::Insecure(why) => Self::Insecure { server, why },
            WhyNone::Unreachable(why) => Self::Unreachable { server, why: why.clone() },
        }
    }
}

impl From<Status> for ClientError {
    fn from(status: Status) -> Self {
        let beneath = std::iter::successors(std::error::Error::source(&status), |cause| cause.source());
        if let Some(none) = beneath.filter_map(|cause| cause.downcast_ref::<NoAnswer>()).next() {
            return none.into();
        }
        let said = plain(status.message());
        let is_from_server = status.get_details_error_info().is_some();
        match status.code() {
            Code::DeadlineExceeded => Self::Late(said),
            Code::Unavailable | Code::Unknown | Code::Cancelled if !is_from_server => {
                Self::Unreachable { server: "that address any more".to_owned(), why: said }
            }
            Code::Unavailable | Code::ResourceExhausted => Self::NotReady(said),
            Code::DataLoss => Self::Damaged(said),
            Code::NotFound => Self::NotFound(said),
            Code::InvalidArgument
            | Code::PermissionDenied
            | Code::Unauthenticated
            | Code::FailedPrecondition
            | Code::AlreadyExists
            | Code::OutOfRange => Self::Refused(Box::new(ServerRefusal::read(&status))),
            code => Self::Unexpected(format!("the server answered {code:?}: {said}")),
        }
    }
}

impl ServerRefusal {
    fn read(status: &Status) -> Self {
        let details = status.get_error_details();
        let info = details.error_info();
        let rules = details.precondition_failure().map(|failure| failure.violations.as_slice());
        let rules = rules.unwrap_or_default().iter().map(|violation| {
            Broken::read(Some(&violation.r#type), &violation.subject, &violation.description)
        });
        let members = details.bad_request().map(|request| request.field_violations.as_slice());
        let members = members.unwrap_or_default().iter();
        let members = members.map(|violation| Broken::read(None, &violation.field, &violation.description));
        Self {
            status: code_name(status.code()).to_owned(),
            reason: info.map(|info| plain(&info.reason)).unwrap_or_default(),
            message: plain(status.message()),
            metadata: info
                .map(|info| info.metadata.iter().map(|(name, value)| (plain(name), plain(value))).collect())
                .unwrap_or_default(),
            broken: rules.chain(members).collect(),
        }
    }

    /// The body that was probably meant, where a grant names one that is called almost as what was written.
    fn body_meant(&self) -> Option<&str> {
        let is_grant = |broken: &&Broken| broken.rule.as_deref() == Some("authority.grant");
        self.broken.iter().filter(is_grant).find_map(|broken| {
            let words = broken.found.split([' ', ',', ';']).filter(|word| word.starts_with("body/"));
            nearest(&broken.about, words).filter(|meant| *meant != broken.about)
        })
    }

    /// Whether it is not about an event, but about who asks.
    fn is_of_the_door(&self) -> bool {
        self.reason.starts_with("TOKEN_") || self.reason.starts_with("CERTIFICATE_")
    }

    /// The ways out, where some are known: of each rule its own, each once.
    pub(super) fn ways_out(&self) -> Vec<String> {
        let rules = self.broken.iter().filter_map(|broken| broken.rule.as_deref());
        let mut ways: Vec<_> = self.meant().into_iter().collect();
        ways.extend(ways_out(rules));
        ways
    }

    /// What was probably meant, where a slip is likely: a body that is called almost so, or a year of our century.
    fn meant(&self) -> Option<String> {
        let body = self.body_meant().map(|meant| format!("write {meant}, if that is meant"));
        let years = || self.broken.iter().find_map(|broken| year_meant(&broken.found));
        body.or_else(|| years().map(|meant| format!("write {meant}, if that is meant")))
    }

    /// All of them in one text, where there are some.
    pub(super) fn way_out(&self) -> Option<String> {
        let ways = self.ways_out();
        (!ways.is_empty()).then(|| ways.join("; "))
    }

    /// Every rule or member that was broken, as data.
    pub(super) fn violations(&self) -> Vec<Value> {
        let violations = self.broken.iter().map(|broken| {
            let Broken { rule, about, says, found, needed } = broken;
            json!({"rule": rule, "about": about, "says": says, "found": found, "needed": needed})
        });
        violations.collect()
    }

    /// As data, for `--json`.
    pub(super) fn to_json(&self) -> Value {
        json!({
            "kind": "refused",
            "status": self.status,
            "reason": self.reason,
            "message": self.message,
            "metadata": self.metadata,
            "violations": self.violations(),
            "way_out": self.way_out(),
        })
    }
}

impl std::fmt::Display for ServerRefusal {
    /// One block for each violation, then the way out.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let title = match self.status.as_str() {
            "INVALID_ARGUMENT" | "OUT_OF_RANGE" => "refused: not of the form that is asked for",
            "UNAUTHENTICATED" => "refused: the server does not know who asks",
            "PERMISSION_DENIED" if self.is_of_the_door() => "refused: whoever asks may not",
            "PERMISSION_DENIED" => "refused: whoever signs may not",
            "ALREADY_EXISTS" => "refused: the event's id is taken",
            _ => "refused",
        };
        write!(f, "{title}")?;
        if self.broken.is_empty() {
            write!(f, "\n  {}", indent(&self.message))?;
        }
        for broken in &self.broken {
            write!(f, "\n  {}", broken.about)?;
            if let Some(rule) = &broken.rule {
                write!(f, "  [{rule}]")?;
            }
            for (name, text) in [("", &broken.says), ("found ", &broken.found), ("needed ", &broken.needed)] {
                if !text.is_empty() {
                    write!(f, "\n    {name}{}", indent(text))?;
                }
            }
        }
        self.ways_out().iter().try_for_each(|way| write!(f, "\nWhat to do: {way}."))
    }
}

/// The day that was probably meant, where a date lies in a year of another century than ours.
fn year_meant(found: &str) -> Option<String> {
    let is_date = |word: &&str| word.len() == 10 && word.parse::<Date>().is_ok();
    let (year, rest) = found.split([' ', ',', ';']).find(is_date)?.split_at_checked(4)?;
    let is_ours = (1990..2100).contains(&year.parse::<u16>().ok()?);
    let meant = format!("20{}{rest}", year.get(2..)?);
    (!is_ours).then_some(meant)
}

fn indent(text: &str) -> String {
    text.trim_end().replace('\n', "\n    ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use tonic_types::ErrorDetails;

    fn refused(details: &ErrorDetails) -> ClientError {
        Status::with_error_details(Code::FailedPrecondition, "the rules say no", details.clone()).into()
    }

    #[test]
    fn every_violation_has_its_block_and_the_way_out_comes_last() {
        let mut details = ErrorDetails::new();
        let description = "found closed; needed open. A body decides while it is open. (principle: step by step) What to do: something else.";
        details.add_precondition_failure_violation("body.open", "body/04K", description);
        details.add_precondition_failure_violation(
            "decision.reasons",
            "body/04K",
            "found none; needed reasons",
        );
        let said = refused(&details).to_string();
        let block = "body/04K  [body.open]\n    A body decides while it is open. (principle: step by step)\n    found closed\n    needed open\n";
        assert!(said.contains(block), "{said}");
        assert!(said.contains("[decision.reasons]"), "{said}");
        let ends = "\nWhat to do: see from when to when it was open: minutebook body CODE; then mend the day, or record it for the \
                    body that followed.";
        assert!(said.contains(ends) && said.matches("What to do: ").count() == 2, "{said}");
        let json = refused(&details).to_json();
        assert_eq!(json["violations"][1]["rule"], "decision.reasons");
        assert_eq!(json["status"], "FAILED_PRECONDITION");
    }

    #[test]
    fn a_body_that_is_called_almost_so_is_named() {
        let mut details = ErrorDetails::new();
        let found = "found key 00: grant/x: is for body/QMM, body/QJG; needed a grant to sign as secretary of body/QMX";
        details.add_precondition_failure_violation("authority.grant", "body/QMX", found);
        let said = refused(&details).to_string();
        assert!(
            said.contains("What to do: write body/QMM, if that is meant.\nWhat to do: have registrars grant"),
            "{said}"
        );
        let mut details = ErrorDetails::new();
        let found = "found key 00: grant/x: is for secretary; needed a grant to sign as chair of body/QMM";
        details.add_precondition_failure_violation("authority.grant", "body/QMM", found);
        assert!(refused(&details).to_string().contains("What to do: have registrars grant what is needed"));
    }

    #[test]
    fn a_year_of_another_century_is_a_slip() {
        for (found, meant) in [
            ("decided_on is 1026-11-20", Some("2026-11-20")),
            ("2926-11-20, which has not come yet", Some("2026-11-20")),
            ("a date of 2019-07-04", None),
            ("04K, closed", None),
        ] {
            assert_eq!(year_meant(found).as_deref(), meant, "{found}");
        }
    }

    #[test]
    fn a_server_cannot_move_the_cursor() {
        let mut details = ErrorDetails::new();
        details.add_precondition_failure_violation("body.open\u{1b}[2J", "body/04K\u{202e}", "\u{7}");
        let said = refused(&details).to_string();
        assert!(
            !said.contains('\u{1b}') && !said.contains('\u{202e}') && !said.contains('\u{7}'),
            "{said:?}"
        );
    }

    #[test]
    fn what_the_server_says_was_not_stored_is_not_said_to_be_unknown() {
        let append = |code, reason: &str| {
            let details = ErrorDetails::with_error_info(reason, "minutebook", []);
            ClientError::of_append(Status::with_error_details(code, "it says so", details))
        };
        for reason in NOTHING_STORED {
            for code in [Code::Unavailable, Code::ResourceExhausted] {
                let refused = append(code, reason);
                assert!(matches!(refused, ClientError::NotTaken(_)), "{reason}: {refused}");
                assert!(!refused.leaves_outcome_open() && refused.is_passing(), "{reason}");
            }
        }
        for reason in ["OUTCOME_UNKNOWN", "STORE_NOT_READY", "", "SOMETHING_NEW"] {
            let refused = append(Code::Unavailable, reason);
            assert!(refused.leaves_outcome_open() && refused.is_passing(), "{reason}: {refused}");
        }
        assert!(append(Code::DeadlineExceeded, "WRITER_STOPPED").leaves_outcome_open());
    }

    #[test]
    fn what_may_have_been_stored_is_told_from_what_was_not() {
        let open = |code| ClientError::from(Status::new(code, "")).leaves_outcome_open();
        for code in
            [Code::Unavailable, Code::Unknown, Code::Cancelled, Code::DeadlineExceeded, Code::Internal]
        {
            assert!(open(code), "{code:?}");
        }
        for code in [
            Code::InvalidArgument,
            Code::PermissionDenied,
            Code::FailedPrecondition,
            Code::AlreadyExists,
            Code::Unauthenticated,
        ] {
            assert!(!open(code), "{code:?}");
        }
    }
}
