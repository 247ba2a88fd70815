//! Who follows whom across any number of reorganisations: successors inherit what their predecessors leave.

use super::state::{Life, body};
use crate::{BodyId, Certainty, Record, View};
use std::collections::BTreeSet;

/// The body and everybody whom it follows by the view's day, directly or through others: itself first.
pub fn lineage(record: &Record, id: &BodyId, view: View) -> Vec<BodyId> {
    let mut line = vec![id.clone()];
    let mut asked = 0;
    while let Some(next) = line.get(asked).cloned() {
        asked += 1;
        let links = body(record, &next, view).map(|body| body.predecessors).unwrap_or_default();
        let came_before = links.into_iter().filter(|link| link.effective.is_by(view.as_at) != Certainty::No);
        for link in came_before {
            if !line.contains(&link.body) {
                line.push(link.body);
            }
        }
    }
    line
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
