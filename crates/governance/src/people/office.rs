//! The offices of governing bodies: of the groups until 2022, and of the boards since.

use crate::words::words;
use serde::{Deserialize, Serialize};

/// The offices of a governing body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Office {
    /// Chair of the governing body; in a CCG usually a GP.
    Chair,
    /// Deputy chair.
    DeputyChair,
    /// Accountable officer (Schedule 1A, paragraph 12), whatever the working title.
    AccountableOfficer,
    /// Chief finance officer (SI 2012/1631, regulation 11).
    ChiefFinanceOfficer,
    /// Registered nurse.
    RegisteredNurse,
    /// Secondary care specialist.
    SecondaryCareSpecialist,
    /// Lay member.
    LayMember,
    /// GP member.
    GpMember,
    /// Chief executive of an ICB.
    ChiefExecutive,
    /// Managing director.
    ManagingDirector,
    /// Another director.
    Director,
    /// Somebody who leads a partnership.
    PartnershipLead,
    /// Member of an ICB whom its trusts nominate (Schedule 1B, paragraph 8).
    PartnerTrust,
    /// Member of an ICB whom its providers of primary medical services nominate.
    PartnerPrimaryCare,
    /// Member of an ICB whom the councils of its area nominate.
    PartnerCouncil,
    /// Non-executive member of an ICB.
    NonExecutive,
    /// Senior non-executive member of an ICB.
    SeniorNonExecutive,
    /// Medical director of an ICB.
    MedicalDirector,
    /// Nursing director of an ICB.
    NursingDirector,
    /// Finance director of an ICB.
    FinanceDirector,
}

words!(
    Office:
    Chair = "chair",
    DeputyChair = "deputy_chair",
    AccountableOfficer = "accountable_officer",
    ChiefFinanceOfficer = "chief_finance_officer",
    RegisteredNurse = "registered_nurse",
    SecondaryCareSpecialist = "secondary_care_specialist",
    LayMember = "lay_member",
    GpMember = "gp_member",
    ChiefExecutive = "chief_executive",
    ManagingDirector = "managing_director",
    Director = "director",
    PartnershipLead = "partnership_lead",
    PartnerTrust = "partner_trust",
    PartnerPrimaryCare = "partner_primary_care",
    PartnerCouncil = "partner_council",
    NonExecutive = "non_executive",
    SeniorNonExecutive = "senior_non_executive",
    MedicalDirector = "medical_director",
    NursingDirector = "nursing_director",
    FinanceDirector = "finance_director",
);

impl Office {
    /// Whether several people can hold it in one body at once.
    pub fn has_several_seats(self) -> bool {
        matches!(
            self,
            Office::LayMember
                | Office::GpMember
                | Office::Director
                | Office::ManagingDirector
                | Office::PartnerTrust
                | Office::PartnerPrimaryCare
                | Office::PartnerCouncil
                | Office::NonExecutive
        )
    }
}
