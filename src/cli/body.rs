use super::context::Context;
use super::show;
use super::view::ViewArgs;
use crate::client::RegisterClient;
use crate::proto::{
    self, Body, CodeHeld, GetBodyRequest, GetBodyResponse, JoinedDate, NameHeld, SuccessionLink,
};
use owo_colors::OwoColorize as _;
use std::collections::BTreeSet;

/// Shows a body as a view sees it: names, codes, life, area, who came before and after, each with the entries
/// that say so. A code that has meant different things is answered for the day; the others are named.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook body 04K --as-at 2020-03-31
  minutebook body 52R --as-at 2019-07-05 --known-at 2019-07-05 --reported")]
pub(crate) struct Args {
    /// An id (body/04K) or a code (04K, ods:04K, ons:E38000132).
    #[arg(value_name = "CODE")]
    body: String,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let request = GetBodyRequest { body: self.body, view: Some(self.view.to_wire()) };
        let found = context.ask(RegisterClient::get_body, request).await?;
        context.answer(&found, show_found)
    }
}

fn show_found(found: &GetBodyResponse) -> anyhow::Result<()> {
    if let Some(body) = &found.body {
        show_body(body)?;
    }
    if !found.others.is_empty() {
        show::line("")?;
        show::line("The code has meant, or will mean, other bodies too:")?;
    }
    for other in &found.others {
        let opened = other.opened.as_ref().and_then(|opened| opened.value.as_ref());
        let opened = show::date_or(opened, "not stated");
        show::sentence(format!("  {}  {} ({}, opened {opened})", other.id, other.name, other.kind))?;
    }
    Ok(show::findings(&found.findings)?)
}

/// A body, in lines.
fn show_body(body: &Body) -> anyhow::Result<()> {
    show::sentence(format!("{}  {}", show::title(&body.id), show::title(&body.name)))?;
    if body.short_name != body.name {
        show::field_if("short name", &body.short_name)?;
    }
    show::field_if("kind", &body.kind)?;
    show::field("life", show::life(body))?;
    if let Some(opened) = &body.opened {
        show::field("opened", joined(opened))?;
    }
    if let Some(closed) = &body.closed {
        let is_over = body.life() == proto::Life::Closed;
        let exact = closed.value.as_ref().filter(|closed| closed.earliest == closed.latest);
        let last = exact.map(|closed| format!("last day {}; first day after it ", show::end(closed)));
        let (name, last) = (if is_over { "closed" } else { "closes" }, last.unwrap_or_default());
        show::field(name, format!("{last}{}", joined(closed)))?;
    }
    show_names(&body.names)?;
    show_once("code", body.codes.iter().map(|code| (code_line(code), code.position)))?;
    show::field_if("area", &body.units.join(" "))?;
    show::field_if("perhaps also", &body.units_perhaps.join(" "))?;
    show::field_if("part of", &body.part_of)?;
    for link in &body.predecessors {
        show::field("came from", link_line(link))?;
    }
    for link in &body.successors {
        show::field("followed by", link_line(link))?;
    }
    Ok(())
}

/// Names, where there is more than the one in the title.
fn show_names(names: &[NameHeld]) -> anyhow::Result<()> {
    let distinct: BTreeSet<_> = names.iter().map(|held| &held.name).collect();
    if distinct.len() < 2 {
        return Ok(());
    }
    show_once("name", names.iter().map(|held| (name_line(held), held.position)))
}

fn name_line(held: &NameHeld) -> String {
    let from = held.from.as_ref();
    let from = from.map_or_else(|| "at first".to_owned(), |from| format!("from {}", show::date(from)));
    let short = if held.is_short { ", the register's short form" } else { "" };
    format!("{}  {}{}", held.name, format!("{from}{short}").dimmed(), show::mark(&held.standing))
}

fn code_line(code: &CodeHeld) -> String {
    let from = code.from.as_ref().map(|from| format!(" from {}", show::date(from))).unwrap_or_default();
    let until = show::to(code.until.as_ref());
    let role = if code.role.is_empty() { String::new() } else { format!(" as {}", code.role) };
    format!("{}:{}{role}{from}{until}", code.scheme, code.value)
}

/// What several entries say alike is shown once, with all of them.
fn show_once(name: &str, said: impl Iterator<Item = (String, u64)>) -> anyhow::Result<()> {
    let mut lines: Vec<(String, Vec<u64>)> = Vec::new();
    for (text, position) in said {
        match lines.iter_mut().find(|(known, _why)| *known == text) {
            Some((_known, why)) => why.push(position),
            None => lines.push((text, vec![position])),
        }
    }
    for (text, why) in lines {
        show::field(name, format!("{text}  {}", show::why(&why)))?;
    }
    Ok(())
}

fn link_line(link: &SuccessionLink) -> String {
    let units =
        if link.units.is_empty() { String::new() } else { format!(", units {}", link.units.join(" ")) };
    let when = show::date_or(link.effective.as_ref(), "not stated");
    let sources = show::by(&link.sources);
    let units = if link.inferred.is_empty() { units } else { format!("{units}, INFERRED") };
    format!("{} {} ({}, {when}{units}){sources}  {}", link.body, link.name, link.kind, show::why(&link.why))
}

/// A date as all who stated it leave it: what holds, and who says otherwise; where nothing holds, what each source says.
fn joined(joined: &JoinedDate) -> String {
    let otherwise = joined.said_otherwise.iter();
    let otherwise: Vec<_> = otherwise
        .map(|it| {
            format!(
                "{}{} {}",
                show::date_or(it.date.as_ref(), "not stated"),
                show::by(&it.sources),
                show::why(&[it.position])
            )
        })
        .collect();
    let Some(value) = &joined.value else {
        return format!("{}: {}", "not known, since the sources differ".yellow(), otherwise.join(", or "));
    };
    let mut text =
        format!("{}{}  {}", show::date(value), show::mark(&joined.standing), show::why(&joined.why));
    if !otherwise.is_empty() {
        text.push_str(&format!(", {} {}", "but otherwise said:".yellow(), otherwise.join(", ")));
    }
    text
}
