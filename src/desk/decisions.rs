//! Decisions: who decided what, when, by which votes; and what became of it.

use super::blocks::{facts, next_page};
use super::layout::Page;
use super::linked::{thing, why, words_of};
use super::lists::none;
use super::search::counted;
use super::shell::carried;
use super::trouble::Trouble;
use super::viewed::Viewed;
use super::visit::Visit;
use crate::proto::{Answered, Decision, DecisionEffect, ListDecisionsRequest};
use crate::shown::Names;
use crate::shown::dates::{date_or, perhaps};
use crate::shown::phrases::{mark, slug, text, votes as votes_in_words, words};
use crate::shown::said::{by_entry, correction};
use anstream::adapter::strip_str;
use axum::response::Response;
use maud::{Markup, html};

/// How many decisions stand on a page.
const ON_A_PAGE: i32 = 50;

pub(super) async fn page(visit: Visit) -> Result<Response, Trouble> {
    let ledger = visit.ledger().await?;
    let subject = visit.query.get("subject").to_owned();
    let request = ListDecisionsRequest {
        subject: subject.clone(),
        topic: visit.query.get("topic").to_owned(),
        page_size: ON_A_PAGE,
        page_token: visit.query.get("page").to_owned(),
        view: Some(visit.viewed.to_wire()),
    };
    let found = visit.register().list_decisions(visit.request(request)).await?.into_inner();
    let answered = found.answered.as_ref();
    let is_first = visit.query.get("page").is_empty();
    let content = html! {
        form.inline action="/decisions" method="get" {
            input type="hidden" name="subject" value=(subject);
            label for="topic" { "With these words in reference, title, text or effect" }
            input #topic name="topic" type="text" value=(visit.query.get("topic"));
            (carried(&visit.viewed))
            button type="submit" { "Show" }
        }
        @if found.decisions.is_empty() { p { (none(answered)) } }
        @else { h2 { (counted("Decisions", found.decisions.len(), !found.next_page_token.is_empty() || !is_first)) } }
        @for decision in &found.decisions { (card(&visit.viewed, decision, answered)) }
        @if let Some(total) = found.total_pounds {
            p { "Those on this page that were carried and still hold commit together " strong { "£" (grouped(total)) }
                @if found.apart_pounds > 0 { "; £" (found.apart_pounds) " more where bodies that recorded what looks like one decision each commit it for themselves" }
                @if found.perhaps_again_pounds > 0 { "; £" (found.perhaps_again_pounds) " of it perhaps counted more than once" }
                @if found.perhaps_pounds > 0 { "; £" (found.perhaps_pounds) " of it perhaps not decided yet" }
                "."
            }
        }
        (next_page(&visit, &found.next_page_token))
    };
    let names = Names::of(answered);
    let of = names.get(&subject).map_or_else(|| slug(&subject), str::to_owned);
    let title = format!("Decisions, {of}");
    Ok(Page { title, caption: String::new(), answered, feed: String::new(), content }.render(&visit, &ledger))
}

/// A decision with everything that is known of it.
pub(super) fn card(viewed: &Viewed, decision: &Decision, answered: Option<&Answered>) -> Markup {
    let names = Names::of(answered);
    let named = |id: &str| thing(viewed, id, names.get(id).unwrap_or(id));
    let mut rows = vec![(
        "decided by",
        html! {
            (named(&decision.body))
            @for other in &decision.decided_with { ", " (named(other)) }
            " on " (date_or(decision.decided_on.as_ref(), "a day not stated")) (strip_str(&perhaps(decision.is_perhaps)))
            (strip_str(&mark(&decision.standing)))
        },
    )];
    if !decision.meeting.is_empty() {
        rows.push(("at", html! { (named(&decision.meeting)) }));
    }
    rows.push((
        "outcome",
        html! {
            strong { (words(&decision.outcome)) }
            @if let Some(votes) = &decision.votes { ", " (votes_in_words(votes)) }
        @if let Some(at) = decision.votes_at { (why(viewed, &[at])) }
        @if !matches!(decision.mode.as_str(), "" | "meeting" | "not_stated") { ", " (words(&decision.mode)) }
        },
    ));
    let state = match decision.state.as_str() {
        "stands" => "stands".to_owned(),
        "confirmed" => "stands; the minutes that hold it are approved".to_owned(),
        other => words(other),
    };
    let corrections = answered.iter().flat_map(|answered| &answered.corrections);
    let known: Vec<_> = corrections.filter(|it| it.position == decision.position).collect();
    rows.push((
        "now",
        html! {
            (state)
            @for it in by_entry(known.into_iter()) {
                @let (how, what) = correction(it);
                br; strong { (how) } " " (words_of(viewed, &what))
            }
        },
    ));
    let effects: Vec<_> =
        decision.effects.iter().filter(|effect| effect.kind != "none" || !effect.choice.is_empty()).collect();
    if !effects.is_empty() {
        rows.push(("effect", html! { @for (i, effect) in effects.iter().enumerate() { @if i > 0 { "; " } (self::effect(viewed, effect)) } }));
    }
    if let Some(pounds) = decision.amount_pounds {
        rows.push(("commits", html! { "£" (grouped(pounds)) }));
    }
    if !decision.deferred_to.is_empty() {
        rows.push(("put off to", named(&decision.deferred_to)));
    }
    if decision.reasons.is_some() {
        rows.push(("reasons", html! { (text(decision.reasons.as_ref())) }));
    }
    for told in &decision.decided_under {
        rows.push(("under", html! { (named(&told.delegation)) ", for " (named(&told.body)) }));
    }
    let apart: Vec<u64> = decision.told_apart.iter().chain(&decision.told_in_other_words).copied().collect();
    if !apart.is_empty() {
        rows.push(("perhaps", html! { "one decision with that of others" (why(viewed, &apart)) }));
    }
    if !decision.filled_in.is_empty() {
        rows.push(("filled in", html! { (decision.filled_in) }));
    }
    let is_gone = matches!(decision.state.as_str(), "withdrawn" | "rescinded");
    html! {
        section.card.gone[is_gone] {
            h3 {
                @if !decision.item.is_empty() { (decision.item) " " }
                @if decision.item_title.is_none() { "Decision" } @else { bdi { (text(decision.item_title.as_ref())) } }
                @if decision.part == "private" { " " strong.tag { "private part" } }
            }
            p.text { (words_of(viewed, text(decision.text.as_ref()))) }
            (facts(&rows))
            p.note { a href=(viewed.link(&format!("/entry/{}", decision.position))) { "Entry " (decision.position) } }
        }
    }
}

fn effect(viewed: &Viewed, effect: &DecisionEffect) -> Markup {
    html! {
        (words(&effect.kind))
        @if !effect.choice.is_empty() { ": " (words(&effect.choice)) }
        @if !effect.about.is_empty() { ", " (thing(viewed, &effect.about, &effect.about)) }
    }
}

/// A number of pounds, in groups of three digits.
fn grouped(pounds: u64) -> String {
    let digits = pounds.to_string();
    let mut grouped = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn pounds_are_read_in_groups() {
        for (pounds, read) in [(0, "0"), (999, "999"), (8_100_000, "8,100,000"), (1_000, "1,000")] {
            assert_eq!(grouped(pounds), read);
        }
    }
}
