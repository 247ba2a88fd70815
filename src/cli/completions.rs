use super::command;
use crate::printed::printed;
use clap_complete::{Shell, generate};
use std::io::{self, Write as _};

/// Prints what a shell needs to complete commands and options.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook completions bash > ~/.local/share/bash-completion/completions/minutebook
  minutebook completions zsh > ~/.zfunc/_minutebook
  minutebook completions fish > ~/.config/fish/completions/minutebook.fish")]
pub(crate) struct Args {
    /// The shell.
    shell: Shell,
}

impl Args {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        // Into memory first: whoever generates it may not be told that a reader has left.
        let mut text = Vec::new();
        generate(self.shell, &mut command(), "minutebook", &mut text);
        Ok(printed(io::stdout().lock().write_all(&text))?)
    }
}
