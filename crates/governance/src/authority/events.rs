//! The events of authority: keys come and go, grants are given and end.

use crate::act::{Capacity, Standing};
use crate::{BodyId, Date, Instant, Sealable};
use minutebook_log::{EventId, Position, PublicKey};
use serde::{Deserialize, Serialize};

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyUse {
    /// Signing events.
    Author,
    /// Signing checkpoints.
    Log,
    /// Countersigning checkpoints.
    Witness,
}

/// A key comes into the book, signed by registrars and by itself. Subject: `key/<64 hex digits>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyEnrolled {
    /// The random id of whoever holds it; two keys of one holder are one person.
    pub holder: String,
    /// What it is for.
    #[serde(rename = "use")]
    pub key_use: KeyUse,
    /// What people call it: in examples, the name of a role.
    pub label: Sealable,
}

/// Why a key is revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Revocation {
    /// Another took its place.
    Rotated,
    /// Its owner has it no more.
    Lost,
    /// Somebody else may have it.
    Compromised,
}

/// A key signs no more from here on. Subject: `key/<64 hex digits>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyRevoked {
    /// Why.
    pub reason: Revocation,
    /// For a compromise: the first position whose entries signed by it are in doubt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Position>,
}

/// All of a kind, or those listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Extent<T> {
    /// The word `any`.
    Any(Any),
    /// These.
    Listed(Vec<T>),
}

/// The word `any`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Any {
    /// `any`
    Any,
}

impl<T: PartialEq> Extent<T> {
    /// Whether `item` is among them.
    pub fn covers(&self, item: &T) -> bool {
        match self {
            Extent::Any(_any) => true,
            Extent::Listed(items) => items.contains(item),
        }
    }
}

/// A key may sign: as what, for whom, which types with which standing, in which two periods.
/// Subject: `grant/<slug>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthorityGranted {
    /// The key.
    pub key: PublicKey,
    /// As what it signs.
    pub capacity: Capacity,
    /// For which bodies.
    pub bodies: Extent<BodyId>,
    /// Which types of event, by name (`DecisionRecorded`).
    pub types: Extent<String>,
    /// With which standings.
    pub standings: Vec<Standing>,
    /// The first moment (recorded) at which it signs; absent: from the grant on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signs_from: Option<Instant>,
    /// The first moment (recorded) at which it signs no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signs_until: Option<Instant>,
    /// The first day whose acts it covers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acts_from: Option<Date>,
    /// The first day whose acts it does not cover any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acts_until: Option<Date>,
    /// The decision that it rests on; the first grant for a body rests on the registrar and its evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<EventId>,
}

/// A grant ends here. Subject: `grant/<slug>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthorityRevoked {
    /// Why.
    pub reason: Sealable,
}
