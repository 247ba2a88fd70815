//! The question where a body comes from and what becomes of it, over all steps.

use crate::proto::{self, GetLineageRequest, GetLineageResponse};
use crate::service::convert::{body_name, date, inferred, positions};
use crate::service::question::Question;
use minutebook_governance::bodies::{LineageStep, lineage_steps};
use minutebook_governance::{Record, Unit, View};
use tonic::Status;

/// From the farthest step before a body to the farthest after it.
pub(super) fn get_lineage(
    question: &Question<'_>,
    request: &GetLineageRequest,
) -> Result<GetLineageResponse, Status> {
    let look = question.look(request.view.as_ref(), None)?;
    let body = question.the_body(&request.body, look.view)?;
    let record = question.record();
    let steps = lineage_steps(record, &body, look.view);
    let steps: Vec<_> = steps.iter().map(|it| step(record, it, look.view)).collect();
    Ok(GetLineageResponse { answered: question.answered(&look, &[&steps]), body: body.to_string(), steps })
}

fn step(record: &Record, step: &LineageStep, view: View) -> proto::LineageStep {
    let link = &step.link;
    let first_day = link.effective.earliest().unwrap_or(view.as_at);
    let why: Vec<_> = link.sources.iter().map(|source| source.position).collect();
    let inferred = inferred(record, &why, view);
    proto::LineageStep {
        distance: step.distance,
        predecessor: step.predecessor.to_string(),
        predecessor_name: body_name(record, &step.predecessor, view.at(first_day.day_before())),
        successor: step.successor.to_string(),
        successor_name: body_name(record, &step.successor, view.at(first_day)),
        kind: link.kind.as_str().to_owned(),
        effective: Some(date(&link.effective)),
        units: link.units.iter().flatten().map(Unit::to_string).collect(),
        why: positions(&why),
        is_inferred: inferred.is_some(),
        inferred: inferred.as_ref().map_or_else(String::new, |inferred| inferred.why.clone()),
        inferred_from: inferred.map_or_else(String::new, |inferred| inferred.from),
    }
}
