use super::context::Context;
use super::show;
use super::view::ViewArgs;
use crate::client::RegisterClient;
use crate::meant::nearest;
use crate::proto::{Body, JoinedDate, Life, ListBodiesRequest, ListBodiesResponse, Scope, View};
use clap::builder::PossibleValuesParser;
use minutebook_governance::bodies::BodyKind;

/// How many bodies are named that would be found otherwise.
const HINTS_MAX: usize = 10;

/// Lists the bodies that are open, of one kind or of all, those among them of which that is not known; with --all those too that are closed, or open later. With words,
/// those that have them in a name, a code or their id. Where there is none, it says what would find one.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook bodies --kind icb
  minutebook bodies rushcliffe --as-at 2019-07-04
  minutebook bodies --all --as-at 2020-04-01")]
pub(crate) struct Args {
    /// Words of a name, a code or an id.
    #[arg(default_value = "", hide_default_value = true)]
    words: String,
    /// Only those of this kind.
    #[arg(long, value_parser = PossibleValuesParser::new(BodyKind::ALL.map(BodyKind::as_str)))]
    kind: Option<String>,
    /// Those too that are closed, or open later.
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let request = ListBodiesRequest {
            kind: self.kind.unwrap_or_default(),
            include_closed: self.all,
            words: self.words,
            view: Some(self.view.to_wire()),
            ..ListBodiesRequest::default()
        };
        let mut found = context.ask_all(RegisterClient::list_bodies, request.clone()).await?;
        // They come by their ids; those that decide are read first.
        found.bodies.sort_by_key(|body| rank(&body.kind));
        let hints = if found.bodies.is_empty() && !context.json {
            hints(context, &request).await?
        } else {
            Vec::new()
        };
        context.answer(&found, |found| show_bodies(found, &request, &hints))
    }
}

/// Where bodies of a kind stand in a list: as the kinds are told, and those whose kind is not known before mere places.
fn rank(kind: &str) -> usize {
    let place = |kind: &str| BodyKind::ALL.iter().position(|known| known.as_str() == kind);
    place(kind).or_else(|| place(BodyKind::Location.as_str())).unwrap_or(BodyKind::ALL.len())
}

fn show_bodies(
    found: &ListBodiesResponse,
    asked: &ListBodiesRequest,
    hints: &[String],
) -> anyhow::Result<()> {
    if !found.bodies.is_empty() {
        let titles = ["body", "kind", "name", "life", "opened", "last day"];
        return show::rows(titles, found.bodies.iter().map(row));
    }
    show::line(nothing(asked))?;
    Ok(hints.iter().try_for_each(show::line)?)
}

/// What there is none of, in words.
fn nothing(asked: &ListBodiesRequest) -> String {
    let kind = if asked.kind.is_empty() { String::new() } else { format!(" of the kind {}", asked.kind) };
    let called = if asked.words.is_empty() { String::new() } else { format!(" called \"{}\"", asked.words) };
    let state = if asked.include_closed { "that is known" } else { "that is open, or perhaps" };
    format!("None: no body{kind}{called} {state}.")
}

/// What would find something: another day, those that only reports name, another kind, a name that is near.
async fn hints(context: &Context, asked: &ListBodiesRequest) -> anyhow::Result<Vec<String>> {
    let wider = |kind: &str, words: &str, scope: Scope| {
        let view = asked.view.clone().unwrap_or_default();
        ListBodiesRequest {
            kind: kind.to_owned(),
            include_closed: true,
            words: words.to_owned(),
            view: Some(View { scope: scope.into(), ..view }),
            ..ListBodiesRequest::default()
        }
    };
    let scope = asked.view.as_ref().map_or(Scope::Enacted, View::scope);
    let tries = [
        (wider(&asked.kind, &asked.words, scope), "Not open then (--all, or another day with --as-at)"),
        (wider(&asked.kind, &asked.words, Scope::Reported), "Named in reports (--reported --all)"),
        (wider("", &asked.words, Scope::Reported), "Of another kind (without --kind, with --reported --all)"),
    ];
    for (request, what) in tries {
        let found = context.ask_all(RegisterClient::list_bodies, request).await?.bodies;
        if !found.is_empty() {
            let named = found.iter().take(HINTS_MAX).map(|body| format!("\n  {}", hint(body)));
            let more = found.len().saturating_sub(HINTS_MAX);
            let more = if more > 0 { format!("\n  and {more} more") } else { String::new() };
            return Ok(vec![format!("{what}:{}{more}", named.collect::<String>())]);
        }
    }
    let all = context.ask_all(RegisterClient::list_bodies, wider("", "", Scope::Reported)).await?.bodies;
    let meant = near(&asked.words, &all);
    let meant = meant.map(|word| format!("Did you mean {word}?  minutebook bodies {word} --reported --all"));
    let is_earlier = asked.view.as_ref().is_some_and(|view| view.known_at.is_some());
    let later = is_earlier
        .then_some("More may be known without --known-at, which looks at an earlier state of the book.");
    let listed =
        "minutebook bodies --all lists everybody, with --reported also those whom only reports name.";
    let known = later.into_iter().chain([listed]).map(str::to_owned);
    Ok(meant.into_iter().chain(known).collect())
}

/// A body by the id by which every command knows it, and when it was open: a code it may have none.
fn hint(body: &Body) -> String {
    let [_slug, kind, name, _life, opened, closed] = row(body);
    let is_known = body.opened.as_ref().is_some_and(|opened| opened.value.is_some());
    let from = if is_known { format!("from {opened}") } else { format!("first day: {opened}") };
    let until = match (closed.is_empty(), is_known) {
        (true, _) => String::new(),
        (false, true) => format!(" to {closed}"),
        (false, false) => format!(", last day: {closed}"),
    };
    format!("{}  {name} ({kind}), {from}{until}", body.id)
}

/// How many letters a code of a group or a board has.
const CODE_LETTERS: usize = 3;

/// The word of somebody's name, code or id that was probably meant.
fn near(words: &str, all: &[Body]) -> Option<String> {
    let names = all.iter().flat_map(|body| {
        let codes = body.codes.iter().map(|held| held.value.as_str());
        let names = body.names.iter().flat_map(|held| held.name.split_whitespace());
        codes.chain(names).chain(body.id.split_once('/').map(|(_kind, slug)| slug))
    });
    // Of a word as short as a code, one letter makes another code: nobody knows what was meant.
    nearest(words, names).filter(|_near| words.chars().count() > CODE_LETTERS).map(str::to_owned)
}

fn row(body: &Body) -> [String; 6] {
    let opened = body.opened.as_ref().and_then(|opened| opened.value.as_ref());
    let closed = body.closed.as_ref().and_then(|closed| closed.value.as_ref());
    [
        show::slug(&body.id),
        body.kind.clone(),
        body.name.clone(),
        show::life(body),
        opened.map_or_else(|| unsaid(body.opened.as_ref()).to_owned(), show::date),
        closed.map_or_else(|| last_day(body), show::end),
    ]
}

/// Why there is no date: its sources say different ones, or nobody says one.
fn unsaid(joined: Option<&JoinedDate>) -> &'static str {
    if joined.is_some() { "sources differ" } else { "not stated" }
}

/// What is known of the last day of a body that has none: that sources contradict each other, or that another followed it
/// and nobody says when it ended.
fn last_day(body: &Body) -> String {
    if body.closed.is_some() {
        return unsaid(body.closed.as_ref()).to_owned();
    }
    let followed = body.successors.iter().filter(|_link| body.life() == Life::Unknown);
    let followed: Vec<_> = followed.map(|link| link.body.clone()).collect();
    if followed.is_empty() {
        String::new()
    } else {
        format!("not stated; followed by {}", followed.join(", "))
    }
}
