use super::context::Context;
use super::exit::{RefusedHere, Usage, VerificationFailed};
use super::out_folder::check_new;
use super::registrars::new_holder;
use super::show;
use super::sources::{self, Named};
use super::writing::now;
use crate::author::{self, new_event_id};
use crate::client::OpenedLedger;
use crate::repair::{assemble, gather};
use crate::{keyfile, ledger, private};
use anyhow::Context as _;
use minutebook_governance::RULES_VERSION;
use minutebook_log::{
    Continued, Entry, Event, EventDraft, EventType, Opening, Origin, PublicKey, Purpose, Registrar,
    SecretKey, Timestamp,
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
///
/// A name and a log key belong to one ledger for good: what was used from here before is refused. Where a ledger
/// can't be repaired, --continues opens one with another name and another log key that names it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  minutebook key new one.pem
  minutebook key new two.pem
  minutebook init --dir book --origin minutebook.example/trial --registrar one.pem --registrar two.pem
  minutebook serve --dir book
  minutebook init --dir anew --origin minutebook.example/trial-2 --registrar one.pem --registrar two.pem --continues book")]
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
    /// What is left of a ledger that can't go on, which the new one continues: its folder, its published log (a folder,
    /// a tar, an address), receipts. May be given several times; of the checkpoints there, the newest is named.
    #[arg(long, value_name = "PATH|URL")]
    continues: Vec<String>,
    /// When it is opened, for re-enactments: RFC 3339 in UTC. Else now.
    #[arg(long, value_name = "TIME", value_parser = Timestamp::parse_event_time)]
    time: Option<Timestamp>,
}

/// A name is for good, and an address is not one: it may change, and says how the log is reached.
fn check_name(origin: &Origin) -> Result<(), Usage> {
    match origin.as_str().split_once("://") {
        Some((_scheme, name)) => Err(Usage(format!(
            "a ledger's name is no address: --origin {}, without what stands before it",
            name.trim_end_matches('/')
        ))),
        None => Ok(()),
    }
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        check_name(&self.origin)?;
        self.check_place()?;
        let registrars =
            self.registrar.iter().map(|path| context.key(path)).collect::<Result<Vec<_>, _>>()?;
        let old = self.continued(context).await?;
        let continued = old.as_ref().map(|old| old.named.clone());
        let log_key = LogKey::prepare(context, &self.dir, self.log_key.as_deref())?;
        let made = match self.check_unused(context, log_key.public) {
            Ok(()) => self.open(&registrars, log_key.public, continued.clone()).await,
            Err(used) => Err(used),
        };
        log_key.settle(&self.dir, made.is_ok())?;
        let opening = made?;
        let hash = SledEngine::open(&self.dir)?.head().await?.hash;
        self.remember(context, hash, log_key.public);
        if context.json {
            let said =
                json!({"origin": opening.source, "ledger": hash, "dir": self.dir, "continues": continued});
            return show::json(&said);
        }
        show::sentence(show::title(format!("opened {}", opening.source)))?;
        show::field("ledger", hash)?;
        show::field("folder", self.dir.display())?;
        show::field("purpose", &self.purpose)?;
        show::field(
            "registrars",
            format!("{}, of whom {} sign what registrars do", registrars.len(), self.threshold),
        )?;
        if let Some(Continued { origin, size, root, .. }) = &continued {
            show::field("continues", format!("{origin} at {}, root {root}", show::entries(*size)))?;
        }
        if let Some(old) = &old {
            show::field("agreed", old.agreement(&registrars))?;
        }
        let key =
            self.log_key.as_ref().map_or_else(String::new, |key| format!(" --log-key {}", key.display()));
        show::say(format!("Next: minutebook serve --dir {}{key}", self.dir.display()));
        Ok(())
    }

    /// Refuses a folder within a ledger's, or within what is left of one. One that is a ledger itself is told as that later.
    fn check_place(&self) -> Result<(), Usage> {
        match self.dir.join("FORMAT").exists() {
            true => Ok(()),
            false => check_new(&self.dir, self.continues.iter().map(Path::new)),
        }
    }

    /// Refuses a name or a log key that another ledger has: one that was opened or seen from here, or the one in whose
    /// folder the key file lies.
    fn check_unused(&self, context: &Context, log_key: PublicKey) -> anyhow::Result<()> {
        let is_beside = |path: &&Path| path.join("FORMAT").exists() && *path != self.dir;
        let owner = self.log_key.as_deref().and_then(Path::parent).filter(is_beside);
        if let Some(owner) = owner {
            let what = format!(
                "the log key is that of the ledger in {}: leave --log-key out, and a new key is made",
                owner.display()
            );
            return Err(RefusedHere(what).into());
        }
        // A folder that is taken is said to be; there is nothing to open in it.
        if self.dir.join("FORMAT").exists() {
            return Ok(());
        }
        let Some(used) = context.memory.used(&self.origin, log_key)? else { return Ok(()) };
        let what = format!(
            "{} belongs to another ledger already: {}. A name and a log key belong to one ledger for good, since whoever \
             knows the one takes the other for a second history of it: give another name (--origin), and leave --log-key \
             out. If nobody has ever seen that ledger, remove {}",
            used.what,
            used.by,
            used.file.display()
        );
        Err(RefusedHere(what).into())
    }

    fn remember(&self, context: &Context, ledger: minutebook_log::Hash, log_key: PublicKey) {
        let dir = std::path::absolute(&self.dir).unwrap_or_else(|_unknown| self.dir.clone());
        let opened = OpenedLedger { origin: self.origin.clone(), ledger, log_key, dir };
        if let Err(error) = context.memory.keep_opened(&opened) {
            show::say(format!("It is not remembered that this name and key are used: {error}"));
        }
    }

    /// The ledger that the new one continues, by the newest checkpoint among what is left of it.
    async fn continued(&self, context: &Context) -> anyhow::Result<Option<Old>> {
        if self.continues.is_empty() {
            return Ok(None);
        }
        let (sources, _mirrored) = sources::read(&Named::sorted(&self.continues), context).await?;
        let mut found = gather(&sources)?;
        sources::remember(&mut found, context)?;
        let assembled = assemble(&found)?;
        let claim = found.newest_claim().ok_or_else(|| {
            VerificationFailed("no checkpoint of the old ledger is among what is left of it".to_owned())
        })?;
        found.check_unverified(claim.checkpoint.unverified().head.size.0)?;
        let first = assembled.entries.get(&0).ok_or_else(|| {
            let what = "the opening entry of the old ledger, whose hash is its id, is not among what is left of it: \
                        bring a receipt of entry 0, or a copy of the published log";
            VerificationFailed(what.to_owned())
        })?;
        if assembled.is_whole() {
            show::say(
                "No entry of it is lost: if it can still be served, repair it instead (minutebook repair).",
            );
        }
        let opening = Entry::parse(&first.bytes).and_then(|entry| Opening::parse(entry.event()))?;
        let registrars = opening.registrars.into_iter().map(|registrar| registrar.key).collect();
        Ok(Some(Old { named: Continued::by(first.hash, &claim.checkpoint), registrars }))
    }

    async fn open(
        &self,
        registrars: &[SecretKey],
        log_key: PublicKey,
        continued: Option<Continued>,
    ) -> anyhow::Result<Event> {
        let clock = now()?;
        let event = self.opening_event(registrars, log_key, continued, self.time.unwrap_or(clock))?;
        let signed = author::sign(event.clone(), registrars)?;
        ledger::create(&self.dir, &signed, clock).await?;
        Ok(event)
    }

    fn opening_event(
        &self,
        registrars: &[SecretKey],
        checkpoint_key: PublicKey,
        continues: Option<Continued>,
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
            continues,
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

/// The ledger that a new one continues.
struct Old {
    named: Continued,
    /// Those whom its opening entry names.
    registrars: Vec<PublicKey>,
}

impl Old {
    /// Whether those who open the new ledger are registrars of the old one: nobody else speaks for it.
    fn agreement(&self, opened_by: &[SecretKey]) -> String {
        let known = opened_by.iter().filter(|key| self.registrars.contains(&key.public())).count();
        match known {
            0 => format!(
                "nobody who opens it is a registrar whom {} opened with: to its readers this is a ledger of strangers that \
                 names it",
                self.named.origin
            ),
            known => format!(
                "{known} of the {} who open it are registrars whom {} opened with",
                opened_by.len(),
                self.named.origin
            ),
        }
    }
}

/// The key that signs the log's checkpoints. A new one waits beside the folder until the ledger is there:
/// a ledger never names a key that exists nowhere.
struct LogKey {
    public: PublicKey,
    beside: Option<PathBuf>,
}

impl LogKey {
    fn prepare(context: &Context, dir: &Path, given: Option<&Path>) -> anyhow::Result<Self> {
        if let Some(given) = given {
            return Ok(Self { public: context.key(given)?.public(), beside: None });
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
            .and_then(|()| private::sync_parent(&place))
            .with_context(|| format!("moving {} to {}", beside.display(), place.display()))
    }
}
