//! What all pages have around them: head, search, navigation and foot.

use super::paper::foot;
use super::viewed::Viewed;
use crate::one_file::digest;
use crate::proto::Ledger;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use data_encoding::HEXLOWER;
use maud::{DOCTYPE, Markup, PreEscaped, html as markup};
use sha2::{Digest as _, Sha256};
use std::sync::LazyLock;

/// How all pages look.
pub(super) const STYLE: &str = include_str!("../../desk/pages/desk.css");

/// Its address: with its digest in it, so that it may be kept for ever.
pub(super) static STYLE_PATH: LazyLock<String> = LazyLock::new(|| {
    let digest = HEXLOWER.encode(&Sha256::digest(STYLE));
    format!("/desk/{}.css", digest.get(..16).unwrap_or_default())
});

/// What shows what is recorded while somebody looks: the one script that a page of the desk has.
pub(super) const FOLLOW: &str = include_str!("../../desk/pages/follow.js");

/// What stands in the tab of a browser.
pub(super) const ICON: &str = include_str!("../../desk/pages/icon.svg");

/// Its address.
pub(super) const ICON_PATH: &str = "/desk/icon.svg";

/// Where the navigation leads.
const NAVIGATION: [(&str, &str); 9] = [
    ("/bodies", "Bodies"),
    ("/people", "People"),
    ("/list/mergers", "Mergers"),
    ("/list/consultations", "Consultations"),
    ("/list/documents", "Documents"),
    ("/findings", "Findings"),
    ("/book", "The book"),
    ("/sign", "Sign"),
    ("/verify.html", "Verify"),
];

/// Those of them that look from nowhere.
const VIEWLESS: [&str; 2] = ["/sign", "/verify.html"];

/// What stands around a page.
#[derive(Debug, Default)]
pub(super) struct Shell<'a> {
    /// What the page is called.
    pub(super) title: &'a str,
    /// From where it looks.
    pub(super) viewed: Viewed,
    /// What was searched for.
    pub(super) sought: &'a str,
    /// The ledger; nothing where the page shows nothing of it.
    pub(super) ledger: Option<&'a Ledger>,
    /// What stands at the foot of each printed sheet; empty where nothing does.
    pub(super) foot: &'a str,
    /// The path of what can be subscribed to about the page, as Atom; empty where there is nothing.
    pub(super) feed: &'a str,
    /// Its script; empty where it has none.
    pub(super) script: &'static str,
}

impl Shell<'_> {
    /// The page as it travels. Anybody may keep it, and asks whether it is still so.
    pub(super) fn around(&self, content: &Markup) -> Response {
        let style = if self.foot.is_empty() { String::new() } else { foot(self.foot) };
        let page = self.whole(&style, content).into_string();
        let headers = [
            (CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
            (CACHE_CONTROL, "no-cache".to_owned()),
            (CONTENT_SECURITY_POLICY, policy(&style, self.script)),
        ];
        (headers, page).into_response()
    }

    fn whole(&self, style: &str, content: &Markup) -> Markup {
        let Self { title, viewed, sought, ledger, feed, script, .. } = self;
        markup! {
            (DOCTYPE)
            html lang="en-GB" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { (title) " – Minutebook" }
                    link rel="stylesheet" href=(STYLE_PATH.as_str());
                    link rel="icon" type="image/svg+xml" href=(ICON_PATH);
                    @if !feed.is_empty() { link rel="alternate" type="application/atom+xml" title="News" href=(feed); }
                    @if !style.is_empty() { style { (PreEscaped(style)) } }
                }
                body {
                    a.skip href="#main" { "Skip to main content" }
                    header.site {
                        div.width {
                            a.name href=(viewed.link("/")) { "Minutebook" }
                            (search(viewed, sought))
                        }
                        nav aria-label="Main" {
                            ul.width {
                                @for (path, words) in NAVIGATION {
                                    li {
                                        @if VIEWLESS.contains(&path) { a href=(path) { (words) } }
                                        @else { a href=(viewed.link(path)) { (words) } }
                                    }
                                }
                            }
                        }
                    }
                    main #main.width { (content) }
                    footer.site {
                        div.width {
                            @if let Some(ledger) = ledger {
                                p {
                                    "Ledger " bdi { (ledger.origin) } ", " (ledger.size) " entries. "
                                    "What a server's page shows, that server says: "
                                    a href="/verify.html" { "verify it yourself" } "."
                                }
                            }
                        }
                    }
                    @if !script.is_empty() { script { (PreEscaped(script)) } }
                }
            }
        }
    }
}

/// What a page may do: load this server's style, have this one of its own, and send forms to this server; where it has a script,
/// run that and ask this server. Nothing else.
fn policy(style: &str, script: &str) -> String {
    let own = if style.is_empty() { String::new() } else { format!(" '{}'", digest(style)) };
    let runs = match script {
        "" => String::new(),
        script => format!("script-src '{}'; connect-src 'self'; ", digest(script)),
    };
    format!(
        "default-src 'none'; {runs}style-src 'self'{own}; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}

/// The search that stands on every page.
fn search(viewed: &Viewed, sought: &str) -> Markup {
    markup! {
        form.search role="search" action="/search" method="get" {
            label for="q" { "Search" }
            input #q name="q" type="search" value=(sought) autocomplete="off";
            (carried(viewed))
            button type="submit" { "Search" }
        }
    }
}

/// The view, as a form carries it on.
pub(super) fn carried(viewed: &Viewed) -> Markup {
    markup! {
        @for (name, value) in viewed.values() {
            @if !value.is_empty() { input type="hidden" name=(name) value=(value); }
        }
    }
}
