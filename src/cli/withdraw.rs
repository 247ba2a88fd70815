use super::context::Context;
use super::corrected::Target;
use super::resting::Resting;
use super::writing::{Signer, WritingArgs};
use minutebook_governance::documents::CorrectionKind;
use serde_json::{Map, json};

/// Withdraws an entry: it stays in the book as it was written, and nothing of it is known from here on.
///
/// What was decided and is decided otherwise since is not withdrawn but rescinded (DecisionRescinded): it was so for a while. It
/// is signed in the office in which the entry was signed, or that of a successor (--body). What was recorded since and rests on the
/// entry, or speaks of the same, is told before anything is signed.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook withdraw 17 --reason \"Recorded for the wrong body.\" --key secretary.pem
  minutebook withdraw 18 --duplicate --reason \"The same as entry 17.\" --key secretary.pem")]
pub(crate) struct Args {
    /// The entry's position, or its event's id.
    #[arg(value_name = "POSITION|ID")]
    entry: String,
    /// Why, in words. It is published for ever.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// It was recorded twice.
    #[arg(long)]
    duplicate: bool,
    /// The title of a document that it rests on and that is not held; once for each.
    #[arg(long, value_name = "TITLE")]
    evidence: Vec<String>,
    /// The body in whose office it is signed, where a successor withdraws.
    #[arg(long, value_name = "ID")]
    body: Option<String>,
    /// A key file, of an office in which the entry was signed (with --draft also a public key). Once for each.
    #[arg(long, required = true, value_name = "FILE|HEX")]
    key: Vec<String>,
    #[command(flatten)]
    writing: WritingArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let signers = Signer::open_all(context, &self.key)?;
        let (mut client, known) = context.connect().await?;
        let target = Target::find(&mut client, &known, &self.entry).await?;
        let kind = if self.duplicate { CorrectionKind::Duplicate } else { CorrectionKind::Withdrawn };
        let facts =
            Map::from_iter([("kind".to_owned(), json!(kind)), ("reason".to_owned(), json!(self.reason))]);
        let beside = (self.body.as_deref(), self.evidence.as_slice());
        let words = target.words((context, &mut client, &known), &signers, beside, facts).await?;
        if !(context.json && self.writing.yes) {
            target.say(&[]);
            Resting::on(context, (&mut client, &known), &target).await?.say();
        }
        self.writing.write(context, words, signers).await
    }
}
