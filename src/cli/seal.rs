use super::context::Context;
use super::exit::RefusedHere;
use super::sealed_texts::Disclosure;
use super::show;
use anyhow::Context as _;
use clap::Subcommand;
use minutebook_log::{Entry, Position};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Seals texts that are not to be published, and opens what somebody disclosed.
///
/// Where an event may hold private text it can hold a digest instead. In a file that is recorded {"seal": "the text"} is enough: it
/// is sealed when it is recorded, and what it says is kept beside the file (FILE without its ending, .disclosures). Who has a
/// disclosure can prove what the field says; once all of them are erased the text is gone, and the book still verifies.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Seals a text by itself: prints what goes into the event, and keeps what it says in a file.
    #[command(after_help = "\
Example:
  minutebook seal text /data/facts/nature \"A relative works for the landlord.\" -o nature.json")]
    Text {
        /// Where it will stand: a JSON pointer from the top of the event.
        #[arg(value_name = "POINTER")]
        pointer: String,
        /// What it says.
        text: String,
        /// The file that keeps what it says; you alone may read it.
        #[arg(long, short, value_name = "FILE")]
        out: PathBuf,
    },
    /// Opens a disclosure: what it says of which field; with --entry, whether that entry is the one that was sealed.
    #[command(after_help = "\
Examples:
  minutebook seal open june.disclosures/22740a64.json
  minutebook seal open nature.json --entry 17")]
    Open {
        /// The disclosure.
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The position of the entry, or its event's id.
        #[arg(long, value_name = "POSITION|ID")]
        entry: Option<String>,
    },
}

impl Command {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        match self {
            Self::Text { pointer, text, out } => {
                let disclosure = Disclosure::new(&pointer, &json!(text))?;
                disclosure.write(&out)?;
                if context.json {
                    return show::json(&json!({"sealed": disclosure.digest(), "disclosure": out}));
                }
                show::line(disclosure.sealed())?;
                show::say(format!(
                    "What it says is in {}: keep it, nobody can make it again.",
                    out.display()
                ));
                Ok(())
            }
            Self::Open { file, entry } => {
                let disclosure = Disclosure::read(&file)?;
                let at = match &entry {
                    Some(entry) => Some(sealed_in(context, entry, &disclosure).await?),
                    None => None,
                };
                if context.json {
                    let (field, says) = (disclosure.pointer(), disclosure.value());
                    return show::json(
                        &json!({"field": field, "says": says, "sealed": disclosure.digest(), "position": at}),
                    );
                }
                let says =
                    disclosure.value().as_str().map_or_else(|| disclosure.value().to_string(), str::to_owned);
                show::field("says", crate::client::plain(&says))?;
                show::field("field", crate::client::plain(disclosure.pointer()))?;
                show::field("sealed as", disclosure.digest())?;
                if let Some(at) = at {
                    show::field(
                        "checked",
                        format!(
                            "it is what was sealed in entry {at}, which is in the tree that the log signed"
                        ),
                    )?;
                }
                Ok(())
            }
        }
    }
}

/// The position of the entry, whose field of that place has the digest of the disclosure.
///
/// # Errors
/// It has something else; or there is no such entry.
async fn sealed_in(context: &Context, entry: &str, disclosure: &Disclosure) -> anyhow::Result<u64> {
    let (mut client, known) = context.connect().await?;
    let held = match entry.parse() {
        Ok(position) => client.entry(Position(position)).await?,
        Err(_no_number) => client.entry_of(entry).await?,
    };
    client.check_entries("GetEntry", &known, &[(held.position, &held.bytes)]).await?;
    let read = Entry::parse(&held.bytes).context("what stands there can't be read")?;
    let event: Value = serde_json::from_str(read.event().text()).context("its event can't be read")?;
    let (pointer, needed) = (disclosure.pointer(), disclosure.sealed());
    let found = event.pointer(pointer).cloned().unwrap_or_default();
    if found == needed {
        return Ok(held.position.0);
    }
    let found = crate::client::plain(&found.to_string());
    Err(RefusedHere(format!(
        "{pointer} of entry {}: found {found}; needed {needed}, of which this is the disclosure",
        held.position
    ))
    .into())
}
