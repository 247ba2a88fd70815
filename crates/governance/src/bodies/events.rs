use crate::{BodyId, Document, PDate, PersonId, Unit};
use serde::{Deserialize, Serialize};

/// What kind of organisation a body is. Kinds are data: who commissions is a property of the kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
}

impl BodyKind {
    /// Every kind.
    pub const ALL: [BodyKind; 10] = [
        BodyKind::Ccg,
        BodyKind::Icb,
        BodyKind::Trust,
        BodyKind::Council,
        BodyKind::Healthwatch,
        BodyKind::Lmc,
        BodyKind::Company,
        BodyKind::Partnership,
        BodyKind::National,
        BodyKind::Location,
    ];

    /// Whether bodies of this kind commission for an area.
    pub fn is_commissioner(self) -> bool {
        matches!(self, BodyKind::Ccg | BodyKind::Icb)
    }

    /// Whether bodies of this kind are made and unmade by statute.
    pub fn is_statutory(self) -> bool {
        self.is_commissioner()
    }

    /// The word for it in events and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            BodyKind::Ccg => "ccg",
            BodyKind::Icb => "icb",
            BodyKind::Trust => "trust",
            BodyKind::Council => "council",
            BodyKind::Healthwatch => "healthwatch",
            BodyKind::Lmc => "lmc",
            BodyKind::Company => "company",
            BodyKind::Partnership => "partnership",
            BodyKind::National => "national",
            BodyKind::Location => "location",
        }
    }
}

/// Who gives a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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

impl Scheme {
    /// The word for it in events and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Scheme::Ods => "ods",
            Scheme::Ons => "ons",
            Scheme::CompaniesHouse => "companies_house",
            Scheme::Local => "local",
        }
    }
}

/// A code and the period in which it means the body; it may mean another before or after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

/// The provision under which a statutory body is established.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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

/// An old and a new name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Renaming {
    /// What it was called.
    pub was: String,
    /// What it is called from then on.
    pub now: String,
}

/// A body has another name, and is the same body. Subject: the body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
}

/// Whether a source says which units changed hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extent {
    /// `gains` and `losses` are all there is.
    Stated,
    /// The area changed; the source does not say how.
    NotStated,
}

/// A unit that comes or goes, and the body on the other side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AreaChange {
    /// The unit, or a part of one.
    pub unit: Unit,
    /// The body that it comes from, or goes to.
    pub body: BodyId,
}

/// A body's area changes while the body stays. Subject: the body. Source: sections 14E, 14F, or an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AreaVaried {
    /// The first day of the new area.
    pub effective: PDate,
    /// Whether the source says which units.
    pub extent: Extent,
    /// What it gains.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gains: Vec<AreaChange>,
    /// What it loses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub losses: Vec<AreaChange>,
    /// The words of the source, or the provision.
    pub basis: String,
}

/// A body gets a code, or a code's period is stated. Subject: the body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IdentifierAssigned(pub Code);

/// Why a body ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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

/// A body ends. Subject: the body. Two people sign it as an act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

/// How one body follows another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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

impl SuccessionKind {
    /// The word for it in events and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            SuccessionKind::Merger => "merger",
            SuccessionKind::Split => "split",
            SuccessionKind::Absorption => "absorption",
            SuccessionKind::Transformation => "transformation",
        }
    }
}

/// One body follows another. Subject: the predecessor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
