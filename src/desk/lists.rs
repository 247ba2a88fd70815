//! Lists: bodies, people, findings; and every question that is asked by its description alone.

use super::blocks::{next_page, sheet};
use super::layout::Page;
use super::linked::{why, words_of};
use super::search::{bodies, body_rows, counted, people_rows};
use super::shell::carried;
use super::trouble::Trouble;
use super::viewed::Viewed;
use super::visit::Visit;
use crate::described::{argument, comment_on_field, comment_on_method, questions};
use crate::proto::{Answered, Finding, ListFindingsRequest, ListPeopleRequest, Scope};
use crate::shown::phrases::capitalised;
use crate::shown::said::answered;
use crate::shown::{Names, Sheet};
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MethodDescriptor, Value};

/// How many rows stand on a page.
const ROWS: i32 = 100;

/// The bodies, or those with some words in their names.
pub(super) async fn all_bodies(visit: Visit) -> Result<Response, Trouble> {
    let ledger = visit.ledger().await?;
    let found = bodies(&visit, visit.query.get("words"), visit.query.get("page")).await?;
    let caption = counted(
        "Bodies, those that have ended among them",
        found.bodies.len(),
        !found.next_page_token.is_empty(),
    );
    let content = html! {
        form.inline action="/bodies" method="get" {
            label for="words" { "Words of a name, or a code" }
            input #words name="words" type="text" value=(visit.query.get("words"));
            (carried(&visit.viewed))
            button type="submit" { "Show" }
        }
        @if found.bodies.is_empty() { p { (none(found.answered.as_ref())) } }
        @else { (body_rows(&visit.viewed, &caption, &found.bodies)) }
        (next_page(&visit, &found.next_page_token))
    };
    let page = Page {
        title: "Bodies".to_owned(),
        caption: String::new(),
        answered: found.answered.as_ref(),
        feed: String::new(),
        content,
    };
    Ok(page.render(&visit, &ledger))
}

/// The people, or those with some words in their names.
pub(super) async fn all_people(visit: Visit) -> Result<Response, Trouble> {
    let ledger = visit.ledger().await?;
    let request = ListPeopleRequest {
        who: visit.query.get("words").to_owned(),
        page_token: visit.query.get("page").to_owned(),
        page_size: ROWS,
        view: Some(visit.viewed.to_wire()),
    };
    let found = visit.register().list_people(visit.request(request)).await?.into_inner();
    let caption = counted("People", found.people.len(), !found.next_page_token.is_empty());
    let content = html! {
        form.inline action="/people" method="get" {
            label for="words" { "Words of a name" }
            input #words name="words" type="text" value=(visit.query.get("words"));
            (carried(&visit.viewed))
            button type="submit" { "Show" }
        }
        @if found.people.is_empty() { p { (none(found.answered.as_ref())) } }
        @else { (people_rows(&visit.viewed, &caption, &found.people)) }
        (next_page(&visit, &found.next_page_token))
    };
    let page = Page {
        title: "People".to_owned(),
        caption: String::new(),
        answered: found.answered.as_ref(),
        feed: String::new(),
        content,
    };
    Ok(page.render(&visit, &ledger))
}

/// What rules were broken, and what contradicts what.
pub(super) async fn all_findings(visit: Visit) -> Result<Response, Trouble> {
    let ledger = visit.ledger().await?;
    let request = ListFindingsRequest {
        page_size: ROWS,
        page_token: visit.query.get("page").to_owned(),
        view: Some(visit.viewed.to_wire()),
        rule: visit.query.get("rule").to_owned(),
        subject: visit.query.get("subject").to_owned(),
    };
    let found = visit.register().list_findings(visit.request(request)).await?.into_inner();
    let content = html! {
        p { "A finding says that a rule was broken, or that statements contradict each other. What was recorded stands all the same." }
        @if found.findings.is_empty() { p { (none(found.answered.as_ref())) } }
        (findings(&visit.viewed.naming(Names::of(found.answered.as_ref())), &found.findings))
        (next_page(&visit, &found.next_page_token))
    };
    let page = Page {
        title: "Findings".to_owned(),
        caption: String::new(),
        answered: found.answered.as_ref(),
        feed: String::new(),
        content,
    };
    Ok(page.render(&visit, &ledger))
}

/// Findings, one after the other.
pub(super) fn findings(viewed: &Viewed, findings: &[Finding]) -> Markup {
    html! {
        ul.findings {
            @for it in findings {
                li {
                    p { strong { (words_of(viewed, &it.subject)) } ": " (words_of(viewed, &it.found)) (why(viewed, &it.why)) }
                    @if !it.answered_by.is_empty() { p { strong { "Answered" } " by" (why(viewed, &it.answered_by)) } }
                    p.note { "Needed: " (words_of(viewed, &it.needed)) ". " (it.says) " [" (it.rule) "; " (it.source) "]" }
                }
            }
        }
    }
}

/// A question that is asked by its description: what it takes as a form, and its answer.
pub(super) async fn described_list(visit: Visit, Path(name): Path<String>) -> Result<Response, Trouble> {
    let Some((question, asked)) = questions().find(|(_question, asked)| asked.command == name) else {
        return Err(Trouble::Unknown(format!("There is no list “{name}” here.")));
    };
    let ledger = visit.ledger().await?;
    let arguments: Vec<_> =
        question.input().fields().filter_map(|field| Some((argument(&field)?, field))).collect();
    let missing = arguments
        .iter()
        .find(|(how, field)| !how.is_option && !how.is_optional && visit.query.get(field.name()).is_empty());
    let title = capitalised(&asked.command);
    if missing.is_some() {
        let content = html! {
            p { (comment_on_method(&question)) }
            (form(&visit, &name, arguments.iter().map(|(_how, field)| field)))
        };
        return Ok(Page { title, caption: String::new(), answered: None, feed: String::new(), content }
            .render(&visit, &ledger));
    }
    let answer = visit.ask(&question, request(&visit, &question)?).await?;
    let answered = answered(&answer);
    let names = Names::of(answered.as_ref());
    let shown = Sheet::of(&answer, &asked.title, &names);
    let token = text(&answer, "next_page_token");
    let content = html! {
        (sheet(&visit.viewed, &shown, none(answered.as_ref())))
        (next_page(&visit, &token))
        @if !arguments.is_empty() { h2 { "Ask otherwise" } (form(&visit, &name, arguments.iter().map(|(_how, field)| field))) }
    };
    let title = capitalised(&shown.title);
    Ok(Page { title, caption: String::new(), answered: answered.as_ref(), feed: String::new(), content }
        .render(&visit, &ledger))
}

fn form<'a>(visit: &Visit, name: &str, fields: impl Iterator<Item = &'a FieldDescriptor>) -> Markup {
    html! {
        form.panel action=(format!("/list/{name}")) method="get" {
            @for field in fields {
                @let id = format!("ask-{}", field.name());
                @if field.kind() == Kind::Bool {
                    div.choice {
                        input id=(id) name=(field.name()) type="checkbox" value="yes" checked[visit.query.get(field.name()) == "yes"];
                        label for=(id) { (comment_on_field(field)) }
                    }
                } @else {
                    label for=(id) { (capitalised(&field.name().replace('_', " "))) }
                    p.hint id=(format!("{id}-hint")) { (comment_on_field(field)) }
                    input id=(id) name=(field.name()) type="text" value=(visit.query.get(field.name())) aria-describedby=(format!("{id}-hint"));
                }
            }
            (carried(&visit.viewed))
            button type="submit" { "Show" }
        }
    }
}

/// The question with what the address says.
fn request(visit: &Visit, question: &MethodDescriptor) -> Result<DynamicMessage, Trouble> {
    let mut request = DynamicMessage::new(question.input());
    for field in question.input().fields().filter(|field| argument(field).is_some()) {
        let given = visit.query.get(field.name());
        let value = match field.kind() {
            Kind::Bool => Value::Bool(given == "yes"),
            _ if given.is_empty() => continue,
            _ if field.is_list() => Value::List(vec![Value::String(given.to_owned())]),
            _ => Value::String(given.to_owned()),
        };
        request
            .try_set_field(&field, value)
            .map_err(|why| Trouble::wrong(field.name(), format!("{}: {why}", field.name())))?;
    }
    if question.input().get_field_by_name("page_size").is_some() {
        request.set_field_by_name("page_size", Value::I32(ROWS));
        request.set_field_by_name("page_token", Value::String(visit.query.get("page").to_owned()));
    }
    Ok(request)
}

/// A text of a message; empty where it has none of that name.
pub(super) fn text(message: &DynamicMessage, name: &str) -> String {
    let value = message.get_field_by_name(name);
    value.as_deref().and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// That there is nothing, and what would count more.
pub(super) fn none(answered: Option<&Answered>) -> &'static str {
    match answered.map(Answered::scope) {
        Some(Scope::Reported) => "None, as far as acts, registers and reports say.",
        _ => {
            "None, by acts and registers. Whether papers or the press report some is not looked at: count reports too, above."
        }
    }
}
