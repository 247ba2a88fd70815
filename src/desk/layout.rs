//! A page, put together: its title, the sentence that says from where it looks, what it shows, and what is to be known of that.

use super::said;
use super::shell::{html, whole};
use super::visit::Visit;
use crate::proto::{Answered, Ledger};
use axum::response::Response;
use maud::{Markup, html as markup};

/// A page, before it is put together.
pub(super) struct Page<'a> {
    /// What it is called.
    pub(super) title: String,
    /// What stands small above the title: of which kind it is.
    pub(super) caption: String,
    /// What the answer that it shows says of itself; nothing where it shows none.
    pub(super) answered: Option<&'a Answered>,
    /// What it shows.
    pub(super) content: Markup,
}

impl Page<'_> {
    /// The page, as it travels.
    pub(super) fn render(self, visit: &Visit, ledger: &Ledger) -> Response {
        let content = markup! {
            @if let Some(answered) = self.answered { (said::banners(visit, answered)) }
            h1 {
                @if !self.caption.is_empty() { span.caption { (self.caption) } }
                bdi { (self.title) }
            }
            @if let Some(answered) = self.answered { (said::sentence(visit, answered)) }
            (self.content)
            @if let Some(answered) = self.answered { (said::notes(visit, answered)) }
        };
        html(whole(&self.title, &visit.viewed, visit.query.get("q"), Some(ledger), &content))
    }
}
