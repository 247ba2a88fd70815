use super::backup::{beside, look};
use super::context::Context;
use super::exit::{Usage, VerificationFailed};
use super::key_copies::{KeyCopies, check_key_folder};
use super::out_folder::check_new;
use super::repair::{aside_lines, prove_all, ranges};
use super::show;
use super::sources::{self, Named};
use crate::client::Client;
use crate::repair::{self, Assembled, Found, Proved, assemble, build, gather};
use anyhow::Context as _;
use minutebook_log::{Head, PublicKey, PublishedPath, SignedCheckpoint};
use minutebook_store::{Mark, OpenError};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};

/// Restores a ledger from a backup into a new folder: every entry is verified, with the rules, before there is a folder.
///
/// A log that goes on from an older state than somebody has a receipt for tells two histories. So a restore has to know
/// how far the log had come: by the high-water mark of the folder that was lost (--newest book), the running server or
/// a mirror (--newest URL), or a newer checkpoint (--newest FILE); what the backup lacks is named, and nothing is made.
/// Where nothing is left that would know, say that the backup is the newest state: --as-newest.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook restore /mnt/backup/book --to book-restored --newest book
  minutebook restore /mnt/backup/book --to book-restored --as-newest --keys /mnt/safe/book.keys")]
pub(crate) struct Args {
    /// The backup: a folder, a tar of one, or the address of a mirror. More of them may be given, of the same ledger.
    #[arg(value_name = "BACKUP", required = true)]
    backup: Vec<String>,
    /// The new ledger's folder, which must not exist yet.
    #[arg(long, value_name = "NEWDIR")]
    to: PathBuf,
    /// What may know of a newer state: a ledger's folder (its high-water mark), a published folder, a checkpoint's file,
    /// a server's address. May be given several times.
    #[arg(long, value_name = "PATH|URL")]
    newest: Vec<String>,
    /// Receipts: files, or folders in which to look for *.tlog-proof. What a backup lacks may be in them.
    #[arg(long, value_name = "FILE|DIR")]
    receipts: Vec<PathBuf>,
    /// Says that nothing was acknowledged after what is found. Only you can know. What is brought and speaks of more is
    /// never overridden.
    #[arg(long)]
    as_newest: bool,
    /// Copies the log's private keys (log-key*.pem) from this folder into the new one: the key that signs the log has to
    /// be there. BACKUP.keys is looked at, too.
    #[arg(long, value_name = "DIR")]
    keys: Option<PathBuf>,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        if self.to.exists() {
            return Err(OpenError::NotEmpty { dir: self.to }.into());
        }
        let reads = self.backup.iter().chain(&self.newest).map(Path::new);
        check_new(&self.to, reads.chain(self.receipts.iter().map(PathBuf::as_path)))?;
        let keys = self.key_folder();
        keys.as_deref().map_or(Ok(()), check_key_folder)?;
        let damage = self.damage()?;
        let restored = self.restore(context, keys.as_deref(), damage.first()).await;
        let (found, proved, keys) = match damage.into_iter().next() {
            // Whatever came of it, this is why.
            Some(damage) => restored.context(damage)?,
            None => restored?,
        };
        self.show(context, &found, &proved, &keys)
    }

    /// Makes the ledger; says what it was made of, and which keys were copied into it.
    async fn restore(
        &self,
        context: &Context,
        keys: Option<&Path>,
        damage: Option<&String>,
    ) -> anyhow::Result<(Found, Proved, Vec<PathBuf>)> {
        let named = Named { ledger: None, published: self.backup.clone(), receipts: self.receipts.clone() };
        let mut found = read(&named, context).await?;
        sources::remember(&mut found, context)?;
        for name in &self.newest {
            hear(&mut found, name, context).await?;
        }
        let assembled = assemble(&found)?;
        match damage {
            None => check_whole(&found, &assembled)?,
            Some(_damage) if assembled.is_whole() => {}
            Some(_damage) => return Err(VerificationFailed(lost_by_damage(&found, &assembled)).into()),
        }
        if found.mark.is_none() && !self.as_newest {
            return Err(VerificationFailed(format!(
                "the backup has {}, and nothing that was brought says that this was the newest state: bring the lost \
                 folder's high-water mark (--newest LEDGER), a server or mirror (--newest URL), or a newer checkpoint; or \
                 say --as-newest, once you are sure. If it is wrong, somebody's receipt will prove two histories{}",
                show::entries(assembled.entries.len() as u64),
                aside_lines(&found)
            ))
            .into());
        }
        let proved = prove_all(&assembled, &found)?;
        let keys = keys.map(|from| self.find_keys(context, from, proved.signs)).transpose()?;
        build(&self.to, &assembled, &found, &proved).await?;
        if let Some(damage) = damage {
            show::say(format!(
                "{damage}. Every entry was found all the same, and verifies: make another backup"
            ));
        }
        let keys = keys.map_or(Ok(Vec::new()), |keys| keys.copy())?;
        Ok((found, proved, keys))
    }

    /// The first file that is wrong in each backup that is damaged. One in a tar or elsewhere is judged by its entries alone.
    fn damage(&self) -> anyhow::Result<Vec<String>> {
        let folders = self.backup.iter().map(Path::new).filter(|backup| backup.is_dir());
        let looked = folders.map(look).collect::<anyhow::Result<Vec<_>>>()?;
        Ok(looked.into_iter().filter_map(Result::err).collect())
    }

    /// Whence keys are to be copied.
    fn key_folder(&self) -> Option<PathBuf> {
        let beside = self.backup.iter().map(|backup| beside(Path::new(backup), "keys"));
        self.keys.clone().or_else(|| beside.into_iter().find(|folder| folder.is_dir()))
    }

    fn find_keys(&self, context: &Context, from: &Path, signs: PublicKey) -> anyhow::Result<KeyCopies> {
        let way_out = || match &self.keys {
            Some(_named) => "--keys".to_owned(),
            None => format!(
                "{} lies beside the backup: move it away, or name another with --keys",
                from.display()
            ),
        };
        KeyCopies::find(context, from, &self.to, signs).with_context(way_out)
    }

    fn show(
        &self,
        context: &Context,
        found: &Found,
        proved: &Proved,
        keys: &[PathBuf],
    ) -> anyhow::Result<()> {
        let (head, origin) = (proved.head, found.identity.as_ref().map(|identity| identity.origin.as_str()));
        if context.json {
            return show::json(&json!({
                "restored": self.to, "origin": origin, "ledger": proved.id, "size": head.size.0,
                "root": head.root.to_string(), "extends": proved.extends, "keys": keys,
            }));
        }
        let origin = origin.unwrap_or_default();
        show::sentence(show::title(format!("restored {origin}: {}", show::entries(head.size.0))))?;
        show::field("ledger", format!("opens with {}", proved.id))?;
        show::field("folder", self.to.display())?;
        show::field("root", head.root)?;
        show::field("extends", show::extended(proved.extends))?;
        let key = if keys.is_empty() { " --log-key FILE" } else { "" };
        if keys.is_empty() {
            show::say(format!(
                "No key was copied (--keys DIR): serve needs --log-key with the file of the key {}, which signs this log",
                proved.signs
            ));
        }
        show::say(format!("Next: minutebook serve --dir {}{key}", self.to.display()));
        Ok(())
    }
}

/// Reads backups.
///
/// # Errors
/// What can't be read, or is of several ledgers.
pub(super) async fn read(named: &Named, context: &Context) -> anyhow::Result<Found> {
    let (sources, mirrored) = sources::read(named, context).await?;
    let found = gather(&sources)?;
    drop(mirrored);
    Ok(found)
}

/// Takes what somebody else knows of a newer state.
async fn hear(found: &mut Found, name: &str, context: &Context) -> anyhow::Result<()> {
    if name.contains("://") {
        let mut client = Client::reach(name, &context.reach, context.memory.clone()).await?;
        let known = client.ledger().await?;
        let (newest, _published) = client.checkpoints(&known).await?;
        // The client has followed them from the opening entry on.
        if found.possible_ids().contains(&known.reference.id) {
            found.trust(&known.keys);
        }
        let seen = known.reference.seen;
        let head = Head { size: seen.position.next().0, hash: seen.hash };
        found.believe_mark(name, &Mark { head, note: newest.encode().into_bytes() });
        return Ok(());
    }
    let path = Path::new(name);
    let wanted = "name the folder of the ledger that was lost, a published folder, its file checkpoint, or an address (http://...)";
    if !path.exists() {
        return Err(Usage(format!("--newest {name}: there is no such file or folder; {wanted}")).into());
    }
    if path.join("high-water").exists() {
        let published = path.join("published");
        if published.is_dir() {
            repair::hear(found, &published.display().to_string(), &published)?;
        }
        let mark = minutebook_store::mark(path)?;
        let file = path.join("high-water");
        found.believe_mark(&format!("{name} (its high-water mark, {})", file.display()), &mark);
        return Ok(());
    }
    if path.is_dir() {
        if repair::hear(found, name, path)? {
            return Ok(());
        }
        let what = "no high-water mark is in it, and no checkpoint that can be read";
        return Err(Usage(format!("--newest {name}: {what}; {wanted}")).into());
    }
    let reading = || format!("reading {name}");
    let checkpoint = SignedCheckpoint::parse(&fs::read(path).with_context(reading)?)
        .map_err(|_malformed| Usage(format!("--newest {name}: the file is no checkpoint; {wanted}")))?;
    // Among other published files it is known by which keys it may be signed.
    if let Some(beside) =
        path.parent().filter(|beside| beside.join(PublishedPath::Keys.to_string()).is_file())
    {
        repair::hear(found, &beside.display().to_string(), beside)?;
    }
    found.believe(name, checkpoint);
    Ok(())
}

/// What is missing where a backup is damaged, which is told before it.
fn lost_by_damage(found: &Found, assembled: &Assembled) -> String {
    let lost: Vec<u64> = assembled.lost.iter().map(|lost| lost.position).collect();
    format!(
        "so {} of {} can't be restored from it. Nothing was made. Keep it as it is, and bring another backup, the published \
         folder or receipts beside it, or what is left of the lost folder: minutebook repair --help",
        ranges(&lost),
        show::entries(found.known_size())
    )
}

/// Names what is missing.
///
/// # Errors
/// [`VerificationFailed`], unless nothing is.
pub(super) fn check_whole(found: &Found, assembled: &Assembled) -> anyhow::Result<()> {
    if assembled.is_whole() {
        return Ok(());
    }
    let lost: Vec<u64> = assembled.lost.iter().map(|lost| lost.position).collect();
    let who = found.newest_claim().map_or_else(
        || "the high-water mark".to_owned(),
        |claim| {
            format!(
                "{}, which speaks of {}",
                claim.source,
                show::entries(claim.checkpoint.unverified().head.size.0)
            )
        },
    );
    Err(VerificationFailed(format!(
        "the backup is older than the log was: of {}, {} {} missing, by {who}. Nothing was made. Bring a newer backup, the \
         published folder or receipts beside it, or what is left of the lost folder: minutebook repair --help",
        show::entries(found.known_size()),
        ranges(&lost),
        if lost.len() == 1 { "is" } else { "are" }
    ))
    .into())
}
