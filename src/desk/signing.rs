//! The page on which drafts are signed, and the doors that it knocks at: what the ledger would say of a draft, the shelf on which
//! drafts wait, and the book itself. It sends drafts as everybody has them, and no key.

// From the ground up: a module imports only from those listed before it.
mod taken;
mod asked;
mod shelf;
pub(super) use shelf::{lying, put};
mod ledger;
pub(super) use ledger::{foresee, submit};
mod waiting;
pub(super) use waiting::{challenge, waiting, withdraw};

use crate::one_file::OneFile;
use crate::sign_page::{sign_file, sign_page};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};

/// The page, which may ask this server.
pub(super) async fn page() -> Response {
    shown(sign_page())
}

/// The page as a file, which asks nobody.
pub(super) async fn file() -> Response {
    shown(sign_file())
}

fn shown(page: &'static OneFile) -> Response {
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-cache"),
        (CONTENT_SECURITY_POLICY, page.policy.as_str()),
    ];
    (headers, page.html.as_str()).into_response()
}
