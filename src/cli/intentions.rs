use super::context::Context;
use super::show;
use super::view::ViewArgs;
use crate::client::RegisterClient;
use crate::proto::{Intention, ListIntentionsRequest, ListIntentionsResponse, PlannedPost};
use serde_json::json;

/// Lists what is planned, proposed, expected or conditional: open, met or lapsed. Plans are not facts, so
/// the register's other answers ignore them.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook intentions body/04K --as-at 2019-06-30
  minutebook intentions")]
pub(crate) struct Args {
    /// Only those that concern this: body/04K, merger/nottinghamshire-2019 ...
    #[arg(default_value = "", hide_default_value = true)]
    subject: String,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (subject, view) = (self.subject, Some(self.view.to_wire()));
        let request = ListIntentionsRequest { subject, view, ..ListIntentionsRequest::default() };
        let found = context.ask_all(RegisterClient::list_intentions, request).await?;
        context.answer(&found, show_intentions)
    }
}

fn show_intentions(found: &ListIntentionsResponse) -> anyhow::Result<()> {
    for intention in &found.intentions {
        let state = show::title(show::state(&intention.state, &intention.known_to));
        show::line(format!("{}  {state}{}", show::title(&intention.id), said_yet(intention)))?;
        show::field(&intention.mood, what_is_intended(intention))?;
        show::field_if("about", &intention.about.join(", "))?;
        show::field_if("stated", &show::date_or(intention.stated_on.as_ref(), ""))?;
        for quantity in &intention.quantities {
            show::field("number", show::quantity(quantity))?;
        }
        for post in &intention.posts {
            show::field("post", post_line(post))?;
        }
        show::field_if("waiting for it", &intention.gates)?;
        show_resolution(intention)?;
    }
    if found.intentions.is_empty() {
        show::line("None.")?;
    }
    Ok(())
}

/// That it may not have been stated yet.
fn said_yet(intention: &Intention) -> &'static str {
    if intention.is_perhaps { "  [perhaps not said yet on that day]" } else { "" }
}

fn post_line(post: &PlannedPost) -> String {
    let of = if post.of.is_empty() { String::new() } else { format!(", of {}", post.of) };
    let office =
        if post.office.is_empty() { String::new() } else { format!(", as {}", show::words(&post.office)) };
    format!("{} {}{office}{of}", post.count, post.title)
}

/// What somebody said became of it.
fn show_resolution(intention: &Intention) -> anyhow::Result<()> {
    let Some(day) = &intention.resolved_on else { return Ok(()) };
    let because = if intention.reason.is_empty() { String::new() } else { format!(": {}", intention.reason) };
    show::field("resolved", format!("{}{because}", show::date(day)))?;
    show::field_if("by event", &intention.resolved_by)?;
    Ok(show::field_if("replaced by", &intention.replaced_by)?)
}

/// An intention, on a line.
pub(super) fn intention_line(intention: &Intention) -> String {
    let state = show::state(&intention.state, &intention.known_to);
    format!("{state}: {} {}", intention.mood, what_is_intended(intention))
}

fn what_is_intended(intention: &Intention) -> String {
    let when = intention.when.as_ref().map(|when| format!(" for {}", show::date(when))).unwrap_or_default();
    let conditions = if intention.conditions.is_empty() {
        String::new()
    } else {
        format!(", if {}", intention.conditions.join(" and "))
    };
    let wording = if intention.wording.is_empty() {
        "(sealed)".to_owned()
    } else {
        json!(intention.wording).to_string()
    };
    let (mark, why) = (show::mark(&intention.standing), show::why(&intention.why));
    format!("{}{when}{conditions}. {wording}{mark}  {why}", intention.intends)
}
