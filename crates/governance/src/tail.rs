//! The index of the newest entries: where something is said, in the order in which it became known. Persistent maps, so
//! that a draft goes on from it and a reader keeps it, and neither sees the other.

use crate::spoken::Said;
use crate::{Act, Finding};
use imbl::{HashMap, OrdMap, Vector};
use minutebook_log::{EventId, Position, PublicKey, Subject};
use std::any::TypeId;
use std::sync::Arc;

/// Where something is said, and from when on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mention {
    /// The entry from which on it is said there: itself, or one that corrects it.
    pub(crate) since: Position,
    pub(crate) position: Position,
}

/// Where something is said about a subject, by type of statement. A question that rests on few types is as quick for a
/// body with 50,000 decisions as for one with none.
pub(crate) type Listed = Vec<(TypeId, Vector<Mention>)>;

/// What is told of an entry without reading it again.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) subject: Subject,
    pub(crate) type_id: TypeId,
    pub(crate) standing: crate::Standing,
}

/// The newest entries.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tail {
    pub(crate) first: u64,
    pub(crate) lines: Vector<Line>,
    pub(crate) by_subject: OrdMap<Subject, Listed>,
    pub(crate) by_key: OrdMap<PublicKey, Vector<Position>>,
    pub(crate) findings: Vector<(Position, Arc<[Finding]>)>,
    /// The corrections among them, each with its target.
    pub(crate) corrections: Vector<Mention>,
    ids: HashMap<EventId, Position>,
}

impl Tail {
    /// A tail that begins at `first`.
    pub(crate) fn from(first: u64) -> Self {
        Self { first, ..Self::default() }
    }

    /// How many entries it has.
    pub(crate) fn len(&self) -> usize {
        self.lines.len()
    }

    /// Adds the act at the next position.
    pub(crate) fn push(&mut self, act: &Act, said: &[Said], findings: Vec<Finding>) {
        let position = Position(self.first.saturating_add(self.lines.len() as u64));
        self.mention(said, Mention { since: position, position });
        self.ids.insert(act.id, position);
        for signatory in &act.signatories {
            self.by_key.entry(signatory.key).or_default().push_back(position);
        }
        if !findings.is_empty() {
            self.findings.push_back((position, findings.into()));
        }
        let type_id = act.statement.type_of();
        self.lines.push_back(Line { subject: act.subject.clone(), type_id, standing: act.standing });
    }

    /// Notes that the act at `target` says something else since the correction at `since`; what, unless it is withdrawn.
    pub(crate) fn correct(&mut self, target: Position, since: Position, said: &[Said]) {
        let mention = Mention { since, position: target };
        self.mention(said, mention);
        self.corrections.push_back(mention);
    }

    fn mention(&mut self, said: &[Said], mention: Mention) {
        for said in said {
            let type_id = said.statement.type_of();
            for subject in &said.about {
                let Some(listed) = self.by_subject.get_mut(subject) else {
                    self.by_subject.insert(subject.clone(), vec![(type_id, Vector::unit(mention))]);
                    continue;
                };
                match listed.iter_mut().find(|(known, _mentions)| *known == type_id) {
                    Some((_known, mentions)) => mentions.push_back(mention),
                    None => listed.push((type_id, Vector::unit(mention))),
                }
            }
        }
    }

    /// Where a type that is `wanted` is said about `subject`, as `known` entries tell.
    pub(crate) fn positions(
        &self,
        subject: &Subject,
        known: u64,
        wanted: &impl Fn(TypeId) -> bool,
        found: &mut Vec<Position>,
    ) {
        let listed = self.by_subject.get(subject).into_iter().flatten();
        for (_type_id, mentions) in listed.filter(|(type_id, _mentions)| wanted(*type_id)) {
            let known_mentions = mentions.iter().take_while(|mention| mention.since.0 < known);
            found.extend(known_mentions.map(|mention| mention.position));
        }
    }

    /// The subjects of one kind that stand at `from` or behind it, sorted.
    pub(crate) fn subjects<'a>(
        &'a self,
        kind: &'a str,
        from: &str,
    ) -> impl Iterator<Item = &'a Subject> + use<'a> {
        let from = from.parse::<Subject>().ok();
        let from = from.into_iter().flat_map(|first| self.by_subject.range(first..));
        // In between lie the kinds that begin like this one.
        from.map(|(subject, _listed)| subject)
            .take_while(move |subject| subject.as_str().starts_with(kind))
            .filter(move |subject| subject.kind() == kind)
    }

    /// Where the event with this id stands.
    pub(crate) fn find(&self, id: EventId) -> Option<Position> {
        self.ids.get(&id).copied()
    }
}
