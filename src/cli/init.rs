use super::context::Context;
use super::key::new_holder;
use super::show;
use super::writing::now;
use crate::author::{self, new_event_id};
use crate::{keyfile, ledger};
use anyhow::Context as _;
use minutebook_governance::RULES_VERSION;
use minutebook_log::{
    Event, EventDraft, EventType, Opening, Origin, PublicKey, Purpose, Registrar, SecretKey, Timestamp,
};
use minutebook_store::{Engine as _, SledEngine};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// Opens a new ledger in a folder: makes entry 0, which names the ledger and its registrars, and signs it
/// with their key files, here. No server is needed.
///
/// At least two registrars, so that a lost key does not close the ledger; --threshold says how many of them
/// sign what registrars do. The purpose is said for good: in a re-enactment the recorded time of an entry
/// follows the event's own.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  minutebook key new one.pem
  minutebook key new two.pem
  minutebook init --dir book --origin minutebook.example/trial --registrar one.pem --registrar two.pem
  minutebook serve --dir book")]
pub(crate) struct Args {
    /// The folder: empty, or not there yet.
    #[arg(long)]
    dir: PathBuf,
    /// The ledger's name, which every event repeats: minutebook.example/nottinghamshire.
    #[arg(long, value_name = "NAME")]
    origin: Origin,
    /// A registrar's key file. Once for each, at least twice.
    #[arg(long, required = true, value_name = "FILE")]
    registrar: Vec<PathBuf>,
    /// How many registrars sign what registrars do.
    #[arg(long, default_value_t = 1)]
    threshold: u64,
    /// What the ledger is for.
    #[arg(long, default_value = "live", value_parser = ["live", "re-enactment"])]
    purpose: String,
    /// The key file that signs the log's checkpoints. Else a new one is made, log-key.pem in the folder.
    #[arg(long, value_name = "FILE")]
    log_key: Option<PathBuf>,
    /// When it is opened, for re-enactments: RFC 3339 in UTC. Else now.
    #[arg(long, value_name = "TIME", value_parser = Timestamp::parse_event_time)]
    time: Option<Timestamp>,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let registrars =
            self.registrar.iter().map(|path| keyfile::read(path)).collect::<Result<Vec<_>, _>>()?;
        let log_key = LogKey::prepare(&self.dir, self.log_key.as_deref())?;
        let made = self.open(&registrars, log_key.public).await;
        log_key.settle(&self.dir, made.is_ok())?;
        let opening = made?;
        let hash = SledEngine::open(&self.dir)?.head().await?.hash;
        if context.json {
            return show::json(&json!({"origin": opening.source, "ledger": hash, "dir": self.dir}));
        }
        show::line(show::title(format!("opened {}", opening.source)))?;
        show::field("ledger", hash)?;
        show::field("folder", self.dir.display())?;
        show::field("purpose", &self.purpose)?;
        show::field(
            "registrars",
            format!("{}, of whom {} sign what registrars do", registrars.len(), self.threshold),
        )?;
        show::say(format!("Next: minutebook serve --dir {}", self.dir.display()));
        Ok(())
    }

    async fn open(&self, registrars: &[SecretKey], log_key: PublicKey) -> anyhow::Result<Event> {
        let clock = now()?;
        let event = self.opening_event(registrars, log_key, self.time.unwrap_or(clock))?;
        let signed = author::sign(event.clone(), registrars)?;
        ledger::create(&self.dir, &signed, clock).await?;
        Ok(event)
    }

    fn opening_event(
        &self,
        registrars: &[SecretKey],
        checkpoint_key: PublicKey,
        time: Timestamp,
    ) -> anyhow::Result<Event> {
        let is_live = self.purpose == "live";
        let listed = registrars
            .iter()
            .map(|key| Ok(Registrar { key: key.public(), holder: new_holder()? }))
            .collect::<anyhow::Result<Vec<_>>>()?;
        let signatories: Vec<_> =
            registrars.iter().map(|key| json!({"key": key.public(), "capacity": "registrar"})).collect();
        let facts = Opening {
            origin: self.origin.clone(),
            purpose: if is_live { Purpose::Live } else { Purpose::ReEnactment },
            checkpoint_key,
            registrars: listed,
            threshold: self.threshold,
            rules: RULES_VERSION,
        };
        let data = json!({"standing": "own_act", "signatories": signatories, "facts": facts});
        let Value::Object(data) = data else { anyhow::bail!("data is no object") };
        let draft = EventDraft {
            id: new_event_id(time)?,
            source: self.origin.clone(),
            event_type: EventType { name: "LedgerOpened".to_owned(), version: 1 },
            subject: "ledger".parse()?,
            time,
            ledger: None,
            seen: None,
            correlation_id: None,
            causation_id: None,
            data,
        };
        Ok(draft.encode()?)
    }
}

/// The key that signs the log's checkpoints. A new one waits beside the folder until the ledger is there:
/// a ledger never names a key that exists nowhere.
struct LogKey {
    public: PublicKey,
    beside: Option<PathBuf>,
}

impl LogKey {
    fn prepare(dir: &Path, given: Option<&Path>) -> anyhow::Result<Self> {
        if let Some(given) = given {
            return Ok(Self { public: keyfile::read(given)?.public(), beside: None });
        }
        let name = dir.file_name().context("--dir names no folder of its own")?.to_string_lossy();
        let beside = dir.with_file_name(format!("{name}.log-key.pem"));
        Ok(Self { public: keyfile::create(&beside)?.public(), beside: Some(beside) })
    }

    /// Moves a new key into the ledger's folder; or away, where no ledger was made.
    fn settle(&self, dir: &Path, is_made: bool) -> anyhow::Result<()> {
        let Some(beside) = &self.beside else { return Ok(()) };
        if !is_made {
            return fs::remove_file(beside).with_context(|| format!("removing {}", beside.display()));
        }
        let place = dir.join("log-key.pem");
        fs::rename(beside, &place)
            .and_then(|()| keyfile::sync_parent(&place))
            .with_context(|| format!("moving {} to {}", beside.display(), place.display()))
    }
}
