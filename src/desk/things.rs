//! A page for each thing that a question answers about: consultations, committees, delegations, partnerships, keys.

use super::blocks::{next_page, sheet};
use super::layout::Page;
use super::lists::{none, text};
use super::trouble::Trouble;
use super::viewed::Viewed;
use super::visit::Visit;
use crate::described::register_question;
use crate::shown::said::answered;
use crate::shown::{Names, Sheet};
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use prost_reflect::{DynamicMessage, Value};

/// A kind of thing.
#[derive(Debug, Clone, Copy)]
struct Thing {
    /// What its ids begin with, and the member of a request that has one.
    kind: &'static str,
    /// The question about it.
    question: &'static str,
    /// How people call it.
    called: &'static str,
    /// The lists that are of it, with how they are called.
    lists: &'static [(&'static str, &'static str, &'static str)],
}

const THINGS: [Thing; 6] = [
    Thing {
        kind: "consultation",
        question: "GetConsultation",
        called: "Consultation",
        lists: &[("/decisions", "subject", "Decisions about it")],
    },
    Thing {
        kind: "committee",
        question: "GetCommittee",
        called: "Committee",
        lists: &[
            ("/list/delegations", "subject", "Delegations of and to it"),
            ("/decisions", "subject", "Its decisions"),
        ],
    },
    Thing { kind: "delegation", question: "GetDelegation", called: "Delegation", lists: &[] },
    Thing {
        kind: "partnership",
        question: "GetPartnership",
        called: "Partnership",
        lists: &[
            ("/list/stated", "subject", "What is stated about it"),
            ("/list/delegations", "subject", "Delegations to it"),
        ],
    },
    Thing { kind: "key", question: "GetKey", called: "Key", lists: &[] },
    Thing {
        kind: "appointment",
        question: "GetJointAppointment",
        called: "Joint appointment",
        lists: &[("/decisions", "subject", "Decisions about it")],
    },
];

/// Questions about a body whose answers are told whole: the name in the address, the question, and the member that says of whom.
const WHOLE: [(&str, &str, &str, &str); 2] = [
    ("powers", "GetPowers", "body", "Who may decide what"),
    ("interests", "ListInterests", "subject", "Registers of interests"),
];

/// The answer to a question about a body, whole.
pub(super) async fn whole(visit: Visit, Path(name): Path<String>) -> Result<Response, Trouble> {
    let Some((_name, question, member, called)) = WHOLE.iter().find(|(known, ..)| *known == name) else {
        return Err(Trouble::Unknown(format!("There is no page “{name}” here.")));
    };
    let of = visit.query.get(member).to_owned();
    if of.is_empty() {
        return Err(Trouble::wrong(member, "Say of whom: by an id, a code or words of a name."));
    }
    let ledger = visit.ledger().await?;
    let missing = || Trouble::Fault(format!("{question} is no question"));
    let question = register_question(question).ok_or_else(missing)?;
    let mut request = DynamicMessage::new(question.input());
    request.set_field_by_name(member, Value::String(of.clone()));
    if question.input().get_field_by_name("page_token").is_some() {
        request.set_field_by_name("page_token", Value::String(visit.query.get("page").to_owned()));
    }
    let answer = visit.ask(&question, request).await?;
    let answered = answered(&answer);
    let names = Names::of(answered.as_ref());
    let mut found = Sheet::whole(&answer, "", &names);
    found.values.retain(|(name, value)| name != "next page token" && value.to_string() != name_of(&of));
    let is_empty = found.values.is_empty() && found.parts.is_empty();
    let content = html! {
        @if is_empty { p { (none(answered.as_ref())) } }
        (sheet(&visit.viewed, &found, none(answered.as_ref())))
        (next_page(&visit, &text(&answer, "next_page_token")))
    };
    let title = format!("{called}, {}", names.get(&of).unwrap_or(&of));
    Ok(Page { title, caption: String::new(), answered: answered.as_ref(), feed: String::new(), content }
        .render(&visit, &ledger))
}

/// The kinds of which each thing has a page.
pub(super) fn kinds() -> impl Iterator<Item = &'static str> {
    THINGS.iter().map(|thing| thing.kind)
}

pub(super) async fn page(visit: Visit, Path(name): Path<String>) -> Result<Response, Trouble> {
    let kind = visit.path.split('/').nth(1).unwrap_or_default().to_owned();
    let Some(thing) = THINGS.iter().find(|thing| thing.kind == kind) else {
        return Err(Trouble::Unknown(format!("There are no pages of “{kind}” here.")));
    };
    let ledger = visit.ledger().await?;
    let answer = ask(&visit, thing, &name).await?;
    let answered = answered(&answer);
    let names = Names::of(answered.as_ref());
    let id = format!("{kind}/{name}");
    let found = within(&answer).unwrap_or(&answer);
    let mut whole = Sheet::whole(found, "", &names);
    // Its own id is in the heading; what can be recorded next is for those who record.
    whole.values.retain(|(name, value)| value.to_string() != name_of(&id) && name != "possible");
    let title = ["name", "title", "topic", "proposed_name", "label"]
        .iter()
        .map(|name| text(found, name))
        .find(|text| !text.is_empty());
    let title = title.or_else(|| names.get(&id).map(str::to_owned)).unwrap_or_else(|| name.clone());
    let content = html! {
        (sheet(&visit.viewed, &whole, "Nothing is known of it."))
        (further(&visit.viewed, &id, thing.lists))
    };
    let caption = format!("{} {name}", thing.called);
    Ok(Page { title, caption, answered: answered.as_ref(), feed: String::new(), content }
        .render(&visit, &ledger))
}

/// A document that is registered: it has no question of its own, and stands in the list of all.
pub(super) async fn document(visit: Visit, Path(name): Path<String>) -> Result<Response, Trouble> {
    let ledger = visit.ledger().await?;
    let id = format!("document/{name}");
    let missing = || Trouble::Fault("ListDocuments is no question".to_owned());
    let question = register_question("ListDocuments").ok_or_else(missing)?;
    let mut request = DynamicMessage::new(question.input());
    request.set_field_by_name("words", Value::String(id.clone()));
    let answer = visit.ask(&question, request).await?;
    let answered = answered(&answer);
    let listed = answer.get_field_by_name("documents");
    let listed = listed.as_deref().and_then(Value::as_list).unwrap_or_default();
    let found = listed.iter().filter_map(Value::as_message).find(|document| text(document, "id") == id);
    let unknown =
        || Trouble::Unknown(format!("No document “{name}” is known here, as far as this view sees."));
    let found = found.ok_or_else(unknown)?;
    let names = Names::of(answered.as_ref());
    let mut whole = Sheet::whole(found, "", &names);
    whole.values.retain(|(_name, value)| value.to_string() != id && value.to_string() != name);
    let content = html! {
        (sheet(&visit.viewed, &whole, "Nothing is known of it."))
        (further(&visit.viewed, &id, &[("/list/stated", "subject", "What is stated about it")]))
    };
    let (title, caption) = (format!("Document {name}"), "Document".to_owned());
    Ok(Page { title, caption, answered: answered.as_ref(), feed: String::new(), content }
        .render(&visit, &ledger))
}

/// What comes after the kind in an id.
fn name_of(id: &str) -> &str {
    id.split_once('/').map_or(id, |(_kind, name)| name)
}

async fn ask(visit: &Visit, thing: &Thing, name: &str) -> Result<DynamicMessage, Trouble> {
    let missing = || Trouble::Fault(format!("{} is no question", thing.question));
    let question = register_question(thing.question).ok_or_else(missing)?;
    let mut request = DynamicMessage::new(question.input());
    // A key goes by itself, everything else by its id.
    let id = if thing.kind == "key" { name.to_owned() } else { format!("{}/{name}", thing.kind) };
    request.set_field_by_name(thing.kind, Value::String(id));
    visit.ask(&question, request).await
}

/// The one message in which an answer says everything, where it does.
fn within(answer: &DynamicMessage) -> Option<&DynamicMessage> {
    let mut messages = answer.fields().filter(|(field, _value)| field.name() != "answered");
    match (messages.next(), messages.next()) {
        (Some((_field, value)), None) => value.as_message(),
        _ => None,
    }
}

/// Where there is more about something.
pub(super) fn further(viewed: &Viewed, id: &str, lists: &[(&str, &str, &str)]) -> Markup {
    html! {
        section.more {
        h2 { "More about it" }
        ul.links {
            @for (path, member, words) in lists {
                li { a href=(viewed.link_with(path, &[(member, id)])) { (words) } }
            }
            li { a href=(viewed.link_with("/about", &[("of", id)])) { "Every entry about it" } }
        }
        }
    }
}
