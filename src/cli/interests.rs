use super::context::Context;
use super::show;
use super::view::ViewArgs;
use crate::client::RegisterClient;
use crate::proto::{
    Breach, Gift, Interest, InterestDeclaration, ListInterestsRequest, ListInterestsResponse,
};
use owo_colors::OwoColorize as _;

/// Shows the register of interests of a body (with those of the bodies that it follows) or of a person: interests and
/// gifts, whether each is public on the day, what was declared at meetings and how it was handled, and breaches.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook interests 04K
  minutebook interests body/52R --as-at 2020-10-01 --public
  minutebook interests person/5e0a91c4d27f")]
pub(crate) struct Args {
    /// A body by id, code or name, or a person: person/..
    subject: String,
    /// Only what the public register shows: interests until six months after they ceased, published breaches.
    #[arg(long)]
    public: bool,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let request = ListInterestsRequest {
            subject: self.subject,
            view: Some(self.view.to_wire()),
            only_public: self.public,
            ..ListInterestsRequest::default()
        };
        let found = context.ask_all(RegisterClient::list_interests, request).await?;
        context.answer(&found, show_interests)
    }
}

fn show_interests(found: &ListInterestsResponse) -> anyhow::Result<()> {
    show::line(show::title(format!(
        "register of interests of {}",
        show::named(&found.subject, found.answered.as_ref())
    )))?;
    if found.interests.is_empty() && found.declarations.is_empty() && found.breaches.is_empty() {
        return Ok(show::none(found.answered.as_ref())?);
    }
    let titles = ["person", "for", "kind", "what", "declared", "state", "entries"];
    show::rows(titles, found.interests.iter().map(interest))?;
    if !found.declarations.is_empty() {
        show::line(format!("\n{}", show::title("declared at meetings")))?;
        let titles = ["day", "person", "items", "what", "handled", "registered as", "entry"];
        show::rows(titles, found.declarations.iter().map(declaration))?;
    }
    if !found.breaches.is_empty() {
        show::line(format!("\n{}", show::title("breaches")))?;
    }
    found.breaches.iter().try_for_each(show_breach)
}

fn interest(interest: &Interest) -> [String; 7] {
    [
        show::person(&interest.name, &interest.person),
        show::slugs(&interest.bodies),
        show::words(&interest.kind),
        interest.gift.as_ref().map_or_else(String::new, gift) + show::text(interest.description.as_ref()),
        show::date_or(interest.declared_on.as_ref(), "not stated"),
        format!(
            "{}{}{}",
            state(interest),
            show::mark(&interest.standing),
            show::perhaps(interest.is_perhaps)
        ),
        show::positions(&interest.why),
    ]
}

fn gift(gift: &Gift) -> String {
    let pounds = |pence: u64| format!(", {}.{:02} pounds", pence / 100, pence % 100);
    let value = gift.value_pence.map_or_else(String::new, pounds);
    format!("{}{value}, from {}: ", show::words(&gift.outcome), show::text(gift.from.as_ref()))
}

/// Where it stands, and for how long it is public or kept.
fn state(interest: &Interest) -> String {
    let ceased = show::date_or(interest.ceased_on.as_ref(), "");
    match interest.state.as_str() {
        "ceased" => format!("ceased {ceased}, public to {}", show::last_day(&interest.public_until)),
        "kept" => format!("ceased {ceased}, not public, kept to {}", show::last_day(&interest.kept_until)),
        "expired" => format!("ceased {ceased}, need not be kept"),
        _ => "public".to_owned(),
    }
}

fn declaration(declared: &InterestDeclaration) -> [String; 7] {
    let handling: Vec<_> = declared.handling.iter().map(|word| show::words(word)).collect();
    let registered = if declared.interest.is_empty() { "not named" } else { &declared.interest };
    [
        show::date_or(declared.declared_on.as_ref(), "not known"),
        show::person(&declared.name, &declared.person),
        declared.items.join(", "),
        format!("{}: {}", show::words(&declared.kind), show::text(declared.nature.as_ref())),
        format!(
            "{}{}{}",
            handling.join(", "),
            show::mark(&declared.standing),
            show::perhaps(declared.is_perhaps)
        ),
        registered.to_owned(),
        declared.position.to_string(),
    ]
}

fn show_breach(breach: &Breach) -> anyhow::Result<()> {
    let when = show::date_or(breach.recorded_on.as_ref(), "not stated");
    let published = breach
        .published_on
        .as_ref()
        .map_or_else(|| "not published".yellow().to_string(), |day| format!("published {}", show::date(day)));
    let why = show::why(&[breach.position]);
    let what = show::text(breach.summary.as_ref());
    show::field(
        "breach",
        format!(
            "{}, {when}: {what} ({published}){}{}  {why}",
            breach.body,
            show::mark(&breach.standing),
            show::perhaps(breach.is_perhaps)
        ),
    )?;
    Ok(show::field("done about it", show::text(breach.action.as_ref()))?)
}
