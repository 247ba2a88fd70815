use super::already::Already;
use super::batch;
use super::columns::{in_lines, labelled};
use super::context::Context;
use super::exit::{Mistake, Usage};
use super::file_schema::of_file;
use super::misread;
use super::new_ids::digits_of;
use super::receipt_file;
use super::show;
use super::skeleton::Skeleton;
use super::templates;
use super::view::parse_day;
use super::writing::{self, Signer, Words, WritingArgs};
use super::written;
use crate::author::new_event_id;
use anyhow::Context as _;
use clap::builder::PossibleValuesParser;
use minutebook_governance::Date;
use minutebook_governance::catalogue::{CATALOGUE, row_of};
use serde_json::Value;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// The template that is no type's.
const SITTING: &str = "meeting";

/// Records an event from a filled-in template: shows exactly what would be signed, asks, signs, submits.
///
/// Print a template (--template TYPE), fill it in, record it. Lines that start with // are notes. Signatories
/// without a key get those of --key: of several, each the one whose grant in force fits.
///
/// A file of several objects is a batch: all of it is recorded at once, or nothing, with one question. Its first
/// object may name what holds for the rest: {"meeting": "meeting/..", "on": "2019-07-04", "bodies": [..], "secretary_of":
/// "body/..", "time": ".."}. A line may then leave out subject, standing and signatories, and say the same for each of several
/// bodies ("each": [..], or "all" of the heading's; $body stands for the body, $slug for its id after the slash). With "on", a
/// decision was taken that day at that meeting, an item is its reference, times are of the clock ("18:05"), a "vote" beside a
/// decision is a VoteTaken before it, and minutes hold "all" the decisions of their part. action/$new is an id that nobody has to invent,
/// person/$new:lay one that the file means again; "label": "x" names a line, which others cite as "@x". --template meeting prints
/// such a file, with who sits. docs/secretary.md records a meeting so. Each event of it is signed with those of the keys given
/// whose grants in force fit, whatever their order: one file may be of several secretaries.
///
/// Before anything is signed the ledger is asked what it would say: whatever speaks against an event is told, all of it, with its
/// line. --dry-run stops there. Each event is held against the book: what stands there and was not withdrawn is named with its
/// entry, and is not signed a second time; --again records all of the file once more.
///
/// Where several people sign, keep a draft (--draft OUT) with --key FILE for who signs now and --key HEX for
/// who signs later; each of them runs `minutebook sign`, once for all the events of the file, and anybody `minutebook submit`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook record --template DecisionRecorded > decision.jsonc
  minutebook record --template meeting 04K 04N --on 2019-07-04 > july.jsonc
  minutebook record --schema DecisionRecorded --whole-file > decision.schema.json
  minutebook record decision.jsonc --key secretary-04K.pem --dry-run
  minutebook record decision.jsonc --key secretary-04K.pem
  minutebook record meeting.jsonc --key secretary.pem --bytes
  minutebook record meeting.jsonc --key secretary-04K.pem --key secretary-04L.pem
  minutebook record --draft end.json dissolution.jsonc --key first.pem --key 8f3a...64 digits")]
pub(crate) struct Args {
    /// The filled-in template; - for standard input. With --template meeting, the bodies that sit, or the meeting that is called.
    #[arg(value_name = "FILE", required_unless_present_any = ["template", "schema"])]
    names: Vec<String>,
    /// Prints the template of a type; or of a whole sitting (meeting), with who sits and what is on the agenda.
    #[arg(
        long,
        value_name = "TYPE",
        value_parser = PossibleValuesParser::new(templates::types().chain([SITTING])),
        conflicts_with_all = ["key", "draft", "yes"],
    )]
    template: Option<String>,
    /// The day of the sitting whose template is printed; else today, or that of the meeting that is called.
    #[arg(long, value_name = "DATE", requires = "template", value_parser = parse_day)]
    on: Option<Date>,
    /// With --schema, that of the whole file that is recorded, for the "$schema" of an editor.
    #[arg(long, requires = "schema")]
    whole_file: bool,
    /// Prints the JSON Schema (2020-12) of a type's data, for editors and other programs.
    #[arg(
        long,
        value_name = "TYPE",
        value_parser = PossibleValuesParser::new(CATALOGUE.iter().map(|row| row.name)),
        conflicts_with_all = ["names", "template", "key", "draft", "yes"],
    )]
    schema: Option<String>,
    /// A signatory's key file; with --draft also a public key, whose owner signs later. Once for each.
    #[arg(long, visible_alias = "signatory", value_name = "FILE|HEX")]
    key: Vec<String>,
    /// Records what stands in the book already once more.
    #[arg(long)]
    again: bool,
    #[command(flatten)]
    writing: WritingArgs,
}

impl Args {
    pub(crate) async fn run(mut self, context: &Context) -> anyhow::Result<()> {
        if let Some(name) = &self.template {
            return self.print_template(context, name).await;
        }
        if let Some(row) = self.schema.as_deref().and_then(row_of).filter(|_row| self.whole_file) {
            return Ok(show::line(serde_json::to_string_pretty(&of_file(row))?)?);
        }
        if let Some(row) = self.schema.as_deref().and_then(row_of) {
            return Ok(show::line(serde_json::to_string_pretty(&row.schema())?)?);
        }
        let [file] = self.names.as_slice() else {
            let what = format!(
                "{} files are named, and nothing was recorded: one file at a time, or put what they say into one, one event after \
                 another",
                self.names.len()
            );
            return Err(Usage(what).into());
        };
        let file = PathBuf::from(file);
        let name =
            if file == Path::new("-") { "standard input".to_owned() } else { file.display().to_string() };
        let read = written::read_each(&name, &read_bytes(&file)?)?;
        let is_headless = matches!(read.first(), Some(Err(_unread)));
        let (objects, unread): (Vec<_>, Vec<_>) = read.into_iter().partition(Result::is_ok);
        let objects: Vec<_> = objects.into_iter().filter_map(Result::ok).collect();
        let unread: Vec<_> = unread.into_iter().filter_map(Result::err).collect();
        // Without its heading nothing of the rest would be as it is meant.
        if let Some(unread) = Mistake::of_all(unread.clone()).filter(|_unread| is_headless) {
            return Err(unread.into());
        }
        if file != Path::new("-") {
            self.writing.receipt.get_or_insert_with(|| file.clone());
        }
        let mut signers = Signer::open_all(context, &self.key)?;
        if batch::is_batch(&objects) || !unread.is_empty() {
            let time = writing::now()?;
            let new = RefCell::new(BTreeSet::new());
            let new_id = || {
                let id = new_event_id(time)?;
                new.borrow_mut().insert(digits_of(&id));
                Ok(id)
            };
            let (words, mistaken) = batch::read_as_far(objects, new_id).context(format!("in {name}"))?;
            let mut mistakes: Vec<_> = unread.into_iter().chain(mistaken).collect();
            // A line that can't be read has no name by which others cite it.
            let is_whole = mistakes.is_empty();
            let cites =
                |words: &&Words| is_whole || !Value::Object(words.data.clone()).to_string().contains("\"@");
            mistakes.extend(words.iter().filter(cites).flat_map(misread::mistakes));
            if let Some(all) = Mistake::of_all(mistakes) {
                return Err(all.into());
            }
            let said = (words.as_slice(), &new.into_inner());
            let words = match self.recorded_already(context, &file, said).await? {
                Some(already) if already.of_each.iter().all(Option::is_some) => {
                    let folder = file.with_extension("receipts");
                    let folder = Some(folder.as_path()).filter(|folder| folder.is_dir());
                    return batch::show_appended(context, &already.standing(), folder, &[]);
                }
                Some(already) => already.rest(words)?,
                None => words,
            };
            return batch::write(context, &self.writing, words, (&self.key, &signers)).await;
        }
        let Some(written) = objects.into_iter().next() else { return Ok(()) };
        let (mut words, given) = (templates::read(written.clone(), &mut signers)?, self.key.len());
        if let Some(all) = Mistake::of_all(misread::mistakes(&words)) {
            return Err(all.into());
        }
        let said = (std::slice::from_ref(&words), &BTreeSet::new());
        let recorded = self.recorded_already(context, &file, said).await?.map(|it| it.standing());
        if let Some([standing]) = recorded.as_deref() {
            let receipt = receipt_file::beside(&file);
            return writing::show_one(
                context,
                standing,
                Some(receipt.as_path()).filter(|it| it.is_file()),
                &[],
            );
        }
        if given > 1 {
            // Several keys sign each what their grants let them, in whatever order they are given.
            let blank = templates::without_keys(&words, &written);
            let signers = signers.get(..given).unwrap_or_default();
            words = batch::choose(context, &self.writing, blank, (&self.key, signers)).await?;
        }
        // Of more keys than signatories, those sign that were chosen.
        let listed = words.data.get("signatories").and_then(Value::as_array);
        let listed: Vec<_> =
            listed.into_iter().flatten().filter_map(|one| one.get("key")?.as_str()).collect();
        signers.retain(|signer| listed.contains(&signer.public().to_string().as_str()));
        self.writing.write(context, words, signers).await
    }
}

impl Args {
    async fn print_template(&self, context: &Context, name: &str) -> anyhow::Result<()> {
        if name == SITTING {
            let skeleton = Skeleton::ask(context, &self.names, self.on).await?;
            return Ok(show::line(skeleton.file().trim_end())?);
        }
        if let Some(one) = self.names.first() {
            return Err(Usage(format!(
                "the template of {name} needs no {one}: only that of a meeting names bodies"
            ))
            .into());
        }
        Ok(show::line(templates::template(name).unwrap_or_default().trim_end())?)
    }

    /// What of the file stands in the book, unless all of it is to be recorded whatever stands there; nothing where none does. Says
    /// it.
    async fn recorded_already(
        &self,
        context: &Context,
        file: &Path,
        (words, new): (&[Words], &BTreeSet<String>),
    ) -> anyhow::Result<Option<Already>> {
        if self.again || words.is_empty() {
            return Ok(None);
        }
        let already = Already::ask(context, file, (words, new)).await?;
        let there: Vec<_> = already.of_each.iter().map(|it| it.as_ref().map(|it| it.position)).collect();
        let (name, count) = (file.display(), there.iter().flatten().count());
        let entries: Vec<_> = there.iter().flatten().copied().collect();
        match count {
            0 => return Ok(None),
            _ if count == there.len() => show::say(in_lines(&format!(
                "{name} is recorded already {}: nothing was signed. --again records it once more.",
                show::why(&entries)
            ))),
            _ => {
                let are = if count == 1 { "is" } else { "are" };
                show::say(in_lines(&format!(
                    "{count} of {} events of {name} {are} recorded already, and {are} not signed again. --again records all of them.",
                    there.len()
                )));
                for (number, (words, position)) in (1_usize..).zip(words.iter().zip(&there)) {
                    if let Some(position) = position {
                        let what = format!("event {number}, {} of {}", words.type_name, words.subject);
                        show::say(labelled(1, &format!("entry {position}"), &what));
                    }
                }
            }
        }
        Ok(Some(already))
    }
}

fn read_bytes(file: &Path) -> anyhow::Result<Vec<u8>> {
    if file == Path::new("-") {
        let mut bytes = Vec::new();
        io::stdin().read_to_end(&mut bytes).context("reading standard input")?;
        return Ok(bytes);
    }
    std::fs::read(file).with_context(|| format!("reading {}", file.display()))
}
