use super::context::Context;
use super::exit::Usage;
use super::show;
use super::view::ViewArgs;
use crate::client::{ClientError, RegisterClient};
use crate::meant::nearest;
use crate::proto::{GetGoverningBodyRequest, GetOfficeRequest, GetOfficeResponse, OfficeHolder, View};
use crate::shown::phrases::nobody;
use minutebook_governance::people::Office;
use owo_colors::OwoColorize as _;
use std::collections::BTreeSet;

/// Says who holds an office of a body on a day, how that is known, and whether it is vacant: without an office, of the one that
/// answers for the body, which is the accountable officer of a clinical commissioning group, and the chief executive of an integrated
/// care board.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook officer 04K --as-at 2019-07-04
  minutebook officer nottingham city
  minutebook officer body/52R chair --as-at 2020-04-01
  minutebook officer 04K chief finance officer")]
pub(crate) struct Args {
    /// The body, by id, code or name; then the office, if another is meant. Without a body, that of the context in use.
    #[arg(value_name = "BODY [OFFICE]")]
    words: Vec<String>,
    /// The same, for who expects a flag.
    #[arg(long = "office", hide = true, value_name = "OFFICE", value_parser = office_called)]
    named_office: Option<Office>,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (body, office) = match self.named_office {
            Some(office) => (self.words.join(" "), Some(office)),
            None => body_and_office(&self.words),
        };
        let body = match (body.is_empty(), context.bodies.as_slice()) {
            (false, _) => body,
            (true, [one]) => one.clone(),
            (true, []) => return Err(Usage("which body? minutebook officer BODY [OFFICE]".to_owned()).into()),
            (true, several) => {
                let named = several.join(" or ");
                return Err(Usage(format!("of which body, {named}? minutebook officer BODY [OFFICE]")).into());
            }
        };
        let (name, view) = (body.clone(), Some(self.view.to_wire()));
        let office = office.map_or_else(String::new, |office| office.as_str().to_owned());
        let request = GetOfficeRequest { body, office, view: view.clone() };
        let found = context.ask(RegisterClient::get_office, request).await;
        let found = found.map_err(|error| with_office(error, &name))?;
        let is_unheld = found.holders.is_empty() && found.perhaps.is_empty();
        let others = if is_unheld { offices_of(context, &found, view).await? } else { BTreeSet::new() };
        context.answer(&found, |found| show_office(found, &others))
    }
}

/// The body that words name, and the office behind it, if they name one.
fn body_and_office(words: &[String]) -> (String, Option<Office>) {
    let at = |split: &usize| {
        let (body, office) = words.split_at_checked(*split)?;
        Some((body.join(" "), office_called(&office.join(" ")).ok()?))
    };
    let found = (0..words.len()).find_map(|split| at(&split));
    found.map_or_else(|| (words.join(" "), None), |(body, office)| (body, Some(office)))
}

/// The office that is called so: in any case, with blanks or underscores.
///
/// # Errors
/// There is none; which was probably meant, and which there are.
fn office_called(text: &str) -> Result<Office, String> {
    let word = text.trim().to_lowercase().replace([' ', '-'], "_");
    let found = Office::ALL.into_iter().find(|office| office.as_str() == word);
    found.ok_or_else(|| {
        let words = Office::ALL.map(Office::as_str);
        match nearest(&word, words) {
            Some(meant) => format!("did you mean {}?", show::words(meant)),
            None => format!("needed one of {}", words.map(show::words).join(", ")),
        }
    })
}

/// An error that says of what was taken for a part of the body's name which office it may be.
fn with_office(error: ClientError, name: &str) -> ClientError {
    let last = name.rsplit_once(' ').map(|(_body, last)| last);
    let meant = last.and_then(|last| nearest(last, Office::ALL.map(Office::as_str)));
    match (error, meant) {
        (ClientError::NotFound(said), Some(meant)) if !said.contains("did you mean") => {
            ClientError::NotFound(format!("{said}; did you mean the office {}?", show::words(meant)))
        }
        (error, _) => error,
    }
}

/// The offices of the body that the book knows a holder of.
async fn offices_of(
    context: &Context,
    found: &GetOfficeResponse,
    view: Option<View>,
) -> Result<BTreeSet<String>, ClientError> {
    let request = GetGoverningBodyRequest { body: found.body.clone(), view };
    let governing = context.ask(RegisterClient::get_governing_body, request).await?;
    Ok(governing.members.into_iter().flat_map(|member| member.offices).collect())
}

fn show_office(found: &GetOfficeResponse, others: &BTreeSet<String>) -> anyhow::Result<()> {
    show::sentence(show::title(format!(
        "{} of {}",
        show::words(&found.office),
        show::named(&found.body, found.answered.as_ref())
    )))?;
    for holder in &found.holders {
        show_holder(holder)?;
    }
    for holder in &found.perhaps {
        show::sentence(format!("  {}", "perhaps: it is not known for that day".yellow()))?;
        show_holder(holder)?;
    }
    if found.holders.is_empty() && (found.perhaps.is_empty() || found.is_vacant) {
        show::field("holder", format!("{}  {}", nobody(found), show::why(&found.why)))?;
    }
    if !others.is_empty() {
        let others: Vec<_> = others.iter().map(|office| show::words(office)).collect();
        show::field("known there", others.join(", "))?;
    }
    if !found.reports.is_empty() {
        let count = found.reports.len();
        let reports = if count == 1 { "1 report does".to_owned() } else { format!("{count} reports do") };
        show::field("but", format!("{reports}  {}: ask with --reported", show::why(&found.reports)))?;
    }
    Ok(())
}

/// A holder, in lines.
fn show_holder(holder: &OfficeHolder) -> anyhow::Result<()> {
    let name = if holder.name.is_empty() { "(name sealed or not known)" } else { &holder.name };
    let why = show::why(&holder.why);
    show::field(
        "holder",
        format!("{}  {}{}  {why}", show::title(name), holder.person, show::mark(&holder.standing)),
    )?;
    show::field_if("tenure", &holder.tenure)?;
    if let Some(from) = &holder.from {
        show::field("from", show::date(from))?;
    }
    if let Some(until) = &holder.until {
        show::field("to", show::end(until))?;
    }
    for seen in &holder.observations {
        let title = &seen.title_as_written;
        let title = if title.is_empty() { String::new() } else { format!(", as \"{title}\"") };
        show::field(
            "observed",
            format!("{}{title}", show::date_or(seen.observed_on.as_ref(), "not stated")),
        )?;
    }
    if holder.from.is_none() {
        show::field("from", "not stated")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_name_an_office_stand_behind_those_of_the_body() {
        let said = |line: &str| {
            let words: Vec<_> = line.split_whitespace().map(str::to_owned).collect();
            body_and_office(&words)
        };
        for (line, body, office) in [
            ("04K", "04K", None),
            ("nottingham city", "nottingham city", None),
            ("nottingham city chair", "nottingham city", Some(Office::Chair)),
            ("04K chief_finance_officer", "04K", Some(Office::ChiefFinanceOfficer)),
            ("04K Chief Finance Officer", "04K", Some(Office::ChiefFinanceOfficer)),
            ("deputy chair", "", Some(Office::DeputyChair)),
            ("", "", None),
        ] {
            assert_eq!(said(line), (body.to_owned(), office), "{line}");
        }
        assert_eq!(office_called("chiar"), Err("did you mean chair?".to_owned()));
        let lost = with_office(ClientError::NotFound("no body".to_owned()), "04K chiar").to_string();
        assert_eq!(lost, "no body; did you mean the office chair?");
    }
}
