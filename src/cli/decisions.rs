use super::ask::KINDS;
use super::context::Context;
use super::show::{self, votes};
use super::view::ViewArgs;
use crate::client::{ClientError, RegisterClient};
use crate::proto::{
    Answered, DecidedUnder, Decision, DecisionEffect, ListDecisionsRequest, ListDecisionsResponse,
};
use owo_colors::OwoColorize as _;

/// Lists decisions: of a body, at a meeting, about a merger or a consultation; with --topic those whose item, words or
/// effect have these words.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook decisions 04K
  minutebook decisions meeting/notts-2019-07-04 --topic merger")]
pub(crate) struct Args {
    /// A body by id, code or name, or another subject: committee/.., meeting/.., merger/.., consultation/..
    subject: String,
    /// Words of the item, the text or the effect.
    #[arg(long, default_value = "", hide_default_value = true)]
    topic: String,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let of = named_as(&self.subject, &self.topic);
        let (subject, topic, view) = (self.subject, self.topic, Some(self.view.to_wire()));
        let request = ListDecisionsRequest { subject, topic, view, ..ListDecisionsRequest::default() };
        let found = context.ask_all(RegisterClient::list_decisions, request).await;
        let mut found = found.map_err(|error| match error {
            ClientError::NotFound(said) if said.starts_with("no body") => {
                ClientError::NotFound(format!("{said}. {KINDS}"))
            }
            other => other,
        })?;
        found.add_up();
        context.answer(&found, |found| {
            if found.decisions.is_empty() {
                show::sentence(show::title(&of))?;
            }
            show_decisions(found)
        })
    }
}

/// Whose decisions they are, and on what.
fn named_as(subject: &str, topic: &str) -> String {
    let on = if topic.is_empty() { String::new() } else { format!(" with the words \"{topic}\"") };
    format!("decisions of {subject}{on}")
}

/// Decisions, each with its item, its words, what it does and the votes on it.
pub(super) fn show_decisions(found: &ListDecisionsResponse) -> anyhow::Result<()> {
    if found.decisions.is_empty() {
        return Ok(show::none(found.answered.as_ref())?);
    }
    found.decisions.iter().try_for_each(|it| show_decision(it, found.answered.as_ref()))?;
    let Some(total) = found.total_pounds else { return Ok(()) };
    let perhaps = match found.perhaps_pounds {
        0 => String::new(),
        pounds => format!(", {pounds} of them{}", show::perhaps(true)),
    };
    let what = match found.perhaps_again_pounds {
        0 => "carried and still in force, each once",
        _ => "carried and still in force, each as it is recorded",
    };
    show::sentence(format!("\n{}  {total} pounds{perhaps} ({what})", show::title("committed in all")))?;
    let apart = match found.apart_pounds {
        0 => String::new(),
        pounds => format!(
            "{pounds} pounds more, if each body that recorded what looks like one decision commits them for itself"
        ),
    };
    show::field_if("perhaps", &apart)?;
    let again = match found.perhaps_again_pounds {
        0 => String::new(),
        pounds => format!(
            "{pounds} pounds of these counted more than once: what bodies recorded of one item in their own words is \
             perhaps one decision"
        ),
    };
    Ok(show::field_if("perhaps", &again)?)
}

fn show_decision(decision: &Decision, answered: Option<&Answered>) -> anyhow::Result<()> {
    let with: String = decision.decided_with.iter().map(|body| format!(", {body}")).collect();
    let (outcome, mark) = (show::words(&decision.outcome), show::mark(&decision.standing));
    let title = show::title(format!("{}{with}  {outcome}", decision.body));
    let corrected = show::corrected_mark(decision.position, answered);
    show::sentence(format!("{title}{mark}{corrected}  {}", show::why(&[decision.position])))?;
    let when = show::date_or(decision.decided_on.as_ref(), "not stated");
    show::field("decided", format!("{when}{}", show::perhaps(decision.is_perhaps)))?;
    let item = [decision.item.as_str(), show::text(decision.item_title.as_ref())].join("  ");
    show::field_if("item", item.trim())?;
    show::field("says", show::text(decision.text.as_ref()))?;
    show::field_if("because", show::text(decision.reasons.as_ref()))?;
    if !decision.filled_in.is_empty() {
        show::field("no source", format!("filled in: {}", decision.filled_in).yellow())?;
    }
    for effect in decision.effects.iter().filter(|effect| effect.kind != "none" || !effect.choice.is_empty())
    {
        show::field("does", effect_line(effect))?;
    }
    show::field_if("commits", &amount(decision))?;
    if !decision.told_apart.is_empty() {
        let others = show::why(&decision.told_apart);
        show::field(
            "perhaps",
            format!("one decision with others', recorded by each body for itself  {others}"),
        )?;
    }
    if !decision.told_in_other_words.is_empty() {
        let others = show::why(&decision.told_in_other_words);
        show::field("perhaps", format!("one decision with others', each in its body's own words  {others}"))?;
    }
    show::field_if("under", &under(decision))?;
    if let Some(counted) = &decision.votes {
        let at = decision.votes_at.map(|at| format!("  {}", show::why(&[at]))).unwrap_or_default();
        show::field("votes", format!("{}{at}", votes(counted)))?;
    }
    for dissent in &decision.dissent {
        let words =
            dissent.words.as_ref().map_or_else(String::new, |words| format!(": {}", show::text(Some(words))));
        show::field("dissent", format!("{}{words}", dissent.person))?;
    }
    show::field_if("deferred to", &decision.deferred_to)?;
    let mode = if decision.mode == "meeting" { &decision.meeting } else { &decision.mode };
    let mode = if mode.is_empty() { String::new() } else { format!(", {}", show::words(mode)) };
    Ok(show::field("state", format!("{}{mode}", show::words(&decision.state)))?)
}

/// How much it commits; of one for several bodies, that it is once for all of them. What is not carried commits nothing.
fn amount(decision: &Decision) -> String {
    if !decision.is_carried() {
        let pounds = |pounds| format!("nothing: {pounds} pounds were not carried");
        return decision.amount_pounds.map_or_else(String::new, pounds);
    }
    let together = if decision.decided_with.is_empty() { "" } else { ", once for all of them" };
    decision.amount_pounds.map_or_else(String::new, |pounds| format!("{pounds} pounds{together}"))
}

/// The delegations under which it was taken, for which body where there are several, and the function.
fn under(decision: &Decision) -> String {
    let several = decision.decided_under.len() > 1;
    let of = |it: &DecidedUnder| match several {
        true => format!("{} for {}", it.delegation, it.body),
        false => it.delegation.clone(),
    };
    let under = decision.decided_under.iter().map(of).collect::<Vec<_>>().join(", ");
    if decision.function.is_empty() { under } else { format!("{under}: {}", decision.function) }
}

fn effect_line(effect: &DecisionEffect) -> String {
    let (kind, choice) = (show::words(&effect.kind), show::words(&effect.choice));
    match (kind.as_str(), choice.as_str(), effect.about.as_str()) {
        ("none", refused_by, _) => format!("nothing: {refused_by} refuses it"),
        (kind, "", about) => format!("{kind}: {about}"),
        (kind, choice, "") => format!("{kind}: {choice}"),
        (kind, choice, about) => format!("{kind}: {} ({about})", choice.bold()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_carried_commits_nothing() {
        let of = |outcome: &str, pounds| {
            amount(&Decision { outcome: outcome.to_owned(), amount_pounds: pounds, ..Decision::default() })
        };
        for carried in ["approved", "approved_with_conditions"] {
            assert_eq!(of(carried, Some(250)), "250 pounds");
        }
        for not in ["rejected", "deferred", "noted", "referred"] {
            assert_eq!(of(not, Some(250)), "nothing: 250 pounds were not carried");
        }
        assert_eq!((of("approved", None), of("rejected", None)), (String::new(), String::new()));
    }
}
