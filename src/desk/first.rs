//! The first page: what one looks for, and what is new.

use super::layout::Page;
use super::news;
use super::shell::carried;
use super::trouble::Trouble;
use super::visit::Visit;
use axum::response::Response;
use maud::html;

/// How many of the newest entries stand on it.
const NEWS: u64 = 10;

pub(super) async fn page(visit: Visit) -> Result<Response, Trouble> {
    let ledger = visit.ledger().await?;
    let (answered, newest) = news::newest(&visit, ledger.size, NEWS).await?;
    let content = html! {
        div.columns {
            form.panel action="/search" method="get" {
                h2 { "Find a body or a person" }
                label for="look" { "Name, or part of it, or a code" }
                p.hint #look-hint { "For example Rushcliffe, 04N, QNC or Singh; or the number of an entry" }
                input #look name="q" type="text" aria-describedby="look-hint" autocomplete="off";
                label for="look-at" { "On which day" }
                p.hint #look-at-hint { "For example 31/3/2020. Leave it empty for today." }
                input.short #look-at name="at" type="text" aria-describedby="look-at-hint" autocomplete="off"
                    value=(visit.viewed.day().map(|day| day.to_string()).unwrap_or_default());
                (carried(&visit.viewed.today()))
                button type="submit" { "Find" }
            }
            form.panel action="/commissioner" method="get" {
                h2 { "Who commissions for a place" }
                label for="unit" { "The area of 2013, by code or name" }
                p.hint #unit-hint { "For example 04N, or Rushcliffe" }
                input #unit name="unit" type="text" aria-describedby="unit-hint" autocomplete="off";
                label for="unit-at" { "On which day" }
                p.hint #unit-at-hint { "For example 1/4/2020. Leave it empty for today." }
                input.short #unit-at name="at" type="text" aria-describedby="unit-at-hint" autocomplete="off"
                    value=(visit.viewed.day().map(|day| day.to_string()).unwrap_or_default());
                (carried(&visit.viewed.today()))
                button type="submit" { "Find" }
            }
        }
        section {
            h2 { "What is new" }
            (news::lines(&visit.viewed, &newest, answered.as_ref()))
            p { a href=(visit.viewed.link("/book")) { "All entries" } }
            (what_it_is())
        }
    };
    let title = format!("The minute book {}", ledger.origin);
    Ok(Page { title, caption: String::new(), answered: answered.as_ref(), feed: String::new(), content }
        .render(&visit, &ledger))
}

/// What the book is, for somebody who has come from elsewhere.
fn what_it_is() -> maud::Markup {
    html! {
        p.note {
            "Who decided what, when and by which authority, as those who did it have signed it. Every answer names the entries "
            "on which it rests; each entry can be verified without this server."
        }
    }
}

/// The form by which a page is seen from elsewhere.
pub(super) async fn change(visit: Visit) -> Result<Response, Trouble> {
    let ledger = visit.ledger().await?;
    let of = visit.query.get("of");
    let (path, query) = of.split_once('?').unwrap_or((of, ""));
    // A page of ours, and nowhere else.
    if !path.starts_with('/') || path.starts_with("//") || path.contains('\\') {
        return Err(Trouble::wrong("of", "The page whose day is to change is none of this book."));
    }
    let others = super::query::Query::of(Some(query));
    let content = html! {
        form.panel action=(path) method="get" {
            @for (name, value) in others.all() { input type="hidden" name=(name) value=(value); }
            label for="at" { "The day in the world" }
            p.hint #at-hint { "For example 31/3/2020. Leave it empty for today; in a book that plays the past again, its last day." }
            input.short #at name="at" type="text" aria-describedby="at-hint" value=(visit.viewed.day().map(|day| day.to_string()).unwrap_or_default());
            label for="known" { "What the book knew" }
            p.hint #known-hint { "Up to an entry (812), a day (2019-06-30) or a moment (2019-06-30T12:00:00Z). Leave it empty for everything." }
            input.short #known name="known" type="text" aria-describedby="known-hint" value=(visit.viewed.known());
            div.choice {
                input #reported name="reported" type="checkbox" value="yes" checked[visit.viewed.is_reported()];
                label for="reported" { "Count what papers and the press report, and mark it" }
            }
            button type="submit" { "Show the page" }
        }
    };
    let title = "Change the day or the state of the book".to_owned();
    Ok(Page { title, caption: String::new(), answered: None, feed: String::new(), content }
        .render(&visit, &ledger))
}
