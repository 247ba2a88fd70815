//! The log's private keys, where a ledger's keeper has them; and how the log's key passes on.

use super::context::Context;
use super::exit::{Usage, log_key_hint};
use super::key::{as_registrars, new_holder, words};
use super::show;
use super::writing::{Signer, WritingArgs};
use crate::client::Client;
use crate::keyfile;
use crate::ledger::KeyRing;
use anyhow::Context as _;
use minutebook_governance::authority;
use minutebook_log::{Algorithm, SecretKey, VerifierKey};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};

/// The keys in these files, and in those named log-key*.pem in the ledger's folder, now and whenever another is asked
/// for.
///
/// # Errors
/// A file that is no key, or that others may read; no key at all.
pub(super) fn key_ring(dir: &Path, given: &[PathBuf]) -> anyhow::Result<KeyRing> {
    let files = [given.to_vec(), key_files(dir)].concat();
    let keys = files.iter().map(|file| keyfile::read(file)).collect::<Result<Vec<_>, _>>();
    let keys = keys.with_context(|| log_key_hint(dir))?;
    if keys.is_empty() {
        return Err(
            Usage(format!("there is no log-key.pem in {}: {}", dir.display(), log_key_hint(dir))).into()
        );
    }
    let dir = dir.to_owned();
    Ok(KeyRing::new(keys).searching(move || readable(&key_files(&dir))))
}

/// The files in a ledger's folder that hold keys of the log, by name.
pub(super) fn key_files(dir: &Path) -> Vec<PathBuf> {
    let listed = fs::read_dir(dir).into_iter().flatten().flatten();
    let is_key = |name: &str| name.starts_with("log-key") && name.ends_with(".pem");
    let mut files: Vec<_> = listed.filter(|file| file.file_name().to_str().is_some_and(is_key)).collect();
    files.sort_by_key(fs::DirEntry::file_name);
    files.iter().map(fs::DirEntry::path).collect()
}

fn readable(files: &[PathBuf]) -> Vec<SecretKey> {
    let read = |file: &PathBuf| match keyfile::read(file) {
        Ok(key) => Some(key),
        Err(error) => {
            tracing::warn!(%error, "a key of the log was not read");
            None
        }
    };
    files.iter().filter_map(read).collect()
}

/// Passes the key that signs the log's checkpoints on to a new one, signed by registrars, as many as the ledger asks
/// for, and by the new key itself. The checkpoint right after it bears the signatures of both keys, so that whoever
/// knows the old one can follow.
///
/// The server has to hold the new key first: make it in the ledger's folder, as log-key-2.pem (any name log-key*.pem);
/// no restart is needed. Give its verifier key, which this prints, to witnesses and auditors before. The old key signs
/// nothing any more: destroy it once rotated/ is published. If the old key is lost or in other hands, record its
/// KeyRevoked first: the new key then signs alone, and everybody has to be given it by hand.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  minutebook key new book/log-key-2.pem
  minutebook key rotate-log --new book/log-key-2.pem --registrar one.pem --registrar two.pem")]
pub(crate) struct RotateLog {
    /// The new key's file (with --draft also its 64 digits: whoever keeps the server signs later).
    #[arg(long, value_name = "FILE|HEX")]
    new: String,
    /// What people call it. It is published for ever.
    #[arg(long, default_value = "The log's key", value_name = "TEXT")]
    label: String,
    /// A registrar's key file (with --draft also a public key). Once for each.
    #[arg(long, required = true, value_name = "FILE|HEX")]
    registrar: Vec<String>,
    #[command(flatten)]
    writing: WritingArgs,
}

impl RotateLog {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let own = Signer::open(&self.new)?;
        let key = own.public();
        let registrars = Signer::open_all(&self.registrar)?;
        let (_client, known) = context.connect().await?;
        let vkey = VerifierKey::new(known.key.name().clone(), Algorithm::Ed25519, key)?;
        show::say(format!("The log's key now:  {}", known.key));
        show::say(format!("The log's next key: {vkey}"));
        show::say("Witnesses and auditors need the next one too: send it by a way that they trust.");
        let subject = authority::subject_of(&key).ok_or_else(|| Usage(format!("{key} is no key")))?;
        let holder = [json!({"key": key, "capacity": "holder"})];
        let signatories: Vec<_> = holder.into_iter().chain(as_registrars(&registrars)).collect();
        let data = json!({
            "standing": "own_act",
            "signatories": signatories,
            "facts": {"holder": new_holder()?, "use": "log", "label": self.label},
        });
        let signers = [own].into_iter().chain(registrars).collect();
        self.writing.write(context, words("KeyEnrolled", subject, data)?, signers).await
    }
}

/// Takes a new key of the log on your word, where nothing leads to it from the one that is known here: the old key was
/// lost or in other hands. Get it from the registrars, by a way that you trust. The log still has to extend what was seen of
/// it from here.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  minutebook key trust-log minutebook.example/notts+22d2feaf+AUOnLnFEAXYt9mtowm373yaCquyfJHTspGE+QkoPuv08"
)]
pub(crate) struct TrustLog {
    /// The verifier key of the log, as the registrars gave it to you.
    vkey: VerifierKey,
}

impl TrustLog {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let mut client = Client::reach(&context.server, &context.reach, context.memory.clone()).await?;
        let keys = client.trust_log_key(&self.vkey).await?;
        if context.json {
            return show::json(&json!({"vkey": keys.encode()}));
        }
        show::say("From now on this key is the log's, here:");
        Ok(show::line(self.vkey)?)
    }
}
