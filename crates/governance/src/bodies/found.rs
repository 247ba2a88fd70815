//! What is found of reports about bodies and their areas, on whatever day: what acts are refused for. It lasts until a
//! later entry resolves it, and the order in which things were said plays no part.

use super::area::{first_holders, holder, holders_ever};
use super::codes::{bodies_of_code, unit_of_subject};
use super::events::{BodyRegistered, Code, Scheme};
use super::held::Link;
use super::judge::{BODY_KNOWN, CODE_FREE, is_code_of};
use super::rules::{AREA_OVERLAP, PASSES_ONCE};
use super::state::{Body, HEARD, Life, body, heard_of};
use super::walk::{Doubt, passes_from};
use crate::provisions::provisions;
use crate::rules::rules;
use crate::{BodyId, Certainty, Date, Finding, PDate, Record, Rule, Unit, View};
use minutebook_log::Position;
use std::collections::{BTreeMap, BTreeSet};

rules! {
    UNITS_SAID: Soft =
        "succession.units-said",
        "Where several follow a body, each of its units is said to pass to one of them.",
        "principle: what is not known is said so";
    NO_CIRCLE: Soft =
        "succession.no-circle",
        "No body follows itself, at whatever remove.",
        "principle: step by step";
    FOLLOWED_ENDS: Soft =
        "succession.followed-ends",
        "A body that others have followed, absorption apart, has an end.",
        "NHS Act 2006, section 14G for CCGs: on a merger the groups that applied are dissolved; section 14Z25(2) for ICBs: the order abolishes them";
    BEGINS_FIRST: Soft =
        "body.begins-first",
        "A body ends after the day on which it begins.",
        "principle: what is not known is said so";
    AREA_PASSES: Soft =
        "succession.area-passes",
        "Every unit has a holder on each day from its first on: what a body held passes when it ends.",
        concat!(provisions!(areas), ": areas cover England and do not overlap");
    CODE_CASE: Soft =
        "identifier.case",
        "Codes that differ by capital letters alone are one code.",
        "principle: one fact, several statements";
    WITHIN_HORIZON: Soft =
        "report.within-horizon",
        "A report speaks of no day after the last of which its sources can know.",
        "principle: what is not known is said so";
}

/// What is found of areas: a unit that several hold, that passes twice, to nobody, in a circle, or not said to whom.
pub fn area_findings(record: &Record, view: View) -> Vec<Finding> {
    let mut found: BTreeMap<(Option<Doubt>, Vec<BodyId>), Trouble> = BTreeMap::new();
    for unit in record.subjects("unit").filter_map(unit_of_subject) {
        for day in turns(record, &unit, view) {
            let Some((doubt, between, why)) = trouble(record, &unit, view.at(day)) else { continue };
            // What was not said of a split is one trouble, whatever became of those who followed.
            let is_of_passing = matches!(doubt, Some(Doubt::UnitsNotSaid(_) | Doubt::PassesTwice(_)));
            let key = (doubt, if is_of_passing { Vec::new() } else { between.clone() });
            let new = || Trouble { between, units: BTreeSet::new(), first: day, why: BTreeSet::new() };
            let known = found.entry(key).or_insert_with(new);
            known.units.insert(unit.clone());
            known.first = known.first.min(day);
            known.why.extend(why);
        }
    }
    found.into_iter().filter_map(|((doubt, _), trouble)| trouble.finding(record, doubt, view)).collect()
}

/// The days on which it can change who holds a unit.
fn turns(record: &Record, unit: &Unit, view: View) -> BTreeSet<Date> {
    let holders = holders_ever(record, unit, view);
    let mut dates: Vec<PDate> = Vec::new();
    for id in &holders {
        let known = heard_of(record, id, view);
        let spans = [known.opened, known.closed].into_iter().flatten();
        dates.extend(spans.filter_map(|joined| joined.value));
        dates.extend(passes_from(record, id, unit, view).into_iter().map(|pass| pass.on));
    }
    dates.iter().flat_map(|date| [date.earliest(), date.latest()]).flatten().collect()
}

/// What is wrong with units from a day on.
struct Trouble {
    between: Vec<BodyId>,
    units: BTreeSet<Unit>,
    first: Date,
    why: BTreeSet<Position>,
}

/// What is wrong with a unit on a day: of which kind, between whom, by which entries.
fn trouble(record: &Record, unit: &Unit, view: View) -> Option<(Option<Doubt>, Vec<BodyId>, Vec<Position>)> {
    let held = holder(record, unit, view);
    match held.doubt {
        Some(doubt) => Some((Some(doubt), held.perhaps, held.why)),
        None if held.body.is_some() || !held.parts.is_empty() => None,
        None => {
            let first = first_holders(record, unit, view).into_iter();
            let had: Vec<_> =
                first.map(|claim| claim.body).filter(|id| has_ended(record, id, view)).collect();
            (!had.is_empty()).then_some((None, had, held.why))
        }
    }
}

impl Trouble {
    fn finding(mut self, record: &Record, doubt: Option<Doubt>, view: View) -> Option<Finding> {
        let (some, all, first) = (self.between.first()?.clone(), in_words(&self.between), self.first);
        let units = self.units.iter().map(Unit::as_str).collect::<Vec<_>>().join(", ");
        let passes = |of: &BodyId| {
            let links = heard_of(record, of, view).successors;
            links.iter().flat_map(positions).collect::<BTreeSet<_>>()
        };
        let told = match doubt {
            Some(Doubt::UnitsNotSaid(of)) => {
                self.why = passes(&of);
                let found = format!("no source says which of {units} passed to {all} on {first}");
                Told { rule: &UNITS_SAID, subject: of, found }
            }
            Some(Doubt::PassesTwice(from)) => Told {
                rule: &PASSES_ONCE,
                subject: from,
                found: format!("{units} passes to {all} by {first}"),
            },
            Some(Doubt::HeldTwice) => Told {
                rule: &AREA_OVERLAP,
                subject: some,
                found: format!("{units} is held by {all} on {first}"),
            },
            Some(Doubt::Circle) | None => {
                let found = if doubt.is_some() {
                    format!("{units} passes in a circle between {all}")
                } else {
                    format!("nobody holds {units} on {first}")
                };
                Told { rule: &AREA_PASSES, subject: some, found }
            }
            // The first is found of the body's neighbours; the second is no rule that is broken.
            Some(Doubt::HolderNotKnown | Doubt::DateNotKnown) => return None,
        };
        let needed = "entries that say which body holds each unit (SuccessionRecorded with units, AreaVaried), or a \
            correction";
        Some(Finding {
            rule: told.rule,
            subject: told.subject.subject().clone(),
            found: told.found,
            needed: needed.to_owned(),
            why: self.why.into_iter().collect(),
        })
    }
}

/// Which rule is broken by whom, and how.
struct Told {
    rule: &'static Rule,
    subject: BodyId,
    found: String,
}

fn has_ended(record: &Record, id: &BodyId, view: View) -> bool {
    body(record, id, view).is_some_and(|body| body.life(view) == Life::Closed)
}

fn in_words(bodies: &[BodyId]) -> String {
    bodies.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ")
}

/// What is found of one body: neighbours of which nothing is said, a circle, an end that nobody states, or that comes before
/// its beginning.
pub fn neighbour_findings(record: &Record, id: &BodyId, view: View) -> Vec<Finding> {
    let heard = heard_of(record, id, view);
    let mut findings = unknown_neighbours(record, &heard, view);
    findings.extend(circle(record, &heard, view));
    findings.extend(ends_first(&heard));
    let followed =
        heard.successors.iter().find(|link| link.ends_the_first() && view.is_past(&link.effective));
    if let (None, Some(link), Some(_known)) = (&heard.closed, followed, &heard.kind) {
        findings.push(Finding {
            rule: &FOLLOWED_ENDS,
            subject: id.subject().clone(),
            found: format!(
                "{} follows it from {} on, and nothing says that it ended",
                link.body, link.effective
            ),
            needed: "its last day (BodyRegistered with until, BodyDissolved)".to_owned(),
            why: positions(link),
        });
    }
    findings
}

/// Whether it is said to have ended before it can have begun.
fn ends_first(heard: &Body) -> Option<Finding> {
    let (opened, closed) = (heard.opened.as_ref()?, heard.closed.as_ref()?);
    let (begins, ends) = (opened.value.as_ref()?, closed.value.as_ref()?);
    let is_first = ends.latest().zip(begins.earliest()).is_some_and(|(ends, begins)| ends <= begins);
    is_first.then(|| Finding {
        rule: &BEGINS_FIRST,
        subject: heard.id.subject().clone(),
        found: format!("it begins on {begins}, and is no more on {ends}"),
        needed: "a correction of one of the two days".to_owned(),
        why: opened.why.iter().chain(&closed.why).copied().collect::<BTreeSet<_>>().into_iter().collect(),
    })
}

fn positions(link: &Link) -> Vec<Position> {
    link.sources.iter().map(|source| source.position).collect::<BTreeSet<_>>().into_iter().collect()
}

fn unknown_neighbours(record: &Record, heard: &Body, view: View) -> Vec<Finding> {
    let is_unknown = |id: &BodyId| body(record, id, view).is_none();
    let finding = |as_what: &str, other: &BodyId, why: Vec<Position>| Finding {
        rule: &BODY_KNOWN,
        subject: heard.id.subject().clone(),
        found: format!("{other} as {as_what}, which no entry establishes{}", near(record, other, view)),
        needed: "the body in the book (BodyRegistered), or a correction of its name".to_owned(),
        why,
    };
    let after = heard.successors.iter().filter(|link| is_unknown(&link.body));
    let mut findings: Vec<_> = after.map(|link| finding("successor", &link.body, positions(link))).collect();
    let before = heard.predecessors.iter().filter(|link| is_unknown(&link.body));
    findings.extend(before.map(|link| finding("predecessor", &link.body, positions(link))));
    let wholes = heard.wholes.iter().filter(|held| is_unknown(&held.body));
    findings.extend(wholes.map(|held| finding("whole", &held.body, vec![held.source.position])));
    findings
}

/// A body whose name differs by capital letters alone, in words.
fn near(record: &Record, id: &BodyId, view: View) -> String {
    let alike = record.subjects(BodyId::KIND).filter(|subject| {
        subject.as_str() != id.subject().as_str()
            && subject.as_str().eq_ignore_ascii_case(id.subject().as_str())
    });
    let known = alike.filter_map(BodyId::of).find(|other| body(record, other, view).is_some());
    known.map_or_else(String::new, |known| format!("; {known} is known"))
}

/// Whether a body follows itself; the first by id of those in the circle tells of it.
fn circle(record: &Record, heard: &Body, view: View) -> Option<Finding> {
    let mut ahead: Vec<_> = heard.successors.clone();
    let (mut seen, mut why) = (BTreeSet::new(), BTreeSet::new());
    while let Some(link) = ahead.pop() {
        why.extend(positions(&link));
        if link.body == heard.id {
            let is_first =
                seen.iter().all(|id: &BodyId| *id > heard.id || !leads_to(record, id, &heard.id, view));
            return is_first.then(|| Finding {
                rule: &NO_CIRCLE,
                subject: heard.id.subject().clone(),
                found: "it follows itself through those that follow it".to_owned(),
                needed: "a correction of one of the successions".to_owned(),
                why: why.into_iter().collect(),
            });
        }
        if seen.insert(link.body.clone()) {
            ahead.extend(heard_of(record, &link.body, view).successors);
        }
    }
    None
}

fn leads_to(record: &Record, from: &BodyId, to: &BodyId, view: View) -> bool {
    let (mut ahead, mut seen) = (vec![from.clone()], BTreeSet::new());
    while let Some(id) = ahead.pop() {
        if id == *to {
            return true;
        }
        if seen.insert(id.clone()) {
            ahead.extend(heard_of(record, &id, view).successors.into_iter().map(|link| link.body));
        }
    }
    false
}

/// What is found of codes: two bodies with one at a time, and codes that differ by capital letters alone.
pub fn code_findings(record: &Record, view: View) -> Vec<Finding> {
    let mut alike: BTreeMap<String, BTreeMap<(Scheme, String), Vec<Body>>> = BTreeMap::new();
    for subject in record.subjects("code") {
        let name = subject.name().and_then(|name| name.split_once('.'));
        let known = name.and_then(|(scheme, value)| {
            let scheme = Scheme::ALL.into_iter().find(|known| known.as_str() == scheme)?;
            Some((scheme, value.to_owned()))
        });
        let Some((scheme, value)) = known else { continue };
        let bodies = bodies_of_code(record, scheme, &value, view);
        alike.entry(subject.as_str().to_ascii_lowercase()).or_default().insert((scheme, value), bodies);
    }
    let codes = alike.values().flatten();
    let mut findings: Vec<_> =
        codes.flat_map(|((scheme, value), bodies)| in_use_twice(*scheme, value, bodies)).collect();
    findings.extend(alike.values().filter(|codes| codes.len() > 1).filter_map(|codes| {
        let mut holders =
            codes.iter().filter_map(|((_scheme, value), bodies)| Some((value, bodies.first()?)));
        let ((_one, _body), (value, body)) = (holders.next()?, holders.next()?);
        let values: Vec<_> = codes.keys().map(|(_scheme, value)| value.as_str()).collect();
        let bodies: Vec<_> = codes.values().flatten().map(|body| body.id.to_string()).collect();
        let why =
            codes.iter().flat_map(|((_, value), bodies)| bodies.iter().flat_map(|body| says(body, value)));
        Some(Finding {
            rule: &CODE_CASE,
            subject: body.id.subject().clone(),
            found: format!("the codes {} of {}", values.join(" and "), bodies.join(" and ")),
            needed: format!("one way of writing {value}"),
            why: why.collect::<BTreeSet<_>>().into_iter().collect(),
        })
    }));
    findings
}

fn says<'a>(body: &'a Body, value: &'a str) -> impl Iterator<Item = Position> + 'a {
    body.codes.iter().filter(move |held| held.code.value == value).map(|held| held.source.position)
}

/// The pairs of bodies that have one code on one day for certain.
fn in_use_twice(scheme: Scheme, value: &str, bodies: &[Body]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (at, one) in bodies.iter().enumerate() {
        for other in bodies.iter().skip(at + 1) {
            let held = one.codes.iter().map(|held| &held.code);
            let mut held = held.filter(|code| code.scheme == scheme && code.value == value);
            let opens = one.opened.as_ref().and_then(|opened| opened.value.clone());
            let ends = one.closed.as_ref().and_then(|closed| closed.value.clone());
            let together = held.find(|code| {
                let from = code.from.clone().or(opens.clone());
                let code = Code { until: code.until.clone().or(ends.clone()), ..(*code).clone() };
                from.is_some_and(|from| is_code_of(other, &code, &from) == Certainty::Yes)
            });
            let why = says(one, value).chain(says(other, value)).collect::<BTreeSet<_>>();
            findings.extend(
                together.map(|_code| Finding {
                    rule: &CODE_FREE,
                    subject: one.id.clone().min(other.id.clone()).subject().clone(),
                    found: format!("{} {value} means {} and {} at a time", scheme.as_str(), one.id, other.id),
                    needed: "an end of it for one of them (IdentifierAssigned with until), or a correction"
                        .to_owned(),
                    why: why.into_iter().collect(),
                }),
            );
        }
    }
    findings
}

/// Reports of a body that speak of days after `horizon`.
pub fn late_findings(record: &Record, id: &BodyId, horizon: Date, view: View) -> Vec<Finding> {
    let told = record.saying_any(HEARD, id.subject(), view);
    let told = told.filter(|told| told.subject == *id.subject() && told.standing.is_report());
    let late = told.filter_map(|told| {
        let registered = told.says::<BodyRegistered>();
        let dates = registered.map(|said| {
            [said.from.clone(), said.until.clone()].into_iter().flatten().max_by_key(PDate::earliest)
        });
        let date = dates.flatten().or_else(|| told.statement.act_date())?;
        (date.is_by(horizon) == Certainty::No).then_some((told.position, date))
    });
    let finding = |(position, date): (Position, PDate)| Finding {
        rule: &WITHIN_HORIZON,
        subject: id.subject().clone(),
        found: format!("a report of {date}; what was loaded speaks up to {horizon}"),
        needed: "a load that speaks of that day, or an intention (IntentionRecorded)".to_owned(),
        why: vec![position],
    };
    late.map(finding).collect()
}
