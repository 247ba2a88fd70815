use super::context::Context;
use super::draft_file::DraftFile;
use super::exit::RefusedHere;
use super::writing::{confirm, keep, show_before_signing};
use crate::client::{Client, KnownLedger};
use std::path::PathBuf;

/// Adds a signature to a draft: shows exactly what would be signed, checks that its author saw this ledger
/// as it is, asks, signs.
///
/// The draft file is changed in place, whole or not at all. An old `seen` is fine.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  minutebook sign dissolution.draft.json --key chair.pem")]
pub(crate) struct Args {
    /// The draft, made with --draft.
    draft: PathBuf,
    /// Your key file; several, if you sign as several.
    #[arg(long, required = true, value_name = "FILE")]
    key: Vec<PathBuf>,
    /// Signs without asking.
    #[arg(long, short)]
    yes: bool,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let mut draft = DraftFile::read(&self.draft)?;
        let keys = self.key.iter().map(|path| context.key(path)).collect::<Result<Vec<_>, _>>()?;
        keys.iter().try_for_each(|key| draft.check_may_sign(key.public()))?;
        let (mut client, known) = context.connect().await?;
        check_bound(&draft, &mut client, &known).await?;
        if !(context.json && self.yes) {
            show_before_signing(&draft, &known.ledger);
        }
        confirm("Sign?", self.yes)?;
        for key in &keys {
            draft.add(key.public(), key.sign(draft.event.bytes()))?;
        }
        keep(context, &draft, &self.draft)
    }
}

/// Whether a draft is for this ledger, and its author saw an entry that stands in it.
///
/// # Errors
/// What differs: a draft that saw another history may be the proof of a fork.
pub(super) async fn check_bound(
    draft: &DraftFile,
    client: &mut Client,
    known: &KnownLedger,
) -> anyhow::Result<()> {
    let event = &draft.event;
    if event.source != known.reference.origin || event.ledger != Some(known.reference.id) {
        let theirs = event.ledger.map_or_else(|| "no entry".to_owned(), |ledger| ledger.to_string());
        let ours = &known.reference;
        return Err(RefusedHere(format!(
            "the draft is for another ledger:\n  draft   {} (opens with {theirs})\n  server  {} (opens with {})",
            event.source, ours.origin, ours.id
        ))
        .into());
    }
    let Some(seen) = event.seen.filter(|seen| seen.position.0 < known.ledger.size) else {
        return Err(RefusedHere(format!(
            "the draft's author saw an entry that this server does not have: {}. It may be the proof of a fork, or of \
             entries cut off: keep the draft, and ask",
            event.seen.map_or_else(|| "none".to_owned(), |seen| seen.to_string())
        ))
        .into());
    };
    let there = client.entry(seen.position).await?;
    if there.hash == seen.hash {
        return Ok(());
    }
    Err(RefusedHere(format!(
        "the draft's author saw {seen}, and this server has {} there. It may be the proof of a fork: keep the draft, and ask",
        there.hash
    ))
    .into())
}
