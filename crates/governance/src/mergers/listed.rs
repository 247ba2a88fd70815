//! Which mergers there are, and which of them name a body.

use super::events::ApplicationSubmitted;
use super::state::{Merger, merger};
use crate::decisions::{DecisionRecorded, Effect};
use crate::proposals::{MergerExplored, MergerProposed};
use crate::view::Told;
use crate::{BodyId, MergerId, Record, View};
use std::any::TypeId;
use std::collections::BTreeSet;

/// The mergers in which one of `bodies` has a leg, or all, from one on, by id: each is worked out when its turn comes.
pub fn mergers_from<'a>(
    record: &'a Record,
    bodies: Option<&'a [BodyId]>,
    from: Option<&MergerId>,
    view: View,
) -> impl Iterator<Item = Merger> + use<'a> {
    let ids: BTreeSet<_> = match bodies {
        Some(bodies) => bodies.iter().flat_map(|body| named_by(record, body, view)).collect(),
        None => record.subjects(MergerId::KIND).filter_map(MergerId::of).collect(),
    };
    let on: Vec<_> = ids.into_iter().filter(|id| from.is_none_or(|from| id >= from)).collect();
    let known = on.into_iter().filter_map(move |id| merger(record, &id, view));
    known.filter(move |known| bodies.is_none_or(|bodies| known.legs.keys().any(|body| bodies.contains(body))))
}

/// The mergers that name a body, and those on which it decided.
pub(super) fn named_by(record: &Record, body: &BodyId, view: View) -> BTreeSet<MergerId> {
    let types = [
        TypeId::of::<MergerExplored>(),
        TypeId::of::<MergerProposed>(),
        TypeId::of::<ApplicationSubmitted>(),
        TypeId::of::<DecisionRecorded>(),
    ];
    let told = record.saying_any(types, body.subject(), view);
    let of = |told: Told| match told.says::<DecisionRecorded>().map(|decided| &decided.effect) {
        Some(Effect::Merger { merger, .. } | Effect::Apply { application: merger }) => Some(merger.clone()),
        Some(_) => None,
        None => MergerId::of(&told.subject),
    };
    told.filter_map(of).collect()
}
