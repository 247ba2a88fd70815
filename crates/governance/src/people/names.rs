//! What people are called: a name holds from its day on, so that nobody was ever called what came later.

use super::events::PersonRecorded;
use crate::{Certainty, PDate, PersonId, Record, Scope, Sealable, Standing, View};
use minutebook_log::Position;

/// A name of a person.
#[derive(Debug, Clone)]
pub struct PersonNamed {
    /// The name, and what else is said of the person with it.
    pub recorded: PersonRecorded,
    /// With which standing.
    pub standing: Standing,
    /// The entry that says so.
    pub position: Position,
}

/// The names of a person, the first one first: of those without a day, and of those from one day on, what was said last
/// with the highest standing. Names show whatever the view's scope.
pub fn person_names(record: &Record, person: &PersonId, view: View) -> Vec<PersonNamed> {
    let view = View { scope: Scope::Reported, ..view };
    let told = record.saying::<PersonRecorded>(person.subject(), view);
    let named = told.filter_map(|told| {
        let recorded = told.says::<PersonRecorded>()?.clone();
        Some(PersonNamed { recorded, standing: told.standing, position: told.position })
    });
    let mut names: Vec<PersonNamed> = Vec::new();
    for named in named {
        match names.iter_mut().find(|known| known.recorded.from == named.recorded.from) {
            Some(known) if known.standing <= named.standing => *known = named,
            Some(_higher) => {}
            None => names.push(named),
        }
    }
    names.sort_by_key(|named| (named.recorded.from.as_ref().map(PDate::earliest), named.position));
    names
}

/// The name of a person on the view's day, as far as it is known and not sealed: the last that has come for certain. Before
/// the first, it is that one.
pub fn person_name(record: &Record, person: &PersonId, view: View) -> Option<Sealable> {
    let names = person_names(record, person, view);
    let has_come = |named: &&PersonNamed| {
        named.recorded.from.as_ref().map_or(Certainty::Yes, |from| from.is_by(view.as_at)) == Certainty::Yes
    };
    let named = names.iter().rfind(has_come).or(names.first())?;
    Some(named.recorded.name.clone())
}
