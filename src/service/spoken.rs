//! What is said where the services themselves are not asked: what is no gRPC is told so, and what the transport
//! refuses gets its reason, as everything else has one.

use crate::doors::{DOMAIN, speaks_grpc};
use axum::Router;
use axum::extract::Request;
use axum::http::header::{ALLOW, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

/// The paths that speak gRPC begin so.
const SERVICES: [&str; 2] = ["/minutebook.", "/grpc."];

/// Where gRPC has its status.
const GRPC_STATUS: &str = "grpc-status";

/// How a message begins that is too large for the service that reads it.
const TOO_LARGE: &str = "Error, decoded message length too large";

/// `router`, whose every refusal has its reason.
pub fn spoken(router: Router) -> Router {
    router.layer(middleware::from_fn(answer))
}

async fn answer(request: Request, next: Next) -> Response {
    let is_service = SERVICES.iter().any(|prefix| request.uri().path().starts_with(prefix));
    if !is_service {
        return next.run(request).await;
    }
    if request.method() != Method::POST {
        return (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "POST")], "gRPC is spoken here: POST\n")
            .into_response();
    }
    if !speaks_grpc(request.headers()) {
        let kind = [(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"))];
        let said = "gRPC is spoken here: content-type application/grpc\n";
        return (StatusCode::UNSUPPORTED_MEDIA_TYPE, kind, said).into_response();
    }
    with_reason(next.run(request).await)
}

/// The answer with a reason, where it is a refusal that has none: the transport's own.
fn with_reason(answer: Response) -> Response {
    if !answer.headers().contains_key(GRPC_STATUS) {
        return answer;
    }
    match Status::from_header_map(answer.headers()) {
        Some(status) if status.code() != Code::Ok && status.get_details_error_info().is_none() => {
            let status = explained(&status);
            let mut headers = HeaderMap::new();
            match status.add_header(&mut headers) {
                Ok(()) => status.into_http(),
                Err(_as_it_is) => answer,
            }
        }
        _ => answer,
    }
}

fn explained(status: &Status) -> Status {
    let message = status.message();
    let (code, reason, message) = match status.code() {
        Code::OutOfRange if message.starts_with(TOO_LARGE) => {
            (Code::InvalidArgument, "TOO_LARGE", message.replace("Error, decoded message", "the message's"))
        }
        // What is read is the client's message, so what can't be read is the client's fault.
        Code::Internal => (
            Code::InvalidArgument,
            "MALFORMED_MESSAGE",
            format!("the request is no message of this method: {message}"),
        ),
        Code::Unimplemented if message.is_empty() => {
            (Code::Unimplemented, "UNKNOWN_METHOD", "there is no such method here".to_owned())
        }
        Code::Unimplemented => (Code::Unimplemented, "UNKNOWN_METHOD", message.to_owned()),
        Code::Cancelled => (Code::Cancelled, "CANCELLED", message.to_owned()),
        Code::NotFound => (Code::NotFound, "NOT_FOUND", message.to_owned()),
        code => (code, "TRANSPORT", message.to_owned()),
    };
    Status::with_error_details(code, message, ErrorDetails::with_error_info(reason, DOMAIN, []))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_reason_keeps_it_and_what_has_none_gets_one() {
        let own = Status::with_error_details(
            Code::FailedPrecondition,
            "no",
            ErrorDetails::with_error_info("RULE_BROKEN", DOMAIN, []),
        );
        for (status, code, reason) in [
            (own, Code::FailedPrecondition, "RULE_BROKEN"),
            (Status::out_of_range(format!("{TOO_LARGE}: found 9 bytes")), Code::InvalidArgument, "TOO_LARGE"),
            (Status::internal("failed to decode"), Code::InvalidArgument, "MALFORMED_MESSAGE"),
            (Status::unimplemented(""), Code::Unimplemented, "UNKNOWN_METHOD"),
        ] {
            let answer = with_reason(status.into_http());
            let read = Status::from_header_map(answer.headers()).unwrap();
            assert_eq!((read.code(), read.get_details_error_info().unwrap().reason.as_str()), (code, reason));
        }
    }
}
