//! Questions about all bodies at once. Questions about one thing stand with that thing.

use crate::actions::action;
use crate::authority::contested_findings;
use crate::bodies::{
    Body, BodyKind, Life, area_findings, body, code_findings, late_findings, neighbour_findings,
};
use crate::constitutions::composition_findings;
use crate::consultations::consultation;
use crate::decisions::ratification_findings;
use crate::figures::figure_findings;
use crate::loads::horizon;
use crate::meetings::{meeting, minutes_findings, sitting_findings};
use crate::memberships::membership_findings;
use crate::mergers::merger;
use crate::people::{name_findings, office_findings};
use crate::unsettled::unresolved;
use crate::{ActionId, BodyId, ConsultationId, Finding, MeetingId, MergerId, PersonId, Record, View};
use minutebook_log::{Position, Subject};

/// The bodies of one kind that are open on the view's day, by id.
pub fn open_bodies(record: &Record, kind: BodyKind, view: View) -> Vec<Body> {
    all_bodies(record, view)
        .filter(|body| body.kind() == Some(kind) && body.life(view) == Life::Open)
        .collect()
}

/// Every body that the view knows of, by id.
pub fn all_bodies(record: &Record, view: View) -> impl Iterator<Item = Body> + '_ {
    bodies_from(record, BodyId::KIND, view)
}

/// Those of them whose subject stands at `from` or behind it, each worked out when its turn comes.
pub fn bodies_from<'a>(record: &'a Record, from: &str, view: View) -> impl Iterator<Item = Body> + use<'a> {
    let ids = record.subjects_from(BodyId::KIND, from).filter_map(BodyId::of);
    ids.filter_map(move |id| body(record, &id, view))
}

/// Every finding that the view knows of: of entries when they were admitted, of statements that contradict
/// each other, of what is overdue on the view's day, of entries that a compromised key signed. Sorted by the first
/// entry that each rests on.
pub fn findings(record: &Record, view: View) -> Vec<Finding> {
    let found = findings_from(record, &FoundAt::default(), view);
    let mut findings: Vec<_> = found.filter_map(|(_at, finding)| finding).collect();
    findings.sort_by_key(|finding| (finding.why.first().copied(), finding.rule.id));
    findings
}

/// Where a finding stands among all, in the order in which they are found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct FoundAt {
    /// In which part of the list: of entries, of those in doubt, of bodies ...
    pub part: u64,
    /// Of what it was found: a position, a subject; nothing where it is found of many things together.
    pub of: String,
    /// How many were found of the same thing before it.
    pub index: u64,
}

/// What is found of one thing, under its name.
type Found = (String, Vec<Finding>);

/// Where findings are looked for, each from a thing on.
type Part = for<'a> fn(&'a Record, &str, View) -> Box<dyn Iterator<Item = Found> + 'a>;

const PARTS: [Part; 10] = [
    |record, from, view| {
        let from = Position(from.parse().unwrap_or_default());
        let raised = record.findings_from(from, view);
        Box::new(raised.map(move |(position, findings)| {
            (position.to_string(), unresolved(record, position, findings, view))
        }))
    },
    |record, from, view| {
        let found = contested_findings(record, Position(from.parse().unwrap_or_default()), view);
        Box::new(found.map(|(position, finding)| (position.to_string(), finding.into_iter().collect())))
    },
    |record, from, view| {
        let horizon = horizon(record, view);
        of_each(record, BodyId::KIND, from, move |subject| {
            let id = BodyId::of(subject)?;
            let mut found = body(record, &id, view).map_or_else(Vec::new, |body| {
                let mut found = body.findings();
                found.extend(composition_findings(record, &body, view));
                found.extend(office_findings(record, &id, view));
                found
            });
            found.extend(ratification_findings(record, &id, view));
            // What acts are refused for and reports only found to say: on whatever day, until a later entry resolves it.
            found.extend(neighbour_findings(record, &id, view));
            found.extend(membership_findings(record, &id, view));
            found.extend(horizon.into_iter().flat_map(|horizon| late_findings(record, &id, horizon, view)));
            Some(found)
        })
    },
    |record, _from, view| {
        let together = area_findings(record, view).into_iter().chain(code_findings(record, view));
        Box::new(std::iter::once((String::new(), together.collect())))
    },
    |record, from, view| {
        of_each(record, ConsultationId::KIND, from, move |subject| {
            Some(consultation(record, &ConsultationId::of(subject)?, view)?.findings(view))
        })
    },
    |record, from, view| {
        of_each(record, MergerId::KIND, from, move |subject| {
            Some(merger(record, &MergerId::of(subject)?, view)?.findings(record, view))
        })
    },
    |record, from, view| {
        of_each(record, ActionId::KIND, from, move |subject| {
            Some(action(record, &ActionId::of(subject)?, view)?.findings(record, view))
        })
    },
    |record, _from, view| Box::new(std::iter::once((String::new(), figure_findings(record, view)))),
    |record, from, view| {
        of_each(record, MeetingId::KIND, from, move |subject| {
            let meeting = meeting(record, &MeetingId::of(subject)?, view)?;
            let of_sitting = sitting_findings(record, &meeting, view);
            Some(minutes_findings(record, &meeting, view).into_iter().chain(of_sitting).collect())
        })
    },
    |record, from, view| {
        of_each(record, PersonId::KIND, from, move |subject| {
            Some(name_findings(record, &PersonId::of(subject)?, view))
        })
    },
];

fn of_each<'a>(
    record: &'a Record,
    kind: &'static str,
    from: &str,
    find: impl Fn(&Subject) -> Option<Vec<Finding>> + 'a,
) -> Box<dyn Iterator<Item = Found> + 'a> {
    let subjects = record.subjects_from(kind, from);
    Box::new(subjects.map(move |subject| (subject.to_string(), find(subject).unwrap_or_default())))
}

/// Every finding from one on, as [`findings`] has them, in the order in which they are found: first of entries, by
/// entry, then of one kind of thing after the other. Each thing is looked at when its turn comes; one of which nothing is
/// found comes without a finding, so that whoever asks can stop there.
pub fn findings_from<'a>(
    record: &'a Record,
    from: &FoundAt,
    view: View,
) -> impl Iterator<Item = (FoundAt, Option<Finding>)> + use<'a> {
    let from = from.clone();
    let parts = (0..).zip(PARTS).skip_while({
        let first = from.part;
        move |(part, _look)| *part < first
    });
    parts.flat_map(move |(part, look)| {
        let is_first = part == from.part;
        let start = if is_first { from.clone() } else { FoundAt::default() };
        let found = look(record, &start.of, view);
        found.flat_map(move |(of, findings)| {
            let skipped = if is_first && of == start.of { start.index } else { 0 };
            let at = |index| FoundAt { part, of: of.clone(), index };
            let nothing = findings.is_empty().then(|| (at(0), None));
            let found = (0..).zip(findings).map(|(index, finding)| (at(index), Some(finding)));
            let found = found.skip(usize::try_from(skipped).unwrap_or(usize::MAX));
            nothing.into_iter().chain(found).collect::<Vec<_>>()
        })
    })
}
