use super::context::Context;
use super::registrars::{as_registrars, words};
use super::writing::{Signer, WritingArgs};
use minutebook_governance::GrantId;
use serde_json::json;

/// Ends a grant: its key signs no more under it. What it signed before stands, and other grants of the key too.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  minutebook revoke grant/secretary-04K-8f3a1c07 --reason \"Left the body.\" --registrar one.pem")]
pub(crate) struct Args {
    /// The grant's id, as `key show` and `key list --body` print it.
    #[arg(value_name = "GRANT")]
    grant: GrantId,
    /// Why, in words. It is published for ever.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// A registrar's key file (with --draft also a public key). Once for each.
    #[arg(long, required = true, value_name = "FILE|HEX")]
    registrar: Vec<String>,
    #[command(flatten)]
    writing: WritingArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let registrars = Signer::open_all(context, &self.registrar)?;
        let signatories: Vec<_> = as_registrars(&registrars).collect();
        let facts = json!({"reason": self.reason});
        let data = json!({"standing": "own_act", "signatories": signatories, "facts": facts});
        let words = words("AuthorityRevoked", self.grant.subject().clone(), data)?;
        self.writing.write(context, words, registrars).await
    }
}
