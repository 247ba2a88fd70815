//! Why there is no page: what is said, and what to do now.

use super::shell::Shell;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::html;
use tonic::{Code, Status};

/// Why there is no page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    /// There is no such thing, as far as the view sees.
    Unknown(String),
    /// What was asked is wrong, in a sentence.
    Wrong(String),
    /// The server has too much to do, or the question takes too long.
    Busy(String),
    /// The server's own fault; its log says more than the page.
    Fault(String),
}

impl From<Status> for Trouble {
    fn from(status: Status) -> Self {
        let says = status.message().to_owned();
        match status.code() {
            Code::NotFound => Self::Unknown(says),
            Code::InvalidArgument | Code::OutOfRange | Code::FailedPrecondition => Self::Wrong(says),
            Code::DeadlineExceeded | Code::ResourceExhausted | Code::Unavailable | Code::Cancelled => {
                Self::Busy(says)
            }
            _ => Self::Fault(says),
        }
    }
}

impl Trouble {
    /// The status, and what is said, for who reads no page.
    pub(super) fn said(self) -> (StatusCode, String) {
        match self {
            Self::Unknown(says) => (StatusCode::NOT_FOUND, says),
            Self::Wrong(says) => (StatusCode::BAD_REQUEST, says),
            Self::Busy(says) => (StatusCode::SERVICE_UNAVAILABLE, says),
            Self::Fault(says) => {
                tracing::error!(%says, "a page's question has no answer");
                (StatusCode::INTERNAL_SERVER_ERROR, "Something is wrong on the server's side.".to_owned())
            }
        }
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let (status, title, says, next) = match &self {
            Self::Unknown(says) => (
                StatusCode::NOT_FOUND,
                "Not known here",
                says.as_str(),
                "It may be known on another day, by another name, or by reports alone. Look for it by name or code.",
            ),
            Self::Wrong(says) => {
                (StatusCode::BAD_REQUEST, "There is a problem", says.as_str(), "Go back, and put that right.")
            }
            Self::Busy(says) => (
                StatusCode::SERVICE_UNAVAILABLE,
                "The server is busy",
                says.as_str(),
                "Nothing is wrong with the page. Try again in a minute.",
            ),
            Self::Fault(says) => {
                tracing::error!(%says, "a page could not be made");
                (
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "Something is wrong on our side",
                    "The page could not be made.",
                    "The server's log says why. Whoever runs it can read it.",
                )
            }
        };
        let content = html! {
            h1 { (title) }
            div.error-summary role="alert" {
                p { (says) }
            }
            p { (next) }
            p { a href="/" { "First page" } }
        };
        let mut response = Shell { title: &format!("Error: {title}"), ..Shell::default() }.around(&content);
        *response.status_mut() = status;
        response
    }
}
