use super::backup;
use super::context::Context;
use super::exit::{Usage, VerificationFailed};
use super::out_folder::check_new;
use super::repair::prove_all;
use super::restore::{check_whole, read};
use super::show;
use super::sources::Named;
use super::writing::now;
use crate::repair::{Found, Proved, assemble, build};
use anyhow::Context as _;
use data_encoding::HEXLOWER;
use minutebook_governance::RULES_VERSION;
use minutebook_log::{Origin, TreeHead};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Plays a restore: makes a ledger of a backup in a temporary folder, replays every entry with the rules, and asks the
/// live server to prove that its log goes on from there. Nothing stays but what it says.
///
/// It says how long each part took, and how many entries the live log has that the backup lacks. --draft writes the
/// result as an event, which an auditor signs: minutebook record FILE --key auditor.pem.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook drill /mnt/backup/book
  minutebook drill /mnt/backup/book --draft drill.json --auditor \"The operator of the service\"
  minutebook drill /mnt/backup/book --offline --json")]
pub(crate) struct Args {
    /// The backup: a folder, a tar of one, or the address of a mirror.
    #[arg(value_name = "BACKUP")]
    backup: String,
    /// Asks no server: what the live log has is not compared.
    #[arg(long)]
    offline: bool,
    /// The folder in which the temporary one is made: it needs about as much room as the ledger.
    #[arg(long, value_name = "DIR")]
    within: Option<PathBuf>,
    /// Writes the result as an event (AuditReported) into this new file.
    #[arg(long, value_name = "FILE", requires = "auditor")]
    draft: Option<PathBuf>,
    /// Who reports the result.
    #[arg(long, value_name = "NAME", requires = "draft")]
    auditor: Option<String>,
}

/// What a part of the drill took.
struct Took {
    what: &'static str,
    time: Duration,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let place = match &self.within {
            Some(within) => {
                check_new(within, [Path::new(&self.backup)])?;
                tempfile::tempdir_in(within)?
            }
            None => tempfile::tempdir()?,
        };
        let mut took = Vec::new();
        // Before anything is restored: it may take long.
        let live = match self.offline {
            true => None,
            false => Some(context.connect().await?.1.reference.origin),
        };
        let proved = self.restore(&place.path().join("ledger"), context, live.as_ref(), &mut took).await?;
        let live = match self.offline {
            true => None,
            false => Some(timed(&mut took, "compare", compare(context, proved.head)).await?),
        };
        let written = match (&self.draft, &self.auditor) {
            (Some(file), Some(auditor)) => {
                write_draft(file, auditor, &self.backup, &proved)?;
                Some(file)
            }
            _ => None,
        };
        self.show(context, (&proved, live), &took, written)
    }

    async fn restore(
        &self,
        to: &Path,
        context: &Context,
        live: Option<&Origin>,
        took: &mut Vec<Took>,
    ) -> anyhow::Result<Proved> {
        let named = Named { published: vec![self.backup.clone()], ..Named::default() };
        if Path::new(&self.backup).is_dir() {
            timed(took, "check files", async { backup::check(Path::new(&self.backup)) }).await?;
        }
        let found = timed(took, "read", read(&named, context)).await?;
        self.check_whose(&found, live)?;
        let assembled = assemble(&found)?;
        check_whole(&found, &assembled)?;
        let proved = timed(took, "replay with the rules", async { prove_all(&assembled, &found) }).await?;
        timed(took, "write and read again", async { Ok(build(to, &assembled, &found, &proved).await?) })
            .await?;
        Ok(proved)
    }

    /// Another ledger's backup is no other history of this one.
    fn check_whose(&self, found: &Found, live: Option<&Origin>) -> anyhow::Result<()> {
        let whose = found.identity.as_ref().map(|identity| &identity.origin);
        match (whose, live) {
            (Some(whose), Some(live)) if whose != live => Err(Usage(format!(
                "{} has the log {whose}, and the server has {live}. Name the server of that ledger (--server URL), or a backup of \
                 this one",
                self.backup
            ))
            .into()),
            _ => Ok(()),
        }
    }

    fn show(
        &self,
        context: &Context,
        (proved, live): (&Proved, Option<TreeHead>),
        took: &[Took],
        written: Option<&PathBuf>,
    ) -> anyhow::Result<()> {
        let head = proved.head;
        let behind = live.map(|live| live.size.0 - head.size.0);
        if context.json {
            let took: Vec<Value> = took
                .iter()
                .map(|took| json!({"part": took.what, "seconds": took.time.as_secs_f64()}))
                .collect();
            return show::json(&json!({
                "backup": self.backup, "ledger": proved.id, "size": head.size.0, "root": head.root.to_string(),
                "live": live.map(|live| json!({"size": live.size.0, "root": live.root.to_string()})),
                "behind": behind, "took": took, "draft": written,
            }));
        }
        show::sentence(show::title(format!(
            "restored, replayed and thrown away: {}",
            show::entries(head.size.0)
        )))?;
        show::field("ledger", format!("opens with {}", proved.id))?;
        show::field("root", head.root)?;
        match behind {
            Some(behind) => {
                show::field("live", format!("goes on from there, with {} more", show::entries(behind)))?
            }
            None => show::field("live", "was not asked (--offline)")?,
        }
        for took in took {
            show::field("took", format!("{:.1} s to {}", took.time.as_secs_f64(), took.what))?;
        }
        if let Some(file) = written {
            show::say(format!("Next: minutebook record {} --key AUDITOR.pem", file.display()));
        }
        Ok(())
    }
}

/// Does a part, and keeps how long it took.
async fn timed<T>(
    took: &mut Vec<Took>,
    what: &'static str,
    part: impl Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<T> {
    let begun = Instant::now();
    let done = part.await?;
    took.push(Took { what, time: begun.elapsed() });
    Ok(done)
}

/// Asks the live server to prove that its log goes on from a head.
async fn compare(context: &Context, restored: TreeHead) -> anyhow::Result<TreeHead> {
    let (mut client, known) = context.connect().await?;
    let (newest, _published) = client.checkpoints(&known).await?;
    let live = newest.unverified().head;
    match client.goes_on_from(restored, live).await? {
        None => Ok(live),
        Some(why) => Err(VerificationFailed(format!(
            "the live log does not go on from the backup: {why}. Keep both: one of them is another history"
        ))
        .into()),
    }
}

/// Writes what was found as an event's draft.
fn write_draft(file: &Path, auditor: &str, backup: &str, proved: &Proved) -> anyhow::Result<()> {
    let now = now()?.to_string();
    let day = now.get(..10).unwrap_or_default();
    let slug: String = now.chars().filter(char::is_ascii_digit).take(14).collect();
    let draft = json!({
        "type": "AuditReported",
        "subject": format!("audit/drill-{slug}"),
        "data": {
            "standing": "own_act",
            "signatories": [{"capacity": "auditor"}],
            "facts": {
                "auditor": auditor,
                "audited_on": day,
                "size": proved.head.size.0,
                "root": HEXLOWER.encode(proved.head.root.as_bytes()),
                "outcome": "verified",
                "exceptions": 0,
                "rules": RULES_VERSION,
                "report": {"title": format!("Restore drill of the backup {backup}"), "held": false},
            },
        },
    });
    let text = serde_json::to_string_pretty(&draft)?;
    let writing = || format!("writing {}", file.display());
    fs::File::create_new(file).with_context(writing)?;
    fs::write(file, format!("{text}\n")).with_context(writing)
}
