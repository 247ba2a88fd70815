//! The events of authority: keys come and go, grants are given and end.

use crate::act::{Capacity, Facts, Standing};
use crate::words::words;
use crate::{BodyId, Date, Instant, Sealable};
use minutebook_log::{EventId, Position, PublicKey};
use serde::{Deserialize, Serialize};

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum KeyUse {
    /// Signing events.
    Author,
    /// Signing checkpoints.
    Log,
    /// Countersigning checkpoints.
    Witness,
}

words!(KeyUse: Author = "author", Log = "log", Witness = "witness");

/// In what the private half of a key is kept, as its holder said when it was enrolled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Custody {
    /// A browser, which gives it to nobody, and may forget it.
    Browser,
    /// A file.
    File,
    /// A device of its own, which gives it to nobody.
    Hardware,
}

words!(Custody: Browser = "browser", File = "file", Hardware = "hardware");

/// A key comes into the book, signed by registrars and by itself. Subject: `key/<64 hex digits>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct KeyEnrolled {
    /// The random id of whoever holds it; two keys of one holder are one person.
    pub holder: String,
    /// What it is for.
    #[serde(rename = "use")]
    pub key_use: KeyUse,
    /// What people call it: in examples, the name of a role.
    pub label: Sealable,
    /// In what it is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custody: Option<Custody>,
}

impl Facts for KeyEnrolled {
    const EXAMPLE: &'static str = r#"{
  "type": "KeyEnrolled",
  "subject": "key/d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
  "data": {
    "standing": "own_act",
    // The key signs itself, as holder, beside the registrars: --key NEW.pem --key REGISTRAR.pem ...
    // (minutebook key enrol does all this.)
    "signatories": [{"capacity": "holder"}, {"capacity": "registrar"}],
    "facts": {
      // A random id of the person (in examples, the role) who holds it: the same for all keys of one person.
      "holder": "holder-5e0a91c4d27f",
      // author, log or witness.
      "use": "author",
      // What people call it; may be {"sealed": "<SHA-256 of the disclosure>"}.
      "label": "Secretary of NHS Nottingham City CCG",
      // browser, file or hardware: in what it is kept. May be left out.
      "custody": "file"
    }
  }
}"#;
}

/// Why a key is revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Revocation {
    /// Another took its place.
    Rotated,
    /// Its owner has it no more.
    Lost,
    /// Somebody else may have it.
    Compromised,
}

words!(Revocation: Rotated = "rotated", Lost = "lost", Compromised = "compromised");

/// A key signs no more from here on. Subject: `key/<64 hex digits>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct KeyRevoked {
    /// Why.
    pub reason: Revocation,
    /// For a compromise: the first position whose entries signed by it are in doubt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Position>,
}

impl Facts for KeyRevoked {
    const EXAMPLE: &'static str = r#"{
  "type": "KeyRevoked",
  "subject": "key/d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
  "data": {
    "standing": "own_act",
    // One --key REGISTRAR.pem for each registrar, as many as the ledger asks for.
    "signatories": [{"capacity": "registrar"}],
    "facts": {
      // rotated, lost or compromised. With compromised, "from": the first position in doubt.
      "reason": "lost"
    }
  }
}"#;
}

/// All of a kind, or those listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Extent_of_{T}"))]
#[serde(untagged, expecting = "found something else; needed \"any\", or a list of those that are meant")]
pub enum Extent<T> {
    /// The word `any`.
    Any(Any),
    /// These.
    Listed(Vec<T>),
}

/// The word `any`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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

impl Facts for AuthorityGranted {
    const EXAMPLE: &'static str = r#"{
  "type": "AuthorityGranted",
  // An id of your choice, never used before: a changed grant is a new one.
  "subject": "grant/secretary-04K-2019",
  "data": {
    "standing": "own_act",
    // One --key REGISTRAR.pem for each registrar, as many as the ledger asks for.
    "signatories": [{"capacity": "registrar"}],
    // What the first grant for a body rests on.
    "evidence": [{"title": "Letter of appointment, 1 March 2019", "held": false}],
    "facts": {
      // (minutebook grant makes this from options.)
      "key": "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
      // secretary, chair, accountable_officer, nhs_england, minister, register, importer, consultation_lead,
      // evaluator, scrutineer.
      "capacity": "secretary",
      // A list of ids, or "any".
      "bodies": ["body/04K"],
      // A list of types, or "any".
      "types": "any",
      // own_act, own_record; for a register or an importer: register, own_document, third_party.
      "standings": ["own_act", "own_record"],
      // The recorded moments between which it signs; leave out what is not limited.
      "signs_from": "2019-03-01T00:00:00Z",
      "signs_until": "2021-04-01T00:00:00Z",
      // The days whose acts it covers: from, and the first day no more.
      "acts_from": "2019-03-01",
      "acts_until": "2020-04-01"
    }
  }
}"#;
}

/// A grant ends here. Subject: `grant/<slug>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AuthorityRevoked {
    /// Why.
    pub reason: Sealable,
}

impl Facts for AuthorityRevoked {
    const EXAMPLE: &'static str = r#"{
  "type": "AuthorityRevoked",
  "subject": "grant/secretary-04K-2019",
  "data": {
    "standing": "own_act",
    // One --key REGISTRAR.pem for each registrar, as many as the ledger asks for.
    "signatories": [{"capacity": "registrar"}],
    "facts": {
      "reason": "The secretary left the body."
    }
  }
}"#;
}
