//! The life of a load: dry run, question, one go, receipt.

mod signers;
mod tally;

use super::context::Context;
use super::exit::{RefusedHere, Usage};
use super::verify::verified_book;
use super::writing::{confirm, now};
use super::{receipt_file, show};
use crate::author::wire_event;
use crate::client::{AppendStream, Client, ClientError, KnownLedger, ReceiptKey};
use crate::import::{Judge, Judged, Load, Loader, Problem, Row, RowFault, RowPlace};
use crate::proto::{AppendedEvent, Purpose, SignedEvent};
use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};
use minutebook_governance::loads::DocumentRegistered;
use minutebook_governance::{Capacity, Date, PDate, Sealable, Standing};
use minutebook_log::{Position, Seen, Timestamp};
use serde_json::json;
use std::collections::{BTreeSet, VecDeque};
use std::path::PathBuf;
use std::time::Instant;
use tally::Tally;

/// How many events one request appends at most, and how many bytes of them.
const BATCH_EVENTS: usize = 500;
const BATCH_BYTES: usize = 1024 * 1024;

/// Loads files of events, or of bodies and successions, as CSV or JSON Lines: first a dry run that writes nothing and
/// lists every row that would be refused, then one go.
///
/// Each row is judged on a verified copy of the book as the rows before it leave it. Nothing is appended while a row
/// would be refused, unless you leave those out. A row that stands in the book already, signed by the same key, is never appended twice: if
/// a load was interrupted, or a row of it was mended, run the same command again.
///
/// docs/import.md says what the files look like.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook import bodies.csv successions.csv --key ods.pem --speaks-to 2025-12-29 --dry-run
  minutebook import bodies.csv successions.csv --key ods.pem --speaks-to 2025-12-29
  minutebook import papers.jsonl --key importer.pem --standing own_document --speaks-to 2019-07-31")]
pub(crate) struct Args {
    /// The files. Bodies and successions are put in order of date; events are taken as they come.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// The key file that signs; once for each name that rows have in `signer`. The first signs all others.
    #[arg(long, value_name = "[NAME=]FILE", required = true)]
    key: Vec<String>,
    /// As what the keys sign, where they may sign as several.
    #[arg(long, value_parser = super::grant::parse_capacity)]
    capacity: Option<Capacity>,
    /// The standing of rows that state none: register, own_document, third_party, own_record, own_act. For the key of a
    /// register: register.
    #[arg(long, value_parser = super::grant::parse_standing)]
    standing: Option<Standing>,
    /// The load's horizon: the last day of which the files speak. Answers for later days say "as loaded to".
    #[arg(long, value_name = "DATE")]
    speaks_to: Date,
    /// What the files are called. Else their names.
    #[arg(long)]
    title: Option<String>,
    /// Who published them.
    #[arg(long)]
    publisher: Option<String>,
    /// When they were published.
    #[arg(long, value_name = "DATE")]
    published: Option<Date>,
    /// Under which licence they may be used.
    #[arg(long)]
    licence: Option<String>,
    /// Saves the last entry's receipt there.
    #[arg(long, value_name = "FILE")]
    receipt: Option<PathBuf>,
    /// Stops after the dry run.
    #[arg(long)]
    dry_run: bool,
    /// Leaves out the rows that would be refused, and appends the others.
    #[arg(long)]
    leave_out_refused: bool,
    /// Appends without asking.
    #[arg(long, short)]
    yes: bool,
}

/// A load under way.
struct Loading {
    load: Load,
    author: Loader,
    judge: Judge,
    /// One row for each file: what it is, and up to when it speaks.
    documents: Vec<(RowPlace, Row)>,
    clock: Timestamp,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let load = Load::open(&self.files)?;
        let book = verified_book(context).await?;
        let (mut client, known) = context.connect().await?;
        let mut loading = self.loading(context, load, Judge::new(book), &known)?;
        let mut tally = tokio::task::block_in_place(|| loading.dry_run(context.json))?;
        tally.show(context.json, "would be appended")?;
        if tally.refused > 0 && !self.leave_out_refused {
            let rows =
                if tally.refused == 1 { "1 row".to_owned() } else { format!("{} rows", tally.refused) };
            let what = format!("{rows} would be refused; nothing was appended");
            return Err(RefusedHere(what).into());
        }
        if self.dry_run || tally.new == 0 {
            return Ok(());
        }
        confirm(&format!("Append {} events to {}?", tally.new, known.ledger.origin), self.yes)?;
        let started = Instant::now();
        let last = loading.append(&mut client, &known, &mut tally).await?;
        self.finish(context, &mut client, &known, last, (&tally, started)).await
    }

    fn loading(
        &self,
        context: &Context,
        load: Load,
        judge: Judge,
        known: &KnownLedger,
    ) -> anyhow::Result<Loading> {
        let record = judge.book().record();
        let signers = signers::open(context, &self.key, self.capacity, record)?;
        let first = signers.first().map(|signer| signer.signatory.capacity);
        let standing = self.standing.or((first == Some(Capacity::Register)).then_some(Standing::Register));
        let standing = standing.ok_or_else(|| {
            Usage(
                "say with which standing what states none: --standing own_document or third_party".to_owned(),
            )
        })?;
        let horizon = Timestamp::parse_event_time(&format!("{}T00:00:00Z", self.speaks_to))?;
        let clock = now()?;
        let is_live = known.ledger.purpose() != Purpose::ReEnactment;
        let head = judge.book().chain().head();
        let seen = Seen { position: Position(head.size.saturating_sub(1)), hash: head.hash };
        let ledger = crate::author::LedgerRef { seen, ..known.reference.clone() };
        let author = Loader { signers, ledger, standing, now: is_live.then_some(clock), horizon };
        let documents = load.files().iter().map(|file| self.document(file)).collect::<anyhow::Result<_>>()?;
        Ok(Loading { load, author, judge, documents, clock })
    }

    fn document(&self, file: &crate::import::File) -> anyhow::Result<(RowPlace, Row)> {
        let title =
            self.title.as_ref().map_or_else(|| file.name(), |title| format!("{title} ({})", file.name()));
        let facts = DocumentRegistered {
            title: Sealable::Clear(title),
            publisher: self.publisher.clone(),
            published: self.published.map(PDate::day),
            licence: self.licence.clone(),
            sha256: Some(file.sha256.parse()?),
            speaks_to: Some(self.speaks_to),
        };
        let slug: String = file.sha256.chars().take(16).collect();
        let row =
            json!({"type": "DocumentRegistered", "subject": format!("document/{slug}"), "facts": facts});
        let place = RowPlace { file: file.path.display().to_string(), line: 0 };
        Ok((place, serde_json::from_value(row)?))
    }

    async fn finish(
        &self,
        context: &Context,
        client: &mut Client,
        known: &KnownLedger,
        last: Seen,
        (tally, started): (&Tally, Instant),
    ) -> anyhow::Result<()> {
        let took = started.elapsed();
        client.remember(known, last);
        let (receipt, _published) = client.receipt(known, ReceiptKey::Position(last.position.0)).await?;
        let saved = self.receipt.as_ref().map(|path| receipt_file::save_as(path, &receipt)).transpose()?;
        tally.show(context.json, "appended")?;
        let per_second = (tally.new as f64 / took.as_secs_f64().max(0.001)).round();
        if context.json {
            let said = json!({"last_position": last.position, "receipt": saved, "took_ms": took.as_millis() as u64,
                "entries_per_second": per_second as u64, "speaks_to": self.speaks_to});
            return Ok(show::json_line(&said)?);
        }
        show::field("took", format!("{:.1} s, {per_second} entries a second", took.as_secs_f64()))?;
        show::field("horizon", self.speaks_to)?;
        let what = format!("entry {}, which holds the hash of all before it", last.position);
        let receipt = match saved {
            Some(path) => format!("{}: {what}", path.display()),
            None => format!("{what}: minutebook receipt {}", last.position),
        };
        show::field("receipt", receipt)?;
        Ok(())
    }
}

impl Loading {
    /// Judges every row, and says of each that would be refused where it stands and why.
    fn dry_run(&mut self, as_json: bool) -> anyhow::Result<Tally> {
        let mut tally = Tally::default();
        let bar = progress("judged {human_pos} rows, {per_sec}", None)?;
        let mut accepted = BTreeSet::new();
        for row in self.load.rows() {
            bar.inc(1);
            let (place, judged) = judge(&mut self.judge, &self.author, self.clock, row);
            if !matches!(judged, Judged::Refused(_)) {
                accepted.insert(place.file.clone());
            }
            bar.suspend(|| tally.take(&place, judged, as_json))?;
        }
        // What no row was taken from says nothing of its day.
        self.documents.retain(|(place, _row)| accepted.contains(&place.file));
        for row in self.documents.iter().cloned().map(Ok) {
            bar.inc(1);
            let (place, judged) = judge(&mut self.judge, &self.author, self.clock, row);
            bar.suspend(|| tally.take(&place, judged, as_json))?;
        }
        bar.finish_and_clear();
        Ok(tally)
    }

    /// Appends what was judged new, batch after batch over one stream, each on top of what is known to be appended.
    /// Returns the last entry.
    async fn append(
        &self,
        client: &mut Client,
        known: &KnownLedger,
        tally: &mut Tally,
    ) -> anyhow::Result<Seen> {
        tally.findings.clear();
        let bar = progress("appended {human_pos} of {human_len}, {per_sec}, {eta} to go", Some(tally.new))?;
        let mut seen = known.reference.seen;
        let mut batch = Batch::default();
        let mut sending = Sending::new(client.append_stream(known).await?, tally, &bar);
        let rows = self.load.rows().chain(self.documents.iter().cloned().map(Ok)).filter_map(Result::ok);
        for (place, row) in rows {
            let signed = self.author.write(&row, seen).map_err(|problem| changed(&place, &problem))?;
            if !batch.is_next(self.judge.place_of(signed.event().id)) {
                continue;
            }
            batch.push(place, wire_event(&signed));
            if batch.is_full() {
                seen = sending.send(batch.take()).await?.unwrap_or(seen);
            }
        }
        seen = sending.send(batch.take()).await?.unwrap_or(seen);
        seen = sending.finish().await?.unwrap_or(seen);
        bar.finish_and_clear();
        Ok(seen)
    }
}

/// What becomes of a row as those before it leave the book.
fn judge(
    judge: &mut Judge,
    author: &Loader,
    clock: Timestamp,
    row: Result<(RowPlace, Row), RowFault>,
) -> (RowPlace, Judged) {
    match row {
        Ok((place, row)) => match author.write(&row, author.ledger.seen) {
            Ok(signed) => (place, judge.judge(&signed, clock)),
            Err(problem) => (place, Judged::Refused(vec![problem])),
        },
        Err(fault) => (fault.place, Judged::Refused(fault.problems)),
    }
}

/// A file that says something else than in the dry run.
fn changed(place: &RowPlace, problem: &Problem) -> anyhow::Error {
    anyhow::anyhow!("{place}: the file has changed since the dry run: {}", problem.found)
}

/// What is sent together.
#[derive(Default)]
struct Batch {
    events: Vec<SignedEvent>,
    bytes: usize,
    first: Option<RowPlace>,
    last: Option<RowPlace>,
    /// Where the last that was taken would have stood after the dry run: each is taken once.
    at: Option<Position>,
}

impl Batch {
    fn is_next(&mut self, place: Option<Position>) -> bool {
        let is_next = place.is_some() && place > self.at;
        if is_next {
            self.at = place;
        }
        is_next
    }

    fn push(&mut self, place: RowPlace, event: SignedEvent) {
        self.bytes += event.event.len();
        self.events.push(event);
        self.first.get_or_insert_with(|| place.clone());
        self.last = Some(place);
    }

    fn is_full(&self) -> bool {
        self.events.len() >= BATCH_EVENTS || self.bytes >= BATCH_BYTES
    }

    /// What there is; what comes next begins anew.
    fn take(&mut self) -> Self {
        let at = self.at;
        std::mem::replace(self, Self { at, ..Self::default() })
    }

    fn interrupted(&self, appended: u64) -> String {
        let between =
            self.first.iter().chain(&self.last).map(ToString::to_string).collect::<Vec<_>>().join(" to ");
        format!("stopped at {between}, after {appended} events; run the same command again for the rest")
    }
}

/// Batches on their way: each is appended all or not at all, in their order.
struct Sending<'a> {
    stream: AppendStream,
    /// Those that are not answered yet, the oldest first.
    under_way: VecDeque<Batch>,
    tally: &'a mut Tally,
    bar: &'a ProgressBar,
}

impl<'a> Sending<'a> {
    fn new(stream: AppendStream, tally: &'a mut Tally, bar: &'a ProgressBar) -> Self {
        Self { stream, under_way: VecDeque::new(), tally, bar }
    }

    /// Sends a batch, and returns the last entry that is known to be appended since.
    async fn send(&mut self, mut batch: Batch) -> anyhow::Result<Option<Seen>> {
        let events = std::mem::take(&mut batch.events);
        if events.is_empty() {
            return Ok(None);
        }
        self.under_way.push_back(batch);
        let answer = self.stream.send(events).await;
        self.count(answer)
    }

    /// Waits for all that is not answered yet.
    async fn finish(&mut self) -> anyhow::Result<Option<Seen>> {
        self.stream.close();
        let mut last = None;
        while !self.under_way.is_empty() {
            let answer = self.stream.next().await;
            last = self.count(answer)?.or(last);
        }
        self.stream.check().await?;
        Ok(last)
    }

    fn count(
        &mut self,
        answer: Result<Option<Vec<AppendedEvent>>, ClientError>,
    ) -> anyhow::Result<Option<Seen>> {
        let oldest = self.under_way.front();
        let appended = answer.with_context(|| {
            oldest.map_or_else(String::new, |batch| batch.interrupted(self.tally.appended))
        })?;
        let Some(appended) = appended else { return Ok(None) };
        self.under_way.pop_front();
        self.tally.count(&appended);
        self.bar.inc(appended.len() as u64);
        if !show::is_watched() {
            show::say(format!("appended {} of {}", self.tally.appended, self.tally.new));
        }
        last_of(&appended).map(Some)
    }
}

fn last_of(appended: &[AppendedEvent]) -> anyhow::Result<Seen> {
    let last = appended.last().ok_or_else(|| ClientError::lies("AppendStream", "no position"))?;
    let hash = last.hash.parse().map_err(|_no_hash| ClientError::lies("AppendStream", "no hash"))?;
    Ok(Seen { position: Position(last.position), hash })
}

/// A line on standard error that tells how far it is; nothing where that is no terminal.
fn progress(template: &str, length: Option<u64>) -> anyhow::Result<ProgressBar> {
    let bar = length.map_or_else(ProgressBar::no_length, ProgressBar::new);
    Ok(bar.with_style(ProgressStyle::with_template(template)?))
}
