//! The desk: pages for people on the server's own port. Whoever looks at one asks the register through it, as everybody does;
//! reading needs no script. They stand on the one description of each question (`proto/`) and on pages as data (`shown`).
//!
//! Deliberately lacks: scripts but on the pages that sign and verify and on the newest page of the book, cookies, accounts, and anything that is loaded from elsewhere.

// From the ground up: a module imports only from those listed before it.
mod query;
mod viewed;
mod linked;
mod paper;
mod shell;
mod trouble;
mod visit;
mod said;
mod layout;
mod blocks;
mod news;
mod live;
mod search;
mod lists;
mod decisions;
mod things;
mod first;
mod commissioner;
mod body;
mod office;
mod compare;
mod person;
mod feed;
mod meeting;
mod merger;
mod entry;
mod lineage;
mod signing;

use crate::draft_shelf::DraftShelf;
use crate::http;
use crate::one_file::digest;
use crate::sign_in::Challenges;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, Uri};
use axum::middleware::{from_fn, map_response};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use shell::{FOLLOW, ICON, ICON_PATH, STYLE, STYLE_PATH};
use std::path::Path;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tower_http::compression::CompressionLayer;
use trouble::{Trouble, with_what_was_asked};
use visit::Desk;

/// What anything may do that is no page: nothing.
const POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");

/// The pages, which ask `services`: those that stand behind the server's doors. Drafts wait in the ledger's folder, where there is
/// one.
pub fn desk(services: Router, ledger: Option<&Path>) -> Router {
    let mut pages = Router::new()
        .route("/", get(first::page))
        .route("/change", get(first::change))
        .route("/search", get(search::page))
        .route("/commissioner", get(commissioner::page))
        .route("/bodies", get(lists::all_bodies))
        .route("/people", get(lists::all_people))
        .route("/findings", get(lists::all_findings))
        .route("/decisions", get(decisions::page))
        .route("/due", get(body::all_due))
        .route("/whole/{name}", get(things::whole))
        .route("/book", get(news::book))
        .route("/book/live", get(live::follow))
        .route("/about", get(news::about))
        .route("/list/{name}", get(lists::described_list))
        .route("/body/{name}", get(body::page))
        .route("/body/{name}/news.atom", get(feed::atom))
        .route("/body/{name}/due.ics", get(feed::calendar))
        .route("/office/{body}/{office}", get(office::page))
        .route("/compare", get(compare::page))
        .route("/person/{name}", get(person::page))
        .route("/meeting/{name}", get(meeting::page))
        .route("/merger/{name}", get(merger::page))
        .route("/minutes/{name}", get(meeting::minutes))
        .route("/notice/{name}", get(meeting::notice))
        .route("/agenda/{name}", get(meeting::agenda))
        .route("/entry/{position}", get(entry::page))
        .route("/entry/{position}/receipt", get(entry::receipt))
        .route("/entry/{position}/text", get(entry::raw))
        .route("/sign", get(signing::page))
        .route("/sign.html", get(signing::file))
        .route("/sign/foresee", post(signing::foresee))
        .route("/sign/submit", post(signing::submit))
        .route("/sign/challenge", post(signing::challenge))
        .route("/sign/waiting", post(signing::waiting))
        .route("/sign/withdraw", post(signing::withdraw))
        .route("/shelf", post(signing::put))
        .route("/shelf/{name}", get(signing::lying))
        .route("/lineage", get(lineage::page))
        .route("/lineage.svg", get(lineage::alone))
        .route(&STYLE_PATH, get(async || kept("text/css; charset=utf-8", STYLE)))
        .route(ICON_PATH, get(async || kept("image/svg+xml", ICON)));
    pages = pages.route("/document/{name}", get(things::document));
    for kind in things::kinds() {
        pages = pages.route(&format!("/{kind}/{{name}}"), get(things::page));
    }
    let shelf = ledger.map(|folder| Arc::new(DraftShelf::of(folder)));
    let challenges = Challenges::new().inspect_err(|why| tracing::error!(%why, "nobody can sign in")).ok();
    // How large a body may be is for the doors to say.
    pages
        .with_state(Desk { services, shelf, challenges, checking: Arc::new(Semaphore::new(1)) })
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn(with_what_was_asked))
        .layer(map_response(guarded))
        .layer(CompressionLayer::new())
}

/// What is said to whoever asks for a page that is not there: a page to who reads pages, in gRPC's way to who speaks that, a line
/// to all others.
pub async fn unknown(headers: HeaderMap, uri: Uri) -> Response {
    let accepted = headers.get(ACCEPT).and_then(|accepted| accepted.to_str().ok()).unwrap_or_default();
    if !accepted.contains("text/html") {
        return http::unknown(headers).await;
    }
    let path = uri.path();
    if let Some(bare) = path
        .strip_suffix('/')
        .filter(|bare| !bare.is_empty() && !bare.ends_with('/') && !bare.starts_with("//"))
    {
        return Redirect::to(bare).into_response();
    }
    guarded(Trouble::Unknown(format!("There is no page “{path}” here.")).into_response()).await
}

/// What the pages but the first are called, for whoever counts calls: paths, exactly or by how they begin.
pub(crate) const PAGES: [(&str, &str); 39] = [
    ("/change", "change page"),
    ("/search", "search page"),
    ("/commissioner", "commissioner page"),
    ("/bodies", "bodies page"),
    ("/people", "people page"),
    ("/findings", "findings page"),
    ("/decisions", "decisions page"),
    ("/book", "book page"),
    ("/book/live", "book followed"),
    ("/about", "about page"),
    ("/list/", "list page"),
    ("/body/", "body page"),
    ("/person/", "person page"),
    ("/office/", "office page"),
    ("/compare", "compare page"),
    ("/meeting/", "meeting page"),
    ("/minutes/", "minutes page"),
    ("/notice/", "notice page"),
    ("/agenda/", "agenda page"),
    ("/entry/", "entry page"),
    ("/lineage", "lineage page"),
    ("/lineage.svg", "lineage picture"),
    ("/merger/", "merger page"),
    ("/consultation/", "consultation page"),
    ("/committee/", "committee page"),
    ("/delegation/", "delegation page"),
    ("/partnership/", "partnership page"),
    ("/key/", "key page"),
    ("/document/", "document page"),
    ("/appointment/", "joint appointment page"),
    ("/due", "due page"),
    ("/whole/", "whole answer page"),
    ("/desk/", "style"),
    ("/sign", "sign page"),
    ("/sign.html", "sign.html"),
    ("/sign/challenge", "sign-in begun"),
    ("/sign/waiting", "sign-in"),
    ("/sign/withdraw", "draft taken away"),
    ("/shelf/", "shelf"),
];

/// What is written through the pages, for whoever counts calls and says who may.
pub(crate) const WRITING: [(&str, &str); 3] =
    [("/sign/foresee", "draft judged"), ("/sign/submit", "draft sent"), ("/shelf", "draft left")];

/// The digest of the script by which the newest page of the book follows what is recorded, as a policy names it.
pub fn follow_digest() -> String {
    digest(FOLLOW)
}

/// What is the same on every page, and may be kept for a week.
fn kept(kind: &'static str, text: &'static str) -> Response {
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "public, max-age=604800")], text).into_response()
}

/// Every page says what it may do.
async fn guarded(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(POLICY);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}
