//! Where a body comes from and what became of it: as a picture, as steps that can be read, and as a table.

mod picture;

use super::blocks::table;
use super::layout::Page;
use super::linked::{thing, why};
use super::trouble::Trouble;
use super::viewed::Viewed;
use super::visit::Visit;
use crate::proto::{Body, GetBodyRequest, GetLineageRequest, GetLineageResponse, LineageStep, PDate};
use crate::shown::dates::date_or;
use crate::shown::dates::spoken;
use crate::shown::phrases::{slug, words};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, PreEscaped, html};
use picture::{Lane, Ribbon, picture};
use std::collections::{BTreeMap, BTreeSet};

/// Of how many bodies there is a picture at most; of more there are the steps and the table.
const DRAWN_MAX: usize = 80;

pub(super) async fn page(visit: Visit) -> Result<Response, Trouble> {
    let ledger = visit.ledger().await?;
    let found = find(&visit).await?;
    let drawn = draw(&visit, &found).await?;
    let viewed = &visit.viewed;
    let own = visit.query.get("body");
    let content = html! {
        @if found.steps.is_empty() {
            p { "Nothing is known of a body before it or after it, as far as this view sees." }
        } @else {
            @if let Some(svg) = &drawn {
                figure.picture tabindex="0" role="region" aria-label="Lineage as a picture" {
                    (PreEscaped(svg))
                    figcaption {
                        "Time goes to the right; each bar is a body for as long as it was open, each ribbon a passing on. "
                        a href=(viewed.link_with("/lineage.svg", &[("body", own)])) { "The picture alone" }
                        ". The same can be read below."
                    }
                }
            } @else { p { "There are too many bodies for a picture. They can be read below." } }
            h2 { "Step by step" }
            ol { @for step in steps(&found.steps) { li { (in_a_sentence(viewed, &step)) } } }
            (rows(viewed, &found.steps))
        }
        p { (thing(viewed, &found.body, "The body itself")) }
    };
    let title = format!("Lineage of {}", slug(&found.body));
    Ok(Page {
        title,
        caption: String::new(),
        answered: found.answered.as_ref(),
        feed: String::new(),
        content,
    }
    .render(&visit, &ledger))
}

/// The picture alone.
pub(super) async fn alone(visit: Visit) -> Result<Response, Trouble> {
    let found = find(&visit).await?;
    let Some(svg) = draw(&visit, &found).await? else {
        return Err(Trouble::Unknown(
            "There is no picture of this lineage: nothing is known of it, or too much.".to_owned(),
        ));
    };
    Ok(([(CONTENT_TYPE, "image/svg+xml"), (CACHE_CONTROL, "no-cache")], svg).into_response())
}

async fn find(visit: &Visit) -> Result<GetLineageResponse, Trouble> {
    let body = visit.query.get("body").to_owned();
    if body.is_empty() {
        return Err(Trouble::wrong("body", "Say of which body: by its code, or by words of its name."));
    }
    let request = GetLineageRequest { body, view: Some(visit.viewed.to_wire()) };
    Ok(visit.register().get_lineage(visit.request(request)).await?.into_inner())
}

/// The picture; nothing where there is nothing to draw, or too much.
async fn draw(visit: &Visit, found: &GetLineageResponse) -> Result<Option<String>, Trouble> {
    let ids: BTreeSet<_> =
        found.steps.iter().flat_map(|step| [step.predecessor.as_str(), step.successor.as_str()]).collect();
    if ids.is_empty() || ids.len() > DRAWN_MAX {
        return Ok(None);
    }
    let mut lanes = BTreeMap::new();
    for id in ids {
        let request = GetBodyRequest { body: id.to_owned(), view: Some(visit.viewed.to_wire()) };
        let body = visit.register().get_body(visit.request(request)).await?.into_inner().body;
        lanes.insert(id.to_owned(), lane(visit, id, body.as_ref(), &found.steps));
    }
    let ribbons: Vec<_> = found
        .steps
        .iter()
        .filter_map(|step| {
            Some(Ribbon {
                from: step.predecessor.clone(),
                to: step.successor.clone(),
                on: day(step.effective.as_ref())?,
                kind: format!("{}{}", words(&step.kind), inferred_mark(&step.inferred)),
            })
        })
        .collect();
    let until = found.answered.as_ref().map(|answered| answered.as_at.clone()).unwrap_or_default();
    Ok(picture(&lanes, &ribbons, &found.body, &until))
}

/// A body in the picture: how it is called, from when to when it is drawn.
fn lane(visit: &Visit, id: &str, body: Option<&Body>, steps: &[LineageStep]) -> Lane {
    let called = steps.iter().find_map(|step| match id {
        id if step.predecessor == id => Some(step.predecessor_name.clone()),
        id if step.successor == id => Some(step.successor_name.clone()),
        _ => None,
    });
    let opened = body.and_then(|body| body.opened.as_ref()).and_then(|it| day(it.value.as_ref()));
    let closed = body.and_then(|body| body.closed.as_ref()).and_then(|it| day(it.value.as_ref()));
    let began = steps
        .iter()
        .filter(|step| step.successor == id)
        .filter_map(|step| day(step.effective.as_ref()))
        .min();
    Lane {
        name: called.filter(|name| !name.is_empty()).unwrap_or_else(|| slug(id)),
        code: slug(id),
        path: visit.viewed.link(&format!("/{id}")),
        from: opened.or(began),
        until: closed,
    }
}

/// The day of a date that is known to the day.
fn day(date: Option<&PDate>) -> Option<String> {
    date.filter(|date| date.earliest == date.latest && !date.earliest.is_empty())
        .map(|date| date.earliest.clone())
}

/// What passed to one body, or from one body to several, on one day.
struct Step<'a> {
    on: Option<&'a PDate>,
    kind: &'a str,
    before: Vec<(&'a str, &'a str)>,
    after: (&'a str, &'a str),
    why: Vec<u64>,
    is_inferred: bool,
}

/// Behind what no source states.
fn inferred_mark(inferred: &str) -> &'static str {
    if inferred.is_empty() { "" } else { ", INFERRED" }
}

/// The steps in the order of their days, those into one body on one day as one.
fn steps(found: &[LineageStep]) -> Vec<Step<'_>> {
    let mut steps: Vec<Step<'_>> = Vec::new();
    for it in found {
        let written = |date: Option<&PDate>| date.map(|date| date.earliest.clone());
        let is_same = |step: &&mut Step<'_>| {
            step.after.0 == it.successor && written(step.on) == written(it.effective.as_ref())
        };
        let before = (it.predecessor.as_str(), it.predecessor_name.as_str());
        match steps.iter_mut().find(is_same) {
            Some(step) => {
                step.before.push(before);
                step.is_inferred |= !it.inferred.is_empty();
                step.why.extend(&it.why);
            }
            None => steps.push(Step {
                on: it.effective.as_ref(),
                kind: &it.kind,
                before: vec![before],
                after: (&it.successor, &it.successor_name),
                why: it.why.clone(),
                is_inferred: !it.inferred.is_empty(),
            }),
        }
    }
    steps.sort_by_key(|step| step.on.map(|date| date.earliest.clone()));
    steps.iter_mut().for_each(|step| {
        step.why.sort_unstable();
        step.why.dedup();
    });
    steps
}

fn in_a_sentence(viewed: &Viewed, step: &Step<'_>) -> Markup {
    let named = |(id, name): (&str, &str)| thing(viewed, id, if name.is_empty() { id } else { name });
    html! {
        @match day(step.on) {
            Some(day) => { (spoken(&day)) }
            None => { (date_or(step.on, "a day not stated")) }
        }
        ", " (words(step.kind)) ": "
        @for (i, before) in step.before.iter().enumerate() {
            @if i > 0 { @if i + 1 == step.before.len() { " and " } @else { ", " } }
            (named(*before))
        }
        " → " (named(step.after))
        @if step.is_inferred { ", INFERRED" }
        (why(viewed, &step.why))
    }
}

fn rows(viewed: &Viewed, steps: &[LineageStep]) -> Markup {
    let titles = ["on", "from", "to", "kind", "areas", "entries"].map(str::to_owned);
    let named = |id: &str, name: &str| thing(viewed, id, if name.is_empty() { id } else { name });
    let rows: Vec<Vec<_>> = steps
        .iter()
        .map(|step| {
            vec![
                html! { (date_or(step.effective.as_ref(), "not stated")) },
                named(&step.predecessor, &step.predecessor_name),
                named(&step.successor, &step.successor_name),
                html! { (words(&step.kind)) },
                html! {
                    @if step.units.is_empty() { "all" } @else { (step.units.join(" ")) }
                    (inferred_mark(&step.inferred))
                },
                super::linked::entries(viewed, &step.why),
            ]
        })
        .collect();
    table(&format!("Every passing on, {}", rows.len()), &titles, &rows)
}
