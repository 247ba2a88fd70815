use super::consultation::show_consultation;
use super::context::Context;
use super::show;
use super::view::ViewArgs;
use crate::client::RegisterClient;
use crate::proto::{GetMergerRequest, MemberBallot, Merger, MergerApplication, MergerLeg};
use owo_colors::OwoColorize as _;

/// Shows a merger as a view sees it: who takes part, what each body decided, consultations, votes of members,
/// applications, conditions, what it waits for, and what can come next.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  minutebook merger merger/nottinghamshire-2019 --known-at 2019-07-05")]
pub(crate) struct Args {
    /// Its id, words of it, or a body that takes part.
    #[arg(required = true, value_name = "MERGER")]
    words: Vec<String>,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let merger = self.words.join(" ");
        let request = GetMergerRequest { merger, view: Some(self.view.to_wire()) };
        let found = context.ask(RegisterClient::get_merger, request).await?;
        context.answer(&found, |found| found.merger.as_ref().map_or(Ok(()), show_merger))
    }
}

fn show_merger(merger: &Merger) -> anyhow::Result<()> {
    let state = show::title(show::state(&merger.state, &merger.known_to));
    show::sentence(format!("{}  {state}{}", show::title(&merger.id), show::perhaps(merger.is_perhaps)))?;
    if let Some(when) = &merger.effective {
        show::field("took effect", show::date(when))?;
        show::field_if("successors", &merger.successors.join(", "))?;
    }
    let is_to_come = merger.effective.is_none();
    let requested = merger.requested_effective.as_ref().or(merger.proposed_effective.as_ref());
    if let Some(when) = requested.filter(|_when| is_to_come) {
        show::field("to take effect", show::date(when))?;
    }
    let named = if is_to_come { "to be named" } else { "was to be" };
    show::field_if(named, &merger.proposed_name)?;
    if let Some(when) = &merger.explored_on {
        show::field("looked into", format!("{}{}", show::date(when), explored(merger)))?;
    }
    if let Some(when) = &merger.proposed_on {
        show::field("proposed", show::date(when))?;
    }
    for option in &merger.options {
        show::field("option", option)?;
    }
    for leg in &merger.legs {
        show::field("participant", leg_line(leg))?;
    }
    for consultation in &merger.consultations {
        show_consultation(consultation)?;
    }
    for ballot in &merger.ballots {
        show::field("members' vote", ballot_line(ballot))?;
    }
    for application in &merger.applications {
        show_application(application)?;
    }
    for condition in &merger.conditions {
        show::field("condition", show::condition(condition))?;
    }
    if let Some(when) = &merger.abandoned_on {
        show::field(
            "given up",
            format!("{}: {}", show::date(when), show::text(merger.abandoned_because.as_ref())),
        )?;
    }
    for what in &merger.waits_for {
        show::field("waits for", what.yellow())?;
    }
    show::field_if("can come next", &merger.possible)?;
    Ok(show::field("rests on", show::why(&merger.why))?)
}

/// How it was looked into, by whom, and in which words.
fn explored(merger: &Merger) -> String {
    let how = match merger.explored_as.as_str() {
        "" | "other" => String::new(),
        how => format!(", {}", show::words(how)),
    };
    let by =
        if merger.explored_by.is_empty() { String::new() } else { format!(", by {}", merger.explored_by) };
    let words =
        merger.explored_wording.as_ref().map_or_else(String::new, |it| format!(": {}", show::quoted(it)));
    format!("{how}{by}{words}")
}

fn ballot_line(ballot: &MemberBallot) -> String {
    let outcome = match ballot.outcome.as_str() {
        "" => "open".yellow().to_string(),
        "carried" => "carried".green().to_string(),
        outcome => outcome.red().to_string(),
    };
    let when = show::date_or(ballot.declared_on.as_ref().or(ballot.closes.as_ref()), "not stated");
    let mut parts = vec![format!("{outcome} {when}"), ballot.figures.clone()];
    if !ballot.threshold.is_empty() {
        parts.push(format!("needed: {}", ballot.threshold));
    }
    parts.extend(ballot.turnout_percent.map(|percent| format!("turnout {percent}%")));
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let bodies = ballot.bodies.join(", ");
    format!("{bodies}, ballot {}: {}  {}", ballot.number, parts.join("; "), show::why(&ballot.why))
}

fn show_application(application: &MergerApplication) -> anyhow::Result<()> {
    let when = show::date_or(application.submitted_on.as_ref(), "not stated");
    let effect = show::date_or(application.requested_effective.as_ref(), "not stated");
    let line = match application.applicants.as_slice() {
        [] => format!(
            "{}: no entry of this view says who applied, or when; only what was decided on it  {}",
            application.number,
            show::why(&application.why)
        ),
        applicants => format!(
            "{} ({}), {when}, to take effect {effect}, by {}  {}",
            application.number,
            application.kind,
            applicants.join(", "),
            show::why(&application.why)
        ),
    };
    show::field("application", line)?;
    for change in &application.changes {
        show::field("changed", change)?;
    }
    if !application.outcome.is_empty() {
        let when = show::date_or(application.decided_on.as_ref(), "not stated");
        let reasons = show::text(application.reasons.as_ref());
        show::field("regulator", format!("{}, {when}: {reasons}", show::words(&application.outcome)))?;
    }
    Ok(())
}

fn leg_line(leg: &MergerLeg) -> String {
    let choices: Vec<_> = leg
        .choices
        .iter()
        .map(|choice| {
            let when = show::date_or(choice.decided_on.as_ref(), "not stated");
            let mark = show::mark(&choice.standing);
            format!("{}, {when}{mark} {}", choice.choice.replace('_', " "), show::why(&[choice.position]))
        })
        .collect();
    let choices =
        if choices.is_empty() { "no decision yet".yellow().to_string() } else { choices.join(", then ") };
    format!("{} {}: {choices}", leg.body, leg.name)
}
