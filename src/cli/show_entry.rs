use super::context::Context;
use super::entry_view::EntryView;
use super::read_out::Called;
use super::{outline, show};
use crate::client::{ClientError, RegisterClient};
use crate::printed::printed;
use crate::proto::{Annotation, Correction, ListAnnotationsRequest};
use minutebook_log::{Entry, Position};
use owo_colors::OwoColorize as _;
use serde_json::Value;
use std::io::{self, Write as _};

/// Shows one entry: what its event says, its findings, and what people say of it; with --bytes its text as stored.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook show 17
  minutebook show head
  minutebook show 17 --bytes
  minutebook show --raw 17 | b3sum")]
pub(crate) struct Args {
    /// Its position, its event's id, or head for the last.
    #[arg(value_name = "POSITION|ID")]
    entry: String,
    /// Shows the entry's text as it is stored, too.
    #[arg(long, conflicts_with_all = ["json", "raw"])]
    bytes: bool,
    /// Writes the entry's bytes as stored, and nothing else.
    #[arg(long, conflicts_with = "json")]
    raw: bool,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (mut client, known) = context.connect().await?;
        let held = match (self.entry.as_str(), self.entry.parse()) {
            ("head", _) => client.entry(known.reference.seen.position).await?,
            (_, Ok(position)) if position >= known.ledger.size => {
                let entries = show::entries(known.ledger.size);
                return Err(ClientError::NotFound(format!(
                    "no entry {position}: the log has {entries}, from 0 on"
                ))
                .into());
            }
            (_, Ok(position)) => client.entry(Position(position)).await?,
            (event_id, Err(_no_number)) => client.entry_of(event_id).await?,
        };
        if let (Err(_no_number), Ok(entry)) = (self.entry.parse::<u64>(), Entry::parse(&held.bytes))
            && self.entry != "head"
            && entry.event().id.to_string() != self.entry
        {
            let what = format!("the event {}, and {} was asked for", entry.event().id, self.entry);
            return Err(ClientError::lies("GetEntry", &what).into());
        }
        let checked = client.check_entries("GetEntry", &known, &[(held.position, &held.bytes)]).await?;
        if self.raw {
            return Ok(printed(io::stdout().lock().write_all(&held.bytes))?);
        }
        let request =
            ListAnnotationsRequest { position: held.position.0, ..ListAnnotationsRequest::default() };
        let said =
            context.all(&mut client, &known, RegisterClient::list_annotations, request).await?.annotations;
        let view = EntryView::new(held.position.0, held.bytes);
        if context.json {
            let findings = held.findings.iter().map(show::to_json);
            let findings = findings.collect::<Result<Vec<_>, _>>()?;
            let mut entry = view.to_json();
            if let Value::Object(members) = &mut entry {
                members.insert("findings".to_owned(), Value::Array(findings));
                let contested = held.contested.iter().map(show::to_json);
                members.insert("contested".to_owned(), contested.collect::<Result<_, _>>()?);
                let corrections = held.corrections.iter().map(show::to_json);
                members.insert("corrections".to_owned(), corrections.collect::<Result<_, _>>()?);
                let said = said.iter().map(show::to_json);
                members.insert("annotations".to_owned(), said.collect::<Result<_, _>>()?);
            }
            return show::json(&entry);
        }
        let states: String =
            held.corrections.iter().map(|it| format!("  {}", show::corrected(it).yellow())).collect();
        show::sentence(format!("{}{states}", show::title(format!("entry {}", view.position))))?;
        match &view.entry {
            Ok(entry) => {
                let called = Called::ask(context, (&mut client, &known), &[entry.event()]).await;
                show::line(outline::outline(entry.event(), &|id| called.name(id)))?;
            }
            Err(why) => show::sentence(format!("  no entry: {}", crate::client::plain(why)))?,
        }
        show::field(
            "recorded",
            view.entry
                .as_ref()
                .map_or_else(|_| String::new(), |entry| show::moment(&entry.recorded.to_string())),
        )?;
        show::field("hash", view.hash)?;
        let signatures: usize = checked.iter().map(|entry| entry.signed.signatures().len()).sum();
        show::field(
            "checked",
            format!(
                "in the tree that the log signed; its signatures, {signatures}, hold. Findings and annotations are the server's word"
            ),
        )?;
        if self.bytes {
            show::line("")?;
            show::sentence(show::title("As stored"))?;
            show::line(view.text().trim_end())?;
        }
        show_corrections(&held.corrections)?;
        show::contested(&held.contested)?;
        if !held.findings.is_empty() {
            show::line("")?;
        }
        show::findings(&held.findings)?;
        show_annotations(&said)
    }
}

/// How the entry is known otherwise since; it stands as it is.
fn show_corrections(corrections: &[Correction]) -> anyhow::Result<()> {
    if !corrections.is_empty() {
        show::sentence(format!("\n{}", show::title("Known otherwise since")))?;
    }
    for it in corrections {
        let (why, on) = (show::why(&[it.corrected_at]), show::moment(&it.recorded));
        show::field(
            &it.kind,
            format!(
                "{}, recorded {on} by {}  {why}",
                show::text(it.reason.as_ref()),
                show::signed_as(&it.by)
            ),
        )?;
        for field in &it.fields {
            show::field("", show::corrected_field(field))?;
        }
        if it.is_withdrawn {
            show::field("", "Nothing of it is known any more, from that entry on.")?;
        }
    }
    Ok(())
}

fn show_annotations(said: &[Annotation]) -> anyhow::Result<()> {
    if !said.is_empty() {
        show::sentence(format!("\n{}", show::title("What people say of it")))?;
    }
    for annotation in said {
        let of =
            if annotation.finding.is_empty() { String::new() } else { format!(" to {}", annotation.finding) };
        let (text, by) = (show::text(annotation.text.as_ref()), show::words(&annotation.capacity));
        let why = show::why(&[annotation.position]);
        show::field(&annotation.kind, format!("{text} (as {by}{of})  {why}"))?;
    }
    Ok(())
}
