//! Who follows whom across any number of reorganisations: successors inherit what their predecessors leave.

use super::held::Link;
use super::state::{Life, body, heard_of};
use crate::{BodyId, Certainty, Record, View};
use minutebook_log::Position;
use std::collections::BTreeSet;

/// The body and everybody whom it follows by the view's day, directly or through others: itself first.
pub fn lineage(record: &Record, id: &BodyId, view: View) -> Vec<BodyId> {
    inherited(record, id, view).into_iter().map(|(earlier, _why)| earlier).collect()
}

/// As [`lineage`], each with the entries by which what it left was passed on to the body: what is inherited from it rests on
/// them. None for the body itself.
pub fn inherited(record: &Record, id: &BodyId, view: View) -> Vec<(BodyId, BTreeSet<Position>)> {
    let mut line = vec![(id.clone(), BTreeSet::new())];
    let mut asked = 0;
    while let Some((next, passed_by)) = line.get(asked).cloned() {
        asked += 1;
        let links = body(record, &next, view).map(|body| body.predecessors).unwrap_or_default();
        let came_before = links.into_iter().filter(|link| link.effective.is_by(view.as_at) != Certainty::No);
        for link in came_before {
            if line.iter().all(|(known, _why)| *known != link.body) {
                let said = link.sources.iter().map(|source| source.position);
                let why = passed_by.iter().copied().chain(said).collect();
                line.push((link.body, why));
            }
        }
    }
    line
}

/// The entries by which a body stands where an earlier one stood; none where it is that body, or does not follow it.
pub fn passed_on_by(record: &Record, id: &BodyId, earlier: &BodyId, view: View) -> BTreeSet<Position> {
    if id == earlier {
        return BTreeSet::new();
    }
    let line = inherited(record, id, view).into_iter();
    line.filter(|(known, _why)| known == earlier).flat_map(|(_known, why)| why).collect()
}

/// A step of a lineage: one body follows another.
#[derive(Debug, Clone)]
pub struct LineageStep {
    /// How many steps it is from the body that was asked about; negative: before it.
    pub distance: i32,
    /// The body before.
    pub predecessor: BodyId,
    /// The body after.
    pub successor: BodyId,
    /// How, from when, with which units, and where that is said.
    pub link: Link,
}

/// Where a body comes from and what becomes of it, over all steps that the view knows of, whatever its day: from the
/// farthest before to the farthest after. Each step stands once, at its shortest distance.
pub fn lineage_steps(record: &Record, id: &BodyId, view: View) -> Vec<LineageStep> {
    let mut steps = walked(record, id, view, Way::Back);
    steps.reverse();
    steps.extend(walked(record, id, view, Way::On));
    steps
}

#[derive(Clone, Copy)]
enum Way {
    Back,
    On,
}

fn walked(record: &Record, id: &BodyId, view: View, way: Way) -> Vec<LineageStep> {
    let (mut steps, mut seen) = (Vec::new(), BTreeSet::from([id.clone()]));
    let (mut here, mut distance) = (vec![id.clone()], 0);
    while !here.is_empty() {
        distance += 1;
        let mut next = Vec::new();
        for from in here {
            let heard = heard_of(record, &from, view);
            let links = match way {
                Way::Back => heard.predecessors,
                Way::On => heard.successors,
            };
            for link in links {
                let to = link.body.clone();
                if seen.insert(to.clone()) {
                    next.push(to.clone());
                }
                steps.push(match way {
                    Way::Back => {
                        LineageStep { distance: -distance, predecessor: to, successor: from.clone(), link }
                    }
                    Way::On => LineageStep { distance, predecessor: from.clone(), successor: to, link },
                });
            }
        }
        here = next;
    }
    steps
}

/// Whether the body is `earlier`, or follows it by the view's day.
pub fn is_or_follows(record: &Record, id: &BodyId, earlier: &BodyId, view: View) -> bool {
    id == earlier || lineage(record, id, view).contains(earlier)
}

/// Who stands in a body's place on the view's day: itself while it is there, then its only successor, and so on;
/// nobody where it has none, or several.
pub fn heir(record: &Record, id: &BodyId, view: View) -> Option<BodyId> {
    let (mut id, mut seen) = (id.clone(), BTreeSet::new());
    loop {
        let Some(known) = body(record, &id, view) else { return Some(id) };
        if known.life(view) != Life::Closed {
            return Some(id);
        }
        let heirs: BTreeSet<_> = known.successors.into_iter().map(|link| link.body).collect();
        let only = if heirs.len() == 1 { heirs.into_iter().next() } else { None };
        id = only.filter(|next| seen.insert(next.clone()))?;
    }
}

/// Who stands in a body's place on the view's day, or may: itself while it is there, then those who follow. Where there
/// are several, or it is not known whether it is still there, each is not certain.
pub fn heirs(record: &Record, id: &BodyId, view: View) -> Vec<(BodyId, Certainty)> {
    let (mut heirs, mut seen) = (Vec::new(), BTreeSet::new());
    let mut ahead = vec![(id.clone(), Certainty::Yes)];
    while let Some((id, is_heir)) = ahead.pop() {
        if !seen.insert(id.clone()) {
            continue;
        }
        let Some(known) = body(record, &id, view) else {
            heirs.push((id, is_heir));
            continue;
        };
        let (life, next) = (known.life(view), known.successors.into_iter());
        let next = next.filter(|link| link.effective.is_by(view.as_at) != Certainty::No);
        let next: BTreeSet<_> = next.map(|link| link.body).collect();
        let is_sure = match life {
            Life::Closed if next.len() == 1 => is_heir,
            Life::Closed | Life::Unknown => Certainty::Unknown,
            Life::Open | Life::NotYetOpen => is_heir,
        };
        if life != Life::Closed {
            heirs.push((id, is_sure));
        }
        if matches!(life, Life::Closed | Life::Unknown) {
            ahead.extend(next.into_iter().map(|next| (next, is_sure)));
        }
    }
    heirs
}
