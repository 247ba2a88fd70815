use super::context::Context;
use super::show;
use super::view::ViewArgs;
use crate::client::RegisterClient;
use crate::proto::{Action, ListActionsRequest, ListActionsResponse};
use clap::builder::PossibleValuesParser;
use owo_colors::OwoColorize as _;

/// Shows the action log of a body: what is to be done, done, given up or with another body since; its own actions,
/// conditions of its decisions, and what it has from the bodies that it follows. What is due alone, `minutebook due` says.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook actions 04K
  minutebook actions 52R --as-at 2020-04-01 --state open")]
pub(crate) struct Args {
    /// The body, by id, code or name.
    body: String,
    /// Only those in this state.
    #[arg(long, value_parser = PossibleValuesParser::new(["open", "completed", "cancelled", "transferred"]))]
    state: Option<String>,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (body, state, view) = (self.body, self.state.unwrap_or_default(), Some(self.view.to_wire()));
        let request = ListActionsRequest { body, state, view, ..ListActionsRequest::default() };
        let found = context.ask_all(RegisterClient::list_actions, request).await?;
        context.answer(&found, show_actions)
    }
}

fn show_actions(found: &ListActionsResponse) -> anyhow::Result<()> {
    show::line(show::title(format!("action log of {}", show::named(&found.body, found.answered.as_ref()))))?;
    let titles = ["action", "what", "owner", "due", "state", "assigned", "of", "entries"];
    show::rows(titles, found.actions.iter().map(row))
}

fn row(action: &Action) -> [String; 8] {
    let condition = if action.is_condition { "condition: " } else { "" };
    let assigned = match action.meeting.as_str() {
        "" => show::date_or(action.assigned_on.as_ref(), "not stated"),
        meeting => format!("{} {}", show::slug(meeting), action.item),
    };
    [
        show::slug(&action.id),
        format!("{condition}{}", show::or_sealed(&action.what)),
        show::words(show::person(&action.owner_name, &action.owner).as_str()),
        show::date_or(action.due.as_ref(), ""),
        format!("{}{}{}", state(action), show::mark(&action.standing), show::perhaps(action.is_perhaps)),
        assigned.trim_end().to_owned(),
        show::slug(&action.assigned_by),
        show::positions(&action.why),
    ]
}

/// Where it stands, and since when.
fn state(action: &Action) -> String {
    let since = match action.state.as_str() {
        "open" if action.is_overdue => return "open, overdue".red().to_string(),
        "open" => String::new(),
        _ => action.updated_on.as_ref().map_or_else(String::new, |day| format!(" {}", show::date(day))),
    };
    let to = match action.state.as_str() {
        "transferred" => format!(" to {}", show::slug(&action.body)),
        _ => String::new(),
    };
    format!("{}{to}{since}", show::words(&action.state))
}
