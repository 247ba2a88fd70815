use super::context::Context;
use super::draft_file::SigningDraft;
use super::exit::Usage;
use super::key_news::KeyNews;
use super::sign::check_bound;
use super::writing::{self, SignedFrom};
use super::{receipt_file, show, unsent};
use crate::client::{Client, ClientError, KnownLedger};
use crate::ledger::REQUEST_EVENTS_MAX;
use crate::proto::AppendedEvent;
use anyhow::Context as _;
use minutebook_log::{Receipt, Signed};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Submits drafts that everybody has signed: one, or several in their order, all of them or none.
///
/// A file of several drafts is submitted as a whole. A receipt is saved beside each. Submitting a draft again records nothing twice: it gives the place of the first. What was kept
/// since no answer came goes once the book has it, and its receipt is saved in the folder that you are in.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook submit dissolution.draft.json
  minutebook submit decision-1.json decision-2.json decision-3.json")]
pub(crate) struct Args {
    /// The drafts, at most 1,000, in the order in which they are to stand in the book.
    #[arg(required = true, value_name = "FILE")]
    drafts: Vec<PathBuf>,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        // Said before a server is asked: it needs none.
        let read = self.drafts.iter().map(|file| Submitted::read(file));
        let all = read.collect::<anyhow::Result<Vec<_>>>()?.concat();
        if all.len() > REQUEST_EVENTS_MAX {
            let (found, most) = (all.len(), REQUEST_EVENTS_MAX);
            return Err(Usage(format!("{found} events, and at most {most} are taken at once")).into());
        }
        let (mut client, known) = context.connect().await?;
        for one in &all {
            check_bound(&one.draft, &mut client, &known).await.with_context(|| one.name())?;
        }
        match all.as_slice() {
            [one] => {
                let from = SignedFrom::Draft(one.file);
                writing::submit(context, &mut client, &known, &one.signed, from).await
            }
            all => submit_all(context, &mut client, &known, all).await,
        }
    }
}

/// A draft that is submitted, and its file.
#[derive(Clone)]
struct Submitted<'a> {
    file: &'a Path,
    draft: SigningDraft,
    signed: Signed,
    /// Whether others lie in the same file.
    is_one_of_several: bool,
}

impl<'a> Submitted<'a> {
    /// The drafts of a file, in their order.
    fn read(file: &'a Path) -> anyhow::Result<Vec<Self>> {
        let drafts = SigningDraft::read_all(file)?;
        let is_one_of_several = drafts.len() > 1;
        let each = drafts.into_iter().map(|draft| {
            let signed = draft.clone().into_signed().with_context(|| file.display().to_string())?;
            Ok(Self { file, draft, signed, is_one_of_several })
        });
        each.collect()
    }

    fn name(&self) -> String {
        self.file.display().to_string()
    }
}

/// Submits several in one request, says where they stand, and saves a receipt beside each.
async fn submit_all(
    context: &Context,
    client: &mut Client,
    known: &KnownLedger,
    all: &[Submitted<'_>],
) -> anyhow::Result<()> {
    let events: Vec<_> = all.iter().map(|one| one.signed.clone()).collect();
    let appended = client.append_all(known, &events).await.map_err(|error| not_appended(error, all))?;
    let last = appended.last().and_then(|last| writing::seen(last).ok());
    last.into_iter().for_each(|last| client.remember(known, last));
    let receipts = client.receipts_of(known, &events, &appended).await;
    // The events are recorded, whatever becomes of their receipts; those can be fetched again.
    let receipts = receipts
        .context("all of the events are recorded, and their receipts were not got: submit them again")?;
    let saved: Vec<_> = all.iter().zip(&receipts).map(|(one, receipt)| save(context, one, receipt)).collect();
    all.iter().for_each(|one| unsent::forget(context, one.file));
    let news = writing::key_news(context, client, known, &events).await;
    show_all(context, all, &appended, &saved, &news)
}

fn save(context: &Context, one: &Submitted<'_>, receipt: &Receipt) -> Option<PathBuf> {
    let saved = if one.is_one_of_several {
        // As a file that is recorded has them: in a folder beside it.
        let folder = one.file.with_extension("receipts");
        receipt_file::save_as(&folder.join(format!("{}.tlog-proof", receipt.position)), receipt)
    } else {
        unsent::save_receipt(context, one.file, &one.signed, receipt)
    };
    match saved {
        Ok(path) => Some(path),
        Err(error) => {
            writing::say_unsaved(receipt.position.0, &error);
            None
        }
    }
}

/// Names the file that was refused; or says how to go on where nobody knows what became of them.
fn not_appended(error: ClientError, all: &[Submitted<'_>]) -> anyhow::Error {
    let ClientError::Refused(refusal) = &error else {
        let fate = match error.leaves_outcome_open() {
            true => "it is not known whether the book has the events",
            false => "none of the events is recorded",
        };
        return anyhow::Error::from(error).context(format!(
            "{fate}. Keep the files: submitting all of them again can't record any of them twice"
        ));
    };
    let index = refusal.metadata.get("event_index").and_then(|at| at.parse().ok());
    let refused = index.and_then(|at: usize| all.get(at)).map(|one| {
        let event = one.signed.event();
        let which = format!(", {} of {},", event.event_type.name, event.subject);
        format!("{}{}", one.name(), if one.is_one_of_several { which } else { String::new() })
    });
    let named = refused.map_or_else(String::new, |file| format!("{file} is refused, and so "));
    anyhow::Error::from(error).context(format!("{named}none of the {} events is recorded", all.len()))
}

fn show_all(
    context: &Context,
    all: &[Submitted<'_>],
    appended: &[AppendedEvent],
    saved: &[Option<PathBuf>],
    news: &[KeyNews],
) -> anyhow::Result<()> {
    let rows = all.iter().zip(appended).zip(saved);
    if context.json {
        let rows = rows.map(|((one, appended), saved)| {
            let mut said = writing::appended_json(appended, saved.as_deref())?;
            if let Value::Object(members) = &mut said {
                members.insert("file".to_owned(), json!(one.file));
            }
            Ok(said)
        });
        let rows = rows.collect::<anyhow::Result<Vec<_>>>()?;
        let news: Vec<_> = news.iter().map(KeyNews::to_json).collect();
        show::json(&json!({"appended": rows, "key_news": news}))?;
    } else {
        for ((one, appended), saved) in rows {
            writing::show_appended(appended, Some(one.file), saved.as_deref())?;
        }
    }
    news.iter().for_each(KeyNews::say);
    Ok(())
}
