//! The questions that are asked by their description alone: what they take, what they are for, and how their answers look
//! stands in `proto/`, and nothing here is about any of them.

use super::context::Context;
use super::contexts;
use super::exit::Usage;
use super::shapes::{self, Shape};
use super::show;
use super::view::ViewArgs;
use crate::client::ClientError;
use crate::described::{self, argument, comment_on_field, comment_on_method, described};
use crate::pages::Answer;
use crate::proto::{Answered, Argument, Asked, Words};
use crate::shown::said::answered;
use crate::shown::{Names, Sheet, SheetPart, json, spreadsheet};
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Args as _, Command, FromArgMatches as _};
use minutebook_governance::consultations::ConsultationState;
use minutebook_governance::mergers::MergerState;
use minutebook_governance::people::Office;
use minutebook_verify::{to_html, to_markdown};
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MethodDescriptor, Value};

/// How what is no body is named.
pub(super) const KINDS: &str =
    "What is no body is named with its kind: meeting/.., merger/.., committee/.., person/..";

/// A question, and how it is asked.
pub(super) struct DescribedQuestion {
    method: MethodDescriptor,
    asked: Asked,
}

/// Every question that is asked by its description, in the order of `proto/`.
pub(super) fn questions() -> impl Iterator<Item = DescribedQuestion> {
    described::questions().map(|(method, asked)| DescribedQuestion { method, asked })
}

/// The question that a command asks; nothing for another command.
pub(super) fn question(command: &str) -> Option<DescribedQuestion> {
    questions().find(|question| question.asked.command == command)
}

impl DescribedQuestion {
    /// Its command: what it takes is made once somebody asks it.
    pub(super) fn command(self) -> Command {
        let about = comment_on_method(&self.method);
        Command::new(self.asked.command).about(about.trim_end_matches('.').to_owned()).defer(|command| {
            match question(command.get_name()) {
                Some(question) => question.with_arguments(command),
                None => command,
            }
        })
    }

    fn with_arguments(&self, command: Command) -> Command {
        let members = self.arguments().map(|(field, how)| given(&field, &how));
        let examples = self.asked.examples.iter().map(|example| format!("\n  minutebook {example}"));
        let heading = if self.asked.examples.len() == 1 { "Example:" } else { "Examples:" };
        let about = comment_on_method(&self.method);
        let command = ViewArgs::augment_args(command.args(members).args(shapes::flags()));
        // What the view says of itself is not what the question is about.
        command
            .about(about.clone())
            .long_about(about)
            .after_help(format!("{heading}{}", examples.collect::<String>()))
    }

    fn arguments(&self) -> impl Iterator<Item = (FieldDescriptor, Argument)> {
        let fields: Vec<_> = self.method.input().fields().collect();
        fields
            .into_iter()
            .filter_map(|field| Some((argument(&field)?, field)))
            .map(|(how, field)| (field, how))
    }

    /// Asks it, and prints the answer.
    pub(super) async fn run(&self, context: &Context, given: &ArgMatches) -> anyhow::Result<()> {
        let request = self.request(given)?;
        let answer = context.ask_described(&self.method, request).await;
        let answer = answer.map_err(|error| self.with_kinds(error))?;
        let answered = answered(&answer);
        let names = Names::of(answered.as_ref());
        let shape = shapes::asked_for(given);
        if context.json {
            let json = json(&answer).ok_or_else(|| anyhow::anyhow!("{} has no JSON", self.method.name()))?;
            return show::json(&json);
        }
        if shape == Shape::Csv {
            let (titles, rows) = spreadsheet(&answer).unwrap_or_default();
            return show::csv_of(titles, rows);
        }
        let sheet = Sheet::of(&answer, &self.title(given, &names), &names);
        let said = answered.as_ref().map(show::in_words).unwrap_or_default();
        match shape {
            Shape::Html => return Ok(show::line(to_html(&sheet.to_page(said)).trim_end())?),
            Shape::Markdown => return Ok(show::line(to_markdown(&sheet.to_page(said)).trim_end())?),
            Shape::Text | Shape::Csv => print(&sheet, answered.as_ref(), self.is_of_one())?,
        }
        Ok(show::answered(answered.as_ref())?)
    }

    /// Whether it is about one thing, which is known or not: a list may be empty.
    fn is_of_one(&self) -> bool {
        self.method.name().starts_with("Get")
    }

    /// What stands above the answer: of whom it is, where the answer itself does not say it.
    fn title(&self, given: &ArgMatches, names: &Names) -> String {
        let title = self.asked.title.clone();
        let mut places = self.arguments().filter(|(_field, how)| !how.is_option);
        let of = places.find_map(|(field, _how)| given.try_get_one::<String>(field.name()).ok()?.cloned());
        match of.filter(|_of| !title.contains('{')) {
            Some(of) => format!(
                "{title} of {}",
                names.get(&of).map_or_else(|| of.clone(), |name| format!("{name} ({of})"))
            ),
            None => title,
        }
    }

    /// An error that says what else than a body could have been named, where something else can.
    fn with_kinds(&self, error: ClientError) -> ClientError {
        let takes_others = self.arguments().any(|(_field, how)| how.value == "SUBJECT");
        match error {
            ClientError::NotFound(said) if takes_others && said.starts_with("no body") => {
                ClientError::NotFound(format!("{said}. {KINDS}"))
            }
            other => other,
        }
    }

    fn request(&self, given: &ArgMatches) -> anyhow::Result<DynamicMessage> {
        let mut request = DynamicMessage::new(self.method.input());
        for (field, _how) in self.arguments() {
            let value = match field.kind() {
                Kind::Bool => Value::Bool(given.get_flag(field.name())),
                _ => {
                    let Some(text) = given.get_one::<String>(field.name()) else { continue };
                    Value::String(text.clone())
                }
            };
            request.try_set_field(&field, value).map_err(|why| Usage(format!("{}: {why}", field.name())))?;
        }
        let view = ViewArgs::from_arg_matches(given)?.to_wire();
        request.set_field_by_name("view", Value::Message(described(&view)?));
        Ok(request)
    }
}

/// How a member of a request is given on the command line.
fn given(field: &FieldDescriptor, how: &Argument) -> Arg {
    let (name, help) = (field.name().to_owned(), comment_on_field(field));
    let argument = Arg::new(name.clone()).help(help.trim_end_matches('.').to_owned());
    let argument = if how.is_option { argument.long(name.replace('_', "-")) } else { argument };
    if field.kind() == Kind::Bool {
        return argument.action(ArgAction::SetTrue);
    }
    let argument = argument.value_name(how.value.clone()).required(!how.is_option && !how.is_optional);
    let argument = match contexts::only_body().filter(|_body| !how.is_option && !how.is_optional) {
        Some(body) if ["BODY", "SUBJECT"].contains(&how.value.as_str()) => {
            argument.required(false).default_value(body)
        }
        _ => argument,
    };
    let argument = match how.otherwise.as_str() {
        "" => argument,
        otherwise => argument.default_value(otherwise.to_owned()),
    };
    let words = words(how.words());
    if words.is_empty() { argument } else { argument.value_parser(PossibleValuesParser::new(words)) }
}

/// The words of a closed list.
fn words(list: Words) -> Vec<&'static str> {
    match list {
        Words::Unspecified => Vec::new(),
        Words::MergerState => MergerState::ALL.map(MergerState::as_str).into(),
        Words::ConsultationState => ConsultationState::ALL.map(ConsultationState::as_str).into(),
        Words::Office => Office::ALL.map(Office::as_str).into(),
        Words::AuditOutcome => vec!["verified", "authentic_only", "failed"],
        Words::ActionState => vec!["open", "completed", "cancelled", "transferred"],
    }
}

/// Prints a message as its description shows it, beneath this title.
pub(super) fn show_sheet<A: Answer>(answer: &A, title: &str) -> anyhow::Result<()> {
    let answered = answer.answered();
    print(&Sheet::of(&described(answer)?, title, &Names::of(answered)), answered, false)
}

/// Prints a sheet on the terminal; of a list that is empty, that it is.
fn print(sheet: &Sheet, answered: Option<&Answered>, is_of_one: bool) -> anyhow::Result<()> {
    show::sentence(show::title(&sheet.title))?;
    for (name, value) in &sheet.values {
        show::field(name, value)?;
    }
    if sheet.parts.iter().all(|part| part.rows.is_empty()) && !is_of_one {
        return Ok(show::none(answered)?);
    }
    for part in &sheet.parts {
        // What is all there is needs no name; and an empty list beside another is not there.
        if (sheet.parts.len() > 1 || is_of_one) && !part.title.is_empty() {
            if part.rows.is_empty() {
                continue;
            }
            show::sentence(format!("\n{}", show::title(&part.title)))?;
        }
        print_part(part)?;
    }
    let is_told = |id: &str| {
        let meanings = answered.into_iter().flat_map(|answered| &answered.meanings);
        meanings.clone().any(|meaning| show::slug(&meaning.body) == id)
    };
    let legend: Vec<_> = sheet.legend.iter().filter(|(id, _name)| !is_told(id)).collect();
    if !legend.is_empty() {
        show::line("")?;
    }
    legend.iter().take(LEGEND_MAX).try_for_each(|(id, name)| show::field(id, name))?;
    if let Some(more) = legend.len().checked_sub(LEGEND_MAX).filter(|more| *more > 0) {
        show::field("", format!("and {more} more: minutebook body CODE"))?;
    }
    Ok(())
}

/// How many names are told beneath an answer.
const LEGEND_MAX: usize = 12;

fn print_part(part: &SheetPart) -> anyhow::Result<()> {
    if part.rows.is_empty() {
        return Ok(show::line("None.")?);
    }
    if !part.is_in_paragraphs {
        return Ok(show::line(show::grid(part.titles.clone(), part.texts()))?);
    }
    for row in part.texts() {
        let mut cells = part.titles.iter().zip(&row);
        if let Some((_title, name)) = cells.next() {
            show::sentence(show::title(name))?;
        }
        for (title, cell) in cells {
            show::field_if(title, cell)?;
        }
    }
    Ok(())
}
