use crate::cli::context::Context;
use crate::cli::exit::Usage;
use crate::cli::registrars::{as_registrars, words};
use crate::cli::writing::{Signer, WritingArgs};
use minutebook_governance::authority;
use serde_json::json;

/// Takes a key out of force: it signs no more from here on. What it signed before stands; where others had it, what
/// it signed since --from stands too, and is marked as contested in every answer.
///
/// The last registrars that must sign can't be revoked: first enrol another key and grant it the capacity registrar.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook key revoke secretary-04K.pem --reason lost --registrar one.pem
  minutebook key revoke 8f3a...64 digits --reason compromised --from 812 --registrar one.pem")]
pub(crate) struct Revoke {
    /// The key: its file, or its 64 digits.
    #[arg(value_name = "FILE|HEX")]
    key: String,
    /// Why: rotated (another took its place), lost (its owner has it no more), compromised (somebody else may have
    /// it).
    #[arg(long, value_parser = ["rotated", "lost", "compromised"])]
    reason: String,
    /// For a compromise: the first position whose entries signed by it are in doubt.
    #[arg(long, value_name = "POSITION", required_if_eq("reason", "compromised"))]
    from: Option<u64>,
    /// A registrar's key file (with --draft also a public key). Once for each.
    #[arg(long, required = true, value_name = "FILE|HEX")]
    registrar: Vec<String>,
    #[command(flatten)]
    writing: WritingArgs,
}

impl Revoke {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let key = Signer::open(context, &self.key)?.public();
        let registrars = Signer::open_all(context, &self.registrar)?;
        let subject = authority::subject_of(&key).ok_or_else(|| Usage(format!("{key} is no key")))?;
        let facts = match self.from {
            Some(from) => json!({"reason": self.reason, "from": from}),
            None => json!({"reason": self.reason}),
        };
        let signatories: Vec<_> = as_registrars(&registrars).collect();
        let data = json!({"standing": "own_act", "signatories": signatories, "facts": facts});
        self.writing.write(context, words("KeyRevoked", subject, data)?, registrars).await
    }
}
