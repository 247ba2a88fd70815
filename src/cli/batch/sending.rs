//! The life of a batch: bound to the ledger, judged by it, shown, asked about once, signed, appended as a whole; or kept for
//! others to sign; or, where the answer is lost, kept as it was signed.

use super::choosing::Ring;
use crate::cli::context::Context;
use crate::cli::draft_file::SigningDraft;
use crate::cli::exit::Usage;
use crate::cli::judged;
use crate::cli::key_news::KeyNews;
use crate::cli::read_out::Called;
use crate::cli::writing::{self, Signer, ToBeSigned, Words, WritingArgs, confirm, events};
use crate::cli::{receipt_file, show};
use crate::client::ClientError;
use crate::ledger::REQUEST_EVENTS_MAX;
use crate::proto::AppendedEvent;
use anyhow::Context as _;
use minutebook_log::{Receipt, SecretKey, Signed};
use serde_json::{Value, json};
use std::path::Path;

/// Takes a batch through its whole life. `names` are what the signers' keys were given as. The receipts are kept in a folder
/// beside the file that was recorded, if there is one.
///
/// # Errors
/// Whatever stops it on the way. Either all of it is appended or nothing; where nobody knows, all of it is kept, signed.
pub(in crate::cli) async fn write(
    context: &Context,
    writing: &WritingArgs,
    words: Vec<Words>,
    (names, signers): (&[String], &[Signer]),
) -> anyhow::Result<()> {
    if words.is_empty() {
        let what = "the file has a heading alone: the events follow it, one after another";
        return Err(Usage(what.to_owned()).into());
    }
    if words.len() > REQUEST_EVENTS_MAX {
        let what = format!("{} events, and 1 to {REQUEST_EVENTS_MAX} are taken at once", words.len());
        return Err(Usage(what).into());
    }
    writing.check_draft()?;
    let (mut client, known) = context.connect().await?;
    let all = words.len();
    let mut ring = Ring::ask(context, (&mut client, &known), names, signers).await?;
    let lines: Vec<_> = words.iter().map(|words| words.places.clone()).collect();
    let disclosures: Vec<_> = words.iter().flat_map(|words| words.disclosures.clone()).collect();
    let drafts = words.into_iter().enumerate().map(|(index, words)| {
        let named = format!("event {} of {all}, {} of {}", index + 1, words.type_name, words.subject);
        ring.draft(writing, words).context(named)
    });
    let drafts = drafts.collect::<anyhow::Result<Vec<_>>>()?;
    let judged: Vec<_> = drafts.iter().map(|chosen| &chosen.draft.event).zip(&lines).collect();
    let judgement = writing.judge(&mut client, &judged).await?;
    if writing.dry_run {
        return judgement.show(context, &judged);
    }
    let foreseen = judgement.taken()?;
    let now: Vec<_> = signers.iter().filter_map(Signer::signs_now).collect();
    drafts.iter().try_for_each(|chosen| writing.check_signers(&chosen.draft, &now))?;
    if !(context.json && writing.yes) {
        let events: Vec<_> = judged.iter().map(|(event, _places)| *event).collect();
        let called = Called::ask(context, (&mut client, &known), &events).await;
        let shown = drafts.iter().map(|chosen| (&chosen.draft, chosen.by.as_slice())).collect();
        ToBeSigned { drafts: shown, called: &called, showing: writing.showing() }.say(&known.ledger);
        writing::show_sealed(&disclosures);
        judged::say_findings(&foreseen);
    }
    let question = if writing.draft.is_some() { "Sign the drafts of" } else { "Sign and submit" };
    if !now.is_empty() {
        confirm(&format!("{question} {}?", events(all)), writing.yes)?;
    }
    // An answer takes its time.
    writing.check_draft()?;
    writing.keep_sealed(&disclosures)?;
    let drafts =
        drafts.into_iter().map(|chosen| sign(chosen.draft, &now)).collect::<anyhow::Result<Vec<_>>>()?;
    if let Some(path) = &writing.draft {
        return writing::keep(context, &drafts, path);
    }
    let signed = drafts.into_iter().map(SigningDraft::into_signed).collect::<Result<Vec<_>, _>>()?;
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

/// The draft with the signatures of those who are here and among those who sign it.
fn sign(mut draft: SigningDraft, now: &[&SecretKey]) -> anyhow::Result<SigningDraft> {
    for key in now {
        if draft.check_may_sign(key.public()).is_ok() {
            draft.add(key.public(), key.sign(draft.event.bytes()))?;
        }
    }
    Ok(draft)
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

/// Keeps what was signed, in its order; says how to send it again.
fn keep_unsent(context: &Context, signed: &[Signed], error: &ClientError) -> String {
    let first = signed.first().map(|first| first.event().id.to_string()).unwrap_or_default();
    let folder = context.memory.unsent_folder().join(&first);
    let numbered = signed.iter().enumerate();
    let kept = numbered.map(|(index, one)| {
        SigningDraft::of_signed(one)?.write(&folder.join(format!("{:04}.json", index + 1)))
    });
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

/// Says where events stand, and where their receipts are.
///
/// # Errors
/// Standard output is closed.
pub(in crate::cli) fn show_appended(
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
    let again = if appended.iter().any(|one| one.again) { " (recorded already)" } else { "" };
    show::sentence(show::title(format!("{}{again}", places(appended))))?;
    if let Some(last) = appended.last() {
        show::field("recorded", &last.recorded)?;
    }
    if let Some(folder) = folder {
        show::field("receipts", folder.display())?;
    }
    Ok(show::findings(appended.iter().flat_map(|one| &one.findings))?)
}
