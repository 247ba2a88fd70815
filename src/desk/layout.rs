//! A page, put together: its title, the sentence that says from where it looks, what it shows, and what is to be known of that.

use super::said;
use super::shell::{FOLLOW, Shell};
use super::visit::Visit;
use crate::proto::{Answered, Ledger, Scope};
use crate::shown::dates::spoken;
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
    /// The path of what can be subscribed to about it; empty where there is nothing.
    pub(super) feed: String,
    /// What it shows.
    pub(super) content: Markup,
}

impl Page<'_> {
    /// The page, as it travels.
    pub(super) fn render(self, visit: &Visit, ledger: &Ledger) -> Response {
        self.put_together(visit, ledger, "")
    }

    /// The same, with the script that shows what is recorded while somebody looks.
    pub(super) fn render_following(self, visit: &Visit, ledger: &Ledger) -> Response {
        self.put_together(visit, ledger, FOLLOW)
    }

    fn put_together(self, visit: &Visit, ledger: &Ledger, script: &'static str) -> Response {
        let content = markup! {
            @if let Some(answered) = self.answered { (said::banners(visit, answered)) }
            h1 {
                @if !self.caption.is_empty() { span.caption { (self.caption) } }
                bdi { (self.title) }
            }
            @if let Some(answered) = self.answered { (said::sentence(visit, answered)) }
            (self.content)
            @if let Some(answered) = self.answered {
                (said::notes(visit, answered))
                p.printed { "This page, as it is: " (visit.origin()) (said::cited(visit, answered)) }
            }
        };
        let foot = self.answered.map_or_else(String::new, |answered| {
            let last = answered.known_entries.saturating_sub(1);
            let reports =
                if answered.scope() == Scope::Reported { "with reports" } else { "without reports" };
            let again = if answered.re_enactment { " A re-enactment." } else { "" };
            let known = match answered.known_at.get(..10) {
                Some(day) => format!("entry {last}, {}", spoken(day)),
                None => format!("entry {last}"),
            };
            format!(
                "{}, {}. As at {}, as known with {known}, {reports}.{again}",
                ledger.origin,
                self.title,
                spoken(&answered.as_at)
            )
        });
        let shell = Shell {
            title: &self.title,
            viewed: visit.viewed.clone(),
            sought: visit.query.get("q"),
            ledger: Some(ledger),
            foot: &foot,
            feed: &self.feed,
            script,
        };
        shell.around(&content)
    }
}
