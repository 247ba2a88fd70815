//! The demo: England's commissioners 2013 to 2025 as a register reports them, and one merger as acts
//! (Nottinghamshire's, or another by name), played through a server of its own, and what a person wants to know of both.

// From the ground up: a module imports only from those listed before it.
mod scene;
pub use scene::Scene;
mod roles;
pub mod story;
mod cast;
pub use cast::Cast;
pub mod england;
pub mod seeds;

mod play;
pub use play::{Author, play_into_book};

mod folder;

mod example;
mod host;
mod player;

mod outcome;
mod questions;

mod page;
mod telling;

use crate::client::Client;
use crate::client::memory::Memory;
use crate::keyfile;
use crate::ledger::{Clock as _, SystemClock};
use anyhow::Context as _;
use clap::builder::PossibleValuesParser;
use folder::Folders;
use host::Host;
use minutebook_governance::Date;
use outcome::{End, Outcome, Place, Verified};
use questions::Questions;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Instant;
use story::Story;
use telling::{Telling, tell};

/// The name of the ledger that the demo opens.
pub const ORIGIN: &str = "minutebook.example/england-2013-2025";

/// What `minutebook demo` takes.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "\
Example:
  minutebook demo                                plays, prints, and keeps serving until Ctrl-C
  minutebook demo --once --json | jq .head       for a program
  minutebook demo --story kent-and-medway        another merger, told day by day
  minutebook demo --dir book --listen 127.0.0.1:7500")]
pub struct Args {
    /// Where the ledger goes, a folder that is empty or new; its keys go to DIR.keys [default: ./demo-ledger,
    /// or the next number that is free]
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// Stops once the result is printed.
    #[arg(long)]
    pub once: bool,
    /// Which merger is played as acts beside England's register.
    #[arg(long, value_name = "NAME", default_value = "nottinghamshire",
        value_parser = PossibleValuesParser::new(story::STORIES.map(|story| story.name)))]
    pub story: String,
    /// Where the server listens [default: 127.0.0.1:7419, or any free port if that is taken]
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
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
    if story.name == story::NOTTINGHAMSHIRE.name {
        example::write(&folders, Date::of(SystemClock::new().now()))?;
    }
    let opening = Author::new(&cast).open(&ORIGIN.parse()?)?;
    let host = Host::start(&folders, &opening, listener).await?;
    let mut client = Client::connect(&host.url(), Memory::of_user()).await?;
    player::play(&mut client, &cast, &script(&cast)?).await?;
    if story.name != story::NOTTINGHAMSHIRE.name {
        let telling = tell(&mut client, &host, story, folders, started).await?;
        drop(client);
        return show_telling(&telling, story, host, args, json).await;
    }
    let outcome = ask(&mut client, &host, folders, started).await?;
    drop(client);
    if json {
        page::print_as_json(&outcome)?;
    } else {
        page::print(&outcome)?;
    }
    if args.once {
        return host.stop().await;
    }
    if !json {
        page::print_next_steps(&outcome, host.is_at_the_usual_address())?;
    }
    host.serve().await
}

async fn show_telling(
    telling: &Telling,
    story: &Story,
    host: Host,
    args: &Args,
    json: bool,
) -> anyhow::Result<()> {
    if json {
        page::print_as_json(telling)?;
    } else {
        telling.print()?;
    }
    if args.once {
        return host.stop().await;
    }
    if !json {
        telling.print_next_steps(story)?;
    }
    host.serve().await
}

/// Everything in the order in which it became known: who may sign, what the register reports, what was done.
///
/// # Errors
/// A file of `data/` is not as its README describes it.
pub fn script(cast: &Cast) -> anyhow::Result<Vec<Scene>> {
    let mut scenes =
        [cast.register_scenes()?, cast.other_scenes()?, england::scenes()?, cast.story().scenes()?].concat();
    scenes.sort_by_key(|scene| scene.time);
    Ok(scenes)
}

async fn ask(
    client: &mut Client,
    host: &Host,
    folders: Folders,
    started: Instant,
) -> anyhow::Result<Outcome> {
    let report = player::read_back(client).await?;
    let mut questions = Questions { client, record: report.book.record() };
    let commissioners = questions.commissioners().await?;
    let rushcliffe = questions.rushcliffe().await?;
    let accountable_officer = questions.accountable_officer().await?;
    let findings = questions.findings().await?;
    Ok(Outcome {
        re_enactment: true,
        ledger: Place {
            dir: folders.ledger,
            keys: folders.keys,
            origin: ORIGIN.to_owned(),
            server: host.url(),
        },
        entries: report.head.size,
        took_ms: started.elapsed().as_millis(),
        commissioners,
        rushcliffe,
        accountable_officer,
        findings,
        head: End { position: report.head.size.saturating_sub(1), hash: report.head.hash.to_string() },
        verified: Verified { entries: report.replayed, verdict: "verified".to_owned() },
    })
}
