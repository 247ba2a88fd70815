//! A story told day by day: where its merger stood, as it was known on each day on which something was done, and what
//! its joint appointment covered.

use super::ending;
use super::lines::{Commands, line, section, still_serving, width, wrap, wrapped};
use super::outcome::Played;
use super::story::{self, Story};
use crate::client::{Client, ClientError};
use crate::proto::view::KnownAt;
use crate::proto::{
    GetJointAppointmentRequest, GetJointAppointmentResponse, GetMergerRequest, ListConditionsRequest,
    MemberBallot, Merger, Scope, View,
};
use crate::shown::phrases::text;
use owo_colors::OwoColorize as _;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use tonic::Code;

/// What a story shows.
#[derive(Debug, Serialize)]
pub(super) struct Telling {
    #[serde(flatten)]
    played: Played,
    /// Each day on which something changed, as it was known at its end.
    timeline: Vec<Moment>,
    /// The conditions that the body it ends with has to meet on its first day.
    conditions: Vec<String>,
}

/// What stood on a day.
#[derive(Debug, Clone, Serialize)]
struct Moment {
    as_at: String,
    about: String,
    stands: String,
    waits_for: Vec<String>,
    why: Vec<u64>,
}

/// Asks for each day of a story.
pub(super) async fn tell(
    client: &mut Client,
    story: &Story,
    merger: &story::MergerStory,
    played: Played,
) -> anyhow::Result<Telling> {
    let timeline = timeline(client, story, merger).await?;
    Ok(Telling { played, timeline, conditions: conditions(client, merger).await? })
}

async fn timeline(
    client: &mut Client,
    story: &Story,
    told: &story::MergerStory,
) -> anyhow::Result<Vec<Moment>> {
    let days: BTreeSet<String> =
        story.scenes()?.iter().map(|scene| scene.time.to_string().chars().take(10).collect()).collect();
    let (mut moments, mut before) = (Vec::<Moment>::new(), BTreeMap::new());
    for day in days {
        for moment in
            [joint(client, told, &day).await?, merger(client, told, &day).await?].into_iter().flatten()
        {
            if before.insert(moment.about.clone(), moment.stands.clone()).as_ref() != Some(&moment.stands) {
                moments.push(moment);
            }
        }
    }
    Ok(moments)
}

/// The day, as it was known at its end.
fn known_on(day: &str) -> View {
    View {
        as_at: day.to_owned(),
        known_at: Some(KnownAt::KnownAtTime(day.to_owned())),
        scope: Scope::Enacted.into(),
    }
}

/// What was found; nothing where the ledger did not know of it yet.
fn known<T>(answer: Result<tonic::Response<T>, tonic::Status>) -> Result<Option<T>, ClientError> {
    match answer {
        Ok(answer) => Ok(Some(answer.into_inner())),
        Err(status) if status.code() == Code::NotFound => Ok(None),
        Err(status) => Err(status.into()),
    }
}

async fn merger(
    client: &mut Client,
    told: &story::MergerStory,
    day: &str,
) -> Result<Option<Moment>, ClientError> {
    let request = GetMergerRequest { merger: told.id.to_owned(), view: Some(known_on(day)) };
    let answer = known(client.register.get_merger(request).await)?;
    Ok(answer.and_then(|answer| answer.merger).map(|merger| Moment {
        as_at: day.to_owned(),
        stands: stands(&merger),
        about: merger.id,
        waits_for: merger.waits_for,
        why: merger.why,
    }))
}

/// Where a merger stands, with the votes of members and the conditions that are open.
fn stands(merger: &Merger) -> String {
    let mut parts = vec![merger.state.replace('_', " ")];
    if let Some(application) = merger.applications.iter().rfind(|application| application.number > 1) {
        parts.push(format!("application {}", application.number));
    }
    let lost = merger.ballots.iter().filter(|ballot| is_last(merger, ballot) && ballot.outcome == "lost");
    let lost: Vec<_> =
        lost.map(|ballot| format!("{} ({})", ballot.bodies.join(", "), ballot.figures)).collect();
    let carried = merger.ballots.iter().filter(|ballot| ballot.outcome == "carried").count();
    if carried > 0 {
        parts.push(format!("{carried} votes of members carried"));
    }
    if !lost.is_empty() {
        parts.push(format!("lost by {}", lost.join(", ")));
    }
    let open = merger.conditions.iter().filter(|condition| condition.resolution.is_empty()).count();
    if open > 0 {
        parts.push(format!("{open} conditions open"));
    }
    parts.join("; ")
}

fn is_last(merger: &Merger, ballot: &MemberBallot) -> bool {
    !merger.ballots.iter().any(|other| {
        other.bodies == ballot.bodies && other.number > ballot.number && !other.outcome.is_empty()
    })
}

async fn joint(
    client: &mut Client,
    told: &story::MergerStory,
    day: &str,
) -> Result<Option<Moment>, ClientError> {
    let Some(appointment) = told.joint else { return Ok(None) };
    let request =
        GetJointAppointmentRequest { appointment: appointment.to_owned(), view: Some(known_on(day)) };
    let answer = known(client.register.get_joint_appointment(request).await)?;
    Ok(answer.map(|answer| Moment {
        as_at: day.to_owned(),
        stands: legs(&answer),
        about: answer.id,
        waits_for: answer.waits_for,
        why: answer.why,
    }))
}

/// How many bodies say what, and for how many somebody is in post.
fn legs(answer: &GetJointAppointmentResponse) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for leg in &answer.legs {
        let last = leg.steps.last().map_or("no word yet", |step| step.leg.as_str());
        *counts.entry(last.replace('_', " ")).or_default() += 1;
    }
    let mut parts: Vec<_> = counts.iter().map(|(leg, count)| format!("{count} {leg}")).collect();
    let in_post = answer.legs.iter().filter(|leg| !leg.person.is_empty()).count();
    if in_post > 0 {
        parts.push(format!("one officer of {in_post}"));
    }
    parts.join("; ")
}

async fn conditions(client: &mut Client, told: &story::MergerStory) -> Result<Vec<String>, ClientError> {
    let request = ListConditionsRequest {
        body: format!("body/{}", told.successor),
        view: Some(View { as_at: told.first_day.to_owned(), known_at: None, scope: Scope::Enacted.into() }),
        ..ListConditionsRequest::default()
    };
    let answer = known(client.register.list_conditions(request).await)?;
    let listed = answer.into_iter().flat_map(|answer| answer.conditions);
    let texts =
        listed.filter_map(|open| open.condition).map(|condition| text(condition.text.as_ref()).to_owned());
    Ok(texts.collect())
}

impl Telling {
    /// Prints it for people.
    pub(super) fn print(&self) -> io::Result<()> {
        let width = width();
        line("")?;
        for part in wrap(&self.played.title, width) {
            line(part.bold())?;
        }
        line("A re-enactment: the past played again. Each day as it was known at its end.".yellow())?;
        line("")?;
        for moment in &self.timeline {
            moment.print(width)?;
        }
        if !self.conditions.is_empty() {
            section("Conditions that were passed on")?;
        }
        for condition in &self.conditions {
            wrapped("  ", condition, width)?;
        }
        ending::print(&self.played, width)
    }

    /// Says what to try while the server runs.
    pub(super) fn print_next_steps(
        &self,
        told: &story::MergerStory,
        is_at_the_usual_address: bool,
    ) -> io::Result<()> {
        let server = &self.played.ledger.server;
        let commands = Commands::of(server, is_at_the_usual_address);
        still_serving(server)?;
        let joint = told.joint.map(|joint| format!("joint-appointment {joint}"));
        let asked = [format!("merger {}", told.id), format!("conditions {}", told.successor)];
        for command in asked.into_iter().chain(joint) {
            line(commands.asking(format!("{command} --as-at {}", told.first_day)))?;
        }
        Ok(())
    }
}

impl Moment {
    fn print(&self, width: usize) -> io::Result<()> {
        let about = self.about.split('/').next().unwrap_or_default();
        let mut before = format!("{}  {about:<12} ", self.as_at.cyan());
        for part in wrap(&slugs(&self.stands), width.saturating_sub(AFTER.len())) {
            line(format!("{before}{part}"))?;
            before = AFTER.to_owned();
        }
        let more = self.waits_for.len().saturating_sub(WAITS_SHOWN);
        let more = (more > 0).then(|| format!("and for {more} more"));
        let waits = self.waits_for.iter().take(WAITS_SHOWN).map(|what| format!("waits for {}", slugs(what)));
        for what in waits.chain(more) {
            for part in wrap(&what, width.saturating_sub(AFTER.len())) {
                line(format!("{AFTER}{}", part.dimmed()))?;
            }
        }
        Ok(())
    }
}

/// As far in as what stands on a day.
const AFTER: &str = "                         ";

/// How many things that a merger waits for are listed.
const WAITS_SHOWN: usize = 3;

/// Bodies by what comes after the slash.
fn slugs(text: &str) -> String {
    text.replace("body/", "")
}
