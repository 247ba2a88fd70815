//! Plays the script through the public API, in batches, and reads back what stands in the log.

use super::cast::Cast;
use super::play::SceneWriter;
use super::scene::Scene;
use crate::author::LedgerRef;
use crate::author::wire_event;
use crate::client::{Client, ClientError};
use crate::proto::{AppendEventsRequest, GetLedgerRequest, Ledger, ListEntriesRequest};
use anyhow::{Context as _, bail};
use indicatif::{ProgressBar, ProgressStyle};
use minutebook_log::{Position, Seen};
use minutebook_verify::{AuditVerdict, Report};
use std::convert::Infallible;

/// How many events one request appends.
const BATCH_EVENTS: usize = 100;
/// How many entries one request reads back.
const PAGE_ENTRIES: i32 = 1000;

/// Signs and appends every scene in its order. Each batch has seen the last entry of the one before.
///
/// # Errors
/// [`ClientError`]: what the server refuses, or that it is gone.
pub(super) async fn play(client: &mut Client, cast: &Cast, scenes: &[Scene]) -> anyhow::Result<()> {
    let mut author = SceneWriter::new(cast);
    let mut ledger = reference(&ledger(client).await?)?;
    let bar = progress(scenes.len())?;
    for batch in scenes.chunks(BATCH_EVENTS) {
        let signed: Result<Vec<_>, _> = batch.iter().map(|scene| author.write(scene, &ledger)).collect();
        let signed_events = signed?.iter().map(wire_event).collect();
        let request = AppendEventsRequest { signed_events, validate_only: false };
        let response = client.log.append_events(request).await.map_err(ClientError::from)?.into_inner();
        let last = response.appended.last().context("the server appended nothing")?;
        ledger.seen = Seen { position: Position(last.position), hash: last.hash.parse()? };
        if let Some(scene) = batch.last() {
            bar.set_message(scene.time.to_string().chars().take(4).collect::<String>());
        }
        bar.inc(batch.len() as u64);
    }
    bar.finish_and_clear();
    Ok(())
}

/// Reads every entry back and replays it: chain, signatures, authority, rules. The end is the server's own.
///
/// # Errors
/// The first entry that does not verify; an end that is not where the server says.
pub(super) async fn read_back(client: &mut Client) -> anyhow::Result<Report> {
    let mut stored: Vec<Result<Vec<u8>, Infallible>> = Vec::new();
    let mut request = ListEntriesRequest { page_size: PAGE_ENTRIES, ..ListEntriesRequest::default() };
    loop {
        let page = client.log.list_entries(request.clone()).await.map_err(ClientError::from)?.into_inner();
        stored.extend(page.entries.into_iter().map(|entry| Ok(entry.content)));
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    let Ok(report) = minutebook_verify::verify(stored, |_read| ());
    if let Some(exception) = &report.exception {
        bail!("entry {} does not verify: {}", exception.position, exception.what);
    }
    let said = ledger(client).await?;
    let same = said.size == report.head.size && said.head_hash == report.head.hash.to_string();
    if report.verdict != AuditVerdict::Verified || !same {
        bail!(
            "the server says that the log ends with {}, and its entries end with {}",
            said.head_hash,
            report.head.hash
        );
    }
    Ok(report)
}

async fn ledger(client: &mut Client) -> anyhow::Result<Ledger> {
    let response = client.log.get_ledger(GetLedgerRequest {}).await.map_err(ClientError::from)?;
    response.into_inner().ledger.context("the server shows no ledger")
}

fn reference(ledger: &Ledger) -> anyhow::Result<LedgerRef> {
    let seen = Seen { position: Position(ledger.size.saturating_sub(1)), hash: ledger.head_hash.parse()? };
    Ok(LedgerRef { origin: ledger.origin.parse()?, id: ledger.id.parse()?, seen })
}

/// A bar on standard error; nothing where that is no terminal.
fn progress(scenes: usize) -> anyhow::Result<ProgressBar> {
    let style =
        ProgressStyle::with_template("  playing {msg:4} {wide_bar:.cyan/dim} {pos:>5} of {len} events ")?;
    Ok(ProgressBar::new(scenes as u64).with_style(style))
}
