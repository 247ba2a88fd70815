use crate::{Entry, Event, Hash, Malformed, Origin, Position, PublicKey};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Whether `recorded` follows the ledger's clock or, so that the past can be played as it became known,
/// the events' own times. Said in the opening entry, for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// A ledger of acts as they are made.
    Live,
    /// A ledger that plays the past again; every answer from it says so.
    ReEnactment,
}

/// A key that may enrol others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registrar {
    /// The registrar's public key.
    pub key: PublicKey,
    /// A random id of the person (or the role, in an example) who holds it.
    pub holder: String,
}

/// What entry 0, `LedgerOpened`, says in `/data/facts`: the name of the ledger and who may let others in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// The ledger's name, which every event repeats as its `source`.
    pub origin: Origin,
    /// Live or re-enactment.
    pub purpose: Purpose,
    /// The key that signs the log's checkpoints.
    pub checkpoint_key: PublicKey,
    /// At least two, so that a lost key does not close the ledger.
    pub registrars: Vec<Registrar>,
    /// How many registrars must sign what registrars do: 1 to all of them.
    pub threshold: u64,
    /// The version of the rules that the ledger starts under.
    pub rules: u64,
}

/// The fewest registrars that a ledger opens with.
const REGISTRARS_MIN: usize = 2;

impl Opening {
    /// Reads the opening event.
    ///
    /// # Errors
    /// [`Malformed`] for another type or subject, for `ledger` and `seen`, a `source` other than the
    /// origin, weak or repeated keys, fewer than two registrars, or a threshold that they cannot meet.
    pub fn parse(event: &Event) -> Result<Self, Malformed> {
        if event.event_type.name != "LedgerOpened" || event.event_type.version != 1 {
            let needed = "uk.nhs.governance.LedgerOpened.v1, which is what entry 0 is";
            return Err(Malformed::new("/type", event.event_type.to_string(), needed));
        }
        if event.subject.as_str() != "ledger" {
            return Err(Malformed::quoting("/subject", event.subject.as_str(), "ledger"));
        }
        if event.ledger.is_some() {
            return Err(Malformed::new("/ledger", "a ledger", "none: entry 0 has neither ledger nor seen"));
        }
        let facts = event.data.get("facts").cloned().unwrap_or_default();
        let opening: Opening = serde_json::from_value(facts).map_err(|error| {
            Malformed::new("/data/facts", error.to_string(), "the facts of LedgerOpened (spec/event.md)")
        })?;
        opening.check(event)?;
        Ok(opening)
    }

    fn check(&self, event: &Event) -> Result<(), Malformed> {
        if self.origin != event.source {
            let needed = format!("the same name as /data/facts/origin, {}", self.origin);
            return Err(Malformed::quoting("/source", event.source.as_str(), needed));
        }
        self.checkpoint_key.check().map_err(|weak| weak.within("/data/facts/checkpoint_"))?;
        for registrar in &self.registrars {
            registrar.key.check().map_err(|weak| weak.within("/data/facts/registrars/"))?;
        }
        let distinct: BTreeSet<_> = self.registrars.iter().map(|registrar| registrar.key).collect();
        if distinct.len() < REGISTRARS_MIN || distinct.len() != self.registrars.len() {
            let found = format!("{} distinct keys among {}", distinct.len(), self.registrars.len());
            return Err(Malformed::new("/data/facts/registrars", found, "at least two, none twice"));
        }
        let possible = 1..=distinct.len() as u64;
        if !possible.contains(&self.threshold) {
            let needed = format!("1 to {}, the number of registrars", distinct.len());
            return Err(Malformed::new("/data/facts/threshold", self.threshold.to_string(), needed));
        }
        Ok(())
    }

    /// Whether these keys are registrars, and enough of them.
    pub fn is_signed_by(&self, keys: impl Iterator<Item = PublicKey>) -> bool {
        let signed: BTreeSet<_> = keys.collect();
        let registrars = self.registrars.iter().filter(|registrar| signed.contains(&registrar.key)).count();
        registrars as u64 >= self.threshold && registrars == signed.len()
    }

    /// The ledger's id: the hash of its opening entry.
    pub fn ledger_id(entry: &Entry) -> Option<Hash> {
        (entry.position == Position::FIRST).then(|| Hash::of(&entry.encode()))
    }
}
