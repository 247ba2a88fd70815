//! What an answer says of itself, on a page: from where it looks, and how to look from elsewhere; what of it is in doubt.

use super::linked::words_of;
use super::viewed::NAMES;
use super::visit::Visit;
use crate::proto::{Answered, Scope};
use crate::shown::dates::spoken;
use crate::shown::phrases::{day_and_time, entries};
use crate::shown::said::{by_entry, corrected_field, correction, doubts, horizon, meant};
use anstream::adapter::strip_str;
use maud::{Markup, html};
use minutebook_governance::Date;

/// That the page is not of today, or not of all that is known, or of a past that is played again.
pub(super) fn banners(visit: &Visit, answered: &Answered) -> Markup {
    let viewed = &visit.viewed;
    html! {
        @if viewed.day().is_some() {
            p.banner {
                "This page is of " strong { (spoken(&answered.as_at)) } ", not of today. "
                a href=(viewed.today().link_with(&visit.path, &others(visit))) { "Go to today" }
            }
        }
        @if !viewed.known().is_empty() {
            p.banner {
                "This page says what the book knew "
                @if answered.known_at.is_empty() { "with its first " (entries(answered.known_entries)) }
                @else { "at " (day_and_time(&answered.known_at)) " (" (entries(answered.known_entries)) ")" }
                ", and nothing that it learnt since. "
                a href=(viewed.knowing("").link_with(&visit.path, &others(visit))) { "Everything it knows" }
            }
        }
        @if answered.re_enactment {
            p.banner { "This ledger plays the past again: its times are told, not lived." }
        }
    }
}

/// From where the page looks, and how to look from elsewhere.
pub(super) fn sentence(visit: &Visit, answered: &Answered) -> Markup {
    let viewed = &visit.viewed;
    let counts_reports = answered.scope() == Scope::Reported;
    let last = answered.known_entries.saturating_sub(1);
    let day: Option<Date> = answered.as_at.parse().ok();
    let others = others(visit);
    html! {
        div.view {
            p {
                "As at " strong { (spoken(&answered.as_at)) } ", with what the book knows up to "
                a href=(viewed.link(&format!("/entry/{last}"))) { "entry " (last) } ", by "
                @if counts_reports { "acts, registers and reports" } @else { "acts and registers, without reports" } "."
            }
            ul.actions {
                @if let Some(day) = day {
                    li { a href=(viewed.on(day.day_before()).link_with(&visit.path, &others)) { "A day earlier" } }
                    li { a href=(viewed.on(day.day_after()).link_with(&visit.path, &others)) { "A day later" } }
                }
                li { a href=(viewed.link_with("/change", &[("of", &of(visit))])) { "Change day or state of the book" } }
                @if counts_reports == viewed.is_reported() { li {
                    a href=(viewed.counting(!counts_reports).link_with(&visit.path, &others)) {
                        @if counts_reports { "Without reports" } @else { "Count reports too" }
                    }
                } }
                li { a href=(cited(visit, answered)) { "Address that always says this" } }
            }
            @for meaning in &answered.meanings { p.note { (words_of(viewed, &meant(meaning))) } }
            @if let Some(horizon) = horizon(answered) { p.note { (horizon) } }
        }
    }
}

/// What several answers say of themselves, on a page that is made of all of them: from where the first looks, and what any of them
/// says of its entries.
pub(super) fn together<'a>(answers: impl IntoIterator<Item = Option<&'a Answered>>) -> Option<Answered> {
    let mut answers = answers.into_iter().flatten();
    let mut all = answers.next()?.clone();
    for answered in answers {
        all.contested.extend(answered.contested.iter().cloned());
        all.corrections.extend(answered.corrections.iter().cloned());
        all.inferences.extend(answered.inferences.iter().cloned());
        all.names.extend(answered.names.iter().cloned());
    }
    all.contested.sort_by_key(|it| (it.position, it.declared_at, it.through));
    all.contested.dedup();
    all.inferences.sort_by_key(|it| it.position);
    all.inferences.dedup();
    Some(all)
}

/// The address of the page that always says the same.
pub(super) fn cited(visit: &Visit, answered: &Answered) -> String {
    let last = answered.known_entries.saturating_sub(1);
    let known = visit.viewed.knowing(&last.to_string());
    let cited = answered.as_at.parse().map_or_else(|_no_day| known.clone(), |day| known.on(day));
    cited.link_with(&visit.path, &others(visit))
}

/// What of the answer is in doubt, known otherwise or inferred.
pub(super) fn notes(visit: &Visit, answered: &Answered) -> Markup {
    let doubts = doubts(&answered.contested);
    let corrections = by_entry(&answered.corrections);
    if doubts.is_empty() && corrections.is_empty() && answered.inferences.is_empty() {
        return html! {};
    }
    html! {
        section {
            h2 { "What to know of this" }
            ul.doubts {
                @for doubt in doubts { li { strong { "Contested" } " " (words_of(&visit.viewed, &doubt)) } }
                @for it in corrections {
                    @let (how, what) = correction(it);
                    li {
                        strong { (how) } " " (words_of(&visit.viewed, &what))
                        @for field in &it.fields { br; (strip_str(&corrected_field(field))) }
                    }
                }
                @for it in &answered.inferences {
                    li {
                        strong { "Inferred" } " ("
                        a href=(visit.viewed.link(&format!("/entry/{}", it.position))) { "entry " (it.position) } "): "
                        (it.why)
                    }
                }
            }
        }
    }
}

/// The values of a page that are no part of its view.
pub(super) fn others(visit: &Visit) -> Vec<(&str, &str)> {
    visit.query.all().filter(|(name, _value)| !NAMES.contains(name)).collect()
}

/// The page itself, without its view.
fn of(visit: &Visit) -> String {
    super::query::address(&visit.path, others(visit))
}
