//! What is stated about a subject, and where statements do not go together.

use super::events::{Attribute, AttributeReported, Quantity, Stated, TargetOutcomeRecorded, TargetSet};
use crate::bodies::{Life, body};
use crate::joined::Source;
use crate::loads::is_stated;
use crate::provisions::provisions;
use crate::rules::rules;
use crate::{BodyId, Certainty, FigureId, Finding, Record, TargetId, View};
use minutebook_log::{Position, Subject};
use std::collections::{BTreeMap, BTreeSet};

rules! {
    POSSIBLE_OVERLAP: Soft =
        "area.possible-overlap",
        "A place belongs to the area of one commissioner; where two claim it by name, part of it may be meant.",
        concat!(provisions!(areas), "; principle: hard and soft");
    CONTRADICTION: Soft =
        "figure.contradiction",
        "Exact figures of the same thing and period agree.",
        "principle: one fact, several statements";
}

/// A figure as its last revision has it.
#[derive(Debug, Clone)]
pub struct Figure {
    /// Its id.
    pub id: FigureId,
    /// What is stated.
    pub reported: AttributeReported,
    /// Whether it is certain that it was stated by the view's day.
    pub is_sure: bool,
    /// Where it is said.
    pub source: Source,
}

impl Figure {
    /// Whether it is of one subject alone. What several share belongs to none of them alone.
    pub fn is_of_one(&self) -> bool {
        self.reported.about.len() == 1 && self.reported.shared_by.is_none_or(|shared| shared <= 1)
    }

    fn number(&self) -> Option<&Quantity> {
        match &self.reported.value {
            Stated::Quantity(quantity) => Some(quantity),
            _ => None,
        }
    }
}

/// The figures about a subject that the view knows of, in the order of the book. Sources are shown whatever their
/// standing, where the view shows what is merely reported.
pub fn figures_about(record: &Record, subject: &Subject, view: View) -> Vec<Figure> {
    let told = record.saying::<AttributeReported>(subject, view);
    let ids: BTreeSet<_> = told.filter_map(|told| FigureId::of(&told.subject)).collect();
    let mut figures: Vec<_> = ids.iter().filter_map(|id| figure(record, id, view)).collect();
    figures.sort_by_key(|figure| figure.source.position);
    figures
}

fn figure(record: &Record, id: &FigureId, view: View) -> Option<Figure> {
    let told = record.saying::<AttributeReported>(id.subject(), view);
    let told = told.filter(|told| {
        let said = told.says::<AttributeReported>();
        told.subject == *id.subject() && said.is_some_and(|said| view.may_be_past(said.stated_on.as_ref()))
    });
    let last = told.max_by_key(|told| (told.standing, told.position))?;
    let reported = last.says::<AttributeReported>()?.clone();
    let stated = is_stated(record, last.position, reported.stated_on.as_ref(), view);
    let is_sure = stated == Certainty::Yes;
    Some(Figure { id: id.clone(), reported, is_sure, source: Source::from(&last) })
}

/// A target, and what became of it.
#[derive(Debug, Clone)]
pub struct Target {
    /// Its id.
    pub id: TargetId,
    /// What has to be reached.
    pub set: TargetSet,
    /// What became of it.
    pub outcome: Option<TargetOutcomeRecorded>,
    /// Where it is said.
    pub source: Source,
    /// The entries that it rests on, in order.
    pub why: Vec<Position>,
}

/// The targets that are set for a subject, in the order of the book.
pub fn targets_about(record: &Record, subject: &Subject, view: View) -> Vec<Target> {
    let told = record.saying::<TargetSet>(subject, view);
    let ids: BTreeSet<_> = told.filter_map(|told| TargetId::of(&told.subject)).collect();
    let mut targets: Vec<_> = ids.iter().filter_map(|id| target(record, id, view)).collect();
    targets.sort_by_key(|target| target.source.position);
    targets
}

/// The target, if the view knows of it.
pub fn target(record: &Record, id: &TargetId, view: View) -> Option<Target> {
    let told: Vec<_> = record.saying::<TargetSet>(id.subject(), view).collect();
    let last = told.iter().max_by_key(|told| (told.standing, told.position))?;
    let outcomes: Vec<_> = record.saying::<TargetOutcomeRecorded>(id.subject(), view).collect();
    let by_then = |said: &&TargetOutcomeRecorded| said.known_on.is_by(view.as_at) != Certainty::No;
    let known = outcomes.iter().filter(|told| told.says().filter(by_then).is_some());
    let outcome = known.max_by_key(|told| (told.standing, told.position));
    let mut why: Vec<_> = told.iter().chain(outcome).map(|told| told.position).collect();
    why.sort_unstable();
    Some(Target {
        id: id.clone(),
        set: last.says::<TargetSet>()?.clone(),
        outcome: outcome.and_then(|told| told.says().cloned()),
        source: Source::from(last),
        why,
    })
}

/// The places that two open commissioners claim by name, and exact figures that contradict each other.
pub fn figure_findings(record: &Record, view: View) -> Vec<Finding> {
    let ids = record.subjects(FigureId::KIND).filter_map(FigureId::of);
    let figures: Vec<_> = ids.filter_map(|id| figure(record, &id, view)).collect();
    let mut findings = overlaps(record, &figures, view);
    findings.extend(contradictions(&figures));
    findings
}

fn overlaps(record: &Record, figures: &[Figure], view: View) -> Vec<Finding> {
    let mut claims: BTreeMap<String, Vec<(&BodyId, &Figure)>> = BTreeMap::new();
    let places = figures.iter().filter(|figure| figure.reported.attribute == Attribute::Places);
    let bodies: Vec<_> = places
        .flat_map(|figure| figure.reported.about.iter().filter_map(BodyId::of).map(move |id| (id, figure)))
        .filter(|(id, _figure)| is_open_commissioner(record, id, view))
        .collect();
    for (id, figure) in &bodies {
        let Stated::Names(names) = &figure.reported.value else { continue };
        for name in names {
            claims.entry(name.to_lowercase()).or_default().push((id, figure));
        }
    }
    let shared = claims
        .into_values()
        .filter(|claims| claims.iter().any(|claim| Some(claim.0) != claims.first().map(|it| it.0)));
    shared.filter_map(|claims| overlap(&claims)).collect()
}

fn is_open_commissioner(record: &Record, id: &BodyId, view: View) -> bool {
    let known = body(record, id, view);
    known
        .is_some_and(|it| it.kind().is_some_and(|kind| kind.is_commissioner()) && it.life(view) == Life::Open)
}

fn overlap(claims: &[(&BodyId, &Figure)]) -> Option<Finding> {
    let (first, figure) = claims.first()?;
    let place = match &figure.reported.value {
        Stated::Names(names) => names.iter().find(|name| {
            claims.iter().all(|(_id, other)| {
                matches!(&other.reported.value, Stated::Names(theirs)
                if theirs.iter().any(|theirs| theirs.to_lowercase() == name.to_lowercase()))
            })
        })?,
        _ => return None,
    };
    let bodies: BTreeSet<_> = claims.iter().map(|(id, _figure)| id.to_string()).collect();
    let mut why: Vec<_> = claims.iter().map(|(_id, figure)| figure.source.position).collect();
    why.sort_unstable();
    why.dedup();
    let bodies = bodies.into_iter().collect::<Vec<_>>().join(" and ");
    Some(Finding {
        rule: &POSSIBLE_OVERLAP,
        subject: first.subject().clone(),
        found: format!("{place} is said to be in the areas of {bodies}"),
        needed: "the units of area that each of them holds".to_owned(),
        why,
    })
}

fn contradictions(figures: &[Figure]) -> Vec<Finding> {
    type Same<'a> = (Attribute, BTreeSet<&'a Subject>, String, &'a str);
    let mut same: BTreeMap<Same<'_>, Vec<(&Figure, i64)>> = BTreeMap::new();
    for figure in figures {
        let exact = figure.number().filter(|quantity| !quantity.approximate);
        let Some((quantity, number)) = exact.and_then(|it| Some((it, it.number?))) else { continue };
        let period = figure.reported.period.as_ref().map_or_else(String::new, ToString::to_string);
        let about = figure.reported.about.iter().collect();
        let key = (figure.reported.attribute, about, period, quantity.unit.as_str());
        same.entry(key).or_default().push((figure, number));
    }
    let differing = same
        .into_values()
        .filter(|said| said.iter().any(|it| Some(it.1) != said.first().map(|first| first.1)));
    let findings = differing.filter_map(|said| {
        let (first, _number) = said.first()?;
        let numbers: Vec<_> =
            said.iter().map(|(figure, number)| format!("{} ({})", number, figure.id)).collect();
        let mut why: Vec<_> = said.iter().map(|(figure, _number)| figure.source.position).collect();
        why.sort_unstable();
        Some(Finding {
            rule: &CONTRADICTION,
            subject: first.reported.about.first()?.clone(),
            found: format!("{}: {}", first.reported.attribute.as_str(), numbers.join(", ")),
            needed: "one figure, or a revision of the one that is wrong".to_owned(),
            why,
        })
    });
    findings.collect()
}
