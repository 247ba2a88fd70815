use super::context::Context;
use super::show;
use super::view::ViewArgs;
use crate::client::RegisterClient;
use crate::proto::{ListPracticesRequest, ListPracticesResponse, MemberPractice, MembershipChange};

/// Lists the practices that are members of a body on the day, and how practices came and went, of it and of the bodies
/// that it follows.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  minutebook practices 52R --as-at 2020-04-01")]
pub(crate) struct Args {
    /// The body, by id or code.
    body: String,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (body, view) = (self.body, Some(self.view.to_wire()));
        let request = ListPracticesRequest { body, view, ..ListPracticesRequest::default() };
        let found = context.ask_all(RegisterClient::list_practices, request).await?;
        context.answer(&found, show_practices)
    }
}

fn show_practices(found: &ListPracticesResponse) -> anyhow::Result<()> {
    show::line(show::title(format!("member practices of {}", found.body)))?;
    let titles = ["practice", "name", "since", "admitted by", "place", "entry"];
    show::rows(titles, found.practices.iter().map(member))?;
    if found.changes.is_empty() {
        return Ok(());
    }
    show::line(format!("\n{}", show::title("came and went")))?;
    let titles = ["from", "practice", "name", "change", "body", "why", "entry"];
    show::rows(titles, found.changes.iter().map(change))
}

fn member(practice: &MemberPractice) -> [String; 6] {
    [
        show::slug(&practice.practice),
        practice.name.clone(),
        since(practice),
        show::slug(&practice.admitted_by),
        format!("{}{}", practice.place, show::mark(&practice.standing)),
        practice.position.to_string(),
    ]
}

fn since(practice: &MemberPractice) -> String {
    let since = show::date_or(practice.from.as_ref(), "not stated");
    let until = show::to(practice.until.as_ref());
    let perhaps = if practice.is_perhaps { "  [not known for that day]" } else { "" };
    format!("{since}{until}{perhaps}")
}

fn change(change: &MembershipChange) -> [String; 7] {
    [
        show::date_or(change.effective.as_ref(), "not stated"),
        show::slug(&change.practice),
        change.name.clone(),
        format!("{}{}", change.change, show::mark(&change.standing)),
        show::slug(&change.body),
        change.reason.clone(),
        change.position.to_string(),
    ]
}
