//! The demo: a story played through a server of its own, and what a person wants to know of it. England's commissioners
//! 2013 to 2026 as a register reports them with one merger as acts (Nottinghamshire's, or another by name), or what five
//! documents report.

// From the ground up: a module imports only from those listed before it.
mod scene;
pub use scene::Scene;
mod roles;
pub mod england;
pub mod seeds;
pub mod story;
mod cast;
pub use cast::Cast;

mod play;
pub use play::{SceneWriter, play_into_book};

mod folder;

mod example;
mod host;
mod player;

mod outcome;
mod questions;
mod handover;

mod lines;
mod ending;
mod page;
mod telling;
mod hearing;
mod documents;

use crate::client::Client;
use crate::client::memory::Memory;
use crate::keyfile;
use crate::proto::Scope;
use anyhow::Context as _;
use clap::builder::{PossibleValue, PossibleValuesParser};
use documents::Reading;
use folder::Folders;
use host::Host;
use minutebook_governance::Date;
use outcome::{End, LedgerPlace, Outcome, Played, Verified};
use questions::Questions;
use serde::Serialize;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Instant;
use story::{Plot, Story};
use telling::{Telling, tell};

/// The name of the ledger that the demo opens for England.
pub const ORIGIN: &str = story::ENGLAND;

/// What `minutebook demo` takes.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "\
Example:
  minutebook demo                                plays, prints, and keeps serving until Ctrl-C
  minutebook demo --once --json | jq .head       for a program
  minutebook demo --story kent-and-medway        another merger, told day by day
  minutebook demo --story seeds                  five documents, and what must not follow from them
  minutebook demo --dir book --listen 127.0.0.1:7500")]
pub struct Args {
    /// Where the ledger goes, a folder that is empty or new; its keys go to DIR.keys [default: ./demo-ledger,
    /// or the next number that is free]
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// Stops once the result is printed.
    #[arg(long)]
    pub once: bool,
    /// Which story is played.
    #[arg(long, value_name = "NAME", default_value = "nottinghamshire",
        value_parser = PossibleValuesParser::new(
            story::STORIES.map(|story| PossibleValue::new(story.name).help(story.title))))]
    pub story: String,
    /// Where the server listens [default: 127.0.0.1:7419, or any free port if that is taken]
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
}

/// What a story shows at its end.
#[derive(Serialize)]
#[serde(untagged)]
enum Told {
    England(Box<Outcome>),
    Merger(Telling),
    Documents(Reading),
}

/// Plays the demo and prints what it found: for people, or with `json` as one object.
///
/// # Errors
/// The folder or the address is taken, or anything that should not happen: a refusal, an entry that does not
/// verify.
pub async fn run(args: &Args, json: bool) -> anyhow::Result<()> {
    let started = Instant::now();
    // First of all, since a taken address leaves no folders behind.
    let listener = host::listen_on(args.listen).await?;
    let folders = Folders::make(args.dir.as_deref())?;
    let story = Story::named(&args.story).context("no story has that name")?;
    let cast = Cast::of(story, |role| keyfile::create(&folders.keys.join(format!("{role}.pem"))))?;
    let opening = SceneWriter::new(&cast).open(&story.origin().parse()?)?;
    let host = Host::start(&folders, &opening, listener).await?;
    let mut client = Client::connect(&host.url(), Memory::of_user()).await?;
    let scenes = script(&cast)?;
    player::play(&mut client, &cast, &scenes).await?;
    if let (Plot::England(_), Some(last)) = (&story.plot, scenes.last()) {
        example::write(&folders, Date::of(last.time))?;
    }
    let place = LedgerPlace {
        dir: folders.ledger,
        keys: folders.keys,
        origin: story.origin().to_owned(),
        server: host.url(),
    };
    let told = ask(&mut client, story, place, started).await?;
    drop(client);
    if json {
        lines::print_as_json(&told)?;
    } else {
        told.print()?;
    }
    if args.once {
        return host.stop().await;
    }
    if !json {
        told.print_next_steps(story, host.is_at_the_usual_address())?;
    }
    host.serve().await
}

impl Told {
    fn print(&self) -> io::Result<()> {
        match self {
            Told::England(outcome) => page::print(outcome),
            Told::Merger(telling) => telling.print(),
            Told::Documents(reading) => reading.print(),
        }
    }

    /// Says what to try while the server runs.
    fn print_next_steps(&self, story: &Story, is_at_the_usual_address: bool) -> io::Result<()> {
        match (self, &story.plot) {
            (Told::England(outcome), _) => page::print_next_steps(outcome, is_at_the_usual_address),
            (Told::Merger(telling), Plot::England(merger) | Plot::Merger(merger)) => {
                telling.print_next_steps(merger, is_at_the_usual_address)
            }
            (Told::Documents(reading), _) => reading.print_next_steps(is_at_the_usual_address),
            (Told::Merger(_), Plot::Documents) => Ok(()),
        }
    }
}

/// Everything in the order in which it became known: who may sign, what the register reports, what was done.
///
/// # Errors
/// A file of `data/` is not as its README describes it.
pub fn script(cast: &Cast) -> anyhow::Result<Vec<Scene>> {
    let (story, register, others) = (cast.story(), cast.register_scenes()?, cast.other_scenes()?);
    let mut scenes = [register, others, story.backdrop()?, story.scenes()?].concat();
    scenes.sort_by_key(|scene| scene.time);
    Ok(scenes)
}

/// Reads the log back, and asks what the story is about.
async fn ask(
    client: &mut Client,
    story: &Story,
    place: LedgerPlace,
    started: Instant,
) -> anyhow::Result<Told> {
    let report = player::read_back(client).await?;
    let mut questions = Questions { client, record: report.book.record() };
    let scope = match &story.plot {
        Plot::England(_) | Plot::Merger(_) => Scope::Enacted,
        Plot::Documents => Scope::Reported,
    };
    let mut played = Played {
        re_enactment: true,
        story: story.name.to_owned(),
        title: story.title.to_owned(),
        ledger: place,
        entries: report.head.size,
        took_ms: 0,
        findings: questions.findings(scope).await?,
        head: End { position: report.head.size.saturating_sub(1), hash: report.head.hash.to_string() },
        verified: Verified { entries: report.replayed, verdict: "verified".to_owned() },
    };
    played.took_ms = started.elapsed().as_millis();
    Ok(match &story.plot {
        Plot::England(_) => Told::England(Box::new(Outcome {
            played,
            commissioners: questions.commissioners().await?,
            rushcliffe: questions.rushcliffe().await?,
            bracknell: questions.bracknell().await?,
            accountable_officer: questions.accountable_officer().await?,
            handover: questions.handover().await?,
        })),
        Plot::Merger(merger) => Told::Merger(tell(client, story, merger, played).await?),
        Plot::Documents => Told::Documents(documents::read(questions, played).await?),
    })
}
