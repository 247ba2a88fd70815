use super::context::Context;
use super::exit::Usage;
use super::show;
use crate::doors::{Access, NewToken, TokensError};
use jiff::civil::Date;
use serde_json::json;
use std::path::PathBuf;

/// Makes tokens by which a server knows its callers.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Makes a token and prints it, once; the server's file keeps its SHA-256 alone.
    ///
    /// Whoever has it gives it with --token-file. To revoke it, delete its line: the server reads the file again.
    #[command(after_help = "\
Example:
  minutebook token new importer --file tokens --allows write --until 2027-06-30 --save importer.token")]
    New(NewArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct NewArgs {
    /// Whose it is: letters, digits and -_.@
    #[arg(value_name = "NAME")]
    name: String,
    /// The server's file of tokens, which is made where there is none.
    #[arg(long, value_name = "FILE")]
    file: PathBuf,
    /// What it allows.
    #[arg(long, value_enum, value_name = "WHAT")]
    allows: Allows,
    /// The last day on which it is taken, in UTC; without it, it is taken until its line is deleted.
    #[arg(long, value_name = "DATE")]
    until: Option<Date>,
    /// Saves the token in this new file, which you alone may read, instead of printing it.
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Allows {
    /// Asking.
    Read,
    /// Asking and appending.
    Write,
}

impl Command {
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<()> {
        let Self::New(NewArgs { name, file, allows, until, save }) = self;
        let allows = match allows {
            Allows::Read => Access::Read,
            Allows::Write => Access::Write,
        };
        let token = NewToken::add(&file, &name, allows, until).map_err(|why| match why {
            TokensError::NoRandomness(_) => anyhow::Error::from(why),
            wrong => Usage(wrong.to_string()).into(),
        })?;
        if let Some(place) = save {
            if let Err(why) = token.save(&place) {
                let what =
                    format!("{why}; delete the line of {name} in {}: nobody has its token", file.display());
                return Err(Usage(what).into());
            }
            show::say(format!("{name} is in {}, and its token in {}", file.display(), place.display()));
            return Ok(());
        }
        show::say(format!("{} is in {}; the token is shown this once:", name, file.display()));
        if context.json {
            return show::json(&json!({"name": name, "token": token.reveal()}));
        }
        Ok(show::line(token.reveal())?)
    }
}
