//! Where something is said: places, listed for each subject and type of statement.

use imbl::Vector;
use minutebook_log::Position;
use std::any::TypeId;

/// Where something is said, and from when on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mention {
    /// The entry from which on it is said there: itself, or one that corrects it.
    pub(crate) since: Position,
    /// The place.
    pub(crate) position: Position,
}

/// Where something is said about a subject, by type of statement. A question that rests on few types is as quick for a
/// body with 50,000 decisions as for one with none.
#[derive(Debug, Clone, Default)]
pub(crate) struct Listed(Vec<(TypeId, Vector<Mention>)>);

impl Listed {
    /// What is said in one place.
    pub(crate) fn of(type_id: TypeId, mention: Mention) -> Self {
        Self(vec![(type_id, Vector::unit(mention))])
    }

    pub(crate) fn add(&mut self, type_id: TypeId, mention: Mention) {
        match self.0.iter_mut().find(|(known, _places)| *known == type_id) {
            Some((_known, places)) => places.push_back(mention),
            None => self.0.push((type_id, Vector::unit(mention))),
        }
    }

    /// Where a type that is `wanted` is said, as `known` entries tell, in the order of the book.
    pub(crate) fn positions(&self, known: u64, wanted: impl Fn(TypeId) -> bool) -> Vec<Position> {
        let listed = self.0.iter().filter(|(type_id, _places)| wanted(*type_id));
        let known_places =
            listed.flat_map(|(_type_id, places)| places.iter().take_while(|place| place.since.0 < known));
        let mut positions: Vec<_> = known_places.map(|place| place.position).collect();
        positions.sort_unstable();
        positions.dedup();
        positions
    }
}
