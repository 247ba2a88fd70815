use crate::act::Facts;
use crate::words::words;
use crate::{BodyId, Document, PDate, PersonId, Sealable, Unit};
use serde::{Deserialize, Serialize};

/// What kind of organisation a body is. Kinds are data: who commissions is a property of the kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum BodyKind {
    /// Clinical commissioning group (NHS Act 2006, section 14A; 2013 to 2022).
    Ccg,
    /// Integrated care board (section 14Z25, from 1 July 2022).
    Icb,
    /// NHS trust or foundation trust.
    Trust,
    /// Local authority.
    Council,
    /// Healthwatch.
    Healthwatch,
    /// Local medical committee.
    Lmc,
    /// Company.
    Company,
    /// Partnership without legal personality: it never decides in law.
    Partnership,
    /// National body, such as NHS England.
    National,
    /// A place that a register lists, such as a sub-ICB location; not a commissioner.
    Location,
    /// A practice that provides primary medical services: a member of a commissioner.
    Practice,
}

words!(
    BodyKind:
    Ccg = "ccg",
    Icb = "icb",
    Trust = "trust",
    Council = "council",
    Healthwatch = "healthwatch",
    Lmc = "lmc",
    Company = "company",
    Partnership = "partnership",
    National = "national",
    Location = "location",
    Practice = "practice",
);

impl BodyKind {
    /// Whether bodies of this kind commission for an area.
    pub fn is_commissioner(self) -> bool {
        matches!(self, BodyKind::Ccg | BodyKind::Icb)
    }

    /// Whether bodies of this kind are made and unmade by statute.
    pub fn is_statutory(self) -> bool {
        self.is_commissioner()
    }
}

/// Who gives a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// NHS Organisation Data Service.
    Ods,
    /// Office for National Statistics.
    Ons,
    /// Companies House.
    CompaniesHouse,
    /// Anybody's own.
    Local,
}

words!(Scheme: Ods = "ods", Ons = "ons", CompaniesHouse = "companies_house", Local = "local");

/// A code and the period in which it means the body; it may mean another before or after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// Who gives it.
    pub scheme: Scheme,
    /// The code, `[A-Za-z0-9._-]+`.
    pub value: String,
    /// The role under which the scheme lists it (ODS `RO98`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The first day; absent: not stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<PDate>,
    /// The first day that it means the body no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<PDate>,
}

/// A body that somebody else's register or paper lists. Subject: the body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BodyRegistered {
    /// Its kind.
    pub kind: BodyKind,
    /// Its full legal name, where the source has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The register's short form of the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub short_name: Option<String>,
    /// Its legal first day. The day on which a register opened its record stands with the code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<PDate>,
    /// The first day on which it is no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<PDate>,
    /// Its codes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<Code>,
    /// The units of area that it opens with, where it has no predecessor to inherit from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<Unit>,
    /// The body that it is a part of: the ICB of a sub-ICB location.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part_of: Option<BodyId>,
}

impl Facts for BodyRegistered {
    const EXAMPLE: &'static str = r#"{
  "type": "BodyRegistered",
  "subject": "body/04K",
  "data": {
    // register, with the capacity register; own_document or third_party, with the capacity importer.
    "standing": "register",
    "signatories": [{"capacity": "register"}],
    "facts": {
      // ccg, icb, trust, council, healthwatch, lmc, company, partnership, national, location.
      "kind": "ccg",
      // All of the following may be left out: what the source lacks is not stated.
      "name": "NHS Nottingham City CCG",
      "short_name": "NHS NOTTINGHAM CITY CCG",
      "from": "2013-04-01",
      // The first day no more.
      "until": "2020-04-01",
      // Schemes: ods, ons, companies_house, local.
      "codes": [{"scheme": "ods", "value": "04K", "role": "RO98", "from": "2013-04-01"}],
      // The units of area that it holds: codes of 2013.
      "units": ["04K"],
      "part_of": "body/Q55"
    }
  }
}"#;
}

/// The provision under which a statutory body is established.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum LegalBasis {
    /// NHS Act 2006, section 14D: grant of an application.
    #[serde(rename = "s14D")]
    S14D,
    /// Section 14G: merger.
    #[serde(rename = "s14G")]
    S14G,
    /// Section 14Z25: establishment order for an ICB.
    #[serde(rename = "s14Z25")]
    S14Z25,
    /// Another order.
    #[serde(rename = "order")]
    Order,
}

/// A statutory body is established. Subject: the body. Source: NHS Act 2006, sections 14B to 14D, 14G, 14Z25.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BodyEstablished {
    /// Its kind.
    pub kind: BodyKind,
    /// Its full legal name.
    pub name: String,
    /// A short form of the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub short_name: Option<String>,
    /// Under which provision.
    pub legal_basis: LegalBasis,
    /// Its first day.
    pub effective: PDate,
    /// The day of the approval or order that names it, where that is before the day on which this is recorded: from
    /// then on it acts as a designate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ordered_on: Option<PDate>,
    /// Its codes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<Code>,
    /// The units of area that it opens with; a successor's come with the succession.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<Unit>,
    /// Its constitution (Schedule 1A).
    pub constitution: Document,
    /// Its first accountable officer, if named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accountable_officer: Option<PersonId>,
}

impl Facts for BodyEstablished {
    const EXAMPLE: &'static str = r#"{
  "type": "BodyEstablished",
  "subject": "body/52R",
  "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "nhs_england"}],
    "facts": {
      "kind": "ccg",
      "name": "NHS Nottingham and Nottinghamshire Clinical Commissioning Group",
      "short_name": "NHS Nottingham and Nottinghamshire CCG",
      // s14D, s14G, s14Z25 or order.
      "legal_basis": "s14G",
      // A day, or {"written": "April 2019", "earliest": "2019-04-01", "latest": "2019-04-30"}.
      "effective": "2020-04-01",
      // The day of the approval or order, where that is before today: what it did as a designate needs it.
      "ordered_on": "2020-02-20",
      "codes": [{"scheme": "ods", "value": "52R", "from": "2020-04-01"}],
      "units": ["04K", "04N"],
      "constitution": {"title": "Constitution of NHS Nottingham and Nottinghamshire CCG", "held": false},
      // For a CCG; the person has to be recorded first (PersonRecorded).
      "accountable_officer": "person/5e0a91c4d27f"
    }
  }
}"#;
}

/// An old and a new name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Renaming {
    /// What it was called.
    pub was: String,
    /// What it is called from then on.
    pub now: String,
}

/// A body has another name, and is the same body. Subject: the body. Source: SI 2012/1631, regulations 3 to 6.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BodyRenamed {
    /// The full legal name, where the source has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Renaming>,
    /// The register's short form of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub short_name: Option<Renaming>,
    /// The first day of the new name.
    pub effective: PDate,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealable>,
}

impl Facts for BodyRenamed {
    const EXAMPLE: &'static str = r#"{
  "type": "BodyRenamed",
  "subject": "body/04K",
  "data": {
    // NHS England signs, and the body's own secretary.
    "standing": "own_act",
    "signatories": [{"capacity": "nhs_england"}, {"capacity": "secretary", "body": "body/04K"}],
    "facts": {
      // name, short_name or both; was is the name on the day before.
      "name": {"was": "NHS Nottingham City CCG", "now": "NHS City of Nottingham CCG"},
      // A day, or {"written": "April 2019", "earliest": "2019-04-01", "latest": "2019-04-30"}.
      "effective": "2018-04-01",
      "reason": "The name that people use"
    }
  }
}"#;
}

/// A body gets a code, or a code's period is stated. Subject: the body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct IdentifierAssigned(pub Code);

impl Facts for IdentifierAssigned {
    const EXAMPLE: &'static str = r#"{
  "type": "IdentifierAssigned",
  "subject": "body/52R",
  "data": {
    // register, with the capacity register; own_document or third_party, with the capacity importer.
    "standing": "register",
    "signatories": [{"capacity": "register"}],
    "facts": {
      // ods, ons, companies_house, local.
      "scheme": "ods",
      "value": "52R",
      "role": "RO98",
      "from": "2020-04-01",
      // The first day that it means the body no more; leave out if it still does.
      "until": "2022-07-01"
    }
  }
}"#;
}
