//! What is declared for the register of interests, and how its rules were broken.

use crate::act::Facts;
use crate::words::words;
use crate::{BodyId, PDate, PersonId, Sealable};
use serde::{Deserialize, Serialize};

/// The types of interest (NHS England's statutory guidance on conflicts of interest, 2017), and gifts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum InterestKind {
    /// A direct financial benefit.
    Financial,
    /// A professional benefit that is not financial: reputation, promotion.
    NonFinancialProfessional,
    /// A personal benefit that is not financial.
    NonFinancialPersonal,
    /// A benefit of somebody who is close.
    Indirect,
    /// A gift or hospitality that was offered.
    Gift,
}

words!(
    InterestKind:
    Financial = "financial",
    NonFinancialProfessional = "non_financial_professional",
    NonFinancialPersonal = "non_financial_personal",
    Indirect = "indirect",
    Gift = "gift",
);

/// What became of a gift that was offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum GiftOutcome {
    /// It was taken.
    Accepted,
    /// It was not.
    Declined,
    /// It was passed to a charity, or to the body.
    PassedOn,
}

words!(GiftOutcome: Accepted = "accepted", Declined = "declined", PassedOn = "passed_on");

/// A gift or hospitality.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Gift {
    /// Who offered it.
    pub from: Sealable,
    /// Its value in pence, as estimated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_pence: Option<u64>,
    /// What became of it.
    pub outcome: GiftOutcome,
}

/// A person declares an interest, or a gift, for the registers of bodies (NHS Act 2006, section 14O). Subject:
/// the interest. Repeating it revises it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct InterestRegistered {
    /// Who declares.
    pub person: PersonId,
    /// For the registers of which bodies: one person, many bodies, declared once.
    pub bodies: Vec<BodyId>,
    /// What kind.
    pub kind: InterestKind,
    /// What it is.
    pub description: Sealable,
    /// When it arose, or the gift was offered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arose_on: Option<PDate>,
    /// When its holder became aware of the conflict: 28 days run from then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aware_on: Option<PDate>,
    /// When it was declared.
    pub declared_on: PDate,
    /// The gift, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gift: Option<Gift>,
}

impl Facts for InterestRegistered {
    const EXAMPLE: &'static str = r#"{
  "type": "InterestRegistered",
  "subject": "interest/8c1d07aa",
  "data": {
    // A secretary of one of the bodies.
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}],
    "facts": {
      // Recorded first (PersonRecorded).
      "person": "person/5e0a91c4d27f",
      "bodies": ["body/04K", "body/04N"],
      // financial, non_financial_professional, non_financial_personal, indirect, gift.
      "kind": "financial",
      // May be {"sealed": "<SHA-256 of the disclosure>"}.
      "description": "Partner in a practice of the group.",
      // Both may be left out. Within 28 days of the day on which its holder became aware it is declared.
      "arose_on": "2019-05-01",
      "aware_on": "2019-05-01",
      "declared_on": "2019-05-14"
      // For a gift also: "gift": {"from": "A supplier", "value_pence": 4500, "outcome": "accepted|declined|passed_on"}
    }
  }
}"#;
}

/// An interest is one no more (NHS Act 2006, section 14O). Subject: the interest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct InterestCeased {
    /// The first day on which it is none.
    pub ceased_on: PDate,
}

impl Facts for InterestCeased {
    const EXAMPLE: &'static str = r#"{
  "type": "InterestCeased",
  "subject": "interest/8c1d07aa",
  "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}],
    "facts": {
      // A day, or {"written": "April 2019", "earliest": "2019-04-01", "latest": "2019-04-30"}.
      "ceased_on": "2020-02-01"
    }
  }
}"#;
}

/// The rules on conflicts of interest were broken; what is published of it is anonymous (statutory guidance,
/// 2017). Subject: the body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BreachRecorded {
    /// When it was looked into.
    pub recorded_on: PDate,
    /// What happened, without names.
    pub summary: Sealable,
    /// What was done about it.
    pub action: Sealable,
    /// When it was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_on: Option<PDate>,
}

impl Facts for BreachRecorded {
    const EXAMPLE: &'static str = r#"{
  "type": "BreachRecorded",
  "subject": "body/04K",
  "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}],
    "facts": {
      // A day, or {"written": "April 2019", "earliest": "2019-04-01", "latest": "2019-04-30"}.
      "recorded_on": "2019-09-05",
      // Without names; may be {"sealed": "<SHA-256 of the disclosure>"}.
      "summary": "An interest in a contract was declared only after the award.",
      "action": "The award was looked at again by members without an interest; training was given.",
      // May be left out.
      "published_on": "2019-10-01"
    }
  }
}"#;
}
