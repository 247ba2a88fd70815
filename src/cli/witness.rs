use super::context::Context;
use super::door::DoorArgs;
use super::serve::ending_on_signals;
use super::{show, told};
use crate::ledger::SystemClock;
use crate::witness::{self, Begin, Witness};
use minutebook_log::{KeyName, KnownLog, Malformed, VerifierKey, WitnessKey};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

/// Runs a witness for other bodies' logs until it is told to stop (Ctrl-C, SIGTERM): it signs a checkpoint
/// only if it extends the last one that it signed of that log. It needs no ledger of its own.
///
/// Prints its verifier key, which the logs, and whoever is to trust it, put into their policies.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  minutebook key new witness.pem
  minutebook witness --new --dir witness --key witness.pem --name derby.example/witness \\
    --listen 127.0.0.1:7420 --log minutebook.example/notts+99d36f38+Af0XJDhaoMdbZPt4zWAvodmR/ev3axPFjtcC6sg16fYY")]
pub(crate) struct Args {
    /// The folder of what was signed. Losing it is losing the witness: keep it on a disk that lasts.
    #[arg(long)]
    dir: PathBuf,
    /// Begins the folder, which is not there yet or is empty. Without it the witness goes on where it stopped.
    #[arg(long)]
    new: bool,
    /// The witness's key file, made by `key new`, for this and nothing else.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// What the witness is called in its signatures: without spaces and +, such as derby.example/witness.
    #[arg(long)]
    name: KeyName,
    /// The address; port 0 takes a free one and says which.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7420")]
    listen: SocketAddr,
    /// The verifier key of a log that is witnessed; behind it, after a space, what the log calls itself in its checkpoints,
    /// where that is not the name of its key. Once for each key; a log may have had several.
    #[arg(long, value_name = "VKEY [ORIGIN]", required = true, value_parser = parse_log)]
    log: Vec<KnownLog>,
    #[command(flatten)]
    door: DoorArgs,
}

/// A verifier key, perhaps followed by the log's own name for itself.
fn parse_log(words: &str) -> Result<KnownLog, Malformed> {
    let (key, origin) = words.split_once(' ').map_or((words, None), |(key, origin)| (key, Some(origin)));
    let key: VerifierKey = key.parse()?;
    let name = key.name().to_string();
    KnownLog::new(origin.unwrap_or(&name), key)
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        told::begin();
        let key = WitnessKey::new(self.name, context.key(&self.key)?);
        let begin = if self.new { Begin::New } else { Begin::Resume };
        let clock = Arc::new(SystemClock::new());
        let witness = Arc::new(Witness::open(&self.dir, begin, key, &self.log, clock)?);
        let (doors, url) = self.door.open(self.listen, witness::limits()).await?;
        for (origin, latest) in witness.logs() {
            let latest = latest.map_or_else(
                || "nothing signed yet".to_owned(),
                |head| format!("signed up to {}", show::entries(head.size.0)),
            );
            show::say(format!("log        {}: {latest}", crate::client::plain(&origin)));
        }
        let ending = ending_on_signals()?;
        show::say(format!("listening  {url}"));
        if context.json {
            show::json(&serde_json::json!({"vkey": witness.verifier().to_string()}))?;
        } else {
            show::line(witness.verifier())?;
        }
        witness::serve_behind(doors, witness, ending).await;
        show::say("stopped: everything that was signed is stored");
        Ok(())
    }
}
