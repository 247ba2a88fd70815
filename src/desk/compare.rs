//! Two answers side by side: of two days, of two states of the book, or of both.

use super::blocks::{next_page, table};
use super::layout::Page;
use super::linked::{entries, fact, thing, told_by, words_of};
use super::query::Query;
use super::trouble::Trouble;
use super::viewed::Viewed;
use super::visit::Visit;
use crate::proto::{Answered, Difference, ListDifferencesRequest};
use crate::shown::dates::spoken;
use crate::shown::phrases::{self, words};
use axum::response::Response;
use maud::{Markup, html};

/// How many differences stand on a page.
const ROWS: i32 = 100;

/// The values of an address that say with what the page's own view is compared.
const WITH: [&str; 2] = ["with_at", "with_known"];

pub(super) async fn page(visit: Visit) -> Result<Response, Trouble> {
    let ledger = visit.ledger().await?;
    let (with_at, with_known) = (visit.query.get(WITH[0]), visit.query.get(WITH[1]));
    let subject = visit.query.get("subject").to_owned();
    if with_at.is_empty() && with_known.is_empty() {
        let content = html! {
            p { "What was otherwise on another day, or when less was known." }
            (form(&visit, &subject))
        };
        let title = "Compare two days, or two states of the book".to_owned();
        return Ok(Page { title, caption: String::new(), answered: None, feed: String::new(), content }
            .render(&visit, &ledger));
    }
    let before = other(&visit, with_at, with_known)?;
    let request = ListDifferencesRequest {
        subject: subject.clone(),
        before: Some(before.to_wire()),
        after: Some(visit.viewed.to_wire()),
        page_size: ROWS,
        page_token: visit.query.get("page").to_owned(),
    };
    let found = visit.register().list_differences(visit.request(request)).await;
    let found = found.map_err(|status| of_its_side(status.into(), with_known))?.into_inner();
    let viewed = &visit
        .viewed
        .naming(visit.names_in(&found.differences.iter().flat_map(told_by).collect::<Vec<_>>()).await?);
    let side = |answered: Option<&Answered>| {
        answered.map_or_else(String::new, |it| {
            format!("{}, with {} known", spoken(&it.as_at), phrases::entries(it.known_entries))
        })
    };
    // What the title says of all is not said again of each.
    let is_of_one = found.differences.iter().all(|it| it.subject == subject);
    let skipped = usize::from(is_of_one);
    let titles: Vec<_> =
        ["of", "what", "before", "after", "rests on"].into_iter().skip(skipped).map(str::to_owned).collect();
    let rows: Vec<Vec<_>> =
        found.differences.iter().map(|it| row(viewed, it).into_iter().skip(skipped).collect()).collect();
    let content = html! {
        p.lead { "Before: " (side(found.before.as_ref())) ". After: " (side(found.after.as_ref())) "." }
        @if rows.is_empty() { p { "Nothing differs of what is compared." } }
        @else { (table(&format!("What differs, {}{}", rows.len(), if found.next_page_token.is_empty() { "" } else { " of more" }), &titles, &rows)) }
        (next_page(&visit, &found.next_page_token))
        @if let Some(coverage) = &found.coverage {
            p.note {
                "Compared: " (coverage.compared.join(", ")) "."
                @if !coverage.left_out.is_empty() { " Not compared, though the book has some: " (coverage.left_out.join(", ")) "." }
            }
        }
        section { h2 { "Compare otherwise" } (form(&visit, &subject)) }
    };
    let title = match subject.as_str() {
        "" => "What differs".to_owned(),
        subject => format!("What differs of {}", viewed.called(subject)),
    };
    Ok(Page { title, caption: String::new(), answered: found.after.as_ref(), feed: String::new(), content }
        .render(&visit, &ledger))
}

/// The view with which the page's own is compared: as it, but for what is said.
fn other(visit: &Visit, at: &str, known: &str) -> Result<Viewed, Trouble> {
    let own = |name: &str| visit.query.get(name).to_owned();
    let or_own = |said: &str, name: &str| if said.is_empty() { own(name) } else { said.to_owned() };
    let at = or_own(at, "at");
    let values = [("at", at.as_str()), ("known", known), ("reported", &own("reported"))];
    let query = super::query::address("", values);
    let query = Query::of(query.strip_prefix('?'));
    Viewed::of(&query).map_err(|(field, says)| Trouble::wrong(&format!("with_{field}"), says))
}

/// Both views are asked for with one question, which says of neither by whose field it is wrong.
fn of_its_side(trouble: Trouble, with_known: &str) -> Trouble {
    match trouble {
        Trouble::Wrong { field, says } if field == "known" && says.contains(&format!("{with_known:?}")) => {
            Trouble::wrong(WITH[1], says)
        }
        other => other,
    }
}

fn row(viewed: &Viewed, it: &Difference) -> Vec<Markup> {
    let rests = it.after.as_ref().or(it.before.as_ref()).map_or(&[][..], |fact| fact.why.as_slice());
    vec![
        thing(viewed, &it.subject, &viewed.called(&it.subject)),
        words_of(viewed, &words(&it.fact)),
        fact(viewed, it.before.as_ref()),
        fact(viewed, it.after.as_ref()),
        entries(viewed, rests),
    ]
}

/// What is compared with what: this is the one page on which two views stand.
fn form(visit: &Visit, subject: &str) -> Markup {
    let day = visit.viewed.day().map(|day| day.to_string()).unwrap_or_default();
    let field = |name: &str, label: &str, hint: &str, value: &str| {
        html! {
            label for=(name) { (label) }
            p.hint id=(format!("{name}-hint")) { (hint) }
            input.short id=(name) name=(name) type="text" value=(value) aria-describedby=(format!("{name}-hint"));
        }
    };
    html! {
        form.panel action="/compare" method="get" {
            (field("subject", "Of what", "body/04K, unit/04N, merger/nottinghamshire-2019. Leave it empty for the whole book.", subject))
            (field("with_at", "Before: the day", "For example 31/3/2020. Leave it empty for the day below.", visit.query.get("with_at")))
            (field("with_known", "Before: what the book knew", "Up to an entry (812), a day or a moment. Leave it empty for everything.", visit.query.get("with_known")))
            (field("at", "After: the day", "For example 1/4/2020. Leave it empty for today.", &day))
            (field("known", "After: what the book knew", "Leave it empty for everything.", visit.viewed.known()))
            div.choice {
                input #reported name="reported" type="checkbox" value="yes" checked[visit.viewed.is_reported()];
                label for="reported" { "Count what papers and the press report, and mark it" }
            }
            button type="submit" { "Compare" }
        }
    }
}
