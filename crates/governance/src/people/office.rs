//! The offices of governing bodies: of the groups until 2022, and of the boards since.

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

impl Office {
    /// Every office.
    pub const ALL: [Office; 20] = [
        Office::Chair,
        Office::DeputyChair,
        Office::AccountableOfficer,
        Office::ChiefFinanceOfficer,
        Office::RegisteredNurse,
        Office::SecondaryCareSpecialist,
        Office::LayMember,
        Office::GpMember,
        Office::ChiefExecutive,
        Office::ManagingDirector,
        Office::Director,
        Office::PartnershipLead,
        Office::PartnerTrust,
        Office::PartnerPrimaryCare,
        Office::PartnerCouncil,
        Office::NonExecutive,
        Office::SeniorNonExecutive,
        Office::MedicalDirector,
        Office::NursingDirector,
        Office::FinanceDirector,
    ];

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

    /// The word for it in events and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Office::Chair => "chair",
            Office::DeputyChair => "deputy_chair",
            Office::AccountableOfficer => "accountable_officer",
            Office::ChiefFinanceOfficer => "chief_finance_officer",
            Office::RegisteredNurse => "registered_nurse",
            Office::SecondaryCareSpecialist => "secondary_care_specialist",
            Office::LayMember => "lay_member",
            Office::GpMember => "gp_member",
            Office::ChiefExecutive => "chief_executive",
            Office::ManagingDirector => "managing_director",
            Office::Director => "director",
            Office::PartnershipLead => "partnership_lead",
            Office::PartnerTrust => "partner_trust",
            Office::PartnerPrimaryCare => "partner_primary_care",
            Office::PartnerCouncil => "partner_council",
            Office::NonExecutive => "non_executive",
            Office::SeniorNonExecutive => "senior_non_executive",
            Office::MedicalDirector => "medical_director",
            Office::NursingDirector => "nursing_director",
            Office::FinanceDirector => "finance_director",
        }
    }
}
