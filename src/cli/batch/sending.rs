//! The life of a batch: bound to the ledger, shown, asked about once, signed, appended as a whole; or, where the answer is
//! lost, kept as it was signed.

use super::choosing::{Chosen, Ring};
use crate::cli::columns::labelled;
use crate::cli::context::Context;
use crate::cli::draft_file::DraftFile;
use crate::cli::exit::Usage;
use crate::cli::key_news::KeyNews;
use crate::cli::writing::{self, Signer, Words, WritingArgs, confirm};
use crate::cli::{outline, receipt_file, show};
use crate::client::{ClientError, KnownLedger};
use crate::ledger::REQUEST_EVENTS_MAX;
use crate::proto::AppendedEvent;
use anyhow::Context as _;
use minutebook_log::{Hash, Receipt, Signed};
use serde_json::{Value, json};
use std::path::Path;

/// How much of each event is shown before it is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Showing {
    /// Its outline, with the length and the hash of its bytes.
    Outline,
    /// Its very bytes too.
    Bytes,
}

/// Takes a batch through its whole life. `names` are what the signers' keys were given as. The receipts are kept in a folder
/// beside the file that was recorded, if there is one.
///
/// # Errors
/// Whatever stops it on the way. Either all of it is appended or nothing; where nobody knows, all of it is kept, signed.
pub(in crate::cli) async fn write(
    context: &Context,
    writing: &WritingArgs,
    showing: Showing,
    words: Vec<Words>,
    (names, signers): (&[String], &[Signer]),
) -> anyhow::Result<()> {
    if writing.draft.is_some() {
        let what = "a batch is signed by whoever is here: draft one event at a time";
        return Err(Usage(what.to_owned()).into());
    }
    if words.is_empty() || words.len() > REQUEST_EVENTS_MAX {
        let what = format!("{} events, and 1 to {REQUEST_EVENTS_MAX} are taken at once", words.len());
        return Err(Usage(what).into());
    }
    let (mut client, known) = context.connect().await?;
    let all = words.len();
    let mut ring = Ring::ask(context, (&mut client, &known), names, signers).await?;
    let drafts = words.into_iter().enumerate().map(|(index, words)| {
        let named = format!("event {} of {all}, {} of {}", index + 1, words.type_name, words.subject);
        ring.draft(writing, words).context(named)
    });
    let drafts = drafts.collect::<anyhow::Result<Vec<_>>>()?;
    if !(context.json && writing.yes) {
        show_before_signing(&drafts, &known, showing);
    }
    confirm(&format!("Sign and submit {}?", events(all)), writing.yes)?;
    let signed =
        drafts.into_iter().map(|chosen| sign(chosen.draft, signers)).collect::<anyhow::Result<Vec<_>>>()?;
    let appended = client.append_all(&known, &signed).await;
    let appended = appended.map_err(|error| not_appended(context, &signed, error))?;
    let last = appended.last().and_then(|last| writing::seen(last).ok());
    last.into_iter().for_each(|last| client.remember(&known, last));
    // The events are recorded, whatever becomes of their receipts.
    let receipts = client.receipts_of(&known, &signed, &appended).await.with_context(|| {
        let places = places(&appended);
        format!("all of it is recorded ({places}), and its receipts were not got. For each: minutebook receipt fetch POSITION")
    })?;
    let folder = writing.receipt.as_ref().map(|file| file.with_extension("receipts"));
    if let Some(folder) = &folder {
        receipts.iter().for_each(|receipt| save(folder, receipt));
    }
    let news = writing::key_news(context, &mut client, &known, &signed).await;
    show_appended(context, &appended, folder.as_deref(), &news)?;
    news.iter().for_each(KeyNews::say);
    Ok(())
}

/// Shows what would be signed: what all of it is bound to, and each event in its order.
fn show_before_signing(drafts: &[Chosen], known: &KnownLedger, showing: Showing) {
    show::say(show::title(format!("To be signed: {}", events(drafts.len()))));
    drafts.first().into_iter().for_each(|first| writing::show_binding(&first.draft.event, &known.ledger));
    for (index, Chosen { draft, by, .. }) in drafts.iter().enumerate() {
        let (event, bytes) = (&draft.event, draft.event.bytes());
        show::say("");
        show::say(show::title(format!("{} of {}", index + 1, drafts.len())));
        show::say(outline::outline(event));
        by.iter().for_each(|by| show::say(labelled(1, "signed with", by)));
        show::say(labelled(1, "exact bytes", &format!("{}, BLAKE3 {}", bytes.len(), Hash::of(bytes))));
        if showing == Showing::Bytes {
            show::say(event.text());
        }
    }
    show::say("");
}

fn sign(mut draft: DraftFile, signers: &[Signer]) -> anyhow::Result<Signed> {
    for key in signers.iter().filter_map(Signer::signs_now) {
        if draft.check_may_sign(key.public()).is_ok() {
            draft.add(key.public(), key.sign(draft.event.bytes()))?;
        }
    }
    draft.into_signed()
}

/// Names the event that was refused; or keeps all of it where nobody knows what became of it.
fn not_appended(context: &Context, signed: &[Signed], error: ClientError) -> anyhow::Error {
    let ClientError::Refused(refusal) = &error else {
        let advice = keep_unsent(context, signed, &error);
        return anyhow::Error::from(error).context(advice);
    };
    let index = refusal.metadata.get("event_index").and_then(|at| at.parse::<usize>().ok());
    let named = index.and_then(|index| {
        let event = signed.get(index)?.event();
        let (number, all) = (index + 1, signed.len());
        Some(format!(
            "event {number} of {all}, {} of {}, is refused, and so ",
            event.event_type.name, event.subject
        ))
    });
    let named = named.unwrap_or_default();
    let nothing = match signed.len() {
        1 => "it is not recorded".to_owned(),
        all => format!("none of the {all} events is recorded"),
    };
    anyhow::Error::from(error).context(format!("{named}{nothing}"))
}

/// So many events, in words.
fn events(count: usize) -> String {
    if count == 1 { "1 event".to_owned() } else { format!("{count} events") }
}

/// Keeps what was signed, in its order; says how to send it again.
fn keep_unsent(context: &Context, signed: &[Signed], error: &ClientError) -> String {
    let first = signed.first().map(|first| first.event().id.to_string()).unwrap_or_default();
    let folder = context.memory.unsent_folder().join(&first);
    let numbered = signed.iter().enumerate();
    let kept = numbered
        .map(|(index, one)| DraftFile::of_signed(one)?.write(&folder.join(format!("{:04}.json", index + 1))));
    let fate = match (error.leaves_outcome_open() || !error.is_passing(), signed.len()) {
        (true, all) => format!("it is not known whether the book has these {all} events: all or none"),
        (false, all) => format!("none of these {all} events is recorded"),
    };
    match kept.collect::<anyhow::Result<Vec<()>>>() {
        Ok(_kept) => format!(
            "{fate}. They are kept, signed; sending all of them again can't record any of them twice: minutebook submit \
             {}/*.json",
            folder.display()
        ),
        Err(unwritable) => format!(
            "{fate}; they could not be kept either ({unwritable:#}). Look for the first (minutebook show {first}) before you \
             record them again"
        ),
    }
}

fn save(folder: &Path, receipt: &Receipt) {
    let file = folder.join(format!("{}.tlog-proof", receipt.position));
    if let Err(error) = receipt_file::save_as(&file, receipt) {
        writing::say_unsaved(receipt.position.0, &error);
    }
}

/// From where to where they stand.
fn places(appended: &[AppendedEvent]) -> String {
    match appended {
        [] => "no entry".to_owned(),
        [one] => format!("entry {}", one.position),
        [first, .., last] => format!("entries {} to {}", first.position, last.position),
    }
}

fn show_appended(
    context: &Context,
    appended: &[AppendedEvent],
    folder: Option<&Path>,
    news: &[KeyNews],
) -> anyhow::Result<()> {
    if context.json {
        let entries = appended.iter().map(|one| writing::appended_json(one, None));
        let entries = entries.collect::<anyhow::Result<Vec<_>>>()?;
        let news: Vec<Value> = news.iter().map(KeyNews::to_json).collect();
        return show::json(&json!({"appended": entries, "receipts": folder, "key_news": news}));
    }
    show::line(show::title(places(appended)))?;
    if let Some(last) = appended.last() {
        show::field("recorded", &last.recorded)?;
    }
    if let Some(folder) = folder {
        show::field("receipts", folder.display())?;
    }
    Ok(show::findings(appended.iter().flat_map(|one| &one.findings))?)
}
