//! The events by which areas and whole bodies pass on.

use crate::act::Facts;
use crate::words::words;
use crate::{BodyId, PDate, Unit};
use serde::{Deserialize, Serialize};

/// Whether a source says which units changed hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AreaExtent {
    /// `gains` and `losses` are all there is.
    Stated,
    /// The area changed; the source does not say how.
    NotStated,
}

/// A unit that comes or goes, and the body on the other side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AreaChange {
    /// The unit, or a part of one.
    pub unit: Unit,
    /// The body that it comes from, or goes to.
    pub body: BodyId,
}

/// A body's area changes while the body stays. Subject: the body. Source: sections 14E, 14F, or an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AreaVaried {
    /// The first day of the new area.
    pub effective: PDate,
    /// Whether the source says which units.
    pub extent: AreaExtent,
    /// What it gains.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gains: Vec<AreaChange>,
    /// What it loses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub losses: Vec<AreaChange>,
    /// The words of the source, or the provision.
    pub basis: String,
}

impl Facts for AreaVaried {
    const EXAMPLE: &'static str = r#"{
  "type": "AreaVaried",
  "subject": "body/04K",
  "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "nhs_england"}],
    "facts": {
      // A day, or {"written": "April 2019", "earliest": "2019-04-01", "latest": "2019-04-30"}.
      "effective": "2018-04-01",
      // stated, or not_stated without gains and losses.
      "extent": "stated",
      // What it gains, from whom; what it loses, to whom.
      "gains": [{"unit": "04N", "body": "body/04N"}],
      "losses": [{"unit": "04K/bulwell", "body": "body/04M"}],
      "basis": "Variation under the NHS Act 2006, section 14E"
    }
  }
}"#;
}

/// Why a body ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DissolutionReason {
    /// It merged with others.
    Merger,
    /// A statute abolished its kind.
    Abolition,
    /// It applied to be dissolved (section 14H).
    Application,
    /// An order.
    Order,
}

/// A body ends. Subject: the body. Two people sign it as an act. Source: NHS Act 2006, sections 14G, 14H, 14Z21, or
/// the statute that abolishes its kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BodyDissolved {
    /// The first day on which it is no more: the day after its last.
    pub effective: PDate,
    /// Why.
    pub reason: DissolutionReason,
    /// Who takes over its functions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub successors: Vec<BodyId>,
}

impl Facts for BodyDissolved {
    const EXAMPLE: &'static str = r#"{
  "type": "BodyDissolved",
  "subject": "body/04K",
  "data": {
    "standing": "own_act",
    // Two people sign: give --key twice, or keep a draft for the second to sign.
    "signatories": [{"capacity": "nhs_england"}, {"capacity": "nhs_england"}],
    "facts": {
      // A day, or {"written": "April 2019", "earliest": "2019-04-01", "latest": "2019-04-30"}.
      "effective": "2020-04-01",
      // merger, abolition, application, order.
      "reason": "merger",
      "successors": ["body/52R"]
    }
  }
}"#;
}

/// How one body follows another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SuccessionKind {
    /// Several become one.
    Merger,
    /// One becomes several.
    Split,
    /// One goes on, enlarged by the other.
    Absorption,
    /// One kind of body gives way to another (CCG to ICB).
    Transformation,
}

words!(
    SuccessionKind:
    Merger = "merger",
    Split = "split",
    Absorption = "absorption",
    Transformation = "transformation",
);

/// One body follows another. Subject: the predecessor. Source: NHS Act 2006, section 14G, or the order or register
/// that says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SuccessionRecorded {
    /// The body that follows.
    pub successor: BodyId,
    /// How.
    pub kind: SuccessionKind,
    /// The successor's first day in the predecessor's place.
    pub effective: PDate,
    /// The units that pass; absent: all that the predecessor holds and no other succession names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub units: Option<Vec<Unit>>,
}

impl Facts for SuccessionRecorded {
    const EXAMPLE: &'static str = r#"{
  "type": "SuccessionRecorded",
  // The predecessor.
  "subject": "body/04K",
  "data": {
    // register, with the capacity register; own_document or third_party, with the capacity importer.
    "standing": "register",
    "signatories": [{"capacity": "register"}],
    "facts": {
      "successor": "body/52R",
      // merger, split, absorption, transformation.
      "kind": "merger",
      // A day, or {"written": "April 2019", "earliest": "2019-04-01", "latest": "2019-04-30"}.
      "effective": "2020-04-01",
      // The units that pass; leave out if all do.
      "units": ["04K"]
    }
  }
}"#;
}
