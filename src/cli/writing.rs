//! The life of everything that is signed here: bound to the ledger, shown, asked about, signed, submitted;
//! or kept as a draft for others to sign.

use super::columns::labelled;
use super::context::Context;
use super::draft_file::{DraftFile, describe};
use super::exit::Usage;
use super::written::Places;
use super::{outline, show};
use crate::author::{self, UnboundEvent};
use crate::client::{ClientError, KnownLedger};
use crate::proto::{self, Purpose};
use anyhow::Context as _;
use minutebook_governance::Malformed;
use minutebook_governance::members_concerned;
use minutebook_log::{Event, EventId, Hash, PublicKey, SecretKey, Seen, Subject, Timestamp};
use owo_colors::OwoColorize as _;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

mod appended;
use appended::show_one;
pub(crate) use appended::{appended_json, say_unsaved, seen, show_appended};
mod submitting;
pub(crate) use submitting::{SignedFrom, key_news, submit};

/// How something is signed and where it goes.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Signing")]
pub(crate) struct WritingArgs {
    /// Signs and submits without asking.
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// Keeps it as a draft in FILE, with the signatures of the key files given, for others to sign.
    #[arg(long, value_name = "FILE")]
    pub(super) draft: Option<PathBuf>,
    /// When it is written, for re-enactments: RFC 3339 in UTC, such as 2019-07-04T13:05:00Z. Else now; in a re-enactment
    /// else when its last entry was recorded.
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(crate) time: Option<Timestamp>,
    /// Saves the receipt as FILE.tlog-proof. Else beside the file that was recorded or submitted, if there is one.
    #[arg(long, value_name = "FILE")]
    pub(crate) receipt: Option<PathBuf>,
}

fn parse_time(text: &str) -> Result<Timestamp, minutebook_log::Malformed> {
    Timestamp::parse_event_time(text)
}

/// A signatory's key: a key file signs here and now; a public key belongs to somebody who signs a draft
/// later.
#[derive(Debug)]
pub(crate) enum Signer {
    /// Signs now.
    Now(SecretKey),
    /// Signs the draft later.
    Later(PublicKey),
}

impl Signer {
    /// Reads a key file, or the 64 hexadecimal digits of a public key.
    ///
    /// # Errors
    /// A file that is no key file, or that others may read.
    pub(crate) fn open(context: &Context, file_or_hex: &str) -> anyhow::Result<Self> {
        match file_or_hex.parse() {
            Ok(public) => Ok(Self::Later(public)),
            Err(_no_hex) => Ok(Self::Now(context.key(Path::new(file_or_hex))?)),
        }
    }

    /// Reads several.
    ///
    /// # Errors
    /// As for one.
    pub(crate) fn open_all(context: &Context, files_or_hex: &[String]) -> anyhow::Result<Vec<Self>> {
        files_or_hex.iter().map(|file_or_hex| Self::open(context, file_or_hex)).collect()
    }

    /// The public half.
    pub(crate) fn public(&self) -> PublicKey {
        match self {
            Self::Now(key) => key.public(),
            Self::Later(key) => *key,
        }
    }
}

/// What is to be written, before it is bound to a ledger.
#[derive(Debug, Clone)]
pub(crate) struct Words {
    /// The type, by name.
    pub(crate) type_name: String,
    /// What it is about.
    pub(crate) subject: Subject,
    /// The id, where the author has chosen one.
    pub(crate) id: Option<EventId>,
    /// When it is written, where the words say so.
    pub(crate) time: Option<Timestamp>,
    /// Joins what was done together.
    pub(crate) correlation_id: Option<EventId>,
    /// What it says, signatories included.
    pub(crate) data: Map<String, Value>,
    /// Where all of it stands in a file.
    pub(crate) places: Places,
}

impl WritingArgs {
    /// Takes words through their whole life.
    ///
    /// # Errors
    /// Whatever stops them on the way; nothing is submitted then, unless the error says so.
    pub(crate) async fn write(
        &self,
        context: &Context,
        words: Words,
        signers: Vec<Signer>,
    ) -> anyhow::Result<()> {
        let (mut client, known) = context.connect().await?;
        let places = words.places.clone();
        let mut draft = self.draft(words, &known)?;
        if !(context.json && self.yes) {
            show_before_signing(&draft, &known.ledger);
        }
        let now: Vec<_> = signers.iter().filter_map(Signer::signs_now).collect();
        self.check_signers(&now, &signers)?;
        let question = if self.draft.is_some() { "Sign the draft?" } else { "Sign and submit?" };
        if !now.is_empty() {
            confirm(question, self.yes)?;
        }
        for key in now {
            draft.add(key.public(), key.sign(draft.event.bytes()))?;
        }
        match &self.draft {
            Some(path) => keep(context, &draft, path),
            None => {
                let signed = draft.into_signed()?;
                let from = SignedFrom::Words(self.receipt.as_deref());
                let submitted = submit(context, &mut client, &known, &signed, from).await;
                submitted.map_err(|error| in_file(error, signed.event(), &places))
            }
        }
    }

    /// A draft of the event, bound to the ledger.
    ///
    /// # Errors
    /// Words that would be refused on reading, with the line of their file.
    pub(super) fn draft(&self, words: Words, known: &KnownLedger) -> anyhow::Result<DraftFile> {
        let places = words.places.clone();
        let drafted = self.bind(words, known).and_then(DraftFile::new);
        drafted.map_err(|error| match error.downcast::<Malformed>() {
            Ok(wrong) => places.locate(&wrong).into(),
            Err(other) => other,
        })
    }

    fn bind(&self, words: Words, known: &KnownLedger) -> anyhow::Result<Event> {
        let time = match self.time.or(words.time) {
            Some(time) => time,
            None => present(&known.ledger)?,
        };
        let id = match words.id {
            Some(id) => id,
            None => author::new_event_id(time)?,
        };
        let (type_name, subject) = (words.type_name, words.subject);
        let draft = UnboundEvent {
            id,
            type_name,
            subject,
            time,
            correlation_id: words.correlation_id,
            data: words.data,
        };
        Ok(draft.bind(&known.reference)?)
    }

    fn check_signers(&self, now: &[&SecretKey], all: &[Signer]) -> anyhow::Result<()> {
        if self.draft.is_none() && now.len() < all.len() {
            let later: Vec<_> = all.iter().filter(|signer| signer.signs_now().is_none()).collect();
            let later: Vec<_> = later.iter().map(|signer| signer.public().to_string()).collect();
            return Err(Usage(format!(
                "there is no key file for {}: keep a draft for them to sign (--draft FILE)",
                later.join(", ")
            ))
            .into());
        }
        Ok(())
    }
}

/// A refusal, with the lines of the file on which what it speaks of stands.
fn in_file(error: anyhow::Error, event: &Event, places: &Places) -> anyhow::Error {
    let Some(ClientError::Refused(refusal)) = error.downcast_ref::<ClientError>() else { return error };
    let broken = refusal.broken.iter().filter_map(|broken| Some((broken.rule.as_deref()?, &broken.found)));
    let members = broken.flat_map(|(rule, found)| members_concerned(event, rule, found));
    let members: Vec<_> = members.collect::<BTreeSet<_>>().into_iter().collect();
    match places.of(&members) {
        Some(lines) => error.context(lines),
        None => error,
    }
}

impl Signer {
    /// The secret half, where it is here.
    pub(super) fn signs_now(&self) -> Option<&SecretKey> {
        match self {
            Self::Now(key) => Some(key),
            Self::Later(_) => None,
        }
    }
}

/// The present of a ledger: in a re-enactment it stands still between entries, since an entry of this very moment would
/// be the last word on everything that is still to be played.
///
/// # Errors
/// As [`now`]; or the server gives a moment that is none.
fn present(ledger: &proto::Ledger) -> anyhow::Result<Timestamp> {
    if ledger.purpose() != Purpose::ReEnactment {
        return now();
    }
    let last = Timestamp::parse_event_time(&ledger.last_recorded);
    last.map_err(|found| ClientError::lies("GetLedger", &found).into())
}

/// This moment, by this machine's clock.
///
/// # Errors
/// A clock outside the years that an event can bear.
pub(crate) fn now() -> anyhow::Result<Timestamp> {
    Timestamp::from_micros(jiff::Timestamp::now().as_microsecond())
        .context("this machine's clock says a year that no event can bear: set it")
}

/// Shows exactly what would be signed: for people, then the very bytes.
pub(crate) fn show_before_signing(draft: &DraftFile, ledger: &proto::Ledger) {
    let event = &draft.event;
    show::say(show::title("To be signed"));
    show::say(outline::outline(event));
    show_binding(event, ledger);
    for (key, _signature) in &draft.signatures {
        show::say(labelled(1, "signed already", &key.to_string()));
    }
    show::say(format!(
        "{} ({} bytes, BLAKE3 {})",
        show::title("The exact bytes"),
        event.bytes().len(),
        Hash::of(event.bytes())
    ));
    show::say(event.text());
    show::say("");
}

/// Shows to which ledger an event is bound, and which entry its author saw.
pub(crate) fn show_binding(event: &Event, ledger: &proto::Ledger) {
    let purpose = if ledger.purpose() == Purpose::ReEnactment { " (a re-enactment)" } else { "" };
    let field = |name: &str, value: String| show::say(labelled(1, name, &value));
    field("ledger", format!("{}{purpose}", ledger.origin));
    field("", format!("opens with {}", ledger.id));
    let last = Timestamp::parse_event_time(&ledger.last_recorded).ok();
    if let Some(last) = last.filter(|last| event.time < *last && ledger.purpose() == Purpose::ReEnactment) {
        field("recorded", format!("with the last entry, {last}: the past is told in its order"));
    }
    if let Some(Seen { position, hash }) = event.seen {
        field("seen", format!("entry {position}, {hash} (checked)"));
    }
}

/// Asks. Without a terminal nobody can answer, and silence is not consent.
///
/// # Errors
/// The answer is no, or there is nobody to ask.
pub(crate) fn confirm(question: &str, yes: bool) -> anyhow::Result<()> {
    if yes {
        return Ok(());
    }
    if !(io::stdin().is_terminal() && show::is_watched()) {
        return Err(Usage(
            "nothing was signed: there is no terminal to ask on. Read what would be signed, then add --yes"
                .to_owned(),
        )
        .into());
    }
    let mut stderr = anstream::stderr();
    write!(stderr, "{} [y/N] ", question.bold())?;
    stderr.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    match answer.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => anyhow::bail!("nothing was signed, and nothing was sent"),
    }
}

/// Keeps a draft, and says how it goes on.
///
/// # Errors
/// It can't be written.
pub(crate) fn keep(context: &Context, draft: &DraftFile, path: &Path) -> anyhow::Result<()> {
    draft.write(path)?;
    let missing = draft.missing();
    if context.json {
        return show::json(&json!({"draft": path, "event_id": draft.event.id, "missing": missing}));
    }
    show::say(format!("The draft is in {}.", path.display()));
    for signatory in &missing {
        show::say(format!("  still to sign: {}", describe(signatory)));
    }
    if missing.is_empty() {
        show::say(format!("Everybody has signed. Next: minutebook submit {}", path.display()));
    } else {
        show::say(format!("Each of them: minutebook sign {} --key KEY.pem", path.display()));
    }
    Ok(())
}
