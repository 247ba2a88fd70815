use super::context::Context;
use super::contexts::{Contexts, SavedContext};
use super::exit::Usage;
use super::show;
use crate::meant::nearest;
use clap::Subcommand;
use serde_json::json;
use std::path::PathBuf;

/// Keeps under a name what you use again and again: a server, key files, bodies.
///
/// The context in use stands for the flags that a command is not given, and for no variable that is set: --server, --ca,
/// --token-file, --passphrase-file of every command, --key of record, correct, withdraw and sign, and the bodies of record --template
/// meeting. MINUTEBOOK_CONTEXT names the one of a single command.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Keeps a context, or changes what is given of one; the first is in use at once.
    #[command(after_help = "\
Example:
  minutebook context set notts --server https://minutes.example --key ~/keys/secretary.pem --body 04K --body 04N")]
    Set {
        /// Its name.
        name: String,
        /// The key file that signs. Once for each.
        #[arg(long, value_name = "FILE")]
        key: Vec<PathBuf>,
        /// A body that you work for, by id, code or name. Once for each.
        #[arg(long, value_name = "ID")]
        body: Vec<String>,
    },
    /// Uses a context from now on.
    #[command(after_help = "Example:\n  minutebook context use notts")]
    Use {
        /// Its name.
        name: String,
    },
    /// Lists the contexts, and which is in use.
    #[command(after_help = "Example:\n  minutebook context list")]
    List,
    /// Forgets a context. Keys and ledgers are left alone.
    #[command(after_help = "Example:\n  minutebook context forget notts")]
    Forget {
        /// Its name.
        name: String,
    },
}

impl Command {
    pub(crate) fn run(self, context: &Context, given: SavedContext) -> anyhow::Result<()> {
        let mut contexts = Contexts::read()?;
        match self {
            Self::Set { name, key, body } => {
                let saved = contexts.contexts.entry(name.clone()).or_default();
                let absolute = |path: PathBuf| std::path::absolute(&path).unwrap_or(path);
                saved.server = given.server.or(saved.server.take());
                saved.ca = given.ca.map(absolute).or(saved.ca.take());
                saved.token_file = given.token_file.map(absolute).or(saved.token_file.take());
                saved.passphrase_file = given.passphrase_file.map(absolute).or(saved.passphrase_file.take());
                if !key.is_empty() {
                    saved.keys = key.into_iter().map(absolute).collect();
                }
                if !body.is_empty() {
                    saved.bodies = body;
                }
                contexts.used.get_or_insert(name);
            }
            Self::Use { name } => {
                contexts.check(&name)?;
                contexts.used = Some(name);
            }
            Self::List => return list(context, &contexts),
            Self::Forget { name } => {
                contexts.check(&name)?;
                contexts.contexts.remove(&name);
                contexts.used = contexts.used.filter(|used| *used != name);
            }
        }
        contexts.write()?;
        list(context, &contexts)
    }
}

impl Contexts {
    /// Refuses a name that there is not, with the one that was probably meant.
    fn check(&self, name: &str) -> Result<(), Usage> {
        if self.contexts.contains_key(name) {
            return Ok(());
        }
        let meant = nearest(name, self.contexts.keys().map(String::as_str));
        let meant = meant.map_or_else(String::new, |meant| format!("; did you mean {meant}?"));
        Err(Usage(format!(
            "there is no context {name}; minutebook context list names those that there are{meant}"
        )))
    }
}

fn list(context: &Context, contexts: &Contexts) -> anyhow::Result<()> {
    if context.json {
        return show::json(&json!(contexts));
    }
    if contexts.contexts.is_empty() {
        return Ok(show::line("None. minutebook context set NAME keeps one.")?);
    }
    let rows = contexts.contexts.iter().map(|(name, saved)| {
        let used = if contexts.used.as_ref() == Some(name) { "in use" } else { "" };
        let keys: Vec<_> = saved.keys.iter().map(|key| key.display().to_string()).collect();
        [
            name.clone(),
            used.to_owned(),
            saved.server.clone().unwrap_or_default(),
            saved.bodies.join(", "),
            keys.join(", "),
        ]
    });
    Ok(show::line(show::table(["name", "", "server", "bodies", "keys"], rows))?)
}
