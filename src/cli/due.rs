use super::context::Context;
use super::show;
use super::view::ViewArgs;
use crate::client::RegisterClient;
use crate::proto::{ListDueRequest, ListDueResponse};
use crate::shown::due_calendar;
use owo_colors::OwoColorize as _;

/// Lists what is due for a body and for those that it follows: actions, conditions of decisions and approvals,
/// ratifications, minutes, closings of consultations and votes, ends of terms and grants, interests to register.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook due 04K
  minutebook due 04K --ical > due.ics")]
pub(crate) struct Args {
    /// The body, by id, code or name.
    body: String,
    /// Prints what has a day as an iCalendar (RFC 5545), for calendars to subscribe to.
    #[arg(long)]
    ical: bool,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (body, view) = (self.body, Some(self.view.to_wire()));
        let request = ListDueRequest { body, view, ..ListDueRequest::default() };
        let found = context.ask_all(RegisterClient::list_due, request).await?;
        if self.ical {
            return Ok(show::data(due_calendar(&found).as_bytes())?);
        }
        context.answer(&found, show_due)
    }
}

/// Prints what is due, as a table.
///
/// # Errors
/// Standard output is closed.
pub(super) fn show_due(found: &ListDueResponse) -> anyhow::Result<()> {
    let name = if found.body_name.is_empty() { String::new() } else { format!(", {}", found.body_name) };
    show::sentence(show::title(format!("due for {}{name}", found.body)))?;
    if found.items.is_empty() {
        return Ok(show::none(found.answered.as_ref())?);
    }
    let rows = found.items.iter().map(|it| {
        let overdue = match (it.is_overdue, it.is_due_passed) {
            (true, _) => "overdue".red().to_string(),
            (false, true) => show::state("due_passed", &it.known_to),
            (false, false) => String::new(),
        };
        let on = show::date_or(it.due_on.as_ref(), "");
        [on, overdue, show::words(&it.kind), it.what.clone(), it.subject.clone()]
    });
    Ok(show::line(show::table(["by", "", "kind", "what", "about"], rows))?)
}
