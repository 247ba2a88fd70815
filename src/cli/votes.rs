use super::context::Context;
use super::show;
use super::view::ViewArgs;
use crate::client::RegisterClient;
use crate::proto::{ListVotesRequest, ListVotesResponse, PersonVote};
use minutebook_governance::Date;

/// Says who voted how: for a body, at a meeting, or one person across meetings, and who did not vote because of a
/// conflict of interest. Votes count where they were named in the clear.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook votes 04K --from 2019-04-01 --until 2020-03-31
  minutebook votes meeting/notts-2019-07-04 --csv > votes.csv
  minutebook votes person/5e0a91c4d27f")]
pub(crate) struct Args {
    /// A body by id or code, a meeting (meeting/..) or a person (person/..).
    subject: String,
    #[command(flatten)]
    period: Period,
    /// Prints CSV: date, meeting, item, body, person, vote, conflict, then name, motion, put_again and entry.
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    #[command(flatten)]
    view: ViewArgs,
}

/// From a day on, until another, both included.
#[derive(Debug, clap::Args)]
pub(super) struct Period {
    /// The first day: YYYY-MM-DD. Else from the start.
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,
    /// The last day: YYYY-MM-DD. Else until the day that is asked about.
    #[arg(long, value_name = "DATE")]
    until: Option<Date>,
}

impl Period {
    /// As it travels.
    pub(super) fn to_wire(&self) -> (String, String) {
        let day = |day: Option<Date>| day.map_or_else(String::new, |day| day.to_string());
        (day(self.from), day(self.until))
    }
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let ((from, until), view) = (self.period.to_wire(), Some(self.view.to_wire()));
        let request =
            ListVotesRequest { subject: self.subject, from, until, view, ..ListVotesRequest::default() };
        let found = context.ask_all(RegisterClient::list_votes, request).await?;
        if self.csv {
            return show::csv(COLUMNS, found.votes.iter().map(cells));
        }
        context.answer(&found, show_votes)
    }
}

const COLUMNS: [&str; 11] =
    ["date", "meeting", "item", "body", "person", "vote", "conflict", "name", "motion", "put_again", "entry"];

fn cells(vote: &PersonVote) -> [String; 11] {
    let day = vote.date.as_ref();
    [
        // A day for certain, or the words of the source.
        day.map_or_else(String::new, |day| day.written.clone()),
        vote.meeting.clone(),
        vote.item.clone(),
        vote.body.clone(),
        vote.person.clone(),
        vote.vote.clone(),
        vote.conflict.join(" "),
        vote.name.clone(),
        vote.motion.clone(),
        if vote.was_put_again { "yes".to_owned() } else { String::new() },
        vote.position.to_string(),
    ]
}

fn show_votes(found: &ListVotesResponse) -> anyhow::Result<()> {
    show::line(show::title(format!("votes by name, {}", found.subject)))?;
    let titles = ["date", "meeting", "item", "body", "person", "vote", "conflict", "entry"];
    show::rows(titles, found.votes.iter().map(row))?;
    if found.votes_without_names > 0 {
        show::line("")?;
        let votes = if found.votes_without_names == 1 { "vote was" } else { "votes were" };
        show::line(format!(
            "{} {votes} taken without names, or with sealed ones.",
            found.votes_without_names
        ))?;
    }
    Ok(())
}

fn row(vote: &PersonVote) -> [String; 8] {
    let motion = if vote.motion.is_empty() { String::new() } else { format!(" \"{}\"", vote.motion) };
    let voted = if vote.vote.is_empty() { "did not vote" } else { &vote.vote };
    let again = if vote.was_put_again { ", put again" } else { "" };
    let conflict: Vec<_> = vote.conflict.iter().map(|word| show::words(word)).collect();
    [
        show::date_or(vote.date.as_ref(), "not known"),
        show::slug(&vote.meeting),
        format!("{}{motion}", vote.item),
        show::slug(&vote.body),
        show::person(&vote.name, &vote.person),
        format!("{voted}{again}{}", show::mark(&vote.standing)),
        conflict.join(", "),
        vote.position.to_string(),
    ]
}
