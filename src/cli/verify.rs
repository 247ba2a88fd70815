use super::context::Context;
use super::desk_pages::{self, desk_pages, show_pages};
use super::exit::{RulesNotReplayed, VerificationFailed};
use super::reread::{FromStore, Spool};
use super::show;
use crate::client::Remembered;
use crate::client::{Client, ClientError};
use crate::proto;
use indicatif::{ProgressBar, ProgressStyle};
use minutebook_governance::Book;
use minutebook_log::{Chain, Continued, Entry, Hash, Opening, Position};
use minutebook_store::{Engine as _, EngineError, FoundBy, OpenError, ReadLimits, SledEngine};
use minutebook_verify::{AuditVerdict, EntryBytes, Exception, Report};
use owo_colors::OwoColorize as _;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::runtime::Handle;

/// How much is read from a store at once.
const LIMITS: ReadLimits = ReadLimits { entries: 4096, bytes: 16 * 1024 * 1024 };

/// Verifies the whole book from the bytes of its entries: chain, signatures, authority, rules; and that it
/// still holds the last entry that was seen of it from here. Names the first entry that fails.
///
/// It asks the server, and trusts nothing but the bytes; or with --dir it reads a ledger's folder, which no
/// server may have open. It says what was admitted under which rules, not what is lawful.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook verify
  minutebook verify --dir book")]
pub(crate) struct Args {
    /// A ledger's folder, instead of a server.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Leave the rules out, and check signatures many as one: at least twice as quick, and no verdict on the book. Authentic as
    /// far as that tells is exit code 6.
    #[arg(long)]
    quick: bool,
}

/// How deep to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Depth {
    /// Everything but the rules.
    Authenticity,
    /// The rules too; the book reads again what they ask for.
    Rules,
    /// The same, and the book stays in memory: more is asked of it than whether it holds.
    Book,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let depth = if self.quick { Depth::Authenticity } else { Depth::Rules };
        let (report, remembered) = match &self.dir {
            Some(dir) => {
                let report = verify_folder(dir, depth).await?;
                let remembered = check_memory(context, &report)?;
                (report, remembered)
            }
            None => verify_server(context, depth).await?,
        };
        let failure = failure_of(&report, remembered.as_ref());
        let verdict = if failure.is_some() { AuditVerdict::Failed } else { report.verdict };
        let pages = match &self.dir {
            Some(_folder) => desk_pages(None).await,
            None => desk_pages(Some(&mut context.connect().await?.0)).await,
        };
        if context.json {
            let mut said = to_json(&report, verdict, failure.as_deref());
            if let Some(said) = said.as_object_mut() {
                said.insert("pages".to_owned(), desk_pages::to_json(&pages));
            }
            show::json(&said)?;
        } else {
            show_report(&report, verdict)?;
            show_pages(&pages)?;
        }
        match (failure, &report.exception) {
            (Some(why), _) => Err(VerificationFailed(why).into()),
            (None, Some(unknown)) => Err(RulesNotReplayed(unknown_rules(&report, unknown)).into()),
            (None, None) if verdict == AuditVerdict::Authentic => {
                Err(RulesNotReplayed(NOT_ASKED.to_owned()).into())
            }
            (None, None) => Ok(()),
        }
    }
}

/// What a quick look comes to.
const NOT_ASKED: &str = "authentic, as far as a check of many signatures as one tells; whether those who signed might, and the rules \
     admit it, was not asked (--quick)";

/// How far the book is authentic, how far its rules were replayed, and why no further.
fn unknown_rules(report: &Report, exception: &Exception) -> String {
    format!(
        "authentic to {}, rules replayed to {}: {}. This is neither a pass nor a sign of tampering; a later version \
         of this program knows these rules",
        report.authentic, report.replayed, exception.what
    )
}

/// Verifies a copy, in a temporary folder: opening a damaged store would cost the evidence in it.
async fn verify_folder(dir: &Path, depth: Depth) -> anyhow::Result<Report> {
    let copy = tempfile::tempdir()?;
    let store = copy.path().join("ledger");
    minutebook_store::copy_ledger(dir, &store)?;
    let copied = Copied { dir, store: &store };
    let damaged = |error: &OpenError| matches!(error, OpenError::Damaged { .. });
    let engine = SledEngine::open(&store).map_err(|error| copied.lost(damaged(&error), error))?;
    // Opening looks at the ends of the log alone: everything else is read here, with what it is found by.
    let damaged = |error: &EngineError| matches!(error, EngineError::Corrupt { .. });
    let scrub = || engine.scrub_whole(|stored| FoundBy::parse(&stored.bytes));
    tokio::task::block_in_place(scrub).map_err(|error| copied.lost(damaged(&error), error))?;
    let size = engine.head().await?.size;
    let engine = Arc::new(engine);
    let source: Arc<dyn EntryBytes> = Arc::new(FromStore(Arc::clone(&engine)));
    let mut next = 0;
    replay(size, depth, source, move || {
        let page = engine.read_range(Position(next), LIMITS)?;
        next += page.len() as u64;
        Ok(page.into_iter().map(|stored| stored.bytes).collect())
    })
    .await
}

/// A ledger's folder, and the copy of it that is read.
struct Copied<'a> {
    dir: &'a Path,
    store: &'a Path,
}

impl Copied<'_> {
    /// What is damaged, in the folder that was named and not in its copy: the first entry of which the store's file has no intact
    /// copy is named.
    fn lost(&self, is_damage: bool, error: impl Into<anyhow::Error> + Display) -> anyhow::Error {
        if !is_damage {
            return error.into();
        }
        let said = error.to_string().replace(&*self.store.to_string_lossy(), &self.dir.to_string_lossy());
        let failed = match minutebook_store::remains(self.dir).ok().and_then(first_lost) {
            Some(position) => format!("at entry {position}: no intact copy of it is left; {said}"),
            None => format!("of {}: {said}", self.dir.display()),
        };
        VerificationFailed(format!("verification failed {failed}")).into()
    }
}

/// The first position of which no intact copy is among what remains of a store. A copy is intact if it is an
/// entry whose signatures hold, that continues the chain, and that whatever is left of the next position
/// follows.
fn first_lost(remains: Vec<(u64, Vec<u8>)>) -> Option<Position> {
    let mut copies: BTreeMap<u64, Vec<(Entry, Hash)>> = BTreeMap::new();
    for (position, text) in remains {
        let copies = copies.entry(position).or_default();
        copies.extend(Entry::parse(&text).ok().map(|entry| (entry, Hash::of(&text))));
    }
    let mut chain = Chain::new();
    let last = *copies.last_key_value()?.0;
    let found = |position| copies.get(&position).into_iter().flatten();
    (0..=last).map(Position).find(|position| {
        let follows: Vec<_> = found(position.0 + 1).map(|(next, _hash)| next.previous).collect();
        let intact = found(position.0).find(|(entry, hash)| {
            let is_followed = follows.is_empty() || follows.contains(hash);
            is_followed && entry.signed.verify().is_ok() && chain.check(entry).is_ok()
        });
        intact.is_none_or(|(entry, hash)| chain.append(entry, *hash).is_err())
    })
}

/// The book that the server has, verified from its bytes: chain, signatures, authority, rules.
///
/// # Errors
/// It does not verify, or this program does not know its rules.
pub(crate) async fn verified_book(context: &Context) -> anyhow::Result<Book> {
    let (report, remembered) = verify_server(context, Depth::Book).await?;
    match (failure_of(&report, remembered.as_ref()), &report.exception) {
        (Some(why), _) => Err(VerificationFailed(why).into()),
        (None, Some(unknown)) => Err(RulesNotReplayed(unknown_rules(&report, unknown)).into()),
        (None, None) => Ok(report.book),
    }
}

/// The report, and what was seen of the book before as far as that is read here: what another command sees meanwhile is none of
/// it, and the server's end has been held against what was remembered when it was asked for.
async fn verify_server(context: &Context, depth: Depth) -> anyhow::Result<(Report, Option<Remembered>)> {
    let (client, known) = context.connect().await?;
    let size = known.ledger.size;
    let remembered = context.memory.recall(known.reference.id)?.filter(|seen| seen.position.0 < size);
    let runtime = Handle::current();
    let (mut next, mut client) = (0, client);
    let spool = Arc::new(Spool::new()?);
    let source: Arc<dyn EntryBytes> = Arc::clone(&spool) as _;
    let report = replay(size, depth, source, move || {
        let page = if next < size { runtime.block_on(page(&mut client, next))? } else { VecDeque::new() };
        next += page.len() as u64;
        if depth == Depth::Rules {
            page.iter().try_for_each(|entry| spool.push(entry))?;
        }
        Ok(page)
    })
    .await?;
    if report.verdict != AuditVerdict::Failed
        && hash_at(&report, known.reference.seen.position) != Some(known.reference.seen.hash)
    {
        let what = format!("its head was {}, and its entries do not lead there", known.reference.seen);
        return Err(ClientError::lies("ListEntries", &what).into());
    }
    Ok((report, remembered))
}

async fn page(client: &mut Client, from: u64) -> Result<VecDeque<Vec<u8>>, ClientError> {
    let request = proto::ListEntriesRequest {
        page_size: 1000,
        page_token: String::new(),
        from,
        subject: String::new(),
    };
    let page = client.log.list_entries(request).await?.into_inner();
    Ok(page.entries.into_iter().map(|entry| entry.content).collect())
}

/// Replays a book that comes page by page, and that `source` gives again; an empty page ends it. The work is the processor's, so
/// it has a thread of its own.
async fn replay(
    size: u64,
    depth: Depth,
    source: Arc<dyn EntryBytes>,
    mut next_page: impl FnMut() -> anyhow::Result<VecDeque<Vec<u8>>> + Send + 'static,
) -> anyhow::Result<Report> {
    let bar = ProgressBar::new(size);
    if let Ok(style) =
        ProgressStyle::with_template("verifying {bar:30} {human_pos} of {human_len} entries, {eta} to go")
    {
        bar.set_style(style);
    }
    let mut page = VecDeque::new();
    let entries = std::iter::from_fn(move || {
        if page.is_empty() {
            match next_page() {
                Ok(next) => page = next,
                Err(error) => return Some(Err(error)),
            }
        }
        page.pop_front().map(Ok)
    });
    let report = tokio::task::spawn_blocking(move || {
        let progress = |read| bar.set_position(read);
        let report = match depth {
            Depth::Authenticity => minutebook_verify::verify_quickly(entries, progress),
            Depth::Rules => minutebook_verify::verify_from(source, entries, progress),
            Depth::Book => minutebook_verify::verify(entries, progress),
        };
        bar.finish_and_clear();
        report
    })
    .await??;
    Ok(report)
}

/// What was seen last of this ledger from here.
fn check_memory(context: &Context, report: &Report) -> Result<Option<Remembered>, ClientError> {
    match hash_at(report, Position::FIRST) {
        Some(id) => context.memory.recall(id),
        None => Ok(None),
    }
}

/// Why the book does not pass, in a sentence.
fn failure_of(report: &Report, remembered: Option<&Remembered>) -> Option<String> {
    if let Some(exception) =
        report.exception.as_ref().filter(|_exception| report.verdict == AuditVerdict::Failed)
    {
        let (position, level) = (exception.position, exception.level.as_str());
        return Some(format!("verification failed at entry {position} ({level}): {}", exception.what));
    }
    if report.read == 0 {
        return Some("verification failed: there is no entry at all".to_owned());
    }
    let seen = remembered?;
    let here = hash_at(report, seen.position);
    (here != Some(seen.hash)).then(|| {
        let here = here.map_or_else(|| format!("the book has {}", show::entries(report.read)), |hash| format!("its hash is {hash}"));
        format!(
            "verification failed at entry {}: {} showed it with the hash {}; now {here}. It may be the proof of a fork, \
             or of entries cut off",
            seen.position, seen.server, seen.hash
        )
    })
}

fn hash_at(report: &Report, position: Position) -> Option<Hash> {
    report.chain().hash_at(position)
}

fn opening(report: &Report) -> Option<&Opening> {
    report.chain().opening()
}

fn to_json(report: &Report, verdict: AuditVerdict, failure: Option<&str>) -> Value {
    json!({
        "verdict": verdict,
        "origin": opening(report).map(|opening| opening.origin.as_str()),
        "ledger": hash_at(report, Position::FIRST),
        "purpose": opening(report).map(|opening| opening.purpose),
        "rules_version": opening(report).map(|opening| opening.rules),
        "continues": opening(report).and_then(|opening| opening.continues.as_ref()),
        "read": report.read,
        "authentic": report.authentic,
        "replayed": report.replayed,
        "head": {"position": report.head.size.checked_sub(1), "hash": report.head.hash},
        "exception": report.exception,
        "failure": failure,
    })
}

fn show_report(report: &Report, verdict: AuditVerdict) -> anyhow::Result<()> {
    let origin = opening(report).map_or("no ledger", |opening| opening.origin.as_str());
    let verdict = match verdict {
        AuditVerdict::Verified => "verified".green().to_string(),
        AuditVerdict::RulesUnknown => "AUTHENTIC, RULES NOT ALL KNOWN".yellow().to_string(),
        AuditVerdict::Authentic => "AUTHENTIC, RULES NOT ASKED".yellow().to_string(),
        AuditVerdict::Failed => "NOT VERIFIED".red().to_string(),
    };
    show::sentence(format!("{}  {}", show::title(verdict), show::title(origin)))?;
    if let Some(id) = hash_at(report, Position::FIRST) {
        show::field("ledger", format!("opens with {id}"))?;
    }
    if let Some(Continued { origin, size, root, .. }) =
        opening(report).and_then(|opening| opening.continues.as_ref())
    {
        let what = format!("{origin} at size {size}, root {root}, which this does not cover");
        show::field("continues", what)?;
        let keys = opening(report).map(|opening| opening.registrars.iter().map(|it| it.key.to_string()));
        let keys: Vec<_> = keys.into_iter().flatten().collect();
        let said = format!(
            "those who opened it: {}; whether the registrars of {origin} agreed, only its own book can show",
            keys.join(", ")
        );
        show::field("so say", said)?;
    }
    show::field("read", show::entries(report.read))?;
    let (hold, admitted) = if report.verdict == AuditVerdict::Authentic {
        ("form and chain hold, and signatures as far as many checked as one tell", "not asked".to_owned())
    } else {
        let rules = opening(report).map_or(0, |opening| opening.rules);
        let replayed = show::entries(report.replayed);
        (
            "form, chain and signatures hold",
            format!("{replayed}: authority and rules replayed, under rule set {rules}"),
        )
    };
    show::field("authentic", format!("{}: {hold}", show::entries(report.authentic)))?;
    show::field("admitted", admitted)?;
    if let Some(last) = report.head.size.checked_sub(1) {
        show::field("head", format!("entry {last}, {}", report.head.hash))?;
    }
    if opening(report).is_some_and(|opening| opening.purpose == minutebook_log::Purpose::ReEnactment) {
        show::field("purpose", "a re-enactment: the past played again")?;
    }
    Ok(())
}
