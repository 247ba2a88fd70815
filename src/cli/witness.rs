use super::context::Context;
use super::door::{DoorArgs, open_door};
use super::layered::{ConfigArgs, Flags, settled};
use super::serve::ending_on_signals;
use super::writing::now;
use super::{show, supervised, told};
use crate::config::{Layer, WITNESS_PREFIX, WitnessConfig, WitnessSettings, load};
use crate::ledger::SystemClock;
use crate::witness::{self, Begin, Witness};
use minutebook_log::WitnessKey;
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
    dir: Option<String>,
    /// Begins the folder, which is not there yet or is empty. Without it the witness goes on where it stopped.
    #[arg(long)]
    new: bool,
    /// The witness's key file, made by `key new`, for this and nothing else.
    #[arg(long, value_name = "FILE")]
    key: Option<String>,
    /// What the witness is called in its signatures: without spaces and +, such as derby.example/witness.
    #[arg(long)]
    name: Option<String>,
    /// The verifier key of a log that is witnessed; behind it, after a space, what the log calls itself in its checkpoints,
    /// where that is not the name of its key. Once for each key; a log may have had several.
    #[arg(long, value_name = "VKEY [ORIGIN]")]
    log: Vec<String>,
    #[command(flatten)]
    door: DoorArgs,
    #[command(flatten)]
    config: ConfigArgs,
}

impl Args {
    fn layer(self) -> Layer {
        let mut flags = Flags::default();
        flags.one("dir", "--dir", self.dir);
        flags.one("key", "--key", self.key);
        flags.one("name", "--name", self.name);
        flags.several("log", "--log", self.log);
        self.door.tell(&mut flags);
        self.config.layer(WITNESS_PREFIX, flags)
    }

    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let begin = if self.new { Begin::New } else { Begin::Resume };
        let loaded = load(WitnessConfig::default(), &self.layer());
        told::begin(&loaded.config.logging);
        let WitnessSettings { dir, name, key, listen, logs, tls, limits } = settled(loaded.check(now()?))?;
        let key = WitnessKey::new(name, context.key(&key)?);
        let clock = Arc::new(SystemClock::new());
        let witness = Arc::new(Witness::open(&dir, begin, key, &logs, clock)?);
        let (doors, url) = open_door(listen, tls, limits).await?;
        for (origin, latest) in witness.logs() {
            let latest = latest.map_or_else(
                || "nothing signed yet".to_owned(),
                |head| format!("signed up to {}", show::entries(head.size.0)),
            );
            show::say(format!("log        {}: {latest}", crate::client::plain(&origin)));
        }
        let ending = ending_on_signals()?;
        show::say(format!("listening  {url}"));
        supervised::ready();
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
