//! Keys: made, shown, listed, brought into the book and taken out of force.

use super::context::Context;
use super::show;
use crate::keyfile;
use serde_json::json;
use std::path::PathBuf;

// What the commands share, then the commands.
mod held;

mod enrol;
mod list;
mod log_key;
mod revoke;
mod show_key;
mod signed;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Makes a new private key in a new file that only you may read.
    New(New),
    /// Shows a key's public half and, from the server, what it may sign; or the log's own keys.
    Show(show_key::Show),
    /// Lists the keys that the book knows, or those that may sign for a body.
    List(list::List),
    /// Lists what a key has signed.
    Signed(signed::ListSigned),
    /// Brings a key into the book, signed by registrars and by the key itself.
    Enrol(enrol::Enrol),
    /// Takes a key out of force: rotated, lost or compromised.
    Revoke(revoke::Revoke),
    /// Passes the key that signs the log's checkpoints on to a new one, signed by registrars.
    RotateLog(log_key::RotateLog),
    /// Takes a new key of the log on your word, where nothing leads to it.
    TrustLog(log_key::TrustLog),
}

impl Command {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        match self {
            Command::New(args) => args.run(context),
            Command::Show(args) => args.run(context).await,
            Command::List(args) => args.run(context).await,
            Command::Signed(args) => args.run(context).await,
            Command::Enrol(args) => args.run(context).await,
            Command::Revoke(args) => args.run(context).await,
            Command::RotateLog(args) => args.run(context).await,
            Command::TrustLog(args) => args.run(context).await,
        }
    }
}

/// Makes a new private key in a new file (PEM, PKCS#8, mode 0600). A file that exists is never touched.
/// Prints the public key. Whoever has the file can sign as you; there is no copy of it anywhere else.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  minutebook key new secretary-04K.pem\n  minutebook key new --encrypt chair-04K.pem"
)]
pub(crate) struct New {
    /// The file to make.
    file: PathBuf,
    /// Keeps it under a passphrase, which is asked for, or is the first line of --passphrase-file.
    #[arg(long)]
    encrypt: bool,
}

impl New {
    fn run(&self, context: &Context) -> anyhow::Result<()> {
        let path = &self.file;
        let made = if self.encrypt { context.passphrases.create(path) } else { keyfile::create(path) };
        let public = made?.public();
        show::say(format!(
            "The private key is in {}: keep it to yourself, and a copy safe.",
            self.file.display()
        ));
        show::say("This is the public key. A registrar enrols it: minutebook key enrol --help");
        if context.json {
            show::json(&json!({"key": public, "file": self.file}))
        } else {
            Ok(show::line(public)?)
        }
    }
}
