//! From scene to signed event: ids, the ledger it is bound to, and the signatures of its roles.

use super::cast::Cast;
use super::scene::Scene;
use crate::author::{LedgerRef, UnboundEvent, new_event_id, sign};
use minutebook_governance::{Book, Draft, ReadEvent, Standing, Taken};
use minutebook_log::{
    Chain, EventDraft, EventId, EventType, Hash, Head, Origin, Position, Seen, Signed, Timestamp,
};
use serde_json::{Map, json};
use std::collections::BTreeMap;

/// Writes the scenes' events, as their roles' clients would.
#[derive(Debug)]
pub struct SceneWriter<'a> {
    cast: &'a Cast,
    correlations: BTreeMap<String, EventId>,
}

impl<'a> SceneWriter<'a> {
    /// An author with the keys of `cast`.
    pub fn new(cast: &'a Cast) -> Self {
        Self { cast, correlations: BTreeMap::new() }
    }

    /// The opening entry's event, signed by the registrars.
    ///
    /// # Errors
    /// The operating system gives no randomness.
    pub fn open(&self, origin: &Origin) -> anyhow::Result<Signed> {
        let time = self.cast.opening_time()?;
        let keys = self.cast.registrars()?;
        let signatories: Vec<_> =
            keys.iter().map(|key| json!({"key": key.public(), "capacity": "registrar"})).collect();
        let mut data = Map::new();
        data.insert("standing".to_owned(), json!(Standing::OwnAct));
        data.insert("signatories".to_owned(), json!(signatories));
        data.insert("facts".to_owned(), serde_json::to_value(self.cast.opening(origin.clone())?)?);
        let event = EventDraft {
            id: new_event_id(time)?,
            source: origin.clone(),
            event_type: EventType { name: "LedgerOpened".to_owned(), version: 1 },
            subject: "ledger".parse()?,
            time,
            ledger: None,
            seen: None,
            correlation_id: None,
            causation_id: None,
            data,
        };
        Ok(sign(event.encode()?, keys)?)
    }

    /// A scene's event, bound to `ledger` and signed by all its signers.
    ///
    /// # Errors
    /// The scene names a role that is not in the cast, or is no event of its type.
    pub fn write(&mut self, scene: &Scene, ledger: &LedgerRef) -> anyhow::Result<Signed> {
        let signatories = self.cast.signatories(scene)?;
        let draft = UnboundEvent {
            id: new_event_id(scene.time)?,
            type_name: scene.type_name.clone(),
            subject: scene.subject.clone(),
            time: scene.time,
            correlation_id: self.correlation(scene)?,
            data: scene.data(&signatories),
        };
        Ok(sign(draft.bind(ledger)?, self.cast.signing_keys(scene)?)?)
    }

    fn correlation(&mut self, scene: &Scene) -> anyhow::Result<Option<EventId>> {
        let Some(name) = &scene.correlation else { return Ok(None) };
        if let Some(known) = self.correlations.get(name) {
            return Ok(Some(*known));
        }
        let id = new_event_id(scene.time)?;
        self.correlations.insert(name.clone(), id);
        Ok(Some(id))
    }
}

/// Plays scenes into a book without a server: what the tests and nothing else needs. Returns the book and
/// the bytes of its entries.
///
/// # Errors
/// A scene that is no event, or that the book refuses, with its number among the scenes.
pub fn play_into_book(
    cast: &Cast,
    origin: &Origin,
    scenes: &[Scene],
) -> anyhow::Result<(Book, Vec<Vec<u8>>)> {
    let (mut author, mut draft) = (SceneWriter::new(cast), Draft::on(&Book::new()));
    add(&mut draft, author.open(origin)?)?;
    for (number, scene) in scenes.iter().enumerate() {
        let signed = author.write(scene, &reference(draft.book().chain(), origin))?;
        add(&mut draft, signed).map_err(|refused| {
            refused.context(format!("scene {number}, {} of {}", scene.type_name, scene.subject))
        })?;
    }
    let (book, sealed) = draft.into_parts();
    Ok((book, sealed.into_iter().map(|sealed| sealed.bytes).collect()))
}

fn reference(chain: &Chain, origin: &Origin) -> LedgerRef {
    let Head { size, hash } = chain.head();
    let id = chain.hash_at(Position::FIRST).unwrap_or(Hash::ZERO);
    LedgerRef { origin: origin.clone(), id, seen: Seen { position: Position(size.saturating_sub(1)), hash } }
}

fn add(draft: &mut Draft, signed: Signed) -> anyhow::Result<()> {
    signed.verify()?;
    // A re-enactment takes its time from the events, so any clock does.
    match draft.take(&ReadEvent::of(signed), Timestamp::EPOCH)? {
        Taken::New(_position) => Ok(()),
        Taken::Again(first) => anyhow::bail!("the event stands at {first} already"),
    }
}
