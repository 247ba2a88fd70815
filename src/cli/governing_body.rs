use super::context::Context;
use super::show;
use super::view::ViewArgs;
use crate::client::RegisterClient;
use crate::proto::{
    Certainty, CompositionRequirement, GetGoverningBodyRequest, GetGoverningBodyResponse,
    GoverningBodyMember, Life, MemberTerm,
};
use owo_colors::OwoColorize as _;

/// Shows a governing body: who sits on it and votes, in which office and for which term, held against the law of the day; its constitution, and the
/// rules that it has given itself.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  minutebook governing-body 04K --as-at 2022-03-31")]
pub(crate) struct Args {
    /// The body, by id, code or name.
    body: String,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let request = GetGoverningBodyRequest { body: self.body, view: Some(self.view.to_wire()) };
        let found = context.ask(RegisterClient::get_governing_body, request).await?;
        context.answer(&found, show_governing_body)
    }
}

fn show_governing_body(found: &GetGoverningBodyResponse) -> anyhow::Result<()> {
    show::sentence(show::title(format!(
        "governing body of {}",
        show::named(&found.body, found.answered.as_ref())
    )))?;
    for member in &found.members {
        let offices = offices(member);
        let name = if member.name.is_empty() { "(name sealed or not known)" } else { &member.name };
        show::field("member", format!("{}  {}, {offices}", show::title(name), member.person))?;
    }
    for member in &found.perhaps {
        let name = show::title(show::person(&member.name, &member.person));
        show::field("perhaps", format!("{name}  {}, {}", member.person, offices(member)))?;
    }
    let vacant = match found.seats_vacant {
        0 => String::new(),
        vacant => format!(", {vacant} vacant"),
    };
    let seats = match (found.is_known, found.life()) {
        (true, _) if !found.perhaps.is_empty() => {
            format!("{} filled for certain, {} perhaps{vacant}", found.seats_filled, found.perhaps.len())
        }
        (true, _) => format!("{} filled{vacant}", found.seats_filled),
        (false, Life::Closed) => "none: the body has ended".to_owned(),
        (false, _) => "not known: nothing says who sits on it".yellow().to_string(),
    };
    show::field("voting seats", format!("{seats}  {}", show::why(&found.why)))?;
    let law = if found.law.is_empty() { "none entered for this kind and day" } else { &found.law };
    show::field("law", law)?;
    for requirement in &found.requirements {
        show::field("asks for", requirement_line(requirement))?;
    }
    for held in &found.constitutions {
        let when = show::date_or(held.effective.as_ref(), "not stated");
        let why = show::why(&[held.position]);
        let perhaps = show::perhaps(held.is_perhaps);
        show::field("constitution", format!("{} from {when}{perhaps}  {why}", held.version))?;
    }
    for vote in &found.members_votes {
        let when = show::date_or(vote.declared_on.as_ref(), "not stated");
        let needed =
            if vote.threshold.is_empty() { String::new() } else { format!("; needed: {}", vote.threshold) };
        let (mark, why) = (show::mark(&vote.standing), show::why(&[vote.position]));
        let line =
            format!("{} {when}: {} {}{needed}{mark}  {why}", vote.outcome, vote.question, vote.figures);
        show::field("members' vote", line)?;
    }
    for rule in &found.rules {
        let when = show::date_or(rule.from.as_ref(), "not stated");
        let why = show::why(&[rule.position]);
        let perhaps = show::perhaps(rule.is_perhaps);
        show::field(&show::words(&rule.rule), format!("{}, from {when}{perhaps}  {why}", rule.says))?;
    }
    Ok(())
}

/// The offices of a member, each with its term.
fn offices(member: &GoverningBodyMember) -> String {
    let term = |term: &MemberTerm| {
        let tenure = match term.tenure.as_str() {
            "" | "substantive" => String::new(),
            other => format!("{other}, "),
        };
        let from = show::date_or(term.from.as_ref(), "a day not stated");
        let mark = show::mark(&term.standing);
        format!("{} ({tenure}from {from}{}){mark}", show::words(&term.office), show::to(term.until.as_ref()))
    };
    member.terms.iter().map(term).collect::<Vec<_>>().join(", ")
}

fn requirement_line(requirement: &CompositionRequirement) -> String {
    let met = match requirement.met() {
        Certainty::Yes => "met".green().to_string(),
        Certainty::No => "not met".red().to_string(),
        Certainty::Unknown | Certainty::Unspecified => "not known".yellow().to_string(),
    };
    format!("{}: {met}  {}", requirement.says, show::why(&requirement.why))
}
