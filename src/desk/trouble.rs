//! Why there is no page: what is said, and what to do now.

use super::query::Query;
use super::shell::Shell;
use crate::shown::phrases::{capitalised, words};
use axum::extract::Request;
use axum::http::{StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

/// Why there is no page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    /// There is no such thing, as far as the view sees.
    Unknown(String),
    /// What was asked is wrong.
    Wrong {
        /// In which value of the address; empty where that is not known.
        field: String,
        /// What, in a sentence.
        says: String,
    },
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
            Code::InvalidArgument | Code::OutOfRange | Code::FailedPrecondition => {
                let details = status.get_error_details();
                let violations = details.bad_request().map(|bad| bad.field_violations.as_slice());
                match violations.unwrap_or_default().first() {
                    // The field is named beside it, and not by the request's member.
                    Some(it) if !it.description.is_empty() => Self::Wrong {
                        field: field_of(&it.field),
                        says: format!("{}.", capitalised(&it.description)),
                    },
                    _ => Self::Wrong { field: String::new(), says },
                }
            }
            Code::DeadlineExceeded | Code::ResourceExhausted | Code::Unavailable | Code::Cancelled => {
                Self::Busy(says)
            }
            _ => Self::Fault(says),
        }
    }
}

impl Trouble {
    /// What is wrong with a value of the address.
    pub(super) fn wrong(field: &str, says: impl Into<String>) -> Self {
        Self::Wrong { field: field.to_owned(), says: says.into() }
    }

    /// The status, and what is said, for who reads no page.
    pub(super) fn said(self) -> (StatusCode, String) {
        match self {
            Self::Unknown(says) => (StatusCode::NOT_FOUND, says),
            Self::Wrong { says, .. } => (StatusCode::BAD_REQUEST, says),
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
        let mut response = self.page(&Uri::default());
        response.extensions_mut().insert(self);
        response
    }
}

impl Trouble {
    /// The page that says so, with what was asked in a form, so that only what is wrong has to be written again.
    fn page(&self, asked: &Uri) -> Response {
        let (status, title, says, next) = match self {
            Self::Unknown(says) => (
                StatusCode::NOT_FOUND,
                "Not known here",
                says.as_str(),
                "It may be known on another day, by another name, or by reports alone. Look for it by name or code.",
            ),
            Self::Wrong { says, .. } => (
                StatusCode::BAD_REQUEST,
                "That could not be read",
                says.as_str(),
                "Put it right, and ask again.",
            ),
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
        let field = if let Self::Wrong { field, .. } = self { field.as_str() } else { "" };
        let asked = Asked::of(asked, field);
        let content = html! {
            div.error-summary role="alert" aria-labelledby="problem" {
                h2 #problem { "There is a problem" }
                @if asked.has(field) { p { a href=(format!("#asked-{field}")) { (says) } } } @else { p { (says) } }
            }
            h1 { (title) }
            p { (next) }
            (asked.form(field, says))
            p { a href="/" { "First page" } }
        };
        let mut response = Shell { title: &format!("Error: {title}"), ..Shell::default() }.around(&content);
        *response.status_mut() = status;
        response
    }
}

/// Gives back with a page of trouble what was asked.
pub(super) async fn with_what_was_asked(request: Request, next: Next) -> Response {
    let asked = request.uri().clone();
    let response = next.run(request).await;
    response.extensions().get::<Trouble>().map(|trouble| trouble.page(&asked)).unwrap_or(response)
}

/// What was asked: a path and its values.
struct Asked {
    path: String,
    values: Vec<(String, String)>,
}

/// What fields are called that stand on pages of their own making.
const CALLED: [(&str, &str); 12] = [
    ("at", "The day in the world"),
    ("known", "What the book knew: an entry, a day or a moment"),
    ("reported", "Whether reports count: yes or no"),
    ("q", "What to look for"),
    ("words", "Words of a name, or a code"),
    ("with_at", "Before: the day"),
    ("with_known", "Before: what the book knew"),
    ("unit", "The area of 2013, by code or name"),
    ("body", "The body, by code or name"),
    ("subject", "What it is about, by id, code or name"),
    ("before", "The entry before which to begin"),
    ("part", "Which part: public or private"),
];

/// A value that nobody writes: where a list goes on.
const UNWRITTEN: &str = "page";

/// A value that stands behind what is asked, and that nobody writes either.
const BEHIND: &str = "of";

impl Asked {
    /// What an address says, and the field that is missing, if one is.
    fn of(uri: &Uri, field: &str) -> Self {
        let query = Query::of(uri.query());
        let mut values: Vec<(String, String)> = Vec::new();
        for (name, value) in query.all().filter(|(name, _value)| *name != UNWRITTEN) {
            if is_name(name) && !values.iter().any(|(known, _value)| known == name) {
                values.push((name.to_owned(), value.to_owned()));
            }
        }
        let is_missing = !field.is_empty() && !values.iter().any(|(name, _value)| name == field);
        if is_missing && is_name(field) && ![UNWRITTEN, BEHIND].contains(&field) && uri.path() != "/" {
            values.push((field.to_owned(), String::new()));
        }
        Self { path: uri.path().to_owned(), values }
    }

    fn has(&self, field: &str) -> bool {
        field != BEHIND && self.values.iter().any(|(name, _value)| name == field)
    }

    fn form(&self, field: &str, says: &str) -> Markup {
        let called = |name: &str| {
            let known = CALLED.iter().find(|(known, _called)| *known == name);
            known.map_or_else(|| capitalised(&words(name)), |(_name, called)| (*called).to_owned())
        };
        html! {
            @if self.values.iter().any(|(name, _value)| name != BEHIND) {
                form.panel action=(self.path) method="get" {
                    @for (name, value) in self.values.iter().filter(|(name, _value)| name == BEHIND) {
                        input type="hidden" name=(name) value=(value);
                    }
                    @for (name, value) in self.values.iter().filter(|(name, _value)| name != BEHIND) {
                        @let is_wrong = name == field;
                        label for=(format!("asked-{name}")) { (called(name)) }
                        @if is_wrong { p.error id=(format!("asked-{name}-error")) { "Error: " (says) } }
                        input id=(format!("asked-{name}")) name=(name) type="text" value=(value) class=[is_wrong.then_some("wrong")]
                            aria-invalid=[is_wrong.then_some("true")] aria-describedby=[is_wrong.then(|| format!("asked-{name}-error"))];
                    }
                    button type="submit" { "Ask again" }
                }
            }
        }
    }
}

/// Whether this may be the name of a field: the ids of a page come from it.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= 40 && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}

/// The field of a page that a member of a request comes from.
fn field_of(member: &str) -> String {
    let last = member.rsplit(['/', '.']).next().unwrap_or_default();
    match last {
        "as_at" => "at",
        last if last.starts_with("known_at") => "known",
        "page_token" => "page",
        last => last,
    }
    .to_owned()
}
