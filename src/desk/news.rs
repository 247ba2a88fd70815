//! What was recorded, in words: a line for each entry.

use super::blocks::next_page;
use super::layout::Page;
use super::linked::{path_of, thing, words_of};
use super::trouble::Trouble;
use super::viewed::Viewed;
use super::visit::Visit;
use crate::proto::{Answered, ListNewsRequest, News};
use crate::shown::Names;
use crate::shown::phrases::{day_and_time, mark, slug};
use anstream::adapter::strip_str;
use axum::response::Response;
use maud::{Markup, html};
use std::collections::VecDeque;

/// How many entries stand on a page of the book.
const ON_A_PAGE: u64 = 50;

/// The newest entries, the last first, as far as the view knows them.
pub(super) async fn newest(
    visit: &Visit,
    size: u64,
    count: u64,
) -> Result<(Option<Answered>, Vec<News>), Trouble> {
    before(visit, known_end(visit, size), count, visit.viewed.is_reported()).await
}

/// Behind the last entry that the view knows, where it says so by a position; else the end of the book.
fn known_end(visit: &Visit, size: u64) -> u64 {
    let known = visit.viewed.known().parse::<u64>();
    known.map_or(size, |position| size.min(position.saturating_add(1)))
}

/// Entries before a position, the last first.
async fn before(
    visit: &Visit,
    end: u64,
    count: u64,
    with_reports: bool,
) -> Result<(Option<Answered>, Vec<News>), Trouble> {
    let view = visit.viewed.counting(with_reports);
    let (answered, news) = since(visit, end.saturating_sub(count), count, &view).await?;
    let mut news: Vec<_> = news.into_iter().filter(|it| it.position < end).collect();
    news.reverse();
    Ok((answered, news))
}

/// So many entries from a position on, reports among them, in their order.
pub(super) async fn from_on(
    visit: &Visit,
    first: u64,
    count: u64,
) -> Result<(Option<Answered>, Vec<News>), Trouble> {
    since(visit, first, count, &visit.viewed.counting(true)).await
}

async fn since(
    visit: &Visit,
    first: u64,
    count: u64,
    view: &Viewed,
) -> Result<(Option<Answered>, Vec<News>), Trouble> {
    let request = ListNewsRequest {
        since: first.to_string(),
        page_size: i32::try_from(count).unwrap_or(i32::MAX),
        view: Some(view.to_wire()),
        ..ListNewsRequest::default()
    };
    let found = visit.register().list_news(visit.request(request)).await?.into_inner();
    Ok((found.answered, found.news))
}

/// Within how many of the newest entries those about something are looked for at first; eight times as many, as long as they
/// are too few.
const WINDOW: u64 = 2_000;

/// The newest entries that say something of a body, of these types or of all, the last first.
pub(super) async fn newest_of(
    visit: &Visit,
    body: &str,
    types: &[&str],
    count: usize,
) -> Result<Vec<News>, Trouble> {
    let size = visit.ledger().await?.size;
    let mut window = WINDOW;
    loop {
        let since = size.saturating_sub(window);
        let mut request = ListNewsRequest {
            bodies: vec![body.to_owned()],
            types: types.iter().map(|it| (*it).to_owned()).collect(),
            since: since.to_string(),
            page_size: 1000,
            view: Some(visit.viewed.counting(true).to_wire()),
            ..ListNewsRequest::default()
        };
        let mut found: VecDeque<News> = VecDeque::new();
        loop {
            let page = visit.register().list_news(visit.request(request.clone())).await?.into_inner();
            found.extend(page.news);
            found.drain(..found.len().saturating_sub(count));
            if page.next_page_token.is_empty() {
                break;
            }
            request.page_token = page.next_page_token;
        }
        if found.len() == count || since == 0 {
            return Ok(found.into_iter().rev().collect());
        }
        window = window.saturating_mul(8);
    }
}

/// The newest entries before a position in whose line all these words stand, the last first; and before which position
/// those were not looked at that are left, where there are some.
pub(super) async fn with_words(
    visit: &Visit,
    words: &str,
    end: u64,
) -> Result<(Option<Answered>, Vec<News>, Option<u64>), Trouble> {
    let words: Vec<_> = words.to_lowercase().split_whitespace().map(str::to_owned).collect();
    let (mut end, mut looked, mut found) = (end, 0, Vec::new());
    let mut answered = None;
    while end > 0 && looked < WINDOW && found.len() < FOUND_MAX {
        let (said, news) = before(visit, end, LOOKED_AT_ONCE, visit.viewed.is_reported()).await?;
        answered = said;
        found.extend(news.into_iter().filter(|it| {
            let line = format!("{} {} {}", it.says, it.subject, it.r#type).to_lowercase();
            words.iter().all(|word| line.contains(word))
        }));
        end = end.saturating_sub(LOOKED_AT_ONCE);
        looked += LOOKED_AT_ONCE;
    }
    Ok((answered, found, (end > 0).then_some(end)))
}

/// How many entries are looked at with one question.
const LOOKED_AT_ONCE: u64 = 1_000;

/// How many entries with some words are enough.
const FOUND_MAX: usize = 50;

/// The entries of the book, the newest first.
pub(super) async fn book(visit: Visit) -> Result<Response, Trouble> {
    let ledger = visit.ledger().await?;
    let end = match visit.query.get("before") {
        "" => known_end(&visit, ledger.size),
        text => text
            .parse()
            .map_err(|_no_number| Trouble::wrong("before", format!("“{text}” is no number of an entry.")))?,
    };
    let end = end.min(ledger.size);
    let (answered, news) = before(&visit, end, ON_A_PAGE, true).await?;
    let first = end.saturating_sub(ON_A_PAGE);
    // Only here comes more while somebody looks.
    let is_newest = end == ledger.size && visit.viewed.known().is_empty();
    let content = html! {
        p { "Entries " (first) " to " (end.saturating_sub(1)) " of " (ledger.size) ", the newest first." }
        @if is_newest { p #came role="status" data-since=(end) data-view=(visit.viewed.link("")) {} }
        (lines(&visit.viewed, &news, answered.as_ref()))
        nav.pages aria-label="Pages" {
            ul.actions {
                @if end < ledger.size {
                    li { a href=(visit.viewed.link_with("/book", &[("before", &(end + ON_A_PAGE).to_string())])) { "Newer entries" } }
                }
                @if first > 0 {
                    li { a href=(visit.viewed.link_with("/book", &[("before", &first.to_string())])) { "Older entries" } }
                }
            }
        }
    };
    let page = Page {
        title: "The book".to_owned(),
        caption: String::new(),
        answered: answered.as_ref(),
        feed: String::new(),
        content,
    };
    Ok(if is_newest { page.render_following(&visit, &ledger) } else { page.render(&visit, &ledger) })
}

/// What was recorded of a body or of something else, oldest first.
pub(super) async fn about(visit: Visit) -> Result<Response, Trouble> {
    let ledger = visit.ledger().await?;
    let of = visit.query.get("of").to_owned();
    let is_body = of.starts_with("body/");
    let request = ListNewsRequest {
        bodies: if is_body { vec![of.clone()] } else { Vec::new() },
        subject: if is_body { String::new() } else { of.clone() },
        page_token: visit.query.get("page").to_owned(),
        view: Some(visit.viewed.counting(true).to_wire()),
        ..ListNewsRequest::default()
    };
    let found = visit.register().list_news(visit.request(request)).await?.into_inner();
    let content = html! {
        p { "Every entry that says something of " (thing(&visit.viewed, &of, &of)) ", reports among them, oldest first." }
        (lines(&visit.viewed, &found.news, found.answered.as_ref()))
        (next_page(&visit, &found.next_page_token))
    };
    let title = format!("What the book has of {}", slug(&of));
    let page = Page {
        title,
        caption: String::new(),
        answered: found.answered.as_ref(),
        feed: String::new(),
        content,
    };
    Ok(page.render(&visit, &ledger))
}

/// A line for each entry.
pub(super) fn lines(viewed: &Viewed, news: &[News], answered: Option<&Answered>) -> Markup {
    let names = Names::of(answered);
    html! {
        @if news.is_empty() { p { "No entries." } }
        ol.news {
            @for it in news {
                li {
                    a.number href=(viewed.link(&format!("/entry/{}", it.position))) { "Entry " (it.position) }
                    " " span.when { (day_and_time(&it.recorded)) }
                    p {
                        (words_of(viewed, &it.says)) (strip_str(&mark(&it.standing)))
                        @if path_of(&it.subject).is_some() {
                            " " span.about { "About " (thing(viewed, &it.subject, names.get(&it.subject).unwrap_or(&it.subject))) }
                        }
                    }
                }
            }
        }
    }
}
