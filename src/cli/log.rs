use super::context::Context;
use super::entry_view::EntryView;
use super::misunderstood::type_named;
use super::read_out::Called;
use super::show;
use crate::client::{Client, ClientError, KnownLedger, RegisterClient};
use crate::proto::{Answered, Contested, Correction, ListNewsRequest, Scope, View};
use minutebook_log::{Entry, Position};
use serde_json::json;
use std::collections::{BTreeSet, VecDeque};
use std::ops::ControlFlow;

/// The call that is spoken of.
const CALL: &str = "ListEntries";

/// Lists entries, newest last, with what each says in a line: the last 20, or from a position on.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook log
  minutebook log --from 0 --limit 50
  minutebook log --subject body/04K
  minutebook log --about 04K --type DecisionRecorded --since 2019-07-01")]
pub(crate) struct Args {
    /// The first position; with --subject the first number in its stream.
    #[arg(long, value_name = "N")]
    from: Option<u64>,
    /// Only the stream of this: body/04K, merger/nottinghamshire-2019 ...
    #[arg(long, value_name = "SUBJECT", default_value = "", hide_default_value = true)]
    subject: String,
    /// How many entries at most.
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,
    #[command(flatten)]
    select: Select,
}

/// Which entries are listed: those that fit all of it. Of several values of one flag any will do.
#[derive(Debug, clap::Args)]
struct Select {
    /// Only what was recorded on this day or later, or at this moment.
    #[arg(long, value_name = "TIME", conflicts_with = "from")]
    since: Option<String>,
    /// Only entries about this body, by id, code or name: those that name it, whatever their own subject is, and what is said of
    /// its meetings, mergers and grants. What is no body (person/.., meeting/..) by its id.
    #[arg(long, value_name = "BODY|ID")]
    about: Vec<String>,
    /// Only entries of this type, as docs/events.md names it.
    #[arg(long, value_name = "TYPE", value_parser = type_named)]
    r#type: Vec<String>,
}

/// What is listed.
struct Listed {
    entries: Vec<EntryView>,
    contested: Vec<Contested>,
    corrections: Vec<Correction>,
    /// What of it is the server's word alone.
    on_its_word: &'static str,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (mut client, known) = context.connect().await?;
        let is_selected =
            self.select.since.is_some() || !self.select.about.is_empty() || !self.select.r#type.is_empty();
        let listed = match is_selected {
            true => self.selected(context, &mut client, &known).await?,
            false => self.in_order(&mut client, &known).await?,
        };
        if context.json {
            let entries: Vec<_> = listed.entries.iter().map(EntryView::to_json).collect();
            let contested = listed.contested.iter().map(show::to_json).collect::<Result<Vec<_>, _>>()?;
            let corrections = listed.corrections.iter().map(show::to_json).collect::<Result<Vec<_>, _>>()?;
            return show::json(&json!({
                "ledger": known.ledger.id, "size": known.ledger.size, "entries": entries, "contested": contested,
                "corrections": corrections,
            }));
        }
        let titles = ["entry", "recorded", "type", "subject", "standing", "says", "marks"];
        let events: Vec<_> =
            listed.entries.iter().filter_map(|it| Some(it.entry.as_ref().ok()?.event().clone())).collect();
        let called = Called::ask(context, (&mut client, &known), &events.iter().collect::<Vec<_>>()).await;
        if context.table_in_shape(&titles, listed.entries.iter().map(|it| listed.whole_row(it, &called)))? {
            return Ok(());
        }
        if listed.entries.is_empty() {
            return Ok(show::line(self.nothing())?);
        }
        show_listed(&listed, &called, known.ledger.size)
    }

    /// That there is none: of whom, of what and since when.
    fn nothing(&self) -> String {
        let mut of: Vec<_> = self.select.r#type.iter().map(|name| format!(" of the type {name}")).collect();
        of.extend(Some(&self.subject).filter(|it| !it.is_empty()).map(|subject| format!(" about {subject}")));
        of.extend(self.select.about.iter().map(|body| format!(" that says something of {body}")));
        of.extend(self.select.since.iter().map(|since| format!(" since {since}")));
        of.extend(self.from.iter().map(|from| format!(" from {from} on")));
        format!("No entry{}.", of.concat())
    }

    /// The entries of the log, or of a subject, without a gap.
    async fn in_order(&self, client: &mut Client, known: &KnownLedger) -> anyhow::Result<Listed> {
        let size = known.ledger.size;
        let is_of_all = self.subject.is_empty();
        // The last of the log are known by their positions; the last of a stream only once it was read.
        let last = size.saturating_sub(self.limit as u64);
        let from = self.from.unwrap_or(if is_of_all { last } else { 1 });
        let keeps_last = self.from.is_none();
        let mut entries = VecDeque::new();
        let said = client
            .each_entry(&self.subject, from, |entry| {
                if entries.len() == self.limit && keeps_last {
                    entries.pop_front();
                }
                if entries.len() < self.limit {
                    entries.push_back(entry);
                }
                if entries.len() == self.limit && !keeps_last {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            })
            .await?;
        let given: Vec<_> =
            entries.iter().map(|entry| (Position(entry.position), entry.content.as_slice())).collect();
        let read = client.check_entries(CALL, known, &given).await?;
        check_listed(&self.subject, self.from, self.limit, size, &read)?;
        let is_listed = |position: u64| entries.iter().any(|entry| entry.position == position);
        Ok(Listed {
            contested: said.contested.into_iter().filter(|it| is_listed(it.position)).collect(),
            corrections: said.corrections.into_iter().filter(|it| is_listed(it.position)).collect(),
            entries: entries.into_iter().map(|entry| EntryView::new(entry.position, entry.content)).collect(),
            on_its_word: if is_of_all { "" } else { "; whether there are later ones is the server's word" },
        })
    }

    /// Those that fit, as the server says; each is fetched and checked.
    async fn selected(
        &self,
        context: &Context,
        client: &mut Client,
        known: &KnownLedger,
    ) -> anyhow::Result<Listed> {
        let from = self.from.map(|from| from.to_string());
        let request = ListNewsRequest {
            bodies: self.select.about.clone(),
            types: self.select.r#type.clone(),
            since: self.select.since.clone().or_else(|| from.clone()).unwrap_or_default(),
            subject: self.subject.clone(),
            view: Some(View { scope: Scope::Reported.into(), ..View::default() }),
            ..ListNewsRequest::default()
        };
        let found = context.all(client, known, RegisterClient::list_news, request).await?;
        let positions = found.news.iter().map(|news| Position(news.position));
        let skipped = if from.is_some() { 0 } else { found.news.len().saturating_sub(self.limit) };
        let wanted: BTreeSet<_> = positions.skip(skipped).take(self.limit).collect();
        let entries = client.entries_at(known, &wanted).await?;
        let Answered { contested, corrections, .. } = found.answered.unwrap_or_default();
        let is_listed = |position: u64| wanted.contains(&Position(position));
        Ok(Listed {
            contested: contested.into_iter().filter(|it| is_listed(it.position)).collect(),
            corrections: corrections.into_iter().filter(|it| is_listed(it.position)).collect(),
            entries: entries
                .into_iter()
                .map(|(entry, bytes)| EntryView::new(entry.position.0, bytes))
                .collect(),
            on_its_word: "; whether these are all that fit is the server's word",
        })
    }
}

impl Listed {
    /// Everything of an entry, each in a cell of its own.
    fn whole_row(&self, entry: &EntryView, called: &Called) -> Vec<String> {
        let mut marks = Vec::new();
        if self.contested.iter().any(|doubt| doubt.position == entry.position) {
            marks.push("CONTESTED".to_owned());
        }
        let of_it = self.corrections.iter().filter(|it| it.position == entry.position);
        marks.extend(of_it.map(show::corrected));
        let row = entry.row().into_iter().chain([entry.headline(&|id| called.name(id)), marks.join("; ")]);
        row.collect()
    }
}

fn show_listed(listed: &Listed, called: &Called, size: u64) -> anyhow::Result<()> {
    let rows = listed.entries.iter().map(|entry| {
        let [position, recorded, type_name, subject, mut standing] = entry.row();
        let is_contested = listed.contested.iter().any(|doubt| doubt.position == entry.position);
        standing.push_str(if is_contested { "  CONTESTED" } else { "" });
        let of_it = listed.corrections.iter().filter(|it| it.position == entry.position);
        of_it.for_each(|it| standing.push_str(&format!("  {}", show::corrected(it))));
        [position, recorded, type_name, subject, standing, entry.headline(&|id| called.name(id))]
    });
    show::line(show::table(["position", "recorded", "type", "subject", "standing", "says"], rows))?;
    show::contested(&listed.contested)?;
    show::say(format!(
        "{} of {}, each checked: in the tree that the log signed, and its signatures hold{}. One of them: minutebook show \
         POSITION",
        listed.entries.len(),
        show::entries(size),
        listed.on_its_word
    ));
    Ok(())
}

/// Whether what was listed is what was asked for, without a gap: of the whole log by its positions, up to where the log is
/// known to end; of one subject by the numbers in its stream.
fn check_listed(
    subject: &str,
    from: Option<u64>,
    limit: usize,
    size: u64,
    entries: &[Entry],
) -> Result<(), ClientError> {
    let is_of_all = subject.is_empty();
    let number = |entry: &Entry| if is_of_all { entry.position.0 } else { entry.stream_number };
    let first = match from {
        Some(from) => Some(if is_of_all { from } else { from.max(1) }),
        None if is_of_all => None,
        None => entries.first().map(|entry| entry.stream_number),
    };
    let first = first.or_else(|| entries.first().map(number)).unwrap_or_default();
    for (expected, entry) in (first..).zip(entries) {
        if number(entry) != expected {
            let what = format!("entry {} where number {expected} was asked for", entry.position);
            return Err(ClientError::lies(CALL, &what));
        }
        if !is_of_all && entry.event().subject.as_str() != subject {
            let what = format!("entry {}, which is about {}", entry.position, entry.event().subject);
            return Err(ClientError::lies(CALL, &what));
        }
    }
    let until = from.unwrap_or(size).saturating_add(limit as u64).min(size);
    let reaches = entries.last().map_or(until.min(from.unwrap_or(size)), |last| last.position.0 + 1);
    let enough = from.is_some() || entries.len() as u64 == reaches.min(limit as u64);
    if is_of_all && (reaches < until || !enough) {
        let what = format!("{} entries up to {reaches}, and the log has signed {size}", entries.len());
        return Err(ClientError::lies(CALL, &what));
    }
    Ok(())
}
