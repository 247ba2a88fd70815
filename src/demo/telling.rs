//! A story told day by day: where its merger stood, as it was known on each day on which something was done, and what
//! its joint appointment covered.

use super::folder::Folders;
use super::host::Host;
use super::outcome::{End, Findings, Place, Verified};
use super::player;
use super::questions::Questions;
use super::story::Story;
use crate::client::{Client, ClientError};
use crate::proto::view::KnownAt;
use crate::proto::{
    GetJointAppointmentRequest, GetJointAppointmentResponse, GetMergerRequest, ListConditionsRequest,
    MemberBallot, Merger, Scope, View,
};
use anstream::stdout;
use owo_colors::OwoColorize as _;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write as _};
use std::time::Instant;
use tonic::Code;

/// What a story shows.
#[derive(Debug, Serialize)]
pub(super) struct Telling {
    /// The past is played again: known-at moments are reconstructed.
    re_enactment: bool,
    story: String,
    title: String,
    ledger: Place,
    entries: u64,
    took_ms: u128,
    /// Each day on which something changed, as it was known at its end.
    timeline: Vec<Moment>,
    /// The conditions that the body it ends with has to meet on its first day.
    conditions: Vec<String>,
    findings: Findings,
    head: End,
    verified: Verified,
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

/// Reads the log back, and asks for each day of the story.
pub(super) async fn tell(
    client: &mut Client,
    host: &Host,
    story: &Story,
    folders: Folders,
    started: Instant,
) -> anyhow::Result<Telling> {
    let report = player::read_back(client).await?;
    let mut questions = Questions { client, record: report.book.record() };
    let findings = questions.findings().await?;
    let timeline = timeline(client, story).await?;
    let conditions = conditions(client, story).await?;
    Ok(Telling {
        re_enactment: true,
        story: story.name.to_owned(),
        title: story.title.to_owned(),
        ledger: Place {
            dir: folders.ledger,
            keys: folders.keys,
            origin: super::ORIGIN.to_owned(),
            server: host.url(),
        },
        entries: report.head.size,
        took_ms: started.elapsed().as_millis(),
        timeline,
        conditions,
        findings,
        head: End { position: report.head.size.saturating_sub(1), hash: report.head.hash.to_string() },
        verified: Verified { entries: report.replayed, verdict: "verified".to_owned() },
    })
}

async fn timeline(client: &mut Client, story: &Story) -> anyhow::Result<Vec<Moment>> {
    let days: BTreeSet<String> =
        story.scenes()?.iter().map(|scene| scene.time.to_string().chars().take(10).collect()).collect();
    let (mut moments, mut before) = (Vec::<Moment>::new(), BTreeMap::new());
    for day in days {
        for moment in
            [joint(client, story, &day).await?, merger(client, story, &day).await?].into_iter().flatten()
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

async fn merger(client: &mut Client, story: &Story, day: &str) -> Result<Option<Moment>, ClientError> {
    let request = GetMergerRequest { merger: story.merger.to_owned(), view: Some(known_on(day)) };
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

async fn joint(client: &mut Client, story: &Story, day: &str) -> Result<Option<Moment>, ClientError> {
    let Some(appointment) = story.joint else { return Ok(None) };
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

async fn conditions(client: &mut Client, story: &Story) -> Result<Vec<String>, ClientError> {
    let request = ListConditionsRequest {
        body: format!("body/{}", story.successor),
        view: Some(View { as_at: story.first_day.to_owned(), known_at: None, scope: Scope::Enacted.into() }),
    };
    let answer = known(client.register.list_conditions(request).await)?;
    let listed = answer.into_iter().flat_map(|answer| answer.conditions);
    let texts = listed.filter_map(|open| open.condition).map(|condition| condition.text);
    Ok(texts.collect())
}

impl Telling {
    /// Prints it for people.
    pub(super) fn print(&self) -> io::Result<()> {
        let mut out = stdout().lock();
        writeln!(out, "\n  {}", self.title.bold())?;
        let note = "A re-enactment: the past played again. Each day as it was known at its end.";
        writeln!(out, "  {}\n", note.dimmed())?;
        for moment in &self.timeline {
            let about = moment.about.split('/').next().unwrap_or_default();
            writeln!(out, "  {}  {:<12} {}", moment.as_at.cyan(), about, moment.stands)?;
            for what in moment.waits_for.iter().take(WAITS_SHOWN) {
                writeln!(out, "  {:<25}{}", "", format!("waits for {what}").dimmed())?;
            }
            if moment.waits_for.len() > WAITS_SHOWN {
                let more = format!("and for {} more", moment.waits_for.len() - WAITS_SHOWN);
                writeln!(out, "  {:<25}{}", "", more.dimmed())?;
            }
        }
        if !self.conditions.is_empty() {
            writeln!(out, "\n  Conditions that were passed on:")?;
        }
        for condition in &self.conditions {
            writeln!(out, "  - {condition}")?;
        }
        let (entries, head) = (self.entries, &self.head.hash);
        writeln!(out, "\n  {} {entries} entries, {} findings", "verified".green(), self.findings.total)?;
        writeln!(out, "  ends with {head}\n")
    }

    /// Says what to try while the server runs.
    pub(super) fn print_next_steps(&self, story: &Story) -> io::Result<()> {
        let (mut out, server) = (stdout().lock(), &self.ledger.server);
        writeln!(
            out,
            "  {} {}",
            "Still serving".bold(),
            format!("at {server} (Ctrl-C stops it). Try:").dimmed()
        )?;
        let joint = story.joint.map(|joint| format!("joint-appointment {joint}"));
        let asked = [format!("merger {}", story.merger), format!("conditions body/{}", story.successor)];
        for command in asked.into_iter().chain(joint) {
            let line = format!("minutebook {command} --as-at {} --server {server}", story.first_day);
            writeln!(out, "  {}", line.green())?;
        }
        Ok(())
    }
}

/// How many things that a merger waits for are listed.
const WAITS_SHOWN: usize = 3;
