//! The page of a merger: where it stands, what it waits for and on whom, leg by leg, and how it came to this.

use super::blocks::{facts, table};
use super::layout::Page;
use super::linked::{thing, why, words_of};
use super::things::further;
use super::trouble::Trouble;
use super::viewed::Viewed;
use super::visit::Visit;
use crate::proto::{
    GetMergerRequest, MemberBallot, Merger, MergerApplication, MergerChoice, MergerLeg, PDate,
};
use crate::shown::Names;
use crate::shown::dates::{date, date_or, perhaps};
use crate::shown::phrases::{condition, day_and_time, mark, quoted, slug, state, text, words};
use anstream::adapter::strip_str;
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};

pub(super) async fn page(visit: Visit, Path(name): Path<String>) -> Result<Response, Trouble> {
    let ledger = visit.ledger().await?;
    let request = GetMergerRequest { merger: format!("merger/{name}"), view: Some(visit.viewed.to_wire()) };
    let found = visit.register().get_merger(visit.request(request)).await?.into_inner();
    let Some(merger) = &found.merger else {
        return Err(Trouble::Unknown(format!("No merger “{name}” is known here.")));
    };
    let (viewed, answered) = (&visit.viewed, found.answered.as_ref());
    let names = Names::of(answered);
    let content = html! {
        (where_it_stands(viewed, merger, &names))
        (legs(viewed, &merger.legs))
        @if !merger.conditions.is_empty() {
            section { h2 { "Conditions of the approval" } ul { @for it in &merger.conditions { li { (words_of(viewed, &condition(it))) } } } }
        }
        (ballots(viewed, &merger.ballots, &names))
        (how_it_came(viewed, merger, &names))
        (further(viewed, &merger.id, &[
            ("/decisions", "subject", "Decisions about it"),
            ("/list/intentions", "subject", "What is intended"),
        ]))
    };
    let title = if merger.proposed_name.is_empty() { name.clone() } else { merger.proposed_name.clone() };
    let caption = format!("{} {name}", crate::shown::phrases::capitalised(&words(&merger.kind)));
    Ok(Page { title, caption, answered, feed: String::new(), content }.render(&visit, &ledger))
}

fn where_it_stands(viewed: &Viewed, merger: &Merger, names: &Names) -> Markup {
    let named = |id: &String| thing(viewed, id, names.get(id).unwrap_or(id));
    let mut rows = vec![(
        "state",
        html! {
            strong { (state(&merger.state, &merger.known_to)) } (strip_str(&perhaps(merger.is_perhaps))) (why(viewed, &merger.why))
        },
    )];
    if !merger.waits_for.is_empty() {
        rows.push((
            "waits for",
            html! { ul { @for it in &merger.waits_for { li { (words_of(viewed, it)) } } } },
        ));
    }
    let effect = [
        ("took or takes effect", &merger.effective),
        ("effect applied for", &merger.requested_effective),
        ("effect proposed", &merger.proposed_effective),
    ];
    for (name, day) in effect {
        if let Some(day) = day {
            rows.push((name, html! { (date(day)) }));
        }
    }
    if !merger.possible.is_empty() {
        rows.push(("can come next", html! { (merger.possible) }));
    }
    if !merger.successors.is_empty() {
        rows.push(("successor", html! { ul { @for body in &merger.successors { li { (named(body)) } } } }));
    }
    if !merger.options.is_empty() {
        rows.push(("options", html! { ul { @for option in &merger.options { li { (option) } } } }));
    }
    if merger.abandoned_on.is_some() {
        rows.push((
            "given up",
            html! { (date_or(merger.abandoned_on.as_ref(), "")) ": " (text(merger.abandoned_because.as_ref())) },
        ));
    }
    facts(&rows)
}

/// Who takes part, and what each chose, the last choice first.
fn legs(viewed: &Viewed, legs: &[MergerLeg]) -> Markup {
    let titles = ["body", "chose last", "on", "before that"].map(str::to_owned);
    let rows: Vec<Vec<_>> = legs
        .iter()
        .map(|leg| {
            let name = if leg.name.is_empty() { &leg.body } else { &leg.name };
            let (last, before) = match leg.choices.split_last() {
                Some((last, before)) => (Some(last), before),
                None => (None, &[][..]),
            };
            vec![
                thing(viewed, &leg.body, name),
                html! {
                    @match last {
                        Some(last) => { strong { (words(&last.choice)) } (strip_str(&mark(&last.standing))) (why(viewed, &[last.position])) }
                        None => { "nothing, as far as this view knows" }
                    }
                },
                html! { @if let Some(last) = last { (date_or(last.decided_on.as_ref(), "a day not stated")) } },
                html! {
                    @for (i, choice) in before.iter().enumerate() {
                        @if i > 0 { "; " }
                        (words(&choice.choice)) ", " (date_or(choice.decided_on.as_ref(), "a day not stated")) (why(viewed, &[choice.position]))
                    }
                },
            ]
        })
        .collect();
    html! { section { h2 { "Who takes part" } (table(&format!("Bodies and their choices, {}", rows.len()), &titles, &rows)) } }
}

fn ballots(viewed: &Viewed, ballots: &[MemberBallot], names: &Names) -> Markup {
    let titles = ["members of", "vote", "figures", "outcome"].map(str::to_owned);
    let rows: Vec<Vec<_>> = ballots
        .iter()
        .map(|ballot| {
            let outcome = if ballot.outcome.is_empty() { "open".to_owned() } else { words(&ballot.outcome) };
            vec![
                html! { @for (i, body) in ballot.bodies.iter().enumerate() { @if i > 0 { ", " } (thing(viewed, body, names.get(body).unwrap_or(body))) } },
                html! { (ballot.number) @if let Some(closes) = &ballot.closes { ", closes " (date(closes)) } },
                html! { (ballot.figures) @if !ballot.threshold.is_empty() { " (needed: " (ballot.threshold) ")" } },
                html! { strong { (outcome) } (why(viewed, &ballot.why)) },
            ]
        })
        .collect();
    html! { @if !rows.is_empty() { section { h2 { "Votes of members" } (table("Votes of members", &titles, &rows)) } } }
}

/// The way of the merger, in the order of its days.
fn how_it_came(viewed: &Viewed, merger: &Merger, names: &Names) -> Markup {
    let mut steps: Vec<(String, String, Markup)> = Vec::new();
    let mut step = |day: Option<&PDate>, what: Markup| {
        if let Some(day) = day {
            let order = if day.earliest.is_empty() { day.latest.clone() } else { day.earliest.clone() };
            steps.push((order, date(day), what));
        }
    };
    step(
        merger.explored_on.as_ref(),
        html! {
            "Looked into" @if !merger.explored_as.is_empty() { " (" (words(&merger.explored_as)) ")" }
            @if !merger.explored_by.is_empty() { " by " (merger.explored_by) }
            @if let Some(wording) = &merger.explored_wording { ": " (quoted(wording)) }
        },
    );
    step(merger.proposed_on.as_ref(), html! { "Proposed" });
    for it in &merger.consultations {
        let what = |says: &str| html! { (says) " " (thing(viewed, &it.id, if it.topic.is_empty() { &it.id } else { &it.topic })) };
        step(
            it.opens.as_ref(),
            html! { (what("Consultation opens:")) " (" (state(&it.state, "")) ")" (why(viewed, &it.why)) },
        );
        if !it.closed_at.is_empty() {
            let day = it.closed_at.get(..10).unwrap_or(&it.closed_at).to_owned();
            let closed = PDate { written: day_and_time(&it.closed_at), earliest: day.clone(), latest: day };
            step(Some(&closed), what("Consultation closed:"));
        }
    }
    for chosen in chosen(&merger.legs) {
        let Some((_leg, first)) = chosen.first() else { continue };
        let at: Vec<u64> = chosen.iter().map(|(_leg, choice)| choice.position).collect();
        let what = html! {
            strong { (words(&first.choice)) } ": "
            @for (i, (leg, _choice)) in chosen.iter().enumerate() {
                @if i > 0 { ", " }
                (thing(viewed, &leg.body, if leg.name.is_empty() { &leg.body } else { &leg.name }))
            }
            (why(viewed, &at))
        };
        step(first.decided_on.as_ref(), what);
    }
    for ballot in &merger.ballots {
        let of = html! {
            @for (i, body) in ballot.bodies.iter().enumerate() { @if i > 0 { ", " } (thing(viewed, body, names.get(body).unwrap_or(body))) }
        };
        step(ballot.opens.as_ref(), html! { "Members of " (of) " may vote" (why(viewed, &ballot.why)) });
        step(
            ballot.declared_on.as_ref(),
            html! {
                "Members of " (of) ": " strong { (words(&ballot.outcome)) } @if !ballot.figures.is_empty() { " (" (ballot.figures) ")" } (why(viewed, &ballot.why))
            },
        );
    }
    for it in &merger.applications {
        let (applied, decided) = application(viewed, it, names);
        step(it.submitted_on.as_ref(), applied);
        step(it.decided_on.as_ref(), decided);
    }
    step(
        merger.effective.as_ref().filter(|_day| merger.state == "effected"),
        html! { strong { "Takes effect" } },
    );
    step(merger.abandoned_on.as_ref(), html! { strong { "Given up" } });
    steps.sort_by(|one, other| one.0.cmp(&other.0));
    let titles = ["when", "what"].map(str::to_owned);
    let rows: Vec<_> = steps.into_iter().map(|(_order, day, what)| vec![html! { (day) }, what]).collect();
    html! { @if !rows.is_empty() { section { h2 { "How it came to this" } (table("The way of it, the earliest first", &titles, &rows)) } } }
}

/// What bodies chose, those together who chose the same by the same day.
fn chosen(legs: &[MergerLeg]) -> Vec<Vec<(&MergerLeg, &MergerChoice)>> {
    let mut groups: Vec<Vec<(&MergerLeg, &MergerChoice)>> = Vec::new();
    for (leg, choice) in legs.iter().flat_map(|leg| leg.choices.iter().map(move |choice| (leg, choice))) {
        let is_same = |group: &&mut Vec<(&MergerLeg, &MergerChoice)>| {
            group.first().is_some_and(|(_leg, first)| {
                first.choice == choice.choice && first.decided_on == choice.decided_on
            })
        };
        match groups.iter_mut().find(is_same) {
            Some(group) => group.push((leg, choice)),
            None => groups.push(vec![(leg, choice)]),
        }
    }
    groups
}

/// That somebody applied; and by whom and how that was decided.
fn application(viewed: &Viewed, it: &MergerApplication, names: &Names) -> (Markup, Markup) {
    let applicants: Vec<_> =
        it.applicants.iter().map(|body| names.get(body).map_or_else(|| slug(body), str::to_owned)).collect();
    let applied = html! {
        "Application " (it.number) " to NHS England by " (applicants.join(", ")) (why(viewed, &it.why))
        @for change in &it.changes { "; " (change) }
    };
    let decided = html! {
        "NHS England decides on application " (it.number) ": " strong { (words(&it.outcome)) }
        @if it.reasons.is_some() { ". Reasons: " (text(it.reasons.as_ref())) }
    };
    (applied, decided)
}
