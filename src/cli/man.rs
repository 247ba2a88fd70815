use super::command;
use super::context::Context;
use super::show;
use crate::printed::printed;
use anyhow::Context as _;
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
  minutebook man --out ~/.local/share/man/man1")]
pub(crate) struct Args {
    /// Writes a page for each command there.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Args {
    pub(crate) fn run(&self, context: &Context) -> anyhow::Result<()> {
        let command = command();
        let Some(out) = &self.out else {
            let mut page = Vec::new();
            Man::new(command).render(&mut page)?;
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
