use super::context::Context;
use super::show;
use super::view::ViewArgs;
use crate::client::RegisterClient;
use crate::proto::{GetPartnershipRequest, GetPartnershipResponse, PartnershipMember};

/// Shows a partnership: who belongs to it and as what, what it is part of, what it was named, and what it may decide.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  minutebook partnership nottinghamshire-stp --reported --as-at 2017-06-20"
)]
pub(crate) struct Args {
    /// Its id; partnership/ may be left out.
    id: String,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let partnership = self.id.clone();
        let request = GetPartnershipRequest { partnership, view: Some(self.view.to_wire()) };
        let found = context.ask(RegisterClient::get_partnership, request).await?;
        context.answer(&found, show_partnership)
    }
}

fn show_partnership(found: &GetPartnershipResponse) -> anyhow::Result<()> {
    let kind = if found.kind.is_empty() { "kind not stated".to_owned() } else { show::words(&found.kind) };
    show::line(format!("{}  {}", show::title(&found.name), found.id))?;
    let state = match found.state.as_str() {
        "intended" => "not known to have been formed: only intentions name it".to_owned(),
        state => show::words(state),
    };
    show::field("kind", format!("{kind}, {state}"))?;
    show::field("may decide", &found.may_decide)?;
    for said in &found.designations {
        let when = show::date_or(said.effective.as_ref(), "not stated");
        let cohort = if said.cohort == 0 { String::new() } else { format!(", one of {}", said.cohort) };
        let why = show::why(&[said.position]);
        show::field("named", format!("{}{cohort}, {when}  {why}", said.designation))?;
    }
    if !found.lead.is_empty() {
        let name = if found.lead_name.is_empty() { &found.lead } else { &found.lead_name };
        show::field("led by", format!("{name}, {}", found.lead_title))?;
    }
    show::field_if("part of", &found.within)?;
    show::field_if("parts", &found.parts.join(", "))?;
    for member in &found.members {
        show::field(&show::words(&member.status), member_line(member))?;
    }
    for member in &found.former_members {
        let until = member.until.as_ref().map_or_else(|| "not stated".to_owned(), show::end);
        show::field("to", format!("{until}: {}", member_line(member)))?;
    }
    for intention in &found.intentions {
        show::field("intended", show::intention(intention))?;
    }
    Ok(show::field("rests on", show::why(&found.why))?)
}

fn member_line(member: &PartnershipMember) -> String {
    let since = member.from.as_ref().map_or_else(String::new, |from| format!(" since {}", show::date(from)));
    let name = if member.name.is_empty() { String::new() } else { format!("  {}", member.name) };
    let (perhaps, why) = (show::perhaps(member.is_perhaps), show::why(&member.why));
    format!("{}{name}{since}{perhaps}  {why}", member.body)
}
