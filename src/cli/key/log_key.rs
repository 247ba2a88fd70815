//! The log's own key: how it passes on, and how a new one is taken on somebody's word.

use crate::cli::context::Context;
use crate::cli::exit::Usage;
use crate::cli::registrars::{as_registrars, new_holder, words};
use crate::cli::show;
use crate::cli::writing::{Signer, WritingArgs};
use crate::client::Client;
use minutebook_governance::authority;
use minutebook_log::{Algorithm, VerifierKey};
use serde_json::json;

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
        let own = Signer::open(context, &self.new)?;
        let key = own.public();
        let registrars = Signer::open_all(context, &self.registrar)?;
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
