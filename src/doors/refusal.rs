//! What is said at the door to whoever is not let in, in gRPC's way to who speaks gRPC.

use super::rates::TooFast;
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use std::sync::Arc;
use std::time::Duration;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

/// The domain of every reason (AIP-193).
pub(crate) const DOMAIN: &str = "minutebook";

/// After what time who came when there was no room may come again.
const COME_AGAIN: Duration = Duration::from_secs(1);

/// Why a call is not worked on, or no further.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DoorRefusal {
    /// As much is worked on as this server takes on at once.
    #[error(
        "{max} calls are worked on already, which is as many as this server takes on: come again a little later"
    )]
    Busy {
        /// How many it takes on.
        max: usize,
    },
    /// The call gave way to somebody who has fewer.
    #[error(
        "as many calls are worked on as this server takes on ({max}), and most of them are yours: this one gave way. Make fewer \
         at once, and come again a little later"
    )]
    GaveWay {
        /// How many it takes on.
        max: usize,
    },
    /// As many follow as this server serves at once.
    #[error("{max} follow already, which is as many as this server serves: come again a little later")]
    Followers {
        /// How many it serves.
        max: usize,
    },
    /// As many append as a stream as this server serves at once.
    #[error(
        "{max} streams append already, which is as many as this server serves: come again a little later"
    )]
    Streams {
        /// How many it serves.
        max: usize,
    },
    /// A client makes more calls than it may.
    #[error(
        "this client makes more than {} calls of this kind in a second, for longer than is borne: come again in {} ms",
        .0.rate, .0.wait.as_millis() + 1
    )]
    TooFast(TooFast),
    /// Whoever comes without a token may not do this.
    #[error(
        "this server asks for a token here (minutebook --token-file FILE, or authorization: Bearer): the operator makes one \
         with minutebook token new"
    )]
    TokenNeeded,
    /// The token is none that is known here.
    #[error(
        "the token is none that this server knows: is it whole, and this server's? The operator makes a new one with minutebook token new"
    )]
    TokenUnknown,
    /// The token's last day is over.
    #[error(
        "the token \"{name}\" was good until {until}: the operator makes a new one with minutebook token new"
    )]
    TokenOver {
        /// Its name.
        name: Arc<str>,
        /// Its last day.
        until: String,
    },
    /// The token only reads.
    #[error("this token allows reading alone: whoever appends needs one that allows write")]
    TokenReads,
    /// A token was said where others can hear it.
    #[error(
        "a token was sent in the clear, where others may have heard it: revoke it, and use https, or the server's own machine"
    )]
    TokenInTheClear,
    /// Who writes shows a certificate, and has shown none.
    #[error(
        "whoever writes here shows a certificate (minutebook --certificate FILE --certificate-key FILE); the operator says by \
         which authority"
    )]
    CertificateNeeded,
    /// Its connection was cut: what is said of it nobody hears, but who counts.
    #[error("the connection was cut")]
    Cut,
    /// The client's deadline, or this server's own, is over.
    #[error("the call was not finished within {} ms", .0.as_millis())]
    Late(Duration),
    /// The request's body does not come.
    #[error("the request was not sent within {} ms", .0.as_millis())]
    Slow(Duration),
    /// The request's body is too large.
    #[error("the request has more than {max} bytes, which is the most that is taken")]
    Large {
        /// The most that is taken.
        max: usize,
    },
}

impl DoorRefusal {
    fn row(&self) -> (Code, &'static str, StatusCode) {
        match self {
            Self::Busy { .. } | Self::GaveWay { .. } => {
                (Code::ResourceExhausted, "TOO_MANY_CALLS", StatusCode::SERVICE_UNAVAILABLE)
            }
            Self::Followers { .. } => {
                (Code::ResourceExhausted, "TOO_MANY_FOLLOWERS", StatusCode::SERVICE_UNAVAILABLE)
            }
            Self::Streams { .. } => {
                (Code::ResourceExhausted, "TOO_MANY_STREAMS", StatusCode::SERVICE_UNAVAILABLE)
            }
            Self::TooFast(_) => (Code::ResourceExhausted, "TOO_FAST", StatusCode::TOO_MANY_REQUESTS),
            Self::TokenNeeded => (Code::Unauthenticated, "TOKEN_NEEDED", StatusCode::UNAUTHORIZED),
            Self::TokenUnknown => (Code::Unauthenticated, "TOKEN_UNKNOWN", StatusCode::UNAUTHORIZED),
            Self::TokenOver { .. } => (Code::Unauthenticated, "TOKEN_OVER", StatusCode::UNAUTHORIZED),
            Self::TokenInTheClear => (Code::Unauthenticated, "TOKEN_IN_THE_CLEAR", StatusCode::UNAUTHORIZED),
            Self::TokenReads => (Code::PermissionDenied, "TOKEN_READS", StatusCode::FORBIDDEN),
            Self::CertificateNeeded => (Code::PermissionDenied, "CERTIFICATE_NEEDED", StatusCode::FORBIDDEN),
            Self::Cut => (Code::Unavailable, "CUT", StatusCode::SERVICE_UNAVAILABLE),
            Self::Late(_) => (Code::DeadlineExceeded, "DEADLINE_EXCEEDED", StatusCode::GATEWAY_TIMEOUT),
            Self::Slow(_) => (Code::DeadlineExceeded, "REQUEST_TOO_SLOW", StatusCode::REQUEST_TIMEOUT),
            Self::Large { .. } => (Code::InvalidArgument, "TOO_LARGE", StatusCode::PAYLOAD_TOO_LARGE),
        }
    }

    /// After what time the caller may come again, where waiting helps.
    fn wait(&self) -> Option<Duration> {
        match self {
            Self::TooFast(too_fast) => Some(too_fast.wait),
            Self::Busy { .. } | Self::GaveWay { .. } | Self::Followers { .. } | Self::Streams { .. } => {
                Some(COME_AGAIN)
            }
            _ => None,
        }
    }

    /// The reason, as callers are told it.
    pub(crate) fn reason(&self) -> &'static str {
        let (_code, reason, _http) = self.row();
        reason
    }

    /// As a status, with its reason, and with a delay where waiting helps.
    pub(crate) fn status(&self) -> Status {
        let (code, reason, _http) = self.row();
        let mut details = ErrorDetails::with_error_info(reason, DOMAIN, []);
        if let Some(wait) = self.wait() {
            details.set_retry_info(Some(wait));
        }
        Status::with_error_details(code, self.to_string(), details)
    }

    /// As an answer to a request with these headers.
    pub(super) fn answer(&self, speaks_grpc: bool) -> Response {
        if speaks_grpc {
            return self.status().into_http::<Body>();
        }
        let (code, _reason, http) = self.row();
        let mut response = (http, format!("{self}\n")).into_response();
        if let Some(wait) = self.wait() {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if code == Code::Unauthenticated {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// A request of which no more is read. Who reads it as gRPC finds the status at its bottom.
#[derive(Debug, thiserror::Error)]
#[error("{refusal}")]
pub(super) struct BodyRefused {
    refusal: DoorRefusal,
    #[source]
    status: Status,
}

impl From<DoorRefusal> for BodyRefused {
    fn from(refusal: DoorRefusal) -> Self {
        let status = refusal.status();
        Self { refusal, status }
    }
}

/// What is answered over HTTP where reading a request failed because of a limit; nothing where it failed otherwise.
pub(crate) fn refused(error: &(dyn std::error::Error + 'static)) -> Option<Response> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(broken) = error.downcast_ref::<BodyRefused>() {
            return Some(broken.refusal.answer(false));
        }
        cause = error.source();
    }
    None
}

/// Whether a request speaks gRPC.
pub(crate) fn speaks_grpc(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    kind.strip_prefix(b"application/grpc")
        .is_some_and(|rest| matches!(rest.first(), None | Some(b'+' | b';')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_speaks_grpc_is_told_apart() {
        let speaks = |kind: &'static str| {
            speaks_grpc(&HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(kind))]))
        };
        for kind in ["application/grpc", "application/grpc+proto", "application/grpc;x=y"] {
            assert!(speaks(kind), "{kind}");
        }
        for kind in ["application/grpc-web", "application/json", ""] {
            assert!(!speaks(kind), "{kind}");
        }
        assert!(!speaks_grpc(&HeaderMap::new()));
    }

    #[test]
    fn every_refusal_has_its_reason_in_both_languages() {
        let second = Duration::from_secs(1);
        let refusals = [
            (DoorRefusal::Busy { max: 3 }, 503, true),
            (DoorRefusal::Followers { max: 3 }, 503, true),
            (DoorRefusal::TooFast(TooFast { rate: 1, wait: second }), 429, true),
            (DoorRefusal::TokenNeeded, 401, false),
            (DoorRefusal::TokenReads, 403, false),
            (DoorRefusal::Late(second), 504, false),
            (DoorRefusal::Slow(second), 408, false),
            (DoorRefusal::Large { max: 3 }, 413, false),
        ];
        for (refusal, http, waits) in refusals {
            let details = refusal.status().get_error_details();
            assert_eq!(details.error_info().map(|info| info.domain.as_str()), Some(DOMAIN));
            assert_eq!(details.retry_info().is_some(), waits, "{refusal}");
            let answer = refusal.answer(false);
            assert_eq!((answer.status().as_u16(), answer.headers().contains_key(RETRY_AFTER)), (http, waits));
            assert_eq!(refusal.answer(true).status(), 200, "gRPC says it in its own headers");
        }
    }
}
