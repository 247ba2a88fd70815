//! The papers of a meeting: its minutes; and for its notice and its agenda, as it is called, what the register says of a part, and what the entries themselves say
//! that call it, each checked.

use super::columns::width;
use super::context::Context;
use super::show;
use super::view::{ViewArgs, parse_day};
use crate::client::RegisterClient;
use crate::proto::{GetMinutesRequest, GetMinutesResponse};
use crate::shown::{Calling, minutes_page};
use minutebook_governance::Date;
use minutebook_log::Position;
use minutebook_verify::page::ReportPage;
use minutebook_verify::{to_html, to_markdown, to_text_within};
use serde_json::json;
use std::collections::BTreeSet;

/// How wide a page is where nobody says how much room there is.
const PAGE_COLUMNS: usize = 100;

/// Of which meeting something is printed, from where it is looked at, in which shape.
#[derive(Debug, clap::Args)]
pub(super) struct MeetingPaper {
    #[command(flatten)]
    which: WhichMeeting,
    #[command(flatten)]
    shape: PageShape,
    #[command(flatten)]
    view: ViewArgs,
}

/// Which meeting.
#[derive(Debug, clap::Args)]
pub(super) struct WhichMeeting {
    /// The meeting: words of its title, a body that sat (its newest sitting is meant), or its id.
    #[arg(required = true, value_name = "MEETING")]
    words: Vec<String>,
    /// The day on which it was, or is to be.
    #[arg(long, value_name = "DATE", value_parser = parse_day)]
    on: Option<Date>,
}

impl WhichMeeting {
    /// As it is asked for: the words, then the day.
    pub(super) fn name(&self) -> String {
        let day = self.on.map(|on| on.to_string());
        self.words.iter().cloned().chain(day).collect::<Vec<_>>().join(" ")
    }
}

/// Which part of the meeting.
#[derive(Debug, clap::Args)]
pub(super) struct PartArgs {
    /// Which part: public or private.
    #[arg(long, default_value = "public", value_parser = ["public", "private"])]
    pub(super) part: String,
}

/// In which shape a page is printed.
#[derive(Debug, Clone, Copy, clap::Args)]
struct PageShape {
    /// As a page that prints on A4.
    #[arg(long, conflicts_with_all = ["md", "json"])]
    html: bool,
    /// As Markdown.
    #[arg(long, conflicts_with = "json")]
    md: bool,
}

impl PageShape {
    /// Prints a page: as text, as wide as the terminal.
    ///
    /// # Errors
    /// Standard output is closed.
    fn print(self, page: &ReportPage) -> anyhow::Result<()> {
        let text = match (self.html, self.md) {
            (true, _) => to_html(page),
            (_, true) => to_markdown(page),
            _ => to_text_within(page, width().unwrap_or(PAGE_COLUMNS).min(PAGE_COLUMNS)),
        };
        Ok(show::line(text.trim_end())?)
    }
}

impl MeetingPaper {
    /// Prints the minutes of a part. The page says of itself what an answer says beneath it.
    ///
    /// # Errors
    /// There is no such meeting; or the server can't be asked, or lies.
    pub(super) async fn print_minutes(self, context: &Context, part: String) -> anyhow::Result<()> {
        let found = context.ask(RegisterClient::get_minutes, self.request(part)).await?;
        match context.json {
            true => show::json(&show::to_json(&found)?),
            false => self.shape.print(&minutes_page(&found)),
        }
    }

    /// Prints what calls it to a part, as such a page.
    ///
    /// # Errors
    /// There is no such meeting; or the server can't be asked, or lies.
    pub(super) async fn print_called(
        self,
        context: &Context,
        part: String,
        page: fn(&GetMinutesResponse, &Calling) -> ReportPage,
    ) -> anyhow::Result<()> {
        let (found, calling) = ask(context, self.request(part)).await?;
        match context.json {
            true => {
                show::json(&json!({"called": calling.to_json(&found), "meeting": show::to_json(&found)?}))
            }
            false => self.shape.print(&page(&found, &calling)),
        }
    }

    fn request(&self, part: String) -> GetMinutesRequest {
        GetMinutesRequest { meeting: self.which.name(), part, view: Some(self.view.to_wire()) }
    }
}

/// What is known of a part of a meeting, with what the entries say that call it.
async fn ask(context: &Context, request: GetMinutesRequest) -> anyhow::Result<(GetMinutesResponse, Calling)> {
    let (mut client, known) = context.connect().await?;
    let found = context.one(&mut client, &known, RegisterClient::get_minutes, request).await?;
    let positions: BTreeSet<_> = found.why.iter().copied().map(Position).collect();
    let corrections = found.answered.as_ref().map(|it| it.corrections.as_slice()).unwrap_or_default();
    let mut calling = Calling::default();
    for (entry, _bytes) in client.entries_at(&known, &positions).await? {
        calling.hear_entry(&entry, corrections);
    }
    Ok((found, calling))
}
