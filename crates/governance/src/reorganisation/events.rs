//! What a reorganisation says, and what that means for each of its bodies.

use crate::act::{Facts, Statement};
use crate::bodies::{
    AreaChange, AreaExtent, AreaVaried, BodyDissolved, BodyEstablished, BodyKind, Code, DissolutionReason,
    LegalBasis, SuccessionKind, SuccessionRecorded,
};
use crate::mergers::MergerEffected;
use crate::people::{Office, OfficerAppointed, Tenure};
use crate::{BodyId, Date, Document, MergerId, PDate, PersonId, Unit};
use minutebook_log::Subject;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What a reorganisation rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReorganisationBasis {
    /// An approved merger (section 14G).
    Merger,
    /// An order.
    Order,
    /// A statute.
    Statute,
    /// One body is divided.
    Split,
    /// One body takes in another.
    Absorption,
    /// Areas change alone.
    Boundary,
}

/// A body that opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OpeningBody {
    /// Its id.
    pub body: BodyId,
    /// Its kind.
    pub kind: BodyKind,
    /// Its full legal name.
    pub name: String,
    /// A short form of the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub short_name: Option<String>,
    /// Under which provision it is established.
    pub legal_basis: LegalBasis,
    /// Its codes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<Code>,
    /// Its constitution.
    pub constitution: Document,
}

/// A body that follows another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Succession {
    /// Who comes before.
    pub predecessor: BodyId,
    /// Who follows.
    pub successor: BodyId,
    /// How.
    pub kind: SuccessionKind,
    /// The units that pass; absent: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub units: Option<Vec<Unit>>,
}

/// A body that stays, with another area.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct VariedBody {
    /// Its id.
    pub body: BodyId,
    /// What it gains.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gains: Vec<AreaChange>,
    /// What it loses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub losses: Vec<AreaChange>,
}

/// An officer who starts with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StartingOfficer {
    /// Of which body.
    pub body: BodyId,
    /// In which office.
    pub office: Office,
    /// Who.
    pub person: PersonId,
    /// How.
    pub tenure: Tenure,
}

/// What a transfer scheme passes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TransferKind {
    /// What it owns and what it has a right to.
    Property,
    /// Whom it employs.
    Staff,
    /// What it owes.
    Liabilities,
}

/// A transfer scheme. Source: NHS Act 2006, section 14I.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Transfer {
    /// What passes, at least one kind.
    pub kinds: Vec<TransferKind>,
    /// From whom.
    pub from: BodyId,
    /// To whom.
    pub to: BodyId,
    /// The scheme with its schedule, if there is a document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Document>,
}

/// A reorganisation takes effect. Subject: `reorganisation/<slug>`. Two people sign it as an act. Source: NHS Act
/// 2006, section 14G, or the order or statute that it names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ReorganisationEffected {
    /// What it rests on.
    pub basis: ReorganisationBasis,
    /// The merger that it carries out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merger: Option<MergerId>,
    /// The first day of what opens; the day before is the last of what closes.
    pub effective: Date,
    /// The day of the approval or order that names what opens, where that is before the day on which this is recorded:
    /// from then on it acts as a designate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ordered_on: Option<PDate>,
    /// What closes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub closing: Vec<BodyId>,
    /// What opens.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub opening: Vec<OpeningBody>,
    /// What stays, with another area.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub varied: Vec<VariedBody>,
    /// Who follows whom.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub successions: Vec<Succession>,
    /// Who starts in which office.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub officers: Vec<StartingOfficer>,
    /// The transfer schemes that take effect with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transfers: Vec<Transfer>,
    /// The conditions that pass to the successors, by id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions_passed_on: Vec<String>,
}

impl Facts for ReorganisationEffected {
    const EXAMPLE: &'static str = r#"{
  "type": "ReorganisationEffected",
  "subject": "reorganisation/nottinghamshire-2020",
  "data": {
    "standing": "own_act",
    // Two people sign: give --key twice, or keep a draft for the second to sign.
    "signatories": [{"capacity": "nhs_england"}, {"capacity": "nhs_england"}],
    "facts": {
      // merger, order, statute, split, absorption, boundary.
      "basis": "merger",
      // For the basis merger, and for no other.
      "merger": "merger/nottinghamshire-2019",
      "effective": "2020-04-01",
      // The day of the approval or order, where that is before today.
      "ordered_on": "2020-02-20",
      "closing": ["body/04K", "body/04N"],
      "opening": [{
        "body": "body/52R",
        "kind": "ccg",
        "name": "NHS Nottingham and Nottinghamshire Clinical Commissioning Group",
        "legal_basis": "s14G",
        "codes": [{"scheme": "ods", "value": "52R", "from": "2020-04-01"}],
        "constitution": {"title": "Constitution of NHS Nottingham and Nottinghamshire CCG", "held": false}
      }],
      // Every body that closes has a successor, and each of its units passes to exactly one.
      "successions": [
        {"predecessor": "body/04K", "successor": "body/52R", "kind": "merger"},
        {"predecessor": "body/04N", "successor": "body/52R", "kind": "merger"}
      ],
      // Offices: accountable_officer, chair ... Tenures: substantive, interim, acting, designate.
      "officers": [{"body": "body/52R", "office": "accountable_officer", "person": "person/5e0a91c4d27f", "tenure": "substantive"}],
      // Kinds: property, staff, liabilities.
      "transfers": [{"kinds": ["property", "staff", "liabilities"], "from": "body/04K", "to": "body/52R",
        "schedule": {"title": "Transfer scheme", "held": false}}],
      // Ids of continuing conditions that are open.
      "conditions_passed_on": ["engagement-plan"]
    }
  }
}"#;
}

impl ReorganisationEffected {
    /// What it states of each of its bodies at once.
    pub(super) fn statements(&self) -> Vec<(Subject, Arc<dyn Statement>)> {
        let mut parts: Vec<(Subject, Arc<dyn Statement>)> = Vec::new();
        for id in &self.closing {
            parts.push((id.subject().clone(), Arc::new(self.dissolution_of(id))));
        }
        for opening in &self.opening {
            parts.push((opening.body.subject().clone(), Arc::new(self.establishment_of(opening))));
        }
        for varied in &self.varied {
            parts.push((varied.body.subject().clone(), Arc::new(self.variation_of(varied))));
        }
        for succession in &self.successions {
            parts.push((succession.predecessor.subject().clone(), Arc::new(self.succession_of(succession))));
        }
        for officer in &self.officers {
            parts.push((officer.body.subject().clone(), Arc::new(self.appointment_of(officer))));
        }
        if let Some(merger) = &self.merger {
            let successors = self.opening.iter().map(|opening| opening.body.clone()).collect();
            let effected = MergerEffected { effective: PDate::day(self.effective), successors };
            parts.push((merger.subject().clone(), Arc::new(effected)));
        }
        parts
    }

    /// Its day, as a date.
    pub(super) fn effective(&self) -> PDate {
        PDate::day(self.effective)
    }

    fn dissolution_of(&self, id: &BodyId) -> BodyDissolved {
        let reason = match self.basis {
            ReorganisationBasis::Merger => DissolutionReason::Merger,
            ReorganisationBasis::Statute => DissolutionReason::Abolition,
            _ => DissolutionReason::Order,
        };
        let successors = self.successions.iter().filter(|succession| succession.predecessor == *id);
        let successors = successors.map(|succession| succession.successor.clone()).collect();
        BodyDissolved { effective: self.effective(), reason, successors }
    }

    fn establishment_of(&self, opening: &OpeningBody) -> BodyEstablished {
        let officer = self
            .officers
            .iter()
            .find(|officer| officer.body == opening.body && officer.office == Office::AccountableOfficer);
        BodyEstablished {
            kind: opening.kind,
            name: opening.name.clone(),
            short_name: opening.short_name.clone(),
            legal_basis: opening.legal_basis,
            effective: self.effective(),
            ordered_on: self.ordered_on.clone(),
            codes: opening.codes.clone(),
            units: Vec::new(),
            constitution: opening.constitution.clone(),
            accountable_officer: officer.map(|officer| officer.person.clone()),
        }
    }

    fn variation_of(&self, varied: &VariedBody) -> AreaVaried {
        AreaVaried {
            effective: self.effective(),
            extent: AreaExtent::Stated,
            gains: varied.gains.clone(),
            losses: varied.losses.clone(),
            basis: "part of a reorganisation".to_owned(),
        }
    }

    fn succession_of(&self, succession: &Succession) -> SuccessionRecorded {
        SuccessionRecorded {
            successor: succession.successor.clone(),
            kind: succession.kind,
            effective: self.effective(),
            units: succession.units.clone(),
        }
    }

    /// The appointment of an officer who starts with it.
    pub(super) fn appointment_of(&self, officer: &StartingOfficer) -> OfficerAppointed {
        OfficerAppointed {
            terms: None,
            office: officer.office,
            person: officer.person.clone(),
            tenure: officer.tenure,
            effective: self.effective(),
            until: None,
            joint: None,
            covers: None,
            also_for: Vec::new(),
        }
    }
}
