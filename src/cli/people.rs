use super::context::Context;
use super::show;
use super::view::ViewArgs;
use crate::client::RegisterClient;
use crate::meant::nearest;
use crate::proto::{ListPeopleRequest, ListPeopleResponse, OfficeOfPerson, Person, Scope, View};

/// Lists people, with every name and every office that each holds or held, of whatever body.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook people
  minutebook people sullivan --as-at 2019-07-04 --reported
  minutebook people person/5e0a91c4d27f")]
pub(crate) struct Args {
    /// One person, by id, or words of the name; all, if it is left out.
    #[arg(default_value = "", hide_default_value = true)]
    who: String,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (who, view) = (self.who, Some(self.view.to_wire()));
        let request = ListPeopleRequest { who: who.clone(), view, ..ListPeopleRequest::default() };
        let mut found = context.ask_all(RegisterClient::list_people, request.clone()).await?;
        // An apostrophe is straight on keyboards and curly in print.
        if let Some(other) = with_other_apostrophes(&who).filter(|_other| found.people.is_empty()) {
            let request = ListPeopleRequest { who: other, ..request.clone() };
            found = context.ask_all(RegisterClient::list_people, request).await?;
        }
        let hint = if found.people.is_empty() { hint(context, &request).await? } else { None };
        context.answer(&found, |found| show_people(found, &who, hint.as_deref()))
    }
}

/// A name with the apostrophes of the other kind; nothing where it has none.
fn with_other_apostrophes(who: &str) -> Option<String> {
    let other = if who.contains('\'') { who.replace('\'', "\u{2019}") } else { who.replace('\u{2019}', "'") };
    (other != who).then_some(other)
}

/// Who was probably meant, where nobody is called so.
async fn hint(context: &Context, asked: &ListPeopleRequest) -> anyhow::Result<Option<String>> {
    let view = View { scope: Scope::Reported.into(), ..asked.view.clone().unwrap_or_default() };
    let request = ListPeopleRequest { who: String::new(), view: Some(view), ..ListPeopleRequest::default() };
    let all = context.ask_all(RegisterClient::list_people, request).await?.people;
    let words = all.iter().flat_map(|person| show::text(person.name.as_ref()).split_whitespace());
    let meant = nearest(&asked.who, words).map(str::to_owned);
    Ok(meant.map(|word| format!("Did you mean {word}?  minutebook people {word} --reported")))
}

fn show_people(found: &ListPeopleResponse, who: &str, hint: Option<&str>) -> anyhow::Result<()> {
    if found.people.is_empty() {
        if !who.is_empty() {
            show::sentence(show::title(format!("people called \"{who}\"")))?;
        }
        show::none(found.answered.as_ref())?;
        return Ok(hint.iter().try_for_each(show::line)?);
    }
    found.people.iter().try_for_each(show_person)
}

fn show_person(person: &Person) -> anyhow::Result<()> {
    show::sentence(format!(
        "{}  {}  {}",
        show::title(show::text(person.name.as_ref())),
        person.id,
        show::why(&person.why)
    ))?;
    for named in person.names.iter().filter(|_named| person.names.len() > 1) {
        let from = show::date_or(named.from.as_ref(), "at first");
        let (name, why) = (show::text(named.name.as_ref()), show::why(&[named.position]));
        show::field("name", format!("{name}, from {from}  {why}"))?;
    }
    for office in &person.offices {
        show::field(state(office), office_line(office))?;
    }
    Ok(())
}

fn state(office: &OfficeOfPerson) -> &'static str {
    match office.state.as_str() {
        "holds" => "holds",
        "perhaps" => "perhaps holds",
        "to_come" if office.from.is_none() => "seen later",
        "to_come" => "will hold",
        _ => "held",
    }
}

fn office_line(office: &OfficeOfPerson) -> String {
    let tenure = if office.tenure.is_empty() { String::new() } else { format!(", {}", office.tenure) };
    let seen: Vec<_> = office.observed_on.iter().map(show::date).collect();
    let since = match (&office.from, seen.as_slice()) {
        (Some(from), _) => format!(", from {}", show::date(from)),
        (None, []) => ", from a day that is not stated".to_owned(),
        (None, seen) => format!(", seen {}", seen.join(", ")),
    };
    let name = if office.body_name.is_empty() { String::new() } else { format!(" {}", office.body_name) };
    format!(
        "{} of {}{name}{tenure}{since}{}{}  {}",
        show::words(&office.office),
        office.body,
        show::to(office.until.as_ref()),
        show::mark(&office.standing),
        show::why(&office.why)
    )
}
