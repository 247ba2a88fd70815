//! The register service: each question parsed, asked of the register as of one view, and converted.

use crate::ledger::Reader;
use crate::proto::register_service_server::RegisterService;
use crate::proto::{
    self, CommissionerCount, CountCommissionersRequest, CountCommissionersResponse, GetAppointmentRequest,
    GetAppointmentResponse, GetBodyRequest, GetBodyResponse, GetChangesRequest, GetChangesResponse,
    GetCommissionerRequest, GetCommissionerResponse, GetConsultationRequest, GetConsultationResponse,
    GetGoverningBodyRequest, GetGoverningBodyResponse, GetJointAppointmentRequest,
    GetJointAppointmentResponse, GetKeyRequest, GetKeyResponse, GetMergerRequest, GetMergerResponse,
    GetOfficeRequest, GetOfficeResponse, GetPartnershipRequest, GetPartnershipResponse, GetPowersRequest,
    GetPowersResponse, ListBodiesRequest, ListBodiesResponse, ListConditionsRequest, ListConditionsResponse,
    ListDifferencesRequest, ListDifferencesResponse, ListFindingsRequest, ListFindingsResponse,
    ListIntentionsRequest, ListIntentionsResponse, ListKeysRequest, ListKeysResponse,
    ListSignedEntriesRequest, ListSignedEntriesResponse, ListStatedRequest, ListStatedResponse, UnitPart,
};
use crate::service::appointments::{get_appointment, get_joint_appointment, list_conditions};
use crate::service::changes::{get_changes, list_differences};
use crate::service::governing_body::get_governing_body;
use crate::service::intentions::list_intentions;
use crate::service::meetings::{get_meeting, list_decisions, list_due, list_meetings};
use crate::service::page::Page;
use crate::service::powers::{get_partnership, get_powers, list_stated};
use crate::service::question::{Question, parse, parse_date, parse_word};
use crate::service::{convert, keys, status};
use minutebook_governance::bodies::{BodyKind, Life, holder, unit_subject};
use minutebook_governance::consultations::consultation;
use minutebook_governance::mergers::merger;
use minutebook_governance::people::{Office, office_held};
use minutebook_governance::plans::{IntentionState, intentions_about};
use minutebook_governance::register::{all_bodies, findings};
use minutebook_governance::{ConsultationId, MergerId, Record, Unit, View};
use minutebook_store::{Engine, SledEngine};
use std::sync::Arc;
use tonic::{Request, Response, Status};

/// The most days that one question can count commissioners on.
const DAYS_MAX: usize = 100;

/// The register service over one ledger.
pub struct Register<E: Engine = SledEngine> {
    reader: Arc<Reader<E>>,
}

impl<E: Engine> Register<E> {
    /// The service of the ledger that `reader` reads.
    pub fn new(reader: Arc<Reader<E>>) -> Self {
        Self { reader }
    }

    /// Asks where it may take its time.
    async fn ask<T: Send + 'static>(
        &self,
        answer: impl FnOnce(&Question<'_>) -> Result<T, Status> + Send + 'static,
    ) -> Result<Response<T>, Status> {
        let now = self.reader.now();
        let asked = self.reader.ask(move |book, head| answer(&Question::new(book, head, now)));
        asked.await.map_err(status::internal)?.map(Response::new)
    }
}

#[tonic::async_trait]
impl<E: Engine> RegisterService for Register<E> {
    async fn get_body(&self, request: Request<GetBodyRequest>) -> Result<Response<GetBodyResponse>, Status> {
        self.ask(move |question| get_body(question, request.get_ref())).await
    }

    async fn list_bodies(
        &self,
        request: Request<ListBodiesRequest>,
    ) -> Result<Response<ListBodiesResponse>, Status> {
        self.ask(move |question| list_bodies(question, request.get_ref())).await
    }

    async fn count_commissioners(
        &self,
        request: Request<CountCommissionersRequest>,
    ) -> Result<Response<CountCommissionersResponse>, Status> {
        self.ask(move |question| count_commissioners(question, request.get_ref())).await
    }

    async fn get_commissioner(
        &self,
        request: Request<GetCommissionerRequest>,
    ) -> Result<Response<GetCommissionerResponse>, Status> {
        self.ask(move |question| get_commissioner(question, request.get_ref())).await
    }

    async fn get_office(
        &self,
        request: Request<GetOfficeRequest>,
    ) -> Result<Response<GetOfficeResponse>, Status> {
        self.ask(move |question| get_office(question, request.get_ref())).await
    }

    async fn get_merger(
        &self,
        request: Request<GetMergerRequest>,
    ) -> Result<Response<GetMergerResponse>, Status> {
        self.ask(move |question| get_merger(question, request.get_ref())).await
    }

    async fn get_consultation(
        &self,
        request: Request<GetConsultationRequest>,
    ) -> Result<Response<GetConsultationResponse>, Status> {
        self.ask(move |question| get_consultation(question, request.get_ref())).await
    }

    async fn list_intentions(
        &self,
        request: Request<ListIntentionsRequest>,
    ) -> Result<Response<ListIntentionsResponse>, Status> {
        self.ask(move |question| list_intentions(question, request.get_ref())).await
    }

    async fn list_findings(
        &self,
        request: Request<ListFindingsRequest>,
    ) -> Result<Response<ListFindingsResponse>, Status> {
        self.ask(move |question| list_findings(question, request.get_ref())).await
    }

    async fn get_appointment(
        &self,
        request: Request<GetAppointmentRequest>,
    ) -> Result<Response<GetAppointmentResponse>, Status> {
        self.ask(move |question| get_appointment(question, request.get_ref())).await
    }

    async fn get_joint_appointment(
        &self,
        request: Request<GetJointAppointmentRequest>,
    ) -> Result<Response<GetJointAppointmentResponse>, Status> {
        self.ask(move |question| get_joint_appointment(question, request.get_ref())).await
    }

    async fn get_meeting(
        &self,
        request: Request<proto::GetMeetingRequest>,
    ) -> Result<Response<proto::GetMeetingResponse>, Status> {
        self.ask(move |question| get_meeting(question, request.get_ref())).await
    }

    async fn list_meetings(
        &self,
        request: Request<proto::ListMeetingsRequest>,
    ) -> Result<Response<proto::ListMeetingsResponse>, Status> {
        self.ask(move |question| list_meetings(question, request.get_ref())).await
    }

    async fn list_decisions(
        &self,
        request: Request<proto::ListDecisionsRequest>,
    ) -> Result<Response<proto::ListDecisionsResponse>, Status> {
        self.ask(move |question| list_decisions(question, request.get_ref())).await
    }

    async fn list_due(
        &self,
        request: Request<proto::ListDueRequest>,
    ) -> Result<Response<proto::ListDueResponse>, Status> {
        self.ask(move |question| list_due(question, request.get_ref())).await
    }

    async fn list_conditions(
        &self,
        request: Request<ListConditionsRequest>,
    ) -> Result<Response<ListConditionsResponse>, Status> {
        self.ask(move |question| list_conditions(question, request.get_ref())).await
    }

    async fn get_powers(
        &self,
        request: Request<GetPowersRequest>,
    ) -> Result<Response<GetPowersResponse>, Status> {
        self.ask(move |question| get_powers(question, request.get_ref())).await
    }

    async fn get_partnership(
        &self,
        request: Request<GetPartnershipRequest>,
    ) -> Result<Response<GetPartnershipResponse>, Status> {
        self.ask(move |question| get_partnership(question, request.get_ref())).await
    }

    async fn list_stated(
        &self,
        request: Request<ListStatedRequest>,
    ) -> Result<Response<ListStatedResponse>, Status> {
        self.ask(move |question| list_stated(question, request.get_ref())).await
    }

    async fn get_governing_body(
        &self,
        request: Request<GetGoverningBodyRequest>,
    ) -> Result<Response<GetGoverningBodyResponse>, Status> {
        self.ask(move |question| get_governing_body(question, request.get_ref())).await
    }

    async fn list_differences(
        &self,
        request: Request<ListDifferencesRequest>,
    ) -> Result<Response<ListDifferencesResponse>, Status> {
        self.ask(move |question| list_differences(question, request.get_ref())).await
    }

    async fn get_changes(
        &self,
        request: Request<GetChangesRequest>,
    ) -> Result<Response<GetChangesResponse>, Status> {
        self.ask(move |question| get_changes(question, request.get_ref())).await
    }

    async fn get_key(&self, request: Request<GetKeyRequest>) -> Result<Response<GetKeyResponse>, Status> {
        self.ask(move |question| keys::get_key(question, request.get_ref())).await
    }

    async fn list_keys(
        &self,
        request: Request<ListKeysRequest>,
    ) -> Result<Response<ListKeysResponse>, Status> {
        self.ask(move |question| keys::list_keys(question, request.get_ref())).await
    }

    async fn list_signed_entries(
        &self,
        request: Request<ListSignedEntriesRequest>,
    ) -> Result<Response<ListSignedEntriesResponse>, Status> {
        self.ask(move |question| keys::list_signed_entries(question, request.get_ref())).await
    }
}

fn get_body(question: &Question<'_>, request: &GetBodyRequest) -> Result<GetBodyResponse, Status> {
    let look = question.look(request.view.as_ref(), None)?;
    let bodies = question.bodies(&request.body, look.view)?;
    let findings = bodies.first().map(|body| body.findings()).unwrap_or_default();
    let mut bodies = bodies.iter().map(|body| convert::body(question.record(), body, look.view));
    let (body, others): (_, Vec<_>) = (bodies.next(), bodies.collect());
    let findings: Vec<_> = findings.iter().map(convert::finding).collect();
    let answered = question.answered(&look, &[&body, &others, &findings]);
    Ok(GetBodyResponse { answered, body, others, findings })
}

fn list_bodies(question: &Question<'_>, request: &ListBodiesRequest) -> Result<ListBodiesResponse, Status> {
    let page = Page::of(request)?;
    let kind = match request.kind.as_str() {
        "" => None,
        kind => Some(parse_word("kind", kind, &BodyKind::ALL, BodyKind::as_str)?),
    };
    let look = question.look(request.view.as_ref(), Some(&page))?;
    let is_kind = |found: Option<BodyKind>| kind.is_none() || found == kind;
    let open = all_bodies(question.record(), look.view).filter(|body| {
        is_kind(body.kind()) && (request.include_closed || body.life(look.view) == Life::Open)
    });
    let (bodies, next_page_token) = page.cut(open.collect(), look.pinned());
    let bodies: Vec<_> =
        bodies.iter().map(|body| convert::body(question.record(), body, look.view)).collect();
    Ok(ListBodiesResponse { answered: question.answered(&look, &[&bodies]), bodies, next_page_token })
}

fn count_commissioners(
    question: &Question<'_>,
    request: &CountCommissionersRequest,
) -> Result<CountCommissionersResponse, Status> {
    let Some(last) = request.as_at.last().filter(|_last| request.as_at.len() <= DAYS_MAX) else {
        let found = format!("{} days", request.as_at.len());
        return Err(status::argument("as_at", &found, format!("1 to {DAYS_MAX} days")));
    };
    let asked = crate::proto::View { as_at: last.clone(), ..request.view.clone().unwrap_or_default() };
    let look = question.look(Some(&asked), None)?;
    // What is known of a body is the same on every day; only its life differs.
    let bodies: Vec<_> = all_bodies(question.record(), look.view).collect();
    let count = |view: View, kind: BodyKind| {
        let open = bodies.iter().filter(|body| body.kind() == Some(kind) && body.life(view) == Life::Open);
        u32::try_from(open.count()).unwrap_or(u32::MAX)
    };
    let counts = request.as_at.iter().map(|day| {
        let view = look.view.at(parse_date("as_at", day)?);
        let (ccg, icb) = (count(view, BodyKind::Ccg), count(view, BodyKind::Icb));
        Ok(CommissionerCount { as_at: day.clone(), ccg, icb })
    });
    let counts = counts.collect::<Result<_, Status>>()?;
    let commissioners =
        bodies.iter().filter(|body| matches!(body.kind(), Some(BodyKind::Ccg | BodyKind::Icb)));
    let entries = commissioners.flat_map(|body| &body.why).map(|position| position.0);
    Ok(CountCommissionersResponse { answered: question.answered_by(&look, entries), counts })
}

fn get_commissioner(
    question: &Question<'_>,
    request: &GetCommissionerRequest,
) -> Result<GetCommissionerResponse, Status> {
    let unit: Unit = parse("unit", &request.unit)?;
    let look = question.look(request.view.as_ref(), None)?;
    let record = question.record();
    if !is_known(record, &unit, look.view) {
        return Err(status::not_found("unit", &request.unit));
    }
    let holder = holder(record, &unit, look.view);
    let concerning = holder.body.as_ref().map(|body| intentions_about(record, body.id.subject(), look.view));
    let open = concerning.into_iter().flatten().filter(|found| found.state == IntentionState::Open);
    let part = |(unit, body): &(Unit, minutebook_governance::BodyId)| UnitPart {
        unit: unit.to_string(),
        body: body.to_string(),
    };
    let body = holder.body.as_ref().map(|body| convert::body(record, body, look.view));
    let intentions: Vec<_> = open.map(|found| convert::intention(&found)).collect();
    let why = convert::positions(&holder.why);
    let answered = question.answered(&look, &[&body, &intentions, &why]);
    Ok(GetCommissionerResponse {
        answered,
        body,
        parts: holder.parts.iter().map(part).collect(),
        intentions,
        why,
    })
}

/// Whether anything is known of the unit, or of the whole that it is a part of.
fn is_known(record: &Record, unit: &Unit, view: View) -> bool {
    let units = [Some(unit.clone()), unit.whole()];
    let subjects = units.iter().flatten().filter_map(unit_subject);
    subjects.into_iter().any(|subject| record.about(&subject, view).next().is_some())
}

fn get_office(question: &Question<'_>, request: &GetOfficeRequest) -> Result<GetOfficeResponse, Status> {
    let office = parse_word("office", &request.office, &Office::ALL, Office::as_str)?;
    let look = question.look(request.view.as_ref(), None)?;
    let bodies = question.bodies(&request.body, look.view)?;
    let body = bodies.first().ok_or_else(|| status::not_found("body", &request.body))?;
    let held = office_held(question.record(), &body.id, office, look.view);
    let holder = |holding| convert::office_holder(question.record(), holding, look.view);
    let holders: Vec<_> = held.holders.iter().map(holder).collect();
    let why = convert::positions(&held.why);
    Ok(GetOfficeResponse {
        answered: question.answered(&look, &[&holders, &why]),
        body: body.id.to_string(),
        office: office.as_str().to_owned(),
        holders,
        is_vacant: held.is_vacant,
        why,
    })
}

fn get_merger(question: &Question<'_>, request: &GetMergerRequest) -> Result<GetMergerResponse, Status> {
    let id: MergerId = parse("merger", &request.merger)?;
    let look = question.look(request.view.as_ref(), None)?;
    let found = merger(question.record(), &id, look.view);
    let found = found.ok_or_else(|| status::not_found("merger", &request.merger))?;
    let merger = Some(convert::merger(question.record(), &found, look.view));
    Ok(GetMergerResponse { answered: question.answered(&look, &[&merger]), merger })
}

fn get_consultation(
    question: &Question<'_>,
    request: &GetConsultationRequest,
) -> Result<GetConsultationResponse, Status> {
    let id: ConsultationId = parse("consultation", &request.consultation)?;
    let look = question.look(request.view.as_ref(), None)?;
    let found = consultation(question.record(), &id, look.view);
    let found = found.ok_or_else(|| status::not_found("consultation", &request.consultation))?;
    let consultation = Some(convert::consultation(&found));
    Ok(GetConsultationResponse { answered: question.answered(&look, &[&consultation]), consultation })
}

fn list_findings(
    question: &Question<'_>,
    request: &ListFindingsRequest,
) -> Result<ListFindingsResponse, Status> {
    let page = Page::of(request)?;
    let look = question.look(request.view.as_ref(), Some(&page))?;
    let (found, next_page_token) = page.cut(findings(question.record(), look.view), look.pinned());
    let findings: Vec<_> = found.iter().map(convert::finding).collect();
    Ok(ListFindingsResponse { answered: question.answered(&look, &[&findings]), findings, next_page_token })
}
