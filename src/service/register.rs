//! The register service: each question is parsed, asked of the register as of one view, and its answer converted. The
//! table at the end says where.

use crate::doors::{Caller, Turns};
use crate::ledger::Reader;
use crate::pages::Answer;
use crate::proto::register_service_server::RegisterService;
use crate::service::asking::{time_of, within};
use crate::service::named::named;
use crate::service::question::Question;
use crate::service::{
    actions, appointments, bodies, changes, committees, consultations, decisions, findings, governing_body,
    intentions, interests, keys, lineage, meetings, memberships, mergers, minutes, news, partnerships,
    people, powers, stated, status, votes,
};
use minutebook_store::{Engine, SledEngine};
use std::sync::Arc;
use tonic::{Request, Response, Status};

/// How many questions are worked on at once, for each processor: enough that a long one does not keep out the short.
const QUESTIONS_FOR_EACH: usize = 4;

/// The register service over one ledger.
pub struct Register<E: Engine = SledEngine> {
    reader: Arc<Reader<E>>,
    turns: Turns,
}

impl<E: Engine> Register<E> {
    /// The service of the ledger that `reader` reads.
    pub fn new(reader: Arc<Reader<E>>) -> Self {
        Self { reader, turns: Turns::for_each_processor(QUESTIONS_FOR_EACH) }
    }

    /// Asks where it may take its time, in the caller's turn, within the caller's time and for as long as somebody
    /// waits. A question has its turn until its work ends, whoever has left by then.
    async fn ask<Q: Send + 'static, T: Answer + Send + 'static>(
        &self,
        request: Request<Q>,
        answer: fn(&Question<'_>, &Q) -> Result<T, Status>,
    ) -> Result<Response<T>, Status> {
        let caller = Caller::of(request.extensions());
        let (metadata, _extensions, request) = request.into_parts();
        let answered = within(time_of(&metadata), |left| async move {
            let turn = self.turns.take(&caller).await.ok_or_else(status::closing)?;
            let now = self.reader.now();
            let asked = self.reader.ask(move |known| {
                let _turn = turn;
                let question = Question::new(known.book(), known.head(), now, left);
                question.goes_on()?;
                answer(&question, &request).map(|answer| named(&question, answer))
            });
            asked.await.map_err(status::internal)?
        });
        answered.await.map(Response::new)
    }
}

/// One row for each question: `name(request) -> answer: module`. The function of that name in the module answers it.
macro_rules! questions {
    ($($name:ident($request:ident) -> $answer:ident: $module:ident;)*) => {
        #[tonic::async_trait]
        impl<E: Engine> RegisterService for Register<E> {
            $(async fn $name(
                &self,
                request: Request<crate::proto::$request>,
            ) -> Result<Response<crate::proto::$answer>, Status> {
                self.ask(request, $module::$name).await
            })*
        }
    };
}

questions! {
    get_body(GetBodyRequest) -> GetBodyResponse: bodies;
    list_bodies(ListBodiesRequest) -> ListBodiesResponse: bodies;
    count_commissioners(CountCommissionersRequest) -> CountCommissionersResponse: bodies;
    get_commissioner(GetCommissionerRequest) -> GetCommissionerResponse: bodies;
    get_office(GetOfficeRequest) -> GetOfficeResponse: appointments;
    get_merger(GetMergerRequest) -> GetMergerResponse: mergers;
    get_consultation(GetConsultationRequest) -> GetConsultationResponse: consultations;
    list_intentions(ListIntentionsRequest) -> ListIntentionsResponse: intentions;
    list_findings(ListFindingsRequest) -> ListFindingsResponse: findings;
    get_appointment(GetAppointmentRequest) -> GetAppointmentResponse: appointments;
    get_joint_appointment(GetJointAppointmentRequest) -> GetJointAppointmentResponse: appointments;
    get_meeting(GetMeetingRequest) -> GetMeetingResponse: meetings;
    get_minutes(GetMinutesRequest) -> GetMinutesResponse: minutes;
    list_meetings(ListMeetingsRequest) -> ListMeetingsResponse: meetings;
    list_decisions(ListDecisionsRequest) -> ListDecisionsResponse: decisions;
    list_due(ListDueRequest) -> ListDueResponse: meetings;
    list_conditions(ListConditionsRequest) -> ListConditionsResponse: mergers;
    get_powers(GetPowersRequest) -> GetPowersResponse: powers;
    get_partnership(GetPartnershipRequest) -> GetPartnershipResponse: partnerships;
    list_partnerships(ListPartnershipsRequest) -> ListPartnershipsResponse: partnerships;
    list_documents(ListDocumentsRequest) -> ListDocumentsResponse: partnerships;
    list_people(ListPeopleRequest) -> ListPeopleResponse: people;
    get_lineage(GetLineageRequest) -> GetLineageResponse: lineage;
    list_stated(ListStatedRequest) -> ListStatedResponse: stated;
    get_governing_body(GetGoverningBodyRequest) -> GetGoverningBodyResponse: governing_body;
    list_differences(ListDifferencesRequest) -> ListDifferencesResponse: changes;
    get_changes(GetChangesRequest) -> GetChangesResponse: changes;
    list_mergers(ListMergersRequest) -> ListMergersResponse: mergers;
    list_consultations(ListConsultationsRequest) -> ListConsultationsResponse: consultations;
    list_interests(ListInterestsRequest) -> ListInterestsResponse: interests;
    list_committees(ListCommitteesRequest) -> ListCommitteesResponse: committees;
    get_committee(GetCommitteeRequest) -> GetCommitteeResponse: committees;
    list_delegations(ListDelegationsRequest) -> ListDelegationsResponse: committees;
    get_delegation(GetDelegationRequest) -> GetDelegationResponse: committees;
    list_practices(ListPracticesRequest) -> ListPracticesResponse: memberships;
    list_directions(ListDirectionsRequest) -> ListDirectionsResponse: memberships;
    list_actions(ListActionsRequest) -> ListActionsResponse: actions;
    list_votes(ListVotesRequest) -> ListVotesResponse: votes;
    list_attendance(ListAttendanceRequest) -> ListAttendanceResponse: votes;
    list_annotations(ListAnnotationsRequest) -> ListAnnotationsResponse: findings;
    list_news(ListNewsRequest) -> ListNewsResponse: news;
    list_audits(ListAuditsRequest) -> ListAuditsResponse: findings;
    get_key(GetKeyRequest) -> GetKeyResponse: keys;
    list_keys(ListKeysRequest) -> ListKeysResponse: keys;
    list_signed_entries(ListSignedEntriesRequest) -> ListSignedEntriesResponse: keys;
}
