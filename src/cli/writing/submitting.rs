//! Submitting what everybody has signed: where it stands, where its receipt is, and what becomes of it where no answer comes or
//! the server does not take it now.

use super::{say_unsaved, seen, show_one};
use crate::cli::context::Context;
use crate::cli::draft_file::SigningDraft;
use crate::cli::key_news::KeyNews;
use crate::cli::{receipt_file, unsent};
use crate::client::{Client, ClientError, KnownLedger};
use minutebook_governance::catalogue::read_event;
use minutebook_log::Signed;
use std::collections::BTreeSet;
use std::path::Path;

/// Where a signed event comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum SignedFrom<'a> {
    /// It was signed a moment ago. Its receipt is saved beside this file, if there is one.
    Words(Option<&'a Path>),
    /// The draft in this file, which is there whatever becomes of the event.
    Draft(&'a Path),
}

/// Submits a signed event, says where it stands, and saves its receipt.
///
/// # Errors
/// It was refused; or the server does not take it now, or nobody knows what became of it: then it is kept, to be sent again as
/// it is.
pub(crate) async fn submit(
    context: &Context,
    client: &mut Client,
    known: &KnownLedger,
    signed: &Signed,
    from: SignedFrom<'_>,
) -> anyhow::Result<()> {
    let (appended, receipt) = match client.append_for_receipt(known, signed).await {
        Ok(appended) => appended,
        Err(error) if error.leaves_outcome_open() || error.is_passing() => {
            return Err(not_appended(context, signed, from, error));
        }
        Err(error) => return Err(error.into()),
    };
    client.remember(known, seen(&appended)?);
    // The event is recorded, whatever becomes of the file; the receipt can be fetched again.
    let saved = match from {
        SignedFrom::Words(file) => file.map(|file| receipt_file::save_beside(file, &receipt)),
        SignedFrom::Draft(file) => Some(unsent::save_receipt(context, file, signed, &receipt)),
    };
    if let Some(Err(error)) = &saved {
        say_unsaved(appended.position, error);
    }
    if let SignedFrom::Draft(file) = from {
        unsent::forget(context, file);
    }
    let news = key_news(context, client, known, std::slice::from_ref(signed)).await;
    show_one(context, &appended, saved.and_then(Result::ok).as_deref(), &news)?;
    news.iter().for_each(KeyNews::say);
    Ok(())
}

/// What is new among the keys of the bodies that these events are signed for.
pub(crate) async fn key_news(
    context: &Context,
    client: &mut Client,
    known: &KnownLedger,
    events: &[Signed],
) -> Vec<KeyNews> {
    let acts: Vec<_> = events.iter().filter_map(|signed| read_event(signed.event()).ok()).collect();
    let signatories = acts.iter().flat_map(|act| &act.signatories);
    let bodies: BTreeSet<_> = signatories.filter_map(|it| it.body.clone()).collect();
    let mut news = Vec::new();
    for body in &bodies {
        news.extend(KeyNews::look(context, client, known, body).await);
    }
    news
}

/// Keeps what was signed, unless it is in a file already, and says how it goes on.
fn not_appended(
    context: &Context,
    signed: &Signed,
    from: SignedFrom<'_>,
    error: ClientError,
) -> anyhow::Error {
    let id = &signed.event().id;
    let fate = match error.leaves_outcome_open() {
        true => format!("it is not known whether the book has the event {id}"),
        false => format!("the event {id} is not recorded"),
    };
    let advice = match from {
        SignedFrom::Draft(file) => {
            format!("{fate}. Submitting {} again can't record it twice", file.display())
        }
        SignedFrom::Words(_receipt) => match keep(context, signed) {
            Ok(path) => format!(
                "{fate}. It is kept, signed; sending it again can't record it twice: minutebook submit {}",
                path.display()
            ),
            Err(unwritable) => format!(
                "{fate}; it could not be kept either ({unwritable:#}). Look for it (minutebook show {id}) before you record it \
                 again"
            ),
        },
    };
    anyhow::Error::from(error).context(advice)
}

fn keep(context: &Context, signed: &Signed) -> anyhow::Result<std::path::PathBuf> {
    let path = context.memory.unsent(&signed.event().id.to_string());
    SigningDraft::of_signed(signed)?.write(&path)?;
    Ok(path)
}
