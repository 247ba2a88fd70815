//! What questions to the register have in common, for those who ask and those who answer: an answer says from where
//! it looked, and a long one comes in pages (AIP-158).

use crate::proto::{self, Answered};
use prost::{Message, Name};
use std::collections::{BTreeMap, BTreeSet};

/// An answer of the register.
pub trait Answer: Message + Name + Default {
    /// From where it looked; nothing where it says so in its own way.
    fn answered(&self) -> Option<&Answered>;

    /// The same, to say more of it.
    fn answered_mut(&mut self) -> Option<&mut Answered>;
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
pub trait PageAnswer: Answer {
    /// Takes out the token of the page that comes next; empty at the end.
    fn take_next_page_token(&mut self) -> String;

    /// Ends the putting together of pages: what each of them says of the same things is said once.
    fn say_once(&mut self) {
        if let Some(answered) = self.answered_mut() {
            answered.names.sort_by(|one, other| one.id.cmp(&other.id));
            answered.names.dedup();
        }
    }
}

/// The days that are counted where none is named: each 1 April from the CCGs' first on, the day on which ICBs replaced
/// them, and that on which they became fewer.
pub fn counted_days() -> Vec<String> {
    let first_of_april = (2013..=2022).map(|year| format!("{year}-04-01"));
    first_of_april.chain(["2022-07-01".to_owned(), "2026-04-01".to_owned()]).collect()
}

impl proto::ListDecisionsResponse {
    /// Says what the decisions that are here commit together; of several pages put together, anew.
    pub fn add_up(&mut self) {
        let (mut total, mut perhaps) = (None::<u64>, 0_u64);
        let mut told: BTreeMap<_, Vec<_>> = BTreeMap::new();
        let (mut counted, mut apart, mut again) = (BTreeSet::new(), 0_u64, 0_u64);
        for decision in self.decisions.iter().filter(|decision| decision.commits()) {
            let Some(amount) = decision.amount_pounds else { continue };
            let under = (&decision.meeting, decision.item.to_lowercase(), &decision.body, amount);
            let told = told.entry(under).or_default();
            // What another source tells, or another entry in the same words, was decided once.
            let is_same = |(standing, text): &(&String, &Option<proto::Text>)| {
                *standing != &decision.standing || *text == &decision.text
            };
            let is_told_again = !decision.item.is_empty() && told.iter().any(is_same);
            told.push((&decision.standing, &decision.text));
            if is_told_again {
                continue;
            }
            // What bodies have each recorded in the same words is perhaps one decision of theirs.
            if decision.told_apart.iter().any(|at| counted.contains(at)) {
                apart = apart.saturating_add(amount);
                continue;
            }
            // In words of their own it is counted for each, and that it is perhaps one is said.
            if decision.told_in_other_words.iter().any(|at| counted.contains(at)) {
                again = again.saturating_add(amount);
            }
            counted.insert(decision.position);
            total = Some(total.unwrap_or_default().saturating_add(amount));
            perhaps = perhaps.saturating_add(if decision.is_perhaps { amount } else { 0 });
        }
        (self.total_pounds, self.perhaps_pounds) = (total, perhaps);
        (self.apart_pounds, self.perhaps_again_pounds) = (apart, again);
    }
}

impl proto::Decision {
    /// Whether it was carried.
    pub(crate) fn is_carried(&self) -> bool {
        matches!(self.outcome.as_str(), "approved" | "approved_with_conditions")
    }

    /// Whether it was carried, and nothing has taken that back.
    fn commits(&self) -> bool {
        self.is_carried()
            && !matches!(self.state.as_str(), "rescinded" | "ratification_refused" | "withdrawn")
    }
}

macro_rules! answers {
    ($($answer:ident)*) => {
        $(impl Answer for proto::$answer {
            fn answered(&self) -> Option<&Answered> {
                self.answered.as_ref()
            }

            fn answered_mut(&mut self) -> Option<&mut Answered> {
                self.answered.as_mut()
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
    GetMinutesResponse
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
    ListNewsResponse
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
    ListNewsRequest => ListNewsResponse
    ListPartnershipsRequest => ListPartnershipsResponse
    ListPeopleRequest => ListPeopleResponse
    ListPracticesRequest => ListPracticesResponse
    ListSignedEntriesRequest => ListSignedEntriesResponse
    ListStatedRequest => ListStatedResponse
    ListVotesRequest => ListVotesResponse
}

/// What says in its own way from where it looked: differences, of two views; what an entry changed, of all days; entries and
/// checkpoints, of none.
macro_rules! say_it_themselves {
    ($($answer:ident)*) => {
        $(impl Answer for proto::$answer {
            fn answered(&self) -> Option<&Answered> {
                None
            }

            fn answered_mut(&mut self) -> Option<&mut Answered> {
                None
            }
        })*
    };
}

say_it_themselves! {
    GetChangesResponse
    ListDifferencesResponse
    ListEntriesResponse
    ListKeptCheckpointsResponse
}
