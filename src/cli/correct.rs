use super::context::Context;
use super::corrected::{Change, Target};
use super::exit::Usage;
use super::resting::Resting;
use super::writing::{Signer, Words, WritingArgs};
use crate::client::{Client, KnownLedger};
use clap::ValueEnum;
use minutebook_governance::documents::CorrectionKind;
use serde_json::{Map, Value, json};

/// Corrects what an entry says: it stays in the book as it was written, and is known otherwise from here on.
///
/// A slip of the pen in words is clerical; whatever else was not so is factual, and asks for a reason. Without --kind the ledger
/// is asked which of the two it is, and what is signed says so. What stands and what is right are shown before anything is
/// signed. It is signed in the office in which the entry was signed, or that of a successor (--body).
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook correct 17 --field text --to \"The Board APPROVED the lease.\" --key secretary.pem
  minutebook correct 17 --field votes/for --to 4 --reason \"The minutes say 4.\" --key secretary.pem
  minutebook correct 17 --field decided_on --to 2019-07-04 --reason \"The minutes say 4 July.\" --evidence \"Minutes, 4 July 2019\" --key secretary.pem")]
pub(crate) struct Args {
    /// The entry's position, or its event's id.
    #[arg(value_name = "POSITION|ID")]
    entry: String,
    /// What of it: text, votes/for, conditions/0/text. Once for each, followed by its --to.
    #[arg(long, required = true, value_name = "NAME")]
    field: Vec<String>,
    /// What is right. Dates as 2019-07-04; what is neither text, number nor date as JSON.
    #[arg(long, required = true, value_name = "VALUE", allow_hyphen_values = true)]
    to: Vec<String>,
    /// Whether it mends a slip of the pen, or says what was so. Else the ledger is asked.
    #[arg(long)]
    kind: Option<Kind>,
    /// Why, in words. It is published for ever.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// The title of a document that it rests on and that is not held; once for each.
    #[arg(long, value_name = "TITLE")]
    evidence: Vec<String>,
    /// The body in whose office it is signed, where a successor corrects.
    #[arg(long, value_name = "ID")]
    body: Option<String>,
    /// A key file, of an office in which the entry was signed (with --draft also a public key). Once for each.
    #[arg(long, required = true, value_name = "FILE|HEX")]
    key: Vec<String>,
    #[command(flatten)]
    writing: WritingArgs,
}

/// What kind of correction somebody asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// A slip of the pen in words.
    Clerical,
    /// What was recorded is not what was so.
    Factual,
}

/// The rule that tells slips of the pen from all else.
const CLERICAL: &str = "correction.clerical";

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        if self.field.len() != self.to.len() {
            let (fields, values) = (self.field.len(), self.to.len());
            return Err(
                Usage(format!("{fields} --field and {values} --to: give each field its value")).into()
            );
        }
        let signers = Signer::open_all(context, &self.key)?;
        let (mut client, known) = context.connect().await?;
        let target = Target::find(&mut client, &known, &self.entry).await?;
        let changes = self.field.iter().zip(&self.to).map(|(field, to)| target.change(field, to));
        let changes = changes.collect::<Result<Vec<_>, _>>()?;
        let asked = (context, &mut client, &known);
        let words = self.judged_words(asked, &target, &changes, &signers).await?;
        if !(context.json && self.writing.yes) {
            target.say(&changes);
            // Who mends a letter changes nothing that anything rests on.
            if !words.is_clerical() {
                Resting::on(context, (&mut client, &known), &target).await?.say();
            }
        }
        self.writing.write(context, words, signers).await
    }

    /// The words of the correction that was asked for; or of a clerical one, where the ledger calls it that, and of a factual one
    /// else.
    async fn judged_words(
        &self,
        (context, client, known): (&Context, &mut Client, &KnownLedger),
        target: &Target,
        changes: &[Change],
        signers: &[Signer],
    ) -> anyhow::Result<Words> {
        let beside = (self.body.as_deref(), self.evidence.as_slice());
        if self.kind != Some(Kind::Factual) {
            let facts = self.facts(target, changes, CorrectionKind::Clerical)?;
            let words = target.words((context, client, known), signers, beside, facts).await?;
            if self.kind.is_some() {
                return Ok(words);
            }
            let draft = self.writing.draft(words.clone(), known)?;
            let foreseen = client.foresee(&[&draft.event]).await?;
            let objections = foreseen.iter().flat_map(|foreseen| &foreseen.objections);
            if !objections.into_iter().any(|it| it.rule == CLERICAL) {
                return Ok(words);
            }
        }
        let facts = self.facts(target, changes, CorrectionKind::Factual)?;
        target.words((context, client, known), signers, beside, facts).await
    }

    fn facts(
        &self,
        target: &Target,
        changes: &[Change],
        kind: CorrectionKind,
    ) -> Result<Map<String, Value>, Usage> {
        let reason = match (&self.reason, kind) {
            (Some(reason), _) => reason.clone(),
            (None, CorrectionKind::Clerical) => "A slip of the pen.".to_owned(),
            (None, _) => {
                let at = target.position();
                return Err(Usage(format!(
                    "it changes what entry {at} says, and not only how it is written: say why (--reason TEXT)"
                )));
            }
        };
        Ok(Map::from_iter([
            ("kind".to_owned(), json!(kind)),
            ("fields".to_owned(), changes.iter().map(Change::to_json).collect()),
            ("reason".to_owned(), json!(reason)),
        ]))
    }
}
