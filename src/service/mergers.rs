//! The questions about mergers, and under which conditions their approvals put bodies.

use crate::proto::{
    self, GetMergerRequest, GetMergerResponse, ListConditionsRequest, ListConditionsResponse,
};
use crate::service::question::{Question, parse};
use crate::service::{convert, status};
use minutebook_governance::mergers::{OpenCondition, merger, open_conditions};
use minutebook_governance::{BodyId, MergerId};
use tonic::Status;

/// A merger.
pub(super) fn get_merger(
    question: &Question<'_>,
    request: &GetMergerRequest,
) -> Result<GetMergerResponse, Status> {
    let id: MergerId = parse("merger", &request.merger)?;
    let look = question.look(request.view.as_ref(), None)?;
    let found = merger(question.record(), &id, look.view);
    let found = found.ok_or_else(|| status::not_found("merger", &request.merger))?;
    let merger = Some(convert::merger(question.record(), &found, look.view));
    Ok(GetMergerResponse { answered: question.answered(&look, &[&merger]), merger })
}

/// The conditions that a body has to meet.
pub(super) fn list_conditions(
    question: &Question<'_>,
    request: &ListConditionsRequest,
) -> Result<ListConditionsResponse, Status> {
    let look = question.look(request.view.as_ref(), None)?;
    let body = question.the_body(&request.body, look.view)?;
    let open = open_conditions(question.record(), &body, look.view);
    let conditions: Vec<_> = open.iter().map(body_condition).collect();
    Ok(ListConditionsResponse {
        answered: question.answered(&look, &[&conditions]),
        body: body.to_string(),
        conditions,
    })
}

fn body_condition(open: &OpenCondition) -> proto::BodyCondition {
    proto::BodyCondition {
        merger: open.merger.to_string(),
        condition: Some(convert::condition(&open.state)),
        inherited_from: open.inherited_from.iter().map(BodyId::to_string).collect(),
    }
}
