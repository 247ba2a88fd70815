//! The questions about consultations.

use crate::proto::{GetConsultationRequest, GetConsultationResponse};
use crate::service::question::{Question, parse};
use crate::service::{convert, status};
use minutebook_governance::ConsultationId;
use minutebook_governance::consultations::consultation;
use tonic::Status;

/// A consultation.
pub(super) fn get_consultation(
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
