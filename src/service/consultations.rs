//! The questions about consultations.

use crate::proto::{
    GetConsultationRequest, GetConsultationResponse, ListConsultationsRequest, ListConsultationsResponse,
};
use crate::service::convert;
use crate::service::listing::Cut;
use crate::service::page::Page;
use crate::service::question::{Question, parse_id, parse_word};
use minutebook_governance::consultations::{
    Consultation, ConsultationOpened, ConsultationState, consultation,
};
use minutebook_governance::{BodyId, ConsultationId, Record, Told, View};
use std::collections::BTreeSet;
use tonic::Status;

/// A consultation.
pub(super) fn get_consultation(
    question: &Question<'_>,
    request: &GetConsultationRequest,
) -> Result<GetConsultationResponse, Status> {
    let id: ConsultationId = parse_id("consultation", &request.consultation)?;
    let look = question.look(request.view.as_ref(), None)?;
    let found = consultation(question.record(), &id, look.view);
    let found = found.ok_or_else(|| question.not_known(&look, &request.consultation, id.subject()))?;
    question.note_withdrawn(&look, [id.subject()], |_told| true);
    let consultation = Some(convert::consultation(&found));
    Ok(GetConsultationResponse { answered: question.answered(&look, &[&consultation]), consultation })
}

/// The consultations of a body and of those that it follows, or all, by their closing.
pub(super) fn list_consultations(
    question: &Question<'_>,
    request: &ListConsultationsRequest,
) -> Result<ListConsultationsResponse, Status> {
    let page = Page::of(request)?;
    let state = match request.state.as_str() {
        "" => None,
        state => Some(parse_word("state", state, &ConsultationState::ALL, ConsultationState::as_str)?),
    };
    let look = question.look(request.view.as_ref(), Some(&page))?;
    let (record, view) = (question.record(), look.view);
    let line: Option<Vec<BodyId>> = match request.body.as_str() {
        "" => None,
        name => Some(question.line(&look, &question.the_body(name, view)?)),
    };
    let is_one = |told: &Told| told.says::<ConsultationOpened>().is_some();
    match &line {
        Some(line) => question.note_withdrawn(&look, line.iter().map(BodyId::subject), is_one),
        None => question.note_withdrawn_of_kind(&look, ConsultationId::KIND, is_one),
    }
    let is_asked_for = |found: &Consultation| {
        let owns = |line: &Vec<BodyId>| found.opened.owners.iter().any(|owner| line.contains(owner));
        state.is_none_or(|state| found.state == state) && line.as_ref().is_none_or(owns)
    };
    let ids: BTreeSet<_> = match &line {
        Some(line) => line.iter().flat_map(|body| opened_by(record, body, view)).collect(),
        None => record.subjects(ConsultationId::KIND).filter_map(ConsultationId::of).collect(),
    };
    let found = ids.iter().filter_map(|id| consultation(record, id, view));
    let mut found: Vec<_> = found.filter(is_asked_for).collect();
    found.sort_by_key(|found| found.closes_at.as_micros());
    let convert = |it| convert::consultation(&it);
    let Cut { items: consultations, answered, next_page_token } =
        question.cut(&page, &look, page.rest(found)?, convert)?;
    Ok(ListConsultationsResponse { answered, consultations, next_page_token })
}

/// The consultations that name a body as an owner.
fn opened_by(record: &Record, body: &BodyId, view: View) -> Vec<ConsultationId> {
    let told = record.saying::<ConsultationOpened>(body.subject(), view);
    told.filter_map(|told| ConsultationId::of(&told.subject)).collect()
}
