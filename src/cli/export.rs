//! The book in the shapes that others read.

use super::context::Context;
use super::exit::Usage;
use super::show;
use super::view::ViewArgs;
use crate::client::{Client, KnownLedger, RegisterClient};
use crate::export;
use crate::proto::{Answered, Body, Life, ListBodiesRequest};
use anyhow::Context as _;
use minutebook_governance::Date;
use minutebook_log::{Entry, Position};

/// Prints what the book says in the shapes that others read. What the book does not hold is absent.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// The record of a code as NHS ODS publishes it (ORD API 2-0-0), as JSON.
    Ods(OdsArgs),
    /// The bodies that there were, as CSV with the columns that `import` reads.
    Bodies(BodiesArgs),
    /// Who followed whom, as CSV with the columns that `import` reads.
    Successions(SuccessionsArgs),
}

/// The record of an ODS code as at a day, as known on another: name, roles, legal and operational dates, who came before
/// and after. Beside it (`minutebook`) stands what ODS has no room for: how they followed, and the entries that say so.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook export ods 52R --as-at 2021-04-01
  minutebook export ods body/04K --known-at 2019-07-05")]
pub(crate) struct OdsArgs {
    /// A code (04K, ods:04K) or a body's id (body/04K).
    #[arg(value_name = "CODE")]
    body: String,
    #[command(flatten)]
    view: ViewArgs,
}

/// Every body that is known by its ODS code, places apart, as CSV: code, kind, name, from, until, registered, unit, ons,
/// source.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  minutebook export bodies --known-at 2019-07-05 > bodies.csv")]
pub(crate) struct BodiesArgs {
    #[command(flatten)]
    view: ViewArgs,
}

/// Every succession that is known, as CSV: predecessor, successor, effective, kind, units, source.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  minutebook export successions --known-at 2019-07-05 > successions.csv")]
pub(crate) struct SuccessionsArgs {
    #[command(flatten)]
    view: ViewArgs,
}

impl Command {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        match self {
            Command::Ods(args) => args.run(context).await,
            Command::Bodies(args) => args.run(context).await,
            Command::Successions(args) => args.run(context).await,
        }
    }
}

impl OdsArgs {
    async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (mut client, known) = context.connect().await?;
        let (bodies, answered) = all_bodies(context, &mut client, &known, &self.view).await?;
        let code = code_of(&self.body, &bodies)?;
        let is_listed =
            |body: &&Body| body.codes.iter().any(|held| held.scheme == "ods" && held.value == code);
        let last = bodies.iter().filter(is_listed).flat_map(|body| &body.why).max();
        let changed = match last {
            Some(last) => Some(recorded_on(&mut client, Position(*last)).await?),
            None => None,
        };
        let record = export::organisation(&bodies, &code, &answered, changed);
        let record = record.with_context(|| {
            format!("{} has no body with the ODS code {code} in this view", known.ledger.origin)
        })?;
        let unknown = bodies.iter().filter(is_listed).filter(|body| body.life() == Life::Unknown);
        for body in unknown {
            let why = "whether it is active is not known: its dates are missing, imprecise, or contradict";
            show::say(format!("{} {why}. The form has no word for that: Status is left out", body.id));
        }
        show::json(&record)
    }
}

impl BodiesArgs {
    async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (mut client, known) = context.connect().await?;
        let (bodies, answered) = all_bodies(context, &mut client, &known, &self.view).await?;
        let table = export::bodies(&bodies, source(&known).as_str(), &answered)?;
        Ok(show::line(table.trim_end())?)
    }
}

impl SuccessionsArgs {
    async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (mut client, known) = context.connect().await?;
        let (bodies, answered) = all_bodies(context, &mut client, &known, &self.view).await?;
        let table = export::successions(&bodies, source(&known).as_str(), &answered)?;
        Ok(show::line(table.trim_end())?)
    }
}

fn source(known: &KnownLedger) -> String {
    known.ledger.origin.clone()
}

/// Every body that the view knows, open or not.
async fn all_bodies(
    context: &Context,
    client: &mut Client,
    known: &KnownLedger,
    view: &ViewArgs,
) -> anyhow::Result<(Vec<Body>, Answered)> {
    let view = Some(view.to_wire());
    let request = ListBodiesRequest { view, include_closed: true, ..ListBodiesRequest::default() };
    let found = context.all(client, known, RegisterClient::list_bodies, request).await?;
    Ok((found.bodies, found.answered.unwrap_or_default()))
}

/// The ODS code that is meant: as it is written, or the one that a body had last.
fn code_of(written: &str, bodies: &[Body]) -> anyhow::Result<String> {
    let Some(body) = bodies.iter().find(|body| body.id == written) else {
        return match written.strip_prefix("ods:").unwrap_or(written) {
            code if code.contains(['/', ':']) => {
                Err(Usage(format!("no body {code} with an ODS code is known")).into())
            }
            code => Ok(code.to_owned()),
        };
    };
    let held = body.codes.iter().rev().find(|held| held.scheme == "ods");
    held.map(|held| held.value.clone()).with_context(|| format!("{written} has no ODS code in this view"))
}

async fn recorded_on(client: &mut Client, position: Position) -> anyhow::Result<Date> {
    let held = client.entry(position).await?;
    Ok(Date::of(Entry::parse(&held.bytes)?.recorded))
}
