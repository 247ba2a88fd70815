//! What follows from five documents, and what must not: asked of each as it was known when it had been read.

use super::ending;
use super::hearing::Hearing;
use super::lines::{Commands, line, refer, section, still_serving, width, wrap, wrapped};
use super::outcome::Played;
use super::questions::Questions;
use crate::client::ClientError;
use crate::proto::{Finding, Intention, OfficeHolder};
use crate::shown::dates::spoken;
use crate::shown::phrases;
use minutebook_governance::Record;
use minutebook_log::Position;
use owo_colors::OwoColorize as _;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::io;

const FOUR: [&str; 4] = ["04K", "04L", "04M", "04N"];
const SIX: [&str; 6] = ["04E", "04H", "04K", "04L", "04M", "04N"];
const LEICESTERSHIRE: [&str; 3] = ["04C", "03W", "04V"];
/// Types of which no document makes one.
const ACTS: [&str; 5] = [
    "OfficerAppointed",
    "CommitteeEstablished",
    "DelegationGranted",
    "ApplicationSubmitted",
    "ReorganisationEffected",
];

/// What the documents' story shows.
#[derive(Debug, Serialize)]
pub(super) struct Reading {
    #[serde(flatten)]
    played: Played,
    documents: Vec<Heard>,
}

/// What one document was asked, or all of them together.
#[derive(Debug, Serialize)]
struct Heard {
    title: &'static str,
    /// The day for which it was asked, as known at its end.
    as_at: &'static str,
    answers: Vec<Answer>,
}

/// An answer.
#[derive(Debug, Serialize)]
struct Answer {
    asked: &'static str,
    found: String,
    why: Vec<u64>,
}

impl Answer {
    fn new(asked: &'static str, found: impl Into<String>, why: impl IntoIterator<Item = u64>) -> Self {
        let why: BTreeSet<u64> = why.into_iter().collect();
        Self { asked, found: found.into(), why: why.into_iter().collect() }
    }
}

/// Asks everything.
pub(super) async fn read(questions: Questions<'_>, played: Played) -> anyhow::Result<Reading> {
    let Questions { client, record } = questions;
    let together = together(record, played.entries);
    let mut documents = vec![
        care_system(&mut Hearing::on(client, "2017-06-20")).await?,
        one_leader(&mut Hearing::on(client, "2017-06-28")).await?,
        kent_and_medway(&mut Hearing::on(client, "2018-02-01")).await?,
        leicestershire(&mut Hearing::on(client, "2018-12-31")).await?,
        consultation_paper(&mut Hearing::on(client, "2019-06-16")).await?,
        the_day_after(&mut Hearing::on(client, "2019-06-18")).await?,
    ];
    documents.push(all_of_it(&mut Hearing::on(client, "2020-01-01"), together).await?);
    Ok(Reading { played, documents })
}

async fn care_system(ask: &mut Hearing<'_>) -> anyhow::Result<Heard> {
    let partnership = ask.partnership("greater-nottingham-transformation").await?;
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for member in &partnership.members {
        *kinds.entry(ask.kind(&member.body).await?).or_default() += 1;
    }
    let kinds: Vec<_> =
        kinds.iter().map(|(kind, count)| counted(*count, &kind.replace("ccg", "CCG"))).collect();
    let members = format!("{} bodies: {}", partnership.members.len(), kinds.join(", "));
    let stp = ask.partnership("nottinghamshire-stp").await?;
    let bassetlaw = stp.members.iter().find(|member| member.body == "body/02Q");
    let status = bassetlaw.map_or("none", |member| member.status.as_str());
    let funding = ask.stated("partnership/greater-nottingham", "funding").await?;
    let whose = if funding.is_of_one { "its own" } else { "not its own" };
    let money = format!("{}; {}; {whose}", funding.says, funding.qualified.join("; "));
    let overlap = ask.findings("area.possible-overlap").await?;
    let places: Vec<_> = overlap.iter().map(|finding| finding.found.as_str()).collect();
    let answers = vec![
        Answer::new("Who belongs to the transformation partnership?", members, partnership.why.clone()),
        Answer::new("What may it decide?", partnership.may_decide, partnership.why),
        Answer::new(
            "What is Bassetlaw in the STP?",
            status,
            bassetlaw.into_iter().flat_map(|it| it.why.clone()),
        ),
        Answer::new("Whose is the money that was announced?", money, [funding.position]),
        Answer::new("Where may areas overlap?", places.join("; "), whys(&overlap)),
    ];
    Ok(Heard {
        title: "A web page: an accountable care system for Greater Nottingham",
        as_at: ask.day,
        answers,
    })
}

async fn one_leader(ask: &mut Hearing<'_>) -> anyhow::Result<Heard> {
    let mut answers = vec![officers(ask, "Who is accountable officer of the four?", &FOUR).await?];
    let mut decided = Vec::new();
    for slug in FOUR {
        decided.extend(ask.decisions(slug).await?);
    }
    let positions: Vec<_> = decided.iter().map(|decision| decision.position).collect();
    answers.push(Answer::new("What have they decided?", counted(decided.len(), "decision"), positions));
    let plans = ask.intentions("").await?;
    answers.push(Answer::new("What is planned or proposed?", plan_states(&plans), whys_of(&plans)));
    let shortfall = ask.stated("partnership/nottinghamshire-stp", "shortfall").await?;
    let short = format!("{}; {}", shortfall.says, shortfall.qualified.join("; "));
    answers.push(Answer::new("How much is short?", short, [shortfall.position]));
    Ok(Heard { title: "A trade journal: one leader for greater Nottingham", as_at: ask.day, answers })
}

async fn kent_and_medway(ask: &mut Hearing<'_>) -> anyhow::Result<Heard> {
    let merger = ask.merger("kent-medway").await?;
    let stands = format!(
        "{}, by {}; nobody has decided anything",
        merger.state.replace('_', " "),
        counted(merger.legs.len(), "body")
    );
    let plan = ask.intention("s4-04-merger").await?;
    let when = plan.when.as_ref().map(|when| when.written.as_str()).unwrap_or_default();
    let structure = ask.intention("s4-11-structure").await?;
    let (stp, own): (Vec<_>, Vec<_>) = structure.posts.iter().partition(|post| !post.of.is_empty());
    let posts: u32 = own.iter().map(|post| post.count).sum();
    let of_stp: u32 = stp.iter().map(|post| post.count).sum();
    let posts = format!("{posts} posts, {}, and {of_stp} of the STP", structure.mood);
    let duties = ask.findings("delegation.not-to-partnership").await?;
    let found: BTreeSet<_> = duties.iter().map(|finding| finding.says.as_str()).collect();
    let found: Vec<_> = found.into_iter().collect();
    let answers = vec![
        Answer::new("Where does a merger stand?", stands, merger.why),
        Answer::new("When could it be at the earliest?", format!("{when}; {}", plan.state), plan.why),
        Answer::new("Which posts are there to be?", posts, structure.why),
        Answer::new("Can the STP be given statutory functions?", found.join(" "), whys(&duties)),
    ];
    Ok(Heard { title: "A trade journal: eight CCGs of Kent and Medway", as_at: ask.day, answers })
}

async fn leicestershire(ask: &mut Hearing<'_>) -> anyhow::Result<Heard> {
    let joint = ask.joint("leicestershire-accountable-officer").await?;
    let steps = joint.legs.iter().map(|leg| {
        let said: Vec<_> = leg.steps.iter().map(|step| step.leg.replace('_', " ")).collect();
        format!("{} {}", slug(&leg.body), said.join(", then "))
    });
    let said = steps.collect::<Vec<_>>().join("; ");
    let mut answers = vec![
        Answer::new("What do the three say to one officer?", format!("reported: {said}"), joint.why),
        officers(ask, "Who is accountable officer of the three?", &LEICESTERSHIRE).await?,
        chairs(ask, "Who chairs the three?", &LEICESTERSHIRE).await?,
    ];
    let plans = ask.intentions("body/04C").await?;
    answers.push(Answer::new("What is planned?", plan_states(&plans), whys_of(&plans)));
    Ok(Heard {
        title: "A trade journal: one officer for three CCGs of Leicestershire",
        as_at: ask.day,
        answers,
    })
}

async fn consultation_paper(ask: &mut Hearing<'_>) -> anyhow::Result<Heard> {
    let mut answers = vec![
        officers(ask, "Who is accountable officer of the six?", &SIX).await?,
        chairs(ask, "Who chairs the six?", &SIX).await?,
    ];
    let merger = ask.merger("nottinghamshire-2019").await?;
    let chose = |choice: &str| {
        let last = merger.legs.iter().filter_map(|leg| leg.choices.last());
        last.filter(|last| last.choice == choice).count()
    };
    let stands = format!(
        "{}; {} of {} prefer it, {} decided to apply; {}",
        merger.state.replace('_', " "),
        chose("prefer"),
        merger.legs.len(),
        chose("apply"),
        counted(merger.applications.len(), "application"),
    );
    answers.push(Answer::new("Where does the merger stand?", stands, merger.why));
    let consultation = ask.consultation("nottinghamshire-2019").await?;
    let until = format!("{} until {}", consultation.state.replace('_', " "), consultation.closes_at);
    answers.push(Answer::new("Can one still answer?", until, consultation.why));
    let contradicted = ask.findings("statement.contradiction").await?;
    let found: Vec<_> = contradicted.iter().map(|finding| finding.found.as_str()).collect();
    answers.push(Answer::new("What does not go together?", found.join("; "), whys(&contradicted)));
    Ok(Heard { title: "Six CCGs' own paper: a consultation on their merger", as_at: ask.day, answers })
}

/// With two responses that no document tells of.
async fn the_day_after(ask: &mut Hearing<'_>) -> anyhow::Result<Heard> {
    let consultation = ask.consultation("nottinghamshire-2019").await?;
    let responses = format!(
        "{} on time (at 09:00:00), {} late (at 09:00:01), and kept",
        consultation.responses_on_time, consultation.responses_late
    );
    let closed = phrases::state(&consultation.state, &consultation.known_to);
    let answers = vec![
        Answer::new("Which of two responses, made up here, count?", responses, consultation.why.clone()),
        Answer::new("Is it closed?", closed, consultation.why),
    ];
    Ok(Heard { title: "The same, after the instant at which it was to close", as_at: ask.day, answers })
}

async fn all_of_it(ask: &mut Hearing<'_>, together: Vec<Answer>) -> anyhow::Result<Heard> {
    let plans = ask.intentions("body/04C").await?;
    let passed = plans.iter().filter(|plan| plan.state == "due_passed").count();
    let passed =
        format!("the days of {passed} of {} have passed; no document tells what came of them", plans.len());
    let mut answers = vec![Answer::new("What became of Leicestershire's plans?", passed, whys_of(&plans))];
    let mut enacted = 0;
    for slug in SIX {
        enacted += usize::from(ask.is_enacted(slug).await?);
    }
    let is_there = format!("{enacted} of 6 bodies: papers and the press enact nothing");
    answers.push(Answer::new("What is there for acts and registers alone?", is_there, []));
    answers.extend(together);
    Ok(Heard { title: "All five together", as_at: ask.day, answers })
}

/// What the entries themselves show, as they were read back.
fn together(record: &Record, entries: u64) -> Vec<Answer> {
    let entries = (0..entries).filter_map(|position| record.at(Position(position)));
    let acts = entries.filter(|entry| ACTS.contains(&entry.act.name)).count();
    let mergers: Vec<_> = record.subjects("merger").map(|merger| merger.to_string()).collect();
    vec![
        Answer::new(
            "How many appointments, committees, delegations, applications, mergers?",
            acts.to_string(),
            [],
        ),
        Answer::new("Which mergers are spoken of?", mergers.join(", "), []),
    ]
}

/// Who is accountable officer of these bodies.
async fn officers(ask: &mut Hearing<'_>, asked: &'static str, slugs: &[&str]) -> anyhow::Result<Answer> {
    let (mut holders, mut perhaps, mut not_known) = (Vec::<OfficeHolder>::new(), Vec::new(), 0);
    for slug in slugs {
        let answer = ask.office(slug, "accountable_officer").await?;
        not_known += usize::from(answer.holders.is_empty() && !answer.is_vacant);
        holders.extend(answer.holders);
        perhaps.extend(answer.perhaps);
    }
    let names = |held: &[OfficeHolder]| {
        let people: BTreeSet<_> = held.iter().map(|holder| holder.name.clone()).collect();
        people.into_iter().collect::<Vec<_>>().join(", ")
    };
    let found = if holders.is_empty() && !perhaps.is_empty() {
        let count = perhaps.len();
        format!("perhaps {}, of {count} of {}: seen before, and not vacant", names(&perhaps), slugs.len())
    } else if holders.is_empty() {
        format!("not known, of {not_known} of {}, and so not vacant either", slugs.len())
    } else {
        let stated = holders.iter().filter(|holder| holder.from.is_some()).count();
        let since = if stated == 0 {
            "since when is not stated".to_owned()
        } else {
            format!("{stated} with a start")
        };
        format!("{}, of {} of {}; {since}", names(&holders), holders.len(), slugs.len())
    };
    let said = holders.iter().chain(&perhaps);
    Ok(Answer::new(asked, found, said.flat_map(|holder| holder.why.clone())))
}

/// Who chairs these bodies.
async fn chairs(ask: &mut Hearing<'_>, asked: &'static str, slugs: &[&str]) -> Result<Answer, ClientError> {
    let (mut said, mut why) = (Vec::new(), Vec::new());
    for slug in slugs {
        let held = ask.office(slug, "chair").await?;
        let sure = held.holders.iter().map(|holder| holder.name.clone());
        let names: Vec<_> =
            sure.chain(held.perhaps.iter().map(|holder| format!("perhaps {}", holder.name))).collect();
        let names = if names.is_empty() { "nobody named".to_owned() } else { names.join(" and ") };
        said.push(format!("{slug} {names}"));
        why.extend(held.holders.into_iter().chain(held.perhaps).flat_map(|holder| holder.why));
    }
    Ok(Answer::new(asked, said.join(", "), why))
}

fn plan_states(plans: &[Intention]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for plan in plans {
        *counts.entry(plan.state.as_str()).or_default() += 1;
    }
    let states: Vec<_> =
        counts.iter().map(|(state, count)| format!("{count} {}", state.replace('_', " "))).collect();
    format!("{}: {}", counted(plans.len(), "intention"), states.join(", "))
}

fn whys(findings: &[Finding]) -> Vec<u64> {
    findings.iter().flat_map(|finding| finding.why.clone()).collect()
}

fn whys_of(plans: &[Intention]) -> Vec<u64> {
    plans.iter().flat_map(|plan| plan.why.clone()).collect()
}

/// A number with its noun: `1 body`, `2 bodies`, `no decisions`.
fn counted(number: usize, noun: &str) -> String {
    let plural = noun.strip_suffix('y').map_or_else(|| format!("{noun}s"), |stem| format!("{stem}ies"));
    match number {
        0 => format!("no {plural}"),
        1 => format!("1 {noun}"),
        _ => format!("{number} {plural}"),
    }
}

fn slug(body: &str) -> &str {
    body.trim_start_matches("body/")
}

impl Reading {
    /// Prints it for people.
    pub(super) fn print(&self) -> io::Result<()> {
        let width = width();
        line("")?;
        for part in wrap(&self.played.title, width) {
            line(part.bold())?;
        }
        line("A re-enactment: each is asked as it was known when it had been read.".yellow())?;
        for heard in &self.documents {
            section(heard.title)?;
            line(format!("as at {}, as known at its end", spoken(heard.as_at)).dimmed())?;
            for answer in &heard.answers {
                line(format!("  {}", answer.asked.cyan()))?;
                wrapped("    ", &answer.found, width)?;
                if !answer.why.is_empty() {
                    line(format!("    {}", refer(&answer.why)))?;
                }
            }
        }
        ending::print(&self.played, width)
    }

    /// Says what to try while the server runs.
    pub(super) fn print_next_steps(&self, is_at_the_usual_address: bool) -> io::Result<()> {
        let server = &self.played.ledger.server;
        let commands = Commands::of(server, is_at_the_usual_address);
        still_serving(server)?;
        for command in NEXT_STEPS {
            line(commands.asking(command))?;
        }
        Ok(())
    }
}

/// Commands that work on the documents' ledger.
const NEXT_STEPS: [&str; 4] = [
    "partnership greater-nottingham-transformation --reported",
    "merger nottinghamshire-2019 --reported",
    "officer 04V chair --reported",
    "findings --reported",
];
