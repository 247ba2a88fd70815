//! The life of everything that is signed here: bound to the ledger, shown, asked about, signed, submitted;
//! or kept as a draft for others to sign.

use super::context::Context;
use super::draft_file::SigningDraft;
use super::exit::Usage;
use super::judged::{self, Judgement};
use super::read_out::Called;
use super::sealed_texts::{self, Disclosure};
use super::show;
use super::written::Places;
use crate::author::{self, UnboundEvent};
use crate::client::{Client, ClientError, KnownLedger};
use crate::proto::{self, Purpose};
use anyhow::Context as _;
use minutebook_governance::Malformed;
use minutebook_governance::documents::CorrectionKind;
use minutebook_governance::members_concerned;
use minutebook_log::{Event, EventId, PublicKey, SecretKey, Subject, Timestamp};
use owo_colors::OwoColorize as _;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

mod appended;
pub(crate) use appended::{appended_json, say_unsaved, seen, show_appended, show_one};
mod keeping;
pub(crate) use keeping::keep;
mod showing;
pub(crate) use showing::{Showing, ToBeSigned, events, show_sealed};
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
    /// A file that is there already is not written over.
    #[arg(long, value_name = "FILE")]
    pub(super) draft: Option<PathBuf>,
    /// Drafts that are to be recorded before this one, in their order: it is judged as it would be after them.
    #[arg(long, value_name = "FILE", requires = "draft")]
    after: Vec<PathBuf>,
    /// Says what the ledger would say, everything that speaks against it, and signs and records nothing.
    #[arg(long, conflicts_with = "draft")]
    pub(super) dry_run: bool,
    /// Shows the exact bytes that are signed too.
    #[arg(long)]
    bytes: bool,
    /// When it is written, for re-enactments: RFC 3339 in UTC, such as 2019-07-04T13:05:00Z. Else now; in a re-enactment
    /// else when its last entry was recorded.
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(crate) time: Option<Timestamp>,
    /// Saves the receipt as FILE.tlog-proof; of several events each in the folder FILE.receipts. Else beside the file that was
    /// recorded or submitted, if there is one.
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
    /// What stands behind the digests of texts that were sealed for this event.
    pub(crate) disclosures: Vec<Disclosure>,
}

impl Words {
    /// Whether they correct how something was written alone.
    pub(crate) fn is_clerical(&self) -> bool {
        let kind = self.data.get("facts").and_then(|facts| facts.get("kind")?.as_str());
        self.type_name == "RecordCorrected" && kind == Some(CorrectionKind::Clerical.as_str())
    }
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
        self.check_draft()?;
        let (mut client, known) = context.connect().await?;
        let (places, disclosures) = (words.places.clone(), words.disclosures.clone());
        let mut draft = self.draft(words, &known)?;
        let judgement = self.judge(&mut client, &[(&draft.event, &places)]).await?;
        if self.dry_run {
            return judgement.show(context, &[(&draft.event, &places)]);
        }
        let foreseen = judgement.taken()?;
        if !(context.json && self.yes) {
            let called = Called::ask(context, (&mut client, &known), &[&draft.event]).await;
            let drafts = vec![(&draft, &[][..])];
            ToBeSigned { drafts, called: &called, showing: self.showing() }.say(&known.ledger);
            show_sealed(&disclosures);
            judged::say_findings(&foreseen);
        }
        let now: Vec<_> = signers.iter().filter_map(Signer::signs_now).collect();
        self.check_signers(&draft, &now)?;
        let question = if self.draft.is_some() { "Sign the draft?" } else { "Sign and submit?" };
        if !now.is_empty() {
            confirm(question, self.yes)?;
        }
        // An answer takes its time.
        self.check_draft()?;
        self.keep_sealed(&disclosures)?;
        for key in now {
            draft.add(key.public(), key.sign(draft.event.bytes()))?;
        }
        match &self.draft {
            Some(path) => keep(context, std::slice::from_ref(&draft), path),
            None => {
                let signed = draft.into_signed()?;
                let from = SignedFrom::Words(self.receipt.as_deref());
                let submitted = submit(context, &mut client, &known, &signed, from).await;
                submitted.map_err(|error| in_file(error, signed.event(), &places))
            }
        }
    }

    /// Whether the draft that is to be kept, if any, can be: asked before anybody signs.
    ///
    /// # Errors
    /// Something is there.
    pub(super) fn check_draft(&self) -> Result<(), Usage> {
        self.draft.as_deref().map_or(Ok(()), SigningDraft::check_is_new)
    }

    /// What the ledger says of events, each with where it stands in a file.
    ///
    /// # Errors
    /// A draft that is to come before them can't be read; or the ledger gave no judgement.
    pub(super) async fn judge(
        &self,
        client: &mut Client,
        events: &[(&Event, &Places)],
    ) -> anyhow::Result<Judgement> {
        Ok(Judgement::ask(client, &judged::events_of(&self.after)?, events).await?)
    }

    /// A draft of the event, bound to the ledger.
    ///
    /// # Errors
    /// Words that would be refused on reading, with the line of their file.
    pub(super) fn draft(&self, words: Words, known: &KnownLedger) -> anyhow::Result<SigningDraft> {
        let places = words.places.clone();
        let drafted = self.bind(words, known).and_then(|event| Ok(SigningDraft::new(event)?));
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

    /// How much is shown before anybody signs.
    pub(super) fn showing(&self) -> Showing {
        if self.bytes { Showing::Bytes } else { Showing::ReadOut }
    }

    /// Keeps what was sealed, beside the file that is recorded or the draft, before anything is signed: nobody can make it again.
    ///
    /// # Errors
    /// It can't be written.
    pub(super) fn keep_sealed(&self, disclosures: &[Disclosure]) -> anyhow::Result<()> {
        let beside = self.receipt.as_deref().or(self.draft.as_deref()).unwrap_or(Path::new("sealed"));
        let folder = sealed_texts::folder_of(beside);
        sealed_texts::keep(&folder, disclosures)?;
        if !disclosures.is_empty() {
            let (count, folder) = (disclosures.len(), folder.display());
            let texts = if count == 1 { "1 text is".to_owned() } else { format!("{count} texts are") };
            show::say(format!("{texts} sealed; what is said there is kept in {folder}, and nowhere else."));
        }
        Ok(())
    }

    /// Asks that everybody whose signature is needed signs now, unless a draft is kept.
    ///
    /// # Errors
    /// For whom there is no key file.
    pub(super) fn check_signers(&self, draft: &SigningDraft, now: &[&SecretKey]) -> Result<(), Usage> {
        let signs = |key: PublicKey| now.iter().any(|here| here.public() == key);
        let later = draft.missing().into_iter().filter(|signatory| !signs(signatory.key));
        let later: Vec<_> = later.map(|signatory| signatory.key.to_string()).collect();
        if self.draft.is_some() || later.is_empty() {
            return Ok(());
        }
        let later = later.join(", ");
        Err(Usage(format!("there is no key file for {later}: keep a draft for them to sign (--draft FILE)")))
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
