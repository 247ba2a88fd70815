//! What is known of a call from its head to the end of its answer: one line in the log, and a few figures.
//!
//! Deliberately lacks: what was asked and answered. Names are the table's, ids have a strict form, and nothing else of a
//! stranger's words is told.

use super::caller::Caller;
use super::meters::DoorMeters;
use super::methods::{CallKind, Method};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use std::borrow::Cow;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

/// The header in which a call's id comes and goes.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The most characters of an id that a client gives.
const ID_CHARS_MAX: usize = 64;

/// Where gRPC has its status.
const GRPC_STATUS: &str = "grpc-status";

/// By which a call is found again, here and in the log of whoever made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RequestId(Arc<str>);

impl RequestId {
    /// That which the client gives, where it is well-formed (1 to 64 letters, digits and -_.:); a new one otherwise.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let given = headers.get(REQUEST_ID).and_then(|given| given.to_str().ok());
        let is_well_formed = |id: &&str| {
            (1..=ID_CHARS_MAX).contains(&id.len())
                && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte))
        };
        given.filter(is_well_formed).map_or_else(Self::new, |given| Self(given.into()))
    }

    /// One that no other call of this process has, nor those of other processes in all likelihood.
    fn new() -> Self {
        static PROCESS: LazyLock<u64> = LazyLock::new(|| {
            let mut random = [0; 8];
            // Without randomness ids are told apart by their numbers alone.
            let _as_zeros = getrandom::fill(&mut random);
            u64::from_be_bytes(random)
        });
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self(format!("{:012x}-{:x}", *PROCESS >> 16, NEXT.fetch_add(1, Ordering::Relaxed)).into())
    }

    /// Adds it to an answer.
    pub(super) fn give(&self, headers: &mut HeaderMap) {
        if let Ok(value) = HeaderValue::from_str(&self.0) {
            headers.insert(REQUEST_ID, value);
        }
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How a call ended: its code, and our reason where it was refused.
type Outcome = (Cow<'static, str>, String);

/// A call, told when this is dropped: when the last of its answer was sent, or nobody reads it any more.
pub(super) struct CallRecord {
    method: Method,
    id: RequestId,
    caller: Caller,
    meters: DoorMeters,
    began: Instant,
    is_grpc: bool,
    request_bytes: Arc<AtomicU64>,
    answer_bytes: u64,
    outcome: Option<Outcome>,
}

impl CallRecord {
    pub(super) fn new(
        method: Method,
        id: RequestId,
        caller: Caller,
        meters: DoorMeters,
        is_grpc: bool,
    ) -> Self {
        let (began, request_bytes) = (Instant::now(), Arc::default());
        Self { method, id, caller, meters, began, is_grpc, request_bytes, answer_bytes: 0, outcome: None }
    }

    /// Where the bytes of the request are counted.
    pub(super) fn request_bytes(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.request_bytes)
    }

    /// By what the caller is known in this call.
    pub(super) fn known_as(&mut self, caller: Caller) {
        self.caller = caller;
    }

    /// The head of the answer: of a refusal over gRPC it says all.
    pub(super) fn head(&mut self, status: StatusCode, headers: &HeaderMap) {
        if !self.is_grpc {
            self.outcome = Some((status.as_u16().to_string().into(), String::new()));
        } else if headers.contains_key(GRPC_STATUS) {
            self.end(headers);
        }
    }

    /// A refusal that has this reason.
    pub(super) fn refused(&mut self, reason: &str) {
        if let Some((_code, told)) = &mut self.outcome {
            reason.clone_into(told);
        }
    }

    /// The end of an answer over gRPC.
    pub(super) fn end(&mut self, trailers: &HeaderMap) {
        let Some(status) = Status::from_header_map(trailers) else { return };
        let reason = match status.code() {
            Code::Ok => String::new(),
            _ => status.get_details_error_info().map_or_else(String::new, |info| info.reason),
        };
        self.outcome = Some((code_name(status.code()).into(), reason));
    }

    /// Some of the answer is on its way.
    pub(super) fn sent(&mut self, bytes: usize) {
        self.answer_bytes += bytes as u64;
        self.meters.answered(self.method, bytes as u64);
    }
}

impl Drop for CallRecord {
    fn drop(&mut self) {
        let left = || (Cow::Borrowed("CANCELLED"), "CALLER_LEFT".to_owned());
        let outcome = self.outcome.take().unwrap_or_else(left);
        let (time, request_bytes) = (self.began.elapsed(), self.request_bytes.load(Ordering::Relaxed));
        self.tell(&outcome, time, request_bytes);
        self.meters.ended(self.method, outcome, time, request_bytes);
    }
}

impl CallRecord {
    /// The line in the log.
    fn tell(&self, (code, reason): &Outcome, time: Duration, request_bytes: u64) {
        let Self { method: Method { name: method, kind }, id, answer_bytes, .. } = self;
        let (code, reason, caller) = (code.as_ref(), reason.as_str(), self.caller.kind());
        let millis = time.as_secs_f64() * 1000.0;
        macro_rules! tell {
            ($level:ident) => {
                tracing::$level!(
                    target: "minutebook::calls", method, code, reason, millis, request_bytes, answer_bytes, request_id = %id,
                    caller, "call"
                )
            };
        }
        // Machines ask all day whether the server is there.
        if *kind == CallKind::Probe { tell!(debug) } else { tell!(info) }
    }
}

/// The name of a code as gRPC's own documents have it.
pub(crate) fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_taken_where_it_is_well_formed_and_made_otherwise() {
        let id = |given: &'static [u8]| {
            let mut headers = HeaderMap::new();
            headers.insert(REQUEST_ID, HeaderValue::from_bytes(given).unwrap());
            RequestId::of(&headers).to_string()
        };
        for given in ["a", "018f-3c:1_2.Z"] {
            assert_eq!(id(given.as_bytes()), given);
        }
        let long: &'static [u8] = &[b'a'; 65];
        for given in [&b""[..], b"a b", b"a\"b", b"a;b", "é".as_bytes(), long] {
            let made = id(given);
            assert!(made.as_bytes() != given && made.len() >= 14, "{made}");
        }
        assert_ne!(RequestId::of(&HeaderMap::new()), RequestId::of(&HeaderMap::new()));
    }
}
