//! What questions to the register have in common, for those who ask and those who answer: an answer says from where
//! it looked, and a long one comes in pages (AIP-158).

use crate::proto::{self, Answered};
use prost::{Message, Name};

/// An answer of the register.
pub trait Answer: Message + Name + Default {
    /// From where it looked; nothing where it says so in its own way.
    fn answered(&self) -> Option<&Answered>;
}

/// A request for a page of an answer.
pub trait PageRequest: Message + Name + Clone {
    /// The most items that the page may have (0: as many as the server likes), and the token of where it starts.
    fn page(&self) -> (i32, &str);

    /// The same question, for another page.
    #[must_use]
    fn with_page(self, size: i32, token: String) -> Self;
}

/// A page of an answer.
pub trait PageAnswer: Message + Name + Default {
    /// Takes out the token of the page that comes next; empty at the end.
    fn take_next_page_token(&mut self) -> String;
}

/// The days that are counted where none is named: each 1 April from the CCGs' first on, the day on which ICBs replaced
/// them, and that on which they became fewer.
pub fn counted_days() -> Vec<String> {
    let first_of_april = (2013..=2022).map(|year| format!("{year}-04-01"));
    first_of_april.chain(["2022-07-01".to_owned(), "2026-04-01".to_owned()]).collect()
}

macro_rules! answers {
    ($($answer:ident)*) => {
        $(impl Answer for proto::$answer {
            fn answered(&self) -> Option<&Answered> {
                self.answered.as_ref()
            }
        })*
    };
}

macro_rules! pages {
    ($($request:ident => $answer:ident)*) => {
        $(impl PageRequest for proto::$request {
            fn page(&self) -> (i32, &str) {
                (self.page_size, &self.page_token)
            }

            fn with_page(mut self, size: i32, token: String) -> Self {
                (self.page_size, self.page_token) = (size, token);
                self
            }
        }

        impl PageAnswer for proto::$answer {
            fn take_next_page_token(&mut self) -> String {
                std::mem::take(&mut self.next_page_token)
            }
        })*
    };
}

answers! {
    CountCommissionersResponse
    GetAppointmentResponse
    GetBodyResponse
    GetCommissionerResponse
    GetCommitteeResponse
    GetConsultationResponse
    GetDelegationResponse
    GetGoverningBodyResponse
    GetJointAppointmentResponse
    GetKeyResponse
    GetLineageResponse
    GetMeetingResponse
    GetMergerResponse
    GetOfficeResponse
    GetPartnershipResponse
    GetPowersResponse
    ListActionsResponse
    ListAnnotationsResponse
    ListAttendanceResponse
    ListAuditsResponse
    ListBodiesResponse
    ListCommitteesResponse
    ListConditionsResponse
    ListConsultationsResponse
    ListDecisionsResponse
    ListDelegationsResponse
    ListDirectionsResponse
    ListDocumentsResponse
    ListDueResponse
    ListFindingsResponse
    ListIntentionsResponse
    ListInterestsResponse
    ListKeysResponse
    ListMeetingsResponse
    ListMergersResponse
    ListPartnershipsResponse
    ListPeopleResponse
    ListPracticesResponse
    ListSignedEntriesResponse
    ListStatedResponse
    ListVotesResponse
}

pages! {
    ListActionsRequest => ListActionsResponse
    ListAnnotationsRequest => ListAnnotationsResponse
    ListAttendanceRequest => ListAttendanceResponse
    ListAuditsRequest => ListAuditsResponse
    ListBodiesRequest => ListBodiesResponse
    ListCommitteesRequest => ListCommitteesResponse
    ListConditionsRequest => ListConditionsResponse
    ListConsultationsRequest => ListConsultationsResponse
    ListDecisionsRequest => ListDecisionsResponse
    ListDelegationsRequest => ListDelegationsResponse
    ListDifferencesRequest => ListDifferencesResponse
    ListDirectionsRequest => ListDirectionsResponse
    ListDocumentsRequest => ListDocumentsResponse
    ListDueRequest => ListDueResponse
    ListEntriesRequest => ListEntriesResponse
    ListFindingsRequest => ListFindingsResponse
    ListIntentionsRequest => ListIntentionsResponse
    ListInterestsRequest => ListInterestsResponse
    ListKeptCheckpointsRequest => ListKeptCheckpointsResponse
    ListKeysRequest => ListKeysResponse
    ListMeetingsRequest => ListMeetingsResponse
    ListMergersRequest => ListMergersResponse
    ListPartnershipsRequest => ListPartnershipsResponse
    ListPeopleRequest => ListPeopleResponse
    ListPracticesRequest => ListPracticesResponse
    ListSignedEntriesRequest => ListSignedEntriesResponse
    ListStatedRequest => ListStatedResponse
    ListVotesRequest => ListVotesResponse
}

/// It compares two views, and says both.
impl Answer for proto::ListDifferencesResponse {
    fn answered(&self) -> Option<&Answered> {
        None
    }
}

/// What an entry changed is told of all days.
impl Answer for proto::GetChangesResponse {
    fn answered(&self) -> Option<&Answered> {
        None
    }
}
