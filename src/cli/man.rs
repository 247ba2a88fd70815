use super::command;
use super::context::Context;
use super::exit::Usage;
use super::show;
use crate::meant::nearest;
use crate::printed::printed;
use anyhow::Context as _;
use clap::Command;
use clap_mangen::{Man, generate_to};
use serde_json::json;
use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;

/// Prints the manual page, or writes one for each command into a folder.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook man | man -l -
  minutebook man record | man -l -
  minutebook man --out ~/.local/share/man/man1")]
pub(crate) struct Args {
    /// The page of this command alone.
    #[arg(conflicts_with = "out")]
    command: Option<String>,
    /// Writes a page for each command there.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Args {
    pub(crate) fn run(&self, context: &Context) -> anyhow::Result<()> {
        let command = command();
        let Some(out) = &self.out else {
            let page_of = match &self.command {
                None => command,
                Some(name) => one(command, name)?,
            };
            let mut page = Vec::new();
            Man::new(page_of).render(&mut page)?;
            return Ok(printed(io::stdout().lock().write_all(&page))?);
        };
        let name = out.display();
        fs::create_dir_all(out).with_context(|| format!("making the folder {name}"))?;
        generate_to(command, out).with_context(|| format!("writing the pages into {name}"))?;
        if context.json {
            return show::json(&json!({"folder": out}));
        }
        show::say(format!("A page for each command is in {name}: man -M, or MANPATH, finds its parent."));
        Ok(())
    }
}

/// The command of that name, as its page calls it.
fn one(mut command: Command, name: &str) -> Result<Command, Usage> {
    command.build();
    let names = || command.get_subcommands().map(Command::get_name);
    let Some(found) = command.find_subcommand(name) else {
        let meant =
            nearest(name, names()).map_or_else(String::new, |meant| format!("; did you mean {meant}?"));
        return Err(Usage(format!("no command is called {name} (minutebook help lists them){meant}")));
    };
    Ok(found.clone().name(format!("minutebook-{name}")))
}
